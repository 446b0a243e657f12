"""What the numbers of a table say against the unit or the sum that they are read with.

A count is a whole number; a part is no larger than what it is a part of; a sum is the sum of its
parts. Where that does not hold, a reader is asked, and nothing is taken.
"""

import itertools
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from forecasting.errors import LedgerError
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
from forecasting.limits import MAX_SUMS
from forecasting.measures import measure_of

FAR_BELOW = 0.01  # of its neighbour, from which on a count may be in thousands
THREE_DIGITS = 1000
MOST_PARTS = 60  # of a sum, of which each group of neighbours is added up
MAX_NEIGHBOURS = 30  # series of a place with which another one is compared


class Series(list[CellFact]):
    """The facts of one count, as one column or one row has it."""

    @cached_property
    def measure(self) -> str:
        """What they count."""
        return self[0].measure

    @cached_property
    def values(self) -> dict[tuple[str, object], float]:
        """Their numbers by place and period, without 0."""
        return {(fact.place, fact.period): fact.value for fact in self if fact.value}


def series_of(facts: Sequence[CellFact]) -> list[Series]:
    """The facts of one count each."""
    groups: dict[tuple[object, ...], Series] = defaultdict(Series)
    for fact in facts:
        if fact.is_count:
            axis = ("row", fact.row.label.text) if fact.by_row else ("column", fact.column.index)
            groups[fact.number, fact.place, axis].append(fact)
    return [*groups.values()]


def doubtful_units(reading: TableReading) -> Iterator[TableQuestion]:
    """Questions about units that the numbers contradict."""
    series = series_of(reading.facts)
    questions = (_points_of_thousands(group, reading) for group in series)
    if question := next(filter(None, questions), None):
        yield question
        return
    neighbours: dict[str, list[Series]] = defaultdict(list)
    for group in series:
        of_place = neighbours[group[0].place]
        if len(of_place) < MAX_NEIGHBOURS:
            of_place.append(group)
    yield from _doubtful_factors(series, neighbours, reading)
    for group in series:
        for part in neighbours[group[0].place]:
            if _is_of_market(part.measure, group.measure):
                yield from _below_its_part(group, part)


def _doubtful_factors(
    series: list[Series], neighbours: dict[str, list[Series]], reading: TableReading
) -> Iterator[TableQuestion]:
    """Counts that may be in thousands, each column once."""
    questions: dict[tuple[str, ...], TableQuestion] = {}
    for group in series:
        of_place = neighbours[group[0].place]
        if question := _fractions(group, reading) or _far_below(group, of_place):
            questions.setdefault(question.key, question)
    yield from questions.values()


def _points_of_thousands(group: Series, reading: TableReading) -> TableQuestion | None:
    """A number with a mark before three digits, which may set thousands apart or not."""
    if reading.mapping.decimal == "." or _is_answered(group) or _shows_marks(group):
        return None
    for fact in group:
        cell = fact.row.line[fact.column.index]
        digits = bare_digits(cell) if isinstance(cell, str) else ""
        if _may_be_thousands(digits, fact, reading):
            unit = measure_of(fact.measure).unit
            asks = f"{digits} is no whole number of {unit}"
            if fact.factor >= THREE_DIGITS:
                whole_number = re.sub(r"\D", "", digits)
                asks = (
                    f"{digits} thousand may be {whole_number} {unit}, or a thousand times as many"
                )
            return TableQuestion(("decimal",), f"{fact.where} value", asks, ",")
    return None


def _may_be_thousands(digits: str, fact: CellFact, reading: TableReading) -> bool:
    """Whether the mark of a number may set thousands apart, where it is read as a decimal mark."""
    if not re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits):
        return False
    is_in_thousands = fact.factor >= THREE_DIGITS
    is_of_points = writes_points(reading.table)
    if "," in digits and (reading.mapping.decimal == "," or is_of_points):
        return False  # as the words of the table write it
    if is_of_points and is_in_thousands:
        return False
    return is_in_thousands or "." in fact.amount.digits


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
    is_certain = reading.mapping.decimal == "." or _is_answered(group)
    if not broken or is_certain or any(fact.factor >= 100 for fact in broken):
        return None
    fact = broken[0]
    unit = measure_of(fact.measure).unit
    asks = (
        f"{fact.amount.digits} is no whole number of {unit}: what is column {fact.column.name} "
        "multiplied by"
    )
    return _of_factor(group, fact, asks)


def _of_factor(group: Series, fact: CellFact, asks: str) -> TableQuestion:
    """The question by what the numbers of a series are multiplied."""
    key = ("columns", _letters(group), "factor")
    return TableQuestion(key, fact.where, asks, str(THREE_DIGITS))


def _far_below(group: Series, series: list[Series]) -> TableQuestion | None:
    """A count that is less than a hundredth of one beside it, though nothing says its unit."""
    if any(fact.stated for fact in group) or _is_answered(group):
        return None
    for match in series:
        if match is group or not _is_comparable(group.measure, match.measure):
            continue
        if _is_far_below(_pairs(group, match)):
            asks = (
                f"column {group[-1].column.name} is less than a hundredth of "
                f"{match[0].column.name} beside it, and names no unit: what is it multiplied by"
            )
            return _of_factor(group, group[-1], asks)
    return None


