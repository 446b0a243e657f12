"""Charts that compare: scenarios, countries, the region, curves fitted to one series, growth as it
was forecast and as it was printed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from forecasting.evidence.fact import label_of, period_words, place_term
from forecasting.reporting.figures.charging_charts import named_rows
from forecasting.reporting.figures.drawing import (
    ACCENTS,
    AMBER,
    BLUE,
    CHARGING_COLOURS,
    GREEN,
    INK,
    MUTED,
    SCENARIO_COLOURS,
    SIDEWAYS,
    SYMBOLS,
    Drawing,
    Properties,
    Trace,
    band,
    ends,
    error_bar,
    hovering,
    hovers,
    line,
    linear_scale,
    log_scale,
    points,
    tint,
    turned,
    whiskers,
    words_at,
)
from forecasting.reporting.figures.fan import (
    END_LABEL_PIXELS,
    OUTLOOK_SOURCE,
    empty_chart,
    fan,
    on_axis,
    part_of,
    words_of_outlook,
)
from forecasting.reporting.labels import (
    amount,
    amounts,
    answer_term,
    day_words,
    finding,
    levels_in_words,
    market_words,
    scenario_title,
    spoken_median,
    unit_by_year,
    unit_words,
)
from forecasting.reporting.result_tables import label_in, stored_results, yearly
from forecasting.scenarios.joint_draws import no_measure, yearly_growth
from forecasting.scenarios.outlook import first_rate_forecasts, printed_growth
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.measures import EV_SHARE
from forecasting.vocabulary.periods import year as year_of
from forecasting.vocabulary.quantiles import RANGE_LEVELS, standing_digits
from forecasting.vocabulary.sentences import Term, capital, sentence, uncapital
from forecasting.writers.messages import FigureForm
from forecasting.writers.numbers import percent, readable

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from forecasting.curves.results import GrowthResults
    from forecasting.scenarios.joint_draws import Results
    from forecasting.scenarios.outlook import Outlook

COMPARISON_CHART = FigureForm(
    "{subject}: most in {place}, {number} in {year} ({scenario})",
    "{unit}[is_log?, log scale]; medians with 80 % ranges",
    "Source: scenarios on common random numbers",
)
COMPARISON_IN_ONE_PLACE_CHART = replace(
    COMPARISON_CHART, title="{place}: {finding} in {year} ({scenario})"
)
PATHS_CHART = FigureForm(
    "{place}: {finding} in {year}, by scenario", "{unit}; medians, and 80 % ranges"
)
REGION_CHART = FigureForm(
    "{place}: {finding} in {year}",
    "{unit}, the sum of joint draws, not of quantiles; shaded, four in five and half of what may "
    "come",
)
SMALL_FAN_CHART = FigureForm("{place}: {number} in {year}", "{unit}, on a scale of its own")
CURVES_CHART = FigureForm(
    "{ends} in {final_year}, after {newest} in {newest_year}",
    "of each period; medians and the interval of each",
)
RESULTS_CHART = replace(
    CURVES_CHART,
    subtitle="of each period; line and shade, median and {level} % range; dotted, the fitted "
    "{curve} curve",
)
ANALOGUES_CHART = FigureForm(
    "{scenario}: {growth} in {year}; half of the markets at its share grew by more than {median}",
    "growth in the year after each market-year at about {share} % of new vehicles; line and "
    "shade, the median and four in five of what may come here"
    "[has_past?; dotted, growth here in the year before]",
    f"{OUTLOOK_SOURCE}; {{panel}}",
)
NO_SHARE_CHART = FigureForm(
    "{scenario}: without the size of the market, no share tells which markets to compare",
    "market_size in the params file",
    OUTLOOK_SOURCE,
)
NO_ANALOGUES_CHART = FigureForm(
    "{scenario}: no market before stood at its share, so that its growth is compared with none",
    "{share} % of new vehicles",
    OUTLOOK_SOURCE,
)
GROWTH_CHART = FigureForm(
    "{scenario}: [{part}, ]{subject}, {growth} in {year}",
    "per cent on the same dates a year before; medians, 80 % ranges",
    OUTLOOK_SOURCE,
)
PRINTED = "printed"
FORECAST_OF_DAY = "forecast of {day}"
AS_GIVEN = "Median as given"
WHAT_IF_CHART = FigureForm(
    "{scenario}: {finding} in {year}",
    "{unit}; in grey, as it was given[; right, public points at the end of {end}]",
)
GROWTH_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # of growth, at the ticks of an axis
ANSWER_COLOURS = CHARGING_COLOURS | {"charging_points_target": AMBER}
# Of a trace, where a scenario is changed: only what moved is sent to a browser
CHANGED_PROPERTIES = ("x", "y", "text", "hovertext", "error_x")
# Of a chart whose title stands above it, as text
UNTITLED: Properties = {
    "title": {"text": "", "subtitle": {"text": ""}},
    "margin": {"t": 16},
    "height": 270,
    "annotations": (),  # an empty line at the foot would lie above the numbers of the axes
}
TITLE_LETTERS_BESIDE_LEVERS = 46  # letters in a line of the title
RIGHT_AXES = {"xaxis": "x2", "yaxis": "y2"}
RIGHT_CHART_START = 0.68  # where the right chart begins, its ticks included
MAX_SMALL_YEARS = 8  # on the axis of a small fan
SCENARIO_DASHES = ("solid", "dash", "dot")


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
    return SCENARIO_COLOURS.get(scenario, ACCENTS[place % len(ACCENTS)])


def scenario_comparison(table: pd.DataFrame, measure: str = "ev_stock") -> Figure:
    """One measure in the last year that all have: countries below each other, scenarios beside each
    other, with 80 % intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results of many scenarios.
    measure : str
        Which measure.

    Returns
    -------
    plotly.graph_objects.Figure

    Examples
    --------
    >>> import forecasting as fc
    >>> table = fc.tables.joined(fc.outlooks("turkmenistan-*", draws=50).values())
    >>> fc.figures.scenario_comparison(table, "ev_stock").layout.title.text
    '<b>Turkmenistan: ... electric vehicles on the road in 2030 (baseline)</b>'
    """
    rows = _final_year_rows(table, measure)
    order = rows.groupby("country")[0.5].median().sort_values().index.tolist()
    names_present = set(rows["scenario"])
    scenarios = [name for name in SCENARIO_COLOURS if name in names_present] + sorted(
        names_present - set(SCENARIO_COLOURS)
    )
    largest = rows[rows["scenario"] == scenarios[0]].sort_values(0.5).iloc[-1]
    number = spoken_median(largest, measure)
    range_ends = [*rows[0.1], *rows[0.9]]
    is_log = min(range_ends) > 0
    scale = linear_scale
    if is_log:
        scale = log_scale
    form = COMPARISON_IN_ONE_PLACE_CHART
    if len(order) > 1:
        form = COMPARISON_CHART
    words = form.words(
        subject=label_of(measure),
        place=place_term(largest["country"]),
        number=number,
        finding=finding(measure, number),
        year=rows.index[0],
        scenario=Term(scenarios[0], "scenario"),
        unit=unit_words(measure),
        is_log=is_log,
    )
    chart = Drawing(
        words,
        margin_r=64,
        height=150 + 84 * len(order),
        xaxis=scale(range_ends),
        yaxis=named_rows(str(place_term(code)) for code in order),
        **SIDEWAYS,
    )
    labels: list[tuple[float, float, str, str]] = []
    for place, scenario in enumerate(scenarios):
        part = rows[rows["scenario"] == scenario]
        shift = 0.26 * ((len(scenarios) - 1) / 2 - place)
        colour = colour_of(scenario, place)
        y = [round(order.index(code) + shift, 2) for code in part["country"]]
        scenario_words = str(Term(scenario, "scenario"))
        names = [f"{place_term(code)}, {scenario_words}" for code in part["country"]]
        look = {"color": colour, "symbol": SYMBOLS[place % 5]}
        chart.add(turned(whiskers(y, part, names, capital(scenario_words), **look)))
        levels = part[RANGE_LEVELS].to_numpy()
        medians = [levels_in_words(row, measure)[1] for row in levels]
        labels += zip(y, part[0.9], medians, [colour] * len(y), strict=True)
    # All in one trace, above all others: a layer over a number keeps a checker from its contrast
    heights, ends, medians, colours = map(list, zip(*labels, strict=True))
    chart.add(turned(words_at(heights, ends, medians, "middle right", size=11, color=colours)))
    return chart.figure()


def _final_year_rows(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Quantiles of each scenario and country in the last year that all have."""
    wide = yearly(table[table["measure"] == measure]).reset_index()
    if wide.empty:
        raise no_measure(measure, table["measure"].unique())
    final_year = wide.groupby(["scenario", "country"])["year"].max().min()
    rows = pd.DataFrame(wide[wide["year"] == final_year]).set_index("year")
    return rows.assign(scenario=rows["scenario"].map(scenario_of)).sort_values("country")


