"""Each bench is in the list of them, and calls what there is in the package."""

import ast
import importlib
import re
from pathlib import Path

import pytest

BENCHES = Path(__file__).parent.parent / "benches"
SCRIPTS = sorted(BENCHES.glob("*.py"))


def test_the_list_names_every_bench():
    listed = re.findall(r"^\| `(\w+\.py)`", (BENCHES / "README.md").read_text(), re.MULTILINE)
    assert sorted(listed) == [path.name for path in SCRIPTS]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_a_bench_imports_from_the_package_exists(path):
    """Also of those that need a library outside the lock, and so run by hand alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("forecasting"):
            module = importlib.import_module(node.module)
            for name in (alias.name for alias in node.names):
                if not hasattr(module, name):
                    importlib.import_module(f"{node.module}.{name}")
