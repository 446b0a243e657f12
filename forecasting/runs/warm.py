"""A process that has imported everything, and forks a copy of itself for each task.

``python -m forecasting.runs.warm`` reads tasks, one in a line of its standard input, and writes how each ended to its
standard output. It ends, and everything it has started ends, when its input does.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import json
import os
import selectors
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NoReturn

from forecasting.errors import ForecastingError
from forecasting.runs.processes import Outcome, child_environment, die_with_parent, kill_group
from forecasting.runs.store import clear_folder
from forecasting.runs.task import Task, perform

__all__ = ["WarmParent", "run_warm"]

FEW = 64  # draws of the rehearsal
LOOK = 0.005  # seconds between looks at the children


class WarmParent:
    """The runner's handle on a warm process.

    Parameters
    ----------
    jobs : int
        How many tasks it runs at once.
    token : str
        The run that it belongs to.
    log : Path, optional
        File for what it prints; without one, that is lost.
    """

    def __init__(self, jobs: int, token: str, log: Path | None) -> None:
        command = [sys.executable, "-m", "forecasting.runs.warm", str(jobs)]
        with open(log or os.devnull, "w", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,  # a terminal's Ctrl-C is for the runner alone
                env=child_environment(token),
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: IO[str] = self._process.stdin
        self._from: IO[str] = self._process.stdout

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def submit(self, task: Task) -> None:
        """Send a task; without effect if the process has ended, which `outcome` then says."""
        with contextlib.suppress(BrokenPipeError):
            self._to.write(task.to_json() + "\n")
            self._to.flush()

    def outcome(self) -> Outcome | None:
        """Wait for the next task to end; None if the warm process has ended before."""
        line = self._from.readline()
        return Outcome(**json.loads(line)) if line.endswith("\n") else None

    def close(self) -> None:
        """End the process and its tasks."""
        with contextlib.suppress(BrokenPipeError):
            self._to.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        kill_group(self._process.pid)
        self._process.wait()
        self._from.close()


def run_warm(tasks: Sequence[Task], jobs: int, token: str, log: Path) -> Iterator[Outcome]:
    """Do tasks in forks of a warm process, `jobs` at a time; yields each as it ends.

    A warm process that is killed is renewed once, for the tasks that it leaves.
    """
    left = {task.name: task for task in tasks}
    for _ in range(2):
        parent = WarmParent(jobs, token, log)
        try:
            for task in left.values():
                clear_folder(Path(task.folder))
                parent.submit(task)
            importlib.import_module("forecasting.reporting.site")  # needed in the end, and now there is nothing to do
            while left and (outcome := parent.outcome()):
                del left[outcome.name]
                yield outcome
        finally:
            parent.close()
    for name in left:
        yield Outcome(name, 1, 0.0)


def main(jobs: int) -> None:
    """Serve tasks until the input ends."""
    channel = os.dup(1)
    os.dup2(2, 1)  # whatever prints, prints to the log
    tasks: list[Task] = []
    children: dict[int, tuple[str, float]] = {}
    lines = _lines(children)
    for arrived in lines:
        if arrived and not tasks and not children:
            warm_up(arrived[0])
        tasks += arrived
        for outcome in _ended(children):
            os.write(channel, (json.dumps(asdict(outcome)) + "\n").encode())
        while tasks and len(children) < jobs:
            task = tasks.pop(0)
            pid = os.fork()
            if pid == 0:
                _become_task(task, channel)
            children[pid] = task.name, time.monotonic()
    for pid in children:
        kill_group(pid)


def _lines(children: dict[int, tuple[str, float]]) -> Iterator[list[Task]]:
    """Yield the tasks that have arrived, at least at every look; ends with the input."""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        while True:
            if not selector.select(LOOK if children else None):
                yield []
                continue
            data = os.read(0, 1 << 16)
            if not data:
                return
            *whole, rest = (rest + data).split(b"\n")
            yield [Task.from_json(line.decode()) for line in whole]


def _ended(children: dict[int, tuple[str, float]]) -> Iterator[Outcome]:
    for pid, (name, started) in list(children.items()):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            del children[pid]
            kill_group(pid)
            yield Outcome(name, os.waitstatus_to_exitcode(status), time.monotonic() - started)


def _become_task(task: Task, channel: int) -> NoReturn:
    """Do a task in the forked child; only its exit status counts."""
    status = 1
    try:
        os.setsid()
        die_with_parent()
        os.close(channel)
        log = os.open(task.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        for descriptor, number in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
            os.dup2(descriptor, number)
        status = perform(task)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def warm_up(task: Task) -> None:
    """Load what the tasks will need, so that their copies of this process have it."""
    from forecasting.runs import shell

    shell.get_shell()
    modules = ["forecasting.runs.notebook", *_imports(Path(task.template))]
    with warnings.catch_warnings(), TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # each is for the notebook to show, and is shown once in a process
        for module in modules:
            with contextlib.suppress(Exception):  # the notebook will say it better
                importlib.import_module(module)
        _rehearse_page(Path(folder))
        if "forecasting" in modules:
            with contextlib.suppress(ForecastingError):
                _rehearse_outlook(task, folder)
    gc.collect()
    gc.freeze()  # so that a child's collector leaves shared pages alone


def _rehearse_page(folder: Path) -> None:
    """Make a page without content: what nbconvert loads, it loads on first use."""
    from forecasting.reporting.html import write_report

    path = folder / "page.ipynb"
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    write_report(path)


def _rehearse_outlook(task: Task, folder: str) -> None:
    """Make a small outlook with its tables and a figure, and throw it away: half of all loading is on first use.

    What is called is this package's own code. A notebook is never run here, where it could change what others get.
    """
    from forecasting.evidence import datasets
    from forecasting.reporting import figures, tables, workbook
    from forecasting.scenarios.outlook import outlook
    from forecasting.scenarios.schema import scenario_from_parameters

    made = outlook(scenario_from_parameters(task.parameters), datasets.central_asia(), draws=FEW)
    figures.fan_chart(made).to_json()
    tables.headline_table(made)._repr_html_()
    made.save(folder)
    workbook.write_workbook(made, Path(folder) / "outlook.xlsx")


def _imports(template: Path) -> list[str]:
    """List the modules that a notebook's import statements name."""
    found = list[str]()
    for cell in json.loads(template.read_text(encoding="utf-8"))["cells"]:
        with contextlib.suppress(SyntaxError):
            for node in ast.walk(ast.parse("".join(cell["source"]) if cell["cell_type"] == "code" else "")):
                if isinstance(node, ast.Import):
                    found += [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.append(node.module)
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]))
