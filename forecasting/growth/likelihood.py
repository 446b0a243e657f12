"""What each kind of fact says about a monthly flow: one short function per quantity and per
relation.

Every fact becomes a contrast of logs, ``log(numerator . flow) - log(denominator . flow +
constant)``, observed with noise. The noise is a mixture of normals: an exact total is narrow, a
bound lies on one side of its number, and each of them may be wrong. Weights are shares of months,
so that a fact of any period can be read.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from forecasting.evidence.fact import Fact
from forecasting.periods import Period
from forecasting.quantities import OUTLIER

__all__ = [
    "SCRAPPAGE_SD",
    "Noise",
    "Observation",
    "flow_weights",
    "observe",
    "stock_ages",
]

Array = NDArray[np.float64]

NO_DATA = 0.1  # and a zero may be what nobody counted, or a month between two shipments; judgement
# And then by half, or a slipped digit or unit: part of those cases, spread
WRONG = ((0.75, 0.5), (0.25, 2.5))
WRONG_BOUND = ((0.02, 0.5), (0.001, 2.5))
# A bound leaves everything open up to here; its density there, in logs
FARTHEST, LEFT_OPEN = 40.0, 1.5
# Factor between the normals that are laid side by side for that, and their relative spread
GROWING, NARROW = 1.4, 0.2
# Share of a register that leaves it in a year; judgement, 0.01 to 0.08
SCRAPPAGE, SCRAPPAGE_SD = 0.04, 0.02
# Mean log distance of a bound from what it bounds, where nothing else tells: 35,000 of 43,000
NEAR = 0.2
EDGE = 0.02  # how sharp a bound is: printed bounds are rounded and revised
ROUGH = 0.03  # what an estimate, or a number that is "about" so many, is less exact by
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
        return cls._of(
            [(1 - outlier, 0.0, sd)], [(outlier * part, max(wide, 3 * sd)) for part, wide in WRONG]
        )

    @classmethod
    def beyond(cls, edge: float, side: int) -> Noise:
        """What a bound leaves: anything beyond it alike, little on its other side, in logs.

        Normals whose means and spreads grow by one factor, weighted by their means, are flat beyond
        the first of them: a bound that is far from the truth pulls nothing towards it, and a higher
        one never lowers what is expected. A bound that is wrong says nothing, so that no total is
        doubted for its sake.
        """
        means = edge * GROWING ** np.arange(
            1 + math.ceil(math.log(FARTHEST / edge) / math.log(GROWING))
        )
        height = (1 - OUTLIER) * LEFT_OPEN * math.log(GROWING)
        parts = [(height * m, side * (m - 0.8 * edge), NARROW * m) for m in means.tolist()]
        return cls._of(parts, WRONG_BOUND)

    def denser(self, density: float) -> Noise:
        """The same bound with at least such a density beyond it, in logs: one that leaves open no
        more than a range.
        """
        right = max(density / LEFT_OPEN, 1.0)
        times = [right] * (len(self.weight) - len(WRONG_BOUND)) + [1.0] * len(WRONG_BOUND)
        return replace(self, weight=tuple(w * t for w, t in zip(self.weight, times, strict=True)))

    @classmethod
    def near(cls, side: int) -> Noise:
        """What a bound leaves that alone tells the level: about an exponential, as it was printed
        for being near.

        Three normals that start at zero stand for it, two wide ones for a bound that was not near
        after all.
        """
        shape = (
            (0.44, 0.30, 0.17),
            (0.36, 1.0, 0.42),
            (0.17, 2.3, 0.85),
            (0.02, 10, 6),
            (0.01, 25, 13),
        )
        parts = [((1 - OUTLIER) * share, side * m * NEAR, sd * NEAR) for share, m, sd in shape]
        return cls._of(parts, WRONG_BOUND)

    @classmethod
    def _of(
        cls, parts: Sequence[tuple[float, float, float]], wrong: Sequence[tuple[float, float]]
    ) -> Noise:
        """Weight, mean and spread of each component; weight and spread of those of a fact that is
        wrong.
        """
        weight, mean, sd = zip(*parts, *((part, 0.0, wide) for part, wide in wrong), strict=True)
        return cls(weight, mean, sd)


@dataclass(frozen=True)
class Observation:
    """A contrast of logs with the value that a fact gives it.

    Parameters
    ----------
    fact : Fact
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

    fact: Fact
    numerator: Array
    denominator: Array
    constant: float
    value: float
    noise: Noise

    @property
    def side(self) -> int:
        """On which side of its value a bound leaves the contrast: 1 above, -1 below; 0 of what is
        no bound.
        """
        # The contrast is of the year before
        down = self.fact.declared.added and self.fact.value < 0
        return self.fact.side * (-1 if down else 1)

    @property
    def of_base(self) -> bool:
        """Whether it is a number that is added to a base: a difference, or a stock that stood
        before the start.
        """
        added = self.fact.declared.added
        return added or (self.fact.is_count and bool(self.denominator.any()))

    def beyond(self, contrast: float) -> float:
        """How far the value lies from a contrast: of a bound only where the contrast would break
        it.
        """
        left = self.value - contrast
        return left if self.side * left >= 0 else 0.0

    def shown(self, contrast: Array | float, base: float = 0.0) -> Array:
        """The contrast in the unit in which the fact is printed, told from a base where it is of
        one.
        """
        ratio = np.exp(np.asarray(contrast, dtype=float))
        if self.of_base:
            more = (base + self.constant) * ratio - base
            told = np.asarray(more * (self.fact.value / self.constant if self.constant else 1.0))
            return np.maximum(told, 0.0) if self.fact.is_count else told
        return np.asarray(self.fact.declared.value_of(ratio, self.fact.period.days))


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


