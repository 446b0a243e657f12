"""What the numbers of a table say against the unit or the sum that they are read with.

A count is a whole number; a part is no larger than what it is a part of; a sum is the sum of its
parts. Where that does not hold, a reader is asked, and nothing is taken.
"""

import itertools
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence

from forecasting.evidence.mapping import DATES_OF_COLUMN
from forecasting.evidence.spreadsheets.amounts import bare_digits, decimal_mark
from forecasting.evidence.spreadsheets.dating import NOTHING
from forecasting.evidence.spreadsheets.roles import TableColumn, TableQuestion, TableRow
from forecasting.evidence.spreadsheets.table_facts import (
    CellFact,
    TableReading,
    writes_points,
)
from forecasting.evidence.spreadsheets.terms import SUMS
from forecasting.measures import measure_of

FAR_BELOW = 0.01  # of its neighbour, from which on a count may be in thousands
THREE_DIGITS = 1000


Series = list[CellFact]


def series_of(facts: Sequence[CellFact]) -> list[Series]:
    """The facts of one count each, as one column or one row has it."""
    groups: dict[tuple[object, ...], Series] = defaultdict(list)
    for fact in facts:
        if fact.is_count:
            axis = ("row", fact.row.label.text) if fact.by_row else ("column", fact.column.index)
            groups[fact.number, fact.place, axis].append(fact)
    return [*groups.values()]


def doubtful_units(reading: TableReading) -> Iterator[TableQuestion]:
    """Questions about units that the numbers contradict."""
    series = series_of(reading.facts)
    asked: set[str] = set()
    for group in series:
        if question := _points_of_thousands(group, reading):
            yield question
            return
    for group in series:
        question = _fractions(group, reading) or _far_below(group, series)
        if question and question.key[1] not in asked:
            asked.add(question.key[1])
            yield question
    yield from _above_the_market(series)


def _points_of_thousands(group: Series, reading: TableReading) -> TableQuestion | None:
    """A number with a mark before three digits, which may set thousands apart or not."""
    if reading.mapping.decimal == "." or _is_answered(group):
        return None
    is_of_points = writes_points(reading.table)
    for fact in group:
        cell = fact.row.line[fact.column.index]
        digits = "" if not isinstance(cell, str) else bare_digits(cell)
        is_open = re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits) is not None
        if "," in digits and (reading.mapping.decimal == "," or is_of_points):
            is_open = False  # as the words of the table write it
        if is_of_points and fact.factor >= 1000:
            is_open = False
        if (
            is_open
            and (fact.factor >= 1000 or "." in fact.amount.digits)
            and not _shows_marks(group)
        ):
            unit = measure_of(fact.measure).unit
            asks = f"{digits} is no whole number of {unit}"
            if fact.factor >= 1000:
                whole = re.sub(r"\D", "", digits)
                asks = f"{digits} thousand may be {whole} {unit}, or a thousand times as many"
            return TableQuestion(("decimal",), f"{fact.where} value", asks, ",")
    return None


def _shows_marks(group: Series) -> bool:
    """Whether other numbers show what the marks are."""
    texts = [fact.row.line[fact.column.index] for fact in group]
    return decimal_mark(text for text in texts if isinstance(text, str))[1]


def _letters(group: Series) -> str:
    letters = dict.fromkeys(fact.column.letter for fact in group)
    return " ".join(letters)


def _is_answered(group: Series) -> bool:
    return all(fact.column.answer.factor for fact in group)


def _fractions(group: Series, reading: TableReading) -> TableQuestion | None:
    """Counts that are no whole numbers."""
    broken = [fact for fact in group if not float(fact.value).is_integer()]
    broken = [fact for fact in broken if fact.amount.relation == "equals"]
    if (
        reading.mapping.decimal == "."
        or not broken
        or _is_answered(group)
        or any(fact.factor >= 100 for fact in broken)
    ):
        return None
    first = broken[0]
    unit = measure_of(first.measure).unit
    asks = (
        f"{first.amount.digits} is no whole number of {unit}: what is column {first.column.name} "
        "multiplied by"
    )
    return TableQuestion(
        ("columns", _letters(group), "factor"), first.where, asks, str(THREE_DIGITS)
    )


def _far_below(group: Series, series: list[Series]) -> TableQuestion | None:
    """A count that is less than a hundredth of one beside it, though nothing says its unit."""
    if any(fact.stated for fact in group) or _is_answered(group):
        return None
    for other in series:
        pair = _pairs(group, other)
        if other is group or len(pair) == 0 or not _is_comparable(group[0], other[0]):
            continue
        if statistics.median(mine / its for mine, its in pair) < FAR_BELOW:
            first = group[-1]
            asks = (
                f"column {first.column.name} is less than a hundredth of "
                f"{other[0].column.name} beside it, and names no unit: what is it multiplied by"
            )
            return TableQuestion(
                ("columns", _letters(group), "factor"), first.where, asks, str(THREE_DIGITS)
            )
    return None


def _is_comparable(fact: CellFact, other: CellFact) -> bool:
    """Whether two counts are of cars, and both of what comes or both of what stands."""
    mine = measure_of(fact.measure)
    its = measure_of(other.measure)
    return mine.unit == its.unit == "vehicles" and mine.kind == its.kind


def _pairs(group: Series, other: Series) -> list[tuple[float, float]]:
    """The numbers of one place and period in two series."""
    values = {(fact.place, fact.period): fact.value for fact in other if fact.value}
    return [
        (fact.value, values[fact.place, fact.period])
        for fact in group
        if fact.value and (fact.place, fact.period) in values
    ]


