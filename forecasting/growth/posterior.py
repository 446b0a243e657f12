"""Inference: coordinates of the path given what the facts say.

In three steps, all deterministic given the seed:

1. the mode, by Gauss-Newton on the contrasts of logs, scales of shocks and noise updated in between;
2. about it, with the contrasts made linear, a Gibbs sampler over scales of shocks and components of noise, many
   chains at once: given those, everything is Gaussian and drawn exactly (Matheron's rule);
3. each draw is moved, along the prior's own directions, until its true contrasts are what the linear ones were
   (a step of randomised maximum likelihood), so that a printed total is kept however far a draw lies from the mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.likelihood import Observation
from forecasting.growth.path import Linearised, Path

__all__ = ["Posterior", "sample"]

Array = NDArray[np.float64]

STEPS, SETTLED = 40, 0.05  # of Gauss-Newton, and the change at which they end
CHAINS, BURN = 250, 12
MOST_WORK = 2e7  # chains times facts cubed, in one sweep
CORRECTIONS = 3
MOST_OF_STEP, MOST_CHANGE = 0.7, 2.0
MET, FEWEST_MET = 0.1, 0.5  # a draw meets the facts to 10 % or is redrawn from those that do


@dataclass(frozen=True)
class Posterior:
    """Draws of the coordinates, and how well each fact is met.

    Parameters
    ----------
    x : ndarray, shape (draws, width)
        Coordinates.
    scale : ndarray, shape (draws,)
        Squared scale of the market's shocks, relative to the common one.
    walk : Linearised
        The walk about whose values the draws are exact.
    expected, expected_sd : ndarray, shape (facts,)
        Each contrast as the other facts lead one to expect it.
    doubted : ndarray, shape (facts,)
        Probability that a fact is one of the wrong ones.
    effective : float
        Effective number of draws.
    unmet : float
        Share of draws that did not meet every fact as the sampler asked, and were replaced by others.
    """

    x: Array
    scale: Array
    walk: Linearised
    expected: Array
    expected_sd: Array
    doubted: Array
    effective: float
    unmet: float


@dataclass
class _Facts:
    """The observations as arrays: one row each."""

    numerator: Array
    denominator: Array
    constant: Array
    offsets: Array
    value: Array
    weight: Array
    mean: Array
    sd: Array

    def contrasts(self, flows: Array, x: Array) -> Array:
        """The contrasts of logs, shape (draws, facts)."""
        top = np.log(np.maximum(flows @ self.numerator.T, 1e-300))
        bottom = np.log(np.maximum(flows @ self.denominator.T + self.constant, 1e-300))
        return np.asarray(top - bottom + x @ self.offsets.T)


def _as_arrays(observations: Sequence[Observation], path: Path, bases: dict[str, int], basis_sd: float) -> _Facts:
    n, parts = len(observations), max((len(o.noise.weight) for o in observations), default=1)
    weight, mean, sd = np.zeros((n, parts)), np.zeros((n, parts)), np.ones((n, parts))
    offsets = np.zeros((n, path.width))
    for i, o in enumerate(observations):
        k = len(o.noise.weight)
        weight[i, :k], mean[i, :k], sd[i, :k] = o.noise.weight, o.noise.mean, o.noise.sd
        column = bases.get(o.statement.basis)
        one_sided = not o.denominator.any()  # the offset cancels where a basis is compared with itself
        if column is not None and one_sided:
            offsets[i, path.at_["basis"].start + column] = basis_sd
    return _Facts(
        numerator=np.array([o.numerator for o in observations]).reshape(n, path.months + 1),
        denominator=np.array([o.denominator for o in observations]).reshape(n, path.months + 1),
        constant=np.array([o.constant for o in observations]),
        offsets=offsets,
        value=np.array([o.value for o in observations]),
        weight=weight,
        mean=mean,
        sd=sd,
    )


def sample(
    path: Path, observations: Sequence[Observation], bases: dict[str, int], shared: Array, rng: np.random.Generator
) -> Posterior:
    """Draw the path's coordinates given the observations.

    Parameters
    ----------
    path : Path
        The map from coordinates to flows.
    observations : sequence of Observation
        On the path's months.
    bases : dict
        Column of each basis that has an offset.
    shared : ndarray, shape (draws, years)
        Unit normals behind the common effects: the same for every market that is forecast with one seed.
    rng : Generator
        Seeded; a market's own.
    """
    facts = _as_arrays(observations, path, bases, path.prior.basis_sd)
    mode = _Mode(path, facts)
    mode.climb()
    return _gibbs(path, facts, mode, shared, rng)


class _Mode:
    """The most probable coordinates, with the scales that go with them."""

    def __init__(self, path: Path, facts: _Facts) -> None:
        self.path, self.facts = path, facts
        self.x = np.zeros(path.width)
        self.variance = np.ones(path.width)
        self.walk = path.at(np.full(path.years, path.start.log_odds))
        self.target, self.noise = facts.value.copy(), np.full(len(facts.value), 0.1)
        self.jacobian = np.zeros((len(facts.value), path.width))
        self.contrast = np.zeros(len(facts.value))

    def linearise(self) -> None:
        """Contrasts and their gradient where we stand; the walk about its own values."""
        log_odds = self.walk.mean + self.walk.linear @ self.x
        self.walk = self.path.at(log_odds)
        flows, gradient = self.path.gradient(self.walk, self.x)
        top, bottom = flows @ self.facts.numerator.T, flows @ self.facts.denominator.T + self.facts.constant
        self.jacobian = (
            (self.facts.numerator * flows / np.maximum(top, 1e-300)[:, None]) @ gradient
            - (self.facts.denominator * flows / np.maximum(bottom, 1e-300)[:, None]) @ gradient
            + self.facts.offsets
        )
        self.contrast = self.facts.contrasts(flows[None, :], self.x[None, :])[0]

    def climb(self) -> None:
        """Gauss-Newton steps, noise and scales being re-weighted after each."""
        for _ in range(STEPS):
            self.linearise()
            spread = self.jacobian * self.variance
            covariance = spread @ self.jacobian.T
            innovation = self.target - self.contrast + self.jacobian @ self.x
            total = covariance + np.diag(self.noise)
            gain = np.linalg.solve(total, spread).T
            moved = gain @ innovation
            change = moved - self.x
            largest = float(np.abs(change).max())
            # most of the step, and no coordinate by much more than two prior standard deviations at once
            self.x = self.x + change * min(MOST_OF_STEP, MOST_CHANGE / max(largest, 1e-9))
            self._reweigh_noise(covariance, total)
            self._rescale_shocks(gain)
            if largest < SETTLED:
                break
        self.linearise()

    def _reweigh_noise(self, covariance: Array, total: Array) -> None:
        """Each fact's noise as one normal: its components, weighted by how well they explain what the others leave."""
        f = self.facts
        residual = f.value - self.contrast
        spread = np.maximum(
            np.diag(covariance) - np.einsum("ij,ji->i", covariance, np.linalg.solve(total, covariance)), 0.0
        )
        variance = f.sd**2 + spread[:, None]
        log_part = np.log(np.maximum(f.weight, 1e-300)) - 0.5 * (
            (residual[:, None] + f.mean) ** 2 / variance + np.log(variance)
        )
        part = np.exp(log_part - log_part.max(axis=1, keepdims=True))
        part /= part.sum(axis=1, keepdims=True)
        precision = (part / f.sd**2).sum(axis=1)
        self.noise = 1 / precision
        self.target = f.value + (part * f.mean / f.sd**2).sum(axis=1) / precision

    def _rescale_shocks(self, gain: NDArray[np.floating]) -> None:
        """Scales of the shocks given the shocks, as expectation-maximisation has them."""
        prior, at = self.path.prior, self.path.at_["shock"]
        left = self.variance[at] - np.einsum("ij,ji->i", gain[at], self.jacobian[:, at] * self.variance[at])
        square = self.x[at] ** 2 + np.maximum(left, 0.0)
        market = 1.0
        for _ in range(3):
            year = (prior.shock_nu + square / market) / (prior.shock_nu + 1)
            market = (prior.market_nu + float((square / year).sum())) / (prior.market_nu + len(square))
        self.variance[at] = year * market


