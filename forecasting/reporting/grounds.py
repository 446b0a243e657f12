"""What a report's numbers rest on: facts and assumptions in words, what disagrees, in tables how
much the facts say and how much the prior, and the list of the facts.

Every fact that a report mentions is a link to its row in that list: what was printed, by whom,
when, and what it moved. A mention carries the fact's id in its address only; `display.number_facts`
gives it the number of its row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evidence.bases import agency_words, basis_name, shipped_bases
from forecasting.evidence.fact import Fact, in_order, label_of, period_words, place_term
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.reconcile import SERIES
from forecasting.growth.flow import FlowForecast
from forecasting.reporting.caveat_words import fact_words, lines_of
from forecasting.reporting.labels import (
    DIGITS_OF_TENTH,
    amount,
    amounts,
    day_words,
    kind_words,
    parameter_words,
    period_in_table,
    published_words,
    source_words,
    spoken_median,
)
from forecasting.reporting.result_tables import label_in
from forecasting.scenarios.facts_on_day import series_due
from forecasting.scenarios.find_out import worth_finding_out
from forecasting.scenarios.joint_draws import region_places, region_total
from forecasting.scenarios.outlook import Outlook
from forecasting.vocabulary.measures import (
    CAR_COUNTS,
    CHARGING_ANSWERS,
    CHARGING_COUNTS,
    DRIVES,
    GRID_MEASURES,
    measure_of,
)
from forecasting.vocabulary.places import COUNTRIES, place_name
from forecasting.vocabulary.quantiles import RANGE_LEVELS, standing_digits
from forecasting.vocabulary.sentences import Term, capital, filled, plural, sentence, uncapital
from forecasting.writers.columns import Column, Row, TableForm
from forecasting.writers.display import (
    BulletList,
    Line,
    Link,
    Table,
    is_web_address,
    mention,
)
from forecasting.writers.messages import linked_sentence
from forecasting.writers.numbers import (
    MINUS,
    interval,
    percent,
    probability_words,
    readable,
    whole_percent,
)

NEED, *_ = CHARGING_ANSWERS


MAX_BRIEF_DOUBTS = 3  # doubts that stand in the brief
# Caveats that come after all other doubts
MINOR = ("history_starts", "few_draws_count", "weights_uneven", "hypothesis_left_out")
# What stands, what is promised, and what the grid carries: its facts are listed, too
LISTED_MEASURES = (*CAR_COUNTS, *CHARGING_COUNTS, *GRID_MEASURES)
MIN_EFFECT = 0.5  # percent by which a fact must move a forecast to be mentioned
MIN_DOUBT = 0.2  # probability of being wrong from which a fact is mentioned
MAX_PERCENT = 1000  # beyond that a fact gives the forecast its scale
MAX_CAUSES = 3  # facts and assumptions named of each number
# Of the variance, from which an assumption is named: below that chance alone may have sorted it
MIN_SHARE = 0.02
MIN_DEPARTURE = 0.25  # of growth a year, from where on it is said
ARRIVALS = "vehicles imported, less those that leave again, plus those built in the country"
REGISTRATIONS = "vehicles registered"  # where they are what is forecast
STEP_ORIGINS = {
    "ev_registrations": "{coming}",
    "ev_stock": "{coming}, which leave the road as they grow old",
    "energy_gwh": "the vehicles on the road, how far they drive and what they take",
    "peak_mw": "the energy, and the hours at which vehicles charge",
    "charging_points_need": "the energy that is charged in public, and how busy a point can be",
    "charging_points_practice": "the vehicles on the road, the points that stand, and what other "
    "markets built",
    "charging_points_standard": "the vehicles on the road, and the rule",
    "investment_usd": "the points needed by place of charging, and what each costs with its "
    "connection",
    "power_share_percent": "the electricity for vehicles, and that of the country",
    "peak_share_percent": "the charging load, and the highest expected in the country that year",
    "oil_avoided_t": "the vehicles on the road, how far they drive, and what a like vehicle burns",
    "co2_avoided_t": "the fuel avoided, and how the country's electricity is made",
}
DOUBT = (
    "{fact} does not fit the others, which point to {range}. It is wrong with a probability of "
    "{probability}; {effect}."
)
NO_DOUBT = "The checks of this outlook found nothing to doubt."
NO_FURTHER_DOUBT = "There is no further doubt, and the params file has no note."
SAME_WITHOUT_IT = "the forecast of {period} would be the same without it"
LOWER_WITHOUT_IT = "without it the forecast of {period} would be {number}, {change:.0f} % lower"
HIGHER_WITHOUT_IT = "without it the forecast of {period} would be {number}, {change:.0f} % higher"
MAIN_ASSUMPTION = (
    "The need in {year} depends most on {assumption}: {low} points at one of its ends, {high} at "
    "the other."
)
FACTS_SETTLE = (
    "The published facts [remove {removed} % of][add {added} % to] the uncertainty about {year}; "
    "the rest follows other markets."
)
WITHOUT_EVENTS = (
    "Without the events that it assumes, one would expect {free} {subject} in {year}, not "
    "{scenario}."
)
NO_FACT_GROUNDS = (
    "{label}: no fact counts it; it rests on other markets[has_size? and on the size of the "
    "market] alone."
)
FLOW_GROUNDS = (
    "{label}, {place}: {facts}, {count} counted by {agency}."
    "[ They remove {removed} % of the uncertainty about {period}; for the rest the forecast "
    "follows other markets.]"
    "[ They add {added} % to the uncertainty about {period}; for the rest the forecast follows "
    "other markets.]"
    " Other random numbers would move its median by {error:.1f} % in {period}, by "
    "{final_error:.1f} % in {final_period}."
    "[ What moves it most: {causes}.][ Then {events} ahead.]"
)
CHAIN_GROUNDS = "{label}: it follows from {origin}.[ It is moved most by {inputs}.]"
DEPARTURE = (
    "It departs from the market's own past, {growth} in {year}: at one share, last year's growth "
    "says little of next year's (among these market-years their rank correlation is "
    "{correlation}, where 1 would be full agreement)."
)
STATEMENT = "{label}: {fact}[ ({kind})]"
PRINTER = "{source}, published {printed}"
REFERENCE = "this number"
NO_FACT = "None."
EFFECT = "[It moves {periods}.][scale?It gives the forecast its scale.]"
EFFECT_OF_PERIOD = "{period} by {change}"
FACT_LINE = (
    "{statement}. [“{quote}” ]{printer}.[is_later? Printed after the day of this forecast.]"
    "[ It refers to {reference}.][ {effect}]"
)
MAX_ROWS = 10  # shown of what to find out, and of what is due
FROM_FILES = "What an outlook from files does not know is in none of its files: run it anew."
NOTHING_NARROWS = "No number that could be printed within a year would narrow this answer."
# What each number is called that nobody has printed, unless it is the flow of a period
NUMBER_NAMES = {
    "market": "All new vehicles[, {place}] in {period}",
    "ev_stock": "Electric cars on the register at the end of {period}",
    "charging_points_practice": "A count of public charging points at the end of {period}",
    "home_access": "A survey of charging at home",
    "street_fast_share": "A survey of where drivers without a socket at home charge",
    "work_access": "A survey of charging at work",
    "annual_km": "A survey of the distance driven in a year",
    "consumption": "Measured consumption of the cars on the road",
    "utilisation_scale": "The use of public points, from an operator",
    "reexport_share": "Vehicles exported again, from customs",
    "survival_scale": "The age at which vehicles are scrapped, from the register",
}


def doubts(outlook: Outlook) -> Iterator[Line]:
    """The facts that the others contradict: what was printed, what the others say, and what it
    does.

    Parameters
    ----------
    outlook : Outlook
        Made from facts; one that was read from files tells of none.
    """
    for flow in outlook.baseline_forecasts.values():
        fit = flow.fit_table()
        doubted = fit[fit["doubted"] > MIN_DOUBT].sort_values("doubted", ascending=False)
        for row in doubted.to_dict("records"):
            yield linked_sentence(
                DOUBT,
                fact=mention(row["fact"], capital(fact_name(outlook.ledger.get(row["fact"])))),
                range=interval(row["low"], row["high"]),
                probability=probability_words(row["doubted"]),
                effect=_effect(flow, row["fact"]),
            )


def caveats(outlook: Outlook) -> BulletList:
    """The doubts that matter most: facts that the others contradict, what the checks found, and
    what moves the answer most.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.

    Returns
    -------
    BulletList
        Three lines at most; `other_doubts` has the others.

    Examples
    --------
    >>> len(fc.tables.caveats(outlook).lines)
    3
    """
    lines = _all_doubts(outlook)[:MAX_BRIEF_DOUBTS]
    return BulletList(lines or [sentence(NO_DOUBT)])


def other_doubts(outlook: Outlook) -> BulletList:
    """The doubts that `caveats` leaves out, and the notes of the scenario's params file.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.

    Returns
    -------
    BulletList
        A line for each; their order is that of their weight.

    Examples
    --------
    >>> type(fc.tables.other_doubts(outlook)).__name__
    'BulletList'
    """
    notes = (str(Term(note, "note")) for note in outlook.scenario.notes)
    lines = [*_all_doubts(outlook)[MAX_BRIEF_DOUBTS:], *notes]
    return BulletList(lines or [sentence(NO_FURTHER_DOUBT)])


def _all_doubts(outlook: Outlook) -> list[Line]:
    doubtful = list(doubts(outlook))
    checks = [caveat for caveat in outlook.caveats if not (doubtful and caveat.kind == "disagrees")]
    major = lines_of(caveat for caveat in checks if caveat.kind not in MINOR)
    minor = lines_of(caveat for caveat in checks if caveat.kind in MINOR)
    return [*doubtful, *major, *_main_uncertainties(outlook), *minor]


def _main_uncertainties(outlook: Outlook) -> Iterator[str]:
    """What moves the answer most: an assumption about charging, how little the facts say of the
    last year, and the events.
    """
    measure = outlook.measure
    final_year = outlook.years[-1]
    if outlook.demand is not None:
        for row in outlook.demand.swings_of(NEED).head(1).to_dict("records"):
            low, high = (
                amount(end, NEED, DIGITS_OF_TENTH) for end in sorted((row["low"], row["high"]))
            )
            assumption = parameter_words(row["input"])
            yield sentence(
                MAIN_ASSUMPTION, year=final_year, assumption=assumption, low=low, high=high
            )
    flow = outlook.baseline_forecast
    if flow is None or len(outlook.forecasts) > 1:
        return
    if flow.market is not None and not flow.fit_table().empty:
        yield sentence(FACTS_SETTLE, year=final_year, **_settled(flow, -1))
    free_median, scenario_median = (
        spoken_median(bands.iloc[-1], measure)
        for bands in (flow.quantiles(RANGE_LEVELS), outlook.results.bands(measure))
    )
    if free_median != scenario_median:
        yield sentence(
            WITHOUT_EVENTS,
            free=free_median,
            subject=uncapital(label_in(outlook, measure)),
            year=final_year,
            scenario=scenario_median,
        )


def _effect(flow: FlowForecast, fact: str) -> str:
    """What a fact does to the first year's forecast."""
    period = flow.periods[0].label
    rows = flow.influence().set_index(["fact", "period"]).to_dict("index")
    row = rows[fact, period]
    change = row["change_percent"]
    pattern = HIGHER_WITHOUT_IT
    if change > 0:
        pattern = LOWER_WITHOUT_IT
    if abs(change) < MIN_EFFECT:
        pattern = SAME_WITHOUT_IT
    return sentence(pattern, period=period, number=readable(row["without"]), change=abs(change))


