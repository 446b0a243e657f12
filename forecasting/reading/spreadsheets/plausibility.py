"""Whether the numbers of a table fit the unit, the sums and the dates that they are read with.

A count is a whole number; a part is no larger than what it is a part of; a sum is the sum of its
parts. Where that does not hold, a reader is asked, and nothing is taken.
"""

import contextlib
import itertools
import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from forecasting.reading.mapping import DATES_OF_COLUMN, Mapping
from forecasting.reading.spreadsheets.amounts import amount_of, bare_digits, decimal_mark
from forecasting.reading.spreadsheets.cell_words import COUNTS_OF_A_DAY, OF_MONEY
from forecasting.reading.spreadsheets.dating import LONGEST_MONTH, NOTHING
from forecasting.reading.spreadsheets.roles import TableColumn, TableQuestion, TableRow
from forecasting.reading.spreadsheets.table_facts import CellFact, TableReading, writes_points
from forecasting.reading.spreadsheets.terms import SUMS, YEAR_TO_DATE
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.limits import MAX_SUMS, MAX_TABLE_QUESTIONS
from forecasting.vocabulary.measures import measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.places import find_place

MIN_RATIO = 0.01  # of a count to its neighbour; below it, the count may be in thousands
THREE_DIGITS = 1000
# Vehicles that a country registers in a year, and that it has on its roads
MAX_VEHICLES = {"flow": 40e6, "stock": 600e6}
MIN_ROWS_OF_TOTAL = 4  # a sum and its parts, to find the sum without words
MIN_RUNNING_MONTHS = 6  # of one year, for growth alone to show a running total
MAX_PARTS_IN_GROUPS = 60  # of a sum, to add up each group of neighbours, too
MAX_NEIGHBOURS = 30  # series of a place with which another one is compared


Counts = dict[tuple[int, int], float]  # by line and column


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


class Parts(NamedTuple):
    """The numbers that may be parts of a sum, by line and column.

    Parameters
    ----------
    read, printed : dict of (int, int) to float
        Those that are read as counts, and with these those of which no word says what they count.
    lines, columns : frozenset of int
        In which some are printed.
    """

    read: Counts
    printed: Counts
    lines: frozenset[int]
    columns: frozenset[int]

    def read_at(self, places: Iterable[tuple[int, int]]) -> list[float | None]:
        """The counts of some places; None where none is read."""
        return [*map(self.read.get, places)]

    def at(self, places: Iterable[tuple[int, int]]) -> list[float | None]:
        """The numbers of some places; None where one is not known, though its row and column have
        others.
        """
        return [
            self.printed.get((line, column))
            for line, column in places
            if line in self.lines and column in self.columns
        ]


class PrintedSum(NamedTuple):
    """A total beside its parts.

    Parameters
    ----------
    total : float
        As it is printed.
    parts, all_parts : list of float or None
        Those that are read, and with these those that are not.
    where, column : str
        Of the file, and the name of the column.
    """

    total: float
    parts: list[float | None]
    all_parts: list[float | None]
    where: str
    column: str


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
    questions = (_question_of_points(group, reading) for group in series)
    if question := next(filter(None, questions), None):
        yield question
        return
    neighbours: dict[str, list[Series]] = defaultdict(list)
    for group in series:
        of_place = neighbours[group[0].place]
        if len(of_place) < MAX_NEIGHBOURS:
            of_place.append(group)
    yield from _each_column_once([*_doubtful_factors(series, neighbours, reading)])
    for group in series:
        for part in neighbours[group[0].place]:
            if _is_electric_part(part.measure, group.measure):
                yield from _questions_of_small_totals(group, part)


def _doubtful_factors(
    series: list[Series], neighbours: dict[str, list[Series]], reading: TableReading
) -> Iterator[TableQuestion]:
    """Counts that may be in thousands, each column once."""
    questions: dict[tuple[str, ...], TableQuestion] = {}
    for group in series:
        of_place = neighbours[group[0].place]
        question = _question_of_fractions(group, of_place, reading)
        question = question or _question_of_small_counts(group, of_place)
        if question:
            questions.setdefault(question.key, question)
    yield from questions.values()


def _question_of_points(group: Series, reading: TableReading) -> TableQuestion | None:
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


