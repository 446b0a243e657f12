"""The command line: what it prints where, its exit status, and that wrong input changes nothing."""

import json
import math
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from forecasting.cli import main
from forecasting.evaluation.records import RECORD_COLUMNS
from forecasting.vocabulary.errors import RunError

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")

ROOT = Path(__file__).parent.parent
GOOD = "country: UZ\nscenario: test\nas_of: latest\nhorizon: 2035\nseed: 1\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_help_names_every_command() -> None:
    told = call("--help").output
    for command in (
        "run",
        "check",
        "new",
        "evidence",
        "backtest",
        "track-record",
        "claim",
        "export",
        "example",
    ):
        assert command in told
        assert call(command, "--help").exit_code == 0
    assert call("--version").output.startswith("ev-forecast")
    assert call("rnu").exit_code == 2


def test_an_example_is_written_where_the_other_commands_look_for_it() -> None:
    listed = call("example").stdout.split("\n")
    assert {"colombia.csv", "cronjob.yaml", "params/ports-baseline.yaml"} <= {*listed}
    for name in ("colombia.csv", "params/ports-baseline.yaml", "notebooks/country_outlook.ipynb"):
        assert call("example", name).stdout == f"{name} is written\n"
    shipped = ROOT / "notebooks" / "country_outlook.ipynb"
    assert Path("notebooks/country_outlook.ipynb").read_bytes() == shipped.read_bytes()
    assert call("check", "colombia.csv", "--published", "2026-02-27").exit_code == 0
    assert call("check", "params/ports-baseline.yaml").exit_code == 0


def test_an_example_overwrites_nothing_and_none_is_guessed() -> None:
    Path("colombia.csv").write_text("mine")
    taken = call("example", "colombia.csv")
    assert (taken.exit_code, Path("colombia.csv").read_text()) == (2, "mine")
    assert "colombia.csv exists already; move it" in taken.stderr
    unknown = call("example", "columbia.csv")
    assert unknown.exit_code == 2
    assert "no example columbia.csv; did you mean colombia.csv?" in unknown.stderr


def test_check_of_wrong_input_ends_in_2_with_every_problem_on_stderr() -> None:
    Path("uzbekistan-test.yaml").write_text(GOOD + "sed: 2\ntitel: x\n")
    head = b"id,measure,place,period_start,period_end,relation,quantity,value,unit\n"
    Path("facts.csv").write_bytes(head + b"\xff")
    result = call("check", "uzbekistan-test.yaml", "facts.csv")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert (
        "uzbekistan-test.yaml:6 sed: is not a key of a scenario (did you mean seed?)"
        in result.stderr
    )
    assert "did you mean title?" in result.stderr
    assert "UTF-8" in result.stderr
    assert "Traceback" not in result.stderr


def test_check_of_good_input_ends_in_0() -> None:
    Path("params").mkdir()
    Path("params/uzbekistan-test.yaml").write_text(GOOD)
    result = call("check")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("in order: 1 scenario, ")


def test_new_writes_once() -> None:
    assert call("new", "norway").exit_code == 0
    text = Path("params/norway-baseline.yaml").read_text()
    assert 'country: "NO"' in text
    Path("params/norway-baseline.yaml").write_text("mine")
    again = call("new", "NO")
    assert again.exit_code == 2
    assert "exists already" in again.stderr
    assert Path("params/norway-baseline.yaml").read_text() == "mine"
    assert call("new", "NO", "--scenario", "high").exit_code == 0
    assert (
        "'XX' is not a known country; use an ISO 3166 code such as UZ\n" in call("new", "XX").stderr
    )
    assert "did you mean UZ (Uzbekistan)?" in call("new", "Uzbekistn").stderr
    for words in (["new", "Atlantis"], ["new", "horgos"], ["new", "NO", "--scenario", "../x"]):
        assert call(*words).exit_code == 2
    assert sorted(path.name for path in Path("params").iterdir()) == [
        "norway-baseline.yaml",
        "norway-high.yaml",
    ]


