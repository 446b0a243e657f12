"""Notebooks executed with their parameters: what this package uses of papermill, and how it names a
failure.

papermill records a notebook whose kernel died, or ran out of time, as completed. Here that is an
error, and what the notebook had shown until then is kept.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import multiprocessing
import os
import platform
import re
import socket
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import raise_for_execution_errors
from papermill.iorw import write_ipynb
from papermill.parameterize import parameterize_notebook
from traitlets.config import Config

from forecasting.runs.endings import (
    ForkedProcess,
    at_cell,
    die_with_parent,
    ended,
    give_sign,
    kill_group,
    take_streams,
)
from forecasting.vocabulary.errors import RunError
from forecasting.vocabulary.names import EngineName

ENGINES = {"fork": "ev-forecast", "kernel": "ev-forecast-kernel"}
LANGUAGE = {
    "name": "python",
    "mimetype": "text/x-python",
    "file_extension": ".py",
    "pygments_lexer": "ipython3",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "nbconvert_exporter": "python",
}


class NotebookError(RunError):
    """A notebook that did not reach its end.

    Parameters
    ----------
    cell : int
        The cell's execution count, as in ``In [3]``; 0 where none is to blame.
    message : str
        What happened, in one line.
    trace : str
        The traceback as the notebook shows it, without colours; may be empty.
    """

    def __init__(self, cell: int, message: str, trace: str = "") -> None:
        super().__init__(at_cell(message, cell))
        self.cell = cell
        self.message = message
        self.trace = trace


CELL_POLL_SECONDS = 0.2  # seconds between looks whether the process is alive
Message = dict[str, Any]  # what a kernel sends
Receive = Callable[[Message], Any]


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

        self._pipe, child_end = multiprocessing.Pipe()
        outputs = {name: os.pipe() for name in ("stdout", "stderr")}
        with warnings.catch_warnings():
            # Threads here draw a progress bar: no lock matters
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            _become_child([write for _, write in outputs.values()], self._pipe)
            shell.serve(child_end)
        child_end.close()
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

    def run(self, source: str, timeout: float | None, receive: Receive) -> Message:
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
            while (reply := self._next_message(receive, deadline)) is None:
                pass
        except TimeoutError:
            raise
        except (EOFError, OSError):
            kill_group(self._process.pid)
            raise EOFError(ended("the notebook's process", self._process.wait())) from None
        self._drain(receive)
        return reply

    def _next_message(self, receive: Receive, deadline: float) -> Message | None:
        """Pass on what the process has to say; gives its reply when that comes."""
        ready = wait(
            [self._pipe, *self._outputs],
            min(CELL_POLL_SECONDS, max(0.0, deadline - time.monotonic())),
        )
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


def _message(kind: str, content: Message) -> Message:
    """What a kernel would send, as nbclient reads it."""
    return {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {}, "content": content}


def _become_child(outputs: list[int], parent_pipe: Connection) -> None:
    """Leave the parent's group, its terminal and its streams, and end when it ends."""
    os.setpgid(0, 0)
    die_with_parent()
    parent_pipe.close()
    take_streams(*outputs)


class PipeClient(PapermillNotebookClient):  # type: ignore[misc]
    """nbclient's way with messages and outputs, the cells run in a forked process."""

    def execute(self, **_: Any) -> NotebookNode:
        """Run all cells."""
        self.reset_execution_trackers()
        with CellProcess() as self.process:
            self.papermill_execute_cells()
        notebook: NotebookNode = self.nb
        notebook.metadata["language_info"] = LANGUAGE | {"version": platform.python_version()}
        return notebook

    def execute_cell(self, cell: NotebookNode, cell_index: int, *_: Any, **__: Any) -> NotebookNode:
        """Run one cell, as nbclient's method of this name does."""
        tags = cell.metadata.get("tags", [])
        if not _runs(cell) or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        timeout = self._get_timeout(cell)
        try:
            reply = self.process.run(
                cell.source,
                timeout,
                partial(self.process_message, cell=cell, cell_index=cell_index),
            )
        except TimeoutError as error:
            raise CellTimeoutError.error_from_timeout_and_cell(str(error), timeout, cell) from error
        except EOFError as error:
            raise DeadKernelError(str(error)) from error
        if reply["status"] == "error" and "raises-exception" not in tags:
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell


class KernelEngine(Engine):  # type: ignore[misc]
    """papermill's engine class, which keeps what a notebook had shown when its process died."""

    client: type[PapermillNotebookClient] = PapermillNotebookClient

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        keep: str = "",
        execution_timeout: float | None = None,
        **options: Any,
    ) -> None:
        """Run the cells and tidy the outputs; `keep` is the file for what did not reach its end."""
        settings: dict[str, Any] = {"record_timing": False}
        if sockets := sockets_of_a_kernel(Path(tempfile.gettempdir())):
            settings["config"] = Config(KernelManager={"transport": "ipc", "ip": sockets})
        if execution_timeout is not None:  # nbclient takes a number as such only where it is whole
            settings["timeout_func"] = lambda cell: execution_timeout
        _time(nb_man)
        try:
            cls.client(nb_man, kernel_name=kernel_name, **settings).execute()
        except (DeadKernelError, CellTimeoutError) as error:
            cells = nb_man.nb.cells
            begun = [cell for cell in cells if cell.metadata.papermill.get("start_time")]
            if begun:
                nb_man.cell_exception(begun[-1])
            if keep:
                write_ipynb(nb_man.nb, keep)
            message = str(error)
            if isinstance(error, CellTimeoutError):
                message = f"exceeded the time limit of {execution_timeout:g} s"
            raise NotebookError(sum(map(_runs, begun)), message) from error
        finally:
            _tidy(nb_man.nb)


