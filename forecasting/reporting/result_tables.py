"""Small tables of an outlook, as a notebook and a page show them; stored results by year; what a
scenario is given.

The table of results is long: one row per measure, period and quantile. `yearly` makes a row per
year of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter, methodcaller
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting.demand.parameters import Assumption, load_parameters
from forecasting.evidence.bases import basis_name, shipped_bases
from forecasting.evidence.fact import in_order, in_words, label_of, period_words
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.policies import shipped_policies
from forecasting.evidence.reconcile import conflicts, nesting, revisions
from forecasting.growth.policy_months import first_month, percent_of
from forecasting.reporting.labels import (
    amount,
    event_term,
    kind_words,
    label_words,
    levels_in_words,
    parameter_words,
    part_words,
    period_in_table,
    policy_term,
    quote_term,
    reason_term,
    source_words,
    unit_by_year,
    unit_of,
)
from forecasting.scenarios.assumptions import demand_parameters
from forecasting.scenarios.drivers import apply_drivers
from forecasting.scenarios.facts_on_day import drivers_on_day, last_day
from forecasting.scenarios.joint_draws import Results, yearly_growth
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.measures import AT_THE_HORIZON, DEMAND_STEPS, EV_FLOWS, MEASURES
from forecasting.vocabulary.periods import span
from forecasting.vocabulary.quantiles import RANGE_LEVELS
from forecasting.vocabulary.sentences import Term, capital, sentence
from forecasting.writers.columns import (
    HIGH,
    INTERVAL_LEVELS,
    LOW,
    MEDIAN,
    MISSING,
    Column,
    Row,
    TableForm,
    inside_words,
    rows_beside,
)
from forecasting.writers.display import Table
from forecasting.writers.numbers import (
    MINUS,
    ReadNumber,
    growth_range,
    percent,
    readable,
    signed,
    whole_percent,
)

if TYPE_CHECKING:
    from forecasting.growth.flow import FlowForecast
    from forecasting.parameters.schema import Driver, Range
    from forecasting.scenarios.outlook import Outlook

Levels = Sequence[float]  # of an 80 % range: the lower end, the median, the upper end
LOG_FLOOR = 1e-9
MAX_RANGE_FACTOR = 1e4  # an 80 % range of more than this factor says nothing
# The median of paired differences, which is not the difference of the medians beside it
DIFFERENCE = "difference, draw by draw"
# The columns of a range, and where their numbers stand in its levels
RANGE_PLACES = {MEDIAN: 1, LOW: 0, HIGH: 2}
CHAIN_MEASURES = (*EV_FLOWS, *DEMAND_STEPS)
# Of what is judged: no quantiles, the ends of what is thought possible
RANGE_HEADS = ("likeliest", "lowest", "highest")
SIZE_UNITS = {
    "level": "times as many",
    "growth": "times as many each year",
    "ceiling": "share of new vehicles",
    "price": "change of the price",
    "policy": "times the effect elsewhere",
    "quota": "vehicles a year",
}
# A scenario reckons a quota in the vehicles that it forecasts, which may be others than it counts
FROM_DAY = "from {day:d MMMM y}"
FROM_YEAR = "from {day:y}"
QUOTA_UNIT = "{unit}[, where {decided:,.0f} were decided]"
# What becomes of a privilege or a trade, and when the months are that a table tells of
POLICY_WORDS = {
    "ends": "ends",
    "begins": "begins",
    "blocked": "held up",
    "step": "changes",
    "quota": "is a quota",
}
BEFORE_HEAD = "3 months before"
AFTER_HEAD = "3 months after"
YEAR_ON_HEAD = "a year on, or freed"
CHANGE = "{middle} % ({range})"
NO_POLICY = "No policy is known that moves this flow."


def figure(value: object) -> object:
    """A number in few digits, and anything else as text.

    >>> figure(12.345), figure(-1.33), figure(2030), figure("")
    ('12.3', '−1.33', '2030', '–')
    """
    if isinstance(value, float):
        return readable(value).replace("-", MINUS)
    return str(value) or MISSING


def spread(name: str, source: str, measure: str, address: str = "") -> list[Column]:
    """A median and the two ends of its 80 % range, in columns of their own.

    Parameters
    ----------
    name, source : str
        Of the median; the keys of the ends are low and high.
    measure : str
        In whose unit they are printed; of a row of its own, the key in braces.
    address : str
        As of `Column`.

    Examples
    --------
    >>> [column.head for column in spread("points", "middle", "charging_points")]
    ['points', '10 %', '90 %']
    """
    levels = itemgetter("low", source, "high")
    median, *ends = range_columns("", levels, measure, address)
    return [replace(median, name=name), *ends]


def range_columns(
    group: str,
    key: str | Callable[[Row], Levels] = "",
    measure: str = "{measure}",
    address: str = "",
    form: Callable[[Levels, str], list[str]] = levels_in_words,
) -> list[Column]:
    """A median and the two ends of its 80 % range under one heading.

    Parameters
    ----------
    group : str
        The heading.
    key : str or callable
        Under which a row has the levels, or how it gives them; the heading by default.
    measure : str
        In whose unit they are printed; of a row of its own, the key in braces.
    address : str
        As of `Column`.
    form : callable
        How the three levels are printed.

    Examples
    --------
    >>> [(column.group, column.head) for column in range_columns("stock")]
    [('stock', 'median'), ('stock', '10 %'), ('stock', '90 %')]
    """
    levels_of = key if callable(key) else methodcaller("get", key or group)

    def words(place: int, row: Row) -> str:
        levels = levels_of(row)
        return MISSING if levels is None else form(levels, measure.format_map(row))[place]

    return [
        Column(head, partial(words, place), address=address, group=group)
        for head, place in RANGE_PLACES.items()
    ]


def measure_rows(
    groups: Mapping[str, tuple[Results, int]], measures: Sequence[str]
) -> Sequence[Row]:
    """A row per measure, with the levels of its 80 % range in some results and years.

    Parameters
    ----------
    groups : mapping of str to (Results, int)
        By the key of a group of columns, what is shown, and in which year.
    measures : sequence of str
        The rows.
    """
    return rows_beside(
        "measure",
        {
            key: {measure: range_levels(results, measure, year) for measure in measures}
            for key, (results, year) in groups.items()
        },
    )


def whole_years(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of results that are of whole years, or of the ends of years, with their
    year; without the months.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results, as ``comparison.parquet`` holds them.
    """
    starts = table["period_start"].astype(str)
    ends = table["period_end"].astype(str)
    full_years = ends.str.endswith("-12-31") & (starts.str.endswith("-01-01") | (starts == ends))
    return table[full_years].assign(year=ends[full_years].str[:4].astype(int))


