"""Algebra of many small matrices at once, one on each row of a stack."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["diagonals", "log_determinant", "root", "times", "whitened"]

Array = NDArray[np.float64]

UNBOUNDED = 1e300  # a variance beside which no other counts


def times(matrices: Array, rows: Array) -> Array:
    """Each matrix times its row."""
    return np.asarray((matrices @ rows[:, :, None])[:, :, 0])


def diagonals(rows: Array) -> Array:
    """A diagonal matrix of each row."""
    return np.asarray(rows[:, :, None] * np.eye(rows.shape[1]))


def root(precision: Array) -> Array:
    """The symmetric square root of a matrix that is not negative, of any rank: no other is alike on
    all processors.
    """
    value, vector = np.linalg.eigh(precision)
    return np.asarray((vector * np.sqrt(np.maximum(value, 0.0))) @ vector.T)


def whitened(covariance: Array, *rows: Array) -> tuple[list[Array], Array]:
    """Rows in units of their covariance, by its Cholesky factor; and that factor.

    numpy solves no triangular systems of many matrices at once. A row that stands below the
    covariance comes out of the factorisation solved; its own variance, which must only be large, is
    not looked at.
    """
    n, more = covariance.shape[1], len(rows)
    both = np.zeros((len(covariance), n + more, n + more))
    both[:, :n, :n] = covariance
    for at, row in enumerate(rows, n):
        both[:, at, :n], both[:, at, at] = row, UNBOUNDED
    factor = np.linalg.cholesky(both)
    return [factor[:, at, :n] for at in range(n, n + more)], factor[:, :n, :n]


def log_determinant(factor: Array) -> Array:
    """Log determinant of each covariance, from its Cholesky factor."""
    return np.asarray(2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1))
