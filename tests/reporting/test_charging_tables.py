"""Tables beside the three answers on charging, of a real outlook."""

import dataclasses
import re

import numpy as np
import pytest

from forecasting import tables
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting import charging_tables
from forecasting.reporting.labels import spoken_median
from forecasting.scenarios.outlook import load_outlook, outlook
from forecasting.scenarios.what_if import point_prices
from forecasting.vocabulary.errors import AssumptionError, InputError

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")

GIVEN = {
    "country": "UZ",
    "scenario": "test",
    "as_of": "2026-03-31",
    "horizon": 2030,
    "seed": 1,
    "market_size": 450_000,
}
TARGET = {
    "name": "decree",
    "kind": "target",
    "quantity": "charging_stations",
    "start": "2030-12-31",
    "size": 32_400,
}
BUSES = {
    "name": "buses",
    "kind": "demand",
    "quantity": "deliveries.bus",
    "start": "2027-01-01",
    "size": 100,
}
WHY = {"reason": "a test", "source": "judgement"}


@pytest.fixture(scope="module")
def made():
    drivers = [TARGET | WHY, BUSES | WHY]
    return outlook(
        scenario_from_parameters(GIVEN | {"drivers": drivers}), central_asia(), draws=200
    )


def test_a_target_says_how_much_of_it_stands_and_what_it_takes(made):
    table = charging_tables.targets_table(made).frame.set_index("fact")
    assert table.loc["decree", "number"] == "32,400 stations"
    assert table.loc["decree", "stands"] == "4 %"
    assert "uz-charging-stations-2025-12-31-target-of-the-year" not in table.index  # additions
    assert float(table.loc["decree", "points a year needed"].replace(",", "")) == pytest.approx(
        10_900, rel=0.1
    )
    passed = table.loc["uz-charging-stations-2024-12-31-target"]
    assert passed["stands"] == "56 %"
    assert passed["points a year needed"] == passed["probability"] == "–"
    caption = charging_tables.targets_table(made).caption
    assert caption.startswith("Said beside these targets, of their day: Ministry of Energy")
    assert "“at least 2,934 stations are needed (not standing)" in caption
    assert passed["by"] == "2024-12-31, passed"
    assert table.loc["uz-charging-stations-2033-12-31-target", "probability"] == "after 2030"


def test_need_stands_beside_the_markets_at_the_same_stock(made):
    why, use, starts, beside, vehicles, kept = charging_tables.why(made).lines
    assert "slow overnight" in why
    assert re.match(r"One public point is needed for \d+ vehicles in 2030\. Fleets", vehicles)
    assert vehicles.endswith(" times the country's by counts of 2022 and 2025.")
    assert "from 2 July 2025 to 1 October 2025, the register grew by 12,500: 48 %" in kept
    assert re.search(
        r"passes \d{2,3} kWh a day, and a car is connected to it \d+ % of the time", use
    )
    assert starts.startswith("Practice starts from 1,399 stations, the newest count, of 1 May 2025")
    assert starts.endswith(
        " vehicles at the end of 2025; in other markets both are of the end of a year."
    )
    assert why.count(".") == beside.count(".") == 1  # one sentence each
    assert re.search(
        r"Four in five of the \d+ markets .* had [\d,]+ to [\d,]+ points: need without", beside
    )
    levels = made.results.bands("charging_points_practice").iloc[-1]
    assert f"practice, {spoken_median(levels, 'charging_points_practice')}, " in beside


def test_places_of_charging_private_ones_included(made):
    settings = charging_tables.settings_table(made).frame.set_index("charging")
    assert {"at home", "at work", "in depots", "public, slow, overnight"} <= set(settings.index)
    low, median, high = (
        float(settings.loc["at work", name].replace(",", "")) for name in ("10 %", "points", "90 %")
    )
    assert low < median < high
    assert float(settings.loc["public, on the road, fast", "USD million"]) > 0


def test_buses_and_what_comes_with_it(made):
    assert charging_tables.heavy_table(made).frame["class"].tolist()[-2:] == ["Buses", "Taxis"]
    told = charging_tables.consequences_table(made).frame
    assert len(told) == 8
    assert [name for name, part in told.columns if part == "median"] == ["2026", "2030"]


def test_parts_of_the_country(made):
    table = charging_tables.regions_table(made).frame.set_index("where")
    assert table.index[[0, 1, -1]].tolist() == ["Tashkent", "Tashkent region", "the rest"]
    # All are counted
    assert table.loc["the rest", "Public charging stations, stations"].tolist() == ["–", "–", "–"]


