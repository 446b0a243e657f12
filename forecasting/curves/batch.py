"""Least-squares fits of growth curves to many series at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from forecasting.curves.definitions import Curve, Sampling, find_curve
from forecasting.curves.least_squares import Solver, covariance_of
from forecasting.curves.timeline import Timeline, read_timeline
from forecasting.vocabulary.arguments import (
    instance,
    integer,
    numbers,
    optional,
    short_repr,
    takes,
)
from forecasting.vocabulary.errors import ModelError, in_digits
from forecasting.vocabulary.periods import FIRST_YEAR, LAST_YEAR
from forecasting.vocabulary.quantiles import Array, Flags, Indices

CHUNK_SERIES = 4096  # series solved together: their arrays stay in a core's cache
# Each pass takes some steps; the series of all chunks that still move go on together in the next
PASSES = 8
PASS_STEPS = 14
MAX_STEPS_AHEAD = 10_000  # periods
MAX_LENGTH_RATIO = 1.5  # of the longest period to the shortest: months and weeks of days differ
YEAR_TEXT = re.compile(r"(19|20|21)\d\d")


@dataclass(frozen=True, eq=False)
class CurveFits:
    """Least-squares fits, one per series. Where a DataFrame was given, its index names the rows of
    every answer.

    Attributes
    ----------
    curve : Curve
        What was fitted.
    params : ndarray (series, parameters) or DataFrame
        ``m`` first, then the shape parameters.
    sse : ndarray (series,) or Series
        Sums of squared residuals.
    converged : ndarray (series,) of bool or Series
        Whether a minimum was found. False where none exists: the sum of squares still falls as a
        parameter leaves for infinity (a ceiling that the data cannot tell), or the series has fewer
        values than parameters.
    has_value : ndarray (series, periods) of bool
        Which values were fitted.
    timeline : Timeline
        Labels of the periods.
    """

    curve: Curve
    params: Any
    sse: Any
    converged: Any
    has_value: Flags
    timeline: Timeline

    def __repr__(self) -> str:
        count = f"{self.converged.sum():,} of {len(self.converged):,} series converged"
        return f"<CurveFits: {self.curve.name} curve, {count}>"

    @cached_property
    def bse(self) -> Any:
        """Asymptotic standard errors, in the form of ``params``; NaN where a series has not
        converged or has no more values than parameters.

        They overstate the precision of growth curves: for intervals that hold, fit a
        ``GrowthModel``.
        """
        params = np.asarray(self.params).T
        with np.errstate(all="ignore"):
            sampling = Sampling.regular(self.has_value.shape[1])
            design, slopes = sampling.tangent(self.curve, params[1:])
            # (series, parameters, periods)
            jacobian = np.stack([design, *(params[0] * slope for slope in slopes)]).T
            jacobian = jacobian.transpose(0, 2, 1) * self.has_value[:, None]
            spare = self.has_value.sum(axis=1) - len(params)
            variance = np.where(spare > 0, np.asarray(self.sse) / spare, np.nan)
            information = jacobian @ jacobian.transpose(0, 2, 1) / variance[:, None, None]
            covariance = covariance_of(information)
            errors = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
        errors = np.where(np.asarray(self.converged)[:, None], errors, np.nan)
        if isinstance(self.params, pd.DataFrame):
            return pd.DataFrame(errors, self.params.index, self.params.columns)
        return errors

    @takes(ModelError, steps=integer(1, MAX_STEPS_AHEAD))
    def forecast(self, steps: int = 1) -> Any:
        """The fitted curves in the periods after the last one.

        Parameters
        ----------
        steps : int
            How many periods.

        Returns
        -------
        ndarray (series, steps) or DataFrame
            In the unit of the series: ``GrowthResults.predict`` of each. What a series that has not
            converged does next, its data do not tell.

        Examples
        --------
        >>> table = pd.DataFrame([[90.0, 160.0, 200.0, 170.0]], ["UZ"], range(2021, 2025))
        >>> fit_curves(table, "logistic").forecast(2).round()
             2025  2026
        UZ  101.0  48.0
        """
        periods = self.has_value.shape[1]
        edges = np.arange(periods, periods + steps + 1.0)
        sampling = Sampling(edges[1:], edges[:-1])
        values = sampling.fitted(self.curve, np.asarray(self.params).T).T
        if isinstance(self.params, pd.DataFrame):
            return pd.DataFrame(values, self.params.index, self.timeline.future(steps).labels)
        return values


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
        Zero or more. A DataFrame has the series by their names down the rows, and periods across:
        years, a PeriodIndex, dates or numbers.
    curve : str
        Name of the curve: see ``forecasting.curves.definitions.CURVES``.
    start_params : array_like (parameters,) or (series, parameters), optional
        Where the searches start, ``m`` first; by default at the best of a scan of curves.

    Returns
    -------
    CurveFits
        ``params``, ``bse``, ``sse``, ``converged``: one row or entry per series. A series with
        fewer values than parameters, or without a value above zero, has NaN parameters and has not
        converged.

    Raises
    ------
    ModelError
        Where the matrix is empty, not numeric, infinite or negative, has time down its rows, or
        leaves out a period, or the curve is unknown.

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
    timeline = _timeline(matrix, data.shape[1])
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
    if not isinstance(matrix, pd.DataFrame):
        return CurveFits(curve, params, sse, converged, has_value, timeline)
    names = matrix.index
    table = pd.DataFrame(params, names, curve.parameters)
    squares = pd.Series(sse, names, name="sse")
    arrived = pd.Series(converged, names, name="converged")
    return CurveFits(curve, table, squares, arrived, has_value, timeline)


def _timeline(matrix: object, periods: int) -> Timeline:
    """The periods of a matrix, those of a table by its columns; refused where time runs down its
    rows, and where the periods do not follow each other at equal lengths.
    """
    if not isinstance(matrix, pd.DataFrame):
        return read_timeline(None, None, periods, "flow")
    columns = _times(matrix.columns)
    if columns is None or (_are_dates(_times(matrix.index)) and not _are_dates(columns)):
        rows, heads = (short_repr(list(labels)) for labels in (matrix.index, matrix.columns))
        raise ModelError(
            f"matrix has {rows} down its rows and {heads} across; give a row per series and a"
            " column per period, named by year, date or number: matrix.T where time runs down"
        )
    timeline = read_timeline(columns, None, periods, "flow")
    lengths = timeline.ends - timeline.starts
    gap = np.append(timeline.starts[1:], timeline.ends[-1]) - timeline.ends > 1e-6
    if gap.any() or lengths.max() > MAX_LENGTH_RATIO * lengths.min():
        place = int(np.argmax(gap)) if gap.any() else int(np.argmax(lengths))
        raise ModelError(
            f"the columns of matrix are no even periods after {columns[place]}; give a column to"
            " each period, with NaN where nothing was counted"
        )
    return timeline


def _times(labels: pd.Index) -> pd.Index | None:
    """The labels of a table as times, text as the years or dates that it spells; None where they
    are names.
    """
    if not any(isinstance(label, str) for label in labels):
        return labels
    if all(YEAR_TEXT.fullmatch(str(label)) for label in labels):
        return labels.astype(int)
    try:
        return pd.DatetimeIndex(pd.to_datetime(labels, format="ISO8601"))
    except (TypeError, ValueError):
        return None


def _are_dates(labels: pd.Index | None) -> bool:
    """Whether labels can be nothing but times: dates, periods, or years in a row."""
    if isinstance(labels, (pd.PeriodIndex, pd.DatetimeIndex)):
        return True
    if labels is None or not pd.api.types.is_integer_dtype(labels):
        return False
    years = labels.to_numpy()
    in_range = years[0] >= FIRST_YEAR and years[-1] <= LAST_YEAR
    return bool(in_range and (np.diff(years) == 1).all())


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