def test_what_is_no_file_or_no_folder_is_said_before_any_work() -> None:
    Path("folder").mkdir()
    Path("file.csv").write_text("mine")
    record = ("track-record", "--place", "UZ", "--measure", "ev_imports", "--csv")
    for words, said in (
        (("new", "FR", "--ledger", "folder"), "folder: is no file (give a table of your own: "),
        (("new", "FR", "--ledger", "no.csv"), "no.csv: is no file (give a table of your own: "),
        (("new", "FR", "--out", "file.csv"), "file.csv is a file; give a folder to write france-"),
        ((*record, "folder"), "folder is a folder; give the name of a file"),
        ((*record, "file.csv/a.csv"), "file.csv is a file, no folder for a.csv; give another path"),
    ):
        refused = call(*words)
        assert (refused.exit_code, refused.stdout) == (2, ""), words
        assert said in refused.stderr
    assert Path("file.csv").read_text() == "mine"
    assert {path.name for path in Path().iterdir()} == {"folder", "file.csv"}


def test_evidence_lists_facts_as_of_a_day() -> None:
    result = call(
        "evidence", "--place", "Uzbekistan", "--measure", "ev_imports", "--as-of", "2023-06-26"
    )
    assert result.exit_code == 0
    assert "2,544 vehicles" in result.stdout
    assert "20,190" not in result.stdout
    assert "13,460" not in result.stdout
    wrong = call("evidence", "--measure", "ev_import")
    assert wrong.exit_code == 2
    assert "ev_imports" in wrong.stderr


def test_a_fact_without_a_source_has_none_in_the_list() -> None:
    Path("georgia.csv").write_text(
        "id,measure,place,period_start,period_end,relation,value\n"
        "a,ev_sales,GE,2023-01-01,2023-12-31,equals,5400\n"
    )
    result = call("evidence", "georgia.csv")
    assert result.stdout.splitlines()[2:] == ["    no date", "1 fact"]


def test_evidence_of_nothing_says_what_there_is() -> None:
    result = call("evidence", "--place", "UZ", "--measure", "ev_imports", "--as-of", "2010-01-01")
    assert result.stdout.startswith("0 facts\nthe ledger tells of\n")
    assert "    karasu: vehicle_exports\n" in result.stdout


def test_assumptions_without_a_page_are_listed():
    result = call("evidence", "--sources")
    assert result.exit_code == 0
    last = result.output.splitlines()[-1]
    assert last == "57 of 215 assumptions are judgements; a page shows 158"
    assert "temperature_shift: -2, 0, 2 degC\n" in result.output
    assert "grid_carbon, TM: 0.5, 0.65, 0.9 t CO2 per MWh\n" in result.output
    assert "consumption.bus" not in result.output


def test_evidence_sets_conflicts_side_by_side() -> None:
    result = call("evidence", "--place", "TJ", "--conflicts")
    assert result.exit_code == 0
    assert "3,316" in result.stdout
    assert "1,500" in result.stdout


def test_conflicts_fit_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    result = call("evidence", "--place", "TJ", "--conflicts")
    assert max(map(len, result.stdout.splitlines())) <= 40
    assert "3,316" in result.stdout


@dataclass
class Summary:
    """What a run hands back."""

    ok: bool

    def to_dict(self) -> dict[str, bool]:
        return {"ok": self.ok}

    def __str__(self) -> str:
        return "1 done"


def test_run_passes_its_options_on_and_reports_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("params").mkdir()
    Path("params/uzbekistan-test.yaml").write_text(GOOD)
    seen: dict = {}

    def fake(paths, **options):
        seen.update(options, paths=paths)
        return Summary(ok=options["force"])

    monkeypatch.setattr("forecasting.runs.runner.run", fake)
    assert (
        call(
            "run", "--jobs", "1", "--as-of", "2023-06-26", "--engine", "kernel", "--out", "there"
        ).exit_code
        == 1
    )
    assert (
        seen
        | {"paths": (), "jobs": 1, "as_of": "2023-06-26", "engine": "kernel", "out": Path("there")}
        == seen
    )
    good = call("run", "--force", "--json", "params/uzbekistan-test.yaml")
    assert (good.exit_code, json.loads(good.stdout)) == (0, {"ok": True})
    assert call("run", "--as-of", "yesterday").exit_code == 2


