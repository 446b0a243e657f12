r"""The answers to a table: a file of one page that says which lines are read, what they count, in
which unit, and which period a number is of.

>>> answers = answers_in("read:\n  - counts: ev_imports\n    columns: [B]\n    unit: 1000\n")
>>> answers.read[0].columns, answers.read[0].unit
(('B',), 1000.0)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from forecasting.evidence.rules import FACT_KINDS, publication
from forecasting.vocabulary.errors import InputError, LedgerError, PeriodError, Problem
from forecasting.vocabulary.files import read_text
from forecasting.vocabulary.limits import MAX_MAPPING_BYTES
from forecasting.vocabulary.measures import MEASURES, did_you_mean
from forecasting.vocabulary.places import find_partner, find_place, nearest_place
from forecasting.vocabulary.printed_periods import MONTHS, YEARS
from forecasting.vocabulary.quantities import QUANTITIES
from forecasting.vocabulary.strict_yaml import Document, KeyPath, parse_yaml

OF_ITS_PERIOD = "own"
YEAR_TO_DATE = "year_to_date"
# Behind a month: a year is called by the one in which it ends, or in which it begins
BEFORE = " before"
OF_THAT_YEAR = " of that year"
LENGTHS = ("year", "quarter", "month")  # for which a day stands
CALENDAR_NAMES = ("solar_hijri", "buddhist", "minguo")
OTHER_PERIODS = (OF_ITS_PERIOD, YEAR_TO_DATE, *LENGTHS, *CALENDAR_NAMES)
PERIODS = (
    *OTHER_PERIODS,
    *(f"{month}{call}" for call in ("", BEFORE, OF_THAT_YEAR) for month in MONTHS),
)
DECIMALS = (".", ",")
LARGEST_UNIT = 1e12
Line = str | int
Place = str | dict[str, str]  # a place, or the column of places
Reader = Callable[[object], object]


@dataclass(frozen=True)
class SeriesAnswer:
    """What is said of one series of a table.

    Parameters
    ----------
    counts : str
        A measure; behind a space a quantity of it.
    sheets : tuple of str
        Their names; empty: the only one with numbers.
    columns : tuple of str
        Letters or heads; of several the sum.
    rows : tuple of str or int
        Numbers of rows, or the words at their beginning.
    where : dict of str to str
        What a row says in some columns.
    unit : float or None
        What a 1 of the table is.
    periods : str
        Of which period a number is; empty: of its own. A year is that of numbers that name none.
    place : str or dict
        A place, or ``{"column": letter or head}``.
    cells : dict of str to str
        Further columns of a ledger.
    """

    counts: str
    sheets: tuple[str, ...] = ()
    columns: tuple[Line, ...] = ()
    rows: tuple[Line, ...] = ()
    where: dict[str, str] = field(default_factory=dict)
    unit: float | None = None
    periods: str = ""
    place: Place = ""
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        """The measure that it counts."""
        return self.counts.partition(" ")[0]

    @property
    def quantity(self) -> str:
        """The quantity of the measure; empty for its total or stock."""
        return self.counts.partition(" ")[2]

    @cached_property
    def lines(self) -> str:
        """Its lines, as a file of answers says them.

        >>> SeriesAnswer("ev_sales", columns=("B",), rows=(3,)).lines
        '{columns: [B], rows: [3]}'
        """
        keys = {"columns": [*self.columns], "rows": [*self.rows], "where": {**self.where}}
        return in_yaml({key: value for key, value in keys.items() if value} or {"columns": []})


@dataclass(frozen=True)
class Answers:
    """What is said of a table.

    Parameters
    ----------
    read : tuple of SeriesAnswer
        One of each series.
    published : str
        Since when the numbers are known.
    place : str or dict
        As of a series.
    decimal, encoding, separator : str
        How the file is written; empty where it tells.
    cells : dict of str to str
        Further columns of a ledger, of all series.
    document : Document, optional
        The file that says it, for messages.
    """

    read: tuple[SeriesAnswer, ...] = ()
    published: str = ""
    place: Place = ""
    decimal: str = ""
    encoding: str = ""
    separator: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    document: Document = field(default_factory=lambda: Document("answers"), compare=False)

    def where(self, index: int, key: str = "") -> str:
        """The file, line and key of a part of a series, for messages."""
        path: KeyPath = ("read", index, key) if key else ("read", index)
        return self.document.where(path)

    def to_yaml(self, comments: Mapping[str, str] | None = None) -> str:
        """The file that says them.

        Parameters
        ----------
        comments : mapping of str to str, optional
            What stands behind a key of each series.
        """
        return "".join(_lines_of(self, comments or {}))


def answers_path(table: Path) -> Path:
    """Where the answers to a table lie.

    >>> answers_path(Path("facts.csv")).name
    'facts.mapping.yaml'
    """
    return table.with_name(f"{table.stem}.mapping.yaml")


def proposal_path(table: Path) -> Path:
    """Where proposed answers are written, which nothing reads by itself."""
    return table.with_name(f"{table.stem}.proposed.yaml")


def read_answers(path: Path) -> Answers:
    """Read a file of answers.

    Raises
    ------
    LedgerError
        With every problem at once.
    """
    hint = "correct it; a file of answers has some ten short lines"
    return answers_in(read_text(path, LedgerError, hint, MAX_MAPPING_BYTES), path.name)


def answers_in(text: str, name: str = "answers") -> Answers:
    """The answers of a text in YAML.

    Raises
    ------
    LedgerError
        With every problem at once: an unknown key, measure, place or form.
    """
    if not text.strip():
        raise LedgerError.at(name, "is empty", "read: is a list of series")
    try:
        document = parse_yaml(text, name)
    except InputError as error:
        raise LedgerError(error.problems) from None
    keys = document.value
    if not isinstance(keys, dict):
        raise LedgerError.at(name, "is no list of keys", "read: is a list of series")
    return _answers_of(document, keys)


def _answers_of(document: Document, keys: Mapping[str, Any]) -> Answers:
    """The answers of the keys of a file."""
    problems: list[Problem] = []
    entries = keys.get("read")
    if not isinstance(entries, list) or not entries:
        hint = "write it so, whatever an earlier form had: read: [{counts: ev_sales, columns: [B]}]"
        problems.append(Problem(document.where(("read",)), "is no list of series", hint))
        entries = []
    values = _values(document, (), {**keys, "read": None}, FILE_KEYS, problems)
    read = [_values(document, ("read", index), entry, SERIES_KEYS, problems)
            for index, entry in enumerate(entries)]  # fmt: skip
    without_counts = [index for index, series in enumerate(read) if "counts" not in series]
    for index in without_counts if not problems else ():
        where = document.where(("read", index, "counts"))
        hint = "say what it counts, e.g. counts: ev_imports"
        problems.append(Problem(where, "is missing", hint))
    if problems:
        raise LedgerError(problems)
    series_of_file = tuple(SeriesAnswer(**_with_cells(series)) for series in read)
    return Answers(series_of_file, document=document, **_with_cells(values))


def _values(
    document: Document,
    path: KeyPath,
    keys: object,
    readers: Mapping[str, Reader],
    problems: list[Problem],
) -> dict[str, Any]:
    """The values of some keys, each as its reader gives it; what is wrong is added to a list."""
    values: dict[str, Any] = {}
    if not isinstance(keys, dict):
        hint = "{counts: ev_sales, columns: [B]}"
        problems.append(Problem(document.where(path), "is no series", hint))
        return values
    for key, value in keys.items():
        where = document.where((*path, key))
        if key not in readers:
            hint = did_you_mean(key, readers, f"there are {', '.join(readers)}")
            problems.append(Problem(where, f"{key!r} is an unknown key", hint))
        elif value is not None:
            try:
                values[key] = readers[key](value)
            except InputError as error:
                problems += [replace(problem, where=where) for problem in error.problems]
    return values


def _with_cells(values: dict[str, Any]) -> dict[str, Any]:
    """Values by the fields of their class: further columns of a ledger stand together."""
    cells = {key: values[key] for key in ROW_KEYS if key in values}
    fields = {key: value for key, value in values.items() if key not in ROW_KEYS}
    if "sheet" in fields:
        fields["sheets"] = fields.pop("sheet")
    return fields | {"cells": cells}


# The readers of values, each of which gives the value or raises what is wrong with it.


def _refusal(value: object, fault: str, hint: str) -> InputError:
    return InputError.at("", f"{str(value)[:60]!r} {fault}", hint)


def _read_text(value: object) -> str:
    if isinstance(value, dict | list):
        raise _refusal(value, "is no text", "write its words")
    return str(value)


def _read_counts(value: object) -> str:
    words = " ".join(str(value).lower().replace("-", "_").split())
    measure, _, quantity = words.partition(" ")
    if words.replace(" ", "_") in MEASURES:
        measure, quantity = words.replace(" ", "_"), ""
    hint = "e.g. ev_imports, ev_sales, ev_stock"
    counted = [name for name, meaning in MEASURES.items() if meaning.kind != "statement"]
    _one_of(measure, counted, "is an unknown measure", hint)
    if quantity:
        _one_of(
            quantity, QUANTITIES, "is an unknown quantity", f"there are {', '.join(QUANTITIES)}"
        )
    return f"{measure} {quantity}".strip()


def _one_of(value: object, choices: Iterable[str], fault: str, hint: str) -> str:
    """A text that must be one of some."""
    text = " ".join(str(value).split())
    if text not in choices:
        raise _refusal(text, fault, did_you_mean(text, choices, hint))
    return text


def _read_lines(value: object) -> tuple[Line, ...]:
    lines = value if isinstance(value, list) else [value]
    if any(isinstance(line, dict | list | bool) for line in lines):
        raise _refusal(value, "is no list of lines", "[B], or several")
    return tuple(lines)


def _read_sheets(value: object) -> tuple[str, ...]:
    return tuple(map(str, _read_lines(value)))


def _read_conditions(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _refusal(value, "says of no column what it holds", "where: {B: Electric}")
    return {str(column): _read_text(word) for column, word in value.items()}


def _read_unit(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and 0 < float(str(value)) <= LARGEST_UNIT):
        raise _refusal(value, "is no number above 0", "1, 1000, 1000000; money is left out")
    return float(str(value))


def _read_periods(value: object) -> str:
    text = str(value)
    if text.isdecimal() and YEARS[0] <= int(text) <= YEARS[1]:
        return text
    hint = f"there are {OF_ITS_PERIOD}, {YEAR_TO_DATE}, a month, a year of four digits, ..."
    return _one_of(value, PERIODS, "is unknown", hint)


def _read_place(value: object) -> Place:
    if isinstance(value, dict):
        if [*value] != ["column"]:
            raise _refusal(value, "is neither a place nor a column", "place: {column: A}")
        return {"column": _read_text(value["column"])}
    code = find_place(str(value))
    if not code:
        raise _refusal(value, "is not a known place", nearest_place(str(value)))
    return code


def _read_partner(value: object) -> str:
    if not find_partner(_read_text(value)):
        raise _refusal(value, "is not a known place", nearest_place(str(value)))
    return str(value)


def _read_kind(value: object) -> str:
    return _one_of(value, FACT_KINDS, "is unknown", f"there are {', '.join(FACT_KINDS)}")


def _read_published(value: object) -> str:
    try:
        publication(str(value))
    except PeriodError as error:
        raise InputError.at("", str(error), "write it as 2026-02-20") from None
    return str(value)


def _read_decimal(value: object) -> str:
    return _one_of(value, DECIMALS, "is no decimal mark", "use '.' or ','")


def _read_separator(value: object) -> str:
    separator = {"tab": "\t", "\\t": "\t"}.get(str(value), str(value))
    if len(separator) != 1 or separator in '"\r\n':
        raise _refusal(value, "is no single sign", "e.g. ';' or tab")
    return separator


ROW_KEYS: dict[str, Reader] = {
    **dict.fromkeys(("source", "url", "basis"), _read_text),
    "partner": _read_partner,
    "product": _read_text,
    "kind": _read_kind,
}
SERIES_KEYS: dict[str, Reader] = {
    "counts": _read_counts,
    "sheet": _read_sheets,
    "columns": _read_lines,
    "rows": _read_lines,
    "where": _read_conditions,
    "unit": _read_unit,
    "periods": _read_periods,
    "place": _read_place,
    **ROW_KEYS,
}
FILE_KEYS: dict[str, Reader] = {
    "read": _read_text,
    "published": _read_published,
    "place": _read_place,
    "decimal": _read_decimal,
    "encoding": _read_text,
    "separator": _read_separator,
    **ROW_KEYS,
}


# How a file of answers is written.


def _lines_of(answers: Answers, comments: Mapping[str, str]) -> Iterator[str]:
    """The lines of a file of answers."""
    yield "read:\n"
    for series in answers.read:
        lead = "  - "
        for key, value in _keys_of(series):
            comment = f"  # {comments[key]}" if key in comments else ""
            yield f"{lead}{key}: {in_yaml(value)}{comment}\n"
            lead = "    "
    for key in ("published", "place", "decimal", "encoding", "separator"):
        if value := getattr(answers, key):
            yield f"{key}: {in_yaml('tab' if value == chr(9) else value)}\n"
    for key, text in answers.cells.items():
        yield f"{key}: {in_yaml(text)}\n"


def _keys_of(series: SeriesAnswer) -> Iterator[tuple[str, object]]:
    yield "counts", series.counts
    if series.sheets:
        yield "sheet", series.sheets[0] if len(series.sheets) == 1 else [*series.sheets]
    for key in ("columns", "rows"):
        if lines := getattr(series, key):
            yield key, [*lines]
    if series.where:
        yield "where", series.where
    if series.unit is not None:
        yield "unit", int(series.unit) if series.unit.is_integer() else series.unit
    if series.periods:
        yield "periods", int(series.periods) if series.periods.isdecimal() else series.periods
    if series.place:
        yield "place", series.place
    yield from series.cells.items()


def in_yaml(value: object) -> str:
    """A value as it stands in a file of answers.

    >>> in_yaml(["B", "2024", 12]), in_yaml("EV sales"), in_yaml("a: b")
    ('[B, "2024", 12]', 'EV sales', '"a: b"')
    """
    if isinstance(value, list):
        return f"[{', '.join(map(in_yaml, value))}]"
    if isinstance(value, dict):
        pairs = (f"{in_yaml(key)}: {in_yaml(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if not isinstance(value, str):
        return str(value)
    words = re.fullmatch(r"[^\W\d][\w ./()+%-]*|\d{4}-\d\d(?:-\d\d)?", value)
    if words and value.strip() == value and value.lower() not in ("true", "false", "null"):
        return value
    return json.dumps(value, ensure_ascii=False)
