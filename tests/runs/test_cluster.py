"""A grid on a real scheduler with real worker processes comes to what it comes to here."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import forecasting as fc
from forecasting.evaluation.backtest import backtest_skill
from forecasting.evaluation.records import THIS_PACKAGE
from forecasting.runs.runner import run
from forecasting.runs.workers import cluster
from forecasting.runs.workers.cluster import grid
from forecasting.vocabulary.errors import InputError, RunError

pytestmark = pytest.mark.slow

PARENT = """import os, time
def parent(pid):
    return int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])"""
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    options = dict(threads_per_worker=1, dashboard_address=None, silence_logs=50)
    with LocalCluster(n_workers=int(sys.argv[1]), **options) as made:
        print(made.scheduler_address, flush=True)
        sys.stdin.read()
"""


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with started(tmp_path_factory.mktemp("cluster")) as (address, process):
        yield address
        assert process.stdin is not None
        process.stdin.close()


@contextlib.contextmanager
def started(folder: Path, workers: int = 2) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A scheduler with its workers, in a session of its own."""
    script = folder / "cluster.py"
    script.write_text(CLUSTER)
    environment = os.environ | {
        "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
        "SECRET_OF_THE_WORKER": "hunter2",
    }
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "text": True,
        "env": environment,
    }
    command = [sys.executable, str(script), str(workers)]
    with subprocess.Popen(command, cwd=folder, start_new_session=True, **pipes) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process


def test_reports_come_home_and_equal_those_made_here(project: Any, scheduler: str) -> None:
    project.notebook(
        "print(name, seed)", "import os; print(sorted(os.environ))\n1 / (name != 'uz-c')"
    )
    for seed, name in enumerate(("uz-a", "uz-b", "uz-c")):
        project.scenario(name, seed)
    done = run([project.params], project.out, scheduler=scheduler, progress=False)
    assert [(result.name, result.status) for result in done.results] == [
        ("uz-a", "done"),
        ("uz-b", "done"),
        ("uz-c", "failed"),
    ]
    assert done.failed[0].reason == "cell In [4]: ZeroDivisionError: division by zero"
    assert project.printed("uz-b").startswith("uz-b 1\n")
    assert "SECRET_OF_THE_WORKER" not in project.printed("uz-b")
    assert (project.out / "failures" / "uz-c" / "report.ipynb").exists()
    assert "ZeroDivisionError" in (project.out / "logs" / "uz-c.log").read_text()
    again = run([project.params], project.out, progress=False)
    assert [result.status for result in again.results] == ["fresh", "fresh", "failed"]


def test_a_worker_that_is_killed_is_survived_and_nothing_runs_twice_into_the_report(
    project: Any, scheduler: str
) -> None:
    once = project.root / "once"
    project.notebook(
        PARENT,
        f"first = name == 'uz-b' and not os.path.exists('{once}')",
        f"if first:\n    open('{once}', 'w').close()\n"
        "    os.kill(parent(parent(os.getppid())), 9)\n    time.sleep(60)",
        "print(name, seed)",
    )
    for seed, name in enumerate(("uz-a", "uz-b")):
        project.scenario(name, seed)
    done = run([project.params], project.out, scheduler=scheduler, progress=False)
    assert once.exists()
    assert done.ok, str(done)
    assert [project.printed(name) for name in ("uz-a", "uz-b")] == ["uz-a 0\n", "uz-b 1\n"]


def test_a_worker_that_is_stopped_is_given_up_and_its_tasks_go_elsewhere(
    project: Any, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SILENCE_SECONDS", 8.0)
    once = project.root / "once"
    project.notebook(
        PARENT,
        f"first = name == 'uz-b' and not os.path.exists('{once}')",
        f"if first:\n    open('{once}', 'w').write(str(parent(parent(os.getppid()))))\n"
        "    os.kill(parent(parent(os.getppid())), 19)\n    time.sleep(2)",
        "print(name, seed)",
    )
    for seed, name in enumerate(("uz-a", "uz-b")):
        project.scenario(name, seed)
    try:
        done = run([project.params], project.out, scheduler=scheduler, timeout=10, progress=False)
    finally:
        os.kill(int(once.read_text()), 9)
    assert done.ok, str(done)
    assert [project.printed(name) for name in ("uz-a", "uz-b")] == ["uz-a 0\n", "uz-b 1\n"]


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_a_scheduler_that_stands_still_or_dies_stops_no_run(
    project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setattr(cluster, "SILENCE_SECONDS", 1.0)
    monkeypatch.setattr(cluster, "PARTING", 1.0)
    project.scenario("uz-a")
    with started(tmp_path, workers=1) as (address, process):
        project.notebook(f"import os, time\nos.kill({process.pid}, {int(number)})\ntime.sleep(60)")
        try:
            done = run([project.params], project.out, scheduler=address, timeout=4, progress=False)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    assert [result.reason for result in done.failed] == [
        "the scheduler, or every worker, stands still or is gone"
    ]
    assert (project.out / "index.html").exists()


def test_the_lines_of_the_how_to_make_reports_on_two_workers(project: Any) -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "cluster.md"
    lines = page.read_text(encoding="utf-8").split("```sh\n")[1].split("```")[0]
    assert lines.count("\n") == 4
    project.notebook("import os; print(name, os.environ['HOME'])")
    for name in ("uz-a", "uz-b"):
        project.scenario(name)
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    options: dict[str, Any] = {
        "cwd": project.root,
        "env": os.environ | {"PATH": tools},
        "start_new_session": True,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
    }
    with subprocess.Popen(["bash", "-c", lines], **options) as process:
        try:
            status = process.wait(120)
        finally:  # a reader's terminal would keep scheduler and workers
            os.killpg(process.pid, signal.SIGTERM)
        assert process.stdout is not None
        log = process.stdout.read()
    assert status == 0, log
    assert "2 done in" in log
    assert "Registered to" in log
    assert (project.out / "uz-b" / "report.html").exists()


def test_a_client_a_file_and_a_path_lead_to_one_scheduler(
    project: Any, scheduler: str, tmp_path: Path
) -> None:
    from distributed import Client

    project.scenario("uz-a")
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": scheduler}))
    with Client(scheduler) as client:
        for given in (client, str(file), file):
            done = fc.run(project.params, project.out, scheduler=given, force=True, progress=False)
            assert done.ok, str(done)
        assert client.status == "running"  # it is the caller's, and stays open


def test_the_certificates_of_a_client_are_used() -> None:
    security = object()
    client = SimpleNamespace(scheduler=SimpleNamespace(address="tls://a:1"), security=security)
    assert cluster.reached(client) == {"address": "tls://a:1", "security": security}


def test_what_is_no_scheduler_is_refused(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project.scenario("uz-a")
    for given in (7, "", [], SimpleNamespace(scheduler=None)):
        with pytest.raises(
            InputError, match="give the address of a Dask scheduler, its file, or a"
        ):
            fc.run(project.params, project.out, scheduler=given)
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    missing = str(project.root / "no.json")
    with pytest.raises(RunError, match=r"no\.json: there is no such file; `dask scheduler"):
        fc.run(project.params, project.out, scheduler=missing, progress=False)


def test_a_scheduler_that_is_not_there_is_told(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    project.scenario("uz-a")
    with pytest.raises(RunError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run([project.params], project.out, scheduler="tcp://127.0.0.1:9", progress=False)


def test_workers_with_another_version_are_refused(
    project: Any, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = cluster.environment()
    answers = {"tcp://worker": mine | {"numpy": "1.0"}}

    class Client:
        def run(self, call: Any) -> dict[str, Any]:
            return answers

    with pytest.raises(
        RunError, match=rf"the worker tcp://worker has numpy '1.0', here {mine['numpy']}"
    ):
        cluster._compare(Client())


def test_a_pickle_in_place_of_a_report_is_not_read(
    project: Any, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads it would run what it says."""
    left = tmp_path / "it-ran"

    class Hostile:
        def __reduce__(self) -> Any:
            return (open, (str(left), "w"))

    monkeypatch.setattr(cluster, "perform_here", lambda task, notebook, token: Hostile())
    project.scenario("uz-a")
    done = run([project.params], project.out, scheduler=scheduler, progress=False)
    assert "its workers failed" in done.failed[0].reason
    assert not left.exists()


