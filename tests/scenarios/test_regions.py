"""Parts of a country: shares as printed, with drift; the parts and the rest make the country;
nothing where none.
"""

import datetime as dt
import gc
import weakref

import numpy as np
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.scenarios.outlook import outlook
from forecasting.scenarios.regions import by_region, electric_shares, region_shares
from forecasting.vocabulary.errors import InputError, LedgerError

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


def test_shares_are_the_printed_ones():
    """Tashkent: 820 of 1,399 stations, 55,820 of 73,600 cars; Almaty 7,157 of 12,119 cars, Astana
    1,464.
    """
    uz, kz = (
        region_shares(central_asia(), place, DAY).set_index(["measure", "place"])["share"]
        for place in ("UZ", "KZ")
    )
    assert uz["charging_stations", "UZ-TK"] == pytest.approx(820 / 1399)
    assert uz["ev_stock", "UZ-TK"] == pytest.approx(55_820 / 73_600)
    assert kz["ev_stock", "KZ-75"] == pytest.approx(7157 / 12_119)
    assert kz["ev_stock", "KZ-71"] == pytest.approx(1464 / 12_119)


def test_what_was_not_yet_published_is_not_used():
    then = region_shares(central_asia(), "UZ", dt.date(2024, 12, 31))
    stations = then[then["measure"] == "charging_stations"].set_index("place")
    assert stations.loc["UZ-TK", "period_end"] == "2024-10-04"
    assert stations.loc["UZ-TK", "share"] == pytest.approx(402 / 828)


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
    assert region_shares(central_asia(), "TM", DAY).empty
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


def test_a_city_with_more_electric_cars_than_its_register_is_refused():
    told = central_asia().frame
    row = told[(told["place"] == "UZ-TK") & (told["measure"] == "ev_stock")].iloc[[-1]]
    cells = {"id": "mine", "measure": "vehicle_stock", "value": 1000.0, "period_end": "2026-01-01"}
    cells |= {"relation": "equals", "quantity": "stock", "rounding": ""}
    register = row.assign(**cells, published="2026-01-02", quote="", reference="")
    ledger = central_asia() + Ledger.from_frame(register)
    message = r"electric cars in Tashkent.* are more than the 1,000 vehicles of its register .mine."
    with pytest.raises(LedgerError, match=message):
        region_shares(ledger, "UZ", DAY)
