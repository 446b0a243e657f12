"""One scenario from its notebook to a whole report, in a process of its own: what it does, the
environment it gets, that it neither stands still nor holds too much, nor outlives its run. The
process is new, or forked from one that has imported everything.

``python -m forecasting.runs.workers.processes`` does the task that it reads, as JSON, from its
standard input. With arguments it is a fork server: it reads tasks from a pipe, forks a copy of
itself for each, and writes how each ended. It ends, and everything it has started ends, when its
pipe does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache, partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory, TemporaryFile, gettempdir
from typing import IO

import psutil

from forecasting.runs.endings import (
    STATUS_OVER_MEMORY,
    STATUS_STALLED,
    ForkedProcess,
    die_with_parent,
    give_sign,
    kill_group,
    take_streams,
    with_remedy,
)
from forecasting.runs.output.folders import (
    Record,
    clear_folder,
    file_sizes,
    open_log,
    read_json,
    remove,
    write_json,
    write_log,
)
from forecasting.runs.output.result import load_writers
from forecasting.vocabulary.catalogues import read_language
from forecasting.vocabulary.errors import ForecastingError, InputError
from forecasting.vocabulary.names import (
    FAILURE_RECORD,
    OUTLOOK_TABLE,
    OUTLOOK_WORKBOOK,
    OUTPUT_VARIABLE,
    REPORT_NOTEBOOK,
    RUN_RECORD,
    RUN_VARIABLE,
    SCRATCH,
    SHARED_VARIABLE,
    VARIABLES,
    EngineName,
)
from forecasting.vocabulary.sentences import sentence

# What is said of a notebook whose process has been killed
KILLED = re.compile("SIGKILL|Kernel died")
OVER_MEMORY = "{message}[; the memory limit is {memory:,} MB]"


@dataclass(frozen=True)
class Task:
    """What a process needs to know to make one report.

    Parameters
    ----------
    name : str
        The scenario.
    template, folder, log : str
        The notebook, the empty folder that the report is written in, and the file for what its
        process prints.
    parameters : dict
        What the notebook is given.
    record : dict
        What ``run.json`` says besides times: identity, sources.
    engine : str
        ``fork`` or ``kernel``.
    timeout : float, optional
        Seconds that one cell may take.
    shared : str
        Name of the folder where forecasts are shared with other scenarios on the same facts; empty
        for none.
    memory : int, optional
        Megabytes that each of its processes may hold; one that holds more is killed by whoever
        watches the task.
    old_report : str
        The folder of the report that it replaces, if there is one.
    """

    name: str
    template: str
    folder: str
    log: str
    parameters: Record
    record: Record
    engine: EngineName = "fork"
    timeout: float | None = None
    shared: str = ""
    memory: int | None = None
    old_report: str = ""

    def to_json(self) -> str:
        """Write the task in one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


def perform(task: Task) -> int:
    """Make a report; whatever goes wrong is written beside it.

    Returns
    -------
    int
        0 if the report is whole, else 1: the exit status of the process that does the task.
    """
    folder = Path(task.folder)
    os.environ[OUTPUT_VARIABLE] = task.folder  # where the notebook stores its results
    try:
        clear_folder(folder)
        write_run_record(task, folder, _make(task, folder))
    except Exception as error:
        cell = getattr(error, "cell", 0)
        message = getattr(error, "message", f"{type(error).__name__}: {error}")
        memory = KILLED.search(message) and task.memory
        message = with_remedy(sentence(OVER_MEMORY, message=message, memory=memory))
        trace = getattr(error, "trace", traceback.format_exc())
        with suppress(OSError):  # the runner will say that nothing can be written
            _leave_failure(folder, failure(task.name, message, cell, trace))
            sys.stderr.write(f"{error}\n{trace}\n")  # the log may lie on the same full disk
        return 1
    return 0


