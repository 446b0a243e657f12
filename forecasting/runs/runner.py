"""A grid of scenarios, each to a report, unattended: what is fresh stays, what fails is named, the
others finish.
"""

import datetime as dt
import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

from forecasting.parameters.values import listed
from forecasting.reporting.caveat_words import lines_of
from forecasting.runs.endings import STOPS, at_cell, ended, signal_handlers, sweep, with_remedy
from forecasting.runs.output.folders import (
    TABLES,
    Record,
    Store,
    clear_folder,
    drop_earlier,
    read_json,
    refuse_others,
    write_json,
)
from forecasting.runs.output.object_store import remote_address, run_remote
from forecasting.runs.output.result import LogForm, Progress, RunResult, RunSummary, write_summary
from forecasting.runs.plan import Run, Survey, arranged, undated_facts
from forecasting.runs.workers.cluster import Scheduler, cluster, scheduler_of
from forecasting.runs.workers.processes import (
    ForkServer,
    Outcome,
    Task,
    failure,
    run_fresh,
    run_in_forks,
)
from forecasting.vocabulary.arguments import (
    Check,
    fitting,
    flag,
    integer,
    number,
    optional,
    other_languages,
    path,
    takes,
)
from forecasting.vocabulary.errors import ForecastingError, InputError, RunError
from forecasting.vocabulary.files import AnyPath, allowing
from forecasting.vocabulary.names import (
    FAILURE_RECORD,
    INDEX_PAGE,
    OUTLOOK_TABLE,
    REPORTS,
    RUN_RECORD,
    SCRATCH,
    EngineName,
)
from forecasting.vocabulary.periods import as_date
from forecasting.vocabulary.sentences import sentence

# What a run says that was stopped, or of which no process has left a word
STOPPED = "{made} of {number} reports were made and are in {folder}; the next run makes the others"
RECORD_AS_IT_WAS = "the record {folder} is as it was"
WITHOUT_WORD = "{ending}[log?; logs/engine.log may say why]"
MAX_MESSAGE_LENGTH = 10_000_000  # seconds, a season
SECONDS = Check(
    f"seconds, more than 0 and less than {MAX_MESSAGE_LENGTH:,}",
    number(0, MAX_MESSAGE_LENGTH, ends=False).read,
)
MEGABYTES = Check("100 megabytes or more", integer(100).read)


def paths_of(value: Any) -> tuple[AnyPath, ...]:
    """One path, or several, as several; or a ValueError."""
    paths = (value,) if isinstance(value, str | os.PathLike) else (*value,)
    return tuple(path().read(item) for item in paths)


def _one_of(names: tuple[str, ...]) -> Check:
    return fitting(" or ".join(names), lambda value: isinstance(value, str) and value in names)


Perform = Callable[[list[Task]], Iterator[Outcome]]


@dataclass(frozen=True)
class Means:
    """By what tasks are done, and within which limits; the parameters are those of `run`."""

    jobs: int
    engine: EngineName
    scheduler: Scheduler | None
    timeout: float | None
    memory: int | None


