"""What each family of errors says, held against scipy's densities and against quadrature."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm, nbinom

from forecasting.curves.noise import LOGNORMAL, NEGATIVE_BINOMIAL, ErrorFamily
from forecasting.vocabulary.quantiles import Array

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
