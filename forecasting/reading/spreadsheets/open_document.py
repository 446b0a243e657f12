"""The sheets of an OpenDocument spreadsheet (.ods), as those of an Excel workbook."""

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree
from zipfile import ZipFile

from forecasting.reading.spreadsheets.cell_grid import Line, Sheet, ShownNumber, spread
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.limits import (
    MAX_CELL_ELEMENTS,
    MAX_COLUMNS,
    MAX_FURTHER_ELEMENTS,
    MAX_GRID_CELLS,
    MAX_LINES,
    MAX_RANGE_CELLS,
    MAX_UNPACKED_BYTES,
)

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE = f"{{{_NAMES}table:1.0}}"
_TEXT = f"{{{_NAMES}text:1.0}}"
_OFFICE = f"{{{_NAMES}office:1.0}}"
_STYLE = f"{{{_NAMES}style:1.0}}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
Merged = tuple[int, int, int, int]  # the first line and column of a range, its height and width
_SHOWN_NUMBER = re.compile(r"[+-]?\d[\d\s.,']*")


def open_document_sheets(name: str, data: bytes) -> list[Sheet]:
    """The sheets of a file that are shown and hold something.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    data : bytes
        What it holds.

    Raises
    ------
    LedgerError
        Where it is no such file, or a very large one.
    """
    try:
        return _sheets(name, data)
    except LedgerError:
        raise
    # For a broken or hostile file the parsers raise errors of many kinds
    except Exception as error:
        raise _unreadable(name, " ".join(str(error).split())[:150]) from None


def _sheets(name: str, data: bytes) -> list[Sheet]:
    with ZipFile(io.BytesIO(data)) as parts:
        size = parts.getinfo("content.xml").file_size
        content = parts.read("content.xml") if size <= MAX_UNPACKED_BYTES else b""
    if not content or content.count(b"<") > 2 * (MAX_CELL_ELEMENTS + MAX_FURTHER_ELEMENTS):
        raise _unreadable(name, f"it unpacks to {size:,} bytes")
    if b"<!DOCTYPE" in content:
        raise _unreadable(name, "it declares a type of its own")
    root = ElementTree.fromstring(content)
    hidden = _hidden_styles(root)
    tables = root.iter(f"{_TABLE}table")
    sheets = [
        _sheet(name, table) for table in tables if table.get(f"{_TABLE}style-name") not in hidden
    ]
    return [sheet for sheet in sheets if sheet.lines]


def _hidden_styles(root: ElementTree.Element) -> set[str | None]:
    """The styles of sheets that are not shown."""
    return {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        if any(part.get(f"{_TABLE}display") == "false" for part in style)
    }


def _unreadable(name: str, reason: str) -> LedgerError:
    fault = f"is no OpenDocument spreadsheet that can be read ({reason})"
    return LedgerError.at(name, fault, "save it as .xlsx, or as CSV UTF-8")


def _sheet(name: str, table: ElementTree.Element) -> Sheet:
    title = table.get(f"{_TABLE}name", "")
    merged: list[Merged] = []
    lines = _lines(f"{name} {title}".strip(), table, merged)
    for top, side, height, width in merged:
        spread(lines[top : top + height], side, width)
    return Sheet(title, [*filter(_is_filled, lines)], frozenset(_hidden_columns(table)))


def _lines(name: str, table: ElementTree.Element, merged: list[Merged]) -> list[Line]:
    """The lines of a sheet up to the last that is filled; ranges that are merged are noted."""
    lines: list[Line] = []
    empty = 0
    for row in table.iter(f"{_TABLE}table-row"):
        cells = list(_cells(name, row, len(lines) + empty, merged))
        repeats = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        if not _is_filled(cells):
            empty += repeats
            continue
        rows = len(lines) + empty + repeats
        if rows > MAX_LINES or repeats * len(cells) > MAX_GRID_CELLS:
            raise _unreadable(name, "it is very large")
        is_hidden = row.get(f"{_TABLE}visibility", "visible") != "visible"
        lines += [Line([]) for _ in range(empty)]
        lines += [Line(cells, hidden=is_hidden) for _ in range(repeats)]
        empty = 0
    for number, line in enumerate(lines, start=1):
        line.number = number
    return lines


def _is_filled(cells: Sequence[object]) -> bool:
    return any(cell not in (None, "") for cell in cells)


def _cells(name: str, row: ElementTree.Element, top: int, merged: list[Merged]) -> Iterator[object]:
    """The cells of a row up to the last that is filled; ranges that are merged are noted."""
    empty = 0
    index = 0
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        value = _value(cell)
        repeats = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        width = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        height = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        if value in (None, ""):
            empty += repeats
        else:
            if index + repeats > MAX_COLUMNS:
                raise _unreadable(name, f"it has cells beyond column {MAX_COLUMNS:,}")
            yield from [None] * empty + [value] * repeats
            empty = 0
            if width * height > MAX_RANGE_CELLS:
                raise _unreadable(name, f"a merged range is over {width * height:,} cells")
            if width * height > 1:
                merged.append((top, index, height, width))
        index += repeats


def _value(cell: ElementTree.Element) -> object:
    """What a cell holds: a number as its form shows it, a day, or text."""
    text = "\n".join(map(_text, cell.findall(f"{_TEXT}p")))
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "date":
        return dt.date.fromisoformat(cell.get(f"{_OFFICE}date-value", "")[:10])
    if kind in ("float", "percentage", "currency"):
        return _number(float(cell.get(f"{_OFFICE}value", "nan")), text, kind == "percentage")
    return text or None


def _text(paragraph: ElementTree.Element) -> str:
    """The text of a paragraph; several spaces are an element of their own."""
    for space in paragraph.iter(f"{_TEXT}s"):
        space.text = " " * min(int(space.get(f"{_TEXT}c", "1")), 100)
    return "".join(paragraph.itertext())


def _number(value: float, text: str, percent: bool) -> float:
    """A number with what the form of its cell shows beside it."""
    digits = _SHOWN_NUMBER.search(text)
    unit = _SHOWN_NUMBER.sub("", text).replace("%", "").strip()
    if digits is None or not (percent or re.search(r"[^\W\d_]", unit)):
        return value
    decimals = len(re.sub(r".*[.,]|.*", "", digits[0].strip(), count=1))
    printed = float(re.sub(r"[^\d.]", "", digits[0].replace(",", ".")) or "nan")
    shown = ShownNumber(round(100 * value, 9) if percent else value)
    shown.percent = percent
    shown.unit = unit
    shown.decimals = decimals
    shown.thousands = int(not percent and abs(1000 * printed - value) < 0.06 * abs(value))
    return shown


def _hidden_columns(table: ElementTree.Element) -> Iterator[int]:
    index = 0
    for column in table.iter(f"{_TABLE}table-column"):
        repeats = int(column.get(f"{_TABLE}number-columns-repeated", "1"))
        if column.get(f"{_TABLE}visibility", "visible") != "visible":
            yield from range(index, index + min(repeats, MAX_COLUMNS))
        index += repeats
