"""Electric trucks from Urumqi by Horgos and Almaty to Tashkent: energy, payload, hours, and
megawatt points.

Every figure comes from a row of two shipped tables, with its source or marked as judgement.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import pandas as pd

from forecasting.demand.corridor import (
    CASES,
    FAST_TO,
    FULL,
    RESERVE,
    Stretch,
    plan_section,
    stops_by_section,
    stretches,
)
from forecasting.demand.parameters import read_table
from forecasting.demand.road_vehicles import RoadVehicle, road_vehicle, vehicle_range
from forecasting.errors import AssumptionError
from forecasting.measures import nearest

__all__ = ["ROAD", "SCENARIOS", "TruckTrip", "truck_plan", "truck_trip", "truck_value"]

ROAD, TABLE = "urumqi-horgos-almaty-tashkent", "truck_corridor.csv"
SCENARIOS = ("baseline", "accelerated", "constrained")
MILD = 15.0  # degrees Celsius


@cache
def _table() -> dict[tuple[str, str], tuple[float, float, float]]:
    return {
        (row["quantity"], row["scenario"]): (
            float(row["low"]),
            float(row["value"]),
            float(row["high"]),
        )
        for row in read_table("truck_outlook.csv")
    }


def truck_value(quantity: str, case: str = "middle", scenario: str = "") -> float:
    """A figure of the truck corridor.

    Parameters
    ----------
    quantity : str
        As in ``truck_outlook.csv``, e.g. ``payload_tonnes``.
    case : {"low", "middle", "high"}
        Which end of its range.
    scenario : str
        Of what depends on it, the electric share.

    Raises
    ------
    AssumptionError
        Where there is no such figure.

    Examples
    --------
    >>> truck_value("break_minutes"), truck_value("electric_share", "high", "accelerated")
    (45.0, 20.0)
    """
    if (quantity, scenario) not in _table():
        close = nearest(scenario, SCENARIOS) or nearest(quantity, {name for name, _ in _table()})
        raise AssumptionError(
            f"the truck corridor has no {quantity!r} of {scenario or 'any scenario'!r}; "
            + (f"did you mean {close}?" if close else f"scenarios are {', '.join(SCENARIOS)}")
        )
    return _table()[quantity, scenario][CASES[case]]


@dataclass(frozen=True)
class TruckTrip:
    """One drive from Urumqi to Tashkent, electric beside diesel.

    Parameters
    ----------
    km, range_km : float
        Length of the road; from full to empty.
    kwh_per_km, kwh_per_tonne_km : float
        Of a loaded truck, and for each tonne that it carries.
    payload_tonnes, diesel_payload_tonnes : float
        What it carries, and what a diesel truck would.
    driving_hours, rest_hours : float
        At the wheel; breaks and nights that the rules ask for. They are the same for both.
    stops, charging_hours, extra_hours : float
        Charges on the way, nights apart; their time; and what they take beyond the breaks that are
        due anyway.
    """

    km: float
    range_km: float
    kwh_per_km: float
    kwh_per_tonne_km: float
    payload_tonnes: float
    diesel_payload_tonnes: float
    driving_hours: float
    rest_hours: float
    stops: float
    charging_hours: float
    extra_hours: float

    @property
    def of_diesel(self) -> float:
        """Tonnes an hour that arrive, of those of a diesel truck."""
        hours = self.driving_hours + self.rest_hours
        return self.payload_tonnes / self.diesel_payload_tonnes * hours / (hours + self.extra_hours)


def truck_trip(temperature: float = MILD, truck: RoadVehicle | None = None) -> TruckTrip:
    """A drive over the whole road: what it takes in energy and hours, and what it carries.

    A driver rests at night, and the truck is full in the morning; breaks by day are used for
    charging. Only what charging takes beyond them is lost.

    Parameters
    ----------
    temperature : float
        Degrees Celsius.
    truck : RoadVehicle, optional
        Default the truck that ships.

    Examples
    --------
    >>> mild, cold = truck_trip(), truck_trip(-20)
    >>> round(mild.km), round(mild.range_km), round(cold.range_km)
    (1845, 385, 336)
    >>> round(mild.extra_hours, 1), round(cold.extra_hours, 1), round(cold.of_diesel, 2)
    (0.0, 0.0, 0.89)
    """
    driven = truck or road_vehicle("truck")
    km = sum(part.km[CASES["middle"]] for part in stretches(ROAD, TABLE))
    hours = km / truck_value("speed")
    nights = max(math.ceil(hours / truck_value("driving_a_day")) - 1, 0)
    pauses = max(math.ceil(hours / truck_value("driving_before_break")) - 1 - nights, 0)
    reach = driven.range_km(temperature)
    day = km / (nights + 1)  # kilometres from one night to the next
    stops = (nights + 1) * max(day - reach * (FULL - RESERVE), 0.0) / (reach * (FAST_TO - RESERVE))
    charging = stops * driven.minutes_at_point(FAST_TO - RESERVE, temperature) / 60
    breaks = pauses * truck_value("break_minutes") / 60
    diesel = truck_value("payload_tonnes")
    payload = diesel * (1 - truck_value("payload_penalty"))
    each = driven.kwh_per_km(temperature)
    return TruckTrip(
        km=km,
        range_km=reach,
        kwh_per_km=each,
        kwh_per_tonne_km=each / payload,
        payload_tonnes=payload,
        diesel_payload_tonnes=diesel,
        driving_hours=hours,
        rest_hours=breaks + nights * truck_value("rest_a_night"),
        stops=stops,
        charging_hours=charging,
        extra_hours=max(charging - breaks, 0.0),
    )


def truck_plan(scenario: str = "baseline", temperature: float | None = None) -> pd.DataFrame:
    """Megawatt points along the road in 2030, section by section, for a low, middle and high case.

    All that trucks take on the road is charged at these points, at night, too; with slower points
    beside them fewer would do.

    Parameters
    ----------
    scenario : {"baseline", "accelerated", "constrained"}
        Which share of the trucks is electric.
    temperature : float, optional
        Degrees Celsius of the day that is planned for; default that of the shipped table.

    Returns
    -------
    pandas.DataFrame
        ``section, country, case, km, trucks_per_day, electric_per_day, stops_per_trip, sites,
        points, megawatts_per_site, mwh_per_day, basis``; the case is of lengths, trucks and their
        electric share together.

    Raises
    ------
    AssumptionError
        Where there is no such scenario.

    Examples
    --------
    >>> plan = truck_plan()
    >>> middle = plan[plan["case"] == "middle"]
    >>> int(middle["sites"].sum()), int(middle["points"].sum())
    (17, 43)
    """
    truck, road = road_vehicle("truck"), stretches(ROAD, TABLE)
    celsius = truck_value("temperature") if temperature is None else temperature
    rows = [
        row
        for case in CASES
        for row in _planned(
            road, truck, case, truck_value("electric_share", case, scenario) / 100, celsius
        )
    ]
    head = [
        "section",
        "country",
        "case",
        "km",
        "trucks_per_day",
        "electric_per_day",
        "stops_per_trip",
        "sites",
    ]
    return pd.DataFrame(
        rows, columns=[*head, "points", "megawatts_per_site", "mwh_per_day", "basis"]
    )


def _planned(
    road: list[Stretch], truck: RoadVehicle, case: str, share: float, temperature: float
) -> list[tuple[object, ...]]:
    at = CASES[case]
    lengths, trucks = [part.km[at] for part in road], [part.vehicles[at] for part in road]
    through = vehicle_range("truck", "through_share")[1]
    rows: list[tuple[object, ...]] = []
    for part, km, daily, stops in zip(
        road,
        lengths,
        trucks,
        stops_by_section(lengths, trucks, through, truck, temperature),
        strict=True,
    ):
        plan = plan_section(
            km,
            daily * share,
            temperature=temperature,
            spacing_km=truck_value("spacing"),
            vehicle=truck,
            peak_hour_share=truck_value("peak_hour_share"),
            stops_per_trip=stops,
        )
        taken = daily * share * stops * truck.battery_kwh * (FAST_TO - RESERVE) / 1000
        size = (plan.sites, plan.points, plan.megawatts / plan.sites, taken)
        rows.append(
            (part.name, part.country, case, km, daily, daily * share, stops, *size, part.basis)
        )
    return rows
