"""The house rules: data flows one way, each thing has one home, the code stays plain and small."""

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import forecasting.vocabulary.names
from forecasting.vocabulary.measures import MEASURES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "forecasting"

# A module imports from its own room and from those before it.
ROOMS = (
    ("vocabulary", "showing"),
    ("reading",),
    ("evidence",),
    ("curves",),
    ("growth",),
    ("panels",),
    ("demand",),
    ("parameters",),
    ("scenarios",),
    ("evaluation",),
    ("writers",),
    ("reporting",),
    ("tables",),
    ("runs",),
    ("cli",),
)
FLOOR = {name: floor for floor, names in enumerate(ROOMS) for name in names}

# A library on the left is imported nowhere but in the modules, or rooms, on the right.
HOMES = {
    "click": ("cli.py",),
    "dask": ("runs/workers/cluster.py",),
    "docx": ("writers/document.py",),
    "lxml": ("writers/document.py",),
    "distributed": ("runs/workers/cluster.py",),
    "httpx": ("evidence/sources/",),
    "ipywidgets": ("reporting/explore.py",),
    "papermill": ("runs/execute/",),
    "plotly": ("reporting/figures",),
    "sktime": ("curves/sktime.py",),
    "statsforecast": ("evaluation/",),
    "statsmodels": ("curves/",),
    "xlsxwriter": ("writers/sheets.py",),
}


# Each command loads what it needs, and no other's
COMMANDS = {"forecasting.cli"}
# Through it alone `plot()` and `_repr_html_` reach the room that shows an object
SHOWING = "forecasting.showing"
# Filled as a caller goes along; every other dataclass is frozen
FILLED = {"Checked", "Document", "Point"}
# In tests: what a call must say
REQUIRED = {
    "pytest.raises": {"match"},
    "pytest.warns": {"match"},
    "pytest.mark.xfail": {"strict", "reason"},
}
SKIPS = {"skip", "skipif", "importorskip"}

MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
DOCUMENTED = ast.Module | ast.ClassDef | FUNCTION


# What is read from a module


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


@cache
def all_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parsed(path)))


def nodes(path: Path, *kinds: type) -> Iterator:
    return (node for node in all_of(path) if isinstance(node, kinds))


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> set[str]:
    """The modules that a tree imports, wherever it does: at the top, in a function, for the type
    checker alone.
    """
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def libraries(names: Iterable[str]) -> set[str]:
    """The outside libraries among imported modules."""
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"forecasting"}


