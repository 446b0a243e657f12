"""The questions about a table, one at a time, and what the answers come to: a terminal and a form
ask them; where nobody can be asked, the proposed answers are taken if none is in doubt.

>>> from forecasting.reading.cells import UserFile
>>> table = UserTable(UserFile("own.csv", b"Country,Year,EV sales%cGE,2023,5400" % 10))
>>> proposal_of_table(table).doubts
()
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise

from forecasting.evidence.rules import number_text
from forecasting.reading.answers import (
    OF_ITS_PERIOD,
    OTHER_PERIODS,
    YEAR_TO_DATE,
    Answers,
    SeriesAnswer,
)
from forecasting.reading.candidates import Candidate, likeliest
from forecasting.reading.named_lines import Entry, named_lines, shapes_named
from forecasting.reading.number_periods import HINTS
from forecasting.reading.proposals import (
    GROWTH,
    GROWTH_WORDS,
    kinds_in,
    says_to_date,
    unit_said,
    unknown_words,
)
from forecasting.reading.questions import (
    COUNTS,
    GROWTH_UNIT,
    KINDS_OF_FACTS,
    LEAVE_OUT,
    MONEY_UNIT,
    NONE,
    OF_DAYS,
    OF_PERIODS,
    PARTNER,
    PLACE,
    SHARE_UNIT,
    TABLE_QUESTIONS,
    YES,
    Question,
    read_by,
    typed_lines,
)
from forecasting.reading.shape import ROW
from forecasting.reading.table_facts import SeriesReading, TableFact
from forecasting.reading.user_table import UserTable
from forecasting.vocabulary.errors import InputError, LedgerError, Problem
from forecasting.vocabulary.measures import EV_STOCK_SHARE, measure_of
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.printed_numbers import value_of_digits
from forecasting.vocabulary.printed_periods import MONTHS
from forecasting.vocabulary.quantities import quantity_of
from forecasting.vocabulary.sentences import sentence
from forecasting.vocabulary.strict_yaml import parse_yaml

MOST_CANDIDATES = 30  # lines that are listed
NAMED_WORDS = 4  # that are not known, in a doubt
# Steps within years that never fall: numbers may count since January, told so or not
LEAST_TOLD, LEAST_UNTOLD = 3, 4
DAYS_OF_A_YEAR = 365
UNKNOWN = "?"  # in a file of proposals: what nothing proposes
# What is gone on with where nothing is certain, so that all doubts are found
STOPGAPS = {"counts": "ev_sales", "unit": "1", "periods": "", "fix": ""}


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
        earlier_series = self.earlier.read if self.earlier else ()
        for number in count(1):
            earlier = earlier_series[number - 1] if number <= len(earlier_series) else None
            questions = SeriesQuestions(
                self.table, self.file_answers(), self.given, number, earlier
            )
            yield questions
            if questions.answer("lines") in ("", NONE):
                return

    def kept(self) -> str:
        """The answers so far as a file, with the series that is asked for as far as it is known."""
        if self.given.get("proposal") == YES:
            return self.answers().to_yaml()
        series = (questions.series() or questions.begun() for questions in self._series())
        answers = replace(self.file_answers(), read=tuple(filter(None, series)))
        return answers.to_yaml() if answers.read else ""

    def give(self, key: str, answer: str) -> None:
        """Keep an answer; one that corrects takes the answers back that follow from it."""
        number, _, name = key.partition(" ")
        if name != "fix" or answer == LEAVE_OUT:
            self.given[key] = answer
            return
        names = [*TABLE_QUESTIONS]
        for following in names[names.index(answer) :]:
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
        if not proposal.doubts and self.earlier is None:
            picture = tuple(self._described(proposal.answers))
            yield replace(TABLE_QUESTIONS["proposal"], picture=picture)
            if self.given["proposal"] == YES:
                return
        yield from self.questions_of_series()

    def questions_of_series(self) -> Iterator[Question]:
        """Those about each series, as of `questions`."""
        for questions in self._series():
            yield from questions.questions()

    def _described(self, answers: Answers) -> Iterator[str]:
        """What answers have read, in words: a line for each series."""
        labels = {c.series.lines: c.label for c in self.table.candidates(answers)}
        for index, series in enumerate(answers.read):
            meaning = COUNTS.get(series.counts, "")
            yield f"{labels[series.lines]} is read as {series.counts}: {meaning}".rstrip()
            facts = self.table.read_series(answers, index).facts
            unit = measure_of(series.measure).unit
            for fact in facts[:1] + facts[1:][-1:]:
                value = f"{fact.value:,.12g} {'%' if '%' in fact.text else unit}"
                yield f"    {fact.text} in {fact.name} is {value} of {fact.period}"

    def _encoding(self) -> Iterator[Question]:
        encodings = self.table.sheets(self.form).encodings
        if not encodings:
            return

        def read(text: str) -> str:
            self.table.sheets(replace(self.form, encoding=text))
            return text

        yield replace(TABLE_QUESTIONS["encoding"], read=read, choices=encodings)

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
            question = TABLE_QUESTIONS["decimal"]
            yield replace(
                question, asks=sentence(question.asks, text=text, row=row), choices=choices
            )


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
    earlier : SeriesAnswer, optional
        The series of an earlier time, which is proposed.
    """

    table: UserTable
    form: Answers
    given: Mapping[str, str]
    number: int = 1
    earlier: SeriesAnswer | None = None

    def answer(self, name: str) -> str:
        """The answer to one of its questions; empty where there is none yet."""
        return self.given.get(f"{self.number} {name}", "")

    # What the answers come to

    def begun(self) -> SeriesAnswer | None:
        """The series as far as it is answered, up to its unit; None of what is no such series."""
        lines = self.answer("lines")
        if lines in ("", NONE) or self.answer("unit"):
            return None
        return replace(self.lines_of(lines), counts=self.answer("counts") or "ev_sales")

    def series(self) -> SeriesAnswer | None:
        """What the answers say of it; None where it is not whole, or left out."""
        counts, unit = self.answer("counts"), self.answer("unit")
        if not (counts and unit) or unit == MONEY_UNIT or self.answer("fix") == LEAVE_OUT:
            return None
        size = None if unit in (GROWTH_UNIT, SHARE_UNIT, "1") else float(unit)
        series = self.lines_of(self.answer("lines"))
        kind = self.answer("kind")
        cells = {"kind": kind} if kind else {}
        series = replace(series, counts=_counts_in_unit(counts, unit), unit=size, cells=cells)
        periods = self.answer("periods")
        if periods != OF_ITS_PERIOD or self._reading_as_answered(series).problems:
            series = replace(series, periods=periods)  # else the table says so itself
        if self.answer("country") == PARTNER:
            series = replace(series, cells=cells | {"partner": self._countries(series)[0]})
        return series

    def lines_of(self, text: str) -> SeriesAnswer:
        """The series of which the lines are named, as a file of answers says them."""
        keys = parse_yaml(text).value
        assert isinstance(keys, dict)
        where = {str(name): str(word) for name, word in (keys.get("where") or {}).items()}
        sheets = (self.answer("sheet"),) if self.answer("sheet") else ()
        columns, rows = (tuple(keys.get(key) or ()) for key in ("columns", "rows"))
        return SeriesAnswer("", sheets, columns, rows, where)

    def _reading_as_answered(self, series: SeriesAnswer) -> SeriesReading:
        return self.table.read_series(replace(self.form, read=(series,)), 0)

    def _reading(self, series: SeriesAnswer) -> SeriesReading:
        """What a series gives, whether its numbers have happened or not."""
        reading = self._reading_as_answered(series)
        if _reason_of_plan(reading):
            cells = series.cells | {"kind": "outcome"}
            return self._reading_as_answered(replace(series, cells=cells))
        return reading

    def _countries(self, series: SeriesAnswer) -> list[str]:
        """The countries that stand beside the numbers of a series, but for that of the titles."""
        places = {fact.place for fact in self._reading(series).facts}
        return sorted(places - {"", self.table.place(self.form)})

    # The lines of the table

    def _candidates(self) -> list[Candidate]:
        title = self.answer("sheet")
        candidates = self.table.candidates(self.form)
        return [c for c in candidates if not title or c.series.sheets == (title,)]

    def _unread(self) -> list[Candidate]:
        """The lines that no earlier series reads."""
        read = {self.given.get(f"{number} lines") for number in range(1, self.number)}
        return [c for c in self._candidates() if c.series.lines not in read]

    def _proposed(self) -> Candidate | None:
        """The line that is proposed: of a further series only one that is sure, and of what no
        earlier one counts.
        """
        counted = {self.given.get(f"{number} counts") for number in range(1, self.number)}
        unread = self._unread()
        candidate = likeliest([c for c in unread if c.series.counts not in counted] or unread)
        if candidate is None or self.number == 1:
            return candidate
        is_next = candidate.proposal.sure and candidate.series.counts not in counted
        return candidate if is_next else None

    def chosen(self) -> Candidate | None:
        """The line of the list that was chosen; None of other lines."""
        lines = self.answer("lines")
        candidates = (c for c in self._candidates() if c.series.lines == lines)
        return next(candidates, None)

    def _proposed_series(self) -> SeriesAnswer:
        """What is proposed of the lines that were chosen."""
        chosen = self.chosen()
        return self.earlier or (chosen.series if chosen else SeriesAnswer(""))

    # Asking

    def questions(self) -> Iterator[Question]:
        """Its questions in their turn. An answer must be given before the next question is asked
        for, which may depend on it.
        """
        titles = [shape.title for shape in self.table.shapes_for(self.form)]
        if len(titles) > 1:
            yield self._sheet(titles)
        if self.answer("sheet") == NONE:
            return
        yield self._lines()
        if self.answer("lines") == NONE:
            return
        chosen = self.chosen()
        doubt = (_doubt_of_words(chosen) or self._doubt_of_notes()) if chosen else ""
        yield self._question("counts", self._proposed_series().counts, doubt)
        yield self._question("unit", *self._proposed_unit())
        for ask in (self._periods, self._kind, self._country, self._fix):
            if series := self.series():
                yield from ask(series)

    def _question(
        self,
        name: str,
        proposed: str,
        doubt: str = "",
        choices: Mapping[str, str] | None = None,
    ) -> Question:
        question = replace(TABLE_QUESTIONS[name], key=f"{self.number} {name}", doubt=doubt)
        choices = question.choices if choices is None else choices
        return replace(question, proposed=proposed, choices=choices)

    def _or_none(self, choices: Mapping[str, str]) -> dict[str, str]:
        """Choices, of a further series with that there is none."""
        return {**choices} | ({NONE: "that is all"} if self.number > 1 else {})

    def _sheet(self, titles: Sequence[str]) -> Question:
        proposed = self._proposed()
        series = self.earlier or (proposed.series if proposed else None)
        title = series.sheets[0] if series and series.sheets else NONE
        choices = self._or_none(dict.fromkeys(titles, ""))
        question = self._question("sheet", title, "several hold numbers", choices)
        return question if self.number == 1 else replace(question, asks="Which sheet is read, too?")

    def _lines(self) -> Question:
        candidates = self._candidates()
        choices = {c.series.lines: listed(c) for c in candidates[:MOST_CANDIDATES]}
        asks = TABLE_QUESTIONS["lines"].asks
        if not self.answer("sheet"):
            choices = self._or_none(choices)
            asks = asks if self.number == 1 else "Which other line is read?"
        proposed = self._proposed()
        series = self.earlier or (proposed.series if proposed else None)
        lines = series.lines if series else NONE
        doubt = ""
        if lines == NONE:
            doubt = self._doubt_of_others() if self.number > 1 else "no numbers were found"
        question = self._question("lines", lines if lines in choices or series else "", doubt)
        return replace(question, asks=asks, read=self._read_lines, choices=choices)

    def _read_lines(self, text: str) -> str:
        """The lines of an answer, as a file of answers says them."""
        if text == NONE and self.number > 1:
            return text
        title = self.answer("sheet")
        shapes = self.table.shapes_for(self.form)
        if not text.startswith("{"):
            shapes_asked = [shape for shape in shapes if not title or shape.title == title]
            candidates = [candidate.series for candidate in self._candidates()]
            text = typed_lines(text, candidates, shapes_asked).lines
        series = replace(self.lines_of(text), counts="ev_sales")
        entry = Entry(replace(self.form, read=(series,)), 0, self.table.name)

        def read(lines: object) -> object:
            for shape in shapes_named(entry, shapes):
                named_lines(entry, shape)
            return lines

        return read_by(read, text)

    def _proposed_unit(self) -> tuple[str, str]:
        """The unit that is proposed, empty where none is, and why it may be another."""
        quantity = self.answer("counts").partition(" ")[2]
        chosen = self.chosen()
        if quantity and quantity_of(quantity).is_percent:
            unit = GROWTH_UNIT if quantity == GROWTH else SHARE_UNIT
            return unit, self._doubt_of_growth(chosen) if chosen else ""
        if self.earlier and self.earlier.unit:
            return number_text(self.earlier.unit), ""
        if chosen is None:
            return "1", ""
        proposal = chosen.proposal
        if proposal.money:
            return MONEY_UNIT, "it speaks of money"
        if any(number.percent for number in chosen.numbers) or proposal.words & GROWTH_WORDS:
            return GROWTH_UNIT, "it is of percent"
        number = chosen.numbers[0]
        is_of_vehicles = measure_of(self.answer("counts").partition(" ")[0]).unit == "vehicles"
        titles = number.titles if is_of_vehicles else ()
        size, _ = unit_said((*number.near_texts, *titles) if number.scale == 1 else ())
        for number in chosen.numbers:
            if number.scale == 1 and (number.value * size) % 1 > 1e-6:
                return "", f"{number.text} is no whole number"
        is_open = size == 1 and not self.table.sheets(self.form).knows_forms
        return f"{size:.0f}", "the file does not tell its formats" if is_open else ""

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
        titles = next(iter(self._candidates())).titles
        chosen = self.chosen()
        says_so = any(map(says_to_date, (*titles, chosen.label if chosen else "")))
        proposed, doubt = self.earlier.periods if self.earlier else "", ""
        if reasons:
            because = f"{reasons[0].where.rpartition(' ')[2]} {reasons[0].fault}"
            to_date = self._reading(replace(series, periods=YEAR_TO_DATE)).facts
            if says_so and runs_since_january(to_date, LEAST_TOLD):
                proposed = proposed or YEAR_TO_DATE
            doubt = "" if proposed else because
            question = self._question("periods", proposed, doubt, _choices_of(reasons[0].hint))
            yield replace(question, because=because)
        elif measure_of(series.measure).kind == "flow":
            if not proposed:
                proposed, doubt = _proposed_periods(reading.facts, says_so)
            yield self._question("periods", proposed, doubt)

    def _kind(self, series: SeriesAnswer) -> Iterator[Question]:
        """Whether its numbers have happened, where they may be of a plan."""
        reading = self._reading_as_answered(replace(series, cells={}))
        if reason := _reason_of_plan(reading):
            choices = dict(KINDS_OF_FACTS)
            if any(problem.hint == HINTS["is not over"] for problem in reading.problems):
                del choices["outcome"]  # which is refused of a period that is not over
            earlier = self.earlier.cells.get("kind", "") if self.earlier else ""
            # That numbers have happened is said anew, as nothing shows that a person has looked
            proposed = "" if earlier == "outcome" else earlier
            yield self._question("kind", proposed, reason, choices)

    def _country(self, series: SeriesAnswer) -> Iterator[Question]:
        """What the countries beside its numbers are: of imports they may be partners."""
        codes = self._countries(replace(series, cells={}))
        is_trade = series.measure.endswith(("imports", "exports"))
        place = self.table.place(self.form)
        if not codes or not (is_trade or place):
            return
        names = ", ".join(place_name(code) for code in codes[:4])
        proposed = PARTNER if is_trade and len(codes) == 1 and place else PLACE
        doubt = "imports have partners, too" if place or len(codes) > 1 else ""
        question = self._question("country", proposed, doubt)

        def read(text: str) -> str:
            answer = question.answer(text)
            if answer == PARTNER and len(codes) > 1:
                raise InputError(
                    "partners are read one by one: answer back, and choose the line of one of "
                    "them, or of their sum"
                )
            return answer

        yield replace(question, asks=question.asks.replace("a country", names), read=read)

    def _fix(self, series: SeriesAnswer) -> Iterator[Question]:
        """What to answer otherwise, where the series cannot be read as it was answered."""
        numbers = range(1, self.number)
        previous = (replace(self, number=number).series() for number in numbers)
        answers = replace(self.form, read=(*filter(None, previous), series))
        if problems := self.table.read(answers).problems:
            because = "; ".join(f"{problem.fault} ({problem.hint})" for problem in problems[:3])
            question = self._question("fix", LEAVE_OUT, "; ".join(map(str, problems)))
            yield replace(question, because=because)

    def _doubt_of_others(self) -> str:
        """What a line counts that is not read, unless its words say that it is no count of electric
        cars.
        """
        for candidate in self._unread():
            if not (candidate.is_total or candidate.proposal.counts_other_things):
                reason = _doubt_of_words(candidate) or "the line that is read says the same"
                return f"{candidate.label}: what does it count? ({reason})"
        return ""

    def _doubt_of_notes(self) -> str:
        """Which note below the table counts other vehicles than cars."""
        notes = (note for shape in self.table.shapes_for(self.form) for note in shape.notes)
        return next((f"a note says {note[:60]!r}" for note in notes if kinds_in(note)), "")


