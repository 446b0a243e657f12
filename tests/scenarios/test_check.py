"""Params and ledgers checked together: every problem of every file, nothing written or run."""

import shutil
from pathlib import Path

import pytest
from test_check_params import DRIVER, GOOD

from forecasting.evidence import datasets
from forecasting.parameters.writing import new_params
from forecasting.reporting.caveat_words import lines_of
from forecasting.scenarios.check import check_paths
from forecasting.scenarios.check_params import _missing_facts
from forecasting.vocabulary.errors import InputError, Problem
from forecasting.vocabulary.strict_yaml import Document

ROWS = "id,measure,place,period_start,period_end,relation,value,published\n"


def problems_of(*paths: Path) -> tuple[Problem, ...]:
    try:
        check_paths(paths)
    except InputError as error:
        return error.problems
    raise AssertionError(f"nothing is wrong with {paths}")


def test_a_count_with_a_part_of_a_vehicle_is_told(tmp_path: Path) -> None:
    head = "id,measure,place,period_start,period_end,relation,value,published\n"
    row = "{0},ev_imports,UZ,{1}-01-01,{1}-12-31,{2},{3},2025\n"
    table = tmp_path / "facts.csv"
    table.write_text(
        head + row.format("a", 2022, "equals", "17.5") + row.format("b", 2023, "about", "17.5")
    )
    (said,) = lines_of(check_paths([table]).caveats)
    assert said == "facts.csv: 17.5 is no whole number of vehicles: thousands? then write 17500"


def test_of_the_first_fifty_ids_that_no_fact_has_the_nearest_is_told(ledger) -> None:
    name = next(iter(ledger)).id
    drivers = [{"source": f"{name}x"}] * 51 + [{"source": name}, {"source": "a book of 2023"}]
    faults = _missing_facts(Document("x.yaml", {"drivers": drivers}), ledger)
    plain = "cite a fact's id, or write judgement or a citation"
    assert [fault.hint for fault in faults] == [f"did you mean {name}?"] * 50 + [plain]


def test_a_scenario_without_any_fact_cannot_be_of_the_latest(tmp_path: Path) -> None:
    file = tmp_path / "uzbekistan-test.yaml"
    file.write_text(GOOD + "shipped_facts: false\n")
    (problem,) = problems_of(file)
    assert problem.fault.startswith("as_of is latest, and no fact that uzbekistan-test may use has")
    assert problem.hint == "give as_of a date, or a ledger with dates"
    own = tmp_path / "mine.csv"
    own.write_text(ROWS + "a,ev_imports,UZ,2023-01-01,2023-12-31,equals,9000,2024-01-15\n")
    assert check_paths([file], [own]).scenarios == 1
    file.write_text(file.read_text().replace("latest", "2024-01-15"))
    assert check_paths([file]).scenarios == 1


def test_shipped_params_are_in_order() -> None:
    checked = check_paths([Path(__file__).parents[2] / "params"])
    assert checked.scenarios == 18


def test_every_file_of_a_folder_is_checked_and_none_is_changed(tmp_path: Path) -> None:
    (tmp_path / "uzbekistan-test.yaml").write_text(GOOD + "sed: 2\n")
    (tmp_path / "kazakhstan-test.yml").write_text("country: KZ\n")
    (tmp_path / "facts.csv").write_text(
        ROWS + "a,ev_imports,UZ,2023-01-01,2022-12-31,equals,-5,2023-02\n"
    )
    (tmp_path / "notes.txt").write_text("not ours")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    told = "\n".join(map(str, problems_of(tmp_path)))
    assert "uzbekistan-test.yaml:6 sed" in told
    assert "kazakhstan-test.yml" in told
    assert "facts.csv:2" in told
    assert "negative" in told
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_two_scenarios_with_one_name(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "uzbekistan-test.yaml").write_text(GOOD)
    (problem,) = problems_of(tmp_path / "a", tmp_path / "b")
    assert "names the scenario uzbekistan-test again" in str(problem)


def test_a_name_that_does_not_fit_is_worth_a_note(tmp_path: Path) -> None:
    (tmp_path / "uzbekistan-high.yaml").write_text(GOOD)
    checked = check_paths([tmp_path])
    assert lines_of(checked.caveats) == [
        "uzbekistan-high: the file has another name than its scenario, test"
    ]


def test_paths_that_are_nothing(tmp_path: Path) -> None:
    (tmp_path / "uzbekistan-test.yaml").write_text(GOOD)
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.txt").write_text("")
    found = problems_of(tmp_path / "uzbekistan-tset.yaml", tmp_path / "empty", tmp_path / "x.txt")
    told = [str(problem) for problem in found]
    assert "did you mean" in told[0]
    assert "uzbekistan-test.yaml" in told[0]
    assert "has no params file and no ledger" in told[1]
    assert "x.txt: is neither params" in told[2]


