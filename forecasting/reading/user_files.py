"""Facts of a user's own: a ledger in its own columns as it stands, any other table as its answers
have it read, or its words where these are certain.

>>> read_rows("nowhere.csv").problems[0].fault
'no such file or directory'
"""

import csv
import datetime as dt
import io
import os
import re
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import IO

from forecasting.evidence.checking import (
    LedgerRows,
    folder_rows,
    is_ledger,
    ledger_rows,
    problems_of_things,
    row_caveats,
)
from forecasting.evidence.rules import FoundRow
from forecasting.reading.answers import Answers, answers_path, read_answers
from forecasting.reading.cell_files import TABLES, TEXTS, sheets_of
from forecasting.reading.cells import UserFile
from forecasting.reading.user_table import TableReading, UserTable
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import LedgerError, Problem
from forecasting.vocabulary.files import AnyPath, read_whole

Source = AnyPath | IO[str] | IO[bytes]
MAX_LISTED_LINES = 5  # that a caveat names


def read_rows(source: Source, place: str = "", published: dt.date | None = None) -> LedgerRows:
    """The rows of a ledger or a table, of an open file, or of every ``*.csv`` of a folder.

    Parameters
    ----------
    source : str, Path or open file
        An open file is a ledger in CSV.
    place : str
        Of the facts of a table that names none.
    published : date, optional
        Since when those of a table are known that have no date of publication.
    """
    try:
        if isinstance(source, (str, os.PathLike)):
            return _rows_of_path(source, place, published)
        data = source.read()
        name = Path(str(getattr(source, "name", "ledger"))).name
        return ledger_rows(name, data.encode() if isinstance(data, str) else data)
    except LedgerError as error:
        return LedgerRows(problems=[*error.problems])
    except OSError as error:
        fault = (error.strerror or "cannot be read").lower()
        return LedgerRows(problems=[Problem(str(source), fault, "check the path of the ledger")])


def _rows_of_path(source: AnyPath, place: str, published: dt.date | None) -> LedgerRows:
    path = Path(source)
    if re.match(r"[a-z][a-z0-9+.-]+://", str(source)):
        hint = "save it as a file first, or see `ev-forecast fetch`"
        raise LedgerError.at(
            str(source)[:200], "is a network address, and nothing is fetched unasked", hint
        )
    if path.is_dir():
        return folder_rows(path, partial(read_rows, place=place, published=published))
    if (rows := plain_rows(path)) is not None:
        return rows
    read = read_table(path, place, published)
    if problems := [*read.problems, *_without_place(read)]:
        raise LedgerError(problems)
    return LedgerRows(read.rows())


def _without_place(read: TableReading) -> list[Problem]:
    """That a table names no place, which every fact needs."""
    if all(fact.place for fact in read.facts):
        return []
    hint = "say place: GE in its answers, or name a column: place: {column: A}"
    return [Problem(read.name, "does not say of which country it is", hint)]


def plain_rows(path: Path) -> LedgerRows | None:
    """The rows of a file in a ledger's columns; None of any other table.

    Raises
    ------
    LedgerError
        Where it is empty, or no ledger can be read from it.
    """
    data = read_whole(path)
    ending = path.suffix.lower()
    if not data.strip() or ending not in TABLES:
        return ledger_rows(path.name, data)
    if ending in TEXTS:
        head = data.partition(b"\n")[0].decode("utf-8-sig", "replace").strip()
        return ledger_rows(path.name, data) if is_ledger(head.split(",")) else None
    sheet = sheets_of(UserFile(path.name, data)).sheets[0]
    columns = [cell.text for (row, _), cell in sorted(sheet.cells.items()) if row == 1]
    if not is_ledger(columns):
        return None
    lines = io.StringIO()
    writer = csv.writer(lines)
    for row in range(1, max(row for row, _ in sheet.cells) + 1):
        cells = (sheet.cells.get((row, column + 1)) for column in range(len(columns)))
        writer.writerow([cell.text if cell else "" for cell in cells])
    return ledger_rows(path.name, lines.getvalue().encode())


@lru_cache(maxsize=2)
def table_of(name: str, data: bytes, titles: tuple[str, ...]) -> UserTable:
    """A table whose shapes are kept while a command looks at it several times."""
    return UserTable(UserFile(name, data), titles)


def read_table(path: Path, place: str = "", published: dt.date | None = None) -> TableReading:
    """A table of one's own, read by the answers beside it, or by its words; of a place, and
    published on a day, where it names none.

    Raises
    ------
    LedgerError
        With every question that its words leave open.
    """
    table = table_of(path.name, read_whole(path), ())
    answers_file = answers_path(path)
    day = str(published or "")
    if answers_file.is_file():
        answers = read_answers(answers_file)
        read = table.read(replace(answers, published=answers.published or day))
    else:
        # Facts that ship need no questions
        from forecasting.reading.dialogue import error_of_proposal, proposal_of_table

        proposal = proposal_of_table(table, Answers(published=day))
        if proposal.doubts:
            raise error_of_proposal(path.name, proposal)
        read = table.read(proposal.answers)
    return read.at(place or table.place(read.answers))


def checked_file(
    path: Path, published: dt.date | None = None, place: str = ""
) -> tuple[list[FoundRow], list[Problem], list[Caveat]]:
    """The rows of a ledger, what is wrong with it, and, where nothing is, what else is worth
    knowing.

    Parameters
    ----------
    path : Path
        A table, or a folder whose ``*.csv`` files are one ledger.
    published : date, optional
        Since when those facts are known that have no date of publication.
    place : str
        Of the facts of a table that names none.
    """
    read = read_rows(path, place, published)
    if published:
        for row in read.rows:
            row.cells["published"] = row.cells["published"] or str(published)
    if problems := read.all_problems():
        return read.rows, problems, []
    problems = [*problems_of_things(path.name, read.rows)]
    if path.is_dir():
        return read.rows, problems, []
    caveats = _caveats_of_table(path, published)
    return read.rows, problems, [*caveats, *row_caveats(path.name, read.rows)]


def _caveats_of_table(path: Path, published: dt.date | None) -> list[Caveat]:
    """How a table was read by its words, and what of it is not read."""
    if plain_rows(path) is not None:
        return []
    read = read_table(path, published=published)
    caveats = []
    if not answers_path(path).is_file():
        values = {"subject": path.name, "own": answers_path(path).name}
        caveats.append(Caveat("read_by_words", values=values | {"answers": read.answers.to_yaml()}))
    if read.left_out:
        listed_lines = [*read.left_out[:MAX_LISTED_LINES]]
        lines = {"subject": path.name, "number": len(read.left_out), "some": listed_lines}
        caveats.append(Caveat("lines_left_out", values=lines))
    return caveats
