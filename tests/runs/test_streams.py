"""A report is worth more than what is printed of it: no stream that is closed or full fails it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

COMMAND = f"{Path(sys.executable).parent}/ev-forecast"


def status(project: Any, command: str) -> int:
    return subprocess.run(
        ["bash", "-c", f"{COMMAND} {command}"], cwd=project.root, capture_output=True, check=False
    ).returncode


def test_the_report_is_made_and_the_status_is_true(project: Any) -> None:
    project.scenario("uz-a", seed=7)
    assert status(project, "run --out reports >/dev/full 2>&1") == 0
    assert project.printed("uz-a") == "uz-a 7\n"
    assert status(project, "run --out reports >/dev/full") == 0


def test_a_failed_scenario_keeps_its_status(project: Any) -> None:
    project.notebook("1 / 0")
    project.scenario("uz-a")
    assert status(project, "run --out reports 2>/dev/full") == 1


@pytest.mark.parametrize("streams", ["2>&-", ">/dev/full 2>/dev/full"])
def test_wrong_input_keeps_its_status(project: Any, streams: str) -> None:
    assert status(project, f"run none.yaml {streams}") == 2
    assert status(project, f"run --no-such-option {streams}") == 2


def test_an_answer_that_cannot_be_printed_is_no_wrong_input(project: Any) -> None:
    project.scenario("uz-a")
    assert status(project, "check >/dev/full") == 1


def test_nothing_that_is_printed_gets_into_a_file(project: Any) -> None:
    """A closed standard error leaves its number to the next file that is opened."""
    project.notebook("import sys; print('words', file=sys.stderr)")
    project.scenario("uz-a")
    assert status(project, "run --out reports --log text 2>&-") == 0
    for path in project.out.rglob("*"):
        if path.is_file() and path.suffix in (".json", ".html", ".lock"):
            assert "[1/1]" not in path.read_text(encoding="utf-8", errors="replace")
