"""What is said of a run while it goes on and when it has ended."""

import datetime as dt
import io
import json
import sys
from pathlib import Path

import pytest

from forecasting.runs.output.result import Progress, RunResult, RunSummary, write_event

DONE = RunResult("uz-a", "done", seconds=1.25)
FAILED = RunResult("uz-b", "failed", "cell In [3]: no")


def test_progress_is_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress(2) as progress:
        progress.advance(DONE)
        progress.advance(FAILED)
    assert "0/2" in terminal.getvalue()
    assert "2/2" in terminal.getvalue()
    assert "[2/2] uz-b failed: cell In [3]: no" in terminal.getvalue()


def test_progress_is_counted_lines_or_events_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(2) as progress:
        progress.advance(DONE)
        progress.advance(FAILED)
        progress.end(RunSummary(Path("out"), (DONE, FAILED)))
    assert capsys.readouterr().err.splitlines() == [
        "[1/2] uz-a done",
        "[2/2] uz-b failed: cell In [3]: no",
    ]
    fresh = RunResult("uz-c", "fresh")
    with Progress(1, form="json") as progress:
        progress.advance(DONE)
        progress.end(RunSummary(Path("out"), (fresh, DONE), 2.5, problem="no index"))
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [tuple(event.values())[1:] for event in events] == [
        ("run", "", "started", 0.0, "1 to run"),
        ("scenario", "uz-a", "done", 1.25, ""),
        ("scenario", "uz-c", "fresh", 0.0, ""),
        ("run", "", "failed", 2.5, "1 done, 1 fresh"),
    ]
    with Progress(1, visible=False) as progress:
        progress.advance(FAILED)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("seconds", "written"), [(0.0, 0.0), (1.23456, 1.235), (0.0004, 0.0), (3600, 3600)]
)
def test_an_event_is_a_line_with_its_time_to_a_thousandth_of_a_second(
    capsys: pytest.CaptureFixture[str], seconds: float, written: float
) -> None:
    write_event("scenario", "failed", scenario="uz-ü", seconds=seconds, reason="a\nb")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    moment = dt.datetime.fromisoformat(event.pop("time"))
    assert moment.utcoffset() == dt.timedelta(0)
    assert moment.microsecond % 1000 == 0
    assert event == {
        "event": "scenario",
        "scenario": "uz-ü",
        "status": "failed",
        "seconds": written,
        "reason": "a\nb",
    }
    assert "uz-ü" in line


def test_a_summary_names_what_failed_the_counts_and_what_went_wrong_beside() -> None:
    summary = RunSummary(Path("out"), (DONE, FAILED), 3.04, "no index", ("a row is not used",))
    failed, counts, problem, unused = str(summary).splitlines()
    assert failed == "failed uz-b: cell In [3]: no"
    assert counts.startswith("1 done, 1 failed in 3.0 s; see out")
    assert (problem, unused) == ("no index", "a row is not used")
    assert (summary.failed, summary.ok, summary.count("failed")) == ((FAILED,), False, 1)
    assert len(str(RunSummary(Path("out"), (DONE,))).splitlines()) == 1
    assert RunSummary(Path("out"), (DONE,)).ok
    assert not RunSummary(Path("out"), (DONE,), problem="no index").ok
