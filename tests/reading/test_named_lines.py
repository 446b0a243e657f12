"""Which numbers an entry of the answers names."""

from __future__ import annotations

from table_cases import one, read


def test_a_sum_that_is_named_by_what_its_row_says_is_read():
    table = "Quarter,Fuel,Cars\n2023Q1,All fuels,90\n2023Q1,Electric,40\nQ2 2023,All fuels,95\n"
    found = read(table, one("car_sales", "columns: [C]\n    where: {B: All fuels}"))
    assert found == {"2023-01..2023-03": 90, "2023-04..2023-06": 95}
