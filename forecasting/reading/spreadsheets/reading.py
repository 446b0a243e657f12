r"""The reading of a file of tables, in stages: grid, layout, roles, answers, facts.

>>> text = "Импорт электромобилей в Казахстан, тыс. шт.;\nГод;Ввоз\n2023;1,37\n2024;2,1\n"
>>> reading = read_spreadsheet("own.csv", text.encode(), Mapping())
>>> [(fact.place, str(fact.period), fact.value) for fact in reading.facts]
[('KZ', '2023', 1370.0), ('KZ', '2024', 2100.0)]
>>> reading.questions, reading.lacks
([], [])
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from forecasting.reading.mapping import (
    NUMBER_TARGETS,
    PERIOD_LENGTHS,
    PERIODS,
    ColumnAnswer,
    Mapping,
)
from forecasting.reading.printed_periods import dates_in_words, printed_period
from forecasting.reading.rules import FoundRow, Row, cell_text, normalise, number_text
from forecasting.reading.spreadsheets.cell_grid import OPEN_DOCUMENT, Line, Sheet, filled, sheets_of
from forecasting.reading.spreadsheets.cell_words import (
    ALL_CARS,
    MARKET_SIZE,
    OF_MONEY,
    Label,
    proposed_number,
)
from forecasting.reading.spreadsheets.dating import dating_in, day_in
from forecasting.reading.spreadsheets.layout import SheetTable, is_amount, is_period, tables_of
from forecasting.reading.spreadsheets.open_document import open_document_sheets
from forecasting.reading.spreadsheets.plausibility import (
    counted_on_days,
    doubtful_units,
    line_of_total,
    running_totals,
    with_country,
    wrong_sums,
)
from forecasting.reading.spreadsheets.roles import (
    AS_ASKED,
    TableColumn,
    TableQuestion,
    TableRow,
    columns_of,
    context_of,
    rows_of,
    unknown_beside_year,
)
from forecasting.reading.spreadsheets.table_facts import (
    CellFact,
    TableReading,
    is_percent_column,
    market_of,
    read_cells,
    with_forms,
)
from forecasting.reading.spreadsheets.terms import (
    OTHER_DRIVES,
    PUBLICATION_WORDS,
    REGION_WORDS,
    REVISED,
    SOURCE_WORDS,
)
from forecasting.vocabulary.errors import LedgerError, Problem, shortened
from forecasting.vocabulary.limits import (
    MAX_GRID_CELLS,
    MAX_TABLE_CELLS,
    MAX_TABLE_CHARACTERS,
    MAX_TABLE_QUESTIONS,
    MAX_TABLE_TEXTS,
    MAX_TABLES,
)
from forecasting.vocabulary.measures import EV_SHARE, FLOW_OF_COUNT, MEASURES
from forecasting.vocabulary.places import find_place

# Columns of a ledger in which two numbers of one place and period may differ
DISTINGUISHING_COLUMNS = ("product", "basis", "source", "published", "partner", "quantity", "kind")
# Beside one of these counts, rows and columns that are not read are listed, not asked about
MAIN_COUNTS = {*FLOW_OF_COUNT} | {
    name for name, measure in MEASURES.items() if measure.unit in ("points", "stations")
}
# What a mapping may name though a table with a column for each period has no head for it
WIDE_TABLE_TARGETS = ("value", *PERIOD_LENGTHS)
HUNDRED_PERCENT = 100  # percent
PARTS_OF_YEARS = re.compile(
    r"\bmonth|\bhalf|\bquarter|\bмес|місяц|\bмоҳ|полугод|піврічч|кварт|\bmois\b|\bmes(?:es|i)\b|"
    r"monat|miesi[ąę]c|semest|trimest|halbjahr|kwarta|\boy(?:lik)?\b|\bойлик|\baylık|\bай(?:лық|лык)?\b|"
    r"tháng|bulan|أشهر|ماه|个月|か月|개월|半年|季度",
    re.IGNORECASE,
)
NUMBER_LIKE = re.compile(r"[-+\d.,\s%']*")
KEEP_NEEDED = "keep the rows, columns and sheets that you need"
NEEDED_WORDS = ("value", "measure", "place", PERIODS)


@dataclass(frozen=True)
class SpreadsheetReading:
    """What a file of tables holds.

    Parameters
    ----------
    name : str
        Of the file.
    mapping : Mapping
        What a reader has said.
    tables : list of TableReading
        Each with its columns and rows.
    questions : list of TableQuestion
        What is not certain.
    problems : list of Problem
        What is wrong with a cell.
    strange : list of TableReading
        Tables of something else, which are not read.
    published : str
        When the tables were published, as they say themselves; empty where they do not.
    """

    name: str
    mapping: Mapping
    tables: list[TableReading] = field(default_factory=list)
    questions: list[TableQuestion] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    strange: list[TableReading] = field(default_factory=list)
    published: str = ""

    @property
    def facts(self) -> list[CellFact]:
        """Of all cells."""
        return [fact for table in self.tables for fact in table.facts]

    @property
    def lacks(self) -> list[str]:
        """What nothing says, though every fact needs it."""
        lacking = set().union(*(table.lacks for table in self.tables))
        if not any(column.kind in ("number", "value") for column in self.columns):
            lacking |= {"value"}
        return [word for word in NEEDED_WORDS if word in lacking]

    def rows(self) -> list[FoundRow]:
        """The facts as rows of a ledger."""
        constants = dict(self.mapping.constants)
        if published := self.mapping.published or self.published:
            constants.setdefault("published", published)
        ids: Counter[str] = Counter()
        stem = re.sub(r"[^\w-]+", "-", self.name.rsplit(".", 1)[0]).lower()
        return [
            FoundRow(fact.where, normalise(_with_id(fact.cells(constants), stem, ids)))
            for fact in self.facts
        ]

    def left_out(self) -> Iterator[Problem]:
        """Rows that are no facts, each once, with its first number and the reason."""
        for table in self.strange:
            yield _problem_of_strange_table(table, self.name)
        for table in self.tables:
            for row in table.rows:
                if row.kind != "fact" and row.reason != AS_ASKED:
                    reason = _reason_of_sum(row, table) if row.kind == "sum" else row.reason
                    yield Problem(f"{self.name}:{row.line.number}", reason)

    @property
    def heads(self) -> list[str]:
        """The names of the columns of the first table."""
        return [
            column.head or column.letter for table in self.tables[:1] for column in table.columns
        ]

    @property
    def head_line(self) -> int:
        """The line of the first table's heads."""
        for table in self.tables:
            for line in table.table.of_kind("heads"):
                return line.number
        return 1

    @property
    def titles(self) -> list[str]:
        """The names of the sheets that hold a table."""
        return [*dict.fromkeys(table.table.sheet.title for table in self.tables)]

    @property
    def columns(self) -> list[TableColumn]:
        """Of all tables."""
        return [column for table in self.tables for column in table.columns]

    def name_of_column(self, letter: str) -> str:
        """What a column is called: its head where it is the only one of that name."""
        heads = [column.head for column in self.columns]
        for column in self.columns:
            if column.letter == letter and column.head and heads.count(column.head) == 1:
                return column.head
        return letter

    def letter_of_column(self, name: str) -> str:
        """The letter of a column by what it is called; empty where there is none."""
        for column in self.columns:
            if self.name_of_column(column.letter) == name:
                return column.letter
        return ""

    def counts(self) -> dict[str, str]:
        """The columns of numbers that say themselves what they count, by their names; none where
        there are several tables, since a letter would be of each.
        """
        if len(self.tables) > 1:
            return {}
        return {
            self.name_of_column(column.letter): column.label.number
            for column in self.columns
            if column.kind == "number"
            and column.label.number in NUMBER_TARGETS
            and not column.label.dating.complete
            and not column.label.dating.months
        }

    def proposed(self) -> Mapping:
        """The mapping by which the file was read, by names where each column has one."""
        mapping = self.mapping
        for table in self.tables:
            by_name = len(self.tables) == 1 and table.is_plain
            mapping = mapping.with_answers(_by_name(table) if by_name else _by_letter(table))
        return mapping

    def unread(self) -> dict[str, str]:
        """Columns with numbers that are not read, and why."""
        columns = [
            column
            for column in self.columns
            if column.kind in ("", "sum") and not column.answer.what
        ]
        return {
            column.head or column.letter: column.reason or "is a sum of the others"
            for column in columns
        }


