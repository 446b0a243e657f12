"""Observations as arrays: the contrasts of logs that a path's flows make, all facts at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.likelihood import SCRAPPAGE_SD, WRONG, Observation, stock_ages
from forecasting.growth.path import LatentPath

__all__ = ["Contrasts", "as_arrays", "responsibilities"]

Array = NDArray[np.float64]

AT_ONCE = 1_000_000  # draws times facts times components of noise


@dataclass(frozen=True)
class Contrasts:
    """The observations as arrays, one row each.

    Parameters
    ----------
    numerator, denominator : ndarray, shape (facts, months + 1)
        Weights over months and the stock at the start.
    constant : ndarray, shape (facts,)
        Added to the denominator.
    aged : ndarray, shape (facts, months + 1)
        Weights times years on the register, of stocks: what a higher scrappage takes away.
    offsets, base_offsets : ndarray, shape (facts, width)
        What the agencies' offsets add, by coordinate; and to the denominator alone, where a
        constant is counted with it.
    scrappage : slice
        The coordinate of scrappage.
    value : ndarray, shape (facts,)
        What each contrast of logs is said to be.
    weight, mean, sd : ndarray, shape (facts, components)
        Mixtures of noise; components that a fact has not have weight 0.
    wrong : ndarray, shape (facts, components)
        Which components are those of a fact that is wrong.
    """

    numerator: Array
    denominator: Array
    constant: Array
    aged: Array
    offsets: Array
    base_offsets: Array
    scrappage: slice
    value: Array
    weight: Array
    mean: Array
    sd: Array
    wrong: NDArray[np.bool_]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Which facts are numbers, with one narrow component, not bounds."""
        return np.asarray((~self.wrong & (self.weight > 0)).sum(axis=1) == 1)

    def only(self, rows: NDArray[np.int_]) -> Contrasts:
        """Some of the facts."""
        kept = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "scrappage"}
        return replace(self, **kept)

    def doubting(self, times: float) -> Array:
        """Weights of the components if a fact were so many times as likely to be wrong."""
        return np.where(self.wrong, times, 1.0) * self.weight

    def at(self, flows: Array, x: Array) -> Array:
        """The contrasts of logs, shape (draws, facts)."""
        top = np.maximum(flows @ self.numerator.T, 1e-300)
        contrasts = np.log(top)
        if self.denominator.any() or (self.constant != 1).any():
            contrasts -= np.log(np.maximum(flows @ self.denominator.T + self._constant(x), 1e-300))
        if self.offsets.any():
            contrasts += x @ self.offsets.T
        if self.aged.any():
            contrasts -= SCRAPPAGE_SD * x[:, self.scrappage] * (flows @ self.aged.T) / top
        return np.asarray(contrasts)

    def _constant(self, x: Array) -> Array:
        """Constants as the forecast's own basis counts them."""
        return (
            self.constant * np.exp(-(x @ self.base_offsets.T))
            if self.base_offsets.any()
            else self.constant
        )

    def base(self, flows: Array, x: Array) -> Array:
        """What each fact is compared with, as its own agency counts it, at one point."""
        return np.asarray(self.denominator @ flows * np.exp(self.base_offsets @ x))

    def log_density(self, contrasts: Array) -> Array:
        """Log density of the noise at some contrasts, shape (draws, facts)."""
        weight, parts = np.log(np.maximum(self.weight, 1e-300) / self.sd), list[Array]()
        for part in np.array_split(contrasts, 1 + len(contrasts) * self.mean.size // AT_ONCE):
            left = (self.value - part)[..., None] + self.mean
            log_part = weight - 0.5 * (left / self.sd) ** 2
            most = log_part.max(axis=-1, keepdims=True)
            parts.append(most[..., 0] + np.log(np.exp(log_part - most).sum(axis=-1)))
        return np.concatenate(parts)

    def gradient(self, flows: Array, of_flows: Array, x: Array) -> Array:
        """Their gradient at one point, shape (facts, width), from the gradient of the flows' logs."""
        top = np.maximum(self.numerator @ flows, 1e-300)[:, None]
        constant = self._constant(x)
        bottom = np.maximum(self.denominator @ flows + constant, 1e-300)[:, None]
        age, part = (self.aged @ flows)[:, None] / top, self.numerator * flows / top
        aged = (
            SCRAPPAGE_SD * float(x[self.scrappage].sum()) * (self.aged * flows / top - age * part)
        )
        gradient = (part - self.denominator * flows / bottom - aged) @ of_flows + self.offsets
        gradient += constant[:, None] / bottom * self.base_offsets
        gradient[:, self.scrappage] -= SCRAPPAGE_SD * age
        return np.asarray(gradient)


def as_arrays(
    observations: Sequence[Observation], path: LatentPath, bases: Mapping[str, int]
) -> Contrasts:
    """Observations as arrays.

    Parameters
    ----------
    observations : sequence of Observation
        On the path's months.
    path : LatentPath
        The map from coordinates to flows.
    bases : mapping of str to int
        Column of each basis that has an offset.
    """
    n, parts = len(observations), max((len(o.noise.weight) for o in observations), default=1)
    weight, mean, sd = np.zeros((n, parts)), np.zeros((n, parts)), np.ones((n, parts))
    wrong = np.zeros((n, parts), dtype=bool)
    aged = np.zeros((n, path.months + 1))
    offsets, base_offsets = np.zeros((2, n, path.width))
    for i, o in enumerate(observations):
        k = len(o.noise.weight)
        weight[i, :k], mean[i, :k], sd[i, :k] = o.noise.weight, o.noise.mean, o.noise.sd
        wrong[i, k - len(WRONG) : k] = True
        if o.fact.stock:
            aged[i] = o.numerator * stock_ages(
                o.fact.period, path.first_year, path.months, path.stood
            )
        column = bases.get(o.fact.basis)
        if column is not None:
            offsets[i], base_offsets[i] = _offsets(o, path, column)
    return Contrasts(
        numerator=np.array([o.numerator for o in observations]).reshape(n, path.months + 1),
        denominator=np.array([o.denominator for o in observations]).reshape(n, path.months + 1),
        constant=np.array([o.constant for o in observations]),
        aged=aged,
        offsets=offsets,
        base_offsets=base_offsets,
        scrappage=path.at_["scrappage"],
        value=np.array([o.value for o in observations]),
        weight=weight,
        mean=mean,
        sd=sd,
        wrong=wrong,
    )


def _offsets(o: Observation, path: LatentPath, basis: int) -> tuple[Array, Array]:
    """What an agency's offset adds to a contrast of its counts; where two of them are compared,
    what it drifted.

    And to the second of the two, where a number of that agency's is added to it.
    """
    by_year, last = (
        path.offset(basis),
        min(o.fact.period.end.year - path.first_year, path.years - 1),
    )

    def of(weights: Array) -> Array:
        year = weights[:-1].reshape(path.years, 12).sum(axis=1)
        return by_year[last] if o.fact.accumulates else np.asarray(year @ by_year / year.sum())

    if not o.denominator.any():
        return of(o.numerator), np.zeros(path.width)
    base = of(o.denominator)
    drifted = np.zeros(path.width) if o.fact.accumulates else of(o.numerator) - base
    return drifted, base if o.constant else np.zeros(path.width)


def responsibilities(
    residual: Array, spread: Array, weight: Array, mean: Array, sd: Array
) -> tuple[Array, Array]:
    """Probability of each component of noise, given how far a fact lies from what is expected of
    it; and log density.

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
    >>> bool(responsibilities(np.array(0.0), np.array(0.0), *narrow_or_wide)[0][0] > 0.99)
    True
    """
    variance = sd**2 + spread[..., None]
    log_part = np.log(np.maximum(weight, 1e-300)) - 0.5 * (
        (residual[..., None] + mean) ** 2 / variance + np.log(variance)
    )
    most = log_part.max(axis=-1, keepdims=True)
    part = np.exp(log_part - most)
    total = part.sum(axis=-1, keepdims=True)
    return np.asarray(part / total), np.asarray((most + np.log(total))[..., 0])
