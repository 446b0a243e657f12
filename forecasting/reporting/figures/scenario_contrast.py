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
    GREEN,
    INK,
    SCENARIOS,
    SYMBOLS,
    Drawing,
    Trace,
    band,
    ends,
    hovering,
    line,
    log_scale,
    names_at,
    over,
    points,
    tint,
    turned,
    whiskers,
    words_at,
    years_axis,
)
from forecasting.reporting.figures.facts import on_axis
from forecasting.reporting.figures.fan import (
    SHADED,
    check_year,
    fan,
    fan_scale,
    nothing,
    of_outlook,
    part_of,
)
from forecasting.reporting.growth_tables import percent
from forecasting.reporting.labels import (
    amount,
    amounts,
    finding,
    label_of,
    readable,
    uncapital,
    unit_by_year,
    unit_of,
)
from forecasting.reporting.result_tables import stored_results, yearly
from forecasting.scenarios.growth_on_year import first_rate_forecasts, printed_growth, yearly_growth
from forecasting.scenarios.joint_draws import no_measure

if TYPE_CHECKING:
    from forecasting.curves.results import GrowthResults
    from forecasting.scenarios.joint_draws import Results
    from forecasting.scenarios.outlook import Outlook

FACTORS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 9.0)  # of growth, at the ticks of an axis
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
    '<b>Turkmenistan: 10,000 electric vehicles on the road in 2030 (baseline)</b>'
    """
    rows = _of_year(table, measure, year)
    order = rows.groupby("country")[0.5].median().sort_values().index.tolist()
    known = set(rows["scenario"])
    shown = [name for name in SCENARIOS if name in known] + sorted(known - set(SCENARIOS))
    first = rows[rows["scenario"] == shown[0]].sort_values(0.5).iloc[-1]
    most = finding(measure, amount(first[0.5], measure))
    chart = Drawing(
        f"{place_name(first['country'])}: {most} in {rows.index[0]} ({shown[0]})",
        f"{unit_of(measure)}, log scale; medians with 80 % ranges",
        source="Source: scenarios on common random numbers",
        margin_r=64,
        height=150 + 84 * len(order),
    )
    for place, scenario in enumerate(shown):
        part = rows[rows["scenario"] == scenario]
        shift = 0.26 * ((len(shown) - 1) / 2 - place)
        colour = colour_of(scenario, place)
        y = [round(order.index(code) + shift, 2) for code in part["country"]]
        cells = zip(part["country"], *ends(part), strict=True)
        hover = [over(f"{place_name(code)}, {scenario}", *row) for code, *row in cells]
        look = {"color": colour, "symbol": SYMBOLS[place % 5]}
        chart.add(turned(whiskers(y, part, hover, scenario.capitalize(), **look)))
        words = [readable(value) for value in part[0.5]]
        chart.add(turned(words_at(y, part[0.9], words, "middle right", size=11, color=colour)))
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


def scenario_paths(
    table: pd.DataFrame, country: str, measure: str = "ev_stock", *, since: int | None = None
) -> go.Figure:
    """The scenarios of one country through the years: named medians with their 80 % ranges.

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
    '<b>Turkmenistan: 5,900 to 12,800 electric vehicles on the road in 2030, by scenario</b>'
    """
    stored = stored_results(table[(table["country"] == country) & (table["measure"] == measure)])
    if not stored:
        raise InputError(f"the results have no {measure!r} of {country!r}")
    paths = {
        scenario_of(name): results.bands(measure).loc[since:]
        for (name, _), results in sorted(stored.items())
    }
    medians = [wide[0.5].iloc[-1] for wide in paths.values()]
    years = next(iter(paths.values())).index
    ends_of_all = finding(measure, amounts(min(medians), max(medians), measure))
    chart = Drawing(
        f"{place_name(country)}: {ends_of_all} in {years[-1]}, by scenario",
        f"{unit_by_year(measure)}, log scale; medians, and 80 % ranges",
    )
    axis = log_scale([end for wide in paths.values() for end in (*wide[0.1], *wide[0.9])])
    _draw_paths(chart, paths, axis)
    return chart.figure()


def _draw_paths(chart: Drawing, paths: Mapping[str, pd.DataFrame], axis: Mapping[str, Any]) -> None:
    """The median of each scenario through the years, named at its end, and its 80 % range."""
    last = {}
    names = []
    for place, (scenario, wide) in enumerate(paths.items()):
        years = [int(year) for year in wide.index]
        colour = colour_of(scenario, place)
        rows = zip(years, *ends(wide), strict=True)
        hover = [over(f"{year}, {scenario}", *row) for year, *row in rows]
        path = line(years, wide[0.5], colour, dash=DASHES[place % 3], name=scenario)
        fill = tint(colour, 0.1)
        chart.add(band(years, wide[0.1], wide[0.9], fillcolor=fill), path | hovering(hover))
        last[scenario] = wide[0.5].iloc[-1]
        names.append((f"{scenario} {readable(last[scenario])}", colour))
        chart.update_xaxes(**years_axis(years[0], years[-1]))
    chart.add(*names_at(years[-1], last.values(), names, axis)).update_yaxes(**axis)
    chart.update_layout(showlegend=False, margin_r=150)


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
    '<b>Turkmenistan: 10,000 electric vehicles on the road in 2030</b>'
    """
    wide = total.bands(measure)
    last = wide.index[-1]
    title = f"{place_name(total.country)}: {finding(measure, amount(wide[0.5][last], measure))}"
    subtitle = f"{unit_by_year(measure)}, the sum of joint draws, not of quantiles; {SHADED}"
    chart = Drawing(f"{title} in {last}", subtitle, height=440).add(*fan(wide))
    chart.update_yaxes(**fan_scale([*wide[0.1], *wide[0.9]]))
    return chart.update_xaxes(**years_axis(wide.index[0], last)).figure()


