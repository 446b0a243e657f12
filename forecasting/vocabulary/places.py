"""Places: ISO 3166 codes for countries and their parts, short names for ports, and other spellings
of both.

>>> place_code("Uzbekistan"), place_code("Khorgos"), place_code("Xinjiang")
('UZ', 'horgos', 'CN-XJ')
"""

import contextlib
import difflib
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.languages import country_names, folded

Codes = dict[str, str]  # of places, by name or spelling
WORLD = "World"  # as a partner: everybody
COUNTRIES = ("KZ", "KG", "TJ", "TM", "UZ")
REGION = "central-asia-5"  # these five together
# Part of the letters that a misspelt name has right; with less, some name is near to any word
MIN_SIMILARITY = 0.8
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
    "KZ-39": "Kostanay region",
    "KZ-71": "Astana",
    "KZ-75": "Almaty",
    "KZ-79": "Shymkent",
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


def _by_spelling(table: str) -> Codes:
    """The code of each spelling, of a table of codes with their spellings."""
    rows = (row.split(":") for row in table.split(", "))
    return {spelling: code for code, spellings in rows for spelling in spellings.split("/")}


# Each code with the other spellings of its place
_SPELLINGS = _by_spelling(
    "XK:косово/kosova, alashankou:alataw pass/alatau pass/alashan pass/dostyk, "
    "baktu:bakhty/bakht/baketu/bakhtu, horgos:khorgos/khorgas/korgas/huoerguosi, "
    "karasu:kulma/kalasu, torugart:torougart/turugart, KZ:qazaqstan/kazakstan, "
    "KG:kirghizia/kirgizstan/kyrgyz republic/кыргызская республика/кыргыз республикасы, "
    "TJ:tadjikistan/tajikstan, TM:turkmenia, "
    "UZ:uzbekiston, CN-XJ:xinjiang uygur autonomous region/sinkiang, "
    "CN:prc/mainland china/china mainland, UZ-TK:tashkent city, US:usa, AE:uae, GB:uk, RU:russia, "
    f"KR:korea, TR:turkey, {REGION}:central asia/central asia 5/five central asian countries"
)
# Languages whose names are compared with a misspelt one: all would take six times as long
SLIP_LANGUAGES = ("en", "ru", "de", "fr", "es", "tr", "uz", "kk", "pl", "uk")
AMBIGUOUS = {name: ("CG", "CD") for name in ("congo", "kongo", "конго", "刚果")}


def _key(text: str) -> str:
    """Lower case, single spaces, without the words that a port's name may carry."""
    words = re.sub(r"[\s_,()]+", " ", text.strip().lower())
    if words == "alataw pass":
        return words
    return re.sub(r" (port|highway port|road port|station|pass)$", "", words)


def spellings() -> Codes:
    """The codes of other spellings than those of ISO 3166.

    >>> spellings()["turkey"]
    'TR'
    """
    return _SPELLINGS


@lru_cache(maxsize=1)
def _names() -> Codes:
    """Every spelling known without the ISO tables -> code."""
    names = dict(_SPELLINGS)
    for code, name in PLACES.items():
        names |= {code.lower(): code, _key(name): code, _key(code.replace("-", " ")): code}
    return names


@lru_cache(maxsize=1)
def _english_names() -> Codes:
    """ISO 3166 alpha-2 code by each English name of the standard; "Korea, Republic of" is the
    Republic of Korea.
    """
    names = {}
    for country in _iso().countries:
        for field in ("name", "common_name", "official_name"):
            if name := getattr(country, field, ""):
                names[folded(name)] = names[folded(" ".join(reversed(name.split(", ", 1))))] = str(
                    country.alpha_2
                )
    return names


def _iso() -> Any:
    """The tables of ISO 3166, which take a while to load and most ledgers never need."""
    import pycountry

    return pycountry


def _iso_code(text: str) -> str:
    """The ISO 3166 code of a country, by its name in any language, or of its part; empty where
    there is none.
    """
    try:
        return str(_iso().countries.lookup(text).alpha_2)
    except LookupError:
        code = text.upper()
        if "-" in code and _iso_entry(code):
            return code
        name = folded(text)
        # The names of all languages take a second to load
        return _english_names().get(name) or country_names().get(name, "")


def _iso_entry(code: str) -> Any:
    """The country, or the part of one, that has a code of ISO 3166; None where none has."""
    if "-" in code:
        return _iso().subdivisions.get(code=code)
    return _iso().countries.get(alpha_2=code)


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
    if code := find_place(text):
        return code
    raise LedgerError(f"{text!r} is not a known place; {nearest_place(str(text).strip())}")


