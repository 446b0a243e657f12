"""A scenario changed by hand: what is kept, what is compared, and what is saved."""

from pathlib import Path

import numpy as np
import pytest

import forecasting as fc
from forecasting.growth import flow
from forecasting.parameters.schema import Range, scenario_from_parameters
from forecasting.parameters.writing import params_text
from forecasting.scenarios.joint_draws import difference
from forecasting.scenarios.question import find_scenario
from forecasting.scenarios.what_if import (
    WhatIf,
    assumptions_that_matter,
    event_presets,
    levers,
    shift_range,
)
from forecasting.vocabulary.errors import InputError, ScenarioError

pytestmark = pytest.mark.usefixtures("shared_forecasts")

ROOT = Path(__file__).parents[2]
PARAMS = sorted((ROOT / "params").glob("*.yaml"))
UZ = ROOT / "params" / "uzbekistan-accelerated.yaml"


@pytest.fixture
def what_if(ledger):
    return WhatIf(fc.load_scenario(UZ), ledger, draws=300)


@pytest.mark.parametrize("path", PARAMS, ids=lambda path: path.stem)
def test_a_written_scenario_reads_back_as_the_same(path, tmp_path):
    scenario = fc.load_scenario(path)
    written = tmp_path / path.name
    written.write_text(params_text(scenario, path.stem), encoding="utf-8")
    assert fc.load_scenario(written) == scenario


def test_digits_quotes_and_titles_survive(tmp_path):
    given = {
        "country": "NO",
        "scenario": "a",
        "as_of": "2024-02-29",
        "horizon": 2031,
        "seed": 3,
        "title": "On: #1, 'x'",
    }
    given |= {
        "market_size": {"2024": 0.1 + 0.2},
        "notes": ["a: b # c", 'ä \\ " é'],
        "assumptions": {"home_access": 1 / 3},
    }
    scenario = scenario_from_parameters(given)
    path = tmp_path / "norway-a.yaml"
    path.write_text(params_text(scenario, "norway-a"), encoding="utf-8")
    assert fc.load_scenario(path) == scenario


def test_facts_are_sampled_once_while_only_drivers_and_assumptions_change(what_if, monkeypatch):
    forecasts = []
    real = flow.forecast_flow
    monkeypatch.setattr(
        flow, "forecast_flow", lambda *args, **more: forecasts.append(1) or real(*args, **more)
    )
    what_if.change(assumptions={"home_access": 0.6})
    what_if.change(drivers=[])
    assert forecasts == []
    what_if.change(market_size=500_000)
    assert forecasts == [1]


def test_what_is_kept_gives_the_same_digits_as_a_run_from_nothing(what_if, ledger):
    made = what_if.change(
        assumptions={"home_access": {"low": 0.3, "mode": 0.4, "high": 0.5}}, drivers=[]
    )
    alone = fc.outlook(what_if.scenario, ledger, draws=300)
    assert made.table.equals(alone.table)


def test_the_difference_is_what_was_changed_and_not_chance(what_if):
    change = difference(
        what_if.change(assumptions={"home_access": 0.6}).results, what_if.reference.results
    )
    assert not change.values["ev_stock"].any()
    assert np.all(change.values["charging_points_need"][:, -1] != 0)


def test_an_assumption_is_taken_back(what_if):
    before = what_if.outlook.table
    what_if.change(assumptions={"home_access": 0.6, "annual_km": 20_000})
    what_if.change(assumptions={"home_access": None, "annual_km": None})
    assert what_if.outlook.table.equals(before)


def test_what_cannot_be_leaves_all_as_it_was(what_if):
    before = what_if.outlook
    with pytest.raises(ScenarioError, match="horizn: is not a key of a scenario"):
        what_if.change(horizn=2040)
    with pytest.raises(
        fc.AssumptionError, match=r"home_access: 7 share of car owners is outside 0 to 1"
    ):
        what_if.change(assumptions={"home_access": 7})
    assert what_if.outlook is before


def test_a_saved_scenario_gives_the_same_digits(what_if, ledger, tmp_path):
    made = what_if.change(assumptions={"home_access": {"low": 1 / 7, "mode": 1 / 3, "high": 0.5}})
    path = what_if.save(tmp_path / "new" / "mine.yaml")
    read = fc.load_scenario(path)
    assert read.name == "mine"
    again = fc.outlook(read, ledger, draws=300)
    assert np.array_equal(again.table["value"], made.table["value"])
    text = path.read_text(encoding="utf-8")
    assert text.startswith(
        "# Uzbekistan, mine: saved from an exploration of uzbekistan-accelerated."
    )
    assert "# share of car owners; 0.38 to 0.65 (0.5) by default" in text


