"""Charts that compare: scenarios, countries, the region, curves fitted to one series, growth as it
was forecast and as it was printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from forecasting.errors import InputError
from forecasting.evidence.places import place_name
from forecasting.evidence.words import period_words
from forecasting.periods import year as year_of
from forecasting.reporting.figures.charging_charts import named_places
from forecasting.reporting.figures.drawing import (
    ACCENTS,
    BLUE,
    BY_YEAR,
    GREEN,
    INK,
    MUTED,
    SCENARIOS,
    SYMBOLS,
    Drawing,
    Trace,
    band,
    ends,
    leaving,
    line,
    linear_scale,
    log_scale,
    named_line,
    over,
    points,
    tint,
    turned,
    whiskers,
    words_at,
)
from forecasting.reporting.figures.fan import (
    check_year,
    days_of,
    fan_traces,
    observed,
    part_of,
    whole_years,
)
from forecasting.reporting.growth_tables import percent
from forecasting.reporting.labels import (
    amount,
    interval,
    is_flow,
    label_of,
    readable,
    unit_by_year,
    unit_of,
)
from forecasting.reporting.result_tables import stored_results, yearly
from forecasting.scenarios.growth_on_year import first_rate_forecasts, printed_growth, yearly_growth
from forecasting.scenarios.joint_draws import no_measure

if TYPE_CHECKING:
    from forecasting.scenarios.growth_on_year import GrowthSinceRate
    from forecasting.scenarios.joint_draws import Results
    from forecasting.scenarios.outlook import Outlook

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

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> table = fc.tables.joined(fc.outlooks("turkmenistan-*", draws=50).values())
    >>> fc.figures.scenario_comparison(table, "ev_stock", 2030).layout.title.text
    '<b>Electric vehicles on the road, 2030</b>'
    """
    rows = _of_year(table, measure, year)
    order = rows.groupby("country")[0.5].median().sort_values().index.tolist()
    known = set(rows["scenario"])
    shown = [name for name in SCENARIOS if name in known] + sorted(known - set(SCENARIOS))
    chart = Drawing(
        f"{label_of(measure)}, {rows.index[0]}",
        "medians with 80 % intervals",
        x=f"{unit_of(measure)}, log scale",
        margin_r=64,
        height=150 + 84 * len(order),
    )
    for place, scenario in enumerate(shown):
        part = rows[rows["scenario"] == scenario].set_index("country")
        shift = 0.26 * ((len(shown) - 1) / 2 - place)
        chart.add(*_row_whiskers(part, order, scenario, place, shift))
    chart.update_yaxes(**named_places(map(place_name, order)), showgrid=False)
    chart.update_xaxes(**log_scale([*rows[0.1], *rows[0.9]]), showgrid=True)
    medians = [
        f"{place_name(row['country'])} {row['scenario']} {amount(row[0.5], measure)}"
        for _, row in rows.sort_values(["country", "scenario"]).iterrows()
    ]
    return chart.figure(f"medians, {', '.join(medians)}")


def _of_year(table: pd.DataFrame, measure: str, year: int | None) -> pd.DataFrame:
    """Quantiles of each scenario and country in one year; if none is given, the last of all."""
    wide = yearly(table[table["measure"] == measure]).reset_index()
    if wide.empty:
        raise no_measure(measure, table["measure"].unique())
    last = wide.groupby(["scenario", "country"])["year"].max().min()
    check_year(year or last, wide["year"].unique())
    rows = wide[wide["year"] == (year or last)].set_index("year")
    return rows.assign(scenario=rows["scenario"].map(scenario_of)).sort_values("country")