def _question_of_fractions(
    group: Series, series: list[Series], reading: TableReading
) -> TableQuestion | None:
    """Counts that are no whole numbers."""
    fractions = [fact for fact in group if fact.has_fraction]
    is_certain = reading.mapping.decimal == "." or _is_answered(group)
    if not fractions or is_certain or any(fact.factor >= 100 for fact in fractions):
        return None
    fact = fractions[0]
    unit = measure_of(fact.measure).unit
    asks = (
        f"{fact.amount.digits} is no whole number of {unit}: what is column {fact.column.name} "
        "multiplied by"
    )
    is_possible = _is_possible_factor(group, THREE_DIGITS, series)
    return _question_of_factor(group, fact, asks, THREE_DIGITS if is_possible else 0)


def _question_of_factor(group: Series, fact: CellFact, asks: str, factor: float) -> TableQuestion:
    """The question by what the numbers of a series are multiplied; a factor of 0 is no proposal."""
    key = ("columns", _letters(group), "factor")
    return TableQuestion(key, fact.where, asks, f"{factor:g}" if factor else "")


def _is_possible_factor(group: Series, factor: float, series: list[Series]) -> bool:
    """Whether a factor is possible for a series: none of its numbers is more than all cars beside
    it, or than any country has.
    """
    values = [fact.amount.value * factor for fact in group]
    measure = measure_of(group[0].measure)
    if measure.unit == "vehicles" and max(values) > MAX_VEHICLES[measure.kind]:
        return False
    return all(
        size >= count * factor / group[0].factor
        for match in series
        if _is_electric_part(group.measure, match.measure) and not _shares_columns(group, match)
        for count, size in _pairs(group, match)
    )


def _shares_columns(group: Series, match: Series) -> bool:
    """Whether two series stand in the same columns: one answer is of both then."""
    return bool({*_letters(group).split()} & {*_letters(match).split()})


def _question_of_small_counts(group: Series, series: list[Series]) -> TableQuestion | None:
    """A count that is less than a hundredth of one beside it, though nothing says its unit."""
    if any(fact.stated for fact in group) or _is_answered(group):
        return None
    if not _is_possible_factor(group, THREE_DIGITS, series):
        return None
    for match in series:
        if match is group or not _is_comparable(group.measure, match.measure):
            continue
        if _has_small_ratio(_pairs(group, match)):
            asks = (
                f"column {group[-1].column.name} is in most rows less than a hundredth of "
                f"{match[0].column.name} beside it, and names no unit: what is it multiplied by"
            )
            # No proposal: it may be a small count, or one in thousands
            return _question_of_factor(group, group[-1], asks, 0)
    return None


def _has_small_ratio(pairs: list[tuple[float, float]]) -> bool:
    return bool(pairs) and statistics.median(count / size for count, size in pairs) < MIN_RATIO


@lru_cache(maxsize=4096)
def _is_comparable(name: str, match: str) -> bool:
    """Whether two counts are of cars, and both are flows or both stocks."""
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
def _is_electric_part(name: str, name_of_all: str) -> bool:
    """Whether one measure counts the electric cars among all cars of another."""
    cars = measure_of(name_of_all)
    electric = measure_of(name)
    if not electric.electric or cars.electric or cars.unit != "vehicles":
        return False
    if electric.kind == "stock":
        return cars.name == "vehicle_stock"
    return cars.name == f"car_{electric.event}"


def _questions_of_small_totals(group: Series, part: Series) -> Iterator[TableQuestion]:
    """The question about all cars that are fewer than the electric ones among them."""
    if not any(size < count for count, size in _pairs(part, group)):
        return
    asks = (
        f"all cars of column {group[0].column.name} are fewer than the electric ones "
        f"of column {part[0].column.name}: what are they multiplied by"
    )
    if _shares_columns(group, part):  # no factor of a column tells them apart
        key = ("rows", str(part[0].row.line.number))
        asks = asks.replace("what are they multiplied by", "what is the row")
        yield TableQuestion(key, part[0].where, asks, "")
        return
    candidates = [
        (series, factor, fact)
        for series, fact in ((part, part[0]), (group, group[0]))
        for factor in (1.0, float(THREE_DIGITS))
        if factor != fact.factor and _is_consistent_factor(group, part, series, factor)
    ]
    if len(candidates) == 1:
        series, factor, fact = candidates[0]
        asks = asks.replace("are they", f"is column {fact.column.name}")
        yield _question_of_factor(series, fact, asks, factor)
    else:
        yield _question_of_factor(part if _is_answered(group) else group, group[0], asks, 0)


