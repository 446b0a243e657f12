"""Intervals of parameters from the likelihood alone: by its profile, and by standard errors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri, stdtrit

from forecasting.curves.fitting.estimate import Estimate, SeriesToFit, estimate, maximum
from forecasting.curves.fitting.noise import NOISES
from forecasting.errors import ModelError

__all__ = ["profile_intervals", "wald_intervals"]

Array = NDArray[np.float64]
STEPS = 18  # doublings of the first step away from the estimate, after which an interval is open
FAR = 40.0  # logs from the estimate, beyond which a value is as good as the edge
CLOSE = 1e-7  # of a bound in its coordinate


def wald_intervals(problem: SeriesToFit, errors: str, found: Estimate, alpha: float) -> Array:
    """Estimates plus and minus standard errors, (parameters, 2); NaN for fixed ones."""
    with np.errstate(invalid="ignore"):
        half = _critical(problem, errors, alpha) * np.sqrt(np.diag(found.covariance))
    return np.column_stack([found.params - half, found.params + half])


def profile_intervals(problem: SeriesToFit, errors: str, found: Estimate, alpha: float) -> Array:
    """Values of each parameter that the data do not exclude while the others follow, (parameters,
    2).

    NaN for fixed parameters; infinite, or at the edge of the parameter's domain, where the data
    exclude none.

    Notes ----- Bates and Watts (1988), Nonlinear Regression Analysis, section 6.1: with the others
    at their best, the signed root of the rise in the sum of squares over the residual variance is
    compared with Student's t; for other errors the signed root of twice the fall in log-likelihood
    with the normal law. The search goes in the log of the distance to a parameter's lower bound, so
    that bounds scale with the series.
    """
    if not np.isfinite(found.scatter):
        raise ModelError(
            "as many parameters as observations leave nothing to profile; use method='posterior'"
        )
    unit = 1.0
    if errors == "least_squares":  # a power of two, lest squares overflow
        unit = float(np.ldexp(1.0, np.frexp(np.nanmax(problem.y))[1]))
        problem = _in_units(problem, unit)
        found = estimate(problem, errors, np.append(found.params[0] / unit, found.params[1:]))
    bounds = np.array(
        [
            _interval(problem, errors, found, name, alpha) if moves else (np.nan, np.nan)
            for name, moves in zip(problem.curve.parameters, problem.free, strict=True)
        ]
    )
    bounds[0] *= unit
    return bounds


def _in_units(problem: SeriesToFit, unit: float) -> SeriesToFit:
    bounds = {
        name: (low / unit, high / unit) if name == "m" else (low, high)
        for name, (low, high) in problem.bounds.items()
    }
    fixed = {name: value / unit if name == "m" else value for name, value in problem.fixed.items()}
    return replace(problem, y=problem.y / unit, bounds=bounds, fixed=fixed)


def _critical(problem: SeriesToFit, errors: str, alpha: float) -> float:
    """Half-width of an interval in standard errors: of Student's t for least squares, else of the
    normal law.
    """
    spare = int(problem.seen.sum() - problem.free.sum())
    return float(
        stdtrit(spare, 1 - alpha / 2) if errors == "least_squares" else ndtri(1 - alpha / 2)
    )


def _interval(
    problem: SeriesToFit, errors: str, found: Estimate, name: str, alpha: float
) -> tuple[float, float]:
    place = problem.curve.parameters.index(name)
    low, high = problem.bounds.get(name, problem.curve.domain[name])
    inside, outside = _coordinate(low)
    limit = _critical(problem, errors, alpha)
    rise = _rise_of_squares if errors == "least_squares" else _fall_of_likelihood
    centre, first = inside(float(found.params[place])), _first_step(found, place, inside)

    def bound(side: int, edge: float) -> float:
        """Steps away from the estimate that double, then a search between the last two."""
        known, step = {centre: (-limit, found)}, first
        end = (
            inside(edge)
            if np.isinf(low)
            else float(np.clip(inside(edge), centre - FAR, centre + FAR))
        )

        def distance(x: float) -> float:
            """How far beyond the limit the data are with the parameter held there."""
            if x not in known:
                near = known[min(known, key=lambda other: abs(other - x))][1]
                held = replace(problem, fixed={**problem.fixed, name: outside(x)})
                gap, best = rise(held, errors, found, near, limit**2)
                known[x] = float(np.sqrt(max(gap, 0.0)) - limit) if np.isfinite(gap) else 1e9, best
            return known[x][0]

        near = centre
        for _ in range(STEPS):
            far = side * min(side * (near + side * step), side * end)
            if distance(far) > 0:
                return outside(
                    float(brentq(distance, near, far, xtol=CLOSE * max(abs(far - near), CLOSE)))
                )
            if far == end:
                break
            near, step = far, 2 * step
        return edge

    return bound(-1, low), bound(1, high)


def _rise_of_squares(
    held: SeriesToFit, errors: str, found: Estimate, near: Estimate, limit: float
) -> tuple[float, Estimate]:
    """From the neighbour's values; where that excludes the value, a scan has to agree."""
    best = estimate(held, errors, near.params)
    if not best.sse - found.sse < limit * found.scatter**2:
        with suppress(ModelError):  # the scan saw no curve
            best = min(best, estimate(held, errors, None), key=lambda one: one.sse)
    return (best.sse - found.sse) / found.scatter**2, best


def _fall_of_likelihood(
    held: SeriesToFit, errors: str, found: Estimate, near: Estimate, limit: float
) -> tuple[float, Estimate]:
    with np.errstate(all="ignore"):
        params, scatter, best = maximum(
            held, near.params, NOISES[errors], max(near.scatter, 1e-5), rounds=1
        )
    return 2 * (found.llf + float(best.fun)), replace(near, params=params, scatter=scatter)


def _coordinate(low: float) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """To the log of the distance to a finite lower bound, and back."""
    if np.isinf(low):
        return float, float

    def inside(value: float) -> float:
        return float(np.log(value - low)) if value > low else -np.inf

    return inside, lambda x: low + float(np.exp(x))


def _first_step(found: Estimate, place: int, inside: Callable[[float], float]) -> float:
    """One standard error in the coordinate."""
    value, error = float(found.params[place]), float(np.sqrt(found.covariance[place, place]))
    step = inside(value + error) - inside(value) if np.isfinite(error) else np.nan
    return step if np.isfinite(step) and step > 0 else 0.1
