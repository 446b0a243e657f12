"""The same grid on the workers of a Dask cluster; the reports come home and are put in place here,
each once.

A worker needs this package, nothing else: the notebook travels with the task, the files of the
report travel back. On each worker stand fork servers as on this machine, one for each task that the
worker does at a time. A worker that is not heard of is given up, and no call waits for it for ever.
The cases of a backtest go out in groups, and numbers come home.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from forecasting.runs.output.folders import clear_folder, read_json, write_json, write_log
from forecasting.runs.output.result import NO_REASON
from forecasting.runs.plan import REPORT_FILES, environment
from forecasting.runs.workers.processes import (
    ForkServer,
    Outcome,
    Task,
    changes_of,
    failure,
    write_run_record,
)
from forecasting.vocabulary.arguments import short_repr
from forecasting.vocabulary.errors import RunError, shortened
from forecasting.vocabulary.limits import MAX_REPORT_BYTES, MAX_REPORT_FILES
from forecasting.vocabulary.names import FAILURE_RECORD, RUN_RECORD

if TYPE_CHECKING:
    from forecasting.evaluation.records import Forecaster, Mapped, Quantiles

CONNECT_SECONDS = 20  # seconds to wait for a scheduler
PARTING = 30.0  # seconds to wait until all workers have put their things away
ANSWER = 120.0  # seconds to wait for all workers, which may have to load the package first
# Seconds between looks at them, and beyond the limit of a cell until one is given up
TASK_POLL_SECONDS = 2.0
SILENCE_SECONDS = 20.0
LOG = "log"  # of a task on its worker, as the three below
NOTEBOOK = "notebook.ipynb"
OUT = "report"
SHARED_FOLDER = "shared"
FILE_NAME = re.compile(r"\w[\w.-]{0,99}", re.ASCII)  # of a file that a worker sends
Files = dict[str, bytes]
R = TypeVar("R")
Scheduler: TypeAlias = Any  # an address, a scheduler file, or a distributed.Client


@contextmanager
def cluster(
    scheduler: Scheduler, token: str
) -> Iterator[Callable[[Sequence[Task]], Iterator[Outcome]]]:
    """The workers of a cluster, each with fork servers of its own.

    Gives a function that does tasks and yields each as its report comes home. A task whose worker
    dies is given to another one, up to the cluster's own limit.

    Parameters
    ----------
    scheduler : str, path-like or distributed.Client
        As `reached` takes it.
    token : str
        The run that the tasks belong to.

    Raises
    ------
    RunError
        If no scheduler answers, or a worker has another version of this package or of what it
        needs.
    """
    with workers(scheduler) as client:
        try:
            yield partial(_perform, client, token)
        finally:
            with suppress(Exception):
                timed_call(PARTING, client.run, close_parents, token)


def scheduler_of(given: Any) -> Scheduler:
    """A scheduler as `run` takes it, or a ValueError.

    Examples
    --------
    >>> scheduler_of("tcp://10.0.0.1:8786")
    'tcp://10.0.0.1:8786'
    """
    if isinstance(given, str) and given.strip():
        return given
    if isinstance(given, os.PathLike):
        return given
    if isinstance(getattr(getattr(given, "scheduler", None), "address", None), str):
        return given
    raise ValueError


def reached(scheduler: Scheduler) -> dict[str, Any]:
    """By what `distributed.Client` reaches a scheduler.

    Parameters
    ----------
    scheduler : str, path-like or distributed.Client
        An address, such as ``tcp://10.0.0.1:8786``; a scheduler file, which is there or ends in
        ``.json``, as ``dask scheduler --scheduler-file`` writes it; or a client, whose certificates
        are used, too.

    Returns
    -------
    dict
        Options of a client of our own: one that others made reads pickles of its workers.

    Examples
    --------
    >>> reached("tcp://10.0.0.1:8786"), reached("shared/scheduler.json")
    ({'address': 'tcp://10.0.0.1:8786'}, {'scheduler_file': 'shared/scheduler.json'})
    """
    if not isinstance(scheduler, str | os.PathLike):
        return {"address": scheduler.scheduler.address, "security": scheduler.security}
    name = os.fspath(scheduler)
    if name.endswith(".json") or Path(name).is_file():
        return {"scheduler_file": name}
    return {"address": name}


@contextmanager
def workers(scheduler: Scheduler) -> Iterator[Any]:
    """A client of a scheduler whose workers are as this process is."""
    client = _connect(reached(scheduler))
    try:
        # Those of an elastic cluster start when there is something to do
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        try:
            timed_call(ANSWER, _compare, client)
        except TimeoutError:
            address = client.scheduler.address
            raise RunError(f"a worker at {address} does not answer: restart it") from None
        yield client
    finally:
        # The cluster may be gone, and what matters has come home
        with suppress(Exception):
            timed_call(PARTING, client.close)


def sent_by(future: Any) -> Any:
    """What a worker sent."""
    try:
        sent = future.result()
    except Exception as error:  # the task's own, Dask's, or what was sent is no plain data
        raise RunError(shortened(f"its workers failed: {error}")) from None
    future.release()
    return sent


def _perform(client: Any, token: str, tasks: Sequence[Task]) -> Iterator[Outcome]:
    sent = {}
    cells = 1  # that stand in a notebook, and the one with the parameters
    for task in tasks:
        notebook = Path(task.template).read_text("utf-8")
        cells = max(cells, len(json.loads(notebook)["cells"]) + 1)
        future = client.submit(perform_here, task.to_json(), notebook, token, pure=False)
        sent[future] = task
    for future in _ended(client, sent, tasks, cells):
        yield _home(sent.pop(future), future)
    for task in sent.values():
        yield Outcome(task.name, fault="the scheduler, or every worker, stands still or is gone")


def _ended(client: Any, sent: dict[Any, Task], tasks: Sequence[Task], cells: int) -> Iterator[Any]:
    """Yield what was sent as it ends, until the caller has taken all, nobody is heard of, or none
    ends for longer than so many cells may take: a worker may give signs of life, and do nothing.
    """
    distributed = importlib.import_module("distributed")
    limit = max((task.timeout + SILENCE_SECONDS for task in tasks if task.timeout), default=None)
    last_end = heard = time.monotonic()
    while sent:
        try:
            for future in distributed.wait(
                [*sent], timeout=TASK_POLL_SECONDS, return_when="FIRST_COMPLETED"
            ).done:
                yield future
                last_end = time.monotonic()
        except CancelledError:  # the scheduler is gone
            return
        except TimeoutError:
            pass
        if limit and sent:
            if _any_worker(client, [future.key for future in sent], limit):
                heard = time.monotonic()
            now = time.monotonic()
            if now - heard > limit or now - last_end > limit * cells:
                return


def _any_worker(client: Any, keys: list[str], limit: float) -> bool:
    """Give up workers that stand still; whether one is left, as far as the scheduler answers."""
    with suppress(TimeoutError, OSError):
        workers = timed_call(limit, client.run_on_scheduler, drop_silent, keys=keys, limit=limit)
        return bool(workers)
    return False


def _connect(where: dict[str, Any]) -> Any:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ModuleNotFoundError:
        raise RunError("--scheduler needs Dask: pip install 'ev-forecasting[cluster]'") from None
    # Numbers, text and bytes alone: a pickle that a worker sent could run code here
    options = {"timeout": CONNECT_SECONDS, "deserializers": ["msgpack"]}
    try:
        return timed_call(2 * CONNECT_SECONDS, distributed.Client, **where, **options)
    except Exception as error:  # whatever answers there may be no scheduler, and send anything
        cause = shortened(str(error)) or type(error).__name__
        file = where.get("scheduler_file")
        if file and not Path(file).is_file():
            cause = f"there is no such file; `dask scheduler --scheduler-file {file}` writes it"
        place = file or where["address"]
        raise RunError(f"no Dask scheduler answers at {place}: {cause}") from error


def _compare(client: Any) -> None:
    """Refuse workers whose reports would not be those of this machine."""
    mine = environment()
    for worker, theirs in client.run(environment).items():
        versions = theirs if isinstance(theirs, dict) else {}
        differences = [
            f"{key} {short_repr(versions.get(key))}, here {value}"
            for key, value in mine.items()
            if versions.get(key) != value
        ]
        if differences:
            raise RunError(
                f"the worker {worker} has {'; '.join(differences)}: install the same there"
            )


def _home(task: Task, future: Any) -> Outcome:
    """Write what a worker sent into the task's folder; the names that it sends are data, never
    paths.
    """
    try:
        sent = sent_by(future)
    except RunError as error:
        return Outcome(task.name, fault=str(error))
    try:
        ended, files = sent
        fault = shortened(str(ended.get("fault", "")))
        outcome = Outcome(task.name, int(ended["status"]), float(ended["seconds"]), fault)
        for name, content in files.items():
            if not FILE_NAME.fullmatch(name) or not isinstance(content, bytes):
                fault = f"its worker sent a file named {short_repr(name)}, no report"
                return Outcome(task.name, fault=fault)
        size = sum(map(len, files.values()))
        if len(files) > MAX_REPORT_FILES or size > MAX_REPORT_BYTES:
            fault = (
                f"its worker sent {len(files):,} files of {size:,} bytes, "
                f"{MAX_REPORT_FILES} files and {MAX_REPORT_BYTES:,} bytes are the most"
            )
            return Outcome(task.name, fault=fault)
    except (AttributeError, LookupError, TypeError, ValueError):
        return Outcome(task.name, fault=f"its worker sent {short_repr(sent)}, no report")
    write_log(task.log, files.pop(LOG, b""))
    try:
        folder = clear_folder(Path(task.folder))
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return _marked(task, folder, outcome)
    except OSError:  # the runner will find nothing there, and say why
        return Outcome(task.name)


def _marked(task: Task, folder: Path, outcome: Outcome) -> Outcome:
    """Write the record of a report, or of a failure, anew: what a worker says of itself is taken
    for its times and its message alone.
    """
    if outcome.status:
        sent = read_json(folder / FAILURE_RECORD)
        if sent:
            message = shortened(str(sent.get("message", NO_REASON)))
            cell = sent.get("cell")
            number = cell if isinstance(cell, int) else 0
            record = failure(task.name, message, number, str(sent.get("trace")))
            write_json(folder / FAILURE_RECORD, record)
        return outcome
    sent = read_json(folder / RUN_RECORD)
    if not sent or not all((folder / name).is_file() for name in REPORT_FILES):
        return Outcome(task.name, fault="its worker sent no whole report")
    try:
        steps = {"seconds": sent.get("seconds"), "cells": sent.get("cells")}
        steps["changes"] = changes_of(task.old_report, folder)
        write_run_record(task, folder, steps)
    except Exception as error:  # whatever it sent for tables
        fault = shortened(f"its worker sent no report that can be read: {error}")
        return Outcome(task.name, fault=fault)
    return outcome


_idle: dict[str, list[ForkServer]] = {}  # the fork servers of this worker that have no task, by run


def perform_here(text: str, notebook: str, token: str) -> tuple[dict[str, Any], Files]:
    """Do a task on the worker that this is called on; gives how it ended and the files of its
    report.
    """
    with tempfile.TemporaryDirectory(dir=_folder(token)) as name:
        home = Path(name)
        template = home / NOTEBOOK
        template.write_text(notebook, encoding="utf-8")
        task = dataclasses.replace(
            Task.from_json(text),
            template=str(template),
            folder=str(home / OUT),
            log=str(home / LOG),
        )
        outcome = _outcome(task, token)
        paths = [*(home / OUT).iterdir(), *home.glob(LOG)]
        return dataclasses.asdict(outcome), {path.name: path.read_bytes() for path in paths}


def _outcome(task: Task, token: str) -> Outcome:
    for _ in range(2):  # a fork server that was killed is renewed once
        clear_folder(Path(task.folder))
        try:
            parent = _idle[token].pop()
        except LookupError:
            for run in {*_idle} - {token}:  # that was killed
                close_parents(run)
            parent = ForkServer(1, token, _folder(token) / SHARED_FOLDER)
        parent.submit(task)
        if outcome := parent.outcome():
            _idle.setdefault(token, []).append(parent)
            return outcome
        parent.close()
    return Outcome(task.name)


def _folder(token: str) -> Path:
    """The run's own folder on the machine of this worker, of all its workers there."""
    folder = Path(tempfile.gettempdir()) / f"ev-forecast-{token}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise RunError(f"{folder} is not a folder of this user's: remove it")
    return folder


