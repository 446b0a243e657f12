"""Places: ISO 3166 codes for countries and their parts, short names for ports, and other spellings
of both.

>>> place_code("Uzbekistan"), place_code("Khorgos"), place_code("Xinjiang")
('UZ', 'horgos', 'CN-XJ')
"""

from __future__ import annotations

import difflib
import gettext
import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from forecasting.errors import LedgerError

WORLD = "World"  # as a partner: everybody
COUNTRIES = ("KZ", "KG", "TJ", "TM", "UZ")
REGION = "central-asia-5"  # these five together
# Of the letters of a slip are right; below that a name of some language is near to anything
NEAR = 0.8
PORTS = ("alashankou", "baktu", "horgos", "karasu", "torugart")

PLACES: dict[str, str] = {
    WORLD: WORLD,
    REGION: "Five Central Asian countries",
    "KZ": "Kazakhstan",
    "KG": "Kyrgyzstan",
    "TJ": "Tajikistan",
    "TM": "Turkmenistan",
    "UZ": "Uzbekistan",
    "CN": "China",
    "HK": "Hong Kong",
    "XK": "Kosovo",  # a code that ISO leaves to users, as the European Commission has it
    "CN-XJ": "Xinjiang",
    "KG-GB": "Bishkek",
    "KZ-71": "Astana",
    "KZ-75": "Almaty",
    "TJ-DU": "Dushanbe",
    "UZ-AN": "Andijan",
    "UZ-BU": "Bukhara",
    "UZ-FA": "Fergana",
    "UZ-JI": "Jizzakh",
    "UZ-NG": "Namangan",
    "UZ-NW": "Navoi",
    "UZ-QA": "Kashkadarya",
    "UZ-QR": "Karakalpakstan",
    "UZ-SA": "Samarkand",
    "UZ-SI": "Syrdarya",
    "UZ-SU": "Surkhandarya",
    "UZ-TK": "Tashkent",
    "UZ-TO": "Tashkent region",
    "UZ-XO": "Khorezm",
    "alashankou": "Alashankou",
    "baktu": "Baktu",
    "horgos": "Horgos",
    "karasu": "Karasu",
    "torugart": "Torugart",
    "EAEU": "Eurasian Economic Union",
    "other": "Other countries",
}

_SPELLINGS = {
    "косово": "XK",
    "alataw pass": "alashankou",
    "alatau pass": "alashankou",
    "alashan pass": "alashankou",
    "dostyk": "alashankou",
    "bakhty": "baktu",
    "bakht": "baktu",
    "baketu": "baktu",
    "bakhtu": "baktu",
    "khorgos": "horgos",
    "khorgas": "horgos",
    "korgas": "horgos",
    "huoerguosi": "horgos",
    "kulma": "karasu",
    "kalasu": "karasu",
    "torougart": "torugart",
    "turugart": "torugart",
    "kirghizia": "KG",
    "kosova": "XK",
    "kirgizstan": "KG",
    "kyrgyz republic": "KG",
    "qazaqstan": "KZ",
    "kazakstan": "KZ",
    "tadjikistan": "TJ",
    "tajikstan": "TJ",
    "turkmenia": "TM",
    "uzbekiston": "UZ",
    "xinjiang uygur autonomous region": "CN-XJ",
    "sinkiang": "CN-XJ",
    "prc": "CN",
    "mainland china": "CN",
    "china mainland": "CN",
    "tashkent city": "UZ-TK",
    "central asia": REGION,
    "central asia 5": REGION,
    "five central asian countries": REGION,
    "usa": "US",
    "uae": "AE",
    "uk": "GB",
    "russia": "RU",
    "korea": "KR",
    "turkey": "TR",
}


