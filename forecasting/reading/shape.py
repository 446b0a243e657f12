"""The shape of a sheet: which cells are numbers of a table, and which texts say what they are: the
heads above a number, the labels of its row, the titles above the table, the notes below it.

A table has two kinds of lines, rows and columns, and what holds for one holds for the other: a
line is named by its axis, `ROW` or `COLUMN`, and its number on it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from forecasting.reading.cells import CellSheet, Place, SheetCell, Sheets, cell_name, column_letter
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.printed_numbers import (
    FOOTNOTES,
    NOTHING,
    SIGNS,
    decimal_mark,
    multiplier_in,
    numbers_in,
    value_of_digits,
)
from forecasting.vocabulary.printed_periods import (
    SOLAR_MONTHS,
    YEAR_AND_DIGITS,
    YEARS,
    PeriodWords,
    languages_of,
    period_in,
)

ROW, COLUMN = 0, 1  # the axes, as a place has them
# Years that a whole number may be, by calendar, and how far each lies behind the common one
CALENDARS = {"": 0, "buddhist": -543, "minguo": 1911, "solar_hijri": 621}
YEARS_OF = {
    "": YEARS,
    "buddhist": (2540, 2590),
    "minguo": (90, 130),
    "solar_hijri": (1370, 1420),
}
YEAR_HEADS = re.compile(
    r"\b(?:years?|год\w*|jahr|ano|año|annee|an|yil|йил|жыл|rok|anno|tahun)\b|年"
)
MONTH_HEADS = re.compile(r"\b(?:months?|месяц\w*|мес|monat|mes|mois|oy|ой|ай|ay|miesiac)\b|月")
QUARTER_HEADS = re.compile(r"\b(?:quarters?|qtr|квартал\w*|кв|quartal|trimestre|chorak)\b")
# Heads that a ledger has: such a column says something else of its rows than a period
ROW_HEADS = ("published", "source", "url", "note", "quote")
NUMBER_HEADS = re.compile(r"(?:№|#|no\.?|n|nr\.?|rank|п/п|№ п/п|место)", re.IGNORECASE)
HEAD_ROWS = 6  # cells at the top of a column among which its head is looked for
SHORTEST_RUN = 4  # months 1, 2, 3, ... that head columns, or label rows without a head
LONGEST_NAME = 60  # characters of a head in a message
_LIKE_NUMBER = re.compile(r"[(\[]?[+−–~≈<>≥≤=-]?\s?[$€£]?\s?\d")
REVISED = r" ?\(?[pr]\)?"  # a mark of provisional or revised figures
_CURRENCY = re.compile(r"[$€£¥₽₸]\s?|\s?[$€£¥₽₸]$")


@dataclass(frozen=True)
class TableNumber:
    """A number of a table, with the texts that say what it is.

    Parameters
    ----------
    place : (int, int)
        Row and column.
    value : float
        As printed, with a multiplier that its cell prints.
    scale : float
        That multiplier; 1 without one.
    half_digit : float
        Half a unit of the last printed digit.
    text : str
        As it stands there.
    percent : bool
        Whether the cell says percent.
    relation : str
        How it stands to the value.
    form : str
        The format of its cell, or the text beside its digits.
    is_open : bool
        Whether its mark may be of thousands or of decimals.
    heads : tuple of str
        The texts above it, from the top.
    labels : dict of int to str
        The texts of its row, by column.
    titles : tuple of str
        The texts above the table, the nearest first, the title of the sheet last.
    section : str
        The text that stands above it between rows of numbers.
    """

    place: Place
    value: float
    scale: float
    half_digit: float
    text: str
    percent: bool = False
    relation: str = "equals"
    form: str = ""
    is_open: bool = False
    heads: tuple[str, ...] = ()
    labels: dict[int, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    section: str = ""

    @property
    def name(self) -> str:
        """The name of its cell."""
        return cell_name(self.place)

    @property
    def near_texts(self) -> tuple[str, ...]:
        """Its format, its heads and its labels, the nearest first."""
        texts = [self.form, *reversed(self.heads), *self.labels.values()]
        return tuple(filter(None, texts))

    def texts(self, axis: int) -> tuple[str, ...]:
        """The texts of its row or of its column."""
        return self.heads if axis == COLUMN else tuple(self.labels.values())


@dataclass(frozen=True)
class Forms:
    """How the numbers and years of a file are written.

    Parameters
    ----------
    decimal : str
        The decimal mark; empty where the file leaves it open.
    calendar : str
        Of its years.
    languages : frozenset of str
        Of the names of its months.
    years_begin_elsewhere : bool
        Whether 2010-11 is a year that begins in 2010, as a person has said.
    """

    decimal: str = ""
    calendar: str = ""
    languages: frozenset[str] = frozenset()
    years_begin_elsewhere: bool = False

    def period_in(self, text: str) -> PeriodWords:
        """What a text says of a period, in the calendar of the file."""
        if self.years_begin_elsewhere and YEAR_AND_DIGITS.fullmatch(text):
            text = text.replace("-", "/")
        if self.calendar:
            low, high = YEARS_OF[self.calendar]
            shift = CALENDARS[self.calendar]
            if self.calendar == "solar_hijri":
                text = _with_solar_months(text)
            text = re.sub(
                r"(?<!\d)\d{2,4}(?!\d)",
                lambda match: (
                    str(int(match[0]) + shift) if low <= int(match[0]) <= high else match[0]
                ),
                text,
            )
        return period_in(text, self.languages)

    def is_period(self, text: str) -> bool:
        """Whether a text is nothing but a period."""
        words = self.period_in(text)
        return words.says and not words.rest

    def names_period(self, texts: Iterable[str]) -> bool:
        """Whether one of some texts names a period."""
        return any(self.period_in(text).says for text in texts)


def _with_solar_months(text: str) -> str:
    """A text whose months of the Solar Hijri calendar are numbers."""
    words = folded(text)
    for name, number in SOLAR_MONTHS.items():
        words = re.sub(rf"(?<!\w){folded(name)}(?!\w)", f"{number}月 ", words)
    return words


@dataclass(frozen=True, eq=False)
class Shape:
    """A sheet whose numbers and texts are told apart.

    Parameters
    ----------
    sheet : CellSheet
        Its cells.
    forms : Forms
        How its numbers are written.
    numbers : dict of (int, int) to TableNumber
        Those of the table, by place; years and months that label it are none of them.
    unread : dict of (int, int) to str
        Cells that look like numbers and are none.
    period_columns : frozenset of int
        Columns of years, months and dates.
    head_rows : frozenset of int
        Rows of heads.
    notes : tuple of str
        Texts below the table.
    row_heads : dict of int to str
        Columns that are headed as a ledger's: what they say of their rows.
    """

    sheet: CellSheet
    forms: Forms
    numbers: dict[Place, TableNumber]
    unread: dict[Place, str] = field(default_factory=dict)
    period_columns: frozenset[int] = frozenset()
    head_rows: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    row_heads: dict[int, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Of its sheet."""
        return self.sheet.title

    @cached_property
    def _by_line(self) -> tuple[dict[int, list[TableNumber]], dict[int, list[TableNumber]]]:
        rows: dict[int, list[TableNumber]] = {}
        columns: dict[int, list[TableNumber]] = {}
        for place, number in sorted(self.numbers.items()):
            rows.setdefault(place[ROW], []).append(number)
            columns.setdefault(place[COLUMN], []).append(number)
        return rows, dict(sorted(columns.items()))

    def lines(self, axis: int) -> list[int]:
        """The rows, or the columns, that hold numbers."""
        return [*self._by_line[axis]]

    def numbers_of(self, axis: int, line: int) -> list[TableNumber]:
        """The numbers of a row or a column."""
        return self._by_line[axis].get(line, [])

    def texts(self, axis: int, line: int) -> tuple[str, ...]:
        """The labels of a row, or the heads of a column."""
        numbers = self.numbers_of(axis, line)
        return numbers[0].texts(axis) if numbers else ()

    def text(self, axis: int, line: int) -> str:
        """The labels of a row, or the heads of a column, as one text."""
        return " / ".join(self.texts(axis, line))

    def name(self, axis: int, line: int) -> str:
        """A row or a column as messages name it."""
        text = self.text(axis, line)[:LONGEST_NAME]
        name = f"column {column_letter(line)}" if axis == COLUMN else f"row {line}"
        return f"{name} {text!r}" if text else name

    def cell(self, place: Place) -> str:
        """A cell as messages name it, with the title of its sheet."""
        return f"{self.title}!{cell_name(place)}" if self.title else cell_name(place)

    @cached_property
    def label_columns(self) -> dict[int, str]:
        """The columns with words in rows of numbers, each with its head."""
        rows = {row for row, _ in self.numbers}
        columns = {
            column
            for row, column in self.sheet.cells
            if row in rows and (row, column) not in self.numbers
        }
        return {column: self._head_of_labels(column) for column in sorted(columns)}

    def _head_of_labels(self, column: int) -> str:
        for row in sorted(self.head_rows, reverse=True):
            if cell := self.sheet.cells.get((row, column)):
                return cell.text
        return ""

    @property
    def is_table(self) -> bool:
        """Whether its numbers have heads, or one of them a period."""
        texts = (
            text
            for number in self.numbers.values()
            for text in (*number.labels.values(), *number.titles)
        )
        return bool(self.head_rows or self.period_columns) or self.forms.names_period(texts)

    @cached_property
    def period_heads(self) -> tuple[str, ...]:
        """The different heads of the columns of periods."""
        heads = map(self._head_of_labels, sorted(self.period_columns))
        return tuple(dict.fromkeys(heads))

    def label(self, row: int, column: int) -> str:
        """The text of a column that holds for a row: its own, or the one above it where it is
        blank, as of a year that stands beside its first month alone.
        """
        return self._labels_down.get((row, column), "")

    @cached_property
    def _labels_down(self) -> dict[Place, str]:
        """The text of each column that holds for each row with numbers."""
        text_of: dict[int, str] = {}
        labels: dict[Place, str] = {}
        rows = {row for row, _ in self.numbers}
        for row, cells in self.sheet.rows().items():
            if row in self.head_rows:
                text_of = {}
                continue
            text_of |= {
                column: cell.text
                for column, cell in cells.items()
                if (row, column) not in self.numbers
            }
            if row in rows:
                labels |= {(row, column): text for column, text in text_of.items()}
        return labels

    def row_cells(self, row: int) -> dict[str, str]:
        """What the columns that are headed as a ledger's say of a row."""
        return {
            name: self.sheet.cells[row, column].text
            for column, name in self.row_heads.items()
            if (row, column) in self.sheet.cells
        }


