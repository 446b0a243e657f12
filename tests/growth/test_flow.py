"""The forecast of a flow: what every forecast must obey, each kind of fact, bad input, regions,
Uzbekistan in 2023.
"""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import spearmanr

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.growth.flow import annual_totals, forecast_flow
from forecasting.growth.prior import Prior
from forecasting.reporting.caveat_words import lines_of
from forecasting.vocabulary.errors import EvidenceError, LedgerError
from forecasting.vocabulary.periods import month, span, year

QUICK = settings(max_examples=12)
HISTORY = annual_totals(pd.Series({2020: 131, 2021: 809, 2022: 2180}))
PART = "2023-01-01/2023-04-30"
FOUR_MONTHS = span("2023-01-01", "2023-04-30")
BEFORE = span("2022-01-01", "2022-04-30")


@pytest.fixture(scope="module")
def told(facts):
    """Three annual totals, a part year and its growth."""
    more = facts(("equals", "total", PART, 2544), ("equals", "yoy_growth_percent", PART, 240.0))
    return pd.concat([HISTORY, more], ignore_index=True)


@pytest.fixture(scope="module")
def forecast(told):
    return forecast_flow(
        told, [year(2022), FOUR_MONTHS, year(2023), year(2024), year(2026)], market_size=300_000
    )


def medians(forecast):
    return forecast.quantiles([0.5]).iloc[:, 0].to_dict()


def finite(forecast):
    return np.isfinite(forecast.monthly).all() and (forecast.monthly >= 0).all()


# --- what every forecast must obey
# ------------------------------------------------------------------------------------
@QUICK
@given(
    cuts=st.lists(
        st.dates(
            min_value=pd.Timestamp("2020-01-02").date(), max_value=pd.Timestamp("2026-12-31").date()
        ),
        min_size=1,
        max_size=4,
        unique=True,
    )
)
def test_totals_add_over_periods(forecast, cuts):
    day = pd.Timedelta(days=1)
    edges = [
        pd.Timestamp("2020-01-01"),
        *sorted(map(pd.Timestamp, cuts)),
        pd.Timestamp("2027-01-01"),
    ]
    parts = [forecast.totals(span(a.date(), (b - day).date())) for a, b in pairwise(edges)]
    whole = forecast.totals(span("2020-01-01", "2026-12-31"))
    np.testing.assert_allclose(np.sum(parts, axis=0), whole, rtol=1e-9)


def test_a_year_is_its_months(forecast):
    months = sum(forecast.totals(month(f"2024-{k:02d}")) for k in range(1, 13))
    np.testing.assert_allclose(months, forecast.totals(year(2024)), rtol=1e-10)


@QUICK
@given(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=9, unique=True))
def test_quantiles_do_not_cross(forecast, levels):
    table = forecast.quantiles(sorted(levels))
    assert (np.diff(table.to_numpy(), axis=1) >= 0).all()
    assert (table.to_numpy() > 0).all()


def test_summary_frame_is_the_quantiles(forecast):
    frame = forecast.summary_frame(alpha=0.2)
    np.testing.assert_allclose(
        frame[["pi_lower", "median", "pi_upper"]], forecast.quantiles([0.1, 0.5, 0.9])
    )
    assert (frame["mean"] > 0).all()
    assert frame.index.tolist() == ["2022", "2023-01..2023-04", "2023", "2024", "2026"]


def test_probability_is_the_share_of_draws(forecast):
    half = forecast.quantiles([0.5]).loc["2024"].iloc[0]
    assert forecast.probability(above=half)["2024"] == pytest.approx(0.5, abs=0.01)
    assert forecast.probability(above=0)["2023"] == 1.0
    assert forecast.probability(above=1e9)["2026"] == 0.0


@pytest.mark.slow
def test_a_seed_gives_one_answer(told):
    one, same, other = (
        forecast_flow(told, [year(2024)], market_size=3e5, draws=200, seed=s) for s in (3, 3, 4)
    )
    np.testing.assert_array_equal(one.monthly, same.monthly)
    assert not np.array_equal(one.monthly, other.monthly)
    ratio = np.log(medians(one)["2024"] / medians(other)["2024"])
    assert abs(ratio) < 0.25


@pytest.mark.slow
def test_order_of_facts_does_not_matter(told):
    one = forecast_flow(told, [year(2024)], market_size=3e5, draws=4000)
    other = forecast_flow(told.iloc[::-1], [year(2024)], market_size=3e5, draws=4000)
    np.testing.assert_allclose(
        np.log(one.quantiles([0.1, 0.5, 0.9]) / other.quantiles([0.1, 0.5, 0.9])), 0, atol=0.15
    )


