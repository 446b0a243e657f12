"""Draws of the coordinates of a path, given what the facts say; all deterministic given the seed.

1. Of facts that contradict each other there are several hypotheses, each with a mode and a centre
   of its own (`hypotheses_of`).
2. About each centre the contrasts are made linear, and draws are made
   (:mod:`forecasting.growth.linear_model`).
3. Each draw is moved to where the true contrasts are about what the linear ones were, and weighted
   by what the true model makes of it over what the linear one did, the change of variables
   included (`Move`).
4. The mean weight of a hypothesis is its probability. The weights are smoothed (Pareto), and draws
   are taken in proportion to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter

import numpy as np
from scipy.special import logsumexp, softmax

from forecasting.growth.likelihood import Contrasts
from forecasting.growth.linear_model import CHAINS, Chains, ComponentDraws, LinearModel, moments
from forecasting.growth.mixtures import Mixtures
from forecasting.growth.mode import Mode
from forecasting.growth.path import LatentPath
from forecasting.vocabulary.quantiles import Array, Indices

# Draws are shared out to hypotheses by the root of their probability, of at least this
MIN_HYPOTHESIS_PART = 0.1
MIN_EFFECTIVE_PART = 0.15  # of the draws: where fewer are effective, another round is drawn
MOST_ROUNDS = 4
MIN_TAIL = 5  # a shape is fitted to no fewer of the largest weights
NEARLY_ALL = 0.9  # of all weight: where one draw has more, no shape is fitted
EVEN_MARGIN = 1e-6  # of the largest weight: a tail that rises by less is even, and not smoothed
MAX_QUESTIONS = 3  # what hypotheses may differ in, so that there are at most eight
STRONG_DOUBT = 0.2  # probability of being wrong at the mode, from which a number is a question
ANOTHER_SIZE_COORDINATE = 0.1  # at the mode; from here on the market's size is a question
FAR_SHOCK = 3.0  # in scales of a shock: at the mode, from which draws are made about the mean
MIN_PROBABILITY = 0.002  # in its linear model, below which a hypothesis is left out
LEAST_TOLD = 0.1  # of singular values of the facts in units of the prior, below which a draw stays
MOVE_TOLERANCE = 0.05  # gap in units of the noise at which a move has arrived
FIXED_SLOPE_STEPS = 6  # with the slope at the centre, before those with the slope at the draw
NEWTON_STEPS = 6
MAX_STEP = 2.0  # of one coordinate in one step
NUMBERS_IN_MEMORY = 3_000_000  # of one block of draws


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """What facts that contradict each other may mean, with a mode and a centre of its own.

    A number above the known size of the market, or one that others contradict, has two
    explanations. They lie far apart, and the contrasts of logs are linear about each of them in
    another way. A hypothesis says of the market's size, and of each number in strong doubt, whether
    it is right; hypotheses on the same things exclude each other, and together they are complete.

    Parameters
    ----------
    path : LatentPath
        With the size of the market right, wrong, or open.
    facts : Contrasts
        With the numbers in question right or wrong.
    rng : Generator
        Seeded.
    """

    path: LatentPath
    facts: Contrasts
    rng: np.random.Generator

    @cached_property
    def mode(self) -> Mode:
        """The most probable path under both."""
        return Mode(self.path, self.facts).climb()

    @cached_property
    def centre(self) -> Mode:
        """The mode; where a shock lies far out there, the mean of the model made linear about it.

        At such a mode a fall is all in one year, while the mass shares it between years: of
        Uzbekistan's draws about the mode 6 in 100 were effective, and about the mean 34.
        """
        if np.abs(self.mode.x[self.path.columns["shock"]]).max() < FAR_SHOCK:
            return self.mode
        components = ComponentDraws(LinearModel(self.mode), self.rng)
        common = self.rng.standard_normal((CHAINS, self.path.years))
        x, _ = Chains(components, CHAINS, self.rng).draw(common)
        return self.mode.moved_to(x.mean(axis=0))

    @cached_property
    def components(self) -> ComponentDraws:
        """Draws of the components of the model made linear about its centre, and how probable
        they make it.
        """
        return ComponentDraws(LinearModel(self.centre), self.rng)

    def decided(self, row: int | None, right: bool) -> Hypothesis:
        """The same with the number of a row, or for None the market's size, right or wrong."""
        if row is not None:
            return replace(self, facts=self.facts.decided(row, right))
        same, another = self.path.size_weights
        weights = (same, 0.0) if right else (0.0, another)
        return replace(self, path=replace(self.path, size_weights=weights))


