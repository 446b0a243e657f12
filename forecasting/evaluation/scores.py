"""Scores of probabilistic forecasts: lower is better for all but coverage, which should be what it
says.

>>> levels = np.array([0.1, 0.5, 0.9])
>>> round(float(weighted_interval_score(np.log([80.0, 100.0, 125.0]), np.log(110.0), levels)), 3)
0.062
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr

Array = NDArray[np.float64]

# Of the central 50, 80, 95 % and the median
LEVELS: Array = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])


def weighted_interval_score(
    quantiles: ArrayLike, outcome: ArrayLike, levels: ArrayLike = LEVELS
) -> Array:
    """Weighted interval score: twice the mean pinball loss over the levels (Bracher, Ray, Gneiting
    and Reich 2021).

    Parameters
    ----------
    quantiles : array_like, shape (..., levels)
        Of the forecast, in the unit of the outcome; give logs for a score of relative errors.
    outcome : array_like, shape (...)
        What happened.
    levels : array_like, shape (levels,)
        Symmetric about the median, which is one of them.

    Returns
    -------
    ndarray, shape (...)
        In the unit of the outcome; 0.1 on logs is about an error of 10 %.
    """
    level = np.asarray(levels, dtype=float)
    error = np.asarray(outcome, dtype=float)[..., None] - np.asarray(quantiles, dtype=float)
    return np.asarray(2 * np.maximum(level * error, (level - 1) * error).mean(axis=-1))


def inside(
    quantiles: ArrayLike, outcome: ArrayLike, share: float, levels: ArrayLike = LEVELS
) -> NDArray[np.bool_]:
    """Whether the central interval that should hold a share of outcomes held this one.

    Raises
    ------
    ValueError
        Where the levels have no such interval.

    Examples
    --------
    >>> inside([[1, 2, 3], [1, 2, 3]], [2.5, 4.0], 0.8, [0.1, 0.5, 0.9])
    array([ True, False])
    """
    level = np.asarray(levels, dtype=float)
    (edges,) = np.nonzero(np.isclose(np.abs(level - 0.5), share / 2))
    if len(edges) != 2:
        raise ValueError(f"the levels {level.tolist()} have no central interval of {share:.0%}")
    low, high = np.moveaxis(np.asarray(quantiles, dtype=float)[..., edges], -1, 0)
    return np.asarray((low <= outcome) & (outcome <= high))


def judged(quantiles: ArrayLike, outcome: float) -> dict[str, Any]:
    """Set quantiles at `LEVELS` of a positive quantity beside what happened.

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
        "ale": abs(log - float(logs[len(LEVELS) // 2])),
        "in80": bool(inside(logs, log, 0.8)),
        "in95": bool(inside(logs, log, 0.95)),
    }


def score_rows(
    case: Mapping[str, Any],
    year: int,
    quantiles: Mapping[int, Array],
    outcomes: Mapping[int, float],
) -> list[dict[str, Any]]:
    """What a case is called, with the horizon ``h``, the year that is scored, and how its forecast
    did: a row for each outcome.

    Parameters
    ----------
    case : mapping
        What each row says first.
    year : int
        From which the horizons count.
    quantiles, outcomes : mapping of int
        By horizon.
    """
    return [
        {**case, "h": h, "scored": year + h, **judged(quantiles[h], outcome)}
        for h, outcome in outcomes.items()
    ]


def clusters_of(cases: pd.DataFrame) -> list[pd.Series]:
    """What makes cases alike: the market, and the scored year, in which all err together."""
    return [cases[name] for name in ("market", "scored") if name in cases]


def coverage(cases: pd.DataFrame) -> pd.DataFrame:
    """Shares of outcomes inside 80 and 95 % by method, with standard errors clustered by market and
    year, and the number of cases.

    Parameters
    ----------
    cases : DataFrame
        ``method, market, scored, in80, in95``; without ``scored`` markets alone are clusters.
    """
    by = cases.groupby("method", sort=False)
    table = pd.DataFrame(index=cases["method"].unique())
    for held, error in (("in80", "se80"), ("in95", "se95")):
        means = [clustered_mean(rows[held], *clusters_of(rows)) for _, rows in by]
        table[[held, error]] = np.array(means)
    return table.round(3).assign(cases=by.size())


class ClusteredMean(NamedTuple):
    """A mean over cases and its standard error, which is NaN with fewer than two clusters."""

    mean: float
    error: float


def clustered_mean(values: ArrayLike, *clusters: ArrayLike) -> ClusteredMean:
    """Mean over cases, with its standard error clustered once, as by market (Liang and Zeger 1986),
    or twice, as by market and year (Cameron, Gelbach and Miller 2011), with G / (G - 1).

    Parameters
    ----------
    values : array_like, shape (cases,)
        E.g. whether an interval held the outcome.
    *clusters : array_like, shape (cases,)
        Names of the clusters, of one kind or two. Of two the error is at least that of either.

    Examples
    --------
    >>> clustered_mean([1, 1, 0, 0], ["a", "a", "b", "b"])
    ClusteredMean(mean=0.5, error=0.5)
    """
    x = np.asarray(values, dtype=float)
    kinds = [pd.factorize(np.asarray(names, dtype=str))[0] for names in clusters]
    if len(kinds) > 1:
        kinds.append(kinds[0] * len(x) + kinds[1])
    variance = []
    for kind in kinds:
        sums = pd.Series(x - x.mean()).groupby(kind).sum()
        count = len(sums)
        variance.append(count / (count - 1) * (sums**2).sum() if count > 1 else np.nan)
    if len(kinds) > 1:
        variance[2] = variance[0] + variance[1] - variance[2]
    return ClusteredMean(float(x.mean()), float(np.sqrt(np.fmax.reduce(variance)) / len(x)))


def clustered_ratio(ours: ArrayLike, other: ArrayLike, *clusters: ArrayLike) -> ClusteredMean:
    """Ratio of two methods' mean scores on the same cases, with its standard error clustered (by
    the delta method).

    Parameters
    ----------
    ours, other : array_like, shape (cases,)
        Scores; the other's mean is above 0.
    *clusters : array_like, shape (cases,)
        As of `clustered_mean`.

    Examples
    --------
    >>> clustered_ratio([1, 1, 3, 3], [2, 2, 6, 6], ["a", "a", "b", "b"])
    ClusteredMean(mean=0.5, error=0.0)
    """
    x = np.asarray(ours, dtype=float)
    y = np.asarray(other, dtype=float)
    ratio = float(x.mean() / y.mean())
    return ClusteredMean(ratio, clustered_mean((x - ratio * y) / y.mean(), *clusters).error)


def expected_inside(count: int, share: float = 0.8) -> tuple[int, int]:
    """How many of so many independent outcomes lie inside intervals that hold, nine times in ten.

    Parameters
    ----------
    count : int
        Outcomes.
    share : float
        What the intervals hold.

    Examples
    --------
    >>> expected_inside(25), expected_inside(0)
    ((17, 23), (0, 0))
    """
    held = bdtr(np.arange(count + 1), count, share)  # scipy.stats takes a second to import
    low, high = np.searchsorted(held, (0.05, 0.95)).tolist() if count else (0, 0)
    return low, high
