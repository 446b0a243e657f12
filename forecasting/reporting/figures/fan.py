"""Fan charts: what may come, after what was counted; the facts alone, drawn as what they are.

What was counted is a line of ink, what may come is blue. A year's total stands at its year, a stock
at the end of it: an axis counts years, and a whole number is the middle of a year for a flow, and
its end for a stock.

Of facts alone a total is a line as long as its period, at the height of its yearly rate, so that
those of a month, of four months and of a year can be compared. A stock is a point, a bound a
triangle, an approximate number an open point, and each agency's definition has its own colour. A
growth is drawn where its base was printed; shares are left to the tables.
"""

from __future__ import annotations

import datetime as dt
import html
import itertools
import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting.evaluation.quota_days import open_quotas
from forecasting.evidence.bases import basis_name, same_perimeter
from forecasting.evidence.fact import (
    Fact,
    in_words,
    label_of,
    period_words,
    place_term,
    related,
    when_words,
)
from forecasting.evidence.rules import OBSERVATION_KINDS
from forecasting.reporting.figures.drawing import (
    ACCENTS,
    BLUE,
    DEEP,
    FOREST,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    Drawing,
    Trace,
    band,
    bars,
    hovering,
    hovers,
    line,
    linear_scale,
    log_scale,
    points,
    tint,
    whiskers,
    words_at,
)
from forecasting.reporting.labels import (
    amount,
    day_of_print,
    day_words,
    finding,
    is_flow,
    levels_in_words,
    part_words,
    policy_term,
    scenario_title,
    source_words,
    spoken_median,
    unit_by_year,
    unit_of,
)
from forecasting.reporting.result_tables import has_plug_ins, label_in
from forecasting.vocabulary.catalogues import digits as in_digits
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.measures import EV_SHARE
from forecasting.vocabulary.periods import DAY, Period, year as year_of
from forecasting.vocabulary.places import is_place, place_words
from forecasting.vocabulary.quantiles import RANGE_LEVELS, standing_digits
from forecasting.vocabulary.quantities import BOUNDS, quantity_of
from forecasting.vocabulary.sentences import Term, listed, plural, sentence, uncapital
from forecasting.writers.messages import FigureForm
from forecasting.writers.numbers import MINUS, readable

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from forecasting.evidence.ledger import Ledger
    from forecasting.growth.flow import FlowForecast
    from forecasting.scenarios.joint_draws import Results
    from forecasting.scenarios.outlook import Outlook

    ByYear = pd.Series[float]

INDEX_BASE = 100
# Of an interval: its words, how dark it is, its ends
FAN_SHADES = (("80 %", 0.2, 0.1, 0.9), ("50 %", 0.3, 0.25, 0.75))
OUTLOOK_SOURCE = "Source: forecast of {as_of}[ from {facts}]"
FAN_CHART = FigureForm(
    "{scenario}: [{part}, ]{finding} in [later?the year ]{year}[, {later} in {horizon}]",
    "{unit}[, as counted by {agency}][; {other_agencies}]; shaded, four in five and half of what "
    "may come"
    "[; points, as counted by {stock_agencies}][implied?; open points, what the facts imply]"
    "[battery?; dashed, battery cars alone, with which the count of a register is compared]",
    OUTLOOK_SOURCE,
)
MEDIAN = "Median"
COUNTED = "Counted"
COLUMN = "{count}<br>{when}"
HEIGHT = "{height:,.10g}[daily? a day]"
END_LABEL = "{low} to<br>{high}"
ON_YEAR_BEFORE = "on {number} the year before"
FORECAST_LINE = "forecast from {year} on"  # where the years before end
YEARS_OF_AGENCY = "{years} by {agency}"
STOCK_UNIT = "{unit}, at the end of each year"
INDEX_UNIT = "index at a yearly rate, {period} = {base}"
NO_MARKET_CHART = FigureForm(
    "{scenario}: nothing is known of {subject}",
    "the new cars of a year are not known: market_size in the params file",
    OUTLOOK_SOURCE,
)
EVIDENCE_CHART = FigureForm(
    "[{place}: ]{numbers} on {subject}, the newest {newest} {when}",
    "{unit}, each as long as its period and as high as its yearly rate; log scale",
    "Source: {agencies}",
)
STOCK_EVIDENCE_CHART = replace(
    EVIDENCE_CHART, subtitle="{unit}, by day, with the change on the year before; log scale"
)
NO_EVIDENCE_CHART = FigureForm("No number is printed on {subject}[, {place}]")
POLICIES_CHART = FigureForm(
    "{scenario}: {with_policies} {vehicles} in {month} with the policies, {without} without",
    "{vehicles} a month; shaded, four in five of what may come",
    OUTLOOK_SOURCE,
)
WITH_POLICIES = "with policies"
WITHOUT_POLICIES = "without"
NO_POLICIES_CHART = FigureForm(
    "{scenario}: no policy enters this flow but the events above", source=OUTLOOK_SOURCE
)
# What stands at the day of a policy, by its kind
POLICY_EVENTS = {
    "ends": "{policy}: privilege ends on {day:d MMM y}",
    "blocked": "{policy} begins on {day:d MMM y}",
    "freed": "{policy} ends on {day:d MMM y}",
}
ANY_POLICY_EVENT = "{policy} on {day:d MMM y}"
FORECAST_CHART = FigureForm(
    "{subject}[: {place}], {total} {when}",
    "[{unit} ]a year[, as counted by {agency}]; a fact is as long as its period",
    "Source: forecast from {facts}[, shown since {since}]",
)
NO_HISTORY = pd.Series(dtype=float)
QUOTA_USED_UP = "quota of {number:,.0f} is used up (median)"
POLICY_LINE = 0.11  # height of the name of a policy, as a part of the chart
COLUMN_YEARS = 0.42  # years that the column of an unfinished year is wide
WORDS_HEIGHT = 1 / 8  # of its words of two lines, as a part of the chart
# Of a bound: its symbol, how its number is signed, and where that stands
BOUND_SYMBOLS = {1: ("triangle-up", ">", "top center"), -1: ("triangle-down", "<", "bottom center")}