@cache
def at_run_time(path: Path) -> ast.Module:
    """A module's tree without what only the type checker reads."""
    tree = ast.parse(text_of(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return tree


@cache
def imported_by_name() -> dict[str, set[str]]:
    """Each module of the package, and the modules of the package that it imports, in functions too;
    without the open door of `plot()` and `_repr_html_`.
    """
    names = {dotted(path): path for path in MODULES if path.name != "__init__.py"}
    del names[SHOWING]
    return {name: imports(at_run_time(path)) & names.keys() for name, path in names.items()}


@cache
def imported_on_loading(name: str) -> frozenset[str]:
    """What loading a module imports, its functions left out; nothing for a name inside a module."""
    home = ROOT / name.replace(".", "/")
    path = home / "__init__.py" if home.is_dir() else home.with_suffix(".py")
    if not path.exists():
        return frozenset()
    tree = ast.parse(ast.unparse(at_run_time(path)))
    for node in ast.walk(tree):
        if isinstance(node, FUNCTION):
            node.body = [ast.Pass()]
    return frozenset(imports(tree))


@cache
def loaded_with(name: str) -> frozenset[str]:
    """The outside libraries that importing a module of the package loads."""
    seen: set[str] = set()
    waiting = {name}
    while waiting:
        module = waiting.pop()
        if module not in seen and module.startswith("forecasting"):
            waiting |= imported_on_loading(module)
        seen.add(module)
    return frozenset(libraries(seen))


def bound_names(path: Path) -> Iterator[str]:
    """Every name that a module gives: of classes, functions, parameters, variables, fields."""
    for node in nodes(path, ast.ClassDef, FUNCTION, ast.arg, ast.Name):
        if isinstance(node, ast.arg):
            yield node.arg
        elif not isinstance(node, ast.Name):
            yield node.name
        elif isinstance(node.ctx, ast.Store):
            yield node.id


def constants(path: Path) -> set[str]:
    return {node.value for node in nodes(path, ast.Constant) if isinstance(node.value, str)}


def lists_of(path: Path, names: Iterable[str], least: int) -> list[str]:
    """Where a module spells a list of at least so many of these names."""
    named = [
        (node, {part.value for part in node.elts if isinstance(part, ast.Constant)} & set(names))
        for node in nodes(path, ast.Tuple, ast.List, ast.Set)
    ]
    return [
        f"{short(path)}:{node.lineno} {sorted(found)}"
        for node, found in named
        if len(found) >= least
    ]


# Data flows one way


def test_imports_go_one_way():
    against = []
    for path in MODULES:
        if dotted(path) in ("forecasting", SHOWING):  # the front door fetches from every room
            continue
        room = room_of(path)
        assert room in FLOOR, f"{short(path)} stands in no room; a new room belongs into ROOMS"
        names = (name.split(".") for name in imports(parsed(path)))
        entered = {name[1] for name in names if name[0] == "forecasting" and name[1:]}
        above = {name for name in entered if FLOOR.get(name, len(ROOMS)) > FLOOR[room]}
        against += [f"{short(path)} imports {name}" for name in above - {"__version__"}]
    assert not against


def test_the_open_door_is_for_pictures_and_tables_alone():
    """Words are found by whoever shows them; a chart and a notebook's table are asked for here."""
    doors = [node.name for node in nodes(PACKAGE / "showing.py", FUNCTION)]
    assert sorted(doors) == ["_repr_html_", "chart"]
    callers = {
        function.name
        for path in MODULES
        for function in nodes(path, FUNCTION)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "chart"
        and any(node.module == "forecasting.showing" for node in nodes(path, ast.ImportFrom))
    }
    assert callers == {"plot"}


def test_every_room_exists():
    rooms = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()}
    assert rooms - {"__init__", "__pycache__", "data", "py.typed"} <= FLOOR.keys()


def test_no_module_imports_itself_in_a_circle():
    """A module that is only read by those after it can be understood, and moved, by itself."""
    try:
        TopologicalSorter(imported_by_name()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_outside_libraries_have_one_home():
    strays = []
    for path in MODULES:
        place = path.relative_to(PACKAGE).as_posix()
        for name in libraries(imports(parsed(path))) & HOMES.keys():
            if not place.startswith(HOMES[name]):
                strays.append(f"{place} imports {name}, whose home is {HOMES[name]}")
    assert not strays


def test_what_is_imported_is_declared():
    """An installed package must not live on what its neighbours happen to bring."""
    told = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    project = told["project"]
    # Without statsforecast `backtest --peers` says what to install
    peers = told["dependency-groups"]["bench"]
    needs = sum(project["optional-dependencies"].values(), [*project["dependencies"], *peers])
    declared = {plain(re.match(r"[\w.-]+", need)[0]) for need in needs}
    brought_by = packages_distributions()
    for path in MODULES:
        for name in libraries(imports(parsed(path))):
            assert {plain(part) for part in brought_by.get(name, [name])} & declared, name


def plain(distribution: str) -> str:
    return distribution.lower().replace("_", "-")


def test_an_import_inside_a_function_keeps_start_up_light():
    """It loads a library that the module itself does not load; all others stand at the top."""
    without_use = []
    for path in MODULES:
        inside = [
            imports(ast.Module([node], []))
            for function in ast.walk(at_run_time(path))
            if isinstance(function, FUNCTION) and dotted(path) not in {*COMMANDS, SHOWING}
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        for names in inside:
            own = {name for name in names if name.startswith("forecasting.")}
            brought = set().union(*map(loaded_with, own))
            if own and brought <= loaded_with(dotted(path)):
                without_use.append(f"{short(path)}: {sorted(own)}")
    assert not without_use


def test_the_notebook_engine_knows_nothing_of_vehicles():
    engine = {name for name in imported_by_name() if name.startswith("forecasting.runs.execute.")}
    used = set().union(*(imported_by_name()[name] for name in engine))
    assert used - engine <= {"forecasting.vocabulary.errors", "forecasting.vocabulary.names"}


# Each thing has one home


def test_no_two_modules_and_no_two_classes_have_one_name():
    """A reader who searches for one finds the other."""
    names = Counter(path.stem for path in MODULES if path.name != "__init__.py")
    for path in MODULES:
        names.update(node.name for node in nodes(path, ast.ClassDef))
    assert not [name for name, count in names.items() if count > 1]
    assert "Path" not in names, "Path is the one of pathlib"


def test_groups_of_measures_stand_in_one_module():
    """Who adds a measure sees every list that it may belong to; single names and tables of words
    stand where used.
    """
    counted = {name for name, measure in MEASURES.items() if measure.kind != "statement"}
    others = [path for path in MODULES if path != PACKAGE / "vocabulary" / "measures.py"]
    assert not [place for path in others for place in lists_of(path, counted, 2)]


def test_a_measure_says_what_it_is_and_no_prefix_of_its_name_does():
    assert not [short(path) for path in MODULES if re.search(r"startswith\(.ev_", text_of(path))]


def test_names_of_files_and_of_the_environment_stand_in_one_module():
    """Folders have names that are words, too: those count where they are a step of a path."""
    values = [value for name, value in vars(forecasting.vocabulary.names).items() if name.isupper()]
    outside = {
        text for value in values for text in (value if isinstance(value, tuple) else [value])
    }
    outside = {text for text in outside if isinstance(text, str)}
    strays = []
    for path in MODULES:
        steps = [node.right for node in nodes(path, ast.BinOp) if isinstance(node.op, ast.Div)]
        texts = {text for text in constants(path) if re.search(r"[._]", text)}
        texts |= {node.value for node in steps if isinstance(node, ast.Constant)}
        strays += [f"{short(path)} writes {text}" for text in texts & outside]
    assert not [
        stray for stray in strays if not stray.startswith("forecasting/vocabulary/names.py")
    ]


def test_results_and_draws_are_read_in_one_module():
    readers = [short(path) for path in MODULES if "read_parquet" in text_of(path)]
    assert readers == ["forecasting/scenarios/outlook_files.py"]


# Readers are told in one way


def test_what_a_reader_must_know_is_a_caveat():
    """One word for one thing; `Scenario.notes` are the author's own words, and a key of params
    files.
    """
    others = {"remark", "remarks", "reservation", "reservations", "warnings", "notes"}
    strays = []
    for path in MODULES:
        words = {word for name in bound_names(path) for word in name.lower().split("_")}
        strays += [f"{short(path)}: {word}" for word in words & others]
    assert strays == ["forecasting/parameters/schema.py: notes"]


def test_what_is_handed_on_cannot_be_changed():
    """A dataclass or a model is frozen, but for those that are filled as a caller goes along."""
    filled = set()
    for path in MODULES:
        for node in nodes(path, ast.ClassDef):
            made = [ast.unparse(decorator) for decorator in node.decorator_list]
            settings = [ast.unparse(part) for part in node.body if isinstance(part, ast.Assign)]
            words = [text for text in made if text.startswith("dataclass")]
            words += [text for text in settings if "ConfigDict(" in text]
            if any("frozen=True" not in text for text in words):
                filled.add(node.name)
    assert filled == FILLED


# Tests


def test_tests_can_fail():
    """Expected errors are named by their message, nothing is skipped, a known failure says why and
    must stay one.
    """
    skips = []
    for path in TESTS:
        names = {node.attr for node in nodes(path, ast.Attribute)}
        skips += [f"{short(path)}: {name}" for name in names & SKIPS]
        for node in nodes(path, ast.Call):
            needed = REQUIRED.get(ast.unparse(node.func), set())
            for word in needed - {keyword.arg for keyword in node.keywords}:
                skips.append(f"{short(path)}:{node.lineno} lacks {word}=")
    assert not skips
