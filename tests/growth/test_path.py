"""The latent path: its gradient, its years and months, its walk against a recursion that makes
nothing linear.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.growth.common import Common
from forecasting.growth.extrapolation import _next_common
from forecasting.growth.path import LatentPath, Start, from_reference, shock_scale
from forecasting.growth.prior import RANGE, Prior
from forecasting.growth.starting import path_of
from forecasting.growth.within_year import POSITION

QUICK = settings(deadline=None, derandomize=True, max_examples=15)


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


@pytest.mark.parametrize(("seed", "begins"), [(0, 2020), (1, 2022)])
def test_gradient_is_the_difference_quotient(path, seed, begins):
    path = LatentPath(path.prior, 2020, 2024, replace(path.start, year=begins), path.sizes, bases=2)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(path.width)
    flows, gradient = path.gradient(x)
    step = 1e-6
    moved = x + step * np.concatenate([np.eye(path.width), -np.eye(path.width)])
    logs = np.log(path.flows(moved))
    quotient = (logs[: path.width] - logs[path.width :]).T / (2 * step)
    np.testing.assert_allclose(gradient, quotient, atol=2e-8)
    np.testing.assert_allclose(flows, path.flows(x[None])[0])


@QUICK
@given(seed=st.integers(0, 10_000), spread=st.floats(0.1, 3.0))
def test_months_sum_to_their_years(seed, spread):
    path = LatentPath(Prior.shipped(), 2021, 2023, Start(log_size=11.0))
    x = spread * np.random.default_rng(seed).standard_normal((4, path.width))
    log_odds, log_totals = path.totals(x)
    flows = path.flows(x)[:, :-1]
    assert (flows > 0).all()
    np.testing.assert_allclose(flows.reshape(4, 3, 12).sum(axis=2), np.exp(log_totals), rtol=1e-10)
    size = path.size_mean + x @ path.size_map.T
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
    x, _, _ = coordinates(path, np.random.default_rng(3), 20)
    np.testing.assert_allclose(path.totals(x)[0], walk_of(path, x)[0], atol=1e-9)


def test_back_from_its_start_the_walk_makes_the_same_steps():
    """Years before the start move nothing after it, and each differs from the next by the growth
    that it leads to.
    """
    prior, start = Prior.shipped(), Start(log_odds=-4.0, year=2022)
    late, whole = (LatentPath(prior, first, 2025, start) for first in (2022, 2018))
    np.testing.assert_allclose(
        whole.totals(np.zeros((1, whole.width)))[0][0, 4:],
        late.totals(np.zeros((1, late.width)))[0][0],
    )
    x = np.random.default_rng(5).standard_normal((1, whole.width))
    z, growth = whole.totals(x)[0][0], whole.common_effects
    for y in range(1, 5):
        common = growth[0][y] + growth[1][y] @ x[0, whole.at_["common"]]
        level = prior.level + prior.level_sd * x[0, whole.at_["level"].start] + common
        slope = prior.slope + prior.slope_sd * x[0, whole.at_["slope"].start]
        distance = np.clip(z[y], *RANGE) - prior.reference
        shock = shock_scale(prior, distance) * x[0, whole.at_["shock"].start + y]
        assert z[y] - z[y - 1] == pytest.approx(level + slope * distance + shock)


def test_known_size_of_a_market_is_met_as_well_as_it_is_known(path):
    variance = (path.size_map**2).sum(axis=1)
    at = 2022 - path.first_year
    assert path.size_mean[at] == pytest.approx(11.2, abs=0.01)
    assert np.sqrt(variance[at]) == pytest.approx(0.05, rel=0.01)
    assert variance[0] > variance[1] > variance[at] < variance[3] < variance[4]


def test_size_without_a_known_year_walks_from_the_start():
    prior = Prior.shipped()
    path = LatentPath(prior, 2021, 2023, Start(log_size=9.0, log_size_sd=0.3))
    variance = (path.size_map**2).sum(axis=1)
    assert path.size_mean[0] == pytest.approx(9.0)
    steps = [prior.size_sd**2 + prior.size.at(y)[1] ** 2 for y in (2022, 2023)]
    np.testing.assert_allclose(variance, 0.09 + np.cumsum([0.0, *steps]), rtol=1e-6)


def test_even_pattern_without_growth_is_an_even_year():
    path = LatentPath(Prior(), 2021, 2022, Start())
    flows = path.laid_on_months(np.full((1, 2), np.log(1200.0)), np.zeros((1, 24)))
    np.testing.assert_allclose(flows, 100.0)


def test_growth_tilts_the_year_as_far_as_the_pattern_says():
    path = LatentPath(Prior(), 2021, 2023, Start())
    within = path.prior.within_year
    logs = np.log([[1000.0, 2000.0, 6000.0]])
    flows = path.laid_on_months(logs, np.zeros((1, 36)))
    slope = within.slope_on_growth * np.log(2.0) + within.slope_on_next * np.log(3.0)
    second = np.log(flows[0, 12:24])
    np.testing.assert_allclose(second - second.mean(), slope * POSITION, atol=1e-12)


def test_noise_of_months_has_one_spread_and_the_correlation_asked_for(path):
    within = path.prior.within_year
    covariance = path.shape_map[:, path.at_["noise"]] @ path.shape_map[:, path.at_["noise"]].T
    np.testing.assert_allclose(np.diag(covariance), within.noise_sd**2, rtol=1e-9)
    # A year starts afresh
    lag_one = np.tile([*[within.noise_ar * within.noise_sd**2] * 11, 0.0], path.years)[:-1]
    np.testing.assert_allclose(np.diag(covariance, 1), lag_one, rtol=1e-9, atol=1e-12)


def test_shocks_shrink_as_share_rises_and_stop_at_the_edges():
    prior = Prior.shipped()
    scale = shock_scale(prior, from_reference(prior, np.array([-20.0, -9.0, -4.0, 1.0, 5.0])))
    assert scale[2] == pytest.approx(prior.shock_sd)
    assert scale[0] == scale[1] > scale[2] > scale[3] == scale[4]


def test_common_effects_beyond_the_path_hang_together_once_the_panel_ends():
    prior = Prior(common=Common(2020, (0.1, 0.4), (0.1, 0.2), 0.2, 0.5))
    before, unit = (
        [np.array([1.0, -1.0]), np.array([2.0, 0.5]), np.zeros(2), np.ones(2)],
        np.array([0.3, -0.6]),
    )
    assert _next_common(prior, 2021, before, unit) == pytest.approx(0.4 + 0.2 * unit)
    # Half is left, an eighth given back, later again
    kept = 0.5 * before[0] - 0.12 * before[1] - 0.12 * before[3]
    for year in (2022, 2023):
        assert _next_common(prior, year, before, unit) == pytest.approx(
            kept + 0.2 * np.sqrt(0.75) * unit
        )


def test_a_known_effect_is_given_back_though_the_path_begins_after_it():
    prior = Prior(common=Common(2020, (0.5, 0.0, 0.0), (0.1, 0.1, 0.1), 0.2, 0.0))
    mean, _ = LatentPath(prior, 2022, 2025, Start()).common_effects
    np.testing.assert_allclose(
        mean, [0.0, 0.5 * prior.echo[2], 0.5 * prior.echo[3], 0.12 * 0.12 * 0.5], atol=1e-12
    )


def test_a_path_starts_from_the_first_count_and_from_the_first_stock(facts, usable):
    total = ("equals", "total", "2022-01-01/2022-06-30", 1000)
    stock = ("equals", "stock", "2022-12-31/2022-12-31", 500)

    def start(*rows):
        told, _ = usable(facts(*rows))
        return path_of(Prior(latest=-4.0), None, told, (2022, 2023), 0, (), []).start

    alone, both = start(total), start(total, (*stock, {"measure": "ev_stock"}))
    assert (alone.log_odds, alone.log_stock) == (-4.0, 0.0)
    assert alone.log_size == pytest.approx(np.log(1000 * 365 / 181) + 4)
    assert both.log_stock == pytest.approx(np.log(500) - 1)


def test_common_effects_beyond_the_panel_have_the_variance_that_the_prior_states():
    prior = replace(Prior.shipped(), echo=())
    last = prior.common.last_year
    path = LatentPath(prior, last, last + 3, Start())
    start = np.zeros(path.width)
    walk = path._walk_gradient(start, *(of[0] for of in path._walk(start[None, :])))
    walk = walk[:, path.at_["common"]]
    # A year's log-odds pull on the next year's growth
    effects = walk[1:] - (1 + prior.slope) * walk[:-1]
    for year, row in zip(range(last + 1, last + 4), effects, strict=True):
        assert np.sqrt((row**2).sum()) == pytest.approx(prior.common.at(year)[1], rel=1e-6)