END_LABEL_PIXELS = 70  # right of the axis, for the number at the end of a line
LEAST_HISTORY = 5  # years drawn before a forecast of few years
PERIOD_LETTERS = 10  # of a line of the period below it

text = partial(words_at, size=11.5, color=INK)


def fan_chart(
    outlook: Outlook,
    measure: str | None = None,
    *,
    place: str | None = None,
    since: int | None = None,
) -> Figure:
    """What was counted and what may come, on a scale set by the 80 % range.

    A line of the yearly counts of the basis that is forecast, or of one that counts the same; a
    year that nobody counted has an open point, what the facts imply, and none where there are no
    facts. The unfinished year is a
    column with its counted part; then come the medians with their 50 and 80 % ranges.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.
    measure : str, optional
        Which measure; the one that was forecast from facts if not given.
    place : str, optional
        Which part of a corridor; the whole if not given, of which a single place that is counted is
        all.
    since : int, optional
        First year drawn; if not given, a third of the figure is history.

    Returns
    -------
    plotly.graph_objects.Figure

    Examples
    --------
    >>> fc.figures.fan_chart(outlook, "ev_stock", since=2025).layout.title.text
    '<b>Turkmenistan, baseline: ... electric cars on the road in 2030</b>'
    """
    measure = measure or outlook.measure
    if empty := no_market_chart(outlook, measure):
        return empty
    part = part_of(outlook, place)
    wide = part.bands(measure).loc[outlook.first_year :]
    start_year = since or outlook.first_year - math.ceil(len(wide) / 2)
    counts = _counts_since(outlook, measure, part.country, start_year)
    history = _history(outlook, part, measure, counts, start_year)
    # Where the flow is forecast, a year that nobody counted is what the facts imply
    implied, colour = NO_HISTORY, MUTED
    if measure == outlook.measure:
        counted_years = [mark.middle for mark in counts if mark.whole_year]
        implied, colour = history.drop(counted_years, errors="ignore"), INK
    year_to_date = _year_to_date(counts, outlook.first_year)
    battery = _battery_line(part, measure, counts, start_year)
    words = words_of_outlook(
        outlook,
        FAN_CHART,
        battery=battery,
        implied=len(implied),
        **_fan_places(outlook, measure, part.country, wide),
        **_agencies_of(counts, year_to_date, _basis(outlook, measure, part.country)),
    )
    scale = linear_scale([*history, *wide[0.1], *wide[0.9]])
    chart = Drawing(words, height=440, yaxis=scale, margin_r=END_LABEL_PIXELS)
    if len(history):
        boundary = outlook.first_year - 0.5
        line_words = sentence(FORECAST_LINE, year=outlook.first_year)
        look = {"size": 11.5, "color": MUTED}
        chart.mark("x", boundary, dash="dot")
        chart.add(words_at([boundary], [max(wide[0.9])], [line_words], "middle left", **look))
    chart.add(
        *battery,
        *(trace for mark in year_to_date for trace in _count_column(mark, wide)),
        *fan(wide, measure, history[-1:]),
        *_history_traces(history, implied, counts, measure, colour),
    )
    # The alternative text has what a pointer shows of each year
    chart.alternative += re.sub("<.*?>", " ", ";".join(hovers(wide.index, wide)))
    return chart.years([*history.index, *wide.index]).figure()


def _basis(outlook: Outlook, measure: str, place: str) -> str:
    """Whose count a measure is; of what follows from the flow, nobody's."""
    if measure == outlook.measure:
        return getattr(outlook.forecasts.get(place), "basis", "")
    return ""


