"""The forked engine shows what a kernel shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from forecasting.runs.execute.execution import CellProcess, NotebookError, cell_seconds, execute
from forecasting.runs.execute.fork_engine import ForkEngine
from forecasting.runs.workers.processes import child_environment

pytestmark = pytest.mark.slow

CELLS = (
    'print(f"{country} {seed}")',
    "import os, time\nstatus = os.system('echo from another program')\ntime.sleep(0.3)",
    "6 * 7",
    "!echo out; echo err >&2",
    "from IPython.display import HTML, clear_output, display\n"
    "print('gone'); clear_output(); display(HTML('<b>x</b>'))",
    "print('gone'); clear_output(wait=True); print('stays')",
    "handle = display('first', display_id='one')\nhandle.update('second')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "import asyncio\nawait asyncio.sleep(0)\n'top level await'",
    "%%bash\necho from a shell",
    "import sys\nprint('a')\nprint('b', file=sys.stderr)",
    "get_ipython().__class__.__name__, 'IPKernelApp' in get_ipython().config, sys.stdout.isatty()",
    "{1: float('nan'), 'b': {2, 3}, 'c': 'ü\\U0001f600'}",
    "import json\njson.dumps({'n': _}, default=str); In[3], __name__",
    "try:\n    input('name?')\nexcept Exception as error:\n    print(type(error).__name__, error)",
    "get_ipython().run_line_magic('who_ls', 'int')",
    "display({'application/x-own+json': {'a': [1.5, None]}, 'text/plain': 'own'}, raw=True)",
    "",
    "print('x' * 3_000_000)",
    "import plotly.graph_objects as go, plotly.io as pio\n"
    "pio.renderers.default = 'plotly_mimetype'",
    "go.Figure(go.Bar(y=[1, 2]))",
    "import ipywidgets\nipywidgets.VBox([ipywidgets.IntSlider(3), ipywidgets.HTML('<b>x</b>')])",
)
FAILING = ("def f(x):\n    return 1 / x\n", "print('before')\nf(0)", "print('never')")


def shown(path: Path) -> list[tuple[Any, ...]]:
    notebook = nbformat.read(path, as_version=4)
    # A kernel colours other words of a traceback, and a widget is named by chance
    text = re.compile(r"\\u001b\[[0-9;]*m|(?<=\"model_id\": \")\w+")
    return [
        (
            cell.source,
            cell.get("execution_count"),
            text.sub("", json.dumps(cell.get("outputs"), ensure_ascii=False)),
        )
        for cell in notebook.cells
    ]


def test_outputs_equal_those_of_a_kernel(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Under which a kernel does not show what other programs print
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    project.notebook(*CELLS)
    for engine in ("kernel", "fork"):
        execute(
            project.template, {"country": "NO", "seed": 2}, project.root / f"{engine}.ipynb", engine
        )
    assert shown(project.root / "fork.ipynb") == shown(project.root / "kernel.ipynb")
    both = [
        nbformat.read(project.root / f"{engine}.ipynb", 4).metadata.language_info
        for engine in ("kernel", "fork")
    ]
    assert both[0] == both[1]


def test_a_failing_cell_reads_as_in_a_kernel(project: Any) -> None:
    project.notebook(*FAILING)
    errors = []
    for engine in ("kernel", "fork"):
        with pytest.raises(
            NotebookError, match=r"cell In \[3\]: ZeroDivisionError: division by zero"
        ) as caught:
            execute(project.template, {}, project.root / f"{engine}.ipynb", engine)
        errors.append(caught.value.trace)
    assert errors[0] == errors[1]
    assert "return 1 / x" in errors[0]
    assert shown(project.root / "fork.ipynb") == shown(project.root / "kernel.ipynb")


@pytest.mark.parametrize("engine", ["fork", "kernel"])
@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            "import os; os._exit(3)",
            r"In \[4\]: (the notebook's process ended with status 3|Kernel died)",
        ),
        (
            "import os; os.kill(os.getpid(), 9)",
            r"In \[4\]: (the notebook's process was killed by SIGKILL|Kernel died)",
        ),
        ("import time; time.sleep(60)", r"In \[4\]: exceeded the time limit"),
        (
            "import sys, warnings; warnings.resetwarnings(); sys.exit(0)",
            r"In \[4\]: ended the notebook before its last cell",
        ),
    ],
)
def test_a_process_that_dies_or_hangs_is_a_failure_that_keeps_what_was_shown(
    project: Any, engine: Any, cell: str, message: str
) -> None:
    project.notebook("print('so far')", cell, "print('never')")
    out = project.root / "out.ipynb"
    with pytest.raises(NotebookError, match=message):
        execute(project.template, {"seed": 2}, out, engine, timeout=5 if "sleep" in cell else 600)
    text = out.read_text()
    assert "so far" in text
    assert '"never\\n"' not in text


@pytest.mark.parametrize(("depth", "sockets"), [(0, 5), (30, 0)])
def test_a_kernel_is_reached_by_sockets_in_its_folder_where_it_can_hold_them(
    project: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, depth: int, sockets: int
) -> None:
    folder = tmp_path.joinpath("sockets", *["deep"] * depth)  # the path of a socket has a limit
    folder.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    project.notebook(
        "import os, pathlib\n"
        "sum(path.is_socket() for path in pathlib.Path(os.environ['TMPDIR']).iterdir())"
    )
    notebook = execute(project.template, {"country": "NO", "seed": 2}, project.root / "out.ipynb")
    assert notebook.cells[-1].outputs[0]["data"]["text/plain"] == str(sockets)
    assert not [*folder.iterdir()]


def test_papermill_finds_the_engine_by_name(project: Any) -> None:
    assert papermill_engines.get_engine("ev-forecast") is ForkEngine
    out = project.root / "out.ipynb"
    command = [
        "papermill",
        "--engine",
        "ev-forecast",
        str(project.template),
        str(out),
        "-p",
        "seed",
        "5",
        "-p",
        "name",
        "x",
    ]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(command, check=True, env=environment, capture_output=True)
    assert "x 5" in out.read_text()


def test_the_engine_module_can_be_the_first_that_is_imported() -> None:
    code = "from forecasting.runs.execute.fork_engine import ForkEngine; "
    code += "from papermill.engines import papermill_engines as engines; "
    code += "assert engines.get_engine('ev-forecast') is ForkEngine"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_cells_marked_to_fail_or_to_be_skipped_are_treated_as_by_nbclient(project: Any) -> None:
    notebook = nbformat.read(
        project.notebook("1 / 0", "print('skipped')", "print('end')"), as_version=4
    )
    notebook.cells[2].metadata["tags"], notebook.cells[3].metadata["tags"] = (
        ["raises-exception"],
        ["skip-execution"],
    )
    nbformat.write(notebook, project.template)
    for engine in ("ev-forecast", "nbclient"):
        out = project.root / f"{engine}.ipynb"
        # Papermill looks for any error output
        with pytest.raises(PapermillExecutionError, match="division by zero"):
            papermill.execute_notebook(
                str(project.template), str(out), {}, engine_name=engine, progress_bar=False
            )
    assert "skipped\\n" not in out.read_text()
    assert "end\\n" in out.read_text()
    assert shown(project.root / "ev-forecast.ipynb") == shown(project.root / "nbclient.ipynb")


def test_what_a_cell_started_ends_with_the_notebook(project: Any) -> None:
    with CellProcess() as process:
        seen: list[Any] = []
        process.run(
            "import subprocess; print(subprocess.Popen(['sleep', '100']).pid)", None, seen.append
        )
    pid = int(
        "".join(message["content"]["text"] for message in seen if message["msg_type"] == "stream")
    )
    while (
        Path(f"/proc/{pid}").exists()
        and "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    ):
        time.sleep(0.01)


def test_a_time_is_kept_for_each_cell(project: Any) -> None:
    project.notebook("import time; time.sleep(0.1)")
    seconds = cell_seconds(execute(project.template, {}, project.root / "out.ipynb", "fork"))
    assert len(seconds) == 2
    assert seconds[1] >= 0.1


def test_a_process_that_is_copied_has_one_thread() -> None:
    template = Path(__file__).parents[2] / "notebooks" / "country_outlook.ipynb"
    code = "import os, sys; from forecasting.runs.workers.processes import preload; "
    code += "preload(sys.argv[1]); from forecasting.reporting.html import page_template as made; "
    code += "assert made.cache_info().currsize == 1, 'no page was made'; "
    code += "assert 'pyarrow' in sys.modules; print(len(os.listdir('/proc/self/task')))"
    command = [sys.executable, "-c", code, str(template)]
    done = subprocess.run(
        command, check=True, env=child_environment("a1"), capture_output=True, text=True
    )
    assert done.stdout == "1\n"
