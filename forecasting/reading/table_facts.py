"""From the answers to facts: the numbers of the lines that are named, the period and the place of
each, sums where several lines were named, and what is left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from forecasting.reading.answers import (
    BEFORE,
    LENGTHS,
    OWN,
    YEAR_TO_DATE,
    Answers,
    Line,
    SeriesAnswer,
)
from forecasting.reading.cells import Place, cell_name, column_letter
from forecasting.reading.proposals import is_percent_line, is_total
from forecasting.reading.shape import (
    MONTH_HEADS,
    NUMBER_HEADS,
    QUARTER_HEADS,
    YEAR_HEADS,
    CellNumber,
    Shape,
)
from forecasting.vocabulary.errors import PeriodError, Problem
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.measures import did_you_mean, measure_of
from forecasting.vocabulary.periods import Period, month
from forecasting.vocabulary.places import find_place
from forecasting.vocabulary.printed_numbers import FOOTNOTES
from forecasting.vocabulary.printed_periods import (
    BEGINS,
    ENDS,
    FISCAL,
    MONTHS,
    PeriodWords,
    solar_months,
)
from forecasting.vocabulary.quantities import on_a_day, quantity_of

SOLAR_SHIFT = 621


@dataclass(frozen=True)
class TableFact:
    """One fact of a table.

    Parameters
    ----------
    series : int
        Its entry among the answers.
    numbers : tuple of CellNumber
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

    series: int
    numbers: tuple[CellNumber, ...]
    value: float
    half_digit: float
    period: Period
    place: str
    shape: Shape = field(repr=False)

    @property
    def name(self) -> str:
        """Its cells, as messages name them."""
        names = "+".join(number.name for number in self.numbers[:4])
        return names + "+..." * (len(self.numbers) > 4)

    @property
    def printed(self) -> str:
        """What its cells print."""
        return " + ".join(number.text for number in self.numbers[:4])


@dataclass(frozen=True)
class ReadSeries:
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


def series_of(answers: Answers, index: int, shapes: Sequence[Shape], name: str) -> ReadSeries:
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
    series = answers.read[index]
    reader = _SeriesReader(answers, index, series, name)
    for shape in reader.sheets(shapes):
        reader.read(shape)
    reader.leave_out_longer_periods()
    return ReadSeries(
        tuple(reader.facts),
        tuple(reader.problems),
        tuple(dict.fromkeys(reader.left_out)),
        frozenset(reader.cells),
    )


@dataclass(frozen=True)
class _Lines:
    """Named lines: the numbers of columns or rows, each with the words that named it."""

    named: dict[int, Line]
    are_named: bool

    def __contains__(self, number: int) -> bool:
        return not self.are_named or number in self.named


