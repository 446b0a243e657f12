"""The vehicles on the road as a register counted them, and the fleet that follows the counts.

A year's end follows the count that lies nearest to it, within half a year: what the register holds
beyond the imports, or lacks, enters or leaves by the count's day, and what comes afterwards joins
it. A count that is too far from the imports to be of the same vehicles is not followed.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from forecasting.demand.deployed import moment
from forecasting.demand.fleet import BATTERY_CLASSES, Vehicles
from forecasting.demand.parameters import Years
from forecasting.demand.symbols import labelled, total
from forecasting.panels.practice import column_at
from forecasting.vocabulary.quantiles import Array, ratio

TOO_FAR = 10.0  # times the imports, or their part, from which a unit or a class is in doubt


@dataclass(frozen=True)
class StockCount:
    """A printed number of vehicles on the road at the end of a day.

    Parameters
    ----------
    name : str
        Of its fact.
    day : date
        At whose end.
    count : float
        Vehicles.
    basis : str
        Who counts them.
    """

    name: str
    day: dt.date
    count: float
    basis: str = ""


def counts_of_register(counts: Sequence[StockCount]) -> list[StockCount]:
    """The counts of the agency that printed most of them; of several, of the newest.

    >>> days = [dt.date(2025, month, 1) for month in (4, 7)]
    >>> counts = [StockCount("b", dt.date(2025, 9, 1), 9.0, "bank")]
    >>> counts += [StockCount("r", day, 5.0, "register") for day in days]
    >>> [row.name for row in counts_of_register(counts)]
    ['r', 'r']
    """
    numbers = Counter(row.basis for row in counts)
    newest = {row.basis: row.day for row in sorted(counts, key=lambda row: row.day)}
    register = max(numbers, key=lambda basis: (numbers[basis], newest[basis]), default="")
    return [row for row in counts if row.basis == register]


def follow_register(
    road: Vehicles, counts: Sequence[StockCount], years: Years, monthly: Array, vehicle_class: str
) -> Vehicles:
    """The vehicles on the road with as many as a register counted.

    Parameters
    ----------
    road : Vehicles
        From `forecasting.demand.fleet.vehicles_on_the_road`.
    counts : sequence of StockCount
        Of one register: battery cars, or vehicles of the main class.
    years : sequence of int
        Of the fleets.
    monthly : ndarray, shape (draws, 12 years)
        Vehicles that come by month.
    vehicle_class : str
        The class of the counts and of the difference; of electric cars it is battery cars.

    Returns
    -------
    Vehicles
        As they came where no count is near a year's end.

    Examples
    --------
    >>> from forecasting.demand.fleet import Fleet
    >>> survival, none = np.ones((1, 2)), np.zeros((1, 2))
    >>> fleet = Fleet(np.full((1, 2), 50.0), np.array([[50.0, 100.0]]), none, survival, none)
    >>> road = Vehicles(none, none, fleet.stock, none, none, none, {"bev": fleet})
    >>> counts = [StockCount("a", dt.date(2025, 12, 31), 80.0)]
    >>> followed = follow_register(road, counts, [2024, 2025], np.ones((1, 24)), "car")
    >>> followed.stock, followed.fleets["bev"].registrations
    (array([[50., 80.]]), array([[50., 30.]]))
    """
    nearest = _by_year_end(counts, years)
    main_class = vehicle_class if vehicle_class in road.fleets else BATTERY_CLASSES[0]
    fleet = road.fleets[main_class]
    # Of a class of which no vehicle comes it is not known how long one would stay
    if not nearest or not fleet.survival.any():
        return road
    classes = BATTERY_CLASSES if main_class in BATTERY_CLASSES else (main_class,)
    stock_of_classes = total(road.fleets[name].stock for name in classes if name in road.fleets)
    start = fleet.stock[:, :1] - fleet.registrations[:, :1] + fleet.retirements[:, :1]
    no_vehicles = np.zeros((len(monthly), len(years)))
    entries_by_year: list[Any] = [no_vehicles[:, [0]] for _ in years]
    change: Any = no_vehicles
    for year, (day, count) in nearest.items():
        edges = np.concatenate([start, stock_of_classes + change], axis=1)
        modelled = on_the_day(edges, monthly, day)
        if not 1 / TOO_FAR < count / max(float(np.median(modelled)), 1.0) < TOO_FAR:
            continue
        entries_by_year[year] = labelled(
            "vehicles that the register has beyond the imports", count - modelled, [years[year]]
        )
        still_there = entries_by_year[year] * fleet.survival[:, : len(years) - year]
        change = change + np.concatenate([no_vehicles[:, :year], still_there], axis=1)
    entries = np.concatenate(entries_by_year, axis=1)
    # More than came in a year leave from the stock, and are retirements
    registered: Any = fleet.registrations + np.maximum(entries, -fleet.registrations)
    stock: Any = labelled(
        "on the road at the end, with the register",
        np.maximum(fleet.stock + change, 0),
        years,
        (main_class,),
    )
    day_one_stock = np.concatenate([start, stock[:, :-1]], axis=1)
    retired: Any = np.maximum(day_one_stock + registered - stock, 0)
    retired = labelled("off the road in the year, with the register", retired, years, (main_class,))
    stock_of_series: Any = np.maximum(road.stock + change, 0)
    followed = replace(fleet, registrations=registered, stock=stock, retirements=retired)
    return replace(
        road,
        stock=labelled("on the road at the end, with the register", stock_of_series, years),
        retired=np.maximum(road.retired + (retired - fleet.retirements), 0),
        fleets=road.fleets | {main_class: followed},
    )


def _by_year_end(counts: Sequence[StockCount], years: Years) -> dict[int, tuple[float, float]]:
    """For each year at whose end a count is near, in their order: the day of the nearest one, in
    years since the first of them began, and the count.
    """
    nearest: dict[int, tuple[float, float]] = {}
    for row in sorted(counts, key=lambda row: row.day):
        day = moment(row.day) - years[0]
        if not 0.5 <= day <= len(years):
            continue
        year_end = int(np.floor(day + 0.5))
        previous = nearest.get(year_end - 1)
        if previous is None or abs(day - year_end) <= abs(previous[0] - year_end):
            nearest[year_end - 1] = (day, row.count)
    return nearest


def on_the_day(edges: Array, monthly: Array, day: float) -> Array:
    """The stock on a day, in years since the first edge: as much of the year's change as came by
    then.

    >>> on_the_day(np.array([[0.0, 120.0]]), np.array([[0.0] * 11 + [50.0]]), 0.5)
    array([[0.]])
    """
    year = min(int(day), edges.shape[1] - 2)
    arrived = np.cumsum(np.pad(monthly[:, 12 * year : 12 * year + 12], ((0, 0), (1, 0))), axis=1)
    share = ratio(column_at(arrived, 12 * (day - year)), arrived[:, -1], day - year)[:, None]
    before, after = edges[:, [year]], edges[:, [year + 1]]
    stock: Array = before + share * (after - before)
    return stock
