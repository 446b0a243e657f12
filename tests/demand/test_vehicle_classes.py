"""A class of vehicle is a row: two-wheelers from imports to charging points, numbers made up."""

import csv
import shutil

import numpy as np
import pytest

import forecasting as fc
from forecasting.demand import parameters
from forecasting.demand.chain import demand_outlook
from forecasting.demand.parameters import load_parameters
from forecasting.evidence import rules
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.scenarios.outlook import outlook
from forecasting.vocabulary.errors import AssumptionError
from forecasting.vocabulary.measures import MEASURES, Measure
from forecasting.vocabulary.names import DATA

ROW = {
    "name": "two-wheeler",
    "label": "Two-wheelers",
    "kept": "home",
    "fuel": "petrol",
    "annual_km": "3000 5000 9000",
    "consumption": "3",
    "survival_scale": "6 8 12",
    "fuel_use": "2.5",
    "evs_per_home_charger": "4",
    "home": "0.8",
    "destination_ac": "0.2",
    "kind": "judgement",
    "note": "Made up.",
}
FACTS = """\
id,measure,place,period_start,period_end,relation,quantity,value,unit,kind,published,source
a,e2w_imports,UZ,2023-01-01,2023-12-31,equals,total,4000,vehicles,outcome,2024-02-01,made up
b,e2w_imports,UZ,2024-01-01,2024-12-31,equals,total,9000,vehicles,outcome,2025-02-01,made up
"""
GIVEN = {
    "country": "UZ",
    "scenario": "two-wheelers",
    "as_of": "latest",
    "horizon": 2027,
    "seed": 1,
    "measure": "e2w_imports",
    "market_size": 200_000,
}


