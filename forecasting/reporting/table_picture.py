"""A table of one's own as it stands, as text of 80 columns with letters and numbers: what the
questions about it speak of.
"""

from __future__ import annotations

import unicodedata
from collections import Counter

from forecasting.reading.cells import CellSheet, column_letter
from forecasting.vocabulary.sentences import sentence

WIDTH = 80
TOP_ROWS = 10  # that are drawn; the others are counted, but for the last
LAST_ROWS = 2
MOST_COLUMNS = 8
NARROWEST = 6  # signs of a column
WIDEST = 24


def picture_of(name: str, sheet: CellSheet) -> list[str]:
    r"""The lines of the picture.

    Parameters
    ----------
    name : str
        Of the file.
    sheet : CellSheet
        Its cells.

    Returns
    -------
    list of str
        Each at most 80 signs wide.

    Examples
    --------
    >>> from forecasting.reading.cells import SheetCell
    >>> texts = {(1, 1): "Electric cars in Georgia", (2, 1): "Year", (2, 2): "Sold, тыс.",
    ...          (3, 1): "2023", (3, 2): "1,37"}
    >>> cells = {place: SheetCell(text) for place, text in texts.items()}
    >>> print("\n".join(picture_of("own.csv", CellSheet("", cells))))
    own.csv
          A       B
       1  Electric cars in Georgia
       2  Year    Sold, тыс.
       3  2023    1,37
    """
    columns = sorted({column for _, column in sheet.cells})
    rows = sorted({row for row, _ in sheet.cells})
    widths = _widths(sheet, columns[:MOST_COLUMNS])
    heads = "".join(f"  {_padded(column_letter(c), size)}" for c, size in widths.items())
    count_words = sentence("[ (and {more} more)]", more=len(columns) - len(widths))
    title = _cut(sentence("{name}[, sheet {title}]", name=name, title=sheet.title), WIDTH)
    lines = [_line(sheet, row, widths) for row in [*rows[:TOP_ROWS], *rows[TOP_ROWS:][-LAST_ROWS:]]]
    left_out = len(rows) - len(lines)
    if left_out == 1:
        lines.insert(TOP_ROWS, _line(sheet, rows[TOP_ROWS], widths))
    elif left_out:
        lines.insert(TOP_ROWS, f"      ... {left_out} more rows ...")
    return [title, f"{'':4}{heads.rstrip()}{count_words}", *lines]


def _widths(sheet: CellSheet, columns: list[int]) -> dict[int, int]:
    """How wide each column is drawn, so that they fit beside each other; the last are left out
    where they do not. A text that stands alone in its row takes the room of all.
    """
    filled = Counter(row for row, _ in sheet.cells)
    widths = dict.fromkeys(columns, NARROWEST)
    for (row, column), cell in sheet.cells.items():
        if column in widths and filled[row] > 1:
            widths[column] = min(max(widths[column], _width(cell.text)), WIDEST)
    while sum(widths.values()) + 2 * len(widths) + 6 > WIDTH:
        widest = max(widths, key=lambda column: widths[column])
        if widths[widest] <= NARROWEST:
            widths.popitem()
        else:
            widths[widest] -= 1
    return widths


def _line(sheet: CellSheet, row: int, widths: dict[int, int]) -> str:
    """A row; a text that stands alone takes the room of all columns."""
    cells = {column: cell for (at, column), cell in sheet.cells.items() if at == row}
    lead = f"{row:>4}"
    if len({cell.text for cell in cells.values()}) == 1:
        start_column = min(cells)
        indent = sum(size + 2 for column, size in widths.items() if column < start_column)
        indent = min(indent, WIDTH // 2)
        return f"{lead}  {'':{indent}}{_cut(cells[start_column].text, WIDTH - 6 - indent)}"
    texts = (
        f"  {_padded(cells[column].text if column in cells else '', size)}"
        for column, size in widths.items()
    )
    return f"{lead}{''.join(texts)}".rstrip()


def _width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)


def _cut(text: str, width: int) -> str:
    """A text of a width, its end cut where it is wider."""
    text = " ".join(text.split())[: width + 1]  # each sign is one wide at least
    if _width(text) <= width:
        return text
    while _width(text) >= width:
        text = text[:-1]
    return f"{text}…"


def _padded(text: str, width: int) -> str:
    text = _cut(text, width)
    return text + " " * (width - _width(text))
