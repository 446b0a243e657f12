"""What a process loads before it is copied: half of all loading is on first use, so everything is
used once.

What is called is this package's own code. A notebook is never run here, where it could change what
others get.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import re
import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from forecasting.errors import ForecastingError
from forecasting.names import OUTLOOK_WORKBOOK

FEW = 64  # draws
SCENARIO = {
    "country": "UZ",
    "scenario": "preload",
    "as_of": "2023-06-26",
    "horizon": 2025,
    "seed": 1,
}


def preload(templates: Iterable[str]) -> None:
    """Load what the tasks will need, so that their copies of this process have it.

    Parameters
    ----------
    templates : iterable of str
        Paths of the notebooks that they will run.
    """
    from forecasting.runs.execute import shell

    gc.disable()  # there is next to nothing to collect while things are loaded
    shell.get_shell().run_cell("None", silent=True)  # type: ignore[no-untyped-call]
    modules = set[str]().union(*(_imports(Path(template)) for template in templates))
    with warnings.catch_warnings():
        # Each is for the notebook to show, and is shown once in a process
        warnings.simplefilter("ignore")
        for module in sorted(modules):
            with contextlib.suppress(Exception):  # the notebook will say it better
                importlib.import_module(module)
        for template in templates:
            with contextlib.suppress(Exception):
                _load_notebook_code(Path(template))
        if "forecasting" in modules:
            with contextlib.suppress(ForecastingError):
                _load_outlook_code()
    gc.freeze()  # so that a child's collector leaves shared pages alone
    gc.enable()


def _load_notebook_code(template: Path) -> None:
    """Load what runs a notebook, and make a page of its prose."""
    from forecasting.reporting.html import notebook_to_html
    from forecasting.runs.execute.execution import read_template

    notebook_to_html(read_template(template), title="")


@cache
def _load_outlook_code() -> None:
    """Make a small outlook with its tables, figures and files, and throw it away."""
    from IPython.utils.capture import capture_output

    from forecasting import tables
    from forecasting.evidence import datasets
    from forecasting.reporting import figures, notebook, workbook
    from forecasting.scenarios.outlook import outlook

    made = outlook(notebook.scenario_of(SCENARIO), draws=FEW)
    charts = (
        figures.fan_chart,
        figures.evidence_chart,
        figures.charger_gap,
        figures.load_chart,
        figures.tornado,
    )
    with capture_output():
        for chart in charts:
            chart(made).show("plotly_mimetype")
    for table in (
        tables.headline_table(made),
        tables.facts_table(made.evidence or datasets.central_asia(), last=2),
    ):
        table._repr_html_()
        repr(table)
    with TemporaryDirectory() as folder:
        made.save(folder)
        workbook.write_workbook(made, Path(folder) / OUTLOOK_WORKBOOK)


def _imports(template: Path) -> set[str]:
    """The modules that a notebook's import statements name."""
    cells = json.loads(template.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return set(re.findall(r"^(?:import|from) ([\w.]+)", "\n".join(code), re.MULTILINE))
