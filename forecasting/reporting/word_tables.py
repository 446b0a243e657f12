"""Tables of a Word document, from cells as HTML has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

LONG = 28  # letters of a cell beyond which its column gets no wider
# Centimetres of a letter for each point of its size, and of a cell without its words
LETTER, MARGINS = 0.022, 0.42
SIZES = ((4, 9), (8, 8))  # points of the letters up to so many columns
SMALLEST = 7


@dataclass(frozen=True)
class TableCell:
    """A cell of a table: its words, how many columns and rows it takes, and whether it is a heading
    or an amount.
    """

    across: int = 1
    down: int = 1
    heading: bool = False
    amount: bool = False
    words: str = ""


def write_table(document: Any, rows: Sequence[Sequence[TableCell]], width: float) -> None:
    """Write a table as wide as the page: columns as wide as their words need, headings again on
    each page.

    Parameters
    ----------
    document : docx.document.Document
        It is added at the end.
    rows : sequence of sequence of TableCell
        As in HTML: a cell of several rows or columns stands once.
    width : float
        Centimetres.
    """
    from docx.oxml.ns import qn
    from docx.shared import Cm

    placed = _placed(rows)
    if not placed:
        return
    wide = max(at + cell.across for _, at, cell in placed)
    table = document.add_table(rows=len(rows), cols=wide, style="Light List Accent 1")
    # Its first column is not bold
    table._tbl.tblPr.find(qn("w:tblLook")).set(qn("w:firstColumn"), "0")
    table.autofit = False
    size = next((size for most, size in SIZES if wide <= most), SMALLEST)
    for column, each in zip(
        table.columns, _widths(placed, wide, width, LETTER * size), strict=True
    ):
        column.width = Cm(each)  # for the programs that read the grid
        for cell in column.cells:
            cell.width = Cm(each)  # for Word, which reads the cells
    for row, at, cell in placed:
        made = table.cell(row, at).merge(table.cell(row + cell.down - 1, at + cell.across - 1))
        _fill(made.paragraphs[0], cell, size)
    for number, cells in enumerate(rows):
        _mark(table.rows[number], "w:cantSplit")
        if all(cell.heading for cell in cells):
            _mark(table.rows[number], "w:tblHeader")
    document.add_paragraph()


def _placed(rows: Sequence[Sequence[TableCell]]) -> list[tuple[int, int, TableCell]]:
    """Each cell with its row and column: a cell of two rows keeps its column in the second."""
    taken: set[tuple[int, int]] = set()
    found = []
    for number, cells in enumerate(rows):
        at = 0
        for given in cells:
            while (number, at) in taken:
                at += 1
            cell = replace(given, down=min(given.down, len(rows) - number))
            taken.update(
                (number + down, at + across)
                for down in range(cell.down)
                for across in range(cell.across)
            )
            found.append((number, at, cell))
    return found


def _widths(
    placed: Sequence[tuple[int, int, TableCell]], wide: int, width: float, letter: float
) -> list[float]:
    """Centimetres of each column: its longest word, and of what is left as much as its longest cell
    asks for.
    """
    least, asked = [2] * wide, [2] * wide
    for _, at, cell in placed:
        if cell.across == 1:
            words = (
                [cell.words.strip()]
                if cell.amount and not cell.heading
                else cell.words.split() or [""]
            )
            least[at] = max(least[at], cell.heading + max(map(len, words)))  # headings are bold
            asked[at] = max(asked[at], least[at], 0 if cell.heading else min(len(cell.words), LONG))
    narrow = [letter * letters + MARGINS for letters in least]
    left, more = width - sum(narrow), sum(asked) - sum(least)
    if left < 0 or not more:
        return [width * each / sum(narrow) for each in narrow]
    return [
        each + left * (wish - word) / more
        for each, wish, word in zip(narrow, asked, least, strict=True)
    ]


def _fill(paragraph: Any, cell: TableCell, size: float) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    if cell.across > 1 or cell.amount:
        paragraph.alignment = (
            WD_ALIGN_PARAGRAPH.CENTER if cell.across > 1 else WD_ALIGN_PARAGRAPH.RIGHT
        )
    run = paragraph.add_run(cell.words.strip())
    run.font.size, run.bold = Pt(size), cell.heading or None


def _mark(row: Any, name: str) -> None:
    """Have a row not break between pages, or a row of headings stand on each page that its table
    reaches.
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