def fact_name(fact: Fact) -> str:
    """A fact as people name it: what was printed, of which period, by whom.

    >>> from forecasting.evidence.datasets import central_asia
    >>> fact_name(next(iter(central_asia().select("UZ", "ev_imports", basis="uz-statistics"))))
    '2,180 vehicles in 2022, Statistics Agency, battery cars'
    """
    basis = basis_name(fact.basis, fact.measure)
    return filled("{statement}[, {basis}]", statement=fact_words(fact), basis=basis)


def grounds(outlook: Outlook) -> BulletList:
    """What each number of the first screen rests on; the numbers are links to these paragraphs.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results.

    Returns
    -------
    BulletList
        What each number of the headline rests on.

    Examples
    --------
    >>> len(fc.tables.grounds(outlook).lines) > 0
    True
    """
    rows: list[tuple[str, Line]] = [
        (outlook.measure, _flow_grounds(outlook, flow))
        for flow in outlook.baseline_forecasts.values()
    ]
    rows += _chain_grounds(outlook)
    anchors = [f"grounds-{measure}" for measure, _ in rows]
    return BulletList([line for _, line in rows], "fc-grounds", anchors)


def _settled(flow: FlowForecast, period: int) -> dict[str, str]:
    """How many percent of the uncertainty about a period the facts remove, or add where they
    contradict.
    """
    percents = 100 * float(flow.contraction().iloc[period])
    if percents >= 0:
        return {"removed": f"{percents:.0f}"}
    return {"added": f"{-percents:.0f}"}


