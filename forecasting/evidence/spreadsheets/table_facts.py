"""From the columns and rows of a table, each with what it says, to the facts of its cells.

What a cell counts, where and when, its column and its row say together, and what neither says, the
lines above the table do. A number with one of them missing is no fact.
"""

import contextlib
import datetime as dt
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from forecasting.errors import Problem
from forecasting.evidence.mapping import (
    DATE_FORMS,
    ISO,
    LENGTHS,
    NUMBER_TARGETS,
    PERIODS,
    Mapping,
    dated,
)
from forecasting.evidence.press import GROWTH
from forecasting.evidence.printed_periods import period_cells, period_of
from forecasting.evidence.rules import (
    Row,
    cell_text,
    number_text,
    printed_rounding,
)
from forecasting.evidence.spreadsheets.amounts import (
    Amount,
    amount_of,
    bare_digits,
    decimal_mark,
)
from forecasting.evidence.spreadsheets.cell_grid import ShownNumber
from forecasting.evidence.spreadsheets.cell_words import Label
from forecasting.evidence.spreadsheets.dating import Dating, fiscal_month_in
from forecasting.evidence.spreadsheets.layout import SheetTable, is_amount
from forecasting.evidence.spreadsheets.roles import TableColumn, TableQuestion, TableRow, day_of
from forecasting.evidence.spreadsheets.terms import unit_of
from forecasting.measures import MEASURES, NEW_CARS, measure_of
from forecasting.periods import Period
from forecasting.quantities import on_a_day, quantity_of

DATE_KINDS = ("date", "period_start", "period_end", "published", "label")
A_DAY = r"\d{1,4}[-./]?\d{1,2}[-./]?\d{1,4}"
# Of Cyrillic, and of Turkish: languages that write a comma before decimals
COMMA_LETTERS = r"[а-яА-ЯğışĞİŞʻ]|\b(?:yil|oy|davr|dona|jami)"
POINT_WORDS = (
    r"(?i)[\u4e00-\u9fff]|\b(?:the|of|in|and|year|country|cars?|sales|imports?|electric|evs?)\b"
)


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
        quantity = self.number.partition(" ")[2]
        unit = measure_of(self.measure).unit
        return unit in ("vehicles", "points", "stations", "users") and not (
            quantity and quantity_of(quantity).is_percent
        )

    def cells(self, constants: Row) -> Row:
        """Its row of a ledger."""
        measure, _, quantity = self.number.partition(" ")
        row = {"relation": self.amount.relation} | constants
        row |= {name: cell_text(cell) for name, cell in self.row.cells.items() if cell_text(cell)}
        row |= {"measure": measure, "quantity": quantity or row.get("quantity", "")}
        row |= {"value": self.amount.digits, "place": self.place}
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
                if isinstance(cell, str) and (first := fiscal_month_in(cell)):
                    return first
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
        heads = [column.head for column in self.columns]
        targets = [
            column.kind
            for column in self.columns
            if column.kind not in ("number", "", "nothing", "note", "sum")
        ]
        numbers = [self.number_of(column) for column in self.columns if column.kind == "number"]
        return (
            all(heads)
            and len({*heads}) == len(heads)
            and len({*targets}) == len(targets)
            and "label" not in targets
            and len(self.table.of_kind("heads")) == 1
            and len({*numbers} & {*NUMBER_TARGETS}) == len(numbers)
            and not any(fact.by_row for fact in self.facts)
            and not any(column.answer.dates for column in self.columns)
        )


def with_forms(
    mapping: Mapping, table: SheetTable, columns: Sequence[TableColumn], context: Label
) -> Mapping:
    """The mapping with the decimal mark, the form of dates and the length of periods that the cells
    show.
    """
    days = _texts(_cells_of(table, columns, DATE_KINDS))
    days = [day for day in days if len(day) > 7 and re.fullmatch(A_DAY, day)]
    forms = [form for form in DATE_FORMS if days and all(dated(day, form) for day in days)]
    dates = mapping.dates
    if not dates and len(forms) == 1:
        dates = forms[0].replace(ISO, "")
    periods = _cells_of(table, columns, ("date", "label"))
    guesses = {
        "decimal": mapping.decimal or _decimal(table, columns, context).replace(".", ""),
        "dates": dates,
        "each": mapping.each or _length(periods, dates),
    }
    return mapping.model_copy(update=guesses)


