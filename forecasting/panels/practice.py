"""Practice: the charging points that markets deploy for a stock of vehicles, whatever the need or
the standard.

Points grow with a power of the stock that is below one, so a constant ratio of vehicles to points
is a poor forecast: ``log C(t) = log C(0) + e (log S(t) - log S(0)) + error``, with a spread that
grows with the horizon and is wider where few points stand. A part of a market's departure from the
rule in its last year goes on for one more, and the path comes closer to the level of other markets
as years pass. Without a count of today the level is pooled over markets, with a wide interval.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from forecasting.vocabulary.errors import AssumptionError, in_digits
from forecasting.vocabulary.names import DATA
from forecasting.vocabulary.quantiles import Array

REFERENCE_POINTS = 3000.0
THIN_POINTS = 100.0
OWN_GROWTH = (-0.1, 0.5)  # log growth of a year; beyond it a count was corrected rather than built
FAST_YEAR = 2024  # the year of the share of points that are fast
NORMAL_80 = 1.2815515655446004  # half-width of a standard normal's central 80 %


@dataclass(frozen=True)
class Practice:
    """The relation of points to stock, estimated from markets.

    Parameters
    ----------
    elasticity, elasticity_error : float
        Growth of log points per growth of log stock, and its standard error over markets.
    horizons, spread : tuple of float
        Years ahead, and the spread of the log error there, where 3,000 points stand: of a normal
        law with the same central 80 %.
    size_slope : float
        The spread of ``C`` points is ``(C / 3000) ** -size_slope`` times that.
    level, level_slope, level_spread : float
        ``log C = level + level_slope log S``, for a market without a count.
    catch_up : float
        Rate a year at which markets come closer to that level, shrunk by its standard error over
        markets.
    own_weight : float
        Weight of the growth of a market's own last year in its next.
    fast_level, fast_growth, fast_growth_error, fast_spread : float
        Log odds that a public point is fast at the end of 2024; their growth a year, with its
        standard error over markets; their spread over markets.

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
    own_weight: float = 0.0
    fast_level: float = 0.0
    fast_growth: float = 0.0
    fast_growth_error: float = 0.0
    fast_spread: float = 0.0

    @classmethod
    @cache
    def shipped(cls) -> Practice:
        """The numbers that ship; ``practice.json`` names the data and the command behind them."""
        return TypeAdapter(cls).validate_python(_shipped()["practice"])

    def spread_at(self, years_ahead: Array | float) -> Array:
        """Spread of the log error so many years ahead, where 3,000 points stand.

        Interpolated in variance from 0 today, and growing on at the same rate beyond the last
        horizon.

        Examples
        --------
        >>> practice = Practice.shipped()
        >>> float(practice.spread_at(0.0)), bool(practice.spread_at(5.0) > practice.spread_at(1.0))
        (0.0, True)
        """
        horizon = np.maximum(years_ahead, 0)
        times = np.array([0.0, *self.horizons])
        variances = np.array([0.0, *self.spread]) ** 2
        extra_variance = np.maximum(horizon - times[-1], 0) * variances[-1] / times[-1]
        return np.asarray(np.sqrt(np.interp(horizon, times, variances) + extra_variance))


@cache
def _shipped() -> dict[str, Any]:
    text = (DATA / "practice.json").read_text(encoding="utf-8")
    result: dict[str, Any] = json.loads(text)
    return result


def market_band(stock: float) -> tuple[float, float, float, int]:
    """Public points of the markets that had about so many electric vehicles.

    Parameters
    ----------
    stock : float
        Vehicles.

    Returns
    -------
    low, middle, high : float
        Quantiles 0.1, 0.5 and 0.9 over markets, each at the year in which its stock was nearest;
        interpolated in logs.
    markets : int
        How many; 0, and the rest not a number, where fewer than five came near.

    Examples
    --------
    >>> low, middle, high, markets = market_band(100_000)
    >>> 2000 < low < middle < high < 50_000, markets >= 5
    (True, True)
    >>> market_band(10)[3]
    0
    """
    stocks, *ends, markets = np.array(_shipped()["band"]).T
    if not stocks[0] <= stock <= stocks[-1]:
        return np.nan, np.nan, np.nan, 0
    log = np.log(stock)
    logs = np.log(stocks)
    low, middle, high = (float(np.exp(np.interp(log, logs, np.log(end)))) for end in ends)
    return low, middle, high, int(markets[np.argmin(np.abs(logs - log))])


def thin(points: Array) -> Array:
    """How little a count tells of later counts: 1 up to 100 points, then in inverse proportion.

    >>> thin(np.array([30.0, 1000.0])).tolist()
    [1.0, 0.1]
    """
    return THIN_POINTS / np.maximum(points, THIN_POINTS)