def _counts_since(outlook: Outlook, measure: str, place: str, start_year: int) -> Marks:
    """The counts of the basis that is forecast, and of those that count the same."""
    marks = place_marks(outlook, measure, place)
    counts = counts_of_basis(marks, _basis(outlook, measure, place))
    return [mark for mark in counts if mark.middle >= start_year - 0.5]


def _history(
    outlook: Outlook, part: Results, measure: str, counts: Marks, start_year: int
) -> ByYear:
    """The years before, as they were counted, or else as the facts imply; of a market that nobody
    counted no year before is known.
    """
    forecast = outlook.forecasts.get(part.country)
    if forecast and not forecast.diagnostics["facts"]:
        return NO_HISTORY
    heights = dict(part.bands(measure)[0.5]) | {
        mark.period.start.year: mark.height for mark in counts if mark.whole_year
    }
    years = range(start_year, outlook.first_year)
    return pd.Series({year: heights[year] for year in years if year in heights}, dtype=float)


def _battery_line(part: Results, measure: str, counts: Marks, start_year: int) -> list[Trace]:
    """The battery cars alone, with which the count of a register is compared."""
    if measure != "ev_stock" or not has_plug_ins(part) or not any(mark.stock for mark in counts):
        return []
    battery = part.bands("bev_stock").loc[start_year:, 0.5]
    return [line([*battery.index], battery, INK, dash="dash", width=1, showlegend=False)]


def _year_to_date(counts: Marks, first_year: int) -> Marks:
    """The longest count of the unfinished year from its first day on, if there is one."""
    first_day = dt.date(first_year, 1, 1)
    return newest_marks(
        mark for mark in counts if mark.period.start == first_day and not mark.stock
    )


def newest_marks(marks: Iterable[Mark]) -> Marks:
    """That of some marks which ends last, if there is one."""
    return sorted(marks, key=attrgetter("end"))[-1:]


def _agencies_of(counts: Marks, year_to_date: Marks, basis: str) -> dict[str, object]:
    """Which years of a flow another agency counted than the one that is forecast, and which; and
    who counted stocks.
    """
    flows = [mark for mark in counts if mark.whole_year] + list(year_to_date)
    years = {mark.period.start.year: mark.basis for mark in flows}  # the own basis comes last
    of_agency: dict[str, list[str]] = {}
    for year, name in sorted(years.items()):
        if name != basis:
            of_agency.setdefault(basis_name(name), []).append(str(year))
    others = (
        sentence(YEARS_OF_AGENCY, years=", ".join(years), agency=agency)
        for agency, years in of_agency.items()
    )
    stocks = dict.fromkeys(basis_name(mark.basis) for mark in counts if mark.stock)
    return {"other_agencies": "; ".join(others), "stock_agencies": listed(stocks)}


def _count_column(mark: Mark, forecast: pd.DataFrame) -> Iterator[Trace]:
    """What was counted of an unfinished year, which ends below the fan of the whole year, and its
    months: above it, or, where the line of the whole year would strike them, right of it.
    """
    year = mark.period.start.year
    count = mark.height * mark.period.days / year_of(year).days
    words = COLUMN.format(count=mark.label, when=period_words(mark.period))
    yield bars([year], [count], INK, width=COLUMN_YEARS, showlegend=False)
    room = WORDS_HEIGHT * max(forecast[0.9])
    struck = forecast[0.5].iloc[0] - count < room < count
    at, height, side = float(year), count, "top center"
    if struck:
        at, height, side = year + COLUMN_YEARS / 2, count / 2, "middle right"
    yield words_at([at], [height], [words], side, size=11.5, color=INK)


def _history_traces(
    history: ByYear, implied: ByYear, counts: Marks, measure: str, colour: str
) -> Iterator[Trace]:
    """A line through the years before, and the counts; open points are what the facts imply of a
    year of the flow that nobody counted.
    """
    dots = [mark for mark in counts if mark.whole_year or mark.stock]
    yield line([*history.index], history, colour, hoverinfo="skip", showlegend=False)
    yield at_marks(dots, color=INK, size=8) | {"name": sentence(COUNTED)}
    full_years = [mark for mark in dots if mark.whole_year]
    labelled_marks = [*full_years, *stocks_by_year(dots).values(), *newest_marks(dots)]
    labels = {mark.middle: (mark.height, mark.label) for mark in labelled_marks}
    words = [f"≈ {amount(height, measure)}" for height in implied]
    edge = {"color": INK, "width": 2}
    yield points([*implied.index], implied, words, color=PAPER, size=8, line=edge)
    labels |= zip(implied.index, zip(implied, words, strict=True), strict=True)
    for when, (height, text) in labels.items():
        yield _label(history, when, height, text)


