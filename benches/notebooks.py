"""Processor that the notebook of a country takes in a kernel, beyond its imports.

    python benches/notebooks.py [SCENARIO ...]

Each notebook runs as it is stored, with the parameters of a scenario before it: first with an empty
cache, then with what that run has kept. The modules that it has loaded in the end are loaded alone
in another kernel, whose processor is taken off. Processes that the kernel started count as well.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

from forecasting.scenarios.question import find_scenario
from forecasting.vocabulary.names import CACHE_VARIABLE

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "country_outlook.ipynb"
SCENARIOS = ["uzbekistan-baseline", "kazakhstan-baseline", "turkmenistan-baseline"]
USED = """import json, resource, sys
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
modules = [name for name in sys.modules if not name.startswith("_")]
print(json.dumps([sum(each.ru_utime + each.ru_stime for each in used), modules]))
"""
IMPORTS = """import contextlib, importlib
for name in {modules}:
    with contextlib.suppress(Exception):
        importlib.import_module(name)
"""


def run(cells: list[nbformat.NotebookNode]) -> tuple[float, list[str]]:
    """Seconds of processor that cells take in a kernel of their own, and what they have loaded."""
    cells = [*cells, nbformat.v4.new_code_cell(USED)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    place = {"metadata": {"path": str(NOTEBOOK.parent)}}
    NotebookClient(notebook, kernel_name="python3", resources=place, timeout=600).execute()
    seconds, modules = json.loads(notebook.cells[-1].outputs[0]["text"])
    return seconds, modules


def notebook_of(scenario: str) -> list[nbformat.NotebookNode]:
    """The cells of the notebook, with the parameters of a scenario as papermill puts them in."""
    cells = []
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        cells.append(cell)
        if "parameters" in cell.metadata.get("tags", []):
            values = find_scenario(scenario).parameters().items()
            lines = "\n".join(f"{name} = {value!r}" for name, value in values)
            cells.append(nbformat.v4.new_code_cell(lines))
    return cells


def main() -> None:
    """Print the seconds of each scenario."""
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
    print("seconds of processor beyond imports     empty cache    kept    ratio")
    for scenario in sys.argv[1:] or SCENARIOS:
        with TemporaryDirectory() as cache:
            os.environ[CACHE_VARIABLE] = cache
            (cold, modules), (kept, _) = (run(notebook_of(scenario)) for _ in range(2))
        imports, _ = run([nbformat.v4.new_code_cell(IMPORTS.format(modules=modules))])
        cold, kept = cold - imports, kept - imports
        print(f"{scenario:<40}{cold:>11.2f}{kept:>8.2f}{kept / cold:>9.2f}")


if __name__ == "__main__":
    main()
