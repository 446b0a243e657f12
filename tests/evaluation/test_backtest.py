"""The backtest of annual forecasts: what a case holds, what peers are, what a summary says; and the
track record.
"""

import datetime as dt
import sys

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.forecasting.theta import ThetaModel

import forecasting as fc
from forecasting.evaluation import peers
from forecasting.evaluation.backtest import (
    REGRESSION,
    _origins,
    backtest_skill,
    by_group,
    summarise,
)
from forecasting.evaluation.markets import read_panel
from forecasting.evaluation.peers import NAIVE, AnalogueRegression, drift, naive, single_series
from forecasting.evaluation.records import THIS_PACKAGE
from forecasting.reporting.score_words import BACKTEST, scores_text
from forecasting.vocabulary.errors import EvidenceError

pytestmark = pytest.mark.slow

SIZE = 200_000


@pytest.fixture(scope="module")
def scored(ten_markets):
    late = ten_markets[(ten_markets["market"].isin(["m0", "m1"])) & (ten_markets["year"] >= 2016)]
    return backtest_skill(late, ten_markets[~ten_markets["market"].isin(["m0", "m1"])])


def test_a_case_sees_unbroken_years_up_to_its_origin(ten_markets):
    gap = ten_markets[(ten_markets["market"] == "m0") & (ten_markets["year"] != 2015)]
    cases = {case.origin: case for case in _origins(read_panel(gap))}
    assert 2015 not in cases
    assert 2016 not in cases  # its history starts anew after the gap, and is too short
    assert cases[2018].history.index.tolist() == [2016, 2017, 2018]
    assert cases[2018].size == pytest.approx(SIZE, rel=1e-6)
    assert set(cases[2018].outcomes) == {1, 2, 3, 5}
    assert set(cases[2022].outcomes) == {1}
    assert 2023 not in cases  # nothing after it to score


def test_a_case_keeps_the_size_last_known(ten_markets):
    hidden = ten_markets[ten_markets["market"] == "m0"].copy()
    hidden.loc[hidden["year"] >= 2017, "sales_share_percent"] = np.nan
    case = {case.origin: case for case in _origins(read_panel(hidden))}[2019]
    assert case.size == pytest.approx(SIZE, rel=1e-6)
    assert np.isnan(case.share)


def test_a_case_knows_of_each_thing_what_a_report_of_that_day_would(ten_markets):
    """Facts, market size and prior end with the origin: its successor's year has begun, and is not
    over.
    """
    panel = read_panel(ten_markets[ten_markets["year"] <= 2021])
    case = {case.origin: case for case in _origins(panel) if case.market == "m3"}[2018]
    assert case.inputs.day == dt.date(2019, 1, 1)
    assert max(fact.period.end.year for fact in case.inputs.facts) == 2018
    assert case.inputs.market.sizes.index.max() == 2018
    assert case.inputs.prior.last_year == 2018
    assert case.inputs.prior.markets == panel["market"].nunique() - 1


def test_scores_are_complete_and_sensible(scored):
    assert scored.groupby("method").size().to_dict() == {REGRESSION: 26, THIS_PACKAGE: 26}
    assert (scored["wis"] > 0).all()
    ours = scored[scored["method"] == THIS_PACKAGE]
    assert ours["wis"].mean() < 0.3
    assert ours["in95"].mean() > 0.85
    assert (ours["scored"] == ours["origin"] + ours["h"]).all()
    assert ours["share"].between(0, 1).all()
    assert (scored.loc[scored["in80"], "in95"]).all()


def test_forecasts_see_nothing_after_their_origin(ten_markets, scored):
    """With other outcomes and other markets' futures, the forecasts (hence the medians' errors) do
    not move.
    """
    late = ten_markets[(ten_markets["market"].isin(["m0", "m1"])) & (ten_markets["year"] >= 2016)]
    train = ten_markets[~ten_markets["market"].isin(["m0", "m1"])]
    cut = backtest_skill(late[late["year"] <= 2020], train[train["year"] <= 2019])
    same = scored.merge(cut, on=["method", "market", "origin", "h"])
    same = same[same["origin"] <= 2019]
    assert len(same) >= 4
    np.testing.assert_allclose(same["wis_x"], same["wis_y"])


def test_without_training_markets_each_is_left_out(ten_markets):
    few = ten_markets[
        ten_markets["market"].isin(["m0", "m1", "m2"]) & ten_markets["year"].between(2013, 2018)
    ]
    alone = backtest_skill(few)
    others = backtest_skill(few[few["market"] == "m0"], few[few["market"] != "m0"])
    mine = alone[alone["market"] == "m0"].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, others)


