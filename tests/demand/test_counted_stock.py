"""A fleet that follows the counts of a register."""

import datetime as dt

import numpy as np
import pytest

from forecasting.demand.chain import demand_outlook
from forecasting.demand.counted_stock import StockCount, counts_of_register, follow_register
from forecasting.demand.fleet import Fleet, Vehicles
from forecasting.demand.parameters import load_parameters

YEARS = [2023, 2024, 2025, 2026]
IMPORTS = np.full((50, 4), 1000.0) * np.linspace(0.9, 1.1, 50)[:, None]


def stocks(*counts, **given):
    """The battery cars on the road at each year's end, in each draw."""
    printed = [
        StockCount(day, dt.date.fromisoformat(day), number, basis) for day, number, basis in counts
    ]
    parameters = load_parameters().override({"uncounted_trade": 1, "unregistered_trade": 1})
    made = demand_outlook(IMPORTS, YEARS, parameters=parameters, stock_counts=printed, **given)
    return made.results["bev_stock"], made


def test_the_stock_is_the_count_and_later_cars_join_it():
    plain, _ = stocks()
    stock, made = stocks(("2024-12-31", 1500, "register"))
    assert stock[:, 1] == pytest.approx(1500)
    # Those before have no count, and as many come afterwards as without it
    assert stock[:, 0] == pytest.approx(plain[:, 0])
    increments = [np.median(np.diff(table[:, 1:3], axis=1)) for table in (stock, plain)]
    assert increments[0] == pytest.approx(increments[1], rel=0.05)
    assert made.balance["explanation"].tolist() == ["closes"]


def test_a_year_end_follows_the_count_that_is_nearest():
    counts = [("2024-10-01", 1400, "r"), ("2025-02-01", 1700, "r"), ("2025-11-30", 2600, "r")]
    stock, made = stocks(*counts)
    modelled = made.balance.set_index("fact")["modelled"]
    assert modelled["2025-02-01"] == pytest.approx(1700, rel=0.02)
    assert modelled["2025-11-30"] == pytest.approx(2600, rel=0.02)
    assert (np.diff(stock, axis=1) > 0).all()


def test_a_register_may_hold_more_than_came_and_may_fall():
    stock, made = stocks(("2023-12-31", 4000, "r"), ("2024-12-31", 1200, "r"))
    assert stock[:, 0] == pytest.approx(4000)
    assert stock[:, 1] == pytest.approx(1200)
    fleet = made.fleets["bev"]
    assert (fleet.registrations >= 0).all()
    assert fleet.retirements[:, 1].min() > 2500
    by_year = made.by_cohort.groupby("year")["stock"].sum()
    assert by_year.to_numpy() == pytest.approx(made.results["ev_stock"].mean(axis=0))


@pytest.mark.parametrize(
    ("count", "followed"), [(10.0, False), (10.5, True), (995.0, True), (1000.0, False)]
)
def test_a_count_that_is_ten_times_the_stock_or_a_tenth_is_not_followed(count, followed):
    """Of 100 cars on the road at the end of the second year."""
    none, cars = np.zeros((1, 2)), np.full((1, 2), 50.0)
    fleet = Fleet(cars, np.array([[50.0, 100.0]]), none, np.ones((1, 2)), none)
    road = Vehicles(none, none, fleet.stock, none, none, none, {"bev": fleet})
    counts = [StockCount("a", dt.date(2025, 12, 31), count)]
    made = follow_register(road, counts, [2024, 2025], np.ones((1, 24)), "car")
    assert made.stock[0, 1] == pytest.approx(count if followed else 100)


def test_a_count_in_thousands_is_not_followed():
    plain, _ = stocks()
    stock, made = stocks(("2025-12-31", 2.7, "r"))
    assert stock == pytest.approx(plain)
    assert [caveat.kind for caveat in made.caveats][-1] == "stock_not_closed"


def test_one_agency_is_followed():
    counts = [StockCount("a", dt.date(2025, 1, 1), 9.0, "bank")]
    counts += [StockCount("b", dt.date(2025, month, 1), 5.0, "register") for month in (3, 6)]
    counts += [StockCount("c", dt.date(2024, month, 1), 4.0, "ministry") for month in (3, 6)]
    assert {row.name for row in counts_of_register(counts)} == {"b"}
    assert counts_of_register([]) == []


def test_counts_outside_the_years_change_nothing():
    plain, _ = stocks()
    stock, _ = stocks(("2020-12-31", 5.0, "r"), ("2040-12-31", 5.0, "r"))
    assert stock[:, :3] == pytest.approx(plain[:, :3])
