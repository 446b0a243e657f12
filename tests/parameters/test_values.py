"""Values of a params file at their limits, and ranges as distributions."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from forecasting.parameters.values import Range, _is_size, _is_year

ENDS = st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(sorted)


@pytest.mark.parametrize(
    ("size", "is_size"),
    [(200_000_000, True), (200_000_001, False), (0.5, True), (0, False), (True, False)],
)
def test_a_market_has_a_size_that_can_be(size: float, is_size: bool) -> None:
    assert _is_size(size) is is_size


@pytest.mark.parametrize(
    ("key", "is_year"),
    [("1900", True), (2200, True), ("1899", False), ("2201", False), ("02024", False)],
)
def test_a_size_of_a_market_is_of_a_year(key: object, is_year: bool) -> None:
    assert _is_year(key) is is_year


@settings(max_examples=80)
@given(ENDS, st.floats(0, 1), st.floats(0, 1))
def test_quantiles_of_a_range_rise_inside_it(ends: list[float], one: float, two: float) -> None:
    drawn = Range(low=ends[0], mode=ends[1], high=ends[2])
    low, high = drawn.quantile(np.array(sorted([one, two])))
    margin = 1e-9 * (abs(ends[0]) + abs(ends[2]) + 1)
    assert ends[0] - margin <= low <= high + margin <= ends[2] + 2 * margin


def test_a_triangle_has_the_mean_of_its_corners() -> None:
    levels = (np.arange(20_000) + 0.5) / 20_000
    assert Range(low=1, mode=2, high=6).quantile(levels).mean() == pytest.approx(3, rel=1e-3)
    assert Range(low=1, mode=1, high=4).quantile(levels).mean() == pytest.approx(2, rel=1e-3)
    assert Range(low=1, mode=4, high=4).quantile(levels).mean() == pytest.approx(3, rel=1e-3)
