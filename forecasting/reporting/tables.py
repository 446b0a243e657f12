"""Small tables of an outlook, as a notebook and a page show them.

The table of results is long (one row per measure, period and quantile); `bands` turns one measure of it into a row
per year. A `Table` is a frame of strings that looks the same in text, in HTML and on every version of pandas.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from forecasting.errors import InputError
from forecasting.measures import nearest
from forecasting.periods import span
from forecasting.reporting.wording import interval, label_of, period_words, readable

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.outlook import Outlook

__all__ = [
    "Table",
    "bands",
    "conflicts_table",
    "drivers_table",
    "facts_table",
    "fit_table",
    "headline_table",
    "outlook_table",
    "sources_table",
]

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


def bands(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One measure by year: a row per year, a column per quantile.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results of one scenario: measure, period_start, period_end, quantile, value.
    measure : str
        The measure wanted.

    Returns
    -------
    pandas.DataFrame
        Indexed by year; columns are the levels, 0 to 1.

    Raises
    ------
    InputError
        Where the table has no such measure.
    """
    rows = table[table["measure"] == measure]
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


def headline_table(outlook: Outlook) -> Table:
    """The numbers of the first line: measure, year, median and 80 % interval."""
    rows = [
        {
            "measure": label_of(measure),
            "year": str(entry["year"]),
            "median": readable(entry["median"]),
            "80 % interval": interval(entry["lower80"], entry["upper80"]),
            "unit": entry["unit"],
        }
        for measure, entry in outlook.headline.items()
    ]
    return Table(pd.DataFrame(rows, columns=["measure", "year", "median", "80 % interval", "unit"]))


def outlook_table(outlook: Outlook, *measures: str) -> Table:
    """Medians with 80 % intervals by year, a column per measure.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    *measures : str
        The columns; none means every step from vehicles imported to charging points that the results have.
    """
    known = set(outlook.table["measure"])
    columns = {
        label_of(name): _with_interval(bands(outlook.table, name)) for name in measures or CHAIN if name in known
    }
    frame = pd.DataFrame(columns).rename_axis("year").reset_index().fillna("–")
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
    """The facts that disagree, the widest disagreement first."""
    if "ratio" in conflicts and len(conflicts):
        order = (conflicts["ratio"].astype(float) - 1).abs().sort_values(ascending=False, kind="stable").index
        conflicts = conflicts.loc[order]
    return Table(_texts(conflicts.head(last)))


def fit_table(outlook: Outlook, last: int | None = None) -> Table:
    """Each fact that entered the forecast: as printed, as expected, and how surprising it was."""
    frame = outlook.forecast.fit_table()
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
            "acts on": driver.kind,
            "from": str(driver.start),
            "size": size_words(driver.size),
            "probability": readable(driver.probability),
            "reason": driver.reason,
            "source": driver.source or "judgement",
        }
        for driver in outlook.scenario.drivers
    ]
    return Table(pd.DataFrame(rows, columns=["driver", "acts on", "from", "size", "probability", "reason", "source"]))


def size_words(size: Any) -> str:
    """A driver's size: one number, or three in a row.

    >>> size_words({"low": 1.0, "mode": 1.2, "high": 1.5}), size_words(0.8)
    ('1.2 (1 to 1.5)', '0.8')
    """
    if isinstance(size, (int, float)):
        return readable(size)
    low, mode, high = (size[k] if isinstance(size, Mapping) else getattr(size, k) for k in ("low", "mode", "high"))
    return f"{readable(mode)} ({interval(low, high)})"


def sources_table(ledger: Ledger) -> Table:
    """Where the facts come from: publisher, how many facts, the newest of them."""
    frame = ledger.frame[ledger.frame["source"] != ""]
    groups = frame.groupby("source", sort=True).agg(
        facts=("id", "size"), newest=("published", "max"), url=("url", "first")
    )
    groups = groups.sort_values("facts", ascending=False, kind="stable").reset_index()
    shown = groups[["source", "facts", "newest"]].astype(str)
    return Table(shown, links={"source": [str(url) for url in groups["url"]]})
