"""Least-squares fits of growth curves to many series at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from forecasting.arguments import numbers, of, optional, takes
from forecasting.curves.definitions import Curve, find_curve
from forecasting.curves.fitting.sampling import Sampling
from forecasting.curves.fitting.search import Search
from forecasting.curves.fitting.solver import Solver
from forecasting.errors import ModelError, in_digits

__all__ = ["CurveFits", "bootstrap_curve", "fit_curves"]

Array = NDArray[np.float64]
CHUNK = 4096  # series solved together: their arrays stay in a core's cache
# The series of all chunks that still move after some steps go on together
PASSES, PASS_STEPS = 8, 14
FEW = 0.1  # share of a chunk that still moves, at which it is left to the next pass


@dataclass(frozen=True, repr=False)
class CurveFits:
    """Least-squares fits, one per series.

    Attributes
    ----------
    params : ndarray (series, parameters) or DataFrame
        ``m`` first, then the shape parameters; a DataFrame where a DataFrame was given.
    sse : ndarray (series,)
        Sums of squared residuals, weighted where weights were given.
    converged : ndarray (series,) of bool
        Whether a minimum was found. False where none exists: the sum of squares still falls as a
        parameter leaves for infinity (a ceiling that the data cannot tell), or the series has fewer
        values than parameters.
    """

    curve: Curve
    sampling: Sampling
    params: Any
    sse: Array
    converged: NDArray[np.bool_]

    def __repr__(self) -> str:
        return f"<CurveFits {self.curve.name}: {self.converged.sum():,} of {len(self.converged):,} series converged>"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in the order of their columns."""
        return self.curve.parameters

    def fitted(self) -> Array:
        """Fitted values, (series, periods)."""
        params = np.asarray(self.params)
        with np.errstate(all="ignore"):
            return params[:, :1] * self.sampling.design(self.curve, params[:, 1:].T).T


