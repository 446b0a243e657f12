"""A figure while it is drawn: plain data, which plotly takes as it is, and the traces that charts
share.

plotly checks each property of a figure as it is set, which takes longer than all else about a chart
of this room. That these charts pass its checks is a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go

from forecasting.reporting.labels import interval, readable, rounded

Trace = dict[str, Any]


def scatter(**properties: Any) -> Trace:
    """Points, lines or an area.

    >>> scatter(x=[1], y=[2])
    {'type': 'scatter', 'x': [1], 'y': [2]}
    """
    return {"type": "scatter"} | properties


def bar(**properties: Any) -> Trace:
    """Bars.

    >>> bar(x=[1], y=[2])["type"]
    'bar'
    """
    return {"type": "bar"} | properties


def words_at(
    x: Sequence[Any], y: Iterable[float], words: list[str], position: str, **font: Any
) -> Trace:
    """Words in a chart, no part of its legend.

    Parameters
    ----------
    x : sequence
        Dates or numbers.
    y : iterable of float
        Where the words stand.
    words : list of str
        One for each point.
    position : str
        On which side of their points, e.g. ``top center``.
    **font
        Colour and size.
    """
    return scatter(
        x=x,
        y=rounded(y),
        text=words,
        mode="text",
        textposition=position,
        textfont=font,
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )


def area(x: Sequence[Any], y: Iterable[float], **style: Any) -> Trace:
    """A closed area without an edge.

    Parameters
    ----------
    x, y : sequence
        Its corners, in their order; several areas with a gap between them.
    **style
        Of the trace: name, fillcolor, legendgroup.
    """
    shape = {"fill": "toself", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return scatter(x=x, y=rounded(y), **(shape | style))


def band(x: Sequence[Any], lower: Iterable[float], upper: Iterable[float], **style: Any) -> Trace:
    """The area between two lines.

    Parameters
    ----------
    x : sequence
        Dates or numbers, one for each point.
    lower, upper : iterable of float
        The two edges.
    **style
        As of `area`.
    """
    return area([*x, *reversed(x)], [*upper, *reversed([*lower])], **style)


def line(x: Sequence[Any], y: Iterable[float], colour: str, **style: Any) -> Trace:
    """A line of the usual width.

    Parameters
    ----------
    x, y : sequence
        Its points.
    colour : str
        Of the line.
    **style
        Of the trace; ``dash`` of the line.
    """
    look = {"color": colour, "width": 2.5}
    if "dash" in style:
        look["dash"] = style.pop("dash")
    return scatter(**({"x": x, "y": rounded(y), "mode": "lines", "line": look} | style))


def named_line(
    x: Sequence[Any], y: Iterable[float], name: str, colour: str, hover: str, dash: str = "solid"
) -> Trace:
    """A line with its name at its end.

    Parameters
    ----------
    x, y : sequence
        Its points.
    name, colour, dash : str
        Of the line.
    hover : str
        What a pointer shows, as plotly's template.
    """
    names = ["" for _ in x[:-1]] + [f" {name}"]
    style = {"text": names, "textposition": "middle right", "cliponaxis": False}
    font = {"color": colour, "size": 12}
    shown = {"name": name, "showlegend": False, "hovertemplate": f"{hover}<extra></extra>"}
    return line(x, y, colour, dash=dash, mode="lines+text", textfont=font, **style, **shown)


def error_bar(
    low: Iterable[float], middle: Iterable[float], high: Iterable[float], **style: Any
) -> dict[str, Any]:
    """An interval about each point, as plotly draws an error bar without caps.

    Parameters
    ----------
    low, middle, high : iterable of float
        Ends and point of each.
    **style
        Colour and thickness.
    """
    rows = list(zip(low, middle, high, strict=True))
    ends = {
        "array": rounded(upper - point for _, point, upper in rows),
        "arrayminus": rounded(point - lower for lower, point, _ in rows),
    }
    return {"type": "data", "symmetric": False, "thickness": 5, "width": 0, **ends, **style}


def over(name: object, low: float, median: float, high: float) -> str:
    """What a pointer shows of a median with its 80 % interval.

    >>> over(2030, 1.0, 2.0, 4.0)
    '<b>2030: 2</b><br>80 %: 1 to 4'
    """
    return f"<b>{name}: {readable(median)}</b><br>80 %: {interval(low, high)}"


class Drawing:
    """What a figure will hold; its methods are named, and read their arguments, as those of
    plotly's figures.

    Parameters
    ----------
    template : dict
        The layout of whatever is not set here.
    **layout
        Of the figure; an underscore leads into a property, as in plotly: ``xaxis_title_text``.

    Examples
    --------
    >>> chart = Drawing({}, title_text="Stock").add_traces([scatter(x=[1], y=[2])])
    >>> chart.figure().layout.title.text
    'Stock'
    """

    def __init__(self, template: dict[str, Any], **layout: Any) -> None:
        self.layout: dict[str, Any] = {"template": {"layout": template}}
        self._traces: list[Trace] = []
        self.update_layout(**layout)

    def add_traces(self, traces: Iterable[Trace]) -> Drawing:
        """Draw over what is there."""
        self._traces += traces
        return self

    def add_trace(self, trace: Trace) -> Drawing:
        """Draw one trace over what is there."""
        return self.add_traces([trace])

    def update_layout(self, **layout: Any) -> Drawing:
        """Set some properties; the others stay."""
        _set(self.layout, layout)
        return self

    def update_xaxes(self, **axis: Any) -> Drawing:
        """Set some properties of the horizontal axis."""
        return self.update_layout(xaxis=axis)

    def update_yaxes(self, **axis: Any) -> Drawing:
        """Set some properties of the vertical axis."""
        return self.update_layout(yaxis=axis)

    def add_annotation(self, **annotation: Any) -> Drawing:
        """Write some words into the figure."""
        self.layout.setdefault("annotations", []).append(annotation)
        return self

    def add_vline(self, x: float, line: dict[str, Any]) -> Drawing:
        """Draw a line from bottom to top."""
        return self._line(x0=x, x1=x, xref="x", y0=0, y1=1, yref="y domain", line=line)

    def add_hline(self, y: float, line: dict[str, Any]) -> Drawing:
        """Draw a line from left to right."""
        return self._line(x0=0, x1=1, xref="x domain", y0=y, y1=y, yref="y", line=line)

    def _line(self, **shape: Any) -> Drawing:
        self.layout.setdefault("shapes", []).append({"type": "line"} | shape)
        return self

    def figure(self) -> go.Figure:
        """Hand over the figure, to show or to change; a name that plotly does not know is an error
        from here on.
        """
        return go.Figure(data=self._traces, layout=self.layout, _validate=False)


def _set(target: dict[str, Any], properties: dict[str, Any]) -> None:
    """Set properties by names such as ``title_text``, each within the property before its
    underscore.
    """
    for name, value in properties.items():
        first, _, rest = name.partition("_")
        within = {rest: value} if rest else value
        if isinstance(within, dict):
            _set(target.setdefault(first, {}), within)
        else:
            target[first] = within
