"""The sampler against brute force: prior draws weighted by the likelihood, for facts so rough that
some draws fit.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.observation import observations_of, observed_flow
from forecasting.growth import request as request_module
from forecasting.growth.flow import forecast_flow
from forecasting.growth.likelihood import as_arrays, contrast_weights
from forecasting.growth.path import LatentPath, Start
from forecasting.growth.posterior import (
    _pools,
    _share_anew,
    resampled,
    sample,
    smoothed,
)
from forecasting.growth.prior import Prior
from forecasting.growth.request import Request
from forecasting.growth.starting import path_of
from forecasting.reporting.caveat_words import lines_of
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import year

REFERENCE = Path(__file__).parents[1] / "reference"
SIZE, BRUTE, LEVELS = 300_000.0, 120_000, (0.1, 0.25, 0.5, 0.75, 0.9)
ROUGH = {"rounding": 400.0}
PART = "2023-01-01/2023-05-31"

CASES = {
    "annual total": [("equals", "total", 2022, 2000, ROUGH)],
    "annual and part-year totals": [
        ("equals", "total", 2022, 2000, ROUGH),
        ("equals", "total", PART, 2500, {"rounding": 600.0}),
    ],
    "a bound": [("equals", "total", 2022, 2000, ROUGH), ("greater_than", "total", PART, 2000)],
    "a range": [
        ("equals", "total", 2022, 2000, ROUGH),
        ("at_least", "total", 2023, 2000),
        ("at_most", "total", 2023, 22_000),
    ],
    "growth on an unknown base": [
        ("equals", "total", PART, 2500, {"rounding": 600.0}),
        ("equals", "yoy_growth_percent", PART, 150, {"rounding": 30.0}),
    ],
    "more than last year": [
        ("equals", "total", PART, 2500, {"rounding": 600.0}),
        (
            "greater_than",
            "total",
            PART,
            np.nan,
            {"reference": "ev_imports@UZ:2022-01-01/2022-12-31"},
        ),
    ],
}


def log_likelihood(observation, monthly):
    """Of every draw, by the mixture as it is declared."""
    numerator, denominator, _ = contrast_weights(observation, 2022, monthly.shape[1])
    below = monthly @ denominator + observation.constant
    contrast = np.log(monthly @ numerator) - np.log(below)
    density = [
        math.log(w) + norm.logpdf(contrast - observation.value - m, scale=s)
        for w, m, s in observation.noise
    ]
    return logsumexp(density, axis=0)


def weighted_quantiles(values, weights, levels):
    order = np.argsort(values)
    return np.interp(levels, np.cumsum(weights[order]) / weights.sum(), values[order])


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_agrees_with_prior_draws_weighted_by_the_likelihood(case, facts, simulate, observed):
    table, prior = facts(*CASES[case]), Prior.shipped()
    observations = observed(table)
    path = path_of(prior, {2022: SIZE}, observations, (2022, 2024), 0, [])
    monthly = simulate(path, np.random.default_rng(1), BRUTE, 2025)
    logs = sum(log_likelihood(o, monthly) for o in observations)
    weights = np.exp(logs - logs.max())
    # Enough draws fit for the comparison to mean something
    assert weights.sum() ** 2 / (weights**2).sum() > 300
    asked = [year(2022), year(2023), year(2024), year(2025)]
    sizes = {2022: SIZE}
    forecast = forecast_flow(table, asked, prior, sizes, draws=16_000)
    for i, period in enumerate(asked):
        brute = weighted_quantiles(monthly[:, 12 * i : 12 * i + 12].sum(axis=1), weights, LEVELS)
        ours = forecast.quantiles(LEVELS).loc[period.label].to_numpy()
        spread = np.log(brute[-1] / brute[0])
        np.testing.assert_allclose(
            np.log(ours), np.log(brute), atol=0.12 * spread + 0.01, err_msg=period.label
        )


@pytest.fixture(scope="module")
def path():
    return LatentPath(
        Prior.shipped(),
        2021,
        2024,
        Start(log_size=math.log(SIZE), log_size_sd=1.0),
        {2022: (12.6, 0.05)},
    )


def draw(path, facts, *rows, draws=1000, seed=0):
    told = Ledger.from_frame(facts(*rows), measure=None, place=None) if rows else []
    observations = observations_of([*told])
    rng = np.random.default_rng(seed)
    said = as_arrays(observations, path, {})
    return sample(path, said, rng.standard_normal((draws, path.years)), rng)


def test_without_facts_the_draws_are_the_prior(path, facts):
    posterior = draw(path, facts, draws=4000)
    unit = posterior.x / np.sqrt(path.kind_variance[posterior.kind])
    free = np.delete(unit, np.r_[path.mixed, path.columns["common"]], axis=1)
    assert np.abs(free.mean(axis=0)).max() < 5 / math.sqrt(4000)
    np.testing.assert_allclose(free.std(axis=0), 1.0, atol=0.08)
    spread = np.quantile(posterior.x[:, path.columns["shock"]], [0.1, 0.9])
    shocks = np.random.default_rng(1).standard_t(path.prior.shock_nu, 50_000)
    np.testing.assert_allclose(spread, np.quantile(shocks, [0.1, 0.9]), rtol=0.12)
    # In each sweep of 250 chains one draw out of each of 250 equally likely ranges
    ranges = np.floor(250 * norm.cdf(posterior.x[:, path.columns["level"]].ravel())).astype(int)
    assert set(np.bincount(ranges, minlength=250)) == {4000 // 250}


@pytest.mark.slow
def test_every_round_finds_the_same_evidence():
    """Log of the mean weight, within four standard errors: a round whose weights lacked a constant
    of its own was up to e^5 off."""
    told = central_asia().select(place="UZ", measure="ev_imports", as_of="2025-06-01")
    flow = observed_flow(told, size_known=False)
    request = Request(flow, (year(2026),), Prior.shipped(), None, None, 1000, 0, place="UZ")
    prepared = request._prepared
    rng = np.random.default_rng(0)
    pools, _ = _pools(prepared.path, prepared.facts, 1000, rng)
    pool = max(pools, key=lambda pool: pool.hypothesis.components.log_evidence)
    common = rng.standard_normal((1000, prepared.path.years))
    logs, errors = [], []
    for _ in range(4):
        pool.draw(common)
        log_weight = pool.rounds[-1][3]
        weight = np.exp(log_weight - log_weight.max())
        logs.append(log_weight.max() + math.log(weight.mean()))
        errors.append(weight.std() / weight.mean() / math.sqrt(len(weight)))
    assert np.ptp(logs) < 4 * max(errors)
    assert max(errors) < 0.5


@pytest.mark.slow
def test_of_a_year_that_two_bounds_contradict_the_doubt_is_the_same_for_all_seeds(facts):
    """Chains began where one of few draws that count had put them: 0.02 to 0.59."""
    table = facts(
        ("equals", "total", 2022, 2000),
        ("equals", "total", 2023, 5000),
        ("greater_than", "total", 2023, 8000),
        ("less_than", "total", 2023, 3000),
    )
    doubted = [
        forecast_flow(table, [2024], market_size=SIZE, seed=seed).fit_table()["doubted"]
        for seed in range(8)
    ]
    scatter = np.std(doubted, axis=0)
    assert (scatter < [0.02, 0.08, 0.08, 0.08]).all()
    assert np.mean(doubted, axis=0) == pytest.approx([0.02, 0.48, 0.55, 0.53], abs=0.06)


@pytest.mark.slow
def test_what_is_expected_of_a_fact_leaves_that_fact_out(path, facts):
    rows = [("equals", "total", 2022, 2000), ("equals", "total", 2023, 3500)]
    told = draw(path, facts, *rows, draws=4000)  # of fewer, the spread hangs on the few far ones
    without = draw(path, facts, rows[0], draws=4000)
    flow = path.flows(without.x)[:, 24:36].sum(axis=1)
    assert told.expected[1] == pytest.approx(np.log(flow).mean(), abs=0.1)
    assert told.expected_sd[1] == pytest.approx(np.log(flow).std(), rel=0.35)
    for value in (700, 15_000):  # whatever the fact itself says
        surprising = draw(path, facts, rows[0], ("equals", "total", 2023, value))
        assert surprising.expected[1] == pytest.approx(told.expected[1], abs=0.15)


def test_a_fact_out_of_line_is_doubted_and_the_others_are_not(path, facts):
    rows = [("equals", "total", f"2022-{k:02d}-01/2022-{k:02d}-28", 200) for k in range(1, 13)]
    wrong = ("equals", "total", 2022, 9000)
    posterior = draw(path, facts, *rows, wrong)
    assert posterior.doubted[-1] > 0.5
    assert posterior.doubted[:-1].max() < 0.3


@pytest.mark.slow
@pytest.mark.parametrize("high", [1300, 2000, 5000, 50_000])
def test_two_totals_that_contradict_each_other_leave_it_open_which_holds(facts, high):
    rows = [("equals", "total", 2022, value) for value in (1000, high)]
    for table in (facts(*rows), facts(*rows[::-1])):
        forecast = forecast_flow(table, [year(2022)], market_size=SIZE)
        low, upper = forecast.quantiles([0.1, 0.9]).iloc[0]
        assert low == pytest.approx(1000, rel=0.05)
        assert upper == pytest.approx(high, rel=0.05)
        assert len(forecast.caveats) == 2
        assert all(
            "disagrees with the other facts" in caveat for caveat in lines_of(forecast.caveats)
        )


def test_a_total_above_the_market_is_wrong_or_the_market_is_larger(facts):
    """By prior draws weighted by the likelihood it is wrong with 0.221, and the lower tenth of the
    next year is 2,531; by one mode for both hypotheses these were 0.112 and 7,929."""
    table = facts(("equals", "total", 2022, 12_000))
    forecast = forecast_flow(table, [year(2023)], market_size={2022: 8000})
    assert forecast.diagnostics["hypotheses"] > 1
    assert forecast.fit_table()["doubted"][0] == pytest.approx(0.221, abs=0.04)
    assert 1500 < forecast.quantiles([0.1]).iloc[0, 0] < 3800


def test_facts_that_agree_have_one_hypothesis(facts):
    table = facts(("equals", "total", 2021, 809), ("equals", "total", 2022, 2180))
    forecast = forecast_flow(table, [year(2023)], market_size=SIZE, draws=200)
    assert forecast.diagnostics["hypotheses"] == 1


@pytest.mark.slow
def test_most_facts_win_in_whatever_order_they_are_told(facts, observed):
    rows = [("equals", "total", 2022, value) for value in (1000, 1005, 2000)]
    # The level being any, by the facts alone
    level = np.linspace(math.log(100), math.log(20_000), 5001)
    density = np.array(
        [
            [w * norm.pdf(level - o.value - m, scale=s) for w, m, s in o.noise]
            for o in observed(facts(*rows))
        ]
    )
    told = density.sum(axis=1).prod(axis=0)
    wrong = (told * (1 - density[:, 0] / density.sum(axis=1))).sum(axis=1) / told.sum()
    for order in ((0, 1, 2), (2, 0, 1), (0, 2, 1)):
        forecast = forecast_flow(facts(*(rows[i] for i in order)), [year(2022)], market_size=SIZE)
        near = told[level < math.log(1100)].sum() / told.sum()
        assert (forecast.totals(year(2022)) < 1100).mean() == pytest.approx(near, abs=0.005)
        doubted = forecast.fit_table()["doubted"].to_numpy()
        np.testing.assert_allclose(doubted, wrong[list(order)], atol=0.005)


@pytest.mark.slow
def test_of_very_many_facts_each_is_expected_near_where_the_others_put_it(facts):
    months = pd.period_range("2005-01", "2022-12", freq="M")
    rows = [
        (
            "equals",
            "total",
            f"{month.start_time:%Y-%m-%d}/{month.end_time:%Y-%m-%d}",
            round(20 * 1.02**i),
        )
        for i, month in enumerate(months)
    ]
    table = forecast_flow(facts(*rows), [year(2023)], market_size=SIZE, draws=200).fit_table()
    assert len(table) == 216
    assert np.abs(np.log(table["expected"] / table["value"])).max() < 0.4


def test_counts_are_met_where_no_size_of_the_market_is_known():
    ledger = central_asia().select(place="UZ", measure="ev_imports", as_of="2026-10-01")
    told = {2019: 39, 2020: 131, 2021: 809, 2022: 2180, 2024: 24_095, 2025: 56_832}
    forecast = forecast_flow(ledger, [year(y) for y in told], draws=400)
    medians = forecast.quantiles([0.5])[0.5].to_numpy()
    assert medians == pytest.approx(np.array([*told.values()]), rel=0.015)
    assert forecast.diagnostics["ess"] > 30


def test_a_sum_and_its_parts_that_contradict_each_other_leave_draws(facts):
    """What one combination of facts moves, another moves already."""
    table = facts(
        ("equals", "yoy_difference", 2023, 5000),
        ("equals", "total", 2022, 1000),
        ("about", "yoy_difference", "2023-01-01/2023-04-30", 12_000),
        ("equals", "total", "2023-05-01/2023-12-31", 2),
        ("equals", "total", 2023, 2),
        ("equals", "total", "2022-01-01/2022-04-30", 2000),
        ("equals", "yoy_growth_percent", "2023-05-01/2023-12-31", 1000),
    )
    forecast = forecast_flow(table, [year(2024)], market_size=SIZE, draws=300)
    assert np.isfinite(forecast.monthly).all()
    assert forecast.diagnostics["ess"] > 10


@pytest.mark.slow
def test_another_round_goes_to_the_hypothesis_whose_draws_count_least(facts, observed):
    stocks = [(2022, 5200), (2023, 4600)]
    rows = [("equals", "stock", f"{y}-12-31/{y}-12-31", value) for y, value in stocks]
    told = observed(facts(*rows))
    path = path_of(Prior.shipped(), {2022: 80_000.0}, told, (2022, 2024), 0, [])
    rng = np.random.default_rng(0)
    pools, _ = _pools(path, as_arrays(told, path, {}), 400, rng)
    for pool in pools:
        pool.draw(np.zeros((400, path.years)))
    _share_anew(pools, 400, rng)
    assert sorted(np.concatenate([pool.places for pool in pools])) == list(range(400))
    most = max(pools, key=lambda pool: len(pool.places))
    assert most.efficiency == pytest.approx(min(pool.efficiency for pool in pools), abs=0.05)
    assert most.log_evidence == pytest.approx(max(pool.log_evidence for pool in pools), abs=1)


def test_draws_of_which_none_has_a_weight_count_for_nothing():
    weight, tail = smoothed(np.full(100, -np.inf))
    assert not weight.any()
    assert tail == np.inf


@pytest.mark.slow
def test_the_same_generator_gives_the_same_draws(path, facts):
    rows = [
        ("equals", "total", 2022, 2000),
        ("greater_than", "total", "2023-01-01/2023-06-30", 1500),
    ]
    one, same, other = (draw(path, facts, *rows, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.x, same.x)
    assert not np.array_equal(one.x, other.x)


def test_draws_stay_where_they_are_as_far_as_their_weights_let_them():
    weight = np.array([0.1, 0.2, 0.0, 0.3, 0.0, 0.4])
    common = np.arange(6.0)
    which = resampled(weight, np.arange(6), common, np.random.default_rng(0))
    assert (which[[1, 3, 5]] == [1, 3, 5]).all()
    assert not set(which) & {2, 4}
    twice = resampled(
        np.r_[np.zeros(6), np.full(6, 1 / 6)],
        np.tile(np.arange(6), 2),
        common,
        np.random.default_rng(0),
    )
    assert twice.tolist() == [6, 7, 8, 9, 10, 11]  # of a second round, each in its own place


def test_the_largest_weights_are_smoothed():
    rng = np.random.default_rng(0)
    even, tail = smoothed(0.3 * rng.standard_normal(2000))
    assert tail < 0.5
    assert 1 / (even**2).sum() > 1700
    wild, tail = smoothed(rng.standard_exponential(2000) * 1.5)  # the variance has no end
    assert tail > 0.7
    assert wild.sum() == pytest.approx(1.0)


def test_smoothed_weights_are_those_of_another_library():
    """Made by ``benches/pareto_smoothing.py``."""
    reference = pd.read_csv(REFERENCE / "pareto_smoothing.csv")
    assert len(reference) == 9
    for case in reference.itertuples():
        exponential = -np.log1p(-(np.arange(case.count) + 0.5) / case.count)
        weight, shape = smoothed(case.scale * exponential)
        assert shape == pytest.approx(case.shape, abs=1e-12)
        logs = np.log(weight)
        assert np.median(logs) == pytest.approx(case.median_log_weight, abs=1e-12)
        assert logs.max() == pytest.approx(case.largest_log_weight, abs=1e-12)


def test_the_shape_says_that_one_draw_holds_the_weight():
    rng = np.random.default_rng(0)
    leader = np.r_[27.0, -rng.random(1999)]
    weight, tail = smoothed(leader)
    assert tail == np.inf
    assert weight[0] > 0.99
    two = np.r_[0.0, -1.0, np.full(1998, -np.inf)]
    assert smoothed(two)[1] == np.inf
    eighty = np.r_[3 * rng.standard_normal(80), np.full(1920, -1e9)]
    assert 1.0 < smoothed(eighty)[1] < np.inf
    assert smoothed(np.zeros(2000))[1] == 0.0


@pytest.fixture(scope="module")
def growth(simulate):
    """Log growth of a year's total over the one before, drawn from the prior."""
    path, rng = (
        LatentPath(
            Prior.shipped(),
            2022,
            2023,
            Start(*Prior.shipped().share_in(2022), of_flow=True),
            discrete=False,
        ),
        np.random.default_rng(0),
    )
    years = (simulate(path, rng, 50_000, 2023).reshape(-1, 2, 12).sum(axis=2) for _ in range(8))
    return np.concatenate([np.log(of[:, 1] / of[:, 0]) for of in years])


