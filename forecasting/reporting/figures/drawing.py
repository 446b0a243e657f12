"""A figure while it is drawn: plain data, which plotly takes as it is.

plotly checks each property of a figure as it is set, which takes longer than all else about a chart
of this room. That these charts pass its checks is a test.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

__all__ = ["Drawing", "Trace", "bar", "scatter"]

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
    >>> Drawing({}, title_text="Stock").add_traces([scatter(x=[1], y=[2])]).figure().layout.title.text
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
