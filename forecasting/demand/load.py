"""Load: the hours of a day by setting, and the peak that the grid must carry.

Energy gives the mean load of each hour; chance gives more. Of few points most may run at once, of
many points a share: ``floor + (1 - floor) / sqrt(n)``. The peak is never below the mean load of the
busiest hour.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from forecasting.demand.parameters import SETTINGS, read_table
from forecasting.quantiles import Array

HOURS = tuple(f"h{hour:02d}" for hour in range(24))


def coincidence(points: Array | float, floor: Array | float = 0.2) -> Array:
    """Share of the rated power of so many points that is drawn at once in the busiest hour.

    Parameters
    ----------
    points : array_like
        Number of points; below one counts as one.
    floor : array_like
        The share of very many points, (0, 1].

    Returns
    -------
    ndarray
        Shares; falls with the number.

    Examples
    --------
    >>> coincidence(np.array([1.0, 100.0, 1e8])).round(3)
    array([1.  , 0.28, 0.2 ])
    """
    return floor + (1 - floor) / np.sqrt(np.maximum(points, 1))


@cache
def day_profile() -> Array:
    """Share of a day's energy in each hour, by setting; rows sum to 1.

    Returns
    -------
    ndarray, shape (settings, 24)

    Examples
    --------
    >>> day_profile().shape, bool(np.allclose(day_profile().sum(axis=1), 1))
    ((7, 24), True)
    """
    rows = {
        row["setting"]: [float(row[hour]) for hour in HOURS]
        for row in read_table("load_profiles.csv")
    }
    shapes = np.array([rows[setting] for setting in SETTINGS])
    return np.asarray(shapes / shapes.sum(axis=1, keepdims=True))


def peak_load(days: Sequence[Array], points: Array, megawatts: Array, floor: Array) -> list[Array]:
    """Peak of each day: coincident load of all settings in its busiest hour.

    Parameters
    ----------
    days : sequence of ndarray, shape (settings, draws, years)
        MWh of each day from the grid.
    points, megawatts : ndarray, shape (settings, draws, years)
        Points, and their rated power.
    floor : ndarray, shape (draws, 1)
        Coincidence of very many points.

    Returns
    -------
    list of ndarray, shape (draws, years)
        MW of each day, never below the mean load of its busiest hour.

    Examples
    --------
    >>> one = np.ones((len(SETTINGS), 1, 1))
    >>> (peak,) = peak_load([24 * one], 100 * one, 10 * one, np.array([0.2]))
    >>> bool(len(SETTINGS) < peak[0, 0] < 10 * len(SETTINGS))
    True
    """
    shape = day_profile()
    in_step = coincidence(points, floor) * megawatts / shape.max(axis=1)[:, None, None]
    # Scaled so that height x shape is the load of the hour
    heights = (np.maximum(in_step, day) for day in days)
    hourly = (shape.T @ height.reshape(len(SETTINGS), -1) for height in heights)
    return [load.max(axis=0).reshape(points.shape[1:]) for load in hourly]
