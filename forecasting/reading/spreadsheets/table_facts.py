"""The facts of the cells of a table, from what its columns and rows say.

The column and the row of a cell say together what it counts, where and when; the lines above the
table say what both leave open. A number that lacks one of these is no fact.
"""

import calendar
import contextlib
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from forecasting.reading.mapping import (
    DATE_FORMS,
    ISO,
    LENGTHS,
    NUMBER_TARGETS,
    PERIODS,
    Mapping,
    dated,
    is_printed_period,
)
from forecasting.reading.press import GROWTH
from forecasting.reading.printed_periods import period_cells, period_of
from forecasting.reading.rules import Row, cell_text, number_text, printed_rounding
from forecasting.reading.spreadsheets.amounts import (
    Amount,
    amount_of,
    bare_digits,
    decimal_mark,
    growth_in_times,
)
from forecasting.reading.spreadsheets.cell_grid import ShownNumber
from forecasting.reading.spreadsheets.cell_words import Label, growth_of
from forecasting.reading.spreadsheets.dating import Dating, fiscal_month_in
from forecasting.reading.spreadsheets.layout import SheetTable, is_amount
from forecasting.reading.spreadsheets.roles import TableColumn, TableQuestion, TableRow, day_of
from forecasting.reading.spreadsheets.terms import unit_of
from forecasting.vocabulary.errors import PeriodError, Problem
from forecasting.vocabulary.measures import EV_SHARE, MEASURES, NEW_CARS, measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.quantities import on_a_day, quantity_of

UNNAMED_KINDS = ("number", "", "nothing", "note", "sum")  # of columns: no word of a mapping
DATE_KINDS = ("date", "period_start", "period_end", "published", "label")
UNITS_OF_COUNTS = ("vehicles", "points", "stations", "users")
A_DAY = r"\d{1,4}[-./]?\d{1,2}[-./]?\d{1,4}"
# Of Cyrillic, and of Turkish: languages that write a comma before decimals
COMMA_LETTERS = r"[а-яА-ЯğışĞİŞʻ]|\b(?:yil|oy|davr|dona|jami)"
POINT_WORDS = (
    r"(?i)[\u4e00-\u9fff]|\b(?:the|of|in|and|year|country|cars?|sales|imports?|electric|evs?)\b"
)


def is_percent(number: str) -> bool:
    """Whether a measure, or a quantity of one, is told in percent.

    >>> is_percent("ev_share_percent"), is_percent("ev_sales yoy_growth_percent")
    (True, True)
    """
    measure, _, quantity = number.partition(" ")
    if quantity and quantity_of(quantity).is_percent:
        return True
    return measure_of(measure).unit == "percent"


@dataclass(frozen=True)
class CellFact:
    """The number of one cell, and all that is said of it.

    Parameters
    ----------
    row : TableRow
        Where it stands.
    column : TableColumn
        Where it stands.
    amount : Amount
        As it is printed.
    number : str
        A measure, or a quantity of one.
    place : str
        As the table names it; empty where nothing does.
    partner : str
        Of a trade: where it comes from or goes to; empty where nothing says it.
    period : Period or None
        None where nothing says it.
    factor : float
        What the amount is multiplied by.
    stated : bool
        Whether a unit is said anywhere.
    by_row : bool
        Whether the row says what is counted.
    where : str
        Of the file.
    """

    row: TableRow
    column: TableColumn
    amount: Amount
    number: str
    place: str
    partner: str
    period: Period | None
    factor: float
    stated: bool
    by_row: bool
    where: str

    @property
    def value(self) -> float:
        """In single units."""
        return round(self.amount.value * self.factor, 9)

    @property
    def measure(self) -> str:
        """Without its quantity."""
        return self.number.partition(" ")[0]

    @property
    def is_count(self) -> bool:
        """Whether it counts things, each a whole one."""
        unit = measure_of(self.measure).unit
        return unit in UNITS_OF_COUNTS and not is_percent(self.number)

    @property
    def has_fraction(self) -> bool:
        """Whether it is given as a number that is not whole."""
        return self.amount.relation == "equals" and not float(self.value).is_integer()

    def cells(self, constants: Row) -> Row:
        """Its row of a ledger."""
        measure, _, quantity = self.number.partition(" ")
        row = {"relation": self.amount.relation} | constants
        row |= {name: cell_text(cell) for name, cell in self.row.cells.items() if cell_text(cell)}
        row |= {"measure": measure, "quantity": quantity or row.get("quantity", "")}
        row |= {"value": self.amount.digits, "place": self.place}
        if self.partner:
            row["partner"] = self.partner
        if self.factor != 1:
            row["value"] = number_text(self.value)
            row["rounding"] = number_text(printed_rounding(self.amount.digits) * self.factor)
        if self.period:
            row |= period_cells(self.period, on_a_day(measure, quantity))
        return row


