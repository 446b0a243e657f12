"""One scenario from its notebook to a whole report, in a process of its own: what it does, the
environment it gets, that it neither stands still nor holds too much, nor outlives its run.

``python -m forecasting.runs.workers.processes`` does the task that it reads, as JSON, from its
standard input.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil

from forecasting.runs.endings import with_remedy
from forecasting.runs.execute.child import (
    STATUS_OVER_MEMORY,
    STATUS_STALLED,
    EngineName,
    ForkedProcess,
    die_with_parent,
    give_sign,
    kill_group,
)
from forecasting.runs.output.folders import (
    Record,
    clear_folder,
    file_sizes,
    open_log,
    read_json,
    remove,
    write_json,
)
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.names import (
    FAILURE_RECORD,
    OUTLOOK_TABLE,
    OUTPUT_VARIABLE,
    REPORT_NOTEBOOK,
    RUN_RECORD,
    RUN_VARIABLE,
    SHARED_VARIABLE,
    VARIABLES,
)
from forecasting.vocabulary.sentences import sentence

# What is said of a notebook whose process has been killed
KILLED = re.compile("SIGKILL|Kernel died")
OVER_MEMORY = "{message}[; the memory limit is {memory:,} MB]"


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
    old_report : str
        The folder of the report that it replaces, if there is one.
    """

    name: str
    template: str
    folder: str
    log: str
    parameters: Record
    record: Record
    engine: EngineName = "fork"
    timeout: float | None = None
    shared: str = ""
    memory: int | None = None
    old_report: str = ""

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
        write_run_record(task, folder, _make(task, folder))
    except Exception as error:
        cell = getattr(error, "cell", 0)
        message = getattr(error, "message", f"{type(error).__name__}: {error}")
        memory = KILLED.search(message) and task.memory
        message = with_remedy(sentence(OVER_MEMORY, message=message, memory=memory))
        trace = getattr(error, "trace", traceback.format_exc())
        with suppress(OSError):  # the runner will say that nothing can be written
            _leave_failure(folder, failure(task.name, message, cell, trace))
            sys.stderr.write(f"{error}\n{trace}\n")  # the log may lie on the same full disk
        return 1
    return 0


def write_run_record(task: Task, folder: Path, steps: Record) -> None:
    """Write what ``run.json`` says of a report that is whole.

    Parameters
    ----------
    task : Task
        What was to be made.
    folder : Path
        Where it was made.
    steps : dict
        How long each step took, and what changed.
    """
    record = {"name": task.name, "parameters": task.parameters, "engine": task.engine}
    record |= task.record | {"files": file_sizes(folder, but=RUN_RECORD), "finished": _now()}
    write_json(folder / RUN_RECORD, record | steps)


def failure(name: str, message: str, cell: int = 0, trace: str = "") -> Record:
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


def _leave_failure(folder: Path, record: Record) -> None:
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


def _make(task: Task, folder: Path) -> Record:
    """Run the notebook, which stores its results, and write the page; say how long each took."""
    from forecasting.reporting.html import write_report
    from forecasting.runs.execute.execution import cell_seconds, execute

    notebook = folder / REPORT_NOTEBOOK
    seconds: dict[str, float] = {}
    with _timed(seconds, "notebook"):
        document = execute(
            Path(task.template), task.parameters, notebook, task.engine, task.timeout
        )
    with _timed(seconds, "page"):
        changes = changes_of(task.old_report, folder)
        write_report(notebook, document, changes)
    return {"changes": changes, "seconds": seconds, "cells": cell_seconds(document)}


def changes_of(old_report: str, folder: Path) -> Record:
    """What changed since the report that is replaced, as keys and values; of one that was made from
    the same, what that one told, so that its bytes stay.

    Parameters
    ----------
    old_report : str
        Its folder; empty where there is none.
    folder : Path
        Of the new report.
    """
    home = Path(old_report)
    if not old_report or not (home / OUTLOOK_TABLE).is_file():
        return {}
    # It brings pandas, which a report without results does without
    from forecasting.reporting.past import changes_since

    changes: Record = {}
    with suppress(InputError, KeyError):  # no report fails for an earlier one
        changes = changes_since(home, folder)
    return changes or read_json(home / RUN_RECORD).get("changes", {})


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    """Note how long a step takes, on a clock that never jumps, and show that it is done."""
    started = time.monotonic()
    yield
    seconds[step] = round(time.monotonic() - started, 4)
    give_sign()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