def _label(history: ByYear, when: Any, height: float, words: str) -> Trace:
    """A number beside a line: left of it where it rises, well above it where it turns up again."""
    side = "top center"
    if history.get(when - 1, math.inf) < height:
        side = "top left"
    elif history.get(when + 1, 0.0) > height:
        words += "<br> "
    return words_at([when], [height], [words], side, size=12, color=INK)


def part_of(outlook: Outlook, place: str | None) -> Results:
    """The results of one of an outlook's places, any other is an error; without one of the whole,
    of which a single place that is counted is all.
    """
    if not place:
        if len(outlook.forecasts) == 1:
            return outlook.parts[0]
        return outlook.parts[-1]
    parts = {part.country: part for part in outlook.parts}
    if place not in parts:
        place_names = ", ".join(parts)
        raise InputError(f"{outlook.scenario.name} has no place {place!r}; it has {place_names}")
    return parts[place]


def place_marks(outlook: Outlook, measure: str, place: str) -> Marks:
    """The facts of a place that were known on the day of the outlook."""
    # The sum of a corridor's places has no facts of its own
    if not is_place(place):
        return []
    return marks_of(outlook.facts.select(place=place), measure)


def evidence_chart(evidence: Ledger | Outlook, measure: str | None = None) -> Figure:
    """The facts of a measure alone, each at its own length and height; on a logarithmic scale, on
    which equal growth has equal steps.

    Parameters
    ----------
    evidence : Ledger or Outlook
        Facts of one place.
    measure : str, optional
        Which measure; the one with most facts if not given.

    Returns
    -------
    plotly.graph_objects.Figure

    Examples
    --------
    >>> import forecasting as fc
    >>> uz = fc.datasets.central_asia().select("UZ", "ev_imports", as_of="2023-06-26")
    >>> fc.figures.evidence_chart(uz).layout.title.text[:64]
    '<b>Uzbekistan: 23 printed numbers on electric vehicles imported,'
    """
    ledger: Any = getattr(evidence, "evidence", evidence)
    measure = measure or str(ledger.frame["measure"].mode().get(0, "ev_imports"))
    marks = marks_of(ledger, measure)
    places = [*map(place_term, ledger.frame["place"].unique())]
    place = len(places) == 1 and places[0]
    subject = uncapital(label_of(measure))
    if not marks:
        return empty_chart(NO_EVIDENCE_CHART.words(place=place, subject=subject))
    newest = max(marks, key=attrgetter("end"))
    agencies = dict.fromkeys(basis_name(mark.basis).partition(",")[0] for mark in marks)
    form = STOCK_EVIDENCE_CHART
    if is_flow(measure):
        form = EVIDENCE_CHART
    words = form.words(
        place=place,
        numbers=plural(len(marks), "{} printed number", "{:,} printed numbers"),
        subject=subject,
        newest=related(newest.relation, newest.label),
        when=when_words(newest.period),
        unit=_unit(measure, ledger),
        agencies=", ".join(agencies),
    )
    heights = [mark.height for mark in marks]
    chart = Drawing(
        words,
        height=440,
        yaxis=log_scale([*heights, 1.5 * max(heights)]),
        margin_r=END_LABEL_PIXELS,
    )
    main_basis = getattr(getattr(evidence, "forecast", None), "basis", None)
    counts = counts_of_basis(marks, main_basis)
    return (
        chart.add(*basis_traces(marks, main_basis))
        .add(*_bound_labels(marks), *_count_labels(counts, "middle right", "top center"))
        .years(_axis_ends(marks))
        .figure()
    )


def _axis_ends(marks: Marks, periods: Iterable[Period] = ()) -> list[float]:
    """Where the first of some facts and periods begins, and the year in which the last ends."""
    starts = [mark.start for mark in marks] + [on_axis(period.start) for period in periods]
    final_year = max(period.end.year for period in (*periods, *(mark.period for mark in marks)))
    return [min(starts), final_year]


def fan(
    wide: pd.DataFrame, measure: str, start: ByYear = NO_HISTORY, labels: bool = True
) -> Iterator[Trace]:
    """Medians and intervals by year.

    Parameters
    ----------
    wide : pandas.DataFrame
        Indexed by year, a column per quantile.
    measure : str
        Whose numbers they are.
    start : pandas.Series
        The last year before and its height, from which the fan opens.
    labels : bool
        Whether the number of the last year is printed at the end of its line.
    """
    level = [*start]
    x = [*start.index, *wide.index.tolist()]
    for name, opacity, low, high in FAN_SHADES:
        fill = {"fillcolor": tint(BLUE, opacity), "showlegend": False}
        yield band(x, [*level, *wide[low]], [*level, *wide[high]], name=name, **fill)
    yield line(x, [*level, *wide[0.5]], BLUE, hoverinfo="skip", showlegend=False)
    hover = hovers(wide.index, wide)
    yield points(wide.index.tolist(), wide[0.5], hover, color=BLUE, size=6) | {
        "name": sentence(MEDIAN)
    }
    if labels:
        lower_end, median, upper_end = levels_in_words(wide[RANGE_LEVELS].iloc[-1], measure)
        words = f"<b>{median}</b><br>{sentence(END_LABEL, low=lower_end, high=upper_end)}"
        end = wide[0.5].iloc[-1:]
        yield words_at([*end.index], end, [words], "middle right", color=DEEP, size=12)


