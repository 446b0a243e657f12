"""What `forecasting.__all__` reaches says what it takes, gives and refuses, and shows an example
that runs.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

import forecasting as fc

NOTHING = (None, "None", inspect.Signature.empty)


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function that the public names reach, methods of their classes included."""
    for name in fc.__all__:
        thing = getattr(fc, name)
        within = {name: thing}
        if inspect.ismodule(thing):
            within = {
                f"{name}.{n}": member
                for n, member in vars(thing).items()
                if inspect.isfunction(member) and is_of(member, thing) and not n.startswith("_")
            }
        for path, found in within.items():
            if inspect.isclass(found):
                yield from ((f"{path}.{n}", f) for n, f in methods(found))
            elif inspect.isfunction(found):
                yield path, found


def is_of(function: Callable[..., Any], space: ModuleType) -> bool:
    """Whether a group of names has a function for others, not for its own use."""
    return space in (fc.figures, fc.tables) or function.__module__ == space.__name__


def methods(owner: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public methods of a class, those of its bases in the package included."""
    bases = [base for base in reversed(owner.__mro__) if base.__module__.startswith("forecasting")]
    for name, member in {
        name: member for base in bases for name, member in vars(base).items()
    }.items():
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if (
            inspect.isfunction(function)
            and not name.startswith("_")
            and function.__module__.startswith("forecasting")
        ):
            yield name, function


PUBLIC = dict(functions())


def sections_of(docstring: str) -> dict[str, str]:
    return dict(zip(*[iter(re.split(r"(?m)^(\w+)\n-{4,}\n", docstring)[1:])] * 2, strict=True))


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_function_says_what_it_takes_gives_and_refuses(name):
    function, sections = PUBLIC[name], sections_of(inspect.getdoc(PUBLIC[name]) or "")
    signature = inspect.signature(function)
    entries = re.findall(
        r"(?m)^\*{0,2}(\w[\w, *]*?)(?: : .+)?\n {4,}\S", sections.get("Parameters", "")
    )
    described = {word.strip(" *") for line in entries for word in line.split(",")}
    assert set(signature.parameters) - {"self", "cls"} <= described, "Parameters"
    if signature.return_annotation not in NOTHING:
        assert {"Returns", "Yields"} & sections.keys(), "Returns"
    # That a wrong argument is an InputError holds of all of them, and docs/api.md says so once
    if re.search(r"(?m)^\s+raise \w", inspect.getsource(inspect.unwrap(function))):
        assert "Raises" in sections, "Raises"
    assert ">>> " in sections.get("Examples", ""), "Examples"


@pytest.mark.parametrize(
    "name", [name for name in fc.__all__ if inspect.isclass(getattr(fc, name))]
)
def test_a_public_class_says_what_it_is_made_of(name):
    owner = getattr(fc, name)
    assert inspect.getdoc(owner), "a docstring"
    if not issubclass(owner, Exception | Warning):
        sections = sections_of(inspect.getdoc(owner))
        assert {"Parameters", "Attributes", "Notes"} & sections.keys(), "Parameters"
        assert ">>> " in sections.get("Examples", ""), "Examples"


def test_enough_is_public_for_that_to_mean_something():
    assert len(PUBLIC) > 70
