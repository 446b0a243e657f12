"""Policies: dated facts about what moves a market, read from a table and checked.

A privilege is what makes an electric vehicle cheaper or easier to get: a subsidy, a tax that is
not taken, a duty-free quota. Each row is one change of one privilege.

========= =====================================================================================
kind      what the dates mean
========= =====================================================================================
`ends`    ``start`` is the first day without the privilege, or without that part of it; ``end`` is
          the last such day where the privilege came back
`begins`  ``start`` is the first day with it. ``end`` is the last one, where it is known: it says
          only how long the privilege held. A fall after it needs a row of kind `ends`
`blocked` the trade is held up from ``start`` and released on ``end``
`step`    another level from ``start`` on, which nobody has reason to hurry for
========= =====================================================================================

>>> policies = read_policies()
>>> testing = policies["uz-2024-11-testing"]
>>> testing.kind, testing.start.isoformat(), testing.end.isoformat()
('blocked', '2024-11-01', '2025-09-02')
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from forecasting.errors import LedgerError, PeriodError, Problem
from forecasting.evidence.files import read_whole
from forecasting.evidence.places import place_code
from forecasting.evidence.rules import publication
from forecasting.measures import MEASURES, did_you_mean
from forecasting.names import DATA
from forecasting.periods import as_date

POLICY_KINDS = ("ends", "begins", "blocked", "step")
PRICES = ("average", "example", "limit", "rate")  # what a price share is of
ORIGINS = ("imported", "local")
DATED_BY = ("delivery", "order")  # which day of a purchase decides
NUMBERS = ("price_share", "quota", "amount", "price")
DAYS = ("start", "end", "announced", "end_announced")
# The table's columns in their order
POLICY_COLUMNS = (
    "id", "place", "kind", "start", "end", "announced", "end_announced", "measure", "vehicles",
    "origin", "dated_by", "price_share", "quota", "amount", "price", "currency", "price_of",
    "source", "url", "quote", "note",
)  # fmt: skip
NEEDED = ("id", "place", "kind", "start")
_TABLE = DATA / "policies.csv"
_VOCABULARIES = {
    "kind": POLICY_KINDS,
    "measure": tuple(MEASURES),
    "price_of": PRICES,
    "origin": ORIGINS,
    "dated_by": DATED_BY,
}


@dataclass(frozen=True)
class Policy:
    """One change of one privilege, or one trade held up.

    What is unknown is None, or an empty text.

    Parameters
    ----------
    id : str
        Its name.
    place : str
        The code of a place: an ISO 3166 code, or one of this package.
    kind : str
        `ends`, `begins`, `blocked` or `step`; the module says what the dates of each mean.
    start, end : datetime.date
        First day, and last one.
    announced, end_announced : datetime.date or None
        Since when the start and the end are known. Of a printed month or year it is the last day.
        Without ``end_announced`` the end was told with the start.
    measure : str
        What it moves, e.g. ``ev_registrations``; empty where it was not said.
    vehicles : str
        Class of vehicle: ``battery-cars``, ``plug-in-hybrids``, ``electric-cars`` for both.
    origin : str
        ``imported`` or ``local`` where it touches these alone.
    dated_by : str
        Which day of a purchase decides: ``delivery`` (or registration, or customs), or ``order``.
        Where orders decide, registrations follow months later.
    price_share : float or None
        The part of a vehicle's price that the privilege, or its change, is worth: ``amount`` of
        ``price``, or a tax as a part of the price with it. Of a step down it is negative.
    quota : float or None
        How many vehicles (or stations) the privilege is for.
    amount, price : float or None
        The printed worth for one vehicle and the printed price, in ``currency``.
    currency : str
        ISO 4217.
    price_of : str
        Which price: an ``average``, an ``example``, the ``limit`` above which there is no
        privilege (of a cheaper car the share is larger), or a ``rate`` of tax.
    source, url, quote, note : str
        Who printed it, where, in which words, and what a reader must know. The source ``months``
        means that the event was found in monthly data.

    Examples
    --------
    >>> credit = read_policies()["us-2025-10-tax-credit"]
    >>> credit.amount, credit.price, credit.price_share
    (7500.0, 57700.0, 0.13)
    """

    id: str
    place: str
    kind: str
    start: dt.date
    end: dt.date | None = None
    announced: dt.date | None = None
    end_announced: dt.date | None = None
    measure: str = ""
    vehicles: str = ""
    origin: str = ""
    dated_by: str = ""
    price_share: float | None = None
    quota: float | None = None
    amount: float | None = None
    price: float | None = None
    currency: str = ""
    price_of: str = ""
    source: str = ""
    url: str = ""
    quote: str = ""
    note: str = ""

    def is_known(self, day: dt.date) -> bool:
        """Whether the policy was known on a day: once announced, else once it had begun.

        Examples
        --------
        >>> import datetime as dt
        >>> credit = read_policies()["us-2025-10-tax-credit"]
        >>> credit.is_known(dt.date(2025, 7, 3)), credit.is_known(dt.date(2025, 7, 4))
        (False, True)
        """
        return (self.announced or self.start) <= day

    def end_is_known(self, day: dt.date) -> bool:
        """Whether the day of its end was known on a day.

        Examples
        --------
        >>> import datetime as dt
        >>> testing = read_policies()["uz-2024-11-testing"]
        >>> testing.is_known(dt.date(2025, 3, 1)), testing.end_is_known(dt.date(2025, 3, 1))
        (True, False)
        """
        if self.end is None:
            return False
        if self.end_announced is None:
            return self.is_known(day)
        return self.end_announced <= day


def read_policies(path: str | os.PathLike[str] | None = None) -> dict[str, Policy]:
    """Read a table of policies.

    Parameters
    ----------
    path : path-like, optional
        A CSV file in UTF-8 with at least the columns ``id``, ``place``, ``kind`` and ``start``;
        without it, the policies that ship with the package.

    Returns
    -------
    dict of str to Policy
        By id, in the order of the rows.

    Raises
    ------
    LedgerError
        With every problem of every row: what is wrong, and what to do.

    Examples
    --------
    >>> policies = read_policies()
    >>> policies["de-2023-12-bonus"].start.isoformat(), policies["de-2023-12-bonus"].quote
    ('2023-12-18', 'after 17 December 2023 no new applications can be submitted')
    """
    file = Path(path) if path is not None else _TABLE
    try:
        text = read_whole(file).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        hint = "give a CSV file in UTF-8"
        raise LedgerError([Problem(str(file), f"cannot be read: {error}", hint)]) from error
    table = csv.DictReader(io.StringIO(text, newline=""))
    rows = [{str(column): cell for column, cell in row.items()} for row in table]
    return checked_policies(rows, file.name, first_row=2, columns=table.fieldnames or ())


def checked_policies(
    rows: Iterable[Mapping[str, object]],
    name: str = "policies",
    *,
    first_row: int = 1,
    columns: Iterable[str] | None = None,
) -> dict[str, Policy]:
    """Policies of the rows of a table.

    Parameters
    ----------
    rows : iterable of mapping
        Cells by column, e.g. ``frame.to_dict("records")`` of a pandas table; None and missing
        numbers are empty.
    name : str
        Of the table, for messages.
    first_row : int
        The number of the first row, for messages.
    columns : iterable of str, optional
        Those of the table; without it, those of its first row.

    Returns
    -------
    dict of str to Policy
        By id, in the order of the rows.

    Raises
    ------
    LedgerError
        With every problem of every row.

    Examples
    --------
    >>> row = {"id": "mine", "place": "Norway", "kind": "ends", "start": "2027-01-01"}
    >>> checked_policies([row])["mine"].place
    'NO'
    >>> checked_policies([row | {"kind": "end"}])
    Traceback (most recent call last):
    forecasting.errors.LedgerError: policies:1 kind: 'end' is unknown (did you mean ends?)
    """
    table = [{column: _text(cell) for column, cell in row.items()} for row in rows]
    if columns is None:
        columns = table[0] if table else NEEDED
    problems = list(_column_problems(set(columns), name))
    if problems:
        raise LedgerError(problems)
    places = [f"{name}:{number}" for number in range(first_row, first_row + len(table))]
    policies = [_policy(row, where, problems) for row, where in zip(table, places, strict=True)]
    problems += _repeated_ids([policy.id for policy in policies], places)
    if problems:
        raise LedgerError(problems)
    return {policy.id: policy for policy in policies}


def _column_problems(columns: set[str], name: str) -> Iterator[Problem]:
    """Which columns a table of policies lacks, and which it should not have."""
    for column in NEEDED:
        if column not in columns:
            hint = f"a table of policies needs {', '.join(NEEDED)}"
            yield Problem(name, f"has no column {column}", hint)
    for column in sorted(columns - set(POLICY_COLUMNS)):
        hint = did_you_mean(column, POLICY_COLUMNS)
        yield Problem(f"{name} {column}", "is no column of policies", hint)


def _repeated_ids(ids: list[str], places: list[str]) -> Iterator[Problem]:
    """Each row whose id another row has, too."""
    counts = Counter(ids)
    for policy_id, where in zip(ids, places, strict=True):
        count = counts[policy_id]
        if policy_id and count > 1:
            what = f"{policy_id!r} is the id of {count} policies"
            yield Problem(f"{where} id", what, "give each its own")


def _text(cell: object) -> str:
    """A cell without the spaces around it; missing is empty, a time is its day."""
    if cell is None or type(cell).__name__ in ("NaTType", "NAType") or cell != cell:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return str(cell).strip()


def _policy(row: Mapping[str, str], where: str, problems: list[Problem]) -> Policy:
    """The policy of a row; what is wrong with it is added to the problems."""
    cells = dict.fromkeys(POLICY_COLUMNS, "") | dict(row)
    faults = list(_word_faults(cells))
    days = {column: _day(cells, column, faults) for column in DAYS}
    numbers = {column: _number(cells, column, faults) for column in NUMBERS}
    faults += _size_faults(cells["kind"], numbers)
    start = days["start"]
    end = days["end"]
    if start and end and end < start:
        faults.append(("end", f"{end} is before the start, {start}", "is the first day the start?"))
    place = ""
    try:
        place = place_code(cells["place"])
    except LedgerError as error:
        faults.append(("place", str(error), ""))
    problems += [Problem(f"{where} {column}", what, hint) for column, what, hint in faults]
    texts = {c: cells[c] for c in POLICY_COLUMNS if c not in (*DAYS, *NUMBERS, "place")}
    return Policy(
        **texts,
        place=place,
        start=start or dt.date.min,  # a policy without a start is a problem and never returned
        end=end,
        announced=days["announced"],
        end_announced=days["end_announced"],
        price_share=numbers["price_share"],
        quota=numbers["quota"],
        amount=numbers["amount"],
        price=numbers["price"],
    )


def _word_faults(cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with an id and with the words of the vocabularies."""
    if not cells["id"]:
        yield "id", "is empty", "name the policy, e.g. nz-2024-01-clean-car-discount"
    for column, words in _VOCABULARIES.items():
        word = cells[column]
        is_missing = not word and column == "kind"
        if is_missing or (word and word not in words):
            hint = did_you_mean(word, words, f"one of {', '.join(words[:6])}")
            yield column, f"{word!r} is unknown", hint


