"""Charts of the steps from vehicles to chargers: cohorts, months, settings, station sizes, a road."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from forecasting.demand.corridor import truck_plan
from forecasting.demand.queueing import Promise, utilisation_ceiling
from forecasting.evidence.words import MONTHS
from forecasting.reporting.figures.charging_answers import SETTING_COLOURS, demand_of
from forecasting.reporting.figures.drawing import Drawing, Trace, bar, error_bar, named_line
from forecasting.reporting.figures.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SKY,
    new_chart,
    tint,
)
from forecasting.reporting.labels import SETTINGS, capital, readable, rounded

if TYPE_CHECKING:
    from forecasting.scenarios.outlook import Outlook

CLASSES = (BLUE, SKY, GREEN, ORANGE, PURPLE)  # of vehicle, in their order; further ones begin anew
POWERS = (SKY, BLUE, PURPLE)
STACKED: dict[str, Any] = {"barmode": "stack", "bargap": 0.25, "legend_traceorder": "normal"}
COHORTS = 8  # shown one by one: more shades could not be distinguished


def cohort_chart(outlook: Outlook) -> go.Figure:
    """Vehicles on the road at each year's end, stacked by the year in which they came: how young
    the fleet is.

    Parameters
    ----------
    outlook : Outlook
        A country's results.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    table = demand_of(outlook).by_cohort
    table = table[table["year"] >= outlook.first_year - 3]
    oldest = max(int(table["year"].max()) - COHORTS + 1, int(table["year"].min()))
    wide = table.assign(cohort=table["cohort"].clip(lower=oldest - 1)).pivot_table(
        index="year", columns="cohort", values="stock", aggfunc="sum", fill_value=0.0
    )
    subtitle = "at 31 December by year of entry, means over the draws; the oldest are below"
    title = f"The fleet by cohort: {outlook.scenario.title}"
    chart = new_chart(title, subtitle, y="vehicles", height=440)
    for place, cohort in enumerate(wide.columns.astype(int).tolist()):
        name = f"before {oldest}" if cohort < oldest else str(cohort)
        shade = tint(BLUE, round(1 - 0.85 * place / max(len(wide.columns) - 1, 1), 2))
        chart.add_trace(_stack(wide[cohort], name, shade, "vehicles"))
    return _stacked_by_year(chart)


def month_chart(outlook: Outlook, year: int | None = None) -> go.Figure:
    """Electricity by month and class of vehicle in one year, the winter month named.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    year : int, optional
        Which year; the last if not given.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    year = year or outlook.scenario.horizon
    demand = demand_of(outlook)
    table = demand.by_class_month
    wide = table[table["year"] == year].pivot(index="month", columns="vehicle_class", values="gwh")
    total = wide.sum(axis=1).set_axis(MONTHS)
    peak = str(total.idxmax())
    least = str(total.idxmin())
    highest = float(total[peak])
    more = readable(100 * (highest / total[least] - 1), 2)
    subtitle = f"{year}, means over the draws; {peak} takes {more} % more than {least}"
    chart = new_chart(f"Electricity by month: {outlook.scenario.title}", subtitle, y="GWh a month")
    for vehicle, colour in zip(demand.parameters.classes, cycle(CLASSES), strict=False):
        if vehicle.name in wide and wide[vehicle.name].any():
            months = wide[vehicle.name].set_axis(MONTHS)
            chart.add_trace(_stack(months, vehicle.label, colour, "GWh"))
    chart.add_annotation(
        x=peak,
        y=float(f"{highest:.4g}"),
        text=f"most in {peak}: {readable(highest)} GWh",
        showarrow=False,
        yshift=10,
        xanchor="left",
        xshift=-24,
        font={"size": 12, "color": MUTED},
    )
    chart.update_yaxes(range=[0, float(f"{1.15 * highest:.3g}")])
    return chart.update_layout(**STACKED).figure()


def points_chart(outlook: Outlook, by: str = "setting") -> go.Figure:
    """Public charging points that the energy needs, by where they stand or by their power.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    by : {"setting", "power"}
        What tells the points apart.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    demand = demand_of(outlook)
    table = demand.by_power if by == "power" else demand.by_setting[demand.by_setting["public"]]
    wide = table.pivot(index="year", columns=by, values="points").loc[outlook.first_year :]
    parts = dict.fromkeys(map(str, table[by]))
    if by == "power":
        looks = {name: (name, colour) for name, colour in zip(parts, POWERS, strict=True)}
    else:
        looks = {name: (capital(SETTINGS[name]), SETTING_COLOURS[name]) for name in parts}
    subtitle = (
        "at 31 December; the median of each part, which do not add up to the median of the whole"
    )
    title = f"Public points needed by {by}: {outlook.scenario.title}"
    chart = new_chart(title, subtitle, y="public points")
    for name, (label, colour) in looks.items():
        chart.add_trace(_stack(wide[name], label, colour, "points"))
    return _stacked_by_year(chart)


