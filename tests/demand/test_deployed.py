"""Points that stand, are promised, and are built as others build."""

import datetime as dt

import numpy as np
import pytest

from forecasting.demand.deployed import (
    ExistingCharging,
    Target,
    active_targets,
    standing_shares,
)


def test_practice_is_never_below_what_a_part_of_the_country_had(run):
    least = ExistingCharging(4000.0, dt.date(2025, 6, 1), "stations", place="Almaty")
    points = {"points_per_station": 2.0}
    base, floored = (
        run(changes=points, charging_least=part).results["charging_points_practice"]
        for part in (None, least)
    )
    assert np.array_equal(floored[:, 0], base[:, 0])  # 2024 lies before the day
    assert np.array_equal(floored[:, 1:], np.maximum(base[:, 1:], 8000))
    assert base[:, 1].min() < 8000


def test_stations_become_points_and_practice_starts_from_today(run):
    today = ExistingCharging(400, dt.date(2024, 12, 31), "stations")
    out = run(changes={"points_per_station": 2}, charging_today=today)
    assert out.results["charging_points_practice"][:, 0] == pytest.approx(800)


def test_a_target_beyond_the_last_year_has_no_probability():
    def plan(day):
        return Target(
            day, np.array([900.0]), "points", dt.date.fromisoformat(day), True, 1.0, np.array([0.0])
        )

    practice = np.array([[100.0, 800.0, 1600.0], [100.0, 1000.0, 2000.0]])
    standing = ExistingCharging(90.0, dt.date(2025, 12, 31))
    plans = [plan(day) for day in ("2025-12-31", "2026-12-31", "2027-06-30", "2028-06-30")]
    table = standing_shares(plans, [2025, 2026, 2027], practice, standing, np.ones(2)).set_index(
        "target"
    )
    assert table["stands"].tolist() == pytest.approx([0.1, 0.1, 0.1, 0.1])
    within = 2 ** (181 / 365)  # both double in the year, on a straight line in logs
    assert table["probability"].tolist() == pytest.approx([np.nan, 0.5, 1, np.nan], nan_ok=True)
    paces = [np.nan, 810, 810 * 365 / 546, 810 / (2 + 182 / 366)]
    assert table["pace_needed"].tolist() == pytest.approx(paces, nan_ok=True, rel=1e-9)
    by_practice = [np.nan, 810, (900 * within - 90) * 365 / 546, np.nan]
    assert table["pace_of_practice"].tolist() == pytest.approx(by_practice, nan_ok=True, rel=1e-9)


def test_a_target_in_stations_is_reached_by_a_count_of_points():
    day = dt.date(2030, 12, 31)
    plan = Target("plan", np.full(300, 100.0), "stations", day)
    points = ExistingCharging(400.0, dt.date(2024, 12, 15), "points")
    assert active_targets([plan], 2025.0, 2.0, points) == []
    assert active_targets([plan], 2025.0, 5.0, points) == [plan]
