"""What `forecasting.__all__` reaches says what it takes, with meaning and unit, what it gives, and what it refuses."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import forecasting as fc

NOTHING = (None, "None", inspect.Signature.empty)
# Most methods of the curves' model and results are statsmodels' own and told there; their sections are to be written.
TOLD_ELSEWHERE = ("GrowthModel.", "GrowthResults.")


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function that the public names reach, methods of their classes included."""
    for name in fc.__all__:
        thing = getattr(fc, name)
        within = {f"{name}.{n}": getattr(thing, n) for n in thing.__all__} if inspect.ismodule(thing) else {name: thing}
        for path, found in within.items():
            if inspect.isclass(found):
                yield from ((f"{path}.{n}", f) for n, f in methods(found))
            elif inspect.isfunction(found):
                yield path, found


def methods(owner: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, member in vars(owner).items():
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if inspect.isfunction(function) and not name.startswith("_") and function.__module__.startswith("forecasting"):
            yield name, function


PUBLIC = {name: function for name, function in functions() if not name.startswith(TOLD_ELSEWHERE)}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_function_tells_what_it_takes_gives_and_refuses(name):
    function, told = PUBLIC[name], inspect.getdoc(PUBLIC[name]) or ""
    signature = inspect.signature(function)
    sections = dict(zip(*[iter(re.split(r"(?m)^(\w+)\n-{4,}\n", told)[1:])] * 2, strict=True))
    lines = re.findall(r"(?m)^\*{0,2}(\w[\w, *]*?)(?: : .+)?$", sections.get("Parameters", ""))
    taken = {word.strip(" *") for line in lines for word in line.split(",")}
    assert set(signature.parameters) - {"self", "cls"} <= taken, "Parameters"
    if signature.return_annotation not in NOTHING:
        assert {"Returns", "Yields"} & sections.keys(), "Returns"
    if re.search(r"(?m)^\s+raise \w", inspect.getsource(inspect.unwrap(function))):
        assert "Raises" in sections, "Raises"


def test_enough_is_public_for_that_to_mean_something():
    assert len(PUBLIC) > 40
