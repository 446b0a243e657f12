r"""The answers to a table: a file of one page that says which lines are read, what they count, in
which unit, and which period a number is of.

>>> answers = answers_in("read:\n  - counts: ev_imports\n    columns: [B]\n    unit: 1000\n")
>>> answers.read[0].columns, answers.read[0].unit
(('B',), 1000.0)
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from forecasting.evidence.rules import FACT_KINDS, publication
from forecasting.vocabulary.errors import InputError, LedgerError, PeriodError, Problem
from forecasting.vocabulary.files import read_text
from forecasting.vocabulary.limits import MAX_MAPPING_BYTES
from forecasting.vocabulary.measures import MEASURES, did_you_mean
from forecasting.vocabulary.places import find_partner, find_place, nearest_place
from forecasting.vocabulary.printed_periods import MONTHS
from forecasting.vocabulary.quantities import QUANTITIES
from forecasting.vocabulary.strict_yaml import Document, KeyPath, parse_yaml

OF_ITS_PERIOD = "own"
YEAR_TO_DATE = "year_to_date"
BEFORE = " before"  # behind a month: the year is called by the one in which it ends
LENGTHS = ("year", "quarter", "month")  # for which a day stands
CALENDAR_NAMES = ("solar_hijri", "buddhist", "minguo")
PERIODS = (
    OF_ITS_PERIOD,
    YEAR_TO_DATE,
    *MONTHS,
    *(f"{month}{BEFORE}" for month in MONTHS),
    *LENGTHS,
    *CALENDAR_NAMES,
)
DECIMALS = (".", ",")
ROW_COLUMNS = ("source", "url", "basis", "partner", "product", "kind")  # of the file or an entry
Line = str | int

Place = str | dict[str, str]  # a place, or the column of places


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
        Of which period a number is; empty: of its own.
    year : int or None
        Of numbers that name none.
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
    year: int | None = None
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

    def with_series(self, series: SeriesAnswer) -> Answers:
        """The answers with one more series."""
        return replace(self, read=(*self.read, series))

    def to_yaml(self) -> str:
        """The file that says them."""
        return "".join(_lines_of(self, {}))


SERIES_KEYS = (
    "counts", "sheet", "columns", "rows", "where", "unit", "periods", "year", "place", *ROW_COLUMNS,
)  # fmt: skip
KEYS = ("read", "published", "place", "decimal", "encoding", "separator", *ROW_COLUMNS)
# Keys of files of an earlier form, and what replaces each
OLD_KEYS = {
    "columns": "read: [{counts: ..., columns: [...]}]",
    "letters": "read: [{counts: ..., columns: [...]}]",
    "rows": "read: [{counts: ..., rows: [...]}]",
    "constants": "counts, place, published and the others of an entry",
    "values": "where: {column: value} of an entry",
    "unknown": "nothing: what is no number is not read",
    "fiscal_year": "periods: the month in which its years begin",
    "each": "periods: year, quarter or month",
    "dates": "nothing: a date that may be two is asked",
    "calendar": "periods: solar_hijri, buddhist or minguo",
}


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
    if "read" not in keys and {*keys} & {*OLD_KEYS}:
        raise LedgerError([*_old_keys(document, keys)])
    problems = [*_faults(document, keys)]
    if problems:
        raise LedgerError(problems)
    return Answers(
        read=tuple(_series(entry) for entry in keys["read"]),
        published=str(keys.get("published", "")),
        place=_place(keys.get("place", "")),
        decimal=str(keys.get("decimal", "")),
        encoding=str(keys.get("encoding", "")),
        separator=_separator(keys.get("separator", "")),
        cells={key: str(keys[key]) for key in ROW_COLUMNS if key in keys},
        document=document,
    )


def _old_keys(document: Document, keys: Mapping[str, Any]) -> Iterator[Problem]:
    for key in keys:
        if key in OLD_KEYS:
            yield Problem(
                document.where((key,)),
                "is a key of an earlier form of this file",
                f"it is said now by {OLD_KEYS[key]}",
            )


def _separator(text: object) -> str:
    return {"tab": "\t", "\\t": "\t"}.get(str(text), str(text))


def _series(entry: Mapping[str, Any]) -> SeriesAnswer:
    return SeriesAnswer(
        counts=" ".join(str(entry["counts"]).split()),
        sheets=tuple(map(str, _listed(entry.get("sheet")))),
        columns=tuple(_listed(entry.get("columns"))),
        rows=tuple(_listed(entry.get("rows"))),
        where={str(key): _text(value) for key, value in (entry.get("where") or {}).items()},
        unit=float(entry["unit"]) if entry.get("unit") is not None else None,
        periods=" ".join(str(entry.get("periods") or "").split()),
        year=entry.get("year"),
        place=_place(entry.get("place", "")),
        cells={key: str(entry[key]) for key in ROW_COLUMNS if key in entry},
    )


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _place(value: object) -> Place:
    if isinstance(value, dict):
        return {"column": str(value["column"])}
    return find_place(str(value)) if value else ""


def _faults(document: Document, keys: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with a file of answers."""

    def fault(path: KeyPath, words: str, hint: str) -> Problem:
        return Problem(document.where(path), words, hint)

    yield from _unknown_keys(document, (), keys, KEYS)
    entries = keys.get("read")
    if not isinstance(entries, list) or not entries:
        yield fault(("read",), "is no list of series", "read: [{counts: ev_sales, columns: [B]}]")
        entries = []
    if (decimal := keys.get("decimal")) is not None and decimal not in DECIMALS:
        yield fault(("decimal",), f"{decimal!r} is no decimal mark", "use '.' or ','")
    separator = _separator(keys.get("separator", ","))
    if len(separator) != 1 or separator in '"\r\n':
        yield fault(("separator",), f"{separator!r} is no single sign", "e.g. ';' or tab")
    if (published := keys.get("published")) is not None:
        try:
            publication(str(published))
        except PeriodError as error:
            yield fault(("published",), str(error), "write it as 2026-02-20")
    yield from _faults_of_cells(document, (), keys)
    for index, entry in enumerate(entries):
        path: KeyPath = ("read", index)
        if not isinstance(entry, dict):
            yield fault(path, "is no series", "{counts: ev_sales, columns: [B]}")
            continue
        yield from _unknown_keys(document, path, entry, SERIES_KEYS)
        yield from _faults_of_series(document, path, entry)
        yield from _faults_of_cells(document, path, entry)


