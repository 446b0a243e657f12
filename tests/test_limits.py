"""Input that is far too much, or is no file at all, ends soon, in few words, with nothing written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

HEAD = "country: UZ\nscenario: x\nas_of: 2024-06-01\nhorizon: 2026\nseed: 1\n"
DRIVER = "  - {{name: d{0}, kind: level, quantity: ev_imports, start: 2025-01-01, size: 1, reason: r, source: no-such-{0}}}\n"
COLUMNS = "id,measure,place,period_start,period_end,relation,quantity,value,reference,published\n"
ROW = "fact-number-{0},ev_imports,UZ,2023-01-01,2023-04-30,equals,total,{1},{2},2023-06-26\n"
MUCH = {
    "drivers.yaml": HEAD + "drivers:\n" + "".join(map(DRIVER.format, range(3000))),
    "list.yaml": HEAD + "notes: [" + "a," * 490_000 + "a]\n",
    "keys.yaml": HEAD + "".join(f"k{i}: 1\n" for i in range(90_000)),
    "references.csv": COLUMNS + "".join(ROW.format(i, "", f"fact-numbr-{i}x") for i in range(3000)),
}


def call(folder: Path, *words: str, seconds: int = 60) -> subprocess.CompletedProcess[str]:
    """The command in a process that may use ten seconds of processor, and 1.5 GB."""

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
        resource.setrlimit(resource.RLIMIT_AS, (3 * 2**29, 3 * 2**29))

    command = [sys.executable, "-c", "from forecasting.cli import main; main()", *words]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        preexec_fn=limits,
        timeout=seconds,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", MUCH)
def test_very_much_that_is_wrong_is_told_soon_and_in_few_words(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(MUCH[name])
    done = call(tmp_path, "check", name)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr[-500:]
    lines = done.stderr.splitlines()
    assert len(lines) <= 51
    assert all(len(line) <= 300 for line in lines)
    assert len(lines) == 1 or lines[-1] == "and 2,950 more problems"


@pytest.mark.parametrize("name", ["pipe.yaml", "pipe.csv", "pipe.xlsx"])
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_pipe_is_refused_at_once(tmp_path: Path, name: str, command: str) -> None:
    os.mkfifo(tmp_path / name)
    if command == "run" and name != "pipe.yaml":
        (tmp_path / "uz-x.yaml").write_text(HEAD + f"ledger: [{name}]\n")
        done = call(tmp_path, "run", "uz-x.yaml")
    else:
        done = call(tmp_path, command, name)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "is not a" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_without_an_end_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "zeros.csv").symlink_to("/dev/zero")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(60_000_000)
    for name, said in (("zeros.csv", "is not a regular file"), ("large.csv", "is larger than 50,000,000 bytes")):
        done = call(tmp_path, "check", name)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_very_many_good_facts_are_read(tmp_path: Path) -> None:
    (tmp_path / "many.csv").write_text(COLUMNS + "".join(ROW.format(i, 100 + i % 977, "") for i in range(20_000)))
    done = call(tmp_path, "check", "many.csv")
    assert (done.returncode, done.stdout) == (0, "in order: 20000 facts\n"), done.stderr
