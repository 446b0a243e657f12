"""Trade in the mirror as a table."""

from __future__ import annotations

from forecasting.evidence.fact import MEASURE_WHEN, Fact, in_words, label_of, place_term, when_words
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.reconcile import mirror_pairs
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.display import Table

MIRROR = TableForm(
    [
        Column("what left", lambda row: label_of(row["left"].measure)),
        Column("left", lambda row: _amount_words(row["left"])),
        Column("what arrived", lambda row: label_of(row["arrival"].measure)),
        Column("arrived", lambda row: _amount_words(row["arrival"])),
        Column("times", "{ratio:.1f}"),
        Column("facts", "{left.id}, {arrival.id}", look="id"),
    ],
    caption="From {origin} to {place}",
    nothing="Nothing has been printed by both sides.",
)


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
    >>> table.caption
    'From China to Uzbekistan'
    >>> table.frame.loc[0, "left"], table.frame.loc[0, "times"]
    ('244 million USD in Jan–Jun 2025', '1.1')
    """
    pairs = [pair._asdict() for pair in mirror_pairs(ledger, place, origin)]
    return MIRROR.table(pairs, place=place_term(place), origin=place_term(origin))


def _amount_words(fact: Fact) -> str:
    return sentence(MEASURE_WHEN, measure=in_words(fact), when=when_words(fact.period))