def vehicles_in(
    results: Results | StoredResults, basis: str | None, flow: str, measure: str
) -> Term:
    """Which electric cars a measure counts: the flow that is forecast those of its agency, what
    follows from it plug-in hybrids too, where there are any.

    Parameters
    ----------
    results : Results or StoredResults
        Of one place.
    basis : str or None
        Of the forecast.
    flow, measure : str
        The flow that is forecast, and the measure that is named.
    """
    if measure != flow and has_plug_ins(results):
        return cars_term("battery and plug-in cars")
    definition = shipped_bases().get(basis or "")
    return cars_term((definition and definition.vehicles) or "electric cars")


def cars_term(vehicles: str) -> Term:
    """Electric cars of some kind as a noun, which its number puts into its form.

    >>> cars_term("battery cars").form(number=1)
    'battery cars'
    """
    return Term(vehicles, "noun", vehicles)


def has_plug_ins(results: Results | StoredResults) -> bool:
    """Whether plug-in hybrids are on the road beside the battery cars."""
    return "phev_stock" in results.values and results.bands("phev_stock")[0.5].iloc[-1] > 0


def cars_in(outlook: Outlook, measure: str) -> Term:
    """Which electric cars a measure of an outlook counts."""
    scenario = outlook.scenario
    basis = getattr(outlook.forecast, "basis", scenario.basis)
    return vehicles_in(outlook.results, basis, scenario.measure, measure)


def label_in(outlook: Outlook, measure: str) -> str:
    """What a reader sees of a measure of an outlook: which electric cars it counts is said.

    >>> import forecasting as fc
    >>> label_in(fc.outlook("kazakhstan-baseline", draws=50), "ev_stock")
    'Battery cars on the road'
    """
    return label_of(measure, cars_in(outlook, measure))


def yearly(table: pd.DataFrame) -> pd.DataFrame:
    """A row per scenario, place, measure and year, a column per quantile.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results.

    Examples
    --------
    >>> row = {"scenario": "uz-a", "country": "UZ", "measure": "ev_imports", "quantile": 0.5}
    >>> days = {"period_start": "2025-01-01", "period_end": "2025-12-31"}
    >>> yearly(pd.DataFrame([row | days | {"value": 9.0}])).loc[("uz-a", "UZ", "ev_imports", 2025)]
    quantile
    0.5    9.0
    Name: (uz-a, UZ, ev_imports, 2025), dtype: float64
    """
    names = ["scenario", "country", "measure"]
    rows = whole_years(table).astype(dict.fromkeys(names, str)).set_index([*names, "year"])
    wide = rows.pivot(columns="quantile", values="value")
    return wide.reindex(rows.index.unique())


