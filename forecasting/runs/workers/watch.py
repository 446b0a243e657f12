"""Whether a process at work stands still, or holds too much: limits hold for whichever process
breaks them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from forecasting.runs.execute.child import OVER, STILL

__all__ = ["Watch", "mark_of"]

PROC = Path("/proc")
LOOK = 0.1  # seconds between looks at the memory
# Seconds beyond the limit for a process that runs, and has something to do besides cells
GRACE = 60.0


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
        self._pid, self._limit, self._memory = pid, limit, memory
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
        if self._memory and now - self._looked > LOOK:
            self._looked = now
            if self._full(self._memory * 1_000_000):
                return OVER
        return STILL if self._stands(sign, now) else None

    def _full(self, most: int) -> bool:
        """Whether the process itself holds more; those below it that do are killed."""
        for pid in _below(self._pid):
            if _held(pid) > most:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        return _held(self._pid) > most

    def _stands(self, sign: object, now: float) -> bool:
        if sign != self._seen:
            self._seen, self._since = sign, now
        still = now - self._since
        if self._limit is None or still <= self._limit:
            return False
        return still > self._limit + GRACE or _stopped(self._pid)


def mark_of(log: str) -> int:
    """The sign of life of a task: when its log was last touched, in nanoseconds."""
    if os.utime in os.supports_fd:
        with contextlib.suppress(OSError):  # somebody has removed it
            return os.stat(log).st_mtime_ns
    return time.monotonic_ns()  # no sign can be given here, so that none is missed


def _below(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have (Linux)."""
    found, left = list[int](), [pid]
    while left:
        folder = PROC / str(left.pop()) / "task"
        with contextlib.suppress(OSError):
            new = [
                int(word) for path in folder.glob("*/children") for word in path.read_text().split()
            ]
            found, left = found + new, left + new
    return found


def _held(pid: int) -> int:
    """Bytes of memory that a process holds now (Linux)."""
    with contextlib.suppress(OSError, IndexError):
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _stopped(pid: int) -> bool:
    """Whether a process has been stopped, as by SIGSTOP, and not let go on (Linux)."""
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] in "Tt"
    return False
