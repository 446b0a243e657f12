"""From a file to rows: bytes, encoding, CSV, columns, and then every rule of every row, with file
and line.

Nothing stops at the first problem: the reader of a ledger gets them all.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, NamedTuple

from forecasting.caveats import Caveat
from forecasting.errors import MOST, LedgerError, Problem
from forecasting.evidence.files import read_whole
from forecasting.evidence.mapping import Mapping, mapping_path, propose_mapping, read_mapping
from forecasting.evidence.own_tables import (
    decoded,
    mapped_rows,
    split_cells,
    with_guesses,
    years_as_rows,
)
from forecasting.evidence.rules import (
    COLUMNS,
    EMPTY,
    REQUIRED,
    faults,
    may_be_faulty,
    normalise,
    settled,
)
from forecasting.evidence.workbooks import sheet_rows
from forecasting.measures import MEASURES, nearest
from forecasting.quantities import quantity_of

__all__ = ["Source", "checked_rows", "csv_rows", "mapping_of", "parts_of_a_count"]

Source = str | os.PathLike[str] | IO[str] | IO[bytes]
WORKBOOKS = (".xlsx", ".xlsm")
LONGEST_HEADER = 65_536  # bytes
# Of the required columns: a file that has so many is a ledger, and its other names are slips
LEDGER_LIKE = 4

COUNTS = ("vehicles", "points", "stations", "persons")  # units that have no parts


class FoundRow(NamedTuple):
    """One normalised row, and where it was found."""

    where: str
    cells: dict[str, str]


def csv_rows(source: Source) -> tuple[list[FoundRow], list[Problem]]:
    """The rows of a CSV file, of an open file, or of every ``*.csv`` of a folder, and what is wrong
    with the file.
    """
    if isinstance(source, str) and re.match(r"[a-z][a-z0-9+.-]+://", source):
        hint = "save it as a file first, or see `ev-forecast fetch`"
        return [], [
            Problem(source[:200], "is a network address, and nothing is fetched unasked", hint)
        ]
    if isinstance(source, (str, os.PathLike)) and (path := Path(source)).is_file():
        try:
            if (mapping := mapping_of(path)) is not None:
                return _own_rows(path, mapping)
        except LedgerError as error:
            return [], list(error.problems)
        except OSError:
            pass  # said below
    if isinstance(source, (str, os.PathLike)) and Path(source).is_dir():
        files = sorted(Path(source).glob("*.csv"))
        if not files:
            return [], [
                Problem(
                    str(source),
                    "the folder holds no .csv file",
                    "give a ledger, or a folder of ledgers",
                )
            ]
        parts = [csv_rows(file) for file in files]
        return [row for rows, _ in parts for row in rows], [
            problem for _, found in parts for problem in found
        ]
    name, data, problems = _content(source)
    text, more = ("", []) if data is None else _decoded(name, data)
    problems += more
    return ([], problems) if problems else _parsed(name, text)


def mapping_of(path: Path) -> Mapping | None:
    """How a table that is not written as a ledger is read: by the mapping beside it, or by a
    proposed one.

    Parameters
    ----------
    path : Path
        A file.

    Returns
    -------
    Mapping or None
        None for a file in the ledger's own columns.

    Raises
    ------
    LedgerError
        Where the mapping beside it is no good.
    """
    own = mapping_path(path)
    given = read_mapping(own) if own.is_file() else None
    if given is None and path.suffix.lower() not in WORKBOOKS:
        with path.open("rb") as handle:
            names = (
                handle.readline(LONGEST_HEADER).decode("utf-8-sig", "replace").strip().split(",")
            )
        if len({*names} & {*REQUIRED}) >= LEDGER_LIKE:
            return None
    cells, problems = _cells(path, given or Mapping())
    if given is None and (problems or not cells):
        return Mapping() if problems or path.suffix.lower() in WORKBOOKS else None
    header = [str(cell).strip() for cell in cells[0]] if cells else []
    if given is not None:
        # It says how the file is written, not which column says what
        if not (given.columns or given.values):
            guessed = propose_mapping(header)
            given = replace(given, columns=guessed.columns, values=guessed.values)
        return with_guesses(given, cells) if cells else given
    written_as_ledger = (
        len({*header} & {*REQUIRED}) >= LEDGER_LIKE and path.suffix.lower() not in WORKBOOKS
    )
    return None if written_as_ledger else with_guesses(propose_mapping(header), cells)


def _cells(path: Path, mapping: Mapping) -> tuple[list[list[object]], list[Problem]]:
    """The cells of a table from its line of names on."""
    data = read_whole(path)
    if path.suffix.lower() in WORKBOOKS:
        cells, _, problems = sheet_rows(path.name, data, mapping.sheet)
    else:
        try:
            cells, problems = split_cells(decoded(data, mapping.encoding), mapping.separator), []
        except (UnicodeDecodeError, LookupError) as error:
            return [], [
                Problem(
                    path.name, f"cannot be read: {error}"[:200], "name its encoding in the mapping"
                )
            ]
        except csv.Error as error:
            return [], [
                Problem(path.name, f"is no table: {error}"[:200], "check the quotation marks")
            ]
    return (years_as_rows(_from_header(cells)) if cells else []), problems


def _from_header(cells: list[list[object]]) -> list[list[object]]:
    """From the line of names on, which lies under a title; merged heads above it become part of the
    names.
    """
    filled = [[cell for cell in row if cell not in (None, "")] for row in cells]
    first = next(
        (i for i, row in enumerate(filled) if len(row) > 1 and len({*map(str, row)}) > 1), 0
    )
    names = [_joined(cells[first][i : i + 1]) for i in range(len(cells[first]))]
    below = filled[first + 1] if first + 1 < len(cells) else []
    above = cells[first]
    own = [cell for cell in cells[first + 1] if cell not in above] if below else []
    # A head over several columns stands in one of them, or again in each; one over two lines stands
    # again below.
    merged = (
        len({*map(str, filled[first])}) < len(above)
        or len(own) < len(above)
        or None in own
        or "" in own
    )
    if (
        merged
        and below
        and all(isinstance(cell, str) and not re.search(r"\d", cell) for cell in below)
    ):
        names = [
            _joined([cells[first][i], *cells[first + 1][i : i + 1]]) for i in range(len(names))
        ]
        first += 1
    return [list(names), *cells[first + 1 :]]


def _joined(parts: list[object]) -> str:
    return " ".join(dict.fromkeys(str(part).strip() for part in parts if part not in (None, "")))


def _own_rows(path: Path, mapping: Mapping) -> tuple[list[FoundRow], list[Problem]]:
    """The rows of a table read through a mapping; what the mapping lacks is said with the one to
    start from.
    """
    cells, problems = _cells(path, mapping)
    if problems or not cells:
        return [], problems or [
            Problem(path.name, "the file is empty", "its first line must name the columns")
        ]
    found, problems = mapped_rows(path.name, cells, mapping)
    rows = [FoundRow(where, normalise(row)) for where, row in found]
    for row in rows if not mapping.decimal else ():
        which = f"say in the mapping decimal: ',' where points set thousands apart, '.' for {row.cells['value']}"
        problems += [replace(problem, hint=which) for problem in _thousands(row)]
    if problems and not mapping_path(path).is_file():
        names = ", ".join(str(cell) for cell in cells[0])
        begun = _begun(mapping).to_yaml(in_one_line=True)
        hint = f"start {mapping_path(path).name} with {begun}; its columns are {names}"
        problems.append(Problem(path.name, "is not in a ledger's columns", hint[:250]))
    return rows, problems


def _begun(mapping: Mapping) -> Mapping:
    """A mapping with dots for what a reader has to fill in."""
    if {"value", "measure"} <= {*mapping.lacks}:
        mapping = replace(mapping, values={"ev_sales": "..."})
    columns = {
        word: "..." for word in ("place", "value") if word in mapping.lacks
    } | mapping.columns
    if any("year" in word for word in mapping.lacks):
        columns |= {"year": "..."}
    return replace(
        mapping,
        columns=columns,
        constants={"measure": "ev_sales"} if "measure" in mapping.lacks else {},
    )


def _content(source: Source) -> tuple[str, bytes | None, list[Problem]]:
    if not isinstance(source, (str, os.PathLike)):  # an open file
        data = source.read()
        name = Path(str(getattr(source, "name", "ledger"))).name
        return name, data.encode() if isinstance(data, str) else data, []
    path = Path(source)
    try:
        return path.name, read_whole(path), []
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        return path.name, None, [Problem(str(source), reason, "check the path of the ledger")]


def _decoded(name: str, data: bytes) -> tuple[str, list[Problem]]:
    if not data.strip():
        return "", [
            Problem(
                name,
                "the file is empty",
                "its first line must name the columns: " + ", ".join(REQUIRED),
            )
        ]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"is not UTF-8: byte 0x{data[error.start]:02x} cannot be read"
        return "", [Problem(f"{name}:{line}", what, "save the file as UTF-8 (in Excel: CSV UTF-8)")]


def _parsed(name: str, text: str) -> tuple[list[FoundRow], list[Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[FoundRow] = []
    problems: list[Problem] = []
    header: list[str] = []
    last = 0
    try:
        for cells in reader:
            where, last = f"{name}:{last + 1}", reader.line_num
            if not "".join(cells).strip():
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                problems += _header_problems(where, header)
            elif len(cells) != len(header):
                hint = "a comma inside a cell needs quotation marks around the cell"
                problems.append(
                    Problem(where, f"has {len(cells)} cells, the header has {len(header)}", hint)
                )
            else:
                row = settled(EMPTY | dict(zip(header, map(str.strip, cells), strict=True)))
                rows.append(FoundRow(where, row))
                problems += _thousands(rows[-1])
    except csv.Error as error:
        problems.append(
            Problem(
                f"{name}:{last + 1}",
                f"is not CSV: {error}",
                "check the quotation marks of this line",
            )
        )
    missing = any(problem.what.startswith("column") for problem in problems)
    return ([] if missing else rows), problems


def parts_of_a_count(cells: dict[str, str]) -> Caveat | None:
    """A caveat of a printed count that is no whole number, as of thousands."""
    measure = MEASURES.get(cells["measure"])
    counted = measure and measure.unit in COUNTS and quantity_of(cells["quantity"]).default
    if not (
        counted
        and cells["kind"] == "outcome"
        and cells["relation"] == "equals"
        and "." in cells["value"]
    ):
        return None
    if not measure or float(cells["value"]).is_integer():
        return None
    return Caveat("parts_of_count", values={"value": cells["value"], "unit": measure.unit})


def _thousands(row: FoundRow) -> list[Problem]:
    """A count with a point and three digits after it: in much of the world that is how thousands
    are set apart.
    """
    value, measure = row.cells["value"], MEASURES.get(row.cells["measure"])
    if "." not in value:
        return []
    counted = measure and measure.unit in COUNTS and quantity_of(row.cells["quantity"]).default
    if not (counted and re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+", value)):
        return []
    plain = value.replace(".", "")
    hint = f"did you mean {plain} ({int(plain):,})? thousands are not set apart by points"
    return [
        Problem(
            f"{row.where} value",
            f"{value} is no whole number of {measure.unit if measure else ''}",
            hint,
        )
    ]


def _header_problems(where: str, header: list[str]) -> Iterator[Problem]:
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        yield Problem(where, "columns are not separated by commas", "save the file with commas")
        return
    for column in sorted(set(header) - set(COLUMNS)):
        near = nearest(column, set(COLUMNS) - set(header)) or nearest(column, COLUMNS)
        yield Problem(
            where,
            f"{column!r} is an unknown column",
            f"did you mean {near}?" if near else "remove it",
        )
    for column in REQUIRED:
        if column not in header:
            yield Problem(
                where, f"column {column!r} is missing", "a ledger needs " + ", ".join(REQUIRED)
            )
    for column in sorted({column for column in header if header.count(column) > 1}):
        yield Problem(where, f"column {column!r} stands there twice", "keep one")


def checked_rows(rows: Iterable[FoundRow], unsaid: Collection[str] = ()) -> list[Problem]:
    """Every rule that a row breaks, alone or with the others: ids used twice, references to
    nothing.

    Parameters
    ----------
    rows : iterable of FoundRow
        Normalised.
    unsaid : collection of str
        Columns that may be empty though a ledger needs them.
    """
    problems: list[Problem] = []
    first: dict[str, str] = {}
    rows = list(rows)
    ids = {row.cells["id"] for row in rows}
    suspect = may_be_faulty([row.cells for row in rows])
    for i, (where, cells) in enumerate(rows):
        problems += [
            Problem(f"{where} {column}", what, hint)
            for column, what, hint in (faults(cells) if i in suspect else ())
            if cells[column] or column not in unsaid
        ]
        name, reference = cells["id"], cells["reference"]
        if name in first:
            problems.append(
                Problem(
                    f"{where} id", f"{name!r} is a duplicate of {first[name]}", "ids are used once"
                )
            )
        elif name:
            first[name] = where
        if reference and "@" not in reference and reference not in ids:
            # A longer list is not read
            near = nearest(reference, ids) if len(problems) < MOST else ""
            hint = (
                f"did you mean {near}?"
                if near
                else "an id of this ledger, or measure@place:start/end"
            )
            problems.append(Problem(f"{where} reference", f"{reference!r} refers to nothing", hint))
    return problems
