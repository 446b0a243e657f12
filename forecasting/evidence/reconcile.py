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
from collections.abc import Iterable, Iterator
from itertools import combinations, permutations
from math import inf, isnan
from typing import Any, NamedTuple

import pandas as pd

from forecasting.evidence.bases import basis_name, basis_words
from forecasting.evidence.fact import Fact
from forecasting.evidence.identities import identities
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import number_text
from forecasting.periods import Period

__all__ = ["conflicts", "nesting", "revisions"]

ABOUT = 0.05  # "about" is read as within 5 % when two statements are compared
IGNORED = ("target", "event", "judgement")

Row = dict[str, Any]


class Allowed(NamedTuple):
    """A printed or implied quantity, as the range of values that it allows."""

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
    def known(self) -> dt.date:
        """When it was published; the end of time where that is not known."""
        return self.fact.known_from or dt.date.max

    def __str__(self) -> str:
        return amount(self.value)


def amount(value: float) -> str:
    """A number as a sentence writes it.

    >>> amount(2544.0), amount(410.4)
    ('2,544', '410.4')
    """
    return f"{value:,.0f}" if float(value).is_integer() else number_text(round(value, 4))


def _range(fact: Fact) -> tuple[float, float]:
    low, high = fact.value - fact.tolerance, fact.value + fact.tolerance
    if fact.relation == "about":
        return min(low, fact.value * (1 - ABOUT)), max(high, fact.value * (1 + ABOUT))
    return -inf if fact.side < 0 else low, inf if fact.side > 0 else high


def _printed(facts: Iterable[Fact]) -> Iterator[Allowed]:
    for fact in facts:
        if not isnan(fact.value) and fact.is_amount and fact.period_end:
            yield Allowed(fact.id, fact, fact.period, fact.quantity, fact.value, *_range(fact))


def _implied(facts: list[Fact]) -> Iterator[Allowed]:
    """The base of the year before: total less difference, or total over growth, both printed by one
    agency.
    """
    totals = {_key(fact): fact for fact in facts if fact.quantity == "total" and fact.is_exact}
    for change in facts:
        total = totals.get(_key(change))
        if total is None or change.relation != "equals" or not change.is_change:
            continue
        (low, high), step = _range(total), change.tolerance
        base = change.declared.before(total.value, change.value)
        least = change.declared.before(low, change.value + step)
        most = change.declared.before(high, change.value - step)
        if change.declared.is_percent and least <= round(base) <= most:
            base = float(round(base))
        yield Allowed(
            f"{total.id} less a year",
            change,
            change.period.year_before(),
            "total",
            base,
            least,
            most,
        )


def _key(fact: Fact) -> tuple[object, ...]:
    return (
        fact.measure,
        fact.place,
        fact.partner,
        fact.basis,
        fact.product,
        fact.period_start,
        fact.period_end,
    )


def _statements(ledger: Ledger) -> list[Allowed]:
    facts = [fact for fact in ledger if fact.kind not in IGNORED and not _repeats(fact)]
    return [*_printed(facts), *_implied(facts)]


def _repeats(fact: Fact) -> bool:
    """A context fact that refers to the fact which it repeats."""
    return fact.kind == "context" and bool(fact.reference)


def _pairs(statements: Iterable[Allowed]) -> Iterator[tuple[Allowed, Allowed]]:
    """Statements of one quantity over one period whose ranges do not meet, the earlier first."""
    groups: dict[tuple[object, ...], list[Allowed]] = defaultdict(list)
    for statement in statements:
        when = statement.period.end if statement.quantity == "stock" else statement.period
        groups[(*statement.series, when)].append(statement)
    for group in groups.values():
        for first, later in combinations(sorted(group, key=lambda s: (s.known, s.name)), 2):
            if first.low > later.high or later.low > first.high:
                yield first, later


def _what(first: Allowed) -> Row:
    names = ("measure", "place", "partner", "quantity")
    return {**dict(zip(names, first.series, strict=True)), "period": _when(first)}


def _when(statement: Allowed) -> str:
    return (
        str(statement.fact.period_end) if statement.quantity == "stock" else statement.period.label
    )


def _subject(statement: Allowed) -> str:
    fact = statement.fact
    partner = "" if fact.partner == "World" else f" with {fact.partner}"
    return f"{fact.place}{partner} {fact.measure} {_when(statement)}"


