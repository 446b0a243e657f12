"""Fan charts: what may come, beside what was counted; and a fitted curve with its forecast.

A year's total is drawn over its whole year, as facts are drawn over theirs, so a part-year fact and
the forecast can be compared by eye; a stock is drawn at the day on which it stands.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from forecasting.errors import InputError
from forecasting.evidence.bases import basis_name, basis_words
from forecasting.evidence.places import is_place, place_name, place_words
from forecasting.evidence.words import period_words
from forecasting.measures import EV_SHARE, MEASURES
from forecasting.periods import span
from forecasting.reporting.figures.drawing import (
    BLUE,
    DEEP,
    INK,
    MUTED,
    ORANGE,
    Drawing,
    Trace,
    area,
    band,
    hovering,
    leaving,
    line,
    linear_scale,
    log_scale,
    over,
    points,
    scatter,
    tint,
    words_at,
)
from forecasting.reporting.figures.facts import Mark, fact_traces, marks, yearly_rate
from forecasting.reporting.growth_tables import part_words
from forecasting.reporting.labels import (
    amount,
    amounts,
    interval,
    is_flow,
    label_of,
    readable,
    rounded,
    unit_by_year,
    unit_of,
)
from forecasting.scenarios.joint_draws import QUANTILES

if TYPE_CHECKING:
    from forecasting.curves.results import GrowthResults
    from forecasting.evidence.ledger import Ledger
    from forecasting.growth.flow import FlowForecast
    from forecasting.scenarios.joint_draws import Results
    from forecasting.scenarios.outlook import Outlook

Run = tuple[Sequence[Any], pd.DataFrame]  # where rows are drawn, and their quantiles

INDEX_BASE = 100
NO_YEARS = pd.DataFrame(columns=[*QUANTILES], dtype=float)
BARS = "a bar or a box is as long as its period and as high as its yearly rate"
# Each shade is drawn once, so that the legend shows it as it is: the strips of an interval outside
# the next one.
SHADES = (
    ("95 %", 0.16, ((0.025, 0.1), (0.9, 0.975))),
    ("80 %", 0.34, ((0.1, 0.25), (0.75, 0.9))),
    ("50 %", 0.58, ((0.25, 0.75),)),
)


def fan_chart(
    outlook: Outlook,
    measure: str | None = None,
    *,
    place: str | None = None,
    facts: Ledger | None = None,
    since: int | None = None,
    until: int | None = None,
    log: bool | None = None,
) -> go.Figure:
    """The forecast of a measure with its 50, 80 and 95 % intervals, and the facts that it rests on.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    measure : str, optional
        Which measure; the one that was forecast from facts if not given.
    place : str, optional
        Which part of a corridor; the whole if not given, of which a single place that is counted is
        all.
    facts : Ledger, optional
        Facts to draw; those that the forecast rests on if not given.
    since, until : int, optional
        First and last year drawn.
    log : bool, optional
        A logarithmic scale; if not given, where the medians span more than a factor of thirty.

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
    >>> fc.figures.fan_chart(outlook, "ev_stock", since=2025).layout.title.text
    '<b>Electric vehicles on the road: Turkmenistan, baseline</b>'
    """
    measure = measure or outlook.scenario.measure
    if measure != EV_SHARE and (empty := without_market(outlook, label_of(measure))):
        return empty
    if place is None:
        place = outlook.results.country
        if len(outlook.forecasts) == 1:
            place = outlook.parts[0].country
    part = part_of(outlook, place)
    wide = part.bands(measure).loc[outlook.first_year : until]
    known = drawn_facts(outlook, measure, part.country, facts)
    first = since or 0
    last = until or outlook.scenario.horizon
    shown = [mark for mark in known if first <= mark.first_year and mark.last_year <= last]
    forecast = outlook.forecasts.get(part.country)
    chart = _frame(outlook, measure, part.country, bool(shown))
    chart.add(*fan_traces(wide, flow=is_flow(measure)))
    chart.add(*fact_traces(shown, getattr(forecast, "basis", None), known))
    _scaled(chart, wide, shown, log, is_flow(measure))
    return chart.figure(_read_aloud(wide, measure, len(shown)))


def part_of(outlook: Outlook, place: str) -> Results:
    """The results of one of an outlook's places; any other is an error."""
    parts = {part.country: part for part in outlook.parts}
    if place not in parts:
        known = ", ".join(parts)
        raise InputError(f"{outlook.scenario.name} has no place {place!r}; it has {known}")
    return parts[place]


