"""The posterior of a curve: its prior in closed form, its density at single points, and its
evidence by quadrature.
"""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm, multivariate_normal, nbinom, norm

from forecasting.curves.curve_posterior import (
    END_SOFTNESS,
    LOGNORMAL,
    NEGATIVE_BINOMIAL,
    REACHED_PRIOR,
    ErrorFamily,
    _effective,
    _evaluate,
    _flat,
    _log_normal,
    _points,
    sample_curve,
    systematic,
)
from forecasting.curves.definitions import CURVES, Sampling
from forecasting.curves.least_squares import SeriesToFit
from forecasting.vocabulary.quantiles import Array

SALES = np.array([12.0, 30.0, 45.0, 90.0])


def series(y: np.ndarray = SALES, **bounds: tuple[float, float]) -> SeriesToFit:
    chosen = CURVES["logistic"]
    open_bounds = {name: (-np.inf, np.inf) for name in ("m", *chosen.names)}
    return SeriesToFit(chosen, Sampling.regular(len(y)), y, open_bounds | bounds)


def test_the_share_reached_is_flat_between_soft_ends() -> None:
    """A uniform variable plus a logistic one, whose distribution is known."""
    low, high = norm.ppf(REACHED_PRIOR)
    z = np.linspace(-4, 4, 41)
    x = _flat(z, low, high)
    ends = [np.logaddexp(0, (x - end) / END_SOFTNESS) for end in (low, high)]
    np.testing.assert_allclose(
        (ends[0] - ends[1]) * END_SOFTNESS / (high - low), norm.cdf(z), atol=1e-9
    )


def test_a_proposal_has_the_density_of_a_normal_law() -> None:
    mean = np.array([0.3, -1.0, 2.0])
    root = np.array([[0.5, 0, 0], [0.2, 1.5, 0], [-0.4, 0.1, 0.7]])
    z = np.random.default_rng(3).standard_normal((5, 3))
    expected = multivariate_normal(mean, root @ root.T).logpdf(z) + 1.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(_log_normal(z, mean, root), expected, rtol=1e-10)


def test_points_are_standard_normal_and_never_the_same_twice() -> None:
    points = _points(4000, 3, 0)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=0.01)
    np.testing.assert_allclose(np.cov(points.T), np.eye(3), atol=0.05)
    np.testing.assert_array_equal(_points(50, 3, 100), points[100:150])
    assert len(np.unique(points[:, 0])) == 4000


@pytest.mark.parametrize(
    ("weights", "number"), [([0.5, 0.5], 2), ([0.8, 0.2], 1 / 0.68), ([1.0], 1)]
)
def test_weights_are_worth_as_many_draws(weights: list[float], number: float) -> None:
    assert _effective(np.array(weights)) == pytest.approx(number)


def test_draws_follow_weights_at_equal_steps() -> None:
    assert systematic(np.array([0.5, 0.25, 0.0, 0.25]), 8).tolist() == [0, 0, 0, 0, 1, 1, 3, 3]
    assert systematic(np.array([1.0, 3.0]), 4).tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("family", "z"), [(LOGNORMAL, [0.4, -0.7, 0.5]), (NEGATIVE_BINOMIAL, [-1.0, 0.3, -0.2])]
)
def test_the_density_of_a_curve_is_its_prior_times_its_likelihood(
    family: ErrorFamily, z: list[float]
) -> None:
    problem = series()
    density, scatter, mean, sd, sign, *shape = _evaluate(problem, family, np.array([z]))[:, 0]
    assert scatter == pytest.approx(0.13 * np.exp(0.6 * z[2]))
    curve = problem.curve
    reached = norm.cdf(_flat(np.array([z[0]]), *norm.ppf(REACHED_PRIOR)))[0]
    assert curve.share(4.0, *shape) == pytest.approx(reached, rel=1e-6)
    times = np.linspace(0, 400, 400_001)
    share = curve.share(times, *shape)
    # From 10 to 90 % of the ceiling, in units of the time seen
    takeover = np.subtract(*np.interp([0.9, 0.1], share, times, left=np.nan))
    if np.isfinite(takeover):
        assert takeover == pytest.approx(4 * 1.25 * np.exp(0.7 * z[1]), rel=1e-3)
    design = problem.sampling.design(curve, np.array(shape)[:, None])
    scale = family.scale(SALES, design, np.array([scatter]))
    assert (mean, sd, sign) == (pytest.approx(scale.mean[0]), pytest.approx(scale.sd[0]), 1)
    assert density == pytest.approx(scale.log_marginal[0] - 0.5 * np.dot(z, z))


