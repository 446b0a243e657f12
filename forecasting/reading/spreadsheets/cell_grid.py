"""The cells of a table in a file: text in any encoding and with any separator, or the sheets of an
Excel workbook, with numbers as they are shown.

>>> (sheet,) = sheets_of("own.csv", b"Land;2023;2024%cNO;104000;114400" % 10)
>>> sheet.lines
[['Land', '2023', '2024'], ['NO', '104000', '114400']]
"""

import contextlib
import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from forecasting.reading.spreadsheets.workbook_parts import check_parts
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.limits import MAX_COLUMNS, MAX_GRID_CELLS, MAX_LINES, MAX_TEXT_CELLS

# Digits of Arabic, Persian, Hindi and Bengali, and the marks between them
_USUAL_DIGITS = {
    zero + digit: str(digit) for zero in (0x660, 0x6F0, 0x966, 0x9E6) for digit in range(10)
} | {0x66B: ".", 0x66C: "\u202f"}


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
        super().__init__(map(_with_usual_digits, cells))
        self.number = number
        self.hidden = hidden

    def at(self, index: int) -> object:
        """The cell of a column; None where the line is shorter."""
        return self[index] if index < len(self) else None


def _with_usual_digits(cell: object) -> object:
    """A text with the digits of any script as 0 to 9.

    >>> _with_usual_digits("٣٬٢٢٠"), _with_usual_digits("۱۴۰۳")
    ('3\u202f220', '1403')
    """
    if not isinstance(cell, str) or cell.isascii():
        return cell
    return cell.translate(_USUAL_DIGITS)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or a file of text.

    Parameters
    ----------
    title : str
        Of the sheet; empty of a text.
    lines : list of Line
        Without those that are empty.
    hidden : frozenset of int
        Columns, from 0 on, that a spreadsheet program does not show.
    """

    title: str
    lines: list[Line]
    hidden: frozenset[int] = frozenset()


SEPARATORS = ";\t|,"  # of two that are as regular, the comma may be a decimal mark
WORKBOOKS = (".xlsx", ".xlsm")
OPEN_DOCUMENT = ".ods"
TABLES = (".csv", ".tsv", *WORKBOOKS, OPEN_DOCUMENT)
SEPARATOR_LINES = 40  # lines that show which separator a text has


class ShownNumber(float):
    """A number of a workbook that is shown in another form.

    Attributes
    ----------
    percent : bool
        Whether it is shown in percent; its value is that percent then.
    thousands : int
        How many times it is divided by 1,000 to be shown.
    unit : str
        What the form of the cell writes beside it.
    repeated : bool
        Whether it stands in another cell of a merged range than the first: it counts once.
    decimals : int
        How many are shown; -1 where the form does not say.
    """

    percent = False
    thousands = 0
    unit = ""
    repeated = False
    decimals = -1


def column_letter(index: int) -> str:
    """The letters of a column, as a spreadsheet program shows them.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    number = index + 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def sheets_of(name: str, data: bytes, encoding: str = "", separator: str = "") -> list[Sheet]:
    """The sheets of a file with something in them; a text is one.

    Parameters
    ----------
    name : str
        Of the file: its ending tells a workbook, and messages name it.
    data : bytes
        What the file holds.
    encoding, separator : str
        How it is written; empty where that can be seen.

    Returns
    -------
    list of Sheet
        None of an empty file.

    Raises
    ------
    LedgerError
        What stands in the way.
    """
    if Path(name).suffix.lower() not in TABLES:
        hint = "save it as .xlsx or CSV"
        raise LedgerError.at(name, f"is no table by its name ({', '.join(TABLES)})", hint)
    if is_workbook(name):
        return _sheets_of_workbook(name, data)
    try:
        lines = _split(name, _decoded(data, encoding), separator)
    except (UnicodeDecodeError, LookupError) as error:
        raise LedgerError.at(
            name,
            f"cannot be read: {error}"[:200],
            "say it in the mapping or the answers, e.g. encoding: gb18030, or cp1251",
        ) from None
    except csv.Error as error:
        raise LedgerError.at(name, f"is no table: {error}", "check the quotation marks") from None
    return [Sheet("", lines)] if lines else []


def is_workbook(name: str) -> bool:
    """Whether a file's name is that of a workbook, and not of a text."""
    return Path(name).suffix.lower() in (*WORKBOOKS, OPEN_DOCUMENT)


