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
`quota`   a privilege for a number of vehicles from ``start`` on, until it is used up or until
          ``end``, at the latest the end of the year. With ``end_announced`` it was used up on
          ``end``; until then the day is a forecast (:mod:`forecasting.growth.quotas`)
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
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from forecasting.evidence.checking import checked_rows
from forecasting.evidence.rules import (
    MEANINGS,
    Faults,
    FoundRow,
    Row,
    cell_text,
    column_problems,
    day_faults,
    finite_number,
    number_faults,
    place_faults,
    print_faults,
    publication,
    word_faults,
)
from forecasting.vocabulary.errors import LedgerError, PeriodError, Problem
from forecasting.vocabulary.files import AnyPath, read_text
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.names import DATA
from forecasting.vocabulary.periods import Period, as_date
from forecasting.vocabulary.places import find_place, place_code

if TYPE_CHECKING:
    import pandas as pd

    from forecasting.evidence.fact import Fact

POLICY_KINDS = ("ends", "begins", "blocked", "step", "quota")
# The Eurasian Economic Union, whose duties are those of its members
UNION = "EAEU"
UNION_MEMBERS = ("AM", "BY", "KG", "KZ", "RU")
BATTERY_CARS = ("battery-cars", "electric-cars", "")  # classes of vehicle that hold all of them
POLICY_SIZES = ("quota", "remainder", "amount", "price")
POLICY_NUMBERS = ("price_share", "buyer_share", *POLICY_SIZES)
PRINTS = ("announced", "end_announced", "remainder_on")  # a day, a month or a year
POLICY_MEANINGS = {  # of the columns, in their order
    "id": "its name; scenarios refer to it",
    "place": MEANINGS["place"],
    "kind": "what changes: a privilege ends or begins, trade is blocked, a level steps, a quota",
    "start": "first day with the change; of what ends, the first day without the privilege",
    "end": "last day of it; of a blocked trade, the day of its release",
    "announced": "day, month or year: since when the start is known",
    "end_announced": "day, month or year: since when the end is known; empty: with the start",
    "measure": "what it moves; a row of forecasting/data/measures.csv",
    "vehicles": "class of vehicle",
    "origin": "where the vehicles are built, where that matters",
    "dated_by": "which day of a purchase decides: delivery (or registration, customs), or order",
    "price_share": "part of a price that the privilege is worth; below 0: a step down",
    "buyer_share": "part of the buyers who take it, of a loan or a voucher; empty: all",
    "quota": "how many vehicles or stations it is for",
    "remainder": "how many of a quota were left",
    "remainder_on": "day, month or year at whose end so many were left",
    "amount": "printed worth for one vehicle, in the currency",
    "price": "printed price of which the amount is a part",
    "currency": "ISO 4217",
    "price_of": "which price: average, example, limit of the privilege, or a rate of tax",
} | {column: MEANINGS[column] for column in ("source", "url", "quote", "note")}
POLICY_COLUMNS = tuple(POLICY_MEANINGS)
REQUIRED_POLICY_COLUMNS = ("id", "place", "kind", "start")
POLICIES_TABLE = DATA / "policies.csv"
POLICY_VOCABULARIES = {
    "kind": POLICY_KINDS,
    "measure": tuple(MEASURES),
    "price_of": ("average", "example", "limit", "rate"),  # what a price share is of
    "origin": ("imported", "local"),
    "dated_by": ("delivery", "order"),  # which day of a purchase decides
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
        `ends`, `begins`, `blocked`, `step` or `quota`; the module says what the dates of each mean.
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
    buyer_share : float or None
        The part of the buyers who take the privilege, where it is not all of them: those who buy
        with a loan. ``quota`` and ``price_share`` are then of these buyers alone.
    quota : float or None
        How many vehicles (or stations) the privilege is for.
    remainder : float or None
        How many of a quota were left at the end of the day `remainder_on`.
    remainder_on : datetime.date or None
        That day.
    open_on : datetime.date or None
        The day of the forecast, by which nobody had reported that a quota that had begun was used
        up; no column.
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
    buyer_share: float | None = None
    quota: float | None = None
    remainder: float | None = None
    remainder_on: dt.date | None = None
    open_on: dt.date | None = None
    amount: float | None = None
    price: float | None = None
    currency: str = ""
    price_of: str = ""
    source: str = ""
    url: str = ""
    quote: str = ""
    note: str = ""

    @property
    def last_day(self) -> dt.date:
        """The last day on which a quota holds: of one without an end, that of its year."""
        return self.end or dt.date(self.start.year, 12, 31)

    @property
    def beginning_id(self) -> str:
        """The name of the change with which a quota begins."""
        return f"{self.id}-begins"

    @property
    def is_open_quota(self) -> bool:
        """Whether it is a quota of which no day is known on which it was used up."""
        return self.kind == "quota" and self.end_announced is None

    def of_all_buyers(self) -> Policy:
        """The policy as the flow of all buyers feels it: its worth is the mean over those who take
        the privilege and those who do not, and its quota lasts for as many buyers more.

        Examples
        --------
        >>> loans = Policy("mine", "UZ", "quota", dt.date(2026, 9, 1), quota=15_000.0,
        ...                price_share=0.1, buyer_share=0.25)
        >>> of_all = loans.of_all_buyers()
        >>> of_all.quota, of_all.price_share
        (60000.0, 0.025)
        """
        if self.buyer_share is None:
            return self
        share = self.buyer_share

        def of_all(number: float | None, factor: float) -> float | None:
            return None if number is None else number * factor

        return replace(
            self,
            price_share=of_all(self.price_share, share),
            buyer_share=None,
            quota=of_all(self.quota, 1 / share),
            remainder=of_all(self.remainder, 1 / share),
        )

    def is_known(self, day: dt.date) -> bool:
        """Whether the policy was known on a day: once announced, else once it had begun.

        Examples
        --------
        >>> import datetime as dt
        >>> credit = read_policies()["us-2025-10-tax-credit"]
        >>> credit.is_known(dt.date(2025, 7, 3)), credit.is_known(dt.date(2025, 7, 4))
        (False, True)
        """
        return self.known_from <= day

    @property
    def known_from(self) -> dt.date:
        """The day from which the policy was known."""
        return self.announced or self.start

    def as_known(self, day: dt.date) -> Policy | None:
        """The policy as it was known on a day; None of one that was announced later.

        One without a day of announcement is taken to have been known.

        Examples
        --------
        >>> import datetime as dt
        >>> testing = read_policies()["uz-2024-11-testing"]
        >>> testing.as_known(dt.date(2025, 3, 1)).end is None
        True
        """
        if self.announced and self.announced > day:
            return None
        on_day = self
        if self.end_announced and self.end_announced > day:
            on_day = replace(on_day, end=None, end_announced=None)
        if self.remainder_on and self.remainder_on > day:
            on_day = replace(on_day, remainder=None, remainder_on=None)
        if on_day.is_open_quota and on_day.start <= day:
            on_day = replace(on_day, open_on=day)
        return on_day


def read_policies(path: AnyPath | None = None) -> dict[str, Policy]:
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
    file = Path(POLICIES_TABLE if path is None else path)
    text = read_text(file, LedgerError, "give a CSV file in UTF-8")
    table = csv.DictReader(io.StringIO(text, newline=""))
    return checked_policies([*table], file.name, first_row=2, columns=table.fieldnames or ())


@cache
def shipped_policies() -> Mapping[str, Policy]:
    """The policies that ship, by id, read once.

    >>> shipped_policies()["uz-2024-11-testing"].place
    'UZ'
    """
    return MappingProxyType(read_policies())


def policies_of(place: str | None) -> list[Policy]:
    """The policies that ship of a place, and of the union that it is a member of.

    >>> {policy.place for policy in policies_of("KZ")} == {"KZ", "EAEU"}
    True
    """
    places = {place, UNION} if place in UNION_MEMBERS else {place}
    return [policy for policy in shipped_policies().values() if policy.place in places]


def checked_policies(
    rows: Iterable[Mapping[str, object]],
    name: str = "policies",
    *,
    first_row: int = 1,
    columns: Iterable[str] | None = None,
    one_place: bool = False,
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
    one_place : bool
        Whether all rows are of one place, known elsewhere: then ids and places may be left out.

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
    forecasting.LedgerError: policies:1 kind: 'end' is unknown (did you mean ends?)
    """
    table = [*rows]
    if columns is None:
        columns = table[0] if table else REQUIRED_POLICY_COLUMNS
    kind = "a table of policies"
    required = REQUIRED_POLICY_COLUMNS[2:] if one_place else REQUIRED_POLICY_COLUMNS
    if problems := [*column_problems(name, [*columns], required, POLICY_COLUMNS, kind)]:
        raise LedgerError(problems)
    texts = _texts(table, one_place)
    checked = [FoundRow(f"{name}:{line}", cells) for line, cells in enumerate(texts, first_row)]
    unsaid = ("place",) if one_place else ()
    if problems := checked_rows(checked, unsaid, rules=_faults):
        raise LedgerError(problems)
    policies = {cells["id"]: _typed(cells) for cells in texts}
    if problems := _overlaps(policies, {row.cells["id"]: row.where for row in checked}):
        raise LedgerError(problems)
    return policies


def _texts(table: Iterable[Mapping[str, object]], one_place: bool) -> list[Row]:
    """The rows of a table as texts; where ids may be left out, with one for each."""
    texts = [{column: cell_text(row.get(column)) for column in POLICY_COLUMNS} for row in table]
    for number, cells in enumerate(texts, start=1):
        if one_place:
            cells["id"] = cells["id"] or f"policy {number}"
    return texts


def _faults(row: Row) -> Faults:
    """Everything that is wrong with the row of a policy."""
    yield from word_faults(row, POLICY_VOCABULARIES, {*POLICY_VOCABULARIES} - {"kind"})
    if not row["start"]:
        yield "start", "is empty", "give the day from which it holds, e.g. 2024-01-01"
    yield from day_faults(row, "start", "end")
    for column in PRINTS:
        yield from print_faults(row, column)
    yield from number_faults(row, POLICY_NUMBERS, POLICY_SIZES)
    share = finite_number(row["price_share"]) or 0.0
    if abs(share) > 1:
        hint = "write it as a part of one: 7,500 of 57,700 is 0.13"
        yield "price_share", f"{share:g} is more than the price", hint
    part = finite_number(row["buyer_share"])
    if part is not None and not 0 < part <= 1:
        hint = "write it as a part of one: of four buyers one with a loan is 0.25"
        yield "buyer_share", f"{part:g} is no part of the buyers", hint
    if share < 0 and row["kind"] != "step":
        hint = "only a step down has a share below 0; of what ends, give what it was worth"
        yield "price_share", f"{share:g} is below 0", hint
    if row["kind"] == "quota":
        yield from _quota_faults(row)
    yield from place_faults(row, "place")


def _quota_faults(row: Row) -> Faults:
    """What is wrong with the numbers of a quota."""
    quota = finite_number(row["quota"]) or 0.0
    # What is no number, or below 0, is told of every cell alike
    if not row["quota"] or finite_number(row["quota"]) == 0:
        yield "quota", "is empty or 0", "say for how many vehicles the quota is, e.g. 15000"
    remainder = finite_number(row["remainder"]) or 0.0
    if remainder > quota > 0:
        fault = f"{remainder:,.0f} is above the quota of {quota:,.0f}"
        yield "remainder", fault, "give how many were left"
    if row["remainder"] and not row["remainder_on"]:
        yield "remainder_on", "is empty beside a remainder", "give its day, e.g. 2026-06-30"
    with suppress(PeriodError):  # what is no day is told of every cell alike
        counted = publication(row["remainder_on"])
        if counted and counted.end < as_date(row["start"]):
            fault = f"{row['remainder_on']} lies before the start, {row['start']}"
            yield "remainder_on", fault, "give the day on which so many were left"


def _overlaps(policies: Mapping[str, Policy], places: Mapping[str, str]) -> list[Problem]:
    """Two quotas that hold on one day for one flow."""
    problems = []
    quotas = [policy for policy in policies.values() if policy.kind == "quota"]
    for number, quota in enumerate(quotas):
        for other in quotas[:number]:
            same = (quota.place, quota.measure) == (other.place, other.measure)
            if same and quota.start <= other.last_day and other.start <= quota.last_day:
                fault = f"overlaps {other.id}, which holds until {other.last_day}"
                hint = "let one quota end before the next begins"
                problems.append(Problem(f"{places[quota.id]} start", fault, hint))
    return problems


def _typed(row: Row) -> Policy:
    """The policy of a row without faults."""
    cells: dict[str, Any] = {**row}
    cells["place"] = place_code(row["place"]) if row["place"] else ""
    for column in ("start", "end"):
        cells[column] = as_date(row[column]) if row[column] else None
    for column in PRINTS:
        print_period = publication(row[column])
        cells[column] = print_period and print_period.end
    for column in POLICY_NUMBERS:
        cells[column] = finite_number(row[column])
    return Policy(**cells)


def facts_of_quotas(policies: Iterable[Policy], flow: Iterable[Fact]) -> list[Fact]:
    """What was printed of how far quotas were used, as totals of the flow since their first day.

    Parameters
    ----------
    policies : iterable of Policy
        Of one flow: of a quota with a remainder, the total is the number less the remainder; of one
        that is used up, the number.
    flow : iterable of Fact
        Facts of the flow; the first is the pattern for place, measure, basis and unit.

    Examples
    --------
    >>> from forecasting.evidence.fact import Fact
    >>> fact = Fact(id="a", measure="ev_imports", place="AM", relation="equals", value=9,
    ...             period_start="2023-01-01", period_end="2023-12-31")
    >>> day = dt.date(2024, 7, 31)
    >>> quota = Policy("b", "AM", "quota", dt.date(2024, 1, 1), quota=7400.0, remainder=2563.0,
    ...                remainder_on=day)
    >>> print(*facts_of_quotas([quota], [fact]))
    Armenia, electric vehicles imported, 2024-01..2024-07: 4,837 vehicles
    """
    facts = []
    quotas = [policy for policy in policies if policy.kind == "quota"]
    for pattern, quota in product([*flow][:1], quotas):
        number = quota.quota or 0.0
        counts = {}
        if quota.remainder_on:
            counts[quota.remainder_on] = number - (quota.remainder or 0.0)
        if quota.end and quota.end_announced:
            counts[quota.end] = number
        for day, value in counts.items():
            statement = {"relation": "equals", "quantity": "total", "value": value}
            days = {"period_start": quota.start, "period_end": day, "published": Period(day, day)}
            name = {"id": f"{quota.id}, used by {day}", "reference": "", "rounding": 0.5}
            facts.append(pattern.model_copy(update=statement | days | name))
    return facts


def policies_in_force(
    table: pd.DataFrame, facts: Sequence[Fact], place: str | None, day: dt.date | None
) -> tuple[Policy, ...]:
    """The policies of a table that were known on the day of the forecast and concern its flow.

    Parameters
    ----------
    table : DataFrame
        As `checked_policies` takes its rows.
    facts : sequence of Fact
        What the flow is forecast from.
    place : str or None
        Where, besides the place of the facts.
    day : date or None
        Of the forecast; None for the last on which a fact was published or a policy announced.

    Raises
    ------
    LedgerError
        With every problem of the rows, and for a quota of another flow.
    """
    text_columns = table.rename(columns=str)
    cells = [
        {str(name): cell for name, cell in row.items()} for row in text_columns.to_dict("records")
    ]
    rows = [*checked_policies(cells, columns=[*text_columns], one_place=True).values()]
    measures = {"", *(fact.measure for fact in facts)}
    places = {"", find_place(place or ""), *(fact.place for fact in facts)}
    last_day = day or _last_day(facts, rows)
    published = [policy.of_all_buyers().as_known(last_day) for policy in rows]
    of_place = [policy for policy in published if policy and _concerns(policy.place, places)]
    _refuse_other_quotas(of_place, measures)
    return tuple(policy for policy in of_place if _concerns(policy.measure, measures))


def _refuse_other_quotas(policies: Sequence[Policy], measures: set[str]) -> None:
    for policy in policies:
        if policy.kind == "quota" and not _concerns(policy.measure, measures):
            raise LedgerError.at(
                f"{policy.id} measure",
                f"{policy.measure} is another flow than {max(measures)}",
                "leave the quota out, or give one of the flow that is forecast",
            )


def _last_day(facts: Sequence[Fact], policies: Sequence[Policy]) -> dt.date:
    """The day of the forecast: the last on which a fact was published or a policy announced. Where
    no fact tells when, also the last that facts, or the printed remainders and ends of quotas,
    cover.
    """
    days = [_day_of(fact) for fact in facts]
    days += [policy.announced for policy in policies]
    if not any(fact.published for fact in facts):
        quotas = [policy for policy in policies if policy.kind == "quota"]
        days += [day for quota in quotas for day in (quota.remainder_on, quota.end_announced)]
    return max(filter(None, days), default=dt.date.max)


def facts_by(day: dt.date, facts: Iterable[Fact]) -> list[Fact]:
    """The facts that were published by a day; of those that do not tell when, what had passed.

    Parameters
    ----------
    day : date
        Of a forecast.
    facts : iterable of Fact
        Of any day.
    """
    return [fact for fact in facts if (_day_of(fact) or day) <= day]


def _day_of(fact: Fact) -> dt.date | None:
    """The day on which a fact was published; where that is not known, the last that it covers."""
    return fact.known_from or fact.period_end


def _concerns(name: str, forecast_names: set[str]) -> bool:
    """Whether a policy's place or measure is one of the forecast's; facts that name none take
    any.
    """
    return name in forecast_names or forecast_names == {""}
