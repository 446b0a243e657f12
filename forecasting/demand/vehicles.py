"""From imports to the road: what is registered, in which class, beside what is ordered apart, and
how it ages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.demand.fleet import Fleet, run_fleet
from forecasting.demand.parameters import Parameters
from forecasting.demand.registrations import registrations
from forecasting.errors import AssumptionError

__all__ = ["CLASSES", "HEAVY", "Vehicles", "vehicles_on_the_road"]

Array = npt.NDArray[np.float64]
CLASSES = ("bev", "phev", "van", "bus", "truck")
HEAVY = ("van", "bus", "truck")


@dataclass(frozen=True)
class Vehicles:
    """What is counted as registered and on the road, and the fleets of all classes.

    Parameters
    ----------
    registered, retired, stock : ndarray, shape (draws, years)
        Of the vehicles that the series counts; buses, trucks and vans that are ordered apart are
        not in them.
    displaced : ndarray, shape (draws, years)
        Imports whose place cars built in the country took.
    fleets : dict of str to Fleet
        By class, what is ordered apart included.
    """

    registered: Array
    retired: Array
    stock: Array
    displaced: Array
    fleets: dict[str, Fleet]


def vehicles_on_the_road(
    flow: Array,
    years: Sequence[int],
    assumed: Parameters,
    drawn: Mapping[str, Array],
    start_stock: Array | float = 0.0,
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
    drawn : mapping of str to ndarray, shape (draws,)
        Draws of the assumptions.
    start_stock : ndarray or float
        Vehicles on the road before the first year.

    Raises
    ------
    AssumptionError
        Where shares of classes add to more than one.

    Examples
    --------
    >>> from forecasting.demand.parameters import load_parameters
    >>> assumed = load_parameters().override({"reexport_share": 0.1, "inventory_share": 0, "deliveries.bus": 5})
    >>> drawn = assumed.draw(np.random.default_rng(0), 1)
    >>> made = vehicles_on_the_road(np.array([[100.0, 200.0]]), [2025, 2026], assumed, drawn)
    >>> made.registered, made.fleets["bus"].registrations
    (array([[ 90., 180.]]), array([[5., 5.]]))
    """
    built = assumed.yearly("local_assembly", drawn, years)
    displaced = np.minimum(built * drawn["assembly_displaces"][:, None], flow)
    registered = registrations(
        flow - displaced, drawn["reexport_share"], drawn["inventory_share"], built
    )
    shares = _class_shares(assumed, drawn, years, built / np.maximum(registered, 1))
    orders = {name: assumed.yearly(f"deliveries.{name}", drawn, years) for name in HEAVY}
    before = np.broadcast_to(np.asarray(start_stock, dtype=float), len(flow))
    fleets = _fleets(registered, shares, orders, drawn, before)
    apart = [
        _class_fleet(name, bought, np.zeros(len(flow)), drawn) for name, bought in orders.items()
    ]
    retired, stock = (
        np.maximum(
            sum(getattr(f, what) for f in fleets.values()) - sum(getattr(f, what) for f in apart), 0
        )
        for what in ("retirements", "stock")
    )
    return Vehicles(registered, retired, stock, displaced, fleets)


def _class_shares(
    assumed: Parameters, drawn: Mapping[str, Array], years: Sequence[int], local: Array
) -> dict[str, Array]:
    """Share of each class in the registrations of each year; of cars built in the country, some are
    plug-in hybrids.
    """
    shares = {name: assumed.yearly(f"class_share.{name}", drawn, years) for name in CLASSES[1:]}
    shares["bev"] = 1 - np.asarray(sum(shares.values()))
    if shares["bev"].min() < -1e-9:
        total = 1 - shares["bev"].min()
        raise AssumptionError(
            f"class_share.* add to {total:.3g}; battery cars are what is left of 1"
        )
    plug_in = np.maximum(shares["bev"], 0) * np.minimum(local, 1) * drawn["assembly_phev"][:, None]
    return shares | {
        "bev": np.maximum(shares["bev"], 0) - plug_in,
        "phev": shares["phev"] + plug_in,
    }


def _fleets(
    registered: Array, shares: Mapping[str, Array], orders: Mapping[str, Array], drawn: Mapping[str, Array],
    start: Array,
) -> dict[str, Fleet]:  # fmt: skip
    """A fleet of each class: its share of what is registered, and what is ordered beside it.

    What stood before the first year has the classes that are not set by a later event.
    """
    before = {name: drawn[f"class_share.{name}"] for name in CLASSES[1:]}
    before["bev"] = 1 - np.asarray(sum(before.values()))
    bought = {name: registered * shares[name] + orders.get(name, 0.0) for name in CLASSES}
    return {name: _class_fleet(name, bought[name], before[name] * start, drawn) for name in CLASSES}


def _class_fleet(name: str, registered: Array, start: Array, drawn: Mapping[str, Array]) -> Fleet:
    scale = drawn.get(f"survival_scale.{name}", drawn["survival_scale"])
    history = drawn["used_share"], drawn["entry_age"], start, drawn["start_age"]
    return run_fleet(registered, scale, drawn["survival_shape"], *history)