def _flow_grounds(outlook: Outlook, flow: FlowForecast) -> Line:
    """Of the flow: how many facts, whose definition, how much they say, which moves most, which
    events are assumed.
    """
    label = label_in(outlook, outlook.measure)
    fit = flow.fit_table()
    if fit.empty:
        return sentence(NO_FACT_GROUNDS, label=label, has_size=flow.market is not None)
    period = flow.periods[0].label
    events = sum(
        driver.on_flow and driver.acts_after(outlook.as_of) for driver in outlook.scenario.drivers
    )
    error = 100 * flow.random_error()
    return linked_sentence(
        FLOW_GROUNDS,
        label=label,
        place=place_term(flow.place),
        facts=plural(len(fit), "{} fact", "{:,} facts"),
        count=int((fit["basis"] == flow.basis).sum()),
        agency=agency_words(flow.basis),
        period=period,
        error=error.iloc[0],
        final_period=flow.periods[-1].label,
        final_error=error.iloc[-1],
        causes=_causes(outlook, moves(flow)[period]),
        events=events and plural(events, "{} assumed event", "{:,} assumed events"),
        **({} if flow.market is None else _settled(flow, 0)),
    )


def _causes(outlook: Outlook, effects: pd.Series[float]) -> list[str | Link]:
    """The facts that move the flow most, each with what it moves."""
    effects = effects[effects.abs().between(MIN_EFFECT, MAX_PERCENT)].sort_values(
        key=lambda by: -by.abs(), kind="stable"
    )
    causes: list[str | Link] = []
    for fact, by in effects.head(MAX_CAUSES).items():
        name = mention(str(fact), fact_name(outlook.ledger.get(str(fact))))
        causes += linked_sentence(
            "[more?; ]{fact} ({by})", more=causes, fact=name, by=percent(round(by))
        )
    return causes


