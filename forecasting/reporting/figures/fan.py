"""Fan charts: what may come, beside what was counted.

A year's total is drawn over its whole year, as facts are drawn over theirs, so a part-year fact and
the forecast can be compared by eye; a stock is drawn at the day on which it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from forecasting.evidence.bases import basis_name
from forecasting.evidence.places import is_place, place_name
from forecasting.evidence.words import period_words
from forecasting.measures import EV_SHARE, MEASURES
from forecasting.periods import span
from forecasting.reporting.figures.drawing import Drawing, Trace, scatter
from forecasting.reporting.figures.facts import basis_colours, fact_traces
from forecasting.reporting.figures.marks import Mark, marks
from forecasting.reporting.figures.scale import leaving, linear_scale, log_scale
from forecasting.reporting.figures.style import BLUE, DEEP, MUTED, described, new_chart, tint
from forecasting.reporting.labels import (
    amount,
    amounts,
    interval,
    label_of,
    readable,
    rounded,
    unit_of,
)
from forecasting.reporting.result_tables import bands

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.outlook import Outlook

__all__ = [
    "energy_chart",
    "evidence_chart",
    "fan_chart",
    "fan_traces",
    "stock_chart",
    "without_market",
]

INDEX_BASE = 100
BARS = "a bar or a box is as long as its period and as high as its yearly rate"
# Each shade is drawn once, so that the legend shows it as it is: the strips of an interval outside
# the next one.
SHADES = (
    ("95 %", 0.16, ((0.025, 0.1), (0.9, 0.975))),
    ("80 %", 0.34, ((0.1, 0.25), (0.75, 0.9))),
    ("50 %", 0.58, ((0.25, 0.75),)),
)


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
        Which part of a corridor; the whole if not given, of which a single place that is counted is
        all.
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
    if measure != EV_SHARE and (empty := without_market(outlook, label_of(measure))):
        return empty
    only = outlook.parts[0].country if len(outlook.forecasts) == 1 else outlook.results.country
    part = next(part for part in outlook.parts if part.country == (place or only))
    wide = bands(part, measure).loc[outlook.first_year : until]
    every = drawn_facts(outlook, measure, part.country, facts)
    first, last = since or 0, until or outlook.scenario.horizon
    shown = [
        mark for mark in every if first <= mark.period.start.year and mark.period.end.year <= last
    ]
    forecast = outlook.forecasts.get(part.country)
    main = forecast.basis if forecast else None
    chart = _frame(outlook, measure, part.country, bool(shown))
    chart.add_traces(fan_traces(wide, flow=MEASURES[measure].kind == "flow"))
    chart.add_traces(fact_traces(shown, main, basis_colours([mark.basis for mark in every], main)))
    return described(
        _scaled(chart, wide, shown, log, MEASURES[measure].kind == "flow"),
        _read_aloud(wide, measure, len(shown)),
    )


def _read_aloud(wide: pd.DataFrame, measure: str, facts: int) -> str:
    """The forecast in words, for who does not see the chart."""
    some = sorted({0, 1, len(wide) - 1} & set(range(len(wide))))
    years = [(wide.index[at], wide.iloc[at]) for at in some]
    said = [
        f"{each}: {amount(row[0.5], measure)} ({amounts(row[0.1], row[0.9], measure)})"
        for each, row in years
    ]
    beside = f"; beside {facts} printed numbers" if facts else ""
    return f"medians with 80 % intervals, {', '.join(said)}{beside}"


def drawn_facts(outlook: Outlook, measure: str, place: str, facts: Ledger | None) -> list[Mark]:
    """The facts of a place that were known on the day of the outlook."""
    ledger = facts if facts is not None else outlook.evidence
    # The sum of a corridor's places has no facts of its own
    if ledger is None or not is_place(place):
        return []
    return marks(ledger.select(place=place, measure=measure, as_of=outlook.as_of), measure)


def stock_chart(outlook: Outlook, facts: Ledger | None = None) -> go.Figure:
    """Vehicles on the road at each year's end, beside the stocks that were counted.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    facts : Ledger, optional
        Where the counted stocks are; those of the outlook if not given.
    """
    known = outlook.facts if facts is None else facts
    return fan_chart(outlook, "ev_stock", facts=known, log=False)


def energy_chart(outlook: Outlook) -> go.Figure:
    """Electricity that the vehicles take in each year."""
    return fan_chart(outlook, "energy_gwh", log=False)


def evidence_chart(
    evidence: Ledger | Outlook, measure: str | None = None, *, log: bool = True
) -> go.Figure:
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
    shown = marks(ledger, measure)
    many = f"{len(shown)} printed {'number' if len(shown) == 1 else 'numbers'}"
    flow = MEASURES[measure].kind == "flow"
    subtitle = (
        f"{many}; a bar is as long as its period and as high as its yearly rate"
        if flow
        else f"{many}, by day"
    )
    places = [place_name(code) for code in dict.fromkeys(ledger.frame["place"])]
    title = f"{label_of(measure)}: {places[0]}" if len(places) == 1 else label_of(measure)
    chart = new_chart(title, subtitle, y=_unit(measure, ledger), height=440).add_traces(
        fact_traces(shown)
    )
    return _scaled(chart, pd.DataFrame(), shown, log, flow).figure()


def fan_traces(
    wide: pd.DataFrame,
    *,
    flow: bool,
    colour: str = BLUE,
    name: str = "Median",
    labels: Sequence[int] = (0, 1, -1),
) -> Iterator[Trace]:
    """Median and intervals of one measure.

    Parameters
    ----------
    wide : pandas.DataFrame
        Indexed by year, a column per quantile.
    flow : bool
        A flow is drawn over each whole year, a stock at 31 December.
    colour, name : str
        Of the median; the intervals are tints of it.
    labels : sequence of int
        The rows whose medians are printed.
    """
    for words, opacity, strips in SHADES:
        yield _shade(wide, strips, flow, name=words, fillcolor=tint(colour, opacity))
    x, (median,) = (_boxes if flow else _line)(list(wide.index), [wide[0.5]])
    yield scatter(
        x=x,
        y=rounded(median),
        mode="lines",
        name=name,
        line={"color": colour, "width": 2.5},
        hoverinfo="skip",
    )
    yield from _median_points(wide, flow, colour, labels)


def _boxes(
    years: Sequence[int], columns: Sequence[pd.Series[float]]
) -> tuple[list[str | None], list[list[float]]]:
    """Each year as a line from its January to its December, a gap between years."""
    x: list[str | None] = []
    for each in years:
        x += [f"{each}-01-08", f"{each}-12-24", None]
    return x, [
        [height for value in column for height in (value, value, float("nan"))]
        for column in columns
    ]


def _shade(
    wide: pd.DataFrame, strips: Sequence[tuple[float, float]], flow: bool, **style: Any
) -> Trace:
    """The areas between pairs of quantiles, all in one trace: of a flow a box a year, of a stock a
    strip.
    """
    across: list[str | None] = []
    edge: list[float] = []
    for lower, upper in strips:
        days, (low, high) = (_boxes if flow else _line)(
            list(wide.index), [wide[lower], wide[upper]]
        )
        for at in range(0, len(days), 3) if flow else (0,):
            here = slice(at, at + 2) if flow else slice(None)
            across += [*days[here], *reversed(days[here]), days[at], None]
            edge += [*high[here], *reversed(low[here]), high[at], float("nan")]
    area: dict[str, Any] = {
        "fill": "toself",
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    return scatter(x=across, y=rounded(edge), **(area | style))


def _line(
    years: Sequence[int], columns: Sequence[pd.Series[float]]
) -> tuple[list[str | None], list[list[float]]]:
    return [f"{each}-12-31" for each in years], [list(column) for column in columns]


def _days(wide: pd.DataFrame, flow: bool) -> list[str]:
    """Where a year's value is drawn: a flow in its middle, a stock at its end."""
    return [f"{each}-07-02" if flow else f"{each}-12-31" for each in wide.index]


