"""Whatever interrupts a run leaves whole reports only, no process behind, and a next run that comes
to the same.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from forecasting.cli import main
from forecasting.runs.runner import run
from forecasting.vocabulary.errors import InputError

pytestmark = pytest.mark.slow

# Signals are ignored where the tests themselves run in the background, or under nohup
UNIGNORED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
"""
RUN = f"""{UNIGNORED}
from forecasting.runs.runner import run
done = run([sys.argv[1]], sys.argv[2], int(sys.argv[3]), engine=sys.argv[4], progress=False)
print(done)
sys.exit(not done.ok)
"""
PATIENCE = 300  # seconds, for a busy machine
SLOW = "import time; print(name, seed); time.sleep(0.2)"
WHOLE = {"report.ipynb", "report.html", "run.json"}
NAMES = ("uz-a", "uz-b", "uz-c", "uz-d")


def start(
    project: Any,
    jobs: int = 2,
    limits: Callable[[], None] | None = None,
    engine: str = "fork",
    before: str = "",
) -> subprocess.Popen[str]:
    """Start a run, after the code of `before`, in a process whose descendants can be told by their
    environment.
    """
    arguments = [str(project.params), str(project.out), str(jobs), engine]
    command = [sys.executable, "-c", before + RUN, *arguments]
    scratch = project.root / "scratch"
    scratch.mkdir(exist_ok=True)
    environment = os.environ | {"EV_FORECAST_TEST": str(project.root), "TMPDIR": str(scratch)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=limits
    )


def descendants(project: Any) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"EV_FORECAST_TEST={project.root}".encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def all_gone(project: Any) -> bool:
    return comes_true(lambda: not descendants(project))


