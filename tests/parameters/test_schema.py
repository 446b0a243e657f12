"""Params files: what they may say, and how what they may not is told, all of it at once."""

import datetime as dt
import json
import re
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from forecasting.parameters.naming import unsafe_name
from forecasting.parameters.schema import (
    Driver,
    Scenario,
    _files_elsewhere,
    scenario_from_file,
    scenario_from_parameters,
)
from forecasting.reporting.notebook import scenario_of as scenario_of_notebook
from forecasting.vocabulary.errors import ScenarioError
from forecasting.vocabulary.files import fault_of_place

GOOD = {"country": "UZ", "scenario": "baseline", "as_of": "2023-06-26", "horizon": 2030, "seed": 1}
DUTY = {
    "name": "duty",
    "kind": "level",
    "quantity": "ev_imports",
    "start": "2026-01-01",
    "size": 0.8,
    "reason": "a duty of 15 %",
    "source": "judgement",
}


def write(folder: Path, text: str, name: str = "uzbekistan-baseline.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path) -> dict[str, str]:
    with pytest.raises(ScenarioError, match=path.name.split(".")[0]) as caught:
        scenario_from_file(path)
    return {
        problem.where.removeprefix(path.name).lstrip(":"): str(problem)
        for problem in caught.value.problems
    }


def test_every_problem_is_named_at_once_with_line_and_nearest_name(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """\
contry: UZ
scenario: baseline
as_of: tomorrow
horizon: "2030"
seed: 1.5
market_size: {2023: -4}
drivers:
  - name: plant
    kind: levle
    quantity: ev_import
    start: 2026-01-01
    end: 2025-01-01
    size: {low: 2, mode: 1, hgh: 3}
    probability: 1.4
    source: judgement
assumptions: {annual_km: {low: 1}}
""",
    )
    found = problems_of(path)
    assert "did you mean country?" in found["1 contry"]
    assert "a country such as UZ" in found["1 country"]
    assert "'tomorrow' is not a date" in found["3 as_of"]
    assert "'2030' is not a whole number" in found["4 horizon"]
    assert "1.5 is not a whole number" in found["5 seed"]
    assert "2023: -4 is not a year with a number above 0" in found["6 market_size"]
    assert "did you mean level?" in found["9 drivers[0].kind"]
    assert "use ev_imports" in found["10 drivers[0].quantity"]
    assert "2025-01-01 comes before start 2026-01-01" in found["12 drivers[0].end"]
    assert "did you mean high?" in found["13 drivers[0].size.hgh"]
    assert "1.4" in found["14 drivers[0].probability"]
    assert "is missing" in found["8 drivers[0].reason"]
    assert "is missing" in found["16 assumptions.annual_km.mode"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"country": "Atlantis"}, "not a known country"),
        ({"country": False}, "take NO for false"),
        ({"country": "horgos"}, "not a country but Horgos"),
        ({"corridor": "ports"}, "stands beside country"),
        ({"country": None}, "a country such as UZ, or a corridor: horgos, ports, xinjiang"),
        ({"country": None, "corridor": "prts"}, "did you mean ports?"),
        ({"scenario": "../x"}, "characters other than"),
        ({"scenario": "high\ncase"}, r"'high\\ncase' has characters"),
        ({"scenario": "高"}, "characters other than"),
        ({"scenario": "x" * 300}, "300 characters long"),
        ({"scenario": "con"}, "reserved on Windows"),
        ({"as_of": "2023-02-30"}, "not a date"),
        ({"as_of": 2023}, "or latest"),
        ({"horizon": 2020}, "lies before as_of"),
        ({"horizon": 3000}, "less than or equal to 2060"),
        ({"horizon": True}, "not a whole number"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"measure": "ev_import"}, "did you mean ev_imports?"),
        ({"measure": "ev_stock"}, "not a flow"),
        ({"market_size": "many"}, "not a number above 0"),
        ({"market_size": True}, "not a number above 0"),
        ({"market_size": {"22": 1}}, "not a year"),
        ({"market_size": 0}, "not a number above 0"),
        (
            {"market_size": 4e10},
            "40,000,000,000 is not a number above 0 and up to 200,000,000 new vehicles a year",
        ),
        ({"drivers": [DUTY, DUTY]}, "'duty' stands twice"),
        ({"drivers": [DUTY | {"after": "dty"}]}, "'dty' is no driver of this scenario"),
        ({"drivers": [DUTY | {"after": "duty"}]}, "'duty' follows itself"),
        (
            {"drivers": [DUTY | {"after": "b"}, DUTY | {"name": "b", "after": "duty"}]},
            "follows itself",
        ),
        ({"drivers": [DUTY | {"size": 30}]}, r"no likely factor; \+30 % is 1.3"),
        ({"drivers": [DUTY | {"size": -0.1}]}, "negative"),
        ({"drivers": [DUTY | {"size": "big"}]}, "neither a number nor low, mode and high"),
        ({"drivers": [DUTY | {"size": {"low": 2, "mode": 1, "high": 3}}]}, "not in rising order"),
        ({"drivers": [DUTY | {"kind": "ceiling", "size": 1.2}]}, "a ceiling is a share"),
        ({"drivers": [DUTY | {"delay_years": -1}]}, "move start instead"),
        ({"drivers": [DUTY | {"reason": ""}]}, "reason"),
        ({"drivers": "none"}, "drivers"),
        ({"assumptions": {"annual_km": float("nan")}}, "finite"),
        (
            {"choice": {"missing": 0, "idle": 1}},
            r"choice.missing: 0: input should be greater than 0",
        ),
        (
            {"choice": {"missing": 1e30, "idle": 1}},
            r"choice.missing: 1e\+30: .* \(what one point too few costs a year",
        ),
        ({"choice": {"missing": 1}}, "choice.idle: is missing"),
        (
            {"choice": {"mising": 1, "idle": 1}},
            r"choice.mising: is not a key of a choice \(did you mean missing\?\)",
        ),
        (
            {"choice": {"missing": 1, "idle": 1, "own": -5}},
            "choice.own: -5: input should be greater than or equal to 0",
        ),
        (
            {"choice": {"missing": 1, "idle": 1}, "corridor": "ports", "country": None},
            "choice: stands in a corridor",
        ),
    ],
)
def test_wrong_values_are_refused_with_the_next_move(change: dict, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        scenario_from_parameters(GOOD | change)


@pytest.mark.parametrize(
    "stem",
    ["CON", "con", "Uzbekistan-Baseline", "a b", "x" * 300, "乌兹别克", "a\nb", "-x", "assets"],
)
def test_unsafe_file_names_are_refused(stem: str, tmp_path: Path) -> None:
    assert unsafe_name(stem)
    if len(stem) < 200:
        path = write(
            tmp_path,
            "country: UZ\nscenario: a\nas_of: latest\nhorizon: 2030\nseed: 1\n",
            f"{stem}.yaml",
        )
        with pytest.raises(ScenarioError, match="the name"):
            scenario_from_file(path)


def test_the_file_names_the_scenario(tmp_path: Path) -> None:
    text = "country: Uzbekistan\nscenario: high\nas_of: 2023-06-26\nhorizon: 2030\nseed: 1\n"
    scenario = scenario_from_file(write(tmp_path, text, "uzbekistan-high.yaml"))
    assert (scenario.name, scenario.country, scenario.as_of) == (
        "uzbekistan-high",
        "UZ",
        dt.date(2023, 6, 26),
    )
    assert scenario.title == "Uzbekistan, high"
    with pytest.raises(ScenarioError, match="is not the file's name"):
        scenario_from_file(write(tmp_path, text + "name: other\n", "uzbekistan-high.yaml"))
    with pytest.raises(ScenarioError, match="is not a list of keys"):
        scenario_from_file(write(tmp_path, "- a\n- b\n"))


def test_norway_stays_norway(tmp_path: Path) -> None:
    text = "country: NO\nscenario: baseline\nas_of: latest\nhorizon: 2030\nseed: 1\n"
    text += "market_size: {2023: 126953}\n"
    scenario = scenario_from_file(write(tmp_path, text, "norway-baseline.yaml"))
    assert (scenario.country, scenario.market_size) == ("NO", {2023: 126953.0})


def test_parameters_are_json_and_come_back_as_the_same_scenario() -> None:
    given = GOOD | {
        "market_size": {2024: 5, 2022: 4},
        "drivers": [DUTY],
        "assumptions": {"annual_km": 15000},
    }
    scenario = scenario_from_parameters(given | {"basis": "customs", "notes": "one sentence"})
    parameters = scenario.parameters()
    assert parameters["as_of"] == "2023-06-26"
    assert parameters["market_size"] == {"2022": 4.0, "2024": 5.0}
    assert "corridor" not in parameters
    assert scenario_from_parameters(json.loads(json.dumps(parameters))) == scenario
    corridor = scenario_from_parameters(GOOD | {"country": None, "corridor": "ports"})
    assert corridor.places == ("horgos", "alashankou", "baktu")
    assert corridor.measure == "vehicle_exports"
    assert "country" not in corridor.parameters()


def test_all_shipped_params_keys_are_notebook_parameters() -> None:
    # Without another language a report is what it was before there was a choice
    names = set(Scenario.model_fields) - {"country", "corridor", "language"}
    parameters = scenario_from_parameters(GOOD).parameters()
    assert set(parameters) == names | {"country"}


def test_a_notebook_finds_a_misspelt_parameter() -> None:
    namespace = dict(GOOD) | {
        "_i": "",
        "In": ["x"],
        "Out": {},
        "np": np,
        "horizn": 2040,
        "corridor": None,
    }
    with pytest.raises(
        ScenarioError,
        match=r"parameters horizn: is not a key of a scenario \(did you mean horizon\?\)",
    ):
        scenario_of_notebook(namespace)


def test_driver_cites_facts_or_words() -> None:
    def cited(source: str) -> tuple[str, ...]:
        return Driver(**DUTY | {"source": source}).fact_ids()

    assert cited("article-07, article-09") == ("article-07", "article-09")
    assert cited("judgement") == ()
    assert cited("https://example.org/a") == ()
    assert cited("Odenweller and Ueckerdt, Nature Energy 2025") == ()


def test_a_params_file_that_is_not_there_is_named_with_what_to_do(tmp_path):
    missing = tmp_path / "norway-baseline.yaml"
    said = "No such file or directory (give the path of a params file; `ev-forecast new COUNTRY`"
    with pytest.raises(ScenarioError, match=re.escape(f"{missing}: {said} writes one)")):
        scenario_from_file(missing)


def test_a_language_is_one_that_ships_and_no_language_leaves_no_key() -> None:
    assert scenario_from_parameters(GOOD | {"language": "ru"}).parameters()["language"] == ["ru"]
    assert "language" not in scenario_from_parameters(GOOD | {"language": ["en"]}).parameters()
    with pytest.raises(ScenarioError, match="there is no language 'xx'; give en or ru"):
        scenario_from_parameters(GOOD | {"language": "xx"})


@pytest.mark.parametrize(
    ("changes", "allowed", "refused", "message"),
    [
        ({}, (0, 20), (-0.01, 20.01), "is negative; a factor|is no likely factor"),
        ({"kind": "growth"}, (0, 20), (-0.01, 20.01), "is negative; a factor|is no likely factor"),
        ({"kind": "ceiling"}, (0, 1), (-0.01, 1.01), "is negative; a factor|is above 1; a ceiling"),
        ({"kind": "price"}, (-0.99, 3), (-1, 3.01), "is outside -1 to 3 of the price"),
        (
            {"kind": "quota", "policy": "kg-2026-01-quota", "start": "2027-01-01"},
            (1e-9, 1e9),
            (0, -1),
            "is no quota; it must be above 0",
        ),
        (
            {"kind": "target", "quantity": "charging_points"},
            (1e-9, 1e9),
            (0, -1),
            "charging_points is no target; it must be above 0",
        ),
    ],
)
def test_a_size_is_within_the_limits_of_its_kind_and_may_be_a_limit(
    changes: dict[str, str], allowed: tuple[float, ...], refused: tuple[float, ...], message: str
) -> None:
    for size in allowed:
        assert Driver.model_validate(DUTY | changes | {"size": size}).size.mode == size
    for size in refused:
        with pytest.raises(ValidationError, match=message):
            Driver.model_validate(DUTY | changes | {"size": size})


@pytest.mark.parametrize(
    ("changes", "name", "allowed", "refused"),
    [
        ({"kind": "price", "size": 0.1}, "elasticity", (-15, 0), (-15.01, 0.01)),
        ({}, "delay_years", (0, 9), (-0.01,)),
        ({}, "probability", (0, 1), (-0.01, 1.01)),
        ({}, "on_time", (0, 1), (-0.01, 1.01)),
    ],
)
def test_what_else_a_driver_says_may_be_a_limit_and_is_not_beyond(
    changes: dict[str, object], name: str, allowed: tuple[float, ...], refused: tuple[float, ...]
) -> None:
    for number in allowed:
        made = getattr(Driver.model_validate(DUTY | changes | {name: number}), name)
        assert getattr(made, "mode", made) == number
    for number in refused:
        with pytest.raises(
            ValidationError, match=r"is outside -15|is negative; move start|equal to"
        ):
            Driver.model_validate(DUTY | changes | {name: number})


def test_an_event_without_probability_and_delay_comes_for_sure_and_on_time() -> None:
    driver = Driver.model_validate(DUTY)
    assert (driver.probability, driver.on_time, driver.delay_years.high) == (1, 1, 0)


@pytest.mark.parametrize(
    ("end", "acts"), [(None, True), ("2027-05-01", True), ("2027-04-30", False)]
)
def test_an_event_acts_until_its_end(end: str | None, acts: bool) -> None:
    driver = Driver.model_validate(DUTY | {"end": end})
    assert driver.acts_after(dt.date(2027, 4, 30)) is acts


def test_only_tables_that_may_be_read_are_named(tmp_path: Path) -> None:
    """By number, with what hinders the others."""
    files = ["mine.csv", "../../elsewhere/facts.csv"]
    checks = [*_files_elsewhere(files, str(tmp_path))]
    assert [(place, is_fault) for place, is_fault, _, _ in checks] == [
        (("ledger", 0), False),
        (("ledger", 1), True),
    ]
    assert "facts.csv' lies outside" in checks[1][2]
    assert fault_of_place(tmp_path / "mine.csv") == ("", "")
    assert fault_of_place(tmp_path / files[1])[0].startswith("lies outside")


def test_no_drivers_at_all_leave_all_out_and_none_given_keeps_them() -> None:
    scenario = scenario_from_parameters(GOOD | {"drivers": [DUTY]})
    assert scenario.replace(drivers=[]).drivers == ()
    assert scenario.replace(horizon=2031).drivers == scenario.drivers
    assert len(scenario.replace(drivers=[DUTY | {"name": "tax"}]).drivers) == 2


def test_a_change_of_no_scenario_is_refused_by_name() -> None:
    message = r"^Scenario\.as_change_of\(\) missing a required argument: 'origin'$"
    with pytest.raises(ScenarioError, match=message):
        scenario_from_parameters(GOOD).as_change_of()  # type: ignore[call-arg]