@dataclass(frozen=True)
class StoredResults:
    """Quantiles of one scenario and place as a table of results holds them, asked for as those of
    `Results`.

    Parameters
    ----------
    values : dict of str to pandas.DataFrame
        Of each measure a row per year, a column per quantile.
    """

    values: dict[str, pd.DataFrame]

    def bands(self, measure: str) -> pd.DataFrame:
        """One measure by year.

        Parameters
        ----------
        measure : str
            One of `values`.
        """
        return self.values[measure]


def stored_results(table: pd.DataFrame) -> dict[tuple[str, str], StoredResults]:
    """The results of each scenario and place of a table, in their order.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results.
    """
    stored: dict[tuple[str, str], StoredResults] = {}
    for name, rows in yearly(table).groupby(level=[0, 1, 2], sort=False):
        scenario, country, measure = map(str, name)
        place = stored.setdefault((scenario, country), StoredResults({}))
        place.values[measure] = rows.droplevel([0, 1, 2]).sort_index()
    return stored


def headline(
    results: Results | StoredResults, measure: str, first_year: int
) -> list[dict[str, Any]]:
    """The numbers to read first: the flow in two years that are not yet known, and the end of the
    chain at the horizon.

    Parameters
    ----------
    results : Results or StoredResults
        Of one place.
    measure : str
        The flow that was forecast.
    first_year : int
        First year that the facts do not cover.

    Returns
    -------
    list of dict
        measure, year, median, the ends of the 80 % range, unit.
    """
    flow = results.bands(measure)
    flow_years = [year for year in (first_year, first_year + 1) if year in flow.index]
    pairs = [(measure, year) for year in flow_years]
    for name in [name for name in AT_THE_HORIZON if name in results.values] or [measure]:
        final_year = int(results.bands(name).index[-1])
        if final_year not in flow_years:
            pairs.append((name, final_year))
    entries = []
    for name, year in pairs:
        levels = dict(zip(INTERVAL_LEVELS, range_levels(results, name, year), strict=True))
        entries.append({"measure": name, "year": year, **levels, "unit": unit_of(name)})
    return entries


def outlook_table(outlook: Outlook, *measures: str) -> Table:
    """Medians with 80 % ranges by year, a column per measure, from the first year that the facts
    do not cover.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    *measures : str
        The columns; none means every step from vehicles imported to charging points that the
        results have.

    Returns
    -------
    Table
        A row per year, each measure in the unit of its head.

    Examples
    --------
    >>> fc.tables.outlook_table(outlook, "ev_stock").frame.columns[1]
    ('Electric cars on the road, vehicles', 'median')
    """
    columns = measures or tuple(dict.fromkeys((*CHAIN_MEASURES, outlook.measure)))
    heads = {name: with_unit(name, label_in(outlook, name)) for name in columns}
    return _by_year(outlook.results, heads, outlook.first_year, address="#grounds-{measure}")


def results_table(results: Results, *measures: str, since: int | None = None) -> Table:
    """Medians with 80 % ranges by year, a column per measure; also of a sum or a difference.

    Parameters
    ----------
    results : Results
        Joint draws.
    *measures : str
        The columns; those that the results lack are left out.
    since : int, optional
        First year shown.

    Returns
    -------
    Table
        A row per year, each measure in the unit of its head.

    Examples
    --------
    >>> fc.tables.results_table(outlook.results, "ev_stock", since=2030).frame.iloc[0, 0]
    '2030'
    """
    return _by_year(results, {name: with_unit(name) for name in measures}, since)


BY_YEAR = TableForm(
    [Column("year", form=str)],
    caption=f"[{{versions}}: {DIFFERENCE}]",
    nothing="This outlook has none.",
)


def _by_year(
    results: Results, heads: Mapping[str, str], since: int | None, address: str = ""
) -> Table:
    """The measures that results have by year, each under its head."""
    levels = {
        name: by_year_levels(results.bands(name).loc[since:])
        for name in heads
        if name in results.values
    }
    columns = [
        column
        for name in levels
        for column in range_columns(heads[name], name, name, address.format(measure=name))
    ]
    versions = results.scenario if " minus " in results.scenario else ""
    rows = rows_beside("year", levels)
    return BY_YEAR.with_columns(columns).table(rows, versions=versions)


def by_year_levels(bands: pd.DataFrame) -> dict[Any, list[float]]:
    """The levels of an 80 % range, low to high, by year or whatever the rows of a table are.

    >>> by_year_levels(pd.DataFrame({0.1: [1.0], 0.5: [2.0], 0.9: [4.0]}, index=[2030]))
    {2030: [1.0, 2.0, 4.0]}
    """
    return bands[RANGE_LEVELS].T.to_dict("list")


