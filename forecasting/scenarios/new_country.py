"""A params file for any country, from a table of the user's and questions about what the table does
not say.

Each question holds a proposed answer, so that the same questions serve a terminal, a form, and a
run in which nobody answers.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from forecasting.evidence.checking import TableRead, read_table
from forecasting.evidence.fact import Fact, typed_facts
from forecasting.parameters.naming import country_code
from forecasting.parameters.writing import new_params, write_params, yaml_value
from forecasting.reading.mapping import (
    DATES_OF_COLUMN,
    DECIMAL_MARKS,
    KINDS_OF_ROW,
    NOT_READ,
    NUMBER_TARGETS,
    NUMBERS_OF_ROWS,
    PERIODS,
    TARGETS,
    WHATS,
    ColumnAnswer,
    Mapping,
    is_printed_period,
    is_what,
    mapping_path,
    read_head,
)
from forecasting.reading.printed_numbers import printed_number
from forecasting.reading.printed_periods import number_of, period_cells, period_of
from forecasting.reading.rules import OBSERVATION_KINDS, Row, number_text
from forecasting.reading.spreadsheets.dating import FISCAL_MONTHS
from forecasting.reading.spreadsheets.reading import SpreadsheetReading
from forecasting.reading.spreadsheets.roles import TableQuestion
from forecasting.scenarios.check import check_paths
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError, Problem
from forecasting.vocabulary.limits import MAX_FORECAST_FACTS
from forecasting.vocabulary.measures import FLOW_OF_COUNT, MEASURES, did_you_mean
from forecasting.vocabulary.periods import as_date
from forecasting.vocabulary.places import WORLD, find_place, place_name
from forecasting.vocabulary.sentences import sentence

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.facts_on_day import MarketOnDay

UNSAID = "unknown"
NOT_PRINTED = "nobody has printed it here"
USUAL_HORIZON = 2030
YEARS_AHEAD = 4
SMALLEST_FLEET = 10_000  # vehicles of a country, as the assumption vehicle_stock has it
OF_COLUMN = "column "  # before the name of a column, in the key of a question
OF_TABLE = (OF_COLUMN, "table ")
# Keys of a valid scenario, in which one answer is checked
VALID_KEYS = {
    "country": "NO",
    "scenario": "a",
    "as_of": "latest",
    "horizon": USUAL_HORIZON,
    "seed": 1,
}


@dataclass(frozen=True)
class Question:
    """A question about what a table does not say.

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
        Why this is proposed.
    remedy : str
        Where the answer is not certain, the line of a file of answers that would give it. Then only
        a person may answer: the proposal alone is not used.
    choices : tuple of str
        Answers to choose from, where there are few.
    origin : Caveat, optional
        Of a size of the market: where it comes from.
    """

    key: str
    asks: str
    proposed: str
    read: Callable[[str], str]
    because: str = ""
    remedy: str = ""
    choices: tuple[str, ...] = ()
    origin: Caveat | None = None

    def proposed_answer(self) -> str:
        """The answer where nobody can be asked.

        Raises
        ------
        InputError
            Where no answer is proposed.
        """
        if self.remedy or not self.proposed:
            raise InputError.at(
                self.asks,
                "Nothing says it for certain",
                sentence(
                    "answer on a terminal, or give --answers FILE[ with {key}]", key=self.remedy
                ),
            )
        return self.read(self.proposed)


class NewCountry:
    """A params file in the making.

    Parameters
    ----------
    country : str
        A code or a name; empty where the table is to tell.
    table : Path
        Facts of one's own.
    published : date, optional
        Since when they are proposed to be known; default the day on which the file last changed.

    Attributes
    ----------
    answers : dict of str to str
        By the key of the question; `questions` asks for what is not there.
    caveats : list of Caveat
        What is worth knowing of the table and of the params file, once these are written.
    """

    def __init__(
        self,
        country: str,
        table: Path,
        published: dt.date | None = None,
        mapping: Mapping | None = None,
    ) -> None:
        self.country = country and country_code(country)
        if not table.is_file():
            raise InputError.at(table, "is no file", "give a table of your own, .csv or .xlsx")
        self.table = table
        self.published = published
        self.mapping = mapping or Mapping()
        self.answers: dict[str, str] = {}
        self.caveats: list[Caveat] = []
        # The answers with which the table was last read, and its content
        self._last_read: tuple[Mapping, TableRead] | None = None
        # That content, the country and the day of the facts, and the facts
        self._facts: tuple[TableRead, tuple[object, ...], Ledger] | None = None

    def questions(self) -> Iterator[Question]:
        """Each question in its turn. Its answer must be in `answers` before the next one is asked
        for, which may depend on it.

        Raises
        ------
        InputError
            Where the table cannot be read, whatever is answered.
        """
        yield from self._table_questions()
        if not self.country:
            places = [row.cells["place"] for row in self._read().rows if row.cells["place"]]
            main_place = max(places, key=places.count, default="")
            yield Question("country", "Which country is forecast?", main_place, country_code)
            self.country = self.answers["country"]
        flows = _flows(self.facts())
        if len(flows) > 1:
            asks = f"Which of these is forecast: {', '.join(flows)}?"
            yield Question(
                "measure of all", asks, flows[0], _word_of(flows), "told most often", "", (*flows,)
            )
        if (self.facts().frame["published"] == "").any():
            asks = "Since when are these numbers known?"
            changed = dt.date.fromtimestamp(self.table.stat().st_mtime)
            day = str(self.published or changed)
            because = "" if self.published else "the file is of that day"
            yield Question("published", asks, day, _key("published"), because)
        market = self._market()
        because = NOT_PRINTED
        if market.facts:
            because = f"the newest is {market.facts[-1]}"
        place = place_name(self.country)
        asks = f"New cars a year in {place} (or {UNSAID})?"
        size = Question("market_size", asks, _size_of(market), _key("market_size"), because)
        yield replace(size, origin=market.origin)
        year = max(USUAL_HORIZON, self.facts().latest.year + YEARS_AHEAD)
        yield Question("horizon", "Until which year?", str(year), _key("horizon"))
        if self._fleet() is None:
            asks = f"All vehicles on the road in {place}?"
            yield Question("vehicle_stock", asks, UNSAID, _fleet_size, NOT_PRINTED)

    def check_certain(self) -> None:
        """Refuse a table of which something must be asked, where nobody can be.

        Raises
        ------
        InputError
            With every question at once, and the answer that would settle it.
        """
        read = self._read()
        if read.reading is None or not read.reading.questions:
            return
        raise InputError(
            [
                Problem(
                    asked.where,
                    f"{asked.asks}?",
                    f"answer on a terminal, or give --answers FILE: {asked.remedy}",
                )
                for asked in read.reading.questions
            ]
        )

    def _table_questions(self) -> Iterator[Question]:
        """What the table does not say for certain, then what its columns of numbers count."""
        reading = self.reading
        if reading is None:
            return
        while waiting := [q for q in reading.questions if key_of(q, reading) not in self.answers]:
            yield _question_of(waiting[0], reading)
            reading = self._read().reading or reading  # an answer may settle others, or ask more
        for head, number in reading.counts().items():
            key = OF_COLUMN + head
            if key not in self.answers:
                yield Question(key, f"What does {head!r} count?", number, _column)
        yield from self._missing_columns(reading)
        yield from self._exports_as_imports()

    def _exports_as_imports(self) -> Iterator[Question]:
        """Whether exports of another country to this one are its imports."""
        read = self._read()
        exports = [
            fact
            for fact in (read.reading.facts if read.reading else ())
            if fact.measure == "ev_exports" and fact.partner == self.country and fact.is_count
        ]
        if not exports or self.country in {row.cells["place"] for row in read.rows}:
            return
        letters = dict.fromkeys(fact.column.letter for fact in exports)
        origin = place_name(find_place(exports[0].place))
        asks = f"These are exports of {origin} by country; what do they count of each country"
        question = TableQuestion(
            ("columns", " ".join(letters), "what"), self.table.name, asks, "ev_imports"
        )
        key = " ".join(("table", *question.key))
        yield Question(key, f"{asks}?", question.proposed, _column, "", question.remedy)

    def _missing_columns(self, reading: SpreadsheetReading) -> Iterator[Question]:
        """What no column of the table says."""
        if "measure" in reading.lacks:
            guess = read_head(self.table.stem).number
            yield Question(
                "measure",
                "What do the numbers count?",
                guess,
                _word_of(MEASURES),
                "by its name",
                "" if guess else "constants: {measure: ev_sales}",
            )
        if PERIODS in (self._read().reading or reading).lacks:
            yield Question(
                "period",
                f"Of which period (no column says {PERIODS})?",
                "",
                lambda text: str(period_of(text)),
                remedy="constants: {period_start: 2023-01-01, period_end: 2023-12-31}",
            )

    @property
    def reading(self) -> SpreadsheetReading | None:
        """What each column and row of the table is read as; None of a ledger in its own columns."""
        return self._read().reading

    @property
    def flow(self) -> str:
        """The flow that is forecast; empty where the table counts none."""
        return self.answers.get("measure of all") or next(iter(_flows(self.facts())), "")

    def facts(self) -> Ledger:
        """The facts of the table that are of the country, as known since when it was answered.

        Raises
        ------
        InputError
            With every problem of the table, and where nothing in it is of the country, or more than
            a forecast takes.
        """
        read = self._read()
        country_and_day = (self.country, self._since)
        if self._facts is None or self._facts[0] is not read or self._facts[1] != country_and_day:
            self._facts = read, country_and_day, self._facts_of(read)
        return self._facts[2]

    def _facts_of(self, read: TableRead) -> Ledger:
        if problems := read.all_problems():
            raise InputError(problems)
        counts = Counter(row.cells["measure"] for row in read.rows if self._counts(row.cells))
        if not counts:
            places = ", ".join(sorted({place_name(row.cells["place"]) for row in read.rows}))
            where = place_name(self.country)
            raise InputError(f"{self.table}: tells nothing of {where}, but of {places[:200]}")
        if max(counts.values()) > MAX_FORECAST_FACTS:
            raise InputError.at(
                self.table,
                f"{max(counts.values()):,} facts of one measure, {MAX_FORECAST_FACTS:,} are "
                "the most",
                "keep the newest",
            )
        # Imported here: it loads pandas, which a table that is refused does not need
        from forecasting.evidence.ledger import Ledger

        rows = [row.cells for row in read.rows if row.cells["place"] == self.country]
        ledger = Ledger(typed_facts(rows).values())
        return ledger.select(self.country, kind=OBSERVATION_KINDS).published_by(self._since)

    def _counts(self, row: Row) -> bool:
        """Whether a row counts all vehicles of the country, of whatever origin."""
        is_whole = row["place"] == self.country and row["partner"] == WORLD
        return is_whole and row["kind"] in OBSERVATION_KINDS

    def write(self, folder: Path, scenario: str = "baseline") -> Path:
        """Write the params file, and the mapping of the table beside it, if a check finds no fault.

        Parameters
        ----------
        folder : Path
            Of the params file.
        scenario : str
            What the scenario is called.

        Returns
        -------
        Path
            Of the params file.

        Raises
        ------
        InputError
            With every problem; then nothing is left of what was written.
        """
        table = os.path.relpath(self.table.absolute(), folder.absolute())
        keys = {"ledger": yaml_value([Path(table).as_posix()]), "measure": self.flow}
        keys |= {key: self.answers.get(key, "") for key in ("published", "market_size", "horizon")}
        if keys["market_size"] in (UNSAID, _size_of(self._market())):
            del keys["market_size"]
        keys["assumptions"] = self._assumptions()
        name, text = new_params(self.country, scenario, keys)
        contents = {folder / name: text}
        reading = self.reading
        if reading is not None and not mapping_path(self.table).is_file():
            contents[mapping_path(self.table)] = reading.proposed().to_yaml()
        with contextlib.ExitStack() as undo:
            for path, content in contents.items():
                write_params(path, content)
                undo.callback(path.unlink)
            # The user has named the table, wherever it lies
            checked = check_paths(
                [folder / name, self.table], published=self._since, allow=[self.table.parent]
            )
            undo.pop_all()
        self.caveats = checked.caveats
        if reading is not None and (unread := reading.unread()):
            columns = "; ".join(f"{name}: {why}" for name, why in unread.items())
            values = {"subject": self.table.name, "columns": columns}
            self.caveats.append(Caveat("columns_unread", values=values))
        return folder / name

    def _read(self) -> TableRead:
        """The table read with the answers so far; read again only after a new answer."""
        mapping = self._mapping_of_answers()
        if self._last_read is None or self._last_read[0] != mapping:
            self._last_read = mapping, read_table(self.table, mapping)
        return self._last_read[1]

    def _mapping_of_answers(self) -> Mapping:
        """The mapping that the file of answers and the answers given here make."""
        constants = {"measure": self.answers.get("measure", ""), "place": self.country}
        if period := self.answers.get("period"):
            days = period_cells(period_of(period), one_day=False)
            constants |= days
        mapping = Mapping(constants={key: word for key, word in constants.items() if word})
        mapping = mapping.with_answers(self.mapping)
        if not any(key.startswith(OF_TABLE) for key in self.answers):
            return mapping
        reading = self._last_read[1].reading if self._last_read else None
        for key, text in self.answers.items():
            if reading is not None and key.startswith(OF_TABLE):
                mapping = mapping.with_answers(answer_of(key, text, reading))
        return mapping

    @property
    def _since(self) -> dt.date | None:
        """Since when facts are known that have no date."""
        day = self.answers.get("published")
        return as_date(day) if day else None

    def _fleet(self) -> Fact | None:
        """The newest count of all vehicles on the road in the table."""
        counts = self.facts().select(measure="vehicle_stock")
        return max(counts, key=lambda fact: fact.period.end, default=None)

    def _assumptions(self) -> str:
        """The vehicles of all kinds on the road, printed or answered, as assumptions of a params
        file; empty where nobody says how many there are.
        """
        day = self.facts().latest
        size = self.answers.get("vehicle_stock", UNSAID)
        if fleet := self._fleet():
            day = fleet.period.end
            size = number_text(fleet.value)
        if size == UNSAID:
            return ""
        date = round(day.year + day.timetuple().tm_yday / 366, 2)
        return f"{{vehicle_stock: {size}, vehicle_stock_date: {date}}}"

    def _market(self) -> MarketOnDay:
        """New cars a year, as far as anybody has counted them."""
        from forecasting.evidence.datasets import central_asia
        from forecasting.scenarios.facts_on_day import FlowInputs

        facts = self.facts()
        return FlowInputs(central_asia() + facts, self.country, None, facts.latest).market


def _flows(facts: Ledger) -> list[str]:
    """The flows that facts are of, those told most often first."""
    flows = facts.frame["measure"].map(FLOW_OF_COUNT).dropna()
    return [str(flow) for flow in flows.value_counts().index]


def key_of(question: TableQuestion, reading: SpreadsheetReading) -> str:
    """The key under which the answer to a question about a table is kept."""
    if question.key[0] == "columns" and question.key[2] == "what":
        return OF_COLUMN + reading.name_of_column(question.key[1])
    return " ".join(("table", *question.key))


def _question_of(question: TableQuestion, reading: SpreadsheetReading) -> Question:
    """A question about a table in the form in which a person is asked."""
    read = {
        "columns": _column,
        "rows": _word_or_period((*KINDS_OF_ROW, *NUMBERS_OF_ROWS)),
        "sheet": _word_of(reading.titles),
        "decimal": _word_of(DECIMAL_MARKS),
        "place": country_code,
        "fiscal_year": _month,
    }[question.key[0]]
    choices: tuple[str, ...] = {"rows": KINDS_OF_ROW, "decimal": DECIMAL_MARKS}.get(
        question.key[0], ()
    )
    if question.key[-1] == "dates":
        read, choices = _word_or_period(DATES_OF_COLUMN), DATES_OF_COLUMN
    elif question.key[-1] == "factor":
        read, choices = _factor, ("1", "1000", "1000000")
    elif question.key[0] == "sheet":
        choices = (*reading.titles,)
    asks = f"{question.where}: {question.asks}?"
    proposed = question.proposed
    if question.key[-1] == "what":
        asks = f"{question.where}: {question.asks} (or {NOT_READ})?"
        proposed = NOT_READ if proposed == "nothing" else proposed
    return Question(key_of(question, reading), asks, proposed, read, "", question.remedy, choices)


def answer_of(key: str, text: str, reading: SpreadsheetReading) -> Mapping:
    """What one answer says of a table, as a mapping."""
    if key.startswith(OF_COLUMN):
        what = "nothing" if text == NOT_READ else text
        letter = reading.letter_of_column(key.removeprefix(OF_COLUMN))
        return Mapping(letters={letter: ColumnAnswer(what=what)}) if letter else Mapping()
    _, name, *words = key.split(" ")
    if name == "rows":
        return Mapping(rows={int(words[0]): text})
    if name == "columns":
        return Mapping.model_validate(
            {"columns": {letter: {words[-1]: text} for letter in words[:-1]}}
        )
    return Mapping.model_validate({name: text})


def _size_of(market: MarketOnDay) -> str:
    """The size of a market in its last year."""
    if not isinstance(market.sizes, dict):
        return UNSAID
    period, cars = [*market.sizes.items()][-1]
    return f"{cars / period.share_of_year:.0f}"


# Readers of answers


def _word_of(words: Collection[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            hint = did_you_mean(text, words, f"e.g. {', '.join([*words][:4])}")
            raise InputError(f"{text[:60]!r} is not known here; {hint}")
        return text

    return read


def _word_or_period(words: Collection[str]) -> Callable[[str], str]:
    """An answer that is a word, or a period such as 2024-Q1."""

    def read(text: str) -> str:
        return text if is_printed_period(text) else _word_of(words)(text)

    return read


def _column(text: str) -> str:
    """What a column holds."""
    return text if is_what(text) else _word_of((NOT_READ, *WHATS, *TARGETS, *NUMBER_TARGETS))(text)


def _fleet_size(text: str) -> str:
    """A number of vehicles, or that nobody knows it."""
    if text.strip() == UNSAID:
        return UNSAID
    number = printed_number(text)
    if number is None or number < SMALLEST_FLEET:
        raise InputError(f"{text[:60]!r} is no number of vehicles of {SMALLEST_FLEET:,} or more")
    return str(int(number))


def _factor(text: str) -> str:
    number = printed_number(text)
    if number is None or number <= 0:
        raise InputError(f"{text[:60]!r} is no number above 0; e.g. 1, or 1000 for thousands")
    return number_text(number)


def _month(text: str) -> str:
    try:
        return FISCAL_MONTHS[number_of(text) - 1]
    except (InputError, IndexError):
        raise InputError(f"{text[:60]!r} is no month; e.g. april") from None


def _key(name: str) -> Callable[[str], str]:
    """An answer that is a value of the params file, and is checked as such."""

    def read(text: str) -> str:
        from forecasting.parameters.schema import scenario_from_parameters

        if text.strip() == UNSAID:
            return UNSAID
        number = None if name == "published" else printed_number(text)
        value = text.strip() if number is None else int(number)
        scenario_from_parameters(VALID_KEYS | {name: value})
        return str(value)

    return read
