"""Scales of shocks: those of the years and of the market, squared; their density, and how they are
drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.evenly import chosen, evenly
from forecasting.growth.prior import Prior

__all__ = ["draw_scales", "log_prior_of_scale"]

Array = NDArray[np.float64]

LOG_SCALES: Array = np.linspace(-3.0, 7.0, 26)  # of a market, squared


def log_prior_of_scale(log_scale: Array, nu: float) -> Array:
    """Log density of the log of a squared scale, an inverse gamma."""
    return np.asarray(-0.5 * nu * (log_scale + np.exp(-log_scale)))


def draw_scales(shocks: Array, prior: Prior, rng: np.random.Generator) -> tuple[Array, Array]:
    """The market's scale given shocks, the years' integrated out; then the years' given the
    market's.
    """
    nu = prior.shock_nu
    log_density = log_prior_of_scale(LOG_SCALES, prior.market_nu)
    square = shocks[:, :, None] ** 2 * np.exp(-LOG_SCALES)
    log_density = log_density - 0.5 * ((nu + 1) * np.log1p(square / nu) + LOG_SCALES).sum(axis=1)
    below = np.exp(log_density - log_density.max(axis=1, keepdims=True)).cumsum(axis=1)
    steps = chosen(below, evenly(rng, (below / below[:, -1:]).sum(axis=1)))
    within = rng.uniform(-0.5, 0.5, len(shocks)) * (LOG_SCALES[1] - LOG_SCALES[0])
    market = np.exp(LOG_SCALES[steps] + within)
    return market, (nu + shocks**2 / market[:, None]) / rng.chisquare(nu + 1, shocks.shape)
