"""From a file to cells: its encoding, and each limit of a table, up to which it is read."""

from __future__ import annotations

import pytest
from table_cases import cells_of, one, read

from forecasting.reading.cell_files import decoded, differing_lines, sheets_of
from forecasting.reading.cells import UserFile
from forecasting.vocabulary import limits
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.files import read_whole


def text(rows: int, columns: int, cell: str = "5") -> bytes:
    return "\n".join([",".join([cell] * columns)] * rows).encode()


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


def test_a_file_beyond_the_limit_of_bytes_is_not_read_whole(tmp_path):
    path = tmp_path / "own.csv"
    with path.open("wb") as file:
        file.truncate(limits.MAX_FILE_BYTES + 1)
    with pytest.raises(OSError, match="is larger than 50,000,000 bytes"):
        read_whole(path)


@pytest.mark.parametrize(
    ("text", "encoding", "lines"),
    [
        # A first line of which two readings are the same, and a long one
        ("Année;EVs\nTürk;ş\n", "cp1254", "Année;EVs / Türk;ş"),
        (f"{'x' * 100} Sprzedaż;EVs\n", "cp1250", f"{'x' * 22} Sprzedaż;EVs"),
    ],
)
def test_each_reading_of_a_file_is_listed_once_with_what_tells_it_apart(text, encoding, lines):
    data = f"{text}2023;5\n".encode(encoding)
    sheets = sheets_of(UserFile("own.csv", data))
    assert sheets.encodings[encoding] == lines
    assert len({*sheets.encodings.values()}) == len(sheets.encodings)
    problem = read(data, one("ev_sales", "columns: [B]"))
    for name, shown in sheets.encodings.items():
        assert f"may be in {name}: {shown} (say encoding: {name}, if that reads right)" in problem


def test_a_wrong_encoding_of_a_file_in_utf_8_is_answered_by_utf_8():
    answers = "encoding: utf8-bom\n" + one("ev_sales", "columns: [B]")
    with pytest.raises(LedgerError, match=r"unknown encoding: utf8-bom .*e\.g\. encoding: utf-8\)"):
        read("Année;EVs\n2023;5\n", answers)
    in_none = b"\xff\x81\x98;EVs\n\x80\xff;5\n"
    with pytest.raises(LedgerError, match="unknown encoding: utf8-bom"):
        read(in_none, answers)


def test_readings_that_differ_below_the_end_of_the_shorter_show_their_lines():
    assert differing_lines({"x": "EVs\n5", "y": "EVs\n5\n7"}) == {"x": "", "y": "7"}


def test_an_encoding_that_is_not_told_is_asked_with_the_first_line_that_differs():
    text = "Rok;Sprzedaż aut elektrycznych\n2023;5\n"
    said = read(text.encode("cp1250"), one("ev_sales", "columns: [B]"))
    assert "cp1250: Rok;Sprzedaż aut elektrycznych" in said
    assert "cp1254: Rok;Sprzeda¿ aut elektrycznych" in said
    answers = "encoding: cp1250\n" + one("ev_sales", "columns: [B]")
    assert read(text.encode("cp1250"), answers) == {"2023": 5}
    for encoding in ("utf-16", "cp1251", "koi8-r"):
        russian = "Год;Продажи электромобилей\n2023;5\n".encode(encoding)
        assert read(russian, one("ev_sales", "columns: [B]")) == {"2023": 5}