def test_run_of_wrong_params_runs_and_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("params").mkdir()
    Path("params/uzbekistan-test.yaml").write_text(GOOD + "sed: 1\n")
    monkeypatch.setattr("forecasting.runs.runner.run_in_forks", lambda *a, **k: pytest.fail("ran"))
    result = call("run")
    assert result.exit_code == 2
    assert "did you mean seed?" in result.stderr
    assert [path.name for path in Path().iterdir()] == ["params"]
    assert call("run", "nowhere.yaml").exit_code == 2


def test_a_run_that_fails_as_a_whole_ends_in_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*args: object, **options: object) -> None:
        raise RunError("another run holds reports")

    Path("params").mkdir()
    Path("params/uzbekistan-test.yaml").write_text(GOOD)
    monkeypatch.setattr("forecasting.runs.runner.run", locked)
    result = call("run")
    assert (result.exit_code, "another run holds" in result.stderr) == (1, True)


def test_run_names_what_the_ledger_says_beside_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("params").mkdir()
    said = "name: a, kind: level, quantity: ev_imports, start: 2030-01-01, size: 1, "
    said += "reason: x, source: no-1"
    cites = f"drivers:\n  - {{{said}}}\n"
    Path("params/uzbekistan-test.yaml").write_text(GOOD + cites)
    monkeypatch.setattr("forecasting.runs.runner.run_in_forks", lambda *a, **k: pytest.fail("ran"))
    result = call("run")
    assert result.exit_code == 2
    assert "no fact has the id 'no-1'" in result.stderr
    Path("params/kazakhstan-test.yaml").write_text(GOOD.replace("seed", "sed"))
    both = call("run").stderr
    assert "no fact has the id 'no-1'" in both
    assert "did you mean seed?" in both


def test_backtest_of_chargers() -> None:
    rows = [
        f"{m},{y},{1000 * 1.5**y},0,{10 * 1.3**y},{90 * 1.3**y}" for m in "ABCD" for y in range(8)
    ]
    header = "market,year,stock_bev,stock_phev,public_fast_points,public_slow_points"
    Path("panel.csv").write_text("\n".join([header, *rows]))
    result = call("backtest", "--panel", "panel.csv", "--chargers", "--csv", "out/scores.csv")
    assert result.exit_code == 0, result.stderr
    for words in (
        "practice",
        "constant ratio",
        "drift",
        "the smallest had 100 points",
        "0 counts are flagged",
    ):
        assert words in result.stdout
    scores = pd.read_csv("out/scores.csv")
    Path("out/scores.csv").write_text("mine")
    again = ("backtest", "--panel", "panel.csv", "--chargers", "--csv", "out/scores.csv")
    refused = call(*again)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "out/scores.csv exists already; give another name, or --force" in refused.stderr
    assert Path("out/scores.csv").read_text() == "mine"
    assert call(*again, "--force").exit_code == 0
    assert pd.read_csv("out/scores.csv").equals(scores)
    assert list(scores.columns) == [
        "horizon",
        "n",
        "method",
        "median_ale",
        "mean_ale",
        "mape",
        "in80",
    ]
    assert scores["n"].tolist() == [28] * 3 + [20] * 3 + [12] * 3
    constant = scores[scores["method"] == "constant ratio"].set_index("horizon")
    assert constant.loc[1, "median_ale"] == pytest.approx(
        math.log(1.5 / 1.3)
    )  # 1.5 times the cars, 1.3 times the points
    assert constant.loc[1, "mape"] == pytest.approx(100 * (1.5 / 1.3 - 1))
    told = answered("backtest", "--panel", "panel.csv", "--chargers")
    assert told["record"] == "chargers"
    assert [row["median_ale"] for row in told["rows"]] == pytest.approx(
        scores["median_ale"].tolist()
    )
    trained = call("backtest", "--panel", "panel.csv", "--train", "panel.csv", "--chargers")
    assert trained.stdout.splitlines() == result.stdout.splitlines()[:-1]
    assert call("backtest", "--panel", "panel.csv", "--chargers", "--peers").exit_code == 2
    wrong = call("backtest", "--panel", "panel.csv")
    assert wrong.exit_code == 2
    assert "sales_bev" in wrong.stderr
    assert call("backtest", "--panel", "nowhere.csv").exit_code == 2


