"""Charts of charging: the gap to what stands, a day's load, what the result is sensitive to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from forecasting.errors import InputError
from forecasting.evidence.words import period_words
from forecasting.reporting.figures.drawing import (
    Trace,
    bar,
    error_bar,
    line,
    over,
    scatter,
    words_at,
)
from forecasting.reporting.figures.facts import Mark
from forecasting.reporting.figures.fan import drawn_facts, without_market
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
    SYMBOLS,
    described,
    new_chart,
)
from forecasting.reporting.labels import (
    amount,
    amounts,
    capital,
    label_of,
    parameter_words,
    readable,
    rounded,
    unit_of,
)

if TYPE_CHECKING:
    from forecasting.demand.demand_outlook import DemandOutlook
    from forecasting.evidence.ledger import Ledger
    from forecasting.scenarios.outlook import Outlook

SETTING_COLOURS = {
    "home": BLUE,
    "depot": MUTED,
    "work": AMBER,
    "overnight": PURPLE,
    "destination_ac": SKY,
    "destination_dc": GREEN,
    "enroute_dc": ORANGE,
}
PATTERNS = ("", "/", ".", "\\", "|", "x", "-")  # of areas on each other
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
    chart = new_chart(
        f"Charging points: {outlook.scenario.title}",
        "at 31 December; a number is a median, a bar its 80 % interval",
        y="public points, log scale",
        height=460,
    )
    known_facts = outlook.facts if facts is None else facts
    held: list[float] = []
    answers: list[str] = []
    for place, measure in enumerate(CHARGING):
        wide = outlook.results.bands(measure).loc[list(chosen)]
        chart.add_traces(_whiskers(wide, place, measure))
        held += [*wide[0.1], *wide[0.9]]
        low, median, high = wide[[0.1, 0.5, 0.9]].iloc[-1].tolist()
        ends = amounts(low, high, measure)
        answers.append(f"{_short(measure)} {amount(median, measure)} ({ends})")
    for measure, unit in STANDING.items():
        drawn = drawn_facts(outlook, measure, outlook.results.country, known_facts)
        # "at least" is of one network
        if counted := [mark for mark in drawn if not mark.side]:
            chart.add_trace(_standing(counted[-1], unit, len(chosen)))
            held.append(counted[-1].height)
    ticks = {"tickvals": list(range(len(chosen))), "ticktext": [str(year) for year in chosen]}
    chart.update_xaxes(**ticks, range=[-0.5, len(chosen) - 0.5])
    chart.update_yaxes(**log_scale(held))
    when = f"medians with 80 % intervals at the end of {chosen[-1]}"
    return described(chart, f"{when}, {', '.join(answers)}")


def _short(measure: str) -> str:
    return measure.removeprefix("charging_points_")


def _whiskers(wide: pd.DataFrame, place: int, measure: str) -> Iterator[Trace]:
    words = _short(measure)
    colour = CHARGING[measure]
    across = [round(at + 0.24 * (place - 1), 2) for at in range(len(wide))]
    edge = {"color": PAPER, "width": 1.5}
    yield scatter(
        x=across,
        y=rounded(wide[0.5]),
        error_y=error_bar(wide[0.1], wide[0.5], wide[0.9]),
        mode="markers",
        marker={"color": colour, "symbol": SYMBOLS[place], "size": 11, "line": edge},
        name=words.capitalize(),
        hovertext=[
            over(f"{year}, {words}", row[0.1], row[0.5], row[0.9]) for year, row in wide.iterrows()
        ],
        hoverinfo="text",
    )
    medians = [amount(value, measure) for value in wide[0.5]]
    yield words_at(across, wide[0.9], medians, "top center", size=11.5, color=colour)


def _standing(mark: Mark, unit: str, width: int) -> Trace:
    label = f"{mark.label} {unit} standing, {period_words(mark.period)}"
    look = {"color": INK, "width": 1.5, "dash": "solid" if unit == "points" else "dot"}
    return line(
        [-0.5, width - 0.5],
        [mark.height] * 2,
        INK,
        mode="lines+text",
        line=look,
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
    title = f"Load through a day: {outlook.scenario.title}"
    chart = new_chart(title, subtitle, x="hour of the day", y="MW")
    order = load.groupby("setting")["mw"].sum().sort_values(ascending=False).index
    for place, setting in enumerate(map(str, order)):
        part = load[load["setting"] == setting]
        pattern = {"shape": PATTERNS[place % len(PATTERNS)], "size": 7, "solidity": 0.18}
        chart.add_trace(
            scatter(
                x=[int(hour) for hour in part["hour"]],
                y=rounded(part["mw"]),
                stackgroup="load",
                mode="lines",
                line={"color": SETTING_COLOURS.get(setting, MUTED), "width": 1.5},
                fillpattern=pattern,
                name=capital(parameter_words(setting)),
                hovertemplate="%{x}:00, %{y:.3s} MW<extra>%{fullData.name}</extra>",
            )
        )
    peak = load.groupby("hour")["mw"].sum()
    chart.update_xaxes(dtick=3, range=[0, 23])
    most = f"the most, {readable(peak.max())} MW, at {peak.idxmax()}:00"
    return described(chart, f"{subtitle}; {most}")


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
    middle = float(outlook.results.bands(measure).iloc[-1][0.5])
    subtitle = (
        f"median in {outlook.scenario.horizon} where one assumption is in its lowest or highest "
        "tenth"
    )
    title = f"{label_of(measure)}: what it hangs on"
    chart = new_chart(title, subtitle, x=unit_of(measure), height=150 + 36 * len(frame))
    for end, colour in (("low", ORANGE), ("high", BLUE)):
        chart.add_trace(_side(frame, end, middle, colour))
    chart.add_vline(x=float(f"{middle:.4g}"), line={"color": MUTED, "width": 1})
    farthest = max([middle, *frame["low"], *frame["high"]])
    # Room for the number at its end
    chart.update_xaxes(showgrid=True, range=[0, float(f"{1.14 * farthest:.3g}")])
    chart.update_yaxes(showgrid=False)
    chart.update_layout(barmode="overlay", bargap=0.35)
    widest = [parameter_words(str(name)) for name in frame["input"].iloc[:-4:-1]]
    words = f"the median is {readable(middle)}, the widest are {', '.join(widest)}"
    return described(chart, f"{subtitle}; {words}")


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