def test_summary_of_known_numbers():
    rows = [
        ("drift of log", "A", 2015, 1, 4, 0.4, True),
        ("drift of log", "B", 2015, 1, 9, 0.6, True),
        ("AutoETS", "A", 2015, 1, 4, 0.8, True),
        ("AutoETS", "B", 2015, 1, 9, 0.8, True),
        ("analogue regression", "A", 2015, 1, 4, 0.3, True),
        ("analogue regression", "B", 2015, 1, 9, 0.3, False),
        (THIS_PACKAGE, "A", 2015, 1, 4, 0.2, True),
        (THIS_PACKAGE, "B", 2015, 1, 9, 0.3, False),
    ]
    table = pd.DataFrame(
        rows, columns=["method", "market", "origin", "h", "years", "wis", "in80"]
    ).assign(in95=True, sales=1000, share=0.1, scored=2016)
    ours = summarise(table).loc[THIS_PACKAGE]
    assert ours[["wis", "h1", "short"]].tolist() == [0.25, 0.25, 0.2]
    assert ours[["ratio", "ratio_h1", "ratio_short"]].tolist() == [0.5, 0.5, 0.5]
    assert ours["ratio_regression"] == pytest.approx(0.833)
    assert ours[["in80", "se80", "in95", "se95"]].tolist() == [0.5, 0.5, 1.0, 0.0]
    assert ours["cases"] == 2


def test_a_file_is_read_and_summarised(ten_markets, tmp_path):
    path = tmp_path / "panel.csv"
    few = ten_markets["market"].isin(["m0", "m1"]) & ten_markets["year"].between(2014, 2019)
    ten_markets[few].to_csv(path, index=False)
    table = summarise(backtest_skill(path, ten_markets[ten_markets["market"] == "m9"]))
    assert table.index.tolist() == [REGRESSION, THIS_PACKAGE]
    assert "ratio" not in table
    groups = table.attrs["groups"]
    assert groups.loc["all", "ratio"] == pytest.approx(
        table["ratio_regression"][THIS_PACKAGE], abs=1e-3
    )
    assert groups.loc["elsewhere", "cases"] == groups.loc["all", "cases"]
    assert "Europe" not in groups.index
    assert "origins from 2017 on" in scores_text(table, BACKTEST)


def test_groups_of_known_numbers():
    rows = [
        (method, market, origin, 1, origin + 1, 4, sales, share, wis, True)
        for method, scores in ((REGRESSION, (0.4, 0.4, 0.2)), (THIS_PACKAGE, (0.2, 0.4, 0.3)))
        for (market, origin, sales, share), wis in zip(
            [("NO", 2016, 300, 0.4), ("NO", 2018, 900, 0.5), ("UZ", 2018, 400, 0.01)],
            scores,
            strict=True,
        )
    ]
    columns = [
        "method",
        "market",
        "origin",
        "h",
        "scored",
        "years",
        "sales",
        "share",
        "wis",
        "in80",
    ]
    groups = by_group(pd.DataFrame(rows, columns=columns))
    assert groups["cases"].to_dict() == {
        "all": 3,
        "1 year ahead": 3,
        "Europe": 2,
        "elsewhere": 1,
        "at most 4 years of history": 3,
        "at most 5 years of history": 3,
        "under 500 sales": 2,
        "500 to 3,000 sales": 1,
        "share above 30 %": 2,
    }
    ratio = [0.9, 0.9, 0.75, 1.5, 0.9, 0.9, 5 / 6, 1.0, 0.75]
    late = [7 / 6, 7 / 6, 1, 1.5, 7 / 6, 7 / 6, 1.5, 1, 1]
    assert groups["ratio"].tolist() == pytest.approx(ratio)
    assert groups["late"].tolist() == pytest.approx(late)


# --- peers
def test_a_market_alone_has_nothing_to_learn_from(ten_markets):
    with pytest.raises(EvidenceError, match="the panel has m0 alone, and growth is learned from"):
        backtest_skill(ten_markets[ten_markets["market"] == "m0"])


def test_naive_and_drift_go_on_from_the_last_value():
    history = pd.Series([100.0, 150.0, 300.0, 450.0], index=range(2015, 2019))
    steps = np.diff(np.log(history))
    assert naive(history)[3][3] == pytest.approx(450)
    assert drift(history)[2][3] == pytest.approx(450 * np.exp(2 * steps.mean()))
    width = np.log(drift(history)[1][5] / drift(history)[1][1])
    assert width == pytest.approx(2 * 1.2815516 * steps.std(ddof=1) * np.sqrt(4 / 3))


def test_analogue_regression_finds_the_growth_of_the_others(ten_markets):
    panel = read_panel(ten_markets)
    history = panel[panel["market"] == "m0"].set_index("year")["sales"].loc[2012:2017]
    quantiles = AnalogueRegression(panel).forecast("m0", history, 0.05)
    outcome = panel[panel["market"] == "m0"].set_index("year")["sales"][2018]
    assert quantiles[1][0] < outcome < quantiles[1][6]
    assert (np.diff(quantiles[1]) > 0).all()
    changed = panel.copy()
    # Neither may be looked at
    changed.loc[(changed["market"] == "m0") | (changed["year"] > 2017), "sales"] *= 3
    np.testing.assert_allclose(
        AnalogueRegression(changed).forecast("m0", history, 0.05)[1], quantiles[1]
    )