def _is_consistent_factor(group: Series, part: Series, series: Series, factor: float) -> bool:
    """Whether another factor of a series makes it whole, and all cars no fewer than electric."""
    scale = factor / series[0].factor
    pairs = [
        (count * scale, size) if series is part else (count, size * scale)
        for count, size in _pairs(part, group)
    ]
    is_whole = all(float(round(fact.amount.value * factor, 6)).is_integer() for fact in series)
    return (
        is_whole
        and _is_possible_factor(series, factor, [])
        and all(count <= size for count, size in pairs)
    )


def running_totals(reading: TableReading) -> Iterator[TableQuestion]:
    """Counts whose numbers grow within each year, and fall when the next one begins: in one column,
    or over the columns of months or of years.
    """
    groups: dict[tuple[str, str], Series] = defaultdict(Series)
    for fact in reading.facts:
        if _may_be_running(fact):
            groups[fact.number, fact.place].append(fact)
    says_so = YEAR_TO_DATE.search(reading.context.text) is not None
    questions: list[TableQuestion] = []
    for group in groups.values():
        if _are_running(_values_by_year(group), says_so):
            names = f"{group[0].column.name} to {group[-1].column.name}"
            if group[0].column == group[-1].column:
                names = group[0].column.name
            asks = (
                f"column {names} grows within each year and falls at its end: is a "
                f"number of its own {' or of the '.join(DATES_OF_COLUMN).replace('_', ' ')}"
            )
            key = ("columns", _letters(group), "dates")
            questions.append(TableQuestion(key, group[0].where, asks, DATES_OF_COLUMN[1]))
    yield from _each_column_once(questions)


def counted_on_days(reading: TableReading) -> Iterator[TableQuestion]:
    """Questions about registrations dated by single days, a year or a quarter apart: they may be
    those of the period, or all cars registered on the day.
    """
    columns: dict[int, Series] = defaultdict(Series)
    for fact in reading.facts:
        is_long = fact.period is not None and fact.period.days > LONGEST_MONTH
        if is_long and _day_of(fact) and fact.measure in COUNTS_OF_A_DAY:
            columns[fact.column.index].append(fact)
    for group in columns.values():
        fact = group[0]
        if fact.column.answer.what:
            continue
        asks = (
            f"column {fact.column.name} counts {fact.measure} by days ({_day_of(fact)}): those of "
            "a period, or all that were registered on the day; what does it hold"
        )
        stock = COUNTS_OF_A_DAY[fact.measure]
        proposed = stock if _grow([fact.value for fact in group]) else ""
        yield TableQuestion(("columns", fact.column.letter, "what"), fact.where, asks, proposed)


def _day_of(fact: CellFact) -> Period | None:
    """The single day by which a number is dated; None where it is by a longer period."""
    day = fact.row.label.dating.exact or fact.column.label.dating.exact
    if day is None or day.days > 1:
        return None
    return day


def _may_be_running(fact: CellFact) -> bool:
    """Whether a number is of a part of a year, and nothing says since when it counts."""
    column = fact.column
    if not fact.is_count or fact.period is None or measure_of(fact.measure).kind != "flow":
        return False
    is_said = column.answer.dates or column.label.dating.to_date or fact.row.label.dating.to_date
    return fact.period.days < 100 and not is_said


def _values_by_year(group: Series) -> list[list[float]]:
    """The numbers of the parts of each year, in their order."""
    years: dict[int, dict[Period, float]] = defaultdict(dict)
    for fact in group:
        assert fact.period is not None
        years[fact.period.start.year][fact.period] = fact.value
    return [[parts[period] for period in sorted(parts)] for _, parts in sorted(years.items())]


def _are_running(years: list[list[float]], says_so: bool) -> bool:
    """Whether the numbers of each year grow, and those of the next one begin anew; where the title
    says so, growth alone shows it.
    """
    long_years = [values for values in years if len(values) >= (2 if says_so else 4)]
    if not long_years or not all(map(_grow, long_years)):
        return False
    if says_so:
        return True
    if len(long_years) == 1:
        return _grow_too_much(long_years[0])
    return all(end[0] < 0.5 * start[-1] for start, end in itertools.pairwise(long_years))


def _grow(values: list[float]) -> bool:
    return all(start <= end for start, end in itertools.pairwise(values))


def _grow_too_much(values: list[float]) -> bool:
    """Whether the last month of a year exceeds the first by more than a market usually grows."""
    return len(values) >= MIN_RUNNING_MONTHS and values[-1] > 0.5 * len(values) * values[0]


def _each_column_once(questions: list[TableQuestion]) -> Iterator[TableQuestion]:
    """Questions without those whose columns another one asks for, too."""
    for question in questions[:MAX_TABLE_QUESTIONS]:
        letters = {*question.key[1].split()}
        if not any(
            letters < {*wider.key[1].split()}
            for wider in questions
            if wider.key[2] == question.key[2]
        ):
            yield question