@lru_cache(maxsize=16)
def shapes_of(sheets: Sheets, decimal: str = "", calendar: str = "") -> tuple[Shape, ...]:
    """The shape of each sheet that holds numbers.

    Parameters
    ----------
    sheets : Sheets
        A file as cells.
    decimal, calendar : str
        As a person says them; empty where the file tells.
    """
    texts = [
        cell.text
        for sheet in sheets.sheets
        for cell in sheet.cells.values()
        if cell.number is None and cell.day is None
    ]
    words = [text for text in texts if len(text) < 40]
    forms = Forms(
        decimal or decimal_mark(texts, sheets.separator),
        calendar,
        languages_of(words),
    )
    shapes = [shape_of(sheet, forms) for sheet in sheets.sheets]
    shapes = [shape for shape in shapes if shape.numbers]
    # A sheet of notes may hold a number, too: the version of the file
    return tuple([shape for shape in shapes if shape.is_table] or shapes)


def shape_of(sheet: CellSheet, forms: Forms) -> Shape:
    """The shape of a sheet.

    Parameters
    ----------
    sheet : CellSheet
        Its cells.
    forms : Forms
        How its numbers are written.
    """
    row_heads = {
        column: folded(cell.text)
        for (_, column), cell in sheet.cells.items()
        if folded(cell.text) in ROW_HEADS
    }
    other_columns = {*row_heads, *_column_of_row_numbers(sheet)}
    cells = {
        place: cell
        for place, cell in sorted(sheet.cells.items())
        if place[COLUMN] not in other_columns and not (cell.repeated and cell.number is not None)
    }
    numbers = _all_numbers(cells, forms)
    period_columns = _period_columns(sheet, numbers, forms)
    numbers = _without_lines(numbers, COLUMN, period_columns)
    numbers = _without_lines(numbers, ROW, {*_period_rows(sheet, numbers, forms)})
    unread = _unread(cells, numbers, forms)
    texts_by_row, notes = _texts_above(sheet, numbers, unread)
    return Shape(
        sheet,
        forms,
        _with_texts(sheet, numbers, texts_by_row, period_columns, other_columns),
        {place: text for place, text in unread.items() if texts_by_row[place[ROW]].head_rows},
        frozenset(period_columns),
        frozenset(row for texts in texts_by_row.values() for row in texts.head_rows),
        notes,
        row_heads,
    )


