"""Small tables of an outlook, as a notebook and a page show them.

The table of results is long (one row per measure, period and quantile); `bands` turns one measure of it into a row
per year. A `Table` is a frame of strings that looks the same in text, in HTML and on every version of pandas.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from forecasting.errors import InputError
from forecasting.measures import nearest
from forecasting.periods import span
from forecasting.reporting.wording import interval, label_of, period_words, readable, unit_of

if TYPE_CHECKING:
    from forecasting.demand.parameters import Assumption
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.outlook import Outlook
    from forecasting.scenarios.schema import Range

__all__ = [
    "Notes",
    "Table",
    "assumptions_table",
    "bands",
    "conflicts_table",
    "drivers_table",
    "facts_table",
    "fit_table",
    "headline",
    "headline_table",
    "outlook_table",
    "reservations",
    "sources_table",
]

LATE = ("ev_stock", "charging_points_need", "charging_points_practice")
CHAIN = (
    "ev_imports",
    "ev_registrations",
    "ev_stock",
    "energy_gwh",
    "peak_mw",
    "charging_points_need",
    "charging_points_practice",
    "charging_points_standard",
)


@dataclass(frozen=True)
class Table:
    """A frame to look at: text and HTML alike, with links where a row has an address.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is shown; values are turned into text as they are.
    links : mapping of str to list of str
        For a column, the address of each of its cells ("" for none); only http and https become links.
    caption : str
        One line above the table.

    Examples
    --------
    >>> Table(pd.DataFrame({"year": ["2023"], "vehicles": ["10,000"]}))
    year vehicles
    2023   10,000
    >>> "&lt;b&gt;" in Table(pd.DataFrame({"note": ["<b>"]}))._repr_html_()
    True
    """

    frame: pd.DataFrame
    links: Mapping[str, list[str]] = field(default_factory=dict)
    caption: str = ""

    def __repr__(self) -> str:
        with pd.option_context("display.max_colwidth", 60):
            text = self.frame.to_string(index=False) if len(self.frame) else "(no rows)"
        return f"{self.caption}\n{text}" if self.caption else text

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(str(name))}</th>" for name in self.frame.columns)
        rows = (self._row(number) for number in range(len(self.frame)))
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        return f'<table class="fc-table">{caption}<thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'

    def _row(self, number: int) -> str:
        cells = (self._cell(str(name), number, value) for name, value in self.frame.iloc[number].items())
        return f"<tr>{''.join(cells)}</tr>"

    def _cell(self, name: str, number: int, value: object) -> str:
        text = html.escape(str(value))
        address = self.links[name][number] if name in self.links else ""
        if address.startswith(("http://", "https://")):
            text = f'<a href="{html.escape(address)}">{text}</a>'
        numeric = str(value)[:1].isdigit() or str(value)[:1] in "-–+"
        return f'<td class="number">{text}</td>' if numeric else f"<td>{text}</td>"


@dataclass(frozen=True)
class Notes:
    """Statements to be read first, as a list.

    Parameters
    ----------
    lines : sequence of str
        One statement each.

    Examples
    --------
    >>> Notes(("No counts: rests on analogues alone.",))
    - No counts: rests on analogues alone.
    """

    lines: Sequence[str]

    def __repr__(self) -> str:
        return "\n".join(f"- {line}" for line in self.lines)

    def _repr_html_(self) -> str:
        return f'<ul class="fc-notes">{"".join(f"<li>{html.escape(line)}</li>" for line in self.lines)}</ul>'


def reservations(outlook: Outlook) -> Notes:
    """What a reader must know before the numbers: warnings of the forecast, notes of the scenario."""
    return Notes([*outlook.warnings, *outlook.scenario.notes] or ["Nothing to hold against these numbers."])


def bands(table: pd.DataFrame, measure: str, place: str | None = None) -> pd.DataFrame:
    """One measure by year: a row per year, a column per quantile.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results of one scenario: country, measure, period_start, period_end, quantile, value.
    measure : str
        The measure wanted.
    place : str, optional
        Which place's, where the table has several.

    Returns
    -------
    pandas.DataFrame
        Indexed by year; columns are the levels, 0 to 1.

    Raises
    ------
    InputError
        Where the table has no such measure.
    """
    rows = table[(table["measure"] == measure) & ((table["country"] == place) if place else True)]
    if rows.empty:
        known = sorted(table["measure"].unique())
        close = nearest(measure, known)
        raise InputError(
            f"the results have no measure {measure!r}; they have {', '.join(known)}{close and f' ({close}?)'}"
        )
    start, end = pd.to_datetime(rows["period_start"]), pd.to_datetime(rows["period_end"])
    year_end = (end.dt.month == 12) & (end.dt.day == 31)
    whole = year_end & (((start.dt.month == 1) & (start.dt.day == 1)) | (start == end) | start.isna())
    wide = rows[whole].assign(year=end.dt.year).pivot_table(index="year", columns="quantile", values="value")
    return wide.rename_axis(columns=None)


def headline(table: pd.DataFrame, measure: str, first_year: int, place: str | None = None) -> list[dict[str, Any]]:
    """The numbers to read first: the flow in two years that are not yet known, and the end of the chain at the horizon.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results of one scenario.
    measure : str
        The flow that was forecast.
    first_year : int
        First year that the facts do not cover.
    place : str, optional
        Which place's, where the table has several.

    Returns
    -------
    list of dict
        measure, year, median, lower80, upper80, unit.
    """
    flow = bands(table, measure, place)
    soon = [(measure, year, flow.loc[year]) for year in (first_year, first_year + 1) if year in flow.index]
    known = [name for name in LATE if name in set(table["measure"])] or [measure]
    last = {name: bands(table, name, place).iloc[-1] for name in known}
    late = [
        (name, int(str(row.name)), row) for name, row in last.items() if row.name not in (first_year, first_year + 1)
    ]
    return [
        {
            "measure": name,
            "year": year,
            "median": row[0.5],
            "lower80": row[0.1],
            "upper80": row[0.9],
            "unit": unit_of(name),
        }
        for name, year, row in (*soon, *late)
    ]


def headline_table(outlook: Outlook) -> Table:
    """The numbers of `headline`, in words."""
    rows = [
        {
            "measure": label_of(entry["measure"]),
            "year": str(entry["year"]),
            "median": readable(entry["median"]),
            "80 % interval": interval(entry["lower80"], entry["upper80"]),
            "unit": entry["unit"],
        }
        for entry in headline(outlook.results.table, outlook.scenario.measure, outlook.first_year)
    ]
    return Table(pd.DataFrame(rows))


def outlook_table(outlook: Outlook, *measures: str) -> Table:
    """Medians with 80 % intervals by year, a column per measure.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    *measures : str
        The columns; none means every step from vehicles imported to charging points that the results have.
    """
    table = outlook.results.since(outlook.first_year).table
    shown = [name for name in measures or (*CHAIN, outlook.scenario.measure) if name in outlook.results.values]
    columns = {label_of(name): _with_interval(bands(table, name)) for name in shown}
    frame = pd.DataFrame(columns).rename_axis("year").reset_index()
    return Table(frame.assign(year=frame["year"].astype(str)))


def _with_interval(wide: pd.DataFrame) -> pd.Series[str]:
    return pd.Series({year: f"{readable(row[0.5])} ({interval(row[0.1], row[0.9])})" for year, row in wide.iterrows()})


def facts_table(ledger: Ledger, last: int | None = None) -> Table:
    """The facts in words, newest period last, each with a link to where it was published.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    last : int, optional
        Only so many, those with the latest periods.
    """
    frame = ledger.frame.sort_values(["period_end", "period_start", "id"], kind="stable")
    frame = frame.tail(last) if last else frame
    shown = {
        "fact": frame["id"],
        "period": [_period(row) for row in frame.itertuples()],
        "statement": [statement(row) for row in frame.itertuples()],
        "basis": frame["basis"],
        "kind": frame["kind"],
        "published": frame["published"],
        "source": frame["source"],
    }
    return Table(pd.DataFrame(shown), links={"source": [str(url) for url in frame["url"]]})


def _period(row: Any) -> str:
    if not row.period_start or row.period_start == row.period_end:
        return str(row.period_end)
    return period_words(span(row.period_start, row.period_end))


RELATION_WORDS = {
    "equals": "",
    "about": "about ",
    "at_least": "at least ",
    "at_most": "at most ",
    "greater_than": "more than ",
    "less_than": "less than ",
}
QUANTITY_WORDS = {
    "yoy_growth_percent": " % on the year",
    "yoy_difference": " more than a year before",
    "per_day": " a day",
    "share_percent": " % of ",
}


def statement(row: Any) -> str:
    """A fact's relation and value in words.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> statement(Row(relation="greater_than", quantity="per_day", value=100.0, reference="", unit="vehicles"))
    'more than 100 a day'
    >>> statement(Row(relation="equals", quantity="yoy_growth_percent", value=410.4, reference="", unit="percent"))
    '410.4 % on the year'
    """
    words = RELATION_WORDS.get(row.relation, "")
    if pd.isna(row.value):
        return f"{words}{row.reference}" if row.reference else str(getattr(row, "quote", ""))
    number = f"{row.value:,.10g}"
    if row.quantity == "share_percent":
        return f"{words}{number} % of {row.reference or 'the total'}"
    return f"{words}{number}{QUANTITY_WORDS.get(row.quantity, f' {row.unit}' if row.unit else '')}"


def conflicts_table(conflicts: pd.DataFrame, last: int = 10) -> Table:
    """The facts that disagree, as `forecasting.evidence.reconcile.conflicts` finds them, the widest first."""
    shown = conflicts.head(last)
    facts = shown["fact_a"] + ", " + shown["fact_b"]
    return Table(pd.DataFrame({"disagreement": shown["sentence"], "why": shown["why"], "facts": facts}).astype(str))


def fit_table(outlook: Outlook, last: int | None = None) -> Table:
    """Each fact that entered the forecast: as printed, as expected, and how surprising it was."""
    frame = outlook.forecast.fit_table() if outlook.forecast else pd.DataFrame()
    return Table(_texts(frame.tail(last) if last else frame))


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Every number of a frame in few digits, every name with spaces."""
    shown = frame.rename(columns=lambda name: str(name).replace("_", " "))
    return shown.map(lambda value: readable(value) if isinstance(value, float) else str(value))


