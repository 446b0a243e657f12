"""The growth model: what it reads and refuses, what it estimates; fixed and bounded parameters."""

import numpy as np
import pandas as pd
import pytest

from forecasting.curves.definitions import CURVES
from forecasting.curves.model import GrowthModel, check_domain
from forecasting.vocabulary.errors import ModelError

SALES = [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500]
EARLY = [3.0, 7, 15, 29, 60, 95]


@pytest.mark.parametrize(
    ("endog", "message"),
    [
        ([5.0], r"1 observation\(s\); growth needs 2 or more"),
        ([0, 0, 0], "all observations are zero"),
        ([1, -2, 3], "observation 1 is -2: negative"),
        ([1, np.inf, 3], "observation 1 is inf: infinite"),
        ([], "endog is empty"),
        (pd.DataFrame(), "0 columns"),
        (pd.DataFrame({"a": [1, 2], "b": [1, 2]}), "endog has 2 columns"),
        (["a", "b"], "not numeric"),
        (pd.Series(["1", "2", "3"]), "not numeric .*pandas.to_numeric"),
        (pd.to_datetime(["2010-01-01", "2011-01-01"]), "not numeric"),
        (np.ones((3, 3)), r"endog has shape \(3, 3\)"),
        ([np.nan, np.nan, np.nan], r"0 observation\(s\)"),
        ({"a": 1, "b": 2}, "not numeric"),
        ([1e300, 2e300, 4e300], "observation 0 is 1e\\+300: beyond floats; count in another unit"),
        ([1.0, 1e-300, 3.0], "observation 1 is 1e-300: beyond floats"),
    ],
)
def test_bad_series_are_refused(endog, message):
    with pytest.raises(ModelError, match=message):
        GrowthModel(endog)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"curve": "bas"}, "did you mean bass"),
        ({"kind": "flows"}, "kind is 'flows'; give flow or stock"),
        ({"bounds": {"pp": (0, 1)}}, "bass curve has no parameter 'pp'; it has m, p, q"),
        ({"bounds": {"q": 0.3}}, "bounds of 'q': 0.3; give a pair"),
        ({"bounds": {"q": (1,)}}, r"bounds of 'q': \(1,\); give a pair"),
        ({"bounds": {"q": (1, 2, 3)}}, r"bounds of 'q': \(1, 2, 3\); give a pair"),
        ({"bounds": {"q": (1, 0.3)}}, r"bounds of 'q': \(1, 0.3\); give a lower one below"),
        ({"bounds": {"p": (-3, -1)}}, r"bounds of 'p': \(-3, -1\); .* within \(0, inf\)"),
        ({"bounds": [(0, 1)]}, "give a mapping of names to pairs"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ModelError, match=message):
        GrowthModel(EARLY, **options)


def test_integers_beyond_two_to_the_53_are_read_as_floats():
    big = GrowthModel([2**53 + 1, 2**55, 2**57, 2**58]).endog
    assert big[0] == float(2**53)
    assert GrowthModel([10**25, 2 * 10**25, 5 * 10**25]).endog[2] == 5e25


@pytest.mark.parametrize("factor", [1e-90, 1e-5, 7.3, 1e12, 1e90])
def test_estimates_and_intervals_scale_with_the_series(factor):
    for curve in ("bass", "auto"):
        one = GrowthModel(EARLY, curve=curve).fit()
        other = GrowthModel(np.array(EARLY) * factor, curve=curve).fit()
        np.testing.assert_allclose(other.params["m"], one.params["m"] * factor, rtol=1e-6)
        bounds = other.get_forecast(4).conf_int(0.1)
        np.testing.assert_allclose(bounds, one.get_forecast(4).conf_int(0.1) * factor, rtol=1e-9)


def test_constant_series_is_answered():
    frame = GrowthModel([5.0] * 8, curve="auto").fit().get_forecast(1).summary_frame(0.1)
    assert frame["pi_lower"].iloc[0] < 5 < frame["pi_upper"].iloc[0]