LOOK_AT_MEMORY = 0.1  # seconds between looks
# Seconds beyond the limit for a process that runs, and has something to do besides cells
GRACE = 60.0
ENVIRONMENT_VARIABLES = re.compile(
    "PATH|HOME|XDG_CACHE_HOME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|"
    "SYSTEMROOT|USERPROFILE|APPDATA|VIRTUAL_ENV|PYTHONPATH|"
    "JUPYTER_(PATH|DATA_DIR|CONFIG_DIR|RUNTIME_DIR)|IPYTHONDIR|"
    # The kernels of linear algebra, on which the last digits depend, and so what is kept
    f"OPENBLAS_CORETYPE|LD_LIBRARY_PATH|DYLD_(FALLBACK_)?LIBRARY_PATH|{VARIABLES}.*"
)
SECRET = re.compile("KEY|TOKEN|SECRET|PASS|CREDENTIAL", re.IGNORECASE)
TEMPORARY = ("TMPDIR", "TEMP", "TMP", "JUPYTER_RUNTIME_DIR")
ALONE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    # A memory allocator that has a thread from the moment pyarrow is loaded
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
Process = subprocess.Popen[str] | ForkedProcess


@dataclass(frozen=True)
class Outcome:
    """How the process of one task ended.

    Parameters
    ----------
    name : str
        The scenario.
    status : int
        Exit status; negative: the signal that ended it.
    seconds : float
        From its start to its end.
    """

    name: str
    status: int = 1
    seconds: float = 0.0


class Watch:
    """One process that is to give a sign of life every now and then.

    Parameters
    ----------
    pid : int
        The process.
    limit : float or None
        Seconds without a sign after which a process that has been stopped is given up, and some
        more for one that runs; None for no limit.
    memory : int or None
        Megabytes that it, and each process below it, may hold; one below it that holds more is
        killed.

    Examples
    --------
    >>> Watch(os.getpid(), None).broken(mark_of(1)), Watch(os.getpid(), 0.5).broken("a sign")
    (None, None)
    """

    def __init__(self, pid: int, limit: float | None, memory: int | None = None) -> None:
        self._pid = pid
        self._limit = limit
        self._max_bytes = memory * 1_000_000 if memory else None
        self._sign: object = None
        self._since = self._looked = time.monotonic()

    def broken(self, sign: object) -> int | None:
        """The status that the process is to be ended with, for a limit that it has broken; None
        where it has not.

        Parameters
        ----------
        sign : object
            What changes as long as the process moves.
        """
        now = time.monotonic()
        if self._max_bytes and now - self._looked > LOOK_AT_MEMORY:
            self._looked = now
            if self._full(self._max_bytes):
                return STATUS_OVER_MEMORY
        if sign != self._sign:
            self._sign = sign
            self._since = now
        seconds_still = now - self._since
        if self._limit is None or seconds_still <= self._limit:
            return None
        return (
            STATUS_STALLED if seconds_still > self._limit + GRACE or _stopped(self._pid) else None
        )

    def _full(self, max_bytes: int) -> bool:
        """Whether the process itself holds more; those below it that do are killed."""
        with suppress(psutil.Error):
            process = psutil.Process(self._pid)
            for child in process.children(recursive=True):
                with suppress(psutil.Error):
                    if child.memory_info().rss > max_bytes:
                        child.kill()
            return bool(process.memory_info().rss > max_bytes)
        return False


def mark_of(log: str) -> int:
    """The sign of life of a task: when its log was last touched, in nanoseconds."""
    if os.utime in os.supports_fd:
        with suppress(OSError):  # somebody has removed it
            return os.stat(log).st_mtime_ns
    return time.monotonic_ns()  # no sign can be given here, so that none is missed


def _stopped(pid: int) -> bool:
    """Whether a process has been stopped, as by SIGSTOP, and not let go on."""
    with suppress(psutil.Error):
        return psutil.Process(pid).status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
    return False


