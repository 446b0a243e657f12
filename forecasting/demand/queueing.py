"""Waiting at charging stations: the Erlang formulas, the points that keep a limit on waits, and the
utilisation that the limit allows.

A station of ``servers`` points is an M/M/c queue. That overstates waits where charging times vary
little, and understates them at holidays.
"""

import itertools
import math
from bisect import bisect_left
from functools import cache

import numpy as np

from forecasting.vocabulary.quantiles import Array

# The limit: at most this share of arrivals waits longer than these minutes
MAX_WAITING_SHARE = 0.1
MAX_WAIT = 10.0
SERVICE = 30.0  # mean minutes at the point
LOAD_STEPS = 10**12  # of one erlang
LARGEST_STATION = 64  # points at one station
PEAK_HOUR = 0.085  # share of the day's arrivals that come in the busiest hour


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals lost where nobody can wait.

    The recursion runs on the inverse, ``1/B_k = 1 + k/(a B_{k-1})``, whose terms are all positive:
    nothing cancels, and an inverse beyond all floats is a loss of 0.

    Parameters
    ----------
    servers : int
        Charging points.
    load : float
        Offered load, erlang.

    Returns
    -------
    float
        Probability, 0 to 1.

    Examples
    --------
    >>> round(erlang_b(14, 10), 6)
    0.056819
    """
    if load == 0:
        return 0.0
    inverse = 1.0
    for k in range(1, servers + 1):
        inverse = 1 + k / load * inverse
    return 1 / inverse


def erlang_c(servers: int, load: float) -> float:
    """Share of arrivals that must wait; 1 where the load reaches the servers.

    Examples
    --------
    >>> round(erlang_c(3, 2), 12) == round(4 / 9, 12), erlang_c(2, 5)
    (True, 1.0)
    """
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return blocked / (1 - load / servers * (1 - blocked))


def wait_exceeds(servers: int, load: float, time: float, service: float) -> float:
    """Share of arrivals that wait longer than ``time``, where the servers can serve all of them.

    Examples
    --------
    >>> round(1 - wait_exceeds(14, 10, time=20, service=180), 4)
    0.8884
    """
    return erlang_c(servers, load) * math.exp(-(servers - load) * time / service)


def station_service(points: int, arrivals_per_hour: float) -> dict[str, float]:
    """Utilisation and waits at a station in an hour with so many arrivals.

    Parameters
    ----------
    points : int
        Charging points.
    arrivals_per_hour : float
        Vehicles an hour, fewer than the points can serve: else the queue would never end.

    Returns
    -------
    dict
        ``utilisation``, ``share_waiting``, ``mean_wait_minutes``.

    Examples
    --------
    >>> {key: round(value, 3) for key, value in station_service(4, 6).items()}
    {'utilisation': 0.75, 'share_waiting': 0.509, 'mean_wait_minutes': 15.283}
    """
    load = arrivals_per_hour * SERVICE / 60
    waits = erlang_c(points, load)
    return {
        "utilisation": load / points,
        "share_waiting": waits,
        "mean_wait_minutes": waits * SERVICE / (points - load),
    }


def points_for(load: float, service: float) -> int:
    """Fewest points at which at most one arrival in ten waits longer than ten minutes.

    Parameters
    ----------
    load : float
        Offered load of the busiest hour, erlang.
    service : float
        Mean time at the point, minutes.

    Returns
    -------
    int
        Points, one or more.

    Examples
    --------
    >>> points_for(0, 30), points_for(2.0, 30)
    (1, 4)
    """
    candidates = itertools.count(math.floor(load) + 1)  # with fewer the queue grows without end
    return next(
        points
        for points in candidates
        if wait_exceeds(points, load, MAX_WAIT, service) <= MAX_WAITING_SHARE
    )


@cache
def utilisation_ceiling(points: int) -> float:
    """Highest share of the day for which a station's points can be busy while waits in the busiest
    hour keep the limit.

    Parameters
    ----------
    points : int
        Points at one station: the larger the station, the higher its ceiling.

    Returns
    -------
    float
        Utilisation over 24 hours, 0 to 1.

    Examples
    --------
    >>> [round(utilisation_ceiling(c), 3) for c in (1, 2, 4)]
    [0.065, 0.158, 0.253]
    """
    # Of loads in equal steps, the first that is too high: scipy.optimize takes as long to import as
    # pandas
    step = bisect_left(
        range(points * LOAD_STEPS),
        MAX_WAITING_SHARE,
        key=lambda step: wait_exceeds(points, step / LOAD_STEPS, MAX_WAIT, SERVICE),
    )
    return step / LOAD_STEPS / points / (24 * PEAK_HOUR)


def ceilings(sizes: Array) -> Array:
    """Utilisation ceilings of stations of given mean sizes, interpolated between whole points.

    Examples
    --------
    >>> np.round(ceilings(np.array([2.0, 3.0, 4.0])), 3)
    array([0.158, 0.215, 0.253])
    """
    return np.interp(sizes, *_ceiling_curve())


@cache
def _ceiling_curve() -> tuple[Array, Array]:
    """Points of a station, and the ceiling of each, up to the largest."""
    grid = np.arange(1.0, LARGEST_STATION + 1)
    return grid, np.array([utilisation_ceiling(int(points)) for points in grid])
