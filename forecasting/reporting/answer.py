"""The brief of a report: the finding as one would say it aloud, the answers on charging with their
questions, and what was known until when.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import numpy as np

from forecasting import __version__
from forecasting.demand.deployed import active_targets, moment
from forecasting.errors import ForecastingError
from forecasting.evidence.bases import basis_words, shipped_bases
from forecasting.growth.sharing import made_once
from forecasting.measures import EV_SHARE
from forecasting.parameters.schema import Driver, Scenario
from forecasting.quantiles import RANGE_LEVELS
from forecasting.reading.places import place_name
from forecasting.reporting.caveat_words import TWO_NUMBERS, age_line
from forecasting.reporting.labels import (
    BASELINE,
    amount,
    capital,
    day_words,
    interval,
    known_as_growth,
    label_of,
    median_and_range,
    part_words,
    percent,
    phrase,
    plural,
    readable,
    spoken,
    uncapital,
)
from forecasting.reporting.quota_words import quota_sentences
from forecasting.reporting.result_tables import cars_in, headline, label_in
from forecasting.scenarios.facts_on_day import facts_of_scenario
from forecasting.scenarios.growth_on_year import yearly_growth
from forecasting.scenarios.joint_draws import Results
from forecasting.scenarios.outlook import Outlook, outlook as made_outlook
from forecasting.scenarios.question import find_scenarios
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.display import (
    HIGH,
    LOW,
    BulletList,
    Link,
    Prose,
    Table,
    plain_frame,
    rows_table,
)

# What each answer about chargers is called, and its question, in the order of a page; those that an
# outlook lacks are left out.
QUESTIONS = {
    "charging_points_need": (
        "Need",
        "How many charge all cars without long queues?",
    ),
    "charging_points_practice": (
        "By practice elsewhere",
        "How many at the pace of other markets?",
    ),
    "charging_points_standard": (
        "By the standard",
        "How many by AFIR, the rule of the EU?",
    ),
    "charging_stations_standard": (
        "By its ministry (stations)",
        "How many stations, one for {cars} cars?",
    ),
    "charging_points_target": ("Target", "How many are promised?{targets}"),
}
# The finding on a flow; what stands on the road at the end, or the flow in the last year, follows
FINDINGS = {
    "ev_imports": "{where} will import about {first} {cars} in {soon}",
    "ev_registrations": "{where} will register about {first} {cars} in {soon}",
    "ev_exports": "About {first} {cars} will leave through {where} in {soon}",
    "vehicle_exports": "About {first} vehicles of all types will leave through {where} in {soon}",
    "ev_export_value_index": "The value of the electric cars that leave {where} will grow by about "
    "{first} in {soon}",
}
# The same of years that are over, of which no count was found; further years follow the noun
PAST_FINDINGS = {
    "ev_imports": "{where} imported about {amount} {cars}{years}",
    "ev_registrations": "{where} registered about {amount} {cars}{years}",
    "ev_exports": "Through {where} left about {amount} {cars}{years}",
    "vehicle_exports": "Through {where} left about {amount} vehicles of all types{years}",
    "ev_export_value_index": "The value of the electric cars that left {where} grew by about "
    "{amount}{years}",
}
ANY_PAST_FINDING = "{where} saw about {amount} {label}{years}"
PAST_YEAR = " in {year} ({ends})"
NEXT_PAST_YEAR = ", {amount} in {year} ({ends})"
NO_WHOLE_COUNT = "{finding}; no count of the whole of {years} was found."
# By whether the same cars are counted there as in the flow
ON_THE_ROAD = {
    True: " and have about {later} on the road by the end of {horizon}",
    False: " and have about {later} {cars_on_road} on the road by the end of {horizon}",
}
ANY_FINDING = "{where} will see about {first} {label} in {soon}"
BLIND = "Nobody has counted this market; judging by other markets alone, "
WIDTHS = {10: "the range is very wide", 1.6: "the range is wide", 0: "the range is"}
NO_POINTS = (
    "How many charging points it takes follows from the new cars of a year, which are not known "
    "here."
)
DATE_LINE = "By ev-forecasting {version}."
SIDE_BY_SIDE = "The scenarios side by side, as of {day}"
MAX_REASONS = 2  # of the events of a scenario that a brief names
SCENARIO_LINE = "{scenario}: {reasons}."
MORE_REASONS = "{reasons}; and {count} more"
LIKE_BASELINE = "the events of the baseline"
LEAD = "fc-lead"
NO_BREAK = "\N{NO-BREAK SPACE}"
TWO_DIGITS = "Numbers have two digits where chance alone would move a third."
FOUR_IN_FIVE = "A range holds what comes four times in five."


def date_line(outlook: Outlook) -> Prose:
    """Whose forecast it is, and how old the newest count is: the head of a memo, under its title
    with the day.

    Parameters
    ----------
    outlook : Outlook
        Of a country or a corridor.

    Returns
    -------
    Prose
        One line.

    Examples
    --------
    >>> import forecasting as fc
    >>> fc.tables.date_line(fc.outlook("turkmenistan-baseline", draws=50))
    By ev-forecasting ... No count ...
    """
    head = DATE_LINE.format(version=__version__)
    return Prose([[f"{head} ", age_line(outlook.age)]], "fc-known")


def answer(outlook: Outlook) -> Prose:
    """The finding of an outlook, as one would say it aloud.

    Parameters
    ----------
    outlook : Outlook
        Of a country or a corridor.

    Returns
    -------
    Prose
        Sentences with the median and the 80 % range, in the unit of the measure.

    Examples
    --------
    >>> fc.tables.answer(outlook).sentence[:52]
    'Nobody has counted this market; judging by other mar'
    """
    if outlook.measure == EV_SHARE:
        return Prose([_shares(outlook), TWO_NUMBERS], LEAD)
    return _finding(outlook)


def _sentence(pattern: str, parts: dict[str, str | Link]) -> list[str | Link]:
    """A pattern as a sentence; each name in braces is a part, which may lead somewhere."""
    pieces = enumerate(re.split("[{}]", pattern))
    return [parts[piece] if at % 2 else piece for at, piece in pieces]


def _finding(outlook: Outlook) -> Prose:
    """The flow in the running year, or the first that the facts do not cover, what came in years
    that are over, and what stands at the horizon; of an index its growth, as its level is that of
    a base which nobody has printed.
    """
    measure = outlook.measure
    horizon = outlook.scenario.horizon
    flow_year = outlook.headline_year
    pattern = FINDINGS.get(measure, ANY_FINDING)
    if outlook.evidence is not None and not len(outlook.evidence):
        pattern = BLIND + uncapital(pattern)
    of_first_year = flow_year == outlook.first_year < horizon
    if outlook.counted_part and of_first_year and not known_as_growth(measure):
        count, until = outlook.counted_part
        pattern += f", {amount(count, measure)} of them counted by {until.day} {until:%B},"
    end_measure = measure
    if "ev_stock" in outlook.results.values:
        end_measure = "ev_stock"
        same = cars_in(outlook, "ev_stock") == cars_in(outlook, measure)
        pattern += ON_THE_ROAD[same]
    elif horizon > flow_year:
        pattern += " and about {later} in {horizon}"
    low, _, high = _levels(outlook.results, end_measure, horizon)
    width = next(words for factor, words in WIDTHS.items() if high >= factor * max(low, 1))
    words = median_and_ends
    start_year = outlook.first_year
    if known_as_growth(measure):
        words = _growth_and_ends
        start_year = max(start_year, int(yearly_growth(outlook.results, measure).index[0]))
        flow_year = max(flow_year, start_year)
    parts: dict[str, str | Link] = {
        "where": _where(outlook),
        "label": uncapital(label_of(measure)),
        "cars": cars_in(outlook, measure),
        "cars_on_road": cars_in(outlook, "ev_stock"),
        "soon": str(flow_year),
        "horizon": str(horizon),
    }
    for name, part_measure, year in (
        ("first", measure, flow_year),
        ("later", end_measure, horizon),
    ):
        median, ends = words(outlook.results, part_measure, year)
        address = f"#grounds-{part_measure}"
        parts |= {name: Link(median, address), f"{name}_ends": Link(ends, address)}
    reading = _sentence(f"For {flow_year} the range is {{first_ends}}. {FOUR_IN_FIVE}", parts)
    finding = _sentence(f"{pattern}; {width}: {{later_ends}}.", parts)
    past = _past_finding(outlook, range(start_year, flow_year), words)
    return Prose([finding, *past, reading, *quota_sentences(outlook)], LEAD)


def _past_finding(
    outlook: Outlook, years: range, words: Callable[[Results, str, int], tuple[str, str]]
) -> list[str]:
    """What came in years that are over, of which no count was found."""
    if not years:
        return []
    measure = outlook.measure
    (year, median, ends), *next_years = [
        (year, *words(outlook.results, measure, year)) for year in years
    ]
    parts = [PAST_YEAR.format(year=year, ends=ends)]
    parts += [NEXT_PAST_YEAR.format(year=y, amount=a, ends=e) for y, a, e in next_years]
    finding = PAST_FINDINGS.get(measure, ANY_PAST_FINDING).format(
        where=_where(outlook),
        amount=median,
        cars=cars_in(outlook, measure),
        label=uncapital(label_of(measure)),
        years="".join(parts),
    )
    return [NO_WHOLE_COUNT.format(finding=capital(finding), years=" or ".join(map(str, years)))]


def _where(outlook: Outlook) -> str:
    if len(outlook.parts) == 2:  # a corridor of which one place is counted, and the sum
        return f"{place_name(outlook.parts[0].country)}, the only place that is counted,"
    return part_words(outlook.results.country)


def evidence_summary(outlook: Outlook) -> Prose:
    """What was known, and until when: the day of the forecast, how many facts, whose counts, and
    when the newest ended.

    Parameters
    ----------
    outlook : Outlook
        Of a country or a corridor.

    Returns
    -------
    Prose
        A few sentences.

    Examples
    --------
    >>> import forecasting as fc
    >>> fc.tables.evidence_summary(fc.outlook("turkmenistan-baseline", draws=50))
    Nothing published after 31 March 2026 is used. Numbers have ...
    """
    day = f"Nothing published after {day_words(outlook.as_of)} is used."
    facts = phrase("It rests on {}.", outlook.evidence and plural(len(outlook.evidence), "fact"))
    # Of a corridor, the agency whose count is forecast at each place
    agencies = " and ".join(
        place_name(place) + basis_words(", as counted by {}", flow.basis)
        for place, flow in outlook.forecasts.items()
    )
    definition = phrase("It is about {}.", agencies)
    if outlook.scenario.country:
        basis = shipped_bases().get(outlook.scenario.basis or "")
        definition = phrase("Counted are {}.", basis and basis.counts)
    sentences = " ".join(filter(None, (day, facts, definition, TWO_DIGITS)))
    return Prose([sentences], "fc-evidence")


def _shares(outlook: Outlook) -> str:
    """The answer for a market of which neither a count nor the size is known."""
    wide = outlook.results.bands(EV_SHARE)
    horizon = outlook.scenario.horizon
    shares = ", and ".join(
        f"in {year} {readable(wide[0.5][year])} % "
        f"(80 % range {interval(wide[0.1][year], wide[0.9][year])} %)"
        for year in sorted({min(outlook.first_year, horizon), horizon})
    )
    return (
        f"Nothing is known of the market of {place_name(outlook.results.country)}, so these are "
        f"shares of new cars only: electric, as elsewhere before, {shares}."
    )


def _levels(results: Results, measure: str, year: int) -> list[float]:
    """The lower end, the median and the upper end of one year."""
    return list(results.bands(measure).loc[year, RANGE_LEVELS])


def median_and_ends(results: Results, measure: str, year: int) -> tuple[str, str]:
    """Median and 80 % range of one year as they are said.

    Parameters
    ----------
    results : Results
        Joint draws.
    measure : str
        One of theirs.
    year : int
        One of theirs.
    """
    return median_and_range(_levels(results, measure, year), measure, spoken)


def _growth_and_ends(results: Results, measure: str, year: int) -> tuple[str, str]:
    """The same of the growth on the year before."""
    low, median, high = map(percent, yearly_growth(results, measure).loc[year, RANGE_LEVELS])
    return median.lstrip("+"), f"{low} to {high}"


ANSWERS = TableForm(
    [
        Column("answer"),
        Column("points", measure="{measure}"),
        Column("four times in five", "ends", measure="{measure}"),
        Column("question"),
    ],
    caption="Public charging points at the end of {horizon}, by what is asked",
    nothing=NO_POINTS,
    kind="fc-answers",
)


def charging_answers(outlook: Outlook) -> Table:
    """How many charging points: an answer to each question at the horizon, side by side and
    never averaged.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        Public points at the horizon by need, practice and standard, each with its 80 %
        interval.

    Examples
    --------
    >>> list(fc.tables.charging_answers(outlook).frame)
    ['answer', 'points', 'four times in five', 'question']
    """
    horizon = outlook.scenario.horizon
    targets = _targets(outlook)
    cars = _cars_per_station(outlook)
    rows = []
    for measure, (name, question) in QUESTIONS.items():
        if measure in outlook.results.values:
            median, ends = median_and_ends(outlook.results, measure, horizon)
            row = {"measure": measure, "answer": name, "points": median, "ends": ends}
            rows.append(row | {"question": question.format(targets=targets, cars=cars)})
    return ANSWERS.table(rows, horizon=horizon)


def scenarios_table(outlook: Outlook) -> Table:
    """The scenarios of a place side by side, on the same day, as their params files stand.

    Parameters
    ----------
    outlook : Outlook
        Of one of them.

    Returns
    -------
    Table
        A row for each scenario, a column for each number of the headline with its 80 % range.

    Examples
    --------
    >>> fc.tables.scenarios_table(outlook).frame["scenario"].tolist()
    ['Baseline', 'Accelerated', 'Constrained']
    """
    draws = outlook.results.count
    day = outlook.as_of
    mine, *candidates = _siblings(outlook.scenario)
    rows = {mine.scenario: _row(outlook)}
    for candidate in candidates:
        make = partial(
            made_outlook, candidate, as_of=day, draws=draws, flow_cache=outlook.flow_cache
        )
        with suppress(ForecastingError):
            rows[candidate.scenario] = _row_of(make, candidate.on(day), draws)
    if len(rows) < 2:
        return rows_table([], nothing="No other scenario of this place has a params file.")
    ordered = sorted(rows, key=lambda name: (name != BASELINE, name))
    frame = plain_frame([{"scenario": capital(name)} | rows[name] for name in ordered])
    caption = SIDE_BY_SIDE.format(day=day_words(day))
    return Table(frame.fillna("–"), caption=caption, kind="fc-scenarios")


def scenario_assumptions(outlook: Outlook) -> BulletList:
    """What each scenario of a place assumes, in a line: the baseline its events from the day of the
    forecast on, every other one the events that the baseline has not.

    Parameters
    ----------
    outlook : Outlook
        Of one of them.

    Returns
    -------
    BulletList
        A line for each scenario with an event.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.tables.scenario_assumptions(outlook)
    - Baseline: growth stops where nearly every new car is electric.
    ...
    """
    baseline, *alternatives = sorted(_siblings(outlook.scenario), key=_baseline_first)
    ahead = [driver for driver in baseline.drivers if driver.acts_after(outlook.as_of)]
    lines = [_assumption_line(baseline, ahead)]
    common = {driver.name for driver in baseline.drivers}
    for scenario in alternatives:
        lines.append(_assumption_line(scenario, _drivers_beyond(scenario, common)))
    return BulletList(lines, "fc-scenario-lines")


def _baseline_first(scenario: Scenario) -> tuple[bool, str]:
    return scenario.scenario != BASELINE, scenario.scenario


def _drivers_beyond(scenario: Scenario, common: set[str]) -> list[Driver]:
    return [driver for driver in scenario.drivers if driver.name not in common]


def _assumption_line(scenario: Scenario, drivers: Sequence[Driver]) -> str:
    """The reasons of some of a scenario's events, in a line."""
    reasons = [driver.reason for driver in drivers] or [LIKE_BASELINE]
    words = "; ".join(reasons[:MAX_REASONS])
    if len(reasons) > MAX_REASONS:
        words = MORE_REASONS.format(reasons=words, count=len(reasons) - MAX_REASONS)
    return SCENARIO_LINE.format(scenario=capital(scenario.scenario), reasons=words)