def test_a_scale_that_is_given_has_no_spread() -> None:
    problem = series(m=(300.0, 300.0))
    z = np.array([[0.1, 0.2, 0.3]])
    density, scatter, mean, sd, _, *shape = _evaluate(problem, LOGNORMAL, z)[:, 0]
    assert (mean, sd) == (pytest.approx(np.log(300)), 0)
    flows = 300 * problem.sampling.design(problem.curve, np.array(shape)[:, None])[:, 0]
    expected = LOGNORMAL.loglike(SALES, flows, np.array(scatter)).sum() - 0.5 * 0.14
    assert density == pytest.approx(expected)


@pytest.mark.parametrize(("family", "last"), [(LOGNORMAL, 90.0), (NEGATIVE_BINOMIAL, 35.0)])
def test_the_evidence_of_a_curve_is_that_of_a_quadrature(family: ErrorFamily, last: float) -> None:
    problem = series(y=np.array([12.0, 30.0, 45.0, last]))
    nodes = np.linspace(-5, 5, 81)
    grid = np.stack(np.meshgrid(nodes, nodes, nodes[::2], indexing="ij"), axis=-1).reshape(-1, 3)
    with np.errstate(all="ignore"):
        logs = _evaluate(problem, family, grid)[0]
    step = (nodes[1] - nodes[0]) ** 3 * 2
    expected = np.logaddexp.reduce(logs) + np.log(step) - 1.5 * np.log(2 * np.pi)
    particles = sample_curve(problem, family)
    assert particles.log_evidence == pytest.approx(expected, abs=0.05)
    weight = np.exp(logs - logs.max())
    mean = weight @ grid / weight.sum()
    np.testing.assert_allclose(particles.weights @ particles.coordinates, mean, atol=0.06)


Y = np.array([13.0, 39.0, 131.0, 240.0])
COUNTS = np.array([3.0, 0.0, 17.0, 60.0])
DESIGN = np.array([[0.05, 0.2], [0.1, 0.2], [0.3, 0.3], [0.55, 0.3]])


@pytest.mark.parametrize(("mean", "scatter"), [(40.0, 0.1), (700.0, 0.6)])
def test_a_lognormal_density_integrates_to_one_and_is_that_of_scipy(
    mean: float, scatter: float
) -> None:
    def density(y: float) -> float:
        return float(np.exp(LOGNORMAL.loglike(np.array([y]), np.array([mean]), scatter))[0])

    total, _ = quad(density, mean * np.exp(-9 * scatter), mean * np.exp(9 * scatter), limit=200)
    assert total == pytest.approx(1, rel=1e-6)
    expected = lognorm(s=scatter, scale=mean).logpdf(Y)
    np.testing.assert_allclose(LOGNORMAL.loglike(Y, mean, scatter), expected, rtol=1e-12)


