"""A changed scenario beside the one that was given: vehicles by year, and the answers on charging
at the horizon.

A slider is to be answered at once: of a figure that is shown only what moved is sent to the
browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from forecasting.reporting.figures.charging_charts import named_places, short
from forecasting.reporting.figures.drawing import (
    AMBER,
    CHARGING,
    MUTED,
    Drawing,
    Trace,
    ends,
    error_bar,
    hovering,
    line,
    over,
    points,
    years_axis,
)
from forecasting.reporting.figures.fan import fan
from forecasting.reporting.labels import amount, finding, readable, unit_of

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

ANSWERS = CHARGING | {"charging_points_target": AMBER}
MOVED = ("y", "text", "hovertext", "error_y")  # of a trace, where a scenario is changed
RIGHT = 0.68  # where the right chart begins, its ticks included


def what_if_chart(now: Outlook, before: Outlook) -> go.Figure:
    """The scenario as it is now, beside the scenario as it was given.

    Parameters
    ----------
    now, before : Outlook
        Of one place, on the same random draws.

    Returns
    -------
    plotly.graph_objects.Figure
        Left the vehicles on the road (of a corridor, its flow) by year, right the charging points
        at the horizon.
    """
    measure = _left(now)
    answers = _right(now)
    flow = _flow(now)
    words = f"{unit_of(measure)}; in grey, as it was given"
    layout: dict[str, Any] = {}
    if answers:
        words += f"; right, public points at the end of {now.scenario.horizon}"
        ticks = named_places(short(name).capitalize() for name in answers)
        ticks["range"] = [-0.5, len(answers) - 0.1]
        layout["xaxis"] = {"domain": [0, 0.55]}
        layout["xaxis2"] = {"domain": [RIGHT, 1], "anchor": "y2", "showgrid": False, **ticks}
        layout["yaxis2"] = {"anchor": "x2", "rangemode": "tozero"}
    last = amount(float(flow[0.5].iloc[-1]), measure)
    title = f"{now.scenario.title}: {finding(measure, last)} in {flow.index[-1]}"
    chart = Drawing(title, words, height=360, autosize=True, showlegend=False)
    chart.add(*_traces(now, before)).update_layout(margin_r=44, **layout)
    chart.update_xaxes(**years_axis(flow.index[0], flow.index[-1]))
    return chart.update_yaxes(rangemode="tozero").figure()


def _left(now: Outlook) -> str:
    if "ev_stock" in now.results.values:
        return "ev_stock"
    return now.scenario.measure


def _right(now: Outlook) -> list[str]:
    return [name for name in ANSWERS if name in now.results.values]


def _traces(now: Outlook, before: Outlook) -> Iterator[Trace]:
    yield from fan(_flow(now), printed=())
    earlier = _flow(before)
    hover = [over(*row) for row in zip(earlier.index, *ends(earlier), strict=True)]
    look = {"dash": "dash", "name": "Median as given"} | hovering(hover)
    yield line(earlier.index.tolist(), earlier[0.5], MUTED, **look)
    for outlook, shift, words in ((before, -0.14, "as given"), (now, 0.14, "now")):
        for at, measure in enumerate(_right(now)):
            if measure in outlook.results.values:
                yield _answer(outlook, measure, words, round(at + shift, 2))


def _flow(outlook: Outlook) -> pd.DataFrame:
    return outlook.results.bands(_left(outlook)).loc[outlook.first_year :]


def _answer(outlook: Outlook, measure: str, words: str, at: float) -> Trace:
    """An answer's median and 80 % range."""
    last = outlook.results.values[measure][:, -1]
    low, median, high = np.quantile(last, (0.1, 0.5, 0.9)).tolist()
    colour = MUTED
    mode = "markers"
    if words == "now":
        colour = ANSWERS[measure]
        mode = "markers+text"
    hover = over(f"{short(measure)}, {words}", low, median, high)
    return points([at], [median], hover, color=colour) | {
        "error_y": error_bar([low], [median], [high], thickness=4, color=colour),
        "mode": mode,
        "text": [readable(median)],
        "textposition": "middle right",
        "textfont": {"size": 11, "color": colour},
        "cliponaxis": False,
        "xaxis": "x2",
        "yaxis": "y2",
    }


def live_figure(now: Outlook, before: Outlook) -> go.FigureWidget:
    """A figure that can be redrawn where it stands, as wide as there is room; without anywidget an
    ImportError.
    """

    class WholeFigure(go.FigureWidget):  # type: ignore[misc]
        """Known to the browser once it is whole: told of while it is empty, a slow browser would
        draw it so.
        """

        whole = False

        def open(self) -> None:
            if self.whole:
                super().open()

    shown = WholeFigure(what_if_chart(now, before))
    shown._config = {"responsive": True}
    shown.whole = True
    shown.open()
    return shown


def redraw(shown: go.FigureWidget, now: Outlook, before: Outlook) -> None:
    """Bring a figure that is shown in line with its outlooks; of the same parts only what moved is
    sent.
    """
    chart = what_if_chart(now, before)
    if len(shown.data) != len(chart.data) or shown.layout.xaxis != chart.layout.xaxis:
        shown.data = ()
        shown.add_traces(chart.data)
        shown.update_layout(chart.layout.to_plotly_json())
    with shown.batch_update():  # one message, one drawing
        shown.layout.title.text = chart.layout.title.text
        for trace, new in zip(shown.data, chart.data, strict=True):
            cells = new.to_plotly_json()
            trace.update({name: cells[name] for name in MOVED if name in cells})
