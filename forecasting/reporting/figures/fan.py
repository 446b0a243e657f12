"""Fan charts: what may come, beside what was counted.

A year's total is drawn over its whole year, as facts are drawn over theirs, so a part-year fact and
the forecast can be compared by eye; a stock is drawn at the day on which it stands.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from forecasting.evidence.bases import basis_name
from forecasting.evidence.places import is_place, place_name
from forecasting.evidence.words import period_words
from forecasting.measures import EV_SHARE
from forecasting.periods import span
from forecasting.reporting.figures.drawing import Drawing, Trace, area, line, scatter, words_at
from forecasting.reporting.figures.facts import Mark, basis_colours, fact_traces, marks
from forecasting.reporting.figures.scale import leaving, linear_scale, log_scale
from forecasting.reporting.figures.style import BLUE, DEEP, MUTED, described, new_chart, tint
from forecasting.reporting.labels import (
    amount,
    amounts,
    interval,
    is_flow,
    label_of,
    readable,
    rounded,
    unit_by_year,
    unit_of,
)
from forecasting.scenarios.joint_draws import QUANTILES

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.outlook import Outlook

Run = tuple[Sequence[Any], pd.DataFrame]  # where rows are drawn, and their quantiles

INDEX_BASE = 100
NO_YEARS = pd.DataFrame(columns=[*QUANTILES], dtype=float)
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
    wide = part.bands(measure).loc[outlook.first_year : until]
    every = drawn_facts(outlook, measure, part.country, facts)
    first, last = since or 0, until or outlook.scenario.horizon
    shown = [
        mark for mark in every if first <= mark.period.start.year and mark.period.end.year <= last
    ]
    forecast = outlook.forecasts.get(part.country)
    main = forecast.basis if forecast else None
    chart = _frame(outlook, measure, part.country, bool(shown))
    chart.add_traces(fan_traces(wide, flow=is_flow(measure)))
    chart.add_traces(fact_traces(shown, main, basis_colours([mark.basis for mark in every], main)))
    _scaled(chart, wide, shown, log, is_flow(measure))
    return described(chart, _read_aloud(wide, measure, len(shown)))


def _read_aloud(wide: pd.DataFrame, measure: str, facts: int) -> str:
    """The forecast in words, for who does not see the chart."""
    some = sorted({0, 1, len(wide) - 1} & set(range(len(wide))))
    medians = [
        f"{year}: {amount(row[0.5], measure)} ({amounts(row[0.1], row[0.9], measure)})"
        for year, row in wide.iloc[some].iterrows()
    ]
    beside = f"; beside {facts} printed numbers" if facts else ""
    return f"medians with 80 % intervals, {', '.join(medians)}{beside}"


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
    number = "1 printed number" if len(shown) == 1 else f"{len(shown)} printed numbers"
    flow = is_flow(measure)
    bars = "a bar is as long as its period and as high as its yearly rate"
    subtitle = f"{number}; {bars}" if flow else f"{number}, by day"
    places = [place_name(code) for code in dict.fromkeys(ledger.frame["place"])]
    title = f"{label_of(measure)}: {places[0]}" if len(places) == 1 else label_of(measure)
    chart = new_chart(title, subtitle, y=_unit(measure, ledger), height=440).add_traces(
        fact_traces(shown)
    )
    return _scaled(chart, NO_YEARS, shown, log, flow).figure()


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
    runs = _runs(wide, flow)
    for words, opacity, strips in SHADES:
        yield shade(runs, strips, name=words, fillcolor=tint(colour, opacity))
    x = [day for days, _ in runs for day in (*days, None)]
    y = [height for _, rows in runs for height in (*rows[0.5], math.nan)]
    yield line(x, y, colour, name=name, hoverinfo="skip")
    yield from _median_points(wide, flow, colour, labels)


def _runs(wide: pd.DataFrame, flow: bool) -> list[Run]:
    """What is drawn without a gap: of a flow each year from its January to its December, of a stock
    all years' ends.
    """
    if not flow:
        return [(days_of(wide, flow), wide)]
    years = [wide.iloc[[at, at]] for at in range(len(wide))]
    return [([f"{row.index[0]}-01-08", f"{row.index[0]}-12-24"], row) for row in years]


def shade(runs: Sequence[Run], strips: Sequence[tuple[float, float]], **style: Any) -> Trace:
    """The areas between pairs of quantiles, all in one trace.

    Parameters
    ----------
    runs : sequence of (sequence, DataFrame)
        Of each part without a gap: where its rows are drawn, and its quantiles.
    strips : sequence of (float, float)
        Lower and upper quantile of each area.
    **style
        Of the trace.
    """
    x: list[Any] = []
    y: list[float] = []
    for lower, upper in strips:
        for days, rows in runs:
            x += [*days, *reversed(days), days[0], None]
            y += [*rows[upper], *reversed([*rows[lower]]), rows[upper].iloc[0], math.nan]
    return area(x, y, **style)


def days_of(wide: pd.DataFrame, flow: bool) -> list[str]:
    """Where a year's value is drawn: a flow in its middle, a stock at its end.

    Parameters
    ----------
    wide : pandas.DataFrame
        Indexed by year.
    flow : bool
        Whether it is of a flow.
    """
    day = "07-02" if flow else "12-31"
    return [f"{year}-{day}" for year in wide.index]


def _median_points(
    wide: pd.DataFrame, flow: bool, colour: str, labels: Sequence[int]
) -> Iterator[Trace]:
    """What a pointer finds, and the medians of some years in print."""
    days = days_of(wide, flow)
    hover = [
        f"<b>{year}: {readable(row[0.5])}</b><br>50 %: {interval(row[0.25], row[0.75])}"
        f"<br>80 %: {interval(row[0.1], row[0.9])}<br>95 %: {interval(row[0.025], row[0.975])}"
        for year, row in wide.iterrows()
    ]
    dots = {"color": colour, "size": 6, "opacity": 0 if flow else 1}
    silent: dict[str, Any] = {"showlegend": False, "mode": "markers", "marker": dots}
    yield scatter(x=days, y=rounded(wide[0.5]), hovertext=hover, hoverinfo="text", **silent)
    some = sorted({at % len(wide) for at in labels if -len(wide) <= at < len(wide)})
    medians = [float(wide[0.5].iloc[at]) for at in some]
    words = [f"<b>{readable(median)}</b>" for median in medians]
    position = "top center" if flow else "top left"
    yield words_at([days[at] for at in some], medians, words, position, color=DEEP, size=12)


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
    return unit if unit == "percent" else unit_by_year(measure)


def _frame(outlook: Outlook, measure: str, place: str, facts: bool) -> Drawing:
    words = []
    forecast = outlook.forecasts.get(place)
    if forecast and measure == outlook.scenario.measure:
        counted = f"as counted by {basis_name(forecast.basis)}"
        words.append(counted if forecast.basis else f"as of {outlook.as_of}")
    if not is_flow(measure):
        words.append("at 31 December")
    else:
        words.append(BARS if facts else "no total of these years has been printed")
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
    heights = [*(mark.height for mark in shown), *wide[0.5]]
    if not heights:
        return _nothing(chart)
    held = [*heights, *wide[0.1], *wide[0.9]]
    if log or (log is None and max(heights) > 30 * min(heights)):
        chart.update_yaxes(title_text=f"{chart.layout['yaxis']['title']['text']}, log scale")
        axis = log_scale(held)
    else:
        axis = linear_scale(held)
    chart.update_yaxes(**axis)
    chart.add_traces(leaving(days_of(wide, flow), wide, axis))
    years = [int(str(year)) for year in wide.index]
    first = min([mark.period.start.year for mark in shown] + years)
    last = max([mark.period.end.year for mark in shown] + years)
    whole = [f"{first}-01-01", f"{last}-12-31"]
    chart.update_xaxes(**years_axis("M12" if last - first < 16 else "M24"), range=whole)
    return chart.update_layout(bargap=0, barmode="overlay")


def years_axis(step: str = "M12") -> dict[str, Any]:
    """A time axis with a tick in the middle of every year, or of each that a step reaches."""
    return {"type": "date", "tickformat": "%Y", "dtick": step, "ticklabelmode": "period"}


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
    look = {"color": MUTED, "width": 1, "dash": "dot"}
    chart.add_trace(
        scatter(x=[0, 1], y=[0, 0], mode="lines", line=look, hoverinfo="skip", showlegend=False)
    )
    font = {"color": MUTED, "size": 14}
    chart.add_annotation(text=words, showarrow=False, font=font, x=0.5, y=0, yshift=16)
    return chart.update_layout(height=180, xaxis_visible=False, yaxis_visible=False)