def _unit(measure: str, ledger: Ledger | None) -> str:
    """The unit of an axis: of a flow by year, of an index with the period that it sets to 100."""
    for fact in ledger or ():
        if (fact.measure, fact.unit, fact.value) == (measure, "index", INDEX_BASE):
            return sentence(INDEX_UNIT, period=period_words(fact.period), base=INDEX_BASE)
    return unit_by_year(measure)


def _fan_places(
    outlook: Outlook, measure: str, place: str, wide: pd.DataFrame
) -> dict[str, object]:
    """What the words of a fan name: of a flow two years are told, of a stock the last."""
    final_year = year = wide.index[-1]
    final_number = spoken_median(wide.loc[final_year], measure)
    unit = _unit(measure, outlook.evidence)
    places: dict[str, object] = {"unit": sentence(STOCK_UNIT, unit=unit)}
    if is_flow(measure):
        year = max(outlook.headline_year, wide.index[0])
        places = {"unit": unit, "later": final_number, "horizon": final_year}
    number = spoken_median(wide.loc[year], measure)
    return places | {
        "part": place != outlook.results.country and part_words(place),
        "finding": finding(measure, number, label_in(outlook, measure)),
        "year": year,
        "agency": basis_name(_basis(outlook, measure, place)),
    }


def words_of_outlook(outlook: Outlook, form: FigureForm, **places: object) -> FigureForm:
    """The words of a figure on a scenario, with its facts as the source."""
    facts = plural(len(outlook.evidence or ()), "{} published fact", "{:,} published facts")
    return form.words(
        scenario=scenario_title(outlook.scenario.parameters()),
        as_of=day_words(outlook.as_of),
        facts=outlook.evidence and facts,
        **places,
    )


def policy_chart(outlook: Outlook) -> Figure:
    """The flow by month with its 80 % range, and its median as it would be without policies.

    Parameters
    ----------
    outlook : Outlook
        Of a country, made in this process.

    Returns
    -------
    plotly.graph_objects.Figure
        Three years before the first that is forecast, and two of those; each policy's day is
        marked.

    Examples
    --------
    >>> fc.figures.policy_chart(outlook).layout.title.text
    '<b>Turkmenistan, baseline: no policy enters this flow but the events above</b>'
    """
    forecast = outlook.baseline_forecast
    if forecast is None or not forecast.policies.rows:
        return empty_chart(words_of_outlook(outlook, NO_POLICIES_CHART))
    years = range(outlook.first_year - 3, outlook.first_year + 2)
    months = [n for n, month in enumerate(forecast.months) if month.start.year in years]
    days = [on_axis(forecast.months[number].start) + 0.04 for number in months]
    low, median, high = np.quantile(forecast.monthly[:, months], RANGE_LEVELS, axis=0)
    median_without = np.median(forecast.without_policies()[:, months], axis=0)
    largest = int(np.argmax(np.abs(median - median_without)))
    digits = standing_digits(low[largest], high[largest])
    policy_days = {day: words for day, words in _policy_days(outlook) if day.year in years}
    top = high.max() * (1 + POLICY_LINE * len(policy_days))
    words = words_of_outlook(
        outlook,
        POLICIES_CHART,
        vehicles=Term(unit_of(outlook.measure), "unit"),
        month=period_words(forecast.months[months[largest]]),
        with_policies=readable(median[largest], digits),
        without=readable(median_without[largest], digits),
    )
    chart = Drawing(words, yaxis=linear_scale([top]))
    chart.add(
        band(days, low, high, fillcolor=tint(BLUE, 0.2), name="80 %", showlegend=False),
        line(days, median, BLUE, name=sentence(WITH_POLICIES), zorder=1),
        line(days, median_without, ORANGE, dash="dash", name=sentence(WITHOUT_POLICIES)),
    )
    # Names stand on one side of their lines. A line ends below the names that pass it: the earliest
    # is the highest where names lie right of their lines, the latest where they lie left of them.
    places = [on_axis(day) for day in policy_days]
    middle = (years[0] + years[-1]) / 2
    side = "middle left" if sum(places) > middle * len(places) else "middle right"
    days_from_above = sorted(policy_days, reverse=side == "middle left")
    for row, day in enumerate(days_from_above):
        place = on_axis(day)
        height = top - (row + 0.5) * POLICY_LINE * high.max()
        chart.add(
            line([place] * 2, [0, height], MUTED, dash="dot", width=1, showlegend=False),
            words_at([place], [height], [policy_days[day]], side, size=11.5, color=INK),
        )
    return chart.years(years).figure()


