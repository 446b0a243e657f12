"""The growth prior, from a panel: how fast young markets grow, how that falls with share, how much markets differ."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.arguments import of, optional, takes, text
from forecasting.errors import ModelError
from forecasting.evidence.sources.iea import IEA, annual_sales, read_iea_panel
from forecasting.growth.prior import (
    COMMON_AR,
    COMMON_NU,
    LEVEL_BEFORE,
    MARKET_NU,
    NO_SHARES,
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

__all__ = ["estimate_drift", "estimate_prior"]

Array = NDArray[np.float64]

FEWEST_SALES = 20  # growth out of fewer is counting noise
FEWEST_COMPARED = 200  # of which a share is known to a few percent

# Before any panel: a logistic diffusion's growth rate is the coefficient of imitation q, whose mean over 213 published
# applications is 0.38 (Sultan, Farley and Lehmann 1990), spread wide enough for the panel to speak.
# The fall of growth with share, its shocks' echoes and the spreads below were set by leaving whole markets of the IEA's
# panel out: growth from one year to the next shows less of them than forecasts over several years do.
LEVEL_SD_BEFORE, SLOPE_SD_BEFORE = 0.15, 0.02
# Of a panel without shares: spread of the slope of all markets, and of each one's about it, weighted as four markets;
# standard errors by which a fall of growth must be seen, and markets that must show it.
WIDE_SLOPE_BEFORE, SHOWN, FEWEST_MARKETS = 0.1, 3.0, 8
# Of the scale of shocks, so that a panel of calm things is not taken to be stirred as electric cars are:
MARKET_SD_BEFORE = 0.1  # spread of markets' lasting growth, weighted as four markets
COMMON_BEFORE = 0.9  # spread of years, weighted as six years: policies and crises come to all markets at once
AHEAD_AR = 0.2  # of a year's effect, in the years after the panel: forecasts made there show less of it than its own
STEPS = 30


@takes(
    ModelError,
    panel=of(pd.DataFrame, words="a table with the columns market, year and sales"),
    months=optional(of(pd.DataFrame, words="a table with the columns market, month and registrations")),
    perimeter=text(),
)
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

    Of a panel without shares, growth falls with how far a market's sales have come since its first row, where eight
    markets or more show that it does: at a rate of the market's own, as the first row may lie anywhere on its way.

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
    usable = rows["growth"].notna() & (rows["before"] >= FEWEST_SALES) & (rows["age"] >= 2)
    if not usable.any():
        raise ModelError("the panel holds no market with three years in a row, so no growth can be learned from it")
    within = estimate_within_year(months) if months is not None else Prior.shipped().within_year
    base = Prior(
        within_year=within,
        perimeter=perimeter or "as the panel's",
        source=f"estimated on {rows['market'].nunique()} markets up to {int(rows['year'].max())}",
        markets=int(rows["market"].nunique()),
        last_year=int(rows["year"].max()),
    )
    prior, rows = _with_shares(base, rows)
    if rows["size_change"].notna().any():
        return _with_sizes(_learned(_fitted(rows[usable]), prior), rows)
    slowing = _fitted(_from_first_rows(rows)[usable], own_slopes=True)
    seen = slowing.effects[1] < -SHOWN * np.sqrt(slowing.covariance[1, 1])
    shown = seen and len(slowing.scale) >= FEWEST_MARKETS
    return _without_sizes(_learned(slowing if shown else _fitted(rows[usable]), prior))


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
    rows["z_before"] = by_market["z"].shift(1)
    rows["before"] = by_market["sales"].shift(1)
    rows["age"] = rows["year"] - by_market["year"].transform("min")
    return rows


def _with_shares(prior: Prior, rows: pd.DataFrame) -> tuple[Prior, pd.DataFrame]:
    """Add how markets' shares rise with the years; and the rows, shares that were not printed filled in by it.

    A share is taken to lie as far from the common line as the market's nearest printed one, or on it.
    """
    known = rows[rows["z"].notna() & (rows["sales"] >= FEWEST_SALES)]
    if known["market"].nunique() < 3 or known["year"].nunique() < 2:
        return prior, rows.fillna({"z_before": REFERENCE})
    rise, start = np.polyfit(known["year"], known["z"], 1)
    apart = rows["z"] - start - rise * rows["year"]
    own = apart.groupby(rows["market"]).transform(lambda a: a.ffill().bfill()).fillna(0.0)
    filled = rows.fillna({"z_before": start + rise * (rows["year"] - 1) + own})
    latest = float(start + rise * prior.last_year)
    return replace(prior, latest=latest, latest_sd=float(max(apart.std(), 1.0)), rise=float(rise)), filled


def _from_first_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, each as far from the reference as its market's sales have come since the first, in logs."""
    come = rows["log_sales"] - rows.groupby("market")["log_sales"].transform("first")
    return rows.assign(z_before=REFERENCE + come.groupby(rows["market"]).shift(1))


