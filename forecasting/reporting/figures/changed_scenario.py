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
    BLUE,
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
)
from forecasting.reporting.figures.fan import shades
from forecasting.reporting.labels import label_of, readable, unit_of

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

ANSWERS = CHARGING | {"charging_points_target": AMBER}
RIGHT = 0.61  # where the right chart begins, its ticks included


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
    words = "as it is now in colour, as it was given in grey"
    chart = Drawing(now.scenario.title, words, y=unit_of(measure), height=400, autosize=True)
    chart.add(*_traces(now, before))
    chart.update_xaxes(dtick=1, tickformat="d")
    chart.update_yaxes(rangemode="tozero")
    _write_above(chart, label_of(measure), 0)
    if answers:
        _write_above(chart, f"public points, end of {now.scenario.horizon}", RIGHT)
        chart.update_layout(xaxis={"domain": [0, 0.55]}, **_right_hand(answers))
    return chart.update_layout(margin={"t": 92, "r": 44}).figure()


def _left(now: Outlook) -> str:
    if "ev_stock" in now.results.values:
        return "ev_stock"
    return now.scenario.measure


def _right(now: Outlook) -> list[str]:
    return [name for name in ANSWERS if name in now.results.values]


def _traces(now: Outlook, before: Outlook) -> Iterator[Trace]:
    wide = _flow(now)
    earlier = _flow(before)
    yield from shades([(wide.index.tolist(), wide)], 1)
    yield _path(earlier, "Median as given", MUTED, width=2, dash="dash")
    yield _path(wide, "Median now", BLUE)
    for outlook, shift, words in ((before, -0.14, "as given"), (now, 0.14, "now")):
        for at, measure in enumerate(_right(now)):
            if measure in outlook.results.values:
                yield _answer(outlook, measure, words, round(at + shift, 2))


def _flow(outlook: Outlook) -> pd.DataFrame:
    return outlook.results.bands(_left(outlook)).loc[outlook.first_year :]


def _path(wide: pd.DataFrame, name: str, colour: str, **look: Any) -> Trace:
    hover = [over(*row) for row in zip(wide.index, *ends(wide), strict=True)]
    shown = {"mode": "lines+markers", "name": name} | hovering(hover)
    return line(wide.index.tolist(), wide[0.5], colour, **look, **shown)


def _right_hand(answers: list[str]) -> dict[str, Any]:
    ticks = named_places(short(measure).capitalize() for measure in answers)
    ticks["range"] = [-0.5, len(answers) - 0.1]
    return {
        "xaxis2": {"domain": [RIGHT + 0.07, 1], "anchor": "y2", "showgrid": False, **ticks},
        "yaxis2": {"anchor": "x2", "rangemode": "tozero"},
    }


def _write_above(chart: Drawing, words: str, x: float) -> None:
    """What a chart counts, above it: beside the right one's axis it would lie over the left one in
    a narrow window.
    """
    place = {"x": x, "xref": "paper", "xanchor": "left"}
    place |= {"y": 1.02, "yref": "paper", "yanchor": "bottom"}
    chart.add_annotation(text=words, font={"size": 12, "color": MUTED}, **place)


def _answer(outlook: Outlook, measure: str, words: str, at: float) -> Trace:
    """An answer's median and 80 % interval."""
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
    traces = list(_traces(now, before))
    if len(shown.data) != len(traces) or shown.layout.title.text != f"<b>{now.scenario.title}</b>":
        chart = what_if_chart(now, before)
        shown.data = ()
        shown.add_traces(chart.data)
        shown.update_layout(chart.layout.to_plotly_json())
        return
    moved = {at: new for at, new in enumerate(traces) if new["y"] != list(shown.data[at].y)}
    changes = {
        name: [new.get(name) for new in moved.values()] for name in ("y", "text", "hovertext")
    }
    for side in ("array", "arrayminus"):
        changes[f"error_y.{side}"] = [new.get("error_y", {}).get(side) for new in moved.values()]
    if moved:
        shown.plotly_restyle(changes, list(moved))  # one message, one drawing
