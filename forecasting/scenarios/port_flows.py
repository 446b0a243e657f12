"""The flows of a corridor's places together: who is counted, one limit for all, and their sum.

A place without a count is not in the sum, and neither is one that has printed nothing for two
years: a forecast of it would be a number that nobody counted, grown by other markets' growth.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecasting.caveats import Caveat
from forecasting.errors import EvidenceError
from forecasting.evidence.places import place_name
from forecasting.measures import MEASURES
from forecasting.scenarios.joint_draws import Results, sum_outlooks
from forecasting.scenarios.known import known_on, last_day
from forecasting.scenarios.place import (
    OutlookRequest,
    PlaceFlow,
    beyond_cars,
    by_year,
    place_caveats,
    place_flow,
)

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger

SILENCE = 730  # days without a count after which a place beside others is unknown
MUCH = 0.01  # share of draws from which a caveat says that the limit holds


@dataclass(frozen=True)
class PortFlows:
    """The places of a corridor that can be forecast, with their joint draws.

    Parameters
    ----------
    flows : dict of str to PlaceFlow
        Of each place with a count of the last two years.
    parts : tuple of Results
        By year; the last is the sum, where the corridor has several places.
    caveats : list of Caveat
        Who is missing from the sum, and why.
    """

    flows: dict[str, PlaceFlow]
    parts: tuple[Results, ...]
    caveats: list[Caveat]


def port_flows(request: OutlookRequest) -> PortFlows:
    """Forecast the places of a corridor that are counted, within one limit.

    Raises
    ------
    EvidenceError
        Where none of them was counted by the day of the forecast.
    """
    scenario, measure = request.scenario, request.scenario.measure
    known = {
        place: known_on(scenario, place, request.ledger, request.as_of).facts
        for place in scenario.places
    }
    missing = _left_out(known, measure, request.as_of)
    counted = [place for place in scenario.places if place not in missing]
    if not counted:
        names = ", ".join(map(place_name, scenario.places))
        label = MEASURES[measure].label.lower()
        raise EvidenceError(
            f"{scenario.name}: no count of {label} was known on {request.as_of} at {names}"
        )
    flows, passing = within_one_limit({place: place_flow(request, place) for place in counted})
    totals = {place: by_year(flow.after) for place, flow in flows.items()}
    parts = [
        Results(scenario.name, place, years, {measure: draws})
        for place, (years, draws) in totals.items()
    ]
    if len(scenario.places) > 1:
        parts.append(sum_outlooks(parts, scenario.place, scenario.name))
    caveats = [
        *missing.values(),
        *beyond_cars(scenario, all(flow.market.value is not None for flow in flows.values())),
    ]
    if passing >= MUCH:
        caveats.append(Caveat("shared_limit", values={"percent": 100 * passing}))
    for place, flow in flows.items():
        # What the prior was learned on is a caveat of all places already
        caveats += [
            caveat
            for caveat in place_caveats(scenario, place, flow)
            if caveat.kind != "learned_elsewhere"
        ]
    return PortFlows(flows, tuple(parts), caveats)


def _left_out(known: dict[str, Ledger], measure: str, day: dt.date) -> dict[str, Caveat]:
    """The places that are not forecast, and what is known of each."""
    missing = {
        place: Caveat("place_uncounted", values={"place": place, "measure": measure})
        for place, facts in known.items()
        if not len(facts)
    }
    silent = {
        place: _silent(place, facts, day)
        for place, facts in known.items()
        if len(facts) and (day - last_day(facts, day)).days > SILENCE
    }
    # There is nothing newer to prefer: the age of the evidence is a caveat
    if len(silent) + len(missing) == len(known):
        return missing
    return missing | silent


def _silent(place: str, facts: Ledger, day: dt.date) -> Caveat:
    counts = [fact for fact in facts if fact.quantity == "total" and fact.value == fact.value]
    newest = max(counts, key=lambda fact: (fact.period.end, fact.period.days), default=None)
    values = {"place": place, "day": str(day)}
    return Caveat("place_silent", (newest,) if newest else (), values)


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
    if len(flows) < 2 or any(flow.after.market is None for flow in flows.values()):
        return flows, 0.0
    first = max(flow.first_year for flow in flows.values())
    widest = max(flows.values(), key=lambda flow: len(flow.evidence))
    limit = _yearly(np.asarray(widest.after.market), widest, first)
    total = np.sum([_yearly(flow.after.monthly, flow, first) for flow in flows.values()], axis=0)
    factor = np.minimum(1.0, limit / np.maximum(total, np.finfo(float).tiny))
    held = {place: _scaled(flow, np.repeat(factor, 12, axis=1)) for place, flow in flows.items()}
    return held, float((total > limit).any(axis=1).mean())


def _yearly(monthly: NDArray[np.float64], flow: PlaceFlow, first: int) -> NDArray[np.float64]:
    months = [month.start.year >= first for month in flow.after.months]
    return np.asarray(monthly[:, months].reshape(len(monthly), -1, 12).sum(axis=2))


def _scaled(flow: PlaceFlow, factor: NDArray[np.float64]) -> PlaceFlow:
    monthly = flow.after.monthly.copy()
    monthly[:, -factor.shape[1] :] *= factor
    return dataclasses.replace(flow, after=flow.after.with_monthly(monthly))
