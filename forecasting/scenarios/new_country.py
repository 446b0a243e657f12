"""A country of one's own: what its table cannot say is asked, one question at a time, and a params
file written that is ready to run.

Each question holds what is proposed, so that the same questions serve a terminal, a form, and a
run in which nobody answers.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from forecasting.caveats import Caveat
from forecasting.errors import InputError
from forecasting.evidence.checking import checked_rows, read_table
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.fact import typed_facts
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.mapping import (
    NOT_READ,
    NUMBER_TARGETS,
    TARGETS,
    UNKNOWN,
    Mapping,
    TableRead,
    mapping_path,
    read_head,
)
from forecasting.evidence.places import place_name
from forecasting.evidence.printed_numbers import printed_number
from forecasting.evidence.rules import OBSERVATION_KINDS, Row
from forecasting.measures import FLOW_OF_COUNT, MEASURES, did_you_mean
from forecasting.parameters.naming import country_code, new_params, write_params
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.periods import as_date
from forecasting.scenarios.check import check_paths
from forecasting.scenarios.known import FlowInputs, KnownMarket

UNSAID = "unknown"
USUAL_HORIZON = 2030
YEARS_AHEAD = 4
MOST_COLUMNS = 20  # without a word that explains them, that are asked about
OF_COLUMN = "column "  # before the name of a column, in the key of a question
USUAL = {"country": "NO", "scenario": "a", "as_of": "latest", "horizon": USUAL_HORIZON, "seed": 1}


@dataclass(frozen=True)
class Question:
    """What a table cannot say.

    Parameters
    ----------
    key : str
        Under which the answer is kept.
    asks : str
        In words.
    proposed : str
        The answer where nobody gives one; empty where there must be one.
    read : callable
        Gives the answer as it is kept, or raises an InputError that says why it is none.
    because : str
        Why this is proposed.
    """

    key: str
    asks: str
    proposed: str
    read: Callable[[str], str]
    because: str = ""

    @property
    def reason(self) -> str:
        """Why the answer is proposed, in brackets; empty where nothing is said."""
        return f" ({self.because})" if self.because else ""

    def proposed_answer(self) -> str:
        """The answer where nobody can be asked.

        Raises
        ------
        InputError
            Where no answer is proposed.
        """
        if not self.proposed:
            hint = "say it in the name of a column, or answer on a terminal"
            raise InputError(f"{self.asks} Nothing says it: {hint}")
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

    def __init__(self, country: str, table: Path, published: dt.date | None = None) -> None:
        self.country = country and country_code(country)
        if not table.is_file():
            raise InputError.at(table, "is no file", "give a table of your own, .csv or .xlsx")
        self.table = table
        self.published = published
        self.answers: dict[str, str] = {}
        self.caveats: list[Caveat] = []
        # What was answered when the table was last read, and what it held
        self._reading: tuple[tuple[Row, Row], TableRead] | None = None

    def questions(self) -> Iterator[Question]:
        """Each question in its turn; the next one may hang on the answer, which is to be in
        `answers` by then.

        Raises
        ------
        InputError
            Where the table cannot be read, whatever is answered.
        """
        if mapping := self._read().proposed:
            yield from _of_columns(mapping)
        if (mapping := self._read().proposed) and "measure" in mapping.lacks:
            guess = read_head(self.table.stem).number
            yield Question(
                "measure", "What do the numbers count?", guess, _word_of(MEASURES), "by its name"
            )
        if not self.country:
            places = [row.cells["place"] for row in self._read().rows]
            main_place = max(places, key=places.count, default="")
            yield Question("country", "Which country is forecast?", main_place, country_code)
            self.country = self.answers["country"]
        flows = _flows(self.facts())
        if len(flows) > 1:
            asks = f"Which of these is forecast: {', '.join(flows)}?"
            yield Question("measure of all", asks, flows[0], _word_of(flows), "told most often")
        if (self.facts().frame["published"] == "").any():
            asks = "Since when are these numbers known?"
            changed = dt.date.fromtimestamp(self.table.stat().st_mtime)
            day = str(self.published or changed)
            because = "the file is of that day" * (not self.published)
            yield Question("published", asks, day, _key("published"), because)
        market = self._market()
        because = "nobody has printed it here"
        if market.origin:
            because = f"{market.origin} ({market.facts[-1]})"
        place = place_name(self.country)
        asks = f"New cars a year in {place} (or {UNSAID})?"
        yield Question("market_size", asks, _size_of(market), _key("market_size"), because)
        year = max(USUAL_HORIZON, self.facts().latest.year + YEARS_AHEAD)
        yield Question("horizon", "Until which year?", str(year), _key("horizon"))

    @property
    def flow(self) -> str:
        """The flow that is forecast; empty where the table counts none."""
        return self.answers.get("measure of all") or next(iter(_flows(self.facts())), "")

    def facts(self) -> Ledger:
        """The facts of the table that are of the country, as known since when it was answered.

        Raises
        ------
        InputError
            With every problem of the table, and where nothing in it is of the country.
        """
        read = self._read()
        if problems := [*read.problems, *checked_rows(read.rows)]:
            raise InputError(problems)
        typed = typed_facts([row.cells for row in read.rows])
        ledger = Ledger(typed[row.cells["id"]] for row in read.rows)
        country_facts = ledger.select(self.country, kind=OBSERVATION_KINDS)
        if not len(country_facts):
            places = ", ".join(sorted({*map(place_name, ledger.frame["place"])}))
            where = place_name(self.country)
            raise InputError(f"{self.table}: tells nothing of {where}, but of {places[:200]}")
        return country_facts.published_by(self._since)

    def write(self, folder: Path, scenario: str = "baseline") -> Path:
        """Write the params file, and the mapping of the table beside it, once all is right.

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
        keys = {"ledger": f'["{Path(table).as_posix()}"]', "measure": self.flow}
        keys |= {key: self.answers.get(key, "") for key in ("published", "market_size", "horizon")}
        if keys["market_size"] in (UNSAID, _size_of(self._market())):
            del keys["market_size"]
        name, text = new_params(self.country, scenario, keys)
        contents = {folder / name: text}
        if mapping := self._read().proposed:
            contents[mapping_path(self.table)] = mapping.to_yaml()
        with contextlib.ExitStack() as undo:
            for path, content in contents.items():
                write_params(path, content)
                undo.callback(path.unlink)
            checked = check_paths([folder / name, self.table], published=self._since)
            undo.pop_all()
        self.caveats = checked.caveats
        if mapping and mapping.unread:
            columns = "; ".join(f"{name}: {why}" for name, why in mapping.unread.items())
            values = {"subject": self.table.name, "columns": columns}
            self.caveats.append(Caveat("columns_unread", values=values))
        return folder / name

    def _read(self) -> TableRead:
        """The table, with what has been answered so far; it is read anew for a new answer alone."""
        columns = {
            key.removeprefix(OF_COLUMN): word
            for key, word in self.answers.items()
            if key.startswith(OF_COLUMN)
        }
        constants = {"measure": self.answers.get("measure", ""), "place": self.country}
        if self._reading is None or self._reading[0] != (columns, constants):
            self._reading = (columns, constants), read_table(self.table, columns, constants)
        return self._reading[1]

    @property
    def _since(self) -> dt.date | None:
        """Since when facts are known that have no date."""
        day = self.answers.get("published")
        return as_date(day) if day else None

    def _market(self) -> KnownMarket:
        """New cars a year, as far as anybody has counted them."""
        facts = self.facts()
        return FlowInputs(central_asia() + facts, self.country, None, facts.latest).market


