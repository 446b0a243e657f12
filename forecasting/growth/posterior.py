"""Inference: coordinates of the path given what the facts say.

In three steps, all deterministic given the seed:

1. the mode (:mod:`forecasting.growth.mode`), scales of shocks and noise updated on the way;
2. about it, with the contrasts made linear, a Gibbs sampler over scales of shocks and components of noise, many
   chains at once: given those, everything is Gaussian and drawn exactly (Matheron's rule);
3. each draw is moved, along the prior's own directions, until its true contrasts are what the linear ones were
   (a step of randomised maximum likelihood), so that a printed total is kept however far a draw lies from the mode.
   Draws that cannot be brought there are replaced by others, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.contrasts import Contrasts, as_arrays, responsibilities
from forecasting.growth.likelihood import Observation
from forecasting.growth.mode import Mode
from forecasting.growth.path import Linearised, Path

__all__ = ["Posterior", "sample"]

Array = NDArray[np.float64]

CHAINS, BURN, SWEEPS = 250, 12, 8
MOST_DOUBT, LESS_DOUBT = 25.0, 0.65  # at first any fact may well be wrong, so that facts that agree can find each other
MOST_WORK = 2e7  # chains times facts cubed, in one sweep
MOST_VISITED = 60  # facts in one sweep
BLOCK = 250  # draws that are corrected at a time
CORRECTIONS, MORE_CORRECTIONS = 3, 5
FAR = 50.0  # unit normal coordinates
MET, FEWEST_MET = 0.1, 0.5  # a draw meets the facts to 10 %, or another that does takes its place


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


def sample(
    path: Path, observations: Sequence[Observation], bases: Mapping[str, int], shared: Array, rng: np.random.Generator
) -> Posterior:
    """Draw the path's coordinates given the observations.

    Parameters
    ----------
    path : Path
        The map from coordinates to flows.
    observations : sequence of Observation
        On the path's months.
    bases : mapping of str to int
        Column of each basis that has an offset.
    shared : ndarray, shape (draws, years)
        Unit shocks behind the common effects: the same for every market that is forecast with one seed.
    rng : Generator
        Seeded; a market's own.
    """
    facts = as_arrays(observations, path, bases)
    mode = Mode(path, facts)
    mode.climb()
    chains = _Chains(path, facts, mode, len(shared), rng)
    for step in range(BURN):
        chains.doubt = max(MOST_DOUBT * LESS_DOUBT**step, 1.0)
        chains.sweep()
    drawn, expected = [], []
    for block in np.array_split(shared, chains.sweeps):
        drawn.append(chains.draw(block))
        expected.append(chains.expectations())
    x, asked, scale = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
    worst = np.concatenate([_correct(path, facts, mode, *of) for of in _blocks(x, asked)])
    which = _standing(worst, rng)
    mean, variance, doubted = np.mean(expected, axis=0)
    return Posterior(
        x=x[which],
        scale=scale[which],
        walk=mode.walk,
        expected=mean,
        expected_sd=np.sqrt(variance),
        doubted=doubted,
        effective=chains.effective(),
        unmet=float((worst > MET).mean()),
    )


class _Chains:
    """Many chains side by side: each holds scales of shocks and a component of noise for every fact."""

    def __init__(self, path: Path, facts: Contrasts, mode: Mode, draws: int, rng: np.random.Generator) -> None:
        self.prior, self.facts, self.mode, self.rng = path.prior, facts, mode, rng
        n = len(facts.value)
        self.chains = int(np.clip(MOST_WORK / max(n, 1) ** 3, 20, min(CHAINS, max(draws // SWEEPS, 1))))
        self.sweeps = max(min(SWEEPS, draws // self.chains), 1)
        self.shock, self.common = path.at_["shock"], path.at_["common"]
        rest = mode.jacobian.copy()
        rest[:, self.shock] = 0.0
        self.of_shock = mode.jacobian[:, self.shock]
        self.rest = rest @ rest.T  # what all other coordinates bring to the facts' covariance
        self.root = np.linalg.cholesky(self.rest + 1e-10 * np.eye(n))
        self.offset = mode.contrast - mode.jacobian @ mode.x  # a linear contrast is offset + jacobian @ x
        self.market = np.full(self.chains, float(np.median(mode.variance[self.shock])))
        self.year = np.maximum(mode.variance[self.shock] / self.market[:, None], 0.05)
        self.component = np.zeros((self.chains, n), dtype=int)
        self.inverse = np.zeros((self.chains, n, n))
        self.seen = np.zeros((4, self.chains, n))  # of each fact when last visited: see _draw_components
        self.ways = np.zeros((self.chains, 0), dtype=int)  # what is left of each chain's way through the facts
        self.doubt = 1.0
        self.scales: list[Array] = []

    def sweep(self) -> None:
        """Components given scales, then shocks given components, then scales given shocks."""
        self._draw_components()
        variance = self.year * self.market[:, None]
        shocks = np.sqrt(variance) * self.rng.standard_normal(variance.shape)
        noise, target = self._noise()
        left = target - self.offset - shocks @ self.of_shock.T - self.rng.standard_normal(target.shape) @ self.root.T
        pulled = np.einsum("cij,cj->ci", self.inverse, left - noise * self.rng.standard_normal(target.shape))
        self._draw_scales(shocks + variance * (pulled @ self.of_shock))

    def draw(self, shared: Array) -> tuple[Array, Array, Array]:
        """Coordinates given the chains' components and scales: (draws, width), asked contrasts, market scales.

        With more draws than chains, several are drawn from each: given its state they are independent.
        """
        self._draw_components()
        of = np.arange(len(shared)) % self.chains
        variance = (self.year * self.market[:, None])[of]
        x = self.rng.standard_normal((len(of), self.mode.jacobian.shape[1]))
        x[:, self.shock] *= np.sqrt(variance)
        x[:, self.common] = shared
        noise, target = self._noise()
        asked = target[of] + noise[of] * self.rng.standard_normal((len(of), target.shape[1]))
        pulled = self._times_inverse(asked - self.offset - x @ self.mode.jacobian.T, of)
        weight = np.ones_like(x)
        weight[:, self.shock] = variance
        x = x + weight * (pulled @ self.mode.jacobian)
        scale = self.market[of]
        self.scales.append(np.log(self.market))
        first = np.arange(min(self.chains, len(of)))
        shocks = np.sqrt(self.year * self.market[:, None]) * self.rng.standard_normal(self.year.shape)
        shocks[first] = x[first, self.shock]
        self._draw_scales(shocks)
        return x, self.offset + x @ self.mode.jacobian.T, scale

    def _times_inverse(self, left: Array, of: NDArray[np.int_]) -> Array:
        """Each draw's residuals through its own chain's inverse covariance."""
        pulled = np.empty_like(left)
        for start in range(0, len(of), self.chains):
            rows = slice(start, start + self.chains)
            pulled[rows] = np.einsum("cij,cj->ci", self.inverse[of[rows]], left[rows])
        return pulled

    def _noise(self) -> tuple[Array, Array]:
        """Standard deviation of each chain's noise, and the contrasts that it aims at."""
        rows = np.arange(len(self.offset))
        return self.facts.sd[rows, self.component], self.facts.value + self.facts.mean[rows, self.component]

    def _draw_scales(self, shocks: Array) -> None:
        """Inverse gamma, of the years given the market and of the market given the years."""
        prior, rng, years = self.prior, self.rng, shocks.shape[1]
        chi = rng.chisquare(prior.shock_nu + 1, shocks.shape)
        self.year = (prior.shock_nu + shocks**2 / self.market[:, None]) / chi
        squares = (shocks**2 / self.year).sum(axis=1)
        self.market = (prior.market_nu + squares) / rng.chisquare(prior.market_nu + years, self.chains)

    def _draw_components(self) -> None:
        """Draw the component of each fact's noise, the path integrated out, one fact after the other.

        Every chain goes its own way through the facts, so that the order in which they are told does not matter.
        """
        facts, n, of = self.facts, len(self.offset), np.arange(self.chains)
        noise, target = self._noise()
        spread = self.of_shock * (self.year * self.market[:, None])[:, None, :]
        covariance = spread @ self.of_shock.T + self.rest
        covariance[:, np.arange(n), np.arange(n)] += noise**2
        self.inverse = np.linalg.inv(covariance)
        weight = facts.doubting(self.doubt)
        for i in self._next_of_ways().T:
            row = self.inverse[of, i]
            diagonal = row[of, i]
            residual = target - self.offset
            others = residual[of, i] - np.einsum("cj,cj->c", row, residual) / diagonal + self.offset[i]
            variance = np.maximum(1 / diagonal - noise[of, i] ** 2, 1e-12)
            part, log_density = responsibilities(
                facts.value[i] - others, variance, weight[i], facts.mean[i], facts.sd[i]
            )
            chosen = (part.cumsum(axis=1) < self.rng.random((self.chains, 1))).sum(axis=1).clip(max=part.shape[1] - 1)
            self._change_noise(i, row, facts.sd[i, chosen] ** 2 - noise[of, i] ** 2)
            self.component[of, i] = chosen
            noise[of, i], target[of, i] = facts.sd[i, chosen], facts.value[i] + facts.mean[i, chosen]
            self.seen[:, of, i] = others, variance, log_density, (part * facts.wrong[i]).sum(axis=1)

    def _next_of_ways(self) -> NDArray[np.int_]:
        """The facts that each chain visits in this sweep: all, or of very many the next of its way through them."""
        if not self.ways.shape[1]:
            facts = np.arange(len(self.offset))
            self.ways = self.rng.permuted(np.tile(facts, (self.chains, 1)), axis=1)
        now, self.ways = self.ways[:, :MOST_VISITED], self.ways[:, MOST_VISITED:]
        return now

    def _change_noise(self, i: NDArray[np.int_], row: Array, change: Array) -> None:
        """The inverse after a fact's variance has changed (Sherman and Morrison), in the chains where it has."""
        moved = np.flatnonzero(change)
        row = row[moved]
        scale = change[moved] / (1 + change[moved] * row[np.arange(len(moved)), i[moved]])
        self.inverse[moved] -= scale[:, None, None] * row[:, :, None] * row[:, None, :]

    def expectations(self) -> tuple[Array, Array, Array]:
        """Each fact's contrast as the others lead one to expect it: mean, variance; and its probability of being wrong.

        Scales have adapted to the fact too: chains that find it likely count less (Gelfand 1996).
        """
        others, variance, log_density, wrong = self.seen
        apart = np.exp(log_density.min(axis=0) - log_density)
        apart /= apart.sum(axis=0)
        mean = (apart * others).sum(axis=0)
        return mean, (apart * (variance + (others - mean) ** 2)).sum(axis=0), wrong.mean(axis=0)

    def effective(self) -> float:
        """Effective draws of the market's scale: within-chain against between-chain variance (Gelman and Rubin)."""
        logs = np.array(self.scales)
        if len(logs) < 2:
            return float(self.chains)
        between, within = len(logs) * logs.mean(axis=0).var(ddof=1), logs.var(axis=0, ddof=1).mean()
        return float(logs.size * min(1.0, within / max(between, 1e-12)))


