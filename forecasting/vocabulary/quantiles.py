"""Quantiles of many draws of few periods, by sorting: what numpy gives to the last bit, in a
quarter of its time; and sums of their months.
"""

import math
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int_]
Flags = NDArray[np.bool_]

ALPHA = 0.2  # one less the probability of a range, unless a caller names another
RANGE_LEVELS = [0.1, 0.5, 0.9]  # the ends of an 80 % range, and the median between them
MAX_RANDOM_ERROR = 0.01  # of an end of a range, from which its third digit says nothing
DRAWS_THAT_COUNT = 500  # by their weights, of 2,000 in the reports in which fewest do


def quantiles(draws: Array, levels: Sequence[float]) -> Array:
    """What ``numpy.quantile(draws, levels, axis=0)`` gives.

    Parameters
    ----------
    draws : ndarray, shape (draws, periods)
        One row or more.
    levels : sequence of float
        From 0 to 1.

    Returns
    -------
    ndarray, shape (levels, periods)
        NaN where a draw is.

    Examples
    --------
    >>> quantiles(np.array([[1.0, 5.0], [3.0, 5.0], [2.0, 5.0]]), [0.5, 0.75]).tolist()
    [[2.0, 5.0], [2.5, 5.0]]
    """
    ordered, final_row = _ordered(draws), len(draws) - 1
    place = np.asarray(levels, dtype=float) * final_row
    lower_row = np.minimum(np.floor(place).astype(int), max(final_row - 1, 0))
    part = (place - lower_row)[:, None]
    low, high = ordered[lower_row], ordered[np.minimum(lower_row + 1, final_row)]
    step = high - low
    return np.asarray(np.where(part < 0.5, low + step * part, high - step * (1 - part)))


def medians(draws: Array) -> Array:
    """What ``numpy.median(draws, axis=0)`` gives: shape (periods,).

    >>> medians(np.array([[1.0, 5.0], [3.0, 5.0], [2.0, 5.0], [9.0, 5.0]])).tolist()
    [2.5, 5.0]
    """
    ordered, count = _ordered(draws), len(draws)
    return np.asarray((ordered[(count - 1) // 2] + ordered[count // 2]) / 2)


def sums_of_years(monthly: Array) -> Array:
    """Sums of twelve months, in each draw.

    Parameters
    ----------
    monthly : ndarray, shape (draws, months)
        From a January on, whole years.

    Examples
    --------
    >>> sums_of_years(np.ones((1, 24))).tolist()
    [[12.0, 12.0]]
    """
    return np.asarray(monthly.reshape(len(monthly), -1, 12).sum(axis=2))


def stream_of(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one thing: the same with one seed, whatever other things there are.

    >>> stream_of(1, "duty").random() == stream_of(1, "duty").random()
    True
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def strata(rng: np.random.Generator, draws: int, columns: int) -> Array:
    """Levels from 0 to 1 in random order, in each column one out of each of as many equal ranges.

    Of what is drawn at such levels, means and quantiles have less noise (a Latin hypercube; McKay,
    Beckman and Conover 1979).

    >>> np.sort(np.floor(4 * strata(np.random.default_rng(0), 4, 2)), axis=0)[:, 1].tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    ranges = np.repeat(np.arange(draws)[:, None], columns, axis=1)
    return (rng.permuted(ranges, axis=0) + rng.random(ranges.shape)) / draws


def standing_digits(low: float, high: float) -> int:
    """How many digits stand of a median and of the ends of its 80 % range: two where other random
    numbers would move the ends by more than 1 %, else three.

    Of a log-normal the range is 2.56 standard deviations wide, and the standard error of an end is
    1.71 of them over the root of the draws that count.

    >>> standing_digits(90.0, 110.0), standing_digits(29.0, 110.0), standing_digits(0.0, 110.0)
    (3, 2, 2)
    """
    if not 0 < low <= high:
        return 2
    error = 1.71 / 2.56 * math.log(high / low) / math.sqrt(DRAWS_THAT_COUNT)
    return 2 if error > MAX_RANDOM_ERROR else 3


def ratio(part: Array, total: Array, otherwise: float) -> Array:
    """A quotient, and what stands for it where nothing is divided by.

    >>> ratio(np.array([1.0, 0.0]), np.array([4.0, 0.0]), np.inf).tolist()
    [0.25, inf]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total != 0, part / total, otherwise)


def _ordered(draws: Array) -> Array:
    """Each period's draws in their order; all NaN where one is."""
    ordered = np.sort(np.ascontiguousarray(draws.T), axis=-1)
    ordered[np.isnan(ordered[:, -1])] = np.nan
    return ordered.T
