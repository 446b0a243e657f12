"""Dated events on the draws of a forecast: when they happen in each draw, and what they do to its
months.

What happened before the last day that the facts cover is in them already, so no driver touches a
month that ended by then. Every driver draws its random numbers from the scenario's seed and its own
name: the same driver has the same numbers in two scenarios, and scenario minus baseline is the
effect of what differs, not of chance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from forecasting.evidence.policies import shipped_policies
from forecasting.growth.quotas import parts_of_months, with_quota
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.quantiles import Array, Flags, stream_of, sums_of_years

if TYPE_CHECKING:
    from forecasting.growth.flow import FlowForecast
    from forecasting.parameters.schema import Driver

# Parameters of the demand chain that add to the vehicles that come
VEHICLES_A_YEAR = ("local_assembly", "battery_assembly", "deliveries.phev")
LIMIT_ORDER = {"quota": 1, "ceiling": 2}  # kinds that bound a flow, in this order after all others
DAYS_A_YEAR = 365.25
MIN_FLOW = 1e-300
NEVER_DAY = 10_000_000  # an ordinal day far beyond any horizon


@dataclass(frozen=True)
class EventDraws:
    """When and how large one driver is, in each draw.

    Parameters
    ----------
    start : ndarray, shape (draws,)
        Ordinal day on which it begins; `NEVER_DAY` where it does not happen.
    size : ndarray, shape (draws,)
        Its size.
    delay : ndarray, shape (draws,)
        Years between the announced day and the day, of an event that is late.
    elasticity : ndarray, shape (draws,)
        Response to a price.
    normal : ndarray, shape (draws, 3)
        Standard normal numbers, for what a policy does.
    """

    start: Array
    size: Array
    delay: Array
    elasticity: Array
    normal: Array


def draw_event(driver: Driver, draws: int, seed: int, drivers: Sequence[Driver] = ()) -> EventDraws:
    """Draw whether, when and how large a driver is.

    Parameters
    ----------
    driver : Driver
        One dated event.
    draws : int
        Number of draws.
    seed : int
        Of the scenario; combined with the driver's name.
    drivers : sequence of Driver
        Those of the scenario, among which is the one that it follows, if it follows one: it
        happens where that one does, and comes as late.

    Returns
    -------
    EventDraws
        The same for the same name and seed, whatever other drivers there are.
    """
    rng = stream_of(seed, driver.name)
    happens, on_time, lateness, size, response = rng.random((5, draws))
    delay = driver.delay_years.quantile(lateness)
    days = np.where(
        (on_time < driver.on_time) | (driver.kind == "target"), 0.0, delay * DAYS_A_YEAR
    )
    start = np.where(
        happens < driver.probability, driver.start.toordinal() + np.round(days), float(NEVER_DAY)
    )
    for leader in drivers:
        if leader.name == driver.after:
            leader_draws = draw_event(leader, draws, seed, drivers)
            lateness_of_leader = leader_draws.start - leader.start.toordinal()
            has_both_days = (start < NEVER_DAY) & (leader_draws.start < NEVER_DAY)
            start = np.where(has_both_days, start + lateness_of_leader, float(NEVER_DAY))
    return EventDraws(
        start,
        driver.size.quantile(size),
        delay,
        driver.elasticity.quantile(response),
        rng.standard_normal((draws, 3)),
    )


def activity(
    months: Sequence[Period], start: Array, end: dt.date | None, known_until: dt.date
) -> Array:
    """The part of each month in which a driver is at work, by days.

    Parameters
    ----------
    months : sequence of Period
        Calendar months.
    start : ndarray, shape (draws,)
        Ordinal day of the first day.
    end : date or None
        Last day.
    known_until : date
        Last day that the facts cover; nothing changes up to it.

    Returns
    -------
    ndarray, shape (draws, months)
        Between 0 and 1.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import year
    >>> months = list(year(2026).months())[:3]
    >>> first = np.array([dt.date(2026, 2, 15).toordinal()], dtype=float)
    >>> activity(months, first, None, dt.date(2025, 12, 31)).round(2)
    array([[0. , 0.5, 1. ]])
    """
    starts = np.maximum(start, known_until.toordinal() + 1)
    return parts_of_months(months, starts, end.toordinal() if end else NEVER_DAY)


def scale_totals(flow: Array, limit: Array, changeable: Flags) -> Array:
    """Hold the total of each calendar year under a limit by scaling the months that can change.

    Parameters
    ----------
    flow, limit : ndarray, shape (draws, months)
        Per month of whole years; of the limit only the year's total counts.
    changeable : ndarray of bool, shape (months,)
        Whether the month can still change; the others count towards their year's total.

    Returns
    -------
    ndarray, shape (draws, months)

    Examples
    --------
    >>> scale_totals(np.full((1, 12), 4.0), np.full((1, 12), 2.0), np.arange(12) > 5)[0, [0, 6]]
    array([4., 0.])
    """
    open_flow = sums_of_years(flow * changeable)
    room = sums_of_years(limit) - sums_of_years(flow * ~changeable)
    # 1 where there is room for all
    share = np.clip(room, 0.0, None) / np.maximum(np.maximum(room, open_flow), MIN_FLOW)
    return np.where(changeable, flow * np.repeat(share, 12, axis=1), flow)


def apply_drivers(
    forecast: FlowForecast, drivers: Sequence[Driver], known_until: dt.date, seed: int
) -> FlowForecast:
    """The forecast with the drivers' effect, draw by draw.

    Parameters
    ----------
    forecast : FlowForecast
        Without drivers.
    drivers : sequence of Driver
        Those of kind ``demand`` and ``target`` are left to the demand chain.
    known_until : date
        Last day that the facts cover.
    seed : int
        Of the scenario.

    Returns
    -------
    FlowForecast
        Levels and growth first, in the order given, then quotas, then ceilings, which bound the
        result of those.

    Raises
    ------
    ScenarioError
        Where a ceiling is asked for and no market size is known.
    """
    rows = [driver for driver in drivers if driver.on_flow]
    rows.sort(key=lambda driver: LIMIT_ORDER.get(driver.kind, 0))
    flow = np.array(forecast.monthly, dtype=float)
    for driver in rows:
        event_draws = draw_event(driver, len(flow), seed, drivers)
        flow = _with_driver(driver, event_draws, flow, forecast, known_until, seed)
    return forecast.with_monthly(flow) if rows else forecast


def effect_of(
    driver: Driver,
    drivers: Sequence[Driver],
    forecast: FlowForecast,
    known_until: dt.date,
    seed: int,
) -> float:
    """What a driver alone does to the vehicles of the whole forecast: the median over the draws of
    the log of their number with it over that without; 0 of one that moves no vehicles.

    Parameters
    ----------
    driver : Driver
        One of them.
    drivers : sequence of Driver
        Those of the scenario.
    forecast : FlowForecast
        Without drivers.
    known_until, seed
        As of :func:`apply_drivers`.
    """
    usual_totals = forecast.monthly.sum(axis=1)
    driver_totals = usual_totals
    if driver.on_flow and not (driver.kind == "ceiling" and forecast.market is None):
        leader = [row for row in drivers if row.name == driver.after]
        driver_totals = apply_drivers(forecast, [driver, *leader], known_until, seed).monthly.sum(
            axis=1
        )
    elif driver.quantity in VEHICLES_A_YEAR:
        event_draws = draw_event(driver, len(usual_totals), seed, drivers)
        active_part = activity(forecast.months, event_draws.start, driver.end, known_until)
        driver_totals = usual_totals + event_draws.size * active_part.sum(axis=1) / 12
    return float(np.median(np.log(np.maximum(driver_totals, 1) / np.maximum(usual_totals, 1))))


def _with_quota(
    driver: Driver,
    number: Array,
    flow: Array,
    forecast: FlowForecast,
    known_until: dt.date,
    seed: int,
) -> Array:
    """The flow under a quota of each year; in draws without a quota everybody pays the duty.

    A renewal is not announced, so that nobody waits for its first day.
    """
    quota = shipped_policies()[driver.policy]
    final_day = driver.end or forecast.months[-1].end
    for of_year in range(driver.start.year, final_day.year + 1):
        start = max(driver.start, dt.date(of_year, 1, 1))
        end = min(final_day, dt.date(of_year, 12, 31))
        renewal = replace(quota, start=start, end=end)
        effects = forecast.policies.effects
        flow = with_quota(flow, forecast.months, renewal, effects, known_until, seed, number)
    return flow


def _with_driver(
    driver: Driver,
    event_draws: EventDraws,
    flow: Array,
    forecast: FlowForecast,
    known_until: dt.date,
    seed: int,
) -> Array:
    """The flow under one more driver, in the months that can still change."""
    months = forecast.months
    size = event_draws.size[:, None]
    active_part = activity(months, event_draws.start, driver.end, known_until)
    changeable: Flags = np.array([month.end > known_until for month in months])
    match driver.kind:
        case "level":
            return flow * (1.0 + (size - 1.0) * active_part)
        case "growth":
            return flow * size ** (np.cumsum(active_part, axis=1) / 12.0)
        case "price":
            response = (1.0 + size) ** event_draws.elasticity[:, None] - 1.0
            return flow * (1.0 + response * active_part)
        case "policy":
            # Imported here: drivers are read and checked without the engine of forecasts
            from forecasting.growth.forecast import changed_policy

            change = changed_policy(
                forecast,
                driver.policy,
                event_draws.start,
                event_draws.size,
                event_draws.normal,
                driver.end,
            )
            return flow * np.exp(change * changeable)
        case "quota":
            number = np.where(event_draws.start < NEVER_DAY, event_draws.size, 0.0)
            return _with_quota(driver, number, flow, forecast, known_until, seed)
        case _:  # a ceiling; where no market size is known, `place_flow` leaves it out
            bounded = scale_totals(flow, size * np.asarray(forecast.market), changeable)
    return flow + (bounded - flow) * active_part