def close_parents(token: str) -> None:
    """End the fork servers of a run on this worker, and remove what it has left on this machine."""
    for parent in _idle.pop(token, []):
        parent.close()
    shutil.rmtree(_folder(token), ignore_errors=True)


def timed_call(seconds: float, call: Callable[..., R], *args: Any, **options: Any) -> R:
    """What a call gives.

    Raises
    ------
    TimeoutError
        If it takes longer; it is left to itself then.

    Examples
    --------
    >>> timed_call(60, max, 1, 2)
    2
    >>> timed_call(0.1, time.sleep, 1)
    Traceback (most recent call last):
    TimeoutError
    """
    answer = Future[R]()

    def ask() -> None:
        try:
            answer.set_result(call(*args, **options))
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    return answer.result(seconds)


async def drop_silent(keys: list[str], limit: float, dask_scheduler: Any) -> int:
    """On the scheduler: give up workers with tasks of ours that have not been heard of for so long,
    as it would later.

    Their tasks go to other workers.

    Returns
    -------
    int
        How many workers there are then.
    """
    oldest_sign = time.time() - limit
    silent = [
        worker.address
        for worker in dask_scheduler.workers.values()
        if worker.last_seen < oldest_sign and any(task.key in keys for task in worker.processing)
    ]
    for address in silent:
        await dask_scheduler.remove_worker(address, stimulus_id="ev-forecast-silent")
    return len(dask_scheduler.workers)


