"""A params file of a stranger has tables read that lie where it lies, or where the user is, and
nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

import forecasting as fc
from forecasting.cli import main
from forecasting.reporting.notebook import scenario_of
from forecasting.scenarios.check import check_paths
from forecasting.scenarios.workbook_values import with_cells
from forecasting.vocabulary.errors import InputError, LedgerError

FACTS = """id,measure,place,period_start,period_end,relation,value,unit,published,source
co-1,ev_registrations,CO,2023-01-01,2023-12-31,equals,3500,vehicles,2024-01-15,office
co-2,ev_registrations,CO,2024-01-01,2024-12-31,equals,9700,vehicles,2025-01-15,office
"""
PARAMS = """country: CO
scenario: baseline
as_of: latest
horizon: 2030
seed: 1
shipped_facts: false
market_size: 200000
ledger: [{}]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with params; beside it a folder with facts, and one with a secret."""
    (tmp_path / "home" / "params").mkdir(parents=True)
    for folder in ("elsewhere", "home", "home/params"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "mine.csv").write_text(FACTS)
    monkeypatch.chdir(tmp_path / "home")
    monkeypatch.setenv("API_KEY", "hunter2abc")
    return tmp_path / "home"


def params(folder: Path, ledger: str) -> Path:
    path = folder / "colombia-baseline.yaml"
    path.write_text(PARAMS.format(ledger))
    return path


@pytest.mark.parametrize("ledger", ["mine.csv", "../mine.csv", "../params/mine.csv"])
def test_tables_beside_the_params_or_in_the_working_folder_are_read(
    home: Path, ledger: str
) -> None:
    path = params(home / "params", ledger)
    assert check_paths([path]).scenarios == 1
    assert len(fc.outlook(path, draws=50).facts_used) == 2


def test_a_table_beside_params_of_another_folder_is_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = params(home.parent / "elsewhere", "mine.csv")
    assert check_paths([path]).scenarios == 1
    assert len(fc.outlook(path, draws=50).facts_used) == 2
    monkeypatch.chdir(home.parent / "elsewhere")
    assert check_paths([params(home / "params", "../mine.csv")]).scenarios == 1


@pytest.mark.parametrize(
    ("ledger", "fault"),
    [
        ("/proc/self/environ", "is a special file (give a file of facts)"),
        ("../../../../../../../../proc/self/environ", "is a special file"),
        ("/dev/zero", "is a special file"),
        ("pipe.csv", "is a special file"),
        ("../../elsewhere/mine.csv", "lies outside of the working folder and of that of the"),
        ("{root}/elsewhere/mine.csv", "copy it there, or name its folder with --allow"),
        ("link.csv", "lies outside of the working folder"),
        ("links/mine.csv", "lies outside of the working folder"),
        ('"mine\\0.csv"', "is no path of a file"),
        ("loop.csv", "is no path of a file"),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["run"], ["evidence", "--place", "CO"]])
def test_what_lies_elsewhere_is_refused(
    home: Path, ledger: str, fault: str, command: list[str]
) -> None:
    os.mkfifo(home / "params" / "pipe.csv")
    (home / "params" / "link.csv").symlink_to(home.parent / "elsewhere" / "mine.csv")
    (home / "params" / "loop.csv").symlink_to("loop.csv")
    (home / "params" / "links").symlink_to(home.parent / "elsewhere")
    params(home / "params", ledger.format(root=home.parent))
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2, done.output
    assert fault in done.output.replace("\n", " ")
    assert "hunter2abc" not in done.output
    assert not (home / "reports").exists()


def test_folders_that_are_named_may_be_read(home: Path) -> None:
    path = params(home / "params", "../../elsewhere/mine.csv")
    for command in (
        ["check"],
        ["evidence", "--place", "CO"],
        ["claim", "CO", "ev_registrations", "2030", "90000"],
    ):
        assert CliRunner().invoke(main, command).exit_code == 2
        done = CliRunner().invoke(main, [*command, "--allow", "../elsewhere"])
        assert done.exit_code == 0, done.output
    with pytest.raises(InputError, match="lies outside of the working folder"):
        fc.outlook(path, draws=50)
    assert len(fc.outlook(path, draws=50, allow=["../elsewhere"]).facts_used) == 2
    with pytest.raises(InputError, match="lies outside of the working folder"):
        check_paths([path])
    assert check_paths([path], allow=["../elsewhere"]).scenarios == 1


def test_what_is_allowed_must_be_a_folder(home: Path) -> None:
    done = CliRunner().invoke(main, ["check", "--allow", "nowhere"])
    assert done.exit_code == 2
    assert "nowhere: is no folder (give one whose tables may be read)" in done.output


def test_tables_named_on_the_command_line_lie_where_they_like(home: Path) -> None:
    params(home / "params", "mine.csv")
    elsewhere = home.parent / "elsewhere" / "mine.csv"
    done = CliRunner().invoke(main, ["evidence", str(elsewhere)])
    assert done.exit_code == 0, done.output
    assert "2 facts" in done.output


def test_a_notebook_by_plain_papermill_reads_no_more(home: Path) -> None:
    given = {"country": "CO", "scenario": "baseline", "as_of": "latest", "horizon": 2030, "seed": 1}
    for ledger, fault in (
        ("/proc/self/environ", "is a special file"),
        (str(home.parent / "elsewhere" / "mine.csv"), "lies outside of the working folder"),
    ):
        scenario = scenario_of(given | {"ledger": [ledger], "measure": "ev_registrations"})
        with pytest.raises(LedgerError, match=fault):
            fc.outlook(scenario, draws=50)
        # A change of the scenario does not make its file's tables those of the caller
        for changed in (scenario.replace(horizon=2031), with_cells(scenario, {"home_access": 0.5})):
            with pytest.raises(LedgerError, match=fault):
                fc.outlook(changed, draws=50)


def test_a_table_that_a_caller_names_in_a_change_is_read(home: Path) -> None:
    elsewhere = str(home.parent / "elsewhere" / "mine.csv")
    scenario = fc.load_scenario(params(home / "params", "mine.csv"))
    changed = scenario.replace(ledger=[elsewhere])
    assert changed.ledger == (elsewhere,)
    assert len(fc.outlook(changed, draws=50).facts_used) == 2
