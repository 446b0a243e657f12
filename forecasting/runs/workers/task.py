"""One scenario from its notebook to a whole report, in a process of its own.

``python -m forecasting.runs.workers.task`` does the task that it reads, as JSON, from its standard
input.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from forecasting.errors import InputError
from forecasting.names import (
    FAILURE_RECORD,
    OUTLOOK_TABLE,
    OUTLOOK_WORKBOOK,
    OUTPUT_VARIABLE,
    REPORT_NOTEBOOK,
    RUN_RECORD,
)
from forecasting.runs.execute.child import die_with_parent, give_sign
from forecasting.runs.output.folders import clear_folder, remove
from forecasting.runs.output.ownership import file_sizes, read_json, write_json

# What is said of a notebook whose process has been killed
KILLED = re.compile("SIGKILL|Kernel died")
SILENT = "Kernel didn't respond"  # and of a kernel that cannot be reached


@dataclass(frozen=True)
class Task:
    """What a process needs to know to make one report.

    Parameters
    ----------
    name : str
        The scenario.
    template, folder, log : str
        The notebook, the empty folder that the report is written in, and the file for what its
        process prints.
    parameters : dict
        What the notebook is given.
    record : dict
        What ``run.json`` says besides times: identity, sources.
    engine : str
        ``fork`` or ``kernel``.
    timeout : float, optional
        Seconds that one cell may take.
    shared : str
        Name of the folder where forecasts are shared with other scenarios on the same facts; empty
        for none.
    memory : int, optional
        Megabytes that each of its processes may hold; one that holds more is killed by whoever
        watches the task.
    earlier : str
        The folder of the report that it replaces, if there is one.
    """

    name: str
    template: str
    folder: str
    log: str
    parameters: dict[str, Any]
    record: dict[str, Any]
    engine: Literal["fork", "kernel"] = "fork"
    timeout: float | None = None
    shared: str = ""
    memory: int | None = None
    earlier: str = ""

    def to_json(self) -> str:
        """Write the task in one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


def perform(task: Task) -> int:
    """Make a report; whatever goes wrong is written beside it.

    Returns
    -------
    int
        0 if the report is whole, else 1: the exit status of the process that does the task.
    """
    folder = Path(task.folder)
    os.environ[OUTPUT_VARIABLE] = task.folder  # where the notebook stores its results
    try:
        clear_folder(folder)
        steps = _make(task, folder)
        _write_record(task, folder, steps)
    except Exception as error:
        cell = getattr(error, "cell", 0)
        message = getattr(error, "message", f"{type(error).__name__}: {error}")
        if task.memory and KILLED.search(message):
            message += f"; the memory limit is {task.memory:,} MB"
        if SILENT in message:
            message += "; a kernel needs the loopback network, --engine fork does not"
        trace = getattr(error, "trace", traceback.format_exc())
        with contextlib.suppress(OSError):  # the runner will say that nothing can be written
            _leave_failure(folder, failure(task.name, message, cell, trace))
            sys.stderr.write(f"{error}\n{trace}\n")  # the log may lie on the same full disk
        return 1
    return 0


def failure(name: str, message: str, cell: int = 0, trace: str = "") -> dict[str, Any]:
    """What ``failure.json`` says of a report that could not be made.

    Parameters
    ----------
    name, message : str
        The scenario, and what happened.
    cell : int
        The cell's execution count; 0 where none is to blame.
    trace : str
        The traceback, if there is one.
    """
    return {"name": name, "cell": cell, "message": message, "trace": trace, "time": _now()}


def _leave_failure(folder: Path, record: dict[str, Any]) -> None:
    """Write what went wrong beside the notebook; what is half made goes, since a full disk may need
    the room.
    """
    for path in folder.iterdir():
        if path.name != REPORT_NOTEBOOK:
            remove(path)
    try:
        write_json(folder / FAILURE_RECORD, record)
    except OSError:
        (folder / REPORT_NOTEBOOK).unlink(missing_ok=True)
        write_json(folder / FAILURE_RECORD, record)


def _make(task: Task, folder: Path) -> dict[str, Any]:
    """Write notebook, page and, where the notebook has stored results and no workbook, that; say
    how long each took.
    """
    from forecasting.reporting.html import write_report
    from forecasting.runs.execute.execution import cell_seconds, execute

    notebook = folder / REPORT_NOTEBOOK
    seconds: dict[str, float] = {}
    with _timed(seconds, "notebook"):
        done = execute(Path(task.template), task.parameters, notebook, task.engine, task.timeout)
    with _timed(seconds, "page"):
        since = task.earlier and _since(Path(task.earlier), folder)
        write_report(notebook, done, since=since)
    if (folder / OUTLOOK_TABLE).is_file() and not (folder / OUTLOOK_WORKBOOK).is_file():
        from forecasting.reporting.workbook import write_workbook
        from forecasting.scenarios.outlook import load_outlook

        with _timed(seconds, "workbook"):
            write_workbook(load_outlook(folder), folder / OUTLOOK_WORKBOOK)
    return {"since": since, "seconds": seconds, "cells": cell_seconds(done)}


def _since(earlier: Path, folder: Path) -> str:
    """What changed since the report that is replaced; of one that was made from the same, what that
    one told, so that its bytes stay.
    """
    from forecasting.reporting.past import changes_since

    since = ""
    with contextlib.suppress(InputError, KeyError):  # no report fails for an earlier one
        since = changes_since(earlier, folder)
    return since or str(read_json(earlier / RUN_RECORD).get("since", ""))


@contextlib.contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    """Note how long a step takes, on a clock that never jumps, and show that it is done."""
    started = time.monotonic()
    yield
    seconds[step] = round(time.monotonic() - started, 4)
    give_sign()


def _write_record(task: Task, folder: Path, steps: dict[str, Any]) -> None:
    record = {"name": task.name, "parameters": task.parameters, "engine": task.engine}
    record |= task.record | {"files": file_sizes(folder, but=RUN_RECORD), "finished": _now()}
    write_json(folder / RUN_RECORD, record | steps)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    die_with_parent()
    sys.exit(perform(Task.from_json(sys.stdin.read())))