def test_exact_totals_are_met(forecast):
    assert medians(forecast)["2022"] == pytest.approx(2180, rel=0.01)
    assert medians(forecast)["2023-01..2023-04"] == pytest.approx(2544, rel=0.01)
    ratio = np.log(forecast.totals(year(2022)) / 2180)
    assert np.quantile(np.abs(ratio), 0.9) < 0.06  # 1 % and the noise of counting 2,180
    growth = forecast.totals(FOUR_MONTHS) / forecast.totals(BEFORE)
    assert np.median(growth) == pytest.approx(3.4, rel=0.03)


def test_large_totals_are_met_within_two_percent():
    forecast = forecast_flow(
        annual_totals(pd.Series({2021: 40_000, 2022: 65_000})), [year(2022)], market_size=1e6
    )
    assert np.quantile(np.abs(np.log(forecast.totals(year(2022)) / 65_000)), 0.9) < 0.02


@pytest.mark.slow
@QUICK
@given(st.floats(1e-6, 1e6))
def test_units_do_not_matter_without_a_market_size(factor):
    asked = [year(2022), year(2023), year(2025)]
    one = forecast_flow(HISTORY, asked, draws=100)
    scaled = forecast_flow(HISTORY.assign(value=factor * HISTORY["value"]), asked, draws=100)
    np.testing.assert_allclose(scaled.quantiles() / factor, one.quantiles(), rtol=1e-4)
    assert one.market is None


def test_growth_makes_no_difference_to_that(facts):
    table = facts(
        ("equals", "total", 2022, 100.0),
        ("equals", "yoy_growth_percent", 2022, 40.0),
        ("at_most", "total", 2023, 300.0),
    )
    scaled = table.assign(value=np.where(table["quantity"] == "total", 10.0, 1.0) * table["value"])
    one, ten = (
        forecast_flow(t, [year(2021), year(2023)], draws=200).quantiles() for t in (table, scaled)
    )
    np.testing.assert_allclose(ten / 10, one, rtol=1e-4)


@pytest.mark.slow
def test_later_facts_narrow_the_year(told):
    asked, size = [year(2023)], 300_000
    before = forecast_flow(HISTORY, asked, market_size=size, draws=8000)
    after = forecast_flow(told, asked, market_size=size, draws=8000)

    def width(forecast):
        low, high = forecast.quantiles([0.1, 0.9]).iloc[0]
        return np.log(high / low)

    assert width(after) < 0.75 * width(before)


def test_saturation_holds_a_forecast_below_the_market():
    history = annual_totals(pd.Series({2020: 60_000, 2021: 75_000, 2022: 85_000}))
    forecast = forecast_flow(history, [year(2030)], market_size=100_000)
    share = forecast.totals(year(2030)) / (12 * forecast.market[:, -1])
    assert (share < 1.02).all()  # single cars come by chance
    assert medians(forecast)["2030"] < 150_000


def test_periods_outside_the_path_are_refused(forecast):
    with pytest.raises(
        EvidenceError, match=r"2031 reaches outside the forecast's months, 2020-01 to 2026-12"
    ):
        forecast.totals(year(2031))


def test_with_monthly_changes_the_draws_alone(forecast):
    doubled = forecast.with_monthly(2 * forecast.monthly)
    np.testing.assert_allclose(doubled.quantiles(), 2 * forecast.quantiles())
    assert doubled.periods == forecast.periods


# --- each kind of fact
# ------------------------------------------------------------------------------------------------
def test_facts_that_are_a_lifetime_apart_are_refused(facts):
    told = facts(("equals", "total", 2022, 2180), ("equals", "total", 2122, 5000))
    with pytest.raises(
        EvidenceError,
        match=r"speak of 2022 to 2122, from .+ to .+; a forecast takes at most 80 years",
    ):
        forecast_flow(told)


def test_growth_tells_the_base_that_nobody_printed(facts):
    table = facts(("equals", "total", PART, 9653), ("equals", "yoy_growth_percent", PART, 200.0))
    forecast = forecast_flow(table, [BEFORE, FOUR_MONTHS])
    assert medians(forecast)["2022-01..2022-04"] == pytest.approx(9653 / 3, rel=0.02)


@pytest.mark.slow
def test_difference_tells_the_base_too(facts):
    table = facts(("equals", "total", PART, 3816), ("equals", "yoy_difference", PART, 2846))
    forecast = forecast_flow(table, [BEFORE], market_size=3e5)
    assert medians(forecast)["2022-01..2022-04"] == pytest.approx(970, rel=0.06)
    fewer = facts(("equals", "total", PART, 3816), ("equals", "yoy_difference", PART, -1000))
    assert medians(forecast_flow(fewer, [BEFORE], market_size=3e5))[
        "2022-01..2022-04"
    ] == pytest.approx(4816, rel=0.02)


