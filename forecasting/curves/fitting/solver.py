"""Least squares of one curve for many series together: variable projection with
Levenberg-Marquardt.

The scale ``m`` is linear and is projected out (Golub and Pereyra 1973, in Kaufman's form), so that
only the shape parameters are searched. All series step together in NumPy, each with its own damping
and its own end; arrays have time as their first axis and series as their last. Starting values come
from a scan of curves that all series share: one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from forecasting.curves.definitions import Curve
from forecasting.curves.fitting.sampling import Sampling
from forecasting.curves.fitting.search import Search
from forecasting.errors import ModelError

__all__ = ["Solver"]

Array = NDArray[np.float64]
MAX_STEPS = 100
TOLERANCE = 1e-10  # of many fits at once; where more is asked for, the minimum is polished
POLISHING = 20  # steps at most
SAME = 1e-12  # relative difference of sums of squares that is rounding alone, with room
REST = 1e-13  # relative gain of an accepted step at which a search has come to rest
EXACT = 1e-24  # sum of squares, relative to the data's, that is rounding alone
STILL = 1e-8  # step in coordinates (logs) at which a search at rest has arrived
ROUNDING = 1e-14  # relative loss of a step that is rounding alone
REACHED = np.array([0.01, 0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.93, 0.98, 0.999])
TAKEOVER = np.geomspace(0.1, 10.0, 12)  # in units of the time seen
SKEW = np.array([0.2, 0.6, 1.0, 2.0])


@dataclass
class Point:
    """Where the searches of some series stand; arrays have the series as their last axis."""

    inner: Array  # coordinates (free parameters, series)
    design: Array  # fitted values for m = 1 (periods, series)
    slopes: list[Array]  # their derivatives by each coordinate
    level: Array
    residual: Array
    sse: Array

    def take(self, other: Point, better: NDArray[np.bool_]) -> None:
        """Move the better ones."""
        for mine, theirs in zip(self._arrays(), other._arrays(), strict=True):
            np.copyto(mine, theirs, where=better)

    def _arrays(self) -> list[Array]:
        return [self.inner, self.design, self.level, self.residual, self.sse, *self.slopes]


class Solver:
    """Levenberg-Marquardt over many series of one curve and one sampling.

    Parameters
    ----------
    curve, sampling, search
        What is fitted, when it was observed, which shape parameters move.
    level : (float, float)
        Bounds of ``m``; equal where it is fixed.
    tolerance : float
        Relative gain that the next step promises, below which a point is a minimum.
    """

    def __init__(
        self,
        curve: Curve,
        sampling: Sampling,
        search: Search,
        level: tuple[float, float] = (-np.inf, np.inf),
        tolerance: float = TOLERANCE,
    ) -> None:
        self.curve, self.sampling, self.search = curve, sampling, search
        self.level, self.tolerance = level, tolerance
        self.bounded = np.isfinite(level).any()

    def run(
        self,
        data: Array,
        weights: Array | None,
        start: Array | None,
        steps: int = MAX_STEPS,
        few: float = 0.0,
    ) -> tuple[Array, Array, Array, NDArray[np.bool_], NDArray[np.bool_]]:
        """Fit series, (series, periods), in so many steps at most, or until only few still move.

        Returns shape parameters (parameters, series), level, sum of squares, convergence, and
        whether it still moves.
        """
        with np.errstate(all="ignore"):  # a step may leave what floats can hold; it is then refused
            shape = self.scan(data, weights) if start is None else start
            data = np.ascontiguousarray(data.T)
            root = None if weights is None else np.ascontiguousarray(np.sqrt(weights.T))
            data = data if root is None else data * root
            point, done, moving = self._descend(data, root, self.search.inside(shape), steps, few)
            if self.tolerance < TOLERANCE and len(point.inner):
                self._polish(data, root, point)
            return self.search.outside(point.inner)[0], point.level, point.sse, done, moving

    def scan(self, data: Array, weights: Array | None) -> Array:
        """The best of a grid of curves for each series: shape parameters, (parameters, series)."""
        shape, design = self._grid()
        size = np.sqrt((design**2).sum(axis=0))  # lest tiny designs underflow
        # Subnormal numbers would be slow
        design = np.where(design > 1e-12 * size, design / size, 0.0)
        cross = data @ design if weights is None else (data * weights) @ design
        if weights is None and not self.bounded:
            return shape[:, np.argmax(cross, axis=1)]
        square = (
            np.ones(cross.shape) if weights is None else np.maximum(weights @ design**2, 1e-200)
        )
        scale = np.clip(cross / square, self.level[0] * size, self.level[1] * size)
        return shape[:, np.argmin(scale * (scale * square - 2 * cross), axis=1)]

    def _grid(self) -> tuple[Array, Array]:
        skew = self._skew() if self.curve.skewed else SKEW[2:3]
        reached, takeover, skew = (
            axis.ravel() for axis in np.meshgrid(REACHED, TAKEOVER, skew, indexing="ij")
        )
        end, window = float(self.sampling.ends[-1]), self.sampling.window
        shape = np.stack(self.curve.locate(reached, takeover * window, skew, end))
        shape, _ = self.search.outside(self.search.inside(shape[:, np.isfinite(shape).all(axis=0)]))
        design = self.sampling.design(self.curve, shape)
        keep = np.isfinite(design).all(axis=0) & (np.abs(design).max(axis=0) > 1e-200)
        if not keep.any():
            raise ModelError(
                f"within these bounds and fixed values no {self.curve.name} curve shows in the time observed"
            )
        return shape[:, keep], design[:, keep]

    def _skew(self) -> Array:
        """Third parameters to scan, within their bounds; alone where fixed."""
        fixed, low, high = self.search.fixed[-1], self.search.lower[-1], self.search.upper[-1]
        return np.unique(np.clip(SKEW, low + 1e-9, high)) if np.isnan(fixed) else np.array([fixed])

    def _at(self, data: Array, root: Array | None, inner: Array) -> Point:
        """Fit the level, and take derivatives, at coordinates (free, series)."""
        shape, slope = self.search.outside(inner)
        design, slopes = self.sampling.tangent(self.curve, shape)
        slopes = [
            column * size
            for column, size in zip(compress(slopes, self.search.free), slope, strict=True)
        ]
        if root is not None:
            design, slopes = design * root, [column * root for column in slopes]
        level = _dot(design, data) / _dot(design, design)
        if self.bounded:
            level = np.clip(level, *self.level)
        residual = data - level * design
        sse = _dot(residual, residual)
        return Point(inner, design, slopes, level, residual, np.where(sse < np.inf, sse, np.inf))

    def _step(self, point: Point, damping: Array) -> tuple[Array, Array]:
        """Step (free, series), and the relative gain in the sum of squares that an undamped one
        promises.
        """
        norm = _dot(point.design, point.design)
        unit = point.design if not self.bounded else point.design * self._interior(point.level)
        # Less what m takes up
        columns = [column - (_dot(unit, column) / norm) * unit for column in point.slopes]
        towards = np.stack([_dot(column, point.residual) for column in columns])
        normal = (
            np.stack([[_dot(one, other) for other in columns] for one in columns]) * point.level**2
        )
        size = np.sqrt(np.einsum("kki->ki", normal))
        size = np.where(size > 0, size, 1.0)
        towards = np.nan_to_num(towards * point.level / size, posinf=0.0, neginf=0.0)
        matrix = np.nan_to_num(normal / (size[:, None] * size), posinf=0.0, neginf=0.0)
        step = _solve(matrix, towards, 1 + damping)
        gain = np.abs(
            (_solve(matrix, towards, np.full_like(damping, 1 + 1e-14)) * towards).sum(axis=0)
        ) / np.maximum(point.sse, 1e-300)
        return np.clip(np.nan_to_num(step / size), -3, 3), gain

    def _interior(self, level: Array) -> Array:
        return np.where((level > self.level[0]) & (level < self.level[1]), 1.0, 0.0)

    def _descend(
        self, data: Array, root: Array | None, inner: Array, steps: int, few: float
    ) -> tuple[Point, NDArray[np.bool_], NDArray[np.bool_]]:
        """All series step on together; those at rest only ever improve."""
        point, total, series = self._at(data, root, inner), _dot(data, data), data.shape[1]
        damping = np.full(series, 1e-3)
        done, moving = np.zeros(series, dtype=bool), np.ones(series, dtype=bool)
        if not len(inner):
            return point, ~done, ~moving
        for _ in range(steps):
            step, promise = self._step(point, damping)
            trial = self._at(data, root, point.inner + step)
            gain = (point.sse - trial.sse) / np.maximum(point.sse, 1e-300)
            better = gain >= -ROUNDING
            damping = np.clip(np.where(better, damping / 10, damping * 8), 1e-14, 1e12)
            point.take(trial, better)
            minimum = (promise < self.tolerance) | (point.sse <= EXACT * total)
            rest = minimum | (better & (gain < min(REST, self.tolerance))) | (damping > 1e10)
            still = np.abs(step).max(axis=0) < STILL
            done |= minimum | (rest & ((promise < 1e-7) | still))
            moving &= ~rest
            if np.count_nonzero(moving) <= few * series:
                break
        return point, done, moving

    def _polish(self, data: Array, root: Array | None, point: Point) -> None:
        """Step on while the next step gets smaller: sums of squares show a minimum to half of its
        digits only.
        """
        free = np.zeros(data.shape[1])
        step, promise = self._step(point, free)
        for _ in range(POLISHING):
            trial = self._at(data, root, point.inner + step)
            onward, left = self._step(trial, free)
            better = (left < promise) & (trial.sse <= point.sse * (1 + SAME))
            if not better.any():
                return
            point.take(trial, better)
            step, promise = np.where(better, onward, 0.0), np.where(better, left, 0.0)


def _dot(one: Array, other: Array) -> Array:
    """Sums over periods, (series,)."""
    return np.asarray(np.einsum("ij,ij->j", one, other))


def _solve(matrix: Array, towards: Array, diagonal: Array) -> Array:
    """Solve small systems with ones on the diagonal replaced, (parameters, series)."""
    if len(towards) == 1:
        return np.asarray(towards / diagonal)
    if len(towards) == 2:
        (one, other), cross = towards, matrix[0, 1]
        return np.asarray(
            np.stack([one * diagonal - other * cross, other * diagonal - one * cross])
            / (diagonal**2 - cross**2)
        )
    system = np.moveaxis(matrix, -1, 0).copy()
    place = np.arange(len(towards))
    system[:, place, place] = diagonal[:, None] + 1e-15
    return np.asarray(np.linalg.solve(system, towards.T[:, :, None])[:, :, 0].T, dtype=float)