def test_a_ledger_of_ones_own_is_found_from_the_new_folder(tmp_path):
    facts = tmp_path / "facts" / "mine.csv"
    facts.parent.mkdir()
    header = "id,measure,place,period_start,period_end,relation,quantity,value,published\n"
    facts.write_text(
        f"{header}a,ev_imports,NO,2024-01-01,2024-12-31,equals,total,100,2025-01-01\n",
        encoding="utf-8",
    )
    given = {
        "country": "NO",
        "scenario": "a",
        "as_of": "latest",
        "horizon": 2030,
        "seed": 3,
        "market_size": 10_000,
    }
    scenario = scenario_from_parameters(given | {"ledger": [str(facts)], "shipped_facts": False})
    saved = WhatIf(scenario, fc.read_ledger(facts), draws=50).save(
        tmp_path / "params" / "norway-a.yaml"
    )
    assert 'ledger: ["../facts/mine.csv"]' in saved.read_text(encoding="utf-8")
    read = fc.load_scenario(saved)
    assert Path(read.ledger[0]).resolve() == facts
    assert not read.shipped_facts


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mine.yml", "end it in .yaml"),
        ("Mine.yaml", "is not in lower case"),
        ("index.yaml", "that every run writes"),
    ],
)
def test_a_name_that_cannot_be_is_refused(what_if, tmp_path, name, said):
    with pytest.raises(InputError, match=said):
        what_if.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_replaced_only_when_asked(what_if, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(
        InputError, match="is there already; choose another name, or say overwrite=True"
    ):
        what_if.save(path)
    assert path.read_text(encoding="utf-8") == "mine"
    what_if.save(path, overwrite=True)
    assert fc.load_scenario(path).country == "UZ"


def test_a_folder_that_cannot_be_written_to_is_named(what_if, tmp_path):
    (tmp_path / "params").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot be written: .*; save it to another folder"):
        what_if.save(tmp_path / "params" / "mine.yaml")


def test_levers_change_nothing_until_they_are_moved(what_if):
    more = [
        driver.model_dump(mode="json") for driver in levers(what_if.scenario, what_if.reference)
    ]
    made = what_if.change(drivers=[*what_if.scenario.parameters()["drivers"], *more])
    assert made.results.values["ev_imports"] == pytest.approx(
        what_if.reference.results.values["ev_imports"]
    )


def test_where_no_privilege_is_known_one_of_a_tenth_of_the_price_ends(what_if):
    turkmenistan = fc.load_scenario("turkmenistan-baseline")
    ends = event_presets(turkmenistan, what_if.reference)["A privilege ends"]
    assert (ends.kind, ends.size.mode, ends.policy) == ("price", 0.1, "")
    year = what_if.reference.as_of.year + 1
    assert str(ends.start) == f"{year}-01-01"


def test_the_assumptions_that_matter_are_the_scenarios_own_and_those_with_the_widest_effect(
    what_if,
):
    what_if.change(assumptions={"charger_life": 12})
    names = [row.key for row in assumptions_that_matter(what_if.outlook, what_if.scenario)]
    assert names[0] == "charger_life"
    assert {"annual_km", "public_point_kw"} <= set(names)
    assert "charging_rollout" not in names  # an event of this scenario sets it


def test_a_range_that_is_moved_as_a_whole_keeps_its_shape():
    start = Range(low=1, mode=2, high=5)
    assert shift_range((2, 6), start, None) == Range(low=2, mode=3, high=6)
    assert shift_range((3, 3), start, None) == Range(low=3, mode=3, high=3)
    assert shift_range((1, 5), start, Range(low=1, mode=4, high=5)).mode == 4


def test_presets_are_of_the_day_and_know_the_union():
    """A quota of the union's members that is announced later is no preset yet."""
    scenario = find_scenario("KG")
    later = fc.outlook(scenario, draws=20)
    assert event_presets(scenario, later)["A quota"].policy == "kg-2026-01-quota"
    before = fc.outlook(scenario, draws=20, as_of="2025-11-30")
    assert "A quota" not in event_presets(scenario, before)
    # The union's duty-free years for all ended with 2021
    assert event_presets(scenario, later)["A privilege ends"].kind == "price"