@takes(
    InputError,
    params=Check("a params file, a folder of them, or a list of both", paths_of),
    out=Check("a folder, e.g. reports", path().read),
    jobs=integer(1),
    force=flag(),
    dry_run=flag(),
    as_of=optional(Check("a day, e.g. 2026-03-09", lambda value: as_date(value).isoformat())),
    engine=_one_of(get_args(EngineName)),
    scheduler=optional(
        Check("the address of a Dask scheduler, its file, or a distributed.Client", scheduler_of)
    ),
    timeout=optional(SECONDS),
    progress=flag(),
    ledger=Check("a table of facts, or a list of them", paths_of),
    log=_one_of(get_args(LogForm)),
    keep=optional(Check("how many days of earlier forecasts stay, 0 or more", integer().read)),
    memory=optional(MEGABYTES),
    published=optional(Check("a day, e.g. 2026-03-09", as_date)),
    keep_record=optional(Check("a folder, e.g. record", path().read)),
    allow=Check("a folder, or a list of them", paths_of),
    language=Check("a language, e.g. ru, or a list of them", listed),
)
def run(
    params: AnyPath | Sequence[AnyPath] = (),
    out: AnyPath = REPORTS,
    jobs: int = 2,
    force: bool = False,
    dry_run: bool = False,
    as_of: str | None = None,
    engine: EngineName = "fork",
    scheduler: Scheduler | None = None,
    timeout: float | None = None,
    progress: bool = True,
    ledger: Sequence[AnyPath] = (),
    log: LogForm = "text",
    keep: int | None = None,
    memory: int | None = None,
    published: dt.date | None = None,
    keep_record: AnyPath | None = None,
    allow: Sequence[AnyPath] = (),
    language: str | Sequence[str] = (),
) -> RunSummary:
    """Make the report of each scenario, and the index of them all.

    Parameters
    ----------
    params : path-like or sequence of path-like
        Params files, folders of them, or names of scenarios, e.g. ``"uzbekistan-baseline"``;
        empty for ``./params``.
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
    scheduler : str, path-like or distributed.Client, optional
        A Dask scheduler whose workers do the tasks: its address, the file that it writes, or a
        client of it, whose certificates are used, too.
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
        Megabytes that each process of a scenario may hold; a scenario that needs more fails
        by name.
    published : date, optional
        Since when those of one's own facts are known that have no date of publication.
    keep_record : path-like, optional
        Folder of a record of forecasts that others can check
        (`forecasting.evaluation.forecast_chain`), to which those of today are added.
    allow : sequence of path-like
        Folders whose tables params files may read, beside the working folder and their own.
    language : str or sequence of str
        Languages in which every report is written, too: ``"ru"`` adds
        ``report.ru.html`` beside ``report.html``, from the same numbers.

    Returns
    -------
    RunSummary
        A failed scenario is in it by name; its last whole report stays where it is.

    Raises
    ------
    InputError
        If the params files, the output folder or the record are no good: nothing has run.
    RunError
        If another run holds the output folder, or no scheduler answers.

    Examples
    --------
    >>> import forecasting as fc
    >>> summary = fc.run("params/turkmenistan-baseline.yaml", out="none", dry_run=True)
    >>> summary.results[0].name, summary.results[0].status
    ('turkmenistan-baseline', 'stale')
    """
    means = Means(jobs, engine, scheduler, timeout, memory)
    codes = other_languages(language)
    address = remote_address(out)
    if address and keep is not None:
        raise InputError(f"keep is for a folder; {address} has rules of its own for what grows old")

    def run_into(folder: Path) -> RunSummary:
        survey = Survey(paths_of(params), folder, as_of, ledger, published, codes)
        if dry_run:
            started = time.monotonic()
            runs = survey.runs(force)
            results = [RunResult(r.name, "fresh" if r.fresh else "stale", r.reason) for r in runs]
            return RunSummary(survey.reports, tuple(results), time.monotonic() - started)
        make = partial(_make_reports, survey, means, force, keep)
        bar = partial(Progress, visible=progress, form=log)
        if keep_record is None:
            return make(bar)
        from forecasting.evaluation.forecast_chain import add_to_chain, check_day

        today = dt.datetime.now(dt.UTC).date()
        check_day(keep_record, today)
        try:
            summary = make(bar)
        except STOPS as stop:
            stop.add_note(sentence(RECORD_AS_IT_WAS, folder=keep_record))
            raise
        names = [result.name for result in summary.results if result.status != "failed"]
        try:
            add_to_chain(keep_record, survey.reports, names, today)
        except (OSError, ForecastingError) as error:
            problem = f"the record {keep_record} could not be written: {_cause(error)}"
            return replace(summary, problem="; ".join(filter(None, [summary.problem, problem])))
        return summary

    with allowing(allow):
        return run_remote(address, run_into, not dry_run) if address else run_into(Path(out))


def _make_reports(
    survey: Survey, means: Means, force: bool, keep: int | None, progress: Callable[[int], Progress]
) -> RunSummary:
    """Make the reports that are not fresh, and what sums up all."""
    started = time.monotonic()
    with signal_handlers(), ExitStack() as stack:
        store = Store(survey.reports)
        refuse_others(store.reports)
        perform = None
        if force or survey.changed:  # loads while the params are read
            perform = stack.enter_context(_ready(store, survey, means))
        runs = survey.runs(force)
        refuse_others(store.reports, [run.name for run in runs if not run.fresh])
        stack.enter_context(store)
        tasks = [_task(store, run, shared, means) for run, shared in arranged(runs)]
        results = {run.name: RunResult(run.name, "fresh") for run in runs}
        try:
            with progress(len(tasks)) as bar:
                for outcome in perform(tasks) if perform and tasks else ():
                    result = _settle(store, outcome)
                    results[outcome.name] = result
                    bar.advance(result)
        except STOPS as stop:
            report_count = sum(result.status == "done" for result in results.values())
            stop.add_note(
                sentence(STOPPED, made=report_count, number=len(tasks), folder=store.reports)
            )
            raise
        finally:
            sweep(store.token)
        problem = _finish(store, bool(tasks), keep)
    seconds = time.monotonic() - started
    unused = tuple(lines_of(undated_facts(runs)))
    summary = RunSummary(survey.reports, tuple(results.values()), seconds, problem, unused)
    bar.end(summary)
    return summary


