"""Excel workbooks: the sheets, the formats that they share, and tables in them; and tables as CSV.

What is text stays text: no cell becomes a formula or a link by its looks. Equal contents give equal
bytes.
"""

import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from forecasting.vocabulary.quantiles import Array
from forecasting.vocabulary.sentences import Term
from forecasting.writers.columns import Column, Row
from forecasting.writers.display import Table, is_web_address
from forecasting.writers.messages import FigureForm

# Rows, first and last, and column of a line; its name, dashes, width and colour
Line = tuple[tuple[int, int], int, str, str, float, str]
QUICK = 1  # of zlib: a file a sixth larger, in a third of the time
ANY_DAY = dt.date(2020, 1, 1)
LONGEST_LINK = 2079  # characters; Excel takes no longer ones
PLAIN: dict[str, Any] = {"valign": "top"}
GRIDLINES = {"visible": True, "line": {"color": "#E6E9ED"}}
INDENT: dict[str, Any] = {"align": "left", "indent": 1}  # off the number in the column before
HEAD_FORMAT: dict[str, Any] = {"bold": True, "bottom": 1, "text_wrap": True}
CELL_FORMATS: dict[str, dict[str, Any]] = {
    "text": INDENT | {"text_wrap": True},
    "title": {"bold": True, "font_size": 16},
    "head": HEAD_FORMAT | INDENT,
    "head of numbers": HEAD_FORMAT | {"align": "right"},
    "link": INDENT | {"font_color": "#0072B2", "underline": 1, "text_wrap": True},
    "note": {"italic": True, "font_color": "#5F6B76", "text_wrap": True},
    "own": {"bg_color": "#FFF2AB", "border": 1, "locked": False},
    "year": {"num_format": "0", "align": "left"},
}


@dataclass(frozen=True)
class SheetNumber:
    """A number of a table in a sheet; nothing is shown where it is missing or infinite.

    Parameters
    ----------
    value : float
        The number, or what its formula gives until it is reckoned anew.
    formula : str
        What follows ``=``.
    decimals : int, optional
        Those that leave it three digits by default.
    """

    value: float
    formula: str = ""
    decimals: int | None = None


def sheet_column(head: str, key: Any, formula: str = "", decimals: int | None = None) -> Column:
    """A column of numbers, or of formulas that give them.

    Parameters
    ----------
    head : str
        What is read above it.
    key : object
        Under which a row has the number; a row without it has an empty cell.
    formula : str
        A message that names keys of the row in braces.
    decimals : int, optional
        As of `SheetNumber`.

    Examples
    --------
    >>> sheet_column("sum", "sum", "A{row}+B{row}").cell({"row": 2, "sum": 5.0})
    SheetNumber(value=5.0, formula='A2+B2', decimals=None)
    """

    def number(row: Row) -> SheetNumber:
        if key not in row:
            return SheetNumber(math.nan)
        return SheetNumber(row[key], formula.format_map(row), decimals)

    return Column(head, number)


