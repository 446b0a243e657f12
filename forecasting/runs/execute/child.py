"""A process that this one has started: how it ended, how it is ended, and that it does not outlive
its parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal

__all__ = ["OVER", "STILL", "die_with_parent", "ended", "give_sign", "kill_group"]

# The status of a process that was ended as it stood still, or held too much memory
STILL, OVER = -1001, -1002


def ended(status: int) -> str:
    """Say how a process ended.

    Examples
    --------
    >>> ended(-9)
    'was killed by SIGKILL (out of memory, perhaps)'
    >>> ended(3)
    'ended with status 3'
    """
    if status >= 0:
        return f"ended with status {status}"
    if status in (STILL, OVER):
        return (
            "stood still for longer than the time limit"
            if status == STILL
            else "held more than the memory limit"
        )
    name = signal.Signals(-status).name
    return f"was killed by {name}" + (" (out of memory, perhaps)" if name == "SIGKILL" else "")


def kill_group(pid: int) -> None:
    """Kill a process that leads a group, and all that it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:  # pragma: no cover
            os.kill(pid, signal.SIGTERM)


def give_sign() -> None:
    """Show whoever watches this process that it moves: its standard output is its log, and is
    touched.
    """
    if os.utime in os.supports_fd:
        with contextlib.suppress(OSError):
            os.utime(1)


def die_with_parent() -> None:
    """Have this process killed when the one that forked it ends, however that ends (Linux)."""
    parent = os.getppid()
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:  # it ended before it could be asked
        os._exit(1)
