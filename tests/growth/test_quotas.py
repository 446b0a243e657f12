"""The day on which a quota is used up, and the flow before and after it."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import forecasting as fc
from forecasting.evidence.policies import Policy
from forecasting.growth.flow import annual_totals, forecast_flow
from forecasting.growth.policy_months import PolicyEffects, worth
from forecasting.growth.quotas import (
    _size,
    days_used_up,
    months_in_force,
    with_cars_that_wait,
    with_quota,
)
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.periods import year

MONTHS = list(year(2026).months())
NEVER_KNOWN = dt.date(2025, 12, 31)


def _quota(number: float, share: float | None = None, start: str = "2026-01-01") -> Policy:
    day = dt.date.fromisoformat(start)
    return Policy("mine", "KG", "quota", day, quota=number, price_share=share)


def _forecast(**cells: object) -> fc.growth.forecast.FlowForecast:
    facts = annual_totals(pd.Series({2023: 3000, 2024: 5000, 2025: 9870}))
    table = pd.DataFrame([{"kind": "quota", "start": "2026-01-01", **cells}])
    periods = [year(2026)]
    return forecast_flow(facts, periods, market_size=170_000, draws=400, policies=table)


def test_a_quota_worth_nothing_changes_no_flow_and_ends_by_first_passage():
    facts = annual_totals(pd.Series({2023: 3000, 2024: 5000, 2025: 9870}))
    plain = forecast_flow(facts, [year(2026)], market_size=170_000, draws=400)
    forecast = _forecast(quota=12_000, price_share=0)
    assert (forecast.monthly == plain.monthly).all()
    row = forecast.quotas().iloc[0]
    place = forecast.months.index(MONTHS[0])
    total = np.cumsum(plain.monthly[:, place : place + 12], axis=1)
    assert row["used_up"] == (total[:, -1] >= 12_000).mean()
    months = np.where(total[:, -1] >= 12_000, (total < 12_000).sum(axis=1), 99)
    middle = np.quantile(months, 0.5, method="inverted_cdf")
    assert row["median"].month == middle + 1


def test_a_flow_falls_once_its_quota_is_used_up_and_hurries_before():
    flow = np.full((4000, 12), 100.0)
    effects = PolicyEffects()
    changed = with_quota(flow, MONTHS, _quota(550, 0.13), effects, NEVER_KNOWN, 1)
    middle = np.median(changed, axis=0)
    assert middle[0] == pytest.approx(100, rel=0.02)
    assert middle[4] > 115
    assert middle[6] < 85
    assert middle[11] == pytest.approx(100 * np.exp(-3 * 0.13 / (1 + 0.13 / 0.15)), rel=0.05)


def test_the_flow_is_continuous_in_the_number_of_the_quota():
    flow = np.full((1, 12), 100.0)
    totals = [
        with_quota(flow, MONTHS, _quota(n, 0.13), PolicyEffects(), NEVER_KNOWN, 1).sum()
        for n in (499.9, 500.0, 500.1)
    ]
    assert np.diff(totals) == pytest.approx([0.05, 0.05], abs=0.1)


def test_months_that_facts_speak_of_stay_as_they_are():
    flow = np.full((50, 12), 100.0)
    known_until = dt.date(2026, 6, 30)
    changed = with_quota(flow, MONTHS, _quota(900, 0.13), PolicyEffects(), known_until, 1)
    assert (changed[:, :6] == 100).all()
    assert (np.median(changed, axis=0)[9:] < 90).all()


def test_a_quota_counts_from_its_first_day_to_its_last():
    quota = _quota(40, start="2026-01-22")
    assert months_in_force(quota, MONTHS)[:2] == pytest.approx([10 / 31, 1.0])
    days = days_used_up(np.full((1, 12), 31.0), MONTHS, quota)
    assert dt.date.fromordinal(int(days[0])) == dt.date(2026, 2, 28)
    assert np.isinf(days_used_up(np.full((1, 12), 1.0), MONTHS, quota)).all()


def test_a_quota_that_lasts_has_no_day():
    row = _forecast(quota=900_000).quotas().iloc[0]
    assert pd.isna(row["median"])
    assert row["used_up"] == 0.0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"start": "2026-01-01"}], "policies:1 quota: is empty or 0 .say for how many"),
        ([{"start": "2026-01-01", "quota": 0}], "quota: is empty or 0"),
        ([{"start": "2026-01-01", "quota": -5}], "policies:1 quota: -5 is negative .give how much"),
        ([{"quota": 5}], "column 'start' is missing .a table of policies needs kind, start"),
        (
            [{"start": "2026-01-01", "quota": 5, "remainder": 6, "remainder_on": "2026-02-28"}],
            "policies:1 remainder: 6 is above the quota of 5 .give how many were left",
        ),
        (
            [{"start": "2026-01-01", "quota": 5, "remainder": 4}],
            "policies:1 remainder_on: is empty beside a remainder .give its day",
        ),
        (
            [{"start": "2026-01-01", "quota": 5}, {"start": "2026-06-01", "quota": 5}],
            "policies:2 start: overlaps policy 1, which holds until 2026-12-31",
        ),
    ],
)
def test_a_quota_that_cannot_be_is_refused(rows, message):
    facts = annual_totals(pd.Series({2024: 5000, 2025: 9870}))
    table = pd.DataFrame([{"kind": "quota", **row} for row in rows])
    with pytest.raises(LedgerError, match=message):
        forecast_flow(facts, [year(2026)], market_size=170_000, policies=table)


def test_a_quota_of_another_flow_is_refused_and_one_of_another_place_passed_over():
    facts = annual_totals(pd.Series({2024: 5000, 2025: 9870}))
    facts = facts.assign(measure="ev_imports", place="KG")
    quota = {"kind": "quota", "start": "2026-01-01", "quota": 5, "measure": "ev_exports"}
    message = "policy 1 measure: ev_exports is another flow than ev_imports .leave the quota out"
    with pytest.raises(LedgerError, match=message):
        forecast_flow(facts, [year(2026)], policies=pd.DataFrame([quota | {"place": "KG"}]))
    forecast = forecast_flow(
        facts, [year(2026)], draws=50, policies=pd.DataFrame([quota | {"place": "KZ"}])
    )
    assert forecast.quotas().empty


@pytest.mark.parametrize("number", [30, 550, 1150])
def test_no_quota_brings_fewer_vehicles_than_its_absence(number):
    flow = np.random.default_rng(0).lognormal(np.log(100), 0.3, (1000, 12))
    asked = (flow, MONTHS, _quota(number, 0.13), PolicyEffects(), NEVER_KNOWN, 1)
    granted, without = with_quota(*asked), with_quota(*asked, np.zeros(1000))
    assert (without <= flow).all()
    assert (granted.sum(axis=1) > without.sum(axis=1) - 1e-6).all()


def test_what_is_left_of_a_quota_tells_the_flow_so_far():
    plain = _forecast(quota=9_000, price_share=0.0)
    told = _forecast(quota=9_000, price_share=0.0, remainder=3_000, remainder_on="2026-06-30")
    half = fc.span("2026-01-01", "2026-06-30")
    assert np.median(told.totals(half)) == pytest.approx(6_000, rel=0.02)
    assert told.quotas()["median"][0] > dt.date(2026, 6, 30)
    # Of the middle 80 %: in few draws the remainder is a misprint, and the flow another one
    low, high = np.quantile([plain.totals(half), told.totals(half)], [0.1, 0.9], axis=1)
    spread = np.log(high / low)
    assert spread[1] < 0.1 * spread[0]


def test_a_quota_that_was_used_up_tells_the_flow_until_then():
    told = _forecast(quota=9_000, price_share=0.0, end="2026-08-31", end_announced="2026-09-30")
    assert told.quotas().empty
    until = fc.span("2026-01-01", "2026-08-31")
    assert np.median(told.totals(until)) == pytest.approx(9_000, rel=0.02)


def test_cars_wait_for_a_quota_that_is_announced_and_none_is_lost():
    facts = annual_totals(pd.Series({2023: 3000, 2024: 5000, 2025: 9870}))
    cells = {"kind": "quota", "start": "2026-06-01", "quota": 900_000, "announced": "2026-03-01"}

    def flow(**more: object) -> np.ndarray:
        table = pd.DataFrame([cells | more])
        forecast = forecast_flow(
            facts, [year(2026)], market_size=170_000, draws=400, policies=table
        )
        place = forecast.months.index(MONTHS[0])
        return forecast.monthly[:, place : place + 12]

    facts = facts.assign(published=["2024-01-10", "2025-01-10", "2026-04-10"])
    plain, waited = flow(price_share=0.0), flow(price_share=0.13)
    change = np.median(waited / plain, axis=0)
    assert change[:2] == pytest.approx(1.0)  # nobody waits for what is not announced
    assert np.all(np.diff(change[1:5]) < 0)
    assert change[4] < 0.85
    assert change[5] > 1.2
    assert waited.sum(axis=1) == pytest.approx(plain.sum(axis=1))


def test_how_many_wait_is_continuous_in_the_first_day_of_a_quota():
    flow = np.full((1, 12), 100.0)
    effects = PolicyEffects()
    waited = []
    for day in ("2026-05-31", "2026-06-01", "2026-06-02"):
        quota = replace(_quota(9e9, 0.13, day), announced=dt.date(2026, 1, 1))
        never = np.full(1, -np.inf)
        waited.append(with_cars_that_wait(flow, MONTHS, quota, effects, never, NEVER_KNOWN, 1))
    assert np.abs(np.diff(waited, axis=0)).max() < 4  # of a hundred a month, for a day


def test_a_quota_that_lasted_makes_nobody_wait_for_the_next():
    rows = [
        {"start": "2026-01-01", "end": "2026-06-30", "quota": 10},
        {"start": "2026-07-01", "quota": 900_000, "announced": "2025-12-01"},
    ]
    facts = annual_totals(pd.Series({2023: 3000, 2024: 5000, 2025: 9870}))
    facts = facts.assign(published=["2024-01-10", "2025-01-10", "2026-01-10"])
    halves = [fc.span("2026-01-01", "2026-06-30"), fc.span("2026-07-01", "2026-07-31")]
    totals = []
    for number in (10, 800_000):
        first = rows[0] | {"quota": number}
        table = pd.DataFrame([first, rows[1]]).assign(kind="quota", price_share=0.13)
        table["announced"] = "2025-12-01"
        forecast = forecast_flow(
            facts, [year(2026)], market_size=170_000, draws=400, policies=table
        )
        totals.append([np.median(forecast.totals(period)) for period in halves])
    assert totals[0][0] < 0.8 * totals[1][0]
    assert totals[0][1] > 1.2 * totals[1][1]


def test_a_quota_of_whose_end_nobody_reported_is_not_used_up():
    facts = annual_totals(pd.Series({2023: 3000, 2024: 5000, 2025: 9870}))
    facts = facts.assign(published=["2024-01-10", "2025-01-10", "2026-06-30"])
    table = pd.DataFrame([{"kind": "quota", "start": "2026-01-01", "quota": 5_000}])
    forecast = forecast_flow(facts, [year(2026)], market_size=170_000, policies=table)
    plain = forecast_flow(facts, [year(2026)], market_size=170_000)
    until_may = fc.span("2026-01-01", "2026-05-31")
    assert (plain.totals(until_may) > 5_000).mean() > 0.3
    assert forecast.quotas()["low"][0] >= dt.date(2026, 5, 31)
    assert (forecast.totals(until_may) > 5_000).mean() < 0.1
    stays = (forecast.monthly == plain.monthly).all(axis=1)
    assert 0.4 < stays.mean() < 0.8  # a draw that agrees stays in its place


def test_the_worth_of_a_privilege_is_at_most_that_of_a_usual_one():
    effects = PolicyEffects()
    assert _size(_quota(5, None), effects) == 0
    assert _size(_quota(5, effects.usual_share), effects) == pytest.approx(1)
    assert _size(_quota(5, 3 * effects.usual_share), effects) == 1
    half = _size(_quota(5, effects.usual_share / 2), effects)
    assert half == pytest.approx(worth(effects.usual_share / 2) / worth(effects.usual_share))