def _is_far_below(pairs: list[tuple[float, float]]) -> bool:
    return bool(pairs) and statistics.median(count / size for count, size in pairs) < FAR_BELOW


@lru_cache(maxsize=4096)
def _is_comparable(name: str, match: str) -> bool:
    """Whether two counts are of cars, and both of what comes or both of what stands."""
    measures = [measure_of(count) for count in (name, match)]
    units = {measure.unit for measure in measures}
    return units == {"vehicles"} and len({measure.kind for measure in measures}) == 1


def _pairs(group: Series, match: Series) -> list[tuple[float, float]]:
    """The numbers of one place and period in two series."""
    return [
        (fact.value, match.values[fact.place, fact.period])
        for fact in group
        if fact.value and (fact.place, fact.period) in match.values
    ]


@lru_cache(maxsize=4096)
def _is_of_market(name: str, market_name: str) -> bool:
    """Whether one measure is of the electric cars among all new ones of another."""
    market = measure_of(market_name)
    electric = measure_of(name)
    is_market = market.name.startswith("car_") and not market.electric
    return is_market and electric.electric and market.name == f"car_{electric.event}"


def _below_its_part(group: Series, part: Series) -> Iterator[TableQuestion]:
    """A size of the market that is below the electric cars in it."""
    is_certain = _is_answered(group) and _is_answered(part)
    if not is_certain and any(size < count for size, count in _pairs(group, part)):
        asks = (
            f"all new cars of column {group[0].column.name} are fewer than the electric ones "
            f"of column {part[0].column.name}: what are they multiplied by"
        )
        yield _of_factor(group, group[0], asks)


def running_totals(reading: TableReading) -> Iterator[TableQuestion]:
    """Columns whose numbers grow within each year, and fall when the next one begins."""
    for group in series_of(reading.facts):
        column = group[0].column
        is_flow = measure_of(group[0].measure).kind == "flow"
        if is_flow and not column.answer.dates and _are_running(_values_by_year(group)):
            asks = (
                f"column {column.name} grows within each year and falls at its end: is a "
                f"number of its own {' or of the '.join(DATES_OF_COLUMN).replace('_', ' ')}"
            )
            key = ("columns", _letters(group), "dates")
            yield TableQuestion(key, group[0].where, asks, DATES_OF_COLUMN[1])


def _values_by_year(group: Series) -> list[list[float]]:
    """The numbers of the parts of each year that is told in four parts or more."""
    years: dict[int, list[float]] = defaultdict(list)
    for fact in group:
        if fact.period and fact.period.days < 100 and not fact.column.label.dating.to_date:
            years[fact.period.start.year].append(fact.value)
    return [values for values in years.values() if len(values) >= 4]


def _are_running(years: list[list[float]]) -> bool:
    """Whether the numbers of each year grow, and those of the next one begin anew."""
    grows = [start < end for values in years for start, end in itertools.pairwise(values)]
    falls = [end[0] < 0.5 * start[-1] for start, end in itertools.pairwise(years)]
    return len(years) > 1 and all(grows) and all(falls)


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
    for row in _open_sums(reading):
        yield from _of_a_row(row, reading, sums, counts)
    for column in reading.columns:
        if column.kind == "sum" and not column.answer.what:
            yield from _of_a_column(column, reading, sums, counts)


def _open_sums(reading: TableReading) -> list[TableRow]:
    """The rows of sums, which are compared with all others."""
    rows = [row for row in reading.rows if _is_open_sum(row, reading)]
    if len(rows) > MAX_SUMS:
        fault = f"has {len(rows):,} rows of sums, {MAX_SUMS:,} are the most"
        raise LedgerError.at(reading.name, fault, "leave them out")
    return rows


def _is_open_sum(row: TableRow, reading: TableReading) -> bool:
    """Whether a row is called a sum, and nobody has said that it is one; what is of all countries
    may have parts that the table has not.
    """
    is_answered = row.line.number in reading.table.answered
    return row.kind == "sum" and not is_answered and SUMS.match(row.label.text) is not None


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
                f"{_figure(value)} in column {column.name} is a sum by its name, but not of the "
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
                f"{_figure(value)} in column {column.name} is a sum by its name, but not of the "
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
    slack = 0.02 * abs(value) + 0.06 * len(numbers)
    if all(number.is_integer() for number in numbers):
        slack = 0.51 * len(numbers)
    return all(abs(total - value) > slack for total in _totals(numbers))


def _totals(numbers: list[float]) -> Iterator[float]:
    """The sums of neighbours; of many numbers that of all alone."""
    yield sum(numbers)
    size = len(numbers)
    if size <= MOST_PARTS:
        for start in range(size):
            yield from (sum(numbers[start:end]) for end in range(start + 2, size + 1))


def _figure(value: float) -> str:
    return f"{value:,.10g}"