def _problem_of_strange_table(table: TableReading, name: str) -> Problem:
    """A table of something else, with its first number."""
    line = next(line for line, kind in table.table.lines if kind != "title")
    head = str(filled(line)[0])[:40]
    numbers = (cell for row in table.rows for cell in row.line if is_amount(cell))
    number = next(numbers, "")
    reason = f"the table that begins with {head!r}, first number {number}, names no measure"
    return Problem(f"{name}:{line.number}", reason)


def _reason_of_sum(row: TableRow, table: TableReading) -> str:
    """Of what a row is the sum."""
    name = str(next(iter(filled(row.line)), ""))[:40]
    if any(row.label.place for row in table.rows if row.kind == "fact"):
        return f"{name!r} is a sum of places"
    return f"{name!r} is a sum of the others"


def _by_name(table: TableReading) -> Mapping:
    """The mapping of a table whose columns have a name each."""
    columns, values, scales, unread = {}, {}, {}, {}
    for column in table.columns:
        kind = column.kind
        if kind == "number":
            values[table.number_of(column)] = column.head
            if column.label.factor not in (0.0, 1.0):
                scales[column.head] = number_text(column.label.factor)
        elif kind in ("", "nothing", "sum", "note"):
            unread[column.head] = column.reason or kind
        else:
            columns[kind] = column.head
    return Mapping(columns=columns, values=values, scales=scales, unread=unread, **_forms_of(table))


