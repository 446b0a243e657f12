"""The within-year pattern: synthetic truth recovered, years with gaps left out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.growth.prior import POSITION, WithinYear
from forecasting.panels import seasons
from forecasting.panels.seasons import estimate_within_year

PATTERN = np.array([-0.3, -0.2, 0.2, -0.1, 0.0, 0.3, -0.1, -0.1, 0.2, 0.0, 0.1, 0.4])


def registrations(
    markets, years, seed=0, *, noise_sd=0.1, noise_ar=0.5, pattern_sd=0.05, slope_sd=0.1, tilt=0.6
):
    """Months that a market of the model prints: years that grow, each tilted by its growth."""
    rng, rows = np.random.default_rng(seed), []
    for market in range(markets):
        own = PATTERN + pattern_sd * rng.standard_normal(12)
        growth = rng.normal(0.4, 0.4, years + 1)
        total = 1e5 * np.exp(np.cumsum(growth))
        noise = np.zeros(12 * years)
        for i in range(1, 12 * years):
            noise[i] = noise_ar * noise[i - 1] + np.sqrt(1 - noise_ar**2) * rng.standard_normal()
        for y in range(years):
            slope = tilt * growth[y] + 0.2 * growth[y + 1] + slope_sd * rng.standard_normal()
            part = np.exp(own + slope * POSITION + noise_sd * noise[12 * y : 12 * y + 12])
            for k in range(12):
                rows.append(
                    (f"m{market}", f"{2010 + y}-{k + 1:02d}", total[y] * part[k] / part.sum())
                )
    return pd.DataFrame(rows, columns=["market", "month", "registrations"])


def test_recovers_pattern_slopes_and_spreads():
    within = estimate_within_year(registrations(30, 8))
    centred = np.array(within.pattern) - np.mean(within.pattern)
    np.testing.assert_allclose(centred, PATTERN - PATTERN.mean(), atol=0.06)
    assert within.noise_sd == pytest.approx(0.1, abs=0.015)
    assert within.pattern_sd == pytest.approx(0.05, abs=0.03)
    assert within.slope_on_growth == pytest.approx(0.6, abs=0.05)
    # Between the belief of 0.1, which is narrow, and the truth of 0.2
    assert 0.1 < within.slope_on_next < 0.2
    assert "30 markets" in within.source


@pytest.mark.parametrize("noise_ar", [0.3, 0.5])
def test_recovers_how_months_hang_together(noise_ar):
    within = estimate_within_year(registrations(30, 8, noise_ar=noise_ar))
    assert within.noise_ar == pytest.approx(noise_ar, abs=0.12)
    assert within.slope_sd == pytest.approx(0.1, abs=0.06)  # beyond what the noise alone tilts


def test_mean_factor_of_the_pattern_is_one():
    within = estimate_within_year(registrations(5, 4, seed=1))
    assert np.mean(np.exp(within.pattern)) == pytest.approx(1.0)


def test_few_years_are_drawn_towards_the_default():
    one = estimate_within_year(registrations(1, 3, seed=2))
    many = estimate_within_year(registrations(30, 8, seed=2))
    default = WithinYear()
    assert abs(one.noise_sd - default.noise_sd) < abs(many.noise_sd - default.noise_sd)


@pytest.mark.parametrize(("years", "left"), [(2, 0.95), (40, 0.2)])
def test_even_years_wear_down_the_belief_in_closings(years, left):
    seen = [
        (f"m{y // 4}", f"{1980 + y}-{k:02d}", 100.0) for y in range(years) for k in range(1, 13)
    ]
    even = pd.DataFrame(seen)
    pattern = estimate_within_year(
        even.set_axis(["market", "month", "registrations"], axis=1)
    ).pattern
    assert np.ptp(pattern) < left * np.ptp(WithinYear().pattern)
    assert pattern[2] > pattern[1]  # March stays above February


def test_years_with_a_gap_or_a_zero_do_not_count():
    months = registrations(4, 5, seed=3)
    whole = estimate_within_year(months)
    broken = months[months["month"].str[:4] == "2014"].assign(market="broken")
    broken.loc[broken.index[3], "registrations"] = np.nan
    zero = months[months["month"].str[:4] == "2013"].assign(market="zero")
    zero.loc[zero.index[:5], "registrations"] = 0.0
    one_gap = broken[broken["month"] != "2014-07"]
    assert estimate_within_year(pd.concat([months, one_gap])) == whole
    zeros_alone = zero.groupby("month").head(1)
    assert estimate_within_year(pd.concat([months, zeros_alone])) == whole


def test_nothing_to_learn_from_is_the_default():
    months = registrations(1, 1)
    assert estimate_within_year(months[months["month"] != "2010-05"]) == WithinYear()


def test_a_round_of_markets_of_one_kind_is_by_hand():
    """Each sum written out: the defaults count as 40 months, 6 years and 4 markets."""
    default = replace(WithinYear(), own_seasons=((1.0, 1.0),), steadiness=((1.0, 1.0),))
    residual = np.random.default_rng(4).normal(0, 0.2, (5, 12))
    markets = seasons._Markets(residual, np.array(["a", "b", "a", "b", "b"]), default)
    rows = [residual[[0, 2]], residual[[1, 3, 4]]]
    means = [part.mean(axis=0) for part in rows]
    squares = sum(((part - mean) ** 2).sum() for part, mean in zip(rows, means, strict=True))
    noise = (squares + 40 * default.noise_sd**2) / (10 * 1 + 10 * 2 + 40)
    assert markets.noise_sd == pytest.approx(np.sqrt(noise))
    markets.update()
    assert markets.noise_sd == pytest.approx(np.sqrt(noise))
    spread = default.pattern_sd**2
    told = [noise / years for years in (2, 3)]
    weights = [noise / (spread + variance) for variance in told]
    level = np.subtract(default.pattern, np.mean(default.pattern))
    prior = level - level @ POSITION / (POSITION @ POSITION) * POSITION
    pattern = (weights[0] * means[0] + weights[1] * means[1] + 6 * prior) / (sum(weights) + 6)
    np.testing.assert_allclose(markets.pattern, pattern)
    square = 4 * spread
    for mean, variance in zip(means, told, strict=True):
        distance = ((mean - prior) ** 2).sum() / 10
        square += (spread / (spread + variance)) ** 2 * distance
        square += spread * variance / (spread + variance)
    assert markets.pattern_sd == pytest.approx(np.sqrt(square / (2 + 4)))


def test_months_that_follow_each_other_are_correlated_by_hand():
    markets = seasons._Markets(np.zeros((2, 12)), np.array(["a", "a"]), WithinYear())
    assert markets.noise_ar() == pytest.approx((2 / 12) / (1 - 4 / 12))
    markets.departures = np.array([[1.0, 2.0, 0.0, 1.0]])
    assert markets.noise_ar() == pytest.approx((2 / 6 + 2 / 12) / (1 - 4 / 12))
    markets.departures = np.array([[1.0, 1.0, 1.0, 1.0]])
    assert markets.noise_ar() == 0.9
    markets.departures = np.array([[1.0, -1.0, 1.0, -1.0]])
    assert markets.noise_ar() == 0


def test_slopes_are_those_of_ridge_regression_about_the_default():
    """As least squares with three more rows, one for what is believed of each coefficient."""
    default = WithinYear()
    growth = np.array([[0.1, 0.4], [0.5, 0.2], [np.nan, 0.1], [0.3, 0.9], [-0.2, 0.0]])
    slopes = np.array([0.1, 0.3, 9.0, 0.5, -0.1])
    beta, spread = seasons._slopes(slopes, growth, default)
    has_growth = [0, 1, 3, 4]
    design = np.column_stack([growth[has_growth], np.ones(4)])
    beliefs = np.diag(default.slope_sd / np.array([0.25, 0.03, 0.5]))
    constant = np.subtract(default.pattern, np.mean(default.pattern)) @ POSITION
    prior = [default.slope_on_growth, default.slope_on_next, constant / (POSITION @ POSITION)]
    expected = np.linalg.lstsq(
        np.vstack([design, beliefs]),
        np.concatenate([slopes[has_growth], beliefs @ prior]),
        rcond=None,
    )[0]
    np.testing.assert_allclose(beta, expected)
    squares = ((slopes[has_growth] - design @ expected) ** 2).sum()
    assert spread == pytest.approx(np.sqrt((squares + 4 * default.slope_sd**2) / (4 + 4)))
