"""A task in a copy of this process."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from forecasting.names import SHARED_VARIABLE
from forecasting.runs.execute.child import die_with_parent, kill_group
from forecasting.runs.output.folders import open_log
from forecasting.runs.workers.task import Task, perform
from forecasting.runs.workers.watch import Watch, mark_of

__all__ = ["ForkedTask"]


class ForkedTask:
    """A copy of this process that does a task, and its log.

    Parameters
    ----------
    task : Task
        What it does.
    shared : Path
        Where it finds the forecasts of tasks like it.
    channel : int
        What the copy must not write to.

    Raises
    ------
    OSError
        If there is nowhere to write its log, or no process to be had.
    """

    def __init__(self, task: Task, shared: Path, channel: int) -> None:
        self.task, self.started = task, time.monotonic()
        log = open_log(task.log)
        self._status: int | None = None
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _become_task(task, shared, channel, log)
        finally:
            os.close(log)  # many tasks at once would hold many files
        self._watch = Watch(self.pid, task.timeout, task.memory)

    def status(self) -> int | None:
        """How it ended; None as long as it is at work."""
        done, status = os.waitpid(self.pid, os.WNOHANG)
        if done:
            self._status = os.waitstatus_to_exitcode(status)
        return self._status if done else self._watch.broken(mark_of(self.task.log))

    def end(self) -> None:
        """End it, and all that it has started."""
        kill_group(self.pid)
        with contextlib.suppress(ProcessLookupError):  # it may not lead a group yet
            os.kill(self.pid, signal.SIGKILL)
        if self._status is None:
            os.waitpid(self.pid, 0)


def _become_task(task: Task, shared: Path, channel: int, log: int) -> NoReturn:
    """Do a task in the forked child; only its exit status counts."""
    status = 1
    try:
        os.setsid()
        die_with_parent()
        os.close(channel)
        for descriptor, number in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
            os.dup2(descriptor, number)
        if task.shared:
            os.environ[SHARED_VARIABLE] = str(shared / task.shared)
        status = perform(task)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)
