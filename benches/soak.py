"""Many small runs after each other in one process: memory, descriptors and temporary files must not
grow.

    python benches/soak.py [--runs 200]

Each run makes the reports of two tiny notebooks anew, in forks of a fork server, into one folder.
Printed is what this process holds after some of the runs, and what they have left in the folder of
temporary files and as processes.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from forecasting.runs.runner import run

CELLS = (
    'country = "UZ"\nscenario = "a"\nas_of = "latest"\nhorizon = 2030\nseed = 1\nname = ""',
    "print(name, seed)",
)
SCENARIO = "country: UZ\nscenario: {0}\nas_of: 2023-06-26\nhorizon: 2026\nseed: {1}\n"


class Held(NamedTuple):
    """What a process holds after so many runs: MB of memory, descriptors, children, and temporary
    files in all.
    """

    runs: int
    memory: float
    descriptors: int
    children: int
    temporary: int


def soaked(runs: int, looks: int = 10) -> Iterator[Held]:
    """Run that many times; look at what is held after the first, and `looks` times more."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        temporary = root / "temporary"
        temporary.mkdir()
        before, os.environ["TMPDIR"], tempfile.tempdir = (
            os.environ.get("TMPDIR"),
            str(temporary),
            None,
        )
        try:
            _project(root)
            for number in range(1, runs + 1):
                done = run([root / "params"], root / "reports", jobs=2, force=True, progress=False)
                assert done.count("done") == 2, str(done)
                if number == 1 or number % max(1, runs // looks) == 0:
                    yield _held(number, temporary)
        finally:
            tempfile.tempdir = None
            os.environ.pop("TMPDIR")
            os.environ |= {} if before is None else {"TMPDIR": before}


def _project(root: Path) -> None:
    (root / "params").mkdir()
    for seed, name in enumerate("ab"):
        (root / "params" / f"uz-{name}.yaml").write_text(SCENARIO.format(name, seed))
    cells = [{"cell_type": "code", "id": f"c{at}", "source": text} for at, text in enumerate(CELLS)]
    cells = [cell | {"metadata": {}, "outputs": [], "execution_count": None} for cell in cells]
    cells[0]["metadata"] = {"tags": ["parameters"]}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    (root / "notebooks").mkdir()
    text = json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})
    (root / "notebooks" / "country_outlook.ipynb").write_text(text)


def _held(runs: int, temporary: Path) -> Held:
    resident = (
        int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    )
    tasks = Path("/proc/self/task").glob("*/children")
    children = sum(len(path.read_text().split()) for path in tasks)
    return Held(
        runs,
        round(resident, 1),
        len(os.listdir("/proc/self/fd")),
        children,
        len(list(temporary.rglob("*"))),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=200)
    for held in soaked(parser.parse_args().runs):
        print(
            f"after {held.runs:4} runs: {held.memory:6.1f} MB, {held.descriptors} descriptors, "
            f"{held.children} children, {held.temporary} temporary files",
            flush=True,
        )


if __name__ == "__main__":
    main()
