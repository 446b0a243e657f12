"""A process forked from this one that runs the cells of a notebook, one after another."""

from __future__ import annotations

import codecs
import contextlib
import json
import multiprocessing
import os
import time
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

from forecasting.errors import RunError
from forecasting.runs.execute.child import (
    ForkedProcess,
    die_with_parent,
    ended,
    give_sign,
    kill_group,
)

LOOK = 0.2  # seconds between looks whether the process is alive
Receive = Callable[[dict[str, Any]], Any]


class CellProcess:
    r"""A forked process that runs cells one after another.

    Use it as a context: on leaving, the process and all that it has started are killed.

    Raises
    ------
    RunError
        On entering, where the system cannot fork.

    Examples
    --------
    >>> with CellProcess() as process:
    ...     seen = []
    ...     reply = process.run("print(6 * 7)", None, seen.append)
    >>> reply["status"], [each["content"]["text"] for each in seen if each["msg_type"] == "stream"]
    ('ok', ['42\n'])
    """

    def __enter__(self) -> CellProcess:
        if not hasattr(os, "fork"):
            raise RunError("this system cannot fork: use --engine kernel")
        from forecasting.runs.execute import shell

        self._pipe, far = multiprocessing.Pipe()
        outputs = {name: os.pipe() for name in ("stdout", "stderr")}
        with warnings.catch_warnings():
            # Threads here draw a progress bar: no lock matters
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            _become_child([write for _, write in outputs.values()], self._pipe)
            shell.serve(far)
        far.close()
        for _, write in outputs.values():
            os.close(write)
        with contextlib.suppress(OSError):  # the child does the same; whoever comes first
            os.setpgid(pid, pid)
        self._process = ForkedProcess(pid)
        self._outputs = {
            read: (name, codecs.getincrementaldecoder("utf-8")("replace"))
            for name, (read, _) in outputs.items()
        }
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        kill_group(self._process.pid)
        self._process.wait()
        for descriptor in self._outputs:
            os.close(descriptor)

    def run(self, source: str, timeout: float | None, receive: Receive) -> dict[str, Any]:
        """Run a cell.

        Parameters
        ----------
        source : str
            The cell's code.
        timeout : float, optional
            Seconds that it may take.
        receive : callable
            Called with each message that a kernel would send.

        Returns
        -------
        dict
            The reply: ``status`` is ``ok`` or ``error``.

        Raises
        ------
        TimeoutError
            If the cell takes longer.
        EOFError
            If the process ends before the cell does; the message says how.
        """
        deadline = time.monotonic() + timeout if timeout else float("inf")
        try:
            self._pipe.send_bytes(source.encode("utf-8", "surrogatepass"))
            while (reply := self._next(receive, deadline)) is None:
                pass
        except TimeoutError:
            raise
        except (EOFError, OSError):
            kill_group(self._process.pid)
            raise EOFError(f"the notebook's process {ended(self._process.wait())}") from None
        self._drain(receive)
        return reply

    def _next(self, receive: Receive, deadline: float) -> dict[str, Any] | None:
        """Pass on what the process has to say; gives its reply when that comes."""
        ready = wait([self._pipe, *self._outputs], min(LOOK, max(0.0, deadline - time.monotonic())))
        give_sign()
        for descriptor in {*self._outputs} & {*ready}:
            self._read(descriptor, receive)
        if self._pipe in ready:
            kind, content = json.loads(self._pipe.recv_bytes())
            if kind == "execute_reply":
                return dict(content)
            receive(_message(kind, content))
        elif self._process.poll() is not None:
            raise EOFError
        elif time.monotonic() > deadline:
            raise TimeoutError("the cell's time is over")
        return None

    def _drain(self, receive: Receive) -> None:
        """Pass on what other programs had printed by the end of the cell."""
        while ready := wait([*self._outputs], 0):
            texts = [self._read(descriptor, receive) for descriptor in {*self._outputs} & {*ready}]
            if not any(texts):
                return

    def _read(self, descriptor: int, receive: Receive) -> bool:
        name, decoder = self._outputs[descriptor]
        text = decoder.decode(os.read(descriptor, 1 << 16))
        if text:
            receive(_message("stream", {"name": name, "text": text}))
        return bool(text)


def _message(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {}, "content": content}


def _become_child(outputs: list[int], parent_pipe: Connection) -> None:
    """Leave the parent's group, its terminal and its streams, and end when it ends."""
    os.setpgid(0, 0)
    die_with_parent()
    parent_pipe.close()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in zip([nothing, *outputs], (0, 1, 2), strict=True):
        os.dup2(descriptor, number)
