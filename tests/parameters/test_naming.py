"""Names of scenarios and folders at their limits."""

import pytest

from forecasting.parameters.naming import unsafe_name


@pytest.mark.parametrize(("letters", "fault"), [(80, ""), (81, "it is 81 characters long")])
def test_a_name_has_at_most_eighty_letters(letters: int, fault: str) -> None:
    assert unsafe_name("x" * letters).startswith(fault)
    assert bool(unsafe_name("x" * letters)) is bool(fault)
