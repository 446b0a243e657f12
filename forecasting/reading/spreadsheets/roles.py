"""What each column and each row of a table holds, or a question where that is not certain.

The words of heads and rows say it, and the cells confirm it. An answer of a reader comes first.
"""

import bisect
import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping as Answers, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from forecasting.reading.mapping import (
    DATE_FORMS,
    EACH,
    EXCEL_EPOCH,
    ISO,
    NUMBER_TARGETS,
    NUMBERS_OF_ROWS,
    PERIOD_LENGTHS,
    SUM_WORDS,
    TARGETS,
    UNKNOWN,
    ColumnAnswer,
    Mapping,
    dated,
    is_printed_period,
)
from forecasting.reading.press import GROWTH
from forecasting.reading.press_words import unknown_words
from forecasting.reading.printed_periods import period_of
from forecasting.reading.rules import LEDGER_COLUMNS
from forecasting.reading.spreadsheets.cell_grid import Line, ShownNumber, column_letter, filled
from forecasting.reading.spreadsheets.cell_words import (
    NO_LABEL,
    OF_THE_FUTURE,
    Label,
    growth_of,
    label_of,
    title_label,
)
from forecasting.reading.spreadsheets.dating import AS_OF, HEADS_DAYS, NOTHING, Dating, dating_of
from forecasting.reading.spreadsheets.layout import SheetTable, is_amount, is_period, is_sign
from forecasting.reading.spreadsheets.terms import (
    CODE_WORDS,
    FIRST_ESTIMATE,
    OTHER_DRIVES,
    OTHER_VEHICLES,
    REVISED,
    in_english,
    unit_of,
    without_footnote_marks,
)
from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.limits import MAX_LABEL_CHARACTERS, MAX_TITLES_CHARACTERS
from forecasting.vocabulary.measures import EV_SHARE, EV_STOCK_SHARE, MEASURES
from forecasting.vocabulary.periods import Period

DECIMAL = "say in the mapping decimal: ',' where points set thousands apart, else decimal: '.'"
SAMPLE_ROWS = 200  # rows that show what a column holds
AS_ASKED = "as you say"
PART_OF_ROW = "is a part of the row above"
NUMBERS_ROWS = "numbers the rows"
NO_ANSWER = ColumnAnswer()
LABEL_KINDS = ("label", "place", "measure", *PERIOD_LENGTHS, "unit")  # of rows
DETAIL_KINDS = {*LEDGER_COLUMNS} - {*LABEL_KINDS, "value"}


class TableQuestion(NamedTuple):
    """What a table does not say for certain.

    Parameters
    ----------
    key : tuple of str
        Where the answer stands in a mapping: ``("columns", "C", "what")``.
    where : str
        Of the file, with sheet and row or column.
    asks : str
        In words.
    proposed : str
        An answer; empty where there is none to propose.
    """

    key: tuple[str, ...]
    where: str
    asks: str
    proposed: str = ""

    @property
    def remedy(self) -> str:
        """The line of a file of answers that answers it."""
        answer = self.proposed or "..."
        if self.key == ("sheet",):
            return f"name one in the mapping, e.g. sheet: {answer}"
        if self.key == ("decimal",):
            return DECIMAL
        if len(self.key) == 1:
            return f"{self.key[0]}: {answer}"
        if self.key[0] != "columns":
            return f"{self.key[0]}: {{{self.key[1]}: {answer}}}"
        _, letters, word = self.key
        columns = ", ".join(f"{letter}: {{{word}: {answer}}}" for letter in letters.split())
        return f"columns: {{{columns}}}"


@dataclass(frozen=True)
class TableColumn:
    """One column of a table.

    Parameters
    ----------
    index : int
        From 0 on.
    head : str
        Its heads, joined.
    kind : str
        ``number``; ``label`` of rows, or what of them its cells say (place, year, ...); another
        column of a ledger; ``sum``, ``note``, ``nothing``; empty where it is not read.
    label : Label
        What its heads say.
    reason : str
        Why it is not read.
    answer : ColumnAnswer
        What a reader has said.
    """

    index: int
    head: str
    kind: str
    label: Label = NO_LABEL
    reason: str = ""
    answer: ColumnAnswer = NO_ANSWER

    @property
    def letter(self) -> str:
        """As a spreadsheet program shows it."""
        return column_letter(self.index)

    @property
    def name(self) -> str:
        """What messages call it: its head, or its letter."""
        return repr(self.head) if self.head else self.letter