def scenario_paths(table: pd.DataFrame, country: str, measure: str = "ev_stock") -> Figure:
    """The scenarios of one country through the years: named medians with their 80 % ranges.

    Parameters
    ----------
    table : pandas.DataFrame
        Long results of many scenarios.
    country : str
        Country code, e.g. ``UZ``.
    measure : str
        Which measure.

    Returns
    -------
    plotly.graph_objects.Figure
        In the unit of the measure, of a flow by year.

    Raises
    ------
    InputError
        Where the results have nothing of the measure in the country.

    Examples
    --------
    >>> import forecasting as fc
    >>> table = fc.tables.joined(fc.outlooks("turkmenistan-*", draws=50).values())
    >>> fc.figures.scenario_paths(table, "TM").layout.title.text
    '<b>Turkmenistan: ... to ... electric vehicles on the road in 2030, by scenario</b>'
    """
    stored = stored_results(table[(table["country"] == country) & (table["measure"] == measure)])
    if not stored:
        raise InputError(f"the results have no {measure!r} of {country!r}")
    paths = {
        scenario_of(name): results.bands(measure) for (name, _), results in sorted(stored.items())
    }
    medians = [wide[0.5].iloc[-1] for wide in paths.values()]
    years = [int(year) for year in next(iter(paths.values())).index]
    digits = min(standing_digits(*wide[[0.1, 0.9]].iloc[-1]) for wide in paths.values())
    final_range = finding(measure, amounts(min(medians), max(medians), measure, digits))
    unit = unit_by_year(measure)
    chart = Drawing(
        PATHS_CHART.words(
            place=place_term(country), finding=final_range, year=years[-1], unit=unit
        ),
        yaxis=linear_scale(end for wide in paths.values() for end in (*wide[0.1], *wide[0.9])),
        showlegend=False,
        margin_r=150,
    )
    names = []
    for number, (scenario, wide) in enumerate(paths.items()):
        colour = colour_of(scenario, number)
        hover = hovering(hovers([f"{year}, {scenario}" for year in years], wide))
        fill = tint(colour, 0.1)
        path = line(years, wide[0.5], colour, dash=SCENARIO_DASHES[number % 3], name=scenario)
        chart.add(band(years, wide[0.1], wide[0.9], fillcolor=fill), path | hover)
        names.append((f"{scenario} {amount(medians[number], measure, digits)}", colour))
    return chart.names_at(years[-1], medians, names).years(years).figure()