@pytest.mark.slow
@pytest.mark.parametrize("most", [500, 100])
def test_a_fall_that_nobody_expects_leaves_open_what_is_wrong(facts, observed, growth, most):
    table = facts(("equals", "total", 2022, 2180), ("at_most", "total", 2023, most))
    one, other = observed(table, discrete=False)
    # Of their components, the level being any
    density = np.zeros((len(one.noise), len(other.noise)))
    for i, (weight, _, sd) in enumerate(one.noise):
        for j, (other_weight, mean, other_sd) in enumerate(other.noise):
            left = growth + one.value - other.value - mean
            density[i, j] = (
                weight * other_weight * norm.pdf(left, scale=math.hypot(sd, other_sd)).mean()
            )
    wrong = density[1:].sum() / density.sum()
    told = [
        forecast_flow(table, [year(2023)], seed=seed).fit_table()["doubted"][0] for seed in range(3)
    ]
    assert np.mean(told) == pytest.approx(wrong, abs=0.15)


def test_facts_that_no_system_holds_are_named_with_the_next_move(facts, monkeypatch):
    def failed(*_):
        raise np.linalg.LinAlgError("the precision of the draws is not positive definite")

    monkeypatch.setattr(request_module, "sample", failed)
    told = facts(("equals", "total", 2022, 2000), ("equals", "total", 2023, 3500))
    expected = r"the facts \(fact 1, fact 2\) contradict .*; correct the number .* select\(\)"
    with pytest.raises(EvidenceError, match=expected):
        forecast_flow(told, [2024], market_size=SIZE, draws=50)


def test_facts_that_no_draw_comes_near_are_named(facts, monkeypatch):
    def nowhere(pools, log_weight):
        return np.zeros(len(log_weight)), np.inf

    monkeypatch.setattr("forecasting.growth.posterior._pooled_weight", nowhere)
    with pytest.raises(EvidenceError, match=r"\(fact 1\) contradict .*: no draw comes near what"):
        forecast_flow(facts(("equals", "total", 2022, 2000)), [2024], market_size=SIZE, draws=50)
