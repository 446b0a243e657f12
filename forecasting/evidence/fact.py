"""One published statement: a quantity of a measure over a period, in a relation to a value or to another quantity.

>>> fact = Fact(id="a", measure="ev_imports", place="UZ", period_start="2023-01-01", period_end="2023-04-30",
...             relation="equals", value=2544, published="2023-06-26")
>>> print(fact)
Uzbekistan, electric vehicles imported, 2023-01..2023-04: 2,544 vehicles
>>> fact.rounding, fact.known_from
(0.5, datetime.date(2023, 6, 26))
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict

from forecasting.errors import LedgerError, PeriodError, Problem
from forecasting.evidence.places import place_name
from forecasting.evidence.rules import (
    COLUMNS,
    COUNTED,
    KINDS,
    QUANTITIES,
    RELATIONS,
    faults,
    known_from,
    normalise,
    number_text,
    typed,
)
from forecasting.measures import MEASURES, nearest
from forecasting.periods import Period, span

__all__ = ["COLUMNS", "COUNTED", "KINDS", "QUANTITIES", "RELATIONS", "Fact"]

_WORDS = {
    "equals": "",
    "about": "about ",
    "at_least": "at least ",
    "at_most": "at most ",
    "greater_than": "more than ",
    "less_than": "less than ",
}

_COUNTS = ("vehicles", "stations", "points", "persons", "units", "users")


class Fact(BaseModel):
    """One published statement.

    Parameters
    ----------
    id : str
        Its name in the ledger.
    measure : str
        One of `forecasting.measures.MEASURES`.
    place, partner : str
        Where, and with whom (``World`` is everybody); `forecasting.evidence.places`.
    product, basis : str
        What is counted, and whose definition counts it.
    period_start, period_end : str
        ISO dates, both included; a stock stands on its last day.
    relation, quantity : str
        One of `RELATIONS` and `QUANTITIES`; the quantity defaults to total or stock, as the measure is.
    value : float
        In `unit`; NaN where the relation is to `reference`, or nothing was counted.
    unit : str
        Defaults to the measure's.
    rounding : float
        Half-width of the printed digits; defaults to half a unit of the last one.
    reference : str
        Another fact's id, or ``measure@place:start/end``.
    kind : str
        One of `KINDS`.
    published : str
        Day, month or year.
    source, url, quote, note : str
        Who said it, where, in which words, and what a reader must know.

    Raises
    ------
    LedgerError
        With every problem of the statement at once.

    Examples
    --------
    >>> Fact(id="b", measure="ev_imports", place="UZ", relation="equals", value=-1, period_end="2023-04-30",
    ...      period_start="2023-01-01")
    Traceback (most recent call last):
    ...
    forecasting.errors.LedgerError: b value: -1 is negative (counts and amounts are 0 or more)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    measure: str
    place: str
    partner: str
    product: str
    basis: str
    period_start: str
    period_end: str
    relation: str
    quantity: str
    value: float
    unit: str
    rounding: float
    reference: str
    kind: str
    published: str
    source: str
    url: str
    quote: str
    note: str

    def __init__(self, **columns: Any) -> None:
        name = str(columns.get("id") or "fact")
        problems = [
            Problem(f"{name} {column}", "is not a column of a ledger", nearest(column, COLUMNS))
            for column in columns
            if column not in COLUMNS
        ]
        row = normalise(columns)
        problems += [Problem(f"{name} {column}", what, hint) for column, what, hint in faults(row)]
        if problems:
            raise LedgerError(problems)
        super().__init__(**typed(row))

    @property
    def period(self) -> Period:
        """The days that the fact speaks of; one day where only one is given.

        Raises
        ------
        PeriodError
            Where the fact has no date.
        """
        first, last = self.period_start or self.period_end, self.period_end or self.period_start
        if not first:
            raise PeriodError(f"fact {self.id!r} has no dates; give it a period_end")
        return span(first, last)

    @property
    def known_from(self) -> dt.date | None:
        """The last day of the span in which it was published; None where that is not known."""
        return known_from(self.published)

    @property
    def counted(self) -> bool:
        """Whether the fact may enter a likelihood: an outcome, an estimate or a judgement of something counted."""
        return self.kind in COUNTED and MEASURES[self.measure].kind != "statement"

    @property
    def tolerance(self) -> float:
        """How far two prints of the same figure may differ: nothing for a count printed to the unit."""
        whole = self.relation == "equals" and self.unit in _COUNTS and self.rounding == 0.5
        return 0.0 if whole and self.value.is_integer() else self.rounding

    def __str__(self) -> str:
        place = place_name(self.place) + ("" if self.partner == "World" else f" with {place_name(self.partner)}")
        label = MEASURES[self.measure].label
        label = label if label[:2].isupper() else label[0].lower() + label[1:]
        return f"{place}, {label}{self._when()}: {self._said()}"

    def _when(self) -> str:
        first, last = self.period_start, self.period_end
        if first and last:
            return f", {first}" if first == last else f", {self.period}"
        return f", since {first}" if first else f", {last}" if last else ""

    def _said(self) -> str:
        """The relation and what it stands to, in words."""
        if self.quote and self.measure in ("claim", "event", "policy"):
            return self.quote
        if self.value != self.value:
            return f"{_WORDS[self.relation]}{self.reference}" if self.relation and self.reference else self.quote
        digits = f"{self.value:,.0f}" if self.value.is_integer() else number_text(self.value)
        unit = "%" if self.unit == "percent" else self.unit
        words = {"yoy_growth_percent": " on the year before", "share_percent": " of the whole"}
        sign = "+" if self.quantity.startswith("yoy") and self.value > 0 else ""
        change = " on the year before" if self.quantity == "yoy_difference" else words.get(self.quantity, "")
        return f"{_WORDS.get(self.relation, '')}{sign}{digits} {unit}{change}".strip()