def test_share_of_another_period(facts):
    whole = ("equals", "total", 2022, 2000)
    share = (
        "equals",
        "share_percent",
        PART,
        80.0,
        {"reference": "ev_imports@UZ:2022-01-01/2022-12-31"},
    )
    forecast = forecast_flow(facts(whole, share), [FOUR_MONTHS], market_size=3e5)
    assert medians(forecast)["2023-01..2023-04"] == pytest.approx(1600, rel=0.02)


def test_share_above_all_of_an_earlier_period(facts):
    whole = ("equals", "total", 2022, 2000)
    share = (
        "equals",
        "share_percent",
        PART,
        140.0,
        {"reference": "ev_imports@UZ:2022-01-01/2022-12-31"},
    )
    forecast = forecast_flow(facts(whole, share), [FOUR_MONTHS], market_size=3e5)
    assert medians(forecast)["2023-01..2023-04"] == pytest.approx(2800, rel=0.02)


def test_a_rate_a_day_is_a_total(facts):
    forecast = forecast_flow(facts(("about", "per_day", PART, 100)), [FOUR_MONTHS], market_size=3e5)
    assert medians(forecast)["2023-01..2023-04"] == pytest.approx(12_000, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("relation", "bound", "side"), [("greater_than", 2000, 1), ("at_most", 1000, -1)]
)
def test_bounds_are_kept_and_inform_from_both_sides(facts, relation, bound, side):
    table = pd.concat([HISTORY, facts((relation, "total", PART, bound))])
    forecast = forecast_flow(table, [FOUR_MONTHS], market_size=3e5)
    beyond = side * np.log(forecast.totals(FOUR_MONTHS) / bound)
    assert (beyond > -0.02).mean() > 0.9
    assert 0.0 < np.median(beyond) < 0.45  # near the number: nobody says more than 2,000 of 5,000


@pytest.mark.slow
def test_more_than_all_of_last_year(facts):
    """Baktu: 9,653 in four months, exceeding a total of last year that was never printed."""
    reference = {"reference": "vehicle_exports@baktu:2022-01-01/2022-12-31"}
    plain = facts(("equals", "total", PART, 9653))
    exceeds = pd.concat([plain, facts(("greater_than", "total", PART, np.nan, reference))])
    forecast = forecast_flow(exceeds, [year(2022), FOUR_MONTHS])
    assert medians(forecast)["2023-01..2023-04"] == pytest.approx(9653, rel=0.01)
    assert (forecast.totals(year(2022)) < 9653 * 1.02).mean() > 0.9
    free = forecast_flow(plain, [year(2022), FOUR_MONTHS])
    assert (free.totals(year(2022)) < 9653 * 1.02).mean() < 0.7


def test_stocks_are_flows_that_stayed():
    rows = [("2021-12-31", 491), ("2022-12-31", 812), ("2023-12-31", 7997)]
    table = pd.DataFrame(rows, columns=["period_end", "value"]).assign(
        relation="equals", quantity="stock", period_start="", measure="ev_stock"
    )
    middle = medians(
        forecast_flow(table, [year(2022), year(2023), year(2024)], market_size=120_000)
    )
    assert middle["2023"] == pytest.approx(7997 - 812 * 0.97, rel=0.05)
    assert middle["2022"] == pytest.approx(812 - 491 * 0.97, rel=0.15)
    assert middle["2024"] > 2000


@pytest.mark.slow
def test_a_falling_register_loses_more_than_scrapping_alone():
    rows = [("2020-12-31", 550), ("2021-12-31", 491), ("2022-12-31", 812), ("2023-12-31", 7997)]
    table = pd.DataFrame(rows, columns=["period_end", "value"]).assign(
        relation="equals", quantity="stock", period_start="", measure="ev_stock"
    )
    middle = medians(forecast_flow(table, [year(2021), year(2023)], market_size=120_000))
    assert middle["2021"] < 250  # none came, or one of the counts is wrong
    assert middle["2023"] == pytest.approx(7250, rel=0.05)


@pytest.mark.slow
def test_a_stock_is_one_whether_or_not_the_measure_is_named(facts):
    rows = [
        ("equals", "stock", "2021-12-31/2021-12-31", 1000),
        ("equals", "stock", "2022-12-31/2022-12-31", 3000),
    ]
    table = facts(*rows)
    middle = medians(forecast_flow(table, [year(2022)], market_size=120_000))
    # What came, and what replaced the scrapped
    assert middle["2022"] == pytest.approx(2040, rel=0.03)
    named = forecast_flow(table.assign(measure="ev_stock"), [year(2022)], market_size=120_000)
    assert medians(named) == pytest.approx(middle, rel=1e-4)