def check_year(year: int, years: Iterable[int]) -> None:
    """Refuse a year of which nothing is known."""
    known = sorted(years)
    if year not in known:
        raise InputError(f"there is nothing of {year}; give one of {', '.join(map(str, known))}")


def _read_aloud(wide: pd.DataFrame, measure: str, facts: int) -> str:
    """The forecast in words, for who does not see the chart."""
    some = sorted({0, 1, len(wide) - 1} & set(range(len(wide))))
    medians = [
        f"{year}: {amount(row[0.5], measure)} ({amounts(row[0.1], row[0.9], measure)})"
        for year, row in wide.iloc[some].iterrows()
    ]
    beside = f"; beside {facts} printed numbers" if facts else ""
    return f"medians with 80 % intervals, {', '.join(medians)}{beside}"


def drawn_facts(outlook: Outlook, measure: str, place: str, facts: Ledger | None) -> list[Mark]:
    """The facts of a place that were known on the day of the outlook."""
    ledger = facts if facts is not None else outlook.evidence
    # The sum of a corridor's places has no facts of its own
    if ledger is None or not is_place(place):
        return []
    return marks(ledger.select(place=place, measure=measure, as_of=outlook.as_of), measure)


def stock_chart(outlook: Outlook, facts: Ledger | None = None) -> go.Figure:
    """Vehicles on the road at each year's end, beside the stocks that were counted.

    Parameters
    ----------
    outlook : Outlook
        A country's results.
    facts : Ledger, optional
        Where the counted stocks are; those of the outlook if not given.

    Returns
    -------
    plotly.graph_objects.Figure
        Vehicles.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.stock_chart(outlook).layout.title.text
    '<b>Electric vehicles on the road: Turkmenistan, baseline</b>'
    """
    if facts is None:
        facts = outlook.facts
    return fan_chart(outlook, "ev_stock", facts=facts, log=False)


def energy_chart(outlook: Outlook) -> go.Figure:
    """Electricity that the vehicles take in each year.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    plotly.graph_objects.Figure
        Gigawatt-hours a year.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.energy_chart(outlook).layout.title.text
    '<b>Electricity for electric vehicles: Turkmenistan, baseline</b>'
    """
    return fan_chart(outlook, "energy_gwh", log=False)


def evidence_chart(
    evidence: Ledger | Outlook, measure: str | None = None, *, log: bool = True
) -> go.Figure:
    """The facts of a measure alone, each at its own length and height.

    Parameters
    ----------
    evidence : Ledger or Outlook
        Facts of one place.
    measure : str, optional
        Which measure; the one with most facts if not given.
    log : bool
        A logarithmic scale, on which equal growth has equal steps.

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
    >>> uz = fc.datasets.central_asia().select("UZ", "ev_imports", as_of="2023-06-26")
    >>> fc.figures.evidence_chart(uz).layout.title.text
    '<b>Electric vehicles imported: Uzbekistan</b>'
    """
    ledger: Any = getattr(evidence, "evidence", evidence)
    measure = measure or str(ledger.frame["measure"].mode().get(0, "ev_imports"))
    shown = marks(ledger, measure)
    flow = is_flow(measure)
    how = "; a bar is as long as its period and as high as its yearly rate" if flow else ", by day"
    title = label_of(measure)
    if ledger.frame["place"].nunique() == 1:
        title += f": {place_name(ledger.frame['place'].iloc[0])}"
    number = f"{len(shown)} printed number{'s' * (len(shown) != 1)}"
    chart = Drawing(title, number + how, y=_unit(measure, ledger), height=440)
    chart.add(*fact_traces(shown))
    return _scaled(chart, NO_YEARS, shown, log, flow).figure()


