"""The shape of a sheet: which cells are numbers of the table, which rows and columns name their
periods, and which texts stand above, between and below.

A number stands in a row and below heads. What its row, its column and the titles say is looked up
here; what it means is for the stages behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

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
    PeriodWords,
    languages_of,
    period_in,
)

# Years that a whole number may be, by calendar, and how far each lies behind the common one
CALENDARS = {"": 0, "buddhist": -543, "minguo": 1911, "solar_hijri": 621}
YEARS_OF = {
    "": (1950, 2060),
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
_LIKE_NUMBER = re.compile(r"[(\[]?[+−–~≈<>≥≤=-]?\s?[$€£]?\s?\d")


@dataclass(frozen=True)
class CellNumber:
    """A number of a table.

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

    @property
    def name(self) -> str:
        """The name of its cell."""
        return cell_name(self.place)


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
    """

    decimal: str = ""
    calendar: str = ""
    languages: frozenset[str] = frozenset()

    def period_in(self, text: str) -> PeriodWords:
        """What a text says of a period, in the calendar of the file."""
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


def _with_solar_months(text: str) -> str:
    """A text whose months of the Solar Hijri calendar are numbers."""
    words = folded(text)
    for name, number in SOLAR_MONTHS.items():
        words = re.sub(rf"(?<!\w){folded(name)}(?!\w)", f"{number}月 ", words)
    return words


@dataclass(frozen=True)
class Shape:
    """A sheet whose numbers and labels are told apart.

    Parameters
    ----------
    sheet : CellSheet
        Its cells.
    forms : Forms
        How its numbers are written.
    numbers : dict of (int, int) to CellNumber
        Those of the table, by place; years and months that label it are none of them.
    unread : dict of (int, int) to str
        Cells that look like numbers and are none.
    head_rows : dict of int to tuple of int
        Of each row with numbers, the rows of its heads, from the top.
    titles : dict of int to tuple of str
        Of each row with numbers, the texts above, the nearest first.
    period_columns : frozenset of int
        Columns of years, months and dates.
    texts_below : tuple of str
        Below the table.
    row_heads : dict of int to str
        Columns that are headed as a ledger's: what they say of their rows.
    """

    sheet: CellSheet
    forms: Forms
    numbers: dict[Place, CellNumber]
    unread: dict[Place, str] = field(default_factory=dict)
    head_rows: dict[int, tuple[int, ...]] = field(default_factory=dict)
    titles: dict[int, tuple[str, ...]] = field(default_factory=dict)
    sections: dict[int, tuple[str, ...]] = field(default_factory=dict)
    period_columns: frozenset[int] = frozenset()
    texts_below: tuple[str, ...] = ()
    row_heads: dict[int, str] = field(default_factory=dict)

    @cached_property
    def columns(self) -> list[int]:
        """The columns with numbers."""
        return sorted({column for _, column in self.numbers})

    @cached_property
    def rows(self) -> list[int]:
        """The rows with numbers."""
        return sorted({row for row, _ in self.numbers})

    def heads(self, place: Place) -> list[str]:
        """The texts above a number, from the top; one that stands over several columns is that of
        each, but for the lowest line of heads.
        """
        row, column = place
        head_rows = self.head_rows.get(row, ())
        texts: list[str] = []
        for head_row in head_rows:
            cell = self.sheet.cells.get((head_row, column))
            if cell is None and head_row != head_rows[-1]:
                cell = self._cell_to_the_left(head_row, column)
            if cell is not None and cell.text not in texts:
                texts.append(cell.text)
        return texts

    def _cell_to_the_left(self, row: int, column: int) -> SheetCell | None:
        first = self.columns[0] if self.columns else 1
        for left in range(column - 1, first - 1, -1):
            if cell := self.sheet.cells.get((row, left)):
                return cell
        return None

    @cached_property
    def _cells_of_row(self) -> dict[int, dict[int, SheetCell]]:
        rows: dict[int, dict[int, SheetCell]] = {}
        for (row, column), cell in sorted(self.sheet.cells.items()):
            rows.setdefault(row, {})[column] = cell
        return rows

    def labels(self, row: int) -> dict[int, str]:
        """The texts of a row by column: those before its first number, and periods anywhere."""
        cells = self._cells_of_row.get(row, {})
        first = min((column for column in cells if (row, column) in self.numbers), default=1 << 30)
        return {
            column: cell.text
            for column, cell in cells.items()
            if (row, column) not in self.numbers
            and column not in self.row_heads
            and (column < first or column in self.period_columns)
        }

    def row_cells(self, row: int) -> dict[str, str]:
        """What the columns that are headed as a ledger's say of a row."""
        cells = self._cells_of_row.get(row, {})
        return {name: cells[column].text for column, name in self.row_heads.items()
                if column in cells}  # fmt: skip

    def label_in(self, row: int, column: int) -> str:
        """The text of a column that holds for a row: its own, or the one above it where it is
        blank, as of a year that stands beside its first month alone.
        """
        return self._labels_down.get((row, column), "")

    @cached_property
    def _labels_down(self) -> dict[Place, str]:
        """The text of each column that holds for each row with numbers."""
        heads = {row for rows in self.head_rows.values() for row in rows}
        last: dict[int, str] = {}
        labels: dict[Place, str] = {}
        for row, cells in sorted(self._cells_of_row.items()):
            if row in heads:
                last = {}
                continue
            for column, cell in cells.items():
                if (row, column) not in self.numbers:
                    last[column] = cell.text
            if row in self.head_rows:
                labels |= {(row, column): text for column, text in last.items()}
        return labels

    def head_text(self, column: int) -> str:
        """The heads of a column as one text."""
        rows = [row for row in self.rows if (row, column) in self.numbers]
        return " / ".join(self.heads((rows[0], column))) if rows else self._head_of_label(column)

    def _head_of_label(self, column: int) -> str:
        for rows in self.head_rows.values():
            for row in reversed(rows):
                if cell := self.sheet.cells.get((row, column)):
                    return cell.text
        return ""

    def row_text(self, row: int) -> str:
        """The labels of a row as one text."""
        return " / ".join(self.labels(row).values())

    def name_of_column(self, column: int) -> str:
        """A column as messages name it."""
        head = self.head_text(column)
        return f"column {column_letter(column)}" + (f" {head[:60]!r}" if head else "")

    def name_of_row(self, row: int) -> str:
        """A row as messages name it."""
        label = self.row_text(row)
        return f"row {row}" + (f" {label[:60]!r}" if label else "")


