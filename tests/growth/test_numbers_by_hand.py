"""The page of numbers that were set by hand holds all of them, as the code has them."""

import ast
import importlib
import inspect
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

import forecasting

PACKAGE = Path(forecasting.__file__).parent
PAGE = (Path(__file__).parents[2] / "docs/numbers-by-hand.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([\w.]+)` \| (.+?) \|", PAGE, re.MULTILINE))
# Of the sampler and the search for the mode
SETTINGS = {"posterior", "linear_model", "mode"}


def numbers_in(tree):
    nodes = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [n for n in nodes if isinstance(n, int | float) and not isinstance(n, bool)]


def named(name):
    """What a dotted name stands for: the module is as much of it as can be imported."""
    parts = name.split(".")
    path, size = PACKAGE, 0
    while size < len(parts) and (path / parts[size]).is_dir():
        path, size = path / parts[size], size + 1
    found = importlib.import_module(".".join(["forecasting", *parts[: size + 1]]))
    for part in parts[size + 1 :]:
        found = getattr(found, part)
    return found


def constants():
    """Every name in capitals of growth and panels that holds a number."""
    for file in sorted([*(PACKAGE / "growth").glob("*.py"), *(PACKAGE / "panels").glob("*.py")]):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or file.stem in SETTINGS:
                continue
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id.isupper():
                name = f"{file.parent.name}.{file.stem}.{target.id}"
                if np.asarray(named(name)).dtype.kind in "fiu":
                    yield name


@pytest.mark.parametrize("name", ROWS)
def test_a_value_is_that_of_the_code(name):
    value, code = ast.literal_eval(ROWS[name]), named(name)
    if inspect.isfunction(code):
        text = numbers_in(ast.parse(textwrap.dedent(inspect.getsource(code))))
        assert {abs(number) for number in value} <= set(text)
    else:
        assert np.asarray(code, dtype=float) == pytest.approx(np.asarray(value, dtype=float))


def test_every_constant_is_in_a_table_or_said_to_change_no_answer():
    listed = set(re.findall(r"`([\w.]+)`", PAGE))
    assert [name for name in constants() if name not in listed] == []


def test_the_model_has_at_most_sixty():
    model = PAGE.split("Of the model:")[1].split("Of what is learned")[0]
    assert len(re.findall(r"^\| `", model, re.MULTILINE)) <= 60