def _above_the_market(series: list[Series]) -> Iterator[TableQuestion]:
    """A size of the market that is below the electric cars in it."""
    for group in series:
        market = measure_of(group[0].measure)
        if market.electric or not market.name.startswith("car_"):
            continue
        for part in series:
            electric = measure_of(part[0].measure)
            is_part = electric.electric and market.name == f"car_{electric.event}"
            if not is_part or (_is_answered(group) and _is_answered(part)):
                continue
            if any(size < count for size, count in _pairs(group, part)):
                first = group[0]
                asks = (
                    f"all new cars of column {first.column.name} are fewer than the electric ones "
                    f"of column {part[0].column.name}: what are they multiplied by"
                )
                yield TableQuestion(
                    ("columns", _letters(group), "factor"), first.where, asks, str(THREE_DIGITS)
                )
                break


def running_totals(reading: TableReading) -> Iterator[TableQuestion]:
    """Columns whose numbers grow within each year, and fall when the next one begins."""
    for group in series_of(reading.facts):
        if measure_of(group[0].measure).kind != "flow" or group[0].column.answer.dates:
            continue
        years: dict[int, list[float]] = defaultdict(list)
        for fact in group:
            if fact.period and fact.period.days < 100 and not fact.column.label.dating.to_date:
                years[fact.period.start.year].append(fact.value)
        long = [values for values in years.values() if len(values) >= 4]
        grows = [all(a < b for a, b in itertools.pairwise(values)) for values in long]
        falls = [b[0] < 0.5 * a[-1] for a, b in itertools.pairwise(long)]
        if len(long) > 1 and all(grows) and all(falls):
            asks = (
                f"column {group[0].column.name} grows within each year and falls at its end: is a "
                f"number of its own {' or of the '.join(DATES_OF_COLUMN).replace('_', ' ')}"
            )
            key = ("columns", _letters(group), "dates")
            yield TableQuestion(key, group[0].where, asks, DATES_OF_COLUMN[1])


def wrong_sums(
    reading: TableReading, sums: dict[tuple[int, int], float]
) -> Iterator[TableQuestion]:
    """Rows and columns of sums that are not the sums of their parts.

    Parameters
    ----------
    reading : TableReading
        A table.
    sums : dict of (int, int) to float
        The numbers of its sums, as they are printed, by line and column.
    """
    counts = {
        (fact.row.line.number, fact.column.index): fact.amount.value
        for fact in reading.facts
        if fact.is_count and fact.row.kind == "fact" and fact.column.kind == "number"
    }
    for row in reading.rows:
        # What is of all countries may have parts that the table has not
        is_open = row.kind == "sum" and row.line.number not in reading.table.answered
        if is_open and SUMS.match(row.label.text):
            yield from _of_a_row(row, reading, sums, counts)
    for column in reading.columns:
        if column.kind == "sum" and not column.answer.what:
            yield from _of_a_column(column, reading, sums, counts)


def _of_a_row(
    row: TableRow,
    reading: TableReading,
    sums: dict[tuple[int, int], float],
    counts: dict[tuple[int, int], float],
) -> Iterator[TableQuestion]:
    """Whether a row that is called a sum is one."""
    numbers = [
        part.line.number for part in reading.rows if part.kind == "fact" and _is_of(part, row)
    ]
    for column in reading.columns:
        value = sums.get((row.line.number, column.index))
        if value is not None and _differs(value, [counts.get((n, column.index)) for n in numbers]):
            asks = (
                f"{_shown(value)} in column {column.name} is a sum by its name, but not of the "
                "rows: what is the row"
            )
            key = ("rows", str(row.line.number))
            yield TableQuestion(key, reading.where(row), asks, "sum")
            return


def _of_a_column(
    column: TableColumn,
    reading: TableReading,
    sums: dict[tuple[int, int], float],
    counts: dict[tuple[int, int], float],
) -> Iterator[TableQuestion]:
    """Whether a column that is called a sum is one."""
    places = [part.index for part in reading.columns if part.kind == "number"]
    for row in reading.rows:
        number = row.line.number
        value = sums.get((number, column.index))
        if row.kind != "fact" or value is None:
            continue
        if _differs(value, [counts.get((number, place)) for place in places]):
            asks = (
                f"{_shown(value)} in column {column.name} is a sum by its name, but not of the "
                "columns: what is it"
            )
            key = ("columns", column.letter, "what")
            yield TableQuestion(key, reading.where(row), asks, "sum")
            return


def _is_of(row: TableRow, total: TableRow) -> bool:
    """Whether a row may be a part of a sum: of its place and period, as far as they are said."""
    if total.label.dating != NOTHING and row.label.dating.joined(total.label.dating) is None:
        return False
    return not total.label.place or row.label.place in ("", total.label.place)


def _differs(value: float, parts: Sequence[float | None]) -> bool:
    """Whether a sum is neither that of all its parts nor that of those before or behind it; none
    where some are not known.
    """
    numbers = [part for part in parts if part is not None]
    if len(numbers) < 2 or len(numbers) < len(parts):
        return False
    slack = (
        0.51 * len(numbers)
        if all(number.is_integer() for number in numbers)
        else 0.02 * abs(value) + 0.06 * len(numbers)
    )
    totals = (
        [
            sum(numbers[start:end])
            for start in range(len(numbers))
            for end in range(start + 2, len(numbers) + 1)
        ]
        if len(numbers) <= 60
        else [sum(numbers)]
    )
    return all(abs(total - value) > slack for total in totals)


def _shown(value: float) -> str:
    return f"{value:,.10g}"