def drivers_table(outlook: Outlook) -> Table:
    """The scenario's dated events: what, when, how large, how likely, and why."""
    rows = [
        {
            "driver": driver.name,
            "kind": driver.kind,
            "on": label_of(driver.quantity),
            "from": f"{driver.start}" + (f" to {driver.end}" if driver.end else ""),
            "size": range_words(driver.size),
            "probability": readable(driver.probability),
            "reason": driver.reason,
            "source": driver.source,
        }
        for driver in outlook.scenario.drivers
    ]
    return Table(
        pd.DataFrame(rows, columns=["driver", "kind", "on", "from", "size", "probability", "reason", "source"])
    )


def range_words(given: Range | Assumption) -> str:
    """A range: its likeliest value, and its ends.

    Examples
    --------
    >>> from types import SimpleNamespace as Range
    >>> range_words(Range(low=1.0, mode=1.2, high=1.5)), range_words(Range(low=0.8, mode=0.8, high=0.8))
    ('1.2 (1 to 1.5)', '0.8')
    """
    if given.low == given.high:
        return readable(given.mode)
    return f"{readable(given.mode)} ({interval(given.low, given.high)})"


def assumptions_table(outlook: Outlook, *, all_of_them: bool = False) -> Table:
    """The assumptions of the chain: those that the scenario changes, or all in force.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    all_of_them : bool
        Also those that the scenario leaves as they ship.
    """
    changed = outlook.scenario.assumptions
    chosen = (
        [item for item in outlook.demand.parameters if all_of_them or item.key in changed] if outlook.demand else []
    )
    rows = [
        {
            "assumption": item.key.replace("_", " "),
            "value": range_words(item),
            "unit": item.unit,
            "kind": "this scenario" if item.key in changed else item.kind,
            "source": item.source,
        }
        for item in chosen
    ]
    columns = ["assumption", "value", "unit", "kind", "source"]
    return Table(pd.DataFrame(rows, columns=columns), links={"source": [item.url for item in chosen]})


def sources_table(ledger: Ledger) -> Table:
    """Where the facts come from: publisher, how many facts, the newest of them."""
    frame = ledger.frame[ledger.frame["source"] != ""]
    groups = frame.groupby("source", sort=True).agg(
        facts=("id", "size"), newest=("published", "max"), url=("url", "first")
    )
    groups = groups.sort_values("facts", ascending=False, kind="stable").reset_index()
    shown = groups[["source", "facts", "newest"]].astype(str)
    return Table(shown, links={"source": [str(url) for url in groups["url"]]})
