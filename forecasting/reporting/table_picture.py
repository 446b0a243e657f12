"""How a table of one's own is read, as text of 80 columns: the table as it stands, what each column
and row of it is read as, with two of its numbers as they enter, and what is asked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from forecasting.reading.spreadsheets.cell_grid import column_letter
from forecasting.vocabulary.measures import measure_of
from forecasting.vocabulary.quantities import quantity_of

if TYPE_CHECKING:
    from forecasting.reading.spreadsheets.reading import SpreadsheetReading
    from forecasting.reading.spreadsheets.roles import TableColumn
    from forecasting.reading.spreadsheets.table_facts import CellFact, TableReading
from forecasting.vocabulary.sentences import sentence

WIDTH = 80
MOST_ROWS = 8  # of a table, that are drawn; the others are counted
MOST_COLUMNS = 6
NARROWEST = 9  # signs of a column
UNREAD = "not read"
ROLES = {
    "label": "names of rows",
    "date": "period",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "place": "place",
    "measure": "measure",
    "unit": "unit",
    "sum": "sum, not read",
    "note": "note",
    "nothing": UNREAD,
    "": UNREAD,
}


def picture_of(reading: SpreadsheetReading) -> list[str]:
    r"""The lines of the picture.

    Parameters
    ----------
    reading : SpreadsheetReading
        What a table was read as.

    Returns
    -------
    list of str
        Each at most 80 signs wide.

    Examples
    --------
    >>> from forecasting.reading.mapping import Mapping
    >>> from forecasting.reading.spreadsheets.reading import read_spreadsheet
    >>> text = "Год;Ввоз электромобилей, тыс. шт.\n2018;1,37\n"
    >>> print("\n".join(picture_of(read_spreadsheet("own.csv", text.encode(), Mapping()))))
    own.csv
                 A          B
     1 heads     Год        Ввоз элек…
     2 fact      2018       1,37
    A 'Год': year
    B 'Ввоз электромобилей, тыс. шт.': ev_imports, x 1,000
        2018: 1,37 -> 1,370 vehicles
    """
    lines = []
    for table in reading.tables:
        title = table.table.sheet.title
        lines.append(_cut(f"{reading.name}, sheet {title}" if title else reading.name, WIDTH))
        lines += _grid(table)
        for column in _described(table):
            lines += _of_column(column, table)
        lines += _of_context(table)
    for problem in reading.left_out():
        lines += _folded(f"row {str(problem).rpartition(reading.name + ':')[2]}", 2)
    for question in reading.questions:
        lines += _folded(f"? {question.where}: {question.asks}?", 2)
    return lines


def _width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)


def _cut(text: str, width: int) -> str:
    """A text of a width, its end cut where it is wider."""
    text = " ".join(text.split())[: width + 1]  # each sign is one wide at least
    if _width(text) <= width:
        return text
    while _width(text) >= width:
        text = text[:-1]
    return f"{text}…"


def _padded(text: str, width: int) -> str:
    text = _cut(text, width)
    return text + " " * (width - _width(text))


def _folded(text: str, indent: int) -> list[str]:
    """A text in lines, those behind the first moved in."""
    lead = text[: len(text) - len(text.lstrip())]
    lines = [""]
    for word in text.split():
        room = WIDTH - _width(lead) - indent * (len(lines) > 1)
        joined = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(joined) > room:
            lines.append(_cut(word, WIDTH - indent))
        else:
            lines[-1] = joined
    return [lead + lines[0], *(lead + " " * indent + line for line in lines[1:])]


def _grid(table: TableReading) -> Iterator[str]:
    """The cells as they stand, each line with what it is."""
    width = table.table.width
    columns = [*range(min(width, MOST_COLUMNS))]
    size = max(NARROWEST, (WIDTH - 14) // max(len(columns), 1) - 1)
    size = min(size, 24 if len(columns) > 2 else 10)
    letters = _in_columns([*map(column_letter, columns)], "heads", size)
    more = width - len(columns)
    yield sentence("{heads}[ (and {more} more)]", heads=f"{'':<12}{letters.rstrip()}", more=more)
    kinds = {row.line.number: row.kind or UNREAD for row in table.rows}
    facts = 0
    for line, kind in table.table.lines:
        role = kinds.get(line.number, kind)
        facts += role == "fact"
        if role != "fact" or facts <= MOST_ROWS:
            cells = _in_columns(line[: len(columns)], kind, size)
            yield f"{line.number:>2} {role:<9}{cells}".rstrip()
    if facts > MOST_ROWS:
        yield f"   ... and {facts - MOST_ROWS} more rows"


def _in_columns(line: Sequence[object], kind: str, size: int) -> str:
    """Cells side by side; one alone that says what others are takes the room of all."""
    cells = ["" if cell is None else str(cell) for cell in line]
    texts = {*filter(None, cells)}
    if len(texts) == 1 and kind in ("title", "note", "section"):
        return f" {_cut(texts.pop(), WIDTH - 14)}"
    return "".join(f" {_padded(cell, size)}" for cell in cells)


def _described(table: TableReading) -> Iterator[TableColumn]:
    """The columns that hold something; of many that are alike the first three."""
    alike: dict[tuple[str, str, float], int] = {}
    for column in table.columns:
        if column.kind == "nothing" and not column.reason:
            continue
        key = (column.kind, column.label.number, column.label.factor)
        alike[key] = alike.get(key, 0) + 1
        if alike[key] <= 3 or column.kind == "":
            yield column


def _of_column(column: TableColumn, table: TableReading) -> Iterator[str]:
    """What a column is read as, and two of its numbers."""
    facts = [fact for fact in table.facts if fact.column.index == column.index]
    words = sentence(
        "{letter}[ {name}]: {role}[, {reason}]",
        letter=column.letter,
        name=column.head and repr(column.head),
        role=role_of(column, table),
        reason=column.kind in ("", "nothing", "note") and column.reason,
    )
    yield from _folded(words, 4)
    shown = facts[:1] if len(facts) < 2 else [facts[0], facts[-1]]
    for fact in shown:
        yield from _folded(f"    {_enters(fact)}", 8)


def role_of(column: TableColumn, table: TableReading) -> str:
    r"""What a column is read as, in a few words.

    >>> from forecasting.reading.mapping import Mapping
    >>> from forecasting.reading.spreadsheets.reading import read_spreadsheet
    >>> reading = read_spreadsheet("own.csv", b"Year,EV sales\n2022,5\n", Mapping())
    >>> [role_of(column, reading.tables[0]) for column in reading.columns]
    ['year', 'ev_sales']
    """
    if column.kind in ("number", "value"):
        facts = [fact for fact in table.facts if fact.column.index == column.index]
        return _role_of_numbers(column, facts)
    return ROLES.get(column.kind, column.kind)


def _role_of_numbers(column: TableColumn, facts: Sequence[CellFact]) -> str:
    if not facts:
        return column.label.number or "numbers"
    numbers = [*dict.fromkeys(fact.number or "numbers" for fact in facts)]
    factors = {fact.factor for fact in facts if fact.is_count}
    return sentence(
        "[{measure}][{count} measures, as the rows say][, x {factor:,.10g}]"
        "[to_date?, of the year to date]",
        measure=len(numbers) == 1 and numbers[0],
        count=len(numbers) > 1 and len(numbers),
        factor=len(factors) == 1 and factors != {1.0} and factors.pop(),
        to_date=column.label.dating.to_date or column.answer.dates == "year_to_date",
    )


def _enters(fact: CellFact) -> str:
    """One number as it stands, and as it enters."""
    printed = str(fact.row.line[fact.column.index]).strip()
    measure, _, quantity = fact.number.partition(" ")
    unit = quantity_of(quantity).unit_of(measure_of(measure).unit) if fact.number else ""
    unit = {"percent": "%"}.get(unit, unit)
    return sentence(
        "[{place}, ]{period}: {printed} -> {value:,.10g}[ {unit}]",
        place=fact.place,
        period=fact.period or "no period",
        printed=printed,
        value=fact.value,
        unit=unit,
    )


def _of_context(table: TableReading) -> Iterator[str]:
    """What the lines above the table say of all of it."""
    context = table.context
    factor = sentence("[x {factor:,.10g}]", factor=context.factor)
    when = str(context.dating.year or context.when or "")
    words = [*filter(None, (context.number, factor, context.place, when))]
    if words:
        yield from _folded(f"above the table: {', '.join(words)}", 4)
