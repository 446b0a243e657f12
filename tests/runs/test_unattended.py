"""Runs that nobody watches: what they log for machines, and what they let go of after months."""

from __future__ import annotations

import importlib.util
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.errors import InputError
from forecasting.names import OUTLOOK_TABLE as TABLE
from forecasting.runs.output.earlier import drop_earlier
from forecasting.runs.runner import run
from forecasting.scenarios.outlook_files import KEY

FIELDS = ["time", "event", "scenario", "status", "seconds", "reason"]


def events(text: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in text.splitlines()]
    assert all(list(each) == FIELDS for each in found)
    assert all(datetime.fromisoformat(each["time"]).utcoffset() is not None for each in found)
    return found


def brief(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(each["event"], each["scenario"], each["status"]) for each in found]


@pytest.mark.slow
def test_each_event_is_a_line_of_json(project: Any, capsys: pytest.CaptureFixture[str]) -> None:
    project.notebook("1 / (name != 'uz-b')")
    for name in ("uz-a", "uz-b"):
        project.scenario(name)
    run([project.params], project.out, jobs=1, log="json")
    found = events(capsys.readouterr().err)
    scenarios = [("scenario", "uz-a", "done"), ("scenario", "uz-b", "failed")]
    assert brief(found) == [("run", "", "started"), *scenarios, ("run", "", "failed")]
    assert found[0]["reason"] == "2 to run"
    assert found[2]["reason"] == "cell In [3]: ZeroDivisionError: division by zero"
    assert found[-1]["reason"] == "1 done, 1 failed"
    assert 0 < found[1]["seconds"] < found[-1]["seconds"]
    project.notebook("1")
    words = ["run", str(project.params), "--out", str(project.out), "--log", "json", "--json"]
    CliRunner().invoke(main, words)
    again = CliRunner().invoke(main, words)
    assert brief(events(again.stderr))[1:] == [
        ("scenario", "uz-a", "fresh"),
        ("scenario", "uz-b", "fresh"),
        ("run", "", "done"),
    ]
    assert json.loads(again.stdout)["ok"]


def test_what_is_refused_is_an_event_too(tmp_path: Path) -> None:
    (tmp_path / "uz-a.yaml").write_text("country: UZ\n")
    done = CliRunner().invoke(
        main, ["run", str(tmp_path), "--out", str(tmp_path / "o"), "--log", "json"]
    )
    (found,) = events(done.stderr)
    assert (done.exit_code, found["event"], found["status"]) == (2, "run", "refused")
    assert "uz-a.yaml" in found["reason"]
    assert not (tmp_path / "o").exists()


def kept(folder: Path, day: str, said: str = "") -> Path:
    """The results of a report that a run has kept under `day`, or under another day than they say."""
    folder = folder / "archive" / day / "uz-a"
    folder.mkdir(parents=True)
    table = pa.table({"value": [1.0]}).replace_schema_metadata(
        {KEY: json.dumps({"as_of": said or day})}
    )
    pq.write_table(table, folder / TABLE)
    return folder


def test_only_the_newest_days_are_kept_and_only_what_a_run_has_written_goes(tmp_path: Path) -> None:
    days = [kept(tmp_path, f"2024-0{month}-01").parent for month in range(1, 7)]
    (days[1] / "uz-a" / "thesis.txt").write_text("mine")
    (days[2] / "mine.txt").write_text("mine")
    other = kept(tmp_path, "2023-01-01", said="2024-01-01")
    named = tmp_path / "archive" / "notes" / "uz-a"
    named.mkdir(parents=True)
    (named / TABLE).write_text("no results")
    elsewhere = kept(tmp_path / "elsewhere", "2020-01-01").parent
    (tmp_path / "archive" / "2020-01-01").symlink_to(elsewhere)
    drop_earlier(tmp_path, 2)
    assert [day.is_dir() for day in days] == [False, True, True, False, True, True]
    assert [path.name for path in days[2].iterdir()] == ["mine.txt"]
    assert {path.name for path in (days[1] / "uz-a").iterdir()} == {TABLE, "thesis.txt"}
    assert all((folder / TABLE).is_file() for folder in (other, named, elsewhere / "uz-a"))
    drop_earlier(tmp_path, 0)
    assert [day.is_dir() for day in days] == [False, True, True, False, False, False]
    drop_earlier(tmp_path / "nothing", 1)


@pytest.mark.slow
def test_a_run_keeps_as_many_days_as_it_is_told(project: Any) -> None:
    for month in range(1, 5):
        kept(project.out, f"2024-0{month}-01")
    project.scenario("uz-a")
    assert run([project.params], project.out, progress=False).ok
    assert len([*project.out.glob("archive/*")]) == 4
    assert run([project.params], project.out, progress=False, keep=3).ok
    assert sorted(path.name for path in project.out.glob("archive/*")) == [
        "2024-02-01",
        "2024-03-01",
        "2024-04-01",
    ]


def test_what_cannot_be_kept_is_refused(project: Any) -> None:
    project.scenario("uz-a")
    with pytest.raises(InputError, match=r"keep is -1: give how many days"):
        run([project.params], project.out, keep=-1)
    with pytest.raises(InputError, match=r"keep is for a folder; memory://x has rules of its own"):
        run([project.params], "memory://x", keep=1)


@pytest.mark.slow
def test_run_after_run_holds_no_more_than_before() -> None:
    """The short form of ``benches/soak.py``."""
    spec = importlib.util.spec_from_file_location(
        "soak", Path(__file__).parents[2] / "benches" / "soak.py"
    )
    assert spec is not None
    assert spec.loader is not None
    soak = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(soak)
    first, second, *rest = soak.soaked(6, looks=6)
    assert [held.runs for held in (first, second, *rest)] == [1, 2, 3, 4, 5, 6]
    assert {held.descriptors for held in (second, *rest)} == {second.descriptors}
    assert {(held.children, held.temporary) for held in (first, second, *rest)} == {
        (first.children, 0)
    }
    assert rest[-1].memory < second.memory + 20
