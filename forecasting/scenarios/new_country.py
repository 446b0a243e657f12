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
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from forecasting.evidence.checking import first_problems, problems_of_rows
from forecasting.evidence.fact import Fact, typed_facts
from forecasting.evidence.rules import OBSERVATION_KINDS, FoundRow, Row, number_text
from forecasting.parameters.naming import country_code
from forecasting.parameters.writing import new_params, write_params, yaml_value
from forecasting.reading.answers import Answers, answers_path, proposal_path, read_answers
from forecasting.reading.cell_files import TABLES
from forecasting.reading.cells import CellSheet
from forecasting.reading.dialogue import (
    TableDialogue,
    TableProposal,
    problems_of_proposal,
    proposal_file,
    proposal_of_table,
)
from forecasting.reading.questions import TABLE_QUESTIONS, Question
from forecasting.reading.user_files import plain_rows, table_of
from forecasting.reading.user_table import UserTable
from forecasting.scenarios.check import check_paths
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError, Problem
from forecasting.vocabulary.files import read_whole, write_new, write_whole
from forecasting.vocabulary.limits import MAX_FORECAST_FACTS
from forecasting.vocabulary.measures import FLOW_OF_COUNT, MEASURES
from forecasting.vocabulary.periods import as_date
from forecasting.vocabulary.places import WORLD, place_name
from forecasting.vocabulary.printed_numbers import printed_number

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.facts_on_day import MarketOnDay
from forecasting.vocabulary.sentences import Term, sentence

UNSAID = "unknown"
# What is asked beside the table, and why
COUNTRY_ASKED = "Which country is forecast?"
FLOW_ASKED = "Which of these is forecast: {flows}?"
SINCE_ASKED = "Since when are these numbers known?"
NEW_CARS_ASKED = "New cars a year in {place} (or {unknown})?"
HORIZON_ASKED = "Until which year?"
STOCK_ASKED = "All vehicles on the road in {place}?"
MOST_OFTEN = "told most often"
OF_THAT_DAY = "the file is of that day"
NEWEST = "the newest is {fact}"
NOT_PRINTED = "nobody has printed it here"
USUAL_HORIZON = 2030
YEARS_AHEAD = 4
SMALLEST_FLEET = 10_000  # vehicles of a country, as the assumption vehicle_stock has it
# Keys of a valid scenario, in which one answer is checked
VALID_KEYS = {
    "country": "NO",
    "scenario": "a",
    "as_of": "latest",
    "horizon": USUAL_HORIZON,
    "seed": 1,
}


