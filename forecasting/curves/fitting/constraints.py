"""What a user gives of a model beside the series: words, weights, and bounds and fixed values of
parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from forecasting.arguments import shown
from forecasting.curves.definitions import Curve
from forecasting.errors import ModelError, in_digits
from forecasting.measures import nearest

__all__ = [
    "check_names",
    "check_word",
    "read_bounds",
    "read_fixed",
    "read_weights",
    "within_domain",
]

Array = NDArray[np.float64]
Pair = tuple[float, float]


def read_bounds(bounds: Mapping[str, object] | None, curves: Sequence[Curve]) -> dict[str, Pair]:
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
    if not isinstance(bounds or {}, Mapping):
        raise ModelError(
            f"bounds {shown(bounds)}: give a mapping of names to pairs, e.g. {{'m': (0, 1000)}}"
        )
    check_names(bounds or {}, "bounds", curves)
    pairs = {name: _pair(name, given) for name, given in (bounds or {}).items()}
    for curve in curves:
        within_domain(pairs, curve)
    return pairs


def within_domain(pairs: Mapping[str, Pair], curve: Curve) -> dict[str, Pair]:
    """The bounds of one curve's parameters, met with what the curve itself allows."""
    met = {}
    for name, (low, high) in pairs.items():
        if name in curve.domain:
            least, most = curve.domain[name]
            met[name] = max(low, least), min(high, most)
            if not met[name][0] < met[name][1]:
                raise ModelError(
                    f"bounds of {name!r}: ({in_digits(low)}, {in_digits(high)}); give a lower one below an upper one, "
                    f"within ({in_digits(least)}, {in_digits(most)})"
                )
    return met


def read_fixed(
    values: Mapping[str, object], curves: Sequence[Curve], what: str = "fix_params"
) -> dict[str, float]:
    """Numbers that the curves allow.

    Raises
    ------
    ModelError
        For a name that no curve has, and for a value that is no number or that a curve excludes.
    """
    check_names(values, what, curves)
    fixed = {}
    for name, given in values.items():
        value = _number(given)
        for curve in curves:
            low, high = curve.domain.get(name, (-np.inf, np.inf))
            if not (np.isfinite(value) and low <= value <= high) or (name == "m" and value == 0):
                raise ModelError(
                    f"{what}: {name!r} cannot be {shown(given)}; the {curve.name} curve has it between "
                    f"{in_digits(low)} and {in_digits(high)}"
                )
        fixed[name] = value
    return fixed


def check_names(given: Mapping[str, object], what: str, curves: Sequence[Curve]) -> None:
    """Refuse a name that no curve has."""
    names = list(dict.fromkeys(name for curve in curves for name in curve.parameters))
    for name in given:
        if name not in names:
            curve = curves[0].name if len(curves) == 1 else "auto"
            raise ModelError(
                f"{what}: the {curve} curve has no parameter {name!r}; it has {', '.join(names)}"
            )


def _pair(name: str, given: object) -> Pair:
    if not isinstance(given, (tuple, list, np.ndarray)) or len(given) != 2:
        raise ModelError(
            f"bounds of {name!r}: {shown(given)}; give a pair, with None where there is no bound"
        )
    low, high = (
        endless if bound is None else _number(bound)
        for bound, endless in zip(given, (-np.inf, np.inf), strict=True)
    )
    if not low < high:
        raise ModelError(
            f"bounds of {name!r}: ({in_digits(low)}, {in_digits(high)}); give a lower one below an upper one, or None"
        )
    return low, high


def _number(given: object) -> float:
    try:
        return float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")


def check_word(what: str, word: object, known: tuple[str, ...]) -> None:
    """Refuse a word that is not among the known ones, and name the nearest of them."""
    if not isinstance(word, str) or word not in known:
        hint = nearest(word, known) if isinstance(word, str) else ""
        raise ModelError(
            f"{what} {shown(word)} is unknown; "
            + (f"did you mean {hint!r}?" if hint else f"one of {known}")
        )


def read_weights(weights: ArrayLike | None, count: int) -> Array:
    """Weights of the observations, all 1 where none are given."""
    if weights is None:
        return np.ones(count)
    values = np.asarray(weights, dtype=float).ravel()
    if (
        len(values) != count
        or not np.isfinite(values).all()
        or (values < 0).any()
        or not values.any()
    ):
        raise ModelError(f"weights: give {count} finite numbers of 0 or more, one per observation")
    return values
