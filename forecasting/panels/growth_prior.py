"""The growth prior, from a panel: how fast young markets grow, how that falls with share, and how
much markets, years and regions differ.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from forecasting.growth.prior import (
    COMMON_AR,
    COMMON_NU,
    FULL_SALES,
    LEVEL_BEFORE,
    LIFT_REACH,
    MARKET_REGIONS,
    REACH,
    REFERENCE_LOG_ODDS,
    SHOCK_NU,
    SLOPE_BEFORE,
    Common,
    Launch,
    Prior,
    Region,
    log_odds,
    region_of,
)
from forecasting.panels.policy_effects import without_events
from forecasting.panels.seasons import estimate_within_year
from forecasting.vocabulary.arguments import instance, optional, takes, text
from forecasting.vocabulary.errors import ModelError
from forecasting.vocabulary.market_rows import market_rows
from forecasting.vocabulary.quantiles import Array

MIN_SALES = 20  # growth from fewer is mostly chance
MIN_REGION_MARKETS = 5  # with fewer in one, regions are not told apart
# The mean before a panel is read: a logistic diffusion's growth rate is the coefficient of
# imitation q, whose mean over 213 published applications is 0.38 (Sultan, Farley and Lehmann 1990).
# The spread is wide enough for the panel to decide
LEVEL_BEFORE_SD = 0.10
SLOPE_BEFORE_SD = 0.02
# Ratio of the spread of years to that of shocks before a panel is read, with the weight of six
# years: a crisis comes to all markets at once
COMMON_BEFORE = 0.6
COMMON_WEIGHT = 6
# The same of the spread of markets' lasting growth, with the weight of four markets
MARKET_BEFORE = 0.1
MARKET_WEIGHT = 4
# Before a panel is read the slope of shocks in the shortfall of sales is 0, with this spread
SHORTFALL_SD = 0.1
# Over several years small markets grow faster than one year after another tells. Belief in by how
# much, and in how far all markets' growth a year departs from the regression over so many years
LIFT_YEARS = 3
LIFT_BEFORE = 0.1
LIFT_BEFORE_SD = 0.07
ALL_LIFTED_SD = 0.05
MIN_LAUNCHES = 8  # growths out of a first year, from which a launch is estimated
SHOCK_WEIGHT = 5  # weight of all markets' spread in a region's spread of shocks, in growths
REGRESSION_ROUNDS = 30
LIFT_ROUNDS = 8


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
        Columns market, year, sales (vehicles), and share (of new vehicles, 0 to 1; some may be
        missing) or size (all new vehicles). Years may be missing. Only what it holds is used: give
        rows up to a date for a forecast made then. Markets that are named as countries are told
        apart by region.
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
        Where a column is missing, no share or one above 1 is told, a row stands twice, or the panel
        holds no three years in a row.

    Notes
    -----
    The first growth of a market is not used: its first year is mostly a part year. Gaussian given
    scales, the model is a regression with random effects; scales, variances and effects are updated
    in turn (expectation-maximisation; Lange, Little and Taylor 1989 for the t part).

    A panel must tell shares, or the sizes of its markets: how growth falls cannot be learned from
    sales alone, as a first row may lie anywhere on a market's way. Of panels of solar power, whose
    shares nobody tells, priors held 0.51 of the outcomes in their intervals of 80 %.

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
    rows = _growth_rows(panel_of_shares(panel))
    usable = rows["growth"].notna() & (rows["before"] >= MIN_SALES) & (rows["age"] >= 2)
    if not usable.any():
        raise ModelError(
            "the panel holds no market with three years in a row, so no growth can be learned "
            "from it"
        )
    shipped = Prior.shipped()
    within_year = shipped.within_year
    if months is not None and len(months):  # the rush before a privilege ends is no season
        months = market_rows(months, "months", "month", ["registrations"])
        within_year = estimate_within_year(without_events(months, shipped.policies))
    names = tuple(sorted(map(str, rows["market"].unique())))
    last_year = int(rows["year"].max())
    base = Prior(
        within_year=within_year,
        policies=shipped.policies,
        perimeter=perimeter or "the panel's vehicles",
        source=f"estimated on {len(names)} markets up to {last_year}",
        markets=len(names),
        last_year=last_year,
        market_names=names,
    )
    base, rows = _with_shares(base, rows)
    fit = _Regression(rows[usable])
    launches = rows[rows["growth"].notna() & (rows["before"] >= MIN_SALES) & (rows["age"] == 1)]
    prior = _with_regression(fit, _with_sizes(base, rows))
    return _with_launches(_with_lift(prior, rows), fit, launches)


def panel_of_shares(table: pd.DataFrame) -> pd.DataFrame:
    """A panel in the columns of `estimate_prior` with shares of new vehicles, as given or from the
    sizes of markets; one without any, or with shares above 1, is refused.
    """
    panel = market_rows(table, "the panel", "year", ["sales"], ["share", "size"])
    share = panel.get("share", pd.Series(np.nan, panel.index))
    if "size" in panel:
        share = share.fillna(panel["sales"] / panel["size"].where(panel["size"] > 0))
    if share.isna().all():
        raise ModelError(
            "the panel has no share of any year: sales alone do not tell how far a market has come,"
            " and so not how its growth will fall; add a column share (part of new vehicles, 0 to"
            " 1) or size (all new vehicles a year)"
        )
    above = panel[share > 1]
    if len(above):
        market, year = above.iloc[0][["market", "year"]]
        raise ModelError(
            "the panel has shares above 1; give parts of one, 0.045 for 4.5 % (first above it:"
            f" {market} in {year}, {share[above.index[0]]:g})"
        )
    return panel.assign(share=share)


def _growth_rows(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with log-odds, growth over a year, and years since a market's first row."""
    rows = panel[panel["sales"] > 0].sort_values(["market", "year"], ignore_index=True)
    rows["z"] = log_odds(np.asarray(rows["share"], dtype=float))
    rows["log_sales"] = np.log(rows["sales"])
    rows["log_size"] = rows["log_sales"] - np.log(rows["share"].where(rows["share"] > 0))
    by_market = rows.groupby("market")
    step = by_market[["year", "z", "log_sales", "log_size"]].diff()
    after_a_year = step["year"] == 1
    # Growth of log sales where the share is not known
    rows["growth"] = step["z"].fillna(step["log_sales"]).where(after_a_year)
    rows["size_change"] = step["log_size"].where(after_a_year)
    rows[["z_before", "before"]] = by_market[["z", "sales"]].shift()
    rows["age"] = rows["year"] - by_market["year"].transform("min")
    return rows