def _plain(text: str) -> str:
    """Lower case, single spaces, without the words that a port's name may carry."""
    words = re.sub(r"[\s_,()]+", " ", text.strip().lower())
    if words == "alataw pass":
        return words
    return re.sub(r" (port|highway port|road port|station|pass)$", "", words)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Every spelling known without the ISO tables -> code."""
    names = dict(_SPELLINGS)
    for code, name in PLACES.items():
        names |= {code.lower(): code, _plain(name): code, _plain(code.replace("-", " ")): code}
    return names


def _folded(text: str) -> str:
    """A name without case and accents, spaces single.

    >>> _folded(" TÜRKİYE "), _folded("Côte  d'Ivoire")
    ('turkiye', "cote d'ivoire")
    """
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    """ISO 3166 alpha-2 code by folded name in any language, as pycountry has them; a name of two
    countries, as a few translations have it, is left out.
    """
    english = [
        (country.alpha_2, getattr(country, field))
        for country in _iso().countries
        for field in ("name", "common_name", "official_name")
        if hasattr(country, field)
    ]
    # "Korea, Republic of" is the Republic of Korea
    names = [(code, " ".join(reversed(name.split(", ", 1)))) for code, name in english] + english
    folder = Path(_iso().LOCALES_DIR)
    for file in sorted(folder.glob("*/LC_MESSAGES/iso3166-1.mo")):
        with file.open("rb") as translations:
            translate = gettext.GNUTranslations(translations).gettext
        names += [(code, translate(name)) for code, name in english]
    codes: dict[str, set[str]] = defaultdict(set)
    for code, name in names:
        codes[_folded(name)].add(code)
    return {name: min(of_name) for name, of_name in codes.items() if len(of_name) == 1}


def _iso() -> Any:
    """The tables of ISO 3166, which take a while to load and most ledgers never need."""
    import pycountry

    return pycountry


@lru_cache(maxsize=1024)
def _iso_code(text: str) -> str:
    """The ISO 3166 code of a country, by its name in any language, or of its part; empty where
    there is none.
    """
    try:
        return str(_iso().countries.lookup(text).alpha_2)
    except LookupError:
        if "-" in text:
            return _part(text.upper())
        return _country_names().get(_folded(text), "")


def _part(code: str) -> str:
    """The ISO 3166-2 code, where it exists."""
    if _iso().subdivisions.get(code=code):
        return code
    return ""


@lru_cache(maxsize=4096)
def place_code(text: str) -> str:
    """The code of a place, whatever its spelling.

    Parameters
    ----------
    text : str
        An ISO 3166 code (two or three letters, or a part such as ``CN-XJ``), the name of a country
        in any language, a port or a region.

    Returns
    -------
    str
        ISO 3166 alpha-2, ISO 3166-2, a port's short name, ``central-asia-5`` or ``World``.

    Raises
    ------
    LedgerError
        Where no place is known by that name; the message names the nearest.

    Examples
    --------
    >>> place_code("UZB"), place_code("Kosovo"), place_code("Bakhty"), place_code("Horgos Port")
    ('UZ', 'XK', 'baktu', 'horgos')
    """
    code = find_place(text)
    if not code:
        raise LedgerError(f"{text!r} is not a known place; {nearest_place(str(text).strip())}")
    return code


@lru_cache(maxsize=4096)
def find_place(text: str) -> str:
    """The code of a place, as `place_code` gives it; empty where none is known by that name.

    >>> find_place("norway"), find_place("Atlantis")
    ('NO', '')
    """
    word = str(text).strip()
    known = _names()
    code = known.get(word.lower()) or known.get(_plain(word))
    return code or (_iso_code(word) if word else "")


@lru_cache(maxsize=4096)
def nearest_place(text: str) -> str:
    """What to write instead of a place that nobody knows.

    >>> nearest_place("Uzbekistann")
    'did you mean UZ (Uzbekistan)?'
    >>> nearest_place("Deutschlnd")
    'did you mean DE (Germany)?'
    """
    if text:  # of nothing nothing is near, and the names take a while to load
        known = _country_names() | _names()
        for name in difflib.get_close_matches(_plain(text), known, n=1, cutoff=NEAR):
            return f"did you mean {known[name]} ({place_name(known[name])})?"
    return f"use an ISO 3166 code such as UZ, or {', '.join(PORTS)}"


def partner_code(text: str) -> str:
    """The code of a partner: a place, or several counted together and joined by ``+``.

    >>> partner_code("China"), partner_code("China+Hong Kong"), partner_code("")
    ('CN', 'CN+HK', 'World')
    """
    return "+".join(place_code(part) for part in (text.strip() or WORLD).split("+"))


def find_partner(text: str) -> str:
    """The code of a partner, as `partner_code` gives it; empty where one of its places is unknown.

    >>> find_partner("China+Hong Kong"), find_partner("China+Atlantis")
    ('CN+HK', '')
    """
    codes = [find_place(part) for part in (text or WORLD).split("+")]
    if not all(codes):
        return ""
    return "+".join(codes)


@lru_cache(maxsize=4096)
def is_place(code: str) -> bool:
    """Whether a code is of a country, a province or a port, and not the name of a sum of them.

    >>> is_place("NO"), is_place("CN-XJ"), is_place("ports")
    (True, True, False)
    """
    if code.lower() in _names():
        return True
    if "-" in code:
        return bool(_part(code.upper()))
    return len(code) == 2 and _iso().countries.get(alpha_2=code.upper()) is not None


def place_name(code: str) -> str:
    """What a reader calls a place.

    >>> place_name("CN-XJ"), place_name("NO"), place_name("CN+HK")
    ('Xinjiang', 'Norway', 'China and Hong Kong')
    """
    if "+" in code:
        return " and ".join(place_name(part) for part in code.split("+"))
    known = place_code(code)
    if known in PLACES:
        return PLACES[known]
    place = _iso().countries.get(alpha_2=known) or _iso().subdivisions.get(code=known)
    return str(place.name)


def place_words(code: str) -> str:
    """The name of a place; a code that is of none, such as the name of a sum of places, as it
    stands.

    >>> place_words("NO"), place_words("ports")
    ('Norway', 'ports')
    """
    if is_place(code):
        return place_name(code)
    return code
