"""Least-squares fits of growth curves to many series at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from forecasting.curves.definitions import Curve, Sampling, find_curve
from forecasting.curves.least_squares import Solver
from forecasting.vocabulary.arguments import instance, numbers, optional, takes
from forecasting.vocabulary.errors import ModelError, in_digits
from forecasting.vocabulary.quantiles import Array, Flags, Indices

CHUNK_SERIES = 4096  # series solved together: their arrays stay in a core's cache
# Each pass takes some steps; the series of all chunks that still move go on together in the next
PASSES = 8
PASS_STEPS = 14


@dataclass(frozen=True)
class CurveFits:
    """Least-squares fits, one per series.

    Attributes
    ----------
    params : ndarray (series, parameters) or DataFrame
        ``m`` first, then the shape parameters; a DataFrame where a DataFrame was given.
    sse : ndarray (series,)
        Sums of squared residuals.
    converged : ndarray (series,) of bool
        Whether a minimum was found. False where none exists: the sum of squares still falls as a
        parameter leaves for infinity (a ceiling that the data cannot tell), or the series has fewer
        values than parameters.
    """

    curve: Curve
    params: Any
    sse: Array
    converged: Flags

    def __repr__(self) -> str:
        count = f"{self.converged.sum():,} of {len(self.converged):,} series converged"
        return f"<CurveFits {self.curve.name}: {count}>"


@takes(
    ModelError,
    curve=instance(str, Curve, words="the name of a curve"),
    start_params=optional(numbers()),
)
def fit_curves(
    matrix: ArrayLike | pd.DataFrame,
    curve: str | Curve = "bass",
    *,
    start_params: ArrayLike | None = None,
) -> CurveFits:
    """Fit one curve to each row of a matrix of flows by least squares.

    Parameters
    ----------
    matrix : array_like (series, periods) or DataFrame
        Flows of consecutive periods of length one, the first from launch on; NaN where missing.
        Zero or more.
    curve : str
        Name of the curve: see ``forecasting.curves.definitions.CURVES``.
    start_params : array_like (parameters,) or (series, parameters), optional
        Where the searches start, ``m`` first; by default at the best of a scan of curves.

    Returns
    -------
    CurveFits
        ``params``, ``sse``, ``converged``: one row or entry per series. A series with fewer values
        than parameters, or without a value above zero, has NaN parameters and has not converged.

    Raises
    ------
    ModelError
        Where the matrix is empty, not numeric, infinite or negative, or the curve is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(13.0)
    >>> flows = np.outer([100, 2000], np.diff(find_curve("bass").share(t, 0.02, 0.4)))
    >>> fit_curves(flows, "bass").params.round(3)
    array([[1.e+02, 2.e-02, 4.e-01],
           [2.e+03, 2.e-02, 4.e-01]])
    """
    curve = find_curve(curve)
    data = _matrix(matrix)
    series, periods = data.shape
    has_value = ~np.isnan(data)
    weight = None if has_value.all() else has_value.astype(float)
    start = None if start_params is None else _starts(start_params, curve, series)
    data = np.where(has_value, data, 0.0)
    params = np.full((series, len(curve.parameters)), np.nan)
    sse = np.full(series, np.nan)
    converged = np.zeros(series, dtype=bool)
    solver = Solver(curve, Sampling.regular(periods), curve.domain)
    rows = np.flatnonzero(data.any(axis=1) & (has_value.sum(axis=1) >= len(curve.parameters)))
    for _ in range(PASSES):
        moving = []
        for part in np.array_split(rows, max(len(rows) // CHUNK_SERIES, 1)):
            fits = solver.run(data[part], _rows(weight, part), _rows(start, part), PASS_STEPS)
            params[part] = np.vstack([fits.level, fits.shape]).T
            sse[part] = fits.sse
            converged[part] = fits.converged
            moving.append(part[fits.moving])
        rows = np.concatenate(moving)
        start = params
        if not len(rows):
            break
    table: Any = params
    if isinstance(matrix, pd.DataFrame):
        table = pd.DataFrame(params, matrix.index, curve.parameters)
    return CurveFits(curve, table, sse, converged)


def _rows(values: Array | None, part: Indices) -> Array | None:
    return None if values is None else values[part]


def _matrix(values: object) -> Array:
    try:
        data = np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise ModelError(
            "matrix holds something that is not a number; give floats, NaN where missing"
        ) from None
    if data.ndim != 2 or not data.size:
        raise ModelError(
            f"matrix has shape {data.shape}; give a row per series and a column per period"
        )
    for wrong, word in ((np.isinf(data), "infinite"), (data < 0, "negative")):
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            value = in_digits(data[row, column])
            raise ModelError(
                f"matrix[{row}, {column}] is {value}: {word}; values are 0 or more, or NaN"
            )
    return data


def _starts(start_params: ArrayLike, curve: Curve, series: int) -> Array:
    if isinstance(start_params, Mapping):
        start_params = list(start_params.values())
    names = curve.parameters
    start = np.atleast_2d(np.asarray(start_params, dtype=float))
    if start.shape not in ((1, len(names)), (series, len(names))):
        raise ModelError(f"start_params: give {len(names)} finite numbers ({', '.join(names)})")
    return np.broadcast_to(start, (series, len(names)))