def write_run_record(task: Task, folder: Path, steps: Record) -> None:
    """Write what ``run.json`` says of a report that is whole.

    Parameters
    ----------
    task : Task
        What was to be made.
    folder : Path
        Where it was made.
    steps : dict
        How long each step took, and what changed.
    """
    record = {"name": task.name, "parameters": task.parameters, "engine": task.engine}
    record |= task.record | {"files": file_sizes(folder, but=RUN_RECORD), "finished": _now()}
    write_json(folder / RUN_RECORD, record | steps)


def failure(name: str, message: str, cell: int = 0, trace: str = "") -> Record:
    """What ``failure.json`` says of a report that could not be made.

    Parameters
    ----------
    name, message : str
        The scenario, and what happened.
    cell : int
        The cell's execution count; 0 where none is to blame.
    trace : str
        The traceback, if there is one.
    """
    return {"name": name, "cell": cell, "message": message, "trace": trace, "time": _now()}


def _leave_failure(folder: Path, record: Record) -> None:
    """Write what went wrong beside the notebook; what is half made goes, since a full disk may need
    the room.
    """
    for path in folder.iterdir():
        if path.name != REPORT_NOTEBOOK:
            remove(path)
    try:
        write_json(folder / FAILURE_RECORD, record)
    except OSError:
        (folder / REPORT_NOTEBOOK).unlink(missing_ok=True)
        write_json(folder / FAILURE_RECORD, record)


def _make(task: Task, folder: Path) -> Record:
    """Run the notebook, which stores its results, and write the page; say how long each took."""
    from forecasting.reporting.html import write_report
    from forecasting.runs.execute.execution import cell_seconds, execute

    notebook = folder / REPORT_NOTEBOOK
    seconds: dict[str, float] = {}
    with _timed(seconds, "notebook"):
        document = execute(
            Path(task.template), task.parameters, notebook, task.engine, task.timeout
        )
    with _timed(seconds, "page"):
        changes = changes_of(task.old_report, folder)
        write_report(notebook, document, changes)
    return {"changes": changes, "seconds": seconds, "cells": cell_seconds(document)}


def changes_of(old_report: str, folder: Path) -> Record:
    """What changed since the report that is replaced, as keys and values; of one that was made from
    the same, what that one told, so that its bytes stay.

    Parameters
    ----------
    old_report : str
        Its folder; empty where there is none.
    folder : Path
        Of the new report.
    """
    home = Path(old_report)
    if not old_report or not (home / OUTLOOK_TABLE).is_file():
        return {}
    # It brings pandas, which a report without results does without
    from forecasting.reporting.past import changes_since

    changes: Record = {}
    with suppress(InputError, KeyError):  # no report fails for an earlier one
        changes = changes_since(home, folder)
    return changes or read_json(home / RUN_RECORD).get("changes", {})


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    """Note how long a step takes, on a clock that never jumps, and show that it is done."""
    started = time.monotonic()
    yield
    seconds[step] = round(time.monotonic() - started, 4)
    give_sign()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


LOOK_AT_MEMORY = 0.1  # seconds between looks
# Seconds beyond the limit for a process that runs, and has something to do besides cells
GRACE = 60.0
ENVIRONMENT_VARIABLES = re.compile(
    "PATH|HOME|XDG_CACHE_HOME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|"
    "SYSTEMROOT|USERPROFILE|APPDATA|VIRTUAL_ENV|PYTHONPATH|"
    "JUPYTER_(PATH|DATA_DIR|CONFIG_DIR|RUNTIME_DIR)|IPYTHONDIR|"
    # The kernels of linear algebra, on which the last digits depend, and so what is kept
    f"OPENBLAS_CORETYPE|LD_LIBRARY_PATH|DYLD_(FALLBACK_)?LIBRARY_PATH|{VARIABLES}.*"
)
SECRET = re.compile("KEY|TOKEN|SECRET|PASS|CREDENTIAL", re.IGNORECASE)
TEMPORARY = ("TMPDIR", "TEMP", "TMP", "JUPYTER_RUNTIME_DIR")
ALONE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    # A memory allocator that has a thread from the moment pyarrow is loaded
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
Process = subprocess.Popen[str] | ForkedProcess


