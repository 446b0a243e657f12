"""Unbounded coordinates for shape parameters: logs above a bound, log-odds between two, and fixed
values left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.curves.definitions import Curve

__all__ = ["Search"]

Array = NDArray[np.float64]
WIDE = 1e4  # below an upper bound that stands alone: no parameter that may be negative gets there
EDGE = 1e-9  # how near to a bound a start may lie, as a share of the span between two bounds


@dataclass(frozen=True)
class Search:
    """Which shape parameters may move, and how.

    Parameters
    ----------
    lower, upper : ndarray (parameters,)
        Bounds; infinite where there is none.
    fixed : ndarray (parameters,)
        The value of a fixed parameter, NaN where it is free.

    Examples
    --------
    >>> from forecasting.curves.definitions import CURVES
    >>> search = Search.of(CURVES["bass"], fixed={"p": 0.03})
    >>> search.outside(search.inside(np.array([[0.5], [0.38]])))[0].round(6).ravel()
    array([0.03, 0.38])
    """

    lower: Array
    upper: Array
    fixed: Array

    @classmethod
    def of(
        cls,
        curve: Curve,
        bounds: Mapping[str, tuple[float, float]] | None = None,
        fixed: Mapping[str, float] | None = None,
    ) -> Search:
        """The shape parameters of a curve, with bounds and fixed values of one's own by name."""
        declared = dict(zip(curve.names, curve.bounds, strict=True)) | dict(bounds or {})
        lower, upper = np.array([declared[name] for name in curve.names], dtype=float).T
        lower = np.where(np.isinf(lower) & np.isfinite(upper), upper - WIDE, lower)
        return cls(
            lower,
            upper,
            np.array([(fixed or {}).get(name, np.nan) for name in curve.names], dtype=float),
        )

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which parameters move."""
        return np.isnan(self.fixed)

    def _kinds(self) -> tuple[Array, Array, NDArray[np.bool_], NDArray[np.bool_]]:
        low, high = self.lower[self.free, None], self.upper[self.free, None]
        boxed = np.isfinite(high)
        return (
            np.where(np.isfinite(low), low, 0.0),
            np.where(boxed, high - low, 1.0),
            np.isfinite(low),
            boxed,
        )

    def inside(self, shape: Array) -> Array:
        """Coordinates (free parameters, series) of shape parameters (parameters, series)."""
        low, span, bounded, boxed = self._kinds()
        above = np.maximum((shape[self.free] - low) / span, np.where(boxed, EDGE, 1e-300))
        above = np.where(boxed, np.minimum(above, 1 - EDGE), above)
        log = np.log(above) - np.where(boxed, np.log1p(-np.where(boxed, above, 0.0)), 0.0)
        return np.where(bounded, log, shape[self.free])

    def outside(self, inner: Array) -> tuple[Array, Array]:
        """Shape parameters (parameters, series), and derivatives of the free ones by their
        coordinates.
        """
        low, span, bounded, boxed = self._kinds()
        power = np.exp(np.where(bounded, np.clip(inner, -300, 300), 0.0))
        below = np.where(boxed, 1 + power, 1.0)
        value = np.where(bounded, low + span * power / below, inner)
        shape = np.repeat(self.fixed[:, None], inner.shape[1], axis=1)
        shape[self.free] = value
        return shape, span * power / below**2
