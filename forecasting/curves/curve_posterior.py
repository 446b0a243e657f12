"""The posterior of a growth curve, by adaptive importance sampling over two or three quantities
that every curve has.

Priors are scale-free in value and in time, and speak of what an analyst can picture:

- the share of the ceiling reached at the last observation;
- the takeover time, 10 to 90 % of the ceiling, relative to the time seen;
- the skew of the curves that have one;
- the relative scatter of observations about the curve.

Each is the image of a standard normal coordinate, so that the prior is a standard normal and the
posterior that times the likelihood, whose scale ``m`` is integrated out. Proposals
are mixtures over all rounds (Cornuet et al. 2012, Scand. J. Stat. 39: 798-812) on low-discrepancy
points: deterministic, without a seed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtr, ndtri, softmax

from forecasting.curves.definitions import Curve, Sampling
from forecasting.curves.least_squares import SeriesToFit
from forecasting.vocabulary.errors import ModelError
from forecasting.vocabulary.quantiles import Array, Indices

MIN_MEAN = 1e-300

# How observations scatter about a curve. Each family integrates the scale m out over a flat prior
# on log m, which makes every result scale-free: exactly for lognormal errors, by Laplace's method
# for counts (in log m their likelihood is close to normal). `scatter` is the relative standard
# deviation of an observation: of its log, or beyond Poisson's for the negative binomial.


@dataclass(frozen=True)
class Scale:
    """What a family says of the scale, one entry per curve: ``log m`` is normal with this mean and
    sd.
    """

    mean: Array
    sd: Array
    log_marginal: Array


@dataclass(frozen=True)
class ErrorFamily:
    """One family of errors.

    Parameters
    ----------
    label : str
        What the summary prints.
    scale : callable
        ``scale(y, design, scatter) -> Scale`` for designs (periods, curves).
    loglike : callable
        ``loglike(y, mean, scatter) -> (periods,)``: log density of each observation.
    draw : callable
        ``draw(rng, mean, scatter)``: observations about a mean.
    """

    label: str
    scale: Callable[[Array, Array, Array], Scale]
    loglike: Callable[[Array, Array, Array], Array]
    draw: Callable[[np.random.Generator, Array, Array], Array]


def _lognormal_scale(y: Array, design: Array, scatter: Array) -> Scale:
    ratio = np.log(y)[:, None] - np.log(np.maximum(design, MIN_MEAN))
    mean = ratio.mean(axis=0)
    square = ((ratio - mean) ** 2).sum(axis=0)
    sd = scatter / np.sqrt(len(y))
    log_marginal = -len(y) * np.log(scatter) - square / (2 * scatter**2) + np.log(sd)
    return Scale(mean, sd, log_marginal)


def _lognormal_loglike(y: Array, mean: Array, scatter: Array) -> Array:
    distance = (np.log(y) - np.log(np.maximum(mean, MIN_MEAN))) / scatter
    return np.asarray(-0.5 * distance**2 - np.log(scatter * y) - 0.5 * np.log(2 * np.pi))


def _lognormal_draw(rng: np.random.Generator, mean: Array, scatter: Array) -> Array:
    return mean * np.exp(scatter * rng.standard_normal(mean.shape))


def _negative_binomial_scale(y: Array, design: Array, scatter: Array) -> Scale:
    mean = np.log(y.sum()) - np.log(np.maximum(design.sum(axis=0), MIN_MEAN))
    spread = scatter**2
    counts = y[:, None]
    # Newton's method in log m, from the Poisson estimate
    for _ in range(9):
        fitted = np.maximum(np.exp(mean) * design, MIN_MEAN)
        slope = ((counts - fitted) / (1 + spread * fitted)).sum(axis=0)
        bend = fitted * (1 + spread * counts) / (1 + spread * fitted) ** 2
        curvature = np.maximum(bend.sum(axis=0), 1e-12)
        mean = mean + np.clip(slope / curvature, -2, 2)
    likelihood = _negative_binomial_loglike(counts, fitted, scatter).sum(axis=0)
    return Scale(mean, 1 / np.sqrt(curvature), likelihood - 0.5 * np.log(curvature))


def _negative_binomial_loglike(y: Array, mean: Array, scatter: Array) -> Array:
    shape = scatter**-2.0
    mean = np.maximum(mean, MIN_MEAN)
    choose = gammaln(y + shape) - gammaln(shape) - gammaln(y + 1)
    return np.asarray(
        choose - shape * np.log1p(mean / shape) + y * (np.log(mean) - np.log(mean + shape))
    )


def _negative_binomial_draw(rng: np.random.Generator, mean: Array, scatter: Array) -> Array:
    shape = scatter**-2.0
    mean = mean * rng.gamma(shape, 1 / shape, mean.shape)
    # The generator of Poisson numbers takes no larger mean
    normal = np.maximum(np.rint(mean + np.sqrt(mean) * rng.standard_normal(mean.shape)), 0)
    return np.where(mean > 1e15, normal, rng.poisson(np.minimum(mean, 1e15)))


LOGNORMAL = ErrorFamily("lognormal", _lognormal_scale, _lognormal_loglike, _lognormal_draw)
NEGATIVE_BINOMIAL = ErrorFamily(
    "negative binomial",
    _negative_binomial_scale,
    _negative_binomial_loglike,
    _negative_binomial_draw,
)


ROUND_POINTS = 800
MIN_ROUND_POINTS = 200  # for long series, whose posterior is close to normal
ROUND_WORK = 1_000_000  # points times observations that a round may take
MAX_ROUNDS = 12
MAX_OBSERVATION = 1e120  # largest observation that is drawn: its square is still a float
EFFECTIVE_ROUNDS = 0.6  # effective points at which the rounds end, in points of one round
# Weakly informative priors; pairs are a median and a standard deviation of the log. Only the share
# reached is flat in its probit between two shares of the ceiling, with soft ends: the observations
# may also show next to nothing of the curve, or all of it.
REACHED_PRIOR = (0.03, 0.97)
END_SOFTNESS = 0.3  # in probits
# Takeover time in units of the time seen: 0.3 to 5 with probability 0.95. Curves much faster than
# that show as a step, curves much slower as a straight line in logs, and are not fitted to so short
# a series.
TAKEOVER_PRIOR = (1.25, 0.7)
SKEW_PRIOR = (1.0, 0.5)  # third parameter of the curves that have one
SCATTER_PRIOR = (0.13, 0.6)  # of observations about the curve: 4 to 42 % with probability 0.95


@dataclass(frozen=True)
class Particles:
    """Weighted curves: coordinates (points, dimensions), shapes (parameters, points), and the
    scatter of each.

    The log of the absolute value of ``m`` is normal with mean ``level`` and standard deviation
    ``spread``; ``sign`` is the sign of ``m``, below zero for an exponential that declines.
    """

    problem: SeriesToFit
    coordinates: Array
    weights: Array
    log_evidence: float
    shape: Array
    scatter: Array
    level: Array
    spread: Array
    sign: Array

    def scales(self, rows: Indices, rng: np.random.Generator) -> Array:
        """Draws of ``m``."""
        logs = self.level[rows] + self.spread[rows] * rng.standard_normal(len(rows))
        return np.clip(self.sign[rows] * np.exp(np.minimum(logs, 700)), *self.problem.bounds["m"])


def _evaluate(problem: SeriesToFit, noise: ErrorFamily, z: Array) -> Array:
    """Log posterior density less the prior's constant, scatter, level, spread, sign and shape
    parameters of some coordinates, a column for each point.
    """
    curve = problem.curve
    sampling = problem.sampling
    y = problem.y[problem.has_value]
    reached = np.clip(ndtr(_flat(z[:, 0], *ndtri(REACHED_PRIOR))), 1e-12, 1 - 1e-12)
    takeover = TAKEOVER_PRIOR[0] * np.exp(TAKEOVER_PRIOR[1] * z[:, 1]) * sampling.window
    skew = np.ones(len(z))
    if curve.skewed:
        skew = SKEW_PRIOR[0] * np.exp(SKEW_PRIOR[1] * z[:, 2])
    scatter = SCATTER_PRIOR[0] * np.exp(np.clip(SCATTER_PRIOR[1] * z[:, -1], -20, 3))
    shape = np.stack(curve.locate(reached, takeover, skew, sampling.ends[-1]))
    low, high = np.transpose([problem.bounds[name] for name in curve.names])[:, :, None]
    shape = np.clip(shape, low, high)
    # Where no such curve exists, another stands in, without a density
    possible = np.isfinite(shape).all(axis=0)
    shape = np.where(possible, shape, shape[:, [np.argmax(possible)]])
    design = sampling.design(curve, shape)[problem.has_value]
    sign = np.where(design.sum(axis=0) < 0, -1.0, 1.0)
    if problem.is_estimated[0]:
        scale = noise.scale(y, design * sign, scatter)
    else:
        level = problem.bounds["m"][0]
        likelihood = noise.loglike(y[:, None], level * design, np.maximum(scatter, 1e-9))
        no_spread = np.zeros(len(z))
        scale = Scale(no_spread + np.log(abs(level)), no_spread, likelihood.sum(axis=0))
    density = scale.log_marginal - 0.5 * (z**2).sum(axis=1)
    density = np.where(possible & np.isfinite(density), density, -np.inf)
    return np.vstack([density, scatter, scale.mean, scale.sd, sign, shape])


def sample_curve(problem: SeriesToFit, noise: ErrorFamily) -> Particles:
    """Weighted curves from the posterior of one curve."""
    count = int(np.clip(ROUND_WORK / problem.has_value.sum(), MIN_ROUND_POINTS, ROUND_POINTS))
    size = 3 + problem.curve.skewed
    proposals = [(np.zeros(size), np.eye(size))]
    z = np.empty((0, size))
    table = np.empty((5 + len(problem.curve.names), 0))
    with np.errstate(all="ignore"):
        for _ in range(MAX_ROUNDS):
            mean, root = proposals[-1]
            points = mean + _points(count, size, len(z)) @ root.T
            z = np.concatenate([z, points])
            table = np.concatenate([table, _evaluate(problem, noise, points)], axis=1)
            mix = np.logaddexp.reduce([_log_normal(z, *proposal) for proposal in proposals])
            log_weight = table[0] - mix + np.log(len(proposals))
            if not np.isfinite(log_weight.max()):
                name = problem.curve.name
                raise ModelError(f"no {name} curve shows at these times; give another launch")
            weight = softmax(log_weight)
            if len(proposals) > 1 and _effective(weight) > EFFECTIVE_ROUNDS * count:
                break
            for step in range(50):  # flatter weights lead round by round to a narrow posterior
                if _effective(weight) > count / 10:
                    break
                weight = softmax(0.8**step * log_weight)
            mean = weight @ z
            covariance = ((z - mean).T * weight) @ (z - mean) * 1.3 + 1e-12 * np.eye(size)
            proposals.append((mean, np.asarray(np.linalg.cholesky(covariance), dtype=float)))
    evidence = float(np.logaddexp.reduce(log_weight) - np.log(len(z)))
    _, scatter, level, spread, sign = table[:5]
    weight = softmax(log_weight)
    return Particles(problem, z, weight, evidence, table[5:], scatter, level, spread, sign)


def _points(count: int, dimensions: int, skip: int) -> Array:
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
    span = (high - low) / END_SOFTNESS
    return np.asarray(
        low
        + END_SOFTNESS * (np.log(np.expm1(span * ndtr(z))) - np.log(-np.expm1(-span * ndtr(-z))))
    )


def _log_normal(z: Array, mean: Array, root: Array) -> Array:
    """Log density of a normal law without the constant of the standard one."""
    standard = (z - mean) @ np.linalg.inv(root).T
    square = np.einsum("ij,ij->i", standard, standard)
    return np.asarray(-0.5 * square - np.log(np.diag(root)).sum())


def _effective(weight: Array) -> float:
    """The number of draws of equal weight that would be as exact."""
    return float(1 / (weight**2).sum())


class Mixture:
    """An average over curves: each weighted by how well it predicts the data, all equal before any
    data.

    Parameters
    ----------
    parts : sequence of Particles
        Weighted curves, one entry per growth curve.
    noise : ErrorFamily
        The errors.
    """

    def __init__(self, parts: Sequence[Particles], noise: ErrorFamily) -> None:
        self.parts = {part.problem.curve.name: part for part in parts}
        self.noise = noise
        self.weights = softmax(np.array([part.log_evidence for part in parts]))
        self._pooled = np.concatenate(
            [part.weights * weight for part, weight in zip(parts, self.weights, strict=True)]
        )

    def draws(self, sampling: Sampling, count: int, rng: np.random.Generator) -> Array:
        """Observations, (count, periods)."""
        shares = np.floor(np.cumsum(self.weights) * count + 0.5).astype(int)
        counts = np.diff(shares, prepend=0)
        paths = []
        for part, number in zip(self.parts.values(), counts, strict=True):
            rows = systematic(part.weights, int(number))
            with np.errstate(all="ignore"):
                design = sampling.design(part.problem.curve, part.shape[:, rows]).T
                mean = np.clip(part.scales(rows, rng)[:, None] * design, 0.0, MAX_OBSERVATION)
            paths.append(self.noise.draw(rng, mean, part.scatter[rows, None]))
        return np.concatenate(paths)

    def parameters(self, curve: Curve, count: int, rng: np.random.Generator) -> Array:
        """Draws of one curve's parameters, (count, parameters), ``m`` first."""
        part = self.parts[curve.name]
        rows = systematic(part.weights, count)
        return np.column_stack([part.scales(rows, rng), part.shape[:, rows].T])

    def reached(self, end: float, count: int) -> Array:
        """Draws of the share of the ceiling reached at a time, (count,)."""
        parts = self.parts.values()
        with np.errstate(all="ignore"):
            shares = [part.problem.curve.share(end, *part.shape) for part in parts]
        return np.concatenate(shares)[systematic(self._pooled, count)]

    def prior_share(self) -> float:
        """Posterior variance of the coordinate of the share reached, in units of its prior
        variance, at most 1.
        """
        coordinate = np.concatenate([part.coordinates[:, 0] for part in self.parts.values()])
        mean = self._pooled @ coordinate
        return float(min(self._pooled @ (coordinate - mean) ** 2, 1.0))


def systematic(weights: Array, count: int) -> Indices:
    """Indices drawn in proportion to weights at equal steps, which leaves nothing to chance."""
    edges = np.cumsum(weights)
    steps = (np.arange(count) + 0.5) / count
    return np.minimum(np.searchsorted(edges / edges[-1], steps), len(weights) - 1)
