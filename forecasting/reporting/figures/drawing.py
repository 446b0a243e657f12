"""What every chart is drawn with: the style, a figure while it is drawn, the traces that charts
share, and scales.

A figure is plain data, which plotly takes as it is: plotly checks each property as it is set, which
takes longer than all else about a chart of this room. That these charts pass its checks is a test.

Colours are Okabe and Ito's (safe for colour-blind readers) and come with a meaning: blue is the
forecast, black is what stands or was counted. Numbers enter a figure rounded and as plain lists, so
that a stored figure is small, readable and the same on every machine.
"""

from __future__ import annotations

import importlib.resources
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from forecasting.names import PLOTLY_SCRIPT
from forecasting.reporting.labels import interval, readable, rounded

Trace = dict[str, Any]

INK = "#1b2733"
MUTED = "#5f6b76"
GRID = "#e6e9ed"
PAPER = "#ffffff"
DEEP = "#003a5d"
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#009e73"
PURPLE = "#b3659a"
SKY = "#56b4e9"
AMBER = "#c58a00"
FOREST = "#00664a"
ACCENTS = (ORANGE, FOREST, PURPLE, AMBER, SKY)  # the first ones differ on grey paper, too
SCENARIOS = {"baseline": BLUE, "accelerated": GREEN, "constrained": ORANGE}
CHARGING = {
    "charging_points_need": BLUE,
    "charging_points_practice": GREEN,
    "charging_points_standard": PURPLE,
}
# They tell scenarios and answers apart without colour, too
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up")
FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "Helvetica Neue", Arial, '
    "sans-serif"
)
AXIS = {
    "gridcolor": GRID,
    "linecolor": GRID,
    "zeroline": False,
    "ticks": "",
    "title": {"font": {"color": MUTED, "size": 12}, "standoff": 8},
    "tickfont": {"color": MUTED, "size": 12},
    "automargin": True,
    "exponentformat": "none",
    "separatethousands": True,
}
HOUSE = {
    "font": {"family": FONT, "size": 13, "color": INK},
    "title": {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "yref": "container",
        "y": 0.96,
        "yanchor": "top",
    },
    "paper_bgcolor": PAPER,
    "plot_bgcolor": PAPER,
    "colorway": [BLUE, *ACCENTS],
    "xaxis": AXIS | {"showgrid": False},
    "yaxis": AXIS,
    "legend": {
        "orientation": "h",
        "x": 0,
        "y": -0.14,
        "yanchor": "top",
        "font": {"size": 12, "color": MUTED},
    },
    "hoverlabel": {
        "bgcolor": PAPER,
        "bordercolor": GRID,
        "font": {"color": INK, "size": 12},
        "align": "left",
    },
    "margin": {"l": 12, "r": 24, "t": 72, "b": 12},
    "separators": ".,",
    "bargap": 0.3,
}
THIN = {"color": MUTED, "width": 1}  # a line that marks a place
BY_YEAR = {"dtick": 1, "tickformat": "d"}  # of an axis of years as numbers
ROOM = 1.12  # above the highest thing drawn, as a factor
# Ticks of each power of ten, on an axis of at most so many of them
TICKS = ((1.6, (1, 2, 5)), (3.2, (1, 3)), (math.inf, (1,)))
MOST = 12  # ticks of one power of ten each


class Drawing:
    """What a figure will hold.

    Parameters
    ----------
    title, subtitle : str
        Of the figure, the subtitle in smaller letters.
    x, y : str
        Of the axes: the quantity and its unit.
    height : int
        Pixels.
    **layout
        Of the figure; an underscore leads into a property, as in plotly: ``xaxis_title_text``.

    Examples
    --------
    >>> chart = Drawing("Stock", "at year's end", y="vehicles").add(scatter(x=[1], y=[2]))
    >>> chart.figure("1,000 in 2030").layout.meta["alt"]
    'Stock: 1,000 in 2030.'
    """

    def __init__(
        self,
        title: str,
        subtitle: str,
        *,
        x: str = "",
        y: str = "",
        height: int = 420,
        **layout: Any,
    ) -> None:
        words = {"text": subtitle, "font": {"size": 12.5, "color": MUTED}}
        head = {"text": f"<b>{title}</b>", "font": {"size": 16}, "subtitle": words}
        self.title = title
        self.layout: dict[str, Any] = {"template": {"layout": HOUSE}}
        self.traces: list[Trace] = []
        self.update_layout(
            title=head, height=height, xaxis_title_text=x, yaxis_title_text=y, **layout
        )

    def add(self, *traces: Trace) -> Drawing:
        """Draw over what is there."""
        self.traces += traces
        return self

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
        self.layout.setdefault("annotations", []).append({"showarrow": False} | annotation)
        return self

    def mark(self, axis: str, at: float | str, **line: Any) -> Drawing:
        """Draw a thin line across the figure.

        Parameters
        ----------
        axis : {"x", "y"}
            On which it has its place.
        at : float or str
            Its place.
        **line
            What is not as usual about it.
        """
        other = "y" if axis == "x" else "x"
        place = {f"{axis}0": at, f"{axis}1": at, f"{axis}ref": axis}
        across = {f"{other}0": 0, f"{other}1": 1, f"{other}ref": f"{other} domain"}
        shape = {"type": "line", "line": THIN | line} | place | across
        self.layout.setdefault("shapes", []).append(shape)
        return self

    def figure(self, words: str = "") -> go.Figure:
        """Hand over the figure, to show or to change; a name that plotly does not know is an error
        from here on.

        Parameters
        ----------
        words : str
            What it says, for who does not see it; its title is said before.
        """
        if words:
            self.update_layout(meta_alt=f"{self.title}: {words}.")
        return go.Figure(data=self.traces, layout=self.layout, _validate=False)


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