def comes_true(condition: Callable[[], Any]) -> bool:
    """Whether something becomes true before long; a busy machine takes its time."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def wait_for(condition: Callable[[], Any]) -> None:
    assert comes_true(condition), "waited in vain"


def reports(project: Any) -> dict[str, set[str]]:
    folders = [path for path in project.out.glob("uz-*")]
    return {path.name: {file.name for file in path.iterdir()} for path in folders}


def scenarios(project: Any) -> None:
    project.notebook(SLOW)
    for seed, name in enumerate(NAMES):
        project.scenario(name, seed)


def leaves_nothing(project: Any) -> bool:
    """Whether no process is left of a run, and with it no socket, and no temporary file."""
    return all_gone(project) and comes_true(lambda: not list((project.root / "scratch").iterdir()))


# From run to run: times, the size of a file that holds some, and whatever somebody edits meanwhile
DIFFERS = (
    r'"package": "\w+"',
    r'"(start_time|end_time|finished)": "[^"]*"',
    r'"duration": [\d.e-]+',
    r'"(seconds|cells)": (\{[^}]*\}|\[[^\]]*\])',
    r'"report.ipynb": \d+',
    r"\d{4}-\d\d-\d\d \d\d:\d\d",
    r"[\d.]+\ss\b",
)


def contents(out: Path) -> dict[str, str]:
    """Every file of a folder of reports but the logs, without what differs from run to run."""
    differs = re.compile("|".join(DIFFERS))
    files = [
        path
        for path in out.rglob("*")
        if path.is_file() and path.parent.name != "logs" and path.name != ".lock"
    ]
    return {str(path.relative_to(out)): differs.sub("", path.read_text("utf-8")) for path in files}


def comes_to_the_same(project: Any) -> None:
    """Run again, and see all reports whole and what an undisturbed run makes."""
    done = run([project.params], project.out, progress=False)
    assert done.ok
    assert [project.printed(name) for name in NAMES] == [
        f"{name} {seed}\n" for seed, name in enumerate(NAMES)
    ]
    assert reports(project) == {name: WHOLE for name in NAMES}
    assert {path.name for path in project.out.iterdir()} == {
        ".lock",
        "logs",
        "index.html",
        "article.html",
        "assets",
        *NAMES,
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_whole_reports_and_goes_on(
    project: Any, number: signal.Signals
) -> None:
    scenarios(project)
    with start(project) as process:
        wait_for(lambda: (project.out / "uz-a" / "run.json").exists() or process.poll() is not None)
        process.send_signal(number)
        process.wait(PATIENCE)
    assert process.returncode in (-number, 128 + number, 1)
    assert all_gone(project)
    assert all(files == WHOLE for files in reports(project).values())
    assert leaves_nothing(project) or number == signal.SIGKILL
    assert (project.out / ".work").exists() == (number == signal.SIGKILL)
    before = (project.out / "uz-a" / "run.json").read_text()
    comes_to_the_same(project)
    assert (project.out / "uz-a" / "run.json").read_text() == before


@pytest.mark.parametrize(
    ("number", "name"),
    [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM"), (signal.SIGHUP, "SIGHUP")],
)
def test_a_command_that_a_signal_ends_says_what_is_kept(
    project: Any, number: signal.Signals, name: str
) -> None:
    # The others last until the signal comes, however late
    project.notebook("import time; print(name, seed); time.sleep(300 if seed else 0)")
    for seed, scenario in enumerate(NAMES):
        project.scenario(scenario, seed)
    record = project.root / "record"
    command = ["run", str(project.params), "--out", str(project.out), "--keep-record", str(record)]
    code = f"{UNIGNORED}\nfrom forecasting.cli import main\nmain()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *command], stderr=subprocess.PIPE, text=True
    )
    with process:
        wait_for(lambda: (project.out / "uz-a" / "run.json").exists() or process.poll() is not None)
        process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number
    *_, last_line = told.splitlines()
    made = len(reports(project))
    assert last_line == (
        f"ev-forecast run: stopped by {name}; {made} of 4 reports were made and are in"
        f" {project.out}; the next run makes the others; the record {record} is as it was"
    )
    assert not record.exists()


def test_ctrl_c_in_place_of_an_answer_ends_as_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> str:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise click.Abort from None

    monkeypatch.setattr("click.prompt", interrupt)
    monkeypatch.setattr("forecasting.cli._on_terminal", lambda: True)
    done = CliRunner().invoke(main, ["fact", "facts.csv"])
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1] == (
        "ev-forecast fact: stopped by Ctrl-C; what it said it wrote is kept, and no file is half"
        " written"
    )


def test_what_a_killed_run_of_kernels_left_is_cleared_by_the_next(project: Any) -> None:
    scenarios(project)
    with start(project, engine="kernel") as process:
        wait_for(lambda: any(project.out.glob(".work/*/uz-*")) or process.poll() is not None)
        process.kill()
        process.wait(PATIENCE)
    assert process.returncode == -signal.SIGKILL
    comes_to_the_same(project)
    assert leaves_nothing(project)
    assert not (project.out / ".work").exists()


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, make_project: Callable[[Path], Any]
) -> dict[str, str]:
    """What the scenarios come to when nothing happens."""
    project = make_project(tmp_path_factory.mktemp("undisturbed"))
    scenarios(project)
    assert run([project.params], project.out, progress=False).ok
    return contents(project.out)


# What is there to be seen at a moment of a run: of its first, its middle and its last
MOMENTS = (".lock", "logs/uz-c.log", "uz-d/run.json")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_runner_killed_at_any_moment_does_no_harm(
    project: Any, undisturbed: dict[str, str], moment: str
) -> None:
    scenarios(project)
    with start(project) as process:
        wait_for(lambda: (project.out / moment).exists())
        process.kill()
    assert leaves_nothing(project)
    assert all(files == WHOLE for files in reports(project).values())
    assert run([project.params], project.out, progress=False).ok
    assert contents(project.out) == undisturbed


def test_a_runner_killed_before_its_first_process_leaves_nothing(project: Any) -> None:
    scenarios(project)
    killed = "import os, signal, subprocess; "
    killed += "subprocess.Popen.__init__ = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)"
    with start(project, before=killed) as process:
        process.wait(PATIENCE)
    assert process.returncode == -signal.SIGKILL
    assert leaves_nothing(project)


def test_a_killed_warm_process_is_renewed_and_its_tasks_done(project: Any) -> None:
    scenarios(project)
    once = f"os.path.exists('{project.root}/once')"
    task = "open(f'/proc/{os.getppid()}/stat').read().split()[3]"
    kill = f"    open('{project.root}/once', 'w').close()\n    os.kill(int({task}), 9)"
    project.notebook(f"import os\nif name == 'uz-b' and not {once}:\n{kill}", SLOW)
    comes_to_the_same(project)
    assert (project.root / "once").exists()


def test_a_killed_task_fails_by_name_and_the_others_finish(project: Any) -> None:
    scenarios(project)
    project.notebook("import os\nif name == 'uz-b': os.kill(os.getppid(), 9)", SLOW)
    done = run([project.params], project.out, progress=False)
    assert [(result.name, result.reason) for result in done.failed] == [
        ("uz-b", "its process was killed by SIGKILL (out of memory, perhaps)")
    ]
    assert "killed by SIGKILL" in (project.out / "index.html").read_text()
    project.notebook(SLOW)
    done = run([project.params], project.out, progress=False)
    assert done.ok


PARENT = """import os, time
def parent(pid):
    return int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])"""


@pytest.mark.parametrize(
    ("engine", "whose", "failed"),
    [
        ("fork", "os.getppid()", ["uz-b"]),
        ("kernel", "os.getppid()", ["uz-b"]),
        ("fork", "parent(os.getppid())", []),
    ],
)
def test_a_process_that_is_stopped_stops_no_run(
    project: Any, engine: Any, whose: str, failed: list[str]
) -> None:
    """A task's own process fails by name; what all tasks come from is renewed."""
    once = project.root / "once"
    first = f"if name == 'uz-b' and not os.path.exists('{once}'):"
    project.notebook(
        PARENT,
        f"{first}\n    open('{once}', 'w').close(); os.kill({whose}, 19); time.sleep(1)",
        SLOW,
    )
    for name in NAMES[:2]:
        project.scenario(name)
    done = run([project.params], project.out, engine=engine, timeout=6, progress=False)
    assert once.exists()
    assert [result.name for result in done.failed] == failed
    assert [r.reason for r in done.failed] == [
        "its process stood still for longer than the time limit"
    ] * len(failed)


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_what_holds_too_much_memory_fails_by_name(project: Any, engine: Any) -> None:
    # What holds too much waits until it is ended, however late the runner looks
    project.notebook(
        "import time\nif name == 'uz-b': held = bytearray(1_200_000_000); time.sleep(300)"
    )
    for name in NAMES[:2]:
        project.scenario(name)
    done = run([project.params], project.out, engine=engine, memory=900, progress=False)
    assert [result.name for result in done.failed] == ["uz-b"]
    assert done.failed[0].reason.startswith("cell In [")
    assert done.failed[0].reason.endswith("; the memory limit is 900 MB")
    with pytest.raises(InputError, match="memory is 5; give 100 megabytes or more"):
        run([project.params], project.out, memory=5)


