"""The ledger: published statements in one table, read from files or tables and checked by one set
of rules.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
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
    instance,
    integer,
    number,
    optional,
    path as file_path,
    read,
    short_repr,
    takes,
    text,
    texts,
)
from forecasting.vocabulary.errors import EvidenceError, LedgerError, PeriodError, Problem
from forecasting.vocabulary.files import write_asked
from forecasting.vocabulary.measures import MEASURES, did_you_mean
from forecasting.vocabulary.periods import FIRST_YEAR, LAST_YEAR, Period, as_date, read_period, year
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


def _read_facts(value: Iterable[Any]) -> tuple[Fact, ...]:
    facts = tuple(value)
    if not all(isinstance(fact, Fact) for fact in facts):
        raise TypeError
    return facts


FACTS_CHECK = Check(
    "facts, as read_ledger and Ledger.from_frame read them from tables", _read_facts
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
        places = len({fact.place for fact in self})
        return f"<Ledger: {len(self)} facts, {places} {'place' if places == 1 else 'places'}>"

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


def ledger_of_rows(read: LedgerRows) -> Ledger:
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
    return Ledger(typed_facts(rows))


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


def _read_periods(value: Any) -> tuple[Period, ...]:
    """One period or several, each as `read_period` reads it."""
    parts = (value,) if isinstance(value, str | int | Period) else tuple(value)
    if isinstance(value, Mapping) or not 0 < len(parts) <= MAX_PERIODS:
        raise ValueError
    return tuple(map(_read_one, parts))


def _read_one(value: Any) -> Period:
    try:
        return read_period(value)
    except PeriodError:
        raise ValueError from None  # worded with the name of the argument


MAX_PERIODS = 2400
PERIOD = Check("a Period, e.g. fc.year(2025), or text such as '2025-01/2025-04'", _read_one)


PERIODS = Check(
    "a list of Periods, e.g. [fc.year(2025)], of years, or a range of them", _read_periods
)


def _read_evidence(value: Any) -> Ledger | pd.DataFrame:
    """A ledger, or a table of facts, made from a Series, a mapping or several of them."""
    if isinstance(value, Ledger | pd.DataFrame):
        return value
    if isinstance(value, pd.Series | Mapping):
        return _totals_of(value, parts=True)
    tables = [_read_evidence(part) for part in value] if isinstance(value, list | tuple) else []
    frames = [table for table in tables if isinstance(table, pd.DataFrame)]
    if not tables or len(frames) < len(tables):
        raise TypeError
    return pd.concat(frames, ignore_index=True)


EVIDENCE = Check(
    "a Ledger, a table of facts, totals by year, quarter or month as a Series or a mapping, or a "
    "list of such tables",
    _read_evidence,
)


def entries_by_year(
    series: pd.Series | Mapping[Any, Any], name: str, parts: bool = False
) -> dict[Period, Any]:
    """The entries of a series by the year, or the part of a year, that each is of.

    Parameters
    ----------
    series : Series or mapping
        By year: a number, text, or a day of it; or by a `Period`. Missing entries are left out.
    name : str
        What it is called in a message.
    parts : bool
        Whether quarters and months of pandas, and text such as ``2026-01/2026-04``, are taken, too.

    Raises
    ------
    EvidenceError
        For a label that is none of these, such as a quarter, and for one that stands twice.

    Examples
    --------
    >>> entries = entries_by_year({2021: 809, "2022-12-31": 2180}, "series")
    >>> entries == {year(2021): 809, year(2022): 2180}
    True
    """
    entries: dict[Period, Any] = {}
    for label, value in series.items():
        if pd.api.types.is_scalar(value) and pd.isna(value):
            continue
        period = _period_of(label, name, parts)
        if period in entries:
            raise EvidenceError(f"{name} has {period} twice; give one number a year")
        entries[period] = value
    return entries


def _period_of(label: object, name: str, parts: bool) -> Period:
    text = str(label).removesuffix(".0")
    try:
        if isinstance(label, Period) or (parts and _is_part(label)):
            period = read_period(label)
        else:
            period = year(text if len(text) == 4 else as_date(label).year)
    except PeriodError:
        message = (
            f"{name} has the index {short_repr(label)}; it must be a year from "
            f"{FIRST_YEAR} to {LAST_YEAR}"
        )
        if parts:
            message += ", or a part of one, such as 2026-01/2026-04"
        raise EvidenceError(message) from None
    if period.start.year != period.end.year:
        raise EvidenceError(f"{name} has the period {period}; it must be a year, or lie within one")
    return period


def _is_part(label: object) -> bool:
    """Whether a label names a period otherwise than by its year, or by a day that stands for it."""
    if isinstance(label, str):
        return len(label) > 4 and not re.fullmatch(DAY_TEXT, label)
    return isinstance(label, pd.Period)


DAY_TEXT = r"\d{4}-\d\d-\d\d.*"  # e.g. 2022-12-31, also with an hour


@takes(
    EvidenceError,
    series=instance(pd.Series, Mapping, words="a Series of numbers indexed by year"),
)
def annual_totals(series: pd.Series | Mapping[Any, Any]) -> pd.DataFrame:
    """Facts from an annual series: one exact total a year.

    Parameters
    ----------
    series : Series or mapping
        Indexed by year.

    Returns
    -------
    DataFrame
        Columns relation, quantity, period_start, period_end, value; one row per year, missing years
        left out.

    Raises
    ------
    EvidenceError
        For an index that is no year, a year that stands twice, and a total that is no number of 0
        or more.

    Examples
    --------
    >>> annual_totals(pd.Series({2022: 2180}))[["relation", "period_end", "value"]].values.tolist()
    [['equals', '2022-12-31', 2180.0]]
    """
    return _totals_of(series)


def _totals_of(series: pd.Series | Mapping[Any, Any], parts: bool = False) -> pd.DataFrame:
    """One exact total for each entry of a series."""
    totals = entries_by_year(series, "series", parts)
    values = [
        read(number(0), f"the total of {period}", total, EvidenceError)
        for period, total in totals.items()
    ]
    return pd.DataFrame(
        {
            "relation": "equals",
            "quantity": "total",
            "period_start": [str(period.start) for period in totals],
            "period_end": [str(period.end) for period in totals],
            "value": np.array(values, dtype=float),
        }
    )


@takes(
    LedgerError,
    period=PERIOD,
    value=number(),
    relation=text(),
    quantity=text(),
    by=optional(Check("a date, e.g. 2026-09-01", as_date)),
)
def fact(
    period: Period | str | int,
    value: float,
    relation: str = "equals",
    quantity: str = "total",
    by: object = None,
    **columns: Any,
) -> pd.DataFrame:
    """One printed statement as a table of one row.

    Parameters
    ----------
    period : Period, str or int
        What it is of, e.g. ``"2026-01/2026-04"``, ``"2026-03"``, ``2026``.
    value : float
        What was printed.
    relation : str
        ``equals``, ``about``, ``greater_than``, ``at_least``, ``less_than`` or ``at_most``.
    quantity : str
        ``total``, ``yoy_growth_percent``, ``share_percent`` and others of a ledger.
    by : date or str, optional
        The day by which the value was reached, where the period was not over: it then ends there.
    **columns
        Further columns of a ledger: ``basis``, ``published``, ``source``, ...

    Returns
    -------
    DataFrame
        As :func:`forecast_flow` takes it, also in a list with others.

    Raises
    ------
    LedgerError
        With every problem of the statement at once.
    PeriodError
        For a period that is none, or that does not hold the day `by`.

    Examples
    --------
    >>> fact("2026-01/2026-04", 2_700)[["period_start", "period_end", "value"]].values.tolist()
    [['2026-01-01', '2026-04-30', 2700.0]]
    >>> fact("2026", 9_000, relation="greater_than", by="2026-09-01")["period_end"].item()
    '2026-09-01'
    """
    days = read_period(period)
    end = days.end if by is None else as_date(by)
    if not days.start <= end <= days.end:
        raise PeriodError(f"by is {end}, outside {days}; give a day of the period")
    row = {
        "relation": relation,
        "quantity": quantity,
        "period_start": str(days.start),
        "period_end": str(end),
        "value": float(value),
        **columns,
    }
    table = pd.DataFrame([row])
    ledger_of(table)
    return table


def ledger_of(evidence: Ledger | pd.DataFrame, offset: int = 0) -> Ledger:
    """Facts as they are, or a table read by the rules of a ledger.

    A table need not say what it counts, and where. Its facts are named in their order. Its numbers
    are taken as printed to the last digit, since a number does not tell which zeros were rounded.
    """
    if isinstance(evidence, Ledger):
        return evidence
    if not evidence.columns.is_unique:  # the ledger refuses it, and names the column
        return Ledger.from_frame(evidence)
    if not evidence.index.is_unique:  # tables that were put one below the other
        evidence = evidence.reset_index(drop=True)
    names = pd.Series(
        [f"fact {offset + number}" for number in range(1, len(evidence) + 1)], evidence.index
    )
    table = evidence.assign(id=evidence["id"].fillna(names) if "id" in evidence else names)
    if "rounding" not in table and "value" in table:
        numbers = pd.to_numeric(table["value"], errors="coerce")
        table["rounding"] = (0.05 + 0.45 * (numbers % 1 == 0)).where(numbers.notna())
    return Ledger.from_frame(table, measure=None, place=None)
