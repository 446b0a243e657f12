"""The workbooks of all scenarios, read back cell by cell; a spreadsheet computes them elsewhere."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from made_up import make_results

from forecasting.reporting import comparison_files
from forecasting.reporting.result_tables import yearly
from forecasting.scenarios.joint_draws import Results
from forecasting.vocabulary.catalogues import written_in
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.measures import HEADLINE

GRID = [
    ("kazakhstan-baseline", "KZ", 1.0),
    ("uzbekistan-accelerated", "UZ", 1.5),
    ("uzbekistan-baseline", "UZ", 1.0),
]
RECORD = {"parameters": {"seed": 1}, "version": "a"}


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[Results]:
    """Three reports of one seed, which stand in no folder."""
    made = [make_results(*words) for words in GRID]

    def found(*_: Any) -> list[tuple[str, tuple[Results], dict[str, Any]]]:
        rows = []
        for part in made:
            parameters = {"seed": 1, "scenario": part.scenario.rpartition("-")[2]}
            rows.append((part.scenario, (part,), RECORD | {"parameters": parameters}))
        return rows

    monkeypatch.setattr(comparison_files, "_reports", found)
    return made


def sheets(content: bytes, values: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def test_each_scenario_is_looked_up_and_compared_with_its_baseline(
    reports: list[Results], tmp_path: Path
) -> None:
    table = pd.concat([part.table for part in reports], ignore_index=True)
    comparison_files.write_comparison(tmp_path, table, ["en", "ru"])
    russian = sheets((tmp_path / "comparison.ru.xlsx").read_bytes(), True)
    assert [russian["Compare"].cell(row, 1).value for row in (6, 7, 8)] == [
        *("Показатель", "Год", "Единица")
    ]
    assert russian["Compare"]["B8"].value == russian["All"]["E2"].value == "автомобилей"
    content = (tmp_path / "comparison.xlsx").read_bytes()
    live, told = sheets(content, True)["Compare"], sheets(content, False)["Compare"]
    measure = comparison_files.label_of(HEADLINE[0])
    assert [live.cell(row, 2).value for row in (6, 7, 8)] == [measure, 2030, "vehicles"]
    assert told["B8"].value == '=IFERROR(INDEX(All!$E:$E,MATCH($B$6,All!$D:$D,0)),"")'
    assert [live.cell(row, 1).value for row in (10, 11, 12)] == [name for name, _, _ in GRID]
    median = 1.5**7 * 12_000.0
    assert [live.cell(row, 3).value for row in (10, 11, 12)] == [
        pytest.approx(scale * median, rel=1e-4) for _, _, scale in GRID
    ]
    assert [live.cell(row, 6).value for row in (10, 11, 12)] == [
        *(None, pytest.approx(median / 2, rel=1e-4), None)
    ]
    assert [live.cell(row, 9).value for row in (10, 11, 12)] == [None, pytest.approx(50), None]
    assert told["I11"].value == '=IFERROR(100*F11/C12,"")'
    assert "INDEX(All!$J:$J,MATCH(" in told["C11"].value
    whole = sheets(content, True)["All"]
    first = [whole.cell(2, column).value for column in range(1, 6)]
    assert first[0] == f"{first[1]}|KZ|{first[3]}|2026"
    assert whole.max_row == 1 + 3 * 10 * 8


def test_no_baseline_has_no_difference(reports: list[Results], tmp_path: Path) -> None:
    del reports[2]
    table = comparison_files._differences(tmp_path)
    assert table.empty
    assert table.index.names == ["scenario", "country", "measure", "year"]


def test_a_difference_is_taken_draw_by_draw(reports: list[Results], tmp_path: Path) -> None:
    table = comparison_files._differences(tmp_path)
    assert {name for name, *_ in table.index} == {"uzbekistan-accelerated"}
    draws = 0.5 * reports[2].values["ev_stock"][:, -1]
    row = table.loc[("uzbekistan-accelerated", "UZ", "ev_stock", 2030)]
    assert row.tolist() == pytest.approx(np.quantile(draws, [0.5, 0.1, 0.9]).tolist())


def test_the_workbook_of_chosen_countries_is_in_russian_too(
    reports: list[Results], tmp_path: Path
) -> None:
    with written_in("ru") as russian:
        content = comparison_files.live_comparison(tmp_path)
    values, formulas = sheets(content, True), sheets(content, False)
    compare = values["compare"]
    assert [[compare.cell(row, column).value for column in (1, 2)] for row in range(3, 8)] == [
        ["показатель", "электрические автомобили в парке"],
        ["год", 2030],
        ["сценарий", "базовый"],
        ["Казахстан", "да"],
        ["Узбекистан", "да"],
    ]
    assert 'compare!$B$6="да"' in formulas["draws"]["D5"].value
    assert not russian.missing


def test_draws_of_chosen_countries_are_added_under_the_scenario_and_the_baseline(
    reports: list[Results], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the first ten draws, with room for one year."""
    monkeypatch.setattr(comparison_files, "MAX_DRAW_CELLS", 10 * 3 * len(HEADLINE) + 1)
    content = comparison_files.live_comparison(tmp_path)
    values, formulas = sheets(content, True), sheets(content, False)
    compare = values["compare"]
    chosen = [compare.cell(row, 2).value for row in range(3, 8)]
    assert chosen == [HEADLINE[0], 2030, "baseline", "yes", "yes"]
    draws, weights = values["draws"], formulas["draws"]
    assert (draws.max_row, draws.max_column) == (17, 3 + 3 * len(HEADLINE))
    assert [[draws.cell(row, column).value for row in range(1, 5)] for column in (4, 5, 6)] == [
        [HEADLINE[0], 2030, "Kazakhstan", "baseline"],
        [HEADLINE[0], 2030, "Uzbekistan", "accelerated"],
        [HEADLINE[0], 2030, "Uzbekistan", "baseline"],
    ]
    # Which columns are added is said in two rows: under the chosen scenario, and of baselines
    assert [[draws.cell(row, column).value for column in (4, 5, 6, 7)] for row in (5, 6)] == [
        [1, 0, 1, 0],
        [1, 0, 1, 0],
    ]
    end = weights.cell(1, weights.max_column).column_letter
    assert weights["E6"].value.endswith(",FALSE),1,0)")
    assert weights["F6"].value.endswith(",TRUE),1,0)")
    assert f"COUNTIFS($D3:${end}3,F3,$D4:${end}4," in weights["F5"].value
    assert "COUNTIFS" not in weights["E5"].value
    assert weights["A8"].value == f"=SUMPRODUCT(D$5:{end}$5,D8:{end}8)"
    assert weights["B8"].value == f"=SUMPRODUCT(D$6:{end}$6,D8:{end}8)"
    assert weights["C8"].value == "=A8-B8"
    stock = reports[0].values[HEADLINE[0]][:10, -1]
    added = [2 * float(f"{number:.4g}") for number in stock]
    assert [draws.cell(7, column).value for column in (1, 2, 3)] == [
        *("chosen", "baseline", "difference")
    ]
    assert [[draws.cell(row, column).value for row in range(8, 18)] for column in (1, 2, 3)] == [
        added,
        added,
        [0] * 10,
    ]
    found = [[compare.cell(row, column).value for column in range(4, 8)] for row in (3, 4, 5)]
    assert [row[0] for row in found] == ["chosen", "baseline", "difference"]
    for row in found[:2]:
        assert row[1:] == pytest.approx(np.quantile(added, [0.1, 0.5, 0.9]).tolist())
    assert found[2][1:] == [0, 0, 0]
    assert "PERCENTILE(draws!$A$8:$A$17,0.5)" in formulas["compare"]["F3"].value