@contextmanager
def _ready(store: Store, survey: Survey, means: Means) -> Iterator[Perform]:
    """Get ready whatever does the tasks: loading takes longer than reading params."""
    if means.scheduler:
        with cluster(means.scheduler, store.token) as perform:
            yield perform
    elif means.engine == "kernel":
        yield lambda tasks: run_fresh(tasks, means.jobs, store.token, store.folder(SCRATCH))
    else:
        server = ForkServer(means.jobs, store.token, store.shared, survey.notebook)
        with closing(server):
            yield lambda tasks: run_in_forks(
                tasks, means.jobs, store.token, store.log("engine"), store.shared, server
            )


def _task(store: Store, run: Run, shared: str, means: Means) -> Task:
    record = {
        "identity": run.identity,
        "sources": run.sources,
        "seed": run.parameters.get("seed"),
        "reason": run.reason,
    }
    return Task(
        run.name,
        str(run.template),
        str(store.folder(run.name)),
        str(store.log(run.name)),
        run.parameters,
        record,
        means.engine,
        means.timeout,
        shared,
        means.memory,
        str(store.reports / run.name),
    )


def _settle(store: Store, outcome: Outcome) -> RunResult:
    """Move a finished report into place, or what is left of a failed one beside it."""
    name = outcome.name
    seconds = round(outcome.seconds, 3)
    side = store.folder(name)
    record: Record = {}
    if outcome.status == 0 and (side / RUN_RECORD).is_file():
        try:
            store.accept(name)
            return RunResult(name, "done", "", seconds)
        except (OSError, RunError) as error:
            record = failure(name, f"its report cannot be put in its place: {_cause(error)}")
    elif outcome.fault:
        record = failure(name, _write_problem(store, name) or outcome.fault)
        with suppress(OSError):
            clear_folder(side)  # of a report that is not whole nothing is kept
    record = record or read_json(side / FAILURE_RECORD) or failure(name, _silence(store, outcome))
    with suppress(OSError, RunError):
        side.mkdir(parents=True, exist_ok=True)
        write_json(side / FAILURE_RECORD, record)
        store.reject(name)
    return RunResult(name, "failed", at_cell(record["message"], record.get("cell", 0)), seconds)


def _silence(store: Store, outcome: Outcome) -> str:
    """Why a task has left no word: its process was killed, or there was nowhere to write to."""
    ending = ended("its process", outcome.status)
    words = with_remedy(sentence(WITHOUT_WORD, ending=ending, log=outcome.status == 1))
    return _write_problem(store, outcome.name) or words


def _write_problem(store: Store, name: str) -> str:
    """Why nothing can be written where a report is made; empty where it can."""
    try:
        clear_folder(store.folder(name) / ".probe").rmdir()
    except OSError as error:
        return f"{store.reports} cannot be written: {_cause(error)}"
    return ""


def _cause(error: Exception) -> str:
    return with_remedy(str(getattr(error, "strerror", None) or error))


def _finish(store: Store, changed: bool, keep: int | None) -> str:
    """Write what sums up all reports; gives what went wrong."""
    if keep is not None:
        drop_earlier(store.reports, keep)
    page = store.reports / INDEX_PAGE
    summed_up = [page]
    if any(store.reports.glob(f"*/{OUTLOOK_TABLE}")):
        summed_up += [store.reports / table for table in TABLES]
    if not changed and all(file.is_file() for file in summed_up):
        # A run may have been killed before it wrote an index of its reports
        written = page.stat().st_mtime_ns
        records = store.reports.glob(f"*/{RUN_RECORD}")
        if all(record.stat().st_mtime_ns <= written for record in records):
            return ""
    # The tables of all reports would have the collector go through all that is loaded, again and
    # again
    gc.freeze()
    try:
        return "; ".join(write_summary(store.reports))
    except Exception as error:  # whatever earlier reports hold: those of this run are done
        return with_remedy(f"the index could not be written: {error}")
    finally:
        gc.unfreeze()