def test_backtest_hands_its_panels_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def fake(panel: Path, train: Path | None, *, peers: bool, mapped: object) -> pd.DataFrame:
        seen.extend([panel.name, train and train.name, peers])
        return pd.DataFrame({"wis": [0.25]}, index=["this package"])

    monkeypatch.setattr("forecasting.evaluation.backtest.backtest_skill", fake)
    monkeypatch.setattr("forecasting.evaluation.backtest.summarise", lambda table: table)
    Path("a.csv").write_text("x")
    Path("b.csv").write_text("x")
    result = call(
        "backtest", "--panel", "a.csv", "--train", "b.csv", "--peers", "--csv", "scores.csv"
    )
    assert pd.read_csv("scores.csv", index_col=0).loc["this package", "wis"] == 0.25
    assert (result.exit_code, seen) == (0, ["a.csv", "b.csv", True])
    assert "0.25" in result.stdout


def _panel_and_months() -> None:
    """Three markets by year, one of them by month, in files."""
    annual = [
        f"{m},{y},{100 * 1.4 ** (y - 2012):.0f},0,{0.1 * 1.4 ** (y - 2012)}"
        for m in "ABC"
        for y in range(2012, 2021)
    ]
    Path("panel.csv").write_text(
        "\n".join(["market,year,sales_bev,sales_phev,sales_share_percent", *annual])
    )
    months = [
        f"A,{y}-{k:02d},{100 * 1.4 ** (y - 2012) / 12:.0f},9000"
        for y in (2019, 2020)
        for k in range(1, 13)
    ]
    Path("months.csv").write_text("\n".join(["market,month,bev,all_cars", *months]))


def test_backtest_of_part_years() -> None:
    _panel_and_months()
    result = call(
        "backtest",
        "--panel",
        "panel.csv",
        "--monthly",
        "months.csv",
        "--peers",
        "--csv",
        "out/scores.csv",
    )
    assert result.exit_code == 0, result.stderr
    for words in (
        "this package",
        "annualised part year",
        "January to April",
        "clustered by market",
    ):
        assert words in result.stdout
    scores = pd.read_csv("out/scores.csv", index_col="method")
    assert scores["cases"].tolist() == [4] * 4
    assert scores.loc["annualised part year", "ale"] < 0.01  # months alike
    assert 0 < scores.loc["this package", "wis"] < 0.2


def test_backtest_of_events() -> None:
    _panel_and_months()
    months = Path("months.csv").read_text()
    Path("months.csv").write_text(months.replace("A,2019", "Norway,2022").replace("A,", "Norway,"))
    asked = ["backtest", "--panel", "panel.csv", "--events"]
    missing = call(*asked)
    assert (missing.exit_code, "--events needs --panel and --monthly" in missing.stderr) == (
        2,
        True,
    )
    none = call(*asked, "--monthly", "months.csv")
    assert none.exit_code == 2
    assert "no privilege that ended in these markets has a year of months" in none.stderr
    Path("own.csv").write_text("id,place,kind,start\nmine,ZA,ends,2023-01-01\n")
    own = call(*asked, "--monthly", "months.csv", "--policies", "own.csv")
    assert own.exit_code == 2
    assert "own.csv:2 place: mine: ZA has no months" in own.stderr
    assert call("backtest", "--panel", "panel.csv", "--policies", "own.csv").exit_code == 2


