"""The posterior of a curve: its prior in closed form, its density at single points, and its
evidence by quadrature.
"""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from forecasting.curves.curve_posterior import (
    END_SOFTNESS,
    REACHED_PRIOR,
    _effective,
    _evaluate,
    _flat,
    _log_normal,
    _points,
    sample_curve,
    systematic,
)
from forecasting.curves.definitions import CURVES, Sampling
from forecasting.curves.estimate import SeriesToFit
from forecasting.curves.noise import LOGNORMAL, NEGATIVE_BINOMIAL, ErrorFamily

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
