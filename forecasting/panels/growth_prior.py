"""The growth prior, from a panel: how fast young markets grow, how that falls with share, and how
much markets, years and regions differ.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from forecasting.arguments import instance, optional, takes, text
from forecasting.errors import ModelError
from forecasting.growth.common import COMMON_AR, COMMON_NU, Common
from forecasting.growth.prior import (
    LEVEL_BEFORE,
    MARKET_REGIONS,
    NO_SHARES,
    REACH,
    REFERENCE_LOG_ODDS,
    SHOCK_NU,
    SLOPE_BEFORE,
    Prior,
    Region,
    log_odds,
    region_of,
)
from forecasting.market_rows import market_rows
from forecasting.panels.policy_effects import without_events
from forecasting.panels.seasons import estimate_within_year
from forecasting.quantiles import Array

MIN_SALES = 20  # growth out of fewer is counting noise
MIN_REGION_MARKETS = 5  # of a region, to be told apart from the others
# A logistic diffusion's growth rate is the coefficient of imitation q, whose mean over 213
# published applications is 0.38 (Sultan, Farley and Lehmann 1990), spread wide enough for the panel
# to speak. Sales of things that are old already grow by no such coefficient: without shares less is
# believed.
LEVEL_BEFORE_SD = 0.10
SLOPE_BEFORE_SD = 0.02
NO_SHARES_LEVEL_SD = 0.15
NO_SHARES_SLOPE_SD = 0.1
OWN_SLOPE_BEFORE = 0.1
# Spread of years over that of shocks, weighted as six years: crises come to all markets at once
COMMON_BEFORE = 0.9
COMMON_WEIGHT = 6
# Spread of markets' lasting growth over that of shocks, weighted as four markets
MARKET_BEFORE = 0.1
MARKET_WEIGHT = 4
SHOCK_WEIGHT = 5  # growths of all markets that a region's spread of shocks is believed to rest on
REGRESSION_ROUNDS = 30
# standard errors of a fall without shares, and markets that show it
MIN_SLOWDOWN_ERRORS = 3.0
MIN_SLOWDOWN_MARKETS = 8


@takes(
    ModelError,
    panel=instance(pd.DataFrame, words="a table with the columns market, year and sales"),
    months=optional(
        instance(pd.DataFrame, words="a table with the columns market, month and registrations")
    ),
    perimeter=text(),
)
def estimate_prior(
    panel: pd.DataFrame, months: pd.DataFrame | None = None, *, perimeter: str = ""
) -> Prior:
    """Learn the prior from a panel of analogue markets.

    Parameters
    ----------
    panel : DataFrame
        Columns market, year, sales (vehicles) and share (of new vehicles, 0 to 1; may be missing).
        Years may be missing. Only what it holds is used: give rows up to a date for a forecast made
        then. Markets that are named as countries are told apart by region.
    months : DataFrame, optional
        Columns market, month, registrations: for the within-year pattern. By default the shipped
        pattern.
    perimeter : str
        What the panel counts, for the record.

    Returns
    -------
    Prior

    Raises
    ------
    ModelError
        Where a column is missing, a share is above 1, a row stands twice, or the panel holds no two
        years in a row.

    Notes
    -----
    The first growth of a market is not used: its first year is mostly a part year. Gaussian given
    scales, the model is a regression with random effects; scales, variances and effects are updated
    in turn (expectation-maximisation; Lange, Little and Taylor 1989 for the t part).

    Of a panel without shares, growth falls with how far a market's sales have come since its first
    row, where eight markets or more show that it does: at a rate of the market's own, as the first
    row may lie anywhere on its way.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> z = -6 + np.cumsum(0.4 + 0.1 * rng.standard_normal((12, 10)), axis=1)
    >>> share = 1 / (1 + np.exp(-z))
    >>> rows = [(f"m{i}", 2010 + t, 1e5 * share[i, t], share[i, t])
    ...         for i in range(12) for t in range(10)]
    >>> panel = pd.DataFrame(rows, columns=["market", "year", "sales", "share"])
    >>> bool(abs(estimate_prior(panel).level - 0.4) < 0.05)
    True
    """
    panel = market_rows(panel, "the panel", "year", ["sales"], ["share"])
    if "share" in panel and (panel["share"] > 1).any():
        raise ModelError("the panel has shares above 1; give parts of one, 0.045 for 4.5 %")
    rows = _growth_rows(panel)
    usable = rows["growth"].notna() & (rows["before"] >= MIN_SALES) & (rows["age"] >= 2)
    if not usable.any():
        raise ModelError(
            "the panel holds no market with three years in a row, so no growth can be learned "
            "from it"
        )
    shipped = Prior.shipped()
    within_year = shipped.within_year
    if months is not None and len(months):  # a season holds no rush before a privilege ended
        months = market_rows(months, "months", "month", ["registrations"])
        within_year = estimate_within_year(without_events(months, shipped.policies))
    markets = int(rows["market"].nunique())
    last_year = int(rows["year"].max())
    base = Prior(
        within_year=within_year,
        policies=shipped.policies,
        perimeter=perimeter or "as the panel's",
        source=f"estimated on {markets} markets up to {last_year}",
        markets=markets,
        last_year=last_year,
    )
    base, rows = _with_shares(base, rows)
    if rows["size_change"].notna().any():
        return _learned(_Regression(rows[usable]), _with_sizes(base, rows))
    # Each as far from the reference as its market's sales have come since the first row
    by_market = rows.groupby("market")["log_sales"]
    distance = by_market.shift() - by_market.transform("first")
    slowing = rows.assign(z_before=REFERENCE_LOG_ODDS + distance)[usable]
    fit = _Regression(slowing, NO_SHARES_LEVEL_SD, NO_SHARES_SLOPE_SD, OWN_SLOPE_BEFORE)
    slows_down = fit.effects[1] < -MIN_SLOWDOWN_ERRORS * np.sqrt(fit.covariance[1, 1])
    if not slows_down or fit.markets < MIN_SLOWDOWN_MARKETS:
        fit = _Regression(rows[usable], NO_SHARES_LEVEL_SD)
    constant_size = Common(last_year, (0.0,), (0.0,), 0.0, 0.0)
    small = replace(base, reference=NO_SHARES, latest=NO_SHARES, latest_sd=0.0)
    return _learned(fit, replace(small, size=constant_size, size_sd=0.0))


def _growth_rows(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with log-odds, growth over a year, and years since a market's first row."""
    rows = panel[panel["sales"] > 0].sort_values(["market", "year"], ignore_index=True)
    share = rows.get("share", pd.Series(np.nan, rows.index))
    rows["z"] = log_odds(np.asarray(share, dtype=float))
    rows["log_sales"] = np.log(rows["sales"])
    rows["log_size"] = rows["log_sales"] - np.log(share.where(share > 0))
    by_market = rows.groupby("market")
    step = by_market[["year", "z", "log_sales", "log_size"]].diff()
    follows = step["year"] == 1
    # Of sales where the share is not known
    rows["growth"] = step["z"].fillna(step["log_sales"]).where(follows)
    rows["size_change"] = step["log_size"].where(follows)
    rows[["z_before", "before"]] = by_market[["z", "sales"]].shift()
    rows["age"] = rows["year"] - by_market["year"].transform("min")
    return rows