def _row_whiskers(
    part: pd.DataFrame, order: list[str], scenario: str, place: int, shift: float
) -> Iterator[Trace]:
    part = part.sort_index(key=lambda codes: codes.map(order.index))
    colour = colour_of(scenario, place)
    y = [round(order.index(code) + shift, 2) for code in part.index]
    hover = [
        over(f"{place_name(code)}, {scenario}", *row)
        for code, *row in zip(part.index, *ends(part), strict=True)
    ]
    look = {"color": colour, "symbol": SYMBOLS[place % 5]}
    yield turned(whiskers(y, part, hover, scenario.capitalize(), **look))
    words = [f" {readable(value)}" for value in part[0.5]]
    yield turned(words_at(y, part[0.9], words, "middle right", size=11, color=colour))


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

    Returns
    -------
    plotly.graph_objects.Figure
        In the unit of the measure, of a flow by year.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> table = fc.tables.joined(fc.outlooks("turkmenistan-*", draws=50).values())
    >>> fc.figures.scenario_paths(table, "TM").layout.title.text
    '<b>Electric vehicles on the road: Turkmenistan</b>'
    """
    stored = stored_results(table[(table["country"] == country) & (table["measure"] == measure)])
    unit = f"{unit_by_year(measure)}, log scale"
    title = f"{label_of(measure)}: {place_name(country)}"
    chart = Drawing(title, "medians, and 80 % intervals", y=unit, margin_r=110)
    held: list[float] = []
    for place, ((name, _), results) in enumerate(sorted(stored.items())):
        wide = results.bands(measure).loc[since:]
        held += [*wide[0.1], *wide[0.9]]
        chart.add(*_path(wide, scenario_of(name), place, 0.1, DASHES[place % 3]))
    chart.update_yaxes(**log_scale(held))
    return chart.update_xaxes(**BY_YEAR).figure()


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

    Returns
    -------
    plotly.graph_objects.Figure
        In the unit of the measure, of a flow by year.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> total = fc.region_total(fc.outlooks("turkmenistan-b*", draws=50).values())
    >>> fc.figures.region_chart(total, "ev_stock").layout.title.text
    '<b>Electric vehicles on the road: Turkmenistan</b>'
    """
    title = f"{label_of(measure)}: {place_name(total.country)}"
    subtitle = "the sum of joint draws, not of quantiles"
    chart = Drawing(title, subtitle, y=unit_by_year(measure), height=440)
    _draw_fan(chart, total.bands(measure), measure, (0, 1, -1))
    return chart.update_xaxes(tickformat="%Y", dtick="M12", ticklabelmode="period").figure()


def _draw_fan(
    chart: Drawing, wide: pd.DataFrame, measure: str, labels: Sequence[int], **axis: Any
) -> None:
    """A fan on a scale that holds its 80 % interval."""
    flow = is_flow(measure)
    scale = linear_scale(wide[0.9])
    chart.add(*fan_traces(wide, flow=flow, labels=labels))
    chart.add(*leaving(days_of(wide, flow), wide, scale))
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
    chart = Drawing(name, "", y=unit_by_year(measure), height=230, showlegend=False)
    _draw_fan(chart, wide, measure, [-1], nticks=5)
    last = wide.index[-1]
    whole_years(chart, wide.index[0], last)
    row = wide.loc[last]
    words = f"{readable(row[0.5])} ({interval(row[0.1], row[0.9])}) in {last}"
    return chart.figure(f"{label_of(measure).lower()}, {words}")


