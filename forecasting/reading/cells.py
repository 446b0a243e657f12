"""The cells of a file: sheets of texts, numbers and dates, each as a spreadsheet program shows it.

>>> column_letter(28), cell_name((2, 3))
('AB', 'C2')
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

Place = tuple[int, int]  # row and column, from 1 on, as a spreadsheet program counts them


@dataclass(frozen=True)
class UserFile:
    """A file of a user's, and how it is written where that cannot be seen.

    Parameters
    ----------
    name : str
        Its ending tells what it is.
    data : bytes
        What it holds.
    encoding, separator : str
        Of a text; empty where the file tells.
    """

    name: str
    data: bytes
    encoding: str = ""
    separator: str = ""


@dataclass(frozen=True)
class SheetCell:
    """One cell.

    Parameters
    ----------
    text : str
        As it is shown.
    number : float or None
        Of a cell of a workbook that holds a number.
    day : date or None
        Of one that holds a date.
    form : str
        The format of the number, as far as the file tells.
    repeated : bool
        Whether it stands in another cell of a merged range than the first.
    """

    text: str
    number: float | None = None
    day: dt.date | None = None
    form: str = ""
    repeated: bool = False


@dataclass(frozen=True, eq=False)
class CellSheet:
    """The cells of a sheet that are shown and hold something.

    Parameters
    ----------
    title : str
        Of the sheet; empty of a text.
    cells : dict of (int, int) to SheetCell
        By row and column.
    hidden : tuple of str
        The rows and columns that are not shown, and so not read.
    """

    title: str
    cells: dict[Place, SheetCell]
    hidden: tuple[str, ...] = ()

    @classmethod
    def of_cells(
        cls, title: str, cells: dict[Place, SheetCell], hidden: Iterable[str] = ()
    ) -> CellSheet:
        """A sheet of those cells that hold something."""
        filled = {place: cell for place, cell in cells.items() if cell.text}
        return cls(title, filled, tuple(hidden))

    def rows(self) -> dict[int, dict[int, SheetCell]]:
        """The cells of each row by column, in order."""
        return self._lines(0)

    def columns(self) -> dict[int, dict[int, SheetCell]]:
        """The cells of each column by row, in order."""
        return dict(sorted(self._lines(1).items()))

    @lru_cache(maxsize=4)  # noqa: B019  a sheet lives as long as its command
    def _lines(self, axis: int) -> dict[int, dict[int, SheetCell]]:
        lines: dict[int, dict[int, SheetCell]] = {}
        for place, cell in sorted(self.cells.items()):
            lines.setdefault(place[axis], {})[place[1 - axis]] = cell
        return lines


@dataclass(frozen=True, eq=False)
class Sheets:
    """A file as cells.

    Parameters
    ----------
    name : str
        Of the file.
    sheets : tuple of CellSheet
        Those with something in them.
    separator : str
        Of a text.
    encodings : dict of str to str
        Where a text may be in several encodings: the lines that tell them apart, as each reads
        them.
    knows_forms : bool
        Whether formats of numbers and hidden lines are known.
    """

    name: str
    sheets: tuple[CellSheet, ...]
    separator: str = ""
    encodings: dict[str, str] = field(default_factory=dict)
    knows_forms: bool = True


def column_letter(number: int) -> str:
    """The letters of a column, counted from 1, as a spreadsheet program shows them.

    >>> column_letter(1), column_letter(27)
    ('A', 'AA')
    """
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def cell_name(place: Place) -> str:
    """The name of a cell, e.g. B12."""
    return f"{column_letter(place[1])}{place[0]}"
