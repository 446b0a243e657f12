"""A changed scenario beside the one that was given: vehicles by year, and the answers on charging at the horizon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from forecasting.reporting.figures.style import AMBER, BLUE, CHARGING, MUTED, band, figure, tint
from forecasting.reporting.labels import interval, label_of, readable, rounded, unit_of
from forecasting.reporting.tables import bands

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

__all__ = ["live_figure", "redraw", "what_if_chart"]

ANSWERS = CHARGING | {"charging_points_target": AMBER}
MOVING = ("x", "y", "error_y", "text", "hovertext")
SHADES = ((0.1, 0.9, "80 %", 0.2), (0.25, 0.75, "50 %", 0.3))


def what_if_chart(now: Outlook, given: Outlook) -> go.Figure:
    """The scenario as it is now, beside the scenario as it was given.

    Parameters
    ----------
    now, given : Outlook
        Of one place, on the same random draws.

    Returns
    -------
    plotly.graph_objects.Figure
        Left the vehicles on the road (of a corridor, its flow) by year, right the charging points at the horizon.
    """
    measure = "ev_stock" if "ev_stock" in now.results.values else now.scenario.measure
    answers = [name for name in ANSWERS if name in now.results.values]
    title, colour = f"{label_of(measure)}: {now.scenario.title}", {"color": BLUE, "width": 2.5}
    words = "as it is now in colour, as it was given in grey"
    chart = figure(title, words, y=unit_of(measure), height=400, autosize=True)
    wide, before = (bands(each.results.table, measure).loc[each.first_year :] for each in (now, given))
    for lower, upper, words, opacity in SHADES:
        chart.add_trace(band(list(wide.index), wide[lower], wide[upper], name=words, fillcolor=tint(BLUE, opacity)))
    chart.add_trace(_path(before, "Median as given", line={"color": MUTED, "width": 2, "dash": "dash"}))
    chart.add_trace(_path(wide, "Median now", line=colour))
    chart.add_traces(list(_answers(now, given, answers)))
    chart.update_xaxes(dtick=1, tickformat="d")
    chart.update_yaxes(rangemode="tozero")
    if answers:
        chart.update_layout(xaxis={"domain": [0, 0.55]}, **_right_hand(answers, now.scenario.horizon))
    return chart


def _path(wide: Any, name: str, **style: Any) -> go.Scatter:
    hover = [
        f"<b>{year}: {readable(row[0.5])}</b><br>80 %: {interval(row[0.1], row[0.9])}" for year, row in wide.iterrows()
    ]
    points: dict[str, Any] = {"mode": "lines+markers", "hovertext": hover, "hoverinfo": "text"}
    return go.Scatter(x=list(wide.index), y=rounded(wide[0.5]), name=name, **points, **style)


def _right_hand(answers: list[str], horizon: int) -> dict[str, Any]:
    words = [measure.removeprefix("charging_points_").capitalize() for measure in answers]
    ticks = {"tickvals": list(range(len(words))), "ticktext": words, "range": [-0.5, len(words) - 0.5]}
    return {
        "xaxis2": {"domain": [0.68, 1], "anchor": "y2", "showgrid": False, **ticks},
        "yaxis2": {"anchor": "x2", "title": {"text": f"public points at the end of {horizon}"}, "rangemode": "tozero"},
    }


def _answers(now: Outlook, given: Outlook, answers: list[str]) -> Iterator[go.Scatter]:
    """For each answer its median and 80 % interval, as given and now."""
    for outlook, shift, said in ((given, -0.14, "as given"), (now, 0.14, "now")):
        for at, measure in enumerate(answers):
            if measure not in outlook.results.values:
                continue
            row = bands(outlook.results.table, measure).iloc[-1]
            colour = MUTED if said == "as given" else ANSWERS[measure]
            ends = {"array": rounded([row[0.9] - row[0.5]]), "arrayminus": rounded([row[0.5] - row[0.1]])}
            yield go.Scatter(
                x=[round(at + shift, 2)],
                y=rounded([row[0.5]]),
                error_y={"type": "data", "symmetric": False, "thickness": 4, "width": 0, "color": colour, **ends},
                mode="markers" if said == "as given" else "markers+text",
                marker={"color": colour, "size": 10},
                text=[readable(row[0.5], 2)],
                textposition="middle right",
                textfont={"size": 11, "color": colour},
                hovertext=f"<b>{measure.removeprefix('charging_points_')}, {said}: {readable(row[0.5])}</b>"
                f"<br>80 %: {interval(row[0.1], row[0.9])}",
                hoverinfo="text",
                cliponaxis=False,
                showlegend=False,
                xaxis="x2",
                yaxis="y2",
            )


def live_figure(chart: go.Figure) -> go.FigureWidget:
    """A figure that can be redrawn where it stands, as wide as there is room; without anywidget an ImportError."""
    shown = go.FigureWidget(chart)
    shown._config = {"responsive": True}
    return shown


def redraw(shown: go.FigureWidget, chart: go.Figure) -> None:
    """Bring a figure that is shown in line with another one; of the same parts only what moves is sent."""
    if len(shown.data) != len(chart.data):
        shown.data = ()
        shown.add_traces(chart.data)
        shown.update_layout(chart.layout.to_plotly_json())
        return
    with shown.batch_update():
        for old, new in zip(shown.data, chart.data, strict=True):
            said = new.to_plotly_json()
            old.update({key: said[key] for key in MOVING if key in said})
        shown.layout.title.text = chart.layout.title.text