def _policy_days(outlook: Outlook) -> Iterator[tuple[dt.date, str]]:
    """The day of each policy with its name; what was blocked is freed on a day of its own."""
    for policy in outlook.baseline_forecasts[outlook.results.country].policies.rows:
        events = {policy.kind: policy.start}
        if policy.kind == "blocked" and policy.end:
            events["freed"] = policy.end
        name = policy_term(policy.id)
        for kind, day in events.items():
            event = POLICY_EVENTS.get(kind, ANY_POLICY_EVENT)
            yield day, sentence(event, policy=name, day=day)
    for quota in open_quotas(outlook):
        if quota.days.median:
            yield quota.days.median, sentence(QUOTA_USED_UP, number=quota.quota.quota)


def no_market_chart(outlook: Outlook, measure: str) -> Figure | None:
    """In place of a chart of vehicles or chargers, what it takes; None where the size of the market
    is known.
    """
    if outlook.measure != EV_SHARE or measure == EV_SHARE:
        return None
    subject, _, _ = uncapital(label_of(measure)).partition(":")
    return empty_chart(words_of_outlook(outlook, NO_MARKET_CHART, subject=subject))


def empty_chart(words: FigureForm) -> Figure:
    """A title alone, in place of empty axes."""
    return Drawing(words, height=130, xaxis_visible=False, yaxis_visible=False).figure()


def forecast_chart(forecast: FlowForecast, later: FlowForecast | None = None) -> Figure:
    """The periods that were asked for, with their 80 % ranges, and the facts that they rest on.

    Parameters
    ----------
    forecast : FlowForecast
        Of any periods.
    later : FlowForecast, optional
        What is known of them since.
    """
    measure = forecast.measure
    marks = marks_of(forecast.evidence or (), measure)
    axis_ends = _axis_ends(marks, forecast.periods)
    # The chart has as many years before the forecast as the forecast has, LEAST_HISTORY at least
    first_year = forecast.periods[0].start.year
    year_count = max(LEAST_HISTORY, forecast.periods[-1].end.year - first_year + 1)
    since = max(axis_ends[0], first_year - year_count - 0.5)
    words = FORECAST_CHART.words(
        subject=label_of(measure) or "Forecast",
        place=place_words(forecast.place),
        total=readable(forecast.quantiles([0.5])[0.5].iloc[-1]),
        when=when_words(forecast.periods[-1]),
        unit=unit_of(measure),
        agency=basis_name(forecast.basis),
        facts=plural(len(forecast.evidence), "{} fact", "{:,} facts"),
        since=since > axis_ends[0] and math.ceil(since),
    )
    looks = [(forecast, "forecast, 80 %", DEEP, BLUE)]
    if later is not None:
        looks.append((later, "as known later, 80 %", FOREST, GREEN))
    highest = [mark.height for mark in marks]
    highest += itertools.chain.from_iterable(_rates(known)[0.9] for known, *_ in looks)
    chart = Drawing(words, height=440, yaxis=linear_scale(highest), margin_r=END_LABEL_PIXELS)
    for look in looks:
        chart.add(*_forecast_traces(*look))
    chart.add(*basis_traces(marks, forecast.basis), *_bound_labels(marks))
    # A line that rises leaves them free: what was counted above it, what may come below
    chart.add(*_count_labels(counts_of_basis(marks, forecast.basis), "middle left", "top left"))
    return chart.years([since, axis_ends[1]]).figure()


def _line_years(forecast: FlowForecast) -> range:
    """The years that a line joins: from the last that was counted, so that no gap is left."""
    first_year = min(period.start.year for period in forecast.periods)
    last_year = max(period.end.year for period in forecast.periods)
    marks = marks_of(forecast.evidence or (), forecast.measure)
    count_years = [mark.period.start.year for mark in marks if mark.whole_year]
    start_year = min(first_year - 1, max(count_years, default=first_year))
    return range(max(start_year, forecast.months[0].start.year), last_year + 1)


def _rates(forecast: FlowForecast) -> pd.DataFrame:
    """The quantiles of each period as rates per year."""
    years = [yearly_rate(1.0, period) for period in forecast.periods]
    return forecast.quantiles().mul(years, axis=0)


