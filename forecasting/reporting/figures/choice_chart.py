"""A choice: what too few and too many charging points come to, for each number that could be built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from forecasting.demand.choice import missing_and_idle
from forecasting.reporting.charging_tables import choice_of, choice_options
from forecasting.reporting.figures.drawing import line
from forecasting.reporting.figures.fan import without_market
from forecasting.reporting.figures.style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    described,
    new_chart,
)
from forecasting.reporting.labels import readable, rounded

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

NUMBERS = 25  # of points, along the axis
REACH = 0.95  # of the draws of need lie within the axis


def choice_chart(
    outlook: Outlook,
    missing: float | None = None,
    idle: float | None = None,
    own: float | None = None,
) -> go.Figure:
    """Points missing and idle in the mean by the number built, or, with the reader's costs, what
    they cost.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    missing, idle, own : float, optional
        As of `charging_tables.choice_table`.

    Returns
    -------
    plotly.graph_objects.Figure
        Two lines, with costs their sum; the three answers, and one's own number, marked.
    """
    if empty := without_market(outlook, "A choice"):
        return empty
    if outlook.demand is None:
        return new_chart("A choice", "no draws are kept in files").figure()
    choice = choice_of(outlook, missing, idle, own)
    options = choice_options(outlook, choice)
    wanted = outlook.demand.results["charging_points_need"][:, -1]
    numbers = np.linspace(0, max(float(np.quantile(wanted, REACH)), *options.values()), NUMBERS)
    few, many = missing_and_idle(wanted, numbers)
    unit = "points in the mean over the draws"
    if choice:
        unit = "cost a year, in the money of the choice"
        few, many = choice.missing * few, choice.idle * many
    lines = {"missing": (few, ORANGE), "idle": (many, BLUE)}
    if choice:
        lines["both: the regret"] = (few + many, INK)
    chart = new_chart(
        f"A choice: {outlook.scenario.title}",
        f"points missing and idle in {outlook.scenario.horizon}, by how many are built",
        x="public points built",
        y=unit,
    )
    for name, (values, colour) in lines.items():
        chart.add_trace(line(rounded(numbers), values, colour, name=name))
    for place, (name, number) in enumerate(sorted(options.items(), key=lambda item: item[1])):
        chart.add_vline(x=number, line={"color": MUTED, "width": 1, "dash": "dot"})
        chart.add_annotation(
            text=f"{name}, {readable(number)}",
            x=number,
            xref="x",
            y=1,
            yref="y domain",
            xanchor="left",
            yanchor="top",
            yshift=-17 * place,
            bgcolor=PAPER,
            showarrow=False,
        )
    words = [f"{name} {readable(number)}" for name, number in options.items()]
    return described(chart, f"{unit} by the number built; {', '.join(words)}")
