"""Which numbers of a table an entry of its answers names: by columns, by rows, by what a row says.

A head wins over a letter; an integer is the number of a row, and a text its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from forecasting.reading.answers import Answers, Line, SeriesAnswer
from forecasting.reading.cells import Place, column_letter
from forecasting.reading.proposals import is_total
from forecasting.reading.shape import COLUMN, ROW, Shape, TableNumber
from forecasting.vocabulary.errors import LedgerError, Problem
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.places import find_place

KEYS = ("rows", "columns")  # of the answers, by axis
LISTED_LINES = 6  # in a message


@dataclass(frozen=True)
class Entry:
    """One entry of the answers to a file.

    Parameters
    ----------
    answers : Answers
        With the entry.
    index : int
        Its number.
    file : str
        The name of the file, for messages.
    """

    answers: Answers
    index: int
    file: str

    @cached_property
    def series(self) -> SeriesAnswer:
        """What it says, and what is said of all of the file."""
        series, answers = self.answers.read[self.index], self.answers
        cells = {**answers.cells, **series.cells}
        return replace(series, place=series.place or answers.place, cells=cells)

    def refusal(self, key: str, fault: str, hint: str = "") -> LedgerError:
        """The error of one of its keys."""
        return LedgerError.at(self.answers.where(self.index, key), fault, hint)

    def problem(self, number: TableNumber, shape: Shape, fault: str, hint: str = "") -> Problem:
        """The problem of one number of the file."""
        return Problem(f"{self.file} {shape.cell(number.place)}", fault, hint)


@dataclass(frozen=True)
class NamedLines:
    """The numbers that an entry names in a sheet.

    Parameters
    ----------
    shape : Shape
        Of the sheet.
    numbers : tuple of TableNumber
        All that its lines hold.
    names : tuple of dict of int to str or int
        By axis: the lines that are named, each with the name; empty where no line of the axis is.
    """

    shape: Shape
    numbers: tuple[TableNumber, ...]
    names: tuple[dict[int, Line], dict[int, Line]]

    def lines(self, axis: int) -> list[int]:
        """The rows, or the columns, of its numbers."""
        return sorted({number.place[axis] for number in self.numbers})


def shapes_named(entry: Entry, shapes: Sequence[Shape]) -> list[Shape]:
    """The sheets that an entry names; without a name the only one.

    Raises
    ------
    LedgerError
        Where there is none of that name, or several and none is named.
    """
    if not shapes:
        raise entry.refusal("", "holds no number", "see that it is the right file")
    titles = [shape.title for shape in shapes]
    listed = ", ".join(titles)[:200]
    if not entry.series.sheets:
        if len(shapes) > 1:
            hint = f"say sheet: {titles[0]}, or another of {listed}"
            raise entry.refusal("sheet", "is missing, and several sheets hold numbers", hint)
        return [*shapes]
    by_title = {folded(shape.title): shape for shape in shapes}
    for title in entry.series.sheets:
        if folded(title) not in by_title:
            hint = did_you_mean(title, titles, f"there are {listed}")
            raise entry.refusal("sheet", f"{title!r} is no sheet with numbers", hint)
    return [by_title[folded(title)] for title in entry.series.sheets]


def named_lines(entry: Entry, shape: Shape) -> NamedLines:
    """The numbers of a sheet that an entry names.

    Raises
    ------
    LedgerError
        Where the sheet has no such line, or a cell of it is no number.
    """
    names = (
        _names(entry, shape, ROW, entry.series.rows),
        _names(entry, shape, COLUMN, entry.series.columns),
    )
    conditions = _conditions(entry, shape)
    rows = {
        row
        for row in shape.sheet.rows()
        if (row in names[ROW] or not names[ROW]) and _says(shape, row, conditions)
    }
    columns = names[COLUMN] or shape.lines(COLUMN)

    def is_named(place: Place) -> bool:
        return place[ROW] in rows and place[COLUMN] in columns

    numbers = tuple(number for place, number in shape.numbers.items() if is_named(place))
    unread = {place: text for place, text in shape.unread.items() if is_named(place)}
    unread |= {number.place: number.text for number in numbers if number.is_open}
    for place, text in unread.items():
        _refuse(entry, shape, place, text)
    if not numbers:
        raise entry.refusal("", "names no cell with a number", "name other lines")
    return NamedLines(shape, numbers, names)


def _says(shape: Shape, row: int, conditions: Mapping[int, str]) -> bool:
    """Whether a row says what it must say, by column."""
    return all(folded(shape.label(row, column)) == text for column, text in conditions.items())


def _refuse(entry: Entry, shape: Shape, place: Place, text: str) -> None:
    """Refuse a cell among numbers that is none, or that may be two."""
    hint = "correct the cell, or name other lines"
    if not shape.forms.decimal and re.fullmatch(r"\W?[\d.,]+\W?", text):
        hint = "it may be two: say decimal: ',' or decimal: '.'"
    raise LedgerError.at(f"{entry.file} {shape.cell(place)}", f"{text[:60]!r} is no number", hint)


def _names(entry: Entry, shape: Shape, axis: int, lines: Sequence[Line]) -> dict[int, Line]:
    """The lines of an axis that are named, each with its name."""
    names: dict[int, Line] = {}
    for line in lines:
        numbers = lines_named(shape, axis, line)
        if not numbers:
            raise _unknown_line(entry, shape, axis, line)
        names |= dict.fromkeys(numbers, line)
    return names


def lines_named(shape: Shape, axis: int, name: Line) -> list[int]:
    """The lines of an axis that a head, the words of a row, a letter or a number names.

    Parameters
    ----------
    shape : Shape
        Of the sheet.
    axis : int
        ROW or COLUMN.
    name : str or int
        As the answers have it.
    """
    if not isinstance(name, str):
        return [line for line in shape.lines(axis) if axis == ROW and line == name]
    match = _matching_columns if axis == COLUMN else _matching_rows
    return match(shape, folded(name))


def _matching_columns(shape: Shape, text: str) -> list[int]:
    columns = shape.lines(COLUMN)
    by_head = [column for column in columns if text in _words(shape, COLUMN, column)]
    return by_head or [column for column in columns if folded(column_letter(column)) == text]


def _matching_rows(shape: Shape, text: str) -> list[int]:
    rows = shape.lines(ROW)
    begins = re.compile(rf"{re.escape(text)}(?!\w)").match
    return (
        [row for row in rows if text in _words(shape, ROW, row)]
        or [row for row in rows if any(map(begins, _words(shape, ROW, row)))]
        or [row for row in rows if folded(shape.numbers_of(ROW, row)[0].section) == text]
    )


def _words(shape: Shape, axis: int, line: int) -> list[str]:
    """The texts of a line, each and as one, folded."""
    return [folded(text) for text in (*shape.texts(axis, line), shape.text(axis, line))]


def _unknown_line(entry: Entry, shape: Shape, axis: int, name: Line) -> LedgerError:
    lines = shape.lines(axis)
    words = [text for line in lines for text in (shape.text(axis, line), *shape.texts(axis, line))]
    listed = ", ".join(shape.name(axis, line) for line in lines[:LISTED_LINES])
    hint = did_you_mean(str(name), [*filter(None, words)], f"there are {listed}")
    fault = f"{str(name)[:60]!r} is no {KEYS[axis][:-1]} with numbers"
    return entry.refusal(KEYS[axis], fault, hint)


def _conditions(entry: Entry, shape: Shape) -> dict[int, str]:
    """What the rows of an entry must say, by column."""
    conditions = {}
    for name, text in entry.series.where.items():
        column = label_column(entry, shape, "where", name)
        texts = [shape.label(row, column) for row in shape.lines(ROW)]
        if folded(text) not in map(folded, texts):
            distinct = [*dict.fromkeys(filter(None, texts))]
            hint = did_you_mean(text, distinct, f"there are {', '.join(distinct)[:200]}")
            raise entry.refusal("where", f"no row says {text!r} in {column_letter(column)}", hint)
        conditions[column] = folded(text)
    return conditions


def label_column(entry: Entry, shape: Shape, key: str, name: str) -> int:
    """The column of words with a head, or a letter; a head wins.

    Raises
    ------
    LedgerError
        Where there is none.
    """
    columns = shape.label_columns
    for column, head in columns.items():
        if folded(head) == folded(name):
            return column
    for column in columns:
        if column_letter(column).lower() == folded(name):
            return column
    heads = [head or column_letter(column) for column, head in columns.items()]
    hint = did_you_mean(name, heads, f"there are {', '.join(heads)[:200]}")
    raise entry.refusal(key, f"{name!r} is no column with words", hint)


def place_column(shape: Shape) -> int | None:
    """The column that names a place in each row with numbers, but for sums."""
    for column in shape.label_columns:
        texts = {shape.label(row, column) for row in shape.lines(ROW)} - {""}
        places = [text for text in texts if not is_total(text)]
        is_period = column in shape.period_columns
        if places and not is_period and all(map(find_place, places)):
            return column
    return None
