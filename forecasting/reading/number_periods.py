"""Of which period a number of a table is: what its row, its column and the titles say together,
and what a person answers where they leave it open.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from forecasting.evidence.rules import publication
from forecasting.reading.answers import (
    BEFORE,
    CALENDAR_NAMES,
    LENGTHS,
    OF_ITS_PERIOD,
    OF_THAT_YEAR,
    YEAR_TO_DATE,
)
from forecasting.reading.named_lines import Entry
from forecasting.reading.proposals import may_name_period
from forecasting.reading.shape import (
    MONTH_HEADS,
    QUARTER_HEADS,
    ROW,
    YEAR_HEADS,
    Forms,
    Shape,
    TableNumber,
)
from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.periods import Period, month
from forecasting.vocabulary.printed_numbers import FOOTNOTES
from forecasting.vocabulary.printed_periods import (
    BEGINS,
    CALLED,
    ENDS,
    FISCAL,
    MONTHS,
    PeriodWords,
    solar_months,
)
from forecasting.vocabulary.quantities import on_a_day

SOLAR_SHIFT = 621
_SAYS_FISCAL = re.compile(rf"\b{FISCAL}\b|\bend(?:ed|ing)\b")
# What to answer, by words of the reason why a period is not known
HINTS = {
    "not understood": f"correct the cell, or say periods: {LENGTHS[0]}, if it is of a whole year",
    "no year": "say the year, e.g. periods: 2024",
    "begins": "say in which month: periods: july (or another)",
    "stands for": f"say periods: {', '.join(LENGTHS[:-1])} or {LENGTHS[-1]}",
    "is not over": "kind: estimate or target, or leave its line out",
    "say kind": "kind: outcome, estimate or target, or leave its line out",
    "names two": "name the lines of one period",
    "write it as": "correct the day of publication",
    "more than": "name the lines of one period",
    "": f"say periods: {OF_ITS_PERIOD}, if it is of the period that it names, or {YEAR_TO_DATE}",
}


def hint_for(reason: str) -> str:
    """What to answer where a period is not known for a reason."""
    return next(hint for words, hint in HINTS.items() if words in reason)


@dataclass(frozen=True)
class PeriodReader:
    """Reads the periods of the numbers of an entry in one sheet.

    Parameters
    ----------
    entry : Entry
        With what is answered.
    shape : Shape
        Of the sheet.
    """

    entry: Entry
    shape: Shape

    @cached_property
    def _words_of_rows(self) -> dict[int, PeriodWords]:
        """What the labels of rows say that were looked at."""
        return {}

    @property
    def of_a_day(self) -> bool:
        """Whether the series is counted on a day."""
        return on_a_day(self.entry.series.measure, self.entry.series.quantity)

    @cached_property
    def _forms(self) -> Forms:
        """How its texts are written: of years that begin in another month 2010-11 is one."""
        return replace(self.shape.forms, years_begin_elsewhere=self._begins_elsewhere)

    @property
    def _begins_elsewhere(self) -> bool:
        """Whether it is answered that the years begin in another month."""
        return _month_of(self.entry.series.periods) in MONTHS

    # What the texts say

    def words(self, number: TableNumber) -> PeriodWords:
        """What the texts of a number say of its period.

        Raises
        ------
        PeriodError
            Where they contradict each other.
        """
        row = number.place[ROW]
        if row not in self._words_of_rows:
            self._words_of_rows[row] = self._words_of_row(number)
        words = self._words_of_rows[row]
        for text in number.heads:
            words = words.joined(self._whole(self._words_of_text(text), text))
        words = words.joined(self._words_of_note(number.text))
        for text in (*self.shape.period_heads, *number.titles):
            words = self._with_title(words, text)
        answer = self.entry.series.periods
        if answer.isdecimal() and words.year is None and words.day is None:
            words = replace(words, year=int(answer))
        return words

    def _words_of_row(self, number: TableNumber) -> PeriodWords:
        """What the labels of a row say; the year may stand beside the first of its months alone."""
        words = PeriodWords()
        first_number = self.shape.numbers_of(ROW, number.place[ROW])[0]
        for column, text in number.labels.items():
            # A text behind the numbers is a note, which may name other periods, too
            if column < first_number.place[1] or column in self.shape.period_columns:
                words = words.joined(self._words_of_label(column, text))
        if words.months is None or words.year or words.day:
            return words
        for column in sorted(self.shape.period_columns - number.labels.keys()):
            text = self.shape.label(number.place[0], column)
            label = self._words_of_label(column, text)
            if label.year and label.months is None:
                words = words.joined(label)
        return words

    def _words_of_label(self, column: int, text: str) -> PeriodWords:
        words = self._whole(self._words_of_text(text), text)
        if column in self.shape.period_columns and not (words.says or words.fiscal):
            self._refuse(text, text)
        return words

    def _whole(self, words: PeriodWords, text: str) -> PeriodWords:
        """The words of a label or a head, of which everything is understood.

        Raises
        ------
        PeriodError
            Where a part of it may name another period, and no answer says that it is a year.
        """
        is_year = self.entry.series.periods in (LENGTHS[0], *CALENDAR_NAMES)
        if not words.says or words.open or is_year or self._begins_elsewhere:
            return words
        rest = self._forms.period_in(text).rest
        if may_name_period(rest):
            self._refuse(rest, text)
        return words

    def _refuse(self, part: str, text: str) -> None:
        """Refuse a label of which a part may name another period."""
        if self.entry.series.periods != LENGTHS[0]:
            raise PeriodError(f"{part[:40]!r} is not understood in {text[:40]!r}, of a period")

    def _words_of_text(self, text: str) -> PeriodWords:
        """What a text says, with its footnote."""
        words = self._forms.period_in(text)
        self._check_plan(words, text)
        if self._ends_year(words, text):
            return PeriodWords(fiscal=ENDS)
        if not words.says:
            return replace(words, open="")
        note = self._words_of_note(text)
        if note.says:
            return words.joined(replace(note, year=None, day=None))
        if re.search(FOOTNOTES, text) and not self._note(text):
            reason = words.open or f"has a mark without a note: {text[:40]!r}"
            return replace(words, open=reason)
        return words

    def _check_plan(self, words: PeriodWords, text: str) -> None:
        if words.plan and "kind" not in self.entry.series.cells:
            raise PeriodError(f"{text[:40]!r} may be an estimate or a plan: say kind")

    def _ends_year(self, words: PeriodWords, text: str) -> bool:
        """Whether a text says on which day the years of a flow end: year ended 30 June."""
        names_day = words.day_of_month is not None and not self.of_a_day
        return names_day and _SAYS_FISCAL.search(folded(text)) is not None

    def _note(self, text: str) -> str:
        """The footnote of a text."""
        mark = re.search(FOOTNOTES, text)
        notes = (note for note in self.shape.notes if mark and note.startswith(mark[0]))
        return next(notes, "")

    def _words_of_note(self, text: str) -> PeriodWords:
        words = self._forms.period_in(self._note(text))
        return words if words.months else PeriodWords()

    def _with_title(self, words: PeriodWords, text: str) -> PeriodWords:
        """The words of a number with what a title adds: what they leave open."""
        title = self._forms.period_in(text)
        self._check_plan(title, text)
        if not title.says:
            is_running = title.to_date and "monthly" not in folded(text)
            return replace(words, to_date=True) if is_running else words
        is_number_of_sheet = text == self.shape.title and not (title.year or title.named)
        if words.day or is_number_of_sheet:
            return words
        if self._ends_year(title, text):
            return words if words.months else replace(words, fiscal=words.fiscal or ENDS)
        if title.months and not words.months and title.day is None:
            return self._with_months_of_title(words, title, text)
        names_year = title.year or (title.day and not words.months)
        return words.joined(title) if names_year and words.year is None else words

    def _with_months_of_title(
        self, words: PeriodWords, title: PeriodWords, text: str
    ) -> PeriodWords:
        if title.year and words.year and title.year != words.year:
            return replace(words, open=words.open or f"the title says {text[:60]!r}")
        if title.year or title.named or words.year is None:
            doubt = ""
            if title.named and self.of_a_day and title.day_of_month is None:
                doubt = f"the title names no day: {text[:60]!r}"
            elif title.day_of_month and not self.of_a_day:
                doubt = f"the title says {text[:60]!r}"
            return words.joined(replace(title, open=words.open or title.open or doubt))
        return words

    # What they mean

    def period(self, number: TableNumber, words: PeriodWords, days: Sequence[dt.date]) -> Period:
        """The days that a number is of; of what is counted on a day that day.

        Parameters
        ----------
        number : TableNumber
            Of the table.
        words : PeriodWords
            What its texts say.
        days : sequence of date
            The days that the numbers of its lines name, in order.

        Raises
        ------
        PeriodError
            Where it is not known.
        """
        self._check_open(words)
        period = self._of_day(words.day, days) if words.day else self._of_words(words)
        day = self._day_of_publication(number)
        if period.end > day and "kind" not in self.entry.series.cells:
            reason = f"{period} is not over on {day}: it may be an estimate or a plan: say kind"
            raise PeriodError(reason)
        return Period(period.end, period.end) if self.of_a_day else period

    def _day_of_publication(self, number: TableNumber) -> dt.date:
        """The last day on which a number may have been published: today where nothing says more."""
        cells = self.shape.row_cells(number.place[ROW])
        published = publication(cells.get("published", self.entry.answers.published))
        today = dt.date.today()
        return min(max(today, published.start), published.end) if published else today

    def _of_words(self, words: PeriodWords) -> Period:
        """The days of a year, or of a part of one."""
        answer = self.entry.series.periods
        if answer == "solar_hijri":
            year = words.period().start.year - SOLAR_SHIFT
            return solar_months(year, *(words.months or (1, 12)))
        if answer == YEAR_TO_DATE:
            period = words.period()
            january = dt.date(period.end.year, 1, 1)
            return Period(min(january, period.start), period.end)
        return self._of_year(words)

    def _check_open(self, words: PeriodWords) -> None:
        answer = self.entry.series.periods
        is_said = answer in (OF_ITS_PERIOD, YEAR_TO_DATE, *LENGTHS)
        if words.open and not is_said:
            raise PeriodError(f"may be of another period: {words.open}")
        from_january = words.months is not None and words.months[0] == 1
        if words.to_date and not answer and not from_january:
            raise PeriodError("a text says that it counts since the year began")

    def _of_year(self, words: PeriodWords) -> Period:
        """A year or a part of it; of one that begins in another month, as is answered."""
        answer = self.entry.series.periods
        name = _month_of(answer)
        if name not in MONTHS:
            if words.fiscal:
                raise PeriodError("is of a year that begins in another month than January")
            return words.period()
        is_called = words.fiscal == CALLED or (self._says_fiscal and not words.fiscal)
        if words.fiscal in ("", CALLED):
            # FY2024 is the year that ends in 2024, unless the answer says otherwise
            is_end = answer.endswith(BEFORE) or (is_called and answer == name)
            words = replace(words, fiscal=ENDS if is_end else BEGINS)
        return words.period(MONTHS.index(name) + 1)

    @cached_property
    def _says_fiscal(self) -> bool:
        """Whether a text of the sheet says that its years are no calendar years, and are called by
        the one in which they end; those of Japan, 年度, are called by the one in which they begin.
        """
        texts = {
            text
            for number in self.shape.numbers.values()
            for text in (*number.heads, *number.labels.values(), *number.titles)
        }
        texts.update(self.shape.period_heads)
        return any(_SAYS_FISCAL.search(folded(text)) and "年度" not in text for text in texts)

    def _of_day(self, day: dt.date, days: Sequence[dt.date]) -> Period:
        """The period for which a day stands: itself, of a stock."""
        if self.of_a_day:
            return Period(day, day)
        if self.entry.series.periods == YEAR_TO_DATE:
            end = day - dt.timedelta(days=1) if day.day == 1 else day
            return Period(dt.date(end.year, 1, 1), end)
        length = self._length(days)
        if not length:
            reason = f"stands for {day}, one day, which may be of a month, a quarter, a year"
            raise PeriodError(reason)
        months = {"year": 12, "quarter": 3, "month": 1}[length]
        start_month = months * ((day.month - 1) // months) + 1
        ends = [
            month(f"{day.year}-{number:02d}") for number in (start_month, start_month + months - 1)
        ]
        return Period(ends[0].start, ends[1].end)

    def _length(self, days: Sequence[dt.date]) -> str:
        """Of how long a period days stand: as is answered, as their head says, as they follow."""
        if self.entry.series.periods in LENGTHS:
            return self.entry.series.periods
        heads = folded(" ".join(self.shape.period_heads))
        for length, pattern in zip(LENGTHS, (YEAR_HEADS, QUARTER_HEADS, MONTH_HEADS), strict=True):
            if pattern.search(heads):
                return length
        return "month" if len(days) > 1 and _are_months(days) else ""


def _month_of(answer: str) -> str:
    """The month in which a year begins, by an answer that says how the year is called, too."""
    return answer.removesuffix(BEFORE).removesuffix(OF_THAT_YEAR)


def _are_months(days: Sequence[dt.date]) -> bool:
    """Whether days follow each other by a month, at its first or its last day."""
    at_start = all(day.day == 1 for day in days)
    at_end = all((day + dt.timedelta(days=1)).day == 1 for day in days)
    gaps = sorted((next_day - day).days for day, next_day in pairwise(days))
    return (at_start or at_end) and gaps[0] >= 28 and gaps[len(gaps) // 2] <= 31
