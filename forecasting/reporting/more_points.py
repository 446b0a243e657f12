"""What more points do for drivers: waits on the busiest day, charging that finds no free point, the
year in which the need is met, and what a fast point earns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecasting.demand.consequences import cost_per_point
from forecasting.demand.service import BUSY_MINUTES, UNMET, USE, WAIT
from forecasting.reporting.charging_tables import price_words
from forecasting.reporting.labels import median_and_range
from forecasting.scenarios.outlook import Outlook
from forecasting.scenarios.what_if import (
    FAST_POINT,
    fast_point_margin,
    point_prices,
    year_of_points,
)
from forecasting.vocabulary.quantiles import RANGE_LEVELS, ratio
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.columns import Column, TableForm
from forecasting.writers.display import Table
from forecasting.writers.numbers import readable

BUILT = (1.0, 1.5, 2.0, 3.0)  # times the points of practice
TWICE = 2.0
AS_BY_PRACTICE = "as by practice"
TIMES_PRACTICE = "{times:g} times"
NOT_BY = "not by {year}"
MORE_POINTS_SENTENCE = (
    "Twice as many: the busiest day's wait in {year} falls from {before} to {after} "
    "minutes[, the need is met in {met} instead of {met_before}][, the need, without them not met "
    "by {horizon}, is met in {met_alone}][, the need is met in {same} in either case]"
    "[unmet?; the need is not met by {horizon} in either case]"
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
    year = year_of_points(outlook)
    index = demand.years.index(year)
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
    "Twice as many: the busiest day's wait in 2028 falls from ... minutes; the need is not met by
    2030 in either case"
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
        met_before=met_before,
        met_alone=met if met_before is None else None,
        same=met if met == met_before else None,
        unmet=met is None,
        horizon=outlook.years[-1],
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
    "the prices that hold then[ ({sold}, {bought})]",
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
    year = year_of_points(outlook)
    index = demand.years.index(year)
    prices = point_prices(outlook, [year])
    cost = cost_per_point(FAST_POINT, demand.sample)
    rows = []
    for times in BUILT:
        at_end = {name: draws[:, [index]] for name, draws in demand.service(times).items()}
        wait, wait_range = median_and_range(np.quantile(at_end[WAIT], RANGE_LEVELS), WAIT)
        row = {
            "built": sentence(AS_BY_PRACTICE if times == 1 else TIMES_PRACTICE, times=times),
            "wait": wait,
            "wait_range": wait_range,
            "unmet": readable(float(np.median(at_end[UNMET])), 2),
            "use": readable(float(np.median(at_end[USE])), 2),
            "met": demand.need_met_in(outlook.headline_year, times)
            or sentence(NOT_BY, year=outlook.years[-1]),
        }
        margin = fast_point_margin(outlook, [year], at_end[USE])
        if margin is not None:
            payback = ratio(cost, np.maximum(margin, 0), np.inf)
            business = {"margin": margin, "payback": payback}
            row |= {name: readable(float(np.median(draws)), 2) for name, draws in business.items()}
        rows.append(row)
    words = dict(zip(("sold", "bought"), map(price_words, prices.values()), strict=False))
    return MORE_POINTS.table(rows, year=year, **words)


def _minutes(wait: float) -> str:
    if wait >= BUSY_MINUTES:
        return sentence(LONGEST, minutes=BUSY_MINUTES)
    return readable(wait, 2)
