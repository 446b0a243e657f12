"""Electricity and load: distance, consumption, climate by month and the electric share of plug-in
hybrids; the hours of a day by setting, the peak that the grid must carry, and a year of hours for
grid models: charging by setting, an 80 % interval, and one managed case.

Energy gives the mean load of each hour; by chance it may be more. Of few points most may run at
once, of many points a share: ``floor + (1 - floor) / sqrt(n)``. The peak is never below the mean
load of the busiest hour.

The climate factor is 1 between 15 and 20 degrees and rises linearly outside, as PyPSA-Eur has it.
It is applied to the spread of daily temperatures inside each month: on the annual mean it would
miss most of a continental winter.

Hours are local clock hours of a year of 365 days: 29 February is left out, weekdays and weekends
are alike. The energy of a year is spread over months as the climate spreads it, over days evenly,
over hours by the profiles of the settings.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd

from forecasting.demand.parameters import SETTINGS, Draws, of_class, read_table
from forecasting.demand.symbols import SharedTable, Symbols, by_row, labelled
from forecasting.vocabulary.quantiles import Array

HOUR_COLUMNS = tuple(f"h{hour:02d}" for hour in range(24))
MONTH_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
COMMON_YEAR_DAYS = MONTH_DAYS.astype(int)
NIGHT = (22, 23, 0, 1, 2, 3, 4, 5, 6)  # hours of a night tariff: a judgement
# Share of a setting's energy that a tariff moves: judgements
MOVABLE = {"home": 0.7, "depot": 0.9, "overnight": 0.5}
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


@cache
def day_profile() -> Array:
    """Share of a day's energy in each hour, by setting; rows sum to 1.

    Returns
    -------
    ndarray, shape (settings, 24)

    Examples
    --------
    >>> day_profile().shape, bool(np.allclose(day_profile().sum(axis=1), 1))
    ((7, 24), True)
    """
    rows = {
        row["setting"]: [float(row[hour]) for hour in HOUR_COLUMNS]
        for row in read_table("load_profiles.csv")
    }
    shapes = np.array([rows[setting] for setting in SETTINGS])
    return np.asarray(shapes / shapes.sum(axis=1, keepdims=True))


def peak_load(day: Draws, points: Draws, megawatts: Draws, floor: Array) -> Array:
    """Peak of a day: coincident load of all settings in its busiest hour.

    Parameters
    ----------
    day : dict of str to ndarray, shape (draws, years)
        MWh of the day from the grid, by setting.
    points, megawatts : dict of str to ndarray, shape (draws, years)
        Points, and their rated power, by setting.
    floor : ndarray, shape (draws, 1)
        Share of the rated power of very many points that is drawn at once in the busiest hour; of
        fewer points it is more, of one point all.

    Returns
    -------
    ndarray, shape (draws, years)
        MW, never below the mean load of the busiest hour.

    Examples
    --------
    >>> day, points, megawatts = (
    ...     dict.fromkeys(SETTINGS, np.full((1, 1), value)) for value in (24.0, 100.0, 10.0)
    ... )
    >>> peak = peak_load(day, points, megawatts, np.array([[0.2]]))
    >>> bool(len(SETTINGS) < peak[0, 0] < 10 * len(SETTINGS))
    True
    """
    heights = []
    for setting, shape in zip(SETTINGS, day_profile(), strict=True):
        # Share of the rated power of so many points that is drawn at once
        coincidence = floor + (1 - floor) / np.maximum(points[setting], 1) ** 0.5
        # Scaled so that height x shape is the load of the hour
        coincident_height = coincidence * megawatts[setting] / shape.max()
        height = np.maximum(coincident_height, day[setting])
        heights.append(labelled("height of a day's load", height, of=(setting,)))
    return busiest_hour(heights)


def busiest_hour(heights: Sequence[Array]) -> Array:
    """The highest load of a day whose settings load each hour with their height times the profile.

    Examples
    --------
    >>> heights = [np.full((1, 1), float(setting == "home")) for setting in SETTINGS]
    >>> bool(busiest_hour(heights)[0, 0] == day_profile()[0].max())
    True
    """
    profile = day_profile()
    numbers = [getattr(height, "values", height) for height in heights]
    table = np.stack(np.broadcast_arrays(*numbers))
    hourly = profile.T @ table.reshape(len(SETTINGS), -1)
    peak = np.asarray(hourly.max(axis=0).reshape(table.shape[1:]))
    if not any(isinstance(height, Symbols) for height in heights):
        return peak
    symbols: Array = by_row(
        "MAX(MMULT({},{}))", heights, SharedTable("share of a day's energy by hour", profile), peak
    )
    return symbols


def hourly_load(
    gwh: Mapping[str, float],
    month_shares: Sequence[float],
    interval: tuple[float, float, float],
    year: int,
) -> pd.DataFrame:
    """Charging load of each hour of a year.

    Parameters
    ----------
    gwh : mapping of str to float
        Electricity from the grid in the year, GWh, by setting.
    month_shares : sequence of float, shape (12,)
        Share of the year's energy by month.
    interval : tuple of float
        Low, middle and high GWh of the year, all settings together.
    year : int
        Calendar year of the labels.

    Returns
    -------
    pandas.DataFrame, shape (8760, settings + 4)
        MW. The index ``snapshot`` is the start of each hour. One column per setting, which sum to
        ``total``; ``total_low`` and ``total_high`` (80 % interval); ``managed``, the same energy
        with a night tariff.

    Examples
    --------
    >>> table = hourly_load({"home": 8.76}, [1 / 12] * 12, (4.0, 8.76, 20.0), 2030)
    >>> len(table), round(float(table["home"].sum()), 6), round(float(table["managed"].sum()), 6)
    (8760, 8760.0, 8760.0)
    """
    rows = dict(zip(SETTINGS, day_profile(), strict=True))
    # Share of the year's energy on each day
    day_shares = np.repeat(month_shares / COMMON_YEAR_DAYS, COMMON_YEAR_DAYS)
    # The year's energy in the shape of a day, which is the same for all days
    day = {name: 1000 * energy * rows[name] for name, energy in gwh.items()}
    total = np.sum([*day.values()], axis=0)
    low, _, high = (value / max(interval[1], 1e-12) for value in interval)
    totals = {"total": total, "total_low": total * low, "total_high": total * high}
    day |= totals | {"managed": managed_day(day)}
    columns = {name: np.outer(day_shares, hours).ravel() for name, hours in day.items()}
    return pd.DataFrame(columns, index=pd.Index(_hours(year), name="snapshot"))


def managed_day(load: Draws) -> Array:
    """A day's load where a night tariff moves the movable part into the night's valleys.

    Parameters
    ----------
    load : mapping of str to ndarray, shape (24,)
        MW by setting, unmanaged.

    Returns
    -------
    ndarray, shape (24,)
        MW with the same energy; the night is filled up to one level, the lowest that holds it.

    Examples
    --------
    >>> # One MWh at 19 hours, 0.7 of it movable into nine hours
    >>> day = managed_day({"home": np.eye(1, 24, 19)[0]})
    >>> round(float(day[19]), 3), round(float(day[2]), 3), round(float(day.sum()), 6)
    (0.3, 0.078, 1.0)
    """
    movable = np.sum([MOVABLE.get(name, 0.0) * hours for name, hours in load.items()], axis=0)
    base_load = np.sum(list(load.values()), axis=0) - movable
    night = np.array(NIGHT)
    valleys = np.sort(base_load[night])
    # The level up to which the first n valleys hold the energy; the right n is the largest whose
    # level covers them.
    levels = (movable.sum() + np.cumsum(valleys)) / np.arange(1, len(valleys) + 1)
    level = levels[np.flatnonzero(levels >= valleys)[-1]]
    managed = base_load.copy()
    managed[night] = np.maximum(base_load[night], level)
    return np.asarray(managed)


def _hours(year: int) -> list[str]:
    hours = pd.date_range(f"{year}-01-01", f"{year}-12-31 23:00", freq="h")
    leap_day = (hours.month == 2) & (hours.day == 29)
    return list(hours[~leap_day].strftime("%Y-%m-%d %H:%M:%S"))
