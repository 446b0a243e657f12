"""The brief of a report: the finding as one would say it aloud, the answers on charging with their
questions, and what was known until when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import starmap
from weakref import WeakKeyDictionary

import numpy as np

from forecasting import __version__
from forecasting.demand.demand_outlook import DemandOutlook
from forecasting.demand.deployed import Target, active_targets, moment
from forecasting.evidence.bases import basis_name, shipped_bases
from forecasting.evidence.fact import label_of, place_term, unit_term
from forecasting.growth.sharing import made_once
from forecasting.parameters.schema import Driver, Scenario
from forecasting.reporting.caveat_words import TWO_NUMBERS, age_line
from forecasting.reporting.labels import (
    BASELINE,
    COUNTED_UNITS,
    amount,
    day_words,
    known_as_growth,
    median_and_range,
    part_words,
    reason_term,
    spoken,
)
from forecasting.reporting.more_points import more_points_sentence
from forecasting.reporting.quota_words import quota_sentences
from forecasting.reporting.result_tables import (
    cars_in,
    driver_dates,
    headline,
    range_levels,
    size_name,
    size_unit,
)
from forecasting.scenarios.assumptions import has_rollout
from forecasting.scenarios.drivers import effect_of
from forecasting.scenarios.facts_on_day import facts_of_scenario
from forecasting.scenarios.joint_draws import Results, yearly_growth
from forecasting.scenarios.outlook import Outlook, outlook as made_outlook
from forecasting.scenarios.question import find_scenarios
from forecasting.vocabulary.errors import ForecastingError
from forecasting.vocabulary.measures import EV_SHARE
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.quantiles import RANGE_LEVELS
from forecasting.vocabulary.sentences import (
    OR,
    Term,
    capital,
    listed,
    plural,
    sentence,
    uncapital,
)
from forecasting.writers.columns import HIGH, LOW, Column, TableForm
from forecasting.writers.display import BulletList, Link, Prose, Table
from forecasting.writers.messages import linked_sentence
from forecasting.writers.numbers import growth_range, interval, percent, readable

# What a driver does among the drivers of its scenario, by them and the seed: the brief, its
# translations and the list of scenarios ask for the same, which goes with its outlook
EFFECTS: WeakKeyDictionary[Outlook, dict[tuple[Driver, tuple[Driver, ...], int], float]] = (
    WeakKeyDictionary()
)
# Of a measure in a year: its median, and the ends of its range
Wording = Callable[[Results, str, int], tuple[str, str]]

# What each answer about chargers is called, and its question, in the order of a page; those that an
# outlook lacks are left out.
QUESTIONS = {
    "charging_points_need": (
        "Need",
        "How many to avoid long queues? Plan by this one.",
    ),
    "charging_points_practice": (
        "[usual?By practice elsewhere][rollout?At the pace of this scenario]",
        "[usual?How many if built as in other markets?]"
        "[rollout?How many if built at the pace of this scenario?]",
    ),
    "charging_points_standard": (
        "By the standard",
        "How many by AFIR, the EU's rule?",
    ),
    "charging_stations_standard": (
        "By its ministry",
        "How many with a station for {cars} cars?",
    ),
    "charging_points_target": (
        "Target",
        "How many are promised?[ {targets}.]",
    ),
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
# The same of years that are over, of which no count was found
PAST_FINDINGS = {
    "ev_imports": "{where} imported about {amount} {cars} in {year} ({ends})[, {later}]",
    "ev_registrations": "{where} registered about {amount} {cars} in {year} ({ends})[, {later}]",
    "ev_exports": "About {amount} {cars} left through {where} in {year} ({ends})[, {later}]",
    "vehicle_exports": "About {amount} vehicles of all types left through {where} in {year} "
    "({ends})[, {later}]",
    "ev_export_value_index": "The value of the electric cars that left {where} grew by about "
    "{amount} in {year} ({ends})[, {later}]",
}
ANY_PAST_FINDING = "{where} saw about {amount} {label} in {year} ({ends})[, {later}]"
NEXT_PAST_YEAR = "{amount} in {year} ({ends})"
NO_WHOLE_COUNT = "{finding}; no whole count of {years} was found."
# What stands today, and what is expected at the horizon
TODAY = (
    "[blind?Nobody has counted this market; judging by other markets alone, ]{where} had about "
    "{stock} {cars}[ ({ends})] at the end of {year}[, and {charging:,.0f} charging {unit} on {day}"
    "][ (about {points} points, {per_station} each)]."
)
EXPECTED = (
    "By the end of {horizon} we expect {stock} ({ends}, four times in five)[; they need about "
    "{need} public charging points ({need_ends})][; at the pace of other markets there will be "
    "{practice}][; built at the pace of this scenario, there will be {rollout}]."
)
FLOW = "{finding} ({ends})[, {count} of them counted by {day:d MMMM}]."
# The first sentence where no stock follows: of ports
FIRST_SENTENCE = (
    "[blind?Nobody has counted this market; judging by other markets alone, ]{finding}"
    "[, {count} of them counted by {day:d MMMM},][ and about {flow} in {horizon}]; {width}: {ends}."
)
ANY_FINDING = "{where} will see about {first} {label} in {soon}"
STOCK = "ev_stock"
NEED = "charging_points_need"
PRACTICE = "charging_points_practice"
STATIONS_RULE = "charging_stations_standard"
CLOSE = 1.15  # ends of a range that are said as one number
WIDTHS = {10: "the range is very wide", 1.6: "the range is wide", 0: "the range is"}
NO_POINTS = (
    "How many charging points it takes follows from the new cars of a year, which are not known "
    "here."
)
PROMISE = "{count} {unit} by {day}[ = {points} points][ ({agency}, not the state)]"
DATE_LINE = "By ev-forecasting {version}."
MAX_REASONS = 3  # of the events of a scenario that are named
SCENARIO_LINE = "{scenario}: {reasons}[; {more} more]."
# Another language has the name of a factor before its number
ASSUMPTION = (
    "{reason} ([counted?{size} {unit}, ][factor?{size} {unit}, ]{dates}[, with a probability of "
    "{chance}])"
)
WITHOUT_ASSUMPTION = "without this event of the baseline: {reason} ({dates})"
LIKE_BASELINE = "the events of the baseline"
ONLY_COUNTED_PLACE = "{place}, the only place that is counted,"
SO_MANY = "so many"
LEAD = "fc-lead"
NO_BREAK = "\N{NO-BREAK SPACE}"
OF_YEAR = "{label}, {year}"
FIRST_RANGE = "For {year} the range is {ends}. A range holds what comes four times in five."
EVIDENCE_SUMMARY = (
    "[rests on {facts}; ]nothing published after {day} is used.[ Counted are {counts}.]"
    "[ It is about {agencies}.]"
)
PLACE_OF_AGENCY = "{place}[, as counted by {agency}]"
SHARES_ALONE = (
    "Nothing is known of the market of {place}, so these are shares of new cars only: electric, as "
    "elsewhere before, {shares}."
)
AND_SHARES = "{first}, and {second}"
SHARE_OF_YEAR = "in {year} {share} % (80 % range {range} %)"


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
    head = sentence(DATE_LINE, version=__version__)
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
        return Prose([_shares(outlook), sentence(TWO_NUMBERS)], LEAD)
    return _finding(outlook)


def _finding(outlook: Outlook) -> Prose:
    """The flow in the running year, or the first that the facts do not cover, what came in years
    that are over, and what stands at the horizon; of an index its growth, as its level is that of
    a base which nobody has printed.
    """
    measure = outlook.measure
    horizon = outlook.scenario.horizon
    year = outlook.headline_year
    start_year = outlook.first_year
    is_growth = known_as_growth(measure)
    words = median_and_ends
    if is_growth:
        words = _growth_and_ends
        start_year = max(start_year, int(yearly_growth(outlook.results, measure).index[0]))
        year = max(year, start_year)
    is_blind = outlook.evidence is not None and not len(outlook.evidence)
    has_stock = STOCK in outlook.results.values
    pattern = FINDINGS.get(measure, ANY_FINDING)
    where = _where(outlook.parts)
    names = {
        "where": where,
        "label": uncapital(label_of(measure)),
        "cars": cars_in(outlook, measure),
    }
    median, ends = _linked(words, outlook.results, measure, year)
    finding = linked_sentence(pattern, first=median, soon=year, **names)
    if is_blind and not has_stock:
        finding[0] = uncapital(str(finding[0]))
    flow: dict[str, object] = {"finding": finding}
    of_first_year = outlook.headline_year == outlook.first_year < horizon
    if outlook.counted_part and of_first_year and not is_growth:
        count, until = outlook.counted_part
        flow |= {"count": amount(count, measure), "day": until}
    past_pattern = PAST_FINDINGS.get(measure, ANY_PAST_FINDING)
    past_years = [(y, *words(outlook.results, measure, y)) for y in range(start_year, year)]
    past = _past_finding(past_pattern, past_years, names)
    quotas = quota_sentences(outlook)
    if has_stock:
        flow_sentence = linked_sentence(FLOW, ends=ends, **flow)
        return Prose(
            [_stock_sentences(outlook, is_blind, where), *past, flow_sentence, *quotas], LEAD
        )
    lead = linked_sentence(
        FIRST_SENTENCE, blind=is_blind, horizon=horizon, **flow, **_end_places(outlook, words)
    )
    first_range = linked_sentence(FIRST_RANGE, year=year, ends=ends)
    return Prose([lead, *past, first_range, *quotas], LEAD)


def _stock_sentences(outlook: Outlook, is_blind: bool, where: Term) -> list[str | Link]:
    """What is on the road and how many chargers stand, and what is expected of both."""
    results = outlook.results
    horizon = outlook.scenario.horizon
    year = outlook.headline_year - 1
    today: list[str | Link] = []
    if year in results.years:
        today = linked_sentence(
            TODAY,
            blind=is_blind,
            where=where,
            cars=cars_in(outlook, STOCK),
            year=year,
            **_stock_of(results, year),
            **_standing(outlook.demand),
        )
    median, ends = _linked(median_and_ends, results, STOCK, horizon)
    places: dict[str, object] = {"stock": median, "ends": ends}
    if NEED in results.values:
        need, need_ends = _linked(median_and_ends, results, NEED, horizon)
        practice, _ = _linked(median_and_ends, results, PRACTICE, horizon)
        built = "rollout" if has_rollout(outlook.scenario) else "practice"
        places |= {"need": need, "need_ends": need_ends, built: practice}
    expected = linked_sentence(EXPECTED, horizon=horizon, **places)
    return [*today, " ", *expected]


def _stock_of(results: Results, year: int) -> dict[str, object]:
    """The cars on the road at the end of a year, with a range where it is not close to one
    number.
    """
    low, _, high = range_levels(results, STOCK, year)
    median, ends = _linked(median_and_ends, results, STOCK, year)
    if high < CLOSE * low:
        return {"stock": median}
    return {"stock": median, "ends": ends}


def _standing(demand: DemandOutlook | None) -> dict[str, object]:
    """The newest count of public chargers of the whole country, in points too."""
    if demand is None or demand.standing is None:
        return {}
    standing = demand.standing
    words: dict[str, object] = {
        "charging": standing.count,
        "unit": unit_term(standing.unit),
        "day": day_words(standing.date),
    }
    if standing.unit == "stations":
        size = demand.parameters["points_per_station"]
        points = standing.points(np.array([[size.mode]])).item()
        words |= {
            "points": spoken(points, NEED, 2),
            "per_station": interval(size.low, size.high),
        }
    return words


def _end_places(outlook: Outlook, words: Wording) -> dict[str, object]:
    """What the first sentence says of the flow at the horizon, and how wide its range is."""
    measure = outlook.measure
    horizon = outlook.scenario.horizon
    low, _, high = range_levels(outlook.results, measure, horizon)
    median, ends = _linked(words, outlook.results, measure, horizon)
    return {
        "flow": horizon > outlook.headline_year and median,
        "width": sentence(
            next(width for factor, width in WIDTHS.items() if high >= factor * max(low, 1))
        ),
        "ends": ends,
    }


def _linked(words: Wording, results: Results, measure: str, year: int) -> tuple[Link, Link]:
    """A median and its range, which lead to what they rest on."""
    address = f"#grounds-{measure}"
    median, ends = words(results, measure, year)
    return Link(median, address), Link(ends, address)


def _past_finding(
    pattern: str, years: Sequence[tuple[int, str, str]], names: Mapping[str, object]
) -> list[str]:
    """What came in years that are over, of which no count was found: of each year the amount and
    its range, in words.
    """
    if not years:
        return []
    (year, amount_words, ends), *next_years = years
    amounts = [sentence(NEXT_PAST_YEAR, year=y, amount=a, ends=e) for y, a, e in next_years]
    later = ", ".join(amounts)
    finding = sentence(pattern, amount=amount_words, year=year, ends=ends, later=later, **names)
    in_words = listed([year for year, *_ in years], OR)
    return [sentence(NO_WHOLE_COUNT, finding=capital(finding), years=in_words)]


def _where(parts: Sequence[Results]) -> Term:
    if len(parts) == 2:  # a corridor of which one place is counted, and the sum
        place = parts[0].country
        words = ONLY_COUNTED_PLACE.format(place=place_name(place))
        return Term(words, f"only place {place}")
    return part_words(parts[-1].country)


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
    Nothing published after 31 March 2026 is used...
    """
    # Of a corridor, the agency whose count is forecast at each place
    places = [
        sentence(PLACE_OF_AGENCY, place=place_term(place), agency=basis_name(flow.basis))
        for place, flow in outlook.forecasts.items()
    ]
    definition: dict[str, object] = {"agencies": listed(places)}
    if outlook.scenario.country:
        code = outlook.scenario.basis or ""
        basis = shipped_bases().get(code)
        definition = {"counts": basis and Term(basis.counts, f"counts {code}")}
    facts = outlook.evidence and plural(len(outlook.evidence), "{} fact", "{:,} facts")
    words = sentence(EVIDENCE_SUMMARY, day=day_words(outlook.as_of), facts=facts, **definition)
    return Prose([capital(words)], "fc-evidence")