@contextmanager
def grid(scheduler: Scheduler | None) -> Iterator[Mapped]:
    """By what the cases of a backtest are forecast: by the workers of a Dask scheduler, or here.

    Parameters
    ----------
    scheduler : str, path-like, distributed.Client or None
        As `forecasting.runs.workers.cluster.reached` takes it; None for ``map``.

    Yields
    ------
    callable
        As `forecasting.evaluation.records.forecast_cases` takes it.

    Raises
    ------
    RunError
        As by `cluster`, and where a worker fails or sends what is no forecast.
    """
    if not scheduler:
        yield map
        return
    with workers(scheduler) as client:
        yield partial(_forecast, client)


def _forecast(
    client: Any, method: Forecaster, groups: Iterable[list[Any]]
) -> Iterator[list[Quantiles]]:
    """Have groups of cases forecast; yields their forecasts in the order of the groups."""
    group_list = [*groups]
    futures = client.map(partial(forecast_here, method), group_list, pure=False)
    for group, future in zip(group_list, futures, strict=True):
        yield _read(group, sent_by(future))


def forecast_here(method: Forecaster, cases: list[Any]) -> list[dict[int, list[float]]]:
    """Forecast some cases on a worker, as plain numbers."""
    return [{h: row.tolist() for h, row in forecast.items()} for forecast in method(cases)]


def _read(group: list[Any], sent: Any) -> list[Quantiles]:
    """What a worker sent, read as data: finite numbers for each outcome of each case."""
    # A run of reports needs neither
    import numpy as np

    from forecasting.evaluation.scores import SCORE_LEVELS

    with suppress(LookupError, TypeError, ValueError):
        forecasts: list[Quantiles] = [
            {h: np.asarray(forecast_sent[h], dtype=float) for h in case.outcomes}
            for case, forecast_sent in zip(group, sent, strict=True)
        ]
        rows = np.array([row for forecast in forecasts for row in forecast.values()])
        if rows.shape[1:] == SCORE_LEVELS.shape and np.isfinite(rows).all():
            return forecasts
    raise RunError(f"a worker sent {short_repr(sent)}, no forecast")