def test_a_part_with_more_electric_vehicles_than_the_register_has_vehicles_is_named(made):
    assert charging_tables.regions_table(made, measures=["ev_stock"]).caption == ""
    name = "uz-tk-vehicle-stock-2022-01-01-register-persons"
    facts = {fact.id: fact for fact in made.ledger}
    facts[name] = facts[name].model_copy(update={"value": 60_000.0})
    small = dataclasses.replace(made, ledger=Ledger(facts.values()))
    assert charging_tables.regions_table(small, measures=["ev_stock"]).caption == (
        "More than an older register of all vehicles has: Tashkent, 60,000 vehicles (Vehicle "
        "register, vehicles of persons, 1 January 2022). The sources differ: electric cars are "
        "shared out as the newest print of their parts has them, and registers grow."
    )


def choosing(made, missing, idle, own):
    """The outlook, of a scenario with a reader's costs and number of points."""
    choice = {"missing": missing, "idle": idle, "own": own}
    return dataclasses.replace(made, scenario=scenario_from_parameters(GIVEN | {"choice": choice}))


def test_a_choice_hangs_on_the_readers_costs(made):
    own = float(np.quantile(made.results.values["charging_points_need"][:, -1], 0.1))
    dear, cheap = (
        charging_tables.choice_table(choosing(made, missing, idle, own)).frame
        for missing, idle in ((9.0, 1.0), (1.0, 9.0))
    )
    assert set(dear["build to"]) == {"need", "practice", "standard", "one's own"}
    assert cheap["build to"].iloc[0] == "one's own"
    assert dear["build to"].iloc[0] != "one's own"


def test_targets_of_a_share_have_a_probability_and_a_path_in_cars(made):
    table = charging_tables.share_targets_table(made).frame.set_index("fact")
    row = table.loc["uz-ev-stock-2030-12-31-share-target"]
    assert row["target"] == "10 % of cars on the road, in battery cars"
    reached = table.loc["uz-ev-stock-2026-12-31-share-target", "target"]
    assert reached == "2 % of cars on the road, in battery cars, reached in this model"
    share = made.results.values["ev_stock_share_percent"][:, -1]
    assert row["with plug-in hybrids"] == f"{100 * np.mean(share >= 10):.0f} %"
    battery_cars = made.results.values["bev_stock"] / made.demand.cars["ev_stock_share_percent"]
    chance = np.mean(battery_cars[:, -1] >= 0.1)
    assert row["probability"] == row["of battery cars alone"] == f"{100 * chance:.0f} %"
    path = [float(row[str(year)].replace(",", "")) for year in range(2026, 2031)]
    assert path == sorted(path)
    cars = np.median(made.demand.cars["ev_stock_share_percent"][:, -1])
    assert path[-1] == pytest.approx(0.1 * cars, rel=0.01)
    assert table.loc["uz-ev-stock-2027-12-31-share-target", "2028"] == "–"
    assert table.loc["uz-ev-registrations-2030-share", "target"] == "15 % of new cars"


def test_targets_of_a_share_have_no_path_where_the_results_begin_later():
    buses = outlook(scenario_from_parameters(GIVEN | {"measure": "ebus_imports"}), draws=50)
    assert buses.first_year - 1 not in buses.demand.years
    table = charging_tables.share_targets_table(buses).frame.set_index("fact")
    assert table.loc["uz-ev-stock-2030-12-31-share-target", "probability"].endswith("%")
    assert "2030" not in table


def test_one_peak_stands_beside_the_mean_day_and_what_is_printed(made):
    table = charging_tables.grid_table(made).frame
    winter = float(table["MW"].iloc[0])
    mean = table[table["load"].str.contains("mean winter day")]["MW"].iloc[0]
    assert winter == pytest.approx(np.median(made.results.values["peak_mw"][:, -1]), rel=0.01)
    assert winter > float(mean)
    record = table.set_index("fact").loc["uz-grid-peak-2025-07-21-dispatch"]
    assert (record["MW"], record["when"]) == ("about 13,300", "2025-07-21")


