"""Practice: synthetic truth recovered, faults of real panels flagged, spread by horizon."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.demand.parameters import load_parameters
from forecasting.panels.charger_panel import (
    CHARGER_COLUMNS,
    charger_panel,
    estimate_practice,
)
from forecasting.panels.practice import NORMAL_80, Practice, practice_error, practice_points
from forecasting.vocabulary.errors import AssumptionError, EvidenceError


def learned(panel):
    return estimate_practice(charger_panel(panel))


@pytest.mark.slow
def test_the_elasticity_of_synthetic_markets_is_recovered(charger_counts):
    assert learned(charger_counts(0.7)).elasticity == pytest.approx(0.7)
    noisy = learned(charger_counts(0.7, noise=0.1, markets=20))
    assert noisy.elasticity == pytest.approx(0.7, abs=0.03)
    assert noisy.spread[0] == pytest.approx(0.1 * np.sqrt(2), rel=0.25)


@pytest.mark.slow
def test_recounts_and_stale_years_hardly_move_it(charger_counts):
    panel = charger_counts(0.7, markets=15)
    counts = ["public_fast_points", "public_slow_points"]
    for m in range(4):
        rows = panel.index[panel["market"] == f"M{m}"]
        panel.loc[rows[6:], counts] *= 3.5  # a recount
        # A year that was not updated
        panel.loc[rows[9], counts] = panel.loc[rows[8], counts].to_numpy()
    assert learned(panel).elasticity == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        (
            lambda panel: panel.drop(columns="stock_bev"),
            r"the panel lacks stock_bev; it has market",
        ),
        (lambda panel: pd.concat([panel, panel.head(1)]), r"the panel holds M0 2012 twice"),
        (
            lambda panel: panel.assign(stock_bev=-1.0),
            r"5, 6 stock_bev: '-1.0' is not a count",
        ),
        (
            lambda panel: panel[panel["market"].isin(["M0", "M1"])],
            r"2 markets have counts of points five years apart; give at least 3",
        ),
    ],
)
def test_a_panel_that_cannot_teach_says_why(charger_counts, faulty, message):
    with pytest.raises(EvidenceError, match=message):
        learned(faulty(charger_counts()))


def test_the_parameter_that_ships_is_the_estimate_that_ships():
    row, shipped = load_parameters()["practice_elasticity"], Practice.shipped()
    assert row.mode == pytest.approx(shipped.elasticity, abs=5e-4)
    assert row.low <= shipped.elasticity - 2 * shipped.elasticity_error
    assert row.high >= shipped.elasticity + 2 * shipped.elasticity_error


def test_the_spread_grows_with_the_horizon_and_shrinks_with_the_count():
    shipped = Practice.shipped()
    horizons = shipped.spread_at(np.array([0.0, 0.5, 1, 2, 3, 5, 10]))
    assert np.all(np.diff(horizons) > 0)
    assert horizons[2] == pytest.approx(shipped.spread[0])
    assert shipped.size_slope > 0  # where few points stand, it is wider


def test_paths_have_the_spread_of_their_horizon():
    shipped = Practice.shipped()
    today = (2024.0, np.full(20_000, 3000.0))
    error = practice_error(np.random.default_rng(3), 20_000, range(2023, 2029), today)
    low, high = np.quantile(error, (0.1, 0.9), axis=0)
    assert (high - low) / 2 == pytest.approx(
        NORMAL_80 * shipped.spread_at(np.arange(6.0)), rel=0.03, abs=1e-12
    )


def test_todays_count_is_met_today_and_more_vehicles_never_have_fewer_points():
    stock = np.array([[1e4, 2e4, 3e4]])
    twice = stock * np.array([1.0, 1.5, 2.0])
    today = (2025.0, np.array([900.0]))
    paths = [
        practice_points(s, [2024, 2025, 2026], np.array([0.7]), 0.1, today) for s in (stock, twice)
    ]
    assert paths[0][0, 0] == pytest.approx(900 * np.exp(0.1))
    assert np.all(paths[1] >= paths[0] - 1e-9)


def test_without_a_count_the_level_is_pooled_and_wide():
    stock = np.full((5000, 1), 50_000.0)
    error = practice_error(np.random.default_rng(1), 5000, [2024])
    points = practice_points(stock, [2024], np.full(5000, 0.7), error)[:, 0]
    low, high = np.quantile(points, [0.1, 0.9])
    assert high / low > 5
    assert 1000 < np.median(points) < 10_000


def reached(count, years=range(2024, 2031)):
    stock = 4000 * 1.4 ** np.arange(len(years)) * np.ones((5000, 1))
    today = (2024.0 + 1, np.full(5000, float(count)))
    error = practice_error(np.random.default_rng(2), 5000, years, today)
    return practice_points(stock, years, np.full(5000, 0.699), error, today)


def test_a_tiny_count_widens_the_interval_and_is_pulled_to_the_level_of_other_markets():
    tiny, usual = reached(30), reached(3000)
    assert tiny[:, 0] == pytest.approx(30)  # what was counted is kept
    wide = [
        np.subtract(*np.quantile(np.log(points[:, -1]), [0.9, 0.1])) for points in (tiny, usual)
    ]
    assert wide[0] > 1.5 * wide[1]
    shipped, grown = Practice.shipped(), 1.4 ** (6 * 0.699)
    share = 1 - np.exp(-6 * shipped.catch_up)
    level = np.exp(shipped.level) * 4000**shipped.level_slope
    assert np.median(tiny[:, -1]) == pytest.approx(30 * grown * (level / 30) ** share, rel=0.06)
    assert np.median(usual[:, -1]) == pytest.approx(
        3000 * grown * (level / 3000) ** share, rel=0.06
    )


def test_a_year_of_fast_growth_goes_on_in_part_and_a_recount_does_not():
    stock, years, today = np.full((1, 3), 1e4), [2024, 2025, 2026], (2025.0, np.array([900.0]))
    still = Practice(**{**vars(Practice.shipped()), "catch_up": 0.0})
    plain, fast, recount = (
        practice_points(stock, years, np.array([0.7]), 0.0, today, still, own_growth=own)
        for own in (None, 0.4, 3.0)
    )
    assert plain[0] == pytest.approx([900, 900, 900])
    assert fast[0] == pytest.approx(900 * np.exp(still.own_weight * 0.4 * np.array([0, 1, 1])))
    assert recount[0, 1] == pytest.approx(900 * np.exp(still.own_weight * 0.5))


@pytest.mark.slow
def test_the_weight_of_ones_own_growth_is_learned():
    rng, rows = np.random.default_rng(6), []
    for m in range(30):
        stock = 3000 * np.exp(np.cumsum(rng.uniform(0.2, 0.4, 14)))
        own, grown = 0.2, []
        for step in np.diff(np.log(stock), prepend=np.log(stock[0])):
            own = 0.5 * own + 0.5 * 0.7 * step + rng.normal(0, 0.1)
            grown.append(own)
        points = 500 * np.exp(np.cumsum(grown))
        rows += [
            (f"M{m}", 2010 + y, s, 0.0, p * 0.2, p * 0.8)
            for y, (s, p) in enumerate(zip(stock, points, strict=True))
        ]
    assert learned(pd.DataFrame(rows, columns=list(CHARGER_COLUMNS))).own_weight == pytest.approx(
        0.45, abs=0.15
    )


@pytest.mark.slow
def test_markets_that_catch_up_are_seen_to(charger_counts):
    rng = np.random.default_rng(4)
    rows = []
    for m in range(30):
        stock = 3000 * np.exp(np.cumsum(rng.uniform(0.2, 0.5, 13)))
        gap = rng.normal(0, 1) * np.exp(-0.12 * np.arange(13))
        points = 0.4 * stock**0.85 * np.exp(-gap)
        rows += [
            (f"M{m}", 2012 + y, s, 0.0, p * 0.2, p * 0.8)
            for y, (s, p) in enumerate(zip(stock, points, strict=True))
        ]
    panel = pd.DataFrame(rows, columns=list(CHARGER_COLUMNS))
    assert learned(panel).catch_up == pytest.approx(0.12, abs=0.03)
    assert learned(charger_counts(0.7)).catch_up == 0


def test_no_vehicles_no_points():
    points = practice_points(np.zeros((2, 2)), [2024, 2025], np.full(2, 0.7))
    assert np.all(points == 0)


def test_a_negative_count_is_refused():
    with pytest.raises(AssumptionError, match=r"charging_today = -3 points; it must be 0 or more"):
        practice_points(np.ones((1, 1)), [2024], np.ones(1), today=(2025.0, np.array([-3.0])))


@pytest.mark.slow
def test_a_market_counts_alike_however_long_it_was_counted(charger_counts):
    """Four markets have most pairs of counts, five have fewer years: the five are more markets."""
    long = charger_counts(0.9, markets=4, years=range(2010, 2025))
    short = charger_counts(0.6, markets=5, years=range(2017, 2025))
    short["market"] = "S" + short["market"]
    assert len(long) > len(short)
    assert learned(pd.concat([long, short])).elasticity == pytest.approx(0.6, abs=0.01)


@pytest.mark.slow
def test_years_in_which_all_markets_err_together_widen_the_spread(charger_counts):
    calm, shaken = (charger_counts(0.7, markets=20, noise=0.05) for _ in range(2))
    counts = ["public_fast_points", "public_slow_points"]
    own = np.random.default_rng(1).normal(0, 0.3, 14)
    shaken[counts] *= np.exp(own[shaken["year"] - 2012])[:, None]
    spread = {
        name: learned(panel).spread[0] for name, panel in (("calm", calm), ("shaken", shaken))
    }
    shift = np.quantile(np.abs(np.diff(own)), 0.8) / NORMAL_80
    assert spread["shaken"] > 1.1 * shift
    assert spread["calm"] < 0.15


def test_the_spread_beyond_the_last_horizon_grows_on_as_to_it():
    rule = replace(Practice.shipped(), horizons=(1.0, 2.0), spread=(0.1, 0.3))
    np.testing.assert_allclose(
        rule.spread_at(np.array([-1.0, 0.5, 1.0, 1.5, 2.0, 4.0])) ** 2,
        [0, 0.005, 0.01, 0.05, 0.09, 0.18],
    )


def test_without_a_count_a_whole_path_is_off_by_the_spread_of_levels():
    rule = replace(Practice.shipped(), level_spread=0.5)
    error = practice_error(np.random.default_rng(2), 5, [2025, 2026], practice=rule)
    np.testing.assert_allclose(
        error, 0.5 * np.random.default_rng(2).standard_normal((5, 1)) * np.ones(2)
    )


def test_few_points_and_years_ahead_bring_the_level_of_markets_in():
    """At 100 points, size 30 to the power 0.5; at 400 a quarter of what a count does not tell."""
    rule = replace(
        Practice.shipped(),
        **{"horizons": (1.0,), "spread": (0.2,), "size_slope": 0.5},
        **{"level_spread": 0.4, "catch_up": 0.1},
    )
    points = np.array([100.0, 400.0])
    error = practice_error(
        np.random.default_rng(2), 2, [2024, 2025], (2025.0, points), practice=rule
    )
    rng = np.random.default_rng(2)
    market, years = rng.standard_normal(2), rng.standard_normal((2, 2)).T
    size = (points / 3000) ** -0.5
    gap = 1 - np.exp(-0.1)
    expected = 0.2 * years[:, 1] * size + gap * np.array([1, 0.25]) * 0.4 * market
    np.testing.assert_allclose(error, np.column_stack([np.zeros(2), expected]))
