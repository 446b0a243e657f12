"""Inference: coordinates of the path given what the facts say.

In three steps, all deterministic given the seed:

1. the mode (:mod:`forecasting.growth.mode`), scales of shocks and noise updated on the way; 2.
about it, with the contrasts made linear, a Gibbs sampler over scales of shocks and components of
noise, many
   chains at once: given those, everything is Gaussian and drawn exactly (Matheron's rule);
3. each draw is moved, along the prior's own directions, until its true contrasts are what the
linear ones were
   (a step of randomised maximum likelihood), so that a printed total is kept however far a draw
   lies from the mode; a bound only where a draw's own path would break it. Draws that cannot be
   brought there are replaced by others, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.chains import Chains
from forecasting.growth.contrasts import Contrasts, as_arrays
from forecasting.growth.covariance import Covariance
from forecasting.growth.likelihood import Observation
from forecasting.growth.mode import Mode
from forecasting.growth.path import LatentPath

__all__ = ["Posterior", "sample"]

Array = NDArray[np.float64]
Indices = NDArray[np.int_]

# Sweeps before the first draw; where there are numbers, and none is contested
BURN, SHORT_BURN = 14, 4
BURN_AGAIN = 3  # where a few more facts are sampled than before
# At first any fact may well be wrong, so that facts that agree can find each other
MOST_DOUBT, LESS_DOUBT = 25.0, 0.65
# By how much less likely, in what share of draws, a fact must make them
ROUNDS, BEARS, BEARING = 3, 0.5, 0.005
BLOCK = 500  # draws that are corrected at a time
CORRECTIONS, MORE_CORRECTIONS, RIDGE = 3, 15, 1e-6
# A draw this near to what is asked, a fifth of what an agency's totals are good for, is moved no
# more
CLOSE = 0.002
FAR = 50.0  # unit normal coordinates
MET = 0.1  # a draw meets the facts to 10 %, or another that does takes its place
FEWEST_MET, BEST = 0.1, 0.5  # where fewer than so many draws do, the best half stand
LOST = -0.7  # by how much less likely a draw may make the bounds than it was drawn with, in logs


@dataclass(frozen=True)
class Posterior:
    """Draws of the coordinates, and how well each fact is met.

    Parameters
    ----------
    x : ndarray, shape (draws, width)
        Coordinates.
    scale : ndarray, shape (draws,)
        Squared scale of the market's shocks, relative to the common one.
    kind : ndarray of int, shape (draws,)
        Kind of market, a row of ``LatentPath.kind_variance``.
    expected, expected_sd : ndarray, shape (facts,)
        Each contrast as the other facts lead one to expect it.
    base : ndarray, shape (facts,)
        What each fact is compared with, at the (first) mode.
    doubted : ndarray, shape (facts,)
        Probability that a fact is one of the wrong ones.
    effective : float
        Effective number of draws.
    unmet : float
        Share of draws that did not meet every fact as the sampler asked, and were replaced by
        others.
    """

    x: Array
    scale: Array
    kind: Indices
    expected: Array
    expected_sd: Array
    base: Array
    doubted: Array
    effective: float
    unmet: float


def sample(
    path: LatentPath,
    observations: Sequence[Observation],
    bases: Mapping[str, int],
    shared: Array,
    rng: np.random.Generator,
) -> Posterior:
    """Draw the path's coordinates given the observations.

    Parameters
    ----------
    path : LatentPath
        The map from coordinates to flows.
    observations : sequence of Observation
        On the path's months.
    bases : mapping of str to int
        Column of each basis that has an offset.
    shared : ndarray, shape (draws, years)
        Unit shocks behind the common effects: the same for every market that is forecast with one
        seed. Where draws may follow several curves, they take turns, and there is one for each in
        every turn.
    rng : Generator
        Seeded; a market's own.
    """
    facts = as_arrays(observations, path, bases)
    modes = [Mode(path, facts, curve) for curve in range(path.curves)]
    for mode in modes:
        mode.climb()
    awake = np.zeros(len(facts.value), dtype=bool)
    before = None
    for _ in range(ROUNDS):
        chains = Chains(path, facts, modes, awake, len(shared), rng)
        burn = BURN if len(chains.sorted.contested) or not facts.exact.any() else SHORT_BURN
        if before is not None:
            chains.go_on_from(before)
            burn = BURN_AGAIN
        blocks, before = _drawn(chains, shared, burn), chains
        first = next(blocks)
        woken = _woken(path, facts, chains.sorted.silent, first[0])
        if not len(woken):
            break
        awake[woken] = True
    x, worst, scale, kind, expected = zip(first, *blocks, strict=True)
    which = _standing(np.concatenate(worst), path.curves, rng)
    mean, variance, doubted = np.mean(expected, axis=0)
    return Posterior(
        x=np.concatenate(x)[which],
        scale=np.concatenate(scale)[which],
        kind=chains.kinds[np.concatenate(kind)[which]],
        expected=mean,
        expected_sd=np.sqrt(variance),
        base=facts.base(path.flows(modes[0].x[None, :])[0], modes[0].x),
        doubted=doubted,
        effective=chains.effective(),
        unmet=float((np.concatenate(worst) > MET).mean()),
    )


def _drawn(
    chains: Chains, shared: Array, burn: int
) -> Iterator[tuple[Array, Array, Array, Indices, Array]]:
    """Block by block: coordinates, how far each is from the facts, scales, kinds, and what is
    expected of the facts.

    Numbers are met by moving each draw. Of a bound a draw keeps what its own path makes of it, but
    where that is less likely than the linear contrast that it was drawn with: there it is moved to
    meet the bounds, too.
    """
    for step in range(BURN - burn, BURN):
        chains.doubt = max(MOST_DOUBT * LESS_DOUBT**step, 1.0)
        chains.sweep()
    facts, sampled = chains.facts, np.sort(np.r_[chains.sorted.doubtful, chains.sorted.settled])
    exact, bounds = sampled[facts.exact[sampled]], sampled[~facts.exact[sampled]]
    moves, moves_all, path = _Correction(chains, exact), _Correction(chains, sampled), chains.path
    turns = shared.reshape(-1, path.curves, path.years)
    waiting: list[tuple[Array, Array, Array, Indices, Array]] = []
    for left, block in zip(
        range(chains.sweeps)[::-1], np.array_split(turns, chains.sweeps), strict=True
    ):
        waiting.append((*chains.draw(np.concatenate(block)), np.stack(chains.expectations())))
        if left and sum(len(each[0]) for each in waiting) < BLOCK:
            continue
        *draws, expected = zip(*waiting, strict=True)
        drawn, asked, scale, kind = (np.concatenate(of) for of in draws)
        waiting.clear()
        x, worst = moves(drawn, asked, kind)
        if len(bounds):
            f = facts.only(bounds)
            gain = (f.log_density(f.at(path.flows(x), x)) - f.log_density(asked[:, bounds])).sum(
                axis=1
            )
            lost = np.flatnonzero(gain < LOST)
            x[lost], worst[lost] = moves_all(drawn[lost], asked[lost], kind[lost])
        yield x, worst, scale, kind, np.mean(expected, axis=0)


def _woken(path: LatentPath, facts: Contrasts, silent: Indices, x: Array) -> Indices:
    """Which of the facts that were thought to say nothing do bear on some of the draws."""
    if not len(silent):
        return silent
    f = facts.only(silent)
    log_density = f.log_density(f.at(path.flows(x), x))
    bears = log_density < np.median(log_density, axis=0) - BEARS
    return np.asarray(silent[bears.mean(axis=0) > BEARING])


class _Correction:
    """Moves draws until their true contrasts of some facts are those asked for; says how far each
    still is.

    They go by the gradient at the mode. Those that are lost by that, of a shock so large that
    nothing is as it is at the mode, begin anew and go by the gradient in their own midst.
    """

    def __init__(self, chains: Chains, sampled: Indices) -> None:
        self.chains, self.path, self.sampled, self.facts = (
            chains,
            chains.path,
            sampled,
            chains.facts.only(sampled),
        )
        self.back: dict[int, Array] = {}

    def __call__(self, drawn: Array, asked: Array, kind: Indices) -> tuple[Array, Array]:
        x, worst, asked = drawn.copy(), np.zeros(len(drawn)), asked[:, self.sampled]
        if not len(self.sampled):
            return x, worst
        of_mode, shock = self.chains.of_mode[kind], self.chains.shock
        for k in set(kind.tolist()) - self.back.keys():
            mode = self.chains.modes[self.chains.of_mode[k]]
            self.back[k] = self._back(k, mode.jacobian[self.sampled], mode.variance[shock])
        for rows in np.array_split(np.arange(len(x)), 1 + len(x) // BLOCK):
            x[rows], worst[rows] = self._moved(drawn[rows], asked[rows], kind[rows], self.back)
        for at in np.unique(of_mode[worst > MET]):
            lost = np.flatnonzero((worst > MET) & (of_mode == at))
            midst, mode = np.median(drawn[lost], axis=0), self.chains.modes[at]
            flows, gradient = self.path.gradient(midst)
            jacobian = self.facts.gradient(flows, gradient, midst)
            variance = np.maximum(mode.variance[shock], midst[shock] ** 2)
            back = {k: self._back(k, jacobian, variance) for k in set(kind[lost].tolist())}
            again, left = self._moved(drawn[lost], asked[lost], kind[lost], back)
            nearer = left < worst[lost]
            x[lost[nearer]], worst[lost[nearer]] = again[nearer], left[nearer]
        return x, worst

    def _moved(
        self, drawn: Array, asked: Array, kind: Indices, back: Mapping[int, Array]
    ) -> tuple[Array, Array]:
        x, gap = drawn.copy(), asked - self._contrasts(drawn)
        for step in range(CORRECTIONS + MORE_CORRECTIONS):
            far = np.flatnonzero(np.abs(gap).max(axis=1) > (CLOSE if step < CORRECTIONS else MET))
            if not len(far):
                break
            by = _by_kind(np.clip(gap[far], -0.5, 0.5), kind[far], back)
            x[far] = np.clip(x[far] + by, -FAR, FAR)  # some diverge
            gap[far] = asked[far] - self._contrasts(x[far])
        return x, np.abs(gap).max(axis=1)

    def _back(self, kind: int, jacobian: Array, shocks: Array) -> Array:
        """From contrasts to coordinates, along the directions of the prior of one kind of market."""
        variance = self.chains.kind_variance[kind].copy()
        variance[self.chains.shock] = shocks
        spread = jacobian * variance
        ridge = max(RIDGE * float((jacobian * spread).sum()) / len(self.sampled), 1e-12)
        return Covariance(jacobian * np.sqrt(variance), np.full(len(self.sampled), ridge)).solve(
            spread
        )

    def _contrasts(self, x: Array) -> Array:
        return self.facts.at(self.path.flows(x), x)


def _by_kind(rows: Array, kind: Indices, matrices: Mapping[int, Array]) -> Array:
    """Each row through the matrix of its kind of market."""
    found = np.empty((len(rows), next(iter(matrices.values())).shape[1]))
    for k in np.unique(kind).tolist():
        found[kind == k] = rows[kind == k] @ matrices[k]
    return found


def _standing(worst: Array, curves: int, rng: np.random.Generator) -> Indices:
    """Which draws stand: those that meet the facts, each of the others replaced by one of its curve
    that does.
    """
    which = np.arange(len(worst))
    for turn in (which[at::curves] for at in range(curves)):
        bad = worst[turn] > MET
        if (~bad).mean() < FEWEST_MET:
            bad = worst[turn] > np.quantile(worst[turn], BEST)
        turn[bad] = turn[rng.choice(np.flatnonzero(~bad), int(bad.sum()))]
    return which
