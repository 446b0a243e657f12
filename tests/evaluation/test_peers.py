"""The rule that every forecast is set beside: what is written down by hand."""

import datetime as dt

import numpy as np
import pytest

from forecasting.evaluation.peers import by_hand, stock_by_hand
from forecasting.evidence.datasets import central_asia
from forecasting.vocabulary.periods import month, year

UZ = central_asia().select("UZ", "ev_imports")


def test_the_last_year_and_half_its_growth() -> None:
    known = UZ.select(as_of="2023-01-31")
    assert by_hand(known, "uz-statistics", year(2022))[3] == pytest.approx(2180)
    assert by_hand(known, "uz-statistics", year(2023))[3] == pytest.approx(
        2180 * (1 + (2180 / 809 - 1) / 2)
    )
    further = (1 + (2180 / 809 - 1) / 2) * (1 + (2180 / 809 - 1) / 4)
    assert by_hand(known, "uz-statistics", year(2024))[3] == pytest.approx(2180 * further)


def test_a_part_is_taken_to_be_as_the_year_is() -> None:
    known = UZ.select(as_of="2023-06-26")
    whole = 2544 * 365 / 120
    assert by_hand(known, "uz-statistics", year(2023))[3] == pytest.approx(whole)
    assert by_hand(known, "uz-statistics", month("2023-12"))[3] == pytest.approx(whole * 31 / 365)


def test_agencies_of_one_perimeter_are_one_series() -> None:
    known = UZ.select(as_of="2025-05-31")
    assert by_hand(known, "uz-statistics", year(2024))[3] == pytest.approx(24_095)
    assert by_hand(known, "uz-customs-2023", year(2024))[3] != pytest.approx(24_095)


def test_without_a_total_there_is_no_rule() -> None:
    bounds = central_asia().select(
        "horgos", "vehicle_exports", basis="horgos-zone", as_of="2023-12-31"
    )
    assert np.isnan(by_hand(bounds, "horgos-zone", year(2024))).all()


def test_a_stock_of_one_count_stays() -> None:
    assert stock_by_hand([(dt.date(2024, 1, 1), 500.0)], dt.date(2024, 12, 31))[3] == pytest.approx(
        500
    )
