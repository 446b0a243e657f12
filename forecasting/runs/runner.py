"""A grid of scenarios, each to a report, unattended: what is fresh stays, what fails is named, the others finish."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from forecasting.errors import InputError
from forecasting.runs.plan import Run, plan_runs
from forecasting.runs.processes import Outcome, ended, run_fresh, sweep
from forecasting.runs.progress import Progress
from forecasting.runs.remote import remote_address, run_remote
from forecasting.runs.store import FAILURE, RECORD, Store, read_json, write_text
from forecasting.runs.task import Task
from forecasting.runs.warm import run_warm

__all__ = ["RunResult", "RunSummary", "run"]

Status = Literal["done", "fresh", "failed", "stale"]


@dataclass(frozen=True)
class RunResult:
    """What became of one scenario.

    Parameters
    ----------
    name : str
        The scenario.
    status : {"done", "fresh", "failed", "stale"}
        Its report was made, was there already, could not be made, or would be made (of a dry run).
    reason : str
        Why it ran, or why it failed.
    seconds : float
        From the start of its process to the end.
    """

    name: str
    status: Status
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class RunSummary:
    """What became of a run.

    Parameters
    ----------
    out : Path or str
        Folder of the reports, or its address.
    results : tuple of RunResult
        One per scenario, in the order given.
    seconds : float
        All together, on the wall clock.
    problem : str
        What went wrong beside the scenarios (the index could not be written); mostly empty.
    """

    out: Path | str
    results: tuple[RunResult, ...]
    seconds: float = 0.0
    problem: str = ""

    @property
    def failed(self) -> tuple[RunResult, ...]:
        """The scenarios that failed."""
        return tuple(result for result in self.results if result.status == "failed")

    @property
    def ok(self) -> bool:
        """Whether everything went well."""
        return not self.failed and not self.problem

    def count(self, status: Status) -> int:
        """Count the scenarios of a status."""
        return sum(result.status == status for result in self.results)

    def to_json(self) -> str:
        """Write the summary for machines.

        Examples
        --------
        >>> RunSummary(Path("reports"), (RunResult("a-b", "fresh"),)).to_json()
        '{"out": "reports", "ok": true, "seconds": 0.0, "problem": "", "results": [{"name": "a-b", ...'
        """
        said = {"out": str(self.out), "ok": self.ok, "seconds": round(self.seconds, 3), "problem": self.problem}
        return json.dumps(said | {"results": [asdict(result) for result in self.results]}, ensure_ascii=False)

    def __str__(self) -> str:
        """One line per scenario that is not fresh, then the counts."""
        lines = [f"{r.status:6} {r.name}: {r.reason}" for r in self.results if r.status in ("failed", "stale")]
        counts = [
            f"{self.count(status)} {status}" for status in ("done", "fresh", "failed", "stale") if self.count(status)
        ]
        return "\n".join(
            [
                *lines,
                f"{', '.join(counts)} in {self.seconds:.1f} s; see {self.out}/index.html",
                *filter(None, [self.problem]),
            ]
        )


def run(
    paths: Sequence[str | os.PathLike[str]] = (),
    out: str | os.PathLike[str] = "reports",
    jobs: int = 2,
    force: bool = False,
    dry_run: bool = False,
    as_of: str | None = None,
    engine: Literal["fork", "kernel"] = "fork",
    scheduler: str | None = None,
    timeout: float | None = None,
    progress: bool = True,
) -> RunSummary:
    """Make the report of each scenario, and the index of them all.

    Parameters
    ----------
    paths : sequence of path-like
        Params files, or folders of them; empty for ``./params``.
    out : path-like
        Folder of the reports, or the address of one in an object store, such as ``s3://bucket/reports``.
    jobs : int
        How many scenarios run at once.
    force : bool
        Run also what is fresh.
    dry_run : bool
        Only say what would run and why.
    as_of : str, optional
        An ISO date that takes the place of every scenario's own.
    engine : {"fork", "kernel"}
        Run cells in processes forked from one that has imported everything, or in plain Jupyter kernels.
    scheduler : str, optional
        Address of a Dask scheduler whose workers do the tasks.
    timeout : float, optional
        Seconds that one cell may take.
    progress : bool
        Show progress on standard error.

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
    if address := remote_address(out):
        options = (jobs, force, dry_run, as_of, engine, scheduler, timeout, progress)
        return run_remote(address, lambda mirror: run(paths, mirror, *options))
    runs = plan_runs(paths, out, as_of, force)
    if dry_run:
        results = [RunResult(run.name, "fresh" if run.fresh else "stale", run.reason) for run in runs]
        return RunSummary(Path(out), tuple(results), time.monotonic() - started)
    with _stopped_by_sigterm(), Store(out) as store:
        stale = [run for run in runs if not run.fresh]
        tasks = [_task(store, run, engine, timeout) for run in stale]
        results_by_name = {run.name: RunResult(run.name, "fresh") for run in runs}
        try:
            with Progress(len(tasks), progress) as shown:
                for outcome in _outcomes(store, tasks, jobs, engine, scheduler):
                    result = _settle(store, outcome)
                    results_by_name[result.name] = result
                    shown.advance(f"{result.name} {result.status}", result.reason)
        finally:
            sweep(store.token)
        problem = _finish(store, bool(tasks))
    return RunSummary(Path(out), tuple(results_by_name.values()), time.monotonic() - started, problem)


def _task(store: Store, run: Run, engine: Literal["fork", "kernel"], timeout: float | None) -> Task:
    record = {
        "identity": run.identity,
        "sources": run.sources,
        "seed": run.parameters.get("seed"),
        "reason": run.reason,
    }
    folder, log = store.side(run.name), store.log(run.name)
    return Task(run.name, str(run.template), str(folder), str(log), run.parameters, record, engine, timeout)


def _outcomes(store: Store, tasks: list[Task], jobs: int, engine: str, scheduler: str | None) -> Iterator[Outcome]:
    if not tasks:
        return iter(())
    if scheduler:
        from forecasting.runs.cluster import run_cluster

        return run_cluster(tasks, scheduler, store.token)
    if engine == "kernel":
        return run_fresh(tasks, jobs, store.token)
    return run_warm(tasks, jobs, store.token, store.log("engine"))


def _settle(store: Store, outcome: Outcome) -> RunResult:
    """Move a finished report into place, or what is left of a failed one beside it."""
    side = store.folder(outcome.name)
    if outcome.status == 0 and (side / RECORD).is_file():
        store.accept(outcome.name)
        return RunResult(outcome.name, "done", "", round(outcome.seconds, 3))
    failure = read_json(side / FAILURE)
    if not failure:
        failure = {"name": outcome.name, "cell": 0, "message": f"its process {ended(outcome.status)}", "trace": ""}
        with contextlib.suppress(OSError):
            write_text(side / FAILURE, json.dumps(failure))
    with contextlib.suppress(OSError):
        store.reject(outcome.name)
    where = f"cell In [{failure['cell']}]: " if failure.get("cell") else ""
    return RunResult(outcome.name, "failed", f"{where}{failure['message']}", round(outcome.seconds, 3))


def _finish(store: Store, changed: bool) -> str:
    """Write what sums up all reports; gives what went wrong."""
    if not changed and (store.out / "index.html").is_file():
        return ""
    try:
        from forecasting.runs.summary import write_summary

        write_summary(store)
    except OSError as error:
        return f"the index could not be written: {error}"
    return ""


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
