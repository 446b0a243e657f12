"""Prices of a kWh at a public point: as printed last, and from the days on which a scenario sets
others; and what a fast point earns by them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecasting.demand.charging import HOURS_A_YEAR, power_in_use, side
from forecasting.demand.parameters import Years, parts_of_years
from forecasting.evidence.fact import Fact
from forecasting.scenarios.assumptions import dated_event
from forecasting.scenarios.facts_on_day import drivers_on_day
from forecasting.scenarios.outlook import Outlook
from forecasting.vocabulary.measures import PRICES
from forecasting.vocabulary.quantiles import Array

FAST_POINT = "destination_dc"  # the setting of a fast point in a town
YEARS_AHEAD = 2  # of the year that is told of points, from the first that is forecast on


def year_of_points(outlook: Outlook) -> int:
    """The year of which is told what a point earns, and how long drivers wait for it."""
    return min(max(outlook.first_year, outlook.as_of.year) + YEARS_AHEAD, outlook.years[-1])


class PointPrice(NamedTuple):
    """A price of a kWh.

    Parameters
    ----------
    draws : ndarray, shape (draws, years)
        USD.
    fact : Fact or None
        The newest that prints it, if any.
    """

    draws: Array
    fact: Fact | None

    @property
    def median(self) -> float:
        """Of all draws and years."""
        return float(np.median(self.draws))


def point_prices(outlook: Outlook, years: Years) -> dict[str, PointPrice]:
    """The prices of a kWh sold at a public point and of one bought for it, by measure: the newest
    that are printed of the country, or of a part, and from its day on what a driver sets.

    A driver whose day is not after that of the fact is in the fact already. Where none is printed,
    the first driver holds in all years.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    years : sequence of int
        Of which the prices are.

    Returns
    -------
    dict of str to PointPrice
        Without those of which nobody says anything.

    Examples
    --------
    >>> import forecasting as fc
    >>> tariff = {"kind": "tariff", "quantity": "electricity_price", "start": "2027-07-01"}
    >>> dear = fc.outlook("uzbekistan-baseline", drivers={"dear": tariff | {"size": 0.2}}, draws=50)
    >>> point_prices(dear, [2026, 2027, 2028])["electricity_price"].draws[0].round(3)
    array([0.078, 0.14 , 0.2  ])
    """
    printed = _printed_prices(outlook)
    prices = {name: _price(outlook, name, printed.get(name), years) for name in PRICES}
    return {name: price for name, price in prices.items() if price is not None}


def _printed_prices(outlook: Outlook) -> dict[str, Fact]:
    """The newest fact of each price; what is told beside the facts is of households: a station pays
    another price.
    """
    facts = outlook.ledger.select(as_of=outlook.as_of)
    return {
        fact.measure: fact
        for fact in sorted(facts, key=lambda fact: str(fact.period_end))
        if fact.measure in PRICES and fact.place.startswith(outlook.scenario.place)
        if fact.kind != "context"
    }


def _price(outlook: Outlook, name: str, fact: Fact | None, years: Years) -> PointPrice | None:
    """A price as it is printed, and from their days on as drivers set it."""
    scenario, count = outlook.scenario, outlook.results.count
    drivers, _ = drivers_on_day(scenario, outlook.ledger, outlook.as_of)
    events = [
        dated_event(driver, count, scenario.seed, drivers)
        for driver in drivers
        if driver.quantity == name and (fact is None or driver.start > fact.period.end)
    ]
    if fact is not None:
        draws = np.full((count, len(years)), fact.value)
    elif events:
        draws = events[0].size
    else:
        return None
    for event in events:
        draws = draws + (event.size - draws) * parts_of_years(years, event.start, event.end)
    return PointPrice(draws, fact)


def fast_point_margin(outlook: Outlook, years: Years, use: Array) -> Array | None:
    """What a fast public point earns a year over its electricity.

    Parameters
    ----------
    outlook : Outlook
        Of a country.
    years : sequence of int
        Of which it is.
    use : ndarray, shape (draws, years)
        Per cent of the hours in which a car is connected.

    Returns
    -------
    ndarray, shape (draws, years), or None
        USD; None where there is no chain, or one of the prices is not known.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("uzbekistan-baseline", draws=50)
    >>> fast_point_margin(outlook, [2028], np.full((50, 1), 10.0)).mean().round(-3)
    np.float64(4000.0)
    """
    prices = point_prices(outlook, years)
    if outlook.demand is None or not {*PRICES} <= {*prices}:
        return None
    sold, bought = (prices[name].draws for name in PRICES)
    sample = outlook.demand.sample
    kwh_sold = power_in_use(FAST_POINT, years, sample) * HOURS_A_YEAR * use / 100
    margin: Array = kwh_sold * (sold - bought / sample[f"charger_efficiency.{side(FAST_POINT)}"])
    return margin