@takes(
    ModelError,
    curve=of(str, Curve, words="the name of a curve"),
    weights=optional(numbers()),
    start_params=optional(numbers()),
)
def fit_curves(
    matrix: ArrayLike | pd.DataFrame,
    curve: str | Curve = "bass",
    *,
    weights: ArrayLike | None = None,
    start_params: ArrayLike | None = None,
    sampling: Sampling | None = None,
) -> CurveFits:
    """Fit one curve to each row of a matrix of flows by least squares.

    Parameters
    ----------
    matrix : array_like (series, periods) or DataFrame
        Flows of consecutive periods of length one, the first from launch on; NaN where missing.
        Zero or more.
    curve : str
        Name of the curve: see ``forecasting.curves.definitions.CURVES``.
    weights : array_like (series, periods) or (periods,), optional
        Weights of the squared residuals, zero or more.
    start_params : array_like (parameters,) or (series, parameters), optional
        Where the searches start, ``m`` first; by default at the best of a scan of curves.
    sampling : Sampling, optional
        Other periods, or levels of a stock at given times.

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
    data = _matrix(matrix, "matrix")
    series, periods = data.shape
    sampling = sampling or Sampling.regular(periods)
    if len(sampling.ends) != periods:
        raise ModelError(
            f"the sampling has {len(sampling.ends)} periods and the matrix {periods} columns"
        )
    gaps = np.isnan(data)
    weight = _weights(weights, gaps)
    start = None if start_params is None else _starts(start_params, curve, series)
    enough = (np.where(gaps, 0.0, data).max(axis=1) > 0) & (
        (~gaps).sum(axis=1) >= len(curve.parameters)
    )
    params, sse = np.full((series, len(curve.parameters)), np.nan), np.full(series, np.nan)
    converged = np.zeros(series, dtype=bool)
    solver = Solver(curve, sampling, Search.of(curve))
    data = np.where(gaps, 0.0, data)
    rows = np.flatnonzero(enough)
    for _ in range(PASSES):
        moving = []
        for part in np.array_split(rows, max(len(rows) // CHUNK, 1)):
            first = None if start is None else start[part, 1:].T
            fit = solver.run(
                data[part], None if weight is None else weight[part], first, PASS_STEPS, FEW
            )
            params[part, 1:], params[part, 0], sse[part], converged[part] = fit[0].T, *fit[1:4]
            moving.append(part[fit[4]])
        rows, start = np.concatenate(moving), params
        if not len(rows):
            break
    if isinstance(matrix, pd.DataFrame):
        return CurveFits(
            curve, sampling, pd.DataFrame(params, matrix.index, curve.parameters), sse, converged
        )
    return CurveFits(curve, sampling, params, sse, converged)


def bootstrap_curve(
    series: ArrayLike | pd.Series,
    curve: str | Curve = "bass",
    *,
    samples: int = 1000,
    seed: int = 0,
) -> CurveFits:
    """Fit a curve to resampled copies of one series: its fitted values times its own relative
    residuals, drawn anew.

    Parameters
    ----------
    series : array_like (periods,)
        Flows of consecutive periods, above zero; NaN where missing.
    curve : str
        Name of the curve.
    samples : int
        Number of copies.
    seed : int
        Of the resampling.

    Returns
    -------
    CurveFits
        One row per copy: quantiles over the rows say how well the parameters are known.

    Raises
    ------
    ModelError
        Where the curve cannot be fitted to the series itself, or a value is zero.

    Notes ----- Efron and Tibshirani 1993, chapter 9, with residuals of the log, scaled by ``sqrt(n
    / (n - parameters))``.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.diff(find_curve("bass").cumulative(np.arange(13.0), (1000, 0.02, 0.4)))
    >>> flows *= 1 + 0.05 * np.sin(np.arange(12))
    >>> copies = bootstrap_curve(flows, "bass", samples=200)
    >>> low, high = np.quantile(copies.params[:, 2], [0.05, 0.95])
    >>> bool(low < 0.4 < high)
    True
    """
    values = _matrix(np.atleast_2d(np.asarray(series, dtype=float)), "series")
    if (values == 0).any():
        raise ModelError(
            f"period {int(np.argmax(values == 0))} of the series is zero; relative residuals need values above"
        )
    fit = fit_curves(values, curve)
    if not fit.converged[0]:
        raise ModelError(
            f"the {find_curve(curve).name} curve has no least-squares fit to this series, so none to resample"
        )
    fitted, seen = fit.fitted()[0], ~np.isnan(values[0])
    residuals = np.log(values[0, seen] / fitted[seen])
    freedom = max(int(seen.sum()) - len(fit.names), 1)
    residuals = (residuals - residuals.mean()) * np.sqrt(seen.sum() / freedom)
    drawn = np.random.default_rng(seed).choice(residuals, (samples, len(fitted)))
    copies = np.where(seen, fitted * np.exp(drawn), np.nan)
    return fit_curves(copies, curve, start_params=np.asarray(fit.params))


def _matrix(values: object, name: str) -> Array:
    try:
        data = np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise ModelError(
            f"{name} holds something that is not a number; give floats, NaN where missing"
        ) from None
    if data.ndim != 2 or not data.size:
        raise ModelError(
            f"{name} has shape {data.shape}; give a row per series and a column per period"
        )
    for wrong, what in ((np.isinf(data), "infinite"), (data < 0, "negative")):
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise ModelError(
                f"{name}[{row}, {column}] is {in_digits(data[row, column])}: {what}; values are 0 or more, or NaN"
            )
    return data


def _weights(weights: ArrayLike | None, gaps: NDArray[np.bool_]) -> Array | None:
    if weights is None:
        return np.where(gaps, 0.0, 1.0) if gaps.any() else None
    weight = _matrix([weights] if np.ndim(weights) == 1 else weights, "weights")
    try:
        return np.where(gaps, 0.0, np.broadcast_to(weight, gaps.shape))
    except ValueError:
        raise ModelError(f"weights have shape {weight.shape}, the matrix {gaps.shape}") from None


def _starts(start_params: ArrayLike, curve: Curve, series: int) -> Array:
    given = list(start_params.values()) if isinstance(start_params, Mapping) else start_params
    start = np.atleast_2d(np.asarray(given, dtype=float))
    if (
        start.shape not in ((1, len(curve.parameters)), (series, len(curve.parameters)))
        or not np.isfinite(start).all()
    ):
        raise ModelError(
            f"start_params: give {len(curve.parameters)} finite numbers ({', '.join(curve.parameters)})"
        )
    return np.broadcast_to(start, (series, start.shape[1]))