def _by_letter(table: TableReading) -> Mapping:
    """The mapping of any table."""
    letters = {}
    for column in table.columns:
        label = column.label
        word = {"date": "period", "": "nothing"}.get(column.kind, column.kind)
        if word == "number":
            word = label.number if label.number in NUMBER_TARGETS else ""
        if word in ("label", "value", "unit", "measure") or (
            word == "nothing" and not column.reason
        ):
            word = ""
        answer = column.answer.with_answers(
            ColumnAnswer(what=word, factor=label.factor if word in NUMBER_TARGETS else 0)
        )
        if answer != ColumnAnswer():
            letters[column.letter] = answer
    return Mapping(letters=letters, **_forms_of(table))


def _forms_of(table: TableReading) -> dict[str, Any]:
    """How the numbers and dates of a table are written."""
    return {key: getattr(table.mapping, key) for key in ("decimal", "dates", "each")}


def _with_id(fact: Row, stem: str, ids: Counter[str]) -> Row:
    """The fact with an id of its own, made from what it says where the table gives none."""
    if fact.get("id"):
        return fact
    place = fact.get("place", "")  # none where its cell is blank: the rules of a row say so
    parts = (stem, find_place(place) or place, fact["measure"], fact.get("period_end", ""))
    name = "-".join(parts).lower()
    ids[name] += 1
    if ids[name] > 1:
        name = f"{name}-{ids[name]}"
    return fact | {"id": name}


def read_spreadsheet(name: str, data: bytes, mapping: Mapping) -> SpreadsheetReading:
    """Read the tables of a file.

    Parameters
    ----------
    name : str
        Of the file.
    data : bytes
        What it holds.
    mapping : Mapping
        What a reader has said of it.

    Returns
    -------
    SpreadsheetReading
        With what is certain, and a question for what is not.

    Raises
    ------
    LedgerError
        Where the file is no table, or has no sheet of a name.
    """
    if name.lower().endswith(OPEN_DOCUMENT):
        sheets = open_document_sheets(name, data)
    else:
        sheets = sheets_of(name, data, mapping.encoding, mapping.separator)
    sheets = _named_sheets(name, sheets, mapping)
    _check_size(name, sheets)
    reading = SpreadsheetReading(name, mapping, published=_publication_day(sheets))
    tables = _tables_of_sheets(name, sheets, mapping)
    is_book = len({table.sheet.title for table in tables}) > 1
    contexts: dict[str, Label] = {}
    for table in tables:
        title = table.sheet.title
        name_of_table = f"{name} {title}" if is_book else name
        part = _read_table(name_of_table, table, mapping, contexts.get(title))
        contexts.setdefault(title, part.context)
        if part.says_something or not is_book:
            reading.tables.append(part)
    for at, part in enumerate(reading.tables):
        reading.tables[at] = _with_sister_factors(part, reading, contexts)
    _leave_out_strange_tables(reading)
    _gather_questions(reading)
    if is_book:
        reading.questions[:0] = _which_sheet(reading)
    reading.problems[:0] = _missing_columns(reading)
    return reading


def _check_size(name: str, sheets: Sequence[Sheet]) -> None:
    """Refuse sheets that would take too long: words are looked up, and numbers compared."""
    lines = [line for sheet in sheets for line in sheet.lines]
    _refuse_more(name, sum(map(len, lines)), MAX_GRID_CELLS, "cells, empty ones included")
    cells = [cell for line in lines for cell in filled(line)]
    _refuse_more(name, len(cells), MAX_TABLE_CELLS, "cells")
    texts = [cell for cell in cells if isinstance(cell, str)]
    _refuse_more(name, sum(map(len, texts)), MAX_TABLE_CHARACTERS, "characters")
    words = {text for text in texts if not NUMBER_LIKE.fullmatch(text)}
    _refuse_more(name, len(words), MAX_TABLE_TEXTS, "different texts")


def _refuse_more(name: str, count: int, largest: int, things: str) -> None:
    if count > largest:
        fault = f"has {count:,} {things}, {largest:,} are the most"
        raise LedgerError.at(name, fault, KEEP_NEEDED)


def _tables_of_sheets(name: str, sheets: list[Sheet], mapping: Mapping) -> list[SheetTable]:
    """The tables of some sheets, from the top down."""
    tables = [
        table
        for sheet in sheets
        for table in tables_of(sheet, _answers_of_rows(mapping, sheet, sheets[0]))
    ]
    _refuse_more(name, len(tables), MAX_TABLES, "tables")
    return tables