@pytest.mark.parametrize(("mean", "scatter"), [(4.0, 0.3), (90.0, 0.8)])
def test_probabilities_of_counts_add_up_to_one_and_are_those_of_scipy(
    mean: float, scatter: float
) -> None:
    counts = np.arange(4000.0)
    log_probability = NEGATIVE_BINOMIAL.loglike(counts, np.array(mean), np.array(scatter))
    probability = np.exp(log_probability)
    assert probability.sum() == pytest.approx(1, rel=1e-9)
    assert probability @ counts == pytest.approx(mean, rel=1e-6)
    variance = mean + (scatter * mean) ** 2
    assert probability @ (counts - mean) ** 2 == pytest.approx(variance, rel=1e-5)
    shape = scatter**-2
    expected = nbinom(shape, shape / (shape + mean)).logpmf(counts[:300])
    np.testing.assert_allclose(log_probability[:300], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("family", "y", "constant", "of_evidence", "of_mean", "of_sd"),
    [
        # Exact but for a constant of the observations
        (LOGNORMAL, Y, -np.log(Y).sum() - 1.5 * np.log(2 * np.pi), 1e-7, 1e-6, 1e-4),
        # By Laplace's method, without the constant of the normal law
        (NEGATIVE_BINOMIAL, COUNTS, 0.5 * np.log(2 * np.pi), 0.03, 0.2, 0.05),
    ],
)
@pytest.mark.parametrize("scatter", [0.12, 0.5])
def test_the_scale_is_integrated_out(
    family: ErrorFamily,
    y: Array,
    constant: float,
    of_evidence: float,
    of_mean: float,
    of_sd: float,
    scatter: float,
) -> None:
    """The evidence of each curve, its mean and its spread, against sums over a fine grid."""
    scale = family.scale(y, DESIGN, np.full(2, scatter))
    log_m = np.linspace(-2, 12, 14_001)
    for curve, design in enumerate(DESIGN.T):
        means = np.exp(log_m) * design[:, None]
        logs = family.loglike(y[:, None], means, np.array(scatter)).sum(axis=0)
        weight = np.exp(logs - logs.max())
        evidence = logs.max() + np.log(weight.sum() * (log_m[1] - log_m[0]))
        assert scale.log_marginal[curve] + constant == pytest.approx(evidence, abs=of_evidence)
        weight /= weight.sum()
        mean = weight @ log_m
        sd = np.sqrt(weight @ (log_m - mean) ** 2)
        assert scale.mean[curve] == pytest.approx(mean, abs=of_mean * sd)
        assert scale.sd[curve] == pytest.approx(sd, rel=of_sd)


@pytest.mark.parametrize(("mean", "scatter"), [(30.0, 0.2), (400.0, 0.5)])
def test_draws_have_the_moments_of_their_family(mean: float, scatter: float) -> None:
    rng = np.random.default_rng(7)
    means = np.full(200_000, mean)
    logs = np.log(LOGNORMAL.draw(rng, means, np.array(scatter)) / mean)
    assert logs.mean() == pytest.approx(0, abs=0.005)
    assert logs.std() == pytest.approx(scatter, rel=0.01)
    counts = NEGATIVE_BINOMIAL.draw(rng, means, np.array(scatter))
    assert counts.mean() == pytest.approx(mean, rel=0.01)
    assert counts.var() == pytest.approx(mean + (scatter * mean) ** 2, rel=0.03)
    assert np.all(counts == np.rint(counts))


def test_means_beyond_the_generator_of_poisson_numbers_are_drawn_too() -> None:
    rng = np.random.default_rng(7)
    counts = NEGATIVE_BINOMIAL.draw(rng, np.full(50_000, 1e17), np.array(0.2))
    assert counts.mean() == pytest.approx(1e17, rel=0.01)
    assert counts.std() == pytest.approx(0.2e17, rel=0.02)


def test_coordinates_are_a_curve_and_its_scatter_by_the_priors() -> None:
    """Worked out by hand: at zero the medians of the priors, and limits far off."""
    problem = series()
    z = np.array([[0.0, 0, 0], [0, 0, 100], [0, 0, -100], [0, 1, 0]])
    density, scatter, _, _, sign, a, b = _evaluate(problem, LOGNORMAL, z)
    np.testing.assert_allclose(
        scatter, [0.13, 0.13 * np.exp(3), 0.13 * np.exp(-20), 0.13], rtol=1e-12
    )
    assert sign.tolist() == [1, 1, 1, 1]
    # From a share of 10 to 90 % in 1.25 times the four periods seen, with half reached at their end
    assert b[0] == pytest.approx(2 * np.log(9) / 5)
    assert a[0] == pytest.approx(4 * b[0])
    assert b[3] == pytest.approx(b[0] * np.exp(-0.7))
    told = series(m=(200.0, 200.0))
    level, spread = _evaluate(told, LOGNORMAL, z[:1])[2:4]
    assert (level.item(), spread.item()) == (pytest.approx(np.log(200)), 0)
    assert np.isfinite(density[[0, 1, 3]]).all()
