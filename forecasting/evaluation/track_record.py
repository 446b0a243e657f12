"""The track record of a ledger: forecasts of every flow from the facts known on a day, by default
each year's end, and outcomes published later.

That of the facts that ship is stored with the package, so that every page has it:
``benches/make_data.py`` makes ``forecasting/data/track_record.csv`` again, in some ten seconds,
after a change of the ledger or of the engine.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from forecasting.evaluation.peers import BY_HAND, NORMAL, SPREADS, by_hand, stock_by_hand
from forecasting.evaluation.quota_days import quota_forecast, shipped_quotas
from forecasting.evaluation.records import (
    RECORD_COLUMNS,
    THIS_PACKAGE,
    Case,
    results,
    with_rule_scores,
)
from forecasting.evaluation.scores import MIN_QUANTILE, NO_QUANTILES, SCORE_LEVELS, expected_inside
from forecasting.evidence.bases import same_perimeter
from forecasting.evidence.datasets import central_asia, path
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.policies import Policy
from forecasting.evidence.rules import OBSERVATION_KINDS
from forecasting.growth.flow import FlowForecast, forecast_flow
from forecasting.growth.prior import Prior
from forecasting.growth.quotas import days_used_up
from forecasting.growth.starting import MarketSize
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.scenarios.facts_on_day import FlowInputs, facts_of_flow, inputs_on_day
from forecasting.scenarios.outlook import outlook
from forecasting.scenarios.question import find_scenario
from forecasting.vocabulary.errors import EvidenceError, ForecastingError, InputError
from forecasting.vocabulary.measures import EV_FLOWS, MEASURES, STOCKS_ON_RECORD
from forecasting.vocabulary.periods import DAY, Period, as_date, span, year
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.quantiles import Array

Row = dict[str, Any]
# The last count and a later day -> draws of the stock on that day
Forecast = Callable[[Fact, dt.date], Array]
QUOTA_DAYS = "quota_days"
SHORTEST_PART = 59  # days: January and February; a shorter part of a year is no outcome of it
VALUE_COLUMNS = ["low", "median", "high", "outcome"]
RULE_COLUMNS = {BY_HAND: "rule_score"}
LEDGER_RECORD_COLUMNS = [*RECORD_COLUMNS, "facts", "basis", "outcome_basis", "fact"]
COUNTRY = re.compile("[A-Z]{2}")
INDICES = {name for name, row in MEASURES.items() if row.unit == "index"}
RECORDED = (
    {name for name, row in MEASURES.items() if row.of_electric_cars and row.event}
    | {"vehicle_exports", *STOCKS_ON_RECORD}
    | INDICES
)


def ledger_record(
    ledger: Ledger,
    as_of: Sequence[str | dt.date] = (),
    place: str | None = None,
    measure: str | None = None,
) -> pd.DataFrame:
    """Forecasts of every flow of a ledger, each from the facts known on the day, with later
    outcomes.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    as_of : sequence of date
        Days on which to forecast that year and the next; by default the end of each year.
    place, measure : str, optional
        Only these. Without a measure: flows of electric vehicles, and of vehicles at ports and
        corridors, registers of electric vehicles, charging stations, and the growth of indices in
        percent. Values in money are forecast in no report.

    Returns
    -------
    DataFrame
        `LEDGER_RECORD_COLUMNS`; one row per forecast that has an outcome. Facts, market size and
        prior are those of a report made on the day. ``score`` is the weighted interval score of the
        log, ``rule_score`` that of annualising with growth halved. ``attrs["open"]`` counts
        forecasts without an outcome so far.

    Raises
    ------
    EvidenceError
        Where no forecast has an outcome.
    LedgerError
        Where place or measure is unknown.
    PeriodError
        Where a day is not a date.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> record = ledger_record(central_asia(), ["2022-12-31"], place="TJ", measure="ev_imports")
    >>> record[["measure", "period", "outcome"]].values.tolist()
    [['ev_imports', '2022', 767.0], ['ev_imports', '2023', 1500.0]]
    """
    days = [as_date(day) for day in as_of]
    year_ends = _year_ends(ledger)
    facts = ledger.select(place, measure, kind=OBSERVATION_KINDS)
    recorded = {measure} if measure else RECORDED
    # Flows, then indices, then stocks
    series = sorted(
        {(fact.place, fact.measure) for fact in facts if fact.measure in recorded},
        key=lambda pair: (pair[1] in STOCKS_ON_RECORD, pair[1] in INDICES, pair),
    )
    cases = [
        replace(case, row=case.row | {"place": where, "measure": name})
        for where, name in tqdm(series, leave=False, disable=None)
        for day in days or year_ends
        for case in _series_cases(ledger, where, name, day)
    ]
    if measure in (None, QUOTA_DAYS):
        quotas = shipped_quotas(place)
        cases += [case for quota in quotas for case in quota_cases(ledger, quota, days)]
    refusal = EvidenceError(
        "no forecast has an outcome: no flow that was asked for had both a fact by one of the"
        " days and a total of that year or the next published after it; give other days, or"
        " another place or measure"
    )
    record = with_rule_scores(results(cases, refusal), RULE_COLUMNS)
    is_growth = record["measure"].isin(INDICES)
    factors = record.loc[is_growth, VALUE_COLUMNS]
    record.loc[is_growth, VALUE_COLUMNS] = 100 * (factors - 1)
    return record[LEDGER_RECORD_COLUMNS]


def _year_ends(ledger: Ledger) -> list[dt.date]:
    final_year = ledger.latest.year
    first_day = min(fact.known_from for fact in ledger if fact.known_from)
    return [dt.date(y, 12, 31) for y in range(first_day.year, final_year)]


def _series_cases(ledger: Ledger, place: str, measure: str, day: dt.date) -> Iterator[Case]:
    """Cases of one day's forecasts of one series. An index has outcomes of growth only; a port, a
    province or other vehicles have no market size.
    """
    stock = measure in STOCKS_ON_RECORD
    flow = MEASURES["ev_registrations" if stock else measure]
    country = COUNTRY.fullmatch(place) is not None
    cars = flow.of_electric_cars and flow.unit == "vehicles"
    facts = facts_of_flow(ledger, place, flow.name)
    inputs = inputs_on_day(ledger, place, flow.name, day, size_from_ledger=cars and country)
    if measure in INDICES:
        return growth_cases(inputs, facts)
    if not stock:
        return _whole_year_cases(inputs, facts)
    if not country:
        return iter(())
    if measure == "ev_stock":
        return register_cases(facts, day, inputs.market.sizes, inputs.prior)
    return charger_cases(ledger, place, day, inputs.prior)


def _whole_year_cases(inputs: FlowInputs, facts: Ledger) -> Iterator[Case]:
    """Cases of a flow of which a whole year has been counted; where no total was printed after the
    day, two without an outcome.
    """
    totals = list(filter(is_total, facts))
    has_year = any(fact.period == year(fact.period.end.year) for fact in totals)
    if has_year and len(inputs.facts):
        if any(is_later(fact, inputs.day) for fact in totals):
            yield from flow_cases(inputs, facts)
        else:
            yield from (Case({}),) * 2


def flow_cases(inputs: FlowInputs, flow: Ledger) -> Iterator[Case]:
    """Cases of one day's forecasts of one flow, of that year and of the next.

    Where the total of a year was printed only by agencies of another perimeter, its longest part
    within the forecast's perimeter is a case, too.

    Parameters
    ----------
    inputs : FlowInputs
        What the forecast may rest on.
    flow : Ledger
        All facts of the flow, also those published later: the outcomes.

    Yields
    ------
    Case
        Its row has the day ``as_of``, the number of ``facts``, the ``period``, the ``basis`` of the
        forecast, the ``fact`` that is its outcome and its ``outcome_basis``, and whether that is
        the forecast's own (``own_basis``); without an outcome only the first three.
    """
    years = [year(inputs.day.year + horizon) for horizon in (0, 1)]
    forecast = _forecast(inputs, years)
    basis = forecast.basis
    for of_year in years:
        outcomes = outcomes_of(flow, of_year, inputs.day, basis)
        if not outcomes:
            yield Case(_row(inputs.day, inputs.facts, of_year))
        for outcome in outcomes:
            row = _row(inputs.day, inputs.facts, outcome.period) | agencies_of(outcome, basis)
            quantiles = quantiles_of(forecast.totals(outcome.period))
            rule = by_hand(inputs.facts, basis, outcome.period)
            yield Case(row, outcome.value, {THIS_PACKAGE: quantiles, BY_HAND: rule})


def _forecast(inputs: FlowInputs, periods: list[Period]) -> FlowForecast:
    """The forecast of some periods that would have been made on the day."""
    sizes = inputs.market.sizes
    return forecast_flow(inputs.facts, periods, inputs.prior, sizes, policies=inputs.policies)


def growth_cases(inputs: FlowInputs, flow: Ledger) -> Iterator[Case]:
    """Cases of one day's forecasts of a flow of which only growth on the year before is printed.

    Parameters
    ----------
    inputs : FlowInputs
        What the forecast may rest on.
    flow : Ledger
        All facts of the flow, also those published later: the longest growth of this year, and of
        the next.

    Yields
    ------
    Case
        As :func:`flow_cases`; scores are of the log of the growth factor, and the rule of thumb
        halves the last printed growth.
    """
    growths_on_day = list(filter(_is_growth, inputs.facts))
    if not growths_on_day:
        return
    newest = max(growths_on_day, key=lambda fact: (fact.period.end, fact.period.days))
    rule = (1 + newest.value / 200) * np.exp(NORMAL * SPREADS[1])
    growths = [fact for fact in filter(_is_growth, flow) if fact.period.days >= SHORTEST_PART]
    for outcome in _last_of_years(growths, inputs.day, lambda fact: fact.period.days):
        period = outcome.period
        forecast = _forecast(inputs, [year(period.end.year)])
        factors = forecast.totals(period) / forecast.totals(period.year_before())
        row = _row(inputs.day, inputs.facts, period) | agencies_of(outcome, forecast.basis)
        forecasts = {THIS_PACKAGE: quantiles_of(factors), BY_HAND: rule}
        yield Case(row, 1 + outcome.value / 100, forecasts)


def _last_of_years(
    facts: Iterable[Fact], day: dt.date, order: Callable[[Fact], object]
) -> list[Fact]:
    """Of the facts published after a day the last one of the day's year and of the next year, in a
    given order, then by the day of publication.
    """
    newer = [fact for fact in facts if is_later(fact, day)]
    newer.sort(key=lambda fact: (order(fact), fact.known_from))
    fact_of_year = {fact.period.end.year: fact for fact in newer}
    return [fact_of_year[y] for y in (day.year, day.year + 1) if y in fact_of_year]


def _row(day: dt.date, facts: Sized, period: Period) -> Row:
    return {"as_of": day, "facts": len(facts), "period": period.label}


def _is_growth(fact: Fact) -> bool:
    exact = fact.quantity == "yoy_growth_percent" and fact.relation == "equals"
    return exact and fact.kind == "outcome"


def is_later(fact: Fact, day: dt.date) -> bool:
    """Whether a fact was published after a day."""
    return fact.known_from is not None and fact.known_from > day


def rank(fact: Fact, basis: str) -> tuple[bool, bool, dt.date]:
    """Sort key of facts of one period, the last of which is the outcome: the forecast's perimeter
    comes after others, its own basis after both, a later print after an earlier one.
    """
    known_from = fact.known_from or dt.date.min
    return same_perimeter(fact.basis, basis), fact.basis == basis, known_from


def outcomes_of(facts: Ledger, period: Period, day: dt.date, basis: str) -> list[Fact]:
    """Outcomes of a year that were published after a day: its total, and its longest part within
    the forecast's perimeter.

    Bases of one perimeter count as one. A part counts where the forecast's own agency, or one of
    the same perimeter, printed no total of the year. Of two prints the last counts.

    Parameters
    ----------
    facts : Ledger
        Of one flow.
    period : Period
        A year.
    day : date
        Facts known by then are no outcomes.
    basis : str
        The agency whose definition is forecast.

    Returns
    -------
    list of Fact
        None, one or two.
    """
    totals = list(filter(is_total, facts))
    newer = [fact for fact in totals if is_later(fact, day)]
    newer.sort(key=lambda fact: (fact.period.days, *rank(fact, basis)))
    year_total = [fact for fact in newer if fact.period == period][-1:]
    perimeter_totals = [fact for fact in totals if same_perimeter(fact.basis, basis)]
    if year_total and year_total[0] in perimeter_totals:
        return year_total
    return year_total + _longest_part(period, perimeter_totals, newer)


def _longest_part(period: Period, perimeter_totals: list[Fact], newer: list[Fact]) -> list[Fact]:
    """The longest part of a period that ends after all facts known on the day; empty where there is
    none.
    """
    newest = max(
        (fact.period.end for fact in perimeter_totals if fact not in newer), default=dt.date.min
    )
    parts = [fact for fact in newer if fact in perimeter_totals and fact.period.end > newest]
    long = [
        part for part in parts if part.period.days >= SHORTEST_PART and period.covers(part.period)
    ]
    return long[-1:]


def is_outcome(fact: Fact) -> bool:
    """Whether a fact is an exact count above 0."""
    exact = fact.is_exact and fact.is_amount and fact.kind == "outcome"
    return exact and fact.of_world and fact.value > 0


def is_total(fact: Fact) -> bool:
    """Whether a fact is an exact total of the whole flow."""
    return is_outcome(fact) and not fact.stock


def quantiles_of(draws: Array) -> Array:
    """Quantiles of draws at `SCORE_LEVELS`."""
    return np.asarray(np.exp(np.quantile(np.log(np.maximum(draws, MIN_QUANTILE)), SCORE_LEVELS)))


def stock_on(day: dt.date, days: Sequence[float] | Array, stocks: Array) -> Array:
    """Stocks on a day, interpolated between logs on other days; a row for each draw or quantile.

    >>> day = dt.date(2024, 1, 11)
    >>> stock_on(day, [day.toordinal() - 10, day.toordinal() + 10], np.array([[100.0, 400.0]]))
    array([200.])
    """
    logs = np.log(np.maximum(stocks, MIN_QUANTILE))
    return np.exp([np.interp(day.toordinal(), days, row) for row in logs])


def agencies_of(outcome: Fact, basis: str) -> Row:
    """The agency of an outcome, and that whose definition the forecast follows."""
    return {
        "basis": basis,
        "fact": outcome.id,
        "outcome_basis": outcome.basis,
        "own_basis": same_perimeter(outcome.basis, basis),
    }


def register_cases(facts: Ledger, day: dt.date, sizes: MarketSize, prior: Prior) -> Iterator[Case]:
    """Cases of one day's forecast of a register: its last count plus later registrations.

    Parameters
    ----------
    facts : Ledger
        Stocks of electric vehicles of one place, and registrations.
    day : date
        Of the forecast.
    sizes, prior
        As known on that day.

    Yields
    ------
    Case
        As :func:`flow_cases`: one for this year and one for the next, the last count of each.
    """
    counts = _counts(facts.select(as_of=day))
    if not counts:
        return
    # Days on which the register was seen to shrink: facts before the last belong to another market
    falls = [
        next_count.period.end
        for count, next_count in pairwise(counts)
        if next_count.value < count.value
    ]
    facts_on_day = facts.select(as_of=day, since=max(falls, default=None))

    def forecast(newest: Fact, target_day: dt.date) -> Array:
        years = [year(y) for y in range(newest.period.end.year, target_day.year + 1)]
        flow = forecast_flow(facts_on_day, years, prior, sizes, newest.basis)
        return newest.value + flow.totals(span(newest.period.end + DAY, target_day))

    yield from _stock_cases(facts, counts, day, forecast)


def charger_cases(ledger: Ledger, place: str, day: dt.date, prior: Prior) -> Iterator[Case]:
    """Cases of one day's forecast of charging stations by practice.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    place : str
        A country.
    day : date
        Of the forecast.
    prior : Prior
        As known on that day.
    """
    facts = ledger.select(place, "charging_stations", kind=OBSERVATION_KINDS)
    counts = _counts(facts.select(as_of=day))
    measure = next((m for m in EV_FLOWS if len(ledger.select(place, m, as_of=day))), "")
    if not (counts and measure):
        return
    parameters = {
        "country": place,
        "scenario": "then",
        "as_of": day,
        "horizon": day.year + 1,
        "seed": 0,
        "measure": measure,
        "shipped_facts": False,  # the ledger given is all that is known
    }

    def forecast(newest: Fact, target_day: dt.date) -> Array:
        scenario_outlook = outlook(scenario_from_parameters(parameters), ledger, prior, draws=1000)
        ends = np.array([dt.date(y, 12, 31).toordinal() for y in scenario_outlook.years])
        is_later_year = ends > newest.period.end.toordinal()
        days = np.r_[newest.period.end.toordinal(), ends[is_later_year]]
        stations = scenario_outlook.results.values["charging_stations"][:, is_later_year]
        start = np.full(len(stations), newest.value)
        return stock_on(target_day, days, np.column_stack([start, stations]))

    yield from _stock_cases(facts, counts, day, forecast)


def quota_cases(ledger: Ledger, quota: Policy, days: Sequence[dt.date] = ()) -> Iterator[Case]:
    """Cases of the number of days until a quota was used up, where that day has been printed.

    Parameters
    ----------
    ledger : Ledger
        All facts.
    quota : Policy
        Of kind ``quota``.
    days : sequence of date, optional
        On which to forecast; by default the end of the year before and of each quarter, as long as
        it was not used up.

    Yields
    ------
    Case
        As :func:`flow_cases`. A quota that is not used up has one day more than its year leaves.
    """
    first_day = quota.start.toordinal()
    most_days = dt.date(quota.start.year, 12, 31).toordinal() - first_day + 2
    outcome_days = float(quota.last_day.toordinal() - first_day + 1)
    quarters = pd.date_range(quota.start - DAY, quota.last_day, freq="QE")
    facts_of_quota = ledger.select(quota.place, quota.measure) if quota.end_announced else ()
    for outcome in facts_of_quota:
        if (outcome.period_end, outcome.value) != (quota.end, quota.quota):
            continue
        for day in days or [quarter.date() for quarter in quarters]:
            with suppress(InputError):  # nothing had been counted by that day
                scenario = find_scenario(quota.place).on(day)
                forecast = quota_forecast(quota, scenario, ledger, day)
                if forecast is None or not forecast.quota.is_open_quota:
                    continue
                flow = forecast.flow
                used_up = days_used_up(flow.monthly, flow.months, forecast.quota) - first_day + 1
                levels = np.quantile(used_up, SCORE_LEVELS, method="inverted_cdf")
                basis = outcome.basis if forecast.measure == quota.measure else flow.basis
                row = {"place": quota.place, "measure": QUOTA_DAYS} | agencies_of(outcome, basis)
                row |= _row(day, flow.evidence, year(quota.start.year))
                forecasts = {THIS_PACKAGE: np.minimum(levels, most_days), BY_HAND: NO_QUANTILES}
                yield Case(row, outcome_days, forecasts)


def _counts(facts: Ledger) -> list[Fact]:
    """The counts of the perimeter that has the newest count, by day."""
    exact = sorted(filter(_is_count, facts), key=lambda fact: fact.period.end)
    return [fact for fact in exact if same_perimeter(fact.basis, exact[-1].basis)]


def _is_count(fact: Fact) -> bool:
    return is_outcome(fact) and fact.stock


def _stock_cases(
    facts: Ledger, counts: Sequence[Fact], day: dt.date, forecast: Forecast
) -> Iterator[Case]:
    newest = counts[-1]
    perimeter_counts = [
        fact for fact in filter(_is_count, facts) if same_perimeter(fact.basis, newest.basis)
    ]
    newer = [fact for fact in perimeter_counts if fact.period.end > newest.period.end]
    for outcome in _last_of_years(newer, day, lambda fact: fact.period.end):
        target_day = outcome.period.end
        try:
            draws = forecast(newest, target_day)
        except ForecastingError:  # no forecast could have been made on that day
            continue
        rule = stock_by_hand([(fact.period.end, fact.value) for fact in counts], target_day)
        row = _row(day, counts, Period(target_day, target_day))
        row |= agencies_of(outcome, newest.basis)
        yield Case(row, outcome.value, {THIS_PACKAGE: quantiles_of(draws), BY_HAND: rule})


@lru_cache(maxsize=1)
def _stored_record() -> pd.DataFrame:
    text = {"period": str, "basis": str, "outcome_basis": str, "fact": str}
    record = pd.read_csv(path("track_record.csv"), dtype=text)
    return record.astype({"inside": bool, "own_basis": bool})


def record_known_by(day: dt.date, place: str | None = None) -> pd.DataFrame:
    """Earlier forecasts whose outcome had been published by a day, the forecast's own basis first.

    Parameters
    ----------
    day : date
        Nothing that was forecast or published later is shown.
    place : str, optional
        Only this one.

    Returns
    -------
    DataFrame
        As :func:`ledger_record` has it; may be empty.

    Examples
    --------
    >>> record_known_by(dt.date(2022, 12, 31), "UZ")[["as_of", "period", "outcome"]].values.tolist()
    [['2020-12-31', '2020', 131.0]]
    """
    record = _stored_record()
    if place is not None:
        record = record[record["place"] == place]
    days = record["fact"].map(lambda fact: central_asia().get(fact).known_from or dt.date.max)
    rows = record[(days <= day) & (record["as_of"] < day.isoformat())]
    return rows.sort_values(
        ["own_basis", "as_of"], ascending=[False, True], kind="stable", ignore_index=True
    )


def by_place(record: pd.DataFrame) -> pd.DataFrame:
    """The record by place: outcomes on the forecast's own basis, how many lie inside, how many
    should, and the scores.

    Parameters
    ----------
    record : DataFrame
        From :func:`record_known_by`.

    Returns
    -------
    DataFrame
        place, outcomes, inside, expected_low, expected_high, score, rule_score; by the places'
        names, and the last row is of all.
    """
    own_outcomes = record[record["own_basis"]]
    by_name = own_outcomes.groupby(own_outcomes["place"].map(place_name))
    rows = []
    for name, part in [*by_name, ("All", own_outcomes)]:
        low, high = expected_inside(len(part))
        counts = {
            "place": name,
            "outcomes": len(part),
            "inside": int(part["inside"].sum()),
            "expected_low": low,
            "expected_high": high,
        }
        rows.append(counts | part[["score", "rule_score"]].mean().to_dict())
    return pd.DataFrame(rows)
