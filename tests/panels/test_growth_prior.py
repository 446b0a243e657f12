"""What analogue markets teach: synthetic truth recovered, nothing later used, gaps and missing
shares borne.
"""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from forecasting.growth.flow import forecast_flow
from forecasting.growth.prior import REFERENCE_LOG_ODDS, Common, Prior, log_odds
from forecasting.panels.growth_prior import _Effects, _with_shares, estimate_prior
from forecasting.vocabulary.errors import InputError, ModelError
from forecasting.vocabulary.periods import span

YEARS = range(2008, 2024)
EFFECTS = dict(
    zip(YEARS, [0, 0, 0.3, 0, -0.2, 0, 0.1, 0, 0, -0.1, 0, 0, 0.6, 0.2, 0, -0.3], strict=True)
)
TRUTH = {"level": 0.45, "slope": -0.06, "shock": 0.2, "market": 0.1}


def panel_of(markets=60, seed=0, *, effects=EFFECTS, size_sd=0.1, lift=0.0):
    """Annual rows that the model makes; shocks are Student t with 4 degrees of freedom."""
    rng, rows = np.random.default_rng(seed), []
    for i in range(markets):
        own, z, size = TRUTH["market"] * rng.standard_normal(), rng.normal(-6, 1), rng.normal(12, 1)
        start = rng.integers(0, 5)
        for year in list(YEARS)[start:]:
            centred = np.clip(z, -9, 1) - REFERENCE_LOG_ODDS
            shortfall = np.log(3000) - (size - np.log1p(np.exp(-z)))
            z += (
                TRUTH["level"]
                + TRUTH["slope"] * centred
                + lift * np.clip(shortfall, 0, 1)
                + own
                + effects[year]
                + TRUTH["shock"] * rng.standard_t(4)
            )
            size += size_sd * rng.standard_normal()
            share = 1 / (1 + np.exp(-z))
            rows.append((f"m{i}", year, np.exp(size) * share, share))
    return pd.DataFrame(rows, columns=["market", "year", "sales", "share"])


@pytest.fixture(scope="module")
def panel():
    return panel_of()


@pytest.fixture(scope="module")
def prior(panel):
    return estimate_prior(panel, perimeter="test")


def test_recovers_growth_and_its_decline_with_share(prior):
    level_sd, slope_sd = np.sqrt(np.diag(prior.covariance))
    assert prior.level == pytest.approx(TRUTH["level"], abs=3 * level_sd)
    assert prior.slope == pytest.approx(TRUTH["slope"], abs=3 * slope_sd)
    assert level_sd < 0.1
    assert slope_sd < 0.02


def test_recovers_the_spreads(prior):
    assert prior.shock_sd == pytest.approx(TRUTH["shock"], rel=0.25)
    # Shrunk towards the belief in less
    assert prior.market_sd == pytest.approx(TRUTH["market"], rel=0.45)
    assert abs(prior.shock_slope) < 0.05
    assert prior.size_sd == pytest.approx(0.1, rel=0.35)
    spread = np.std(list(EFFECTS.values()))
    assert prior.common.spread == pytest.approx(spread, rel=0.4)


def test_learns_how_much_faster_small_markets_grow(prior):
    """Part of a lift is taken for a slope in the share, as small markets have small shares: what is
    found lies between the belief of 0.1 and the truth.
    """
    lifted = estimate_prior(panel_of(lift=0.3))
    assert prior.shortfall_lift < 0.05
    assert 0.1 < lifted.shortfall_lift < 0.3


def test_where_all_markets_are_small_their_level_holds_the_lift(panel):
    """Of the belief in 0.1 little is left, as the level would count it once more."""
    small = panel.assign(sales=panel["sales"] / 10)
    assert estimate_prior(small).shortfall_lift < 0.03


def test_recovers_the_effects_of_years(prior):
    for year, effect in EFFECTS.items():
        if year >= 2010:
            mean, sd = prior.common.at(year)
            assert mean == pytest.approx(effect, abs=4 * max(sd, 0.03)), year
    assert prior.common.last_year == 2023


def test_perimeter_and_extent_are_on_record(prior):
    assert (prior.perimeter, prior.markets, prior.last_year) == ("test", 60, 2023)
    assert "60 markets up to 2023" in prior.source


