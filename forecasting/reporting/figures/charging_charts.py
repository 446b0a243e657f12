"""Charts of the steps from vehicles to chargers: points by need, practice and standard, a day's
load, what moves an answer most, a road.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from forecasting.demand.corridor import truck_plan
from forecasting.evidence.fact import label_of, period_words, when_words
from forecasting.reporting.charging_tables import NEED
from forecasting.reporting.figures.drawing import (
    AMBER,
    BLUE,
    CHARGING_COLOURS,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SIDEWAYS,
    SKY,
    SYMBOLS,
    Drawing,
    Properties,
    Trace,
    bars,
    error_bar,
    hovering,
    hovers,
    line,
    linear_scale,
    points,
    tint,
    turned,
)
from forecasting.reporting.figures.fan import (
    OUTLOOK_SOURCE,
    Mark,
    no_market_chart,
    place_marks,
    words_of_outlook,
)
from forecasting.reporting.labels import (
    DIGITS_OF_TENTH,
    SETTING_WORDS,
    amounts,
    answer_in_text,
    answer_term,
    median_and_range,
    parameter_words,
    spoken_median,
)
from forecasting.scenarios.assumptions import has_rollout
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.quantiles import RANGE_LEVELS
from forecasting.vocabulary.sentences import Term, capital, plural, sentence, uncapital
from forecasting.writers.columns import table_words
from forecasting.writers.messages import FigureForm
from forecasting.writers.numbers import readable

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from forecasting.demand.demand_outlook import DemandOutlook
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
GAP_CHART = FigureForm(
    "{scenario}: {need} public charging points needed in {year}; [usual?at the pace of other "
    "markets][rollout?at the pace of this scenario] there will be {practice}",
    "public points at the end of each year, medians; bars, the 80 % ranges of the last"
    "[; line, {points}][; dotted, {stations}]",
    OUTLOOK_SOURCE,
)
PEAKS = {"winter": "peak_mw", "summer": "peak_summer_mw"}
# What is counted of charging: how it is told, how a legend names it, and the dash of its line
STANDING = {
    "points": ("{count} points stood {when}", "{count} points stood, {period}", "solid"),
    "stations": ("{count} stations stood {when}", "{count} stations stood, {period}", "dot"),
}
LOAD_CHARTS = {
    day: FigureForm(title, "MW, mean over the draws, by where vehicles charge", OUTLOOK_SOURCE)
    for day, title in {
        "winter": "{scenario}: charging takes {mean} MW at {hour}:00 on a mean winter day of "
        "{year}, and {peak} MW at its peak",
        "summer": "{scenario}: charging takes {mean} MW at {hour}:00 on a mean summer day of "
        "{year}, and {peak} MW at its peak",
    }.items()
}
HOUR = "hour of the day"
LOAD_HOVER = "%{{x}}, {label}: %{{y:,.3s}} MW"
TENTH_HOVER = "{tenth} of %{{y}}"
TORNADO_CHART = FigureForm(
    "{scenario}: {subject} move most with {assumption}, {range}",
    "the median in {year}, {median}, where one assumption is in its lowest or highest tenth",
    OUTLOOK_SOURCE,
)
FLAT_TORNADO_CHART = replace(TORNADO_CHART, title="{scenario}: no assumption matters much")
TENTHS = {"low": "Lowest tenth", "high": "Highest tenth"}
CORRIDOR_CHART = FigureForm(
    "{what}: {middle:,.0f}, in other cases {low:,.0f} to {high:,.0f}",
    "points; bars, middle length and traffic; lines, from the low to the high case",
    "Source: lengths and traffic with their sources, as the report lists them",
)
TRUCK_TITLE = "Megawatt points for trucks in 2030"
SECTION = "{section}<br>{points:.0f} points at {sites}"
BAR_SPACING = 0.08  # between the bars beside the last year, as a part of the years shown
MAX_ASSUMPTIONS = 8  # assumptions shown, those that move a result most


def charger_gap(outlook: Outlook) -> Figure:
    """Charging points by need, by practice and by standard, beside what stands today.

    Three answers to three questions, never averaged: what the energy requires, what building
    at the pace of other markets leads to, what AFIR would ask for. The last year has their 80 %
    ranges.

    Parameters
    ----------
    outlook : Outlook
        A country's results.

    Returns
    -------
    plotly.graph_objects.Figure

    Examples
    --------
    >>> fc.figures.charger_gap(outlook).layout.title.subtitle.text[:30]
    'public points at the end of ea'
    """
    if empty := no_market_chart(outlook, NEED):
        return empty
    answers = {
        name: outlook.results.bands(name).loc[outlook.first_year :] for name in CHARGING_COLOURS
    }
    years = answers[NEED].index.tolist()
    final_year = years[-1]
    need, practice, _ = (
        spoken_median(wide.loc[final_year], name) for name, wide in answers.items()
    )
    standing = {unit: mark for unit in STANDING for mark in _standing(outlook, unit)}
    counts = {
        unit: sentence(STANDING[unit][0], count=mark.label, when=when_words(mark.period))
        for unit, mark in standing.items()
    }
    rollout = has_rollout(outlook.scenario)
    chart = Drawing(
        words_of_outlook(
            outlook,
            GAP_CHART,
            need=need,
            practice=practice,
            usual=not rollout,
            rollout=rollout,
            year=final_year,
            **counts,
        ),
        height=460,
        margin_r=136,
        yaxis=linear_scale([wide[0.9][final_year] for wide in answers.values()]),
    )
    spacing = BAR_SPACING * len(years)
    names = []
    medians = []
    for place, (measure, wide) in enumerate(answers.items()):
        low, median, high = wide.loc[final_year, RANGE_LEVELS]
        medians.append(median)
        number, range_words = median_and_range((low, median, high), measure)
        label = capital(answer_term(measure).form())
        names.append((f"<b>{label} {number}</b><br>{range_words}", CHARGING_COLOURS[measure]))
        aside = [final_year + spacing * (place + 1)] * 2
        colour = tint(CHARGING_COLOURS[measure], 0.5)
        chart.add(_answer(wide, measure, SYMBOLS[place]))
        chart.add(line(aside, [low, high], colour, width=6, showlegend=False, hoverinfo="skip"))
    chart.names_at(final_year + 4 * spacing, medians, names)
    for unit, mark in standing.items():
        at = points([years[0] - 0.45], [mark.height], [mark.hover], color=INK, size=5)
        _, legend, dash = STANDING[unit]
        name = sentence(legend, count=mark.label, period=period_words(mark.period))
        chart.mark("y", mark.height, dash=dash).add(at | {"name": name})
    axis = {"range": [years[0] - 0.5, final_year + 4 * spacing]}
    return chart.years(years).update_layout(xaxis=axis).figure()


def _answer(wide: pd.DataFrame, measure: str, symbol: str) -> Trace:
    """The medians of an answer through the years."""
    name = str(answer_term(measure))
    hover = hovers([f"{year}, {name}" for year in wide.index], wide)
    look = {"mode": "lines+markers", "marker": {"symbol": symbol, "size": 8}, "showlegend": False}
    path = line(wide.index.tolist(), wide[0.5], CHARGING_COLOURS[measure], name=capital(name))
    return path | look | hovering(hover)


def _standing(outlook: Outlook, unit: str) -> list[Mark]:
    """The last count of points or of stations, if there is one; "at least" is of one network."""
    counts = place_marks(outlook, f"charging_{unit}", outlook.results.country)
    return [mark for mark in counts if not mark.side][-1:]


def named_rows(names: Iterable[str]) -> Properties:
    """An axis of 0, 1, 2 and so on, each by its name."""
    words = [*names]
    return {"tickvals": [*range(len(words))], "ticktext": words}


def load_chart(outlook: Outlook, day: str = "winter") -> Figure:
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

    Examples
    --------
    >>> fc.figures.load_chart(outlook, "summer").layout.xaxis.title.text
    'hour of the day'
    """
    if empty := no_market_chart(outlook, "peak_mw"):
        return empty
    load = demand_of(outlook).load_day.query("day == @day")
    wide = load.pivot(index="hour", columns="setting", values="mw")
    wide = wide[wide.sum().sort_values(ascending=False).index]
    total = wide.sum(axis=1)
    words = words_of_outlook(
        outlook,
        LOAD_CHARTS[day],
        mean=readable(total.max()),
        peak=spoken_median(outlook.results.bands(PEAKS[day]).iloc[-1], PEAKS[day]),
        hour=total.idxmax(),
        year=outlook.scenario.horizon,
    )
    chart = Drawing(
        words,
        xaxis_title_text=sentence(HOUR),
        xaxis={"dtick": 3, "range": [-0.5, 23.5]},
        yaxis=linear_scale(total),
        barmode="stack",
        bargap=0,
        margin_r=126,
    )
    names = []
    for setting in map(str, wide):
        label = capital(str(Term(SETTING_WORDS[setting].removeprefix("public, "), "parameter")))
        names.append((label, SETTING_COLOURS[setting]))
        look = {"name": label, "showlegend": False}
        hover = sentence(LOAD_HOVER, label=label)
        chart.add(bars([*wide.index], wide[setting], SETTING_COLOURS[setting], hover, **look))
    final_hour = wide.iloc[-1]
    return chart.names_at(
        wide.index[-1] + 0.5, final_hour.cumsum() - final_hour / 2, names
    ).figure()


