"""Faults in a params file, in the words of this package: what, where, and the next move."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.arguments import shown
from forecasting.errors import Problem, in_digits
from forecasting.measures import did_you_mean

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from forecasting.parameters.strict_yaml import Check

    Fields = Mapping[str, FieldInfo]

EXPECTED = {
    **dict.fromkeys(("int_type", "int_from_float", "int_parsing"), "a whole number"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "a list of keys"),
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "date_type": "a date (YYYY-MM-DD)",
}


def worded(fault: Mapping[str, Any], place: str, whose: str, fields: Fields) -> Problem:
    """One of pydantic's faults in this package's words.

    Parameters
    ----------
    fault : mapping
        A row of ``ValidationError.errors()``.
    place : str
        File, line and key path.
    whose : str
        Whose key it is, e.g. ``a scenario``.
    fields : mapping of str to FieldInfo
        Which keys that has; the first example of a key is the next move.

    Examples
    --------
    >>> from forecasting.parameters.values import Choice
    >>> fault = {"loc": ("choice", "mising"), "type": "extra_forbidden", "input": 1, "msg": ""}
    >>> print(worded(fault, "uz.yaml:1 choice.mising", "a choice", Choice.model_fields))
    uz.yaml:1 choice.mising: is not a key of a choice (did you mean missing?)
    """
    kind = str(fault["type"])
    value = short(fault["input"])
    message = str(fault["msg"])
    key = "".join(map(str, fault["loc"][-1:]))
    if kind == "extra_forbidden":
        hint = did_you_mean(key, fields, f"known: {', '.join(fields)}")
        return Problem(place, f"is not a key of {whose}", hint)
    if kind == "literal_error":
        words = re.findall(r"'(\w+)'", fault["ctx"]["expected"])
        hint = did_you_mean(str(fault["input"]), words, f"one of {', '.join(words)}")
        return Problem(place, f"{value} is unknown", hint)
    texts = {"missing": "is missing", "value_error": message.removeprefix("Value error, ")}
    text = texts.get(kind, f"{value}: {message[:1].lower()}{message[1:]}")
    if kind in EXPECTED:
        text = f"{value} is not {EXPECTED[kind]}"
    examples = getattr(fields.get(key), "examples", None) or [""]
    return Problem(place, text, str(examples[0]))


def short(value: Any) -> str:
    """A value as a message shows it: one line, not too long.

    >>> short(40_000_000.0), short("word")
    ('40,000,000', "'word'")
    """
    if type(value) in (int, float) and 10_000 <= abs(value) < 1e16:
        return in_digits(value)
    return shown(value)


def missing_files(files: Sequence[str], folder: str) -> Iterator[Check]:
    """Ledgers that a params file in some folder names and that are not there."""
    hint = "give a file of facts, relative to this params file"
    for place, file in enumerate(files):
        fault = f"is not in {folder or 'this folder'}"
        if "://" in file:
            fault = "is a network address"
        is_missing = not Path(folder, file).exists()
        yield ("ledger", place), is_missing, f"{short(file)} {fault}", hint
