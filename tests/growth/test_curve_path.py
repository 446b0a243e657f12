"""The classic curves on facts: bounded by the market, steady under units, smooth, sane far out."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from forecasting.evidence.datasets import central_asia
from forecasting.growth.curve_path import CURVES_ON_FACTS, CurvePath
from forecasting.growth.extrapolation import carried_on
from forecasting.growth.flow import annual_totals, forecast_flow
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.posterior import Posterior
from forecasting.growth.prior import Prior
from forecasting.periods import year

START = Start(log_odds=-5.0, log_size=8.0, log_size_sd=10.8)
SIZES = {2020: (11.5, 0.05), 2023: (12.0, 0.05)}
SALES = pd.Series({2019: 39, 2020: 131, 2021: 809, 2022: 2180, 2023: 5200})


def path_of(curve: str, sizes: dict[int, tuple[float, float]] | None = SIZES) -> CurvePath:
    return CurvePath(LatentPath(Prior(), 2018, 2030, START, sizes, bases=1), curve, 2023)


@pytest.mark.parametrize("sizes", [SIZES, None], ids=["sized", "unsized"])
@pytest.mark.parametrize("curve", CURVES_ON_FACTS)
def test_the_gradient_is_that_of_the_totals(
    curve: str, sizes: dict[int, tuple[float, float]] | None
) -> None:
    path = path_of(curve, sizes)
    x = np.random.default_rng(1).normal(0, 0.5, (1, path.width))
    every, nothing = np.eye(path.width), np.zeros((path.width, 0))
    _, log_totals, _, gradient = path.totals(x, every)
    np.testing.assert_allclose(log_totals, path.totals(x, nothing)[1])
    up, down = (path.totals(x + side * 1e-5 * every, nothing)[1] for side in (1, -1))
    np.testing.assert_allclose(gradient[0], (up - down).T / 2e-5, atol=2e-4)
    assert np.abs(gradient[0][:, path.at_["slope"]]).max() > 0.1


@pytest.mark.slow
@given(
    curve=st.sampled_from(CURVES_ON_FACTS), seed=st.integers(0, 2**32 - 1), wide=st.floats(0.1, 4.0)
)
@settings(max_examples=40, deadline=None)
def test_no_draw_exceeds_the_market(curve: str, seed: int, wide: float) -> None:
    path = path_of(curve)
    x = wide * np.random.default_rng(seed).standard_normal((50, path.width))
    log_odds, log_totals, _, _ = path.totals(x, np.zeros((path.width, 0)))
    assert np.isfinite(log_odds).all()
    assert (log_totals <= path.sizes_of(x) + 1e-9).all()


def test_the_market_is_as_large_as_each_of_its_years_says() -> None:
    path = path_of("logistic")
    assert path.size_mean[[2, 5]] == pytest.approx([11.5, 12.0], abs=0.05)
    assert not path_of("logistic", {}).sized  # none is known


@pytest.mark.parametrize("sizes", [SIZES, None], ids=["sized", "unsized"])
@pytest.mark.parametrize("curve", CURVES_ON_FACTS)
def test_curves_climb_and_stay_up(curve: str, sizes: dict[int, tuple[float, float]] | None) -> None:
    """The flow has the ceiling: vehicles are bought again, so that nothing falls back to zero."""
    path = CurvePath(LatentPath(Prior(), 2018, 2060, START, sizes), curve, 2023)
    log_totals = path.totals(np.zeros((1, path.width)), np.zeros((path.width, 0)))[1][0]
    market = path.size_mean if path.sized else 0.0
    assert (np.diff(log_totals - market) >= -1e-9).all()
    assert abs(log_totals[-1] - log_totals[-2]) < 0.01


@pytest.mark.parametrize("reached", [-6.0, 0.0, 6.0])
def test_a_bass_curve_that_no_launch_allows_is_the_nearest_one(reached: float) -> None:
    path = CurvePath(LatentPath(Prior(), 2022, 2026, START), "bass", 2023)
    curve = path._climbed(np.array([[0.0, reached, 2.0]]))
    assert np.isfinite(curve).all()
    assert (np.diff(curve[0]) > 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("curve", [*CURVES_ON_FACTS, "average"])
def test_units_do_not_matter_without_a_market(curve: str) -> None:
    periods = [year(2024), year(2028)]
    one, other = (
        forecast_flow(annual_totals(SALES * factor), periods, draws=80, curve=curve).quantiles(
            [0.1, 0.5, 0.9]
        )
        for factor in (1.0, 1000.0)
    )
    np.testing.assert_allclose(other, 1000 * one, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "measure", "market"),
    [("UZ", "ev_imports", 450_000), ("KZ", "ev_registrations", 205_100)],
)
def test_far_years_are_sane_on_the_shipped_facts(place: str, measure: str, market: float) -> None:
    facts = central_asia().select(place=place, measure=measure)
    periods = [year(2024), year(2030), year(2035)]
    for curve in (*CURVES_ON_FACTS, "average"):
        forecast = forecast_flow(facts, periods, market_size={2024: market}, draws=80, curve=curve)
        low, median, high = forecast.quantiles([0.1, 0.5, 0.9]).to_numpy().T
        assert median[1] > median[0] / 2, curve  # no collapse
        assert low[2] > median[0] / 10, curve
        # And no more than the market, which moves, too
        assert (high[1:] < 2.5 * market).all(), curve


@pytest.mark.slow
def test_the_average_is_not_ruined_where_no_market_is_known() -> None:
    average = forecast_flow(annual_totals(SALES), [year(2033)], draws=160, curve="average")
    assert 0.2 * SALES[2023] < float(average.quantiles([0.1]).iloc[0, 0])
    assert float(average.quantiles([0.9]).iloc[0, 0]) < 1000 * SALES[2023]


def test_the_average_holds_as_many_draws_of_each_curve_in_order() -> None:
    """Drawn together, they are what each curve gives alone."""
    asked = [year(2024), year(2030)]
    average = forecast_flow(
        annual_totals(SALES), asked, market_size=300_000, draws=1604, curve="average"
    )
    for at, curve in enumerate(CURVES_ON_FACTS):
        alone = forecast_flow(
            annual_totals(SALES), asked, market_size=300_000, draws=400, curve=curve
        )
        for period in asked:
            one, other = (
                np.log(average.totals(period)[401 * at : 401 * (at + 1)]),
                np.log(alone.totals(period)),
            )
            assert one.mean() == pytest.approx(other.mean(), abs=0.4 * other.std())
            assert one.std() == pytest.approx(other.std(), rel=0.25)


def test_draws_are_carried_on_as_the_prior_has_it() -> None:
    path, rng = path_of("gompertz"), np.random.default_rng(3)
    x, kind = rng.standard_normal((4000, path.width)), np.arange(4000) % len(path.kind_share)
    posterior = Posterior(x, kind, *np.zeros((4, 0)), 4000.0, 0.0)
    far, on = carried_on(path, posterior, 2033, 0, rng)
    assert isinstance(far, CurvePath)
    nothing = np.zeros((far.width, 0))
    known = far.totals(on, nothing)[1][:, : path.years]
    np.testing.assert_allclose(known, path.totals(x, nothing[: path.width])[1])
    later = on[:, far.at_["shock"]][:, path.years :]
    expected = stats.t.ppf([0.1, 0.9], path.prior.shock_nu)
    np.testing.assert_allclose(np.quantile(later, [0.1, 0.9]), expected, rtol=0.1)
    months = on[:, far.at_["noise"]][:, path.months :]
    np.testing.assert_allclose(
        [months[kind == k].std() for k in range(len(path.kind_share))],
        np.sqrt(path.kind_variance[:, path.at_["noise"].start]),
        rtol=0.05,
    )


@pytest.mark.slow
def test_a_slack_bound_on_a_later_year_moves_no_curve(facts: Callable[..., pd.DataFrame]) -> None:
    told = [("equals", "total", y, v) for y, v in ((2020, 300), (2021, 809), (2022, 2180))]
    alone, slack = (
        forecast_flow(
            facts(*told, *more), [year(2023), year(2027)], draws=4000, curve="exponential"
        )
        for more in ([], [("at_most", "total", 2026, 100_000_000)])
    )
    np.testing.assert_allclose(
        slack.quantiles([0.1, 0.5, 0.9]), alone.quantiles([0.1, 0.5, 0.9]), rtol=0.4
    )


@pytest.mark.parametrize("curve", CURVES_ON_FACTS)
@pytest.mark.parametrize("market_size", [None, 300_000])
def test_a_bound_of_an_earlier_year_moves_no_launch(
    facts: Callable[..., pd.DataFrame], curve: str, market_size: float | None
) -> None:
    told = [("equals", "total", y, v) for y, v in ((2020, 300), (2021, 809), (2022, 2180))]
    early = [("at_most", "total", 2015, 100_000_000)]
    alone, beside, asked = (
        forecast_flow(
            facts(*rows),
            [*first, year(2023), year(2027)],
            market_size=market_size,
            draws=8,
            curve=curve,
        )
        for rows, first in ((told, []), (told + early, []), (told, [year(2015)]))
    )
    expected = alone._question().at_mode(alone.periods)
    for other in (beside, asked):
        np.testing.assert_allclose(other._question().at_mode(alone.periods), expected, atol=0.04)


@pytest.mark.parametrize("sizes", [SIZES, None], ids=["sized", "unsized"])
@pytest.mark.parametrize("curve", CURVES_ON_FACTS)
def test_before_the_start_a_curve_is_carried_back(
    curve: str, sizes: dict[int, tuple[float, float]] | None
) -> None:
    start = Start(log_size=8.0, year=2021)
    late, whole = (
        CurvePath(LatentPath(Prior(), first, 2030, start, sizes), curve, 2023)
        for first in (2021, 2012)
    )
    part, longer = (path._climbed(np.zeros((1, 3)))[0] for path in (late, whole))
    np.testing.assert_allclose(longer[9:], part)
    assert (np.diff(longer[:10]) > 0).all()
