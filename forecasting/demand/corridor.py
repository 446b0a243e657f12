"""Charging along a road: distances between sites in winter, stops, and points that keep waits
short; and electric trucks from Urumqi by Horgos and Almaty to Tashkent.

A trip keeps its battery's state from section to section: a vehicle that drives through a town does
not start full there. Every figure comes from a row of a shipped table, with its source or marked as
judgement.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from forecasting.demand.charging import PEAK_HOUR, points_for
from forecasting.demand.load import climate_factor
from forecasting.demand.parameters import read_table
from forecasting.vocabulary.arguments import Check, fitting, number, sequence, takes, text
from forecasting.vocabulary.errors import AssumptionError
from forecasting.vocabulary.measures import did_you_mean

# State of charge at departure, on arrival, and after a fast charge
FULL = 1.0
RESERVE = 0.1
FAST_TO = 0.8
CASES = {"low": "_low", "middle": "", "high": "_high"}  # and their columns in tables of roads
DEFAULT_VEHICLES = ("car", "bus")  # trucks have megawatt points, and a plan of their own
ON_ROADS = ("car", "bus", "truck")
MIN_SITE_POINTS = {"car": 2}  # points at a site whatever the traffic; of other classes one
ALL_START_FULL = ((0.0, 1.0),)  # all trips start full where the section starts
FULL_POWER_CELSIUS = 25.0  # from which a battery takes its full power
MIN_POWER_PART = 0.4  # of the full power, in any cold: charging warms a battery
MILD = 15.0  # degrees Celsius
TRUCK_ROAD = "urumqi-horgos-almaty-tashkent"
TRUCK_SCENARIOS = ("baseline", "accelerated", "constrained")  # of the trucks' electric share


@cache
def _figures() -> dict[tuple[str, str], dict[str, float]]:
    """Figures of each case by quantity and what they are of: a vehicle or a scenario."""
    columns = {"low": "low", "middle": "value", "high": "high"}
    return {
        (row["quantity"], row.get("vehicle") or row.get("scenario", "")): {
            case: float(row[column]) for case, column in columns.items()
        }
        for row in (*read_table("road_vehicles.csv"), *read_table("truck_outlook.csv"))
    }


def road_figure(quantity: str, kind: str = "", case: str = "middle") -> float:
    """A figure of what drives on a road, or of the trucks' road.

    Parameters
    ----------
    quantity : str
        As in ``road_vehicles.csv`` or ``truck_outlook.csv``, e.g. ``through_share``.
    kind : str
        The class of vehicle, or the scenario of what depends on it; empty for the trucks' road.
    case : {"low", "middle", "high"}
        Which end of its range.

    Examples
    --------
    >>> road_figure("break_minutes"), road_figure("electric_share", "accelerated", "high")
    (45.0, 20.0)
    >>> road_figure("through_share", "truck")
    0.8
    """
    return _figures()[quantity, kind][case]


@dataclass(frozen=True)
class RoadVehicle:
    """A vehicle on a long drive.

    Parameters
    ----------
    battery_kwh : float
        Usable energy.
    consumption : float
        kWh/100 km on the road in mild weather.
    charging_kw : float
        Mean power from 10 % to 80 % in mild weather.
    settling_minutes : float
        Time at the point besides charging.
    cold_slope : float
        Rise of consumption per degree below 15.
    charging_cold_loss : float
        Share of the charging power that is lost at 0 degrees; in proportion to the degrees below
        25.

    Examples
    --------
    >>> round(road_vehicle("car").range_km(15)), round(road_vehicle("car").range_km(-20))
    (273, 203)
    >>> round(road_vehicle("car").minutes_at_point(0.7, -20))  # a cold battery takes less power
    62
    """

    battery_kwh: float
    consumption: float
    charging_kw: float
    settling_minutes: float
    cold_slope: float
    charging_cold_loss: float

    def kwh_per_km(self, temperature: float) -> float:
        """Consumption at a temperature, kWh a km."""
        return self.consumption / 100 * climate_factor(temperature, self.cold_slope)

    def range_km(self, temperature: float) -> float:
        """Kilometres from full to empty at a temperature."""
        return self.battery_kwh / self.kwh_per_km(temperature)

    def minutes_at_point(self, share: float, temperature: float) -> float:
        """Minutes that a charge of a share of the battery keeps a point busy."""
        degrees_missing = max(FULL_POWER_CELSIUS - temperature, 0.0)
        loss = self.charging_cold_loss * degrees_missing / FULL_POWER_CELSIUS
        power = self.charging_kw * max(1 - loss, MIN_POWER_PART)
        return self.battery_kwh * share / power * 60 + self.settling_minutes


def road_vehicle(name: str) -> RoadVehicle:
    """A class of vehicles as it ships, at its likely values.

    Parameters
    ----------
    name : str
        As in ``road_vehicles.csv``: car, bus or truck.

    Examples
    --------
    >>> road_vehicle("car").battery_kwh, road_vehicle("truck").charging_kw
    (60.0, 1000.0)
    """
    return RoadVehicle(*(road_figure(quantity, name) for quantity in RoadVehicle.__match_args__))


def plan_section(
    length_km: float,
    electric_per_day: float,
    stops: float,
    vehicle: RoadVehicle,
    *,
    temperature: float,
    spacing_km: float,
    peak_hour_share: float = PEAK_HOUR,
    least_points: int = 2,
) -> dict[str, float]:
    """Sites and points for a stretch of road.

    Vehicles arrive with 10 %, and charge to 80 % on the way; stops are spread evenly over the
    sites. The distance between sites is ``spacing_km``, or the range of a fast charge at the
    temperature if that is shorter. At most one arrival in ten waits longer than ten minutes.

    Parameters
    ----------
    length_km : float
        Length, km.
    electric_per_day : float
        Electric vehicles that drive the stretch a day, both directions.
    stops : float
        Mean charging stops of one drive over the whole stretch.
    vehicle : RoadVehicle
        What drives.
    temperature : float
        Degrees Celsius of the day that is planned for.
    spacing_km : float
        Longest distance between sites; AFIR asks for 60 km.
    peak_hour_share : float
        Share of the day's arrivals in the busiest hour.
    least_points : int
        Points at a site whatever the traffic.

    Returns
    -------
    dict of str to float
        ``sites`` along the road, serving both directions; ``points`` and ``megawatts`` of all
        sites; ``longest_gap_km``, the range of a fast charge at the temperature;
        ``stops_per_trip``.

    Examples
    --------
    >>> plan = plan_section(304, 200, 0.85, road_vehicle("car"), temperature=-20, spacing_km=60)
    >>> plan["sites"], plan["points"], round(plan["longest_gap_km"])
    (5, 30, 142)
    """
    leg = vehicle.range_km(temperature) * (FAST_TO - RESERVE)
    sites = max(math.ceil(length_km / min(spacing_km, leg)) - 1, 1)
    minutes = vehicle.minutes_at_point(FAST_TO - RESERVE, temperature)
    arrivals = electric_per_day * stops / sites * peak_hour_share
    points = max(points_for(arrivals * minutes / 60, minutes), least_points)
    return {
        "sites": sites,
        "points": points * sites,
        "megawatts": points * sites * vehicle.charging_kw / 1000,
        "longest_gap_km": leg,
        "stops_per_trip": stops,
    }


def stops_along(
    length_km: float,
    vehicle: RoadVehicle,
    temperature: float,
    came_from: Sequence[tuple[float, float]] = ALL_START_FULL,
) -> float:
    """Mean stops on a stretch, of trips that started full some distance before it.

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
    >>> car = road_vehicle("car")
    >>> stops_along(125, car, -20), round(stops_along(125, car, -20, [(700, 1.0)]), 2)
    (0.0, 0.88)
    """
    reach = vehicle.range_km(temperature)
    full_reach = reach * (FULL - RESERVE)
    leg = reach * (FAST_TO - RESERVE)

    def stops_after(km: float) -> float:
        return max(km - full_reach, 0.0) / leg

    return sum(share * (stops_after(km + length_km) - stops_after(km)) for km, share in came_from)


def stops_by_section(
    lengths: Sequence[float],
    traffic: Sequence[float],
    through: float,
    vehicle: RoadVehicle,
    temperature: float,
) -> list[float]:
    """Mean stops of a trip on each section, over both directions, where a part of the traffic
    drives on from section to section.

    Parameters
    ----------
    lengths, traffic : sequence of float
        Kilometres and vehicles a day of each section.
    through : float
        Share of the vehicles of the quieter of two neighbouring sections that drive both.
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
    >>> alone = stops_by_section([700, 125], [100, 100], 0.0, road_vehicle("car"), -20)
    >>> together = stops_by_section([700, 125], [100, 100], 1.0, road_vehicle("car"), -20)
    >>> [round(value, 2) for value in alone], [round(value, 2) for value in together]
    ([3.64, 0.0], [4.08, 0.44])
    """
    by_direction = []
    for way in (slice(None), slice(None, None, -1)):
        came_from: list[tuple[float, float]] = []  # kilometres behind them, and the share of trips
        stops = []
        previous_km = 0.0
        previous_traffic = 0.0
        for length, vehicles in zip(lengths[way], traffic[way], strict=True):
            through_share = through * min(previous_traffic, vehicles) / max(vehicles, 1e-9)
            came_from = [(km + previous_km, share * through_share) for km, share in came_from]
            came_from.append((0.0, 1 - through_share))
            stops.append(stops_along(length, vehicle, temperature, came_from))
            previous_km = length
            previous_traffic = vehicles
        by_direction.append(stops[way])
    return [(forward + backward) / 2 for forward, backward in zip(*by_direction, strict=True)]


def corridor_names() -> list[str]:
    """The corridors that ship.

    >>> corridor_names()
    ['khorgos-almaty-tashkent', 'alashankou-almaty', 'baktu-almaty', 'm39-tashkent-termez',
    'a380-guzar-beineu']
    """
    return list(dict.fromkeys(row["corridor"] for row in read_table("corridors.csv")))


def stretches(name: str) -> list[dict[str, str]]:
    """The sections of a corridor, or of the trucks' road, in their order: rows of a shipped table.

    Parameters
    ----------
    name : str
        One of ``corridor_names()``, or ``TRUCK_ROAD``.

    Raises
    ------
    AssumptionError
        Where there is no such corridor.

    Examples
    --------
    >>> [(row["start"], row["end"]) for row in stretches("khorgos-almaty-tashkent")][-2:]
    [('Shymkent', 'Zhibek Zholy'), ('Zhibek Zholy', 'Tashkent')]
    """
    rows = [*read_table("corridors.csv"), *read_table("truck_corridor.csv")]
    sections = [row for row in rows if row["corridor"] == name]
    if not sections:
        hint = did_you_mean(name, corridor_names(), str(corridor_names()))
        raise AssumptionError(f"no corridor {name!r}; {hint}")
    return sections


def _by_section(road: Sequence[Mapping[str, str]], column: str, case: str) -> list[float]:
    """Kilometres, or vehicles a day in both directions, of each section in a case."""
    return [float(row[f"{column}{CASES[case]}"]) for row in road]


def _read_shares(value: Any) -> float | dict[str, float]:
    share = number(0, 1)
    if isinstance(value, Mapping):
        return {place: share.read(part) for place, part in value.items()}
    return float(share.read(value))


SHARES = Check("a share from 0 to 1, or one for each country of the road", _read_shares)


@takes(
    AssumptionError,
    name=text(),
    electric_share=SHARES,
    temperature=number(-60, 60),
    spacing_km=number(1, 1000),
    vehicles=sequence(
        fitting("", ON_ROADS.__contains__), f"some of {', '.join(ON_ROADS)}, as a list"
    ),
)
def corridor_plan(
    name: str,
    electric_share: float | Mapping[str, float] = 0.05,
    temperature: float = -20.0,
    spacing_km: float = 60.0,
    vehicles: Sequence[str] = DEFAULT_VEHICLES,
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
    temperature : float
        Degrees Celsius of the day that is planned for, from -60 to 60.
    spacing_km : float
        Longest distance between sites, 1 to 1000; AFIR asks for 60 km.
    vehicles : sequence of str
        Which classes of ``road_vehicles.csv``; trucks are planned by `truck_plan`, too.

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
    >>> shares = {"KZ": 0.024, "UZ": 0.15}
    >>> table = corridor_plan("khorgos-almaty-tashkent", shares, vehicles=["car"])
    >>> table[table["case"] == "middle"]["points"].tolist()
    [15, 66, 4, 3]
    """
    road = stretches(name)
    countries = {row["country"] for row in road}
    shares = electric_share
    if not isinstance(shares, Mapping):
        shares = dict.fromkeys(countries, shares)
    if missing := sorted(countries - shares.keys()):
        raise AssumptionError(
            f"electric_share has none for {', '.join(missing)}; give one share for all, or one for "
            "each country of the road"
        )
    rows = []
    for vehicle in vehicles:
        traffic_share = road_figure("traffic_share", vehicle)
        share_ratio = road_figure("electric_against_cars", vehicle)
        electric = {place: min(share * share_ratio, 1.0) for place, share in shares.items()}
        for case in CASES:
            rows += _section_plans(
                road,
                vehicle,
                case,
                traffic_share,
                electric,
                temperature=temperature,
                spacing_km=spacing_km,
                least_points=MIN_SITE_POINTS.get(vehicle, 1),
            )
    return pd.DataFrame(rows)


