"""The flow of one place: its facts, its forecast before and after the drivers, and what a reader
must know of them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.caveats import Caveat, each_once
from forecasting.errors import EvidenceError
from forecasting.measures import MEASURES
from forecasting.parameters.schema import Driver, Scenario
from forecasting.periods import span, year
from forecasting.quantities import EXACT
from forecasting.scenarios.drivers import apply_drivers
from forecasting.scenarios.joint_draws import quantile_table
from forecasting.scenarios.known import KnownMarket, known_on, last_day

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger
    from forecasting.growth.flow import FlowForecast
    from forecasting.growth.prior import Prior

Array = NDArray[np.float64]
MONTHLY_YEARS = 2  # years of the outlook that are also shown by month
PERCENT = 100.0
MUCH = 0.05  # share of draws beyond which a reader must know of it


@dataclass(frozen=True)
class OutlookRequest:
    """What every step of a run needs to know."""

    scenario: Scenario
    ledger: Ledger
    as_of: dt.date
    drivers: list[Driver]
    prior: Prior | None
    draws: int
    kept: dict[str, FlowBeforeDrivers]


@dataclass(frozen=True)
class FlowBeforeDrivers:
    """The flow of one place as its facts have it, before any driver, and its caveats."""

    evidence: Ledger
    market: KnownMarket
    known_until: dt.date
    first_year: int
    forecast: FlowForecast
    caveats: tuple[Caveat, ...]


@dataclass(frozen=True)
class PlaceFlow:
    """The flow of one place: what it was forecast from, and what came out, before and after
    drivers.
    """

    evidence: Ledger
    market: KnownMarket
    first_year: int
    before: FlowForecast
    after: FlowForecast
    caveats: tuple[Caveat, ...]

    @property
    def shares_only(self) -> bool:
        """Whether neither a count nor the size of the market is known: then only shares can be
        forecast.
        """
        return self.market.value is None and not len(self.evidence)


def place_flow(request: OutlookRequest, place: str) -> PlaceFlow:
    """Forecast the flow of one place, before and after the scenario's drivers.

    What its facts say is taken from `OutlookRequest.kept` where it is there, and put there where it
    is not.

    Raises
    ------
    EvidenceError
        Where there is neither a count nor a market size.
    """
    key = _key_of_facts(request, place)
    if key not in request.kept:
        request.kept[key] = _flow_before_drivers(request, place)
    known = request.kept[key]
    bounded = [
        driver
        for driver in request.drivers
        if driver.kind != "ceiling" or known.forecast.market is not None
    ]
    after = apply_drivers(known.forecast, bounded, known.known_until, request.scenario.seed)
    left_out = [
        Caveat("driver_unbounded", values={"driver": driver.name})
        for driver in request.drivers
        if driver not in bounded
    ]
    caveats = each_once([*known.caveats, *left_out])
    return PlaceFlow(known.evidence, known.market, known.first_year, known.forecast, after, caveats)


def _key_of_facts(request: OutlookRequest, place: str) -> str:
    """All that the forecast before drivers depends on, but the ledger and the prior."""
    after_it = {"drivers", "assumptions", "scenario", "name", "title", "notes"}
    asked = request.scenario.model_dump(exclude=after_it)
    return repr((place, request.as_of, request.draws, sorted(asked.items())))


def _flow_before_drivers(request: OutlookRequest, place: str) -> FlowBeforeDrivers:
    from forecasting.growth.flow import forecast_flow

    scenario = request.scenario
    known = known_on(scenario, place, request.ledger, request.as_of, request.prior)
    evidence, market, prior = known.facts, known.market, known.prior
    unknown = market.value is None and not len(evidence)
    if unknown and not scenario.country:
        raise EvidenceError(
            f"{scenario.name}: no count and no market size is known; give market_size, new cars a year"
        )
    known_until = last_day(evidence, request.as_of)
    first_year = min((known_until + dt.timedelta(days=1)).year, scenario.horizon)
    forecast = forecast_flow(
        evidence,
        [year(value) for value in range(first_year, scenario.horizon + 1)],
        prior=prior,
        market_size=PERCENT if unknown else market.sizes,
        basis=scenario.basis if scenario.basis in set(evidence.frame["basis"]) else None,
        draws=request.draws,
        seed=scenario.seed,
        place=place,
    )
    effects = f"{prior.perimeter}, year effects up to {prior.common.last_year}"
    forecast = dataclasses.replace(forecast, diagnostics={**forecast.diagnostics, "prior": effects})
    if unknown:
        forecast = _in_percent(forecast)
    said_of_facts = forecast.caveats if len(evidence) else ()
    caveats = tuple(caveat.with_values(place=place) for caveat in said_of_facts)
    return FlowBeforeDrivers(evidence, market, known_until, first_year, forecast, caveats)


def _in_percent(forecast: FlowForecast) -> FlowForecast:
    """The flow as a share of its market: the months of a year add up to the year's share, in per
    cent.
    """
    flow, market = (np.asarray(draws, dtype=float) for draws in (forecast.monthly, forecast.market))
    by_year = market.reshape(len(market), -1, 12).sum(axis=2)
    share = PERCENT * flow / np.repeat(by_year, 12, axis=1)
    return dataclasses.replace(forecast, monthly=share, market=np.full_like(market, PERCENT / 12))


def by_year(forecast: FlowForecast) -> tuple[tuple[int, ...], Array]:
    """The flow of each calendar year, in each draw."""
    years = sorted({month.start.year for month in forecast.months})
    draws = np.asarray(forecast.monthly, dtype=float)
    return tuple(years), draws.reshape(len(draws), len(years), 12).sum(axis=2)


def stock_before(forecast: FlowForecast, evidence: Ledger) -> Array | float:
    """Vehicles on the road before the path begins, in each draw: the first count of stock less what
    came until then.

    Nothing where no stock was part of the evidence: a flow of imports begins with the market.
    """
    stocks = evidence.frame[evidence.frame["quantity"] == "stock"]
    counts = (stocks["basis"] == forecast.basis) & stocks["relation"].isin(EXACT)
    own = stocks[counts].sort_values("period_end")
    if own.empty:
        return 0.0
    until = span(forecast.months[0].start, own["period_end"].iloc[0])
    return np.asarray(np.clip(own["value"].iloc[0] - forecast.totals(until), 0.0, None))


def monthly_table(scenario: Scenario, place: str, flow: PlaceFlow) -> pd.DataFrame:
    """Quantiles of the flow by month, in the first two years that the facts do not cover."""
    shown = range(flow.first_year, flow.first_year + MONTHLY_YEARS)
    columns = [i for i, month in enumerate(flow.after.months) if month.start.year in shown]
    months = [flow.after.months[i] for i in columns]
    return quantile_table(
        scenario.name, place, {scenario.measure: flow.after.monthly[:, columns]}, months
    )


def place_caveats(scenario: Scenario, place: str, flow: PlaceFlow) -> list[Caveat]:
    """What a reader must know first; a missing count before all else."""
    caveats = []
    if flow.shares_only:
        caveats.append(Caveat("nothing_known", values={"place": place}))
    elif not len(flow.evidence):
        values = {"place": place, "measure": scenario.measure}
        caveats.append(Caveat("no_counts", values=values))
        if flow.market.origin:
            caveats.append(flow.market.origin)
    if scenario.since:
        caveats.append(Caveat("history_starts", values={"day": str(scenario.since)}))
    above = _share_above_one(flow.after, flow.first_year)
    if above > MUCH:
        caveats.append(Caveat("above_market", values={"place": place, "percent": PERCENT * above}))
    return [*caveats, *flow.caveats]


def beyond_cars(scenario: Scenario, bounded: bool) -> list[Caveat]:
    """What a reader must know of a flow that is not one of electric cars coming to a country."""
    caveats = [Caveat("unstudied_market", values={"measure": scenario.measure})]
    if MEASURES[scenario.measure].unit == "index":
        caveats.append(Caveat("index_of_value"))
    if not bounded:
        caveats.append(Caveat("nothing_bounds"))
    return caveats


def _share_above_one(forecast: FlowForecast, first_year: int) -> float:
    if forecast.market is None:
        return 0.0
    still = np.array([month.start.year >= first_year for month in forecast.months])
    flow, market = (
        draws[:, still].reshape(len(draws), -1, 12).sum(2)
        for draws in (forecast.monthly, forecast.market)
    )
    return float((flow > market).any(axis=1).mean())
