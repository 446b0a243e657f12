"""Tiny notebooks and params files, so that a run takes a moment."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from forecasting.runs.runner import run

PARAMETERS = """country = "UZ"
scenario = "baseline"
as_of = "latest"
horizon = 2030
seed = 1
name = ""
title = ""
measure = ""
basis = None
places = []
market_size = None
drivers = []
assumptions = {}
notes = []"""


class Project:
    """A folder with params files and a notebook of its own."""

    def __init__(self, root: Path) -> None:
        self.root, self.params, self.out = root, root / "params", root / "reports"
        self.params.mkdir(exist_ok=True)
        self.template = root / "notebooks" / "country_outlook.ipynb"
        if not self.template.exists():
            self.notebook('print(f"{name} {seed}")')

    def notebook(self, *cells: str, path: Path | None = None) -> Path:
        """Write a notebook with a parameters cell and these code cells; their ids are their
        positions.
        """
        path = path or self.template
        head = [
            new_markdown_cell("# A tiny report", id="title"),
            new_code_cell(PARAMETERS, id="parameters"),
        ]
        head[1].metadata["tags"] = ["parameters"]
        notebook = new_notebook(
            cells=[*head, *(new_code_cell(text, id=f"cell-{i}") for i, text in enumerate(cells))]
        )
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    def scenario(self, name: str, seed: int = 1, text: str = "") -> Path:
        """Write a params file."""
        body = f"country: UZ\nscenario: {name.rpartition('-')[2]}\nas_of: 2023-06-26\n"
        body += f"horizon: 2026\nseed: {seed}\n"
        path = self.params / f"{name}.yaml"
        path.write_text(body + text)
        return path

    def printed(self, name: str) -> str:
        """What a scenario's report has printed."""
        notebook = nbformat.read(self.out / name / "report.ipynb", as_version=4)
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        return "".join(output.text for output in outputs if output.output_type == "stream")


@pytest.fixture(scope="session")
def make_project() -> Callable[[Path], Project]:
    return Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose scenario `uz-a` is reported, and whose `uz-b` failed."""
    project = Project(tmp_path_factory.mktemp("finished"))
    project.notebook("1 / (name != 'uz-b')")
    for name in ("uz-a", "uz-b"):
        project.scenario(name)
    assert run([project.params], project.out, progress=False).count("failed") == 1
    return project.root


@pytest.fixture
def used_project(finished: Path, tmp_path: Path) -> Project:
    """A copy of that project: what a test needs of an earlier run is made once."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Project(tmp_path)