class NewCountry:
    """A params file in the making.

    Parameters
    ----------
    country : str
        A code or a name; empty where the table is to tell.
    path : Path
        Facts of one's own.
    published : date, optional
        Since when they are proposed to be known; default the day on which the file last changed.
    said : Answers, optional
        Answers to the table; default those beside it.
    sheets : tuple of str
        Which sheets of a workbook; default all.

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
        path: Path,
        published: dt.date | None = None,
        said: Answers | None = None,
        sheets: tuple[str, ...] = (),
    ) -> None:
        self.country = country and country_code(country)
        if not path.is_file():
            hint = f"give a table of your own: {', '.join(TABLES)}"
            raise InputError.at(path, "is no file", hint)
        self.path = path
        self.published = published
        self.answers: dict[str, str] = {}
        self.caveats: list[Caveat] = []
        self.dialogue: TableDialogue | None = None
        self._is_given = said is not None
        if said is None and answers_path(path).is_file():
            said = self._answers_beside()
        self.said = said
        self.plain = None if said else plain_rows(path)
        if self.plain is None:
            self.table = table_of(path.name, read_whole(path), sheets)
            if said is None:
                form = Answers(published=str(published or ""))
                self.dialogue = TableDialogue(self.table, form, self._earlier_answers())
        self._kept_text = ""
        self.left_out: tuple[str, ...] = ()
        self._rows: tuple[object, list[FoundRow]] | None = None
        self._facts: tuple[object, Ledger] | None = None

    def _answers_beside(self) -> Answers:
        """The answers beside the table; beside those that are none, proposals are written."""
        try:
            return read_answers(answers_path(self.path))
        except InputError:
            with contextlib.suppress(InputError):
                table = table_of(self.path.name, read_whole(self.path), ())
                self._propose(table, proposal_of_table(table))
            raise

    def _propose(self, table: UserTable, proposal: TableProposal) -> Path:
        """Write proposed answers beside the table, where nobody has before."""
        path = proposal_path(self.path)
        if not path.exists():
            write_new(path, proposal_file(table, proposal).encode())
        return path

    def _earlier_answers(self) -> Answers | None:
        """Answers of an earlier time that broke off."""
        with contextlib.suppress(InputError):
            if proposal_path(self.path).is_file():
                return read_answers(proposal_path(self.path))
        return None

    def questions(self) -> Iterator[Question]:
        """Each question in its turn. Its answer must be given before the next one is asked for,
        which may depend on it.

        Raises
        ------
        InputError
            Where the table cannot be read, whatever is answered.
        """
        if self.dialogue is not None:
            yield from self.dialogue.questions()
        if not self.country:
            places = [row.cells["place"] for row in self._read_rows() if row.cells["place"]]
            main_place = max(places, key=places.count, default="")
            if not main_place and self.plain is None:
                main_place = self.table.place(self._table_answers() or Answers())
            yield Question("country", COUNTRY_ASKED, main_place, country_code)
            self.country = self.answers["country"]
        flows = _flows(self.facts())
        if len(flows) > 1:
            choices = {flow: MEASURES[flow].label for flow in flows}
            asks = sentence(FLOW_ASKED, flows=", ".join(flows))
            yield Question("measure of all", asks, flows[0], None, MOST_OFTEN, choices=choices)
        if not all(fact.published for fact in self.facts()):
            changed = dt.date.fromtimestamp(self.path.stat().st_mtime)
            day = str(self.published or changed)
            because = "" if self.published else OF_THAT_DAY
            yield Question("published", SINCE_ASKED, day, _key("published"), because)
        market = self._market()
        because = NOT_PRINTED
        if market.facts:
            because = sentence(NEWEST, fact=market.facts[-1])
        place = Term(place_name(self.country), f"place {self.country}")
        asks = sentence(NEW_CARS_ASKED, place=place, unknown=UNSAID)
        size = Question("market_size", asks, _size_of(market), _key("market_size"), because)
        yield replace(size, origin=market.origin)
        year = max(USUAL_HORIZON, self.facts().latest.year + YEARS_AHEAD)
        yield Question("horizon", HORIZON_ASKED, str(year), _key("horizon"))
        if self._fleet() is None:
            asks = sentence(STOCK_ASKED, place=place)
            yield Question("vehicle_stock", asks, UNSAID, _fleet_size, NOT_PRINTED)

    def sheets(self) -> list[CellSheet]:
        """The sheets with numbers of a table that is asked about."""
        if self.dialogue is None:
            return []
        return [shape.sheet for shape in self.table.shapes_for(self.dialogue.file_answers())]

    def waiting(self) -> Question | None:
        """The next question that is not answered; None where all are."""
        for question in self.questions():
            if question.key not in self.given:
                return question.said()
        return None

    @property
    def given(self) -> dict[str, str]:
        """All answers so far."""
        return self.answers | (self.dialogue.given if self.dialogue else {})

    def give(self, question: Question, text: str) -> None:
        """Answer a question; of a table it is kept beside it at once.

        Raises
        ------
        InputError
            Where it is no answer; the message says why.
        """
        answer = question.answer(text)
        if self.dialogue is None or not _is_of_table(question.key):
            self.answers[question.key] = answer
            return
        self.dialogue.give(question.key, answer)

    def take_back(self, key: str) -> None:
        """Ask a question again."""
        if key == "country":
            self.country = ""
        self.answers.pop(key, None)
        if self.dialogue is not None:
            self.dialogue.given.pop(key, None)

    def keep(self) -> None:
        """Keep the answers to the table so far in a file that nothing reads by itself."""
        if self.dialogue is not None and (text := self.dialogue.kept()):
            write_whole(proposal_path(self.path), text.encode())
            self._kept_text = text

    @property
    def kept_file(self) -> Path | None:
        """The file that holds the answers to the table so far."""
        return proposal_path(self.path) if self._kept_text else None

    def check_certain(self) -> None:
        """Refuse a table of which something must be asked, where nobody can be; what is proposed is
        written beside it.

        Raises
        ------
        InputError
            With every question at once, and the command that takes the proposals.
        """
        if self.dialogue is None:
            return
        proposal = self.dialogue.proposal()
        if not proposal.doubts:
            self.dialogue.earlier = None
            return
        path = self._propose(self.table, proposal)
        place = self.country or "COUNTRY"
        command = f"ev-forecast new {place} --ledger {self.path} --answers {path} --yes"
        problems = problems_of_proposal(self.path.name, proposal)
        hint = f"correct it, then `{command}`; or answer on a terminal"
        problems.append(Problem(str(path), "holds proposed answers", hint))
        raise InputError(problems)

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
        rows = self._read_rows()
        state = (id(rows), self.country, self._since)
        if self._facts is None or self._facts[0] != state:
            self._facts = state, self._facts_of(rows)
        return self._facts[1]

    def _table_answers(self) -> Answers | None:
        """The answers so far; None of a ledger."""
        return self.dialogue.answers() if self.dialogue else self.said

    def _read_rows(self) -> list[FoundRow]:
        """The rows of the file, by the answers so far; read again only after a new answer."""
        answers = self._table_answers()
        state = (answers, self.country)
        if self._rows is None or self._rows[0] != state:
            self._rows = state, self._rows_by(answers)
        return self._rows[1]

    def _rows_by(self, answers: Answers | None) -> list[FoundRow]:
        if self.plain is not None:
            if problems := self.plain.problems:
                raise InputError(problems)
            return self.plain.rows
        assert answers is not None
        if not answers.read:
            raise InputError.at(self.path, "nothing of it is read", "name a line that counts")
        read = self.table.read(answers)
        if read.problems:
            raise InputError(read.problems)
        self.left_out = read.left_out
        return read.at(self.country).rows() if self.country else read.rows()

    def _facts_of(self, rows: list[FoundRow]) -> Ledger:
        if problems := first_problems(problems_of_rows(rows)):
            raise InputError(problems)
        counts = Counter(row.cells["measure"] for row in rows if self._counts(row.cells))
        if not counts:
            raise self._nothing_to_forecast(rows)
        if max(counts.values()) > MAX_FORECAST_FACTS:
            raise InputError.at(
                self.path,
                f"{max(counts.values()):,} facts of one measure, {MAX_FORECAST_FACTS:,} are "
                "the most",
                "keep the newest",
            )
        # Imported here: it loads pandas, which a table that is refused does not need
        from forecasting.evidence.ledger import Ledger

        cells = [row.cells for row in rows if row.cells["place"] == self.country]
        ledger = Ledger(typed_facts(cells))
        return ledger.select(self.country, kind=OBSERVATION_KINDS).published_by(self._since)

    def _nothing_to_forecast(self, rows: list[FoundRow]) -> InputError:
        place = place_name(self.country)
        partners = {row.cells["partner"] for row in rows if row.cells["place"] == self.country}
        if partners - {WORLD}:
            fault = f"tells of {place} only what is of {', '.join(sorted(partners))[:100]}"
            return InputError.at(self.path, fault, "name the line of all partners, too")
        if partners:
            fault = f"all its numbers of {place} are of a plan"
            return InputError.at(self.path, fault, "name the lines of the others")
        places = ", ".join(sorted({place_name(row.cells["place"]) for row in rows}))
        return InputError(f"{self.path}: tells nothing of {place}, but of {places[:200]}")

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
        table = os.path.relpath(self.path.absolute(), folder.absolute())
        keys = {"ledger": yaml_value([Path(table).as_posix()]), "measure": self.flow}
        keys |= {key: self.answers.get(key, "") for key in ("published", "market_size", "horizon")}
        if keys["market_size"] in (UNSAID, _size_of(self._market())):
            del keys["market_size"]
        keys["assumptions"] = self._assumptions()
        name, text = new_params(self.country, scenario, keys)
        contents = {folder / name: text}
        answers_file = answers_path(self.path)
        answers = self._table_answers()
        if answers is not None:
            if not (answers.place or any(series.place for series in answers.read)):
                answers = self._with_place(answers)
            if not answers_file.exists():
                contents[answers_file] = answers.to_yaml()
            elif self._is_given and read_answers(answers_file) != answers:
                raise InputError.at(
                    answers_file, "says otherwise and is not written over", "rename it"
                )
        with contextlib.ExitStack() as undo:
            for path, content in contents.items():
                write_params(path, content)
                undo.callback(path.unlink)
            # The user has named the table, wherever it lies
            checked = check_paths(
                [folder / name, self.path],
                published=self._since,
                allow=[self.path.parent],
                place=self.country,
            )
            undo.pop_all()
        self._remove_kept()
        self.caveats = checked.caveats
        return folder / name

    def _remove_kept(self) -> None:
        """Remove the answers that were kept on the way, which stand in the mapping now; what
        somebody has written there since stays.
        """
        path = proposal_path(self.path)
        if (
            self._kept_text
            and path.is_file()
            and path.read_text(encoding="utf-8") == self._kept_text
        ):
            path.unlink()

    def _with_place(self, answers: Answers) -> Answers:
        """The answers with the country, where the table does not name it."""
        read = self.table.read(answers)
        if all(fact.place for fact in read.facts):
            return answers
        return replace(answers, place=self.country)

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
        from forecasting.scenarios.facts_on_day import inputs_on_day

        facts = self.facts()
        return inputs_on_day(central_asia() + facts, self.country, None, facts.latest).market


def _flows(facts: Ledger) -> list[str]:
    """The flows that facts are of, those told most often first."""
    flows = facts.frame["measure"].map(FLOW_OF_COUNT).dropna()
    return [str(flow) for flow in flows.value_counts().index]


def _size_of(market: MarketOnDay) -> str:
    """The size of a market in its last year."""
    if not isinstance(market.sizes, dict):
        return UNSAID
    period, cars = [*market.sizes.items()][-1]
    return f"{cars / period.share_of_year:.0f}"


# Readers of answers


def _is_of_table(key: str) -> bool:
    """Whether a question is one about the table."""
    return key.rpartition(" ")[2] in TABLE_QUESTIONS and key != "country"


def _fleet_size(text: str) -> str:
    """A number of vehicles, or that nobody knows it."""
    if text.strip() == UNSAID:
        return UNSAID
    number = printed_number(text)
    if number is None or number < SMALLEST_FLEET:
        raise InputError(f"{text[:60]!r} is no number of vehicles of {SMALLEST_FLEET:,} or more")
    return str(int(number))


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
