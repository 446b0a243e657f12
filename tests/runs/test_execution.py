"""Cells in a forked process and what is made of their outputs, exactly and at once."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from forecasting.runs.execute import execution
from forecasting.runs.execute.execution import (
    CellProcess,
    NotebookError,
    cell_seconds,
    execute,
    read_template,
)
from forecasting.runs.execute.fork_engine import ForkEngine

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


def texts(messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What was printed, by stream."""
    found = [message["content"] for message in messages if message["msg_type"] == "stream"]
    return [(each["name"], each["text"]) for each in found]


def test_a_process_keeps_what_its_cells_made_and_ends_with_its_context() -> None:
    seen: list[dict[str, Any]] = []
    with CellProcess() as process:
        replies = [
            process.run(source, None, seen.append)
            for source in ("import os, sys; n = 6", "print(n * 7)", "print('no', file=sys.stderr)")
        ]
        pid = process._process.pid
        assert pid != os.getpid()
        failed = process.run("1 / 0", None, seen.append)
    assert [reply["status"] for reply in replies] == ["ok"] * 3
    assert texts(seen) == [("stdout", "42\n"), ("stderr", "no\n")]
    told = (failed["status"], failed["ename"], failed["evalue"])
    assert told == ("error", "ZeroDivisionError", "division by zero")
    with pytest.raises(ProcessLookupError, match="No such process"):
        os.kill(pid, 0)


def test_what_another_program_prints_in_a_cell_is_of_that_cell() -> None:
    seen: list[dict[str, Any]] = []
    with CellProcess() as process:
        process.run("import subprocess; subprocess.run(['echo', 'é'])", None, seen.append)
        assert texts(seen) == [("stdout", "é\n")]
        process.run("1", None, seen.append)
    assert texts(seen) == [("stdout", "é\n")]


def test_a_cell_has_its_time_and_no_more() -> None:
    with CellProcess() as process:
        started = time.monotonic()
        with pytest.raises(TimeoutError, match=r"^the cell's time is over$"):
            process.run("import time; time.sleep(100)", 0.3, print)
        assert 0.3 <= time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("source", "how"),
    [
        ("import os; os._exit(3)", "ended with status 3"),
        ("import os; os.kill(os.getpid(), 15)", "was killed by SIGTERM"),
    ],
)
def test_a_process_that_is_gone_says_how(source: str, how: str) -> None:
    with CellProcess() as process, pytest.raises(EOFError, match=f"^the notebook's process {how}$"):
        process.run(source, None, print)


def template(folder: Path, *sources: str) -> Path:
    """A notebook with parameters and these cells, each with an output of an earlier run."""
    old = [new_output("stream", name="stdout", text="of before")]
    parameters = new_code_cell("seed = 1", metadata={"tags": ["parameters"]})
    cells = [new_code_cell(source, outputs=list(old)) for source in sources]
    path = folder / "template.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Head"), parameters, *cells]), path)
    return path


def test_a_notebook_is_filled_run_and_stored(tmp_path: Path) -> None:
    path = template(tmp_path, "print(seed)\nprint(seed + 1)", "", "seed * 10")
    out = tmp_path / "out.ipynb"
    made = execute(path, {"seed": 4}, out, "fork")
    assert nbformat.read(out, 4) == made
    assert [cell.cell_type for cell in made.cells] == ["markdown", *["code"] * 5]
    injected = made.cells[2]
    assert injected.id == "injected-parameters"
    assert injected.source.splitlines()[-1] == "seed = 4"
    printed, empty, value = made.cells[3:]
    assert [output.text for output in printed.outputs] == ["4\n5\n"]
    assert (empty.outputs, empty.execution_count) == ([], None)
    assert value.outputs[0].data["text/plain"] == "40"
    assert [cell.execution_count for cell in (made.cells[1], injected, printed, value)] == [
        1,
        2,
        3,
        4,
    ]
    seconds = cell_seconds(made)
    assert len(seconds) == 4
    assert all(0 <= duration < 60 for duration in seconds)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("'too long'", "exceeded the time limit of 2.5 s"),
        ("import os; os._exit(3)", "the notebook's process ended with status 3"),
    ],
)
def test_a_notebook_that_fails_is_kept_with_what_it_had_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, said: str
) -> None:
    run = CellProcess.run

    def timed(self: CellProcess, source: str, timeout: float | None, receive: Any) -> Any:
        """The clock of a busy machine is left out: a cell says that it takes too long."""
        assert timeout == 2.5
        if "too long" in source:
            raise TimeoutError
        return run(self, source, None, receive)

    monkeypatch.setattr(CellProcess, "run", timed)
    path = template(tmp_path, "print('so far')", source, "print('never')")
    out = tmp_path / "out.ipynb"
    with pytest.raises(NotebookError, match=r"In \[3\]: ") as caught:
        execute(path, {}, out, "fork", timeout=2.5)
    assert (caught.value.cell, caught.value.message) == (3, said)
    kept = {cell.source: cell.get("outputs") for cell in nbformat.read(out, 4).cells}
    assert [output.text for output in kept["print('so far')"]] == ["so far\n"]
    assert kept["print('never')"] == []


def test_outputs_of_before_are_left_out_of_a_template(tmp_path: Path) -> None:
    cells = read_template(template(tmp_path, "1", "2")).cells
    assert [cell.get("outputs", "none") for cell in cells] == ["none", [], [], []]


def test_what_was_printed_in_one_go_is_one_output() -> None:
    streams = [("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")]
    outputs = [new_output("stream", name=name, text=text) for name, text in streams]
    value = new_output("execute_result", data={"text/plain": "1"}, execution_count=1)
    merged = execution._merged([*outputs, value, new_output("stream", name="stdout", text="e")])
    assert [output.get("text", "value") for output in merged] == ["ab", "c", "d", "value", "e"]


def test_cells_without_code_do_not_run() -> None:
    cells = [new_code_cell("1"), new_code_cell(" \n"), new_markdown_cell("1")]
    assert [execution._runs(cell) for cell in cells] == [True, False, False]


def test_the_kernel_of_a_notebook_is_the_one_that_is_named_or_its_own() -> None:
    notebook = new_notebook()
    notebook.metadata["kernelspec"] = {"name": "own"}
    assert ForkEngine.nb_kernel_name(notebook, "mine") == "mine"
    assert ForkEngine.nb_kernel_name(notebook) == "own"
    assert ForkEngine.nb_kernel_name(new_notebook()) == "python3"