def _median_points(
    wide: pd.DataFrame, flow: bool, colour: str, labels: Sequence[int]
) -> Iterator[Trace]:
    """What a pointer finds, and the medians of some years in print."""
    days = _days(wide, flow)
    hover = [
        f"<b>{each}: {readable(row[0.5])}</b><br>50 %: {interval(row[0.25], row[0.75])}"
        f"<br>80 %: {interval(row[0.1], row[0.9])}<br>95 %: {interval(row[0.025], row[0.975])}"
        for each, row in wide.iterrows()
    ]
    dots = {"color": colour, "size": 6, "opacity": 0 if flow else 1}
    silent: dict[str, Any] = {"showlegend": False, "mode": "markers", "marker": dots}
    yield scatter(x=days, y=rounded(wide[0.5]), hovertext=hover, hoverinfo="text", **silent)
    some = sorted({at % len(wide) for at in labels if -len(wide) <= at < len(wide)})
    yield scatter(
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


def _unit(measure: str, ledger: Ledger | None) -> str:
    """The unit of an axis: of a flow by year, of an index with the period that it sets to 100."""
    unit = unit_of(measure)
    if unit == "index" and ledger is not None:
        rows = ledger.frame[
            (ledger.frame["measure"] == measure) & (ledger.frame["unit"] == "index")
        ]
        for row in rows[rows["value"] == INDEX_BASE].itertuples():
            base = period_words(span(str(row.period_start), str(row.period_end)))
            return f"index at a yearly rate, {base} = {INDEX_BASE}"
    return f"{unit} a year" if MEASURES[measure].kind == "flow" and unit != "percent" else unit


def _frame(outlook: Outlook, measure: str, place: str, facts: bool) -> Drawing:
    of_a_flow = BARS if facts else "no total of these years has been printed"
    words = [of_a_flow if MEASURES[measure].kind == "flow" else "at 31 December"]
    forecast = outlook.forecasts.get(place)
    if forecast and measure == outlook.scenario.measure:
        words.insert(
            0,
            f"as counted by {basis_name(forecast.basis)}"
            if forecast.basis
            else f"as of {outlook.as_of}",
        )
    where = place_name(place) if is_place(place) else place.capitalize()
    heading = outlook.scenario.title if place == outlook.results.country else where
    title = f"{label_of(measure)}: {heading}"
    return new_chart(title, "; ".join(words), y=_unit(measure, outlook.evidence), height=460)


def _scaled(
    chart: Drawing, wide: pd.DataFrame, shown: Sequence[Mark], log: bool | None, flow: bool
) -> Drawing:
    """Set the scale: it holds the facts and the 80 % interval, and arrows say how far the 95 %
    interval goes.
    """
    heights = [mark.height for mark in shown] + (list(wide[0.5]) if len(wide) else [])
    if not heights:
        return _nothing(chart)
    held = [*heights, *([*wide[0.1], *wide[0.9]] if len(wide) else [])]
    logarithmic = log or (log is None and max(heights) > 30 * min(heights))
    axis = log_scale(held) if logarithmic else linear_scale(held)
    if logarithmic:
        chart.update_yaxes(title_text=f"{chart.layout['yaxis']['title']['text']}, log scale")
    chart.update_yaxes(**axis)
    if len(wide):
        chart.add_traces(leaving(_days(wide, flow), wide, axis))
    years = [int(str(year)) for year in wide.index]
    first = min([mark.period.start.year for mark in shown] + years)
    last = max([mark.period.end.year for mark in shown] + years)
    step = "M12" if last - first < 16 else "M24"
    whole = [f"{first}-01-01", f"{last}-12-31"]
    chart.update_xaxes(
        type="date", range=whole, tickformat="%Y", dtick=step, ticklabelmode="period"
    )
    return chart.update_layout(bargap=0, barmode="overlay")


def without_market(outlook: Outlook, label: str) -> go.Figure | None:
    """In place of a chart of vehicles or chargers, what it takes; None where the size of the market
    is known.
    """
    if EV_SHARE not in outlook.results.values:
        return None
    chart = new_chart(f"{label}: {outlook.scenario.title}", "nothing is known of this market")
    return _nothing(
        chart, "It takes the new cars of a year: market_size in the params file."
    ).figure()


def _nothing(chart: Drawing, words: str = "No number has been printed.") -> Drawing:
    """Say that there is nothing, over an empty line, in place of empty axes."""
    empty = {
        "x": [0, 1],
        "y": [0, 0],
        "mode": "lines",
        "line": {"color": MUTED, "width": 1, "dash": "dot"},
    }
    chart.add_trace(scatter(**empty, hoverinfo="skip", showlegend=False))
    font = {"color": MUTED, "size": 14}
    chart.add_annotation(text=words, showarrow=False, font=font, x=0.5, y=0, yshift=16)
    return chart.update_layout(height=180, xaxis_visible=False, yaxis_visible=False)