@pytest.mark.slow
def test_uses_nothing_later(panel):
    cut = panel[panel["year"] <= 2018]
    later = panel[panel["year"] > 2018].assign(sales=1e9, share=0.9)
    mixed = pd.concat([later, cut])
    assert estimate_prior(mixed[mixed["year"] <= 2018]) == estimate_prior(cut)


@pytest.mark.slow
def test_order_of_rows_does_not_matter(panel):
    shuffled = panel.sample(frac=1, random_state=np.random.default_rng(0))
    assert estimate_prior(shuffled) == estimate_prior(panel)


@pytest.mark.slow
def test_sizes_of_markets_tell_shares(panel, prior):
    sized = panel.assign(size=panel["sales"] / panel["share"]).drop(columns="share")
    assert estimate_prior(sized).level == pytest.approx(prior.level, abs=1e-9)
    some = panel.assign(share=panel["share"].where(panel["market"].str[-1] != "0"))
    assert estimate_prior(some).level == pytest.approx(prior.level, abs=0.05)


@pytest.mark.parametrize("told", ["nothing", "an empty column"])
def test_a_panel_of_sales_alone_is_refused(panel, told):
    bare = panel.drop(columns="share") if told == "nothing" else panel.assign(share=np.nan)
    with pytest.raises(ModelError, match=r"no share of any year: .* add a column share .* or size"):
        estimate_prior(bare)


@pytest.mark.slow
def test_shares_that_half_the_markets_lack_bias_nothing(panel, prior):
    hidden = panel["market"].isin(sorted(panel["market"].unique())[::2])
    half = estimate_prior(panel.assign(share=panel["share"].mask(hidden)))
    assert half.level == pytest.approx(prior.level, abs=0.05)
    assert half.slope == pytest.approx(prior.slope, abs=0.015)


def test_recovers_how_shares_rise_with_the_years(panel, prior):
    z = np.log(panel["share"] / (1 - panel["share"]))
    mean, spread = prior.share_in(2020)
    assert mean == pytest.approx(z[panel["year"] == 2020].mean(), abs=0.4)
    assert spread == pytest.approx(z[panel["year"] == 2020].std(), rel=0.3)
    assert prior.share_in(2015)[0] == pytest.approx(mean - 5 * prior.rise)
    assert prior.share_in(2060) == prior.share_in(prior.last_year)


@pytest.mark.slow
def test_a_gap_breaks_growth_and_nothing_else(panel, prior):
    rng = np.random.default_rng(1)
    gaps = panel[rng.random(len(panel)) > 0.1]
    found = estimate_prior(gaps)
    assert found.level == pytest.approx(prior.level, abs=0.1)
    assert found.shock_sd == pytest.approx(prior.shock_sd, rel=0.25)
    # No two years in a row, so no growth
    sparse = panel[~((panel["market"] == "m3") & (panel["year"] % 2 == 1))]
    without = panel[panel["market"] != "m3"]
    assert estimate_prior(sparse).level == pytest.approx(estimate_prior(without).level, abs=1e-12)


@pytest.mark.slow
def test_years_that_lie_far_apart_leave_each_other_alone(panel, prior):
    early = panel[panel["year"] < 2013].assign(
        year=lambda of: of["year"] - 400, market=lambda of: "old " + of["market"]
    )
    found = estimate_prior(pd.concat([early, panel]))
    assert (found.common.first_year, len(found.common.mean)) == (1610, 2023 - 1610 + 1)
    # Nothing is known of it
    assert found.common.at(1900) == pytest.approx((0.0, found.common.spread), abs=1e-3)
    for year in (2012, 2016, 2020):
        assert found.common.at(year) == pytest.approx(prior.common.at(year), abs=0.05)


@pytest.mark.slow
def test_zero_and_missing_sales_are_gaps(panel):
    holes = panel.copy()
    at = holes.index[(holes["market"] == "m5") & (holes["year"] == 2019)]
    holes.loc[at, "sales"] = 0.0
    removed = panel.drop(index=at)
    assert estimate_prior(holes) == estimate_prior(removed)


