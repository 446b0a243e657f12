"""Growth on the year: intervals, a row each, with the rates that were printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from forecasting.evidence.places import place_name
from forecasting.evidence.words import period_words
from forecasting.periods import year
from forecasting.reporting.figures.drawing import Trace, scatter
from forecasting.reporting.figures.style import BLUE, GREEN, INK, described, new_chart
from forecasting.reporting.growth_tables import percent
from forecasting.reporting.labels import label_of, rounded
from forecasting.scenarios.growth_on_year import first_rate_forecasts, printed_growth, yearly_growth

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

__all__ = ["growth_chart"]

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
    found = first_rate_forecasts(outlook, place)
    then = (
        [(period_words(each.period), each.low, each.median, each.high) for each in found[1]]
        if found
        else []
    )
    own = [
        fact
        for fact in printed_growth(outlook, place)
        if fact.basis == outlook.forecasts[place].basis
    ]
    printed = {period_words(fact.period): fact for fact in own}
    ends = {period_words(fact.period): fact.period.end for fact in own}
    ends |= {words: year(words).end for words, *_ in [*now, *then] if len(words) == 4}
    names = sorted(
        {*printed, *(row[0] for row in [*now, *then])}, key=lambda words: (ends[words], words)
    )
    day = f"forecast of {found[0]}, from the first rate" if found else ""
    chart = new_chart(
        f"Growth on the year: {place_name(place)}",
        f"{label_of(outlook.scenario.measure).lower()}; medians, 80 % intervals; against the same dates a year before",
        x="per cent",
        height=190 + 34 * len(names),
    )
    chart.add_traces([_intervals(now, f"forecast of {outlook.as_of}", BLUE)])
    chart.add_traces([_intervals(then, day, GREEN)] if then else [])
    rates = {name: fact.value for name, fact in printed.items()}
    chart.add_trace(_printed(list(rates), list(rates.values())))
    chart.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], type="category", showgrid=False
    )
    chart.update_xaxes(showgrid=True, ticksuffix=" %")
    return described(
        chart, "; ".join(f"{name}: {percent(median)}" for name, _, median, _ in [*then, *now])
    )


def _intervals(rows: Sequence[Row], name: str, colour: str) -> Trace:
    medians = [row[2] for row in rows]
    reach: dict[str, Any] = {
        "type": "data",
        "symmetric": False,
        "thickness": 6,
        "width": 0,
        "color": colour,
    }
    reach |= {
        "array": rounded(row[3] - row[2] for row in rows),
        "arrayminus": rounded(row[2] - row[1] for row in rows),
    }
    hover = [
        f"<b>{when}: {percent(mid)}</b><br>80 %: {percent(low)} to {percent(high)}"
        for when, low, mid, high in rows
    ]
    return scatter(
        x=rounded(medians),
        y=[row[0] for row in rows],
        mode="markers",
        name=name,
        marker={"color": "white", "size": 9, "line": {"color": colour, "width": 2.5}},
        error_x=reach,
        opacity=0.75,
        hovertext=hover,
        hoverinfo="text",
    )


def _printed(names: Sequence[str], values: Sequence[float]) -> Trace:
    return scatter(
        x=rounded(values),
        y=list(names),
        mode="markers+text",
        name="printed",
        marker={"color": INK, "symbol": "diamond", "size": 10},
        text=[percent(value) for value in values],
        textposition="top center",
        textfont={"size": 11, "color": INK},
        hoverinfo="text",
        hovertext=[
            f"{name}: printed {percent(value)}" for name, value in zip(names, values, strict=True)
        ],
    )
