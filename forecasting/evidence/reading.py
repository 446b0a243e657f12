"""From a file to rows: bytes, encoding, columns, and what is wrong with the file, with its line.

A file in the ledger's own columns is read as it stands, any other table through a mapping. Nothing
stops at the first problem: the reader of a ledger gets them all.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, NamedTuple

from forecasting.errors import LedgerError, Problem
from forecasting.evidence.files import read_whole
from forecasting.evidence.mapping import Mapping, mapping_path, propose_mapping, read_mapping
from forecasting.evidence.own_tables import (
    decoded,
    mapped_rows,
    split_cells,
    with_guesses,
    years_as_rows,
)
from forecasting.evidence.rules import COLUMNS, EMPTY, REQUIRED, normalise, settled, thousands_apart
from forecasting.evidence.workbooks import sheet_rows
from forecasting.measures import did_you_mean

Source = str | os.PathLike[str] | IO[str] | IO[bytes]
WORKBOOKS = (".xlsx", ".xlsm")
# Of the required columns: a file that has so many is a ledger, and its other names are slips
LEDGER_LIKE = 4


class FoundRow(NamedTuple):
    """One normalised row, and where it was found."""

    where: str
    cells: dict[str, str]


@dataclass(frozen=True)
class TableRead:
    """What a file of facts holds.

    Parameters
    ----------
    rows : list of FoundRow
        In their order.
    problems : list of Problem
        What is wrong with the file; the rules of rows are checked apart.
    proposed : Mapping, optional
        The mapping that a table of other columns was read by, where nobody has written one.
    """

    rows: list[FoundRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    proposed: Mapping | None = None


def read_rows(source: Source) -> TableRead:
    """The rows of a table, of an open file, or of every ``*.csv`` of a folder.

    Parameters
    ----------
    source : str, Path or open file
        An open file is a ledger in CSV.
    """
    if not isinstance(source, (str, os.PathLike)):
        data = source.read()
        name = Path(str(getattr(source, "name", "ledger"))).name
        return _ledger(name, data.encode() if isinstance(data, str) else data)
    if isinstance(source, str) and re.match(r"[a-z][a-z0-9+.-]+://", source):
        what = "is a network address, and nothing is fetched unasked"
        hint = "save it as a file first, or see `ev-forecast fetch`"
        return TableRead(problems=[Problem(source[:200], what, hint)])
    path = Path(source)
    if path.is_dir():
        return _folder(path)
    try:
        return _table(path, read_whole(path))
    except LedgerError as error:
        return TableRead(problems=list(error.problems))
    except OSError as error:
        what = (error.strerror or "cannot be read").lower()
        return TableRead(problems=[Problem(str(source), what, "check the path of the ledger")])


def _folder(path: Path) -> TableRead:
    files = sorted(path.glob("*.csv"))
    if not files:
        hint = "give a ledger, or a folder of ledgers"
        return TableRead(problems=[Problem(str(path), "the folder holds no .csv file", hint)])
    whole = TableRead()
    for part in map(read_rows, files):
        whole.rows.extend(part.rows)
        whole.problems.extend(part.problems)
    return whole


# A ledger in its own columns.


def _begins_a_ledger(data: bytes) -> bool:
    line = data.partition(b"\n")[0].decode("utf-8-sig", "replace")
    return _names_a_ledger(line.strip().split(","))


def _names_a_ledger(names: Sequence[str]) -> bool:
    return len({*names} & {*REQUIRED}) >= LEDGER_LIKE


def _ledger(name: str, data: bytes) -> TableRead:
    if not data.strip():
        return TableRead(problems=[_empty(name)])
    try:
        return _parsed(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"is not UTF-8: byte 0x{data[error.start]:02x} cannot be read"
        hint = "save the file as UTF-8 (in Excel: CSV UTF-8)"
        return TableRead(problems=[Problem(f"{name}:{line}", what, hint)])


def _empty(name: str) -> Problem:
    hint = "its first line must name the columns: " + ", ".join(REQUIRED)
    return Problem(name, "the file is empty", hint)


def _parsed(name: str, text: str) -> TableRead:
    read = TableRead()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            where = f"{name}:{line}"
            line = reader.line_num + 1
            if not "".join(cells).strip():
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                read.problems.extend(_header_problems(where, header))
            elif len(cells) != len(header):
                what = f"has {len(cells)} cells, the header has {len(header)}"
                hint = "a comma inside a cell needs quotation marks around the cell"
                read.problems.append(Problem(where, what, hint))
            else:
                row = EMPTY | dict(zip(header, map(str.strip, cells), strict=True))
                read.rows.append(FoundRow(where, settled(row)))
                read.problems.extend(_thousands(read.rows[-1]))
    except csv.Error as error:
        hint = "check the quotation marks of this line"
        read.problems.append(Problem(f"{name}:{line}", f"is not CSV: {error}", hint))
    if any(problem.what.startswith("column") for problem in read.problems):
        read.rows.clear()
    return read


def _header_problems(where: str, header: list[str]) -> Iterator[Problem]:
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        yield Problem(where, "columns are not separated by commas", "save the file with commas")
    else:
        yield from column_problems(where, header, REQUIRED)


def column_problems(
    where: str,
    header: Sequence[str],
    required: Sequence[str],
    columns: Sequence[str] = COLUMNS,
    table: str = "a ledger",
) -> Iterator[Problem]:
    """Columns that a table should not have, that are missing, or that stand there twice.

    Parameters
    ----------
    where : str
        For the problems: the file and line, or the table.
    header, required : sequence of str
        The names of the columns, and those that must be among them.
    columns : sequence of str
        Those that may be there.
    table : str
        What the table is.
    """
    for column in sorted({*header} - {*columns}):
        known = did_you_mean(column, columns, "remove it")
        hint = did_you_mean(column, {*columns} - {*header}, known)
        yield Problem(where, f"{column!r} is an unknown column", hint)
    for column in required:
        if column not in header:
            hint = f"{table} needs {', '.join(required)}"
            yield Problem(where, f"column {column!r} is missing", hint)
    for column in sorted(columns):
        if header.count(column) > 1:
            yield Problem(where, f"column {column!r} stands there twice", "keep one")


def _thousands(row: FoundRow) -> Iterator[Problem]:
    for column, what, hint in thousands_apart(row.cells):
        yield Problem(f"{row.where} {column}", what, hint)


# A table in columns of its own, read through a mapping.


def _table(path: Path, data: bytes) -> TableRead:
    own = mapping_path(path)
    written = None
    if own.is_file():
        written = read_mapping(own)
    is_workbook = path.suffix.lower() in WORKBOOKS
    may_be_ledger = written is None and not is_workbook
    if may_be_ledger and _begins_a_ledger(data):
        return _ledger(path.name, data)
    cells, problems = _cells(path.name, data, is_workbook, written or Mapping())
    if problems or not cells:
        return TableRead(problems=problems or [_empty(path.name)])
    header = [str(cell).strip() for cell in cells[0]]
    if may_be_ledger and _names_a_ledger(header):
        return _ledger(path.name, data)
    mapping = with_guesses(_completed(written, header), cells)
    read = _mapped(path.name, cells, mapping)
    if written is not None:
        return read
    if read.problems:
        read.problems.append(_hint_of_mapping(path, mapping, header))
    return replace(read, proposed=mapping)


def _hint_of_mapping(path: Path, mapping: Mapping, header: list[str]) -> Problem:
    begun = _begun(mapping).to_yaml(in_one_line=True)
    hint = f"start {mapping_path(path).name} with {begun}; its columns are {', '.join(header)}"
    return Problem(path.name, "is not in a ledger's columns", hint[:250])


def _completed(written: Mapping | None, header: list[str]) -> Mapping:
    """A mapping that says which column says what; one may say only how the file is written."""
    proposed = propose_mapping(header)
    if written is None:
        return proposed
    if written.columns or written.values:
        return written
    return replace(written, columns=proposed.columns, values=proposed.values)


def _mapped(name: str, cells: list[list[object]], mapping: Mapping) -> TableRead:
    found, problems = mapped_rows(name, cells, mapping)
    rows = [FoundRow(where, normalise(row)) for where, row in found]
    if not mapping.decimal:
        hint = "say in the mapping decimal: ',' where points set thousands apart, '.' for {}"
        for row in rows:
            value = row.cells["value"]
            problems += [replace(each, hint=hint.format(value)) for each in _thousands(row)]
    return TableRead(rows, problems)


def _begun(mapping: Mapping) -> Mapping:
    """A mapping with dots for what a reader has to fill in."""
    lacks = mapping.lacks
    if {"value", "measure"} <= {*lacks}:
        mapping = replace(mapping, values={"ev_sales": "..."})
        lacks = mapping.lacks
    columns = {word: "..." for word in ("place", "value") if word in lacks} | mapping.columns
    if any("year" in word for word in lacks):
        columns["year"] = "..."
    constants = {"measure": "ev_sales"} if "measure" in lacks else {}
    return replace(mapping, columns=columns, constants=constants)


def _cells(
    name: str, data: bytes, is_workbook: bool, mapping: Mapping
) -> tuple[list[list[object]], list[Problem]]:
    """The cells of a table from its line of names on."""
    problems: list[Problem] = []
    try:
        if is_workbook:
            cells, _, problems = sheet_rows(name, data, mapping.sheet)
        else:
            cells = split_cells(decoded(data, mapping.encoding), mapping.separator)
    except (UnicodeDecodeError, LookupError) as error:
        what, hint = f"cannot be read: {error}", "name its encoding in the mapping"
        return [], [Problem(name, what[:200], hint)]
    except csv.Error as error:
        what, hint = f"is no table: {error}", "check the quotation marks"
        return [], [Problem(name, what[:200], hint)]
    return years_as_rows(_from_header(cells)) if cells else [], problems


def _from_header(cells: list[list[object]]) -> list[list[object]]:
    """From the line of names on, which lies under a title; merged heads above it become part of the
    names.
    """
    several = (i for i, row in enumerate(cells) if len({*map(str, _filled(row))}) > 1)
    first = next(several, 0)
    below = cells[first + 1] if first + 1 < len(cells) else []
    if not _goes_on(cells[first], below):
        return [[_joined([cell]) for cell in cells[first]], *cells[first + 1 :]]
    width = len(cells[first])
    below = [*below, *[None] * width][:width]
    names: list[object] = [_joined(pair) for pair in zip(cells[first], below, strict=True)]
    return [names, *cells[first + 2 :]]


def _goes_on(heads: list[object], below: list[object]) -> bool:
    """Whether the names of columns go on in the next line.

    A head over several columns stands in one of them, or again in each; one over two lines stands
    again below. The second line holds words alone.
    """
    words = _filled(below)
    if not words or any(not isinstance(cell, str) or re.search(r"\d", cell) for cell in words):
        return False
    new = [cell for cell in words if cell not in heads]
    return len({*map(str, _filled(heads))}) < len(heads) or len(new) < len(heads)


def _filled(row: Sequence[object]) -> list[object]:
    return [cell for cell in row if cell not in (None, "")]


def _joined(parts: Sequence[object]) -> str:
    return " ".join(dict.fromkeys(str(part).strip() for part in _filled(parts)))
