"""When a series was observed, and what a cumulative curve shows then: differences over periods, or
levels at times.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecasting.curves.definitions import Curve
from forecasting.quantiles import Array


@dataclass(frozen=True)
class Sampling:
    """Observation times since launch.

    Parameters
    ----------
    ends : ndarray (periods,)
        Ends of the periods of a flow; times of a stock.
    starts : ndarray (periods,) or None
        Starts of the periods of a flow; None for a stock.

    Examples
    --------
    >>> Sampling.regular(3).observe(np.array([0.0, 1.0, 4.0, 9.0]))
    array([1., 3., 5.])
    """

    ends: Array
    starts: Array | None = None
    times: Array = field(init=False, repr=False)
    places: list[NDArray[np.int_]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        edges = self.ends
        if self.starts is not None:
            edges = np.concatenate([self.ends, self.starts])
        times, places = np.unique(edges, return_inverse=True)  # periods in a row share edges
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "places", np.split(places, len(edges) // len(self.ends)))

    @classmethod
    def regular(cls, periods: int) -> Sampling:
        """Flows of periods of length one, the first one from launch on."""
        edges = np.arange(periods + 1.0)
        return cls(edges[1:], edges[:-1])

    @property
    def window(self) -> float:
        """Time seen, from the start of the first period to the end of the last one."""
        return float(self.times[-1] - self.times[0]) or float(self.ends[-1]) or 1.0

    def observe(self, values: Array) -> Array:
        """Flows or levels, from values of a cumulative curve at ``times`` (the first axis)."""
        if self.starts is None:
            return values[self.places[0]]
        end, start = self.places
        return values[end] - values[start]

    def design(self, curve: Curve, shape: Array) -> Array:
        """What a curve with ``m = 1`` shows, (periods, series), for shape parameters (parameters,
        series).
        """
        return self.observe(curve.share(self.times[:, None], *shape))

    def tangent(self, curve: Curve, shape: Array) -> tuple[Array, list[Array]]:
        """The same, and its derivatives by each shape parameter, each (periods, series)."""
        share, *slopes = curve.tangent(self.times[:, None], *shape)
        return self.observe(share), [self.observe(slope) for slope in slopes]
