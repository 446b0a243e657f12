"""What ends and beginnings of privileges do: synthetic truth recovered, a season without events."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.policies import Policy, checked_policies
from forecasting.growth.policy_months import Effect, PolicyEffects, course, months_since, numbers_of
from forecasting.growth.prior import CLOSINGS
from forecasting.panels import policy_effects
from forecasting.panels.policy_effects import (
    estimate_policy_effects,
    events,
    without_events,
)
from forecasting.panels.seasons import estimate_within_year

PLACES = "AT BE CA CH CL CO CZ DE DK EE ES FI FR GB HR HU IE IL IT JP LT LU NL NO NZ PL PT SE"
TRUTH = Effect(rush=0.8, fall=0.5, elasticity=5.0, rush_kept=0.5, fall_kept=0.5)


def world(kind: str = "ends", first_year: int = 2020) -> tuple[pd.DataFrame, dict[str, Policy]]:
    """Months of many markets with one event each, and the events."""
    rng = np.random.default_rng(0)
    tables = []
    rows = []
    for number, place in enumerate(PLACES.split()):
        share = 0.05 + 0.01 * (number % 12)
        start = dt.date(2022, 1 + number % 12, 1)
        rows.append(
            {"id": place, "place": place, "kind": kind, "start": start, "price_share": share}
        )
        policy = checked_policies(rows[-1:])[place]
        since = months_since(start, numbers_of(first_year, 48))
        own = TRUTH.median + rng.standard_normal(3) * [0.1, 0.1, 0.5]
        logs = course(since, TRUTH) * PolicyEffects(hurry=1.0).sizes(policy) @ own
        logs += 7 + 0.03 * np.arange(48) + np.tile(CLOSINGS, 4) + 0.1 * rng.standard_normal(48)
        month = pd.period_range(f"{first_year}-01", periods=48, freq="M").astype(str)
        tables.append(
            pd.DataFrame({"market": place, "month": month, "registrations": np.exp(logs)})
        )
    return pd.concat(tables, ignore_index=True), checked_policies(rows)


@pytest.mark.parametrize("kind", ["ends", "begins"])
def test_truth_is_recovered(kind: str) -> None:
    months, policies = world(kind)
    effects = estimate_policy_effects(months, policies.values())
    learned = effects.effect_of(kind)
    assert learned.rush == pytest.approx(TRUTH.rush, abs=0.12)
    assert learned.fall == pytest.approx(TRUTH.fall, abs=0.15)
    assert learned.elasticity == pytest.approx(TRUTH.elasticity, abs=1.0)
    assert (learned.rush_kept, learned.events) == (0.5, 28)
    other = effects.effect_of("begins" if kind == "ends" else "ends")
    assert (other.rush, other.events) == (Effect().rush, 0)


def test_events_need_single_months_about_them_and_the_whole_market() -> None:
    months, policies = world()
    row = {"place": "AT", "kind": "ends", "start": "2022-01-01"}
    left_out = checked_policies(
        [
            row | {"id": "orders", "dated_by": "order"},
            row | {"id": "one maker", "vehicles": "battery-cars-of-one-maker"},
            row | {"id": "hybrids", "vehicles": "plug-in-hybrids"},
            row | {"id": "points", "measure": "charging_stations"},
            row | {"id": "before the months", "start": "2020-02-01"},
            row | {"id": "elsewhere", "place": "ZA"},
        ]
    )
    assert events(months, left_out.values()) == []
    quarters = months.assign(
        registrations=months.groupby(["market", months.index // 3])["registrations"].transform(
            "mean"
        )
    )
    assert events(quarters, policies.values()) == []
    assert len(events(months, policies.values(), ["ends"])) == 28
    assert events(months, policies.values(), ["begins"]) == []


def test_a_season_is_learned_clean_of_the_events_that_ship(monkeypatch: pytest.MonkeyPatch) -> None:
    months, policies = world()
    every = {name: checked_policies([{
        "id": name, "place": name, "kind": "ends", "start": "2022-01-01", "price_share": 0.1,
    }])[name] for name in policies}  # fmt: skip
    since = months_since(dt.date(2022, 1, 1), numbers_of(2020, 48))
    flat = np.exp(np.tile(CLOSINGS, 4)) * np.exp(course(since, TRUTH) @ [0.8, 0.5, 0.3])
    months = months.assign(registrations=1000 * np.tile(flat, len(policies)))
    monkeypatch.setattr("forecasting.panels.policy_effects.shipped_policies", lambda: every)
    effects = estimate_policy_effects(months)
    clean = estimate_within_year(without_events(months, effects)).pattern
    dirty = estimate_within_year(months).pattern
    gaps = [np.abs(np.subtract(pattern, CLOSINGS)).max() for pattern in (clean, dirty)]
    assert gaps[0] < 0.5 * gaps[1]


@pytest.mark.parametrize(
    ("change", "is_enough"),
    [
        ({}, True),
        # Twelve of the sixteen months before the event, and four of the eight about it
        ({"without": range(4)}, True),
        ({"without": range(5)}, False),
        ({"without": [*range(12, 14), *range(17, 19)]}, True),
        ({"without": range(12, 17)}, False),
        # Eighteen of thirty months are enough, and a month is one from its twentieth car on
        ({"without": [*range(4), *range(21, 29)]}, True),
        ({"without": [*range(4), *range(21, 30)]}, False),
        ({"few": {at: 20.0 for at in range(5)}}, True),
        ({"few": {at: 19.0 for at in range(5)}}, False),
        # Two equal months in a row may be chance
        ({"few": {15: 500.0, 16: 500.0}}, True),
        ({"few": {15: 500.0, 16: 500.0, 17: 500.0}}, False),
    ],
)
def test_an_event_needs_just_as_many_months(change: dict[str, Any], is_enough: bool) -> None:
    policy = {"id": "AT", "place": "AT", "kind": "ends", "start": "2022-05-01", "price_share": 0.1}
    counts = pd.Series(1000.0 + np.arange(30) ** 2)
    for at, count in change.get("few", {}).items():
        counts[at] = count
    month = pd.period_range("2021-01", periods=30, freq="M").astype(str)
    table = pd.DataFrame({"market": "AT", "month": month, "registrations": counts})
    table = table.drop(index=list(change.get("without", ())))
    assert len(events(table, checked_policies([policy]).values())) == is_enough


@pytest.mark.parametrize("hurry", [0.5, 1.0, 2.0])
def test_buyers_hurry_for_half_a_month_for_one_or_for_two(
    hurry: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(evidence: object, kind: str, base: PolicyEffects) -> tuple[float, Effect]:
        return -abs(base.hurry - hurry), Effect(rush=base.hurry)

    monkeypatch.setattr(policy_effects, "_fit", fit)
    nothing = pd.DataFrame(columns=["market", "month", "registrations"])
    effects = estimate_policy_effects(nothing, [])
    # What privileges' beginnings do is fitted with the hurry that their ends tell
    assert (effects.hurry, effects.ends.rush, effects.begins.rush) == (hurry,) * 3
