"""From the answers to facts: the period and the place of each number that is named, sums where
several lines were named, and what is left out.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from forecasting.reading.answers import YEAR_TO_DATE, Answers, SeriesAnswer
from forecasting.reading.named_lines import (
    KEYS,
    Entry,
    NamedLines,
    label_column,
    named_lines,
    place_column,
    shapes_named,
)
from forecasting.reading.number_periods import PeriodReader, hint_for
from forecasting.reading.proposals import SHORTEST_COUNTRY, is_percent_line, is_total
from forecasting.reading.shape import COLUMN, NUMBER_HEADS, ROW, Shape, TableNumber
from forecasting.vocabulary.errors import LedgerError, PeriodError, Problem
from forecasting.vocabulary.measures import measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.places import find_place
from forecasting.vocabulary.printed_periods import PeriodWords
from forecasting.vocabulary.quantities import on_a_day, quantity_of

NAMED_CELLS = 4  # of a sum, in a message


@dataclass(frozen=True)
class TableFact:
    """One fact of a table.

    Parameters
    ----------
    index : int
        The number of its entry among the answers.
    series : SeriesAnswer
        That entry.
    numbers : tuple of TableNumber
        What was added up.
    value, half_digit : float
        In the unit of its measure, and half a unit of the last printed digit.
    period : Period
        Of the value; of a stock its day.
    place : str
        A code; empty where the table does not say.
    shape : Shape
        Of its sheet.
    """

    index: int
    series: SeriesAnswer
    numbers: tuple[TableNumber, ...]
    value: float
    half_digit: float
    period: Period
    place: str
    shape: Shape = field(repr=False)

    @property
    def name(self) -> str:
        """Its cells, as messages name them."""
        names = "+".join(number.name for number in self.numbers[:NAMED_CELLS])
        sheet = f"{self.shape.title}!" if self.shape.title else ""
        return f"{sheet}{names}" + "+..." * (len(self.numbers) > NAMED_CELLS)

    @property
    def text(self) -> str:
        """What its cells print."""
        return " + ".join(number.text for number in self.numbers[:NAMED_CELLS])

    @property
    def near_texts(self) -> list[str]:
        """The texts beside its numbers, the nearest first."""
        texts = (text for number in self.numbers for text in number.near_texts)
        return [*dict.fromkeys(texts)]

    def lines(self, axis: int) -> set[int]:
        """The rows, or the columns, of its numbers."""
        return {number.place[axis] for number in self.numbers}


@dataclass(frozen=True)
class SeriesReading:
    """What one entry of the answers gives.

    Parameters
    ----------
    facts : tuple of TableFact
        In the order of the table.
    problems : tuple of Problem
        What hinders a reading.
    left_out : tuple of str
        What was not read of its lines, and why.
    cells : frozenset of (str, int, int)
        The cells that it names, with the titles of their sheets.
    """

    facts: tuple[TableFact, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: tuple[str, ...] = ()
    cells: frozenset[tuple[str, int, int]] = frozenset()


def series_of(answers: Answers, index: int, shapes: Sequence[Shape], name: str) -> SeriesReading:
    """The facts of one entry.

    Parameters
    ----------
    answers : Answers
        With the entry.
    index : int
        Its number.
    shapes : sequence of Shape
        The sheets of the file that hold numbers.
    name : str
        Of the file, for messages.
    """
    entry = Entry(answers, index, name)
    facts: list[TableFact] = []
    left_out: list[str] = []
    cells: set[tuple[str, int, int]] = set()
    try:
        for shape in shapes_named(entry, shapes):
            lines = named_lines(entry, shape)
            cells |= {(shape.title, *number.place) for number in lines.numbers}
            facts += _SheetReader(entry, lines, left_out).facts()
    except LedgerError as error:
        return SeriesReading((), tuple(error.problems), (), frozenset(cells))
    if _may_hold_sums_of_periods(entry.series):
        facts = [*_without_sums_of_periods(facts, left_out)]
    return SeriesReading(tuple(facts), (), tuple(dict.fromkeys(left_out)), frozenset(cells))


def is_of_percent(series: SeriesAnswer) -> bool:
    """Whether a series is of percent, which are not added up."""
    return quantity_of(series.quantity).is_percent or measure_of(series.measure).is_share


@dataclass(frozen=True)
class _Dated:
    """A number with its period and its place."""

    number: TableNumber
    period: Period
    place: str


class _SheetReader:
    """Reads the numbers that an entry names in one sheet; what is left out is added to a list."""

    def __init__(self, entry: Entry, lines: NamedLines, left_out: list[str]) -> None:
        self.entry = entry
        self.shape = lines.shape
        self.lines = lines
        self.left_out = left_out
        self.of_percent = is_of_percent(entry.series)

    def facts(self) -> Iterator[TableFact]:
        """The facts of the sheet.

        Raises
        ------
        LedgerError
            Where a number cannot be read.
        """
        numbers = self._without_other_things(self.lines.numbers)
        if not numbers:
            hint = "name other lines, or these by letters or numbers of rows"
            raise self.entry.refusal("", f"reads nothing: {'; '.join(self.left_out[:2])}", hint)
        groups: dict[tuple[Period, str], list[TableNumber]] = defaultdict(list)
        for dated in self._with_places(self._dated(numbers)):
            groups[dated.period, dated.place].append(dated.number)
        for (period, place), group in groups.items():
            yield self._fact(self._summands(group), period, place)

    def _fact(self, numbers: Sequence[TableNumber], period: Period, place: str) -> TableFact:
        unit = self.entry.series.unit or 1.0
        value = half_digit = 0.0
        for number in numbers:
            scale = unit if number.scale == 1 else 1.0
            value += number.value * scale
            half_digit += number.half_digit * scale
        return TableFact(
            self.entry.index,
            self.entry.series,
            tuple(numbers),
            round(value, 6),
            round(half_digit, 9),
            period,
            place,
            self.shape,
        )

    # Lines that nobody named and that hold another thing

    def _without_other_things(self, numbers: Iterable[TableNumber]) -> list[TableNumber]:
        """Numbers without those of lines that nobody named: ranks, percent, sums, and lines
        without a period beside others that have one.
        """
        remaining = [*numbers]
        for axis in (COLUMN, ROW):
            silent = self._silent_lines(axis, remaining)
            if self.lines.names[axis]:
                for line in silent:
                    fault = f"{self.shape.name(axis, line)}: names no period, and others do"
                    raise self.entry.refusal(KEYS[axis], fault, "name lines of one kind")
                continue
            reasons = {line: self._other_thing(axis, line) for line in self.lines.lines(axis)}
            reasons |= {line: reasons[line] or "names no period" for line in silent}
            self.left_out += [
                f"{self.shape.name(axis, line)}: {reason}"
                for line, reason in reasons.items()
                if reason
            ]
            remaining = [number for number in remaining if not reasons[number.place[axis]]]
        return remaining

    def _other_thing(self, axis: int, line: int) -> str:
        """What a line holds besides counts; empty where it may hold counts."""
        text = self.shape.text(axis, line)
        if axis == COLUMN and NUMBER_HEADS.fullmatch(text):
            return "numbers its rows"
        numbers = self.shape.numbers_of(axis, line)
        is_column_of_percent = axis == COLUMN and all(number.percent for number in numbers)
        if not self.of_percent and (is_column_of_percent or is_percent_line(text)):
            return "is of percent"
        named = self.entry.series.where.values()
        texts = [text for text in self.shape.texts(axis, line) if text not in named]
        if any(map(is_total, texts)) and len(self.shape.lines(axis)) > 1:
            return "is a sum"
        return ""

    def _silent_lines(self, axis: int, numbers: Iterable[TableNumber]) -> list[int]:
        """The lines of an axis that name no period though others do."""
        texts = {number.place[axis]: number.texts(axis) for number in numbers}
        names = {line: self.shape.forms.names_period(words) for line, words in texts.items()}
        return [line for line, says in names.items() if not says and any(names.values())]

    # Periods and places

    def _dated(self, numbers: Sequence[TableNumber]) -> list[tuple[TableNumber, Period]]:
        reader = PeriodReader(self.entry, self.shape)
        words_of: list[tuple[TableNumber, PeriodWords]] = []
        number = self.lines.numbers[0]
        try:
            for number in numbers:
                words_of.append((number, reader.words(number)))
            days = sorted({words.day for _, words in words_of if words.day})
            dated = []
            for number, words in words_of:
                dated.append((number, reader.period(number, words, days)))
        except PeriodError as error:
            reason = str(error)
            problem = self.entry.problem(number, self.shape, reason, hint_for(reason))
            raise LedgerError([problem]) from None
        return dated

    def _with_places(self, dated: Iterable[tuple[TableNumber, Period]]) -> list[_Dated]:
        """Numbers with their places: as is answered, else as the table names them. A row of another
        word beside places is left out: a sum of places, or one that is not known.
        """
        answer = self.entry.series.place
        column = None
        if isinstance(answer, dict):
            column = label_column(self.entry, self.shape, "place", answer["column"])
        elif answer or "partner" in self.entry.series.cells:  # a country beside it is the partner
            return [_Dated(number, period, answer) for number, period in dated]
        placed = [
            _Dated(number, period, self._place_of(number, column)) for number, period in dated
        ]
        unknown = [dated_number.number for dated_number in placed if not dated_number.place]
        if len(unknown) == len(placed):
            if column is None:
                return placed
            fault = "names no known place in the column of places"
            raise LedgerError([self.entry.problem(unknown[0], self.shape, fault, "say place: GE")])
        rows = dict.fromkeys(number.place[ROW] for number in unknown)
        self.left_out += [f"{self.shape.name(ROW, row)}: is no known place" for row in rows]
        return [dated_number for dated_number in placed if dated_number.place]

    def _place_of(self, number: TableNumber, column: int | None) -> str:
        """The place that a column says of a number, or that any text beside it is; empty where none
        does.
        """
        if column is None:
            column = self._column_of_places
        if column is not None:
            return find_place(self.shape.label(number.place[ROW], column))
        texts = (*number.labels.values(), *number.heads, number.section)
        names = (text for text in texts if len(text) >= SHORTEST_COUNTRY)
        return next(filter(None, map(find_place, names)), "")

    @cached_property
    def _column_of_places(self) -> int | None:
        return place_column(self.shape)

    # Sums

    def _summands(self, group: Sequence[TableNumber]) -> Sequence[TableNumber]:
        """The numbers of one period and place that are added.

        Raises
        ------
        LedgerError
            Where that is not known.
        """
        if len(group) == 1:
            return group
        if self.of_percent:
            raise self._conflict(group, "percent are not added")
        rows, columns = ({number.place[axis] for number in group} for axis in (ROW, COLUMN))
        self._check_names(ROW, rows, group)
        self._check_names(COLUMN, columns, group)
        if len(columns) > 1 and not self.lines.names[COLUMN]:
            raise self._conflict(group, "no column was named, and several are of one period")
        if len(rows) > 1 and not (self.lines.names[ROW] or self.entry.series.where):
            raise self._conflict(group, "no row was named, and several are of one period")
        return group

    def _check_names(self, axis: int, lines: Collection[int], group: Sequence[TableNumber]) -> None:
        """Refuse to add lines that one name names together."""
        names = self.lines.names[axis]
        if names and len({names[line] for line in lines}) < len(lines):
            raise self._conflict(group, "one name is that of two lines of one period")

    def _conflict(self, group: Sequence[TableNumber], reason: str) -> LedgerError:
        number, neighbour = group[:2]
        fault = f"{number.text} and {neighbour.text} in {neighbour.name}: {reason}"
        hint = "name their columns by letters, or their rows by numbers"
        return LedgerError([self.entry.problem(number, self.shape, fault, hint)])


def _may_hold_sums_of_periods(series: SeriesAnswer) -> bool:
    """Whether a year may be left out that is the sum of its months."""
    is_whole_flow = not on_a_day(series.measure, series.quantity) and not is_of_percent(series)
    is_named = bool(series.rows and series.columns)
    return is_whole_flow and not is_named and series.periods != YEAR_TO_DATE


def _without_sums_of_periods(
    facts: Sequence[TableFact], left_out: list[str]
) -> Iterator[TableFact]:
    """Facts without those of a year or a quarter that are the sum of its shortest parts."""
    shortest: dict[tuple[str, dt.date], TableFact] = {}  # that begins on a day, by place
    for fact in sorted(facts, key=lambda fact: -fact.period.days):
        shortest[fact.place, fact.period.start] = fact
    for fact in facts:
        parts = []
        day = fact.period.start
        while day <= fact.period.end and (part := shortest.get((fact.place, day))):
            parts.append(part)
            day = part.period.end + dt.timedelta(days=1)
        slack = sum(part.half_digit for part in (fact, *parts)) + 1e-9
        is_covered = len(parts) > 1 and day == fact.period.end + dt.timedelta(days=1)
        if is_covered and abs(sum(part.value for part in parts) - fact.value) <= slack:
            left_out.append(f"{fact.name} {fact.text}: is the sum of {fact.period}")
        else:
            yield fact