def range_levels(results: Results | StoredResults, measure: str, year: int) -> list[float]:
    """The lower end, the median and the upper end of the 80 % range of one year."""
    return list(results.bands(measure).loc[year, RANGE_LEVELS])


def with_unit(measure: str, label: str = "") -> str:
    """A measure as the head of a column, its unit with it, by a label of its own if one is given.

    >>> with_unit("ev_imports"), with_unit("peak_mw")
    ('Electric vehicles imported, vehicles a year', 'Peak charging load, MW')
    """
    return ", ".join(filter(None, [label or label_of(measure), unit_by_year(measure)]))


GROWTH = TableForm([Column("year", form=str)], caption="Growth on the year before")


def growth_by_year(outlook: Outlook) -> Table:
    """Growth of each year on the one before, of each place and of their sum, with 80 % ranges.

    Parameters
    ----------
    outlook : Outlook
        Of a corridor or a country.

    Returns
    -------
    Table
        Per cent on the year before: medians, and the ends of the 80 % range.

    Examples
    --------
    >>> import forecasting as fc
    >>> road = fc.outlook("xinjiang-baseline", draws=50)
    >>> fc.tables.growth_by_year(road).caption
    'Growth on the year before'
    """
    has_parts = len(outlook.parts) > 2  # places, and their sum
    levels = {}
    for part in outlook.parts if has_parts else outlook.parts[:1]:
        wide = yearly_growth(part, outlook.measure).loc[outlook.first_year - 1 :]
        levels[part_words(part.country)] = by_year_levels(wide)
    columns = [
        column
        for place in levels
        for column in range_columns(
            place, measure="", form=lambda levels, _: [*map(percent, levels)]
        )
    ]
    return GROWTH.with_columns(columns).table(rows_beside("year", levels))


SOURCE_COLUMN = Column("source", form=source_words, address="url")
FACTS = TableForm(
    [
        Column(
            "period",
            lambda row: period_in_table(row["fact"].period) if row["fact"].period_end else "",
        ),
        Column("statement", lambda row: in_words(row["fact"])),
        Column("basis", lambda row: basis_name(row["fact"].basis, row["fact"].measure)),
        Column("kind", lambda row: kind_words(row["fact"])),
        Column("published", form=label_words, look="date"),
        SOURCE_COLUMN,
        Column("fact", "{fact.id}", look="id"),
    ],
    nothing="Nothing has been printed.",
)


def facts_table(ledger: Ledger, limit: int | None = None) -> Table:
    """The facts in words, newest period last, each with a link to where it was published.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    limit : int, optional
        Only so many, those with the latest periods.

    Returns
    -------
    Table
        A row for each fact, each number in its unit.

    Examples
    --------
    >>> import forecasting as fc
    >>> uz = fc.datasets.central_asia().select("UZ", "ev_imports", as_of="2023-06-26")
    >>> list(fc.tables.facts_table(uz, limit=3).frame)
    ['period', 'statement', 'basis', 'kind', 'published', 'source', 'fact']
    """
    facts = in_order(ledger)
    if limit:
        facts = facts[-limit:]
    return FACTS.table(
        {
            "fact": fact,
            "published": fact.published and fact.published.label,
            "source": fact.source,
            "url": fact.url,
        }
        for fact in facts
    )


LESS_A_YEAR = " less a year"
TWO_FACTS = "{a}[less_a? less a year], {b}[less_b? less a year]"
CONFLICTS = TableForm(
    [
        Column("disagreement", "measure", label_of, look="words"),
        Column("period", form=label_words, look="date"),
        Column("one", lambda row: amount(row["value_a"], row["measure"])),
        Column("counted by", "basis_a", basis_name),
        Column("the other", lambda row: amount(row["value_b"], row["measure"])),
        Column("counted by", "basis_b", basis_name),
        Column("factor", "ratio", readable),
        Column("why"),
        Column(
            "facts",
            lambda row: sentence(
                TWO_FACTS,
                **{side: row[f"fact_{side}"].removesuffix(LESS_A_YEAR) for side in "ab"},
                **{f"less_{side}": row[f"fact_{side}"].endswith(LESS_A_YEAR) for side in "ab"},
            ),
            look="id",
        ),
    ],
    nothing="No two facts disagree.",
)


