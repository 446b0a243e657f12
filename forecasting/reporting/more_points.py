"""What more points do for drivers: waits on the busiest day, charging that finds no free point, the
year in which the need is met, and what a fast point earns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecasting.demand.consequences import point_business
from forecasting.demand.demand_outlook import DemandOutlook
from forecasting.demand.service import BUSY_MINUTES, UNMET, USE, WAIT
from forecasting.evidence.fact import in_words
from forecasting.reporting.charging_tables import point_prices
from forecasting.reporting.labels import median_and_range
from forecasting.scenarios.outlook import Outlook
from forecasting.vocabulary.measures import PRICES
from forecasting.vocabulary.quantiles import RANGE_LEVELS
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.display import Table
from forecasting.writers.numbers import readable

BUILT = (1.0, 1.5, 2.0, 3.0)  # times the points of practice
TWICE = 2.0
YEARS_AHEAD = 2  # of the year that is told, from the first that is forecast on
SOLD_AT_FAST = "destination_dc"
NEVER = "never"
MORE_POINTS_SENTENCE = (
    "Twice as many: the busiest day's wait in {year} falls from {before} to {after} "
    "minutes[, the need is met in {met} instead of {met_before}][, the need is met in {same} in "
    "either case][unmet?; the need stays unmet]"
)
LONGEST = "{minutes:.0f} or more"


def more_points_values(outlook: Outlook) -> dict[str, Any]:
    """What changes if twice the points of practice are built.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    dict
        ``year``, of which ``before`` and ``after`` are the median minutes of wait on the busiest
        day; ``met_before`` and ``met``, the years in which the need is met (None for never). Empty
        where there is no chain.

    Examples
    --------
    >>> import forecasting as fc
    >>> values = more_points_values(fc.outlook("uzbekistan-baseline", draws=50))
    >>> list(values), values["after"] < values["before"]
    (['year', 'before', 'after', 'met_before', 'met'], True)
    """
    demand = outlook.demand
    if demand is None or WAIT not in outlook.results.values:
        return {}
    year, index = _year_and_index(outlook, demand)
    return {
        "year": year,
        "before": float(np.median(demand.results[WAIT][:, index])),
        "after": float(np.median(demand.service(TWICE)[WAIT][:, index])),
        "met_before": demand.need_met_in(outlook.headline_year),
        "met": demand.need_met_in(outlook.headline_year, TWICE),
    }


def more_points_sentence(outlook: Outlook) -> str:
    """What twice the points would change; empty where there is no chain.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Examples
    --------
    >>> import forecasting as fc
    >>> more_points_sentence(fc.outlook("kazakhstan-baseline", draws=200))
    "Twice as many: the busiest day's wait in 2028 falls from ... minutes; the need stays unmet"
    """
    values = more_points_values(outlook)
    if not values:
        return ""
    met, met_before = values["met"], values["met_before"]
    return sentence(
        MORE_POINTS_SENTENCE,
        year=values["year"],
        before=_minutes(values["before"]),
        after=_minutes(values["after"]),
        met=met if met != met_before else None,
        met_before=met_before or sentence(NEVER),
        same=met if met == met_before else None,
        unmet=met is None,
    )


MORE_POINTS = TableForm(
    [
        Column("points built", "built"),
        Column("wait, minutes", "wait"),
        Column("80 %", "wait_range"),
        Column("no free point, %", "unmet"),
        Column("in use, % of the hours", "use"),
        Column("need met in", "met"),
        Column("margin of a fast point, USD a year", "margin"),
        Column("payback, years", "payback"),
    ],
    caption="Public points at the end of {year}, as practice and roll-outs build them, and times "
    "that number. Wait: mean of those who come to a fast point in the four busiest hours of the "
    "busiest day; of the energy of that day's busiest hours the share that finds no free point. "
    "Stations are alike and nobody drives on to another. The margin is over the electricity, at "
    "the prices that were printed last[ ({sold}, {bought})]",
    nothing="Without electric vehicles nobody waits.",
)


def more_points(outlook: Outlook) -> Table:
    """What more points do, two years after the first that is forecast.

    Parameters
    ----------
    outlook : Outlook
        Of a country.

    Returns
    -------
    Table
        A line for each number of points: minutes, per cent, years and dollars; medians.

    Examples
    --------
    >>> import forecasting as fc
    >>> len(fc.tables.more_points(fc.outlook("uzbekistan-baseline", draws=50)).frame)
    4
    """
    demand = outlook.demand
    if demand is None:
        return MORE_POINTS.table([])
    year, index = _year_and_index(outlook, demand)
    prices = point_prices(outlook)
    sold, bought = (prices.get(name) for name in PRICES)
    rows = []
    for times in BUILT:
        at_end = {name: draws[:, index] for name, draws in demand.service(times).items()}
        use = float(np.median(at_end[USE]))
        wait, wait_range = median_and_range(np.quantile(at_end[WAIT], RANGE_LEVELS), WAIT)
        row = {
            "built": "as by practice" if times == 1 else f"{times:g} times",
            "wait": wait,
            "wait_range": wait_range,
            "unmet": readable(float(np.median(at_end[UNMET])), 2),
            "use": readable(use, 2),
            "met": demand.need_met_in(outlook.headline_year, times) or NEVER,
        }
        if sold and bought:
            business = point_business(
                SOLD_AT_FAST, use / 100, sold.value, bought.value, demand.sample, year
            )
            row |= {name: readable(business[name], 2) for name in ("margin", "payback")}
        rows.append(row)
    words = {"sold": in_words(sold), "bought": in_words(bought)} if sold and bought else {}
    return MORE_POINTS.table(rows, year=year, **words)


def _year_and_index(outlook: Outlook, demand: DemandOutlook) -> tuple[int, int]:
    """The year of which waits are told, and its index among the years."""
    year = min(max(outlook.first_year, outlook.as_of.year) + YEARS_AHEAD, demand.years[-1])
    return year, demand.years.index(year)


def _minutes(wait: float) -> str:
    if wait >= BUSY_MINUTES:
        return sentence(LONGEST, minutes=BUSY_MINUTES)
    return readable(wait, 2)
