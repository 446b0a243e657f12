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
from forecasting.reporting.display import Table
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
from forecasting.reporting.result_tables import (
    StoredResults,
    beside,
    headline,
    in_columns,
    stored_results,
)
from forecasting.scenarios.joint_draws import COLUMNS
from forecasting.scenarios.outlook_files import (
    load_record,
    load_results,
    stored_caveat,
    stored_caveats,
)

Stored = Mapping[tuple[str, str], StoredResults]

TITLE = "Electric vehicles and their charging: outlooks"
ORDER = ("baseline", "accelerated", "constrained")
MANY = 6  # scenarios of a country that fit beside each other
COMPARED = (*AT_THE_HORIZON, "energy_gwh")
COUNTRIES_OF = {country_slug(code): code for code in COUNTRIES}


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
    stored = stored_results(table)
    runs = [_described(out, record, stored) for record in records]
    _tell_apart(runs)
    failures = list(_failures(runs))
    columns = _columns(runs)
    region = region_of(out, runs)
    figures = _figures(table, columns[:MANY])
    day = _newest_day(runs)
    earlier = out / COMPARISON_BEFORE
    kept = out / ARCHIVE
    page = page_template("index.html.j2").render(
        title=TITLE,
        summary=_summary(runs, failures),
        count=len(runs),
        failures=failures,
        changes=moved(_table(earlier), runs) if earlier.is_file() else None,
        region=region,
        sections=list(_sections(runs, columns)),
        columns=columns,
        many=len(columns) > MANY,
        gap=_gap(stored),
        record=scoreboard(day) if day else None,
        kept=kept_forecasts(kept, day) if day and kept.is_dir() else None,
        figures=figures,
        footer=_footer(runs),
        article=write_article(out, [run["given"] for run in runs]),
        data=not table.empty,
        style=template_text("style.css"),
        script=figure_script(),
        ages=age_script(),
    )
    drawn = len(figures) + (len(region["figures"]) if region else 0)
    check_page(page, figures=drawn, name=INDEX_PAGE)
    write_assets(out)
    return write_whole(out / INDEX_PAGE, page.encode())


def write_assets(out: Path) -> Path:
    """Put one copy of plotly.js into ``assets``, unless the same one is there."""
    from forecasting.reporting.figures.drawing import plotly_javascript

    path, script = out / ASSETS / PLOTLY_SCRIPT, plotly_javascript()
    if not (path.is_file() and path.stat().st_size == len(script)):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, script)
    return path


def _table(path: Path) -> pd.DataFrame:
    with contextlib.suppress(InputError):  # a damaged one is as good as none
        if path.is_file():
            return load_results(path)
    return pd.DataFrame(columns=COLUMNS)


def _described(out: Path, record: Mapping[str, Any], results: Stored) -> dict[str, Any]:
    """One run in the page's terms; what its report stored about itself fills what the record lacks."""
    name = str(record["name"])
    stored = load_record(out / name / OUTLOOK_TABLE)
    given = dict(stored.get("parameters") or record.get("parameters") or record)
    place, _, scenario = name.rpartition("-")
    code = given.get("country") or COUNTRIES_OF.get(place)
    words = (place or name).replace("-", " ").capitalize()
    age = stored_caveat(stored.get("age"))
    numbers = _headline(name, given, stored.get("first_year"), results)
    finished = str(record.get("finished") or record.get("started") or "")
    return {
        "name": name,
        "country": code,
        "place": place_name(code) if code and is_place(code) else words,
        "scenario": str(given.get("scenario") or scenario),
        "given": given,
        "seed": given.get("seed"),
        "headline": numbers,
        "lines": [_line(entry, stored.get("growth") or {}) for entry in numbers],
        "reason": str(record.get("reason") or ""),
        "as_of": stored.get("as_of") or given.get("as_of"),
        "finished": finished[:16].replace("T", " "),
        "seconds": _seconds(record.get("seconds")),
        "age": str(age or ""),
        "counted": str(age.facts[0].period.end) if age and age.facts else "",
        "caveats": lines_of(stored_caveats(stored)),
        "failure": _failure(record.get("failure") or record.get("error")),
        "written": (out / name / REPORT_PAGE).is_file(),
    }