def _with_shares(prior: Prior, rows: pd.DataFrame) -> tuple[Prior, pd.DataFrame]:
    """Add the common line by which markets' shares rise with the years, and fill missing shares.

    A missing share is as far from the line as the market's nearest known one, or on the line where
    the market has none.
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
    """Add how market sizes change: a robust mean by year, and the spread about it."""
    changes = rows.dropna(subset=["size_change"])
    if len(changes) < 10:
        return prior
    by_year = changes.groupby("year")["size_change"].agg(["median", "size"])
    start_year = int(by_year.index[0])
    by_year = by_year.reindex(range(start_year, int(by_year.index[-1]) + 1), fill_value=0)
    counts = by_year["size"]
    mean = by_year["median"] * counts / (counts + 3)
    residual = changes["size_change"] - changes["year"].map(mean)
    spread = 1.4826 * float(np.median(np.abs(residual)))
    size = Common(
        start_year,
        tuple(mean.tolist()),
        tuple((1.25 * spread / np.sqrt(counts + 3)).tolist()),
        float(max(np.sqrt(np.mean(np.square(mean))), 0.03)),
        0.0,
    )
    return replace(prior, size=size, size_sd=float(np.clip(1.2 * spread, 0.05, 0.25)))


def _with_regression(fit: _Regression, base: Prior) -> Prior:
    """The prior with the numbers of a fit."""
    (level_variance, both), (_, slope_variance) = fit.covariance[:2, :2].tolist()
    mixed_regions = fit.spreads()
    return replace(
        base,
        level=float(fit.effects[0]),
        slope=float(fit.effects[1]),
        covariance=((level_variance, both), (both, slope_variance)),
        market_sd=mixed_regions.market_sd,
        shock_sd=mixed_regions.shock_sd,
        shock_slope=fit.shock_slope,
        shortfall_slope=fit.shortfall_slope,
        common=fit.common(),
        regions={name: fit.spreads(number) for number, name in enumerate(fit.regions)},
    )


def _with_lift(prior: Prior, rows: pd.DataFrame) -> Prior:
    """Add by how much growth is faster where few vehicles are sold, from the growth of sales over
    `LIFT_YEARS` years, beside what the other numbers lead to from the first of them.

    Pairs of years overlap, so that each counts for a part. A lift of all markets is integrated out:
    where all are small, their level holds it already.
    """
    outcome = rows[["market", "year", "log_sales"]]
    outcome = outcome.assign(year=outcome["year"] - LIFT_YEARS)
    pairs = rows.merge(outcome, on=["market", "year"], suffixes=("", "_later"))
    is_usable = pairs["z"].notna() & (pairs["sales"] >= MIN_SALES) & (pairs["age"] >= 1)
    pairs = pairs[is_usable]
    z, log_size, expected = (pairs[name].to_numpy() for name in ("z", "log_size", "log_sales"))
    shock_sd = pairs["market"].map(
        {name: prior.in_region(name).shock_sd for name in pairs["market"].unique()}
    )
    shortfall = np.clip(np.log(FULL_SALES) - expected, 0.0, REACH[1])
    distance = np.clip(z - REFERENCE_LOG_ODDS, *REACH)
    log_factor = prior.shock_slope * distance + prior.shortfall_slope * shortfall
    shock_variance = (shock_sd.to_numpy(dtype=float) * np.exp(log_factor)) ** 2
    of_student = SHOCK_NU / (SHOCK_NU - 2)  # variance of a shock of the scale 1
    variance = LIFT_YEARS * (of_student * shock_variance + prior.size_sd**2)
    lifted = np.zeros(len(pairs))
    for ahead in range(1, LIFT_YEARS + 1):
        lifted += np.clip(np.log(FULL_SALES) - expected, 0.0, LIFT_REACH)
        growth_in, size_in = (
            np.array([common.at(year + ahead)[0] for year in pairs["year"].tolist()])
            for common in (prior.common, prior.size)
        )
        distance = np.clip(z - REFERENCE_LOG_ODDS, *REACH)
        z = z + prior.level + prior.slope * distance + growth_in
        log_size = log_size + size_in
        expected = log_size - np.logaddexp(0.0, -z)
    design = np.column_stack([np.full(len(pairs), float(LIFT_YEARS)), lifted])
    surprise = pairs["log_sales_later"].to_numpy() - expected
    belief = np.diag([ALL_LIFTED_SD**-2.0, LIFT_BEFORE_SD**-2.0])
    weight = np.ones(len(pairs))
    for _ in range(LIFT_ROUNDS):
        weighted = design * (weight / (LIFT_YEARS * variance))[:, None]
        pull = weighted.T @ surprise + belief @ [0.0, LIFT_BEFORE]
        lift = np.linalg.solve(weighted.T @ design + belief, pull)
        ratio = of_student * (surprise - design @ lift) ** 2 / variance
        weight = (SHOCK_NU + 1) / (SHOCK_NU + ratio)
    return replace(prior, shortfall_lift=float(max(lift[1], 0.0)))


def _with_launches(prior: Prior, fit: _Regression, launches: pd.DataFrame) -> Prior:
    """Add the share of a market's first year, and how growth out of it differs."""
    if len(launches) < MIN_LAUNCHES:
        return prior
    surprise = fit.surprise(launches)
    growth = float(np.median(surprise))
    growth_sd = 1.4826 * float(np.median(np.abs(surprise - growth)))
    log_odds = launches["z_before"]
    launch = Launch(float(log_odds.mean()), float(log_odds.std()), growth, max(growth_sd, 1.0))
    return replace(prior, launch=launch)


