"""What a fact says about a monthly flow: a contrast of logs, observed with noise. A fact is
prepared here once; what comes after asks the observation.

Every fact is ``log(numerator . flow) - log(denominator . flow + constant)``, near a value. The
noise is a mixture of normals: a number is narrow, a bound lies on one side of its number, and each
of them may be wrong. Weights are shares of months, so that a fact of any period can be read.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from forecasting.evidence.fact import Fact
from forecasting.growth.mixtures import Mixtures
from forecasting.vocabulary.periods import Period, month_number
from forecasting.vocabulary.quantiles import Array
from forecasting.vocabulary.quantities import FIT, OUTLIER

ESTIMATE_SD = 0.03  # extra log standard deviation of an estimate, or of "about" so many
STOCK_FIT = 0.03  # registers are cleaned and vehicles re-exported between two counts
# Probability that a zero means that nobody counted, or that no ship came that month; judgement
NO_DATA = 0.1
# A total of 0 is read as about half a vehicle
ZERO = 0.5
ZERO_SD = 0.8
# A wrong fact is off by about half, or has a slipped digit or unit: part of the wrong facts, and
# log standard deviation
WRONG = ((0.75, 0.5), (0.25, 2.5))
# The same of bounds, as parts of all bounds: they are printed to be on the safe side
WRONG_BOUND = ((0.004, 0.5), (0.0002, 2.5))
# Share of a register that leaves it in a year; judgement, 0.01 to 0.08
SCRAPPAGE = 0.04
SCRAPPAGE_SD = 0.02
# Density of the truth beyond a bound, by distance in steps of the leading digit: SLACK within one
# step, then the distance to the power -FARTHER. It is a mixture of normals whose means, STEPPED,
# double from a tenth of a step on
STEPPED = 0.1 * 2.0 ** np.arange(12)
SLACK = 6.0
FARTHER = 0.6
STEPPED_SD = 0.3  # relative to the mean
# The truth may lie a little on the wrong side, in logs: printed bounds are rounded and revised
BOUND_EDGE = 0.02
BOUND_EDGE_WEIGHT = 0.1
COMPARISON_STEP = 0.3  # the step, in logs, of a bound that is another period's number
PARTNER_STEP = 1.0  # the step, in logs, of a bound that is one partner's part of the whole


def noise_of_number(sd: float, outlier: float = OUTLIER) -> Mixtures:
    """Where the truth lies, less a printed number, in logs: near, or far where the fact is wrong.

    >>> noise_of_number(0.01).sd.tolist()
    [[0.01, 0.5, 2.5]]
    """
    wrong = [(outlier * part, 0.0, max(wide, 3 * sd)) for part, wide in WRONG]
    return Mixtures.from_parts([(1 - outlier, 0.0, sd), *wrong])


def noise_of_bound(step: float, side: int) -> Mixtures:
    """Where the truth lies beyond a bound, in logs: mostly near, as bounds are rounded numbers.

    The density falls with the distance in steps of the leading digit, ever more slowly, so that a
    bound far from the truth moves nothing.

    >>> weight = noise_of_bound(0.1, side=1).weight[0]
    >>> bool(weight[-len(WRONG) :].sum() < 0.01 < BOUND_EDGE_WEIGHT == weight[0])
    True
    """
    height = np.where(STEPPED < 1, SLACK, STEPPED**-FARTHER)
    weight = (1 - OUTLIER) * height * STEPPED / (height * STEPPED)[STEPPED < 1].sum()
    parts = [
        (w, side * m * step, STEPPED_SD * m * step)
        for w, m in zip(weight.tolist(), STEPPED.tolist(), strict=True)
    ]
    edge = (BOUND_EDGE_WEIGHT, side * BOUND_EDGE, BOUND_EDGE)
    return Mixtures.from_parts([edge, *parts, *((part, 0.0, wide) for part, wide in WRONG_BOUND)])


@dataclass(frozen=True)
class Observation:
    """A contrast of logs with the value that a fact gives it.

    Parameters
    ----------
    fact : Fact
        Where it comes from.
    numerator, denominator : ndarray, shape (months,)
        Weights over months; the denominator may be all zero. Of a share of the market it weighs
        all new vehicles of the months.
    constant : float
        Added to the denominator.
    value : float
        What the fact says the contrast of logs is.
    noise : Mixtures
        How the truth may lie about that value, a single row; the last components are those of a
        fact that is wrong.
    ages : ndarray, shape (months,)
        Years that what came in each month has been on the register; all zero but for a stock.
    """

    fact: Fact
    numerator: Array
    denominator: Array
    constant: float
    value: float
    noise: Mixtures
    ages: Array

    @property
    def basis(self) -> str:
        """Whose definition counts it."""
        return self.fact.basis

    @property
    def of_market(self) -> bool:
        """Whether it is a share of all new vehicles."""
        return self.fact.declared.of_market

    @property
    def offset_year(self) -> int | None:
        """Of a stock or a running total, the year whose offset of the agency holds for all of it;
        None of a flow, each year of which has its own.
        """
        return self.fact.period.end.year if self.fact.accumulates else None

    @property
    def side(self) -> int:
        """On which side of its value a bound leaves the contrast: 1 above, -1 below, 0 if none."""
        # The contrast of a fall has the year before as its numerator, which turns a bound round
        is_fall = self.fact.declared.added and self.fact.value < 0
        return -self.fact.side if is_fall else self.fact.side

    def residual(self, contrast: float) -> float:
        """How far the value lies from a contrast: of a bound only where it would be broken."""
        residual = self.value - contrast
        return residual if self.side * residual >= 0 else 0.0

    def in_print_unit(self, contrast: Array | float, base: float = 0.0) -> Array:
        """The contrast in the unit in which the fact is printed; a difference from its base."""
        ratio = np.exp(np.asarray(contrast, dtype=float))
        if self.fact.declared.added:
            increase = (base + self.constant) * ratio - base
            return np.asarray(increase * math.copysign(1.0, self.fact.value))
        return self.fact.declared.value_of(ratio, self.fact.period.days)


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
    ndarray, shape (months,)

    Examples
    --------
    >>> from forecasting.vocabulary.periods import span
    >>> flow_weights(span("2023-01-01", "2023-02-14"), 2023, 12)[:3]
    array([1. , 0.5, 0. ])
    """
    weights = np.zeros(months)
    for month in period.months():
        index = month_number(month.start) - 12 * first_year
        if 0 <= index < months:
            weights[index] = month.overlap(period) / month.days
    return weights


