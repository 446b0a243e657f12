"""Vehicles on the road by cohort: conditional Weibull survival, used vehicles that enter at an age.

A vehicle of scale ``lam`` and shape ``k`` survives to age ``a`` with ``exp(-(a/lam)^k)``. The scale
is not the mean life, which is ``lam * Gamma(1 + 1/k)``. Whoever enters at age ``e`` has survived so
far: ``S(e + a) / S(e)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from forecasting.demand.parameters import read_table
from forecasting.errors import AssumptionError, in_digits

__all__ = ["Fleet", "conditional_survival", "mean_life", "run_fleet", "survival", "survival_sets"]

Array = npt.NDArray[np.float64]


def _check_weibull(scale: Array | float, shape: Array | float) -> None:
    for name, value, unit in (("survival_scale", scale, "years"), ("survival_shape", shape, "1")):
        worst = float(np.min(value))
        if not worst > 0:
            raise AssumptionError(
                f"{name} = {in_digits(worst)} {unit} is out of range; it must be above 0"
            )


def survival(age: Array | float, scale: Array | float, shape: Array | float) -> Array:
    """Share of new vehicles still on the road at an age.

    Parameters
    ----------
    age, scale : array_like
        Years.
    shape : array_like
        Weibull shape; 4 to 5 for cars.

    Returns
    -------
    ndarray
        Shares, 1 at age 0.

    Raises
    ------
    AssumptionError
        Where scale or shape is not above 0.

    Examples
    --------
    >>> float(survival(14.46, 14.46, 4.79)) == float(np.exp(-1))
    True
    """
    _check_weibull(scale, shape)
    return np.exp(-((np.asarray(age, dtype=float) / scale) ** shape))


def mean_life(scale: Array | float, shape: Array | float) -> Array:
    """Mean age at scrappage, years.

    >>> round(float(mean_life(14.46, 4.79)), 2)
    13.24
    """
    from scipy.special import gamma

    _check_weibull(scale, shape)
    return np.asarray(scale * gamma(1 + 1 / np.asarray(shape)))


def survival_sets() -> dict[str, tuple[float, float]]:
    """Published survival curves as Weibull scale and shape, by name.

    Some publish the scale, some the mean life; both are read as what they are.

    Returns
    -------
    dict of str to (float, float)

    Examples
    --------
    >>> survival_sets()["China private car"]
    (14.46, 4.79)
    """
    from scipy.special import gamma

    found = {}
    for row in read_table("survival_sets.csv"):
        life, shape = float(row["life"]), float(row["shape"])
        scale = life if row["parameter"] == "scale" else life / float(gamma(1 + 1 / shape))
        found[row["name"]] = (scale, shape)
    return found


def conditional_survival(ages: Array, entry_age: Array, scale: Array, shape: Array) -> Array:
    """Survival since entry, for vehicles that entered at an age.

    Parameters
    ----------
    ages : ndarray, shape (years,)
        Years since entry.
    entry_age, scale, shape : ndarray, shape (draws,)
        Per draw.

    Returns
    -------
    ndarray, shape (draws, years)

    Examples
    --------
    >>> one = np.ones(1)
    >>> conditional_survival(np.array([0.0, 5.0]), 3 * one, 16 * one, 5 * one).round(3)
    array([[1.   , 0.969]])
    """
    _check_weibull(scale, shape)
    entered = (entry_age / scale) ** shape
    hazard = ((entry_age[:, None] + ages) / scale[:, None]) ** shape[:, None]
    return np.asarray(np.exp(entered[:, None] - hazard))


@dataclass(frozen=True)
class Fleet:
    """A fleet of one class over the years, at 31 December.

    Parameters
    ----------
    registrations, stock, retirements : ndarray, shape (draws, years)
        Vehicles.
    kept, kept_age : ndarray, shape (draws, years)
        Share of a cohort still there so many years after it came, and that share times its mean
        age.
    start, start_age : ndarray, shape (draws, years)
        What is left of the vehicles that were there before the first year, and their age.
    """

    registrations: Array
    stock: Array
    retirements: Array
    kept: Array
    kept_age: Array
    start: Array
    start_age: Array

    @cached_property
    def mean_age(self) -> Array:
        """Mean age in years; 0 where there are no vehicles."""
        total = self.start * self.start_age + _roll(self.registrations, self.kept_age)
        return np.divide(total, self.stock, out=np.zeros_like(total), where=self.stock > 0)

    @cached_property
    def mean_stock(self) -> Array:
        """Vehicles on the road in the mean of the year: of its first and its last day."""
        before = self.stock - self.registrations + self.retirements
        return (before + self.stock) / 2

    def by_cohort(self) -> Array:
        """Mean stock by year (rows) and year of entry (columns; the first column came before the
        first year).
        """
        years = self.stock.shape[1]
        table = np.zeros((years, years + 1))
        table[:, 0] = self.start.mean(axis=0)
        for cohort in range(years):
            table[cohort:, cohort + 1] = (
                self.registrations[:, [cohort]] * self.kept[:, : years - cohort]
            ).mean(axis=0)
        return table


def run_fleet(
    registered: Array,
    scale: Array,
    shape: Array,
    used_share: Array | float = 0.0,
    entry_age: Array | float = 0.0,
    start_stock: Array | float = 0.0,
    start_age: Array | float = 1.0,
) -> Fleet:
    """Carry registrations forward: stock, retirements and mean age, each draw on its own survival
    curve.

    A cohort counts in full at the end of its first year; losses begin in the next.

    Parameters
    ----------
    registered : ndarray, shape (draws, years)
        Vehicles registered a year, 0 or more.
    scale, shape : ndarray, shape (draws,)
        Weibull survival.
    used_share, entry_age : ndarray or float
        Share of registrations that are used vehicles, and their age then.
    start_stock, start_age : ndarray or float
        Vehicles at the end of the year before the first, and their age.

    Returns
    -------
    Fleet

    Raises
    ------
    AssumptionError
        Where registrations or the start are negative.

    Examples
    --------
    >>> one = np.ones(1)
    >>> fleet = run_fleet(np.array([[100.0, 0.0]]), 16 * one, 5 * one)
    >>> float(fleet.stock[0, 0]), round(float(fleet.retirements[0, 1]), 6)
    (100.0, 9.5e-05)
    """
    draws, years = registered.shape
    for name, value in (("registrations", registered), ("start_stock", start_stock)):
        worst = float(np.min(value)) if np.size(value) else 0.0
        if not worst >= 0:
            raise AssumptionError(f"{name} = {in_digits(worst)} vehicles; it must be 0 or more")
    if not (registered.any() or np.any(start_stock)):
        return Fleet(*(np.zeros((draws, years)) for _ in range(7)))
    ages = np.arange(years + 1, dtype=float)
    used, entry, age, first = (
        np.broadcast_to(x, draws) for x in (used_share, entry_age, start_age, start_stock)
    )
    fresh = conditional_survival(ages[:-1], np.zeros(draws), scale, shape) * (1 - used)[:, None]
    second = conditional_survival(ages[:-1], entry, scale, shape) * used[:, None]
    kept, kept_age = fresh + second, (fresh + second) * ages[:-1] + second * entry[:, None]
    old = np.zeros((draws, years))
    if np.any(first):
        old = conditional_survival(ages, age, scale, shape)[:, 1:] * first[:, None]
    stock = old + _roll(registered, kept)
    before = np.concatenate([first[:, None], stock[:, :-1]], axis=1)
    retired = np.maximum(before + registered - stock, 0)  # rounding alone could make it negative
    return Fleet(registered, stock, retired, kept, kept_age, old, age[:, None] + ages[1:])


def _roll(registered: Array, weight: Array) -> Array:
    """Sum over the cohorts so far of their size times a weight by years since entry."""
    total = np.zeros_like(registered)
    for elapsed in range(registered.shape[1]):
        total[:, elapsed:] += registered[:, : registered.shape[1] - elapsed] * weight[:, [elapsed]]
    return total
