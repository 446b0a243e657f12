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


def loaded(statement: str) -> set[str]:
    """The top-level modules in a fresh interpreter after one statement."""
    code = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import forecasting", HEAVY),
        ("import forecasting as fc; fc.year(2023); fc.InputError('x')", HEAVY),
        ("import forecasting.cli", HEAVY),
        ("import forecasting as fc; fc.read_ledger", FIGURES_AND_NOTEBOOKS | MODELS | {"scipy"}),
        ("import forecasting as fc; fc.forecast_flow", FIGURES_AND_NOTEBOOKS | MODELS),
        ("import forecasting as fc; fc.GrowthModel", FIGURES_AND_NOTEBOOKS | MODELS),
        ("import forecasting as fc; fc.outlook", FIGURES_AND_NOTEBOOKS | MODELS),
        ("import forecasting.reporting.result_tables", MODELS | {"papermill", "plotly"}),
    ],
)
def test_heavy_libraries_stay_out(statement, absent):
    assert not loaded(statement) & absent


def test_distributions_stay_out_of_a_report():
    """scipy.stats takes longer to import than a small report to make."""
    modules = [f"forecasting.reporting.{name}" for name in ("past", "result_tables", "figures")]
    code = f"import sys, {', '.join(modules)}, forecasting as fc; fc.outlook, fc.GrowthModel; "
    code += "print('scipy.stats' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_the_check_sees_what_is_loaded():
    assert "json" in loaded("import json.decoder")
    assert "json" not in loaded("pass")
