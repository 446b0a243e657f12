"""Charging along a road: how far apart in winter, how many stops, how many points keep the promise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from forecasting.demand.energy import climate_factor
from forecasting.demand.parameters import check_value, read_table
from forecasting.demand.queueing import Promise, points_for
from forecasting.errors import AssumptionError
from forecasting.measures import nearest

__all__ = ["Car", "Section", "corridor_names", "corridor_plan", "plan_section"]

FULL, RESERVE, FAST_TO = 1.0, 0.1, 0.8  # state of charge at departure, on arrival, and after a fast charge


@dataclass(frozen=True)
class Car:
    """The vehicle that a corridor is planned for.

    Parameters
    ----------
    battery_kwh : float
        Usable energy.
    consumption : float
        kWh/100 km on the road in mild weather.
    charging_kw : float
        Mean power from 10 % to 80 %.
    settling_minutes : float
        Time at the point besides charging.

    Raises
    ------
    AssumptionError
        With every value out of its range.

    Examples
    --------
    >>> round(Car().range_km(15)), round(Car().range_km(-20))
    (273, 203)
    """

    battery_kwh: float = 60.0
    consumption: float = 22.0
    charging_kw: float = 80.0
    settling_minutes: float = 5.0

    def __post_init__(self) -> None:
        bounds = {
            "battery_kwh": ("kWh", 5, 1500),
            "consumption": ("kWh/100 km", 5, 400),
            "charging_kw": ("kW", 3, 1500),
            "settling_minutes": ("minutes", 0, 60),
        }
        checks = (check_value(name, getattr(self, name), *limits) for name, limits in bounds.items())
        problems = [problem for problem in checks if problem]
        if problems:
            raise AssumptionError(problems)

    def range_km(self, temperature: float) -> float:
        """Kilometres from full to empty at a temperature."""
        return 100 * self.battery_kwh / (self.consumption * float(climate_factor(temperature)))


@dataclass(frozen=True)
class Section:
    """A planned stretch of road.

    Parameters
    ----------
    sites : int
        Places to charge along the road, serving both directions.
    points_per_site, points : int
        Charging points.
    megawatts : float
        Rated power of all points.
    spacing_km : float
        Distance between sites.
    longest_gap_km : float
        Farthest that a fast charge carries at this temperature: a longer spacing strands cars.
    stops_per_trip : float
        Charging stops of one drive over the whole stretch.
    arrivals_per_hour : float
        At one site in the busiest hour.
    service_minutes : float
        Mean time at the point.
    """

    sites: int
    points_per_site: int
    points: int
    megawatts: float
    spacing_km: float
    longest_gap_km: float
    stops_per_trip: float
    arrivals_per_hour: float
    service_minutes: float


def plan_section(
    length_km: float,
    electric_per_day: float,
    *,
    temperature: float = -20.0,
    spacing_km: float = 60.0,
    car: Car | None = None,
    promise_minutes: float = 10.0,
    promise_share: float = 0.1,
    peak_hour_share: float = 0.085,
    least_points: int = 2,
    started_full: bool = True,
) -> Section:
    """Sites and points for a stretch of road.

    Cars leave full, arrive with 10 %, and charge to 80 % on the way; stops are spread evenly over the sites. Sites
    stand ``spacing_km`` apart or as far as a fast charge carries in this cold, whichever is shorter.

    Parameters
    ----------
    length_km : float
        Length, km.
    electric_per_day : float
        Electric vehicles that drive the stretch a day, both directions.
    temperature : float
        Degrees Celsius of the day that is planned for.
    spacing_km : float
        Longest distance between sites; AFIR asks for 60 km.
    car : Car, optional
        The vehicle.
    promise_minutes, promise_share : float
        At most this share of arrivals waits longer than this.
    peak_hour_share : float
        Share of the day's arrivals in the busiest hour.
    least_points : int
        Points at a site whatever the traffic.
    started_full : bool
        False where cars come from another stretch at 80 % rather than from home.

    Returns
    -------
    Section

    Raises
    ------
    AssumptionError
        Where a length, a spacing or a number of vehicles is out of range.

    Examples
    --------
    >>> plan = plan_section(304, 200, temperature=-20)
    >>> plan.sites, plan.points_per_site, round(plan.stops_per_trip, 2)
    (5, 4, 0.85)
    """
    _check_section(length_km, electric_per_day, temperature, spacing_km)
    driven = car or Car()
    reach = driven.range_km(temperature)
    leg = reach * (FAST_TO - RESERVE)
    spacing = min(spacing_km, leg)
    sites = max(math.ceil(length_km / spacing) - 1, 1)
    first = reach * ((FULL if started_full else FAST_TO) - RESERVE)
    stops = max(length_km - first, 0.0) / leg
    kwh = driven.battery_kwh * (FAST_TO - RESERVE)
    minutes = kwh / driven.charging_kw * 60 + driven.settling_minutes
    arrivals = electric_per_day * stops / sites * peak_hour_share
    promise = Promise(promise_minutes, promise_share, minutes)
    each = max(points_for(arrivals * minutes / 60, promise), least_points)
    rated = each * sites * driven.charging_kw / 1000
    return Section(sites, each, each * sites, rated, length_km / (sites + 1), leg, stops, arrivals, minutes)


def _check_section(length_km: float, electric_per_day: float, temperature: float, spacing_km: float) -> None:
    checks = (
        check_value("length_km", length_km, "km", 1, 20_000),
        check_value("electric_per_day", electric_per_day, "vehicles per day", 0, 1_000_000),
        check_value("temperature", temperature, "degC", -60, 60),
        check_value("spacing_km", spacing_km, "km", 1, 1_000),
    )
    problems = [problem for problem in checks if problem]
    if problems:
        raise AssumptionError(problems)


def corridor_names() -> list[str]:
    """The corridors that ship.

    >>> corridor_names()
    ['khorgos-almaty-tashkent', 'alashankou-almaty', 'baktu-almaty']
    """
    return list(dict.fromkeys(row["corridor"] for row in read_table("corridors.csv")))


def corridor_plan(
    name: str,
    electric_share: float = 0.05,
    temperature: float = -20.0,
    spacing_km: float = 60.0,
    car: Car | None = None,
) -> pd.DataFrame:
    """Sites and points along a corridor, section by section, for the low, middle and high length and traffic.

    Parameters
    ----------
    name : str
        One of ``corridor_names()``.
    electric_share : float
        Share of electric vehicles in the traffic, 0 to 1.
    temperature, spacing_km, car
        As for ``plan_section``.

    Returns
    -------
    pandas.DataFrame
        ``section, case, km, vehicles_per_day, sites, points, megawatts, longest_gap_km, stops_per_trip, basis``; the
        basis says whether length and traffic are sourced or judged.

    Raises
    ------
    AssumptionError
        Where the name is unknown or the share is outside 0 to 1.

    Examples
    --------
    >>> table = corridor_plan("khorgos-almaty-tashkent")
    >>> table[table["case"] == "middle"]["section"].tolist()
    ['Khorgos-Almaty', 'Almaty-Shymkent', 'Shymkent-Tashkent']
    """
    rows = [row for row in read_table("corridors.csv") if row["corridor"] == name]
    if not rows:
        close = nearest(name, corridor_names())
        raise AssumptionError(
            f"no corridor {name!r}; " + (f"did you mean {close}?" if close else str(corridor_names()))
        )
    problem = check_value("electric_share", electric_share, "share of traffic", 0, 1)
    if problem:
        raise AssumptionError([problem])
    found = []
    for row in rows:
        for case, suffix in (("low", "_low"), ("middle", ""), ("high", "_high")):
            km, vehicles = float(row[f"km{suffix}"]), float(row[f"vehicles{suffix}"])
            plan = plan_section(km, vehicles * electric_share, temperature=temperature, spacing_km=spacing_km, car=car)
            basis = f"length {row['kind']}, traffic {row['traffic_kind']}"
            size = (plan.sites, plan.points, plan.megawatts, plan.longest_gap_km, plan.stops_per_trip)
            found.append((f"{row['start']}-{row['end']}", case, km, vehicles, *size, basis))
    columns = ["section", "case", "km", "vehicles_per_day", "sites", "points", "megawatts"]
    return pd.DataFrame(found, columns=[*columns, "longest_gap_km", "stops_per_trip", "basis"])
