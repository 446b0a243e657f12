"""The backtest of charging points: synthetic markets, missing counts, a market left out."""

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.chargers import charger_skill, summarise_chargers
from forecasting.vocabulary.errors import EvidenceError

pytestmark = pytest.mark.slow

COLUMNS = ["market", "year", "stock_bev", "stock_phev", "public_fast_points", "public_slow_points"]


def markets(count=16, elasticity=0.7, noise=0.12, seed=0, prefix="M", years=range(2011, 2025)):
    rng = np.random.default_rng(seed)
    rows = []
    for m in range(count):
        stock = 2000 * np.exp(np.cumsum(rng.uniform(0.15, 0.6, len(years))))
        walk = np.cumsum(noise * rng.standard_normal(len(years)))
        points = 400 * (stock / stock[0]) ** elasticity * np.exp(walk)
        rows += [
            (f"{prefix}{m}", y, s, 0.0, p * 0.2, p * 0.8)
            for y, s, p in zip(years, stock, points, strict=True)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.fixture
def few():
    return markets(4, years=range(2017, 2025))


@pytest.fixture(scope="module")
def scores():
    return summarise_chargers(charger_skill(markets(10, noise=0.08))).reset_index()


def test_three_methods_at_three_horizons(scores):
    assert list(scores.columns) == [
        "horizon",
        "n",
        "method",
        "median_ale",
        "mean_ale",
        "mape",
        "in80",
    ]
    assert scores[["horizon", "method"]].values.tolist() == [
        [horizon, method]
        for horizon in (1, 3, 5)
        for method in ("practice", "constant ratio", "drift")
    ]
    assert scores.groupby("horizon")["n"].nunique().tolist() == [1, 1, 1]
    assert scores["n"].iloc[0] == 10 * 13


@pytest.mark.parametrize("counted", ["no column", "no cell"])
def test_plug_in_hybrids_that_nobody_counted_are_none(few, counted, tmp_path):
    panel = few.assign(stock_phev=None)
    if counted == "no column":
        panel = panel.drop(columns="stock_phev")
    panel.to_csv(tmp_path / "panel.csv", index=False)
    pd.testing.assert_frame_equal(charger_skill(tmp_path / "panel.csv"), charger_skill(few))


def test_where_points_grow_less_than_vehicles_practice_wins_more_the_farther_ahead(scores):
    table = scores.pivot_table(index="horizon", columns="method", values="median_ale")
    ratio = table["practice"] / table["constant ratio"]
    assert (ratio <= 0.75).all()
    assert ratio[5] < ratio[1]


def test_intervals_hold_four_in_five_on_markets_never_seen():
    table = charger_skill(markets(24, seed=3, prefix="T"), markets(24, seed=4))
    scores = summarise_chargers(table)
    practice = scores[scores["method"] == "practice"]
    assert practice["in80"].between(0.72, 0.88).all()


def test_a_perfect_rule_has_no_error():
    errors = charger_skill(markets(6, noise=0.0))
    assert errors.loc[errors["method"] == "practice", "ale"].max() < 1e-9


def test_a_market_never_teaches_itself():
    panel = markets(6)
    odd = panel["market"] == "M0"
    panel.loc[odd, ["public_fast_points", "public_slow_points"]] *= np.exp(
        np.linspace(0, 4, odd.sum())[:, None] * [1, 1]
    )
    without = panel[~odd]
    alone = charger_skill(panel[odd], without)
    both = charger_skill(panel[odd], panel)
    pd.testing.assert_frame_equal(alone, both)


def test_a_missing_fast_count_is_not_zero():
    panel = markets(6, noise=0.0)
    panel.loc[(panel["market"] == "M1") & (panel["year"] < 2016), "public_fast_points"] = np.nan
    errors = charger_skill(panel)
    assert errors[errors["market"] == "M1"]["year"].min() == 2016
    assert errors.loc[errors["method"] == "practice", "ale"].max() < 1e-9


def test_falls_and_repeats_are_kept_and_flagged():
    panel = markets(6)
    at = panel.index[(panel["market"] == "M2") & (panel["year"] == 2018)][0]
    counts = ["public_fast_points", "public_slow_points"]
    panel.loc[at, counts] = panel.loc[at - 1, counts]
    panel.loc[at + 1, counts] = panel.loc[at, counts] * 0.6
    scores = summarise_chargers(charger_skill(panel))
    faults = scores.attrs["faults"].set_index(["market", "year"])["fault"]
    assert faults[("M2", 2018)] == "repeat"
    assert faults[("M2", 2019)] == "fall"
    assert scores["n"].iloc[0] == 6 * 13


def test_a_panel_that_cannot_be_scored_says_why(tmp_path):
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(EvidenceError, match=r"empty\.csv"):
        charger_skill(tmp_path / "empty.csv")
    with pytest.raises(EvidenceError, match="no market has fast and slow points in two years"):
        charger_skill(markets(4, years=range(2020, 2021)))
    with pytest.raises(EvidenceError, match="the panel lacks public_fast_points"):
        charger_skill(markets(4).drop(columns="public_fast_points"))
