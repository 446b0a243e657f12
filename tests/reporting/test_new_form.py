"""The questions of a new country as a form."""

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


def _texts(box):
    return {
        row.value: text for row, text in zip(box.children[::2], box.children[1::2], strict=False)
    }


def test_the_form_asks_proposes_writes_and_shows(shown, tmp_path):
    fc.new()._ipython_display_()
    rows, button, _ = shown.pop().children
    assert "name a table of your own" in rows.children[-1].value
    _texts(rows)["Table"].value = "mine.csv"
    texts = _texts(rows)
    assert texts["Which country is forecast?"].value == "GE"
    assert texts["What does &#x27;EV sales&#x27; count?"].value == "ev_sales"
    texts["Until which year?"].value = "soon"
    assert "horizon" in rows.children[-1].value
    _texts(rows)["Until which year?"].value = "2032"
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


def test_a_column_is_chosen_in_the_grid(shown, tmp_path):
    title = "Cars sold in Georgia, of all makers"
    lines = [title, "Country;Year;Sold", "Georgia;2022;1500", "Georgia;2023;4000"]
    (tmp_path / "mine.csv").write_text("\n".join(lines))
    form = fc.new("Georgia", "mine.csv")
    form._ipython_display_()
    rows, *_ = shown.pop().children
    grid = _texts(rows)["How it is read; choose where a column is another"]
    choices, cells = grid.children
    assert [choice.options[0][0] for choice in choices.children] == ["place", "year", "not read"]
    assert f"<div style='grid-column: 1 / -1'>{title}</div>" in cells.value
    assert "<div>Georgia</div><div>2022</div><div>1500</div>" in cells.value
    choices.children[2].value = "ev_sales"
    assert rows.children[-1].value == ""
    assert form.reading.facts[0].number == "ev_sales"
