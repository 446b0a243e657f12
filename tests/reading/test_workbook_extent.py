"""How far a workbook reaches, what it unpacks to, and which of its formulas have a value."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from table_cases import TABLES, cells_of, workbook

from forecasting.reading.workbook_extent import _area, check_extent, xls_sizes
from forecasting.vocabulary import limits
from forecasting.vocabulary.errors import LedgerError


@pytest.mark.parametrize(
    ("value", "is_stored"),
    [(b"><f>B2</f><v/>\n", False), (b"><f>B2</f><v></v>", False), (b"><f>B2</f><v>7</v>", True),
     (b' t="str"><f>B2</f><v></v>', True)],
)  # fmt: skip
def test_a_blank_is_no_value_of_a_formula_but_an_empty_text_is(value, is_stored):
    cell = b'<c r="B3"' + value + b"</c>"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as folder:
        folder.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + cell + b"</worksheet>")
    assert check_extent("own.xlsx", data.getvalue()) == ([] if is_stored else ["B3"])


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook with one more part."""
    whole = io.BytesIO(data)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(name, content)
    return whole.getvalue()


def far_cell(row: int, column: int):
    return lambda sheet: sheet.cell(row, column, 5)


def merged(cells: int):
    return lambda sheet: (sheet.cell(1, 1, 5), sheet.merge_cells(f"A1:A{cells}"))


@pytest.mark.parametrize(
    ("change", "beyond", "words_of_limit"),
    [
        (far_cell(200, 500), far_cell(1, 501), "501 columns, 500 are the most"),
        (far_cell(200, 500), far_cell(201, 500), "reach over 100,500 cells up to 'Sheet'"),
        (merged(5_000), merged(5_001), "merged ranges over 5,001 cells"),
    ],
)
def test_a_workbook_with_cells_far_out_is_refused(change, beyond, words_of_limit):
    assert cells_of("own.xlsx", workbook([], change))
    with pytest.raises(LedgerError, match=words_of_limit):
        cells_of("own.xlsx", workbook([], beyond))


def test_sheets_of_old_excel_are_those_of_a_size_that_it_has():
    def record(height, width):
        return b"\0\x02\x0e\0" + struct.pack("<IIHH", 0, height, 0, width) + b"\0\0"

    sizes = [(10, 5), (65_537, 3), (65_536, 256), (3, 257)]
    assert xls_sizes(b"".join(record(*size) for size in sizes)) == [(10, 5), (65_536, 256)]


def test_the_cells_of_a_range_are_counted():
    ranges = ("A1:B3", "C7", "B2:D2", "A:B", "no range")
    assert [_area(reference) for reference in ranges] == [6, 1, 3, 2, 1]


def test_an_old_workbook_with_a_cell_far_out_is_refused():
    data = (TABLES / "far.xls").read_bytes()
    with pytest.raises(LedgerError, match="reach over 12,060,201 cells up to 'a sheet'"):
        cells_of("far.xls", data)


CELLS = b"<worksheet>" + b"<c/>" * limits.MAX_CELL_ELEMENTS + b"</worksheet>"


STYLES = b"<styles>" + b"<font/>" * limits.MAX_FURTHER_ELEMENTS + b"</styles>"


@pytest.mark.parametrize(
    ("part", "words_of_limit"),
    [
        (b" " * limits.MAX_UNPACKED_BYTES, "unpacks to more than 20,000,000 bytes"),
        (CELLS, "more than 60,000 XML elements"),
        (STYLES, "more than 10,000 XML elements of styles"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
    ],
)
def test_a_workbook_that_unpacks_to_too_much_is_refused(part, words_of_limit):
    data = with_part(workbook([], far_cell(1, 1)), "xl/extra.xml", part)
    with pytest.raises(LedgerError, match=words_of_limit):
        cells_of("own.xlsx", data)


def test_a_workbook_of_too_many_parts_is_refused():
    data = workbook([], far_cell(1, 1))
    whole = io.BytesIO(data)
    with zipfile.ZipFile(whole, "a") as folder:
        for number in range(limits.MAX_WORKBOOK_PARTS):
            folder.writestr(f"xl/{number}.bin", b"")
    with pytest.raises(LedgerError, match="more than 1,000 parts"):
        cells_of("own.xlsx", whole.getvalue())