def test_declining_series_is_a_bass_curve_past_its_peak():
    results = GrowthModel([90, 60, 41, 27, 18, 12]).fit()
    assert results.params["p"] > results.params["q"]
    assert results.get_forecast(1).summary_frame()["median"].iloc[0] < 12


@pytest.mark.parametrize("kind", ["flow", "stock"])
def test_exponential_that_declines_or_stands_still(kind):
    falling = GrowthModel(90 * np.exp(-0.4 * np.arange(6)), curve="exponential", kind=kind).fit()
    assert falling.params["b"] == pytest.approx(-0.4)
    np.testing.assert_allclose(falling.forecast(2), 90 * np.exp([-2.4, -2.8]), rtol=0.05)
    assert (falling.conf_int().loc["b"] < 0).all()
    level = (
        GrowthModel([5.0] * 8, curve="exponential", kind=kind)
        .fit()
        .get_forecast(2)
        .summary_frame(0.1)
    )
    np.testing.assert_allclose(level["median"], 5, rtol=0.02)


def test_least_squares_standard_errors_are_those_of_curve_fit():
    from scipy.optimize import curve_fit

    edges = np.arange(14.0)
    model = lambda _, m, p, q: m * np.diff(CURVES["bass"].share(edges, p, q))  # noqa: E731
    _, covariance = curve_fit(model, edges[1:], SALES, p0=[2e4, 0.01, 0.4])
    results = GrowthModel(SALES).fit()
    np.testing.assert_allclose(results.bse, np.sqrt(np.diag(covariance)), rtol=1e-4)
    np.testing.assert_allclose(results.cov_params(), covariance, rtol=1e-3)


def test_fixed_parameter_stays_and_leaves_the_model_as_it_was():
    model = GrowthModel(SALES)
    fixed = model.fit_constrained({"m": 20000})
    assert fixed.params["m"] == 20000
    assert np.isnan(fixed.bse["m"])
    assert fixed.sse > model.fit().sse
    assert fixed.constraints == {"m": 20000}
    assert (
        fixed.posterior.parameters(fixed._curve, 100, np.random.default_rng(0))[:, 0] == 20000
    ).all()


def test_unknown_fixed_parameter_is_refused():
    with pytest.raises(ModelError, match="no parameter 'ceiling'"):
        GrowthModel(SALES).fit_constrained({"ceiling": 1.0})


@pytest.mark.parametrize("value", [-1, np.nan, np.inf, "many"])
def test_fixed_values_that_a_curve_excludes_are_refused(value):
    with pytest.raises(
        ModelError, match=f"'p' cannot be {value!r}; the bass curve has it between 0 and inf"
    ):
        GrowthModel(SALES).fit_constrained({"p": value})


def test_fixed_values_that_show_nothing_are_refused():
    with pytest.raises(ModelError, match="no logistic curve shows in the time observed"):
        GrowthModel(SALES, curve="logistic").fit_constrained({"a": 1e6, "b": 0.1})


def test_bounds_on_one_side():
    free = GrowthModel(SALES, curve="logistic").fit()
    upper = GrowthModel(SALES, curve="logistic", bounds={"a": (None, free.params["a"] - 0.2)}).fit()
    assert upper.params["a"] == pytest.approx(free.params["a"] - 0.2, abs=1e-4)
    lower = GrowthModel(SALES, curve="logistic", bounds={"b": (free.params["b"] + 0.1, None)}).fit()
    assert lower.params["b"] == pytest.approx(free.params["b"] + 0.1, abs=1e-4)
    loose = GrowthModel(SALES, curve="logistic", bounds={"a": (None, 50), "m": (None, None)}).fit()
    np.testing.assert_allclose(loose.params, free.params, rtol=1e-6)


def test_bounds_hold():
    results = GrowthModel(SALES, bounds={"q": (0.0, 0.3), "m": (0.0, 30000.0)}).fit()
    assert 0 < results.params["q"] <= 0.3
    assert results.params["m"] <= 30000
    assert (results.conf_int().loc["q"] <= 0.3).all()
    assert (results.conf_int().loc["m"] <= 30000).all()


