"""Growth on the year: of what was forecast, of any period, as it would have been forecast on the
day of the first rate.

A value index, and a port whose agencies count different things, are compared by growth alone: no
level of one is the level of another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.evidence.ledger import Ledger
from forecasting.periods import Period, year
from forecasting.quantiles import Array
from forecasting.scenarios.joint_draws import Results, quantiles_by_year
from forecasting.scenarios.known import known_on

if TYPE_CHECKING:
    from forecasting.evidence.fact import Fact
    from forecasting.growth.flow import FlowForecast
    from forecasting.scenarios.outlook import Outlook


def growth_in(forecast: FlowForecast, period: Period) -> Array:
    """Growth of a period on the same dates a year before, per cent, one value a draw.

    Parameters
    ----------
    forecast : FlowForecast
        Its path must reach back to the year before.
    period : Period
        Any days inside the path.

    Returns
    -------
    ndarray, shape (draws,)
        Per cent; -100 where nothing is left.

    Raises
    ------
    EvidenceError
        Where the period, or the same dates a year before, lie outside the path.

    Examples
    --------
    >>> from forecasting.growth.flow import annual_totals, forecast_flow
    >>> facts = annual_totals(pd.Series({2021: 10_000, 2022: 15_000}))
    >>> made = forecast_flow(facts, periods=[year(2023)], market_size=300_000, draws=200)
    >>> round(float(np.median(growth_in(made, year(2022)))), -1)
    50.0
    """
    before = np.maximum(forecast.totals(period.year_before()), np.finfo(float).tiny)
    return np.asarray(100 * (forecast.totals(period) / before - 1))


def yearly_growth(results: Results, measure: str) -> pd.DataFrame:
    """Growth of each year on the one before, from joint draws.

    Parameters
    ----------
    results : Results
        Joint draws of one place, or of a sum.
    measure : str
        A flow of theirs.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, from the second on; a column per quantile, per cent.

    Examples
    --------
    >>> draws = np.array([[100.0, 150.0], [100.0, 250.0]])
    >>> results = Results("a-b", "A", (2024, 2025), {"ev_imports": draws})
    >>> yearly_growth(results, "ev_imports")[0.5].to_dict()
    {2025: 100.0}
    """
    draws = results.values[measure]
    growth = 100 * (draws[:, 1:] / np.maximum(draws[:, :-1], np.finfo(float).tiny) - 1)
    return quantiles_by_year(growth, results.years[1:])


@dataclass(frozen=True)
class GrowthSinceRate:
    """Growth of one period as it was forecast on a day, and as it was printed.

    Parameters
    ----------
    period : Period
        Compared with the same dates a year before.
    low, median, high : float
        Median and 80 % interval, per cent.
    printed : Fact or None
        What was printed of that period.
    """

    period: Period
    low: float
    median: float
    high: float
    printed: Fact | None


def printed_growth(outlook: Outlook, place: str) -> list[Fact]:
    """The rates of growth that were printed of a place's flow, in the order of their periods.

    Parameters
    ----------
    outlook : Outlook
        With its evidence.
    place : str
        One of its places.
    """
    facts = (outlook.evidence or Ledger()).select(place, outlook.measure)
    rates = [
        fact for fact in facts if fact.is_change and fact.declared.is_percent and fact.is_exact
    ]
    return sorted(rates, key=lambda fact: (fact.period.end, fact.period.start, fact.basis))


@lru_cache(maxsize=4)  # a report asks for its chart and for its table
def first_rate_forecasts(
    outlook: Outlook, place: str
) -> tuple[dt.date, list[GrowthSinceRate]] | None:
    """What the first printed rate of growth led one to expect of the periods after it, beside what
    was printed of them.

    The forecast is that of the day on which the agency that is forecast first printed a rate: it
    knows what was published by then, and no event.

    Parameters
    ----------
    outlook : Outlook
        As `outlook` made it; one that was read from files does not hold its forecasts.
    place : str
        One of its places.

    Returns
    -------
    tuple of date and list of GrowthSinceRate, or None
        The day, and a row for each later printed period and for each of the two years after the
        first rate. None where its agency has printed no rate after the first.
    """
    if place not in outlook.forecasts:
        return None
    basis = outlook.forecasts[place].basis
    rates = printed_growth(outlook, place)
    dated = [(fact.known_from, fact) for fact in rates if fact.known_from and fact.basis == basis]
    first = min((day for day, _ in dated), default=dt.date.max)
    printed = {fact.period: fact for day, fact in dated if day > first}
    if not printed:
        return None
    start = min(fact.period.end.year for _, fact in dated)
    periods = {*printed, year(start), year(start + 1)}
    forecast = _forecast_of(outlook, place, first)
    return first, [*_growth_of(forecast, periods, printed)]


def _growth_of(
    forecast: FlowForecast, periods: Iterable[Period], printed: Mapping[Period, Fact]
) -> Iterator[GrowthSinceRate]:
    """Growth of those periods that, with the year before them, lie inside the path."""
    for period in sorted(periods, key=lambda period: (period.end, period.start)):
        begins = period.year_before().start
        if forecast.months[0].start <= begins and period.end <= forecast.months[-1].end:
            low, median, high = np.quantile(growth_in(forecast, period), (0.1, 0.5, 0.9)).tolist()
            yield GrowthSinceRate(period, low, median, high, printed.get(period))


def _forecast_of(outlook: Outlook, place: str, day: dt.date) -> FlowForecast:
    """The place's flow as it would have been forecast on an earlier day, to the end of what was
    printed since.
    """
    from forecasting.growth.flow import forecast_flow

    assert outlook.evidence is not None
    known = known_on(outlook.scenario, place, outlook.evidence, day)
    last = max(fact.period.end.year for fact in printed_growth(outlook, place))
    years = range(day.year, max(last, day.year + 1) + 1)
    return forecast_flow(
        known.facts,
        [year(value) for value in years],
        prior=known.prior,
        market_size=known.market.sizes,
        basis=outlook.forecasts[place].basis,
        seed=outlook.scenario.seed,
    )