def stock_ages(period: Period, first_year: int, months: int) -> Array:
    """Years on the register by the end of a period, of each month's flow.

    >>> from forecasting.vocabulary.periods import span
    >>> stock_ages(span("2023-12-31", "2023-12-31"), 2022, 24)[[0, 12, 23]].round(2)
    array([1.92, 0.92, 0.  ])
    """
    until = month_number(period.end) - 12 * first_year
    return np.maximum(until - np.arange(months), 0) / 12


def _stock_weights(fact: Fact, period: Period, first_year: int, months: int) -> Array:
    """Share of each month's flow that is still counted at the period's end."""
    until = month_number(period.end) - 12 * first_year
    survival = 1 - SCRAPPAGE if fact.stock else 1.0
    weights = survival ** stock_ages(period, first_year, months)
    weights[until + 1 :] = 0.0
    if 0 <= until < months:
        weights[until] *= period.end.day / next(iter(Period(period.end, period.end).months())).days
    return weights


def _noise(fact: Fact, ratio: float, discrete: bool, upwards: bool) -> Mixtures:
    """How the truth may lie about a printed number, or beyond a bound."""
    if fact.side:
        return noise_of_bound(_step(fact, ratio), fact.side if upwards else -fact.side)
    spread = fact.declared.spread
    digits = _digits_left_out(fact, ratio) if discrete else 0.0
    if spread.coarse:
        return noise_of_number(max(digits, spread.fit), spread.outlier)
    variance = spread.fit**2
    if spread.digits:
        variance += digits**2 / 3
    if fact.is_count and (fact.kind == "estimate" or fact.relation == "about"):
        variance += ESTIMATE_SD**2
    if fact.stock:
        variance += STOCK_FIT**2
    sd = math.sqrt(variance)
    if fact.is_count and fact.kind == "judgement":
        sd = max(digits, sd)
    return noise_of_number(sd, spread.outlier)


