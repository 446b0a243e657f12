"""Point estimates of one growth curve: least squares, or maximum likelihood under a family of
errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from forecasting.curves.definitions import Curve
from forecasting.curves.fitting.noise import NOISES, ErrorFamily
from forecasting.curves.fitting.sampling import Sampling
from forecasting.curves.fitting.search import Search
from forecasting.curves.fitting.solver import Solver

__all__ = [
    "Estimate",
    "SeriesToFit",
    "estimate",
    "estimate_at",
    "leaves_open",
    "log_likelihood",
    "maximum",
]

Array = NDArray[np.float64]
PRECISE = 1e-22  # relative gain still to be had: eight digits of certified values before polishing


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
    bounds, fixed : mapping
        Bounds and fixed values by parameter name, ``m`` among them.
    """

    curve: Curve
    sampling: Sampling
    y: Array
    weights: Array
    bounds: Mapping[str, tuple[float, float]]
    fixed: Mapping[str, float]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which observations count."""
        return np.isfinite(self.y) & (self.weights > 0)

    @property
    def search(self) -> Search:
        """The shape parameters that move."""
        bounds = {name: pair for name, pair in self.bounds.items() if name != "m"}
        return Search.of(self.curve, bounds, self.fixed)

    @property
    def level(self) -> tuple[float, float]:
        """Bounds of ``m``."""
        if "m" in self.fixed:
            return self.fixed["m"], self.fixed["m"]
        return self.bounds.get("m", (-np.inf, np.inf))

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which parameters move, ``m`` first."""
        return np.append("m" not in self.fixed, self.search.free)

    def restrict(self, shape: Array) -> Array:
        """Shape parameters (parameters, points) brought within the user's bounds and fixed values."""
        for row, name in enumerate(self.curve.names):
            if name in self.bounds:
                shape[row] = np.clip(shape[row], *self.bounds[name])
            if name in self.fixed:
                shape[row] = np.where(np.isfinite(shape[row]), self.fixed[name], np.nan)
        return shape

    def fitted(self, params: Array) -> Array:
        """What the curve shows at the observations, (periods,)."""
        with np.errstate(all="ignore"):
            return np.asarray(params[0] * self.sampling.design(self.curve, params[1:, None])[:, 0])

    def jacobian(self, params: Array) -> Array:
        """Derivatives of the fitted values by each parameter, (periods, parameters)."""
        with np.errstate(all="ignore"):
            design, slopes = self.sampling.tangent(self.curve, params[1:, None])
            return np.column_stack([design, *(params[0] * slope for slope in slopes)])


@dataclass(frozen=True)
class Estimate:
    """A point estimate: parameters, their covariance, and how well it fits."""

    params: Array
    covariance: Array
    llf: float
    sse: float
    scatter: float
    converged: bool


def estimate(problem: SeriesToFit, errors: str, start: Array | None) -> Estimate:
    """Least squares, then maximum likelihood from there if asked for."""
    # A power of two: no digit is lost, no square overflows
    unit = np.ldexp(1.0, np.frexp(np.nanmax(problem.y))[1])
    low, high = problem.level
    solver = Solver(
        problem.curve, problem.sampling, problem.search, (low / unit, high / unit), PRECISE
    )
    data, weights = (
        np.where(problem.seen, problem.y / unit, 0.0)[None],
        np.where(problem.seen, problem.weights, 0.0)[None],
    )
    shape, level, sse, converged, _ = solver.run(
        data, weights, None if start is None else start[1:, None]
    )
    params = np.append(level, shape[:, 0])
    if errors == "least_squares":
        return _least_squares(problem, params, float(sse[0]), bool(converged[0]), unit)
    params[0] *= unit
    return _likelihood(problem, params, NOISES[errors])


def _least_squares(
    problem: SeriesToFit, params: Array, sse: float, converged: bool, unit: np.float64
) -> Estimate:
    """With the covariance ``s2 (J'J)^-1`` and the normal log-likelihood; ``m`` and ``sse`` are
    given in a unit.
    """
    count, moving = int(problem.seen.sum()), problem.free
    root = np.sqrt(problem.weights[problem.seen])[:, None]
    jacobian = (problem.jacobian(params)[problem.seen] * root)[:, moving]
    spare = count - int(moving.sum())
    variance = sse / spare if spare > 0 else np.nan
    size = np.append(unit, np.ones(len(params) - 1))
    with np.errstate(all="ignore"):  # squares of values near the ends of what floats hold
        covariance = _spread(variance * _inverse(jacobian.T @ jacobian), moving) * np.outer(
            size, size
        )
        llf = (
            -0.5 * count * (np.log(2 * np.pi * max(sse, 1e-300) / count) + 1)
            + np.log(root / unit).sum()
        )
        return Estimate(
            params * size,
            covariance,
            float(llf),
            float(sse * unit**2),
            float(np.sqrt(variance) * unit),
            converged,
        )


