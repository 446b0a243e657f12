"""Mixtures of normals, many at once: the noise of facts, and shocks with heavy tails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.evidence.observation import WRONG
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
        """Some of them, without components that none of these has; those of what is wrong stay."""
        present: Flags = np.any(self.weight[index] > 0, axis=0)
        present[-len(WRONG) :] = True
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

    def _parts(self, x: Array, spread: Array | float) -> tuple[Array, Array]:
        """Densities of the components over the largest of them, and the log of that: shapes
        (components, ..., mixtures) and (..., mixtures).

        Components come first, as sums over a last axis of few take numpy several times as long.
        """
        axes = tuple(range(1, np.ndim(x)))
        weight, mean, sd = (np.expand_dims(t.T, axes) for t in (self.weight, self.mean, self.sd))
        variance = sd**2 + spread
        part = (x - mean) ** 2
        part *= -0.5 / variance
        part += np.log(np.maximum(weight, 1e-300)) - 0.5 * np.log(variance)
        log_largest = part.max(axis=0)
        part -= log_largest
        # An exponential too small for a float takes ten times as long
        np.maximum(part, -700.0, out=part)
        return np.exp(part, out=part), log_largest

    def parts(self, x: Array, spread: Array | float = 0.0) -> Array:
        """Probability of each component, given where a number that it drew lies.

        Parameters
        ----------
        x : ndarray, shape (..., mixtures)
            Mean of the number.
        spread : ndarray, shape (..., mixtures), or float
            Variance of the number about that mean.
        """
        part, _ = self._parts(x, spread)
        return np.moveaxis(part / part.sum(axis=0), 0, -1)

    def precision(self, x: Array) -> Array:
        """Expected precision of the component that drew each number: shape (..., mixtures)."""
        return np.asarray((self.parts(x) / self.sd**2).sum(axis=-1))

    def doubt(self, x: Array, spread: Array | float = 0.0) -> Array:
        """Probability that each number was drawn by the components of what is wrong, which are the
        last: shape (..., mixtures); parameters as of `parts`.
        """
        return np.asarray(self.parts(x, spread)[..., -len(WRONG) :].sum(axis=-1))

    def log_density(self, x: Array, spread: Array | float = 0.0) -> Array:
        """Log density but for a constant, shape (..., mixtures); parameters as of `parts`."""
        part, log_largest = self._parts(x, spread)
        return np.asarray(log_largest + np.log(part.sum(axis=0)))
