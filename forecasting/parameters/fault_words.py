"""Faults in a params file, in the words of this package: what, where, and the next move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.arguments import shown
from forecasting.errors import Problem, in_digits
from forecasting.measures import nearest

if TYPE_CHECKING:
    from forecasting.parameters.strict_yaml import Document

__all__ = ["did_you_mean", "missing_files", "short", "worded"]

_EXPECTED = {
    "int_type": "a whole number", "int_from_float": "a whole number", "int_parsing": "a whole number",
    "float_type": "a number", "string_type": "text", "bool_type": "true or false", "dict_type": "a list of keys",
    "tuple_type": "a list", "model_type": "a list of keys", "date_type": "a date (YYYY-MM-DD)",
    "model_attributes_type": "a list of keys", "finite_number": "a finite number",
}  # fmt: skip


_EXAMPLES = {
    "scenario": "baseline, accelerated, constrained or a name of your own",
    "as_of": "a date such as 2023-06-26, or latest",
    "horizon": "the last year, e.g. 2030",
    "seed": "any whole number, e.g. 20230626",
    "reason": "one sentence: why this changes the quantity",
    "source": "a fact's id, judgement, a citation or an address",
    "size": "a number, or low, mode and high",
    "start": "a date such as 2026-01-01",
    "missing": "what one point too few costs a year, above 0",
    "idle": "what one point too many costs a year, above 0",
    "own": "points of your own, 0 or more",
    "on_time": "a share, 0 to 1",
    "probability": "a share, 0 to 1",
    "kind": "level, growth, ceiling, cap, price, demand or target",
}

Owner = tuple[str, Sequence[str]]  # whose keys: "a scenario", and which there are


def worded(fault: Mapping[str, Any], place: str, owner: Owner) -> Problem:
    """One of pydantic's faults in this package's words.

    Parameters
    ----------
    fault : mapping
        A row of ``ValidationError.errors()``.
    place : str
        File, line and key path.
    owner : tuple of str and sequence of str
        Whose key it is, and which keys that has.

    Examples
    --------
    >>> fault = {"loc": ("contry",), "type": "extra_forbidden", "input": "UZ", "msg": ""}
    >>> print(worded(fault, "uz.yaml:1 contry", ("a scenario", ["country", "seed"])))
    uz.yaml:1 contry: is not a key of a scenario (did you mean country?)
    """
    kind, value, message = (
        str(fault["type"]),
        fault["input"],
        str(fault["msg"]).removeprefix("Value error, "),
    )
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    example = _EXAMPLES.get(key, "")
    if kind == "missing":
        return Problem(place, "is missing", example)
    if kind == "extra_forbidden":
        whose, known = owner
        near = did_you_mean(key, known).lstrip("; ")
        return Problem(place, f"is not a key of {whose}", near or "known: " + ", ".join(known))
    if kind == "literal_error":
        known = [
            word.strip("' ") for word in fault["ctx"]["expected"].replace(" or ", ",").split(",")
        ]
        near = did_you_mean(str(value), known).lstrip("; ")
        return Problem(place, f"{short(value)} is unknown", near or "one of " + ", ".join(known))
    if kind in _EXPECTED:
        return Problem(place, f"{short(value)} is not {_EXPECTED[kind]}", example)
    return Problem(
        place,
        message if kind == "value_error" else f"{short(value)}: {message[0].lower()}{message[1:]}",
        example,
    )


def did_you_mean(word: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    """A question with the nearest right word, or nothing.

    >>> did_you_mean("baselin", ["baseline"])
    '; did you mean baseline?'
    """
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""


def short(value: Any) -> str:
    """A value as a message shows it: one line, not too long.

    >>> short(40_000_000.0), short("word")
    ('40,000,000', "'word'")
    """
    if type(value) in (int, float) and 10_000 <= abs(value) < 1e16:
        return in_digits(value)
    return shown(value)


def missing_files(files: Sequence[str], document: Document) -> Iterator[Problem]:
    """Ledgers that are not there; a network address is none, as nothing is fetched unasked."""
    for i, file in enumerate(files):
        if not Path(document.folder, file).exists():
            what = (
                "is a network address"
                if "://" in file
                else f"is not in {document.folder or 'this folder'}"
            )
            hint = "give a file of facts, relative to this params file"
            yield Problem(document.where(("ledger", i)), f"{short(file)} {what}", hint)