class Book:
    """A workbook while it is written.

    Parameters
    ----------
    title : str
        Of the file's properties.
    day : date, optional
        Of what is known; when the file is said to be made. It is never now, so that equal contents
        give equal bytes.
    """

    def __init__(self, title: str, day: dt.date | None = None) -> None:
        import xlsxwriter

        self._content = io.BytesIO()
        self._lists = 0
        as_it_is = {"strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self._content, {"in_memory": True} | as_it_is)
        created = dt.datetime.combine(day or ANY_DAY, dt.time())
        subject = f"As of {day}" if day else ""
        self.book.set_properties({"title": title, "subject": subject, "created": created})
        self.looks = {
            name: self.book.add_format(PLAIN | look) for name, look in CELL_FORMATS.items()
        }
        patterns = ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"]
        self.numbers = [self.book.add_format(PLAIN | {"num_format": form}) for form in patterns]

    def sheet(self, name: str, title: str, widths: Sequence[float]) -> Any:
        """A sheet with its title in the first row.

        Parameters
        ----------
        name, title : str
            Of the sheet; without a title its first row is free.
        widths : sequence of float
            Of its columns.
        """
        sheet = self.book.add_worksheet(name)
        if title:
            sheet.write_string(0, 0, title, self.looks["title"])
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def table(
        self,
        sheet: Any,
        row: int,
        table: Table,
        frozen: int = 0,
    ) -> int:
        """A table from a row on; gives the row after it.

        Parameters
        ----------
        sheet : Worksheet
            Where.
        row : int
            Of its heads.
        table : Table
            Numbers are written as numbers, all else as text; the cells of its last column may lead
            somewhere.
        frozen : int
            Of a table that is alone on its sheet: how many columns stay in sight beside the heads,
            which take filters.
        """
        frame = table.frame
        rows = frame.to_numpy(dtype=object).tolist()
        for column, name in enumerate(frame.columns):
            numeric = bool(rows) and isinstance(rows[0][column], float | SheetNumber)
            look = self.looks["head of numbers" if numeric else "head"]
            sheet.write_string(row, column, str(name), look)
        addresses = table.links.get(frame.columns[-1]) or [""] * len(rows)
        for at, (cells, address) in enumerate(zip(rows, addresses, strict=True), start=row + 1):
            for column, value in enumerate(cells):
                self.cell(sheet, at, column, value)
            if is_web_address(address) and len(address) <= LONGEST_LINK:
                place = (at, len(cells) - 1)
                sheet.write_url(*place, address, self.looks["link"], str(cells[-1]))
        if frozen:
            sheet.freeze_panes(row + 1, frozen)
            sheet.autofilter(row, 0, row + len(rows), len(frame.columns) - 1)
        return row + 1 + len(rows)

    def cell(self, sheet: Any, row: int, column: int, value: object) -> None:
        """A number as a number, everything else as text; a whole number is a year.

        Parameters
        ----------
        sheet : Worksheet
            Where.
        row, column : int
            Which cell.
        value : object
            What; nothing is written of what is missing.
        """
        if isinstance(value, SheetNumber):
            self._number(sheet, row, column, value)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self.looks["year"])
        elif isinstance(value, float) and math.isfinite(value):
            sheet.write_number(row, column, value, self.numbers[decimals(value)])
        elif str(value) not in ("", "nan"):
            sheet.write_string(row, column, str(value), self.looks["text"])

    def _number(self, sheet: Any, row: int, column: int, number: SheetNumber) -> None:
        """A number of a table, by its formula where it has one."""
        places = decimals(number.value) if number.decimals is None else number.decimals
        look = self.numbers[places]
        if number.formula:
            self.formula(sheet, row, column, number.formula, number.value, look)
        elif math.isfinite(number.value):
            sheet.write_number(row, column, number.value, look)

    def formula(
        self, sheet: Any, row: int, column: int, text: str, value: float, look: Any
    ) -> None:
        """A formula with the value that it has until it is reckoned anew.

        Parameters
        ----------
        sheet : Worksheet
            Where.
        row, column : int
            Which cell.
        text : str
            What follows ``=``, shown as nothing where it fails.
        value : float
            Missing or infinite where nothing is shown.
        look : Format
            Of the cell.
        """
        cached = value if math.isfinite(value) else ""
        sheet.write_formula(row, column, f'=IFERROR({text},"")', look, cached)

    def charts(
        self,
        sheet: Any,
        column: int,
        years: int,
        charts: Sequence[tuple[FigureForm, Sequence[Line]]],
    ) -> None:
        """Charts that a spreadsheet draws itself, one below the other.

        Parameters
        ----------
        sheet : Worksheet
            Where they stand, and their numbers.
        column : int
            Left of it they begin.
        years : int
            The column of the years.
        charts : sequence of tuple
            For each its words, of which the subtitle stands at its axis, and its lines.
        """
        for place, (words, lines) in enumerate(charts):
            chart = self.book.add_chart({"type": "line"})
            for (top, bottom), values_column, name, dash, width, colour in lines:
                look = {"color": colour, "width": width, "dash_type": dash}
                cells = {"categories": years, "values": values_column}
                spans = {key: [sheet.name, top, at, bottom, at] for key, at in cells.items()}
                chart.add_series({"name": str(Term(name, "line")), "line": look, **spans})
            chart.set_title({"name": words.title, "name_font": {"size": 12}, "overlay": False})
            axis = {"name": words.subtitle, "num_format": "#,##0", "major_gridlines": GRIDLINES}
            chart.set_y_axis(axis)
            chart.set_legend({"position": "bottom"})
            chart.set_size({"width": 620, "height": 320})
            sheet.insert_chart(2 + 17 * place, column, chart)

    def choice(
        self, sheet: Any, row: int, name: str, words: Sequence[str | int], chosen: str | int
    ) -> str:
        """A yellow cell to choose in, in the second column beside its name; gives the cell.

        The list stands on a hidden sheet: in the cell's own rule it might have 255 characters only.

        Parameters
        ----------
        sheet, row : Worksheet and int
            Where.
        name : str
            What is chosen.
        words : sequence of str or int
            What it may be.
        chosen : str or int
            What it is at first.
        """
        lists = self.book.get_worksheet_by_name("lists")
        if lists is None:
            lists = self.book.add_worksheet("lists")
            lists.hide()
        column = letters(self._lists)
        lists.write_column(0, self._lists, words)
        self._lists += 1
        sheet.write_string(row, 0, name)
        sheet.write(row, 1, chosen, self.looks["own"])
        ends = f"=lists!${column}$1:${column}${len(words)}"
        sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": ends})
        return f"{sheet.name}!$B${row + 1}"

    def content(self) -> bytes:
        """The file."""
        self.book.close()
        return self._content.getvalue()


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers, or of formulas with the numbers that they give.

    Parameters
    ----------
    values : ndarray
        The numbers, written in five digits.
    formulas : sequence of str
        None, one for all rows together, or one for each row.

    Examples
    --------
    >>> import numpy as np
    >>> NumberColumn(np.array([1.0, 123456.0])).texts
    ['1', '1.2346e+05']
    """

    values: Array
    formulas: Sequence[str] = ()

    @cached_property
    def texts(self) -> list[str]:
        """The numbers as they are written."""
        return ("%.5g " * len(self.values) % tuple(self.values.tolist())).split()


def with_columns(
    content: bytes, sheets: Mapping[str, Sequence[NumberColumn]], first_row: int
) -> bytes:
    """A workbook with columns of numbers in sheets whose other cells stand above them.

    Parameters
    ----------
    content : bytes
        The workbook.
    sheets : mapping of str to sequence of NumberColumn
        Columns by the name of their sheet, from its left edge on.
    first_row : int
        Where they begin, counted from 0.

    Notes
    -----
    A million cells take a second as text, and ten through the library.
    """
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as new,
    ):
        names = re.findall(r'<sheet name="([^"]+)"', old.read("xl/workbook.xml").decode())
        parts = {f"xl/worksheets/sheet{n}.xml": name for n, name in enumerate(names, start=1)}
        for part in old.infolist():
            text = old.read(part)
            columns = sheets.get(parts.get(part.filename, ""), ())
            if columns:
                rows = "".join(_rows(columns, first_row))
                text = text.replace(b"</sheetData>", f"{rows}</sheetData>".encode())
                last = first_row + max(len(column.values) for column in columns)
                ends = f'<dimension ref="A1:{letters(len(columns) - 1)}{last}"/>'
                text = re.sub(rb'<dimension ref="[^"]*"/>', ends.encode(), text)
            new.writestr(part, text, zipfile.ZIP_DEFLATED, QUICK)
    return target.getvalue()


def _rows(columns: Sequence[NumberColumn], first_row: int) -> Iterator[str]:
    """Columns as the rows of a sheet."""
    columns_of_cells = [_cells(column, letters(at), first_row) for at, column in enumerate(columns)]
    for row, cells in enumerate(zip_longest(*columns_of_cells, fillvalue="<c/>")):
        yield f'<row r="{first_row + row + 1}">{"".join(cells)}</row>'


def _cells(column: NumberColumn, letter: str, first_row: int) -> Iterator[str]:
    """The cells of a column, from above."""
    formulas = [escape(text) for text in column.formulas]
    kind = ""
    if len(formulas) == 1:
        kind = f' t="array" ref="{letter}{first_row + 1}:{letter}{first_row + len(column.values)}"'
    for formula, number in zip(formulas, column.texts, strict=False):
        yield f"<c><f{kind}>{formula}</f><v>{number}</v></c>"
    for number in column.texts[len(formulas) :]:
        yield f"<c><v>{number}</v></c>"


def letters(column: int) -> str:
    """What a spreadsheet calls a column.

    >>> letters(0), letters(27), letters(702)
    ('A', 'AB', 'AAA')
    """
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def decimals(value: float) -> int:
    """Decimals that leave a number three digits.

    Parameters
    ----------
    value : float
        Any.

    Examples
    --------
    >>> decimals(1234.5), decimals(12.34), decimals(0.02), decimals(0.0)
    (0, 1, 3, 0)
    """
    limits = (100, 10, 1)
    return sum(0 < abs(value) < limit for limit in limits)


def inert(value: Any) -> Any:
    """A value of a table, of which no spreadsheet takes a text for a formula.

    Examples
    --------
    >>> inert("=cmd|' /C calc'!A0"), inert("-5 points"), inert("plain"), inert(-5.0)
    ("'=cmd|' /C calc'!A0", "'-5 points", 'plain', -5.0)
    """
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return f"'{value}"
    return value


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A table as CSV; text that a spreadsheet would take for a formula is made inert."""
    return str(frame.map(inert).to_csv(index=False, lineterminator="\n")).encode()
