"""How much of a table is drawn."""

import pytest

from forecasting.reading.cells import CellSheet, SheetCell
from forecasting.reporting.table_picture import picture_of


def sheet(rows: int, columns: int = 2) -> CellSheet:
    places = [(row, column) for row in range(1, rows + 1) for column in range(1, columns + 1)]
    return CellSheet("", {(row, column): SheetCell(f"{column}.{row}") for row, column in places})


@pytest.mark.parametrize(
    ("rows", "drawn"),
    [
        (12, [*range(1, 13)]),
        (13, [*range(1, 14)]),  # one line says as much as that there is one more
        (14, [*range(1, 11), "2 more rows", 13, 14]),
        (1200, [*range(1, 11), "1188 more rows", 1199, 1200]),
    ],
)
def test_ten_rows_and_the_last_two_are_drawn(rows: int, drawn: list[int | str]) -> None:
    _, _, *lines = picture_of("a.csv", sheet(rows))
    assert lines == [
        f"      ... {row} ..." if isinstance(row, str) else f"{row:>4}  {f'1.{row}':<8}2.{row}"
        for row in drawn
    ]


@pytest.mark.parametrize(("columns", "more"), [(8, ""), (9, " (and 1 more)")])
def test_eight_columns_are_drawn(columns: int, more: str) -> None:
    name, heads, _ = picture_of("a.csv", sheet(1, columns))
    assert name == "a.csv"
    assert heads.split("(")[0].split() == [*"ABCDEFGH"]
    assert heads.endswith(f"H{more}")


def test_wide_columns_share_the_width_of_a_terminal() -> None:
    """Two are as wide as is drawn at most, four have 66 signs beside 6 of the number and 8."""
    _, heads, line = picture_of("a.csv", CellSheet("", {(1, 1): SheetCell("y" * 40),
                                                        (1, 2): SheetCell("z" * 40)}))  # fmt: skip
    assert heads.index("B") - heads.index("A") == 24 + 2
    assert len(line) == 6 + 24 + 2 + 24
    letters = {(1, column): SheetCell(str(column) * 40) for column in range(1, 5)}
    _, heads, line = picture_of("a.csv", CellSheet("", letters))
    assert len(line) == 4 + 8 + 66
    assert [heads.index(letter) for letter in "ABCD"] == [6, 24, 42, 61]