def wrong_sums(reading: TableReading, sums: Counts) -> Iterator[TableQuestion]:
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
    printed = counts | _unread_counts(reading)
    lines = frozenset(line for line, _ in printed)
    parts = Parts(counts, printed, lines, frozenset(column for _, column in printed))
    for row in _open_sums(reading):
        yield from _questions_of_row_sum(row, reading, sums, parts)
    for column in reading.columns:
        if _is_open_total(column):
            yield from _questions_of_column_sum(column, reading, sums, parts)


def line_of_total(
    rows: Sequence[TableRow], columns: Sequence[TableColumn], mapping: Mapping
) -> int:
    """The line of the row that is in each column of counts the sum of all others, three or more; 0
    where none is.
    """
    places = [column.index for column in columns if _is_of_counts(column)]
    lines = [row.line for row in rows if _may_be_summed(row)]
    if len(lines) < MIN_ROWS_OF_TOTAL or not places:
        return 0
    totals = [_lines_of_totals([line.at(place) for line in lines], mapping) for place in places]
    common = set.intersection(*totals)
    if len(common) != 1:
        return 0
    return lines[common.pop()].number


def _may_be_summed(row: TableRow) -> bool:
    """Whether a row may be a sum of others, or a part of one."""
    return row.kind in ("", "fact", "sum") and not row.label.is_part


def _lines_of_totals(cells: Sequence[object], mapping: Mapping) -> set[int]:
    """Which cells of a column are the sum of all others; a number that is not known counts 0."""
    mark = mapping.decimal or "."
    try:
        amounts = [amount_of(cell, mark, (*mapping.unknown,)) for cell in cells]
    except ValueError:
        return set()
    values = [amount.value if amount else 0.0 for amount in amounts]
    total = sum(values)
    slack = 0.51 * len(values)
    return {index for index, value in enumerate(values) if abs(total - 2 * value) < slack}


def _is_of_counts(column: TableColumn) -> bool:
    """Whether a column is of numbers, and neither of percents nor of money."""
    is_rate = column.label.kind in ("percent", "money") or "percent" in column.label.number
    return column.kind == "number" and not is_rate


def with_country(
    rows: list[TableRow], columns: Sequence[TableColumn], mapping: Mapping
) -> list[TableRow]:
    """The rows; those of unknown places are regions, and not read, where a known place or the sum
    of all rows has the number of the country.
    """
    if not any(column.kind == "place" for column in columns):
        return rows
    places = {row.line.number: row.label.place for row in rows if row.label.place}
    lines = {number for number, place in places.items() if not find_place(place)}
    total = line_of_total(rows, columns, mapping)
    if not lines or not (total or lines != places.keys()):
        return rows
    return [_row_in_country(row, total, lines) for row in rows]


def _row_in_country(row: TableRow, total: int, lines: set[int]) -> TableRow:
    """A row of places as that of the country, or as one of a region, which is not read."""
    number = row.line.number
    if number == total:
        place = "" if number in lines else row.label.place
        return replace(row, kind="fact", label=replace(row.label, place=place, is_sum=False))
    if number in lines:
        reason = f"{row.label.place[:40]!r} is a place that is not known here"
        return replace(row, kind="nothing", reason=reason)
    return row


def _is_open_total(column: TableColumn) -> bool:
    """Whether a column is called a sum, and nobody has said that it is one."""
    is_sum = column.kind == "sum" or (column.kind == "number" and column.label.is_sum)
    return is_sum and not column.answer.what


def _unread_counts(reading: TableReading) -> Counts:
    """The numbers of rows and columns of which no word says what they count, by line and column:
    they may be parts of a sum. A part of another row is none.
    """
    columns = [*filter(_may_be_part, reading.columns)]
    unread: Counts = {}
    for row, column in itertools.product(reading.rows, columns):
        if _is_unread_part(row) or (row.kind == "fact" and column.kind == ""):
            with contextlib.suppress(ValueError):
                amount = reading.amount_of(row.line.at(column.index))
                if amount is not None and amount.kind not in ("percent", "money"):
                    unread[row.line.number, column.index] = amount.value
    return unread


def _is_unread_part(row: TableRow) -> bool:
    """Whether a row that is not read may be a part of a sum."""
    return row.kind == "" and not row.label.is_part and not row.doubtful