def folder_with(tmp_path, **changes):
    """The shipped tables, and one row more in that of classes."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    with (folder / "vehicle_classes.csv").open("r+", newline="") as file:
        columns = next(csv.reader(file))
        file.seek(0, 2)
        csv.DictWriter(file, columns, restval="").writerow(ROW | changes)
    return folder


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """Facts of two-wheelers, where one row and one measure declare them: nothing else changes."""
    declared = Measure(
        name="e2w_imports",
        unit="vehicles",
        kind="flow",
        label="Electric two-wheelers imported",
        vehicle="two-wheeler",
        electric=True,
        event="imports",
    )
    monkeypatch.setitem(MEASURES, declared.name, declared)
    monkeypatch.setitem(
        rules.FACT_VOCABULARIES, "measure", tuple(MEASURES)
    )  # as a new start reads it
    monkeypatch.setattr(parameters, "DATA", folder_with(tmp_path))
    load_parameters.cache_clear()
    (tmp_path / "facts.csv").write_text(FACTS)
    yield fc.read_ledger(tmp_path / "facts.csv")
    load_parameters.cache_clear()


def test_a_row_carries_two_wheelers_from_imports_to_charging_points(ledger):
    made = outlook(scenario_from_parameters(GIVEN), ledger, draws=300)
    demand = made.demand
    assert np.median(made.results.values["e2w_imports"][:, made.years.index(2024)]) == (
        pytest.approx(9000, rel=0.02)
    )
    assert [name for name, fleet in demand.fleets.items() if fleet.stock.any()] == ["two-wheeler"]
    fleet, drawn = demand.fleets["two-wheeler"], demand.sample
    assert fleet.stock == pytest.approx(made.results.values["ev_stock"])
    # Few kilometres at little consumption; 0.8 at home, the rest at slow public points
    each = drawn["annual_km.two-wheeler"] * 3 / 100
    assert drawn["consumption.two-wheeler"].tolist() == [[3.0]] * 300
    warm = demand.grid_per_vehicle["two-wheeler"] * 0.95**2 / each
    assert 1 < warm.min() <= warm.max() < 1.2
    by_setting = {setting: kwh[:, -1] for setting, kwh in demand.energy_by_setting.items()}
    total = sum(by_setting.values())
    assert by_setting["home"] == pytest.approx(0.8 * total)
    assert by_setting["destination_ac"] == pytest.approx(0.2 * total)
    points = {setting: values[:, -1] for setting, values in demand.points_by_setting.items()}
    assert points["home"] == pytest.approx(drawn["home_access"][:, 0] * fleet.stock[:, -1] / 4)
    assert points["destination_ac"] == pytest.approx(
        made.results.values["charging_points_need"][:, -1]
    )
    assert np.median(points["destination_ac"]) > 100
    # None of them is an electric car to the standard of public power; petrol is what they replace
    assert not made.results.values["charging_points_standard"].any()
    litres = fleet.mean_stock * (drawn["annual_km.two-wheeler"] * 2.5 / 100)
    assert made.results.values["oil_avoided_t"] == pytest.approx(litres * 0.745 / 1000)
    assert "practice_of_cars" in [caveat.kind for caveat in made.caveats]


def test_a_scenario_may_order_them_beside_the_cars(ledger):
    order = {
        "name": "couriers",
        "kind": "demand",
        "quantity": "deliveries.two-wheeler",
        "start": "2026-01-01",
        "end": "2026-12-31",
        "size": 700,
        "reason": "a test",
        "source": "judgement",
    }
    given = GIVEN | {"measure": "ev_imports", "drivers": [order]}
    made = outlook(scenario_from_parameters(given), ledger, draws=50)
    bought = made.demand.fleets["two-wheeler"].registrations
    assert bought[:, made.years.index(2026)].tolist() == [700] * 50
    by_class = made.demand.by_class.query("vehicle_class == 'two-wheeler' and year == 2026")
    assert by_class["median"].tolist() == [700.0]


def test_a_row_more_changes_no_number_of_other_vehicles(tmp_path, monkeypatch):
    imports = np.full((100, 3), 1000.0)
    shipped = load_parameters()
    monkeypatch.setattr(parameters, "DATA", folder_with(tmp_path))
    plain, more = (
        demand_outlook(imports, [2024, 2025, 2026], parameters=assumed, place="UZ")
        for assumed in (shipped, load_parameters.__wrapped__())
    )
    assert plain.results.keys() == more.results.keys()
    assert all(np.array_equal(plain.results[name], more.results[name]) for name in plain.results)


def test_what_ships_are_the_five_classes_with_a_source_for_each_number():
    classes = load_parameters().classes
    assert [row.name for row in classes] == ["bev", "phev", "van", "bus", "truck", "taxi"]
    assert not [number for row in classes for number in row.numbers]
    assert not [name for name, row in MEASURES.items() if row.vehicle == "two-wheeler"]


@pytest.mark.parametrize("vehicle", ["bus", "truck"])
def test_a_flow_of_another_class_enters_that_class_alone(vehicle):
    outlook = demand_outlook(
        np.full((50, 2), 100.0),
        [2025, 2026],
        parameters=load_parameters().override(
            {"local_assembly": 5000, "reexport_share": 0, "unregistered_trade": 1}
        ),
        place="UZ",
        start_stock=10.0,
        vehicle_class=vehicle,
    )
    stocks = {name: fleet.stock[0, 0] for name, fleet in outlook.fleets.items()}
    assert stocks.pop(vehicle) == pytest.approx(110, rel=0.05)
    assert not any(stocks.values())
    assert outlook.results[f"e{vehicle}_stock"] == pytest.approx(outlook.results["ev_stock"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kept": "street"}, r"two-wheeler: kept is 'street', not one of home, depot"),
        ({"fuel": "coal"}, r"two-wheeler: fuel is 'coal', not one of petrol, diesel"),
        ({"kept": "depot"}, r"two-wheeler: is kept at a depot and has no depot_access"),
        ({"home": "", "destination_ac": ""}, r"two-wheeler: is charged nowhere \(shares of home"),
        ({"annual_km": "far"}, r"two-wheeler annual_km: 'far' is neither a number nor low, mode"),
        ({"annual_km": "1 2"}, r"two-wheeler annual_km: '1 2' is neither a number nor low, mode"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_name(tmp_path, monkeypatch, changes, message):
    monkeypatch.setattr(parameters, "DATA", folder_with(tmp_path, **changes))
    with pytest.raises(AssumptionError, match=message):
        load_parameters.__wrapped__()
