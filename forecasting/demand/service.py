"""What the public points that are built do for drivers: how long they wait on the busiest day, how
often they find no free point, how busy the points are, and when the need is met.

The points are those of practice with its roll-outs, not those of the need. Fast points stand in
stations, each a queue in which arrivals and times at the point are random (M/M/c). A station whose
points cannot serve the busiest hours has a queue that grows until they end. Drivers do not look for
another station, so waits are too long; all stations are alike, so they are too short.
"""

import numpy as np

from forecasting.demand.charging import (
    FAST_SETTINGS,
    HOURS_A_YEAR,
    PEAK_HOUR,
    PUBLIC,
    SERVICE,
    power_in_use,
    side,
)
from forecasting.demand.load import day_profile
from forecasting.demand.parameters import SETTINGS, Draws, Years
from forecasting.demand.symbols import labelled, total
from forecasting.vocabulary.quantiles import Array

WAIT = "charging_wait_minutes"
UNMET = "charging_unmet_percent"
USE = "charging_use_percent"
BUSY_HOURS = 4.0  # hours of the busiest day that are as busy as its busiest: a judgement
BUSY_MINUTES = 60 * BUSY_HOURS
SLOW_SETTINGS = tuple(setting for setting in PUBLIC if setting not in FAST_SETTINGS)


def no_free_point(load: Array, points: Array) -> Array:
    """Share of arrivals that find no free point at a station: Erlang's C, as Sakasegawa has it.

    Parameters
    ----------
    load : ndarray
        Offered load for each point, erlang.
    points : ndarray
        Points at the station; they need not be whole.

    Returns
    -------
    ndarray
        1 where the load is more than the points can serve.

    References
    ----------
    Sakasegawa (1977), An approximation formula, Annals of the Institute of Statistical Mathematics
    29, 67-75.

    Examples
    --------
    >>> no_free_point(np.array([0.5, 0.8, 1.5]), 2.0).round(2)  # Erlang: 0.33, 0.71, 1
    array([0.37, 0.72, 1.  ])
    """
    share: Array = np.minimum(load, 1.0) ** ((2 * (points + 1)) ** 0.5 - 1)
    return share


def mean_wait(load: Array, points: Array) -> Array:
    """Mean minutes for which drivers wait who come in the busiest hours, which last four.

    Where the points can serve all, it is the wait of an endless queue, ``C s / (c (1 - load))``;
    where they cannot, the queue grows from nothing for four hours; between them it runs as Kimber
    and Hollis join the two.

    Parameters
    ----------
    load, points : ndarray
        As of `no_free_point`.

    Returns
    -------
    ndarray
        At most four hours: nobody waits longer than that.

    References
    ----------
    Kimber and Hollis (1979), Traffic queues and delays at road junctions, TRRL report LR 909.

    Examples
    --------
    >>> mean_wait(np.array([0.0, 0.5, 1.0, 2.0]), 2.0).round(1)
    array([  0. ,   9.5,  42.4, 133.5])
    """
    excess = load - 1
    minutes_a_car = SERVICE / points
    bend = 8 * no_free_point(load, points) * minutes_a_car / BUSY_MINUTES
    wait: Array = BUSY_MINUTES / 4 * (excess + (excess * excess + bend) ** 0.5)
    return np.minimum(wait, BUSY_MINUTES)


def service_of(
    served: Draws, practice: Array, practice_fast: Array, years: Years, sample: Draws
) -> Draws:
    """Waits, the energy that finds no free point, and how busy fast points are.

    Parameters
    ----------
    served : mapping of str to ndarray, shape (draws, years)
        kWh a year at the battery, by setting, as points serve it.
    practice, practice_fast : ndarray, shape (draws, years)
        Public points that stand at the end of the year, and the fast ones of them.
    years : sequence of int
        The years.
    sample : mapping of str to ndarray, shape (draws, 1)
        Draws of the efficiencies, the power of a session, the busiest day, and the points of a
        station.

    Returns
    -------
    dict of str to ndarray, shape (draws, years)
        ``charging_wait_minutes``, ``charging_unmet_percent`` and ``charging_use_percent``.

    Examples
    --------
    >>> from forecasting.demand.parameters import load_parameters
    >>> sample = {row.key: np.array([[row.mode]]) for row in load_parameters()}
    >>> served = {setting: np.array([[1e6]]) for setting in SETTINGS}
    >>> fast = np.array([[60.0]])
    >>> found = service_of(served, 4 * fast, fast, [2030], sample)
    >>> {name: round(draws.item(), 1) for name, draws in found.items()}
    {'charging_wait_minutes': 3.3, 'charging_unmet_percent': 16.6, 'charging_use_percent': 8.7}
    """
    hours = {name: _hours_in_use(name, served, years, sample) for name in PUBLIC}
    fast_hours = total(hours[name] for name in FAST_SETTINGS)
    fast_points = np.maximum(practice_fast, 1.0)
    slow_points = np.maximum(practice - practice_fast, 1.0)
    station = sample["points_per_station"]
    busiest = sample["peak_day"] * (PEAK_HOUR / 365)
    load = labelled(
        "load of a fast point, busiest hours", fast_hours * busiest / fast_points, years
    )
    slow_hours = total(hours[name] * (_busiest_part(name) / 365) for name in SLOW_SETTINGS)
    slow_load = labelled("load of a slow point, busiest hours", slow_hours / slow_points, years)
    fast_kwh = total(served[name] for name in FAST_SETTINGS) * sample["peak_day"] * PEAK_HOUR
    slow_kwh = total(served[name] * _busiest_part(name) for name in SLOW_SETTINGS)
    unmet = fast_kwh * no_free_point(load, station) + slow_kwh * no_free_point(slow_load, station)
    return {
        WAIT: mean_wait(load, station),
        UNMET: 100 * unmet / np.maximum(fast_kwh + slow_kwh, 1.0),
        USE: np.minimum(100 * fast_hours / (HOURS_A_YEAR * fast_points), 100.0),
    }


def _hours_in_use(setting: str, served: Draws, years: Years, sample: Draws) -> Array:
    """Hours a year for which cars are connected to the points of a setting."""
    inlet = served[setting] / sample[f"onboard_efficiency.{side(setting)}"]
    return inlet / power_in_use(setting, years, sample)


def _busiest_part(setting: str) -> float:
    """The part of a day's energy that falls into its busiest hour."""
    return float(day_profile()[SETTINGS.index(setting)].max())