def _gibbs(path: Path, facts: _Facts, mode: _Mode, shared: Array, rng: np.random.Generator) -> Posterior:
    draws, n = len(shared), len(facts.value)
    chains = int(np.clip(MOST_WORK / max(n, 1) ** 3, 20, min(CHAINS, draws)))
    keep = -(-draws // chains)
    shock = path.at_["shock"]
    rest = mode.jacobian.copy()
    rest[:, shock] = 0.0
    of_shock = mode.jacobian[:, shock]
    years = of_shock.shape[1]
    base = rest @ rest.T
    chol = np.linalg.cholesky(base + 1e-10 * np.eye(n)) if n else np.zeros((0, 0))
    offset = mode.contrast - mode.jacobian @ mode.x  # a linear contrast is offset + jacobian @ x

    market = np.full(chains, float(np.median(mode.variance[shock])))
    year = np.maximum(mode.variance[shock] / market[:, None], 0.05)
    component = np.zeros((chains, n), dtype=int)
    kept: list[tuple[Array, Array, Array]] = []
    expected, expected_var, doubted = np.zeros(n), np.zeros(n), np.zeros(n)
    for sweep in range(BURN + keep):
        variance = year * market[:, None]
        total = base + np.einsum("ij,cj,kj->cik", of_shock, variance, of_shock)
        component, loo = _draw_components(facts, component, total, offset, rng)
        noise = np.take_along_axis(facts.sd[None], component[:, :, None], axis=2)[:, :, 0]
        target = facts.value + np.take_along_axis(facts.mean[None], component[:, :, None], axis=2)[:, :, 0]
        inverse = np.linalg.inv(total + noise[:, :, None] ** 2 * np.eye(n)) if n else total
        shocks = np.sqrt(variance) * rng.standard_normal((chains, years))
        if sweep < BURN:
            left = target - offset - shocks @ of_shock.T - rng.standard_normal((chains, n)) @ chol.T
            left = left - noise * rng.standard_normal((chains, n))
            pulled = np.einsum("cij,cj->ci", inverse, left)
            shocks = shocks + variance * (pulled @ of_shock)
        else:
            x = rng.standard_normal((chains, path.width))
            x[:, shock] = shocks
            now = slice((sweep - BURN) * chains, (sweep - BURN + 1) * chains)
            x[: len(shared[now]), path.at_["common"]] = shared[now]
            asked = target - noise * rng.standard_normal((chains, n))
            pulled = np.einsum("cij,cj->ci", inverse, asked - offset - x @ mode.jacobian.T)
            weight = np.ones((chains, path.width))
            weight[:, shock] = variance
            x = x + weight * (pulled @ mode.jacobian)
            shocks = x[:, shock]
            kept.append((x, market, offset + x @ mode.jacobian.T))
            expected, expected_var, doubted = expected + loo[0], expected_var + loo[1], doubted + loo[2]
        year = (path.prior.shock_nu + shocks**2 / market[:, None]) / rng.chisquare(
            path.prior.shock_nu + 1, (chains, years)
        )
        squares = (shocks**2 / year).sum(axis=1)
        market = (path.prior.market_nu + squares) / rng.chisquare(path.prior.market_nu + years, chains)
    x = np.concatenate([k[0] for k in kept])[:draws]
    asked = np.concatenate([k[2] for k in kept])[:draws]
    x, worst = _correct(path, facts, mode, x, asked)
    which = _kept(worst, rng)
    scale = np.concatenate([k[1] for k in kept])[:draws]
    return Posterior(
        x=x[which],
        scale=scale[which],
        walk=mode.walk,
        expected=expected / keep,
        expected_sd=np.sqrt(expected_var / keep),
        doubted=doubted / keep,
        effective=_effective(scale, chains),
        unmet=float((worst > MET).mean()),
    )


def _draw_components(
    facts: _Facts, component: NDArray[np.int_], total: Array, offset: Array, rng: np.random.Generator
) -> tuple[NDArray[np.int_], tuple[Array, Array, Array]]:
    """Draw the component of each fact's noise, the path integrated out, one fact after the other.

    Also each fact's contrast as the others lead one to expect it: mean, variance, probability of being wrong.
    """
    chains, n = component.shape
    rows = np.arange(n)
    sd, mean = facts.sd[rows, component], facts.mean[rows, component]
    expected, spread, wrong = np.zeros(n), np.zeros(n), np.zeros(n)
    if not n:
        return component, (expected, spread, wrong)
    inverse = np.linalg.inv(total + (sd**2)[:, :, None] * np.eye(n))
    component = component.copy()
    for i in rows:
        residual = facts.value + mean - offset
        diagonal = inverse[:, i, i]
        apart = residual[:, i] - np.einsum("cj,cj->c", inverse[:, i], residual) / diagonal
        variance = np.maximum(1 / diagonal - sd[:, i] ** 2, 1e-12)
        # the value that the other facts predict is offset + apart, with this variance
        width = facts.sd[i] ** 2 + variance[:, None]
        log_part = np.log(np.maximum(facts.weight[i], 1e-300)) - 0.5 * (
            (facts.value[i] + facts.mean[i] - offset[i] - apart[:, None]) ** 2 / width + np.log(width)
        )
        part = np.exp(log_part - log_part.max(axis=1, keepdims=True))
        part /= part.sum(axis=1, keepdims=True)
        chosen = (part.cumsum(axis=1) < rng.random((chains, 1))).sum(axis=1).clip(max=part.shape[1] - 1)
        change = facts.sd[i, chosen] ** 2 - sd[:, i] ** 2
        moved = change != 0
        if moved.any():  # Sherman and Morrison, for the chains whose component changed
            column = inverse[moved, :, i]
            scale = change[moved] / (1 + change[moved] * column[:, i])
            inverse[moved] -= scale[:, None, None] * column[:, :, None] * column[:, None, :]
        component[:, i], sd[:, i], mean[:, i] = chosen, facts.sd[i, chosen], facts.mean[i, chosen]
        expected[i], spread[i] = offset[i] + apart.mean(), variance.mean() + apart.var()
        wrong[i] = part[:, facts.sd[i].argmax()].mean() if not facts.mean[i].any() else 0.0
    return component, (expected, spread, wrong)


def _correct(path: Path, facts: _Facts, mode: _Mode, x: Array, asked: Array) -> tuple[Array, Array]:
    """Move the draws until their true contrasts are the ones asked for; return how far each still is."""
    if not asked.shape[1]:
        return x, np.zeros(len(x))
    spread = mode.jacobian * mode.variance
    square = spread @ mode.jacobian.T
    back = np.linalg.solve(square + 1e-6 * np.trace(square) / len(square) * np.eye(len(square)), spread)
    for _ in range(CORRECTIONS):
        gap = asked - facts.contrasts(path.flows(mode.walk, x), x)
        x = x + np.clip(gap, -0.5, 0.5) @ back
    worst = np.abs(asked - facts.contrasts(path.flows(mode.walk, x), x)).max(axis=1)
    return x, worst


def _kept(worst: Array, rng: np.random.Generator) -> NDArray[np.int_]:
    """Which draws stand: those that meet the facts, each of the others replaced by one that does."""
    which = np.arange(len(worst))
    met = np.flatnonzero(worst <= max(MET, float(np.quantile(worst, FEWEST_MET))))
    which[worst > worst[met].max()] = rng.choice(met, int((worst > worst[met].max()).sum()))
    return which


def _effective(kept: Array, chains: int) -> float:
    """Effective draws of the market's scale: between-chain against within-chain variance (Gelman and Rubin)."""
    logs = np.log(kept[: len(kept) // chains * chains]).reshape(-1, chains)
    if len(logs) < 2:
        return float(len(kept))
    between, within = len(logs) * logs.mean(axis=0).var(ddof=1), logs.var(axis=0, ddof=1).mean()
    return float(len(kept) * min(1.0, within / max(between, 1e-12)))