class _Effects:
    """Random effects of one kind: the columns of the design, and their spread.

    Parameters
    ----------
    columns : slice
        Of the design.
    spread : float
        Standard deviation before any growth is read.
    weight : float
        Weight of that, in effects.
    chained : bool
        Whether each effect is a part of the one before, plus a heavy-tailed shock: those of years.
    """

    def __init__(self, columns: slice, spread: float, weight: float, chained: bool = False) -> None:
        self.columns = columns
        self.spread = self.prior_spread = spread
        self.weight = weight
        self.chained = chained
        count = columns.stop - columns.start
        persistence = COMMON_AR * chained
        self.to_shocks = np.eye(count) - persistence * np.eye(count, k=-1)
        # Variance of an effect over that of its shock: the rest is kept from the effect before
        self.variance_ratio = np.r_[1.0, np.full(count - 1, 1 / (1 - persistence**2))][:count]
        self.tails = np.ones(count)  # weights of Student t shocks

    def precision(self) -> Array:
        scale = self.tails * self.variance_ratio / self.spread**2
        return np.asarray(self.to_shocks.T @ (self.to_shocks * scale[:, None]))

    def update(self, effects: Array, covariance: Array) -> None:
        """Update the spread, given the effects' mean and covariance."""
        block = self.columns
        shocks = self.to_shocks @ effects[block]
        square = shocks**2 + np.diag(self.to_shocks @ covariance[block, block] @ self.to_shocks.T)
        square = square * self.variance_ratio
        if self.chained:
            self.tails = (COMMON_NU + 1) / (COMMON_NU + square / self.spread**2)
        total = (self.tails * square).sum() + self.weight * self.prior_spread**2
        self.spread = float(np.sqrt(total / (len(square) + self.weight)))