@dataclass(frozen=True)
class Outcome:
    """How the process of one task ended.

    Parameters
    ----------
    name : str
        The scenario.
    status : int
        Exit status; negative: the signal that ended it.
    seconds : float
        From its start to its end.
    fault : str
        Why there is no report, where the process itself could not say so.
    """

    name: str
    status: int = 1
    seconds: float = 0.0
    fault: str = ""


class Watch:
    """One process that is to give a sign of life every now and then.

    Parameters
    ----------
    pid : int
        The process.
    limit : float or None
        Seconds without a sign after which a process that has been stopped is given up, and some
        more for one that runs; None for no limit.
    memory : int or None
        Megabytes that it, and each process below it, may hold; one below it that holds more is
        killed.

    Examples
    --------
    >>> Watch(os.getpid(), None).broken(mark_of(1)), Watch(os.getpid(), 0.5).broken("a sign")
    (None, None)
    """

    def __init__(self, pid: int, limit: float | None, memory: int | None = None) -> None:
        self._pid = pid
        self._limit = limit
        self._max_bytes = memory * 1_000_000 if memory else None
        self._sign: object = None
        self._since = self._looked = time.monotonic()

    def broken(self, sign: object) -> int | None:
        """The status that the process is to be ended with, for a limit that it has broken; None
        where it has not.

        Parameters
        ----------
        sign : object
            What changes as long as the process moves.
        """
        now = time.monotonic()
        if self._max_bytes and now - self._looked > LOOK_AT_MEMORY:
            self._looked = now
            if self._full(self._max_bytes):
                return STATUS_OVER_MEMORY
        if sign != self._sign:
            self._sign = sign
            self._since = now
        seconds_still = now - self._since
        if self._limit is None or seconds_still <= self._limit:
            return None
        return (
            STATUS_STALLED if seconds_still > self._limit + GRACE or _stopped(self._pid) else None
        )

    def _full(self, max_bytes: int) -> bool:
        """Whether the process itself holds more; those below it that do are killed."""
        with suppress(psutil.Error):
            process = psutil.Process(self._pid)
            for child in process.children(recursive=True):
                with suppress(psutil.Error):
                    if child.memory_info().rss > max_bytes:
                        child.kill()
            return bool(process.memory_info().rss > max_bytes)
        return False


def mark_of(log: str) -> int:
    """The sign of life of a task: when its log was last touched, in nanoseconds."""
    if os.utime in os.supports_fd:
        with suppress(OSError):  # somebody has removed it
            return os.stat(log).st_mtime_ns
    return time.monotonic_ns()  # no sign can be given here, so that none is missed


def _stopped(pid: int) -> bool:
    """Whether a process has been stopped, as by SIGSTOP, and not let go on."""
    with suppress(psutil.Error):
        return psutil.Process(pid).status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
    return False


class AtWork:
    """A task in a process of its own, and its log.

    Parameters
    ----------
    task : Task
        What it does.
    start : callable
        Starts the process, which leads a group; it is given the task and the descriptor of the log.

    Raises
    ------
    OSError
        If its log cannot be written, or no process can be started.
    """

    def __init__(self, task: Task, start: Callable[[Task, int], Process]) -> None:
        self._task = task
        self._started = time.monotonic()
        log = open_log(task.log)
        try:
            self._process = start(task, log)
        finally:
            os.close(log)  # many tasks at once would hold many files
        self._watch = Watch(self._process.pid, task.timeout, task.memory)

    def outcome(self) -> Outcome | None:
        """How it ended, or must be ended; None as long as it is at work."""
        status = self._process.poll()
        if status is None:
            status = self._watch.broken(mark_of(self._task.log))
        if status is None:
            return None
        return Outcome(self._task.name, status, time.monotonic() - self._started)

    def end(self) -> None:
        """End it, and all that it has started."""
        kill_group(self._process.pid)
        if self._process.poll() is None:  # it does not lead a group yet
            self._process.kill()
        self._process.wait()


