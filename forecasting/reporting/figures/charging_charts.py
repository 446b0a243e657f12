"""Charts of the steps from vehicles to chargers: cohorts, months, a day's load, points by need,
practice and standard, a choice between them, station sizes, a road.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from forecasting.demand.choice import missing_and_idle
from forecasting.demand.corridor import truck_plan
from forecasting.demand.queueing import Promise, utilisation_ceiling
from forecasting.errors import InputError
from forecasting.evidence.words import MONTHS, period_words
from forecasting.reporting.charging_tables import choice_of, choice_options
from forecasting.reporting.figures.drawing import (
    AMBER,
    BLUE,
    BY_YEAR,
    CHARGING,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    SKY,
    SYMBOLS,
    Drawing,
    Trace,
    bars,
    ends,
    error_bar,
    hovering,
    line,
    log_scale,
    named_line,
    over,
    tint,
    turned,
    whiskers,
    words_at,
)
from forecasting.reporting.figures.facts import Mark
from forecasting.reporting.figures.fan import check_year, drawn_facts, without_market
from forecasting.reporting.labels import (
    SETTINGS,
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
CLASSES = (BLUE, SKY, GREEN, ORANGE, PURPLE)  # of vehicle, in their order; further ones begin anew
POWERS = (SKY, BLUE, PURPLE)
PATTERNS = ("", "/", ".", "\\", "|", "x", "-")  # of areas on each other
STANDING = {"charging_points": "points", "charging_stations": "stations"}
COHORTS = 8  # shown one by one: more shades could not be distinguished
NUMBERS = 25  # of points, along the axis of a choice
REACH = 0.95  # of the draws of need lie within it


def charger_gap(
    outlook: Outlook, facts: Ledger | None = None, years: tuple[int, ...] = ()
) -> go.Figure:
    """Charging points by need, by practice and by standard, beside what stands today.

    Three answers to three questions, never averaged: what the energy requires, what markets of this
    size have built, what AFIR would ask for. Whiskers are 80 % intervals.

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

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.charger_gap(outlook).layout.title.text
    '<b>Charging points: Turkmenistan, baseline</b>'
    """
    if empty := without_market(outlook, "Charging points"):
        return empty
    known = [year for year in outlook.results.years if year >= outlook.first_year]
    last = len(known) - 1
    for year in years:
        check_year(year, known)
    chosen = list(years) or [known[at] for at in sorted({0, last // 3, 2 * last // 3, last})]
    chart = Drawing(
        f"Charging points: {outlook.scenario.title}",
        "at 31 December; a number is a median, a bar its 80 % interval",
        y="public points, log scale",
        height=460,
    )
    held: list[float] = []
    answers: list[str] = []
    for place, measure in enumerate(CHARGING):
        wide = outlook.results.bands(measure).loc[chosen]
        chart.add(*_answers(wide, place, measure))
        held += [*wide[0.1], *wide[0.9]]
        low, median, high = (float(cells.iloc[-1]) for cells in ends(wide))
        interval = amounts(low, high, measure)
        answers.append(f"{short(measure)} {amount(median, measure)} ({interval})")
    edges = [-0.5, len(chosen) - 0.5]
    for unit, mark in _standing(outlook, facts):
        held.append(mark.height)
        chart.add(_stands(mark, unit, edges))
    chart.update_xaxes(**named_places(chosen), range=edges)
    chart.update_yaxes(**log_scale(held))
    when = f"medians with 80 % intervals at the end of {chosen[-1]}"
    return chart.figure(f"{when}, {', '.join(answers)}")


def _standing(outlook: Outlook, facts: Ledger | None) -> Iterator[tuple[str, Mark]]:
    """The last count of points and of stations."""
    if facts is None:
        facts = outlook.facts
    for measure, unit in STANDING.items():
        drawn = drawn_facts(outlook, measure, outlook.results.country, facts)
        # "at least" is of one network
        for mark in [mark for mark in drawn if not mark.side][-1:]:
            yield unit, mark


def _stands(mark: Mark, unit: str, edges: Sequence[float]) -> Trace:
    label = f"{mark.label} {unit} standing, {period_words(mark.period)}"
    style: Trace = {"text": ["", label], "textposition": "top left", "mode": "lines+text"}
    style |= {"textfont": {"size": 11.5, "color": INK}} | hovering(mark.hover)
    dash = {"points": "solid", "stations": "dot"}[unit]
    name = f"{unit.capitalize()} standing"
    return line(edges, [mark.height] * 2, INK, width=1.5, dash=dash, name=name, **style)


def short(measure: str) -> str:
    """An answer on charging in one word."""
    return measure.removeprefix("charging_points_")


def named_places(names: Iterable[object]) -> dict[str, Any]:
    """An axis of 0, 1, 2 and so on, each by its name."""
    words = [str(name) for name in names]
    return {"tickvals": list(range(len(words))), "ticktext": words}


def _answers(wide: pd.DataFrame, place: int, measure: str) -> Iterator[Trace]:
    across = [round(at + 0.24 * (place - 1), 2) for at in range(len(wide))]
    name = short(measure)
    hover = [
        over(f"{year}, {name}", *row) for year, *row in zip(wide.index, *ends(wide), strict=True)
    ]
    colour = CHARGING[measure]
    look = {"color": colour, "symbol": SYMBOLS[place]}
    yield whiskers(across, wide, hover, name.capitalize(), **look)
    medians = [amount(value, measure) for value in wide[0.5]]
    yield words_at(across, wide[0.9], medians, "top center", size=11.5, color=colour)


def load_chart(outlook: Outlook, day: str = "winter") -> go.Figure:
    """Mean charging load through a day of the horizon year, by where vehicles charge.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    day : {"winter", "summer"}
        Which day.

    Returns
    -------
    plotly.graph_objects.Figure
        Megawatts by the hour.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.load_chart(outlook, "summer").layout.title.text
    '<b>Load through a day: Turkmenistan, baseline</b>'
    """
    if empty := without_market(outlook, "Load through a day"):
        return empty
    load = demand_of(outlook).load_day.query("day == @day")
    when = f"a {day} day of {outlook.scenario.horizon}"
    subtitle = f"{when}, mean over the draws, by where vehicles charge"
    title = f"Load through a day: {outlook.scenario.title}"
    chart = Drawing(title, subtitle, x="hour of the day", y="MW")
    wide = load.pivot(index="hour", columns="setting", values="mw")
    order = wide.sum().sort_values(ascending=False).index
    hover = "%{x}:00, %{y:.3s} MW<extra>%{fullData.name}</extra>"
    for setting, shape in zip(order, cycle(PATTERNS), strict=False):
        pattern = {"shape": shape, "size": 7, "solidity": 0.18}
        style: Trace = {"stackgroup": "load", "fillpattern": pattern, "hovertemplate": hover}
        name = capital(parameter_words(setting))
        colour = SETTING_COLOURS.get(setting, MUTED)
        hours = wide.index.tolist()
        chart.add(line(hours, wide[setting], colour, width=1.5, name=name, **style))
    peak = wide.sum(axis=1)
    chart.update_xaxes(dtick=3, range=[0, 23])
    most = f"the most, {readable(peak.max())} MW, at {peak.idxmax()}:00"
    return chart.figure(f"{subtitle}; {most}")


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

    Returns
    -------
    plotly.graph_objects.Figure
        In the unit of the measure.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.tornado(outlook).layout.title.text
    '<b>Public charging points: need: what it hangs on</b>'
    """
    if empty := without_market(outlook, label_of(measure)):
        return empty
    # More than chance alone sorts
    frame = demand_of(outlook).sensitivity.query("output == @measure and share > 0")
    frame = frame.sort_values("swing", key=abs, kind="stable").tail(last)
    middle = float(outlook.results.bands(measure).iloc[-1][0.5])
    when = f"median in {outlook.scenario.horizon}"
    subtitle = f"{when} where one assumption is in its lowest or highest tenth"
    title = f"{label_of(measure)}: what it hangs on"
    chart = Drawing(title, subtitle, x=unit_of(measure), height=150 + 36 * len(frame))
    base = float(f"{middle:.4g}")
    inputs = [parameter_words(name) for name in frame["input"]]
    for end, colour in (("low", ORANGE), ("high", BLUE)):
        chart.add(_side(frame[end], [capital(words) for words in inputs], base, colour))
    chart.mark("x", base)
    farthest = max([middle, *frame["low"], *frame["high"]])
    # Room for the number at its end
    chart.update_xaxes(showgrid=True, range=[0, float(f"{1.14 * farthest:.3g}")])
    chart.update_yaxes(showgrid=False)
    chart.update_layout(barmode="overlay", bargap=0.35)
    widest = ", ".join(inputs[:-4:-1])
    return chart.figure(f"{subtitle}; the median is {readable(middle)}, the widest are {widest}")