def _section_plans(
    road: Sequence[Mapping[str, str]],
    vehicle: str,
    case: str,
    traffic_share: float,
    shares: Mapping[str, float],
    temperature: float,
    **plan: Any,
) -> list[dict[str, Any]]:
    """A plan of each section of a road for one class of vehicle."""
    vehicle_class = road_vehicle(vehicle)
    lengths = _by_section(road, "km", case)
    traffic = [count * traffic_share for count in _by_section(road, "vehicles", case)]
    through = road_figure("through_share", vehicle)
    stops = stops_by_section(lengths, traffic, through, vehicle_class, temperature)
    rows = []
    for part, km, daily, mean in zip(road, lengths, traffic, stops, strict=True):
        electric = daily * shares[part["country"]]
        row = {
            "section": f"{part['start']}-{part['end']}",
            "country": part["country"],
            "vehicle": vehicle,
            "case": case,
            "km": km,
            "vehicles_per_day": daily,
            "electric_per_day": electric,
            **plan_section(km, electric, mean, vehicle_class, temperature=temperature, **plan),
            "basis": f"length {part['kind']}, traffic {part['traffic_kind']}",
        }
        rows.append(row)
    return rows


def truck_trip(temperature: float = MILD, truck: RoadVehicle | None = None) -> dict[str, float]:
    """The energy, the hours and the load of a drive from Urumqi to Tashkent.

    A driver rests at night, and the truck is full in the morning; breaks by day are used for
    charging. Only charging that takes longer than the breaks costs time.

    Parameters
    ----------
    temperature : float
        Degrees Celsius.
    truck : RoadVehicle, optional
        Default the truck that ships.

    Returns
    -------
    dict of str to float
        ``km`` of the road and ``range_km`` from full to empty; ``kwh_per_km`` of a loaded truck and
        ``kwh_per_tonne_km``; ``payload_tonnes``; ``driving_hours`` at the wheel and ``rest_hours``,
        breaks and nights that the rules ask for, the same of a diesel truck; ``stops``, charges on
        the way, nights apart, their ``charging_hours``, and ``extra_hours``, what they take beyond
        the breaks; ``of_diesel``, tonnes an hour that arrive, of those of a diesel truck.

    Examples
    --------
    >>> mild, cold = truck_trip(), truck_trip(-20)
    >>> round(mild["km"]), round(mild["range_km"]), round(cold["range_km"])
    (1845, 385, 336)
    >>> round(mild["extra_hours"], 1), round(cold["extra_hours"], 1), round(cold["of_diesel"], 2)
    (0.0, 0.0, 0.89)
    """
    truck = truck or road_vehicle("truck")
    km = sum(_by_section(stretches(TRUCK_ROAD), "km", "middle"))
    hours = km / road_figure("speed")
    nights = max(math.ceil(hours / road_figure("driving_a_day")) - 1, 0)
    pauses = max(math.ceil(hours / road_figure("driving_before_break")) - 1 - nights, 0)
    days = nights + 1
    stops = days * stops_along(km / days, truck, temperature)
    charging = stops * truck.minutes_at_point(FAST_TO - RESERVE, temperature) / 60
    breaks = pauses * road_figure("break_minutes") / 60
    rests = breaks + nights * road_figure("rest_a_night")
    extra = max(charging - breaks, 0.0)
    diesel = road_figure("payload_tonnes")
    payload = diesel * (1 - road_figure("payload_penalty"))
    consumption = truck.kwh_per_km(temperature)
    return {
        "km": km,
        "range_km": truck.range_km(temperature),
        "kwh_per_km": consumption,
        "kwh_per_tonne_km": consumption / payload,
        "payload_tonnes": payload,
        "driving_hours": hours,
        "rest_hours": rests,
        "stops": stops,
        "charging_hours": charging,
        "extra_hours": extra,
        "of_diesel": payload / diesel * (hours + rests) / (hours + rests + extra),
    }


