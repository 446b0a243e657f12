"""Numbers as they are printed."""

import pytest
from hypothesis import given, strategies as st

from forecasting.vocabulary.printed_numbers import (
    decimal_mark,
    numbers_in,
    plain_text,
    printed_number,
    value_of_digits,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,345", 12345),
        ("12 345", 12345),
        ("1.234.567", 1234567),
        ("1'234", 1234),
        ("12,5", 12.5),
        ("1.2 million", 1_200_000),
        ("3,4 тыс.", 3400),
        ("7.2万", 72_000),
        ("٣٬٢٢٠", 3220),
        ("-5 %", -5),
        ("1e3", 1000),
        ("3 4", None),
        ("12 (est.)", None),
        ("many", None),
    ],
)
def test_numbers_as_they_are_printed(text, value):
    assert printed_number(text) == value


def test_marks_that_leave_it_open_are_open():
    assert value_of_digits("1,234") is None
    assert decimal_mark(["1,234", "2,345"]) == ""
    assert decimal_mark(["1,234", "2,345", "131"]) == ""
    assert decimal_mark(["0,131", "1,234"]) == ","
    assert decimal_mark(["1,5", "1.5"]) == ""


@given(st.integers(0, 10**12), st.sampled_from([" ", "\u202f", "'"]))
def test_a_number_in_groups_is_read_back(value, mark):
    text = plain_text(f"{value:,}".replace(",", mark))
    (number,) = numbers_in(text)
    assert number.value == value
    assert number.half_digit == 0.5