@pytest.mark.parametrize("column", ["market", "year", "sales"])
def test_missing_column_is_named(panel, column):
    with pytest.raises(ModelError, match=f"the panel lacks {column}; it has "):
        estimate_prior(panel.drop(columns=column))
    months = pd.DataFrame({"market": ["A"], "month": ["2020-01"]})
    with pytest.raises(ModelError, match="months lacks registrations; it has market, month"):
        estimate_prior(panel, months)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("sales", "x", r"'x' is not a count \(write digits and a point"),
        ("sales", float("inf"), "'inf' is not a count"),
        ("share", -0.5, "'-0.5' is not a count"),
        ("year", "MMXX", r"'MMXX' is not a year \(write its digits, as 2024\)"),
        ("year", 2016.5, "'2016.5' is not a year"),
        ("market", None, r"'None' is not a market \(give its name\)"),
        ("market", " ", "' ' is not a market"),
    ],
)
def test_a_cell_that_is_wrong_is_refused(column, cell, said):
    rows = [("A", 2015 + t, 100.0 * 2**t, 0.01 * 2**t) for t in range(4)]
    panel = pd.DataFrame(rows, columns=["market", "year", "sales", "share"])
    panel = panel.astype(object)
    panel.loc[1, column] = cell
    with pytest.raises(ModelError, match=f"the panel:3 {column}: {said}"):
        estimate_prior(panel)


@pytest.mark.parametrize("month", [5, "2020-13", "January 2020", None])
def test_a_month_that_is_none_is_refused(panel, month):
    months = pd.DataFrame({"market": "A", "month": ["2020-01", month], "registrations": [5, 6]})
    with pytest.raises(ModelError, match=r"months:3 month: .* is not a month"):
        estimate_prior(panel, months)


def test_a_column_that_is_there_twice_is_refused():
    panel = pd.DataFrame([["A", 2015, 1.0, 2.0]], columns=["market", "year", "sales", "sales"])
    with pytest.raises(
        ModelError, match="the panel has a column twice: market, year, sales, sales"
    ):
        estimate_prior(panel)
    facts = pd.DataFrame([["equals", 5, 6]], columns=["relation", "value", "value"])
    with pytest.raises(InputError, match="value"):
        forecast_flow(facts, [span("2024-01-01", "2024-12-31")])


def test_a_share_of_nothing_is_none():
    rows = [(m, 2015 + t, 100.0 * 1.5**t, 0.0) for m in "ABC" for t in range(5)]
    panel = pd.DataFrame(rows, columns=["market", "year", "sales", "share"])
    assert np.isfinite(estimate_prior(panel).level)


def test_a_row_that_is_there_twice_and_a_share_in_percent_are_refused(panel):
    with pytest.raises(ModelError, match=r"the panel holds \w+ 20\d\d twice; keep one row"):
        estimate_prior(pd.concat([panel, panel[3:5].assign(sales=7.0)]))
    with pytest.raises(ModelError, match="the panel has shares above 1; give parts of one"):
        estimate_prior(panel.assign(share=100 * panel["share"]))
    months = pd.DataFrame({"market": "A", "month": "2020-01", "registrations": [5, 6]})
    with pytest.raises(ModelError, match="months holds A 2020-01 twice; keep one row"):
        estimate_prior(panel, months=months)


def test_no_two_years_in_a_row_is_an_error():
    lonely = pd.DataFrame(
        {"market": ["a", "b"], "year": [2020, 2021], "sales": [100.0, 200.0], "share": [0.1, 0.2]}
    )
    with pytest.raises(ModelError, match="no growth can be learned"):
        estimate_prior(lonely)


def test_json_keeps_the_numbers(prior):
    again = Prior.from_json(prior.to_json())
    assert again.to_json() == prior.to_json()
    assert again.level == pytest.approx(prior.level, rel=1e-3)
    assert again.common.mean == pytest.approx(prior.common.mean, rel=1e-3, abs=1e-4)
    assert json.loads(prior.to_json())["perimeter"] == "test"


@pytest.mark.parametrize("text", ["3", '"level"', '["level"]', '{"note": "level"}', "{}"])
def test_json_without_a_level_is_no_prior(text):
    with pytest.raises(ModelError, match="no prior as to_json writes it: no level"):
        Prior.from_json(text)


