"""The house rules: data flows one way, each thing has one home, the code stays plain and small."""

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import forecasting.names
from forecasting.measures import MEASURES
from forecasting.reading.rules import LEDGER_COLUMNS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "forecasting"

# A module imports from its own room and from those before it.
ROOMS = (
    (
        "limits",
        "sentences",
        "errors",
        "names",
        "arguments",
        "door",
        "periods",
        "measures",
        "quantities",
        "caveats",
        "showing",
        "quantiles",
        "market_rows",
    ),
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

# What the package as a whole may reach, at most: see `figures`.
LIMITS = {
    "tokens": 313_200,
    "functions with more than ten branches, in percent": 2.6,
    "conditional expressions in 1,000 lines": 15,
    "tuple assignments in 1,000 lines": 8,
    "names that say nothing, of 1,000": 5.4,
    "constants of one name and several values": 13,  # NOT_PROPOSED is what each publisher says
    "modules that one other module alone imports": 45,
    "sentences for readers outside reporting": 21,
    "lists of public names": 1,
    "lists of a ledger's columns": 1,
}
LARGEST_ROOM = 0.20  # of all tokens
LONGEST_CELL = 8  # lines of a notebook's cell
REPEATED = 6  # statements that may not stand twice
SENTENCE = 8  # words
LISTED = 12  # names of columns that make a list of them

# Participles, pronouns and adverbs alone: a reader does not learn what is known, kept or beside
VAGUE_WORDS = """
said found given told asked known shown kept made moved taken seen drawn printed put counted
used named needed held left done open whole rest own other others both all more most less many
much some any each every one two of what that this those such who it them they first last next
before after again then now here there near far together apart beside between within without
above below under around out up down late early later earlier soon once so only
"""
VAGUE_NAMES = frozenset(VAGUE_WORDS.split())
# Rooms whose results are objects; reporting finds the words for them
WORDLESS = {"growth", "demand", "scenarios", "evaluation"}
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


def docstrings(path: Path) -> Iterator[ast.Expr]:
    for node in nodes(path, ast.Module, ast.ClassDef, FUNCTION):
        if ast.get_docstring(node, clean=False) is not None:
            yield node.body[0]


def bound_names(path: Path) -> Iterator[str]:
    """Every name that a module gives: of classes, functions, parameters, variables, fields."""
    for node in nodes(path, ast.ClassDef, FUNCTION, ast.arg, ast.Name):
        if isinstance(node, ast.arg):
            yield node.arg
        elif not isinstance(node, ast.Name):
            yield node.name
        elif isinstance(node.ctx, ast.Store):
            yield node.id


def constants_by_name() -> dict[str, list[str]]:
    """What each constant of a module is set to, in all modules that have one of that name."""
    values = defaultdict(list)
    for path in MODULES:
        for node in parsed(path).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and target.id.isupper():
                    values[target.id].append(ast.unparse(node.value))
    return values


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


def test_no_room_is_large():
    """A room that outgrows the others is two rooms."""
    tokens = Counter()
    for path in MODULES:
        tokens[room_of(path)] += len(tokens_of(path))
    whole = tokens.total()
    assert not {room: count for room, count in tokens.items() if count > LARGEST_ROOM * whole}


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
    assert used - engine <= {"forecasting.errors", "forecasting.names"}


# Each thing has one home


def test_no_two_modules_and_no_two_classes_have_one_name():
    """A reader who searches for one finds the other."""
    names = Counter(path.stem for path in MODULES if path.name != "__init__.py")
    for path in MODULES:
        names.update(node.name for node in nodes(path, ast.ClassDef))
    assert not [name for name, count in names.items() if count > 1]
    assert "Path" not in names, "Path is the one of pathlib"


def test_no_lines_of_logic_stand_twice():
    """What is written twice is mended once."""
    places = defaultdict(list)
    for path in MODULES:
        lines = lines_of_logic(path)
        for start in range(len(lines) - REPEATED + 1):
            places[tuple(lines[start : start + REPEATED])].append(short(path))
    repeated = [
        f"{where}: {lines[0]} ... {lines[-1]}" for lines, where in places.items() if where[1:]
    ]
    assert not repeated, "\n".join(repeated)


def lines_of_logic(path: Path) -> list[str]:
    """A module's statements, each on its own lines however they are broken in the file, without
    docstrings, imports and lone brackets.
    """
    tree = ast.parse(text_of(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | FUNCTION):
            node.body = [part for part in node.body if not is_declaration(part)] or [ast.Pass()]
    return [line.strip() for line in ast.unparse(tree).splitlines() if re.search(r"\w", line)]


def is_declaration(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_list = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    return is_text or is_list or isinstance(node, ast.Import | ast.ImportFrom)


def test_groups_of_measures_stand_in_one_module():
    """Who adds a measure sees every list that it may belong to; single names and tables of words
    stand where used.
    """
    counted = {name for name, measure in MEASURES.items() if measure.kind != "statement"}
    others = [path for path in MODULES if path != PACKAGE / "measures.py"]
    assert not [place for path in others for place in lists_of(path, counted, 2)]


def test_a_measure_says_what_it_is_and_no_prefix_of_its_name_does():
    assert not [short(path) for path in MODULES if re.search(r"startswith\(.ev_", text_of(path))]


def test_names_of_files_and_of_the_environment_stand_in_one_module():
    """Folders have names that are words, too: those count where they are a step of a path."""
    values = [value for name, value in vars(forecasting.names).items() if name.isupper()]
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
    assert not [stray for stray in strays if not stray.startswith("forecasting/names.py")]


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


def sentences(path: Path) -> list[str]:
    """Texts of some length that are no docstring and no part of an error."""
    silent = {*docstrings(path), *nodes(path, ast.Raise)}
    for node in nodes(path, ast.Call, ast.JoinedStr):
        if isinstance(node, ast.JoinedStr):  # counted as a whole
            silent.update(part for part in node.values if isinstance(part, ast.Constant))
        elif re.search("error|problem|help|option|argument", ast.unparse(node.func), re.IGNORECASE):
            silent.add(node)
    inside = {part for node in silent for part in ast.walk(node)}
    texts = [ast.unparse(node) for node in {*nodes(path, ast.Constant, ast.JoinedStr)} - inside]
    spaced = [text for text in texts if " " in text]  # a formula of a workbook is no sentence
    return [text for text in spaced if len(re.findall(r"[A-Za-z]{2,}", text)) >= SENTENCE]


# The code stays plain and small


def branches(function: ast.AST) -> int:
    """One, and one more for each branch, those inside expressions and nested functions included."""
    kinds = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert, ast.IfExp)
    count = 0
    for node in ast.walk(function):
        count += isinstance(node, (*kinds, ast.Lambda, ast.match_case, FUNCTION))
        if isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            count += 1 + len(node.ifs)
    return count


@cache
def tokens_of(path: Path) -> list[tokenize.TokenInfo]:
    """The tokens of a module that say something: no comments, docstrings, line ends, indents."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    documented = {
        line for node in docstrings(path) for line in range(node.lineno, node.end_lineno + 1)
    }
    return [
        token
        for token in tokenize.generate_tokens(io.StringIO(text_of(path)).readline)
        if token.type not in silent | {tokenize.ENDMARKER} and token.start[0] not in documented
    ]


def test_the_code_is_plain_and_small():
    """Shares of the whole, no bans: where an expression reads better packed, it stays."""
    measured = figures()
    over = {
        name: (round(measured[name], 1), limit)
        for name, limit in LIMITS.items()
        if measured[name] > limit
    }
    assert not over, f"more than the limit: {over}"


def figures() -> dict[str, float]:
    tokens = {path: tokens_of(path) for path in MODULES}
    lines = sum(len(lines_with(tokens[path])) for path in MODULES)
    functions = [branches(node) for node in all_nodes(FUNCTION)]
    conditional = all_nodes(ast.IfExp)
    tuples = [node for node in all_nodes(ast.Assign) if assigns_tuple(node)]
    importers = Counter(name for path in MODULES for name in modules_named(path))
    names = [name for path in MODULES for name in bound_names(path)]
    wordless = [path for path in MODULES if room_of(path) in WORDLESS]
    column_lists = [place for path in MODULES for place in lists_of(path, LEDGER_COLUMNS, LISTED)]
    vague = sum(name.strip("_") in VAGUE_NAMES for name in names)
    values = constants_by_name()
    complex_share = sum(count > 10 for count in functions) / len(functions)
    return {
        "tokens": sum(map(len, tokens.values())),
        "functions with more than ten branches, in percent": 100 * complex_share,
        "conditional expressions in 1,000 lines": 1000 * len(conditional) / lines,
        "tuple assignments in 1,000 lines": 1000 * len(tuples) / lines,
        "names that say nothing, of 1,000": 1000 * vague / len(names),
        "constants of one name and several values": sum(len(set(v)) > 1 for v in values.values()),
        "modules that one other module alone imports": list(importers.values()).count(1),
        "sentences for readers outside reporting": sum(len(sentences(path)) for path in wordless),
        "lists of public names": names.count("__all__"),
        "lists of a ledger's columns": len(column_lists),
    }


def all_nodes(*kinds: type) -> list:
    return [node for path in MODULES for node in nodes(path, *kinds)]


def lines_with(tokens: list[tokenize.TokenInfo]) -> set[int]:
    return {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}


def assigns_tuple(node: ast.Assign) -> bool:
    """Whether several names are given several values at once: `a, b = x, y`."""
    return isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple)


def modules_named(path: Path) -> set[str]:
    """The modules of the package from which a module imports names."""
    return {node.module for node in nodes(path, ast.ImportFrom)} & imported_by_name().keys()


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
