"""Numbers as readers see them, at the ends between two forms."""

import pytest

from forecasting.writers.numbers import probability_words


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