class AtWork:
    """A task in a process of its own, and its log.

    Parameters
    ----------
    task : Task
        What it does.
    start : callable
        Starts the process, which leads a group; it is given the task and the descriptor of the log.

    Raises
    ------
    OSError
        If its log cannot be written, or no process can be started.
    """

    def __init__(self, task: Task, start: Callable[[Task, int], Process]) -> None:
        self._task = task
        self._started = time.monotonic()
        log = open_log(task.log)
        try:
            self._process = start(task, log)
        finally:
            os.close(log)  # many tasks at once would hold many files
        self._watch = Watch(self._process.pid, task.timeout, task.memory)

    def outcome(self) -> Outcome | None:
        """How it ended, or must be ended; None as long as it is at work."""
        status = self._process.poll()
        if status is None:
            status = self._watch.broken(mark_of(self._task.log))
        if status is None:
            return None
        return Outcome(self._task.name, status, time.monotonic() - self._started)

    def end(self) -> None:
        """End it, and all that it has started."""
        kill_group(self._process.pid)
        if self._process.poll() is None:  # it does not lead a group yet
            self._process.kill()
        self._process.wait()


class Crew:
    """Tasks at work, so many at once, and those that wait.

    Parameters
    ----------
    jobs : int
        How many are at work at once.
    start : callable
        As for `AtWork`.
    """

    def __init__(self, jobs: int, start: Callable[[Task, int], Process]) -> None:
        self.waiting: list[Task] = []
        self.running: list[AtWork] = []
        self._jobs = jobs
        self._start = start

    def step(self) -> Iterator[Outcome]:
        """Yield how tasks ended since the last step, and start others in their place."""
        for work in [*self.running]:
            if outcome := work.outcome():
                self.running.remove(work)
                work.end()
                yield outcome
        while self.waiting and len(self.running) < self._jobs:
            task = self.waiting.pop(0)
            try:
                self.running.append(AtWork(task, self._start))
            except OSError as error:  # as where no more processes may be started
                message = with_remedy(f"its process does not start: {error}")
                with suppress(OSError):  # the runner will say that nothing can be written
                    folder = clear_folder(Path(task.folder))
                    write_json(folder / FAILURE_RECORD, failure(task.name, message))
                yield Outcome(task.name)

    def end(self) -> None:
        """End those that are at work."""
        for work in self.running:
            work.end()


def child_environment(
    token: str, environment: Mapping[str, str] = os.environ, scratch: str = ""
) -> dict[str, str]:
    """Choose what a task's process sees of the environment: what it needs, none of the secrets
    beside it.

    Small matrices gain nothing from threads of the linear algebra library and lose much by them, so
    there is one. A process that is copied must have no other thread either: a lock that one of them
    held would stay shut in the copy.

    Parameters
    ----------
    token : str
        The run that the process belongs to.
    environment : mapping
        What to choose from.
    scratch : str
        Folder for temporary files, which goes with the run; empty for the usual one.

    Examples
    --------
    >>> found = child_environment("a1", {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x"})
    >>> found["PATH"], "AWS_SECRET_ACCESS_KEY" in found, found["OMP_NUM_THREADS"]
    ('/bin', False, '1')
    """
    variables = {
        name: value
        for name, value in environment.items()
        if ENVIRONMENT_VARIABLES.fullmatch(name) and not SECRET.search(name)
    }
    variables.pop(SHARED_VARIABLE, None)  # what is shared, is shared within a run
    if scratch:
        variables |= dict.fromkeys(TEMPORARY, scratch)
    return variables | ALONE | {RUN_VARIABLE: token}


def run_fresh(tasks: Sequence[Task], jobs: int, token: str, scratch: Path) -> Iterator[Outcome]:
    """Do tasks in new processes, `jobs` at a time; yields each as it ends.

    Nothing is shared between them, and all that they have started ends with the iterator.

    Parameters
    ----------
    tasks, jobs, token
        What to do, how many at once, and the run that they belong to.
    scratch : Path
        Folder for temporary files; made here, and removed in the end.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    environment = child_environment(token, scratch=str(scratch))
    crew = Crew(jobs, partial(_start_fresh, environment=environment))
    crew.waiting += tasks
    try:
        while crew.waiting or crew.running:
            yield from crew.step()
            time.sleep(0.02)
    finally:
        crew.end()
        shutil.rmtree(scratch, ignore_errors=True)


def _start_fresh(task: Task, log: int, environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start an interpreter that runs one task, which it reads from its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", "forecasting.runs.workers.processes"],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        text=True,
        start_new_session=True,
        env=environment,
    )
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(task.to_json())
    return process


if __name__ == "__main__":
    die_with_parent()
    sys.exit(perform(Task.from_json(sys.stdin.read())))
