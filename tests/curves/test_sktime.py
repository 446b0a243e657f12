"""The sktime forecaster: its checks that take seconds; the whole of sktime's suite is
`check_estimator`.
"""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow

SALES = pd.Series(
    [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586],
    index=pd.period_range("1949", periods=9, freq="Y"),
)


def test_forecast_and_intervals_are_the_models():
    from forecasting.curves.model import GrowthModel
    from forecasting.curves.sktime import GrowthForecaster

    forecaster = GrowthForecaster(curve="bass").fit(SALES, fh=[1, 3])
    frame = GrowthModel(SALES, curve="bass").fit().get_forecast(3).summary_frame(0.1).iloc[[0, 2]]
    np.testing.assert_allclose(forecaster.predict(), frame["median"], rtol=1e-6)
    interval = forecaster.predict_interval(coverage=0.9)
    np.testing.assert_allclose(interval.iloc[:, 0], frame["pi_lower"], rtol=1e-6)
    assert interval.index.equals(frame.index)


def test_update_learns_from_later_observations():
    from forecasting.curves.sktime import GrowthForecaster

    forecaster = GrowthForecaster(curve="bass").fit(SALES[:7], fh=[1])
    forecaster.update(SALES[7:])
    np.testing.assert_allclose(
        forecaster.predict(), GrowthForecaster(curve="bass").fit(SALES, fh=[1]).predict(), rtol=1e-6
    )


def test_parameters_are_those_of_the_curve_or_the_weights_of_many():
    from forecasting.curves.sktime import GrowthForecaster

    one = GrowthForecaster(curve="bass").fit(SALES, fh=[1]).get_fitted_params()
    assert [*one] == ["m", "p", "q"]
    many = GrowthForecaster().fit(SALES, fh=[1]).get_fitted_params()
    assert {"weight_bass", "weight_logistic"} <= many.keys()
    assert sum(many.values()) == pytest.approx(1)


def test_without_sktime_the_name_says_what_to_install():
    code = (
        "import sys; sys.modules['sktime'] = None; import forecasting as fc\n"
        "try: fc.GrowthForecaster()\n"
        "except fc.InputError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "GrowthForecaster needs sktime: pip install 'ev-forecasting[sktime]'\n"


@pytest.mark.parametrize(
    "name", ["test_doctest_examples", "test_constructor", "test_clone", "test_predict_quantiles"]
)
def test_checks_of_sktime(name):
    from sktime.utils.estimator_checks import check_estimator

    from forecasting.curves.sktime import GrowthForecaster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sktime itself
        outcomes = check_estimator(GrowthForecaster, tests_to_run=name, verbose=False)
    assert outcomes
    assert set(outcomes.values()) == {"PASSED"}