def tornado(outlook: Outlook, measure: str = NEED) -> Figure:
    """What a result depends on: its median where one assumption is in its lowest or highest tenth.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    measure : str
        Which result, in the horizon year.

    Returns
    -------
    plotly.graph_objects.Figure
        In the unit of the measure.

    Examples
    --------
    >>> fc.figures.tornado(outlook).layout.title.text[:64]
    '<b>Turkmenistan, baseline: public charging points by need move m'
    """
    if empty := no_market_chart(outlook, measure):
        return empty
    frame = demand_of(outlook).swings_of(measure).head(MAX_ASSUMPTIONS)[::-1]
    levels = outlook.results.bands(measure).iloc[-1]
    middle = float(levels[0.5])
    inputs = [parameter_words(name) for name in frame["input"]]
    ranges = [
        amounts(min(ends), max(ends), measure, DIGITS_OF_TENTH)
        for ends in frame[["low", "high"]].to_numpy()
    ]
    words = words_of_outlook(
        outlook,
        TORNADO_CHART if inputs else FLAT_TORNADO_CHART,
        subject=answer_in_text(uncapital(label_of(measure))),
        assumption=inputs and inputs[-1],
        range=ranges and ranges[-1],
        year=outlook.scenario.horizon,
        median=spoken_median(levels, measure),
    )
    chart = Drawing(words, height=150 + 40 * len(frame), bargap=0.35, **SIDEWAYS)
    base = float(f"{middle:.4g}")
    rows = [f"{capital(name)}<br>{ends}" for name, ends in zip(inputs, ranges, strict=True)]
    for end, colour in (("low", SKY), ("high", BLUE)):
        tenth = sentence(TENTHS[end])
        look = {"base": [base] * len(rows), "orientation": "h", "name": tenth}
        hover = sentence(TENTH_HOVER, tenth=tenth)
        chart.add(turned(bars(rows, frame[end] - base, colour, hover, **look)))
    farthest = max([middle, *frame["low"], *frame["high"]])
    return chart.mark("x", base).update_layout(xaxis=linear_scale([farthest])).figure()


