"""Rows checked by every rule, each with where it was found; files of facts checked as a user wants
to hear of them, without the libraries that a forecast needs; and one more fact, which is checked
beside its file before it is appended.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import errno
import io
import itertools
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from forecasting.caveats import Caveat
from forecasting.errors import MOST, LedgerError, Problem
from forecasting.evidence.files import read_whole
from forecasting.evidence.mapping import TableRead, mapping_path
from forecasting.evidence.perimeters import two_things
from forecasting.evidence.reading import ledger_rows, read_rows, two_numbers
from forecasting.evidence.rules import (
    COLUMNS,
    COUNTED,
    Fault,
    FoundRow,
    Row,
    column_problems,
    faults,
    normalise,
    parts_of_a_count,
)
from forecasting.measures import did_you_mean

MOST_ROWS = 5  # that a caveat names
NEW = "the fact"  # that is appended: where its problems are
OTHER_FACT = "an id of this ledger, or measure@place:start/end"
Read = Mapping[Path, Sequence[FoundRow]]


def checked_rows(
    rows: Iterable[FoundRow],
    unsaid: Collection[str] = (),
    rules: Callable[[Row], Iterator[Fault]] = faults,
) -> list[Problem]:
    """Every rule that a row breaks, alone or with the others: ids used twice, references to
    nothing.

    Parameters
    ----------
    rows : iterable of FoundRow
        Normalised.
    unsaid : collection of str
        Columns that may be empty though a ledger needs them.
    rules : callable
        What is wrong with one row alone; default what is wrong with a fact.
    """
    rows = list(rows)
    first: dict[str, FoundRow] = {}
    for row in rows:
        first.setdefault(row.cells["id"], row)
    problems: list[Problem] = []
    for row in rows:
        # Of more problems than are shown no nearest id is looked for
        ids: Collection[str] = ()
        if len(problems) < MOST:
            ids = first
        problems += [
            Problem(f"{row.where} {column}", *fault)
            for column, *fault in (*rules(row.cells), *_faults_beside(row, first, ids))
            if row.cells[column] or column not in unsaid
        ]
    return problems


def _faults_beside(
    row: FoundRow, first: Mapping[str, FoundRow], ids: Collection[str]
) -> Iterator[Fault]:
    """What is wrong with a row beside the others: its id, and what it refers to."""
    name = row.cells["id"]
    if name and first[name] is not row:
        yield "id", f"{name!r} is a duplicate of {first[name].where}", "ids are used once"
    reference = row.cells.get("reference", "")
    if reference and "@" not in reference and reference not in first:
        hint = did_you_mean(reference, ids, OTHER_FACT)
        yield "reference", f"{reference!r} refers to nothing", hint


def checked_file(
    path: Path, published: dt.date | None = None
) -> tuple[list[FoundRow], list[Problem], list[Caveat]]:
    """The rows of a ledger, what is wrong with it, and, where nothing is, what else is worth
    knowing.

    Parameters
    ----------
    path : Path
        A table, or a folder whose ``*.csv`` files are one ledger.
    published : date, optional
        Since when those facts are known that have no date of publication.
    """
    read = read_rows(path)
    if published:
        for row in read.rows:
            row.cells["published"] = row.cells["published"] or str(published)
    problems = read.problems + checked_rows(read.rows)
    if problems:
        return read.rows, problems, []
    problems = [*_of_two_things(path, read.rows)]
    if path.is_dir():
        return read.rows, problems, []
    return read.rows, problems, [*_caveats(path, read)]


def _of_two_things(path: Path, rows: Sequence[FoundRow]) -> Iterator[Problem]:
    """Counts of one place and measure that no forecast can take together: it would be refused only
    when it runs.
    """
    products: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for _, cells in rows:
        if cells["kind"] in COUNTED:
            products[cells["place"], cells["measure"]].setdefault(cells["product"], cells)
    for (place, measure), facts in products.items():
        if things := two_things(facts.values()):
            yield Problem(
                f"{path.name} product",
                f"{measure} of {place}: {things.words}",
                "keep one of them, or each in a file of its own",
            )


def _caveats(path: Path, read: TableRead) -> Iterator[Caveat]:
    """How a table is read that is not in a ledger's columns, and how many of its facts can never be
    used.
    """
    rows = read.rows

    def caveat(kind: str, **values: object) -> Caveat:
        return Caveat(kind, values={"subject": path.name} | values)

    if read.proposed is not None and not read.proposed.lacks:
        mapping = read.proposed.to_yaml().rstrip()
        yield caveat("read_by_mapping", own=mapping_path(path).name, mapping=mapping)
    if read.left_out:
        some = [str(row).removeprefix(path.name) for row in read.left_out[:MOST_ROWS]]
        yield caveat("rows_left_out", number=len(read.left_out), some=some)
    places = sorted({row.cells["place"] for row in rows})
    if len(places) > 1:
        yield caveat("several_places", places=places)
    for one, another in two_numbers(rows, "published"):
        yield caveat("two_numbers", one=one.cells["id"], another=another.cells["id"])
    parts = [*filter(None, (parts_of_a_count(row.cells) for row in rows))]
    if parts:
        yield parts[0].with_values(subject=path.name, more=len(parts) - 1)
    if undated := sum(not row.cells["published"] for row in rows):
        yield caveat("facts_undated", undated=undated, number=len(rows))


def of_one_id(read: Read) -> Iterator[Problem]:
    """Different facts of one id in two files, which no forecast takes together.

    Parameters
    ----------
    read : mapping of Path to sequence of FoundRow
        The rows of each file.
    """
    first: dict[str, tuple[Path, Row]] = {}
    for path, rows in read.items():
        for _, cells in rows:
            where, other = first.setdefault(cells["id"], (path, cells))
            if where != path and other != cells:
                yield Problem(
                    f"{path.name} id",
                    f"{cells['id']!r} names another fact in {where.name}",
                    "rename one",
                )


# One more fact in a ledger's file, which is appended in one write.


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
        _new_lines(file.name, b"", cells)  # a fact that is refused makes no file
    with _locked(file) as handle:
        name, lines = _new_lines(file.name, read_whole(file), cells)
        _append(handle.fileno(), lines.encode())
    return name


def _new_lines(name: str, data: bytes, cells: Row) -> tuple[str, str]:
    """The id of one more fact in a ledger of some content, and what to write behind that."""
    read = TableRead()
    if data.strip():
        read = ledger_rows(name, data)
    if read.problems:
        raise LedgerError(read.problems)
    text = data.decode("utf-8-sig")
    header = next(csv.reader(io.StringIO(text)), None) or list(COLUMNS)
    if lacking := [column for column in COLUMNS if cells.get(column) and column not in header]:
        hint = "add it to its first line"
        raise LedgerError([Problem(name, f"has no column {column}", hint) for column in lacking])
    row = _row_beside(read.rows, cells)
    lines = io.StringIO()
    if text and not text.endswith("\n"):
        lines.write("\n")
    writer = csv.DictWriter(lines, header, extrasaction="ignore", lineterminator="\n")
    if not text.strip():
        writer.writeheader()
    # What a reader of the file fills in by itself is not written
    writer.writerow(row | {column: cells.get(column, "") for column in ("unit", "rounding")})
    return row["id"], lines.getvalue()


def _row_beside(rows: list[FoundRow], cells: Row) -> Row:
    """One more row beside others, normalised and checked, with an id of its own."""
    row = normalise(cells)
    taken = {other.cells["id"] for other in rows}
    name = f"{row['place']}-{row['measure']}-{row['period_end']}".lower()
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    row["id"] = row["id"] or next(free for free in names if free not in taken)
    problems = checked_rows([*rows, FoundRow(NEW, row)])
    if own := [problem for problem in problems if problem.where.startswith(NEW)]:
        raise LedgerError(own)
    return row


def text_of(file: Path) -> str:
    """The text of a file of facts.

    Raises
    ------
    LedgerError
        Where it cannot be read, or is no text.
    """
    try:
        return read_whole(file).decode("utf-8-sig")
    except OSError as error:
        fault = error.strerror or str(error)
    except UnicodeDecodeError as error:
        fault = f"is no text in UTF-8: {error.reason}"
    raise LedgerError.at(file, fault, "give a CSV file in UTF-8")


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
    try:
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "is not a regular file")
        handle = path.open("a+b", buffering=0)
    except OSError as error:
        fault = (error.strerror or "cannot be written").lower()
        raise LedgerError.at(path, fault, "give a file in a folder that can be written") from None
    # Where files cannot be locked, two at once are the user's to avoid
    with contextlib.suppress(ImportError):
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle
