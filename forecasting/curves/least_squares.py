"""Least squares of one curve for many series together: variable projection with
Levenberg-Marquardt.

The scale ``m`` is linear and is projected out (Golub and Pereyra 1973, in Kaufman's form), so that
only the shape parameters are searched, in unbounded coordinates. All series step together in NumPy,
each with its own damping and its own end; arrays have time as their first axis and series as their
last. Starting values come from a scan of curves that all series share: one matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from forecasting.curves.definitions import Curve, Sampling
from forecasting.vocabulary.errors import ModelError
from forecasting.vocabulary.quantiles import Array, Flags

Bounds = Mapping[str, tuple[float, float]]
MAX_STEPS = 100
MOVING_SHARE = 0.1  # the steps end where no more than this share of the series still moves
TOLERANCE = 1e-10  # relative gain that the next step promises, below which a point is a minimum
STEP_TOLERANCE = 1e-7  # in coordinates: a search without gain has arrived where steps are smaller
ROUNDING = 1e-13  # relative change of a sum of squares that is rounding alone
EXACT_SSE = 1e-20  # sum of squares, relative to the data's, that is rounding alone
START_MARGIN = 1e-9  # least distance of a start from two bounds, as a share of the span between
REACHED_GRID = np.array([0.01, 0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.93, 0.98, 0.999])
TAKEOVER_GRID = np.geomspace(0.1, 10.0, 12)  # in units of the time seen
SKEW_GRID = np.array([0.2, 0.6, 1.0, 2.0])


def to_coordinate(value: Array, low: float, high: float) -> Array:
    """The unbounded coordinate of a parameter: its log above a bound, its log-odds between two.

    >>> to_parameter(to_coordinate(np.array([0.3]), 0.0, 1.0), 0.0, 1.0)[0]
    array([0.3])
    """
    if np.isinf(low):
        return value
    if np.isinf(high):
        return np.log(np.maximum(value - low, 1e-300))
    return np.asarray(logit(np.clip((value - low) / (high - low), START_MARGIN, 1 - START_MARGIN)))


def to_parameter(coordinate: Array, low: float, high: float) -> tuple[Array, Array]:
    """A parameter and its derivative by its coordinate."""
    if np.isinf(low):
        return coordinate, np.ones_like(coordinate)
    if np.isinf(high):
        distance = np.exp(np.clip(coordinate, -300, 300))
        return low + distance, distance
    part = expit(coordinate)
    return low + (high - low) * part, (high - low) * part * (1 - part)


@dataclass
class Point:
    """The state of the searches of some series; arrays have the series as their last axis."""

    coordinates: Array  # (free parameters, series)
    design: Array  # fitted values for m = 1 (periods, series)
    slopes: Array  # their derivatives by each coordinate (free parameters, periods, series)
    level: Array
    residual: Array
    sse: Array

    def take(self, candidate: Point, better: Flags) -> None:
        """Move the searches of which the candidate is better."""
        for name, values in vars(self).items():
            np.copyto(values, getattr(candidate, name), where=better)


@dataclass(frozen=True)
class Fits:
    """Fits of some series: shape parameters (parameters, series), levels and sums of squares;
    whether each is a minimum, and whether its search still moves.
    """

    shape: Array
    level: Array
    sse: Array
    converged: Flags
    moving: Flags


class Solver:
    """Levenberg-Marquardt over many series of one curve and one sampling.

    Parameters
    ----------
    curve, sampling
        What is fitted, and when it was observed.
    bounds : mapping
        Bounds of all parameters by name, ``m`` among them; equal where a parameter is fixed.
    """

    def __init__(self, curve: Curve, sampling: Sampling, bounds: Bounds) -> None:
        self.curve, self.sampling = curve, sampling
        self.level = bounds["m"]
        self.bounds = [bounds[name] for name in curve.names]
        self.free_rows = [row for row, (low, high) in enumerate(self.bounds) if low < high]

    def to_coordinates(self, shape: Array) -> Array:
        """Coordinates (free parameters, series) of shape parameters (parameters, series)."""
        rows = [to_coordinate(shape[row], *self.bounds[row]) for row in self.free_rows]
        return np.array(rows).reshape(len(rows), shape.shape[1])

    def to_shape(self, coordinates: Array) -> tuple[Array, Array]:
        """Shape parameters (parameters, series), and derivatives of the free ones by their
        coordinates.
        """
        shape = np.repeat([[low] for low, _ in self.bounds], coordinates.shape[1], axis=1)
        speed = np.empty_like(coordinates)
        for place, row in enumerate(self.free_rows):
            shape[row], speed[place] = to_parameter(coordinates[place], *self.bounds[row])
        return shape, speed

    @np.errstate(all="ignore")  # a step may leave what floats can hold; it is then refused
    def run(
        self,
        data: Array,
        weights: Array | None,
        start: Array | None,
        steps: int = MAX_STEPS,
        polish: int = 0,
    ) -> Fits:
        """Fit some series.

        Parameters
        ----------
        data, weights : ndarray (series, periods)
            Observations, and 0 where one is missing; no weights where all count.
        start : ndarray (series, parameters), optional
            Where the searches start; by default at the best of a scan.
        steps : int
            Most damped steps; they end earlier where few series still move.
        polish : int
            Undamped steps after them, which bring a minimum to all its digits.
        """
        shape = self.scan(data, weights) if start is None else start.T[1:]
        root: Array | float = 1.0
        if weights is not None:
            root = np.sqrt(weights.T, order="C")
        data = data.T.copy() * root
        point = self._at(data, root, self.to_coordinates(shape))
        exact = EXACT_SSE * _dot(data, data)
        damping = np.full(len(point.sse), 1e-3)
        minimum = np.full(len(point.sse), not self.free_rows)
        moving = ~minimum
        for _ in range(steps):  # all series together: those at rest can only improve
            if np.count_nonzero(moving) <= MOVING_SHARE * len(moving):
                break
            step, promise = self._step(point, damping)
            trial = self._at(data, root, point.coordinates + step)
            gain = (point.sse - trial.sse) / np.maximum(point.sse, 1e-300)
            better = gain >= -ROUNDING
            damping = np.clip(np.where(better, damping / 10, damping * 8), 1e-14, 1e12)
            point.take(trial, better)
            resting = better & (gain < ROUNDING)
            tiny_step = np.abs(step).max(axis=0) < STEP_TOLERANCE
            minimum |= (promise < TOLERANCE) | (point.sse <= exact) | (resting & tiny_step)
            moving &= ~minimum & ~resting & (damping < 1e10)
        for _ in range(polish):
            step, _ = self._step(point, np.zeros(len(point.sse)))
            trial = self._at(data, root, point.coordinates + step)
            point.take(trial, trial.sse <= point.sse * (1 + ROUNDING))
        return Fits(self.to_shape(point.coordinates)[0], point.level, point.sse, minimum, moving)

    def scan(self, data: Array, weights: Array | None) -> Array:
        """The best of a grid of curves for each series: shape parameters, (parameters, series)."""
        shape, design = self._grid()
        # Products of tiny designs would underflow, and subnormal numbers would be slow
        size = np.sqrt((design**2).sum(axis=0))
        design = np.where(np.abs(design) > 1e-12 * size, design / size, 0.0)
        if weights is None:
            positive_design = design * np.sign(design.sum(axis=0))
            return shape[:, np.argmax(data @ positive_design, axis=1)]
        cross = (data * weights) @ design
        square = np.maximum(weights @ design**2, 1e-200)
        scale = np.clip(cross / square, self.level[0] * size, self.level[1] * size)
        return shape[:, np.argmin(scale * (scale * square - 2 * cross), axis=1)]

    def _grid(self) -> tuple[Array, Array]:
        skew = np.ones(1)
        if self.curve.skewed:
            skew = np.unique(np.clip(SKEW_GRID, *self.bounds[-1]))
        axes = np.meshgrid(REACHED_GRID, TAKEOVER_GRID * self.sampling.window, skew)
        reached, takeover, third = (axis.ravel() for axis in axes)
        shape = np.stack(self.curve.locate(reached, takeover, third, self.sampling.ends[-1]))
        shape = shape[:, np.isfinite(shape).all(axis=0)]
        shape, _ = self.to_shape(self.to_coordinates(shape))
        design = self.sampling.design(self.curve, shape)
        is_visible = np.isfinite(design).all(axis=0) & (np.abs(design).max(axis=0) > 1e-200)
        if not is_visible.any():
            raise ModelError(
                f"within these bounds and fixed values no {self.curve.name} curve shows in the time"
                " observed"
            )
        return shape[:, is_visible], design[:, is_visible]

    def _at(self, data: Array, root: Array | float, coordinates: Array) -> Point:
        """Fit the level, and take derivatives, at coordinates (free parameters, series)."""
        shape, speed = self.to_shape(coordinates)
        design, slopes = self.sampling.tangent(self.curve, shape)
        design = design * root
        columns = np.empty((len(coordinates), *design.shape))
        for place, row in enumerate(self.free_rows):
            columns[place] = slopes[row] * (speed[place] * root)
        level = np.clip(_dot(design, data) / _dot(design, design), *self.level)
        residual = data - level * design
        sse = _dot(residual, residual)
        sse = np.where(sse < np.inf, sse, np.inf)
        return Point(coordinates, design, columns, level, residual, sse)

    def _step(self, point: Point, damping: Array) -> tuple[Array, Array]:
        """Step (free parameters, series), and the relative gain in the sum of squares that an
        undamped step promises.
        """
        # The level follows each step, unless it is at a bound
        level_is_free = (self.level[0] < point.level) & (point.level < self.level[1])
        square = _dot(point.design, point.design)
        projection = level_is_free * _dot(point.slopes, point.design) / square
        columns = point.slopes - projection[:, None] * point.design
        gradient = _dot(columns, point.residual) * point.level
        normal = _dot(columns[:, None], columns) * point.level**2
        size = np.sqrt(np.einsum("kki->ki", normal))
        size = np.where(size > 0, size, 1.0)
        gradient = np.nan_to_num(gradient / size, posinf=0.0, neginf=0.0)
        matrix = np.nan_to_num(normal / (size[:, None] * size), posinf=0.0, neginf=0.0)
        step = _solve(matrix, gradient, damping)
        newton = _solve(matrix, gradient, np.full_like(damping, 1e-14))
        promise = np.abs((newton * gradient).sum(axis=0)) / np.maximum(point.sse, 1e-300)
        return np.clip(np.nan_to_num(step / size), -3, 3), promise


def _dot(rows: Array, factors: Array) -> Array:
    """Sums over periods, (..., series)."""
    return np.asarray(np.einsum("...ij,...ij->...j", rows, factors))


def _solve(matrix: Array, gradient: Array, damping: Array) -> Array:
    """Solve small systems, with damping added to their diagonals, by elimination: (parameters,
    series).
    """
    system = np.concatenate([matrix, gradient[:, None]], axis=1)
    rows = range(len(gradient))
    for row in rows:
        system[row, row] += damping
    for row in rows:
        system[row] = system[row] / system[row, row]
        for target_row in rows:
            if target_row != row:
                system[target_row] = system[target_row] - system[target_row, row] * system[row]
    return system[:, -1]


POLISHING = 8  # undamped steps that bring a minimum to all its digits
MAX_CONDITION = 1e15  # of information: beyond, its inverse is rounding


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
    def has_value(self) -> Flags:
        """Which observations count."""
        return np.isfinite(self.y)

    @property
    def is_estimated(self) -> Flags:
        """Which parameters move, ``m`` first."""
        pairs = [self.bounds[name] for name in self.curve.parameters]
        return np.array([low < high for low, high in pairs])

    @property
    def spare(self) -> int:
        """Observations beyond the parameters that move."""
        return int(self.has_value.sum() - self.is_estimated.sum())

    def fitted(self, params: Array) -> Array:
        """What the curve shows at the observations, (periods,)."""
        return self.sampling.fitted(self.curve, params[:, None])[:, 0]

    def sse(self, params: Array) -> float:
        """Sum of squared residuals."""
        with np.errstate(all="ignore"):
            residual = np.where(self.has_value, self.y - self.fitted(params), 0.0)
            return float((residual**2).sum())

    def information(self, params: Array, variance: float) -> Array:
        """Fisher's information of the moving parameters, where observations have that variance."""
        with np.errstate(all="ignore"):
            design, slopes = self.sampling.tangent(self.curve, params[1:, None])
            jacobian = np.column_stack([design, *(params[0] * slope for slope in slopes)])
            jacobian = jacobian[self.has_value][:, self.is_estimated]
            return np.asarray((jacobian.T / variance) @ jacobian)


