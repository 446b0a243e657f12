"""Imports to registrations, the exporter's mirror, and the balance with printed stocks."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.demand.registrations import balance, dated_counts, mirror, registrations
from forecasting.errors import AssumptionError

few = settings(max_examples=30, deadline=None, derandomize=True)
flows = st.lists(st.floats(0, 1e6), min_size=1, max_size=8)


@few
@given(flows, st.floats(0, 0.95), st.floats(0, 0.5))
def test_no_vehicle_is_lost_between_border_and_register(imports, reexport, inventory):
    flow = np.array([imports])
    registered = registrations(flow, np.array([reexport]), np.array([inventory]))
    retained = flow * (1 - reexport)
    opening, closing = retained[0, 0] * inventory, retained[0, -1] * inventory
    assert registered.sum() == pytest.approx(retained.sum() + opening - closing, abs=1e-6)
    assert np.all(registered >= 0)


def test_inventory_delays_and_assembly_adds():
    registered = registrations(
        np.array([[100.0, 200.0]]), np.array([0.0]), np.array([0.1]), assembly=5.0
    )
    assert registered.tolist() == [[105.0, 195.0]]


def test_a_mirror_that_the_lag_explains_leaves_nothing():
    found = mirror(1000 * np.exp(0.6 * 2 / 12), 1000, lag_months=2, growth=0.6)
    assert found["unexplained"] == pytest.approx(1.0)


def test_a_mirror_needs_two_figures():
    with pytest.raises(
        AssumptionError, match=r"importer = 0 vehicles; a mirror needs two figures above 0"
    ):
        mirror(10, 0)


def test_counts_are_read_from_pairs_mappings_tables_and_facts():
    class Fact:
        id, period_end, value = "K1", dt.date(2023, 12, 1), 7383.0

    table = pd.DataFrame([{"id": "T", "period_end": "2023-05-01", "value": 2472.0}])
    assert dated_counts([(2023, 10), {"period_end": "2023-12-01", "value": 5}, Fact()]) == [
        (dt.date(2023, 12, 31), 10.0, "stock"),
        (dt.date(2023, 12, 1), 5.0, "stock"),
        (dt.date(2023, 12, 1), 7383.0, "K1"),
    ]
    assert dated_counts(table) == [(dt.date(2023, 5, 1), 2472.0, "T")]


def test_bounds_and_growth_rates_of_a_table_are_no_counts():
    table = pd.DataFrame(
        [
            ("equals", "stock", "2023-12-31", 100.0),
            ("at_least", "stock", "2023-12-31", 50.0),
            ("equals", "yoy_growth_percent", "2023-12-31", 65.4),
            ("about", "", "2024-12-31", 200.0),
        ],
        columns=["relation", "quantity", "period_end", "value"],
    )
    assert [value for _, value, _ in dated_counts(table)] == [100.0, 200.0]


@pytest.mark.parametrize("value", [-1.0, float("nan"), None])
def test_a_stock_that_is_no_count_is_refused(value):
    with pytest.raises(
        AssumptionError, match=r"stock of .* vehicles on 2023-12-31; it must be 0 or more"
    ):
        dated_counts([(2023, value)])


def test_a_stock_inside_the_year_is_compared_with_the_way_there():
    table = balance(np.array([[100.0, 300.0]]), [2022, 2023], [("2023-07-02", 200)], start=0)
    assert table["modelled"].iloc[0] == pytest.approx(200, abs=2)
    assert table["explanation"].tolist() == ["closes"]


def test_the_balance_names_what_does_not_close():
    stock = np.full((50, 1), 1000.0)
    kinds = [
        balance(stock, [2023], [(2023, printed)])["explanation"].iloc[0]
        for printed in (250, 2000, 4.0, 4e6, 1.0, 1e6)
    ]
    assert kinds == ["fewer", "more", "fewer", "more", "thousands", "thousands"]


def test_facts_outside_the_years_are_left_out():
    assert balance(np.ones((2, 1)), [2023], [(2019, 5), (2030, 5)]).empty
