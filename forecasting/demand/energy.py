"""Electricity: distance, consumption, climate by month, the electric share of plug-in hybrids.

The climate factor is 1 between 15 and 20 degrees and rises linearly outside, as PyPSA-Eur has it.
It is applied to the spread of daily temperatures inside each month: on the annual mean it would
miss most of a continental winter.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np

from forecasting.demand.parameters import Draws, of_class, read_table
from forecasting.vocabulary.quantiles import Array

MONTH_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
COLD_BELOW = 15.0  # degrees Celsius
HOT_ABOVE = 20.0
MONTH_COLUMNS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def climate_factor(celsius: float, cold_slope: float) -> float:
    """Consumption at a temperature relative to mild weather.

    Parameters
    ----------
    celsius : float
        Temperature.
    cold_slope : float
        Rise per degree below 15; above 20 it is 0.0063.

    Returns
    -------
    float
        1 or more.

    Examples
    --------
    >>> [round(climate_factor(celsius, 0.0098), 3) for celsius in (-31, -10, 18, 35)]
    [1.451, 1.245, 1.0, 1.095]
    """
    cold = max(COLD_BELOW - celsius, 0.0)
    hot = max(celsius - HOT_ABOVE, 0.0)
    return 1 + cold_slope * cold + 0.0063 * hot


def _excess(distance: Array, spread: Array) -> Array:
    """Mean of max(X, 0) for X normal with mean ``distance`` and standard deviation ``spread``."""
    from scipy.special import ndtr

    sd = np.maximum(spread, 1e-9)
    z = distance / sd
    return np.asarray(distance * ndtr(z) + sd * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))


def degrees_outside(
    normals: Array, weights: Array, shift: Array, spread: Array
) -> tuple[Array, Array]:
    """Mean degrees below 15 and above 20 in each month, over the days' spread about the month's
    mean.

    Parameters
    ----------
    normals : ndarray, shape (stations, 12)
        Monthly means, degrees Celsius.
    weights : ndarray, shape (stations,)
        Weights of the stations, summing to 1.
    shift, spread : ndarray, shape (draws, 1)
        Departure from the normals, and standard deviation of daily means.

    Returns
    -------
    cold, hot : ndarray, shape (draws, 12)

    Examples
    --------
    >>> zero = np.zeros((1, 1))
    >>> cold, hot = degrees_outside(np.full((1, 12), -20.0), np.ones(1), zero, zero)
    >>> float(cold[0, 0]), float(hot[0, 0])
    (35.0, 0.0)
    """
    celsius = normals + shift[:, None]
    daily_spread = spread[:, None]
    cold = _excess(COLD_BELOW - celsius, daily_spread)
    hot = _excess(celsius - HOT_ABOVE, daily_spread)
    return np.einsum("dsm,s->dm", cold, weights), np.einsum("dsm,s->dm", hot, weights)


@cache
def climate_normals(place: str | None = None) -> tuple[Array, Array]:
    """Monthly temperatures of a country's stations, and the stations' weights.

    Parameters
    ----------
    place : str, optional
        ISO code; None or a country that is not listed takes the region's mixture.

    Returns
    -------
    normals : ndarray, shape (stations, 12)
    weights : ndarray, shape (stations,)

    Examples
    --------
    >>> normals, weights = climate_normals("KZ")
    >>> normals.shape, float(weights.sum())
    ((2, 12), 1.0)
    """
    rows = read_table("climate.csv")
    where = place if any(row["place"] == place for row in rows) else ""
    stations = [row for row in rows if row["place"] == where]
    weights = np.array([float(row["weight"]) for row in stations])
    normals = np.array([[float(row[month]) for month in MONTH_COLUMNS] for row in stations])
    return normals, weights / weights.sum()


def energy_of_class(name: str, sample: Draws, degrees: tuple[Array, Array]) -> Array:
    """Electricity at the battery per vehicle of a class and month, if all kilometres were electric.

    Parameters
    ----------
    name : str
        The class.
    sample : mapping
        Draws of annual_km, consumption and the climate's slopes.
    degrees : (ndarray, ndarray), shape (draws, 12)
        From ``degrees_outside``.

    Returns
    -------
    ndarray, shape (draws, 12)
        kWh per vehicle and month.

    Examples
    --------
    >>> sample = {"annual_km": 12_000, "consumption": 18, "cold_slope": 0.0098, "hot_slope": 0.0063}
    >>> sample = {name: np.array([value]) for name, value in sample.items()}
    >>> zero = np.zeros((1, 1))
    >>> degrees = degrees_outside(np.full((1, 12), 5.0), np.ones(1), zero, zero)
    >>> energy_of_class("bev", sample, degrees).sum().round(1)
    np.float64(2371.7)
    """
    cold, hot = degrees
    slope = of_class(sample, "cold_slope", name)
    factor = 1 + slope * cold + sample["hot_slope"] * hot
    a_year = of_class(sample, "annual_km", name) * of_class(sample, "consumption", name) / 100
    # All days have the same distance
    by_month: Array = a_year * (MONTH_DAYS / MONTH_DAYS.sum()) * factor
    return by_month


def energy_by_month(place: str | None, sample: Draws, classes: Iterable[str]) -> Draws:
    """`energy_of_class` for each of some classes, in the climate of a place."""
    climate = climate_normals(place)
    degrees = degrees_outside(*climate, sample["temperature_shift"], sample["daily_spread"])
    return {name: energy_of_class(name, sample, degrees) for name in classes}