def region_chart(total: Results, measure: str) -> Figure:
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

    Examples
    --------
    >>> import forecasting as fc
    >>> total = fc.region_total(fc.outlooks("turkmenistan-b*", draws=50).values())
    >>> fc.figures.region_chart(total, "ev_stock").layout.title.text
    '<b>Turkmenistan: ... electric vehicles on the road in 2030</b>'
    """
    wide = total.bands(measure)
    words = REGION_CHART.words(
        place=place_term(total.country),
        finding=finding(measure, spoken_median(wide.iloc[-1], measure)),
        year=wide.index[-1],
        unit=unit_by_year(measure),
    )
    return _fan_alone(wide, measure, words, height=440)


def _fan_alone(wide: pd.DataFrame, measure: str, words: FigureForm, height: int) -> Figure:
    """What may come, without the years before."""
    scale = linear_scale([*wide[0.1], *wide[0.9]])
    chart = Drawing(words, height=height, yaxis=scale, margin_r=END_LABEL_PIXELS)
    return chart.add(*fan(wide, measure)).years(wide.index).figure()


def small_fans(parts: Mapping[str, pd.DataFrame], measure: str) -> Iterator[Figure]:
    """Fans small enough to stand beside each other, with the newest years before the forecast, each
    on a scale of its own from zero.

    Parameters
    ----------
    parts : mapping of str to pandas.DataFrame
        By the name of a place, a row per year and a column per quantile.
    measure : str
        What is drawn.
    """
    for name, bands in parts.items():
        wide = bands.iloc[-MAX_SMALL_YEARS:]
        words = SMALL_FAN_CHART.words(
            place=name,
            number=spoken_median(wide.iloc[-1], measure),
            year=wide.index[-1],
            unit=unit_by_year(measure),
        )
        yield _fan_alone(wide, measure, words, height=240)


def growth_curves_chart(
    series: pd.Series[float],
    forecasts: Mapping[str, pd.DataFrame],
    *,
    held_back: pd.Series[float] | None = None,
) -> Figure:
    """One series, and what several methods make of it: medians, and the 80 % range of each in
    the legend's colour.

    Parameters
    ----------
    series : pandas.Series
        What was known, indexed by year.
    forecasts : mapping of str to pandas.DataFrame
        For each method a summary frame: median (or mean), pi_lower, pi_upper, indexed by year.
    held_back : pandas.Series, optional
        What happened afterwards.

    Returns
    -------
    plotly.graph_objects.Figure
        In the unit of the series.

    Examples
    --------
    >>> import forecasting as fc
    >>> import pandas as pd
    >>> sales = pd.Series([12.0, 28.0, 61.0, 118.0, 197.0], index=range(2019, 2024))
    >>> frame = fc.GrowthModel(sales).fit().get_forecast(3).summary_frame(alpha=0.2)
    >>> fc.figures.growth_curves_chart(sales, {"Bass": frame}).layout.title.text
    '<b>Bass 161 in 2026, after 197 in 2023</b>'
    """
    chart = _curves_drawing(CURVES_CHART, series, forecasts)
    if held_back is not None:
        chart.add(_observation_trace(held_back, "happened later", 0.35))
    return chart.figure()


def results_chart(results: GrowthResults, steps: int, alpha: float) -> Figure:
    """What was observed, the fitted curve, and the median of the forecast with the whole of its
    interval of 1 - alpha.

    Parameters
    ----------
    results : GrowthResults
        Of one series.
    steps : int
        How far the forecast goes.
    alpha : float
        One less the level of the interval.
    """
    series = pd.Series(results.model.endog, results.model.index)
    future = results.get_forecast(steps).summary_frame(alpha)
    fitted = pd.concat([results.predict(), results.predict(steps)])
    chart = _curves_drawing(
        RESULTS_CHART,
        series,
        {results.model.curve.capitalize(): future},
        level=f"{100 * (1 - alpha):g}",
        curve=results.curve,
    )
    chart.add(line(_years(fitted.index), fitted, BLUE, name="fitted", dash="dot"))
    heights = [series.max(), fitted.max(), future["pi_upper"].max()]
    return chart.update_layout(yaxis=linear_scale(heights)).figure()


def _curves_drawing(
    form: FigureForm,
    series: pd.Series[float],
    forecasts: Mapping[str, pd.DataFrame],
    **places: object,
) -> Drawing:
    """A series, and of each method the median and its interval in one colour; intervals may reach
    far beyond what is drawn.
    """
    medians = {
        name: frame["median" if "median" in frame else "mean"] for name, frame in forecasts.items()
    }
    future = next(iter(medians.values())).index
    known = series.dropna()
    words = form.words(
        ends=", ".join(f"{name} {readable(median.iloc[-1])}" for name, median in medians.items()),
        final_year=_label(future[-1]),
        newest=readable(known.iloc[-1]),
        newest_year=_label(known.index[-1]),
        **places,
    )
    highest = 1.4 * max(known.max(), *map(max, medians.values()))
    chart = Drawing(words, height=460, yaxis=linear_scale([highest]))
    chart.add(_observation_trace(series, "known"))
    for (name, frame), colour in zip(forecasts.items(), itertools.cycle((BLUE, *ACCENTS))):
        years = _years(frame.index)
        look = {"fillcolor": tint(colour, 0.12), "legendgroup": name, "showlegend": False}
        chart.add(
            band(years, frame["pi_lower"], frame["pi_upper"], **look),
            line(years, medians[name], colour, name=name, legendgroup=name),
        )
    return chart.years([_years(series.index)[0], _years(future)[-1]])


def _observation_trace(series: pd.Series[float], name: str, opacity: float = 1.0) -> Trace:
    """Dots of what was counted."""
    years = _years(series.index)
    hover = [f"{_label(label)}: {readable(value)}" for label, value in series.items()]
    look = {"color": INK, "size": 8, "opacity": opacity}
    return points(years, series, hover, **look) | {"name": name, "showlegend": True}


def _label(label: object) -> str:
    """A label of a series as it is read: a date without its time, a year without a fraction."""
    return str(label).removesuffix(" 00:00:00").removesuffix(".0")


def _years(index: pd.Index) -> list[float]:
    """Where the labels of a series stand on an axis of years: a period in its middle, a date on its
    day.
    """
    if isinstance(index, pd.PeriodIndex):
        ends = [index.start_time, index.end_time]
    elif isinstance(index, pd.DatetimeIndex):
        ends = [index]
    else:
        return [float(label) for label in index]
    days = [[on_axis(day) for day in end.date] for end in ends]
    return list(np.mean(days, axis=0).round(2).tolist())


def analogues_chart(outlook: Outlook) -> Figure:
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

    Examples
    --------
    >>> fc.figures.analogues_chart(outlook).layout.title.subtitle.text[:45]
    'growth in the year after each market-year at '
    """
    forecast = outlook.forecast
    if forecast is None or forecast.market is None:
        return empty_chart(words_of_outlook(outlook, NO_SHARE_CHART))
    table = forecast.analogues().assign(factor=lambda rows: 1 + rows["growth"])
    market = table.iloc[-1]
    analogues = table.iloc[:-1]
    share = readable(100 * market["share"], 2)
    if analogues.empty:
        return empty_chart(words_of_outlook(outlook, NO_ANALOGUES_CHART, share=share))
    median_growth, market_growth = (
        percent(100 * rate) for rate in (analogues["growth"].median(), market["growth"])
    )
    row_count = len(analogues)
    has_past = market["before"] > -1
    words = words_of_outlook(
        outlook,
        ANALOGUES_CHART,
        growth=market_growth,
        year=market["year"] + 1,
        median=median_growth.lstrip("+"),
        share=share,
        has_past=has_past,
        panel=analogues["source"].iloc[0],
    )
    chart = Drawing(words, height=150 + 16 * row_count, showlegend=False, **SIDEWAYS)
    names = [f"{market_words(str(row.market))} {row.year}" for row in analogues.itertuples()]
    hover = [
        f"{name}: {percent(100 * rate)}"
        for name, rate in zip(names, analogues["growth"], strict=True)
    ]
    ends_here = [1 + market["low"], 1 + market["high"]]
    chart.add(
        band(ends_here, [-1, -1], [row_count, row_count], fillcolor=tint(BLUE, 0.2)),
        points(analogues["factor"].tolist(), range(row_count), hover, color=INK, size=7),
    )
    chart.mark("x", market["factor"], color=BLUE, width=2.5)
    if has_past:
        chart.mark("x", 1 + market["before"], dash="dot")
    ticks = {
        "tickvals": GROWTH_FACTORS,
        "ticktext": [percent(100 * (factor - 1)) for factor in GROWTH_FACTORS],
    }
    axis = log_scale([*ends_here, *table["factor"], 1 + market["before"]]) | {"tickangle": 0}
    chart.update_layout(xaxis=axis | ticks, yaxis=named_rows(names) | {"range": [-1, row_count]})
    return chart.figure()


