"""When a series was observed, and what a cumulative curve shows then: differences over periods, or
levels at times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting.curves.definitions import Curve

__all__ = ["Sampling"]

Array = NDArray[np.float64]


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
    first: Any = field(init=False, repr=False)
    last: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        times: Array = self.ends
        first: Any = None
        last: Any = slice(None)
        # Periods in a row share edges
        if self.starts is not None and np.array_equal(self.starts[1:], self.ends[:-1]):
            times, first, last = (
                np.append(self.starts[:1], self.ends),
                slice(None, -1),
                slice(1, None),
            )
        elif self.starts is not None:
            times, inverse = np.unique(
                np.concatenate([self.starts, self.ends]), return_inverse=True
            )
            first, last = inverse[: len(self.ends)], inverse[len(self.ends) :]
        for name, value in (("times", times), ("first", first), ("last", last)):
            object.__setattr__(self, name, value)

    @classmethod
    def regular(cls, periods: int) -> Sampling:
        """Flows of periods of length one, the first one from launch on."""
        edges = np.arange(periods + 1.0)
        return cls(edges[1:], edges[:-1])

    @property
    def window(self) -> float:
        """Time seen, from the start of the first period to the end of the last one."""
        first = self.ends[0] if self.starts is None else self.starts[0]
        return float(self.ends[-1] - first) or float(self.ends[-1]) or 1.0

    def observe(self, values: Array) -> Array:
        """Flows or levels, from values of a cumulative curve at ``times`` (the first axis)."""
        return values if self.first is None else values[self.last] - values[self.first]

    def design(self, curve: Curve, shape: Array) -> Array:
        """What a curve with ``m = 1`` shows, (periods, series), for shape parameters (parameters,
        series).
        """
        return self.observe(curve.share(self.times[:, None], *shape))

    def tangent(self, curve: Curve, shape: Array) -> tuple[Array, list[Array]]:
        """The same, and its derivatives by each shape parameter, each (periods, series)."""
        share, *slopes = curve.tangent(self.times[:, None], *shape)
        return self.observe(share), [self.observe(slope) for slope in slopes]
