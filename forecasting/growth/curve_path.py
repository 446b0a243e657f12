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

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecasting.curves.definitions import LOG_81, find_curve
from forecasting.growth.path import LatentPath

Array = NDArray[np.float64]

CURVES_ON_FACTS = ("bass", "gompertz", "logistic", "exponential")

# Judgement, wide. Log-odds of the ceiling as a share of the market: 20 to 92 % in the central 80 %.
# Log-odds of the part of the ceiling that is reached when the facts end: 0.4 to 39 %, a market that
# makes news being young. Takeovers of durables take 6 to 28 years in the central 80 % (Bass-type
# fits of consumer durables since 1969 lie within).
CEILING = 0.5
CEILING_SD = 1.5
REACHED = -3.0
REACHED_SD = 2.0
TAKEOVER = float(np.log(13.0))
TAKEOVER_SD = 0.6
# Of a year's flow about the curve (log-odds), as a Student t scale; autocorrelation
SCATTER = 0.2
LASTING = 0.8
FURTHEST = 6.0  # spreads from the prior's centre: beyond it a curve is a step or a straight line
# Log share: the exponential stops short of the whole market, whose log-odds have no end
NEAR_ONE = -1e-6


class CurvePath(LatentPath):
    """The map from coordinates to flows when the yearly totals follow a growth curve.

    Parameters
    ----------
    path : LatentPath
        Of the same facts: its prior, years, sizes and bases are taken over.
    curve : str
        Of ``CURVES_ON_FACTS``. Where the market's size is known, the curve is one of its share, and
        no draw exceeds it. Without, the scale is the facts' own, and units do not matter.
    facts_end : int
        Last year that facts count.

    Examples
    --------
    >>> from forecasting.growth.path import Start
    >>> from forecasting.growth.prior import Prior
    >>> sized = LatentPath(Prior(), 2018, 2040, Start(log_size=12.0), {2023: (12.0, 0.05)})
    >>> path = CurvePath(sized, "logistic", 2023)
    >>> log_totals = path.totals(np.zeros((1, path.width)), np.zeros((path.width, 0)))[1][0]
    >>> bool((np.diff(log_totals) > 0).all()), bool(log_totals.max() < 12.0)
    (True, True)
    """

    def __init__(self, path: LatentPath, curve: str, facts_end: int) -> None:
        self.by_share = path
        self.sized = bool(path.sizes)
        start = path.start
        if not self.sized:  # the scale as far as market and share tell, spread wide
            spread = float(np.hypot(4.0, start.log_size_sd))
            start = replace(start, log_size_sd=spread, of_flow=False)
        super().__init__(
            path.prior,
            path.first_year,
            path.last_year,
            start,
            path.sizes,
            path.bases,
            path.drifts,
            path.counted,
            path.policies,
        )
        self.curve, self.facts_end = find_curve(curve), facts_end
        self.last = facts_end - self.first_year
        year = np.arange(self.years) - self.begins
        walked = (year[:, None] >= year) & (year >= 0) | (year[:, None] <= year) & (year <= 0)
        self.scatter = SCATTER * walked * LASTING ** np.abs(year[:, None] - year)

    def reaching(self, last_year: int) -> LatentPath:
        """The same curve up to a later year."""
        return CurvePath(self.by_share.reaching(last_year), self.curve.name, self.facts_end)

    def _climbed(self, shape: Array) -> Array:
        """Log of each year's part of the scale, by ceiling, reach and takeover: (draws, years)."""
        first, level, slope = (column[:, None] for column in shape.T)
        level, slope = (np.clip(item, -FURTHEST, FURTHEST) for item in (level, slope))
        reached = 1 / (1 + np.exp(-(REACHED + REACHED_SD * level)))
        takeover = np.exp(TAKEOVER + TAKEOVER_SD * slope)
        year = np.arange(self.years) - self.begins
        # Launched a year before the start: time counts from there
        middle = np.maximum(year, 0) + 1.5
        end = float(middle[self.last])
        if self.curve.ceiling:
            if self.curve.name == "bass":  # without imitation it climbs at its rate, and no slower
                reached = np.minimum(reached, -0.99 * np.expm1(-LOG_81 / takeover * end))
            fitted = self.curve.locate(reached, takeover, np.ones_like(reached), end)
            climbed = np.log(np.maximum(self.curve.share(middle, *fitted), 1e-12))
        else:
            climbed = np.minimum(np.log(reached) + LOG_81 / takeover * (middle - end), 0.0)
        # At which it is carried back before the start
        rate = climbed[:, self.begins + 1] - climbed[:, self.begins]
        climbed = climbed + rate[:, None] * np.minimum(year, 0)
        if not self.sized:
            return np.asarray(
                self.start.log_size_sd * first + climbed - climbed[:, self.last, None]
            )
        if self.curve.ceiling:
            climbed = climbed - np.logaddexp(0.0, -(CEILING + CEILING_SD * first))
        share = np.minimum(climbed, NEAR_ONE)
        return np.asarray(share - np.log(-np.expm1(share)))

    def totals(self, x: Array, directions: Array) -> tuple[Array, Array, Array, Array]:
        """As of the path: log-odds are those of the share, zeros where no size is known."""
        at = self.at_
        step = 1e-4
        columns = [at[name].start for name in ("start", "level", "slope")]
        shape = x[:, columns]
        z = self._climbed(shape) + x[:, at["shock"]] @ self.scatter.T
        dz = np.zeros((*z.shape, directions.shape[1])) + self.scatter @ directions[at["shock"]]
        for number, column in enumerate(columns):
            moved = step * np.eye(len(columns))[number]
            slope = (self._climbed(shape + moved) - self._climbed(shape - moved)) / (2 * step)
            dz += slope[:, :, None] * directions[column]
        if not self.sized:
            return np.zeros_like(z), self.start.log_size + z, np.zeros_like(dz), dz
        return self._times_size(x, directions, z, dz)