def _unknown_keys(
    document: Document, path: KeyPath, keys: Mapping[str, Any], known: Collection[str]
) -> Iterator[Problem]:
    for key in keys:
        if key not in known:
            hint = did_you_mean(key, known, f"there are {', '.join(known)}")
            yield Problem(document.where((*path, key)), f"{key!r} is an unknown key", hint)


def _faults_of_series(
    document: Document, path: KeyPath, entry: Mapping[str, Any]
) -> Iterator[Problem]:
    def fault(key: str, words: str, hint: str) -> Problem:
        return Problem(document.where((*path, key)), words, hint)

    measure, _, quantity = " ".join(str(entry.get("counts") or "").split()).partition(" ")
    if not measure:
        yield fault("counts", "is missing", "say what it counts, e.g. counts: ev_imports")
    elif measure not in MEASURES:
        hint = did_you_mean(measure, MEASURES, "e.g. ev_imports, ev_sales, ev_stock")
        yield fault("counts", f"{measure!r} is an unknown measure", hint)
    elif quantity and quantity not in QUANTITIES:
        hint = did_you_mean(quantity, QUANTITIES, f"there are {', '.join(QUANTITIES)}")
        yield fault("counts", f"{quantity!r} is an unknown quantity", hint)
    for key in ("sheet", "columns", "rows"):
        lines = _listed(entry.get(key))
        if any(isinstance(line, dict | list | bool) for line in lines):
            yield fault(key, "is no list of lines", f"{key}: [B], or several")
    where = entry.get("where")
    if where is not None and not (
        isinstance(where, dict) and not any(isinstance(v, dict | list) for v in where.values())
    ):
        yield fault("where", "says of no column what it holds", "where: {B: Electric}")
    yield from _faults_of_numbers(document, path, entry)


