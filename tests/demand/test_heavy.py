"""Buses and trucks are flows of their own: ordered, delivered late, counted apart from cars,
against printed counts.
"""

from pathlib import Path

import numpy as np
import pytest

from forecasting.demand.chain import demand_outlook
from forecasting.demand.parameters import Event, load_parameters
from forecasting.evidence.datasets import central_asia
from forecasting.parameters.schema import scenario_from_file, scenario_from_parameters
from forecasting.scenarios.assumptions import demand_parameters
from forecasting.scenarios.outlook import outlook

PARAMS = Path(__file__).parents[2] / "params"
ORDER = {
    "name": "order",
    "kind": "demand",
    "quantity": "deliveries.bus",
    "start": "2026-01-01",
    "end": "2026-12-31",
}
ORDER |= {"size": 200, "reason": "a test", "source": "judgement"}
GIVEN = {"country": "UZ", "scenario": "test", "as_of": "2026-03-31", "horizon": 2030, "seed": 1}


def chain(*orders):
    scenario = scenario_from_parameters(GIVEN | {"drivers": list(orders)})
    assumed = demand_parameters(scenario, scenario.drivers, 400).override(
        {"reexport_share": 0, "inventory_share": 0}
    )
    return demand_outlook(
        np.full((400, 5), 1000.0), range(2026, 2031), parameters=assumed, place="UZ", seed=1
    )


def test_an_order_is_delivered_once_and_beside_the_cars():
    plain, made = chain(), chain(ORDER)
    assert made.fleets["bus"].registrations[0] == pytest.approx([200, 0, 0, 0, 0])
    for name in ("ev_registrations", "ev_stock", "ev_retirements", "charging_points_practice"):
        assert made.results[name] == pytest.approx(plain.results[name]), name
    assert np.all(made.results["energy_gwh"] > plain.results["energy_gwh"])
    assert np.all(made.results["peak_mw"] > plain.results["peak_mw"])
    assert made.results["ebus_stock"][:, 0] == pytest.approx(200)
    assert "ebus_stock" not in plain.results


def test_what_is_announced_comes_late_or_never():
    made = chain(
        ORDER
        | {"probability": 0.8, "on_time": 0.25, "delay_years": {"low": 2, "mode": 2, "high": 2}}
    )
    bought = made.fleets["bus"].registrations
    assert (bought[:, 0] == 200).mean() == pytest.approx(0.2, abs=0.05)
    assert (bought[:, 2] == 200).mean() == pytest.approx(0.6, abs=0.06)
    assert set(np.unique(bought.sum(axis=1))) == {0, 200}


def test_depots_and_their_share_of_energy_are_told():
    row = chain(ORDER).by_class.set_index(["vehicle_class", "year"]).loc[("bus", 2027)]
    assert row["median"] == pytest.approx(200, rel=0.01)
    assert 8 < row["depot_mw"] < 16  # 92 % of 200 buses at some 60 kW
    assert row["energy_percent"] > 50
    truck = chain().by_class.query("vehicle_class == 'truck'")
    assert (truck[["high", "energy_percent", "depot_mw"]] == 0).all(axis=None)


def test_events_add_within_their_years():
    events = {"deliveries.truck": [Event(np.array([2026.0]), np.array([10.0]), np.array([2028.0]))]}
    parameters = load_parameters()
    assumed = type(parameters)(parameters.rows, events=events)
    drawn = assumed.draw(np.random.default_rng(0), 1)
    assert assumed.yearly("deliveries.truck", drawn, range(2025, 2029)).tolist() == [[0, 10, 10, 0]]


@pytest.mark.slow
def test_buses_and_trucks_of_the_region_are_the_printed_ones():
    """The Bureau: 338 trucks on 1 December 2024, 130 buses (189 in February); Tashkent: 300
    announced, IEA 500 sold.
    """
    ledger = central_asia()
    kz, uz = (
        outlook(scenario_from_file(PARAMS / f"{name}-baseline.yaml"), ledger, draws=300)
        for name in ("kazakhstan", "uzbekistan")
    )
    bands = {
        (country, name): np.quantile(
            made.results.values[f"e{name}_stock"][:, made.years.index(2024)], [0.05, 0.95]
        )
        for country, made, name in (("KZ", kz, "truck"), ("KZ", kz, "bus"), ("UZ", uz, "bus"))
    }
    for key, printed in {("KZ", "truck"): 338, ("KZ", "bus"): 130, ("UZ", "bus"): 500}.items():
        low, high = bands[key]
        assert low < printed < high, (key, low, high)