def conflicts_table(ledger: Ledger, limit: int = 10) -> Table:
    """The facts that disagree, the widest first.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    limit : int
        Only so many.

    Returns
    -------
    Table
        Two numbers of one quantity in its unit, and the factor between them.

    Examples
    --------
    >>> import forecasting as fc
    >>> ledger = fc.datasets.central_asia().select("TJ", "ev_imports")
    >>> list(fc.tables.conflicts_table(ledger, limit=1).frame)[:4]
    ['disagreement', 'period', 'one', 'counted by']
    """
    return CONFLICTS.table(conflicts(ledger).head(limit).to_dict("records"))


REVISIONS = TableForm(
    [
        Column("period", form=label_words),
        Column("basis", form=basis_name),
        Column("first", form=figure),
        Column("later", form=figure),
        Column("change percent", "change_percent", figure),
    ]
)


def revisions_table(ledger: Ledger) -> Table:
    """What an agency printed first, and what it printed or implied later of the same period.

    Parameters
    ----------
    ledger : Ledger
        The facts.

    Returns
    -------
    Table
        First and later number in the unit of the measure, the change in per cent.

    Examples
    --------
    >>> import forecasting as fc
    >>> ledger = fc.datasets.central_asia().select("UZ", "ev_imports")
    >>> list(fc.tables.revisions_table(ledger).frame)
    ['period', 'basis', 'first', 'later', 'change percent']
    """
    return REVISIONS.table(revisions(ledger).to_dict("records"))


NESTING = TableForm([Column("sentence", look="words"), Column("gap", form=figure)])


def nesting_table(ledger: Ledger, limit: int = 8) -> Table:
    """Which sums close: months and the period that they fill, partners and the world.

    Parameters
    ----------
    ledger : Ledger
        The facts, of every partner.
    limit : int
        Only so many.

    Returns
    -------
    Table
        The sums in words, and the gap of each in per cent.

    Examples
    --------
    >>> import forecasting as fc
    >>> ledger = fc.datasets.central_asia().select("UZ", "ev_imports", partner=None)
    >>> list(fc.tables.nesting_table(ledger).frame)
    ['sentence', 'gap']
    """
    return NESTING.table(nesting(ledger).head(limit).to_dict("records"))


def _expected(row: Row, key: str, words: str) -> object:
    """What the others lead one to expect; other words where they say nothing of the size, so that
    the fact alone gives the flow its scale.
    """
    if 0 < row["low"] * MAX_RANGE_FACTOR < row["high"]:
        return words
    return figure(row[key])


FIT = TableForm(
    [
        Column("period", form=label_words),
        Column("printed", form=figure),
        Column("expected", lambda row: _expected(row, "expected", "anything"), look="amount"),
        Column(LOW, lambda row: _expected(row, "low", MISSING)),
        Column(HIGH, lambda row: _expected(row, "high", MISSING)),
        Column("surprise", form=figure),
        Column("doubted", form=whole_percent),
        Column("fact", look="id"),
    ],
    nothing="No fact enters this forecast.",
)


def fit_table(forecast: FlowForecast, limit: int | None = None) -> Table:
    """Each fact that entered a forecast: as printed, as the others lead one to expect, and how
    surprising it is.

    Parameters
    ----------
    forecast : FlowForecast
        Made from facts.
    limit : int, optional
        Only so many, the most surprising.

    Returns
    -------
    Table
        In the unit of the flow; surprise in standard deviations.

    Examples
    --------
    >>> import forecasting as fc
    >>> uz = fc.datasets.central_asia().select("UZ", "ev_imports", as_of="2023-06-26")
    >>> forecast = fc.forecast_flow(uz, periods=[fc.year(2023)], market_size=3e5, draws=50)
    >>> list(fc.tables.fit_table(forecast, limit=2).frame)
    ['period', 'printed', 'expected', '10 %', '90 %', 'surprise', 'doubted', 'fact']
    """
    fit = forecast.fit_table()
    frame = fit.sort_values("surprise", key=lambda by: -by.abs(), kind="stable").iloc[:limit]
    # Worded anew, in the language in which the table is shown
    words = {fact.id: in_words(fact) for fact in forecast.evidence or ()}
    printed = frame["fact"].map(words).fillna(frame["printed"])
    return FIT.table(frame.assign(printed=printed).to_dict("records"))


def headline_numbers(outlook: Outlook) -> dict[str, float]:
    """The medians of `headline` by name and year, to three digits: what a test can hold on to.

    Parameters
    ----------
    outlook : Outlook
        Of any scenario.

    Returns
    -------
    dict of str to float
        By measure and year, in the unit of the measure.

    Examples
    --------
    >>> [name for name in fc.tables.headline_numbers(outlook) if name.endswith("2030")]
    ['ev_stock 2030', 'charging_points_need 2030', 'charging_points_practice 2030']
    """
    rows = headline(outlook.results, outlook.measure, outlook.headline_year)
    return {f"{row['measure']} {row['year']}": float(f"{row['median']:.3g}") for row in rows}


