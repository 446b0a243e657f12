"""From imports to the road: what is registered, in which class, beside what is ordered apart, and
how it ages.

``registrations = retained imports + local assembly - growth of the unsold inventory``.

A vehicle of scale ``lam`` and shape ``k`` survives to age ``a`` with ``exp(-(a/lam)^k)``. The scale
is not the mean life, which is ``lam * Gamma(1 + 1/k)``. Whoever enters at age ``e`` has survived so
far: ``S(e + a) / S(e)``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from forecasting.demand.parameters import Draws, Parameters, Years, of_class
from forecasting.measures import CAR
from forecasting.quantiles import Array

PLUG_IN = "phev"


def registrations(
    imports: Array, reexport_share: Array, inventory_share: Array, assembly: Array | float = 0.0
) -> Array:
    """Vehicles registered a year.

    A share of the imports leaves again; of those kept, a share is still unsold at the year's end
    and is registered in the next year. The first year sells an inventory of its own size, as no
    year before it is known.

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
    carried = np.concatenate([unsold[:, :1], unsold[:, :-1]], axis=1)
    return np.asarray(retained - unsold + carried + assembly)


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
    entered = (entry_age / scale) ** shape
    hazard = ((entry_age + ages) / scale) ** shape
    return np.exp(entered - hazard)


@dataclass(frozen=True)
class Fleet:
    """A fleet of one class over the years, at 31 December.

    Parameters
    ----------
    registrations, stock, retirements : ndarray, shape (draws, years)
        Vehicles.
    kept : ndarray, shape (draws, years)
        Share of a cohort still there so many years after it came.
    start : ndarray, shape (draws, years)
        What is left of the vehicles that were there before the first year.
    """

    registrations: Array
    stock: Array
    retirements: Array
    kept: Array
    start: Array

    @cached_property
    def mean_stock(self) -> Array:
        """Vehicles on the road in the mean of the year: of its first and its last day."""
        before = self.stock - self.registrations + self.retirements
        return (before + self.stock) / 2

    def by_cohort(self) -> Array:
        """Mean stock by year (rows) and year of entry (columns; the first column came before the
        first year).
        """
        years = self.stock.shape[1]
        table = np.zeros((years, years + 1))
        table[:, 0] = self.start.mean(axis=0)
        for cohort in range(years):
            kept = self.registrations[:, [cohort]] * self.kept[:, : years - cohort]
            table[cohort:, cohort + 1] = kept.mean(axis=0)
        return table


