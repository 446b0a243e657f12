"""The house rules: data flows one way, each outside library has its home, and things stay small."""

import ast
import copy
import json
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import forecasting.names
from forecasting.measures import MEASURES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "forecasting"

# A module imports from its own room and from those before it.
ROOMS = (
    (
        "errors",
        "names",
        "arguments",
        "periods",
        "measures",
        "quantities",
        "caveats",
        "showing",
        "quantiles",
    ),
    ("evidence",),
    ("curves",),
    ("growth",),
    ("panels",),
    ("demand",),
    ("parameters",),
    ("scenarios",),
    ("evaluation",),
    ("reporting",),
    ("runs",),
    ("narrow_help",),
    ("fact_commands",),
    ("cli",),
)
FLOOR = {name: floor for floor, names in enumerate(ROOMS) for name in names}

# A library on the left is imported nowhere but in the modules, or rooms, on the right.
HOMES = {
    "click": ("cli.py", "fact_commands.py", "narrow_help.py"),
    "dask": ("runs/workers/cluster.py",),
    "docx": ("reporting/document.py", "reporting/word_tables.py"),
    "distributed": ("runs/workers/cluster.py",),
    "httpx": ("evidence/sources/",),
    "ipywidgets": ("reporting/explore.py",),
    "papermill": ("runs/execute/",),
    "plotly": ("reporting/figures",),
    "sktime": ("curves/sktime.py",),
    "statsforecast": ("evaluation/",),
    "statsmodels": ("curves/",),
    "xlsxwriter": ("reporting/comparison_files.py", "reporting/workbook.py"),
}
COUNTED = {name for name, measure in MEASURES.items() if measure.kind != "statement"}
REQUIRED = {
    "pytest.raises": {"match"},
    "pytest.warns": {"match"},
    "pytest.mark.xfail": {"strict", "reason"},
}
LONGEST_CELL = 16
REPEATED = 6  # lines of logic that may not stand twice
# Each command loads what it needs, and no other's
COMMANDS = {"forecasting.cli", "forecasting.fact_commands"}
# Through it alone an object meets what shows it, which stands in a later room
SHOWING = "forecasting.showing"
LARGEST_ROOM = 0.2  # of all lines

MODULES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> set[str]:
    """The modules that a tree imports, wherever it does: at the top, in a function, for the type
    checker alone.
    """
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def rooms_entered(tree: ast.AST) -> set[str]:
    paths = [name.split(".") for name in imports(tree)]
    return {path[1] for path in paths if path[0] == "forecasting" and len(path) > 1} - {
        "__version__"
    }


