"""Names that are safe as a folder on every system, and what a country's params file is called.

>>> slug("Côte d'Ivoire"), unsafe_name("../../x")
('cote-d-ivoire', 'it has characters other than a-z, 0-9, - and _')
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from forecasting.vocabulary.errors import InputError, Problem
from forecasting.vocabulary.places import PLACES, nearest_place, place_code, place_name

PARAMS_ENDINGS = (".yaml", ".yml")
MAX_NAME_LENGTH = 80
_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]*")
# Names that Windows keeps for devices
_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(10)
}
# What a run writes beside its reports
_RUN_FILES = {"article", "assets", "comparison", "failures", "index", "logs"}


def slug(text: str) -> str:
    """Lower case ASCII words joined by hyphens.

    >>> slug("Bosnia and Herzegovina")
    'bosnia-and-herzegovina'
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")


def unsafe_name(text: str, name: str = "it") -> str:
    """Why a name cannot be a report's folder; empty where it can.

    Parameters
    ----------
    text : str
        The name.
    name : str
        As the message calls it.

    Examples
    --------
    >>> unsafe_name("uzbekistan-baseline"), unsafe_name("con")
    ('', 'it is reserved on Windows')
    """
    if not text:
        return f"{name} is empty"
    if len(text) > MAX_NAME_LENGTH:
        return f"{name} is {len(text)} characters long; {MAX_NAME_LENGTH} is the most"
    if text != text.lower() and _SAFE.fullmatch(text.lower()):
        return f"{name} is not in lower case"
    if not _SAFE.fullmatch(text):
        return f"{name} has characters other than a-z, 0-9, - and _"
    if text in _DEVICES:
        return f"{name} is reserved on Windows"
    if text in _RUN_FILES:
        return f"{name} is the name of a file that every run writes"
    return ""


def named_again(files: Iterable[Path]) -> Iterator[Problem]:
    """Params files that name a scenario which another one before them names.

    Parameters
    ----------
    files : iterable of Path
        Params files.

    Examples
    --------
    >>> print(*named_again([Path("a/uz-high.yaml"), Path("b/uz-high.yaml")]))
    b/uz-high.yaml: names the scenario uz-high again (a/uz-high.yaml has that name)
    """
    path_of_name: dict[str, Path] = {}
    for file in files:
        same = path_of_name.setdefault(file.stem.lower(), file)
        if same is file:
            continue
        if same.absolute() == file.absolute():
            yield Problem(str(file), "is given twice", "give each params file once")
        else:
            yield Problem(
                str(file), f"names the scenario {file.stem.lower()} again", f"{same} has that name"
            )


def country_code(text: str) -> str:
    """The ISO 3166 alpha-2 code of a country, whatever its spelling.

    Raises
    ------
    InputError
        Where no country is known by that name; a port, a province or a region is none.

    Examples
    --------
    >>> country_code("uzbekistan"), country_code("NO")
    ('UZ', 'NO')
    """
    try:
        code = place_code(text)
    except InputError:
        hint, _, _ = nearest_place(text).partition(", or ")  # ports are no countries
        raise InputError(f"{text!r} is not a known country; {hint}") from None
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise InputError(
            f"{text!r} is not a country but {PLACES.get(code, code)}; "
            "give an ISO 3166 code such as UZ"
        )
    return code


# Countries whose name, up to a comma, is also another country's
OTHER_SLUGS = {"KP": "north-korea", "CD": "dr-congo", "VI": "us-virgin-islands"}


def country_slug(code: str) -> str:
    """The country's part of a params file's name, which no other country has.

    >>> country_slug("UZ"), country_slug("BO"), country_slug("KP")
    ('uzbekistan', 'bolivia', 'north-korea')
    """
    return OTHER_SLUGS.get(code) or slug(place_name(code).split(",")[0])


def names_of_place(place: str) -> tuple[str, str]:
    """What the scenarios of a country or a corridor are named after, and what a heading calls it.

    >>> names_of_place("UZ"), names_of_place("ports")
    (('uzbekistan', 'Uzbekistan'), ('ports', 'Ports'))
    """
    if place.isupper():
        return country_slug(place), place_name(place)
    return place, place.capitalize()
