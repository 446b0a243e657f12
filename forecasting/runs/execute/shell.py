"""The forked side of a notebook: the shell class of a real kernel, its messages sent up a pipe
instead of a socket.
"""

import builtins
import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError
from jupyter_client.session import Session, json_packer
from traitlets import Any as AnyTrait
from traitlets.config import Config

READ_BYTES = 1 << 20  # characters that a stream holds before it sends them
Send = Callable[[str, dict[str, Any]], None]


class PipeSession(Session):
    """What the shell takes for its kernel's session."""

    to = AnyTrait()

    def send(
        self, stream: object, msg_or_type: Any, content: Any = None, *_: Any, **__: Any
    ) -> None:
        """Pass on a message's type and content."""
        if isinstance(msg_or_type, dict):
            msg_or_type, content = msg_or_type["header"]["msg_type"], msg_or_type["content"]
        self.to(msg_or_type, content)


class PipeShell(ZMQInteractiveShell):
    """The shell of a kernel, without the kernel; libraries know a notebook by the name of its
    shell's class.
    """

    def _update_exit_now(self, change: Any) -> None:
        """Let `serve` end the process; a kernel would stop its loop."""


PipeShell.__name__ = ZMQInteractiveShell.__name__


class Stream(io.StringIO):
    """Standard output or error of a cell, sent up in few pieces and in the order of all else."""

    encoding = "UTF-8"
    errors = "replace"

    def __init__(self, kind: str, send: Send, descriptor: int) -> None:
        super().__init__()
        self.name = f"<{kind}>"
        self._kind = kind
        self._send = send
        self._descriptor = descriptor

    def write(self, text: str) -> int:
        """Hold text until there is enough of it."""
        count = super().write(text)
        if self.tell() >= READ_BYTES:
            self.flush()
        return count

    def fileno(self) -> int:
        """Number the descriptor that other programs write to; its text comes up as well."""
        return self._descriptor

    def flush(self) -> None:
        """Send what is held."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        if text:
            self._send("stream", {"name": self._kind, "text": text})


def get_shell() -> PipeShell:
    """The shell of this process; made before a fork, it need not be made after."""
    quiet = Config()
    quiet.IPKernelApp.connection_file = ""  # libraries look for this section, too
    quiet.HistoryManager.enabled = False  # no database, no thread
    shell = PipeShell.instance(config=quiet)
    hooks: tuple[Any, ...] = (shell.displayhook, shell.display_pub)
    session = hooks[0].session or PipeSession(key=b"")
    for hook in hooks:
        hook.session, hook.topic = session, b""
    return shell


def serve(pipe: Connection) -> NoReturn:
    """Run each cell that comes down the pipe, send its messages up, then its reply; end with the
    pipe.
    """
    status = 0
    try:
        shell = get_shell()
        with _streams(shell, pipe) as send:
            while not shell.exit_now:
                source = pipe.recv_bytes().decode("utf-8", "surrogatepass")
                send("execute_input", {"execution_count": shell.execution_count, "code": source})
                reply = _run(shell, source)
                sys.stdout.flush()
                sys.stderr.flush()
                send("execute_reply", reply)
    except EOFError:
        pass  # the parent has no more cells
    except BaseException:
        status = 1
    finally:
        os._exit(status)  # nothing of the parent's is to be closed or flushed twice


def _run(shell: PipeShell, source: str) -> dict[str, Any]:
    """Run a cell, and reply as a kernel does."""
    run_cell: Callable[..., Any] = shell.run_cell
    result = run_cell(source, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    if result.success or error is None:
        return {"status": "ok"}
    return {
        "status": "error",
        "ename": type(error).__name__,
        "evalue": str(error),
        "traceback": shell._last_traceback or [],
    }


@contextlib.contextmanager
def _streams(shell: PipeShell, pipe: Connection) -> Iterator[Send]:
    """Lead everything that a cell shows up the pipe."""

    def send(kind: str, content: dict[str, Any]) -> None:
        pipe.send_bytes(json_packer([kind, content]))

    outer = signal.signal(signal.SIGINT, signal.default_int_handler)
    hook: Any = shell.displayhook  # its session is also that of what publishes displays
    hook.session.to = send
    sys.stdout, sys.stderr = Stream("stdout", send, 1), Stream("stderr", send, 2)
    vars(builtins)["input"] = _no_input
    # A new kernel draws its own luck; that of the parent would be the same in every child
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    yield send
    signal.signal(signal.SIGINT, outer)


def _no_input(prompt: str = "") -> NoReturn:
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )
