"""From a ledger in its own columns to checked rows: every rule that a row breaks, with its line;
what else a user wants to hear of a file; and one more fact, which is checked beside its file before
it is appended.

Nothing stops at the first problem, and nothing here needs the libraries of a forecast.
"""

import csv
import io
import itertools
import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from forecasting.evidence.bases import two_things
from forecasting.evidence.rules import (
    EMPTY,
    LEDGER_COLUMNS,
    NUMBER_COLUMNS,
    OBSERVATION_KINDS,
    REQUIRED_COLUMNS,
    Faults,
    FoundRow,
    Row,
    column_problems,
    faults,
    normalise,
    parts_of_a_count,
    settled,
    thousands_apart,
)
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError, LedgerError, Problem
from forecasting.vocabulary.files import LONGEST_WAIT, AnyPath, lock_file, read_whole
from forecasting.vocabulary.limits import (
    MAX_COLUMNS,
    MAX_LEDGER_ROWS,
    MAX_LINES,
    MAX_PROBLEMS,
    MAX_TEXT_CELLS,
)
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.printed_periods import period_cells, period_of
from forecasting.vocabulary.quantities import on_a_day

Source = AnyPath | IO[str] | IO[bytes]
# Of the required columns: a file that has so many is a ledger, and its other names are slips
LEDGER_LIKE = 4
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True)
class LedgerRows:
    """What a file of facts holds.

    Parameters
    ----------
    rows : list of FoundRow
        In their order.
    problems : list of Problem
        What is wrong with the file; the rules of rows are checked apart.
    """

    rows: list[FoundRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def all_problems(self) -> list[Problem]:
        """What is wrong with the file, and with its rows, as far as a message shows it."""
        return first_problems(itertools.chain(self.problems, problems_of_rows(self.rows)))


def folder_rows(folder: Path, read: Callable[[Path], LedgerRows]) -> LedgerRows:
    """The rows of every ``*.csv`` of a folder, which are one ledger.

    Parameters
    ----------
    folder : Path
        With the files.
    read : callable
        Gives the rows of a file.

    Raises
    ------
    LedgerError
        Where the folder holds none.
    """
    parts = [read(file) for file in sorted(folder.glob("*.csv"))]
    if not parts:
        hint = "give a ledger, or a folder of ledgers"
        raise LedgerError.at(folder, "the folder holds no .csv file", hint)
    return LedgerRows(
        [row for part in parts for row in part.rows],
        [problem for part in parts for problem in part.problems],
    )


def is_ledger(columns: Iterable[str]) -> bool:
    """Whether columns are those of a ledger, or most of those that it needs.

    >>> is_ledger(["id", "measure", "place", "value"]), is_ledger(["Country", "Year", "EV sales"])
    (True, False)
    """
    return len({*columns} & {*REQUIRED_COLUMNS}) >= LEDGER_LIKE


# A ledger in its own columns.


def _empty(name: str) -> LedgerError:
    hint = f"its first line must name the columns: {', '.join(REQUIRED_COLUMNS)}"
    return LedgerError.at(name, "the file is empty", hint)


def ledger_rows(name: str, data: bytes) -> LedgerRows:
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
    read = LedgerRows()
    header: list[str] = []
    line = 1
    try:
        for line_of_end, cells in rows_of_text(name, text):
            where = f"{name}:{line}"
            line = line_of_end + 1
            texts = [cell.strip() for cell in cells]
            if not any(texts):
                continue
            if len(read.problems) > MAX_PROBLEMS:
                break
            if header:
                _add_row(read, where, header, texts)
            else:
                header = texts
                read.problems.extend(_head_problems(where, header))
    except csv.Error as error:
        hint = "check the quotation marks of this line"
        read.problems.append(Problem(f"{name}:{line}", f"is not CSV: {error}", hint))
    if any(problem.fault.startswith("column") for problem in read.problems):
        read.rows.clear()
    return read


def _head_problems(where: str, header: list[str]) -> Iterator[Problem]:
    """What is wrong with the columns of a ledger; what is separated otherwise is refused."""
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        hint = "save it with commas; a semicolon or a tab separates no columns of a ledger"
        raise LedgerError.at(where, "has no commas between its columns", hint)
    yield from column_problems(where, header, REQUIRED_COLUMNS)


def _add_row(read: LedgerRows, where: str, header: list[str], cells: list[str]) -> None:
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
    if len(read.rows) == MAX_LEDGER_ROWS:
        fault = f"is one row more than {MAX_LEDGER_ROWS:,}, the most of a ledger"
        raise LedgerError.at(where, fault, "split it")
    row = FoundRow(where, settled(EMPTY | dict(zip(header, cells, strict=True))))
    read.rows.append(row)
    read.problems.extend(_thousands(row))


def _thousands(row: FoundRow) -> Iterator[Problem]:
    for column, *fault in thousands_apart(row.cells):
        yield Problem(f"{row.where} {column}", *fault)


def two_numbers(rows: Sequence[FoundRow], *columns: str) -> Iterator[tuple[FoundRow, FoundRow]]:
    """The first two rows with different numbers of one quantity, by one agency.

    Parameters
    ----------
    rows : sequence of FoundRow
        Normalised.
    *columns : str
        Columns in which they are alike besides.
    """
    row_of_key: dict[tuple[str, ...], FoundRow] = {}
    for row in rows:
        if row.cells["relation"] != "equals" or not row.cells["value"]:
            continue
        match = row_of_key.setdefault(
            tuple(row.cells[column] for column in (*NUMBER_COLUMNS, *columns)), row
        )
        if match.cells["value"] != row.cells["value"]:
            yield match, row
            return


def rows_of_text(name: str, text: str, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The rows of a table in text, each with the number of its last line.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    text : str
        What it holds.
    separator : str
        Between its cells.

    Raises
    ------
    LedgerError
        Where it has too many lines, cells or columns.
    csv.Error
        Where a quotation mark is not closed.

    Examples
    --------
    >>> [*rows_of_text("own.csv", "a,b%c1,2" % 10)]
    [(1, ['a', 'b']), (2, ['1', '2'])]
    """
    lines = max(text.count("\n"), text.count("\r"))
    if lines > MAX_LINES:
        fault = f"has {lines:,} lines, {MAX_LINES:,} are the most, blank ones included"
        raise LedgerError.at(name, fault, "split it")
    cells = text.count(separator) + lines
    if cells > MAX_TEXT_CELLS:
        fault = f"has {cells:,} cells, {MAX_TEXT_CELLS:,} are the most, empty ones included"
        raise LedgerError.at(name, fault, "keep what you need")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for row in rows:
        if len(row) > MAX_COLUMNS:
            fault = f"has {len(row):,} columns, {MAX_COLUMNS:,} are the most"
            raise LedgerError.at(f"{name}:{rows.line_num}", fault, "keep what you need")
        yield rows.line_num, row


MAX_COMPARED_IDS = 1000  # ids: to compare more takes a second a word
NEW = "the fact"  # that is appended: where its problems are
OTHER_FACT = "an id of this ledger, or measure@place:start/end"


def checked_rows(
    rows: Iterable[FoundRow], unsaid: Collection[str] = (), rules: Callable[[Row], Faults] = faults
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

    Returns
    -------
    list of Problem
        As many as a message shows; behind them one that says where the search ended.
    """
    return first_problems(problems_of_rows(rows, unsaid, rules))


def first_problems(problems: Iterable[Problem]) -> list[Problem]:
    """As many problems as a message shows; behind them one that says where the search ended.

    >>> found = (Problem(f"facts.csv:{line}", "is empty") for line in itertools.count(2))
    >>> print(first_problems(found)[-1])
    facts.csv:52: what follows is not looked at (correct these first)
    """
    search = iter(problems)
    shown = [*itertools.islice(search, MAX_PROBLEMS)]
    if following := next(search, None):
        place = following.where.partition(" ")[0]
        shown.append(Problem(place, "what follows is not looked at", "correct these first"))
    return shown


def problems_of_rows(
    rows: Iterable[FoundRow], unsaid: Collection[str] = (), rules: Callable[[Row], Faults] = faults
) -> Iterator[Problem]:
    """The problems of `checked_rows`, each when it is asked for."""
    rows = list(rows)
    row_of_id: dict[str, FoundRow] = {}
    for row in rows:
        row_of_id.setdefault(row.cells["id"], row)
    # Among many ids no nearest one is looked for
    ids: Collection[str] = row_of_id if len(row_of_id) < MAX_COMPARED_IDS else ()
    for row in rows:
        for column, *fault in (*rules(row.cells), *_table_faults(row, row_of_id, ids)):
            if row.cells[column] or column not in unsaid:
                yield Problem(f"{row.where} {column}", *fault)


def _table_faults(row: FoundRow, row_of_id: dict[str, FoundRow], ids: Collection[str]) -> Faults:
    """What is wrong with a row beside the others: its id, and what it refers to."""
    name = row.cells["id"]
    if name and row_of_id[name] is not row:
        yield "id", f"{name!r} is a duplicate of {row_of_id[name].where}", "ids are used once"
    reference = row.cells.get("reference", "")
    if reference and "@" not in reference and reference not in row_of_id:
        hint = did_you_mean(reference, ids, OTHER_FACT)
        yield "reference", f"{reference!r} refers to nothing", hint


def problems_of_things(name: str, rows: Sequence[FoundRow]) -> Iterator[Problem]:
    """Counts of one place and measure that no forecast can take together: it would be refused only
    when it runs.
    """
    products: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for _, cells in rows:
        if cells["kind"] in OBSERVATION_KINDS:
            products[cells["place"], cells["measure"]].setdefault(cells["product"], cells)
    for (place, measure), facts in products.items():
        if things := two_things(facts.values()):
            yield Problem(
                f"{name} product",
                f"{measure} of {place}: {things.words}",
                "keep one of them, or each in a file of its own",
            )


def row_caveats(name: str, rows: Sequence[FoundRow]) -> Iterator[Caveat]:
    """What is worth knowing of the rows of a file, and how many can never be used."""

    def caveat(kind: str, **values: object) -> Caveat:
        return Caveat(kind, values={"subject": name} | values)

    places = sorted({row.cells["place"] for row in rows})
    if len(places) > 1:
        yield caveat("several_places", places=places)
    for row, another in two_numbers(rows, "published"):
        yield caveat("two_numbers", one=row.cells["id"], another=another.cells["id"])
    parts = [*filter(None, (parts_of_a_count(row.cells) for row in rows))]
    if parts:
        yield parts[0].with_values(subject=name, more=len(parts) - 1)
    if undated := sum(not row.cells["published"] for row in rows):
        yield caveat("facts_undated", undated=undated, number=len(rows))


def of_one_id(read: dict[Path, list[FoundRow]]) -> Iterator[Problem]:
    """Different facts of one id in two files, which no forecast takes together.

    Parameters
    ----------
    read : dict of Path to list of FoundRow
        The rows of each file.
    """
    file_of_id: dict[str, tuple[Path, Row]] = {}
    for path, rows in read.items():
        for _, cells in rows:
            where, match = file_of_id.setdefault(cells["id"], (path, cells))
            if where != path and match != cells:
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
    OSError
        Where the file cannot be written.

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
    if file.suffix.lower() in WORKBOOKS:
        raise LedgerError.at(
            file.name, "facts are appended to a CSV, not to a workbook", "name it .csv"
        )
    if not file.exists():
        _new_lines(file.name, b"", cells)  # a fact that is refused makes no file
    with file.open("a+b", buffering=0) as handle:
        if not lock_file(handle, LONGEST_WAIT):
            raise LedgerError.at(file.name, "is in use by another command", "wait until it ends")
        name, lines = _new_lines(file.name, read_whole(file), cells)
        size = handle.seek(0, os.SEEK_END)
        buffer = lines.encode()
        try:
            while buffer:
                buffer = buffer[handle.write(buffer) :]
            os.fsync(handle)
        except OSError:  # what found no room in whole goes
            handle.truncate(size)
            raise
    return name


def _new_lines(name: str, data: bytes, cells: Row) -> tuple[str, str]:
    """The id of one more fact in a ledger of some content, and what to write behind that."""
    read = LedgerRows()
    if data.strip():
        read = ledger_rows(name, data)
    if read.problems:
        raise LedgerError(read.problems)
    text = data.decode("utf-8-sig")
    header = next(csv.reader(io.StringIO(text)), None) or list(LEDGER_COLUMNS)
    if lacking := [
        column for column in LEDGER_COLUMNS if cells.get(column) and column not in header
    ]:
        hint = "add it to its first line"
        raise LedgerError([Problem(name, f"has no column {column}", hint) for column in lacking])
    row = _new_row(read.rows, cells)
    lines = io.StringIO()
    if text and not text.endswith("\n"):
        lines.write("\n")
    writer = csv.DictWriter(lines, header, extrasaction="ignore", lineterminator="\n")
    if not text.strip():
        writer.writeheader()
    # What a reader of the file fills in by itself is not written
    writer.writerow(row | {column: cells.get(column, "") for column in ("unit", "rounding")})
    return row["id"], lines.getvalue()


def _new_row(rows: list[FoundRow], cells: Row) -> Row:
    """One more row beside others, normalised and checked, with an id of its own."""
    row = normalise(cells)
    ids = {match.cells["id"] for match in rows}
    name = f"{row['place']}-{row['measure']}-{row['period_end']}".lower()
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    row["id"] = row["id"] or next(candidate for candidate in names if candidate not in ids)
    problems = problems_of_rows([*rows, FoundRow(NEW, row)])
    if row_problems := [problem for problem in problems if problem.where.startswith(NEW)]:
        raise LedgerError(row_problems)
    return row


def missing_columns(columns: Row) -> list[str]:
    """The columns that one more fact still needs; a fact that has a reference needs no value.

    >>> missing_columns({"place": "UZ", "measure": "ev_imports", "reference": "a-fact"})
    ['period']
    """
    names = {"place", "measure", "value", "period"}
    if "reference" in columns:
        names.remove("value")
    return sorted(names - columns.keys())


def fact_row(columns: Row) -> Row:
    """The row of one more fact from its columns, with ``period`` in words.

    Raises
    ------
    InputError
        Where a column is missing.

    Examples
    --------
    >>> row = fact_row({"place": "UZ", "measure": "ev_imports", "value": "1", "period": "2023"})
    >>> row["relation"], row["period_end"]
    ('equals', '2023-12-31')
    """
    if missing := missing_columns(columns):
        options = ", ".join(f"--{name}" for name in missing)
        raise InputError(f"a fact needs {options}; or give a sentence with --text")
    cells = {"relation": "equals"} | dict(columns)
    period = cells.pop("period")
    has_start = "/" in period or ".." in period
    one_day = on_a_day(cells["measure"], cells.get("quantity", ""), has_start)
    return cells | period_cells(period_of(period), one_day)
