"""What each fact moves in a forecast: the mode with it against the mode without it, free of the
noise of draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from forecasting.growth.likelihood import Observation, as_arrays, flow_weights
from forecasting.growth.mode import Mode
from forecasting.growth.path import LatentPath
from forecasting.periods import Period

Array = NDArray[np.float64]


def moves(
    path: LatentPath,
    observations: Sequence[Observation],
    bases: Mapping[str, int],
    periods: Sequence[Period],
) -> Array:
    """By how much each fact moves the log flow of some periods.

    Parameters
    ----------
    path : LatentPath
        Over the years that facts speak of.
    observations : sequence of Observation
        On the path's months.
    bases : mapping of str to int
        Column of each basis that has an offset.
    periods : sequence of Period
        Within the path or beyond it.

    Returns
    -------
    ndarray, shape (facts, periods)
        Log flow at the mode of all facts, less that at the mode of all others.
    """
    facts = as_arrays(observations, path, bases)
    whole = Mode(path, facts).climb()
    far = path.reaching(max(period.end.year for period in periods))
    weights = np.array([flow_weights(period, far.first_year, far.months) for period in periods])
    log_flow = _log_flow(far, path, whole, weights)
    moved = np.empty((len(observations), len(periods)))
    for i in range(len(observations)):
        others = facts.only(np.delete(np.arange(len(observations)), i))
        mode = Mode(path, others).climb(whole)
        moved[i] = log_flow - _log_flow(far, path, mode, weights)
    return moved


def log_flow_at_mode(
    path: LatentPath,
    observations: Sequence[Observation],
    bases: Mapping[str, int],
    periods: Sequence[Period],
) -> Array:
    """Log flow of some periods at the mode given the facts: shape (periods,); parameters as of
    :func:`moves`.
    """
    mode = Mode(path, as_arrays(observations, path, bases)).climb()
    far = path.reaching(max(period.end.year for period in periods))
    return _log_flow(
        far,
        path,
        mode,
        np.array([flow_weights(period, far.first_year, far.months) for period in periods]),
    )


def _log_flow(far: LatentPath, path: LatentPath, mode: Mode, weights: Array) -> Array:
    """Log flow of some periods at a mode; beyond its path, as the coordinates there lead one to
    expect.
    """
    x = np.zeros(far.width)
    for name, columns in path.at_.items():
        start = far.at_[name].start
        x[start : start + columns.stop - columns.start] = mode.x[columns]
    return np.asarray(np.log(weights @ far.flows(x[None, :])[0]))