def scatter(**properties: Any) -> Trace:
    """Points, lines or an area.

    >>> scatter(x=[1], y=[2])
    {'type': 'scatter', 'x': [1], 'y': [2]}
    """
    return {"type": "scatter"} | properties


def bars(x: Sequence[Any], y: Iterable[float], colour: str, hover: str = "", **style: Any) -> Trace:
    """Bars without an edge.

    Parameters
    ----------
    x, y : sequence
        Their places and heights.
    colour : str
        Of all of them.
    hover : str
        What a pointer shows, as plotly's template; nothing if empty.
    **style
        Of the trace.

    Examples
    --------
    >>> bars(["2030"], [2.0], BLUE)["y"]
    [2.0]
    """
    shown = {"hovertemplate": f"{hover}<extra></extra>"} if hover else {"hoverinfo": "skip"}
    look = {"color": colour, "line": {"width": 0}}
    return {"type": "bar", "x": x, "y": rounded(y), "marker": look} | shown | style


def turned(trace: Trace) -> Trace:
    """The same trace with its heights from left to right."""
    other = {"x": "y", "y": "x", "error_y": "error_x"}
    return {other.get(name, name): value for name, value in trace.items()}


def hovering(words: Sequence[str] | str) -> dict[str, Any]:
    """What a pointer shows: of each point its words, or the same of all."""
    return {"hovertext": words, "hoverinfo": "text"}


def points(x: Sequence[Any], y: Iterable[float], hover: Sequence[str], **marker: Any) -> Trace:
    """Points; those without a name are no part of the legend.

    Parameters
    ----------
    x : sequence
        Dates or numbers.
    y : iterable of float
        Their heights.
    hover : sequence of str
        What a pointer shows of each.
    **marker
        Colour, size and whatever else is not as usual.
    """
    shown = {"marker": {"size": 10} | marker, "showlegend": False}
    return scatter(x=x, y=rounded(y), mode="markers", **shown, **hovering(hover))


def whiskers(
    x: Sequence[Any], wide: pd.DataFrame, hover: Sequence[str], name: str, **marker: Any
) -> Trace:
    """Medians with their 80 % intervals, in the legend.

    Parameters
    ----------
    x : sequence of float
        Where each row is drawn.
    wide : pandas.DataFrame
        A column per quantile.
    hover : sequence of str
        What a pointer shows of each.
    name : str
        In the legend.
    **marker
        Colour and symbol.
    """
    look = {"size": 11, "line": {"color": PAPER, "width": 1.5}} | marker
    named = {"name": name, "showlegend": True, "error_y": error_bar(*ends(wide))}
    return points(x, wide[0.5], hover, **look) | named


def ends(wide: pd.DataFrame) -> list[pd.Series[float]]:
    """Lower end, median and upper end of the 80 % interval."""
    return [wide[level] for level in (0.1, 0.5, 0.9)]


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
    style = {"text": words, "mode": "text", "textposition": position, "textfont": font}
    aside = {"cliponaxis": False, "showlegend": False, "hoverinfo": "skip"}
    return scatter(x=x, y=rounded(y), **style, **aside)


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
    return scatter(x=x, y=rounded(y), **shape, **style)


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


