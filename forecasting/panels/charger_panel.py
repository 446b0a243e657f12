"""What panels of markets teach about charging points and the stock of vehicles, faults of the counts included.

Public counts are recounted, repeated and half missing. A missing class of points is not zero, a fall or a repeat is
flagged, and the estimates are medians, which such years move little.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import EvidenceError
from forecasting.evidence.sources.iea import read_iea_panel
from forecasting.panels.practice import NORMAL_80, REFERENCE_POINTS, Practice

__all__ = ["charger_panel", "charger_steps", "estimate_practice", "practice_from", "read_charger_panel"]

Array = npt.NDArray[np.float64]
HORIZONS = (1, 2, 3, 5)
MIN_POINTS, MIN_VEHICLES = 50, 100
COLUMNS = ("market", "year", "stock_bev", "stock_phev", "public_fast_points", "public_slow_points")


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
        ``market, year, horizon, points, stock, grown, stock_grown``.

    Examples
    --------
    >>> rows = [("A", 2020, 1000, 0, 10, 90), ("A", 2021, 2000, 0, 20, 180)]
    >>> steps = charger_steps(charger_panel(pd.DataFrame(rows, columns=COLUMNS)))
    >>> steps[["year", "horizon", "points"]].values.tolist(), bool(np.allclose(steps["grown"], np.log(2)))
    ([[2020.0, 1.0, 100.0]], True)
    """
    whole = table[(table["points"] > 0) & (table["stock"] > 0)]
    start = whole[(whole["points"] >= MIN_POINTS) & (whole["stock"] >= MIN_VEHICLES)]
    found = []
    for horizon in horizons:
        later = whole[["market", "year", "points", "stock"]].assign(year=whole["year"] - horizon)
        pairs = start.merge(later, on=["market", "year"], suffixes=("", "_later"))
        grown = np.log(pairs["points_later"] / pairs["points"])
        stock_grown = np.log(pairs["stock_later"] / pairs["stock"])
        kept = pairs[["market", "year", "points", "stock"]].assign(
            horizon=horizon, grown=grown, stock_grown=stock_grown
        )
        found.append(kept)
    return pd.concat(found, ignore_index=True)


def estimate_practice(panel: pd.DataFrame) -> Practice:
    """Learn practice from a panel of markets.

    The elasticity is that of least absolute errors over all pairs of counts 1, 2, 3 and 5 years apart, each weighted by
    one over the root of its horizon: recounts and stale years, which panels are full of, move a median little. The
    spread is that of each market's errors under the elasticity of all others: it holds the spread between markets too.
    The rate of catching up is that of least absolute errors on the distance to the pooled level.

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

    Examples
    --------
    >>> rows = [(m, y, 1000 * 2.0**y, 0, 10 * 2 ** (0.7 * y), 90 * 2 ** (0.7 * y)) for m in "ABC" for y in range(7)]
    >>> round(estimate_practice(pd.DataFrame(rows, columns=COLUMNS)).elasticity, 3)
    0.7
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
    level, level_slope, level_spread = _level(table)
    gap = level + level_slope * np.log(steps["stock"]) - np.log(steps["points"])
    rate = _catch_up(steps["grown"] - ratios.median() * steps["stock_grown"], gap, steps["horizon"])
    return Practice(ratios.median(), jackknife, HORIZONS, spread, slope, level, level_slope, level_spread, rate)


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


def _catch_up(error: pd.Series, gap: pd.Series, horizon: pd.Series) -> float:
    """Rate a year at which the distance to the pooled level closes; 0 or more."""
    rates = np.arange(0, 0.305, 0.005)
    closed = 1 - np.exp(-rates * horizon.to_numpy(dtype=float)[:, None])
    off = np.abs(error.to_numpy()[:, None] - closed * gap.to_numpy()[:, None])
    return float(rates[np.argmin((off / np.sqrt(horizon.to_numpy(dtype=float))[:, None]).sum(axis=0))])


def _level(table: pd.DataFrame) -> tuple[float, float, float]:
    """Regression of log points on log stock over the last five years, and its spread, one weight a market."""
    recent = table[(table["year"] > table["year"].max() - 5) & (table["points"] > 0) & (table["stock"] > 0)]
    weight = np.sqrt(1 / recent.groupby("market")["points"].transform("size").to_numpy())
    design = np.column_stack([np.ones(len(recent)), np.log(recent["stock"])])
    target = np.log(recent["points"]).to_numpy()
    level, slope = np.linalg.lstsq(design * weight[:, None], target * weight, rcond=None)[0]
    error = target - design @ np.array([level, slope])
    return float(level), float(slope), float(np.sqrt(np.average(error**2, weights=weight**2)))


def read_charger_panel(path: str | Path) -> pd.DataFrame:
    """Read IEA's table, or a file that has the columns of ``charger_panel`` already, sales or not.

    Raises
    ------
    EvidenceError
        Where the file cannot be read or has neither set of columns.
    """
    try:
        header = set(pd.read_csv(path, nrows=0).columns)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        header = set()  # the reader of IEA's table says what is wrong
    return pd.read_csv(path) if set(COLUMNS) <= header else read_iea_panel(path)


def main(argv: Sequence[str] | None = None) -> None:
    """Make the practice that ships: ``python -m forecasting.panels.charger_panel PANEL FOLDER``.

    Parameters
    ----------
    argv : sequence of str, optional
        PANEL is IEA's Global EV Data table, FOLDER where to write ``practice.json``.
    """
    panel_path, folder = argv if argv is not None else sys.argv[1:]
    panel = read_charger_panel(panel_path)
    counted = charger_panel(panel).dropna()
    markets, last = counted["market"].nunique(), counted["year"].max()
    source = f"estimated on {markets} markets with both fast and slow points up to {last}; IEA, Global EV Data"
    command = "python -m forecasting.panels.charger_panel PANEL FOLDER"
    estimate_practice(panel).save(Path(folder, "practice.json"), source, command)


if __name__ == "__main__":
    main()
