"""Fan charts: what may come, beside what was counted.

A year's total is drawn over its whole year, as facts are drawn over theirs, so a part-year fact and the forecast can be
compared by eye; a stock is drawn at the day on which it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from forecasting.evidence.bases import basis_name
from forecasting.evidence.places import PLACES, place_name
from forecasting.measures import MEASURES
from forecasting.reporting.figures.facts import basis_colours, fact_traces
from forecasting.reporting.figures.marks import Mark, marks
from forecasting.reporting.figures.style import BLUE, DEEP, MUTED, band, figure, tint
from forecasting.reporting.labels import interval, label_of, readable, rounded, unit_of
from forecasting.reporting.tables import bands

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.outlook import Outlook

__all__ = ["energy_chart", "evidence_chart", "fan_chart", "fan_traces", "stock_chart"]

SHADES = ((0.025, 0.975, "95 %", 0.12), (0.1, 0.9, "80 %", 0.2), (0.25, 0.75, "50 %", 0.3))


def fan_chart(
    outlook: Outlook,
    measure: str | None = None,
    *,
    place: str | None = None,
    facts: Ledger | None = None,
    since: int | None = None,
    until: int | None = None,
    log: bool | None = None,
) -> go.Figure:
    """The forecast of a measure with its 50, 80 and 95 % intervals, and the facts that it rests on.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    measure : str, optional
        Which measure; the one that was forecast from facts if not given.
    place : str, optional
        Which part of a corridor; the whole if not given.
    facts : Ledger, optional
        Facts to draw; those that the forecast rests on if not given.
    since, until : int, optional
        First and last year drawn.
    log : bool, optional
        A logarithmic scale; if not given, where the medians span more than a factor of thirty.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    measure = measure or outlook.scenario.measure
    part = next(part for part in outlook.parts if part.country == (place or outlook.results.country))
    wide = bands(part.table, measure).loc[outlook.first_year : until]
    every = drawn_facts(outlook, measure, part.country, facts)
    first, last = since or 0, until or outlook.scenario.horizon
    shown = [mark for mark in every if first <= mark.period.start.year and mark.period.end.year <= last]
    forecast = outlook.forecasts.get(part.country)
    main = forecast.basis if forecast else None
    chart = _frame(outlook, measure, part.country)
    chart.add_traces([*fan_traces(wide, flow=MEASURES[measure].kind == "flow")])
    chart.add_traces([*fact_traces(shown, main, basis_colours([mark.basis for mark in every], main))])
    return _scaled(chart, wide, shown, log)


def drawn_facts(outlook: Outlook, measure: str, place: str, facts: Ledger | None) -> list[Mark]:
    """The facts of a place that were known on the day of the outlook."""
    ledger = facts if facts is not None else outlook.evidence
    if ledger is None or place not in PLACES:  # the sum of a corridor's places has no facts of its own
        return []
    return marks(ledger.select(place=place, measure=measure, as_of=outlook.as_of).frame, measure)


def stock_chart(outlook: Outlook, facts: Ledger | None = None) -> go.Figure:
    """Vehicles on the road at each year's end, beside the stocks that were counted.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    facts : Ledger, optional
        Where the counted stocks are.
    """
    return fan_chart(outlook, "ev_stock", facts=facts, log=False)


def energy_chart(outlook: Outlook) -> go.Figure:
    """Electricity that the vehicles take in each year."""
    return fan_chart(outlook, "energy_gwh", log=False)


