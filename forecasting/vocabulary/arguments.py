"""Checks of the arguments of public functions, made before the function runs.

An argument that is no good is named, with what it was and what the function takes.

>>> @takes(InputError, alpha=number(0, 1, ends=False))
... def interval(alpha: float) -> float:
...     return 1 - alpha
>>> interval(2)
Traceback (most recent call last):
forecasting.InputError: alpha is 2; give a number between 0 and 1
"""

import functools
import inspect
import operator
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, ParamSpec, TypeVar

from forecasting.vocabulary.catalogues import ENGLISH, languages
from forecasting.vocabulary.errors import InputError, in_digits
from forecasting.vocabulary.measures import did_you_mean

P = ParamSpec("P")
R = TypeVar("R")
LARGEST_NUMBER = 1e15  # a count, an amount: beyond, sums of floats lose the units
MAX_REPR_CHARACTERS = 60


@dataclass(frozen=True)
class Check:
    """What an argument may be.

    Parameters
    ----------
    words : str
        What to give, as a message ends.
    read : callable
        Gives the argument as the function is to have it; raises TypeError, ValueError or
        OverflowError for any other.
    """

    words: str
    read: Callable[[Any], Any]


def takes(
    error: type[InputError], /, **checks: Check
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have a function's arguments checked, each by its name.

    Parameters
    ----------
    error : type of InputError
        What is raised.
    **checks : Check
        By argument; those that are left out of a call keep their defaults.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        assert checks.keys() <= signature.parameters.keys()

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError as problem:
                message = f"{function.__qualname__}() {problem}"
                raise error(message + _right_name(kwargs, signature)) from None
            for name, check in checks.items():
                if name in bound.arguments:
                    bound.arguments[name] = read(check, name, bound.arguments[name], error)
            return function(*bound.args, **bound.kwargs)

        return checked

    return wrap


def _right_name(given: Mapping[str, object], signature: inspect.Signature) -> str:
    """The argument that is nearest to the first of those given that a function does not have."""
    names = [name for name in signature.parameters if name != "self"]
    unknown = [name for name in given if name not in names]
    if not unknown:
        return ""
    all_names = f"it takes {', '.join(names)}"
    return f"; {did_you_mean(unknown[0], names, all_names)}"


def read(check: Check, name: str, value: object, error: type[InputError]) -> Any:
    """Read one argument, or refuse it by its name."""
    try:
        return check.read(value)
    except (TypeError, ValueError, OverflowError) as problem:
        if isinstance(problem, InputError):
            raise
        raise error(f"{name} is {short_repr(value)}; give {check.words}") from None


def other_languages(codes: Sequence[str]) -> tuple[str, ...]:
    """Codes of languages, each once, without that of English, in which every report is made.

    Raises
    ------
    InputError
        For a language that has no catalogue.

    Examples
    --------
    >>> other_languages(["ru", "en", "ru"])
    ('ru',)
    """
    for code in codes:
        if code not in languages():
            raise InputError(
                f"there is no language {short_repr(code)}; give {' or '.join(languages())}"
            )
    return tuple(dict.fromkeys(code for code in codes if code != ENGLISH))


def short_repr(value: object) -> str:
    """A value as a message names it: short, and without what a terminal would act on.

    >>> short_repr("x" * 100), short_repr([1, 2])
    ("'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...", '[1, 2]')
    """
    if isinstance(value, int) and abs(value) >= 10**20:
        return f"a whole number of {value.bit_length()} bits"
    if shape := getattr(value, "shape", None):
        return f"a {type(value).__name__} of shape {shape}"
    try:
        words = ascii(value)
    except Exception:
        words = f"a {type(value).__name__}"
    return words if len(words) <= MAX_REPR_CHARACTERS else f"{words[:MAX_REPR_CHARACTERS]}..."


def fitting(
    words: str, fits: Callable[[Any], object], convert: Callable[[Any], Any] = lambda value: value
) -> Check:
    """A check by what an argument must be, once it is made what the function is to have."""

    def read(value: Any) -> Any:
        result = convert(value)
        if not fits(result):
            raise ValueError
        return result

    return Check(words, read)


def _is_truth(value: Any) -> bool:
    return type(value).__name__ in ("bool", "bool_", "bool8")


def _float(value: Any) -> float:
    if isinstance(value, (str, bytes)) or _is_truth(value) or not hasattr(value, "__float__"):
        raise TypeError
    return float(value)


def number(low: float = -LARGEST_NUMBER, high: float = LARGEST_NUMBER, ends: bool = True) -> Check:
    """A finite number between two others, which it may be or (`ends` false) not.

    >>> number(0, 1).read(1), number().words
    (1.0, 'a number from -1,000,000,000,000,000 to 1,000,000,000,000,000')
    """
    low_text = in_digits(low)
    high_text = in_digits(high)
    if ends:
        return fitting(
            f"a number from {low_text} to {high_text}", lambda n: low <= n <= high, _float
        )
    return fitting(f"a number between {low_text} and {high_text}", lambda n: low < n < high, _float)


def probability() -> Check:
    """A number between 0 and 1, and not so near to either that no float tells."""
    return Check("a number between 0 and 1", number(1e-12, 1 - 1e-12).read)


def integer(low: int = 0, high: int = 2**63 - 1) -> Check:
    """A whole number, also one that another library made.

    >>> integer(1, 9).words, integer().words
    ('a whole number from 1 to 9', 'a whole number of 0 or more')
    """
    high_text = f"{high:,}" if high > 9999 else high
    words = f"a whole number from {low} to {high_text}"
    if high == 2**63 - 1:
        words = f"a whole number of {low} or more"

    def to_integer(value: Any) -> int:
        if _is_truth(value):
            raise TypeError
        return operator.index(value)

    return fitting(words, lambda n: low <= n <= high, to_integer)


def instance(*kinds: type, words: str) -> Check:
    """An object of one of some types."""
    return fitting(words, lambda value: isinstance(value, kinds))


def text() -> Check:
    """Words."""
    return instance(str, words="text")


def texts(words: str) -> Check:
    """One text or several, read as a tuple."""

    def to_tuple(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (str, Sequence, set, frozenset)):
            raise TypeError
        return (value,) if isinstance(value, str) else tuple(value)

    return fitting(words, lambda parts: all(isinstance(part, str) for part in parts), to_tuple)


def flag() -> Check:
    """True or False."""
    return Check("True or False", lambda value: bool(fitting("", _is_truth).read(value)))


def path() -> Check:
    """The path of a file or a folder."""

    def fits(value: Any) -> bool:
        return isinstance(value, (str, os.PathLike)) and "\0" not in (os.fspath(value) or "\0")

    return fitting("the path of a file", fits)


def numbers() -> Check:
    """Finite numbers, one or more, as a list or an array; by name in a mapping as well."""

    def fits(value: Any) -> bool:
        import numpy as np

        array = np.asarray(list(value.values()) if isinstance(value, Mapping) else value)
        if array.dtype.kind == "O" and all(isinstance(part, Real) for part in array.ravel()):
            array = array.astype(float)
        is_array = array.dtype.kind in "biuf" and array.ndim > 0 < array.size
        return is_array and bool(np.isfinite(array).all())

    return fitting("finite numbers", fits)


def optional(check: Check) -> Check:
    """What another check takes, or None."""
    return Check(
        f"{check.words}, or None", lambda value: None if value is None else check.read(value)
    )


def sequence(check: Check, words: str, max_length: int = 10_000) -> Check:
    """A sequence of what another check takes, one or more.

    >>> sequence(integer(), "years").read(range(2))
    (0, 1)
    """

    def read(value: Any) -> tuple[Any, ...]:
        if isinstance(value, (str, bytes, Mapping)) or not 0 < len(value) <= max_length:
            raise ValueError
        return tuple(check.read(part) for part in value)

    return Check(words, read)
