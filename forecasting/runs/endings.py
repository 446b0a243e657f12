"""How processes end: the signals that end this one, as errors that unwind what it does; one that it
has started, how that ended, how it is ended, and that it does not outlive its parent; and what to
do about the limits of a system that are in the way.
"""

import ctypes
import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from forecasting.vocabulary.names import RUN_VARIABLE

ENDING = [
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
]
# By what the raised error is; Ctrl-C is one of Python's own
Stop = KeyboardInterrupt | SystemExit
STOPS = (KeyboardInterrupt, SystemExit)
PROCESSES = "no more processes may be started here: end others, or raise the limit (ulimit -u)"
REMEDIES = {  # by what a system says of a limit of its own
    os.strerror(errno.EFBIG): "no file may become so large here: raise the limit (ulimit -f)",
    os.strerror(errno.EAGAIN): PROCESSES,
    "can't start new thread": PROCESSES,
    "was killed by SIGABRT": "a library gave up, as where no more processes may be started here: "
    "end others, or raise the limit (ulimit -u)",
    "Kernel died before replying": "as where no more processes may be started here: "
    "end others, or raise the limit (ulimit -u)",
    os.strerror(errno.EMFILE): "no more files may be open here: raise the limit (ulimit -n)",
    "Kernel didn't respond": "a kernel needs the loopback network and some twenty processes and "
    "threads (ulimit -u), --engine fork does not",
}


@contextmanager
def signal_handlers() -> Iterator[None]:
    """Let the signals that end a process unwind it as Ctrl-C does, so that nothing is left.

    Examples
    --------
    >>> with signal_handlers():
    ...     signal.raise_signal(signal.SIGTERM)
    Traceback (most recent call last):
    SystemExit: 143
    """
    handlers = {ending: signal.getsignal(ending) for ending in ENDING}
    if threading.current_thread() is not threading.main_thread():
        handlers = {}
    for ending, handler in handlers.items():
        if handler is not signal.SIG_IGN:  # as under nohup
            signal.signal(ending, lambda ending, frame: sys.exit(128 + ending))
    try:
        yield
    finally:
        for ending, handler in handlers.items():
            signal.signal(ending, handler)


def name_of_stop(stop: Stop) -> str:
    """What ended a process, as a user calls it.

    Examples
    --------
    >>> name_of_stop(KeyboardInterrupt()), name_of_stop(SystemExit(143))
    ('Ctrl-C', 'SIGTERM')
    """
    return signal.Signals(status_of_stop(stop) - 128).name.replace("SIGINT", "Ctrl-C")


def status_of_stop(stop: Stop) -> int:
    """The exit status: 128 and the number of the signal, as shells say it; less where none came.

    Examples
    --------
    >>> status_of_stop(KeyboardInterrupt())
    130
    """
    if isinstance(stop, KeyboardInterrupt):
        return 128 + signal.SIGINT
    return stop.code if isinstance(stop.code, int) else 1


def with_remedy(message: str) -> str:
    """What went wrong, with the next move where a limit of the system was in the way.

    Examples
    --------
    >>> with_remedy("[Errno 27] File too large")
    '[Errno 27] File too large; no file may become so large here: raise the limit (ulimit -f)'
    """
    remedies = [remedy for words, remedy in REMEDIES.items() if words in message]
    return "; ".join([message, *remedies])


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
