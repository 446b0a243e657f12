"""Mixtures of normals against scipy's densities, at two values of each parameter."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from forecasting.growth.mixtures import Mixtures

THREE = [(0.7, 0.0, 0.02), (0.2, 0.1, 0.3), (0.1, -0.4, 1.5)]
TWO = [(0.5, 1.0, 0.5), (0.5, -1.0, 2.0)]
BOTH = Mixtures.stacked([Mixtures.from_parts(THREE), Mixtures.from_parts(TWO)])


@pytest.mark.parametrize("x", [0.03, -0.7])
@pytest.mark.parametrize("spread", [0.0, 0.25])
def test_densities_and_probabilities_of_components(x: float, spread: float) -> None:
    logs = BOTH.log_density(np.array([x, x]), spread)
    shares = BOTH.parts(np.array([x, x]), spread)
    for row, parts in enumerate((THREE, TWO)):
        expected = [
            weight * norm(mean, np.sqrt(sd**2 + spread)).pdf(x) for weight, mean, sd in parts
        ]
        constant = 0.5 * np.log(2 * np.pi)
        assert logs[row] - constant == pytest.approx(np.log(sum(expected)), rel=1e-9)
        assert shares[row, -len(parts) :] == pytest.approx(np.divide(expected, sum(expected)))
    assert shares[1, 0] == pytest.approx(0, abs=1e-200)


def test_a_density_integrates_to_one() -> None:
    mixture = Mixtures.from_parts(TWO)
    total, _ = quad(lambda x: float(np.exp(mixture.log_density(np.array([x])))[0]), -20, 20)
    assert total == pytest.approx(np.sqrt(2 * np.pi), rel=1e-6)


def test_the_precision_is_that_of_the_component_that_drew_a_number() -> None:
    x = np.array([0.03, -0.7])
    shares = BOTH.parts(x)
    expected = [
        sum(share / sd**2 for share, (_, _, sd) in zip(row[-len(parts) :], parts, strict=True))
        for row, parts in zip(shares, (THREE, TWO), strict=True)
    ]
    assert BOTH.precision(x) == pytest.approx(expected, rel=1e-9)
    assert BOTH.precision(np.array([0.0, 0.0]))[0] == pytest.approx(1 / 0.02**2, rel=0.05)


def test_some_rows_come_without_components_that_none_of_them_has() -> None:
    assert BOTH.rows(np.array([1])).weight.tolist() == [[0.5, 0.5]]
    assert BOTH.rows(np.array([0, 1])).weight.shape == (2, 3)
