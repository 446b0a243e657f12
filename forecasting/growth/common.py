"""What markets have in common by year, and what is left of it in years that a panel lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

# Of a year's effect on growth, in the next; and the tails of a new one
COMMON_AR = 0.2
COMMON_NU = 10.0


@dataclass(frozen=True)
class Common:
    """Year effects shared by markets: mean and spread by year, and what holds in other years.

    Parameters
    ----------
    first_year : int
        Year of the first entry of ``mean`` and ``sd``.
    mean, sd : tuple of float
        By year, as the panel tells them.
    spread, persistence : float
        Standard deviation and first-order autocorrelation in years that the panel lacks.

    Examples
    --------
    >>> mean, sd = Common(2020, (0.4,), (0.1,), 0.2, 0.5).at(2021)
    >>> round(mean, 3), round(sd, 3)
    (0.2, 0.18)
    """

    first_year: int = 2020
    mean: tuple[float, ...] = (0.0,)
    sd: tuple[float, ...] = (0.2,)
    spread: float = 0.2
    persistence: float = COMMON_AR

    @property
    def last_year(self) -> int:
        """Last year that the panel tells of."""
        return self.first_year + len(self.mean) - 1

    @property
    def new_sd(self) -> float:
        """Spread of what a year that the panel lacks adds to what is left of the year before."""
        return self.spread * float(np.sqrt(1 - self.persistence**2))

    def at(self, year: int) -> tuple[float, float]:
        """Mean and standard deviation of the effect in a year."""
        index = year - self.first_year
        if index < 0:
            return 0.0, self.spread
        if index < len(self.mean):
            return self.mean[index], self.sd[index]
        rho = self.persistence ** (year - self.last_year)
        variance = (1 - rho**2) * self.spread**2
        return rho * self.mean[-1], float(np.sqrt((rho * self.sd[-1]) ** 2 + variance))

    def until(self, last_year: int) -> Common:
        """The same without what is known of later years."""
        keep = max(min(last_year - self.first_year + 1, len(self.mean)), 1)
        return replace(self, mean=self.mean[:keep], sd=self.sd[:keep])