def _siblings(scenario: Scenario) -> list[Scenario]:
    """A scenario, and the others of its place and measure that have a params file."""
    candidates: list[Scenario] = []
    with suppress(ForecastingError):  # there is none, or one that its own report refuses
        candidates = find_scenarios(f"{scenario.name.rpartition('-')[0]}-*")
    same = [
        candidate
        for candidate in candidates
        if (candidate.place, candidate.measure) == (scenario.place, scenario.measure)
    ]
    return [scenario, *(other for other in same if other.scenario != scenario.scenario)]


def _row_of(make: Callable[[], Outlook], scenario: Scenario, draws: int) -> dict[str, str]:
    """The numbers of another scenario's headline; the reports of one run make them once."""
    own_facts = scenario.ledger and facts_of_scenario(scenario)
    question = ("row", scenario.model_dump_json(), own_facts, draws)
    stored = made_once(lambda: {"cells": np.array([*_row(make()).items()])}, *question)
    return dict(stored["cells"].tolist())


def _row(outlook: Outlook) -> dict[str, str]:
    """The numbers of a scenario's headline, without those of the second year."""
    cells = {}
    for entry in headline(outlook.results, outlook.measure, outlook.headline_year):
        name = entry["measure"]
        if entry["year"] != outlook.headline_year + 1:
            median, ends = median_and_range([entry[LOW], entry["median"], entry[HIGH]], name)
            head = f"{label_in(outlook, name)}, {entry['year']}"
            cells[head] = f"{median} ({ends.replace(' ', NO_BREAK)})"
    return cells


def _cars_per_station(outlook: Outlook) -> str:
    """For how many cars a country's own rule has a station."""
    if outlook.demand is None:
        return "so many"
    rule = outlook.demand.parameters["cars_per_station"]
    return f"{rule.low:g} to {rule.high:g}"


def _targets(outlook: Outlook) -> str:
    """The targets that the path is drawn to; they are not known where the outlook was read from
    files.
    """
    demand = outlook.demand
    if demand is None:
        return ""
    start = moment(outlook.as_of)
    per_station = demand.parameters["points_per_station"].mode
    if demand.standing is not None:
        start = max(start, demand.standing.when)
    targets = ", ".join(
        f"{readable(float(np.median(target.count)))} {target.unit} by {day_words(target.date)}"
        + phrase(" (promised by {}, not by the state)", target.by)
        for target in active_targets(demand.targets, start, per_station, demand.standing)
    )
    return phrase(" {}, in equal yearly steps.", targets)
