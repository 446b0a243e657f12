"""What comes with the vehicles: costs, shares of power, fuel and carbon, against printed figures
and by hand.
"""

import numpy as np
import pytest

from forecasting.demand.chain import demand_outlook
from forecasting.demand.consequences import cost_per_point, investment
from forecasting.demand.parameters import SETTINGS, load_parameters
from forecasting.vocabulary.errors import AssumptionError


def run(place="UZ", changes=(), draws=1000, flow=50_000.0, years=range(2025, 2031)):
    parameters = load_parameters().override(dict(changes))
    return demand_outlook(
        np.full((draws, len(years)), flow), years, parameters=parameters, place=place, seed=1
    )


def test_a_station_costs_what_was_printed():
    """Almaty: at least 19,600 dollars a station; Astana Motors: 12 million for 250, 48,000 each."""
    drawn = load_parameters().at("KZ").draw(np.random.default_rng(1), 4000)
    station = cost_per_point("destination_dc", drawn) * drawn["points_per_station"]
    low, high = np.quantile(station, [0.025, 0.975])
    assert low < 48_000 < high
    alone = np.quantile(cost_per_point("destination_dc", drawn), [0.025, 0.975])
    assert alone[0] < 19_600 < alone[1]


def test_a_californian_project_costs_more_than_the_mode():
    """CALeVIP: 104,000 to 125,000 dollars a fast charger, all told: our upper end reaches it, our
    mode is of China.
    """
    row, connection = (
        load_parameters()[f"{part}_cost.destination_dc"] for part in ("charger", "connection")
    )
    assert row.mode + connection.mode < 104_443
    assert run().sample["charger_cost.destination_dc"].max() <= row.high


def test_investment_is_growth_and_replacement_at_the_cost_of_each_setting():
    outlook = run(draws=200)
    by_cost = outlook.by_setting
    assert set(by_cost["setting"]) == set(SETTINGS)
    total = outlook.results["investment_usd"]
    assert total[:, -1].min() > 0
    of_the_last = by_cost[by_cost["year"] == 2030]["usd"].sum()
    # A sum of medians of settings, whose points are skewed, is below the median of their sum
    assert of_the_last == pytest.approx(np.median(total[:, -1]), rel=0.2)
    dearer = run(changes={"charger_cost.home": 15_000}, draws=200).results["investment_usd"]
    assert np.all(dearer > total)


def test_a_setting_without_points_costs_nothing_and_the_next_is_counted():
    drawn = {
        f"{part}_cost.{setting}": np.array([cost])
        for setting in ("home", "work")
        for part, cost in (("charger", 500.0), ("connection", 300.0))
    }
    found = investment(
        {"work": np.zeros((1, 2)), "home": np.array([[10.0, 15.0]])},
        drawn | {"charger_life": np.ones((1, 1))},
    )
    assert found["work"].tolist() == [[0, 0]]
    replaced = 10 * (1 - np.exp(-1))  # of a life of one year; the place that they stand on stays
    assert found["home"][0] == pytest.approx([10 * 800, 5 * 800 + replaced * 500])


def test_shares_of_power_by_hand():
    fixed = {
        "generation_gwh": 86_700,
        "record_peak_mw": 12_300,
        "power_growth": 0,
        "power_date": 2025,
    }
    results = run(changes=fixed).results
    assert results["power_share_percent"] == pytest.approx(100 * results["energy_gwh"] / 86_700)
    assert results["peak_share_percent"] == pytest.approx(100 * results["peak_mw"] / 12_300)


def test_a_cold_country_charges_less_at_once_in_summer():
    winter, summer = (
        run("KZ").results[f"peak_share_{name}percent"][:, -1] for name in ("", "summer_")
    )
    assert np.all(summer <= winter)
    assert 0.7 < np.median(summer / winter) < 0.99


def test_generation_is_the_printed_one():
    """Ministries of Energy: 86.7 TWh in Uzbekistan (2025), 117.9 in Kazakhstan (2024), 22.4 in
    Tajikistan (2024).
    """
    for place, year, printed in (
        ("UZ", 2025, 86_700),
        ("UZ", 2024, 81_500),
        ("KZ", 2024, 117_900),
        ("TJ", 2024, 22_427),
    ):
        drawn = load_parameters().at(place).draw(np.random.default_rng(1), 2000)
        grown = drawn["generation_gwh"] * (1 + drawn["power_growth"] * (year - drawn["power_date"]))
        assert np.median(grown) == pytest.approx(printed, rel=0.05), place


def test_fuel_and_carbon_by_hand():
    fixed = {
        "annual_km": 12_000,
        "fuel_use": 8,
        "fuel_upstream": 0.2,
        "grid_carbon": 0.5,
        "grid_losses": 0.1,
        "assembly_phev": 0,
        "class_share.taxi": 0,
    }
    outlook = run(changes=fixed)
    cars = outlook.fleets["bev"].mean_stock
    litres = cars * 12_000 * 8 / 100
    assert outlook.results["oil_avoided_t"] == pytest.approx(litres * 0.745 / 1000)
    grid = outlook.results["energy_gwh"] * 1000 * 0.5 / 0.9
    assert outlook.results["co2_avoided_t"] == pytest.approx(litres * 2.31 * 1.2 / 1000 - grid)


def test_the_dirtier_the_grid_the_less_carbon_is_avoided():
    water, coal = (np.median(run(place).results["co2_avoided_t"][:, -1]) for place in ("TJ", "KZ"))
    assert 0 < coal < water / 2


def test_a_plug_in_hybrid_avoids_the_fuel_of_its_electric_kilometres_only():
    all_electric, mixed = (
        run(changes={"class_share.phev": share}, draws=200).results["oil_avoided_t"]
        for share in (0, 0.5)
    )
    assert np.all(mixed < all_electric)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"charger_cost.destination_dc": 24},
            r"charger_cost.destination_dc: 24 USD per point .*thousands; write 24000",
        ),
        (
            {"record_peak_mw": 12_300_000},
            r"record_peak_mw: 12,300,000 MW .*looks like kW; write 12300",
        ),
        (
            {"record_peak_mw": 12.3},
            r"record_peak_mw: 12.3 MW is outside .*looks like GW; write 12300",
        ),
        ({"generation_gwh": 86.7}, r"generation_gwh: 86.7 GWh .*looks like TWh; write 86700"),
        ({"grid_carbon": 480}, r"grid_carbon: 480 t CO2 per MWh is outside 0 to 1.5"),
    ],
)
def test_a_wrong_unit_is_refused_by_key_with_the_right_one(changes, message):
    with pytest.raises(AssumptionError, match=message):
        load_parameters().override(changes)