def small_fans(parts: Mapping[str, pd.DataFrame], measure: str) -> Iterator[go.Figure]:
    """Fans small enough to stand beside each other, all on one logarithmic scale.

    Parameters
    ----------
    parts : mapping of str to pandas.DataFrame
        By the name of a place, a row per year and a column per quantile.
    measure : str
        What is drawn.
    """
    held = [end for wide in parts.values() for end in (*wide[0.1], *wide[0.9])]
    axis = log_scale(held)
    for name, wide in parts.items():
        last = wide.index[-1]
        low, middle, high = (amount(wide[level][last], measure) for level in (0.1, 0.5, 0.9))
        words = f"{unit_by_year(measure)}, log scale, the same in all"
        chart = Drawing(f"{name}: {middle} in {last}", words, height=240)
        chart.add(*fan(wide, printed=()))
        chart.update_yaxes(**axis).update_xaxes(**years_axis(wide.index[0], last))
        yield chart.figure(f"{label_of(measure).lower()}, {low} to {high}")


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
    '<b>Turkmenistan, accelerated: +530 electric vehicles on the road in 2030</b>'
    """
    paths = {
        scenario_of(results.scenario.partition(" ")[0]): results.bands(measure)
        for results in differences
    }
    scenario, wide = max(paths.items(), key=lambda item: abs(item[1][0.5].iloc[-1]))
    change = f"{wide[0.5].iloc[-1]:+,.3g}"
    chart = Drawing(
        f"{place_name(differences[0].country)}, {scenario}: "
        f"{finding(measure, change)} in {wide.index[-1]}",
        f"{unit_of(measure)}, scenario minus baseline on common random numbers: medians and 80 % "
        "intervals",
    )
    held = [0.0, *(end for wide in paths.values() for end in (*wide[0.1], *wide[0.9]))]
    axis = {"range": [1.1 * min(held), 1.1 * max(held)]}
    _draw_paths(chart, paths, axis)
    return chart.mark("y", 0).figure()


def growth_curves_chart(
    series: pd.Series[float],
    forecasts: Mapping[str, pd.DataFrame],
    *,
    unit: str = "vehicles a year",
    held_back: pd.Series[float] | None = None,
) -> go.Figure:
    """One series, and what several methods make of it: medians, and the 80 % range of each in
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
    '<b>Bass 161 in 2026, after 197 in 2023</b>'
    """
    middles = {
        name: frame["median" if "median" in frame else "mean"] for name, frame in forecasts.items()
    }
    reached = ", ".join(f"{name} {readable(middle.iloc[-1])}" for name, middle in middles.items())
    last, seen = (int(_years(rows.index)[-1]) for rows in (next(iter(middles.values())), series))
    known = f"after {readable(series.iloc[-1])} in {seen}"
    subtitle = f"{unit}, medians and the interval of each"
    chart = Drawing(f"{reached} in {last}, {known}", subtitle, height=460)
    chart.add(_observed(series, "known"))
    if held_back is not None:
        chart.add(_observed(held_back, "happened later", 0.35))
    edge = float(f"{1.6 * max(series.max(), *map(max, middles.values())):.3g}")
    for place, (name, frame) in enumerate(forecasts.items()):
        colour = (BLUE, *ACCENTS)[place % 6]
        years = _years(frame.index)
        look = {"fillcolor": tint(colour, 0.12), "legendgroup": name, "showlegend": False}
        chart.add(band(years, frame["pi_lower"], frame["pi_upper"], **look))
        chart.add(line(years, middles[name], colour, name=name, legendgroup=name))
    chart.update_yaxes(range=[0, edge])
    return chart.update_xaxes(**years_axis(int(_years(series.index)[0]), int(last))).figure()


def results_chart(results: GrowthResults, steps: int = 5, alpha: float = 0.1) -> go.Figure:
    """What was observed, the fitted curve, and its forecast with the interval of 1 - alpha.

    Parameters
    ----------
    results : GrowthResults
        Of one series.
    steps : int
        How far the forecast goes.
    alpha : float
        One less the level of the interval.
    """
    seen = pd.Series(results.model.endog, results.model.index)
    ahead = results.get_forecast(steps).summary_frame(alpha)
    chart = growth_curves_chart(seen, {results.curve.capitalize(): ahead}, unit="of each period")
    fitted = line(_years(seen.index), results.fittedvalues, BLUE, name="fitted", dash="dot")
    return chart.add_trace(fitted)


def _observed(series: pd.Series[float], name: str, opacity: float = 1.0) -> Trace:
    """Dots of what was counted."""
    years = _years(series.index)
    hover = [f"{label}: {readable(value)}" for label, value in series.items()]
    look = {"color": INK, "size": 8, "opacity": opacity}
    return points(years, series, hover, **look) | {"name": name, "showlegend": True}


def _years(index: pd.Index) -> list[float]:
    """Where the labels of a series stand on an axis of years: a period in its middle."""
    return [
        round((on_axis(label.start_time.date()) + on_axis(label.end_time.date())) / 2, 2)
        if isinstance(label, pd.Period)
        else float(label)
        for label in index.tolist()
    ]


def analogues_chart(outlook: Outlook) -> go.Figure:
    """The markets that went before: every market-year of the panel at about this share, its growth
    in the year after, beside what is forecast here.

    Parameters
    ----------
    outlook : Outlook
        As it was made from facts.

    Returns
    -------
    plotly.graph_objects.Figure
        Growth on the year, on a scale where doubling and halving are as wide; a row a market-year.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.analogues_chart(outlook).layout.title.subtitle.text[:45]
    'growth in the year after each market-year at '
    """
    forecast = outlook.forecast
    if forecast is None or forecast.market is None:
        words = "without the size of the market, no share tells which markets to compare"
        return nothing(of_outlook(outlook, words, "market_size in the params file"))
    table = forecast.analogues().assign(factor=lambda rows: 1 + rows["growth"])
    own = table.iloc[-1]
    others = table.iloc[:-1]
    middle, here = (percent(100 * rate) for rate in (others["growth"].median(), own["growth"]))
    share = f"{readable(100 * own['share'], 2)} % of new vehicles"
    last = len(others)
    chart = of_outlook(
        outlook,
        f"{here} in {own['year'] + 1}; half of the markets at its share grew by more than {middle}",
        f"growth in the year after each market-year at about {share}; shaded, four in five of "
        "what may come here; dotted, growth here in the year before",
        height=150 + 16 * last,
    )
    chart.source += f"; {others['source'].iloc[0]}"
    names = [f"{row.market} {row.year}" for row in others.itertuples()]
    hover = [
        f"{name}: {percent(100 * rate)}" for name, rate in zip(names, others["growth"], strict=True)
    ]
    ends_here = [1 + own["low"], 1 + own["high"]]
    chart.add(
        band(ends_here, [-1, -1], [last, last], fillcolor=tint(BLUE, 0.2)),
        points(others["factor"].tolist(), range(last), hover, color=INK, size=7),
    )
    chart.mark("x", own["factor"], color=BLUE, width=2.5)
    if own["before"] > -1:
        chart.mark("x", 1 + own["before"], dash="dot")
    chart.update_yaxes(tickvals=[*range(last)], ticktext=names, range=[-1, last], showgrid=False)
    ticks = {"tickvals": FACTORS, "ticktext": [percent(100 * (factor - 1)) for factor in FACTORS]}
    axis = log_scale([*ends_here, *table["factor"], 1 + own["before"]])
    chart.update_xaxes(**axis | ticks, showgrid=True).update_layout(showlegend=False)
    return chart.figure(f"{last} market-years")


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
    '<b>Xinjiang, baseline: electric vehicles exported, value index, +36 % in 2024</b>'
    """
    if not outlook.forecasts:
        raise InputError(f"{outlook.scenario.name} was read from files, which hold no forecasts")
    place = place or next(iter(outlook.forecasts))
    now = yearly_growth(part_of(outlook, place), outlook.scenario.measure).loc[
        outlook.first_year - 1 :
    ]
    now.index = now.index.map(str)
    day, rates = first_rate_forecasts(outlook, place) or (None, [])
    first = {period_words(rate.period): (rate.low, rate.median, rate.high) for rate in rates}
    then = pd.DataFrame.from_dict(first, "index", columns=[0.1, 0.5, 0.9])
    basis = outlook.forecasts[place].basis
    own = [fact for fact in printed_growth(outlook, place) if fact.basis == basis]
    printed = {period_words(fact.period): fact for fact in own}
    # Periods by their ends; those that are years are known by their names
    dated = {words: year_of(words).end for words in [*now.index, *then.index] if len(words) == 4}
    dated |= {words: fact.period.end for words, fact in printed.items()}
    names = sorted({*printed, *now.index, *then.index}, key=lambda words: (dated[words], words))
    against = "per cent on the same dates a year before; medians, 80 % ranges"
    soon = now.iloc[min(1, len(now) - 1)]
    title = f"{uncapital(label_of(outlook.scenario.measure))}, {percent(soon[0.5])} in {soon.name}"
    if len(outlook.forecasts) > 1:
        title = f"{place_name(place)}, {title}"
    chart = of_outlook(outlook, title, against, height=190 + 34 * len(names))
    chart.add(_intervals(now, f"forecast of {outlook.as_of}", BLUE))
    if rates:
        chart.add(_intervals(then, f"forecast of {day}, from the first rate", GREEN))
    chart.add(_printed({name: fact.value for name, fact in printed.items()}))
    order = {"categoryorder": "array", "categoryarray": names[::-1], "type": "category"}
    chart.update_yaxes(**order, showgrid=False)
    chart.update_xaxes(showgrid=True, ticksuffix=" %")
    medians = [f"{name}: {percent(rate)}" for name, rate in [*then[0.5].items(), *now[0.5].items()]]
    return chart.figure("; ".join(medians))


def _intervals(wide: pd.DataFrame, name: str, colour: str) -> Trace:
    rows = zip(wide.index, *ends(wide.map(percent)), strict=True)
    hover = [
        f"<b>{when}: {middle}</b><br>80 %: {low} to {high}" for when, low, middle, high in rows
    ]
    return turned(whiskers(wide.index.tolist(), wide, hover, name, color=colour, opacity=0.75))


def _printed(rates: Mapping[str, float]) -> Trace:
    words = [percent(rate) for rate in rates.values()]
    trace = points([*rates], rates.values(), words, color=INK, symbol="diamond")
    look = {"text": words, "textposition": "top center", "mode": "markers+text", "name": "printed"}
    return turned(trace | look | {"showlegend": True})
