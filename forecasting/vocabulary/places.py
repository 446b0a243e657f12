"""Places: ISO 3166 codes for countries and their parts, short names for ports, and other spellings
of both.

>>> place_code("Uzbekistan"), place_code("Khorgos"), place_code("Xinjiang")
('UZ', 'horgos', 'CN-XJ')
"""

import contextlib
import difflib
import itertools
import math
import re
import struct
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from forecasting.vocabulary.errors import LedgerError

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
LANGUAGES = ("ru", "de", "zh_CN", "uz", "kk")  # of the press, besides English
# Languages whose names are compared with a misspelt one: all would take six times as long
SLIP_LANGUAGES = (
    *LANGUAGES,
    *("tr", "tg", "ky", "az", "uk", "be", "ka", "hi", "ar", "id", "vi"),
    *("fr", "es", "pt", "it", "nl", "pl", "cs", "ro"),
)
# Names of countries in the press that the tables of ISO lack
_IN_THE_PRESS = _by_spelling(
    "RU:россия/russland/rossiya, US:сша/aqsh/vereinigte staaten/соединенные штаты, "
    "GB:великобритания/großbritannien/buyuk britaniya, AE:оаэ/bae, KR:южная корея/южной кореи/"
    "janubiy koreya/republic of korea, TR:turkiya/турции, CN:xitoy/хитой, DE:germaniya, "
    "GE:gruziya/грузия, JP:yaponiya, BY:белоруссия, CZ:чехия, NL:holland/голландия"
)
# Endings of declined names, by the ending of the nominative and the direction that they tell
_DECLINED = {
    ("", ""): "а е у ом s да da нинг ning де ның нің",
    ("ия", ""): "ии ию иеи",
    ("а", ""): "ы е у",
    ("", "from"): "dan дан ден нан",
    ("", "to"): "ga га ға",
}
ENDINGS = [("", "", "")] + [
    (ending, *says) for says, endings in _DECLINED.items() for ending in endings.split()
]
LONGEST_NAME = 4  # words
AMBIGUOUS = {name: ("CG", "CD") for name in ("congo", "kongo", "конго", "刚果")}
_NAME_WORDS = re.compile(r"(?<!\w)[^\W\d_\u4e00-\u9fff][^\W\d_'-]*")


def _key(text: str) -> str:
    """Lower case, single spaces, without the words that a port's name may carry."""
    words = re.sub(r"[\s_,()]+", " ", text.strip().lower())
    if words == "alataw pass":
        return words
    return re.sub(r" (port|highway port|road port|station|pass)$", "", words)


@lru_cache(maxsize=1)
def _names() -> Codes:
    """Every spelling known without the ISO tables -> code."""
    names = dict(_SPELLINGS)
    for code, name in PLACES.items():
        names |= {code.lower(): code, _key(name): code, _key(code.replace("-", " ")): code}
    return names


def _folded(text: str) -> str:
    r"""A name, or several in lines, without case and accents, spaces single.

    >>> _folded(" TÜRKİYE "), _folded("Côte  d'Ivoire\nÅland")
    ('turkiye', "cote d'ivoire\naland")
    """
    letters = text.casefold().replace("’", "'")
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters)
        letters = "".join(itertools.filterfalse(unicodedata.combining, letters))
    return "\n".join(" ".join(line.split()) for line in letters.split("\n"))


@lru_cache(maxsize=len(LANGUAGES) + 2)
def _country_names(*languages: str) -> Codes:
    """ISO 3166 alpha-2 code by folded name in English and other languages; ``*`` stands for all
    that pycountry has. A name that translations give to two countries is left out.
    """
    english = _english_names()
    # "Korea, Republic of" is the Republic of Korea
    names = {(name, b" ".join(reversed(name.split(b", ", 1)))) for name in english}
    names.update((name, name) for name in english)
    for language in languages:
        for file in Path(_iso().LOCALES_DIR).glob(f"{language}/LC_MESSAGES/iso3166-1.mo"):
            names.update(_translations(file))
    pairs = [(english[name], translation) for name, translation in names if name in english]
    folded = _folded(b"\n".join(translation for _, translation in pairs).decode()).split("\n")
    codes: Codes = {}
    ambiguous = set()
    for (code, _), name in zip(pairs, folded, strict=True):
        if codes.setdefault(name, code) != code:
            ambiguous.add(name)
    return {name: code for name, code in codes.items() if name not in ambiguous}


def _english_names() -> dict[bytes, str]:
    """ISO 3166 alpha-2 code by each English name."""
    return {
        getattr(country, field).encode(): country.alpha_2
        for country in _iso().countries
        for field in ("name", "common_name", "official_name")
        if hasattr(country, field)
    }


def _translations(file: Path) -> Iterator[tuple[bytes, bytes]]:
    """Texts and their translations in a catalogue of GNU gettext, three times as fast as Python's
    own reader.
    """
    data = file.read_bytes()
    count, *starts = struct.unpack_from("<3I", data, offset=8)
    tables = (struct.iter_unpack("<2I", data[start : start + 8 * count]) for start in starts)
    texts = ([data[at : at + size] for size, at in table] for table in tables)
    return zip(*texts, strict=True)


class NamedCountry(NamedTuple):
    """A country in a text.

    Parameters
    ----------
    code : str
        ISO 3166 alpha-2.
    start, end : int
        Where it stands.
    case : {"from", "to", ""}
        The direction that the ending of the name tells.
    """

    code: str
    start: int
    end: int
    case: str


def countries_in(text: str) -> Iterator[NamedCountry]:
    """The countries that a text names, in one of the six languages of the press.

    >>> text = "Georgia, Gruziyadan, в Германии, 挪威"
    >>> [(country.code, country.case) for country in countries_in(text)]
    [('GE', ''), ('GE', 'from'), ('DE', ''), ('NO', '')]
    """
    names = _names_of_the_press()
    end = 0
    for word in _NAME_WORDS.finditer(text):
        if word.start() < end or not word[0][0].isupper():  # e.g. Chad is a country, chad is none
            continue
        if country := next(_country_at(text, word.start(), names), None):
            end = country.end
            yield country
    if any(letter > "\u4e00" for letter in text):
        signs = sorted((name for name in names if name[0] > "\u4e00"), key=len, reverse=True)
        for sign in re.finditer("|".join(signs), text):
            yield NamedCountry(names[sign[0]], *sign.span(), "")


def _country_at(text: str, start: int, names: Mapping[str, str]) -> Iterator[NamedCountry]:
    """The countries whose names begin at a word, the longest name first."""
    words = [*itertools.islice(_NAME_WORDS.finditer(text, start), LONGEST_NAME)]
    for count in range(len(words), 0, -1):
        end = words[count - 1].end()
        name = _folded(text[start:end])
        for ending, base, case in ENDINGS:
            if name.endswith(ending) and (code := names.get(name.removesuffix(ending) + base)):
                yield NamedCountry(code, start, end, case)


@lru_cache(maxsize=1)
def _names_of_the_press() -> Codes:
    """ISO 3166 alpha-2 code by folded name, as the press of six languages writes it."""
    names: Codes = {}
    for language in LANGUAGES:
        names |= _country_names(language)
    names |= {name: code for name, code in _names().items() if len(code) == 2 < len(name)}
    names |= {_folded(name): code for name, code in _IN_THE_PRESS.items()}
    return {name: code for name, code in names.items() if name not in AMBIGUOUS}


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
        return _country_names("*").get(_folded(text), "")


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
    return _country_names(*SLIP_LANGUAGES) | _names()


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