def _with_sister_factors(
    table: TableReading, reading: SpreadsheetReading, contexts: dict[str, Label]
) -> TableReading:
    """A table, read anew with what other sheets say of the unit that it leaves open."""
    is_open = any(question.key[-1] in ("factor", "decimal") for question in table.questions)
    factors = _sister_factors(table, reading) if is_open else {}
    if not factors:
        return table
    context = contexts.get(table.table.sheet.title)
    return _read_table(table.name, table.table, reading.mapping, context, factors)


def _sister_factors(table: TableReading, reading: SpreadsheetReading) -> dict[str, float]:
    """What counts are multiplied by on other sheets that say it of the same counts."""
    factors: dict[str, set[float]] = defaultdict(set)
    for fact in reading.facts:
        if fact.stated and fact.is_count:
            factors[fact.number].add(fact.factor)
    numbers = {fact.number for fact in table.facts if fact.is_count}
    return {number: factors[number].pop() for number in numbers if len(factors[number]) == 1}


def _leave_out_strange_tables(reading: SpreadsheetReading) -> None:
    """Tables that name no measure, beside others that were read: they are of something else."""
    main = [table for table in reading.tables if table.names_measure]
    if main:
        strange = [table for table in reading.tables if not table.names_measure]
        reading.strange.extend(strange)
        reading.tables[:] = main


def _missing_columns(reading: SpreadsheetReading) -> Iterator[Problem]:
    """Columns that a mapping names and the tables lack, or have twice."""
    mapping = reading.mapping
    heads = reading.heads
    is_wide = any(column.label.dating.year for table in reading.tables for column in table.columns)
    where = f"{reading.name}:{reading.head_line}"
    hint = shortened(f"columns: {', '.join(heads)}")
    for target, column in (*mapping.columns.items(), *mapping.values.items()):
        if column not in heads and not (is_wide and target in WIDE_TABLE_TARGETS):
            yield Problem(
                where, f"has no column {column!r}, which the mapping gives to {target}", hint
            )
        elif heads.count(column) > 1:
            yield Problem(where, f"column {column!r} stands there twice", "rename one")


def _answers_of_rows(mapping: Mapping, sheet: Sheet, main: Sheet) -> dict[int, str]:
    """What a reader says of the rows of a sheet; after the first sheet, of rows that are alike."""
    if sheet is main:
        return mapping.rows
    forms = {line.number: _form_of_line(line) for line in main.lines}
    return {
        line.number: mapping.rows[line.number]
        for line in sheet.lines
        if line.number in mapping.rows and forms.get(line.number) == _form_of_line(line)
    }


def _form_of_line(line: Line) -> tuple[bool, bool]:
    """Whether a line has numbers, and whether something names it."""
    return any(map(is_amount, line)), bool(str(line.at(0) or "").strip())


def _named_sheets(name: str, sheets: list[Sheet], mapping: Mapping) -> list[Sheet]:
    """The sheets that a reader has named; all where he names none."""
    titles = [sheet.title for sheet in sheets]
    for title in mapping.sheets:
        if title not in titles:
            fault = f"has no sheet {title!r}"
            hint = (
                f"its sheets: {', '.join(titles)}" if titles[0] else "it is no workbook: name none"
            )
            raise LedgerError.at(name, fault, hint)
    return [sheet for sheet in sheets if not mapping.sheets or sheet.title in mapping.sheets]


def _publication_day(sheets: Sequence[Sheet]) -> str:
    """The day on which the tables say that they were published."""
    texts = [text for sheet in sheets for text in _texts_at_ends(sheet)]
    days = [*filter(None, map(_day_of_publication, texts))]
    days += [str(day) for day in map(day_in, filter(SOURCE_WORDS.match, texts)) if day]
    return days[0] if days else ""


def _texts_at_ends(sheet: Sheet) -> Iterator[str]:
    """The lines of words at the top and at the end of a sheet."""
    for line in (*sheet.lines[:20], *sheet.lines[-20:]):
        cells = dict.fromkeys(filled(line))
        if len(cells) <= 3:
            yield " ".join(" ".join(str(cell).split()) for cell in cells)


def _day_of_publication(text: str) -> str:
    """The day that a text calls that of its publication; empty where it calls none so."""
    words = PUBLICATION_WORDS.search(text)
    if words is None:
        return ""
    day = _day_in(text[words.end() :].strip(" :：-–—.()"))
    return day or str(day_in(text) or "")


def _day_in(text: str) -> str:
    """The first date in a text, as a ledger has it."""
    if match := re.search(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})", text):
        parts = [int(part) for part in match.groups()]
    elif match := re.search(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text):
        parts = [int(part) for part in match.groups()[::-1]]
    else:
        period = printed_period(dates_in_words(text[:60]), None, True)
        if period is None or not re.search(r"\d{1,2}", text):
            return ""
        return period.end.isoformat()
    try:
        return date(*parts).isoformat()
    except ValueError:
        return ""