def small_table(frame: pd.DataFrame, caption: str = "") -> Table:
    """Any small frame, its index as the first column, its numbers in few digits.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its index is the first column.
    caption : str
        One line above the table.

    Returns
    -------
    Table
        The numbers in three digits.

    Examples
    --------
    >>> import forecasting as fc
    >>> import pandas as pd
    >>> fc.tables.small_table(pd.DataFrame({"standard_error": [12.345]}, index=["2030"]))
    index standard error
     2030           12.3
    """
    whole = frame.reset_index()
    looks = ["date"] * frame.index.nlevels + [""] * len(frame.columns)
    keys = [f"column {place}" for place in range(len(looks))]  # a column may have no name
    columns = [
        Column(str(name).replace("_", " ") or MISSING, key, figure, look=look)
        for name, key, look in zip(whole, keys, looks, strict=True)
    ]
    return TableForm(columns, caption).table(whole.set_axis(keys, axis=1).to_dict("records"))


SOURCES = TableForm(
    [
        SOURCE_COLUMN,
        Column("facts", form=str),
        Column("newest", form=label_words, look="date"),
    ]
)


def sources_table(ledger: Ledger, limit: int | None = None) -> Table:
    """Where the facts come from: publisher, how many facts, the newest of them.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    limit : int, optional
        Only so many publishers, those with the most facts.

    Returns
    -------
    Table
        Counts of facts, and the newest day.

    Examples
    --------
    >>> import forecasting as fc
    >>> uz = fc.datasets.central_asia().select("UZ", "ev_imports", as_of="2023-06-26")
    >>> list(fc.tables.sources_table(uz).frame)
    ['source', 'facts', 'newest']
    """
    facts = ledger.frame[ledger.frame["source"] != ""].groupby("source")
    publishers = facts.agg(facts=("id", "size"), newest=("published", "max"), url=("url", "first"))
    publishers = publishers.sort_values("facts", ascending=False, kind="stable").iloc[:limit]
    return SOURCES.table(publishers.reset_index().to_dict("records"))


IN_TIME_WITH = "with {event}"
DRIVERS = TableForm(
    [
        Column("event", lambda row: capital(str(event_term(row["driver"].name)))),
        Column("acts on", form=capital),
        Column("when", "driver", lambda driver: driver_dates(driver)),
        *map(Column, RANGE_HEADS),
        Column("unit", "driver", lambda driver: size_unit(driver)),
        Column("probability", lambda row: ReadNumber(row["driver"].probability)),
        Column("in time", "driver", lambda driver: _in_time(driver)),
        Column("reason", "driver", reason_term, look="words"),
        Column("facts", "{driver.source}", look="id"),
    ],
    nothing="No event is assumed.",
)


def drivers_table(outlook: Outlook) -> Table:
    """The scenario's dated events: what, when, how large, how likely, and why.

    Parameters
    ----------
    outlook : Outlook
        Of any scenario.

    Returns
    -------
    Table
        Sizes in the unit that stands beside them, probabilities from 0 to 1.

    Examples
    --------
    >>> list(fc.tables.drivers_table(outlook).frame)
    ['event', 'acts on', 'when', 'likeliest', 'lowest', 'highest', 'unit', 'probability',
    'in time', 'reason', 'facts']
    """
    label = partial(label_in, outlook)
    return DRIVERS.table(
        {"driver": driver, "acts on": _acts_on(driver.quantity, label), **_range(driver.size)}
        for driver in outlook.scenario.drivers
    )


POLICY_QUOTED = "{name}[: “{quote}”]"
POLICIES = TableForm(
    [
        Column("policy"),
        Column("change"),
        Column("on"),
        Column(BEFORE_HEAD),
        Column(AFTER_HEAD),
        Column(YEAR_ON_HEAD),
        SOURCE_COLUMN,
    ],
    caption="Change of months, 80 % ranges; learned from {events} ends elsewhere[blocked?; what is "
    "held up, and how it fades, is a judgement]",
    nothing=NO_POLICY,
)


