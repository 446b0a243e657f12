"""What is asked of a table: at most five questions a series, each answerable at sight, one at a
time.

A question is worded here once; a terminal, a form and a file of proposals show it. What was
answered is kept by the key of its question, so that the next one follows from the answers alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from forecasting.reading.answers import (
    CALENDAR_NAMES,
    LENGTHS,
    OF_ITS_PERIOD,
    PERIODS,
    YEAR_TO_DATE,
    Answers,
    SeriesAnswer,
    in_yaml,
    proposal_text,
)
from forecasting.reading.candidates import Candidate, likeliest
from forecasting.reading.cells import column_letter
from forecasting.reading.named_lines import (
    Entry,
    NamedLines,
    lines_named,
    named_lines,
    shapes_named,
)
from forecasting.reading.number_periods import HINTS
from forecasting.reading.proposals import GROWTH, GROWTH_WORDS, SHORTEST_COUNTRY, says_to_date
from forecasting.reading.shape import COLUMN, ROW, Shape
from forecasting.reading.table_facts import SeriesReading
from forecasting.reading.table_proposal import (
    TableProposal,
    may_run_since_january,
    proposal_of_table,
)
from forecasting.reading.user_table import UserTable
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.measures import EV_STOCK_SHARE, MEASURES, did_you_mean, measure_of
from forecasting.vocabulary.places import find_place, place_name
from forecasting.vocabulary.printed_numbers import value_of_digits
from forecasting.vocabulary.printed_periods import MONTHS
from forecasting.vocabulary.quantities import quantity_of
from forecasting.vocabulary.strict_yaml import parse_yaml

MOST_CANDIDATES = 30  # lines that are listed
MOST_SERIES = 50
YES, NO = "yes", "no"
LEAVE_OUT = "leave out"
GROWTH_UNIT, SHARE_UNIT, MONEY_UNIT = "growth", "share", "money"
PLACE, PARTNER = "place", "partner"
UNKNOWN = "?"  # in a file of proposals: what nothing proposes
QUESTIONS_OF_SERIES = ("sheet", "lines", "counts", "country", "unit", "periods")
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


class TableDialogue:
    """The questions about a table, and what the answers come to.

    Parameters
    ----------
    table : UserTable
        What is asked about.
    form : Answers
        What is said already of how the file is written.
    earlier : Answers, optional
        Of an earlier time, which are proposed.

    Attributes
    ----------
    given : dict of str to str
        The answers so far, by the key of the question.
    """

    def __init__(
        self, table: UserTable, form: Answers | None = None, earlier: Answers | None = None
    ) -> None:
        self.table = table
        self.form = form or Answers()
        self.earlier = earlier
        self.given: dict[str, str] = {}
        self._proposal: tuple[Answers, TableProposal] | None = None  # the last, and of which form

    # What the answers come to

    def file_answers(self) -> Answers:
        """What is said of how the file is written."""
        encoding = self.given.get("encoding", self.form.encoding)
        decimal = self.given.get("decimal", self.form.decimal)
        return replace(self.form, encoding=encoding, decimal=decimal)

    def proposal(self) -> TableProposal:
        """What the words of the table propose."""
        answers = self.file_answers()
        if self._proposal is None or self._proposal[0] != answers:
            self._proposal = answers, proposal_of_table(self.table, answers)
        return self._proposal[1]

    def answers(self) -> Answers:
        """The answers so far, of whole series alone."""
        if self.given.get("proposal") == YES:
            return self.proposal().answers
        series = (questions.series() for questions in self._series())
        return replace(self.file_answers(), read=tuple(filter(None, series)))

    def _series(self) -> Iterator[SeriesQuestions]:
        """The series that are asked for so far."""
        for number in range(1, MOST_SERIES + 1):
            yield SeriesQuestions(self, number)
            if self.given.get(f"{number} more") != YES:
                return

    def kept(self) -> str:
        """The answers so far as a file, with the series that is asked for as it is proposed."""
        answers = self.answers()
        *_, newest = self._series()
        if newest.series() is None and (lines := newest.given("lines")):
            series = replace(newest.lines_of(lines), counts=newest.given("counts") or "ev_sales")
            answers = answers.with_series(series)
        return proposal_text(answers, {}) if answers.read else ""

    def give(self, key: str, answer: str) -> None:
        """Keep an answer; one that corrects takes the answers back that follow from it."""
        number, _, name = key.partition(" ")
        if name != "fix" or answer == LEAVE_OUT:
            self.given[key] = answer
            return
        for following in QUESTIONS_OF_SERIES[QUESTIONS_OF_SERIES.index(answer) :]:
            self.given.pop(f"{number} {following}", None)

    # Asking

    def questions(self) -> Iterator[Question]:
        """Each question in its turn. Its answer must be in `given` before the next one is asked
        for, which may depend on it.

        Raises
        ------
        InputError
            Where the table cannot be read, whatever is answered.
        """
        yield from self._encoding()
        yield from self._decimal()
        proposal = self.proposal()
        if not proposal.questions and self.earlier is None:
            yield Question(
                "proposal",
                "Is it read so?",
                YES,
                one_of({YES: "", NO: ""}),
                choices={YES: "it is right", NO: "ask me line by line"},
                picture=tuple(self._described(proposal.answers)),
            )
            if self.given["proposal"] == YES:
                return
        for questions in self._series():
            yield from questions.questions()

    def _described(self, answers: Answers) -> Iterator[str]:
        """What answers have read, in words: a line for each series."""
        facts = self.table.read(answers).facts
        labels = {repr(_lines_in(c.series)): c.label for c in self.table.candidates(answers)}
        for index, series in enumerate(answers.read):
            label = labels.get(repr(_lines_in(series)), "its numbers")
            yield f"{label} is read as {series.counts}:"
            of_series = [fact for fact in facts if fact.index == index]
            unit = measure_of(series.measure).unit
            for fact in dict.fromkeys([0, len(of_series) - 1]) if of_series else ():
                read_fact = of_series[fact]
                value = f"{read_fact.value:,.12g} {'%' if '%' in read_fact.text else unit}"
                yield f"    {read_fact.text} in {read_fact.name} is {value} of {read_fact.period}"

    def _encoding(self) -> Iterator[Question]:
        encodings = self.table.sheets(self.form.encoding, self.form.separator).encodings
        if encodings:
            yield Question(
                "encoding",
                "Which line reads right?",
                next(iter(encodings)),
                one_of(encodings),
                choices=encodings,
                explained=EXPLAINED["encoding"],
            )

    def _decimal(self) -> Iterator[Question]:
        if self.form.decimal:
            return
        answers = replace(self.file_answers(), decimal="")
        open_cells = [
            (number.text, number.place[ROW])
            for shape in self.table.shapes_for(answers)
            for number in shape.numbers.values()
            if number.is_open
        ]
        for text, row in open_cells[:1]:
            digits = re.sub(r"[^\d.,]", "", text)
            values = {mark: value_of_digits(digits, mark) for mark in ".,"}
            choices = {mark: f"{text} is {value[0]:,g}" for mark, value in values.items() if value}
            yield Question(
                "decimal",
                f"What is {text} in row {row}?",
                "",
                one_of(choices),
                choices=choices,
                explained=EXPLAINED["decimal"],
            )


class SeriesQuestions:
    """The questions about one series of a table.

    Parameters
    ----------
    dialogue : TableDialogue
        With the answers so far.
    number : int
        Of the series, from 1 on.
    """

    def __init__(self, dialogue: TableDialogue, number: int) -> None:
        self.dialogue = dialogue
        self.table = dialogue.table
        self.number = number
        read = dialogue.earlier.read if dialogue.earlier else ()
        self.earlier = read[number - 1] if number <= len(read) else None

    def given(self, name: str) -> str:
        """The answer to one of its questions; empty where there is none yet."""
        return self.dialogue.given.get(f"{self.number} {name}", "")

    # What the answers come to

    def series(self) -> SeriesAnswer | None:
        """What the answers say of it; None where it is not whole, or left out."""
        counts, unit = self.given("counts"), self.given("unit")
        is_whole = self.given("lines") and counts and unit
        if not is_whole or unit == MONEY_UNIT or self.given("fix") == LEAVE_OUT:
            return None
        size = None if unit in (GROWTH_UNIT, SHARE_UNIT, "1") else float(unit)
        series = self._with_country(self.lines_of(self.given("lines")))
        series = replace(series, counts=_counts_in_unit(counts, unit), unit=size)
        periods = self.given("periods")
        if re.fullmatch(r"\d{4}", periods):
            return replace(series, year=int(periods))
        if periods == OF_ITS_PERIOD and not self._reading(series).problems:
            periods = ""  # the table says so itself
        return replace(series, periods=periods)

    def lines_of(self, text: str) -> SeriesAnswer:
        """The series of which the lines are named, as a file of answers says them."""
        keys = parse_yaml(text).value
        assert isinstance(keys, dict)
        where = {str(name): str(word) for name, word in (keys.get("where") or {}).items()}
        sheets = (self.given("sheet"),) if self.given("sheet") else ()
        columns, rows = (tuple(keys.get(key) or ()) for key in ("columns", "rows"))
        return SeriesAnswer("", sheets, columns, rows, where)

    def _with_country(self, series: SeriesAnswer) -> SeriesAnswer:
        """A series with what the countries beside its numbers are."""
        answer = self.given("country")
        if not answer:
            return series
        codes, column = self._countries()
        if answer == PARTNER:
            return replace(series, cells={"partner": codes[0]})
        return replace(series, place={"column": column} if column else codes[0])

    def _answers(self, series: SeriesAnswer) -> Answers:
        return replace(self.dialogue.file_answers(), read=(series,))

    def _reading(self, series: SeriesAnswer) -> SeriesReading:
        return self.table.read_series(self._answers(series), 0)

    def _named_lines(self, series: SeriesAnswer) -> list[NamedLines]:
        answers = self._answers(series)
        entry = Entry(answers, 0, self.table.name)
        shapes = shapes_named(entry, self.table.shapes_for(answers))
        return [named_lines(entry, shape) for shape in shapes]

    # Asking

    def questions(self) -> Iterator[Question]:
        """Its questions in their turn, as of `TableDialogue.questions`."""
        titles = [shape.title for shape in self._shapes()]
        if len(titles) > 1:
            yield self._sheet(titles)
        yield self._lines()
        yield self._counts()
        if self._countries()[0]:
            yield self._country()
        yield self._unit()
        if self.given("unit") != MONEY_UNIT:
            series = self.series()
            assert series is not None or self.given("fix") == LEAVE_OUT
            if series is not None:
                yield from self._periods(series)
                yield from self._fix()
        yield self._another()

    def _question(
        self,
        name: str,
        asks: str,
        proposed: str,
        read: Callable[[str], str],
        choices: Mapping[str, str],
        because: str = "",
    ) -> Question:
        key = f"{self.number} {name}"
        return Question(key, asks, proposed, read, because, choices, EXPLAINED[name])

    def _shapes(self) -> list[Shape]:
        title = self.given("sheet")
        shapes = self.table.shapes_for(self.dialogue.file_answers())
        return [shape for shape in shapes if not title or shape.title == title]

    def _sheet(self, titles: Sequence[str]) -> Question:
        proposed = self.earlier.sheets[0] if self.earlier and self.earlier.sheets else titles[0]
        choices = dict.fromkeys(titles, "")
        return self._question("sheet", "Which sheet?", proposed, one_of(choices), choices)

    def _candidates(self) -> list[Candidate]:
        title = self.given("sheet")
        candidates = self.table.candidates(self.dialogue.file_answers())
        return [
            candidate
            for candidate in candidates
            if not title or candidate.series.sheets == (title,)
        ]

    def _proposed(self) -> Candidate | None:
        """The line that is proposed: the likeliest of those that are not read yet."""
        given = self.dialogue.given
        read = {given.get(f"{number} lines") for number in range(1, self.number)}
        return likeliest(
            [
                candidate
                for candidate in self._candidates()
                if _lines_in(candidate.series) not in read
            ]
        )

    def _chosen(self) -> Candidate | None:
        """The candidate that was chosen; None of other lines."""
        lines = self.given("lines")
        return next(
            (candidate for candidate in self._candidates() if _lines_in(candidate.series) == lines),
            None,
        )

    def _lines(self) -> Question:
        candidates = self._candidates()
        proposed = self._proposed()
        series = self.earlier or (proposed.series if proposed else None)
        choices = {
            _lines_in(candidate.series): _listed(candidate)
            for candidate in candidates[:MOST_CANDIDATES]
        }
        asks = "Which line is read?" if self.number == 1 else "Which other line is read?"
        lines = _lines_in(series) if series else ""
        return self._question("lines", asks, lines, self._read_lines, choices)

    def _read_lines(self, text: str) -> str:
        """The lines of an answer, as a file of answers says them."""
        if not text.startswith("{"):
            text = _lines_in(typed_lines(text, self._candidates(), self._shapes()))
        try:
            self._named_lines(replace(self.lines_of(text), counts="ev_sales"))
        except InputError as error:
            problem = error.problems[0]
            raise InputError(f"{problem.fault}; {problem.hint}") from None
        return text

    def _counts(self) -> Question:
        chosen = self._chosen()
        counts = chosen.series.counts if chosen else ""
        if self.earlier:
            counts = self.earlier.counts
        return self._question("counts", "What does it count?", counts, _read_measure, COUNTS)

    def _countries(self) -> tuple[list[str], str]:
        """The countries that stand beside its numbers, and the letter of their column."""
        series = replace(self.lines_of(self.given("lines")), counts="ev_sales")
        codes: dict[str, None] = {}
        columns: dict[str, None] = {}
        for lines in self._named_lines(series):
            column = _column_of_countries(lines)
            if column is not None:
                names = [lines.shape.label(row, column) for row in lines.lines(ROW)]
                columns |= dict.fromkeys([column_letter(column)] if len(names) > 1 else [])
            else:
                names = sorted({text for number in lines.numbers for text in number.heads})
            codes |= dict.fromkeys(_country_in(name) for name in names)
        countries = [code for code in codes if code and code != self.table.place]
        return countries, next(iter(columns), "")

    def _country(self) -> Question:
        codes, _ = self._countries()
        is_trade = self.given("counts").endswith(("imports", "exports"))
        names = ", ".join(place_name(code) for code in codes[:4])
        return self._question(
            "country",
            f"What is {names}, to what it counts?",
            PARTNER if is_trade and len(codes) == 1 else PLACE,
            self._read_country,
            COUNTRIES,
        )

    def _read_country(self, text: str) -> str:
        if one_of(COUNTRIES)(text) == PARTNER and len(self._countries()[0]) > 1:
            raise InputError(
                "partners are read one by one: answer back, and choose the line of one of them, or "
                "of their sum"
            )
        return text

    def _unit(self) -> Question:
        unit, because = self._proposed_unit()
        asks = "What is a 1 of it?"
        return self._question("unit", asks, unit, _read_unit, UNITS, because)

    def _proposed_unit(self) -> tuple[str, str]:
        """The unit that is proposed, empty where none is, and why."""
        quantity = self.given("counts").partition(" ")[2]
        if quantity and quantity_of(quantity).is_percent:
            return GROWTH_UNIT if quantity == GROWTH else SHARE_UNIT, ""
        if self.earlier and self.earlier.unit:
            return f"{self.earlier.unit:.0f}", ""
        chosen = self._chosen()
        return _unit_of_line(chosen) if chosen else ("1", "")

    def _periods(self, series: SeriesAnswer) -> Iterator[Question]:
        """Of which period a number is: of a stock only where that is not known."""
        reading = self._reading(replace(series, periods="", year=None))
        reasons = [problem for problem in reading.problems if problem.hint in HINTS.values()]
        asks = "Of which period is each number?"
        if reasons:
            because = f"{reasons[0].where.rpartition(' ')[2]} {reasons[0].fault}"
            proposed = self.earlier.periods if self.earlier else ""
            choices = _choices_of_periods(because)
            yield self._question("periods", asks, proposed, _read_periods, choices, because)
        elif measure_of(series.measure).kind == "flow":
            proposed, because = self._proposed_periods(reading)
            choices = OF_PERIODS | OTHER_YEAR
            yield self._question("periods", asks, proposed, _read_periods, choices, because)

    def _proposed_periods(self, reading: SeriesReading) -> tuple[str, str]:
        """What is proposed of periods that a table names, empty where nothing is, and why."""
        titles = reading.facts[0].numbers[0].titles if reading.facts else ()
        may_run = may_run_since_january(reading.facts)
        because = "they never fall within a year" if may_run else ""
        if self.earlier and self.earlier.periods:
            return self.earlier.periods, because
        if any(map(says_to_date, titles)):
            return YEAR_TO_DATE, because
        return "" if may_run else OF_ITS_PERIOD, because

    def _fix(self) -> Iterator[Question]:
        """What to answer otherwise, where the series cannot be read as it was answered."""
        series = self.series()
        if series is None:
            return
        numbers = range(1, self.number)
        previous = (SeriesQuestions(self.dialogue, number).series() for number in numbers)
        read = (*filter(None, previous), series)
        answers = replace(self.dialogue.file_answers(), read=read)
        if problems := self.table.read(answers).problems:
            because = "; ".join(f"{problem.fault} ({problem.hint})" for problem in problems[:3])
            asks = "What do you answer otherwise?"
            reader = one_of(CORRECTIONS)
            yield self._question("fix", asks, LEAVE_OUT, reader, CORRECTIONS, because)

    def _another(self) -> Question:
        following = SeriesQuestions(self.dialogue, self.number + 1)
        candidate = following._proposed()
        has_more = following.earlier or (candidate and candidate.proposal.sure)
        choices = {YES: "another line of the table", NO: "that is all"}
        asks = "Another series?"
        return self._question("more", asks, YES if has_more else NO, one_of(choices), choices)


def _country_in(text: str) -> str:
    """The country of which a text is the name, or the code; empty of other words."""
    return find_place(text) if len(text) >= SHORTEST_COUNTRY else ""


def _column_of_countries(lines: NamedLines) -> int | None:
    """The column of words that names a country in some of the rows that are named."""
    for column in lines.shape.label_columns:
        names = {lines.shape.label(row, column) for row in lines.lines(ROW)}
        if column not in lines.shape.period_columns and any(map(_country_in, names)):
            return column
    return None


def _unit_of_line(candidate: Candidate) -> tuple[str, str]:
    """The unit that the words and the numbers of a line propose, and why none."""
    proposal = candidate.proposal
    is_percent = any(number.percent for number in candidate.numbers)
    fractions = [
        number.text for number in candidate.numbers if number.scale == 1 and number.value % 1 > 1e-9
    ]
    if proposal.money:
        return MONEY_UNIT, ""
    if is_percent or proposal.words & GROWTH_WORDS:
        return GROWTH_UNIT, ""
    if fractions and proposal.unit == 1.0:
        return "", f"{fractions[0]} is no whole number"
    return f"{proposal.unit:.0f}", ""


def _choices_of_periods(reason: str) -> Mapping[str, str]:
    """The answers about periods that are not known for a reason."""
    if "stands for" in reason:
        return OF_DAYS | {YEAR_TO_DATE: OF_PERIODS[YEAR_TO_DATE]}
    if "begins" in reason:
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


def _lines_in(series: SeriesAnswer) -> str:
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


def _listed(candidate: Candidate) -> str:
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
    hint = did_you_mean(words, PERIODS, f"{OF_ITS_PERIOD}, {YEAR_TO_DATE}, a month such as july")
    raise InputError(f"{text[:60]!r} is none of the answers; {hint}")


def proposal_file(table: UserTable, proposal: TableProposal) -> str:
    """A file of answers that is filled with the proposals, the choices as comments.

    Parameters
    ----------
    table : UserTable
        As it stands.
    proposal : TableProposal
        Of the table.
    """
    read = tuple(
        replace(series, counts=series.counts or UNKNOWN, unit=series.unit or 1.0)
        for series in proposal.answers.read
    )
    answers = proposal.answers
    encodings = table.sheets(answers.encoding, answers.separator).encodings
    encoding = answers.encoding or next(iter(encodings), "")
    answers = replace(proposal.answers, read=read, encoding=encoding)
    comments = {}
    for index in range(len(read)):
        comments[index, "counts"] = ", ".join(COUNTS)
        comments[index, "unit"] = "1, 1000, 1000000: what a 1 of the table is"
    questions = [f"# Not certain: {' '.join(words.split())}\n" for words in proposal.questions]
    candidates = [
        f"#   {_listed(candidate)}\n" for candidate in table.candidates(answers)[:MOST_CANDIDATES]
    ]
    periods = ", ".join((OF_ITS_PERIOD, YEAR_TO_DATE, *LENGTHS, *CALENDAR_NAMES))
    return "".join(
        [
            *questions,
            "# Of each series, too, where its numbers do not say it: periods: july (or another "
            f"month in which its years begin), {periods}\n",
            "# Lines with numbers, by letters or heads, or by the numbers of rows:\n",
            *candidates,
            proposal_text(answers, comments),
        ]
    )
