"""The index of a run: failures first, then countries by scenarios with their numbers, the gap in
chargers, comparisons.

One page that opens from disk without a network. Whatever comes from a params file, a ledger or a
traceback is escaped.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.errors import InputError
from forecasting.evidence.files import write_whole
from forecasting.evidence.places import COUNTRIES, is_place, place_name
from forecasting.measures import AT_THE_HORIZON, CHARGING_ANSWERS
from forecasting.names import (
    ARCHIVE,
    ASSETS,
    COMPARISON_BEFORE,
    COMPARISON_TABLE,
    INDEX_PAGE,
    OUTLOOK_TABLE,
    PLOTLY_SCRIPT,
    REPORT_PAGE,
)
from forecasting.parameters.naming import country_slug
from forecasting.periods import as_date
from forecasting.reporting.article import write_article
from forecasting.reporting.caveat_words import lines_of
from forecasting.reporting.changes import moved
from forecasting.reporting.growth_tables import known_as_growth, percent
from forecasting.reporting.html import (
    age_script,
    check_page,
    figure_html,
    figure_script,
    page_template,
    template_text,
)
from forecasting.reporting.labels import amount, amounts, label_of
from forecasting.reporting.past import kept_forecasts, scoreboard
from forecasting.reporting.region import region_of
from forecasting.reporting.result_tables import bands, headline
from forecasting.scenarios.joint_draws import COLUMNS
from forecasting.scenarios.outlook_files import (
    load_record,
    load_results,
    stored_caveat,
    stored_caveats,
)

TITLE = "Electric vehicles and their charging: outlooks"
ORDER = ("baseline", "accelerated", "constrained")
MANY = 6  # scenarios of a country that fit beside each other
COMPARED = (*AT_THE_HORIZON, "energy_gwh")


def build_site(out: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    """Write ``index.html`` and the shared script of a folder of reports.

    Parameters
    ----------
    out : Path
        The folder; ``comparison.parquet`` in it, if there, gives the numbers, and
        ``comparison_before.parquet`` those of the run before.
    records : sequence of mapping
        What is known of each scenario, as in its ``run.json``: name, parameters, finished, seconds;
        of one that failed also ``failure`` with message, cell and trace.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    RunError
        If the page would load anything from outside.
    """
    table = _table(out / COMPARISON_TABLE)
    results = {str(name): part for name, part in table.groupby("scenario")}
    runs = [
        _described(out, record, results.get(str(record["name"]), table.iloc[:0]))
        for record in records
    ]
    _tell_apart(runs)
    figures = _figures(table, _columns(runs)[:MANY])
    region = region_of(out, runs)
    earlier = out / COMPARISON_BEFORE
    changes = moved(_table(earlier) if earlier.is_file() else None, runs)
    article = write_article(out, [run["given"] for run in runs])
    page = _render(runs, table, figures, changes, region, _kept(out, runs), article)
    check_page(
        page, figures=len(figures) + len(region["figures"] if region else ()), name=INDEX_PAGE
    )
    write_assets(out)
    return write_whole(out / INDEX_PAGE, page.encode())


def write_assets(out: Path) -> Path:
    """Put one copy of plotly.js into ``assets``, unless the same one is there."""
    from forecasting.reporting.figures.style import plotly_javascript

    path, script = out / ASSETS / PLOTLY_SCRIPT, plotly_javascript()
    if not (path.is_file() and path.stat().st_size == len(script)):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, script)
    return path


def _table(path: Path) -> pd.DataFrame:
    table = pd.DataFrame(columns=COLUMNS)
    with contextlib.suppress(InputError):  # a damaged one is as good as none
        table = load_results(path) if path.is_file() else table
    # Looked up by these, often
    return table.astype(dict.fromkeys(("scenario", "country", "measure"), "category"))


def _described(out: Path, record: Mapping[str, Any], results: pd.DataFrame) -> dict[str, Any]:
    """One run in the page's terms; what its report stored about itself fills what the record lacks."""
    name = str(record["name"])
    stored = load_record(out / name / OUTLOOK_TABLE)
    given = dict(stored.get("parameters") or record.get("parameters") or record)
    place, _, scenario = name.rpartition("-")
    code = given.get("country") or {country_slug(country): country for country in COUNTRIES}.get(
        place
    )
    failure = record.get("failure") or record.get("error")
    age = stored_caveat(stored.get("age"))
    numbers = _headline(given, stored.get("first_year"), results)
    return {
        "name": name,
        "country": code,
        "place": place_name(code)
        if code and is_place(code)
        else (place or name).replace("-", " ").capitalize(),
        "scenario": str(given.get("scenario") or scenario),
        "given": given,
        "seed": given.get("seed"),
        "headline": numbers,
        "lines": [_line(entry, stored.get("growth") or {}) for entry in numbers],
        "reason": str(record.get("reason") or ""),
        "as_of": stored.get("as_of") or given.get("as_of"),
        "finished": str(record.get("finished") or record.get("started") or "")[:16].replace(
            "T", " "
        ),
        "seconds": _seconds(record.get("seconds")),
        "age": str(age or ""),
        "counted": str(age.facts[0].period.end) if age and age.facts else "",
        "caveats": lines_of(stored_caveats(stored)),
        "failure": dict(failure) if failure else None,
        "written": (out / name / REPORT_PAGE).is_file(),
    }


