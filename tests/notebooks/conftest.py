"""Strict nbval on the stored notebooks: every cell is run again, and its text and tables compared
with what is stored.

nbval collects a notebook only where the command line names it. Here the sanitize file stands for
the notebooks, so that plain ``pytest`` runs them. Figures are tagged ``nbval-ignore-output``; the
numbers behind them are in the tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbval.kernel
import pytest
from jupyter_client.manager import KernelManager
from nbval.plugin import IPyNbCell, IPyNbFile

from forecasting.runs.execute.execution import sockets_of_a_kernel

# No doctests here, and pytest confuses files of this name that it collects
collect_ignore = ["conftest.py"]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def kernel_manager(**options: Any) -> KernelManager:
    """Of a kernel that no other program calls by mistake: what it says then stands in a cell."""
    if sockets := sockets_of_a_kernel(Path(tempfile.gettempdir())):
        options |= {"transport": "ipc", "ip": sockets}
    return KernelManager(**options)


nbval.kernel.KernelManager = kernel_manager


class StoredNotebooks(pytest.File):
    """All notebooks of the repository, one nbval file for each."""

    def collect(self) -> Iterator[IPyNbFile]:
        options = self.config.option
        options.nbval, options.nbval_sanitize_with, options.nbval_current_env = (
            True,
            str(self.path),
            True,
        )
        for path in sorted(NOTEBOOKS.glob("*.ipynb")):
            notebook = IPyNbFile.from_parent(self, path=path)
            notebook.add_marker("slow")
            yield notebook


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notebooks come cell by cell, whoever shuffles tests: a cell needs those above it."""
    cells = [item for item in items if isinstance(item, IPyNbCell)]
    tests = [item for item in items if not isinstance(item, IPyNbCell)]
    items[:] = sorted(cells, key=lambda cell: (cell.path.name, cell.cell_num)) + tests


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> StoredNotebooks | None:
    """Collect the notebooks with the sanitize file."""
    return (
        StoredNotebooks.from_parent(parent, path=file_path)
        if file_path.name == "sanitize.cfg"
        else None
    )
