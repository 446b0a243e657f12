"""The vehicles that a road is planned for: battery, consumption, and a charge that is slower in the
cold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from forecasting.demand.energy import climate_factor
from forecasting.demand.parameters import check_value, read_table
from forecasting.errors import AssumptionError
from forecasting.measures import nearest

__all__ = ["ROAD_VEHICLES", "RoadVehicle", "road_vehicle", "vehicle_range"]

ROAD_VEHICLES = ("car", "bus", "truck")
WARM = 25.0  # degrees Celsius at which a battery takes its full power
SLOWEST = 0.4  # of the full power: a battery that is charged warms up
TABLE = "road_vehicles.csv"


@dataclass(frozen=True)
class RoadVehicle:
    """A vehicle on a long drive; a car where nothing else is said.

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

    Raises
    ------
    AssumptionError
        With every value out of its range.

    Examples
    --------
    >>> round(RoadVehicle().range_km(15)), round(RoadVehicle().range_km(-20))
    (273, 203)
    >>> RoadVehicle().power_kw(25), RoadVehicle().power_kw(0), round(RoadVehicle().power_kw(-20))
    (80.0, 60.0, 44)
    """

    battery_kwh: float = 60.0
    consumption: float = 22.0
    charging_kw: float = 80.0
    settling_minutes: float = 5.0
    cold_slope: float = 0.0098
    charging_cold_loss: float = 0.25

    def __post_init__(self) -> None:
        bounds = {
            "battery_kwh": ("kWh", 5, 1500),
            "consumption": ("kWh/100 km", 5, 400),
            "charging_kw": ("kW", 3, 3750),
            "settling_minutes": ("minutes", 0, 60),
            "cold_slope": ("1/degC below 15", 0, 0.05),
            "charging_cold_loss": ("share of power", 0, 1),
        }
        checks = (
            check_value(name, getattr(self, name), *limits) for name, limits in bounds.items()
        )
        problems = [problem for problem in checks if problem]
        if problems:
            raise AssumptionError(problems)

    def kwh_per_km(self, temperature: float) -> float:
        """Consumption at a temperature, kWh a km."""
        return self.consumption / 100 * float(climate_factor(temperature, self.cold_slope))

    def range_km(self, temperature: float) -> float:
        """Kilometres from full to empty at a temperature."""
        return self.battery_kwh / self.kwh_per_km(temperature)

    def power_kw(self, temperature: float) -> float:
        """Mean charging power at a temperature of the air: a cold battery takes less."""
        lost = self.charging_cold_loss * max(WARM - temperature, 0.0) / WARM
        return self.charging_kw * max(1 - lost, SLOWEST)

    def minutes_at_point(self, share: float, temperature: float) -> float:
        """Minutes that a charge of a share of the battery keeps a point busy."""
        return self.battery_kwh * share / self.power_kw(temperature) * 60 + self.settling_minutes


@cache
def _table() -> dict[tuple[str, str], tuple[float, float, float]]:
    return {
        (row["vehicle"], row["quantity"]): (
            float(row["low"]),
            float(row["value"]),
            float(row["high"]),
        )
        for row in read_table(TABLE)
    }


def vehicle_range(name: str, quantity: str) -> tuple[float, float, float]:
    """Low, likely and high value of a quantity of a class, as they ship.

    Parameters
    ----------
    name : str
        One of `ROAD_VEHICLES`.
    quantity : str
        E.g. ``through_share``.

    Raises
    ------
    AssumptionError
        Where there is no such class.

    Examples
    --------
    >>> vehicle_range("truck", "through_share")
    (0.6, 0.8, 0.95)
    """
    if name not in ROAD_VEHICLES:
        close = nearest(name, ROAD_VEHICLES)
        raise AssumptionError(
            f"no vehicle {name!r} on the road; "
            + (f"did you mean {close}?" if close else "car, bus, truck")
        )
    return _table()[name, quantity]


def road_vehicle(name: str = "car") -> RoadVehicle:
    """A class of vehicles as it ships, at its likely values.

    Parameters
    ----------
    name : str
        One of `ROAD_VEHICLES`.

    Examples
    --------
    >>> road_vehicle("car") == RoadVehicle(), road_vehicle("truck").charging_kw
    (True, 1000.0)
    """
    fields = (
        "battery_kwh",
        "consumption",
        "charging_kw",
        "settling_minutes",
        "cold_slope",
        "charging_cold_loss",
    )
    return RoadVehicle(**{field: vehicle_range(name, field)[1] for field in fields})
