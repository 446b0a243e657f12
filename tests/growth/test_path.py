"""The latent path: its gradient, its years and months, its walk against a recursion that makes
nothing linear.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from forecasting.growth.path import LatentPath, Start, chained_effects
from forecasting.growth.prior import REACH, REFERENCE_LOG_ODDS, Common, Prior
from forecasting.growth.starting import WALKED_BACK, path_of

QUICK = settings(max_examples=15)


@pytest.fixture(scope="module")
def path():
    return LatentPath(
        Prior.shipped(),
        2020,
        2024,
        Start(log_size=11.0, log_size_sd=1.0),
        {2022: (11.2, 0.05)},
        bases=2,
    )


def by_month(path, x, directions):
    """Logs of monthly flows, and their derivatives: shapes (months,), (months, directions)."""
    tangents = path.tangents(x[None], directions)
    months = np.eye(13)[None, :12]
    slopes = [tangents.weighted(year, months)[0] for year in range(path.years)]
    return tangents.log_flows[0, : path.months], np.concatenate(slopes)


@pytest.mark.parametrize(("seed", "begins"), [(0, 2020), (1, 2022)])
def test_gradient_is_the_difference_quotient(path, seed, begins):
    path = LatentPath(path.prior, 2020, 2024, replace(path.start, year=begins), path.sizes, bases=2)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(path.width)
    every = np.eye(path.width)
    logs, gradient = by_month(path, x, every)
    step = 1e-6
    up, down = (np.log(path.flows(x + side * step * every)) for side in (1, -1))
    np.testing.assert_allclose(gradient, (up - down).T / (2 * step), atol=1e-7)
    np.testing.assert_allclose(np.exp(logs), path.flows(x[None])[0])
    directions = rng.standard_normal((path.width, 3))
    np.testing.assert_allclose(by_month(path, x, directions)[1], gradient @ directions)


@QUICK
@given(seed=st.integers(0, 10_000), spread=st.floats(0.1, 3.0))
def test_months_sum_to_their_years(seed, spread):
    path = LatentPath(Prior.shipped(), 2021, 2023, Start(log_size=11.0))
    x = spread * np.random.default_rng(seed).standard_normal((4, path.width))
    log_odds, log_totals, _, _ = path.totals(x, np.zeros((path.width, 0)))
    flows = path.flows(x)
    assert (flows > 0).all()
    sd = np.sqrt(np.log1p(np.exp(-log_totals)))  # single cars come by chance
    came = log_totals + sd * x[:, path.columns["chance"]] - sd**2 / 2
    some = log_totals > -25
    years = flows.reshape(4, 3, 12).sum(axis=2)
    np.testing.assert_allclose(years[some], np.exp(came[some]), rtol=1e-9)
    size = path.sizes_of(x)
    np.testing.assert_allclose(np.exp(log_totals - size), 1 / (1 + np.exp(-log_odds)), rtol=1e-9)


@pytest.mark.parametrize(
    "common", [Prior.shipped().common, Common(2019, (0.1, 0.4), (0.1, 0.1), 0.2, 0.6)]
)
def test_walk_is_the_recursion_that_the_prior_tells(common, coordinates, walk_of):
    # the second panel ends in 2020, so that most years' common effect is what persists of the year
    # before
    path = LatentPath(
        replace(Prior.shipped(), common=common), 2020, 2024, Start(log_size=11.0, log_size_sd=1.0)
    )
    x, _ = coordinates(path, np.random.default_rng(3), 20)
    nothing = np.zeros((path.width, 0))
    np.testing.assert_allclose(path.totals(x, nothing)[0], walk_of(path, x)[0], atol=1e-9)


def test_back_from_its_start_the_walk_makes_the_same_steps():
    """Years before the start move nothing after it, and each differs from the next by the growth
    that it leads to.
    """
    prior, start = Prior.shipped(), Start(log_odds=-4.0, year=2022)
    late, whole = (LatentPath(prior, first, 2025, start) for first in (2022, 2018))
    logs = [p.totals(np.zeros((1, p.width)), np.zeros((p.width, 0)))[0][0] for p in (late, whole)]
    np.testing.assert_allclose(logs[1][4:], logs[0])
    x = np.random.default_rng(5).standard_normal((1, whole.width))
    z = whole.totals(x, np.zeros((whole.width, 0)))[0][0]
    for y in range(1, 5):
        common = (
            whole.common_effects[0][y] + whole.common_effects[1][y] @ x[0, whole.columns["common"]]
        )
        level = prior.level + prior.level_sd * x[0, whole.columns["level"].start] + common
        slope = prior.slope + prior.slope_sd * x[0, whole.columns["slope"].start]
        distance = np.clip(z[y] - REFERENCE_LOG_ODDS, *REACH)
        sales = whole.sizes_of(x)[0, y] - np.logaddexp(0.0, -z[y])
        shortfall = np.clip(np.log(3000) - sales, 0.0, REACH[1])
        log_scale = prior.shock_slope * distance + prior.shortfall_slope * shortfall
        shock = prior.shock_sd * np.exp(log_scale)
        shock = shock * x[0, whole.columns["shock"].start + y]
        lift = prior.shortfall_lift * np.clip(shortfall, 0.0, 1.0)
        assert z[y] - z[y - 1] == pytest.approx(level + slope * distance + lift + shock)


def test_known_size_of_a_market_is_met_as_well_as_it_is_known(path):
    variance = (path.log_sizes[1] ** 2).sum(axis=1)
    at = 2022 - path.first_year
    assert path.log_sizes[0][at] == pytest.approx(11.2, abs=0.01)
    assert np.sqrt(variance[at]) == pytest.approx(0.05, rel=0.01)
    assert variance[0] > variance[1] > variance[at] < variance[3] < variance[4]


def test_size_without_a_known_year_walks_from_the_start():
    prior = Prior.shipped()
    path = LatentPath(prior, 2021, 2023, Start(log_size=9.0, log_size_sd=0.3))
    variance = (path.log_sizes[1] ** 2).sum(axis=1)
    assert path.log_sizes[0][0] == pytest.approx(9.0)
    steps = [prior.size_sd**2 + prior.size.at(y)[1] ** 2 for y in (2022, 2023)]
    np.testing.assert_allclose(variance, 0.09 + np.cumsum([0.0, *steps]), rtol=1e-6)


def test_even_pattern_without_growth_is_an_even_year():
    even = replace(Prior().within_year, pattern=(0.0,) * 12)
    prior = replace(Prior(), within_year=even, level=0.0, slope=0.0)
    path = LatentPath(prior, 2021, 2022, Start(log_odds=0.0, log_size=np.log(2400.0)))
    flows = path.flows(np.zeros((1, path.width)))
    np.testing.assert_allclose(flows, 100.0, rtol=1e-3)


def test_months_of_a_small_market_are_as_uneven_as_if_six_cars_came_together():
    def response(yearly):
        path = LatentPath(Prior(), 2021, 2021, Start(log_odds=0.0, log_size=np.log(2 * yearly)))
        directions = np.zeros((path.width, 1))
        directions[path.columns["noise"].start] = 1.0
        slopes = by_month(path, np.zeros(path.width), directions)[1][:, 0]
        return slopes[0] - slopes[-1]

    noise = Prior().within_year.noise_sd
    widened = np.sqrt(1 + np.log(1 + 12 * 6 / 72) / noise**2)
    assert response(72.0) / response(1e9) == pytest.approx(widened, rel=1e-3)


def test_growth_tilts_the_year_as_far_as_the_pattern_says():
    path = LatentPath(Prior(), 2021, 2023, Start())
    within = path.prior.within_year
    slope = path.slopes(np.log([[1000.0, 2000.0, 6000.0]]))[0, 1]
    expected = within.slope_on_growth * np.log(2.0) + within.slope_on_next * np.log(3.0)
    assert slope == pytest.approx(expected)


def test_noise_of_months_has_one_spread_and_the_correlation_asked_for(path):
    within = path.prior.within_year
    covariance = path.noise_map @ path.noise_map.T
    np.testing.assert_allclose(np.diag(covariance), within.noise_sd**2, rtol=1e-9)
    np.testing.assert_allclose(
        np.diag(covariance, 1), within.noise_ar * within.noise_sd**2, rtol=1e-9
    )


def test_common_effects_beyond_the_panel_have_the_variance_that_the_prior_states():
    common = Common(2020, (0.1, 0.4), (0.1, 0.2), 0.2, 0.5)
    mean, factor = chained_effects(common, range(2020, 2025))
    for i, year in enumerate(range(2020, 2025)):
        stated_mean, stated_sd = common.at(year)
        assert mean[i] == pytest.approx(stated_mean)
        assert np.sqrt((factor[i] ** 2).sum()) == pytest.approx(stated_sd)


def test_a_path_with_a_register_is_walked_back_from_its_first_count(facts, observed):
    total = ("equals", "total", "2022-01-01/2022-06-30", 1000)
    stock = ("equals", "stock", "2022-12-31/2022-12-31", 500, {"measure": "ev_stock"})

    def path(*rows):
        told = observed(facts(*rows))
        return path_of(Prior(latest=-4.0), None, told, (2022, 2023), 0, ())

    alone, both = path(total), path(total, stock)
    assert alone.start.log_odds == -4.0
    assert alone.start.log_size == pytest.approx(np.log(1000 * 365 / 181))
    assert alone.start.of_flow
    assert (alone.first_year, both.first_year) == (2022, 2022 - WALKED_BACK)
    assert both.start == alone.start


def test_a_path_that_goes_on_keeps_each_agencys_drift():
    path = LatentPath(Prior(), 2020, 2022, Start(), bases=2, drifts=[(0, 2020), (1, 2021)])
    far = path.reaching(2025)
    x = np.random.default_rng(0).standard_normal(path.width)
    further = np.zeros(far.width)
    further[far.columns_of(path)] = x
    for basis in (0, 1):
        np.testing.assert_allclose((far.offset(basis) @ further)[:3], path.offset(basis) @ x)
