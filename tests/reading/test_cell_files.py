"""Each limit of a table: what stands at the most of it is read, what exceeds it is refused."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from forecasting.reading.cell_files import decoded, sheets_of
from forecasting.reading.cells import UserFile
from forecasting.reading.press import quoted
from forecasting.reading.shape import _head_columns, _part_of_year
from forecasting.reading.table_facts import TableFact
from forecasting.reading.workbook_extent import _area, xls_sizes
from forecasting.vocabulary import limits
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.files import read_whole

TABLES = Path(__file__).parent / "tables"


def cells_of(name: str, data: bytes) -> int:
    """How many cells are read."""
    return sum(len(sheet.cells) for sheet in sheets_of(UserFile(name, data)).sheets)


def text(rows: int, columns: int, cell: str = "5") -> bytes:
    return "\n".join([",".join([cell] * columns)] * rows).encode()


def book(change) -> bytes:
    workbook = openpyxl.Workbook()
    change(workbook.active)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("head", "encoding", "is_asked"),
    [
        ("Год;Электромобили", "cp1251", False),
        ("Год;Ввоз", "cp1251", True),  # seven letters, which may be by chance
        ("年;EV sales", "gb18030", True),
    ],
)
def test_a_file_is_read_as_cyrillic_unasked_where_ten_letters_are(head, encoding, is_asked):
    texts = decoded("mine.csv", f"{head}\n2024;50\n".encode(encoding))
    assert encoding in texts
    assert (len(texts) > 1) == is_asked


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook with one more part."""
    whole = io.BytesIO(data)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(name, content)
    return whole.getvalue()


def words(count: int) -> bytes:
    return "\n".join("x" + "abcdefghij"[n % 10] * (n // 10 + 1) for n in range(count)).encode()


def characters(count: int) -> bytes:
    rows = [b"x" * 999] * (count // 999)
    return b"\n".join([*rows, b"y" * (count % 999)])


def grid(count: int) -> bytes:
    """Rows of 250 cells, of which one holds something."""
    rows = [b"5" + b"," * 249, *[b"," * 249] * (count // 250 - 1)]
    return b"\n".join([*rows, b"5" + b"," * (count % 250 - 1)] if count % 250 else rows)


@pytest.mark.parametrize(
    ("table", "most", "words_of_limit"),
    [
        (lambda n: text(n, 1), limits.MAX_TABLE_CELLS, "5,001 cells, 5,000 are the most"),
        (lambda n: text(1, n), limits.MAX_COLUMNS, "501 columns, 500 are the most"),
        (words, limits.MAX_TABLE_TEXTS, "501 different texts, 500 are the most"),
        (characters, limits.MAX_TABLE_CHARACTERS, "100,001 characters, 100,000 are the most"),
        (grid, limits.MAX_GRID_CELLS, "empty ones included, 100,000 are the most"),
        (lambda n: b"5\n" * 2 + b"\n" * (n - 2), limits.MAX_LINES, "200,000 are the most"),
    ],
)  # fmt: skip
def test_a_text_at_most_of_a_limit_is_read_and_one_beyond_it_is_refused(
    table, most, words_of_limit
):
    assert cells_of("own.csv", table(most))
    with pytest.raises(LedgerError, match=words_of_limit):
        cells_of("own.csv", table(most + 1))


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
    assert cells_of("own.xlsx", book(change))
    with pytest.raises(LedgerError, match=words_of_limit):
        cells_of("own.xlsx", book(beyond))


def test_sheets_of_old_excel_are_those_of_a_size_that_it_has():
    def record(height, width):
        return b"\0\x02\x0e\0" + struct.pack("<IIHH", 0, height, 0, width) + b"\0\0"

    sizes = [(10, 5), (65_537, 3), (65_536, 256), (3, 257)]
    assert xls_sizes(b"".join(record(*size) for size in sizes)) == [(10, 5), (65_536, 256)]


@pytest.mark.parametrize(("count", "dots"), [(4, ""), (5, "+...")])
def test_four_cells_of_a_sum_are_named(count, dots):
    numbers = [SimpleNamespace(name=f"B{row}") for row in range(1, count + 1)]
    fact = SimpleNamespace(numbers=numbers, shape=SimpleNamespace(title="Sheet"))
    assert TableFact.name.fget(fact) == f"Sheet!B1+B2+B3+B4{dots}"


@pytest.mark.parametrize(("count", "dots"), [(15, ""), (16, "...")])
def test_fifteen_words_are_quoted(count, dots):
    assert quoted(" ".join("x" * count)) == " ".join("x" * 15) + dots


@pytest.mark.parametrize(
    ("values", "head", "is_leftmost", "part"),
    [
        ([1, 2, 3, 4], "", True, ""),  # may as well be quarters, or lines that are numbered
        ([1, 2, 3, 4, 5], "", True, "month"),
        ([1, 2, 3, 4, 5], "", False, ""),
        ([2, 3, 4, 5, 6], "", True, ""),
        ([3], "month", False, "month"),
        ([1, 13], "month", True, ""),
        ([0, 1], "month", True, ""),
        ([1, 4], "quarter", False, "quarter"),
        ([1, 5], "quarter", False, ""),
    ],
)
def test_numbers_are_parts_of_a_year_by_their_head_or_as_they_run(values, head, is_leftmost, part):
    assert _part_of_year(values, head, is_leftmost) == part


@pytest.mark.parametrize(
    ("values", "is_top", "follows_numbers", "heads"),
    [
        ([1, 2, 3, 4], True, False, True),
        ([1, 2, 3], True, False, False),
        ([1, 2, 3, 4], False, False, False),
        ([2, 3, 4, 5], True, False, False),
        ([2023, 2024], False, True, True),
        ([2024, 2023], False, True, True),
        ([2023, 2025, 2024], True, False, False),
        ([2024], True, False, True),
        ([2024, 2024], True, True, False),
    ],
)
def test_years_in_order_and_months_from_the_first_on_head_columns(
    values, is_top, follows_numbers, heads
):
    assert _head_columns(values, "", is_top, follows_numbers) is heads


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
    data = with_part(book(far_cell(1, 1)), "xl/extra.xml", part)
    with pytest.raises(LedgerError, match=words_of_limit):
        cells_of("own.xlsx", data)


def test_a_workbook_of_too_many_parts_is_refused():
    data = book(far_cell(1, 1))
    whole = io.BytesIO(data)
    with zipfile.ZipFile(whole, "a") as folder:
        for number in range(limits.MAX_WORKBOOK_PARTS):
            folder.writestr(f"xl/{number}.bin", b"")
    with pytest.raises(LedgerError, match="more than 1,000 parts"):
        cells_of("own.xlsx", whole.getvalue())


def test_a_file_beyond_the_limit_of_bytes_is_not_read_whole(tmp_path):
    path = tmp_path / "own.csv"
    with path.open("wb") as file:
        file.truncate(limits.MAX_FILE_BYTES + 1)
    with pytest.raises(OSError, match="is larger than 50,000,000 bytes"):
        read_whole(path)
