"""The same grid on the workers of a Dask cluster; the reports come home and are put in place here, each once.

A worker needs this package, nothing else: the notebook travels with the task, the files of the report travel back.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forecasting.errors import RunError
from forecasting.runs.plan import environment
from forecasting.runs.processes import Outcome
from forecasting.runs.store import FAILURE, clear_folder
from forecasting.runs.task import Task
from forecasting.runs.warm import WarmParent

__all__ = ["run_cluster"]

PATIENCE = 20  # seconds to wait for a scheduler
LOG, NOTEBOOK, OUT = "log", "notebook.ipynb", "report"  # of a task on its worker
Files = dict[str, bytes]


def run_cluster(tasks: Sequence[Task], scheduler: str, token: str) -> Iterator[Outcome]:
    """Do tasks on a cluster; yields each as its report comes home.

    A task whose worker dies is given to another one, up to the cluster's own limit.

    Parameters
    ----------
    tasks : sequence of Task
        What to do.
    scheduler : str
        Address, such as ``tcp://10.0.0.1:8786``.
    token : str
        The run that the tasks belong to.

    Raises
    ------
    RunError
        If no scheduler answers, or a worker has another version of this package or of what it needs.
    """
    client = _connect(scheduler)
    try:
        _compare(client)
        sent = {
            client.submit(perform_here, task.to_json(), Path(task.template).read_text("utf-8"), token, pure=False): task
            for task in tasks
        }
        for future in importlib.import_module("distributed").as_completed(sent):
            yield _home(sent[future], future)
    finally:
        with contextlib.suppress(Exception):  # the cluster may be gone, and what matters has come home
            client.run(close_parents)
        client.close()


def _connect(scheduler: str) -> Any:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ModuleNotFoundError:
        raise RunError("--scheduler needs Dask: pip install 'ev-forecasting[cluster]'") from None
    try:
        return distributed.Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"no Dask scheduler answers at {scheduler}: {error}") from error


def _compare(client: Any) -> None:
    """Refuse workers whose reports would not be those of this machine."""
    mine = environment()
    for worker, theirs in client.run(environment).items():
        other = [f"{key} {theirs.get(key)}, here {value}" for key, value in mine.items() if theirs.get(key) != value]
        if other:
            raise RunError(f"the worker {worker} has {'; '.join(other)}: install the same there")


def _home(task: Task, future: Any) -> Outcome:
    """Write what a worker sent into the task's folder."""
    if future.status != "finished":
        failure = {"name": task.name, "cell": 0, "message": f"its workers failed: {future.exception()}", "trace": ""}
        (Path(task.folder) / FAILURE).write_text(json.dumps(failure), encoding="utf-8")
        return Outcome(task.name, 1, 0.0)
    said, files = future.result()
    future.release()
    Path(task.log).write_bytes(files.pop(LOG, b""))
    for name, content in files.items():
        (Path(task.folder) / name).write_bytes(content)
    return Outcome(**said)


_parents: dict[int, tuple[str, WarmParent]] = {}  # of this worker, one for each of its threads
_lock = threading.Lock()


def perform_here(text: str, notebook: str, token: str) -> tuple[dict[str, Any], Files]:
    """Do a task on the worker that this is called on; gives how it ended and the files of its report."""
    with TemporaryDirectory(prefix="ev-forecast-") as name:
        home = Path(name)
        (home / NOTEBOOK).write_text(notebook, encoding="utf-8")
        template, folder, log = str(home / NOTEBOOK), str(home / OUT), str(home / LOG)
        task = dataclasses.replace(Task.from_json(text), template=template, folder=folder, log=log)
        outcome = _outcome(task, token)
        paths = [*(home / OUT).iterdir(), *home.glob(LOG)]
        return dataclasses.asdict(outcome), {path.name: path.read_bytes() for path in paths}


def _outcome(task: Task, token: str) -> Outcome:
    for _ in range(2):  # a warm process that was killed is renewed once
        clear_folder(Path(task.folder))
        parent = _parent(token)
        parent.submit(task)
        if outcome := parent.outcome():
            return outcome
    return Outcome(task.name, 1, 0.0)


def _parent(token: str) -> WarmParent:
    """The warm process of this thread, made new for each run, since code may have changed between them."""
    thread = threading.get_ident()
    with _lock:
        run, parent = _parents.get(thread, ("", None))
        if parent is None or run != token or not parent.alive:
            if parent is not None:
                parent.close()
            parent = WarmParent(1, token, None)
            _parents[thread] = token, parent
        return parent


def close_parents() -> None:
    """End the warm processes of this worker."""
    with _lock:
        while _parents:
            _parents.popitem()[1][1].close()
