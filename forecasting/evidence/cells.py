"""The cells of a table as people keep it: text in any encoding and with any separator, or one sheet
of an Excel workbook, from the line on that names the columns.

>>> table_cells("own.csv", b"Land;2023;2024%cNO;104000;114400" % 10)
[['Land', 'year', 'value'], ['NO', '2023', '104000'], ['NO', '2024', '114400']]
"""

import contextlib
import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from forecasting.errors import LedgerError, PeriodError
from forecasting.evidence.printed_periods import period_of


class Line(list[object]):
    """The cells of one line of a file.

    Parameters
    ----------
    cells : iterable of object
        Text, numbers and dates.
    number : int
        Of the line in its file, from 1 on.
    hidden : bool
        Whether a spreadsheet program does not show it.
    """

    def __init__(self, cells: Iterable[object], number: int = 0, hidden: bool = False) -> None:
        super().__init__(cells)
        self.number = number
        self.hidden = hidden


Cells = list[Line]
SEPARATORS = ",;\t|"
WORKBOOKS = (".xlsx", ".xlsm")
TABLES = (".csv", ".tsv", *WORKBOOKS)
# Bytes of all text in a workbook, which lies in it compressed: some ten seconds of reading
MAX_UNPACKED_BYTES = 20_000_000
MAX_SHEET_ROWS = 200_000
MAX_SHEET_CELLS = 5_000_000
SHORTER_THAN_A_YEAR = 364  # days


class Repeated(float):
    """A number of a merged range, in another of its cells than the first: it counts once."""


def table_cells(
    name: str, data: bytes, encoding: str = "", separator: str = "", sheet: str = ""
) -> Cells:
    """The cells of a table; the first row holds the columns' names.

    Parameters
    ----------
    name : str
        Of the file: its ending tells a workbook, and messages name it.
    data : bytes
        What the file holds.
    encoding, separator, sheet : str
        How it is written, and which sheet of a workbook; empty where that can be seen.

    Returns
    -------
    list of list
        Text, numbers and dates; no row of an empty file.

    Raises
    ------
    LedgerError
        What stands in the way.
    """
    if Path(name).suffix.lower() not in TABLES:
        raise LedgerError.at(name, f"is no table by its name ({', '.join(TABLES)})", "rename it")
    if is_workbook(name):
        cells = _sheet_cells(name, data, sheet)
    else:
        try:
            cells = _split(_decoded(data, encoding), separator)
        except (UnicodeDecodeError, LookupError) as error:
            raise LedgerError.at(
                name, f"cannot be read: {error}"[:200], "name its encoding in the mapping"
            ) from None
        except csv.Error as error:
            raise LedgerError.at(
                name, f"is no table: {error}", "check the quotation marks"
            ) from None
    if not cells:
        return []
    return _periods_as_rows(_from_header(cells))


def is_workbook(name: str) -> bool:
    """Whether a file's name is that of an Excel workbook."""
    return Path(name).suffix.lower() in WORKBOOKS


# A text.


def _decoded(data: bytes, encoding: str) -> str:
    """The text of a file: in the encoding named, by its mark, as UTF-8, or as Cyrillic or Western
    Windows text.
    """
    if encoding:
        return data.decode(encoding)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        cyrillic = sum(byte >= 0xC0 for byte in data) > sum(0x80 <= byte < 0xC0 for byte in data)
        # Whole words of letters: Western text has single ones
        words = re.findall(rb"[\xc0-\xff]{3,}", data)
        return data.decode("cp1251" if cyrillic and words else "cp1252")