@dataclass(frozen=True)
class TableReading:
    """One table with what each column and row of it is read as.

    Parameters
    ----------
    name : str
        What messages call it: its file, and its sheet where it is one of several.
    table : SheetTable
        Its lines.
    context : Label
        What the lines above it say.
    columns, rows : list
        With their roles.
    mapping : Mapping
        What a reader has said, and what the cells show of their forms.
    facts : list of CellFact
        Of its cells.
    questions : list of TableQuestion
        What is not certain.
    problems : list of Problem
        What is wrong with a cell.
    lacks : set of str
        What nothing says, though every fact needs it.
    sister_factors : dict of str to float
        What the numbers of each count are multiplied by on another sheet, which says it.
    """

    name: str
    table: SheetTable
    context: Label
    columns: list[TableColumn]
    rows: list[TableRow]
    mapping: Mapping
    facts: list[CellFact] = field(default_factory=list)
    questions: list[TableQuestion] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lacks: set[str] = field(default_factory=set)
    sister_factors: dict[str, float] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        """Whether it has a fact, or asks for one."""
        return bool(self.facts or self.lacks or self.questions or self.problems)

    @property
    def number_columns(self) -> list[TableColumn]:
        """The columns that hold facts."""
        return [column for column in self.columns if column.kind in ("number", "value")]

    @property
    def rows_of_facts(self) -> list[TableRow]:
        """The rows that may hold facts, without those that are too long."""
        width = len(self.columns)
        return [row for row in self.rows if row.may_hold_facts and len(row.line) <= width]

    def has_number(self, row: TableRow) -> bool:
        """Whether a column of numbers has one in a row."""
        places = [column.index for column in self.columns if column.kind == "number"]
        return any(is_amount(row.line.at(place)) for place in places)

    def where(self, row: TableRow) -> str:
        """Of the file."""
        return f"{self.name}:{row.line.number}"

    def amount_of(self, cell: object) -> Amount | None:
        """The number of a cell, in the forms of the table."""
        return amount_of(cell, self.mapping.decimal or ".", tuple(self.mapping.unknown))

    @property
    def names_measure(self) -> bool:
        """Whether a title, a head or a row of it says what is counted."""
        labels = [self.context, *(column.label for column in self.columns)]
        labels += [row.label for row in self.rows]
        return any(label.number for label in labels)

    @cached_property
    def fiscal_month(self) -> int:
        """The month in which the table says that its fiscal years begin; 0 where it does not."""
        lines = [line for line, _ in self.table.lines]
        for line in (*lines[:50], *lines[50:][-50:]):
            for cell in line:
                if isinstance(cell, str) and (number := fiscal_month_in(cell)):
                    return number
        return 0

    def number_of(self, column: TableColumn) -> str:
        """What a column counts; a growth is of the count that its cells are read with."""
        if column.label.number != GROWTH:
            return column.label.number
        numbers = {fact.number for fact in self.facts if fact.column == column}
        return numbers.pop() if len(numbers) == 1 else GROWTH

    @property
    def is_plain(self) -> bool:
        """Whether each column has a name of its own, and each row is of one period and place."""
        by_row = any(fact.by_row for fact in self.facts)
        return len(self.table.of_kind("heads")) == 1 and self._has_plain_columns() and not by_row

    def _has_plain_columns(self) -> bool:
        """Whether each column has a name, and each word of a mapping is of one column."""
        heads = [column.head for column in self.columns]
        kinds = [column.kind for column in self.columns if column.kind not in UNNAMED_KINDS]
        numbers = [self.number_of(column) for column in self.columns if column.kind == "number"]
        if "label" in kinds or any(column.answer.dates for column in self.columns):
            return False
        is_distinct = all(map(_are_distinct, (heads, kinds, numbers)))
        return is_distinct and all(heads) and {*numbers} <= {*NUMBER_TARGETS}