def fan_traces(
    wide: pd.DataFrame, *, flow: bool, labels: Sequence[int] = (0, 1, -1)
) -> Iterator[Trace]:
    """Median and intervals of one measure.

    Parameters
    ----------
    wide : pandas.DataFrame
        Indexed by year, a column per quantile.
    flow : bool
        A flow is drawn over each whole year, a stock at 31 December.
    labels : sequence of int
        The rows whose medians are printed.
    """
    runs: list[Run] = [(days_of(wide, flow), wide)]
    if flow:
        ends = [[f"{year}-01-08", f"{year}-12-24"] for year in wide.index]
        runs = boxes(ends, wide)
    yield from shades(runs)
    yield median_line(runs, hoverinfo="skip")
    yield from _median_points(wide, flow, labels)


def boxes(ends: Sequence[Sequence[str]], wide: pd.DataFrame) -> list[Run]:
    """What is drawn as a box for each row, from one day to another."""
    return [(days, wide.iloc[[at, at]]) for at, days in enumerate(ends)]


def shades(runs: Sequence[Run], widest: int = 0) -> Iterator[Trace]:
    """The intervals from the widest on, each in one trace.

    Parameters
    ----------
    runs : sequence of (sequence, DataFrame)
        Of each part without a gap: where its rows are drawn, and its quantiles.
    widest : int
        Where in `SHADES` they begin.
    """
    for words, opacity, strips in SHADES[widest:]:
        x: list[Any] = []
        y: list[float] = []
        for lower, upper in strips:
            for days, rows in runs:
                x += [*days, *reversed(days), days[0], None]
                y += [*rows[upper], *rows[lower][::-1], rows[upper].iloc[0], math.nan]
        yield area(x, y, name=words, fillcolor=tint(BLUE, opacity))


def median_line(runs: Sequence[Run], **style: Any) -> Trace:
    """The medians, with the gaps between the runs."""
    x = [day for days, _ in runs for day in (*days, None)]
    y = [height for _, rows in runs for height in (*rows[0.5], math.nan)]
    return line(x, y, BLUE, name="Median", **style)


def days_of(wide: pd.DataFrame, flow: bool) -> list[str]:
    """Where a year's value is drawn: a flow in its middle, a stock at its end.

    Parameters
    ----------
    wide : pandas.DataFrame
        Indexed by year.
    flow : bool
        Whether it is of a flow.
    """
    day = "07-02" if flow else "12-31"
    return [f"{year}-{day}" for year in wide.index]


def _median_points(wide: pd.DataFrame, flow: bool, labels: Sequence[int]) -> Iterator[Trace]:
    """What a pointer finds, and the medians of some years in print."""
    days = days_of(wide, flow)
    hover = [
        f"<b>{year}: {readable(row[0.5])}</b><br>50 %: {interval(row[0.25], row[0.75])}"
        f"<br>80 %: {interval(row[0.1], row[0.9])}<br>95 %: {interval(row[0.025], row[0.975])}"
        for year, row in wide.iterrows()
    ]
    yield points(days, wide[0.5], hover, color=BLUE, size=6, opacity=int(not flow))
    some = sorted({at % len(wide) for at in labels if -len(wide) <= at < len(wide)})
    medians = wide[0.5].iloc[some]
    words = [f"<b>{readable(median)}</b>" for median in medians]
    position = "top center" if flow else "top left"
    yield words_at([days[at] for at in some], medians, words, position, color=DEEP, size=12)


def _unit(measure: str, ledger: Ledger | None) -> str:
    """The unit of an axis: of a flow by year, of an index with the period that it sets to 100."""
    unit = unit_of(measure)
    if unit == "index" and ledger is not None:
        rows = ledger.frame.query(
            "measure == @measure and unit == 'index' and value == @INDEX_BASE"
        )
        for row in rows.itertuples():
            base = period_words(span(str(row.period_start), str(row.period_end)))
            return f"index at a yearly rate, {base} = {INDEX_BASE}"
    if unit == "percent":
        return unit
    return unit_by_year(measure)