def practice_error(
    rng: np.random.Generator,
    draws: int,
    years: Sequence[int],
    today: tuple[float, Array] | None = None,
    practice: Practice | None = None,
) -> Array:
    """Log errors of whole paths about the rule.

    From a count of today they are a random walk, whose spread by horizon was learned from such
    intervals. Where few points stand, the spread between levels of markets is added as far as the
    path has caught up with the pooled level; without a count it is the whole error.

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
    >>> today = (2024.0, np.full(1000, 3000.0))
    >>> error = practice_error(np.random.default_rng(0), 1000, [2023, 2024], today)
    >>> low, high = np.quantile(error[:, 1], (0.1, 0.9))
    >>> apart = (high - low) / 2 - NORMAL_80 * Practice.shipped().spread[0]
    >>> bool(np.all(error[:, 0] == 0)), bool(abs(apart) < 0.03)
    (True, True)
    """
    rule = practice or Practice.shipped()
    market_normal = rng.standard_normal((draws, 1))
    # Year by year, so that a longer horizon does not change the earlier years
    year_normal = rng.standard_normal((len(years), draws)).T
    if today is None:
        return np.repeat(rule.level_spread * market_normal, len(years), axis=1)
    when, points = today
    horizon = np.asarray(years, dtype=float) + 1 - when
    steps = np.maximum(np.diff(rule.spread_at(horizon) ** 2, prepend=0.0), 0)
    walk = np.cumsum(np.sqrt(steps) * year_normal, axis=1)
    size = (np.maximum(points, 1) / REFERENCE_POINTS) ** -rule.size_slope
    level = rule.level_spread * market_normal
    gap_share = 1 - np.exp(-rule.catch_up * np.maximum(horizon, 0))
    return walk * as_column(size) + gap_share * as_column(thin(points)) * level


def practice_points(
    stock: Array,
    years: Sequence[int],
    elasticity: Array,
    error: Array | float = 0.0,
    today: tuple[float, Array] | None = None,
    practice: Practice | None = None,
    own_growth: float | None = None,
    catch_up: Array | None = None,
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
        When the count was taken (a year and its fraction; 2024.0 is the end of 2023), and the
        points, shape (draws,). The path before that day follows from the same rule.
    practice : Practice, optional
        Default: as shipped.
    own_growth : float, optional
        Log growth of the points in the year before today's count, where that is known: part of its
        departure from the rule goes on for a year.
    catch_up : ndarray, shape (draws,), optional
        Rate a year at which the path comes closer to the pooled level; default the practice's own.

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
    array([[ 800., 1299.]])
    """
    rule = practice or Practice.shipped()
    logs = np.log(np.maximum(stock, 1e-9))
    if today is None:
        return np.where(stock > 0, np.exp(rule.level + rule.level_slope * logs + error), 0.0)
    when = today[0]
    points = as_column(today[1])
    if np.min(points) < 0:
        raise AssumptionError(
            f"charging_today = {in_digits(np.min(points))} points; it must be 0 or more"
        )
    ends = np.asarray(years, dtype=float) + 1
    base, next_year = (
        as_column(column_at(logs, float(np.clip(day - ends[0], 0, len(ends) - 1))))
        for day in (when, when + 1)
    )
    year_part = np.clip(ends - when, 0, 1)  # of the year after the count
    gap = rule.level + rule.level_slope * base - np.log(np.maximum(points, 1))
    rate = as_column(rule.catch_up if catch_up is None else catch_up)
    gap_share = 1 - np.exp(-(rate * np.maximum(ends - when, 0)))
    slope = as_column(elasticity)
    growth = slope * (logs - base) + gap_share * gap + error
    if own_growth is not None:
        # Growth of the stock within the year after the count: none before, no more after it
        stock_in_year = np.where(year_part > 0, logs, base)
        stock_growth = np.where(year_part < 1, stock_in_year, next_year) - base
        departure = np.clip(own_growth, *OWN_GROWTH) * year_part - slope * stock_growth
        growth = growth + rule.own_weight * departure
    return np.where(stock > 0, points * np.exp(growth), 0.0)


def as_column(values: Array | float) -> Array:
    """One value a draw, as a column beside tables of years.

    >>> as_column(np.ones(2)).shape
    (2, 1)
    """
    return np.reshape(values, (-1, 1))


def column_at(table: Array, place: float) -> Array:
    """The column at a fractional index, interpolated."""
    lower = int(place)
    upper = min(lower + 1, table.shape[1] - 1)
    return table[:, lower] + (table[:, upper] - table[:, lower]) * (place - lower)
