"""The path carried beyond the years that facts speak of, draw by draw, with nothing made linear."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.common import COMMON_NU
from forecasting.growth.path import LatentPath, shock_scale
from forecasting.growth.posterior import Posterior
from forecasting.growth.prior import SIZE_NU, Prior
from forecasting.growth.within_year import POSITION

__all__ = ["carried_on", "common_shocks", "extrapolate"]

Array = NDArray[np.float64]


def common_shocks(seed: int, of_year: int, draws: int) -> Array:
    """Unit shocks behind a year's common effect: the same for every market that is forecast with
    the seed.

    >>> bool((common_shocks(1, 2025, 3) == common_shocks(1, 2025, 3)).all())
    True
    """
    return np.random.default_rng([seed, of_year]).standard_t(COMMON_NU, draws)


def carried_on(
    path: LatentPath, posterior: Posterior, far: LatentPath, rng: np.random.Generator
) -> Array:
    """Coordinates of the same path up to a later year: draws within the path, beyond it as the
    prior has them.

    Parameters
    ----------
    path, posterior, rng
        As :func:`extrapolate` takes them.
    far : LatentPath
        The same path up to a later year.
    """
    x = rng.standard_normal((len(posterior.x), far.width)) * np.sqrt(
        far.kind_variance[posterior.kind]
    )
    shock = far.at_["shock"]
    unit = rng.standard_t(path.prior.shock_nu, (len(x), far.years))
    x[:, shock] = np.sqrt(posterior.scale)[:, None] * unit
    for name, columns in path.at_.items():
        start = far.at_[name].start
        x[:, start : start + columns.stop - columns.start] = posterior.x[:, columns]
    return x


def extrapolate(
    path: LatentPath, posterior: Posterior, until: int, seed: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Flows and market by month, from the path's first year to ``until``: draws within the path,
    simulated beyond it.

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
    prior, x, draws = path.prior, posterior.x, len(posterior.x)
    log_odds, _ = path.totals(x)
    size = path.size_mean + x @ path.size_map.T
    level = prior.level + x[:, path.at_["level"]].ravel() * prior.level_sd
    slope = prior.slope + x[:, path.at_["slope"]].ravel() * prior.slope_sd
    commons = _latest_effects(path, x)
    odds, sizes = [log_odds], [size]
    z, m = log_odds[:, -1], size[:, -1]
    shocks = _latest_shocks(path, x, log_odds)
    for y in range(path.last_year + 1, until + 1):
        distance = path.distance(z, y - 1)
        commons = [
            _next_common(prior, path.clock(y), commons, common_shocks(seed, y, draws)),
            *commons,
        ]
        shock = (
            shock_scale(prior, distance)
            * np.sqrt(posterior.scale)
            * rng.standard_t(prior.shock_nu, draws)
        )
        echo = sum(
            (part * before for part, before in zip(prior.echo, shocks, strict=False)), start=shock
        )
        z = z + level + slope * distance + commons[0] + echo
        shocks = [shock, *shocks]
        mean, sd = prior.size.at(y)
        m = m + mean + math.hypot(sd, prior.size_sd) * rng.standard_t(SIZE_NU, draws)
        odds.append(z[:, None])
        sizes.append(m[:, None])
    all_odds, all_sizes = np.concatenate(odds, axis=1), np.concatenate(sizes, axis=1)
    log_totals = all_sizes - np.logaddexp(0.0, -all_odds)
    shape = _extrapolated_shape(path, posterior, all_odds.shape[1], rng)
    market = np.repeat(np.exp(all_sizes) / 12, 12, axis=1)
    return path.laid_on_months(log_totals, shape), market


def _latest_shocks(path: LatentPath, x: Array, log_odds: Array) -> list[Array]:
    """Shocks to log-odds in the path's last years, the latest first."""
    unit = x[:, path.at_["shock"]]
    years = range(path.years - 1, max(path.years - 1 - len(path.prior.echo), path.begins), -1)
    scales = (
        shock_scale(path.prior, path.distance(log_odds[:, y - 1], path.first_year + y - 1))
        for y in years
    )
    return [scale * unit[:, y] for scale, y in zip(scales, years, strict=True)]


def _latest_effects(path: LatentPath, x: Array) -> list[Array]:
    """Common effects of the path's last years, the latest first; of years before the path, what the
    panel tells.
    """
    mean, factor = path.common_effects
    within = (mean + x[:, path.at_["common"]] @ factor.T).T
    before = range(path.first_year - 1, path.first_year - len(path.prior.common_parts), -1)
    return [*within[::-1], *(np.full(len(x), path.prior.common.at(year)[0]) for year in before)]


def _next_common(prior: Prior, of_year: int, before: list[Array], unit: Array) -> Array:
    """The common effect of a year, from those before it, the latest first."""
    common = prior.common
    if of_year <= common.last_year:
        mean, sd = common.at(of_year)
        return mean + sd * unit
    new = common.new_sd * unit
    return sum(
        (part * earlier for part, earlier in zip(prior.common_parts, before, strict=False)),
        start=new,
    )


def _extrapolated_shape(
    path: LatentPath, posterior: Posterior, years: int, rng: np.random.Generator
) -> Array:
    """Log of months against their years over all years: the path's own, then new noise about the
    lasting pattern.
    """
    within, x, draws = path.prior.within_year, posterior.x, len(posterior.x)
    known = path.shape_mean + x @ path.shape_map.T
    more = years - path.years
    if not more:
        return np.asarray(known)
    shift, left = within.in_years(path.last_year + 1, more)
    uneven = path.kind_noise[posterior.kind, None, None] * np.sqrt(left)[:, None]
    lasting = np.asarray(within.pattern) + within.pattern_sd * x[:, path.at_["pattern"]]
    tilt = within.slope_sd * uneven * rng.standard_normal((draws, more, 1)) * POSITION
    noise = uneven * (rng.standard_normal((draws, more, 12)) @ within.noise_of_year().T)
    return np.concatenate(
        [known, (lasting[:, None, :] + shift + tilt + noise).reshape(draws, -1)], axis=1
    )
