"""The index of a run: failures first, the region's total, countries by scenarios with their
numbers, what changed in each report, comparisons.

One page that opens from disk without a network. Whatever comes from a params file, a ledger or a
traceback is escaped.
"""

import contextlib
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.evidence.fact import Fact, label_of, place_term
from forecasting.parameters.naming import country_slug
from forecasting.reporting.answer import median_and_ends
from forecasting.reporting.article import write_article
from forecasting.reporting.caveat_words import age_line, lines_of
from forecasting.reporting.figures.scenario_contrast import scenario_comparison, small_fans
from forecasting.reporting.html import page_of_report, page_template, pages_in, write_page
from forecasting.reporting.labels import (
    BASELINE,
    day_words,
    known_as_growth,
    label_words,
    median_and_range,
    part_words,
    spoken_median,
)
from forecasting.reporting.past import changes_in_words, kept_forecasts, scoreboard
from forecasting.reporting.result_tables import (
    StoredResults,
    headline,
    measure_rows,
    range_columns,
    stored_results,
    vehicles_in,
    with_unit,
)
from forecasting.scenarios.joint_draws import Results, region_places, region_total
from forecasting.scenarios.outlook_files import (
    load_draws,
    load_record,
    stored_caveat,
    stored_caveats,
)
from forecasting.vocabulary.catalogues import (
    ENGLISH,
    file_in,
    language,
    written_in,
)
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.files import write_whole
from forecasting.vocabulary.measures import AT_THE_HORIZON, CHARGING_ANSWERS, HEADLINE
from forecasting.vocabulary.names import (
    ARCHIVE,
    ARTICLE_PAGE,
    ASSETS,
    COMPARISON_WORKBOOK,
    DRAWS_TABLE,
    INDEX_PAGE,
    OTHER_NOTEBOOKS,
    OUTLOOK_TABLE,
    PLOTLY_SCRIPT,
)
from forecasting.vocabulary.places import COUNTRIES, PORTS, is_place
from forecasting.vocabulary.sentences import Term, capital, plural, sentence
from forecasting.writers.columns import HIGH, LOW, Column, TableForm
from forecasting.writers.display import line_html, number_facts
from forecasting.writers.numbers import growth_range, percent
from forecasting.writers.page import figure_html, plotly_script

Record = Mapping[str, Any]  # what files hold of a report
Run = dict[str, Any]  # what the page knows of it
Part = dict[str, Any]  # what a part of the page is filled with
Stored = Mapping[tuple[str, str], StoredResults]  # by scenario and place

INDEX_TITLE = "Electric vehicles and their charging: outlooks"
SCENARIO_ORDER = (BASELINE, "accelerated", "constrained")
MAX_SCENARIO_COLUMNS = 6  # scenarios of a country that fit beside each other
COMPARED_MEASURES = (*AT_THE_HORIZON, "energy_gwh")
COUNTRY_OF_SLUG = {country_slug(code): code for code in COUNTRIES}
REGION_MEASURES = ("ev_registrations", *HEADLINE)
REGION_CHART_MEASURE = "ev_stock"
# Of the region; the standard is a rule, which says nothing of one
NEED, PRACTICE, _ = CHARGING_ANSWERS
SUMMARY = (
    "{reports}[ on what was published by {day}]. Beside each number stands the range that holds "
    "what comes four times in five."
)
FAILED = ("{failed} of {} run failed", "{failed} of {} runs failed")
FRESH = "[as of {day}][both? · ][run {ended} {time} UTC]"
TOGETHER = (
    "About {stock} electric cars on the road by the end of {year} ({ends})[: they need {need} "
    "public charging points; at the pace of other markets there will be {practice}]."
    "[ The oldest count among them is that of {place}: it ends on {day}.]"
)
INDEX_SECTIONS = (
    {
        "id": "countries",
        "of_countries": True,
        "title": "Countries by scenarios",
        "words": "What comes in the running year and the next, and what stands on the road and is "
        "needed at the end of the last.",
    },
    {
        "id": "corridors",
        "of_countries": False,
        "title": "Corridors",
        "words": "What leaves Xinjiang and passes its ports on the way to Central Asia.",
    },
)


MAP_LABEL = "Map: electric cars on the road and public points needed at the end of {year}"
ON_THE_MAP = {REGION_CHART_MEASURE: "{number} cars", NEED: "{number} points"}
ALL = "Together"
GROWTH_LABEL = "Growth on the year: {label}"


