"""Files that are ledgers already."""

from __future__ import annotations

from table_cases import workbook

import forecasting as fc
from forecasting.reading.user_files import plain_rows


def test_a_ledger_in_a_workbook_passes_no_stage_of_tables(tmp_path):
    heads = ["id", "measure", "place", "period_start", "period_end", "relation", "value"]
    row = ["a", "ev_imports", "UZ", "2022-01-01", "2022-12-31", "equals", 2180]
    (tmp_path / "facts.xlsx").write_bytes(workbook([heads, row]))
    (fact,) = fc.read_ledger(tmp_path / "facts.xlsx")
    assert (fact.id, fact.value) == ("a", 2180)


def test_a_sheet_with_the_columns_of_a_ledger_is_one(tmp_path):
    """Of its first row; a cell that is missing is empty, and any other sheet is no ledger."""
    columns = ["id", "measure", "place", "period_start", "period_end", "relation", "value", "note"]
    rows = [
        ["a", "ev_imports", "UZ", "2024-01-01", "2024-12-31", "equals", "5", None],
        [None] * 8,
        ["b", "ev_imports", "UZ", "2025-01-01", "2025-12-31", "equals", "7", "late"],
    ]
    path = tmp_path / "facts.xlsx"
    path.write_bytes(workbook([columns, *rows]))
    found = plain_rows(path)
    assert [(row.cells["id"], row.cells["value"]) for row in found.rows] == [("a", "5"), ("b", "7")]
    assert [row.cells["note"] for row in found.rows] == ["", "late"]
    path.write_bytes(workbook([["Imports"], columns, *rows]))
    assert plain_rows(path) is None