_PAIR = ("measure", "place", "partner", "quantity", "period")


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
        One row per pair, the widest first: measure, place, partner, quantity, period, why (``same
        agency``, ``two agencies`` or ``two definitions``), fact_a, fact_b, basis_a, basis_b,
        value_a, value_b, ratio (the larger over the smaller) and a sentence. An agency's own later
        print is in `revisions`.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> conflicts(central_asia().select("TJ", "ev_imports"))["sentence"].iloc[0]
    'TJ ev_imports 2023: 1,500 (Ministry of Transport) against 3,316 (Customs Service), a factor of 2.21'
    """
    statements = _statements(ledger)
    pairs = [(a, b) for a, b in _pairs(statements) if not _reprint(a, b)]
    rows = [_conflict(a, b, f"{_subject(a)}: ", "against") for a, b in pairs]
    rows += [
        _conflict(a, b, f"{_subject(a)}, within {_when(b)}: ", "above")
        for a, b in _outgrown(statements)
    ]
    columns = [
        *_PAIR,
        "why",
        "fact_a",
        "fact_b",
        "basis_a",
        "basis_b",
        "value_a",
        "value_b",
        "ratio",
        "sentence",
    ]
    return _table(rows, columns).sort_values(
        "ratio", ascending=False, kind="stable", ignore_index=True
    )


def _reprint(a: Allowed, b: Allowed) -> bool:
    """One agency, one definition, two dates of publication."""
    return a.fact.basis == b.fact.basis and a.fact.product == b.fact.product and a.known != b.known


def _conflict(a: Allowed, b: Allowed, subject: str, word: str) -> Row:
    ratio = max(a.value, b.value) / max(min(a.value, b.value), 1e-12)
    who_a, who_b = (basis_name(one.fact.basis) or one.name for one in (a, b))
    said = f"{a} ({who_a}) {word} {b} ({who_b}), a factor of {ratio:.2f}"
    names = {"fact_a": a.name, "fact_b": b.name, "basis_a": a.fact.basis, "basis_b": b.fact.basis}
    values = {"value_a": a.value, "value_b": b.value, "ratio": ratio, "sentence": subject + said}
    return {**_what(a), "why": _why(a, b), **names, **values}


def _outgrown(statements: list[Allowed]) -> Iterator[tuple[Allowed, Allowed]]:
    """A part of a period that is more than the whole of it."""
    totals = [statement for statement in statements if statement.quantity == "total"]
    for part, whole in permutations(totals, 2):
        inside = whole.period.start <= part.period.start and part.period.end <= whole.period.end
        if (
            inside
            and part.low > whole.high
            and part.series == whole.series
            and part.period != whole.period
        ):
            yield part, whole


def _why(a: Allowed, b: Allowed) -> str:
    if a.fact.product != b.fact.product:
        return "two definitions"
    return "same agency" if a.fact.basis == b.fact.basis else "two agencies"


def revisions(ledger: Ledger) -> pd.DataFrame:
    """What one agency printed first, and what it printed or implied later for the same period.

    Parameters
    ----------
    ledger : Ledger
        Any facts.

    Returns
    -------
    pandas.DataFrame
        measure, place, partner, quantity, period, basis, first, first_known, later, later_known,
        change_percent, fact_first, fact_later, sentence.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> revisions(central_asia().select("UZ", "ev_imports"))["period"].tolist()
    ['2021-01..2021-06', '2022-01', '2022-01..2022-06', '2024-01..2024-09']
    """
    rows = []
    for a, b in _pairs(_statements(ledger)):
        if not _reprint(a, b):
            continue
        change = 100 * (b.value / a.value - 1) if a.value else inf
        said = (
            f"{_subject(a)}{basis_words(' ({})', a.fact.basis)}: {a} became {b} ({change:+.1f} %)"
        )
        times = {"first": a.value, "first_known": a.known, "later": b.value, "later_known": b.known}
        names = {
            "change_percent": change,
            "fact_first": a.name,
            "fact_later": b.name,
            "sentence": said,
        }
        rows.append({**_what(a), "basis": a.fact.basis, **times, **names})
    columns = [*_PAIR, "basis", "first", "first_known", "later", "later_known"]
    table = _table(rows, [*columns, "change_percent", "fact_first", "fact_later", "sentence"])
    return table.sort_values(["place", "measure", "period"], kind="stable", ignore_index=True)


def nesting(ledger: Ledger) -> pd.DataFrame:
    """The sums that printed figures must obey, and whether they close.

    Periods that follow each other add up to the period that they fill (1,668 + 876 = 2,544);
    partners do not exceed the world, and reach it where the others are printed too; a part of the
    trade over the whole is the printed share; a stock is no more than the vehicles that came.

    Parameters
    ----------
    ledger : Ledger
        Any facts; select with ``partner=None`` to keep the partners.

    Returns
    -------
    pandas.DataFrame
        identity (``periods``, ``partners``, ``share``, ``stock``), measure, place, period, basis,
        parts, whole, gap (parts less whole), closes, sentence; what does not close comes first.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> table = nesting(central_asia().select("UZ", "ev_imports", partner=None))
    >>> table.loc[table["period"] == "2022", "sentence"].iloc[0]
    'UZ ev_imports 2022 (Statistics Agency, battery cars): partners sum to 2,180 of 2,180: closes'
    """
    columns = [
        "identity",
        "measure",
        "place",
        "period",
        "basis",
        "parts",
        "whole",
        "gap",
        "closes",
        "sentence",
    ]
    return _table(identities(ledger), columns).sort_values(
        "closes", kind="stable", ignore_index=True
    )


def _table(rows: Iterable[Row], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns)