def lines_of(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def at_run_time(path: Path) -> ast.Module:
    """A module's tree without what only the type checker reads."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return tree


def imported_by_name() -> dict[str, set[str]]:
    """Each module of the package, and the modules of the package that it imports, in functions too;
    without the one through which objects meet what shows them.
    """
    names = {dotted(path): path for path in MODULES if path.name != "__init__.py"}
    del names[SHOWING]
    return {name: imports(at_run_time(path)) & names.keys() for name, path in names.items()}


def imports_in_functions(tree: ast.AST) -> Iterator[set[str]]:
    """What each import inside a function names."""
    for function in functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield imports(ast.Module([node], []))


@cache
def imports_on_loading(name: str) -> frozenset[str]:
    """What loading a module imports, its functions left out; nothing for a name inside a module."""
    home = ROOT / name.replace(".", "/")
    path = home / "__init__.py" if home.is_dir() else home.with_suffix(".py")
    if not path.exists():
        return frozenset()
    tree = copy.deepcopy(at_run_time(path))
    for function in functions(tree):
        function.body = [ast.Pass()]
    return frozenset(imports(tree))


@cache
def libraries_loaded(name: str) -> frozenset[str]:
    """The outside libraries that importing a module of the package loads."""
    found, seen, waiting = set(), set(), {name}
    while waiting:
        seen.add(module := waiting.pop())
        named = imports_on_loading(module)
        waiting |= {other for other in named if other.startswith("forecasting.")} - seen
        found |= (
            {other.split(".")[0] for other in named} - sys.stdlib_module_names - {"forecasting"}
        )
    return frozenset(found)


def lines_of_logic(path: Path) -> list[str]:
    """A module's statements, each on its own lines however they are broken in the file, without
    docstrings, imports, lists of public names and lone brackets.
    """
    tree = copy.deepcopy(parsed(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not is_declaration(part)] or [ast.Pass()]
    return [line.strip() for line in ast.unparse(tree).splitlines() if re.search(r"\w", line)]


def is_declaration(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_list = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    return is_text or is_list or isinstance(node, ast.Import | ast.ImportFrom)


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def words_of_names(tree: ast.AST) -> set[str]:
    """The words of every name that a module gives: of classes and their fields, functions,
    parameters, variables.
    """
    given = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            given.add(node.name)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.add(node.id)
    return {word for name in given for word in name.lower().split("_")}


def code_cells(notebook: Path) -> list[str]:
    """The code of a notebook, without the cell that lists its parameters."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [
        "".join(cell["source"])
        for cell in code
        if "parameters" not in cell["metadata"].get("tags", ())
    ]


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_imports_go_one_way(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    # The front door fetches from every room on first use
    if room == "__init__" or dotted(path) == SHOWING:
        return
    assert room in FLOOR, f"{short(path)} stands in no room; a new room belongs into ROOMS above"
    entered = rooms_entered(parsed(path))
    against = sorted(name for name in entered if FLOOR.get(name, len(ROOMS)) > FLOOR[room])
    assert not against, f"{short(path)} imports {against}, which come after {room}"


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_outside_libraries_have_one_home(path):
    place = path.relative_to(PACKAGE).as_posix()
    libraries = {name.split(".")[0] for name in imports(parsed(path))}
    strays = sorted(name for name in libraries & HOMES.keys() if not place.startswith(HOMES[name]))
    assert not strays, (
        f"{place} imports {strays}; their homes are {[HOMES[name] for name in strays]}"
    )


def test_what_is_imported_is_declared():
    """An installed package must not live on what its neighbours happen to bring."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [
        *project["dependencies"],
        *(need for extra in project["optional-dependencies"].values() for need in extra),
    ]
    declared = {re.match(r"[\w.-]+", need)[0].lower().replace("_", "-") for need in needs}
    trees = (parsed(path) for path in MODULES)
    libraries = {name.split(".")[0] for tree in trees for name in imports(tree)}
    outside = libraries - sys.stdlib_module_names - {"forecasting"}
    brought_by = packages_distributions()
    known = {
        name: {part.lower().replace("_", "-") for part in brought_by.get(name, [name])}
        for name in outside
    }
    assert not {name for name, distributions in known.items() if not distributions & declared}


def test_no_two_modules_and_no_two_classes_have_one_name():
    trees = {path: parsed(path) for path in MODULES}
    modules = Counter(path.stem for path in MODULES if path.name != "__init__.py")
    classes = Counter(
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    )
    twice = [name for name, count in [*modules.items(), *classes.items()] if count > 1]
    assert not twice, f"{twice} name two things each: a reader who searches for one finds the other"
    assert "Path" not in classes, "Path is the one of pathlib"


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_what_a_reader_must_know_is_a_caveat(path):
    """One word for one thing; `Scenario.notes` are the author's own words, and a key of params
    files.
    """
    others = {"remark", "remarks", "reservation", "reservations", "warnings", "notes"}
    allowed = {"notes"} if short(path) == "forecasting/parameters/schema.py" else set()
    found = words_of_names(parsed(path)) & (others - allowed)
    assert not found, (
        f"{short(path)} says {sorted(found)}; such a sentence is a caveat everywhere else"
    )


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_groups_of_measures_stand_in_one_module(path):
    """Who adds a measure sees every list that it may belong to; single names and tables of words
    stand where used.
    """
    for node in ast.walk(parsed(path)):
        if (
            isinstance(node, ast.Tuple | ast.List | ast.Set)
            and short(path) != "forecasting/measures.py"
        ):
            named = {part.value for part in node.elts if isinstance(part, ast.Constant)} & COUNTED
            assert len(named) < 2, (
                f"{short(path)} line {node.lineno} lists {sorted(named)}; see measures.py"
            )


OUTSIDE_NAMES = {
    name
    for key, value in vars(forecasting.names).items()
    if key.isupper()
    for name in (value if isinstance(value, tuple) else (value,))
    if isinstance(name, str)
}


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_names_of_files_and_of_the_environment_stand_in_one_module(path):
    """Folders have names that are words, too: those count where they are a step of a path."""
    if short(path) == "forecasting/names.py":
        return
    tree = parsed(path)
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    found = {text for text in texts & OUTSIDE_NAMES if re.search(r"[._]", text)}
    divided = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
    )
    steps = {
        node.right.value for node in divided if isinstance(node.right, ast.Constant)
    } & OUTSIDE_NAMES
    assert not found | steps, (
        f"{short(path)} writes {sorted(found | steps)}; forecasting/names.py has a name for it"
    )


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_results_and_draws_are_read_in_one_module(path):
    if short(path) != "forecasting/scenarios/outlook_files.py":
        assert "read_parquet" not in path.read_text(encoding="utf-8"), (
            f"{short(path)}: see load_draws and load_results"
        )


def test_no_module_imports_itself_in_a_circle():
    """A module that is only read by those after it can be understood, and moved, by itself."""
    try:
        TopologicalSorter(imported_by_name()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_an_import_inside_a_function_keeps_start_up_light(path):
    """It loads a library that the module itself does not load; any other import stands at the top."""
    name = dotted(path)
    if name in {*COMMANDS, SHOWING}:
        return
    for named in imports_in_functions(at_run_time(path)):
        own = {other for other in named if other.startswith("forecasting.")}
        brought = {
            library for other in own for library in libraries_loaded(other)
        } - libraries_loaded(name)
        assert brought or not own, (
            f"{short(path)} imports {sorted(own)} inside a function, which spares no library"
        )


def test_no_lines_of_logic_stand_twice():
    """What is written twice is mended once."""
    places = defaultdict(list)
    for path in MODULES:
        lines = lines_of_logic(path)
        for start in range(len(lines) - REPEATED + 1):
            places[tuple(lines[start : start + REPEATED])].append(short(path))
    repeated = {lines: where for lines, where in places.items() if len(where) > 1}
    assert not repeated, "\n".join(
        f"{where}: {lines[0]} ... {lines[-1]}" for lines, where in repeated.items()
    )


def test_the_notebook_engine_knows_nothing_of_vehicles():
    for name, imported in imported_by_name().items():
        if name.startswith("forecasting.runs.execute."):
            strays = {
                other for other in imported if not other.startswith("forecasting.runs.execute.")
            }
            assert strays <= {"forecasting.errors", "forecasting.names"}, (
                f"{name} imports {sorted(strays)}"
            )


def test_no_room_is_large():
    """A room that outgrows the others is two rooms."""
    whole = sum(map(lines_of, MODULES))
    rooms: Counter[str] = Counter()
    for path in MODULES:
        rooms[path.relative_to(PACKAGE).parts[0]] += lines_of(path)
    large = {
        room: f"{lines / whole:.0%}"
        for room, lines in rooms.items()
        if lines > LARGEST_ROOM * whole
    }
    assert not large, f"{large} of all lines"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=short)
def test_notebooks_narrate_and_call(path):
    for source in code_cells(path):
        tree = ast.parse(
            "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
        )
        defined = [
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        assert not defined, f"{path.name} defines {defined}; what computes belongs into the package"
        assert len(source.splitlines()) <= LONGEST_CELL, f"{path.name} has a long cell:\n{source}"


@pytest.mark.parametrize("path", TESTS, ids=short)
def test_tests_can_fail(path):
    """Expected errors are named by their message, nothing is skipped, a known failure says why and
    must stay one.
    """
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"skip", "skipif", "importorskip"}, (
                f"line {node.lineno}: {node.attr}"
            )
        if isinstance(node, ast.Call) and (needed := REQUIRED.get(ast.unparse(node.func))):
            given = {keyword.arg for keyword in node.keywords}
            assert needed <= given, (
                f"line {node.lineno}: {ast.unparse(node.func)} lacks {needed - given}"
            )


def test_what_is_handed_on_cannot_be_changed():
    """A dataclass or a model is frozen, but for the three that are filled as a caller goes along."""
    filled = set()
    for path in MODULES:
        for node in (node for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)):
            made = [ast.unparse(decorator) for decorator in node.decorator_list]
            if any(words.startswith("dataclass") and "frozen=True" not in words for words in made):
                filled.add(node.name)
            settings = [
                ast.unparse(part.value) for part in node.body if isinstance(part, ast.Assign)
            ]
            assert all(
                "frozen=True" in words for words in settings if words.startswith("ConfigDict(")
            ), node.name
    assert filled == {"Checked", "Document", "Point"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import plotly.graph_objects as go", {"plotly.graph_objects"}),
        ("from forecasting.growth import flow", {"forecasting.growth", "forecasting.growth.flow"}),
        (
            "def f():\n    from papermill import execute_notebook",
            {"papermill", "papermill.execute_notebook"},
        ),
    ],
)
def test_imports_are_seen_wherever_they_stand(source, expected):
    assert imports(ast.parse(source)) == expected


def test_every_room_exists():
    present = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()} - {
        "__init__",
        "data",
        "__pycache__",
    }
    assert present - {"py.typed"} <= FLOOR.keys()
