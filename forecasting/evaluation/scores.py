"""Scores of probabilistic forecasts: lower is better, except for coverage, which should equal its
level.

>>> forecast = np.log([50.0, 70.0, 85.0, 100.0, 118.0, 140.0, 200.0])
>>> round(float(weighted_interval_score(forecast, np.log(110.0))), 3)
0.067
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from forecasting.vocabulary.quantiles import Array

# Of the central 50, 80, 95 % and the median
SCORE_LEVELS: Array = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
NO_QUANTILES: Array = np.full(len(SCORE_LEVELS), np.nan)  # of a method that has no forecast
MIN_QUANTILE = 1e-9  # so that its log is finite
SHORT_HISTORY = 5  # years
LATE_ORIGIN = 2017  # origins from which the regression has seen many markets
CASE = ("market", "scored", "h", "k", "policy", "months")  # columns that identify a case


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


def judged(quantiles: Sequence[float] | Array, outcome: float) -> dict[str, Any]:
    """Score quantiles at `SCORE_LEVELS` of a positive quantity by its outcome.

    Returns
    -------
    dict
        The quantiles 0.1, 0.5 and 0.9 (``low, median, high``) and the ``outcome``; the weighted
        interval score (``wis``) and the median's absolute error (``ale``), both of logs, and
        whether the central 80 and 95 % held the outcome (``in80, in95``).

    Examples
    --------
    >>> score = judged([50.0, 70.0, 85.0, 100.0, 118.0, 140.0, 200.0], 110.0)
    >>> score["low"], score["high"], round(score["wis"], 4), score["in80"]
    (70.0, 140.0, 0.0668, True)
    """
    logs = np.log(np.maximum(quantiles, MIN_QUANTILE))
    log = float(np.log(outcome))
    _, low, _, median, _, high, _ = quantiles
    return {
        "low": low,
        "median": median,
        "high": high,
        "outcome": outcome,
        "wis": float(weighted_interval_score(logs, log)),
        "ale": abs(log - float(logs[3])),
        "in80": bool(logs[1] <= log <= logs[5]),
        "in95": bool(logs[0] <= log <= logs[6]),
    }


def mean_scores(
    table: pd.DataFrame, parts: Mapping[str, str], score: str = "wis", how: str = "mean"
) -> pd.DataFrame:
    """A line for each method, and a column for each part of the cases.

    Parameters
    ----------
    table : DataFrame
        A table of results.
    parts : mapping of str to str
        Conditions on its columns.
    score : str
        The column that is summed up.
    how : str
        By which function of pandas.
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
    """Mean over cases, with its standard error clustered by market and by year, as errors of one
    year are alike (Cameron, Gelbach and Miller 2011), with G / (G - 1); at least that of either
    cluster alone (Liang and Zeger 1986).

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
    keys = [cases["market"], cases["scored"]]
    variance = []
    for clusters in (keys[:1], keys[1:], keys):
        sums = cluster_sums(values, clusters)
        count = len(sums)
        variance.append(count / (count - 1) * (sums**2).sum() if count > 1 else np.nan)
    variance[2] = variance[0] + variance[1] - variance[2]
    return ClusteredMean(
        float(values.mean()), float(np.sqrt(np.fmax.reduce(variance)) / len(cases))
    )


def cluster_sums(values: pd.Series, clusters: list[pd.Series]) -> pd.Series:
    """How far the values of each cluster lie from the mean of all, together: the sum of their
    squares is the variance of the sum of all values.

    Parameters
    ----------
    values : pandas.Series
        By case.
    clusters : list of pandas.Series
        What those that err together share.

    Examples
    --------
    >>> cluster_sums(pd.Series([1, 1, 0, 0]), [pd.Series(["a", "a", "b", "b"])]).tolist()
    [1.0, -1.0]
    """
    return (values - values.mean()).groupby(clusters).sum()


def ratio_to(table: pd.DataFrame, ours: str, reference: str) -> ClusteredMean:
    """Ratio of two methods' mean scores on the same cases, with its standard error clustered as of
    `clustered_mean` (by the delta method).

    Parameters
    ----------
    table : pandas.DataFrame
        Results of the record.
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
    """The range of the number of outcomes inside 80 % intervals that hold, with probability 0.9.

    Parameters
    ----------
    count : int
        Independent outcomes.

    Examples
    --------
    >>> expected_inside(25), expected_inside(0)
    ((17, 23), (0, 0))
    """
    # Most commands that print scores need neither this nor scipy; scipy.stats takes a second
    from scipy.special import bdtr

    cumulative = bdtr(np.arange(count + 1), count, 0.8)
    low, high = np.searchsorted(cumulative, (0.05, 0.95)).tolist() if count else (0, 0)
    return low, high
