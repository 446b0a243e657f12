"""Excel workbooks as plain tables: one sheet, merged heads filled, stored values of formulas, dates
as dates.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any
from zipfile import ZipFile

from forecasting.errors import LedgerError, Problem

# Bytes of all text in a workbook, which lies in it compressed: some ten seconds of reading
LARGEST = 20_000_000
MOST_ROWS, MOST_CELLS = 200_000, 5_000_000


def sheet_rows(
    name: str, data: bytes, sheet: str = ""
) -> tuple[list[list[object]], str, list[Problem]]:
    """The cells of one sheet.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    data : bytes
        The workbook.
    sheet : str
        Which sheet; may be empty where only one holds a table.

    Returns
    -------
    rows : list of list
        Text, numbers and dates; a merged range has its value in each of its cells.
    sheet : str
        The sheet that was read.
    problems : list of Problem
        What stands in the way.
    """
    try:
        values, formulas = _opened(name, data)
        sheet = sheet or _only_table(name, values)
        rows = _cells(name, values, sheet)
    except LedgerError as error:
        return [], sheet, list(error.problems)
    return rows, sheet, _unknown_results(name, values[sheet], formulas[sheet])


def _refusal(name: str, fault: str, hint: str) -> LedgerError:
    return LedgerError([Problem(name, fault, hint)])


def _opened(name: str, data: bytes) -> tuple[Any, Any]:
    """A workbook with the values of its formulas, and with the formulas themselves."""
    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(data)) as parts:
            texts = [part for part in parts.infolist() if not part.filename.startswith("xl/media/")]
            if sum(part.file_size for part in texts) > LARGEST:
                fault = f"unpacks to more than {LARGEST:,} bytes"
                raise _refusal(name, fault, "save the one sheet as CSV")
            xml = [parts.read(part) for part in texts]
        values = formulas = load_workbook(io.BytesIO(data), data_only=True)
        if any(re.search(rb"<(\w+:)?f[\s>/]", part) for part in xml):
            formulas = load_workbook(io.BytesIO(data))
    except LedgerError:
        raise
    # Of a damaged file the library raises whatever its parsers come upon
    except Exception as error:
        reason = " ".join(str(error).split())
        fault = f"is no Excel workbook that can be read ({reason})"[:200]
        raise _refusal(name, fault, "save it again as .xlsx, or as CSV UTF-8") from None
    return values, formulas


def _only_table(name: str, book: Any) -> str:
    """The sheet that holds a table, where only one does."""
    tables = [sheet.title for sheet in book.worksheets if sheet.max_row > 1 < sheet.max_column]
    if len(tables) == 1:
        return str(tables[0])
    fault = "has no sheet with a table"
    if tables:
        fault = f"has {len(tables)} sheets with a table: {', '.join(tables)}"
    example = [*tables, "Facts"][0]
    raise _refusal(name, fault, f"name one in the mapping, e.g. sheet: {example}")


def _cells(name: str, book: Any, sheet: str) -> list[list[object]]:
    """The cells of a sheet; a merged range has its value in each of its cells."""
    if sheet not in book.sheetnames:
        hint = f"its sheets: {', '.join(book.sheetnames)}"
        raise _refusal(name, f"has no sheet {sheet!r}", hint)
    values = book[sheet]
    if values.max_row > MOST_ROWS:
        raise _refusal(name, f"sheet {sheet!r} has more than {MOST_ROWS:,} rows", "split it")
    if values.max_row * values.max_column > MOST_CELLS:
        fault = f"sheet {sheet!r} reaches over more than {MOST_CELLS:,} cells"
        raise _refusal(name, fault, "delete what lies far from the table")
    rows = [[_plain(cell) for cell in row] for row in values.iter_rows(values_only=True)]
    for merged in values.merged_cells.ranges:
        first = rows[merged.min_row - 1][merged.min_col - 1]
        for row in rows[merged.min_row - 1 : merged.max_row]:
            row[merged.min_col - 1 : merged.max_col] = [first] * merged.size["columns"]
    return rows


def _plain(cell: object) -> object:
    return cell.date() if isinstance(cell, dt.datetime) else cell


def _unknown_results(name: str, values: Any, formulas: Any) -> list[Problem]:
    """Formulas without a stored value: only a spreadsheet program can tell what they come to."""
    unknown = [
        cell.coordinate
        for row in formulas.iter_rows()
        for cell in row
        if cell.data_type == "f" and values[cell.coordinate].value is None
    ]
    if not unknown:
        return []
    fault = f"{len(unknown)} formulas have no stored value, first {unknown[0]}"
    hint = "open the workbook in a spreadsheet program and save it"
    return [Problem(f"{name} {unknown[0]}", fault, hint)]
