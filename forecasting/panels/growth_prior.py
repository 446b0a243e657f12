"""The growth prior, from a panel: how fast young markets grow, how that falls with share, and how
much markets, years and regions differ.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.arguments import of, optional, shown, takes, text
from forecasting.errors import ModelError
from forecasting.evidence.sources.iea import IEA, annual_sales, read_iea_panel
from forecasting.growth.common import COMMON_AR, COMMON_NU, Common
from forecasting.growth.prior import (
    ANALOGUES,
    LEVEL_BEFORE,
    NO_SHARES,
    REACH,
    REFERENCE,
    REGIONS,
    SHIPPED,
    SHOCK_NU,
    SLOPE_BEFORE,
    Prior,
    Region,
    log_odds,
    region_of,
)
from forecasting.growth.within_year import (
    COUNTED,
    MONTH,
    check_columns,
    estimate_within_year,
    with_numbers,
)
from forecasting.panels.policy_effects import estimate_policy_effects, without_events

Array = NDArray[np.float64]

FEWEST_SALES = 20  # growth out of fewer is counting noise
FEWEST_COMPARED = 200  # of which a share is known to a few percent
FEWEST_MARKETS = 5  # of a region, to be told apart from the others
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
STEPS = 30
# standard errors of a fall without shares, and markets that show it
SHOWN = 3.0
FEWEST_SLOWING = 8


@takes(
    ModelError,
    panel=of(pd.DataFrame, words="a table with the columns market, year and sales"),
    months=optional(
        of(pd.DataFrame, words="a table with the columns market, month and registrations")
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
        Where a column is missing or the panel holds no two years in a row.

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
    check_columns(panel, "the panel", ("market", "year", "sales"))
    panel = with_numbers(panel, "the panel", ("year", "sales", "share"))
    rows = _growth_rows(panel)
    usable = rows["growth"].notna() & (rows["before"] >= FEWEST_SALES) & (rows["age"] >= 2)
    if not usable.any():
        raise ModelError(
            "the panel holds no market with three years in a row, so no growth can be learned "
            "from it"
        )
    shipped = Prior.shipped()
    within = shipped.within_year
    if months is not None:  # a season holds no rush before a privilege ended
        check_columns(months, "months", COUNTED)
        months = with_numbers(months, "months", ("registrations",))
        wrong = ~months["month"].astype(str).str.fullmatch(MONTH)
        if wrong.any():
            first = shown(months["month"][wrong].iloc[0])
            raise ModelError(f"months has {first} as month; write YYYY-MM, as 2024-01")
        within = estimate_within_year(without_events(months, shipped.policies))
    base = Prior(
        within_year=within,
        policies=shipped.policies,
        perimeter=perimeter or "as the panel's",
        source=f"estimated on {rows['market'].nunique()} markets up to {int(rows['year'].max())}",
        markets=int(rows["market"].nunique()),
        last_year=int(rows["year"].max()),
    )
    base, rows = _with_shares(base, rows)
    if rows["size_change"].notna().any():
        return _learned(_Regression(rows[usable]), _with_sizes(base, rows))
    belief = Belief(level_sd=NO_SHARES_LEVEL_SD)
    slowing = Belief(NO_SHARES_LEVEL_SD, NO_SHARES_SLOPE_SD, OWN_SLOPE_BEFORE)
    fit = _Regression(_from_first_rows(rows)[usable], slowing)
    seen = fit.effects[1] < -SHOWN * np.sqrt(fit.covariance[1, 1])
    if not seen or fit.markets < FEWEST_SLOWING:
        fit = _Regression(rows[usable], belief)
    still = Common(base.last_year, (0.0,), (0.0,), 0.0, 0.0)
    small = replace(base, reference=NO_SHARES, latest=NO_SHARES, latest_sd=0.0)
    return _learned(fit, replace(small, size=still, size_sd=0.0))


def _growth_rows(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with log-odds, growth over a year, and years since a market's first row."""
    rows = panel[panel["sales"] > 0].sort_values(["market", "year"]).reset_index(drop=True)
    share = rows["share"] if "share" in rows else pd.Series(np.nan, index=rows.index)
    rows = rows.assign(
        z=log_odds(np.asarray(share, dtype=float)), log_sales=np.log(rows["sales"].astype(float))
    )
    rows["log_size"] = rows["log_sales"] - np.log(share.astype(float).where(share > 0))
    by_market = rows.groupby("market")
    follows = by_market["year"].diff() == 1
    # Of sales where the share is not known
    growth = by_market["z"].diff().fillna(by_market["log_sales"].diff())
    rows["growth"] = growth.where(follows)
    rows["size_change"] = by_market["log_size"].diff().where(follows)
    rows["z_before"] = by_market["z"].shift(1)
    rows["before"] = by_market["sales"].shift(1)
    rows["age"] = rows["year"] - by_market["year"].transform("min")
    return rows


