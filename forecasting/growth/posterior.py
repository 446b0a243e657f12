"""Draws of the coordinates of a path, given what the facts say; all deterministic given the seed.

1. Facts that contradict each other are read in several ways, each with a mode of its own
   (:mod:`forecasting.growth.readings`).
2. About each mode the contrasts are linear. Then all is Gaussian given the component of every
   mixture (noise of facts in doubt, shocks) and the kind of market; those are drawn by a Gibbs
   sampler, many chains side by side.
3. Each draw is moved until its true contrasts are what the linear ones were, and weighted by what
   the true model makes of it over what the linear one did, the change of variables included.
4. The mean weight of a reading is its probability. The weights are smoothed (Pareto), and draws are
   taken in proportion to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import logsumexp, ndtri, softmax

from forecasting.growth.likelihood import Contrasts
from forecasting.growth.mixtures import Mixtures
from forecasting.growth.mode import Covariance, Mode
from forecasting.growth.path import LatentPath
from forecasting.growth.readings import readings_of
from forecasting.vocabulary.quantiles import Array, Indices, strata

# Draws are shared out to readings by the root of their probability, of at least this
MIN_READING_PART = 0.1
EVIDENCE_DRAWS = 1000  # of components, from which the probability of a reading is estimated
OPEN_PART = 0.1  # part of them that is drawn from the prior
CHAINS = 250
BURN = 4  # sweeps before draws are taken
MOST_WORK = 6e6  # chains times unknowns squared
MOST_DOUBTFUL = 60  # facts whose components are drawn: those most in doubt
MUCH_DOUBT = 1.5  # posterior over prior probability of being wrong: above it a fact is in doubt
EXTRA_DOUBTFUL = 8  # facts drawn beside those in doubt
# Pairs whose components are drawn together in one sweep. There are more at first where a number is
# in doubt: which of two contradicting facts is wrong can only change for both at once
BURN_VISITS = 6
VISITS = 2
JITTER = 1e-6  # variance of a doubtful fact beside that of its component
LEAST_LIKELY = 0.002  # of the likeliest kind of market's probability: a less likely one is left out
# Gap between true and linear contrasts, in units of their noise: what may stay, and where larger
# ones are cut off
GAP_TOLERANCE = 0.5
MOST_GAP = 20.0
MOST_MOVED = 130  # combinations of facts that draws are moved onto
DIRECTION_NOISE = 0.01  # part of the facts' variance in the directions of a move
# Of the largest singular value: a combination with a smaller one follows from the others
SINGULAR_TOLERANCE = 1e-6
MOVE_TOLERANCE = 0.05  # gap in units of the noise at which a move has arrived
FIXED_SLOPE_STEPS = 5  # with the slope at the mode, before those with the slope at the draw
NEWTON_STEPS = 6
MAX_COORDINATE = 60.0  # a move goes no farther, in prior standard deviations
MAX_STEP = 2.0  # of one coordinate in one step
MIN_EFFECTIVE_PART = 0.15  # of the draws: where fewer are effective, another round is drawn
MOST_ROUNDS = 4
MIN_TAIL = 5  # a shape is fitted to no fewer of the largest weights
NEARLY_ALL = 0.9  # of all weight: where one draw has more, no shape is fitted
EVEN_MARGIN = 1e-6  # of the largest weight: a tail that rises by less is even, and not smoothed
NUMBERS_IN_MEMORY = 250_000  # of one block of draws


@dataclass(frozen=True)
class Posterior:
    """Draws of the coordinates, and how well each fact is met.

    Parameters
    ----------
    x : ndarray, shape (draws, width)
        Coordinates.
    kind : ndarray of int, shape (draws,)
        Kind of market, a row of ``LatentPath.kind_variance``.
    expected, expected_sd : ndarray, shape (facts,)
        Each contrast as the other facts lead one to expect it.
    base : ndarray, shape (facts,)
        What each fact is compared with, at the mode.
    doubted : ndarray, shape (facts,)
        Probability that a fact is one of the wrong ones.
    effective : float
        Effective number of draws.
    tail : float
        Shape of the largest weights (Pareto): above 0.7 the weights cannot be trusted; infinite
        where so few draws hold all weight that none can be fitted.
    readings : int
        Number of readings of the facts that were drawn from.
    left_out : float
        Probability of the readings that were not drawn from, by their modes.
    """

    x: Array
    kind: Indices
    expected: Array
    expected_sd: Array
    base: Array
    doubted: Array
    effective: float
    tail: float
    readings: int
    left_out: float


def sample(
    path: LatentPath, facts: Contrasts, shared: Array, rng: np.random.Generator
) -> Posterior:
    """Draw the path's coordinates given what facts say.

    Parameters
    ----------
    path : LatentPath
        The map from coordinates to flows.
    facts : Contrasts
        On the path's months.
    shared : ndarray, shape (draws, years)
        Unit shocks behind the common effects: the same for every market with one seed.
    rng : Generator
        Seeded; a market's own.
    """
    draws = len(shared)
    pools, left_out = _pools(path, facts, draws, rng)
    for _ in range(MOST_ROUNDS):
        for pool in pools:
            pool.draw(shared)
        log_weight = np.concatenate([pool.log_weight + pool.log_scale for pool in pools])
        weight, tail = _pooled_weight(pools, log_weight)
        effective = float(1 / (weight**2).sum()) if weight.any() else 0.0
        if effective > MIN_EFFECTIVE_PART * draws:
            break
        _share_anew(pools, draws, rng)
    rounds = [pool_round for pool in pools for pool_round in pool.rounds]
    x, kind, contrast, _, place = (np.concatenate(item) for item in zip(*rounds, strict=True))
    index = resampled(weight, place, shared[:, -1], rng)
    expected, variance = _expectations(pools)
    mode = max(pools, key=lambda pool: pool.log_evidence).linear.mode
    return Posterior(
        x=x[index],
        kind=kind[index],
        expected=expected,
        expected_sd=np.sqrt(variance),
        base=facts.base(mode.log_flows, mode.x),
        doubted=_doubted(facts, contrast[index]),
        effective=effective,
        tail=tail,
        readings=len(pools),
        left_out=left_out,
    )


def _pools(
    path: LatentPath, facts: Contrasts, draws: int, rng: np.random.Generator
) -> tuple[list[_Pool], float]:
    """A pool for each reading, with a part of the draws; and the probability of other readings."""
    readings, left_out = readings_of(path, facts)
    chains = [_Chains(_Linear(reading.mode), draws, rng) for reading in readings]
    if len(chains) == 1:
        return [_Pool(chains[0], np.arange(draws))], left_out
    probability = softmax(np.array([item.log_evidence for item in chains]))
    share = np.maximum(np.sqrt(probability), MIN_READING_PART)
    parts = zip(chains, _places(share, draws, rng), strict=True)
    return [_Pool(item, part) for item, part in parts if len(part)], left_out


def _share_anew(pools: Sequence[_Pool], draws: int, rng: np.random.Generator) -> None:
    """Share out another round so that it lowers the error most: by the probability of a reading,
    times the root of the draws that it takes for one effective draw (Neyman 1934).
    """
    if len(pools) == 1:
        return
    log_share = [pool.log_evidence - 0.5 * np.log(pool.efficiency) for pool in pools]
    for pool, places in zip(pools, _places(softmax(log_share), draws, rng), strict=True):
        pool.places = places


def _places(share: Array, draws: int, rng: np.random.Generator) -> list[Indices]:
    """Numbers of draws, shared out at random in given proportions."""
    edges = np.round(np.cumsum(share / share.sum())[:-1] * draws).astype(int)
    return [np.sort(part) for part in np.split(rng.permutation(draws), edges)]


def _doubted(facts: Contrasts, contrast: Array) -> Array:
    """Probability that each fact is wrong, over draws."""
    blocks = 1 + contrast.size * facts.noise.weight.shape[1] // NUMBERS_IN_MEMORY
    parts = np.array_split(contrast, blocks)
    return np.asarray(sum(facts.doubt(part).sum(axis=0) for part in parts) / len(contrast))


class _Pool:
    """The draws of one reading, with their weights.

    Attributes
    ----------
    rounds : list
        Of each round coordinates, kinds of market, contrasts and logs of weights by draw, and the
        rows of the common shocks that the draws share.
    """

    def __init__(self, chains: _Chains, places: Indices) -> None:
        self.chains, self.places = chains, places
        self.linear = chains.linear
        self.rounds: list[tuple[Array, Indices, Array, Array, Indices]] = []

    def draw(self, shared: Array) -> None:
        """Draw another round, one draw for each place."""
        if not len(self.places):
            return
        x, kind = self.chains.draw(shared[self.places])
        x, log_weight, contrast = _shifted(self.linear, x)
        self.rounds.append((x, self.linear.kinds[kind], contrast, log_weight, self.places))

    @property
    def log_weight(self) -> Array:
        """Logs of the weights of all draws."""
        return np.concatenate([log_weight for *_, log_weight, _ in self.rounds])

    @property
    def efficiency(self) -> float:
        """Effective part of the draws."""
        weight = smoothed(self.log_weight)[0]
        return 1 / max(len(weight) * float((weight**2).sum()), 1.0)

    @property
    def log_scale(self) -> float:
        """Log of the factor that makes a reading's weights sum to its probability."""
        return self.chains.log_evidence - float(np.log(len(self.log_weight)))

    @property
    def log_evidence(self) -> float:
        """Log probability of facts and reading: by the linear model, times the mean weight."""
        return float(max(logsumexp(self.log_weight) + self.log_scale, -1e300))