def _chain_grounds(outlook: Outlook) -> Iterator[tuple[str, str]]:
    """Of each step after the flow: what it is made of, and the assumptions that move it most, each
    with the medians where it alone is in its lowest or its highest tenth.
    """
    if outlook.demand is None:
        return
    for measure, parts in STEP_ORIGINS.items():
        if measure == outlook.measure or measure not in outlook.results.values:
            continue
        rows = outlook.demand.swings_of(measure, MIN_SHARE).head(MAX_CAUSES)
        ends = [sorted(pair) for pair in rows[["low", "high"]].to_numpy().tolist()]
        inputs_words = "; ".join(
            f"{parameter_words(name)} ({amounts(low, high, measure, DIGITS_OF_TENTH)})"
            for name, (low, high) in zip(rows["input"], ends, strict=True)
        )
        coming = REGISTRATIONS if outlook.measure == "ev_registrations" else ARRIVALS
        origin = sentence(parts, coming=sentence(coming))
        label = label_in(outlook, measure)
        yield measure, sentence(CHAIN_GROUNDS, label=label, origin=origin, inputs=inputs_words)


def _label_of_count(fact: Fact) -> str:
    return label_of(fact.measure, DRIVES.get(fact.product, ""))


def _counted(fact: Fact) -> str:
    """What an agency counts."""
    basis = shipped_bases().get(fact.basis)
    if basis is None:
        return fact.product
    counts = str(Term(basis.counts, f"counts {basis.code}"))
    # What is said of electric cars stands in parentheses
    return counts if measure_of(fact.measure).of_electric_cars else counts.partition(" (")[0]