def _with_shares(prior: Prior, rows: pd.DataFrame) -> tuple[Prior, pd.DataFrame]:
    """Add how markets' shares rise with the years; fill in by it what was not printed.

    A share is taken to lie as far from the common line as the market's nearest printed one, or on
    it.
    """
    share_rows = rows[rows["z"].notna() & (rows["sales"] >= MIN_SALES)]
    if share_rows["market"].nunique() < 3 or share_rows["year"].nunique() < 2:
        return prior, rows.fillna({"z_before": REFERENCE_LOG_ODDS})
    rise, start = np.polyfit(share_rows["year"], share_rows["z"], 1)
    departure = rows["z"] - start - rise * rows["year"]
    market_departure = (
        departure.groupby(rows["market"]).transform(lambda a: a.ffill().bfill()).fillna(0.0)
    )
    filled = rows.fillna({"z_before": start + rise * (rows["year"] - 1) + market_departure})
    latest = float(start + rise * prior.last_year)
    spread = float(max(departure.std(), 1.0))
    return replace(prior, latest=latest, latest_sd=spread, rise=float(rise)), filled


def _with_sizes(prior: Prior, rows: pd.DataFrame) -> Prior:
    """Add how market sizes move: a robust mean by year, and the spread about it."""
    moves = rows.dropna(subset=["size_change"])
    if len(moves) < 10:
        return prior
    by_year = moves.groupby("year")["size_change"].agg(["median", "size"])
    start_year = int(by_year.index[0])
    by_year = by_year.reindex(range(start_year, int(by_year.index[-1]) + 1), fill_value=0)
    counts = by_year["size"]
    mean = by_year["median"] * counts / (counts + 3)
    residual = moves["size_change"] - moves["year"].map(mean)
    spread = 1.4826 * float(np.median(np.abs(residual)))
    size = Common(
        start_year,
        tuple(mean.tolist()),
        tuple((1.25 * spread / np.sqrt(counts + 3)).tolist()),
        float(max(np.sqrt(np.mean(np.square(mean))), 0.03)),
        0.0,
    )
    return replace(prior, size=size, size_sd=float(np.clip(1.2 * spread, 0.05, 0.25)))


