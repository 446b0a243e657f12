"""What becomes of a report when its task has ended, without starting one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from forecasting.runs import runner
from forecasting.runs.output.folders import Store, clear_folder, read_json, write_json
from forecasting.runs.output.result import RunResult
from forecasting.runs.runner import _settle
from forecasting.runs.workers.processes import Outcome, Task
from forecasting.vocabulary.errors import RunError


def test_a_whole_report_is_put_in_its_place(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        write_json(clear_folder(store.folder("uz-a")) / "run.json", {"name": "uz-a"})
        result = _settle(store, Outcome("uz-a", 0, 1.23456))
        assert not store.folder("uz-a").exists()
    assert (result.name, result.status, result.reason) == ("uz-a", "done", "")
    assert result.seconds == 1.235
    assert read_json(tmp_path / "uz-a" / "run.json") == {"name": "uz-a"}


@pytest.mark.parametrize(
    ("status", "kept", "said"),
    [
        (1, {"message": "no such column", "cell": 3}, "cell In [3]: no such column"),
        (1, {"message": "Kernel died"}, "Kernel died"),
        (1, None, "its process ended with status 1; logs/engine.log may say why"),
        (3, None, "its process ended with status 3"),
        (0, None, "its process ended with status 0"),
    ],
)
def test_a_failure_is_kept_beside_the_reports_with_its_reason(
    tmp_path: Path, status: int, kept: dict[str, object] | None, said: str
) -> None:
    with Store(tmp_path) as store:
        side = store.folder("uz-a")
        if kept:
            write_json(clear_folder(side) / "failure.json", {"name": "uz-a"} | kept)
        result = _settle(store, Outcome("uz-a", status, 0.5))
    assert (result.status, result.reason, result.seconds) == ("failed", said, 0.5)
    assert not (tmp_path / "uz-a").exists()
    record = read_json(tmp_path / "failures" / "uz-a" / "failure.json")
    assert record["name"] == "uz-a"
    assert said.endswith(record["message"])


def test_of_a_report_with_a_fault_the_fault_alone_is_kept(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        write_json(clear_folder(store.folder("uz-a")) / "report.ipynb", {"half": "made"})
        result = _settle(store, Outcome("uz-a", fault="its worker sent no whole report"))
    assert (result.status, result.reason) == ("failed", "its worker sent no whole report")
    (kept,) = (tmp_path / "failures" / "uz-a").iterdir()
    assert read_json(kept)["message"] == "its worker sent no whole report"


def test_a_report_that_cannot_be_put_in_its_place_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Store, name: str) -> None:
        raise RunError(f"{name} is in the way")

    with Store(tmp_path) as store:
        write_json(clear_folder(store.folder("uz-a")) / "run.json", {"name": "uz-a"})
        monkeypatch.setattr(Store, "accept", refused)
        result = _settle(store, Outcome("uz-a", 0, 0.5))
    assert (result.status, result.reason) == (
        "failed",
        "its report cannot be put in its place: uz-a is in the way",
    )


def test_a_disk_without_room_is_the_reason_of_a_task_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path) -> Path:
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr("forecasting.runs.runner.clear_folder", full)
    with Store(tmp_path) as store:
        result = _settle(store, Outcome("uz-a", -9, 0.5))
    assert result.reason.startswith(f"{tmp_path} cannot be written: No space left on device")


def test_a_run_that_is_stopped_says_how_many_reports_were_made(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("uz-a", "uz-b", "uz-c"):
        project.scenario(name)

    def outcomes(tasks: list[Task]) -> Iterator[Outcome]:
        yield Outcome(tasks[0].name, 0, 0.1)
        yield Outcome(tasks[1].name, 1, 0.1)
        raise KeyboardInterrupt("stopped")

    def settled(_: Store, outcome: Outcome) -> RunResult:
        return RunResult(outcome.name, "failed" if outcome.status else "done")

    monkeypatch.setattr(runner, "_ready", lambda *_: nullcontext(outcomes))
    monkeypatch.setattr(runner, "_settle", settled)
    with pytest.raises(KeyboardInterrupt, match="stopped") as caught:
        runner.run([project.params], project.out, progress=False)
    assert caught.value.__notes__ == [
        f"1 of 3 reports were made and are in {project.out}; the next run makes the others"
    ]