def _may_be_part(column: TableColumn) -> bool:
    """Whether a column may hold counts."""
    is_other = column.label.kind in ("percent", "money") or OF_MONEY in column.label.doubts
    return column.kind in ("number", "") and not is_other and not column.label.is_part


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
    is_answered = row.line.number in reading.table.answers
    return row.kind == "sum" and not is_answered and SUMS.match(row.label.text) is not None


def _questions_of_row_sum(
    row: TableRow, reading: TableReading, sums: Counts, parts: Parts
) -> Iterator[TableQuestion]:
    """The question about a row that is called a sum and is none."""
    total = row.line.number
    facts = [part for part in reading.rows if part.kind == "fact"]
    lines = [part.line.number for part in facts if _may_be_part_of(part, row)]
    rows = [part.line.number for part in reading.rows if not part.label.is_part]
    printed_sums = []
    for column in reading.columns:
        index = column.index
        if (total, index) in sums:
            numbers = parts.read_at(itertools.product(lines, [index]))
            all_numbers = parts.at(itertools.product(rows, [index]))
            where = reading.where(row)
            printed_sums.append(
                PrintedSum(sums[total, index], numbers, all_numbers, where, column.name)
            )
    if wrong := _wrong_total(printed_sums):
        asks = (
            f"{_figure(wrong.total)} in column {wrong.column} is a sum by its name, but not of the "
            "rows: what is the row"
        )
        yield TableQuestion(("rows", str(total)), wrong.where, asks, "sum")


def _questions_of_column_sum(
    column: TableColumn, reading: TableReading, sums: Counts, parts: Parts
) -> Iterator[TableQuestion]:
    """The question about a column that is called a sum and is none."""
    total = column.index
    neighbours = [part for part in reading.columns if part.index != total]
    columns = [part.index for part in neighbours]
    read_columns = [part.index for part in neighbours if part.kind == "number"]
    printed = parts.read | sums
    printed_sums = []
    for row in reading.rows:
        line = row.line.number
        if row.kind == "fact" and (line, total) in printed:
            numbers = parts.read_at(itertools.product([line], read_columns))
            all_numbers = parts.at(itertools.product([line], columns))
            where = reading.where(row)
            printed_sums.append(
                PrintedSum(printed[line, total], numbers, all_numbers, where, column.name)
            )
    if wrong := _wrong_total(printed_sums):
        asks = (
            f"{_figure(wrong.total)} in column {wrong.column} is a sum by its name, but not of the "
            "columns: what is it"
        )
        yield TableQuestion(("columns", column.letter, "what"), wrong.where, asks, "sum")


def _wrong_total(printed_sums: list[PrintedSum]) -> PrintedSum | None:
    """The first total that is not the sum of the parts that are read or, where another total of the
    table is the sum of all its parts, of all parts; a sum of all parts is never wrong.
    """
    is_of_all = any(map(_is_sum_of_all, printed_sums))
    for printed_sum in printed_sums:
        is_checked = is_of_all and _differs(printed_sum.total, printed_sum.all_parts)
        is_wrong = is_checked or _differs(printed_sum.total, printed_sum.parts)
        if is_wrong and not _is_sum_of_all(printed_sum):
            return printed_sum
    return None


def _is_sum_of_all(printed_sum: PrintedSum) -> bool:
    parts = printed_sum.all_parts
    return len(parts) > 1 and None not in parts and not _differs(printed_sum.total, parts)


def _may_be_part_of(row: TableRow, total: TableRow) -> bool:
    """Whether a row may be a part of a sum: of its place and period, as far as they are said."""
    if total.label.dating != NOTHING and row.label.dating.joined(total.label.dating) is None:
        return False
    return not total.label.place or row.label.place in ("", total.label.place)


def _differs(value: float, parts: Sequence[float | None]) -> bool:
    """Whether a number is the sum neither of all parts nor of neighbours among them; False where
    some are not known.
    """
    numbers = [part for part in parts if part is not None]
    if len(numbers) < 2 or len(numbers) < len(parts):
        return False
    slack = 0.02 * abs(value) + 0.06 * len(numbers)
    if all(number.is_integer() for number in numbers):
        slack = 0.51 * len(numbers)
    return all(abs(total - value) > slack for total in _totals(numbers))


def _totals(numbers: list[float]) -> Iterator[float]:
    """The sum of all numbers, and those of neighbours among them where they are few."""
    yield sum(numbers)
    size = len(numbers)
    if size <= MAX_PARTS_IN_GROUPS:
        for start in range(size):
            yield from (sum(numbers[start:end]) for end in range(start + 2, size + 1))


def _figure(value: float) -> str:
    return f"{value:,.10g}"
