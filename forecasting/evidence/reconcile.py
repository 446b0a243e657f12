"""What does not agree: two agencies on one period, an agency with its own later print, and sums
that do not close.

Disagreement is shown, never settled here: each result is a table with one sentence per row. A
growth or a difference on the year before implies a base, and that base is compared as if it had
been printed.

>>> from forecasting.evidence.datasets import central_asia
>>> uz = central_asia().select("UZ", "ev_imports")
>>> print(revisions(uz).loc[lambda table: table["period"] == "2022-01..2022-06", "sentence"].item())
UZ ev_imports 2022-01..2022-06 (Statistics Agency, battery cars): 1,125 became 1,114 (-1.0 %)
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import combinations, permutations
from math import inf, isnan
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import pandas as pd

from forecasting.evidence.bases import basis_name, is_part, shipped_bases
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.catalogues import digits
from forecasting.vocabulary.measures import CAR_COUNTS, DRIVES
from forecasting.vocabulary.periods import DAY, Period
from forecasting.vocabulary.places import REGION, WORLD
from forecasting.vocabulary.sentences import sentence

ABOUT = 0.05  # "about" is read as within 5 % when two statements are compared
IGNORED = ("target", "event", "judgement")

CONFLICT = [
    "measure", "period", "why", "fact_a", "fact_b", "basis_a", "basis_b", "value_a", "value_b",
    "ratio", "sentence",
]  # fmt: skip
REVISION = ["place", "measure", "period", "basis", "first", "later", "change_percent", "sentence"]
SUM = ["identity", "period", "parts", "whole", "gap", "closes", "sentence"]
# What is counted, where and by whom; and with whom and when
SERIES = attrgetter("measure", "place", "basis", "product")
TRADE = attrgetter("measure", "place", "partner", "basis", "product", "period_start", "period_end")

# What disagrees, or is a sum, and with what
TWO_AGENCIES = "two agencies"
TWO_DEFINITIONS = "two definitions"
SAME_AGENCY = "same agency"
AGAINST = (
    "{place}[ with {partner}] {measure} {when}: {value} ({by}) against {other_value} ({other}), "
    "a factor of {ratio:.2f}[; {reasons}]"
)
ABOVE = (
    "{place}[ with {partner}] {measure} {when}, within {whole}: {value} ({by}) above "
    "{other_value} ({other}), a factor of {ratio:.2f}[; {reasons}]"
)
REVISION_WORDS = (
    "{place}[ with {partner}] {measure} {when}[ ({by})]: {first} became {later} ({change:+.1f} %)"
)
SUM_OF_PARTS = (
    "{place} {measure} {when}[ ({by})]: [{head} + {tail} against {whole}]"
    "[{alone} comes to {total} of {whole}][partners?partners sum to {total} of {whole}]: "
    "[closes?closes][does not close, by {gap}]"
)
BOUND_WORDS = {-1: "at most {number}", 0: "{number}", 1: "at least {number}"}

Row = tuple[Any, ...]  # in the order of the columns
Item = TypeVar("Item")


class Statement(NamedTuple):
    """A printed or implied number, as the range of values that it allows."""

    name: str
    fact: Fact
    period: Period
    quantity: str
    value: float
    low: float
    high: float

    @property
    def series(self) -> tuple[str, ...]:
        """What is counted, where and with whom."""
        return (self.fact.measure, self.fact.place, self.fact.partner, self.quantity)

    @property
    def number_key(self) -> tuple[object, ...]:
        """What is counted, where, by whom and when."""
        return (*self.series, self.fact.basis, self.fact.product, self.period)

    @property
    def published(self) -> dt.date:
        """When it was published; the end of time where that is not known."""
        return self.fact.known_from or dt.date.max

    @property
    def when(self) -> str:
        """The day or the period of which it is, as a table shows it."""
        if self.fact.is_count and self.fact.stock:
            return str(self.fact.period_end)
        return self.period.label

    def agrees_with(self, statement: Statement) -> bool:
        """Whether some value is within both ranges."""
        return self.low <= statement.high and statement.low <= self.high

    def is_revised_by(self, statement: Statement) -> bool:
        """Whether the other is what the same agency printed of the same thing on another day."""
        return SERIES(self.fact) == SERIES(statement.fact) and self.published != statement.published

    def is_replaced_by(self, statement: Statement) -> bool:
        """Whether the other is a revision by which its agency, or where none is named its source,
        takes this one back; an estimate takes no outcome back.
        """
        is_of_one = bool(self.fact.basis) or self.fact.source == statement.fact.source
        is_weaker = statement.fact.kind != "outcome" and self.fact.kind == "outcome"
        return self.is_revised_by(statement) and is_of_one and not is_weaker

    def __str__(self) -> str:
        return sentence(BOUND_WORDS[self.fact.side], number=_amount(self.value))


def conflicts(ledger: Ledger) -> pd.DataFrame:
    """Pairs of statements on one quantity and period that cannot both hold, unless they count
    different things.

    Parameters
    ----------
    ledger : Ledger
        Any facts; targets, events and judgements are left out.

    Returns
    -------
    pandas.DataFrame
        One row per pair, those of electric vehicles first and of these the widest: measure,
        period, why (``same agency``, ``two agencies`` or ``two definitions``), fact_a, fact_b,
        basis_a, basis_b, value_a, value_b, ratio (the larger over the smaller) and a sentence. An
        agency's own later print is in `revisions`, and what it replaces is in no pair.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> table = conflicts(central_asia().select("TJ", "ev_imports"))
    >>> table.loc[0, "period"], table.loc[0, "why"], f"{table.loc[0, 'ratio']:.2f}"
    ('2023', 'two agencies', '2.21')
    """
    statements = _statements(ledger)
    pairs = [*_disagreeing(statements)]
    replaced = {statement.name for statement, later in pairs if statement.is_replaced_by(later)}
    rows = [
        _conflict(statement, successor, AGAINST)
        for statement, successor in pairs
        if not statement.is_revised_by(successor)
        and not {statement.name, successor.name} & replaced
    ]
    # Of the parts of an agency that are more than a whole, the largest
    largest = {
        (total.name, part.fact.basis): (part, total) for part, total in _outgrown(statements)
    }
    rows += [_conflict(part, total, ABOVE) for part, total in largest.values()]
    # By measure, and by ratio, which stands before the sentence
    rows.sort(key=lambda row: (row[0] not in CAR_COUNTS, -row[-2]))
    return pd.DataFrame(rows, columns=CONFLICT)


def revisions(ledger: Ledger) -> pd.DataFrame:
    """What one agency printed first, and what it printed or implied later for the same period.

    Parameters
    ----------
    ledger : Ledger
        Any facts.

    Returns
    -------
    pandas.DataFrame
        place, measure, period, basis, first, later, change_percent, sentence.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> revisions(central_asia().select("UZ", "ev_imports"))["period"].tolist()
    ['2021-01..2021-06', '2022-01', '2022-01..2022-06', '2024-01..2024-09']
    """
    pairs = _disagreeing(_statements(ledger))
    rows = [
        _revision(statement, successor)
        for statement, successor in pairs
        if statement.is_revised_by(successor)
    ]
    return pd.DataFrame(sorted(rows), columns=REVISION)


def nesting(ledger: Ledger) -> pd.DataFrame:
    """The sums that printed figures must obey, and whether they close.

    Periods that follow each other add up to the period that they fill (1,668 + 876 = 2,544);
    partners do not exceed the world, and reach it where the others are printed too.

    Parameters
    ----------
    ledger : Ledger
        Any facts; select with ``partner=None`` to keep the partners.

    Returns
    -------
    pandas.DataFrame
        identity (``periods``, ``partners``), period, parts, whole, gap (parts less whole), closes,
        sentence; what does not close comes first.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> table = nesting(central_asia().select("UZ", "ev_imports", partner=None))
    >>> print(table.loc[table["period"] == "2022", "sentence"].iloc[0])
    UZ ev_imports 2022 (Statistics Agency, battery cars): partners sum to 2,180 of 2,180: closes
    """
    totals = [
        fact
        for fact in ledger
        if fact.kind not in (*IGNORED, "context")
        and (fact.quantity, fact.relation) == ("total", "equals")
        and fact.period_start
        and not isnan(fact.value)
    ]
    rows = [
        row
        for facts in _grouped(totals, SERIES).values()
        for row in (*_periods(facts), *_partners(facts))
    ]
    return pd.DataFrame(rows, columns=SUM).sort_values("closes", kind="stable", ignore_index=True)


def _grouped(items: Iterable[Item], key: Callable[[Item], Hashable]) -> dict[Hashable, list[Item]]:
    groups: dict[Hashable, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _subject(fact: Fact, when: str) -> dict[str, object]:
    """A series and a time, as a sentence names them."""
    partner = not fact.of_world and fact.partner
    return {"place": fact.place, "partner": partner, "measure": fact.measure, "when": when}


def _amount(value: float) -> str:
    return digits(f"{round(value, 4):,.12g}")


# Statements that are compared: what was printed, and the bases that changes imply.


def _statements(ledger: Ledger) -> list[Statement]:
    # A context fact that refers to another one repeats it
    facts = [
        fact
        for fact in ledger
        if fact.kind not in IGNORED and not (fact.kind == "context" and fact.reference)
    ]
    statements = [
        Statement(fact.id, fact, fact.period, fact.quantity, fact.value, *_range(fact))
        for fact in facts
        if fact.is_amount and fact.period_end and not isnan(fact.value)
    ]
    # A base that its own agency has printed alike says nothing more
    by_count = _grouped(statements, attrgetter("number_key"))
    return statements + [
        base
        for base in _implied(facts)
        if not any(base.agrees_with(statement) for statement in by_count[base.number_key])
    ]


def _range(fact: Fact) -> tuple[float, float]:
    half_width = fact.tolerance
    if fact.relation == "about":
        half_width = max(half_width, abs(fact.value) * ABOUT)
    low = fact.value - half_width
    high = fact.value + half_width
    if fact.side < 0:
        return -inf, high
    if fact.side > 0:
        return low, inf
    return low, high


def _implied(facts: list[Fact]) -> Iterator[Statement]:
    """The base of the year before: total less difference, or total over growth, both printed by one
    agency.
    """
    totals = {TRADE(fact): fact for fact in facts if fact.quantity == "total" and fact.is_exact}
    for change in facts:
        total = totals.get(TRADE(change))
        if total is None or not change.is_change or change.relation != "equals":
            continue
        previous_total = change.declared.previous_total
        low, high = _range(total)
        low_base = previous_total(low, change.value + change.tolerance)
        high_base = previous_total(high, change.value - change.tolerance)
        base = previous_total(total.value, change.value)
        if (
            low_base <= round(base) <= high_base
        ):  # vehicles are whole; a percent says them but roughly
            base = float(round(base))
        period = change.period.year_before()
        yield Statement(
            f"{total.id} less a year", change, period, "total", base, low_base, high_base
        )


def _disagreeing(statements: list[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """Statements of one quantity over one period whose ranges do not meet, the earlier first."""
    by_time = attrgetter("published", "name")
    for group in _grouped(statements, attrgetter("series", "when")).values():
        for statement, successor in combinations(sorted(group, key=by_time), 2):
            both_hold = _both_hold(statement, successor) or _both_hold(successor, statement)
            if not (both_hold or statement.agrees_with(successor)):
                yield statement, successor


def _both_hold(statement: Statement, counterpart: Statement) -> bool:
    """Whether an agency counts within what it counts in the other, as petrol cars within all, or
    something else beside it, as plug-in hybrids beside battery cars.
    """
    codes = (statement.fact.basis, counterpart.fact.basis)
    agencies = {getattr(shipped_bases().get(code), "agency", code) for code in codes}
    products = (statement.fact.product, counterpart.fact.product)
    is_part_of = is_part(*products) and statement.low <= counterpart.high
    return len(agencies) == 1 and (is_part_of or {*products} == {*DRIVES})


def _outgrown(statements: list[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """A part of a period that is more than the whole of it, the larger parts last."""
    totals = [statement for statement in statements if statement.quantity == "total"]
    totals.sort(key=attrgetter("low"))
    for group in _grouped(totals, attrgetter("series")).values():
        for part, total in permutations(group, 2):
            if part.low <= total.high or part.period == total.period:
                continue
            wider = is_part(total.fact.product, part.fact.product)
            if total.period.covers(part.period) and not wider:
                yield part, total


def _conflict(a: Statement, b: Statement, message: str) -> Row:
    fact_a = a.fact
    fact_b = b.fact
    ratio = max(a.value, b.value) / max(min(a.value, b.value), 1e-12)
    agencies = [basis_name(side.fact.basis, side.fact.measure) or side.name for side in (a, b)]
    why = TWO_AGENCIES
    if fact_a.product != fact_b.product:
        why = TWO_DEFINITIONS
        if agencies[0] == agencies[1]:
            products = [fact.product.replace("-", " ") for fact in (fact_a, fact_b)]
            agencies = [f"{agencies[0]}: {product or 'no product named'}" for product in products]
    elif fact_a.basis == fact_b.basis:
        why = SAME_AGENCY
    # What is derived, or told beside the facts, says why they disagree
    reasons = [fact.note for fact in (fact_a, fact_b) if fact.kind in ("context", "estimate")]
    words = sentence(
        message,
        **_subject(fact_a, a.when),
        whole=b.when,
        value=a,
        by=agencies[0],
        other_value=b,
        other=agencies[1],
        ratio=ratio,
        reasons="; ".join(filter(None, reasons)),
    )
    sides = (a.name, b.name, fact_a.basis, fact_b.basis, a.value, b.value)
    return (fact_a.measure, a.when, why, *sides, ratio, words)


def _revision(statement: Statement, successor: Statement) -> Row:
    fact = statement.fact
    change = 100 * (successor.value / statement.value - 1) if statement.value else inf
    words = sentence(
        REVISION_WORDS,
        **_subject(fact, statement.when),
        by=basis_name(fact.basis),
        first=statement,
        later=successor,
        change=change,
    )
    values = (statement.value, successor.value, change)
    return (fact.place, fact.measure, statement.when, fact.basis, *values, words)


# The sums that printed figures must obey.


def _sum(
    identity: str, world: Fact, parts: list[Fact], complete: bool = True, **places: object
) -> Row:
    """A sum beside the whole, which it may stay below where it is not complete."""
    total = sum(fact.value for fact in parts)
    gap = total - world.value
    slack = sum(fact.tolerance for fact in (world, *parts))
    closes = (abs(gap) if complete else gap) <= slack
    when = world.period.label
    words = sentence(
        SUM_OF_PARTS,
        **_subject(world, when),
        by=basis_name(world.basis),
        total=_amount(total),
        whole=_amount(world.value),
        closes=closes,
        gap=not closes and _amount(abs(gap)),
        **places,
    )
    return (identity, when, total, world.value, gap, closes, words)


def _periods(series: list[Fact]) -> Iterator[Row]:
    """Two periods that follow each other, and the one that they fill."""
    facts = {fact.period: fact for fact in series if fact.of_world}
    for head, tail in permutations(facts.values(), 2):
        if head.period.end + DAY != tail.period.start:
            continue
        if total := facts.get(Period(head.period.start, tail.period.end)):
            head_amount = _amount(head.value)
            yield _sum("periods", total, [head, tail], head=head_amount, tail=_amount(tail.value))


def _partners(series: list[Fact]) -> Iterator[Row]:
    """The partners of a period, each once: what several have together stands alone."""

    def group_of(fact: Fact) -> str:
        return fact.id if "+" in fact.partner or fact.partner == REGION else ""

    parts = _grouped([fact for fact in series if not fact.of_world], attrgetter("period"))
    for world in filter(attrgetter("of_world"), series):
        for group in _grouped(parts[world.period], group_of).values():
            complete = any(fact.partner == "other" for fact in group)
            partners = len(group) > 1
            alone = not partners and group[0].partner
            yield _sum("partners", world, group, complete, partners=partners, alone=alone)


# Trade in the mirror: what left one country for another, beside what the other says that came.

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

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> pair = next(mirror_pairs(central_asia(), "KG", "CN"))
    >>> pair.left.value, pair.arrival.value, round(pair.ratio, 1)
    (57000.0, 79131.0, 1.3)
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
