"""Where a sheet has its tables, and of each which lines are titles, heads, units, rows and notes.

A line with numbers is a row; the lines of words just above the first row are heads, what stands
above those is a title, and what stands alone between rows goes for those below it. What a reader
says of a line holds.

>>> lines = [["Импорт, тыс. шт."], ["Год", "Ввоз"], ["2023", "1,37"], ["Источник: таможня"]]
>>> (table,) = tables_of(Sheet("", [Line(line, n) for n, line in enumerate(lines, 1)]), {})
>>> [(line.number, kind) for line, kind in table.lines]
[(1, 'title'), (2, 'heads'), (3, 'row'), (4, 'note')]
"""

import datetime as dt
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from forecasting.reading.mapping import KINDS_OF_ROW, PERIOD_LENGTHS, target_of
from forecasting.reading.spreadsheets.amounts import amount_of
from forecasting.reading.spreadsheets.cell_grid import Line, Sheet, filled
from forecasting.reading.spreadsheets.dating import dating_of
from forecasting.reading.spreadsheets.terms import FOOTNOTES, SEVERAL_UNITS, is_not_known, unit_of
from forecasting.vocabulary.errors import PeriodError

KINDS_OF_HEADS = ("words", "periods", "units")
HEADS_OR_UNIT = ("heads", "unit")  # what a reader may call a line above the rows
LONGEST_LABEL = 100  # characters of a cell that names something
LIKELY_YEARS = range(1950, 2061)


@dataclass(frozen=True)
class SheetTable:
    """One table of a sheet.

    Parameters
    ----------
    sheet : Sheet
        Where it stands.
    lines : list of (Line, str)
        Each with its kind, in their order.
    answers : dict of int to str
        What a reader has said of lines, by their numbers.
    """

    sheet: Sheet
    lines: list[tuple[Line, str]]
    answers: Mapping[int, str] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> list[Line]:
        """The lines of some kinds."""
        return [line for line, kind in self.lines if kind in kinds]

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max((len(line) for line, kind in self.lines if kind != "title"), default=0)


def is_amount(cell: object) -> bool:
    """Whether a cell holds a number, or a sign for one that is not known."""
    if isinstance(cell, bool) or cell is None:
        return False
    if isinstance(cell, int | float):
        return True
    return isinstance(cell, str) and bool(cell.strip()) and _is_amount_text(cell)


@lru_cache(maxsize=16384)
def _is_amount_text(text: str) -> bool:
    if is_not_known(text):
        return True
    try:
        return amount_of(text) is not None
    except ValueError:
        return False


def is_sign(cell: object) -> bool:
    """Whether a cell holds a sign for a number that is not known."""
    return isinstance(cell, str) and is_not_known(cell)


def is_period(cell: object) -> bool:
    """Whether a cell names a period: 2023, "I кв. 2023", "May"."""
    if isinstance(cell, dt.date):
        return True
    if isinstance(cell, int | float):
        return cell in LIKELY_YEARS
    if not isinstance(cell, str) or not cell.strip() or len(cell) > LONGEST_LABEL:
        return False
    if cell.isdecimal() and len(cell) != len("2023"):
        return False  # saves the parsing of most numbers, which are no years
    return _names_period(cell)


@lru_cache(maxsize=16384)
def _names_period(text: str) -> bool:
    try:
        dating = dating_of(text)
    except PeriodError:
        return False
    return dating.months is not None or dating.complete or dating.to_date


def _kind(line: Line, upper: Line, lower: Line) -> str:
    """What a line is by its own cells: words, periods, numbering, units, numbers."""
    cells = filled(line)
    if _are_units(cells):
        return "units"
    if _is_single(line, cells):
        return "single"
    if len(cells) > 2 and _is_numbering(cells):
        return "numbering"
    if _holds_numbers(cells, upper):
        return "periods" if _is_of_periods(line, upper, lower) else "numbers"
    return "units" if _are_units(cells[1:]) else "words"


def _are_units(cells: list[object]) -> bool:
    return bool(cells) and all(map(_is_unit, cells))


def _is_single(line: Line, cells: list[object]) -> bool:
    """Whether a line says one thing; the number of a table of one column is a row."""
    is_number = len(line) == 1 and is_amount(line[0])
    return len({str(cell).strip() for cell in cells}) == 1 and not is_number


def _holds_numbers(cells: list[object], upper: Line) -> bool:
    amounts = [cell for cell in cells if is_amount(cell)]
    if not upper:  # heads of a first line may be single letters, which are signs elsewhere
        return not all(map(is_sign, amounts))
    return bool(amounts)


def _is_unit(cell: object) -> bool:
    """Whether a cell names a unit, or several, and nothing else."""
    text = str(cell)
    for parts in ([text], SEVERAL_UNITS.split(text)):
        units = [unit_of(part) for part in parts]
        if all(unit.factor and not unit.remainder.strip(" .()") for unit in units):
            return True
    return False


