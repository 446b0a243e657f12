"""A Gibbs sampler over kinds of market, scales of shocks and noise of doubtful facts, many chains
side by side.

Given those, all else is Gaussian about the mode and drawn exactly (Matheron's rule). The letters
are those of :mod:`forecasting.growth.settled`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.breaks import Breaks
from forecasting.growth.contrasts import Contrasts, responsibilities
from forecasting.growth.evenly import chosen, evenly
from forecasting.growth.mode import Mode
from forecasting.growth.path import LatentPath
from forecasting.growth.scales import draw_scales, log_prior_of_scale
from forecasting.growth.settled import ALWAYS, Settled, sort_facts
from forecasting.growth.stacks import diagonals, log_determinant, root, times, whitened

__all__ = ["Chains"]

Array = NDArray[np.float64]
Indices = NDArray[np.int_]

# Explanations change less from one sweep to the next
CHAINS, SWEEPS, SWEEPS_OF_CONTESTED = 350, 4, 8
FEWEST, MOST_WORK = 20, 7e7  # chains; chains times doubtful facts cubed, in one sweep
# Facts in one sweep, and those after which the inverse is brought up to date
MOST_VISITED, DELAYED = 60, 15
LEAST_LIKELY = 0.002  # of the likeliest kind of market, below which a kind is left out
STACKED = ("c", "f", "mean", "precision", "pull", "log_density")
MOVES, MOVES_OF_MANY = 4, 2  # between explanations, in one sweep
STRIDES = (2.0, 1.0, 0.5, 1.0, 2.0)  # of a market's log scale, in one sweep
ASKED_OF = 15  # chains in which each settled fact is left out, in one sweep


class Chains:
    """Many chains side by side: each holds a kind of market, scales of shocks, a component of noise
    for doubtful facts.

    Parameters
    ----------
    path : LatentPath
        The map from coordinates to flows.
    facts : Contrasts
        The facts, as contrasts.
    modes : sequence of Mode
        About which contrasts are linear: one for each curve that draws may follow. Chains take
        turns among them.
    awake : ndarray of bool, shape (facts,)
        Facts that are sampled however little they seem to say.
    draws : int
        That will be asked for.
    rng : Generator
        Seeded.
    """

    def __init__(
        self,
        path: LatentPath,
        facts: Contrasts,
        modes: Sequence[Mode],
        awake: NDArray[np.bool_],
        draws: int,
        rng: np.random.Generator,
    ) -> None:
        self.prior, self.path, self.facts, self.modes, self.rng = (
            path.prior,
            path,
            facts,
            modes,
            rng,
        )
        self.shock, self.common = path.at_["shock"], path.at_["common"]
        self.scaled = np.arange(path.width)[self.shock]
        self.sorted = sort_facts(facts, modes, awake)
        likely = [mode.kind > LEAST_LIKELY * mode.kind.max() for mode in modes]
        # Numbers of the modes, and rows of the path's variances
        self.of_mode, self.kinds = np.nonzero(likely)
        self.kind_variance = path.kind_variance[self.kinds]
        self.believed, found = (
            np.concatenate(
                [
                    share[rows] / share[rows].sum()
                    for share, rows in zip(shares, likely, strict=True)
                ]
            )
            for shares in ([path.kind_share] * len(modes), [mode.kind for mode in modes])
        )
        self.proposed = 0.8 * found + 0.2 * self.believed
        self.settled = [
            Settled(modes[of], self.sorted, self.scaled, variance)
            for of, variance in zip(self.of_mode.tolist(), self.kind_variance, strict=True)
        ]
        self.asked = self.sorted.doubtful
        n = len(self.asked)
        few_contested = n <= ALWAYS and len(self.sorted.contested)
        sweeps = SWEEPS_OF_CONTESTED if few_contested else SWEEPS
        most = int(np.clip(MOST_WORK / (n + 5) ** 3, FEWEST, min(CHAINS, max(draws // sweeps, 1))))
        self.chains = max(most - most % len(modes), len(modes))
        self.sweeps = max(min(sweeps, draws // self.chains), 1)
        self.parts = (facts.weight[self.asked] > 0).sum(axis=1)  # components that each has
        self.value, self.means, self.sds = (
            of[self.asked] for of in (facts.value, facts.mean, facts.sd)
        )
        stacked = {name: np.stack([getattr(s, name) for s in self.settled]) for name in STACKED}
        self.c, self.f, self.mean, self.precision, self.pull, self.log_density = (
            stacked[name] for name in STACKED
        )
        self.root = np.stack([root(c) for c in self.c])
        self.root_of_precision = np.stack([root(precision) for precision in self.precision])
        self.kind = self._any_kinds(found)
        variance = np.stack([mode.variance[self.shock] for mode in modes])[
            np.arange(self.chains) % len(modes)
        ]
        self.market = np.median(variance, axis=1)
        self.year = np.maximum(variance / self.market[:, None], 0.05)
        self.component = np.zeros((self.chains, n), dtype=int)
        self.shock_cov = np.zeros((self.chains, len(self.scaled), len(self.scaled)))
        self.inverse = np.zeros((self.chains, n, n))
        # What is left of each chain's way through the facts
        self.ways = np.zeros((self.chains, 0), dtype=int)
        self.doubt, self.turn = 1.0, 0
        self.breaks = Breaks(self)
        # Of each sweep, what the effective number of draws is counted by
        self.traces: list[Array] = []

    def go_on_from(self, before: Chains) -> None:
        """Take up where chains stood that sampled fewer of the facts."""
        of = np.arange(self.chains) % before.chains
        self.kind, self.market, self.year = before.kind[of], before.market[of], before.year[of]
        known = np.isin(self.asked, before.asked)
        self.component[:, known] = before.component[of][:, np.isin(before.asked, self.asked)]

    @property
    def variance(self) -> Array:
        """Variance of the scaled coordinates: (chains, scaled)."""
        return np.asarray(self.year * self.market[:, None])

    def sweep(self) -> None:
        """Components given scales, then shocks given components, then scales given shocks."""
        self._draw_components()
        rng, k, f = self.rng, self.kind, self.f[self.kind]
        push = self.pull[k] + times(self.root_of_precision[k], rng.standard_normal(self.year.shape))
        push += rng.standard_normal(push.shape) / np.sqrt(self.variance)
        shocks = times(self.shock_cov, push)
        noise, target = self.noise()
        left = (
            target
            - self.mean[k]
            - times(f, shocks)
            - times(self.root[k], rng.standard_normal(target.shape))
        )
        pulled = times(self.inverse, left - noise * rng.standard_normal(target.shape))
        shocks += times(self.shock_cov, times(f.transpose(0, 2, 1), pulled))
        if self.doubt == 1:
            shocks = self._stretched(shocks)
        self.market, self.year = draw_scales(shocks, self.prior, self.rng)

    def draw(self, shared: Array) -> tuple[Array, Array, Array, Indices]:
        """Coordinates given the chains' state: (draws, width); asked contrasts, market scales,
        numbers of the kinds.

        With more draws than chains, several are drawn from each: given its state they are
        independent.
        """
        self._draw_components()
        of = np.arange(len(shared)) % self.chains
        weight = self.kind_variance[self.kind[of]]
        weight[:, self.shock] = self.variance[of]
        x = self.rng.standard_normal(weight.shape) * np.sqrt(weight)
        x[:, self.common] = shared
        pulled = np.zeros((len(x), len(self.facts.value)))
        noise, target = self.noise()
        for k in np.unique(self.kind[of]):
            rows = np.flatnonzero(self.kind[of] == k)
            pulled[rows] = self._pull_of_facts(
                k, x[rows], of[rows], noise[of[rows]], target[of[rows]]
            )
        contrast = np.empty_like(pulled)
        for at, mode in enumerate(self.modes):
            turn = slice(at, None, len(self.modes))
            x[turn] += weight[turn] * (pulled[turn] @ mode.jacobian) + mode.given
            contrast[turn] = mode.contrast + (x[turn] - mode.x) @ mode.jacobian.T
        scale, year = draw_scales(x[:, self.shock], self.prior, self.rng)  # each draw's own
        self.traces.append(np.stack([of, np.log(scale), self.path.totals(x)[1][:, -1]]))
        self.market, self.year = scale[: self.chains], year[: self.chains]
        self.market, self.year = draw_scales(
            self._stretched(x[: self.chains, self.shock]), self.prior, self.rng
        )
        return x, contrast, scale, self.kind[of]

    def _pull_of_facts(
        self, kind: int, x: Array, of: Indices, noise: Array, target: Array
    ) -> Array:
        """Inverse covariance of the facts times what draws of one kind leave of them: settled ones,
        then the others.
        """
        p, a, s, mode = (
            self.sorted.settled,
            self.asked,
            self.settled[kind],
            self.modes[self.of_mode[kind]],
        )
        left = mode.contrast - (mode.x - x) @ mode.jacobian.T
        of_p = s.target - left[:, p] - np.sqrt(s.noise) * self.rng.standard_normal((len(x), len(p)))
        of_a = target - left[:, a] - noise * self.rng.standard_normal((len(x), len(a)))
        by_settled = s.covariance.solve(of_p.T).T
        pull = of_p @ s.su
        shocks = self._of_chains(self.shock_cov, pull, of)
        weighted = self._of_chains(self.inverse, of_a - of_p @ s.sr - shocks @ s.f.T, of)
        pulled = np.zeros((len(x), len(self.facts.value)))
        pulled[:, a] = weighted
        shocks = shocks + self._of_chains(self.shock_cov, weighted @ s.f, of)
        pulled[:, p] = by_settled - weighted @ s.sr.T - shocks @ s.su.T
        return pulled

    def _of_chains(self, matrices: Array, rows: Array, of: Indices) -> Array:
        """Each row through its own chain's matrix."""
        found = np.empty_like(rows)
        for start in range(0, len(of), self.chains):
            block = slice(start, start + self.chains)
            found[block] = times(matrices[of[block]], rows[block])
        return found

    def noise(self) -> tuple[Array, Array]:
        """Standard deviation of each chain's noise, and the contrasts that it aims at."""
        rows = np.arange(len(self.asked))
        return self.sds[rows, self.component], self.value + self.means[rows, self.component]

    def _stretched(self, shocks: Array) -> Array:
        """Each chain's shocks, all larger or smaller by one factor, and the market's scale with
        them (Metropolis).

        Of years that the facts say little of, shocks are as large as the scale lets them be, and
        the scale is as large as they are: drawn in turn, each would hold the other back (Yu and
        Meng 2011, interweaving).
        """
        k, (noise, target) = self.kind, self.noise()
        covariance = self.c[k] + diagonals(noise**2)
        (left, pushed), _ = whitened(covariance, target - self.mean[k], times(self.f[k], shocks))
        linear = (left * pushed).sum(axis=1) + (self.pull[k] * shocks).sum(axis=1)
        square = (pushed**2).sum(axis=1) + (shocks * times(self.precision[k], shocks)).sum(axis=1)

        def log_density(log_scale: Array) -> Array:
            factor = np.exp(0.5 * (log_scale - begun))
            explained = factor * (linear - 0.5 * square * factor)
            return np.asarray(log_prior_of_scale(log_scale, self.prior.market_nu) + explained)

        begun = now = np.log(self.market)
        for stride in STRIDES:
            other = now + stride * self.rng.standard_normal(self.chains)
            moved = np.log(self.rng.random(self.chains)) < log_density(other) - log_density(now)
            now = np.where(moved, other, now)
        return np.asarray(shocks * np.exp(0.5 * (now - begun))[:, None])

    def _draw_components(self) -> None:
        """Draw the component of each doubtful fact's noise, the path integrated out, one fact after
        the other.

        Every chain goes its own way through the facts, so that the order of the facts does not
        matter.
        """
        n, of = len(self.asked), np.arange(self.chains)
        if self.doubt == 1:
            self.breaks.move(MOVES if n <= ALWAYS else MOVES_OF_MANY)
        self._draw_kinds()
        noise, target = self.noise()
        expected = self.expected(self.kind, self.shock_cov)
        weight = self.facts.doubting(self.doubt)[self.asked]
        waiting = np.zeros((2, self.chains, 0, n))
        for visit, i in enumerate(self._next_of_ways(n).T):
            if visit % DELAYED == 0:
                self._catch_up(waiting)
                waiting = np.zeros((2, self.chains, DELAYED, n))
            (rows, scaled), before = waiting, visit % DELAYED
            row = self.inverse[of, i] - (rows[of, None, :before, i] @ scaled[:, :before])[:, 0]
            diagonal = row[of, i]
            residual = target - expected
            others = (
                residual[of, i] - np.einsum("cn,cn->c", row, residual) / diagonal + expected[of, i]
            )
            variance = np.maximum(1 / diagonal - noise[of, i] ** 2, 1e-12)
            component = self._component(i, weight, self.value[i] - others, variance)
            change = self.sds[i, component] ** 2 - noise[of, i] ** 2
            rows[:, before] = row
            scaled[:, before] = (change / (1 + change * diagonal))[:, None] * row
            self.component[of, i] = component
            noise[of, i], target[of, i] = (
                self.sds[i, component],
                self.value[i] + self.means[i, component],
            )
        self._catch_up(waiting)

    def _component(self, i: Indices, weight: Array, residual: Array, variance: Array) -> Indices:
        """Draw one component of a fact's noise for each chain, among as many as any of these facts
        has.
        """
        parts = int(self.parts[i].max())
        variance = self.sds[i, :parts] ** 2 + variance[:, None]
        density = weight[i, :parts] / np.sqrt(variance)
        density *= np.exp(-0.5 * (residual[:, None] + self.means[i, :parts]) ** 2 / variance)
        below = density.cumsum(axis=1)
        component = chosen(below, evenly(self.rng, residual, i))
        # so far off that no density is left, a fact is wrong: its last component
        return np.asarray(np.where(below[:, -1] > 0, component, self.parts[i] - 1))

    def _draw_kinds(self) -> None:
        """A kind of market for each chain, shocks and path integrated out (Metropolis), and the
        algebra under it.

        Of many facts in every other sweep: the algebra of the kind proposed costs as much as all
        the rest.
        """
        noise = diagonals(self.noise()[0] ** 2)
        self.shock_cov, covariance = self.under(self.kind, self.variance)
        covariance += noise
        self.turn += 1
        if len(self.kinds) > 1 and (self.turn % 2 or len(self.asked) <= ALWAYS):
            proposed = self._any_kinds(self.proposed)
            rows = np.flatnonzero(proposed != self.kind)
            kind, other = self.kind[rows], proposed[rows]
            held, new = (
                (self.shock_cov[rows], covariance[rows]),
                self.under(other, self.variance[rows]),
            )
            new[1][:] += noise[rows]
            odds = self._log_density(other, rows, *new) - self._log_density(kind, rows, *held)
            odds += np.log(self.proposed[kind] / self.proposed[other])
            moved = np.log(self.rng.random(len(rows))) < odds
            self.kind[rows[moved]] = other[moved]
            self.shock_cov[rows[moved]], covariance[rows[moved]] = (of[moved] for of in new)
        self.inverse = np.asarray(np.linalg.inv(covariance), dtype=float)

    def _any_kinds(self, share: Array) -> Indices:
        """A kind of market for each chain, by their shares, among those of the chain's own mode."""
        found = np.empty(self.chains, dtype=int)
        for at in range(len(self.modes)):
            kinds, turn = np.flatnonzero(self.of_mode == at), slice(at, None, len(self.modes))
            found[turn] = self.rng.choice(kinds, len(found[turn]), p=share[kinds])
        return found

    def under(self, kind: Indices, variance: Array) -> tuple[Array, Array]:
        """Of chains of these kinds, with these variances of shocks: `shock_cov`, and the doubtful
        facts' covariance.
        """
        shock_cov = np.asarray(
            np.linalg.inv(self.precision[kind] + diagonals(1 / variance)), dtype=float
        )
        f = self.f[kind]
        return shock_cov, self.c[kind] + f @ shock_cov @ f.transpose(0, 2, 1)

    def _log_density(
        self, kind: Indices, rows: Indices | slice, shock_cov: Array, covariance: Array
    ) -> Array:
        """Log density of the facts, in some chains, were they of these kinds."""
        _, target = self.noise()
        residual = target[rows] - self.expected(kind, shock_cov)
        (apart,), factor = whitened(covariance, residual)
        of_settled = (self.pull[kind] * times(shock_cov, self.pull[kind])).sum(axis=1)
        square = (apart**2).sum(axis=1) - of_settled
        size = log_determinant(factor) - np.linalg.slogdet(shock_cov)[1]
        return np.asarray(
            np.log(self.believed[kind]) + self.log_density[kind] - 0.5 * (square + size)
        )

    def expected(self, kind: Indices, shock_cov: Array) -> Array:
        """The doubtful facts' contrasts as the settled ones lead one to expect them."""
        return np.asarray(self.mean[kind] + times(self.f[kind], times(shock_cov, self.pull[kind])))

    def _next_of_ways(self, facts: int) -> Indices:
        """The facts that each chain visits in this sweep: all, or of very many the next of its way
        through them.
        """
        if not self.ways.shape[1]:
            bounds = ~self.facts.exact[self.asked]  # numbers first: they have few components
            self.ways = np.argsort(self.rng.random((self.chains, facts)) + bounds, axis=1)
        now, self.ways = self.ways[:, :MOST_VISITED], self.ways[:, MOST_VISITED:]
        return now

    def _catch_up(self, waiting: Array) -> None:
        """The inverse after variances of some facts have changed (Sherman and Morrison), several at
        once.
        """
        rows, scaled = waiting
        self.inverse -= rows.transpose(0, 2, 1) @ scaled

    def expectations(self) -> tuple[Array, Array, Array]:
        """Each fact's contrast as the others lead one to expect it: mean, variance; and its
        probability of being wrong.

        Scales have adapted to the fact too: chains that find it likely count less (Gelfand 1996).
        """
        f, (noise, target) = self.facts, self.noise()
        residual = target - self.expected(self.kind, self.shock_cov)
        weighted = times(self.inverse, residual)
        diagonal = np.diagonal(self.inverse, axis1=1, axis2=2)
        doubtful = self.asked, target - weighted / diagonal, 1 / diagonal - noise**2
        chains = range(min(self.chains, ASKED_OF))
        parts = [
            self.settled[self.kind[c]].left_out(self.shock_cov[c], self.inverse[c], weighted[c])
            for c in chains
        ]
        mean, variance = (np.stack(of) for of in zip(*parts, strict=True))
        silent = self.sorted.silent
        slack = silent, self.sorted.mean[None, silent], self.sorted.variance[None, silent]
        found = np.zeros((3, len(f.value)))
        for i, others, spread in (doubtful, (self.sorted.settled, mean, variance), slack):
            spread = np.maximum(spread, 1e-12)
            part, log_density = responsibilities(
                f.value[i] - others, spread, f.weight[i], f.mean[i], f.sd[i]
            )
            apart = np.exp(log_density.min(axis=0) - log_density)
            apart /= apart.sum(axis=0)
            middle = (apart * others).sum(axis=0)
            wrong = (part * f.wrong[i]).sum(axis=2).mean(axis=0)
            found[:, i] = middle, (apart * (spread + (others - middle) ** 2)).sum(axis=0), wrong
        return found[0], found[1], found[2]

    def effective(self) -> float:
        """Effective draws, of the market's scale or of the last year's flow, whichever are fewer.

        From how much the chains' means scatter (Gelman and Rubin).
        """
        traces, modes = np.concatenate(self.traces, axis=1), len(self.modes)
        return sum(_effective(traces[:, traces[0] % modes == at], modes) for at in range(modes))


def _effective(traces: Array, modes: int) -> float:
    """Effective draws of the chains of one mode."""
    of, *traced = traces
    chain = of.astype(int) // modes
    count, found = np.bincount(chain), [float(len(of))]
    for each in traced:
        mean = np.bincount(chain, each) / count
        found.append(
            each.var() * len(count) / max(float(mean.var(ddof=1)), 1e-12) if len(count) > 1 else 1.0
        )
    return min(found)
