"""Backtest of charging points on markets never seen, the future stock of vehicles given.

Three methods: ``practice`` (points grow as stock to an elasticity learned from other markets),
``constant ratio`` (vehicles per point stay as they are) and ``drift`` (points grow as they did,
whatever the stock). Practice is what scenarios draw; the intervals of the other two are the
training markets' errors at the same horizon. The scored market is left out of the training, but
later years of the others are used: up to an origin, too few markets have long counts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evaluation.markets import Panel, panel_of
from forecasting.evaluation.records import Case, results
from forecasting.evaluation.scores import SCORE_LEVELS
from forecasting.panels.charger_panel import (
    COUNTS,
    PLUG_IN_STOCK,
    charger_counts,
    charger_steps,
    estimate_practice,
)
from forecasting.panels.practice import Practice, practice_error, practice_points
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.quantiles import Array

SCORED_HORIZONS = (1, 3, 5)
BY_PRACTICE = "practice"
CONSTANT_RATIO = "constant ratio"
BY_DRIFT = "drift"
CHARGER_DRAWS = 1000
CENTRAL: Array = abs(2 * SCORE_LEVELS - 1)  # share between a level and its counterpart


def charger_skill(panel: Panel, train: Panel | None = None) -> pd.DataFrame:
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
        Markets to learn from, in the same columns; by default the other markets of ``panel``. A
        market that is in both is left out of its own training.

    Returns
    -------
    pandas.DataFrame
        As :func:`forecasting.evaluation.records.results` has it, of ``market, year, horizon``.

    Raises
    ------
    EvidenceError
        Where columns are missing, or no market has counts far enough apart.

    Examples
    --------
    >>> columns = ["market", "year", "stock_bev", "stock_phev", "public_fast_points",
    ...            "public_slow_points"]
    >>> markets = [(market, year, 1000 * 2.0**year, 0, 10 * 1.5**year, 90 * 1.5**year)
    ...            for market in "ABCD" for year in range(7)]
    >>> table = charger_skill(pd.DataFrame(markets, columns=columns))
    >>> ratio = table[(table["method"] == CONSTANT_RATIO) & (table["horizon"] == 1)]
    >>> bool(np.allclose(ratio["ale"], np.log(2 / 1.5)))
    True
    """
    counts, steps = _steps(panel)
    cases = _cases(steps, *((counts, steps) if train is None else _steps(train)))
    table = results(
        cases,
        EvidenceError(
            "no market has fast and slow points in two years that lie 1, 3 or 5 apart, from 50"
            " points on"
        ),
    )
    faults = counts.loc[counts["fault"] != "", ["market", "year", "points", "fault"]]
    origins = steps[steps["horizon"].isin(SCORED_HORIZONS)]
    table.attrs["faults"] = faults.reset_index(drop=True)
    table.attrs["smallest"] = origins[["points", "stock"]].min().to_dict()
    return table


def summarise_chargers(table: pd.DataFrame) -> pd.DataFrame:
    """One line per horizon and method, from the cases of :func:`charger_skill`.

    Returns
    -------
    pandas.DataFrame
        By ``horizon``: ``n, method, median_ale, mean_ale, mape, in80``: cases, median and mean
        absolute log error, mean absolute error in per cent, share of outcomes inside the 80 %
        interval.

    Examples
    --------
    >>> case = {"horizon": 1, "method": BY_DRIFT, "median": 110.0, "outcome": 100.0, "ale": 0.0953}
    >>> float(summarise_chargers(pd.DataFrame([case | {"in80": True}])).loc[1, "mape"].round(3))
    10.0
    """
    percent = 100 * (table["median"] / table["outcome"] - 1).abs()
    by_horizon = table.assign(percent=percent).groupby(["horizon", "method"], sort=False)
    scores = by_horizon.agg(
        n=("ale", "size"),
        median_ale=("ale", "median"),
        mean_ale=("ale", "mean"),
        mape=("percent", "mean"),
        in80=("in80", "mean"),
    )
    lines = scores.reset_index("method").sort_index(kind="stable")
    lines.insert(0, "n", lines.pop("n"))
    lines.attrs = table.attrs
    return lines


def _steps(panel: Panel) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The counts, and pairs of them with the growth by each rule: that of the stock, and the mean
    growth of the points themselves so far, where it is known.
    """
    table = charger_counts(panel_of(panel, COUNTS, [PLUG_IN_STOCK]))
    steps = charger_steps(table)
    counts = table[table["points"] > 0]
    first_counts = counts.groupby("market")[["year", "points"]].first().add_prefix("first_")
    joined = steps.join(first_counts, on="market")
    elapsed = joined["year"] - joined["first_year"]
    growth = np.log(joined["points"] / joined["first_points"]) / elapsed.clip(lower=1)
    by_rule = {CONSTANT_RATIO: steps["stock_grown"], BY_DRIFT: growth * steps["horizon"]}
    return table, steps.assign(**by_rule)


def _cases(
    steps: pd.DataFrame, training_counts: pd.DataFrame, training_steps: pd.DataFrame
) -> Iterator[Case]:
    """A case for each step of a scored horizon, forecast by the other markets."""
    teachers = {*training_counts["market"]}
    practices: dict[str, Practice] = {}
    for market, market_steps in steps[steps["horizon"].isin(SCORED_HORIZONS)].groupby("market"):
        past = training_steps[training_steps["market"] != market]
        left_out = str(market) if market in teachers else ""
        if left_out not in practices:  # markets that teach nothing have the same teachers
            others = training_counts[training_counts["market"] != market]
            practices[left_out] = estimate_practice(others)
        for step in market_steps.to_dict("records"):
            growth = {BY_PRACTICE: _by_practice(step, practices[left_out])}
            at_horizon = past[past["horizon"] == step["horizon"]]
            for rule in (CONSTANT_RATIO, BY_DRIFT):
                errors = (at_horizon[rule] - at_horizon["grown"]).abs()
                widths = np.sign(SCORE_LEVELS - 0.5) * errors.quantile(CENTRAL).to_numpy()
                growth[rule] = step[rule] + widths
            yield Case(
                {name: step[name] for name in ("market", "year", "horizon")},
                step["points_later"],
                {method: step["points"] * np.exp(logs) for method, logs in growth.items()},
            )


def _by_practice(step: Mapping[Any, Any], practice: Practice) -> Array:
    """Quantiles of the log growth of points as scenarios forecast it, from the count and the later
    stock; the median is the rule without an error.
    """
    logs = {0: 0.0, 1: 0.0, int(step["horizon"]): step["stock_grown"]}
    pace = None
    if np.isfinite(step["own_grown"]) and np.isfinite(step["stock_next"]):
        logs[1] = step["stock_next"]
        pace = float(step["own_grown"])
    years = [int(step["year"]) + horizon for horizon in logs]
    stock = step["stock"] * np.exp([list(logs.values())] * CHARGER_DRAWS)
    today = (float(step["year"]) + 1, np.full(CHARGER_DRAWS, step["points"]))
    elasticity = np.full(CHARGER_DRAWS, practice.elasticity)
    rule = practice_points(stock, years, elasticity, 0.0, today, practice, pace)[0, -1]
    error = practice_error(np.random.default_rng(0), CHARGER_DRAWS, years, today, practice)[:, -1]
    errors = np.quantile(error, SCORE_LEVELS)
    errors[SCORE_LEVELS == 0.5] = 0.0
    return np.asarray(np.log(rule / step["points"]) + errors)
