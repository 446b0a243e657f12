"""The seasons of registrations, from the months of other markets: the pattern within a year, and
how much markets, years and months differ.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax

from forecasting.growth.prior import POSITION, Kinds, WithinYear, correlation_of_months
from forecasting.vocabulary.quantiles import Array

PRIOR_YEARS = 6  # weight of the default pattern, in years
PRIOR_MARKETS = 20  # weight of the default shares of kinds, in markets
INDEPENDENT_PART = 0.6  # of the months: their noise is correlated, so that each counts less
MIN_SLOPE_SD = 0.05
MAX_NOISE_AR = 0.9
SEASON_ROUNDS = 30


def _complete_years(months: pd.DataFrame) -> pd.DataFrame:
    """Twelve counts by market and year, for years without a gap or a zero."""
    text = months["month"].astype(str)
    table = months.assign(year=text.str[:4].astype(int), k=text.str[5:7].astype(int))
    wide = table.pivot_table(values="registrations", index=["market", "year"], columns="k")
    wide = wide.reindex(columns=range(1, 13))
    return wide[(wide > 0).all(axis=1)]


def estimate_within_year(months: pd.DataFrame) -> WithinYear:
    """Learn the within-year pattern from monthly counts of other markets.

    Parameters
    ----------
    months : DataFrame
        Columns market, month (``YYYY-MM``), registrations. Years with a missing month or a zero are
        left out.

    Returns
    -------
    WithinYear
        Least squares for pattern and slopes, shrunk towards the default where few years are seen;
        spreads from the residuals, with a market's lasting part apart from the noise.

    Examples
    --------
    >>> months = [f"{y}-{k:02d}" for y in (2020, 2021, 2022) for k in range(1, 13)]
    >>> flat = pd.DataFrame({"market": "A", "month": months, "registrations": 100.0})
    >>> round(estimate_within_year(flat).noise_sd, 2) < WithinYear().noise_sd
    True
    """
    default = WithinYear()
    years = _complete_years(months)
    if years.empty:
        return default
    counts = years.to_numpy(dtype=float)
    shape = np.log(counts / counts.mean(axis=1, keepdims=True))
    totals = np.log(years.sum(axis=1)).unstack("market")
    change = totals.reindex(range(totals.index.min(), totals.index.max() + 1)).diff()
    growths = [part.unstack().reindex(years.index) for part in (change, change.shift(-1))]
    growth = np.column_stack(growths)
    market = years.index.get_level_values("market").to_numpy(dtype=str)
    centred = shape - shape.mean(axis=1, keepdims=True)
    slopes = _tilt(centred)
    beta, slope_spread = _slopes(slopes, growth, default)
    result = _Markets(centred - np.outer(slopes, POSITION), market, default)
    for _ in range(SEASON_ROUNDS):
        result.update()
    pattern = result.pattern + beta[2] * POSITION
    pattern = pattern - np.log(np.mean(np.exp(pattern)))
    noise_sd = result.noise_sd
    noise_ar = result.noise_ar()
    # Noise variance of an average market over that of a usual one
    noise_ratio = result.noise.sum(axis=0) @ _times(default.steadiness) / result.noise.sum()
    variance = float(slope_spread**2 / noise_ratio - _slope_of_noise(noise_sd, noise_ar))
    slope_sd = float(np.sqrt(max(variance, MIN_SLOPE_SD**2)))
    return WithinYear(
        pattern=tuple(pattern.tolist()),
        pattern_sd=result.pattern_sd,
        own_seasons=result.kinds(default.own_seasons, result.season),
        steadiness=result.kinds(default.steadiness, result.noise),
        slope_on_growth=float(beta[0]),
        slope_on_next=float(beta[1]),
        slope_sd=slope_sd,
        noise_sd=noise_sd,
        noise_ar=noise_ar,
        source=f"estimated on {len(shape)} complete years of {len(result.names)} markets",
    )


def _level(within_year: WithinYear) -> Array:
    """A pattern about its own mean."""
    return np.subtract(within_year.pattern, np.mean(within_year.pattern))


def _tilt(shape: Array) -> Array:
    """Slope within the year of one shape, or of many."""
    return shape @ POSITION / (POSITION @ POSITION)


def _slopes(slopes: Array, growth: Array, default: WithinYear) -> tuple[Array, float]:
    """Coefficients of the slope on both growths and a constant, by ridge regression about the
    default; with the spread of the residuals.
    """
    has_growth = np.isfinite(growth).all(axis=1)
    constant = float(_tilt(_level(default)))
    prior = np.array([default.slope_on_growth, default.slope_on_next, constant])
    sd = default.slope_sd
    x = growth[has_growth]
    y = slopes[has_growth]
    design = np.column_stack([x, np.ones(len(x))])
    # What a year's months tell of the next year is believed to be little: where more was let pass,
    # months that were told made the next year's forecast worse than their total did
    penalty = np.diag(sd**2 / np.array([0.25, 0.03, 0.5]) ** 2)
    beta = np.linalg.solve(design.T @ design + penalty, design.T @ y + penalty @ prior)
    residual = y - design @ beta
    return beta, float(np.sqrt((residual @ residual + 4 * sd**2) / (len(y) + 4)))


def _slope_of_noise(noise_sd: float, noise_ar: float) -> float:
    """Variance of the slope of a line through twelve months of noise."""
    correlation = correlation_of_months(noise_ar)
    return float(noise_sd**2 * (POSITION @ correlation @ POSITION) / (POSITION @ POSITION) ** 2)


class _Markets:
    """Common pattern, usual spreads and the kinds of markets, updated in turn
    (expectation-maximisation).

    A market's mean year lies about the pattern with the spread of its kind; its years about their
    mean with its noise.
    """

    def __init__(self, residual: Array, market: NDArray[np.str_], default: WithinYear) -> None:
        self.names, market_index = np.unique(market, return_inverse=True)
        self.market_index = market_index
        self.years = np.bincount(market_index).astype(float)
        self.means = np.array(
            [residual[market_index == i].mean(axis=0) for i in range(len(self.names))]
        )
        self.departures = residual - self.means[market_index]
        self.squares: Array = np.bincount(market_index, (self.departures**2).sum(axis=1)).astype(
            float
        )
        # Degrees of freedom: a year's mean and slope take two of its twelve
        self.freedom: Array = 10 * (self.years - 1)
        self.default = default
        self.prior_pattern = _level(default) - _tilt(_level(default)) * POSITION
        self.pattern = self.prior_pattern
        self.pattern_sd = default.pattern_sd
        self.noise_sd = self._usual_noise(self.squares)
        # Probability of each kind, market by market
        self.season = _prior_probabilities(default.own_seasons, len(self.names))
        self.noise = _prior_probabilities(default.steadiness, len(self.names))

    def update(self) -> None:
        """One round: kinds of markets given spreads and pattern, then those given the kinds."""
        steadiness = _times(self.default.steadiness)
        noise = self.noise_sd**2 * steadiness
        self.noise = self._kinds(
            self.default.steadiness,
            self.noise,
            self.squares,
            INDEPENDENT_PART * self.freedom,
            noise,
            INDEPENDENT_PART,
        )
        self.noise_sd = self._usual_noise(self.squares * (self.noise @ (1 / steadiness)))
        # Variance of a market's mean year by noise alone
        mean_variance = self.noise_sd**2 * (self.noise @ steadiness) / self.years
        distance = ((self.means - self.pattern) ** 2).sum(axis=1)
        spread = self.pattern_sd**2 * _times(self.default.own_seasons)
        variance = spread + mean_variance[:, None]
        self.season = self._kinds(
            self.default.own_seasons, self.season, distance, np.full(len(distance), 10.0), variance
        )
        weight = self.noise_sd**2 * (self.season / variance).sum(axis=1)
        self.pattern = (weight @ self.means + PRIOR_YEARS * self.prior_pattern) / (
            weight.sum() + PRIOR_YEARS
        )
        # Expected square of a market's lasting departure: of its mean, and its variance
        square_of_mean = (spread / variance) ** 2 * distance[:, None] / 10
        square = square_of_mean + spread * mean_variance[:, None] / variance
        usual_square = float((self.season * square / _times(self.default.own_seasons)).sum())
        self.pattern_sd = float(
            np.sqrt((usual_square + 4 * self.default.pattern_sd**2) / (len(distance) + 4))
        )

    def _usual_noise(self, squares: Array) -> float:
        """Spread of the noise of a usual market, from each market's squares scaled to one."""
        return float(
            np.sqrt((squares.sum() + 40 * self.default.noise_sd**2) / (self.freedom.sum() + 40))
        )

    def _kinds(
        self,
        kinds: Kinds,
        probabilities: Array,
        squares: Array,
        freedom: Array,
        variance: Array,
        worth: float = 1.0,
    ) -> Array:
        """Probability of each kind, shape (markets, kinds), from each market's sum of squares, its
        degrees of freedom, and the variance that each kind leads to.

        Squares of months that are correlated are worth less than one each.
        """
        shares = np.array([share for share, _ in self.kinds(kinds, probabilities)])
        log_part = np.log(shares) - 0.5 * (
            worth * squares[:, None] / variance + freedom[:, None] * np.log(variance)
        )
        return np.asarray(softmax(log_part, axis=1))

    def kinds(self, default: Kinds, probabilities: Array) -> Kinds:
        """Shares of the kinds over markets, shrunk towards the default."""
        prior_counts = PRIOR_MARKETS * np.array([share for share, _ in default])
        counts = probabilities.sum(axis=0) + prior_counts
        return tuple(
            (float(n), times) for n, (_, times) in zip(counts / counts.sum(), default, strict=True)
        )

    def noise_ar(self) -> float:
        """Correlation of a month's noise with the month before."""
        pairs = self.departures[:, 1:] * self.departures[:, :-1]
        # Without a year's mean and slope, a correlation rho shows as rho (1 - 4/12) - 2/12
        lag_correlation = pairs.sum() / max((self.departures**2).sum(), 1e-12)
        return float(np.clip((lag_correlation + 2 / 12) / (1 - 4 / 12), 0.0, MAX_NOISE_AR))


def _times(kinds: Kinds) -> Array:
    """By how many times each kind's variance exceeds the usual."""
    return np.array([times**2 for _, times in kinds])


def _prior_probabilities(kinds: Kinds, markets: int) -> Array:
    """Probability of each kind before any month is read, for each market."""
    return np.tile([share for share, _ in kinds], (markets, 1))
