"""The index of a run: failures first, the region's total, countries by scenarios with their
numbers, the gap in chargers, what changed since the run before, comparisons.

One page that opens from disk without a network. Whatever comes from a params file, a ledger or a
traceback is escaped.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.errors import InputError
from forecasting.evidence.files import write_whole
from forecasting.evidence.places import COUNTRIES, REGION, is_place, place_name
from forecasting.measures import AT_THE_HORIZON, CHARGING_ANSWERS, HEADLINE
from forecasting.names import (
    ARCHIVE,
    ASSETS,
    COMPARISON_BEFORE,
    COMPARISON_TABLE,
    DRAWS_TABLE,
    INDEX_PAGE,
    OUTLOOK_TABLE,
    PLOTLY_SCRIPT,
    REPORT_PAGE,
    SCENARIOS_SCRIPT,
)
from forecasting.parameters.naming import country_slug
from forecasting.reporting.answer import median_and_ends
from forecasting.reporting.article import write_article
from forecasting.reporting.caveat_words import age_html, day_words, lines_of
from forecasting.reporting.display import Table, beside, plain_frame
from forecasting.reporting.growth_tables import known_as_growth, percent
from forecasting.reporting.html import (
    figure_html,
    write_page,
)
from forecasting.reporting.labels import amount, amounts, label_of, phrase, plural
from forecasting.reporting.past import LEAST, kept_forecasts, scoreboard
from forecasting.reporting.result_tables import (
    StoredResults,
    headline,
    in_columns,
    measures_by_year,
    stored_results,
    yearly,
)
from forecasting.scenarios.joint_draws import COLUMNS, Results, region_places, region_total
from forecasting.scenarios.outlook_files import (
    load_draws,
    load_record,
    load_results,
    stored_caveat,
    stored_caveats,
)

Run = dict[str, Any]  # what the page knows of a report
Stored = Mapping[tuple[str, str], StoredResults]  # by scenario and place

TITLE = "Electric vehicles and their charging: outlooks"
BASELINE = "baseline"
ORDER = (BASELINE, "accelerated", "constrained")
MANY = 6  # scenarios of a country that fit beside each other
COMPARED = (*AT_THE_HORIZON, "energy_gwh")
COUNTRIES_OF = {country_slug(code): code for code in COUNTRIES}
OF_REGION = ("ev_registrations", *HEADLINE)
DRAWN = "ev_stock"
NO_BREAK = "\N{NO-BREAK SPACE}"
# Of the region; the standard is a rule, which says nothing of one
NEED, PRACTICE, _ = CHARGING_ANSWERS
CHANGES = 15  # shown of them
SECTIONS = (
    {
        "id": "countries",
        "title": "Countries by scenarios",
        "words": "What comes in the first two years that are not yet known, and what stands on "
        "the road and is needed at the end of the last.",
    },
    {
        "id": "corridors",
        "title": "Corridors",
        "words": "What leaves Xinjiang and passes its ports on the way to Central Asia.",
    },
)


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
    results = stored_results(table)
    runs = [_described(out, record, results) for record in records]
    _tell_apart(runs)
    columns = _columns(runs)
    failures = [
        {"cell": None, "trace": "", **run["failure"], "name": run["name"], "older": run["link"]}
        for run in runs
        if run["failure"]
    ]
    days = sorted({run["as_of"] for run in runs} - {"", "latest"})
    region = _region(out, runs)
    figures = _comparisons(table, columns[:MANY])
    write_assets(out)
    _write_scenarios(out, runs, columns)
    return write_page(
        out / INDEX_PAGE,
        "index.html.j2",
        figures=len(figures) + (len(region["figures"]) if region else 0),
        title=TITLE,
        summary=_summary(len(runs) - len(failures), days),
        count=len(runs),
        failures=failures,
        changes=_changes(out / COMPARISON_BEFORE, runs),
        region=region,
        sections=list(_sections(runs, columns)),
        columns=columns,
        many=len(columns) > MANY,
        gap=_gap(results),
        **_records(out / ARCHIVE, days),
        comparisons=figures,
        footer=_footer(runs),
        article=write_article(out, [run["parameters"] for run in runs]),
        data=not table.empty,
    )


def write_assets(out: Path) -> Path:
    """Put one copy of plotly.js into ``assets``, unless the same one is there."""
    from forecasting.reporting.figures.drawing import plotly_javascript

    path = out / ASSETS / PLOTLY_SCRIPT
    script = plotly_javascript()
    if not (path.is_file() and path.stat().st_size == len(script)):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, script)
    return path


def _write_scenarios(out: Path, runs: Sequence[Run], columns: Sequence[str]) -> None:
    """Write what the brief of each report shows: the scenarios of its place beside each other.

    It lies beside the reports, whose pages read it: a report is the same bytes, whatever else has
    run.
    """
    beside: dict[tuple[str, str], list[Run]] = {}
    for run in sorted(runs, key=lambda run: columns.index(run["scenario"])):
        if run["link"] and run["headline"]:
            beside.setdefault((run["place"], run["headline"][0]["measure"]), []).append(run)
    tables = {
        run["name"]: _side_by_side(group)._repr_html_()
        for group in beside.values()
        for run in group
        if len(group) > 1
    }
    script = f"const scenarios = {json.dumps(tables)};\n"
    write_whole(out / ASSETS / SCENARIOS_SCRIPT, script.encode())


def _side_by_side(group: Sequence[Run]) -> Table:
    """A row for each scenario of a place, a column for each number of its headline, without those
    of the second year.
    """
    rows = [
        {"Scenario": run["scenario"].capitalize()}
        | {
            f"{label_of(entry['measure'])}, {entry['year']}": "{} ({})".format(
                amount(entry["median"], entry["measure"]),
                amounts(entry["lower80"], entry["upper80"], entry["measure"]).replace(
                    " ", NO_BREAK
                ),
            )
            for entry in run["headline"]
            if entry["year"] != run["headline"][0]["year"] + 1
        }
        for run in group
    ]
    links = {"Scenario": [f"../{run['link']}/{REPORT_PAGE}" for run in group]}
    return Table(plain_frame(rows).fillna("–"), links, "The scenarios side by side")


def _table(path: Path) -> pd.DataFrame:
    with contextlib.suppress(InputError):  # one that is missing or damaged holds nothing
        return load_results(path)
    return pd.DataFrame(columns=COLUMNS)


def _described(out: Path, record: Mapping[str, Any], results: Stored) -> Run:
    """One run in the page's terms; what its report stored about itself fills what the record
    lacks.
    """
    name = str(record["name"])
    stored = load_record(out / name / OUTLOOK_TABLE)
    keys = dict(stored.get("parameters") or record.get("parameters") or {})
    age = stored_caveat(stored.get("age"))
    numbers = _headline(name, keys, stored, results)
    return {
        **_named(name, keys),
        "parameters": keys,
        "headline": numbers,
        "lines": [_line(entry, stored.get("growth") or {}) for entry in numbers],
        "reason": record.get("reason", ""),
        "as_of": str(stored.get("as_of") or keys.get("as_of") or ""),
        "finished": record.get("finished", "")[:16].replace("T", " "),
        "seconds": sum(record.get("seconds", {}).values()),
        "age": age_html(age) if age else "",
        "caveats": lines_of(caveat for caveat in stored_caveats(stored) if caveat != age),
        "failure": record.get("failure") or {},
        "link": name if (out / name / REPORT_PAGE).is_file() else "",
    }


def _named(name: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Country, place and scenario of a run by its parameters, or else by its name."""
    slug, _, scenario = name.rpartition("-")
    code = keys.get("country") or COUNTRIES_OF.get(slug)
    place = (slug or name).replace("-", " ").capitalize()
    if code and is_place(code):
        place = place_name(code)
    scenario = str(keys.get("scenario") or scenario)
    return {"name": name, "country": code, "place": place, "scenario": scenario}


