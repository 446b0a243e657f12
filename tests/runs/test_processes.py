"""How a task gets a process of its own, without starting one."""

from __future__ import annotations

import io
import subprocess
from typing import Any

import pytest

from forecasting.runs.workers import processes
from forecasting.runs.workers.processes import Task

TASK = Task("uz-a", "a.ipynb", "out", "uz-a.log", {}, {}, "fork", None, "", None, "")


class Pipe(io.StringIO):
    """Keeps what was written when it is closed."""

    text = ""

    def close(self) -> None:
        self.text = self.getvalue()
        super().close()


def test_a_task_is_sent_to_a_process_of_a_session_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[dict[str, Any]] = []
    pipe = Pipe()

    class Process:
        stdin = pipe

        def __init__(self, command: list[str], **options: Any) -> None:
            calls.append({"command": command, **options})

    monkeypatch.setattr(subprocess, "Popen", Process)
    processes._start_fresh(TASK, 7, {"A": "b"})
    (call,) = calls
    assert call["command"][1:] == ["-m", "forecasting.runs.workers.processes"]
    # A signal of a terminal ends the run, which ends its processes
    assert call["start_new_session"] is True
    assert (call["stdout"], call["stderr"], call["env"]) == (7, 7, {"A": "b"})
    assert pipe.text == TASK.to_json()