def test_a_busier_point_pays_back_sooner(made):
    table = charging_tables.business_table(made)
    fast = table.frame[table.frame["point"] == "public, destination, fast"]
    years = fast["payback, years"].astype(float).tolist()
    assert years == sorted(years, reverse=True)
    columns = ["revenue, USD", "of it by the budget, USD"]
    revenue, of_the_budget = (
        table.frame[column].str.replace(",", "").astype(float) for column in columns
    )
    assert (of_the_budget / revenue).tolist() == pytest.approx([1 - 0.025 / 0.21] * 6, rel=0.01)
    assert "From 1 May 2026 on the driver pays about 0.025 USD/kWh" in table.caption
    assert table.caption.startswith(
        "In 2028. Price of charging: about 0.21 USD/kWh (Uzbekistan); of its electricity: about 0.0"
    )
    nobody = dataclasses.replace(made, scenario=made.scenario.model_copy(update={"country": "TM"}))
    assert not len(charging_tables.business_table(nobody).frame)


def test_parts_have_slow_and_fast_points_by_year_beside_what_is_printed(made):
    soon, late = (charging_tables.regions_table(made, year) for year in (2027, 2030))
    head = ("Public charging points: need, fast, points", "median")
    tables = [each.frame.set_index(("where", "")) for each in (soon, late)]
    few, many = (float(table.loc["Tashkent", head].replace(",", "")) for table in tables)
    assert 0 < few < many
    assert "Tashkent, about 1,300 points on 6 Mar 2026" in late.caption


def test_without_costs_no_number_is_said_to_be_better(made):
    table = charging_tables.choice_table(made)
    assert table.frame["build to"].tolist() != []
    assert "regret" not in table.frame
    assert "choice: {missing: ..., idle: ...}" in table.caption
    points = [float(number.replace(",", "")) for number in table.frame["points"]]
    assert points == sorted(points)
    with pytest.raises(AssumptionError, match="one of the two costs is given"):
        charging_tables.choice_table(made, missing=2.0)
    for costs in ({"missing": 0.0, "idle": 1.0}, {"missing": 1.0, "idle": -2.0}):
        with pytest.raises(InputError, match="give a number between 0 and 1,000,000,000,000"):
            tables.choice_table(made, **costs)


def test_the_scenarios_own_costs_are_taken(made):
    mine = charging_tables.choice_table(choosing(made, 1.0, 9.0, 12_000.0))
    assert "A missing point at 1, an idle one at 9 a year" in mine.caption
    assert "12,000" in mine.frame["points"].tolist()


@pytest.mark.parametrize(
    ("country", "bought"),
    [
        ("KZ", ["kz-39-electricity-price-2025-01-01-firms"]),
        ("KG", ["kg-electricity-price-2023-05-01-stations"]),
        ("TJ", ["tj-electricity-price-2022-10-01-firms"]),
        ("TM", []),  # of households alone
    ],
)
def test_a_station_pays_what_firms_pay_where_that_is_printed(country, bought):
    scenario = scenario_from_parameters(GIVEN | {"country": country})
    made = outlook(scenario, central_asia(), draws=50)
    prices = point_prices(made, [2028])
    found = [price.fact.id for name, price in prices.items() if name == "electricity_price"]
    assert found == bought


def test_printed_costs_stand_beside_those_taken(made):
    table = charging_tables.cost_checks_table(made)
    assert table.frame["USD"].tolist() == ["at least 19,600", "48,000", "104,000", "8,526"]
    assert all(link.startswith("https://") for link in table.links["source"])


def test_without_vehicles_of_a_country_a_sentence_stands_in_for_each_table(made, tmp_path):
    made.save(tmp_path)
    read = load_outlook(tmp_path)
    told = [
        charging_tables.why(read).lines[0],
        charging_tables.regions_table(read).caption,
    ]
    names = (
        "cost_checks_table",
        "targets_table",
        "settings_table",
        "heavy_table",
        "consequences_table",
    )
    told += [getattr(charging_tables, name)(read).caption for name in names]
    told.append(charging_tables.choice_table(read, missing=1, idle=1).caption)
    assert set(told) == {charging_tables.NO_CHARGING}


def test_counts_of_a_city_alone_split_no_country_and_no_target_is_of_the_state():
    told = outlook("tajikistan-baseline", draws=50)
    assert repr(charging_tables.targets_table(told)) == (
        "No target of the state for public charging is known."
    )
    stations = charging_tables.regions_table(told, measures=("charging_stations",))
    assert repr(stations).startswith("No counts of public charging stations are complete enough")
    (peak,) = (line for line in str(tables.grounds(told)).splitlines() if "highest load" in line)
    assert peak.endswith("and the highest expected in the country that year.")