def test_params_may_cite_facts_of_a_ledger_that_is_given(tmp_path: Path) -> None:
    (tmp_path / "uzbekistan-test.yaml").write_text(GOOD + DRIVER.format("mine-1"))
    (tmp_path / "facts.csv").write_text(
        ROWS + "mine-1,ev_imports,UZ,2023-01-01,2023-12-31,equals,5,2024-02\n"
    )
    assert check_paths([tmp_path]).scenarios == 1
    assert len(problems_of(tmp_path / "uzbekistan-test.yaml")) == 1


def test_a_copy_of_the_shipped_ledger_is_in_order(tmp_path: Path) -> None:
    shutil.copytree(datasets.path("ledger"), tmp_path / "ledger")
    checked = check_paths([tmp_path / "ledger"])
    assert checked.facts == len(datasets.central_asia())


@pytest.mark.parametrize("country", ["NO", "Bolivia", "CIV", "VN", "Türkiye"])
def test_a_new_file_is_in_order_for_any_country(country: str, tmp_path: Path) -> None:
    name, text = new_params(country)
    (tmp_path / name).write_text(text, encoding="utf-8")
    checked = check_paths([tmp_path])
    assert "give market_size, or facts, for vehicles and chargers" in lines_of(checked.caveats)[0]


def test_facts_that_no_forecast_can_take_together_are_told_before_it_runs(tmp_path: Path) -> None:
    head = ROWS.replace("\n", ",product\n")
    row = "{},ev_imports,{},2022-01-01,2022-12-31,equals,{},2023-01,{}\n"
    table, params = tmp_path / "facts.csv", tmp_path / "uzbekistan-test.yaml"
    params.write_text(GOOD + "ledger: [facts.csv]\nshipped_facts: false\n")
    table.write_text(
        head
        + row.format("a", "UZ", 2180, "battery-cars")
        + row.format("b", "UZ", 90, "electric-buses")
    )
    (alone,) = problems_of(table)
    assert str(alone).startswith(
        "facts.csv product: ev_imports of UZ: the facts are of two products: "
        "battery-cars (as a) and electric-buses"
    )
    (used,) = problems_of(params)
    assert str(used).startswith(
        "uzbekistan-test.yaml:1 country: UZ: the facts are of two products: battery-cars"
    )
    table.write_text(
        head
        + row.format("a", "UZ", 2180, "battery-cars")
        + row.format("b", "KZ", 90, "battery-cars")
    )
    found = check_paths([table, params])
    assert (
        "facts.csv: facts of 2 places (KZ, UZ); a forecast takes those of its own place"
        in lines_of(found.caveats)
    )


def test_files_that_say_one_thing_twice_or_two_things_of_one_id(tmp_path: Path) -> None:
    row = "{},ev_sales,NO,2023-01-01,2023-12-31,equals,{},2024-01-15\n"
    for name, cells in {"one": ("a", 104000), "two": ("b", 104000), "three": ("a", 5)}.items():
        (tmp_path / f"{name}.csv").write_text(ROWS + row.format(*cells))
    assert check_paths([tmp_path / "one.csv", tmp_path / "two.csv"]).facts == 2
    refused = problems_of(tmp_path / "one.csv", tmp_path / "three.csv")
    assert [str(problem) for problem in refused] == [
        "three.csv id: 'a' names another fact in one.csv (rename one)"
    ]
    (fact, *_) = datasets.central_asia()
    (tmp_path / "four.csv").write_text(ROWS + row.format(fact.id, 5))
    params = tmp_path / "norway-own.yaml"
    params.write_text(
        "country: 'NO'\nscenario: own\nas_of: latest\nhorizon: 2030\nseed: 1\nledger: [four.csv]\n"
    )
    for path in (tmp_path / "four.csv", params):  # as a run refuses it
        (problem,) = problems_of(path)
        assert fact.id in str(problem)
        assert "rename one" in str(problem)


def test_facts_without_a_day_cannot_say_which_is_the_latest(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text(ROWS + "a,ev_imports,UZ,2022-01-01,2022-12-31,equals,9,\n")
    path = tmp_path / "uzbekistan-test.yaml"
    path.write_text(GOOD + "ledger: [facts.csv]\nshipped_facts: false\n")
    (problem,) = problems_of(path)
    assert problem.where == "uzbekistan-test.yaml:3 as_of"
    assert "no fact that uzbekistan-test may use has a date of publication" in problem.fault
    assert problem.hint == "give as_of a date, or a ledger with dates"