def _counted_by(fact: Fact) -> str:
    return basis_name(fact.basis, fact.measure) or source_words(fact.source)


COUNTS = TableForm(
    [
        Column("who", lambda row: _counted_by(row["fact"])),
        Column("is forecast", lambda row: row["chosen"].get(row["fact"].basis)),
        Column("what", lambda row: _label_of_count(row["fact"])),
        Column("counts"),
        Column("of", lambda row: period_in_table(row["fact"].period)),
        Column("number", lambda row: amount(row["fact"].value, row["fact"].measure)),
        Column("% of expected", form=readable),
        Column("fact", "{fact.id}", look="id"),
    ],
    caption="Counts differ by what they hold (battery cars, plug-in hybrids, buses), by when (at "
    "the border, on the register, at a sale) and by whose (new or used, of firms or of persons)",
    nothing="Nobody has printed a count of electric cars.",
)


def counts_table(outlook: Outlook) -> Table:
    """Who counts electric cars: what each counts, its newest number, and how that compares with
    what is forecast.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        The newest number of each agency, that of the forecast first, of the longest of the last
        periods, in the unit of its measure; beside it that of the whole year, or of its end, that
        most agencies counted; and in per cent of what the other facts lead one to expect of the
        same days.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("uzbekistan-baseline", draws=50)
    >>> list(fc.tables.counts_table(outlook).frame)
    ['who', 'is forecast', 'what', 'counts', 'of', 'number', '2024', '% of expected', 'fact']
    """
    expected = outlook.fit_table().set_index("fact")["expected"].to_dict()
    if outlook.demand is not None:
        expected |= outlook.demand.balance.set_index("fact")["modelled"].to_dict()
    counts = _car_counts(outlook)
    newest = {SERIES(fact): fact for fact in counts}
    common, of_year = _side_by_side(counts)
    chosen = {flow.basis: "yes" for flow in outlook.forecasts.values()}
    order = sorted(
        newest.items(), key=lambda item: (item[1].basis not in chosen, item[0] not in of_year)
    )
    rows = [
        {
            "fact": fact,
            "counts": _counted(fact),
            "of year": of_year.get(series),
            "% of expected": 100 * fact.value / expected.get(fact.id, np.nan),
        }
        for series, fact in order
    ]
    whole_year = Column(common, "of year")
    return COUNTS.with_columns([whole_year], "% of expected").table(rows, chosen=chosen)


def _car_counts(outlook: Outlook) -> list[Fact]:
    """Printed counts of electric cars, the newest last; of about the same days, the longest."""
    facts = outlook.facts.select(outlook.scenario.place, kind=("outcome", "estimate", "context"))
    counts = [
        fact
        for fact in facts
        if fact.measure in CAR_COUNTS and fact.is_amount and fact.period.end <= outlook.as_of
    ]
    return sorted(counts, key=lambda fact: fact.period.end.toordinal() + min(fact.period.days, 365))