def policies_table(outlook: Outlook) -> Table:
    """What each policy that is known does to the flow, and what the scenario makes of it: the
    change of its months in percent, with 80 % ranges.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        One row a policy that began within the months of the forecast, and one an event of the
        scenario that changes what becomes of one.

    Raises
    ------
    InputError
        Where the outlook was read from files, which hold no policies.

    Examples
    --------
    >>> import forecasting as fc
    >>> table = fc.tables.policies_table(fc.outlook("uzbekistan-baseline", draws=50))
    >>> table.frame[["change", "on"]].values.tolist()
    [['held up', '2024-11-01'], ['begins', '2026-09-01']]
    """
    forecast = outlook.baseline_forecast
    if forecast is None:
        raise InputError(f"{outlook.scenario.name} was read from files, which hold no policies")
    rows = [*_known_policies(forecast), *_scenario_policies(outlook, forecast)]
    blocked = any(policy.kind == "blocked" for policy in forecast.policies.rows)
    return POLICIES.table(rows, events=forecast.policies.effects.ends.events, blocked=blocked)


def _known_policies(forecast: FlowForecast) -> Iterator[Row]:
    """A row for each policy that began within the months of the forecast, as decided."""
    effects = forecast.effects()
    for policy in sorted(forecast.policies.rows, key=lambda row: row.start):
        if policy.start < forecast.months[0].start:
            continue
        months = effects[effects["policy"] == policy.id].set_index("month")
        freed = None
        if policy.kind == "blocked" and policy.end:
            freed = first_month(policy.end)
        words = sentence(POLICY_QUOTED, name=policy_term(policy.id), quote=quote_term(policy))
        row = {"policy": words, "change": POLICY_WORDS[policy.kind]}
        origin = {"on": policy.start, "source": policy.source, "url": policy.url}
        yield row | origin | _spans(months, policy.start, freed)


def _scenario_policies(outlook: Outlook, forecast: FlowForecast) -> Iterator[Row]:
    """A row for each event that changes what becomes of a policy."""
    drivers, _ = drivers_on_day(outlook.scenario, outlook.ledger, outlook.as_of)
    until = last_day(outlook.evidence or Ledger(), outlook.as_of)
    labels = [month.label for month in forecast.months]
    for driver in drivers:
        if driver.kind == "policy":
            with_driver = apply_drivers(forecast, [driver], until, outlook.scenario.seed)
            # A flow may be 0
            logs = np.log(with_driver.monthly + LOG_FLOOR) - np.log(forecast.monthly + LOG_FLOOR)
            spans = _spans(percent_of(logs, labels), driver.start)
            if {*spans.values()} != {MISSING}:
                policy = shipped_policies()[driver.policy]
                row = {"policy": str(reason_term(driver)), "change": "in this scenario"}
                origin = {"on": driver.start, "source": policy.source, "url": policy.url}
                yield row | origin | spans


def _spans(
    effects: pd.DataFrame, start: dt.date, end_month: pd.Period | None = None
) -> dict[str, str]:
    """The change of three months before a day, three after it, and three a year on, or from a later
    month on.
    """
    start_month = first_month(start)
    begins = {
        BEFORE_HEAD: start_month - 3,
        AFTER_HEAD: start_month,
        YEAR_ON_HEAD: end_month or start_month + 12,
    }
    spans = {}
    for head, begin in begins.items():
        months = pd.period_range(begin, periods=3, freq="M").astype(str)
        mean = effects[["effect_percent", "low", "high"]].reindex(months, fill_value=0.0).mean()
        spans[head] = MISSING
        if any(map(round, mean)):  # half a percent or more
            middle, low, high = (signed(round(value)) for value in mean)
            spans[head] = sentence(CHANGE, middle=middle, range=growth_range(low, high))
    return spans


def _acts_on(quantity: str, label: Callable[[str], str] = label_of) -> str:
    if quantity in MEASURES:
        return label(quantity)
    return parameter_words(quantity)


def size_name(driver: Driver) -> str:
    """The unit of a driver's size, in English."""
    words = SIZE_UNITS.get(driver.kind) or unit_of(driver.quantity)
    return words or load_parameters()[driver.quantity].unit


def size_unit(driver: Driver) -> str:
    """The unit of a driver's size."""
    unit = str(Term(size_name(driver), "unit"))
    if driver.kind == "quota":
        number = shipped_policies()[driver.policy].quota
        return sentence(QUOTA_UNIT, unit=unit, decided=number)
    return unit


def size_words(driver: Driver) -> str:
    """What a driver's size is, with its unit: of a parameter of the demand chain its name, too."""
    unit = size_unit(driver)
    if driver.kind in SIZE_UNITS:
        return unit
    return f"{_acts_on(driver.quantity)}, {unit}"


def driver_dates(driver: Driver) -> str:
    """From when, or in which period, in words."""
    if driver.end:
        return period_words(span(str(driver.start), str(driver.end)))
    whole_year = driver.start.month == driver.start.day == 1
    return sentence(FROM_YEAR if whole_year else FROM_DAY, day=driver.start)


