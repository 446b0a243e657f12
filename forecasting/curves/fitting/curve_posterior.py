"""The posterior of a growth curve, by adaptive importance sampling over two or three quantities
that every curve has.

Priors are scale-free in value and in time, and speak of what an analyst can picture:

- the share of the ceiling reached at the last observation;
- the takeover time, 10 to 90 % of the ceiling, relative to the time seen;
- the skew of the curves that have one;
- the relative scatter of observations about the curve.

Each is the image of a standard normal coordinate, so that the prior is a standard normal and the
posterior that times the likelihood, whose scale ``m`` is integrated out (``noise.py``). Proposals
are mixtures over all rounds (Cornuet et al. 2012, Scand. J. Stat. 39: 798-812) on low-discrepancy
points: deterministic, without a seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr, ndtri

from forecasting.curves.definitions import Curve
from forecasting.curves.fitting.estimate import SeriesToFit
from forecasting.curves.fitting.noise import ErrorFamily, Scale

__all__ = ["PRIOR", "CurvePrior", "Particles", "sample_curve"]

Array = NDArray[np.float64]
POINTS = 800  # a round
FEWEST = 200  # a round, for long series: their posterior is close to normal
WORK = 1_000_000  # points times observations that a round may take
ROUNDS = 12  # at most
ENOUGH = 0.6  # effective points at which the rounds end, in rounds
SOFT = 0.3  # of the ends of the prior of the share reached, in probits


@dataclass(frozen=True)
class CurvePrior:
    """Weakly informative priors; pairs are a median and a standard deviation of the log, but for
    the share reached.

    Parameters
    ----------
    reached : (float, float)
        Shares of the ceiling between which the share reached is anywhere, flat in its probit. The
        ends are soft: less or more is possible, so that next to nothing may have been seen of the
        curve, or all of it.
    takeover : (float, float)
        Takeover time in units of the time seen: 0.3 to 5 with probability 0.95. Curves much faster
        than that show as a step, curves much slower as a straight line in logs, and are not fitted
        to so short a series.
    skew : (float, float)
        Third parameter of the curves that have one.
    scatter : (float, float)
        Relative scatter of the observations about the curve: 4 to 42 % with probability 0.95.
    shock : float
        Standard deviation of the log of one plus a shock's intensity.
    """

    reached: tuple[float, float] = (0.03, 0.97)
    takeover: tuple[float, float] = (1.25, 0.7)
    skew: tuple[float, float] = (1.0, 0.5)
    scatter: tuple[float, float] = (0.13, 0.6)
    shock: float = 0.5


PRIOR = CurvePrior()


@dataclass(frozen=True)
class Particles:
    """Weighted curves: coordinates (points, dimensions), shapes (parameters, points), scatter and
    scale of each.

    The scale is of the absolute value of ``m``, ``sign`` its sign: below zero for an exponential
    that declines.
    """

    curve: Curve
    coordinates: Array
    weights: Array
    shape: Array
    scatter: Array
    scale: Scale
    sign: Array
    log_evidence: float


def _points(count: int, dimensions: int, skip: int = 0) -> Array:
    """Standard normal points of an additive recurrence (Roberts' generalised golden ratio)."""
    golden = 2.0
    for _ in range(40):
        golden = (1 + golden) ** (1 / (dimensions + 1))
    index = np.arange(skip + 1, skip + count + 1)[:, None]
    return np.asarray(ndtri((0.5 + index * golden ** -np.arange(1.0, dimensions + 1)) % 1))


def _flat(z: Array, low: float, high: float) -> Array:
    """A standard normal coordinate made flat from low to high: a uniform variable plus a small
    logistic one.
    """
    span = (high - low) / SOFT
    return np.asarray(
        low + SOFT * (np.log(np.expm1(span * ndtr(z))) - np.log(-np.expm1(-span * ndtr(-z))))
    )


class CurveTarget:
    """Coordinates to curves, and their log posterior density."""

    def __init__(self, problem: SeriesToFit, noise: ErrorFamily, prior: CurvePrior) -> None:
        self.problem, self.noise, self.prior = problem, noise, prior
        self.curve, self.sampling, self.seen = problem.curve, problem.sampling, problem.seen
        self.y, self.weights = problem.y[self.seen], problem.weights[self.seen]
        self.shocks = len(self.curve.names) - 2 if self.curve.name == "generalised_bass" else 0
        self.dimensions = 2 + self.curve.skewed + noise.scattered + self.shocks

    def shape(self, z: Array) -> Array:
        """Shape parameters (parameters, points)."""
        prior = self.prior
        reached = np.clip(ndtr(_flat(z[:, 0], *ndtri(prior.reached))), 1e-12, 1 - 1e-12)
        takeover = prior.takeover[0] * np.exp(prior.takeover[1] * z[:, 1]) * self.sampling.window
        skew = (
            prior.skew[0] * np.exp(prior.skew[1] * z[:, 2])
            if self.curve.skewed
            else np.ones(len(z))
        )
        shape = np.stack(self.curve.locate(reached, takeover, skew, float(self.sampling.ends[-1])))
        if self.shocks:
            shape[2:] = np.expm1(prior.shock * z[:, 2 : 2 + self.shocks].T)
        return self.problem.restrict(shape)

    def scatter(self, z: Array) -> Array:
        """Relative scatter, (points,)."""
        if not self.noise.scattered:
            return np.zeros(len(z))
        return self.prior.scatter[0] * np.exp(np.clip(self.prior.scatter[1] * z[:, -1], -20, 3))

    def evaluate(self, z: Array) -> tuple[Array, Array, Array, Scale, Array]:
        """Log posterior density less the prior's constant, shapes, scatter, scale and sign."""
        shape, scatter = self.shape(z), self.scatter(z)
        possible = np.isfinite(shape).all(axis=0)
        safe = np.where(possible, shape, shape[:, np.argmax(possible)][:, None])
        design = self.sampling.design(self.curve, safe)[self.seen]
        sign = np.where(design.sum(axis=0) < 0, -1.0, 1.0)
        scale = self.noise.scale(self.y, design * sign, scatter, self.weights)
        if "m" in self.problem.fixed:
            scale = self._fixed_scale(design, scatter)
        density = scale.log_marginal - 0.5 * (z**2).sum(axis=1)
        return (
            np.where(possible & np.isfinite(density), density, -np.inf),
            safe,
            scatter,
            scale,
            sign,
        )

    def _fixed_scale(self, design: Array, scatter: Array) -> Scale:
        level = self.problem.fixed["m"]
        fit = self.weights @ self.noise.loglike(
            self.y[:, None], level * design, np.maximum(scatter, 1e-9)
        )
        return Scale(np.full(len(scatter), np.log(abs(level))), np.zeros(len(scatter)), fit)


def sample_curve(problem: SeriesToFit, noise: ErrorFamily, prior: CurvePrior = PRIOR) -> Particles:
    """Weighted curves from the posterior of one curve."""
    target = CurveTarget(problem, noise, prior)
    dimensions, points = target.dimensions, int(np.clip(WORK / len(target.y), FEWEST, POINTS))
    means, roots = [np.zeros(dimensions)], [np.eye(dimensions)]
    z, density, mix = np.empty((0, dimensions)), np.empty(0), np.empty((0, 0))
    parts = []
    with np.errstate(all="ignore"):
        for count in range(ROUNDS):
            new = means[-1] + _points(points, dimensions, count * points) @ roots[-1].T
            parts.append(target.evaluate(new))
            z = np.concatenate([z, new])
            density = np.concatenate([density, parts[-1][0]])
            mix = logsumexp(
                [_log_normal(z, mean, root) for mean, root in zip(means, roots, strict=True)],
                axis=0,
            )
            log_weight = density - mix + np.log(len(means))
            weight = _soft(log_weight)
            effective = 1 / (_normalise(log_weight) ** 2).sum()
            if count and effective > ENOUGH * points:
                break
            mean = weight @ z
            centred = z - mean
            covariance = (centred * weight[:, None]).T @ centred * 1.3 + 1e-12 * np.eye(dimensions)
            means.append(mean)
            roots.append(np.asarray(np.linalg.cholesky(covariance), dtype=float))
    shapes, scatter = (
        np.concatenate([part[1] for part in parts], axis=1),
        np.concatenate([part[2] for part in parts]),
    )
    scale = Scale(
        *(
            np.concatenate([getattr(part[3], name) for part in parts])
            for name in ("mean", "sd", "log_marginal")
        )
    )
    evidence = float(logsumexp(log_weight) - np.log(len(z)))
    sign = np.concatenate([part[4] for part in parts])
    return Particles(
        problem.curve, z, _normalise(log_weight), shapes, scatter, scale, sign, evidence
    )


def _log_normal(z: Array, mean: Array, root: Array) -> Array:
    """Log density of a normal law without the constant of the standard one."""
    standard = (z - mean) @ np.linalg.inv(root).T
    return np.asarray(
        -0.5 * np.einsum("ij,ij->i", standard, standard) - np.log(np.diag(root)).sum()
    )


def _normalise(log_weight: Array) -> Array:
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def _soft(log_weight: Array) -> Array:
    """Weights flattened until at least one in twenty points counts: a bridge to a narrow posterior."""
    low, high = 0.0, 1.0
    if 1 / (_normalise(log_weight) ** 2).sum() >= 80:
        return _normalise(log_weight)
    for _ in range(20):
        power = (low + high) / 2
        low, high = (
            (power, high) if 1 / (_normalise(power * log_weight) ** 2).sum() >= 80 else (low, power)
        )
    return _normalise(low * log_weight)