def _frame(outlook: Outlook, measure: str, place: str, facts: bool) -> Drawing:
    words = []
    forecast = outlook.forecasts.get(place)
    if forecast and measure == outlook.scenario.measure:
        counted = f"as counted by {basis_name(forecast.basis)}"
        words.append(counted if forecast.basis else f"as of {outlook.as_of}")
    if not is_flow(measure):
        words.append("at 31 December")
    else:
        words.append(BARS if facts else "no total of these years has been printed")
    heading = part_words(place)
    if place == outlook.results.country:
        heading = outlook.scenario.title
    title = f"{label_of(measure)}: {heading}"
    return Drawing(title, "; ".join(words), y=_unit(measure, outlook.evidence), height=460)


def _scaled(
    chart: Drawing, wide: pd.DataFrame, shown: Sequence[Mark], log: bool | None, flow: bool
) -> Drawing:
    """Set the scale: it holds the facts and the 80 % interval, and arrows say how far the 95 %
    interval goes.
    """
    heights = [*(mark.height for mark in shown), *wide[0.5]]
    if not heights:
        return _nothing(chart)
    held = [*heights, *wide[0.1], *wide[0.9]]
    if log is None:
        log = max(heights) > 30 * min(heights)
    axis = linear_scale(held)
    if log:
        axis = log_scale(held)
        chart.update_yaxes(title_text=f"{chart.layout['yaxis']['title']['text']}, log scale")
    chart.update_yaxes(**axis)
    chart.add(*leaving(days_of(wide, flow), wide, axis))
    years = [int(year) for year in wide.index]
    first = min([*years, *(mark.first_year for mark in shown)])
    last = max([*years, *(mark.last_year for mark in shown)])
    whole_years(chart, first, last, "M12" if last - first < 16 else "M24")
    return chart.update_layout(bargap=0, barmode="overlay")


def whole_years(chart: Drawing, first: int, last: int, step: str = "M12") -> Drawing:
    """Set a time axis of some years, a tick in the middle of each that a step reaches."""
    ticks = {"type": "date", "tickformat": "%Y", "dtick": step, "ticklabelmode": "period"}
    return chart.update_xaxes(**ticks, range=[f"{first}-01-01", f"{last}-12-31"])


def policy_chart(outlook: Outlook) -> go.Figure:
    """The flow by month with its 80 % interval, and its median as it would be without policies.

    Parameters
    ----------
    outlook : Outlook
        Of a country, made in this process.

    Returns
    -------
    plotly.graph_objects.Figure
        Three years before the first that is forecast, and two of those; each policy's day is
        marked.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.figures.policy_chart(outlook).layout.annotations[0].text
    'No policy is known that moves this flow.'
    """
    forecast = outlook.baseline_forecast
    measure = outlook.scenario.measure
    title = f"Policies: {outlook.scenario.title}"
    chart = Drawing(title, "as decided, by month", y=f"{unit_of(measure)} a month")
    if forecast is None or not forecast.policies.rows:
        return _nothing(chart, "No policy is known that moves this flow.").figure()
    years = range(outlook.first_year - 3, outlook.first_year + 2)
    shown = [n for n, month in enumerate(forecast.months) if month.start.year in years]
    days = [forecast.months[number].start.isoformat() for number in shown]
    low, middle, high = np.quantile(forecast.monthly[:, shown], [0.1, 0.5, 0.9], axis=0)
    without = np.median(forecast.without_policies()[:, shown], axis=0)
    chart.add(band(days, low, high, fillcolor=tint(BLUE, 0.2), name="80 %"))
    chart.add(line(days, middle, BLUE, name="with policies"))
    chart.add(line(days, without, ORANGE, dash="dash", name="without"))
    dates = [
        day.isoformat()
        for policy in forecast.policies.rows
        for day in (policy.start, policy.end if policy.kind == "blocked" else None)
        if day and days[0] <= day.isoformat() <= days[-1]
    ]
    for day in dates:
        chart.mark("x", day, dash="dot")
    return chart.figure(f"medians with and without; policies on {', '.join(dates)}")


