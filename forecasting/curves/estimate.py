"""Estimates of one growth curve by least squares."""

from dataclasses import dataclass

import numpy as np

from forecasting.curves.definitions import Curve, Sampling
from forecasting.curves.least_squares import Bounds, Solver
from forecasting.vocabulary.quantiles import Array, Flags

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