def heads_of(table: SheetTable) -> list[list[str]]:
    """The heads of each column, from the top; one over several columns stands above each."""
    width = table.width
    rows = [[_word(line.at(index)) for index in range(width)] for line in table.of_kind("heads")]
    are_heads_below: list[list[bool]] = []
    below = [False] * width
    for row in reversed(rows):
        are_heads_below.append(below)
        below = [is_head or bool(word) for is_head, word in zip(below, row, strict=True)]
    for row, below in zip(rows, reversed(are_heads_below), strict=True):
        _spread(row, below)
    return [[row[index] for row in rows] for index in range(width)]


def _spread(row: list[str], are_heads_below: list[bool]) -> None:
    """Set a head of several columns above each of them that has a head of its own."""
    for index in range(1, len(row)):
        is_group = are_heads_below[index - 1] and are_heads_below[index]
        if is_group and not row[index]:
            row[index] = row[index - 1]


def _word(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def units_of(table: SheetTable) -> list[str]:
    """What a row of units says of each column."""
    units = [""] * table.width
    for line in table.of_kind("unit"):
        for index, cell in enumerate(line):
            if _word(cell) and unit_of(_word(cell)).factor:
                units[index] = _word(cell)
    return units


def context_of(table: SheetTable, footnotes: Sequence[str] = ()) -> Label:
    """What the lines above a table, its sheet's name and its notes on units say of all of it."""
    titles = [
        _word(cell)[:MAX_LABEL_CHARACTERS]
        for line in table.of_kind("title")
        for cell in dict.fromkeys(filled(line))
    ]
    ends = [*itertools.accumulate(map(len, titles))]
    titles = titles[: bisect.bisect(ends, MAX_TITLES_CHARACTERS)]
    units = [note for note in footnotes if unit_of(note).factor and len(note) < 60]
    label = title_label([*filter(None, [table.sheet.title, *titles, *units])])
    cells = (_word(cell) for row in table.of_kind("row")[:2] for cell in row)
    if day := next(filter(AS_OF.search, cells), ""):  # a day on which a stock is counted
        return replace(label, text=f"{label.text}. {day}")
    return label


def columns_of(table: SheetTable, mapping: Mapping, context: Label) -> list[TableColumn]:
    """Each column of a table with what it is read as."""
    rows = table.of_kind("row")[:SAMPLE_ROWS]
    units = units_of(table)
    heads = heads_of(table)
    if day_head := next((head for parts in heads for head in parts if HEADS_DAYS.search(head)), ""):
        context = replace(context, text=f"{context.text}. {day_head}")
    if code := _common_code(heads, rows):
        context = replace(context, text=f"{context.text}. {code}")
    columns = []
    for index, parts in enumerate(heads):
        head = " ".join(dict.fromkeys(filter(None, parts)))
        answer = _answer(mapping, column_letter(index), head)
        label = _head_label(parts, units[index], context)
        cells = [row.at(index) for row in rows if _word(row.at(index))]
        column = TableColumn(index, head, "", label, "", answer)
        columns.append(_with_kind(column, cells, table, mapping))
    return _without_second_labels(_with_names_of_rows(columns))


def _common_code(heads: Sequence[Sequence[str]], rows: Sequence[Line]) -> str:
    """The code of a nomenclature that all rows have; empty where they have several, or none."""
    for index, parts in enumerate(heads):
        codes = {_word(row.at(index)) for row in rows} - {""}
        if len(codes) == 1 and CODE_WORDS.search(" ".join(parts)):
            return codes.pop()
    return ""


def _with_names_of_rows(columns: list[TableColumn]) -> list[TableColumn]:
    """The columns; where none labels the rows, the first column of words does."""
    kinds = {column.kind for column in columns}
    if kinds & {*LABEL_KINDS} - {"unit"}:
        return columns
    words = [column for column in columns if column.kind == "note" and column.reason == UNKNOWN]
    return [
        replace(column, kind="label", reason="") if column in words[:1] else column
        for column in columns
    ]


def _with_kind(
    column: TableColumn, cells: list[object], table: SheetTable, mapping: Mapping
) -> TableColumn:
    """A column with its kind: by the answer of a reader, else by its head and cells."""
    if column.answer.what:
        return _column_by_answer(column, cells)
    if column.index in table.sheet.hidden:
        return replace(column, kind="nothing", reason="is hidden")
    names_columns = mapping.columns or mapping.values
    if names_columns and not column.label.dating.complete:
        return replace(column, kind="nothing", reason=AS_ASKED)
    return _column_by_head(column, cells)


def _answer(mapping: Mapping, letter: str, head: str) -> ColumnAnswer:
    """What a reader says of a column, by its letter or by its name."""
    answer = mapping.letters.get(letter, ColumnAnswer())
    names = {name: target for target, name in (*mapping.columns.items(), *mapping.values.items())}
    if head in mapping.unread:
        names[head] = "nothing"
    word = answer.what or names.get(head, "")
    factor = answer.factor or float(mapping.scales.get(head, 0))
    return answer.model_copy(update={"what": word, "factor": factor})


def _head_label(parts: Sequence[str], unit: str, context: Label) -> Label:
    """What the heads of a column say together; a unit in a row of units comes first."""
    parts = [*dict.fromkeys(without_footnote_marks(part) for part in parts if part)]
    label = label_of(", ".join(parts), context.text)
    if len(parts) > 1 and not label.number:
        number = _common_number([label_of(part, context.text) for part in parts])
        if number:
            label = replace(label, number=number, is_sum=False)
    if unit:
        unit_label = unit_of(unit)
        label = replace(label, factor=unit_label.factor, kind=unit_label.kind)
    return label


def _common_number(labels: Sequence[Label]) -> str:
    """The one number that labels name for certain; empty where they name none, or several."""
    numbers = {label.number for label in labels if label.number and not label.doubts}
    return numbers.pop() if len(numbers) == 1 else ""


def _column_by_answer(column: TableColumn, cells: list[object]) -> TableColumn:
    """A column by what a reader says of it."""
    word = column.answer.what
    if word == "note" and cells:
        if all(unit_of(_word(cell)).factor for cell in cells):
            return replace(column, kind="unit")  # a note on units holds for its rows
        if all(map(is_amount, cells)):  # of another sheet, where the column holds numbers
            return _column_by_head(column, cells)
    if word in ("sum", "note", "nothing"):
        return replace(column, kind=word, reason=AS_ASKED)
    if word == "period":
        return replace(column, kind="date")
    if word in TARGETS and word not in MEASURES:
        return replace(column, kind=word)
    return replace(column, kind="number", label=_label_by_answer(column))


def _label_by_answer(column: TableColumn) -> Label:
    """What a column of numbers says, by its head and by what a reader says of it."""
    answer = column.answer
    number = answer.what
    if number.endswith(" share"):
        number = _share_of(number.removesuffix(" share"))
    label = replace(column.label, number=number, doubts=(), is_sum=False)
    if answer.unit:
        unit = unit_of(answer.unit)
        label = replace(label, factor=unit.factor or 1.0, kind=unit.kind or "count")
    if answer.factor:
        label = replace(label, factor=answer.factor)
    return label


def _share_of(measure: str) -> str:
    """The share that goes with a count: a measure, or a quantity of one."""
    if MEASURES[measure].kind == "stock":
        return EV_STOCK_SHARE
    return EV_SHARE if MEASURES[measure].of_owners else f"{measure} market_share_percent"


def _column_by_head(column: TableColumn, cells: list[object]) -> TableColumn:
    """A column by its head and its cells."""
    label = column.label
    if not cells:
        return replace(column, kind="nothing")
    amounts, words = _amounts_and_words(cells)
    if not label.number:
        if CODE_WORDS.search(column.head):
            return replace(column, kind="note", reason="holds codes")
        if label.target:
            return _column_of_target(column, amounts, words)
    return _column_by_cells(column, amounts, words)


def _column_by_cells(
    column: TableColumn, amounts: list[object], words: list[object]
) -> TableColumn:
    """A column whose head names no column of a ledger, by its cells."""
    label = column.label
    if _numbers_rows(column, amounts, words):
        return replace(column, kind="nothing", reason=NUMBERS_ROWS)
    days = [*amounts, *words]
    if days and all(map(_is_day, days)):
        return replace(column, kind="date")
    if len(words) > len(amounts) and not (label.number and not _are_labels(words)):
        return _column_of_words(column, words)
    kind = _kind_of_periods(amounts)
    if kind and not label.says_something:
        return replace(column, kind=kind)
    return _column_of_numbers(column)


def _is_day(cell: object) -> bool:
    """Whether a cell is a day in digits: 31.12.2024."""
    return any(dated(_word(cell), form) for form in DATE_FORMS[:-1])


def _amounts_and_words(cells: list[object]) -> tuple[list[object], list[object]]:
    """The cells with numbers, without signs for unknown ones, and the cells with words."""
    amounts = [cell for cell in cells if is_amount(cell) and not is_sign(cell)]
    words = [cell for cell in cells if not is_amount(cell)]
    return amounts, words


def _kind_of_periods(amounts: list[object]) -> str:
    """What a column of periods is, by its cells; empty where it is none."""
    if not amounts or not all(map(is_period, amounts)):
        return ""
    return "date" if isinstance(amounts[0], dt.date) else "year"


def _column_of_target(
    column: TableColumn, amounts: list[object], words: list[object]
) -> TableColumn:
    """A column whose head names a column of a ledger, or a period."""
    target = column.label.target
    if target == "product" and any(map(_names_cars, words)):
        return replace(column, kind="label")  # types of vehicles, each counted
    if target == "value":
        return replace(column, kind="number")
    if target in ("unit", "place", "measure") and len(amounts) > len(words):
        return _column_of_numbers(column)
    if target in (*PERIOD_LENGTHS, "place", "measure") and words and _are_labels(words):
        kinds = {*map(_kind_of_label, words)}
        if not kinds <= {"", "sum", target if target in ("place", "measure") else "dating"}:
            return replace(column, kind="label")
    return replace(column, kind=target)


def _names_cars(cell: object) -> bool:
    return "cars" in in_english(_word(cell))


def _are_labels(cells: Sequence[object]) -> bool:
    """Whether cells name what their rows are of: most are a place, a period, a measure, a sum."""
    names = [*dict.fromkeys(map(_word, cells))][:SAMPLE_ROWS]
    return 2 * sum(bool(_kind_of_label(name)) for name in names) >= len(names)


def _kind_of_label(cell: object) -> str:
    label = label_of(_word(cell))
    if label.place:
        return "place"
    if label.number:
        return "measure"
    if label.is_sum:
        return "sum"
    return "dating" if is_period(cell) else ""


def _column_of_words(column: TableColumn, words: list[object]) -> TableColumn:
    if _are_labels(words) or column.index == 0:
        return replace(column, kind="label")
    if all(unit_of(_word(word)).factor for word in words):
        return replace(column, kind="unit")
    return replace(column, kind="note", reason=UNKNOWN)


def _numbers_rows(column: TableColumn, amounts: list[object], words: list[object]) -> bool:
    """Whether the cells count the rows: 1, 2, 3."""
    if words or len(amounts) < 2 or in_english(column.head) not in ("", "#"):
        return False
    texts = [_word(cell).strip(".") for cell in amounts]
    return texts == [str(number) for number in range(1, len(texts) + 1)]


def _column_of_numbers(column: TableColumn) -> TableColumn:
    label = column.label
    if label.is_sum and label.number == "":
        return replace(column, kind="sum")
    if label.doubts:
        return replace(column, kind="", reason="; ".join(label.doubts))
    if not label.number and OTHER_DRIVES.search(column.head):
        return replace(column, kind="", reason="is of other drives")
    if label.says_something or _is_unit_alone(column):
        return replace(column, kind="number")
    if label.is_part:
        return replace(column, kind="", reason="is a part of another column")
    return replace(column, kind="", reason=UNKNOWN)


def _is_unit_alone(column: TableColumn) -> bool:
    """Whether a head says a unit and nothing else, or there is none."""
    label = column.label
    return not column.head or (label.factor > 0 and not label.remainder.strip(" .,"))


def _without_second_labels(columns: list[TableColumn]) -> list[TableColumn]:
    """Columns in which no word of a ledger stands for two of them."""
    targets: Counter[str] = Counter()
    result = []
    for column in columns:
        kind = column.kind
        if kind in LEDGER_COLUMNS and kind not in ("measure", "place"):
            targets[kind] += 1
            if targets[kind] > 1:
                column = replace(column, kind="", reason=f"is a second column of {kind}")
        result.append(column)
    return result


@dataclass(frozen=True)
class TableRow:
    """One row of a table.

    Parameters
    ----------
    line : Line
        Its cells.
    kind : str
        ``fact``, ``sum``, ``nothing``, ``hidden``; empty where it is not read.
    label : Label
        What its labels, and the section that it stands in, say.
    cells : dict of str to object
        Of the ledger's own columns.
    reason : str
        Why it is not read.
    doubtful : bool
        Whether a reader must say what it is.
    """

    line: Line
    kind: str
    label: Label
    cells: dict[str, object]
    reason: str = ""
    doubtful: bool = False

    @property
    def may_hold_facts(self) -> bool:
        """Whether its numbers may be facts: a sum may, unless a reader calls it a sum."""
        return self.kind == "fact" or (self.kind == "sum" and self.reason != AS_ASKED)


def rows_of(
    table: SheetTable, columns: list[TableColumn], mapping: Mapping, context: Label
) -> Iterator[TableRow]:
    """Each row of a table, with what the labels in it say."""
    labels = [column for column in columns if column.kind in LABEL_KINDS]
    details = [column for column in columns if column.kind in DETAIL_KINDS]
    for section in _sections(table, context):
        measure = ""
        for row in _rows_of_section(section, labels, mapping, table.answers):
            if row.label.number == GROWTH and measure:
                row = replace(row, label=replace(row.label, number=growth_of(measure)))
            elif row.label.number in MEASURES:
                measure = row.label.number
            yield replace(row, cells=_details(row.line, details))


def _details(line: Line, columns: list[TableColumn]) -> dict[str, object]:
    """The cells of the ledger's own columns."""
    return {
        column.kind: line[column.index]
        for column in columns
        if column.index < len(line)
        # A sum of partners is of none of them
        and not (column.kind == "partner" and SUM_WORDS.fullmatch(_word(line[column.index])))
    }


class Section(NamedTuple):
    """The rows below a heading.

    Parameters
    ----------
    label : Label
        What the heading says.
    text : str
        Its words, behind those of the titles.
    lines : list of (Line, str)
        Each with its kind.
    parent : str
        Words of the row above, of which a row may be a part.
    """

    label: Label
    text: str
    lines: list[tuple[Line, str]]
    parent: str = ""


def _sections(table: SheetTable, context: Label) -> Iterator[Section]:
    """The rows of a table, with the headings between them."""
    section = Section(NO_LABEL, context.text, [])
    for line, kind in table.lines:
        if kind == "section":
            yield section
            heading = _word(filled(line)[0])
            label = _section_label(section.label, label_of(heading, context.text))
            section = Section(label, f"{context.text}. {heading}", [])
        elif kind == "row" or (kind in ("sum", "nothing") and line.number in table.answers):
            section.lines.append((line, kind))
    yield section


def _rows_of_section(
    section: Section, labels: list[TableColumn], mapping: Mapping, answers: Answers[int, str]
) -> Iterator[TableRow]:
    texts_above: dict[int, object] = {}
    parent = ""
    for line, kind in section.lines:
        cells = _labels_of_line(line, labels, texts_above)
        if kind in ("sum", "nothing"):
            yield TableRow(line, kind, NO_LABEL, {}, AS_ASKED)
        elif line.hidden:
            yield TableRow(line, "hidden", NO_LABEL, {}, "is hidden")
        else:
            row = _row(line, labels, cells, section._replace(parent=parent), mapping)
            if not row.label.is_part:
                parent = row.label.text
            yield _row_by_answer(row, answers.get(line.number, ""))


def _row_by_answer(row: TableRow, answer: str) -> TableRow:
    """A row of which a reader has said what it counts, or of which period it is."""
    if not answer:
        return row
    label = replace(row.label, doubts=(), is_sum=False)
    if answer in NUMBERS_OF_ROWS:
        label = replace(label, number=answer)
    elif is_printed_period(answer):
        label = replace(label, dating=Dating(exact=period_of(answer)), when=answer)
    else:
        return row
    return replace(row, kind="fact", label=label, reason="", doubtful=False)


def _section_label(outer: Label, inner: Label) -> Label:
    """What holds for the rows below a heading: a year goes with the measure above it."""
    if inner.number:
        return inner
    if inner.says_something:
        dating = inner.dating if inner.dating.complete or inner.dating.months else outer.dating
        return replace(
            outer,
            dating=dating,
            place=inner.place or outer.place,
            factor=inner.factor or outer.factor,
        )
    return inner if inner.factor else NO_LABEL


def _labels_of_line(
    line: Line, labels: list[TableColumn], texts_above: dict[int, object]
) -> dict[int, object]:
    """The labels of a row. An empty cell left of a filled one has the text above it, which stands
    once for a group of rows.
    """
    cells = {column.index: line.at(column.index) for column in labels}
    texts = {index: cell for index, cell in cells.items() if _word(cell)}
    end = max(texts, default=-1)
    shared = {
        index: cell for index, cell in texts_above.items() if index < end and index not in texts
    }
    for index, cell in texts.items():
        if texts_above.get(index) != cell:
            _forget_behind(index, texts_above)
        texts_above[index] = cell
    return cells | shared


def _forget_behind(index: int, texts: dict[int, object]) -> None:
    """Drop the labels of the columns behind one: they were of another group."""
    for inner in [column for column in texts if column > index]:
        del texts[inner]


def _row(
    line: Line,
    labels: list[TableColumn],
    cells: dict[int, object],
    section: Section,
    mapping: Mapping,
) -> TableRow:
    """A row by its labels."""
    row_label = NO_LABEL
    for column in labels:
        cell = cells[column.index]
        if not _word(cell):
            continue
        label = _label_of_cell(cell, column, section, mapping)
        if isinstance(label, str):
            return TableRow(line, "", row_label, {}, label, True)
        joint_label = _joint_label(row_label, label)
        if joint_label is None:
            fault = f"{_word(cell)[:40]!r} contradicts what stands before it"
            return TableRow(line, "", row_label, {}, fault, True)
        row_label = joint_label
    if _lacks_its_period(row_label, labels, section.label):
        return TableRow(line, "", row_label, {}, "'' is not a period such as 2023 or 2023-04", True)
    if row_label.doubts:
        text = _word(row_label.text)[:40]
        label = _label_with_section(section.label, row_label)
        return TableRow(line, "", label, {}, f"{text!r} {'; '.join(row_label.doubts)}")
    kind = "sum" if row_label.is_sum else "fact"
    return TableRow(line, kind, _label_with_section(section.label, row_label), {})


def _lacks_its_period(label: Label, labels: list[TableColumn], section: Label) -> bool:
    """Whether the cells of a row are empty in all columns of periods."""
    if label.is_sum or label.doubts or section.dating != NOTHING:
        return False
    return label.dating == NOTHING and any(column.kind in PERIOD_LENGTHS for column in labels)


def _label_with_section(section: Label, label: Label) -> Label:
    """The labels of a row with what the section says that they do not."""
    if section == NO_LABEL:
        return label
    joint_label = _joint_label(
        replace(section, number="" if label.number else section.number, is_sum=False), label
    )
    if joint_label is None:
        return label
    return replace(
        joint_label, factor=label.factor or section.factor, kind=label.kind or section.kind
    )


def _joint_label(outer: Label, inner: Label) -> Label | None:
    """What two labels say together; None where they contradict each other."""
    dating = outer.dating.joined(inner.dating)
    places = {outer.place, inner.place} - {""}
    if dating is None or len(places) > 1:
        return None
    return Label(
        _joint_text(outer, inner),
        _joint_number(outer.number, inner.number),
        inner.factor or outer.factor,
        inner.kind or outer.kind,
        dating,
        "".join(places),
        inner.when or outer.when,
        outer.is_sum or inner.is_sum,
        outer.is_part or inner.is_part,
        doubts=(*outer.doubts, *inner.doubts),
    )


def _joint_text(outer: Label, inner: Label) -> str:
    if inner.number or inner.doubts:
        return inner.text
    return outer.text or inner.text


def _joint_number(outer: str, inner: str) -> str:
    """The inner of two numbers; a growth is of the measure before it."""
    if outer and inner == GROWTH:
        return growth_of(outer)
    return inner or outer


def _label_of_cell(
    cell: object, column: TableColumn, section: Section, mapping: Mapping
) -> Label | str:
    """What a label of a row says; the reason, as text, where it cannot be read."""
    words = _word(cell)
    kind = column.kind
    if kind == "unit":
        unit = unit_of(words)
        return Label(words, factor=unit.factor, kind=unit.kind)
    if kind in PERIOD_LENGTHS or isinstance(cell, dt.date):
        return _period_label(cell, kind, mapping)
    if isinstance(cell, int | float):
        if is_period(cell):
            return Label(words, when=words, dating=dating_of(words))
        return f"{words!r} names nothing that is known here"
    label = _label_in_section(words, section, column.head)
    if kind == "place":
        return _place_label(words, label)
    if kind == "measure" and words in NUMBER_TARGETS:
        return Label(words, words)
    return _with_doubts(words, label, kind == "measure")


def _label_in_section(words: str, section: Section, head: str) -> Label:
    """What a text says below the words of its titles; a part, below those of its row, too."""
    text = f"{section.text}. {head}"
    label = label_of(words, text)
    if not label.is_part or not section.parent:
        return label
    if OTHER_VEHICLES.search(section.parent):
        return replace(label, number="", doubts=(PART_OF_ROW,))
    return label_of(words, f"{text}. {section.parent}")


def _with_doubts(words: str, label: Label, is_measure: bool) -> Label:
    """The label of a cell, with a doubt where it does not say what it must."""
    if label.is_part and not label.number:
        return Label(words, is_part=True, doubts=(PART_OF_ROW,))
    if is_measure and not (label.number or label.is_sum):
        return Label(words, doubts=label.doubts or (UNKNOWN,))
    if label.doubts:
        return label
    if not label.says_something:
        return Label(words, doubts=(UNKNOWN,))
    if unknown := unknown_beside_year(label):
        return replace(label, doubts=(f"says {unknown!r} beside a year, which no rule knows",))
    return label


def unknown_beside_year(label: Label) -> str:
    """The words beside a year that may say of which part of it a number is; empty where none is
    unknown.
    """
    dating = label.dating
    if label.number or label.place or label.is_sum or dating.exact:
        return ""
    if not dating.year:
        return ""
    words = FIRST_ESTIMATE.sub(" ", REVISED.sub(" ", label.remainder))
    return ", ".join(unknown_words(in_english(words), []))


def day_of(cell: object, form: str) -> dt.date | None:
    """The day of a cell: a date, a workbook's count of days, or text of a form."""
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, int | float) and 20_000 < cell < 80_000:
        return EXCEL_EPOCH + dt.timedelta(days=int(cell))
    return dated(str(cell).strip(), form or ISO)


