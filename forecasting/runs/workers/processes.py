"""Tasks in processes of their own: the environment they get, and that none outlives its run."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from forecasting.names import RUN_VARIABLE, SHARED_VARIABLE, VARIABLES
from forecasting.runs.execute.child import kill_group
from forecasting.runs.output.folders import open_log
from forecasting.runs.workers.task import Task
from forecasting.runs.workers.watch import Watch, mark_of

__all__ = ["Outcome", "child_environment", "run_fresh", "sweep"]

PROC = Path("/proc")
KEPT = {
    "PATH",
    "HOME",
    "LANG",
    "TZ",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "USERPROFILE",
    "APPDATA",
    "VIRTUAL_ENV",
}
KEPT |= {
    "PYTHONPATH",
    "JUPYTER_PATH",
    "JUPYTER_DATA_DIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_RUNTIME_DIR",
    "IPYTHONDIR",
}
KEPT |= {"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"}
KEPT_BEGINNINGS = ("LC_", VARIABLES)
SECRET = re.compile("KEY|TOKEN|SECRET|PASS|CREDENTIAL", re.IGNORECASE)
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
TEMPORARY = ("TMPDIR", "TEMP", "TMP", "JUPYTER_RUNTIME_DIR")
# Of a memory allocator that has a thread from the moment pyarrow is loaded
ARROW = "JE_ARROW_MALLOC_CONF"


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
    kept = {key: value for key, value in environment.items() if _needed(key)}
    kept.pop(SHARED_VARIABLE, None)  # what is shared, is shared within a run
    kept |= dict.fromkeys(TEMPORARY, scratch) if scratch else {}
    return (
        kept | dict.fromkeys(THREADS, "1") | {ARROW: "background_thread:false", RUN_VARIABLE: token}
    )


def _needed(key: str) -> bool:
    return key in KEPT or (key.startswith(KEPT_BEGINNINGS) and not SECRET.search(key))


def run_fresh(tasks: Sequence[Task], jobs: int, token: str) -> Iterator[Outcome]:
    """Do tasks in new processes, `jobs` at a time; yields each as it ends.

    Nothing is shared between them, and all that they have started ends with the iterator.
    """
    waiting, running = list(tasks), dict[str, _Running]()
    scratch = TemporaryDirectory(prefix="ev-forecast-", ignore_cleanup_errors=True)
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                task = waiting.pop(0)
                try:
                    running[task.name] = _Running(task, token, scratch.name)
                except OSError:  # nowhere to write its log, or no process to be had
                    yield Outcome(task.name, 1, 0.0)
            for name, one in list(running.items()):
                if (status := one.status()) is not None:
                    del running[name]
                    one.end()
                    yield Outcome(name, status, time.monotonic() - one.started)
            time.sleep(0.02)
    finally:
        for one in running.values():
            one.end()
        scratch.cleanup()


class _Running:
    """A task in a new process, and its log."""

    def __init__(self, task: Task, token: str, scratch: str) -> None:
        command = [sys.executable, "-m", "forecasting.runs.workers.task"]
        self.started, self._log = time.monotonic(), task.log
        log = open_log(task.log)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
                env=child_environment(token, scratch=scratch),
            )
        finally:
            os.close(log)
        self._watch = Watch(self._process.pid, task.timeout, task.memory)
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._process.stdin as pipe:
            pipe.write(task.to_json())

    def status(self) -> int | None:
        """How it ended; None as long as it is at work."""
        status = self._process.poll()
        return self._watch.broken(mark_of(self._log)) if status is None else status

    def end(self) -> None:
        """End it, and all that it has started."""
        kill_group(self._process.pid)
        self._process.wait()


def sweep(token: str) -> None:
    """Kill what is left of a run, wherever it went: each of its processes bears the run's mark
    (Linux).
    """
    mark = f"{RUN_VARIABLE}={token}".encode()
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(folder.name) != os.getpid() and mark in (folder / "environ").read_bytes().split(
                b"\0"
            ):
                os.kill(int(folder.name), signal.SIGKILL)
