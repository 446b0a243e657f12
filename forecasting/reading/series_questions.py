"""The questions about one series of a table: at most five, each answerable at sight, one at a time.

A question is worded here once, with what the words of the table propose and why that may be wrong:
a terminal, a form and a file of proposals show it, and where nothing is in doubt nobody is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from forecasting.evidence.rules import number_text
from forecasting.reading.answers import (
    LENGTHS,
    OF_ITS_PERIOD,
    PERIODS,
    YEAR_TO_DATE,
    Answers,
    SeriesAnswer,
    in_yaml,
)
from forecasting.reading.candidates import Candidate, likeliest
from forecasting.reading.named_lines import Entry, lines_named, named_lines, shapes_named
from forecasting.reading.number_periods import HINTS
from forecasting.reading.proposals import (
    EVENTS,
    GROWTH,
    GROWTH_WORDS,
    is_of_battery_cars,
    is_of_plug_ins,
    says_to_date,
    unknown_words,
)
from forecasting.reading.shape import COLUMN, ROW, Shape
from forecasting.reading.table_facts import SeriesReading, TableFact
from forecasting.reading.user_table import UserTable
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.measures import EV_STOCK_SHARE, MEASURES, did_you_mean, measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.printed_periods import MONTHS
from forecasting.vocabulary.quantities import quantity_of
from forecasting.vocabulary.strict_yaml import parse_yaml

MOST_CANDIDATES = 30  # lines that are listed
NAMED_WORDS = 4  # that are not known, in a doubt
RUNNING_MONTHS = 5  # that never fall within a year, from which on they may run since January
DAYS_OF_A_YEAR = 365
YES, NO = "yes", "no"
LEAVE_OUT = "leave out"
GROWTH_UNIT, SHARE_UNIT, MONEY_UNIT = "growth", "share", "money"
PLACE, PARTNER = "place", "partner"
QUESTIONS_OF_SERIES = ("sheet", "lines", "counts", "unit", "periods", "country")
COUNTS = {
    "ev_registrations": "electric cars registered, of a period",
    "ev_sales": "electric cars sold",
    "ev_imports": "electric cars imported",
    "ev_stock": "electric cars on the road, on a day",
    "charging_points": "public charging points standing",
    "charging_stations": "public charging stations standing",
    "car_registrations": "all new cars registered",
    "car_sales": "all new cars sold",
    "vehicle_stock": "all vehicles on the road",
}
UNITS = {
    "1": "a vehicle (a point, a station)",
    "1000": "a thousand",
    "1000000": "a million",
    GROWTH_UNIT: "% of growth on the year before",
    SHARE_UNIT: "% of all new cars, or of all cars",
    MONEY_UNIT: "money: it is not read",
}
OF_PERIODS = {
    OF_ITS_PERIOD: "of the period that it names",
    YEAR_TO_DATE: "all since the year began, up to that period",
}
OTHER_YEAR = {"july": "of a year that begins in another month: its name, e.g. july"}
OF_DAYS = dict(zip(LENGTHS, ("the year of that day", "its quarter", "its month"), strict=True))
COUNTRIES = {
    PLACE: "the country where they are counted",
    PARTNER: "the country from which they come, or to which they go",
}
CORRECTIONS = {
    "lines": "the lines",
    "counts": "what it counts",
    "unit": "what a 1 is",
    "periods": "the periods",
    LEAVE_OUT: "leave this series out",
}
EXPLAINED = {
    "proposal": "Above stand the first and the last number that are read, each with its cell, and "
    "what is made of them. If one of them is wrong, answer 2.",
    "encoding": "The file does not say in which alphabet it is written. Which line reads right?",
    "decimal": "The marks in its numbers can be of thousands or of decimals.",
    "sheet": "Several sheets hold numbers. Others can be read afterwards, as another series.",
    "lines": "Which numbers are read. Several lines, as 1, 3, are added up. Letters (B, or B C), "
    "row 12, and heads name them, too. What you do not name is not read.",
    "counts": "What the numbers of these lines count. Another measure is given by its name, e.g. "
    "ebus_stock; the list is in forecasting/data/measures.csv.",
    "country": "Imports of Georgia from China: Georgia is the place, China the partner.",
    "unit": "If the cell shows 12 and means 12,000 cars, a 1 is a thousand.",
    "periods": "Is the number of March that of March, or of January to March? A year that "
    "begins in another month is given by that month: july is read so that 2023/24 is July 2023 to "
    "June 2024 and 2024 begins in July 2024; july before, so that 2024 ends in June 2024. A year, "
    "e.g. 2024, is that of numbers that name none.",
    "more": "Another line of the table, with another count.",
    "fix": "Name what you would answer otherwise.",
}


@dataclass(frozen=True)
class Question:
    """A question, in the form in which a person is asked.

    Parameters
    ----------
    key : str
        Under which the answer is kept.
    asks : str
        The question in words.
    proposed : str
        The answer where nobody gives one; empty where there must be one.
    read : callable
        Gives the answer as it is kept, or raises an InputError that says why it is none.
    because : str
        Why it is asked, or why this is proposed.
    doubt : str
        Why the proposed answer is not certain; empty where it is.
    choices : dict of str to str
        Answers to choose from, each with what it means.
    explained : str
        More words, for who asks for them.
    origin : Caveat, optional
        Of a size of the market: where it comes from.
    picture : tuple of str
        Lines that stand above it.
    """

    key: str
    asks: str
    proposed: str
    read: Callable[[str], str] = str
    because: str = ""
    doubt: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    explained: str = ""
    origin: Caveat | None = None
    picture: tuple[str, ...] = ()

    def answer(self, text: str) -> str:
        """The answer as it is kept: a number of the list, an answer or its words, or what is read.

        Raises
        ------
        InputError
            Where it is none; the message says why.

        Examples
        --------
        >>> question = Question("unit", "What is a 1?", "1", choices=UNITS)
        >>> question.answer("2"), question.answer("a thousand"), question.answer("")
        ('1000', '1000', '1')
        """
        words = " ".join(text.split()) or self.proposed
        if not words:
            raise InputError("an answer is needed here; ? explains")
        values = [*self.choices]
        if words in values:
            return self.read(words)
        if words.isdecimal() and 1 <= int(words) <= len(values):
            return self.read(values[int(words) - 1])
        return self.read(self._choice_meant(folded(words)) or words)

    def _choice_meant(self, words: str) -> str:
        """The choice that is called by its words, or that alone begins with them."""
        meanings = {value: folded(meaning) for value, meaning in self.choices.items()}
        if words in meanings.values():
            return next(value for value, meaning in meanings.items() if meaning == words)
        matches = [value for value, meaning in meanings.items() if meaning.startswith(words)]
        return matches[0] if len(matches) == 1 and len(words) > 2 else ""


def one_of(choices: Mapping[str, str]) -> Callable[[str], str]:
    """A reader of one of some answers."""

    def read(text: str) -> str:
        if text not in choices:
            hint = did_you_mean(text, choices, f"there are {', '.join([*choices][:8])}")
            raise InputError(f"{text[:60]!r} is none of the answers; {hint}")
        return text

    return read


@dataclass(frozen=True)
class SeriesQuestions:
    """The questions about one series of a table.

    Parameters
    ----------
    table : UserTable
        What is asked about.
    form : Answers
        What is said of how the file is written.
    given : mapping of str to str
        The answers so far, by the key of the question.
    number : int
        Of the series, from 1 on.
    earlier : tuple of SeriesAnswer
        Series of an earlier time, which are proposed.
    """

    table: UserTable
    form: Answers
    given: Mapping[str, str]
    number: int = 1
    earlier: tuple[SeriesAnswer, ...] = ()

    def answer(self, name: str) -> str:
        """The answer to one of its questions; empty where there is none yet."""
        return self.given.get(f"{self.number} {name}", "")

    def following(self) -> SeriesQuestions:
        """The questions about the next series."""
        return replace(self, number=self.number + 1)

    @property
    def _proposed_earlier(self) -> SeriesAnswer | None:
        """The series of an earlier time that has its number."""
        return self.earlier[self.number - 1] if self.number <= len(self.earlier) else None

    # What the answers come to

    def series(self) -> SeriesAnswer | None:
        """What the answers say of it; None where it is not whole, or left out."""
        counts, unit = self.answer("counts"), self.answer("unit")
        is_whole = self.answer("lines") and counts and unit
        if not is_whole or unit == MONEY_UNIT or self.answer("fix") == LEAVE_OUT:
            return None
        size = None if unit in (GROWTH_UNIT, SHARE_UNIT, "1") else float(unit)
        series = self.lines_of(self.answer("lines"))
        series = replace(series, counts=_counts_in_unit(counts, unit), unit=size)
        periods = self.answer("periods")
        if periods != OF_ITS_PERIOD or self._reading(series).problems:
            series = replace(series, periods=periods)  # else the table says so itself
        if self.answer("country") == PARTNER:
            series = replace(series, cells={"partner": self._countries(series)[0]})
        return series

    def lines_of(self, text: str) -> SeriesAnswer:
        """The series of which the lines are named, as a file of answers says them."""
        keys = parse_yaml(text).value
        assert isinstance(keys, dict)
        where = {str(name): str(word) for name, word in (keys.get("where") or {}).items()}
        sheets = (self.answer("sheet"),) if self.answer("sheet") else ()
        columns, rows = (tuple(keys.get(key) or ()) for key in ("columns", "rows"))
        return SeriesAnswer("", sheets, columns, rows, where)

    def _reading(self, series: SeriesAnswer) -> SeriesReading:
        return self.table.read_series(replace(self.form, read=(series,)), 0)

    @property
    def _place(self) -> str:
        """The country that the titles name."""
        return self.table.place(self.form)

    def _countries(self, series: SeriesAnswer) -> list[str]:
        """The countries that stand beside the numbers of a series, but for that of the titles."""
        places = {fact.place for fact in self._reading(series).facts}
        return sorted(places - {"", self._place})

    # Asking

    def questions(self) -> Iterator[Question]:
        """Its questions in their turn. An answer must be given before the next question is asked
        for, which may depend on it.
        """
        titles = [shape.title for shape in self.table.shapes_for(self.form)]
        if len(titles) > 1:
            yield self._sheet(titles)
        yield self._lines()
        yield self._counts()
        yield self._unit()
        if series := self.series():
            yield from self._periods(series)
        if series := self.series():
            yield from self._country(series)
        if series := self.series():
            yield from self._fix(series)
        yield self._another()

    def _question(
        self,
        name: str,
        asks: str,
        proposed: str,
        read: Callable[[str], str],
        choices: Mapping[str, str],
        because: str = "",
        doubt: str = "",
    ) -> Question:
        key = f"{self.number} {name}"
        return Question(key, asks, proposed, read, because, doubt, choices, EXPLAINED[name])

    def _sheet(self, titles: Sequence[str]) -> Question:
        earlier = self._proposed_earlier
        proposed = earlier.sheets[0] if earlier and earlier.sheets else titles[0]
        choices = dict.fromkeys(titles, "")
        doubt = "several hold numbers"
        return self._question(
            "sheet", "Which sheet?", proposed, one_of(choices), choices, "", doubt
        )

    def _candidates(self) -> list[Candidate]:
        title = self.answer("sheet")
        candidates = self.table.candidates(self.form)
        return [c for c in candidates if not title or c.series.sheets == (title,)]

    def _unread(self, candidates: Sequence[Candidate], until: int) -> list[Candidate]:
        """Those of some lines that no series up to a number reads."""
        read = {self.given.get(f"{number} lines") for number in range(1, until + 1)}
        return [candidate for candidate in candidates if lines_in(candidate.series) not in read]

    def _likeliest(self) -> Candidate | None:
        """The line that is proposed: of what no earlier series counts, if the words say that."""
        counted = {self.given.get(f"{number} counts") for number in range(1, self.number)}
        unread = self._unread(self._candidates(), self.number - 1)
        return likeliest([c for c in unread if c.series.counts not in counted] or unread)

    def _chosen(self) -> Candidate | None:
        """The candidate that was chosen; None of other lines."""
        lines = self.answer("lines")
        candidates = (c for c in self._candidates() if lines_in(c.series) == lines)
        return next(candidates, None)

    @property
    def label(self) -> str:
        """The line that was chosen, as messages name it; empty of other lines."""
        chosen = self._chosen()
        return chosen.label if chosen else ""

    def _lines(self) -> Question:
        candidates = self._candidates()
        proposed = self._likeliest()
        series = self._proposed_earlier or (proposed.series if proposed else None)
        choices = {lines_in(c.series): listed(c) for c in candidates[:MOST_CANDIDATES]}
        asks = "Which line is read?" if self.number == 1 else "Which other line is read?"
        lines = lines_in(series) if series else ""
        doubt = _doubt_of_lines(proposed, candidates) if proposed else "no numbers were found"
        return self._question("lines", asks, lines, self._read_lines, choices, "", doubt)

    def _read_lines(self, text: str) -> str:
        """The lines of an answer, as a file of answers says them."""
        title = self.answer("sheet")
        shapes = self.table.shapes_for(self.form)
        if not text.startswith("{"):
            shapes_asked = [shape for shape in shapes if not title or shape.title == title]
            text = lines_in(typed_lines(text, self._candidates(), shapes_asked))
        series = replace(self.lines_of(text), counts="ev_sales")
        entry = Entry(replace(self.form, read=(series,)), 0, self.table.name)
        try:
            for shape in shapes_named(entry, shapes):
                named_lines(entry, shape)
        except InputError as error:
            problem = error.problems[0]
            raise InputError(f"{problem.fault}; {problem.hint}") from None
        return text

    def _counts(self) -> Question:
        chosen, earlier = self._chosen(), self._proposed_earlier
        counts = chosen.series.counts if chosen else ""
        doubt = _doubt_of_words(chosen) if chosen else ""
        if earlier:
            counts = earlier.counts
        because = doubt if chosen and chosen.proposal.sure else ""  # of words of its title
        asks = "What does it count?"
        return self._question("counts", asks, counts, _read_measure, COUNTS, because, doubt)

    def _unit(self) -> Question:
        unit, because, doubt = self._proposed_unit()
        asks = "What is a 1 of it?"
        return self._question("unit", asks, unit, _read_unit, UNITS, because, doubt)

    def _proposed_unit(self) -> tuple[str, str, str]:
        """The unit that is proposed, empty where none is, why, and why it may be another."""
        quantity = self.answer("counts").partition(" ")[2]
        chosen, earlier = self._chosen(), self._proposed_earlier
        if quantity and quantity_of(quantity).is_percent:
            unit = GROWTH_UNIT if quantity == GROWTH else SHARE_UNIT
            return unit, "", self._doubt_of_growth(chosen) if chosen else ""
        if earlier and earlier.unit:
            return number_text(earlier.unit), "", ""
        if chosen is None:
            return "1", "", ""
        proposal = chosen.proposal
        if proposal.money:
            return MONEY_UNIT, "", "it speaks of money"
        if any(number.percent for number in chosen.numbers) or proposal.words & GROWTH_WORDS:
            return GROWTH_UNIT, "", "it is of percent"
        size = chosen.series.unit or 1.0
        for number in chosen.numbers:
            if number.scale == 1 and (number.value * size) % 1 > 1e-6:
                return "", f"{number.text} is no whole number", ""
        knows_forms = self.table.sheets(self.form.encoding, self.form.separator).knows_forms
        is_open = not knows_forms and not proposal.says_unit
        return f"{size:.0f}", "", "the file does not tell its formats" if is_open else ""

    def _doubt_of_growth(self, chosen: Candidate) -> str:
        """Why the growth of a part of a year may be on the part before it."""
        facts = self._reading(chosen.series).facts
        of_parts = any(1 < fact.period.days < DAYS_OF_A_YEAR for fact in facts)
        if of_parts and "on the year" not in chosen.proposal.words:
            return "it may be growth on the year before, or on the period before"
        return ""

    def _periods(self, series: SeriesAnswer) -> Iterator[Question]:
        """Of which period a number is: of a stock only where that is not known."""
        reading = self._reading(replace(series, periods=""))
        reasons = [problem for problem in reading.problems if problem.hint in HINTS.values()]
        earlier, chosen = self._proposed_earlier, self._chosen()
        asks = "Of which period is each number?"
        if reasons:
            because = f"{reasons[0].where.rpartition(' ')[2]} {reasons[0].fault}"
            series_proposed = earlier or (chosen.series if chosen else series)
            proposed = series_proposed.periods
            choices = _choices_of_periods(reasons[0].hint)
            yield self._question("periods", asks, proposed, _read_periods, choices, because)
        elif measure_of(series.measure).kind == "flow":
            proposed, because, doubt = self._proposed_periods(reading.facts)
            if earlier and earlier.periods:
                proposed = earlier.periods
            choices = OF_PERIODS | OTHER_YEAR
            yield self._question("periods", asks, proposed, _read_periods, choices, because, doubt)

    def _proposed_periods(self, facts: Sequence[TableFact]) -> tuple[str, str, str]:
        """What is proposed of periods that a table names, empty where nothing is, why, and why it
        may be wrong.
        """
        chosen = self._chosen()
        if chosen and chosen.series.periods:
            return chosen.series.periods, "", ""
        if all(fact.period.start.month == 1 for fact in facts):
            return OF_ITS_PERIOD, "", ""  # "January to March" says itself since when it counts
        titles = facts[0].numbers[0].titles
        if any(map(says_to_date, (*titles, chosen.label if chosen else ""))):
            return YEAR_TO_DATE, "", "a text says so, and the numbers fall"
        if may_run_since_january(facts):
            return "", "they never fall within a year", ""
        return OF_ITS_PERIOD, "", ""

    def _country(self, series: SeriesAnswer) -> Iterator[Question]:
        """What the countries beside its numbers are: of imports they may be partners."""
        codes = self._countries(replace(series, cells={}))
        is_trade = series.measure.endswith(("imports", "exports"))
        if not codes or not (is_trade or self._place):
            return
        names = ", ".join(place_name(code) for code in codes[:4])
        proposed = PARTNER if is_trade and len(codes) == 1 and self._place else PLACE
        doubt = "imports have partners, too" if self._place or len(codes) > 1 else ""

        def read(text: str) -> str:
            if one_of(COUNTRIES)(text) == PARTNER and len(codes) > 1:
                raise InputError(
                    "partners are read one by one: answer back, and choose the line of one of "
                    "them, or of their sum"
                )
            return text

        asks = f"Beside the numbers stands {names}: what is it?"
        yield self._question("country", asks, proposed, read, COUNTRIES, "", doubt)

    def _fix(self, series: SeriesAnswer) -> Iterator[Question]:
        """What to answer otherwise, where the series cannot be read as it was answered."""
        numbers = range(1, self.number)
        previous = (replace(self, number=number).series() for number in numbers)
        answers = replace(self.form, read=(*filter(None, previous), series))
        if problems := self.table.read(answers).problems:
            because = "; ".join(f"{problem.fault} ({problem.hint})" for problem in problems[:3])
            doubt = "; ".join(map(str, problems))
            asks = "What do you answer otherwise?"
            reader = one_of(CORRECTIONS)
            yield self._question("fix", asks, LEAVE_OUT, reader, CORRECTIONS, because, doubt)

    def _another(self) -> Question:
        following = self.following()
        candidate = following._likeliest()
        counted = {self.given.get(f"{number} counts") for number in range(1, self.number + 1)}
        is_sure = candidate and candidate.proposal.sure and candidate.series.counts not in counted
        has_more = following._proposed_earlier or is_sure
        choices = {YES: "another line of the table", NO: "that is all"}
        proposed = YES if has_more else NO
        doubt = "" if has_more else self._doubt_of_others()
        asks = "Another series?"
        return self._question("more", asks, proposed, one_of(choices), choices, "", doubt)

    def _doubt_of_others(self) -> str:
        """What a line may count that is not read."""
        candidates = [c for c in self.table.candidates(self.form) if not c.is_total]
        unread = self._unread(candidates, self.number)
        has_electric = any(
            "electric" in candidate.proposal.words
            for candidate in candidates
            if candidate not in unread
        )
        for candidate in unread:
            words = candidate.proposal.words
            may_count = not (has_electric or candidate.proposal.money) and words & EVENTS
            if ("electric" in words or may_count) and not candidate.proposal.sure:
                return f"{candidate.label}: what does it count? ({_doubt_of_words(candidate)})"
        return ""


def _doubt_of_lines(proposed: Candidate, candidates: Sequence[Candidate]) -> str:
    """Why another line may be the one that is read, or a part of it."""
    others = [candidate for candidate in candidates if candidate is not proposed]
    plug_ins = [candidate.label for candidate in others if is_of_plug_ins(candidate.label)]
    if plug_ins and is_of_battery_cars(proposed.label):
        return f"is {plug_ins[0]} of electric cars, too?"
    counts = proposed.series.counts
    twins = [c for c in others if c.proposal.sure and c.series.counts == counts and not c.is_total]
    return f"{twins[0].label} may count {counts}, too" if twins else ""


def _doubt_of_words(candidate: Candidate) -> str:
    """Why a line may count something else than its words propose."""
    unknown = candidate.proposal.unknown
    if candidate.proposal.sure:
        unknown = unknown_words(candidate.titles)
        if not unknown:
            return ""
    listed_words = ", ".join(unknown[:NAMED_WORDS])
    return f"not known here: {listed_words}" if unknown else "its words do not say"


def may_run_since_january(facts: Sequence[TableFact]) -> bool:
    """Whether the months of a year never fall, so that they may count since it began."""
    by_year: dict[tuple[int, str], dict[Period, float]] = {}
    for fact in facts:
        if 1 < fact.period.days <= 31:
            months = by_year.setdefault((fact.period.start.year, fact.place), {})
            months[fact.period] = fact.value
    for months in by_year.values():
        values = [months[period] for period in sorted(months, key=lambda period: period.start)]
        grows = values == sorted(values) and values[0] < values[-1]
        if len(values) >= RUNNING_MONTHS and grows:
            return True
    return False


def _choices_of_periods(hint: str) -> Mapping[str, str]:
    """The answers about periods that are not known, by the hint of the problem."""
    if hint == HINTS["stands for"]:
        return OF_DAYS | {YEAR_TO_DATE: OF_PERIODS[YEAR_TO_DATE]}
    if hint == HINTS["begins"]:
        return OF_PERIODS | dict.fromkeys(MONTHS, "")
    return OF_PERIODS | OTHER_YEAR


def _counts_in_unit(counts: str, unit: str) -> str:
    """What a series counts, where its unit is a growth or a share."""
    measure, _, quantity = counts.partition(" ")
    if unit == GROWTH_UNIT:
        return f"{measure} {GROWTH}"
    if unit == SHARE_UNIT and measure_of(measure).kind == "stock":
        return EV_STOCK_SHARE
    if unit == SHARE_UNIT and not quantity:
        return f"{measure} market_share_percent"
    return counts


def lines_in(series: SeriesAnswer) -> str:
    """The lines of a series, as a file of answers says them."""
    keys = {"columns": [*series.columns], "rows": [*series.rows], "where": {**series.where}}
    return in_yaml({key: value for key, value in keys.items() if value} or {"columns": []})


def typed_lines(
    text: str, candidates: Sequence[Candidate], shapes: Sequence[Shape]
) -> SeriesAnswer:
    """The lines that a person types: numbers of the list, letters, rows, heads.

    Parameters
    ----------
    text : str
        As it was typed.
    candidates : sequence of Candidate
        The list.
    shapes : sequence of Shape
        Of the sheets of which they may be.

    Raises
    ------
    InputError
        Where they are no lines of one series.
    """
    if folded(text) in ("all", "all numbers"):
        return SeriesAnswer("")
    if re.fullmatch(r"[A-Za-z]{1,2}(?: [A-Za-z]{1,2})+", text):
        text = ", ".join(text.upper().split())
    parts = [part.strip() for part in re.split(r"[,;+]|\band\b", text) if part.strip()]
    if all(part.isdecimal() and 1 <= int(part) <= len(candidates) for part in parts):
        return _of_list([candidates[int(part) - 1].series for part in parts])
    if re.match(r"(?i)rows? \d", text):
        return SeriesAnswer("", rows=tuple(map(int, re.findall(r"\d+", text))))
    return _of_names([re.sub(r"(?i)^(?:column|row)s? ", "", part) for part in parts], shapes)


def _of_names(names: Sequence[str], shapes: Sequence[Shape]) -> SeriesAnswer:
    """The lines of some heads and words of rows."""
    rows = tuple(name for name in names if _is_row(name, shapes))
    columns = tuple(name for name in names if name not in rows)
    return SeriesAnswer("", columns=columns, rows=rows)


def _is_row(name: str, shapes: Sequence[Shape]) -> bool:
    """Whether a name is of rows, and of no column."""
    axes = [axis for axis in (COLUMN, ROW) for shape in shapes if lines_named(shape, axis, name)]
    return bool(axes) and COLUMN not in axes


def _of_list(chosen: Sequence[SeriesAnswer]) -> SeriesAnswer:
    """The lines of several numbers of the list."""
    if any(series.where != chosen[0].where for series in chosen):
        raise InputError("lines of different words are no one series: choose one of them")
    columns = dict.fromkeys(line for series in chosen for line in series.columns)
    rows = dict.fromkeys(line for series in chosen for line in series.rows)
    return SeriesAnswer("", columns=tuple(columns), rows=tuple(rows), where=chosen[0].where)


def listed(candidate: Candidate) -> str:
    """A line as it is listed: its head, and its first two numbers."""
    numbers = ", ".join(number.text for number in candidate.numbers[:2])
    dots = ", ..." if len(candidate.numbers) > 2 else ""
    return f"{candidate.label}: {numbers}{dots}"


def _read_measure(text: str) -> str:
    words = text.strip().lower().replace("-", "_")
    name, _, quantity = words.partition(" ")
    if words.replace(" ", "_") in MEASURES:
        name, quantity = words.replace(" ", "_"), ""
    if name in MEASURES and measure_of(name).kind != "statement":
        return f"{name} {quantity}".strip()
    hint = did_you_mean(name, MEASURES, f"e.g. {', '.join([*COUNTS][:4])}")
    raise InputError(f"{text[:60]!r} is no measure; {hint}")


def _read_unit(text: str) -> str:
    if text in UNITS:
        return text
    digits = text.replace(",", "").replace(" ", "")
    if re.fullmatch(r"\d{1,12}(?:\.\d+)?", digits) and float(digits) > 0:
        return digits
    raise InputError(f"{text[:60]!r} is none of the answers; e.g. 1000 for thousands")


def _read_periods(text: str) -> str:
    words = text.lower().replace("year to date", YEAR_TO_DATE)
    if words in PERIODS or re.fullmatch(r"(?:19|20)\d\d", words):
        return words
    hint = did_you_mean(words, PERIODS, f"there are {OF_ITS_PERIOD}, {YEAR_TO_DATE}, a month")
    raise InputError(f"{text[:60]!r} is none of the answers; {hint}")
