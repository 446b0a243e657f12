"""What no tool says of the house: libraries are declared, no name stands twice, tests can fail.

Which rooms and libraries a module may import is in `pyproject.toml`, and `lint-imports` holds it.
"""

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "forecasting").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
# What a call in a test must say
REQUIRED = {
    "pytest.raises": {"match"},
    "pytest.warns": {"match"},
    "pytest.mark.xfail": {"strict", "reason"},
}
SKIPS = {"skip", "skipif", "importorskip"}


@cache
def all_nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def nodes(path: Path, *kinds: type) -> Iterator:
    return (node for node in all_nodes(path) if isinstance(node, kinds))


def libraries(path: Path) -> set[str]:
    """The outside libraries that a module imports."""
    names = {alias.name for node in nodes(path, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes(path, ast.ImportFrom)}
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"forecasting"}


def test_what_is_imported_is_declared():
    """An installed package must not live on what its neighbours happen to bring."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = told["project"]
    # Without statsforecast `backtest --peers` has the peers of statsmodels alone
    peers = told["dependency-groups"]["bench"]
    needs = sum(project["optional-dependencies"].values(), [*project["dependencies"], *peers])
    declared = {plain(re.match(r"[\w.-]+", need)[0]) for need in needs}
    brought_by = packages_distributions()
    for path in MODULES:
        for name in libraries(path):
            assert {plain(part) for part in brought_by.get(name, [name])} & declared, name


def plain(distribution: str) -> str:
    return distribution.lower().replace("_", "-")


def test_no_two_modules_and_no_two_classes_have_one_name():
    """A reader who searches for one finds the other."""
    names = Counter(path.stem for path in MODULES if path.name != "__init__.py")
    for path in MODULES:
        names.update(node.name for node in nodes(path, ast.ClassDef))
    names.update(path.stem for path in TESTS if path.name != "conftest.py")  # pytest needs it
    assert not [name for name, count in names.items() if count > 1]
    assert "Path" not in names, "Path is the one of pathlib"


def test_a_value_stays_as_it_was_made():
    """A data class is frozen, but for those that gather what they are given."""
    gathering = {"Document", "Point", "Checked"}
    changed = [
        node.name
        for path in MODULES
        for node in nodes(path, ast.ClassDef)
        for decorator in map(ast.unparse, node.decorator_list)
        if decorator.startswith("dataclass") and "frozen=True" not in decorator
    ]
    assert {*changed} == gathering


def test_tests_can_fail():
    """Expected errors are named by their message, nothing is skipped, a known failure says why and
    must stay one.
    """
    skips = []
    for path in TESTS:
        names = {node.attr for node in nodes(path, ast.Attribute)}
        skips += [f"{path.relative_to(ROOT)}: {name}" for name in names & SKIPS]
        for node in nodes(path, ast.Call):
            needed = REQUIRED.get(ast.unparse(node.func), set())
            for word in needed - {keyword.arg for keyword in node.keywords}:
                skips.append(f"{path.relative_to(ROOT)}:{node.lineno} lacks {word}=")
    assert not skips
