"""Numbers and periods as people print them."""

import pytest
from hypothesis import given, strategies as st

from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.languages import country_names, months_named
from forecasting.vocabulary.printed_periods import (
    PeriodWords,
    _shorter,
    languages_of,
    period_in,
    period_of,
    solar_months,
)


@pytest.mark.parametrize(
    ("parts", "shorter"),
    [
        (((1, 6), (4, 6)), (4, 6)),
        (((4, 6), (1, 6)), (4, 6)),
        (((1, 6), (1, 6)), (1, 6)),
        ((None, (2, 3)), (2, 3)),
    ],
)
def test_of_two_parts_of_a_year_the_one_within_the_other_is_said(parts, shorter):
    assert _shorter(*parts) == shorter


@pytest.mark.parametrize("parts", [((1, 6), (6, 7)), ((2, 4), (1, 3)), ((1, 1), (2, 3))])
def test_parts_of_a_year_that_do_not_lie_in_each_other_contradict(parts):
    with pytest.raises(PeriodError, match="names two parts of a year"):
        _shorter(*parts)


@pytest.mark.parametrize(
    ("text", "fiscal"),
    [("2023-24", 2023), ("2011-12", None), ("2012-13", 2012), ("2011/12", 2011), ("2022-24", None)],
)
def test_two_digits_behind_a_year_are_the_next_year_where_they_are_no_month(text, fiscal):
    words = period_in(text)
    assert (words.year if words.fiscal else None) == fiscal


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024", "2024"),
        ("2024年", "2024"),
        ("2024 г.", "2024"),
        ("FY2024 total", None),
        ("H1 2024", "2024-01..2024-06"),
        ("2024H1", "2024-01..2024-06"),
        ("1H24", "2024-01..2024-06"),
        ("I полугодие 2024 г.", "2024-01..2024-06"),
        ("9M 2024", "2024-01..2024-09"),
        ("9 мес. 2024", "2024-01..2024-09"),
        ("first nine months of 2024", "2024-01..2024-09"),
        ("first three quarters of 2024", "2024-01..2024-09"),
        ("Q3'24", "2024-07..2024-09"),
        ("III квартал 2024", "2024-07..2024-09"),
        ("3er trimestre 2024", "2024-07..2024-09"),
        ("Sep-24", "2024-09"),
        ("jan/24", "2024-01"),
        ("2024M09", "2024-09"),
        ("09/2024", "2024-09"),
        ("Oktober 2024", "2024-10"),
        ("Ekim 2024", "2024-10"),
        ("в октябре 2024 года", "2024-10"),
        ("янв-сен 2024", "2024-01..2024-09"),
        ("2024年1-9月", "2024-01..2024-09"),
        ("2024년", "2024"),
        ("2024년 9월", "2024-09"),
        ("2024년 1~9월", "2024-01..2024-09"),
        ("Acumulado jan-set 2025", "2025-01..2025-09"),
        ("2024 (up to November)", "2024-01..2024-11"),
        ("по ноябрь 2024", "2024-01..2024-11"),
        ("2024年3月15日", "2024-03-15"),
        ("2024-3-5", "2024-03-05"),
        ("31.12.2024", "2024-12-31"),
        ("на 1 января 2025 года", "2025-01-01"),
        ("December 31, 2024", "2024-12-31"),
    ],
)
def test_periods_as_they_are_printed(text, period):
    words = period_in(text)
    if period is None:
        assert words.fiscal == "called"
    else:
        assert (str(words.period()), words.open) == (period, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2025 (partly)", "beside the year it says 'partly'"),
        ("2019-2024", "names the years 2019 to 2024"),
        ("05/06/2024", "may name the day or the month first"),
        ("March and April 2024", "names two months"),
        ("until June 2024", "says 'until' before the month"),
        ("year to June 2024", "says 'to' before the month"),
        ("listopad 2024", "names two months in two languages"),
    ],
)
def test_what_may_be_another_period_says_why(text, why):
    assert why in period_in(text).open


def test_words_of_a_sentence_are_no_months():
    assert not period_in("EVs sold out").says
    assert not period_in("set of cars").says
    with pytest.raises(PeriodError, match="is not a period such as"):
        period_of("soon")


def test_a_name_of_two_months_is_that_of_the_language_of_its_table():
    polish = languages_of(["styczeń", "luty", "listopad"])
    croatian = languages_of(["siječanj", "veljača", "listopad"])
    assert period_in("listopad 2024", polish).months == (11, 11)
    assert period_in("listopad 2024", croatian).months == (10, 10)
    assert months_named("ocak") == {1: frozenset({"tr"})}
    assert country_names()["schweden"] == "SE"


def test_two_texts_say_one_period_or_contradict_each_other():
    joined = period_in("Q1").joined(period_in("2024")).joined(period_in("February"))
    assert str(joined.period()) == "2024-02"
    with pytest.raises(PeriodError, match="names two years, 2023 and 2024"):
        period_in("2023").joined(period_in("2024"))
    with pytest.raises(PeriodError, match="names two parts of a year"):
        period_in("Q1").joined(period_in("May"))


@given(st.integers(1990, 2050), st.integers(1, 12))
def test_a_month_is_read_back_in_each_form(year, month):
    for form in (
        f"{year}-{month:02d}",
        f"{month:02d}/{year}",
        f"{year}M{month:02d}",
        f"{year}年{month}月",
    ):
        assert period_of(form).label == f"{year}-{month:02d}"


@pytest.mark.parametrize(("text", "year"), [("FY1999/00", 1999), ("1999/00", 1999),
                                            ("FY99/00", 1999), ("FY23/24", 2023)])  # fmt: skip
def test_a_fiscal_year_of_two_years_begins_in_the_first(text, year):
    words = period_in(text)
    assert (words.year, words.fiscal, words.open) == (year, "begins", "")


@pytest.mark.parametrize(
    ("months", "named", "fiscal", "period"),
    [
        # Named months before the first one are of the calendar year that follows
        ((4, 6), True, "begins", "2023-04..2023-06"),
        ((12, 12), True, "begins", "2023-12"),
        ((1, 3), True, "begins", "2024-01..2024-03"),
        ((10, 2), True, "begins", "2023-10..2024-02"),
        ((1, 3), True, "ends", "2023-01..2023-03"),
        ((1, 3), True, "", "2023-01..2023-03"),
        # Those that are counted run from the first one
        ((1, 3), False, "begins", "2023-04..2023-06"),
        (None, False, "begins", "2023-04..2024-03"),
        (None, False, "ends", "2022-04..2023-03"),
    ],
)
def test_months_of_a_year_that_begins_in_april(months, named, fiscal, period):
    words = PeriodWords(2023, months, named=named, fiscal=fiscal)
    assert words.period(first_month=4).label == period


def test_a_fiscal_year_of_two_years_apart_is_open():
    assert period_in("FY23/25").open == "names two years"


@pytest.mark.parametrize(
    ("year", "months", "start", "end"),
    [
        (1402, (1, 1), "2023-03-21", "2023-04-20"),
        (1402, (7, 9), "2023-09-23", "2023-12-21"),
        (1402, (12, 12), "2024-02-20", "2024-03-19"),
        (1403, (1, 1), "2024-03-20", "2024-04-19"),
        (1403, (12, 12), "2025-02-19", "2025-03-20"),  # a leap year
        (1403, (1, 12), "2024-03-20", "2025-03-20"),
    ],
)
def test_months_of_the_solar_hijri_calendar_have_the_days_of_its_leap_years(
    year, months, start, end
):
    period = solar_months(year, *months)
    assert (str(period.start), str(period.end)) == (start, end)