def _are_distinct(words: Sequence[str]) -> bool:
    return len({*words}) == len(words)


def with_forms(
    mapping: Mapping, table: SheetTable, columns: Sequence[TableColumn], context: Label
) -> Mapping:
    """The mapping with the decimal mark, the form of dates and the length of periods that the cells
    show.
    """
    dates = mapping.dates or _form_of_dates(_texts(_cells_of(table, columns, DATE_KINDS)))
    periods = _cells_of(table, columns, ("date", "label"))
    forms = {
        "decimal": mapping.decimal or _decimal(table, columns, context).replace(".", ""),
        "dates": dates,
        "each": mapping.each or _length(periods, dates),
    }
    return mapping.model_copy(update=forms)


def _form_of_dates(texts: Sequence[str]) -> str:
    """The one form of all days among some texts; empty where it is the usual one, or not seen."""
    days = [text for text in texts if len(text) > 7 and re.fullmatch(A_DAY, text)]
    forms = [form for form in DATE_FORMS if days and all(dated(day, form) for day in days)]
    return forms[0].replace(ISO, "") if len(forms) == 1 else ""


def _cells_of(
    table: SheetTable, columns: Sequence[TableColumn], kinds: Sequence[str]
) -> list[object]:
    """The cells of the columns of some kinds that are not empty."""
    places = [column.index for column in columns if column.kind in kinds]
    cells = [row.at(place) for row in table.of_kind("row") for place in places]
    return [cell for cell in cells if cell not in (None, "")]


def _texts(cells: Sequence[object]) -> list[str]:
    return [cell.strip() for cell in cells if isinstance(cell, str)]


def _decimal(table: SheetTable, columns: Sequence[TableColumn], context: Label) -> str:
    """The decimal mark of a table: as its numbers show it, else as its words write it."""
    cells = _cells_of(table, columns, ("number", "value", "sum", ""))
    texts = _texts(cells)
    mark, is_certain = decimal_mark(texts)
    if is_certain:
        return mark
    mark = _usual_mark(table, texts, _are_whole(cells))
    has_comma = any("," in text for text in texts)
    is_of_hundreds = _largest_factor(table, columns, context) >= 100
    if (is_of_hundreds or writes_points(table)) and not has_comma:
        return ""
    return mark


def _are_whole(cells: Sequence[object]) -> bool:
    """Whether cells hold numbers of a workbook, and those are whole."""
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    return bool(numbers) and all(float(number).is_integer() for number in numbers)


def _largest_factor(table: SheetTable, columns: Sequence[TableColumn], context: Label) -> float:
    """The most by which the words of a table say that numbers are multiplied."""
    factors = [context.factor, *(column.label.factor for column in columns)]
    units = _cells_of(table, columns, ("unit",))
    return max([*factors, *(unit_of(str(cell)).factor for cell in units)])


def _usual_mark(table: SheetTable, texts: Sequence[str], is_whole: bool) -> str:
    """A comma where the language of a table writes numbers with it, or where its points set
    thousands apart.
    """
    words = " ".join(str(cell) for line, _ in table.lines[:60] for cell in line)
    if re.search(COMMA_LETTERS, words) and any("," in text for text in texts):
        return ","
    return _mark_by_points(texts, is_whole)