def hypotheses_of(
    path: LatentPath, facts: Contrasts, rng: np.random.Generator
) -> tuple[list[Hypothesis], float]:
    """The hypotheses on some facts that are worth drawing from, the most probable first, and the
    probability of those that are left out.
    """
    hypotheses = [Hypothesis(path, facts, rng)]
    left_out = 0.0
    rows: list[int | None] = []  # of the questions that the hypotheses answer
    while len(rows) < MAX_QUESTIONS:
        questions = [row for hypothesis in hypotheses for row in _questions(hypothesis)]
        questions = [row for row in questions if row not in rows]
        if not questions:
            break
        rows.append(questions[0])
        answers = [
            hypothesis.decided(rows[-1], right)
            for hypothesis in hypotheses
            for right in (True, False)
        ]
        hypotheses, left_out = _probable(answers)
    return hypotheses, left_out


def _questions(hypothesis: Hypothesis) -> list[int | None]:
    """None for the market's size where that is in question, else rows in strong doubt."""
    mode, facts = hypothesis.mode, hypothesis.facts
    size = float(np.abs(mode.x[hypothesis.path.columns["another_size"]]).sum())
    if min(hypothesis.path.size_weights) > 0 and size > ANOTHER_SIZE_COORDINATE:
        return [None]
    doubt = np.where(facts.exact, facts.doubt(*mode.leave_one_out()), 0.0)
    order = np.argsort(-doubt, kind="stable")
    return [int(row) for row in order if doubt[row] > STRONG_DOUBT]


def _probable(hypotheses: Sequence[Hypothesis]) -> tuple[list[Hypothesis], float]:
    """The hypotheses worth drawing from, the most probable first, and the others' probability."""
    probability = softmax(
        np.array([hypothesis.components.log_evidence for hypothesis in hypotheses])
    )
    order = np.argsort(-probability, kind="stable")
    order = order[probability[order] >= MIN_PROBABILITY]
    return [hypotheses[i] for i in order], float(1 - probability[order].sum())


def move_draws(centre: Mode, linear: LinearModel, x: Array) -> tuple[Array, Array, Array]:
    """Draws moved towards where their true contrasts are what the linear ones were; logs of their
    weights, and their contrasts.

    Parameters
    ----------
    centre : Mode
        About which the model was made linear.
    linear : LinearModel
        What came of that.
    x : ndarray, shape (draws, coordinates)
        Its draws.

    Returns
    -------
    tuple of ndarray, shapes (draws, coordinates), (draws,) and (draws, facts)
        A draw that does not arrive has the log weight -inf.
    """
    path, facts = centre.path, centre.facts
    if not len(facts.value):
        return x, np.zeros(len(x)), np.zeros((len(x), 0))
    goal = centre.contrast + (x - centre.x) @ centre.jacobian.T
    move = Move(centre, np.sqrt(facts.of_noise(Mixtures.precision, goal).mean(axis=0)))
    blocks = 1 + len(x) * move.combine.size // NUMBERS_IN_MEMORY
    parts = [move(x[rows], goal[rows]) for rows in np.array_split(np.arange(len(x)), blocks)]
    end_draws, log_weight, contrast = (np.concatenate(item) for item in zip(*parts, strict=True))
    log_weight += path.log_density(end_draws) - path.log_density(x)
    log_density = facts.of_noise(Mixtures.log_density, contrast).sum(axis=1)
    log_weight += log_density - linear.log_noise(facts, goal)
    return end_draws, log_weight, contrast