def _reason_of_plan(reading: SeriesReading) -> str:
    """Why numbers may be of a plan, where that hinders the reading."""
    hints = (HINTS["is not over"], HINTS["say kind"])
    problems = (problem for problem in reading.problems if problem.hint in hints)
    return next((problem.fault for problem in problems), "")


def _doubt_of_words(candidate: Candidate) -> str:
    """Why a line may count something else than its words propose."""
    unknown = candidate.proposal.unknown
    if candidate.proposal.sure:
        unknown = unknown_words(candidate.titles)
        if not unknown:
            return ""
    listed_words = ", ".join(unknown[:NAMED_WORDS])
    return f"not known here: {listed_words}" if unknown else "its words do not say"


def _proposed_periods(facts: Sequence[TableFact], says_so: bool) -> tuple[str, str]:
    """What is proposed of periods that a table names, empty where nothing is, and why it may be
    wrong; a text may say that they begin with the year.
    """
    if all(fact.period.start.month == 1 for fact in facts):
        return OF_ITS_PERIOD, ""  # "January to March" says itself since when it counts
    if says_so:
        is_clear = runs_since_january(facts, LEAST_TOLD)
        return YEAR_TO_DATE, "" if is_clear else "a text says so, and the numbers fall"
    of_months = all(1 < fact.period.days <= 31 for fact in facts)
    if of_months and runs_since_january(facts, LEAST_UNTOLD):
        return "", "they never fall within a year"
    return OF_ITS_PERIOD, ""


