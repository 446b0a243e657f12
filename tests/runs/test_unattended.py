"""Runs that nobody watches: what they log for machines, and what they let go of after months."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.runs.runner import run
from forecasting.vocabulary.errors import InputError

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


def test_what_cannot_be_kept_is_refused(project: Any) -> None:
    project.scenario("uz-a")
    with pytest.raises(InputError, match=r"keep is -1; give how many days"):
        run([project.params], project.out, keep=-1)
    with pytest.raises(InputError, match=r"keep is for a folder; memory://x has rules of its own"):
        run([project.params], "memory://x", keep=1)


@pytest.mark.slow
def test_run_after_run_holds_no_more_than_before(
    load_script: Callable[[Path], ModuleType],
) -> None:
    """The short form of ``benches/soak.py``."""
    soak = load_script(Path(__file__).parents[2] / "benches" / "soak.py")
    first, second, *rest = soak.soaked(4, looks=4)
    assert [held.runs for held in (first, second, *rest)] == [1, 2, 3, 4]
    assert {held.descriptors for held in (second, *rest)} == {second.descriptors}
    assert {(held.children, held.temporary) for held in (first, second, *rest)} == {
        (first.children, 0)
    }
    assert rest[-1].memory < second.memory + 20