def writes_points(table: SheetTable) -> bool:
    """Whether the words of a table are of a language that writes a point before decimals."""
    cells = (cell for line, _ in table.lines[:60] for cell in line if isinstance(cell, str))
    words = " ".join(cells)
    return not re.search(COMMA_LETTERS, words) and bool(re.search(POINT_WORDS, words))


def _mark_by_points(texts: Sequence[str], is_whole: bool) -> str:
    """A comma where each point stands before three digits: in several numbers, or in one beside
    whole numbers of a workbook.
    """
    numbers = [digits for digits in map(bare_digits, texts) if digits]
    numbers_with_points = [
        digits for digits in numbers if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+", digits)
    ]
    short_numbers = [digits for digits in numbers if len(digits) < 4 and digits.isdecimal()]
    is_grouped = len(numbers_with_points) + len(short_numbers) == len(numbers)
    min_numbers = 1 if is_whole else 2
    return "," if is_grouped and len({*numbers_with_points}) >= min_numbers else ""


def _length(cells: Sequence[object], form: str) -> str:
    """The length of the periods for which dates stand, which all begin or all end a month; empty
    where none is seen.
    """
    days = {day_of(cell, form) for cell in cells}
    dates = sorted(filter(None, days))
    begin = all(day.day == 1 for day in dates)
    end = all(day.day == calendar.monthrange(day.year, day.month)[1] for day in dates)
    if None in days or len(dates) < 2 or not (begin or end):
        return ""
    months = [12 * day.year + day.month for day in dates]
    steps = [end - start for start, end in itertools.pairwise(months)]
    divisor = math.gcd(*steps)
    return LENGTHS.get(divisor, "") if divisor in steps else ""


def read_cells(reading: TableReading) -> None:
    """Fill a reading with the facts of its cells, or the questions and problems of others."""
    numbers = reading.number_columns
    counts = {column.label.number for column in numbers} & MEASURES.keys() - {EV_SHARE}
    factors = {column.index: _factor_of_cells(reading, column.index) for column in numbers}
    for row in reading.rows_of_facts:
        target = reading
        if row.kind == "sum":  # what a sum leaves open is asked of its parts
            target = replace(reading, questions=[], problems=[], lacks=set())
        for column in numbers:
            if amount := _amount(target, row, column):
                amount = amount._replace(factor=amount.factor or factors[column.index])
                reading.facts.extend(_facts(target, row, column, amount, counts))


def _amount(reading: TableReading, row: TableRow, column: TableColumn) -> Amount | None:
    """The number of a cell; None where it holds none, or none that can be read, which is a
    problem.
    """
    cell = row.line.at(column.index)
    where = f"{reading.where(row)} value"
    if isinstance(cell, ShownNumber) and cell.repeated:
        # A merged number that goes over several columns of a row counts in the first of them
        if column.index == 0 or row.line[column.index - 1] != cell:
            fault = "is empty, its cell is merged with the one above"
            hint = "a number counts once: undo the merge"
            reading.problems.append(Problem(where, fault, hint))
        return None
    is_growth = GROWTH in column.label.number
    if is_growth and (growth := growth_in_times(cell)):
        return growth
    try:
        return reading.amount_of(cell)
    except ValueError as error:
        if is_growth or is_percent_column(column):
            key = ("columns", column.letter, "what")
            asks = f"{error!s}, and column {column.name} not read for certain: what does it hold"
            reading.questions.append(TableQuestion(key, where, asks, "nothing"))
            return None
        hint = f"correct it, or say that it is not known: unknown: [{cell!r}]"
        reading.problems.append(Problem(where, str(error), hint))
    return None


def is_percent_column(column: TableColumn) -> bool:
    """Whether a column is of percents, beside the counts of a table."""
    number = column.label.number
    return column.label.kind == "percent" or bool(number and is_percent(number))


