"""Charging along a road: how far apart in winter, how many stops, how many points keep the promise.

A trip keeps its battery's state from section to section: who drives through does not start full at
each town.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from forecasting.demand.parameters import check_value, read_table
from forecasting.demand.queueing import Promise, points_for
from forecasting.demand.road_vehicles import RoadVehicle, road_vehicle, vehicle_range
from forecasting.errors import AssumptionError, Problem
from forecasting.measures import nearest

__all__ = [
    "CASES",
    "Section",
    "Stretch",
    "corridor_names",
    "corridor_plan",
    "plan_section",
    "stops_along",
    "stretches",
]

# State of charge at departure, on arrival, and after a fast charge
FULL, RESERVE, FAST_TO = 1.0, 0.1, 0.8
CASES = {"low": 0, "middle": 1, "high": 2}  # of lengths, traffic and shares alike
BY_DAY = ("car", "bus")  # trucks have megawatt points, and a plan of their own
LEAST = {"car": 2}  # points at a site whatever the traffic; of other classes one
FRESH = ((0.0, 1.0),)  # all trips start full where the section starts


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
        Farthest that a fast charge carries at this temperature: a longer spacing strands vehicles.
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


@dataclass(frozen=True)
class Stretch:
    """A section of a corridor as its row says, low, likely and high.

    Parameters
    ----------
    name, country, basis : str
        Both ends; the country of the road; whether length and traffic are sourced or judged.
    km, vehicles : tuple of float
        Length, and vehicles a day in both directions.
    """

    name: str
    country: str
    basis: str
    km: tuple[float, float, float]
    vehicles: tuple[float, float, float]


def plan_section(
    length_km: float,
    electric_per_day: float,
    *,
    temperature: float = -20.0,
    spacing_km: float = 60.0,
    vehicle: RoadVehicle | None = None,
    promise_minutes: float = 10.0,
    promise_share: float = 0.1,
    peak_hour_share: float = 0.085,
    least_points: int = 2,
    stops_per_trip: float | None = None,
) -> Section:
    """Sites and points for a stretch of road.

    Vehicles leave full, arrive with 10 %, and charge to 80 % on the way; stops are spread evenly
    over the sites. Sites stand ``spacing_km`` apart or as far as a fast charge carries in this
    cold, whichever is shorter.

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
    vehicle : RoadVehicle, optional
        The vehicle; default a car.
    promise_minutes, promise_share : float
        At most this share of arrivals waits longer than this.
    peak_hour_share : float
        Share of the day's arrivals in the busiest hour.
    least_points : int
        Points at a site whatever the traffic.
    stops_per_trip : float, optional
        Mean stops of a drive, where trips come from further away; default those of trips that start
        full here.

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
    (5, 6, 0.85)
    """
    _check_section(length_km, electric_per_day, temperature, spacing_km)
    driven = vehicle or RoadVehicle()
    leg = driven.range_km(temperature) * (FAST_TO - RESERVE)
    sites = max(math.ceil(length_km / min(spacing_km, leg)) - 1, 1)
    stops = (
        stops_along(length_km, driven, temperature) if stops_per_trip is None else stops_per_trip
    )
    minutes = driven.minutes_at_point(FAST_TO - RESERVE, temperature)
    arrivals = electric_per_day * stops / sites * peak_hour_share
    promise = Promise(promise_minutes, promise_share, minutes)
    each = max(points_for(arrivals * minutes / 60, promise), least_points)
    rated = each * sites * driven.charging_kw / 1000
    return Section(
        sites, each, each * sites, rated, length_km / (sites + 1), leg, stops, arrivals, minutes
    )


def stops_along(
    length_km: float,
    vehicle: RoadVehicle,
    temperature: float,
    came_from: Sequence[tuple[float, float]] = FRESH,
) -> float:
    """Mean stops on a stretch of trips that left full some way before it.

    Parameters
    ----------
    length_km : float
        Of the stretch.
    vehicle : RoadVehicle
        What drives.
    temperature : float
        Degrees Celsius.
    came_from : sequence of (float, float)
        Kilometres driven before the stretch, and the share of the trips that drove them.

    Examples
    --------
    >>> car = RoadVehicle()
    >>> stops_along(125, car, -20), round(stops_along(125, car, -20, [(700, 1.0)]), 2)
    (0.0, 0.88)
    """
    reach = vehicle.range_km(temperature)
    first, leg = reach * (FULL - RESERVE), reach * (FAST_TO - RESERVE)

    def so_far(km: float) -> float:
        return max(km - first, 0.0) / leg

    return sum(share * (so_far(km + length_km) - so_far(km)) for km, share in came_from)


def _check_section(
    length_km: float, electric_per_day: float, temperature: float, spacing_km: float
) -> None:
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


def stretches(name: str, table: str = "corridors.csv") -> list[Stretch]:
    """The sections of a corridor in their order.

    Parameters
    ----------
    name : str
        One of ``corridor_names()``.
    table : str
        The shipped table that holds it.

    Raises
    ------
    AssumptionError
        Where there is no such corridor.

    Examples
    --------
    >>> [(part.name, part.country) for part in stretches("khorgos-almaty-tashkent")][-2:]
    [('Shymkent-Zhibek Zholy', 'KZ'), ('Zhibek Zholy-Tashkent', 'UZ')]
    """
    rows = [row for row in read_table(table) if row["corridor"] == name]
    if not rows:
        close = nearest(name, corridor_names())
        raise AssumptionError(
            f"no corridor {name!r}; "
            + (f"did you mean {close}?" if close else str(corridor_names()))
        )
    return [
        Stretch(
            f"{row['start']}-{row['end']}",
            row["country"],
            f"length {row['kind']}, traffic {row['traffic_kind']}",
            (float(row["km_low"]), float(row["km"]), float(row["km_high"])),
            (float(row["vehicles_low"]), float(row["vehicles"]), float(row["vehicles_high"])),
        )
        for row in rows
    ]


def stops_by_section(
    lengths: Sequence[float],
    traffic: Sequence[float],
    through: float,
    vehicle: RoadVehicle,
    temperature: float,
) -> list[float]:
    """Mean stops of a trip on each section, both directions alike, where a part of the traffic
    drives through.

    Parameters
    ----------
    lengths, traffic : sequence of float
        Kilometres and vehicles a day of each section.
    through : float
        Of the quieter of two neighbouring sections, the share of vehicles that drive both.
    vehicle : RoadVehicle
        What drives.
    temperature : float
        Degrees Celsius.

    Returns
    -------
    list of float
        One for each section.

    Examples
    --------
    >>> alone = stops_by_section([700, 125], [100, 100], 0.0, RoadVehicle(), -20)
    >>> together = stops_by_section([700, 125], [100, 100], 1.0, RoadVehicle(), -20)
    >>> [round(value, 2) for value in alone], [round(value, 2) for value in together]
    ([3.64, 0.0], [4.08, 0.44])
    """
    there = _one_way(lengths, traffic, through, vehicle, temperature)
    back = _one_way(lengths[::-1], traffic[::-1], through, vehicle, temperature)[::-1]
    return [(one + other) / 2 for one, other in zip(there, back, strict=True)]


def _one_way(
    lengths: Sequence[float],
    traffic: Sequence[float],
    through: float,
    vehicle: RoadVehicle,
    temperature: float,
) -> list[float]:
    came_from: list[tuple[float, float]] = []  # kilometres behind them, and vehicles a day
    found: list[float] = []
    before = 0.0
    for at, (length, vehicles) in enumerate(zip(lengths, traffic, strict=True)):
        onward = through * min(before, vehicles) / before if before else 0.0
        came_from = [(km + lengths[at - 1], count * onward) for km, count in came_from]
        came_from.append((0.0, vehicles - sum(count for _, count in came_from)))
        shares = [(km, count / vehicles) for km, count in came_from] if vehicles else list(FRESH)
        found.append(stops_along(length, vehicle, temperature, shares))
        before = vehicles
    return found


def corridor_plan(
    name: str,
    electric_share: float | Mapping[str, float] = 0.05,
    temperature: float = -20.0,
    spacing_km: float = 60.0,
    vehicles: Sequence[str] = BY_DAY,
) -> pd.DataFrame:
    """Sites and points along a corridor, section by section and class by class, for a low, middle
    and high case.

    Parameters
    ----------
    name : str
        One of ``corridor_names()``.
    electric_share : float or mapping of str to float
        Share of electric cars among the cars on the road, 0 to 1: one for all, or one for each
        country of the road. Other classes have theirs in proportion to it.
    temperature, spacing_km
        As for ``plan_section``.
    vehicles : sequence of str
        Which classes; trucks are planned by `truck_corridor`, too.

    Returns
    -------
    pandas.DataFrame
        ``section, country, vehicle, case, km, vehicles_per_day, electric_per_day, sites, points,
        megawatts, longest_gap_km, stops_per_trip, basis``; the case is of length and traffic, the
        basis says whether they are sourced or judged.

    Raises
    ------
    AssumptionError
        Where the name or a class is unknown, a share is outside 0 to 1, or a country of the road
        has none.

    Examples
    --------
    >>> table = corridor_plan("khorgos-almaty-tashkent", {"KZ": 0.024, "UZ": 0.15}, vehicles=["car"])
    >>> table[table["case"] == "middle"]["points"].tolist()
    [15, 66, 4, 3]
    """
    road = stretches(name)
    shares = _shares({part.country for part in road}, electric_share)
    found = []
    for vehicle in vehicles:
        driven, through = road_vehicle(vehicle), vehicle_range(vehicle, "through_share")[1]
        of_traffic, against = (
            vehicle_range(vehicle, what)[1] for what in ("traffic_share", "electric_against_cars")
        )
        for case, at in CASES.items():
            lengths, traffic = (
                [part.km[at] for part in road],
                [part.vehicles[at] * of_traffic for part in road],
            )
            stops = stops_by_section(lengths, traffic, through, driven, temperature)
            for part, km, daily, mean in zip(road, lengths, traffic, stops, strict=True):
                electric = daily * min(shares[part.country] * against, 1.0)
                plan = plan_section(
                    km,
                    electric,
                    temperature=temperature,
                    spacing_km=spacing_km,
                    vehicle=driven,
                    least_points=LEAST.get(vehicle, 1),
                    stops_per_trip=mean,
                )
                size = (
                    plan.sites,
                    plan.points,
                    plan.megawatts,
                    plan.longest_gap_km,
                    plan.stops_per_trip,
                )
                found.append(
                    (part.name, part.country, vehicle, case, km, daily, electric, *size, part.basis)
                )
    columns = [
        "section",
        "country",
        "vehicle",
        "case",
        "km",
        "vehicles_per_day",
        "electric_per_day",
        "sites",
        "points",
    ]
    return pd.DataFrame(
        found, columns=[*columns, "megawatts", "longest_gap_km", "stops_per_trip", "basis"]
    )


def _shares(countries: set[str], given: float | Mapping[str, float]) -> dict[str, float]:
    """The electric share by country of the road."""
    shares = dict(given) if isinstance(given, Mapping) else dict.fromkeys(countries, given)
    problems = [
        check_value("electric_share", share, "share of traffic", 0, 1) for share in shares.values()
    ]
    missing = sorted(countries - shares.keys())
    known = "give one share for all, or one for each country of the road"
    lacking = (
        [Problem("electric_share", f"has none for {', '.join(missing)}", known)] if missing else []
    )
    if found := [problem for problem in problems if problem] + lacking:
        raise AssumptionError(found)
    return shares
