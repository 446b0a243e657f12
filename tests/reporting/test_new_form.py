"""The questions of a new country as a form."""

import ipywidgets
import pytest

import forecasting as fc
from forecasting.reporting.explore import NewForm
from forecasting.vocabulary.errors import InputError


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """What a notebook would show."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text(
        "Country,Year,EV sales\nGeorgia,2022,1500\nGeorgia,2023,4000\n"
    )
    things = []
    monkeypatch.setattr("IPython.display.display", lambda thing, **_: things.append(thing))
    return things


def _fields(box):
    """The field of each question, by its first line."""
    fields = {}
    for row, field in zip(box.children, box.children[1:], strict=False):
        if isinstance(row, ipywidgets.HTML) and not isinstance(field, ipywidgets.HTML):
            field = field.children[0] if isinstance(field, ipywidgets.HBox) else field
            fields[row.value.partition("</b>")[0].removeprefix("<b>")] = field
    return fields


def test_the_form_asks_proposes_writes_and_shows(shown, tmp_path):
    fc.new()._ipython_display_()
    rows, button, _ = shown.pop().children
    assert len(rows.children) == 3  # a name, its field, and what hinders it
    assert "name a table of your own" in rows.children[-1].value
    _fields(rows)["Table"].value = "mine.csv"
    fields = _fields(rows)
    assert "   2  Georgia  2022    1500" in rows.children[0].value
    assert fields["Is it read so?"].value == "yes"
    assert any("is read as ev_sales:" in row.value for row in rows.children)
    assert fields["Which country is forecast?"].value == "GE"
    fields["Until which year?"].value = "soon"
    assert "horizon" in rows.children[-1].value
    _fields(rows)["Until which year?"].value = "2032"
    assert rows.children[-1].value == ""
    button.click()
    assert (tmp_path / "params" / "georgia-baseline.yaml").is_file()
    explorer = shown.pop()
    assert explorer.reference.scenario.measure == "ev_sales"
    assert explorer.reference.years[-1] == 2032
    names = fc.explore("georgia-baseline", draws=50).panel.controls["scenario"]
    assert "georgia-baseline" in names.options


def test_the_same_from_code_and_what_hinders_it(shown, tmp_path):
    form = fc.new("Georgia", tmp_path / "mine.csv")
    assert isinstance(form, NewForm)
    assert "New cars a year in Georgia" in repr(form)
    form.answers["market_size"] = "many"
    with pytest.raises(InputError, match="'many' is not a number above 0"):
        form.write()
    assert not (tmp_path / "params").exists()


def test_each_question_of_a_table_is_a_select_box(shown, tmp_path):
    lines = ["Cars of Georgia", "Year;Petrol;Electro", "2022;900;1500", "2023;800;4000"]
    (tmp_path / "mine.csv").write_text("\n".join(lines))
    form = fc.new("Georgia", "mine.csv")
    form._ipython_display_()
    rows, *_ = shown.pop().children
    box = _fields(rows)["Which line is read?"]
    assert [words for words, _ in box.options] == [
        "column B 'Petrol': 900, 800",
        "column C 'Electro': 1500, 4000",
    ]
    box.value = "{columns: [C]}"
    assert "What does it count?" in rows.children[-1].value
    _fields(rows)["What does it count?"].value = "ev_sales"
    assert _fields(rows)["What is a 1 of it?"].value == "1"
    assert rows.children[-1].value == ""
    form.write()
    written = (tmp_path / "mine.mapping.yaml").read_text()
    assert written == "read:\n  - counts: ev_sales\n    columns: [C]\nplace: GE\n"


def test_an_answer_that_no_list_has_is_typed_beside_it(shown, tmp_path):
    (tmp_path / "mine.csv").write_text("Year;Petrol;Electro\n2022;900;1500\n2023;800;4000\n")
    form = fc.new("Georgia", "mine.csv")
    form._ipython_display_()
    rows, *_ = shown.pop().children
    typed = [row.children[1] for row in rows.children if isinstance(row, ipywidgets.HBox)]
    typed[0].value = "B, C"
    box = _fields(rows)["Which line is read?"]
    assert (box.value, box.label) == ("{columns: [B, C]}", "columns: [B, C]")
