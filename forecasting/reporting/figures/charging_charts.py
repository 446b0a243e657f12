"""Charts of the steps from vehicles to chargers: cohorts, months, a day's load, points by need,
practice and standard, a choice between them, station sizes, a road.
"""

from __future__ import annotations

import re
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
    CHARGING,
    GREEN,
    INK,
    MUTED,
    ORANGE,
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
    linear_scale,
    names_at,
    over,
    points,
    tint,
    turned,
    words_at,
    years_axis,
)
from forecasting.reporting.figures.facts import Mark
from forecasting.reporting.figures.fan import check_year, drawn_facts, of_outlook, without_market
from forecasting.reporting.labels import (
    SETTINGS,
    amount,
    amounts,
    capital,
    finding,
    label_of,
    parameter_words,
    plural,
    readable,
    rounded,
    uncapital,
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
DASHES = {"points": "solid", "stations": "dot"}
STANDING = {"charging_points": "points", "charging_stations": "stations"}
COHORTS = 8  # shown one by one: more shades could not be distinguished
NUMBERS = 25  # of points, along the axis of a choice
Looks = Mapping[Any, tuple[str, str]]  # of layers: name and colour of each
REACH = 0.95  # of the draws of need lie within it


def charger_gap(
    outlook: Outlook, facts: Ledger | None = None, years: tuple[int, ...] = ()
) -> go.Figure:
    """Charging points by need, by practice and by standard, beside what stands today.

    Three answers to three questions, never averaged: what the energy requires, what markets of this
    size have built, what AFIR would ask for. The last year has their 80 % ranges.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    facts : Ledger, optional
        Where the points and stations that stand are counted; those of the outlook if not given.
    years : tuple of int
        The years shown; all that are forecast if none is given.

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
    >>> fc.figures.charger_gap(outlook).layout.title.subtitle.text[:30]
    'public points at the end of ea'
    """
    if empty := without_market(outlook, "Charging points"):
        return empty
    known = [year for year in outlook.results.years if year >= outlook.first_year]
    for year in years:
        check_year(year, known)
    chosen = sorted(years) or known
    answers = {name: outlook.results.bands(name).loc[chosen] for name in CHARGING}
    last = chosen[-1]
    need, practice, _ = (amount(wide[0.5][last], name) for name, wide in answers.items())
    title = f"{need} public charging points needed in {last}; markets with such a fleet have built"
    words = "public points at the end of each year, medians; bars, the 80 % ranges of the last"
    chart = of_outlook(outlook, f"{title} {practice}", words, height=460, margin_r=130)
    axis = linear_scale([wide[0.9][last] for wide in answers.values()])
    names = []
    for place, (measure, wide) in enumerate(answers.items()):
        low, median, high = (float(cells[last]) for cells in ends(wide))
        label = f"{short(measure).capitalize()} {amount(median, measure)}"
        names.append((f"<b>{label}</b><br> {amounts(low, high, measure)}", CHARGING[measure]))
        aside = [last + 0.12 * (place + 1)] * 2
        colour = tint(CHARGING[measure], 0.5)
        chart.add(_answer(wide, measure, SYMBOLS[place]))
        chart.add(line(aside, [low, high], colour, width=6, showlegend=False, hoverinfo="skip"))
    medians = [wide[0.5][last] for wide in answers.values()]
    chart.add(*names_at(last + 0.5, medians, names, axis, 0.11))
    for unit, mark in _standing(outlook, facts):
        words = f"{mark.label} {unit} stood, {period_words(mark.period)}"
        chart.mark("y", mark.height, dash=DASHES[unit])
        at = points([chosen[0] - 0.45], [mark.height], [mark.hover], color=INK, size=5)
        chart.add(at | {"name": words})
        chart.add(words_at(at["x"], at["y"], [words], "top right", size=11.5, color=INK))
    chart.update_xaxes(**years_axis(chosen[0], last)).update_yaxes(**axis)
    spoken = [re.sub(r"<.*?>", "", name) for name, _ in names]
    return chart.figure(f"medians with 80 % ranges, {', '.join(spoken)}")


def _answer(wide: pd.DataFrame, measure: str, symbol: str) -> Trace:
    """The medians of an answer through the years."""
    name = short(measure)
    rows = zip(wide.index, *ends(wide), strict=True)
    hover = [over(f"{year}, {name}", *row) for year, *row in rows]
    look = {"mode": "lines+markers", "marker": {"symbol": symbol, "size": 8}, "showlegend": False}
    path = line(wide.index.tolist(), wide[0.5], CHARGING[measure], name=name.capitalize())
    return path | look | hovering(hover)


def _standing(outlook: Outlook, facts: Ledger | None) -> Iterator[tuple[str, Mark]]:
    """The last count of points and of stations."""
    if facts is None:
        facts = outlook.facts
    for measure, unit in STANDING.items():
        drawn = drawn_facts(outlook, measure, outlook.results.country, facts)
        # "at least" is of one network
        for mark in [mark for mark in drawn if not mark.side][-1:]:
            yield unit, mark


def short(measure: str) -> str:
    """An answer on charging in one word."""
    return measure.removeprefix("charging_points_")


def named_places(names: Iterable[object]) -> dict[str, Any]:
    """An axis of 0, 1, 2 and so on, each by its name."""
    words = [str(name) for name in names]
    return {"tickvals": list(range(len(words))), "ticktext": words}


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
    >>> fc.figures.load_chart(outlook, "summer").layout.xaxis.title.text
    'hour of the day'
    """
    if empty := without_market(outlook, "Load through a day"):
        return empty
    load = demand_of(outlook).load_day.query("day == @day")
    wide = load.pivot(index="hour", columns="setting", values="mw")
    wide = wide[wide.sum().sort_values(ascending=False).index]
    total = wide.sum(axis=1)
    peak = f"{readable(total.max())} MW at {total.idxmax()}:00"
    title = f"charging takes {peak} on a {day} day of {outlook.scenario.horizon}"
    words = "MW, mean over the draws, by where vehicles charge"
    chart = of_outlook(outlook, title, words, x="hour of the day")
    looks = {
        name: (capital(parameter_words(name)), SETTING_COLOURS.get(name, MUTED))
        for name in map(str, wide)
    }
    _layers(chart, wide, looks, "MW")
    chart.update_xaxes(dtick=3, range=[-0.5, 23.5]).update_layout(bargap=0)
    return chart.figure(f"the most, {peak}")


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
    >>> fc.figures.tornado(outlook).layout.xaxis.title.text
    'public charging points by need'
    """
    if empty := without_market(outlook, label_of(measure)):
        return empty
    # More than chance alone sorts
    frame = demand_of(outlook).sensitivity.query("output == @measure and share > 0")
    frame = frame.sort_values("swing", key=abs, kind="stable").tail(last)
    middle = float(outlook.results.bands(measure).iloc[-1][0.5])
    inputs = [parameter_words(name) for name in frame["input"]]
    title = "no assumption matters much"
    if inputs:
        widest = frame[["low", "high"]].iloc[-1]
        between = amounts(widest.min(), widest.max(), measure)
        title = f"{finding(measure, between)}, with {inputs[-1]} alone"
    when = f"the median in {outlook.scenario.horizon}, {readable(middle)},"
    subtitle = f"{when} where one assumption is in its lowest or highest tenth"
    x = finding(measure, "").strip()
    chart = of_outlook(outlook, title, subtitle, x=x, height=150 + 36 * len(frame))
    base = float(f"{middle:.4g}")
    for end, colour in (("low", SKY), ("high", BLUE)):
        chart.add(_side(frame[end], [capital(words) for words in inputs], base, colour))
    chart.mark("x", base)
    farthest = max([middle, *frame["low"], *frame["high"]])
    # Room for the number at its end
    chart.update_xaxes(showgrid=True, range=[0, float(f"{1.14 * farthest:.3g}")])
    chart.update_yaxes(showgrid=False)
    chart.update_layout(bargap=0.35)
    return chart.figure(f"{subtitle}; the widest are {', '.join(inputs[:-4:-1])}")


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
    >>> fc.figures.choice_chart(outlook, missing=3000, idle=1000).layout.xaxis.title.text
    'public points built'
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
    need = options["need"]
    at_need = [float(cells[0]) for cells in missing_and_idle(wanted, np.array([need]))]
    title = "with {} points built, {} would be missing and {} idle".format(
        *(readable(number, 2 + (number == need)) for number in (need, *at_need))
    )
    if choice:
        unit = "cost a year, in the money of the choice"
        few *= choice.missing
        many *= choice.idle
        lines["both: the regret"] = (few + many, INK)
    words = f"{unit}, by how many are built by {outlook.scenario.horizon}"
    chart = of_outlook(outlook, title, words, x="public points built", margin_r=110)
    axis = linear_scale([float(values.max()) for values, _ in lines.values()])
    for name, (values, colour) in lines.items():
        chart.add(line(rounded(numbers), values, colour, name=name, showlegend=False))
    named = [(name, colour) for name, (_, colour) in lines.items()]
    last = [values[-1] for values, _ in lines.values()]
    chart.add(*names_at(numbers[-1], last, named, axis)).update_yaxes(**axis)
    for place, (name, number) in enumerate(sorted(options.items(), key=lambda item: item[1])):
        chart.mark("x", number, dash="dot")
        height = axis["range"][1] * (1 - 0.06 * place)
        chart.add(*names_at(number, [height], [(f"{name}, {readable(number)}", INK)], axis))
    spoken = [f"{name} {readable(number)}" for name, number in options.items()]
    return chart.figure(f"{unit} by the number built; {', '.join(spoken)}")


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
    >>> fc.figures.cohort_chart(outlook).layout.title.subtitle.text[:23]
    'vehicles at 31 December'
    """
    table = demand_of(outlook).by_cohort
    table = table[table["year"] >= outlook.first_year - 3]
    oldest = max(int(table["year"].max()) - COHORTS + 1, int(table["year"].min()))
    wide = table.assign(cohort=table["cohort"].clip(lower=oldest - 1)).pivot_table(
        index="year", columns="cohort", values="stock", aggfunc="sum", fill_value=0.0
    )
    young = readable(100 * wide.iloc[-1, -3:].sum() / wide.iloc[-1].sum(), 2)
    title = f"{young} % of the fleet of {wide.index[-1]} is younger than three years"
    words = "vehicles at 31 December by year of entry, means over the draws; the oldest are below"
    chart = of_outlook(outlook, title, words, height=440)
    shades = np.linspace(1, 0.15, wide.shape[1])
    looks: dict[Any, tuple[str, str]] = {
        cohort: (str(cohort), tint(BLUE, round(shade, 2)))
        for cohort, shade in zip(wide, shades, strict=True)
    }
    if oldest - 1 in looks:
        looks[oldest - 1] = (f"before {oldest}", tint(BLUE, 1))
    _layers(chart, wide, looks, "vehicles")
    return chart.update_xaxes(**years_axis(wide.index[0], wide.index[-1])).figure()


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
    >>> fc.figures.month_chart(outlook).layout.title.text[:40]
    '<b>Turkmenistan, baseline: vehicles take'
    """
    year = year or outlook.scenario.horizon
    demand = demand_of(outlook)
    check_year(year, demand.years)
    table = demand.by_class_month.query("year == @year")
    wide = table.pivot(index="month", columns="vehicle_class", values="gwh")
    total = wide.sum(axis=1)
    peak, least = (
        MONTHS[int(cells.argmax()) + 1] for cells in (total.to_numpy(), -total.to_numpy())
    )
    more = readable(100 * (total.max() / total.min() - 1), 2)
    title = f"vehicles take {readable(total.max())} GWh in {peak}, {more} % more than in {least}"
    words = f"GWh a month in {year}, means over the draws, by class of vehicle"
    chart = of_outlook(outlook, title, words)
    classes = zip(demand.parameters.classes, cycle(CLASSES), strict=False)
    known = {vehicle.name: (vehicle.label, colour) for vehicle, colour in classes}
    used = wide.columns[wide.any()]
    looks = {name: look for name, look in known.items() if name in used}
    _layers(chart, wide[[*looks]], looks, "GWh")
    months = {"tickvals": [*wide.index], "ticktext": MONTHS[1:], "range": [0.5, 12.5]}
    return chart.update_xaxes(**months).figure()


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
    >>> fc.figures.points_chart(outlook, "power").layout.title.subtitle.text[:26]
    'public points needed by po'
    """
    demand = demand_of(outlook)
    table = demand.by_power if by == "power" else demand.by_setting.query("public")
    parts = list(dict.fromkeys(table[by]))
    wide = table.pivot(index="year", columns=by, values="points").loc[outlook.first_year :, parts]
    looks: dict[Any, tuple[str, str]] = {}
    looks |= zip(parts, zip(parts, POWERS, strict=False), strict=False)
    if by == "setting":
        looks = {name: (capital(SETTINGS[name]), SETTING_COLOURS[name]) for name in parts}
    last = wide.iloc[-1]
    most = f"{readable(last.max())} of the points needed in {wide.index[-1]} are"
    words = (
        f"public points needed by {by}, at 31 December; medians of the parts, which do not add up"
    )
    title = f"{most} {uncapital(looks[last.idxmax()][0])}"
    chart = of_outlook(outlook, title, f"{words} to the median of the whole")
    _layers(chart, wide, looks, "points")
    return chart.update_xaxes(**years_axis(wide.index[0], wide.index[-1])).figure()


def _layers(chart: Drawing, wide: pd.DataFrame, looks: Looks, unit: str) -> None:
    """Bars on each other, one for each column, with its name right of the last."""
    for column, (label, colour) in looks.items():
        hover = f"%{{x}}, {label}: %{{y:,.3s}} {unit}"
        cells = wide[column].to_numpy()
        chart.add(bars([*wide.index], cells, colour, hover, name=label, showlegend=False))
    axis = linear_scale(wide.sum(axis=1))
    last = wide.iloc[-1]
    middles = (last.cumsum() - last / 2).tolist()
    chart.add(*names_at(wide.index[-1] + 0.5, middles, [*looks.values()], axis))
    chart.update_yaxes(**axis).update_layout(barmode="stack", bargap=0.25, margin_r=190)


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
    '<b>Points at a station of 4 can be busy 25 % of the day, one alone 6.5 %</b>'
    """
    sizes = list(range(1, largest + 1))
    busy = "% of the day that points can be busy"
    subtitle = f"{busy} while nine in ten wait at most so long in the busiest hour"
    curves = {
        f"{wait:g} minutes": [100 * utilisation_ceiling(n, Promise(minutes=wait)) for n in sizes]
        for wait in minutes
    }
    first = next(iter(curves.values()))
    title = f"Points at a station of {largest} can be busy {readable(first[-1], 2)} % of the day"
    chart = Drawing(
        f"{title}, one alone {readable(first[0], 2)} %",
        subtitle,
        x="points at the station",
        margin_r=100,
    )
    axis = linear_scale([max(curve) for curve in curves.values()])
    named = [*zip(curves, (ORANGE, BLUE, GREEN, PURPLE, SKY), strict=False)]
    for name, colour in named:
        chart.add(line(sizes, curves[name], colour, name=name, showlegend=False))
    tops = [curve[-1] for curve in curves.values()]
    chart.add(*names_at(largest, tops, named, axis)).update_yaxes(**axis)
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
    '<b>Megawatt points for trucks in 2030: 43 points, 32 to 110</b>'
    """
    return corridor_chart(truck_plan(), "Megawatt points for trucks in 2030")


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
    '<b>Charging points along the road: 286 points, 138 to 677</b>'
    """
    wide = plan.pivot_table(index="section", columns="case", values="points", aggfunc="sum")
    wide = wide.loc[list(dict.fromkeys(plan["section"]))[::-1]]
    sites = plan.query("case == 'middle'").groupby("section")["sites"].max()
    subtitle = "points; bars, middle length and traffic; lines, from the low to the high case"
    total = (
        f"{wide['middle'].sum():,.0f} points, {wide['low'].sum():,.0f} to {wide['high'].sum():,.0f}"
    )
    chart = Drawing(f"{title}: {total}", subtitle, height=150 + 64 * len(wide))
    names = [
        f"{section.replace('-', ' – ')}<br>{many:.0f} points at {plural(int(places), 'site')}"
        for section, many, places in zip(
            map(str, wide.index), wide["middle"], sites[wide.index], strict=True
        )
    ]
    thin = {"color": INK, "thickness": 1.5, "width": 4}
    interval = error_bar(wide["low"], wide["middle"], wide["high"], **thin)
    look = {"orientation": "h", "showlegend": False, "error_y": interval}
    chart.add(turned(bars(names, wide["middle"], tint(BLUE, 0.55), "%{y}", **look)))
    return chart.update_xaxes(showgrid=True).update_yaxes(showgrid=False).figure()
