"""Scores of probabilistic forecasts: lower is better for all but coverage, which should be what it
says.

>>> forecast = np.log([50.0, 70.0, 85.0, 100.0, 118.0, 140.0, 200.0])
>>> round(float(weighted_interval_score(forecast, np.log(110.0))), 3)
0.067
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import bdtr
from tqdm import tqdm

from forecasting.quantiles import Array

Quantiles = Mapping[int, Array]  # horizon in years -> quantiles at LEVELS
Forecaster = Callable[[list[Any]], list[Quantiles]]
Mapped = Callable[[Forecaster, Iterable[list[Any]]], Iterable[list[Quantiles]]]

# Of the central 50, 80, 95 % and the median
SCORE_LEVELS: Array = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
CASE = ("market", "scored", "h", "k", "policy", "months")  # what tells cases apart


def weighted_interval_score(quantiles: ArrayLike, outcome: ArrayLike) -> Array:
    """Weighted interval score: twice the mean pinball loss over `SCORE_LEVELS` (Bracher, Ray,
    Gneiting and Reich 2021).

    Parameters
    ----------
    quantiles : array_like, shape (..., levels)
        Of the forecast, in the unit of the outcome; give logs for a score of relative errors.
    outcome : array_like, shape (...)
        What happened.

    Returns
    -------
    ndarray, shape (...)
        In the unit of the outcome; 0.1 on logs is about an error of 10 %.
    """
    error = np.asarray(outcome, dtype=float)[..., None] - np.asarray(quantiles, dtype=float)
    return np.asarray(
        2 * np.maximum(SCORE_LEVELS * error, (SCORE_LEVELS - 1) * error).mean(axis=-1)
    )


def judged(quantiles: ArrayLike, outcome: float) -> dict[str, Any]:
    """Set quantiles at `SCORE_LEVELS` of a positive quantity beside what happened.

    Returns
    -------
    dict
        The weighted interval score (``wis``) and the median's absolute error (``ale``), both of
        logs, and whether the central 80 and 95 % held the outcome (``in80, in95``).

    Examples
    --------
    >>> judged([50, 70, 85, 100, 118, 140, 200], 110.0)
    {'wis': 0.0667..., 'ale': 0.0953..., 'in80': True, 'in95': True}
    """
    logs = np.log(np.maximum(quantiles, 1e-9))
    log = float(np.log(outcome))
    return {
        "wis": float(weighted_interval_score(logs, log)),
        "ale": abs(log - float(logs[3])),
        "in80": bool(logs[1] <= log <= logs[5]),
        "in95": bool(logs[0] <= log <= logs[6]),
    }


def score_cases(
    methods: Mapping[str, Forecaster], cases: Iterable[Any], mapped: Mapped = map
) -> pd.DataFrame:
    """Score every method on every case.

    Parameters
    ----------
    methods : mapping of str to callable
        By name: quantiles at `SCORE_LEVELS` by horizon for each of some cases that share a prior.
    cases : iterable
        One market at one time each: ``row`` is what a score says of it, ``origin`` the year from
        which horizons count, ``outcomes`` what happened by horizon, and cases of one ``prior_key``
        share a prior.
    mapped : callable
        By what a method is applied to groups of cases, in their order; ``map`` does it here.

    Returns
    -------
    DataFrame
        ``method``, what a case says of itself, the horizon ``h``, the year that is ``scored``, and
        `judged`: a row for each outcome.
    """
    groups: dict[object, list[Any]] = {}
    for case in cases:
        groups.setdefault(case.prior_key, []).append(case)
    rows = []
    for name, method in methods.items():
        forecasts_of_groups = mapped(method, groups.values())
        for group, forecasts in zip(
            groups.values(),
            tqdm(forecasts_of_groups, name, len(groups), leave=False, disable=None),
            strict=True,
        ):
            for case, forecast in zip(group, forecasts, strict=True):
                of_case = {"method": name, **case.row}
                for h, outcome in case.outcomes.items():
                    at = {"h": h, "scored": case.origin + h}
                    rows.append(of_case | at | judged(forecast[h], outcome))
    return pd.DataFrame(rows)


def mean_scores(
    table: pd.DataFrame, parts: Mapping[str, str], score: str = "wis", how: str = "mean"
) -> pd.DataFrame:
    """A line for each method, and a column for each part of the cases.

    Parameters
    ----------
    table : DataFrame
        From `score_cases`.
    parts : mapping of str to str
        Conditions on its columns.
    score : str
        Which of them is summed up.
    how : str
        How, as pandas calls it.
    """
    columns = {
        name: table.query(condition).groupby("method")[score].agg(how)
        for name, condition in parts.items()
    }
    return pd.DataFrame(columns).reindex(table["method"].unique())


def coverage(cases: pd.DataFrame) -> pd.DataFrame:
    """Shares of outcomes inside 80 and 95 % by method, with standard errors clustered by market and
    year, and the number of cases.

    Parameters
    ----------
    cases : DataFrame
        ``method, market, scored, in80, in95``.
    """
    by = cases.groupby("method", sort=False)
    table = pd.DataFrame(index=cases["method"].unique())
    for inside, error in (("in80", "se80"), ("in95", "se95")):
        means = [clustered_mean(rows[inside], rows) for _, rows in by]
        table[[inside, error]] = np.array(means)
    return table.round(3).assign(cases=by.size())


class ClusteredMean(NamedTuple):
    """A mean over cases and its standard error, which is NaN with fewer than two clusters."""

    mean: float
    error: float


def clustered_mean(values: pd.Series, cases: pd.DataFrame) -> ClusteredMean:
    """Mean over cases, with its standard error clustered by market and by year, in which all err
    together (Cameron, Gelbach and Miller 2011), with G / (G - 1); at least that of either alone
    (Liang and Zeger 1986).

    Parameters
    ----------
    values : pandas.Series
        E.g. whether an interval held the outcome, by case.
    cases : pandas.DataFrame
        ``market, scored`` of each.

    Examples
    --------
    >>> cases = pd.DataFrame({"market": ["a", "a", "b", "b"], "scored": 2024})
    >>> clustered_mean(pd.Series([1, 1, 0, 0]), cases)
    ClusteredMean(mean=0.5, error=0.5)
    """
    cases = cases.assign(apart=values - values.mean())
    variance = []
    for kind in (["market"], ["scored"], ["market", "scored"]):
        sums = cases.groupby(kind)["apart"].sum()
        count = len(sums)
        variance.append(count / (count - 1) * (sums**2).sum() if count > 1 else np.nan)
    variance[2] = variance[0] + variance[1] - variance[2]
    return ClusteredMean(
        float(values.mean()), float(np.sqrt(np.fmax.reduce(variance)) / len(cases))
    )


def ratio_to(table: pd.DataFrame, ours: str, reference: str) -> ClusteredMean:
    """Ratio of two methods' mean scores on the same cases, with its standard error clustered as of
    `clustered_mean` (by the delta method).

    Parameters
    ----------
    table : pandas.DataFrame
        Scores, as `score_cases` gives them.
    ours, reference : str
        The methods.

    Examples
    --------
    >>> scores = {"ours": [1, 1, 3, 3], "other": [2, 2, 6, 6]}
    >>> cases = {"market": ["a", "a", "b", "b"], "scored": [1, 2, 1, 2]}
    >>> table = pd.concat(pd.DataFrame(cases | {"method": m, "wis": w}) for m, w in scores.items())
    >>> ratio_to(table, "ours", "other")
    ClusteredMean(mean=0.5, error=0.0)
    """
    case = [name for name in CASE if name in table]
    scores = table.pivot(index=case, columns="method", values="wis").reset_index()
    mean = scores[reference].mean()
    ratio = scores[ours].mean() / mean
    residuals = (scores[ours] - ratio * scores[reference]) / mean
    return ClusteredMean(float(ratio), clustered_mean(residuals, scores).error)


def expected_inside(count: int) -> tuple[int, int]:
    """How many of so many independent outcomes lie inside intervals that hold, nine times in ten.

    Parameters
    ----------
    count : int
        Outcomes.

    Examples
    --------
    >>> expected_inside(25), expected_inside(0)
    ((17, 23), (0, 0))
    """
    cumulative = bdtr(np.arange(count + 1), count, 0.8)  # scipy.stats takes a second to import
    low, high = np.searchsorted(cumulative, (0.05, 0.95)).tolist() if count else (0, 0)
    return low, high