def _learned(fit: _Regression, base: Prior) -> Prior:
    """The prior with what was fitted; markets' own slopes are part of the slope's spread."""
    shock_sd, common = fit.at()
    (aa, ab), (_, bb) = fit.covariance[:2, :2].tolist()
    if slopes := fit.effects_of.get("slope"):
        bb += slopes.spread**2
    return replace(
        base,
        level=float(fit.effects[0]),
        slope=float(fit.effects[1]),
        covariance=((aa, ab), (ab, bb)),
        market_sd=fit.effects_of["market"].spread,
        shock_sd=shock_sd,
        shock_slope=fit.shock_slope,
        common=common,
        regions={name: Region(*fit.at(number)) for number, name in enumerate(fit.regions)},
    )


class _Effects:
    """Random effects of one kind: the columns of the design, and their spread.

    Parameters
    ----------
    columns : slice
        Of the design.
    spread : float
        Standard deviation that is believed.
    chained : bool
        Whether each inherits a part of the one before, with heavy-tailed news: those of years.
    """

    def __init__(self, columns: slice, spread: float, chained: bool) -> None:
        self.columns = columns
        self.spread = self.believed = spread
        self.chained = chained
        self.weight = COMMON_WEIGHT if chained else MARKET_WEIGHT
        count = columns.stop - columns.start
        persistence = COMMON_AR * chained
        self.news = np.eye(count) - persistence * np.eye(count, k=-1)
        self.inflate = np.r_[1.0, np.full(count - 1, 1 / (1 - persistence**2))][:count]
        self.tails = np.ones(count)

    def precision(self) -> Array:
        scale = self.tails * self.inflate / self.spread**2
        return np.asarray(self.news.T @ (self.news * scale[:, None]))

    def update(self, effects: Array, covariance: Array) -> None:
        """The spread, given the effects' mean and covariance."""
        block = self.columns
        news = self.news @ effects[block]
        square = news**2 + np.diag(self.news @ covariance[block, block] @ self.news.T)
        square = square * self.inflate
        if self.chained:
            self.tails = (COMMON_NU + 1) / (COMMON_NU + square / self.spread**2)
        total = (self.tails * square).sum() + self.weight * self.believed**2
        self.spread = float(np.sqrt(total / (len(square) + self.weight)))


