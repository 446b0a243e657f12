"""The sheets of a workbook, of Excel new and old and of OpenDocument."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from forecasting.reading.cells import CellSheet, Place, SheetCell, UserFile, column_letter
from forecasting.reading.workbook_extent import check_extent, xls_sizes
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.limits import MAX_COLUMNS, MAX_GRID_CELLS
from forecasting.vocabulary.printed_numbers import plain_text


def excel_sheets(file: UserFile) -> Iterator[CellSheet]:
    """The visible sheets of a workbook of Excel, without hidden rows and columns.

    Parameters
    ----------
    file : UserFile
        With its content.

    Raises
    ------
    LedgerError
        Where it is damaged, or beyond a limit.
    """
    book = _loaded(file)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in visible or book.worksheets:
        cells = _excel_cells(sheet)
        rows, columns = _hidden_rows(sheet, cells), _hidden_columns(sheet, cells)
        names = [f"row {row}" for row in rows]
        names += [f"column {column_letter(column)}" for column in columns]
        visible_cells = {
            (row, column): cell
            for (row, column), cell in cells.items()
            if row not in rows and column not in columns
        }
        yield CellSheet.of_cells(str(sheet.title), visible_cells, names)


def _excel_cells(sheet: Any) -> dict[Place, SheetCell]:
    """The cells of a sheet, each merged range filled."""
    cells = {
        (cell.row, cell.column): _cell_of(cell.value, str(cell.number_format))
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    for area in sheet.merged_cells.ranges:
        _spread(cells, area.min_row, area.max_row, area.min_col, area.max_col)
    return cells


def _hidden_rows(sheet: Any, cells: Iterable[Place]) -> list[int]:
    """The hidden rows that hold something."""
    hidden = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    return sorted(hidden & {row for row, _ in cells})


def _hidden_columns(sheet: Any, cells: Iterable[Place]) -> list[int]:
    """The hidden columns that hold something."""
    areas = [area for area in sheet.column_dimensions.values() if area.hidden and area.min]
    columns = sorted({column for _, column in cells})
    return [column for column in columns if any(a.min <= column <= a.max for a in areas)]


def _spread(cells: dict[Place, SheetCell], top: int, bottom: int, left: int, right: int) -> None:
    """Set the first cell of a merged range in each of its cells."""
    corner = cells.get((top, left))
    if corner is None:
        return
    copy = SheetCell(corner.text, corner.number, corner.day, corner.form, repeated=True)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                cells[row, column] = copy


def _loaded(file: UserFile) -> Any:
    """A workbook with the values of its formulas."""
    from openpyxl import load_workbook

    try:
        unknown = check_extent(file.name, file.data)
        book = load_workbook(io.BytesIO(file.data), data_only=True)
    except LedgerError:
        raise
    # For a damaged file the library raises errors of many kinds
    except Exception as error:
        raise _damaged(file.name, error) from None
    sheets = book.worksheets
    _check_reach(file.name, ((s.title, s.max_row, s.max_column) for s in sheets))
    if unknown:  # which only a spreadsheet program can compute
        raise LedgerError.at(
            f"{file.name} {unknown[0]}",
            f"{len(unknown)} formulas have no stored value, first {unknown[0]}",
            "open the workbook in a spreadsheet program and save it",
        )
    return book


def _damaged(name: str, error: Exception) -> LedgerError:
    reason = " ".join(str(error).split())[:150]
    fault = f"is no workbook that can be read ({reason})"
    return LedgerError.at(name, fault, "save it again as .xlsx, or as CSV UTF-8")


def _check_reach(name: str, sizes: Iterable[tuple[str, int, int]]) -> None:
    """Refuse sheets with cells far out, of which a library makes each cell before them.

    Parameters
    ----------
    name : str
        Of the file.
    sizes : iterable of str, int and int
        The title, the height and the width of each sheet.
    """
    reach = 0
    for title, height, width in sizes:
        reach += height * width
        fault = ""
        if width > MAX_COLUMNS:
            fault = f"sheet {title!r} has {width:,} columns, {MAX_COLUMNS:,} are the most"
        elif reach > MAX_GRID_CELLS:
            fault = (
                f"its sheets reach over {reach:,} cells up to {title!r}, empty ones included, "
                f"{MAX_GRID_CELLS:,} are the most"
            )
        if fault:
            raise LedgerError.at(name, fault, "delete what lies far from the table")


def other_sheets(file: UserFile) -> list[CellSheet]:
    """The visible sheets of a file whose formats and hidden lines are not told.

    Parameters
    ----------
    file : UserFile
        With its content.

    Raises
    ------
    LedgerError
        Where it is damaged, or beyond a limit.
    """
    try:
        return [*_calamine_sheets(file)]
    except (LedgerError, KeyboardInterrupt, SystemExit):
        raise
    # As above; the library of another language panics, too
    except BaseException as error:
        raise _damaged(file.name, Exception(str(error))) from None


def _calamine_sheets(file: UserFile) -> Iterator[CellSheet]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    if file.name.lower().endswith(".ods"):
        check_extent(file.name, file.data)
    else:
        _check_reach(file.name, (("a sheet", *size) for size in xls_sizes(file.data)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.data))
    titles = [
        sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible
    ]
    sheets = [book.get_sheet_by_name(title) for title in titles or book.sheet_names]
    _check_reach(file.name, ((s.name, s.total_height, s.total_width) for s in sheets))
    for sheet in sheets:
        if cells := _calamine_cells(sheet):
            yield CellSheet.of_cells(sheet.name, cells)


def _calamine_cells(sheet: Any) -> dict[Place, SheetCell]:
    """The cells of a sheet, each merged range filled."""
    top_row, left_column = sheet.start or (0, 0)
    cells = {
        (row, column): _cell_of(value, "")
        for row, line in enumerate(sheet.iter_rows(), start=top_row + 1)
        for column, value in enumerate(line, start=left_column + 1)
        if value not in ("", None)
    }
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        _spread(cells, top + 1, bottom + 1, left + 1, right + 1)
    return cells


def _cell_of(value: object, form: str) -> SheetCell:
    """A cell as it is shown."""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return SheetCell(_date_text(value, form), day=value, form=form)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return SheetCell(plain_text(str(value)))
    number = float(value)
    if not math.isfinite(number):
        return SheetCell(str(value))
    read = number_form(form)
    displayed = number * (100 if read.percent else 1) / 1000**read.thousands
    displayed = round(displayed, 9)
    text = (
        str(int(displayed)) if displayed.is_integer() and abs(displayed) < 1e15 else repr(displayed)
    )
    unit = "%" if read.percent else read.unit
    return SheetCell(f"{text} {unit}".strip(), displayed, form=form)


def _date_text(day: dt.date, form: str) -> str:
    """A date as its format shows it: of one that shows no day the month or the year alone."""
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form).lower()
    if form and "d" not in letters and "y" in letters:
        return f"{day:%Y-%m}" if "m" in letters else f"{day:%Y}"
    return day.isoformat()


@dataclass(frozen=True)
class NumberForm:
    """What a number format does to a number.

    Parameters
    ----------
    percent : bool
        Whether it is shown in percent.
    thousands : int
        How many times it is divided by 1,000.
    unit : str
        What is written beside it.
    """

    percent: bool = False
    thousands: int = 0
    unit: str = ""


@lru_cache(maxsize=1024)
def number_form(form: str) -> NumberForm:
    """What a number format does to a number.

    >>> number_form('#,##0.0,"k"'), number_form("0%").percent, number_form("[$$-409]0").unit
    (NumberForm(percent=False, thousands=1, unit='k'), True, '$')
    """
    section = form.split(";")[0]
    literal = r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]'
    unit = "".join(quoted or escaped for quoted, escaped in re.findall(literal, section)).strip()
    unit += " ".join(re.findall(r"\[\$([^\]-]+)", section))
    rest = re.sub(literal, "", section)
    unit += "".join(re.findall(r"[$€£¥₽₸]", rest))
    digits = re.search(r"[0#?][0#?,.]*", rest)
    if digits is None:
        return NumberForm()
    commas = len(digits[0]) - len(digits[0].rstrip(","))
    if unit and not re.search(r"\w|%|[$€£¥₽₸]", unit):
        unit = ""
    return NumberForm("%" in rest, commas, unit)
