"""Facts drawn as what they are.

A total is a bar as long as its period, at the height of its yearly rate, so that bars of a month,
of four months and of a year can be compared and their areas are vehicles. A bound is an arrow, an
approximate number is dashed, a stock is a point, and each agency's definition has its own colour. A
growth is drawn where its base was printed; shares are left to the tables.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from forecasting.evidence.bases import basis_name
from forecasting.evidence.words import when_words
from forecasting.quantities import BOUNDS
from forecasting.reporting.figures.drawing import Trace, bar, scatter
from forecasting.reporting.figures.marks import Mark
from forecasting.reporting.figures.style import ACCENTS, INK, tint
from forecasting.reporting.labels import rounded

__all__ = ["basis_colours", "fact_traces", "outermost"]

HALF_YEAR = 183  # days
MANY_YEARS = 7  # in one chart, so that a label has no room for its period
DAY = 86_400_000  # milliseconds, the unit of a bar's width on a time axis
REACH = 0.16  # of an arrow, in units of the log


def basis_colours(names: list[str], main: str | None = None) -> dict[str, str]:
    """A colour for each basis: ink for the one that is forecast (or the most frequent), accents for
    the others.
    """
    order = sorted(dict.fromkeys(names), key=lambda name: (name != main, -names.count(name), name))
    return {
        name: ((INK, *ACCENTS) * (len(order) // 6 + 1))[place] for place, name in enumerate(order)
    }


def fact_traces(
    shown: list[Mark], main: str | None = None, colours: dict[str, str] | None = None
) -> Iterator[Trace]:
    """The traces of facts, a handful for each basis, however many facts there are.

    Parameters
    ----------
    shown : list of Mark
        From `marks`.
    main : str, optional
        The basis whose numbers are printed beside them; the most frequent if not given.
    colours : dict of str to str, optional
        For each basis, where several charts must agree.
    """
    colours = colours or basis_colours([mark.basis for mark in shown], main)
    colours = {
        basis: colour
        for basis, colour in colours.items()
        if any(mark.basis == basis for mark in shown)
    }
    for basis, colour in colours.items():
        mine = [mark for mark in shown if mark.basis == basis]
        totals = [mark for mark in mine if not mark.stock]
        name = basis_name(basis) or "counted"
        if totals:
            exact = [mark for mark in totals if mark.relation == "equals"]
            yield _areas(list(outermost(totals)), basis, colour)
            yield _lines(exact, basis, colour, name=name if exact else "")
            yield _lines(
                [mark for mark in totals if mark not in exact],
                basis,
                colour,
                "dot",
                "" if exact else name,
            )
        yield from _points(
            [mark for mark in mine if mark.stock], basis, colour, name, legend=not totals
        )
        yield from _arrows([mark for mark in mine if mark.relation in BOUNDS], basis, colour)
    yield from (trace for trace in _labels(shown, main, colours) if trace["x"])


def outermost(totals: list[Mark]) -> Iterator[Mark]:
    """The totals that get an area: counted, and within no longer one, so that areas do not pile up."""
    counted = [mark for mark in totals if mark.relation not in BOUNDS]
    for mark in counted:
        around = (other for other in counted if other.period.days > mark.period.days)
        if not any(other.period.overlap(mark.period) == mark.period.days for other in around):
            yield mark


def _areas(totals: list[Mark], basis: str, colour: str) -> Trace:
    return bar(
        x=[mark.middle for mark in totals],
        y=rounded(mark.height for mark in totals),
        width=[mark.period.days * DAY for mark in totals],
        marker={"color": tint(colour, 0.1), "line": {"width": 0}},
        legendgroup=basis_name(basis),
        showlegend=False,
        hoverinfo="skip",
    )


def _lines(
    totals: list[Mark], basis: str, colour: str, dash: str = "solid", name: str = ""
) -> Trace:
    """The tops of the bars, each as long as its period, the gaps between them left open."""
    x: list[str | None] = []
    y: list[float | None] = []
    text: list[str] = []
    for mark, height in zip(totals, rounded(mark.height for mark in totals), strict=True):
        x += [mark.period.start.isoformat(), mark.middle, mark.period.end.isoformat(), None]
        y += [height, height, height, None]
        text += ["", mark.hover, "", ""]
    return scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": 2.5, "dash": dash},
        name=name,
        legendgroup=basis_name(basis),
        showlegend=bool(name) and bool(totals),
        hovertext=text,
        hoverinfo="text",
    )


def _points(
    stocks: list[Mark], basis: str, colour: str, name: str, legend: bool
) -> Iterator[Trace]:
    if stocks:
        hollow = ["circle" if mark.relation == "equals" else "circle-open" for mark in stocks]
        yield scatter(
            x=[mark.period.end.isoformat() for mark in stocks],
            y=rounded(mark.height for mark in stocks),
            mode="markers",
            marker={
                "color": colour,
                "size": 9,
                "symbol": hollow,
                "line": {"width": 1.5, "color": colour},
            },
            name=name,
            legendgroup=basis_name(basis),
            showlegend=legend,
            hovertext=[mark.hover for mark in stocks],
            hoverinfo="text",
        )


def _arrows(bounds: list[Mark], basis: str, colour: str) -> Iterator[Trace]:
    """An arrow from the bound into the side that is possible."""
    for direction, symbol in ((1, "triangle-up"), (-1, "triangle-down")):
        mine = [mark for mark in bounds if BOUNDS[mark.relation] == direction]
        if mine:
            tips = [mark.height * math.exp(REACH * direction) for mark in mine]
            stems = [abs(tip - mark.height) for tip, mark in zip(tips, mine, strict=True)]
            side = {"array": [0] * len(mine), "arrayminus": rounded(stems)}
            yield scatter(
                x=[mark.middle for mark in mine],
                y=rounded(tips),
                mode="markers",
                marker={"color": colour, "size": 10, "symbol": symbol},
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "thickness": 2.5,
                    "width": 0,
                    "color": colour,
                }
                | (
                    side
                    if direction > 0
                    else {"array": side["arrayminus"], "arrayminus": side["array"]}
                ),
                legendgroup=basis_name(basis),
                showlegend=False,
                hovertext=[mark.hover for mark in mine],
                hoverinfo="text",
            )


def _labels(shown: list[Mark], main: str | None, colours: dict[str, str]) -> Iterator[Trace]:
    """Printed numbers at whole years and each year's last stock of the main basis, its newest
    part-year, and bounds.
    """
    mine = [
        mark
        for mark in shown
        if mark.basis == (main if main in colours else next(iter(colours), None))
    ]
    free = [mark for mark in mine if mark.relation not in BOUNDS]
    last = {mark.period.end.year: mark for mark in free if mark.stock}
    whole = [mark for mark in free if mark.whole_year or mark in last.values()]
    newest = max(free, key=lambda mark: (mark.period.end, mark.period.days), default=None)
    above = [(mark.middle, mark.height, mark.label) for mark in whole]
    if newest and newest not in whole:
        crowded = newest.period.end.year - shown[0].period.start.year > MANY_YEARS
        words = newest.label if crowded else f"{newest.label} {when_words(newest.period)}"
        if newest.period.days > HALF_YEAR or newest == shown[0]:
            above.append((newest.middle, newest.height, words))
        else:  # left of a short bar, over last year's lower one
            yield _text(
                [(newest.period.start.isoformat(), newest.height, f"{words} ")], "middle left"
            )
    yield _text(above, "top center")
    for direction, sign, position in ((1, ">", "top center"), (-1, "<", "bottom center")):
        tight = _tightest(
            [mark for mark in shown if BOUNDS.get(mark.relation) == direction], direction
        )
        tips = [mark.height * math.exp(REACH * direction) for mark in tight]
        yield _text(
            [(m.middle, tip, f"{sign} {m.label}") for m, tip in zip(tight, tips, strict=True)],
            position,
        )


def _tightest(bounds: list[Mark], direction: int) -> list[Mark]:
    """Of each year's bounds the one that says most."""
    best: dict[int, Mark] = {}
    for mark in sorted(bounds, key=lambda mark: direction * mark.height):
        best[mark.period.end.year] = mark
    return list(best.values())


def _text(labels: list[tuple[str, float, str]], position: str) -> Trace:
    return scatter(
        x=[label[0] for label in labels],
        y=rounded(label[1] for label in labels),
        text=[label[2] for label in labels],
        mode="text",
        textposition=position,
        textfont={"size": 11.5, "color": INK},
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )
