"""Limits on the size of a workbook, of Excel or OpenDocument, checked before a library loads it.

A workbook is a compressed folder of XML. A few bytes of it can stand for millions of cells:
repeated text, a merged range, a link over a whole sheet.
"""

import io
import re
import struct
from collections import Counter
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile

from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.limits import (
    MAX_CELL_ELEMENTS,
    MAX_FILE_BYTES,
    MAX_FURTHER_ELEMENTS,
    MAX_GRID_CELLS,
    MAX_RANGE_CELLS,
    MAX_UNPACKED_BYTES,
    MAX_WORKBOOK_PARTS,
)

PICTURES = "xl/media/"
# The library makes each cell of their ranges
RANGES = {"mergeCell": "merged ranges", "hyperlink": "links", "comment": "comments"}
XLS_ROWS, XLS_COLUMNS = 65_536, 256  # that a sheet may have
SHEETS = "xl/worksheets/"
CELL_ELEMENTS = (
    *("row", "c", "v", "f", "is", "si", "t", "r"),
    "table-row", "table-cell", "covered-table-cell", "p", "span",
)  # fmt: skip
AS_CSV = "save the one sheet as CSV"


def check_extent(
    name: str,
    data: bytes,
    hint: str = AS_CSV,
    most_bytes: int = MAX_UNPACKED_BYTES,
    most_elements: int = MAX_CELL_ELEMENTS,
) -> list[str]:
    """Refuse a workbook that would take too long to load; otherwise, the cells with a formula whose
    value is not stored.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    data : bytes
        What it holds.
    hint : str
        The next move where it is too much.
    most_bytes, most_elements : int
        What its parts may unpack to, pictures apart, and XML elements of its cells.

    Raises
    ------
    LedgerError
        With what is too much.
    """
    extent = _Extent(name, hint, most_elements)
    with ZipFile(io.BytesIO(data)) as folder:
        parts = folder.infolist()
        if len(parts) > MAX_WORKBOOK_PARTS:
            raise LedgerError.at(name, f"has more than {MAX_WORKBOOK_PARTS:,} parts", hint)
        pictures = [part for part in parts if part.filename.startswith(PICTURES)]
        bytes_of_pictures = sum(part.file_size for part in pictures)
        bytes_of_text = sum(part.file_size for part in parts) - bytes_of_pictures
        if bytes_of_text > most_bytes or bytes_of_pictures > MAX_FILE_BYTES:
            fault = f"unpacks to more than {most_bytes:,} bytes"
            raise LedgerError.at(name, fault, hint)
        for part in parts:
            extent.add(folder.read(part), part.filename.startswith(SHEETS))
    return extent.without_value


def xls_sizes(data: bytes) -> list[tuple[int, int]]:
    """Height and width of the sheets of a workbook of old Excel, as it declares them itself.

    The library that reads it makes each cell before the last one as soon as it opens the file.

    Parameters
    ----------
    data : bytes
        What it holds.
    """
    sizes = []
    for record in re.finditer(rb"\x00\x02\x0e\x00(.{12})\x00\x00", data, re.DOTALL):
        _, height, _, width = struct.unpack("<IIHH", record[1])
        if height <= XLS_ROWS and width <= XLS_COLUMNS:  # others are no such record
            sizes.append((height, width))
    return sizes


class _Extent:
    """What the parts of a workbook amount to."""

    def __init__(self, name: str, hint: str, most_elements: int) -> None:
        self.without_value: list[str] = []
        self._name = name
        self._hint = hint
        self._most_elements = most_elements
        self._cell_elements = 0
        self._other_elements = 0
        self._range_cells: Counter[str] = Counter()  # of all ranges of a kind
        self._row = self._repeats = self._column = 0  # of a sheet of OpenDocument
        self._widest = 0
        self._word = self._cell = ""  # of a sheet of Excel
        self._is_text = False  # whether the value of that cell is a text
        self._needs_value = False  # whether that cell has a formula, and no value so far

    def add(self, part: bytes, is_sheet: bool) -> None:
        """Count the elements of one part; one that is no XML has none."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._element
        if is_sheet:
            parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(part, True)
        except expat.ExpatError:
            return

    def _doctype(self, *_: Any) -> None:
        fault = "has a part with a document type, in which a text can be multiplied"
        raise LedgerError.at(self._name, fault, "save it again as .xlsx, or as CSV UTF-8")

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        word = tag.rpartition(" ")[2]
        is_of_cell = word in CELL_ELEMENTS
        self._cell_elements += is_of_cell
        self._other_elements += not is_of_cell
        if self._cell_elements > self._most_elements:
            most = f"{self._most_elements:,} XML elements, two or three for each cell"
            raise LedgerError.at(self._name, f"has more than {most}", self._hint)
        if self._other_elements > MAX_FURTHER_ELEMENTS:
            fault = (
                f"has more than {MAX_FURTHER_ELEMENTS:,} XML elements of styles, links and rules"
            )
            raise LedgerError.at(self._name, fault, self._hint)
        if word == "c":
            self._cell = attributes.get("r", "")
            self._is_text = attributes.get("t") == "str"
            self._needs_value = False
        elif word == "f" and self._word == "c":  # charts and rules have formulas outside of cells
            self.without_value.append(self._cell)
            self._needs_value = True
        elif word == "v" and self._is_text:  # an empty text is a value, too
            self._keep_value()
        self._word = word
        self._open_document(word, attributes)
        if word in RANGES:
            self._range_cells[word] += _area(attributes.get("ref", ""))
            if self._range_cells[word] > MAX_RANGE_CELLS:
                fault = f"has {RANGES[word]} over {self._range_cells[word]:,} cells"
                raise LedgerError.at(self._name, fault, "undo what lies far from the table")

    def _text(self, text: str) -> None:
        """A text of a cell of Excel: of a formula the value is known."""
        if self._word == "v" and text.strip():
            self._keep_value()

    def _keep_value(self) -> None:
        """Note that the value of a formula is stored."""
        if self._needs_value:
            self.without_value.pop()
            self._needs_value = False

    def _open_document(self, word: str, attributes: dict[str, str]) -> None:
        """Follow where the cells of a sheet of OpenDocument stand: one may stand for millions."""
        repeats = {name.rpartition(" ")[2]: text for name, text in attributes.items()}
        if word == "table":
            self._row = self._repeats = self._widest = 0
        elif word == "table-row":
            self._row += self._repeats
            self._repeats = int(repeats.get("number-rows-repeated", "1"))
            self._column = 0
        elif word in ("table-cell", "covered-table-cell"):
            self._column += int(repeats.get("number-columns-repeated", "1"))
        elif word == "p":  # the text of a cell: only those reach out
            self._widest = max(self._widest, self._column)
            reach = (self._row + self._repeats) * self._widest
            if reach > MAX_GRID_CELLS:
                fault = f"reaches over {reach:,} cells, {MAX_GRID_CELLS:,} are the most"
                raise LedgerError.at(self._name, fault, "delete what lies far from the table")


def _area(reference: str) -> int:
    """How many cells a range has; 1 for a faulty range, which the library refuses."""
    from openpyxl.utils import range_boundaries

    try:
        ends = range_boundaries(reference)
    except ValueError:
        return 1
    min_col, min_row, max_col, max_row = (end or 0 for end in ends)
    return int((max_col - min_col + 1) * (max_row - min_row + 1))
