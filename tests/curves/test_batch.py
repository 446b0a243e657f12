"""Many fits at once: the optimum of scipy's curve_fit, gaps, weights, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import curve_fit

from forecasting.curves.batch import fit_curves
from forecasting.curves.definitions import CURVES
from forecasting.curves.model import GrowthModel
from forecasting.vocabulary.errors import ModelError

TRUTHS = {
    "bass": (0.02, 0.4),
    "logistic": (4.0, 0.5),
    "gompertz": (5.0, 0.25),
    "weibull": (7.0, 2.5),
}
EDGES = np.arange(15.0)


def simulate(curve, series=40, noise=0.1, seed=0):
    rng = np.random.default_rng(seed)
    shape = [value * np.exp(rng.normal(0, 0.2, series)) for value in TRUTHS[curve]]
    flows = np.exp(rng.uniform(5, 14, series)) * np.diff(
        CURVES[curve].share(EDGES[:, None], *shape), axis=0
    )
    return (flows * np.exp(rng.normal(0, noise, flows.shape))).T


@pytest.mark.parametrize("curve", TRUTHS)
def test_sum_of_squares_never_above_that_of_curve_fit(curve):
    data = simulate(curve)
    fits = fit_curves(data, curve)
    assert fits.converged.mean() > 0.9
    for y, sse in zip(data, fits.sse, strict=True):
        model = lambda _, m, *shape: m * np.diff(CURVES[curve].share(EDGES, *shape))  # noqa: E731
        try:
            found, _ = curve_fit(model, EDGES[1:], y, p0=(2 * y.sum(), *TRUTHS[curve]))
        except RuntimeError:
            continue
        assert sse <= ((y - model(None, *found)) ** 2).sum() * (1 + 1e-6)


@pytest.mark.parametrize("curve", TRUTHS)
def test_noise_free_parameters_are_recovered(curve):
    data = 1e4 * np.diff(CURVES[curve].share(EDGES, *TRUTHS[curve]))
    fits = fit_curves(data[None], curve)
    np.testing.assert_allclose(fits.params[0], [1e4, *TRUTHS[curve]], rtol=1e-6)
    assert fits.converged[0]


def test_gaps_are_left_out():
    data = 1e4 * np.diff(CURVES["bass"].share(EDGES, 0.02, 0.4))[None].repeat(2, axis=0)
    data[0, [0, 3, 13]] = np.nan
    np.testing.assert_allclose(fit_curves(data, "bass").params, [[1e4, 0.02, 0.4]] * 2, rtol=1e-5)


@settings(max_examples=15)
@given(power=st.floats(-8, 12))
def test_fits_scale_with_the_series(power):
    data, factor = simulate("bass", 5), 10.0**power
    one, other = fit_curves(data, "bass"), fit_curves(data * factor, "bass")
    np.testing.assert_allclose(other.params[:, 0], one.params[:, 0] * factor, rtol=1e-5)
    np.testing.assert_allclose(other.params[:, 1:], one.params[:, 1:], rtol=1e-5)


def test_each_series_is_fitted_as_if_alone():
    data = simulate("logistic", 30)
    together = fit_curves(data, "logistic")
    alone = np.concatenate([fit_curves(row[None], "logistic").sse for row in data])
    np.testing.assert_allclose(together.sse, alone, rtol=1e-9)


def test_frame_in_frame_out():
    frame = pd.DataFrame(simulate("bass", 3), index=["KZ", "UZ", "KG"])
    fits = fit_curves(frame, "bass")
    assert fits.params.index.tolist() == ["KZ", "UZ", "KG"]
    assert fits.params.columns.tolist() == ["m", "p", "q"]


def test_answers_carry_the_names_of_the_series():
    frame = pd.DataFrame(simulate("bass", 3), ["KZ", "UZ", "KG"], range(2011, 2025))
    fits = fit_curves(frame, "bass")
    one = GrowthModel(frame.loc["UZ"], curve="bass").fit()
    np.testing.assert_allclose(fits.bse.loc["UZ"], one.bse, rtol=1e-3)
    np.testing.assert_allclose(fits.forecast(3).loc["UZ"], one.predict(3), rtol=1e-5)
    assert fits.forecast(3).columns.tolist() == [2025, 2026, 2027]
    assert fits.sse["UZ"] == pytest.approx(one.sse)
    assert fits.converged.index.tolist() == ["KZ", "UZ", "KG"]


def test_standard_errors_and_forecasts_of_a_plain_matrix():
    data = simulate("logistic", 5)
    data[1, 3] = np.nan
    fits = fit_curves(data, "logistic")
    one = GrowthModel(data[1], curve="logistic").fit()
    np.testing.assert_allclose(fits.bse[1], one.bse, rtol=1e-3)
    np.testing.assert_allclose(fits.forecast(2)[1], one.predict(2), rtol=1e-5)


def test_a_series_without_a_minimum_has_no_standard_errors():
    fits = fit_curves([[1, 2, np.nan, np.nan, np.nan], [1.0, 3, 6, 8, 7]], "bass")
    assert np.isnan(fits.bse[0]).all()
    assert np.isfinite(fits.bse[1]).all()


MONTHS = pd.period_range("2023-01", periods=12, freq="M")
YEARS = range(2013, 2025)


@pytest.mark.parametrize(
    "time",
    [range(2013, 2025), MONTHS, MONTHS.to_timestamp(), [str(year) for year in range(2013, 2025)]],
)
def test_time_down_the_rows_is_refused(time):
    table = pd.DataFrame(simulate("bass", 2)[:, :12].T, time, ["UZ", "KZ"])
    with pytest.raises(ModelError, match=r"matrix.T where time runs down"):
        fit_curves(table)
    with pytest.raises(ModelError, match=r"matrix.T where time runs down"):
        fit_curves(table.set_axis([0, 1], axis=1))
    with pytest.raises(ModelError, match=r"matrix.T where time runs down"):
        fit_curves(table.reset_index(drop=True))
    assert fit_curves(table.T).params.index.tolist() == ["UZ", "KZ"]


def test_a_period_that_is_left_out_is_refused():
    table = pd.DataFrame(simulate("bass", 2), ["UZ", "KZ"], range(2011, 2025))
    with pytest.raises(ModelError, match="no even periods after 2014"):
        fit_curves(table.drop(columns=2015))
    with pytest.raises(ModelError, match="no even periods after"):
        fit_curves(table.iloc[:, :3].set_axis([1.0, 2.0, 5.0], axis=1))


def test_series_without_a_fit_say_so():
    data = np.array([np.zeros(6), [1, 2, np.nan, np.nan, np.nan, np.nan], [1, 3, 6, 8, 7, 4]])
    fits = fit_curves(data, "bass")
    assert fits.converged.tolist() == [False, False, True]
    assert np.isnan(fits.params[:2]).all()


def test_exponential_data_have_no_ceiling_to_converge_to():
    fits = fit_curves(np.exp(0.5 * np.arange(10.0))[None], "logistic")
    assert fits.params[0, 0] > 1e4


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 2], [3, np.inf]], r"matrix\[1, 1\] is inf: infinite"),
        ([[1, -2, 3]], r"matrix\[0, 1\] is -2: negative"),
        ([["a", "b"]], "not a number"),
        (np.empty((0, 3)), "has shape"),
        ([1.0, 2.0], r"has shape \(2,\); give a row per series"),
    ],
)
def test_bad_matrices_are_refused(matrix, message):
    with pytest.raises(ModelError, match=message):
        fit_curves(matrix, "bass")


def test_start_of_wrong_length_is_refused():
    with pytest.raises(ModelError, match="give 3 finite numbers"):
        fit_curves(simulate("bass", 2), "bass", start_params=[1.0, 2.0])
