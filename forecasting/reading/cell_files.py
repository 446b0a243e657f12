"""From a file to sheets of cells: text in any encoding and with any separator, workbooks.

>>> (sheet,) = sheets_of(UserFile("own.csv", b"Land;2023%cNO;104000" % 10)).sheets
>>> sheet.cells[2, 2].text
'104000'
"""

from __future__ import annotations

import contextlib
import csv
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile, zip_longest
from pathlib import Path

from forecasting.evidence.checking import rows_of_text
from forecasting.reading.cells import CellSheet, SheetCell, Sheets, UserFile
from forecasting.reading.workbooks import excel_sheets, other_sheets
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.limits import (
    MAX_GRID_CELLS,
    MAX_TABLE_CELLS,
    MAX_TABLE_CHARACTERS,
    MAX_TABLE_TEXTS,
)
from forecasting.vocabulary.printed_numbers import plain_text

TEXTS = (".csv", ".tsv")
EXCEL = (".xlsx", ".xlsm")
OTHER_WORKBOOKS = (".xls", ".ods")
TABLES = (*TEXTS, *EXCEL, *OTHER_WORKBOOKS)
SEPARATORS = ";\t|,"  # of two that are as regular, the comma may be a decimal mark
SHOWN_SIGNS = 60  # of a line that is read otherwise in another encoding
SEPARATOR_LINES = 40  # lines that show which separator a text has
ENCODINGS = ("cp1251", "cp1250", "cp1254", "cp1252", "gb18030", "cp932", "koi8-r", "cp866")


SAY_ENCODING = "say encoding: in the answers, or save it in UTF-8"


def decoded(name: str, data: bytes, encoding: str = "") -> dict[str, str]:
    """The text of a file by its encoding: one that the file tells, or each that it may be in.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    data : bytes
        What it holds.
    encoding : str
        As a person says it; empty where the file is to tell.

    Raises
    ------
    LedgerError
        Where no encoding that is known here reads it.
    """
    encoding = encoding or _told_encoding(data)
    if encoding:
        return {encoding: _decode(name, data, encoding)}
    return _untold(name, data)


def _untold(name: str, data: bytes) -> dict[str, str]:
    """UTF-8 where it reads a file that tells no encoding, else each that it may be in."""
    try:
        return {"utf-8": data.decode("utf-8-sig")}
    except UnicodeDecodeError:
        return _candidates(name, data)