def _read_table(
    name: str,
    table: SheetTable,
    mapping: Mapping,
    title_context: Label | None,
    sister_factors: dict[str, float] | None = None,
) -> TableReading:
    footnotes = [str(cell) for line in table.of_kind("note") for cell in filled(line)[:1]]
    context = context_of(table, footnotes)
    if title_context is not None:
        # The sheet's titles hold for what its further tables leave open
        context = _context_with_titles(context, title_context, bool(table.of_kind("title")))
    columns = columns_of(table, mapping, context)
    is_said_of_dates = bool(mapping.each)
    mapping = with_forms(mapping, table, columns, context)
    rows = list(rows_of(table, columns, mapping, context))
    rows = with_country(rows, columns, mapping)
    columns = _with_total(_with_measure_to_date(columns), context)
    columns, rows = _with_market(_without_undated(columns, rows, context), rows, context)
    reading = TableReading(
        name, table, context, columns, rows, mapping, sister_factors=sister_factors or {}
    )
    _add_lines_too_long(reading)
    read_cells(reading)
    _leave_out_shares_of_parts(reading)
    _check_sums(reading)
    reading.questions.extend(_question_of_region(reading))
    reading.questions.extend(_questions_of_columns(reading))
    reading.questions.extend(_questions_of_periods(reading))
    _ask_of_rows(reading)
    reading.questions.extend(_questions_of_duplicates(reading))
    reading.questions.extend(_questions_of_footnotes(reading))
    if not reading.questions:
        reading.questions.extend(doubtful_units(reading))
        reading.questions.extend(running_totals(reading))
        if not is_said_of_dates:
            reading.questions.extend(counted_on_days(reading))
        reading.questions.extend(_questions_of_percent_counts(reading))
    return reading


def _with_measure_to_date(columns: list[TableColumn]) -> list[TableColumn]:
    """The columns; one of the year to date that names no measure is of the count before it."""
    result: list[TableColumn] = []
    measure = ""
    for column in columns:
        label = column.label
        is_open = not label.number and OTHER_DRIVES.search(column.head) is None
        if column.kind == "number" and is_open and label.dating.to_date and measure:
            column = replace(column, label=replace(label, number=measure))
        elif label.number in MEASURES and column.kind == "number":
            measure = label.number
        result.append(column)
    return result


def _without_undated(
    columns: list[TableColumn], rows: list[TableRow], context: Label
) -> list[TableColumn]:
    """The columns; beside columns with a period, those of percents without one are not read."""
    numbers = [column for column in columns if column.kind == "number"]
    is_wide = any(column.label.dating.complete for column in numbers)
    labels = [context, *(row.label for row in rows)]
    if not is_wide or any(label.dating.complete for label in labels):
        return columns
    return [*map(_unread_if_undated, columns)]


def _unread_if_undated(column: TableColumn) -> TableColumn:
    is_dated = column.label.dating.complete or column.answer.what
    if column.kind != "number" or is_dated or not is_percent_column(column):
        return column
    return replace(column, kind="", reason="names no period, as other columns do")


def _with_total(columns: list[TableColumn], context: Label) -> list[TableColumn]:
    """The columns; a total of all cars, beside the electric ones, is what the title counts."""
    electric = {"ev_" + event: "car_" + event for event in ALL_CARS}
    totals = {electric.get(column.label.number, "") for column in columns}
    if context.number not in totals:
        return columns
    return [
        replace(column, kind="number", label=replace(column.label, number=context.number))
        if column.kind == "sum" and not column.answer.what and not column.label.when
        else column
        for column in columns
    ]


def _context_with_titles(context: Label, title_context: Label, has_title: bool) -> Label:
    """What the lines above a table say, with what those above the first table of its sheet do."""
    context = replace(
        context,
        place=context.place or title_context.place,
        text=f"{title_context.text}. {context.text}",
    )
    if has_title:
        return context
    return replace(
        context,
        number=context.number or title_context.number,
        factor=context.factor or title_context.factor,
        kind=context.kind or title_context.kind,
        dating=context.dating if context.dating.complete else title_context.dating,
    )


def _with_market(
    columns: list[TableColumn], rows: list[TableRow], context: Label
) -> tuple[list[TableColumn], list[TableRow]]:
    """Columns and rows; those of all new cars are counted as the electric ones of the table."""
    labels = [context, *(column.label for column in columns), *(row.label for row in rows)]
    market = market_of({label.number for label in labels})

    def with_market(label: Label) -> Label:
        return replace(label, number=market) if label.number == MARKET_SIZE else label

    return (
        [replace(column, label=with_market(column.label)) for column in columns],
        [replace(row, label=with_market(row.label)) for row in rows],
    )