@pytest.mark.slow
def test_kazakhstan_stock_series_gives_its_years():
    counts = central_asia().select(place="KZ", measure="ev_stock", as_of="2025-05-31")
    recent = Ledger([fact for fact in counts if fact.period.end.year >= 2022])
    forecast = forecast_flow(recent, [year(2023), year(2024)], market_size=120_000)
    assert finite(forecast)
    assert medians(forecast)["2023"] == pytest.approx(7400, rel=0.1)  # 812 to 7,997
    # 7,997 to 12,119 by 1 December
    assert medians(forecast)["2024"] == pytest.approx(4900, rel=0.2)


@pytest.mark.slow
def test_two_agencies_share_a_path_up_to_an_offset(facts):
    ours = [
        ("equals", "total", y, v, {"basis": "statistics"})
        for y, v in ((2020, 131), (2021, 809), (2022, 2180))
    ]
    theirs = [
        ("equals", "total", y, v, {"basis": "ministry"}) for y, v in ((2022, 3270), (2023, 12_000))
    ]
    forecast = forecast_flow(facts(*ours, *theirs), [year(2022), year(2023)], market_size=3e5)
    assert forecast.basis == "statistics"
    assert medians(forecast)["2022"] == pytest.approx(2180, rel=0.02)
    assert medians(forecast)["2023"] == pytest.approx(8000, rel=0.05)
    other = forecast_flow(
        facts(*ours, *theirs), [year(2022), year(2023)], market_size=3e5, basis="ministry"
    )
    assert medians(other)["2022"] == pytest.approx(3270, rel=0.03)
    assert medians(other)["2023"] == pytest.approx(12_000, rel=0.02)


def test_unknown_basis_names_the_known_ones(facts):
    with pytest.raises(
        EvidenceError, match=r"no fact has the basis 'customs'; there are 'statistics'"
    ):
        forecast_flow(facts(("equals", "total", 2022, 5, {"basis": "statistics"})), basis="customs")


def test_the_later_vintage_is_met_and_said(facts):
    table = facts(
        ("equals", "total", 2022, 1125, {"id": "old", "published": "2023-01-18"}),
        ("equals", "total", 2022, 1500, {"id": "new", "published": "2023-08-07"}),
    )
    forecast = forecast_flow(table, [year(2022)], market_size=3e5)
    assert medians(forecast)["2022"] == pytest.approx(1500, rel=0.01)
    assert (
        "1,125 in 2022, printed on 18 January 2023, was printed anew as 1,500"
        in lines_of(forecast.caveats)[0]
    )


# --- facts that cannot all be true, and other bad input
# ---------------------------------------------------------------
def contradiction(facts):
    return facts(
        ("equals", "total", 2022, 12_000, {"id": "last year"}),
        ("equals", "total", PART, 9653, {"id": "this year"}),
        ("greater_than", "total", PART, np.nan, {"id": "more", "reference": "last year"}),
    )


@pytest.mark.slow
def test_inequality_against_two_exact_totals_widens(facts):
    table = contradiction(facts)
    asked = [year(2022), FOUR_MONTHS]
    wide, narrow = (forecast_flow(t, asked, draws=1000) for t in (table, table.iloc[:2]))
    assert finite(wide)

    def width(forecast):
        table = forecast.quantiles([0.025, 0.975])
        return np.log(table.iloc[:, 1] / table.iloc[:, 0]).sum()

    assert width(wide) > 2 * width(narrow)


def test_inequality_against_two_exact_totals_is_flagged(facts):
    caveats = lines_of(forecast_flow(contradiction(facts), [year(2022)]).caveats)
    assert (
        caveats[-1] == "more than the number of 2022 in Jan–Apr 2023 disagrees with the other facts"
    )


def test_two_totals_of_one_period_are_flagged(facts):
    table = facts(
        ("equals", "total", 2022, 1000, {"id": "a"}), ("equals", "total", 2022, 1500, {"id": "b"})
    )
    forecast = forecast_flow(table, [year(2022), year(2023)], market_size=3e5)
    assert finite(forecast)
    assert forecast.caveats
    low, high = forecast.quantiles([0.05, 0.95]).loc["2022"]
    assert low < 1100
    assert high > 1400