def _is_numbering(cells: list[object]) -> bool:
    """Whether a line numbers its columns: 1, 2, 3, or А, 1, 2."""
    texts = [str(cell).strip() for cell in cells]
    for start in (0, 1, 2):
        digits = texts[start:]
        letters = texts[:start]
        expected = [str(number) for number in range(1, len(digits) + 1)]
        if len(digits) > 1 and digits == expected and all(len(text) == 1 for text in letters):
            return all(text.isalpha() for text in letters)
    return False


def _is_of_periods(line: Line, upper: Line, lower: Line) -> bool:
    """Whether all numbers of a line are years that follow each other, and head columns."""
    places = [index for index, cell in enumerate(line) if is_amount(cell)]
    cells = [line[index] for index in places]
    is_gregorian = all(map(is_period, cells))
    if not is_gregorian and not all(map(_is_of_another_calendar, cells)):
        return False
    if any(map(is_period, line[: places[0]])):
        return False  # the row of a period
    if len(cells) == 1:
        return _holds_words(lower) or _names_its_rows(line, places[0], lower)
    if _is_of_years(places[0], upper, lower):
        return False
    return _are_successive(cells, is_gregorian)


def _are_successive(cells: list[object], is_gregorian: bool) -> bool:
    """Whether years follow each other, or begin again for another measure."""
    years = [_year_of(cell) for cell in cells]
    steps = [end - start for start, end in itertools.pairwise(years)]
    if not is_gregorian:
        return {*steps} == {1}
    is_long = len(years) > 3
    return all(abs(step) <= 1 or (is_long and -30 < step < 0) for step in steps)


def _holds_words(line: Line) -> bool:
    """Whether a line holds words and no numbers, with words behind its first cell."""
    words = [cell for cell in line[1:] if isinstance(cell, str) and cell.strip()]
    return bool(words) and not any(map(is_amount, line))


def _names_its_rows(line: Line, index: int, lower: Line) -> bool:
    """Whether a line begins with the name of a column, and the next one has its number below."""
    name = str(line.at(0) or "")
    cell = lower.at(index)
    is_head = index > 0 and target_of(name) in (*PERIOD_LENGTHS, "place", "measure")
    return is_head and is_amount(cell) and not is_period(cell)


def _is_of_years(index: int, upper: Line, lower: Line) -> bool:
    """Whether a column holds years, as its next cell and its head say."""
    cell = lower.at(index)
    if not (is_amount(cell) and is_period(cell)):
        return False
    return index == 0 or target_of(str(upper.at(index) or "")) in PERIOD_LENGTHS


def _is_of_another_calendar(cell: object) -> bool:
    """Whether a cell may be a year of the Iranian or the Buddhist calendar, beside others."""
    return re.fullmatch(r"13[5-9]\d|14[01]\d|25[4-9]\d", str(cell).removesuffix(".0")) is not None


def _year_of(cell: object) -> int:
    dating = dating_of(str(cell).removesuffix(".0"))
    if dating.exact:
        return dating.exact.start.year
    return dating.year or 0


def tables_of(sheet: Sheet, answers: Mapping[int, str]) -> list[SheetTable]:
    """The tables of a sheet, from the top down.

    Parameters
    ----------
    sheet : Sheet
        Its lines.
    answers : dict of int to str
        What a reader says of lines, by their numbers.

    Returns
    -------
    list of SheetTable
        Those with rows.
    """
    lines = sheet.lines
    border = Line([])
    neighbours = [border, *lines, border]
    kinds = [
        _kind(line, upper, lower)
        for upper, line, lower in zip(neighbours, lines, neighbours[2:], strict=False)
    ]
    kinds.append("end")
    ends = LineEnds(_run_ends(kinds, ("single",)), _run_ends(kinds, (*KINDS_OF_HEADS, "numbering")))
    parts: list[list[tuple[Line, str]]] = [[]]
    row: Line | None = None  # of the last numbers
    for at, line in enumerate(lines):
        if row is not None and _begins_table(lines, kinds, at, ends, row, answers):
            parts.append([])
            row = None
        if kinds[at] == "numbers":
            row = line
        parts[-1].append((line, kinds[at]))
    tables = [SheetTable(sheet, _lines_with_kinds(part, answers), answers) for part in parts]
    return _whole_tables([table for table in tables if table.of_kind("row")])


def _whole_tables(tables: list[SheetTable]) -> list[SheetTable]:
    """The tables of a sheet; one that repeats the heads of the one above goes on with it."""
    whole_tables: list[SheetTable] = []
    heads_above: list[list[str]] = []
    for table in tables:
        heads = [[str(cell) for cell in filled(line)] for line in table.of_kind("heads")]
        if whole_tables and heads == heads_above and not table.of_kind("title"):
            lines = [(line, "nothing" if kind == "heads" else kind) for line, kind in table.lines]
            whole_tables[-1].lines.extend(lines)
        else:
            whole_tables.append(table)
            heads_above = heads
    return whole_tables


class LineEnds(NamedTuple):
    """Where the run of titles, and that of heads, ends that begins at each line."""

    titles: list[int]
    heads: list[int]


def _run_ends(kinds: list[str], group: Sequence[str]) -> list[int]:
    """Where the run of lines of some kinds ends that begins at each line."""
    ends = [*range(len(kinds))]
    for at in reversed(ends[:-1]):
        if kinds[at] in group:
            ends[at] = ends[at + 1]
    return ends