def _printed_size(fact: Fact, ratio: float) -> float:
    """The number whose digits are printed: of a growth the whole that it makes."""
    return 100 * ratio if fact.declared.is_percent else max(abs(fact.value), 1e-9)


def _step(fact: Fact, ratio: float) -> float:
    """A step of a bound's leading digit, in logs; wide where one partner's part is the bound, as it
    may be any part of the whole.
    """
    if not fact.of_world:
        return PARTNER_STEP
    size = _printed_size(fact, ratio)
    return math.log1p(10.0 ** math.floor(math.log10(size) + 1e-9) / size)


def _digits_left_out(fact: Fact, ratio: float) -> float:
    """Half-width of the printed digits, relative; a count printed to the unit has none left out."""
    if fact.is_count and fact.rounding == 0.5 and fact.value.is_integer():
        return 0.0
    return fact.rounding / _printed_size(fact, ratio)


def observe(fact: Fact, first_year: int, months: int, discrete: bool = True) -> Observation:
    """The contrast of logs that a fact speaks of, with its value and noise.

    Parameters
    ----------
    fact : Fact
        One that `usable_facts` found.
    first_year, months : int
        The grid of months.
    discrete : bool
        Whether the unit is single things; in any other unit the digits left out say nothing.

    Examples
    --------
    >>> grown = Fact(id="a", measure="ev_export_value_index", place="CN-XJ", relation="equals",
    ...              value=410.4, quantity="yoy_growth_percent", period_start="2023-01-01",
    ...              period_end="2023-05-31")
    >>> round(float(np.exp(observe(grown, 2022, 24).value)), 3)
    5.104
    """
    base_period = fact.reference_period or fact.period.year_before()
    if fact.accumulates:
        weights = _stock_weights(fact, fact.period, first_year, months)
        base_weights = _stock_weights(fact, base_period, first_year, months)
    else:
        weights = flow_weights(fact.period, first_year, months)
        base_weights = flow_weights(base_period, first_year, months)
    ages = stock_ages(fact.period, first_year, months) if fact.stock else np.zeros(months)
    if math.isnan(fact.value):  # a comparison with a period whose total need not be printed
        noise = noise_of_bound(COMPARISON_STEP, fact.side) if fact.side else noise_of_number(0.02)
        return Observation(fact, weights, base_weights, 0.0, 0.0, noise, ages)
    contrast = fact.declared.contrast(fact.value, fact.period.days)
    sums = {
        "period": weights,
        "before": base_weights,
        "market": weights,
        None: np.zeros_like(weights),
    }
    top = sums[contrast.numerator]
    bottom = sums[contrast.denominator]
    if contrast.ratio == 0:  # none was counted
        noise = noise_of_number(ZERO_SD, NO_DATA)
        return Observation(fact, top, bottom, 1.0, math.log(ZERO), noise, ages)
    noise = _noise(fact, contrast.ratio, discrete, upwards=contrast.numerator == "period")
    return Observation(fact, top, bottom, contrast.constant, math.log(contrast.ratio), noise, ages)


def with_prints(observations: Sequence[Observation]) -> tuple[Observation, ...]:
    """The same, where numbers that are one measurement weigh as much as one of them.

    Two numbers of one agency that differ by no more than a revision are one measurement, printed
    twice. Together they say no more than one of them, except that neither is a slip.

    Parameters
    ----------
    observations : sequence of Observation
        In any order.
    """
    by_statement: dict[tuple[object, ...], list[Observation]] = defaultdict(list)
    for o in observations:
        by_statement[_statement(o.fact)].append(o)
    return tuple(_as_one_print(o, by_statement[_statement(o.fact)]) for o in observations)


def _statement(fact: Fact) -> tuple[object, ...]:
    """What a fact gives a number of, and who gives it."""
    return fact.basis, fact.partner, fact.quantity, fact.side, fact.period, fact.reference_period


def _as_one_print(o: Observation, statements: Sequence[Observation]) -> Observation:
    """An observation with wider noise, so that all prints of its number are as exact as one."""
    prints = [other for other in statements if abs(other.value - o.value) <= FIT]
    if o.side or len(prints) == 1:
        return o
    sd = o.noise.sd.copy()
    sd[:, 0] *= math.sqrt(len(prints))
    return replace(o, noise=replace(o.noise, sd=sd))
