"""Tables beside the three answers on charging, of a real outlook."""

import re

import numpy as np
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting import charging_tables
from forecasting.scenarios.outlook import outlook
from forecasting.scenarios.stored_outlook import load_outlook

GIVEN = {"country": "UZ", "scenario": "test", "as_of": "2026-03-31", "horizon": 2030, "seed": 1, "market_size": 450_000}
TARGET = {"name": "decree", "kind": "target", "quantity": "charging_stations", "start": "2030-12-31", "size": 32_400}
BUSES = {"name": "buses", "kind": "demand", "quantity": "deliveries.bus", "start": "2027-01-01", "size": 100}
WHY = {"reason": "a test", "source": "judgement"}


@pytest.fixture(scope="module")
def made():
    drivers = [TARGET | WHY, BUSES | WHY]
    return outlook(scenario_from_parameters(GIVEN | {"drivers": drivers}), central_asia(), draws=200)


def test_a_target_says_how_much_of_it_stands_and_what_it_takes(made):
    table = charging_tables.targets_table(made).frame.set_index("fact")
    assert table.loc["decree", "number"] == "32,400 stations"
    assert table.loc["decree", "stands"] == "4 %"
    assert table.loc["uz-charging-stations-2025-12-31-target", "probability"] == "under 1 %"
    assert float(table.loc["decree", "points a year needed"].replace(",", "")) == pytest.approx(10_900, rel=0.1)
    passed = table.loc["uz-charging-stations-2024-12-31-target"]
    assert passed["stands"] == "56 %"
    assert passed["points a year needed"] == passed["probability"] == "–"
    assert passed["by"] == "2024-12-31, passed"
    assert table.loc["uz-charging-stations-2033-12-31-target", "probability"] == "after 2030"


def test_need_stands_beside_the_markets_at_the_same_stock(made):
    table = charging_tables.band_table(made).frame
    assert table["year"].iloc[-1] == 2030
    assert (table["markets"] != "–").all()
    why, beside = charging_tables.why(made).lines
    assert "slow overnight" in why
    assert why.count(".") == beside.count(".") == 1  # one sentence each
    assert re.search(r"Four in five of the \d+ markets .* had [\d,]+ to [\d,]+ points: need without", beside)


def test_places_of_charging_private_ones_included(made):
    settings = charging_tables.settings_table(made).frame.set_index("charging")
    assert {"at home", "at work", "in depots", "public, slow, overnight"} <= set(settings.index)
    low, median, high = (float(settings.loc["at work", name].replace(",", "")) for name in ("10 %", "points", "90 %"))
    assert low < median < high
    assert "public, on the road, fast" in charging_tables.cost_table(made).frame["charging"].tolist()


def test_buses_and_what_comes_with_it(made):
    assert charging_tables.heavy_table(made).frame["class"].tolist() == ["bus"]
    told = charging_tables.consequences_table(made).frame
    assert len(told) == 5
    assert [name for name, part in told.columns if part == "median"] == ["2026", "2030"]


def test_parts_of_the_country(made):
    table = charging_tables.regions_table(made, central_asia()).frame.set_index("where")
    assert table.index[[0, 1, -1]].tolist() == ["Tashkent", "Tashkent region", "the rest"]
    assert table.loc["the rest", "Public charging stations, stations"].tolist() == ["–", "–", "–"]  # all are counted


def test_a_choice_hangs_on_the_readers_costs(made):
    own = float(np.quantile(made.results.values["charging_points_need"][:, -1], 0.1))
    dear, cheap = (charging_tables.choice_table(made, *costs, own=own).frame for costs in ((9.0, 1.0), (1.0, 9.0)))
    assert set(dear["build to"]) == {"need", "practice", "standard", "one's own"}
    assert cheap["build to"].iloc[0] == "one's own"
    assert dear["build to"].iloc[0] != "one's own"


def test_without_vehicles_of_a_country_a_sentence_stands_in_for_each_table(made, tmp_path):
    made.save(tmp_path)
    read = load_outlook(tmp_path)
    told = [charging_tables.why(read).lines[0], charging_tables.regions_table(read, central_asia()).caption]
    names = ("band_table", "targets_table", "cost_table", "settings_table", "heavy_table", "consequences_table")
    told += [getattr(charging_tables, name)(read).caption for name in names]
    told.append(charging_tables.choice_table(read, missing=1, idle=1).caption)
    assert set(told) == {charging_tables.NOTHING}
