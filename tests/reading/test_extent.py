"""Each limit of a table, of a workbook and of a mapping: what stands at it is read, what exceeds it
by one is refused by its number.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from forecasting.evidence import checking
from forecasting.evidence.checking import read_rows
from forecasting.reading.mapping import Mapping
from forecasting.reading.spreadsheets.cell_words import label_of
from forecasting.reading.spreadsheets.reading import read_spreadsheet
from forecasting.reading.spreadsheets.workbook_parts import CELL_ELEMENTS, check_parts
from forecasting.vocabulary import limits
from forecasting.vocabulary.errors import LedgerError

YEARS = "Country,Year,EV sales\nNO,2023,104000\nNO,2024,114400\n"
LEDGER = "id,measure,place,period_start,period_end,relation,value\n"
FACT = "fact-{},ev_stock,NO,,2023-12-31,equals,5\n"


class Case(NamedTuple):
    """A file of so many of something, and the words by which too many are refused."""

    limit: str
    make: Callable[[int], bytes]
    refusal: str
    name: str = "own.csv"


def workbook(change: Callable[[openpyxl.worksheet.worksheet.Worksheet], object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in YEARS.splitlines():
        sheet.append(line.split(","))
    change(sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_part(name: str, part: bytes) -> bytes:
    content = io.BytesIO(workbook(lambda sheet: None))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(name, part)
    return content.getvalue()


def of_bytes(count: int) -> bytes:
    """A workbook that unpacks to so many bytes."""
    with zipfile.ZipFile(io.BytesIO(with_part("xl/note.bin", b""))) as folder:
        size = sum(part.file_size for part in folder.infolist())
    return with_part("xl/note.bin", bytes(count - size))


def of_parts(count: int) -> bytes:
    content = io.BytesIO(workbook(lambda sheet: None))
    with zipfile.ZipFile(content, "a") as folder:
        for number in range(count - len(folder.namelist())):
            folder.writestr(f"xl/note{number}.bin", b"")
    return content.getvalue()


def elements_of(book: bytes) -> Counter[str]:
    """How often each element stands in the XML of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as folder:
        texts = [folder.read(name) for name in folder.namelist()]
    return Counter(tag.decode() for text in texts for tag in re.findall(rb"<(\w+)", text))


def of_cells(count: int) -> bytes:
    elements = elements_of(with_part("xl/note.xml", b"<n></n>"))
    size = sum(elements[name] for name in CELL_ELEMENTS)
    return with_part("xl/note.xml", b"<n>" + b"<c/>" * (count - size) + b"</n>")


def of_further(count: int) -> bytes:
    elements = elements_of(with_part("xl/note.xml", b"<n></n>"))
    size = elements.total() - sum(elements[name] for name in CELL_ELEMENTS)
    return with_part("xl/note.xml", b"<n>" + b"<n/>" * (count - size) + b"</n>")


def merged(count: int) -> bytes:
    content = workbook(lambda sheet: sheet.merge_cells("E1:E2"))
    merged_content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as folder,
        zipfile.ZipFile(merged_content, "w") as new,
    ):
        for name in folder.namelist():
            new.writestr(name, folder.read(name).replace(b"E1:E2", b"E1:E%d" % count))
    return merged_content.getvalue()


def table(count: int) -> bytes:
    """A table of so many cells."""
    cells = ["Country", "Year", "EV sales", *(["NO", "2023", "104000"] * count)][:count]
    return "\n".join(",".join(cells[at : at + 3]) for at in range(0, count, 3)).encode()


def grid(count: int) -> bytes:
    """A table that reaches over so many cells."""
    row = b"NO,2023,104000" + b"," * 397 + b"\n"
    full, rest = divmod(count - 3, 400)
    end = b"NO,2023," + b"," * (rest - 3) + b"\n" if rest else b""
    return b"Country,Year,EV sales\n" + row * full + end


def of_texts(count: int) -> bytes:
    words = [f"name{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}{n // 676}x" for n in range(count)]
    rows = [f"NO,2023,104000,{word}\n" for word in words[5:]]  # heads and the place are texts
    return ("Country,Year,EV sales,Note\n" + "".join(rows)).encode()


def of_characters(count: int) -> bytes:
    text = "Country,Year,EV sales,Note\nNO,2023,104000,"
    size = len(text.replace("\n", "").replace(",", ""))
    rows, rest = divmod(count - size, 1000)
    row = "NO,2023,104000," + "x" * 988 + "\n"
    return (text + "x" * rest + "\n" + row * rows).encode()


