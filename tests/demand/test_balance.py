"""The balance with printed stocks, and what does not close."""

import datetime as dt

import numpy as np
import pytest

from forecasting.demand.counted_stock import StockCount
from forecasting.demand.demand_outlook import balance


def printed(value, day="2023-12-31"):
    return StockCount(f"{day} {value}", dt.date.fromisoformat(day), value)


def compared(stock, years, facts):
    """Of vehicles that come evenly over the year."""
    return balance(stock, years, facts, monthly=np.ones((len(stock), 12 * len(years))))


def test_a_stock_inside_the_year_is_compared_with_the_way_there():
    facts = [printed(200, "2023-07-02")]
    table = compared(np.array([[100.0, 300.0]]), [2022, 2023], facts)
    assert table["modelled"].iloc[0] == pytest.approx(200, abs=2)
    assert table["explanation"].tolist() == ["closes"]


def test_the_balance_names_what_does_not_close():
    stock = np.full((50, 1), 1000.0)
    facts = [printed(value) for value in (250, 2000, 4.0, 4e6, 1.0, 1e6, 0.0)]
    kinds = compared(stock, [2023], facts)["explanation"].tolist()
    assert kinds == ["fewer", "more", "fewer", "more", "thousands", "thousands", "fewer"]


def test_thousands_are_taken_for_ones_from_a_factor_of_500_to_one_of_2000():
    stock = np.full((50, 1), 1000.0)
    at_the_ends, beyond = (2.0, 0.5, 5e5, 2e6), (2.01, 0.4999, 4.99e5, 2.001e6)
    tables = [compared(stock, [2023], map(printed, values)) for values in (at_the_ends, beyond)]
    kinds = [table["explanation"].tolist() for table in tables]
    assert kinds == [["thousands"] * 4, ["fewer", "fewer", "more", "more"]]


def test_one_percent_apart_closes():
    table = compared(np.full((50, 1), 1000.0), [2023], map(printed, (1010, 1011, 991, 990)))
    assert table["explanation"].tolist() == ["closes", "more", "closes", "fewer"]


def test_nothing_modelled_where_some_were_printed_is_more():
    table = compared(np.zeros((50, 1)), [2023], [printed(250)])
    assert table[["ratio", "explanation"]].values.tolist() == [[0.0, "more"]]


def test_facts_outside_the_years_are_left_out():
    facts = [printed(5, "2019-12-31"), printed(5, "2030-12-31")]
    assert compared(np.ones((2, 1)), [2023], facts).empty


def test_a_day_inside_a_year_is_compared_with_what_came_until_then():
    """All of the year's cars came in November and December: by July there were none more."""
    monthly = np.tile([0.0] * 10 + [60.0, 60.0], (2, 1))
    facts = [printed(100.0, "2023-07-01"), printed(160.0, "2023-11-30")]
    table = balance(np.full((2, 1), 220.0), [2023], facts, start=100.0, monthly=monthly)
    assert table["modelled"].tolist() == pytest.approx([100.0, 160.0], rel=0.01)
    assert table["explanation"].tolist() == ["closes", "closes"]