# Numbers


def _all_numbers(cells: Mapping[Place, SheetCell], forms: Forms) -> dict[Place, TableNumber]:
    """The numbers among cells, years and months that label others among them."""
    numbers = {place: _number_of(place, cell, forms) for place, cell in cells.items()}
    return {place: number for place, number in numbers.items() if number}


def _without_lines(
    numbers: Mapping[Place, TableNumber], axis: int, lines: Collection[int]
) -> dict[Place, TableNumber]:
    return {place: number for place, number in numbers.items() if place[axis] not in lines}


def _unread(
    cells: Mapping[Place, SheetCell], numbers: Mapping[Place, TableNumber], forms: Forms
) -> dict[Place, str]:
    """The texts in columns of numbers that begin as numbers and are none."""
    columns = {column for _, column in numbers}
    return {
        place: cell.text
        for place, cell in cells.items()
        if place[COLUMN] in columns and place not in numbers and _looks_like_number(cell, forms)
    }


def _number_of(place: Place, cell: SheetCell, forms: Forms) -> TableNumber | None:
    """The number of a cell; None of a text, and of a date."""
    if cell.number is not None:
        decimals = len(repr(cell.number).partition(".")[2]) if cell.number % 1 else 0
        unit = cell.text.partition(" ")[2]
        scale = multiplier_in(unit)
        return TableNumber(
            place, cell.number * scale, scale, 0.5 * 10.0**-decimals * scale, cell.text,
            "%" in unit, form=unit or cell.form,
        )  # fmt: skip
    if cell.day is not None or cell.text.lower() in NOTHING:
        return None
    return _number_of_text(place, cell.text, forms)


