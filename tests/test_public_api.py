"""The public names are a promise: this list, the call of each function, and an example for each of
them.
"""

import ast
import inspect
from pathlib import Path

import pytest

import forecasting as fc

NAMES = [
    "AssumptionError",
    "Caveat",
    "EvidenceError",
    "Fact",
    "FlowForecast",
    "ForecastingError",
    "GrowthModel",
    "GrowthResults",
    "InputError",
    "Ledger",
    "LedgerError",
    "ModelError",
    "Outlook",
    "Period",
    "PeriodError",
    "Prior",
    "Problem",
    "RunError",
    "Scenario",
    "ScenarioError",
    "annual_totals",
    "datasets",
    "estimate_prior",
    "explore",
    "fit_curves",
    "forecast_flow",
    "load_scenario",
    "month",
    "outlook",
    "read_ledger",
    "span",
    "year",
]
ERRORS = [name for name in NAMES if name.endswith(("Error", "Warning"))]
EXPLAINED = [name for name in NAMES if name not in ERRORS and name != "datasets"]

# The parameters that callers name: more may follow, none of these may go or move.
SIGNATURES = {
    "forecast_flow": {
        "evidence": ...,
        "periods": None,
        "prior": None,
        "market_size": None,
        "basis": None,
        "draws": 2000,
        "seed": 0,
    },
    "annual_totals": {"series": ...},
    "estimate_prior": {"panel": ..., "months": None},
    "fit_curves": {"matrix": ..., "curve": ...},
    "outlook": {"scenario": ..., "ledger": None, "prior": None, "draws": 2000},
    "explore": {"scenario": ..., "ledger": None},
}
METHODS = {
    "FlowForecast": ("quantiles", "summary_frame", "probability", "fit_table", "news"),
    "GrowthModel": ("fit",),
    "GrowthResults": ("summary", "get_forecast"),
    "Ledger": ("select", "to_csv", "__len__"),
}


def test_the_public_names_are_these():
    assert fc.__all__ == NAMES
    assert dir(fc) == sorted(NAMES)


def test_every_name_is_declared_for_type_checkers_where_it_is_found():
    tree = ast.parse(Path(fc.__file__).read_text(encoding="utf-8"))
    declared = {
        alias.name: node.module.removeprefix("forecasting.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module != "__future__"
        and node.module != "typing"
        for alias in node.names
    }
    assert sorted(declared) == sorted(NAMES)
    assert declared == fc._HOME | {"datasets": "evidence"}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_resolves_and_says_what_it_is(name):
    assert inspect.getdoc(getattr(fc, name))


@pytest.mark.parametrize("name", EXPLAINED)
def test_every_function_and_class_shows_an_example(name):
    thing = getattr(fc, name)
    docs = [thing.__doc__ or ""] + [
        getattr(method, "__doc__", None) or "" for method in vars(thing).values()
    ]
    assert any(">>>" in doc for doc in docs if isinstance(doc, str)), (
        f"forecasting.{name} has no example"
    )


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_parameters_that_callers_name_stay(name):
    parameters = inspect.signature(getattr(fc, name)).parameters
    empty = inspect.Parameter.empty
    found = {
        key: ... if value.default is empty else value.default for key, value in parameters.items()
    }
    promised = SIGNATURES[name]
    assert list(found)[: len(promised)] == list(promised)
    assert {key: found[key] for key, default in promised.items() if default is not ...} == {
        key: default for key, default in promised.items() if default is not ...
    }


@pytest.mark.parametrize("name", METHODS)
def test_the_methods_that_callers_use_stay(name):
    assert not [
        method for method in METHODS[name] if not callable(getattr(getattr(fc, name), method, None))
    ]


@pytest.mark.parametrize("name", [name for name in ERRORS if name != "ForecastingError"])
def test_errors_have_one_root(name):
    assert issubclass(getattr(fc, name), fc.ForecastingError)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'forecast_stock'"):
        fc.forecast_stock  # noqa: B018


def test_the_version_is_that_of_the_distribution():
    pyproject = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{fc.__version__}"' in pyproject