class _Regression:
    """Growth on level and where markets stand, with effects of regions, years and markets.

    Gaussian given scales, the model is a regression with random effects; scales, variances and
    effects are updated in turn (expectation-maximisation; Lange, Little and Taylor 1989 for the
    Student t part).

    Parameters
    ----------
    steps : DataFrame
        Columns market, year, growth and z_before: where the market stood.
    level_sd, slope_sd, own_slope : float
        What is believed before the panel speaks: how far level and slope may lie from the usual,
        and the spread of markets' own slopes; 0 where they have none.
    """

    def __init__(
        self,
        steps: pd.DataFrame,
        level_sd: float = LEVEL_BEFORE_SD,
        slope_sd: float = SLOPE_BEFORE_SD,
        own_slope: float = 0.0,
    ) -> None:
        self.believed = (LEVEL_BEFORE, level_sd), (SLOPE_BEFORE, slope_sd)
        self.growth = steps["growth"].to_numpy(dtype=float)
        self.stands = np.clip(steps["z_before"].to_numpy(dtype=float) - REFERENCE_LOG_ODDS, *REACH)
        names, market = np.unique(steps["market"].to_numpy(dtype=str), return_inverse=True)
        self.markets = len(names)
        years = steps["year"].to_numpy(dtype=int)
        self.first_year = int(years.min())
        market_region = [region_of(name) or MARKET_REGIONS[-1] for name in names.tolist()]
        self.regions: list[str] = []  # none are told apart where one has few markets
        self.region = np.zeros(len(steps), dtype=int)
        if min(map(market_region.count, MARKET_REGIONS)) >= MIN_REGION_MARKETS:
            self.regions = list(MARKET_REGIONS)
            self.region = np.array([MARKET_REGIONS.index(name) for name in market_region])[market]
        self.shock = np.full(max(len(self.regions), 1), 0.3)
        self.shock_slope = -0.1
        self.weight = np.ones(len(steps))
        by_market = np.eye(self.markets)[market]
        by_year = np.eye(int(np.ptp(years)) + 1)[years - self.first_year]
        blocks = {"market": (by_market, 0.05), "year": (by_year, 0.2)}
        for number, name in enumerate(self.regions):
            blocks[name] = (by_year * (self.region == number)[:, None], 0.2)
        if own_slope:
            blocks["slope"] = (by_market * self.stands[:, None], own_slope)
        columns = [np.ones((len(steps), 1)), self.stands[:, None]]
        start = len(columns)
        self.effects_of: dict[str, _Effects] = {}
        for name, (block, spread) in blocks.items():
            span = slice(start, start + block.shape[1])
            self.effects_of[name] = _Effects(span, spread, name not in ("market", "slope"))
            columns.append(block)
            start = span.stop
        self.design = np.hstack(columns)
        for step in range(REGRESSION_ROUNDS):
            self._solve()
            self._rescale(tilt=step > 3)  # once the rest has settled

    def _solve(self) -> None:
        """Effects and their covariance, given the scales."""
        self.scale = self.shock[self.region] * np.exp(self.shock_slope * self.stands)
        precise = self.design * (self.weight / self.scale**2)[:, None]
        a = precise.T @ self.design
        b = precise.T @ self.growth
        for k, (mean, sd) in enumerate(self.believed):
            a[k, k] += 1 / sd**2
            b[k] += mean / sd**2
        for item in self.effects_of.values():
            a[item.columns, item.columns] += item.precision()
        self.covariance = np.linalg.inv(a)
        self.effects = self.covariance @ b

    def _rescale(self, tilt: bool) -> None:
        """Scales of shocks, markets and years, given the effects."""
        residual = (self.growth - self.design @ self.effects) ** 2
        residual += ((self.design @ self.covariance) * self.design).sum(axis=1)
        ratio = residual / self.scale**2
        self.weight = (SHOCK_NU + 1) / (SHOCK_NU + ratio)
        square = self.weight * ratio * self.shock[self.region] ** 2
        pooled = np.mean(square)
        for number in range(len(self.shock)):
            region_square = square[self.region == number]
            total = region_square.sum() + SHOCK_WEIGHT * pooled
            self.shock[number] = np.sqrt(total / (len(region_square) + SHOCK_WEIGHT))
        shock = np.sqrt(pooled)
        share = np.sqrt(0.5) if self.regions else 1.0  # half of a year's variance is a region's own
        for name, item in self.effects_of.items():
            if item.chained:
                item.believed = COMMON_BEFORE * shock * share
            elif name == "market":
                item.believed = MARKET_BEFORE * shock
            item.update(self.effects, self.covariance)
        if tilt:  # how the scale of shocks falls with share, by a damped step of its likelihood
            excess = square / self.shock[self.region] ** 2 - 1
            slope = 0.5 * (excess @ self.stands) / (2 * self.stands @ self.stands + 50)
            self.shock_slope = float(np.clip(self.shock_slope + slope, -0.3, 0.05))

    def at(self, *regions: int) -> tuple[float, Common]:
        """Spread of shocks and common years of a region; of none all mixed, by their growths."""
        region_numbers = regions or range(len(self.shock))
        part = np.array([(self.region == number).mean() for number in region_numbers])
        part /= part.sum()
        means = []
        variances = []
        spreads = []
        for number in region_numbers:
            names = ["year", *self.regions[number : number + 1]]
            years = [self.effects_of[name] for name in names]
            rows = np.arange(len(years[0].tails))
            pick = np.zeros((len(rows), len(self.effects)))
            for item in years:
                pick[rows, item.columns.start + rows] = 1.0
            means.append(pick @ self.effects)
            variances.append(np.einsum("yi,ij,yj->y", pick, self.covariance, pick))
            spreads.append(sum(item.spread**2 for item in years))
        mean = part @ np.stack(means)
        variance = part @ (np.stack(variances) + (np.stack(means) - mean) ** 2)
        common = Common(
            self.first_year,
            tuple(mean.tolist()),
            tuple(np.sqrt(variance).tolist()),
            float(np.sqrt(part @ spreads)),
        )
        return float(np.sqrt(part @ self.shock[list(region_numbers)] ** 2)), common
