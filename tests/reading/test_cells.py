"""A sheet gives its cells by row and by column, each in order."""

from __future__ import annotations

from forecasting.reading.cells import CellSheet, SheetCell, column_letter

YEAR, CARS, NUMBER = SheetCell("2024"), SheetCell("Cars"), SheetCell("7", 7.0)


def test_the_cells_of_a_sheet_are_told_by_row_and_by_column_in_order():
    cells = {(2, 3): NUMBER, (2, 1): YEAR, (1, 3): CARS, (1, 1): SheetCell("")}
    sheet = CellSheet.of_cells("One", cells, ["row 9"])
    assert sheet.rows() == {1: {3: CARS}, 2: {1: YEAR, 3: NUMBER}}
    assert [*sheet.columns().items()] == [(1, {2: YEAR}), (3, {1: CARS, 2: NUMBER})]
    assert sheet.hidden == ("row 9",)


def test_letters_go_on_after_z_and_after_zz():
    assert [column_letter(n) for n in (26, 27, 52, 53, 702, 703)] == [
        *("Z", "AA", "AZ", "BA", "ZZ", "AAA"),
    ]
