"""Facts that are in no doubt, eliminated once: what is left to sample are shocks and the facts that
may be wrong.

About the mode every contrast of logs is linear in the coordinates. Given the variances of the
shocks and the noise of each fact, all is Gaussian; the noise of a settled fact is known, so that
its part of the algebra is done once for all chains. With p the settled facts, a the others, U the
gradient by the coordinates whose variance is drawn ("scaled"), R the covariance that all other
coordinates bring, N the noise::

    S = inv(R_pp + N_p)      shock_cov = inv(U_p' S U_p + 1 / v)
    cov(a | p) = C + F shock_cov F',    C = R_aa - R_ap S R_pa,    F = U_a - R_ap S U_p
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.contrasts import Contrasts, responsibilities
from forecasting.growth.covariance import Covariance
from forecasting.growth.mode import Mode

__all__ = ["ALWAYS", "Settled", "Sorted", "sort_facts"]

Array = NDArray[np.float64]
Indices = NDArray[np.int_]

MUCH_DOUBT = 2.0  # times the doubt in any fact, from which one is sampled
# So many of the most doubtful facts are always sampled; no more than so many are
ALWAYS, MOST = 12, 120
# A bound whose log density varies by no more within so many spreads says nothing
WIDE, POINTS, FLAT = 4.5, 9, 0.05


@dataclass(frozen=True)
class Sorted:
    """Which facts are sampled, which are settled, with what noise and target; of the rest nothing
    is learned.

    Parameters
    ----------
    doubtful, settled, silent : ndarray of int
        Numbers of the facts.
    noise, target : ndarray, shape (facts,)
        Variance of each fact's noise and the contrast that it aims at, by its most probable
        component.
    mean, variance : ndarray, shape (facts,)
        Each contrast as the others lead one to expect it about the mode.
    contested : ndarray of int
        Numbers, not bounds, of which it is open whether they are wrong.
    """

    doubtful: Indices
    settled: Indices
    silent: Indices
    noise: Array
    target: Array
    mean: Array
    variance: Array
    contested: Indices


def sort_facts(facts: Contrasts, modes: Sequence[Mode], awake: NDArray[np.bool_]) -> Sorted:
    """Sort the facts by how much they are in doubt, judged from all others about the modes.

    A fact is doubtful where the others make it so with their noise at the mode, or when all are
    taken at their word and no year's shock is larger than usual: of two that contradict each other
    the mode may have settled for one, or for a shock between them. Of several modes, the one that
    doubts it most decides, and a fact is silent where it says nothing about any.
    """
    rows, exact = np.arange(len(facts.value)), facts.exact
    found = [_judged(facts, mode) for mode in modes]
    doubt = np.max([each[0] for each in found], axis=0)
    part, mean, variance = (np.mean([each[at] for each in found], axis=0) for at in (1, 2, 3))
    silent = (
        ~exact & ~awake & np.all([_unevenness(facts, *each[2:]) < FLAT for each in found], axis=0)
    )
    asked = ~silent & (~exact | (doubt > MUCH_DOUBT))
    order = rows[~silent][np.argsort(-(doubt + 1e6 * ~exact)[~silent], kind="stable")]
    chosen = order[: min(max(ALWAYS, int(asked.sum())), MOST)]
    best = part.argmax(axis=1)
    settled = np.setdiff1d(rows[~silent], chosen)
    noise, target = facts.sd[rows, best] ** 2, facts.value + facts.mean[rows, best]
    chosen = np.sort(chosen)
    contested = chosen[
        exact[chosen] & ((doubt > MUCH_DOUBT) | (doubt[~exact] > MUCH_DOUBT).any())[chosen]
    ]
    return Sorted(chosen, settled, rows[silent], noise, target, mean, variance, contested)


def _judged(facts: Contrasts, mode: Mode) -> tuple[Array, Array, Array, Array]:
    """About one mode: doubt in each fact, probabilities of its components, what the others expect:
    mean, variance.
    """
    exact, believed = facts.exact, (facts.wrong * facts.weight).sum(axis=1)
    calm, shock = mode.variance.copy(), mode.path.at_["shock"]
    calm[shock] = np.minimum(calm[shock], np.median(calm[shock]))
    word = (
        np.where(exact, facts.sd[:, 0] ** 2, mode.noise),
        np.where(exact, facts.value, mode.target),
        calm,
    )
    doubt = np.zeros(len(exact))
    for noise, target, scales in word, (mode.noise, mode.target, mode.variance):
        mean, variance = mode.left_out(noise, target, scales)
        part, _ = responsibilities(facts.value - mean, variance, facts.weight, facts.mean, facts.sd)
        doubt = np.maximum(doubt, (part * facts.wrong).sum(axis=1) / believed)
    return doubt, part, mean, variance


def _unevenness(facts: Contrasts, mean: Array, variance: Array) -> Array:
    """By how much the log density of each fact's noise varies where the others expect the fact."""
    steps = np.linspace(-WIDE, WIDE, POINTS)[:, None]
    return np.asarray(np.ptp(facts.log_density(mean + steps * np.sqrt(variance)), axis=0))


class Settled:
    """The algebra of the settled facts, in the letters of the module.

    Parameters
    ----------
    mode : Mode
        About which contrasts are linear.
    facts : Sorted
        Which are settled.
    scaled : ndarray of int
        Coordinates whose variance is drawn.
    variance : ndarray, shape (width,)
        Of all other coordinates, by the kind of market.
    """

    def __init__(self, mode: Mode, facts: Sorted, scaled: Indices, variance: Array) -> None:
        p, a = facts.settled, facts.doubtful
        rest = mode.jacobian * np.sqrt(variance)
        rest[:, scaled] = 0.0
        by_scaled = mode.jacobian[:, scaled]
        # A linear contrast is offset + jacobian @ x
        offset = mode.contrast - mode.jacobian @ mode.x
        self.noise, self.target = facts.noise[p], facts.target[p]
        self.covariance = Covariance(rest[p], self.noise)
        between = rest[p] @ rest[a].T
        self.su, self.sr = self.covariance.solve(by_scaled[p]), self.covariance.solve(between)
        known = self.target - offset[p]
        self.solved = self.covariance.solve(known)
        self.precision = by_scaled[p].T @ self.su
        self.pull = self.su.T @ known
        self.f = by_scaled[a] - self.sr.T @ by_scaled[p]
        self.c = rest[a] @ rest[a].T - between.T @ self.sr
        self.mean = offset[a] + self.sr.T @ known
        self.log_density = -0.5 * (known @ self.solved + self.covariance.log_determinant)

    def left_out(self, shock_cov: Array, inverse: Array, weighted: Array) -> tuple[Array, Array]:
        """Each settled fact as all others lead one to expect it, in one chain: mean and variance.

        Parameters
        ----------
        shock_cov : ndarray, shape (scaled, scaled)
            As above.
        inverse, weighted : ndarray, shapes (doubtful, doubtful) and (doubtful,)
            Inverse covariance of the doubtful facts given the settled ones, and that times their
            residual.
        """
        gain = self.sr + self.su @ shock_cov @ self.f.T
        pulled = self.solved - self.su @ (shock_cov @ self.pull) - gain @ weighted
        diagonal = (
            self.covariance.diagonal
            - ((self.su @ shock_cov) * self.su).sum(axis=1)
            + ((gain @ inverse) * gain).sum(axis=1)
        )
        diagonal = np.maximum(diagonal, 1e-12)
        return self.target - pulled / diagonal, np.maximum(1 / diagonal - self.noise, 0.0)