class Move:
    """Randomise, then optimise (Bardsley, Solonen, Haario and Laine 2014).

    The Jacobian at the centre, in units of the noise and of the prior, is ``U s W'``. A draw x of
    the linear model moves along the gain ``A = sd W s / (1 + s^2)`` by the d that solves
    ``U' root (c(x + A d) - goal) + d / (1 + s^2) = 0``. At the centre the matrix of that equation
    is the identity, so that weights of all rounds and hypotheses compare. Where s is small the
    facts say nothing that the prior does not, and a draw stays: the weights are right for any
    choice of directions. Facts may be many, directions are never more than coordinates.
    """

    def __init__(self, centre: Mode, root: Array) -> None:
        self.path, self.facts = centre.path, centre.facts
        variance = 1 / (centre.kind @ (1 / centre.path.kind_variance))
        variance[centre.path.mixed] = centre.variance[centre.path.mixed]
        sd = np.sqrt(variance)
        left_vectors, size, right_vectors = np.linalg.svd(
            root[:, None] * centre.jacobian * sd, full_matrices=False
        )
        informative = size > LEAST_TOLD
        size = size[informative]
        self.inertia = 1 / (1 + size**2)
        self.gain = (right_vectors[informative] * sd).T * (size * self.inertia)
        self.combine = (root[:, None] * left_vectors[:, informative]).T

    def __call__(self, start: Array, goal: Array) -> tuple[Array, Array, Array]:
        """Draws at the end of their moves, logs of their weights, and their contrasts.

        A draw that does not arrive has no weight.
        """
        d = np.zeros((len(start), len(self.inertia)))
        for _ in range(FIXED_SLOPE_STEPS):
            x = start + d @ self.gain.T
            contrast = self.facts.at(self.path.log_flows(x), x)
            d -= self._limited(self._gap(contrast, goal, d))
        log_weight = np.full(len(d), -np.inf)
        contrast = np.zeros(goal.shape)
        rows = np.arange(len(d))
        # Slopes are made in single precision, in half the time; the gap is not
        directions, combine, inertia = (
            table.astype("float32") for table in (self.gain, self.combine, np.diag(self.inertia))
        )
        for _ in range(NEWTON_STEPS):
            x = start[rows] + d[rows] @ self.gain.T
            tangents = self.path.tangents(x, directions)
            current, slope = self.facts.tangents(tangents, x, directions)
            slope = combine @ slope + inertia
            gap = self._gap(current, goal[rows], d[rows])
            close = np.abs(gap).max(axis=1, initial=0.0) < MOVE_TOLERANCE
            sign, log_volume = np.linalg.slogdet(slope[close])
            arrived = rows[close]
            log_weight[arrived] = np.where(sign > 0, -log_volume, -np.inf)
            contrast[arrived] = current[close]
            rows, gap, slope = rows[~close], gap[~close], slope[~close]
            if not len(rows):
                break
            d[rows] -= self._limited(np.linalg.solve(slope, gap[:, :, None])[:, :, 0])
        return start + d @ self.gain.T, log_weight, contrast

    def _gap(self, contrast: Array, goal: Array, d: Array) -> Array:
        return np.asarray((contrast - goal) @ self.combine.T + d * self.inertia)

    def _limited(self, step: Array) -> Array:
        """A step, shortened so that no coordinate moves by more than `MAX_STEP`."""
        excess = np.abs(step @ self.gain.T).max(axis=1, keepdims=True) / MAX_STEP
        return np.asarray(step / np.maximum(excess, 1.0))


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
        What each fact is compared with, at the centre of the most probable hypothesis.
    doubted : ndarray, shape (facts,)
        Probability that a fact is one of the wrong ones.
    effective : float
        Effective number of draws.
    tail : float
        Shape of the largest weights (Pareto): above 0.7 the weights cannot be trusted; infinite
        where so few draws hold all weight that none can be fitted.
    hypotheses : int
        Number of hypotheses of the facts that were drawn from.
    left_out : float
        Probability of the hypotheses that were not drawn from, by their linear models.
    """

    x: Array
    kind: Indices
    expected: Array
    expected_sd: Array
    base: Array
    doubted: Array
    effective: float
    tail: float
    hypotheses: int
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

    Raises
    ------
    LinAlgError
        Where no draw arrives at what the facts say.
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
    if not weight.any():
        raise np.linalg.LinAlgError("no draw comes near what they say")
    rounds = [pool_round for pool in pools for pool_round in pool.rounds]
    x, kind, contrast, _, place = (np.concatenate(item) for item in zip(*rounds, strict=True))
    index = resampled(weight, place, shared[:, -1], rng)
    expected, variance = _expectations(pools)
    centre = max(pools, key=attrgetter("log_evidence")).hypothesis.centre
    return Posterior(
        x=x[index],
        kind=kind[index],
        expected=expected,
        expected_sd=np.sqrt(variance),
        base=facts.base(centre.log_flows, centre.x),
        doubted=facts.of_noise(Mixtures.doubt, contrast[index]).mean(axis=0),
        effective=effective,
        tail=tail,
        hypotheses=len(pools),
        left_out=left_out,
    )


def _pools(
    path: LatentPath, facts: Contrasts, draws: int, rng: np.random.Generator
) -> tuple[list[_Pool], float]:
    """A pool for each hypothesis, with a part of the draws; and the probability of the others."""
    hypotheses, left_out = hypotheses_of(path, facts, rng)
    chains = [Chains(hypothesis.components, draws, rng) for hypothesis in hypotheses]
    if len(chains) == 1:
        return [_Pool(hypotheses[0], chains[0], np.arange(draws))], left_out
    log_evidence = [hypothesis.components.log_evidence for hypothesis in hypotheses]
    share = np.maximum(np.sqrt(softmax(log_evidence)), MIN_HYPOTHESIS_PART)
    parts = zip(hypotheses, chains, _places(share, draws, rng), strict=True)
    return [_Pool(*part) for part in parts if len(part[-1])], left_out


def _share_anew(pools: Sequence[_Pool], draws: int, rng: np.random.Generator) -> None:
    """Share out another round so that it lowers the error most: by the probability of a hypothesis,
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