def _tell_apart(runs: list[dict[str, Any]]) -> None:
    """Call runs of one place and one scenario as their files are called: each has a card of its
    own.
    """
    count = Counter((run["place"], run["scenario"]) for run in runs)
    for run in runs:
        if count[run["place"], run["scenario"]] > 1:
            run["scenario"] = run["name"].removeprefix(
                f"{country_slug(run['country'])}-" if run["country"] else ""
            )


def _seconds(value: Any) -> float:
    return float(sum(value.values())) if isinstance(value, Mapping) else float(value or 0)


def _render(
    runs: list[dict[str, Any]],
    table: pd.DataFrame,
    figures: list[str],
    changes: dict[str, Any] | None,
    region: dict[str, Any] | None,
    kept: dict[str, Any],
    article: bool,
) -> str:
    failures = list(_failures(runs))
    columns = _columns(runs)
    sections = list(_sections(runs, columns))
    page = page_template("index.html.j2").render(
        title=TITLE,
        summary=_summary(runs, failures),
        count=len(runs),
        failures=failures,
        changes=changes,
        region=region,
        sections=sections,
        columns=columns,
        many=len(columns) > MANY,
        gap=_gap(table),
        record=_record(runs),
        kept=kept,
        figures=figures,
        footer=_footer(runs),
        article=article,
        data=not table.empty,
        style=template_text("style.css"),
        script=figure_script(),
        ages=age_script(),
    )
    return str(page)


