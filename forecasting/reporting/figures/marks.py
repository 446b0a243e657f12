"""Facts ready to be drawn: each with its span, and a height that facts over other spans can be compared with."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import pandas as pd

from forecasting.evidence.bases import basis_name
from forecasting.measures import MEASURES
from forecasting.periods import Period, span, year
from forecasting.reporting.labels import period_words, readable, statement

__all__ = ["BOUNDS", "Mark", "marks", "yearly_rate"]

BOUNDS = {"at_least": 1, "greater_than": 1, "at_most": -1, "less_than": -1}
LIKELY = ("outcome", "estimate", "judgement")
CHANGES = ("yoy_growth_percent", "yoy_difference")


@dataclass(frozen=True)
class Mark:
    """One fact ready to be drawn: its span, its height in units a year (or its level), and its words."""

    period: Period
    height: float
    basis: str
    relation: str
    stock: bool
    label: str
    hover: str

    @property
    def middle(self) -> str:
        """The middle of the period, as an ISO day."""
        return (self.period.start + (self.period.end - self.period.start) / 2).isoformat()

    @property
    def whole_year(self) -> bool:
        """Whether the period is one calendar year."""
        return self.period == year(self.period.start.year)


def marks(facts: pd.DataFrame, measure: str, kinds: tuple[str, ...] = LIKELY) -> list[Mark]:
    """The facts of one measure that have a height, in order of time: their own, or a printed total a year before.

    Parameters
    ----------
    facts : pandas.DataFrame
        The frame of a ledger.
    measure : str
        Which measure.
    kinds : tuple of str
        Kinds of facts that are drawn; targets and claims are not outcomes and stay out unless asked for.
    """
    wanted = facts[(facts["measure"] == measure) & facts["kind"].isin(kinds) & facts["partner"].isin(["World", ""])]
    rows = list(wanted[wanted["value"] > 0].itertuples())
    found = [mark for row in rows if (mark := _mark(row, MEASURES[measure].kind == "stock"))]
    printed = {(mark.basis, mark.period): mark for mark in found if not mark.stock and mark.relation == "equals"}
    implied = [mark for row in rows if row.quantity in CHANGES and (mark := _implied(row, printed))]
    return sorted([*found, *implied], key=lambda mark: (mark.period, mark.height))


def _mark(fact: Any, is_stock: bool) -> Mark | None:
    if not fact.period_end or fact.quantity not in ("", "total", "stock", "per_day"):
        return None
    stock = fact.quantity == "stock" or (fact.quantity == "" and is_stock)
    period = span(fact.period_end if stock else fact.period_start or fact.period_end, fact.period_end)
    label = f"{readable(fact.value)} a day" if fact.quantity == "per_day" else readable(fact.value)
    height = fact.value if stock else yearly_rate(fact.value, period, fact.quantity == "per_day")
    return Mark(period, height, fact.basis, fact.relation, stock, label, _hover(fact, period))


def _implied(fact: Any, printed: dict[tuple[str, Period], Mark]) -> Mark | None:
    """The total that a growth or a difference on the year implies, where its base was printed and itself was not."""
    if not fact.period_start:  # the growth of a stock, which stands on a day
        return None
    period = span(fact.period_start, fact.period_end)
    base = printed.get((fact.basis, period.year_before()))
    if base is None or (fact.basis, period) in printed:
        return None
    before = base.height / yearly_rate(1.0, base.period)
    value = before * (1 + fact.value / 100) if fact.quantity == "yoy_growth_percent" else before + fact.value
    relation = "about" if fact.relation == "equals" else fact.relation
    hover = f"{_hover(fact, period)}<br>on {readable(before)} the year before"
    return Mark(period, yearly_rate(value, period), fact.basis, relation, False, readable(value), hover)


def _hover(fact: Any, period: Period) -> str:
    """What a pointer shows of a fact: statement, period, basis, source; escaped."""
    who = f"{fact.source}, {fact.published} ({fact.id})"
    lines = (statement(fact), period_words(period), basis_name(fact.basis), who)
    first, *others = (html.escape(line, quote=False) for line in lines if line)
    return "<br>".join((f"<b>{first}</b>", *others))


def yearly_rate(value: float, period: Period, per_day: bool = False) -> float:
    """A period's total as a rate per year.

    Examples
    --------
    >>> yearly_rate(2544.0, span("2023-01-01", "2023-04-30")), yearly_rate(2180.0, year(2022))
    (7738.0, 2180.0)
    """
    days = year(period.end.year).days
    return value * days if per_day else value * days / period.days
