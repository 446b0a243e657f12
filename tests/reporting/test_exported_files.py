"""Files that leave the house: a workbook with charts and links, an IAMC table, CSV; inert, and the
same bytes again.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from made_up import FACTS, make_ledger, make_outlook, stored

from forecasting.reporting.exports import iamc_frame
from forecasting.reporting.workbook import write_workbook
from forecasting.writers.sheets import csv_bytes

NAMED = ("Electric vehicles imported", "Electric vehicles on the road")


@pytest.fixture
def book(tmp_path, outlook):
    return openpyxl.load_workbook(write_workbook(outlook, tmp_path / "outlook.xlsx"))


def column(sheet, head, row=3):
    names = [cell.value for cell in sheet[row]]
    return [line[names.index(head)] for line in sheet.iter_rows(min_row=row + 1)]


def test_the_workbook_has_its_sheets(book):
    assert book.sheetnames == ["Summary", "Results", "Assumptions", "Facts"]


def test_charts_are_drawn_by_excel(tmp_path, outlook):
    with zipfile.ZipFile(write_workbook(outlook, tmp_path / "a.xlsx")) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        text = "".join(archive.read(name).decode() for name in charts)
    assert len(charts) == 4
    assert text.count("<c:lineChart>") == 4
    for name in (*NAMED, "Charging points at 31 December, medians"):
        assert f"<a:t>{name}</a:t>" in text


def test_numbers_are_numbers_with_formats(book, outlook):
    sheet = book["Results"]
    median = [cell for cell in column(sheet, "median") if cell.value is not None]
    expected = np.median(outlook.results.values["ev_imports"][:, 2:], axis=0)
    assert [cell.value for cell in median[:8]] == pytest.approx(expected)
    assert {cell.number_format for cell in median[:8]} == {"#,##0"}
    assert [cell.value for cell in column(sheet, "year")[:2]] == [2023, 2024]


def test_facts_lead_to_their_sources(book):
    cells = column(book["Facts"], "source")
    assert {cell.hyperlink.target for cell in cells} == {"https://example.org/a"}
    assert len(cells) == sum(fact.get("measure", "ev_imports") == "ev_imports" for fact in FACTS)


def test_assumptions_and_drivers_are_there(book):
    words = {cell.value for row in book["Assumptions"].iter_rows() for cell in row}
    assert {"Plant", "kilometres a year", "this scenario", "a plant opens"} <= words


def test_sizes_of_drivers_and_assumptions_are_numbers(book):
    rows = [[cell.value for cell in row] for row in book["Assumptions"].iter_rows()]
    heads = next(row for row in rows if row[0] == "event")
    plant = next(row for row in rows if row[0] == "Plant")
    assert all(
        isinstance(plant[heads.index(name)], float | int) for name in ("likeliest", "probability")
    )


def test_nothing_becomes_a_formula_or_a_link_by_its_looks(tmp_path, outlook):
    outlook.caveats[:] = map(stored, ["=1+1", "https://example.org/not-a-link", "{=SUM(A1)}"])
    book = openpyxl.load_workbook(write_workbook(outlook, tmp_path / "a.xlsx"))
    cells = [cell for row in book["Summary"].iter_rows() for cell in row]
    assert {"=1+1", "{=SUM(A1)}"} <= {cell.value for cell in cells}
    assert all(cell.data_type in ("s", "n") for cell in cells)
    assert not any(cell.hyperlink for cell in cells)


def test_equal_outlooks_give_equal_bytes(tmp_path):
    first, second = (write_workbook(make_outlook(), tmp_path / f"{name}.xlsx") for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_a_workbook_of_an_outlook_read_back(tmp_path, outlook):
    from forecasting.scenarios.outlook import load_outlook

    outlook.save(tmp_path)
    again = replace(load_outlook(tmp_path), ledger=make_ledger(), evidence=outlook.evidence)
    book = openpyxl.load_workbook(write_workbook(again, tmp_path / "a.xlsx"))
    assert column(book["Results"], "median")[0].value == pytest.approx(10_000)
    assert column(book["Facts"], "id")[0].value == "F2021"


def test_iamc_has_one_column_per_year_and_a_variable_per_quantile(outlook):
    wide = iamc_frame(outlook.table)
    assert wide.columns.tolist() == [
        "Model",
        "Scenario",
        "Region",
        "Variable",
        "Unit",
        *outlook.years,
    ]
    row = wide[wide["Variable"] == "Electric vehicles on the road|50.0th Percentile"].iloc[0]
    assert row["Scenario"] == "baseline"
    assert row["Region"] == "Uzbekistan"
    assert row[2030] == pytest.approx(12_000 * 1.5**7, rel=1e-4)
    assert len(wide) == 8 * 7


def test_a_month_that_ends_with_the_year_is_not_the_year(outlook):
    year = outlook.table.query("measure == 'ev_imports' and period_end == '2030-12-31'")
    december = year.assign(period_start="2030-12-01", value=year["value"] / 12)
    stock = outlook.table.query("measure == 'ev_stock' and period_end == '2030-12-31'")
    on_its_day = stock.assign(period_start="2030-12-31")
    wide = iamc_frame(pd.concat([december, year, on_its_day])).set_index("Variable")[2030]
    medians = [wide[f"{name}|50.0th Percentile"] for name in NAMED]
    assert medians == [rows.query("quantile == 0.5")["value"].item() for rows in (year, stock)]


def test_iamc_years_are_in_order(outlook):
    early = outlook.table.query("period_end < '2024'").assign(
        country="KZ", period_start="1999-01-01", period_end="1999-12-31"
    )
    assert iamc_frame(pd.concat([outlook.table, early.iloc[:1]])).columns[5] == 1999


def test_iamc_survives_the_file(outlook):
    content = csv_bytes(iamc_frame(outlook.table))
    assert pd.read_csv(io.BytesIO(content)).shape == iamc_frame(outlook.table).shape
    assert csv_bytes(iamc_frame(outlook.table)) == content


def test_csv_is_inert():
    content = csv_bytes(pd.DataFrame({"note": ["=cmd()", "fine"], "value": [-1.0, 2.0]}))
    assert content == b"note,value\n'=cmd(),-1.0\nfine,2.0\n"
