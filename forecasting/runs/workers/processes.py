"""Tasks in processes of their own: the environment they get, that none stands still or holds too
much, and that none outlives its run.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from forecasting.names import RUN_VARIABLE, SHARED_VARIABLE, VARIABLES
from forecasting.runs.execute.child import OVER, STILL, ForkedProcess, kill_group
from forecasting.runs.output.folders import open_log
from forecasting.runs.workers.task import Task

LOOK_AT_MEMORY = 0.1  # seconds between looks
# Seconds beyond the limit for a process that runs, and has something to do besides cells
GRACE = 60.0
NEEDED = re.compile(
    "PATH|HOME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|USERPROFILE|APPDATA|VIRTUAL_ENV|PYTHONPATH|"
    "JUPYTER_(PATH|DATA_DIR|CONFIG_DIR|RUNTIME_DIR)|IPYTHONDIR|"
    f"LD_LIBRARY_PATH|DYLD_(FALLBACK_)?LIBRARY_PATH|{VARIABLES}.*"
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
    status: int
    seconds: float


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
        self._most = memory * 1_000_000 if memory else None
        self._seen: object = None
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
        if self._most and now - self._looked > LOOK_AT_MEMORY:
            self._looked = now
            if self._full(self._most):
                return OVER
        if sign != self._seen:
            self._seen = sign
            self._since = now
        still = now - self._since
        if self._limit is None or still <= self._limit:
            return None
        return STILL if still > self._limit + GRACE or _stopped(self._pid) else None

    def _full(self, most: int) -> bool:
        """Whether the process itself holds more; those below it that do are killed."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._pid)
            for below in process.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if below.memory_info().rss > most:
                        below.kill()
            return bool(process.memory_info().rss > most)
        return False


def mark_of(log: str) -> int:
    """The sign of life of a task: when its log was last touched, in nanoseconds."""
    if os.utime in os.supports_fd:
        with contextlib.suppress(OSError):  # somebody has removed it
            return os.stat(log).st_mtime_ns
    return time.monotonic_ns()  # no sign can be given here, so that none is missed


def _stopped(pid: int) -> bool:
    """Whether a process has been stopped, as by SIGSTOP, and not let go on."""
    with contextlib.suppress(psutil.Error):
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
        If there is nowhere to write its log, or no process to be had.
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
            except OSError:
                yield Outcome(task.name, 1, 0.0)

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
    kept = {
        name: value
        for name, value in environment.items()
        if NEEDED.fullmatch(name) and not SECRET.search(name)
    }
    kept.pop(SHARED_VARIABLE, None)  # what is shared, is shared within a run
    if scratch:
        kept |= dict.fromkeys(TEMPORARY, scratch)
    return kept | ALONE | {RUN_VARIABLE: token}


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
    process = subprocess.Popen(
        [sys.executable, "-m", "forecasting.runs.workers.task"],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        text=True,
        start_new_session=True,
        env=environment,
    )
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(task.to_json())
    return process
