"""The door to the tables and figures of notebooks: each argument is checked by its name and by its
type hint before the function runs.

>>> def median_words(year: int, day: str = "winter") -> str:
...     return f"{day} {year}"
>>> names = {"median_words": median_words}
>>> guard(names)
>>> names["median_words"](2030, "spring")
Traceback (most recent call last):
forecasting.InputError: day is 'spring'; give winter or summer
"""

from __future__ import annotations

import inspect
from typing import Any

import pandas as pd

from forecasting.vocabulary.arguments import (
    Check,
    fitting,
    flag,
    instance,
    integer,
    number,
    numbers,
    optional,
    sequence,
    takes,
    text,
    texts,
)
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.measures import LARGEST_COST, did_you_mean
from forecasting.vocabulary.periods import FIRST_YEAR, LAST_YEAR

CLASSES = {
    "Outlook": "an Outlook, as fc.outlook makes it",
    "Ledger": "a Ledger, as fc.read_ledger reads it",
    "Ledger | Outlook": "a Ledger, or an Outlook with its evidence",
    "Caveat": "a Caveat, as an Outlook or a FlowForecast holds them",
    "FlowForecast": "a FlowForecast, as fc.forecast_flow makes it",
    "GrowthResults": "GrowthResults, as a GrowthModel's fit gives them",
    "Results": "Results, as an Outlook holds them",
    "Scenario": "a Scenario, as fc.load_scenario reads it",
    "Verdict": "a Verdict, as fc.tables.article_checked gives them",
}


def _object(hint: str) -> Check:
    """An object of a class of the package, known by its name, so that none is loaded."""
    names = hint.split(" | ")
    return fitting(
        CLASSES[hint], lambda value: any(kind.__name__ in names for kind in type(value).__mro__)
    )


def _frame(*columns: str) -> Check:
    """A table with some columns."""
    words = f"a DataFrame with the columns {', '.join(columns)}"
    return fitting(
        words, lambda value: isinstance(value, pd.DataFrame) and {*columns} <= {*value.columns}
    )


def _by_year(value: Any) -> pd.Series[float]:
    series = pd.Series(numbers().read(value), dtype=float)
    return series.set_axis([YEAR.read(int(str(label)[:4])) for label in series.index])


def _summaries(value: Any) -> dict[str, pd.DataFrame]:
    frames = dict(value)
    if not frames:
        raise ValueError
    return {text().read(name): SUMMARY_FRAME.read(frame) for name, frame in frames.items()}


SUMMARY_FRAME = _frame("pi_lower", "pi_upper")
WORDS_CHECK = texts("words, each in quotation marks")
YEAR = integer(FIRST_YEAR, LAST_YEAR)
HINTS = {hint: _object(hint) for hint in CLASSES} | {
    "str": text(),
    "bool": flag(),
    "int": integer(0, 10_000),
    "float": number(0),
    "pd.DataFrame": instance(pd.DataFrame, words="a DataFrame"),
    "pd.Series[float]": Check("a Series of finite numbers by year", _by_year),
    "Mapping[str, pd.DataFrame]": Check(f"by name {SUMMARY_FRAME.words}", _summaries),
}
HINTS |= {
    f"{group}[{hint}]": sequence(check, f"several, each {check.words}")
    for group in ("Iterable", "Sequence", "Collection")
    for hint, check in HINTS.items()
}
CHECKS_BY_NAME = {
    **dict.fromkeys(("year", "since"), YEAR),
    **dict.fromkeys(("missing", "idle"), number(0, LARGEST_COST, ends=False)),
    "day": fitting("winter or summer", ("winter", "summer").__contains__),
    "plan": _frame("section", "case", "points", "sites"),
    "table": _frame("scenario", "country", "measure", "period_start", "period_end", "quantile"),
}


def _check(argument: inspect.Parameter) -> Check:
    """What an argument may be: by its name, or else by its hint."""
    if argument.kind is argument.VAR_POSITIONAL:
        return WORDS_CHECK
    hint = argument.annotation.removesuffix(" | None")
    check = CHECKS_BY_NAME.get(argument.name) or HINTS[hint]
    if hint != argument.annotation:
        return optional(check)
    return check


def names_of_module(namespace: dict[str, Any]) -> list[str]:
    """The names that a public module defines for its users: what it imports for itself is none.

    Parameters
    ----------
    namespace : dict
        ``globals()`` of the module.
    """
    return sorted(
        name
        for name, thing in namespace.items()
        if not name.startswith("_") and getattr(thing, "__module__", "") == namespace["__name__"]
    )


def guard(namespace: dict[str, Any]) -> None:
    """Have the functions of a public namespace check what they are given, each argument by its
    name; inside the package they call each other unchecked. ``dir()`` lists them, and a name that
    is missing is answered with the nearest one.

    Parameters
    ----------
    namespace : dict
        ``globals()`` of the module, at its end.
    """
    for name, function in list(namespace.items()):
        if inspect.isfunction(function) and not name.startswith("_"):
            arguments = inspect.signature(function).parameters.values()
            checks = {argument.name: _check(argument) for argument in arguments}
            namespace[name] = takes(InputError, **checks)(function)
    names = sorted(name for name, thing in namespace.items() if name[0] != "_" and callable(thing))

    def missing(name: str) -> object:
        hint = did_you_mean(name, names, "see dir() of it")
        module = namespace["__name__"]
        raise AttributeError(f"module {module!r} has no attribute {name!r}; {hint}")

    namespace |= {"__dir__": lambda: names, "__getattr__": missing}