def runs_since_january(facts: Sequence[TableFact], least: int) -> bool:
    """Whether numbers grow within each year, in at least some steps, and never fall there."""
    in_order = sorted(facts, key=lambda fact: (fact.place, fact.period.end))
    steps = [
        following.value - fact.value
        for fact, following in pairwise(in_order)
        if (fact.place, fact.period.end.year) == (following.place, following.period.end.year)
    ]
    return len(steps) >= least and min(steps) >= 0 and max(steps) > 0


def _choices_of(hint: str) -> Mapping[str, str]:
    """The answers about periods that are not known, by the hint of the problem."""
    if hint == HINTS["stands for"]:
        return OF_DAYS
    return OF_PERIODS | (dict.fromkeys(MONTHS, "") if hint == HINTS["begins"] else {})


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


def listed(candidate: Candidate) -> str:
    """A line as it is listed: its head, and its first two numbers."""
    numbers = ", ".join(number.text for number in candidate.numbers[:2])
    dots = ", ..." if len(candidate.numbers) > 2 else ""
    return f"{candidate.label}: {numbers}{dots}"


@dataclass(frozen=True)
class TableProposal:
    """Answers that the words of a table propose.

    Parameters
    ----------
    answers : Answers
        All that is proposed, the main series first.
    doubts : tuple of str
        What is not certain of them, in words; empty where all is.
    """

    answers: Answers
    doubts: tuple[str, ...] = ()


