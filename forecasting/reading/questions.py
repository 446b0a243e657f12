"""The questions about a table, each worded once: a terminal, a form and a file of proposals show
them, and where nothing is in doubt nobody is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from forecasting.evidence.rules import number_text
from forecasting.reading.answers import (
    LENGTHS,
    OF_ITS_PERIOD,
    SERIES_KEYS,
    YEAR_TO_DATE,
    Reader,
    SeriesAnswer,
)
from forecasting.reading.named_lines import lines_named
from forecasting.reading.shape import COLUMN, ROW, Shape
from forecasting.vocabulary.catalogues import language
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.printed_numbers import printed_number

YES, NO, NONE = "yes", "no", "none"
LEAVE_OUT = "leave out"
GROWTH_UNIT, SHARE_UNIT, MONEY_UNIT = "growth", "share", "money"
PLACE, PARTNER = "place", "partner"
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
    "july": "of a year that begins in another month: its name, e.g. july",
}
OF_DAYS = {
    **dict(zip(LENGTHS, ("the year of that day", "its quarter", "its month"), strict=True)),
    YEAR_TO_DATE: OF_PERIODS[YEAR_TO_DATE],
}
KINDS_OF_FACTS = {
    "target": "they are a plan or a forecast, on which nothing rests",
    "estimate": "they are estimates of what happened",
    "outcome": "they are counts of what happened",
}
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
    read : callable, optional
        Gives the answer as it is kept, or raises an InputError that says why it is none; default
        one of the choices.
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
    proposed: str = ""
    read: Callable[[str], str] | None = None
    because: str = ""
    doubt: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    explained: str = ""
    origin: Caveat | None = None
    picture: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why it is asked."""
        return self.because or self.doubt

    def said(self) -> Question:
        """The question in the language in which words are written now; what depends on the table
        stays as it is.
        """
        says = partial(language().says, context="question")
        return replace(
            self,
            asks=says(self.asks),
            because=says(self.because),
            doubt=says(self.doubt),
            choices={value: says(meaning) for value, meaning in self.choices.items()},
            explained=says(self.explained),
        )

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
        choice = self._choice_meant(words)
        if self.read:
            return self.read(choice or words)
        if not choice:
            hint = did_you_mean(words, self.choices, f"there are {', '.join([*self.choices][:8])}")
            raise InputError(f"{words[:60]!r} is none of the answers; {hint}")
        return choice

    def _choice_meant(self, words: str) -> str:
        """The choice of a name, of a number of the list, of its words, or that alone begins with
        them; empty where there is none.
        """
        values = [*self.choices]
        if words in values:
            return words
        if words.isdecimal() and 1 <= int(words) <= len(values):
            return values[int(words) - 1]
        start = folded(words)
        meanings = {value: folded(meaning) for value, meaning in self.choices.items()}
        matches = [value for value, meaning in meanings.items() if meaning.startswith(start)]
        whole = [value for value in matches if meanings[value] == start]
        if whole or (len(matches) == 1 and len(start) > 2):
            return (whole or matches)[0]
        return ""


def read_by(reader: Reader, value: object) -> str:
    """An answer as a reader of a file of answers has it."""
    try:
        return str(reader(value))
    except InputError as error:
        problem = error.problems[0]
        raise InputError(f"{problem.fault}; {problem.hint}") from None


def _counts_answer(text: str) -> str:
    return read_by(SERIES_KEYS["counts"], text)


def _unit_answer(text: str) -> str:
    if text in UNITS:
        return text
    number = printed_number(text)
    return number_text(float(read_by(SERIES_KEYS["unit"], text if number is None else number)))


def _periods_answer(text: str) -> str:
    return read_by(SERIES_KEYS["periods"], text.lower().replace("year to date", YEAR_TO_DATE))


