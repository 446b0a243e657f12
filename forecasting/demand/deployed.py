"""What is built: practice, roll-outs on it, and the targets that a scenario pursues."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from forecasting.demand.existing_charging import ExistingCharging, moment
from forecasting.demand.parameters import NEVER, Event, Parameters
from forecasting.demand.targets import Target, announced, asked_for, delivered
from forecasting.panels.practice import practice_error, practice_points

__all__ = ["deployed_points"]

Array = npt.NDArray[np.float64]


def deployed_points(
    stock: Array, years: Sequence[int], assumed: Parameters, drawn: dict[str, Array], standing: ExistingCharging | None,
    as_of: dt.date | None, targets: Sequence[Target], rng: np.random.Generator,
) -> tuple[Array, Array, Array | None]:  # fmt: skip
    """Public points deployed.

    Parameters
    ----------
    stock : ndarray, shape (draws, years)
        Vehicles on the road.
    years : sequence of int
        Calendar years.
    assumed, drawn : Parameters and mapping
        The assumptions and their draws; the draws gain practice's error and the roll-outs of the
        last year.
    standing : ExistingCharging, optional
        What stands today.
    as_of : datetime.date, optional
        Day of the forecast: nothing that is still to come acts before it.
    targets : sequence of Target
        Announced targets.
    rng : numpy.random.Generator
        The source of chance.

    Returns
    -------
    practice, pushed : ndarray, shape (draws, years)
        With the roll-outs, and raised to the targets that are pursued.
    asked : ndarray or None
        What the targets ask for that are pursued, or, where none is, that are announced.
    """
    today = (
        None if standing is None else (standing.when, standing.points(drawn["points_per_station"]))
    )
    practice = _practice(stock, years, drawn, standing, rng) * _rollout(
        assumed, drawn, years, today, as_of
    )
    pushed, asked = _with_targets(practice, targets, years, drawn, today, as_of)
    return practice, pushed, asked


def _practice(
    stock: Array,
    years: Sequence[int],
    drawn: dict[str, Array],
    standing: ExistingCharging | None,
    rng: np.random.Generator,
) -> Array:
    """Points by practice; the error of the last year joins the draws, for the tornado."""
    today = (
        None if standing is None else (standing.when, standing.points(drawn["points_per_station"]))
    )
    error = practice_error(rng, len(stock), years, today)
    drawn["practice_error"] = error[:, -1]
    own = None if standing is None else standing.grown
    return practice_points(
        stock,
        years,
        drawn["practice_elasticity"],
        error,
        today,
        own_growth=own,
        catch_up=drawn["practice_catch_up"],
    )


def _rollout(
    assumed: Parameters, drawn: dict[str, Array], years: Sequence[int], today: tuple[float, Array] | None,
    as_of: dt.date | None,
) -> Array:  # fmt: skip
    """The factor of all roll-outs together on practice by year; in the draws, for the tornado, that
    of the last.
    """
    start = _from_when(years, today, as_of)
    rollouts = [Event(drawn["charging_rollout_year"], drawn["charging_rollout"])]
    factor: Array = np.ones((len(drawn["charging_rollout"]), len(years)))
    for event in (*rollouts, *assumed.events.get("charging_rollout", ())):
        factor = factor * event.size[:, None] ** _progress(years, start, event.first[:, None])
    drawn["charging_rollout"] = factor[:, -1]
    return factor


def _from_when(
    years: Sequence[int], today: tuple[float, Array] | None, as_of: dt.date | None
) -> float:
    """When what is still to come can begin: the latest of the first year, today's count, the day of
    the forecast.
    """
    return max(
        float(years[0]), 0.0 if today is None else today[0], 0.0 if as_of is None else moment(as_of)
    )


def _with_targets(
    practice: Array, targets: Sequence[Target], years: Sequence[int], drawn: Mapping[str, Array],
    today: tuple[float, Array] | None, as_of: dt.date | None,
) -> tuple[Array, Array | None]:  # fmt: skip
    """Practice, raised to the targets that are pursued, and what the targets ask for; None where
    nothing is asked.
    """
    start = _from_when(years, today, as_of)
    per_station = drawn["points_per_station"]
    standing = np.zeros_like(per_station) if today is None else today[1]
    chosen = asked_for(targets, start)
    for target in chosen:
        practice = np.maximum(practice, delivered(target, years, start, standing, per_station))
    asked = [announced(target, years, start, standing, per_station) for target in chosen]
    return practice, np.maximum.reduce(asked) if asked else None


def _progress(years: Sequence[int], start: float, reached: Array) -> Array:
    """How far a roll-out is at the end of each year, 0 to 1; what is over or counted by its start
    stays as it was.
    """
    progress = np.clip(
        (np.asarray(years, dtype=float) + 1 - start) / np.maximum(reached + 1 - start, 1.0), 0, 1
    )
    return np.where(reached >= NEVER, 0.0, progress)
