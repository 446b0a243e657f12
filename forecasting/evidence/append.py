"""One more fact in a ledger's file: checked against the whole file first, then appended in one
write.
"""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import os
from pathlib import Path
from typing import IO

from forecasting.errors import LedgerError, Problem
from forecasting.evidence.checking import checked_rows
from forecasting.evidence.files import read_whole
from forecasting.evidence.reading import FoundRow, TableRead, read_rows
from forecasting.evidence.rules import COLUMNS, Row, column_problems, normalise

NEW = "the fact"  # where its problems are


def append_fact(path: str | Path, cells: Row) -> str:
    """Append one fact to a ledger; a file that is not there is made.

    Parameters
    ----------
    path : path-like
        A CSV file in a ledger's columns.
    cells : mapping of str to str
        Columns of the fact; without an id it gets one from its place, measure and period.

    Returns
    -------
    str
        The fact's id.

    Raises
    ------
    LedgerError
        Where the fact, or the file, is not in order; then nothing is written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     append_fact(Path(folder, "facts.csv"), {
    ...         "measure": "ev_sales", "place": "NO", "period_start": "2023-01-01",
    ...         "period_end": "2023-12-31", "relation": "equals", "value": "104000"})
    'no-ev_sales-2023-12-31'
    """
    file = Path(path)
    if unknown := [*column_problems(NEW, [*cells], ())]:
        raise LedgerError(unknown)
    if not file.exists():
        _new_lines(file.name, "", cells)  # a fact that is refused makes no file
    with _locked(file) as handle:
        name, lines = _new_lines(file.name, _text_of(file), cells)
        _append(handle.fileno(), lines.encode())
    return name


def _new_lines(name: str, text: str, cells: Row) -> tuple[str, str]:
    """The id of one more fact in a ledger of some text, and what to write behind that text."""
    ledger = io.StringIO(text)
    ledger.name = name
    read = read_rows(ledger) if text.strip() else TableRead()
    if read.problems:
        raise LedgerError(read.problems)
    header = next(csv.reader(io.StringIO(text)), None) or list(COLUMNS)
    if lacking := [column for column in COLUMNS if cells.get(column) and column not in header]:
        hint = "add it to its first line"
        raise LedgerError([Problem(name, f"has no column {column}", hint) for column in lacking])
    row = normalise(cells)
    row["id"] = row["id"] or _new_id(row, {other.cells["id"] for other in read.rows})
    problems = checked_rows([*read.rows, FoundRow(NEW, row)])
    if own := [problem for problem in problems if problem.where.startswith(NEW)]:
        raise LedgerError(own)
    lines = io.StringIO()
    if text and not text.endswith("\n"):
        lines.write("\n")
    writer = csv.DictWriter(lines, header, extrasaction="ignore", lineterminator="\n")
    if not text.strip():
        writer.writeheader()
    # What a reader of the file fills in by itself is not written
    writer.writerow(row | {column: cells.get(column, "") for column in ("unit", "rounding")})
    return row["id"], lines.getvalue()


def _text_of(file: Path) -> str:
    try:
        return read_whole(file).decode("utf-8-sig")
    except OSError as error:
        what = error.strerror or str(error)
    except UnicodeDecodeError as error:
        what = f"is no text in UTF-8: {error.reason}"
    raise LedgerError([Problem(str(file), what, "give a CSV file in a ledger's columns")])


def _append(descriptor: int, lines: bytes) -> None:
    """Write lines whole; where they find no room, the file is as it was."""
    size = os.fstat(descriptor).st_size
    try:
        while lines:
            lines = lines[os.write(descriptor, lines) :]
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def _locked(path: Path) -> IO[bytes]:
    """The file, open for appending by nobody else."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.fdopen(os.open(path, flags, 0o666), "a+b")
    except OSError as error:
        what = (error.strerror or "cannot be written").lower()
        hint = "give a file in a folder that can be written"
        raise LedgerError([Problem(str(path), what, hint)]) from None
    # Where files cannot be locked, two at once are the user's to avoid
    with contextlib.suppress(ImportError):
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _new_id(row: Row, taken: set[str]) -> str:
    name = f"{row['place']}-{row['measure']}-{row['period_end']}".lower()
    names = itertools.chain([name], (f"{name}-{n}" for n in itertools.count(2)))
    return next(free for free in names if free not in taken)
