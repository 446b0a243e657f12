"""Who counts what: each basis of the shipped ledger in words, from one small table.

A basis is an agency's definition. Two bases of one perimeter count the same things, so that they
differ by little and for long; two of different perimeters drift apart.

>>> basis_name("uz-customs-2023")
'Customs Committee in 2023, plug-ins probably included'
>>> same_perimeter("uz-statistics", "uz-customs")
True
>>> same_perimeter("uz-statistics", "uz-customs-2023")
False
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache

from forecasting.measures import MEASURES
from forecasting.names import DATA

_TABLE = DATA / "bases.csv"


@dataclass(frozen=True)
class Basis:
    """An agency's definition.

    Parameters
    ----------
    code : str
        As in a ledger's column `basis`.
    name : str
        What a reader sees.
    who, counts : str
        Who counts, and what.
    perimeter : str
        Bases that count the same things have one perimeter.
    since : str
        The first year that it counted.
    """

    code: str
    name: str
    who: str
    counts: str
    perimeter: str
    since: str


@lru_cache(maxsize=1)
def shipped_bases() -> dict[str, Basis]:
    """Every basis of the shipped ledger by its code.

    >>> shipped_bases()["kz-bns"].who
    'Bureau of National Statistics of Kazakhstan on the police register'
    """
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Basis(**row) for row in csv.DictReader(file)}


def agency_words(code: str) -> str:
    """Who counts on a basis, in a sentence that must name somebody.

    >>> agency_words("my own survey"), agency_words("")
    ('my own survey', 'an agency that is not named')
    """
    return basis_name(code) or "an agency that is not named"


def basis_words(pattern: str, code: str | None) -> str:
    """A pattern with a basis named in it, or nothing where a fact names none.

    Parameters
    ----------
    pattern : str
        With one ``{}`` in it.
    code : str or None
        As a ledger's column has it.

    Examples
    --------
    >>> basis_words(", {},", "my own survey"), basis_words(", {},", "")
    (', my own survey,', '')
    """
    if code:
        return pattern.format(basis_name(code))
    return ""


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
    basis, product = _parts(code)
    known = shipped_bases().get(basis)
    if known is None:
        return code
    who, _, which = known.name.partition(", ")
    of_others = measure in MEASURES and not MEASURES[measure].of_electric_cars
    if of_others and ("battery" in which or "electric" in which):
        return who
    if product:
        return f"{known.name} ({re.sub('[-_]', ' ', product)})"
    return known.name


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
    basis, product = _parts(code)
    known = shipped_bases().get(basis)
    if known is None:
        return code
    return f"{known.perimeter} ({product})" if product else known.perimeter


def same_perimeter(one: str, other: str) -> bool:
    """Whether two bases count the same things.

    A perimeter that nobody says is like no other.

    >>> same_perimeter("horgos-zone", "frontier-inspection")
    True
    >>> same_perimeter("tajikauto", "kg-government")
    False
    """
    return one == other or (perimeter(one) == perimeter(other) != "not said")


def apart(one: str, other: str) -> bool:
    """Whether two bases are known to count different things, so that they drift apart.

    Bases that nobody describes are taken for two agencies that count one thing, unless they count
    two products.

    >>> apart("uz-statistics", "uz-customs-2023"), apart("uz-statistics", "my own survey")
    (True, False)
    >>> apart("mine", "mine (electric-cars)"), apart("kz-bns", "kz-bns (ev_stock)")
    (True, False)
    """
    parts = [_parts(code) for code in (one, other)]
    if len({"" if product in MEASURES else product for _, product in parts}) > 1:
        return True
    perimeters = {perimeter(basis) for basis, _ in parts}
    known = all(basis in shipped_bases() for basis, _ in parts)
    return known and len(perimeters) > 1 and "not said" not in perimeters