def evidence_chart(evidence: Ledger | Outlook, measure: str | None = None, *, log: bool = True) -> go.Figure:
    """The facts of a measure alone, each at its own length and height.

    Parameters
    ----------
    evidence : Ledger or Outlook
        Facts of one place.
    measure : str, optional
        Which measure; the one with most facts if not given.
    log : bool
        A logarithmic scale, on which equal growth has equal steps.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    ledger: Any = getattr(evidence, "evidence", evidence)
    measure = measure or str(ledger.frame["measure"].mode().get(0, "ev_imports"))
    shown = marks(ledger.frame, measure)
    many = f"{len(shown)} printed {'number' if len(shown) == 1 else 'numbers'}"
    flow = MEASURES[measure].kind == "flow"
    subtitle = f"{many}; a bar is as long as its period and as high as its yearly rate" if flow else f"{many}, by day"
    places = [place_name(code) for code in dict.fromkeys(ledger.frame["place"])]
    title = f"{label_of(measure)}: {places[0]}" if len(places) == 1 else label_of(measure)
    chart = figure(title, subtitle, y=unit_of(measure) + (" a year" if flow else ""), height=440)
    chart.add_traces(list(fact_traces(shown)))
    return _scaled(chart, pd.DataFrame(), shown, log)


def fan_traces(wide: pd.DataFrame, *, flow: bool, colour: str = BLUE, name: str = "Median") -> Iterator[go.Scatter]:
    """Median and intervals of one measure.

    Parameters
    ----------
    wide : pandas.DataFrame
        Indexed by year, a column per quantile.
    flow : bool
        A flow is drawn over each whole year, a stock at 31 December.
    colour, name : str
        Of the median; the intervals are tints of it.
    """
    outline = _boxes if flow else _line
    for lower, upper, words, opacity in SHADES:
        x, (low, high) = outline(list(wide.index), [wide[lower], wide[upper]])
        if flow:
            yield from _box_band(x, low, high, words, tint(colour, opacity))
        else:
            yield band(x, low, high, name=words, fillcolor=tint(colour, opacity))
    x, (median,) = outline(list(wide.index), [wide[0.5]])
    yield go.Scatter(
        x=x, y=rounded(median), mode="lines", name=name, line={"color": colour, "width": 2.5}, hoverinfo="skip"
    )
    yield from _median_points(wide, flow, colour)


def _boxes(years: Sequence[int], columns: Sequence[pd.Series[float]]) -> tuple[list[str | None], list[list[float]]]:
    """Each year as a line from its January to its December, a gap between years."""
    x: list[str | None] = []
    for each in years:
        x += [f"{each}-01-08", f"{each}-12-24", None]
    return x, [[height for value in column for height in (value, value, float("nan"))] for column in columns]


def _box_band(
    x: Sequence[str | None], low: Sequence[float], high: Sequence[float], name: str, fill: str
) -> Iterator[go.Scatter]:
    """The area between two rows of lines: one closed box a year, all in one trace."""
    across: list[str | None] = []
    edge: list[float] = []
    for at in range(0, len(x), 3):
        across += [x[at], x[at + 1], x[at + 1], x[at], x[at], None]
        edge += [high[at], high[at], low[at], low[at], high[at], float("nan")]
    area: dict[str, Any] = {"fill": "toself", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    yield go.Scatter(x=across, y=rounded(edge), fillcolor=fill, name=name, **area)


def _line(years: Sequence[int], columns: Sequence[pd.Series[float]]) -> tuple[list[str | None], list[list[float]]]:
    return [f"{each}-12-31" for each in years], [list(column) for column in columns]


def _median_points(wide: pd.DataFrame, flow: bool, colour: str) -> Iterator[go.Scatter]:
    """What a pointer finds, and the medians of the first two years and the last in print."""
    days = [f"{each}-07-02" if flow else f"{each}-12-31" for each in wide.index]
    hover = [
        f"<b>{each}: {readable(row[0.5])}</b><br>50 %: {interval(row[0.25], row[0.75])}"
        f"<br>80 %: {interval(row[0.1], row[0.9])}<br>95 %: {interval(row[0.025], row[0.975])}"
        for each, row in wide.iterrows()
    ]
    dots = {"color": colour, "size": 6, "opacity": 0 if flow else 1}
    silent: dict[str, Any] = {"showlegend": False, "mode": "markers", "marker": dots}
    yield go.Scatter(x=days, y=rounded(wide[0.5]), hovertext=hover, hoverinfo="text", **silent)
    some = [0, 1, -1] if len(wide) > 2 else range(len(wide))
    yield go.Scatter(
        x=[days[at] for at in some],
        y=rounded(wide[0.5].iloc[at] for at in some),
        text=[f"<b>{readable(wide[0.5].iloc[at])}</b>" for at in some],
        mode="text",
        textposition="top center" if flow else "top left",
        textfont={"color": DEEP, "size": 12},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )


def _frame(outlook: Outlook, measure: str, place: str) -> go.Figure:
    flow = MEASURES[measure].kind == "flow"
    words = ["a bar or a box is as long as its period and as high as its yearly rate" if flow else "at 31 December"]
    forecast = outlook.forecasts.get(place)
    if forecast and measure == outlook.scenario.measure:
        words.insert(0, f"as counted by {basis_name(forecast.basis)}" if forecast.basis else f"as of {outlook.as_of}")
    unit, where = unit_of(measure), place_name(place) if place in PLACES else place.capitalize()
    heading = outlook.scenario.title if place == outlook.results.country else where
    return figure(f"{label_of(measure)}: {heading}", "; ".join(words), y=f"{unit} a year" if flow else unit, height=460)


def _scaled(chart: go.Figure, wide: pd.DataFrame, shown: Sequence[Mark], log: bool | None) -> go.Figure:
    """Set the scale; a linear one ends above the 90 % quantile, so that a long tail does not flatten the rest."""
    heights = [mark.height for mark in shown] + (list(wide[0.5]) if len(wide) else [])
    if not heights:
        return _nothing(chart)
    if log or (log is None and max(heights) > 30 * min(heights)):
        chart.update_yaxes(type="log", dtick=1 if max(heights) > 100 * min(heights) else "D2")
    else:
        top = max([1.15 * max(heights), *(wide[0.9] * 1.15 if len(wide) else [])])
        chart.update_yaxes(range=[0, float(f"{top:.3g}")])
    years = [int(str(year)) for year in wide.index]
    first = min([mark.period.start.year for mark in shown] + years)
    last = max([mark.period.end.year for mark in shown] + years)
    step = "M12" if last - first < 16 else "M24"
    whole = [f"{first}-01-01", f"{last}-12-31"]
    chart.update_xaxes(type="date", range=whole, tickformat="%Y", dtick=step, ticklabelmode="period")
    return chart.update_layout(bargap=0, barmode="overlay")


def _nothing(chart: go.Figure) -> go.Figure:
    """Say that there is nothing, over an empty line, in place of empty axes."""
    empty = {"x": [0, 1], "y": [0, 0], "mode": "lines", "line": {"color": MUTED, "width": 1, "dash": "dot"}}
    chart.add_trace(go.Scatter(**empty, hoverinfo="skip", showlegend=False))
    words = {"text": "No number has been printed.", "showarrow": False, "font": {"color": MUTED, "size": 14}}
    chart.add_annotation(words, x=0.5, y=0, yshift=16)
    return chart.update_layout(height=180, xaxis_visible=False, yaxis_visible=False)