def _in_time(driver: Driver) -> ReadNumber | str:
    """With what probability it happens on its day, where it happens; of a target nobody asks."""
    if driver.after:
        return sentence(IN_TIME_WITH, event=event_term(driver.after))
    return MISSING if driver.kind == "target" else ReadNumber(driver.on_time)


def _range(size: Range | Assumption) -> dict[str, object]:
    """What is likeliest of a range, and its ends where it has two, each in a column of its own."""
    likeliest: object = ReadNumber(size.mode)
    if getattr(size, "unit", "") == "year":
        likeliest = round(size.mode)
    cells = [likeliest, ReadNumber(size.low), ReadNumber(size.high)]
    if size.low == size.high:
        cells[1:] = ["–", "–"]
    return dict(zip(RANGE_HEADS, cells, strict=True))


ASSUMPTIONS = TableForm(
    [
        Column("assumption", lambda row: parameter_words(row["item"].key)),
        *map(Column, RANGE_HEADS),
        Column("unit", lambda row: Term(row["item"].unit, "unit")),
        Column("kind"),
        SOURCE_COLUMN,
    ],
    nothing="This scenario changes none.",
)


def assumptions_table(outlook: Outlook, *, all_of_them: bool = False) -> Table:
    """The assumptions of the chain: those that the scenario changes, or all in force.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    all_of_them : bool
        Also those that the scenario leaves as they ship.

    Returns
    -------
    Table
        What is likeliest, lowest and highest of each, in its own unit.

    Examples
    --------
    >>> list(fc.tables.assumptions_table(outlook, all_of_them=True).frame)
    ['assumption', 'likeliest', 'lowest', 'highest', 'unit', 'kind', 'source']
    """
    scenario = outlook.scenario
    changed = scenario.assumptions
    in_force = demand_parameters(scenario, scenario.drivers, draws=2) if scenario.country else ()
    return ASSUMPTIONS.table(
        {
            "item": item,
            "source": item.source,
            "url": item.url,
            "kind": "this scenario" if item.key in changed else item.kind,
            **_range(item),
        }
        for item in in_force
        if all_of_them or item.key in changed
    )


def joined(outlooks: Iterable[Outlook]) -> pd.DataFrame:
    """All results of several outlooks in one long table, as ``comparison.parquet`` holds them.

    Parameters
    ----------
    outlooks : sequence of Outlook
        Of several scenarios or places.

    Returns
    -------
    pandas.DataFrame
        A row per scenario, measure, period and quantile; values in the unit beside them.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlooks = fc.outlooks("turkmenistan-b*", draws=50).values()
    >>> list(fc.tables.joined(outlooks))
    ['scenario', 'country', 'measure', 'unit', 'period_start', 'period_end', 'quantile',
    'value']
    """
    return pd.concat([outlook.table for outlook in outlooks], ignore_index=True)


METHODS = TableForm(
    [
        Column("method"),
        Column("median", form=readable),
        Column(LOW, "pi_lower", readable),
        Column(HIGH, "pi_upper", readable),
    ]
)
OUTCOME_COLUMNS = (
    Column("happened", form=readable),
    Column(
        "inside", lambda row: inside_words(row["pi_lower"] <= row["happened"] <= row["pi_upper"])
    ),
)


def methods_table(
    forecasts: Mapping[str, pd.DataFrame], year: int, happened: float | None = None
) -> Table:
    """What several methods said of one year.

    Parameters
    ----------
    forecasts : mapping of str to pandas.DataFrame
        For each method a summary frame: median (or mean), pi_lower, pi_upper, one row per year.
    year : int
        Which year.
    happened : float, optional
        What came of it.

    Returns
    -------
    Table
        In the unit of the forecasts.

    Raises
    ------
    InputError
        Where a forecast does not reach the year.

    Examples
    --------
    >>> columns = {"median": [90.0], "pi_lower": [50.0], "pi_upper": [200.0]}
    >>> frame = pd.DataFrame(columns, index=[2025])
    >>> methods_table({"Bass": frame}, 2025, happened=210.0)
    method median 10 % 90 % happened inside
      Bass     90   50  200      210     no
    """
    rows = []
    for name, frame in forecasts.items():
        years = [str(period)[:4] for period in frame.index]
        if str(year) not in years:
            raise InputError(f"{name} has nothing of {year}; it has {', '.join(years)}")
        row = frame.iloc[years.index(str(year))].to_dict()
        rows.append({"median": row.get("mean"), **row, "method": name})
    if happened is None:
        return METHODS.table(rows)
    return METHODS.with_columns(OUTCOME_COLUMNS).table(rows, happened=happened)