def _cells_of(
    table: SheetTable, columns: Sequence[TableColumn], kinds: Sequence[str]
) -> list[object]:
    """The cells of the columns of some kinds that are not empty."""
    places = [column.index for column in columns if column.kind in kinds]
    cells = [row[at] for row in table.of_kind("row") for at in places if at < len(row)]
    return [cell for cell in cells if cell not in (None, "")]


def _texts(cells: Sequence[object]) -> list[str]:
    return [cell.strip() for cell in cells if isinstance(cell, str)]


def _decimal(table: SheetTable, columns: Sequence[TableColumn], context: Label) -> str:
    """The decimal mark of a table: as its numbers show it, else as its words write it."""
    cells = _cells_of(table, columns, ("number", "value", "sum", ""))
    texts = _texts(cells)
    mark, is_shown = decimal_mark(texts)
    if is_shown:
        return mark
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    is_whole = bool(numbers) and all(float(number).is_integer() for number in numbers)
    mark = _usual_mark(table, texts, is_whole)
    factors = [context.factor, *(column.label.factor for column in columns)]
    factors += [unit_of(str(cell)).factor for cell in _cells_of(table, columns, ("unit",))]
    has_comma = any("," in text for text in texts)
    if (max(factors) >= 100 or writes_points(table)) and not has_comma:
        return ""
    return mark


def _usual_mark(table: SheetTable, texts: Sequence[str], is_whole: bool) -> str:
    """A comma where the words of a table are of a language that writes numbers with it."""
    words = " ".join(str(cell) for line, _ in table.lines[:60] for cell in line)
    if re.search(COMMA_LETTERS, words) and any("," in text for text in texts):
        return ","
    return _points(texts, is_whole)


def writes_points(table: SheetTable) -> bool:
    """Whether the words of a table are of a language that writes a point before decimals."""
    cells = (cell for line, _ in table.lines[:60] for cell in line if isinstance(cell, str))
    words = " ".join(cells)
    return not re.search(COMMA_LETTERS, words) and bool(re.search(POINT_WORDS, words))


