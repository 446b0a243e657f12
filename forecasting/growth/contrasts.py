"""Observations as arrays: the contrasts of logs that a path's flows make, all facts at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.likelihood import Observation
from forecasting.growth.path import Path

__all__ = ["Contrasts", "as_arrays", "responsibilities"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Contrasts:
    """The observations as arrays, one row each.

    Parameters
    ----------
    numerator, denominator : ndarray, shape (facts, months + 1)
        Weights over months and the stock at the start.
    constant : ndarray, shape (facts,)
        Added to the denominator.
    offsets : ndarray, shape (facts, width)
        What the agencies' offsets add, by coordinate.
    value : ndarray, shape (facts,)
        What each contrast of logs is said to be.
    weight, mean, sd : ndarray, shape (facts, components)
        Mixtures of noise; components that a fact has not have weight 0.
    """

    numerator: Array
    denominator: Array
    constant: Array
    offsets: Array
    value: Array
    weight: Array
    mean: Array
    sd: Array

    def at(self, flows: Array, x: Array) -> Array:
        """The contrasts of logs, shape (draws, facts)."""
        top = np.log(np.maximum(flows @ self.numerator.T, 1e-300))
        bottom = np.log(np.maximum(flows @ self.denominator.T + self.constant, 1e-300))
        return np.asarray(top - bottom + x @ self.offsets.T)


def as_arrays(observations: Sequence[Observation], path: Path, bases: Mapping[str, int]) -> Contrasts:
    """Observations as arrays.

    Parameters
    ----------
    observations : sequence of Observation
        On the path's months.
    path : Path
        The map from coordinates to flows.
    bases : mapping of str to int
        Column of each basis that has an offset.
    """
    n, parts = len(observations), max((len(o.noise.weight) for o in observations), default=1)
    weight, mean, sd = np.zeros((n, parts)), np.zeros((n, parts)), np.ones((n, parts))
    offsets = np.zeros((n, path.width))
    for i, o in enumerate(observations):
        k = len(o.noise.weight)
        weight[i, :k], mean[i, :k], sd[i, :k] = o.noise.weight, o.noise.mean, o.noise.sd
        column = bases.get(o.statement.basis)
        alone = not o.denominator.any()  # the offset cancels where a basis is compared with itself
        if column is not None and alone:
            offsets[i, path.at_["basis"].start + column] = path.prior.basis_sd
    return Contrasts(
        numerator=np.array([o.numerator for o in observations]).reshape(n, path.months + 1),
        denominator=np.array([o.denominator for o in observations]).reshape(n, path.months + 1),
        constant=np.array([o.constant for o in observations]),
        offsets=offsets,
        value=np.array([o.value for o in observations]),
        weight=weight,
        mean=mean,
        sd=sd,
    )


def responsibilities(residual: Array, spread: Array, weight: Array, mean: Array, sd: Array) -> Array:
    """Probability of each component of noise, given how far a fact lies from what is expected of it.

    Parameters
    ----------
    residual : ndarray, shape (...,)
        Value said less value expected.
    spread : ndarray, shape (...,)
        Variance of what is expected.
    weight, mean, sd : ndarray, shape (..., components)
        The mixture.

    Examples
    --------
    >>> narrow_or_wide = np.array([0.9, 0.1]), np.zeros(2), np.array([0.01, 0.5])
    >>> bool(responsibilities(np.array(0.0), np.array(0.0), *narrow_or_wide)[0] > 0.99)
    True
    """
    variance = sd**2 + spread[..., None]
    log_part = np.log(np.maximum(weight, 1e-300)) - 0.5 * (
        (residual[..., None] + mean) ** 2 / variance + np.log(variance)
    )
    part = np.exp(log_part - log_part.max(axis=-1, keepdims=True))
    return np.asarray(part / part.sum(axis=-1, keepdims=True))