class _Pool:
    """The draws of one hypothesis, with their weights.

    Attributes
    ----------
    rounds : list
        Of each round coordinates, kinds of market, contrasts and logs of weights by draw, and the
        rows of the common shocks that the draws share.
    log_weight : ndarray, shape (draws,)
        Logs of the weights of all draws.
    log_scale : float
        Log of the factor that makes them sum to the hypothesis's probability.
    log_evidence : float
        Log probability of facts and hypothesis: by the linear model, times the mean weight.
    """

    def __init__(self, hypothesis: Hypothesis, chains: Chains, places: Indices) -> None:
        self.hypothesis, self.chains, self.places = hypothesis, chains, places
        self.rounds: list[tuple[Array, Indices, Array, Array, Indices]] = []

    def draw(self, shared: Array) -> None:
        """Draw another round, one draw for each place."""
        if not len(self.places):
            return
        x, kind = self.chains.draw(shared[self.places])
        linear = self.hypothesis.components.linear
        x, log_weight, contrast = move_draws(self.hypothesis.centre, linear, x)
        kinds = linear.kinds[kind]
        self.rounds.append((x, kinds, contrast, log_weight, self.places))
        self.log_weight = np.concatenate([round_weight for *_, round_weight, _ in self.rounds])
        by_linear_model = self.hypothesis.components.log_evidence
        self.log_scale = by_linear_model - float(np.log(len(self.log_weight)))
        self.log_evidence = float(max(logsumexp(self.log_weight) + self.log_scale, -1e300))

    @property
    def efficiency(self) -> float:
        """Effective part of the draws."""
        weight = smoothed(self.log_weight)[0]
        return 1 / max(len(weight) * float((weight**2).sum()), 1.0)


def _pooled_weight(pools: Sequence[_Pool], log_weight: Array) -> tuple[Array, float]:
    """Weights of all draws, those of each pool smoothed, and the shape of the largest of all."""
    probability = softmax(np.array([pool.log_evidence for pool in pools]))
    parts = [
        part * smoothed(pool.log_weight)[0] for part, pool in zip(probability, pools, strict=True)
    ]
    return np.concatenate(parts), smoothed(log_weight)[1]


def _expectations(pools: Sequence[_Pool]) -> tuple[Array, Array]:
    """Each contrast as the other facts lead one to expect it, over all hypotheses.

    Without a fact, a hypothesis's probability is that with it, divided by the fact's likelihood.
    """
    facts = [pool.hypothesis.facts for pool in pools]
    parts = [pool.hypothesis.components.expectations(pool.hypothesis.centre) for pool in pools]
    mean = np.array([part[0] for part in parts])
    variance = np.array([part[1] for part in parts])
    log_weight = np.array(
        [
            pool.log_evidence - f.noise.log_density(m - f.value, v)
            for pool, f, m, v in zip(pools, facts, mean, variance, strict=True)
        ]
    )
    return moments(softmax(log_weight, axis=0), mean, variance)


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
