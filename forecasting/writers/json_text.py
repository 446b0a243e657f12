"""What a command answers, or what is wrong, as one JSON document for a program."""

import datetime as dt
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from forecasting.vocabulary.errors import ForecastingError, InputError
from forecasting.vocabulary.periods import Period


def json_text(answer: Any) -> str:
    """An answer as JSON.

    Parameters
    ----------
    answer : object
        Of mappings, sequences, arrays, numbers, days, periods, paths and texts.

    Returns
    -------
    str
        In ASCII, so that no terminal and no encoding is in the way. Days are ISO text, a period has
        a start and an end, a number that is not finite is null, and what else there is is its text.

    Examples
    --------
    >>> json_text({"day": dt.date(2026, 3, 31), "median": float("nan"), "years": (2026, 2027)})
    '{"day": "2026-03-31", "median": null, "years": [2026, 2027]}'
    """
    return json.dumps(_plain(answer), allow_nan=False)


def error_text(command: str | None, status: int, message: str, error: BaseException) -> str:
    """What went wrong as JSON, with the next move.

    Parameters
    ----------
    command : str or None
        That was called.
    status : int
        The exit status.
    message : str
        What is told to people.
    error : BaseException
        What was raised.

    Returns
    -------
    str
        An object under ``error``: command, status, kind, message, hint, and the problems of an
        input, each with where, fault and hint.

    Examples
    --------
    >>> error = InputError.at("a.csv:2 unit", "'cars' is unknown", "vehicles")
    >>> json.loads(error_text("check", 2, str(error), error))["error"]["hint"]
    'vehicles'
    """
    hint = error.hint if isinstance(error, ForecastingError) else message.partition("; ")[2]
    problems = error.problems if isinstance(error, InputError) else ()
    return json_text(
        {
            "error": {
                "command": command,
                "status": status,
                "kind": type(error).__name__,
                "message": message,
                "hint": hint,
                "problems": [vars(problem) for problem in problems],
            }
        }
    )


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Period):
        return {"start": value.start.isoformat(), "end": value.end.isoformat()}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dt.date):
        is_day = value == value  # pandas has a day that is none
        return value.isoformat() if is_day else None
    if hasattr(value, "tolist"):  # an array of numpy, or one number of it
        return _plain(value.tolist())
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    return str(value)
