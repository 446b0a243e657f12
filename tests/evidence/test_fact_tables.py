"""What is typed first: facts as tables, Series and mappings, and periods as years."""

import numpy as np
import pandas as pd
import pytest

import forecasting as fc
from forecasting.vocabulary.periods import read_period

TOTALS = {2021: 809, 2022: 2180}
ASKED = {"market_size": 3e5, "draws": 100}


@pytest.mark.parametrize(
    "evidence",
    [
        TOTALS,
        pd.Series(TOTALS),
        [{2021: 809}, fc.fact(2022, 2180)],
        pd.concat([fc.fact("2021", 809), fc.fact("2022-01/2022-12", 2180)]),
    ],
)
@pytest.mark.parametrize(
    "periods", [[2023, 2024], range(2023, 2025), pd.period_range("2023", "2024", freq="Y")]
)
def test_facts_and_periods_are_understood_as_they_are_typed(evidence, periods):
    plain = fc.forecast_flow(fc.annual_totals(pd.Series(TOTALS)), [fc.year(2023)], **ASKED)
    made = fc.forecast_flow(evidence, periods, **ASKED)
    assert made.periods == (fc.year(2023), fc.year(2024))
    np.testing.assert_array_equal(made.totals(2023), plain.totals(fc.year(2023)))


def test_a_bound_is_of_the_days_until_it_was_reached():
    row = fc.fact("2026", 9_000, relation="greater_than", by="2026-09-01").iloc[0]
    assert (row["period_start"], row["period_end"]) == ("2026-01-01", "2026-09-01")
    assert (row["relation"], row["value"]) == ("greater_than", 9000.0)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"period": "soon", "value": 1}, r"period is 'soon'; give a Period"),
        ({"period": 2026, "value": "9,000"}, r"value is '9,000'; give a number"),
        ({"period": 2026, "value": -1}, r"-1 is negative"),
        ({"period": 2026, "value": 1, "relation": "more_than"}, r"unknown \(one of equals, about"),
        ({"period": 2026, "value": 1, "by": "2027-01-01"}, r"by is 2027-01-01, outside 2026"),
        ({"period": 2026, "value": 1, "bases": "x"}, r"bases.*is an unknown column"),
    ],
)
def test_a_fact_with_a_fault_is_refused_where_it_is_typed(given, words):
    with pytest.raises(fc.InputError, match=words):
        fc.fact(**given)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026", "2026"),
        ("2026-04", "2026-04"),
        ("2026-01/2026-04", "2026-01..2026-04"),
        ("2026-01..2026-04", "2026-01..2026-04"),
        ("2026-01-01/2026-01-15", "2026-01-01..2026-01-15"),
        ("2025/2026-06", "2025-01..2026-06"),
    ],
)
def test_a_period_is_read_as_it_is_written(text, label):
    assert read_period(text).label == label


def test_a_forecast_is_carried_on_with_new_facts():
    ledger = fc.datasets.central_asia().select("UZ", "ev_imports", as_of="2022-12-31")
    before = fc.forecast_flow(ledger, [2023], draws=200)
    told = fc.fact("2023-01/2023-04", 2544, published="2023-06")
    after = before.update(told)
    assert len(after.evidence) == len(before.evidence) + 1
    assert (after.measure, after.basis) == (before.measure, before.basis)
    news = before.news(after)
    pd.testing.assert_frame_equal(news, before.news(told))
    assert news["after"].iloc[-1] == pytest.approx(after.quantiles([0.5]).iloc[0, 0])


def test_what_is_published_after_the_day_of_the_forecast_is_not_used():
    ledger = fc.datasets.central_asia().select("UZ", "ev_imports")
    day = "2022-12-31"
    made = fc.forecast_flow(ledger, [2023], draws=100, as_of=day)
    assert made.evidence == ledger.select(as_of=day)


def test_what_a_forecast_cannot_tell_stands_in_its_repr():
    made = fc.forecast_flow(TOTALS, [2015, 2023], place="Uzbekstan", **ASKED)
    assert "no fact speaks of 2015, before 2021" in repr(made)
    assert "no place is known as Uzbekstan" in repr(made)
    with pytest.raises(fc.EvidenceError, match=r"market_size is 0.5; .*no share"):
        fc.forecast_flow(TOTALS, [2023], market_size=0.5)


def test_totals_of_quarters_and_months_are_of_their_own_days():
    quarters = pd.Series([120.0, 150], index=pd.period_range("2022Q1", periods=2, freq="Q"))
    asked = pd.period_range("2022Q3", "2022Q4", freq="Q")
    forecast = fc.forecast_flow(quarters, asked, **ASKED)
    days = [str(fact.period) for fact in forecast.evidence]
    assert days == ["2022-01..2022-03", "2022-04..2022-06"]
    assert forecast.summary_frame()["median"].gt(100).all()
    text = {2022: 600, "2023-01/2023-04": 300, "2023-05": 90}
    mixed = fc.forecast_flow(text, [2023], **ASKED)
    assert [fact.period.label for fact in mixed.evidence] == ["2022", "2023-01..2023-04", "2023-05"]
    fiscal = pd.Series([5.0], index=pd.period_range("2022", periods=1, freq="Y-JUN"))
    with pytest.raises(fc.EvidenceError, match="it must be a year, or lie within one"):
        fc.forecast_flow(fiscal, [2023], **ASKED)
    with pytest.raises(fc.EvidenceError, match=r"a part of one, such as 2026-01/2026-04"):
        fc.forecast_flow({"spring": 5}, [2023], **ASKED)
