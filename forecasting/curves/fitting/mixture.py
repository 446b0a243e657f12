"""Draws of a forecast from the weighted curves of one or several growth curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecasting.curves.definitions import Curve
from forecasting.curves.fitting.curve_posterior import Particles
from forecasting.curves.fitting.noise import ErrorFamily
from forecasting.curves.fitting.sampling import Sampling

__all__ = ["Mixture"]

Array = NDArray[np.float64]


class Mixture:
    """An average over curves: each weighted by how well it predicts the data, all equal before any
    data.

    Parameters
    ----------
    parts : sequence of Particles
        Weighted curves, one entry per growth curve.
    noise : ErrorFamily
        The errors.
    level : (float, float)
        Bounds of ``m``.
    """

    def __init__(
        self,
        parts: Sequence[Particles],
        noise: ErrorFamily,
        level: tuple[float, float] = (0.0, np.inf),
    ) -> None:
        self.parts, self.noise, self.level = list(parts), noise, level
        evidence = np.array([part.log_evidence for part in self.parts])
        weights = np.exp(evidence - evidence.max())
        self.weights = weights / weights.sum()

    def draws(
        self, sampling: Sampling, count: int, rng: np.random.Generator, noisy: bool = True
    ) -> Array:
        """Observations, or without noise their means, (count, periods)."""
        shares = np.floor(np.cumsum(self.weights) * count + 0.5).astype(int)
        paths = [
            self._draws(part, sampling, int(number), rng, noisy)
            for part, number in zip(self.parts, np.diff(shares, prepend=0), strict=True)
            if number
        ]
        return np.concatenate(paths)

    def _draws(
        self, part: Particles, sampling: Sampling, count: int, rng: np.random.Generator, noisy: bool
    ) -> Array:
        pick = systematic(part.weights, count)
        with np.errstate(all="ignore"):
            design = sampling.design(part.curve, part.shape[:, pick]).T
            mean = np.maximum(self.scales(part, pick, rng)[:, None] * design, 0.0)
        return self.noise.draw(rng, mean, part.scatter[pick, None]) if noisy else mean

    def parameters(self, curve: Curve, count: int, rng: np.random.Generator) -> Array:
        """Draws of one curve's parameters, (count, parameters), ``m`` first."""
        part = self._part(curve)
        pick = systematic(part.weights, count)
        return np.column_stack([self.scales(part, pick, rng), part.shape[:, pick].T])

    def centre(self, curve: Curve) -> Array:
        """Medians of one curve's parameters."""
        return np.median(self.parameters(curve, 2000, np.random.default_rng(0)), axis=0)

    def reached(self, sampling: Sampling, count: int) -> Array:
        """Draws of the share of the ceiling reached at the last observation, (count,)."""
        level = Sampling(sampling.ends[-1:])
        with np.errstate(all="ignore"):
            shares = [level.design(part.curve, part.shape)[0] for part in self.parts]
        weights = np.concatenate(
            [part.weights * weight for part, weight in zip(self.parts, self.weights, strict=True)]
        )
        return np.asarray(np.concatenate(shares)[systematic(weights, count)])

    def prior_share(self) -> float:
        """Posterior variance of the coordinate of the share reached, in units of its prior
        variance, at most 1.
        """
        moments = [
            (part.weights @ part.coordinates[:, 0], part.weights @ part.coordinates[:, 0] ** 2)
            for part in self.parts
        ]
        first, second = self.weights @ np.array(moments)
        return float(min(second - first**2, 1.0))

    def _part(self, curve: Curve) -> Particles:
        return next(part for part in self.parts if part.curve.name == curve.name)

    def scales(self, part: Particles, pick: NDArray[np.int_], rng: np.random.Generator) -> Array:
        """Draws of ``m``."""
        scale = np.exp(part.scale.mean[pick] + part.scale.sd[pick] * rng.standard_normal(len(pick)))
        return np.clip(part.sign[pick] * scale, *self.level)


def systematic(weights: Array, count: int) -> NDArray[np.int_]:
    """Indices drawn in proportion to weights, at equal steps: without chance, and with the least
    variance.
    """
    edges = np.cumsum(weights)
    return np.minimum(
        np.searchsorted(edges / edges[-1], (np.arange(count) + 0.5) / count), len(weights) - 1
    )
