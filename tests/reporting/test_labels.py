"""Titles and units."""

from __future__ import annotations

import pytest

from forecasting.reporting.labels import memo_title, spoken
from forecasting.scenarios.question import find_scenario

pytestmark = pytest.mark.usefixtures("shared_forecasts")


@pytest.mark.parametrize(
    ("keys", "title"),
    [
        ({}, "Electric cars in Uzbekistan: outlook of 9 March 2026"),
        (
            {"scenario": "accelerated", "title": "Uzbekistan, accelerated"},
            "Electric cars in Uzbekistan: accelerated outlook of 9 March 2026",
        ),
        ({"title": "Cars of mine"}, "Cars of mine: outlook of 9 March 2026"),
    ],
)
def test_the_title_says_what_where_and_of_which_day(keys, title):
    given = {"measure": "ev_imports", "scenario": "baseline", "title": "Uzbekistan, baseline"}
    assert memo_title({"parameters": given | keys, "as_of": "2026-03-09"}) == title


def test_a_million_is_said_in_millions():
    assert spoken(1_334_000, "ev_stock") == "1.33 million"
    assert spoken(999_600, "ev_stock") == "1 million"
    assert spoken(999_400, "ev_stock") == "999,000"


def test_titles_of_corridors_say_what_goes_through_them():
    titles = [
        memo_title({"parameters": find_scenario(name).parameters(), "as_of": "2026-01-01"})
        for name in ("horgos", "ports")
    ]
    assert titles == [
        "Electric cars through Horgos: outlook of 1 January 2026",
        "Vehicles of all types through Xinjiang's ports: outlook of 1 January 2026",
    ]
