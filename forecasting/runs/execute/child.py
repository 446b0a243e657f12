"""A process that this one has started: how it ended, how it is ended, and that it does not outlive
its parent.
"""

import ctypes
import os
import signal
from contextlib import suppress
from typing import Literal

import psutil

from forecasting.vocabulary.names import RUN_VARIABLE

EngineName = Literal["fork", "kernel"]

# The status of a process that was ended as it stood still, or held too much memory
STATUS_STALLED = -1001
STATUS_OVER_MEMORY = -1002
STATUS_WORDS = {
    STATUS_STALLED: "{process} stood still for longer than the time limit",
    STATUS_OVER_MEMORY: "{process} held more than the memory limit",
    -9: "{process} was killed by SIGKILL (out of memory, perhaps)",
}


def ended(process: str, status: int) -> str:
    """Say how a process ended.

    Examples
    --------
    >>> ended("its process", -9)
    'its process was killed by SIGKILL (out of memory, perhaps)'
    >>> ended("its process", 3)
    'its process ended with status 3'
    """
    if status >= 0:
        return f"{process} ended with status {status}"
    if status in STATUS_WORDS:
        return STATUS_WORDS[status].format(process=process)
    return f"{process} was killed by {signal.Signals(-status).name}"


def at_cell(message: str, cell: int) -> str:
    """Say what went wrong, and in which cell, where one is to blame.

    Examples
    --------
    >>> at_cell("no such column", 3), at_cell("Kernel died", 0)
    ('cell In [3]: no such column', 'Kernel died')
    """
    return f"cell In [{cell}]: {message}" if cell else message


class ForkedProcess(psutil.Process):  # type: ignore[misc]
    """A process forked from this one; it can be asked as `subprocess.Popen` is."""

    def poll(self) -> int | None:
        """Its status, negative for a signal; None as long as it is at work."""
        with suppress(psutil.TimeoutExpired):
            return int(self.wait(0))
        return None


def take_streams(*outputs: int) -> None:
    """Have nothing for standard input, and some descriptors for standard output and error."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, *outputs)):
        os.dup2(descriptor, number)


def kill_group(pid: int) -> None:
    """Kill a process that leads a group, and all that it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:  # pragma: no cover
            os.kill(pid, signal.SIGTERM)


def give_sign() -> None:
    """Show whoever watches this process that it moves: its standard output is its log, and is
    touched.
    """
    if os.utime in os.supports_fd:
        with suppress(OSError):
            os.utime(1)


def die_with_parent() -> None:
    """Have this process killed when the one that forked it ends, however that ends (Linux)."""
    parent = os.getppid()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:  # it ended before it could be asked
        os._exit(1)


def sweep(token: str) -> None:
    """Kill what is left of a run, wherever it went: each of its processes bears the run's mark."""
    for process in psutil.process_iter(["environ"]):
        marked = (process.info["environ"] or {}).get(RUN_VARIABLE) == token
        if marked and process.pid != os.getpid():
            with suppress(psutil.Error):
                process.kill()