def _side_by_side(counts: Iterable[Fact]) -> tuple[str, dict[Any, str]]:
    """The year of which most agencies printed the whole, or the end, and their numbers of it."""
    by_year: dict[str, dict[Any, str]] = {}
    for fact in counts:
        label = fact.period.label.removesuffix("-12-31")
        if label.isdigit():
            by_year.setdefault(label, {})[SERIES(fact)] = amount(fact.value, fact.measure)
    # Of years that as many printed, the last
    common = max(by_year, key=lambda label: (len(by_year[label]), label), default="whole year")
    return common, by_year.get(common, {})


def analogues_lines(outlook: Outlook) -> BulletList:
    """Where the forecast departs from the market's own past, as markets at its share did.

    Parameters
    ----------
    outlook : Outlook
        As it was made from facts.

    Returns
    -------
    BulletList
        A sentence; none where it departs from nothing.

    Examples
    --------
    >>> import forecasting as fc
    >>> fc.tables.analogues_lines(fc.outlook("uzbekistan-baseline", draws=50)).lines[0][:40]
    "It departs from the market's own past, +"
    """
    forecast = outlook.forecast
    if forecast is None or forecast.market is None:
        return BulletList([])
    table = forecast.analogues()
    markets, market = table.iloc[:-1], table.iloc[-1]
    # A past that is unknown, or grew from nothing, is none to depart from
    departs = MIN_DEPARTURE < abs(market["growth"] - market["before"]) < np.inf
    if markets.empty or not departs:
        return BulletList([])
    # Of ranks, as pandas would load a library for it
    ranks = markets[["growth", "before"]].dropna().rank()
    alike = readable(round(ranks["growth"].corr(ranks["before"]), 2)).replace("-", MINUS)
    past_growth = percent(100 * market["before"])
    words = sentence(DEPARTURE, growth=past_growth, year=market["year"], correlation=alike)
    return BulletList([words])


def _number(row: Row) -> str:
    """What a row of `worth_finding_out` is called; of several places, with its place."""
    return sentence(
        NUMBER_NAMES.get(row["name"], "{label}[, {place}] in {period}"),
        label=row["flow"],
        place=row["with_place"] and place_term(row["place"]),
        period=row["period"] and period_words(row["period"]),
    )


FIND_OUT = TableForm(
    [Column("number", _number)],
    caption="How much of the uncertainty about {year} each number would settle.[ Now the 80 % "
    "range of {what} goes from {low} to {high}, a factor of {factor}; the last column is what "
    "would be left of it.]",
    nothing=NOTHING_NARROWS,
)
FACTOR_LEFT = Column("leaves a factor of", "factor_left", partial(readable, digits=2))


def find_out_table(outlook: Outlook) -> Table:
    """Numbers that nobody has printed, by how much of what is open about the last year each would
    take away.

    Parameters
    ----------
    outlook : Outlook
        Made here; of one that was read from files nothing can be said.

    Returns
    -------
    Table
        A row for each thing to find out; a line where there is none.

    Examples
    --------
    >>> type(fc.tables.find_out_table(outlook)).__name__
    'Table'
    """
    if not outlook.forecasts:
        return replace(FIND_OUT, nothing=FROM_FILES).table(())
    worth = worth_finding_out(outlook).head(MAX_ROWS)
    if worth.empty:
        return FIND_OUT.table(())
    measures = worth.columns[4:].tolist()
    target = measures[0]
    columns = [Column(label_in(outlook, name), name, whole_percent) for name in measures]
    words: dict[str, object] = {"year": outlook.years[-1]}
    low, high = np.quantile(outlook.results.values[target][:, -1], (0.1, 0.9)).tolist()
    if low > 0:
        columns.append(FACTOR_LEFT)
        # On a log scale, what is left of the variance is one less the share
        worth["factor_left"] = (high / low) ** np.sqrt(1 - worth[target])
        digits = standing_digits(low, high)
        words |= {
            "what": uncapital(label_of(target)),
            "low": amount(low, target, digits),
            "high": amount(high, target, digits),
            "factor": readable(high / low, 2),
        }
    return FIND_OUT.with_columns(columns).table(
        worth.to_dict("records"),
        flow=label_in(outlook, outlook.measure),
        with_place=len(outlook.forecasts) > 1,
        **words,
    )