def _forecast_traces(
    forecast: FlowForecast, name: str, letters: str, color: str
) -> Iterator[Trace]:
    """The periods with their ranges, a line through the years, and the medians."""
    totals, rates = forecast.quantiles(), _rates(forecast)
    middles = [(on_axis(p.start) + on_axis(p.end)) / 2 for p in forecast.periods]
    hover = hovers(map(period_words, forecast.periods), totals)
    yield whiskers(middles, rates, middles, name, color=color) | hovering(hover)
    years = [*_line_years(forecast)]
    medians = [float(np.median(forecast.totals(year_of(year)))) for year in years]
    yield line(years, medians, color, width=1, hoverinfo="skip", showlegend=False)
    words = [f"<b>{readable(total)}</b>" for total in totals[0.5]]
    yield words_at(middles, rates[0.5], words, "bottom right", color=letters, size=12)


@dataclass(frozen=True)
class Mark:
    """One fact ready to be drawn: its span, its height in units a year (or its level), and its
    words.
    """

    period: Period
    height: float
    basis: str
    relation: str
    stock: bool
    label: str
    hover: str

    @property
    def side(self) -> int:
        """What bound it is: 1 from below, -1 from above, 0 of a number."""
        return BOUNDS.get(self.relation, 0)

    @property
    def symbol(self) -> str:
        """What stands in its middle: nothing but the line itself of an exact total."""
        if self.side:
            return BOUND_SYMBOLS[self.side][0]
        if self.relation != "equals":
            return "circle-open"
        return "circle" if self.stock else "line-ew"

    @property
    def middle(self) -> float:
        """The middle of the period on an axis of years."""
        return (self.start + self.end) / 2

    @property
    def start(self) -> float:
        """Where the period begins on an axis of years."""
        return on_axis(self.period.start, self.stock)

    @property
    def end(self) -> float:
        """Where it ends."""
        return on_axis(self.period.end + DAY, self.stock)

    @property
    def whole_year(self) -> bool:
        """Whether the period is one calendar year."""
        return self.period == year_of(self.period.start.year)


Marks = Sequence[Mark]


def on_axis(day: dt.date, stock: bool = False) -> float:
    """The place of a day's beginning on an axis of years."""
    passed = (day - dt.date(day.year, 1, 1)).days / year_of(day.year).days
    return round(day.year + passed - (1.0 if stock else 0.5), 3)


def marks_of(facts: Iterable[Fact], measure: str) -> Marks:
    """The counts of one measure that have a height, in order of time: their own, or a printed total
    a year before. Targets and claims are no counts, and stay out.

    Parameters
    ----------
    facts : Ledger, or iterable of Fact
        Facts of any measures.
    measure : str
        Which measure.
    """
    statements = [
        fact
        for fact in facts
        if (fact.measure == measure and fact.kind in OBSERVATION_KINDS)
        and (fact.of_world and fact.value > 0)
    ]
    levels = [_mark(fact) for fact in statements if fact.is_rate or (fact.is_count and fact.stock)]
    totals = {
        (mark.basis, mark.period): mark
        for mark in levels
        if mark.relation == "equals" and not mark.stock
    }
    changes = (_implied(fact, totals) for fact in statements if fact.is_change)
    return sorted([*levels, *filter(None, changes)], key=attrgetter("period", "height"))


def _mark(fact: Fact) -> Mark:
    period = fact.period
    height = fact.value
    label = sentence(HEIGHT, height=height, daily=fact.declared.daily)
    if fact.stock:
        period = Period(period.end, period.end)
    else:
        height = yearly_rate(height, period, fact.quantity)
    return Mark(period, height, fact.basis, fact.relation, fact.stock, label, _hover(fact, period))


def _implied(fact: Fact, totals: Mapping[tuple[str, Period], Mark]) -> Mark | None:
    """The total that a growth or a difference on the year implies, where its base was printed and
    itself was not.
    """
    period = fact.period
    base = totals.get((fact.basis, period.year_before()))
    if base is None or (fact.basis, period) in totals:
        return None
    year_before = base.height / yearly_rate(1.0, base.period)
    value = fact.declared.next_total(year_before, fact.value)
    relation = fact.relation
    if relation == "equals":
        relation = "about"
    base_words = sentence(ON_YEAR_BEFORE, number=readable(year_before))
    hover = f"{_hover(fact, period)}<br>{base_words}"
    height = yearly_rate(value, period)
    return Mark(period, height, fact.basis, relation, False, readable(value), hover)


def _hover(fact: Fact, period: Period) -> str:
    """What a pointer shows of a fact: statement, period, basis, source; escaped."""
    origin = ", ".join(filter(None, (source_words(fact.source), day_of_print(fact))))
    publication = f"{origin} ({fact.id})"
    lines = (in_words(fact), period_words(period), basis_name(fact.basis), publication)
    statement, *details = (html.escape(words, quote=False) for words in lines if words)
    return "<br>".join((f"<b>{statement}</b>", *details))


