"""From a file to sheets of cells, each as a spreadsheet program shows it: text in any encoding and
with any separator, Excel workbooks new and old, OpenDocument.

>>> (sheet,) = sheets_of(UserFile("own.csv", b"Land;2023%cNO;104000" % 10)).sheets
>>> sheet.cells[2, 2].text, column_letter(28)
('104000', 'AB')
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from forecasting.evidence.checking import rows_of_text
from forecasting.reading.workbook_extent import check_extent
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.limits import (
    MAX_COLUMNS,
    MAX_GRID_CELLS,
    MAX_TABLE_CELLS,
    MAX_TABLE_CHARACTERS,
    MAX_TABLE_TEXTS,
)
from forecasting.vocabulary.printed_numbers import plain_text

TEXTS = (".csv", ".tsv")
EXCEL = (".xlsx", ".xlsm")
CALAMINE = (".xls", ".ods")
TABLES = (*TEXTS, *EXCEL, *CALAMINE)
SEPARATORS = ";\t|,"  # of two that are as regular, the comma may be a decimal mark
SEPARATOR_LINES = 40  # lines that show which separator a text has
CYRILLIC = ("cp1251", "koi8-r", "cp866")
ENCODINGS = (*CYRILLIC, "gb18030", "cp932", "cp1250", "cp1254", "cp1252")
# Of Russian letters read in another encoding, as a part of those that are usual in the right one
MOST_UNUSUAL = 0.8
Place = tuple[int, int]  # row and column, from 1 on, as a spreadsheet program counts them


@dataclass(frozen=True)
class UserFile:
    """A file of a user's, and how it is written where that cannot be seen.

    Parameters
    ----------
    name : str
        Its ending tells what it is.
    data : bytes
        What it holds.
    encoding, separator : str
        Of a text; empty where the file tells.
    """

    name: str
    data: bytes
    encoding: str = ""
    separator: str = ""


@dataclass(frozen=True)
class SheetCell:
    """One cell.

    Parameters
    ----------
    text : str
        As it is shown.
    number : float or None
        Of a cell of a workbook that holds a number.
    day : date or None
        Of one that holds a date.
    form : str
        The format of the number, as far as the file tells.
    repeated : bool
        Whether it stands in another cell of a merged range than the first.
    """

    text: str
    number: float | None = None
    day: dt.date | None = None
    form: str = ""
    repeated: bool = False


@dataclass(frozen=True, eq=False)
class CellSheet:
    """The cells of a sheet that are shown and hold something.

    Parameters
    ----------
    title : str
        Of the sheet; empty of a text.
    cells : dict of (int, int) to SheetCell
        By row and column.
    hidden : tuple of str
        The rows and columns that are not shown, and so not read.
    """

    title: str
    cells: dict[Place, SheetCell]
    hidden: tuple[str, ...] = ()

    def rows(self) -> dict[int, dict[int, SheetCell]]:
        """The cells of each row by column, in order."""
        return self._lines(0)

    def columns(self) -> dict[int, dict[int, SheetCell]]:
        """The cells of each column by row, in order."""
        return dict(sorted(self._lines(1).items()))

    @lru_cache(maxsize=4)  # noqa: B019  a sheet lives as long as its command
    def _lines(self, axis: int) -> dict[int, dict[int, SheetCell]]:
        lines: dict[int, dict[int, SheetCell]] = {}
        for place, cell in sorted(self.cells.items()):
            lines.setdefault(place[axis], {})[place[1 - axis]] = cell
        return lines


@dataclass(frozen=True, eq=False)
class Sheets:
    """A file as cells.

    Parameters
    ----------
    name : str
        Of the file.
    sheets : tuple of CellSheet
        Those with something in them.
    separator : str
        Of a text.
    encodings : dict of str to str
        Where a text may be in several encodings: the first line in which they differ, as each reads
        it, the likeliest first.
    knows_forms : bool
        Whether formats of numbers and hidden lines are known.
    """

    name: str
    sheets: tuple[CellSheet, ...]
    separator: str = ""
    encodings: dict[str, str] = field(default_factory=dict)
    knows_forms: bool = True


def column_letter(number: int) -> str:
    """The letters of a column, counted from 1, as a spreadsheet program shows them.

    >>> column_letter(1), column_letter(27)
    ('A', 'AA')
    """
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def cell_name(place: Place) -> str:
    """The name of a cell, e.g. B12."""
    return f"{column_letter(place[1])}{place[0]}"


def sheets_of(file: UserFile) -> Sheets:
    """The sheets of a file.

    Parameters
    ----------
    file : UserFile
        With its content.

    Raises
    ------
    LedgerError
        What stands in the way: no table, a damaged one, one beyond a limit.
    """
    ending = Path(file.name).suffix.lower()
    if ending in EXCEL:
        sheets = Sheets(file.name, tuple(_excel(file)))
    elif ending in CALAMINE:
        sheets = Sheets(file.name, tuple(_calamine(file)), knows_forms=False)
    elif ending in TEXTS:
        sheets = _text(file)
    else:
        raise LedgerError.at(
            file.name, f"is no table by its name ({', '.join(TABLES)})", "save it as .xlsx or CSV"
        )
    _check_size(file.name, sheets.sheets)
    if not sheets.sheets:
        raise LedgerError.at(file.name, "holds no cell that is shown", "give a table with numbers")
    return sheets


def _check_size(name: str, sheets: Iterable[CellSheet]) -> None:
    """Refuse what takes too long to show and to look up."""
    cells = [cell for sheet in sheets for cell in sheet.cells.values()]
    texts = {cell.text for cell in cells if not re.search(r"\d", cell.text)}
    for count, most, what in (
        (len(cells), MAX_TABLE_CELLS, "cells"),
        (len(texts), MAX_TABLE_TEXTS, "different texts"),
        (sum(len(cell.text) for cell in cells), MAX_TABLE_CHARACTERS, "characters"),
    ):
        if count > most:
            fault = f"has {count:,} {what}, {most:,} are the most"
            raise LedgerError.at(name, fault, "keep the rows and columns that you need")


def _sheet(title: str, cells: dict[Place, SheetCell], hidden: Iterable[str] = ()) -> CellSheet:
    filled = {place: cell for place, cell in cells.items() if cell.text}
    return CellSheet(title, filled, tuple(hidden))


# Files of text.


def _text(file: UserFile) -> Sheets:
    texts = _decoded(file)
    text = next(iter(texts.values()))
    separator = file.separator or max(SEPARATORS, key=lambda mark: _regularity(text, mark))
    cells: dict[Place, SheetCell] = {}
    try:
        rows = [row for _, row in rows_of_text(file.name, text, separator)]
    except csv.Error as error:
        raise LedgerError.at(
            file.name, f"is no table: {error}", "check the quotation marks"
        ) from None
    reach = len(rows) * max(map(len, rows), default=0)
    if sum(map(len, rows)) > MAX_GRID_CELLS:
        fault = (
            f"reaches over {reach:,} cells, empty ones included, {MAX_GRID_CELLS:,} are the most"
        )
        raise LedgerError.at(file.name, fault, "keep what you need")
    for row, line in enumerate(rows, start=1):
        for column, text_of_cell in enumerate(line, start=1):
            if text_of_cell.strip():
                cells[row, column] = SheetCell(plain_text(text_of_cell))
    sheets = (_sheet("", cells),) if cells else ()
    return Sheets(file.name, sheets, separator, _differences(texts))


def _decoded(file: UserFile) -> dict[str, str]:
    """The text of a file by its encoding: one that the file tells, or each that it may be in."""
    data = file.data
    if not file.encoding:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return {"utf-16": _decode(file.name, data, "utf-16")}
        if b"\0" in data[:200]:
            order = "utf-16-be" if data[:200:2].count(0) > data[1:200:2].count(0) else "utf-16-le"
            return {order: _decode(file.name, data, order)}
        try:
            return {"utf-8": data.decode("utf-8-sig")}
        except UnicodeDecodeError:
            return _candidates(file.name, data)
    return {file.encoding: _decode(file.name, data, file.encoding)}


def _decode(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        hint = f"say another one, e.g. encoding: {ENCODINGS[0]}"
        raise LedgerError.at(name, f"cannot be read: {error}"[:200], hint) from None


def _candidates(name: str, data: bytes) -> dict[str, str]:
    """The texts that bytes may be, in encodings in which their words are words."""
    texts: dict[str, str] = {}
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text not in texts.values() and _is_plausible(text, encoding):
            texts[encoding] = text
    usual = {name: _usual_letters(texts[name]) for name in CYRILLIC if name in texts}
    for encoding, share in usual.items():
        if share < MOST_UNUSUAL * max(usual.values()):
            del texts[encoding]
    if not texts:
        hint = "say it in the answers, e.g. encoding: cp1251"
        raise LedgerError.at(name, "is in an encoding that is not known here", hint)
    return texts


# Words that no language writes: two scripts in one, a capital behind a small letter, signs of lines
_NO_WORDS = re.compile(
    r"[A-Za-z]{2}[Ѐ-ӿ぀-鿿ｦ-ﾟ]|[Ѐ-ӿ぀-鿿ｦ-ﾟ][A-Za-z]{2}|[À-žɐ-ʯ][Ѐ-ӿ]|[Ѐ-ӿ][À-žɐ-ʯ]|[а-яё][А-ЯЁ]"
    r"|[À-ž]{4}|[\x80-\x9f\ue000-\uf8ff\ufffd─-▟]|[ｦ-ﾟ]{2}|[Ѐ-Џѐ-џҐґ]{2}|\d[À-ž]|[а-яёa-z][ÐÞÝÀ-ÖØ-Þ]"
)


def _is_plausible(text: str, encoding: str) -> bool:
    """Whether the words of a text may be words: few of them are of signs that do not go together.
    Chinese and Japanese are signs in daily use alone.
    """
    signs = [sign for sign in text if sign > "\u2e7f"]
    if signs:
        daily = sum(_is_daily(sign) for sign in signs)
        others = sum("\x7f" < sign <= "\u2e7f" for sign in text)
        return daily > 0.8 * len(signs) and others < len(signs)
    foreign = len(re.findall(r"[^\x00-\x7f]", text)) or 1
    if encoding in CYRILLIC:
        words = re.findall("[Ѐ-ӿ]+", text)
        mixed = re.findall(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]", text)
        if 2 * len("".join(words)) < foreign or len(mixed) > 0.1 * foreign:
            return False
    return len(_NO_WORDS.findall(text)) < 0.1 * foreign


def _usual_letters(text: str) -> float:
    """The share of the ten letters that are most frequent in Russian among Cyrillic ones."""
    letters = re.findall("[Ѐ-ӿ]", text.lower())
    return sum(letter in "оеаинтсрвл" for letter in letters) / max(len(letters), 1)


@lru_cache(maxsize=4096)
def _is_daily(sign: str) -> bool:
    """Whether a Chinese sign is among the first 3,755, or a sign is of a Japanese syllable."""
    if "\u3000" <= sign <= "\u30ff" or "\uff01" <= sign <= "\uff5e":
        return True
    try:
        code = sign.encode("gb2312")
    except UnicodeEncodeError:
        return sign in "車数売両気計区県台"
    return 0xB0 <= code[0] <= 0xD7


def _differences(texts: dict[str, str]) -> dict[str, str]:
    """The first line in which texts differ, by encoding."""
    if len(texts) < 2:
        return {}
    for lines in zip(*(text.splitlines() for text in texts.values()), strict=False):
        if len({*lines}) > 1:
            return dict(zip(texts, (line[:60] for line in lines), strict=True))
    return {}


def _regularity(text: str, mark: str) -> tuple[int, int]:
    """In how many of the top lines a mark makes one number of cells, and that number."""
    top = text[:20_000].splitlines()[:SEPARATOR_LINES]
    try:
        lengths = Counter(len(row) for row in csv.reader(top, delimiter=mark))
    except csv.Error:
        return 0, 0
    del lengths[0]
    del lengths[1]
    length, lines = max(lengths.items(), key=lambda pair: pair[::-1], default=(0, 0))
    return lines, length


# Workbooks.


def _excel(file: UserFile) -> Iterator[CellSheet]:
    book, formulas = _loaded(file)
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in shown or book.worksheets:
        cells: dict[Place, SheetCell] = {}
        hidden_rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
        hidden_columns = {
            index
            for dimension in sheet.column_dimensions.values()
            if dimension.hidden and dimension.min
            for index in range(dimension.min, min(dimension.max, MAX_COLUMNS) + 1)
        }
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    cells[cell.row, cell.column] = _cell_of(cell.value, str(cell.number_format))
        _check_results(file.name, sheet, formulas[sheet.title])
        for merged in sheet.merged_cells.ranges:
            _spread(cells, merged.min_row, merged.max_row, merged.min_col, merged.max_col)
        filled = {place for place, cell in cells.items() if cell.text}
        hidden = [f"row {row}" for row in sorted(hidden_rows & {row for row, _ in filled})]
        hidden += [
            f"column {column_letter(column)}"
            for column in sorted(hidden_columns & {column for _, column in filled})
        ]
        yield _sheet(
            str(sheet.title),
            {
                (row, column): cell
                for (row, column), cell in cells.items()
                if row not in hidden_rows and column not in hidden_columns
            },
            hidden,
        )


def _spread(cells: dict[Place, SheetCell], top: int, bottom: int, left: int, right: int) -> None:
    """Set the first cell of a merged range in each of its cells."""
    first = cells.get((top, left))
    if first is None:
        return
    copy = SheetCell(first.text, first.number, first.day, first.form, repeated=True)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                cells[row, column] = copy


def _check_results(name: str, values: Any, formulas: Any) -> None:
    """Refuse formulas without a stored value, which only a spreadsheet program can compute."""
    if formulas is values:
        return
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


def _loaded(file: UserFile) -> tuple[Any, Any]:
    """A workbook with the values of its formulas, and with the formulas themselves."""
    from openpyxl import load_workbook

    try:
        has_formulas = check_extent(file.name, file.data)
        values = load_workbook(io.BytesIO(file.data), data_only=True)
        _check_reach(file.name, values)
        formulas = load_workbook(io.BytesIO(file.data)) if has_formulas else values
    except LedgerError:
        raise
    # For a damaged file the library raises errors of many kinds
    except Exception as error:
        raise _damaged(file.name, error) from None
    return values, formulas


def _damaged(name: str, error: Exception) -> LedgerError:
    reason = " ".join(str(error).split())[:150]
    fault = f"is no workbook that can be read ({reason})"
    return LedgerError.at(name, fault, "save it again as .xlsx, or as CSV UTF-8")


def _check_reach(name: str, book: Any) -> None:
    """Refuse sheets with cells far out: the library makes each cell before them."""
    reach = 0
    for sheet in book.worksheets:
        _check_width(name, str(sheet.title), sheet.max_column)
        reach += sheet.max_row * sheet.max_column
        if reach > MAX_GRID_CELLS:
            fault = (
                f"its sheets reach over {reach:,} cells up to {sheet.title!r}, empty ones "
                f"included, {MAX_GRID_CELLS:,} are the most"
            )
            raise LedgerError.at(name, fault, "delete what lies far from the table")


def _check_width(name: str, title: str, width: int) -> None:
    if width > MAX_COLUMNS:
        fault = f"sheet {title!r} has {width:,} columns, {MAX_COLUMNS:,} are the most"
        raise LedgerError.at(name, fault, "delete what lies far from the table")


def _calamine(file: UserFile) -> Iterator[CellSheet]:
    """The sheets of a file whose formats and hidden lines are not told."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    try:
        if file.name.lower().endswith(".ods"):
            check_extent(file.name, file.data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.data))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
        ]
        sheets = [book.get_sheet_by_name(title) for title in shown or book.sheet_names]
        for sheet in sheets:
            _check_width(file.name, sheet.name, sheet.total_width)
            top_row, left_column = sheet.start or (0, 0)
            cells = {
                (row, column): _cell_of(value, "")
                for row, line in enumerate(sheet.iter_rows(), start=top_row + 1)
                for column, value in enumerate(line, start=left_column + 1)
                if value not in ("", None)
            }
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
                _spread(cells, top + 1, bottom + 1, left + 1, right + 1)
            if cells:
                yield _sheet(sheet.name, cells)
    except LedgerError:
        raise
    # As above; the library of another language panics, too
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise _damaged(file.name, Exception(str(error))) from None


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
    shown = number * (100 if read.percent else 1) / 1000**read.thousands
    shown = round(shown, 9)
    text = str(int(shown)) if shown.is_integer() and abs(shown) < 1e15 else repr(shown)
    unit = "%" if read.percent else read.unit
    return SheetCell(f"{text} {unit}".strip(), shown, form=form)


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