# Files of text.


def _decoded(data: bytes, encoding: str) -> str:
    """The text of a file: in the encoding named, by its mark, as UTF-8, or as it looks."""
    if encoding:
        return data.decode(encoding)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(_likely_encoding(data))


def _likely_encoding(data: bytes) -> str:
    """The encoding of bytes that are no UTF-8.

    Chinese is of signs in daily use alone, Cyrillic of whole words in small letters; Western text
    has single letters, and of these Turkish has other ones.

    >>> [_likely_encoding("销量".encode("gb18030")), _likely_encoding("Ввоз, шт.".encode("cp866"))]
    ['gb18030', 'cp866']
    """
    signs = sum(byte >= 0x80 for byte in data)
    if _is_chinese(data, signs):
        return "gb18030"
    if _is_japanese(data):
        return "cp932"
    if re.search(rb"[\x80-\xff]{3,}", data):
        letters = {name: _small_letters(data, name) for name in ("cp1251", "koi8-r", "cp866")}
        likely = max(letters, key=lambda name: letters[name])
        if 2 * letters[likely] > signs:
            return likely
    is_turkish = re.search(rb"[\xf0\xfd\xfe\xdd\xde]", data) is not None
    return "cp1254" if is_turkish else "cp1252"


def _is_japanese(data: bytes) -> bool:
    """Whether bytes are Japanese: with words of tables, and a tenth of its signs of a syllable."""
    with contextlib.suppress(UnicodeDecodeError):
        text = data.decode("cp932")
        syllables = re.findall("[\u3041-\u30fe]", text)
        has_words = re.search("[年月日台車数度計]", text) is not None
        return has_words and len(syllables) > 0.1 * sum(sign >= "\u3000" for sign in text)
    return False


def _is_chinese(data: bytes, signs: int) -> bool:
    """Whether bytes are Chinese signs in daily use, of words of tables among them."""
    with contextlib.suppress(UnicodeDecodeError):
        text = data.decode("gb18030")
        daily = sum(0xB0 <= sign.encode("gb18030")[0] <= 0xD7 for sign in text if sign >= "\u4e00")
        return 2 * daily > 0.75 * signs and re.search("[年月日国车量数位计口]", text) is not None
    return False


def _small_letters(data: bytes, encoding: str) -> int:
    """How many small Cyrillic letters stand behind a letter in bytes of an encoding."""
    text = data.decode(encoding, "replace")
    return len(re.findall("(?<=[а-яёА-ЯЁўқғҳіәңөүұһӣӯҷ])[а-яёўқғҳіәңөүұһӣӯҷ]", text))


def _split(name: str, text: str, separator: str) -> list[Line]:
    if not separator:
        separator = max(SEPARATORS, key=lambda mark: _regularity(text, mark))
    rows = rows_of_text(name, text, separator)
    return [Line(row, number) for number, row in rows if any(map(str.strip, row))]


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


def _sheets_of_workbook(name: str, data: bytes) -> list[Sheet]:
    book, formulas = _load(name, data)
    sheets = [_sheet(name, sheet, formulas[sheet.title]) for sheet in _visible_sheets(book)]
    return [sheet for sheet in sheets if sheet.lines]


def _visible_sheets(book: Any) -> list[Any]:
    """The sheets that a spreadsheet program shows; the only one of a workbook in any case."""
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return book.worksheets if len(book.worksheets) == 1 else sheets


def _check_reach(name: str, book: Any) -> None:
    """Refuse sheets with cells far out: the library makes each cell before them."""
    reach = 0
    for sheet in _visible_sheets(book):
        if sheet.max_column > MAX_COLUMNS:
            fault = (
                f"sheet {sheet.title!r} has {sheet.max_column:,} columns, "
                f"{MAX_COLUMNS:,} are the most"
            )
            raise LedgerError.at(name, fault, "delete what lies far from the table")
        reach += sheet.max_row * sheet.max_column
        if reach > MAX_GRID_CELLS:
            fault = (
                f"its sheets reach over {reach:,} cells up to {sheet.title!r}, empty ones "
                f"included, {MAX_GRID_CELLS:,} are the most"
            )
            raise LedgerError.at(name, fault, "delete what lies far from the table")


