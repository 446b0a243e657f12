"""The sums that printed figures must obey: periods, partners, shares, stocks. `reconcile.nesting`
is their table.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from forecasting.evidence.bases import basis_words
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import number_text
from forecasting.measures import EV_FLOWS

__all__ = ["identities"]

Row = dict[str, Any]
Series = tuple[str, str, str, str]
DAY = dt.timedelta(days=1)


def identities(ledger: Ledger) -> Iterator[Row]:
    """Every identity that the ledger's facts allow to test."""
    facts = [fact for fact in ledger if fact.kind not in ("target", "event", "judgement")]
    flows: dict[Series, list[Fact]] = defaultdict(list)
    for fact in facts:
        if (
            fact.quantity == "total"
            and fact.relation == "equals"
            and fact.period_start
            and fact.value == fact.value
        ):
            flows[(fact.measure, fact.place, fact.basis, fact.product)].append(fact)
    for series in flows.values():
        yield from _periods([fact for fact in series if fact.partner == "World"])
        yield from _partners(series)
    yield from _shares(ledger, facts)
    yield from _stocks(facts, flows)


def _row(identity: str, whole: Fact, parts: float, total: float, closes: bool, said: str) -> Row:
    end = str(whole.period_end) if whole.quantity == "stock" else whole.period.label
    basis = basis_words(" ({})", whole.basis)
    verdict = "closes" if closes else f"does not close, by {_digits(abs(parts - total))}"
    return {
        "identity": identity,
        "measure": whole.measure,
        "place": whole.place,
        "period": end,
        "basis": whole.basis,
        "parts": parts,
        "whole": total,
        "gap": parts - total,
        "closes": closes,
        "sentence": f"{whole.place} {whole.measure} {end}{basis}: {said}: {verdict}",
    }


def _digits(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else number_text(round(value, 2))


def _periods(series: list[Fact]) -> Iterator[Row]:
    """Two periods, one after the other, fill a third."""
    facts = {fact.period: fact for fact in series if fact.kind != "context"}
    starts = defaultdict(list)
    for fact in facts.values():
        starts[fact.period.start].append(fact)
    for first in facts.values():
        for rest in starts[first.period.end + DAY]:
            for whole in starts[first.period.start]:
                if whole.period.end == rest.period.end:
                    total = first.value + rest.value
                    gap, slack = (
                        total - whole.value,
                        first.tolerance + rest.tolerance + whole.tolerance,
                    )
                    said = f"{_digits(first.value)} + {_digits(rest.value)} against {_digits(whole.value)}"
                    yield _row("periods", whole, total, whole.value, abs(gap) <= slack, said)


def _partners(series: list[Fact]) -> Iterator[Row]:
    """Partners do not exceed the world; with the others printed too, they reach it."""
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in series:
        if fact.kind != "context":
            groups[fact.period.label].append(fact)
    for group in groups.values():
        parts = [
            fact
            for fact in group
            if fact.partner not in ("World", "central-asia-5") and "+" not in fact.partner
        ]
        joined = [fact for fact in group if "+" in fact.partner or fact.partner == "central-asia-5"]
        for world in (fact for fact in group if fact.partner == "World"):
            whole = any(fact.partner == "other" for fact in parts)
            for some in [parts, *([fact] for fact in joined)]:
                if some:
                    yield _partner_row(world, some, whole and some is parts)


def _partner_row(world: Fact, parts: list[Fact], complete: bool) -> Row:
    total = sum(fact.value for fact in parts)
    slack = world.tolerance + sum(fact.tolerance for fact in parts)
    closes = abs(total - world.value) <= slack if complete else total - world.value <= slack
    who = "partners sum" if len(parts) > 1 else f"{parts[0].partner} comes"
    return _row(
        "partners",
        world,
        total,
        world.value,
        closes,
        f"{who} to {_digits(total)} of {_digits(world.value)}",
    )


def _shares(ledger: Ledger, facts: list[Fact]) -> Iterator[Row]:
    """A printed part over the printed whole is the printed share."""
    ids = {fact.id: fact for fact in ledger}
    amounts = {
        (f.measure, f.place, f.partner, f.basis, f.period_start, f.period_end): f
        for f in facts
        if f.quantity == "total"
    }
    for share in facts:
        whole = ids.get(share.reference)
        part = amounts.get(
            (
                share.measure,
                share.place,
                share.partner,
                share.basis,
                share.period_start,
                share.period_end,
            )
        )
        if (
            share.declared.says == "share"
            and whole
            and part
            and part.id != whole.id
            and whole.value > 0
        ):
            percent = 100 * part.value / whole.value
            slack = share.tolerance + percent * (
                part.tolerance / part.value + whole.tolerance / whole.value
            )
            said = f"{_digits(part.value)} of {_digits(whole.value)} is {percent:.2f} %, printed {_digits(share.value)} %"
            yield _row(
                "share", share, percent, share.value, abs(percent - share.value) <= slack, said
            )


def _stocks(facts: list[Fact], flows: dict[Series, list[Fact]]) -> Iterator[Row]:
    """A stock is no more than what came, as far back as one agency printed it."""
    for stock in facts:
        if stock.measure != "ev_stock" or stock.value != stock.value or not stock.is_exact:
            continue
        for (measure, place, basis, _), series in flows.items():
            if place == stock.place and basis == stock.basis and measure in EV_FLOWS:
                chain = _chain(
                    [fact for fact in series if fact.partner == "World"], stock.period.end
                )
                if chain:
                    came = sum(fact.value for fact in chain)
                    since = min(fact.period.start for fact in chain).year
                    said = (
                        f"{_digits(stock.value)} against {_digits(came)} of {measure} since {since}"
                    )
                    yield _row("stock", stock, came, stock.value, stock.value <= came * 1.01, said)


def _chain(series: list[Fact], end: dt.date) -> list[Fact]:
    """Totals that follow each other up to a day, the longest period first."""
    chain: list[Fact] = []
    while ending := [fact for fact in series if fact.period.end == end]:
        longest = max(ending, key=lambda fact: fact.period.days)
        chain.append(longest)
        end = longest.period.start - DAY
    return chain