class _Regression:
    """Growth on level, share, years and markets, with scales that are updated in turn."""

    def __init__(self, steps: pd.DataFrame, own_slopes: bool) -> None:
        self.growth = steps["growth"].to_numpy(dtype=float)
        self.share = np.clip(steps["z_before"].to_numpy(dtype=float), *RANGE) - REFERENCE
        names, self.market = np.unique(steps["market"].to_numpy(dtype=str), return_inverse=True)
        seen, of_year = np.unique(steps["year"].to_numpy(dtype=int), return_inverse=True)
        self.seen: list[int] = seen.tolist()  # years between them have no effect to be found
        rows, years, count = np.arange(len(steps)), len(seen), len(names)
        self.design = np.zeros((len(steps), 2 + years + count * (1 + own_slopes)))
        self.design[:, 0], self.design[:, 1] = 1.0, self.share
        self.design[rows, 2 + of_year] = 1.0
        self.design[rows, 2 + years + self.market] = 1.0
        self.years, self.markets = slice(2, 2 + years), slice(2 + years, 2 + years + count)
        self.slopes, self.slope_sd = slice(2 + years + count, None), WIDE_SLOPE_BEFORE if own_slopes else 0.0
        self.slope_before = WIDE_SLOPE_BEFORE if own_slopes else SLOPE_SD_BEFORE
        if own_slopes:
            self.design[rows, 2 + years + count + self.market] = self.share
        kept = COMMON_AR ** np.diff(seen)
        self.innovation = np.eye(years) - np.diag(kept, k=-1)  # a year's effect less what it inherits
        self.inflate = np.r_[1.0, 1 / (1 - kept**2)]
        self.shock, self.shock_slope, self.market_sd, self.common = 0.3, -0.1, 0.07, 0.15
        self.weight, self.scale = np.ones(len(steps)), np.ones(len(names))
        self.common_weight = np.ones(years)

    def solve(self) -> None:
        """Effects and their covariance, given the scales."""
        spread = np.exp(self.shock_slope * self.share)
        precision = self.weight / (self.shock**2 * self.scale[self.market] * spread**2)
        a = (self.design * precision[:, None]).T @ self.design
        b = (self.design * precision[:, None]).T @ self.growth
        before = ((LEVEL_BEFORE, LEVEL_SD_BEFORE), (SLOPE_BEFORE, self.slope_before))
        for k, (mean, sd) in enumerate(before):
            a[k, k] += 1 / sd**2
            b[k] += mean / sd**2
        chained = (self.common_weight * self.inflate / self.common**2)[:, None] * self.innovation
        a[self.years, self.years] += self.innovation.T @ chained
        a[self.markets, self.markets] += np.eye(len(self.scale)) / self.market_sd**2
        if self.slope_sd:
            a[self.slopes, self.slopes] += np.eye(len(self.scale)) / self.slope_sd**2
        self.covariance = np.linalg.inv(a)
        self.effects = self.covariance @ b
        left = (self.growth - self.design @ self.effects) ** 2
        self.square = (left + np.einsum("ij,jk,ik->i", self.design, self.covariance, self.design)) / spread**2

    def rescale(self) -> Array:
        """Scales of shocks, markets and years, given the effects; returns the weighted squares."""
        self.weight = (SHOCK_NU + 1) / (SHOCK_NU + self.square / (self.shock**2 * self.scale[self.market]))
        weighted = self.weight * self.square
        count = len(self.scale)
        squares = np.bincount(self.market, weighted, count) / self.shock**2
        self.scale = (MARKET_NU + squares) / (MARKET_NU + np.bincount(self.market, minlength=count))
        self.shock = float(np.sqrt(np.mean(weighted / self.scale[self.market])))
        moved = self.innovation @ self.effects[self.years]
        moved_cov = self.innovation @ self.covariance[self.years, self.years] @ self.innovation.T
        moved_square = (moved**2 + np.diag(moved_cov)) * self.inflate
        self.common_weight = (COMMON_NU + 1) / (COMMON_NU + moved_square / self.common**2)
        believed = 6 * (COMMON_BEFORE * self.shock) ** 2
        self.common = float(np.sqrt((np.sum(self.common_weight * moved_square) + believed) / (len(moved) + 6)))
        self.market_sd = self._spread(self.markets, MARKET_SD_BEFORE * self.shock)
        if self.slope_sd:
            self.slope_sd = self._spread(self.slopes, WIDE_SLOPE_BEFORE)
        return np.asarray(weighted)

    def _spread(self, effects: slice, before: float) -> float:
        """Of markets' own effects; what was believed before weighs as four markets."""
        own = self.effects[effects] ** 2 + np.diag(self.covariance)[effects]
        return float(np.sqrt((own.sum() + 4 * before**2) / (len(own) + 4)))

    def tilt(self, weighted: Array) -> None:
        """How the scale of shocks falls with share, by a damped step of its likelihood."""
        excess = weighted / (self.shock**2 * self.scale[self.market]) - 1
        step = 0.5 * (excess @ self.share) / (2 * self.share @ self.share + 50)
        self.shock_slope = float(np.clip(self.shock_slope + step, -0.3, 0.05))


