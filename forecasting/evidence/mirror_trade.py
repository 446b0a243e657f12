"""Trade in the mirror: what left one country for another, beside what the other says that came.

>>> from forecasting.evidence.datasets import central_asia
>>> pair = next(mirror_pairs(central_asia(), "KG", "CN"))
>>> pair.left.value, pair.arrival.value, round(pair.ratio, 1)
(57000.0, 79131.0, 1.3)
"""

from collections.abc import Iterator
from typing import NamedTuple

from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.places import WORLD

# What leaves, and what arrives of it
MIRROR_MEASURES = {"ev_export_value": "ev_import_value", "vehicle_exports": "car_imports"}


class MirrorPair(NamedTuple):
    """What left, what arrived in the period most alike, and how many times as much by the month."""

    left: Fact
    arrival: Fact
    ratio: float


def mirror_pairs(ledger: Ledger, place: str, origin: str) -> Iterator[MirrorPair]:
    """Each printed amount that left for a country, with what the country printed of its arrival.

    Parameters
    ----------
    ledger : Ledger
        The facts of both countries.
    place, origin : str
        Where the vehicles arrived, and where they came from.
    """
    for left_measure, arrived_measure in MIRROR_MEASURES.items():
        arrivals = [
            fact
            for fact in ledger.select(place, arrived_measure, partner=None)
            if fact.partner in (origin, WORLD) and _is_amount(fact)
        ]
        for fact in filter(_is_amount, ledger.select(origin, left_measure, partner=place)):
            arrival = max(arrivals, key=lambda row: _likeness(row, fact.period), default=None)
            if arrival is not None and arrival.period.overlap(fact.period):
                yield MirrorPair(fact, arrival, _by_the_month(arrival) / _by_the_month(fact))


def _is_amount(fact: Fact) -> bool:
    return fact.is_amount and fact.is_exact and fact.value > 0


def _likeness(fact: Fact, period: Period) -> tuple[float, bool]:
    """Which part of the days of two periods is common to both, and whether one partner is meant."""
    overlap = fact.period.overlap(period)
    return overlap / (fact.period.days + period.days - overlap), fact.partner != WORLD


def _by_the_month(fact: Fact) -> float:
    return fact.value / len([*fact.period.months()])
