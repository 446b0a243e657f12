"""Names that are safe as a folder on every system; what a country's params file is called, and a
commented one for any country, ready to edit.

>>> slug("Côte d'Ivoire"), unsafe_name("../../x")
('cote-d-ivoire', 'it has characters other than a-z, 0-9, - and _')
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from forecasting.vocabulary.errors import InputError, Problem
from forecasting.vocabulary.files import write_new
from forecasting.vocabulary.places import PLACES, nearest_place, place_code, place_name

SEED = 20230626
PARAMS_TEMPLATE = """\
# {name}, {scenario}: change what you know better, delete what you do not need;
# `ev-forecast check` reads it over.
country: "{code}"          # ISO 3166 alpha-2, in quotes: NO and ON are not words in YAML 1.1
scenario: {scenario}       # with the country, this file's name
as_of: latest          # nothing published later is used; or a date such as 2023-06-26
horizon: 2030          # last year of the outlook
seed: {seed}         # scenarios with one seed share their draws: they can be compared and added

# New vehicles a year, by year or one number. Without it the ledger's registrations, sales or
# imports are taken; where it has none, the report gives shares of new cars only, no vehicles and no
# chargers.
# market_size: {{2024: 150000}}

# Whose definition is forecast, where agencies disagree. Without it, the best documented.
# basis: statistics

# Dated events. level: the flow times size from then on; growth: times size each further year;
# cap: a calendar year's most; ceiling: the highest share of new vehicles; price: a change of what a
# car costs (0.15 is 15 % more); demand: a parameter of the charging chain from then on (several
# add); target: public points or stations that are to stand then.
drivers: []
#  - name: duty-returns
#    kind: level
#    quantity: ev_imports
#    start: 2027-01-01
#    size: {{low: 0.6, mode: 0.8, high: 1.0}}   # factor; 0.8 is 20 % fewer
#    probability: 0.5                         # that it happens at all
#    reason: one sentence on why it changes this quantity
#    source: judgement                        # or a fact's id, a citation, an address
#  - name: programme
#    kind: target
#    quantity: charging_stations              # or charging_points
#    start: 2030-12-31                        # the day by which they are to stand
#    size: 5000
#    on_time: 0.48                            # of what is missing; the rest comes later
#    delay_years: {{low: 0.5, mode: 2, high: 4}}
#    reason: one sentence
#    source: judgement

# Assumptions of the charging chain that differ here; a number, or low, mode and high.
assumptions: {{}}
#  annual_km: {{low: 8000, mode: 12000, high: 20000}}    # km per car and year

# How many points to build: what one too few and one too many cost you a year, in one money, and a
# number of your own.
# choice: {{missing: 3000, idle: 1000, own: 20000}}
"""


def new_params(
    country: str, scenario: str = "baseline", keys: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Name and text of a params file for a country.

    Parameters
    ----------
    country : str
        ISO 3166 code or name.
    scenario : str
        What the scenario is called.
    keys : dict of str to str, optional
        Keys that are known, each with its value as YAML has it; empty of one that is not.

    Returns
    -------
    tuple of str
        File name and content.

    Raises
    ------
    InputError
        Where no country is known by that name.

    Examples
    --------
    >>> new_params("Norway")[0]
    'norway-baseline.yaml'
    """
    code = country_code(country)
    text = PARAMS_TEMPLATE.format(name=place_name(code), code=code, scenario=scenario, seed=SEED)
    for key, value in (keys or {}).items():
        if not value:
            continue
        line = f"{key}: {value}"
        text, found_keys = re.subn(rf"(?m)^(# )?{key}: (\w+|{{.*}})", line, text, count=1)
        if not found_keys:
            text = text.replace("\n\n", f"\n{line}\n\n", 1)
    return f"{country_slug(code)}-{scenario}.yaml", text


def write_params(path: Path, text: str) -> None:
    """Write a params file, or what goes with it, where there is none; its folder is made.

    Raises
    ------
    InputError
        Where something is there, or its folder is a file.
    """
    if path.parent.is_file():
        raise InputError(f"{path.parent} is a file; give a folder to write {path.name} into")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_new(path, text.encode())
    except FileExistsError:
        raise InputError(
            f"{path} exists already; edit it, or give another name with --scenario"
        ) from None


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
