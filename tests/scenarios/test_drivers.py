"""Dated events on draws: they act from their day, by their size, on common random numbers."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

import forecasting as fc
from forecasting.evidence.policies import checked_policies
from forecasting.growth.policy_months import NO_POLICIES, Policies
from forecasting.parameters.schema import Driver, scenario_of
from forecasting.scenarios import drivers as drivers_module
from forecasting.scenarios.drivers import (
    NEVER_DAY,
    activity,
    apply_drivers,
    draw_event,
    scale_totals,
)
from forecasting.scenarios.question import find_scenario
from forecasting.vocabulary.errors import ScenarioError
from forecasting.vocabulary.periods import Period, span
from forecasting.vocabulary.strict_yaml import parse_yaml

FACTS_END = dt.date(2024, 12, 31)
MONTHS = list(span("2024-01-01", "2027-12-31").months())


@dataclasses.dataclass(frozen=True)
class Forecast:
    """The part of a forecast that drivers touch."""

    monthly: np.ndarray
    market: np.ndarray | None = None
    months: Sequence[Period] = tuple(MONTHS)
    policies: Policies = NO_POLICIES

    def with_monthly(self, monthly: np.ndarray) -> "Forecast":
        return dataclasses.replace(self, monthly=monthly)


def flat(draws: int = 400, level: float = 100.0, market: float | None = None) -> Forecast:
    shape = (draws, len(MONTHS))
    return Forecast(np.full(shape, level), None if market is None else np.full(shape, market))


def driver(**changes: object) -> Driver:
    given = {
        "name": "event",
        "kind": "level",
        "quantity": "ev_imports",
        "start": "2026-01-01",
        "size": 0.5,
    }
    return Driver(**given | {"reason": "a test", "source": "judgement"} | changes)


def years(forecast: Forecast) -> np.ndarray:
    return forecast.monthly.reshape(len(forecast.monthly), -1, 12).sum(axis=2)


def test_a_level_acts_between_its_days_and_never_before_the_facts_end() -> None:
    changed = apply_drivers(flat(), [driver(start="2024-06-01", end="2025-12-31")], FACTS_END, 0)
    assert years(changed)[0].tolist() == [1200, 600, 1200, 1200]
    half = apply_drivers(
        flat(), [driver(start="2026-04-16", end="2026-04-30", size=0.0)], FACTS_END, 0
    )
    assert half.monthly[0, 27] == pytest.approx(50)
    assert half.monthly.sum() == pytest.approx(400 * (4800 - 50))


def test_growth_builds_up_and_stays() -> None:
    changed = apply_drivers(
        flat(),
        [driver(kind="growth", start="2025-01-01", end="2026-12-31", size=1.21)],
        FACTS_END,
        0,
    )
    assert changed.monthly[0, [11, 23, 35, 47]] == pytest.approx([100, 121, 146.41, 146.41])


def test_a_ceiling_holds_the_share_of_the_market() -> None:
    changed = apply_drivers(flat(market=150.0), [driver(kind="ceiling", size=0.5)], FACTS_END, 0)
    assert years(changed)[0] == pytest.approx([1200, 1200, 900, 900])
    assert changed.monthly[0, 24:] == pytest.approx(75)


def test_bounds_come_after_what_they_bound() -> None:
    rows = [driver(name="limit", kind="ceiling", size=0.5), driver(name="boom", size=3.0)]
    for order in (rows, rows[::-1]):
        changed = apply_drivers(flat(market=150.0), order, FACTS_END, 0)
        assert years(changed)[:, 2:] == pytest.approx(900)


def test_demand_drivers_leave_the_flow_alone() -> None:
    forecast = flat()
    rows = [driver(kind="demand", quantity="local_assembly", size=9000.0)]
    assert apply_drivers(forecast, rows, FACTS_END, 0) is forecast


def test_luck_has_the_probabilities_it_was_given() -> None:
    event = driver(
        probability=0.8,
        on_time=0.25,
        delay_years={"low": 1, "mode": 1, "high": 3},
        size={"low": 1, "mode": 2, "high": 3},
    )
    drawn = draw_event(event, 40_000, seed=3)
    happened = drawn.start < NEVER_DAY
    day = dt.date(2026, 1, 1).toordinal()
    assert happened.mean() == pytest.approx(0.8, abs=0.01)
    assert (drawn.start[happened] == day).mean() == pytest.approx(0.25, abs=0.01)
    late = (drawn.start[happened & (drawn.start > day)] - day) / 365.25
    assert late.min() >= 0.99
    assert late.max() <= 3.01
    assert late.mean() == pytest.approx(5 / 3, abs=0.02)
    assert drawn.size.mean() == pytest.approx(2, abs=0.02)


def test_luck_belongs_to_the_name_and_the_seed() -> None:
    event = driver(size={"low": 0, "mode": 1, "high": 2})
    alone = apply_drivers(flat(), [event], FACTS_END, 7).monthly
    among = apply_drivers(flat(), [driver(name="other", size=1.0), event], FACTS_END, 7).monthly
    assert np.array_equal(alone, among)
    assert not np.array_equal(alone, apply_drivers(flat(), [event], FACTS_END, 8).monthly)
    stronger = apply_drivers(
        flat(), [driver(size={"low": 0, "mode": 1, "high": 2.5})], FACTS_END, 7
    ).monthly
    assert (stronger >= alone - 1e-9).all()  # the same random draws, a higher range


def test_announced_plants_are_discounted() -> None:
    plant = {"size": 2.0, "delay_years": {"low": 1, "mode": 2, "high": 4}}
    on_time = years(apply_drivers(flat(), [driver(**plant)], FACTS_END, 0)).mean(axis=0)
    announced = years(apply_drivers(flat(), [driver(on_time=0.07, **plant)], FACTS_END, 0)).mean(
        axis=0
    )
    assert on_time[2:].tolist() == [2400, 2400]
    assert 1200 < announced[2] < 1400
    assert announced[2] < announced[3] < 2000


def test_activity_is_a_share_of_days() -> None:
    start = np.array([dt.date(2025, 1, 16).toordinal(), NEVER_DAY], dtype=float)
    found = activity(MONTHS, start, dt.date(2025, 2, 14), dt.date(2024, 12, 31))
    assert found[0, 12:15] == pytest.approx([16 / 31, 14 / 28, 0])
    assert found[1].sum() == 0


flows = arrays(np.float64, (3, 24), elements=st.floats(0, 1e6))
STILL = np.arange(24) >= 5


@settings(max_examples=60)
@given(flows, flows)
def test_scaled_totals_keep_to_the_limit_where_they_can(
    flow: np.ndarray, limit: np.ndarray
) -> None:
    scaled = scale_totals(flow, limit, STILL)
    assert (scaled >= 0).all()
    assert (scaled <= flow + 1e-6).all()
    assert np.array_equal(scaled[:, :5], flow[:, :5])
    assert (scaled[:, 12:].sum(axis=1) <= limit[:, 12:].sum(axis=1) * (1 + 1e-9) + 1e-3).all()


@pytest.mark.parametrize(
    ("limit", "open_month"),
    [
        (12.0, 24.0 / 7),  # of 144, the 5 months of 24 that are past leave 24 for 7 others
        (24.0, 24.0),  # as much as there is
        (30.0, 24.0),
        (10.0, 0.0),  # the past alone is the limit
        (5.0, 0.0),
    ],
)
def test_months_that_are_past_count_towards_the_limit_of_their_year(
    limit: float, open_month: float
) -> None:
    flow = np.full((2, 24), 24.0)
    scaled = scale_totals(flow, np.full((2, 24), limit), STILL)
    by_hand = [24.0] * 5 + [open_month] * 7 + [min(limit, 24.0)] * 12
    assert scaled == pytest.approx(np.array([by_hand, by_hand]))


def test_a_policy_that_does_not_come_moves_only_months_that_are_open() -> None:
    facts = fc.annual_totals(pd.Series({2021: 809, 2022: 2180}))
    ends = checked_policies(
        [{"id": "uz-2019-01-duty", "place": "KG", "kind": "ends", "start": "2024-01-01"}]
    )
    made = fc.forecast_flow(
        facts, [fc.year(2024)], market_size=3e5, draws=200, policies=tuple(ends.values())
    )
    asked = {"kind": "policy", "policy": "uz-2019-01-duty", "size": 1, "start": "2024-01-01"}
    decided = apply_drivers(made, [driver(**asked)], dt.date(2023, 6, 30), 1)
    assert decided.monthly == pytest.approx(made.monthly)
    never = apply_drivers(made, [driver(**asked, probability=0)], dt.date(2024, 1, 31), 1)
    months = [month.label for month in made.months]
    ratio = np.median(never.monthly / made.monthly, axis=0)
    assert ratio[months.index("2023-12")] == ratio[months.index("2024-01")] == 1.0
    assert ratio[months.index("2024-02")] > 1.1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"policy": "uz-2019-01-dutty"}, "no policy .*did you mean uz-2019-01-duty"),
        ({}, "'' is no policy"),
        ({"kind": "level", "policy": "uz-2019-01-duty"}, "is of kind policy alone"),
        ({"policy": "uz-2019-01-duty", "size": -1}, "is negative"),
    ],
)
def test_a_driver_names_a_row_of_the_policies(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        driver(**{"kind": "policy", "size": 1, **changes})


def test_a_quota_is_renewed_each_year_and_a_large_one_limits_nobody() -> None:
    made = flat()
    asked = {"kind": "quota", "policy": "kg-2026-01-quota", "size": 600.0, "start": "2026-01-22"}
    limited = apply_drivers(made, [driver(**asked)], FACTS_END, 0)
    ratio = np.median(limited.monthly / made.monthly, axis=0)
    labels = [month.label for month in made.months]
    assert ratio[labels.index("2026-12")] < 0.95
    assert ratio[labels.index("2027-01")] == pytest.approx(1.0, abs=0.02)
    assert ratio[labels.index("2027-12")] < 0.95
    lifted = apply_drivers(made, [driver(**asked | {"size": 1e6})], FACTS_END, 0)
    assert lifted.monthly == pytest.approx(made.monthly)
    more = apply_drivers(made, [driver(**asked | {"size": 900.0})], FACTS_END, 0)
    assert (years(more)[:, 2] >= years(limited)[:, 2] - 1e-6).all()


def test_where_no_quota_is_granted_all_pay_and_nobody_hurries() -> None:
    made = flat()
    asked = {"kind": "quota", "policy": "kg-2026-01-quota", "size": 600.0, "start": "2027-01-01"}
    granted = apply_drivers(made, [driver(**asked)], FACTS_END, 0)
    without = apply_drivers(made, [driver(**asked, probability=0)], FACTS_END, 0)
    assert (without.monthly[:, :36] == made.monthly[:, :36]).all()
    ratio = without.monthly[:, 36:] / made.monthly[:, 36:]
    assert ratio.max() <= 1.0
    assert ratio == pytest.approx(np.repeat(ratio[:, :1], 12, axis=1))
    # After a quota that is used up no more buyers stay away than had hurried
    assert (years(without)[:, 3] <= years(granted)[:, 3] * (1 + 1e-9)).all()
    some = apply_drivers(made, [driver(**asked, probability=0.5)], FACTS_END, 0)
    is_granted = np.isclose(some.monthly, granted.monthly).all(axis=1)
    assert is_granted.mean() == pytest.approx(0.5, abs=0.05)


CAP = """
country: KG
scenario: mine
as_of: latest
horizon: 2030
seed: 1
measure: ev_imports
drivers:
  - {name: limit, kind: cap, quantity: ev_imports, start: 2026-01-01, size: 5, reason: a, source: b}
