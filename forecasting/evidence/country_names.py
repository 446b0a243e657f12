"""The names of countries in the languages of the world, as pycountry has them; read only where no
other name fits.
"""

from __future__ import annotations

import gettext
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any


def folded(text: str) -> str:
    """A name without case and accents, spaces single.

    >>> folded(" TÜRKİYE "), folded("Côte  d'Ivoire")
    ('turkiye', "cote d'ivoire")
    """
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join(
        "".join(letter for letter in letters if not unicodedata.combining(letter)).split()
    )


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """ISO 3166 alpha-2 code by folded name; a name of two countries, as a few translations have it,
    is left out.
    """
    import pycountry

    countries: Any = list(pycountry.countries)
    fields = ("name", "common_name", "official_name")
    english = [
        (country.alpha_2, getattr(country, field, None))
        for country in countries
        for field in fields
    ]
    found = {folded(name): {code} for code, name in english if name}
    for code, name in english:  # "Korea, Republic of" is the Republic of Korea
        first, comma, rest = (name or "").partition(", ")
        found.setdefault(folded(f"{rest} {first}"), set()).update({code} if comma else ())
    for file in sorted(Path(pycountry.LOCALES_DIR).glob("*/LC_MESSAGES/iso3166-1.mo")):
        with file.open("rb") as translations:
            translate = gettext.GNUTranslations(translations).gettext
        for code, name in english:
            if name:
                found.setdefault(folded(translate(name)), set()).add(code)
    return {name: code for name, codes in found.items() if len(codes) == 1 for code in codes}


def country_in_any_language(text: str) -> str:
    """The code of a country by its name in any language; empty where there is none.

    >>> country_in_any_language("Norwegen"), country_in_any_language("Казахстан"), country_in_any_language("Horgos")
    ('NO', 'KZ', '')
    >>> country_in_any_language("Côte d’Ivoire"), country_in_any_language("Republic of Korea")
    ('CI', 'KR')
    """
    return country_names().get(folded(text), "")
