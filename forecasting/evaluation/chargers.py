"""Backtest of charging points on markets never seen, the future stock of vehicles given.

Three methods: ``practice`` (points grow as stock to an elasticity learned from other markets),
``constant ratio`` (vehicles per point stay as they are) and ``drift`` (points grow as they did,
whatever the stock). Practice is what scenarios draw; the intervals of the other two are the
training markets' errors at the same horizon. A market is new to the others, but their later years
teach too: dated to each origin, too few markets would have been counted for long.
"""

from functools import cache

import numpy as np
import pandas as pd

from forecasting.errors import EvidenceError
from forecasting.evaluation.markets import Panel, panel_of
from forecasting.panels.charger_panel import (
    REQUIRED_COLUMNS,
    charger_panel,
    charger_steps,
    estimate_practice,
)
from forecasting.panels.practice import Practice, practice_error, practice_points

SCORED_HORIZONS = (1, 3, 5)
BY_PRACTICE = "practice"
CONSTANT_RATIO = "constant ratio"
BY_DRIFT = "drift"
CHARGER_DRAWS = 1000


def backtest_chargers(panel: Panel, train: Panel | None = None) -> pd.DataFrame:
    """Score forecasts of public charging points at 1, 3 and 5 years.

    Every case is a market and an origin with at least 50 points and 100 vehicles, both fast and
    slow points known there and at the horizon. Falls, repeats and jumps are kept in the score and
    flagged in ``attrs["faults"]``; ``attrs["smallest"]`` holds the fewest points and vehicles of an
    origin.

    Parameters
    ----------
    panel : pandas.DataFrame or path
        Markets to score: IEA's table as a file, or a table with market, year, stock_bev,
        stock_phev, public_fast_points and public_slow_points.
    train : pandas.DataFrame or path, optional
        Markets to learn from, in the same columns. Without it each market is scored with what the
        others of ``panel`` teach. A market that is in both never teaches itself.

    Returns
    -------
    pandas.DataFrame
        ``horizon, n, method, median_ale, mean_ale, mape, in80``: cases, median and mean absolute
        log error, mean absolute error in per cent, share of outcomes inside the 80 % interval.

    Raises
    ------
    EvidenceError
        Where columns are missing, or no market has counts far enough apart.

    Examples
    --------
    >>> columns = ["market", "year", "stock_bev", "stock_phev", "public_fast_points",
    ...            "public_slow_points"]
    >>> markets = [(market, year, 1000 * 1.5**year, 0, 10 * 1.3**year, 90 * 1.3**year)
    ...            for market in "ABCD" for year in range(8)]
    >>> scores = backtest_chargers(pd.DataFrame(markets, columns=columns))
    >>> scores[["horizon", "n", "method"]].head(3).values.tolist()
    [[1, 28, 'practice'], [1, 28, 'constant ratio'], [1, 28, 'drift']]
    """
    counts = panel_of(panel, REQUIRED_COLUMNS)
    training = None if train is None else panel_of(train, REQUIRED_COLUMNS)
    errors = charger_errors(counts, training)
    size = errors["error"].abs()
    errors = errors.assign(size=size, percent=100 * np.expm1(errors["error"]).abs())
    scores = errors.groupby(["horizon", "method"], sort=False, as_index=False).agg(
        n=("size", "size"),
        median_ale=("size", "median"),
        mean_ale=("size", "mean"),
        mape=("percent", "mean"),
        in80=("inside", "mean"),
    )
    scores.insert(1, "n", scores.pop("n"))
    table = charger_panel(counts)
    faults = table.loc[table["fault"] != "", ["market", "year", "points", "fault"]]
    origins = errors[["market", "year"]].drop_duplicates().merge(table, on=["market", "year"])
    scores.attrs["faults"] = faults.reset_index(drop=True)
    scores.attrs["smallest"] = {name: float(origins[name].min()) for name in ("points", "stock")}
    return scores


