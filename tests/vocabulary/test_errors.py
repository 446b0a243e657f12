"""Errors that name several problems."""

import pytest

from forecasting.vocabulary.errors import InputError, Problem
from forecasting.vocabulary.limits import MAX_PROBLEMS


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
