"""What stays of a year's imports, in each draw of an outlook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from forecasting.demand.demand_outlook import DemandOutlook
from forecasting.evidence.ledger import Ledger
from forecasting.panels.registers import (
    KEPT,
    RegisterGrowth,
    closed_ways,
    growths_of,
    registered_share,
)
from forecasting.scenarios.place_flows import OutlookRequest
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.quantiles import Array, ratio, strata, stream_of


def register_growths(ledger: Ledger, as_of: dt.date) -> list[RegisterGrowth]:
    """By how much the registers of countries grew, beside what came, as was known on a day.

    Parameters
    ----------
    ledger : Ledger
        Facts of all places.
    as_of : date
        Nothing published later is used.
    """
    facts = ledger.select(partner=None, as_of=as_of).frame
    return growths_of(facts[facts["place"].str.len() == 2])[0]


def registered_percent(request: OutlookRequest, yearly: Array, demand: DemandOutlook) -> Array:
    """Per cent of a year's imports that stay in the country.

    Of imports it is what the assumptions and the events of the scenario leave; of registrations,
    which are counted after the others have left, it is what pairs of imports and registers tell.

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
        percent: Array = 100 * after_events * (1 - demand.sample["reexport_share"])
        return percent
    place, day = scenario.place, request.as_of
    draws = len(yearly)
    return 100 * kept_shares(request.ledger, place, day, demand.years, scenario.seed, draws)


def kept_shares(
    ledger: Ledger, place: str, as_of: dt.date, years: Sequence[int], seed: int, draws: int
) -> Array:
    """Part of the imports of some years that stays, by what pairs of imports and registers tell.

    Parameters
    ----------
    ledger : Ledger
        Facts of all places.
    place : str
        A country.
    as_of : date
        Nothing printed or announced later is used.
    years : sequence of int
        Calendar years.
    seed, draws : int
        Of a scenario.

    Returns
    -------
    ndarray, shape (draws, years)
        0 to 1; of one draw all years are alike high or low.
    """
    growths = register_growths(ledger, as_of)
    place_growths = [growth for growth in growths if growth.place == place]
    other_growths = [growth for growth in growths if growth.place != place]
    rules = closed_ways(place, as_of)
    levels = strata(stream_of(seed, KEPT), draws, 1)
    columns = []
    for year in years:
        days = (dt.date(year - 1, 12, 31), dt.date(year, 12, 31))
        growth = RegisterGrowth(place, *days, 1.0, 1.0, 1.0)
        mean, spread = registered_share(growth, place_growths, other_growths, rules)
        columns.append(np.exp(mean + spread * ndtri(levels)))
    shares: Array = np.minimum(np.concatenate(columns, axis=1), 1.0)
    return shares