def shapes_of(sheets: Sheets, decimal: str = "", calendar: str = "") -> list[Shape]:
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
    forms = Forms(decimal or decimal_mark(texts, sheets.separator), calendar, languages_of(words))
    shapes = (_shape(sheet, forms) for sheet in sheets.sheets)
    return [shape for shape in shapes if shape.numbers]


def _shape(sheet: CellSheet, forms: Forms) -> Shape:
    numbers: dict[Place, CellNumber] = {}
    unread: dict[Place, str] = {}
    row_heads = {
        column: folded(cell.text)
        for (_, column), cell in sheet.cells.items()
        if folded(cell.text) in ROW_HEADS
    }
    for place, cell in sorted(sheet.cells.items()):
        if (cell.repeated and cell.number is not None) or place[1] in row_heads:
            continue
        if number := _number_of(place, cell, forms):
            numbers[place] = number
        elif cell.number is None and cell.day is None and _LIKE_NUMBER.match(cell.text):
            unread[place] = cell.text
    period_columns = _period_columns(sheet, numbers, forms) - row_heads.keys()
    numbers = {place: number for place, number in numbers.items() if place[1] not in period_columns}
    for row in _rows_of_periods(sheet, numbers, forms):
        numbers = {place: number for place, number in numbers.items() if place[0] != row}
    shape = _with_texts(sheet, forms, numbers, unread, period_columns)
    return replace(shape, row_heads=row_heads)


