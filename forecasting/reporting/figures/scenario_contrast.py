"""Charts that compare: scenarios, countries, the region, curves fitted to one series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from forecasting.evidence.places import place_name
from forecasting.measures import MEASURES
from forecasting.reporting.figures.drawing import Trace, scatter
from forecasting.reporting.figures.fan import fan_traces
from forecasting.reporting.figures.marks import interval_bar
from forecasting.reporting.figures.scale import leaving, linear_scale, log_scale
from forecasting.reporting.figures.style import (
    ACCENTS,
    BLUE,
    INK,
    MUTED,
    PAPER,
    SCENARIOS,
    band,
    described,
    new_chart,
    tint,
)
from forecasting.reporting.labels import amount, interval, label_of, readable, rounded, unit_of
from forecasting.reporting.result_tables import bands

if TYPE_CHECKING:
    from forecasting.scenarios.joint_draws import Results

__all__ = [
    "difference_chart",
    "growth_curves_chart",
    "region_chart",
    "scenario_comparison",
    "scenario_paths",
    "small_fan",
]


SYMBOLS = (
    "circle",
    "square",
    "diamond",
    "cross",
    "triangle-up",
)  # they differ without colour, too
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
    mine = table[table["measure"] == measure]
    wide = {str(name): bands(rows, measure) for name, rows in mine.groupby("scenario", sort=True)}
    year = year or min(int(frame.index[-1]) for frame in wide.values())
    country = mine.groupby("scenario")["country"].first()
    rows = pd.DataFrame(
        {name: frame.loc[year] for name, frame in wide.items() if year in frame.index}
    ).T
    rows = rows.assign(country=country, scenario=[scenario_of(name) for name in rows.index])
    order = rows.groupby("country")[0.5].median().sort_values().index
    shown = [
        *(name for name in SCENARIOS if name in set(rows["scenario"])),
        *sorted(set(rows["scenario"]) - set(SCENARIOS)),
    ]
    chart = new_chart(
        f"{label_of(measure)}, {year}",
        "medians with 80 % intervals",
        x=unit_of(measure),
        margin_r=64,
        height=150 + 84 * len(order),
    )
    for place, scenario in enumerate(shown):
        part = rows[rows["scenario"] == scenario].set_index("country")
        chart.add_traces(_row_whiskers(part, list(order), scenario, place, len(shown)))
    chart.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[place_name(code) for code in order],
        showgrid=False,
    )
    chart.update_xaxes(
        **log_scale([*rows[0.1], *rows[0.9]]),
        title_text=f"{unit_of(measure)}, log scale",
        showgrid=True,
    )
    said = [
        f"{place_name(str(row['country']))} {row['scenario']} {amount(row[0.5], measure)}"
        for _, row in rows.sort_values(["country", "scenario"]).iterrows()
    ]
    return described(chart, f"medians, {', '.join(said)}")


def _row_whiskers(
    part: pd.DataFrame, order: list[str], scenario: str, place: int, count: int
) -> Iterator[Trace]:
    mine = [code for code in order if code in part.index]
    part, colour = part.loc[mine], colour_of(scenario, place)
    y = [round(order.index(code) - 0.26 * (place - (count - 1) / 2), 2) for code in mine]
    values = zip(mine, part[0.1], part[0.5], part[0.9], strict=True)
    yield scatter(
        x=rounded(part[0.5]),
        y=y,
        error_x=interval_bar(part),
        mode="markers",
        marker={
            "color": colour,
            "symbol": SYMBOLS[place % 5],
            "size": 11,
            "line": {"color": PAPER, "width": 1.5},
        },
        name=scenario.capitalize(),
        hovertext=[
            f"<b>{place_name(c)}, {scenario}: {readable(m)}</b><br>80 %: {interval(low, up)}"
            for c, low, m, up in values
        ],
        hoverinfo="text",
    )
    yield scatter(
        x=rounded(part[0.9]),
        y=y,
        text=[f" {readable(value)}" for value in part[0.5]],
        mode="text",
        textposition="middle right",
        textfont={"size": 11, "color": colour},
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )


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
    mine = table[(table["country"] == country) & (table["measure"] == measure)]
    unit = unit_of(measure) + (" a year" if MEASURES[measure].kind == "flow" else "")
    title = f"{label_of(measure)}: {place_name(country)}"
    chart = new_chart(title, "medians, and 80 % intervals", y=unit, margin_r=110)
    held: list[float] = []
    for place, (name, rows) in enumerate(mine.groupby("scenario", sort=True)):
        scenario, wide = scenario_of(str(name)), bands(rows, measure).loc[since:]
        held += [*wide[0.1], *wide[0.9]]
        years, colour = [int(year) for year in wide.index], colour_of(scenario, place)
        chart.add_trace(
            band(years, wide[0.1], wide[0.9], fillcolor=tint(colour, 0.1), showlegend=False)
        )
        chart.add_trace(_named_line(years, wide[0.5], scenario, colour, DASHES[place % 3]))
    chart.update_yaxes(**log_scale(held), title_text=f"{unit}, log scale")
    return chart.update_xaxes(dtick=1, tickformat="d").figure()


def _named_line(
    years: list[int], values: pd.Series[float], name: str, colour: str, dash: str = "solid"
) -> Trace:
    return scatter(
        x=years,
        y=rounded(values),
        mode="lines+text",
        line={"color": colour, "width": 2.5, "dash": dash},
        text=["" for _ in years[:-1]] + [f" {name}"],
        textposition="middle right",
        textfont={"color": colour, "size": 12},
        cliponaxis=False,
        name=name,
        showlegend=False,
        hovertemplate=f"%{{x}}, {name}: %{{y:,.3s}}<extra></extra>",
    )


def region_chart(total: Results, measure: str) -> go.Figure:
    """The sum of several places, from their joint draws.

    Parameters
    ----------
    total : Results
        As `forecasting.scenarios.joint_draws.sum_outlooks` gives it.
    measure : str
        Which measure.
    """
    flow, wide = MEASURES[measure].kind == "flow", bands(total, measure)
    unit = unit_of(measure) + (" a year" if flow else "")
    title = f"{label_of(measure)}: {place_name(total.country)}"
    chart = new_chart(title, "the sum of joint draws, not of quantiles", y=unit, height=440)
    chart.add_traces(fan_traces(wide, flow=flow))
    axis = linear_scale(wide[0.9])
    chart.update_yaxes(**axis)
    chart.add_traces(
        leaving([f"{each}-{'07-02' if flow else '12-31'}" for each in wide.index], wide, axis)
    )
    return chart.update_xaxes(tickformat="%Y", dtick="M12", ticklabelmode="period").figure()


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
    flow = MEASURES[measure].kind == "flow"
    unit = unit_of(measure) + (" a year" if flow else "")
    chart = new_chart(name, "", y=unit, height=230, showlegend=False)
    chart.add_traces(fan_traces(wide, flow=flow, labels=[-1]))
    axis = linear_scale(wide[0.9])
    chart.update_yaxes(**axis, nticks=5)
    chart.add_traces(
        leaving([f"{each}-{'07-02' if flow else '12-31'}" for each in wide.index], wide, axis)
    )
    ends = [f"{wide.index[0]}-01-01", f"{wide.index[-1]}-12-31"]
    chart.update_xaxes(
        type="date", range=ends, tickformat="%Y", dtick="M12", ticklabelmode="period"
    )
    low, median, high = (float(wide[level].iloc[-1]) for level in (0.1, 0.5, 0.9))
    said = f"{label_of(measure).lower()}, {readable(median)} ({interval(low, high)}) in {wide.index[-1]}"
    return described(chart, said)


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
    for place, each in enumerate(differences):
        scenario, wide = scenario_of(each.scenario.partition(" ")[0]), bands(each, measure)
        colour, years = colour_of(scenario, place), [int(year) for year in wide.index]
        chart.add_trace(
            band(years, wide[0.1], wide[0.9], fillcolor=tint(colour, 0.16), showlegend=False)
        )
        chart.add_trace(_named_line(years, wide[0.5], scenario, colour))
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
    for place, (name, frame) in enumerate(forecasts.items()):
        colour, years = (
            (BLUE, *ACCENTS)[place % 6],
            [int(str(period)[:4]) for period in frame.index],
        )
        middle = frame["median"] if "median" in frame else frame["mean"]
        chart.add_trace(
            band(
                years,
                frame["pi_lower"],
                frame["pi_upper"],
                fillcolor=tint(colour, 0.12),
                legendgroup=name,
                showlegend=False,
            )
        )
        chart.add_trace(
            scatter(
                x=years,
                y=rounded(middle),
                mode="lines",
                line={"color": colour, "width": 2.5},
                name=name,
                legendgroup=name,
            )
        )
    top = (
        max(frame.filter(["median", "mean"]).iloc[:, 0].max() for frame in forecasts.values())
        if forecasts
        else series.max()
    )
    edge = float(f"{1.6 * max(top, series.max()):.3g}")
    for name, frame in forecasts.items():
        if frame["pi_upper"].iloc[-1] > edge:
            chart.add_trace(
                _beyond(
                    int(str(frame.index[-1])[:4]),
                    edge,
                    f"↑ {name} {readable(frame['pi_upper'].iloc[-1], 2)}",
                )
            )
    return chart.update_yaxes(range=[0, edge]).update_xaxes(tickformat="d").figure()


def _beyond(year: int, edge: float, words: str) -> Trace:
    """Says at the edge of a chart how far an interval goes on beyond it."""
    text = {
        "text": [words],
        "textposition": "bottom left",
        "textfont": {"size": 11, "color": MUTED},
    }
    return scatter(
        x=[year],
        y=[edge],
        mode="text",
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
        **text,
    )


def _observed(series: pd.Series[float], name: str, opacity: float) -> Trace:
    return scatter(
        x=[int(str(period)[:4]) for period in series.index],
        y=rounded(series),
        mode="markers",
        marker={"color": INK, "size": 8, "opacity": opacity},
        name=name,
        hovertemplate="%{x}: %{y:,.4s}<extra></extra>",
    )