def _fitted(steps: pd.DataFrame, own_slopes: bool = False) -> _Regression:
    """Expectation-maximisation for level, slope, effects of markets and years, and all scales."""
    fit = _Regression(steps, own_slopes)
    for step in range(STEPS):
        fit.solve()
        weighted = fit.rescale()
        if step > 3:  # once the rest has settled
            fit.tilt(weighted)
    return fit


def _learned(fit: _Regression, base: Prior) -> Prior:
    """The prior with what was fitted; markets' own slopes are part of the slope's spread."""
    (aa, ab), (_, bb) = fit.covariance[:2, :2].tolist()
    return replace(
        base,
        level=float(fit.effects[0]),
        slope=float(fit.effects[1]),
        covariance=((aa, ab), (ab, bb + fit.slope_sd**2)),
        market_sd=fit.market_sd,
        shock_sd=fit.shock,
        shock_slope=fit.shock_slope,
        common=_every_year(fit),
    )


def _every_year(fit: _Regression) -> Common:
    """The effects of years; of a year that the panel lacks, what is left of the last one before it."""
    means = fit.effects[fit.years].tolist()
    sds = np.sqrt(np.diag(fit.covariance[fit.years, fit.years])).tolist()
    known = {y: Common(y, (mean,), (sd,), fit.common) for y, mean, sd in zip(fit.seen, means, sds, strict=True)}
    of_years, latest = [], known[fit.seen[0]]
    for year in range(fit.seen[0], fit.seen[-1] + 1):
        latest = known.get(year, latest)
        of_years.append(latest.at(year))
    mean, sd = zip(*of_years, strict=True)
    return Common(fit.seen[0], mean, sd, fit.common, AHEAD_AR)


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


def _without_sizes(prior: Prior) -> Prior:
    """Of a panel without shares: its growth is that of size and share together, and shares start at one mark."""
    still = Common(prior.last_year, (0.0,), (0.0,), 0.0, 0.0)
    return replace(prior, reference=NO_SHARES, latest=NO_SHARES, latest_sd=0.0, size=still, size_sd=0.0)


def estimate_drift(narrow: pd.DataFrame, wide: pd.DataFrame, years: int = 5) -> float:
    """How far two counts of different things drift apart in a year, as a random walk of their log ratio.

    Parameters
    ----------
    narrow, wide : DataFrame
        Columns market, year, sales: of what one counts, and of what the other counts, too.
    years : int
        The longest span over which the ratio's change is looked at.

    Returns
    -------
    float
        Spread of a year's change: least squares of the changes' variances on their spans.

    Examples
    --------
    >>> cars = pd.DataFrame({"market": "A", "year": range(2015, 2025), "sales": 1000.0})
    >>> estimate_drift(cars, cars)
    0.0
    """
    both = narrow.merge(wide, on=["market", "year"], suffixes=("", "_wide"))
    both = both[both["sales"] >= FEWEST_COMPARED]
    both = both.assign(ratio=np.log(both["sales_wide"]) - np.log(both["sales"]))
    table = both.pivot(index="year", columns="market", values="ratio")
    table = table.reindex(range(int(table.index.min()), int(table.index.max()) + 1))
    spans = range(1, years + 1)
    variances = [float(np.nanvar((table - table.shift(span)).to_numpy())) for span in spans]
    return float(np.sqrt(sum(variances) / sum(spans)))


def main(argv: Sequence[str] | None = None) -> None:
    """Make the priors that ship: ``python -m forecasting.panels.growth_prior PANEL MONTHS FOLDER``.

    Parameters
    ----------
    argv : sequence of str, optional
        PANEL is IEA's Global EV Data table, MONTHS a CSV with columns market, month and registrations, FOLDER where to
        write.
    """
    panel_path, months_path, folder = argv if argv is not None else sys.argv[1:]
    table, months = read_iea_panel(panel_path), pd.read_csv(months_path)
    wide = annual_sales(table, False)
    drift = estimate_drift(annual_sales(table, True), wide[wide["parts"].str.contains("phev")])
    for perimeter, name in SHIPPED.items():
        prior = estimate_prior(annual_sales(table, perimeter == "battery cars"), months, perimeter=perimeter)
        source = (
            f"{prior.source}; {IEA}; {prior.within_year.source}: national "
            "agencies as collected by Open-EV-Charts; python -m forecasting.panels.growth_prior PANEL MONTHS FOLDER"
        )
        Path(folder, name).write_text(replace(prior, source=source, basis_drift=drift).to_json(), encoding="utf-8")


if __name__ == "__main__":
    main()