TOGETHER_TABLE = TableForm([Column("Together", "measure", with_unit)])


def languages_of(folder: Path, records: Iterable[Record]) -> list[str]:
    """The languages in which there are reports in a folder, English first."""
    others = {
        path.stem.rpartition(".")[2]
        for record in records
        for path in (folder / str(record["name"])).glob(OTHER_NOTEBOOKS)
    }
    return [ENGLISH, *sorted(others)]


def build_site(folder: Path, records: Sequence[Record], table: pd.DataFrame) -> Path:
    """Write ``index.html`` and the shared script of a folder of reports.

    Parameters
    ----------
    folder : Path
        Of the reports.
    records : sequence of mapping
        What is known of each scenario, as in its ``run.json``: name, parameters, finished, seconds,
        changes; of one that failed also ``failure`` with message, cell and trace.
    table : pandas.DataFrame
        The results of all of them.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    RunError
        If the page would load anything from outside.
    """
    results = stored_results(table)
    write_assets(folder)
    codes = languages_of(folder, records)
    parameters = [_run_record(folder, record, results)["parameters"] for record in records]
    article = write_article(folder, parameters, codes)
    pages = []
    for code in codes:
        with written_in(code):
            pages.append(_write_index(folder, records, table, results, codes, article))
    return pages[0]


def _write_index(
    folder: Path,
    records: Sequence[Record],
    table: pd.DataFrame,
    results: Stored,
    codes: Sequence[str],
    article: bool,
) -> Path:
    """The index in the language in which words are written now, beside those in others."""
    code = language().code
    runs = [_run_record(folder, record, results) for record in records]
    columns = _columns(runs)
    failures = [
        {"cell": None, "trace": "", **run["failure"], "name": run["name"], "older": run["link"]}
        for run in runs
        if run["failure"]
    ]
    newest = max({run["as_of"] for run in runs} - {"latest"}, default="")
    return write_page(
        folder / file_in(INDEX_PAGE, code),
        "index.html.j2",
        language=code,
        pages=pages_in(INDEX_PAGE, codes),
        title=sentence(INDEX_TITLE),
        count=len(runs),
        failed=plural(len(runs), *FAILED, failed=len(failures)),
        failures=failures,
        changes=[run for run in runs if run["since"]],
        region=_region(folder, runs, results),
        sections=list(_sections(runs)),
        **_summary_parts(len(runs) - len(failures), newest, folder / ARCHIVE),
        comparisons=_comparisons(table, columns[:MAX_SCENARIO_COLUMNS]),
        article=article and file_in(ARTICLE_PAGE, code),
        book=file_in(COMPARISON_WORKBOOK, code),
        data=not table.empty,
    )


def write_assets(folder: Path) -> Path:
    """Put one copy of plotly.js into ``assets``, unless the same one is there."""
    path = folder / ASSETS / PLOTLY_SCRIPT
    script = plotly_script().read_bytes()
    if not (path.is_file() and path.stat().st_size == len(script)):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, script)
    return path


def _run_record(folder: Path, record: Record, results: Stored) -> Run:
    """One run in the page's terms; what its report stored about itself fills what the record
    lacks.
    """
    name = str(record["name"])
    stored = load_record(folder / name / OUTLOOK_TABLE)
    keys = dict(stored.get("parameters") or record.get("parameters") or {})
    age = stored_caveat(stored.get("age"))
    as_of = str(stored.get("as_of") or keys.get("as_of") or "")
    ended, _, time = record.get("finished", "")[:16].partition("T")
    changes = changes_in_words(record.get("changes", {}))
    return _run_names(name, keys) | {
        "parameters": keys,
        "lines": [*_lines(name, keys, stored, results)],
        "as_of": as_of,
        "age": line_html([age_line(age)]) if age else "",
        "newest_count": age.facts[0] if age and age.facts else None,
        "caveats": lines_of(caveat for caveat in stored_caveats(stored) if caveat != age),
        "failure": record.get("failure"),
        "link": page_of_report(folder, name),
        "since": number_facts(changes.since),
        "since_summary": changes.since_summary,
        "fresh": sentence(
            FRESH,
            day=label_words(as_of),
            both=as_of and time,
            ended=label_words(ended),
            time=time,
        ),
    }