def proposal_of_table(table: UserTable, form: Answers | None = None) -> TableProposal:
    """What is answered where nobody is asked.

    Parameters
    ----------
    table : UserTable
        As it stands.
    form : Answers, optional
        What is said already of how the file is written.
    """
    dialogue = TableDialogue(table, form)
    doubts = [*map(str, table.open_forms(dialogue.form))]
    doubtful, unknown = set(), set()
    for question in dialogue.questions_of_series():
        number, _, name = question.key.partition(" ")
        answer = question.proposed
        if name == "fix" and number in doubtful:
            continue  # what hinders the reading may follow from what is not certain
        if question.doubt or not answer:
            doubtful.add(number)
            chosen = SeriesQuestions(table, dialogue.form, dialogue.given, int(number)).chosen()
            asked = f"{chosen.label}: {question.asks}" if chosen else question.asks
            doubts.append(question.doubt if name == "fix" else f"{asked} ({question.reason})")
            if name == "counts" and not answer:
                unknown.add(int(number) - 1)
            answer = STOPGAPS.get(name, answer)
        if name == "lines" and not answer:
            break
        dialogue.given[question.key] = answer
    answers = dialogue.answers()
    read = [replace(series, counts=UNKNOWN) if index in unknown else series
            for index, series in enumerate(answers.read)]  # fmt: skip
    return TableProposal(replace(answers, read=tuple(read)), tuple(dict.fromkeys(doubts)))


