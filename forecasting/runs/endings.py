"""The signals that end a process, as errors that unwind what it does; and what to do about the
limits of a system that are in its way.
"""

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