def growth_chart(outlook: Outlook, place: str) -> Figure:
    """Growth on the year as forecast now and as forecast from the first printed rate, beside the
    printed rates.

    Parameters
    ----------
    outlook : Outlook
        As it was made from facts.
    place : str
        One of its places.

    Returns
    -------
    plotly.graph_objects.Figure
        Per cent, a row for each period.

    Raises
    ------
    InputError
        Where the outlook has no forecast of the place.

    Examples
    --------
    >>> import forecasting as fc
    >>> road = fc.outlook("xinjiang-baseline", draws=50)
    >>> fc.figures.growth_chart(road, "CN-XJ").layout.title.text
    '<b>Xinjiang, baseline: electric cars exported, value index, +... % in 2024</b>'
    """
    if place not in outlook.forecasts:
        names = ", ".join(outlook.forecasts) or "none, as an outlook from files has none"
        raise InputError(f"{outlook.scenario.name} has no forecast of {place!r}; it has {names}")
    printed_rates = {fact.period: fact.value for fact in printed_growth(outlook, place)}
    measure = outlook.measure
    current_rates = yearly_growth(part_of(outlook, place), measure).loc[outlook.first_year - 1 :]
    next_year = current_rates.head(2).iloc[-1]
    words = words_of_outlook(
        outlook,
        GROWTH_CHART,
        part=len(outlook.forecasts) > 1 and place_term(place),
        subject=uncapital(label_in(outlook, measure)),
        growth=percent(next_year[0.5]),
        year=next_year.name,
    )
    current_rates = current_rates.set_axis(current_rates.index.map(year_of))
    day, cells = first_rate_forecasts(outlook, place) or (outlook.as_of, {})
    first_rates = pd.DataFrame.from_dict(cells, "index", columns=RANGE_LEVELS)
    order = sorted(
        {*current_rates.index, *first_rates.index, *printed_rates}, key=attrgetter("end", "start")
    )[::-1]
    chart = Drawing(
        words,
        height=190 + 34 * len(order),
        yaxis=named_rows(map(period_words, order)),
        xaxis_ticksuffix=" %",
        **SIDEWAYS,
    )
    rows = pd.Series(range(len(order)), order)
    for wide, since, colour, shift in (
        (current_rates, outlook.as_of, BLUE, 0.12),
        (first_rates, day, GREEN, -0.12),
    ):
        at = (rows[wide.index] + shift).tolist()
        legend = sentence(FORECAST_OF_DAY, day=day_words(since))
        periods = map(period_words, wide.index)
        dots = whiskers(at, wide, periods, legend, color=colour, opacity=0.75)
        chart.add(turned(dots | {"showlegend": len(wide) > 0}))
    rates = [percent(rate) for rate in printed_rates.values()]
    at = [order.index(period) for period in printed_rates]
    diamonds = points(at, printed_rates.values(), rates, color=INK, symbol="diamond")
    look = {"text": rates, "textposition": "top center", "mode": "markers+text"}
    diamonds |= look | {"name": sentence(PRINTED), "showlegend": True}
    return chart.add(turned(diamonds)).figure()