class _SeriesReader:
    """Reads the sheets of one entry; what it finds is added up in it."""

    def __init__(self, answers: Answers, index: int, series: SeriesAnswer, name: str) -> None:
        self.answers = answers
        self.index = index
        self.series = series
        self.name = name
        self.facts: list[TableFact] = []
        self.problems: list[Problem] = []
        self.left_out: list[str] = []
        self.cells: set[tuple[str, int, int]] = set()
        self.place_columns: dict[str, int | None] = {}
        quantity = quantity_of(series.quantity)
        self.is_percent = quantity.is_percent or measure_of(series.measure).is_share
        self.of_a_day = on_a_day(series.measure, series.quantity)

    def problem(self, key: str, fault: str, hint: str = "") -> None:
        self.problems.append(Problem(self.answers.where(self.index, key), fault, hint))

    def at(self, place: Place, shape: Shape) -> str:
        """A cell, as messages name it."""
        title = f"{shape.sheet.title}!" if shape.sheet.title else ""
        return f"{self.name} {title}{cell_name(place)}"

    # Which sheets and lines

    def sheets(self, shapes: Sequence[Shape]) -> Iterator[Shape]:
        """The sheets that are named; without a name the only one."""
        titles = {folded(shape.sheet.title): shape for shape in shapes}
        for title in self.series.sheets:
            if shape := titles.get(folded(title)):
                yield shape
            else:
                known = [shape.sheet.title for shape in shapes]
                hint = did_you_mean(title, known, f"there are {', '.join(known)[:200]}")
                self.problem("sheet", f"{title!r} is no sheet with numbers", hint)
        if not self.series.sheets and len(shapes) == 1:
            yield shapes[0]
        elif not shapes:
            self.problem("", "holds no number", "see that it is the right file")
        elif not self.series.sheets:
            known = [shape.sheet.title for shape in shapes]
            hint = f"say sheet: {known[0]}, or another of {', '.join(known)[:200]}"
            self.problem("sheet", "is missing, and several sheets hold numbers", hint)

    def read(self, shape: Shape) -> None:
        """Read the lines of one sheet."""
        before = len(self.problems)
        columns = self._columns(shape)
        rows = self._rows(shape)
        tests = self._tests(shape)
        if len(self.problems) > before:
            return

        def is_named(place: Place) -> bool:
            row, column = place
            says = (folded(shape.label_in(row, at)) == text for at, text in tests.items())
            return column in columns and row in rows and all(says)

        numbers = [number for place, number in shape.numbers.items() if is_named(place)]
        for place, text in shape.unread.items():
            if is_named(place):
                self._no_number(shape, place, text)
        for number in numbers:
            if number.is_open:
                self._no_number(shape, number.place, number.text)
                break
        self.cells |= {(shape.sheet.title, *number.place) for number in numbers}
        if not numbers and not self.problems:
            self.problem("", "names no cell with a number", "name other lines")
        dated = self._dated(shape, self._kept(shape, numbers, columns, rows))
        self._add(shape, dated, columns, rows)

    def _no_number(self, shape: Shape, place: Place, text: str) -> None:
        """A cell among numbers that is none, or may be two."""
        hint = "correct the cell, or name other lines"
        if not shape.forms.decimal and re.fullmatch(r"\W?[\d.,]+\W?", text):
            hint = "it may be two: say decimal: ',' or decimal: '.'"
        where = self.at(place, shape)
        self.problems.append(Problem(where, f"{text[:60]!r} is no number", hint))

    def _columns(self, shape: Shape) -> _Lines:
        named: dict[int, Line] = {}
        for line in self.series.columns:
            found = _matching_columns(shape, line)
            for column in found:
                named[column] = line
            if not found:
                self._unknown_line("columns", line, shape)
        return _Lines(named, bool(self.series.columns))

    def _unknown_line(self, key: str, line: Line, shape: Shape) -> None:
        names = [shape.head_text(column) for column in shape.columns]
        lines = [f"{column_letter(c)} {shape.head_text(c)[:40]!r}" for c in shape.columns]
        if key == "rows":
            names = [shape.row_text(row) for row in shape.rows]
            lines = [shape.name_of_row(row) for row in shape.rows]
        levels = [part for name in names for part in (name, *name.split(" / ")) if part]
        listed = ", ".join(lines[:6]) + (", ..." if len(lines) > 6 else "")
        hint = did_you_mean(str(line), levels, f"there are {listed}")
        what = "column" if key == "columns" else "row"
        self.problem(key, f"{str(line)[:60]!r} is no {what} with numbers", hint)

    def _rows(self, shape: Shape) -> _Lines:
        named: dict[int, Line] = {}
        for line in self.series.rows:
            found = _matching_rows(shape, line)
            for row in found:
                named[row] = line
            if not found:
                self._unknown_line("rows", line, shape)
        return _Lines(named, bool(self.series.rows))

    def _tests(self, shape: Shape) -> dict[int, str]:
        """What rows must say, by column."""
        tests = {}
        for key, text in self.series.where.items():
            column = label_column(shape, key)
            if column is None:
                known = [shape.head_text(c) or column_letter(c) for c in _label_columns(shape)]
                hint = did_you_mean(key, known, f"there are {', '.join(known)[:200]}")
                self.problem("where", f"{key!r} is no column with words", hint)
                continue
            texts = [shape.label_in(row, column) for row in shape.rows]
            if folded(text) not in map(folded, texts):
                listed = [*dict.fromkeys(filter(None, texts))]
                hint = did_you_mean(text, listed, f"there are {', '.join(listed)[:200]}")
                self.problem("where", f"no row says {text!r} in {column_letter(column)}", hint)
            tests[column] = folded(text)
        return tests

    # Which numbers of these lines

    def _kept(
        self, shape: Shape, numbers: list[CellNumber], columns: _Lines, rows: _Lines
    ) -> list[CellNumber]:
        """The numbers without those of columns and rows that nobody named and that hold another
        thing: ranks, percent, sums.
        """
        kept = []
        for number in numbers:
            row, column = number.place
            head = shape.head_text(column)
            if not columns.are_named and NUMBER_HEADS.fullmatch(head):
                self.left_out.append(f"{shape.name_of_column(column)}: numbers its rows")
            elif (
                not columns.are_named
                and not self.is_percent
                and (number.percent or is_percent_line(head))
            ):
                self.left_out.append(f"{shape.name_of_column(column)}: is of percent")
            elif not columns.are_named and is_total(head) and len(shape.columns) > 1:
                self.left_out.append(f"{shape.name_of_column(column)}: is a sum")
            elif not rows.are_named and self._is_total_row(shape, row):
                self.left_out.append(f"{shape.name_of_row(row)}: is a sum")
            elif (
                not rows.are_named and not self.is_percent and is_percent_line(shape.row_text(row))
            ):
                self.left_out.append(f"{shape.name_of_row(row)}: is of percent")
            else:
                kept.append(number)
        return kept

    def _is_total_row(self, shape: Shape, row: int) -> bool:
        return len(shape.rows) > 1 and any(map(is_total, shape.labels(row).values()))

    # Of which period and place

    def _dated(
        self, shape: Shape, numbers: list[CellNumber]
    ) -> list[tuple[CellNumber, Period, str]]:
        words_of = {number.place: self._words(shape, number) for number in numbers}
        days = sorted({words.day for words in words_of.values() if words and words.day})
        dated = []
        undated = self._silent(shape, numbers)
        numbers = [number for number in numbers if number not in undated]
        for number in numbers:
            words = words_of[number.place]
            if words is None:
                continue
            if not words.says and any(other and other.says for other in words_of.values()):
                undated.append(number)
                continue
            try:
                period = self._period(shape, words, number.place, days)
            except PeriodError as error:
                self._undated(shape, number, str(error))
                continue
            dated.append((number, period, self._place(shape, number.place)))
        dated = self._of_places(shape, dated)
        for number in undated:
            self._leave_undated(shape, number, numbers)
        return dated

    def _of_places(
        self, shape: Shape, dated: list[tuple[CellNumber, Period, str]]
    ) -> list[tuple[CellNumber, Period, str]]:
        """The numbers of places, where a column names them: a row of another word is a sum of
        places, or of a place that is not known, and left out.
        """
        said = self.series.place or self.answers.place
        if not isinstance(said, dict):
            return dated
        known = [one for one in dated if one[2]]
        for number, _, place in dated:
            if not place and not known:
                fault = "names no known place in the column of places"
                self.problems.append(Problem(self.at(number.place, shape), fault, "say place: GE"))
                break
            if not place:
                self.left_out.append(f"{shape.name_of_row(number.place[0])}: is no known place")
        return known

    def _silent(self, shape: Shape, numbers: list[CellNumber]) -> list[CellNumber]:
        """The numbers whose row names no period though others do, and whose row nobody named; and
        the same of columns.
        """
        silent = []
        if not self.series.rows:
            says = {n.place[0]: self._says(shape.labels(n.place[0]).values(), shape)
                    for n in numbers}  # fmt: skip
            silent += [n for n in numbers if any(says.values()) and not says[n.place[0]]]
        if not self.series.columns:
            says = {n.place[1]: self._says(shape.heads(n.place), shape) for n in numbers}
            silent += [n for n in numbers if any(says.values()) and not says[n.place[1]]]
        return [number for number in numbers if number in silent]

    def _says(self, texts: Iterable[str], shape: Shape) -> bool:
        return any(
            shape.forms.period_in(text).says or re.fullmatch(r"\d{1,2}", text) for text in texts
        )

    def _undated(self, shape: Shape, number: CellNumber, why: str) -> None:
        """A number whose period is not known: one message for each reason."""
        where = self.at(number.place, shape)
        hint = "say the year, e.g. year: 2024" if "no year" in why else "say periods"
        if "begins" in why:
            hint = "say in which month: periods: july (or another)"
        elif "stands for" in why:
            hint = f"say periods: {', '.join(LENGTHS[:-1])} or {LENGTHS[-1]}"
        elif "two" in why or "more than" in why:
            hint = "name the lines of one period"
        elif "no year" not in why:
            hint = f"say periods: {OWN}, if it is of the period that it names, or {YEAR_TO_DATE}"
        if not any(problem.fault == why for problem in self.problems):
            self.problems.append(Problem(where, why, hint))

    def _leave_undated(self, shape: Shape, number: CellNumber, numbers: list[CellNumber]) -> None:
        """A number that names no period beside others that do: a sum, or another thing."""
        row, column = number.place
        is_of_column = all(other.place[1] != column or other.place[0] == row for other in numbers)
        line = shape.name_of_row(row)
        if is_of_column or not shape.labels(row):
            line = shape.name_of_column(column)
        self.left_out.append(f"{line}: names no period")

    def _words(self, shape: Shape, number: CellNumber) -> PeriodWords | None:
        """What a number's row, its column and the titles above say of its period; None where these
        contradict each other, which is noted.
        """
        row = number.place[0]
        texts = shape.heads(number.place)
        try:
            words = self._of_row(shape, row)
            for text in texts:
                words = words.joined(self._with_footnote(shape, text))
            words = words.joined(self._of_footnote(shape, number.text))
            return self._with_titles(shape, row, words)
        except PeriodError as error:
            self._undated(shape, number, str(error))
            return None

    def _of_row(self, shape: Shape, row: int) -> PeriodWords:
        """What the labels of a row say; the year may stand beside the first of its months alone."""
        words = PeriodWords()
        for column, text in shape.labels(row).items():
            words = words.joined(self._of_label(shape, column, text))
        if words.year is None and words.day is None and (words.months or shape.period_columns):
            for column in sorted(shape.period_columns):
                if column not in shape.labels(row) and words.months:
                    text = shape.label_in(row, column)
                    part = self._of_label(shape, column, text)
                    if part.year and part.months is None:
                        words = words.joined(part)
        return words

    def _of_label(self, shape: Shape, column: int, text: str) -> PeriodWords:
        if column in shape.period_columns and re.fullmatch(r"\d{1,2}", text):
            head = folded(shape.head_text(column))
            number = int(text)
            if QUARTER_HEADS.search(head) and number <= 4:
                return PeriodWords(months=(3 * number - 2, 3 * number))
            return PeriodWords(months=(number, number), named=True)
        return self._with_footnote(shape, text)

    def _with_footnote(self, shape: Shape, text: str) -> PeriodWords:
        words = shape.forms.period_in(text)
        if not words.says or words.plan:
            if words.plan and "kind" not in {*self.series.cells, *self.answers.cells}:
                raise PeriodError(f"{text[:40]!r} may be an estimate or a plan: say kind")
            return replace(words, open="") if not words.says else words
        note = self._of_footnote(shape, text)
        if note.says:
            return words.joined(replace(note, year=None, day=None))
        if re.search(FOOTNOTES, text) and not self._note_of(shape, text) and not words.open:
            return replace(words, open=f"has a mark without a note: {text[:40]!r}")
        return words

    def _note_of(self, shape: Shape, text: str) -> str:
        mark = re.search(FOOTNOTES, text)
        found = (note for note in shape.texts_below if mark and note.startswith(mark[0]))
        return next(found, "")

    def _of_footnote(self, shape: Shape, text: str) -> PeriodWords:
        """What the footnote of a text says of a period."""
        words = shape.forms.period_in(self._note_of(shape, text))
        return replace(words, plan="") if words.months else PeriodWords()

    def _with_titles(self, shape: Shape, row: int, words: PeriodWords) -> PeriodWords:
        """The words of a row and its column with what the titles add."""
        for text in shape.titles.get(row, ()):
            part = shape.forms.period_in(text)
            if text == shape.sheet.title and not (part.year or part.named):
                continue
            is_dated = words.year is not None or words.day is not None
            if part.to_date and not part.says and "monthly" not in folded(text):
                words = replace(words, to_date=True)
            if not part.says or words.day:
                continue
            if part.months and not words.months and part.day is None:
                other_year = part.year and words.year and part.year != words.year
                if other_year:
                    reason = f"the title says {text[:60]!r}"
                    words = replace(words, open=words.open or reason)
                elif part.year or part.named or not is_dated:
                    words = words.joined(replace(part, open=words.open or part.open))
            elif (not is_dated and part.year) or (not is_dated and part.day and not words.months):
                words = words.joined(part)
        if words.year is None and words.day is None and self.series.year:
            words = replace(words, year=self.series.year)
        return words

    def _period(
        self, shape: Shape, words: PeriodWords, place: Place, days: list[dt.date]
    ) -> Period:
        """The days that a number is of.

        Raises
        ------
        PeriodError
            Where these are not known.
        """
        periods = self.series.periods
        to_date = periods == YEAR_TO_DATE
        says_all = periods in (OWN, YEAR_TO_DATE, *LENGTHS)
        if words.open and not says_all:
            raise PeriodError(f"may be of another period: {words.open}")
        from_january = words.months is not None and words.months[0] == 1
        if words.to_date and not periods and not from_january:
            raise PeriodError("a text says that it counts since the year began")
        if words.day:
            return self._of_day(shape, words.day, place, days)
        first_month = 1
        month_name = periods.removesuffix(BEFORE)
        if month_name in MONTHS:
            first_month = MONTHS.index(month_name) + 1
            words = self._as_fiscal(shape, words, place, periods.endswith(BEFORE))
        elif words.fiscal and not to_date:
            raise PeriodError("is of a year that begins in another month than January")
        if periods == "solar_hijri":
            return self._solar(words)
        period = words.period(first_month)
        if to_date:
            start = month(f"{period.end.year}-01").start
            period = Period(min(start, period.start), period.end)
        if self.of_a_day:
            return Period(period.end, period.end)
        return period

    def _as_fiscal(self, shape: Shape, words: PeriodWords, place: Place, ends: bool) -> PeriodWords:
        """A year that begins in another month: one number is that of the calendar year in which it
        begins; beside a word such as FY, and where it is said, in which it ends.
        """
        if words.fiscal:
            return words
        texts = [*shape.heads(place), *shape.titles.get(place[0], ())]
        texts += [*shape.labels(place[0]).values()]
        texts += [shape.head_text(column) for column in shape.period_columns]
        says = any(
            re.search(rf"\b{FISCAL}\b|\bend(?:ed|ing)\b", folded(text)) and "年度" not in text
            for text in texts
        )
        return replace(words, fiscal=ENDS if ends or says else BEGINS)

    def _solar(self, words: PeriodWords) -> Period:
        if words.year is None:
            raise PeriodError("names no year")
        period = solar_months(words.year - SOLAR_SHIFT, *(words.months or (1, 12)))
        return Period(period.end, period.end) if self.of_a_day else period

    def _of_day(self, shape: Shape, day: dt.date, place: Place, days: list[dt.date]) -> Period:
        """The period for which a day stands: itself, of a stock."""
        periods = self.series.periods
        if self.of_a_day:
            return Period(day, day)
        if periods == YEAR_TO_DATE:
            end = day - dt.timedelta(days=1) if day.day == 1 else day
            return Period(dt.date(end.year, 1, 1), end)
        length = periods if periods in LENGTHS else ""
        heads = " ".join(folded(shape.head_text(column)) for column in shape.period_columns)
        for name, pattern in zip(LENGTHS, (YEAR_HEADS, QUARTER_HEADS, MONTH_HEADS), strict=True):
            if not length and pattern.search(heads):
                length = name
        if not length and len(days) > 1 and _are_months(days):
            length = "month"
        if length == "year":
            return Period(dt.date(day.year, 1, 1), dt.date(day.year, 12, 31))
        if length == "quarter":
            start = 3 * ((day.month - 1) // 3) + 1
            ends = (month(f"{day.year}-{number:02d}") for number in (start, start + 2))
            return Period(next(ends).start, next(ends).end)
        if length == "month":
            return month(f"{day:%Y-%m}")
        raise PeriodError(f"stands for {day}, one day, which may be of a month, a quarter, a year")

    def _place(self, shape: Shape, place: Place) -> str:
        """The code of the place of a number; empty where the table does not say."""
        said = self.series.place or self.answers.place
        if isinstance(said, str) and said:
            return said
        if isinstance(said, dict):
            column = label_column(shape, said["column"])
            if column is None:
                hint = f"there are {', '.join(map(column_letter, _label_columns(shape)))}"
                self.problem("place", f"{said['column']!r} is no column with words", hint)
                return ""
            return find_place(shape.label_in(place[0], column))
        column = self._column_of_places(shape)
        if column is not None:
            return find_place(shape.label_in(place[0], column))
        for text in (*shape.heads(place), *shape.sections.get(place[0], ())):
            if code := find_place(text):
                return code
        return ""

    def _column_of_places(self, shape: Shape) -> int | None:
        """The column of places, looked for once in each sheet."""
        if shape.sheet.title not in self.place_columns:
            self.place_columns[shape.sheet.title] = place_column(shape)
        return self.place_columns[shape.sheet.title]

    # Sums

    def _add(
        self,
        shape: Shape,
        dated: list[tuple[CellNumber, Period, str]],
        columns: _Lines,
        rows: _Lines,
    ) -> None:
        """Add the numbers of one period up."""
        groups: dict[tuple[Period, str], list[CellNumber]] = defaultdict(list)
        for number, period, place in dated:
            groups[period, place].append(number)
        for (period, place), group in groups.items():
            numbers = self._parts(shape, group, columns, rows)
            if not numbers:
                continue
            scale = self.series.unit or 1.0
            values = [number.value * (scale if number.scale == 1 else 1.0) for number in numbers]
            halves = [
                number.half_digit * (scale if number.scale == 1 else 1.0) for number in numbers
            ]
            self.facts.append(
                TableFact(
                    self.index,
                    tuple(numbers),
                    round(sum(values), 6),
                    round(sum(halves), 9),
                    period,
                    place,
                    shape,
                )
            )

    def _parts(
        self, shape: Shape, group: list[CellNumber], columns: _Lines, rows: _Lines
    ) -> list[CellNumber]:
        """The numbers of one period that are added; none where that is not known."""
        if len(group) == 1:
            return group
        if self.is_percent:
            self._conflict(shape, group, "percent are not added")
            return []
        in_columns: dict[int, list[CellNumber]] = defaultdict(list)
        in_rows: dict[int, list[CellNumber]] = defaultdict(list)
        for number in group:
            in_columns[number.place[1]].append(number)
            in_rows[number.place[0]].append(number)
        if len(in_columns) > 1 and not self._may_add(shape, group, [*in_columns], columns, True):
            return []
        if len(in_rows) > 1 and not self._may_add(shape, group, [*in_rows], rows, False):
            return []
        if len(in_rows) > 1 and not rows.are_named and len(in_columns) == 1:
            return self._without_sums(shape, group)
        return group

    def _may_add(
        self,
        shape: Shape,
        group: list[CellNumber],
        lines: list[int],
        named: _Lines,
        of_columns: bool,
    ) -> bool:
        """Whether lines are added: each was named, or each is another part of a whole."""
        words = {named.named.get(line) for line in lines}
        if named.are_named:
            if len(words) == len(lines):
                return True
            self._conflict(shape, group, "one name is that of two lines of one period")
            return False
        texts = [self._rest(shape, line, of_columns) for line in lines]
        if of_columns:
            self._conflict(shape, group, "no column was named, and several are of one period")
            return False
        if not of_columns and any(self._has_other_words(shape, line) for line in lines):
            self._conflict(shape, group, "their rows say a year and words that are not known")
            return False
        if len({*texts}) < len(texts) or not all(texts):
            values = {number.value for number in group}
            if len(values) > 1:
                self._conflict(shape, group, "are two numbers of one series and period")
                return False
        return True

    def _has_other_words(self, shape: Shape, row: int) -> bool:
        """Whether a cell of a row names a period and something else, which may be a month."""
        words = (shape.forms.period_in(text) for text in shape.labels(row).values())
        return any(part.says and part.months is None and part.rest for part in words)

    def _rest(self, shape: Shape, line: int, of_columns: bool) -> str:
        text = shape.head_text(line) if of_columns else " ".join(shape.labels(line).values())
        return shape.forms.period_in(text).rest or folded(text)

    def _conflict(self, shape: Shape, group: list[CellNumber], why: str) -> None:
        first, second = group[:2]
        where = self.at(first.place, shape)
        fault = f"{first.text} and {second.text} in {second.name}: {why}"
        hint = "name their columns by letters, or their rows by numbers"
        if not any(problem.fault.endswith(why) for problem in self.problems):
            self.problems.append(Problem(where, fault, hint))

    def _without_sums(self, shape: Shape, group: list[CellNumber]) -> list[CellNumber]:
        """The rows of one period in a column, without one that is the sum of all others."""
        if len({self._rest(shape, n.place[0], False) for n in group}) == 1:
            return group[:1]  # the same number twice
        for number in group:
            if re.search(r"\b(?:of which|incl\w*|in particular)\b|в том числе|из них|в т\. ?ч",
                         folded(shape.row_text(number.place[0]))):  # fmt: skip
                self._conflict(shape, group, "one of the rows says that it is a part of another")
                return []
        total = sum(number.value for number in group)
        sums = [n for n in group if n.value and abs(2 * n.value - total) <= _slack(group)]
        if len(group) > 2 and len(sums) == 1 and sums[0].value >= 10:
            self.left_out.append(
                f"{shape.name_of_row(sums[0].place[0])}: is the sum of the other rows"
            )
            return [number for number in group if number is not sums[0]]
        if part := _run_sum(group):
            self._conflict(shape, [part, *group], "one may be the sum of rows beside it")
            return []
        return group

    def leave_out_longer_periods(self) -> None:
        """Leave out what is the sum of its months or quarters, where nobody named its row."""
        if self.series.rows and self.series.columns:
            return
        if self.series.periods == YEAR_TO_DATE or self.of_a_day or self.is_percent:
            return
        kept = []
        for fact in self.facts:
            parts = [
                part
                for part in self.facts
                if part is not fact
                and part.place == fact.place
                and fact.period.covers(part.period)
                and part.period.days < fact.period.days
            ]
            parts = [
                part
                for part in parts
                if not any(
                    other is not part
                    and other.period.covers(part.period)
                    and other.period.days > part.period.days
                    for other in parts
                )
            ]
            if not parts:
                kept.append(fact)
                continue
            days = sum(part.period.days for part in parts)
            total = sum(part.value for part in parts)
            slack = fact.half_digit + sum(part.half_digit for part in parts)
            if days == fact.period.days and abs(total - fact.value) <= slack + 1e-6:
                self.left_out.append(f"{fact.name} {fact.printed}: is the sum of {fact.period}")
                continue
            kept.append(fact)
        self.facts = kept


def _slack(numbers: Iterable[CellNumber]) -> float:
    return sum(number.half_digit for number in numbers) + 1e-9


def _run_sum(group: list[CellNumber]) -> CellNumber | None:
    """A number that is the sum of two or more that stand behind it, one by one."""
    for index, number in enumerate(group):
        total = 0.0
        for count, part in enumerate(group[index + 1 :], start=1):
            total += part.value
            if count > 1 and number.value >= 20 and abs(total - number.value) < 1e-9:
                return number
    return None


def _are_months(days: list[dt.date]) -> bool:
    """Whether days follow each other by a month, at its first or its last day."""
    ends = all(day.day == 1 for day in days) or all(
        (day + dt.timedelta(days=1)).day == 1 for day in days
    )
    gaps = [(later - day).days for day, later in pairwise(days)]
    return ends and min(gaps) >= 28 and sorted(gaps)[len(gaps) // 2] <= 31


def _matching_columns(shape: Shape, line: Line) -> list[int]:
    """The columns that a head, or a letter, names; a head wins."""
    text = folded(str(line))
    found = []
    for column in shape.columns:
        head = shape.head_text(column)
        if text in (folded(head), *map(folded, head.split(" / "))):
            found.append(column)
    if not found and re.fullmatch(r"[a-z]{1,3}", text):
        found = [column for column in shape.columns if column_letter(column).lower() == text]
    return found


def _matching_rows(shape: Shape, line: Line) -> list[int]:
    """The rows that a number, or the words at their beginning, name; those below a section of that
    name where no row begins so.
    """
    if isinstance(line, int | float):
        return [int(line)] if int(line) in shape.rows else []
    text = folded(line)
    labels = {
        row: [folded(label) for label in (*shape.labels(row).values(), shape.row_text(row))]
        for row in shape.rows
    }
    exact = [row for row, texts in labels.items() if text in texts]
    if exact:
        return exact
    begin = re.compile(rf"{re.escape(text)}(?!\w)")
    beginning = [row for row, texts in labels.items() if any(map(begin.match, texts))]
    if beginning:
        return beginning
    return [row for row in shape.rows if text in map(folded, shape.sections.get(row, ())[:1])]


def _label_columns(shape: Shape) -> list[int]:
    """The columns with words in rows of numbers."""
    return sorted(
        {
            column
            for (row, column) in shape.sheet.cells
            if row in shape.head_rows and (row, column) not in shape.numbers
        }
    )


def label_column(shape: Shape, name: str) -> int | None:
    """The column of words with a head, or a letter; a head wins."""
    text = folded(name)
    columns = _label_columns(shape)
    for column in columns:
        if folded(shape.head_text(column)) == text:
            return column
    for column in columns:
        if column_letter(column).lower() == text:
            return column
    return None


def place_column(shape: Shape) -> int | None:
    """The column that names a place in each row with numbers, but for sums."""
    for column in _label_columns(shape):
        if column in shape.period_columns:
            continue
        texts = [shape.label_in(row, column) for row in shape.rows]
        named = [text for text in texts if text and not is_total(text)]
        if named and all(map(find_place, dict.fromkeys(named))):
            return column
    return None
