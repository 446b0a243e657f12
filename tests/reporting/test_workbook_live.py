"""What must hold of the answers of a workbook, as formulas."""

from types import SimpleNamespace

import pandas as pd
import pytest

from forecasting.demand.symbols import Cell
from forecasting.reporting import workbook_live
from forecasting.reporting.workbook_live import _LiveBook


def test_each_check_looks_at_all_answers():
    words, formulas = {}, {}
    sheet = SimpleNamespace(
        write_string=lambda row, column, text, look: words.update({row: text}),
        write_formula=lambda row, column, formula, look, value: formulas.update({row: formula}),
    )
    book = SimpleNamespace(sheet=lambda *_: sheet, _answers=lambda: [None] * 4, looks={"text": 0})
    _LiveBook._checks(book, "inputs!Z1")
    assert [*words] == [*formulas] == [2, 3, 4, 5]
    assert formulas[2] == '=IF(inputs!Z1=0,"ok","look here")'
    lower = "(answer!C2:C5>answer!D2:D5)+(answer!D2:D5>answer!E2:E5)"
    assert formulas[3] == f'=IF(SUMPRODUCT({lower})=0,"ok","look here")'
    assert '(answer!A2:A5<>"point_margin")*(answer!C2:E5<0)' in formulas[4]
    assert "ABS(answer!D2:D5-answer!I2:I5)>0.001*ABS(answer!I2:I5)" in formulas[5]


@pytest.mark.parametrize("levers", [(), ("annual_km", "imports", "unknown to the sheets")])
def test_the_brief_asks_below_its_tables_whether_all_checks_hold(monkeypatch, levers):
    """A lever that stands on no sheet is not named. Each table here has a head and its rows."""
    texts, formulas, links = {}, {}, {}
    sheet = SimpleNamespace(
        write_string=lambda row, column, text, look: texts.update({(row, column): text}),
        write_formula=lambda row, column, text, look, value: formulas.update(
            {(row, column): (text, value)}
        ),
        write_url=lambda row, column, url, look, words: links.update({(row, column): (url, words)}),
    )
    swings = pd.DataFrame({"input": list(levers), "low": 1.0, "high": 2.0, "swing": 1.0})
    entries = [{"measure": "ev_imports", "year": year} for year in (2024, 2025)]
    monkeypatch.setattr(workbook_live, "headline", lambda *_: entries)
    forms = SimpleNamespace(table=list)
    monkeypatch.setattr(workbook_live, "BRIEF_ANSWERS", forms)
    monkeypatch.setattr(workbook_live, "BRIEF_LEVERS", forms)
    book = SimpleNamespace(
        outlook=SimpleNamespace(
            demand=SimpleNamespace(swings_of=lambda _: swings),
            as_of="2023-06-26",
            results=None,
            measure="ev_imports",
            headline_year=2024,
        ),
        looks=dict.fromkeys(("note", "link", "head", "text")),
        answer_rows={("ev_imports", 2024): 2},
        chain=SimpleNamespace(first_year=2023),
        places={Cell("annual_km"), Cell("ev_imports.2023")},
        table=lambda sheet, row, rows: row + 1 + len(rows),
        _yellow=lambda name: f"inputs!$B${len(name)}",
    )
    after = _LiveBook._brief(book, sheet)
    named = 2 if levers else 0
    # The first table has its head in row 3 and one answer, the second its head in row 6
    question = (7 + named + 1, 0)
    assert texts[question] == "Do all checks hold?"
    assert [*formulas] == [(question[0], 1)]
    assert formulas[question[0], 1] == (
        '=IF(COUNTIF(checks!B3:B6,"ok")=4,"yes","see the sheet checks")',
        "yes",
    )
    assert after == question[0] + 1
    assert [*links] == [(7, 3), (8, 3)][:named]
    assert [url for url, _ in links.values()] == ["internal:inputs!$B$9", "internal:inputs!$B$15"][
        :named
    ]