def _failure(failure: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not failure:
        return None
    return {
        "cell": failure.get("cell"),
        "message": str(failure.get("message") or failure.get("name") or "failed"),
        "trace": str(failure.get("trace") or failure.get("traceback") or ""),
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


def _newest_day(runs: list[dict[str, Any]]) -> dt.date | None:
    days = [
        str(run["as_of"]) for run in runs if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(run["as_of"]))
    ]
    return as_date(max(days)) if days else None


def _summary(runs: list[dict[str, Any]], failures: list[dict[str, Any]]) -> str:
    days = sorted({str(run["as_of"]) for run in runs if run["as_of"]})
    whole = len(runs) - len(failures)
    reports = "1 report" if whole == 1 else f"{whole} reports"
    known = f", on what was published by {' to '.join(days[:1] + days[1:][-1:])}" if days else ""
    return (
        f"{reports}{known}. Each number is a median with its 80 % interval, and leads back to the "
        "facts it rests on."
    )


def _footer(runs: list[dict[str, Any]]) -> str:
    times = sorted(run["finished"] for run in runs if run["finished"])
    if not times:
        return "No report has been finished yet."
    return f"Newest report {times[-1]} UTC, oldest {times[0]} UTC."


def _failures(runs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for run in runs:
        if run["failure"]:
            older = run["name"] if run["written"] else ""
            yield {"name": run["name"], **run["failure"], "older": older}


def _sections(runs: list[dict[str, Any]], columns: list[str]) -> Iterator[dict[str, Any]]:
    countries = [run for run in runs if run["country"]]
    corridors = [run for run in runs if not run["country"]]
    if countries:
        yield {
            "id": "countries",
            "title": "Countries by scenarios",
            "words": "What comes in the first two years not yet known, and where the chain stands "
            "at the horizon.",
            **_rows(countries, columns),
        }
    if corridors:
        yield {
            "id": "corridors",
            "title": "Corridors",
            "words": "What leaves Xinjiang and passes its ports on the way to Central Asia.",
            **_rows(corridors, columns),
        }


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
    common = [words for run in shown[:1] for words in run["caveats"]]
    shared = [words for words in common if all(words in run["caveats"] for run in shown)]
    cards = [_card(mine[name], {age, *shared}) if name in mine else None for name in columns]
    caveats = [words for words in shared if words != age]
    counted = max((run["counted"] for run in shown), default="")
    return {"place": place, "age": age, "counted": counted, "caveats": caveats, "cards": cards}


def _card(run: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """What stands on a card; what its row says of all cards is known."""
    about = []
    if run["as_of"]:
        about.append(f"as of {run['as_of']}")
    if run["finished"]:
        about.append(f"run {run['finished']}")
    if run["seconds"]:
        about.append(f"{run['seconds']:.1f}\N{NO-BREAK SPACE}s")
    return {
        "scenario": run["scenario"],
        "link": run["name"] if run["written"] else "",
        "error": run["failure"]["message"] if run["failure"] else "",
        "lines": run["lines"],
        "caveats": [words for words in run["caveats"] if words not in known][:2],
        "counted": run["counted"],
        "age": run["age"] if run["age"] not in {*run["caveats"], *known} else "",
        "fresh": " · ".join(about),
    }


def _headline(
    name: str, given: Mapping[str, Any], first_year: int | None, results: Stored
) -> list[dict[str, Any]]:
    """The card's numbers; of a corridor, those of the whole."""
    measure = given.get("measure") or "ev_imports"
    known = {
        country: part
        for (scenario, country), part in results.items()
        if scenario == name and measure in part.values
    }
    if not known:
        return []
    whole = given.get("country") or given.get("corridor")
    place = whole if whole in known else [*known][-1]
    first = first_year or int(known[place].bands(measure).index[0])
    return [{"place": place, **entry} for entry in headline(known[place], measure, first)]


def _line(entry: Mapping[str, Any], growth: Mapping[str, Mapping[str, float]]) -> dict[str, str]:
    """A number of a card; of an index its growth, the only thing that is known of it."""
    measure = entry["measure"]
    year = str(entry["year"])
    if known_as_growth(measure) and year in growth:
        low, median, high = (percent(growth[year][level]) for level in ("0.1", "0.5", "0.9"))
        label = f"Growth on the year: {label_of(measure).removesuffix(' index').lower()}"
        return {"label": label, "year": year, "median": median, "range": f"{low} to {high}"}
    median = amount(entry["median"], measure)
    if entry["unit"] in ("GWh", "MW"):
        median += f" {entry['unit']}"
    ends = amounts(entry["lower80"], entry["upper80"], measure)
    return {"label": label_of(measure), "year": year, "median": median, "range": ends}


def _gap(results: Stored) -> dict[str, Any] | None:
    """Need, practice and standard of each country's baseline in the last year that all have."""
    known = {
        place_name(country): part
        for (scenario, country), part in results.items()
        if scenario.endswith("-baseline") and set(CHARGING_ANSWERS) <= set(part.values)
    }
    if not known:
        return None
    year = min(part.bands(name).index[-1] for part in known.values() for name in CHARGING_ANSWERS)
    groups = {}
    for name in CHARGING_ANSWERS:
        rows = {place: known[place].bands(name).loc[year] for place in sorted(known)}
        head = f"{name.rpartition('_')[2].capitalize()}, points"
        groups[head] = in_columns(pd.DataFrame(rows).T, name)
    return {"year": year, "table": Table(beside(groups, "Country"))}


def _figures(table: pd.DataFrame, scenarios: list[str]) -> list[str]:
    """Comparisons of countries, for the scenarios that fit beside each other."""
    names = [name for name in table["scenario"].unique() if name.rpartition("-")[2] in scenarios]
    codes = [code for code in table["country"].unique() if not code.islower()]
    countries = table[table["country"].isin(codes) & table["scenario"].isin(names)]
    measures = [name for name in COMPARED if name in set(countries["measure"])]
    if not measures or countries["scenario"].nunique() < 2:
        return []
    from forecasting.reporting.figures.scenario_contrast import scenario_comparison

    charts = (scenario_comparison(countries, measure) for measure in measures)
    return [
        figure_html(json.loads(chart.to_json()), f"comparison-{number}")
        for number, chart in enumerate(charts)
    ]