def _likelihood(problem: SeriesToFit, params: Array, noise: ErrorFamily) -> Estimate:
    """Maximum likelihood, with the covariance from the numerical Hessian."""
    from statsmodels.tools.numdiff import approx_hess

    seen, moving = problem.seen, problem.free
    y, weights = problem.y[seen], problem.weights[seen]
    with np.errstate(all="ignore"):
        params, scatter, best = maximum(problem, params, noise)
        size = np.where(params == 0, 1.0, np.abs(params))[moving]

        def relative(u: Array) -> float:
            full = params.copy()
            full[moving] = u * size
            return _loss(problem, full, noise, scatter)

        hessian = approx_hess(params[moving] / size, relative)
    covariance = _spread(_inverse(hessian) * np.outer(size, size), moving)
    residual = y - problem.fitted(params)[seen]
    # What a Newton step could still add
    steady = bool(abs(best.jac @ best.hess_inv @ best.jac) < 1e-3)
    return Estimate(
        params, covariance, -float(best.fun), float(residual**2 @ weights), scatter, steady
    )


def maximum(
    problem: SeriesToFit, params: Array, noise: ErrorFamily, scatter: float = 0.2, rounds: int = 3
) -> tuple[Array, float, Any]:
    """Parameters and scatter of greatest likelihood, and the last search: BFGS in unbounded
    coordinates.

    It may stop at a corner of a flat valley, so that it starts afresh there, so many rounds in all.
    """
    search, move_level = problem.search, "m" not in problem.fixed

    def unpack(x: Array) -> tuple[Array, float]:
        shape = search.outside(x[move_level : move_level + search.free.sum(), None])[0][:, 0]
        level = (
            np.clip(np.exp(np.clip(x[0], -600, 600)), *problem.level)
            if move_level
            else problem.fixed["m"]
        )
        return np.append(level, shape), float(
            np.exp(np.clip(x[-1], -12, 4))
        ) if noise.scattered else 0.0

    def loss(x: Array) -> float:
        params, scatter = unpack(x)
        return _loss(problem, params, noise, scatter)

    x = np.concatenate(
        [
            [np.log(max(abs(params[0]), 1e-300))] * move_level,
            search.inside(params[1:, None])[:, 0],
            [np.log(scatter)] * noise.scattered,
        ]
    )
    for _ in range(rounds):
        best = minimize(loss, x, method="BFGS", options={"gtol": 1e-7, "maxiter": 500})
        x = best.x
    return *unpack(x), best


def _loss(problem: SeriesToFit, params: Array, noise: ErrorFamily, scatter: float) -> float:
    seen = problem.seen
    mean = problem.fitted(params)[seen]
    value = -float(
        noise.loglike(problem.y[seen], mean, np.asarray(scatter)) @ problem.weights[seen]
    )
    return value if np.isfinite(value) else 1e300


def _inverse(matrix: Array) -> Array:
    """Inverse of a symmetric matrix, balanced first; infinite where it is singular."""
    size = np.sqrt(np.abs(np.diag(matrix)))
    size = np.where((size > 0) & np.isfinite(size), size, 1.0)
    balanced = np.nan_to_num(matrix / np.outer(size, size))
    if not len(size) or np.linalg.cond(balanced) > 1e15:
        return np.full(matrix.shape, np.nan)
    with np.errstate(all="ignore"):
        return np.asarray(np.linalg.inv(balanced) / size / size[:, None])


def _spread(block: Array, moving: NDArray[np.bool_]) -> Array:
    """A covariance of all parameters from that of the moving ones; NaN for fixed ones."""
    full = np.full((len(moving), len(moving)), np.nan)
    full[np.ix_(moving, moving)] = block
    return full


def log_likelihood(
    problem: SeriesToFit, params: Array, errors: str, scatter: float | None
) -> float:
    """Log-likelihood at given parameters; the scatter at its best value where it is not given."""
    seen = problem.seen
    y, weights, mean = problem.y[seen], problem.weights[seen], problem.fitted(params)[seen]
    if errors == "least_squares":
        variance = float((y - mean) ** 2 @ weights) / len(y) if scatter is None else scatter**2
        return float(
            -0.5 * (np.log(2 * np.pi * variance) + (y - mean) ** 2 * weights / variance).sum()
        )
    noise = NOISES[errors]
    if scatter is None and noise.scattered:
        best = minimize_scalar(
            lambda x: -float(noise.loglike(y, mean, np.exp(x)) @ weights),
            bounds=(-12.0, 4.0),
            method="bounded",
        )
        scatter = float(np.exp(best.x))
    return float(noise.loglike(y, mean, np.asarray(scatter or 0.0)) @ weights)


def estimate_at(problem: SeriesToFit, params: Array, errors: str, converged: bool) -> Estimate:
    """How well given parameters fit, without a covariance."""
    residual, count = np.where(problem.seen, problem.y - problem.fitted(params), 0.0), len(params)
    sse = float(residual**2 @ problem.weights)
    scatter = float(np.sqrt(sse / max(int(problem.seen.sum()) - count, 1)))
    llf = log_likelihood(problem, params, errors, None)
    return Estimate(params, np.full((count, count), np.nan), llf, sse, scatter, converged)


def leaves_open(problem: SeriesToFit, found: Estimate) -> bool:
    """Whether the data do not tell the parameters: no minimum, too few observations, or next to
    nothing reached.
    """
    if int(problem.seen.sum()) < int(problem.free.sum()) or not np.isfinite(found.params).all():
        return True
    if "m" in problem.fixed or not problem.curve.ceiling:
        return False
    with np.errstate(all="ignore"):
        reached = problem.curve.share(problem.sampling.ends[-1:], *found.params[1:])[0]
    return not found.converged or not 0.01 <= reached <= 1