def _number_of_text(place: Place, text: str, forms: Forms) -> TableNumber | None:
    digits = re.sub(rf"(?<=[\d%]){FOOTNOTES}$|(?<=\d) {FOOTNOTES}$", "", text)
    digits = re.sub(rf"(?<=\d){REVISED}$", "", digits)
    relation = "equals"
    if text[0] in SIGNS and text[0] not in "=±":
        relation = SIGNS[text[0]]
        digits = digits[1:].strip()
    currency = _CURRENCY.search(digits)
    if currency:
        digits = digits.replace(currency[0], "")
    numbers = numbers_in(digits, forms.decimal)
    if len(numbers) != 1 or (numbers[0].start, numbers[0].end) != (0, len(digits)):
        return None
    (number,) = numbers
    if number.times:
        return None
    marks = re.sub(r"[^\d.,' ]", "", digits).strip()
    is_open = not forms.decimal and value_of_digits(marks) is None
    return TableNumber(
        place, number.value, number.scale, number.half_digit, text, number.percent, relation,
        currency[0] if currency else "", is_open,
    )  # fmt: skip


def _looks_like_number(cell: SheetCell, forms: Forms) -> bool:
    """Whether a text that is no number begins as one, and is no period."""
    is_text = cell.number is None and cell.day is None
    return is_text and bool(_LIKE_NUMBER.match(cell.text)) and not forms.is_period(cell.text)


def _column_of_row_numbers(sheet: CellSheet) -> set[int]:
    """The first column, where it counts the rows from 1 on below a head that says so."""
    first = min((column for _, column in sheet.cells), default=0)
    texts = [cell.text for (_, column), cell in sorted(sheet.cells.items()) if column == first]
    heads = [at for at, text in enumerate(texts) if NUMBER_HEADS.fullmatch(text)]
    numbers = [text for text in texts[heads[0] :] if text.isdigit()] if heads else []
    counted = [str(number) for number in range(1, len(numbers) + 1)]
    return {first} if numbers and numbers == counted else set()


# Columns and rows that name periods


def _whole_numbers(numbers: Iterable[TableNumber]) -> list[int]:
    """Numbers that may be years or months, whole and without marks; empty where one of them is
    not.
    """
    marks = rf" ?(?:{FOOTNOTES})?(?:{REVISED})?"
    matches = [re.fullmatch(rf"(\d{{1,4}}){marks}", number.text) for number in numbers]
    whole = [int(match[1]) for match in matches if match]
    return whole if len(whole) == len(matches) else []