def _split(text: str, separator: str) -> Cells:
    if not separator:
        top_line = next((line for line in text.splitlines() if line.strip()), "")
        separator = max(SEPARATORS, key=top_line.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    return [Line(row, rows.line_num) for row in rows if any(row)]


# A workbook.


def _sheet_cells(name: str, data: bytes, sheet: str) -> Cells:
    """The cells of a sheet; a merged range has its value in each of its cells."""
    book, formulas = _opened(name, data)
    sheet = sheet or _only_table(name, book)
    if sheet not in book.sheetnames:
        raise LedgerError.at(
            name, f"has no sheet {sheet!r}", f"its sheets: {', '.join(book.sheetnames)}"
        )
    values = book[sheet]
    if values.max_row > MAX_SHEET_ROWS:
        raise LedgerError.at(
            name, f"sheet {sheet!r} has more than {MAX_SHEET_ROWS:,} rows", "split it"
        )
    if values.max_row * values.max_column > MAX_SHEET_CELLS:
        raise LedgerError.at(
            name,
            f"sheet {sheet!r} reaches over more than {MAX_SHEET_CELLS:,} cells",
            "delete what lies far from the table",
        )
    _check_results(name, values, formulas[sheet])
    dimensions = values.row_dimensions
    rows = [
        Line(map(_cell_value, row), number, number in dimensions and dimensions[number].hidden)
        for number, row in enumerate(values.iter_rows(), start=1)
    ]
    for merged in values.merged_cells.ranges:
        top = merged.min_row - 1
        side = merged.min_col - 1
        value = copy = rows[top][side]
        if isinstance(value, int | float):
            copy = Repeated(value)
        for row in rows[top : merged.max_row]:
            row[side : merged.max_col] = [copy] * merged.size["columns"]
        rows[top][side] = value
    return rows


def _check_results(name: str, values: Any, formulas: Any) -> None:
    """Only a spreadsheet program can tell what a formula without a stored value comes to."""
    unknown = [
        cell.coordinate
        for row in formulas.iter_rows()
        for cell in row
        if cell.data_type == "f" and values[cell.coordinate].value is None
    ]
    if unknown:
        raise LedgerError.at(
            f"{name} {unknown[0]}",
            f"{len(unknown)} formulas have no stored value, first {unknown[0]}",
            "open the workbook in a spreadsheet program and save it",
        )


def _opened(name: str, data: bytes) -> tuple[Any, Any]:
    """A workbook with the values of its formulas, and with the formulas themselves."""
    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(data)) as parts:
            texts = [part for part in parts.infolist() if not part.filename.startswith("xl/media/")]
            if sum(part.file_size for part in texts) > MAX_UNPACKED_BYTES:
                fault = f"unpacks to more than {MAX_UNPACKED_BYTES:,} bytes"
                raise LedgerError.at(name, fault, "save the one sheet as CSV")
            xml = [parts.read(part) for part in texts]
        _check_merged(name, xml)
        values = load_workbook(io.BytesIO(data), data_only=True)
        if any(re.search(rb"<(\w+:)?f[\s>/]", part) for part in xml):
            return values, load_workbook(io.BytesIO(data))
    except LedgerError:
        raise
    # Of a damaged file the library raises whatever its parsers come upon
    except Exception as error:
        reason = " ".join(str(error).split())[:150]
        fault = f"is no Excel workbook that can be read ({reason})"
        raise LedgerError.at(name, fault, "save it again as .xlsx, or as CSV UTF-8") from None
    return values, values


def _check_merged(name: str, xml: Iterable[bytes]) -> None:
    """The library makes a cell of each that a merged range covers, be they billions."""
    from openpyxl.utils import range_boundaries

    cells = 0
    for part in xml:
        for ref in re.findall(rb"mergeCell [^>]*ref=.([A-Z0-9:]+)", part):
            min_col, min_row, max_col, max_row = range_boundaries(ref.decode())
            cells += (max_col - min_col + 1) * (max_row - min_row + 1)
    if cells > MAX_SHEET_CELLS:
        raise LedgerError.at(
            name,
            f"has merged ranges over {cells:,} cells",
            "undo what is merged far from the table",
        )


