"""The inverse of a covariance that is a square of few columns and a diagonal, in the smaller of its
two dimensions.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotrs

__all__ = ["Covariance"]

Array = NDArray[np.float64]


class Covariance:
    """``root root' + diag(noise)``, ready to be divided by.

    LAPACK is called itself: of matrices this small, the checks around it take most of the time.

    Parameters
    ----------
    root : ndarray, shape (n, width)
        Any.
    noise : ndarray, shape (n,)
        Above 0.

    Examples
    --------
    >>> tall = Covariance(np.array([[1.0], [2.0]]), np.array([1.0, 1.0]))  # [[2, 2], [2, 5]]
    >>> tall.solve(np.array([4.0, 7.0])).round(6).tolist(), tall.diagonal.round(4).tolist()
    ([1.0, 1.0], [0.8333, 0.3333])
    """

    def __init__(self, root: Array, noise: Array) -> None:
        self.noise, self.wide, self.empty = noise, len(root) <= root.shape[1], not root.size
        if self.wide:
            square = root @ root.T + np.diag(noise)
        else:
            self.scaled = root / noise[:, None]
            square = np.eye(root.shape[1]) + root.T @ self.scaled
        self.factor: Array
        self.factor, failed = dpotrf(square) if square.size else (square, 0)
        if failed:
            raise np.linalg.LinAlgError("the covariance of the facts is not positive definite")

    def solve(self, x: Array) -> Array:
        """The inverse times a vector, or the columns of a matrix."""
        if self.empty:
            return x / (self.noise if x.ndim == 1 else self.noise[:, None])
        if self.wide:
            return self._divided(x)
        inner = self._divided(self.scaled.T @ x)
        return np.asarray((x.T / self.noise).T - self.scaled @ inner)

    def _divided(self, x: Array) -> Array:
        return np.asarray(dpotrs(self.factor, x)[0]) if x.size else x

    @cached_property
    def diagonal(self) -> Array:
        """The diagonal of the inverse."""
        if self.wide:
            return np.asarray(np.diag(self.solve(np.eye(len(self.noise)))))
        inner = self._divided(self.scaled.T)
        return np.asarray(1 / self.noise - (self.scaled * inner.T).sum(axis=1))

    @cached_property
    def log_determinant(self) -> float:
        """Log of its determinant."""
        own = 0.0 if self.empty else 2 * float(np.log(np.diag(self.factor)).sum())
        return own if self.wide and not self.empty else own + float(np.log(self.noise).sum())
