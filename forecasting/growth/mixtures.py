"""Mixtures of normals, many at once: the noise of facts, and shocks with heavy tails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from forecasting.vocabulary.quantiles import Array, Flags, Indices


@dataclass(frozen=True)
class Mixtures:
    """Mixtures of normals, one a row.

    Parameters
    ----------
    weight, mean, sd : ndarray, shape (mixtures, components)
        A component that a mixture lacks has weight 0.

    Examples
    --------
    >>> narrow_or_wide = Mixtures(np.array([[0.9, 0.1]]), np.zeros((1, 2)), np.array([[0.01, 0.5]]))
    >>> bool(narrow_or_wide.parts(np.zeros(1))[0, 0] > 0.99)
    True
    """

    weight: Array
    mean: Array
    sd: Array

    def rows(self, index: Indices | Flags | slice) -> Mixtures:
        """Some of them, without components that none of these has."""
        present: Flags = np.any(self.weight[index] > 0, axis=0)
        present[-1] = True
        tables = (table[index][:, present] for table in (self.weight, self.mean, self.sd))
        return Mixtures(*tables)

    @classmethod
    def from_parts(cls, parts: Sequence[tuple[float, float, float]]) -> Mixtures:
        """One mixture, from weight, mean and standard deviation of each component."""
        return cls(*np.array(parts).T[:, None])

    @classmethod
    def stacked(cls, mixtures: Sequence[Mixtures]) -> Mixtures:
        """Several joined, with as many components as the largest. A smaller one is filled up in
        front, so that the last components stay the last.
        """
        parts = max(item.weight.shape[1] for item in mixtures)
        tables = []
        for item in mixtures:
            lacking = np.zeros((3, len(item.weight), parts - item.weight.shape[1]))
            lacking[2] = 1.0
            item_tables = np.stack([item.weight, item.mean, item.sd])
            tables.append(np.concatenate([lacking, item_tables], axis=2))
        return cls(*np.concatenate(tables, axis=1))

    def _log_parts(self, x: Array, spread: Array | float) -> Array:
        sd = np.sqrt(self.sd**2 + np.asarray(spread)[..., None])
        log_part = np.log(np.maximum(self.weight, 1e-300) / sd)
        return np.asarray(log_part - 0.5 * ((x[..., None] - self.mean) / sd) ** 2)

    def parts(self, x: Array, spread: Array | float = 0.0) -> Array:
        """Probability of each component, given where a number that it drew lies.

        Parameters
        ----------
        x : ndarray, shape (..., mixtures)
            Mean of the number.
        spread : ndarray, shape (..., mixtures), or float
            Variance of the number about that mean.
        """
        return np.asarray(softmax(self._log_parts(x, spread), axis=-1))

    def precision(self, x: Array) -> Array:
        """Expected precision of the component that drew each number: shape (..., mixtures)."""
        return np.asarray((self.parts(x) / self.sd**2).sum(axis=-1))

    def log_density(self, x: Array, spread: Array | float = 0.0) -> Array:
        """Log density but for a constant, shape (..., mixtures); parameters as of `parts`."""
        log_part = self._log_parts(x, spread)
        largest = log_part.max(axis=-1)
        return np.asarray(largest + np.log(np.exp(log_part - largest[..., None]).sum(axis=-1)))
