"""A grid of reports, cold: `ev-forecast run` against the same notebooks and parameters by
papermill.

    python benches/runs.py [--params FOLDER] [--repeat 3] [--cluster] [--grid 60 150 300]

papermill runs as people run it, one process per notebook and two at a time, with the same single
thread for linear algebra. It only executes; our side also writes pages, workbooks, the table of all
results and the index.

``--repeat`` takes turns, so that a machine that is busy for a while is so for both. ``--cluster``
runs the grid on two local Dask workers as well. ``--grid`` runs that many generated scenarios, each
with a seed of its own so that no two share a forecast, and prints the time of each, the memory of
all processes, and what is left behind.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from forecasting.runs.plan import find_notebook, find_params
from forecasting.vocabulary.names import CACHE_VARIABLE

ENVIRONMENT = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
ENVIRONMENT[CACHE_VARIABLE] = ""  # neither finds what an earlier run has drawn
SCRIPTS = Path(sys.executable).parent


def by_papermill(params: list[Path], out: Path) -> float:
    def one(path: Path) -> None:
        name = (
            "corridor_outlook.ipynb" if "corridor:" in path.read_text() else "country_outlook.ipynb"
        )
        command = [
            SCRIPTS / "papermill",
            find_notebook(path, name),
            out / f"{path.stem}.ipynb",
            "-f",
            path,
        ]
        subprocess.run(
            [str(word) for word in command], check=True, env=ENVIRONMENT, capture_output=True
        )

    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, params))
    return time.perf_counter() - started


def by_us(params: Path, out: Path, *options: str) -> float:
    command = [
        str(SCRIPTS / "ev-forecast"),
        "run",
        str(params),
        "--out",
        str(out),
        "--jobs",
        "2",
        *options,
    ]
    started = time.perf_counter()
    subprocess.run(command, check=True, env=ENVIRONMENT, capture_output=True)
    return time.perf_counter() - started


def generated(params: list[Path], count: int, folder: Path) -> Path:
    """Make a grid of `count` scenarios: those given, with other seeds."""
    folder.mkdir()
    for number in range(count):
        path = params[number % len(params)]
        changed = {
            "seed": f"seed: {number}",
            "scenario": f"scenario: {path.stem.partition('-')[2]}-{number}",
        }
        lines = [
            changed.get(line.partition(":")[0], line) for line in path.read_text().splitlines()
        ]
        (folder / f"{path.stem}-{number}.yaml").write_text("\n".join(lines) + "\n")
    return folder


@contextlib.contextmanager
def peak_memory() -> Iterator[list[float]]:
    """Watch the proportional share of memory of all our descendants, in GB."""
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.3):
            peak[0] = max(peak[0], sum(map(_share, _descendants(os.getpid()))) / 1e6)

    thread = threading.Thread(target=watch)
    thread.start()
    yield peak
    done.set()
    thread.join()


def _descendants(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        children = [
            int(word)
            for path in Path(f"/proc/{pid}/task").glob("*/children")
            for word in path.read_text().split()
        ]
        return children + [below for child in children for below in _descendants(child)]
    return []


def _share(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    return 0.0


@contextlib.contextmanager
def dask_cluster() -> Iterator[str]:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as made:
        yield made.scheduler_address


def compared(params: list[Path], given: argparse.Namespace, folder: Path) -> None:
    theirs, ours, far = [], [], []
    for turn in range(given.repeat):
        theirs.append(by_papermill(params, folder))
        ours.append(by_us(given.params, folder / f"reports-{turn}"))
        if given.cluster:
            with dask_cluster() as address:
                far.append(by_us(given.params, folder / f"far-{turn}", "--scheduler", address))
    again = by_us(given.params, folder / "reports-0")
    ratios = ", ".join(f"{mine / other:.3f}" for mine, other in zip(ours, theirs, strict=True))
    print(
        f"{len(params)} scenarios: papermill {min(theirs):.1f} s, ours {min(ours):.1f} s, "
        f"ratio by turn {ratios}"
    )
    print(f"nothing changed: {again:.2f} s")
    if far:
        ratios = ", ".join(f"{other / mine:.2f}" for mine, other in zip(ours, far, strict=True))
        print(f"two Dask workers: {min(far):.1f} s, ratio to two local jobs by turn {ratios}")


def wide(params: list[Path], count: int, folder: Path) -> None:
    grid, scratch = generated(params, count, folder / f"grid-{count}"), folder / f"scratch-{count}"
    scratch.mkdir()
    ENVIRONMENT["TMPDIR"] = str(scratch)
    with peak_memory() as peak:
        seconds = by_us(grid, folder / f"grid-reports-{count}")
    processes = len(_descendants(os.getpid()))
    files = len(list(scratch.iterdir()))
    print(
        f"{count} scenarios: {seconds:.1f} s, {seconds / count:.3f} s each, "
        f"{peak[0]:.2f} GB at the peak, {processes} processes and {files} temporary files left"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--params", type=Path, default=Path("params"))
    parser.add_argument(
        "--repeat", type=int, default=1, help="turns of papermill and ours; 0 for none"
    )
    parser.add_argument("--cluster", action="store_true", help="also run on two local Dask workers")
    parser.add_argument(
        "--grid", type=int, nargs="*", default=[], help="also run that many generated scenarios"
    )
    given = parser.parse_args()
    params = find_params([given.params])
    with TemporaryDirectory() as name:
        if given.repeat:
            compared(params, given, Path(name))
        for count in given.grid:
            wide(params, count, Path(name))


if __name__ == "__main__":
    main()