def _record(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """How forecasts of earlier days did, as it was known on the newest day of the reports."""
    return scoreboard(day) if (day := _newest_day(runs)) else {"rows": []}


def _kept(out: Path, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The same of the reports that were kept in the folder as they were made."""
    folder, day = out / ARCHIVE, _newest_day(runs)
    return kept_forecasts(folder, day) if day and folder.is_dir() else {"rows": []}


def _newest_day(runs: list[dict[str, Any]]) -> dt.date | None:
    days = [
        str(run["as_of"]) for run in runs if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(run["as_of"]))
    ]
    return as_date(max(days)) if days else None


def _summary(runs: list[dict[str, Any]], failures: list[dict[str, Any]]) -> str:
    days = sorted({str(run["as_of"]) for run in runs if run["as_of"]})
    whole = len(runs) - len(failures)
    words = f"{whole} {'report' if whole == 1 else 'reports'}"
    known = (
        f", on what was published by {days[0] if len(days) == 1 else f'{days[0]} to {days[-1]}'}"
        if days
        else ""
    )
    return f"{words}{known}. Each number is a median with its 80 % interval, and leads back to the facts it rests on."


def _footer(runs: list[dict[str, Any]]) -> str:
    times = sorted(run["finished"] for run in runs if run["finished"])
    return (
        f"Newest report {times[-1]} UTC, oldest {times[0]} UTC."
        if times
        else "No report has been finished yet."
    )


def _failures(runs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for run in runs:
        if run["failure"]:
            failure = run["failure"]
            message = str(failure.get("message") or failure.get("name") or "failed")
            trace = str(failure.get("trace") or failure.get("traceback") or "")
            older = run["name"] if run["written"] else ""
            yield {
                "name": run["name"],
                "cell": failure.get("cell"),
                "message": message,
                "trace": trace,
                "older": older,
            }


def _sections(runs: list[dict[str, Any]], columns: list[str]) -> Iterator[dict[str, Any]]:
    countries = [run for run in runs if run["country"]]
    corridors = [run for run in runs if not run["country"]]
    words = "What comes in the first two years not yet known, and where the chain stands at the horizon."
    if countries:
        yield {"id": "countries", "title": "Countries by scenarios", "words": words} | _rows(
            countries, columns
        )
    if corridors:
        words = "What leaves Xinjiang and passes its ports on the way to Central Asia."
        yield {"id": "corridors", "title": "Corridors", "words": words} | _rows(corridors, columns)


def _columns(runs: list[dict[str, Any]]) -> list[str]:
    """The scenarios of all runs, the usual ones first."""
    names = {run["scenario"] for run in runs}
    return [*(name for name in ORDER if name in names), *sorted(names - set(ORDER))]


def _rows(runs: list[dict[str, Any]], columns: list[str]) -> dict[str, Any]:
    by_place: dict[str, dict[str, Any]] = {}
    for run in sorted(runs, key=lambda run: (run["country"] not in COUNTRIES, run["place"])):
        by_place.setdefault(run["place"], {})[run["scenario"]] = run
    rows = [_row(place, mine, columns) for place, mine in by_place.items()]
    return {
        "columns": [name for name in columns if any(name in mine for mine in by_place.values())],
        "rows": rows,
    }


def _row(place: str, mine: dict[str, dict[str, Any]], columns: list[str]) -> dict[str, Any]:
    """A place and its cards; what must be known of all of them is said once, beside the name of the
    place.
    """
    shown = [run for run in mine.values() if run["lines"]]
    ages = {run["age"] for run in shown}
    age = ages.pop() if len(ages) == 1 else ""
    shared = (
        [words for words in shown[0]["caveats"] if all(words in run["caveats"] for run in shown)]
        if shown
        else []
    )
    cards = [_card(mine[name], {age, *shared}) if name in mine else None for name in columns]
    return {
        "place": place,
        "age": age,
        "counted": max((run["counted"] for run in shown), default=""),
        "caveats": [words for words in shared if words != age],
        "cards": cards,
    }


def _card(run: dict[str, Any], said: set[str]) -> dict[str, Any]:
    failed = run["failure"] or {}
    about = [
        f"as of {run['as_of']}" if run["as_of"] else "",
        f"run {run['finished']}" if run["finished"] else "",
    ]
    about.append(f"{run['seconds']:.1f}\N{NO-BREAK SPACE}s" if run["seconds"] else "")
    return {
        "scenario": run["scenario"],
        "link": run["name"] if run["written"] else "",
        "error": str(failed.get("message") or failed.get("name") or "") if failed else "",
        "lines": run["lines"],
        "caveats": [words for words in run["caveats"] if words not in said][:2],
        "counted": run["counted"],
        "age": run["age"] if run["age"] not in {*run["caveats"], *said} else "",
        "fresh": " · ".join(word for word in about if word),
    }


def _headline(
    given: Mapping[str, Any], first_year: int | None, results: pd.DataFrame
) -> list[dict[str, Any]]:
    """The card's numbers; of a corridor, those of the whole."""
    measure = given.get("measure") or "ev_imports"
    places = list(dict.fromkeys(results.loc[results["measure"] == measure, "country"]))
    if not places:
        return []
    whole = given.get("country") or given.get("corridor")
    place = whole if whole in places else places[-1]
    numbers = headline(
        results, measure, first_year or int(bands(results, measure, place).index[0]), place
    )
    return [{"place": place} | entry for entry in numbers]


def _line(entry: Mapping[str, Any], growth: Mapping[str, Mapping[str, float]]) -> dict[str, str]:
    """A number of a card; of an index its growth, the only thing that is known of it."""
    measure, unit = entry["measure"], entry["unit"]
    if known_as_growth(measure) and str(entry["year"]) in growth:
        low, middle, high = (
            percent(growth[str(entry["year"])][level]) for level in ("0.1", "0.5", "0.9")
        )
        label = f"Growth on the year: {label_of(measure).removesuffix(' index').lower()}"
        return {
            "label": label,
            "year": str(entry["year"]),
            "median": middle,
            "range": f"{low} to {high}",
        }
    median = amount(entry["median"], measure) + (f" {unit}" if unit in ("GWh", "MW") else "")
    ends = amounts(entry["lower80"], entry["upper80"], measure)
    return {"label": label_of(measure), "year": str(entry["year"]), "median": median, "range": ends}


def _gap(table: pd.DataFrame) -> dict[str, Any]:
    """Need, practice and standard of each country's baseline in the last year that all have."""
    mine = table[
        table["measure"].isin(CHARGING_ANSWERS)
        & table["scenario"].astype(str).str.endswith("-baseline")
    ]
    if mine.empty:
        return {"rows": []}
    codes = sorted(mine["country"].unique(), key=place_name)
    wide = {(code, name): bands(mine, name, code) for code in codes for name in CHARGING_ANSWERS}
    year = min(int(frame.index[-1]) for frame in wide.values())
    rows = [
        {
            "place": place_name(code),
            "cells": [_cell(wide[code, name].loc[[year]], name) for name in CHARGING_ANSWERS],
        }
        for code in codes
    ]
    return {
        "year": year,
        "columns": [name.rpartition("_")[2].capitalize() for name in CHARGING_ANSWERS],
        "rows": rows,
    }


def _cell(row: pd.DataFrame, measure: str) -> dict[str, str]:
    levels = {"low": 0.1, "median": 0.5, "high": 0.9}
    return {name: amount(float(row[level].iloc[0]), measure) for name, level in levels.items()}


def _figures(table: pd.DataFrame, scenarios: list[str]) -> list[str]:
    """Comparisons of countries, for the scenarios that fit beside each other."""
    names = [
        name
        for name in table["scenario"].cat.categories
        if str(name).rpartition("-")[2] in scenarios
    ]
    codes = [code for code in table["country"].cat.categories if not str(code).islower()]
    countries = table[table["country"].isin(codes) & table["scenario"].isin(names)]
    measures = [name for name in COMPARED if name in set(countries["measure"])]
    if not measures or countries["scenario"].nunique() < 2:
        return []
    from forecasting.reporting.figures import scenario_comparison

    charts = (scenario_comparison(countries, measure) for measure in measures)
    return [
        figure_html(json.loads(chart.to_json()), f"comparison-{number}")
        for number, chart in enumerate(charts)
    ]
