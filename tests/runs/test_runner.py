"""From params files to reports: fresh ones stay, failed ones are named, the others finish."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.evaluation.forecast_chain import chain_of
from forecasting.runs import runner
from forecasting.runs.output.folders import Store
from forecasting.runs.output.result import report_ages, write_summary
from forecasting.runs.runner import run
from forecasting.vocabulary.errors import InputError, RunError

pytestmark = pytest.mark.slow


DATA = (
    "uz-a/outlook.parquet",
    "uz-a/draws.parquet",
    "comparison.parquet",
    "uz-a/report.html",
)


def statuses(project: Any, **options: Any) -> dict[str, str]:
    done = run([project.params], project.out, progress=False, **options)
    return {result.name: result.status for result in done.results}


def test_what_is_fresh_is_not_run_again(reported_project: Any) -> None:
    project = reported_project
    assert project.printed("uz-b") == "uz-b 8\n"
    before = {
        path: path.stat().st_mtime_ns
        for path in project.out.rglob("*")
        if path.is_file() and path.name != ".lock"
    }
    again = run([project.params], project.out, progress=False)
    assert again.count("fresh") == 2

    assert before == {path: path.stat().st_mtime_ns for path in before}
    project.scenario("uz-b", 3)
    assert statuses(project) == {"uz-a": "fresh", "uz-b": "done"}
    assert statuses(project, force=True) == {"uz-a": "done", "uz-b": "done"}


def test_an_index_older_than_a_report_is_written_again(reported_project: Any) -> None:
    project = reported_project
    index = project.out / "index.html"
    right = index.read_bytes()
    index.write_text("of a run that was killed before its summary")
    os.utime(index, (1, 1))
    assert statuses(project) == {"uz-a": "fresh", "uz-b": "fresh"}
    assert index.read_bytes() == right


def test_a_table_of_all_reports_that_is_gone_is_written_again(reported_project: Any) -> None:
    project = reported_project
    for name in ("comparison.parquet", "comparison.csv", "comparison.xlsx"):
        (project.out / name).unlink()
        assert statuses(project) == {"uz-a": "fresh", "uz-b": "fresh"}
        assert (project.out / name).is_file(), name


def test_a_dry_run_says_what_would_run_and_writes_nothing(project: Any) -> None:
    project.scenario("uz-baseline")
    told = run([project.params], project.out, dry_run=True)
    assert str(told).startswith("stale  uz-baseline: never run\n1 stale in")
    assert not project.out.exists()


def test_a_failed_scenario_is_named_and_the_others_finish(project: Any) -> None:
    project.notebook("1 / (name != 'uz-b')", "print('end')")
    for name in ("uz-a", "uz-b", "uz-c"):
        project.scenario(name)
    done = run([project.params], project.out, progress=False)
    assert [result.status for result in done.results] == ["done", "failed", "done"]
    assert not done.ok
    assert done.failed[0].reason == "cell In [3]: ZeroDivisionError: division by zero"
    failure = json.loads((project.out / "failures" / "uz-b" / "failure.json").read_text())
    assert (failure["cell"], "1 / (name != 'uz-b')" in failure["trace"]) == (3, True)
    index = (project.out / "index.html").read_text()
    assert "uz-b" in index
    assert "ZeroDivisionError: division by zero" in index
    assert statuses(project) == {"uz-a": "fresh", "uz-b": "failed", "uz-c": "fresh"}


def test_a_failure_leaves_the_last_whole_report_and_a_success_forgets_it(
    reported_project: Any,
) -> None:
    project = reported_project
    (project.params / "uz-b.yaml").unlink()
    first = (project.out / "uz-a" / "report.ipynb").read_bytes()
    project.notebook("1 / 0")
    assert statuses(project) == {"uz-a": "failed"}
    assert (project.out / "uz-a" / "report.ipynb").read_bytes() == first
    project.notebook("print('mended')")
    assert statuses(project) == {"uz-a": "done"}
    assert project.printed("uz-a") == "mended\n"
    assert not (project.out / "failures" / "uz-a").exists()
    assert "ZeroDivisionError" not in (project.out / "index.html").read_text()


def test_a_folder_says_what_ran_what_failed_and_how_old_it_is(reported_project: Any) -> None:
    project = reported_project
    shutil.rmtree(project.out / "uz-b")
    project.notebook("1 / 0")
    run([project.params], project.out, progress=False)
    record = project.out / "uz-a" / "run.json"
    dated = json.loads(record.read_text()) | {"finished": "2026-03-01T06:30:00+00:00"}
    record.write_text(json.dumps(dated))
    rows = report_ages(project.out, dt.datetime(2026, 3, 4, 9, 30, tzinfo=dt.UTC))
    assert [row[:2] for row in rows] == [("failed", "uz-a"), ("failed", "uz-b")]
    assert rows[0][2].endswith("; report made 3 days ago")
    assert rows[1][2].endswith("ZeroDivisionError: division by zero; no report")
    shown = CliRunner().invoke(main, ["status", str(project.out)])
    assert shown.exit_code == 1
    assert shown.output.endswith("2 scenarios, 2 failed\n")
    told = CliRunner().invoke(main, ["status", str(project.out), "--json"])
    assert (told.exit_code, json.loads(told.stdout)["failed"]) == (1, ["uz-a", "uz-b"])
    assert json.loads(told.stdout)["scenarios"][0]["finished"] == dated["finished"]
    with pytest.raises(InputError, match="holds no report; `ev-forecast run --out"):
        report_ages(project.params, dt.datetime.now(dt.UTC))


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_running_again_on_either_engine_gives_the_same_bytes_but_for_the_times(
    reported_project: Any, engine: Any
) -> None:
    project = reported_project

    def made() -> tuple[list[bytes], str]:
        data = [(project.out / name).read_bytes() for name in DATA]
        return data, without_times(project.out / "uz-a" / "report.ipynb")

    before = made()
    paths = [project.params / "uz-a.yaml"]
    done = run(paths, project.out, force=True, engine=engine, progress=False)
    assert done.count("done") == 1
    assert made() == before


def without_times(path: Path) -> str:
    text = re.sub(r'"(start_time|end_time)": "[^"]*"|"duration": [\d.e-]+', "", path.read_text())
    assert json.loads(path.read_text())["nbformat"] == nbformat.current_nbformat
    return text


def test_all_results_are_in_one_table(reported: Path) -> None:
    table = pd.read_parquet(reported / "reports" / "comparison.parquet")
    assert table.groupby("scenario")["value"].unique().map(list).to_dict() == {
        "uz-a": [7.0],
        "uz-b": [8.0],
    }


def test_a_record_says_what_a_report_was_made_from(reported_project: Any) -> None:
    project = reported_project
    record = json.loads((project.out / "uz-a" / "run.json").read_text())
    assert (record["seed"], record["engine"], record["reason"]) == (7, "fork", "never run")
    assert {"parameters", "facts", "prior", "notebook", "package", "python", "numpy"} <= record[
        "identity"
    ].keys()
    assert len(record["cells"]) == 3
    assert record["files"]["report.html"] == (project.out / "uz-a" / "report.html").stat().st_size
    assert (project.out / "logs" / "uz-a.log").exists()


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_secrets_of_the_environment_reach_nothing(
    project: Any, monkeypatch: pytest.MonkeyPatch, engine: Any
) -> None:
    for name in (
        "AWS_SECRET_ACCESS_KEY",
        "JUPYTER_TOKEN",
        "X_API_KEY",
        "PYTHONSTARTUP",
        "EV_FORECAST_API_KEY",
    ):
        monkeypatch.setenv(name, "hunter2")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Generic")  # last digits hang on it
    project.notebook(
        "import os; print(dict(os.environ)); print(open('/proc/self/environ').read())", "1 / 0"
    )
    project.scenario("uz-a")
    assert statuses(project, engine=engine) == {"uz-a": "failed"}
    written = [path.read_bytes() for path in project.out.rglob("*") if path.is_file()]
    for variable in (b"OPENBLAS_NUM_THREADS': '1'", b"OPENBLAS_CORETYPE': 'Generic'"):
        assert any(variable in text for text in written)
    assert not any(b"hunter2" in text for text in written)


def test_a_second_run_into_a_folder_in_use_is_refused(project: Any) -> None:
    project.scenario("uz-a")
    with Store(project.out), pytest.raises(RunError, match="is in use by process"):
        run([project.params], project.out, progress=False)


def test_wrong_input_runs_nothing_and_writes_nothing(project: Any) -> None:
    project.scenario("uz-a", text="horizn: 2030\n")
    with pytest.raises(InputError, match="horizn"):
        run([project.params], project.out, progress=False)
    with pytest.raises(InputError, match="jobs is 0"):
        run([project.params], project.out, jobs=0)
    assert not project.out.exists()


def test_as_many_scenarios_run_at_once_as_jobs_say(project: Any) -> None:
    started, at_work = project.root / "started", project.root / "at work"
    started.mkdir()
    at_work.mkdir()
    project.notebook(
        f"from pathlib import Path\nstarted, at_work = Path('{started}'), Path('{at_work}')",
        "import time\n(started / name).touch(); (at_work / name).touch()\n"
        # One at a time would wait for ever
        "while len(list(started.iterdir())) < 2: time.sleep(0.02)",
        "time.sleep(0.2); print(len(list(at_work.iterdir()))); (at_work / name).unlink()",
    )
    for name in "abcd":
        project.scenario(f"uz-{name}")
    assert run([project.params], project.out, jobs=2, timeout=120, progress=False).ok
    assert {int(project.printed(f"uz-{name}")) for name in "abcd"} <= {1, 2}


def test_an_index_that_cannot_be_written_is_told(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(out: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runner, "write_summary", full)
    project.scenario("uz-a")
    done = run([project.params], project.out, progress=False)
    assert done.problem == "the index could not be written: [Errno 28] No space left on device"
    assert (done.ok, done.count("done")) == (False, 1)


def test_progress_is_plain_lines_in_a_log(project: Any, capsys: pytest.CaptureFixture[str]) -> None:
    project.notebook("1 / (name != 'uz-b')")
    for name in ("uz-a", "uz-b"):
        project.scenario(name)
    done = run([project.params], project.out, jobs=1)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "[1/2] uz-a done",
        "[2/2] uz-b failed: cell In [3]: ZeroDivisionError: division by zero",
    ]
    assert done.to_dict()["results"][1]["status"] == "failed"
    assert re.search(r"1 done, 1 failed in \d+\.\d s; see .*index.html", str(done))


def test_a_run_works_in_a_thread_where_signals_are_not_to_be_had(project: Any) -> None:
    import threading

    project.scenario("uz-a")
    found: list[Any] = []
    thread = threading.Thread(
        target=lambda: found.append(runner.run([project.params], project.out, progress=False))
    )
    thread.start()
    thread.join()
    assert found[0].count("done") == 1


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_a_time_limit_need_not_be_whole(project: Any, engine: Any) -> None:
    project.notebook("import time\nif name == 'uz-b': time.sleep(60)")
    for name in ("uz-a", "uz-b"):
        project.scenario(name)
    done = run([project.params], project.out, timeout=3.5, engine=engine, progress=False)
    assert [(result.name, result.reason) for result in done.failed] == [
        ("uz-b", "cell In [3]: exceeded the time limit of 3.5 s")
    ]


def test_a_damaged_report_of_before_is_named_and_stops_nothing(reported_project: Any) -> None:
    project = reported_project
    path = project.out / "uz-a" / "outlook.parquet"
    other = io.BytesIO()
    pd.DataFrame({"mine": [1]}).to_parquet(other)
    path.write_bytes(b"PAR1 cut off")
    done = run([project.params / "uz-b.yaml"], project.out, force=True, progress=False)
    assert (done.ok, done.count("done")) == (False, 1)
    for damage in (b"PAR1 cut off", b"", other.getvalue()):
        path.write_bytes(damage)
        (problem,) = write_summary(project.out)
        assert re.fullmatch(
            r"uz-a: outlook.parquet is (damaged|no table).*; move its folder away and run it again",
            problem,
        )
        assert problem == done.problem or damage != b"PAR1 cut off"
        assert {*pd.read_parquet(project.out / "comparison.parquet")["scenario"]} == {"uz-b"}
        assert "outlook.parquet is" in (project.out / "index.html").read_text()
    assert (project.out / "uz-b" / "run.json").is_file()


def test_a_run_keeps_its_forecasts_where_others_can_check_them(reported_project: Any) -> None:
    project = reported_project
    paths = [project.params]
    record = project.root / "record"
    assert run(paths, project.out, progress=False, keep_record=record).ok
    first, second = chain_of(record)
    assert (first.content["scenario"], second.content["scenario"]) == (
        "uz-a",
        "uz-b",
    )
    assert second.content["before"]["file"] == first.file
    (project.root / "full").mkdir()
    (project.root / "full" / first.content["day"]).write_text("in the way")
    done = run(paths, project.out, progress=False, keep_record=project.root / "full")
    assert not done.ok
    assert "full could not be written: File exists" in done.problem
    (record / first.file).write_text("{}")
    with pytest.raises(InputError, match="was changed after it was written"):
        run(paths, project.root / "other", progress=False, keep_record=record)
    assert not (project.root / "other").exists()


def test_a_scenario_reads_tables_of_folders_that_are_named(
    project: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere")
    columns = "id,measure,place,period_start,period_end,relation,value,unit,published,source"
    fact = "a,ev_imports,UZ,2022-01-01,2022-12-31,equals,4000,vehicles,2023-01-15,office"
    (folder / "mine.csv").write_text(f"{columns}\n{fact}\n")
    cell = (
        "from forecasting.reading.user_ledgers import facts_that_a_file_names as facts;"
        "print(len(facts(ledger, False)))"
    )
    project.notebook(cell)
    paths = [project.scenario("uz-a", text=f"ledger: ['{folder}/mine.csv']\n")]
    with pytest.raises(InputError, match="lies outside of the working folder"):
        run(paths, project.out, progress=False)
    assert not project.out.exists()
    assert run(paths, project.out, progress=False, allow=[folder]).ok
    assert project.printed("uz-a") == "1\n"
