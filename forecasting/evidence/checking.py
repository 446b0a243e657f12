"""From a file to checked rows: a ledger in its own columns as it stands, any other table through a
mapping; every rule that a row breaks, with its line; what else a user wants to hear of a file; and
one more fact, which is checked beside its file before it is appended.

Nothing stops at the first problem, and nothing here needs the libraries of a forecast.
"""

import csv
import datetime as dt
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
from forecasting.reading.mapping import UNKNOWN, Mapping, mapping_path, read_mapping
from forecasting.reading.printed_periods import period_cells, period_of
from forecasting.reading.rules import (
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
from forecasting.reading.spreadsheets.cell_grid import is_workbook, rows_of_text
from forecasting.reading.spreadsheets.reading import SpreadsheetReading, read_spreadsheet
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError, LedgerError, Problem
from forecasting.vocabulary.file_lock import LONGEST_WAIT, lock_file
from forecasting.vocabulary.files import AnyPath, read_whole
from forecasting.vocabulary.limits import MAX_LEDGER_ROWS, MAX_PROBLEMS
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.quantities import on_a_day

Source = AnyPath | IO[str] | IO[bytes]
# Of the required columns: a file that has so many is a ledger, and its other names are slips
LEDGER_LIKE = 4
SAY_IT = "say it in the mapping, under columns or constants"


@dataclass(frozen=True)
class TableRead:
    """What a file of facts holds.

    Parameters
    ----------
    rows : list of FoundRow
        In their order.
    problems : list of Problem
        What is wrong with the file; the rules of rows are checked apart.
    reading : SpreadsheetReading, optional
        Of a table that is not in a ledger's columns: what each column and row was read as.
    """

    rows: list[FoundRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reading: SpreadsheetReading | None = None

    def all_problems(self) -> list[Problem]:
        """What is wrong with the file, and with its rows, as far as a message shows it."""
        return first_problems(itertools.chain(self.problems, problems_of_rows(self.rows)))


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


def _read(source: AnyPath) -> TableRead:
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


def _empty(name: str) -> LedgerError:
    hint = f"its first line must name the columns: {', '.join(REQUIRED_COLUMNS)}"
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
    if len(read.rows) == MAX_LEDGER_ROWS:
        fault = f"is one row more than {MAX_LEDGER_ROWS:,}, the most of a ledger"
        raise LedgerError.at(where, fault, "split it")
    row = FoundRow(where, settled(EMPTY | dict(zip(header, cells, strict=True))))
    read.rows.append(row)
    read.problems.extend(_thousands(row))


def _thousands(row: FoundRow) -> Iterator[Problem]:
    for column, *fault in thousands_apart(row.cells):
        yield Problem(f"{row.where} {column}", *fault)


# A table in columns of its own, read by what it shows and by a mapping.


def read_table(path: Path, answers: Mapping | None = None) -> TableRead:
    """The rows of a table, with what its reader knows of it.

    Parameters
    ----------
    path : Path
        A table; one in a ledger's columns, or with a mapping beside it, is read by these.
    answers : Mapping, optional
        What else a reader says of it.

    Raises
    ------
    LedgerError
        Where the file is no table.
    """
    data = read_whole(path)
    mapping_file = mapping_path(path)
    mapping = Mapping()
    if mapping_file.is_file():
        mapping = read_mapping(mapping_file)
    if answers is not None:
        mapping = mapping.with_answers(answers)
    if not data.strip():
        raise _empty(path.name)
    names_of_columns = data.partition(b"\n")[0].decode("utf-8-sig", "replace").strip().split(",")
    is_mapped = bool(mapping.columns or mapping.values or mapping.letters)
    names_a_ledger = len({*names_of_columns} & {*REQUIRED_COLUMNS}) >= LEDGER_LIKE
    if names_a_ledger and not (is_mapped or is_workbook(path.name)):
        return ledger_rows(path.name, data)
    reading = read_spreadsheet(path.name, data, mapping)
    rows = reading.rows()
    problems = [*_lacking(reading), *reading.problems]
    problems += [*_ambiguous_rows(rows, reading)]
    problems += [*_of_questions(reading, mapping_file.name)]
    if problems and not is_mapped and answers is None:  # else it asks already
        hint = (
            f"`ev-forecast new --ledger {path.name}` asks for it; "
            f"{mapping_file.name} says it for good"
        )
        columns = ", ".join(reading.heads)
        problems.append(
            Problem(path.name, f"is not in a ledger's columns, but has {columns[:100]}", hint)
        )
    return TableRead(rows, problems, reading)


def _of_questions(reading: SpreadsheetReading, mapping_name: str) -> Iterator[Problem]:
    """What is not certain, with the line of a mapping that says it."""
    for question in reading.questions:
        hint = question.remedy
        if len(question.key) > 1 or question.key in (("fiscal_year",), ("place",)):
            hint = f"say it in {mapping_name}: {hint}"
        yield Problem(question.where, question.asks, hint)


def _lacking(reading: SpreadsheetReading) -> Iterator[Problem]:
    """What neither the table nor the mapping says, though every fact needs it."""
    for word in reading.lacks:
        yield Problem(f"{reading.name}:{reading.head_line}", f"no column says {word}", SAY_IT)


def _ambiguous_rows(rows: Sequence[FoundRow], reading: SpreadsheetReading) -> Iterator[Problem]:
    """Rows with two numbers of one thing, where a column is not read that may tell them apart."""
    unread = [repr(name) for name, why in reading.unread().items() if why == UNKNOWN]
    for row, another in two_numbers(rows) if unread else ():
        yield Problem(
            another.where,
            f"says another number of the same as {row.where}",
            f"say in the mapping what {', '.join(unread)[:100]} holds",
        )


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


MAX_COMPARED_IDS = 1000  # ids: to compare more takes a second a word
MAX_LISTED_ROWS = 5  # that a caveat names
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
    if problems := read.all_problems():
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
        if cells["kind"] in OBSERVATION_KINDS:
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

    if reading := read.reading:
        if not mapping_path(path).is_file():
            mapping = reading.proposed().to_yaml().rstrip()
            yield caveat(
                "read_by_mapping", own=mapping_path(path).name, mapping=mapping, reading=reading
            )
        if left_out := [*reading.left_out()]:
            lines = [str(row).removeprefix(path.name) for row in left_out[:MAX_LISTED_ROWS]]
            yield caveat("rows_left_out", number=len(left_out), some=lines)
    places = sorted({row.cells["place"] for row in rows})
    if len(places) > 1:
        yield caveat("several_places", places=places)
    for row, another in two_numbers(rows, "published"):
        yield caveat("two_numbers", one=row.cells["id"], another=another.cells["id"])
    parts = [*filter(None, (parts_of_a_count(row.cells) for row in rows))]
    if parts:
        yield parts[0].with_values(subject=path.name, more=len(parts) - 1)
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
    if is_workbook(file.name):
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
    read = TableRead()
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