def _only_table(name: str, book: Any) -> str:
    """The sheet that holds a table, where only one does."""
    tables = [sheet.title for sheet in book.worksheets if sheet.max_row > 1 < sheet.max_column]
    if len(tables) == 1:
        return str(tables[0])
    fault = "has no sheet with a table"
    if tables:
        fault = f"has {len(tables)} sheets with a table: {', '.join(tables)}"
    example = [*tables, "Facts"][0]
    raise LedgerError.at(name, fault, f"name one in the mapping, e.g. sheet: {example}")


def _cell_value(cell: Any) -> object:
    """What a cell holds: of a time its day, of what is shown in percent the percent."""
    if isinstance(cell.value, dt.datetime):
        return cell.value.date()
    if isinstance(cell.value, int | float) and "%" in cell.number_format:
        return round(100 * cell.value, 9)
    return cell.value


# The names of the columns.


def _from_header(cells: Cells) -> Cells:
    """From the line of names on, which lies under a title; merged heads above it become part of the
    names.
    """
    header_lines = (line for line, row in enumerate(cells) if len({*map(str, _filled(row))}) > 1)
    header_line = next(header_lines, 0)
    heads = [[cell] for cell in cells[header_line]]
    rows = cells[header_line + 1 :]
    if rows and _goes_on(cells[header_line], rows[0]):
        for head, cell in zip(heads, rows.pop(0), strict=False):
            head.append(cell)
    return [Line(map(_joined, heads), cells[header_line].number), *rows]


def _goes_on(heads: Sequence[object], next_row: Sequence[object]) -> bool:
    """Whether the names of columns go on in the next line.

    A head over several columns stands in one of them, or again in each; one over two lines stands
    again below. The second line holds words alone.
    """
    words = _filled(next_row)
    if not words or any(not isinstance(cell, str) or re.search(r"\d", cell) for cell in words):
        return False
    new = [cell for cell in words if cell not in heads]
    return len({*map(str, _filled(heads))}) < len(heads) or len(new) < len(heads)


def _filled(row: Iterable[object]) -> list[object]:
    return [cell for cell in row if cell not in (None, "")]


def _joined(parts: Iterable[object]) -> str:
    return " ".join(dict.fromkeys(str(part).strip() for part in _filled(parts)))


def _wide_head(name: str) -> tuple[str, bool]:
    """How a column of such periods as a name says is called, and whether the name lacks the year;
    empty where it says none.
    """
    with contextlib.suppress(PeriodError):
        whole_year = period_of(name).days > SHORTER_THAN_A_YEAR
        return "year" if whole_year else "date", False
    with contextlib.suppress(PeriodError):
        months = round(period_of(f"{name} 2000").days / 30)
        return {1: "month", 3: "quarter"}.get(months, "date"), True
    return "", False


def _periods_as_rows(cells: Cells) -> Cells:
    """A table with a column for each period as one with a row for each period; other tables as they
    are.
    """
    header = [str(cell).removesuffix(".0") for cell in cells[0]]
    heads = {name: _wide_head(name) for name in header}
    wide = [name for name, (kind, _) in heads.items() if kind]
    kinds = {heads[name][0] for name in wide}
    with_year = "year" in " ".join(header).lower()
    if len(wide) < 2 or {heads[name][1] for name in wide} != {with_year}:
        return cells
    keys = [name for name in header if name not in wide]
    kind = kinds.pop() if len(kinds) == 1 else "date"
    rows = [Line([*keys, kind, "value"], cells[0].number)]
    for row in cells[1:]:
        rows += _lines_of_row(row, header, keys, wide)
    return rows


def _lines_of_row(
    row: Line, header: Sequence[str], keys: Sequence[str], wide: Sequence[str]
) -> Iterator[Line]:
    """A line for each period of a row that has a number for it."""
    cell_of = dict(zip(header, row, strict=False))
    common = [cell_of.get(name) for name in keys]
    for name in wide:
        if _filled([cell_of.get(name)]):
            yield Line([*common, name, cell_of[name]], row.number, row.hidden)
