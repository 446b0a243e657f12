"""Who counts what: each basis of the shipped ledger in words, from one small table; and what is
counted with what: products that contain each other, measures of which one adds up the other.

A basis is an agency's definition. Two bases of one perimeter count the same things, so that they
differ by little and for long; two of different perimeters drift apart.

>>> basis_name("uz-customs-2023")
'Customs Committee in 2023, plug-ins probably included'
>>> same_perimeter("uz-statistics", "uz-customs")
True
>>> same_perimeter("uz-statistics", "uz-customs-2023")
False
"""

import csv
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from forecasting.vocabulary.measures import EV_FLOWS, MEASURES
from forecasting.vocabulary.names import DATA
from forecasting.vocabulary.sentences import Term

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


def are_related(name: str, counterpart: str) -> bool:
    """Whether two products, or two measures, are one, or one contains the other; an unnamed one may
    be any.

    Parameters
    ----------
    name, counterpart : str
        As in a ledger's column `product`, or `measure`.

    Examples
    --------
    >>> are_related("electric-vehicles", "battery-cars"), are_related("", "electric-buses")
    (True, True)
    >>> are_related("ev_stock", "ev_registrations"), are_related("ev_imports", "ev_registrations")
    (True, False)
    """
    return (
        not name
        or not counterpart
        or name in _containing(counterpart)
        or counterpart in _containing(name)
    )


def is_part(part: str, total: str) -> bool:
    """Whether one product or measure is contained in another, and is not all of it.

    >>> is_part("battery-cars", "electric-cars"), is_part("battery-cars", "battery-cars")
    (True, False)
    """
    return part != total and total in _containing(part)


class TwoThings(NamedTuple):
    """Two facts that no forecast can take together."""

    column: str  # in which they differ: place, measure or product
    value: str  # what the first says there
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
        ids = {row[column]: row["id"] for row in reversed(rows)}
        for value, counterpart in itertools.combinations(
            dict.fromkeys(row[column] for row in rows), 2
        ):
            if not are_related(value, counterpart):
                sides = " and ".join(f"{name} (as {ids[name]})" for name in (value, counterpart))
                return TwoThings(column, value, f"the facts are of two {column}s: {sides}")
    return None


BASES_TABLE = DATA / "bases.csv"


@dataclass(frozen=True)
class Basis:
    """An agency's definition.

    Parameters
    ----------
    code : str
        As in a ledger's column `basis`.
    name : str
        What a reader sees.
    agency, counts : str
        Who counts, and what.
    vehicles : str
        Which electric ones are counted, as a head of a table names them; empty where that is not
        known, or none are.
    perimeter : str
        Bases that count the same things have one perimeter.
    since : str
        The first year that it counted.
    """

    code: str
    name: str
    agency: str
    counts: str
    vehicles: str
    perimeter: str
    since: str


@lru_cache(maxsize=1)
def shipped_bases() -> dict[str, Basis]:
    """Every basis of the shipped ledger by its code.

    >>> shipped_bases()["kz-bns"].agency
    'Bureau of National Statistics of Kazakhstan on the police register'
    """
    with BASES_TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {row["code"]: Basis(agency=row.pop("who"), **row) for row in rows}


def agency_words(code: str) -> str:
    """Who counts on a basis, in a sentence that must name somebody.

    >>> agency_words("my own survey"), agency_words("")
    ('my own survey', 'an agency that is not named')
    """
    return basis_name(code) or "an agency that is not named"


def basis_name(code: str, measure: str = "") -> str:
    """What a reader calls a basis; the code itself where it is somebody's own.

    Parameters
    ----------
    code : str
        A code, alone or with the product that it counts in parentheses.
    measure : str
        Of which it is said: of hybrids, or of all cars, it is not said that an agency counts
        electric ones.

    Examples
    --------
    >>> basis_name("uz-customs"), basis_name("uz-customs", "hybrid_imports")
    ('Customs Committee, battery cars', 'Customs Committee')
    >>> basis_name("kz-bns"), basis_name("kz-bns (ev_stock)"), basis_name("my own survey")
    ('Bureau of National Statistics', 'Bureau of National Statistics (ev stock)', 'my own survey')
    """
    key, product = _parts(code)
    basis = shipped_bases().get(key)
    if basis is None:
        return code
    name = str(Term(basis.name, f"basis {key}"))
    coverage = basis.name.partition(", ")[2]
    of_others = measure in MEASURES and not MEASURES[measure].of_electric_cars
    if of_others and ("battery" in coverage or "electric" in coverage):
        return name.partition(", ")[0]
    if product:
        return f"{name} ({re.sub('[-_]', ' ', product)})"
    return name


def _parts(code: str) -> tuple[str, str]:
    """A code, and the product that it counts where that stands behind it in parentheses."""
    basis, _, product = code.partition(" (")
    return basis, product.removesuffix(")")


def perimeter(code: str) -> str:
    """What a basis counts, in the words that bases of one perimeter share; its own code where it is
    not described.

    >>> perimeter("horgos-zone"), perimeter("my own survey")
    ('vehicles for sale by road', 'my own survey')
    """
    key, product = _parts(code)
    basis = shipped_bases().get(key)
    if basis is None:
        return code
    return f"{basis.perimeter} ({product})" if product else basis.perimeter


def same_perimeter(code: str, counterpart: str) -> bool:
    """Whether two bases count the same things.

    A perimeter that nobody says is like no other.

    >>> same_perimeter("horgos-zone", "frontier-inspection")
    True
    >>> same_perimeter("tajikauto", "kg-government")
    False
    """
    return code == counterpart or (perimeter(code) == perimeter(counterpart) != "not said")


def count_different_things(code: str, counterpart: str) -> bool:
    """Whether two bases are known to count different things, so that they drift apart.

    Bases that nobody describes are taken for two agencies that count one thing, unless they count
    two products.

    >>> count_different_things("uz-statistics", "uz-customs-2023")
    True
    >>> count_different_things("uz-statistics", "my own survey")
    False
    >>> count_different_things("mine", "mine (electric-cars)")
    True
    >>> count_different_things("kz-bns", "kz-bns (ev_stock)")
    False
    """
    parts = [_parts(name) for name in (code, counterpart)]
    if len({"" if product in MEASURES else product for _, product in parts}) > 1:
        return True
    perimeters = {perimeter(basis) for basis, _ in parts}
    are_listed = all(basis in shipped_bases() for basis, _ in parts)
    return are_listed and len(perimeters) > 1 and "not said" not in perimeters