def _sheet(name: str, values: Any, formulas: Any) -> Sheet:
    """The cells of a sheet; a merged range has its value in each of its cells."""
    title = str(values.title)
    _check_results(name, values, formulas)
    dimensions = values.row_dimensions
    rows = [
        Line(map(_cell_value, row), number, number in dimensions and dimensions[number].hidden)
        for number, row in enumerate(values.iter_rows(), start=1)
    ]
    _spread_merged(rows, values)
    lines = [row for row in rows if any(cell not in (None, "") for cell in row)]
    return Sheet(title, lines, _hidden_columns(values))


def _spread_merged(rows: list[Line], values: Any) -> None:
    """Set the value of a merged range in each of its cells; a number counts in the first alone."""
    for merged in values.merged_cells.ranges:
        rows_of_range = rows[merged.min_row - 1 : merged.max_row]
        spread(rows_of_range, merged.min_col - 1, merged.size["columns"])


def spread(rows: list[Line], side: int, width: int) -> None:
    """Set the first cell of a merged range in each of its cells.

    Parameters
    ----------
    rows : list of Line
        Those of the range.
    side, width : int
        Its first column, and how many it has.
    """
    value = copy = rows[0][side]
    if isinstance(value, int | float):
        copy = ShownNumber(value)
        copy.repeated = True
    for row in rows:
        row += [None] * (side - len(row))
        row[side : side + width] = [copy] * width
    rows[0][side] = value


def _hidden_columns(values: Any) -> frozenset[int]:
    """Columns that are not shown; a width may be said of several at once."""
    return frozenset(
        index - 1
        for dimension in values.column_dimensions.values()
        if dimension.hidden and dimension.min
        for index in range(dimension.min, min(dimension.max, values.max_column) + 1)
    )


def _check_results(name: str, values: Any, formulas: Any) -> None:
    """Refuse formulas without a stored value, which only a spreadsheet program can compute."""
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


def _load(name: str, data: bytes) -> tuple[Any, Any]:
    """A workbook with the values of its formulas, and with the formulas themselves."""
    from openpyxl import load_workbook

    try:
        has_formulas = check_parts(name, data)
        values = load_workbook(io.BytesIO(data), data_only=True)
        _check_reach(name, values)
        formulas = load_workbook(io.BytesIO(data)) if has_formulas else values
    except LedgerError:
        raise
    # For a damaged file the library raises errors of many kinds
    except Exception as error:
        reason = " ".join(str(error).split())[:150]
        fault = f"is no Excel workbook that can be read ({reason})"
        raise LedgerError.at(name, fault, "save it again as .xlsx, or as CSV UTF-8") from None
    return values, formulas


def _cell_value(cell: Any) -> object:
    """The value of a cell: a time as its day, a number as its format shows it."""
    value = cell.value
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _shown_number(value, cell.number_format)
    return value


def _shown_number(value: float, form: str) -> float:
    percent, thousands, unit, decimals = _form_of(form)
    if not (percent or thousands or unit or decimals >= 0):
        return value
    number = ShownNumber(round(100 * value, decimals if decimals >= 0 else 9) if percent else value)
    number.percent = percent or "%" in unit
    number.thousands = thousands
    number.unit = unit
    number.decimals = decimals
    return number


@lru_cache(maxsize=1024)
def _form_of(form: str) -> tuple[bool, int, str, int]:
    """What a number format does to a number: percent, divisions by 1,000, words, decimals.

    >>> _form_of('#,##0.0,"k"'), _form_of("0%"), _form_of("General")
    ((False, 1, 'k', 1), (True, 0, '', 0), (False, 0, '', -1))
    """
    section = form.split(";")[0]
    literal = r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]'
    parts = re.findall(literal, section)
    unit = "".join(quoted or escaped for quoted, escaped in parts).strip()
    unit += " ".join(re.findall(r"\[\$([^\]-]+)", section))
    digits_form = re.sub(literal, "", section)
    digits = re.search(r"[0#?][0#?,.]*", digits_form)
    if digits is None:
        return False, 0, "", -1
    commas = len(digits[0]) - len(digits[0].rstrip(","))
    decimals = len(digits[0].rstrip(",").partition(".")[2])
    if unit and not re.search(r"\w|%|\$", unit):
        unit = ""
    return "%" in digits_form, commas, unit, decimals


def filled(row: Sequence[object]) -> list[object]:
    """The cells of a line that are not empty."""
    return [cell for cell in row if cell is not None and str(cell).strip()]
