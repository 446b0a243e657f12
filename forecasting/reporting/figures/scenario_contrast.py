"""Charts that compare: scenarios, countries, the region, curves fitted to one series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from forecasting.evidence.places import place_name
from forecasting.reporting.figures.drawing import (
    Drawing,
    Trace,
    band,
    error_bar,
    line,
    named_line,
    over,
    scatter,
    words_at,
)
from forecasting.reporting.figures.fan import days_of, fan_traces, years_axis
from forecasting.reporting.figures.scale import leaving, linear_scale, log_scale
from forecasting.reporting.figures.style import (
    ACCENTS,
    BLUE,
    INK,
    MUTED,
    PAPER,
    SCENARIOS,
    SYMBOLS,
    described,
    new_chart,
    tint,
)
from forecasting.reporting.labels import (
    amount,
    interval,
    is_flow,
    label_of,
    readable,
    rounded,
    unit_by_year,
    unit_of,
)
from forecasting.reporting.result_tables import stored_results

if TYPE_CHECKING:
    from forecasting.scenarios.joint_draws import Results

DASHES = ("solid", "dash", "dot")


def scenario_of(name: str) -> str:
    """The scenario in a run's name.

    >>> scenario_of("uzbekistan-baseline")
    'baseline'
    """
    return name.rpartition("-")[2]


def colour_of(scenario: str, place: int = 0) -> str:
    """The colour of a scenario; an unknown one has an accent by its place.

    >>> colour_of("baseline")
    '#0072b2'
    """
    return SCENARIOS.get(scenario, ACCENTS[place % len(ACCENTS)])


def scenario_comparison(
    table: pd.DataFrame, measure: str = "ev_stock", year: int | None = None
) -> go.Figure:
    """One measure in one year, countries below each other and scenarios beside each other, with 80
    % intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results of many scenarios.
    measure : str
        Which measure.
    year : int, optional
        Which year; the last that all have if not given.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    stored = stored_results(table[table["measure"] == measure])
    wide = {run: results.bands(measure) for run, results in stored.items()}
    year = year or min(int(frame.index[-1]) for frame in wide.values())
    known = {run: frame.loc[year] for run, frame in sorted(wide.items()) if year in frame.index}
    rows = pd.DataFrame([*known.values()])
    rows["country"] = [country for _, country in known]
    rows["scenario"] = [scenario_of(name) for name, _ in known]
    order = rows.groupby("country")[0.5].median().sort_values().index
    names = set(rows["scenario"])
    shown = [name for name in SCENARIOS if name in names] + sorted(names - set(SCENARIOS))
    chart = new_chart(
        f"{label_of(measure)}, {year}",
        "medians with 80 % intervals",
        x=f"{unit_of(measure)}, log scale",
        margin_r=64,
        height=150 + 84 * len(order),
    )
    for place, scenario in enumerate(shown):
        part = rows[rows["scenario"] == scenario].set_index("country")
        chart.add_traces(_row_whiskers(part, list(order), scenario, place, len(shown)))
    countries = [place_name(code) for code in order]
    chart.update_yaxes(tickvals=list(range(len(order))), ticktext=countries, showgrid=False)
    chart.update_xaxes(**log_scale([*rows[0.1], *rows[0.9]]), showgrid=True)
    medians = [
        f"{place_name(str(row['country']))} {row['scenario']} {amount(row[0.5], measure)}"
        for _, row in rows.sort_values(["country", "scenario"]).iterrows()
    ]
    return described(chart, f"medians, {', '.join(medians)}")


