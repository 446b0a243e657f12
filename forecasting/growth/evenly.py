"""Random numbers that chance has spread evenly over chains that are alike, so that their shares
scatter less.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["chosen", "evenly"]

Array = NDArray[np.float64]
# Its multiples, less whole numbers, are spread evenly, any number of them in a row
GOLDEN = (5**0.5 - 1) / 2


def evenly(rng: np.random.Generator, *alike: Array | NDArray[np.int_]) -> Array:
    """Uniform numbers, one for each row, spread evenly among rows that lie near each other.

    Each of them is uniform by itself, whatever the others are (array-RQMC: L'Ecuyer, Lecot and
    Tuffin 2008). Rows are compared to six digits: of equal ones the order must not hang on how a
    processor rounds.
    """
    found = np.empty(len(alike[0]))
    found[np.lexsort([np.round(each, 6) for each in alike])] = (
        rng.random() + GOLDEN * np.arange(len(found))
    ) % 1
    return found


def chosen(below: Array, even: Array) -> NDArray[np.int_]:
    """Of each row of cumulated weights the number that its uniform number falls on.

    >>> chosen(np.array([[1.0, 3.0, 4.0], [1.0, 3.0, 4.0]]), np.array([0.2, 0.5])).tolist()
    [0, 1]
    """
    return np.asarray((below < even[:, None] * below[:, -1:]).sum(axis=1))