def what_if_chart(changed: Outlook, original: Outlook) -> Figure:
    """The scenario as it is now, beside the scenario as it was given.

    Parameters
    ----------
    changed, original : Outlook
        Of one place, on the same random draws.

    Returns
    -------
    plotly.graph_objects.Figure
        Left the vehicles on the road (of a corridor, its flow) by year, right the charging points
        at the horizon.
    """
    measures = changed.results.values.keys() & original.results.values
    measure = next(
        name for name in ("ev_stock", changed.scenario.measure, EV_SHARE) if name in measures
    )
    flow, original_flow = (
        outlook.results.bands(measure).loc[outlook.first_year :] for outlook in (changed, original)
    )
    final_value = spoken_median(flow.iloc[-1], measure)
    answers = [name for name in ANSWER_COLOURS if name in changed.results.values]
    end = min(changed.years[-1], original.years[-1])
    words = WHAT_IF_CHART.words(
        scenario=scenario_title(changed.scenario.parameters()),
        finding=finding(measure, final_value, label_in(changed, measure)),
        year=flow.index[-1],
        unit=unit_words(measure),
        end=answers and end,
    )
    chart = Drawing(
        words,
        letters=TITLE_LETTERS_BESIDE_LEVERS,
        height=360,
        autosize=True,
        showlegend=False,
        margin_r=44,
        xaxis={"fixedrange": True, "tickangle": 0, "tickfont": {"size": 11}},
        yaxis={"rangemode": "tozero", "fixedrange": True},
    )
    years = original_flow.index.tolist()
    dashed = line(years, original_flow[0.5], MUTED, dash="dash", name=sentence(AS_GIVEN))
    hover = hovering(hovers(original_flow.index, original_flow))
    chart.add(*fan(flow, measure, labels=False), dashed | hover)
    if answers:
        right = {
            "domain": [RIGHT_CHART_START, 1],
            "anchor": "y2",
            "rangemode": "tozero",
            "nticks": 4,
            "tickangle": 0,
            "tickformat": "~s",
            "fixedrange": True,
        }
        rows = {
            "anchor": "x2",
            "visible": False,
            "fixedrange": True,
            "range": [len(answers) - 0.4, -0.8],
        }
        chart.update_layout(xaxis={"domain": [0, 0.55]}, xaxis2=right, yaxis2=rows)
    for place, name in enumerate(answers):
        chart.add(*_answer(changed.results, original.results, name, place, end))
    return chart.years(flow.index, full_years=1).figure()


