"""Facts drawn as what they are.

A total is a bar as long as its period, at the height of its yearly rate, so that bars of a month,
of four months and of a year can be compared and their areas are vehicles. A bound is an arrow, an
approximate number is dashed, a stock is a point, and each agency's definition has its own colour. A
growth is drawn where its base was printed; shares are left to the tables.
"""

from __future__ import annotations

import html
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from forecasting.evidence.bases import basis_name
from forecasting.evidence.fact import Fact
from forecasting.evidence.rules import COUNTED
from forecasting.evidence.words import in_words, period_words, when_words
from forecasting.periods import Period, year
from forecasting.quantities import BOUNDS, quantity_of
from forecasting.reporting.figures.drawing import (
    ACCENTS,
    INK,
    Trace,
    bars,
    error_bar,
    hovering,
    line,
    points,
    tint,
    words_at,
)
from forecasting.reporting.labels import readable

HALF_YEAR = 183  # days
MANY_YEARS = 7  # in one chart, so that a label has no room for its period
DAY = 86_400_000  # milliseconds, the unit of a bar's width on a time axis
REACH = 0.16  # of an arrow, in units of the log
# Of a bound: its side, and how its arrow and its number are drawn
ARROWS = ((1, "triangle-up", ">", "top center"), (-1, "triangle-down", "<", "bottom center"))

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
    def look(self) -> str:
        """How it is drawn: a point of a stock, the solid top of an exact total, or a dotted one."""
        if self.stock:
            return "point"
        return "solid" if self.relation == "equals" else "dot"

    @property
    def tip(self) -> float:
        """Where the arrow of a bound ends, on the side that is possible."""
        return self.height * math.exp(REACH * self.side)

    @property
    def middle(self) -> str:
        """The middle of the period, as an ISO day."""
        return (self.period.start + (self.period.end - self.period.start) / 2).isoformat()

    @property
    def first_year(self) -> int:
        """The year in which its period begins."""
        return self.period.start.year

    @property
    def last_year(self) -> int:
        """The year in which its period ends."""
        return self.period.end.year

    @property
    def whole_year(self) -> bool:
        """Whether the period is one calendar year."""
        return self.period == year(self.first_year)


def marks(facts: Iterable[Fact], measure: str, kinds: tuple[str, ...] = COUNTED) -> list[Mark]:
    """The facts of one measure that have a height, in order of time: their own, or a printed total
    a year before.

    Parameters
    ----------
    facts : Ledger, or iterable of Fact
        Facts of any measures.
    measure : str
        Which measure.
    kinds : tuple of str
        Kinds of facts that are drawn; targets and claims are not outcomes and stay out unless asked
        for.
    """
    sized = [fact for fact in facts if fact.measure == measure and _is_drawn(fact, kinds)]
    counted = [_mark(fact) for fact in sized if fact.is_rate or (fact.is_count and fact.stock)]
    printed = {(mark.basis, mark.period): mark for mark in counted if mark.look == "solid"}
    changes = [_implied(fact, printed) for fact in sized if fact.is_change]
    shown = [*counted, *filter(None, changes)]
    return sorted(shown, key=lambda mark: (mark.period, mark.height))


def _is_drawn(fact: Fact, kinds: tuple[str, ...]) -> bool:
    """Whether it has a size that a chart may show; what has come since the launch has no height
    among flows of a year.
    """
    return fact.kind in kinds and fact.of_world and fact.value > 0


def _mark(fact: Fact) -> Mark:
    period = fact.period
    height = fact.value
    label = readable(height)
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


def fact_traces(
    shown: list[Mark], main: str | None = None, among: Sequence[Mark] = ()
) -> Iterator[Trace]:
    """The traces of facts, a handful for each basis, however many facts there are.

    Parameters
    ----------
    shown : list of Mark
        From `marks`.
    main : str, optional
        The basis whose numbers are printed beside them; the most frequent if not given.
    among : sequence of Mark, optional
        Those of all charts that must agree in their colours.
    """
    colours = basis_colours([mark.basis for mark in among or shown], main)
    groups: dict[str, list[Mark]] = {}
    for mark in shown:
        groups.setdefault(mark.basis, []).append(mark)
    order = [basis for basis in colours if basis in groups]
    for basis in order:
        yield from _of_basis(groups[basis], basis_name(basis), colours[basis])
    yield from _limits(shown)
    if order:
        printed = main if main in groups else order[0]
        yield from _counts(groups[printed], shown[0])