def truck_plan(scenario: str = "baseline") -> pd.DataFrame:
    """Megawatt points along the road in 2030, section by section, for a low, middle and high case.

    Trucks charge at these points only, at night, too; with additional slower points fewer of them
    would be enough.

    Parameters
    ----------
    scenario : {"baseline", "accelerated", "constrained"}
        Which share of the trucks is electric.

    Returns
    -------
    pandas.DataFrame
        As of `corridor_plan`, with ``megawatts_per_site`` and ``mwh_per_day``; the case is of
        lengths, trucks and their electric share together.

    Examples
    --------
    >>> plan = truck_plan()
    >>> middle = plan[plan["case"] == "middle"]
    >>> int(middle["sites"].sum()), int(middle["points"].sum())
    (17, 43)
    """
    road = stretches(TRUCK_ROAD)
    rows = []
    for case in CASES:
        share = road_figure("electric_share", scenario, case) / 100
        rows += _section_plans(
            road,
            "truck",
            case,
            1.0,
            {row["country"]: share for row in road},
            temperature=road_figure("temperature"),
            spacing_km=road_figure("spacing"),
            peak_hour_share=road_figure("peak_hour_share"),
        )
    plan = pd.DataFrame(rows)
    charges = plan["electric_per_day"] * plan["stops_per_trip"]
    kwh = charges * road_figure("battery_kwh", "truck") * (FAST_TO - RESERVE)
    return plan.assign(megawatts_per_site=plan["megawatts"] / plan["sites"], mwh_per_day=kwh / 1000)
