"""What the facts of a table are called by."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from forecasting.reading.table_facts import TableFact


@pytest.mark.parametrize(("count", "dots"), [(4, ""), (5, "+...")])
def test_four_cells_of_a_sum_are_named(count, dots):
    numbers = [SimpleNamespace(name=f"B{row}") for row in range(1, count + 1)]
    fact = SimpleNamespace(numbers=numbers, shape=SimpleNamespace(title="Sheet"))
    assert TableFact.name.fget(fact) == f"Sheet!B1+B2+B3+B4{dots}"
