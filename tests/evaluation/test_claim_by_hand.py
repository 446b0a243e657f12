"""What a claim is compared with, worked out by hand without a forecast."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation import claim
from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.periods import year
from forecasting.vocabulary.printed_periods import period_of

COUNT = {
    **{"measure": "ev_imports", "place": "UZ", "quantity": "total", "relation": "equals"},
    **{"unit": "vehicles", "basis": "uz-statistics", "kind": "outcome", "source": "office"},
    **{"period_start": "2024-01-01", "period_end": "2024-12-31", "published": "2025-02-01"},
}
ROWS: list[dict[str, Any]] = [
    {"id": "total", "value": 1000},
    {"id": "china", "value": 600, "partner": "CN"},
    {"id": "earlier", "value": 400, "period_start": "2023-01-01", "period_end": "2023-12-31"},
    {"id": "china-then", "value": 100, "partner": "CN"}
    | {"period_start": "2023-01-01", "period_end": "2023-12-31"},
    {"id": "again", "value": 1010, "published": "2025-06-01"},
    {"id": "customs", "value": 1200, "basis": "uz-customs-2023", "published": "2025-07-01"},
    {"id": "target", "value": 5000, "kind": "target", "published": "2025-08-01"},
    {"id": "grew", "value": 150, "quantity": "yoy_growth_percent", "unit": "percent"},
    {"id": "stock", "measure": "ev_stock", "quantity": "stock", "value": 3000, "period_start": ""},
]
YEARS = (2024, 2025, 2026)
DRAWS = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def outlook(*names: str, basis: str = "uz-statistics", **changes: Any) -> Any:
    """As far as a claim asks it: the facts of some names, or all, and draws of three years."""
    rows = [COUNT | row for row in ROWS if not names or row["id"] in names]
    ledger = Ledger.from_frame(pd.DataFrame(rows))
    values = {"ev_imports": DRAWS, "ev_stock": 10 * DRAWS, "peak_mw": 100 * DRAWS}
    forecast = SimpleNamespace(basis=basis, totals=lambda period: [f"draws of {period}"])
    made = {
        "ledger": ledger,
        "facts": ledger,
        "as_of": None,
        "forecasts": {"UZ": forecast},
        "measure": "ev_imports",
        "name": "uzbekistan-baseline",
        "scenario": SimpleNamespace(measure="ev_imports", country="UZ"),
        "years": YEARS,
        "parts": [SimpleNamespace(country="UZ", values=values)],
    }
    return SimpleNamespace(**made | changes)


@pytest.mark.parametrize(
    ("text", "relation", "number"),
    [
        ("Over 9,000", "greater_than", "9,000"),
        ("at least 5", "at_least", "5"),
        ("up to5", "at_most", "5"),
        ("<=5", "at_most", "5"),
        ("below 5 a day", "less_than", "5 a day"),
        (" 5", "equals", " 5"),
        (7.0, "equals", 7.0),
    ],
)
def test_the_words_of_a_bound_are_its_relation(text: Any, relation: str, number: Any) -> None:
    assert claim._bound(text) == (relation, number)


def test_a_number_a_day_is_one_of_the_whole_period_of_a_flow() -> None:
    days = period_of("2024")
    assert claim._whole_period("10 a day", "ev_imports", days) == 3660
    assert claim._whole_period("10/d", "ev_imports", days) == 3660
    assert claim._whole_period("10 a day", "ev_stock", days) == "10 a day"
    assert claim._whole_period("many a day", "ev_imports", days) == "many a day"
    assert claim._whole_period(10, "ev_imports", days) == 10


def test_a_partner_has_its_part_of_the_period_or_of_the_newest() -> None:
    part = claim._partner_share
    assert part(outlook(), "UZ", "ev_imports", "World", year(2024)) == 1
    assert part(outlook(), "UZ", "ev_imports", "CN", year(2023)) == pytest.approx(0.25)
    assert part(outlook(), "UZ", "ev_imports", "CN", year(2026)) == pytest.approx(600 / 1010)
    with pytest.raises(InputError, match=r"no part of China in .* of Uzbekistan is printed beside"):
        part(outlook("china"), "UZ", "ev_imports", "CN", year(2024))


def test_what_was_printed_is_of_the_period_or_of_its_year() -> None:
    def prints(measure: str, words: str) -> list[str]:
        quantity = "stock" if measure == "ev_stock" else "total"
        period = period_of(words)
        return [
            fact.id for fact in claim._prints(outlook(), "UZ", measure, quantity, period, "World")
        ]

    assert prints("ev_imports", "2024") == ["total", "again", "customs"]
    assert prints("ev_imports", "2023") == ["earlier"]
    assert prints("ev_imports", "Jan-Apr 2023") == ["earlier"]
    assert prints("ev_imports", "2022") == []
    assert prints("ev_stock", "2024-06-30") == ["stock"]


@pytest.mark.parametrize(
    ("names", "basis", "newest"),
    [
        ((), "uz-statistics", "again"),
        ((), "uz-customs-2023", "customs"),
        (("total", "customs"), "uz-statistics", "total"),
        (("total", "customs"), "nobody", "customs"),
        (("earlier",), "uz-statistics", None),
    ],
)
def test_the_newest_print_of_the_forecasts_own_agency_is_taken(
    names: tuple[str, ...], basis: str, newest: str | None
) -> None:
    made = outlook(*names, basis=basis)
    found = claim._newest_print(made, "UZ", "ev_imports", "total", year(2024))
    assert (found and found.id) == newest


def test_a_stock_is_counted_on_the_day() -> None:
    made = outlook(forecasts={})
    for period, name in ((period_of("2024-12-31"), "stock"), (period_of("2024-12-30"), None)):
        found = claim._newest_print(made, "UZ", "ev_stock", "stock", period)
        assert (found and found.id) == name


def test_the_base_is_a_count_of_what_is_forecast() -> None:
    base = claim._base_fact(outlook("total"), "UZ", "ev_imports", year(2024))
    assert base is not None
    assert base.id == "total"
    assert claim._base_fact(outlook("customs"), "UZ", "ev_imports", year(2024)) is None
    assert claim._base_fact(outlook(forecasts={}), "UZ", "ev_imports", year(2024)) is None
    assert claim._base_fact(outlook(), "UZ", "ev_stock", year(2024)) is None
    assert claim._base_fact(outlook("total"), "UZ", "ev_imports", year(2025)) is None


def test_draws_are_of_a_year_or_of_the_forecast_itself() -> None:
    draws = claim._draws
    np.testing.assert_array_equal(draws(outlook(), "UZ", "ev_imports", year(2026)), [3, 6])
    np.testing.assert_array_equal(draws(outlook(), "UZ", "ev_stock", year(2024)), [10, 40])
    assert draws(outlook(), "UZ", "ev_imports", year(2020)) == [f"draws of {year(2020)}"]
    part = period_of("Jan-Apr 2025")
    assert draws(outlook(), "UZ", "ev_imports", part) == [f"draws of {part}"]
    day = period_of("2025-12-31")
    np.testing.assert_array_equal(draws(outlook(), "UZ", "ev_stock", day), [20, 50])


@pytest.mark.parametrize(
    ("measure", "words", "message"),
    [
        ("ev_stock", "2027", "2027 lies outside the forecast's years, 2024 to 2026"),
        ("ev_stock", "2025-06-30", "of the end of each year; .* ends on 2025-06-30: ask for 2025"),
        ("ev_registrations", "Jan-Apr 2025", "is forecast by year; .* is no whole year"),
    ],
)
def test_a_period_without_a_forecast_is_refused(measure: str, words: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        claim._draws(outlook(), "UZ", measure, period_of(words))


def test_a_measure_that_no_forecast_tells_is_refused_with_what_was_printed() -> None:
    made = outlook()
    prints = [made.ledger.get("total")]
    claim._check_measure(made, "UZ", "ev_stock", prints)
    with pytest.raises(InputError, match=r"no forecast of Uzbekistan tells peak; it tells peak_mw"):
        claim._check_measure(made, "UZ", "peak", [])
    with pytest.raises(
        InputError, match=r"printed: 1,000 .*\(.*, total\); no forecast .* ev_stock"
    ):
        claim._check_measure(made, "UZ", "ev_exports", prints)


def test_growth_is_by_year_from_the_last_that_is_over() -> None:
    def growth(value: float, **changes: Any) -> float:
        made = {
            **{"from_year": 2024, "period": year(2026), "measure": "ev_imports"},
            **{"quantity": "total", "base": 100.0},
        }
        return claim.Claim.growth_to(SimpleNamespace(**made | changes), value)

    assert growth(225) == pytest.approx(50)
    assert growth(225, period=year(2025)) == pytest.approx(125)
    assert np.isnan(growth(225, period=year(2024)))
    assert np.isnan(growth(225, base=0))
    assert np.isnan(growth(225, period=period_of("Jan-Apr 2026")))
    assert np.isnan(growth(225, quantity="yoy_growth_percent"))
    assert growth(225, measure="ev_stock", period=period_of("2026-06-30")) == pytest.approx(50)
    assert np.isnan(growth(225, measure="ev_stock", period=period_of("2024-06-30")))


def test_counts_of_a_place_are_observed_amounts_alone() -> None:
    found = claim._counts_of_place(outlook(), "UZ", "ev_imports")
    assert {fact.id for fact in found} == {"total", "earlier", "again", "customs"}
    assert claim._counts_of_place(outlook(), "UZ", "ev_stock")[0].id == "stock"
