"""Practice: the charging points that markets deploy for a stock of vehicles, whatever the need or the standard.

Points grow as a power of the stock below one, so a constant ratio of vehicles to points is a poor forecast:
``log C(t) = log C(0) + e (log S(t) - log S(0)) + error``, with a spread that grows with the horizon and is wider where
few points stand. Without a count of today the level is pooled over markets, and the interval says so.
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
import pandas as pd

from forecasting.errors import AssumptionError, EvidenceError

__all__ = ["Practice", "charger_panel", "charger_steps", "estimate_practice", "practice_error", "practice_points"]

Array = npt.NDArray[np.float64]
HORIZONS = (1, 2, 3, 5)
MIN_POINTS, MIN_VEHICLES = 50, 100
REFERENCE_POINTS = 3000.0
NORMAL_80 = 1.2815515655446004  # half-width of a standard normal's central 80 %
COLUMNS = ("market", "year", "stock_bev", "stock_phev", "public_fast_points", "public_slow_points")


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


def practice_error(
    rng: np.random.Generator,
    draws: int,
    years: Sequence[int],
    today: tuple[float, Array] | None = None,
    practice: Practice | None = None,
) -> Array:
    """Log errors of whole paths about the rule.

    From a count of today they are a random walk whose variance follows the spread by horizon; without one they are the
    spread between markets, the same in every year.

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
    """
    rule = practice or Practice.shipped()
    chance = rng.standard_normal((draws, len(years)))
    if today is None:
        return np.repeat(rule.level_spread * chance[:, :1], len(years), axis=1)
    when, points = today
    ahead = np.asarray(years, dtype=float) + 1 - when
    steps = np.diff(rule.spread_at(ahead) ** 2, prepend=0.0)
    size = (np.maximum(points, 1) / REFERENCE_POINTS) ** -rule.size_slope
    return np.asarray(np.cumsum(np.sqrt(np.maximum(steps, 0)) * chance, axis=1) * size[:, None])


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
    array([[ 800., 1300.]])
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
    grown = np.exp(elasticity[:, None] * (logs - base[:, None]) + error)
    return np.where(stock > 0, points[:, None] * grown, 0.0)


def _column_at(table: Array, place: float) -> Array:
    """The column at a fractional index, interpolated."""
    left = int(place)
    right = min(left + 1, table.shape[1] - 1)
    return np.asarray(table[:, left] + (table[:, right] - table[:, left]) * (place - left))


def charger_panel(panel: pd.DataFrame) -> pd.DataFrame:
    """Stocks and public points by market and year, with what is wrong with each count.

    A total needs both its fast and its slow points: a missing one is not zero, and that year has no total. A plug-in
    hybrid stock that is missing beside battery cars is taken as none. Faults are flagged, not removed: ``fall``,
    ``repeat`` (the count stood still to half a per cent) and ``jump`` (more than threefold in a year).

    Parameters
    ----------
    panel : pandas.DataFrame
        Columns market, year, stock_bev, stock_phev, public_fast_points, public_slow_points.

    Returns
    -------
    pandas.DataFrame
        ``market, year, stock, points, fault``, sorted.

    Raises
    ------
    EvidenceError
        Where a column is missing, a count is negative, or a market has a year twice.

    Examples
    --------
    >>> rows = [("A", 2020, 100, 0, 10, 50), ("A", 2021, 200, 0, 10, 50), ("A", 2022, 300, 0, None, 90)]
    >>> charger_panel(pd.DataFrame(rows, columns=COLUMNS))[["year", "points", "fault"]].values.tolist()
    [[2020, 60.0, ''], [2021, 60.0, 'repeat'], [2022, nan, '']]
    """
    missing = [name for name in COLUMNS if name not in panel.columns]
    if missing:
        raise EvidenceError(f"the panel lacks {', '.join(missing)}; its columns are {', '.join(COLUMNS)}")
    if panel.duplicated(["market", "year"]).any():
        first = panel[panel.duplicated(["market", "year"])].iloc[0]
        raise EvidenceError(f"the panel holds {first['market']} {first['year']} twice; keep one row a year")
    counts = panel[list(COLUMNS[2:])].astype(float)
    if (counts < 0).any(axis=None):
        raise EvidenceError("the panel holds a negative count; stocks and points are 0 or more")
    table = panel[["market", "year"]].copy()
    table["stock"] = counts["stock_bev"] + counts["stock_phev"].fillna(0)
    table["points"] = counts["public_fast_points"] + counts["public_slow_points"]
    table = table.sort_values(["market", "year"]).reset_index(drop=True)
    before = table.groupby("market")[["points", "year"]].shift()
    growth = (table["points"] / before["points"]).where(table["year"] - before["year"] == 1)
    faults = [growth < 0.995, growth < 1.005, growth > 3]
    table["fault"] = np.select(faults, ["fall", "repeat", "jump"], default="")
    return table


def charger_steps(table: pd.DataFrame, horizons: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """Every pair of counts so many years apart: growth of points and stock, in logs.

    Counts below 50 points or 100 vehicles at the origin are left out: there a single site decides.

    Parameters
    ----------
    table : pandas.DataFrame
        From ``charger_panel``.
    horizons : sequence of int
        Years apart.

    Returns
    -------
    pandas.DataFrame
        ``market, year, horizon, points, grown, stock_grown``.
    """
    whole = table[(table["points"] > 0) & (table["stock"] > 0)]
    start = whole[(whole["points"] >= MIN_POINTS) & (whole["stock"] >= MIN_VEHICLES)]
    found = []
    for horizon in horizons:
        later = whole[["market", "year", "points", "stock"]].assign(year=whole["year"] - horizon)
        pairs = start.merge(later, on=["market", "year"], suffixes=("", "_later"))
        grown = np.log(pairs["points_later"] / pairs["points"])
        stock_grown = np.log(pairs["stock_later"] / pairs["stock"])
        kept = pairs[["market", "year", "points"]].assign(horizon=horizon, grown=grown, stock_grown=stock_grown)
        found.append(kept)
    return pd.concat(found, ignore_index=True)


def estimate_practice(panel: pd.DataFrame) -> Practice:
    """Learn practice from a panel of markets.

    The elasticity is that of least absolute errors over all pairs of counts 1, 2, 3 and 5 years apart, each weighted by
    one over the root of its horizon: recounts and stale years, which panels are full of, move a median little. The
    spread is that of each market's errors under the elasticity of all others: it holds the spread between markets too.

    Parameters
    ----------
    panel : pandas.DataFrame
        As for ``charger_panel``.

    Returns
    -------
    Practice

    Raises
    ------
    EvidenceError
        Where fewer than three markets have counts five years apart.
    """
    table = charger_panel(panel)
    return practice_from(table, charger_steps(table))


def practice_from(table: pd.DataFrame, steps: pd.DataFrame) -> Practice:
    """As ``estimate_practice``, from what ``charger_panel`` and ``charger_steps`` gave, or some markets of it."""
    markets = steps.loc[steps["horizon"] == max(HORIZONS), "market"].unique()
    if len(markets) < 3:
        raise EvidenceError(f"{len(markets)} markets have counts of points five years apart; give at least 3")
    ratios = _Ratios.of(steps)
    without = {market: ratios.median(market) for market in steps["market"].unique()}
    error = steps["grown"] - steps["market"].map(without) * steps["stock_grown"]
    slope = _size_slope(error, steps)
    scaled = error.abs() * (steps["points"] / REFERENCE_POINTS) ** slope
    spread = tuple(float(scaled[steps["horizon"] == h].quantile(0.8)) / NORMAL_80 for h in HORIZONS)
    values = np.array(list(without.values()))
    jackknife = float(np.sqrt((len(values) - 1) * np.mean((values - values.mean()) ** 2)))
    return Practice(ratios.median(), jackknife, HORIZONS, spread, slope, *_level(table))


@dataclass(frozen=True)
class _Ratios:
    """Growth of points over growth of stock, sorted: their weighted median is the fit of least absolute errors."""

    market: npt.NDArray[np.object_]
    ratio: Array
    weight: Array

    @classmethod
    def of(cls, steps: pd.DataFrame) -> _Ratios:
        moved = steps[steps["stock_grown"] != 0]
        ratio = (moved["grown"] / moved["stock_grown"]).to_numpy(dtype=float)
        weight = (moved["stock_grown"].abs() / np.sqrt(moved["horizon"])).to_numpy(dtype=float)
        order = np.argsort(ratio)
        return cls(moved["market"].to_numpy(dtype=object)[order], ratio[order], weight[order])

    def median(self, without: str | None = None) -> float:
        """The weighted median, one market left out."""
        reached = np.cumsum(np.where(self.market == without, 0.0, self.weight))
        return float(self.ratio[np.searchsorted(reached, reached[-1] / 2)])


def _size_slope(error: pd.Series, steps: pd.DataFrame) -> float:
    """How fast the log of the error's size falls with the log of the count, within horizons; 0 or more."""
    size = np.log(error.abs() + 0.02)
    logs = np.log(steps["points"])
    size, logs = (x - x.groupby(steps["horizon"]).transform("mean") for x in (size, logs))
    return max(-float((size * logs).sum() / (logs**2).sum()), 0.0)


def _level(table: pd.DataFrame) -> tuple[float, float, float]:
    """Regression of log points on log stock over the last five years, and its spread, one weight a market."""
    recent = table[(table["year"] > table["year"].max() - 5) & (table["points"] > 0) & (table["stock"] > 0)]
    weight = np.sqrt(1 / recent.groupby("market")["points"].transform("size").to_numpy())
    design = np.column_stack([np.ones(len(recent)), np.log(recent["stock"])])
    target = np.log(recent["points"]).to_numpy()
    level, slope = np.linalg.lstsq(design * weight[:, None], target * weight, rcond=None)[0]
    error = target - design @ np.array([level, slope])
    return float(level), float(slope), float(np.sqrt(np.average(error**2, weights=weight**2)))
