"""Excel workbooks as plain tables: one sheet, merged heads filled, stored values of formulas, dates
as dates.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

from forecasting.errors import Problem

__all__ = ["sheet_rows"]

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
    from zipfile import ZipFile

    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(data)) as parts:
            texts = [part for part in parts.infolist() if not part.filename.startswith("xl/media/")]
            if sum(part.file_size for part in texts) > LARGEST:
                return (
                    [],
                    "",
                    [
                        Problem(
                            name,
                            f"unpacks to more than {LARGEST:,} bytes",
                            "save the one sheet as CSV",
                        )
                    ],
                )
            xml = [parts.read(part) for part in texts if part.filename.endswith(".xml")]
        values = load_workbook(io.BytesIO(data), data_only=True)
        calculated = any(re.search(rb"<(\w+:)?f[\s>/]", part) for part in xml)
        formulas = load_workbook(io.BytesIO(data)) if calculated else values
    # Of a damaged file the library raises whatever its parsers come upon
    except Exception as error:
        hint = "save it again as .xlsx, or as CSV UTF-8"
        said = " ".join(str(error).split())
        return (
            [],
            "",
            [Problem(name, f"is no Excel workbook that can be read ({said})"[:200], hint)],
        )
    filled = [
        found.title for found in values.worksheets if found.max_row > 1 and found.max_column > 1
    ]
    if sheet and sheet not in values.sheetnames:
        return (
            [],
            "",
            [
                Problem(
                    name, f"has no sheet {sheet!r}", f"its sheets: {', '.join(values.sheetnames)}"
                )
            ],
        )
    if not sheet and len(filled) != 1:
        what = (
            f"has {len(filled)} sheets with a table: {', '.join(filled)}"
            if filled
            else "has no sheet with a table"
        )
        return (
            [],
            "",
            [
                Problem(
                    name, what, "name one in the mapping, e.g. sheet: " + (filled or ["Facts"])[0]
                )
            ],
        )
    chosen = sheet or filled[0]
    if values[chosen].max_row > MOST_ROWS:
        return (
            [],
            chosen,
            [Problem(name, f"sheet {chosen!r} has more than {MOST_ROWS:,} rows", "split it")],
        )
    if values[chosen].max_row * values[chosen].max_column > MOST_CELLS:
        what = f"sheet {chosen!r} reaches over more than {MOST_CELLS:,} cells"
        return [], chosen, [Problem(name, what, "delete what lies far from the table")]
    rows = [[_plain(cell) for cell in row] for row in values[chosen].iter_rows(values_only=True)]
    for merged in values[chosen].merged_cells.ranges:
        first = rows[merged.min_row - 1][merged.min_col - 1]
        for row in range(merged.min_row - 1, merged.max_row):
            rows[row][merged.min_col - 1 : merged.max_col] = [first] * (
                merged.max_col - merged.min_col + 1
            )
    return rows, chosen, _unknown_results(name, values[chosen], formulas[chosen])


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
    what = f"{len(unknown)} formulas have no stored value, first {unknown[0]}"
    return [
        Problem(
            f"{name} {unknown[0]}", what, "open the workbook in a spreadsheet program and save it"
        )
    ]
