"""Facts drawn as what they are.

A total is a line as long as its period, at the height of its yearly rate, so that those of a month,
of four months and of a year can be compared. A stock is a point, a bound a triangle, an approximate
number an open point, and each agency's definition has its own colour. A growth is drawn where its
base was printed; shares are left to the tables.

An axis counts years: a whole number is the middle of a year for a flow, and its end for a stock.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from forecasting.evidence.bases import basis_name, same_perimeter
from forecasting.evidence.fact import Fact
from forecasting.evidence.rules import COUNTED
from forecasting.evidence.words import in_words, period_words, when_words
from forecasting.periods import Period, year
from forecasting.quantities import BOUNDS, quantity_of
from forecasting.reporting.figures.drawing import (
    ACCENTS,
    INK,
    Trace,
    points,
    words_at,
)
from forecasting.reporting.labels import readable

# Of a bound: its symbol, how its number is signed, and where that stands
BOUND = {1: ("triangle-up", ">", "top center"), -1: ("triangle-down", "<", "bottom center")}

text = partial(words_at, size=11.5, color=INK)


@dataclass(frozen=True)
class Mark:
    """One fact ready to be drawn: its span, its height in units a year (or its level), and its
    words.
    """

    period: Period
    height: float
    basis: str
    relation: str
    stock: bool
    label: str
    hover: str

    @property
    def side(self) -> int:
        """What bound it is: 1 from below, -1 from above, 0 of a number."""
        return BOUNDS.get(self.relation, 0)

    @property
    def symbol(self) -> str:
        """What stands in its middle: nothing but the line itself of an exact total."""
        if self.side:
            return BOUND[self.side][0]
        if self.relation != "equals":
            return "circle-open"
        return ("line-ew", "circle")[self.stock]

    @property
    def middle(self) -> float:
        """The middle of the period on an axis of years."""
        return (self.start + self.end) / 2

    @property
    def start(self) -> float:
        """Where the period begins on an axis of years."""
        return on_axis(self.period.start, self.stock)

    @property
    def end(self) -> float:
        """Where it ends."""
        return on_axis(self.period.end + dt.timedelta(days=1), self.stock)

    @property
    def whole_year(self) -> bool:
        """Whether the period is one calendar year."""
        return self.period == year(self.period.start.year)


def on_axis(day: dt.date, stock: bool = False) -> float:
    """The place of a day's beginning on an axis of years."""
    passed = (day - dt.date(day.year, 1, 1)).days / year(day.year).days
    return round(day.year + passed - (1.0 if stock else 0.5), 3)


def marks(facts: Iterable[Fact], measure: str) -> list[Mark]:
    """The counts of one measure that have a height, in order of time: their own, or a printed total
    a year before. Targets and claims are no counts, and stay out.

    Parameters
    ----------
    facts : Ledger, or iterable of Fact
        Facts of any measures.
    measure : str
        Which measure.
    """
    own = [fact for fact in facts if fact.measure == measure and _counts_some(fact)]
    counted = [_mark(fact) for fact in own if fact.is_rate or (fact.is_count and fact.stock)]
    printed = {
        (mark.basis, mark.period): mark
        for mark in counted
        if mark.relation == "equals" and not mark.stock
    }
    changes = (_implied(fact, printed) for fact in own if fact.is_change)
    return sorted([*counted, *filter(None, changes)], key=attrgetter("period", "height"))


def _counts_some(fact: Fact) -> bool:
    return fact.kind in COUNTED and fact.of_world and fact.value > 0


def _mark(fact: Fact) -> Mark:
    period = fact.period
    height = fact.value
    label = f"{height:,.10g}"
    if fact.stock:
        period = Period(period.end, period.end)
    else:
        height = yearly_rate(height, period, fact.quantity)
    if fact.declared.daily:
        label += " a day"
    return Mark(period, height, fact.basis, fact.relation, fact.stock, label, _hover(fact, period))


def _implied(fact: Fact, printed: Mapping[tuple[str, Period], Mark]) -> Mark | None:
    """The total that a growth or a difference on the year implies, where its base was printed and
    itself was not.
    """
    period = fact.period
    base = printed.get((fact.basis, period.year_before()))
    if base is None or (fact.basis, period) in printed:
        return None
    before = base.height / yearly_rate(1.0, base.period)
    value = fact.declared.after(before, fact.value)
    relation = fact.relation
    if relation == "equals":
        relation = "about"
    hover = f"{_hover(fact, period)}<br>on {readable(before)} the year before"
    height = yearly_rate(value, period)
    return Mark(period, height, fact.basis, relation, False, readable(value), hover)


def _hover(fact: Fact, period: Period) -> str:
    """What a pointer shows of a fact: statement, period, basis, source; escaped."""
    who = f"{fact.source}, {fact.published} ({fact.id})"
    lines = (in_words(fact), period_words(period), basis_name(fact.basis), who)
    first, *others = (html.escape(words, quote=False) for words in lines if words)
    return "<br>".join((f"<b>{first}</b>", *others))


