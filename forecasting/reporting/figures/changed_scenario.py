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

from forecasting.reporting.figures.drawing import Trace, error_bar, line, over, scatter
from forecasting.reporting.figures.fan import shade
from forecasting.reporting.figures.style import AMBER, BLUE, CHARGING, MUTED, new_chart, tint
from forecasting.reporting.labels import label_of, readable, rounded, unit_of

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

ANSWERS = CHARGING | {"charging_points_target": AMBER}
RIGHT = 0.61  # where the right chart begins, its ticks included
# The strips of an interval outside the next one, so that the legend shows each shade as it is.
SHADES = (("80 %", 0.3, ((0.1, 0.25), (0.75, 0.9))), ("50 %", 0.55, ((0.25, 0.75),)))


def what_if_chart(now: Outlook, given: Outlook) -> go.Figure:
    """The scenario as it is now, beside the scenario as it was given.

    Parameters
    ----------
    now, given : Outlook
        Of one place, on the same random draws.

    Returns
    -------
    plotly.graph_objects.Figure
        Left the vehicles on the road (of a corridor, its flow) by year, right the charging points
        at the horizon.
    """
    measure, answers = _left(now), _right(now)
    words = "as it is now in colour, as it was given in grey"
    chart = new_chart(now.scenario.title, words, y=unit_of(measure), height=400, autosize=True)
    chart.add_traces(_traces(now, given))
    chart.update_xaxes(dtick=1, tickformat="d")
    chart.update_yaxes(rangemode="tozero")
    above = [_above(label_of(measure), 0)]
    if answers:
        above.append(_above(f"public points, end of {now.scenario.horizon}", RIGHT))
        chart.update_layout(xaxis={"domain": [0, 0.55]}, **_right_hand(answers))
    chart.update_layout(annotations=above, margin={"t": 92, "r": 44})
    return chart.figure()


def _left(now: Outlook) -> str:
    return "ev_stock" if "ev_stock" in now.results.values else now.scenario.measure


def _right(now: Outlook) -> list[str]:
    return [name for name in ANSWERS if name in now.results.values]


def _traces(now: Outlook, given: Outlook) -> Iterator[Trace]:
    measure = _left(now)
    wide, before = (each.results.bands(measure).loc[each.first_year :] for each in (now, given))
    for words, opacity, strips in SHADES:
        years = [(wide.index.tolist(), wide)]
        yield shade(years, strips, name=words, fillcolor=tint(BLUE, opacity))
    yield _path(before, "Median as given", line={"color": MUTED, "width": 2, "dash": "dash"})
    yield _path(wide, "Median now")
    yield from _answers(now, given)


def _path(wide: pd.DataFrame, name: str, **style: Any) -> Trace:
    hover = [over(year, row[0.1], row[0.5], row[0.9]) for year, row in wide.iterrows()]
    shown = {"mode": "lines+markers", "hovertext": hover, "hoverinfo": "text", "name": name}
    return line(wide.index.tolist(), wide[0.5], BLUE, **shown, **style)


def _right_hand(answers: list[str]) -> dict[str, Any]:
    words = [_short(measure).capitalize() for measure in answers]
    ticks = {
        "tickvals": list(range(len(words))),
        "ticktext": words,
        "range": [-0.5, len(words) - 0.1],
    }
    return {
        "xaxis2": {"domain": [RIGHT + 0.07, 1], "anchor": "y2", "showgrid": False, **ticks},
        "yaxis2": {"anchor": "x2", "rangemode": "tozero"},
    }


def _above(words: str, left: float) -> dict[str, Any]:
    """What a chart counts, above it: beside the right one's axis it would lie over the left one in
    a narrow window.
    """
    place = {"x": left, "xref": "paper", "xanchor": "left"}
    place |= {"y": 1.02, "yref": "paper", "yanchor": "bottom"}
    return place | {"text": words, "showarrow": False, "font": {"size": 12, "color": MUTED}}


def _answers(now: Outlook, given: Outlook) -> Iterator[Trace]:
    """For each answer its median and 80 % interval, as given and now."""
    for outlook, shift, words in ((given, -0.14, "as given"), (now, 0.14, "now")):
        for at, measure in enumerate(_right(now)):
            if measure in outlook.results.values:
                yield {"x": [round(at + shift, 2)], **_answer(outlook, measure, words)}


def _answer(outlook: Outlook, measure: str, words: str) -> Trace:
    last = outlook.results.values[measure][:, -1]
    low, median, high = np.quantile(last, (0.1, 0.5, 0.9)).tolist()
    is_now = words == "now"
    colour = ANSWERS[measure] if is_now else MUTED
    return scatter(
        y=rounded([median]),
        error_y=error_bar([low], [median], [high], thickness=4, color=colour),
        mode="markers+text" if is_now else "markers",
        marker={"color": colour, "size": 10},
        text=[readable(median)],
        textposition="middle right",
        textfont={"size": 11, "color": colour},
        hovertext=over(f"{_short(measure)}, {words}", low, median, high),
        hoverinfo="text",
        cliponaxis=False,
        showlegend=False,
        xaxis="x2",
        yaxis="y2",
    )


def _short(measure: str) -> str:
    return measure.removeprefix("charging_points_")


def live_figure(now: Outlook, given: Outlook) -> go.FigureWidget:
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

    shown = WholeFigure(what_if_chart(now, given))
    shown._config = {"responsive": True}
    shown.whole = True
    shown.open()
    return shown


def redraw(shown: go.FigureWidget, now: Outlook, given: Outlook) -> None:
    """Bring a figure that is shown in line with its outlooks; of the same parts only what moved is
    sent.
    """
    traces = list(_traces(now, given))
    if len(shown.data) != len(traces) or shown.layout.title.text != f"<b>{now.scenario.title}</b>":
        chart = what_if_chart(now, given)
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