def _next_words(row: Row) -> str:
    """When a series may be expected; a day before that of the outlook has gone by without it."""
    day = row["next_print"]
    return sentence("[overdue?overdue since ]{day}", overdue=day < row["as_of"], day=day)


PRINTS_OF_FACT = "{times}, {every}"
DUE = TableForm(
    [
        Column("what", "measure", label_of),
        Column("counted by", lambda row: basis_name(row["basis"], row["measure"])),
        Column(
            "printed",
            lambda row: sentence(
                PRINTS_OF_FACT,
                times=plural(row["prints"], "{} time", "{:,} times"),
                every=_interval_words(row["every_days"]),
            ),
        ),
        Column("counted until", "newest_end"),
        Column("last print", "last_print"),
        Column("next expected", _next_words),
    ],
    caption="Of what was printed by {day}",
    nothing="No agency has printed a count of this place three times: nothing can be said to be "
    "due.",
    kind="fc-due",
)


def due_table(outlook: Outlook) -> Table:
    """Which printed series is due: how often it was printed, when last, and when the next print may
    be expected.

    Parameters
    ----------
    outlook : Outlook
        Series are ordered as they were due on its day. Whether one is due today, the page says
        that shows the table.

    Returns
    -------
    Table
        A row for each series; a line where none is due.

    Examples
    --------
    >>> type(fc.tables.due_table(outlook)).__name__
    'Table'
    """
    series = series_due(outlook.facts, outlook.as_of).head(MAX_ROWS).to_dict("records")
    return DUE.table(series, day=day_words(outlook.as_of), as_of=outlook.as_of)


def _interval_words(days: int) -> str:
    """An interval in the unit that one would say it in.

    >>> [_interval_words(days) for days in (32, 60, 100, 800)]
    ['every month', 'every 2 months', 'every 3 months', 'every 2 years']
    """
    if days <= 20:
        return plural(days, "every day", "every {:,} days")
    if days < 550:
        return plural(max(round(days / 30.44), 1), "every month", "every {:,} months")
    return plural(round(days / 365.25), "every year", "every {:,} years")


def caveats_of(outlooks: Iterable[Outlook]) -> BulletList:
    """What must be known of several outlooks before their numbers.

    Parameters
    ----------
    outlooks : sequence of Outlook
        Of several places.

    Returns
    -------
    BulletList
        A line for each, the place named.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlooks = fc.outlooks("turkmenistan-b*", draws=50).values()
    >>> type(fc.tables.caveats_of(outlooks)).__name__
    'BulletList'
    """
    lines = [
        (outlook.scenario.title.partition(",")[0], words)
        for outlook in outlooks
        for words in lines_of([outlook.age, *outlook.caveats])
    ]
    return BulletList([words if place in words else f"{place}: {words}" for place, words in lines])


def region_members(outlooks: Collection[Outlook]) -> BulletList:
    """Which countries are in the sum of the region's baselines, and why another one is not.

    Parameters
    ----------
    outlooks : collection of Outlook
        The baselines, as `forecasting.region_total` takes them.

    Returns
    -------
    BulletList
        A line for the sum, and one for each country that is not in it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlooks = fc.outlooks("turkmenistan-b*", draws=50).values()
    >>> fc.tables.region_members(outlooks)
    - In the sum: Turkmenistan.
    """
    members = region_places(region_total(outlooks))
    lines = [f"In the sum: {', '.join(map(place_name, members))}."]
    excluded = {outlook.scenario.country or "" for outlook in outlooks} - {"", *members}
    for code in sorted(excluded):
        reason = "which is none of the five countries"
        if code in COUNTRIES:
            reason = "which has no measure in common with them, only shares of new cars"
        lines.append(f"Not in it: {place_name(code)}, {reason}.")
    return BulletList(lines)


