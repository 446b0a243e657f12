"""What is counted with what: products that contain each other, and measures of which one adds up
the other.

Facts of one forecast count one thing, or things that are tied by such a relation: a count of
electric cars informs one of battery cars, up to an offset; a count of buses does not.

>>> tied_products("battery-cars", "electric-cars"), tied_products("battery-cars", "electric-buses")
(True, False)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from forecasting.measures import EV_FLOWS

# Each product, and those that contain it outright; what contains these contains it, too.
_WITHIN: dict[str, tuple[str, ...]] = {
    "battery-cars": ("electric-cars",),
    "plug-in-hybrids": ("electric-cars",),
    "taxis": ("electric-passenger-cars",),
    "electric-passenger-cars": ("electric-cars", "electric-passenger-vehicles"),
    "electric-cars": (
        "electric-vehicles",
        "electric-cars-new-and-used",
        "electric-cars-trucks-buses",
    ),
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
    return (
        not one
        or not other
        or one == other
        or one in _ADDED_UP.get(other, ())
        or other in _ADDED_UP.get(one, ())
    )


class TwoThings(NamedTuple):
    """Two facts that no forecast can take together."""

    column: str  # in which they differ: place, measure or product
    one: str  # what the first says there
    said: str


def two_things(facts: Iterable[Mapping[str, Any]]) -> TwoThings | None:
    """The first two facts that are not of one place, or of products or measures that no relation
    ties.

    Parameters
    ----------
    facts : iterable of mapping
        Columns of a ledger.

    Examples
    --------
    >>> row = {"id": "a", "place": "UZ", "measure": "ev_imports", "product": ""}
    >>> two_things([row, row | {"id": "b", "place": "KZ"}]).said
    'the facts are of two places: UZ (as a) and KZ (as b)'
    """
    rows = list(facts)
    ties: dict[str, Callable[[str, str], bool]] = {
        "place": lambda one, other: not one or not other or one == other,
        "measure": tied_measures,
        "product": tied_products,
    }
    for column, tied in ties.items():
        first = {row[column]: row["id"] for row in reversed(rows)}
        said = dict.fromkeys(row[column] for row in rows)
        for one, other in itertools.combinations(said, 2):
            if not tied(one, other):
                what = f"the facts are of two {column}s: {one} (as {first[one]}) and {other} (as {first[other]})"
                return TwoThings(column, one, what)
    return None