def _of_basis(mine: list[Mark], basis: str, colour: str) -> Iterator[Trace]:
    """Tops and areas of the totals, points of the stocks, arrows of the bounds; the first of them
    names the basis in the legend.
    """
    looks: dict[str, list[Mark]] = {"solid": [], "dot": [], "point": []}
    for mark in mine:
        looks[mark.look].append(mark)
    totals = looks["solid"] + looks["dot"]
    traces = [
        _tops(looks["solid"], colour, "solid"),
        _tops(looks["dot"], colour, "dot"),
        _points(looks["point"], colour),
        _areas([*outermost(totals)], colour),
        *_arrows(mine, colour),
    ]
    first, *others = (trace | {"legendgroup": basis} for trace in traces if trace["x"])
    yield first | {"name": basis or "counted", "showlegend": True}
    yield from others


def outermost(totals: list[Mark]) -> Iterator[Mark]:
    """The totals that get an area: counted, and within no longer one: areas do not pile up."""
    counted = [mark for mark in totals if not mark.side]
    for mark in counted:
        around = (other for other in counted if other.period.days > mark.period.days)
        if not any(other.period.overlap(mark.period) == mark.period.days for other in around):
            yield mark


def _areas(totals: list[Mark], colour: str) -> Trace:
    widths = [mark.period.days * DAY for mark in totals]
    heights = [mark.height for mark in totals]
    trace = bars([mark.middle for mark in totals], heights, tint(colour, 0.1))
    return trace | {"width": widths, "showlegend": False}


def _tops(totals: list[Mark], colour: str, dash: str) -> Trace:
    """The tops of the bars, each as long as its period, the gaps between them left open."""
    x: list[str | None] = []
    y: list[float] = []
    hover: list[str] = []
    for mark in totals:
        x += [mark.period.start.isoformat(), mark.middle, mark.period.end.isoformat(), None]
        y += [mark.height, mark.height, mark.height, math.nan]
        hover += ["", mark.hover, "", ""]
    return line(x, y, colour, dash=dash, showlegend=False, name="", **hovering(hover))


def _points(stocks: list[Mark], colour: str) -> Trace:
    symbols = ["circle" if mark.relation == "equals" else "circle-open" for mark in stocks]
    edge = {"width": 1.5, "color": colour}
    return _marked(
        stocks, [mark.height for mark in stocks], colour, size=9, symbol=symbols, line=edge
    )


def _marked(shown: list[Mark], heights: list[float], colour: str, **marker: Any) -> Trace:
    hover = [mark.hover for mark in shown]
    return points([mark.middle for mark in shown], heights, hover, color=colour, **marker)


def _arrows(mine: list[Mark], colour: str) -> Iterator[Trace]:
    """An arrow from the bound into the side that is possible."""
    for side, symbol, *_ in ARROWS:
        bounds = [mark for mark in mine if mark.side == side]
        tips = [mark.tip for mark in bounds]
        starts = [mark.height for mark in bounds]
        stems = error_bar(map(min, starts, tips), tips, map(max, starts, tips))
        look = {"error_y": stems | {"thickness": 2.5, "color": colour}}
        yield _marked(bounds, tips, colour, symbol=symbol) | look


def _counts(mine: list[Mark], first: Mark) -> Iterator[Trace]:
    """Numbers of the main basis: whole years, each year's last stock, the newest part-year."""
    free = [mark for mark in mine if not mark.side]
    last = {mark.last_year: mark for mark in free if mark.stock}
    whole = [mark for mark in free if mark.whole_year or mark in last.values()]
    yield from _printed(whole, "", "top center")
    newest = max(free, key=lambda mark: (mark.period.end, mark.period.days), default=first)
    if newest in free and newest not in whole:
        yield _newest(newest, first)


def _newest(mark: Mark, first: Mark) -> Trace:
    words = mark.label
    if mark.last_year - first.first_year <= MANY_YEARS:
        words += f" {when_words(mark.period)}"
    if mark.period.days > HALF_YEAR or mark == first:
        return text([mark.middle], [mark.height], [words], "top center")
    # Left of a short bar, over last year's lower one
    return text([mark.period.start.isoformat()], [mark.height], [f"{words} "], "middle left")


def _limits(shown: list[Mark]) -> Iterator[Trace]:
    """Of each year's bounds on one side the one that says most, in print."""
    for side, _, sign, position in ARROWS:
        bounds = [mark for mark in shown if mark.side == side]
        bounds.sort(key=lambda mark: side * mark.height)
        yield from _printed({mark.last_year: mark for mark in bounds}.values(), sign, position)


def _printed(some: Collection[Mark], sign: str, position: str) -> Iterator[Trace]:
    if some:
        words = [f"{sign} {mark.label}".strip() for mark in some]
        yield text([mark.middle for mark in some], [mark.tip for mark in some], words, position)