def _row_whiskers(
    part: pd.DataFrame, order: list[str], scenario: str, place: int, count: int
) -> Iterator[Trace]:
    mine = [code for code in order if code in part.index]
    part = part.loc[mine]
    colour = colour_of(scenario, place)
    y = [round(order.index(code) - 0.26 * (place - (count - 1) / 2), 2) for code in mine]
    edge = {"color": PAPER, "width": 1.5}
    yield scatter(
        x=rounded(part[0.5]),
        y=y,
        error_x=error_bar(part[0.1], part[0.5], part[0.9]),
        mode="markers",
        marker={"color": colour, "symbol": SYMBOLS[place % 5], "size": 11, "line": edge},
        name=scenario.capitalize(),
        hovertext=[
            over(f"{place_name(str(code))}, {scenario}", row[0.1], row[0.5], row[0.9])
            for code, row in part.iterrows()
        ],
        hoverinfo="text",
    )
    words = [f" {readable(value)}" for value in part[0.5]]
    yield words_at(rounded(part[0.9]), y, words, "middle right", size=11, color=colour)


def scenario_paths(
    table: pd.DataFrame, country: str, measure: str = "ev_stock", *, since: int | None = None
) -> go.Figure:
    """The scenarios of one country through the years: named medians with their 80 % intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results of many scenarios.
    country : str
        Country code, e.g. ``UZ``.
    measure : str
        Which measure.
    since : int, optional
        First year drawn.
    """
    stored = stored_results(table[(table["country"] == country) & (table["measure"] == measure)])
    unit = f"{unit_by_year(measure)}, log scale"
    title = f"{label_of(measure)}: {place_name(country)}"
    chart = new_chart(title, "medians, and 80 % intervals", y=unit, margin_r=110)
    held: list[float] = []
    for place, ((name, _), results) in enumerate(sorted(stored.items())):
        wide = results.bands(measure).loc[since:]
        held += [*wide[0.1], *wide[0.9]]
        chart.add_traces(_path(wide, scenario_of(name), place, 0.1, DASHES[place % 3]))
    chart.update_yaxes(**log_scale(held))
    return chart.update_xaxes(dtick=1, tickformat="d").figure()


def _path(
    wide: pd.DataFrame, scenario: str, place: int, opacity: float, dash: str = "solid"
) -> Iterator[Trace]:
    """The median of a scenario through the years, named at its end, and its 80 % interval."""
    years = [int(year) for year in wide.index]
    colour = colour_of(scenario, place)
    fill = tint(colour, opacity)
    yield band(years, wide[0.1], wide[0.9], fillcolor=fill, showlegend=False)
    hover = f"%{{x}}, {scenario}: %{{y:,.3s}}"
    yield named_line(years, wide[0.5], scenario, colour, hover, dash)


def region_chart(total: Results, measure: str) -> go.Figure:
    """The sum of several places, from their joint draws.

    Parameters
    ----------
    total : Results
        As `forecasting.scenarios.joint_draws.sum_outlooks` gives it.
    measure : str
        Which measure.
    """
    title = f"{label_of(measure)}: {place_name(total.country)}"
    subtitle = "the sum of joint draws, not of quantiles"
    chart = new_chart(title, subtitle, y=unit_by_year(measure), height=440)
    _draw_fan(chart, total.bands(measure), measure, (0, 1, -1))
    return chart.update_xaxes(tickformat="%Y", dtick="M12", ticklabelmode="period").figure()


def _draw_fan(
    chart: Drawing, wide: pd.DataFrame, measure: str, labels: Sequence[int], **axis: Any
) -> None:
    """A fan on a scale that holds its 80 % interval."""
    flow = is_flow(measure)
    scale = linear_scale(wide[0.9])
    chart.add_traces(fan_traces(wide, flow=flow, labels=labels))
    chart.add_traces(leaving(days_of(wide, flow), wide, scale))
    chart.update_yaxes(**scale, **axis)


