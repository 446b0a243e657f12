"""The public names are a promise: this list, the call of each function, and an example for each of
them.
"""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

import forecasting as fc

REFERENCE = Path(__file__).parent.parent / "docs" / "api.md"
NAMES = fc.__all__
ERRORS = [name for name in NAMES if name.endswith("Error")]
SPACES = [name for name in NAMES if inspect.ismodule(getattr(fc, name))]
EXPLAINED = [name for name in NAMES if name not in {*ERRORS, *SPACES}]

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
    "new": {"country": "", "table": None},
}
METHODS = {
    "FlowForecast": (
        "quantiles",
        "summary_frame",
        "probability",
        "fit_table",
        "news",
        "effects",
    ),
    "GrowthModel": ("fit",),
    "GrowthResults": ("summary", "get_forecast"),
    "Ledger": ("select", "to_csv", "__len__"),
}


@pytest.mark.parametrize("space", [fc.tables, fc.figures])
def test_type_checkers_see_what_a_group_only_imports(space):
    """In strict mode a plain import is the module's own."""
    text = Path(space.__file__).read_text(encoding="utf-8")
    imports = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom)]
    names = [alias for node in imports for alias in node.names if alias.asname != "_guard"]
    assert len(names) > 10
    plain = [alias.name for alias in names if alias.asname != alias.name]
    assert not plain or "\n# mypy: implicit-reexport\n" in text


def test_the_public_names_are_those_of_the_reference():
    """The reference is the promise: a name that is missing on either side is told."""
    objects = re.findall(r"(?m)^   forecasting\.(\w+)$", REFERENCE.read_text(encoding="utf-8"))
    modules = {}
    for page in REFERENCE.with_suffix("").glob("*.md"):
        (home,) = re.findall(r"(?m)^\.\. automodule:: (.+)$", page.read_text(encoding="utf-8"))
        modules[page.stem] = importlib.import_module(home)
    assert sorted([*objects, *modules]) == NAMES
    assert dir(fc) == NAMES
    assert [name for name, module in modules.items() if getattr(fc, name) is not module] == []


def test_type_checkers_are_told_the_same_names():
    """A name that is imported as itself is public to them."""
    tree = ast.parse(Path(fc.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    aliases = [alias for node in block.body for alias in node.names]
    assert sorted(alias.asname for alias in aliases) == NAMES
    assert all(alias.asname == alias.name for alias in aliases)


def test_everything_is_there_for_who_asks_for_all_of_it():
    names: dict[str, object] = {}
    exec("from forecasting import *", names)
    assert {*NAMES} <= names.keys()


@pytest.mark.parametrize("name", ["datasets", "figures", "notebook", "tables"])
def test_a_module_shows_what_it_defines_and_nothing_that_it_imports_for_itself(name):
    names = [word for word in dir(getattr(fc, name)) if not word.startswith("_")]
    assert len(names) > 2
    assert not {"Path", "os", "pd", "Any", "InputError", "takes", "DATA", "warnings"} & {*names}


@pytest.mark.parametrize(
    ("name", "misspelt", "meant"),
    [("tables", "fact_table", "facts_table"), ("figures", "fan_chrt", "fan_chart")],
)
def test_a_misspelt_table_or_figure_gets_the_nearest_one(name, misspelt, meant):
    with pytest.raises(AttributeError, match=rf"did you mean {meant}\?"):
        getattr(getattr(fc, name), misspelt)


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
    with pytest.raises(
        AttributeError, match=r"no attribute 'forecast_stock'; did you mean forecast_flow"
    ):
        fc.forecast_stock  # noqa: B018


def test_the_version_is_that_of_the_distribution():
    pyproject = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{fc.__version__}"' in pyproject


def test_each_of_the_twelve_tasks_is_of_four_lines():
    text = (REFERENCE.parent / "how-to" / "tasks.md").read_text(encoding="utf-8")
    tasks = text.split("\n## ")[1:]
    lines = [len(re.findall(r"(?m)^(?:>>>|\.\.\.) ", task)) for task in tasks]
    assert len(tasks) == 12
    assert max(lines) <= 4
    assert min(lines) >= 2
