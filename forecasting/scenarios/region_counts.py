"""Counts of the parts of a country beside those of the whole, and how far its electric cars stand
together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import pandas as pd

from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.measures import DIVIDED_BY
from forecasting.vocabulary.places import place_name

ELECTRIC = "ev_stock"
REGISTER = "vehicle_stock"
OF_USE = (ELECTRIC, REGISTER)  # counts by which use follows where the electric cars stand
# Share of the vehicles in parts that are not counted, below which it is the difference of two days
LEAST_REMAINDER = 0.02
MAX_DAYS_APART = 45  # days between the count of a part and that of the country


class PartCount(NamedTuple):
    """A count of a part of a country, and the country's own of the same agency and time."""

    fact: Fact
    whole: Fact

    @property
    def days_apart(self) -> int:
        """Between the two counts."""
        return abs((self.fact.period.end - self.whole.period.end).days)

    @property
    def share(self) -> float:
        """Of the part in the whole."""
        return self.fact.value / self.whole.value


def region_shares(
    ledger: Ledger, place: str, as_of: dt.date, measures: Collection[str] = tuple(DIVIDED_BY)
) -> pd.DataFrame:
    """Shares of the parts of a country in its vehicles and its stations, from counts of the same
    time.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    place : str
        ISO code of the country.
    as_of : datetime.date
        Nothing published later.
    measures : collection of str
        What is counted.

    Returns
    -------
    pandas.DataFrame
        ``id, measure, place, name, day, share`` of the newest count of each part beside which the
        country's own lies within 45 days; empty where nothing is printed.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> shares = region_shares(central_asia(), "UZ", dt.date(2026, 3, 31))
    >>> stations = shares[shares["measure"] == "charging_stations"].set_index("place")["share"]
    >>> round(float(stations["UZ-TK"]), 3)
    0.586
    >>> len(region_shares(central_asia(), "TM", dt.date(2026, 3, 31)))
    0
    """
    counts, _ = _part_counts(ledger, place, as_of, measures)
    rows = [
        (
            count.fact.id,
            count.fact.measure,
            count.fact.place,
            place_name(count.fact.place),
            pd.Timestamp(count.fact.period.end),
            count.share,
        )
        for count in counts
    ]
    return pd.DataFrame(rows, columns=["id", "measure", "place", "name", "day", "share"])


def concentration_of(ledger: Ledger, place: str, as_of: dt.date) -> float:
    """How many times a country's electric share is that of the parts where its electric cars stand:
    the mean of the parts' own, weighed by their electric cars. 1 where no part is counted.

    Parameters
    ----------
    ledger, place, as_of
        As of `region_shares`.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> day = dt.date(2026, 3, 31)
    >>> [round(concentration_of(central_asia(), place, day), 1) for place in ("UZ", "KZ", "KG")]
    [3.7, 3.1, 1.8]
    """
    counts, _ = _part_counts(ledger, place, as_of, OF_USE)
    electric, vehicles = (
        {count.fact.place: count.share for count in counts if count.fact.measure == measure}
        for measure in OF_USE
    )
    parts = [(electric[part], vehicles[part]) for part in electric if part in vehicles]
    if not parts:
        return 1.0
    electric_left, vehicles_left = (
        max(1 - sum(shares), 0.0) for shares in zip(*parts, strict=True)
    )
    if vehicles_left > LEAST_REMAINDER:
        parts.append((electric_left, vehicles_left))
    return max(sum(share**2 / of_vehicles for share, of_vehicles in parts), 1.0)


def part_faults(ledger: Ledger, place: str, as_of: dt.date) -> list[Caveat]:
    """Counts of parts of a country that cannot be: more electric cars than the part has vehicles,
    or more than the country has. They are left out.

    Parameters
    ----------
    ledger, place, as_of
        As of `region_shares`.
    """
    _, faults = _part_counts(ledger, place, as_of, tuple(DIVIDED_BY))
    return [Caveat("part_above_whole", values=fault) for fault in faults]


def _part_counts(
    ledger: Ledger, place: str, as_of: dt.date, measures: Collection[str]
) -> tuple[list[PartCount], list[dict[str, Any]]]:
    """The newest count of each part beside which the country's own lies, by part and measure, and
    counts that cannot be, which are left out.
    """
    facts = [
        fact
        for fact in ledger.select(kind=("outcome", "estimate"), as_of=as_of)
        if fact.measure in (*measures, *OF_USE) and fact.place.partition("-")[0] == place
        # A growth or a share is no count
        if fact.is_exact and fact.is_amount and fact.period_end and fact.value > 0
    ]
    beyond = _beyond_their_register(fact for fact in facts if fact.place != place)
    faults = {fact.id: _fault(fact, fact.place, limit) for fact, limit in beyond}
    counts = [
        PartCount(fact, whole)
        for fact in facts
        if fact.place != place and fact.measure in measures and fact.id not in faults
        for whole in facts
        if whole.place == place
        if (whole.measure, whole.basis) == (fact.measure, fact.basis)
    ]
    newest: dict[tuple[str, str], PartCount] = {}
    for count in sorted(counts, key=lambda count: (count.fact.period.end, -count.days_apart)):
        fact = count.fact
        if count.days_apart > MAX_DAYS_APART:
            continue
        if count.share > 1:
            faults.setdefault(fact.id, _fault(fact, place, count.whole.value))
        elif count.share < 1:
            newest[fact.place, fact.measure] = count
    return [newest[key] for key in sorted(newest)], [*faults.values()]


def _fault(fact: Fact, place: str, limit: float) -> dict[str, Any]:
    """What a caveat says of a count that is more than a place has."""
    return {
        "id": fact.id,
        "measure": fact.measure,
        "place": fact.place,
        "value": fact.value,
        "of": place,
        "limit": limit,
    }


def _beyond_their_register(counts: Iterable[Fact]) -> list[tuple[Fact, float]]:
    """The newest counts of electric cars of parts that are more than all vehicles of the part."""
    in_order = sorted(counts, key=lambda fact: fact.period.end)
    newest = {(fact.measure, fact.place): fact for fact in in_order}
    pairs = [
        (fact, newest[REGISTER, part].value)
        for (measure, part), fact in newest.items()
        if measure == ELECTRIC and (REGISTER, part) in newest
    ]
    return [(fact, limit) for fact, limit in pairs if fact.value > limit]
