"""What each kind of fact says about a monthly flow: one short function per quantity and per relation.

Every fact becomes a contrast of logs, ``log(numerator . flow) - log(denominator . flow + constant)``, observed with
noise. The noise is a mixture of normals: an exact total is narrow, a bound lies on one side of its number, and each of
them may be wrong. Weights are shares of months, so that any period can be told of.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.statements import ONE_SIDED, Statement
from forecasting.periods import Period

__all__ = ["SCRAPPAGE_SD", "Noise", "Observation", "flow_weights", "observe", "stock_ages"]

Array = NDArray[np.float64]

FIT = 0.01  # no agency's total is better than 1 % of itself: late declarations, revisions
OUTLIER = 0.02  # any fact may be wrong
WRONG = ((0.75, 0.5), (0.25, 2.5))  # and then by half, or a slipped digit or unit: part of those cases, spread
SCRAPPAGE, SCRAPPAGE_SD = 0.04, 0.02  # share of a register that leaves it in a year; judgement, 0.01 to 0.08
STOCK_FIT = 0.03  # registers are cleaned and vehicles re-exported between two counts


@dataclass(frozen=True)
class Noise:
    """A mixture of normals, in logs.

    Parameters
    ----------
    weight, mean, sd : tuple of float
        One entry per component; the last are those of a fact that is wrong.

    Examples
    --------
    >>> Noise.exact(0.01).sd
    (0.01, 0.5, 2.5)
    """

    weight: tuple[float, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]

    @classmethod
    def exact(cls, sd: float, outlier: float = OUTLIER) -> Noise:
        """A narrow normal, and wide ones for the fact that is wrong."""
        return cls._of([(1 - outlier, 0.0, sd)], outlier, 3 * sd)

    @classmethod
    def beyond(cls, step: float, wide: float, side: int) -> Noise:
        """What a bound leaves: about exponential with mean ``step``, a quarter of them with mean ``wide``.

        Each exponential is drawn as three normals that start at zero. A bound, too, may be wrong.
        """
        shape = ((0.45, 0.30, 0.17), (0.37, 1.0, 0.42), (0.18, 2.3, 0.85))
        parts = [
            ((1 - OUTLIER) * w * share, side * m * mean, s * mean)
            for share, mean in ((0.75, step), (0.25, wide))
            for w, m, s in shape
        ]
        return cls._of(parts, OUTLIER, 2 * wide)

    @classmethod
    def _of(cls, parts: list[tuple[float, float, float]], outlier: float, least: float) -> Noise:
        """Weight, mean and spread of each component, and of a fact that is wrong by no less than ``least``."""
        wrong = [(outlier * part, 0.0, max(sd, least)) for part, sd in WRONG]
        weight, mean, sd = zip(*parts, *wrong, strict=True)
        return cls(weight, mean, sd)


@dataclass(frozen=True)
class Observation:
    """A contrast of logs with the value that a fact gives it.

    Parameters
    ----------
    statement : Statement
        Where it comes from.
    numerator, denominator : ndarray
        Weights over months, a stock's start being the last entry; the denominator may be all zero.
    constant : float
        Added to the denominator.
    value : float
        What the contrast of logs is said to be.
    noise : Noise
        How the truth may lie about that value.
    """

    statement: Statement
    numerator: Array
    denominator: Array
    constant: float
    value: float
    noise: Noise

    def shown(self, contrast: Array | float) -> Array:
        """The contrast in the unit in which the fact is printed."""
        ratio = np.exp(np.asarray(contrast, dtype=float))
        scale = {
            "yoy_growth_percent": 100 * (ratio - 1),
            "share_percent": 100 * ratio,
            "per_day": ratio / self.statement.period.days,
        }
        if self.statement.quantity == "yoy_difference":
            return np.asarray(self.statement.value * ratio)
        return np.asarray(scale.get(self.statement.quantity, ratio))


def flow_weights(period: Period, first_year: int, months: int) -> Array:
    """Share of each month that a period covers.

    Parameters
    ----------
    period : Period
        Any days.
    first_year, months : int
        The grid: months from January of that year on.

    Returns
    -------
    ndarray, shape (months + 1,)
        The last entry, of a stock's start, is 0.

    Examples
    --------
    >>> from forecasting.periods import span
    >>> flow_weights(span("2023-01-01", "2023-02-14"), 2023, 12)[:3]
    array([1. , 0.5, 0. ])
    """
    weights = np.zeros(months + 1)
    for one in period.months():
        index = (one.start.year - first_year) * 12 + one.start.month - 1
        if 0 <= index < months:
            weights[index] = one.overlap(period) / one.days
    return weights


def _stock_weights(period: Period, first_year: int, months: int) -> Array:
    """Share of each month's flow, and of what stood before, that is still on the road at the period's end."""
    weights = np.zeros(months + 1)
    until = (period.end.year - first_year) * 12 + period.end.month - 1
    part = period.end.day / next(iter(Period(period.end, period.end).months())).days
    index = np.arange(min(until + 1, months))
    weights[: len(index)] = (1 - SCRAPPAGE) ** ((until - index) / 12)
    if 0 <= until < months:
        weights[until] *= part
    weights[months] = (1 - SCRAPPAGE) ** (max(until, 0) / 12)
    return weights


def stock_ages(period: Period, first_year: int, months: int) -> Array:
    """Years that each month's flow, and what stood at the start (last entry), has spent on the register by the end.

    >>> from forecasting.periods import span
    >>> stock_ages(span("2023-12-31", "2023-12-31"), 2022, 24)[[0, 12, 23, 24]].round(2)
    array([1.92, 0.92, 0.  , 1.92])
    """
    until = (period.end.year - first_year) * 12 + period.end.month - 1
    ages = np.maximum(until - np.arange(months + 1), 0) / 12
    ages[months] = max(until, 0) / 12
    return ages


def _relative_rounding(statement: Statement, of: float) -> float:
    half = statement.rounding
    if math.isnan(half):
        if not statement.counted:
            return 0.0
        half = 0.5 if float(statement.value).is_integer() else 0.05
    return half / max(abs(of), 1e-9)


def _last_step(value: float) -> float:
    """One step of the last digit that is not zero: 35,000 steps by 1,000."""
    size = 0
    while value >= 10 and math.isclose(value % 10, 0.0, abs_tol=1e-9):
        value, size = value / 10, size + 1
    return float(10**size)


def _exact(statement: Statement, of: float) -> Noise:
    """A printed number: its digits, counting noise, the agency's own revisions."""
    rough = 0.03 if statement.kind == "estimate" or statement.relation == "about" else 0.0
    counting = 1 / (of + 0.5) if statement.counted else 0.0
    rounding = _relative_rounding(statement, of)
    sd = math.sqrt(FIT**2 + counting + rounding**2 / 3 + rough**2 + (STOCK_FIT**2 if statement.stock else 0.0))
    return Noise.exact(rounding if statement.kind == "judgement" else sd)