def run_fleet(name: str, registered: Array, start_stock: Array | float, drawn: Draws) -> Fleet:
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
    drawn : mapping of str to ndarray, shape (draws, 1)
        Survival's scale and shape, the share that enters used and its age, and the mean age of the
        stock at the start.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> drawn = {"survival_scale": 16 * one, "survival_shape": 5 * one, "used_share": 0 * one}
    >>> drawn |= {"entry_age": 0 * one, "start_age": one}
    >>> run_fleet("bev", np.array([[100.0, 100.0]]), 0.0, drawn).stock.round(2)
    array([[100., 200.]])
    """
    draws, years = registered.shape
    if not (registered.any() or np.any(start_stock)):
        return Fleet(*np.zeros((5, draws, years)))
    curve = (of_class(drawn, "survival_scale", name), drawn["survival_shape"])
    used = drawn["used_share"]
    first = np.broadcast_to(start_stock, (draws, 1))
    ages = np.arange(years + 1, dtype=float)
    fresh = conditional_survival(ages[:-1], np.zeros((1, 1)), *curve)
    second = conditional_survival(ages[:-1], drawn["entry_age"], *curve)
    kept = fresh * (1 - used) + second * used
    old = conditional_survival(ages, drawn["start_age"], *curve)[:, 1:] * first
    came = np.zeros_like(registered)
    for elapsed in range(years):
        came[:, elapsed:] += registered[:, : years - elapsed] * kept[:, [elapsed]]
    stock = old + came
    before = np.concatenate([first, stock[:, :-1]], axis=1)
    # Rounding alone could make it negative
    retired = np.maximum(before + registered - stock, 0)
    return Fleet(registered, stock, retired, kept, old)


@dataclass(frozen=True)
class Vehicles:
    """What is counted as registered and on the road, and the fleets of all classes.

    Parameters
    ----------
    registered, retired, stock : ndarray, shape (draws, years)
        Of the vehicles that the series counts, and of plug-in hybrids that come beside them; what
        else is ordered apart is not in them.
    built, displaced : ndarray, shape (draws, years)
        Cars built in the country, and imports whose place they took.
    fleets : dict of str to Fleet
        By class, what is ordered apart included.
    """

    registered: Array
    retired: Array
    stock: Array
    built: Array
    displaced: Array
    fleets: dict[str, Fleet]


def vehicles_on_the_road(
    flow: Array,
    years: Years,
    assumed: Parameters,
    drawn: Draws,
    start_stock: Array | float = 0.0,
    counted: str = CAR,
) -> Vehicles:
    """Carry imports to the register and the road.

    Parameters
    ----------
    flow : ndarray, shape (draws, years)
        Vehicles imported a year.
    years : sequence of int
        Calendar years.
    assumed : Parameters
        For what dated events do: plants, shares of classes, orders.
    drawn : mapping of str to ndarray, shape (draws, 1)
        Draws of the assumptions.
    start_stock : ndarray or float
        Vehicles on the road before the first year.
    counted : str
        The class that the flow counts; of electric cars some may be plug-in hybrids, vans, buses
        and trucks, and cars built in the country join them.

    Examples
    --------
    >>> from forecasting.demand.parameters import Years, load_parameters
    >>> changes = {"reexport_share": 0.1, "inventory_share": 0, "deliveries.bus": 5}
    >>> assumed = load_parameters().override(changes)
    >>> drawn = assumed.draw(np.random.default_rng(0), 1)
    >>> made = vehicles_on_the_road(np.array([[100.0, 200.0]]), [2025, 2026], assumed, drawn)
    >>> made.registered, made.fleets["bus"].registrations
    (array([[ 90., 180.]]), array([[5., 5.]]))
    """
    names = [vehicle.name for vehicle in assumed.classes]
    of_cars = counted not in names
    first = names[0] if of_cars else counted
    others = [name for name in names if of_cars and f"class_share.{name}" in drawn]
    built = assumed.yearly("local_assembly", drawn, years) * of_cars
    displaced = np.minimum(built * drawn["assembly_displaces"], flow)
    registered = registrations(
        flow - displaced, drawn["reexport_share"], drawn["inventory_share"], built
    )
    shares = {name: assumed.yearly(f"class_share.{name}", drawn, years) for name in others}
    shares[first] = np.maximum(1 - np.sum([*shares.values()], axis=0), 0)
    # Of cars built in the country, some are plug-in hybrids
    local = np.minimum(built / np.maximum(registered, 1), 1)
    plug_in = shares[first] * local * drawn["assembly_phev"]
    shares[first] = shares[first] - plug_in
    shares[PLUG_IN] = shares.get(PLUG_IN, 0.0) + plug_in
    # What stood before the first year has the classes that no later event sets
    start = np.reshape(start_stock, (-1, 1))
    before = {name: drawn[f"class_share.{name}"] for name in others}
    before[first] = 1 - np.sum([*before.values()], axis=0)
    orders = {  # apart from the series
        name: assumed.yearly(f"deliveries.{name}", drawn, years)
        for name in names
        if f"deliveries.{name}" in drawn
    }
    fleets = {}
    for name in names:
        bought = registered * shares.get(name, 0.0) + orders.get(name, 0.0)
        fleets[name] = run_fleet(name, bought, before.get(name, 0.0) * start, drawn)
    beside = orders.pop(PLUG_IN, 0.0)  # electric cars, too, which customs count apart
    apart = [run_fleet(name, bought, 0.0, drawn) for name, bought in orders.items()]
    return Vehicles(
        registered=registered + beside,
        retired=_without("retirements", fleets.values(), apart),
        stock=_without("stock", fleets.values(), apart),
        built=built,
        displaced=displaced,
        fleets=fleets,
    )


def _without(count: str, fleets: Iterable[Fleet], apart: Iterable[Fleet]) -> Array:
    """A count of all fleets less that of what was ordered apart."""
    whole, beside = (
        np.sum([getattr(fleet, count) for fleet in group], axis=0) for group in (fleets, apart)
    )
    return np.asarray(np.maximum(whole - beside, 0))
