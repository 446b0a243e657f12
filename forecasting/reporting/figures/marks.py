"""Facts ready to be drawn: each with its span, and a height that facts over other spans can be
compared with.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import Fact
from forecasting.evidence.rules import COUNTED
from forecasting.evidence.words import in_words, period_words
from forecasting.periods import Period, year
from forecasting.reporting.labels import readable, rounded

__all__ = ["Mark", "interval_bar", "marks", "yearly_rate"]


@dataclass(frozen=True)
class Mark:
    """One fact ready to be drawn: its span, its height in units a year (or its level), and its
    words.
    """

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


def marks(facts: Iterable[Fact], measure: str, kinds: tuple[str, ...] = COUNTED) -> list[Mark]:
    """The facts of one measure that have a height, in order of time: their own, or a printed total
    a year before.

    Parameters
    ----------
    facts : Ledger, or iterable of Fact
        Facts of any measures.
    measure : str
        Which measure.
    kinds : tuple of str
        Kinds of facts that are drawn; targets and claims are not outcomes and stay out unless asked
        for.
    """
    wanted = [
        fact for fact in facts if fact.measure == measure and fact.kind in kinds and fact.of_world
    ]
    counts = [fact for fact in wanted if fact.is_count and fact.value > 0 and fact.period_end]
    # What has come since the launch has no height among flows of a year
    found = [_mark(fact) for fact in counts if fact.stock or fact.is_rate]
    printed = {
        (mark.basis, mark.period): mark
        for mark in found
        if not mark.stock and mark.relation == "equals"
    }
    changes = [fact for fact in wanted if fact.is_change and fact.value > 0]
    implied = [mark for fact in changes if (mark := _implied(fact, printed))]
    return sorted([*found, *implied], key=lambda mark: (mark.period, mark.height))


def _mark(fact: Fact) -> Mark:
    period = Period(fact.period.end, fact.period.end) if fact.stock else fact.period
    label = f"{readable(fact.value)} a day" if fact.declared.daily else readable(fact.value)
    height = fact.value
    if not fact.stock:
        height = yearly_rate(fact.value, period, fact.declared.daily)
    return Mark(period, height, fact.basis, fact.relation, fact.stock, label, _hover(fact, period))


def _implied(fact: Fact, printed: dict[tuple[str, Period], Mark]) -> Mark | None:
    """The total that a growth or a difference on the year implies, where its base was printed and
    itself was not.
    """
    period = fact.period
    base = printed.get((fact.basis, period.year_before()))
    if base is None or (fact.basis, period) in printed:
        return None
    before = base.height / yearly_rate(1.0, base.period)
    value = fact.declared.after(before, fact.value)
    relation = "about" if fact.relation == "equals" else fact.relation
    hover = f"{_hover(fact, period)}<br>on {readable(before)} the year before"
    return Mark(
        period, yearly_rate(value, period), fact.basis, relation, False, readable(value), hover
    )


def _hover(fact: Fact, period: Period) -> str:
    """What a pointer shows of a fact: statement, period, basis, source; escaped."""
    who = f"{fact.source}, {fact.published} ({fact.id})"
    lines = (in_words(fact), period_words(period), basis_name(fact.basis), who)
    first, *others = (html.escape(line, quote=False) for line in lines if line)
    return "<br>".join((f"<b>{first}</b>", *others))


def yearly_rate(value: float, period: Period, per_day: bool = False) -> float:
    """A period's total as a rate per year.

    Examples
    --------
    >>> from forecasting.periods import span
    >>> yearly_rate(2544.0, span("2023-01-01", "2023-04-30")), yearly_rate(2180.0, year(2022))
    (7738.0, 2180.0)
    """
    days = year(period.end.year).days
    return value * days / (1 if per_day else period.days)


def interval_bar(bands: pd.DataFrame) -> dict[str, Any]:
    """The 80 % interval about each median, as plotly draws an error bar without caps.

    Parameters
    ----------
    bands : pandas.DataFrame
        One row per bar, columns 0.1, 0.5 and 0.9.
    """
    ends = {
        "array": rounded(bands[0.9] - bands[0.5]),
        "arrayminus": rounded(bands[0.5] - bands[0.1]),
    }
    return {"type": "data", "symmetric": False, **ends, "thickness": 5, "width": 0}
