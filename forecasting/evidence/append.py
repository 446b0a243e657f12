"""One more fact in a ledger's file: checked against the whole file first, then appended in one
write.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from forecasting.errors import LedgerError, Problem
from forecasting.evidence.files import read_whole
from forecasting.evidence.reading import FoundRow, checked_rows, csv_rows
from forecasting.evidence.rules import COLUMNS, normalise

__all__ = ["append_fact"]


def append_fact(path: str | Path, cells: Mapping[str, str]) -> str:
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
    ...     append_fact(Path(folder, "facts.csv"), {"measure": "ev_sales", "place": "NO", "period_start": "2023-01-01",
    ...         "period_end": "2023-12-31", "relation": "equals", "value": "104000", "published": "2024"})
    'no-ev_sales-2023-12-31'
    """
    file = Path(path)
    if unknown := sorted(set(cells) - set(COLUMNS)):
        raise LedgerError(
            [Problem(f"fact {name}", "is not a column of a ledger", "") for name in unknown]
        )
    with _alone(file) as handle:
        text = _text_of(file)
        header = next(csv.reader(io.StringIO(text)), None) or list(COLUMNS)
        rows, problems = csv_rows(io.StringIO(text)) if text.strip() else ([], [])
        if problems:
            raise LedgerError([Problem(f"{file.name} {p.where}", p.what, p.hint) for p in problems])
        row = normalise(cells)
        row["id"] = row["id"] or _new_id(row, {other.cells["id"] for other in rows})
        said = {column for column in COLUMNS if cells.get(column)}
        problems = [
            Problem(file.name, f"has no column {name}", "add it to its first line")
            for name in said - {*header}
        ]
        problems += [
            p
            for p in checked_rows([*rows, FoundRow("the fact", row)])
            if p.where.startswith("the fact")
        ]
        if problems:
            raise LedgerError(problems)
        written = io.StringIO()
        lines = csv.writer(written, lineterminator="\n")
        if not text.strip():
            lines.writerow(header)
        kept = {**row, "unit": cells.get("unit", ""), "rounding": cells.get("rounding", "")}
        lines.writerow([kept[column] for column in header])
        before = "" if not text or text.endswith("\n") else "\n"
        _append(handle.fileno(), (before + written.getvalue()).encode())
    return row["id"]


def _text_of(file: Path) -> str:
    try:
        return read_whole(file).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = (
            (error.strerror or str(error))
            if isinstance(error, OSError)
            else f"is no text in UTF-8: {error.reason}"
        )
        raise LedgerError(
            [Problem(str(file), what, "give a CSV file in a ledger's columns")]
        ) from None


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


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[IO[bytes]]:
    """The file, open for appending by nobody else; a file made here goes again where nothing was
    written to it.
    """
    made = not path.exists()
    with _opened(path) as handle:
        try:
            yield handle
        except BaseException:
            if made and path.stat().st_size == 0:
                path.unlink()
            raise


def _opened(path: Path) -> IO[bytes]:
    """The file, locked; opened again where another, which had made it, took it away before the lock
    was ours.
    """
    flags = (
        os.O_RDWR
        | os.O_APPEND
        | os.O_CREAT
        | getattr(os, "O_NONBLOCK", 0)
        | getattr(os, "O_BINARY", 0)
    )
    for _ in range(100):
        try:
            handle = os.fdopen(os.open(path, flags, 0o666), "a+b")
        except OSError as error:
            reason = (error.strerror or "cannot be written").lower()
            raise LedgerError(
                [Problem(str(path), reason, "give a file in a folder that can be written")]
            ) from None
        # Where files cannot be locked, two at once are the user's to avoid
        with contextlib.suppress(ImportError):
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(handle.fileno()), path.stat()):
                return handle
        handle.close()
    raise LedgerError(
        [Problem(str(path), "is taken away again and again", "see what else writes to its folder")]
    )


def _new_id(row: Mapping[str, str], taken: set[str]) -> str:
    name = f"{row['place']}-{row['measure']}-{row['period_end']}".lower()
    return next(
        said for said in (name, *(f"{name}-{n}" for n in range(2, 10_000))) if said not in taken
    )