def without_market(outlook: Outlook, label: str) -> go.Figure | None:
    """In place of a chart of vehicles or chargers, what it takes; None where the size of the market
    is known.
    """
    if outlook.scenario.measure != EV_SHARE:
        return None
    chart = Drawing(f"{label}: {outlook.scenario.title}", "nothing is known of this market")
    words = "It takes the new cars of a year: market_size in the params file."
    return _nothing(chart, words).figure()


def _nothing(chart: Drawing, words: str = "No number has been printed.") -> Drawing:
    """Say that there is nothing, over an empty line, in place of empty axes."""
    chart.add(line([0, 1], [0, 0], MUTED, width=1, dash="dot", hoverinfo="skip", showlegend=False))
    font = {"color": MUTED, "size": 14}
    chart.add_annotation(text=words, font=font, x=0.5, y=0, yshift=16)
    return chart.update_layout(height=180, xaxis_visible=False, yaxis_visible=False)


def forecast_chart(forecast: FlowForecast, log: bool = False) -> go.Figure:
    """The periods that were asked for, with their 50, 80 and 95 % intervals, and the facts that
    they rest on.

    Parameters
    ----------
    forecast : FlowForecast
        Of any periods.
    log : bool
        A logarithmic scale.
    """
    measure = forecast.measure
    title = label_of(measure)
    if measure not in MEASURES:
        measure = ""
        title = "Forecast"
    if forecast.place:
        title += f": {place_words(forecast.place)}"
    words = "as long as the period, as high as its yearly rate"
    basis = basis_words("as counted by {}; ", forecast.basis)
    chart = Drawing(title, basis + words, y=f"{unit_of(measure)} a year".strip(), height=440)
    totals = forecast.quantiles()
    rates = totals.mul([yearly_rate(1.0, period) for period in forecast.periods], axis=0)
    ends = [(period.start.isoformat(), period.end.isoformat()) for period in forecast.periods]
    runs = boxes(ends, rates)
    rows = zip(forecast.periods, totals[[0.1, 0.5, 0.9]].to_numpy(), strict=True)
    hover = [words for period, row in rows for words in [over(period_words(period), *row)] * 3]
    chart.add(*shades(runs), median_line(runs, **hovering(hover)))
    shown = marks(forecast.evidence or (), measure)
    chart.add(*fact_traces(shown, forecast.basis))
    top = 1.05 * max([*rates[0.975], *(mark.height for mark in shown)])
    axis: dict[str, Any] = {"range": [0, float(f"{top:.3g}")]}
    if log:
        axis = {"type": "log"}
    return chart.update_yaxes(**axis).figure()


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
    ahead = results.get_forecast(steps).summary_frame(alpha)
    level = f"{100 * (1 - alpha):g} %"
    words = f"median and {level} interval; dots are what was observed"
    chart = Drawing(f"{results.curve.capitalize()} curve", words)
    past = _across(results.model.index)
    future = _across(ahead.index)
    fill = tint(BLUE, 0.22)
    chart.add(
        band(future, ahead["pi_lower"], ahead["pi_upper"], name=level, fillcolor=fill),
        line(past, results.fittedvalues, BLUE, name="Fitted", width=2, dash="dot"),
        line(future, ahead["median"], BLUE, name="Median", mode="lines+markers"),
        observed(past, results.model.endog, "Observed"),
    )
    return chart.update_yaxes(rangemode="tozero").figure()


def observed(x: Sequence[Any], y: Iterable[float], name: str, opacity: float = 1.0) -> Trace:
    """Dots of what was counted."""
    look = {"color": INK, "size": 8, "opacity": opacity}
    hover = "%{x}: %{y:,.4s}<extra></extra>"
    return scatter(x=x, y=rounded(y), mode="markers", marker=look, name=name, hovertemplate=hover)


def _across(index: pd.Index) -> list[Any]:
    """Labels of a series as an axis takes them: a period by its first day, all else as it is."""
    return [
        label.start_time.date().isoformat() if isinstance(label, pd.Period) else label
        for label in index.tolist()
    ]
