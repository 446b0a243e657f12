"""The chain's inputs for the region, each held against a figure that was printed."""

import numpy as np
import pandas as pd
import pytest

from forecasting.demand.chain import all_vehicles, demand_outlook
from forecasting.demand.parameters import load_parameters, read_table

COUNTRIES = ("KZ", "KG", "TJ", "TM", "UZ")
# Owners with a charger of their own: in houses ICCT EV CHARGE v1.2 has 0.80 to 0.90; in flats a
# judgement: in the United States 0.14 have an outlet near (EIA), ICCT's survey says more
IN_HOUSES, IN_FLATS = 0.9, 0.125


def drawn_at(place):
    return load_parameters().at(place).draw(np.random.default_rng(1), 4000)


def households():
    """Of Uzbekistan, by kind of dwelling, where electric cars are counted apart."""
    table = pd.DataFrame(read_table("housing.csv")).query("place == 'UZ'").set_index("part")
    return table[["ev_share", "houses", "flats", "other"]].astype(float)


def test_tashkent_and_the_rest_make_the_printed_country():
    """Statistics Agency: 86.2 % of households in houses; Tashkent has 724,692 of 7,301,164
    dwellings.
    """
    table = households()
    tashkent = 724_692 / 7_301_164
    whole = (
        tashkent * table.loc["Tashkent", "houses"]
        + (1 - tashkent) * table.loc["the rest", "houses"]
    )
    assert whole == pytest.approx(0.862, abs=0.001)
    assert table[["houses", "flats", "other"]].sum(axis=1).tolist() == pytest.approx([1, 1])


def test_home_charging_in_uzbekistan_follows_from_housing():
    table, row = households(), load_parameters().at("UZ")["home_access"]
    shares = table["houses"] * IN_HOUSES + table["flats"] * IN_FLATS
    assert (shares * table["ev_share"]).sum() == pytest.approx(row.mode, abs=0.01)
    # Where the cars are counted that the regions of a report rest on
    assert table.loc["Tashkent", "ev_share"] == pytest.approx(55_820 / 73_600, abs=0.001)


@pytest.mark.parametrize("place", COUNTRIES)
def test_every_country_has_its_own_home_charging(place):
    row = load_parameters().at(place)["home_access"]
    assert row.place == place
    assert row.high - row.low >= 0.2  # a judgement is wide


@pytest.mark.parametrize("place", COUNTRIES)
def test_a_car_takes_what_the_tables_of_the_iea_imply(place):
    """From the grid, IEA 2024: 2.3 to 2.7 MWh a year for the world, 1.9 to 2.2 in China, 4.4 to 5.0
    in the States.
    """
    outlook = demand_outlook(
        np.full((2000, 1), 1e4), [2025], parameters=load_parameters(), place=place
    )
    low, middle, high = np.quantile(outlook.grid_per_vehicle["bev"], [0.1, 0.5, 0.9])
    assert 2200 < middle < 2800
    assert low > 1500
    assert 4000 < high < 5000  # taxis, and the roads of the States


@pytest.mark.parametrize(
    ("place", "year", "printed"),
    [
        # Statistics Committee: 4,725.9 thousand on 1 October 2025, +415,000
        ("UZ", 2024, 4_725_900 - 0.75 * 415_000),
        ("KZ", 2025, 5_843_358),  # Bureau of National Statistics, 1 December 2025
        ("KZ", 2024, 5_694_500),  # the same, 1 December 2024
        ("KG", 2025, 1_909_961),  # Ministry of Natural Resources, 1 January 2026
        ("TJ", 2023, 666_074),  # Ministry of Transport, 1 March 2024
    ],
)
def test_the_stock_of_all_vehicles_is_the_printed_one(place, year, printed):
    low, high = np.quantile(all_vehicles(drawn_at(place), [year])[:, 0], [0.025, 0.975])
    assert low < printed < high
    assert high / low < 1.7


def test_the_stock_of_all_vehicles_grows_and_says_what_it_counts():
    for place in COUNTRIES:
        path = np.median(all_vehicles(drawn_at(place), [2025, 2030]), axis=0)
        assert 1.05 < path[1] / path[0] < 1.6
        assert load_parameters().at(place)["vehicle_stock"].note.startswith("Perimeter: ")


def test_energy_of_a_year_is_of_the_mean_stock():
    """A fleet that starts from nothing has half of its vehicles in the mean of its first year."""
    parameters = load_parameters().override({"class_share.taxi": 0})
    outlook = demand_outlook(
        np.full((200, 2), 1e4), [2024, 2025], parameters=parameters, place="UZ"
    )
    stock, energy = outlook.results["ev_stock"], outlook.results["energy_gwh"]
    whole = stock * outlook.grid_per_vehicle["bev"] / 1e6
    assert energy[:, 0] == pytest.approx(whole[:, 0] / 2)
    assert energy[:, 1] == pytest.approx((whole[:, 0] + whole[:, 1]) / 2)