def _with_shares(prior: Prior, rows: pd.DataFrame) -> tuple[Prior, pd.DataFrame]:
    """Add how markets' shares rise with the years; fill in by it what was not printed.

    A share is taken to lie as far from the common line as the market's nearest printed one, or on
    it.
    """
    known = rows[rows["z"].notna() & (rows["sales"] >= FEWEST_SALES)]
    if known["market"].nunique() < 3 or known["year"].nunique() < 2:
        return prior, rows.fillna({"z_before": REFERENCE})
    rise, start = np.polyfit(known["year"], known["z"], 1)
    apart = rows["z"] - start - rise * rows["year"]
    own = apart.groupby(rows["market"]).transform(lambda a: a.ffill().bfill()).fillna(0.0)
    filled = rows.fillna({"z_before": start + rise * (rows["year"] - 1) + own})
    latest = float(start + rise * prior.last_year)
    spread = float(max(apart.std(), 1.0))
    return replace(prior, latest=latest, latest_sd=spread, rise=float(rise)), filled


def _from_first_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, each as far from the reference as its market's sales have come since the first."""
    come = rows["log_sales"] - rows.groupby("market")["log_sales"].transform("first")
    return rows.assign(z_before=REFERENCE + come.groupby(rows["market"]).shift(1))


def _with_sizes(prior: Prior, rows: pd.DataFrame) -> Prior:
    """Add how market sizes move: a robust mean by year, and the spread about it."""
    moves = rows.dropna(subset=["size_change"])
    if len(moves) < 10:
        return prior
    first = int(moves["year"].min())
    last = int(moves["year"].max())
    by_year = moves.groupby("year")["size_change"]
    medians = by_year.median().reindex(range(first, last + 1), fill_value=0.0)
    counts = by_year.size().reindex(range(first, last + 1), fill_value=0)
    mean = medians * counts / (counts + 3)
    residual = moves["size_change"].to_numpy() - mean.loc[moves["year"].to_numpy()].to_numpy()
    spread = 1.4826 * float(np.median(np.abs(residual)))
    size = Common(
        first,
        tuple(float(v) for v in mean),
        tuple(float(v) for v in 1.25 * spread / np.sqrt(counts + 3)),
        float(max(np.sqrt(np.mean(np.square(mean))), 0.03)),
        0.0,
    )
    return replace(prior, size=size, size_sd=float(np.clip(1.2 * spread, 0.05, 0.25)))


def _learned(fit: _Regression, base: Prior) -> Prior:
    """The prior with what was fitted; markets' own slopes are part of the slope's spread."""
    shock_sd, common = fit.at(None)
    (aa, ab), (_, bb) = fit.covariance[:2, :2].tolist()
    return replace(
        base,
        level=float(fit.effects[0]),
        slope=float(fit.effects[1]),
        covariance=((aa, ab), (ab, bb + fit.own_slope_sd**2)),
        market_sd=fit.market_sd,
        shock_sd=shock_sd,
        shock_slope=fit.shock_slope,
        common=common,
        regions={name: Region(*fit.at(number)) for number, name in enumerate(fit.regions)},
    )


@dataclass(frozen=True)
class Belief:
    """What is believed of level and slope before a panel speaks."""

    level_sd: float = LEVEL_BEFORE_SD
    slope_sd: float = SLOPE_BEFORE_SD
    own_slope: float = 0.0


