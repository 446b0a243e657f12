"""The questions about a table, one at a time, and what the answers come to: a terminal and a form
ask them; where nobody can be asked, the proposed answers are taken if none is in doubt.

>>> from forecasting.reading.cells import UserFile
>>> table = UserTable(UserFile("own.csv", b"Country,Year,EV sales%cGE,2023,5400" % 10))
>>> proposal_of_table(table).doubts
()
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from forecasting.reading.answers import (
    CALENDAR_NAMES,
    LENGTHS,
    OF_ITS_PERIOD,
    YEAR_TO_DATE,
    Answers,
    proposal_text,
)
from forecasting.reading.series_questions import (
    COUNTS,
    EXPLAINED,
    LEAVE_OUT,
    MOST_CANDIDATES,
    NO,
    QUESTIONS_OF_SERIES,
    YES,
    Question,
    SeriesQuestions,
    lines_in,
    listed,
    one_of,
)
from forecasting.reading.shape import ROW
from forecasting.reading.user_table import UserTable
from forecasting.vocabulary.errors import LedgerError, Problem
from forecasting.vocabulary.measures import measure_of
from forecasting.vocabulary.printed_numbers import value_of_digits

MOST_SERIES = 50
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
        for number in range(1, MOST_SERIES + 1):
            earlier = self.earlier.read if self.earlier else ()
            yield SeriesQuestions(self.table, self.file_answers(), self.given, number, earlier)
            if self.given.get(f"{number} more") != YES:
                return

    def kept(self) -> str:
        """The answers so far as a file, with the series that is asked for as it is proposed."""
        answers = self.answers()
        *_, newest = self._series()
        if newest.series() is None and (lines := newest.answer("lines")):
            series = replace(newest.lines_of(lines), counts=newest.answer("counts") or "ev_sales")
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
        if not proposal.doubts and self.earlier is None:
            yield Question(
                "proposal",
                "Is it read so?",
                YES,
                one_of({YES: "", NO: ""}),
                choices={YES: "it is right", NO: "ask me line by line"},
                explained=EXPLAINED["proposal"],
                picture=tuple(self._described(proposal.answers)),
            )
            if self.given["proposal"] == YES:
                return
        yield from self.questions_of_series()

    def questions_of_series(self) -> Iterator[Question]:
        """Those about each series, as of `questions`."""
        for questions in self._series():
            yield from questions.questions()

    def _described(self, answers: Answers) -> Iterator[str]:
        """What answers have read, in words: a line for each series."""
        labels = {lines_in(c.series): c.label for c in self.table.candidates(answers)}
        for index, series in enumerate(answers.read):
            meaning = COUNTS.get(series.counts, "")
            yield f"{labels[lines_in(series)]} is read as {series.counts}: {meaning}".rstrip()
            facts = self.table.read_series(answers, index).facts
            unit = measure_of(series.measure).unit
            for fact in facts[:1] + facts[1:][-1:]:
                value = f"{fact.value:,.12g} {'%' if '%' in fact.text else unit}"
                yield f"    {fact.text} in {fact.name} is {value} of {fact.period}"

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
            label = SeriesQuestions(table, dialogue.form, dialogue.given, int(number)).label
            reason = question.doubt or question.because
            asked = f"{label}: {question.asks}" if label else question.asks
            doubts.append(reason if name == "fix" else f"{asked} ({reason})")
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
    encodings = table.sheets(answers.encoding, answers.separator).encodings
    encoding = answers.encoding or next(iter(encodings), "")
    answers = replace(proposal.answers, read=read, encoding=encoding)
    comments = {}
    for index in range(len(read)):
        comments[index, "counts"] = ", ".join(COUNTS)
        comments[index, "unit"] = "1, 1000, 1000000: what a 1 of the table is"
    questions = [f"# Not certain: {' '.join(words.split())}\n" for words in proposal.doubts]
    candidates = [
        f"#   {listed(candidate)}\n" for candidate in table.candidates(answers)[:MOST_CANDIDATES]
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