"""


def test_a_cap_of_an_earlier_version_is_told_what_it_is_now() -> None:
    message = "kind: 'cap' is unknown .kind: quota, with policy: a quota of policies.csv"
    with pytest.raises(ScenarioError, match=message):
        scenario_of(parse_yaml(CAP, "mine.yaml"), "kyrgyzstan-mine")


def test_a_driver_of_a_quota_names_a_quota() -> None:
    with pytest.raises(ValueError, match="'uz-2019-01-duty' is no quota"):
        driver(kind="quota", policy="uz-2019-01-duty", size=5)
    with pytest.raises(ValueError, match="0 is no quota; it must be above 0"):
        driver(kind="quota", policy="kg-2026-01-quota", size=0)


@pytest.mark.parametrize("name", ["kyrgyzstan-constrained", "uzbekistan-accelerated"])
def test_the_order_of_drivers_in_a_file_moves_no_number(name):
    scenario = find_scenario(name)
    reverse = scenario.model_copy(update={"drivers": scenario.drivers[::-1]})
    one, other = (fc.outlook(each, draws=50).results.values for each in (scenario, reverse))
    assert one.keys() == other.keys()
    for measure, values in one.items():
        np.testing.assert_array_equal(values, other[measure], err_msg=measure)


def test_what_follows_an_event_happens_where_that_does_and_as_late() -> None:
    plant = driver(
        name="plant",
        start="2026-07-01",
        probability=0.6,
        on_time=0.3,
        delay_years={"low": 0.5, "mode": 1, "high": 3},
    )
    follower = driver(name="replaced", start="2026-10-01", after="plant")
    rows = [follower, plant]
    led, drawn = (draw_event(row, 5000, 3, rows) for row in (plant, follower))
    happens = led.start < NEVER_DAY
    lag = (dt.date(2026, 10, 1) - dt.date(2026, 7, 1)).days
    assert (drawn.start[happens] == led.start[happens] + lag).all()
    assert (drawn.start[~happens] == NEVER_DAY).all()
    assert 0.5 < happens.mean() < 0.7
    for order in (rows, rows[::-1]):
        assert (draw_event(follower, 5000, 3, order).start == drawn.start).all()
        changed = apply_drivers(flat(), order, FACTS_END, 3).monthly
        assert np.array_equal(changed, apply_drivers(flat(), rows, FACTS_END, 3).monthly)


def test_the_effect_of_a_driver_is_the_median_of_logs(monkeypatch):
    """Of one that acts on the flow; a ceiling without a market moves no vehicle."""
    usual = np.array([[5.0, 5.0], [10.0, 10.0], [0.1, 0.1]])
    changed = SimpleNamespace(monthly=usual * np.array([[2.0], [3.0], [8.0]]))
    monkeypatch.setattr(drivers_module, "apply_drivers", lambda *_: changed)

    def effect(kind, market=None, **cells):
        forecast = SimpleNamespace(monthly=usual, market=market)
        made = SimpleNamespace(kind=kind, after="", quantity="ev_imports", on_flow=True, **cells)
        return drivers_module.effect_of(made, [], forecast, None, 0)

    assert effect("level") == pytest.approx(np.log(2))
    assert effect("ceiling", market=1) == pytest.approx(np.log(2))
    assert effect("ceiling") == 0
