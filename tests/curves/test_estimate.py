"""Estimates by likelihood, and intervals of parameters by its profile and by standard errors."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq, least_squares
from scipy.stats import chi2, t

from forecasting.curves.definitions import CURVES
from forecasting.curves.model import GrowthModel
from forecasting.errors import ModelError

pytestmark = pytest.mark.slow

SALES = [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500]
EDGES = np.arange(14.0)


def bass_by_scipy(place, alpha):
    """Profile bounds of one Bass parameter: scipy's least squares with that parameter held, and a
    root of the t.
    """

    def squares(held=None):
        def residuals(logs):
            params = np.exp(logs if held is None else np.insert(logs, place, np.log(held)))
            return params[0] * np.diff(CURVES["bass"].share(EDGES, *params[1:])) - SALES

        start = np.log([18000, 0.01, 0.37])
        found = least_squares(
            residuals, start if held is None else np.delete(start, place), xtol=1e-14, ftol=1e-14
        )
        return 2 * found.cost, np.exp(found.x)

    least, estimates = squares()
    limit = t.ppf(1 - alpha / 2, 10) ** 2 * least / 10
    beyond = lambda value: squares(value)[0] - least - limit  # noqa: E731
    centre = estimates[place]
    return brentq(beyond, centre / 3, centre, xtol=1e-9 * centre), brentq(
        beyond, centre, centre * 3, xtol=1e-9 * centre
    )


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_profile_is_that_of_a_search_by_scipy(alpha):
    profile = GrowthModel(SALES).fit().conf_int(alpha, method="profile")
    for place, name in enumerate(["m", "p", "q"]):
        np.testing.assert_allclose(profile.loc[name], bass_by_scipy(place, alpha), rtol=1e-5)


def test_profile_of_the_oxygen_demand_of_bates_and_watts():
    """m (1 - exp(-t / a)), profiled in closed form: for given a the rest is a line through the
    origin.
    """
    demand, days = np.array([8.3, 10.3, 19.0, 16.0, 15.6, 19.8]), np.array([1.0, 2, 3, 4, 5, 7])
    results = GrowthModel(demand, curve="weibull", kind="stock", time=days).fit_constrained(
        {"b": 1.0}
    )
    assert results.params["m"] == pytest.approx(19.143, abs=5e-4)  # printed by them
    assert 1 / results.params["a"] == pytest.approx(0.5311, abs=5e-5)

    def squares(a):
        share = -np.expm1(-days / a)
        return demand @ demand - (demand @ share) ** 2 / (share @ share)

    limit = results.sse * (1 + t.ppf(0.975, 4) ** 2 / 4)
    low, high = (
        brentq(lambda a: squares(a) - limit, *bracket) for bracket in ((0.1, 1.88), (1.89, 50))
    )
    profile = results.conf_int(0.05, method="profile")
    np.testing.assert_allclose(profile.loc["a"], [low, high], rtol=1e-6)
    assert profile.loc["b"].isna().all()


def test_profile_of_counts_is_that_of_the_likelihood_ratio():
    """An exponential's level and growth have a Poisson profile with a closed form for the level."""
    counts = np.array([4.0, 7, 12, 18, 35, 52])
    results = GrowthModel(counts, curve="exponential", errors="poisson").fit()
    profile = results.conf_int(0.05, method="profile")
    for bound in profile.loc["b"]:
        design = np.diff(np.exp(bound * np.arange(7.0)))
        level = counts.sum() / design.sum()
        fall = results.llf - GrowthModel(counts, curve="exponential", errors="poisson").loglike(
            [level, bound]
        )
        assert 2 * fall == pytest.approx(chi2.ppf(0.95, 1), rel=1e-4)


@pytest.mark.parametrize("factor", [1e-3, 1e9, 1e90])
def test_profile_scales_with_the_series(factor):
    one = GrowthModel(SALES).fit().conf_int(method="profile")
    other = GrowthModel(np.array(SALES) * factor).fit().conf_int(method="profile")
    np.testing.assert_allclose(other.loc["m"], one.loc["m"] * factor, rtol=1e-5)
    np.testing.assert_allclose(other.loc[["p", "q"]], one.loc[["p", "q"]], rtol=1e-5)


def test_profile_of_a_ceiling_that_the_data_do_not_exclude_is_open():
    results = GrowthModel([12.0, 19.0, 33.0, 49.0, 82.0, 110.0, 163.0], curve="logistic").fit()
    assert not results.from_prior
    profile = results.conf_int(method="profile")
    assert profile.loc["m", "upper"] == np.inf
    assert np.isfinite(profile.loc["m", "lower"])
    assert np.isfinite(profile.loc["b"]).all()
    assert np.isfinite(results.conf_int()).all(axis=None)


def test_profile_ends_at_bounds():
    profile = GrowthModel(SALES, bounds={"q": (0.3, 0.4)}).fit().conf_int(0.05, method="profile")
    assert profile.loc["q"].tolist() == [0.3, 0.4]


def test_wald_intervals_are_estimates_and_standard_errors():
    results = GrowthModel(SALES).fit()
    half = t.ppf(0.95, 10) * results.bse
    wald = results.conf_int(0.1, method="wald")
    np.testing.assert_allclose(
        wald, np.column_stack([results.params - half, results.params + half])
    )
    counts = GrowthModel(SALES, errors="poisson").fit()
    np.testing.assert_allclose(
        counts.conf_int(method="wald")["upper"], counts.params + 1.959964 * counts.bse, rtol=1e-6
    )


def test_what_cannot_be_profiled_is_refused():
    early = GrowthModel(np.exp(0.4 * np.arange(8))).fit()
    with pytest.raises(
        ModelError, match="centre of the posterior, not a minimum: there is nothing to profile"
    ):
        early.conf_int(method="profile")
    index = pd.period_range("1949", periods=13, freq="Y")
    carried = (
        GrowthModel(pd.Series(SALES[:10], index[:10]))
        .fit()
        .append(pd.Series(SALES[10:], index[10:]))
    )
    with pytest.raises(ModelError, match="come from other data"):
        carried.conf_int(method="profile")
    with pytest.raises(ModelError, match="as many parameters as observations"):
        GrowthModel([3.0, 9.0, 5.0]).fit().conf_int(method="profile")
    with pytest.raises(ModelError, match="method 'hessian' is unknown"):
        early.conf_int(method="hessian")
