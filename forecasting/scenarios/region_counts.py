"""Counts of the parts of a country beside those of the whole, and how far its electric cars stand
together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.measures import DIVIDED_BY

REGISTER = "vehicle_stock"
OF_USE = ("ev_stock", REGISTER)  # counts by which use follows where the electric cars stand
# Share of the vehicles in parts that are not counted, below which it is the difference of two days
LEAST_REMAINDER = 0.02
MAX_DAYS_APART = 45  # days between the count of a part and that of the country


class PartCount(NamedTuple):
    """A count of a part of a country, and what was counted of the whole about that day."""

    fact: Fact
    whole: float

    @property
    def share(self) -> float:
        """Of the whole."""
        return self.fact.value / self.whole


class PartCounts(NamedTuple):
    """What is counted of the parts of a country: the newest count of each measure and part, by
    part; and caveats about counts that cannot be, which are left out.
    """

    newest: Sequence[PartCount]
    faults: Sequence[Caveat]


def part_counts(ledger: Ledger, place: str, as_of: dt.date) -> PartCounts:
    """The newest count of each part of a country beside which the country's own lies within 45
    days.

    More electric cars than the part has vehicles, or more of anything than the country has, cannot
    be.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    place : str
        ISO code of the country.
    as_of : date
        Nothing published later.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> counts = part_counts(central_asia(), "UZ", dt.date(2026, 3, 31)).newest
    >>> shares = {(count.fact.measure, count.fact.place): count.share for count in counts}
    >>> round(shares["charging_stations", "UZ-TK"], 3)
    0.586
    >>> part_counts(central_asia(), "TM", dt.date(2026, 3, 31)).newest
    []
    """
    facts = _exact_stocks(ledger, as_of)
    parts = [fact for fact in facts if fact.place.startswith(f"{place}-")]
    faults = {fact.id: _above(fact, fact.place, limit) for fact, limit in _beyond_register(parts)}
    possible_parts = [part for part in parts if part.id not in faults]
    wholes = [fact for fact in facts if fact.place == place]
    newest: dict[tuple[str, str], PartCount] = {}
    for part, whole in _counts_of_one_time(possible_parts, wholes):
        if part.value > whole.value:
            faults.setdefault(part.id, _above(part, place, whole.value))
        elif part.value < whole.value:
            newest.setdefault((part.place, part.measure), PartCount(part, whole.value))
    return PartCounts([newest[key] for key in sorted(newest)], [*faults.values()])


def _exact_stocks(ledger: Ledger, as_of: dt.date) -> list[Fact]:
    """What was counted to the digit on a day, of all places."""
    return [
        fact
        for fact in ledger.select(kind=("outcome", "estimate"), as_of=as_of)
        if fact.is_exact and fact.period_end and fact.quantity in ("", "stock")
    ]


def _counts_of_one_time(
    parts: Sequence[Fact], wholes: Sequence[Fact]
) -> Iterator[tuple[Fact, Fact]]:
    """Counts of parts, each with those of the country that one agency made about that day: the
    newest first, and of one day those that lie closest.
    """
    measures = (*DIVIDED_BY, REGISTER)
    pairs = [
        (abs((part.period.end - whole.period.end).days), part, whole)
        for part in parts
        if part.measure in measures and part.value > 0
        for whole in wholes
        if (part.measure, part.basis) == (whole.measure, whole.basis) and whole.value > 0
    ]
    pairs.sort(key=lambda pair: (-pair[1].period.end.toordinal(), pair[0]))
    for days_apart, part, whole in pairs:
        if days_apart <= MAX_DAYS_APART:
            yield part, whole


def _beyond_register(counts: Sequence[Fact]) -> Iterator[tuple[Fact, float]]:
    """The newest counts of electric cars of parts that are more than all vehicles of the part, and
    how many these are.
    """
    in_order = sorted(counts, key=lambda fact: fact.period.end)
    newest = {(fact.measure, fact.place): fact for fact in in_order}
    for (measure, place), fact in newest.items():
        register = newest.get((REGISTER, place))
        if measure == "ev_stock" and register and fact.value > register.value:
            yield fact, register.value


def _above(fact: Fact, place: str, limit: float) -> Caveat:
    count = {name: getattr(fact, name) for name in ("id", "measure", "place", "value")}
    return Caveat("part_above_whole", values=count | {"of": place, "limit": limit})


def concentration_of(counts: PartCounts) -> float:
    """How many times a country's electric share is that of the parts where its electric cars stand:
    the mean of the parts' own, weighed by their electric cars. 1 where no part is counted.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> day = dt.date(2026, 3, 31)
    >>> counts = [part_counts(central_asia(), place, day) for place in ("UZ", "KZ", "KG")]
    >>> [round(concentration_of(of_parts), 1) for of_parts in counts]
    [3.7, 3.1, 1.8]
    """
    electric, cars = (
        {count.fact.place: count.share for count in counts.newest if count.fact.measure == name}
        for name in OF_USE
    )
    shares = np.array([[electric[part], cars[part]] for part in electric if part in cars])
    shares = shares.reshape(-1, 2)
    remainder = np.clip(1 - shares.sum(axis=0), 0.0, None)
    if remainder[1] > LEAST_REMAINDER:
        shares = np.vstack([shares, remainder])
    return max(float((shares[:, 0] ** 2 / shares[:, 1]).sum()), 1.0)