def _place_label(words: str, label: Label) -> Label:
    """The label of a cell in a column of places; an unknown place stays as written."""
    if label.is_sum or SUM_WORDS.fullmatch(words):
        return Label(words, is_sum=True)
    return Label(words, place=label.place or words)


def _period_label(cell: object, kind: str, mapping: Mapping) -> Label | str:
    """The period of a cell in a column of periods."""
    words = _word(cell)
    if day := day_of(cell, mapping.dates):
        length = kind if kind in EACH else ""
        dating = Dating(exact=Period(day, day), length=length)
        return Label(words, when=words, dating=dating)
    if isinstance(cell, float) and not cell.is_integer():
        if not (isinstance(cell, ShownNumber) and cell.decimals == 2):
            return f"{words!r} may be month 1 or month 10: write it as text, e.g. 2022-10"
        words = f"{float(cell):.2f}"
    label = label_of(words)
    if label.is_sum:
        return Label(words, is_sum=True, dating=label.dating)
    if OF_THE_FUTURE in label.doubts:
        return Label(words, when=words, dating=label.dating, doubts=(OF_THE_FUTURE,))
    words = _period_words(words, kind, mapping.calendar)
    try:
        return Label(words, when=words, dating=dating_of(words))
    except PeriodError as error:
        return str(error)


def _period_words(words: str, kind: str, calendar: str) -> str:
    """The text of a period with the unit that its column, or the calendar, leaves out."""
    if calendar == "minguo" and re.fullmatch(r"\d{2,3}", words):
        return f"民国{words}年"
    if kind == "month" and re.fullmatch(r"\d{1,2}", words):
        return f"{words}月"
    if kind == "quarter" and re.fullmatch(r"(?i)\d{1,2}|i{1,3}|iv", words):
        return f"Q{words}"
    return words