def yearly_rate(value: float, period: Period, quantity: str = "total") -> float:
    """A period's total as a rate per year.

    Parameters
    ----------
    value : float
        The total.
    period : Period
        Of which it is.
    quantity : str
        What the value is, where it is no total.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import span, year
    >>> yearly_rate(2544.0, span("2023-01-01", "2023-04-30")), yearly_rate(2180.0, year(2022))
    (7738.0, 2180.0)
    """
    return quantity_of(quantity).yearly(value, period.days, year_of(period.end.year).days)


def basis_colours(names: Sequence[str], main_basis: str | None = None) -> dict[str, str]:
    """A colour for each basis: ink for the one that is forecast (or the most frequent), accents for
    the others.
    """
    order = sorted({*names}, key=lambda name: (name != main_basis, -names.count(name), name))
    return dict(zip(order, itertools.cycle((INK, *ACCENTS)), strict=False))


def basis_traces(marks: Marks, main_basis: str | None) -> Iterator[Trace]:
    """The traces of facts, one for each basis, however many facts there are.

    Parameters
    ----------
    marks : list of Mark
        From `marks_of`.
    main_basis : str, optional
        The basis whose colour is ink; the most frequent if not given.
    """
    colours = basis_colours([mark.basis for mark in marks], main_basis)
    for basis, colour in colours.items():
        basis_marks = [mark for mark in marks if mark.basis == basis]
        yield _basis_trace(basis_marks, colour) | {"name": basis_name(basis) or "counted"}


def counts_of_basis(marks: Marks, main_basis: str | None) -> Marks:
    """The counts of a basis, by default the most frequent, after those that count the same; no
    bounds.
    """
    names = [mark.basis for mark in marks]
    if main_basis not in names:
        main_basis = next(iter(basis_colours(names)), "")
    counts = [mark for mark in marks if not mark.side]
    alike = [
        mark
        for mark in counts
        if mark.basis == main_basis or same_perimeter(mark.basis, main_basis)
    ]
    return sorted(alike, key=lambda mark: mark.basis == main_basis)


def _basis_trace(basis_marks: Marks, colour: str) -> Trace:
    """The facts of a basis: each is as long as its period, its symbol says what it is."""
    symbols = [mark.symbol for mark in basis_marks]
    look = {"color": colour, "size": 8, "symbol": symbols, "line": {"color": colour, "width": 1.5}}
    half = [round((mark.end - mark.start) / 2, 4) for mark in basis_marks]
    length = {"array": half, "thickness": 2.5, "width": 0, "color": colour}
    return at_marks(basis_marks, **look) | {"error_x": length, "showlegend": True}


def at_marks(marks: Marks, **look: Any) -> Trace:
    """A point at the middle of each mark."""
    hover = [mark.hover for mark in marks]
    return points([mark.middle for mark in marks], [mark.height for mark in marks], hover, **look)


def _count_labels(counts: Marks, newest_side: str, side: str) -> Iterator[Trace]:
    """Numbers of the main basis: whole years, the newest of all, and the stocks at the end of a
    year with their change on the year before.
    """
    ends = stocks_by_year(counts)
    newest = newest_marks(counts)
    labels = {mark: mark.label for mark in counts if mark.whole_year}
    for when, mark in ends.items():
        labels[mark] = mark.label
        if year_before := ends.get(when - 1):
            change = in_digits(f"{mark.height - year_before.height:+,.0f}")
            labels[mark] += f"<br>{change.replace('-', MINUS)}"
    for mark in newest:
        labels.pop(mark, None)
        period = "<br>".join(textwrap.wrap(when_words(mark.period), PERIOD_LETTERS))
        words = f"<b>{mark.label}</b><br>{period}"
        place = mark.start if newest_side == "middle left" else mark.end
        yield text([place], [mark.height], [words], newest_side)
    x = [mark.middle for mark in labels]
    yield text(x, [mark.height for mark in labels], [*labels.values()], side)


def stocks_by_year(counts: Marks) -> dict[int, Mark]:
    """Of each year the stock that was counted next to its end, if it was within ten weeks."""
    ends: dict[int, Mark] = {}
    stocks = [mark for mark in counts if mark.stock]
    for mark in sorted(stocks, key=lambda mark: -abs(mark.middle - round(mark.middle))):
        if abs(mark.middle - round(mark.middle)) < 0.2:
            ends[round(mark.middle)] = mark
    return dict(sorted(ends.items()))


def _bound_labels(marks: Marks) -> Iterator[Trace]:
    """Of each year's bounds on one side the one that says most, in print."""
    bounds = sorted((mark for mark in marks if mark.side), key=lambda mark: mark.side * mark.height)
    for mark in {(mark.period.end.year, mark.side): mark for mark in bounds}.values():
        _, sign, position = BOUND_SYMBOLS[mark.side]
        yield text([mark.middle], [mark.height], [f"{sign} {mark.label}"], position)
