"""The whole chain on whole paths: imports in, vehicles, energy and charging points out, all joint.

Draw ``i`` of every result comes from draw ``i`` of the imports and draw ``i`` of every assumption:
a country's stock, energy and points belong together, and two scenarios with one seed differ only by
what they change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.demand.charging import (
    FAST,
    PUBLIC,
    SETTINGS,
    charging_need,
    energy_split,
    power_mix,
)
from forecasting.demand.consequences import carbon_avoided, fuel_avoided, investment, power_shares
from forecasting.demand.demand_outlook import DemandOutlook
from forecasting.demand.deployed import deployed_points
from forecasting.demand.energy import (
    MONTH_DAYS,
    class_factors,
    climate_normals,
    degrees_outside,
    energy_per_vehicle,
)
from forecasting.demand.existing_charging import ExistingCharging
from forecasting.demand.fleet import Fleet
from forecasting.demand.load import peak_load
from forecasting.demand.parameters import Parameters
from forecasting.demand.standard import standards
from forecasting.demand.targets import Target
from forecasting.demand.vehicles import CLASSES, HEAVY, vehicles_on_the_road
from forecasting.errors import AssumptionError, in_digits

__all__ = ["CLASSES", "DemandOutlook", "ExistingCharging", "demand_outlook"]

Array = npt.NDArray[np.float64]
SUMMER = slice(5, 8)  # June to August


def demand_outlook(
    imports: Array,
    years: Sequence[int],
    *,
    parameters: Parameters,
    stock_facts: Iterable[Any] | pd.DataFrame = (),
    charging_today: ExistingCharging | Mapping[str, Any] | float | None = None,
    as_of: dt.date | None = None,
    place: str | None = None,
    seed: int = 0,
    start_stock: Array | float = 0.0,
    targets: Sequence[Target] = (),
) -> DemandOutlook:
    """From vehicles imported a year to charging points needed, deployed and required.

    Parameters
    ----------
    imports : ndarray, shape (draws, years)
        Vehicles imported a year, whole paths of a forecast.
    years : sequence of int
        Calendar years, without gaps.
    parameters : Parameters
        Assumptions; ``place`` puts a country's own rows in force.
    stock_facts : facts, table or pairs of date and count
        Printed stocks, for the balance table.
    charging_today : ExistingCharging, mapping or float, optional
        Public points or stations standing: ``{"count": 1085, "unit": "stations", "date":
        "2024-12-15"}``; a bare number is points at the end of the first year.
    as_of : datetime.date, optional
        Day of the forecast: a roll-out that is still to come changes nothing before it.
    place : str, optional
        ISO code, for climate and the country's own assumptions.
    seed : int
        Seeds the draws of the assumptions and of practice's errors.
    start_stock : ndarray or float
        Vehicles on the road at the end of the year before the first.
    targets : sequence of Target
        Announced numbers of public points or stations; those that a scenario pursues push practice.

    Returns
    -------
    DemandOutlook

    Raises
    ------
    AssumptionError
        Where imports are negative or not finite, years have gaps, or an assumption is out of its
        range.

    Examples
    --------
    >>> from forecasting.demand.parameters import load_parameters
    >>> imports = np.full((200, 3), 10_000.0)
    >>> outlook = demand_outlook(imports, [2024, 2025, 2026], parameters=load_parameters(), place="UZ")
    >>> outlook.results["ev_stock"].shape
    (200, 3)
    """
    flow, span = _check(imports, years)
    assumed = parameters.at(place)
    rng = np.random.default_rng([seed, 0xC4A12])
    drawn = assumed.draw(rng, len(flow))
    _check_years(assumed, drawn, span)
    road = vehicles_on_the_road(flow, span, assumed, drawn, start_stock)
    stock, fleets = road.stock, road.fleets
    by_month = _energy_by_month(drawn, place)
    per_vehicle = {name: by_month[name].sum(axis=1) * energy_split(name, drawn) for name in CLASSES}
    at_end = _battery_energy({name: fleet.stock for name, fleet in fleets.items()}, per_vehicle)
    in_year = _battery_energy(
        {name: fleet.mean_stock for name, fleet in fleets.items()}, per_vehicle
    )
    vehicles = all_vehicles(drawn, span)
    points, megawatts = charging_need(at_end, np.clip(stock / vehicles, 0, 1), span, drawn)
    _add_private(points, megawatts, fleets, drawn)
    _cover(points, megawatts, drawn)
    grid, busiest = ({s: kwh[s] / _losses(s, drawn) for s in SETTINGS} for kwh in (in_year, at_end))
    standing = ExistingCharging.read(charging_today, span[0])
    unpushed, practice, asked = deployed_points(
        stock, span, assumed, drawn, standing, as_of, targets, rng
    )
    winter, summer = _peaks(busiest, points, megawatts, by_month, drawn)
    results = {
        "ev_registrations": road.registered,
        "ev_retirements": road.retired,
        "ev_stock": stock,
        "energy_gwh": np.asarray(sum(grid.values())) / 1e6,
        "peak_mw": winter,
        "charging_points_need": np.asarray(sum(points[setting] for setting in PUBLIC)),
        "charging_points_need_slow": points["overnight"],
        "charging_points_practice": practice,
        "charging_stations": practice / drawn["points_per_station"][:, None],
        "charging_points_home": points["home"],
    } | ({} if asked is None else {"charging_points_target": asked})
    results |= {
        f"e{name}_stock": fleets[name].stock
        for name in ("bus", "truck")
        if fleets[name].stock.any()
    }
    results |= _consequences(results, summer, points, fleets, span, drawn)
    light = {name: fleets[name].stock for name in ("bev", "phev", "van")}
    rules = standards(light["bev"] + light["van"], light["phev"], span, drawn)
    results["charging_points_standard"] = rules["power per vehicle"]
    return DemandOutlook(
        years=span, results=results, imports=flow, fleets=fleets, points_by_setting=points, megawatts=megawatts,
        energy_by_setting=grid, month_shares=_month_shares(by_month),
        grid_per_vehicle=_grid_per_vehicle(per_vehicle, drawn), rules=rules, drawn=drawn, parameters=assumed,
        all_vehicles=vehicles, displaced=road.displaced, unpushed=unpushed, targets=tuple(targets),
        stock_facts=stock_facts, standing=standing, start_stock=float(np.mean(start_stock)),
    )  # fmt: skip


def _check(imports: Array, years: Sequence[int]) -> tuple[Array, list[int]]:
    flow, span = np.asarray(imports, dtype=float), [int(year) for year in years]
    if flow.ndim != 2 or flow.shape[1] != len(span) or not flow.size:
        raise AssumptionError(
            f"imports have shape {flow.shape}; give (draws, years) with {len(span)} years"
        )
    if not np.all(np.isfinite(flow)) or flow.min() < 0:
        raise AssumptionError(
            f"imports = {in_digits(flow.min())} vehicles a year; every value must be finite and 0 or more"
        )
    if span != list(range(span[0], span[0] + len(span))):
        raise AssumptionError(
            f"years {span[0]} to {span[-1]} have gaps or are out of order; give every calendar year"
        )
    return flow, span


def _check_years(assumed: Parameters, drawn: Mapping[str, Array], years: Sequence[int]) -> None:
    """A lever that does nothing needs no date; one that acts must not end before the story starts."""
    due = assumed["charging_rollout_year"].high
    if np.any(drawn["charging_rollout"] != 1) and due < years[0]:
        raise AssumptionError(
            f"charging_rollout_year = {due:.0f} lies before the first year, {years[0]}"
        )


def _energy_by_month(drawn: Mapping[str, Array], place: str | None) -> dict[str, Array]:
    """Battery energy per vehicle and month, kWh, were all kilometres electric."""
    degrees = degrees_outside(
        *climate_normals(place), drawn["temperature_shift"], drawn["daily_spread"]
    )
    found = {}
    for name in CLASSES:
        km, use = (drawn.get(f"{key}.{name}", drawn[key]) for key in ("annual_km", "consumption"))
        found[name] = energy_per_vehicle(km, use, class_factors(degrees, drawn, name))
    return found


def _battery_energy(
    vehicles: Mapping[str, Array], per_vehicle: Mapping[str, Array]
) -> dict[str, Array]:
    """Battery energy of so many vehicles by setting, kWh a year."""
    total = {setting: np.zeros_like(vehicles["bev"]) for setting in SETTINGS}
    for name, count in vehicles.items():
        if not count.any():
            continue
        for setting, kwh in zip(SETTINGS, per_vehicle[name], strict=True):
            if kwh.any():
                total[setting] += count * kwh[:, None]
    return total


def all_vehicles(drawn: Mapping[str, Array], years: Sequence[int]) -> Array:
    """Vehicles of all drives at 31 December of each year: the count, and what is added each year
    since.

    >>> one = np.ones(1)
    >>> drawn = {"vehicle_stock": 1e6 * one, "vehicle_stock_date": 2025.0 * one, "vehicle_stock_growth": 0.05 * one}
    >>> all_vehicles(drawn, [2023, 2025]).round()
    array([[ 950000., 1050000.]])
    """
    since = np.asarray(years, dtype=float) + 1 - drawn["vehicle_stock_date"][:, None]
    return np.asarray(
        drawn["vehicle_stock"][:, None]
        * np.maximum(1 + drawn["vehicle_stock_growth"][:, None] * since, 0.2)
    )


def _grid_per_vehicle(
    per_vehicle: Mapping[str, Array], drawn: Mapping[str, Array]
) -> dict[str, Array]:
    """Energy from the grid per vehicle and year by class, kWh."""
    losses = np.stack([_losses(setting, drawn)[:, 0] for setting in SETTINGS])
    return {name: (kwh / losses).sum(axis=0) for name, kwh in per_vehicle.items()}


def _consequences(
    results: Mapping[str, Array], summer: Array, points: Mapping[str, Array], fleets: Mapping[str, Fleet],
    years: Sequence[int], drawn: Mapping[str, Array],
) -> dict[str, Array]:  # fmt: skip
    """What the vehicles and their chargers cost, take from the grid, and avoid."""
    energy = results["energy_gwh"]
    power, peak, in_summer = power_shares(energy, results["peak_mw"], summer, years, drawn)
    vehicles = {name: fleet.mean_stock for name, fleet in fleets.items()}
    electric = {
        name: energy_split(name, drawn).sum(axis=0) * np.ones_like(drawn["annual_km"])
        for name in CLASSES
    }
    return {
        "power_share_percent": power,
        "peak_share_percent": peak,
        "peak_share_summer_percent": in_summer,
        "investment_usd": np.asarray(sum(investment(points, drawn).values())),
        "oil_avoided_t": fuel_avoided(vehicles, electric, drawn),
        "co2_avoided_t": carbon_avoided(vehicles, electric, energy, drawn),
    }


def _losses(setting: str, drawn: Mapping[str, Array]) -> Array:
    side = "dc" if setting in FAST else "ac"
    return np.asarray(drawn[f"onboard_efficiency.{side}"] * drawn[f"charger_efficiency.{side}"])[
        :, None
    ]


def _add_private(
    points: dict[str, Array],
    megawatts: dict[str, Array],
    fleets: Mapping[str, Fleet],
    drawn: Mapping[str, Array],
) -> None:
    """Home and depot points follow vehicles, not energy."""
    bev = fleets["bev"].stock / drawn["evs_per_home_charger"][:, None]
    phev = fleets["phev"].stock / drawn["evs_per_home_charger.phev"][:, None]
    points["home"] = drawn["home_access"][:, None] * (bev + phev)
    megawatts["home"] = points["home"] * drawn["home_kw"][:, None] / 1000
    points["depot"] = np.zeros_like(bev)
    megawatts["depot"] = np.zeros_like(bev)
    for name in HEAVY:
        kept = fleets[name].stock * drawn[f"depot_access.{name}"][:, None]
        power = kept * drawn[f"depot_kw_per_vehicle.{name}"][:, None]
        points["depot"] = points["depot"] + power / drawn[f"depot_kw.{name}"][:, None]
        megawatts["depot"] = megawatts["depot"] + power / 1000


def _cover(
    points: dict[str, Array], megawatts: dict[str, Array], drawn: Mapping[str, Array]
) -> None:
    """Roads that are to be covered whatever the traffic set a floor under en-route points."""
    if not drawn["coverage_km"].any():
        return
    sites = 2 * np.ceil(drawn["coverage_km"] / drawn["coverage_spacing"])
    floor = (sites * drawn["coverage_points"])[:, None]
    points["enroute_dc"] = np.maximum(points["enroute_dc"], floor)
    megawatts["enroute_dc"] = points["enroute_dc"] * (power_mix("enroute_dc").mean_kw / 1000)


def _month_shares(by_month: Mapping[str, Array]) -> dict[str, Array]:
    """Share of the year's energy in each month, by class."""
    return {name: table / table.sum(axis=1, keepdims=True) for name, table in by_month.items()}


def _peaks(
    grid: Mapping[str, Array], points: Mapping[str, Array], megawatts: Mapping[str, Array],
    by_month: Mapping[str, Array], drawn: Mapping[str, Array],
) -> list[Array]:  # fmt: skip
    """MW of a day of the month that takes most, a winter's where it is cold, and of the summer
    month that does.
    """
    per_day = by_month["bev"] / by_month["bev"].sum(axis=1, keepdims=True) / MONTH_DAYS
    kwh, stand, power = (
        np.stack([table[setting] for setting in SETTINGS]) for table in (grid, points, megawatts)
    )
    days = [kwh * (share.max(axis=1)[:, None] / 1000) for share in (per_day, per_day[:, SUMMER])]
    return peak_load(days, stand, power, drawn["coincidence_floor"])
