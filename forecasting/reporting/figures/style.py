"""The style of all charts: one layout, one palette, helpers that every chart shares.

Colours are Okabe and Ito's (safe for colour-blind readers) and come with a meaning: blue is the
forecast, black is what stands or was counted. Numbers enter a figure rounded and as plain lists, so
that a stored figure is small, readable and the same on every machine.
"""

from __future__ import annotations

import importlib.resources
from typing import Any

import plotly.graph_objects as go

from forecasting.names import PLOTLY_SCRIPT
from forecasting.reporting.figures.drawing import Drawing

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


def _axis(**more: Any) -> dict[str, Any]:
    return {
        "gridcolor": GRID,
        "linecolor": GRID,
        "zeroline": False,
        "ticks": "",
        "title": {"font": {"color": MUTED, "size": 12}, "standoff": 8},
        "tickfont": {"color": MUTED, "size": 12},
        "automargin": True,
        "exponentformat": "none",
        "separatethousands": True,
    } | more


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
    "xaxis": _axis(showgrid=False),
    "yaxis": _axis(),
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


def new_chart(
    title: str, subtitle: str, *, x: str = "", y: str = "", height: int = 420, **layout: Any
) -> Drawing:
    """An empty figure in the common style; ``y`` names the quantity and its unit.

    Examples
    --------
    >>> new_chart("Stock", "at year's end", y="vehicles").figure().layout.yaxis.title.text
    'vehicles'
    """
    head = {"text": f"<b>{title}</b>", "font": {"size": 16}}
    head |= {"subtitle": {"text": subtitle, "font": {"size": 12.5, "color": MUTED}}}
    return Drawing(
        HOUSE, title=head, height=height, xaxis_title_text=x, yaxis_title_text=y, **layout
    )


def described(chart: Drawing, words: str) -> go.Figure:
    """The figure, with the words that are read to who does not see it: its title, and what it says.

    >>> chart = new_chart("Stock", "at year's end", y="vehicles")
    >>> described(chart, "1,000 in 2030").layout.meta["alt"]
    'Stock: 1,000 in 2030.'
    """
    title = str(chart.layout["title"]["text"]).replace("<b>", "").replace("</b>", "")
    return chart.update_layout(meta_alt=f"{title}: {words}.").figure()


def tint(colour: str, opacity: float) -> str:
    """A colour made translucent.

    >>> tint("#0072b2", 0.2)
    'rgba(0,114,178,0.2)'
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


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