def _add_lines_too_long(reading: TableReading) -> None:
    heads = reading.table.of_kind("heads")
    width = max(map(len, heads), default=0)
    for line in reading.table.of_kind("row"):
        if heads and any(map(cell_text, line[width:])):
            fault = (
                f"has {len(line)} cells, the header has {width}: a comma inside a cell needs "
                "quotation marks around the cell"
            )
            where = f"{reading.name}:{line.number}"
            reading.problems.append(Problem(where, fault, "correct the line"))


def _leave_out_shares_of_parts(reading: TableReading) -> None:
    """Drop shares that add up to 100 %: each is of a row in all electric cars, not of these in all
    cars.
    """
    totals = {
        fact.column.index
        for fact in reading.facts
        if fact.number == EV_SHARE and fact.value == HUNDRED_PERCENT and fact.row.kind == "sum"
    }
    reading.facts[:] = [fact for fact in reading.facts if fact.column.index not in totals]
    reading.columns[:] = [
        replace(column, kind="", reason="are shares of the rows in their sum")
        if column.index in totals
        else column
        for column in reading.columns
    ]


def _check_sums(reading: TableReading) -> None:
    """Keep a sum as a fact where nothing else says the same; ask where it is not one."""
    reading.questions.extend(wrong_sums(reading, _printed_sums(reading)))
    is_total = _is_of_all_rows(reading)
    reading.facts[:] = [
        fact for fact in reading.facts if fact.row.kind == "fact" or (is_total and fact.period)
    ]


def _is_of_all_rows(reading: TableReading) -> bool:
    """Whether a sum is a fact of its own: its parts are neither of places nor of periods."""
    labels = [row.label for row in reading.rows if row.kind == "fact"]
    has_partners = any(fact.partner for fact in reading.facts)
    has_places = any(label.place for label in labels) and not has_partners
    return not has_places and not any(
        label.dating.months or label.dating.complete for label in labels
    )


def _printed_sums(reading: TableReading) -> dict[tuple[int, int], float]:
    """The numbers of the sums of a table, by line and column."""
    sums = {}
    for row, column in itertools.product(reading.rows, reading.columns):
        cell = row.line.at(column.index)
        if "sum" in (row.kind, column.kind) and is_amount(cell):
            amount = reading.amount_of(cell)
            if amount is not None:
                sums[row.line.number, column.index] = amount.value
    return sums


def _questions_of_columns(reading: TableReading) -> Iterator[TableQuestion]:
    """Questions about columns of numbers that nothing explains, where no main count was read."""
    counts = {fact.measure for fact in reading.facts}
    has_main_count = bool(counts & MAIN_COUNTS)
    proposals = _proposals_of_sums(reading)
    for column in reading.columns:
        if column.kind != "" or column.answer.what:
            continue
        if has_main_count and not _may_be_main_count(column, counts):
            continue
        asks = f"column {column.name} is not read: {column.reason}; what does it hold"
        proposed = proposals.get(column.index) or _proposed_of(column, reading)
        yield TableQuestion(("columns", column.letter, "what"), reading.name, asks, proposed)


def _proposed_of(column: TableColumn, reading: TableReading) -> str:
    return proposed_number(column.head, column.label, reading.context)


def _proposals_of_sums(reading: TableReading) -> dict[int, str]:
    """Proposals for columns that are not read, by index, where one is the sum of its neighbours and
    all count the same: the sum is the count, its parts are not read.
    """
    columns = [column for column in reading.columns if column.kind == ""]
    for end, total in enumerate(columns):
        for start in range(end - 1):
            parts = columns[start:end]
            proposed = {_proposed_of(part, reading) for part in parts}
            is_same = len(proposed) == 1 and proposed <= MAIN_COUNTS
            if is_same and _is_sum_of(total, parts, reading):
                return dict.fromkeys((part.index for part in parts), "nothing") | {
                    total.index: proposed.pop()
                }
    return {}


def _is_sum_of(total: TableColumn, parts: list[TableColumn], reading: TableReading) -> bool:
    """Whether the numbers of a column are in each row the sum of those of some others."""
    columns = [*parts, total]
    for row in reading.rows_of_facts:
        try:
            amounts = [reading.amount_of(row.line.at(column.index)) for column in columns]
        except ValueError:
            return False
        values = [amount.value if amount else 0.0 for amount in amounts]
        if abs(sum(values) - 2 * values[-1]) > len(values):
            return False
    return bool(reading.rows_of_facts)


def _question_of_region(reading: TableReading) -> Iterator[TableQuestion]:
    """The question of the place, where a title names an unknown part of a country."""
    if reading.mapping.place or "-" in reading.context.place:
        return
    titles = (str(cell) for line in reading.table.of_kind("title") for cell in filled(line)[:1])
    if region := next(filter(None, map(REGION_WORDS.search, titles)), None):
        asks = f"the title names {region[0]!r}, a part of a country: where do the numbers count"
        yield TableQuestion(("place",), reading.name, asks)