def _side(ends: pd.Series[float], inputs: list[str], base: float, colour: str) -> Trace:
    name = f"{ends.name}est tenth"
    words = {"text": [readable(value) for value in ends], "textposition": "outside"}
    look = {"textfont": {"size": 11, "color": MUTED}, "cliponaxis": False}
    trace = bars(
        inputs,
        ends - base,
        colour,
        f"%{{y}}, {name}: %{{text}}",
        base=[base] * len(inputs),
        name=name.capitalize(),
        orientation="h",
        **words,
        **look,
    )
    return turned(trace)


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

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.choice_chart(outlook, missing=3000, idle=1000).layout.title.text
    '<b>A choice: Turkmenistan, baseline</b>'
    """
    if empty := without_market(outlook, "A choice"):
        return empty
    if outlook.demand is None:
        return Drawing("A choice", "no draws are kept in files").figure()
    choice = choice_of(outlook, missing, idle, own)
    options = choice_options(outlook, choice)
    wanted = outlook.demand.results["charging_points_need"][:, -1]
    numbers = np.linspace(0, max(float(np.quantile(wanted, REACH)), *options.values()), NUMBERS)
    few, many = missing_and_idle(wanted, numbers)
    unit = "points in the mean over the draws"
    lines = {"missing": (few, ORANGE), "idle": (many, BLUE)}
    if choice:
        unit = "cost a year, in the money of the choice"
        few *= choice.missing
        many *= choice.idle
        lines["both: the regret"] = (few + many, INK)
    chart = Drawing(
        f"A choice: {outlook.scenario.title}",
        f"points missing and idle in {outlook.scenario.horizon}, by how many are built",
        x="public points built",
        y=unit,
    )
    for name, (values, colour) in lines.items():
        chart.add(line(rounded(numbers), values, colour, name=name))
    for place, (name, number) in enumerate(sorted(options.items(), key=lambda item: item[1])):
        chart.mark("x", number, dash="dot")
        where = {"x": number, "xref": "x", "y": 1, "yref": "y domain", "yshift": -17 * place}
        side = {"xanchor": "left", "yanchor": "top", "bgcolor": PAPER}
        chart.add_annotation(text=f"{name}, {readable(number)}", **where, **side)
    words = [f"{name} {readable(number)}" for name, number in options.items()]
    return chart.figure(f"{unit} by the number built; {', '.join(words)}")


def demand_of(outlook: Outlook) -> DemandOutlook:
    """The chain of a country's outlook; a corridor has none, which is an error."""
    if outlook.demand is None:
        raise InputError(
            f"{outlook.scenario.name} has no demand for charging; only a country's outlook has"
        )
    return outlook.demand


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

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.cohort_chart(outlook).layout.title.text
    '<b>The fleet by cohort: Turkmenistan, baseline</b>'
    """
    table = demand_of(outlook).by_cohort
    table = table[table["year"] >= outlook.first_year - 3]
    oldest = max(int(table["year"].max()) - COHORTS + 1, int(table["year"].min()))
    wide = table.assign(cohort=table["cohort"].clip(lower=oldest - 1)).pivot_table(
        index="year", columns="cohort", values="stock", aggfunc="sum", fill_value=0.0
    )
    subtitle = "at 31 December by year of entry, means over the draws; the oldest are below"
    title = f"The fleet by cohort: {outlook.scenario.title}"
    chart = Drawing(title, subtitle, y="vehicles", height=440)
    cohorts = wide.columns.astype(int).tolist()
    names = [f"before {oldest}" if cohort < oldest else str(cohort) for cohort in cohorts]
    shades = [tint(BLUE, round(shade, 2)) for shade in np.linspace(1, 0.15, len(names))]
    looks = zip(names, shades, strict=True)
    _stack(chart, wide, dict(zip(cohorts, looks, strict=True)), "vehicles")
    return chart.update_xaxes(**BY_YEAR).figure()


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

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.month_chart(outlook).layout.title.text
    '<b>Electricity by month: Turkmenistan, baseline</b>'
    """
    year = year or outlook.scenario.horizon
    demand = demand_of(outlook)
    check_year(year, demand.years)
    table = demand.by_class_month.query("year == @year")
    wide = table.pivot(index="month", columns="vehicle_class", values="gwh").set_axis(MONTHS[1:])
    total = wide.sum(axis=1)
    peak = str(total.idxmax())
    least = str(total.idxmin())
    highest = float(total[peak])
    more = readable(100 * (highest / total[least] - 1), 2)
    subtitle = f"{year}, means over the draws; {peak} takes {more} % more than {least}"
    chart = Drawing(f"Electricity by month: {outlook.scenario.title}", subtitle, y="GWh a month")
    classes = zip(demand.parameters.classes, cycle(CLASSES), strict=False)
    looks = {vehicle.name: (vehicle.label, colour) for vehicle, colour in classes}
    _stack(chart, wide.loc[:, wide.any()].filter([*looks]), looks, "GWh")
    chart.add_annotation(
        x=peak,
        y=float(f"{highest:.4g}"),
        text=f"most in {peak}: {readable(highest)} GWh",
        yshift=10,
        xanchor="left",
        xshift=-24,
        font={"size": 12, "color": MUTED},
    )
    return chart.update_yaxes(range=[0, float(f"{1.15 * highest:.3g}")]).figure()


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

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.points_chart(outlook, "power").layout.title.text
    '<b>Public points needed by power: Turkmenistan, baseline</b>'
    """
    demand = demand_of(outlook)
    table = demand.by_power if by == "power" else demand.by_setting.query("public")
    parts = list(dict.fromkeys(table[by]))
    wide = table.pivot(index="year", columns=by, values="points").loc[outlook.first_year :, parts]
    looks = dict(zip(parts, zip(parts, POWERS, strict=False), strict=False))
    if by == "setting":
        looks = {name: (capital(SETTINGS[name]), SETTING_COLOURS[name]) for name in parts}
    middle = "the median of each part, which do not add up to the median of the whole"
    title = f"Public points needed by {by}: {outlook.scenario.title}"
    chart = Drawing(title, f"at 31 December; {middle}", y="public points")
    _stack(chart, wide, looks, "points")
    return chart.update_xaxes(**BY_YEAR).figure()


def _stack(
    chart: Drawing, wide: pd.DataFrame, looks: Mapping[Any, tuple[str, str]], unit: str
) -> None:
    """Bars on each other, one for each column, with its label and colour."""
    for column, cells in wide.items():
        label, colour = looks[column]
        hover = f"%{{x}}, {label}: %{{y:,.3s}} {unit}"
        chart.add(bars(wide.index.tolist(), cells, colour, hover, name=label))
    chart.update_layout(barmode="stack", bargap=0.25, legend_traceorder="normal")


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

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> fc.figures.utilisation_chart(minutes=[10], largest=4).layout.title.text
    '<b>How busy a station may be</b>'
    """
    sizes = list(range(1, largest + 1))
    busy = "share of the day that points can be busy"
    subtitle = f"{busy} while nine in ten wait at most so long in the busiest hour"
    x = "points at the station"
    chart = Drawing("How busy a station may be", subtitle, x=x, y="% of the day", margin_r=90)
    for wait, colour in zip(minutes, (ORANGE, BLUE, GREEN, PURPLE, SKY), strict=False):
        ceilings = [100 * utilisation_ceiling(size, Promise(minutes=wait)) for size in sizes]
        name = f"{wait:g} minutes"
        chart.add(named_line(sizes, ceilings, name, colour, f"%{{x}} points, {name}: %{{y:.3g}} %"))
    chart.update_yaxes(rangemode="tozero")
    return chart.update_xaxes(dtick=2, range=[0.5, largest + 0.5]).figure()


