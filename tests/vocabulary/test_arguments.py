"""What a message says of an argument."""

import pytest

from forecasting.vocabulary.arguments import short_repr


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
