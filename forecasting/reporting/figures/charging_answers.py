"""Charts of charging: the gap to what stands, a day's load, what the result is sensitive to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from forecasting.errors import InputError
from forecasting.evidence.words import period_words
from forecasting.quantities import BOUNDS
from forecasting.reporting.figures.drawing import Trace, bar, scatter
from forecasting.reporting.figures.fan import drawn_facts, without_market
from forecasting.reporting.figures.marks import Mark, interval_bar
from forecasting.reporting.figures.scale import log_scale
from forecasting.reporting.figures.style import (
    AMBER,
    BLUE,
    CHARGING,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    SKY,
    described,
    new_chart,
)
from forecasting.reporting.labels import (
    amount,
    amounts,
    capital,
    interval,
    label_of,
    parameter_words,
    readable,
    rounded,
    unit_of,
)
from forecasting.reporting.result_tables import bands

if TYPE_CHECKING:
    from forecasting.demand.demand_outlook import DemandOutlook
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.outlook import Outlook

__all__ = ["SETTING_COLOURS", "charger_gap", "demand_of", "load_chart", "tornado"]

SETTING_COLOURS = {
    "home": BLUE,
    "depot": MUTED,
    "work": AMBER,
    "overnight": PURPLE,
    "destination_ac": SKY,
    "destination_dc": GREEN,
    "enroute_dc": ORANGE,
}
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up")  # they differ without colour, too
PATTERNS = ("", "/", ".", "\\", "|", "x", "-")  # of areas on each other
EDGE = {"line": {"color": PAPER, "width": 1.5}}
STANDING = {"charging_points": "points", "charging_stations": "stations"}


def charger_gap(
    outlook: Outlook, facts: Ledger | None = None, years: tuple[int, ...] = ()
) -> go.Figure:
    """Charging points by need, by practice and by standard, beside what stands today.

    Three answers to three questions, never averaged: what the energy requires, what markets of this
    size have built, what a rule would ask for. Whiskers are 80 % intervals.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    facts : Ledger, optional
        Where the points and stations that stand are counted; those of the outlook if not given.
    years : tuple of int
        The years shown; four from the first to the last if none is given.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    if empty := without_market(outlook, "Charging points"):
        return empty
    known = [year for year in outlook.results.years if year >= outlook.first_year]
    last = len(known) - 1
    chosen = years or tuple(known[at] for at in sorted({0, last // 3, 2 * last // 3, last}))
    title = f"Charging points: {outlook.scenario.title}"
    chart = new_chart(
        title,
        "at 31 December; a number is a median, a bar its 80 % interval",
        y="public points",
        height=460,
    )
    known_facts = outlook.facts if facts is None else facts
    held: list[float] = []
    said: list[str] = []
    for place, measure in enumerate(CHARGING):
        wide = bands(outlook.results, measure).loc[list(chosen)]
        chart.add_traces(_whiskers(wide, place, measure))
        held += [*wide[0.1], *wide[0.9]]
        low, median, high = (float(wide[level].iloc[-1]) for level in (0.1, 0.5, 0.9))
        said.append(f"{_short(measure)} {amount(median, measure)} ({amounts(low, high, measure)})")
    for measure, unit in STANDING.items():
        drawn = drawn_facts(outlook, measure, outlook.results.country, known_facts)
        # "at least" is of one network
        if counted := [mark for mark in drawn if mark.relation not in BOUNDS]:
            chart.add_trace(_standing(counted[-1], unit, len(chosen)))
            held.append(counted[-1].height)
    ticks = {"tickvals": list(range(len(chosen))), "ticktext": [str(year) for year in chosen]}
    chart.update_xaxes(**ticks, range=[-0.5, len(chosen) - 0.5])
    chart.update_yaxes(**log_scale(held), title_text="public points, log scale")
    return described(
        chart, f"medians with 80 % intervals at the end of {chosen[-1]}, {', '.join(said)}"
    )


def _short(measure: str) -> str:
    return measure.removeprefix("charging_points_")


def _whiskers(wide: pd.DataFrame, place: int, measure: str) -> Iterator[Trace]:
    words = _short(measure)
    hover = [
        f"<b>{year}, {words}: {readable(r[0.5])}</b><br>80 %: {interval(r[0.1], r[0.9])}"
        for year, r in wide.iterrows()
    ]
    across = [round(at + 0.24 * (place - 1), 2) for at in range(len(wide))]
    yield scatter(
        x=across,
        y=rounded(wide[0.5]),
        error_y=interval_bar(wide),
        mode="markers",
        marker={
            "color": CHARGING[measure],
            "symbol": SYMBOLS[place],
            "size": 11,
            "line": {"color": PAPER, "width": 1.5},
        },
        name=words.capitalize(),
        hovertext=hover,
        hoverinfo="text",
    )
    yield scatter(
        x=across,
        y=rounded(wide[0.9]),
        mode="text",
        text=[amount(value, measure) for value in wide[0.5]],
        textposition="top center",
        textfont={"size": 11.5, "color": CHARGING[measure]},
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )


def _standing(mark: Mark, unit: str, width: int) -> Trace:
    label = f"{mark.label} {unit} standing, {period_words(mark.period)}"
    return scatter(
        x=[-0.5, width - 0.5],
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


def load_chart(outlook: Outlook, day: str = "winter") -> go.Figure:
    """Mean charging load through a day of the horizon year, by where vehicles charge.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    day : {"winter", "summer"}
        Which day.
    """
    if empty := without_market(outlook, "Load through a day"):
        return empty
    load = demand_of(outlook).load_day
    load = load[load["day"] == day]
    subtitle = (
        f"a {day} day of {outlook.scenario.horizon}, mean over the draws, by where vehicles charge"
    )
    chart = new_chart(
        f"Load through a day: {outlook.scenario.title}", subtitle, x="hour of the day", y="MW"
    )
    order = load.groupby("setting")["mw"].sum().sort_values(ascending=False).index
    for place, setting in enumerate(order):
        part = load[load["setting"] == setting]
        chart.add_trace(
            scatter(
                x=[int(hour) for hour in part["hour"]],
                y=rounded(part["mw"]),
                stackgroup="load",
                mode="lines",
                line={"color": SETTING_COLOURS.get(str(setting), MUTED), "width": 1.5},
                fillpattern={"shape": PATTERNS[place % len(PATTERNS)], "size": 7, "solidity": 0.18},
                name=capital(parameter_words(str(setting))),
                hovertemplate="%{x}:00, %{y:.3s} MW<extra>%{fullData.name}</extra>",
            )
        )
    peak = load.groupby("hour")["mw"].sum()
    chart.update_xaxes(dtick=3, range=[0, 23])
    return described(
        chart, f"{subtitle}; the most, {readable(peak.max())} MW, at {peak.idxmax()}:00"
    )


def tornado(outlook: Outlook, measure: str = "charging_points_need", last: int = 8) -> go.Figure:
    """What a result hangs on: its median where one assumption is in its lowest or highest tenth.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    measure : str
        Which result, in the horizon year.
    last : int
        How many assumptions, those with the widest swing.
    """
    if empty := without_market(outlook, label_of(measure)):
        return empty
    frame = demand_of(outlook).sensitivity
    # More than chance alone sorts
    frame = frame[(frame["output"] == measure) & (frame["share"] > 0)]
    frame = frame.loc[frame["swing"].abs().sort_values(kind="stable").index].tail(last)
    middle = float(bands(outlook.results, measure).iloc[-1][0.5])
    subtitle = f"median in {outlook.scenario.horizon} where one assumption is in its lowest or highest tenth"
    title = f"{label_of(measure)}: what it hangs on"
    chart = new_chart(title, subtitle, x=unit_of(measure), height=150 + 36 * len(frame))
    for end, colour in (("low", ORANGE), ("high", BLUE)):
        chart.add_trace(_side(frame, end, middle, colour))
    chart.add_vline(x=float(f"{middle:.4g}"), line={"color": MUTED, "width": 1})
    widest_end = max([middle, *frame["low"], *frame["high"]])
    # Room for the number at its end
    chart.update_xaxes(showgrid=True, range=[0, float(f"{1.14 * widest_end:.3g}")])
    chart.update_yaxes(showgrid=False)
    widest = [parameter_words(str(name)) for name in frame["input"].iloc[:-4:-1]]
    chart.update_layout(barmode="overlay", bargap=0.35)
    return described(
        chart, f"{subtitle}; the median is {readable(middle)}, the widest are {', '.join(widest)}"
    )


def _side(frame: pd.DataFrame, end: str, middle: float, colour: str) -> Trace:
    base = float(f"{middle:.4g}")
    return bar(
        y=[capital(parameter_words(str(name))) for name in frame["input"]],
        x=rounded(frame[end] - base),
        base=[base] * len(frame),
        orientation="h",
        marker={"color": colour, "line": {"width": 0}},
        name=f"{end}est tenth".capitalize(),
        text=[readable(value) for value in frame[end]],
        textposition="outside",
        textfont={"size": 11, "color": MUTED},
        cliponaxis=False,
        hovertemplate=f"%{{y}}, {end}est tenth: %{{text}}<extra></extra>",
    )


def demand_of(outlook: Outlook) -> DemandOutlook:
    """The chain of a country's outlook; a corridor has none, which is an error."""
    if outlook.demand is None:
        raise InputError(
            f"{outlook.scenario.name} has no demand for charging; only a country's outlook has"
        )
    return outlook.demand