def demand_of(outlook: Outlook) -> DemandOutlook:
    """The chain of a country's outlook; a corridor has none, which is an error."""
    if outlook.demand is None:
        raise InputError(
            f"{outlook.scenario.name} has no demand for charging; only a country's outlook has"
        )
    return outlook.demand


def truck_chart() -> Figure:
    """Megawatt points for electric trucks from Urumqi to Tashkent, by section: the middle case.

    Returns
    -------
    plotly.graph_objects.Figure
        Points.

    Examples
    --------
    >>> import forecasting as fc
    >>> fc.figures.truck_chart().layout.title.text
    '<b>Megawatt points for trucks in 2030: 43, in other cases 32 to 110</b>'
    """
    return corridor_chart(truck_plan(), sentence(TRUCK_TITLE))


def corridor_chart(plan: pd.DataFrame, title: str = "Charging points along the road") -> Figure:
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

    Examples
    --------
    >>> import forecasting as fc
    >>> plan = fc.corridor_plan("khorgos-almaty-tashkent", electric_share=0.1)
    >>> fc.figures.corridor_chart(plan).layout.title.text
    '<b>Charging points along the road: 286, in other cases 138 to 677</b>'
    """
    wide = plan.pivot_table(index="section", columns="case", values="points", aggfunc="sum")
    wide = wide.loc[plan["section"].unique()[::-1]]
    sites = plan.query("case == 'middle'").groupby("section")["sites"].max()
    totals = {case: wide[case].sum() for case in ("middle", "low", "high")}
    words = CORRIDOR_CHART.words(what=title, **totals)
    chart = Drawing(words, height=150 + 64 * len(wide), **SIDEWAYS)
    names = [
        sentence(
            SECTION,
            section=" – ".join(table_words(end, "cell") for end in section.split("-")),
            points=count,
            sites=plural(int(site_count), "{} site", "{:,} sites"),
        )
        for section, count, site_count in zip(
            map(str, wide.index), wide["middle"], sites[wide.index], strict=True
        )
    ]
    thin = {"color": INK, "thickness": 1.5, "width": 4}
    interval = error_bar(wide["low"], wide["middle"], wide["high"], **thin)
    look = {"orientation": "h", "showlegend": False, "error_y": interval}
    chart.add(turned(bars(names, wide["middle"], tint(BLUE, 0.55), "%{y}", **look)))
    return chart.figure()
