"""A choice: what each number of points to build costs in the mean, where too few and too many both
have a price.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from forecasting.errors import AssumptionError, Problem, in_digits
from forecasting.measures import LARGEST_COST
from forecasting.quantiles import Array


def expected_regret(
    wanted: Array,
    options: Mapping[str, float],
    *,
    missing: float,
    idle: float,
) -> pd.DataFrame:
    """What building a number costs in the mean over the draws, beyond what the right number would
    have cost.

    Neither cost has a default: what a wait is worth is the reader's to say, and it decides the
    answer. Were both known, the number with the least regret is the quantile ``missing / (missing +
    idle)`` of what is wanted.

    Parameters
    ----------
    wanted : ndarray, shape (draws,)
        Points that turn out to be wanted: draws of need, or of whatever is held to be right.
    options : mapping of str to float
        Numbers of points to build, by name.
    missing : float
        Cost of one point too few, a year; above 0.
    idle : float
        Cost of one point too many, a year, in the same money; above 0.

    Returns
    -------
    pandas.DataFrame
        ``option, points, too_few, missing_points, idle_points, right_at, regret``, the least regret
        first: the share of draws in which it is too few, mean points missing and idle, the cost of
        a missing point, in idle ones, at which this number would be the best, and the mean cost of
        those missing and idle.

    Raises
    ------
    AssumptionError
        Where a cost is not above 0, a number is negative, or there is nothing to choose from.

    Examples
    --------
    >>> wanted = np.array([100.0, 200.0, 300.0])
    >>> table = expected_regret(wanted, {"need": 200, "practice": 100}, missing=3.0, idle=1.0)
    >>> table[["option", "regret"]].round(1).values.tolist()
    [['need', 133.3], ['practice', 300.0]]
    """
    problems = [
        Problem(
            f"cost of a {name} point",
            f"{in_digits(value)} is outside 0 to {LARGEST_COST:,.0f} a year",
            "give it above 0",
        )
        for name, value in {"missing": missing, "idle": idle}.items()
        if not 0 < value <= LARGEST_COST
    ]
    if problems:
        raise AssumptionError(problems)
    numbers = np.array([*options.values()], dtype=float)
    over = numbers[:, None] - wanted
    lacking = np.maximum(-over, 0).mean(axis=1)
    unused = np.maximum(over, 0).mean(axis=1)
    short = (over < 0).mean(axis=1)
    table = pd.DataFrame(
        {
            "option": [*options],
            "points": numbers,
            "too_few": short,
            "missing_points": lacking,
            "idle_points": unused,
            "right_at": np.divide(
                1 - short, short, out=np.full_like(short, np.inf), where=short > 0
            ),
            "regret": missing * lacking + idle * unused,
        }
    )
    return table.sort_values("regret", kind="stable", ignore_index=True)
