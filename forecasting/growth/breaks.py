"""How a fact that is contested, and the scale of the shock in a year by it, are proposed together.

A jump that nobody expects is a fact that is wrong, or a large shock.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BREAKS", "log_proposed", "propose_breaks"]

Array = NDArray[np.float64]
Indices = NDArray[np.int_]

BREAKS = 4  # proposals in one sweep, where few facts are sampled
WAYS: Array = np.array(  # how often each is proposed; component of the fact; of the log scale, mean and spread
    [(0.4, 0, 3.5, 1.5), (0.2, 0, 0.3, 1.5), (0.2, 1, 0.3, 1.5), (0.2, 2, 0.3, 1.5)]
)


def propose_breaks(rng: np.random.Generator, count: int) -> tuple[Indices, Array]:
    """So many components of an exact fact's noise, each with the squared scale of a year."""
    _, component, mean, sd = WAYS[rng.choice(len(WAYS), count, p=WAYS[:, 0])].T
    return component.astype(int), np.exp(mean + sd * rng.standard_normal(count))


def log_proposed(component: Indices, scale: Array) -> Array:
    """Log density with which they are proposed, by the log of the scale.

    >>> scale, right = np.exp(np.linspace(-8, 12, 2001)), np.zeros(2001, dtype=int)
    >>> bool(abs(np.exp(log_proposed(right, scale)).sum() * 0.01 - 0.6) < 1e-3)
    True
    """
    share, of, mean, sd = WAYS.T
    apart = (np.log(scale)[:, None] - mean) / sd
    density = share / (sd * np.sqrt(2 * np.pi)) * np.exp(-0.5 * apart**2)
    return np.asarray(np.log((density * (of == component[:, None])).sum(axis=1)))
