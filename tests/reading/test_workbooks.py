"""Workbooks are read as they are shown, and formulas by their stored values."""

from __future__ import annotations

import shutil

import pytest
from openpyxl.chart import LineChart, Reference
from table_cases import TABLES, one, read, workbook

import forecasting as fc
from forecasting.reading.answers import answers_in
from forecasting.reading.cells import UserFile
from forecasting.reading.user_table import UserTable
from forecasting.vocabulary.errors import LedgerError


def test_a_workbook_is_read_as_it_is_shown():
    def change(sheet):
        sheet["C3"].number_format = '0.0,"k"'
        sheet["D3"].number_format = "0%"
        sheet.row_dimensions[5].hidden = True
        sheet.column_dimensions["E"].hidden = True
        sheet.merge_cells("A3:A4")

    rows = [["", "Sales"], ["Year", "Month", "EVs", "Share", "Old"], [2024, "Jan", 1370, 0.05, 7],
            [None, "Feb", 2000, 0.06, 8], [2024, "Mar", 1, 1, 1]]  # fmt: skip
    table = UserTable(UserFile("own.xlsx", workbook(rows, change)))
    made = table.read(answers_in(one("ev_sales", "columns: [C]")))
    assert {str(fact.period): fact.value for fact in made.facts} == {
        "2024-01": 1370,
        "2024-02": 2000,
    }
    assert made.left_out == ("column D 'Share'", "row 5: is hidden", "column E: is hidden")
    assert made.rows()[0].cells["source"] == "own.xlsx, Sheet!C3"


def test_what_is_not_read_of_two_sheets_is_told_with_its_sheet():
    def change(sheet):
        buses = sheet.parent.create_sheet("Buses")
        for row in (["Year", "Buses sold"], [2023, 7], [2024, 8]):
            buses.append(row)

    data = workbook([["Year", "EVs", "Foo"], [2023, 5, 2], [2024, 9, 3]], change)
    table = UserTable(UserFile("own.xlsx", data))
    made = table.read(answers_in(one("ev_sales", "columns: [B]", sheet="Sheet")))
    assert made.left_out == ("sheet Sheet, column C 'Foo'", "sheet Buses")


def test_an_old_workbook_and_an_open_document_are_read(tmp_path):
    shutil.copytree(TABLES, tmp_path / "tables")
    parc, stations = tmp_path / "tables" / "parc.xls", tmp_path / "tables" / "stations.ods"
    with pytest.raises(LedgerError, match=r"does not tell its formats"):
        fc.read_ledger(parc)
    parc.with_name("parc.mapping.yaml").write_text(
        "place: GE\n" + one("ev_stock", "columns: [Cars]", unit=1)
    )
    assert fc.read_ledger(parc).frame["value"].tolist() == [5400, 9100]
    stations.with_name("stations.mapping.yaml").write_text(
        "place: GE\n" + one("charging_stations", "columns: [B]")
    )
    frame = fc.read_ledger(stations).frame
    assert frame[["period_end", "value"]].values.tolist() == [
        ["2024-03-31", 410.0],
        ["2024-06-30", 455.0],
    ]


def test_a_formula_without_a_stored_value_is_refused_by_its_cell():
    data = workbook([["Year", "EVs"], [2024, 5], [2025, "=B2*2"]])
    with pytest.raises(LedgerError, match=r"B3: 1 formulas have no stored value"):
        read(data, one("ev_sales", "columns: [B]"), "own.xlsx")


def test_a_number_in_the_same_cell_of_another_sheet_is_no_value_of_a_formula():
    rows = [["Year", "EVs"], [2024, 5], [2025, 9]]

    def change(sheet):
        sheet["B3"] = "=B2*2"
        other = sheet.parent.create_sheet("other")
        for row in rows:
            other.append(row)

    data = workbook(rows, change)
    with pytest.raises(LedgerError, match=r"B3: 1 formulas have no stored value"):
        read(data, one("ev_sales", "columns: [B]"), "own.xlsx")


def test_a_word_before_the_number_of_a_sheet_is_no_month():
    data = workbook([["Год", "EVs"], [2023, 40]], lambda sheet: setattr(sheet, "title", "Лист1"))
    for periods in ("own", "year"):
        answers = one("ev_stock", "columns: [B]", periods=periods)
        assert read(data, answers, "own.xlsx") == {"2023-12-31": 40}


def test_a_workbook_with_a_chart_is_read():
    def change(sheet):
        chart = LineChart()
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
        sheet.add_chart(chart, "D2")

    data = workbook([["Year", "EVs"], [2024, 5], [2025, 9]], change)
    assert read(data, one("ev_sales", "columns: [B]"), "own.xlsx") == {"2024": 5, "2025": 9}
