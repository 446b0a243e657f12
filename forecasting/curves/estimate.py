"""Estimates of one growth curve: least squares, or maximum likelihood under a family of errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from forecasting.curves.definitions import Curve, Sampling
from forecasting.curves.least_squares import Bounds, Solver
from forecasting.curves.noise import NOISES, ErrorFamily
from forecasting.quantiles import Array

POLISHING = 8  # undamped steps that bring a minimum to all its digits
SCATTER = 0.2  # at which the search for the greatest likelihood starts


@dataclass(frozen=True)
class SeriesToFit:
    """One series, one curve: what is estimated.

    Parameters
    ----------
    curve, sampling
        The curve and when it was observed.
    y : ndarray (periods,)
        Observations, NaN where missing.
    bounds : mapping
        Bounds of each parameter by name, ``m`` among them; equal where it is fixed.
    """

    curve: Curve
    sampling: Sampling
    y: Array
    bounds: Bounds

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which observations count."""
        return np.isfinite(self.y)

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
            return float((residual**2).sum())

    def information(self, params: Array, variance: Array) -> Array:
        """Fisher's information of the moving parameters, where observations have that variance."""
        with np.errstate(all="ignore"):
            design, slopes = self.sampling.tangent(self.curve, params[1:, None])
            jacobian = np.column_stack([design, *(params[0] * slope for slope in slopes)])
            jacobian = jacobian[self.seen][:, self.free]
            return np.asarray((jacobian.T / variance[self.seen]) @ jacobian)


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
    >>> estimate(model._to_fit(model.curves[0]), "least_squares").converged
    True
    """
    data = np.where(problem.seen, problem.y, 0.0)[None]
    seen = problem.seen.astype(float)[None]
    fits = problem.solver.run(data, seen, start, polish=POLISHING)
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
        return -_loss(problem, noise, params, scatter)
    sse = problem.sse(params)
    count = problem.seen.sum()
    if scatter is None:
        scatter = float(np.sqrt(sse / count))
    variance = max(scatter**2, 1e-300)
    return float(-0.5 * (count * np.log(2 * np.pi * variance) + sse / variance))


def _loss(problem: SeriesToFit, noise: ErrorFamily, params: Array, scatter: float) -> float:
    """Minus the log-likelihood."""
    seen = problem.seen
    densities = noise.loglike(problem.y[seen], problem.fitted(params)[seen], np.asarray(scatter))
    value = -float(densities.sum())
    if not np.isfinite(value):
        return 1e300
    return value


def _best_scatter(problem: SeriesToFit, params: Array, noise: ErrorFamily) -> float:
    if not noise.scattered:
        return 0.0
    best = minimize_scalar(
        lambda log: _loss(problem, noise, params, float(np.exp(log))),
        bounds=(-12.0, 4.0),
        method="bounded",
    )
    return float(np.exp(best.x))


def _likelihood(problem: SeriesToFit, start: Array, noise: ErrorFamily) -> Estimate:
    """Maximum likelihood by BFGS in unbounded coordinates, with the covariance from the expected
    information.
    """
    solver = problem.solver
    sign = np.copysign(1.0, start[0])

    def unpack(x: Array) -> tuple[Array, float]:
        level = np.clip(sign * np.exp(np.clip(x[0], -300, 300)), *solver.level)
        shape, _ = solver.outside(x[1:-1, None])
        return np.append(level, shape), float(np.exp(np.clip(x[-1], -12, 4)))

    level = np.log(max(abs(start[0]), 1e-300))
    coordinates = [level, *solver.inside(start[1:, None])[:, 0], np.log(SCATTER)]
    with np.errstate(all="ignore"):
        best = minimize(
            lambda x: _loss(problem, noise, *unpack(x)),
            coordinates,
            method="BFGS",
            jac="3-point",
            options={"gtol": 1e-6, "maxiter": 200},
        )
        params, scatter = unpack(best.x)
        scatter *= noise.scattered
        mean = problem.fitted(params)
        variance = (scatter * mean) ** 2 + noise.counted * mean
        covariance = _covariance(problem.information(params, variance), problem.free)
    # What a Newton step could still add
    steady = bool(abs(best.jac @ best.hess_inv @ best.jac) < 1e-3)
    return Estimate(params, covariance, scatter, steady)


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
