"""What every chart is drawn with: the style, a figure while it is drawn, the traces that charts
share, and scales.

A title is a sentence with the number that matters; the line below it says what is shown and in
which unit, and a line at the foot where it comes from. A figure is plain data, which plotly takes
as it is: plotly checks each property as it is set, which takes longer than all else about a chart
of this room. That these charts pass its checks is a test.

Colours are Okabe and Ito's (safe for colour-blind readers) and come with a meaning: blue is the
forecast, black is what stands or was counted. Numbers enter a figure rounded and as plain lists, so
that a stored figure is small, readable and the same on every machine.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from forecasting.vocabulary.catalogues import ENGLISH, digits, language
from forecasting.vocabulary.quantiles import RANGE_LEVELS, standing_digits
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.messages import FigureForm
from forecasting.writers.numbers import interval, readable, rounded

Properties = dict[str, Any]  # of an axis, a layout
Trace = Properties
Places = Sequence[Any]  # years, dates or numbers along an axis
Values = Iterable[float]

INK = "#1b2733"
MUTED = "#5f6b76"
GRID_COLOUR = "#e6e9ed"
PAPER = "#ffffff"
DEEP = "#003a5d"
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#009e73"
PURPLE = "#b3659a"
SKY = "#56b4e9"
AMBER = "#c58a00"
FOREST = "#00664a"
# Letters need more contrast with paper than lines do
LETTER_COLOURS = {
    GREEN: FOREST,
    ORANGE: "#a64900",
    PURPLE: "#8f3f76",
    AMBER: "#7d5800",
    SKY: "#1b6a96",
}
ACCENTS = (ORANGE, FOREST, PURPLE, AMBER, SKY)  # the first ones differ on grey paper, too
SCENARIO_COLOURS = {"baseline": BLUE, "accelerated": GREEN, "constrained": ORANGE}
CHARGING_COLOURS = {
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
    "gridcolor": GRID_COLOUR,
    "zeroline": False,
    "title": {"font": {"color": MUTED, "size": 12}, "standoff": 8},
    "tickfont": {"color": MUTED, "size": 12},
    "automargin": True,
    "exponentformat": "none",
    "separatethousands": True,
}
HOUSE = {
    "font": {"family": FONT, "size": 13, "color": INK},
    "title": {"x": 0, "xref": "paper", "y": 0.96},
    # In dark mode the script of a page paints these two anew
    "paper_bgcolor": PAPER,
    "plot_bgcolor": PAPER,
    "colorway": [BLUE, *ACCENTS],
    "xaxis": AXIS | {"showgrid": False},
    "yaxis": AXIS | {"nticks": 6},
    "legend": {
        "orientation": "h",
        "y": 1,
        "yanchor": "bottom",
        "font": {"size": 12, "color": MUTED},
    },
    "hoverlabel": {
        "bgcolor": PAPER,
        "bordercolor": GRID_COLOUR,
        "font": {"color": INK, "size": 12},
        "align": "left",
    },
    "margin": {"l": 12, "r": 24},
    "bargap": 0.3,
    "barmode": "overlay",
    # In a notebook the buttons stand beside the chart, off its title
    "modebar": {"orientation": "v", "remove": ["lasso2d", "select2d", "autoScale2d"]},
}
# Of a chart that is read by rows; its title begins above the names of rows
SIDEWAYS: Properties = {
    "xaxis_showgrid": True,
    "yaxis_showgrid": False,
    "yaxis_dtick": 1,  # no row without its name
    "title_xref": "container",
    "title_x": 0.015,
}
THIN_LINE = {"color": MUTED, "width": 1}  # a line that marks a place
MAX_FULL_YEARS = 9  # on an axis; of more, the century is written once
AXIS_HEADROOM = 1.12  # above the highest thing drawn, as a factor
SHORT_AXIS_DECADES = 2.2  # powers of ten on an axis
LABEL_HEIGHT = 0.055  # height of a line of them as a part of an axis
LINE_PIXELS = 15  # pixels of a line of small letters
SOURCE_LINE = {  # below the axis
    "name": "source",
    "font": {"size": 11, "color": MUTED},
    "showarrow": False,
    "align": "left",  # of the lines that a page makes of it
    "x": 0,
    "xref": "paper",
    "y": 0,
    "yref": "paper",
    "yanchor": "top",
}
LEGEND_LETTERS = 100  # letters in a line
SUBTITLE_LETTERS = 1.31  # letters of a subtitle for one of the title
SHORT_YEAR = "’{year}"
HOVER = "<b>{name}: {median}</b><br>80 %: {ends}"  # what a pointer shows of a median


class Drawing:
    """What a figure will hold.

    Parameters
    ----------
    words : FigureForm
        What the figure says, what it shows, in smaller letters, and where the numbers come from.
    height : int
        Pixels.
    letters : int
        In a line of the title; the smaller ones of the subtitle are more.
    **layout
        Of the figure; an underscore leads into a property, as in plotly: ``xaxis_title_text``.

    Examples
    --------
    >>> words = FigureForm("1,000 in 2030", "vehicles at year's end")
    >>> Drawing(words).add(scatter(x=[1], y=[2])).figure().layout.meta["alt"]
    "1,000 in 2030: vehicles at year's end."
    """

    def __init__(
        self,
        words: FigureForm,
        *,
        height: int = 420,
        letters: int = 84,
        **layout: Any,
    ) -> None:
        lines = textwrap.wrap(words.title, letters)
        smaller = textwrap.wrap(words.subtitle, int(SUBTITLE_LETTERS * letters))
        subtitle = {"text": "<br>".join(smaller), "font": {"size": 12.5, "color": MUTED}}
        head = {"text": f"<b>{'<br>'.join(lines)}</b>", "font": {"size": 16}, "subtitle": subtitle}
        self.alternative = f"{words.caption}."  # for a reader who does not see it
        self.source = words.source
        self.top = 38 + 20 * len(lines) + LINE_PIXELS * len(smaller)
        self.layout: Properties = {"template": {"layout": HOUSE}, "xaxis": {}}
        self.traces: list[Trace] = []
        self.update_layout(title=head, height=height, **layout)

    def add(self, *traces: Trace) -> Drawing:
        """Draw over what is there."""
        self.traces += traces
        return self

    def update_layout(self, **layout: Any) -> Drawing:
        """Set some properties; the others stay."""
        _set_properties(self.layout, layout)
        return self

    def years(self, index: Places | pd.Index, full_years: int = MAX_FULL_YEARS) -> Drawing:
        """Give the horizontal axis years as numbers, none of them left out.

        Parameters
        ----------
        index : sequence
            Years, or places between them, of which the first and the last must be seen.
        full_years : int
            How many have room for their century.

        Examples
        --------
        >>> Drawing(FigureForm("")).years([2024, 2026]).layout["xaxis"]["ticktext"]
        ['2024', '2025', '2026']
        >>> Drawing(FigureForm("")).years([2019, 2030]).layout["xaxis"]["ticktext"][:3]
        ['2019', '’20', '’21']
        """
        years = range(math.floor(index[0] + 0.5), math.ceil(index[-1] - 0.5) + 1)
        names = [str(year) for year in years]
        if len(names) > full_years:
            names[1:] = [sentence(SHORT_YEAR, year=name[2:]) for name in names[1:]]
        ends = [years[0] - 0.5, years[-1] + 0.5]
        return self.update_layout(xaxis={"tickvals": [*years], "ticktext": names, "range": ends})

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
        (cross_axis,) = {"x", "y"} - {axis}
        shape = {f"{axis}0": at, f"{axis}1": at, f"{axis}ref": axis}
        shape |= {f"{cross_axis}0": 0, f"{cross_axis}1": 1, f"{cross_axis}ref": "paper"}
        self.layout.setdefault("shapes", []).append(
            {"type": "line", "line": THIN_LINE | line} | shape
        )
        return self

    def names_at(self, x: float, heights: Values, names: Iterable[tuple[str, str]]) -> Drawing:
        """Write names at the right end of lines or layers, moved apart where they would touch.

        Parameters
        ----------
        x : float
            Where they begin.
        heights : iterable of float
            Where each belongs.
        names : iterable of (str, str)
            Words and colour of each.
        """
        rows = [*names]
        lines = 1 + max(words.count("<br>") for words, _ in rows)
        places = label_heights([*heights], self.layout["yaxis"], LABEL_HEIGHT * lines)
        for height, (words, colour) in zip(places, rows, strict=True):
            self.add(words_at([x], [height], [words], "middle right", size=12, color=colour))
        return self

    def figure(self) -> go.Figure:
        """Hand over the figure, to show or to change; a name that plotly does not know is an error
        from here on.
        """
        axis = self.layout["xaxis"]
        labels = [str(label) for label in axis.get("ticktext", [""])]
        depth = 8 + LINE_PIXELS * (1 + max(label.count("<br>") for label in labels))
        depth += 24 * ("title" in axis)
        legend = (trace.get("showlegend", True) and trace.get("name") for trace in self.traces)
        names = [*filter(None, legend)]
        rows = -(-len("".ljust(9).join(names)) // LEGEND_LETTERS)
        if len(names) < 2:
            rows = 0
        foot = depth + (LINE_PIXELS + 6) * bool(self.source)
        self.update_layout(
            margin_t=self.top + 20 * rows,
            margin_b=foot,
            annotations=[SOURCE_LINE | {"text": self.source, "yshift": -depth}],
            meta_alt=self.alternative,
        )
        if language().code != ENGLISH:
            self.layout["separators"] = digits(".,")
        return go.Figure(data=self.traces, layout=self.layout, _validate=False)


def _set_properties(target: Properties, properties: Properties) -> None:
    """Set properties by names such as ``title_text``, each within the property before its
    underscore.
    """
    for name, value in properties.items():
        head, _, tail = name.partition("_")
        nested = {tail: value} if tail else value
        if isinstance(nested, dict):
            _set_properties(target.setdefault(head, {}), nested)
        else:
            target[head] = nested


def scatter(**properties: Any) -> Trace:
    """Points, lines or an area.

    >>> scatter(x=[1], y=[2])
    {'type': 'scatter', 'x': [1], 'y': [2]}
    """
    return {"type": "scatter"} | properties


def bars(x: Places, y: Values, colour: str, hover: str = "", **style: Any) -> Trace:
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
    pointer = {"hovertemplate": f"{hover}<extra></extra>"} if hover else {"hoverinfo": "skip"}
    look = {"color": colour}
    return {"type": "bar", "x": x, "y": rounded(y), "marker": look} | pointer | style


def turned(trace: Trace) -> Trace:
    """The same trace with its heights from left to right."""
    axes = {"x": "y", "y": "x", "error_y": "error_x"}
    return {axes.get(name, name): value for name, value in trace.items()}


def hovering(words: Sequence[str] | str) -> Properties:
    """What a pointer shows: of each point its words, or the same of all."""
    return {"hovertext": words, "hoverinfo": "text"}


def points(x: Places, y: Values, hover: Sequence[str], **marker: Any) -> Trace:
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
    # A point on the axis is drawn whole
    style = {"marker": {"size": 10} | marker, "showlegend": False, "cliponaxis": False}
    return scatter(x=x, y=rounded(y), mode="markers", **style, **hovering(hover))


def whiskers(
    x: Places, wide: pd.DataFrame, names: Iterable[object], legend: str, **marker: Any
) -> Trace:
    """Medians with their 80 % ranges, in the legend.

    Parameters
    ----------
    x : sequence of float
        Where each row is drawn.
    wide : pandas.DataFrame
        A column per quantile.
    names : iterable
        What a pointer calls each.
    legend : str
        What the legend calls all of them.
    **marker
        Colour and symbol.
    """
    look = {"size": 11, "line": {"color": PAPER, "width": 1.5}} | marker
    legend_entry = {"name": legend, "showlegend": True, "error_y": error_bar(*ends(wide))}
    return points(x, wide[0.5], hovers(names, wide), **look) | legend_entry


def ends(wide: pd.DataFrame) -> list[pd.Series[float]]:
    """Lower end, median and upper end of the 80 % range."""
    return [wide[level] for level in RANGE_LEVELS]


def words_at(x: Places, y: Values, words: list[str], position: str, **font: Any) -> Trace:
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
        Colour, or one for each point, and size; of a colour for lines, letters take the darker one.
    """
    font["color"] = _letters(font["color"])
    # A marker that is not seen keeps the words clear of those that are
    style = {"text": words, "mode": "markers+text", "marker": {"size": 10, "opacity": 0}}
    style |= {"textposition": position, "textfont": font}
    aside = {"cliponaxis": False, "showlegend": False, "hoverinfo": "skip"}
    return scatter(x=x, y=rounded(y), **style, **aside)