class _Effects:
    """Random effects of one kind: the columns of the design, and their spread.

    Parameters
    ----------
    columns : slice
        Of the design.
    spread, weight : float
        Standard deviation that is believed, and the effects that it rests on.
    chained : bool
        Whether each inherits a part of the one before, with heavy-tailed news.
    """

    def __init__(self, columns: slice, spread: float, weight: float, chained: bool) -> None:
        self.columns, self.spread, self.believed = columns, spread, spread
        self.weight, self.chained = weight, chained
        count = self.columns.stop - self.columns.start
        kept = COMMON_AR * self.chained
        self.news = np.eye(count) - kept * np.eye(count, k=-1)
        self.inflate = np.r_[1.0, np.full(count - 1, 1 / (1 - kept**2))][:count]
        self.tails = np.ones(count)

    def precision(self) -> Array:
        return np.asarray(
            self.news.T @ (self.news * (self.tails * self.inflate / self.spread**2)[:, None])
        )

    def update(self, effects: Array, covariance: Array) -> None:
        """The spread, given the effects' mean and covariance."""
        of = self.columns
        news = self.news @ effects[of]
        square = news**2 + np.diag(self.news @ covariance[of, of] @ self.news.T)
        square = square * self.inflate
        if self.chained:
            self.tails = (COMMON_NU + 1) / (COMMON_NU + square / self.spread**2)
        total = float((self.tails * square).sum()) + self.weight * self.believed**2
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
    belief : Belief
        Before the panel.
    """

    def __init__(self, steps: pd.DataFrame, belief: Belief | None = None) -> None:
        self.belief = belief or Belief()
        self.growth = steps["growth"].to_numpy(dtype=float)
        self.stands = np.clip(steps["z_before"].to_numpy(dtype=float) - REFERENCE, *REACH)
        names, market = np.unique(steps["market"].to_numpy(dtype=str), return_inverse=True)
        self.markets = len(names)
        years = steps["year"].to_numpy(dtype=int)
        self.first_year = int(years.min())
        count = int(np.ptp(years)) + 1
        self.regions, self.region = _regions(names, market)
        self.shock = np.full(max(len(self.regions), 1), 0.3)
        self.shock_slope = -0.1
        self.weight = np.ones(len(steps))
        columns = [np.ones((len(steps), 1)), self.stands[:, None]]
        self.effects_of: dict[str, _Effects] = {}

        def add(name: str, block: Array, spread: float, weight: float, chained: bool) -> None:
            start = sum(c.shape[1] for c in columns)
            of = slice(start, start + block.shape[1])
            self.effects_of[name] = _Effects(of, spread, weight, chained)
            columns.append(block)

        by_year = np.eye(count)[years - self.first_year]
        by_region = np.eye(max(len(self.regions), 1))[self.region]
        add("market", np.eye(self.markets)[market], 0.05, MARKET_WEIGHT, False)
        add("year", by_year, 0.2, COMMON_WEIGHT, True)
        if self.regions:
            for number, name in enumerate(self.regions):
                block = by_year * by_region[:, number, None]
                add(name, block, 0.2, COMMON_WEIGHT, True)
        if self.belief.own_slope:
            block = np.eye(self.markets)[market] * self.stands[:, None]
            add("slope", block, self.belief.own_slope, MARKET_WEIGHT, False)
        self.design = np.hstack(columns)
        for step in range(STEPS):
            self._solve()
            self._rescale(tilt=step > 3)  # once the rest has settled

    @property
    def market_sd(self) -> float:
        return self.effects_of["market"].spread

    @property
    def own_slope_sd(self) -> float:
        return self.effects_of["slope"].spread if "slope" in self.effects_of else 0.0

    def _solve(self) -> None:
        """Effects and their covariance, given the scales."""
        self.scale = self.shock[self.region] * np.exp(self.shock_slope * self.stands)
        precise = self.design * (self.weight / self.scale**2)[:, None]
        a = precise.T @ self.design
        b = precise.T @ self.growth
        believed = (LEVEL_BEFORE, self.belief.level_sd), (SLOPE_BEFORE, self.belief.slope_sd)
        for k, (mean, sd) in enumerate(believed):
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
        pooled = float(np.mean(square))
        for number in range(len(self.shock)):
            of = square[self.region == number]
            total = of.sum() + SHOCK_WEIGHT * pooled
            self.shock[number] = np.sqrt(total / (len(of) + SHOCK_WEIGHT))
        shock = float(np.sqrt(pooled))
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

    def at(self, region: int | None) -> tuple[float, Common]:
        """Spread of shocks and common years of a region; None mixes all, by their growths."""
        every = [region] if region is not None else range(max(len(self.regions), 1))
        part = np.array([(self.region == number).mean() for number in every])
        part /= part.sum()
        years = self.effects_of["year"]
        rows = np.arange(years.columns.stop - years.columns.start)
        means = []
        variances = []
        spreads = []
        for number in every:
            pick, spread = np.zeros((len(rows), len(self.effects))), years.spread**2
            pick[rows, years.columns.start + rows] = 1.0
            if self.regions:
                own = self.effects_of[self.regions[number]]
                pick[rows, own.columns.start + rows] = 1.0
                spread += own.spread**2
            means.append(pick @ self.effects)
            variances.append(np.einsum("yi,ij,yj->y", pick, self.covariance, pick))
            spreads.append(spread)
        mean = part @ np.stack(means)
        variance = part @ (np.stack(variances) + (np.stack(means) - mean) ** 2)
        common = Common(
            self.first_year,
            tuple(mean.tolist()),
            tuple(np.sqrt(variance).tolist()),
            float(np.sqrt(part @ spreads)),
        )
        return float(np.sqrt(part @ self.shock[list(every)] ** 2)), common


def _regions(
    names: NDArray[np.str_], market: NDArray[np.int_]
) -> tuple[list[str], NDArray[np.int_]]:
    """The regions that a panel tells apart, and each row's: none where one has few markets."""
    of = [region_of(name) or REGIONS[-1] for name in names.tolist()]
    if any(of.count(name) < FEWEST_MARKETS for name in REGIONS):
        return [], np.zeros(len(market), dtype=int)
    return list(REGIONS), np.array([REGIONS.index(name) for name in of])[market]


