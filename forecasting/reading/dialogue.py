"""What is asked of a table: five questions a series, each answerable at sight, one at a time.

A question is worded here once; a terminal, a form and a file of proposals show it. What was
answered is kept by the key of its question, so that the next one follows from the answers alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from forecasting.reading.answers import (
    CALENDAR_NAMES,
    LENGTHS,
    OWN,
    PERIODS,
    YEAR_TO_DATE,
    Answers,
    SeriesAnswer,
    in_yaml,
    proposal_text,
)
from forecasting.reading.proposals import GROWTH, says_to_date
from forecasting.reading.table_facts import series_of
from forecasting.reading.user_table import (
    Candidate,
    TableProposal,
    TableRead,
    UserTable,
    likeliest,
    runs_since_january,
)
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.measures import EV_STOCK_SHARE, MEASURES, did_you_mean, measure_of
from forecasting.vocabulary.printed_numbers import value_of_digits
from forecasting.vocabulary.printed_periods import MONTHS
from forecasting.vocabulary.quantities import quantity_of
from forecasting.vocabulary.strict_yaml import parse_yaml

MOST_CANDIDATES = 30  # lines that are listed
MOST_SERIES = 50
YES, NO = "yes", "no"
UNKNOWN = "?"  # in a file of proposals: what nothing proposes
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
    "growth": "% of growth on the year before",
    "share": "% of all new cars, or of all cars",
    "money": "money: it is not read",
}
OF_PERIODS = {
    OWN: "of the period that it names",
    YEAR_TO_DATE: "all since the year began, up to that period",
}
OF_DAYS = dict(zip(LENGTHS, ("the year of that day", "its quarter", "its month"), strict=True))
EXPLAINED = {
    "encoding": "The file does not say in which alphabet it is written. Which line reads right?",
    "decimal": "The marks in its numbers can be of thousands or of decimals.",
    "sheet": "Several sheets hold numbers. Others can be read afterwards, as another series.",
    "lines": "Which numbers are read. Several lines, as 1, 3, are added up. Letters (B, or B C), "
    "row 12, and heads name them, too. What you do not name is not read.",
    "counts": "What the numbers of these lines count. Another measure is given by its name, e.g. "
    "ebus_stock; the list is in forecasting/data/measures.csv.",
    "unit": "If the cell shows 12 and means 12,000 cars, a 1 is a thousand.",
    "periods": "Is the number of March that of March, or of January to March? A year that "
    "begins in another month is given by that month: july is read so that 2023/24 is July 2023 to "
    "June 2024 and 2024 begins in July 2024; july before, so that 2024 ends in June 2024.",
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
    certain : bool
        Whether the proposal may be taken where nobody is asked.
    origin : Caveat, optional
        Of a size of the market: where it comes from.
    shown : tuple of str
        Lines that stand above it.
    """

    key: str
    asks: str
    proposed: str
    read: Callable[[str], str] = str
    because: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    explained: str = ""
    certain: bool = True
    origin: Caveat | None = None
    shown: tuple[str, ...] = ()

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
        words = " ".join(text.split())
        if not words:
            if not self.proposed:
                raise InputError("an answer is needed here; ? explains")
            words = self.proposed
        if words in self.choices:
            return self.read(words)
        values = [*self.choices]
        if words.isdecimal() and 1 <= int(words) <= len(values):
            return self.read(values[int(words) - 1])
        meant = [value for value, said in self.choices.items() if folded(said) == folded(words)]
        meant = meant or [
            value
            for value, said in self.choices.items()
            if len(words) > 2 and folded(said).startswith(folded(words))
        ]
        return self.read(meant[0] if len(meant) == 1 else words)


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
    said : Answers
        What is said already, e.g. of how the file is written.
    earlier : Answers, optional
        Of an earlier time, which are proposed.

    Attributes
    ----------
    given : dict of str to str
        The answers so far, by the key of the question.
    """

    def __init__(
        self, table: UserTable, said: Answers | None = None, earlier: Answers | None = None
    ) -> None:
        self.table = table
        self.said = said or Answers()
        self.earlier = earlier
        self.given: dict[str, str] = {}

    # What the answers come to

    def file_answers(self) -> Answers:
        """What is said of how the file is written."""
        encoding = self.given.get("encoding", self.said.encoding)
        decimal = self.given.get("decimal", self.said.decimal)
        return replace(self.said, encoding=encoding, decimal=decimal)

    def answers(self) -> Answers:
        """The answers so far, of whole series alone."""
        answers = self.file_answers()
        if self.given.get("proposal") == YES:
            return self.proposal().answers
        series = (self.series(number) for number in self.numbers())
        whole = [one for one in series if one is not None]
        return replace(answers, read=(*self.said.read, *whole))

    def proposal(self) -> TableProposal:
        """What the words of the table propose."""
        return self.table.proposal(self.file_answers())

    def read(self) -> TableRead:
        """The table as the answers have it read."""
        return self.table.read(self.answers())

    def numbers(self) -> list[int]:
        """The numbers of the series that are asked for."""
        numbers = [1]
        while self.given.get(f"{numbers[-1]} more") == YES and len(numbers) < MOST_SERIES:
            numbers.append(numbers[-1] + 1)
        return numbers

    def series(self, number: int) -> SeriesAnswer | None:
        """One series of the answers; None where it is not whole, or left out."""
        lines = self.given.get(f"{number} lines")
        counts = self.given.get(f"{number} counts")
        unit = self.given.get(f"{number} unit")
        if not (lines and counts and unit) or unit == "money":
            return None
        if self.given.get(f"{number} fix") == "leave out":
            return None
        sheet = self.given.get(f"{number} sheet", "")
        series = _selected(lines, sheet)
        measure, quantity = measure_of(counts.partition(" ")[0]), counts.partition(" ")[2]
        if unit == "growth":
            counts = f"{measure.name} {GROWTH}"
        elif unit == "share" and measure.kind == "stock":
            counts = EV_STOCK_SHARE
        elif unit == "share" and not quantity:
            counts = f"{measure.name} market_share_percent"
        periods = self.given.get(f"{number} periods", "")
        if periods == OWN:
            periods = self._said_own(replace(series, counts=counts))
        size = float(unit) if unit not in ("growth", "share", "1") else None
        return replace(series, counts=counts, unit=size, periods=periods)

    def _said_own(self, series: SeriesAnswer) -> str:
        """Nothing where the numbers of a series name their periods for certain; own where a person
        has to say so.
        """
        answers = replace(self.file_answers(), read=(series,))
        part = series_of(answers, 0, self.table.shapes_for(answers, series), self.table.name)
        return OWN if part.problems else ""

    # Asking

    def questions(self) -> Iterator[Question]:
        """Each question in its turn. Its answer must be in `given` before the next one is asked
        for, which may depend on it.

        Raises
        ------
        InputError
            Where the table cannot be read, whatever is answered.
        """
        yield from self._of_the_file()
        proposal = self.proposal()
        if not proposal.open and self.earlier is None:
            yield Question(
                "proposal",
                "Is it read so?",
                YES,
                one_of({YES: "", NO: ""}),
                choices={YES: "it is right", NO: "ask me line by line"},
                shown=tuple(self._described(proposal.answers)),
            )
            if self.given["proposal"] == YES:
                return
        for number in range(1, MOST_SERIES + 1):
            yield from self._of_series(number)
            more = self.given.get(f"{number} more")
            if more is None:
                yield self._more(number)
            if self.given[f"{number} more"] != YES:
                return

    def _described(self, answers: Answers) -> Iterator[str]:
        """What answers have read, in words: a line for each series."""
        read = self.table.read(answers)
        for index, series in enumerate(answers.read):
            facts = [fact for fact in read.facts if fact.series == index]
            candidates = self.table.candidates(answers)
            labels = (c.label for c in candidates if _selection(c.series) == _selection(series))
            unit = measure_of(series.measure).unit
            yield f"{next(labels, 'its numbers')} is read as {series.counts}:"
            for fact in (facts[:1] + facts[1:][-1:]) if facts else []:
                value = f"{fact.value:,.6g} {'%' if '%' in fact.printed else unit}"
                yield f"    {fact.printed} in {fact.name} is {value} of {fact.period}"

    def _of_the_file(self) -> Iterator[Question]:
        sheets = self.table.sheets(self.said.encoding, self.said.separator)
        if sheets.encodings:
            yield Question(
                "encoding",
                "Which line reads right?",
                next(iter(sheets.encodings)),
                one_of(sheets.encodings),
                choices=sheets.encodings,
                explained=EXPLAINED["encoding"],
                certain=False,
            )
        if self.said.decimal:
            return
        answers = self.file_answers()
        for shape in self.table.sheets(answers.encoding, answers.separator).sheets:
            for place, cell in sorted(shape.cells.items()):
                digits = re.fullmatch(r"\W?([\d.,]+)\W?", cell.text)
                if digits and self._is_open(digits[1]) and "decimal" not in self.given:
                    choices = {
                        mark: f"{cell.text} is {value_of_digits(digits[1], mark)[0]:,g}"  # type: ignore[index]
                        for mark in ".,"
                        if value_of_digits(digits[1], mark)
                    }
                    yield Question(
                        "decimal",
                        f"What is {cell.text} in row {place[0]}?",
                        "",
                        one_of(choices),
                        choices=choices,
                        explained=EXPLAINED["decimal"],
                        certain=False,
                    )
                    return

    def _is_open(self, digits: str) -> bool:
        answers = self.file_answers()
        shapes = self.table.shapes(answers.encoding, answers.separator)
        known = any(shape.forms.decimal for shape in shapes)
        return not known and value_of_digits(digits) is None and bool(value_of_digits(digits, "."))

    def _of_series(self, number: int) -> Iterator[Question]:
        earlier = self._earlier(number)
        titles = [shape.sheet.title for shape in self.table.shapes_for(self.file_answers())]
        if len(titles) > 1:
            yield Question(
                f"{number} sheet",
                "Which sheet?",
                earlier.sheets[0] if earlier and earlier.sheets else titles[0],
                one_of(dict.fromkeys(titles, "")),
                choices=dict.fromkeys(titles, ""),
                explained=EXPLAINED["sheet"],
                certain=False,
            )
        candidates = self._candidates(number)
        choices = {in_yaml(_selection(c.series)): _listed(c) for c in candidates[:MOST_CANDIDATES]}
        best = self._best(candidates, number)
        yield Question(
            f"{number} lines",
            "Which line is read?" if number == 1 else "Which other line is read?",
            self._proposed_lines(earlier, best),
            lambda text: self._lines(text, candidates, number),
            choices=choices,
            explained=EXPLAINED["lines"],
            certain=False,
        )
        chosen = self._chosen(number, candidates)
        counts = earlier.counts if earlier else chosen.series.counts if chosen else ""
        yield Question(
            f"{number} counts",
            "What does it count?",
            counts,
            _measure,
            choices=COUNTS,
            explained=EXPLAINED["counts"],
            certain=False,
        )
        yield self._unit(number, chosen, earlier)
        unit = self.given[f"{number} unit"]
        if unit == "money":
            return
        measure = measure_of(self.given[f"{number} counts"].partition(" ")[0])
        if measure.kind != "stock" or self._open_periods(number):
            yield self._periods(number, earlier)
        yield from self._fix(number)

    def _proposed_lines(self, earlier: SeriesAnswer | None, best: Candidate | None) -> str:
        if earlier is not None:
            return in_yaml(_selection(earlier))
        return in_yaml(_selection(best.series)) if best is not None else ""

    def _earlier(self, number: int) -> SeriesAnswer | None:
        read = self.earlier.read if self.earlier else ()
        return read[number - 1] if number <= len(read) else None

    def _candidates(self, number: int) -> list[Candidate]:
        sheet = self.given.get(f"{number} sheet", "")
        candidates = self.table.candidates(self.file_answers())
        return [c for c in candidates if not sheet or c.series.sheets == (sheet,)]

    def _best(self, candidates: list[Candidate], number: int) -> Candidate | None:
        """The line that is proposed: the first that is not read yet and whose words say what it
        counts.
        """
        read = {self.given.get(f"{other} lines") for other in range(1, number)}
        left = [c for c in candidates if in_yaml(_selection(c.series)) not in read]
        return likeliest(left)

    def _chosen(self, number: int, candidates: list[Candidate]) -> Candidate | None:
        lines = self.given[f"{number} lines"]
        match = (c for c in candidates if in_yaml(_selection(c.series)) == lines)
        return next(match, None)

    def _lines(self, text: str, candidates: list[Candidate], number: int) -> str:
        """The lines of an answer, as a file of answers says them."""
        listed = {in_yaml(_selection(c.series)): c for c in candidates}
        if text in listed:
            return text
        series = _selected(text, "") if text.startswith("{") else _typed(text, candidates)
        answers = self.file_answers()
        sheet = self.given.get(f"{number} sheet", "")
        trial = replace(series, counts="ev_sales", sheets=(sheet,) if sheet else ())
        part = series_of(
            replace(answers, read=(trial,)), 0, self.table.shapes_for(answers), self.table.name
        )
        for problem in part.problems:
            if any(key in problem.where for key in ("columns", "rows", "where", "sheet")):
                raise InputError(f"{problem.fault}; {problem.hint}")
        if not part.cells:
            raise InputError(f"{text[:60]!r} names no cell with a number; ? explains")
        return in_yaml(_selection(series))

    def _unit(
        self, number: int, chosen: Candidate | None, earlier: SeriesAnswer | None
    ) -> Question:
        unit = "1"
        because = ""
        if earlier and earlier.unit:
            unit = f"{earlier.unit:.0f}"
        elif chosen is not None:
            unit = f"{chosen.proposal.unit:.0f}"
            fractions = [n for n in chosen.numbers if n.scale == 1 and n.value % 1 > 1e-9]
            if chosen.proposal.money:
                unit = "money"
            elif any(n.percent for n in chosen.numbers) or "growth" in chosen.proposal.words:
                unit = "growth"
            elif fractions and unit == "1":
                unit = ""
                because = f"{fractions[0].text} is no whole number"
        quantity = self.given[f"{number} counts"].partition(" ")[2]
        if quantity and quantity_of(quantity).is_percent:
            unit = "growth" if quantity == GROWTH else "share"
        return Question(
            f"{number} unit", "What is a 1 of it?", unit, _unit_answer, because, UNITS,
            EXPLAINED["unit"], certain=False,
        )  # fmt: skip

    def _trial(self, number: int) -> tuple[Answers, int] | None:
        """The answers with a series alone, as if its numbers were of their own periods."""
        series = self.series(number)
        if series is None:
            return None
        return replace(self.file_answers(), read=(series,)), 0

    def _open_periods(self, number: int) -> str:
        """Why the periods of a series are not certain; empty where they are."""
        trial = self._trial(number)
        if trial is None:
            return ""
        answers = replace(trial[0], read=(replace(trial[0].read[0], periods=""),))
        part = series_of(
            answers, 0, self.table.shapes_for(answers, answers.read[0]), self.table.name
        )
        for problem in part.problems:
            if "period" in problem.hint or "year" in problem.hint:
                return f"{problem.where.rpartition(' ')[2]} {problem.fault}"
        return ""

    def _periods(self, number: int, earlier: SeriesAnswer | None) -> Question:
        because = self._open_periods(number)
        choices = dict(OF_PERIODS)
        proposed = earlier.periods if earlier else ""
        trial = self._trial(number)
        if "stands for" in because:
            choices = {**OF_DAYS, YEAR_TO_DATE: OF_PERIODS[YEAR_TO_DATE]}
        elif "begins" in because:
            choices |= dict.fromkeys(MONTHS, "")
        elif trial is not None and not because:
            part = series_of(trial[0], 0, self.table.shapes_for(trial[0]), self.table.name)
            texts = [
                text
                for fact in part.facts[:1]
                for text in fact.shape.titles.get(fact.numbers[0].place[0], ())
            ]
            runs = runs_since_january(part.facts)
            if any(map(says_to_date, texts)):
                proposed = proposed or YEAR_TO_DATE
            elif runs:
                because = "they never fall within a year"
            proposed = proposed or ("" if runs else OWN)
        words = {**choices}
        if "begins" not in because and "stands for" not in because:
            words["july"] = "of a year that begins in another month: its name, e.g. july"
        return Question(
            f"{number} periods", "Of which period is each number?", proposed, _periods_answer,
            because, words, EXPLAINED["periods"], certain=False,
        )  # fmt: skip

    def _fix(self, number: int) -> Iterator[Question]:
        """What to answer otherwise, where the series cannot be read as it was answered."""
        trial = self._trial(number)
        if trial is None:
            return
        before = [self.series(other) for other in range(1, number)]
        series = (*filter(None, before), *trial[0].read)
        read = self.table.read(replace(trial[0], read=series))
        if not read.problems:
            return
        choices = {
            "lines": "the lines",
            "counts": "what it counts",
            "unit": "what a 1 is",
            "periods": "the periods",
            "leave out": "leave this series out",
        }
        yield Question(
            f"{number} fix",
            "What do you answer otherwise?",
            "leave out",
            one_of(choices),
            "; ".join(f"{problem.fault} ({problem.hint})" for problem in read.problems[:3]),
            choices,
            EXPLAINED["fix"],
            certain=False,
        )

    def _more(self, number: int) -> Question:
        candidates = self._candidates(number)
        following = self._best(candidates, number + 1)
        has_more = following is not None and following.proposal.sure
        earlier = self._earlier(number + 1) is not None
        return Question(
            f"{number} more",
            "Another series?",
            YES if has_more or earlier else NO,
            one_of({YES: "", NO: ""}),
            choices={YES: "another line of the table", NO: "that is all"},
            explained=EXPLAINED["more"],
        )

    def give(self, key: str, answer: str) -> None:
        """Keep an answer; one that corrects takes the answer back that it corrects."""
        number, _, what = key.partition(" ")
        if what == "fix" and answer != "leave out":
            following = ["lines", "counts", "unit", "periods"]
            for part in following[following.index(answer) :]:
                self.given.pop(f"{number} {part}", None)
            return
        self.given[key] = answer

    def kept(self) -> str:
        """The answers so far as a file, with the series that is asked for as it is proposed."""
        answers = self.answers()
        number = self.numbers()[-1]
        if self.series(number) is None and self.given.get(f"{number} lines"):
            series = _selected(self.given[f"{number} lines"], self.given.get(f"{number} sheet", ""))
            counts = self.given.get(f"{number} counts", "ev_sales")
            answers = answers.with_series(replace(series, counts=counts))
        return proposal_text(answers, {}) if answers.read else ""


def _selection(series: SeriesAnswer) -> dict[str, object]:
    """The lines of a series, as a file of answers says them."""
    keys = {"columns": [*series.columns], "rows": [*series.rows], "where": {**series.where}}
    return {key: value for key, value in keys.items() if value} or {"columns": []}


def _selected(lines: str, sheet: str) -> SeriesAnswer:
    """The series of which the lines are named."""
    keys = parse_yaml(lines).value
    assert isinstance(keys, dict)
    return SeriesAnswer(
        "",
        (sheet,) if sheet else (),
        tuple(keys.get("columns") or ()),
        tuple(keys.get("rows") or ()),
        {str(key): str(value) for key, value in (keys.get("where") or {}).items()},
    )


def _typed(text: str, candidates: list[Candidate]) -> SeriesAnswer:
    """The lines that a person types: numbers of the list, letters, rows, heads."""
    if text.lower() in ("all", "all numbers"):
        return SeriesAnswer("")
    parts = [part.strip() for part in re.split(r"[,;+]|\band\b", text) if part.strip()]
    if all(part.isdecimal() and 1 <= int(part) <= len(candidates) for part in parts):
        chosen = [candidates[int(part) - 1].series for part in parts]
        if len({repr(one.where) for one in chosen}) > 1:
            raise InputError("lines of different words are no one series: choose one of them")
        columns = tuple(dict.fromkeys(line for one in chosen for line in one.columns))
        rows = tuple(dict.fromkeys(line for one in chosen for line in one.rows))
        return SeriesAnswer("", (), columns, rows, chosen[0].where)
    if row_numbers := re.fullmatch(r"rows? ((?:\d+[ ,+]*)+)", text.lower()):
        return SeriesAnswer("", rows=tuple(map(int, re.findall(r"\d+", row_numbers[1]))))
    heads = [c for c in candidates if folded(text) in folded(c.label)]
    if len(heads) == 1 and len(text) > 3:
        return heads[0].series
    if re.fullmatch(r"(?:columns? )?[A-Za-z]{1,2}(?:[ ,+]+[A-Za-z]{1,2})*", text):
        letters = re.sub("^columns? ", "", text)
        return SeriesAnswer("", columns=tuple(re.findall(r"[A-Za-z]+", letters.upper())))
    if heads:
        raise InputError(f"{text[:60]!r} is in several lines: give a number of the list")
    return SeriesAnswer("", columns=tuple(parts))


def _listed(candidate: Candidate) -> str:
    """A line as it is listed: its head, and its first two numbers."""
    numbers = ", ".join(number.text for number in candidate.numbers[:2])
    more = ", ..." if len(candidate.numbers) > 2 else ""
    return f"{candidate.label}: {numbers}{more}"


def _measure(text: str) -> str:
    text = text.strip()
    name, _, quantity = text.lower().replace("-", "_").partition(" ")
    if name not in MEASURES and text.lower().replace(" ", "_") in MEASURES:
        name, quantity = text.lower().replace(" ", "_"), ""
    if name in MEASURES and measure_of(name).kind != "statement":
        return f"{name} {quantity}".strip()
    hint = did_you_mean(name, MEASURES, f"e.g. {', '.join([*COUNTS][:4])}")
    raise InputError(f"{text[:60]!r} is no measure; {hint}")


def _unit_answer(text: str) -> str:
    if text in UNITS:
        return text
    digits = text.replace(",", "").replace(" ", "")
    if re.fullmatch(r"\d{1,12}(?:\.\d+)?", digits) and float(digits) > 0:
        return digits
    raise InputError(f"{text[:60]!r} is none of the answers; e.g. 1000 for thousands")


def _periods_answer(text: str) -> str:
    words = text.lower().replace("year to date", YEAR_TO_DATE)
    if words in PERIODS:
        return words
    hint = did_you_mean(words, PERIODS, f"{OWN}, {YEAR_TO_DATE}, or a month such as july")
    raise InputError(f"{text[:60]!r} is none of the answers; {hint}")


def proposal_file(table: UserTable, said: Answers | None = None) -> str:
    """A file of answers that is filled with the proposals, the choices as comments."""
    proposal = table.proposal(said)
    answers = proposal.answers
    comments: dict[tuple[int, str], str] = {}
    series = []
    for index, one in enumerate(answers.read):
        series.append(replace(one, counts=one.counts or UNKNOWN, unit=one.unit or 1.0))
        comments[index, "counts"] = ", ".join(COUNTS)
        comments[index, "unit"] = "1, 1000, 1000000: what a 1 of the table is"
    if sheets := table.sheets().encodings:
        answers = replace(answers, encoding=next(iter(sheets)))
    lines = ["# Not certain: " + " ".join(words.split()) + "\n" for words in proposal.open]
    listed = [
        f"#   {_listed(candidate)}\n" for candidate in table.candidates(said)[:MOST_CANDIDATES]
    ]
    text = proposal_text(replace(answers, read=tuple(series)), comments)
    lines.append(
        "# Of each series, too, where its numbers do not say it: periods: "
        f"{OWN}, {YEAR_TO_DATE}, july (or another month in which its years begin), "
        f"{', '.join((*LENGTHS, *CALENDAR_NAMES))}\n"
    )
    lines.append("# Lines with numbers, by letters or heads, or by the numbers of rows:\n")
    return "".join([*lines,
                    *listed, text])  # fmt: skip