def test_a_notebook_that_runs_out_of_memory_or_prints_much_is_contained(project: Any) -> None:
    project.notebook(
        "import resource\n"
        "limits = (2**31, 2**31)\n"
        "if name == 'uz-b': resource.setrlimit(resource.RLIMIT_AS, limits); bytearray(2**33)\n"
        "if name == 'uz-c': print(('x' * 99 + '\\n') * 500_000)\n"
        "import subprocess\n"
        "if name == 'uz-d': subprocess.Popen(['sleep', '100'], start_new_session=True)"
    )
    for name in NAMES:
        project.scenario(name)
    os.environ["EV_FORECAST_TEST"] = str(project.root)
    try:
        done = run([project.params], project.out, progress=False)
    finally:
        del os.environ["EV_FORECAST_TEST"]
    assert [(result.name, result.reason) for result in done.failed] == [
        ("uz-b", "cell In [3]: MemoryError: "),
    ]
    assert len(project.printed("uz-c")) == 50_000_001
    assert all_gone(project)


def test_a_full_disk_fails_what_does_not_fit_and_the_rest_is_whole(project: Any) -> None:
    scenarios(project)
    project.notebook(
        "import time; print(name, seed); time.sleep(0.2)\nif name == 'uz-b': print('x' * 4_000_000)"
    )

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    (project.out / "assets").mkdir(parents=True)
    with start(project, limits=limits) as process:
        text, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    said = "failed uz-b: OSError: [Errno 27] File too large; no file may become so large here"
    assert f"{said}: raise the limit (ulimit -f)" in text
    assert reports(project) == {name: WHOLE for name in NAMES if name != "uz-b"}


