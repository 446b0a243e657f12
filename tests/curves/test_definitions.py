"""The curves: shapes, derivatives, and where a curve of given features lies."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from forecasting.curves.definitions import CURVES, find_curve
from forecasting.vocabulary.errors import ModelError

TIMES = np.array([0.0, 0.5, 1.0, 3.0, 7.5, 12.0])
SHAPES = {
    "exponential": [0.3],
    "logistic": [4.0, 0.5],
    "gompertz": [5.0, 0.3],
    "bass": [0.02, 0.4],
    "richards": [5.0, 0.7, 1.3],
    "weibull": [6.0, 2.2],
    "shifted_gompertz": [10.0, 0.4, 1.4],
}


@pytest.mark.parametrize("name", SHAPES)
def test_derivatives_are_those_of_the_share(name):
    curve, shape = CURVES[name], np.array(SHAPES[name])
    share, *slopes = curve.tangent(TIMES, *shape)
    np.testing.assert_allclose(share, curve.share(TIMES, *shape), rtol=1e-12, atol=1e-15)
    for place, slope in enumerate(slopes):
        step = 1e-6 * max(abs(shape[place]), 0.01)
        above, below = shape.copy(), shape.copy()
        above[place] += step
        below[place] -= step
        numerical = (curve.share(TIMES, *above) - curve.share(TIMES, *below)) / (2 * step)
        np.testing.assert_allclose(slope, numerical, rtol=1e-5, atol=1e-8)


def test_shifted_gompertz_keeps_its_digits_near_its_limit():
    """With a to 0 and a c fixed it becomes (1 - exp(-b t)) exp(-a c exp(-b t))."""
    b, product = 0.2, 5.6
    limit = -np.expm1(-b * TIMES) * np.exp(-product * np.exp(-b * TIMES))
    for a in (1e-8, 1e-13):
        share, _, _, by_c = CURVES["shifted_gompertz"].tangent(TIMES, a, b, product / a)
        np.testing.assert_allclose(share, limit, rtol=1e-6)
        np.testing.assert_allclose(
            by_c * product / a, -limit * product * np.exp(-b * TIMES), rtol=1e-6
        )


@pytest.mark.parametrize("name", [name for name, curve in CURVES.items() if curve.ceiling])
def test_share_rises_from_launch_to_one(name):
    share = CURVES[name].share(np.linspace(0, 400, 4001), *SHAPES[name])
    assert (np.diff(share) >= 0).all()
    assert share[-1] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, curve in CURVES.items() if curve.ceiling])
@settings(max_examples=30)
@given(reached=st.floats(0.02, 0.97), takeover=st.floats(4.0, 25.0), skew=st.floats(0.4, 2.5))
def test_located_curve_has_reached_what_was_asked(name, reached, takeover, skew):
    shape = CURVES[name].locate(np.array(reached), np.array(takeover), np.array(skew), 8.0)
    if np.isfinite(shape).all():
        assert CURVES[name].share(np.array(8.0), *shape) == pytest.approx(reached, rel=1e-9)


@pytest.mark.parametrize("name", ["logistic", "gompertz", "richards"])
def test_located_curve_takes_the_takeover_time(name):
    shape = CURVES[name].locate(np.array(0.3), np.array(10.0), np.array(0.8), 8.0)
    times = np.linspace(0, 60, 600_001)
    share = CURVES[name].share(times, *shape)
    assert times[np.searchsorted(share, 0.9)] - times[np.searchsorted(share, 0.1)] == pytest.approx(
        10, rel=1e-4
    )


@pytest.mark.parametrize("reached", [0.03, 0.4, 0.9])
def test_located_weibull_gains_log_odds_as_fast_as_the_logistic_curve(reached):
    ends = np.array([8.0, 8.0 + 1e-6])
    gain = []
    for name in ("logistic", "weibull"):
        shape = CURVES[name].locate(np.array(reached), np.array(10.0), np.array(1.0), 8.0)
        share = CURVES[name].share(ends, *shape)
        gain.append(np.diff(np.log(share / (1 - share))).item())
    assert gain[1] == pytest.approx(gain[0], rel=1e-4)


def test_bass_is_the_shifted_gompertz_of_exponent_one():
    p, q = 0.02, 0.4
    same = CURVES["shifted_gompertz"].share(TIMES, q / p, p + q, 1.0)
    np.testing.assert_allclose(same, CURVES["bass"].share(TIMES, p, q), rtol=1e-12)


def test_bass_published_peak():
    p, q = 0.03, 0.38  # the peak of a Bass curve is at log(q / p) / (p + q)
    times = np.linspace(0, 20, 200_001)
    flow = np.diff(CURVES["bass"].share(times, p, q))
    assert times[np.argmax(flow)] == pytest.approx(np.log(q / p) / (p + q), abs=1e-3)


def test_unknown_curve_names_the_nearest():
    with pytest.raises(ModelError, match="curve 'gomperz' is unknown; did you mean gompertz"):
        find_curve("gomperz")