def test_a_growth_that_contradicts_both_totals_is_flagged(facts):
    table = facts(
        ("equals", "total", "2022-01-01/2022-04-30", 1000, {"id": "base"}),
        ("equals", "total", PART, 2000, {"id": "now"}),
        ("equals", "yoy_growth_percent", PART, 300, {"id": "growth"}),
    )
    forecast = forecast_flow(table, [FOUR_MONTHS], market_size=3e5)
    assert finite(forecast)
    assert any(caveat.startswith("up 300 %") for caveat in lines_of(forecast.caveats))
    assert medians(forecast)["2023-01..2023-04"] == pytest.approx(2000, rel=0.05)


def test_no_facts_need_a_market_size(facts):
    empty = pd.DataFrame(columns=["relation", "quantity", "period_start", "period_end", "value"])
    with pytest.raises(EvidenceError, match=r"none is of 2022-01-01 or before; give a later day"):
        forecast_flow({2023: 1000, 2024: 1500}, periods=[2025], as_of="2022-01-01")
    with pytest.raises(EvidenceError, match=r"no facts and no market size: give at least one"):
        forecast_flow(empty, [year(2025)])
    with pytest.raises(EvidenceError, match=r"no facts and no periods: say what to forecast"):
        forecast_flow(empty, market_size=1e5)


def test_no_facts_rest_on_analogues_alone():
    empty = pd.DataFrame(columns=["relation", "quantity", "period_start", "period_end", "value"])
    forecast = forecast_flow(empty, [year(2025)], market_size=1e5)
    low, high = forecast.quantiles([0.1, 0.9]).iloc[0]
    assert high / low > 10
    assert high < 1e5
    assert "rests on analogue markets alone" in lines_of(forecast.caveats)[0]
    assert forecast.fit_table().empty


@pytest.mark.slow
def test_a_total_of_zero_is_less_than_a_few(facts):
    forecast = forecast_flow(
        facts(("equals", "total", 2021, 0), ("equals", "total", 2022, 30)), market_size=3e5
    )
    assert finite(forecast)
    alone = forecast_flow(facts(("equals", "total", 2022, 0)), [year(2022)], market_size=3e5)
    assert medians(alone)["2022"] < 5


def test_a_fact_of_the_future_is_taken_at_its_word(facts):
    forecast = forecast_flow(
        facts(("equals", "total", 2030, 2180)), [year(2030), year(2031)], market_size=3e5
    )
    assert medians(forecast)["2030"] == pytest.approx(2180, rel=0.02)


def test_a_market_smaller_than_its_imports_is_told(facts):
    table = facts(("equals", "total", 2022, 50_000))
    forecast = forecast_flow(table, [year(2022), year(2023)], market_size=30_000)
    assert lines_of(forecast.caveats)[0].startswith(
        "a flow of 50,000 a year is near or above the market of 30,000 vehicles a year"
    )
    assert finite(forecast)
    assert medians(forecast)["2022"] == pytest.approx(50_000, rel=0.05)


@pytest.mark.parametrize("size", [0, -5, np.nan, np.inf])
def test_an_impossible_market_size_is_refused(facts, size):
    with pytest.raises(
        EvidenceError, match=r"market_size is .*must be new vehicles a year, above 0"
    ):
        forecast_flow(facts(("equals", "total", 2022, 50)), market_size=size)


def test_levels_outside_their_range_are_refused(forecast):
    for level in (-0.01, 1.01):
        with pytest.raises(EvidenceError, match=r"numbers from 0 to 1, e.g. \[0.1, 0.5, 0.9\]"):
            forecast.quantiles([level])


def test_a_market_size_of_no_year_is_refused(facts):
    with pytest.raises(EvidenceError, match=r"market_size has the index 'soon'; it must be a year"):
        forecast_flow(facts(("equals", "total", 2022, 50)), market_size={"soon": 1e5})


def test_a_growth_of_minus_100_percent_is_refused(facts):
    with pytest.raises(EvidenceError, match=r"a growth of -100 % is -100 % or less"):
        forecast_flow(facts(("equals", "yoy_growth_percent", PART, -100)), market_size=3e5)


def test_one_draw_is_refused():
    with pytest.raises(EvidenceError, match=r"draws is 1; give"):
        forecast_flow(HISTORY, draws=1)


@pytest.mark.slow
@QUICK
@given(
    totals=st.lists(st.integers(0, 10**7), min_size=1, max_size=5),
    size=st.one_of(st.none(), st.integers(100, 10**7)),
    growth=st.floats(-99, 5000),
)
def test_whatever_is_printed_the_answer_is_a_number(totals, size, growth):
    """Wild series, shares above one, contradicting growth: never NaN, nothing from inside numpy."""
    table = annual_totals(pd.Series(dict(enumerate(totals, start=2018))))
    more = {"relation": "equals", "quantity": "yoy_growth_percent", "value": growth}
    table = pd.concat(
        [table, pd.DataFrame([more | {"period_start": "2022-01-01", "period_end": "2022-06-30"}])]
    )
    forecast = forecast_flow(table, [year(2022), year(2024)], market_size=size, draws=50)
    assert finite(forecast)