def _begins_table(
    lines: list[Line],
    kinds: list[str],
    at: int,
    ends: LineEnds,
    row: Line,
    answers: Mapping[int, str],
) -> bool:
    """Whether another table begins at a line below a row of numbers: a reader says so, or heads
    come again.
    """
    if answers.get(lines[at].number) == "heads":
        return answers.get(lines[at - 1].number) != "heads"
    return _are_heads(lines, kinds, at, ends, row)


def _are_heads(lines: list[Line], kinds: list[str], at: int, ends: LineEnds, row: Line) -> bool:
    """Whether titles or heads begin at a line below rows, with rows below them."""
    heads = ends.titles[at]
    if kinds[heads] not in KINDS_OF_HEADS:
        return False
    if heads > at and kinds[at - 1] == "single" and not _is_apart(lines, at):
        return False  # the titles began on a line above
    rows = ends.heads[heads]
    if kinds[rows] not in ("numbers", "single"):
        return False
    return kinds[heads] == "periods" or _is_apart(lines, at) or _all_words(lines[heads], row)


def _is_apart(lines: list[Line], at: int) -> bool:
    """Whether a line stands below an empty one."""
    return at > 0 and lines[at].number > lines[at - 1].number + 1


def _all_words(line: Line, row: Line) -> bool:
    """Whether words stand where the row above has numbers."""
    columns = [index for index, cell in enumerate(row) if is_amount(cell)]
    cells = [line.at(index) for index in columns]
    return len(columns) > 1 and all(isinstance(cell, str) and cell.strip() for cell in cells)


def _lines_with_kinds(
    lines: list[tuple[Line, str]], answers: Mapping[int, str]
) -> list[tuple[Line, str]]:
    """The lines of a table with their kinds."""
    top, first_row = _bounds(lines, answers)
    rows = [at for at, (_, kind) in enumerate(lines) if kind in ("numbers", "periods")]
    last_row = max(rows, default=-1)
    lines_with_kinds = []
    for at, (line, kind) in enumerate(lines):
        if answer := answers.get(line.number):
            kind = answer if answer in KINDS_OF_ROW else "row"
        elif at < top:
            kind = "title"
        elif at < first_row or (kind == "numbering" and at == first_row):
            kind = {"units": "unit", "numbering": "nothing"}.get(kind, "heads")
        else:
            kind = _kind_below(line, kind, at > last_row)
        lines_with_kinds.append((line, kind))
    return lines_with_kinds


def _bounds(lines: list[tuple[Line, str]], answers: Mapping[int, str]) -> tuple[int, int]:
    """Where the heads of a table begin, and where its rows do."""
    first_row = next((at for at, (_, kind) in enumerate(lines) if kind == "numbers"), len(lines))
    heads = [at for at, (line, _) in enumerate(lines) if answers.get(line.number) in HEADS_OR_UNIT]
    if not heads:
        return _first_head(lines, first_row), first_row
    if first_row == len(lines):
        first_row = 0
    first_row = max(first_row, heads[-1] + 1)
    return min(_first_head(lines, first_row), heads[0]), first_row


def _kind_below(line: Line, kind: str, is_below: bool) -> str:
    """What a line below the heads is."""
    cells = len(filled(line))
    if (kind == "single" or (is_below and cells < 3)) and _is_note(line, is_below):
        return "note"
    if kind == "single":
        return "note" if is_below else "section"
    return "row"


def _is_note(line: Line, is_below: bool) -> bool:
    text = str(filled(line)[0])
    marked = re.match(r"\s*(?:[*†‡¹²³⁴⁵]|\d\)|\[\d\])", text) is not None
    return bool(FOOTNOTES.match(text)) or len(text) > LONGEST_LABEL or (is_below and marked)


def _first_head(lines: list[tuple[Line, str]], first_row: int) -> int:
    """Where the heads begin: above the first row, with no title in between."""
    top = first_row
    while top and lines[top - 1][1] in (*KINDS_OF_HEADS, "numbering", "single"):
        line, kind = lines[top - 1]
        if kind == "single" and not _heads_group(line, lines, top, first_row):
            break
        if kind == "words" and top < first_row and _is_apart([line, lines[top][0]], 1):
            break
        top -= 1
    while top < first_row and lines[top][1] == "units":
        top += 1  # a unit above the heads holds for all of them
    return top


def _heads_group(line: Line, lines: list[tuple[Line, str]], top: int, first_row: int) -> bool:
    """Whether the one text of a line heads a group of columns: it does not stand at the side, goes
    over some of the columns alone, and heads stand below or above it.
    """
    neighbour = top if top < first_row else top - 2
    if neighbour < 0 or neighbour >= len(lines):
        return False
    head, kind = lines[neighbour]
    places = [index for index, cell in enumerate(line) if cell is not None and str(cell).strip()]
    is_apart = abs(head.number - line.number) > 1
    is_inside = places[0] > 0 and len(places) < max(len(head), 1)
    return is_inside and not is_apart and kind in (*KINDS_OF_HEADS, "single")
