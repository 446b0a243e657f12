"""The regression behind the growth prior: growth on where markets stand, with effects of markets
and of years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.growth.common import COMMON_AR, COMMON_NU, Common
from forecasting.growth.prior import (
    LEVEL_BEFORE,
    MARKET_NU,
    RANGE,
    REFERENCE,
    SHOCK_NU,
    SLOPE_BEFORE,
)

__all__ = ["BY_AGE", "BY_SALES", "BY_SHARE", "STEADY", "GrowthRegression", "fitted"]

Array = NDArray[np.float64]

# Of a year's effect, in the years after the panel: forecasts made there show less of it than its
# own
AHEAD_AR = 0.2
# Of the scale of shocks, so that a panel of calm things is not taken to be stirred as electric cars
# are:
# Spread of years, weighted as six years: policies and crises come to all markets at once
COMMON_BEFORE = 0.9
MARKET_SD_BEFORE = 0.1  # spread of markets' lasting growth, weighted as four markets
STEPS = 30


@dataclass(frozen=True)
class Belief:
    """What is believed before a panel speaks.

    Parameters
    ----------
    level, slope : (float, float)
        Mean and standard deviation, of all markets.
    own_slope : float
        Spread of a market's own slope about that of all, weighted as four markets; 0 where they
        have none.
    persistence, ahead : float
        First-order autocorrelation of the common effects, within the panel and after it.
    """

    level: tuple[float, float]
    slope: tuple[float, float]
    own_slope: float = 0.0
    persistence: float = COMMON_AR
    ahead: float = AHEAD_AR


# A logistic diffusion's growth rate is the coefficient of imitation q, whose mean over 213
# published applications is 0.38 (Sultan, Farley and Lehmann 1990), spread wide enough for the panel
# to speak. The fall of growth with share and its spread were set by leaving whole markets of the
# IEA's panel out: growth from one year to the next shows less of them than forecasts over several
# years do. Sales of things that are old already grow by no coefficient of imitation: without
# shares, less is believed of the level.
BY_SHARE = Belief((LEVEL_BEFORE, 0.10), (SLOPE_BEFORE, 0.02))
STEADY = Belief((LEVEL_BEFORE, 0.15), (SLOPE_BEFORE, 0.02))
BY_SALES = Belief((LEVEL_BEFORE, 0.15), (SLOPE_BEFORE, 0.1), own_slope=0.1)
# By age little is believed, as what is replaced may live for months or for decades; but growth at
# one age is near that at the next, as neighbouring years are not. Set on simulated generations, of
# which some fall into a slow tail.
BY_AGE = Belief((0.0, 1.0), (0.0, 0.5), own_slope=0.05, persistence=0.9, ahead=0.9)


class GrowthRegression:
    """Growth on level, where markets stand, years and markets, with scales that are updated in
    turn.

    Gaussian given scales, the model is a regression with random effects; scales, variances and
    effects are updated in turn (expectation-maximisation; Lange, Little and Taylor 1989 for the
    Student t part).

    Parameters
    ----------
    steps : DataFrame
        Columns market, year, growth and z_before: where the market stood. Of growth by age, the age
        is the year.
    belief : Belief
        Before the panel.

    Attributes
    ----------
    effects, covariance : ndarray
        Level, slope, then effects of years (``years``), of markets (``markets``) and their slopes
        (``slopes``).
    seen : list of int
        The years that have an effect.
    """

    def __init__(self, steps: pd.DataFrame, belief: Belief) -> None:
        self.belief, own_slopes = belief, belief.own_slope > 0
        self.growth = steps["growth"].to_numpy(dtype=float)
        self.share = np.clip(steps["z_before"].to_numpy(dtype=float), *RANGE) - REFERENCE
        names, self.market = np.unique(steps["market"].to_numpy(dtype=str), return_inverse=True)
        seen, of_year = np.unique(steps["year"].to_numpy(dtype=int), return_inverse=True)
        self.seen: list[int] = seen.tolist()  # years between them have no effect to be found
        rows, years, count = np.arange(len(steps)), len(seen), len(names)
        self.design = np.zeros((len(steps), 2 + years + count * (1 + own_slopes)))
        self.design[:, 0], self.design[:, 1] = 1.0, self.share
        self.design[rows, 2 + of_year] = 1.0
        self.design[rows, 2 + years + self.market] = 1.0
        self.years, self.markets = slice(2, 2 + years), slice(2 + years, 2 + years + count)
        self.slopes, self.slope_sd = slice(2 + years + count, None), belief.own_slope
        if own_slopes:
            self.design[rows, 2 + years + count + self.market] = self.share
        kept = belief.persistence ** np.diff(seen)
        # A year's effect less what it inherits
        self.innovation = np.eye(years) - np.diag(kept, k=-1)
        self.inflate = np.r_[1.0, 1 / (1 - kept**2)]
        self.shock, self.shock_slope, self.market_sd, self.common = 0.3, -0.1, 0.07, 0.15
        self.weight, self.scale = np.ones(len(steps)), np.ones(len(names))
        self.common_weight = np.ones(years)

    def solve(self) -> None:
        """Effects and their covariance, given the scales."""
        spread = np.exp(self.shock_slope * self.share)
        precision = self.weight / (self.shock**2 * self.scale[self.market] * spread**2)
        a = (self.design * precision[:, None]).T @ self.design
        b = (self.design * precision[:, None]).T @ self.growth
        for k, (mean, sd) in enumerate((self.belief.level, self.belief.slope)):
            a[k, k] += 1 / sd**2
            b[k] += mean / sd**2
        chained = (self.common_weight * self.inflate / self.common**2)[:, None] * self.innovation
        a[self.years, self.years] += self.innovation.T @ chained
        a[self.markets, self.markets] += np.eye(len(self.scale)) / self.market_sd**2
        if self.slope_sd:
            a[self.slopes, self.slopes] += np.eye(len(self.scale)) / self.slope_sd**2
        self.covariance = np.linalg.inv(a)
        self.effects = self.covariance @ b
        left = (self.growth - self.design @ self.effects) ** 2
        self.square = (
            left + np.einsum("ij,jk,ik->i", self.design, self.covariance, self.design)
        ) / spread**2

    def rescale(self) -> Array:
        """Scales of shocks, markets and years, given the effects; returns the weighted squares."""
        self.weight = (SHOCK_NU + 1) / (
            SHOCK_NU + self.square / (self.shock**2 * self.scale[self.market])
        )
        weighted = self.weight * self.square
        count = len(self.scale)
        squares = np.bincount(self.market, weighted, count) / self.shock**2
        self.scale = (MARKET_NU + squares) / (MARKET_NU + np.bincount(self.market, minlength=count))
        self.shock = float(np.sqrt(np.mean(weighted / self.scale[self.market])))
        moved = self.innovation @ self.effects[self.years]
        moved_cov = self.innovation @ self.covariance[self.years, self.years] @ self.innovation.T
        moved_square = (moved**2 + np.diag(moved_cov)) * self.inflate
        self.common_weight = (COMMON_NU + 1) / (COMMON_NU + moved_square / self.common**2)
        believed = 6 * (COMMON_BEFORE * self.shock) ** 2
        self.common = float(
            np.sqrt((np.sum(self.common_weight * moved_square) + believed) / (len(moved) + 6))
        )
        self.market_sd = self._spread(self.markets, MARKET_SD_BEFORE * self.shock)
        if self.slope_sd:
            self.slope_sd = self._spread(self.slopes, self.belief.own_slope)
        return np.asarray(weighted)

    def _spread(self, effects: slice, before: float) -> float:
        """Of markets' own effects; what was believed before weighs as four markets."""
        own = self.effects[effects] ** 2 + np.diag(self.covariance)[effects]
        return float(np.sqrt((own.sum() + 4 * before**2) / (len(own) + 4)))

    def tilt(self, weighted: Array) -> None:
        """How the scale of shocks falls with share, by a damped step of its likelihood."""
        excess = weighted / (self.shock**2 * self.scale[self.market]) - 1
        step = 0.5 * (excess @ self.share) / (2 * self.share @ self.share + 50)
        self.shock_slope = float(np.clip(self.shock_slope + step, -0.3, 0.05))

    def every_year(self) -> Common:
        """The effects of years; of a year that the panel lacks, what is left of the last one before
        it.
        """
        means = self.effects[self.years].tolist()
        sds = np.sqrt(np.diag(self.covariance[self.years, self.years])).tolist()
        kept = self.belief.persistence
        known = {
            y: Common(y, (m,), (sd,), self.common, kept)
            for y, m, sd in zip(self.seen, means, sds, strict=True)
        }
        of_years, latest = [], known[self.seen[0]]
        for year in range(self.seen[0], self.seen[-1] + 1):
            latest = known.get(year, latest)
            of_years.append(latest.at(year))
        mean, sd = zip(*of_years, strict=True)
        return Common(self.seen[0], mean, sd, self.common, self.belief.ahead)


def fitted(steps: pd.DataFrame, belief: Belief) -> GrowthRegression:
    """Expectation-maximisation for level, slope, effects of markets and years, and all scales.

    Parameters
    ----------
    steps, belief
        As :class:`GrowthRegression` takes them.
    """
    fit = GrowthRegression(steps, belief)
    for step in range(STEPS):
        fit.solve()
        weighted = fit.rescale()
        if step > 3:  # once the rest has settled
            fit.tilt(weighted)
    return fit