def _questions_of_periods(reading: TableReading) -> Iterator[TableQuestion]:
    """Questions about columns that a reader calls counts, with unknown words beside a year."""
    for column in reading.columns:
        label = replace(column.label, number="")
        if column.kind != "number" or not column.answer.what or column.answer.dates:
            continue
        if unknown := unknown_beside_year(label):
            asks = (
                f"column {column.name} says {unknown!r} beside a year: of which period are its "
                "numbers (period: of the whole year)"
            )
            yield TableQuestion(("columns", column.letter, "dates"), reading.name, asks)


def _may_be_main_count(column: TableColumn, counts: set[str]) -> bool:
    """Whether only words that no rule knows keep a column from being another count of cars."""
    number = column.label.number
    if OF_MONEY in column.label.doubts:
        return False
    return "no rule knows" in column.reason and number in FLOW_OF_COUNT and number not in counts


def _ask_of_rows(reading: TableReading) -> None:
    """Ask about rows with numbers that cannot be read; about their sum alone where one is that."""
    rows = [row for row in reading.rows if row.kind == "" and reading.has_number(row)]
    counts = {fact.measure for fact in reading.facts if fact.row.kind == "fact"} & MAIN_COUNTS
    if rows and not counts:
        total = line_of_total(reading.rows, reading.columns, reading.mapping)
        reading.questions.extend(_questions_of_rows(rows, total, reading))
    else:
        doubtful_rows = [row for row in rows if row.doubtful]
        reading.questions.extend(_questions_of_rows(doubtful_rows, 0, reading))


def _questions_of_rows(
    rows: list[TableRow], total: int, reading: TableReading
) -> Iterator[TableQuestion]:
    """Questions what some rows are; where one is their sum, about that one alone."""
    if total:
        yield _question_of_total(total, reading)
        return
    for row in rows[:MAX_TABLE_QUESTIONS]:
        asks = f"{row.reason}; what is the row"
        proposed = proposed_number(row.label.text, row.label, reading.context)
        key = ("rows", str(row.line.number))
        yield TableQuestion(key, reading.where(row), asks, proposed)


def _question_of_total(total: int, reading: TableReading) -> TableQuestion:
    """What the row is that is the sum of all others, of which no word says what they are."""
    row = next(row for row in reading.rows if row.line.number == total)
    name = str(next(iter(filled(row.line)), ""))[:40]
    asks = (
        f"{name!r} is the sum of all other rows, of which no word says what they are: "
        "which measure, or which period, is the row"
    )
    return TableQuestion(("rows", str(total)), reading.where(row), asks)


def _questions_of_footnotes(reading: TableReading) -> Iterator[TableQuestion]:
    """Rows whose period has a mark, and a note that names months: "* first six months"."""
    footnotes = dict(filter(None, map(_marked_note, reading.table.of_kind("note"))))
    for row in reading.rows if footnotes else ():
        dating = row.label.dating
        is_of_year = dating.year and not dating.months and row.kind == "fact"
        if is_of_year and row.line.number not in reading.table.answers:
            yield from _questions_of_footnote(row, footnotes, reading)


def _questions_of_footnote(
    row: TableRow, footnotes: dict[str, str], reading: TableReading
) -> Iterator[TableQuestion]:
    """The question of the period of a row, where a footnote of it names months."""
    marks = {_mark_of(str(cell)): cell for cell in row.line if is_period(cell)}
    for mark in marks.keys() & footnotes.keys():
        asks = f"{marks[mark]!r} has the note {footnotes[mark][:60]!r}; of which period is the row"
        yield TableQuestion(("rows", str(row.line.number)), reading.where(row), asks)


def _mark_of(text: str) -> str:
    """The sign of a footnote behind a text; empty where there is none."""
    mark = re.search(r"(?:[*†‡]+|[¹²³⁴⁵⁶⁷⁸⁹]|\d\))$", text.strip())
    if mark is None:
        return ""
    return mark[0].strip(")")


def _marked_note(line: Line) -> tuple[str, str] | None:
    """The mark and the text of a note that names months or a part of a year."""
    match = re.match(r"\s*([*†‡]+|[¹²³⁴⁵⁶⁷⁸⁹]|\d(?=\)))\)?\s*(.+)", str(filled(line)[0]))
    if match is None or REVISED.search(match[2]):
        return None
    dating, _ = dating_in(match[2])
    is_part = dating.months or dating.to_date or PARTS_OF_YEARS.search(match[2])
    if not is_part:
        return None
    return match[1], match[2]


