"""How a year's flow falls on its months, and how much that varies: the within-year pattern.

The log of a month's flow, relative to an even twelfth of its year, is

    pattern[k] + position[k] * slope + noise[k]

where ``position`` runs from -0.46 in January to +0.46 in December. A growing market's slope is tied to the growth of
the year over the one before and of the next over this; the pattern holds quarter-ends and Decembers; every market
departs from it in its own lasting way; the noise of neighbouring months is correlated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.errors import ModelError

__all__ = ["POSITION", "WithinYear", "estimate_within_year"]

Array = NDArray[np.float64]

POSITION: Array = (np.arange(12) - 5.5) / 12  # of a month's middle within its year, the year's middle being 0
MOST_RHO = 0.9
# Judgement: new cars are registered at the ends of quarters and of the year, when makers and dealers close their books.
CLOSINGS = (-0.32, -0.22, 0.16, -0.18, -0.08, 0.12, -0.10, -0.14, 0.17, 0.01, 0.12, 0.28)  # mean factor 1
BELIEVED = 6  # years that are believed to have shown it
LEAST_SLOPE_SD = 0.05


@dataclass(frozen=True)
class WithinYear:
    """The within-year pattern and its spread.

    Parameters
    ----------
    pattern : tuple of float
        Twelve log factors, January to December, that a typical market shows; their mean factor is 1.
    pattern_sd : float
        Spread of a market's own lasting departure from the pattern (log, by month).
    slope_on_growth, slope_on_next : float
        Slope within the year per unit of log growth over the year before, and of the next year over this one.
    slope_sd : float
        Spread of the slope about that.
    noise_sd, noise_ar : float
        Spread of a month's noise (log) and its correlation with the month before.
    source : str
        Where the numbers come from.

    Examples
    --------
    >>> round(float(np.mean(np.exp(WithinYear().pattern))), 2)
    1.0
    """

    pattern: tuple[float, ...] = CLOSINGS
    pattern_sd: float = 0.12
    slope_on_growth: float = 0.4
    slope_on_next: float = 0.1
    slope_sd: float = 0.45
    noise_sd: float = 0.27
    noise_ar: float = 0.35
    source: str = "judgement: quarters and years close high"


def _complete_years(months: pd.DataFrame) -> list[tuple[str, int, Array]]:
    """(market, year, twelve counts) of every year without a gap or a zero."""
    table = months.dropna(subset=["registrations"])
    text = table["month"].astype(str)
    table = table.assign(year=text.str[:4].astype(int), k=text.str[5:7].astype(int))
    found = []
    for (market, year), rows in table.groupby(["market", "year"], sort=True):
        counts = rows.sort_values("k")["registrations"].to_numpy(dtype=float)
        if len(counts) == 12 and (counts > 0).all():
            found.append((str(market), int(str(year)), counts))
    return found


def estimate_within_year(months: pd.DataFrame) -> WithinYear:
    """Learn the within-year pattern from monthly counts of other markets.

    Parameters
    ----------
    months : DataFrame
        Columns market, month (``YYYY-MM``), registrations. Years with a missing month or a zero are left out.

    Returns
    -------
    WithinYear
        Least squares for pattern and slopes, shrunk towards the default where few years are seen; spreads from what is
        left over, a market's lasting part apart from the noise.

    Raises
    ------
    ModelError
        Where a column is missing.

    Examples
    --------
    >>> flat = pd.DataFrame({"market": "A", "month": [f"{y}-{k:02d}" for y in (2020, 2021, 2022) for k in range(1, 13)],
    ...                      "registrations": 100.0})
    >>> round(estimate_within_year(flat).noise_sd, 2) < WithinYear().noise_sd
    True
    """
    missing = {"market", "month", "registrations"} - set(months.columns)
    if missing:
        raise ModelError(f"months lacks the column(s) {', '.join(sorted(missing))}; it has {', '.join(months.columns)}")
    years = _complete_years(months)
    if not years:
        return WithinYear()
    totals = {(market, year): float(np.log(counts.sum())) for market, year, counts in years}
    shape = np.array([np.log(counts / counts.mean()) for _, _, counts in years])
    growth = np.array(
        [
            [totals[m, y] - totals.get((m, y - 1), np.nan), totals.get((m, y + 1), np.nan) - totals[m, y]]
            for m, y, _ in years
        ]
    )
    return _fit(shape, growth, np.array([market for market, _, _ in years]))


def _fit(shape: Array, growth: Array, market: NDArray[np.str_]) -> WithinYear:
    default = WithinYear()
    centred = shape - shape.mean(axis=1, keepdims=True)
    slopes = _tilt(centred)
    beta, slope_spread = _slopes(slopes, growth, default)
    residual = centred - np.outer(slopes, POSITION)
    believed = _level(default) - _tilt(_level(default)) * POSITION
    pattern = (residual.sum(axis=0) + BELIEVED * believed) / (len(residual) + BELIEVED) + beta[2] * POSITION
    noise_sd, noise_ar, pattern_sd = _spreads(residual - residual.mean(axis=0), market, default)
    pattern = pattern - np.log(np.mean(np.exp(pattern)))
    slope_sd = float(np.sqrt(max(slope_spread**2 - _slope_of_noise(noise_sd, noise_ar), LEAST_SLOPE_SD**2)))
    return WithinYear(
        tuple(float(x) for x in pattern), pattern_sd, float(beta[0]), float(beta[1]), slope_sd, noise_sd, noise_ar,
        f"estimated on {len(shape)} complete years of {len(set(market))} markets",
    )  # fmt: skip


def _level(within: WithinYear) -> Array:
    """A pattern about its own mean."""
    return np.subtract(within.pattern, np.mean(within.pattern))


def _tilt(shape: Array) -> Array:
    """Slope within the year of one shape, or of many."""
    return np.asarray(shape @ POSITION / (POSITION @ POSITION))


def _slopes(slopes: Array, growth: Array, default: WithinYear) -> tuple[Array, float]:
    """Slope on both growths, by ridge about the default, and a lasting part; with the spread left over."""
    known = np.isfinite(growth).all(axis=1)
    lasting = float(_tilt(_level(default)))
    prior, sd = np.array([default.slope_on_growth, default.slope_on_next, lasting]), default.slope_sd
    x, y = growth[known], slopes[known]
    design = np.column_stack([x, np.ones(len(x))])
    penalty = np.diag(sd**2 / np.array([0.25, 0.25, 0.5]) ** 2)
    beta = np.linalg.solve(design.T @ design + penalty, design.T @ y + penalty @ prior)
    left = y - design @ beta
    return beta, float(np.sqrt((left @ left + 4 * sd**2) / (len(y) + 4)))


def _slope_of_noise(noise_sd: float, noise_ar: float) -> float:
    """Variance of the slope that noise alone shows when a line is laid through twelve months of it."""
    lag = np.abs(np.arange(12)[:, None] - np.arange(12)[None, :])
    return float(noise_sd**2 * (POSITION @ noise_ar**lag @ POSITION) / (POSITION @ POSITION) ** 2)


def _spreads(residual: Array, market: NDArray[np.str_], default: WithinYear) -> tuple[float, float, float]:
    """Spread and correlation of the noise within markets, spread of markets' lasting departures."""
    names = np.unique(market)
    means = np.array([residual[market == name].mean(axis=0) for name in names])
    counts = np.array([(market == name).sum() for name in names])
    within = np.concatenate([residual[market == n] - m for n, m in zip(names, means, strict=True)])
    freedom = 10 * max(len(within) - len(names), 0)  # of twelve months, a year's mean and slope are gone
    noise = np.sqrt((float((within**2).sum()) + 40 * default.noise_sd**2) / (freedom + 40))
    pairs = within[:, 1:] * within[:, :-1]
    # with a year's mean and slope taken out, a correlation rho shows as rho (1 - 4/12) - 2/12
    shown = pairs.sum() / max((within**2).sum(), 1e-12)
    ar = float(np.clip((shown + 2 / 12) / (1 - 4 / 12), 0.0, MOST_RHO))
    lasting = float(np.mean((means**2).mean(axis=1) - noise**2 / counts))
    pattern = np.sqrt((max(lasting, 0.0) * len(names) + 4 * default.pattern_sd**2) / (len(names) + 4))
    return float(noise), ar, float(pattern)
