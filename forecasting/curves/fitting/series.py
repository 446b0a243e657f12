"""Reading one series: what it may hold, and what is refused, with its place."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.arguments import shown
from forecasting.errors import ModelError

__all__ = ["read_series"]

Array = NDArray[np.float64]
SMALLEST, LARGEST = 1e-290, 1e290  # what leaves room for a ceiling and a forecast


def read_series(endog: object, least: int = 2) -> tuple[Array, pd.Index | None, str]:
    """Values, index (None for a plain array) and name of a series.

    Parameters
    ----------
    endog : array_like, Series or DataFrame of one column
        Zero or more, NaN where missing.
    least : int
        Fewest observations.

    Raises
    ------
    ModelError
        For an empty, non-numeric, infinite, negative or all-zero series, or one with too few
        observations.
    """
    series = _column(endog)
    labels = series.index if isinstance(endog, (pd.Series, pd.DataFrame)) else None
    values = _numbers(series)
    _refuse(series, np.isinf(values), "infinite")
    _refuse(series, values < 0, "negative; growth curves count from 0 up")
    _refuse(
        series,
        (values > LARGEST) | ((values > 0) & (values < SMALLEST)),
        "beyond floats; count in another unit",
    )
    seen = np.isfinite(values)
    if seen.sum() < least:
        raise ModelError(
            f"the series has {seen.sum()} observation(s); growth needs {least} or more; for fewer, forecast_flow "
            "learns from markets that went before"
        )
    if not values[seen].any():
        raise ModelError("all observations are zero: there is nothing that grows yet")
    return values, labels, str(series.name) if series.name is not None else "y"


def _column(endog: object) -> pd.Series:
    if isinstance(endog, pd.DataFrame):
        if endog.empty:
            raise ModelError("endog is an empty table; give a series of two observations or more")
        if endog.shape[1] != 1:
            raise ModelError(f"endog has {endog.shape[1]} columns; give one, e.g. frame['sales']")
        series = endog.iloc[:, 0]
    elif isinstance(endog, pd.Series):
        series = endog
    else:
        values = np.asarray(endog if hasattr(endog, "__len__") else [endog])
        if values.ndim > 1 and values.size != max(values.shape):
            raise ModelError(
                f"endog has shape {values.shape}; give one series, and many to fit_curves"
            )
        if values.dtype.kind in "Mm":
            raise ModelError(
                f"endog is not numeric ({values.dtype}): give numbers, and dates as time"
            )
        series = pd.Series(values.ravel(), dtype=values.dtype)
    if series.empty:
        raise ModelError("endog is empty; give a series of two observations or more")
    return series


def _numbers(series: pd.Series) -> Array:
    wrong = ModelError(
        f"endog is not numeric ({series.dtype}): {shown(series.iloc[0])}; convert it, e.g. pandas.to_numeric"
    )
    if pd.api.types.is_datetime64_any_dtype(series.dtype) or pd.api.types.is_complex_dtype(
        series.dtype
    ):
        raise wrong
    if any(isinstance(value, str) for value in series):
        raise wrong
    try:
        return np.asarray(
            pd.Series([np.nan if value is pd.NA else value for value in series], dtype=float)
        )
    except (TypeError, ValueError, OverflowError):
        raise wrong from None


def _refuse(series: pd.Series, wrong: NDArray[np.bool_], what: str) -> None:
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ModelError(f"the observation {series.index[place]} is {series.iloc[place]}: {what}")
