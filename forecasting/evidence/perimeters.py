"""What is counted with what: products that contain each other, and measures of which one adds up the other.

Facts of one forecast count one thing, or things that are tied by such a relation: a count of electric cars informs one
of battery cars, up to an offset; a count of buses does not.

>>> tied_products("battery-cars", "electric-cars"), tied_products("battery-cars", "electric-buses")
(True, False)
"""

from __future__ import annotations

from forecasting.measures import EV_FLOWS

__all__ = ["tied_measures", "tied_products"]

# Each product, and those that contain it outright; what contains these contains it, too.
_WITHIN: dict[str, tuple[str, ...]] = {
    "battery-cars": ("electric-cars",),
    "plug-in-hybrids": ("electric-cars",),
    "taxis": ("electric-passenger-cars",),
    "electric-passenger-cars": ("electric-cars", "electric-passenger-vehicles"),
    "electric-cars": ("electric-vehicles", "electric-cars-new-and-used", "electric-cars-trucks-buses"),
    "electric-passenger-vehicles": ("electric-vehicles", "new-energy-passenger-vehicles"),
    "electric-buses": ("electric-vehicles", "electric-cars-trucks-buses"),
    "electric-trucks": ("electric-vehicles", "electric-cars-trucks-buses"),
    "electric-heavy-trucks": ("electric-trucks",),
    "electric-cars-trucks-buses": ("electric-vehicles",),
    "electric-vehicles": ("new-energy-vehicles",),
    "new-energy-passenger-vehicles": ("new-energy-vehicles",),
    "passenger-cars": ("cars",),
    "new-passenger-cars": ("passenger-cars", "new-vehicles"),
    "cars": ("vehicles",),
    "new-vehicles": ("vehicles",),
    "complete-vehicles": ("vehicles-for-sale",),
    "vehicles-for-sale": ("vehicles",),
    "vehicles": ("all-vehicles", "all-motor-vehicles"),
    "all-motor-vehicles": ("all-motor-vehicles-and-motorcycles",),
    "passenger-cars-of-persons": ("vehicles-of-persons", "passenger-cars"),
    "public": ("public-and-private",),
}

# A stock adds up what was registered or imported.
_ADDED_UP = {"ev_stock": EV_FLOWS}


def _containing(product: str) -> set[str]:
    """The product and everything that contains it."""
    return {product}.union(*(_containing(wider) for wider in _WITHIN.get(product, ())))


def tied_products(one: str, other: str) -> bool:
    """Whether two products are one, or one contains the other; an unnamed product may be any.

    Parameters
    ----------
    one, other : str
        As in a ledger's column `product`.

    Examples
    --------
    >>> tied_products("electric-vehicles", "battery-cars"), tied_products("", "electric-buses")
    (True, True)
    """
    return not one or not other or one in _containing(other) or other in _containing(one)


def tied_measures(one: str, other: str) -> bool:
    """Whether two measures are one, or one adds up the other.

    Examples
    --------
    >>> tied_measures("ev_stock", "ev_registrations"), tied_measures("ev_imports", "population")
    (True, False)
    """
    return not one or not other or one == other or one in _ADDED_UP.get(other, ()) or other in _ADDED_UP.get(one, ())