@lru_cache(maxsize=4096)
def find_place(text: str) -> str:
    """The code of a place, as `place_code` gives it; empty where none is known by that name.

    >>> find_place("norway"), find_place("Atlantis")
    ('NO', '')
    """
    word = str(text).strip()
    if word.lower() in AMBIGUOUS:
        return ""
    codes = _names()
    code = codes.get(word.lower()) or codes.get(_key(word))
    return code or (_iso_code(word) if word else "")


@lru_cache(maxsize=4096)
def nearest_place(text: str) -> str:
    """The hint of a message about an unknown place.

    >>> nearest_place("Uzbekistann")
    'did you mean UZ (Uzbekistan)?'
    >>> nearest_place("Deutschlnd")
    'did you mean DE (Germany)?'
    """
    if codes := AMBIGUOUS.get(text.lower()):
        countries = " or ".join(f"{code} ({place_name(code)})" for code in codes)
        return f"give {countries}"
    if text:  # to an empty text no name is near, and the names take a while to load
        word = _key(text)
        names = _names_of_like_letters(word)
        for name in difflib.get_close_matches(word, names, n=1, cutoff=MIN_SIMILARITY):
            code = _names_of_slips()[name]
            return f"did you mean {code} ({place_name(code)})?"
    return f"use an ISO 3166 code such as UZ, or {', '.join(PORTS)}"


@lru_cache(maxsize=1)
def _names_of_slips() -> Codes:
    """Code by the names and spellings with which an unknown word is compared."""
    return country_names(*SLIP_LANGUAGES) | _english_names() | _names()


def _letters(word: str) -> int:
    """The letters of a word as bits; several letters of the alphabets share one."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 64
    return bits


@lru_cache(maxsize=1)
def _names_by_size() -> dict[int, list[tuple[str, int]]]:
    """The names of `_names_of_slips` with their letters, by length."""
    names: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for name in _names_of_slips():
        names[len(name)].append((name, _letters(name)))
    return names


def _names_of_like_letters(word: str) -> Iterator[str]:
    """The names that may be similar enough to a word, as few letters stand in only one of the two:
    a filter that is ten times as fast as the comparison.
    """
    letters = _letters(word)
    strange_letters = ~letters
    for size, names in _names_by_size().items():
        # The fewest letters that must match
        match = math.ceil(MIN_SIMILARITY * (size + len(word)) / 2 - 1e-9)
        if match > min(size, len(word)):
            continue
        for name, bits in names:
            is_like = (bits & strange_letters).bit_count() <= size - match
            if is_like and (letters & ~bits).bit_count() <= len(word) - match:
                yield name


def partner_code(text: str) -> str:
    """The code of a partner: a place, or several counted together and joined by ``+``.

    >>> partner_code("China"), partner_code("China+Hong Kong"), partner_code("")
    ('CN', 'CN+HK', 'World')
    """
    return "+".join(place_code(part) for part in (text.strip() or WORLD).split("+"))


@lru_cache(maxsize=4096)
def find_partner(text: str) -> str:
    """The code of a partner, as `partner_code` gives it; empty where one of its places is unknown.

    >>> find_partner("China+Hong Kong"), find_partner("China+Atlantis")
    ('CN+HK', '')
    """
    with contextlib.suppress(LedgerError):
        return partner_code(text)
    return ""


@lru_cache(maxsize=4096)
def is_place(code: str) -> bool:
    """Whether a code is of a country, a province or a port, and not the name of a sum of them.

    >>> is_place("NO"), is_place("CN-XJ"), is_place("ports")
    (True, True, False)
    """
    return code.lower() in _names() or _iso_entry(code.upper()) is not None


def place_name(code: str) -> str:
    """What a reader calls a place.

    >>> place_name("CN-XJ"), place_name("NO"), place_name("CN+HK")
    ('Xinjiang', 'Norway', 'China and Hong Kong')
    """
    if "+" in code:
        return " and ".join(place_name(part) for part in code.split("+"))
    place = place_code(code)
    if place in PLACES:
        return PLACES[place]
    return str(_iso_entry(place).name)


def place_words(code: str) -> str:
    """The name of a place; any other code, such as that of a sum of places, as it is.

    >>> place_words("NO"), place_words("ports")
    ('Norway', 'ports')
    """
    return place_name(code) if is_place(code) else code