def _run_names(name: str, keys: Record) -> Run:
    """Country, place and scenario of a run; two files of one scenario are told apart by their
    names.
    """
    slug, _, scenario = name.rpartition("-")
    code = keys.get("country") or COUNTRY_OF_SLUG.get(slug)
    place = str(part_words(slug or name))
    if code and is_place(code):
        place = str(place_term(code))
        scenario = name.removeprefix(f"{country_slug(code)}-")
    return {"name": name, "country": code, "place": place, "scenario": scenario}


def _summary_parts(report_count: int, newest: str, archive: Path) -> Part:
    """How many reports are whole, and what was known; how earlier forecasts did by the newest day,
    and those that were kept as they were made.
    """
    reports = plural(report_count, "{} report", "{:,} reports")
    if not newest:
        return {"summary": sentence(SUMMARY, reports=reports), "record": None, "kept": None}
    day = dt.date.fromisoformat(newest)
    return {
        "summary": sentence(SUMMARY, reports=reports, day=day_words(day)),
        "record": scoreboard(day),
        "kept": kept_forecasts(archive, day),
    }


def _columns(runs: Sequence[Run]) -> list[str]:
    """The scenarios of all runs, the usual ones first."""
    names = {run["scenario"] for run in runs}
    return [name for name in dict.fromkeys((*SCENARIO_ORDER, *sorted(names))) if name in names]


def _sections(runs: Sequence[Run]) -> Iterator[Part]:
    """Countries and corridors: a row a place, a card a scenario."""
    ordered = sorted(runs, key=lambda run: (run["country"] not in COUNTRIES, run["place"]))
    for section in INDEX_SECTIONS:
        mine = [run for run in ordered if bool(run["country"]) == section["of_countries"]]
        columns = _columns(mine)
        if mine:
            words = {name: sentence(str(section[name])) for name in ("title", "words")}
            yield (
                section
                | words
                | {
                    "columns": columns,
                    "many": len(columns) > MAX_SCENARIO_COLUMNS,
                    "rows": [
                        _row(place, list(group), columns)
                        for place, group in groupby(mine, key=itemgetter("place"))
                    ],
                }
            )


def _row(place: str, mine: Sequence[Run], columns: Sequence[str]) -> Part:
    """A place and its cards, with what must be known of them: of all, or of which."""
    runs_with_numbers = [run for run in mine if run["lines"]]
    cards = {run["scenario"]: run for run in mine}
    caveats = [*_caveats_of_place(runs_with_numbers)]
    return {
        "place": place,
        "link": next((run["link"] for run in mine if run["link"]), ""),
        "age": next((run["age"] for run in runs_with_numbers), ""),
        "caveats": caveats,
        "caveats_head": plural(len(caveats), "{} thing to know", "{} things to know"),
        "cards": [cards.get(name) for name in columns],
    }


def _caveats_of_place(runs: Sequence[Run]) -> Iterator[str]:
    """Each caveat once, with the scenarios that have it where others do not."""
    holders: dict[str, list[str]] = {}
    for run in runs:
        for words in run["caveats"]:
            holders.setdefault(words, []).append(run["scenario"])
    for words, names in holders.items():
        if len(names) < len(runs):
            terms = [str(Term(name, "scenario")) for name in names]
            yield f"{capital(', '.join(terms))}: {words}"
        else:
            yield words


def _lines(run: str, keys: Record, stored: Record, results: Stored) -> Iterator[dict[str, str]]:
    """The card's numbers; of a corridor, those of the whole, which stands behind its places; of an
    index its growth, the only thing that is known of it.
    """
    measure = keys.get("measure") or "ev_imports"
    parts = [part for (scenario, _), part in results.items() if scenario == run]
    if not parts or measure not in parts[-1].values:
        return
    total = parts[-1]
    years = total.bands(measure).index
    start_year = stored.get("headline_year") or stored.get("first_year") or int(years[0])
    growth = stored.get("growth") or {}
    for entry in headline(total, measure, start_year):
        name = entry["measure"]
        year = str(entry["year"])
        label = label_of(name, vehicles_in(total, keys.get("basis"), measure, name))
        median, ends = median_and_range([entry[LOW], entry["median"], entry[HIGH]], name)
        if known_as_growth(name) and year in growth:
            low, median, high = (percent(growth[year][level]) for level in ("0.1", "0.5", "0.9"))
            label = sentence(GROWTH_LABEL, label=label.removesuffix(" index").lower())
            ends = growth_range(low, high)
        yield {"label": label, "year": year, "median": median, "range": ends}


