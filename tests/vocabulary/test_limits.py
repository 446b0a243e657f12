"""Input that is far too much, or no file at all, ends soon, in few words, with nothing written."""

from __future__ import annotations

import importlib
import itertools
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from forecasting.writers.sheets import csv_bytes

pytestmark = pytest.mark.slow

HEAD = "country: UZ\nscenario: x\nas_of: 2024-06-01\nhorizon: 2026\nseed: 1\n"
DRIVER = (
    "  - {{name: d{0}, kind: level, quantity: ev_imports, start: 2025-01-01, size: 1, "
    "reason: r, source: no-{0}}}\n"
)
COLUMNS = "id,measure,place,period_start,period_end,relation,quantity,value,reference,published\n"
ROW = "fact-number-{0},ev_imports,UZ,2023-01-01,2023-04-30,equals,total,{1},{2},2023-06-26\n"
MUCH = {
    "drivers.yaml": HEAD + "drivers:\n" + "".join(map(DRIVER.format, range(3000))),
    "list.yaml": HEAD + "notes: [" + "a," * 490_000 + "a]\n",
    "keys.yaml": HEAD + "".join(f"k{i}: 1\n" for i in range(90_000)),
    "references.csv": COLUMNS + "".join(ROW.format(i, "", f"fact-numbr-{i}x") for i in range(3000)),
}


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "limits.md"
LIMITS = re.findall(r"`forecasting\.([\w.]+)\.([A-Z_]+)` ([\d,]+)", PAGE.read_text())


@pytest.mark.parametrize(("module", "name", "number"), LIMITS)
def test_the_page_of_limits_has_the_numbers_of_the_code(
    module: str, name: str, number: str
) -> None:
    value = getattr(importlib.import_module(f"forecasting.{module}"), name)
    assert f"{value:,}" == number


def test_anchors_are_refused_soon(call: Call, tmp_path: Path) -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    for last, name in itertools.pairwise("abcdefgh"):
        lines.append(f"{name}: &{name} [{','.join([f'*{last}'] * 10)}]")
    (tmp_path / "uz-a.yaml").write_text("\n".join(lines))
    done = call(tmp_path, "check", "uz-a.yaml")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "uz-a.yaml:1 a: uses a YAML anchor or alias" in done.stderr