# The questions about the file, and about each series, in their order
TABLE_QUESTIONS = {
    question.key: question
    for question in (
        Question(
            "encoding",
            "Which line reads right?",
            explained="The file does not say in which alphabet it is written. Which line reads "
            "right?",
        ),
        Question(
            "decimal",
            "What is {text} in row {row}?",
            explained="The marks in its numbers can be of thousands or of decimals.",
        ),
        Question(
            "proposal",
            "Is it read so?",
            YES,
            choices={YES: "it is right", NO: "ask me line by line"},
            explained="Above stand the first and the last number that are read, each with its "
            "cell, and what is made of them. If one of them is wrong, answer 2.",
        ),
        Question(
            "sheet",
            "Which sheet?",
            explained="Several sheets hold numbers. Others can be read afterwards, as another "
            "series.",
        ),
        Question(
            "lines",
            "Which line is read?",
            explained="Which numbers are read. Several lines, as 1, 3, are added up. Letters (B, "
            "or B C), row 12, and heads name them, too. What you do not name is not read.",
        ),
        Question(
            "counts",
            "What does it count?",
            read=_counts_answer,
            choices=COUNTS,
            explained="What the numbers of these lines count. Another measure is given by its "
            "name, e.g. ebus_stock; the list is in forecasting/data/measures.csv.",
        ),
        Question(
            "unit",
            "What is a 1 of it?",
            read=_unit_answer,
            choices=UNITS,
            explained="If the cell shows 12 and means 12,000 cars, a 1 is a thousand.",
        ),
        Question(
            "periods",
            "Of which period is each number?",
            read=_periods_answer,
            choices=OF_PERIODS,
            explained="Is the number of March that of March, or of January to March? A year that "
            "begins in another month is given by that month: july is read so that 2023/24 is July "
            "2023 to June 2024 and 2024 begins in July 2024; july before, so that 2024 ends in "
            "June 2024. A year, e.g. 2024, is that of numbers that name none.",
        ),
        Question(
            "kind",
            "Have these numbers happened?",
            choices=KINDS_OF_FACTS,
            explained="A period that was not over, or a word for plans, stands beside them. If "
            "that is so of some of them alone, name the lines of the others.",
        ),
        Question(
            "country",
            "Beside the numbers stands a country: what is it?",
            choices=COUNTRIES,
            explained="Imports of Georgia from China: Georgia is the place, China the partner.",
        ),
        Question(
            "fix",
            "What do you answer otherwise?",
            LEAVE_OUT,
            choices=CORRECTIONS,
            explained="Name what you would answer otherwise.",
        ),
    )
}


def typed_lines(
    text: str, candidates: Sequence[SeriesAnswer], shapes: Sequence[Shape]
) -> SeriesAnswer:
    """The lines that a person types: numbers of the list, letters, rows, heads.

    Parameters
    ----------
    text : str
        As it was typed.
    candidates : sequence of SeriesAnswer
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
    if re.match(r"(?i)rows? \d", text):
        return SeriesAnswer("", rows=tuple(map(int, re.findall(r"\d+", text))))
    parts = [part.strip() for part in re.split(r"[,;+]|\band\b", text) if part.strip()]
    if all(part.isdecimal() and 1 <= int(part) <= len(candidates) for part in parts):
        return _joined([candidates[int(part) - 1] for part in parts])
    names = [re.sub(r"(?i)^(?:column|row)s? ", "", part) for part in parts]
    rows = tuple(name for name in names if _is_row(name, shapes))
    columns = tuple(name for name in names if name not in rows)
    return SeriesAnswer("", columns=columns, rows=rows)


def _is_row(name: str, shapes: Sequence[Shape]) -> bool:
    """Whether a name is of rows, and of no column."""
    axes = {axis for axis in (COLUMN, ROW) for shape in shapes if lines_named(shape, axis, name)}
    return axes == {ROW}


def _joined(chosen: Sequence[SeriesAnswer]) -> SeriesAnswer:
    """The lines of several numbers of the list."""
    if any(series.where != chosen[0].where for series in chosen):
        raise InputError("lines of different words are no one series: choose one of them")
    columns = dict.fromkeys(line for series in chosen for line in series.columns)
    rows = dict.fromkeys(line for series in chosen for line in series.rows)
    return SeriesAnswer("", columns=tuple(columns), rows=tuple(rows), where=chosen[0].where)
