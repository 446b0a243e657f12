"""Consequences of the vehicles: the cost of their chargers, their share of power, the fuel and
carbon that they avoid; and the mean cost of building a number of points, where too few and too many
both have a price.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from forecasting.demand.charging import HOURS_A_YEAR, gross_additions, power_in_use, side
from forecasting.demand.fleet import Fleet
from forecasting.demand.parameters import Draws, VehicleClass, Years, of_class, read_table
from forecasting.demand.symbols import total
from forecasting.vocabulary.quantiles import RANGE_LEVELS, Array, ratio

DENSITY = {"petrol": 0.745, "diesel": 0.835}  # kg per litre
# Kg of CO2 per litre burnt: IPCC 2006 guidelines, by energy content
CARBON = {"petrol": 2.31, "diesel": 2.68}


def cost_per_point(setting: str, sample: Draws) -> Array:
    """Dollars of 2024 for one point: the charger with its installation, and its connection to the
    grid.

    Parameters
    ----------
    setting : str
        From home to the road.
    sample : mapping of str to ndarray, shape (draws, 1)
        Draws of ``charger_cost`` and ``connection_cost``.

    Returns
    -------
    ndarray, shape (draws, 1)

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> sample = {row.key: np.array([[row.mode]]) for row in load_parameters()}
    >>> settings = ("home", "overnight", "destination_dc")
    >>> [cost_per_point(setting, sample).item() for setting in settings]
    [800.0, 5500.0, 20000.0]
    """
    return sample[f"charger_cost.{setting}"] + sample[f"connection_cost.{setting}"]


def cost_checks(sample: Draws) -> pd.DataFrame:
    """Printed costs of stations, and the cost of the same points by the table of costs.

    Parameters
    ----------
    sample : mapping of str to ndarray, shape (draws, 1)
        Draws of the costs and of ``points_per_station``, for a station whose points are not known.

    Returns
    -------
    pandas.DataFrame
        ``what, setting, relation, usd, low, middle, high, source, url``; quantiles 0.1, 0.5 and
        0.9.

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> sample = {row.key: np.array([[row.mode]]) for row in load_parameters()}
    >>> cost_checks(sample)[["usd", "middle"]].values.tolist()
    [[19600.0, 40000.0], [48000.0, 40000.0], [104443.0, 20000.0], [8526.0, 6000.0]]
    """
    rows = []
    for row in read_table("station_costs.csv"):
        points = float(row["points"]) if row["points"] else sample["points_per_station"]
        ends = np.quantile(cost_per_point(row["setting"], sample) * points, RANGE_LEVELS)
        rows.append(row | dict(zip(("low", "middle", "high"), ends, strict=True)))
    return pd.DataFrame(rows).astype({"usd": float})


def point_business(
    setting: str, use: float, price: float, power_price: float, sample: Draws, year: int
) -> dict[str, float]:
    """A year of one public point: its sales, its margin over the electricity, and the years until
    the margin has paid its cost.

    Parameters
    ----------
    setting : str
        Where it stands.
    use : float
        Share of the hours in which a car is connected, above 0.
    price, power_price : float
        Of a kWh sold, and of one bought.
    sample : mapping of str to ndarray, shape (draws, 1)
        Draws of what it costs, what it loses and what power it gives.
    year : int
        Which year: cars take more power from year to year.

    Returns
    -------
    dict of str to float
        ``kw`` that it gives while a car is connected, ``mwh`` sold, ``revenue`` and ``margin`` in
        the money of the prices, and ``payback`` in years; medians. Rent, upkeep and taxes are not
        taken off.

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> sample = {row.key: np.array([[row.mode]]) for row in load_parameters()}
    >>> year = point_business("destination_dc", 0.1, 0.21, 0.078, sample, 2026)
    >>> {name: round(value, 1) for name, value in year.items()}
    {'kw': 33.7, 'mwh': 29.5, 'revenue': 6198.9, 'margin': 3640.6, 'payback': 5.5}
    """
    power = float(np.median(power_in_use(setting, [year], sample)))
    kwh_sold = power * HOURS_A_YEAR * use
    kwh_bought = kwh_sold / float(np.median(sample[f"charger_efficiency.{side(setting)}"]))
    revenue = kwh_sold * price
    margin = revenue - kwh_bought * power_price
    cost = float(np.median(cost_per_point(setting, sample)))
    payback = cost / margin if margin > 0 else np.inf
    return {
        "kw": power,
        "mwh": kwh_sold / 1000,
        "revenue": revenue,
        "margin": margin,
        "payback": payback,
    }


def investment(points: Draws, sample: Draws) -> Draws:
    """Dollars a year by setting for the points that are needed: growth, and replacement of those
    that fail.

    A point that is replaced keeps its connection.

    Parameters
    ----------
    points : mapping of str to ndarray, shape (draws, years)
        Points needed at the end of each year, by setting.
    sample : mapping of str to ndarray, shape (draws, 1)
        Draws of the costs and of ``charger_life``.

    Returns
    -------
    dict of str to ndarray, shape (draws, years)

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> sample = {row.key: np.array([[row.mode]]) for row in load_parameters()}
    >>> investment({"home": np.array([[100.0, 150.0]])}, sample)["home"].round(-2)
    array([[80000., 40000.]])
    """
    dollars = {}
    for setting, standing in points.items():
        additions = gross_additions(standing, sample["charger_life"])
        growth = np.maximum(np.diff(standing, prepend=0.0, axis=1), 0)
        chargers = additions * sample[f"charger_cost.{setting}"]
        dollars[setting] = chargers + growth * sample[f"connection_cost.{setting}"]
    return dollars


def percent_of_power(years: Years, sample: Draws) -> list[Array]:
    """One per cent of the country's generation, and of its highest load of any season, as both
    grow.

    Parameters
    ----------
    years : sequence of int
        The years.
    sample : mapping of str to ndarray, shape (draws, 1)
        Draws of ``generation_gwh``, ``record_peak_mw``, their ``power_date`` and ``power_growth``.

    Returns
    -------
    list of ndarray, shape (draws, years)
        GWh of the year, and MW.

    Examples
    --------
    >>> one = np.ones(1)
    >>> sample = {"generation_gwh": 80_000 * one, "record_peak_mw": 12_000 * one}
    >>> sample |= {"power_date": 2025 * one, "power_growth": 0.05 * one}
    >>> [float(part[1]) for part in percent_of_power([2025, 2026], sample)]
    [840.0, 126.0]
    """
    years_since = years - sample["power_date"]
    growth = np.maximum(1 + sample["power_growth"] * years_since, 0.2)
    return [sample[name] * growth / 100 for name in ("generation_gwh", "record_peak_mw")]


def fuel_and_carbon(
    classes: Iterable[VehicleClass],
    fleets: Mapping[str, Fleet],
    split: Mapping[str, Draws],
    energy_gwh: Array,
    sample: Draws,
) -> tuple[Array, Array]:
    """Tonnes a year of petrol and diesel that are not burnt, and of CO2 that is avoided.

    Without electric vehicles, others of the same classes would burn the fuel on their electric
    kilometres. The CO2 is that of the fuel and of its production, less that of the electricity with
    the grid's losses: below 0 where the power emits more than the fuel.

    Parameters
    ----------
    classes : iterable of VehicleClass
        For the fuel of each.
    fleets : mapping of str to Fleet
        By class.
    split : mapping of str to ndarray
        From ``energy_split``, by class: its sum is the share of kilometres on electricity.
    energy_gwh : ndarray, shape (draws, years)
        Electricity at the charger.
    sample : mapping of str to ndarray, shape (draws, 1)
        Draws of ``annual_km``, ``fuel_use``, ``fuel_upstream``, ``grid_carbon``, ``grid_losses``.

    Returns
    -------
    fuel, carbon : ndarray, shape (draws, years)

    Examples
    --------
    >>> from forecasting.demand.fleet import run_fleet
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> one, cars = np.ones((1, 1)), load_parameters().classes[:1]
    >>> sample = {"annual_km": 10_000 * one, "fuel_use": 8 * one, "fuel_upstream": 0.2 * one}
    >>> sample |= {"grid_carbon": 0.5 * one, "grid_losses": 0.1 * one}
    >>> sample |= {"survival_scale": 16 * one, "survival_shape": 5 * one, "used_share": 0 * one}
    >>> sample |= {"entry_age": 0 * one, "start_age": one}
    >>> fleets = {"bev": run_fleet("bev", np.array([[2000.0]]), 0.0, sample)}
    >>> split, energy = {"bev": {"home": np.ones((1, 1))}}, np.array([[2.0]])
    >>> fuel, carbon = fuel_and_carbon(cars, fleets, split, energy, sample)
    >>> fuel, carbon.round()
    (array([[596.]]), array([[1106.]]))
    """
    litres: Draws = dict.fromkeys(CARBON, np.zeros((1, 1)))
    for vehicle in classes:
        name = vehicle.name
        electric = total(split[name].values()) * of_class(sample, "annual_km", name)
        per_vehicle = electric * of_class(sample, "fuel_use", name) / 100
        litres[vehicle.fuel] = litres[vehicle.fuel] + fleets[name].mean_stock * per_vehicle
    fuel, carbon = (
        total(litres[fuel] * per_litre[fuel] for fuel in CARBON) / 1000
        for per_litre in (DENSITY, CARBON)
    )
    per_gwh = 1000 * sample["grid_carbon"] / (1 - sample["grid_losses"])
    fuel_carbon = carbon * (1 + sample["fuel_upstream"])
    return fuel, fuel_carbon - energy_gwh * per_gwh


def expected_regret(
    requirement: Array, options: Mapping[str, float], *, missing: float, idle: float
) -> pd.DataFrame:
    """The mean cost over the draws of building a number, beyond that of the right number.

    Neither cost has a default: only the reader can say what a wait is worth, and it decides the
    answer. The number with the least regret is the quantile ``missing / (missing + idle)`` of the
    requirement.

    Parameters
    ----------
    requirement : ndarray, shape (draws,)
        Points that are required in each draw: need, or another answer that is taken as right.
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

    Examples
    --------
    >>> requirement = np.array([100.0, 200.0, 300.0])
    >>> table = expected_regret(requirement, {"need": 200, "practice": 100}, missing=3.0, idle=1.0)
    >>> table[["option", "regret"]].round(1).values.tolist()
    [['need', 133.3], ['practice', 300.0]]
    """
    numbers = np.array([*options.values()], dtype=float)
    surplus = numbers[:, None] - requirement
    mean_missing = np.maximum(-surplus, 0).mean(axis=1)
    mean_idle = np.maximum(surplus, 0).mean(axis=1)
    too_few = (surplus < 0).mean(axis=1)
    table = pd.DataFrame(
        {
            "option": [*options],
            "points": numbers,
            "too_few": too_few,
            "missing_points": mean_missing,
            "idle_points": mean_idle,
            "right_at": ratio(1 - too_few, too_few, np.inf),
            "regret": missing * mean_missing + idle * mean_idle,
        }
    )
    return table.sort_values("regret", kind="stable", ignore_index=True)
