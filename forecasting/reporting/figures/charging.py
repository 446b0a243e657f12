"""Charts of charging: the gap to what stands, a day's load, what the result is sensitive to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from forecasting.reporting.figures.facts import Mark, marks
from forecasting.reporting.figures.style import AMBER, BLUE, CHARGING, GREEN, INK, MUTED, ORANGE, PURPLE, SKY, figure
from forecasting.reporting.tables import bands
from forecasting.reporting.wording import interval, period_words, readable, rounded

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

__all__ = ["charger_gap", "load_chart", "tornado"]

STANDING = {"charging_points": "points", "charging_stations": "stations"}


def charger_gap(outlook: Outlook, years: tuple[int, ...] = ()) -> go.Figure:
    """Charging points by need, by practice and by standard, beside what stands today.

    Three answers to three questions, never averaged: what the energy requires, what markets of this size have built,
    what a rule would ask for. Whiskers are 80 % intervals.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    years : tuple of int
        The years shown; four from the first to the last if none is given.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    shown = {measure: bands(outlook.table, measure) for measure in CHARGING}
    known = next(iter(shown.values())).index
    known = known[known >= outlook.scenario.as_of.year]
    chosen = years or tuple(known[at] for at in sorted({0, len(known) // 3, 2 * len(known) // 3, len(known) - 1}))
    title = f"Charging points: {outlook.scenario.title}"
    chart = figure(
        title, "need, practice and standard at 31 December, with 80 % intervals", y="public points", height=460
    )
    for place, (measure, wide) in enumerate(shown.items()):
        chart.add_trace(_whiskers(wide.loc[list(chosen)], place, measure))
    standing = {name: marks(outlook.evidence.frame, name) for name in STANDING}
    for name, found in standing.items():
        if found:
            chart.add_trace(_standing(found[-1], STANDING[name], len(chosen)))
    chart.update_xaxes(
        tickvals=list(range(len(chosen))), ticktext=[str(year) for year in chosen], range=[-0.5, len(chosen) - 0.25]
    )
    chart.update_yaxes(type="log", dtick=1)
    return chart


def _whiskers(wide: pd.DataFrame, place: int, measure: str) -> go.Scatter:
    words = measure.removeprefix("charging_points_")
    hover = [
        f"<b>{year}, {words}: {readable(r[0.5])}</b><br>80 %: {interval(r[0.1], r[0.9])}" for year, r in wide.iterrows()
    ]
    return go.Scatter(
        x=[round(at + 0.24 * (place - 1), 2) for at in range(len(wide))],
        y=rounded(wide[0.5]),
        error_y={
            "type": "data",
            "symmetric": False,
            "array": rounded(wide[0.9] - wide[0.5]),
            "arrayminus": rounded(wide[0.5] - wide[0.1]),
            "thickness": 5,
            "width": 0,
        },
        mode="markers+text",
        marker={"color": CHARGING[measure], "size": 11, "line": {"color": "#ffffff", "width": 1.5}},
        text=[f" {readable(value, 2)}" for value in wide[0.5]],
        textposition="middle right",
        textfont={"size": 11.5, "color": CHARGING[measure]},
        name=words.capitalize(),
        hovertext=hover,
        hoverinfo="text",
    )


def _standing(mark: Mark, unit: str, width: int) -> go.Scatter:
    label = f"{mark.label} {unit} standing, {period_words(mark.period)}"
    return go.Scatter(
        x=[-0.5, width - 0.25],
        y=rounded([mark.height] * 2),
        mode="lines+text",
        line={"color": INK, "width": 1.5, "dash": "solid" if unit == "points" else "dot"},
        text=["", label],
        textposition="top left",
        textfont={"size": 11.5, "color": INK},
        name=f"{unit.capitalize()} standing",
        hovertext=mark.hover,
        hoverinfo="text",
    )


def load_chart(outlook: Outlook) -> go.Figure:
    """Charging load through a winter's or a summer's day, by where vehicles charge, in the horizon year."""
    load = outlook.demand.load_day  # type: ignore[union-attr]
    hours = load["hour"]
    parts = [name for name in load.columns if name not in ("hour", "total")]
    chart = figure(
        f"Load through a day: {outlook.scenario.title}",
        f"horizon year {outlook.scenario.horizon}, by setting",
        x="hour of the day",
        y="MW",
    )
    for name, colour in zip(parts, (BLUE, GREEN, ORANGE, PURPLE, AMBER, SKY), strict=False):
        chart.add_trace(
            go.Scatter(
                x=[int(hour) for hour in hours],
                y=rounded(load[name]),
                stackgroup="load",
                mode="lines",
                line={"color": colour, "width": 1},
                name=str(name).replace("_", " ").capitalize(),
                hovertemplate="%{x}:00, %{y:.3s} MW<extra>%{fullData.name}</extra>",
            )
        )
    return chart.update_xaxes(dtick=3, range=[0, 23])


def tornado(outlook: Outlook, last: int = 10) -> go.Figure:
    """What the result hangs on: each parameter at its low and high end, the others in the middle.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    last : int
        How many parameters, the widest.
    """
    frame = outlook.demand.sensitivity  # type: ignore[union-attr]
    width = (frame["high"] - frame["low"]).abs()
    frame = frame.loc[width.sort_values(kind="stable").index].tail(last)
    names = [str(name).replace("_", " ") for name in frame["parameter"]]
    subtitle = f"charging points needed in {outlook.scenario.horizon} when one assumption moves to its low or high end"
    chart = figure(
        f"What the need hangs on: {outlook.scenario.title}", subtitle, x="points", height=140 + 34 * len(frame)
    )
    for end, colour in (("low", ORANGE), ("high", BLUE)):
        chart.add_trace(_side(frame, names, end, colour))
    middle = float(np.median(frame["mid"])) if len(frame) else 0.0
    chart.add_vline(x=middle, line={"color": MUTED, "width": 1})
    chart.update_yaxes(showgrid=False)
    return chart.update_layout(barmode="overlay", bargap=0.35)


def _side(frame: pd.DataFrame, names: list[str], end: str, colour: str) -> go.Bar:
    settings: list[Any] = list(frame[f"{end}_setting"]) if f"{end}_setting" in frame else [end] * len(frame)
    return go.Bar(
        y=names,
        x=rounded(frame[end] - frame["mid"]),
        base=rounded(frame["mid"]),
        orientation="h",
        marker={"color": colour, "line": {"width": 0}},
        name=f"At its {end} end",
        text=[readable(value, 2) if isinstance(value, float) else str(value) for value in settings],
        textposition="outside",
        textfont={"size": 11, "color": MUTED},
        cliponaxis=False,
        hovertemplate="%{y}: %{x:,.3s} points<extra></extra>",
    )