def _tell_apart(runs: Sequence[Run]) -> None:
    """Call runs of one place and one scenario as their files are called: each has a card of its
    own.
    """
    count = Counter((run["place"], run["scenario"]) for run in runs)
    for run in runs:
        if count[run["place"], run["scenario"]] > 1:
            slug = run["country"] and f"{country_slug(run['country'])}-"
            run["scenario"] = run["name"].removeprefix(slug or "")


def _summary(whole: int, days: Sequence[str]) -> str:
    ends = [day_words(dt.date.fromisoformat(day)) for day in dict.fromkeys([*days[:1], *days[-1:]])]
    known = phrase(", on what was published by {}", " to ".join(ends))
    return (
        f"{plural(whole, 'report')}{known}. Beside each number stands the range that holds what "
        "comes four times in five."
    )


def _footer(runs: Sequence[Run]) -> str:
    times = sorted(run["finished"] for run in runs if run["finished"])
    if not times:
        return "No report has been finished yet."
    return f"Newest report {times[-1]} UTC, oldest {times[0]} UTC."


def _records(archive: Path, days: Sequence[str]) -> dict[str, Any]:
    """How earlier forecasts did by the newest day, and those that were kept as they were made."""
    if not days:
        return {"record": None, "kept": None}
    day = dt.date.fromisoformat(days[-1])
    return {"record": scoreboard(day), "kept": kept_forecasts(archive, day)}