def estimate_drift(narrow: pd.DataFrame, wide: pd.DataFrame, years: int = 5) -> float:
    """How far two counts of different things drift apart in a year, as a random walk of their log
    ratio.

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


def analogue_rows(sales: pd.DataFrame, perimeter: str) -> pd.DataFrame:
    """Every market-year whose next year is known, with its growth in the year before and after.

    Parameters
    ----------
    sales : pandas.DataFrame
        What `annual_sales` returns.
    perimeter : str
        What was counted.

    Returns
    -------
    pandas.DataFrame
        market, year, perimeter, sales, share, before and growth (1 where sales doubled), source.

    Examples
    --------
    >>> sales = pd.DataFrame({"market": "A", "year": [2022, 2023, 2024], "parts": "bev",
    ...                       "sales": [10.0, 20.0, 50.0], "share": [0.01, 0.02, 0.05]})
    >>> analogue_rows(sales, "battery cars")[["year", "before", "growth"]].values.tolist()
    [[2022.0, nan, 1.0], [2023.0, 1.0, 1.5]]
    """
    rows = sales.assign(perimeter=perimeter, source="IEA Global EV Data 2026, CC BY 4.0")
    after = rows.groupby(["market", "parts"])[["year", "sales"]].shift(-1)
    growth = after["sales"] / rows["sales"] - 1
    rows["growth"] = growth.where(after["year"] == rows["year"] + 1).round(3)
    rows["before"] = rows.groupby(["market", "parts"])["growth"].shift()
    columns = ["market", "year", "perimeter", "sales", "share", "before", "growth", "source"]
    return rows.dropna(subset=["share", "growth"])[columns].round({"share": 6})


def main(argv: Sequence[str] | None = None) -> None:
    """Make the priors that ship, and the market-years behind them:
    ``python -m forecasting.panels.growth_prior PANEL MONTHS FOLDER``.

    Parameters
    ----------
    argv : sequence of str, optional
        PANEL is IEA's Global EV Data table, MONTHS a CSV with columns market, month and
        registrations (or bev), FOLDER where to write.
    """
    panel_path, months_path, folder = argv if argv is not None else sys.argv[1:]
    table = read_iea_panel(panel_path)
    months = pd.read_csv(months_path)
    months = months.rename(columns={"bev": "registrations"})
    effects = estimate_policy_effects(months)
    wide = annual_sales(table, False)
    drift = estimate_drift(annual_sales(table, True), wide[wide["parts"].str.contains("phev")])
    analogues = []
    for perimeter, name in SHIPPED.items():
        sales = annual_sales(table, perimeter == "battery cars")
        analogues.append(analogue_rows(sales, perimeter))
        prior = estimate_prior(sales, months, perimeter=perimeter)
        source = (
            f"{prior.source}; {IEA}; {prior.within_year.source}: national "
            "agencies as collected by Robbie Andrew (CC BY 4.0); python -m "
            "forecasting.panels.growth_prior PANEL MONTHS FOLDER"
        )
        Path(folder, name).write_text(
            replace(prior, source=source, basis_drift=drift, policies=effects).to_json(),
            encoding="utf-8",
        )
    pd.concat(analogues).to_csv(Path(folder, ANALOGUES), index=False)


if __name__ == "__main__":
    main()
