"""Quantiles by sorting are numpy's own, to the last bit."""

import numpy as np
import pytest

from forecasting.vocabulary.quantiles import medians, quantiles, standing_digits

LEVELS = (0.0, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 1.0)


@pytest.mark.parametrize("shape", [(1, 3), (2, 2), (7, 5), (64, 1), (1999, 3), (2000, 12)])
def test_quantiles_and_medians_are_numpys_to_the_last_bit(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    spread = np.exp(3 * rng.standard_normal(shape))
    with_nan = spread.copy()
    with_nan[0, 0] = np.nan
    for draws in (spread, np.round(spread), spread[:, ::-1] * 1e-300, with_nan):
        np.testing.assert_array_equal(quantiles(draws, LEVELS), np.quantile(draws, LEVELS, axis=0))
        np.testing.assert_array_equal(medians(draws), np.median(draws, axis=0))
    assert np.isnan(quantiles(with_nan, LEVELS)[:, 0]).all()


@pytest.mark.parametrize(("log_ratio", "digits"), [(0.334, 3), (0.336, 2)])
def test_a_third_digit_stands_where_an_end_moves_by_less_than_a_hundredth(
    log_ratio: float, digits: int
) -> None:
    """1.71 / 2.56 of the log of the range, over the root of 500 draws, is 0.01 at 0.3348."""
    assert standing_digits(50.0, 50.0 * np.exp(log_ratio)) == digits


@pytest.mark.parametrize(("low", "digits"), [(0.5, 3), (1.0, 3), (0.0, 2), (-0.5, 2)])
def test_a_range_of_less_than_one_has_as_many_digits_as_any_above_0(
    low: float, digits: int
) -> None:
    """Of a range of 20 % an end moves by 0.0054: 0.668 times 0.182, over 22.4."""
    assert standing_digits(low, 1.2 * low) == digits
