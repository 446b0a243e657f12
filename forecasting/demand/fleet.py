"""From imports to the road: registrations by class, separate orders, and survival.

``registrations = retained imports + local assembly - growth of the unsold inventory``.

A vehicle of scale ``lam`` and shape ``k`` survives to age ``a`` with ``exp(-(a/lam)^k)``. The scale
is not the mean life, which is ``lam * Gamma(1 + 1/k)``. A vehicle that enters at age ``e`` has
survived up to then: ``S(e + a) / S(e)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from forecasting.demand.parameters import Draws, Parameters, Years, of_class
from forecasting.demand.symbols import labelled, total
from forecasting.vocabulary.measures import CAR
from forecasting.vocabulary.quantiles import Array, ratio

PLUG_IN = "phev"
TAXI = "taxi"
BATTERY_CLASSES = ("bev", TAXI)  # of cars
ELECTRIC_CARS = (*BATTERY_CLASSES, PLUG_IN)


def registrations(
    imports: Array, reexport_share: Array, inventory_share: Array, assembly: Array | float = 0.0
) -> Array:
    """Vehicles registered a year.

    A share of the imports leaves again; of the others, a share is still unsold at the year's end
    and is registered in the next year. The first year is taken to sell as many from the year
    before, which is not known, as it leaves unsold.

    Parameters
    ----------
    imports : ndarray, shape (draws, years)
        Vehicles a year.
    reexport_share, inventory_share : ndarray, shape (draws, 1)
        Shares, 0 to below 1.
    assembly : ndarray or float
        Vehicles a year built in the country and not counted as imports.

    Returns
    -------
    ndarray, shape (draws, years)

    Examples
    --------
    >>> registrations(np.array([[100.0, 200.0]]), np.array([0.1]), np.array([0.0]))
    array([[ 90., 180.]])
    """
    retained = imports * (1 - reexport_share)
    unsold = retained * inventory_share
    previous_unsold = np.concatenate([unsold[:, :1], unsold[:, :-1]], axis=1)
    registered: Array = retained - unsold + previous_unsold + assembly
    return registered


def conditional_survival(ages: Array, entry_age: Array, scale: Array, shape: Array) -> Array:
    """Survival since entry, for vehicles that entered at an age.

    Parameters
    ----------
    ages : ndarray, shape (years,)
        Years since entry.
    entry_age, scale, shape : ndarray, shape (draws, 1)
        Per draw; Weibull shapes of 4 to 5 are usual for cars.

    Returns
    -------
    ndarray, shape (draws, years)

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> conditional_survival(np.array([0.0, 5.0]), 3 * one, 16 * one, 5 * one).round(3)
    array([[1.   , 0.969]])
    """
    hazard_at_entry = (entry_age / scale) ** shape
    hazard = ((entry_age + ages) / scale) ** shape
    return np.exp(hazard_at_entry - hazard)


@dataclass(frozen=True)
class Fleet:
    """A fleet of one class over the years, at 31 December.

    Parameters
    ----------
    registrations, stock, retirements : ndarray, shape (draws, years)
        Vehicles.
    survival : ndarray, shape (draws, years)
        Share of a cohort that is left 0, 1, 2, ... years after it came.
    start : ndarray, shape (draws, years)
        Vehicles left of those on the road before the first year.
    """

    registrations: Array
    stock: Array
    retirements: Array
    survival: Array
    start: Array

    @cached_property
    def mean_stock(self) -> Array:
        """Mean vehicles on the road in a year: of its first and its last day."""
        day_one_stock = self.stock - self.registrations + self.retirements
        return (day_one_stock + self.stock) / 2

    def by_cohort(self) -> Array:
        """Mean stock by year (rows) and year of entry (columns; the first column came before the
        first year). What leaves so that a register or a limit holds leaves all cohorts alike.
        """
        years = self.stock.shape[1]
        table = np.zeros((years, years + 1))
        table[:, 0] = self.start.mean(axis=0)
        for cohort in range(years):
            survival = self.registrations[:, [cohort]] * self.survival[:, : years - cohort]
            table[cohort:, cohort + 1] = survival.mean(axis=0)
        all_cohorts = table.sum(axis=1, keepdims=True)
        return table * ratio(self.stock.mean(axis=0)[:, None], all_cohorts, 1.0)


def run_fleet(name: str, registered: Array, start_stock: Array | float, sample: Draws) -> Fleet:
    """Carry the registrations of a class forward: stock and retirements, each draw on its own
    survival curve.

    A cohort counts in full at the end of its first year; losses begin in the next.

    Parameters
    ----------
    name : str
        Of the class.
    registered : ndarray, shape (draws, years)
        Vehicles a year.
    start_stock : ndarray or float
        Vehicles on the road before the first year.
    sample : mapping of str to ndarray, shape (draws, 1)
        Survival's scale and shape, the share that enters used and its age, and the mean age of the
        stock at the start.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> sample = {"survival_scale": 16 * one, "survival_shape": 5 * one, "used_share": 0 * one}
    >>> sample |= {"entry_age": 0 * one, "start_age": one}
    >>> run_fleet("bev", np.array([[100.0, 100.0]]), 0.0, sample).stock.round(2)
    array([[100., 200.]])
    """
    draws, years = registered.shape
    if not (registered.any() or np.any(start_stock)):
        return Fleet(*np.zeros((5, draws, years)))
    curve = (of_class(sample, "survival_scale", name), sample["survival_shape"])
    used_share = sample["used_share"]
    start = np.broadcast_to(start_stock, (draws, 1))
    ages = np.arange(years + 1, dtype=float)
    of_new = conditional_survival(ages[:-1], np.zeros((1, 1)), *curve)
    of_used = conditional_survival(ages[:-1], sample["entry_age"], *curve)
    survival = of_new * (1 - used_share) + of_used * used_share
    start_left = conditional_survival(ages, sample["start_age"], *curve)[:, 1:] * start
    cohort_stock = np.zeros((draws, years))
    for elapsed in range(years):
        cohorts = registered[:, : years - elapsed] * survival[:, [elapsed]]
        no_cohorts = np.zeros((draws, elapsed))
        cohort_stock = cohort_stock + np.concatenate([no_cohorts, cohorts], axis=1)
    stock = start_left + cohort_stock
    previous_stock = np.concatenate([start, stock[:, :-1]], axis=1)
    # Rounding alone could make it negative
    retired = np.maximum(previous_stock + registered - stock, 0)
    return Fleet(registered, stock, retired, survival, start_left)


@dataclass(frozen=True)
class Vehicles:
    """Vehicles registered and on the road, and the fleets of all classes.

    Parameters
    ----------
    registered, retired, stock : ndarray, shape (draws, years)
        Of the vehicles that the series counts, and of plug-in hybrids ordered apart; other separate
        orders are not in them.
    production, displaced : ndarray, shape (draws, years)
        Cars built in the country, and imports that they replace.
    plug_ins_built : ndarray, shape (draws, years)
        Of the cars built in the country, the plug-in hybrids.
    fleets : dict of str to Fleet
        By class, with separate orders.
    """

    registered: Array
    retired: Array
    stock: Array
    production: Array
    plug_ins_built: Array
    displaced: Array
    fleets: dict[str, Fleet]

    def within(self, all_cars: Array) -> Vehicles:
        """The same with no more electric cars than there are cars of every drive.

        Parameters
        ----------
        all_cars : ndarray, shape (draws, years)
            Cars of every drive on the road, as of `within_all_cars`.
        """
        electric = {name: self.fleets[name] for name in ELECTRIC_CARS}
        bounded = within_all_cars(electric, all_cars)
        if bounded is electric:
            return self
        pairs = [(bounded[name], electric[name]) for name in ELECTRIC_CARS]
        changes = {
            count: total(
                getattr(bounded_fleet, count) - getattr(fleet, count)
                for bounded_fleet, fleet in pairs
            )
            for count in ("stock", "retirements")
        }
        return replace(
            self,
            stock=np.maximum(self.stock + changes["stock"], 0),
            retired=np.maximum(self.retired + changes["retirements"], 0),
            fleets=self.fleets | bounded,
        )

    @property
    def stocks(self) -> Draws:
        """On the road by class."""
        return {name: fleet.stock for name, fleet in self.fleets.items()}


def vehicles_on_the_road(
    flow: Array,
    years: Years,
    assumptions: Parameters,
    sample: Draws,
    start_stock: Array | float = 0.0,
    vehicle_class: str = CAR,
    register_year: int = 0,
) -> Vehicles:
    """Carry imports to the register and the road.

    Parameters
    ----------
    flow : ndarray, shape (draws, years)
        Vehicles imported a year.
    years : sequence of int
        Calendar years.
    assumptions : Parameters
        With the dated events: plants, shares of classes, orders.
    sample : mapping of str to ndarray, shape (draws, 1)
        Draws of the assumptions.
    start_stock : ndarray or float
        Vehicles on the road before the first year.
    vehicle_class : str
        The class that the flow counts; of electric cars some may be plug-in hybrids, vans, buses
        and trucks, and cars built in the country join them.
    register_year : int
        The year of the newest count of a register, which has all vehicles that came until then; 0
        where there is none.

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> changes = {"reexport_share": 0.1, "inventory_share": 0, "deliveries.bus": 5}
    >>> assumptions = load_parameters().override(changes)
    >>> sample = assumptions.draw(np.random.default_rng(0), 1)
    >>> made = vehicles_on_the_road(np.array([[100.0, 200.0]]), [2025, 2026], assumptions, sample)
    >>> made.registered, made.fleets["bus"].registrations
    (array([[ 90., 180.]]), array([[5., 5.]]))
    """
    names = [vehicle.name for vehicle in assumptions.classes]
    of_cars = vehicle_class not in names
    main_class = names[0] if of_cars else vehicle_class
    minor_classes = [name for name in names if of_cars and f"class_share.{name}" in sample]
    local_assembly = assumptions.yearly("local_assembly", sample, years) * of_cars
    plug_ins_built = local_assembly * sample["assembly_phev"]
    production = local_assembly + assumptions.yearly("battery_assembly", sample, years) * of_cars
    displaced = production * sample["assembly_displaces"]
    if displaced.any():
        displaced = np.minimum(displaced, flow)
    registered = registrations(
        flow - displaced, sample["reexport_share"], sample["inventory_share"], production
    )
    shares = {
        name: assumptions.yearly(f"class_share.{name}", sample, years) for name in minor_classes
    }
    plug_in_share = np.minimum(plug_ins_built / np.maximum(registered, 1), 1)
    _share_out(shares, main_class, plug_in_share, years)
    # The stock before the first year has the shares of classes without events
    start = np.reshape(start_stock, (-1, 1))
    start_shares = {name: sample[f"class_share.{name}"] for name in minor_classes}
    start_shares[main_class] = 1 - sum(start_shares.values(), np.zeros(1))
    orders = {  # not in the series
        name: assumptions.yearly(f"deliveries.{name}", sample, years)
        for name in names
        if f"deliveries.{name}" in sample
    }
    # After the last count of the register, trade in used cars and cars that are registered in
    # another country are not counted; without any count they may have been many
    since_count = np.greater(years, register_year)
    trade = sample["uncounted_trade" if register_year else "unregistered_trade"]
    entered = registered * np.where(since_count, trade, 1.0)
    fleets = {}
    for name in names:
        new_vehicles = entered * shares.get(name, 0.0) + orders.get(name, 0.0)
        new_vehicles = labelled("new vehicles", new_vehicles, years, (name,))
        fleet = run_fleet(name, new_vehicles, start_shares.get(name, 0.0) * start, sample)
        labelled("on the road at the end", fleet.stock, years, (name,))
        labelled("off the road in the year", fleet.retirements, years, (name,))
        labelled("on the road, mean of a year", fleet.mean_stock, years, (name,))
        fleets[name] = fleet
    plug_in_orders = orders.pop(PLUG_IN, 0.0)  # electric cars that customs count apart
    separate_fleets = [run_fleet(name, order, 0.0, sample) for name, order in orders.items()]
    return Vehicles(
        registered=registered + plug_in_orders,
        retired=_count_of_series("retirements", fleets.values(), separate_fleets),
        stock=_count_of_series("stock", fleets.values(), separate_fleets),
        production=production,
        plug_ins_built=plug_ins_built,
        displaced=displaced,
        fleets=fleets,
    )


def within_all_cars(fleets: dict[str, Fleet], all_cars: Array) -> dict[str, Fleet]:
    """Fleets of electric cars that together never outnumber the cars of every drive: what comes
    beyond them leaves the road in the same year, as cars that are sold abroad do.

    Parameters
    ----------
    fleets : dict of str to Fleet
        Of the classes of electric cars. Where they fit in every draw they are returned as they are.
    all_cars : ndarray, shape (draws, years)
        Cars of every drive on the road.

    Examples
    --------
    >>> years, none = np.ones((1, 3)), np.zeros((1, 3))
    >>> fleet = Fleet(40 * years, np.array([[40.0, 80.0, 120.0]]), none, years, none)
    >>> bounded = within_all_cars({"bev": fleet}, np.array([[100.0, 100.0, 110.0]]))["bev"]
    >>> bounded.stock.round(), bounded.retirements.round()
    (array([[ 40.,  80., 110.]]), array([[ 0.,  0., 10.]]))
    """
    stock = total(fleet.stock for fleet in fleets.values())
    if not np.maximum(stock - all_cars, 0).any():
        return fleets
    new = total(fleet.registrations for fleet in fleets.values())
    bounded = [np.minimum(stock[:, [0]], all_cars[:, [0]])]
    for year in range(1, stock.shape[1]):
        survival = (stock[:, [year]] - new[:, [year]]) / np.maximum(stock[:, [year - 1]], 1)
        grown = bounded[-1] * survival + new[:, [year]]
        bounded.append(np.minimum(grown, all_cars[:, [year]]))
    shares = np.concatenate(bounded, axis=1) / np.maximum(stock, 1)
    return {name: _remainder_of(fleet, shares) for name, fleet in fleets.items()}


def _remainder_of(fleet: Fleet, shares: Array) -> Fleet:
    """A fleet of whose stock so large a share is left at the end of each year, shape (draws,
    years); the others count as retired in that year.
    """
    stock = fleet.stock * shares
    start = fleet.stock[:, [0]] - fleet.registrations[:, [0]] + fleet.retirements[:, [0]]
    day_one_stock = np.concatenate([start, stock[:, :-1]], axis=1)
    retired = np.maximum(day_one_stock + fleet.registrations - stock, 0)
    return replace(fleet, stock=stock, retirements=retired)


def _share_out(shares: Draws, main_class: str, plug_in_share: Array, years: Years) -> None:
    """Add the main class's share, which is the rest, less that of plug-ins built in the country."""
    remainder = np.maximum(1 - sum(shares.values(), 0.0), 0)
    plug_in = labelled("share built as plug-ins", np.minimum(plug_in_share, remainder), years)
    shares[main_class] = remainder - plug_in
    shares[PLUG_IN] = shares.get(PLUG_IN, 0.0) + plug_in


def _count_of_series(
    count: str, fleets: Iterable[Fleet], separate_fleets: Iterable[Fleet]
) -> Array:
    """A count of all fleets less that of separate orders."""
    all_classes, orders = (
        sum(getattr(fleet, count) for fleet in group) for group in (fleets, separate_fleets)
    )
    series: Array = np.maximum(all_classes - orders, 0)
    return series
