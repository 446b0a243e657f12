"""What analogue markets teach: how fast young markets grow, how that falls with share, and how far markets stray."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.errors import ModelError
from forecasting.evidence.sources.iea import annual_sales, read_iea_panel
from forecasting.growth.prior import (
    COMMON_AR,
    COMMON_NU,
    LEVEL_BEFORE,
    MARKET_NU,
    RANGE,
    REFERENCE,
    SHIPPED,
    SHOCK_NU,
    SLOPE_BEFORE,
    Common,
    Prior,
    log_odds,
)
from forecasting.growth.within_year import estimate_within_year

__all__ = ["estimate_prior"]

Array = NDArray[np.float64]

FEWEST_SALES = 20  # growth out of fewer is counting noise

# Before any panel: a logistic diffusion's growth rate is the coefficient of imitation q, whose mean over 213 published
# applications is 0.38 (Sultan, Farley and Lehmann 1990), spread wide enough for the panel to speak.
LEVEL_SD_BEFORE, SLOPE_SD_BEFORE = 0.15, 0.03
COMMON_BEFORE = 0.2  # spread of years, believed as six years of it: policies and crises come to all markets at once
STEPS = 30


def estimate_prior(panel: pd.DataFrame, months: pd.DataFrame | None = None, *, perimeter: str = "") -> Prior:
    """Learn the prior from a panel of analogue markets.

    Parameters
    ----------
    panel : DataFrame
        Columns market, year, sales (vehicles) and share (of new vehicles, 0 to 1; may be missing). Years may be
        missing. Only what it holds is used: give rows up to a date for a forecast made then.
    months : DataFrame, optional
        Columns market, month, registrations: for the within-year pattern. By default the shipped pattern.
    perimeter : str
        What the panel counts, for the record.

    Returns
    -------
    Prior

    Raises
    ------
    ModelError
        Where a column is missing or the panel holds no two years in a row.

    Notes
    -----
    The first growth of a market is not used: its first year is mostly a part year. Gaussian given scales, the model is
    a regression with random effects; scales, variances and effects are updated in turn (expectation-maximisation;
    Lange, Little and Taylor 1989 for the t part).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> z = -6 + np.cumsum(0.4 + 0.1 * rng.standard_normal((12, 10)), axis=1)
    >>> panel = pd.DataFrame([(f"m{i}", 2010 + t, 1e5 / (1 + np.exp(-z[i, t])), 1 / (1 + np.exp(-z[i, t])))
    ...                       for i in range(12) for t in range(10)], columns=["market", "year", "sales", "share"])
    >>> bool(abs(estimate_prior(panel).level - 0.4) < 0.05)
    True
    """
    missing = {"market", "year", "sales"} - set(panel.columns)
    if missing:
        raise ModelError(
            f"the panel lacks the column(s) {', '.join(sorted(missing))}; it has {', '.join(panel.columns)}"
        )
    rows = _growth_rows(panel)
    steps = rows[rows["growth"].notna() & (rows["before"] >= FEWEST_SALES) & (rows["age"] >= 2)]
    if steps.empty:
        raise ModelError("the panel holds no market with three years in a row, so no growth can be learned from it")
    within = estimate_within_year(months) if months is not None else Prior.shipped().within_year
    last = rows[rows["year"] >= rows["year"].max() - 1].groupby("market")["z"].last().dropna()
    base = Prior(
        within_year=within,
        perimeter=perimeter or "as the panel's",
        source=f"estimated on {rows['market'].nunique()} markets up to {int(rows['year'].max())}",
        markets=int(rows["market"].nunique()),
        last_year=int(rows["year"].max()),
        latest=float(last.median()) if len(last) else -4.0,
        latest_sd=float(max(last.std(), 1.0)) if len(last) > 2 else 2.0,
    )
    return _with_sizes(_fit_growth(steps, base), rows)


def _growth_rows(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with log-odds, growth over the year before where there is one, and years since a market's first row."""
    rows = panel[panel["sales"] > 0].sort_values(["market", "year"]).reset_index(drop=True)
    share = rows["share"] if "share" in rows else pd.Series(np.nan, index=rows.index)
    rows = rows.assign(z=log_odds(np.asarray(share, dtype=float)), log_sales=np.log(rows["sales"].astype(float)))
    rows["log_size"] = rows["log_sales"] - np.log(share.astype(float))
    by_market = rows.groupby("market")
    follows = by_market["year"].diff() == 1
    growth = by_market["z"].diff().fillna(by_market["log_sales"].diff())  # of sales where the share is not known
    rows["growth"] = growth.where(follows)
    rows["size_change"] = by_market["log_size"].diff().where(follows)
    rows["z_before"] = by_market["z"].shift(1).fillna(REFERENCE)
    rows["before"] = by_market["sales"].shift(1)
    rows["age"] = rows["year"] - by_market["year"].transform("min")
    return rows


@dataclass
class _Fit:
    """The unknowns of the regression, updated in turn."""

    shock: float = 0.3
    slope: float = -0.1
    market: float = 0.07
    common: float = 0.15


