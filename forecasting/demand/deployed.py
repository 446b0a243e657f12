"""Public points that are built: from today's count by practice, with roll-outs, and with targets
that are announced or that a scenario pursues.
"""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from forecasting.demand.parameters import NEVER_YEAR, Draws, Event, Parameters, Years
from forecasting.panels.practice import as_column, column_at, practice_error, practice_points
from forecasting.vocabulary.quantiles import Array, Flags


def moment(day: dt.date) -> float:
    """The end of a day as a year and its fraction, so that 31 December 2023 is 2024.

    >>> moment(dt.date(2023, 12, 31))
    2024.0
    >>> round((moment(dt.date(2024, 6, 30)) - 2024) * 366, 6)
    182.0
    """
    return day.year + day.timetuple().tm_yday / (366 if calendar.isleap(day.year) else 365)


class ChargingCount:
    """A number of points or stations on a day."""

    count: Array | float
    unit: str
    date: dt.date

    @property
    def when(self) -> float:
        """The end of its day, as a year and its fraction."""
        return moment(self.date)

    def points(self, per_station: Array) -> Array:
        """Points in each draw, a column as ``per_station`` is."""
        count = as_column(self.count)
        return count * per_station if self.unit == "stations" else count * np.ones_like(per_station)


@dataclass(frozen=True)
class ExistingCharging(ChargingCount):
    """Public charging that stands on a day; points and stations are different units.

    Parameters
    ----------
    count : float
        How many, 0 or more.
    date : datetime.date
        When counted.
    unit : {"points", "stations"}
        What was counted; stations become points through the parameter ``points_per_station``.
    grown : float, optional
        Log growth of that count over the year before, where an earlier count is known.
    place : str, optional
        What was counted: the country or a part of it.

    Examples
    --------
    >>> standing = ExistingCharging(1085, dt.date(2024, 12, 15), "stations")
    >>> round(standing.when, 2), standing.points(np.array([[2.0]]))
    (2024.96, array([[2170.]]))
    """

    count: float
    date: dt.date
    unit: str = "points"
    grown: float | None = None
    place: str = ""