class Crew:
    """Tasks at work, so many at once, and those that wait.

    Parameters
    ----------
    jobs : int
        How many are at work at once.
    start : callable
        As for `AtWork`.
    """

    def __init__(self, jobs: int, start: Callable[[Task, int], Process]) -> None:
        self.waiting: list[Task] = []
        self.running: list[AtWork] = []
        self._jobs = jobs
        self._start = start

    def step(self) -> Iterator[Outcome]:
        """Yield how tasks ended since the last step, and start others in their place."""
        for work in [*self.running]:
            if outcome := work.outcome():
                self.running.remove(work)
                work.end()
                yield outcome
        while self.waiting and len(self.running) < self._jobs:
            task = self.waiting.pop(0)
            try:
                self.running.append(AtWork(task, self._start))
            except OSError as error:  # as where no more processes may be started
                fault = with_remedy(f"its process does not start: {error}")
                yield Outcome(task.name, fault=fault)

    def end(self) -> None:
        """End those that are at work."""
        for work in self.running:
            work.end()


def child_environment(
    token: str, environment: Mapping[str, str] = os.environ, scratch: str = ""
) -> dict[str, str]:
    """Choose what a task's process sees of the environment: what it needs, none of the secrets
    beside it.

    Small matrices gain nothing from threads of the linear algebra library and lose much by them, so
    there is one. A process that is copied must have no other thread either: a lock that one of them
    held would stay shut in the copy.

    Parameters
    ----------
    token : str
        The run that the process belongs to.
    environment : mapping
        What to choose from.
    scratch : str
        Folder for temporary files, which goes with the run; empty for the usual one.

    Examples
    --------
    >>> found = child_environment("a1", {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x"})
    >>> found["PATH"], "AWS_SECRET_ACCESS_KEY" in found, found["OMP_NUM_THREADS"]
    ('/bin', False, '1')
    """
    variables = {
        name: value
        for name, value in environment.items()
        if ENVIRONMENT_VARIABLES.fullmatch(name) and not SECRET.search(name)
    }
    variables.pop(SHARED_VARIABLE, None)  # what is shared, is shared within a run
    if scratch:
        variables |= dict.fromkeys(TEMPORARY, scratch)
    return variables | ALONE | {RUN_VARIABLE: token}


