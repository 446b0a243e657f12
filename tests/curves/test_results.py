"""Results in statsmodels' manner, and forecasts whose intervals hold."""

import pickle

import numpy as np
import pandas as pd
import pytest

from forecasting.curves.batch import fit_curves
from forecasting.curves.definitions import CURVES
from forecasting.curves.model import GrowthModel
from forecasting.curves.results import GrowthPrediction
from forecasting.vocabulary.errors import ModelError

SALES = [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500]
INDEX = pd.period_range("1949", periods=13, freq="Y")
SERIES = pd.Series(SALES, index=INDEX, name="sales")


@pytest.fixture(scope="module")
def results():
    return GrowthModel(SERIES, curve="logistic").fit()


@pytest.fixture(scope="module")
def average():
    return GrowthModel(SERIES, curve="auto").fit()


def simulate(rng, curve, reached, takeover, periods=10, ahead=5):
    shape = CURVES[curve].locate(
        np.array(reached), np.array(takeover), np.array(1.0), float(periods)
    )
    flows = 1e5 * np.diff(CURVES[curve].share(np.arange(periods + ahead + 1.0), *shape))
    return flows * np.exp(rng.normal(0, 0.15, len(flows)))


@pytest.mark.slow
@pytest.mark.parametrize("truth", ["bass", "gompertz", "logistic", "weibull"])
def test_intervals_hold_whatever_share_was_reached(truth):
    rng, inside = np.random.default_rng(7), []
    for _ in range(40):
        reached, takeover = rng.uniform(0.05, 0.85), 12 * np.exp(rng.normal(0, 0.35))
        y = simulate(rng, truth, reached, takeover)
        if not np.isfinite(y).all():
            continue
        interval = GrowthModel(y[:10], curve="auto").fit().get_forecast(5).conf_int(0.1)
        inside += list((interval["lower"] <= y[10:]) & (y[10:] <= interval["upper"]))
    assert 0.82 <= np.mean(inside) <= 0.98


def test_time_unit_does_not_matter():
    years = GrowthModel(SALES, curve="auto", time=np.arange(14.0)).fit()
    months = GrowthModel(SALES, curve="auto", time=np.arange(14.0) * 12).fit()
    np.testing.assert_allclose(
        years.get_forecast(3).conf_int(0.1), months.get_forecast(3).conf_int(0.1), rtol=1e-9
    )


def test_ceiling_that_the_data_cannot_tell_is_the_priors():
    early, late = GrowthModel(np.exp(0.4 * np.arange(8))).fit(), GrowthModel(SALES).fit()
    assert early.prior_share > 0.15 > late.prior_share
    assert "of its prior variance remains" in early.summary().as_text()
    assert early.from_prior
    assert not late.from_prior


def test_forecast_frame(results):
    frame = results.get_forecast(5).summary_frame(alpha=0.1)
    assert frame.columns.tolist() == ["mean", "median", "mean_se", "pi_lower", "pi_upper"]
    assert frame.index.equals(pd.period_range("1962", periods=5, freq="Y"))
    assert (frame["pi_lower"] > 0).all()
    assert (frame["pi_lower"] < frame["median"]).all()
    assert (frame["median"] < frame["pi_upper"]).all()
    wider = results.get_forecast(5).summary_frame(alpha=0.02)
    assert (wider["pi_upper"] > frame["pi_upper"]).all()
    pd.testing.assert_series_equal(results.forecast(5), frame["median"], check_names=False)


def test_the_fitted_curve_goes_on_from_the_observations(results):
    m, a, b = results.params
    edges = np.arange(13, 19)
    level = m / (1 + np.exp(a - b * edges))
    np.testing.assert_allclose(results.predict(5), np.diff(level), rtol=1e-12)
    assert results.predict(5).index.equals(pd.period_range("1962", periods=5, freq="Y"))
    assert results.predict("1966").equals(results.predict(5))
    np.testing.assert_allclose(results.predict(), results.fittedvalues)


def test_the_plot_shows_the_curve_the_median_and_the_whole_range():
    """A ceiling that is hardly known: the mean lies far above the median, and is not drawn."""
    early = GrowthModel(pd.Series([12.0, 19.0, 33.0, 49.0, 82.0], range(2019, 2024))).fit()
    figure = early.plot(steps=4)
    traces = {trace.name: trace for trace in figure.data}
    frame = early.get_forecast(4).summary_frame()
    curve = [*early.fittedvalues, *early.predict(4)]
    np.testing.assert_allclose(traces["Bass"].y, early.forecast(4), rtol=1e-3)
    np.testing.assert_allclose(traces["fitted"].y, curve, rtol=1e-3)
    assert figure.layout.yaxis.range[1] > frame["pi_upper"].max()
    assert "80 % range" in figure.layout.title.subtitle.text
    assert "95 % range" in early.plot(alpha=0.05).layout.title.subtitle.text


