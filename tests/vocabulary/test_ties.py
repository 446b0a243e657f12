"""Limits of messages, names, days and sizes at their ties."""

import pytest

from forecasting.parameters.naming import unsafe_name
from forecasting.parameters.values import _is_size, _is_year
from forecasting.vocabulary.arguments import short_repr
from forecasting.vocabulary.errors import InputError, PeriodError, Problem
from forecasting.vocabulary.limits import MAX_PROBLEMS
from forecasting.vocabulary.periods import as_date


@pytest.mark.parametrize(
    ("further", "last"),
    [
        (0, f"a.csv:{MAX_PROBLEMS}: is wrong"),
        (1, f"a.csv:{MAX_PROBLEMS + 1}: is wrong"),  # in one line, as its number would be
        (2, "and 2 more problems"),
        (1200, "and 1,200 more problems"),
    ],
)
def test_of_many_problems_the_others_are_counted(further: int, last: str) -> None:
    count = MAX_PROBLEMS + further
    error = InputError([Problem(f"a.csv:{row + 1}", "is wrong") for row in range(count)])
    lines = str(error).splitlines()
    assert len(lines) == MAX_PROBLEMS + min(further, 1)
    assert lines[-1] == last
    assert len(error.problems) == count


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("x" * 58, repr("x" * 58)),
        ("x" * 59, repr("x" * 59)[:60] + "..."),
        (10**20 - 1, str(10**20 - 1)),
        (10**20, "a whole number of 67 bits"),
        (-(10**20), "a whole number of 67 bits"),
        (True, "True"),
    ],
)
def test_a_value_in_a_message_is_short(value: object, words: str) -> None:
    assert short_repr(value) == words


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_a_day_of_the_years_that_can_be_is_one(day: str) -> None:
    assert str(as_date(day)) == day


@pytest.mark.parametrize("day", ["1899-12-31", "2201-01-01"])
def test_a_day_of_other_years_is_refused(day: str) -> None:
    with pytest.raises(PeriodError, match=f"{day} lies outside 1900 to 2200"):
        as_date(day)


@pytest.mark.parametrize(("letters", "fault"), [(80, ""), (81, "it is 81 characters long")])
def test_a_name_has_at_most_eighty_letters(letters: int, fault: str) -> None:
    assert unsafe_name("x" * letters).startswith(fault)
    assert bool(unsafe_name("x" * letters)) is bool(fault)


@pytest.mark.parametrize(
    ("size", "is_size"),
    [(200_000_000, True), (200_000_001, False), (0.5, True), (0, False), (True, False)],
)
def test_a_market_has_a_size_that_can_be(size: float, is_size: bool) -> None:
    assert _is_size(size) is is_size


@pytest.mark.parametrize(
    ("key", "is_year"),
    [("1900", True), (2200, True), ("1899", False), ("2201", False), ("02024", False)],
)
def test_a_size_of_a_market_is_of_a_year(key: object, is_year: bool) -> None:
    assert _is_year(key) is is_year
