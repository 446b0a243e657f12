"""The classic growth curves on the same facts: the flow climbs an S to a ceiling, with a scatter
about it that lasts.

Coordinates, facts, months and inference are those of :mod:`forecasting.growth.path`; only the
yearly totals differ. New vehicles are bought again and again, so that it is the flow, not what has
been sold since launch, that has a ceiling: a share of the market where its size is known. Two
quantities that mean the same for every curve carry the prior, as in
:mod:`forecasting.curves.definitions`: how much of the ceiling is reached when the facts end, and
the takeover, the years from 10 to 90 % of it. The exponential has no ceiling of its own: it grows
at one rate until it meets the market.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecasting.curves.definitions import LOG_81, Curve, find_curve
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.prior import Prior

__all__ = ["CURVES_ON_FACTS", "CurvePath"]

Array = NDArray[np.float64]

CURVES_ON_FACTS = ("bass", "gompertz", "logistic", "exponential")

# Judgement, wide. Log-odds of the ceiling as a share of the market: 20 to 92 % in the central 80 %.
# Log-odds of the part of the ceiling that is reached when the facts end: 0.4 to 39 %, a market that
# makes news being young. Takeovers of durables take 6 to 28 years in the central 80 % (Bass-type
# fits of consumer durables since 1969 lie within).
CEILING, CEILING_SD = 0.5, 1.5
REACHED, REACHED_SD = -3.0, 2.0
TAKEOVER, TAKEOVER_SD = float(np.log(13.0)), 0.6
# Of a year's flow about the curve (log-odds), as a Student t scale; autocorrelation
SCATTER, LASTING = 0.2, 0.8
FURTHEST = 6.0  # spreads from the prior's centre: beyond it a curve is a step or a straight line
# Log share: the exponential stops short of the whole market, whose log-odds have no end
NEAR_ONE = -1e-6


class CurvePath(LatentPath):
    """The map from coordinates to flows when the yearly totals follow a growth curve.

    Parameters
    ----------
    prior : Prior
        For the within-year pattern, the tails of shocks, the market's size and the spread of bases.
    first_year, last_year : int
        The years of the path.
    facts_end : int
        Last year that facts count.
    start : Start
        For the scale and for stocks.
    curves : sequence of str
        Of ``CURVES_ON_FACTS``: each draw follows one of them.
    sizes : mapping of int to (float, float), optional
        Log size of the market, and how well it is known, in the years that are known: then the
        curve is one of its share, and no draw exceeds it. Without, the scale is the facts' own, and
        units do not matter.
    bases : int
        Number of agencies' offsets.
    drifts : sequence of (int, int)
        Those that drift: number, and year from which.

    Examples
    --------
    >>> path = CurvePath(Prior(), 2018, 2040, 2023, Start(log_size=12.0), ["logistic"], {2023: (12.0, 0.05)})
    >>> log_totals = path.totals(np.zeros((1, path.width)))[1][0]
    >>> bool((np.diff(log_totals) > 0).all()), bool(log_totals.max() < 12.0)
    (True, True)
    """

    def __init__(
        self,
        prior: Prior,
        first_year: int,
        last_year: int,
        facts_end: int,
        start: Start,
        curves: Sequence[str],
        sizes: Mapping[int, tuple[float, float]] | None = None,
        bases: int = 0,
        drifts: Sequence[tuple[int, int]] = (),
    ) -> None:
        if sizes:
            start = replace(start, log_size=next(iter(sizes.values()))[0], log_size_sd=1.0)
        super().__init__(prior, first_year, last_year, start, sizes, bases, drifts, len(curves))
        self.followed, self.sized = [find_curve(curve) for curve in curves], bool(sizes)
        self.last = facts_end - first_year
        year = np.arange(self.years) - self.begins
        walked = (year[:, None] >= year) & (year >= 0) | (year[:, None] <= year) & (year <= 0)
        self.scatter = SCATTER * walked * LASTING ** np.abs(year[:, None] - year)

    def reaching(self, last_year: int) -> LatentPath:
        """The same curves up to a later year."""
        names, facts_end = [curve.name for curve in self.followed], self.first_year + self.last
        years = self.first_year, max(last_year, self.last_year), facts_end
        return CurvePath(self.prior, *years, self.start, names, self.sizes, self.bases, self.drifts)

    def _curve(self, curve: Curve, level: Array, slope: Array) -> Array:
        """Log of the part of the ceiling that each year's flow comes to; shapes (draws, 1) to
        (draws, years).
        """
        level, slope = (np.clip(of, -FURTHEST, FURTHEST) for of in (level, slope))
        reached = 1 / (1 + np.exp(-(REACHED + REACHED_SD * level)))
        takeover = np.exp(TAKEOVER + TAKEOVER_SD * slope)
        year = np.arange(self.years) - self.begins
        # Launched a year before the start: time counts from there
        middle = np.maximum(year, 0) + 1.5
        end = float(middle[self.last])
        if not curve.ceiling:
            climbed = np.minimum(np.log(reached) + LOG_81 / takeover * (middle - end), 0.0)
        else:
            if curve.name == "bass":  # without imitation it climbs at its rate alone, and no slower
                reached = np.minimum(reached, -0.99 * np.expm1(-LOG_81 / takeover * end))
            shape = curve.locate(reached, takeover, np.ones_like(reached), end)
            climbed = np.log(np.maximum(curve.share(middle, *shape), 1e-12))
        # At which it is carried back before the start
        rate = climbed[:, self.begins + 1] - climbed[:, self.begins]
        return np.asarray(climbed + rate[:, None] * np.minimum(year, 0))

    def _curves(self, x: Array) -> Array:
        """The same for draws that each follow a curve of their own; of the market, where its size
        is known.
        """
        found, number = np.empty((len(x), self.years)), x[:, self.at_["curve"]].sum(axis=1)
        for of in np.unique(number).astype(int).tolist():
            curve, rows = self.followed[of], np.flatnonzero(number == of)
            first, level, slope = (x[rows, self.at_[name]] for name in ("start", "level", "slope"))
            found[rows] = self._curve(curve, level, slope)
            if self.sized and curve.ceiling:
                found[rows] -= np.logaddexp(0.0, -(CEILING + CEILING_SD * first))
        return found

    def totals(self, x: Array) -> tuple[Array, Array]:
        """Log-odds of the share (zeros where no size of a market is known), and log flow by year."""
        curve, scatter = self._curves(x), x[:, self.at_["shock"]] @ self.scatter.T
        if not self.sized:
            scale = self.start.log_size + self.start.log_size_sd * x[:, self.at_["start"]]
            return np.zeros_like(curve), scale + curve - curve[
                :, self.last : self.last + 1
            ] + scatter
        log_share = np.minimum(curve, NEAR_ONE)
        log_odds = log_share - np.log(-np.expm1(log_share)) + scatter
        return log_odds, self.size_mean + x @ self.size_map.T - np.logaddexp(0.0, -log_odds)

    def totals_gradient(self, x: Array) -> tuple[Array, Array]:
        """Log flow by year at one point, and its gradient: by central differences in scale and
        shape of the curve.
        """
        step, moved = 1e-4, [self.at_[name].start for name in ("start", "level", "slope")]
        points = np.repeat(x[None, :], 2 * len(moved) + 1, axis=0)
        for number, coordinate in enumerate(moved):
            points[2 * number + 1, coordinate] += step
            points[2 * number + 2, coordinate] -= step
        log_odds, log_totals = self.totals(points)
        unsaturated = 1 / (1 + np.exp(log_odds[0])) if self.sized else np.ones(self.years)
        gradient = self.size_map.copy() if self.sized else np.zeros((self.years, self.width))
        gradient[:, self.at_["shock"]] = unsaturated[:, None] * self.scatter
        gradient[:, moved] = ((log_totals[1::2] - log_totals[2::2]) / (2 * step)).T
        return log_totals[0], gradient
