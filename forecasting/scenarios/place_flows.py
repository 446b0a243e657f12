"""The flows of a scenario's places: the facts of each, its forecast before and after the drivers,
one limit for all, their sum, and what a reader must know of them.

A place of a corridor without a count is not in the sum, and neither is one that has printed nothing
for two years: a forecast of it would be a number that nobody counted, grown by other markets'
growth.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.scenarios.drivers import apply_drivers
from forecasting.scenarios.facts_on_day import (
    MarketOnDay,
    PartCounts,
    basis_on_day,
    flow_inputs,
    last_day,
    sets_quotas,
)
from forecasting.scenarios.joint_draws import Results, quantile_table, sum_outlooks
from forecasting.vocabulary.caveats import Caveat, each_once
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.periods import DAY, span, year
from forecasting.vocabulary.places import place_name
from forecasting.vocabulary.quantiles import Array, sums_of_years

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.growth.flow import FlowForecast
    from forecasting.growth.prior import Prior
    from forecasting.parameters.schema import Driver, Scenario

MONTHLY_YEARS = 2  # years of the outlook that are also shown by month
SHARE_MARKET = 100.0
# New vehicles a year where only shares are forecast: their months vary as in a market of that size
UNKNOWN_MARKET = 100_000.0
# Share of the flow so far that came in its first year, above which more must have come before that
MAX_FIRST_YEAR_SHARE = 0.2
MAX_ABOVE_MARKET = 0.05  # share of draws above which a caveat says that the flow exceeds its market
MIN_LIMITED_SHARE = 0.01  # of draws, from which a caveat says that a corridor's limit holds
MAX_SILENT_DAYS = 730  # without a count, after which a place is left out of a corridor
# Keys of a scenario that change nothing before the drivers
AFTER_THE_FACTS = {"drivers", "assumptions", "scenario", "name", "title", "notes"}


@dataclass(frozen=True)
class OutlookRequest:
    """The scenario, its facts and its settings, as every step of a run needs them."""

    scenario: Scenario
    ledger: Ledger
    as_of: dt.date
    drivers: list[Driver]
    prior: Prior | None
    draws: int
    flow_cache: dict[str, PlaceFlow]
    parts: PartCounts  # of the country


@dataclass(frozen=True)
class PlaceFlow:
    """The flow of one place: what it was forecast from, the forecast without drivers (`baseline`),
    and the one with them (`forecast`).
    """

    market: MarketOnDay
    known_until: dt.date
    first_year: int
    baseline: FlowForecast
    forecast: FlowForecast
    caveats: tuple[Caveat, ...]

    @property
    def shares_only(self) -> bool:
        """Whether neither a count nor the size of the market is known: then only shares can be
        forecast.
        """
        return self.market.sizes is None and not len(self.baseline.evidence)


def place_flow(request: OutlookRequest, place: str) -> PlaceFlow:
    """Forecast the flow of one place, before and after the scenario's drivers.

    The forecast before drivers is taken from `OutlookRequest.flow_cache`, or made and stored there.

    Raises
    ------
    EvidenceError
        Where there is neither a count nor a market size.
    """
    # All that the forecast before drivers depends on, besides the ledger and the prior
    keys = request.scenario.model_dump(exclude=AFTER_THE_FACTS)
    quotas = sets_quotas(request.scenario)
    key = repr((place, request.as_of, request.draws, quotas, sorted(keys.items())))
    if key not in request.flow_cache:
        request.flow_cache[key] = _flow_of_facts(request, place)
    flow = request.flow_cache[key]
    drivers = request.drivers
    omitted = []
    if flow.baseline.market is None:
        drivers = [driver for driver in drivers if driver.kind != "ceiling"]
        names = [driver.name for driver in request.drivers if driver not in drivers]
        omitted = [Caveat("driver_unbounded", values={"driver": name}) for name in names]
    forecast = apply_drivers(flow.baseline, drivers, flow.known_until, request.scenario.seed)
    return dataclasses.replace(
        flow, forecast=forecast, caveats=each_once([*flow.caveats, *omitted])
    )


def _flow_of_facts(request: OutlookRequest, place: str) -> PlaceFlow:
    """The flow of one place, forecast from its facts before any driver."""
    from forecasting.growth.flow import forecast_flow

    scenario = request.scenario
    inputs = flow_inputs(scenario, place, request.ledger, request.as_of, request.prior)
    evidence = inputs.facts
    market = inputs.market
    shares_only = market.sizes is None and not len(evidence)
    known_until = last_day(evidence, request.as_of)
    first_year = min((known_until + DAY).year, scenario.horizon)
    forecast = forecast_flow(
        evidence,
        [year(value) for value in range(first_year, scenario.horizon + 1)],
        prior=inputs.prior,
        market_size=UNKNOWN_MARKET if shares_only else market.sizes,
        basis=basis_on_day(scenario, evidence, request.ledger),
        draws=request.draws,
        seed=scenario.seed,
        place=place,
        policies=inputs.policies,
    )
    if shares_only:  # in per cent of the year's market, so that months add up to the year
        market_of_year = np.repeat(sums_of_years(np.asarray(forecast.market)), 12, axis=1)
        share = SHARE_MARKET * forecast.monthly / market_of_year
        even_size = np.full_like(share, SHARE_MARKET / 12)
        forecast = dataclasses.replace(forecast, monthly=share, market=even_size)
    caveats: tuple[Caveat, ...] = ()
    if len(evidence):
        caveats = tuple(caveat.with_values(place=place) for caveat in forecast.caveats)
    return PlaceFlow(market, known_until, first_year, forecast, forecast, caveats)


def by_year(forecast: FlowForecast) -> tuple[tuple[int, ...], Array]:
    """The flow of each calendar year, in each draw."""
    years = range(forecast.months[0].start.year, forecast.months[-1].start.year + 1)
    return tuple(years), sums_of_years(forecast.monthly)


def _since(forecast: FlowForecast, monthly: Array, first_year: int) -> Array:
    """Sums of the calendar years from the first on, in each draw."""
    return sums_of_years(monthly)[:, first_year - forecast.months[0].start.year :]


def stock_before(flow: PlaceFlow) -> Array | float:
    """Vehicles on the road before the path begins, in each draw: the last count of stock before it,
    else the first one less what came until then.

    0 without a stock in the evidence: a flow of imports begins with the market.
    """
    forecast = flow.forecast
    counts = [
        fact
        for fact in forecast.evidence
        if fact.quantity == "stock" and fact.basis == forecast.basis and fact.is_exact
    ]
    if not counts:
        return 0.0
    start = forecast.months[0].start
    earlier_counts = [fact for fact in counts if fact.period.end < start]
    if earlier_counts:
        return max(earlier_counts, key=lambda fact: fact.period.end).value
    first_count = min(counts, key=lambda fact: fact.period.end)
    until = span(start, first_count.period.end)
    return np.clip(first_count.value - forecast.totals(until), 0.0, None)


def monthly_table(scenario: Scenario, place: str, flow: PlaceFlow) -> pd.DataFrame:
    """Quantiles of the flow by month, in the first two years that the facts do not cover."""
    start = 12 * (flow.first_year - flow.forecast.months[0].start.year)
    columns = slice(start, start + 12 * MONTHLY_YEARS)
    draws = {scenario.measure: flow.forecast.monthly[:, columns]}
    return quantile_table(scenario.name, place, draws, flow.forecast.months[columns])


def place_caveats(scenario: Scenario, place: str, flow: PlaceFlow) -> list[Caveat]:
    """What a reader must know first, beginning with a missing count."""
    caveats = []
    if flow.shares_only:
        caveats.append(Caveat("nothing_known", values={"place": place}))
    elif not len(flow.baseline.evidence):
        caveats.append(Caveat("no_counts", values={"place": place, "measure": scenario.measure}))
        if flow.market.origin:
            caveats.append(flow.market.origin)
    elif scenario.country and not any(fact.accumulates for fact in flow.baseline.evidence):
        years, yearly = by_year(flow.baseline)
        past_totals = yearly[:, : max(flow.first_year - years[0], 1)]
        share = float(np.median(past_totals[:, 0] / past_totals.sum(axis=1)))
        if share > MAX_FIRST_YEAR_SHARE:
            values = {"place": place, "year": years[0], "percent": SHARE_MARKET * share}
            caveats.append(Caveat("earlier_unknown", values=values))
    if scenario.since:
        caveats.append(Caveat("history_starts", values={"day": str(scenario.since)}))
    forecast = flow.forecast
    if forecast.market is not None:
        size = _since(forecast, forecast.market, flow.first_year)
        exceeds = (_since(forecast, forecast.monthly, flow.first_year) > size).any(axis=1)
        if exceeds.mean() > MAX_ABOVE_MARKET:
            percent = SHARE_MARKET * float(exceeds.mean())
            caveats.append(Caveat("above_market", values={"place": place, "percent": percent}))
    return [*caveats, *flow.caveats]


PortFlows = tuple[dict[str, PlaceFlow], list[Results], list[Caveat]]


def port_flows(request: OutlookRequest) -> PortFlows:
    """Forecast the places of a corridor that are counted, within one limit.

    Returns
    -------
    flows : dict of str to PlaceFlow
        Of each place with a count of the last two years.
    parts : list of Results
        By year; the last is the sum, where the corridor has several places.
    caveats : list of Caveat
        Which places are missing from the sum, and why; and what limits it.

    Raises
    ------
    EvidenceError
        Where none of them was counted by the day of the forecast.
    """
    scenario = request.scenario
    missing = missing_places(request.scenario, request.ledger, request.as_of)
    counted_places = [place for place in scenario.places if place not in missing]
    if not counted_places:
        names = ", ".join(map(place_name, scenario.places))
        label = MEASURES[scenario.measure].label.lower()
        raise EvidenceError(
            f"{scenario.name}: no count of {label} was known on {request.as_of} at {names}"
        )
    flows, limited_share = within_one_limit(
        {place: place_flow(request, place) for place in counted_places}
    )
    parts = []
    caveats = [*missing.values(), *_beyond_cars(scenario.measure, flows)]
    if limited_share >= MIN_LIMITED_SHARE:
        caveats.append(Caveat("shared_limit", values={"percent": SHARE_MARKET * limited_share}))
    for place, flow in flows.items():
        years, draws = by_year(flow.forecast)
        parts.append(Results(scenario.name, place, years, {scenario.measure: draws}))
        # That the prior was learned on other things is a caveat of the whole corridor already
        port_caveats = place_caveats(scenario, place, flow)
        caveats += [caveat for caveat in port_caveats if caveat.kind != "learned_elsewhere"]
    if len(scenario.places) > 1:
        parts.append(sum_outlooks(parts, scenario.place, scenario.name))
    return flows, parts, caveats


def missing_places(scenario: Scenario, ledger: Ledger, day: dt.date) -> dict[str, Caveat]:
    """The places of a corridor that are not forecast, and what is known of each.

    Parameters
    ----------
    scenario : Scenario
        Of a corridor; a country has no places.
    ledger : Ledger
        All facts.
    day : date
        Of the forecast.
    """
    uncounted = {}
    silent = {}
    for place in scenario.places:
        facts = flow_inputs(scenario, place, ledger, day).facts
        if not len(facts):
            uncounted[place] = Caveat(
                "place_uncounted", values={"place": place, "measure": scenario.measure}
            )
        elif (day - last_day(facts, day)).days > MAX_SILENT_DAYS:
            counts = [fact for fact in facts if fact.is_count and fact.value == fact.value]
            counts.sort(key=lambda fact: (fact.period.end, fact.period.days))
            silent[place] = Caveat(
                "place_silent", tuple(counts[-1:]), {"place": place, "day": str(day)}
            )
    # Where all places are silent their old counts are used; the age of the evidence is a caveat
    if len(silent) + len(uncounted) == len(scenario.places):
        return uncounted
    return uncounted | silent


def _beyond_cars(measure: str, flows: dict[str, PlaceFlow]) -> Iterator[Caveat]:
    """What a reader must know of a flow that is not one of electric cars coming to a country."""
    yield Caveat("unstudied_market", values={"measure": measure})
    if MEASURES[measure].unit == "index":
        yield Caveat("index_of_value")
    if any(flow.market.sizes is None for flow in flows.values()):
        yield Caveat("nothing_bounds")


def within_one_limit(flows: dict[str, PlaceFlow]) -> tuple[dict[str, PlaceFlow], float]:
    """Hold the sum of places to the limit that they share, draw by draw and year by year.

    Each place was forecast with the whole limit for itself. Where several together pass it in a
    year that the facts do not cover, all of them are scaled down to it in proportion.

    Parameters
    ----------
    flows : dict of str to PlaceFlow
        With one market size for all, or none.

    Returns
    -------
    tuple of dict and float
        The flows, and the share of draws in which their sum would have passed the limit in some
        year.
    """
    if len(flows) < 2 or any(flow.forecast.market is None for flow in flows.values()):
        return flows, 0.0
    first_year = max(flow.first_year for flow in flows.values())
    # The market is one, and its size is best known where facts are most
    reference = max(flows.values(), key=lambda flow: len(flow.forecast.evidence)).forecast
    assert reference.market is not None
    limit = _since(reference, reference.market, first_year)
    forecasts = [flow.forecast for flow in flows.values()]
    total = np.sum(
        [_since(forecast, forecast.monthly, first_year) for forecast in forecasts], axis=0
    )
    factor = np.minimum(1.0, limit / np.maximum(total, np.finfo(float).tiny))
    monthly_factor = np.repeat(factor, 12, axis=1)
    bounded = {}
    for place, flow in flows.items():
        monthly = flow.forecast.monthly.copy()
        monthly[:, -monthly_factor.shape[1] :] *= monthly_factor
        bounded[place] = dataclasses.replace(flow, forecast=flow.forecast.with_monthly(monthly))
    return bounded, float((total > limit).any(axis=1).mean())