def test_one_default_of_alpha_and_words_that_say_it(results):
    ahead = results.get_forecast(2)
    pd.testing.assert_frame_equal(ahead.conf_int(), ahead.conf_int(0.2))
    pd.testing.assert_frame_equal(ahead.summary_frame(), ahead.summary_frame(alpha=0.2))
    pd.testing.assert_frame_equal(results.conf_int(), results.conf_int(0.2))
    assert repr(results).startswith("<GrowthResults: logistic curve, m 19,180, a 3.681, b 0.3842")
    assert repr(results).endswith("13 flows, 1949 to 1961; ranges of 80 %>")
    assert "1962 " in repr(ahead)
    assert repr(ahead).endswith("; medians and 80 % ranges>")
    assert "and 4 more" in repr(results.get_forecast(10))
    assert "80 % interval" in ahead._repr_html_()
    assert "Growth curve results" in results._repr_html_()


def test_the_fit_is_told_where_that_is_asked_for(capsys):
    GrowthModel(SERIES).fit(disp=False)
    assert capsys.readouterr().out == ""
    GrowthModel(SERIES).fit(disp=True)
    assert capsys.readouterr().out.startswith("<GrowthResults: bass curve")


def test_same_call_same_answer(results):
    again = GrowthModel(SERIES, curve="logistic").fit()
    pd.testing.assert_frame_equal(
        again.get_forecast(3).summary_frame(), results.get_forecast(3).summary_frame()
    )


def test_prediction_in_sample_and_beyond(results):
    inside = results.get_prediction("1955", "1958").summary_frame(0.1)
    assert inside.index.tolist() == list(INDEX[6:10])
    across = results.get_prediction(11, 14)
    assert len(across.row_labels) == 4
    ahead = results.get_forecast(2).summary_frame()
    np.testing.assert_allclose(across.quantiles([0.5])[0.5].iloc[2:], ahead["median"], rtol=0.05)
    with pytest.raises(ModelError, match="the start comes after the end"):
        results.get_prediction(5, 3)
    with pytest.raises(
        ModelError, match="'later' is not an observation, nor one of the 500 periods that follow"
    ):
        results.get_prediction("later")


def test_labels_after_the_series_are_found(results):
    assert results.get_prediction("1960", "1964").row_labels.equals(
        pd.period_range("1960", "1964", freq="Y")
    )
    assert results.get_forecast("1964").row_labels.equals(pd.period_range("1962", "1964", freq="Y"))
    ends = GrowthModel(
        pd.Series(SALES, pd.date_range("1949-12-31", periods=13, freq="YE")), curve="logistic"
    ).fit()
    assert ends.get_prediction(pd.Timestamp("1961-12-31"), "1963").row_labels.year.tolist() == [
        1961,
        1962,
        1963,
    ]
    years = GrowthModel(pd.Series(SALES, range(1949, 1962)), curve="logistic").fit()
    assert years.get_prediction(1960, 1964).row_labels.tolist() == [1960, 1961, 1962, 1963, 1964]
    assert years.get_prediction(11, 13).row_labels.tolist() == [1960, 1961, 1962]


def test_a_prediction_without_dates_is_of_what_was_observed(results):
    prediction = results.get_prediction()
    assert prediction.row_labels.equals(INDEX)
    assert len(prediction.summary_frame()) == 13


def test_fit_measures(results):
    np.testing.assert_allclose(results.resid + results.fittedvalues, SALES)
    assert results.sse == pytest.approx((results.resid**2).sum())
    assert results.aic == pytest.approx(8 - 2 * results.llf)
    assert results.bic == pytest.approx(4 * np.log(13) - 2 * results.llf)
    assert (results.df_model, results.df_resid, results.nobs) == (3, 10, 13)
    assert results.aicc == pytest.approx(results.aic + 2 * 4 * 5 / (13 - 4 - 1))
    assert GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0]).fit().aicc == np.inf


def test_intervals_of_parameters_are_the_posteriors(results):
    interval = results.conf_int(0.1)
    assert interval.index.tolist() == ["m", "a", "b"]
    assert (interval["lower"] < interval["upper"]).all()
    wide = results.conf_int(0.01)
    assert (wide["upper"] > interval["upper"]).all()


def test_summary_in_three_formats(results, average):
    text = results.summary().as_text()
    for part in ("sales", "logistic", "least squares", "Log Likelihood", "1949 - 1961"):
        assert part in text
    assert "<table" in results.summary().as_html()
    assert r"\begin{tabular}" in results.summary().as_latex()
    assert "Forecasts average the curves with weights" in average.summary().as_text()
    assert (
        "Outside their intervals: p, q. Least squares"
        in GrowthModel(SERIES).fit().summary().as_text()
    )


