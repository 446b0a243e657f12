"""Estimates of one growth curve, least squares or maximum likelihood under a family of errors, and
their intervals by the profile of the likelihood.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import ndtri, stdtrit

from forecasting.curves.definitions import Curve
from forecasting.curves.least_squares import Bounds, Solver, inside, outside
from forecasting.curves.noise import NOISES, ErrorFamily
from forecasting.curves.sampling import Sampling
from forecasting.errors import ModelError
from forecasting.quantiles import Array

POLISHING = 8  # undamped steps that bring a minimum to all its digits
STEPS = 6  # doublings of the first step away from an estimate, after which an interval is open
FARTHEST = 40.0  # logs from an estimate, beyond which a value is as good as the edge


@dataclass(frozen=True)
class SeriesToFit:
    """One series, one curve: what is estimated.

    Parameters
    ----------
    curve, sampling
        The curve and when it was observed.
    y : ndarray (periods,)
        Observations, NaN where missing.
    weights : ndarray (periods,)
        Weights of the observations.
    bounds : mapping
        Bounds of each parameter by name, ``m`` among them; equal where it is fixed.
    """

    curve: Curve
    sampling: Sampling
    y: Array
    weights: Array
    bounds: Bounds

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which observations count."""
        return np.isfinite(self.y) & (self.weights > 0)

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which parameters move, ``m`` first."""
        pairs = [self.bounds[name] for name in self.curve.parameters]
        return np.array([low < high for low, high in pairs])

    @property
    def solver(self) -> Solver:
        """What searches the least sum of squares."""
        return Solver(self.curve, self.sampling, self.bounds)

    @property
    def spare(self) -> int:
        """Observations beyond the parameters that move."""
        return int(self.seen.sum() - self.free.sum())

    def restrict(self, shape: Array) -> Array:
        """Shape parameters (parameters, points) brought within their bounds and fixed values."""
        low, high = np.transpose([self.bounds[name] for name in self.curve.names])[:, :, None]
        return np.clip(shape, low, high)

    def fitted(self, params: Array) -> Array:
        """What the curve shows at the observations, (periods,)."""
        with np.errstate(all="ignore"):
            return np.asarray(params[0] * self.sampling.design(self.curve, params[1:, None])[:, 0])

    def sse(self, params: Array) -> float:
        """Weighted sum of squared residuals."""
        with np.errstate(all="ignore"):
            residual = np.where(self.seen, self.y - self.fitted(params), 0.0)
            return float(residual**2 @ self.weights)

    def information(self, params: Array, variance: Array) -> Array:
        """Fisher's information of the moving parameters, where observations have that variance."""
        with np.errstate(all="ignore"):
            design, slopes = self.sampling.tangent(self.curve, params[1:, None])
            jacobian = np.column_stack([design, *(params[0] * slope for slope in slopes)])
            jacobian = jacobian[self.seen][:, self.free]
            return np.asarray((jacobian.T * (self.weights / variance)[self.seen]) @ jacobian)


@dataclass(frozen=True)
class Estimate:
    """A point estimate: parameters, their covariance, the scatter about them, and whether they are
    a minimum.
    """

    params: Array
    covariance: Array
    scatter: float
    converged: bool


def estimate(problem: SeriesToFit, errors: str, start: Array | None = None) -> Estimate:
    """Least squares, then maximum likelihood from there if asked for.

    Examples
    --------
    >>> from forecasting.curves.model import GrowthModel
    >>> model = GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0], curve="exponential")
    >>> estimate(model.problem(model.curves[0]), "least_squares").converged
    True
    """
    data = np.where(problem.seen, problem.y, 0.0)[None]
    weights = np.where(problem.seen, problem.weights, 0.0)[None]
    fits = problem.solver.run(data, weights, start, polish=POLISHING)
    params = np.append(fits.level, fits.shape)
    if errors != "least_squares":
        return _likelihood(problem, params, NOISES[errors])
    variance = np.nan
    if problem.spare > 0:
        variance = problem.sse(params) / problem.spare
    information = problem.information(params, np.full(len(problem.y), variance))
    return Estimate(
        params,
        _covariance(information, problem.free),
        float(np.sqrt(variance)),
        bool(fits.converged[0]),
    )


