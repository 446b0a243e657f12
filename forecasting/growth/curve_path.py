"""The classic growth curves on the same facts: a year's flow is what the cumulative curve gains, with a shock.

Coordinates, facts, months and inference are those of :mod:`forecasting.growth.path`; only the yearly totals differ. Two
quantities that mean the same for every curve carry the prior: the share of the final market reached when the facts end,
and the takeover, the years from 10 to 90 % of it. The final market itself is left to the facts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.curves import find_curve
from forecasting.growth.path import Linearised, Path, Start
from forecasting.growth.prior import Prior

__all__ = ["CURVES_ON_FACTS", "CurvePath"]

Array = NDArray[np.float64]

CURVES_ON_FACTS = ("bass", "gompertz", "logistic", "exponential")

# Judgement, wide: a market that makes news is mostly young, 2 to 60 % of the way in the central 80 %; takeovers of
# durables take 6 to 30 years in the central 80 % (Bass-type fits of consumer durables since 1969 lie within).
REACHED, REACHED_SD = -1.8, 1.6
TAKEOVER, TAKEOVER_SD = float(np.log(13.0)), 0.6
SCATTER = 0.2  # of a year's flow about the curve (log), as a Student t scale


class CurvePath(Path):
    """The map from coordinates to flows when the yearly totals follow a growth curve.

    Parameters
    ----------
    prior : Prior
        For the within-year pattern, the tails of shocks and the spread of bases.
    first_year, last_year : int
        The years of the path; the last is the last one forecast.
    facts_end : int
        Last year that facts speak of.
    start : Start
        For the scale and for stocks.
    curve : str
        One of ``CURVES_ON_FACTS``.
    bases : int
        Number of agencies' offsets.

    Examples
    --------
    >>> path = CurvePath(Prior(), 2018, 2026, 2023, Start(log_size=8.0), "logistic")
    >>> log_totals = path.totals(path.at(np.zeros(9)), np.zeros((1, path.width)))[1][0]
    >>> bool((np.diff(log_totals[:6]) > 0).all())
    True
    """

    def __init__(
        self,
        prior: Prior,
        first_year: int,
        last_year: int,
        facts_end: int,
        start: Start,
        curve: str,
        bases: int = 0,
    ) -> None:
        super().__init__(prior, first_year, last_year, start, bases=bases)
        self.curve = find_curve(curve)
        self.end = float(facts_end + 2 - first_year)  # launched a year before the path: time counts from there

    def at(self, log_odds: Array) -> Linearised:
        """A curve has no walk; its gradient is taken anew at every point."""
        return Linearised(np.zeros(self.years), np.zeros((self.years, self.width)))

    def _curve(self, x: Array) -> Array:
        """Log of what the curve gains in each year, up to the scale, relative to the last year of facts."""
        level, slope, *_ = (x[:, self.at_[name]] for name in ("level", "slope"))
        reached = 1 / (1 + np.exp(-(REACHED + REACHED_SD * level)))
        takeover = np.exp(TAKEOVER + TAKEOVER_SD * slope)
        shape = self.curve.locate(reached, takeover, np.ones_like(reached), self.end)
        edges = np.arange(1, self.years + 2)[None, :]
        gained = np.diff(self.curve.share(edges, *shape), axis=1)
        return np.log(np.maximum(np.where(np.isfinite(gained), gained, 0.0), 1e-12))

    def totals(self, walk: Linearised, x: Array) -> tuple[Array, Array]:
        """Zeros in place of log-odds, and log flow by year."""
        gained = self._curve(x)
        last = int(self.end) - 2
        scale = self.start.log_size + self.start.log_size_sd * x[:, self.at_["start"]]
        log_totals = scale + gained - gained[:, last : last + 1] + SCATTER * x[:, self.at_["shock"]]
        return np.zeros_like(log_totals), log_totals

    def totals_gradient(self, walk: Linearised, x: Array) -> tuple[Array, Array]:
        """Log flow by year at one point, and its gradient, by central differences in the curve's two parameters."""
        gradient = np.zeros((self.years, self.width))
        gradient[:, self.at_["start"]] = self.start.log_size_sd
        gradient[:, self.at_["shock"]] = SCATTER * np.eye(self.years)
        step = 1e-4
        for name in ("level", "slope"):
            move = np.zeros(self.width)
            move[self.at_[name]] = step
            up, down = (self.totals(walk, (x + side * move)[None, :])[1][0] for side in (1, -1))
            gradient[:, self.at_[name]] = ((up - down) / (2 * step))[:, None]
        return self.totals(walk, x[None, :])[1][0], gradient