def test_average_lies_among_its_curves(average):
    assert average.weights.sum() == pytest.approx(1)
    assert average.weights.idxmax() == average.curve
    medians = [
        GrowthModel(SERIES, curve=c).fit().get_forecast(1).summary_frame()["median"].iloc[0]
        for c in average.weights.index
    ]
    assert (
        min(medians) * 0.97
        < average.get_forecast(1).summary_frame()["median"].iloc[0]
        < max(medians) * 1.03
    )


def test_later_observations_are_appended():
    model = GrowthModel(SERIES[:9], curve="logistic")
    short = model.fit()
    kept, refit = short.append(SERIES[9:]), short.append(SERIES[9:], refit=True)
    assert kept.params.equals(short.params)
    assert kept.nobs == 13
    np.testing.assert_allclose(
        refit.params, GrowthModel(SERIES, curve="logistic").fit().params, rtol=1e-6
    )
    assert kept.get_forecast(1).row_labels[0] == pd.Period("1962", "Y")
    with pytest.raises(ModelError, match="not after 1957"):
        short.append(SERIES[5:])


def test_results_are_pickled(results, average):
    for one in (results, average):
        copy = pickle.loads(pickle.dumps(one))
        pd.testing.assert_frame_equal(
            copy.get_forecast(2).summary_frame(), one.get_forecast(2).summary_frame()
        )
        assert copy.params.equals(one.params)


@pytest.mark.parametrize(
    "index",
    [
        INDEX.rename("year"),
        pd.date_range("1949-12-31", periods=13, freq="YE", name="year"),
        pd.RangeIndex(13, name="year"),
    ],
    ids=["periods", "dates", "numbers"],
)
def test_results_load_in_xarray(index):
    fit = GrowthModel(pd.Series(SALES, index, name="sales"), curve="logistic").fit()
    frame = fit.get_forecast(3).summary_frame(0.1)
    dataset = frame.to_xarray()
    assert dict(dataset.sizes) == {"year": 3}
    pd.testing.assert_frame_equal(dataset.to_dataframe(), frame, check_freq=False)
    assert dataset.sel(year=frame.index[1])["median"].item() == frame["median"].iloc[1]
    for series in (fit.params, fit.bse, fit.fittedvalues, fit.resid):
        np.testing.assert_array_equal(series.to_xarray(), series)
        assert series.to_xarray().name == series.name
    fits = fit_curves(pd.DataFrame([SALES, SALES], pd.Index(["KZ", "UZ"], name="place")), "bass")
    assert dict(fits.params.to_xarray().sizes) == {"place": 2}


def test_results_load_in_pandas(results):
    parts = {"observed": SERIES, "fitted": results.fittedvalues, "resid": results.resid}
    assert pd.concat(parts, axis=1).notna().all(axis=None)
    table = pd.concat([results.params, results.bse, results.conf_int()], axis=1)
    assert table.columns.tolist() == ["params", "bse", "lower", "upper"]
    across = pd.concat([SERIES, results.forecast(3)])
    assert across.index.equals(pd.period_range("1949", periods=16, freq="Y"))


@pytest.mark.parametrize("steps", [0, -1, 2.5, True])
def test_bad_steps_are_refused(results, steps):
    with pytest.raises(ModelError, match=r"steps is .*; give a whole number from 1 to 10,000"):
        results.get_forecast(steps)


@pytest.mark.parametrize("alpha", [0, 1, 1.5])
def test_bad_alpha_is_refused(results, alpha):
    with pytest.raises(ModelError, match="give a number between 0 and 1"):
        results.get_forecast(1).summary_frame(alpha)


def test_counts_with_zeros_have_no_negative_bounds():
    frame = GrowthModel([0, 0, 1, 3, 8, 13, 22], curve="bass").fit().get_forecast(3).conf_int(0.1)
    assert (frame["lower"] >= 0).all()
    assert (frame["upper"] > frame["lower"]).all()


def test_quantiles_are_of_levels_between_0_and_1_alone():
    """Of 0, 1, ..., 100 each level is its own hundredth."""
    draws = np.arange(101.0)[:, None] * [1, 10]
    prediction = GrowthPrediction(draws, pd.Index(["2024", "2025"]))
    table = prediction.quantiles([0.25, 0.5, 0.99])
    assert table.to_dict("index") == {
        "2024": {0.25: 25, 0.5: 50, 0.99: 99},
        "2025": {0.25: 250, 0.5: 500, 0.99: 990},
    }
    for level in (0.0, 1.0, -0.1, 1.1):
        with pytest.raises(ModelError, match="numbers between 0 and 1"):
            prediction.quantiles([0.5, level])