class PipeEngine(KernelEngine):
    """The same in a forked process."""

    client = PipeClient


papermill_engines.register(ENGINES["kernel"], KernelEngine)


def sockets_of_a_kernel(folder: Path) -> str | None:
    """How the paths of a new kernel's sockets begin; None where a folder can hold no sockets: some
    systems and file systems have none, and a path is limited to about 100 characters.

    A kernel that listens on a port of the machine can be reached by anybody there: a program that
    still calls a kernel which had the same port before leaves an error in a cell of this one.
    """
    start = str(folder / uuid.uuid4().hex[:8])
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(f"{start}-0")
        os.unlink(f"{start}-0")
    except (AttributeError, OSError):
        return None
    return start


def _time(nb_man: NotebookExecutionManager) -> None:
    """Have a cell's duration taken on a clock that never jumps: papermill subtracts times of the
    day.
    """
    start = nb_man.cell_start
    complete = nb_man.cell_complete
    begun = 0.0

    def cell_start(*args: Any, **options: Any) -> None:
        nonlocal begun
        give_sign()
        start(*args, **options)
        begun = time.monotonic()

    def cell_complete(cell: NotebookNode, *args: Any, **options: Any) -> None:
        seconds = time.monotonic() - begun
        give_sign()
        complete(cell, *args, **options)
        cell.metadata.papermill["duration"] = round(seconds, 6)

    nb_man.cell_start = cell_start
    nb_man.cell_complete = cell_complete


def execute(
    template: Path,
    parameters: Mapping[str, Any],
    output: Path,
    engine: EngineName = "kernel",
    timeout: float | None = None,
) -> NotebookNode:
    """Run a notebook with parameters, and store it with its outputs.

    Parameters
    ----------
    template : Path
        The notebook; it has a cell with the tag ``parameters``.
    parameters : mapping
        JSON values only: papermill changes others without a word.
    output : Path
        Where to store the notebook, also one that failed.
    engine : {"fork", "kernel"}
        In a process forked from this one, or in a kernel of its own.
    timeout : float, optional
        Seconds that one cell may take.

    Returns
    -------
    NotebookNode
        The notebook with its outputs.

    Raises
    ------
    NotebookError
        If a cell fails, hangs, ends the notebook early or takes its process with it.
    """
    name = ENGINES[engine]
    notebook: NotebookNode = _filled(template, parameters, name)
    kernel = papermill_engines.nb_kernel_name(name, notebook)
    options = {"progress_bar": False, "execution_timeout": timeout, "keep": str(output)}
    try:
        notebook = papermill_engines.execute_notebook_with_engine(name, notebook, kernel, **options)
        raise_for_execution_errors(notebook, str(output))
    except PapermillExecutionError as error:
        trace = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
        raise NotebookError(
            error.exec_count or 0, f"{error.ename}: {error.evalue}", trace
        ) from error
    write_ipynb(notebook, str(output))
    for cell in notebook.cells:
        if cell.metadata.papermill.get("exception"):  # sys.exit(0), a success to papermill
            raise NotebookError(
                cell.execution_count or 0, "ended the notebook before its last cell"
            )
    return notebook


def _filled(template: Path, parameters: Mapping[str, Any], engine: str) -> NotebookNode:
    """A notebook with the cell of its parameters, as `papermill.execute_notebook` makes it.

    That function itself would check, copy and write the notebook more often than is of use here.
    """
    notebook = read_template(template)
    notebook.metadata["papermill"] = {
        "input_path": template.name,
        "version": papermill.__version__,
        "parameters": {},
    }
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    if parameters:
        notebook = parameterize_notebook(notebook, dict(parameters), engine_name=engine)
    return notebook


def read_template(path: Path) -> NotebookNode:
    """Read a notebook without the outputs that are stored in it: those of cells that are not
    reached would stay.
    """
    reads: Callable[..., NotebookNode] = nbformat.read
    notebook = reads(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return notebook


def cell_seconds(notebook: NotebookNode) -> list[float]:
    """List how long each code cell took, in seconds."""
    cells = filter(_runs, notebook.cells)
    return [round(cell.metadata.papermill.duration or 0.0, 4) for cell in cells]


def _tidy(notebook: NotebookNode) -> None:
    """Make two runs of a notebook equal but for their times."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _merged(cell.outputs)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"  # papermill draws one at random


def _merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed in one go: where a stream was cut depends on the clock."""
    merged: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and merged and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def _runs(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code" and cell.source.strip())
