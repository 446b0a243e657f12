"""The ledger: published statements in one table, read from files or tables and checked by one set
of rules.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evidence.checking import LedgerRows, checked_rows
from forecasting.evidence.fact import Fact, typed_facts
from forecasting.evidence.rules import (
    FACT_KINDS,
    LEDGER_COLUMNS,
    OBSERVATION_KINDS,
    FoundRow,
    Row,
    cell_text,
    column_problems,
    normalise,
    printed_rounding,
)
from forecasting.showing import Shown
from forecasting.vocabulary.arguments import (
    Check,
    fitting,
    instance,
    integer,
    optional,
    path as file_path,
    short_repr,
    takes,
    text,
    texts,
)
from forecasting.vocabulary.errors import EvidenceError, LedgerError, Problem
from forecasting.vocabulary.files import write_asked
from forecasting.vocabulary.measures import MEASURES, did_you_mean
from forecasting.vocabulary.periods import Period, as_date
from forecasting.vocabulary.places import WORLD, partner_code, place_code

NUMERIC = ("value", "rounding")
# Of small tables that are often cut: Arrow's costs four times as much
TEXT_TYPE = pd.StringDtype("python", na_value=np.nan)
MAX_SELECTIONS = 64  # parts of a ledger, some five of each scenario


def _word(read: Callable[[str], str]) -> Check:
    return Check("text", lambda value: read(text().read(value)))


def _among(vocabulary: Collection[str]) -> Callable[[str], str]:
    """A reader of words of a vocabulary."""

    def read(word: str) -> str:
        if word not in vocabulary:
            raise LedgerError(_unknown(f"{word!r} is unknown", word, vocabulary))
        return word

    return read


FACTS_CHECK = fitting(
    "facts, as read_ledger and Ledger.from_frame read them from tables",
    lambda facts: all(isinstance(fact, Fact) for fact in facts),
    tuple,
)
KINDS_CHECK = Check(
    "one kind or several", lambda value: tuple(map(_among(FACT_KINDS), texts("").read(value)))
)


class Ledger(Shown):
    """Facts, checked; never changed in place.

    Tables become one by `Ledger.from_frame`, files by `forecasting.read_ledger`.

    Parameters
    ----------
    facts : iterable of Fact
        Facts that have been checked already, each id once.

    Examples
    --------
    >>> len(Ledger())
    0
    """

    @takes(LedgerError, facts=FACTS_CHECK)
    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self._facts = {fact.id: fact for fact in facts}
        self._selected: dict[tuple[object, ...], Ledger] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Ledger, (tuple(self),)

    @classmethod
    @takes(
        LedgerError,
        frame=instance(pd.DataFrame, words="a table of facts"),
        measure=optional(text()),
        place=optional(text()),
    )
    def from_frame(
        cls, frame: pd.DataFrame, *, measure: str | None = "ev_imports", place: str | None = WORLD
    ) -> Ledger:
        """A ledger from a table that has at least relation, quantity, period_start, period_end and
        value.

        Parameters
        ----------
        frame : pandas.DataFrame
            One fact per row; any of the ledger's columns.
        measure, place : str or None
            Used where the table has no such column. None leaves it unsaid: a forecast needs no name
            of what it is of.

        Returns
        -------
        Ledger
            In the order of the rows.

        Raises
        ------
        LedgerError
            With every problem of every row.

        Examples
        --------
        >>> facts = pd.DataFrame({"relation": ["equals"], "quantity": ["total"], "value": [2180],
        ...                       "period_start": ["2022-01-01"], "period_end": ["2022-12-31"]})
        >>> print(*Ledger.from_frame(facts, place="Uzbekistan"))
        Uzbekistan, electric vehicles imported, 2022: 2,180 vehicles
        """
        usual = {"measure": measure, "place": place}
        names = [str(column) for column in frame.columns]
        if problems := [*column_problems("table", names, ("relation", "period_end", "value"))]:
            raise LedgerError(problems)
        rows = [
            normalise({**usual, **dict(zip(names, cells, strict=True))})
            for cells in frame.itertuples(index=False, name=None)
        ]
        _name(rows, may_repeat="id" not in names)
        labelled = [
            FoundRow(f"row {label}", cells) for label, cells in zip(frame.index, rows, strict=True)
        ]
        unsaid = [column for column, word in usual.items() if word is None]
        if problems := checked_rows(labelled, unsaid):
            raise LedgerError(problems)
        return _ledger_of(rows)

    @property
    def frame(self) -> pd.DataFrame:
        """The facts as a table of the ledger's columns: value and rounding as numbers, all else as
        text.
        """
        return self._frame.copy()

    @cached_property
    def _frame(self) -> pd.DataFrame:
        return _table(self)

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __eq__(self, value: object) -> bool:
        if isinstance(value, Ledger):
            return self.hash() == value.hash()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # `hash()` is the content's digest

    @takes(LedgerError, name=text())
    def get(self, name: str) -> Fact:
        """The fact of that id.

        Parameters
        ----------
        name : str
            The fact's id.

        Returns
        -------
        Fact
            With typed cells.

        Raises
        ------
        LedgerError
            Where no fact has it; the message names the nearest.

        Examples
        --------
        >>> from forecasting.evidence.datasets import central_asia
        >>> first = next(iter(central_asia()))
        >>> central_asia().get(first.id) == first
        True
        """
        if name not in self._facts:
            raise LedgerError(_unknown(f"no fact has the id {name!r}", name, self._facts))
        return self._facts[name]

    @takes(
        LedgerError,
        place=optional(_word(place_code)),
        measure=optional(_word(_among(MEASURES))),
        partner=optional(_word(partner_code)),
        basis=optional(text()),
        product=optional(text()),
        kind=optional(KINDS_CHECK),
    )
    def select(
        self,
        place: str | None = None,
        measure: str | None = None,
        *,
        partner: str | None = WORLD,
        basis: str | None = None,
        kind: str | Sequence[str] | None = None,
        as_of: object = None,
        since: object = None,
        product: str | None = None,
    ) -> Ledger:
        """The facts that match, in their order.

        Parameters
        ----------
        place, measure, basis, product : str, optional
            None keeps all. A place may be spelt in any known way.
        partner : str or None
            ``World`` by default: a part of the total is no total. None keeps all partners.
        kind : str or sequence of str, optional
            One kind or several.
        as_of : date or str, optional
            Keep what was known on that day: facts without a date of publication were not.
        since : date or str, optional
            Keep what reaches that day or a later one.

        Returns
        -------
        Ledger
            May be empty.

        Raises
        ------
        LedgerError
            Where a word is unknown.
        PeriodError
            Where `as_of` or `since` is not a date.

        Examples
        --------
        >>> from forecasting.evidence.datasets import central_asia
        >>> early = central_asia().select("Uzbekistan", "ev_imports", as_of="2022-12-31")
        >>> max(fact.known_from for fact in early) <= dt.date(2022, 12, 31)
        True
        """
        words = {
            "place": place,
            "measure": measure,
            "partner": partner,
            "basis": basis,
            "product": product,
            "kind": kind,
        }
        known_by = None if as_of is None else as_date(as_of)
        first_day = None if since is None else as_date(since)
        key = (*words.values(), known_by, first_day)
        # A report, and each move of a slider, asks for the same again and again
        if key not in self._selected:
            if len(self._selected) == MAX_SELECTIONS:  # of many scenarios, each of its own day
                self._selected.clear()
            facts = self._matching(words, known_by, first_day)
            self._selected[key] = Ledger(facts)
        return self._selected[key]

    def _matching(
        self,
        words: Mapping[str, str | Sequence[str] | None],
        known_by: dt.date | None,
        first_day: dt.date | None,
    ) -> list[Fact]:
        """The facts with some words in their columns, by their days."""
        facts = [*self]
        for column, word in words.items():
            if word is not None:
                wanted = (word,) if isinstance(word, str) else word
                facts = [fact for fact in facts if getattr(fact, column) in wanted]
        if known_by:
            facts = [fact for fact in facts if (fact.known_from or dt.date.max) <= known_by]
        if first_day:
            facts = [fact for fact in facts if (fact.period_end or dt.date.min) >= first_day]
        return facts

    @cached_property
    def latest(self) -> dt.date:
        """The newest day of publication.

        Raises
        ------
        EvidenceError
            Where no fact has one.
        """
        days = [fact.known_from for fact in self if fact.known_from]
        if not days:
            raise EvidenceError(
                "no fact of this ledger has a date of publication; give the date itself"
            )
        return max(days)

    @takes(LedgerError)
    def published_by(self, day: dt.date | None) -> Ledger:
        """The same facts; those without a date of publication are known from a day on.

        Parameters
        ----------
        day : date or None
            By which they were published; None leaves them as they are.

        Returns
        -------
        Ledger
            A new one.

        Examples
        --------
        >>> len(Ledger().published_by(dt.date(2026, 1, 15)))
        0
        """
        if day is None:
            return self
        publication_day = Period(day, day)
        return Ledger(
            fact if fact.published else fact.model_copy(update={"published": publication_day})
            for fact in self
        )

    def concat(self, *ledgers: Ledger) -> Ledger:
        """Its facts followed by the others'; a fact that stands in two of them is kept once.

        Parameters
        ----------
        *ledgers : Ledger
            To come after this one.

        Returns
        -------
        Ledger
            A new one.

        Raises
        ------
        LedgerError
            Where two different facts have one id.

        Examples
        --------
        >>> from forecasting.evidence.datasets import central_asia
        >>> facts = central_asia()
        >>> facts.head(2).concat(facts.head(3)) == facts.head(3)
        True
        """
        for ledger in ledgers:
            if not isinstance(ledger, Ledger):
                raise LedgerError(
                    f"{short_repr(ledger)} is no ledger: give one, as read_ledger makes it"
                )
        facts = dict(self._facts)
        twice = set()
        for fact in chain.from_iterable(ledgers):
            other = facts.setdefault(fact.id, fact)
            if other is not fact and repr(other.row()) != repr(fact.row()):
                twice.add(fact.id)
        if twice:
            raise LedgerError(
                [
                    Problem(f"id {name}", "names two different facts", "rename one")
                    for name in sorted(twice)
                ]
            )
        return Ledger(facts.values())

    def __add__(self, ledger: Ledger) -> Ledger:
        return self.concat(ledger)

    @takes(LedgerError, path=file_path())
    def to_csv(self, path: str | Path) -> None:
        """Write the facts as a file that `read_ledger` reads back to an equal ledger.

        Parameters
        ----------
        path : str or Path
            Of the file.

        Raises
        ------
        InputError
            Where the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import forecasting as fc
        >>> from forecasting.evidence.datasets import central_asia
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     central_asia().to_csv(Path(folder, "facts.csv"))
        ...     again = fc.read_ledger(Path(folder, "facts.csv"))
        >>> again == central_asia()
        True
        """
        table = pd.DataFrame(_printed_cells(self._frame), columns=list(LEDGER_COLUMNS))
        write_asked(path, str(table.to_csv(index=False, lineterminator="\n")).encode())

    def hash(self) -> str:
        """SHA-256 of the content, whatever the order of the facts.

        Returns
        -------
        str
            Hexadecimal.

        Examples
        --------
        >>> len(Ledger().hash())
        64
        """
        return _digest(json.dumps(sorted(_printed_cells(self._frame))))

    def __repr__(self) -> str:
        return f"<Ledger: {len(self)} facts of {len({fact.place for fact in self})} places>"

    @takes(LedgerError, count=integer())
    def head(self, count: int = 5) -> Ledger:
        """The first facts.

        Parameters
        ----------
        count : int
            How many.

        Returns
        -------
        Ledger
            Of no more facts than that.

        Raises
        ------
        LedgerError
            For a count that is no whole number of 0 or more.

        Examples
        --------
        >>> len(Ledger().head(3))
        0
        """
        return Ledger(islice(self, count))


def measures_counted(facts: Ledger, place: str) -> list[str]:
    """The measure of each fact that counts something in a place.

    Parameters
    ----------
    facts : Ledger
        Of any day.
    place : str
        Its code.

    Examples
    --------
    >>> measures_counted(Ledger(), "UZ")
    []
    """
    return [fact.measure for fact in facts.select(place, kind=OBSERVATION_KINDS)]


def ledger_of(read: LedgerRows) -> Ledger:
    """The ledger of the rows of a file.

    Raises
    ------
    LedgerError
        With every problem of the file at once.
    """
    if problems := read.all_problems():
        raise LedgerError(problems)
    return _ledger_of([row.cells for row in read.rows])


def _ledger_of(rows: Sequence[Row]) -> Ledger:
    """The ledger of normalised rows that have been checked, in their order."""
    return Ledger(typed_facts(rows).values())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _unknown(fault: str, word: str, vocabulary: Collection[str]) -> str:
    examples = f"there are {', '.join([*vocabulary][:4])}, ..."
    return f"{fault}; {did_you_mean(word, vocabulary, examples)}"


def _table(facts: Iterable[Fact]) -> pd.DataFrame:
    """Facts as a table, in which value and rounding are numbers and all else is text."""
    types = {column: "float64" if column in NUMERIC else TEXT_TYPE for column in LEDGER_COLUMNS}
    rows = [fact.row() for fact in facts]
    return pd.DataFrame(rows, columns=list(LEDGER_COLUMNS), dtype=object).astype(types)


def _name(rows: Iterable[Row], may_repeat: bool) -> None:
    """Give rows without an id one from what they say; `may_repeat` where two may say the same."""
    counts: Counter[str] = Counter()
    for cells in rows:
        name = cells["id"] or f"fact-{_digest(json.dumps(cells, sort_keys=True))[:8]}"
        counts[name] += 1
        if may_repeat and counts[name] > 1:
            name += f"-{counts[name]}"
        cells["id"] = name


def _printed_cells(frame: pd.DataFrame) -> list[list[str]]:
    """Every cell as a file holds it: numbers in their shortest form, without a default rounding."""
    rows = []
    for row in frame.to_dict("records"):
        value = cell_text(row["value"])
        if value and row["rounding"] == printed_rounding(value, row["relation"]):
            row["rounding"] = ""
        rows.append([cell_text(row[column]) for column in LEDGER_COLUMNS])
    return rows