def test_wrong_files_of_a_part_year_backtest_end_in_2_with_one_message() -> None:
    _panel_and_months()
    panel, months = Path("panel.csv").read_text(), Path("months.csv").read_text()
    wrong = {
        "months.csv lacks bev": (panel, months.replace("bev", "ev")),
        "panel.csv lacks sales_share_percent": (
            panel.replace("sales_share_percent", "share"),
            months,
        ),
        "column 'sales_bev' is missing": (panel.replace("sales_bev", "bev"), months),
        "'A' of the months is not in the panel": (panel.replace("\nA,", "\nAustria,"), months),
        "months.csv: cannot be read": (panel, ""),
        "months.csv has no rows": (panel, months.splitlines()[0]),
        "panel.csv has no rows": (panel.splitlines()[0], months),
        "panel.csv: cannot be read": ("", months),
        "months.csv:2 all_cars: '9OOO' is not a count": (panel, months.replace("9000", "9OOO", 1)),
        "panel.csv:2 sales_bev: '1OO' is not a count": (
            panel.replace("A,2012,100", "A,2012,1OO"),
            months,
        ),
        "months.csv:2 month: '2019/01' is not a month": (
            panel,
            months.replace("2019-01", "2019/01"),
        ),
        "its own rows left out": (panel.replace(",20", ",21"), months),
        "panel.csv holds A 2012 twice": (panel + "\nA,2012,1,0,1", months),
    }
    for said, texts in wrong.items():
        for name, text in zip(("panel.csv", "months.csv"), texts, strict=True):
            Path(name).write_text(text)
        result = call(
            "backtest", "--panel", "panel.csv", "--monthly", "months.csv", "--csv", "scores.csv"
        )
        assert (result.exit_code, result.stdout) == (2, ""), said
        assert said in result.stderr
        assert len(result.stderr.splitlines()) == 1, said
    assert not Path("scores.csv").exists()
    assert (
        call("backtest", "--panel", "panel.csv", "--monthly", "months.csv", "--chargers").exit_code
        == 2
    )


def test_track_record_sets_forecasts_beside_outcomes() -> None:
    asked = (
        "--place",
        "Uzbekistan",
        "--measure",
        "ev_imports",
        "--as-of",
        "2021-12-31",
        "--as-of",
        "2022-12-31",
    )
    result = call("track-record", *asked, "--csv", "out/record.csv")
    assert result.exit_code == 0, result.stderr
    assert "outcomes counted as the forecast counts lie inside" in result.stdout
    record = pd.read_csv("out/record.csv")
    assert record["period"].tolist() == ["2021", "2022", "2022", "2023", "2023-01..2023-07"]
    assert record["outcome"].tolist() == [809, 2180, 2180, 21469, 7391]
    assert record["own_basis"].tolist() == [True, True, True, False, True]
    assert record.columns.tolist() == [*RECORD_COLUMNS]
    for words in (asked, ["--archive", "reports"]):
        refused = call("track-record", *words, "--csv", "out/record.csv")
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "out/record.csv exists already; give another name, or --force" in refused.stderr
    assert pd.read_csv("out/record.csv").equals(record)
    told = answered("track-record", *asked, "--csv", "out/record.csv", "--force")
    assert told["csv"] == "out/record.csv"
    assert [list(row) for row in told["rows"]] == [[*RECORD_COLUMNS]] * 5
    assert [row["outcome"] for row in told["rows"]] == record["outcome"].tolist()


def test_track_record_of_wrong_input_ends_in_2() -> None:
    for words, said in (
        (["--place", "Uzbekistn"], "did you mean UZ"),
        (["--measure", "ev_import"], "did you mean ev_imports"),
        (["--as-of", "yesterday"], "'yesterday'"),
        (["--place", "TM"], "no forecast has an outcome"),
        (["nowhere.csv"], "nowhere.csv"),
    ):
        result = call("track-record", *words, "--csv", "record.csv")
        assert (result.exit_code, result.stdout) == (2, ""), words
        assert said in result.stderr
    assert not Path("record.csv").exists()