# --- fit table and news
# -----------------------------------------------------------------------------------------------
def test_fit_table_has_a_row_for_each_fact(forecast, told):
    table = forecast.fit_table()
    assert len(table) == len(told)
    assert table["value"].tolist() == pytest.approx(told["value"].tolist())
    assert (table["low"] < table["expected"]).all()
    assert (table["expected"] < table["high"]).all()
    assert table["surprise"].abs().max() < 3
    assert table["doubted"].max() < 0.2


@pytest.mark.slow
def test_revisions_sum_to_the_change(facts):
    before = forecast_flow(HISTORY, [year(2023), year(2024)], market_size=3e5, draws=300)
    new = facts(("equals", "total", "2023-01-01/2023-02-28", 800), ("equals", "total", PART, 2544))
    news = before.news(new)
    after = forecast_flow(
        pd.concat([HISTORY, new]), [year(2023), year(2024)], market_size=3e5, draws=300
    )
    moved = news.groupby("period")["revision"].sum()
    for label, change in moved.items():
        assert change == pytest.approx(medians(after)[label] - medians(before)[label])
    assert moved["2023"] > 500


@pytest.mark.slow
def test_what_is_told_again_is_no_news(facts):
    before = forecast_flow(HISTORY, [year(2023), year(2024)], market_size=3e5, draws=1000)
    new = facts(
        ("equals", "total", PART, 2544, {"id": "new"}),
        ("equals", "total", PART, 2544, {"id": "again"}),
    )
    moved = before.news(new).set_index(["fact", "period"])
    share = (moved["revision"] / moved["before"]).unstack()
    assert (share.loc["new"].abs() > 0.1).all()
    assert (share.loc["again"].abs() < 0.001).all()
    assert (moved.loc["again", "before"] == moved.loc["new", "after"]).all()


# --- regions
# ------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_places_share_the_shocks_of_future_years():
    """With one seed two markets' futures move together, so that their sum is wider than that of
    independent ones.
    """
    shipped = Prior.shipped()
    prior = replace(shipped, common=replace(shipped.common, spread=0.6), regions={})

    def growth_and_total(place, seed):
        table = HISTORY.assign(place=place)
        forecast = forecast_flow(table, [year(2026)], prior, market_size=3e5, draws=4000, seed=seed)
        before, last = forecast.totals(year(2025)), forecast.totals(year(2026))
        return np.log(last / before), last

    (uz, uz_total), (kz, kz_total), (apart, apart_total) = (
        growth_and_total(place, seed) for place, seed in (("UZ", 0), ("KZ", 0), ("KZ", 1))
    )
    # by ranks: one draw far out in a tail outweighs thousands in a correlation of the values
    assert spearmanr(uz, kz).statistic > 0.4
    assert abs(spearmanr(uz, apart).statistic) < 0.06

    def width(total):
        return np.subtract(*np.log(np.quantile(total, [0.9, 0.1])))

    assert width(uz_total + kz_total) > 1.05 * width(uz_total + apart_total)


# --- many facts, and one that was waited for
# --------------------------------------------------------------------------
@pytest.mark.slow
def test_three_hundred_facts_of_fifteen_years_are_met(facts):
    rows = []
    for i in range(300):
        day = pd.Timestamp("2008-01-01") + pd.DateOffset(months=i % 180)
        end = (day + pd.offsets.MonthEnd(0)).date()
        relation, level = ("equals", 100) if i < 180 else ("greater_than", 80)
        rows.append((relation, "total", f"{day.date()}/{end}", round(level * 1.02 ** (i % 180))))
    forecast = forecast_flow(
        facts(*rows), [year(2021), year(2022), year(2023)], market_size=3e5, draws=200
    )
    assert finite(forecast)
    exact = sum(round(100 * 1.02**i) for i in range(156, 168))
    assert medians(forecast)["2021"] == pytest.approx(exact, rel=0.03)


@pytest.mark.slow
def test_neither_the_order_of_facts_nor_the_last_year_asked_for_moves_a_number(facts):
    told = facts(
        ("equals", "total", 2022, 2180),
        ("equals", "total", 2021, 809),
        ("greater_than", "total", "2023-01-01/2023-06-30", 1500),
        ("equals", "yoy_growth_percent", "2023-01-01/2023-04-30", 300),
    )
    periods = [year(2023), year(2025)]
    forecast = forecast_flow(told, periods, draws=100)
    other = forecast_flow(told.iloc[::-1], periods, draws=100)
    farther = forecast_flow(told, [*periods, year(2031)], draws=100)
    # The last digits of a sum depend on the order of what is added
    np.testing.assert_allclose(other.monthly, forecast.monthly, rtol=1e-9)
    months = forecast.monthly.shape[1]
    np.testing.assert_allclose(farther.monthly[:, :months], forecast.monthly, rtol=1e-9)
    assert other.fit_table()["value"].tolist() == forecast.fit_table()["value"].tolist()[::-1]


