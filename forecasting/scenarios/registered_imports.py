"""What stays of a year's imports, in each draw of an outlook."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import numpy as np

from forecasting.demand.demand_outlook import DemandOutlook
from forecasting.demand.parameters import REST, Parameters
from forecasting.evidence.ledger import Ledger
from forecasting.panels.registers import (
    KEPT,
    PARTNERS,
    REGISTER_MEASURES,
    RegisterCount,
    RegisterGrowth,
    closed_ways,
    growths_between,
    registered_share,
)
from forecasting.scenarios.place_flows import OutlookRequest
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array, ratio, strata, stream_of

REEXPORT = "reexport_share"
LETTERS_OF_A_COUNTRY = 2


def register_growths(
    ledger: Ledger, as_of: dt.date
) -> tuple[list[RegisterGrowth], list[RegisterGrowth]]:
    """By how much the registers of countries grew, and fell, beside what came, as was known on a
    day.

    Parameters
    ----------
    ledger : Ledger
        Facts of all places.
    as_of : date
        Nothing published later is used.
    """
    counts = [
        RegisterCount(
            fact.place,
            fact.measure,
            fact.product,
            fact.basis,
            fact.partner,
            fact.period_start,
            fact.period_end,
            fact.value,
        )
        for fact in ledger.select(kind=("outcome", "estimate"), partner=None, as_of=as_of)
        if fact.measure in REGISTER_MEASURES and len(fact.place) == LETTERS_OF_A_COUNTRY
        if fact.is_exact and fact.is_amount and fact.partner in PARTNERS and fact.period_end
    ]
    return growths_between(counts)


def registered_percent(request: OutlookRequest, yearly: Array, demand: DemandOutlook) -> Array:
    """Per cent of a year's imports that stay in the country.

    Of imports it is what the share that leaves again (`with_learned_share`) and the events of the
    scenario leave; of registrations, which are counted after the others have left, it is what pairs
    of imports and registers tell.

    Parameters
    ----------
    request : OutlookRequest
        The scenario and its facts.
    yearly : ndarray, shape (draws, years)
        The flow of the scenario.
    demand : DemandOutlook
        What follows from it.

    Returns
    -------
    ndarray, shape (draws, years)
        0 to 100.
    """
    scenario = request.scenario
    if not MEASURES[scenario.measure].of_owners:
        after_events = ratio(demand.imports, yearly, 1.0)
        percent: Array = 100 * after_events * (1 - demand.sample[REEXPORT])
        return percent
    growths, _ = register_growths(request.ledger, request.as_of)
    place, day = scenario.place, request.as_of
    return 100 * kept_shares(growths, place, day, demand.years, scenario.seed, len(yearly))


def with_learned_share(request: OutlookRequest, parameters: Parameters) -> Parameters:
    """The assumptions with the share of the imports that leaves again as pairs of imports and
    registers tell, where the register of the place was counted beside its imports; what a scenario
    sets stays. All years have the share of the middle one of those ahead.

    Parameters
    ----------
    request : OutlookRequest
        The scenario, its facts and its day; of imports of electric cars.
    parameters : Parameters
        Of the scenario.
    """
    scenario = request.scenario
    middle = (request.as_of.year + scenario.horizon) // 2
    growths, _ = register_growths(request.ledger, request.as_of)
    shares = _LearnedShares(growths, scenario.place, request.as_of)
    if REEXPORT in parameters.changed or not shares.place_growths:
        return parameters
    kept = np.minimum(shares.of_year(middle, np.array(RANGE_LEVELS)), 1.0)
    high, mode, low = (1 - kept).tolist()
    row = dataclasses.replace(
        parameters[REEXPORT],
        low=low,
        mode=mode,
        high=high,
        distribution=REST,
        kind="source",
        source="imports and registers",
        url="",
        note="from counts of imports and of registers, here and in other countries",
    )
    return dataclasses.replace(parameters, changed={**parameters.changed, REEXPORT: row})


def kept_shares(
    growths: Sequence[RegisterGrowth],
    place: str,
    as_of: dt.date,
    years: Sequence[int],
    seed: int,
    draws: int,
) -> Array:
    """Part of the imports of some years that stays, by what pairs of imports and registers tell.

    Parameters
    ----------
    growths : sequence of RegisterGrowth
        Of all places, as `register_growths` gives them.
    place : str
        A country.
    as_of : date
        Nothing announced later is used.
    years : sequence of int
        Calendar years.
    seed, draws : int
        Of a scenario.

    Returns
    -------
    ndarray, shape (draws, years)
        0 to 1; of one draw all years are alike high or low.
    """
    shares = _LearnedShares(growths, place, as_of)
    levels = strata(stream_of(seed, KEPT), draws, 1)
    columns = [shares.of_year(year, levels) for year in years]
    return np.minimum(np.concatenate(columns, axis=1), 1.0)


class _LearnedShares:
    """What pairs of imports and registers tell on a day of the share that a place registers."""

    def __init__(self, growths: Sequence[RegisterGrowth], place: str, as_of: dt.date) -> None:
        self.place = place
        self.place_growths = [growth for growth in growths if growth.place == place]
        self.other_growths = [growth for growth in growths if growth.place != place]
        self.rules = closed_ways(place, as_of)

    def of_year(self, year: int, levels: Array) -> Array:
        """The share of a year's imports at some probabilities, unbounded."""
        # Whoever checks params needs no share
        from scipy.special import ndtri

        days = (dt.date(year - 1, 12, 31), dt.date(year, 12, 31))
        growth = RegisterGrowth(self.place, *days, 1.0, 1.0, 1.0)
        mean, spread = registered_share(growth, self.place_growths, self.other_growths, self.rules)
        return np.asarray(np.exp(mean + spread * ndtri(levels)))