def _flows(facts: Ledger) -> list[str]:
    """The flows that facts are of, those told most often first."""
    flows = facts.frame["measure"].map(FLOW_OF_COUNT).dropna()
    return [str(flow) for flow in flows.value_counts().index]


def _of_columns(mapping: Mapping) -> Iterator[Question]:
    """What the columns hold: those of numbers, those that are doubtful, and, where something is
    lacking, all that no word explains.
    """
    for number, name in mapping.values.items():
        yield Question(OF_COLUMN + name, f"What does {name!r} count?", number, _column)
    for count, (name, why) in enumerate(mapping.unread.items()):
        if why != UNKNOWN or (mapping.lacks and count < MOST_COLUMNS):
            asks = f"What does {name!r} hold (or {NOT_READ})?"
            yield Question(OF_COLUMN + name, asks, NOT_READ, _column, why)


def _size_of(market: KnownMarket) -> str:
    """The size of a market in its last year."""
    if not isinstance(market.sizes, dict):
        return UNSAID
    period, cars = [*market.sizes.items()][-1]
    return f"{cars / period.share_of_year:.0f}"


# What an answer may be.


def _word_of(words: Collection[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            hint = did_you_mean(text, words, f"e.g. {', '.join([*words][:4])}")
            raise InputError(f"{text[:60]!r} is not known here; {hint}")
        return text

    return read


_column = _word_of((NOT_READ, *TARGETS, *NUMBER_TARGETS))


def _key(name: str) -> Callable[[str], str]:
    """An answer that is a value of the params file, and is checked as such."""

    def read(text: str) -> str:
        if text.strip() == UNSAID:
            return UNSAID
        number = None if name == "published" else printed_number(text)
        value = text.strip() if number is None else int(number)
        scenario_from_parameters(USUAL | {name: value})
        return str(value)

    return read