def centre(problem: SeriesToFit, params: Array, errors: str, converged: bool) -> Estimate:
    """Parameters that come from elsewhere, with the scatter about them, without a covariance."""
    if errors == "least_squares":
        scatter = float(np.sqrt(problem.sse(params) / max(problem.spare, 1)))
    else:
        scatter = _best_scatter(problem, params, NOISES[errors])
    return Estimate(params, np.full((len(params), len(params)), np.nan), scatter, converged)


def leaves_open(problem: SeriesToFit, estimates: Estimate) -> bool:
    """Whether the data do not tell the parameters: no minimum, too few observations, or next to
    nothing reached.
    """
    if problem.spare < 0 or not np.isfinite(estimates.params).all():
        return True
    if not problem.free[0] or not problem.curve.ceiling:
        return False
    with np.errstate(all="ignore"):
        reached = problem.curve.share(problem.sampling.ends[-1:], *estimates.params[1:])[0]
    return not estimates.converged or not 0.01 <= reached <= 1


def log_likelihood(
    problem: SeriesToFit, params: Array, errors: str, scatter: float | None = None
) -> float:
    """Log-likelihood at given parameters; the scatter at its best value where it is not given."""
    if errors != "least_squares":
        noise = NOISES[errors]
        if scatter is None:
            scatter = _best_scatter(problem, params, noise)
        return -_loss(problem, params, noise, scatter)
    sse = problem.sse(params)
    weights = problem.weights[problem.seen]
    if scatter is None:
        scatter = float(np.sqrt(sse / len(weights)))
    variance = max(scatter**2, 1e-300)
    return float(-0.5 * (np.log(2 * np.pi * variance / weights).sum() + sse / variance))


def _loss(problem: SeriesToFit, params: Array, noise: ErrorFamily, scatter: float) -> float:
    """Minus the log-likelihood."""
    seen = problem.seen
    densities = noise.loglike(problem.y[seen], problem.fitted(params)[seen], np.asarray(scatter))
    value = -float(densities @ problem.weights[seen])
    if not np.isfinite(value):
        return 1e300
    return value


def _best_scatter(problem: SeriesToFit, params: Array, noise: ErrorFamily) -> float:
    if not noise.scattered:
        return 0.0
    best = minimize_scalar(
        lambda log: _loss(problem, params, noise, float(np.exp(log))),
        bounds=(-12.0, 4.0),
        method="bounded",
    )
    return float(np.exp(best.x))


def _likelihood(problem: SeriesToFit, params: Array, noise: ErrorFamily) -> Estimate:
    """Maximum likelihood, with the covariance from the expected information."""
    with np.errstate(all="ignore"):
        params, scatter, best = _maximum(problem, params, noise)
    scatter *= noise.scattered
    mean = problem.fitted(params)
    variance = (scatter * mean) ** 2 + noise.counted * mean
    covariance = _covariance(problem.information(params, variance), problem.free)
    # What a Newton step could still add
    steady = bool(abs(best.jac @ best.hess_inv @ best.jac) < 1e-3)
    return Estimate(params, covariance, scatter, steady)


def _maximum(
    problem: SeriesToFit, params: Array, noise: ErrorFamily, scatter: float = 0.2
) -> tuple[Array, float, Any]:
    """Parameters and scatter of greatest likelihood, and the last search: BFGS in unbounded
    coordinates.
    """
    solver = problem.solver
    sign = np.copysign(1.0, params[0])

    def unpack(x: Array) -> tuple[Array, float]:
        level = np.clip(sign * np.exp(np.clip(x[0], -300, 300)), *solver.level)
        shape, _ = solver.outside(x[1:-1, None])
        return np.append(level, shape), float(np.exp(np.clip(x[-1], -12, 4)))

    def loss(x: Array) -> float:
        params, scatter = unpack(x)
        return _loss(problem, params, noise, scatter)

    level = np.log(max(abs(params[0]), 1e-300))
    start = np.concatenate([[level], solver.inside(params[1:, None])[:, 0], [np.log(scatter)]])
    options = {"gtol": 1e-6, "maxiter": 200}
    best = minimize(loss, start, method="BFGS", jac="3-point", options=options)
    return *unpack(best.x), best


def _covariance(information: Array, free: NDArray[np.bool_]) -> Array:
    """The inverse of the information of the moving parameters, balanced first; NaN for fixed
    parameters, and where it is singular.
    """
    covariance = np.full((len(free), len(free)), np.nan)
    with np.errstate(all="ignore"):
        size = np.sqrt(np.diag(information))
        size = np.where((size > 0) & np.isfinite(size), size, 1.0)
        balanced = np.nan_to_num(information / size / size[:, None])
        if len(size) and np.linalg.cond(balanced) < 1e15:
            inverse = np.linalg.inv(balanced) / size / size[:, None]
            covariance[np.ix_(free, free)] = inverse
    return covariance