NO_FILES_LEFT = """
import contextlib, resource, sys
from functools import partial
from forecasting.runs.workers.processes import Crew, Task, _start_fresh
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
crew = Crew(1, partial(_start_fresh, environment={}))
crew.waiting.append(Task("uz-a", "", sys.argv[1], sys.argv[2], {}, {}))
files = []
with contextlib.suppress(OSError):
    while True:
        files.append(open("/dev/null"))
files.pop().close()  # for its log; pipes of a process need more
(outcome,) = crew.step()
print(outcome.status, outcome.fault)
"""


def test_a_process_that_does_not_start_says_why(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", NO_FILES_LEFT, tmp_path / "uz-a", tmp_path / "uz-a.log"]
    text = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    said = "1 its process does not start: [Errno 24] Too many open files"
    assert text.startswith(said)
    assert "no more files may be open here: raise the limit (ulimit -n)" in text


def test_many_scenarios_at_once_do_with_few_files(project: Any) -> None:
    project.notebook("print(name, seed)")
    scenarios = 44  # all at once, each with a log, a pipe and a folder
    for number in range(scenarios):
        project.scenario(f"uz-n{number}", number)

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))

    with start(project, jobs=scenarios, limits=limits) as process:
        text, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, text
    assert [project.printed(f"uz-n{number}") for number in range(scenarios)] == [
        f"uz-n{n} {n}\n" for n in range(scenarios)
    ]
    assert leaves_nothing(project)


QUOTA = """
import resource, subprocess, sys
from pathlib import Path
from forecasting.cli import main
from forecasting.runs.runner import run
params, out, template = map(Path, sys.argv[1:])
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=7m", "none", out]).returncode:
    # No right to mount
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY))
full = run([params], out, jobs=1, progress=False)  # beside it another would be without room, too
print(*(f"{result.name} {result.status} {result.reason}" for result in full.results), sep=chr(10))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
template.write_text(template.read_text().replace("8_000_000", "4"))
print(run([params], out, progress=False).ok, sorted(path.name for path in out.iterdir()))
"""


def with_mounts_of_its_own() -> list[str]:
    """What to put before a command, so that what it mounts is seen by none but it; nothing where
    that is forbidden.
    """
    command = ["unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--mount"]
    return command if subprocess.run([*command, "true"], check=False).returncode == 0 else []


def test_a_small_disk_that_is_full_fails_by_name_and_is_mended_by_room(project: Any) -> None:
    scenarios(project)
    project.notebook(
        "import time; print(name, seed); time.sleep(0.2)\nif name == 'uz-b': print('x' * 8_000_000)"
    )
    project.out.mkdir()
    command = [
        *with_mounts_of_its_own(),
        sys.executable,
        "-c",
        QUOTA,
        project.params,
        project.out,
        project.template,
    ]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    first, mended = text.splitlines()[:4], text.splitlines()[4]
    assert [line.split()[:2] for line in first] == [
        ["uz-a", "done"],
        ["uz-b", "failed"],
        ["uz-c", "done"],
        ["uz-d", "done"],
    ]
    assert re.search("No space left on device|File too large", first[1])
    assert (
        mended
        == f"True {sorted(['.lock', 'article.html', 'assets', 'index.html', 'logs', *NAMES])}"
    )
