"""What a user gives to a growth model, read and checked: the series, words, and bounds
and fixed values of parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from forecasting.arguments import LONGEST_SHOWN, shown
from forecasting.curves.definitions import Curve
from forecasting.errors import ModelError, in_digits
from forecasting.measures import did_you_mean
from forecasting.quantiles import Array

Pair = tuple[float, float]
SMALLEST, LARGEST = 1e-100, 1e100  # whose squares, and those of a ceiling, are still floats
WIDE = 1e4  # below an upper bound that stands alone: no parameter that may be negative gets there


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

    Examples
    --------
    >>> read_series([3, None, 7.5])[0]
    array([3. , nan, 7.5])
    """
    series = _column(endog)
    labels = series.index if isinstance(endog, (pd.Series, pd.DataFrame)) else None
    values = _numbers(series)
    seen = np.isfinite(values)
    beyond = (values > LARGEST) | ((values > 0) & (values < SMALLEST))
    for wrong, words in (
        (np.isinf(values), "infinite"),
        (values < 0, "negative; growth curves count from 0 up"),
        (beyond, "beyond floats; count in another unit"),
    ):
        if wrong.any():
            place = int(np.argmax(wrong))
            raise ModelError(
                f"the observation {series.index[place]} is {series.iloc[place]}: {words}"
            )
    if seen.sum() < least:
        raise ModelError(
            f"the series has {seen.sum()} observation(s); growth needs {least} or more; for fewer,"
            " forecast_flow learns from markets that went before"
        )
    if not values[seen].any():
        raise ModelError("all observations are zero: there is nothing that grows yet")
    return values, labels, "y" if series.name is None else str(series.name)


def _column(endog: object) -> pd.Series:
    if isinstance(endog, pd.DataFrame):
        if endog.empty:
            raise ModelError("endog is an empty table; give a series of two observations or more")
        if endog.shape[1] != 1:
            raise ModelError(f"endog has {endog.shape[1]} columns; give one, e.g. frame['sales']")
        return endog.iloc[:, 0]
    series = endog if isinstance(endog, pd.Series) else _array(endog)
    if series.empty:
        raise ModelError("endog is empty; give a series of two observations or more")
    return series


def _array(endog: object) -> pd.Series:
    """A list or an array as a series."""
    try:
        values = np.asarray(endog if hasattr(endog, "__len__") else [endog])
    except ValueError:
        raise ModelError("endog has parts of unequal length; give one series") from None
    if values.ndim > 1 and values.size != max(values.shape):
        raise ModelError(f"endog has shape {values.shape}; give one series, and many to fit_curves")
    if values.dtype.kind in "Mm":
        values = values.astype(str)  # no numbers, whatever pandas makes of them
    return pd.Series(values.ravel(), dtype=values.dtype)


def _numbers(series: pd.Series) -> Array:
    try:
        if series.dtype.kind in "cMm" or any(isinstance(value, str) for value in series):
            raise TypeError
        return series.astype(object).where(series.notna(), np.nan).to_numpy(dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise ModelError(
            f"endog is not numeric ({series.dtype}): {shown(series.iloc[0])}; convert it, e.g."
            " pandas.to_numeric"
        ) from None


def check_word(argument: str, word: object, known: Sequence[str]) -> None:
    """Refuse a word that is not among the known ones, and name the nearest of them."""
    if not isinstance(word, str) or word not in known:
        text = word[:LONGEST_SHOWN] if isinstance(word, str) else ""
        hint = did_you_mean(text, known, f"one of {', '.join(known)}")
        raise ModelError(f"{argument} {shown(word)} is unknown; {hint}")


def check_names(values: Mapping[str, object], argument: str, curves: Sequence[Curve]) -> None:
    """Refuse a name that no curve has."""
    names = list(dict.fromkeys(name for curve in curves for name in curve.parameters))
    for name in values:
        if name not in names:
            curve = curves[0].name if len(curves) == 1 else "auto"
            raise ModelError(
                f"{argument}: the {curve} curve has no parameter {name!r}; it has"
                f" {', '.join(names)}"
            )


def read_bounds(bounds: Mapping[str, object], curves: Sequence[Curve]) -> dict[str, Pair]:
    """Pairs of numbers; None is no bound on that side.

    Raises
    ------
    ModelError
        For a name that no curve has, for what is not a pair, and for bounds that leave a curve no
        value.

    Examples
    --------
    >>> from forecasting.curves.definitions import CURVES
    >>> read_bounds({"q": (0.3, None)}, [CURVES["bass"]])
    {'q': (0.3, inf)}
    """
    check_names(bounds, "bounds", curves)
    pairs = {name: _pair(name, pair) for name, pair in bounds.items()}
    for curve in curves:
        within_domain(pairs, curve)
    return pairs


def _pair(name: str, pair: object) -> Pair:
    if not isinstance(pair, (tuple, list, np.ndarray)) or len(pair) != 2:
        raise ModelError(
            f"bounds of {name!r}: {shown(pair)}; give a pair, with None where there is no bound"
        )
    low = -np.inf if pair[0] is None else _number(pair[0])
    high = np.inf if pair[1] is None else _number(pair[1])
    if not low < high:
        raise ModelError(
            f"bounds of {name!r}: ({in_digits(low)}, {in_digits(high)}); give a lower one below an"
            " upper one, or None"
        )
    return low, high


def within_domain(bounds: Mapping[str, Pair], curve: Curve) -> dict[str, Pair]:
    """Bounds of each parameter of a curve: a user's, met with what the curve itself allows."""
    met = dict(curve.domain)
    for name in bounds.keys() & met.keys():
        least, most = met[name]
        low = max(bounds[name][0], least)
        high = min(bounds[name][1], most)
        if not low < high:
            raise ModelError(
                f"bounds of {name!r}: ({in_digits(bounds[name][0])}, {in_digits(bounds[name][1])});"
                " give a lower one below an upper one, within"
                f" ({in_digits(least)}, {in_digits(most)})"
            )
        met[name] = (high - WIDE if low == -np.inf and high < np.inf else low, high)
    return met


def read_fixed(
    values: Mapping[str, object], curves: Sequence[Curve], argument: str
) -> dict[str, float]:
    """Numbers that the curves allow.

    Raises
    ------
    ModelError
        For a name that no curve has, and for a value that is no number or that a curve excludes.
    """
    check_names(values, argument, curves)
    for name, value in values.items():
        number = _number(value)
        for curve in curves:
            low, high = curve.domain.get(name, (-np.inf, np.inf))
            inside = np.isfinite(number) and low <= number <= high
            if not inside or (name == "m" and number == 0):
                raise ModelError(
                    f"{argument}: {name!r} cannot be {shown(value)}; the {curve.name} curve has it"
                    f" between {in_digits(low)} and {in_digits(high)}"
                )
    return {name: _number(value) for name, value in values.items()}


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")