def truck_chart() -> go.Figure:
    """Megawatt points for electric trucks from Urumqi to Tashkent, by section: the middle case.

    Returns
    -------
    plotly.graph_objects.Figure
        Points.

    Examples
    --------
    >>> import forecasting as fc
    >>> fc.figures.truck_chart().layout.title.text
    '<b>Megawatt points for trucks in 2030: baseline</b>'
    """
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

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> plan = fc.corridor_plan("khorgos-almaty-tashkent", electric_share=0.1)
    >>> fc.figures.corridor_chart(plan).layout.title.text
    '<b>Charging points along the road</b>'
    """
    wide = plan.pivot_table(index="section", columns="case", values="points", aggfunc="sum")
    wide = wide.loc[list(dict.fromkeys(plan["section"]))[::-1]]
    sites = plan.query("case == 'middle'").groupby("section")["sites"].max()
    subtitle = "bars: middle length and traffic; lines: from the low to the high case"
    chart = Drawing(title, subtitle, x="points", height=150 + 64 * len(wide))
    names = []
    for section, points in zip(map(str, wide.index), wide["middle"], strict=True):
        where = "1 site" if sites[section] == 1 else f"{sites[section]:.0f} sites"
        names.append(f"{section.replace('-', ' – ')}<br>{points:.0f} points at {where}")
    thin = {"color": INK, "thickness": 1.5, "width": 4}
    interval = error_bar(wide["low"], wide["middle"], wide["high"], **thin)
    look = {"orientation": "h", "showlegend": False, "error_y": interval}
    chart.add(turned(bars(names, wide["middle"], tint(BLUE, 0.55), "%{y}", **look)))
    return chart.update_xaxes(showgrid=True).update_yaxes(showgrid=False).figure()
