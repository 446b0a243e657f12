"""What an outlook says of targets and needs, worked out by hand on draws that are told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from forecasting.demand.demand_outlook import DemandOutlook, ShareTarget

YEARS = (2024, 2025, 2026)
# Four draws of three years
SHARES = np.array([[1.0, 5, 10], [1.0, 6, 20], [1.0, 7, 30], [1.0, 8, 40]])


def outlook(**changes: Any) -> Any:
    """As far as the methods ask it; half of the electric cars are battery cars."""
    cars = np.full((4, 3), 1000.0)
    fleet = SimpleNamespace(stock=5 * SHARES, registrations=2.5 * SHARES)
    made = SimpleNamespace(
        years=YEARS,
        cars={"ev_stock_share_percent": cars, "ev_share_percent": cars / 2},
        results={"ev_stock_share_percent": SHARES, "ev_share_percent": 2 * SHARES},
        fleets={"bev": fleet},
    )
    made.__dict__.update(changes)
    made.path_to = lambda *told: DemandOutlook.path_to(made, *told)
    return made


def test_a_path_to_a_share_grows_evenly_from_that_of_its_first_year() -> None:
    path = DemandOutlook.path_to(outlook(), "ev_stock_share_percent", 100, 2024, 2026)
    assert path == pytest.approx({2025: 100, 2026: 1000})
    later = DemandOutlook.path_to(outlook(), "ev_stock_share_percent", 26, 2025, 2026)
    assert later == pytest.approx({2026: 260})
    assert DemandOutlook.path_to(outlook(), "ev_stock_share_percent", 1, 2024, 2026) == {}
    assert DemandOutlook.path_to(outlook(), "ev_stock_share_percent", 100, 2023, 2026) == {}
    from_nothing = DemandOutlook.path_to(
        outlook(), "ev_share_percent", 10, 2024, 2026, np.zeros((4, 3))
    )
    assert from_nothing == pytest.approx({2025: 0.5, 2026: 50})


def test_a_target_is_of_the_cars_that_it_counts_and_reached_at_its_very_share() -> None:
    targets = [
        ShareTarget("of the stock", 2026, 20.0, of_stock=True, battery_alone=False),
        ShareTarget("of battery cars", 2026, 20.0, of_stock=True, battery_alone=True),
        ShareTarget("of new cars", 2025, 12.0, of_stock=False, battery_alone=False),
        ShareTarget("too late", 2027, 20.0, of_stock=True, battery_alone=False),
    ]
    rows = DemandOutlook.share_targets(outlook(), targets, 2024)
    assert [row["target"] for row in rows] == ["of the stock", "of battery cars", "of new cars"]
    assert [row["measure"] for row in rows] == ["ev_stock_share_percent"] * 2 + ["ev_share_percent"]
    assert [row["forecast"] for row in rows] == [25, 12.5, 13]
    assert [row["probability"] for row in rows] == [0.75, 0.25, 0.75]
    assert [row["with_plug_ins"] for row in rows] == [0.75, 0.75, 0.75]
    assert [row["battery"] for row in rows] == [0.25, 0.25, 0]
    assert rows[0]["path"] == pytest.approx({2025: 10 * 20**0.5, 2026: 200})
    assert rows[1]["path"] == pytest.approx({2025: 10 * 10**0.5, 2026: 200})
    assert rows[2]["path"] == pytest.approx({2025: 60})
    without = outlook(cars={"ev_share_percent": np.ones((4, 3))})
    assert DemandOutlook.share_targets(without, targets[:2], 2024) == []


def test_a_need_is_met_in_the_first_year_in_which_half_of_the_draws_meet_it() -> None:
    made = outlook(
        results={
            "charging_points_practice": np.array([[1.0, 2, 3], [1.0, 1, 1]]),
            "charging_points_need": np.array([[2.0, 2, 2], [2.0, 2, 2]]),
        }
    )
    assert DemandOutlook.need_met_in(made, 2024) == 2025
    assert DemandOutlook.need_met_in(made, 2026) == 2026
    assert DemandOutlook.need_met_in(made, 2024, times=2.0) == 2024
    assert DemandOutlook.need_met_in(made, 2024, times=0.5) is None
