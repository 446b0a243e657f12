"""Small tables of an outlook, as a notebook and a page show them; and stored results by year.

The table of results is long: one row per measure, period and quantile. `yearly` makes a row per
year of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from forecasting.errors import InputError
from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import Fact, in_order
from forecasting.evidence.reconcile import conflicts, nesting, revisions
from forecasting.evidence.words import in_words, period_words
from forecasting.measures import AT_THE_HORIZON, DEMAND_STEPS, EV_FLOWS
from forecasting.reporting.display import HIGH, LOW, Table, plain_frame
from forecasting.reporting.given_tables import assumptions_table as assumptions_table
from forecasting.reporting.given_tables import drivers_table as drivers_table
from forecasting.reporting.growth_tables import growth_headline, known_as_growth
from forecasting.reporting.labels import (
    amount,
    label_of,
    label_words,
    readable,
    unit_by_year,
    unit_of,
)
from forecasting.scenarios.joint_draws import Results, no_measure

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.growth.flow import FlowForecast
    from forecasting.scenarios.outlook import Outlook

ANYTHING = 1e4  # an 80 % range of more than this factor says nothing
UNITS = {"gwh": "GWh", "energy_gwh": "energy, GWh", "installed_mw": "installed, MW"}
CHAIN = (*EV_FLOWS, *DEMAND_STEPS)


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
    whole = ends.str.endswith("-12-31") & (starts.str.endswith("-01-01") | (starts == ends))
    return table[whole].assign(year=ends[whole].str[:4].astype(int))


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
    rows = whole_years(table)
    names = ["scenario", "country", "measure"]
    index = [rows[name].astype(str) for name in names] + [rows["year"], rows["quantile"]]
    cells = pd.MultiIndex.from_arrays(index)
    wide = rows["value"].set_axis(cells).unstack()
    return wide.reindex(cells.droplevel(-1).unique())


@dataclass(frozen=True)
class StoredResults:
    """Quantiles of one scenario and place as a table of results holds them, asked for as those of
    `Results`.

    Parameters
    ----------
    values : mapping of str to pandas.DataFrame
        Of each measure a row per year, a column per quantile.
    """

    values: Mapping[str, pd.DataFrame]

    def bands(self, measure: str) -> pd.DataFrame:
        """One measure by year.

        Parameters
        ----------
        measure : str
            One of `values`.

        Raises
        ------
        InputError
            Where there is no such measure.
        """
        if measure not in self.values:
            raise no_measure(measure, self.values)
        return self.values[measure]


def stored_results(table: pd.DataFrame) -> dict[tuple[str, str], StoredResults]:
    """The results of each scenario and place of a table, in their order.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results.
    """
    found: dict[tuple[str, str], dict[str, pd.DataFrame]] = {}
    for name, rows in yearly(table).groupby(level=[0, 1, 2], sort=False):
        scenario, country, measure = map(str, name)
        wide = rows.droplevel([0, 1, 2]).sort_index()
        found.setdefault((scenario, country), {})[measure] = wide
    return {place: StoredResults(values) for place, values in found.items()}


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
        measure, year, median, lower80, upper80, unit.
    """
    flow = results.bands(measure)
    soon = [year for year in (first_year, first_year + 1) if year in flow.index]
    rows = [(measure, year, flow.loc[year]) for year in soon]
    for name in [name for name in AT_THE_HORIZON if name in results.values] or [measure]:
        wide = results.bands(name)
        if wide.index[-1] not in (first_year, first_year + 1):
            rows.append((name, int(wide.index[-1]), wide.iloc[-1]))
    return [
        {
            "measure": name,
            "year": year,
            "median": row[0.5],
            "lower80": row[0.1],
            "upper80": row[0.9],
            "unit": unit_of(name),
        }
        for name, year, row in rows
    ]


def headline_table(outlook: Outlook) -> Table:
    """The numbers of `headline`, in words; of an index, of which only growth is known, its growth."""
    if known_as_growth(outlook.scenario.measure):
        return growth_headline(outlook)
    entries = headline(outlook.results, outlook.scenario.measure, outlook.first_year)
    rows = [
        {
            "measure": label_of(entry["measure"]),
            "year": str(entry["year"]),
            "median": amount(entry["median"], entry["measure"]),
            LOW: amount(entry["lower80"], entry["measure"]),
            HIGH: amount(entry["upper80"], entry["measure"]),
            "unit": entry["unit"],
        }
        for entry in entries
    ]
    frame = plain_frame(rows)
    return Table(frame, links=leading({"median": [entry["measure"] for entry in entries]}))