def _blocks(x: Array, asked: Array) -> Iterator[tuple[Array, Array]]:
    """Views of so many draws at a time that the memory for their months does not matter."""
    for start in range(0, len(x), BLOCK):
        yield x[start : start + BLOCK], asked[start : start + BLOCK]


def _correct(path: Path, facts: Contrasts, mode: Mode, x: Array, asked: Array) -> Array:
    """Move the draws, in place, until their true contrasts are the ones asked for; return how far each still is."""
    if not asked.shape[1]:
        return np.zeros(len(x))
    spread = mode.jacobian * mode.variance
    square = spread @ mode.jacobian.T
    back = np.linalg.solve(square + 1e-6 * np.trace(square) / len(square) * np.eye(len(square)), spread)
    gap = asked - facts.at(path.flows(mode.walk, x), x)
    for step in range(CORRECTIONS + MORE_CORRECTIONS):
        far = np.abs(gap).max(axis=1) > (0.0 if step < CORRECTIONS else MET)
        if not far.any():
            break
        x[far] = np.clip(x[far] + np.clip(gap[far], -0.5, 0.5) @ back, -FAR, FAR)  # some go astray, and are replaced
        gap[far] = asked[far] - facts.at(path.flows(mode.walk, x[far]), x[far])
    return np.asarray(np.abs(gap).max(axis=1))


def _standing(worst: Array, rng: np.random.Generator) -> NDArray[np.int_]:
    """Which draws stand: those that meet the facts, each of the others replaced by one that does."""
    which = np.arange(len(worst))
    bad = worst > max(MET, float(np.quantile(worst, FEWEST_MET)))
    which[bad] = rng.choice(np.flatnonzero(~bad), int(bad.sum()))
    return which