def run_fresh(tasks: Sequence[Task], jobs: int, token: str, scratch: Path) -> Iterator[Outcome]:
    """Do tasks in new processes, `jobs` at a time; yields each as it ends.

    Nothing is shared between them, and all that they have started ends with the iterator.

    Parameters
    ----------
    tasks, jobs, token
        What to do, how many at once, and the run that they belong to.
    scratch : Path
        Folder for temporary files; made here, and removed in the end.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    environment = child_environment(token, scratch=str(scratch))
    crew = Crew(jobs, partial(_start_fresh, environment=environment))
    crew.waiting += tasks
    try:
        while crew.waiting or crew.running:
            yield from crew.step()
            time.sleep(0.02)
    finally:
        crew.end()
        shutil.rmtree(scratch, ignore_errors=True)


def _start_fresh(task: Task, log: int, environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start an interpreter that runs one task, which it reads from its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", "forecasting.runs.workers.processes"],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        text=True,
        start_new_session=True,
        env=environment,
    )
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(task.to_json())
    return process


KEPT = 16  # groups of scenarios whose forecasts are kept for the others of the group
SERVER_POLL_SECONDS = 0.005  # seconds between looks at the children
SIGN = 1.0  # seconds between signs of life


class ForkServer:
    """The runner's handle on a fork server.

    It starts to load at once, before there is any task.

    Parameters
    ----------
    jobs : int
        How many tasks it runs at once.
    token : str
        The run that it belongs to.
    shared : Path
        Where tasks that ask for the same forecasts find them; made and removed by whoever it
        belongs to.
    template : Path, optional
        A notebook that tasks are likely to run: what it imports is loaded first.
    """

    def __init__(self, jobs: int, token: str, shared: Path, template: Path | None = None) -> None:
        # The process makes the folder itself: whoever is killed before it starts leaves none
        self._scratch = Path(gettempdir()) / f"ev-forecast-{token_hex(8)}"
        self._pipe, child_end = Pipe()
        command = [sys.executable, "-m", "forecasting.runs.workers.processes"]
        command += [str(jobs), str(shared), str(self._scratch), str(child_end.fileno())]
        if template:
            command.append(str(template))
        self._output: IO[bytes] = TemporaryFile()  # noqa: SIM115 closed by `close`
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,  # a terminal's Ctrl-C is for the runner alone
            env=child_environment(token, scratch=str(self._scratch)),
            pass_fds=[child_end.fileno()],
        )
        child_end.close()
        self._limit: float | None = None
        self._under_way = 0

    def submit(self, task: Task) -> None:
        """Send a task; without effect if the process has ended, which `outcome` then says."""
        self._under_way += 1
        self._limit = task.timeout
        with suppress(OSError):
            self._pipe.send_bytes(task.to_json().encode())

    def outcome(self) -> Outcome | None:
        """Wait for the next task to end; None if the fork server has ended, or stands still."""
        watch = Watch(self._process.pid, self._limit)
        heard = 0
        with suppress(EOFError, OSError):
            while watch.broken(heard) is None:
                if self._pipe.poll(SIGN):
                    message = self._pipe.recv_bytes()
                    heard += 1
                    if message:
                        self._under_way -= 1
                        return Outcome(**json.loads(message))
        return None

    def close(self, log: Path | None = None) -> None:
        """End the process and its tasks, once; what it has printed goes to `log`."""
        if self._output.closed:
            return
        self._pipe.close()
        if self._under_way:  # it ends its tasks before itself
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
        # It cannot do so once it is killed, and this process may be killed at any moment, too
        shutil.rmtree(self._scratch, ignore_errors=True)
        kill_group(self._process.pid)
        self._process.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)  # of a process that did not end itself
        with self._output:
            if log is not None:
                self._output.seek(0)
                write_log(log, self._output.read())


def run_in_forks(
    tasks: Sequence[Task],
    jobs: int,
    token: str,
    log: Path,
    shared: Path,
    server: ForkServer | None = None,
) -> Iterator[Outcome]:
    """Do tasks in forks of a fork server, `jobs` at a time; yields each as it ends.

    A fork server that is killed, or stands still, is renewed once for the tasks that it leaves. If
    that one ends, too, each of them gets a process of its own, so that only what ends its process
    fails.

    Parameters
    ----------
    tasks, jobs, token, shared
        What to do, how many at once, and as for `ForkServer`.
    log : Path
        For what the fork server prints.
    server : ForkServer, optional
        One that has been started already.
    """
    waiting = {task.name: task for task in tasks}
    for started in (server, None):
        parent = started or ForkServer(jobs, token, shared)
        try:
            for task in waiting.values():
                parent.submit(task)
            if any(_shows_forecasts(task.template) for task in tasks):
                load_writers()  # now there is nothing to do
            while waiting and (outcome := parent.outcome()):
                del waiting[outcome.name]
                yield outcome
        finally:
            parent.close(log)
        if not waiting:
            return
    yield from run_fresh([*waiting.values()], jobs, token, shared.with_name(SCRATCH))


def serve(jobs: int, shared: Path, scratch: Path, channel: int, templates: list[str]) -> None:
    """Serve tasks until nobody sends any more; `scratch` is made, and removed in the end."""
    scratch.mkdir(mode=0o700)
    pipe = Connection(channel)
    crew = Crew(jobs, partial(_fork, shared=shared, pipe=pipe))
    try:
        for template in templates:
            preload(template)
        _serve(pipe, crew, shared)
    except EOFError:
        pass  # the runner is done
    except OSError as error:  # the runner is gone, or no process may be started
        sys.stderr.write(with_remedy(f"{type(error).__name__}: {error}") + "\n")
    crew.end()  # whatever still writes would keep the folder from being removed
    shutil.rmtree(scratch, ignore_errors=True)  # the runner may be gone


def _serve(pipe: Connection, crew: Crew, shared: Path) -> None:
    """Do tasks as they arrive, and give signs of life, which are empty messages."""
    signed = 0.0
    while True:
        if pipe.poll(SERVER_POLL_SECONDS if crew.running else None):
            task = Task.from_json(pipe.recv_bytes().decode())
            crew.waiting.append(task)
            preload(task.template)
            for code in task.parameters.get("language", ()):
                read_language(code)  # once, in place of once in each copy
        if time.monotonic() - signed > SIGN:
            pipe.send_bytes(b"")
            signed = time.monotonic()
        for outcome in crew.step():
            pipe.send_bytes(json.dumps(asdict(outcome)).encode())
            # What tasks before the last few have shared goes; who still asks for it makes it anew
            with suppress(OSError):
                by_age = sorted(shared.iterdir(), key=lambda folder: folder.stat().st_mtime_ns)
                for old in by_age[:-KEPT]:
                    shutil.rmtree(old, ignore_errors=True)


def _fork(task: Task, log: int, shared: Path, pipe: Connection) -> ForkedProcess:
    """Do a task in a copy of this process, which must not write to the channel."""
    pid = os.fork()
    if pid:
        return ForkedProcess(pid)
    status = 1
    try:
        os.setsid()
        die_with_parent()
        pipe.close()
        take_streams(log, log)
        if task.shared:
            os.environ[SHARED_VARIABLE] = str(shared / task.shared)
        status = perform(task)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)  # only that counts


WARM_UP_DRAWS = 64  # draws
# What a report needs besides a small outlook
REPORT_MODULES = tuple(f"forecasting.reporting.{name}" for name in ("answer", "grounds", "past"))
SCENARIO = {
    "country": "UZ",
    "scenario": "preload",
    "as_of": "2023-06-26",
    "horizon": 2025,
    "seed": 1,
}


@cache
def preload(template: str) -> None:
    """Load what tasks will need, once, so that their copies of this process have it.

    Parameters
    ----------
    template : str
        Path of the notebook that they will run.
    """
    from forecasting.runs.execute import shell

    gc.disable()  # there is next to nothing to collect while things are loaded
    shell.get_shell().run_cell("None", silent=True)  # type: ignore[no-untyped-call]
    modules = _imports(Path(template))
    with warnings.catch_warnings():
        # Each is for the notebook to show, and is shown once in a process
        warnings.simplefilter("ignore")
        for module in sorted(modules):
            with suppress(Exception):  # the notebook will say it better
                importlib.import_module(module)
        with suppress(Exception):
            # What runs a notebook, and makes a page of its prose
            from forecasting.reporting.html import notebook_to_html
            from forecasting.runs.execute.execution import read_template

            notebook_to_html(read_template(Path(template)), title="")
        if _shows_forecasts(template):
            with suppress(ForecastingError):
                _load_outlook_code()
    gc.freeze()  # so that a child's collector leaves shared pages alone
    gc.enable()


@cache
def _load_outlook_code() -> None:
    """Make a small outlook with its tables, figures and files, and throw it away."""
    from IPython.utils.capture import capture_output

    from forecasting.reporting import figures, notebook, workbook
    from forecasting.reporting.result_tables import outlook_table
    from forecasting.scenarios.outlook import outlook

    for module in REPORT_MODULES:
        importlib.import_module(module)
    small_outlook = outlook(notebook.scenario_of(SCENARIO), draws=WARM_UP_DRAWS)
    with capture_output():
        figures.fan_chart(small_outlook).show("plotly_mimetype")
    outlook_table(small_outlook)._repr_html_()
    with TemporaryDirectory() as folder:
        small_outlook.save(folder)
        workbook.write_workbook(small_outlook, Path(folder) / OUTLOOK_WORKBOOK)


def _shows_forecasts(template: str) -> bool:
    """Whether a notebook asks this package for results."""
    return "forecasting" in _imports(Path(template))


@cache
def _imports(template: Path) -> set[str]:
    """The modules that a notebook's import statements name."""
    cells = json.loads(template.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return set(re.findall(r"^(?:import|from) ([\w.]+)", "\n".join(code), re.MULTILINE))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        jobs, shared, scratch, channel, *templates = sys.argv[1:]
        serve(int(jobs), Path(shared), Path(scratch), int(channel), templates)
    else:
        die_with_parent()
        sys.exit(perform(Task.from_json(sys.stdin.read())))