def _letters(colour: str | list[str]) -> str | list[str]:
    if isinstance(colour, list):
        return [LETTER_COLOURS.get(part, part) for part in colour]
    return LETTER_COLOURS.get(colour, colour)


def band(x: Places, lower: Values, upper: Values, **style: Any) -> Trace:
    """The area between two lines.

    Parameters
    ----------
    x : sequence
        Dates or numbers, one for each point.
    lower, upper : iterable of float
        The two edges.
    **style
        Of the trace: name, fillcolor, legendgroup.
    """
    shape = {"fill": "toself", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    heights = rounded([*upper, *reversed([*lower])])
    return scatter(x=[*x, *reversed(x)], y=heights, **shape, **style)


def line(
    x: Places,
    y: Values,
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


def error_bar(low: Values, middle: Values, high: Values, **style: Any) -> Properties:
    """An interval about each point, as plotly draws an error bar without caps.

    Parameters
    ----------
    low, middle, high : iterable of float
        Ends and point of each.
    **style
        Colour and thickness.
    """
    points = np.array([*middle])
    lengths = {
        "array": rounded(np.array([*high]) - points),
        "arrayminus": rounded(points - np.array([*low])),
    }
    return {"thickness": 5, "width": 0} | lengths | style


def hovers(names: Iterable[object], wide: pd.DataFrame) -> list[str]:
    """What a pointer shows of each median with its 80 % range.

    >>> hovers([2030], pd.DataFrame({0.1: [1.0], 0.5: [2.0], 0.9: [4.0]}))
    ['<b>2030: 2</b><br>80 %: 1 to 4']
    """
    digits = map(standing_digits, wide[0.1], wide[0.9])
    return [
        sentence(HOVER, name=name, median=readable(median, n), ends=interval(low, high, n))
        for name, n, low, median, high in zip(names, digits, *ends(wide), strict=True)
    ]


def tint(colour: str, opacity: float) -> str:
    """A colour made translucent.

    >>> tint("#0072b2", 0.2)
    'rgba(0,114,178,0.2)'
    """
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgba({red},{green},{blue},{opacity:g})"


def log_scale(values: Values) -> Properties:
    """A logarithmic axis that holds some values: ticks at 1, 2 and 5 where it is short, at powers
    of ten where it is long.

    Parameters
    ----------
    values : iterable of float
        What must be seen; zeros and less have no place on it.

    Examples
    --------
    >>> log_scale([950.0, 11_000.0])["dtick"], log_scale([1.0, 1e6])["dtick"]
    ('D2', 1)
    """
    positive_values = [value for value in values if value > 0 and math.isfinite(value)] or [1.0]
    low, high = (
        math.log10(end)
        for end in (min(positive_values) / AXIS_HEADROOM, max(positive_values) * AXIS_HEADROOM)
    )
    if high - low < 0.5:
        low -= 0.3
        high += 0.3
    dtick = "D2" if high - low < SHORT_AXIS_DECADES else 1
    edges = [round(low, 3), round(high, 3)]
    return {"type": "log", "range": edges, "dtick": dtick, "tickformat": ",~r"}


def linear_scale(values: Values) -> Properties:
    """A linear axis from nothing to above some values, or from below those that are less.

    >>> linear_scale([10.0, 100.0]), linear_scale([-10.0, 100.0])
    ({'range': [0, 112.0]}, {'range': [-11.2, 112.0]})
    """
    heights = [*values]
    low, high = (float(f"{AXIS_HEADROOM * end:.3g}") for end in (min(heights), max(heights)))
    return {"range": [min(0, low), high]}


def label_heights(heights: Sequence[float], axis: Mapping[str, Any], gap: float) -> list[float]:
    """Heights for labels, moved up where two are nearer than a line of text.

    Parameters
    ----------
    heights : sequence of float
        Where the labels belong.
    axis : mapping
        From `linear_scale`.
    gap : float
        Height of a label as a part of the axis.

    Examples
    --------
    >>> label_heights([50.0, 10.0, 51.0], {"range": [0, 100]}, 0.1)
    [50.0, 10.0, 60.0]
    """
    places = np.array(heights, dtype=float)
    low, high = axis["range"]
    order = np.argsort(places, kind="stable")
    for lower, upper in itertools.pairwise(order):
        places[upper] = max(places[upper], places[lower] + gap * (high - low))
    return [float(f"{place:.4g}") for place in places]


def use_notebook_renderer() -> None:
    """Have notebooks store figures as plain JSON: small, and the same from run to run."""
    import plotly.io

    plotly.io.renderers.default = "plotly_mimetype"