def _row(fact: Fact, day: dt.date, effect: str) -> Line:
    """A fact in words, who printed it, where and when, what it refers to and what it moved."""
    printed = published_words(fact.published)
    printer: str | Link = sentence(PRINTER, source=source_words(fact.source), printed=printed)
    if is_web_address(fact.url):
        printer = Link(str(printer), fact.url)
    says_kind = fact.kind in ("outcome", fact.measure) or fact.measure == "policy"
    statement = sentence(
        STATEMENT,
        label=label_of(fact.measure),
        fact=fact_name(fact),
        kind=not says_kind and kind_words(fact),
    )
    refers = fact.reference and "@" not in fact.reference
    return linked_sentence(
        FACT_LINE,
        statement=Link(statement),
        quote=fact.quote,
        printer=printer,
        is_later=fact.known_from and fact.known_from > day,
        reference=refers and mention(fact.reference, sentence(REFERENCE)),
        effect=effect,
    )


def fact_list(outlook: Outlook, table_facts: Ledger | None = None) -> BulletList:
    """Every fact that an outlook used, or that counts what is forecast: the rows that mentions lead
    to.

    Parameters
    ----------
    outlook : Outlook
        A scenario's results. Its facts are of any place and partner: events may rest on a city's,
        or on one of a later day.
    table_facts : Ledger, optional
        Facts that tables of the same page show.

    Returns
    -------
    BulletList
        Every fact in words, with its address.

    Examples
    --------
    >>> fc.tables.fact_list(outlook).anchors[0][:8]
    'fact-tm-'
    """
    effects = {
        str(fact): _effect_words(row)
        for flow in outlook.baseline_forecasts.values()
        for fact, row in moves(flow).iterrows()
    }
    names = _facts_of_report(outlook) | {fact.id for fact in table_facts or ()}
    listed = [fact for fact in in_order(outlook.ledger) if fact.id in names]
    listed.sort(key=lambda fact: fact.measure)
    rows = [_row(fact, outlook.as_of, effects.get(fact.id, "")) for fact in listed]
    return BulletList(
        rows or [sentence(NO_FACT)], "fc-facts", [f"fact-{fact.id}" for fact in listed], "ol"
    )


def _facts_of_report(outlook: Outlook) -> set[str]:
    """The facts that were used, or that an event cites, what counts the places, and what any of
    these refers to.
    """
    scenario = outlook.scenario
    names = set(outlook.facts_used)
    names.update(*(driver.fact_ids() for driver in scenario.drivers))
    places = {*scenario.places, scenario.place}
    measures = {scenario.measure, *LISTED_MEASURES}
    facts = outlook.ledger.select(as_of=outlook.as_of)
    names |= {fact.id for fact in facts if fact.measure in measures and fact.place in places}
    return names | {fact.reference for fact in outlook.ledger if fact.id in names}


def _effect_words(row: pd.Series) -> str:
    """What a fact moved, in words, or that nothing could be said without it; nothing where it
    moved nothing.
    """
    words = [
        sentence(EFFECT_OF_PERIOD, period=period, change=percent(round(by)))
        for period, by in row.items()
        if MIN_EFFECT <= abs(by) <= MAX_PERCENT
    ]
    gives_scale = not words and row.abs().max() > MAX_PERCENT
    return sentence(EFFECT, periods=", ".join(words), scale=gives_scale)


def moves(flow: FlowForecast) -> pd.DataFrame:
    """By how many percent each fact moves the forecast of the first two periods.

    Parameters
    ----------
    flow : FlowForecast
        Before drivers.

    Returns
    -------
    pandas.DataFrame
        A row a fact, a column a period; no row where nothing counts the flow.
    """
    wide = flow.influence().pivot(index="fact", columns="period", values="change_percent")
    return wide.reindex(columns=[period.label for period in flow.periods[:2]])