def _factor_of_cells(reading: TableReading, index: int) -> float:
    """The factor that most cells of a column say beside their numbers, and none contradicts; 0
    where there is none.
    """
    factors: list[float] = []
    for row in reading.rows:
        cell = row.line.at(index)
        if row.kind == "fact" and is_amount(cell):
            with contextlib.suppress(ValueError):
                amount = amount_of(cell)
                if amount and amount.kind != "percent":  # beside which counts have units of rows
                    factors.append(amount.factor)
    largest = max(factors, default=0.0)
    agree = {*factors} <= {0.0, largest}
    return largest if agree and 2 * factors.count(largest) > len(factors) else 0.0


def _facts(
    reading: TableReading, row: TableRow, column: TableColumn, amount: Amount, counts: set[str]
) -> Iterator[CellFact]:
    """The fact of a cell; none where something is not said, which is asked then."""
    where = reading.where(row)
    if _are_two_measures(column.label.number, row.label.number):
        key = ("columns", column.letter, "what")
        asks = f"column {column.name} and the row say two measures"
        reading.questions.append(TableQuestion(key, where, asks, "nothing"))
        return
    number = _number(column.label.number, row.label.number, reading, counts)
    if not number:
        reading.lacks.add("measure")
    place, partner = _places(column, row.label, reading, number)
    if not place:
        reading.lacks.add("place")
    dating = _dating(column, row.label, reading.context)
    if is_printed_period(reading.table.answers.get(row.line.number, "")):
        dating = row.label.dating  # as a reader says
    if dating is None:
        fault = f"its period contradicts that of column {column.name}"
        reading.problems.append(Problem(where, fault, "say what the column is in the answers"))
        return
    try:
        period = _period(reading, dating, number, row, column) if number else None
    except PeriodError as error:  # its end comes before its start
        reading.problems.append(Problem(where, str(error)))
        return
    if number and period is None:
        return
    factor, stated = _factor(amount, column, row.label, reading, number)
    by_row = _is_by_row(column.label.number, row.label.number)
    yield CellFact(
        row, column, amount, number, place, partner, period, factor, stated, by_row, where
    )


def _are_two_measures(column: str, row: str) -> bool:
    """Whether column and row contradict each other; a growth is of what the other one says."""
    if not column or not row or column == row:
        return False
    return column != GROWTH and not (row == GROWTH and column in MEASURES)


def _is_by_row(column: str, row: str) -> bool:
    """Whether the row of a cell says what it counts, or that it is a growth of that."""
    return bool(row) and column != row and column in ("", *MEASURES)


def _number(column: str, row: str, reading: TableReading, counts: set[str]) -> str:
    """What a cell counts; empty where nothing says it."""
    context = reading.context
    number = column or row
    measures = {column, row} - {"", GROWTH}
    if GROWTH in (column, row) and measures:
        number = growth_of(measures.pop())
    number = number or context.number or reading.mapping.constants.get("measure", "")
    if number != GROWTH:
        return number
    measure = next(iter(counts)) if len(counts) == 1 else context.number
    return growth_of(measure) if measure else ""


def _places(column: TableColumn, row: Label, reading: TableReading, number: str) -> tuple[str, str]:
    """Where a cell counts, by the nearest word, and the partner of a trade; empty where nothing
    says it.
    """
    mapping = reading.mapping
    title_place = reading.context.place
    nearest = column.label.place or row.place
    if nearest and title_place and _are_partners(nearest, title_place, number, reading.context):
        return title_place, nearest
    places = (nearest, title_place, mapping.place, mapping.constants.get("place", ""))
    return next(filter(None, places), ""), ""


def _are_partners(place: str, title_place: str, number: str, context: Label) -> bool:
    """Whether the place of a row is a partner of that of the title, whose trade is counted; what a
    reader calls imports in a table of exports are all imports of the partners.
    """
    measure = number.partition(" ")[0]
    if not measure.endswith(("_imports", "_exports")) or len(title_place) > 2:
        return False
    is_mirrored = measure.endswith("_imports") and "exports" in context.number
    return place.split("-")[0] != title_place and not is_mirrored


def market_of(measures: set[str]) -> str:
    """The count of all new cars that goes with the electric ones of a table.

    >>> market_of({"ev_imports"}), market_of({"ev_sales", "ev_stock"})
    ('car_imports', 'car_sales')
    """
    for event in ("sales", "imports"):
        if f"ev_{event}" in measures:
            return f"car_{event}"
    return NEW_CARS[0][0]


