"""Names of months, quarters and countries in the languages of the world, from Unicode's CLDR by
Babel, which is loaded when a name is first looked up.

>>> months_named("october"), sorted(months_named("listopad"))
({10: frozenset({'en'})}, [10, 11])
"""

import copy
import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

# Of the languages with a press of their own, the two whose words are proposed stand first
LANGUAGES = (
    *("en", "ru", "uk", "be", "kk", "ky", "uz", "uz_Cyrl", "tg", "tk", "az", "ka", "hy", "tr"),
    *("de", "fr", "es", "pt", "it", "nl", "pl", "cs", "sk", "sl", "hr", "sr", "sr_Latn", "bs"),
    *("mk", "bg", "ro", "hu", "fi", "sv", "da", "nb", "is", "et", "lv", "lt", "el", "sq"),
    *("he", "ar", "fa", "ps", "ur", "hi", "bn", "ne", "si", "ta", "th", "lo", "km", "my"),
    *("vi", "id", "ms", "fil", "ja", "ko", "zh", "zh_Hant", "mn", "sw", "am", "ca", "gl", "eu"),
    "de_AT",
)
SHORTEST_NAME = 2  # letters; a narrow name such as J is of three months
SHORT_NAME = 3  # letters up to which a name is also another word of some language


def folded(text: str) -> str:
    r"""A name, or several in lines, without case and accents, spaces single.

    >>> folded(" TÜRKİYE "), folded("Côte  d'Ivoire\nÅland")
    ('turkiye', "cote d'ivoire\naland")
    """
    letters = text.casefold().replace("’", "'")
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters)
        letters = "".join(itertools.filterfalse(unicodedata.combining, letters))
        letters = unicodedata.normalize("NFC", letters)  # syllables of Hangul are whole again
    return "\n".join(" ".join(line.split()) for line in letters.split("\n"))


@lru_cache(maxsize=len(LANGUAGES))
def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)


def _forms(names: Any) -> Iterator[tuple[int, str]]:
    """Each month or quarter with its names: in full and short, alone and in a date."""
    # Babel keeps a name that is another's alias in data that all languages share
    names = type(names)(copy.deepcopy(names._data), base=names.base)
    for context, width in itertools.product(("format", "stand-alone"), ("wide", "abbreviated")):
        yield from names[context][width].items()


@lru_cache(maxsize=2)
def _month_names(languages: tuple[str, ...]) -> dict[str, dict[int, frozenset[str]]]:
    names: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for language in languages:
        for number, name in _forms(_locale(language).months):
            word = folded(name).rstrip(".")
            if len(word) >= SHORTEST_NAME and not re.search(r"\d", word):
                names[word][number].add(language)
    return {
        word: {number: frozenset(who) for number, who in numbers.items()}
        for word, numbers in names.items()
    }


@lru_cache(maxsize=4096)
def months_named(word: str) -> dict[int, frozenset[str]]:
    """The months that a folded word may name, each with the languages that call it so; empty for
    any other word.

    English and Russian are looked up first: a word that is a month there is that month.
    """
    return _month_names(LANGUAGES[:2]).get(word) or _month_names(LANGUAGES).get(word, {})


@lru_cache(maxsize=1)
def quarter_words() -> frozenset[str]:
    """The folded words for a quarter, without its number.

    >>> {"quarter", "квартал", "trimestre"} <= quarter_words()
    True
    """
    words = set()
    for language in LANGUAGES:
        for _, name in _forms(_locale(language).quarters):
            words |= {*re.findall(r"[^\W\d_]+", folded(name))}
    return frozenset(word for word in words if len(word) > SHORT_NAME)


@lru_cache(maxsize=2)
def country_names(*languages: str) -> dict[str, str]:
    """ISO 3166 alpha-2 code by the folded name of a country.

    Parameters
    ----------
    *languages : str
        Of the names; default all. A name of two countries is left out.

    Examples
    --------
    >>> country_names("en", "ru")["грузия"]
    'GE'
    """
    codes: dict[str, str] = {}
    ambiguous = set()
    for language in languages or LANGUAGES:
        for code, name in _locale(language).territories.items():
            is_country = len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
            if is_country and codes.setdefault(folded(name), code) != code:
                ambiguous.add(folded(name))
    return {name: code for name, code in codes.items() if name not in ambiguous}


# Codes of Unicode that ISO 3166 does not give to a country
_NO_COUNTRIES = ("EU", "EZ", "UN", "ZZ", "QO", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA")