def _bound(statement: Statement) -> Noise:
    """More than a round number, less than it: near the number rather than far."""
    value = abs(statement.value)
    leading = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return Noise.beyond(
        math.log1p(_last_step(value) / value), math.log1p(leading / value), ONE_SIDED[statement.relation]
    )


def _size(statement: Statement, first_year: int, months: int) -> Array:
    weigh = _stock_weights if statement.stock else flow_weights
    return weigh(statement.period, first_year, months)


def _total(s: Statement, first_year: int, months: int) -> Observation:
    nothing = np.zeros(months + 1)
    if s.value == 0:  # none was counted: less than one
        return Observation(s, _size(s, first_year, months), nothing, 1.0, math.log(0.5), Noise.exact(0.8))
    noise = _bound(s) if s.relation in ONE_SIDED else _exact(s, s.value)
    return Observation(s, _size(s, first_year, months), nothing, 1.0, math.log(s.value), noise)


def _growth(s: Statement, first_year: int, months: int) -> Observation:
    """Up n % on the year is a factor of 1 + n/100 on a base that may have been revised since."""
    factor = 1 + s.value / 100
    before = replace(s, period=s.period.year_before())
    rounding = _relative_rounding(s, 100 * factor)
    sd = math.sqrt(FIT**2 + rounding**2 / 3 + (STOCK_FIT**2 if s.stock else 0.0))
    noise = (
        Noise.beyond(math.log1p(0.02), 0.2, ONE_SIDED[s.relation]) if s.relation in ONE_SIDED else Noise.exact(sd, 0.05)
    )
    return Observation(s, _size(s, first_year, months), _size(before, first_year, months), 0.0, math.log(factor), noise)


def _difference(s: Statement, first_year: int, months: int) -> Observation:
    """Up by so many on the same dates a year before; down by so many is the year before up by as many."""
    size, before = _size(s, first_year, months), _size(replace(s, period=s.period.year_before()), first_year, months)
    if s.value >= 0:
        return Observation(s, size, before, s.value, 0.0, Noise.exact(1.5 * FIT, 0.05))
    return Observation(s, before, size, -s.value, 0.0, Noise.exact(1.5 * FIT, 0.05))


def _share(s: Statement, first_year: int, months: int) -> Observation:
    """A part of the same flow's total over another period."""
    assert s.other is not None
    base = replace(s, period=s.other)
    sd = math.sqrt(FIT**2 + _relative_rounding(s, s.value) ** 2 / 3)
    noise = Noise.beyond(0.05, 0.3, ONE_SIDED[s.relation]) if s.relation in ONE_SIDED else Noise.exact(sd)
    return Observation(
        s, _size(s, first_year, months), _size(base, first_year, months), 0.0, math.log(s.value / 100), noise
    )


def _per_day(s: Statement, first_year: int, months: int) -> Observation:
    total = replace(s, value=s.value * s.period.days, rounding=s.rounding * s.period.days)
    noise = _bound(s) if s.relation in ONE_SIDED else Noise.exact(max(0.05, _relative_rounding(total, total.value)))
    return Observation(s, _size(s, first_year, months), np.zeros(months + 1), 1.0, math.log(total.value), noise)


def _compared(s: Statement, first_year: int, months: int) -> Observation:
    """More than another period's total, that may never have been printed."""
    assert s.other is not None
    base = replace(s, period=s.other)
    noise = Noise.beyond(0.2, 0.8, ONE_SIDED[s.relation]) if s.relation in ONE_SIDED else Noise.exact(0.02)
    return Observation(s, _size(s, first_year, months), _size(base, first_year, months), 0.0, 0.0, noise)


_READ: dict[str, Callable[[Statement, int, int], Observation]] = {
    "total": _total,
    "stock": _total,
    "yoy_growth_percent": _growth,
    "yoy_difference": _difference,
    "share_percent": _share,
    "per_day": _per_day,
}


def observe(statement: Statement, first_year: int, months: int) -> Observation:
    """The contrast of logs that a statement speaks of, with its value and noise.

    Parameters
    ----------
    statement : Statement
        The fact.
    first_year, months : int
        The grid of months.

    Examples
    --------
    >>> from forecasting.periods import span
    >>> grown = Statement("a", "yoy_growth_percent", "equals", span("2023-01-01", "2023-05-31"), 410.4)
    >>> round(float(np.exp(observe(grown, 2022, 24).value)), 3)
    5.104
    """
    if statement.other is not None and math.isnan(statement.value):
        return _compared(statement, first_year, months)
    return _READ[statement.quantity](statement, first_year, months)