def _gathered_weights(
    period: Period, first_year: int, months: int, stood: int, kept: float
) -> Array:
    """Share of each month's flow, and of what stood before, that is still counted at the period's
    end.
    """
    since = (stood - first_year) * 12
    until = (period.end.year - first_year) * 12 + period.end.month - 1
    weights = kept ** stock_ages(period, first_year, months, stood)
    weights[: max(since, 0)] = weights[until + 1 : months] = 0.0
    if since <= until < months:
        weights[until] *= period.end.day / next(iter(Period(period.end, period.end).months())).days
    return np.asarray(weights)


def stock_ages(period: Period, first_year: int, months: int, stood: int) -> Array:
    """Years on the register by the end, of each month's flow and of what stood when a year began
    (last entry).

    >>> from forecasting.periods import span
    >>> stock_ages(span("2023-12-31", "2023-12-31"), 2022, 24, 2022)[[0, 12, 23, 24]].round(2)
    array([1.92, 0.92, 0.  , 1.92])
    """
    until = (period.end.year - first_year) * 12 + period.end.month - 1
    ages = np.maximum(until - np.arange(months + 1), 0) / 12
    ages[months] = max(until - (stood - first_year) * 12, 0) / 12
    return np.asarray(ages)


def _noise(fact: Fact, ratio: float, counted: bool, upwards: bool = True) -> Noise:
    """How the truth may lie about a printed number, or beyond a bound as sharp as a total of it.

    A number has its digits, counting noise, and the agency's own revisions. Where the unit is not
    single things, digits and counting say nothing.
    """
    spread = fact.declared.spread
    counts = 1 / (ratio + 0.5) if fact.is_count and counted else 0.0
    register = STOCK_FIT**2 if fact.stock else 0.0
    if fact.side:
        edge = math.sqrt(EDGE**2 + counts + register)
        return Noise.beyond(edge, fact.side if upwards else -fact.side)
    size = 100 * ratio if fact.declared.is_percent else fact.value
    digits = fact.rounding / max(abs(size), 1e-9) if counted else 0.0
    if spread.coarse:
        return Noise.exact(max(digits, spread.fit), spread.outlier)
    about = fact.is_count and (fact.kind == "estimate" or fact.relation == "about")
    rough = ROUGH if about else 0.0
    last = digits if spread.digits else 0.0
    sd = math.sqrt(spread.fit**2 + counts + last**2 / 3 + rough**2 + register)
    if fact.is_count and fact.kind == "judgement":
        sd = max(digits, sd)
    return Noise.exact(sd, spread.outlier)


def observe(
    fact: Fact, first_year: int, months: int, counted: bool = True, stood: int | None = None
) -> Observation:
    """The contrast of logs that a fact speaks of, with its value and noise.

    Parameters
    ----------
    fact : Fact
        One that `usable_facts` found.
    first_year, months : int
        The grid of months.
    counted : bool
        Whether the unit is single things. Numbers in anybody's unit have no counting noise and no
        digits of their own.
    stood : int, optional
        Year at whose beginning stood what a stock starts from: by default the first.

    Examples
    --------
    >>> grown = Fact(id="a", measure="ev_export_value_index", place="CN-XJ", relation="equals", value=410.4,
    ...              quantity="yoy_growth_percent", period_start="2023-01-01", period_end="2023-05-31")
    >>> round(float(np.exp(observe(grown, 2022, 24).value)), 3)
    5.104
    """
    before = fact.other or fact.period.year_before()
    stood = first_year if stood is None else stood
    kept = 1 - SCRAPPAGE if fact.stock else 1.0
    early = fact.accumulates and fact.period.end.year < stood
    if early and fact.is_count and fact.value > 0:
        return _stock_before(fact, first_year, months, stood, counted, kept)
    weights = flow_weights
    if fact.accumulates:
        weights = partial(_gathered_weights, stood=stood, kept=kept)
    size, base = (weights(period, first_year, months) for period in (fact.period, before))
    if math.isnan(fact.value):  # more than another period's total, that may never have been printed
        noise = Noise.beyond(EDGE, fact.side) if fact.side else Noise.exact(0.02)
        return Observation(fact, size, base, 0.0, 0.0, noise)
    contrast = fact.declared.contrast(fact.value, fact.period.days)
    sums = {"period": size, "before": base, None: np.zeros_like(size)}
    top, bottom = sums[contrast.numerator], sums[contrast.denominator]
    if contrast.ratio == 0:  # none was counted: less than one
        return Observation(fact, top, bottom, 1.0, math.log(0.5), Noise.exact(0.8, NO_DATA))
    noise = _noise(fact, contrast.ratio, counted, upwards=contrast.numerator == "period")
    return Observation(fact, top, bottom, contrast.constant, math.log(contrast.ratio), noise)


def _stock_before(
    fact: Fact, first_year: int, months: int, stood: int, counted: bool, kept: float
) -> Observation:
    """What stood when a year began is what is left of an earlier stock and of the flows since."""
    stands = np.zeros(months + 1)
    stands[months] = 1.0
    begin = Period(dt.date(stood - 1, 12, 31), dt.date(stood - 1, 12, 31))
    since = Period(fact.period.end, begin.end)
    left = float(kept ** (since.days / 365))
    ages = stock_ages(begin, first_year, months, stood)
    flows = flow_weights(since, first_year, months) * kept**ages
    noise = _noise(fact, fact.value, counted)
    return Observation(fact, stands, flows, fact.value * left, 0.0, noise)