def yearly_rate(value: float, period: Period, quantity: str = "total") -> float:
    """A period's total as a rate per year.

    Parameters
    ----------
    value : float
        The total.
    period : Period
        Of which it is.
    quantity : str
        What the value is, where it is no total.

    Examples
    --------
    >>> from forecasting.periods import span
    >>> yearly_rate(2544.0, span("2023-01-01", "2023-04-30")), yearly_rate(2180.0, year(2022))
    (7738.0, 2180.0)
    """
    return quantity_of(quantity).yearly(value, period.days, year(period.end.year).days)


def basis_colours(names: Sequence[str], main: str | None = None) -> dict[str, str]:
    """A colour for each basis: ink for the one that is forecast (or the most frequent), accents for
    the others.
    """
    order = sorted(dict.fromkeys(names), key=lambda name: (name != main, -names.count(name), name))
    palette = (INK, *ACCENTS) * (len(order) // 6 + 1)
    return dict(zip(order, palette, strict=False))


def fact_traces(shown: list[Mark], main: str | None = None) -> Iterator[Trace]:
    """The traces of facts, one for each basis, however many facts there are, and their labels.

    Parameters
    ----------
    shown : list of Mark
        From `marks`.
    main : str, optional
        The basis whose numbers are printed beside them; the most frequent if not given.
    """
    colours = basis_colours([mark.basis for mark in shown], main)
    for basis, colour in colours.items():
        mine = [mark for mark in shown if mark.basis == basis]
        yield _of_basis(mine, basis_name(basis), colour)
    yield from _limits(shown)
    yield from _counts(like_the_main(shown, main))


def like_the_main(known: Sequence[Mark], main: str | None = None) -> list[Mark]:
    """The counts of a basis, by default the most frequent, after those that count the same; no
    bounds.
    """
    names = [mark.basis for mark in known]
    if main not in names:
        main = next(iter(basis_colours(names)), "")
    counts = [mark for mark in known if not mark.side]
    alike = [mark for mark in counts if mark.basis == main or same_perimeter(mark.basis, main)]
    return sorted(alike, key=lambda mark: mark.basis == main)


def _of_basis(mine: list[Mark], basis: str, colour: str) -> Trace:
    """The facts of a basis: each is as long as its period, its symbol says what it is."""
    symbols = [mark.symbol for mark in mine]
    look = {"color": colour, "size": 8, "symbol": symbols, "line": {"color": colour, "width": 1.5}}
    half = [round((mark.end - mark.start) / 2, 4) for mark in mine]
    length = {"type": "data", "array": half, "thickness": 2.5, "width": 0, "color": colour}
    return at_marks(mine, **look) | {
        "error_x": length,
        "name": basis or "counted",
        "showlegend": True,
    }


def at_marks(shown: Sequence[Mark], **look: Any) -> Trace:
    """A point at the middle of each mark."""
    hover = [mark.hover for mark in shown]
    return points([mark.middle for mark in shown], [mark.height for mark in shown], hover, **look)


def _counts(free: list[Mark]) -> Iterator[Trace]:
    """Numbers of the main basis: whole years, the newest of all, and the stocks at the end of a
    year with their change on the year before.
    """
    ends = stocks_by_year(free)
    newest = sorted(free, key=lambda mark: mark.end)[-1:]
    labels = {mark: f"{mark.label} {when_words(mark.period)}" for mark in newest}
    labels |= {mark: mark.label for mark in free if mark.whole_year}
    for when, mark in ends.items():
        labels[mark] = mark.label
        if before := ends.get(when - 1):
            labels[mark] += f"<br>{mark.height - before.height:+,.0f}"
    x = [mark.middle for mark in labels]
    yield text(x, [mark.height for mark in labels], [*labels.values()], "top center")


def stocks_by_year(counts: Iterable[Mark]) -> dict[int, Mark]:
    """Of each year the stock that was counted next to its end, if it was within ten weeks."""
    ends: dict[int, Mark] = {}
    stocks = [mark for mark in counts if mark.stock]
    for mark in sorted(stocks, key=lambda mark: -abs(mark.middle - round(mark.middle))):
        if abs(mark.middle - round(mark.middle)) < 0.2:
            ends[round(mark.middle)] = mark
    return dict(sorted(ends.items()))


def _limits(shown: list[Mark]) -> Iterator[Trace]:
    """Of each year's bounds on one side the one that says most, in print."""
    bounds = sorted((mark for mark in shown if mark.side), key=lambda mark: mark.side * mark.height)
    for mark in {(mark.period.end.year, mark.side): mark for mark in bounds}.values():
        _, sign, position = BOUND[mark.side]
        yield text([mark.middle], [mark.height], [f"{sign} {mark.label}"], position)