def problems_of_proposal(name: str, proposal: TableProposal, hint: str = "") -> list[Problem]:
    """What is not certain of a table, each as a problem of it."""
    problems = []
    for doubt in proposal.doubts:
        place = re.match(rf"{re.escape(name)}[^:]*: ", doubt)
        where = place[0].removesuffix(": ") if place else name
        problems.append(Problem(where, doubt[place.end() if place else 0 :], hint))
    return problems


def error_of_proposal(name: str, proposal: TableProposal) -> LedgerError:
    """What a table leaves open, where nobody can be asked."""
    answers = f"{name.rpartition('.')[0]}.mapping.yaml"
    hint = f"`ev-forecast new --ledger {name}` asks, or write {answers}"
    return LedgerError(problems_of_proposal(name, proposal, hint))


def proposal_file(table: UserTable, proposal: TableProposal) -> str:
    """A file of answers that is filled with the proposals, the choices as comments.

    Parameters
    ----------
    table : UserTable
        As it stands.
    proposal : TableProposal
        Of the table.
    """
    read = tuple(replace(series, unit=series.unit or 1.0) for series in proposal.answers.read)
    answers = proposal.answers
    answers = replace(answers, read=read)
    comments = {
        "counts": ", ".join(COUNTS),
        "unit": "1, 1000, 1000000: what a 1 of the table is",
    }
    candidates = table.candidates(answers)[:MOST_CANDIDATES]
    return "".join(
        [
            *(f"# Not certain: {' '.join(words.split())}\n" for words in proposal.doubts),
            "# Of each series, too, where its numbers do not say it: periods: july (or another "
            f"month in which its years begin), {', '.join(OTHER_PERIODS)}\n",
            "# Lines with numbers, by letters or heads, or by the numbers of rows:\n",
            *(f"#   {listed(candidate)}\n" for candidate in candidates),
            answers.to_yaml(comments),
        ]
    )