def _told_encoding(data: bytes) -> str:
    """The encoding that the first bytes tell, of two bytes a sign; empty where they tell none."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if b"\0" not in data[:200]:
        return ""
    return "utf-16-be" if data[:200:2].count(0) > data[1:200:2].count(0) else "utf-16-le"


def _decode(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        hint = SAY_ENCODING
        with contextlib.suppress(LedgerError):  # where no other reads it, this one's fault is told
            hint = f"say another one, e.g. encoding: {next(iter(_untold(name, data)))}"
        raise LedgerError.at(name, f"cannot be read: {error}"[:200], hint) from None


def _candidates(name: str, data: bytes) -> dict[str, str]:
    """The texts that bytes may be: that of whole Cyrillic words, or each without signs that no
    table has.
    """
    texts: dict[str, str] = {}
    for encoding in ENCODINGS:
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if not _NO_TEXT.search(text):
                texts[encoding] = text
    if not texts:
        raise LedgerError.at(name, "is in an encoding that is not known here", SAY_ENCODING)
    cyrillic = {encoding: text for encoding, text in texts.items() if _is_cyrillic(text)}
    return cyrillic if len(cyrillic) == 1 else texts


CYRILLIC_LETTERS = 10  # at least, of a file that is read as Cyrillic without a question
# Signs of control, of lines and of no meaning, which no table has
_NO_TEXT = re.compile(r"[\x80-\x9f\ue000-\uf8ff\ufffd─-▟]")


def _is_cyrillic(text: str) -> bool:
    """Whether every word with a letter beyond English ones is a whole Cyrillic one, in small or
    capital letters, and there are so many that it is no chance.
    """
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    return sum(map(len, words)) >= CYRILLIC_LETTERS and all(
        re.fullmatch("[Ѐ-ӿ]?[а-џґ]+|[Ѐ-ЯҐ]+", word) for word in words
    )


def differing_lines(texts: dict[str, str]) -> dict[str, str]:
    """Of each text that is read in some encodings the lines that tell it apart from the others,
    by the first of its encodings.
    """
    encodings: dict[str, str] = {}
    for encoding, text in texts.items():
        encodings.setdefault(text, encoding)
    if len(encodings) < 2:
        return {}
    readings = [""] * len(encodings)
    for lines in zip_longest(*(text.splitlines() for text in encodings), fillvalue=""):
        if len({*zip(readings, lines, strict=True)}) == len({*readings}):
            continue
        signs_of_lines = zip(*lines, strict=False)
        same = sum(1 for _ in takewhile(lambda signs: len({*signs}) == 1, signs_of_lines))
        start = max(0, same - SHOWN_SIGNS // 2)
        shown = [line[start : start + SHOWN_SIGNS] for line in lines]
        longer = [" / ".join(filter(None, pair)) for pair in zip(readings, shown, strict=True)]
        if len({*longer}) > len({*readings}):
            readings = longer
    return dict(zip(encodings.values(), readings, strict=True))


@lru_cache(maxsize=4)  # a command looks at a file several times
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
        sheets = Sheets(file.name, tuple(excel_sheets(file)))
    elif ending in OTHER_WORKBOOKS:
        sheets = Sheets(file.name, tuple(other_sheets(file)), knows_forms=False)
    elif ending in TEXTS:
        sheets = _sheet_of_text(file)
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
    texts = [cell.text for sheet in sheets for cell in sheet.cells.values()]
    words = {text for text in texts if not re.search(r"\d", text)}
    _check_count(name, len(texts), MAX_TABLE_CELLS, "cells")
    _check_count(name, len(words), MAX_TABLE_TEXTS, "different texts")
    _check_count(name, sum(map(len, texts)), MAX_TABLE_CHARACTERS, "characters")


def _check_count(name: str, count: int, limit: int, things: str) -> None:
    if count > limit:
        fault = f"has {count:,} {things}, {limit:,} are the most"
        raise LedgerError.at(name, fault, "keep the rows and columns that you need")


def _sheet_of_text(file: UserFile) -> Sheets:
    texts = decoded(file.name, file.data, file.encoding)
    text = next(iter(texts.values()))
    separator = file.separator or max(SEPARATORS, key=lambda mark: _regularity(text, mark))
    try:
        rows = [row for _, row in rows_of_text(file.name, text, separator)]
    except csv.Error as error:
        hint = "check the quotation marks"
        raise LedgerError.at(file.name, f"is no table: {error}", hint) from None
    _check_count(file.name, sum(map(len, rows)), MAX_GRID_CELLS, "cells, empty ones included")
    cells = {
        (row, column): SheetCell(plain_text(text_of_cell))
        for row, line in enumerate(rows, start=1)
        for column, text_of_cell in enumerate(line, start=1)
        if text_of_cell.strip()
    }
    sheets = (CellSheet.of_cells("", cells),) if cells else ()
    return Sheets(file.name, sheets, separator, differing_lines(texts))


def _regularity(text: str, mark: str) -> tuple[int, int]:
    """In how many of the top lines a mark makes one number of cells, and that number."""
    top = text[:20_000].splitlines()[:SEPARATOR_LINES]
    try:
        lengths = Counter(len(row) for row in csv.reader(top, delimiter=mark))
    except csv.Error:
        return 0, 0
    table_lengths = {length: lines for length, lines in lengths.items() if length > 1}
    return max(((lines, length) for length, lines in table_lengths.items()), default=(0, 0))
