"""Faults in a params file, in the words of this package: what, where, and the next move."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.arguments import shown
from forecasting.errors import Problem, in_digits
from forecasting.measures import nearest

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from forecasting.parameters.strict_yaml import Document

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
    field = fields.get(str(fault["loc"][-1])) if fault["loc"] else None
    example = str(field.examples[0]) if field and field.examples else ""
    if kind == "missing":
        return Problem(place, "is missing", example)
    if kind == "extra_forbidden":
        near = did_you_mean(str(fault["loc"][-1]), fields).lstrip("; ")
        return Problem(place, f"is not a key of {whose}", near or f"known: {', '.join(fields)}")
    if kind == "literal_error":
        known = re.findall(r"'(\w+)'", fault["ctx"]["expected"])
        near = did_you_mean(str(fault["input"]), known).lstrip("; ")
        return Problem(place, f"{value} is unknown", near or f"one of {', '.join(known)}")
    if kind in EXPECTED:
        return Problem(place, f"{value} is not {EXPECTED[kind]}", example)
    message = str(fault["msg"])
    if kind == "value_error":
        return Problem(place, message.removeprefix("Value error, "), example)
    return Problem(place, f"{value}: {message[0].lower()}{message[1:]}", example)


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
    hint = "give a file of facts, relative to this params file"
    for place, file in enumerate(files):
        if not Path(document.folder, file).exists():
            what = f"is not in {document.folder or 'this folder'}"
            if "://" in file:
                what = "is a network address"
            yield Problem(document.where(("ledger", place)), f"{short(file)} {what}", hint)
