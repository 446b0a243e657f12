"""Notebooks with every kind of output show the same in a forked process and in a kernel."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from forecasting.runs.workers.processes import Task, run_fresh, run_in_forks

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
# Between them: parameters, tables, figures, widgets, caveats and printed text. All notebooks run in
# a kernel where their stored outputs are compared.
NOTEBOOKS = ("country_outlook.ipynb", "what_if.ipynb")
GIVEN = {"country_outlook.ipynb": {"country": "TM", "seed": 3}}


def shown(path: Path) -> list[Any]:
    cells = nbformat.read(path, as_version=4).cells
    text = json.dumps(
        [[cell.source, cell.get("execution_count"), cell.get("outputs")] for cell in cells]
    )
    text = re.sub(r'"model_id": "\w+"', '"model_id": ""', text)  # a widget is named by chance
    return list(
        json.loads(re.sub(r"/tmp/ipykernel_\d+/\d+\.py|<ipython-input-[^>]*>", "cell", text))
    )


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All notebooks, in forked processes and in kernels, two at a time; of Turkmenistan, whose
    forecast takes a third of the time of Uzbekistan's.
    """
    home = tmp_path_factory.mktemp("engines")
    for name in NOTEBOOKS:
        text = (ROOT / "notebooks" / name).read_text(encoding="utf-8")
        (home / name).write_text(text.replace("uzbekistan", "turkmenistan"), encoding="utf-8")
    for engine, execute in (("fork", run_in_forks), ("kernel", run_fresh)):
        tasks = []
        for name in NOTEBOOKS:
            folder, log = home / engine / name, home / f"{engine}-{name}.log"
            folder.mkdir(parents=True)
            given: dict[str, Any] = GIVEN.get(name, {})
            tasks.append(Task(name, str(home / name), str(folder), str(log), given, {}, engine))  # type: ignore[arg-type]
        rest = (home / "engine.log", home / "shared") if engine == "fork" else (home / "scratch",)
        for outcome in execute(tasks, 2, "test", *rest):  # type: ignore[operator]
            assert outcome.status == 0, (home / f"{engine}-{outcome.name}.log").read_text()
    return home


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_shows_the_same_on_both_engines(name: str, executed: Path) -> None:
    fork, kernel = (
        shown(executed / engine / name / "report.ipynb") for engine in ("fork", "kernel")
    )
    assert len(fork) == len(kernel)
    for mine, theirs in zip(fork, kernel, strict=True):
        assert mine == theirs
