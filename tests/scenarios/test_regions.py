"""Parts of a country: shares as printed, with drift; the parts and the rest make the country;
nothing where none.
"""

import datetime as dt
import gc
import weakref

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting.caveat_words import lines_of
from forecasting.scenarios.facts_on_day import _counts_of_one_time, concentration_of, part_counts
from forecasting.scenarios.outlook import outlook
from forecasting.scenarios.regions import by_region, electric_shares
from forecasting.vocabulary.errors import InputError

DAY = dt.date(2026, 3, 31)
GIVEN = {
    "country": "UZ",
    "scenario": "test",
    "as_of": DAY,
    "horizon": 2030,
    "seed": 1,
    "market_size": 450_000,
}


@pytest.fixture(scope="module")
def made():
    return outlook(scenario_from_parameters(GIVEN), central_asia(), draws=400)


def newest_of(place, day=DAY):
    """The newest counts of the parts of a country, by measure and part."""
    counts = part_counts(central_asia(), place, day).newest
    return {(count.fact.measure, count.fact.place): count for count in counts}


def test_shares_are_the_printed_ones():
    """Tashkent: 820 of 1,399 stations, 55,820 of 73,600 cars; Almaty 7,157 of 12,119 cars, Astana
    1,464.
    """
    uz, kz = newest_of("UZ"), newest_of("KZ")
    assert uz["charging_stations", "UZ-TK"].share == pytest.approx(820 / 1399)
    assert uz["ev_stock", "UZ-TK"].share == pytest.approx(55_820 / 73_600)
    assert kz["ev_stock", "KZ-75"].share == pytest.approx(7157 / 12_119)
    assert kz["ev_stock", "KZ-71"].share == pytest.approx(1464 / 12_119)
    stations = [kz["charging_stations", place].share for place in ("KZ-75", "KZ-71", "KZ-79")]
    assert stations == pytest.approx([283 / 351, 21 / 351, 11 / 351])


def test_what_was_not_yet_published_is_not_used():
    stations = newest_of("UZ", dt.date(2024, 12, 31))["charging_stations", "UZ-TK"]
    assert stations.fact.period.end == dt.date(2024, 10, 4)
    assert stations.share == pytest.approx(402 / 828)


def test_parts_and_the_rest_make_the_country(made):
    table = by_region(made)
    for measure in ("ev_stock", "charging_points_need", "charging_points_practice"):
        parts = table[table["measure"] == measure]
        assert parts["name"].iloc[-1] == "the rest"
        assert parts["median"].sum() == pytest.approx(
            np.median(made.results.values[measure][:, -1]), rel=0.15
        )
    stock = table[table["measure"] == "ev_stock"].set_index("region")
    whole = np.quantile(made.results.values["ev_stock"][:, -1], [0.1, 0.9])
    # What the city has no cars for comes to the rest
    width = stock["high"] / stock["low"]
    assert width["UZ-TK"] < whole[1] / whole[0] < width[""]


def test_a_city_never_has_more_electric_cars_than_cars(made):
    """Tashkent has 525,028 of the 3,268,470 vehicles of persons, and three quarters of the electric
    ones.
    """
    table = by_region(made).set_index(["measure", "region"])
    tashkent = table.loc[("ev_stock", "UZ-TK")]
    cars = np.median(made.results.values["ev_stock"][:, -1])
    assert 0.5 < tashkent["median"] / cars < tashkent["share"] - 0.04
    country = np.array([0.001, 0.5, 0.99])
    shares = electric_shares(np.array([0.2, 0.02]), np.zeros((3, 2)), np.array([0.1, 0.9]), country)
    assert shares.sum(axis=1) == pytest.approx(1)
    assert np.all(shares[:, 0] * country <= 0.1)
    assert shares[0, 0] == pytest.approx(0.1 * 0.25 / (0.1 * 0.25 + 0.9 * 0.02 / 0.98), rel=0.01)


def test_nothing_is_said_where_nothing_is_printed():
    assert not newest_of("TM")
    given = GIVEN | {"country": "TM", "market_size": 15_000, "horizon": 2027}
    assert by_region(outlook(scenario_from_parameters(given), draws=200)).empty


def test_the_parts_go_with_their_outlook():
    given = scenario_from_parameters(GIVEN | {"horizon": 2027})
    gone = weakref.ref(made := outlook(given, draws=200))
    assert by_region(made).equals(by_region(made))
    del made
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("year", [1990, 2050])
def test_a_year_beyond_the_outlook_is_refused(made, year):
    with pytest.raises(InputError, match=f"uzbekistan-test has no year {year}; it has 20"):
        by_region(made, year)


@pytest.mark.parametrize(
    ("count", "cells", "words"),
    [
        (
            ("vehicle_stock", "UZ-TK", 1000.0),
            {"period_end": "2026-01-01"},
            "are more than the 1,000 of all vehicles of its register; the count is left out",
        ),
        (
            ("ev_stock", "UZ-SA", 99_000.0),
            {"period_end": "2025-10-01"},
            "mine: 99,000 in Samarkand are more than the 86,100 of Uzbekistan; the count is",
        ),
        (
            ("vehicle_stock", "UZ-SA", 9e6),
            # The day of the register of Uzbekistan
            {"basis": "uz-register-persons", "period_end": "2022-01-02"},
            "mine: 9,000,000 in Samarkand are more than the 3,268,470 of Uzbekistan; the count is",
        ),
    ],
)
def test_a_city_larger_than_its_register_or_its_country_is_said_and_left_out(
    with_count, count, cells, words
):
    ledger = with_count(*count, **cells)
    made = outlook(scenario_from_parameters(GIVEN), ledger=ledger, draws=20)
    assert any(words in line for line in lines_of(made.caveats)), lines_of(made.caveats)
    assert len(by_region(made))


@pytest.mark.parametrize(("day", "found"), [("2024-02-14", 1), ("2024-02-15", 0)])
def test_counts_within_45_days_are_of_one_time(day, found):
    def count(name, place, end, value):
        cells = {"measure": "vehicle_stock", "basis": "a", "relation": "equals", "kind": "outcome"}
        return cells | {"id": name, "place": place, "period_end": end, "value": value}

    rows = [count("part", "UZ-TK", "2023-12-31", 5.0), count("whole", "UZ", day, 50.0)]
    (part, whole) = Ledger.from_frame(pd.DataFrame(rows))
    assert len([*_counts_of_one_time([part], [whole])]) == found


def test_cars_that_stand_together_say_nothing_of_buses():
    cells = GIVEN | {"measure": "ebus_imports", "market_size": 2000}
    buses = outlook(scenario_from_parameters(cells), draws=50)
    assert buses.demand.concentration == 1
    assert concentration_of(part_counts(buses.ledger, "UZ", DAY)) > 3
