"""What an analyst would write down by hand: the last year annualised, then its growth, halved every
further year.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from forecasting.evaluation.peers import NORMAL
from forecasting.evaluation.rules_of_thumb import RULES
from forecasting.evidence.bases import same_perimeter
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.periods import Period, year

__all__ = ["by_hand", "stock_by_hand"]

Array = NDArray[np.float64]
SPREADS = RULES["growth, halved next year"][1]


def by_hand(known: Ledger, basis: str, period: Period) -> Array | None:
    """Quantiles of a flow by the rule of thumb; None where no total of a year or of its first
    months is known.

    Parameters
    ----------
    known : Ledger
        Facts of the flow, as known on the day.
    basis : str
        Whose totals are used, and those of the same perimeter.
    period : Period
        Asked for: a year or a part of one, taken to be as the year is.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> facts = central_asia().select("UZ", "ev_imports", as_of="2023-06-26")
    >>> by_hand(facts, "uz-statistics", year(2023))[3].round()  # 2,544 in four months
    np.float64(7738.0)
    """
    totals = {
        fact.period.end.year: fact
        for fact in sorted(_totals(known, basis), key=lambda fact: fact.period.days)
    }
    if not totals:
        return None
    last = max(totals)
    whole = _annual(totals[last])
    growth = whole / _annual(totals[last - 1]) if last - 1 in totals else 1.0
    ahead = max(period.end.year - last, 0)
    total = whole * float(np.prod([1 + (growth - 1) / 2**step for step in range(1, ahead + 1)]))
    share = period.days / year(period.end.year).days
    return np.asarray(max(total, 1.0) * share * np.exp(NORMAL * SPREADS[min(ahead, 1)]))


def _totals(known: Ledger, basis: str) -> list[Fact]:
    return [
        fact
        for fact in known
        if fact.is_exact
        and fact.quantity == "total"
        and fact.of_world
        and fact.value > 0
        and same_perimeter(fact.basis, basis)
        and (fact.period.start.month, fact.period.start.day) == (1, 1)
        and fact.period.start.year == fact.period.end.year
    ]


def _annual(fact: Fact) -> float:
    return fact.value * year(fact.period.end.year).days / fact.period.days


def stock_by_hand(counts: list[tuple[dt.date, float]], day: dt.date) -> Array:
    """Quantiles of a stock by the same rule: half the growth of the last year, from the last count
    on.

    Parameters
    ----------
    counts : list of (date, float)
        The counts that were known, the last one last.
    day : date
        Asked for.

    Examples
    --------
    >>> counts = [(dt.date(2022, 12, 31), 1000.0), (dt.date(2023, 12, 31), 3000.0)]
    >>> stock_by_hand(counts, dt.date(2024, 12, 31))[3].round()
    np.float64(6008.0)
    """
    last, count = counts[-1]
    before = [(then, value) for then, value in counts if (last - then).days >= 180 and value > 0]
    growth = 1.0
    if before:
        then, value = min(before, key=lambda earlier: abs((last - earlier[0]).days - 365))
        growth = (count / value) ** (365 / (last - then).days)
    years = (day - last).days / 365
    return np.asarray(
        max(count * (1 + (growth - 1) / 2 * years), 1.0)
        * np.exp(NORMAL * SPREADS[0] * min(years, 1.0))
    )