def small_fan(wide: pd.DataFrame, measure: str, name: str) -> go.Figure:
    """A fan small enough to stand beside others, each on a scale of its own.

    Parameters
    ----------
    wide : pandas.DataFrame
        A row per year, a column per quantile.
    measure : str
        What is drawn.
    name : str
        Whose it is.
    """
    chart = new_chart(name, "", y=unit_by_year(measure), height=230, showlegend=False)
    _draw_fan(chart, wide, measure, [-1], nticks=5)
    first, last = wide.index[0], wide.index[-1]
    chart.update_xaxes(**years_axis(), range=[f"{first}-01-01", f"{last}-12-31"])
    low, median, high = wide.loc[last, [0.1, 0.5, 0.9]].tolist()
    ends = f"{readable(median)} ({interval(low, high)}) in {last}"
    return described(chart, f"{label_of(measure).lower()}, {ends}")


def difference_chart(differences: Sequence[Results], measure: str) -> go.Figure:
    """Scenario minus baseline, draw by draw.

    Parameters
    ----------
    differences : sequence of Results
        As `forecasting.scenarios.joint_draws.difference` gives them.
    measure : str
        Which measure.
    """
    title = f"{label_of(measure)}: {place_name(differences[0].country)}"
    subtitle = "scenario minus baseline on common random numbers: medians and 80 % intervals"
    chart = new_chart(title, subtitle, y=unit_of(measure), margin_r=110)
    for place, results in enumerate(differences):
        scenario = scenario_of(results.scenario.partition(" ")[0])
        chart.add_traces(_path(results.bands(measure), scenario, place, 0.16))
    chart.add_hline(y=0, line={"color": MUTED, "width": 1})
    return chart.update_xaxes(dtick=1, tickformat="d").figure()


def growth_curves_chart(
    series: pd.Series[float],
    forecasts: Mapping[str, pd.DataFrame],
    *,
    unit: str = "vehicles a year",
    held_back: pd.Series[float] | None = None,
) -> go.Figure:
    """One series, and what several methods make of it: medians, and the 80 % interval of each in
    the legend's colour.

    Parameters
    ----------
    series : pandas.Series
        What was known, indexed by year.
    forecasts : mapping of str to pandas.DataFrame
        For each method a summary frame: median (or mean), pi_lower, pi_upper, indexed by year.
    unit : str
        Of the series.
    held_back : pandas.Series, optional
        What happened afterwards.
    """
    chart = new_chart(
        "One series, several methods", "medians and the interval of each", y=unit, height=460
    )
    chart.add_trace(_observed(series, "known", 1.0))
    if held_back is not None:
        chart.add_trace(_observed(held_back, "happened later", 0.35))
    middles = {
        name: frame["median"] if "median" in frame else frame["mean"]
        for name, frame in forecasts.items()
    }
    for place, (name, frame) in enumerate(forecasts.items()):
        colour = (BLUE, *ACCENTS)[place % 6]
        years = _years(frame.index)
        look = {"fillcolor": tint(colour, 0.12), "legendgroup": name, "showlegend": False}
        chart.add_trace(band(years, frame["pi_lower"], frame["pi_upper"], **look))
        chart.add_trace(line(years, middles[name], colour, name=name, legendgroup=name))
    top = max([series.max(), *(middle.max() for middle in middles.values())])
    edge = float(f"{1.6 * top:.3g}")
    for name, frame in forecasts.items():
        reached = frame["pi_upper"].iloc[-1]
        if reached > edge:
            words = f"↑ {name} {readable(reached, 2)}"
            last = _years(frame.index)[-1:]
            chart.add_trace(words_at(last, [edge], [words], "bottom left", size=11, color=MUTED))
    return chart.update_yaxes(range=[0, edge]).update_xaxes(tickformat="d").figure()


def _years(index: pd.Index) -> list[int]:
    return [int(str(period)[:4]) for period in index]


def _observed(series: pd.Series[float], name: str, opacity: float) -> Trace:
    return scatter(
        x=_years(series.index),
        y=rounded(series),
        mode="markers",
        marker={"color": INK, "size": 8, "opacity": opacity},
        name=name,
        hovertemplate="%{x}: %{y:,.4s}<extra></extra>",
    )
