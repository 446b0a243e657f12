"""Moves between explanations of what nobody expects: a number that is wrong, another that is, or a
large shock.

Each move draws a scale of shocks anew together with the components of two facts' noise. Were only
one of the three changed at a time, each would hold the others where they are.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.evenly import chosen, evenly
from forecasting.growth.scales import log_prior_of_scale
from forecasting.growth.stacks import diagonals, log_determinant, times, whitened

if TYPE_CHECKING:
    from forecasting.growth.chains import Chains
    from forecasting.growth.contrasts import Contrasts

__all__ = ["Breaks"]

Array = NDArray[np.float64]
Indices = NDArray[np.int_]

# How often each is proposed of a year's log scale; mean and spread
USUAL, LARGE = (0.6, 0.3, 1.5), (0.4, 3.5, 1.5)
STRIDE = 2.0  # of the market's log scale
# Share, beside that of one tied to it closely, of moves with a fact that has nothing to do with the
# first
APART = 0.02
KNOWN = 1e-9  # variance in place of a noise that is integrated out


class Breaks:
    """Moves of chains between explanations.

    Parameters
    ----------
    chains : Chains
        Whose components and scales are drawn.
    """

    def __init__(self, chains: Chains) -> None:
        self.chains, self.of = chains, np.arange(chains.chains)
        self.contested = np.searchsorted(chains.asked, chains.sorted.contested)
        counted = chains.facts.numerator[chains.asked, :-1] > 0
        # Year in which each fact ends
        self.last = (np.arange(counted.shape[1]) * counted).max(axis=1, initial=0) // 12
        self.of_range = _ranges(chains.facts.only(chains.asked))
        tied = (
            chains.c[0]
            + (chains.f[0] * chains.variance[0]) @ chains.f[0].T
            + np.diag(chains.sds[:, 0] ** 2)
        )
        tied = np.linalg.inv(tied)
        tied = np.abs(tied) / np.sqrt(np.outer(np.diag(tied), np.diag(tied))) + APART
        np.fill_diagonal(tied, 0.0)
        self.second = tied.cumsum(axis=1)

    def move(self, moves: int) -> None:
        """So many scales, with a contested fact and one tied to it; then a range's two bounds,
        drawn of several.
        """
        chains, rng, of = self.chains, self.chains.rng, self.of
        if len(self.contested) and len(chains.asked) > 1:
            turns = evenly(rng, chains.component[:, self.contested[0]]) * len(self.contested)
            first = self.contested[turns.astype(int)]
            second = chosen(self.second[first], rng.random(len(of)))
            self._redraw(first, second, moves)
        if len(self.of_range):
            one, other = self.of_range[rng.integers(len(self.of_range))]
            self._redraw(np.full(len(of), one), np.full(len(of), other), 0)

    def _redraw(self, first: Indices, second: Indices, moves: int) -> None:
        """So many scales, two facts' components being left open, then those components."""
        chains, rng, of = self.chains, self.chains.rng, self.of
        now, components = self._left_open(first, second)
        for turn in range(moves):
            market, years, odds = chains.market, chains.year.copy(), np.zeros(len(of))
            if turn % 2:
                chains.market = market * np.exp(STRIDE * rng.standard_normal(len(of)))
            else:
                year = self.last[np.where(rng.random(len(of)) < 0.5, first, second)] + rng.integers(
                    2, size=len(of)
                )
                at = of, np.minimum(year, years.shape[1] - 1)
                chains.year[at] = _proposed(rng, len(of))
                odds = _log_proposed(np.log(years[at])) - _log_proposed(np.log(chains.year[at]))
            other, others = self._left_open(first, second)
            odds += other - now
            moved = np.log(evenly(rng, odds, chains.component[of, first], first)) < odds
            chains.market = np.where(moved, chains.market, market)
            chains.year = np.where(moved[:, None], chains.year, years)
            now, components = (
                np.where(moved, other, now),
                np.where(moved[:, None, None], others, components),
            )
        below = components.reshape(len(of), -1).cumsum(axis=1)
        both = chosen(below, evenly(rng, below[:, 0] / below[:, -1], second, first))
        chains.component[of, first], chains.component[of, second] = np.divmod(
            both, components.shape[2]
        )

    def _left_open(self, first: Indices, second: Indices) -> tuple[Array, Array]:
        """Log density of scales and facts, whatever two facts' components; and how probable those
        are.

        Shapes (chains,) and (chains, components of the first, components of the second).
        """
        chains, of = self.chains, self.of
        shock_cov, covariance = chains.under(chains.kind, chains.variance)
        noise, target = chains.noise()
        variance = noise**2
        variance[of, first] = variance[of, second] = KNOWN
        target[of, first], target[of, second] = chains.value[first], chains.value[second]
        number = np.arange(variance.shape[1])
        order = np.argsort(
            (number == first[:, None]) + 2 * (number == second[:, None]), axis=1, kind="stable"
        )
        whole = (covariance + diagonals(variance))[
            of[:, None, None], order[:, :, None], order[:, None, :]
        ]
        residual = (target - chains.expected(chains.kind, shock_cov))[of[:, None], order]
        (left,), factor = whitened(whole, residual)
        pull = chains.pull[chains.kind]
        log_density = -0.5 * (left[:, :-2] ** 2).sum(axis=1) - 0.5 * log_determinant(
            factor[:, :-2, :-2]
        )
        log_density += 0.5 * (pull * times(shock_cov, pull)).sum(axis=1)
        log_density += 0.5 * (np.linalg.slogdet(shock_cov)[1] - np.log(chains.variance).sum(axis=1))
        log_density += log_prior_of_scale(np.log(chains.market), chains.prior.market_nu)
        log_density += log_prior_of_scale(np.log(chains.year), chains.prior.shock_nu).sum(axis=1)
        log_part = self._log_parts(first, second, factor[:, -2:, -2:], left[:, -2:])
        most = log_part.max(axis=(1, 2))
        part = np.exp(log_part - most[:, None, None])
        return log_density + most + np.log(part.sum(axis=(1, 2))), part

    def _log_parts(self, first: Indices, second: Indices, factor: Array, left: Array) -> Array:
        """Log density of two facts by their components, from the factor of their covariance given
        the others.

        And from what is left of them, in units of it. Shape (chains, components of the first, of
        the second).
        """
        chains, some, more = (
            self.chains,
            int(self.chains.parts[first].max()),
            int(self.chains.parts[second].max()),
        )
        weight = np.log(np.maximum(chains.facts.doubting(chains.doubt)[chains.asked], 1e-300))
        (a, b, c), (one, two) = (factor[:, 0, 0], factor[:, 1, 0], factor[:, 1, 1]), left.T
        variance = a[:, None] ** 2 + chains.sds[first, :some] ** 2
        residual = (a * one)[:, None] + chains.means[first, :some]
        slope = (a * b)[:, None] / variance
        log_part = weight[first, :some] - 0.5 * (residual**2 / variance + np.log(variance))
        variance = (b**2 + c**2 - (slope.T * a * b)).T[:, :, None] + chains.sds[
            second, None, :more
        ] ** 2
        residual = (b * one + c * two - (slope * residual).T).T[:, :, None] + chains.means[
            second, None, :more
        ]
        beside = weight[second, None, :more] - 0.5 * (residual**2 / variance + np.log(variance))
        return np.asarray(log_part[:, :, None] + beside)


