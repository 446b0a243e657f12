"""Least-squares fits of growth curves to many series at once.

Variable projection (Golub and Pereyra 1973, in Kaufman's form): the scale ``m`` is linear, so that only the shape
parameters are searched. Levenberg-Marquardt steps run over all series together in NumPy, each series with its own
damping and its own end. Starting values come from a scan of curves shared by all series: one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from forecasting.errors import ModelError
from forecasting.growth.curves import Curve, find_curve
from forecasting.growth.sampling import Sampling
from forecasting.growth.search import Search

__all__ = ["CurveFits", "Solver", "fit_curves"]

Array = NDArray[np.float64]
CHUNK = 2048  # series solved together: their arrays stay in a core's cache
MAX_STEPS = 100
REST = 1e-13  # relative gain of an accepted step at which a search has come to rest
REACHED = np.array([0.01, 0.03, 0.08, 0.15, 0.25, 0.4, 0.55, 0.7, 0.82, 0.9, 0.96, 0.99, 0.999])
TAKEOVER = np.geomspace(0.1, 12.0, 13)  # in units of the time seen
SKEW = np.array([0.2, 0.6, 1.0, 2.0])


@dataclass(frozen=True)
class CurveFits:
    """Least-squares fits, one per series.

    Attributes
    ----------
    params : ndarray (series, parameters) or DataFrame
        ``m`` first, then the shape parameters; a DataFrame where a DataFrame was given.
    sse : ndarray (series,)
        Sums of squared residuals, weighted where weights were given.
    converged : ndarray (series,) of bool
        Whether a minimum was found. False where none exists: the sum of squares still falls as a parameter leaves for
        infinity (a ceiling that the data cannot tell), or the series has fewer values than parameters.
    names : tuple of str
        Names of the parameters.
    """

    curve: Curve
    sampling: Sampling
    params: Any
    sse: Array
    converged: NDArray[np.bool_]

    @property
    def names(self) -> tuple[str, ...]:
        return self.curve.parameters

    def fitted(self) -> Array:
        """Fitted values, (series, periods)."""
        params = np.asarray(self.params)
        with np.errstate(all="ignore"):
            return params[:, :1] * self.sampling.design(self.curve, params[:, 1:].T)


class Solver:
    """Levenberg-Marquardt over many series of one curve and one sampling.

    Parameters
    ----------
    curve, sampling, search
        What is fitted, when it was observed, which shape parameters move.
    level : (float, float)
        Bounds of ``m``; equal where it is fixed.
    tolerance : float
        Largest cosine of the angle between the residuals and a column of the Jacobian at a minimum.
    """

    def __init__(
        self,
        curve: Curve,
        sampling: Sampling,
        search: Search,
        level: tuple[float, float] = (-np.inf, np.inf),
        tolerance: float = 1e-8,
    ) -> None:
        self.curve, self.sampling, self.search = curve, sampling, search
        self.level, self.tolerance = level, tolerance

    def scan(self, data: Array, weights: Array | None) -> Array:
        """The best of a grid of curves for each series: shape parameters, (parameters, series)."""
        skew = SKEW if self.curve.skewed else SKEW[2:3]
        reached, takeover, skew = (axis.ravel() for axis in np.meshgrid(REACHED, TAKEOVER, skew, indexing="ij"))
        end, window = float(self.sampling.ends[-1]), self.sampling.window
        shape = np.stack(self.curve.locate(reached, takeover * window, skew, end))
        keep = np.isfinite(shape).all(axis=0)
        shape, _ = self.search.outside(self.search.inside(shape[:, keep]))
        design = self.sampling.design(self.curve, shape)
        keep = np.isfinite(design).all(axis=1) & (np.abs(design).max(axis=1) > 1e-200)
        shape, design = shape[:, keep], design[keep]
        size = np.sqrt((design**2).sum(axis=1))  # lest tiny designs underflow
        design = design / size[:, None]
        cross = data @ design.T if weights is None else (data * weights) @ design.T
        square = 1.0 if weights is None else np.maximum(weights @ (design**2).T, 1e-200)
        scale = np.clip(cross / square, self.level[0] * size, self.level[1] * size)
        return shape[:, np.argmin(scale * (scale * square - 2 * cross), axis=1)]

    def evaluate(self, data: Array, root: Array | None, inner: Array) -> tuple[Array, Array, Array, Array]:
        """Design, level, residuals and sums of squares at coordinates (free, series)."""
        design = self.sampling.design(self.curve, self.search.outside(inner)[0])
        if root is not None:
            design = design * root
        square = np.einsum("ij,ij->i", design, design)
        level = np.einsum("ij,ij->i", design, data) / square
        level = np.clip(level, *self.level)
        residual = data - level[:, None] * design
        sse = np.einsum("ij,ij->i", residual, residual)
        return design, level, residual, np.where(np.isfinite(sse), sse, np.inf)

    def jacobian(self, root: Array | None, inner: Array, design: Array, level: Array) -> Array:
        """Derivatives of the fitted values by the coordinates, less what the level takes up."""
        shape, slope = self.search.outside(inner)
        columns = self.sampling.slopes(self.curve, shape)[self.search.free] * slope[:, :, None]
        if root is not None:
            columns = columns * root
        interior = (level > self.level[0]) & (level < self.level[1])
        share = np.einsum("kij,ij->ki", columns, design) / np.einsum("ij,ij->i", design, design)
        return (columns - np.where(interior, share, 0.0)[:, :, None] * design) * level[:, None]

    def run(self, data: Array, weights: Array | None, start: Array | None) -> tuple[Array, Array, Array, Array]:
        """Shape (parameters, series), level, sum of squares and convergence of each series."""
        with np.errstate(all="ignore"):  # a step may leave what floats can hold; it is then refused
            shape = self.scan(data, weights) if start is None else start
            root = None if weights is None else np.sqrt(weights)
            data = data if root is None else data * root
            inner, level, sse, done = self._descend(data, root, self.search.inside(shape))
            return self.search.outside(inner)[0], level, sse, done

    def _descend(self, data: Array, root: Array | None, inner: Array) -> tuple[Array, Array, Array, Array]:
        found, active = inner.copy(), np.arange(data.shape[0])
        design, level, residual, sse = self.evaluate(data, root, inner)
        levels, squares, done = level.copy(), sse.copy(), np.zeros(len(active), dtype=bool)
        total, damping = np.einsum("ij,ij->i", data, data), np.full(len(active), 1e-3)
        for _ in range(MAX_STEPS if len(inner) else 0):
            columns = self.jacobian(root, inner, design, level)
            step, cosine = _step(columns, residual, damping, sse)
            trial = self.evaluate(data, root, inner + step)
            gain = (sse - trial[3]) / np.maximum(sse, 1e-300)
            better = gain >= 0
            damping = np.clip(np.where(better, damping / 10, damping * 8), 1e-14, 1e12)
            inner = np.where(better, inner + step, inner)
            design, residual = (
                np.where(better[:, None], trial[0], design),
                np.where(better[:, None], trial[2], residual),
            )
            level, sse = np.where(better, trial[1], level), np.where(better, trial[3], sse)
            minimum = (cosine < self.tolerance) | (sse <= 1e-28 * total)
            rest = minimum | (better & (gain < REST)) | (damping > 1e10)
            found[:, active], levels[active], squares[active] = inner, level, sse
            done[active] = minimum | (rest & (cosine < 1e-4))
            if rest.any():
                go = ~rest
                active, inner, damping, sse, level, total = (
                    active[go], inner[:, go], damping[go], sse[go], level[go], total[go],
                )  # fmt: skip
                data, design, residual = data[go], design[go], residual[go]
                root = None if root is None else root[go]
            if not len(active):
                break
        return found, levels, squares, done


def _step(columns: Array, residual: Array, damping: Array, sse: Array) -> tuple[Array, Array]:
    """Levenberg-Marquardt step, and the largest cosine between the residuals and a column."""
    normal = np.einsum("kij,lij->ikl", columns, columns)
    towards = np.einsum("kij,ij->ik", columns, residual)
    diagonal = np.einsum("ikk->ik", normal)
    size = np.sqrt(diagonal)
    size = np.where(size > 0, size, 1.0)
    cosine = np.max(np.abs(towards) / size / np.sqrt(np.maximum(sse, 1e-300))[:, None], axis=1)
    scaled = normal / (size[:, :, None] * size[:, None, :])
    scaled[:, *np.diag_indices(len(columns))] = 1 + damping[:, None] + 1e-15
    scaled, towards = np.nan_to_num(scaled, posinf=0.0, neginf=0.0), np.nan_to_num(towards / size)
    step = np.linalg.solve(scaled, towards[:, :, None])[:, :, 0] / size
    return np.clip(np.nan_to_num(step), -3, 3).T, cosine


def fit_curves(
    matrix: ArrayLike | pd.DataFrame,
    curve: str | Curve = "bass",
    *,
    weights: ArrayLike | None = None,
    start_params: ArrayLike | None = None,
    sampling: Sampling | None = None,
) -> CurveFits:
    """Fit one curve to each row of a matrix of flows by least squares.

    Parameters
    ----------
    matrix : array_like (series, periods) or DataFrame
        Flows of consecutive periods of length one, the first from launch on; NaN where missing. Zero or more.
    curve : str
        Name of the curve: see ``forecasting.growth.curves.CURVES``.
    weights : array_like (series, periods) or (periods,), optional
        Weights of the squared residuals, zero or more.
    start_params : array_like (parameters,) or (series, parameters), optional
        Where the searches start, ``m`` first; by default at the best of a scan of curves.
    sampling : Sampling, optional
        Other periods, or levels of a stock at given times.

    Returns
    -------
    CurveFits
        ``params``, ``sse``, ``converged``: one row or entry per series. A series with fewer values than parameters, or
        without a value above zero, has NaN parameters and has not converged.

    Raises
    ------
    ModelError
        Where the matrix is empty, not numeric, infinite or negative, or the curve is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(13.0)
    >>> flows = np.outer([100, 2000], np.diff(find_curve("bass").share(t, 0.02, 0.4)))
    >>> fit_curves(flows, "bass").params.round(3)
    array([[1.0e+02, 2.0e-02, 4.0e-01],
           [2.0e+03, 2.0e-02, 4.0e-01]])
    """
    curve = find_curve(curve)
    data = _matrix(matrix, "matrix")
    series, periods = data.shape
    sampling = sampling or Sampling.regular(periods)
    if len(sampling.ends) != periods:
        raise ModelError(f"the sampling has {len(sampling.ends)} periods and the matrix {periods} columns")
    gaps = np.isnan(data)
    weight = _weights(weights, gaps)
    start = None if start_params is None else _starts(start_params, curve, series)
    enough = (np.where(gaps, 0.0, data).max(axis=1) > 0) & ((~gaps).sum(axis=1) >= len(curve.parameters))
    params, sse = np.full((series, len(curve.parameters)), np.nan), np.full(series, np.nan)
    converged = np.zeros(series, dtype=bool)
    solver, rows = Solver(curve, sampling, Search.of(curve)), np.flatnonzero(enough)
    for part in np.array_split(rows, max(len(rows) // CHUNK, 1)):
        fit = solver.run(
            np.where(gaps[part], 0.0, data[part]),
            None if weight is None else weight[part],
            None if start is None else start[part, 1:].T,
        )
        params[part, 1:], params[part, 0], sse[part], converged[part] = fit[0].T, *fit[1:]
    if isinstance(matrix, pd.DataFrame):
        return CurveFits(curve, sampling, pd.DataFrame(params, matrix.index, curve.parameters), sse, converged)
    return CurveFits(curve, sampling, params, sse, converged)


def _matrix(values: object, name: str) -> Array:
    try:
        data = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ModelError(f"{name} holds something that is not a number; give floats, NaN where missing") from None
    if data.ndim != 2 or not data.size:
        raise ModelError(f"{name} has shape {data.shape}; give a row per series and a column per period")
    for wrong, what in ((np.isinf(data), "infinite"), (data < 0, "negative")):
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise ModelError(f"{name}[{row}, {column}] is {data[row, column]:g}: {what}; values are 0 or more, or NaN")
    return data


def _weights(weights: ArrayLike | None, gaps: NDArray[np.bool_]) -> Array | None:
    if weights is None:
        return np.where(gaps, 0.0, 1.0) if gaps.any() else None
    weight = _matrix(np.atleast_2d(np.asarray(weights)), "weights")
    try:
        return np.where(gaps, 0.0, np.broadcast_to(weight, gaps.shape))
    except ValueError:
        raise ModelError(f"weights have shape {weight.shape}, the matrix {gaps.shape}") from None


def _starts(start_params: ArrayLike, curve: Curve, series: int) -> Array:
    start = np.atleast_2d(np.asarray(start_params, dtype=float))
    if start.shape not in ((1, len(curve.parameters)), (series, len(curve.parameters))) or not np.isfinite(start).all():
        raise ModelError(f"start_params: give {len(curve.parameters)} finite numbers ({', '.join(curve.parameters)})")
    return np.broadcast_to(start, (series, start.shape[1]))