def test_start_params_and_predict():
    model = GrowthModel(SALES, curve="logistic")
    near, scanned = model.fit(start_params=[2e4, 4.0, 0.5]), model.fit()
    np.testing.assert_allclose(near.params, scanned.params, rtol=1e-7)
    named = model.fit(start_params={"b": 0.5, "m": 2e4, "a": 4.0})
    assert named.params.equals(near.params)
    with pytest.raises(ModelError, match="give 3 finite numbers, for m, a, b"):
        model.fit(start_params=[1.0])
    with pytest.raises(ModelError, match="no meaning for an average"):
        GrowthModel(SALES, curve="auto").fit(start_params=[1.0, 1.0, 1.0])


@pytest.mark.slow
def test_ten_thousand_observations():
    rng = np.random.default_rng(0)
    edges = np.arange(10_001) / 500
    y = 1e6 * np.diff(CURVES["bass"].share(edges, 0.01, 0.5)) * np.exp(rng.normal(0, 0.2, 10_000))
    results = GrowthModel(y, time=edges).fit()
    assert results.params["q"] == pytest.approx(0.5, rel=0.02)
    interval = results.conf_int()
    assert (interval.loc["q", "upper"] - interval.loc["q", "lower"]) < 0.02


@pytest.mark.parametrize(
    ("series", "options"),
    [
        ([0.0, 1e100, 0, 0, 1e100], {"curve": "exponential"}),
        ([1e-90, 2e-90, 4e-90, 7e-90, 9e-90], {"kind": "stock"}),
        ([1e-90, 2e-90, 4e-90, 7e-90, 9e-90], {"curve": "richards", "bounds": {"m": (1, 2)}}),
        ([1e-99, 1e99, 5], {"curve": "exponential", "kind": "stock", "launch": 0}),
    ],
)
def test_forecasts_of_absurd_counts_are_numbers(series, options):
    """Without a warning, which is an error here."""
    frame = GrowthModel(series, **options).fit().get_forecast(3).summary_frame()
    assert np.isfinite(frame).all(axis=None)


def test_a_launch_at_which_no_curve_shows_is_refused():
    with pytest.raises(ModelError, match="no weibull curve shows at these times"):
        GrowthModel([1e90, 2e90, 4e90, 7e90], curve="weibull", launch=1e-320).fit()


def test_periods_are_edges_as_dates_are():
    edges = pd.period_range("2015-01", periods=5, freq="M")
    results = GrowthModel([3.0, 9, 20, 33], time=edges).fit()
    assert len(results.get_forecast(2).row_labels) == 2


def test_the_curve_of_given_parameters() -> None:
    model = GrowthModel([12.0, 28.0, 61.0, 118.0, 197.0, 264.0], curve="bass")
    results = model.fit()
    fitted = model.predict(results.params)
    assert fitted.equals(results.predict())
    assert model.predict(results.params.to_numpy()).equals(fitted)
    assert model.predict({**results.params, "m": 2 * results.params["m"]}).equals(2 * fitted)
    with pytest.raises(ModelError, match="params: give 3 finite numbers, for m, p, q"):
        model.predict([1.0, 2.0])
    with pytest.raises(ModelError, match=r"params: 'p' cannot be -1\.0; the bass curve has it"):
        model.predict([100.0, -1.0, 0.3])
    with pytest.raises(ModelError, match="name one curve"):
        GrowthModel(model.endog, curve="auto").predict(results.params)


def test_a_level_of_nothing_and_a_value_outside_of_its_domain_are_refused():
    """The ends of a domain are within it."""
    bass = CURVES["bass"]
    check_domain({"m": 5.0, "p": 0.0}, "fixed", bass)
    for values in ({"m": 0.0}, {"m": np.inf}, {"p": -0.1}):
        with pytest.raises(ModelError, match=r"fixed: '[mp]' cannot be .*; the bass curve has it"):
            check_domain(values, "fixed", bass)
