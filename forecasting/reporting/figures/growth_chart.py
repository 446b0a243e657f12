"""Growth on the year: intervals, a row each, with the rates that were printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from forecasting.evidence.places import place_name
from forecasting.evidence.words import period_words
from forecasting.periods import year
from forecasting.reporting.figures.drawing import Trace, error_bar, scatter
from forecasting.reporting.figures.style import BLUE, GREEN, INK, described, new_chart
from forecasting.reporting.growth_tables import percent
from forecasting.reporting.labels import label_of, rounded
from forecasting.scenarios.growth_on_year import first_rate_forecasts, printed_growth, yearly_growth

if TYPE_CHECKING:
    from forecasting.evidence.fact import Fact
    from forecasting.scenarios.outlook import Outlook

Row = tuple[str, float, float, float]  # period, low, median, high


def growth_chart(outlook: Outlook, place: str | None = None) -> go.Figure:
    """Growth on the year as forecast now and as forecast from the first printed rate, beside the
    printed rates.

    Parameters
    ----------
    outlook : Outlook
        As it was made from facts.
    place : str, optional
        One of its places; the first that was forecast if not given.

    Returns
    -------
    plotly.graph_objects.Figure
        Per cent, a row for each period.
    """
    place = place or next(iter(outlook.forecasts))
    part = next(part for part in outlook.parts if part.country == place)
    wide = yearly_growth(part, outlook.scenario.measure).loc[outlook.first_year - 1 :]
    now = [(str(when), row[0.1], row[0.5], row[0.9]) for when, row in wide.iterrows()]
    earlier = first_rate_forecasts(outlook, place)
    day, rates = earlier or (None, [])
    then = [(period_words(rate.period), rate.low, rate.median, rate.high) for rate in rates]
    basis = outlook.forecasts[place].basis
    own = [fact for fact in printed_growth(outlook, place) if fact.basis == basis]
    printed = {period_words(fact.period): fact for fact in own}
    names = _in_order(printed, [*now, *then])
    chart = new_chart(
        f"Growth on the year: {place_name(place)}",
        f"{label_of(outlook.scenario.measure).lower()}; medians, 80 % intervals; against the same "
        "dates a year before",
        x="per cent",
        height=190 + 34 * len(names),
    )
    chart.add_trace(_intervals(now, f"forecast of {outlook.as_of}", BLUE))
    if then:
        chart.add_trace(_intervals(then, f"forecast of {day}, from the first rate", GREEN))
    chart.add_trace(_printed({name: fact.value for name, fact in printed.items()}))
    order = {"categoryorder": "array", "categoryarray": names[::-1], "type": "category"}
    chart.update_yaxes(**order, showgrid=False)
    chart.update_xaxes(showgrid=True, ticksuffix=" %")
    medians = [f"{name}: {percent(median)}" for name, _, median, _ in [*then, *now]]
    return described(chart, "; ".join(medians))


def _in_order(printed: Mapping[str, Fact], rows: Sequence[Row]) -> list[str]:
    """The periods by their ends; those that are years are known by their names."""
    ends = {words: fact.period.end for words, fact in printed.items()}
    ends |= {words: year(words).end for words, *_ in rows if len(words) == 4}
    return sorted({*printed, *(row[0] for row in rows)}, key=lambda words: (ends[words], words))


def _intervals(rows: Sequence[Row], name: str, colour: str) -> Trace:
    medians = [row[2] for row in rows]
    bars = error_bar([row[1] for row in rows], medians, [row[3] for row in rows])
    hover = [
        f"<b>{when}: {percent(middle)}</b><br>80 %: {percent(lower)} to {percent(upper)}"
        for when, lower, middle, upper in rows
    ]
    return scatter(
        x=rounded(medians),
        y=[row[0] for row in rows],
        mode="markers",
        name=name,
        marker={"color": "white", "size": 9, "line": {"color": colour, "width": 2.5}},
        error_x=bars | {"thickness": 6, "color": colour},
        opacity=0.75,
        hovertext=hover,
        hoverinfo="text",
    )


def _printed(rates: Mapping[str, float]) -> Trace:
    return scatter(
        x=rounded(rates.values()),
        y=[*rates],
        mode="markers+text",
        name="printed",
        marker={"color": INK, "symbol": "diamond", "size": 10},
        text=[percent(rate) for rate in rates.values()],
        textposition="top center",
        textfont={"size": 11, "color": INK},
        hoverinfo="text",
        hovertext=[f"{name}: printed {percent(rate)}" for name, rate in rates.items()],
    )