def _columns(runs: Sequence[Run]) -> list[str]:
    """The scenarios of all runs, the usual ones first."""
    names = {run["scenario"] for run in runs}
    return [*(name for name in ORDER if name in names), *sorted(names - set(ORDER))]


def _sections(runs: Sequence[Run], columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Countries and corridors: a row a place, a card a scenario."""
    rows: dict[bool, dict[str, dict[str, Run]]] = {True: {}, False: {}}  # by being a country's
    for run in sorted(runs, key=lambda run: (run["country"] not in COUNTRIES, run["place"])):
        mine = rows[bool(run["country"])].setdefault(run["place"], {})
        mine[run["scenario"]] = run
    for section, places in zip(SECTIONS, rows.values(), strict=True):
        if places:
            used = set().union(*places.values())
            yield section | {
                "columns": [name for name in columns if name in used],
                "rows": [_row(place, mine, columns) for place, mine in places.items()],
            }


def _row(place: str, mine: Mapping[str, Run], columns: Sequence[str]) -> dict[str, Any]:
    """A place and its cards; what must be known of all of them is said once, beside the name of the
    place.
    """
    shown = [run for run in mine.values() if run["lines"]]
    ages = _shared([run["age"]] for run in shown)
    shared = _shared(run["caveats"] for run in shown)
    cards = [_card(mine[name], {*ages, *shared}) if name in mine else None for name in columns]
    return {"place": place, "age": "".join(ages), "caveats": shared, "cards": cards}


def _shared(lists: Iterable[list[str]]) -> list[str]:
    """What stands in each list, in the order of the first."""
    first, *others = [*lists] or [[]]
    return [words for words in first if all(words in other for other in others)]


def _card(run: Run, known: set[str]) -> dict[str, Any]:
    """What stands on a card; what its row says of all cards is known."""
    about = {
        "as of {}": run["as_of"],
        "run {}": run["finished"],
        "{:.1f}\N{NO-BREAK SPACE}s": run["seconds"],
    }
    return {
        **run,
        "error": run["failure"].get("message", ""),
        "caveats": [words for words in run["caveats"] if words not in known][:2],
        "age": "" if run["age"] in known else run["age"],
        "fresh": " · ".join(words.format(value) for words, value in about.items() if value),
    }


def _headline(
    name: str, keys: Mapping[str, Any], stored: Mapping[str, Any], results: Stored
) -> list[dict[str, Any]]:
    """The card's numbers; of a corridor, those of the whole, which stands behind its places."""
    measure = keys.get("measure") or "ev_imports"
    known = [
        (place, part)
        for (scenario, place), part in results.items()
        if scenario == name and measure in part.values
    ]
    if not known:
        return []
    place, part = known[-1]
    first = stored.get("first_year") or int(part.bands(measure).index[0])
    return [{"place": place, **entry} for entry in headline(part, measure, first)]


def _line(entry: Mapping[str, Any], growth: Mapping[str, Mapping[str, float]]) -> dict[str, str]:
    """A number of a card; of an index its growth, the only thing that is known of it."""
    measure = entry["measure"]
    year = str(entry["year"])
    label = label_of(measure)
    median = amount(entry["median"], measure)
    ends = amounts(entry["lower80"], entry["upper80"], measure)
    if known_as_growth(measure) and year in growth:
        low, median, high = (percent(growth[year][level]) for level in ("0.1", "0.5", "0.9"))
        label = f"Growth on the year: {label.removesuffix(' index').lower()}"
        ends = f"{low} to {high}"
    elif entry["unit"] in ("GWh", "MW"):
        median += f" {entry['unit']}"
    return {"label": label, "year": year, "median": median, "range": ends}


def _gap(results: Stored) -> dict[str, Any] | None:
    """Need, practice and standard of each country's baseline in the last year that all have."""
    known = {
        place_name(country): part
        for (scenario, country), part in results.items()
        if scenario.endswith(f"-{BASELINE}") and set(CHARGING_ANSWERS) <= set(part.values)
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


def _comparisons(table: pd.DataFrame, scenarios: Sequence[str]) -> list[str]:
    """Comparisons of countries, for the scenarios that fit beside each other."""
    names = [name for name in table["scenario"].unique() if name.rpartition("-")[2] in scenarios]
    codes = [code for code in table["country"].unique() if code.isupper()]
    countries = table[table["country"].isin(codes) & table["scenario"].isin(names)]
    if countries["scenario"].nunique() < 2:
        return []
    from forecasting.reporting.figures.scenario_contrast import scenario_comparison

    measures = set(countries["measure"])
    charts = [scenario_comparison(countries, name) for name in COMPARED if name in measures]
    return _figures("comparison", charts)


def _figures(name: str, charts: Iterable[Any]) -> list[str]:
    return [
        figure_html(json.loads(chart.to_json()), f"{name}-{number}")
        for number, chart in enumerate(charts)
    ]


def _changes(path: Path, runs: Sequence[Run]) -> dict[str, Any] | None:
    """The headline medians that moved by a percent or more since the run before, the largest moves
    first, how many more there are, and how many were compared.
    """
    if not path.is_file():
        return None
    before = _table(path)
    known = {} if before.empty else yearly(before)[0.5].to_dict()
    compared = [change for run in runs for change in _compared(run, known)]
    large = [change for change in compared if abs(change[0]) >= LEAST]
    large.sort(key=lambda change: -abs(change[0]))
    shown = large[:CHANGES]
    links = {"Scenario": [page for _, page, _ in shown]}
    table = Table(plain_frame([cells for *_, cells in shown]), links) if shown else None
    return {"table": table, "more": len(large) - len(shown), "compared": len(compared)}


def _compared(run: Run, known: Mapping[Any, float]) -> Iterator[tuple[float, str, dict[str, str]]]:
    """The headline numbers of a run that were known before: the change as a share, the report's
    page, and the row of the table.
    """
    page = run["link"] and f"{run['link']}/{REPORT_PAGE}"
    for entry in run["headline"]:
        measure = entry["measure"]
        now = entry["median"]
        then = known.get((run["name"], entry["place"], measure, int(entry["year"])))
        if then is None:
            continue
        share = now / then - 1 if then > 0 else float(now > 0)
        cells = {
            "Scenario": run["name"],
            "Number": f"{label_of(measure)}, {entry['year']}",
            "Before": amount(then, measure),
            "Now": amount(now, measure),
            "Change": f"{100 * share:+,.0f} %",
            "Why": run["reason"],
        }
        yield share, page, cells


def _region(out: Path, runs: Sequence[Run]) -> dict[str, Any] | None:
    """The sum of the countries' baselines, draw by draw, in words, and small charts of the sum and
    of each country; None where fewer than two countries have one, or their draws are not joint.
    """
    mine = [
        run
        for run in runs
        if run["country"] in COUNTRIES and run["scenario"] == BASELINE and run["link"]
    ]
    # Other seeds, other worlds
    if len({run["parameters"].get("seed") for run in mine}) > 1:
        return None
    read: list[Results] = []
    for run in mine:
        with contextlib.suppress(InputError):  # of shares alone, or damaged: named by its absence
            read += load_draws(out / run["name"] / DRAWS_TABLE, OF_REGION)[:1]
    with contextlib.suppress(InputError):  # there is none, or the numbers of draws differ
        total = region_total(read, BASELINE)
        members = region_places(total)
        if len(members) > 1:
            return _together(total, [part for part in read if part.country in members])
    return None


def _together(total: Results, members: Sequence[Results]) -> dict[str, Any]:
    """The region's section: its title, a sentence, a table, and charts of the sum and its parts."""
    parts = {place_name(part.country): part for part in members}
    *others, last = parts
    title = f"{', '.join(others)} and {last} together"
    if total.country == REGION:
        title = "The five countries together"
    from forecasting.reporting.figures.scenario_contrast import small_fans

    drawn = {"Together": total} | dict(sorted(parts.items()))
    charts = small_fans({name: part.bands(DRAWN) for name, part in drawn.items()}, DRAWN)
    measures = [measure for measure in OF_REGION if measure in total.values]
    years = [total.years[0], total.years[-1]]
    return {
        "title": title,
        "sentence": _sentence(total),
        "table": Table(measures_by_year(total, measures, years, "Together")),
        "figures": _figures("region", charts),
    }


def _sentence(total: Results) -> str:
    """The vehicles and the charging points at the horizon, each with its interval."""
    last = total.years[-1]
    median, ends = median_and_ends(total, DRAWN, last)
    vehicles = f"About {median} electric cars on the road by the end of {last} ({ends})"
    if not {NEED, PRACTICE} <= set(total.values):
        return f"{vehicles}."
    need, practice = (
        "{} ({})".format(*median_and_ends(total, name, last)) for name in (NEED, PRACTICE)
    )
    return (
        f"{vehicles}: they need {need} public charging points, and markets with such fleets have "
        f"built {practice}."
    )
