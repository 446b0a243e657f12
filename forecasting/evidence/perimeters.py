"""What is counted with what: products that contain each other, and measures of which one adds up
the other.

Facts of one forecast count one thing, or things that are tied by such a relation: a count of
electric cars informs one of battery cars, up to an offset; a count of buses does not.

>>> tied("battery-cars", "electric-cars"), tied("battery-cars", "electric-buses")
(True, False)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from forecasting.measures import EV_FLOWS

# Each product or measure, and those that contain it, or add it up, outright; what contains these
# contains it, too.
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
    "petrol-and-hybrid-cars": ("passenger-cars",),
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
    **dict.fromkeys(EV_FLOWS, ("ev_stock",)),
}


def _containing(name: str) -> set[str]:
    """The product or measure and everything that contains it."""
    return {name}.union(*(_containing(wider) for wider in _WITHIN.get(name, ())))


def tied(one: str, other: str) -> bool:
    """Whether two products, or two measures, are one, or one contains the other; an unnamed one may
    be any.

    Parameters
    ----------
    one, other : str
        As in a ledger's column `product`, or `measure`.

    Examples
    --------
    >>> tied("electric-vehicles", "battery-cars"), tied("", "electric-buses")
    (True, True)
    >>> tied("ev_stock", "ev_registrations"), tied("ev_imports", "ev_registrations")
    (True, False)
    """
    return not one or not other or one in _containing(other) or other in _containing(one)


def is_part(part: str, whole: str) -> bool:
    """Whether one product or measure is contained in another, and is not all of it.

    >>> is_part("battery-cars", "electric-cars"), is_part("battery-cars", "battery-cars")
    (True, False)
    """
    return part != whole and whole in _containing(part)


class TwoThings(NamedTuple):
    """Two facts that no forecast can take together."""

    column: str  # in which they differ: place, measure or product
    one: str  # what the first says there
    words: str


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
    >>> two_things([row, row | {"id": "b", "place": "KZ"}]).words
    'the facts are of two places: UZ (as a) and KZ (as b)'
    """
    rows = list(facts)
    for column in ("place", "measure", "product"):
        first = {row[column]: row["id"] for row in reversed(rows)}
        names = dict.fromkeys(row[column] for row in rows)
        for one, other in itertools.combinations(names, 2):
            if not tied(one, other):
                sides = " and ".join(f"{name} (as {first[name]})" for name in (one, other))
                return TwoThings(column, one, f"the facts are of two {column}s: {sides}")
    return None
