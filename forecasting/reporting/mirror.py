"""Trade in the mirror: what left one country for another, beside what the other says that came."""

from __future__ import annotations

from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.places import WORLD
from forecasting.evidence.words import in_words, when_words
from forecasting.periods import Period
from forecasting.reporting.labels import label_of
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.display import Table

MIRROR = TableForm(
    [
        Column("what left", lambda row: label_of(row["left"].measure)),
        Column("left", lambda row: _amount_words(row["left"])),
        Column("what arrived", lambda row: label_of(row["arrival"].measure)),
        Column("arrived", lambda row: _amount_words(row["arrival"])),
        Column("times", lambda row: f"{row['ratio']:.1f}"),
        Column("facts", "{left.id}, {arrival.id}"),
    ],
    nothing="Nothing has been printed by both sides.",
)
# What leaves, and what arrives of it
MIRROR_MEASURES = {"ev_export_value": "ev_import_value", "vehicle_exports": "car_imports"}


def mirror_table(ledger: Ledger, place: str, origin: str = "CN") -> Table:
    """What left for a country beside what arrived there, in the periods that are most alike.

    Parameters
    ----------
    ledger : Ledger
        The facts of both countries.
    place, origin : str
        Where the vehicles arrived, and where they came from.

    Returns
    -------
    Table
        A row for each printed amount that left: the two amounts with their measures and periods,
        and how many times the one arrived by the month as left by the month.

    Examples
    --------
    >>> import forecasting as fc
    >>> table = fc.tables.mirror_table(fc.datasets.central_asia(), "UZ")
    >>> table.frame.loc[0, "left"], table.frame.loc[0, "times"]
    ('244 million USD in Jan–Jun 2025', '1.1')
    """
    rows = []
    for left_measure, arrived_measure in MIRROR_MEASURES.items():
        arrivals = [
            fact
            for fact in ledger.select(place, arrived_measure, partner=None)
            if fact.partner in (origin, WORLD) and _is_amount(fact)
        ]
        for fact in filter(_is_amount, ledger.select(origin, left_measure, partner=place)):
            arrival = max(arrivals, key=lambda row: _likeness(row, fact.period), default=None)
            if arrival is None or not arrival.period.overlap(fact.period):
                continue
            ratio = _by_the_month(arrival) / _by_the_month(fact)
            rows.append({"left": fact, "arrival": arrival, "ratio": ratio})
    return MIRROR.table(rows)


def _is_amount(fact: Fact) -> bool:
    return fact.is_amount and fact.is_exact and fact.value > 0


def _likeness(fact: Fact, period: Period) -> tuple[float, bool]:
    """Which part of the days of two periods is common to both, and whether one partner is meant."""
    overlap = fact.period.overlap(period)
    return overlap / (fact.period.days + period.days - overlap), fact.partner != WORLD


def _by_the_month(fact: Fact) -> float:
    return fact.value / len([*fact.period.months()])


def _amount_words(fact: Fact) -> str:
    return f"{in_words(fact)} {when_words(fact.period)}"
