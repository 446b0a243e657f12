"""Practice: the charging points that markets deploy for a stock of vehicles, whatever the need or the standard.

Points grow as a power of the stock below one, so a constant ratio of vehicles to points is a poor forecast:
``log C(t) = log C(0) + e (log S(t) - log S(0)) + error``, with a spread that grows with the horizon. Without
a count of today the level is pooled over markets, and the interval says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from forecasting.errors import AssumptionError

__all__ = ["Practice", "practice_points"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Practice:
    """What markets teach about points and stock.

    Parameters
    ----------
    elasticity, elasticity_error : float
        Growth of log points per growth of log stock, and its standard error over markets.
    horizons, spread : tuple of float
        Years ahead, and the standard deviation of the log error there.
    level, level_slope, level_spread : float
        ``log C = level + level_slope log S``, for a market without a count.
    """

    elasticity: float
    elasticity_error: float
    horizons: tuple[float, ...]
    spread: tuple[float, ...]
    level: float
    level_slope: float
    level_spread: float

    @classmethod
    @cache
    def shipped(cls) -> Practice:
        """The numbers that ship; ``practice.json`` names the data and the command behind them."""
        text = resources.files("forecasting").joinpath("data", "practice.json").read_text(encoding="utf-8")
        found = json.loads(text)["practice"]
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in found.items()})

    def spread_at(self, years_ahead: Array | float) -> Array:
        """Standard deviation of the log error: interpolated in variance, from 0 today, growing beyond the last horizon.

        Examples
        --------
        >>> float(Practice.shipped().spread_at(0.0))
        0.0
        """
        ahead = np.maximum(np.asarray(years_ahead, dtype=float), 0)
        times, variances = np.array([0.0, *self.horizons]), np.array([0.0, *self.spread]) ** 2
        beyond = np.maximum(ahead - times[-1], 0) * variances[-1] / times[-1]
        return np.sqrt(np.interp(ahead, times, variances) + beyond)


def practice_points(
    stock: Array,
    years: Sequence[int],
    elasticity: Array,
    rng: np.random.Generator,
    today: tuple[float, Array] | None = None,
    practice: Practice | None = None,
) -> Array:
    """Public points deployed by practice.

    Parameters
    ----------
    stock : ndarray, shape (draws, years)
        Vehicles at 31 December.
    years : sequence of int
        The years.
    elasticity : ndarray, shape (draws,)
        Elasticity of points to stock.
    rng : numpy.random.Generator
        For the errors, which move as a random walk whose variance follows the spread by horizon.
    today : (float, ndarray), optional
        When the count was taken (a year and its fraction; 2024.0 is 31 December 2023), and the points, shape (draws,).
        Before that day the path is read backwards by the same rule.
    practice : Practice, optional
        Default: as shipped.

    Returns
    -------
    ndarray, shape (draws, years)
        0 where there are no vehicles.

    Raises
    ------
    AssumptionError
        Where today's count is negative.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> paths = practice_points(np.array([[1e4, 2e4]]), [2023, 2024], np.array([0.7]), rng, (2024.0, np.array([800.0])))
    >>> paths.shape, float(paths[0, 0].round(6))
    ((1, 2), 800.0)
    """
    rule = practice or Practice.shipped()
    logs = np.log(np.maximum(stock, 1e-9))
    ends = np.asarray(years, dtype=float) + 1
    if today is None:
        error = rule.level_spread * rng.standard_normal((len(stock), 1))
        return np.where(stock > 0, np.exp(rule.level + rule.level_slope * logs + error), 0.0)
    when, points = today
    if np.min(points) < 0:
        raise AssumptionError(f"charging_today = {np.min(points):g} points; it must be 0 or more")
    base = _column_at(logs, float(np.clip(when - ends[0], 0, len(ends) - 1)))
    steps = np.diff(rule.spread_at(ends - when) ** 2, prepend=0.0)
    error = np.cumsum(np.sqrt(np.maximum(steps, 0)) * rng.standard_normal(stock.shape), axis=1)
    grown = np.exp(elasticity[:, None] * (logs - base[:, None]) + error)
    return np.where(stock > 0, points[:, None] * grown, 0.0)


def _column_at(table: Array, place: float) -> Array:
    """The column at a fractional index, interpolated."""
    left = int(place)
    right = min(left + 1, table.shape[1] - 1)
    return np.asarray(table[:, left] + (table[:, right] - table[:, left]) * (place - left))
