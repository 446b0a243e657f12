"""The path carried beyond the years that facts speak of, draw by draw, with nothing made linear."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.common import COMMON_NU
from forecasting.growth.path import LatentPath
from forecasting.growth.posterior import Posterior
from forecasting.growth.prior import SIZE_NU

Array = NDArray[np.float64]


def common_shocks(seed: int, of_year: int, draws: int) -> Array:
    """Unit shocks behind a year's common effect: the same for every market with one seed.

    >>> bool((common_shocks(1, 2025, 3) == common_shocks(1, 2025, 3)).all())
    True
    """
    return np.random.default_rng([seed, of_year]).standard_t(COMMON_NU, draws)


def carried_on(
    path: LatentPath, posterior: Posterior, until: int, seed: int, rng: np.random.Generator
) -> tuple[LatentPath, Array]:
    """The same path up to a later year, and draws of its coordinates: beyond as the prior has them.

    Parameters
    ----------
    path : LatentPath
        Over the years that facts speak of.
    posterior : Posterior
        Draws of its coordinates.
    until : int
        Last year.
    seed : int
        Of the common shocks.
    rng : Generator
        Of all others.
    """
    far = path.reaching(until)
    draws = len(posterior.x)
    x = rng.standard_normal((draws, far.width)) * np.sqrt(far.kind_variance[posterior.kind])
    x[:, far.at_["shock"]] = rng.standard_t(path.prior.shock_nu, (draws, far.years))
    later = range(path.last_year + 1, until + 1)
    for column, year in zip(range(path.years, far.years), later, strict=True):
        x[:, far.at_["common"].start + column] = common_shocks(seed, year, draws)
        x[:, far.at_["size"].start + column] = rng.standard_t(SIZE_NU, draws)
    for name, columns in path.at_.items():
        start = far.at_[name].start
        x[:, start : start + columns.stop - columns.start] = posterior.x[:, columns]
    return far, x