def critical(problem: SeriesToFit, errors: str, alpha: float) -> float:
    """Half-width of an interval in standard errors: of Student's t for least squares, else of the
    normal law.
    """
    if errors == "least_squares":
        return float(stdtrit(problem.spare, 1 - alpha / 2))
    return float(ndtri(1 - alpha / 2))


def profile_interval(
    problem: SeriesToFit, errors: str, estimates: Estimate, name: str, alpha: float
) -> tuple[float, float]:
    """Values of a parameter that the data do not exclude while the others follow.

    NaN for a fixed parameter; infinite, or at the edge of the parameter's domain, where the data
    exclude none.

    Notes
    -----
    Bates and Watts (1988), Nonlinear Regression Analysis, section 6.1: with the others at their
    best, the signed root of the rise in the sum of squares over the residual variance is compared
    with Student's t; for other errors the signed root of twice the fall in log-likelihood with the
    normal law. The search goes in the parameter's unbounded coordinate, so that bounds scale with
    the series.
    """
    low, high = problem.bounds[name]
    if low == high:
        return np.nan, np.nan
    if not np.isfinite(estimates.scatter):
        raise ModelError(
            "as many parameters as observations leave nothing to profile; use method='posterior'"
        )
    place = problem.curve.parameters.index(name)
    limit = critical(problem, errors, alpha)
    middle = float(inside(estimates.params[place], low, high))
    least = _misfit(problem, errors, estimates, estimates.scatter)
    fits = {middle: estimates}

    @cache
    def beyond(x: float) -> float:
        """How far beyond the limit the data are with the parameter held at a coordinate."""
        value = float(outside(np.asarray(x), low, high)[0])
        held = replace(problem, bounds={**problem.bounds, name: (value, value)})
        nearest = fits[min(fits, key=lambda other: abs(other - x))]
        fits[x] = _follow(held, errors, nearest, least + limit**2, estimates.scatter)
        rise = _misfit(held, errors, fits[x], estimates.scatter) - least
        if not np.isfinite(rise):
            return 1e9
        return float(np.sqrt(max(rise, 0.0)) - limit)

    _, speed = outside(np.asarray(middle), low, high)
    first = float(np.sqrt(estimates.covariance[place, place]) / speed)
    if np.isfinite(low):  # a coordinate in logs
        first = min(first, FARTHEST / 2**STEPS)
    if not first > 0:
        first = 0.1
    ends = []
    for step, edge in ((-first, low), (first, high)):
        crossing = _crossing(beyond, middle, step)
        if crossing is None:
            ends.append(edge)
        else:
            ends.append(float(outside(np.asarray(crossing), low, high)[0]))
    return ends[0], ends[1]


def _crossing(beyond: Callable[[float], float], middle: float, step: float) -> float | None:
    """Where a function crosses zero on one side of a coordinate; None where it does not."""
    inner = middle
    for doubling in range(STEPS):
        far = inner + step * 2**doubling
        if beyond(far) > 0:
            return float(brentq(beyond, inner, far, xtol=1e-8 * abs(step)))
        inner = far
    return None


def _misfit(problem: SeriesToFit, errors: str, estimates: Estimate, scatter: float) -> float:
    """What rises from an estimate: squares over their variance, or minus twice the likelihood."""
    if errors == "least_squares":
        return problem.sse(estimates.params) / scatter**2
    return 2 * _loss(problem, estimates.params, NOISES[errors], estimates.scatter)


def _follow(
    held: SeriesToFit, errors: str, nearest: Estimate, limit: float, scatter: float
) -> Estimate:
    """The other parameters at their best, from a neighbour's values; where that excludes the value,
    a scan has to agree.
    """
    if errors != "least_squares":
        start = max(nearest.scatter, 1e-5)
        with np.errstate(all="ignore"):
            params, scatter, _ = _maximum(held, nearest.params, NOISES[errors], start)
        return replace(nearest, params=params, scatter=scatter)
    best = estimate(held, errors, nearest.params[None])
    if not _misfit(held, errors, best, scatter) < limit:
        with suppress(ModelError):  # the scan saw no curve
            best = min(best, estimate(held, errors), key=lambda one: held.sse(one.params))
    return best