def test_a_bound_far_below_costs_no_draws(facts):
    counts = [("equals", "total", y, v) for y, v in ((2020, 1000), (2021, 1900), (2022, 4100))]
    months = [("equals", "total", f"2023-0{m}-01/2023-0{m}-28", 300 + 40 * m) for m in (1, 2, 3)]
    bound = ("greater_than", "total", 2023, 20)
    alone = forecast_flow(facts(*counts, *months), [year(2023)])
    beside = forecast_flow(facts(*counts, *months, bound), [year(2023)])
    assert beside.diagnostics["ess"] > 0.8 * alone.diagnostics["ess"]


def test_uzbekistan_as_it_was_known_in_june_2023():
    """Annualising 2,544 in four months gives 7,632 a year; by later facts the year ended above
    13,460.
    """
    ledger = central_asia().select(place="UZ", measure="ev_imports", as_of="2023-06-26")
    forecast = forecast_flow(ledger, [FOUR_MONTHS, year(2023)], market_size=300_000, draws=8000)
    assert medians(forecast)["2023-01..2023-04"] == pytest.approx(2544, rel=0.02)
    # Months of imports are so uneven that it is about as likely as not
    assert 0.4 < forecast.probability(above=7632)["2023"] < 0.6
    assert forecast.quantiles([0.9])[0.9]["2023"] > 13_460
    assert forecast.quantiles([0.9]).loc["2023"].iloc[0] >= 13_460


def test_a_fact_that_says_nothing_is_refused(facts):
    with pytest.raises(LedgerError, match="row 0 value: is empty, and there is no reference"):
        forecast_flow(
            facts(("equals", "total", 2022, np.nan)), [year(2023)], market_size=300_000, draws=50
        )


def test_a_table_gets_every_refusal_of_a_ledger_at_once(facts):
    table = facts(("equals", "total", 2022, -5, {"publishd": "2023"}))
    with pytest.raises(
        LedgerError, match=r"table: 'publishd' is an unknown column \(did you mean published\?\)"
    ):
        forecast_flow(table, [year(2023)])
    table = facts(
        ("equals", "total", 2022, -5), ("equals", "total", 2021, 7, {"place": "Atlantis"})
    )
    with pytest.raises(
        LedgerError,
        match=r"(?s)row 0 value: -5 is negative.*row 1 place: 'Atlantis' is not a known",
    ):
        forecast_flow(table, [year(2023)])


@pytest.mark.parametrize("measure", ["charging_station_imports", "vehicle_exports"])
def test_what_the_prior_was_not_learned_on_is_said(measure, facts):
    table = facts(("equals", "total", 2022, 900), ("equals", "total", 2023, 1200)).assign(
        measure=measure, place="UZ"
    )
    forecast = forecast_flow(table, [year(2024)], draws=50)
    assert any("learned on battery cars" in caveat for caveat in lines_of(forecast.caveats))


def test_a_prior_of_its_own_panel_is_not_warned_of(facts):
    table = facts(("equals", "total", 2022, 900), ("equals", "total", 2023, 1200)).assign(
        measure="vehicle_exports"
    )
    own = replace(Prior.shipped(), perimeter="ports")
    assert forecast_flow(table, [year(2024)], prior=own, draws=50).caveats == ()


def test_a_forecast_is_one_line_at_a_prompt():
    forecast = forecast_flow(
        annual_totals(pd.Series({2022: 100.0})), periods=[year(2022)], market_size=1000, draws=50
    )
    assert repr(forecast).startswith("<FlowForecast")
    assert re.search(
        r": 2022 (9[5-9]|10[0-5]) \(9\d to 10\d\); medians and 80 % ranges>$", repr(forecast)
    )


def test_the_last_year_that_can_be_written_is_forecast_and_so_is_the_first(facts):
    """A path reaches a year beyond its facts, and growth is on a year before: neither was told, and
    none is refused.
    """
    told = facts(("equals", "total", 1900, 2180), ("equals", "yoy_growth_percent", 1900, 50))
    assert forecast_flow(told, [year(1900)], draws=100).quantiles([0.5]).iloc[
        0, 0
    ] == pytest.approx(2180, rel=0.02)
    late = forecast_flow(facts(("equals", "total", 2200, 2180)), draws=100)
    assert late.periods == (year(2200),)
    assert late.quantiles([0.5]).iloc[0, 0] == pytest.approx(2180, rel=0.02)


