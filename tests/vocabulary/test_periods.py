"""Days and periods at the ends of the calendar, and their arithmetic by hand."""

import datetime as dt

import pytest

from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.periods import Period, as_date, month, span, year


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_a_day_of_the_years_that_can_be_is_one(day: str) -> None:
    assert str(as_date(day)) == day


@pytest.mark.parametrize("day", ["1899-12-31", "2201-01-01"])
def test_a_day_of_other_years_is_refused(day: str) -> None:
    with pytest.raises(PeriodError, match=f"{day} lies outside 1900 to 2200"):
        as_date(day)


@pytest.mark.parametrize(
    ("start", "end", "year_before"),
    [
        ("2024-02-29", "2024-02-29", "2023-02-28"),
        ("2024-02-01", "2024-02-29", "2023-02"),
        ("2025-02-28", "2025-02-28", "2024-02-28"),
        ("2023-11-15", "2024-01-31", "2022-11-15..2023-01-31"),
    ],
)
def test_the_same_dates_a_year_before(start: str, end: str, year_before: str) -> None:
    assert str(span(start, end).year_before()) == year_before


def test_periods_overlap_by_days_both_ends_included() -> None:
    winter = span("2023-12-31", "2024-03-01")
    assert winter.days == 62
    assert winter.overlap(year(2023)) == 1
    assert winter.overlap(month("2024-02")) == 29
    assert winter.overlap(span("2024-03-02", "2024-03-02")) == 0
    assert [part.days for part in winter.months()] == [31, 31, 29, 31]
    assert year(2024).share_of_year == 1
    assert span("2023-01-01", "2023-03-14").share_of_year == pytest.approx(73 / 365)


def test_the_last_year_that_a_date_can_have_is_named() -> None:
    assert str(Period(dt.date(9999, 1, 1), dt.date(9999, 12, 31))) == "9999"
    assert str(Period(dt.date(2023, 2, 1), dt.date(2023, 2, 28))) == "2023-02"
    assert str(Period(dt.date(2024, 2, 1), dt.date(2024, 2, 28))) == "2024-02-01..2024-02-28"
