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
# Stores results as a notebook of the package does, and prints
STORES = """import os, pandas as pd
from forecasting.scenarios.outlook_files import save_tables
year = {'scenario': name, 'country': country, 'measure': 'ev_imports'}
days = {'unit': 'vehicles', 'period_start': '2025-01-01', 'period_end': '2025-12-31'}
levels = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
table = pd.DataFrame([year | days | {'quantile': level, 'value': float(seed)} for level in levels])
draws = pd.DataFrame([year | {'year': 2025, 'draw': draw, 'value': float(seed)} for draw in (0, 1)])
keys = {'country': country, 'scenario': scenario, 'horizon': horizon, 'seed': seed, 'name': name}
told = {'first_year': 2025, 'market': '', 'warnings': [], 'facts_used': []}
told |= {'as_of': as_of, 'parameters': keys | {'as_of': as_of}}
save_tables(os.environ['EV_FORECAST_OUTPUT'], table, draws, told)
print(name, seed)"""


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


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose scenarios `uz-a` and `uz-b` are reported, with results."""
    project = Project(tmp_path_factory.mktemp("reported"))
    project.notebook(STORES)
    for seed, name in ((7, "uz-a"), (8, "uz-b")):
        project.scenario(name, seed)
    assert run([project.params], project.out, progress=False).ok
    return project.root


@pytest.fixture
def reported_project(reported: Path, tmp_path: Path) -> Project:
    """A copy of that project."""
    shutil.copytree(reported, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Project(tmp_path)


@pytest.fixture
def used_project(finished: Path, tmp_path: Path) -> Project:
    """A copy of that project: what a test needs of an earlier run is made once."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Project(tmp_path)
