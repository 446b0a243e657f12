"""The model made linear about a mode, and draws from it.

All is Gaussian given the component of every mixture (noise of facts in doubt, shocks) and the kind
of market. Components are drawn one by one and weighted, which tells how probable the facts are;
from there a Gibbs sampler draws them, many chains side by side, and coordinates with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs, dtrtrs
from scipy.special import logsumexp, ndtri, softmax

from forecasting.evidence.observation import WRONG
from forecasting.growth.likelihood import Contrasts
from forecasting.growth.mixtures import Mixtures
from forecasting.growth.mode import Mode
from forecasting.vocabulary.quantiles import Array, Indices, strata

COMPONENT_DRAWS: tuple[int, ...] = (500, 500, 1000)  # the last gives evidence and starts of chains
FURTHER_DRAWS = (2000, 4000)  # where the mode doubts a bound: few see the other explanations
BOUND_IN_DOUBT = 0.2  # probability of being wrong at the mode
OPEN_PART = 0.1  # part of them that is drawn from the prior
CHAINS = 250
BURN = 2  # sweeps before draws are taken
MOST_WORK = 6e7  # draws of components times unknowns to the power of three
MOST_DOUBTFUL = 40  # facts whose components are drawn: those most in doubt
MUCH_DOUBT = 1.5  # posterior over prior probability of being wrong: above it a fact is in doubt
EXTRA_DOUBTFUL = 8  # facts drawn beside those in doubt
JITTER = 1e-6  # variance of a doubtful fact beside that of its component
LEAST_LIKELY = 0.002  # of the likeliest kind of market's probability: a less likely one is left out


class LinearModel:
    """The model made linear about its mode, and reduced to the unknowns that are mixtures.

    With ``y = J x - e`` the contrasts, e their noise, the unknowns u are the mixed coordinates and
    the noise of the facts in doubt. All else is normal given the kind k of market and is
    integrated out: ``y = B u + normal(0, S[k])``. Of u that leaves the precision ``B' S^-1 B`` and
    the pull ``B' S^-1 y``. Draws need nothing else: they do not go back to the facts.
    """

    def __init__(self, mode: Mode) -> None:
        path = mode.path
        f = mode.facts
        self.path, self.jacobian = path, mode.jacobian
        rows = np.arange(len(f.value))
        expected, spread = mode.leave_one_out()
        outlier = f.noise.weight[:, -len(WRONG) :].sum(axis=1)
        is_certain = outlier == 0
        wrong = f.doubt(expected, spread)
        self.doubts_a_bound = bool((wrong[~f.exact & ~is_certain] > BOUND_IN_DOUBT).any())
        doubt = wrong / np.where(is_certain, 1.0, outlier)
        doubt = np.where(f.exact, doubt, np.inf)
        doubt[is_certain] = 0.0
        order = np.argsort(-doubt, kind="stable")
        in_doubt = doubt > MUCH_DOUBT
        count = int(in_doubt.sum()) + EXTRA_DOUBTFUL
        self.doubtful = np.sort(order[: min(count, MOST_DOUBTFUL)])
        settled = np.setdiff1d(rows, self.doubtful)
        # Other facts have one normal each: a number its likeliest component, a bound the mode's
        likeliest = f.noise.parts(expected - f.value, spread).argmax(axis=1)
        target = np.where(f.exact, f.value, mode.target)
        normal_noise = np.where(f.exact, f.noise.sd[rows, likeliest] ** 2, mode.noise)
        self.numbers, bounds = settled[f.exact[settled]], settled[~f.exact[settled]]
        self.noise = np.full(len(rows), JITTER)
        self.y = f.value - mode.contrast + mode.jacobian @ mode.x
        self.noise[settled] = normal_noise[settled]
        self.y[settled] += (target - f.value)[settled]
        mixed = path.mixed
        d = len(self.doubtful)
        q = len(mixed)
        self.design = np.zeros((len(rows), q + d))
        self.design[:, :q] = mode.jacobian[:, mixed]
        self.design[self.doubtful, q + np.arange(d)] = -1.0
        noise_left = f.noise.rows(self.doubtful)
        noise_left = replace(noise_left, sd=np.sqrt(noise_left.sd**2 - JITTER))
        self.mixtures = Mixtures.stacked([path.mixture, noise_left])
        # Probability of each component of the unknowns, and of each kind of market, by the mode
        size = np.concatenate([np.sqrt(mode.variance[mixed]), (expected - f.value)[self.doubtful]])
        spread = np.concatenate([np.zeros(q), spread[self.doubtful]])
        self.parts_at_mode = self.mixtures.parts(size, spread)
        self.kinds = np.flatnonzero(mode.kind > LEAST_LIKELY * mode.kind.max())
        self.kind_at_mode = mode.kind[self.kinds] / mode.kind[self.kinds].sum()
        self.kind_variance = path.kind_variance[self.kinds].copy()
        self.kind_variance[:, mixed] = 0.0
        self.covariances = [
            mode.covariance(variance, self.noise) for variance in self.kind_variance
        ]
        solved = [covariance.solve(self.design) for covariance in self.covariances]
        self.precision = np.stack([self.design.T @ item for item in solved])
        self.pull = np.stack([item.T @ self.y for item in solved])
        # By how much the true noise of such bounds is denser at the mode than their normals
        residual = (target - mode.contrast)[bounds]
        normal = -0.5 * (residual**2 / self.noise[bounds] + np.log(self.noise[bounds]))
        error = (mode.contrast - f.value)[bounds]
        self.log_height = float((f.noise.rows(bounds).log_density(error) - normal).sum())
        self.log_density = np.array(
            [
                np.log(share) - 0.5 * (self.y @ c.solve(self.y) + c.log_determinant)
                for share, c in zip(path.kind_share[self.kinds], self.covariances, strict=True)
            ]
        )

    def log_noise(self, facts: Contrasts, contrasts: Array) -> Array:
        """Log density of the noise of all facts as this model has it, but for a constant: shape
        (draws,).

        Parameters
        ----------
        facts : Contrasts
            Those that it is of.
        contrasts : ndarray, shape (draws, facts)
            Contrasts of logs.
        """
        error = contrasts - facts.value
        noise = self.noise[self.numbers]
        square = error[:, self.numbers] ** 2 / noise
        others = np.setdiff1d(np.arange(len(facts.value)), self.numbers)
        log_density = facts.noise.rows(others).log_density(error[:, others])
        return np.asarray(log_density.sum(axis=1) - 0.5 * (square + np.log(noise)).sum(axis=1))

    def weigh(self, kind: Indices, component: Indices) -> tuple[Array, Array, Array]:
        """Log density of facts, kinds and components, unknowns integrated out; and the mean and the
        variance of each unknown given the facts and the components of the others.

        Parameters
        ----------
        kind : ndarray of int, shape (draws,)
            Kinds of markets.
        component : ndarray of int, shape (draws, unknowns)
            Components of the unknowns.

        Returns
        -------
        tuple of ndarray
            Shapes (draws,), (draws, unknowns) and (draws, unknowns).
        """
        precision, pull, centre, variance = self.given_components(kind, component)
        mean, spread, log_determinant = _normal_from(precision, pull)
        square = (pull * mean - centre**2 / variance - np.log(variance)).sum(axis=1)
        log_density = self.log_density[kind] + 0.5 * (square - log_determinant)
        weight = self.mixtures.weight[np.arange(component.shape[1]), component]
        log_density += np.log(np.maximum(weight, 1e-300)).sum(axis=1)
        return log_density, *_without_own(mean, spread, centre, variance)

    def given_components(
        self, kind: Indices, component: Indices
    ) -> tuple[Array, Array, Array, Array]:
        """Precision and pull of the unknowns given kinds and components, as `weigh` takes them; and
        the means and variances of these components.
        """
        index = np.arange(component.shape[1]), component
        centre, variance = self.mixtures.mean[index], self.mixtures.sd[index] ** 2
        precision = self.precision[kind]
        diagonal = np.arange(component.shape[1])
        precision[:, diagonal, diagonal] += 1 / variance
        return precision, self.pull[kind] + centre / variance, centre, variance


class ComponentDraws:
    """Components of all unknowns, drawn one by one and weighted; unknowns are integrated out.

    Each step draws components as probable as those of the step before made them, given the others.

    Attributes
    ----------
    linear : LinearModel
        From which the draws are.
    kind : ndarray of int, shape (draws,)
        Of the last step, a kind of market, as a number among those of the linear model.
    component : ndarray of int, shape (draws, unknowns)
        A component for every unknown.
    weight : ndarray, shape (draws,)
        Of each draw; they sum to one.
    given_others : list of ndarray, shape (draws, unknowns)
        Means and variances of the unknowns given the facts and the components of the others.
    log_evidence : float
        Log probability of the facts in the linear model, but for a constant of all hypotheses.
    """

    def __init__(self, linear: LinearModel, rng: np.random.Generator) -> None:
        self.linear = linear
        mixtures = linear.mixtures
        unknowns = len(mixtures.weight)
        most = max(int(MOST_WORK / unknowns**3), 1)
        kind_prior = linear.path.kind_share[linear.kinds]
        kind_part, part = linear.kind_at_mode, linear.parts_at_mode
        steps = COMPONENT_DRAWS
        if linear.doubts_a_bound:
            steps += FURTHER_DRAWS
        for draws in steps:
            draws = min(draws, most)
            kind_part, part = _opened(kind_part, kind_prior), _opened(part, mixtures.weight)
            self.kind = rng.choice(len(kind_part), draws, p=kind_part)
            self.component = _draw_components(np.tile(part, (draws, 1, 1)), rng)
            index = np.arange(unknowns), self.component
            proposed = np.log(kind_part[self.kind]) + np.log(part[index]).sum(axis=1)
            log_density, *self.given_others = linear.weigh(self.kind, self.component)
            log_weight = log_density - proposed
            self.weight = softmax(log_weight)
            kind_part = np.bincount(self.kind, self.weight, len(kind_part))
            part = np.tensordot(self.weight, mixtures.parts(*self.given_others), axes=1)
        self.log_evidence = float(logsumexp(log_weight) - np.log(draws)) + linear.log_height

    def expectations(self, mode: Mode) -> tuple[Array, Array]:
        """Each contrast as the other facts lead one to expect it: mean and variance.

        The components of a draw have adapted to the fact, too: draws that find it likely count less
        (Gelfand 1996).

        Parameters
        ----------
        mode : Mode
            About which the model was made linear.
        """
        mean, variance = mode.leave_one_out()
        facts, rows = mode.facts, self.linear.doubtful
        q = len(self.linear.path.mixed)
        cavity_mean, spread = (item[:, q:] for item in self.given_others)
        log_density = facts.noise.rows(rows).log_density(cavity_mean, spread)
        # The least likely draw may have no weight: then only logs keep those of the others
        with np.errstate(divide="ignore"):
            log_weight = np.log(self.weight)[:, None]
        weight = softmax(log_weight - log_density, axis=0)
        middle, variance[rows] = moments(weight, cavity_mean, spread)
        mean[rows] = facts.value[rows] + middle
        return mean, variance


class Chains:
    """Chains side by side: each holds a kind of market and a component for every unknown."""

    def __init__(
        self,
        start: ComponentDraws,
        draws: int,
        rng: np.random.Generator,
    ) -> None:
        self.linear, self.rng = start.linear, rng
        self.chains = min(CHAINS, draws)
        index = rng.choice(len(start.weight), self.chains, p=start.weight)
        self.kind, self.component = start.kind[index], start.component[index]
        for _ in range(BURN):
            self.sweep()
            self._draw_kinds()

    def draw(self, shared: Array) -> tuple[Array, Indices]:
        """Coordinates by the linear model, shape (draws, width), and numbers of their kinds."""
        result = []
        for block in np.array_split(shared, -(-len(shared) // self.chains)):
            self.sweep()
            unknown = self.unknown[: len(block)]
            kind = self.kind[: len(block)].copy()
            result.append((self._coordinates(unknown, kind, block), kind))
            self._draw_kinds()
        x, kinds = zip(*result, strict=True)
        return np.concatenate(x), np.concatenate(kinds)

    def sweep(self) -> None:
        """Draw the unknowns given their components, then components given the unknowns."""
        linear = self.linear
        precision, pull, *_ = linear.given_components(self.kind, self.component)
        unit = ndtri(strata(self.rng, *pull.shape))
        self.unknown = _drawn_from(precision, pull, unit)
        self.component = _draw_components(linear.mixtures.parts(self.unknown), self.rng)

    def _draw_kinds(self) -> None:
        """A kind of market for each chain, given the unknowns."""
        linear = self.linear
        unknown = self.unknown
        square = ((unknown @ linear.precision) * unknown).sum(axis=2).T
        log_part = linear.log_density + unknown @ linear.pull.T - 0.5 * square
        self.kind = _draw_components(softmax(log_part, axis=-1), self.rng)

    def _coordinates(self, unknown: Array, kind: Indices, shared: Array) -> Array:
        """All coordinates given the unknowns: a draw of the prior, corrected by its distance from
        the facts (Matheron).
        """
        linear, path = self.linear, self.linear.path
        x = self.rng.standard_normal((len(unknown), path.width))
        yearly = path.columns["pattern"].start  # columns before those of single months
        x[:, :yearly] = ndtri(strata(self.rng, len(x), yearly))
        x[:, path.columns["common"]] = shared
        x *= np.sqrt(linear.kind_variance[kind])
        noise = np.sqrt(linear.noise) * self.rng.standard_normal((len(x), len(linear.noise)))
        residual = linear.y - unknown @ linear.design.T - x @ linear.jacobian.T - noise
        for k, covariance in enumerate(linear.covariances):
            rows = np.flatnonzero(kind == k)
            pull = covariance.solve(residual[rows].T).T
            x[rows] += linear.kind_variance[k] * (pull @ linear.jacobian)
        x[:, path.mixed] = unknown[:, : len(path.mixed)]
        return x


def _opened(part: Array, prior: Array) -> Array:
    """Probabilities of components, mixed with their prior so that none is impossible."""
    prior_part = prior / prior.sum(axis=-1, keepdims=True)
    return np.asarray((1 - OPEN_PART) * part + OPEN_PART * prior_part)


def _without_own(mean: Array, spread: Array, centre: Array, variance: Array) -> tuple[Array, Array]:
    """Mean and variance of unknowns without what their own components say."""
    left = np.maximum(1 / spread - 1 / variance, 1e-9)
    return (mean / spread - centre / variance) / left, 1 / left


def moments(weight: Array, mean: Array, variance: Array) -> tuple[Array, Array]:
    """Mean and variance of mixtures, of one component a row."""
    middle = (weight * mean).sum(axis=0)
    return middle, (weight * (variance + (mean - middle) ** 2)).sum(axis=0)


def _factors(precision: Array) -> Iterator[Array]:
    """The upper root of each precision.

    LAPACK is called itself: numpy inverts each matrix by elimination, which takes thrice the time.
    """
    for matrix in precision:
        factor, failed = dpotrf(matrix.T)
        if failed:
            raise np.linalg.LinAlgError("the precision of the draws is not positive definite")
        yield factor


def _normal_from(precision: Array, pull: Array) -> tuple[Array, Array, Array]:
    """Means and variances of normals, and logs of the determinants of their precisions."""
    mean, spread = np.empty((2, *pull.shape))
    log_determinant = np.empty(len(pull))
    for row, factor in enumerate(_factors(precision)):
        log_determinant[row] = 2 * np.log(factor.diagonal()).sum()
        mean[row] = dpotrs(factor, pull[row])[0]
        spread[row] = dpotri(factor)[0].diagonal()
    return mean, spread, log_determinant


def _drawn_from(precision: Array, pull: Array, unit: Array) -> Array:
    """Draws of normals, made of unit normal numbers."""
    drawn = np.empty_like(pull)
    for row, factor in enumerate(_factors(precision)):
        half, _ = dtrtrs(factor, pull[row], trans=1)
        drawn[row], _ = dtrtrs(factor, half + unit[row])
    return drawn


def _draw_components(part: Array, rng: np.random.Generator) -> Indices:
    """The number of a component from each row of weights, drawn in proportion to them."""
    cumulative = part.cumsum(axis=-1)
    lot = rng.random(cumulative.shape[:-1])[..., None] * cumulative[..., -1:]
    return np.asarray(np.minimum((cumulative < lot).sum(axis=-1), part.shape[-1] - 1))
