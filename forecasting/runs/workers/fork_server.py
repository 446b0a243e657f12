"""A process that has imported everything, and forks a copy of itself for each task.

``python -m forecasting.runs.workers.fork_server`` reads tasks, one in a line of its standard input,
and writes how each ended to its standard output. It ends, and everything it has started ends, when
its input does.
"""

import gc
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cache, partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory, TemporaryFile, gettempdir
from typing import IO

from forecasting.runs.endings import with_remedy
from forecasting.runs.execute.child import ForkedProcess, die_with_parent, kill_group, take_streams
from forecasting.runs.output.folders import write_log
from forecasting.runs.output.result import load_writers
from forecasting.runs.workers.processes import (
    Crew,
    Outcome,
    Task,
    Watch,
    child_environment,
    perform,
    run_fresh,
)
from forecasting.vocabulary.errors import ForecastingError
from forecasting.vocabulary.names import OUTLOOK_WORKBOOK, SCRATCH, SHARED_VARIABLE

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
        command = [sys.executable, "-m", "forecasting.runs.workers.fork_server"]
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


def main(jobs: int, shared: Path, scratch: Path, channel: int, templates: list[str]) -> None:
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
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