@dataclass(frozen=True)
class Estimate:
    """A point estimate: parameters, their covariance, and whether they are a minimum."""

    params: Array
    covariance: Array
    converged: bool


def estimate(problem: SeriesToFit, start: Array | None = None) -> Estimate:
    """Least squares.

    Examples
    --------
    >>> from forecasting.curves.model import GrowthModel
    >>> model = GrowthModel([10.0, 14.0, 19.0, 24.0, 28.0], curve="exponential")
    >>> estimate(model._to_fit(model.curves[0])).converged
    True
    """
    data = np.where(problem.has_value, problem.y, 0.0)[None]
    has_value = problem.has_value.astype(float)[None]
    solver = Solver(problem.curve, problem.sampling, problem.bounds)
    fits = solver.run(data, has_value, start, polish=POLISHING)
    params = np.append(fits.level, fits.shape)
    variance = np.nan
    if problem.spare > 0:
        variance = problem.sse(params) / problem.spare
    covariance = np.full((len(params), len(params)), np.nan)
    if problem.is_estimated.any():
        moving = np.ix_(problem.is_estimated, problem.is_estimated)
        covariance[moving] = covariance_of(problem.information(params, variance))
    return Estimate(params, covariance, bool(fits.converged[0]))


def leaves_open(problem: SeriesToFit, estimates: Estimate) -> bool:
    """Whether the data do not tell the parameters: there is no minimum, observations are too few,
    or less than 1 % of the ceiling is reached.
    """
    if problem.spare < 0 or not np.isfinite(estimates.params).all():
        return True
    if not problem.is_estimated[0] or not problem.curve.ceiling:
        return False
    with np.errstate(all="ignore"):
        reached = problem.curve.share(problem.sampling.ends[-1:], *estimates.params[1:])[0]
    return not estimates.converged or not 0.01 <= reached <= 1


def covariance_of(information: Array) -> Array:
    """Inverses of information (..., parameters, parameters), balanced first; NaN where it is
    singular.

    Examples
    --------
    >>> covariance_of(np.array([[[4.0, 0.0], [0.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]]])).tolist()
    [[[0.25, 0.0], [0.0, 0.5]], [[nan, nan], [nan, nan]]]
    """
    with np.errstate(all="ignore"):
        size = np.sqrt(np.diagonal(information, axis1=-2, axis2=-1))
        size = np.where((size > 0) & np.isfinite(size), size, 1.0)
        scale = size[..., None, :] * size[..., :, None]
        balanced = np.nan_to_num(information / scale)
        is_regular = (np.linalg.cond(balanced) < MAX_CONDITION)[..., None, None]
        inverse = np.linalg.inv(np.where(is_regular, balanced, np.eye(balanced.shape[-1])))
        return np.where(is_regular, inverse / scale, np.nan)
