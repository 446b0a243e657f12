"""Counts of a country's parts."""

import datetime as dt

import numpy as np
import pytest

from forecasting.demand.chain import demand_outlook
from forecasting.demand.parameters import load_parameters
from forecasting.evidence.datasets import central_asia
from forecasting.scenarios.facts_on_day import (
    concentration_of,
    part_counts,
)

DAY = dt.date(2026, 3, 31)


def test_a_growth_is_no_count_of_a_city(with_count):
    growth = {"quantity": "yoy_growth_percent", "unit": "percent", "period_end": "2026-01-01"}
    ledger = with_count("vehicle_stock", "UZ-TK", 12.0, **growth)
    counts = part_counts(ledger, "UZ", DAY)
    assert not counts.faults
    assert counts == part_counts(central_asia(), "UZ", DAY)


def test_parts_that_hold_all_vehicles_leave_no_remainder(with_count):
    """Counts of two days may add up to more than the country: the rest of its electric cars does
    not stand among no cars.
    """
    of_day = {"basis": "uz-register-persons", "period_end": "2022-01-02"}
    ledger = with_count("vehicle_stock", "UZ-SA", 1_960_000.0, **of_day)
    assert concentration_of(part_counts(ledger, "UZ", DAY)) == pytest.approx(3.65, abs=0.1)


def test_use_follows_the_share_where_the_cars_are():
    """Three quarters of Uzbekistan's electric cars and a sixth of its cars are in Tashkent, and of
    Kyrgyzstan's a third in Bishkek; of Tajikistan no part is counted.
    """
    assert concentration_of(part_counts(central_asia(), "UZ", DAY)) == pytest.approx(3.7, abs=0.1)
    bishkek, cars = 150 / 203, 71_551 / 219_525
    of_parts = bishkek**2 / cars + (1 - bishkek) ** 2 / (1 - cars)
    assert concentration_of(part_counts(central_asia(), "KG", DAY)) == pytest.approx(of_parts)
    assert concentration_of(part_counts(central_asia(), "TJ", DAY)) == 1
    imports, years = np.full((50, 3), 20_000.0), [2024, 2025, 2026]
    given = {"parameters": load_parameters(), "place": "UZ"}
    spread, dense = (
        demand_outlook(imports, years, concentration=times, **given).results for times in (1.0, 3.7)
    )
    need = "charging_points_need"
    # Below 2 % of the cars, as in the first year, use is as low as it gets
    assert dense[need][:, 0] == pytest.approx(spread[need][:, 0], rel=0.01)
    assert (dense[need][:, 1:] < spread[need][:, 1:]).all()
    assert dense["ev_stock"] == pytest.approx(spread["ev_stock"])