def test_export_needs_a_report_and_a_target() -> None:
    assert call("export", ".").exit_code == 2
    result = call("export", ".", "--xlsx", "x.xlsx")
    assert result.exit_code == 2
    assert "no outlook.parquet" in result.stderr
    assert not Path("x.xlsx").exists()


def test_claim_says_where_a_number_lies() -> None:
    result = call("claim", "UZ", "ev_imports", "2025", "1000000", "--as-of", "2023-06-26")
    assert result.exit_code == 0, result.stderr
    assert (
        "1,000,000 vehicles (electric vehicles imported, Uzbekistan, 2025): "
        "100 % of the draws lie below it" in result.stdout
    )
    assert call("claim", "UZ", "ev_import", "2025", "5").exit_code == 2


@pytest.mark.parametrize("error", [MemoryError(), ImportError("x.so: failed to map segment")])
def test_too_little_memory_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*_: object) -> None:
        raise error

    monkeypatch.setattr("forecasting.scenarios.check.check_paths", full)
    done = call("check")
    need = "1 GB does for a command, 500 MB more for each job of a run"
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"ev-forecast check: too little memory; {need}\n"


def test_help_is_no_wider_than_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for words in ([], ["run"], ["check"], ["claim"], ["track-record"], ["evidence"]):
        told = call(*words, "--help").output
        assert max(map(len, told.splitlines())) <= 80
    assert "Say where somebody's number lies" in " ".join(call("--help").output.split())


SURROUNDINGS = {
    "exec >&-": "standard output is closed; send it to a file or to /dev/null",
    "rmdir ../gone": "the working folder is gone; change to one that is there",
}