def _fit_growth(steps: pd.DataFrame, base: Prior) -> Prior:
    """Expectation-maximisation for level, slope, effects of markets and years, and all scales."""
    y = steps["growth"].to_numpy(dtype=float)
    zc = np.clip(steps["z_before"].to_numpy(dtype=float), *RANGE) - REFERENCE
    names, market = np.unique(steps["market"].to_numpy(dtype=str), return_inverse=True)
    first, last = int(steps["year"].min()), int(steps["year"].max())
    n, years, markets = len(y), last - first + 1, len(names)
    design = np.zeros((n, 2 + years + markets))
    design[:, 0], design[:, 1] = 1.0, zc
    design[np.arange(n), 2 + steps["year"].to_numpy(dtype=int) - first] = 1.0
    design[np.arange(n), 2 + years + market] = 1.0
    in_years, in_markets = slice(2, 2 + years), slice(2 + years, None)
    steps_of_common = np.eye(years) - COMMON_AR * np.eye(years, k=-1)
    inflate = np.r_[1.0, np.full(years - 1, 1 / (1 - COMMON_AR**2))]

    fit, weight, scale, common_weight = _Fit(), np.ones(n), np.ones(markets), np.ones(years)
    per_market = np.bincount(market, minlength=markets)
    for step in range(STEPS):
        spread = np.exp(fit.slope * zc)
        precision = weight / (fit.shock**2 * scale[market] * spread**2)
        a = (design * precision[:, None]).T @ design
        b = (design * precision[:, None]).T @ y
        a[0, 0] += 1 / LEVEL_SD_BEFORE**2
        a[1, 1] += 1 / SLOPE_SD_BEFORE**2
        b[0] += LEVEL_BEFORE / LEVEL_SD_BEFORE**2
        b[1] += SLOPE_BEFORE / SLOPE_SD_BEFORE**2
        a[in_years, in_years] += steps_of_common.T @ (
            (common_weight * inflate / fit.common**2)[:, None] * steps_of_common
        )
        a[in_markets, in_markets] += np.eye(markets) / fit.market**2
        cov = np.linalg.inv(a)
        x = cov @ b
        square = ((y - design @ x) ** 2 + np.einsum("ij,jk,ik->i", design, cov, design)) / spread**2
        weight = (SHOCK_NU + 1) / (SHOCK_NU + square / (fit.shock**2 * scale[market]))
        weighted = weight * square
        scale = (MARKET_NU + np.bincount(market, weighted, markets) / fit.shock**2) / (MARKET_NU + per_market)
        fit.shock = float(np.sqrt(np.mean(weighted / scale[market])))
        effects, effects_cov = x[in_years], cov[in_years, in_years]
        moved = (steps_of_common @ effects) ** 2 + np.diag(steps_of_common @ effects_cov @ steps_of_common.T)
        common_weight = (COMMON_NU + 1) / (COMMON_NU + moved * inflate / fit.common**2)
        fit.common = float(np.sqrt((np.sum(common_weight * moved * inflate) + 6 * COMMON_BEFORE**2) / (years + 6)))
        own = x[in_markets] ** 2 + np.diag(cov)[in_markets]
        fit.market = float(np.sqrt((own.sum() + 4 * 0.07**2) / (markets + 4)))
        if step > 3:  # the scale's slope moves slowly, once the rest has settled
            excess = weighted / (fit.shock**2 * scale[market]) - 1
            fit.slope = float(np.clip(fit.slope + 0.5 * (excess @ zc) / (2 * zc @ zc + 50), -0.3, 0.05))
    return replace(
        base,
        level=float(x[0]),
        slope=float(x[1]),
        covariance=((float(cov[0, 0]), float(cov[0, 1])), (float(cov[1, 0]), float(cov[1, 1]))),
        market_sd=fit.market,
        shock_sd=fit.shock,
        shock_slope=fit.slope,
        common=Common(
            first,
            tuple(float(v) for v in effects),
            tuple(float(v) for v in np.sqrt(np.diag(effects_cov))),
            fit.common,
            COMMON_AR,
        ),
    )


def _with_sizes(prior: Prior, rows: pd.DataFrame) -> Prior:
    """Add how market sizes move: a robust mean by year, and the spread about it."""
    moves = rows.dropna(subset=["size_change"])
    if len(moves) < 10:
        return prior
    first, last = int(moves["year"].min()), int(moves["year"].max())
    medians = moves.groupby("year")["size_change"].median().reindex(range(first, last + 1), fill_value=0.0)
    counts = moves.groupby("year").size().reindex(range(first, last + 1), fill_value=0)
    mean = medians * counts / (counts + 3)
    left = moves["size_change"].to_numpy() - mean.loc[moves["year"].to_numpy()].to_numpy()
    spread = 1.4826 * float(np.median(np.abs(left)))
    size = Common(
        first,
        tuple(float(v) for v in mean),
        tuple(float(v) for v in 1.25 * spread / np.sqrt(counts + 3)),
        float(max(np.sqrt(np.mean(np.square(mean))), 0.03)),
        0.0,
    )
    return replace(prior, size=size, size_sd=float(np.clip(1.2 * spread, 0.05, 0.25)))


def main(argv: Sequence[str] | None = None) -> None:
    """Make the priors that ship: ``python -m forecasting.growth.analogues PANEL MONTHS FOLDER``.

    Parameters
    ----------
    argv : sequence of str, optional
        PANEL is IEA's Global EV Data table, MONTHS a CSV with columns market, month and registrations, FOLDER where to
        write.
    """
    panel_path, months_path, folder = argv if argv is not None else sys.argv[1:]
    table, months = read_iea_panel(panel_path), pd.read_csv(months_path)
    for perimeter, name in SHIPPED.items():
        prior = estimate_prior(annual_sales(table, perimeter == "battery cars"), months, perimeter=perimeter)
        source = (
            f"{prior.source}; IEA, Global EV Data (CC BY 4.0 as IEA states it); {prior.within_year.source}: national "
            "agencies as collected by Open-EV-Charts; python -m forecasting.growth.analogues PANEL MONTHS FOLDER"
        )
        Path(folder, name).write_text(replace(prior, source=source).to_json(), encoding="utf-8")


if __name__ == "__main__":
    main()