def _questions_of_duplicates(reading: TableReading) -> Iterator[TableQuestion]:
    """Two numbers of one thing, in two columns of a row or in two rows of a column."""
    groups: dict[tuple[object, ...], list[CellFact]] = defaultdict(list)
    for fact in reading.facts:
        if fact.number and fact.period:
            key = (fact.row.line.number, fact.number, fact.place, fact.partner, fact.period)
            groups[key].append(fact)
    columns = set()
    for group in groups.values():
        for fact in group[1:]:
            if fact.value != group[0].value and fact.column.index not in columns:
                columns.add(fact.column.index)
                yield _question_of_duplicate_column(group[0].column, fact.column, reading.name)
    yield from _questions_of_duplicate_rows(reading)


def _questions_of_duplicate_rows(reading: TableReading) -> Iterator[TableQuestion]:
    """Questions about rows with two numbers of one thing, without the rows already answered."""
    lines: set[int] = set()
    for group in _duplicates(reading):
        is_revised = any(map(_is_revised, group))
        for fact in group:
            number = fact.row.line.number
            is_answered = number in reading.table.answers or _is_revised(fact)
            if number not in lines and not is_answered:
                lines.add(number)
                yield _question_of_duplicate_row(fact, group, "nothing" if is_revised else "")


def _duplicates(reading: TableReading) -> Iterator[list[CellFact]]:
    """The facts of a column that say several numbers of one thing."""
    groups: dict[tuple[object, ...], list[CellFact]] = defaultdict(list)
    for fact in reading.facts:
        if fact.number and fact.period and fact.amount.relation == "equals":
            details = tuple(str(fact.row.cells.get(name, "")) for name in DISTINGUISHING_COLUMNS)
            key = (fact.column.index, fact.number, fact.place, fact.partner, fact.period, details)
            groups[key].append(fact)
    yield from (group for group in groups.values() if len({fact.value for fact in group}) > 1)


def _is_revised(fact: CellFact) -> bool:
    return REVISED.search(fact.row.label.when) is not None


def _question_of_duplicate_row(
    fact: CellFact, group: list[CellFact], proposed: str
) -> TableQuestion:
    match = next(twin for twin in group if twin.value != fact.value)
    name = (fact.row.label.when or fact.row.label.text)[:40]
    asks = (
        f"{name!r} says {fact.amount.digits}, row {match.row.line.number} says "
        f"{match.amount.digits} of the same ({fact.number} {fact.period}); what is the row"
    )
    return TableQuestion(("rows", str(fact.row.line.number)), fact.where, asks, proposed)


def _question_of_duplicate_column(
    match: TableColumn, column: TableColumn, name: str
) -> TableQuestion:
    asks = (
        f"column {column.name} says another number of the same as column {match.name}; "
        "what does it hold"
    )
    if column.head == match.head:
        asks = f"column {column.name} stands there twice; what does it hold"
    return TableQuestion(("columns", column.letter, "what"), name, asks, "nothing")


def _questions_of_percent_counts(reading: TableReading) -> Iterator[TableQuestion]:
    """A count in percent."""
    counts = [
        fact
        for fact in reading.facts
        if fact.is_count and "percent" in (fact.amount.kind, fact.column.label.kind)
    ]
    columns: dict[int, CellFact] = {}
    for fact in counts:
        columns.setdefault(fact.column.index, fact)
    for fact in columns.values():
        asks = f"column {fact.column.name} counts {fact.measure} in percent: what does it hold"
        key = ("columns", fact.column.letter, "what")
        yield TableQuestion(key, fact.where, asks, f"{fact.measure} share")


def _gather_questions(reading: SpreadsheetReading) -> None:
    """Gather what the tables ask, each question once."""
    questions: dict[tuple[str, ...], TableQuestion] = {}
    for table in reading.tables:
        reading.problems.extend(table.problems)
        for question in table.questions:
            questions.setdefault(question.key, question)
    reading.questions.extend([*questions.values()][:MAX_TABLE_QUESTIONS])


def _which_sheet(reading: SpreadsheetReading) -> list[TableQuestion]:
    """Which sheet is meant, where two say the same."""
    tables = [table for table in reading.tables if table.facts]
    titles = [*dict.fromkeys(table.table.sheet.title for table in tables)]
    if reading.mapping.sheets or not _overlap(tables):
        return []
    asks = f"has {len(titles)} sheets with a table: {', '.join(titles)}"
    return [TableQuestion(("sheet",), reading.name, asks, titles[0])]


def _overlap(tables: Sequence[TableReading]) -> bool:
    """Whether tables of two sheets say numbers of the same."""
    sheets: dict[tuple[object, ...], str] = {}
    for table in tables:
        for fact in table.facts:
            key = (fact.number, fact.place, fact.period)
            title = table.table.sheet.title
            if sheets.setdefault(key, title) != title:
                return True
    return False
