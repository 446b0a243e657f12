"""Places by code, name and spelling."""

from __future__ import annotations

import pytest

from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.places import PLACES, partner_code, place_code, place_name


def test_places_have_codes_names_and_spellings() -> None:
    assert [
        place_code(word)
        for word in ("Alataw Pass", "Alashankou Station", "Karasu Port", "Central Asia")
    ] == [
        "alashankou",
        "alashankou",
        "karasu",
        "central-asia-5",
    ]
    assert [
        place_code(word)
        for word in ("KGZ", "tajikistan", "Turkmenistan", "DE", "cn-xj", "UZ-TK", "CN-BJ")
    ] == [
        "KG",
        "TJ",
        "TM",
        "DE",
        "CN-XJ",
        "UZ-TK",
        "CN-BJ",
    ]
    assert all(
        place_code(code) == code and place_name(code) == name for code, name in PLACES.items()
    )
    assert partner_code("China + Hong Kong") == "CN+HK"
    with pytest.raises(LedgerError, match=r"'Horgoss' is not a known place; did you mean horgos"):
        place_code("Horgoss")
    with pytest.raises(LedgerError, match="'' is not a known place; use an ISO 3166 code"):
        place_code("")
