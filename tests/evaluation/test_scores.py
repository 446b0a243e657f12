"""Scores against another package's and against integrals of their own."""

import numpy as np
import pandas as pd
import pytest
import scoringrules
from hypothesis import given, settings, strategies as st
from scipy import stats

from forecasting.evaluation.scores import (
    SCORE_LEVELS,
    clustered_mean,
    judged,
    weighted_interval_score,
)

QUICK = settings(max_examples=40)


@QUICK
@given(st.integers(0, 10_000))
def test_weighted_interval_score_is_that_of_scoringrules(seed):
    rng = np.random.default_rng(seed)
    quantiles, outcome = np.sort(rng.normal(0, 2, 7)), rng.normal(0, 3)
    # over a median and central intervals, the score is the mean of twice the quantile scores
    # (Bracher et al. 2021)
    other = np.mean(
        [
            2 * scoringrules.quantile_score(outcome, q, level)
            for q, level in zip(quantiles, SCORE_LEVELS, strict=True)
        ]
    )
    assert float(weighted_interval_score(quantiles, outcome)) == pytest.approx(float(other))


def test_a_certain_right_forecast_scores_nothing_and_a_wrong_one_its_error():
    assert weighted_interval_score(np.full(7, 2.0), 2.0) == 0.0
    assert weighted_interval_score(np.full(7, 2.0), 5.0) == pytest.approx(3.0)


def test_scores_of_many_cases_at_once():
    quantiles = np.sort(np.random.default_rng(0).normal(size=(4, 3, 7)), axis=-1)
    outcomes = np.zeros((4, 3))
    table = weighted_interval_score(quantiles, outcomes)
    assert table.shape == (4, 3)
    assert table[2, 1] == pytest.approx(float(weighted_interval_score(quantiles[2, 1], 0.0)))


def test_the_true_distribution_scores_best():
    outcomes = np.random.default_rng(0).normal(size=4000)

    def mean(centre, spread):
        return weighted_interval_score(
            np.tile(stats.norm.ppf(SCORE_LEVELS, centre, spread), (4000, 1)), outcomes
        ).mean()

    assert mean(0, 1) < min(mean(0.3, 1), mean(0, 0.6), mean(0, 1.6))


@pytest.mark.parametrize(("name", "share"), [("in80", 0.8), ("in95", 0.95)])
def test_an_interval_holds_what_it_should(name, share):
    outcomes = np.exp(np.random.default_rng(1).normal(size=8000))
    quantiles = np.exp(stats.norm.ppf(SCORE_LEVELS))
    held = [judged(quantiles, outcome)[name] for outcome in outcomes]
    assert np.mean(held) == pytest.approx(share, abs=0.015)


def test_an_interval_counts_both_its_ends():
    quantiles = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    assert judged(quantiles, 6.0)["in80"]
    assert not judged(quantiles, 6.01)["in80"]
    assert judged(quantiles, 1.0)["in95"]
    assert not judged(quantiles, 0.99)["in95"]


def test_clustered_error_knows_that_cases_of_a_market_are_alike():
    rng = np.random.default_rng(3)
    own = np.repeat(rng.normal(size=200), 10)
    values = 5 + own + 0.1 * rng.normal(size=2000)
    cases = pd.DataFrame({"market": np.repeat(np.arange(200), 10), "scored": 0})
    mean = clustered_mean(pd.Series(values), cases)
    assert mean.mean == pytest.approx(values.mean())
    assert mean.error == pytest.approx(1 / np.sqrt(200), rel=0.15)
    alone = clustered_mean(pd.Series(values), cases.assign(market=np.arange(2000)))
    assert alone.error == pytest.approx(values.std(ddof=1) / np.sqrt(2000), rel=1e-3)
    assert np.isnan(clustered_mean(pd.Series([1.0, 0.0]), cases[:2]).error)


def test_an_error_clustered_twice_is_that_of_markets_and_of_years_less_that_of_their_cells():
    rng = np.random.default_rng(5)
    market = np.repeat(np.arange(60), 40)
    year = np.tile(np.arange(40), 60)
    values = pd.Series(
        rng.normal(size=60)[market] + 2 * rng.normal(size=40)[year] + rng.normal(size=2400)
    )
    cases = pd.DataFrame({"market": market, "scored": year})
    both = clustered_mean(values, cases)
    assert both.error == pytest.approx(np.sqrt(1 / 60 + 4 / 40), rel=0.25)
    one = [
        clustered_mean(values, pd.DataFrame({"market": names, "scored": 0})).error
        for names in (market, year, np.arange(2400))
    ]
    assert both.error**2 == pytest.approx(one[0] ** 2 + one[1] ** 2 - one[2] ** 2)
    # One year tells nothing
    assert clustered_mean(values, cases.assign(scored=0)).error == one[0]