def _pooled_weight(pools: Sequence[_Pool], log_weight: Array) -> tuple[Array, float]:
    """Weights of all draws, those of each reading smoothed, and the shape of the largest of all."""
    probability = softmax(np.array([pool.log_evidence for pool in pools]))
    parts = [
        part * smoothed(pool.log_weight)[0] for part, pool in zip(probability, pools, strict=True)
    ]
    return np.concatenate(parts), smoothed(log_weight)[1]


def _expectations(pools: Sequence[_Pool]) -> tuple[Array, Array]:
    """Each contrast as the other facts lead one to expect it, over all readings.

    Without a fact, a reading's probability is that with it, divided by the fact's likelihood.
    """
    parts = [pool.chains.expectations() for pool in pools]
    mean = np.array([part[0] for part in parts])
    variance = np.array([part[1] for part in parts])
    log_weight = np.array(
        [
            pool.log_evidence - pool.linear.facts.noise.log_density(m - pool.linear.facts.value, v)
            for pool, m, v in zip(pools, mean, variance, strict=True)
        ]
    )
    return _moments(softmax(log_weight, axis=0), mean, variance)


class _Linear:
    """The model made linear about its mode, and reduced to the unknowns that are mixtures.

    With ``y = J x - e`` the contrasts, e their noise, the unknowns u are the mixed coordinates and
    the noise of the facts in doubt. All else is normal given the kind k of market and is
    integrated out: ``y = B u + normal(0, S[k])``. Of u that leaves the precision ``B' S^-1 B`` and
    the pull ``B' S^-1 y``.
    """

    def __init__(self, mode: Mode) -> None:
        path = mode.path
        f = mode.facts
        self.mode, self.path, self.facts = mode, path, f
        rows = np.arange(len(f.value))
        self.mean, self.variance = mode.leave_one_out()
        doubt = f.doubt(self.mean, self.variance) / np.where(f.certain, 1.0, f.outlier)
        doubt = np.where(f.exact, doubt, np.inf)
        doubt[f.certain] = 0.0
        order = np.argsort(-doubt, kind="stable")
        in_doubt = doubt > MUCH_DOUBT
        self.burn_visits = BURN_VISITS if (in_doubt & f.exact).any() else VISITS
        count = int(in_doubt.sum()) + EXTRA_DOUBTFUL
        self.doubtful = np.sort(order[: min(count, MOST_DOUBTFUL)])
        settled = np.setdiff1d(rows, self.doubtful)
        # Other facts have one normal each, as the mode has it
        self.noise = np.full(len(rows), JITTER)
        self.y = f.value - mode.contrast + mode.jacobian @ mode.x
        self.noise[settled] = mode.noise[settled]
        self.y[settled] += (mode.target - f.value)[settled]
        mixed = path.mixed
        d = len(self.doubtful)
        q = len(mixed)
        self.design = np.zeros((len(rows), q + d))
        self.design[:, :q] = mode.jacobian[:, mixed]
        self.design[self.doubtful, q + np.arange(d)] = -1.0
        noise_left = f.noise.rows(self.doubtful)
        noise_left = replace(noise_left, sd=np.sqrt(noise_left.sd**2 - JITTER))
        self.mixtures = Mixtures.stacked([path.mixture, noise_left])
        self.kinds = np.flatnonzero(mode.kind > LEAST_LIKELY * mode.kind.max())
        self.kind_variance = path.kind_variance[self.kinds].copy()
        self.kind_variance[:, mixed] = 0.0
        self.covariances = [
            mode.covariance(variance, self.noise) for variance in self.kind_variance
        ]
        solved = [covariance.solve(self.design) for covariance in self.covariances]
        self.precision = np.stack([self.design.T @ item for item in solved])
        self.pull = np.stack([item.T @ self.y for item in solved])
        # By how much the true noise of settled facts is denser at the mode than their normals
        residual = (mode.target - mode.contrast)[settled]
        normal = -0.5 * (residual**2 / mode.noise[settled] + np.log(mode.noise[settled]))
        exact = f.log_density(mode.contrast[None, :])[0, settled]
        self.log_height = float((exact - normal).sum())
        self.log_density = np.array(
            [
                np.log(share) - 0.5 * (self.y @ c.solve(self.y) + c.log_determinant)
                for share, c in zip(path.kind_share[self.kinds], self.covariances, strict=True)
            ]
        )