def _number_of(place: Place, cell: SheetCell, forms: Forms) -> CellNumber | None:
    """The number of a cell; None of a text, and of a date."""
    if cell.number is not None:
        decimals = len(repr(cell.number).partition(".")[2]) if cell.number % 1 else 0
        unit = cell.text.partition(" ")[2]
        scale = multiplier_in(unit)
        return CellNumber(
            place, cell.number * scale, scale, 0.5 * 10.0**-decimals * scale, cell.text,
            "%" in unit, form=unit or cell.form,
        )  # fmt: skip
    if cell.day is not None or cell.text.lower() in NOTHING:
        return None
    text = re.sub(rf"(?<=[\d%]){FOOTNOTES}$|(?<=\d) {FOOTNOTES}$", "", cell.text)
    relation = SIGNS.get(text[:1], "equals") if text[:1] not in "=±" else "equals"
    digits = text[1:].strip() if relation != "equals" else text
    money = re.match(r"[$€£¥₽₸]\s?", digits) or re.search(r"\s?[$€£¥₽₸]$", digits)
    if money:
        digits = digits.replace(money[0], "")
    found = numbers_in(digits, forms.decimal)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(digits)) or found[0].times:
        return None
    number = found[0]
    marks = re.sub(r"[^\d.,' ]", "", digits).strip()
    is_open = not forms.decimal and value_of_digits(marks) is None
    return CellNumber(
        place, number.value, number.scale, number.half_digit, cell.text, number.percent, relation,
        money[0] if money else "", is_open,
    )  # fmt: skip


def _whole(number: CellNumber | None) -> int | None:
    """A number that may be a year or a month: whole, written without marks."""
    match = number and re.fullmatch(rf"(\d{{1,4}}) ?(?:{FOOTNOTES})?", number.text)
    return int(match[1]) if match else None


def _calendar_of(values: Iterable[int], calendar: str) -> str | None:
    """The calendar of which all numbers are years; None where they are none."""
    years = [*values]
    for name, (low, high) in YEARS_OF.items():
        if name not in ("", calendar) and calendar:
            continue
        if years and all(low <= value <= high for value in years):
            if name and not calendar and [*dict.fromkeys(years)] != _sequence(years):
                continue
            return name
    return None


def _sequence(years: list[int]) -> list[int]:
    """Years from the first to the last, one by one, as they would stand in a table."""
    ends = [*dict.fromkeys(years)]
    step = 1 if ends[-1] >= ends[0] else -1
    sequence = [*range(ends[0], ends[-1] + step, step)]
    return sequence if len(sequence) > 1 else []


