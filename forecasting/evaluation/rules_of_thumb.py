"""Rules of thumb for a year of which a part is known: what a user would do by hand.

>>> sorted(RULES)
['annualised part year', 'growth, halved next year', 'last year times growth']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.evaluation.peers import NORMAL

__all__ = ["RULES", "PartYear", "Forecast", "rule_of_thumb"]

Array = NDArray[np.float64]
Forecast = Mapping[int, Array]  # 0 this year, 1 the next -> quantiles at LEVELS


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


def rule_of_thumb(name: str, case: PartYear) -> Forecast:
    """Quantiles that one of :data:`RULES` gives.

    Examples
    --------
    >>> case = PartYear("A", 2023, 4, 1000.0, 500.0, 50.0, None, {})
    >>> [rule_of_thumb(name, case)[1][3].round().item() for name in RULES]
    [2250.0, 2250.0, 1875.0]
    """
    rule, spread = RULES[name]
    total, growth = rule(case)
    return {h: np.exp(np.log(total * growth**h) + NORMAL * spread[h]) for h in (0, 1)}