def leading(measures: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The links of a table whose numbers lead to what they rest on: for a column, the measure of
    each of its cells.

    >>> leading({"median": ["ev_stock"]})
    {'median': ['#grounds-ev_stock']}
    """
    return {
        column: [f"#grounds-{measure}" for measure in each] for column, each in measures.items()
    }


def outlook_table(outlook: Outlook, *measures: str) -> Table:
    """Medians with 80 % intervals by year, a column per measure, from the first year that the facts
    do not cover.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    *measures : str
        The columns; none means every step from vehicles imported to charging points that the
        results have.
    """
    shown = measures or tuple(dict.fromkeys((*CHAIN, outlook.scenario.measure)))
    table = results_table(outlook.results, *shown, since=outlook.first_year)
    return replace(
        table, links=leading({with_unit(name): [name] * len(table.frame) for name in shown})
    )


def results_table(results: Results, *measures: str, since: int | None = None) -> Table:
    """Medians with 80 % intervals by year, a column per measure; also of a sum or a difference.

    Parameters
    ----------
    results : Results
        Joint draws.
    *measures : str
        The columns; those that the results lack are left out.
    since : int, optional
        First year shown.
    """
    known = [name for name in measures if name in results.values]
    shown = {name: results.bands(name).loc[since:] for name in known}
    caption = results.scenario if " minus " in results.scenario else ""
    return Table(
        beside({with_unit(name): in_columns(wide, name) for name, wide in shown.items()}, "year"),
        caption=caption,
    )


def with_unit(measure: str) -> str:
    """A measure as the head of a column, its unit with it.

    >>> with_unit("ev_imports"), with_unit("peak_mw")
    ('Electric vehicles imported, vehicles a year', 'Peak charging load, MW')
    """
    return ", ".join(filter(None, [label_of(measure), unit_by_year(measure)]))


def in_columns(wide: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Median and both ends of the 80 % interval in columns of their own, in words."""
    columns = {"median": wide[0.5], LOW: wide[0.1], HIGH: wide[0.9]}
    words = {name: [amount(value, measure) for value in cells] for name, cells in columns.items()}
    return plain_frame(words, wide.index)


def measures_by_year(
    results: Results, measures: Sequence[str], years: Sequence[int], head: str
) -> pd.DataFrame:
    """Median and 80 % interval of some measures in some years: a row per measure, the years beside
    each other.

    Parameters
    ----------
    results : Results
        Joint draws.
    measures : sequence of str
        The rows.
    years : sequence of int
        The columns.
    head : str
        Of the first column.
    """
    named = [with_unit(name) for name in measures]
    groups = {
        str(year): pd.concat(
            [in_columns(results.bands(name).loc[[year]], name) for name in measures]
        ).set_axis(named)
        for year in dict.fromkeys(years)
    }
    return beside(groups, head)


def beside(groups: Mapping[str, pd.DataFrame], index: str) -> pd.DataFrame:
    """Tables beside each other under a heading each, what they share in the first column.

    >>> left = pd.DataFrame({"median": ["1", "2"]}, index=[2025, 2026])
    >>> beside({"imports": left, "stock": left}, "year").columns.tolist()
    [('year', ''), ('imports', 'median'), ('stock', 'median')]
    """
    if not groups:
        return pd.DataFrame(columns=[index])
    rows = list(dict.fromkeys(row for frame in groups.values() for row in frame.index))
    columns = {(index, ""): [str(row) for row in rows]}
    for name, frame in groups.items():
        for head, cells in zip(frame.columns, frame.to_numpy(dtype=object).T, strict=True):
            known = dict(zip(frame.index, cells, strict=True))
            columns[name, head] = [known.get(row, "–") for row in rows]
    return plain_frame(columns)


def facts_table(ledger: Ledger, last: int | None = None) -> Table:
    """The facts in words, newest period last, each with a link to where it was published.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    last : int, optional
        Only so many, those with the latest periods.
    """
    facts = in_order(ledger)[-last:] if last else in_order(ledger)
    shown = {
        "period": [_when(fact) for fact in facts],
        "statement": [in_words(fact) for fact in facts],
        "basis": [basis_name(fact.basis, fact.measure) for fact in facts],
        "kind": [fact.kind for fact in facts],
        "published": [str(fact.published or "") for fact in facts],
        "source": [fact.source for fact in facts],
        "fact": [fact.id for fact in facts],
    }
    return Table(plain_frame(shown), links={"source": [fact.url for fact in facts]})


def _when(fact: Fact) -> str:
    if fact.period_start is None or fact.period_start == fact.period_end:
        return str(fact.period_end or "")
    return period_words(fact.period)


def conflicts_table(ledger: Ledger, last: int = 10) -> Table:
    """The facts that disagree, the widest first.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    last : int
        Only so many.
    """
    found: list[Any] = list(conflicts(ledger).head(last).itertuples())
    rows = [
        {
            "disagreement": label_of(row.measure),
            "period": label_words(row.period),
            "one": amount(row.value_a, row.measure),
            "counted by": basis_name(row.basis_a),
            "the other": amount(row.value_b, row.measure),
            "counted by ": basis_name(row.basis_b),
            "factor": readable(row.ratio),
            "why": row.why,
            "facts": f"{row.fact_a}, {row.fact_b}",
        }
        for row in found
    ]
    return Table(plain_frame(rows, columns=list(rows[0]) if rows else ["disagreement"]))


def revisions_table(ledger: Ledger) -> Table:
    """What an agency printed first, and what it printed or implied later of the same period.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    """
    columns = ["basis", "first", "later", "change_percent"]
    return small_table(revisions(ledger).set_index("period")[columns])


def nesting_table(ledger: Ledger, last: int = 8) -> Table:
    """Which sums close: months and the period that they fill, partners and the world.

    Parameters
    ----------
    ledger : Ledger
        The facts, of every partner.
    last : int
        Only so many.
    """
    return small_table(nesting(ledger).set_index("sentence")[["gap"]].head(last))


def fit_table(forecast: FlowForecast, last: int | None = None) -> Table:
    """Each fact that entered a forecast: as printed, as the others lead one to expect, and how
    surprising it is.

    Parameters
    ----------
    forecast : FlowForecast
        Made from facts.
    last : int, optional
        Only so many, the most surprising.
    """
    frame = forecast.fit_table()
    order = frame["surprise"].abs().sort_values(ascending=False, kind="stable").index
    frame = frame.loc[order[:last]]
    # It gives the flow its scale
    alone = (frame["low"] > 0) & (frame["high"] > ANYTHING * frame["low"])
    shown = frame[["period", "printed"]].assign(
        period=frame["period"].map(label_words),
        expected=frame["expected"].astype(object).mask(alone, "anything"),
        low=frame["low"].astype(object).mask(alone, "–"),
        high=frame["high"].astype(object).mask(alone, "–"),
        surprise=frame["surprise"],
        doubted=[f"{100 * doubt:.0f} %" for doubt in frame["doubted"]],
        fact=frame["fact"],
    )
    return Table(_texts(shown.rename(columns={"low": LOW, "high": HIGH})))


def drivers_effect(outlook: Outlook) -> Table:
    """The flow with and without the scenario's drivers: medians and 80 % intervals by year."""
    if outlook.forecast is None or outlook.baseline_forecast is None:
        raise InputError(
            f"{outlook.scenario.name} was read from files, which do not hold the forecast without drivers"
        )
    levels = [0.1, 0.5, 0.9]
    without, with_them = (
        flow.quantiles(levels) for flow in (outlook.baseline_forecast, outlook.forecast)
    )
    flows = {"without the events": without, "with them": with_them}
    columns = {name: in_columns(wide, outlook.scenario.measure) for name, wide in flows.items()}
    known = [str(period)[:4] >= str(outlook.first_year) for period in without.index]
    shown = beside({name: frame[known] for name, frame in columns.items()}, "period")
    links = leading({name: [outlook.scenario.measure] * len(shown) for name in columns})
    return Table(shown, links, caption=with_unit(outlook.scenario.measure))


def headline_numbers(outlook: Outlook) -> dict[str, float]:
    """The medians of `headline` by name and year, to three digits: what a test can hold on to."""
    rows = headline(outlook.results, outlook.scenario.measure, outlook.first_year)
    return {f"{row['measure']} {row['year']}": float(f"{row['median']:.3g}") for row in rows}


def small_table(frame: pd.DataFrame, caption: str = "") -> Table:
    """Any small frame, its index as the first column, its numbers in few digits."""
    return Table(_texts(frame.reset_index()), caption=caption)


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Every number of a frame in few digits, every name with spaces."""
    heads = [UNITS.get(str(name), str(name)).replace("_", " ") or "–" for name in frame.columns]
    rows = [
        [readable(value) if isinstance(value, float) else str(value) or "–" for value in row]
        for row in frame.to_numpy(dtype=object).tolist()
    ]
    return plain_frame(rows, columns=heads)


def sources_table(ledger: Ledger, last: int | None = None) -> Table:
    """Where the facts come from: publisher, how many facts, the newest of them.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    last : int, optional
        Only so many publishers, those with the most facts.
    """
    columns = (ledger.frame[name].tolist() for name in ("source", "published", "url"))
    facts: dict[str, list[tuple[str, str]]] = {}
    for source, published, url in zip(*columns, strict=True):
        if source:
            facts.setdefault(source, []).append((published, url))
    shown = sorted(facts, key=lambda source: (-len(facts[source]), source))[:last]
    rows = [
        (source, str(len(facts[source])), max(day for day, _ in facts[source])) for source in shown
    ]
    links = [facts[source][0][1] for source in shown]
    return Table(plain_frame(rows, columns=["source", "facts", "newest"]), links={"source": links})