def test_a_mapping_has_an_end(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Country,2020\nUZ,5\n")
    mapping = tmp_path / "a.mapping.yaml"
    for text, said in (
        (" " * 100_001, "is larger than 100,000"),
        ("[" * 9000, "nested deeper than"),
    ):
        mapping.write_text(text)
        done = call(tmp_path, "check", "a.csv")
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert said in done.stderr


# Loads what most commands need, once; then does each command that it reads in a copy of itself
COMMANDS = """
import json, os, resource, signal, sys
import forecasting.scenarios.check_params, forecasting.scenarios.check
import forecasting.evaluation.records, forecasting.reporting.score_words, forecasting.runs.runner
from forecasting.cli import main
for line in sys.stdin:
    folder, words = json.loads(line)
    child = os.fork()
    if not child:
        os.chdir(folder)
        for number, name in enumerate(("/dev/null", "stdout", "stderr")):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
        resource.setrlimit(resource.RLIMIT_AS, (3 * 2**29, 3 * 2**29))
        signal.alarm(600)  # it hangs; a busy machine is slow, but uses no more of its processor
        main(words)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    """The command in a process that may use ten seconds of processor, and 1.5 GB."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    with subprocess.Popen(
        [sys.executable, "-c", COMMANDS],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:

        def called(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
            assert server.stdin is not None
            assert server.stdout is not None
            print(json.dumps([str(folder), words]), file=server.stdin, flush=True)
            status = int(server.stdout.readline())
            printed = [(folder / name).read_text() for name in ("stdout", "stderr")]
            return subprocess.CompletedProcess([*words], status, *printed)

        yield called


@pytest.mark.parametrize("name", MUCH)
def test_very_much_that_is_wrong_is_told_soon_and_in_few_words(
    call: Call, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(MUCH[name])
    done = call(tmp_path, "check", name)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr[-500:]
    lines = done.stderr.splitlines()
    assert len(lines) <= 51
    assert all(len(line) <= 300 for line in lines)
    end = "and 2,950 more problems"
    if name.endswith(".csv"):  # of a ledger the search ends there
        end = f"{name}:52: what follows is not looked at (correct these first)"
    assert len(lines) == 1 or lines[-1] == end


@pytest.mark.parametrize("name", ["pipe.yaml", "pipe.csv", "pipe.xlsx"])
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_pipe_is_refused_at_once(call: Call, tmp_path: Path, name: str, command: str) -> None:
    os.mkfifo(tmp_path / name)
    if command == "run" and name != "pipe.yaml":
        (tmp_path / "uz-x.yaml").write_text(HEAD + f"ledger: [{name}]\n")
        done = call(tmp_path, "run", "uz-x.yaml")
    else:
        done = call(tmp_path, command, name)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "is not a" in done.stderr or "is a special file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_may_not_become_so_large_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", "from forecasting.cli import main; main()", "new", "NO"],
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "File too large; no file may become so large here: raise the limit" in done.stderr
    assert not [*tmp_path.rglob("*.yaml")]


def test_a_file_without_an_end_is_not_read(call: Call, tmp_path: Path) -> None:
    (tmp_path / "zeros.csv").symlink_to("/dev/zero")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(60_000_000)
    for name, said in (
        ("zeros.csv", "is not a regular file"),
        ("large.csv", "is larger than 50,000,000 bytes"),
    ):
        done = call(tmp_path, "check", name)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_very_many_good_facts_are_read(call: Call, tmp_path: Path) -> None:
    (tmp_path / "many.csv").write_text(
        COLUMNS + "".join(ROW.format(i, 100 + i % 977, "") for i in range(100_000))
    )
    done = call(tmp_path, "check", "many.csv")
    said = done.stdout.splitlines()  # the first: that they contradict each other
    assert (done.returncode, said[1:]) == (0, ["in order: 100,000 facts"]), done.stderr


BAD = {
    "places.yaml": (HEAD + "places: []\n", "places.yaml:6 places: is empty"),
    "years.yaml": (
        HEAD + "market_size: {2022: 300000, 02022: 5}\n",
        "market_size: 02022: 5 is not a year",
    ),
    "point.csv": (
        COLUMNS + ROW.format(1, "2.544", ""),
        "2.544 is no whole number of vehicles (did you mean 2544",
    ),
    "week.csv": (
        COLUMNS + ROW.format(1, 5, "").replace("2023-01-01", "2023-W01"),
        "'2023-W01' is not a date",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_may_be_read_in_two_ways_is_refused(call: Call, tmp_path: Path, name: str) -> None:
    text, said = BAD[name]
    (tmp_path / name).write_text(text)
    done = call(tmp_path, "check", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_terminal_would_act_on_is_made_visible(call: Call, tmp_path: Path) -> None:
    head, row = (
        COLUMNS.replace("\n", ",source\n"),
        ROW.format(1, 5, "").replace("\n", ",\x1b[2J\x1b]0;x\x07\u202e\n"),
    )
    (tmp_path / "facts.csv").write_text(head + row)
    done = call(tmp_path, "evidence", "facts.csv")
    assert (done.returncode, r"\x1b[2J\x1b]0;x\x07\u202e" in done.stdout) == (0, True)
    assert all(line.isprintable() for line in done.stdout.splitlines())


def test_a_table_of_scores_holds_no_formula() -> None:
    table = pd.DataFrame({"place": ["UZ", "=cmd()"], "fact": ["@x", "+1"], "score": [-0.5, 0.25]})
    assert csv_bytes(table) == b"place,fact,score\nUZ,'@x,-0.5\n'=cmd(),'+1,0.25\n"


@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "-1", "x"])
def test_a_time_limit_that_is_none_is_refused(call: Call, tmp_path: Path, seconds: str) -> None:
    (tmp_path / "uz-x.yaml").write_text(HEAD)
    done = call(tmp_path, "run", "uz-x.yaml", "--timeout", seconds)
    assert (done.returncode, done.stdout) == (2, "")
    assert "timeout" in done.stderr
    assert not (tmp_path / "reports").exists()


def test_a_device_that_is_full_is_named(call: Call, tmp_path: Path) -> None:
    (tmp_path / "panel.csv").write_text(
        "market,year,stock_bev,stock_phev,public_fast_points,public_slow_points\n"
    )
    rows = [
        f"{m},{y},{1000 * 1.5**y},0,{10 * 1.3**y},{90 * 1.3**y}\n" for m in "ABCD" for y in range(8)
    ]
    with (tmp_path / "panel.csv").open("a") as file:
        file.writelines(rows)
    done = call(tmp_path, "backtest", "--panel", "panel.csv", "--chargers", "--csv", "/dev/full")
    assert done.returncode == 2
    said = "/dev/full cannot be written: No space left on device; give another path"
    assert done.stderr.splitlines()[-1] == f"ev-forecast backtest: {said}"


@pytest.mark.parametrize(
    "options", [["--panel"], ["--chargers", "--panel"], ["--panel", "panel.csv", "--monthly"]]
)
def test_a_backtest_of_a_device_ends_at_once(
    call: Call, tmp_path: Path, options: list[str]
) -> None:
    """Reading it as a table would fill the memory: a device has no end."""
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "panel.csv").write_text("market,year,sales_bev,sales_share_percent\nA,2015,5,1\n")
    done = call(tmp_path, "backtest", *options, "zero")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a regular file" in done.stderr
