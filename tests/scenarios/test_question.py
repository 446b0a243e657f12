"""What is asked: a file, a name, a country; where it is looked for, and what is said of nothing."""

import shutil
from pathlib import Path

import numpy as np
import pycountry
import pytest
from click.testing import CliRunner

import forecasting as fc
from forecasting.cli import main
from forecasting.evaluation.claim import claim_of
from forecasting.parameters.naming import country_slug
from forecasting.parameters.writing import new_params, write_params
from forecasting.scenarios.question import find_scenario, new_scenario, params_file
from forecasting.scenarios.what_if import WhatIf
from forecasting.vocabulary.names import shipped_folder

SHIPPED = Path(__file__).parents[2] / "params"
GEORGIA = """\
country: GE
scenario: baseline
as_of: latest
horizon: 2028
seed: 20230626
ledger: [../facts.csv]
shipped_facts: false
"""
FACTS = """\
id,measure,place,period_start,period_end,relation,value,published
ge-2023,ev_imports,GE,2023-01-01,2023-12-31,equals,5900,2024-02-01
ge-2024,ev_imports,GE,2024-01-01,2024-12-31,equals,12500,2025-02-01
ge-cars,car_registrations,GE,2024-01-01,2024-12-31,equals,95000,2025-02-01
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of one's own with a country and its facts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "georgia-baseline.yaml").write_text(GEORGIA)
    (tmp_path / "facts.csv").write_text(FACTS)
    return tmp_path


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("uzbekistan-baseline", "uzbekistan-baseline"),
        ("Uzbekistan-Accelerated", "uzbekistan-accelerated"),
        ("UZ", "uzbekistan-baseline"),
        ("kazakhstan", "kazakhstan-baseline"),
        ("ports", "ports-baseline"),
        ("Khorgos", "horgos-baseline"),
        ("Alashankou", "ports-baseline"),
        ("CN-XJ", "xinjiang-baseline"),
        ("Norway", "norway-baseline"),
        (SHIPPED / "tajikistan-baseline.yaml", "tajikistan-baseline"),
    ],
)
def test_a_file_a_name_and_a_place_stand_for_a_scenario_in_any_folder(
    question, name, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert find_scenario(question).name == name
    assert find_scenario(find_scenario(question)) == find_scenario(question)


def test_a_country_without_a_params_file_is_as_new_would_write_it(tmp_path):
    assert params_file("NO") is None
    made = new_scenario("NO")
    assert (made.name, made.as_of, made.horizon, made.drivers) == (
        "norway-baseline",
        "latest",
        2030,
        (),
    )


def test_params_here_come_first_then_those_beside_a_notebook_then_those_that_ship(
    folder, monkeypatch
):
    shutil.copy(SHIPPED / "uzbekistan-baseline.yaml", folder / "params")
    assert params_file("UZ") == Path("params/uzbekistan-baseline.yaml")
    (folder / "notebooks").mkdir()
    monkeypatch.chdir(folder / "notebooks")
    assert params_file("UZ") == Path("../params/uzbekistan-baseline.yaml")
    assert params_file("KZ") == shipped_folder("params") / "kazakhstan-baseline.yaml"


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            "uzbekistan-basline",
            r"^uzbekistan-basline: no such file, scenario or country "
            r"\(did you mean uzbekistan-baseline\?\)$",
        ),
        ("georgia-high", r"did you mean georgia-baseline\?"),
        ("Uzbekistann", r"did you mean uzbekistan-baseline\?"),
        ("", "no such file, scenario or country"),
        (
            "params/georgia-basline.yaml",
            r"^params/georgia-basline.yaml: no such file "
            r"\(did you mean params/georgia-baseline.yaml\?\)$",
        ),
        ("elsewhere/x.yaml", r"no such file \(give the path of a file\)"),
        ("elsewhere/uzbekistan", r"^elsewhere/uzbekistan: no such file \(give the path"),
        ("uzbekistan.yaml", r"^uzbekistan.yaml: no such file \("),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest_name(folder, question, message):
    with pytest.raises(fc.InputError, match=message):
        fc.outlook(question)


def test_two_files_of_one_name_are_refused(folder):
    (folder / "params" / "georgia-baseline.yml").write_text(GEORGIA)
    with pytest.raises(fc.InputError, match=r"georgia-baseline.yml: is a second file of one name"):
        fc.outlook("GE")


def test_one_question_has_one_answer_whoever_asks(folder):
    path = folder / "params" / "georgia-baseline.yaml"
    stock = np.median(fc.outlook(path).results.values["ev_stock"][:, -1])
    asked = (
        fc.outlook("GE"),
        fc.outlook("georgia-baseline"),
        fc.outlook(fc.load_scenario(path)),
        fc.outlook(path, fc.read_ledger("facts.csv")),
        WhatIf(path).reference,
    )
    assert [np.median(each.results.values["ev_stock"][:, -1]) for each in asked] == [stock] * len(
        asked
    )
    assert claim_of("GE", "ev_stock", "2028", 1000.0).levels[1] == stock


def test_a_ledger_given_is_added_to_what_the_scenario_reads(folder):
    more = (
        FACTS.splitlines()[0] + "\nge-2022,ev_imports,GE,2022-01-01,2022-12-31,equals,1900,2023\n"
    )
    (folder / "more.csv").write_text(more)
    made = fc.outlook("GE", fc.read_ledger("more.csv"), draws=50)
    assert made.facts_used == ["ge-2023", "ge-2024", "ge-2022", "ge-cars"]
    assert len(made.facts) == 4


def test_the_day_can_be_given(folder):
    made = fc.outlook("GE", as_of="2024-06-30", draws=50)
    assert made.as_of.isoformat() == "2024-06-30"
    assert made.facts_used == ["ge-2023"]


def test_a_ledger_that_vanished_is_named(folder):
    (folder / "facts.csv").unlink()
    with pytest.raises(
        fc.ScenarioError, match=r"georgia-baseline.yaml:6 ledger\[0\]: .* is not in"
    ):
        fc.outlook("GE")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("run georgia-basline", "did you mean georgia-baseline?"),
        ("check georgia-basline", "did you mean georgia-baseline?"),
        ("claim GE ev_stock 2028 5 --params georgia-basline", "did you mean georgia-baseline?"),
        ("run far/params/georgia-baseline.yaml", "'../facts.csv' is not in"),
        ("claim GE ev_stock 2028 5 --params far/params/georgia-baseline.yaml", "is not in"),
        ("run params far/params", "names the scenario georgia-baseline again"),
        ("run georgia-baseline --ledger gone.csv", "gone.csv: no such file"),
        ("claim GE ev_stock 2028 5 --ledger gone.csv", "gone.csv: is not there"),
        ("evidence --place GE --ledger gone.csv", "gone.csv: is not there"),
        ("claim GE ev_stock 2028 5 --params uzbekistan-baseline", "is of UZ, the claim of GE"),
        ("run NO", "`ev-forecast new NO` writes one"),
    ],
)
def test_input_that_is_wrong_is_one_message_and_nothing_is_written(folder, command, message):
    (folder / "far" / "params").mkdir(parents=True)
    shutil.copy(folder / "params" / "georgia-baseline.yaml", folder / "far" / "params")
    if command == "run params far/params":
        shutil.copy(folder / "facts.csv", folder / "far")
    if command.startswith("run"):
        command += " --out out"
    before = sorted(folder.rglob("*"))
    done = CliRunner().invoke(main, command.split())
    assert done.exit_code == 2, done.output
    assert message in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert sorted(folder.rglob("*")) == before


def test_a_ledger_that_vanished_since_the_check_is_one_message(folder):
    assert CliRunner().invoke(main, ["check", "georgia-baseline"]).exit_code == 0
    (folder / "facts.csv").unlink()
    done = CliRunner().invoke(main, ["run", "georgia-baseline", "--out", "out"])
    assert (done.exit_code, (folder / "out").exists()) == (2, False)
    assert "georgia-baseline.yaml:6 ledger[0]: '../facts.csv' is not in" in done.output


def test_without_a_params_folder_run_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["run"])
    assert done.exit_code == 2
    assert "there is no folder params here; give params files or names" in done.output


def test_no_two_countries_have_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [country.alpha_2 for country in pycountry.countries]
    assert len({country_slug(code) for code in codes}) == len(codes)
    monkeypatch.chdir(tmp_path)
    name, text = new_params("KR", "baseline")
    assert name == "korea-baseline.yaml"
    write_params(Path("params") / name, text)
    assert find_scenario("KR").country == find_scenario("korea-baseline").country == "KR"
    assert find_scenario("KP").country == "KP"
