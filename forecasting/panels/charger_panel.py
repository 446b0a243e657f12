"""Estimates of practice from panels of markets: counts of charging points, stocks of vehicles.

Public counts are recounted, repeated and half missing. A missing class of points is not zero, a
fall or a repeat is flagged, and the estimates are medians, which such years move little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from forecasting.panels.practice import FAST_YEAR, NORMAL_80, OWN_GROWTH, REFERENCE_POINTS, Practice
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.market_rows import market_rows
from forecasting.vocabulary.quantiles import Array

HORIZONS = (1, 2, 3, 5)
MIN_POINTS = 50
MIN_VEHICLES = 100
RESAMPLES = 200
# Values to choose from for the rate of catching up, and for the weight of a market's own growth
CATCH_UP_RATES: Array = np.arange(0, 0.305, 0.005)
OWN_WEIGHTS: Array = np.arange(0, 1.01, 0.02)
MIN_ERROR = 1e-9  # keeps the log finite where a rule fits to the last digit
CHARGER_COLUMNS = (
    "market",
    "year",
    "stock_bev",
    "stock_phev",
    "public_fast_points",
    "public_slow_points",
)
PLUG_IN_STOCK = "stock_phev"  # not counted in many markets
COUNTS = ("stock_bev", "public_fast_points", "public_slow_points")  # which a panel must have


def charger_panel(panel: pd.DataFrame) -> pd.DataFrame:
    """Stocks and public points by market and year, with the fault of each count.

    A total needs both its fast and its slow points: a missing one is not zero, and that year has no
    total. A plug-in hybrid stock that is missing beside battery cars is taken as none. Faults are
    flagged, not removed: ``fall``, ``repeat`` (the count stood still to half a per cent) and
    ``jump`` (more than threefold in a year).

    Parameters
    ----------
    panel : pandas.DataFrame
        Columns market, year, stock_bev, public_fast_points, public_slow_points, and stock_phev
        where it is known.

    Returns
    -------
    pandas.DataFrame
        ``market, year, stock, points, fast, fault``, sorted.

    Raises
    ------
    EvidenceError
        Where a column is missing, a count is negative, or a market has a year twice.

    Examples
    --------
    >>> rows = [("A", 2020, 100, 0, 10, 50), ("A", 2021, 200, 0, 10, 50),
    ...         ("A", 2022, 300, 0, None, 90)]
    >>> table = charger_panel(pd.DataFrame(rows, columns=CHARGER_COLUMNS))
    >>> table[["year", "points", "fault"]].values.tolist()
    [[2020, 60.0, ''], [2021, 60.0, 'repeat'], [2022, nan, '']]
    """
    return charger_counts(
        market_rows(panel, "the panel", "year", COUNTS, [PLUG_IN_STOCK], EvidenceError)
    )


def charger_counts(panel: pd.DataFrame) -> pd.DataFrame:
    """What `charger_panel` gives, of rows that have been checked.

    Parameters
    ----------
    panel : pandas.DataFrame
        As `forecasting.vocabulary.market_rows.market_rows` gives them.
    """
    plug_in = panel.get(PLUG_IN_STOCK, pd.Series(0.0, panel.index)).fillna(0)
    table = panel[["market", "year"]].assign(
        stock=panel["stock_bev"] + plug_in,
        points=panel["public_fast_points"] + panel["public_slow_points"],
        fast=panel["public_fast_points"],
    )
    table = table.sort_values(["market", "year"], ignore_index=True)
    lag = table.groupby("market")[["points", "year"]].shift()
    growth = (table["points"] / lag["points"]).where(table["year"] - lag["year"] == 1)
    faults = [growth < 0.995, growth < 1.005, growth > 3]
    table["fault"] = np.select(faults, ["fall", "repeat", "jump"], default="")
    return table


def charger_steps(table: pd.DataFrame) -> pd.DataFrame:
    """Every pair of counts 1, 2, 3 or 5 years apart: growth of points and stock, in logs.

    Origins below 50 points or 100 vehicles are left out: a single site would move their growth.

    Parameters
    ----------
    table : pandas.DataFrame
        From ``charger_panel``.

    Returns
    -------
    pandas.DataFrame
        ``market, year, horizon, points, stock, grown, stock_grown, own_grown, stock_next``; the
        last two are the growth of points in the year before and of stock in the year after, missing
        where a count is missing.

    Examples
    --------
    >>> rows = [("A", 2020, 1000, 0, 10, 90), ("A", 2021, 2000, 0, 20, 180)]
    >>> steps = charger_steps(charger_panel(pd.DataFrame(rows, columns=CHARGER_COLUMNS)))
    >>> steps[["year", "horizon", "points"]].values.tolist(), steps["grown"].round(2).tolist()
    ([[2020.0, 1.0, 100.0]], [0.69])
    """
    totals = table[(table["points"] > 0) & (table["stock"] > 0)]
    logs = totals.assign(points=np.log(totals["points"]), stock=np.log(totals["stock"]))
    by_market = logs.groupby("market")[["year", "points", "stock"]]
    backward_change = by_market.diff()
    forward_change = by_market.diff(-1)
    start = totals.assign(
        own_grown=backward_change["points"].where(backward_change["year"] == 1),
        stock_next=-forward_change["stock"].where(forward_change["year"] == -1),
    )
    start = start[(totals["points"] >= MIN_POINTS) & (totals["stock"] >= MIN_VEHICLES)]
    pairs = start.merge(totals, on="market", suffixes=("", "_later"))
    pairs["horizon"] = pairs["year_later"] - pairs["year"]
    pairs["grown"] = np.log(pairs["points_later"] / pairs["points"])
    pairs["stock_grown"] = np.log(pairs["stock_later"] / pairs["stock"])
    pairs = pairs[pairs["horizon"].isin(HORIZONS)]
    return pairs.sort_values("horizon", kind="stable", ignore_index=True)


def estimate_practice(table: pd.DataFrame) -> Practice:
    """Learn practice from counts of markets.

    The elasticity is that of least absolute errors over all pairs of counts 1, 2, 3 and 5 years
    apart, each weighted by one over the root of its horizon, and so that each market has the same
    weight: recounts and stale years, which are frequent in panels, move a median little. The rate
    of catching up and the weight of a market's own growth are of least absolute errors, too, and
    are shrunk by their standard errors, as twenty markets hardly tell them from 0. The spread is
    that of each market's errors under the rule estimated from all others, plus one standard error
    over markets and years: a spread from few markets is as often too small as too large, and too
    small is worse.

    Parameters
    ----------
    table : pandas.DataFrame
        From ``charger_panel``.

    Returns
    -------
    Practice

    Raises
    ------
    EvidenceError
        Where fewer than three markets have counts five years apart.

    Examples
    --------
    >>> rows = [(m, y, 1000 * 2.0**y, 0, 10 * 2 ** (0.7 * y), 90 * 2 ** (0.7 * y))
    ...         for m in "ABC" for y in range(7)]
    >>> panel = pd.DataFrame(rows, columns=CHARGER_COLUMNS)
    >>> round(estimate_practice(charger_panel(panel)).elasticity, 3)
    0.7
    """
    steps = charger_steps(table)
    markets = steps.loc[steps["horizon"] == max(HORIZONS), "market"].nunique()
    if markets < 3:
        raise EvidenceError(
            f"{markets} markets have counts of points five years apart; give at least 3"
        )
    rule = _rule(table, steps)
    fast_level, fast_growth, fast_spread = fast_odds(table)
    by_market = [rows for _, rows in steps.groupby("market", sort=False)]
    jackknife_rules = [_rule(table, steps.drop(rows.index)) for rows in by_market]
    shrinkage = {
        name: _james_stein_factor(
            getattr(rule, name),
            [getattr(jackknife_rule, name) for jackknife_rule in jackknife_rules],
        )
        for name in ("catch_up", "own_weight")
    }
    # Errors of each market under the rule of the others
    pairs = zip(jackknife_rules, by_market, strict=True)
    error = pd.concat(
        _errors(_shrunk(jackknife_rule, shrinkage), rows) for jackknife_rule, rows in pairs
    )
    error = error.reindex(steps.index)
    # Slope of the log of the error's size on the log of the count, within horizons
    logs = pd.DataFrame({"size": np.log(error.abs() + 0.02), "points": np.log(steps["points"])})
    logs = logs - logs.groupby(steps["horizon"]).transform("mean")
    slope = max(-float((logs["size"] * logs["points"]).sum() / (logs["points"] ** 2).sum()), 0.0)
    scaled = error * (steps["points"] / REFERENCE_POINTS) ** slope
    return replace(
        _shrunk(rule, shrinkage),
        elasticity_error=_jackknife(
            [jackknife_rule.elasticity for jackknife_rule in jackknife_rules]
        ),
        spread=_upper_spread(steps.assign(size=scaled.abs())),
        size_slope=slope,
        fast_level=fast_level,
        fast_growth=fast_growth,
        fast_growth_error=_jackknife(
            [fast_odds(table[table["market"] != market])[1] for market in table["market"].unique()]
        ),
        fast_spread=fast_spread,
    )


def _rule(table: pd.DataFrame, steps: pd.DataFrame) -> Practice:
    """The rule of growth of some markets, each with the same weight however long it was counted."""
    changes = steps[steps["stock_grown"] != 0]
    weight = _weight(changes) * changes["stock_grown"].abs() / np.sqrt(changes["horizon"])
    ratio = changes["grown"] / changes["stock_grown"]
    elasticity = _weighted_quantile(ratio.to_numpy(), weight.to_numpy(), 0.5)
    elasticity_rule = Practice(elasticity, 0.0, HORIZONS, (), 0.0, *pooled_level(table))
    error = _errors(elasticity_rule, steps)
    years = steps["horizon"].to_numpy(dtype=float)
    gap_share = -np.expm1(np.multiply.outer(years, -CATCH_UP_RATES))
    catch_up_growth = gap_share * _gap(elasticity_rule, steps)[:, None]
    next_year = steps[(steps["horizon"] == 1) & steps["own_grown"].notna()]
    departure = own_departure(next_year, elasticity).to_numpy()
    return replace(
        elasticity_rule,
        catch_up=_best_choice(error, catch_up_growth, CATCH_UP_RATES, 1 / np.sqrt(years)),
        own_weight=_best_choice(
            error[next_year.index], np.multiply.outer(departure, OWN_WEIGHTS), OWN_WEIGHTS
        ),
    )


def _shrunk(rule: Practice, shrinkage: Mapping[str, float]) -> Practice:
    """A rule whose uncertain numbers are multiplied by their shrinkage factors."""
    return replace(rule, **{name: share * getattr(rule, name) for name, share in shrinkage.items()})


def _gap(rule: Practice, steps: pd.DataFrame) -> Array:
    """By how much points are below the level of other markets at the same stock, in logs."""
    usual = rule.level + rule.level_slope * np.log(steps["stock"])
    return np.asarray(usual - np.log(steps["points"]))


def _errors(rule: Practice, steps: pd.DataFrame) -> pd.Series:
    """Observed less predicted log growth of points under a rule."""
    gap_share = 1 - np.exp(-rule.catch_up * steps["horizon"])
    momentum = rule.own_weight * own_departure(steps, rule.elasticity).fillna(0)
    by_stock = steps["grown"] - rule.elasticity * steps["stock_grown"]
    errors: pd.Series = by_stock - gap_share * _gap(rule, steps) - momentum
    return errors


def own_departure(steps: pd.DataFrame, elasticity: float) -> pd.Series:
    """How much faster points grew in the year before than the rule expects of the next, in logs;
    limited, as a recount is no growth.
    """
    return steps["own_grown"].clip(*OWN_GROWTH) - elasticity * steps["stock_next"]


def _weight(steps: pd.DataFrame) -> pd.Series:
    """Weights that are the same for each market at each horizon, as the rule is for a market, not
    for a market's year.
    """
    return 1 / steps.groupby(["market", "horizon"])["year"].transform("size")


def _weighted_quantile(values: Array, weight: Array, level: float) -> float:
    """The same as ``numpy.quantile(values, level, weights=weight, method="inverted_cdf")``, seven
    times as fast: the resamples need thousands.

    >>> _weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]), 0.5)
    2.0
    """
    order = np.argsort(values)
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, level * reached[-1])])


def _best_choice(
    error: pd.Series, correction: Array, choices: Array, weight: Array | float = 1.0
) -> float:
    """The choice with the least absolute error; ``correction`` has a column for each choice."""
    absolute_error = np.abs(error.to_numpy() - correction.T)
    return float(choices[np.argmin((absolute_error * weight).sum(axis=1))])


def _james_stein_factor(value: float, estimates: Sequence[float]) -> float:
    """The factor by which James and Stein shrink an estimate with such an error over markets."""
    return max(1 - (_jackknife(estimates) / value) ** 2, 0.0) if value else 0.0


def _jackknife(estimates: Sequence[float]) -> float:
    """Standard error from the estimates that leave out one market each."""
    return float(np.std(estimates) * np.sqrt(len(estimates) - 1))


def _upper_spread(steps: pd.DataFrame) -> tuple[float, ...]:
    """Standard deviation by horizon from the errors' 80 % quantiles, plus one standard error: that
    over markets, and that over years, as all markets err together in a year.
    """
    middle = []
    variance = []
    for horizon in HORIZONS:
        rows = steps[steps["horizon"] == horizon]
        size = rows["size"].to_numpy()
        weight = _weight(rows).to_numpy()
        middle.append(_weighted_quantile(size, weight, 0.8) / NORMAL_80)
        for cluster in ("market", "year"):
            parts = list(rows.groupby(cluster).indices.values())
            picks = np.random.default_rng(horizon).integers(0, len(parts), (RESAMPLES, len(parts)))
            resamples = [np.concatenate([parts[i] for i in pick]) for pick in picks]
            sizes = [_weighted_quantile(size[pick], weight[pick], 0.8) for pick in resamples]
            variance.append(np.var(np.log(np.maximum(sizes, MIN_ERROR))))
    error = np.sqrt(np.sum(variance) / len(middle))
    return tuple((np.maximum.accumulate(middle) * np.exp(error)).tolist())


def pooled_level(table: pd.DataFrame) -> tuple[float, float, float]:
    """Level, slope and spread of log points on log stock over the last five years, one weight a
    market.

    >>> rows = [(m, 2020, s, 0, s / 100, s / 25) for m, s in zip("ABC", (1e3, 1e4, 1e5))]
    >>> table = charger_panel(pd.DataFrame(rows, columns=CHARGER_COLUMNS))
    >>> [round(number, 2) + 0.0 for number in pooled_level(table)]
    [-3.0, 1.0, 0.0]
    """
    recent = _recent(table)
    return _line(np.log(recent["stock"]), np.log(recent["points"]), recent["market"])


def fast_odds(table: pd.DataFrame) -> tuple[float, float, float]:
    """Log odds that a public point is fast at the end of 2024, their growth a year, and their
    spread: over the last five years, one weight a market.

    >>> rows = [(m, y, 1e4, 0, 40 * 2.0 ** (y - 2024), 80) for m in "AB" for y in (2023, 2024)]
    >>> table = charger_panel(pd.DataFrame(rows, columns=CHARGER_COLUMNS))
    >>> [round(number, 2) + 0.0 for number in fast_odds(table)]
    [-0.69, 0.69, 0.0]
    """
    recent = _recent(table)
    recent = recent[(recent["fast"] > 0) & (recent["fast"] < recent["points"])]
    odds = np.log(recent["fast"] / (recent["points"] - recent["fast"]))
    return _line(recent["year"] - FAST_YEAR, odds, recent["market"])


def _line(x: pd.Series, y: pd.Series, market: pd.Series) -> tuple[float, float, float]:
    """Level, slope and spread of a regression of y on x, one weight a market."""
    weight = 1 / market.groupby(market).transform("size")
    slope, level = np.polyfit(x, y, 1, w=np.sqrt(weight))
    spread = np.sqrt(np.average((y - level - slope * x) ** 2, weights=weight))
    return float(level), float(slope), float(spread)


def _recent(table: pd.DataFrame) -> pd.DataFrame:
    """The counts of the last five years."""
    has_counts = (table["points"] > 0) & (table["stock"] > 0)
    recent: pd.DataFrame = table[has_counts & (table["year"] > table["year"].max() - 5)]
    return recent