def _answer(
    changed: Results, original: Results, measure: str, place: int, end: int
) -> Iterator[Trace]:
    """An answer's median and 80 % range as given and as it is now, its name and number above."""
    for results, colour, shift in (
        (original, MUTED, 0.14),
        (changed, ANSWER_COLOURS[measure], -0.14),
    ):
        if measure in results.values:
            wide = results.bands(measure).loc[[end]]
            dot = points(
                [place + shift], wide[0.5], hovers([str(answer_term(measure))], wide), color=colour
            )
            bar = {"error_y": error_bar(*ends(wide), thickness=4, color=colour)}
            yield turned(dot | bar) | RIGHT_AXES
    name = f"{capital(str(answer_term(measure)))} {spoken_median(wide.iloc[0], measure)}"
    look = {"size": 11, "color": ANSWER_COLOURS[measure]}
    yield turned(words_at([place - 0.4], [0], [name], "middle right", **look)) | RIGHT_AXES


# A widget that starts at once, and reads plotly's own when that has been loaded
LOADER = """export default () => {
  let figure;
  return {
    initialize({model}) {
      const file = new Blob([model.get("script")], {type: "text/javascript"});
      const address = URL.createObjectURL(file);
      figure = import(address).then((script) => {
        URL.revokeObjectURL(address);
        const widget = script.default();
        widget.initialize({model});
        return widget;
      });
    },
    async render({model, el}) {
      return (await figure).render({model, el});
    },
  };
};"""


