"""Announced targets of public charging: how much stands, what pace they take, and what of them is
built in time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.demand.existing_charging import moment
from forecasting.errors import AssumptionError, in_digits

__all__ = ["Target", "announced", "asked_for", "delivered", "standing_shares"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """So many public points or stations by a day.

    Parameters
    ----------
    name : str
        Of the driver or the fact that says so.
    count : ndarray, shape (draws,)
        How many.
    unit : {"points", "stations"}
        Of what.
    date : datetime.date
        By when.
    pursued : ndarray of bool, shape (draws,), or bool
        Where a scenario takes it to be built; False everywhere of a target that is only compared.
    on_time : float
        Share of what is missing that stands on the day.
    late : ndarray, shape (draws,), or float
        Years until the rest stands, too.

    Raises
    ------
    AssumptionError
        Where the unit is unknown or the count not above 0.

    Examples
    --------
    >>> target = Target("decree", np.array([32_400.0]), "stations", dt.date(2030, 12, 31))
    >>> target.points(np.array([2.0]))
    array([64800.])
    """

    name: str
    count: Array
    unit: str
    date: dt.date
    pursued: npt.NDArray[np.bool_] | bool = False
    on_time: float = 1.0
    late: Array | float = 0.0

    def __post_init__(self) -> None:
        if self.unit not in ("points", "stations"):
            raise AssumptionError(
                f"{self.name} counts {self.unit!r}; a target has points or stations"
            )
        if not np.min(self.count) > 0:
            raise AssumptionError(
                f"{self.name} = {in_digits(np.min(self.count))} {self.unit}; a target is above 0"
            )

    @property
    def when(self) -> float:
        """The end of its day, as a year and its fraction."""
        return moment(self.date)

    def points(self, per_station: Array) -> Array:
        """Points, per draw."""
        return np.asarray(
            self.count * (per_station if self.unit == "stations" else np.ones_like(per_station))
        )


def asked_for(targets: Sequence[Target], start: float) -> list[Target]:
    """Of the targets that are still to come those that are pursued, or all, where none is.

    Examples
    --------
    >>> plans = [Target(str(year), np.ones(1), "points", dt.date(year, 12, 31)) for year in (2025, 2030)]
    >>> [target.name for target in asked_for(plans, 2026.2)]
    ['2030']
    """
    due = [target for target in targets if target.when > start]
    return [target for target in due if np.any(target.pursued)] or due


def _between(years: Sequence[int], knots: Sequence[Array], values: Sequence[Array]) -> Array:
    """Straight lines between knots, each draw with its own; level before the first and after the
    last.
    """
    ends = np.asarray(years, dtype=float)[None, :] + 1
    path = np.broadcast_to(values[0][:, None], (len(values[0]), len(years))).copy()
    for left, right, low, high in zip(knots, knots[1:], values, values[1:], strict=False):
        width = np.maximum(right - left, 1e-9)[:, None]
        path += (high - low)[:, None] * np.clip((ends - left[:, None]) / width, 0, 1)
    return path


def announced(
    target: Target, years: Sequence[int], start: float, standing: Array, per_station: Array
) -> Array:
    """Public points at the end of each year were a target met to the day, in equal steps from what
    stands.

    Parameters
    ----------
    target : Target
        The target.
    years : sequence of int
        The years.
    start : float
        When what stands was counted, a year and its fraction.
    standing : ndarray, shape (draws,)
        Points that stood then.
    per_station : ndarray, shape (draws,)
        Points a station.

    Returns
    -------
    ndarray, shape (draws, years)

    Examples
    --------
    >>> target = Target("plan", np.array([900.0]), "points", dt.date(2026, 12, 31))
    >>> announced(target, [2024, 2025, 2026, 2027], 2025.0, np.array([100.0]), np.ones(1)).round()
    array([[100., 500., 900., 900.]])
    """
    asked = target.points(per_station)
    knots = [np.full_like(asked, start), np.full_like(asked, max(target.when, start))]
    return _between(years, knots, [np.broadcast_to(standing, asked.shape), asked])


def delivered(
    target: Target, years: Sequence[int], start: float, standing: Array, per_station: Array
) -> Array:
    """Public points as a target is built: a share of what is missing on its day, the rest later; 0
    where it is not.

    Examples
    --------
    >>> target = Target("plan", np.array([900.0]), "points", dt.date(2026, 12, 31), True, 0.25, np.array([2.0]))
    >>> delivered(target, [2024, 2025, 2026, 2027, 2028], 2025.0, np.array([100.0]), np.ones(1)).round()
    array([[100., 200., 300., 600., 900.]])
    """
    asked = target.points(per_station)
    stood = np.broadcast_to(standing, asked.shape)
    day = np.full_like(asked, max(target.when, start))
    in_time = stood + target.on_time * np.maximum(asked - stood, 0)
    knots = [np.full_like(asked, start), day, day + target.late]
    path = _between(years, knots, [stood, in_time, np.maximum(asked, stood)])
    return np.where(np.broadcast_to(target.pursued, asked.shape)[:, None], path, 0.0)


def standing_shares(
    targets: Sequence[Target], years: Sequence[int], practice: Array, standing: tuple[dt.date, Array] | None,
    per_station: Array,
) -> pd.DataFrame:  # fmt: skip
    """Each target beside what stands and what practice comes to: its share, its pace, its
    probability.

    Parameters
    ----------
    targets : sequence of Target
        The targets.
    years : sequence of int
        The years of ``practice``.
    practice : ndarray, shape (draws, years)
        Public points deployed by practice, without the push of any target.
    standing : (datetime.date, ndarray), optional
        When the points that stand were counted, and how many.
    per_station : ndarray, shape (draws,)
        Points a station.

    Returns
    -------
    pandas.DataFrame
        ``target, number, unit, date, stands, pace_needed, pace_of_practice, practice_low, practice,
        practice_high, probability``; paces are points a year from the count to the day. Probability
        and practice are missing beyond the last year, all but the share where the day had passed
        when the points were counted.
    """
    rows = []
    for target in targets:
        asked = target.points(per_station)
        row: dict[str, object] = {
            "target": target.name, "number": float(np.median(target.count)), "unit": target.unit, "date": target.date,
        }  # fmt: skip
        place = target.when - 1 - years[0]
        if standing is not None:
            left = target.when - moment(standing[0])
            row["stands"] = float(np.median(standing[1] / asked))
            row["pace_needed"] = (
                float(np.median((asked - standing[1]) / left)) if left > 0 else np.nan
            )
        if (standing is None or target.when > moment(standing[0])) and 0 <= place <= len(years) - 1:
            here = _at(practice, place)
            low, middle, high = np.quantile(here, (0.1, 0.5, 0.9))
            row |= {"practice_low": low, "practice": middle, "practice_high": high}
            row["probability"] = float(np.mean(here >= asked))
            if standing is not None:
                row["pace_of_practice"] = float(np.median((here - standing[1]) / left))
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


COLUMNS = [
    "target", "number", "unit", "date", "stands", "pace_needed", "pace_of_practice", "practice_low", "practice",
    "practice_high", "probability",
]  # fmt: skip


def _at(paths: Array, place: float) -> Array:
    """Paths at a fraction of a year, on a straight line in logs."""
    left = int(place)
    right, share = min(left + 1, paths.shape[1] - 1), place - left
    logs = np.log(np.maximum(paths, 1e-9))
    return np.asarray(np.exp(logs[:, left] + share * (logs[:, right] - logs[:, left])))
