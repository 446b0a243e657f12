"""Growth on the year before: of any period of a forecast, and as it would have been forecast on the
day of the first printed rate.

A value index, and a port whose agencies count different things, are compared by growth alone, as
their levels cannot be compared.
"""

from __future__ import annotations

import datetime as dt
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.evidence.ledger import Ledger
from forecasting.scenarios.facts_on_day import flow_inputs
from forecasting.scenarios.joint_draws import Results, quantiles_by_year
from forecasting.vocabulary.periods import Period, year
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array

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
    year_before = np.maximum(forecast.totals(period.year_before()), np.finfo(float).tiny)
    return np.asarray(100 * (forecast.totals(period) / year_before - 1))


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


def printed_growth(outlook: Outlook, place: str) -> list[Fact]:
    """The rates of growth that the agency of a forecast printed, in the order of their periods.

    Parameters
    ----------
    outlook : Outlook
        As `outlook` made it; one that was read from files does not hold its forecasts.
    place : str
        One of its places.
    """
    basis = outlook.forecasts[place].basis
    facts = (outlook.evidence or Ledger()).select(place, outlook.measure, basis=basis)
    rates = [
        fact for fact in facts if fact.is_change and fact.declared.is_percent and fact.is_exact
    ]
    return sorted(rates, key=lambda fact: (fact.period.end, fact.period.start))


def first_rate_forecasts(
    outlook: Outlook, place: str
) -> tuple[dt.date, dict[Period, list[float]]] | None:
    """What the first printed rate of growth led one to expect of the periods after it.

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
    tuple of date and dict of Period to list of float, or None
        The day, and quantiles 0.1, 0.5 and 0.9 of each later printed period and of each of the two
        years after the first rate, per cent. None where its agency has printed no rate after the
        first.
    """
    rates = printed_growth(outlook, place)
    dated = [(fact.known_from, fact.period) for fact in rates if fact.known_from]
    first_day = min((day for day, _ in dated), default=dt.date.max)
    periods = {period for day, period in dated if day > first_day}
    if not periods:
        return None
    start = min(period.end.year for _, period in dated)
    periods |= {year(start), year(start + 1)}
    forecast = _forecast_of(outlook, place, first_day, rates[-1].period.end.year)
    path = Period(forecast.months[0].start, forecast.months[-1].end)
    return first_day, {
        period: np.quantile(growth_in(forecast, period), RANGE_LEVELS).tolist()
        for period in sorted(periods, key=attrgetter("end", "start"))
        if path.covers(Period(period.year_before().start, period.end))
    }


def _forecast_of(outlook: Outlook, place: str, day: dt.date, final_year: int) -> FlowForecast:
    """The place's flow as it would have been forecast on an earlier day, up to a later year."""
    from forecasting.growth.flow import forecast_flow

    assert outlook.evidence is not None
    inputs = flow_inputs(outlook.scenario, place, outlook.evidence, day)
    years = range(day.year, max(final_year, day.year + 1) + 1)
    return forecast_flow(
        inputs.facts,
        [year(value) for value in years],
        prior=inputs.prior,
        market_size=inputs.market.sizes,
        basis=outlook.forecasts[place].basis,
        seed=outlook.scenario.seed,
    )