def _points(texts: Sequence[str], is_whole: bool) -> str:
    """A comma where several numbers have points, and always before three digits, or one has beside
    whole numbers of a workbook.
    """
    digits = [bare_digits(text) for text in texts if re.search(r"\d", text)]
    grouped = {text for text in digits if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+", text)}
    whole = all(text in grouped or (len(text) < 4 and text.isdecimal()) for text in digits if text)
    return "," if whole and len(grouped) > 1 - is_whole else ""


def _length(cells: Sequence[object], form: str) -> str:
    """The length of the periods for which dates stand, which all begin or all end a month; empty
    where none is seen.
    """
    days = {day_of(cell, form) for cell in cells}
    dates = sorted(filter(None, days))
    ends = [{(day + dt.timedelta(days=shift)).day for day in dates} for shift in (0, 1)]
    if None in days or len(dates) < 2 or {1} not in ends:
        return ""
    months = [12 * day.year + day.month for day in dates]
    steps = [end - start for start, end in itertools.pairwise(months)]
    shortest = min(steps)
    if any(step % shortest for step in steps):
        return ""
    return LENGTHS.get(shortest, "")


def read_cells(reading: TableReading, name: str, mapping: Mapping) -> None:
    """Fill a reading with the facts of its cells, and with what hinders them."""
    numbers = [column for column in reading.columns if column.kind in ("number", "value")]
    main = {column.label.number for column in numbers} & MEASURES.keys()
    factors = {column.index: _factor_of_cells(reading, column.index) for column in numbers}
    for row in reading.rows:
        if not row.may_hold_facts or len(row.line) > len(reading.columns):
            continue
        where = f"{name}:{row.line.number}"
        target = reading
        if row.kind == "sum":  # what a sum leaves open is asked of its parts
            target = replace(reading, questions=[], problems=[], lacks=set())
        for column in numbers:
            amount = _amount(target, row, column, mapping, where)
            if amount is None:
                continue
            if not amount.factor:
                amount = amount._replace(factor=factors[column.index])
            fact = _fact(target, row, column, amount, mapping, where, main)
            if fact is not None:
                reading.facts.append(fact)


def _amount(
    reading: TableReading, row: TableRow, column: TableColumn, mapping: Mapping, where: str
) -> Amount | None:
    """The number of a cell; None where it holds none, or none that can be read, which is kept."""
    cell = row.line[column.index] if column.index < len(row.line) else None
    if isinstance(cell, ShownNumber) and cell.repeated:
        if not _repeats_at_side(row.line, column.index):
            fault = "is empty, its cell is merged with the one above"
            hint = "a number counts once: undo the merge"
            reading.problems.append(Problem(f"{where} value", fault, hint))
        return None
    try:
        return amount_of(cell, mapping.decimal or ".", tuple(mapping.unknown))
    except ValueError as error:
        hint = f"correct it, or say that it is not known: unknown: [{cell!r}]"
        reading.problems.append(Problem(f"{where} value", str(error), hint))
    return None


def _factor_of_cells(reading: TableReading, index: int) -> float:
    """What most cells of a column say beside their numbers that these are multiplied by, and no
    cell contradicts; 0 where they say nothing.
    """
    factors: list[float] = []
    for row in reading.rows:
        cell = row.line[index] if index < len(row.line) else None
        if row.kind == "fact" and is_amount(cell):
            with contextlib.suppress(ValueError):
                if amount := amount_of(cell):
                    factors.append(amount.factor)
    most = max(factors, default=0.0)
    agree = {factor for factor in factors if factor} == {most}
    return most if agree and 2 * factors.count(most) > len(factors) else 0.0


def _repeats_at_side(line: Sequence[object], index: int) -> bool:
    """Whether a merged number goes over several columns of one row: it counts in the first."""
    return index > 0 and line[index - 1] == line[index]


def _fact(
    reading: TableReading,
    row: TableRow,
    column: TableColumn,
    amount: Amount,
    mapping: Mapping,
    where: str,
    main: set[str],
) -> CellFact | None:
    """The fact of a cell; None where something is not said, which is kept then."""
    context = reading.context
    number, by_row = _number(column.label, row.label, context, mapping, main)
    if number is None:
        reading.questions.append(
            TableQuestion(
                ("columns", column.letter, "what"),
                where,
                f"column {column.name} and the row say two measures",
                "nothing",
            )
        )
        return None
    if not number:
        reading.lacks.add("measure")
    place = column.label.place or row.label.place or context.place or mapping.place
    place = place or mapping.constants.get("place", "")
    if not place:
        reading.lacks.add("place")
    dating = _dating(column, row.label, context)
    if dating is None:
        reading.problems.append(
            Problem(
                where,
                f"its period contradicts that of column {column.name}",
                "say what the column is in the answers",
            )
        )
        return None
    period = None
    if number:
        period = _period(reading, dating, number, row, mapping, where, column.label.when)
        if period is None:
            return None
    factor, stated = _factor(amount, column, row.label, reading, number)
    return CellFact(row, column, amount, number, place, period, factor, stated, by_row, where)


def _number(
    column: Label, row: Label, context: Label, mapping: Mapping, main: set[str]
) -> tuple[str | None, bool]:
    """What a cell counts, and whether its row says it; None where row and column contradict."""
    number, by_row = column.number, False
    if row.number and not number:
        number, by_row = row.number, True
    elif row.number and number == GROWTH:
        number = f"{row.number} {GROWTH}"
    elif row.number == GROWTH and number in MEASURES:
        number, by_row = f"{number} {GROWTH}", True
    elif row.number and number and row.number != number:
        return None, False
    number = number or context.number or mapping.constants.get("measure", "")
    if number == GROWTH:
        measure = context.number or (next(iter(main)) if len(main) == 1 else "")
        number = f"{measure} {GROWTH}" if measure else ""
    return number, by_row


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
    """When a cell is of, by its column, its row, and the lines above."""
    dating = column.label.dating.joined(row.dating)
    if dating is None:
        return None
    if column.answer.dates == "year_to_date":
        dating = replace(dating, to_date=True)
    if column.answer.dates == "period":
        dating = replace(dating, to_date=False)
    if not dating.complete:
        dating = dating.joined(context.dating) or dating
    return dating


def _period(
    reading: TableReading,
    dating: Dating,
    number: str,
    row: TableRow,
    mapping: Mapping,
    where: str,
    when: str,
) -> Period | None:
    """The days of a number; None where they are not said, which is kept then."""
    measure, _, quantity = number.partition(" ")
    if dating.exact and dating.exact.days == 1:
        return _of_a_day(reading, dating, on_a_day(measure, quantity), mapping, where)
    if cell_text(row.cells.get("period_end", "")) or mapping.constants.get("period_end"):
        return _of_two_days(mapping.constants | row.cells, mapping)
    if not dating.complete:
        reading.lacks.add(PERIODS)
        return None
    fiscal_month = mapping.fiscal_month or reading.fiscal_month
    if dating.fiscal and not fiscal_month:
        shown = row.label.when or when or reading.context.text
        reading.questions.append(
            TableQuestion(
                ("fiscal_year",),
                where,
                f"{shown[:40]!r} is a fiscal year, which begins elsewhere in each country: "
                "in which month does it begin",
            )
        )
        return None
    if mapping.fiscal_month > 1 and not dating.exact:
        dating = replace(dating, fiscal=True)
    return dating.period(fiscal_month or 1)


def _of_a_day(
    reading: TableReading, dating: Dating, on_day: bool, mapping: Mapping, where: str
) -> Period | None:
    """The period for which a day stands."""
    assert dating.exact is not None
    day = dating.exact.end
    length = dating.length or mapping.each
    if on_day or length == "day":
        return dating.exact
    if not length:
        reading.problems.append(
            Problem(
                where,
                f"{day} is one day, a flow is counted over a period; "
                "say in the mapping each: year, quarter or month",
                "or give the months in a column of their own",
            )
        )
        return None
    forms = {"year": "%Y", "quarter": f"%YQ{(day.month + 2) // 3}", "month": "%Y-%m"}
    return period_of(f"{day:{forms[length]}}")


def _of_two_days(cells: dict[str, object], mapping: Mapping) -> Period | None:
    ends = [day_of(cells.get(name), mapping.dates) for name in ("period_start", "period_end")]
    if ends[1] is None:
        return None
    return Period(ends[0] or ends[1], ends[1])


def _factor(
    amount: Amount,
    column: TableColumn,
    row: Label,
    reading: TableReading,
    number: str,
) -> tuple[float, bool]:
    """What a number is multiplied by, the nearest word first, and whether any says it."""
    context = reading.context
    sister_factors = reading.sister_factors
    measure, _, quantity = number.partition(" ")
    percent = measure_of(measure).unit == "percent" or (
        quantity and quantity_of(quantity).is_percent
    )
    if percent:
        return 1.0, True
    if column.answer.factor:
        return column.answer.factor, True
    factors = [amount.factor]
    factors += [label.factor for label in (column.label, row, context) if label.kind != "percent"]
    factor = next(filter(None, factors), 0.0)
    factor = factor or sister_factors.get(number, 0.0)
    if factor > 1:
        return factor / amount.divided, True
    return 1.0, bool(factor)