def test_reports_of_other_worlds_are_not_added(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = [make_results(*words) for words in GRID[1:]]
    rows = [
        (part.scenario, (part,), {"parameters": {"seed": seed, "scenario": name}, "version": "a"})
        for seed, (part, name) in enumerate(zip(made, ["accelerated", "baseline"], strict=True))
    ]
    monkeypatch.setattr(comparison_files, "_reports", lambda *_: rows)
    with pytest.raises(InputError, match=r"accelerated \(seed 0, 802 draws, version a\) and uzb"):
        comparison_files._of_countries(tmp_path)
    monkeypatch.setattr(comparison_files, "_reports", lambda *_: rows[:1])
    with pytest.raises(InputError, match="holds no report of a country's baseline; run one first"):
        comparison_files._of_countries(tmp_path)
    assert comparison_files._differences(tmp_path).empty


def test_what_is_printed_is_the_headline_of_five_years() -> None:
    """The print area ends below the rows that are to be printed, which come first."""
    areas: list[tuple[int, ...]] = []
    looks = SimpleNamespace(
        print_area=lambda *area: areas.append(area),
        set_column=lambda *_: None,
        repeat_rows=lambda _: None,
    )
    told: list[Any] = []
    book = SimpleNamespace(
        sheet=lambda *_: looks, table=lambda _, row, table, frozen: told.append(table)
    )
    wide = yearly(make_results().table).join(comparison_files._differences(Path("nowhere")))
    comparison_files._table(book, wide)
    printed = {"ev_imports", "ev_registrations", *HEADLINE} & {*wide.index.unique("measure")}
    assert areas == [(0, 0, 5 * len(printed), 15)]
    assert len(told[0].frame) == 80