def _ranges(facts: Contrasts) -> Indices:
    """Numbers of the facts, two by two, that are opposite bounds of one quantity: (ranges, 2)."""
    # No zero is negative
    of = np.concatenate([facts.numerator, facts.denominator, facts.offsets], axis=1) + 0.0
    side = np.where(facts.exact, 0.0, np.sign((facts.weight * facts.mean).sum(axis=1)))
    lower = defaultdict(list)
    for j in np.flatnonzero(side > 0).tolist():
        lower[of[j].tobytes()].append(j)
    pairs = [
        (i, j) for i in np.flatnonzero(side < 0).tolist() for j in lower.get(of[i].tobytes(), ())
    ]
    return np.array(pairs, dtype=int).reshape(-1, 2)


def _proposed(rng: np.random.Generator, count: int) -> Array:
    """So many squared scales of a year."""
    _, mean, sd = np.array([USUAL, LARGE])[(rng.random(count) < LARGE[0]).astype(int)].T
    return np.asarray(np.exp(mean + sd * rng.standard_normal(count)))


def _log_proposed(log_scale: Array) -> Array:
    """Log density with which they are proposed, by their logs.

    >>> density = np.exp(_log_proposed(np.linspace(-8, 12, 2001)))
    >>> bool(abs(density.sum() * 0.01 - 1) < 1e-3)
    True
    """
    share, mean, sd = np.array([USUAL, LARGE]).T
    apart = (log_scale[:, None] - mean) / sd
    return np.asarray(
        np.log((share / (sd * np.sqrt(2 * np.pi)) * np.exp(-0.5 * apart**2)).sum(axis=1))
    )