class _Chains:
    """Chains side by side: each holds a kind of market and a component for every unknown."""

    def __init__(self, linear: _Linear, draws: int, rng: np.random.Generator) -> None:
        self.linear, self.rng = linear, rng
        unknowns = linear.design.shape[1]
        limit = int(MOST_WORK / (unknowns + 4) ** 2)
        self.chains = min(CHAINS, max(limit, 1), draws)
        mode = linear.mode
        q = len(linear.path.mixed)
        share = mode.kind[linear.kinds]
        self.kind = rng.choice(len(share), self.chains, p=share / share.sum())
        f, mixtures = linear.facts, linear.mixtures
        size = np.sqrt(mode.variance[linear.path.mixed])
        distance = np.concatenate([size, (linear.mean - f.value)[linear.doubtful]])
        spread = np.concatenate([np.zeros(q), linear.variance[linear.doubtful]])
        start = mixtures.parts(distance, spread)
        self.component = _draw_components(np.tile(start, (self.chains, 1, 1)), rng)
        self.parts = mixtures.weight.shape[1]
        self.messages: list[tuple[Array, Array]] = []
        visits = []
        for _ in range(BURN):
            self.sweep()
            self._draw_kinds()
            visits.append((self.kind, self.component))
        self.kind_visits, self.component_visits = (
            np.concatenate(item) for item in zip(*visits, strict=True)
        )

    @cached_property
    def log_evidence(self) -> float:
        """Log probability of the facts in the linear model, but for a constant of all readings.

        The mean weight of components drawn one by one, as often as the chains have visited them;
        their unknowns are integrated out.
        """
        linear = self.linear
        mixtures = linear.mixtures
        kind_part = _proposal(self.kind_visits, linear.mode.kind[linear.kinds])
        part = _proposal(self.component_visits, mixtures.weight)
        kind = self.rng.choice(len(kind_part), EVIDENCE_DRAWS, p=kind_part)
        component = _draw_components(np.tile(part, (EVIDENCE_DRAWS, 1, 1)), self.rng)
        index = np.arange(len(part)), component
        variance = mixtures.sd[index] ** 2
        centre = mixtures.mean[index]
        precision = linear.precision[kind] + _diagonals(1 / variance)
        pull = linear.pull[kind] + centre / variance
        mean = np.linalg.solve(precision, pull[:, :, None])[:, :, 0]
        square = (pull * mean - centre**2 / variance - np.log(variance)).sum(axis=1)
        log_weight = linear.log_density[kind] - np.log(kind_part[kind])
        log_weight += 0.5 * (square - np.linalg.slogdet(precision)[1])
        weight = np.maximum(mixtures.weight[index], 1e-300)
        log_weight += (np.log(weight) - np.log(part[index])).sum(axis=1)
        return float(logsumexp(log_weight) - np.log(EVIDENCE_DRAWS)) + linear.log_height

    def draw(self, shared: Array) -> tuple[Array, Indices]:
        """Coordinates by the linear model, shape (draws, width), and numbers of their kinds."""
        result = []
        for block in np.array_split(shared, -(-len(shared) // self.chains)):
            self.sweep(keep=True)
            unknown = self.unknown[: len(block)]
            kind = self.kind[: len(block)].copy()
            result.append((self._coordinates(unknown, kind, block), kind))
            self._draw_kinds()
        x, kinds = zip(*result, strict=True)
        return np.concatenate(x), np.concatenate(kinds)

    def sweep(self, keep: bool = False) -> None:
        """Draw components of pairs, all else integrated out; then unknowns, and all components."""
        linear, rng = self.linear, self.rng
        mixtures = linear.mixtures
        index = np.arange(self.component.shape[1]), self.component
        variance = mixtures.sd[index] ** 2
        centre = mixtures.mean[index]
        precision = linear.precision[self.kind]
        n = variance.shape[1]
        # One of a pair is the size of the market, or the noise of a fact; the other is any
        start = len(linear.path.mixed) - 1
        order = np.argsort(rng.random((self.chains, n - start)), axis=1)
        one_of_pair = start + order[:, : VISITS if keep else linear.burn_visits]
        partner = rng.integers(n - 1, size=one_of_pair.shape)
        pairs = np.stack([one_of_pair, partner + (partner >= one_of_pair)], axis=2)
        visited = pairs.reshape(self.chains, -1)
        # Of the covariance only the columns of the unknowns that are visited are needed
        right = np.eye(n)[visited].transpose(0, 2, 1)
        pull = (linear.pull[self.kind] + centre / variance)[:, :, None]
        solved = np.linalg.solve(
            precision + _diagonals(1 / variance), np.concatenate([pull, right], axis=2)
        )
        mean = solved[:, :, 0]
        columns = solved[:, :, 1:]
        for number in range(pairs.shape[1]):
            self._pair(pairs, number, columns, mean, variance, centre)
        root = np.linalg.inv(np.linalg.cholesky(precision + _diagonals(1 / variance)))
        normal = ndtri(strata(rng, self.chains, n))[:, None]
        if keep:
            diagonal = (root**2).sum(axis=1)
            residual = np.maximum(1 / diagonal - 1 / variance, 1e-9)
            self.messages.append(((mean / diagonal - centre / variance) / residual, 1 / residual))
        self.unknown = mean + (normal @ root)[:, 0]
        self.component = _draw_components(mixtures.parts(self.unknown), rng)

    def _draw_kinds(self) -> None:
        """A kind of market for each chain, given the unknowns."""
        linear = self.linear
        unknown = self.unknown
        square = ((unknown @ linear.precision) * unknown).sum(axis=2).T
        log_part = linear.log_density + unknown @ linear.pull.T - 0.5 * square
        self.kind = _draw_components(softmax(log_part, axis=-1), self.rng)

    def _pair(
        self,
        pairs: Indices,
        number: int,
        columns: Array,
        mean: Array,
        variance: Array,
        centre: Array,
    ) -> None:
        """Draw two unknowns' components together, all unknowns integrated out; one pair a chain.

        m is the mean of each of the two, v and c are variance and centre of its present component.
        a, g of the one and b, h of its partner are precision and pull with each component it may
        have; ab couples the two.
        """
        mixtures = self.linear.mixtures
        chain = np.arange(self.chains)[:, None]
        pair = pairs[:, number]
        pair_columns = columns[:, :, 2 * number : 2 * number + 2].copy()
        block = pair_columns[chain, pair]
        m, v, c = (np.take_along_axis(a, pair, axis=1) for a in (mean, variance, centre))
        inverse = np.linalg.inv(block)
        cavity = inverse - _diagonals(1 / v)
        push = (inverse @ m[:, :, None])[:, :, 0] - c / v
        log_one, a, g = self._component_terms(pair[:, :1], cavity[:, 0, 0], push[:, 0])
        log_partner, b, h = self._component_terms(pair[:, 1:], cavity[:, 1, 1], push[:, 1])
        a, g, b, h = a[:, :, None], g[:, :, None], b[:, None, :], h[:, None, :]
        ab = cavity[:, 0, 1, None, None]
        determinant = np.maximum(a * b - ab**2, 1e-12)
        log_part = log_one[:, :, None] + log_partner[:, None, :] - 0.5 * np.log(determinant)
        log_part += 0.5 * (b * g**2 - 2 * ab * g * h + a * h**2) / determinant
        part = softmax(log_part.reshape(self.chains, -1), axis=1)
        new = np.stack(np.divmod(_draw_components(part, self.rng), self.parts), axis=1)
        self.component[chain, pair] = new
        new_v = mixtures.sd[pair, new] ** 2
        new_c = mixtures.mean[pair, new]
        delta = 1 / new_v - 1 / v
        scaled = pair_columns @ (
            delta[:, :, None] * np.linalg.inv(np.eye(2) + block * delta[:, None, :])
        )
        columns -= scaled @ columns[chain, pair]
        step = new_c / new_v - c / v - delta * m
        mean += ((pair_columns - scaled @ block) @ step[:, :, None])[:, :, 0]
        variance[chain, pair] = new_v
        centre[chain, pair] = new_c

    def _component_terms(
        self, unknown: Indices, precision: Array, push: Array
    ) -> tuple[Array, Array, Array]:
        """Log weight, precision and pull of an unknown with each component that it may have.

        Parameters
        ----------
        unknown : ndarray of int, shape (chains, 1)
            Its number.
        precision, push : ndarray, shape (chains,)
            Of the unknown without a component.
        """
        mixtures = self.linear.mixtures
        component = np.arange(self.parts)
        own_precision = 1 / mixtures.sd[unknown, component] ** 2
        centre = mixtures.mean[unknown, component]
        own_pull = centre * own_precision
        log_weight = (
            np.log(np.maximum(mixtures.weight[unknown, component], 1e-300))
            + 0.5 * np.log(own_precision)
            - 0.5 * centre * own_pull
        )
        return log_weight, precision[:, None] + own_precision, push[:, None] + own_pull

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
        residual = linear.y - unknown @ linear.design.T - x @ linear.mode.jacobian.T - noise
        for k, covariance in enumerate(linear.covariances):
            rows = np.flatnonzero(kind == k)
            pull = covariance.solve(residual[rows].T).T
            x[rows] += linear.kind_variance[k] * (pull @ linear.mode.jacobian)
        x[:, path.mixed] = unknown[:, : len(path.mixed)]
        return x

    def expectations(self) -> tuple[Array, Array]:
        """Each contrast as the other facts lead one to expect it: mean and variance.

        The components of a draw have adapted to the fact, too: draws that find it likely count less
        (Gelfand 1996).
        """
        linear, f = self.linear, self.linear.facts
        mean, variance = linear.mean.copy(), linear.variance.copy()
        q = len(linear.path.mixed)
        rows = linear.doubtful
        cavity_mean, spread = (
            np.concatenate(item)[:, q:] for item in zip(*self.messages, strict=True)
        )
        log_density = f.noise.rows(rows).log_density(cavity_mean, spread)
        weight = np.exp(log_density.min(axis=0) - log_density)
        weight /= weight.sum(axis=0)
        middle, variance[rows] = _moments(weight, cavity_mean, spread)
        mean[rows] = f.value[rows] + middle
        return mean, variance


def _proposal(visits: Indices, prior: Array) -> Array:
    """How often each component was visited, mixed with its prior so that none is impossible."""
    visit_part = (visits[..., None] == np.arange(prior.shape[-1])).mean(axis=0)
    prior_part = prior / prior.sum(axis=-1, keepdims=True)
    return np.asarray((1 - OPEN_PART) * visit_part + OPEN_PART * prior_part)


def _moments(weight: Array, mean: Array, variance: Array) -> tuple[Array, Array]:
    """Mean and variance of mixtures, of one component a row."""
    middle = (weight * mean).sum(axis=0)
    return middle, (weight * (variance + (mean - middle) ** 2)).sum(axis=0)


def _diagonals(rows: Array) -> Array:
    """Each row as a diagonal matrix."""
    return rows[:, :, None] * np.eye(rows.shape[1])


def _draw_components(part: Array, rng: np.random.Generator) -> Indices:
    """The number of a component from each row of weights, drawn in proportion to them."""
    cumulative = part.cumsum(axis=-1)
    lot = rng.random(cumulative.shape[:-1])[..., None] * cumulative[..., -1:]
    return np.asarray(np.minimum((cumulative < lot).sum(axis=-1), part.shape[-1] - 1))


def _shifted(linear: _Linear, x: Array) -> tuple[Array, Array, Array]:
    """Draws moved until their true contrasts are what the linear ones were, within a tolerance;
    logs of their weights, and their contrasts.
    """
    path, facts, mode = linear.path, linear.facts, linear.mode
    if not len(facts.value):
        return x, np.zeros(len(x)), np.zeros((len(x), 0))
    goal = mode.contrast + (x - mode.x) @ mode.jacobian.T
    contrast = _contrasts(path, facts, x)
    precision = facts.precision(goal)
    gap = np.clip((contrast - goal) * np.sqrt(precision), -MOST_GAP, MOST_GAP)
    sd = 1 / np.sqrt(precision.mean(axis=0))
    # The combinations of facts in which the true contrasts differ most from the linear ones
    size, vectors = np.linalg.eigh(gap.T @ gap / len(x))
    residual = np.cumsum(np.maximum(size, 0.0))
    combined = (vectors[:, residual > GAP_TOLERANCE**2] / sd[:, None])[:, -MOST_MOVED:].T
    shifted = x.copy()
    log_weight = np.zeros(len(x))
    if len(combined):
        move = _Move(mode, combined, sd**2)
        longest = max(facts.numerator.shape)
        blocks = 1 + len(x) * len(combined) * longest // NUMBERS_IN_MEMORY
        for part in np.array_split(np.arange(len(x)), blocks):
            shifted[part], log_weight[part], contrast[part] = move(
                x[part], goal[part] @ move.combined.T, contrast[part]
            )
        log_weight += path.log_density(shifted) - path.log_density(x)
    log_weight += (facts.log_density(contrast) - facts.log_density(goal)).sum(axis=1)
    return shifted, log_weight, contrast


def _contrasts(path: LatentPath, facts: Contrasts, x: Array) -> Array:
    no_directions = np.zeros((path.width, 0))
    result = [
        facts.at(path.tangents(part, no_directions, facts.months)[0], part)
        for part in np.array_split(x, 1 + len(x) * path.months // NUMBERS_IN_MEMORY)
    ]
    return np.concatenate(result)


class _Move:
    """Moves draws along some directions until combinations of contrasts are those wanted.

    The directions are those in which facts would move the prior at the mode, so that other
    combinations stay. The weight is that of a change of variables: the ratio of the volumes about a
    draw after and before the move.
    """

    def __init__(self, mode: Mode, combined: Array, noise: Array) -> None:
        self.path, self.facts = mode.path, mode.facts
        variance = 1 / (mode.kind @ (1 / mode.path.kind_variance))
        variance[mode.path.mixed] = mode.variance[mode.path.mixed]
        root = mode.jacobian * np.sqrt(variance)
        # A total and all of its parts cannot be moved independently
        vectors, size, _ = np.linalg.svd(combined @ root, full_matrices=False)
        self.combined = combined = vectors[:, size > SINGULAR_TOLERANCE * size[0]].T @ combined
        covariance = Covariance(root, DIRECTION_NOISE * noise)
        gain = combined.T * noise[:, None]
        self.directions = variance[:, None] * (mode.jacobian.T @ covariance.solve(gain))
        slope = combined @ mode.jacobian @ self.directions
        self.inverse_slope = np.linalg.inv(slope)
        # Each round moves other combinations: its volumes compare with those of another round only
        # as ratios to the volume at the mode
        self.sign, self.log_volume = np.linalg.slogdet(slope)

    def __call__(self, x: Array, goal: Array, contrast: Array) -> tuple[Array, Array, Array]:
        """Draws at the end of their moves, logs of their weights, and their contrasts.

        A draw that does not arrive has no weight.
        """
        x = x.copy()
        contrast = contrast.copy()
        current = contrast
        for step in range(FIXED_SLOPE_STEPS):
            if step:
                current = _contrasts(self.path, self.facts, x)
            x = self._step(x, (goal - current @ self.combined.T) @ self.inverse_slope.T)
        log_weight = np.full(len(x), -np.inf)
        rows = np.arange(len(x))
        for _ in range(NEWTON_STEPS):
            flows = self.path.tangents(x[rows], self.directions, self.facts.months)
            current, slope = self.facts.tangents(*flows, x[rows], self.directions, self.combined)
            gap = goal[rows] - current @ self.combined.T
            sign, log_volume = np.linalg.slogdet(slope)
            close = np.abs(gap).max(axis=1) < MOVE_TOLERANCE
            good = close & (sign == self.sign)
            log_weight[rows[good]] = self.log_volume - log_volume[good]
            contrast[rows[good]] = current[good]
            rows, gap, slope = rows[~close], gap[~close], slope[~close]
            if not len(rows):
                break
            slope = slope + 1e-9 * np.eye(slope.shape[1])
            x[rows] = self._step(x[rows], np.linalg.solve(slope, gap[:, :, None])[:, :, 0])
        return x, log_weight, contrast

    def _step(self, x: Array, change: Array) -> Array:
        """Draws after a step along the directions, shortened so that no coordinate moves by more
        than `MAX_STEP`.
        """
        step = change @ self.directions.T
        excess = np.abs(step).max(axis=1, keepdims=True) / MAX_STEP
        return np.asarray(
            np.clip(x + step / np.maximum(excess, 1.0), -MAX_COORDINATE, MAX_COORDINATE)
        )


def smoothed(log_weight: Array) -> tuple[Array, float]:
    """Weights that sum to one, the largest as a Pareto distribution has them; and its shape.

    Vehtari, Simpson, Gelman, Yao and Gabry (2024), with the fit of Zhang and Stephens (2009).

    >>> weight, shape = smoothed(np.zeros(100))
    >>> float(weight[0]), shape
    (0.01, 0.0)
    """
    log_weight = np.nan_to_num(log_weight, nan=-np.inf, neginf=-np.inf)
    if not np.isfinite(log_weight).any():
        return np.zeros(len(log_weight)), np.inf
    log_ratio = log_weight - log_weight.max()
    weight = np.exp(log_ratio)
    count = len(weight)
    tail = int(min(0.2 * count, 3 * np.sqrt(count)))
    order = np.argsort(log_ratio, kind="stable")
    cut = max(log_ratio[order[count - tail - 1]], np.log(np.finfo(float).tiny))
    largest = order[count - tail :]
    largest = largest[log_ratio[largest] > cut]
    excess = weight[largest] - np.exp(cut)
    shape = 0.0
    if tail < MIN_TAIL or not len(excess) or excess[-1] < EVEN_MARGIN:
        pass
    elif len(excess) < MIN_TAIL or excess[-1] > NEARLY_ALL * weight.sum():
        # Too few draws hold the weight for a shape to be fitted
        shape = np.inf
    else:
        shape, scale = _pareto(excess)
        level = (np.arange(len(excess)) + 0.5) / len(excess)
        quantile = -scale * np.log1p(-level)
        if shape:
            quantile = scale * np.expm1(-shape * np.log1p(-level)) / shape
        weight[largest] = np.minimum(np.exp(cut) + quantile, 1.0)
    return weight / weight.sum(), float(shape)


def _pareto(excess: Array) -> tuple[float, float]:
    """Shape and scale of a generalised Pareto distribution, of sorted excesses."""
    n = len(excess)
    points = 30 + int(np.sqrt(n))
    quarter = excess[int(n / 4 + 0.5) - 1]
    theta = 1 / excess[-1] + (1 - np.sqrt(points / (np.arange(points) + 0.5))) / (3 * quarter)
    shape = np.mean(np.log1p(-theta[:, None] * excess), axis=1)
    likelihood = n * (np.log(-theta / shape) - shape - 1)
    part = np.exp(likelihood - likelihood.max())
    best = float((theta * part).sum() / part.sum())
    result = float(np.mean(np.log1p(-best * excess)))
    return (n * result + 5) / (n + 10), -result / best


def resampled(weight: Array, place: Indices, common: Array, rng: np.random.Generator) -> Indices:
    """Numbers of draws, each as often as its weight says. As many as possible keep their place.

    A copy takes a vacant place with a common shock like its own.

    Parameters
    ----------
    weight : ndarray, shape (n,)
        Weights that sum to one.
    place : ndarray of int, shape (n,)
        Where each would stay.
    common : ndarray, shape (draws,)
        The common shock of each place.
    rng : Generator
        Seeded.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> weight = np.array([0.5, 0.0, 0.25, 0.25])
    >>> resampled(weight, np.arange(4), np.zeros(4), rng).tolist()
    [0, 0, 2, 3]
    """
    draws = len(common)
    edges = np.cumsum(weight) * draws
    count = np.diff(np.floor(edges / edges[-1] * draws + rng.random()), prepend=0.0).astype(int)
    count[np.argmax(count)] += draws - count.sum()
    positive = np.flatnonzero(count)
    stays, position = np.unique(place[positive], return_index=True)
    index = np.full(draws, -1)
    index[stays] = positive[position]
    count[positive[position]] -= 1
    copies = np.repeat(np.arange(len(weight)), count)
    vacant = np.flatnonzero(index < 0)
    vacant = vacant[np.argsort(common[vacant], kind="stable")]
    index[vacant] = copies[np.argsort(common[place[copies]], kind="stable")]
    return index
