"""How observations scatter about a curve: the likelihood of a series given a curve up to its scale.

Each family integrates the scale ``m`` out over a flat prior on ``log m``, which makes every result
scale-free: exactly for lognormal errors, by Laplace's method for counts (in ``log m`` their
likelihood is close to normal). ``scatter`` is the relative standard deviation of an observation: of
its log, or beyond Poisson's for the negative binomial.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from forecasting.vocabulary.quantiles import Array

MIN_MEAN = 1e-300


@dataclass(frozen=True)
class Scale:
    """What a family says of the scale, one entry per curve: ``log m`` is normal with this mean and
    sd.
    """

    mean: Array
    sd: Array
    log_marginal: Array


@dataclass(frozen=True)
class ErrorFamily:
    """One family of errors.

    Parameters
    ----------
    label : str
        What the summary prints.
    scale : callable
        ``scale(y, design, scatter) -> Scale`` for designs (periods, curves).
    loglike : callable
        ``loglike(y, mean, scatter) -> (periods,)``: log density of each observation.
    draw : callable
        ``draw(rng, mean, scatter)``: observations about a mean.
    """

    label: str
    scale: Callable[[Array, Array, Array], Scale]
    loglike: Callable[[Array, Array, Array], Array]
    draw: Callable[[np.random.Generator, Array, Array], Array]


def _lognormal_scale(y: Array, design: Array, scatter: Array) -> Scale:
    ratio = np.log(y)[:, None] - np.log(np.maximum(design, MIN_MEAN))
    mean = ratio.mean(axis=0)
    square = ((ratio - mean) ** 2).sum(axis=0)
    sd = scatter / np.sqrt(len(y))
    log_marginal = -len(y) * np.log(scatter) - square / (2 * scatter**2) + np.log(sd)
    return Scale(mean, sd, log_marginal)


def _lognormal_loglike(y: Array, mean: Array, scatter: Array) -> Array:
    distance = (np.log(y) - np.log(np.maximum(mean, MIN_MEAN))) / scatter
    return np.asarray(-0.5 * distance**2 - np.log(scatter * y) - 0.5 * np.log(2 * np.pi))


def _lognormal_draw(rng: np.random.Generator, mean: Array, scatter: Array) -> Array:
    return mean * np.exp(scatter * rng.standard_normal(mean.shape))


def _negative_binomial_scale(y: Array, design: Array, scatter: Array) -> Scale:
    mean = np.log(y.sum()) - np.log(np.maximum(design.sum(axis=0), MIN_MEAN))
    spread = scatter**2
    counts = y[:, None]
    # Newton's method in log m, from the Poisson estimate
    for _ in range(9):
        fitted = np.maximum(np.exp(mean) * design, MIN_MEAN)
        slope = ((counts - fitted) / (1 + spread * fitted)).sum(axis=0)
        bend = fitted * (1 + spread * counts) / (1 + spread * fitted) ** 2
        curvature = np.maximum(bend.sum(axis=0), 1e-12)
        mean = mean + np.clip(slope / curvature, -2, 2)
    likelihood = _negative_binomial_loglike(counts, fitted, scatter).sum(axis=0)
    return Scale(mean, 1 / np.sqrt(curvature), likelihood - 0.5 * np.log(curvature))


def _negative_binomial_loglike(y: Array, mean: Array, scatter: Array) -> Array:
    shape = scatter**-2.0
    mean = np.maximum(mean, MIN_MEAN)
    choose = gammaln(y + shape) - gammaln(shape) - gammaln(y + 1)
    return np.asarray(
        choose - shape * np.log1p(mean / shape) + y * (np.log(mean) - np.log(mean + shape))
    )


def _negative_binomial_draw(rng: np.random.Generator, mean: Array, scatter: Array) -> Array:
    shape = scatter**-2.0
    mean = mean * rng.gamma(shape, 1 / shape, mean.shape)
    # The generator of Poisson numbers takes no larger mean
    normal = np.maximum(np.rint(mean + np.sqrt(mean) * rng.standard_normal(mean.shape)), 0)
    return np.where(mean > 1e15, normal, rng.poisson(np.minimum(mean, 1e15)))


LOGNORMAL = ErrorFamily("lognormal", _lognormal_scale, _lognormal_loglike, _lognormal_draw)
NEGATIVE_BINOMIAL = ErrorFamily(
    "negative binomial",
    _negative_binomial_scale,
    _negative_binomial_loglike,
    _negative_binomial_draw,
)
