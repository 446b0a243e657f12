"""How a year's flow falls on its months, and how much that varies: the within-year pattern.

The log of a month's flow, relative to an even twelfth of its year, is

    pattern[k] + position[k] * slope + noise[k]

where ``position`` runs from -0.46 in January to +0.46 in December. A growing market's slope is tied
to the growth of the year over the one before and of the next over this; the pattern holds
quarter-ends and Decembers; every market departs from it in its own lasting way; the noise of
neighbouring months of a year is correlated. From December to January it is not: after a December
that closes high, January is as likely to be low.

Markets are of several kinds: most lie near the pattern, some have a season of their own (half-year
number plates, January registrations, a tax that rises with the year), and some are steadier than
others from year to year. Which kind a market is of is learned from its own facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from forecasting.vocabulary.quantiles import Array

Kinds = tuple[tuple[float, float], ...]

# Middle of each month, in years from the middle of the year
POSITION: Array = (np.arange(12) - 5.5) / 12
# Months of a small market are as uneven as if so many cars came together, by the ship or for a
# fleet: estimated from the months of 28 markets, whose noise falls with their size
LOT = 6.0
# Judgement: new cars are registered at the ends of quarters and of the year, when makers and
# dealers close their books. The mean factor is 1
CLOSINGS = (-0.32, -0.22, 0.16, -0.18, -0.08, 0.12, -0.10, -0.14, 0.17, 0.01, 0.12, 0.28)
# Judgement: shares of markets, and by how many times their lasting departure, and their noise,
# exceed the usual. Seven in ten have the common season; half-year plates or a tax at the year's end
# move months by a factor of two or more.
OWN_SEASONS = ((0.70, 1.0), (0.15, 4.0), (0.15, 10.0))
STEADINESS = ((0.25, 0.5), (0.5, 1.0), (0.25, 1.8))
# Judgement: imports and exports come by the shipload, and do not follow the books of dealers. The
# slope within a year is a mean of the growth up to it and after it: the rate, where that is steady
STEADY_IMPORTS = ((0.1, 0.5), (0.9, 1.0))
IMPORTS_ON_GROWTH = 0.9
IMPORTS_ON_NEXT = 0.1
# Factors on the spreads of registrations
BORDER_PATTERN_FACTOR = 1.5
BORDER_SLOPE_FACTOR = 2.0
BORDER_NOISE_FACTOR = 1.6


@dataclass(frozen=True)
class WithinYear:
    """The within-year pattern and its spread.

    Parameters
    ----------
    pattern : tuple of float
        Twelve log factors, January to December, that a typical market shows; their mean factor is
        1.
    pattern_sd : float
        Spread of a market's own lasting departure from the pattern (log, by month), where the
        market is a usual one.
    own_seasons, steadiness : tuple of (float, float)
        Kinds of markets: the share of markets, and by how many times their lasting departure, or
        their noise and the spread of their slope, exceeds the usual.
    slope_on_growth, slope_on_next : float
        Slope within the year per unit of log growth over the year before, and of the next year over
        this one.
    slope_sd : float
        Spread of the slope about that.
    noise_sd, noise_ar : float
        Spread of a month's noise (log) and its correlation with the month before.
    source : str
        Where the numbers come from.

    Examples
    --------
    >>> round(float(np.mean(np.exp(WithinYear().pattern))), 2)
    1.0
    """

    pattern: tuple[float, ...] = CLOSINGS
    pattern_sd: float = 0.08
    own_seasons: tuple[tuple[float, float], ...] = OWN_SEASONS
    steadiness: tuple[tuple[float, float], ...] = STEADINESS
    slope_on_growth: float = 0.4
    slope_on_next: float = 0.1
    slope_sd: float = 0.45
    noise_sd: float = 0.27
    noise_ar: float = 0.35
    source: str = "judgement: quarters and years close high"

    def noise_of_year(self) -> Array:
        """Map from twelve unit normals to the noise of a year's months: shape (12, 12)."""
        factor = np.linalg.cholesky(correlation_of_months(self.noise_ar))
        return np.asarray(self.noise_sd * factor)

    def across_a_border(self) -> WithinYear:
        """The same for imports and exports: a flat pattern, a slope that follows growth, and wider
        spreads.
        """
        return replace(
            self,
            pattern=(0.0,) * 12,
            pattern_sd=BORDER_PATTERN_FACTOR * self.pattern_sd,
            steadiness=STEADY_IMPORTS,
            slope_on_growth=IMPORTS_ON_GROWTH,
            slope_on_next=IMPORTS_ON_NEXT,
            slope_sd=BORDER_SLOPE_FACTOR * self.slope_sd,
            noise_sd=BORDER_NOISE_FACTOR * self.noise_sd,
            source=f"flat, by judgement; {self.source}",
        )


def correlation_of_months(noise_ar: float) -> Array:
    """Correlation of the noise of a year's months: shape (12, 12).

    Parameters
    ----------
    noise_ar : float
        Correlation of neighbouring months.

    Examples
    --------
    >>> correlation_of_months(0.5)[1, :3].tolist()
    [0.5, 1.0, 0.5]
    """
    months = np.arange(12)
    by_distance = noise_ar**months
    return np.asarray(by_distance[abs(np.subtract.outer(months, months))])
