"""Whether a process at work stands still: the limit of one cell holds whichever process it is that no longer moves."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

__all__ = ["Watch", "mark_of"]

PROC = Path("/proc")
GRACE = 60.0  # seconds beyond the limit for a process that runs, and has something to do besides cells


class Watch:
    """One process that is to give a sign of life every now and then.

    Parameters
    ----------
    pid : int
        The process.
    limit : float or None
        Seconds without a sign after which a process that has been stopped is given up, and some more for one that runs;
        None for no limit.

    Examples
    --------
    >>> Watch(os.getpid(), None).over(mark_of(1)), Watch(os.getpid(), 0.5).over("a sign")
    (False, False)
    """

    def __init__(self, pid: int, limit: float | None) -> None:
        self._pid, self._limit = pid, limit
        self._seen: object = None
        self._since = time.monotonic()

    def over(self, sign: object) -> bool:
        """Whether the process has given the same sign for too long.

        Parameters
        ----------
        sign : object
            What changes as long as the process moves.
        """
        now = time.monotonic()
        if sign != self._seen:
            self._seen, self._since = sign, now
        still = now - self._since
        if self._limit is None or still <= self._limit:
            return False
        return still > self._limit + GRACE or _stopped(self._pid)


def mark_of(log: int) -> int:
    """The sign of life of a task: when its log, an open file, was last touched, in nanoseconds."""
    if os.utime not in os.supports_fd:  # no sign can be given here, so that none is missed
        return time.monotonic_ns()
    return os.fstat(log).st_mtime_ns


def _stopped(pid: int) -> bool:
    """Whether a process has been stopped, as by SIGSTOP, and not let go on (Linux)."""
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] in "Tt"
    return False