def utilisation_chart(minutes: Sequence[float] = (5, 10, 20), largest: int = 24) -> go.Figure:
    """How busy a station may be, by its size, for promises of waiting time: larger ones may be
    busier.

    Parameters
    ----------
    minutes : sequence of float
        Promises: at most one arrival in ten waits longer.
    largest : int
        Points at the largest station.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    sizes = list(range(1, largest + 1))
    subtitle = (
        "share of the day that points can be busy while nine in ten wait at most so long in the "
        "busiest hour"
    )
    title = "How busy a station may be"
    x = "points at the station"
    chart = new_chart(title, subtitle, x=x, y="% of the day", margin_r=90)
    for wait, colour in zip(minutes, (ORANGE, BLUE, GREEN, PURPLE, SKY), strict=False):
        ceilings = [100 * utilisation_ceiling(size, Promise(minutes=wait)) for size in sizes]
        name = f"{wait:g} minutes"
        hover = f"%{{x}} points, {name}: %{{y:.3g}} %"
        chart.add_trace(named_line(sizes, ceilings, name, colour, hover))
    chart.update_yaxes(rangemode="tozero")
    return chart.update_xaxes(dtick=2, range=[0.5, largest + 0.5]).figure()


def truck_chart() -> go.Figure:
    """Megawatt points for electric trucks from Urumqi to Tashkent, by section, in the middle case."""
    return corridor_chart(truck_plan(), "Megawatt points for trucks in 2030: baseline")


def corridor_chart(plan: pd.DataFrame, title: str = "Charging points along the road") -> go.Figure:
    """Points along a road, section by section: the middle case, and from the low to the high one.

    Parameters
    ----------
    plan : pandas.DataFrame
        From `corridor_plan`, its classes of vehicles added up, or from `truck_plan`.
    title : str
        Of the figure.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    wide = plan.pivot_table(index="section", columns="case", values="points", aggfunc="sum")
    wide = wide.loc[list(dict.fromkeys(plan["section"]))[::-1]]
    sites = plan[plan["case"] == "middle"].groupby("section")["sites"].max()
    subtitle = "bars: middle length and traffic; lines: from the low to the high case"
    chart = new_chart(title, subtitle, x="points", height=150 + 64 * len(wide))
    whiskers = error_bar(wide["low"], wide["middle"], wide["high"])
    names = []
    for section, points in zip(map(str, wide.index), wide["middle"], strict=True):
        where = "1 site" if sites[section] == 1 else f"{sites[section]:.0f} sites"
        names.append(f"{section.replace('-', ' – ')}<br>{points:.0f} points at {where}")
    chart.add_trace(
        bar(
            x=rounded(wide["middle"]),
            y=names,
            orientation="h",
            marker={"color": tint(BLUE, 0.55), "line": {"width": 0}},
            error_x=whiskers | {"color": INK, "thickness": 1.5, "width": 4},
            hovertemplate="%{y}<extra></extra>",
            showlegend=False,
        )
    )
    return chart.update_xaxes(showgrid=True).update_yaxes(showgrid=False).figure()


def _stack(values: pd.Series[float], name: str, colour: str, unit: str) -> Trace:
    return bar(
        x=[int(at) if isinstance(at, int) else str(at) for at in values.index.tolist()],
        y=rounded(values),
        name=name,
        marker={"color": colour, "line": {"width": 0}},
        hovertemplate=f"%{{x}}, {name}: %{{y:,.3s}} {unit}<extra></extra>",
    )


def _stacked_by_year(chart: Drawing) -> go.Figure:
    return chart.update_layout(**STACKED).update_xaxes(dtick=1, tickformat="d").figure()
