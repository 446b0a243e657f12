"""Year effects that markets share, as a panel tells them, and their spread in other years."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

COMMON_AR = 0.2  # autocorrelation of the effect on growth, from year to year
COMMON_NU = 10.0  # degrees of freedom of its shock in a new year, Student t


@dataclass(frozen=True)
class Common:
    """Year effects shared by markets: mean and spread by year, and the spread in other years.

    Parameters
    ----------
    first_year : int
        Year of the first entry of ``mean`` and ``sd``.
    mean, sd : tuple of float
        Of each year's effect, as the panel tells it.
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
        """Standard deviation of the shock that each year after the panel adds."""
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
        """The same without the effects of later years."""
        count = max(min(last_year - self.first_year + 1, len(self.mean)), 1)
        return replace(self, mean=self.mean[:count], sd=self.sd[:count])