def test_too_few_analogues_fall_back_to_drift(ten_markets):
    panel = read_panel(ten_markets[ten_markets["market"] == "m1"])
    history = pd.Series([100.0, 150.0, 300.0], index=[2015, 2016, 2017])
    np.testing.assert_allclose(
        AnalogueRegression(panel).forecast("x", history, 0.1)[1], drift(history)[1]
    )


def test_peers_of_statsmodels_give_its_own_numbers():
    """Theta's point forecast and its interval, at another level than the one that is asked for."""
    history = pd.Series([100.0, 150.0, 300.0, 450.0, 500.0], index=range(2015, 2020))
    logs = np.log(history).reset_index(drop=True)
    fit = ThetaModel(logs, period=1, deseasonalize=False).fit()
    forecast = single_series()["Theta of log"](history)
    np.testing.assert_allclose(np.log(forecast[3][3]), fit.forecast(3).iloc[2])
    interval = fit.prediction_intervals(5, alpha=0.05)
    ends = np.log([forecast[5][0], forecast[5][6]])
    np.testing.assert_allclose(ends, interval.iloc[4], rtol=1e-6)


def test_every_peer_forecasts_a_market_that_grows():
    history = pd.Series([100.0, 150.0, 300.0, 450.0, 500.0, 700.0], index=range(2015, 2021))
    for name, peer in single_series().items():
        for values in peer(history).values():
            assert (np.diff(values) > 0).all(), name
            assert 50 < values[3] < 10_000, name


def test_a_peer_that_cannot_fit_is_counted_and_scored_as_the_naive_one(ten_markets, monkeypatch):
    few = ten_markets[
        ten_markets["market"].isin(["m0", "m1", "m2"]) & ten_markets["year"].between(2012, 2018)
    ]

    def refuse(logs, steps):
        if len(logs) < 5:
            raise ValueError("too short")
        return np.full(steps, 9.0), np.full(steps, 9.5)

    monkeypatch.setitem(sys.modules, "statsforecast.models", None)
    monkeypatch.setattr(peers, "_theta", refuse)
    scored = backtest_skill(few, peers=True)
    table = summarise(scored)
    theta = scored[scored["method"] == "Theta of log"].set_index(["market", "origin", "h"])
    plain = scored[scored["method"] == NAIVE].set_index(["market", "origin", "h"])
    short = theta["years"] < 5
    assert 0 < short.sum() < len(short)
    assert (theta["fitted"] == ~short).all()
    assert theta.loc[short, "wis"].equals(plain.loc[short, "wis"])
    assert table.loc["Theta of log", "unfit"] == short.sum()
    assert table.loc[[NAIVE, THIS_PACKAGE], "unfit"].tolist() == [0, 0]
    assert len(table) == 8
    assert table["cases"].nunique() == 1
    assert table["ratio"].drop([THIS_PACKAGE, REGRESSION, "analogue average growth"]).min() == 1.0
    assert "not fitted, with the naive forecast" in scores_text(table, BACKTEST)


def test_a_prior_of_the_markets_that_are_scored_is_told():
    rows = [(m, 2010 + t, 900 * 1.5**t, 1e5) for m in ("A", "B") for t in range(6)]
    panel = pd.DataFrame(rows, columns=["market", "year", "sales", "size"])
    prior = fc.estimate_prior(panel)
    assert prior.market_names == ("A", "B")
    with pytest.warns(UserWarning, match=r"learned from 1 market of this panel \(A\), so scores"):
        fc.backtest(panel[panel["market"] == "A"], prior=prior)


def test_a_panel_of_the_prior_is_scored_as_it_is():
    """One panel for both: sales with the size of the market, in place of two kinds of sales."""
    rows = [(m, y, 100 * (1.4 + k / 10) ** (y - 2011)) for k, m in enumerate("ABC") for y in YEARS]
    panel = pd.DataFrame(rows, columns=["market", "year", "sales"]).assign(size=100_000)
    score = fc.backtest(panel, prior=fc.Prior.shipped())
    cases = score.attrs["cases"]
    assert score["cases"].tolist() == [len(cases)] == [9]  # from 2014 and 2015
    assert score["wis"].iloc[0] == pytest.approx(cases["wis"].mean(), abs=0.001)
    with pytest.raises(fc.EvidenceError, match="has A alone"):
        fc.backtest(panel[panel["market"] == "A"])
    with pytest.raises(fc.ModelError, match="no share of any year"):
        fc.backtest(panel.drop(columns="size"))


YEARS = range(2011, 2017)
