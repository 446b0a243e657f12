"""From a file to rows: a ledger in its own columns as it stands, any other table through a mapping;
and what is wrong with the file, with its line.

Nothing stops at the first problem: the reader of a ledger gets them all.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from forecasting.errors import LedgerError, Problem
from forecasting.evidence.cells import is_workbook, table_cells
from forecasting.evidence.files import read_whole
from forecasting.evidence.mapping import (
    OPTIONS,
    UNKNOWN,
    Mapping,
    TableRead,
    mapped_rows,
    mapping_path,
    propose_mapping,
    read_mapping,
    with_guesses,
)
from forecasting.evidence.rules import (
    EMPTY,
    REQUIRED,
    SAME,
    FoundRow,
    Row,
    column_problems,
    settled,
    thousands_apart,
)

Source = str | os.PathLike[str] | IO[str] | IO[bytes]
# Of the required columns: a file that has so many is a ledger, and its other names are slips
LEDGER_LIKE = 4
DECIMAL = "say in the mapping decimal: ',' where points set thousands apart, else decimal: '.'"


def read_rows(source: Source) -> TableRead:
    """The rows of a table, of an open file, or of every ``*.csv`` of a folder.

    Parameters
    ----------
    source : str, Path or open file
        An open file is a ledger in CSV.
    """
    try:
        if isinstance(source, (str, os.PathLike)):
            return _read(source)
        data = source.read()
        name = Path(str(getattr(source, "name", "ledger"))).name
        return ledger_rows(name, data.encode() if isinstance(data, str) else data)
    except LedgerError as error:
        return TableRead(problems=[*error.problems])
    except OSError as error:
        fault = (error.strerror or "cannot be read").lower()
        return TableRead(problems=[Problem(str(source), fault, "check the path of the ledger")])


def _read(source: str | os.PathLike[str]) -> TableRead:
    path = Path(source)
    if re.match(r"[a-z][a-z0-9+.-]+://", str(source)):
        hint = "save it as a file first, or see `ev-forecast fetch`"
        raise LedgerError.at(
            str(source)[:200], "is a network address, and nothing is fetched unasked", hint
        )
    if not path.is_dir():
        return read_table(path)
    parts = [read_rows(file) for file in sorted(path.glob("*.csv"))]
    if not parts:
        hint = "give a ledger, or a folder of ledgers"
        raise LedgerError.at(path, "the folder holds no .csv file", hint)
    return TableRead(
        [row for part in parts for row in part.rows],
        [problem for part in parts for problem in part.problems],
    )


# A ledger in its own columns.


def _names_a_ledger(names: Sequence[str]) -> bool:
    return len({*names} & {*REQUIRED}) >= LEDGER_LIKE


def _empty(name: str) -> LedgerError:
    hint = "its first line must name the columns: " + ", ".join(REQUIRED)
    return LedgerError.at(name, "the file is empty", hint)


def ledger_rows(name: str, data: bytes) -> TableRead:
    """The rows of a ledger in its own columns.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    data : bytes
        What it holds.

    Raises
    ------
    LedgerError
        Where it is no text, or nothing.
    """
    if not data.strip():
        raise _empty(name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "save the file as UTF-8 (in Excel: CSV UTF-8)"
        raise LedgerError.at(
            f"{name}:{line}", f"is not UTF-8: byte 0x{data[error.start]:02x} cannot be read", hint
        ) from None
    read = TableRead()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            where = f"{name}:{line}"
            line = reader.line_num + 1
            texts = [cell.strip() for cell in cells]
            if not any(texts):
                continue
            if header:
                _add_row(read, where, header, texts)
            else:
                header = texts
                read.problems.extend(_header_problems(where, header))
    except csv.Error as error:
        hint = "check the quotation marks of this line"
        read.problems.append(Problem(f"{name}:{line}", f"is not CSV: {error}", hint))
    if any(problem.what.startswith("column") for problem in read.problems):
        read.rows.clear()
    return read


def _add_row(read: TableRead, where: str, header: list[str], cells: list[str]) -> None:
    """Add a row of a ledger, or what is wrong with it."""
    if len(cells) != len(header):
        read.problems.append(
            Problem(
                where,
                f"has {len(cells)} cells, the header has {len(header)}",
                "a comma inside a cell needs quotation marks around the cell",
            )
        )
        return
    row = FoundRow(where, settled(EMPTY | dict(zip(header, cells, strict=True))))
    read.rows.append(row)
    read.problems.extend(_thousands(row))


def _header_problems(where: str, header: list[str]) -> Iterator[Problem]:
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        yield Problem(where, "columns are not separated by commas", "save the file with commas")
    else:
        yield from column_problems(where, header, REQUIRED)


def _thousands(row: FoundRow) -> Iterator[Problem]:
    for column, *fault in thousands_apart(row.cells):
        yield Problem(f"{row.where} {column}", *fault)


# A table in columns of its own, read through a mapping.


def read_table(path: Path, answers: Row | None = None, constants: Row | None = None) -> TableRead:
    """The rows of a table, with what its reader knows of it.

    Parameters
    ----------
    path : Path
        A table; one in a ledger's columns, or with a mapping beside it, is read by these.
    answers : dict of str to str, optional
        What its columns hold, as of `propose_mapping`.
    constants : dict of str to str, optional
        What holds for every row, where no column says it.

    Raises
    ------
    LedgerError
        Where the file is no table.
    """
    data = read_whole(path)
    own = mapping_path(path)
    if own.is_file():
        written = read_mapping(own)
        return replace(_mapped(path.name, data, written), proposed=None)
    first_line = data.partition(b"\n")[0].decode("utf-8-sig", "replace")
    if _names_a_ledger(first_line.strip().split(",")):
        return ledger_rows(path.name, data)
    read = _mapped(path.name, data, Mapping(constants=constants or {}), answers)
    if read.problems and read.proposed is not None:
        hint = f"`ev-forecast new --ledger {path.name}` asks for it; {own.name} says it for good"
        mapping = read.proposed
        heads = [*mapping.columns.values(), *mapping.values.values(), *mapping.unread]
        columns = ", ".join(heads)
        read.problems.append(
            Problem(path.name, f"is not in a ledger's columns, but has {columns[:100]}", hint)
        )
    return read


def _mapped(name: str, data: bytes, mapping: Mapping, answers: Row | None = None) -> TableRead:
    """The rows of a table by a mapping, which may say only how the file is written."""
    cells = table_cells(name, data, mapping.encoding, mapping.separator, mapping.sheet)
    if not cells:
        raise _empty(name)
    header = [str(cell) for cell in cells[0]]
    if mapping == Mapping() and _names_a_ledger(header) and not is_workbook(name):
        return ledger_rows(name, data)
    if not mapping.columns and not mapping.values:
        options = {option: getattr(mapping, option) for option in ("constants", *OPTIONS)}
        proposed = propose_mapping(header, answers)
        if answers is not None:  # what a column says is not said for every row
            lacking = {*proposed.lacks}
            constants = mapping.constants
            told = {word: text for word, text in constants.items() if text and word in lacking}
            options["constants"] = told
        mapping = replace(proposed, **options)
    mapping = with_guesses(mapping, cells)
    read = mapped_rows(name, cells, mapping)
    read.problems.extend(_told_apart(read.rows, mapping))
    if not mapping.decimal:
        faults = itertools.chain.from_iterable(map(_thousands, read.rows))
        read.problems.extend(replace(fault, hint=DECIMAL) for fault in faults)
    return read


def _told_apart(rows: Sequence[FoundRow], mapping: Mapping) -> Iterator[Problem]:
    """Rows with two numbers of one thing, where a column is not read that may tell them apart."""
    unread = [repr(name) for name, why in mapping.unread.items() if why == UNKNOWN]
    for one, another in two_numbers(rows) if unread else ():
        yield Problem(
            another.where,
            f"says another number of the same as {one.where}",
            f"say in the mapping what {', '.join(unread)[:100]} holds",
        )


def two_numbers(rows: Sequence[FoundRow], *beside: str) -> Iterator[tuple[FoundRow, FoundRow]]:
    """The first two rows with different numbers of one quantity, by one agency.

    Parameters
    ----------
    rows : sequence of FoundRow
        Normalised.
    *beside : str
        Columns in which they are alike besides.
    """
    first: dict[tuple[str, ...], FoundRow] = {}
    for row in rows:
        if row.cells["relation"] != "equals" or not row.cells["value"]:
            continue
        other = first.setdefault(tuple(row.cells[column] for column in (*SAME, *beside)), row)
        if other.cells["value"] != row.cells["value"]:
            yield other, row
            return