TABLE = b"Title %d\nCountry,Year,EV sales\nNO,2023,104000\n\n"
CASES = [
    Case("MAX_LINES", lambda n: YEARS.encode() + b"\n" * (n - 3), "200,000 are the most, blank"),
    Case(
        "MAX_TEXT_CELLS",
        lambda n: (LEDGER + FACT.format(1)).encode() + (b"," * 499 + b"\n") * ((n - 14) // 500)
        + b"," * ((n - 14) % 500),
        "3,000,000 are the most, empty",
    ),
    Case(
        "MAX_COLUMNS",
        lambda n: ("Country," + "," * (n - 2) + "\nNO" + "," * (n - 1) + "\n").encode(),
        "500 are the most",
    ),
    Case(
        "MAX_TABLE_CELLS",
        table,
        "cells, 5,000 are the most",
    ),
    Case("MAX_GRID_CELLS", grid, "empty ones included, 100,000 are the most"),
    Case("MAX_TABLE_TEXTS", of_texts, "different texts, 500 are the most"),
    Case("MAX_TABLE_CHARACTERS", of_characters, "characters, 100,000 are the most"),
    Case("MAX_TABLES", lambda n: b"".join(TABLE % i for i in range(n)), "100 are the most"),
    Case(
        "MAX_SUMS",
        lambda n: b"Country,EV sales 2023\nNO,5\nSE,6\n" + b"Total,11\n" * n,
        "rows of sums, 100 are the most",
    ),
    Case("MAX_UNPACKED_BYTES", of_bytes, "unpacks to more than 20,000,000 bytes", "own.xlsx"),
    Case("MAX_WORKBOOK_PARTS", of_parts, "has more than 1,000 parts", "own.xlsx"),
    Case("MAX_CELL_ELEMENTS", of_cells, "60,000 XML elements, two or three", "own.xlsx"),
    Case("MAX_FURTHER_ELEMENTS", of_further, "10,000 XML elements of styles", "own.xlsx"),
    Case(
        "MAX_RANGE_CELLS",
        merged,
        "merged ranges over 5,001 cells",
        "own.xlsx",
    ),
    Case(
        "MAX_GRID_CELLS",
        lambda n: workbook(lambda sheet: sheet.cell(n // 200, 200 + n % 2, "x")),
        "cells up to 'Sheet', empty ones included, 100,000 are the most",
        "own.xlsx",
    ),
    Case(
        "MAX_COLUMNS",
        lambda n: workbook(lambda sheet: sheet.cell(1, n, "EV sales")),
        "has 501 columns",
        "own.xlsx",
    ),
]  # fmt: skip


def problems_of(folder: Path, name: str, content: bytes) -> list[str]:
    path = folder / name
    path.write_bytes(content)
    return [str(problem) for problem in read_rows(path).problems]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.limit} {case.name}")
def test_what_exceeds_a_limit_by_one_is_refused(tmp_path: Path, case: Case) -> None:
    most = getattr(limits, case.limit)
    problems = problems_of(tmp_path, case.name, case.make(most + 1))
    assert len(problems) == 1
    assert case.refusal in problems[0]
    assert problems[0].startswith(case.name)
    assert not [text for text in problems_of(tmp_path, case.name, case.make(most))
                if case.refusal in text]  # fmt: skip


def test_texts_that_stand_in_their_cells_count_as_cells() -> None:
    cell = b'<c t="inlineStr"><is><t>x</t></is></c>'  # three elements of 60,000, none of 10,000
    full = with_part("xl/note.xml", b"<n>" + cell * limits.MAX_TABLE_CELLS + b"</n>")
    assert not check_parts("own.xlsx", full)
    with pytest.raises(LedgerError, match="two or three for each cell"):
        check_parts("own.xlsx", with_part("xl/note.xml", b"<n>" + cell * 20_000 + b"</n>"))


def test_a_ledger_has_a_last_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand rows take seconds: what is tried is a lower limit."""
    monkeypatch.setattr(checking, "MAX_LEDGER_ROWS", 3)
    rows = [FACT.format(number) for number in range(4)]
    assert problems_of(tmp_path, "own.csv", (LEDGER + "".join(rows[:3])).encode()) == []
    assert problems_of(tmp_path, "own.csv", (LEDGER + "".join(rows)).encode()) == [
        "own.csv:5: is one row more than 3, the most of a ledger (split it)"
    ]


def test_a_mapping_has_so_many_signs_for_what_is_not_known(tmp_path: Path) -> None:
    for count, said in ((limits.MAX_SIGNS, []), (limits.MAX_SIGNS + 1, ["more than 100 signs"])):
        signs = ", ".join(f"n{number}" for number in range(count))
        (tmp_path / "own.mapping.yaml").write_text(f"unknown: [{signs}]\n")
        problems = problems_of(tmp_path, "own.csv", YEARS.encode())
        assert [text.partition("has ")[2].partition(" (")[0] for text in problems] == said


def test_a_longer_label_names_nothing() -> None:
    label = "EV sales".ljust(limits.MAX_LABEL_CHARACTERS - 4) + "2023"
    assert (label_of(label).number, label_of(label).dating.year) == ("ev_sales", 2023)
    longer = label_of(label.replace("2023", " 2023"))
    assert (longer.number, longer.doubts) == ("", ("has more than 200 characters",))


@pytest.mark.parametrize(("size", "place"), [(limits.MAX_TITLES_CHARACTERS, "NO"), (2_001, "")])
def test_titles_are_read_up_to_so_many_characters(size: int, place: str) -> None:
    """The last title names the country."""
    titles = ["Norway".rjust(limits.MAX_LABEL_CHARACTERS, ".")]
    while sum(map(len, titles)) < size:
        rest = min(size - sum(map(len, titles)), limits.MAX_LABEL_CHARACTERS)
        titles.insert(0, f"{len(titles)}".rjust(rest, "."))
    text = "".join(f"{title}\n" for title in titles) + "\nYear,EV sales\n2023,5\n2024,7\n"
    reading = read_spreadsheet("own.csv", text.encode(), Mapping())
    assert {fact.place for fact in reading.facts} == {place}