class _Regression:
    """Regression of growth on a level and the log-odds of the year before, with effects of years
    and markets.

    Gaussian given scales, the model is a regression with random effects; scales, variances and
    effects are updated in turn (expectation-maximisation; Lange, Little and Taylor 1989 for the
    Student t part). Spreads of a region's shocks and markets are shrunk towards those of all.

    Parameters
    ----------
    steps : DataFrame
        Columns market, year, growth, z_before (log-odds of the year before) and before (its sales).
    """

    def __init__(self, steps: pd.DataFrame) -> None:
        self.growth = steps["growth"].to_numpy(dtype=float)
        self.distance = _distance(steps)
        self.shortfall = _shortfall(steps)
        names, market = np.unique(steps["market"].to_numpy(dtype=str), return_inverse=True)
        self.markets = len(names)
        years = steps["year"].to_numpy(dtype=int)
        self.first_year = int(years.min())
        market_region = [region_of(name) or MARKET_REGIONS[-1] for name in names.tolist()]
        self.regions: list[str] = []  # stays empty where one region has few markets
        self.region = np.zeros(len(steps), dtype=int)
        if min(map(market_region.count, MARKET_REGIONS)) >= MIN_REGION_MARKETS:
            self.regions = list(MARKET_REGIONS)
            self.region = np.array([MARKET_REGIONS.index(name) for name in market_region])[market]
        self.shock = np.full(max(len(self.regions), 1), 0.3)
        self.shock_slope = -0.1
        self.shortfall_slope = 0.0
        self.weight = np.ones(len(steps))
        by_market = np.eye(self.markets)[market]
        by_year = np.eye(int(np.ptp(years)) + 1)[years - self.first_year]
        columns = [np.ones((len(steps), 1)), self.distance[:, None]]
        self.width = len(columns)
        self.year = self._effects(columns, by_year, 0.2, COMMON_WEIGHT, chained=True)
        self.by_region = [
            self._effects(
                columns, by_market[:, np.unique(market[self.region == number])], 0.05, MARKET_WEIGHT
            )
            for number in range(len(self.shock))
        ]
        self.all_effects = [self.year, *self.by_region]
        self.design = np.hstack(columns)
        for step in range(REGRESSION_ROUNDS):
            self._solve()
            self._rescale(tilt=step > 3)  # the other scales settle first

    def _effects(
        self,
        columns: list[Array],
        block: Array,
        spread: float,
        weight: float,
        chained: bool = False,
    ) -> _Effects:
        """Random effects whose columns are added to those of the design."""
        start = self.width
        self.width += block.shape[1]
        columns.append(block)
        return _Effects(slice(start, self.width), spread, weight, chained)

    @property
    def scale(self) -> Array:
        """Scale of the shock of each growth."""
        log_factor = self.shock_slope * self.distance + self.shortfall_slope * self.shortfall
        return self.shock[self.region] * np.exp(log_factor)

    def _solve(self) -> None:
        """Effects and their covariance, given the scales."""
        weighted_design = self.design * (self.weight / self.scale**2)[:, None]
        precision = weighted_design.T @ self.design
        pull = weighted_design.T @ self.growth
        priors = (LEVEL_BEFORE, LEVEL_BEFORE_SD), (SLOPE_BEFORE, SLOPE_BEFORE_SD)
        for k, (mean, sd) in enumerate(priors):
            precision[k, k] += 1 / sd**2
            pull[k] += mean / sd**2
        for item in self.all_effects:
            precision[item.columns, item.columns] += item.precision()
        self.covariance = np.asarray(np.linalg.inv(precision), dtype=float)
        self.effects = np.asarray(self.covariance @ pull, dtype=float)

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
        shock = float(np.sqrt(pooled))
        self.year.prior_spread = COMMON_BEFORE * shock
        for item in self.by_region:
            item.prior_spread = MARKET_BEFORE * shock
        for item in self.all_effects:
            item.update(self.effects, self.covariance)
        if tilt:  # how the scale of shocks varies, by damped steps of its likelihood
            excess = square / self.shock[self.region] ** 2 - 1
            slope = 0.5 * (excess @ self.distance) / (2 * self.distance @ self.distance + 50)
            self.shock_slope = float(np.clip(self.shock_slope + slope, -0.3, 0.05))
            belief = 1 / SHORTFALL_SD**2
            pull = excess @ self.shortfall - belief * self.shortfall_slope
            step = 0.5 * pull / (2 * self.shortfall @ self.shortfall + belief)
            self.shortfall_slope = float(np.clip(self.shortfall_slope + step, 0.0, 0.3))

    def common(self) -> Common:
        """Effects of years on growth."""
        years = self.year.columns
        variance = np.diag(self.covariance[years, years])
        return Common(
            self.first_year,
            tuple(self.effects[years].tolist()),
            tuple(np.sqrt(variance).tolist()),
            self.year.spread,
        )

    def spreads(self, *regions: int) -> Region:
        """Spreads of shocks and of markets of a region; without one, of all regions mixed by their
        numbers of growths.
        """
        numbers = list(regions or range(len(self.shock)))
        part = np.array([(self.region == number).mean() for number in numbers])
        part /= part.sum()
        markets = np.array([self.by_region[number].spread for number in numbers])
        shocks = np.sqrt(part @ self.shock[numbers] ** 2)
        return Region(float(shocks), float(np.sqrt(part @ markets**2)))

    def surprise(self, steps: pd.DataFrame) -> Array:
        """Growths less what level, slope and year effects explain, in scales of a shock."""
        distance = _distance(steps)
        year = steps["year"].to_numpy(dtype=int) - self.first_year
        years = self.effects[self.year.columns]
        common = np.where(year < 0, 0.0, years[np.maximum(year, 0)])
        expected = self.effects[0] + self.effects[1] * distance + common
        log_factor = self.shock_slope * distance + self.shortfall_slope * _shortfall(steps)
        scale = self.spreads().shock_sd * np.exp(log_factor)
        return np.asarray((steps["growth"] - expected) / scale)


def _distance(steps: pd.DataFrame) -> Array:
    """Log-odds of the year before, less the reference."""
    return np.clip(steps["z_before"].to_numpy(dtype=float) - REFERENCE_LOG_ODDS, *REACH)


def _shortfall(steps: pd.DataFrame) -> Array:
    """Log by which sales of the year before fall short of `FULL_SALES`."""
    sales = steps["before"].to_numpy(dtype=float)
    return np.clip(np.log(FULL_SALES / sales), 0.0, REACH[1])