def _dating(column: TableColumn, row: Label, context: Label) -> Dating | None:
    """The dating of a cell, by its column, its row, and the lines above."""
    dating = column.label.dating.joined(row.dating)
    if dating is None:
        return None
    if column.answer.dates == "year_to_date":
        dating = replace(dating, to_date=True)
    elif column.answer.dates == "period":
        dating = replace(dating, to_date=False)
    elif column.answer.dates:
        return Dating(exact=period_of(column.answer.dates))
    if not dating.complete:
        outer = context.dating
        if dating.months:  # a title of several months has rows of each
            outer = replace(outer, months=None, is_named=False)
        dating = dating.joined(outer) or dating
    return dating


def _period(
    reading: TableReading, dating: Dating, number: str, row: TableRow, column: TableColumn
) -> Period | None:
    """The days of a number; None where they are not said, which is asked then."""
    measure, _, quantity = number.partition(" ")
    mapping = reading.mapping
    if dating.exact and dating.exact.days == 1:
        is_of_day = on_a_day(measure, quantity)
        return _period_of_day(reading, dating, is_of_day, reading.where(row))
    if cell_text(row.cells.get("period_end", "")) or mapping.constants.get("period_end"):
        return _period_between_days(mapping.constants | row.cells, mapping)
    if not dating.complete:
        reading.lacks.add(PERIODS)
        return None
    return _period_of_years(reading, dating, row, column)


def _period_of_years(
    reading: TableReading, dating: Dating, row: TableRow, column: TableColumn
) -> Period | None:
    """The days of a year or of a part of it; None of a fiscal one whose beginning nothing says."""
    mapping = reading.mapping
    fiscal_month = mapping.fiscal_month or reading.fiscal_month
    if dating.fiscal and not fiscal_month:
        text = row.label.when or column.label.when or reading.context.text
        asks = (
            f"{text[:40]!r} is a fiscal year, which begins elsewhere in each country: "
            "in which month does it begin"
        )
        reading.questions.append(TableQuestion(("fiscal_year",), reading.where(row), asks))
        return None
    if mapping.fiscal_month > 1 and not dating.exact:
        dating = replace(dating, fiscal=True)
    return dating.period(fiscal_month or 1)


def _period_of_day(
    reading: TableReading, dating: Dating, is_of_day: bool, where: str
) -> Period | None:
    """The period for which a day stands."""
    assert dating.exact is not None
    day = dating.exact.end
    length = dating.length or reading.mapping.each
    if is_of_day or length == "day":
        return dating.exact
    if not length:
        fault = (
            f"{day} is one day, a flow is counted over a period; "
            "say in the mapping each: year, quarter or month"
        )
        hint = "or give the months in a column of their own"
        reading.problems.append(Problem(where, fault, hint))
        return None
    forms = {"year": "%Y", "quarter": f"%YQ{(day.month + 2) // 3}", "month": "%Y-%m"}
    return period_of(f"{day:{forms[length]}}")


def _period_between_days(cells: dict[str, object], mapping: Mapping) -> Period | None:
    ends = [day_of(cells.get(name), mapping.dates) for name in ("period_start", "period_end")]
    if ends[1] is None:
        return None
    return Period(ends[0] or ends[1], ends[1])


def _factor(
    amount: Amount, column: TableColumn, row: Label, reading: TableReading, number: str
) -> tuple[float, bool]:
    """What a number is multiplied by, the nearest word first, and whether any says it."""
    if is_percent(number):
        return 1.0, True
    if column.answer.factor:
        return column.answer.factor, True
    factors = [amount.factor]
    factors += [
        label.factor for label in (column.label, row, reading.context) if label.kind != "percent"
    ]
    factor = next(filter(None, factors), 0.0)
    factor = factor or reading.sister_factors.get(number, 0.0)
    if factor > 1:
        return factor / amount.divided, True
    return 1.0, bool(factor)
