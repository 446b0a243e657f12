"""Importing is cheap: the heavy libraries stay out until a function needs them. Names are checked,
not seconds.
"""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

FIGURES_AND_NOTEBOOKS = {"IPython", "jupyterlab", "nbconvert", "nbformat", "papermill", "plotly"}
MODELS = {"distributed", "dask", "sktime", "statsforecast", "statsmodels"}
HEAVY = (
    FIGURES_AND_NOTEBOOKS
    | MODELS
    | {"matplotlib", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scipy"}
)
EVERY_ANSWER = "fc.forecast_flow, fc.GrowthModel, fc.outlook"
TABLES = "import forecasting.reporting.past, forecasting.reporting.result_tables"


def loaded_by(statement: str) -> set[str]:
    """The top-level modules in a fresh interpreter after one statement, and `scipy.stats`."""
    code = f"import sys; {statement}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(run.stdout.split())
    return {name.split(".")[0] for name in modules} | modules & {"scipy.stats"}


# scipy.stats takes longer to import than a small report to make
@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import forecasting as fc, forecasting.cli; fc.year(2023); fc.InputError('x')", HEAVY),
        ("import forecasting as fc; fc.read_ledger", FIGURES_AND_NOTEBOOKS | MODELS | {"scipy"}),
        (
            f"import forecasting as fc; {EVERY_ANSWER}",
            FIGURES_AND_NOTEBOOKS | MODELS | {"scipy.stats"},
        ),
        (TABLES, MODELS | {"papermill", "plotly", "scipy.stats"}),
        ("import forecasting.reporting.figures", {"papermill", "scipy.stats"}),
    ],
)
def test_heavy_libraries_stay_out(statement, absent):
    assert not loaded_by(statement) & absent


def test_the_check_sees_what_is_loaded():
    assert "json" in loaded_by("import json.decoder")
    assert "json" not in loaded_by("pass")