def test_a_worker_that_gives_signs_of_life_and_nothing_else_is_given_up(
    project: Any, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SILENCE_SECONDS", 0.2)
    monkeypatch.setattr(cluster, "perform_here", lambda task, notebook, token: time.sleep(5))
    project.scenario("uz-a")
    done = run([project.params], project.out, scheduler=scheduler, timeout=0.2, progress=False)
    assert "every worker, stands still" in done.failed[0].reason


def test_a_server_that_is_no_scheduler_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says nothing held the run up for ever, one that sends zeros ended in a traceback."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    for answer in (b"", bytes(64)):
        with socket.create_server(("127.0.0.1", 0)) as server:
            answered = threading.Thread(target=_answer_once, args=(server, answer), daemon=True)
            answered.start()
            address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
            with pytest.raises(RunError, match=f"no Dask scheduler answers at {address}: ."):
                cluster._connect(cluster.reached(address))


def _answer_once(server: socket.socket, answer: bytes) -> None:
    with server.accept()[0] as connection:
        connection.sendall(answer)
        time.sleep(2)


def test_a_folder_that_another_has_made_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ev-forecast-abc").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="is not a folder of this user's: remove it"):
        cluster._folder("abc")


# --- backtests
PANEL = pd.DataFrame(
    [
        (market, year, 900 * growth ** (year - 2012), 0.0, 0.1 * growth ** (year - 2012))
        for market, growth in (("A", 1.3), ("B", 1.5), ("C", 1.4), ("D", 1.6))
        for year in range(2012, 2017)
    ],
    columns=["market", "year", "sales_bev", "sales_phev", "sales_share_percent"],
)


def test_scores_of_a_cluster_are_those_made_here(scheduler: str) -> None:
    scored = PANEL["market"] == "A"
    here = backtest_skill(PANEL[scored], PANEL[~scored])
    with grid(scheduler) as mapped:
        there = backtest_skill(PANEL[scored], PANEL[~scored], mapped=mapped)
    pd.testing.assert_frame_equal(here, there)
    assert (there["method"] == THIS_PACKAGE).sum() == 3


def test_a_case_that_a_worker_cannot_forecast_is_told(scheduler: str) -> None:
    def refuse(cases: list[Any]) -> Any:
        raise ValueError("too few years")

    with grid(scheduler) as mapped, pytest.raises(RunError, match="too few years"):
        list(mapped(refuse, [[SimpleNamespace(outcomes={1: 5.0})]]))


def test_a_pickle_that_a_worker_sends_is_not_read(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads it would run what it says."""
    left = tmp_path / "it-ran"

    class Hostile:
        def __reduce__(self) -> Any:
            return (open, (str(left), "w"))

    monkeypatch.setattr(cluster, "forecast_here", lambda method, cases: Hostile())
    with grid(scheduler) as mapped, pytest.raises(RunError, match="its workers failed"):
        list(mapped(None, [[SimpleNamespace(outcomes={1: 5.0})]]))
    assert not left.exists()