def _are_years(values: Sequence[int], calendar: str) -> bool:
    """Whether all numbers are years, of the common calendar or of one that a person has said."""
    ranges = (YEARS_OF[name] for name in ("", calendar))
    return any(all(low <= value <= high for value in values) for low, high in ranges)


def _part_of_year(values: Sequence[int], head: str, is_leftmost: bool) -> str:
    """What numbers count by their head, or as they run from 1 on: months or quarters; empty where
    they are neither.
    """
    if not all(1 <= value <= 12 for value in values):
        return ""
    if MONTH_HEADS.search(head):
        return "month"
    if QUARTER_HEADS.search(head) and max(values) <= 4:
        return "quarter"
    runs = sorted({*values}) == [*range(1, max(values) + 1)]
    return "month" if is_leftmost and runs and max(values) > SHORTEST_RUN else ""


def _period_columns(
    sheet: CellSheet, numbers: Mapping[Place, TableNumber], forms: Forms
) -> dict[int, str]:
    """The columns of years, months, quarters and dates, each with what its numbers count, if they
    are parts of a year.
    """
    columns: dict[int, str] = {}
    has_years = False
    for column, cells in sheet.columns().items():
        of_column = [numbers[row, column] for row in cells if (row, column) in numbers]
        values = _whole_numbers(of_column)
        is_leftmost = not any(
            number_column < column and number_column not in columns for _, number_column in numbers
        )
        head = _head_of_column(cells)
        part = ""
        if values and _are_years(values, forms.calendar):
            is_period = YEAR_HEADS.search(head) is not None or (is_leftmost and not has_years)
            has_years = has_years or is_period
        elif values:
            part = _part_of_year(values, head, is_leftmost) if has_years else ""
            is_period = bool(part)
        elif of_column:
            is_period = is_leftmost and all(forms.is_period(number.text) for number in of_column)
        else:
            is_period = _are_periods(cells, forms)
        if is_period:
            columns[column] = part
    return columns


def _head_of_column(cells: Mapping[int, SheetCell]) -> str:
    """The texts at the top of a column, folded."""
    top = [cell.text for cell in [*cells.values()][:HEAD_ROWS] if cell.number is None]
    return folded(" ".join(top))


