"""What must hold of the answers of a workbook, as formulas."""

from types import SimpleNamespace

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