def _period_columns(
    sheet: CellSheet, numbers: dict[Place, CellNumber], forms: Forms
) -> frozenset[int]:
    """The columns of years, months, quarters and dates."""
    found: set[int] = set()
    columns = sorted({column for _, column in sheet.cells})
    has_years = False
    for column in columns:
        cells = [(row, cell) for (row, at), cell in sheet.cells.items() if at == column]
        whole = [_whole(numbers.get((row, column))) for row, _ in cells]
        values = [value for value in whole if value is not None]
        others = [cell.text for (row, cell), value in zip(cells, whole, strict=True)
                  if value is None and (row, column) in numbers]  # fmt: skip
        head = " ".join(folded(cell.text) for (_, cell) in sorted(cells)[:6] if cell.number is None)
        texts = [cell for _, cell in cells if cell.day or _is_period(cell.text, forms)]
        if values and not others:
            is_first = not any(at < column for _, at in numbers if at not in found)
            is_year = _calendar_of(values, forms.calendar) is not None and (
                is_first or YEAR_HEADS.search(head)
            )
            if is_year and not (has_years and is_first and not YEAR_HEADS.search(head)):
                found.add(column)
                has_years = True
                continue
            if has_years and all(1 <= value <= 12 for value in values):
                if MONTH_HEADS.search(head) or (max(values) <= 4 and QUARTER_HEADS.search(head)):
                    found.add(column)
                    continue
                if (
                    is_first
                    and max(values) > 4
                    and len(values) > 4
                    and sorted({*values}) == [*range(1, max(values) + 1)]
                ):
                    found.add(column)
                    continue
        if len(texts) >= max(1, len(cells) // 2) and not values:
            found.add(column)
    return frozenset(found)


def _is_period(text: str, forms: Forms) -> bool:
    """Whether a text is nothing but a period."""
    words = forms.period_in(text)
    return words.says and not words.rest


def _rows_of_periods(
    sheet: CellSheet, numbers: dict[Place, CellNumber], forms: Forms
) -> Iterator[int]:
    """The rows whose numbers are years, or months from the first on, above other numbers."""
    rows: dict[int, list[int | None]] = {}
    for (row, _), number in sorted(numbers.items()):
        rows.setdefault(row, []).append(_whole(number))
    previous_has_numbers = False
    cells_of_row = _by_row(sheet)
    last_row = max(rows, default=0)
    for row, values in sorted(rows.items()):
        whole = [value for value in values if value is not None]
        above_is_blank = row - 1 not in rows
        is_heads = False
        if len(whole) == len(values):
            distinct = [*dict.fromkeys(whole)]
            calendar = _calendar_of(whole, forms.calendar)
            is_ordered = distinct in (sorted(distinct), sorted(distinct, reverse=True))
            texts = [c.text for c in cells_of_row[row].values() if c.number is None]
            if any(_is_period(text, forms) and not text.isdecimal() for text in texts):
                is_ordered = False  # its label says the period
            if calendar is not None and is_ordered and row < last_row:
                is_heads = len(distinct) > 1 or (above_is_blank and not previous_has_numbers)
            elif len(whole) > 1 and whole == [*range(1, len(whole) + 1)]:
                labels = [c.text for c in cells_of_row[row].values()]
                is_alone = sum(len(text) > 1 for text in labels) == 0 and len(labels) > 2
                is_months = len(whole) > 3
                is_heads = above_is_blank and row < last_row
                is_heads = is_heads and (is_alone or is_months)
        if is_heads:
            yield row
        previous_has_numbers = not is_heads


def _with_texts(
    sheet: CellSheet,
    forms: Forms,
    numbers: dict[Place, CellNumber],
    unread: dict[Place, str],
    period_columns: frozenset[int],
) -> Shape:
    """The heads, titles and sections of each row with numbers, and the notes below."""
    number_columns = {column for _, column in numbers}
    unread = {
        place: text
        for place, text in unread.items()
        if place[1] in number_columns and not _is_period(text, forms)
    }
    number_rows = {row for row, _ in (*numbers, *unread)}
    heads: list[int] = []
    titles: list[str] = []
    sections: list[str] = []
    head_rows: dict[int, tuple[int, ...]] = {}
    titles_of: dict[int, tuple[str, ...]] = {}
    sections_of: dict[int, tuple[str, ...]] = {}
    loose: list[str] = []
    seen_numbers = False
    for row, cells in sorted(_by_row(sheet).items()):
        texts = [cell.text for cell in cells.values()]
        if row in number_rows:
            head_rows[row] = tuple(heads)
            titles_of[row] = (*reversed(sections), *reversed(titles))
            sections_of[row] = tuple(reversed(sections))
            seen_numbers = True
            loose = []
        elif _is_head(cells, number_columns, number_rows, row):
            if seen_numbers:
                heads, titles, sections, seen_numbers = [], [*loose], [], False
            heads.append(row)
            loose = []
        elif seen_numbers:
            loose += [*dict.fromkeys(texts)]
            sections = [*dict.fromkeys(texts)]
        else:
            titles += [*dict.fromkeys(texts)]
    title = (sheet.title,) if sheet.title else ()
    return Shape(
        sheet,
        forms,
        numbers,
        {place: text for place, text in unread.items() if head_rows.get(place[0])},
        head_rows,
        {row: (*texts, *title) for row, texts in titles_of.items()},
        sections_of,
        period_columns,
        tuple(loose),
    )


def _by_row(sheet: CellSheet) -> dict[int, dict[int, SheetCell]]:
    """The cells of each row by column."""
    rows: dict[int, dict[int, SheetCell]] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        rows.setdefault(row, {})[column] = cell
    return rows


def _is_head(
    cells: dict[int, SheetCell], number_columns: set[int], number_rows: set[int], row: int
) -> bool:
    """Whether a row without numbers holds heads: texts of several columns, one of them above
    numbers.
    """
    distinct = {cell.text for cell in cells.values()}
    above = {
        column
        for column, cell in cells.items()
        if column in number_columns
        and cell.text.lower() not in NOTHING
        and not (_LIKE_NUMBER.match(cell.text) and not re.search(r"\d{4}", cell.text))
    }
    has_numbers_below = row < max(number_rows, default=0)
    if not (above and has_numbers_below):
        return False
    return len(distinct) > 1 or (len(cells) == 1 and min(above) > 1)