def _comparisons(table: pd.DataFrame, scenarios: Sequence[str]) -> list[str]:
    """Comparisons of countries, for the scenarios that fit beside each other."""
    usual = table["scenario"].str.split("-").str[-1].isin(scenarios)
    countries = table[usual & table["country"].str.isupper()]
    if countries["scenario"].nunique() < 2:
        return []
    measures = set(countries["measure"])
    charts = [
        scenario_comparison(countries, name) for name in COMPARED_MEASURES if name in measures
    ]
    return _figures("comparison", charts)


def _figures(name: str, charts: Iterable[Any]) -> list[str]:
    return [
        figure_html(json.loads(chart.to_json()), f"{name}-{number}")
        for number, chart in enumerate(charts)
    ]


def _region(folder: Path, runs: Sequence[Run], results: Stored) -> Part | None:
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
            read += load_draws(folder / run["name"] / DRAWS_TABLE, REGION_MEASURES)[:1]
    with contextlib.suppress(InputError):  # there is none, or the numbers of draws differ
        total = region_total(read, BASELINE)
        if len(region_places(total)) > 1:
            counts = [run["newest_count"] for run in mine if run["newest_count"]]
            stored = {
                run["place"]: (run["link"], run["country"], results[run["name"], run["country"]])
                for run in mine
                if run["country"] in region_places(total)
            }
            return _region_part(total, stored, counts)
    return None


def _region_part(
    total: Results,
    stored: Mapping[str, tuple[str, str, StoredResults]],
    newest_counts: Sequence[Fact],
) -> Part:
    """The region's section: its title, sentences, a table, and charts of the sum and of each
    country's stored results, with the report that it leads to.
    """
    bands = {
        name: part.bands(REGION_CHART_MEASURE) for name, (_, _, part) in sorted(stored.items())
    }
    links = {name: link for name, (link, _, _) in stored.items()}
    charts = small_fans(
        {sentence(ALL): total.bands(REGION_CHART_MEASURE)} | bands, REGION_CHART_MEASURE
    )
    figures = zip((sentence(ALL), *bands), _figures("region", charts), strict=True)
    measures = [measure for measure in REGION_MEASURES if measure in total.values]
    groups = {str(year): (total, year) for year in (total.years[0], total.years[-1])}
    table = TOGETHER_TABLE.with_columns(chain.from_iterable(map(range_columns, groups)))
    return {
        "title": plural(len(stored), "{} country", "{:,} countries together"),
        "sentence": _sentence(total, newest_counts),
        "map": page_template("map.svg.j2").render(
            label=sentence(MAP_LABEL, year=total.years[-1]),
            places=_map_places(stored),
            ports={port: str(place_term(port)) for port in PORTS},
        ),
        "table": table.table(measure_rows(groups, measures)),
        "figures": [
            {"place": name, "link": links.get(name, ""), "html": figure} for name, figure in figures
        ],
    }


def _map_places(stored: Mapping[str, tuple[str, str, StoredResults]]) -> dict[str, Part]:
    """Of each country on the map its name, the report that it leads to, and its answer."""
    places = {}
    for name, (link, country, part) in stored.items():
        lines = []
        for measure, words in ON_THE_MAP.items():
            if measure in part.values:
                number = spoken_median(part.bands(measure).iloc[-1], measure)
                lines.append(sentence(words, number=number))
        places[country] = {"name": name, "link": link, "lines": lines}
    return places


def _sentence(total: Results, newest_counts: Sequence[Fact]) -> str:
    """The vehicles and the charging points at the horizon, each with its range, and which country
    was counted last the longest ago.
    """
    final_year = total.years[-1]
    median, ends = median_and_ends(total, REGION_CHART_MEASURE, final_year)
    points = {
        name: "{} ({})".format(*median_and_ends(total, measure, final_year))
        for name, measure in {"need": NEED, "practice": PRACTICE}.items()
        if measure in total.values
    }
    oldest: dict[str, object] = {}
    if newest_counts:
        fact = min(newest_counts, key=lambda fact: fact.period.end)
        oldest = {"place": place_term(fact.place), "day": day_words(fact.period.end)}
    return sentence(TOGETHER, stock=median, ends=ends, year=final_year, **points, **oldest)
