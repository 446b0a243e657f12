"""The whole chain on whole paths: imports in, vehicles, energy and charging points out, all joint.

Draw ``i`` of every result comes from draw ``i`` of the imports and draw ``i`` of every assumption:
a country's stock, energy and points belong together, and two scenarios with one seed differ only by
what they change.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.demand.charging import (
    FAST_SETTINGS,
    PUBLIC,
    charging_need,
    depots,
    energy_split,
    market_factor,
    power_mix,
    side,
    standard,
)
from forecasting.demand.consequences import fuel_and_carbon, investment, percent_of_power
from forecasting.demand.counted_stock import StockCount, counts_of_register, follow_register
from forecasting.demand.demand_outlook import DemandOutlook
from forecasting.demand.deployed import ExistingCharging, Target, deployed_points
from forecasting.demand.fleet import (
    BATTERY_CLASSES,
    ELECTRIC_CARS,
    PLUG_IN,
    TAXI,
    Vehicles,
    vehicles_on_the_road,
)
from forecasting.demand.load import MONTH_DAYS, energy_by_month, peak_load
from forecasting.demand.parameters import SETTINGS, Draws, Parameters, VehicleClass, Years, of_class
from forecasting.demand.service import service_of
from forecasting.demand.symbols import labelled, total
from forecasting.panels.practice import FAST_YEAR
from forecasting.vocabulary.errors import AssumptionError
from forecasting.vocabulary.measures import CAR, EV_SHARE, EV_STOCK_SHARE, count_of
from forecasting.vocabulary.quantiles import Array

SUMMER = slice(5, 8)  # June to August
# Puts symbols in the place of imports and of draws of assumptions
Inputs = Callable[[Array, Draws, Parameters], tuple[Array, Draws]]


def demand_outlook(
    imports: Array,
    years: Years,
    *,
    parameters: Parameters,
    stock_counts: Sequence[StockCount] = (),
    charging_today: ExistingCharging | None = None,
    charging_least: ExistingCharging | None = None,
    as_of: dt.date | None = None,
    place: str | None = None,
    seed: int = 0,
    start_stock: Array | float = 0.0,
    targets: Sequence[Target] = (),
    vehicle_class: str = CAR,
    new_cars: Array | None = None,
    monthly: Array | None = None,
    concentration: float = 1.0,
    symbols: Inputs | None = None,
) -> DemandOutlook:
    """From vehicles imported a year to charging points needed, deployed and required.

    Parameters
    ----------
    imports : ndarray, shape (draws, years)
        Vehicles imported a year, 0 or more, whole paths of a forecast.
    years : sequence of int
        Calendar years, without gaps.
    parameters : Parameters
        Assumptions; ``place`` puts a country's own rows in force.
    stock_counts : sequence of StockCount
        Printed stocks: the fleet follows those of the register, and the balance table has all.
    charging_today : ExistingCharging, optional
        Public points or stations standing.
    charging_least : ExistingCharging, optional
        What stands at the least, from a bound or a count of a part of the country.
    as_of : datetime.date, optional
        Day of the forecast: a roll-out that is still to come changes nothing before it.
    place : str, optional
        ISO code, for climate and the country's own assumptions.
    seed : int
        Seeds the draws of the assumptions and of practice's errors.
    start_stock : ndarray or float
        Vehicles on the road at the end of the year before the first.
    targets : sequence of Target
        Announced numbers of public points or stations; those that a scenario pursues raise
        practice.
    vehicle_class : str
        The class of vehicle that is imported, e.g. ``bus``; electric cars where none is named.
    new_cars : ndarray, shape (draws, years), optional
        New cars of every drive, of which those that are electric are a share.
    monthly : ndarray, shape (draws, 12 years), optional
        Vehicles by month, for the comparison with printed stocks of a day; by default even over
        the year.
    concentration : float
        How many times the country's electric share is that of the parts in which its electric cars
        stand, while they are few.
    symbols : callable, optional
        Puts symbols in the place of imports and of draws of assumptions, for a workbook: results
        are then symbols as well.

    Returns
    -------
    DemandOutlook

    Raises
    ------
    AssumptionError
        Where a roll-out comes before the first year.

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> imports = np.full((200, 3), 10_000.0)
    >>> parameters = load_parameters()
    >>> outlook = demand_outlook(imports, [2024, 2025, 2026], parameters=parameters, place="UZ")
    >>> outlook.results["ev_stock"].shape
    (200, 3)
    """
    span = list(years)
    assumptions = parameters.at(place)
    rng = np.random.default_rng([seed, 0xC4A12])
    sample = assumptions.draw(rng, len(imports))
    _check_rollout(assumptions, sample, span[0])
    if monthly is None:
        monthly = np.repeat(imports / 12, 12, axis=1)
    if symbols is not None:
        imports, sample = symbols(imports, sample, assumptions)
    register = counts_of_register(stock_counts)
    last_count = max((row.day.year for row in register), default=0)
    road = vehicles_on_the_road(
        imports, span, assumptions, sample, start_stock, vehicle_class, last_count
    )
    road = follow_register(road, register, span, monthly, vehicle_class)
    vehicles, cars = _all_cars(assumptions, sample, span, new_cars)
    if symbols is None:
        _check_taxis(road.stocks, cars[EV_STOCK_SHARE], span)
    road = road.within(cars[EV_STOCK_SHARE])
    electricity = _electricity(place, assumptions, road, sample, span)
    share = labelled("electric share of all vehicles", np.clip(road.stock / vehicles, 0, 1), span)
    local_share = share_where_cars_are(share, concentration)
    local_share = labelled("electric share where the electric cars are", local_share, span)
    points = charging_need(electricity.served, local_share, span, sample)
    megawatts = _add_homes_and_depots(points, assumptions.classes, road.stocks, sample)
    unpushed, practice, targeted = deployed_points(
        road.stock, span, assumptions, sample, charging_today, as_of, targets, rng, charging_least
    )
    results = _of_vehicles(road, cars)
    results |= _of_electricity(electricity, assumptions, road, points, megawatts, span, sample)
    # After the load, as idle points take no power
    _multiply_by_market_factor(points, megawatts, span, sample)
    if vehicle_class == CAR:
        _add_least_network(points, megawatts, span, sample)
    results |= _of_charging(points, practice, targeted, road, assumptions, sample, span)
    practice_fast = results["charging_points_practice_fast"]
    results |= service_of(electricity.served, practice, practice_fast, span, sample)
    return DemandOutlook(
        years=span,
        results=results,
        imports=imports,
        fleets=road.fleets,
        points_by_setting=points,
        megawatts=megawatts,
        energy_by_setting=electricity.grid,
        month_shares=electricity.month_shares,
        grid_per_vehicle=electricity.grid_per_vehicle,
        energy_at_end=electricity.at_end,
        energy_served=electricity.served,
        sample=sample,
        parameters=assumptions,
        cars=cars,
        displaced=road.displaced,
        unpushed=unpushed,
        targets=tuple(targets),
        stock_counts=stock_counts,
        standing=charging_today,
        least=charging_least,
        start_stock=float(np.mean(start_stock)),
        vehicle_class=vehicle_class,
        monthly=monthly,
        concentration=concentration,
    )


def _all_cars(
    assumptions: Parameters, sample: Draws, years: Years, new_cars: Array | None
) -> tuple[Array, Draws]:
    """Vehicles of all drives on the road, and the number of cars behind each electric share."""
    vehicles = all_vehicles(sample, years)
    if not assumptions.knows("vehicle_stock"):
        vehicles = vehicles_of_market(vehicles, new_cars, sample)
    cars = {EV_STOCK_SHARE: vehicles * sample["car_share"]}
    if new_cars is not None:
        cars[EV_SHARE] = new_cars
    return vehicles, cars


def share_where_cars_are(share: Array, concentration: float) -> Array:
    """The electric share of all vehicles in the parts of a country where its electric cars stand:
    its odds are in proportion to the country's, and of a country that is all electric it is 1.

    >>> share_where_cars_are(np.array([0.0, 0.02, 0.5, 1.0]), 3.0).round(3).tolist()
    [0.0, 0.058, 0.75, 1.0]
    """
    if concentration == 1:
        return share
    local: Array = share * concentration / (1 + share * (concentration - 1))
    return local


def _check_taxis(stocks: Draws, cars: Array, years: Years) -> None:
    """Refuse more electric taxis than the country has cars."""
    if TAXI not in stocks:
        return
    taxis = np.median(stocks[TAXI], axis=0)
    all_cars = np.median(cars, axis=0)
    for year, fleet, limit in zip(years, taxis, all_cars, strict=True):
        if fleet > limit:
            raise AssumptionError(
                f"{fleet:,.0f} electric taxis in {year} are more than the country's {limit:,.0f} "
                "cars; lower deliveries.taxi or class_share.taxi, or give vehicle_stock"
            )


@dataclass(frozen=True)
class _Electricity:
    """The electricity of the vehicles on the road, kWh a year.

    Parameters
    ----------
    at_end, served : dict of str to ndarray
        At the battery by setting, of the stock at the year's end: as it is charged, and as points
        serve it, where plug-in hybrids stay longer.
    grid, grid_per_vehicle : dict of str to ndarray
        From the grid over the year: by setting, and of one vehicle by class.
    month_shares : dict of str to ndarray
        Each month's share of the year, by class.
    split : dict of str to dict
        Where each class is charged, as shares by setting.
    efficiency : dict of str to ndarray
        Energy at the battery over that from the grid, by setting.
    """

    at_end: Draws
    served: Draws
    grid: Draws
    grid_per_vehicle: Draws
    month_shares: Draws
    split: dict[str, Draws]
    efficiency: Draws


def _electricity(
    place: str | None, assumptions: Parameters, road: Vehicles, sample: Draws, years: Years
) -> _Electricity:
    """The electricity that the vehicles on the road take."""
    fleets = road.fleets
    a_year, month_shares, split = _of_a_vehicle(place, assumptions.classes, sample)
    for name, shares in split.items():
        for setting, share in shares.items():
            labelled("share of the energy of a vehicle", share, of=(name, setting))
    per_vehicle = {name: _by_setting(name, a_year[name], split[name]) for name in fleets}
    in_year = _energy({name: fleet.mean_stock for name, fleet in fleets.items()}, per_vehicle)
    efficiency = _grid_efficiency(sample)
    # A plug-in hybrid uses only slow points, and stays there longer for a kWh
    plug_in_kwh = {name: kwh * sample["plug_in_time"] for name, kwh in per_vehicle[PLUG_IN].items()}
    served = _energy(road.stocks, per_vehicle | {PLUG_IN: plug_in_kwh})
    for setting, kwh in served.items():
        labelled("kWh a year served", kwh, years, (setting,))
    return _Electricity(
        at_end=_energy(road.stocks, per_vehicle),
        served=served,
        grid=_from_the_grid(in_year, efficiency),
        grid_per_vehicle={
            name: total(_from_the_grid(kwh, efficiency).values())
            for name, kwh in per_vehicle.items()
        },
        month_shares=month_shares,
        split=split,
        efficiency=efficiency,
    )


def _of_vehicles(road: Vehicles, cars: Draws) -> Draws:
    """Results on the vehicles."""
    results = {
        "ev_registrations": road.registered,
        "ev_retirements": road.retired,
        "ev_stock": road.stock,
    }
    results |= _class_stocks(road.stocks)
    return results | _electric_shares(cars, road.stocks, road.registered) | _production(road)


def _of_electricity(
    electricity: _Electricity,
    assumptions: Parameters,
    road: Vehicles,
    points: Draws,
    megawatts: Draws,
    years: Years,
    sample: Draws,
) -> Draws:
    """Results on electricity, on load, and on fuel and carbon."""
    energy = total(electricity.grid.values()) / 1e6
    at_end = _from_the_grid(electricity.at_end, electricity.efficiency)
    winter, summer = _peaks(at_end, points, megawatts, electricity.month_shares["bev"], sample)
    generated, record = percent_of_power(years, sample)
    oil, carbon = fuel_and_carbon(
        assumptions.classes, road.fleets, electricity.split, energy, sample
    )
    return {
        "energy_gwh": energy,
        "peak_mw": winter,
        "peak_summer_mw": summer,
        "power_share_percent": energy / generated,
        "peak_share_percent": winter / record,
        "peak_share_summer_percent": summer / record,
        "oil_avoided_t": oil,
        "co2_avoided_t": carbon,
    }


def _of_charging(
    points: Draws,
    practice: Array,
    targeted: Array | None,
    road: Vehicles,
    assumptions: Parameters,
    sample: Draws,
    years: Years,
) -> Draws:
    """Results on charging: need, practice, standards, targets and cost."""
    results = {
        "charging_points_need": _sum(points, PUBLIC),
        "charging_points_need_slow": points["overnight"],
        "charging_points_need_fast": _sum(points, FAST_SETTINGS),
        "charging_points_practice": practice,
        "charging_points_practice_fast": practice * fast_share(sample, years),
        "charging_stations": practice / sample["points_per_station"],
        "charging_points_home": points["home"],
        "charging_points_standard": standard(assumptions.classes, road.stocks, sample),
    }
    if targeted is not None:
        results["charging_points_target"] = targeted
    if assumptions.knows("cars_per_station"):
        results["charging_stations_standard"] = road.stock / sample["cars_per_station"]
    return results | _capital(points, sample)


def _check_rollout(assumptions: Parameters, sample: Draws, first_year: int) -> None:
    """Refuse a roll-out that changes something and ends before the first year."""
    rollout_year = assumptions["charging_rollout_year"].high
    if rollout_year < first_year and np.any(sample["charging_rollout"] != 1):
        raise AssumptionError(
            f"charging_rollout_year = {rollout_year:.0f} lies before the first year, {first_year}"
        )


def _from_the_grid(kwh: Draws, efficiency: Draws) -> Draws:
    """Energy from the grid for energy at the battery, by setting."""
    return {setting: kwh[setting] / efficiency[setting] for setting in SETTINGS}


def _by_setting(name: str, a_year: Array, split: Draws) -> Draws:
    """KWh a year at the battery of one vehicle of a class, by setting."""
    return {
        setting: labelled("kWh a year of a vehicle", a_year * share, of=(name, setting))
        for setting, share in split.items()
    }


def _energy(vehicles: Draws, per_vehicle: Mapping[str, Draws]) -> Draws:
    """KWh a year at the battery of the vehicles of all classes, by setting."""
    return {
        setting: total(vehicles[name] * kwh[setting] for name, kwh in per_vehicle.items())
        for setting in SETTINGS
    }


def _of_a_vehicle(
    place: str | None, classes: Iterable[VehicleClass], sample: Draws
) -> tuple[Draws, Draws, dict[str, Draws]]:
    """Of one vehicle of each class: kWh a year at the battery, if all kilometres were electric; the
    share of each month; and the share charged in each setting.
    """
    split = {vehicle.name: energy_split(vehicle, sample) for vehicle in classes}
    by_month = energy_by_month(place, sample, split)
    a_year = {name: table.sum(axis=1, keepdims=True) for name, table in by_month.items()}
    return a_year, {name: table / a_year[name] for name, table in by_month.items()}, split


def fast_share(sample: Draws, years: Years) -> Array:
    """The fast share of the public points that markets deploy, whose odds rise year by year.

    >>> sample = {"practice_fast_share": np.array([[0.25]])}
    >>> sample["practice_fast_growth"] = np.ones((1, 1))
    >>> fast_share(sample, [2024, 2025]).round(3)
    array([[0.25 , 0.475]])
    """
    share = sample["practice_fast_share"]
    years_since = np.subtract(years, FAST_YEAR)
    odds = share / (1 - share) * np.exp(sample["practice_fast_growth"] * years_since)
    fast: Array = odds / (1 + odds)
    return fast


def _production(road: Vehicles) -> Draws:
    """Cars built in the country, where any are."""
    if not road.production.any():
        return {}
    battery_cars = road.production - road.plug_ins_built
    return {"bev_production": battery_cars, "phev_production": road.plug_ins_built}


def _grid_efficiency(sample: Draws) -> Draws:
    """Energy at the battery over that from the grid, by setting."""
    return {
        setting: sample[f"onboard_efficiency.{side(setting)}"]
        * sample[f"charger_efficiency.{side(setting)}"]
        for setting in SETTINGS
    }


def _electric_shares(cars: Draws, stocks: Draws, registered: Array) -> Draws:
    """Electric share of the cars on the road, and of new cars, in percent."""
    on_the_road = total(stocks[name] for name in ELECTRIC_CARS if name in stocks)
    electric = {EV_STOCK_SHARE: on_the_road, EV_SHARE: registered}
    return {name: 100 * np.minimum(electric[name] / count, 1) for name, count in cars.items()}


def _capital(points: Draws, sample: Draws) -> Draws:
    """Dollars that points cost: all of them, public ones and private ones."""
    dollars = investment(points, sample)
    public = _sum(dollars, PUBLIC)
    private = _sum(dollars, ("work", "home", "depot"))
    return {
        "investment_usd": public + private,
        "investment_public_usd": public,
        "investment_private_usd": private,
    }


def _class_stocks(stocks: Draws) -> Draws:
    """The stocks of classes that have a measure of their own, where there are any vehicles."""
    battery_cars = total(stocks[name] for name in BATTERY_CLASSES if name in stocks)
    of_classes = stocks | {"bev": battery_cars}
    by_measure = {count_of("stock", name): stock for name, stock in of_classes.items()}
    return {name: stock for name, stock in by_measure.items() if name and stock.any()}


def _sum(table: Draws, settings: Sequence[str]) -> Array:
    """The sum of several settings."""
    return total(table[setting] for setting in settings)


def all_vehicles(sample: Draws, years: Years) -> Array:
    """Vehicles of all drives at 31 December of each year: the count, and linear growth since.

    >>> one = np.ones((1, 1))
    >>> sample = {"vehicle_stock": 1e6 * one, "vehicle_stock_date": 2025.0 * one}
    >>> sample["vehicle_stock_growth"] = 0.05 * one
    >>> all_vehicles(sample, [2023, 2025]).round()
    array([[ 950000., 1050000.]])
    """
    years_since = np.asarray(years) + 1 - sample["vehicle_stock_date"]
    growth = np.maximum(1 + sample["vehicle_stock_growth"] * years_since, 0.2)
    return sample["vehicle_stock"] * growth


def vehicles_of_market(vehicles: Array, new_cars: Array | None, sample: Draws) -> Array:
    """Vehicles of all drives on the road where their count is not known: new cars of a mean year,
    times the years for which they stay. The given numbers where new cars are not known either.

    >>> sample = {"vehicle_years": np.array([[17.0]]), "car_share": np.array([[0.85]])}
    >>> vehicles_of_market(np.ones((1, 2)), np.array([[90_000.0, 110_000.0]]), sample)
    array([[2000000., 2000000.]])
    """
    if new_cars is None:
        return vehicles
    mean_year = np.repeat(new_cars.mean(axis=1, keepdims=True), new_cars.shape[1], axis=1)
    return mean_year * sample["vehicle_years"] / sample["car_share"]


def _add_least_network(points: Draws, megawatts: Draws, years: Years, sample: Draws) -> None:
    """Raise the fast points on roads to those that cover main roads in both directions, whatever
    the traffic.
    """
    sites = 2 * np.ceil(sample["coverage_km"] / sample["coverage_spacing"])
    on_roads = np.maximum(points["enroute_dc"], sites * sample["coverage_points"])
    points["enroute_dc"] = labelled("points on roads, the least network in", on_roads, years)
    megawatts["enroute_dc"] = power_mix("enroute_dc").mean_kw / 1000 * on_roads


def _multiply_by_market_factor(
    points: Draws, megawatts: Draws, years: Years, sample: Draws
) -> None:
    """Multiply the public points by the factor in which the market differs from others in all
    years.
    """
    for setting in PUBLIC:
        factor = market_factor(setting, sample)
        points[setting] = labelled(
            "points needed in the habits of the market", points[setting] * factor, years, (setting,)
        )
        megawatts[setting] = megawatts[setting] * factor


def _add_homes_and_depots(
    points: Draws, classes: Iterable[VehicleClass], stocks: Draws, sample: Draws
) -> Draws:
    """Add the points at homes and depots, which follow vehicles, not energy. Returns the rated
    power of all settings, megawatts.
    """
    at_home = depot = rated = np.zeros(points["work"].shape)
    for vehicle in classes:
        name = vehicle.name
        stock = stocks[name]
        if vehicle.parking == "home":
            at_home = at_home + stock / of_class(sample, "evs_per_home_charger", name)
        else:
            count, power = depots(name, stock, sample)
            depot = depot + count
            rated = rated + power
    shared = {name: power_mix(name).mean_kw / 1000 * count for name, count in points.items()}
    points["home"] = sample["home_access"] * at_home
    points["depot"] = depot
    at_homes = points["home"] * sample["home_kw"] / 1000
    return shared | {"home": at_homes, "depot": rated}


def _peaks(
    kwh: Draws, points: Draws, megawatts: Draws, month_shares: Array, sample: Draws
) -> list[Array]:
    """Peaks in MW: of a day in the month with most energy, in winter where it is cold, and of a day
    in the summer month with most.
    """
    per_day = month_shares / MONTH_DAYS
    peaks = []
    for share in (per_day, per_day[:, SUMMER]):
        busy_day = share.max(axis=1, keepdims=True) / 1000
        day = {setting: energy * busy_day for setting, energy in kwh.items()}
        peaks.append(peak_load(day, points, megawatts, sample["coincidence_floor"]))
    return peaks