def difference_chart(differences: Sequence[Results], measure: str) -> go.Figure:
    """Scenario minus baseline, draw by draw.

    Parameters
    ----------
    differences : sequence of Results
        As `forecasting.scenarios.joint_draws.difference` gives them.
    measure : str
        Which measure.

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
    >>> more, base = (
    ...     fc.outlook(f"turkmenistan-{name}", draws=50)
    ...     for name in ("accelerated", "baseline")
    ... )
    >>> fc.figures.difference_chart([more.minus(base)], "ev_stock").layout.title.text
    '<b>Electric vehicles on the road: Turkmenistan</b>'
    """
    title = f"{label_of(measure)}: {place_name(differences[0].country)}"
    subtitle = "scenario minus baseline on common random numbers: medians and 80 % intervals"
    chart = Drawing(title, subtitle, y=unit_of(measure), margin_r=110)
    for place, results in enumerate(differences):
        scenario = scenario_of(results.scenario.partition(" ")[0])
        chart.add(*_path(results.bands(measure), scenario, place, 0.16))
    chart.mark("y", 0)
    return chart.update_xaxes(**BY_YEAR).figure()


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

    Returns
    -------
    plotly.graph_objects.Figure
        In the unit given.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> import pandas as pd
    >>> sales = pd.Series([12.0, 28.0, 61.0, 118.0, 197.0], index=range(2019, 2024))
    >>> frame = fc.GrowthModel(sales).fit().get_forecast(3).summary_frame(alpha=0.2)
    >>> fc.figures.growth_curves_chart(sales, {"Bass": frame}).layout.title.text
    '<b>One series, several methods</b>'
    """
    chart = Drawing(
        "One series, several methods", "medians and the interval of each", y=unit, height=460
    )
    chart.add(observed(_years(series.index), series, "known"))
    if held_back is not None:
        chart.add(observed(_years(held_back.index), held_back, "happened later", 0.35))
    middles = {
        name: frame["median" if "median" in frame else "mean"] for name, frame in forecasts.items()
    }
    edge = float(f"{1.6 * max(series.max(), *map(max, middles.values())):.3g}")
    beyond = []
    for place, (name, frame) in enumerate(forecasts.items()):
        colour = (BLUE, *ACCENTS)[place % 6]
        years = _years(frame.index)
        look = {"fillcolor": tint(colour, 0.12), "legendgroup": name, "showlegend": False}
        chart.add(band(years, frame["pi_lower"], frame["pi_upper"], **look))
        chart.add(line(years, middles[name], colour, name=name, legendgroup=name))
        reached = frame["pi_upper"].iloc[-1]
        if reached > edge:
            words = f"↑ {name} {readable(reached, 2)}"
            beyond.append(
                words_at(years[-1:], [edge], [words], "bottom left", size=11, color=MUTED)
            )
    return chart.add(*beyond).update_yaxes(range=[0, edge]).update_xaxes(tickformat="d").figure()


def _years(index: pd.Index) -> list[int]:
    return [int(str(period)[:4]) for period in index]


def growth_chart(outlook: Outlook, place: str | None = None) -> go.Figure:
    """Growth on the year as forecast now and as forecast from the first printed rate, beside the
    printed rates.

    Parameters
    ----------
    outlook : Outlook
        As it was made from facts.
    place : str, optional
        One of its places; the first that was forecast if not given.

    Returns
    -------
    plotly.graph_objects.Figure
        Per cent, a row for each period.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> road = fc.outlook("xinjiang-baseline", draws=50)
    >>> fc.figures.growth_chart(road).layout.title.text
    '<b>Growth on the year: Xinjiang</b>'
    """
    if not outlook.forecasts:
        raise InputError(f"{outlook.scenario.name} was read from files, which hold no forecasts")
    place = place or next(iter(outlook.forecasts))
    now = yearly_growth(part_of(outlook, place), outlook.scenario.measure).loc[
        outlook.first_year - 1 :
    ]
    now.index = now.index.map(str)
    day, rates = first_rate_forecasts(outlook, place) or (None, [])
    then = _of_rates(rates)
    basis = outlook.forecasts[place].basis
    own = [fact for fact in printed_growth(outlook, place) if fact.basis == basis]
    printed = {period_words(fact.period): fact for fact in own}
    # Periods by their ends; those that are years are known by their names
    dated = {words: year_of(words).end for words in [*now.index, *then.index] if len(words) == 4}
    dated |= {words: fact.period.end for words, fact in printed.items()}
    names = sorted({*printed, *now.index, *then.index}, key=lambda words: (dated[words], words))
    against = "medians, 80 % intervals; against the same dates a year before"
    chart = Drawing(
        f"Growth on the year: {place_name(place)}",
        f"{label_of(outlook.scenario.measure).lower()}; {against}",
        x="per cent",
        height=190 + 34 * len(names),
    )
    chart.add(_intervals(now, f"forecast of {outlook.as_of}", BLUE))
    if rates:
        chart.add(_intervals(then, f"forecast of {day}, from the first rate", GREEN))
    chart.add(_printed({name: fact.value for name, fact in printed.items()}))
    order = {"categoryorder": "array", "categoryarray": names[::-1], "type": "category"}
    chart.update_yaxes(**order, showgrid=False)
    chart.update_xaxes(showgrid=True, ticksuffix=" %")
    medians = [f"{name}: {percent(rate)}" for name, rate in [*then[0.5].items(), *now[0.5].items()]]
    return chart.figure("; ".join(medians))


def _of_rates(rates: Sequence[GrowthSinceRate]) -> pd.DataFrame:
    """What the first printed rate led one to expect, as quantiles by period."""
    rows = {period_words(rate.period): (rate.low, rate.median, rate.high) for rate in rates}
    return pd.DataFrame.from_dict(rows, "index", columns=[0.1, 0.5, 0.9])


def _intervals(wide: pd.DataFrame, name: str, colour: str) -> Trace:
    hover = [
        f"<b>{when}: {percent(middle)}</b><br>80 %: {percent(lower)} to {percent(upper)}"
        for when, lower, middle, upper in zip(wide.index, *ends(wide), strict=True)
    ]
    edge = {"color": colour, "width": 2.5}
    trace = whiskers(wide.index.tolist(), wide, hover, name, color="white", size=9, line=edge)
    trace["error_y"] |= {"thickness": 6, "color": colour}
    return turned(trace | {"opacity": 0.75})


def _printed(rates: Mapping[str, float]) -> Trace:
    words = [percent(rate) for rate in rates.values()]
    hover = [f"{name}: printed {rate}" for name, rate in zip(rates, words, strict=True)]
    trace = points([*rates], rates.values(), hover, color=INK, symbol="diamond")
    look = {"text": words, "textposition": "top center", "textfont": {"size": 11, "color": INK}}
    return turned(trace | look | {"mode": "markers+text", "name": "printed", "showlegend": True})
