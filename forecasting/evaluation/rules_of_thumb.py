"""Rules of thumb: what an analyst would write down by hand for a year of which a part is known, for
a flow of which totals were printed, and for a stock.

>>> sorted(RULES)
['annualised part year', 'growth, halved next year', 'last year times growth']
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.evaluation.peers import NORMAL
from forecasting.evaluation.scores import Quantiles
from forecasting.evidence.bases import same_perimeter
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.periods import Period, year

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PartYear:
    """One market in one year, known up to one month.

    Parameters
    ----------
    market : str
        Its name.
    year, k : int
        The year, and the last month that is known.
    last_year, part, growth : float
        The three facts: a total, a total from January on, and its growth in percent.
    size : float or None
        New cars of the year before, where known.
    outcomes : dict of int to float
        Total of this year (0) and of the next (1), where known.
    """

    market: str
    year: int
    k: int
    last_year: float
    part: float
    growth: float
    size: float | None
    outcomes: dict[int, float]

    @property
    def row(self) -> dict[str, object]:
        """What a score says of it."""
        return {"market": self.market, "year": self.year, "k": self.k}

    @property
    def origin(self) -> int:
        """The year from which horizons count."""
        return self.year

    @property
    def taught(self) -> tuple[str, int]:
        """Which other cases have the same prior."""
        return self.market, self.year


# Each rule's total of this year and its growth into the next, with the spread (log) of both.
# Spreads are those seen on the markets that the rules were first tried on: hindsight, in the rules'
# favour.
def _annualised(case: PartYear) -> tuple[float, float]:
    total = case.part * 12 / case.k
    return total, total / case.last_year


def _grown(case: PartYear) -> tuple[float, float]:
    growth = 1 + case.growth / 100
    return case.last_year * growth, growth


def _halved(case: PartYear) -> tuple[float, float]:
    total, growth = _grown(case)
    return total, 1 + (growth - 1) / 2


RULES: Mapping[str, tuple[Callable[[PartYear], tuple[float, float]], tuple[float, float]]] = {
    "annualised part year": (_annualised, (0.30, 0.71)),
    "last year times growth": (_grown, (0.27, 0.75)),
    "growth, halved next year": (_halved, (0.27, 0.62)),
}


def rule_of_thumb(name: str, case: PartYear) -> Quantiles:
    """Quantiles that one of :data:`RULES` gives for this year (0) and the next (1).

    Examples
    --------
    >>> case = PartYear("A", 2023, 4, 1000.0, 500.0, 50.0, None, {})
    >>> [rule_of_thumb(name, case)[1][3].round().item() for name in RULES]
    [2250.0, 2250.0, 1875.0]
    """
    rule, spread = RULES[name]
    total, growth = rule(case)
    return {h: np.exp(np.log(total * growth**h) + NORMAL * spread[h]) for h in (0, 1)}


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
    longest_last = sorted(_totals(known, basis), key=lambda fact: fact.period.days)
    totals = {fact.period.end.year: fact for fact in longest_last}
    if not totals:
        return None
    last = max(totals)
    whole = _annual(totals[last])
    growth = 1.0
    if last - 1 in totals:
        growth = whole / _annual(totals[last - 1])
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
