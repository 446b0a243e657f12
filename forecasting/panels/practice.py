"""Practice: the charging points that markets deploy for a stock of vehicles, whatever the need or the standard.

Points grow as a power of the stock below one, so a constant ratio of vehicles to points is a poor forecast:
``log C(t) = log C(0) + e (log S(t) - log S(0)) + error``, with a spread that grows with the horizon and is wider where
few points stand. Where hardly any stand, a count says little of what will, and the path is pulled to the level of other
markets as the years go by. Without a count of today the level is pooled over markets, and the interval says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting.errors import AssumptionError

__all__ = ["Practice", "practice_error", "practice_points"]

Array = npt.NDArray[np.float64]
REFERENCE_POINTS = 3000.0
THIN = 100.0  # points up to which a count says so little that the whole pull applies
NORMAL_80 = 1.2815515655446004  # half-width of a standard normal's central 80 %


@dataclass(frozen=True)
class Practice:
    """What markets teach about points and stock.

    Parameters
    ----------
    elasticity, elasticity_error : float
        Growth of log points per growth of log stock, and its standard error over markets.
    horizons, spread : tuple of float
        Years ahead, and the standard deviation of the log error there, where 3,000 points stand.
    size_slope : float
        The spread of ``C`` points is ``(C / 3000) ** -size_slope`` times that.
    level, level_slope, level_spread : float
        ``log C = level + level_slope log S``, for a market without a count.
    catch_up : float
        Rate a year at which markets come closer to that level.

    Examples
    --------
    >>> 0.5 < Practice.shipped().elasticity < 0.9
    True
    """

    elasticity: float
    elasticity_error: float
    horizons: tuple[float, ...]
    spread: tuple[float, ...]
    size_slope: float
    level: float
    level_slope: float
    level_spread: float
    catch_up: float = 0.0

    @classmethod
    @cache
    def shipped(cls) -> Practice:
        """The numbers that ship; ``practice.json`` names the data and the command behind them."""
        text = resources.files("forecasting").joinpath("data", "practice.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)["practice"]
        values: dict[str, Any] = {key: tuple(x) if isinstance(x, list) else x for key, x in found.items()}
        return cls(**values)

    def save(self, path: str | Path, source: str, command: str) -> None:
        """Write the numbers with where they come from."""
        rounded = {
            k: [round(x, 4) for x in v] if isinstance(v, tuple) else round(v, 4) for k, v in asdict(self).items()
        }
        record = {"source": source, "command": command, "practice": rounded}
        Path(path).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")

    def spread_at(self, years_ahead: Array | float, points: Array | float = REFERENCE_POINTS) -> Array:
        """Standard deviation of the log error so many years ahead, where so many points stand.

        Interpolated in variance from 0 today, and growing on at the same rate beyond the last horizon.

        Examples
        --------
        >>> practice = Practice.shipped()
        >>> float(practice.spread_at(0.0)), bool(practice.spread_at(5.0, 100.0) > practice.spread_at(5.0, 10_000.0))
        (0.0, True)
        """
        ahead = np.maximum(np.asarray(years_ahead, dtype=float), 0)
        times, variances = np.array([0.0, *self.horizons]), np.array([0.0, *self.spread]) ** 2
        beyond = np.maximum(ahead - times[-1], 0) * variances[-1] / times[-1]
        size = (np.maximum(points, 1) / REFERENCE_POINTS) ** -self.size_slope
        return np.asarray(np.sqrt(np.interp(ahead, times, variances) + beyond) * size)

    def pull(self, years_ahead: Array | float, points: Array | float) -> Array:
        """Share of the way to the pooled level that a count has gone so many years ahead.

        All of what markets catch up where 100 points or fewer stand, and in inverse proportion to the count beyond.

        Examples
        --------
        >>> practice = Practice.shipped()
        >>> float(practice.pull(0.0, 30.0)), bool(0.3 < practice.pull(7.0, 30.0) < 0.6)
        (0.0, True)
        >>> bool(practice.pull(7.0, 3000.0) < 0.02)
        True
        """
        reached = 1 - np.exp(-self.catch_up * np.maximum(np.asarray(years_ahead, dtype=float), 0))
        return np.asarray(reached * THIN / np.maximum(points, THIN))


def practice_error(
    rng: np.random.Generator,
    draws: int,
    years: Sequence[int],
    today: tuple[float, Array] | None = None,
    practice: Practice | None = None,
) -> Array:
    """Log errors of whole paths about the rule.

    From a count of today they are a random walk whose variance follows the spread by horizon, and the spread between
    markets as far as the path is pulled to their level; without a count they are that spread, the same in every year.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance.
    draws : int
        Number of paths.
    years : sequence of int
        The years, at 31 December.
    today : (float, ndarray), optional
        As for ``practice_points``.
    practice : Practice, optional
        Default: as shipped.

    Returns
    -------
    ndarray, shape (draws, years)

    Examples
    --------
    >>> error = practice_error(np.random.default_rng(0), 1000, [2023, 2024], (2024.0, np.full(1000, 3000.0)))
    >>> bool(np.all(error[:, 0] == 0)), bool(abs(error[:, 1].std() - Practice.shipped().spread[0]) < 0.02)
    (True, True)
    """
    rule = practice or Practice.shipped()
    chance = rng.standard_normal((draws, len(years)))
    if today is None:
        return np.repeat(rule.level_spread * chance[:, :1], len(years), axis=1)
    when, points = today
    ahead = np.asarray(years, dtype=float) + 1 - when
    steps = np.diff(rule.spread_at(ahead) ** 2, prepend=0.0)
    size = (np.maximum(points, 1) / REFERENCE_POINTS) ** -rule.size_slope
    walk = np.cumsum(np.sqrt(np.maximum(steps, 0)) * chance, axis=1) * size[:, None]
    level = rule.level_spread * rng.standard_normal((draws, 1))
    return np.asarray(walk + rule.pull(ahead, points[:, None]) * level)


def practice_points(
    stock: Array,
    years: Sequence[int],
    elasticity: Array,
    error: Array | float = 0.0,
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
    error : ndarray, shape (draws, years), or float
        Log errors, from ``practice_error``; 0 gives the rule itself.
    today : (float, ndarray), optional
        When the count was taken (a year and its fraction; 2024.0 is the end of 2023), and the points, shape (draws,).
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
    >>> today = (2024.0, np.array([800.0]))
    >>> practice_points(np.array([[1e4, 2e4]]), [2023, 2024], np.array([0.7]), today=today).round()
    array([[ 800., 1302.]])
    """
    rule = practice or Practice.shipped()
    logs = np.log(np.maximum(stock, 1e-9))
    if today is None:
        return np.where(stock > 0, np.exp(rule.level + rule.level_slope * logs + error), 0.0)
    when, points = today
    if np.min(points) < 0:
        raise AssumptionError(f"charging_today = {np.min(points):g} points; it must be 0 or more")
    ends = np.asarray(years, dtype=float) + 1
    base = _column_at(logs, float(np.clip(when - ends[0], 0, len(ends) - 1)))
    gap = rule.level + rule.level_slope * base - np.log(np.maximum(points, 1))
    pulled = rule.pull(ends - when, points[:, None]) * gap[:, None]
    grown = np.exp(elasticity[:, None] * (logs - base[:, None]) + pulled + error)
    return np.where(stock > 0, points[:, None] * grown, 0.0)


def _column_at(table: Array, place: float) -> Array:
    """The column at a fractional index, interpolated."""
    left = int(place)
    right = min(left + 1, table.shape[1] - 1)
    return np.asarray(table[:, left] + (table[:, right] - table[:, left]) * (place - left))