@pytest.mark.parametrize("before", SURROUNDINGS)
def test_a_command_that_cannot_work_where_it_is_says_so(tmp_path: Path, before: str) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    program = f"{shlex.quote(sys.executable)} -P -m forecasting.cli"
    script = f"{before}; {program} evidence --place UZ"
    root = {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        script, shell=True, cwd=folder, env=os.environ | root, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == f"ev-forecast evidence: {SURROUNDINGS[before]}"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_tab_key_completes_commands(shell):
    """As a shell asks for it: the words so far, and which of them is being typed."""
    words = {"_EV_FORECAST_COMPLETE": f"{shell}_complete", "COMP_WORDS": "ev-forecast tr"}
    words["COMP_CWORD"] = {"fish": "tr"}.get(shell, "1")
    answer = CliRunner(env=words).invoke(main, prog_name="ev-forecast").output
    assert "track-record" in answer
    assert "evidence" not in answer
    page = (Path(__file__).parent.parent / "docs" / "how-to" / "completion.md").read_text()
    assert f"_EV_FORECAST_COMPLETE={shell}_source ev-forecast" in page


@pytest.mark.parametrize("name", [name for name in main.commands if name != "fetch"])
def test_the_help_of_a_command_ends_in_an_example(name):
    shown = CliRunner().invoke(main, [name, "--help"]).stdout
    assert f"Example: ev-forecast {name} " in shown.splitlines()[-1] + shown.splitlines()[-2]


def answered(*words: str) -> dict:
    """What a command answers to a program."""
    result = call(*words, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", main.commands)
def test_every_command_answers_in_json(name):
    assert "--json" in call(name, "--help").output


def test_an_answer_in_json_has_the_numbers_that_the_words_have():
    claim = answered("claim", "UZ", "ev_imports", "2024", "1000000", "--as-of", "2023-06-26")
    assert claim["value"] == 1_000_000
    assert claim["probability_below"] == 1.0
    assert claim["period"] == {"start": "2024-01-01", "end": "2024-12-31"}
    assert claim["low"] < claim["median"] < claim["high"] < claim["value"]
    assert claim["fact"] is None
    assert (claim["base_fact"]["value"], claim["from_year"]) == (claim["base"], 2022)
    words = call("claim", "UZ", "ev_imports", "2024", "1000000", "--as-of", "2023-06-26").stdout
    three_digits = float("{median:.3g}".format(**claim))
    assert f"{three_digits:,.0f}" in words

    facts = answered("evidence", "--place", "UZ", "--measure", "ev_imports")["facts"]
    assert {fact["place"] for fact in facts} == {"UZ"}
    assert 2544.0 in [fact["value"] for fact in facts]
    conflicts = answered("evidence", "--place", "TJ", "--conflicts")["conflicts"]
    assert (conflicts[0]["value_a"], conflicts[0]["value_b"]) == (1500.0, 3316.0)
    assert all(row["key"] for row in answered("evidence", "--sources")["judgements"])


def test_a_quota_in_json_has_the_day_and_the_probability():
    quota = answered("claim", "KG", "quota", "2026", "2026-06-30")
    assert (quota["quota"], quota["day"]) == (15000.0, "2026-06-30")
    assert 0 < quota["probability"] < quota["used_up"] < 1
    past = answered("claim", "KG", "quota", "2025", "2025-06-30")
    assert past["used_up_on"] == "2025-09-25"
    assert "probability" not in past


def test_what_a_command_wrote_is_its_answer_in_json():
    assert answered("new", "NO") == {
        "params": "params/norway-baseline.yaml",
        "place": "Norway",
        "workbook": None,
    }
    checked = answered("check", "params/norway-baseline.yaml")
    assert (checked["scenarios"], checked["facts"]) == (1, 0)
    fact = ("--measure", "ev_sales", "--place", "NO", "--period", "2023", "--value", "104000")
    added = answered("fact", "mine.csv", *fact)
    assert [one["id"] for one in added["appended"]] == ["no-ev_sales-2023-12-31"]
    assert "no date of publication" in added["appended"][0]["notes"][0]
    told = answered("fact", "mine.csv", "--text", "Norway sold 9,180 electric cars in May 2026")
    assert told["proposals"][0]["cells"]["value"] == "9180"
    assert told["appended"] == []
    assert len(Path("mine.csv").read_text().splitlines()) == 2


# Before click 8.4 one of its other mistakes
NO_SUCH_COMMAND = getattr(click.exceptions, "NoSuchCommand", click.UsageError).__name__
ERRORS = [
    (("status", "nowhere"), "InputError", "`ev-forecast run --out nowhere` writes them there"),
    (("claim", "UZ", "ev_imprts", "2030", "1"), "InputError", "did you mean ev_imports?"),
    (("claim", "UZ"), "MissingParameter", "see ev-forecast --help"),
    (("check", "--bogus"), "NoSuchOption", "see ev-forecast --help"),
    (("rnu",), NO_SUCH_COMMAND, "see ev-forecast --help"),
]


@pytest.mark.parametrize(("words", "kind", "hint"), ERRORS)
def test_an_error_in_json_has_its_hint_on_standard_error(words, kind, hint):
    result = call(*words, "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    error = json.loads(result.stderr)["error"]
    assert (error["status"], error["kind"], error["hint"]) == (2, kind, hint)
    assert error["message"].endswith(hint)


def test_every_problem_of_a_file_is_in_the_error_in_json():
    Path("uzbekistan-test.yaml").write_text(GOOD + "sed: 2\ntitel: x\n")
    error = json.loads(call("check", "uzbekistan-test.yaml", "--json").stderr)["error"]
    assert [problem["where"] for problem in error["problems"]] == [
        "uzbekistan-test.yaml:6 sed",
        "uzbekistan-test.yaml:7 titel",
    ]
    assert "seed" in error["hint"]


def test_a_refused_run_tells_its_event_and_its_error_in_json():
    result = call("run", "nowhere.yaml", "--json", "--log", "json")
    event, error = map(json.loads, result.stderr.splitlines())
    assert (event["status"], error["error"]["command"]) == ("refused", "run")
    assert result.exit_code == 2