def _are_periods(cells: Mapping[int, SheetCell], forms: Forms) -> bool:
    """Whether most cells of a column of words are periods or dates."""
    periods = [cell for cell in cells.values() if cell.day or forms.is_period(cell.text)]
    return len(periods) >= max(1, len(cells) // 2)


def _period_rows(
    sheet: CellSheet, numbers: Mapping[Place, TableNumber], forms: Forms
) -> Iterator[int]:
    """The rows whose numbers are years, or months from the first on, above other numbers."""
    by_row: dict[int, list[TableNumber]] = {}
    for place, number in sorted(numbers.items()):
        by_row.setdefault(place[ROW], []).append(number)
    previous_row = -1
    follows_numbers = False
    last_row = max(by_row, default=0)
    for row, of_row in by_row.items():
        values = _whole_numbers(of_row)
        is_top = previous_row != row - 1
        is_head = False
        if values and row < last_row and not _has_period_label(sheet, row, forms):
            is_head = _head_columns(values, forms.calendar, is_top, follows_numbers)
        if is_head:
            yield row
        follows_numbers = not is_head
        previous_row = row


def _has_period_label(sheet: CellSheet, row: int, forms: Forms) -> bool:
    """Whether a row begins with a text that is a period, so that its numbers are none."""
    cell = next(iter(sheet.rows()[row].values()))
    return cell.number is None and not cell.text.isdecimal() and forms.is_period(cell.text)


def _head_columns(
    values: Sequence[int], calendar: str, is_top: bool, follows_numbers: bool
) -> bool:
    """Whether the numbers of a row are years, or months from the first on, that head columns."""
    distinct = [*dict.fromkeys(values)]
    if _are_years(values, calendar):
        is_ordered = distinct in (sorted(distinct), sorted(distinct, reverse=True))
        stands_apart = is_top and not follows_numbers
        return is_ordered and (len(distinct) > 1 or stands_apart)
    return is_top and len(values) >= SHORTEST_RUN and values == [*range(1, len(values) + 1)]


# Heads, labels, titles, notes


@dataclass(frozen=True)
class _Above:
    """What stands above a row with numbers."""

    head_rows: tuple[int, ...]
    titles: tuple[str, ...]
    section: str


def _texts_above(
    sheet: CellSheet, numbers: Collection[Place], unread: Collection[Place]
) -> tuple[dict[int, _Above], tuple[str, ...]]:
    """What stands above each row with numbers, and the texts below all."""
    number_rows = {row for row, _ in (*numbers, *unread)}
    columns = {column for _, column in numbers}
    texts_by_row: dict[int, _Above] = {}
    heads: list[int] = []
    titles: list[str] = []
    sections: list[str] = []
    texts_between: list[str] = []
    is_below_numbers = False
    for row, cells in sheet.rows().items():
        texts = [*dict.fromkeys(cell.text for cell in cells.values())]
        if row in number_rows:
            titles_of_row = (*reversed(sections), *reversed(titles))
            texts_by_row[row] = _Above(tuple(heads), titles_of_row, "".join(sections[-1:]))
            is_below_numbers = True
            texts_between = []
        elif row < max(number_rows, default=0) and _are_heads(cells, columns):
            if is_below_numbers:  # another table begins, and what stood between is its title
                heads, titles, sections, is_below_numbers = [], texts_between, [], False
            heads.append(row)
            texts_between = []
        elif is_below_numbers:
            texts_between = [*texts_between, *texts]
            sections = texts
        else:
            titles += texts
    return texts_by_row, tuple(texts_between)


def _are_heads(cells: dict[int, SheetCell], columns: set[int]) -> bool:
    """Whether the texts of a row are heads: those of several columns, or one that does not stand
    at the left, at least one of them above numbers.
    """
    above_numbers = [
        column
        for column, cell in cells.items()
        if column in columns and cell.text.lower() not in NOTHING and _may_be_head(cell.text)
    ]
    distinct = {cell.text for cell in cells.values()}
    is_to_the_right = len(cells) == 1 and min(cells) > 1
    return bool(above_numbers) and (len(distinct) > 1 or is_to_the_right)


def _may_be_head(text: str) -> bool:
    """Whether a text is no damaged number: words, or digits with a year among them."""
    return not _LIKE_NUMBER.match(text) or re.search(r"\d{4}", text) is not None


def _heads(
    sheet: CellSheet, head_rows: tuple[int, ...], column: int, leftmost: int
) -> tuple[str, ...]:
    """The texts above a number, from the top; one that stands over several columns is that of
    each, but for the lowest line of heads.
    """
    texts: dict[str, None] = {}
    for row in head_rows:
        cell = sheet.cells.get((row, column))
        if cell is None and row != head_rows[-1]:
            cells_to_the_left = (
                sheet.cells.get((row, at)) for at in range(column - 1, leftmost - 1, -1)
            )
            cell = next(filter(None, cells_to_the_left), None)
        if cell is not None:
            texts[cell.text] = None
    return tuple(texts)


def _with_texts(
    sheet: CellSheet,
    numbers: Mapping[Place, TableNumber],
    texts_by_row: Mapping[int, _Above],
    period_columns: Mapping[int, str],
    other_columns: Collection[int],
) -> dict[Place, TableNumber]:
    """Numbers with the texts that say what they are."""
    leftmost = min((column for _, column in numbers), default=0)
    labels_by_row = {
        row: _labels(sheet.rows()[row], row, numbers, period_columns, other_columns)
        for row in {row for row, _ in numbers}
    }
    labelled = {}
    for place, number in numbers.items():
        row, column = place
        of_row = texts_by_row[row]
        labelled[place] = replace(
            number,
            heads=_heads(sheet, of_row.head_rows, column, leftmost),
            labels=labels_by_row[row],
            titles=tuple(filter(None, (*of_row.titles, sheet.title))),
            section=of_row.section,
        )
    return labelled


def _labels(
    cells: Mapping[int, SheetCell],
    row: int,
    numbers: Collection[Place],
    period_columns: Mapping[int, str],
    other_columns: Collection[int],
) -> dict[int, str]:
    """The texts of a row by column, wherever they stand."""
    labels = {}
    for column, cell in cells.items():
        if (row, column) in numbers or column in other_columns:
            continue
        part = period_columns.get(column)
        is_part = part and cell.text[:1].isdigit()  # not the word of a sum below the months
        labels[column] = f"{part} {cell.text}" if is_part else cell.text
    return labels
