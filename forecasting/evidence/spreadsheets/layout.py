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
from collections.abc import Mapping
from dataclasses import dataclass

from forecasting.errors import PeriodError
from forecasting.evidence.mapping import PERIOD_LENGTHS, target_of
from forecasting.evidence.spreadsheets.amounts import amount_of
from forecasting.evidence.spreadsheets.cell_grid import Line, Sheet, filled
from forecasting.evidence.spreadsheets.dating import dating_of
from forecasting.evidence.spreadsheets.terms import FOOTNOTES, is_not_known, unit_of

KINDS_OF_LINE = ("heads", "unit", "note", "sum", "nothing", "title", "section", "row")
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
    answered : frozenset of int
        Numbers of the lines of which a reader has said what they are.
    """

    sheet: Sheet
    lines: list[tuple[Line, str]]
    answered: frozenset[int] = frozenset()

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
    if not isinstance(cell, str) or not cell.strip():
        return False
    if is_not_known(cell):
        return True
    try:
        return amount_of(cell) is not None
    except ValueError:
        return False


def is_period(cell: object) -> bool:
    """Whether a cell names a period: 2023, "I кв. 2023", "May"."""
    if isinstance(cell, dt.date):
        return True
    if isinstance(cell, int | float):
        return cell in LIKELY_YEARS
    if not isinstance(cell, str) or not cell.strip() or len(cell) > LONGEST_LABEL:
        return False
    try:
        dating = dating_of(cell)
    except PeriodError:
        return False
    return dating.months is not None or dating.complete or dating.to_date


def _kind(line: Line, below: Line | None, above: Line | None) -> str:
    """What a line is by its own cells: words, periods, numbering, units, numbers."""
    cells = filled(line)
    distinct = {str(cell).strip() for cell in cells}
    if len(cells) > 0 and all(map(_is_unit, cells)):
        return "units"
    if len(distinct) == 1 and not (len(cells) == 1 and is_amount(cells[0]) and len(line) == 1):
        return "single"
    if len(cells) > 2 and _is_numbering(cells):
        return "numbering"
    amounts = [cell for cell in cells if is_amount(cell)]
    if above is None and all(isinstance(cell, str) and is_not_known(cell) for cell in amounts):
        amounts = []  # the heads may be single letters
    if amounts and _is_of_periods(line, below, above):
        return "periods"
    if amounts:
        return "numbers"
    words = [str(cell) for cell in cells]
    return "units" if len(words) > 1 and all(map(_is_unit, words[1:])) else "words"


def _is_unit(cell: object) -> bool:
    """Whether a cell names a unit and nothing else."""
    unit = unit_of(str(cell))
    return bool(unit.factor) and not unit.rest.strip(" .()")


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


def _is_of_periods(line: Line, below: Line | None, above: Line | None) -> bool:
    """Whether all numbers of a line are years that follow each other, and head columns."""
    places = [index for index, cell in enumerate(line) if is_amount(cell)]
    cells = [line[index] for index in places]
    ours = [cell for cell in cells if is_period(cell)]
    if len(ours) < len(cells) and not all(map(_is_of_another_calendar, cells)):
        return False
    if any(is_period(cell) for cell in line[: places[0]]):
        return False  # the row of a period
    if len(cells) == 1:
        return below is not None and _is_below_heads(below)
    if below is not None and _is_of_years(below, above, places[0]):
        return False
    steps = [_year_of(after) - _year_of(cell) for cell, after in itertools.pairwise(cells)]
    if len(ours) < len(cells):  # of another calendar
        return {*steps} == {1}
    repeats = len(cells) > 3  # the years again, of another measure
    return all(abs(step) <= 1 or (repeats and -30 < step < 0) for step in steps)


def _is_below_heads(line: Line) -> bool:
    """Whether a line holds words alone, behind its first cell, too."""
    words = [cell for cell in line[1:] if isinstance(cell, str) and cell.strip()]
    return bool(words) and not any(map(is_amount, line))


def _is_of_years(below: Line, above: Line | None, side: int) -> bool:
    """Whether a column holds years, as its next cell and its head say."""
    if len(below) <= side or not (is_amount(below[side]) and is_period(below[side])):
        return False
    head = above[side] if above is not None and len(above) > side else None
    return side == 0 or target_of(str(head or "")) in PERIOD_LENGTHS


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
    kinds = [
        _kind(line, _line(lines, at + 1), _line(lines, at - 1)) for at, line in enumerate(lines)
    ]
    tables: list[list[tuple[Line, str]]] = [[]]
    for at, line in enumerate(lines):
        if _begins_table(lines, kinds, at, tables[-1], answers):
            tables.append([])
        tables[-1].append((line, kinds[at]))
    known = frozenset(answers)
    settled = [SheetTable(sheet, _settled(table, answers), known) for table in tables]
    found: list[SheetTable] = []
    for table in settled:
        if not table.of_kind("row"):
            continue
        if found and _heads(table) == _heads(found[-1]) and not table.of_kind("title"):
            goes_on = [(line, "nothing" if kind == "heads" else kind) for line, kind in table.lines]
            found[-1].lines.extend(goes_on)  # it goes on below, with its heads once more
        else:
            found.append(table)
    return found


def _heads(table: SheetTable) -> list[list[str]]:
    return [[str(cell) for cell in filled(line)] for line in table.of_kind("heads")]


def _line(lines: list[Line], at: int) -> Line | None:
    return lines[at] if 0 <= at < len(lines) else None


def _begins_table(
    lines: list[Line],
    kinds: list[str],
    at: int,
    table: list[tuple[Line, str]],
    answers: Mapping[int, str],
) -> bool:
    """Whether another table begins with a line: below rows come heads again, with rows below."""
    if not any(kind == "numbers" for _, kind in table):
        return False
    if answers.get(lines[at].number) == "heads":
        return answers.get(lines[at - 1].number) != "heads"
    heads = at
    while heads < len(lines) and kinds[heads] == "single":
        heads += 1
    if heads == len(lines) or kinds[heads] not in ("words", "periods", "units"):
        return False
    if heads > at and kinds[at - 1] == "single" and not _is_apart(lines, at):
        return False  # the titles of a table are not parted
    following = heads
    while following < len(lines) and kinds[following] in ("words", "periods", "units", "numbering"):
        following += 1
    if following == len(lines) or kinds[following] not in ("numbers", "single"):
        return False
    return kinds[heads] == "periods" or _is_apart(lines, at) or _all_words(lines[heads], table)


def _is_apart(lines: list[Line], at: int) -> bool:
    """Whether a line stands below an empty one."""
    return at > 0 and lines[at].number > lines[at - 1].number + 1


def _all_words(line: Line, table: list[tuple[Line, str]]) -> bool:
    """Whether words stand where the rows above have numbers."""
    rows = [row for row, kind in table if kind == "numbers"]
    columns = [index for index, cell in enumerate(rows[-1]) if is_amount(cell)]
    cells = [line[index] if index < len(line) else None for index in columns]
    return len(columns) > 1 and all(isinstance(cell, str) and cell.strip() for cell in cells)


def _settled(lines: list[tuple[Line, str]], answers: Mapping[int, str]) -> list[tuple[Line, str]]:
    """The lines of a table with their kinds."""
    first_row = next((at for at, (_, kind) in enumerate(lines) if kind == "numbers"), len(lines))
    answered_rows = [
        at for at, (line, _) in enumerate(lines) if answers.get(line.number) in ("heads", "unit")
    ]
    if answered_rows:
        first_row = max(first_row if first_row < len(lines) else 0, answered_rows[-1] + 1)
    last_row = max(
        (at for at, (_, kind) in enumerate(lines) if kind in ("numbers", "periods")), default=-1
    )
    top = _first_head(lines, first_row)
    if answered_rows:
        top = min(top, answered_rows[0])
    found = []
    for at, (line, kind) in enumerate(lines):
        if line.number in answers:
            found.append((line, answers[line.number]))
        elif at < top:
            found.append((line, "title"))
        elif at < first_row or (kind == "numbering" and at == first_row):
            found.append((line, {"units": "unit", "numbering": "nothing"}.get(kind, "heads")))
        else:
            found.append((line, _kind_below(line, kind, at > last_row)))
    return found


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
    while top and lines[top - 1][1] in ("words", "periods", "units", "numbering", "single"):
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
    return is_inside and not is_apart and kind in ("words", "periods", "units", "single")