@pytest.mark.parametrize("perimeter", ["battery cars", "all electric vehicles"])
def test_shipped_priors_are_within_reason(perimeter):
    prior = Prior.shipped(perimeter)
    assert prior.perimeter == perimeter
    assert 0.3 < prior.level < 0.6
    assert -0.1 < prior.slope < 0
    assert 0.1 < prior.shock_sd < 0.6
    assert prior.markets >= 20
    assert np.mean(np.exp(prior.within_year.pattern)) == pytest.approx(1.0, abs=1e-4)
    assert (np.linalg.eigvalsh(np.array(prior.covariance)) > 0).all()
    for named in (
        "IEA, Global EV Data Explorer, edition 2026 (CC BY 4.0",
        "Robbie Andrew (CC BY 4.0)",
    ):
        assert named in prior.source


def test_unknown_perimeter_names_those_that_ship():
    with pytest.raises(ModelError, match=r"no prior ships for 'hydrogen'.*battery cars"):
        Prior.shipped("hydrogen")


@settings(max_examples=50)
@given(rho=st.floats(0.0, 0.9), spread=st.floats(0.01, 1.0), ahead=st.integers(1, 40))
def test_common_effects_fade_to_their_spread(rho, spread, ahead):
    common = Common(2020, (0.4,), (0.0,), spread, rho)
    mean, sd = common.at(2020 + ahead)
    assert mean == pytest.approx(0.4 * rho**ahead)
    assert sd == pytest.approx(spread * np.sqrt(1 - rho ** (2 * ahead)))
    assert common.at(1990) == (0.0, spread)


@settings(max_examples=50)
@given(st.floats(0.0, 1.0))
def test_log_odds_are_finite_and_undone(share):
    z = log_odds(share)
    assert np.isfinite(z)
    assert 1 / (1 + np.exp(-z)) == pytest.approx(np.clip(share, 1e-6, 0.985))


@pytest.mark.parametrize(
    ("chained", "precision", "tails", "spread"),
    [
        (False, [[25, 0], [0, 25]], [1, 1], 0.05**0.5),
        # By hand: shocks 0.3 and 0.1 - 0.2 * 0.3, each with its variance and over 1 - 0.2**2
        (
            True,
            [[25 / 0.96, -5 / 0.96], [-5 / 0.96, 25 / 0.96]],
            [11 / 12.5, 11 / (10 + 0.022 / 0.96 / 0.04)],
            0.2153334,
        ),
    ],
)
def test_the_spread_of_effects_is_that_of_two_worked_out_by_hand(chained, precision, tails, spread):
    effects = _Effects(slice(1, 3), 0.2, 3.0, chained)
    assert effects.precision() == pytest.approx(np.array(precision))
    effects.update(np.array([9.0, 0.3, 0.1]), np.diag([9.0, 0.01, 0.02]))
    assert effects.tails == pytest.approx(np.array(tails))
    assert effects.spread == pytest.approx(spread)


def test_a_share_that_is_missing_lies_beside_the_common_line_of_the_year_before():
    """Three markets rise by 0.5 a year, side by side; a fourth has no share at all."""
    departures = {"a": 0.0, "b": 0.4, "c": -0.4, "none": np.nan}
    rows = pd.DataFrame(
        [(name, year, 1000.0, -6 + 0.5 * (year - 2015) + departure, np.nan)
         for name, departure in departures.items() for year in (2015, 2016, 2017)],
        columns=["market", "year", "sales", "z", "z_before"],
    )  # fmt: skip
    prior, filled = _with_shares(Prior.shipped(), rows)
    before = filled.pivot(index="market", columns="year", values="z_before")
    assert before.loc["a"].tolist() == pytest.approx([-6.5, -6.0, -5.5])
    assert before.loc["b"].tolist() == pytest.approx([-6.1, -5.6, -5.1])
    assert before.loc["none"].tolist() == pytest.approx([-6.5, -6.0, -5.5])
    assert (prior.rise, prior.latest_sd) == pytest.approx((0.5, 1.0))
    assert prior.latest == pytest.approx(-6 + 0.5 * (prior.last_year - 2015))
