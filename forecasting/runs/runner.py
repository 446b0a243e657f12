"""A grid of scenarios, each to a report, unattended: what is fresh stays, what fails is named, the
others finish.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from forecasting.errors import InputError, RunError
from forecasting.names import FAILURE_RECORD, INDEX_PAGE, RUN_RECORD
from forecasting.runs.execute.child import ended
from forecasting.runs.order import arranged
from forecasting.runs.output.earlier import drop_earlier, keep_earlier
from forecasting.runs.output.folders import Store, clear_folder, write_text
from forecasting.runs.output.object_store import remote_address, run_remote
from forecasting.runs.output.overview import write_summary
from forecasting.runs.output.ownership import read_json, refuse_others
from forecasting.runs.output.result import RunResult, RunSummary
from forecasting.runs.plan import Run, Survey
from forecasting.runs.progress import LogForm, Progress
from forecasting.runs.workers.cluster import cluster
from forecasting.runs.workers.fork_server import ForkServer, run_in_forks
from forecasting.runs.workers.processes import Outcome, run_fresh, sweep
from forecasting.runs.workers.task import Task

__all__ = ["RunResult", "RunSummary", "run"]

Engine = Literal["fork", "kernel"]
LONGEST = 10_000_000  # seconds, a season
LEAST_MEMORY = 100  # megabytes
Perform = Callable[[list[Task]], Iterator[Outcome]]


def run(
    paths: Sequence[str | os.PathLike[str]] = (),
    out: str | os.PathLike[str] = "reports",
    jobs: int = 2,
    force: bool = False,
    dry_run: bool = False,
    as_of: str | None = None,
    engine: Engine = "fork",
    scheduler: str | None = None,
    timeout: float | None = None,
    progress: bool = True,
    ledger: Sequence[str | os.PathLike[str]] = (),
    log: LogForm = "text",
    keep: int | None = None,
    memory: int | None = None,
) -> RunSummary:
    """Make the report of each scenario, and the index of them all.

    Parameters
    ----------
    paths : sequence of path-like
        Params files, or folders of them; empty for ``./params``.
    out : path-like
        Folder of the reports, or the address of one in an object store, such as
        ``s3://bucket/reports``.
    jobs : int
        How many scenarios run at once.
    force : bool
        Run also what is fresh.
    dry_run : bool
        Only say what would run and why.
    as_of : str, optional
        An ISO date that takes the place of every scenario's own.
    engine : {"fork", "kernel"}
        Run cells in processes forked from one that has imported everything, or in plain Jupyter
        kernels.
    scheduler : str, optional
        Address of a Dask scheduler whose workers do the tasks.
    timeout : float, optional
        Seconds that one cell may take.
    progress : bool
        Show progress on standard error.
    ledger : sequence of path-like
        Files of facts of one's own, beside those of the params files and those that ship.
    log : {"text", "json"}
        How progress is reported: for people, or as a line of JSON for each event.
    keep : int, optional
        How many days of earlier forecasts stay in ``archive``, the newest; all if not given.
    memory : int, optional
        Megabytes that each process of a scenario may hold (Linux); a scenario that needs more fails
        by name.

    Returns
    -------
    RunSummary
        A failed scenario is in it by name; its last whole report stays where it is.

    Raises
    ------
    InputError
        If the params files, or the output folder, are no good: nothing has run.
    RunError
        If another run holds the output folder.
    """
    started = time.monotonic()
    if jobs < 1:
        raise InputError(f"jobs is {jobs}: give at least 1")
    if timeout is not None and not 0 < timeout < LONGEST:
        raise InputError(
            f"timeout is {timeout}: give seconds, more than 0 and less than {LONGEST:,}"
        )
    if memory is not None and (memory < LEAST_MEMORY or not sys.platform.startswith("linux")):
        raise InputError(f"memory is {memory}: give at least {LEAST_MEMORY} megabytes, on Linux")
    if keep is not None and keep < 0:
        raise InputError(f"keep is {keep}: give how many days of earlier forecasts stay, 0 or more")
    if not os.fspath(out):
        raise InputError("out is empty: give a folder, e.g. reports")
    if address := remote_address(out):
        if keep is not None:
            raise InputError(
                f"keep is for a folder; {address} has rules of its own for what grows old"
            )
        options = (
            jobs,
            force,
            dry_run,
            as_of,
            engine,
            scheduler,
            timeout,
            progress,
            ledger,
            log,
            keep,
            memory,
        )
        return run_remote(address, lambda mirror: run(paths, mirror, *options), writes=not dry_run)
    survey = Survey(paths, out, as_of, ledger)
    if dry_run:
        results = [
            RunResult(run.name, "fresh" if run.fresh else "stale", run.reason)
            for run in survey.runs(force)
        ]
        return RunSummary(Path(out), tuple(results), time.monotonic() - started)
    with _stopped_by_sigterm(), contextlib.ExitStack() as stack:
        store = Store(out)
        refuse_others(store.out)
        ready = _ready(store, survey, jobs, engine, scheduler)
        # Loads while the params are read
        perform = stack.enter_context(ready) if force or survey.changed else None
        runs = survey.runs(force)
        refuse_others(store.out, [run.name for run in runs if not run.fresh])
        stack.enter_context(store)
        tasks = [
            _task(store, run, shared, engine, timeout, memory) for run, shared in arranged(runs)
        ]
        perform = perform or (stack.enter_context(ready) if tasks else None)
        found = {run.name: RunResult(run.name, "fresh") for run in runs}
        try:
            with Progress(len(tasks), progress, log) as shown:
                for outcome in perform(tasks) if perform and tasks else ():
                    result = found[outcome.name] = _settle(store, outcome)
                    shown.advance(result)
        finally:
            sweep(store.token)
        problem = _finish(store, bool(tasks), keep)
    summary = RunSummary(Path(out), tuple(found.values()), time.monotonic() - started, problem)
    shown.end(summary)
    return summary


@contextlib.contextmanager
def _ready(
    store: Store, survey: Survey, jobs: int, engine: Engine, scheduler: str | None
) -> Iterator[Perform]:
    """Get ready whatever does the tasks: loading takes longer than reading params."""
    if scheduler:
        with cluster(scheduler, store.token, survey.notebook) as perform:
            yield perform
    elif engine == "kernel":
        yield lambda tasks: run_fresh(tasks, jobs, store.token)
    else:
        server = ForkServer(jobs, store.token, store.shared, survey.notebook)
        try:
            yield lambda tasks: run_in_forks(
                tasks, jobs, store.token, store.log("engine"), store.shared, server
            )
        finally:
            server.close()


def _task(
    store: Store, run: Run, shared: str, engine: Engine, timeout: float | None, memory: int | None
) -> Task:
    record = {
        "identity": run.identity,
        "sources": run.sources,
        "seed": run.parameters.get("seed"),
        "reason": run.reason,
    }
    folder, log = store.folder(run.name), store.log(run.name)
    return Task(
        run.name,
        str(run.template),
        str(folder),
        str(log),
        run.parameters,
        record,
        engine,
        timeout,
        shared,
        memory,
    )


def _settle(store: Store, outcome: Outcome) -> RunResult:
    """Move a finished report into place, or what is left of a failed one beside it."""
    side, seconds, failure = store.folder(outcome.name), round(outcome.seconds, 3), {}
    if outcome.status == 0 and (side / RUN_RECORD).is_file():
        try:
            keep_earlier(store.out, outcome.name, side)
            store.accept(outcome.name)
            return RunResult(outcome.name, "done", "", seconds)
        except (OSError, RunError) as error:
            failure = _failure(
                outcome.name, f"its report cannot be put in its place: {_said(error)}"
            )
    failure = failure or read_json(side / FAILURE_RECORD) or _silent(store, outcome)
    with contextlib.suppress(OSError, RunError):
        side.mkdir(parents=True, exist_ok=True)
        write_text(side / FAILURE_RECORD, json.dumps(failure, indent=1, ensure_ascii=False))
        store.reject(outcome.name)
    where = f"cell In [{failure['cell']}]: " if failure.get("cell") else ""
    return RunResult(outcome.name, "failed", f"{where}{failure['message']}", seconds)


def _silent(store: Store, outcome: Outcome) -> dict[str, Any]:
    """The failure of a task that has left no word: its process was killed, or there was nowhere to
    write to.
    """
    said = f"its process {ended(outcome.status)}" + (
        "; logs/engine.log may say why" if outcome.status == 1 else ""
    )
    try:
        clear_folder(store.folder(outcome.name) / ".probe").rmdir()
    except OSError as error:
        said = f"{store.out} cannot be written: {_said(error)}"
    return _failure(outcome.name, said)


def _failure(name: str, message: str) -> dict[str, Any]:
    return {"name": name, "cell": 0, "message": message, "trace": ""}


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _finish(store: Store, changed: bool, keep: int | None) -> str:
    """Write what sums up all reports; gives what went wrong."""
    if keep is not None:
        drop_earlier(store.out, keep)
    if not changed and (store.out / INDEX_PAGE).is_file():
        return ""
    # The tables of all reports would have the collector go through all that is loaded, again and
    # again
    gc.freeze()
    try:
        return "; ".join(write_summary(store))
    except Exception as error:  # whatever earlier reports hold: those of this run are done
        return f"the index could not be written: {error}"
    finally:
        gc.unfreeze()


@contextlib.contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Let SIGTERM unwind the run as Ctrl-C does, so that nothing is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