def live_figure(chart: Figure) -> go.FigureWidget:
    """A chart that can be redrawn where it stands, as wide as there is room; without anywidget an
    ImportError.
    """
    import traitlets

    class WholeFigure(go.FigureWidget):  # type: ignore[misc]
        """Known to the browser once it is whole: told of while it is empty, a slow browser would
        draw it so. Plotly's script is read after the widget has started: a widget that
        needs more than two seconds to start receives no later change.
        """

        _esm = LOADER
        script = traitlets.Unicode(str(go.FigureWidget._esm)).tag(sync=True)
        is_complete = False

        def open(self) -> None:
            if self.is_complete:
                super().open()

    untitled = go.Figure(chart).update_layout(UNTITLED)
    # An update adds annotations, and takes none away
    untitled.layout.annotations = UNTITLED["annotations"]
    figure = WholeFigure(untitled)
    figure._config = {"responsive": True, "displayModeBar": False}
    figure.is_complete = True
    figure.open()
    return figure


def redraw(figure: go.FigureWidget, chart: Figure) -> None:
    """Bring a figure that is shown in line with a chart; of the same parts only what moved is sent.

    Parameters
    ----------
    figure : FigureWidget
        From `live_figure`.
    chart : plotly.graph_objects.Figure
        From `what_if_chart`.
    """
    if len(figure.data) != len(chart.data) or figure.layout.xaxis != chart.layout.xaxis:
        figure.data = ()
        figure.add_traces(chart.data)
        figure.update_layout(chart.layout.to_plotly_json() | UNTITLED)
    with figure.batch_update():  # one message, one drawing
        for trace, new in zip(figure.data, chart.data, strict=True):
            old_cells, cells = trace.to_plotly_json(), new.to_plotly_json()
            for name in CHANGED_PROPERTIES:
                if name in cells and cells[name] != old_cells.get(name):
                    trace[name] = cells[name]