def test_facts_too_far_apart_are_named_with_the_years_that_they_are_of(facts):
    told = facts(
        ("equals", "yoy_growth_percent", 1951, 50),
        ("equals", "total", 2030, 2180),
        ("equals", "total", 2001, 9),
    )
    with pytest.raises(
        EvidenceError,
        match=r"speak of 1950 to 2030, from fact 1 \(1951\) to fact 2 \(2030\); a forecast",
    ):
        forecast_flow(told, [year(2031)])


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (pd.period_range("2022-01", periods=2, freq="M"), "series has the index Period"),
        (pd.period_range("2022Q1", periods=2, freq="Q"), "series has the index Period"),
        (pd.date_range("2022-01-31", periods=2, freq="ME"), "series has 2022 twice; give one"),
        ([2022, "2022"], "series has 2022 twice; give one number a year"),
        ([2021.5, 2022], r"series has the index 2021\.5; it must be a year from 1900 to 2200"),
    ],
)
def test_months_and_quarters_are_no_annual_totals(index, message):
    with pytest.raises(EvidenceError, match=message):
        annual_totals(pd.Series([100, 110], index=index))


@pytest.mark.parametrize(
    "index", [["2021", "2022"], pd.to_datetime(["2021-12-31", "2022-12-31"]), [2021.0, 2022.0]]
)
def test_a_day_of_a_year_stands_for_its_total(index):
    table = annual_totals(pd.Series([809, 2180], index=index))
    assert table["period_end"].tolist() == ["2021-12-31", "2022-12-31"]


def test_a_share_is_no_flow(facts):
    told = facts(("equals", "total", 2024, 70.0, {"measure": "ev_share_percent", "place": "GE"}))
    with pytest.raises(EvidenceError, match="ev_share_percent is a share, and shares do not add"):
        forecast_flow(told, [year(2025)])


@pytest.mark.slow
def test_how_much_the_facts_say_rests_on_the_first_that_is_used(facts):
    target = {"kind": "target"}
    table = facts(
        ("at_least", "total", 2025, 90_000, target),
        ("equals", "yoy_growth_percent", 2022, 170),
        ("equals", "total", 2021, 809),
        ("equals", "total", 2022, 2180),
    )
    periods = [year(2023)]
    (share,) = forecast_flow(table, periods, draws=8000).contraction()
    (alone,) = forecast_flow(table[2:], periods, draws=8000).contraction()
    assert share == pytest.approx(alone, abs=0.05)
    assert 0.2 < alone < 0.8


def test_what_the_facts_settle_is_a_share_of_the_forecasts_own_spread(facts):
    told = facts(("equals", "total", 2022, 2180))
    forecast = forecast_flow(told, [year(2022), year(2023)], market_size=300_000)
    alone = replace(forecast.request, rows=()).answer()
    spreads = [np.log(f.totals(year(2023))).std() for f in (forecast, alone)]
    settled = forecast.contraction()
    assert settled["2022"] > 0.95
    assert settled["2023"] == pytest.approx(1 - spreads[0] / spreads[1], abs=0.01)
    none = forecast_flow(told.iloc[:0], [year(2023)], market_size=300_000)
    assert none.contraction()["2023"] == pytest.approx(0.0, abs=1e-9)


def test_a_place_that_nobody_knows_is_said_to_mix_the_regions():
    table = annual_totals(pd.Series({2022: 2180}))
    given = {"periods": [year(2023)], "market_size": 3e5, "draws": 50}
    named, unknown = (forecast_flow(table, place=place, **given) for place in ("KZ", "Uzbekstan"))
    assert not named.caveats
    assert lines_of(unknown.caveats) == [
        "no place is known as Uzbekstan: what the markets of all regions share is mixed"
    ]


@pytest.mark.slow
def test_medians_of_other_seeds_scatter_as_much_as_a_forecast_says():
    medians, errors = [], []
    for seed in range(16):
        forecast = forecast_flow(
            annual_totals(pd.Series({2021: 809, 2022: 2180})),
            [year(2023), year(2026)],
            market_size=300_000,
            draws=400,
            seed=seed,
        )
        medians.append(np.log(forecast.quantiles()[0.5]))
        errors.append(forecast.random_error())
    ratio = np.std(medians, axis=0, ddof=1) / np.mean(errors, axis=0)
    assert ((ratio > 0.3) & (ratio < 1.6)).all(), ratio