def _shares(outlook: Outlook) -> str:
    """The answer for a market of which neither a count nor the size is known."""
    wide = outlook.results.bands(EV_SHARE)
    horizon = outlook.scenario.horizon
    shares = [
        sentence(
            SHARE_OF_YEAR,
            year=year,
            share=readable(wide[0.5][year]),
            range=interval(wide[0.1][year], wide[0.9][year]),
        )
        for year in sorted({min(outlook.first_year, horizon), horizon})
    ]
    place = place_term(outlook.results.country)
    return sentence(SHARES_ALONE, place=place, shares=listed(shares, AND_SHARES))


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
    return median_and_range(range_levels(results, measure, year), measure, spoken)


def _growth_and_ends(results: Results, measure: str, year: int) -> tuple[str, str]:
    """The same of the growth on the year before."""
    low, median, high = map(percent, yearly_growth(results, measure).loc[year, RANGE_LEVELS])
    return median.lstrip("+"), growth_range(low, high)


ANSWERS = TableForm(
    [
        Column("answer"),
        Column("points", address="#grounds-{measure}"),
        Column("range", "ends", address="#grounds-{measure}"),
        Column("question"),
    ],
    caption="Public points, end of {horizon}[. {more_points}]",
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
        Public points at the horizon by need, practice, standards and promises, each with its 80 %
        interval.

    Examples
    --------
    >>> list(fc.tables.charging_answers(outlook).frame)
    ['answer', 'points', 'range', 'question']
    """
    horizon = outlook.scenario.horizon
    rollout = has_rollout(outlook.scenario)
    places = {
        "targets": _targets(outlook),
        "cars": _cars_per_station(outlook),
        "rollout": rollout,
        "usual": not rollout,
    }
    rows = []
    for measure, (name, question) in QUESTIONS.items():
        levels = _points_at(outlook, measure, horizon)
        if levels is not None:
            median, ends = median_and_range(levels, measure, spoken)
            row = {
                "measure": measure,
                "answer": sentence(name, **places),
                "points": median,
                "ends": ends,
            }
            rows.append(row | {"question": sentence(question, **places)})
    more_points = more_points_sentence(outlook)
    return ANSWERS.table(rows, horizon=horizon, more_points=more_points)


def _points_at(outlook: Outlook, measure: str, year: int) -> list[float] | None:
    """The 80 % range of an answer in points; None where it is not known."""
    results = outlook.results
    if measure not in results.values:
        return None
    if measure != STATIONS_RULE:
        return range_levels(results, measure, year)
    if outlook.demand is None:
        return None
    stations = results.values[measure][:, [results.years.index(year)]]
    points = stations * outlook.demand.sample["points_per_station"]
    return [*np.quantile(points, RANGE_LEVELS)]


SCENARIOS = TableForm(
    [Column("scenario", form=lambda name: capital(str(Term(name, "scenario"))))],
    caption="Scenarios",
    nothing="No other scenario of this place has a params file.",
    kind="fc-scenarios",
)


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
        return SCENARIOS.table(())
    ordered = sorted(rows, key=lambda name: (name != BASELINE, name))
    cells = {name: dict(starmap(_cell_in_words, rows[name])) for name in ordered}
    numbers = dict.fromkeys(head for name in ordered for head in cells[name])
    return SCENARIOS.with_columns(map(Column, numbers)).table(
        {"scenario": name} | cells[name] for name in ordered
    )


def scenario_assumptions(outlook: Outlook, most: int = MAX_REASONS) -> BulletList:
    """What each scenario of a place assumes, in a line: the baseline its events from the day of the
    forecast on, every other one the events that the baseline has not, or has otherwise. Named are
    those that move the flow of the years ahead most, with size and date.

    Parameters
    ----------
    outlook : Outlook
        Of one of them.
    most : int
        How many events of each scenario are named; the others are counted.

    Returns
    -------
    BulletList
        A line for each scenario with an event.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> fc.tables.scenario_assumptions(outlook)
    - Baseline: growth stops where nearly every new car is electric (0.8 share of new vehicles, from
    2026)...
    """
    baseline, *alternatives = sorted(_siblings(outlook.scenario), key=_baseline_first)
    flows = list(outlook.flow_cache.values())
    effects = EFFECTS.setdefault(outlook, {})

    def effect(driver: Driver, scenario: Scenario) -> float:
        if not flows:  # the outlook was read from files
            return 0.0
        drivers, seed = tuple(scenario.drivers), scenario.seed
        question = (driver, drivers, seed)
        if question not in effects:
            flow = flows[0]
            effects[question] = effect_of(driver, drivers, flow.baseline, flow.known_until, seed)
        return effects[question]

    usual = {driver.name: (driver, effect(driver, baseline)) for driver in baseline.drivers}
    future_events = [
        (abs(usual_effect), _assumption(driver))
        for driver, usual_effect in usual.values()
        if driver.acts_after(outlook.as_of)
    ]
    lines = [_assumption_line(baseline, future_events, most)]
    for scenario in alternatives:
        changes = []
        for driver in scenario.drivers:
            same, usual_effect = usual.get(driver.name, (None, 0.0))
            if driver != same:
                changes.append((abs(effect(driver, scenario) - usual_effect), _assumption(driver)))
        names = {driver.name for driver in scenario.drivers}
        for name, (driver, usual_effect) in usual.items():
            if name not in names:
                reason, dates = reason_term(driver), driver_dates(driver)
                words = sentence(WITHOUT_ASSUMPTION, reason=reason, dates=dates)
                changes.append((abs(usual_effect), words))
        lines.append(_assumption_line(scenario, changes, most))
    return BulletList(lines, "fc-scenario-lines")


def _baseline_first(scenario: Scenario) -> tuple[bool, str]:
    return scenario.scenario != BASELINE, scenario.scenario


def _assumption(driver: Driver) -> str:
    """What an event is, how large it is likeliest, and when. The reason of one that the scenario
    rules out says what comes instead, so no size is told; nor of a policy that does what such ones
    did elsewhere.
    """
    usual = driver.kind == "policy" and driver.size.mode == 1
    has_size = driver.probability > 0 and not usual
    is_counted = size_name(driver).startswith(COUNTED_UNITS)
    return sentence(
        ASSUMPTION,
        reason=reason_term(driver),
        counted=has_size and is_counted,
        factor=has_size and not is_counted,
        size=readable(driver.size.mode),
        unit=size_unit(driver),
        dates=driver_dates(driver),
        chance=0 < driver.probability < 1 and readable(driver.probability),
    )


def _assumption_line(
    scenario: Scenario, assumptions: Sequence[tuple[float, str]], max_reasons: int
) -> str:
    """Those of a scenario's assumptions that move most, the largest first, in a line."""
    ordered = sorted(assumptions, key=lambda assumption: -assumption[0])
    words = [text for _, text in ordered] or [sentence(LIKE_BASELINE)]
    return sentence(
        SCENARIO_LINE,
        scenario=capital(str(Term(scenario.scenario, "scenario"))),
        reasons="; ".join(words[:max_reasons]),
        more=max(len(words) - max_reasons, 0),
    )


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
    return [scenario, *(sibling for sibling in same if sibling.scenario != scenario.scenario)]


def _row_of(make: Callable[[], Outlook], scenario: Scenario, draws: int) -> list[list[str]]:
    """The numbers of another scenario's headline; the reports of one run make them once."""
    own_facts = scenario.ledger and facts_of_scenario(scenario)
    question = ("row", scenario.model_dump_json(), own_facts, draws)
    stored = made_once(lambda: {"cells": np.array(_row(make()))}, *question)
    cells: list[list[str]] = stored["cells"].tolist()
    return cells


def _row(outlook: Outlook) -> list[list[str]]:
    """The numbers of a scenario's headline, without those of the second year: of each its measure,
    which cars it counts, its year, and the levels of its range.
    """
    return [
        [
            entry["measure"],
            str.__str__(cars_in(outlook, entry["measure"])),
            str(entry["year"]),
            *(repr(float(entry[level])) for level in (LOW, "median", HIGH)),
        ]
        for entry in headline(outlook.results, outlook.measure, outlook.headline_year)
        if entry["year"] != outlook.headline_year + 1
    ]


def _cell_in_words(measure: str, cars: str, year: str, *levels: str) -> tuple[str, str]:
    """A head of the table of scenarios, and a number with its range."""
    median, ends = median_and_range(map(float, levels), measure, spoken)
    head = sentence(OF_YEAR, label=label_of(measure, cars), year=year)
    return head, f"{median} ({ends.replace(' ', NO_BREAK)})"


def _cars_per_station(outlook: Outlook) -> str:
    """For how many cars a country's own rule has a station."""
    if outlook.demand is None:
        return sentence(SO_MANY)
    rule = outlook.demand.parameters["cars_per_station"]
    return interval(rule.low, rule.high)


def _targets(outlook: Outlook) -> str:
    """The targets that the path is drawn to, those of the state first; they are not known where the
    outlook was read from files.
    """
    demand = outlook.demand
    if demand is None:
        return ""
    start = moment(outlook.as_of)
    per_station = demand.parameters["points_per_station"].mode
    if demand.standing is not None:
        start = max(start, demand.standing.when)
    targets = active_targets(demand.targets, start, per_station, demand.standing)
    states_first = sorted(targets, key=lambda target: (bool(target.by), target.date))
    return "; ".join(_promise(target, per_station) for target in states_first)


def _promise(target: Target, per_station: float) -> str:
    """A target in the words in which it was promised, and in points."""
    points = float(np.median(target.points(np.array([[per_station]]))))
    return sentence(
        PROMISE,
        count=readable(float(np.median(target.count))),
        unit=unit_term(target.unit),
        day=day_words(target.date),
        points=target.unit == "stations" and readable(points),
        agency=Term(target.by, "agency") if target.by else "",
    )