def _day(
    cells: Mapping[str, str], column: str, faults: list[tuple[str, str, str]]
) -> dt.date | None:
    """The day of a cell; of a month or a year of announcement, its last day."""
    text = cells[column]
    if not text:
        if column == "start":
            faults.append((column, "is empty", "give the day from which it holds, e.g. 2024-01-01"))
        return None
    try:
        if column in ("start", "end"):
            return as_date(text)
        period = publication(text)
    except PeriodError as error:
        faults.append((column, str(error), ""))
        return None
    return period.end if period else None


def _number(
    cells: Mapping[str, str], column: str, faults: list[tuple[str, str, str]]
) -> float | None:
    """The number of a cell."""
    text = cells[column]
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if abs(value) < float("inf"):  # neither infinite nor missing
        return value
    faults.append((column, f"{text!r} is no number", "write digits alone, e.g. 7500 or 0.13"))
    return None


def _size_faults(kind: str, numbers: Mapping[str, float | None]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the sizes of a policy."""
    share = numbers["price_share"] or 0.0
    if abs(share) > 1:
        hint = "write it as a part of one: 7,500 of 57,700 is 0.13"
        yield "price_share", f"{share:g} is more than the price", hint
    if share < 0 and kind != "step":
        hint = "only a step down has a share below 0; of what ends, give what it was worth"
        yield "price_share", f"{share:g} is below 0", hint
    for column in ("quota", "amount", "price"):
        value = numbers[column] or 0.0
        if value < 0:
            yield column, f"{value:g} is below 0", "give how much it is"