def line(
    x: Sequence[Any],
    y: Iterable[float],
    colour: str,
    *,
    dash: str = "solid",
    width: float = 2.5,
    **style: Any,
) -> Trace:
    """A line.

    Parameters
    ----------
    x, y : sequence
        Its points.
    colour, dash, width : str, str, float
        Of the line.
    **style
        Of the trace.
    """
    look = {"color": colour, "width": width, "dash": dash}
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
    names = [""] * (len(x) - 1) + [f" {name}"]
    style: Trace = {"text": names, "textposition": "middle right", "cliponaxis": False}
    font = {"color": colour, "size": 12}
    shown: Trace = {"name": name, "showlegend": False}
    shown["hovertemplate"] = f"{hover}<extra></extra>"
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
    lengths = {
        "array": rounded(upper - point for _, point, upper in rows),
        "arrayminus": rounded(point - lower for lower, point, _ in rows),
    }
    return {"type": "data", "symmetric": False, "thickness": 5, "width": 0} | lengths | style


def over(name: object, low: float, median: float, high: float) -> str:
    """What a pointer shows of a median with its 80 % interval.

    >>> over(2030, 1.0, 2.0, 4.0)
    '<b>2030: 2</b><br>80 %: 1 to 4'
    """
    return f"<b>{name}: {readable(median)}</b><br>80 %: {interval(low, high)}"


def tint(colour: str, opacity: float) -> str:
    """A colour made translucent.

    >>> tint("#0072b2", 0.2)
    'rgba(0,114,178,0.2)'
    """
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgba({red},{green},{blue},{opacity:g})"


def log_ticks(low: float, high: float) -> list[float]:
    """Ticks of a logarithmic axis: 1, 2 and 5 where it is short, powers of ten where it is long.

    Examples
    --------
    >>> log_ticks(900.0, 12_000.0)
    [1000.0, 2000.0, 5000.0, 10000.0]
    >>> log_ticks(3.0, 2e5)
    [10.0, 100.0, 1000.0, 10000.0, 100000.0]
    """
    steps = next(steps for most, steps in TICKS if math.log10(high / low) <= most)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [step * 10.0**power for power in powers for step in steps]
    inside = [tick for tick in ticks if low <= tick <= high]
    return inside[:: -(-len(inside) // MOST)]


def log_scale(values: Iterable[float]) -> dict[str, Any]:
    """A logarithmic axis that holds some values, its ticks written in full.

    Parameters
    ----------
    values : iterable of float
        What must be seen; zeros and less have no place on it.

    Examples
    --------
    >>> log_scale([950.0, 11_000.0])["ticktext"]
    ['1,000', '2,000', '5,000', '10,000']
    """
    seen = [value for value in values if value > 0 and math.isfinite(value)] or [1.0]
    low = min(seen) / ROOM
    high = max(seen) * ROOM
    if high < 3 * low:
        low /= 2
        high *= 2
    ticks = log_ticks(low, high)
    edges = [round(math.log10(low), 3), round(math.log10(high), 3)]
    words = [readable(tick) for tick in ticks]
    return {"type": "log", "range": edges, "tickvals": ticks, "ticktext": words}


def linear_scale(values: Iterable[float]) -> dict[str, Any]:
    """A linear axis from nothing to above some values.

    >>> linear_scale([10.0, 100.0])
    {'range': [0, 112.0]}
    """
    return {"range": [0, float(f"{ROOM * max(values):.3g}")]}


def leaving(days: Sequence[str], wide: pd.DataFrame, axis: dict[str, Any]) -> Iterator[Trace]:
    """Arrows at the edges of a chart where the 95 % interval goes on beyond them, each with the
    value that it reaches.

    Parameters
    ----------
    days : sequence of str
        Where each row is drawn.
    wide : pandas.DataFrame
        A row per year, a column per quantile.
    axis : dict
        From `log_scale` or `linear_scale`.
    """
    low, high = axis["range"]
    if axis.get("type") == "log":
        low = 10.0**low
        high = 10.0**high
    # At a year's end there is no room to the right
    side = "left" if days and days[0].endswith("-12-31") else "center"
    for level, sign, edge, arrow, height in (
        (0.975, 1, high, "↑", "bottom"),
        (0.025, -1, low, "↓", "top"),
    ):
        reached = zip(days, wide[level], strict=True)
        beyond = {day: end for day, end in reached if sign * (end - edge) > 0}
        if beyond:
            words = [f"{arrow} {readable(end, 2)}" for end in beyond.values()]
            at = [edge] * len(beyond)
            trace = words_at([*beyond], at, words, f"{height} {side}", size=11, color=DEEP)
            yield trace | {"name": "95 % beyond the frame"}


def use_notebook_renderer() -> None:
    """Have notebooks store figures as plain JSON: small, and the same from run to run."""
    import plotly.io

    plotly.io.renderers.default = "plotly_mimetype"


def plotly_javascript() -> bytes:
    """The library that draws the figures in a browser, as plotly ships it.

    Examples
    --------
    >>> len(plotly_javascript()) > 1_000_000
    True
    """
    return importlib.resources.files("plotly").joinpath("package_data", PLOTLY_SCRIPT).read_bytes()
