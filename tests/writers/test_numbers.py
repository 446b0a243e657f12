"""Numbers as readers see them, at the ends between two forms."""

import pytest

from forecasting.writers.numbers import probability_words, readable


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.995, "over 99 %"),
        (0.9949, "99 %"),
        (0.0051, "1 %"),
        (0.005, "under 1 %"),
        (1.0, "over 99 %"),
    ],
)
def test_no_probability_is_printed_as_none_or_as_all(share: float, words: str) -> None:
    assert probability_words(share) == words


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (9999, 2, "9,999"),  # a whole number below ten thousand keeps all of its digits
        (10_000, 2, "10,000"),
        (-12_345, 2, "-12,000"),
        (99.96, 3, "100"),
        (99.94, 3, "99.9"),
        (1.999, 3, "2"),
        (1.0049, 3, "1"),
        (0.999, 3, "1"),
        (0.995, 2, "0.99"),
        (-0.0314, 3, "-0.031"),
        (0.0, 3, "0"),
        (float("-inf"), 3, "–"),
    ],
)
def test_a_number_has_as_many_digits_as_are_asked(value: float, digits: int, words: str) -> None:
    assert readable(value, digits) == words