def charger_errors(panel: pd.DataFrame, train: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every case's log error (forecast over outcome) and whether the 80 % interval held it, by
    method.

    Returns
    -------
    pandas.DataFrame
        ``market, year, horizon, method, error, inside``.

    Examples
    --------
    >>> columns = ["market", "year", "stock_bev", "stock_phev", "public_fast_points",
    ...            "public_slow_points"]
    >>> markets = [(market, year, 1000 * 2.0**year, 0, 10 * 1.5**year, 90 * 1.5**year)
    ...            for market in "ABCD" for year in range(7)]
    >>> errors = charger_errors(pd.DataFrame(markets, columns=columns))
    >>> ratio = errors[(errors["method"] == "constant ratio") & (errors["horizon"] == 1)]
    >>> bool(np.allclose(ratio["error"], np.log(2 / 1.5)))
    True
    """
    table, steps = _steps(panel)
    scored = steps[steps["horizon"].isin(SCORED_HORIZONS)]
    if scored.empty:
        raise EvidenceError(
            "no market has fast and slow points in two years that lie 1, 3 or 5 apart, from 50"
            " points on"
        )
    counts, training = (table, steps) if train is None else _steps(train)

    @cache
    def taught(market: str) -> tuple[Practice, pd.DataFrame]:
        past = training[training["market"] != market]
        return estimate_practice(counts[counts["market"] != market]), past

    training_markets = {*training["market"]}
    parts = [
        _scored(method, cases, *taught(str(market) if market in training_markets else ""))
        for method in (BY_PRACTICE, CONSTANT_RATIO, BY_DRIFT)
        for market, cases in scored.groupby("market")
    ]
    return pd.concat(parts).sort_values("horizon", kind="stable", ignore_index=True)


def _steps(panel: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The counts, and pairs of them with the growth by each rule: that of the stock, and the mean
    growth of the points themselves so far, where it is known.
    """
    table = charger_panel(panel)
    steps = charger_steps(table)
    counts = table[table["points"] > 0]
    first_counts = counts.groupby("market")[["year", "points"]].first().add_prefix("first_")
    joined = steps.join(first_counts, on="market")
    elapsed = joined["year"] - joined["first_year"]
    growth = np.log(joined["points"] / joined["first_points"]) / elapsed.clip(lower=1)
    by_rule = {CONSTANT_RATIO: steps["stock_grown"], BY_DRIFT: growth * steps["horizon"]}
    return table, steps.assign(**by_rule)


def _scored(
    method: str, cases: pd.DataFrame, practice: Practice, past: pd.DataFrame
) -> pd.DataFrame:
    """Errors of a method on some cases."""
    grown = cases["grown"]
    if method == BY_PRACTICE:
        quantiles = [_by_practice(case, practice) for _, case in cases.iterrows()]
        low, middle, high = np.transpose(quantiles)
    else:
        middle = cases[method]
        errors = (past[method] - past["grown"]).abs().groupby(past["horizon"])
        width = cases["horizon"].map(errors.quantile(0.8))
        low = middle - width
        high = middle + width
    return cases[["market", "year", "horizon"]].assign(
        method=method, error=middle - grown, inside=(low <= grown) & (grown <= high)
    )


def _by_practice(case: pd.Series, practice: Practice) -> tuple[float, float, float]:
    """Log growth of points as scenarios forecast it, from today's count and the stock to come: 0.1,
    rule, 0.9.
    """
    logs = {0: 0.0, 1: 0.0, int(case["horizon"]): case["stock_grown"]}
    pace = None
    if np.isfinite(case["own_grown"]) and np.isfinite(case["stock_next"]):
        logs[1] = case["stock_next"]
        pace = float(case["own_grown"])
    years = [int(case["year"]) + horizon for horizon in logs]
    stock = case["stock"] * np.exp([list(logs.values())] * CHARGER_DRAWS)
    today = (float(case["year"]) + 1, np.full(CHARGER_DRAWS, case["points"]))
    elasticity = np.full(CHARGER_DRAWS, practice.elasticity)
    rule = practice_points(stock, years, elasticity, 0.0, today, practice, pace)[0, -1]
    error = practice_error(np.random.default_rng(0), CHARGER_DRAWS, years, today, practice)[:, -1]
    middle = np.log(rule / case["points"])
    low, high = (middle + np.quantile(error, (0.1, 0.9))).tolist()
    return low, middle, high
