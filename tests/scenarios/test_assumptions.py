"""How the points that stand are read from counts, at the ends of what is taken."""

import datetime as dt

import numpy as np
import pytest

from forecasting.evidence.fact import Fact
from forecasting.scenarios.assumptions import _growth, _is_above, has_rollout, printed_stocks
from forecasting.scenarios.question import find_scenario

NEWEST = dt.date(2025, 12, 31)


def count(day: dt.date, value: float, relation: str = "equals") -> Fact:
    return Fact(
        id=f"{day}-{value}-{relation}",
        measure="charging_points",
        place="UZ",
        period_end=str(day),
        relation=relation,
        value=value,
    )


@pytest.mark.parametrize(
    ("days", "is_used"), [(182, False), (183, True), (584, True), (585, False), (365, True)]
)
def test_growth_is_measured_over_half_a_year_to_one_and_three_fifths(
    days: int, is_used: bool
) -> None:
    growth = _growth([count(NEWEST - dt.timedelta(days), 400), count(NEWEST, 800)])
    assert growth == (pytest.approx(np.log(2) * 365.25 / days) if is_used else None)


def test_of_several_counts_that_nearest_to_a_year_before_is_taken() -> None:
    counts = [
        count(NEWEST - dt.timedelta(days), value)
        for days, value in ((550, 1), (380, 400), (200, 2))
    ]
    assert _growth([*counts, count(NEWEST, 800)]) == pytest.approx(np.log(2) * 365.25 / 380)


@pytest.mark.parametrize(
    ("value", "day", "relation", "says_more"),
    [
        (101, "2026-01-01", "at_least", True),
        (100, "2026-01-01", "at_least", False),
        (101, "2025-12-31", "at_least", False),
        (101, "2026-01-01", "at_most", False),
    ],
)
def test_a_bound_says_more_than_a_count_before_it(
    value: float, day: str, relation: str, says_more: bool
) -> None:
    bound = count(dt.date.fromisoformat(day), value, relation)
    assert _is_above(bound, count(NEWEST, 100)) == says_more


def test_bounds_and_growth_rates_are_no_counts_of_what_stands():
    rows = [("equals", "stock", 100), ("at_least", "stock", 50), ("about", "stock", 200)]
    rows.append(("equals", "yoy_growth_percent", 65.4))
    facts = [
        Fact(
            id=f"{relation} {value}",
            measure="ev_stock",
            place="UZ",
            period_end="2023-12-31",
            quantity=quantity,
            relation=relation,
            value=value,
        )
        for relation, quantity, value in rows
    ]
    counts = [(row.name, row.count) for row in printed_stocks(facts)]
    assert counts == [("equals 100", 100.0), ("about 200", 200.0)]


@pytest.mark.parametrize(("probability", "changes_pace"), [(0.0, False), (0.5, True), (1.0, True)])
def test_an_event_of_the_baseline_that_is_left_out_changes_no_pace(
    probability: float, changes_pace: bool
) -> None:
    scenario = find_scenario("uzbekistan-accelerated")
    rollouts = [driver for driver in scenario.drivers if driver.quantity == "charging_rollout"]
    drivers = [driver.model_copy(update={"probability": probability}) for driver in rollouts]
    assert has_rollout(scenario.model_copy(update={"drivers": tuple(drivers)})) == changes_pace