def _faults_of_numbers(
    document: Document, path: KeyPath, entry: Mapping[str, Any]
) -> Iterator[Problem]:
    def fault(key: str, words: str, hint: str) -> Problem:
        return Problem(document.where((*path, key)), words, hint)

    unit = entry.get("unit")
    is_number = isinstance(unit, int | float) and not isinstance(unit, bool)
    if unit is not None and not (is_number and 0 < unit <= 1e12):
        hint = "1, 1000, 1000000; money is left out"
        yield fault("unit", f"{unit!r} is no number above 0", hint)
    periods = " ".join(str(entry.get("periods") or OF_ITS_PERIOD).split())
    if periods not in PERIODS:
        hint = did_you_mean(
            periods, PERIODS, f"there are {OF_ITS_PERIOD}, {YEAR_TO_DATE}, a month, ..."
        )
        yield fault("periods", f"{periods!r} is unknown", hint)
    year = entry.get("year")
    if year is not None and not (isinstance(year, int) and 1950 <= year <= 2060):
        yield fault("year", f"{year!r} is no year", "e.g. year: 2024")


def _faults_of_cells(
    document: Document, path: KeyPath, keys: Mapping[str, Any]
) -> Iterator[Problem]:
    """What is wrong with the place and the further columns of a ledger."""
    place = keys.get("place")
    where = document.where((*path, "place"))
    if isinstance(place, dict):
        if [*place] != ["column"] or isinstance(place["column"], dict | list):
            yield Problem(where, "is neither a place nor a column", "place: {column: A}")
    elif place and not find_place(str(place)):
        yield Problem(where, f"{place!r} is not a known place", nearest_place(str(place)))
    for key in ROW_COLUMNS:
        if isinstance(keys.get(key), dict | list):
            yield Problem(document.where((*path, key)), "is no text", f"{key}: its words")
    kind = keys.get("kind")
    if isinstance(kind, str) and kind not in FACT_KINDS:
        hint = did_you_mean(kind, FACT_KINDS, f"there are {', '.join(FACT_KINDS)}")
        yield Problem(document.where((*path, "kind")), f"{kind!r} is unknown", hint)
    partner = keys.get("partner")
    if isinstance(partner, str) and not find_partner(partner):
        fault = f"{partner!r} is not a known place"
        yield Problem(document.where((*path, "partner")), fault, nearest_place(partner))


# How a file of answers is written.


def _lines_of(answers: Answers, comments: Mapping[tuple[int, str], str]) -> Iterator[str]:
    """The lines of a file of answers.

    Parameters
    ----------
    answers : Answers
        What it says.
    comments : mapping of (int, str) to str
        What stands behind a key of a series.
    """
    yield "read:\n"
    for index, series in enumerate(answers.read):
        lead = "  - "
        for key, value in _keys_of(series):
            comment = comments.get((index, key), "")
            line = f"{lead}{key}: {in_yaml(value)}"
            yield f"{line}  # {comment}\n" if comment else f"{line}\n"
            lead = "    "
    for key in ("published", "place", "decimal", "encoding", "separator"):
        if value := getattr(answers, key):
            yield f"{key}: {in_yaml('tab' if value == chr(9) else value)}\n"
    for key, text in answers.cells.items():
        yield f"{key}: {in_yaml(text)}\n"


def proposal_text(answers: Answers, comments: Mapping[tuple[int, str], str]) -> str:
    """A file of answers whose keys have their choices behind them."""
    return "".join(_lines_of(answers, comments))


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
    for key in ("periods", "year", "place"):
        if value := getattr(series, key):
            yield key, value
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