@dataclass(frozen=True)
class Target(ChargingCount):
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
        In which draws a scenario builds it; False for a target that is only compared.
    on_time : float
        Share of what is missing that stands on the day.
    delay : ndarray, shape (draws,), or float
        Years until the rest stands, too.
    by : str, optional
        Whose promise it is, where it is not the state's.

    Examples
    --------
    >>> target = Target("decree", np.array([32_400.0]), "stations", dt.date(2030, 12, 31))
    >>> target.points(np.array([[2.0]]))
    array([[64800.]])
    """

    name: str
    count: Array
    unit: str
    date: dt.date
    pursued: Flags | bool = False
    on_time: float = 1.0
    delay: Array | float = 0.0
    by: str = ""


def deployed_points(
    stock: Array,
    years: Years,
    assumptions: Parameters,
    sample: Draws,
    standing: ExistingCharging | None,
    as_of: dt.date | None,
    targets: Sequence[Target],
    rng: np.random.Generator,
    least: ExistingCharging | None = None,
) -> tuple[Array, Array, Array | None]:
    """Public points deployed.

    Parameters
    ----------
    stock : ndarray, shape (draws, years)
        Vehicles on the road.
    years : sequence of int
        Calendar years.
    assumptions, sample : Parameters and mapping
        The assumptions and their draws; for the tornado the draws gain practice's error and the
        roll-outs of the last year.
    standing : ExistingCharging, optional
        What stands today.
    as_of : datetime.date, optional
        Day of the forecast: nothing that is still to come acts before it.
    targets : sequence of Target
        Announced targets.
    rng : numpy.random.Generator
        The source of chance.
    least : ExistingCharging, optional
        What stands at the least, from its day on.

    Returns
    -------
    practice, pushed : ndarray, shape (draws, years)
        With the roll-outs, and raised to the targets that are pursued.
    targeted : ndarray or None
        The points of the targets that are pursued or, where none is, that are announced.
    """
    per_station = sample["points_per_station"]
    today = None if standing is None else (standing.when, standing.points(per_station))
    error = practice_error(rng, len(stock), years, today)
    sample["practice_error"] = error[:, -1:]
    practice = practice_points(
        stock,
        years,
        sample["practice_elasticity"],
        error,
        today,
        own_growth=None if standing is None else standing.grown,
        catch_up=sample["practice_catch_up"],
    )
    if least is not None:
        since_count = np.add(years, 1) >= least.when
        practice = np.maximum(practice, since_count * least.points(per_station))
    points = np.zeros_like(per_station) if today is None else today[1]
    start = start_of_plans(years, standing, as_of)
    rollouts = [Event(sample["charging_rollout_year"], sample["charging_rollout"])]
    factor: Array = np.ones_like(stock)
    for event in (*rollouts, *assumptions.events.get("charging_rollout", ())):
        inactive = event.start >= NEVER_YEAR
        progress = np.where(inactive, 0.0, progress_to(years, start, event.start + 1, 1.0))
        factor = factor * event.size**progress
    sample["charging_rollout"] = factor[:, -1:]
    practice = practice * factor
    pushed = practice
    targeted: Array | None = None
    count_day = start_of_plans(years, standing, as_of if standing is None else None)
    usual_size = assumptions["points_per_station"].mode
    for target in active_targets(targets, start, usual_size, standing):
        delivery = delivery_path(target, years, start, points, per_station)
        pushed = np.maximum(pushed, delivery)
        full_target = replace(target, pursued=True, on_time=1.0, delay=0.0)
        requirement = delivery_path(full_target, years, count_day, points, per_station)
        targeted = requirement if targeted is None else np.maximum(targeted, requirement)
    return practice, pushed, targeted


def start_of_plans(years: Years, standing: ExistingCharging | None, as_of: dt.date | None) -> float:
    """When plans begin: the latest of the first year, the count, and the day of the forecast.

    >>> start_of_plans([2020, 2021], None, dt.date(2023, 12, 31))
    2024.0
    """
    count_day = 0.0 if standing is None else standing.when
    return max(float(years[0]), count_day, 0.0 if as_of is None else moment(as_of))


def progress_to(years: Years, start: float, end: Array | float, shortest: float = 1e-9) -> Array:
    """How far the end of each year is on the way from one moment to another, 0 to 1.

    >>> progress_to([2025, 2026], 2025.0, 2027.0)
    array([0.5, 1. ])
    """
    ends = np.add(years, 1)
    return np.clip((ends - start) / np.maximum(end - start, shortest), 0, 1)


def active_targets(
    targets: Sequence[Target],
    start: float,
    per_station: float,
    standing: ExistingCharging | None = None,
) -> list[Target]:
    """The targets of later days that the newest count has not reached: those that are pursued, or
    all, where none is.

    Examples
    --------
    >>> days = [dt.date(year, 12, 31) for year in (2025, 2030, 2031)]
    >>> plans = [
    ...     Target(str(day.year), np.array([number]), "points", day)
    ...     for day, number in zip(days, (90.0, 90.0, 10.0), strict=True)
    ... ]
    >>> standing = ExistingCharging(20, dt.date(2026, 3, 1))
    >>> [target.name for target in active_targets(plans, 2026.2, 2.0, standing)]
    ['2030']
    """
    open_targets = [
        target
        for target in targets
        if target.when > start and not _is_reached(target, standing, per_station)
    ]
    return [target for target in open_targets if np.any(target.pursued)] or open_targets


def _is_reached(target: Target, standing: ExistingCharging | None, per_station: float) -> bool:
    """Whether a count has reached a target, in points of stations of the usual size."""
    if standing is None:
        return False
    usual_size = np.array([[per_station]])
    return bool(standing.points(usual_size).item() >= np.median(target.points(usual_size)))


def delivery_path(
    target: Target, years: Years, start: float, standing: Array, per_station: Array
) -> Array:
    """Public points as a target is built: a share of the missing ones by its day, the rest later; 0
    in draws that do not build it.

    Examples
    --------
    >>> day, two_years = dt.date(2026, 12, 31), np.array([2.0])
    >>> target = Target("plan", np.array([900.0]), "points", day, True, 0.25, two_years)
    >>> stood, years = np.array([[100.0]]), [2024, 2025, 2026, 2027, 2028]
    >>> delivery_path(target, years, 2025.0, stood, np.ones((1, 1))).round()
    array([[100., 200., 300., 600., 900.]])
    """
    targeted = np.maximum(target.points(per_station), standing)
    day = np.maximum(target.when, start)
    in_time = standing + target.on_time * (targeted - standing)
    completion = as_column(day + target.delay)
    path = standing + (in_time - standing) * progress_to(years, start, day)
    path = path + (targeted - in_time) * progress_to(years, day, completion)
    return np.where(np.reshape(target.pursued, (-1, 1)), path, 0.0)


def standing_shares(
    targets: Sequence[Target],
    years: Years,
    practice: Array,
    standing: ExistingCharging | None,
    per_station: Array,
) -> pd.DataFrame:
    """Each target compared with what stands and with practice: share, pace and probability.

    Parameters
    ----------
    targets : sequence of Target
        The targets.
    years : sequence of int
        The years of ``practice``.
    practice : ndarray, shape (draws, years)
        Public points deployed by practice, without the push of any target.
    standing : ExistingCharging, optional
        What stands today.
    per_station : ndarray, shape (draws, 1)
        Points a station.

    Returns
    -------
    pandas.DataFrame
        ``target, number, unit, date, stands, pace_needed, pace_of_practice, probability``; paces
        are points a year from the count to the day. Probability and the pace of practice are
        missing beyond the last year, all but the share where the day had passed, or the target
        was reached, when the points were counted.
    """
    count_day = -np.inf
    points = np.full_like(per_station, np.nan)
    if standing is not None:
        count_day = standing.when
        points = standing.points(per_station)
    rows = []
    for target in targets:
        targeted = target.points(per_station)
        row: dict[str, Any] = {
            "target": target.name,
            "number": float(np.median(target.count)),
            "unit": target.unit,
            "date": target.date,
            "stands": float(np.median(points / targeted)),
        }
        rows.append(row)
        years_ahead = target.when - count_day
        if years_ahead <= 0 or row["stands"] >= 1:
            continue
        row["pace_needed"] = float(np.median((targeted - points) / years_ahead))
        place = target.when - 1 - years[0]
        if 0 <= place <= len(years) - 1:
            log_practice = column_at(np.log(np.maximum(practice, 1e-9)), place)
            practice_on_day = as_column(np.exp(log_practice))
            row["probability"] = float(np.mean(practice_on_day >= targeted))
            row["pace_of_practice"] = float(np.median((practice_on_day - points) / years_ahead))
    columns = [
        *("target", "number", "unit", "date", "stands"),
        *("pace_needed", "pace_of_practice", "probability"),
    ]
    return pd.DataFrame(rows).reindex(columns=columns)
