"""The explorer: its controls, what it says where something is wrong, and what is left of it without
widgets.
"""

import datetime as dt
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import forecasting as fc
from forecasting.reporting import explore
from forecasting.vocabulary.errors import InputError

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared_forecasts")]

ROOT = Path(__file__).parents[2]
PLOTLY, WIDGET = "application/vnd.plotly.v1+json", "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def explorer(monkeypatch):
    monkeypatch.chdir(ROOT)
    return fc.explore("params/uzbekistan-accelerated.yaml", draws=200)


@pytest.fixture
def shown(monkeypatch):
    """What a notebook would show."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: bundles.append(bundle))
    return bundles


def said(explorer) -> str:
    return explorer.panel.status.value


def test_nothing_is_changed_before_a_control_is_moved(explorer):
    assert explorer.panel.scenario_of_controls() == explorer.start
    assert explorer.outlook is explorer.reference


def test_a_slider_changes_the_figure_and_the_table(explorer):
    before, table = explorer.panel.live.to_plotly_json()["data"], explorer.panel.table.value
    explorer.panel.controls["annual_km"].value = (15_000, 30_000)
    size = explorer.scenario.assumptions["annual_km"]
    assert (size.low, size.high) == (15_000, 30_000)
    assert size.low < size.mode < size.high
    assert explorer.panel.table.value != table
    after = explorer.panel.live.to_plotly_json()["data"]
    need = [(list(old["x"]), list(new["x"])) for old, new in zip(before, after, strict=True)]
    assert any(old != new for old, new in need)
    assert np.median(explorer.outlook.results.values["energy_gwh"][:, -1]) > 1.3 * np.median(
        explorer.reference.results.values["energy_gwh"][:, -1]
    )
    explorer.panel.controls["annual_km"].value = (8_000, 20_000)
    assert explorer.scenario == explorer.start


def test_of_a_figure_that_is_shown_only_what_moved_is_sent(explorer, monkeypatch):
    sent = []
    monkeypatch.setattr(
        explorer.panel.live,
        "_send_update_msg",
        lambda restyle_data, relayout_data, trace_indexes: sent.append(
            (restyle_data, trace_indexes)
        ),
    )
    explorer.change(assumptions={"home_access": 0.3})
    ((changes, traces),) = sent
    # Of all lines and answers the need alone hangs on who charges at home: its range, its number
    need, _ = traces
    assert explorer.panel.live.data[need].hovertext[0].startswith("<b>need: ")
    assert list(changes["x"][0]) == list(explorer.panel.live.data[need].x)


def test_an_event_is_left_out_and_comes_back(explorer):
    explorer.panel.controls["market-limit"].value = False
    assert "market-limit" not in [driver.name for driver in explorer.scenario.drivers]
    explorer.panel.controls["market-limit"].value = True
    assert explorer.scenario == explorer.start


def buttons_of(explorer):
    """What can be added, by the words of its button."""
    boxes = [box for box in explorer.panel.levers.children if type(box).__name__ == "Box"]
    return {button.description: button for box in boxes for button in box.children}


def test_controls_speak_the_language_that_is_asked_for(explorer, tmp_path):
    russian = fc.explore("params/uzbekistan-accelerated.yaml", draws=200, language="ru")
    assert list(buttons_of(russian))[:2] == ["Отмена льготы", "Новая льгота"]
    assert russian.panel.controls["market-limit"].description == "Предел рынка"
    parts = russian.panel.levers.children
    labels = [part.children[0].value for part in parts if type(part).__name__ == "VBox"]
    assert "Среднегодовой пробег, км в год" in labels
    assert [label for label in labels if not re.search("[а-я]", label)] == []
    russian.panel.controls["annual_km"].value = (15_000, 30_000)
    explorer.panel.controls["annual_km"].value = (15_000, 30_000)
    assert russian.scenario == explorer.scenario
    assert "Импорт электрических автомобилей" in russian.panel.table.value
    russian.panel.file.value = str(tmp_path / "mine.yaml")
    russian.panel.save()
    assert "Сохранено. В терминале: ev-forecast run" in said(russian)
    russian.panel.save()
    assert "нажмите ещё раз, чтобы заменить его" in said(russian)
    assert russian.panel.button.description == "Заменить файл"
    russian.panel.save()
    assert russian.panel.button.description == "Сохранить как файл параметров"
    with pytest.raises(InputError, match="there is no language 'xx'; give en or ru"):
        fc.explore("turkmenistan-baseline", draws=50, language="xx")


def test_a_privilege_ends_and_points_double_by_two_buttons(explorer):
    before = explorer.outlook.results
    buttons = buttons_of(explorer)
    assert list(buttons) == [
        "A privilege ends",
        "A privilege begins",
        "A fee",
        "Electricity price",
        "Points double",
        "Points by a day",
        "A quota",
    ]
    buttons["A privilege ends"].click()
    buttons_of(explorer)["Points double"].click()
    ends, points = explorer.scenario.drivers[-2:]
    assert (ends.kind, ends.policy, str(ends.start)) == ("policy", "uz-2019-01-duty", "2027-01-01")
    assert (points.quantity, points.size.mode) == ("charging_rollout", 2.0)
    after = explorer.outlook.results
    for measure, ratio in (("ev_imports", 1.0), ("charging_points_practice", 1.2)):
        medians = [np.median(part.values[measure][:, -1]) for part in (before, after)]
        assert (medians[1] > ratio * medians[0]) == (ratio > 1), measure
    explorer.panel.controls["start of a-privilege-ends"].value = "2028-07-01"
    assert str(explorer.scenario.drivers[-2].start) == "2028-07-01"
    explorer.panel.controls["start of a-privilege-ends"].value = "soon"
    assert "soon" in said(explorer)
    assert str(explorer.scenario.drivers[-2].start) == "2028-07-01"
    explorer.panel.controls["start of a-privilege-ends"].value = "2028-07-01"
    for name in ("a-privilege-ends", "points-double"):
        explorer.panel.controls[name].value = False
    assert explorer.scenario == explorer.start


def test_electricity_is_dearer_by_a_button(explorer):
    def margin():
        (row,) = explorer.table.frame.iloc[-1:].to_dict("records")
        assert row["measure", ""].startswith("Margin of a fast public point, over its electricity")
        return {
            head: float(row[head, "median"].replace(",", "").replace("−", "-"))
            for head in ("now", "difference, draw by draw", "as given")
        }

    before = margin()
    buttons_of(explorer)["Electricity price"].click()
    tariff = explorer.scenario.drivers[-1]
    # Half as dear again as the 0.078 that is printed
    assert (tariff.quantity, tariff.size.mode) == ("electricity_price", 0.117)
    assert str(tariff.start) == "2027-01-01"
    after = margin()
    assert after["as given"] == before["as given"] == before["now"]
    assert after["now"] < 0.8 * before["now"]
    assert after["difference, draw by draw"] == pytest.approx(
        after["now"] - before["now"], rel=0.15
    )
    explorer.panel.controls["electricity-price"].value = False
    assert explorer.scenario == explorer.start


def test_a_lever_scales_the_flow(explorer):
    explorer.panel.controls["size of more-or-fewer"].value = 0.5
    flow = "ev_imports"
    assert np.median(explorer.outlook.results.values[flow][:, -1]) == pytest.approx(
        np.median(explorer.reference.results.values[flow][:, -1]) / 2, rel=0.2
    )
    explorer.panel.controls["size of more-or-fewer"].value = 1
    assert explorer.scenario == explorer.start


def test_a_lever_that_was_saved_is_moved_on(explorer, tmp_path):
    explorer.panel.controls["size of more-or-fewer"].value = 0.5
    again = fc.explore(explorer.save(tmp_path / "uzbekistan-mine.yaml"), draws=200)
    assert again.panel.scenario_of_controls() == again.start
    lever = again.panel.controls["size of more-or-fewer"]
    assert lever.value == 0.5
    lever.value = 0.8
    sizes = {driver.name: driver.size.mode for driver in again.scenario.drivers}
    assert sizes["more-or-fewer"] == 0.8
    lever.value = 1
    assert "more-or-fewer" not in [driver.name for driver in again.scenario.drivers]


@pytest.mark.parametrize("typed", ["30 000", "30,000", "30 thousand"])
def test_a_target_of_ones_own_is_a_fourth_answer(explorer, typed):
    explorer.panel.controls["own-target"].value = typed
    assert explorer.outlook.results.values["charging_points_target"][:, -1] == pytest.approx(30_000)
    assert "target" in explorer.panel.table.value
    assert explorer.panel.live.data[-1].text[0].startswith("Target ")
    explorer.panel.controls["own-target"].value = ""
    assert explorer.scenario == explorer.start


def test_sliders_follow_what_is_changed_from_code(explorer):
    slider = explorer.panel.controls["annual_km"]
    explorer.change(assumptions={"annual_km": {"low": 9_000, "mode": 19_000, "high": 120_000}})
    assert slider.value == (9_000, 120_000)
    assert explorer.panel.controls["annual_km"] is slider
    assert explorer.panel.scenario_of_controls() == explorer.scenario
    explorer.change(assumptions={"annual_km": 19_000})  # a range with two handles stays one
    assert explorer.panel.controls["annual_km"].value == (19_000, 19_000)


def test_boxes_follow_events_that_are_taken_away_from_code(explorer):
    box = explorer.panel.controls["market-limit"]
    explorer.change(drivers=[])
    assert explorer.panel.controls["market-limit"] is box
    assert box.value is False
    assert explorer.panel.scenario_of_controls() == explorer.scenario


def test_another_day_and_another_country_are_read_anew(explorer):
    explorer.panel.controls["as_of"].value = "2023-06-26"
    assert explorer.outlook.as_of.isoformat() == "2023-06-26"
    assert "kazakhstan-accelerated" in explorer.panel.controls["scenario"].options
    explorer.panel.controls["scenario"].value = "kazakhstan-accelerated"
    assert explorer.reference.name == "kazakhstan-accelerated"
    assert "Kazakhstan" in explorer.panel.heading.value
    assert said(explorer).endswith("></div>")


@pytest.mark.parametrize(
    ("control", "typed", "words"),
    [
        ("market_size", "many", "is not a number; write one such as 150000"),
        ("market_size", "0", "is not a number above 0"),
        ("own-target", "-1", "-1 charging_points is no target; it must be above 0"),
        ("as_of", "next year", "next year"),
        ("as_of", "1990-01-01", "no count and no market size is known"),
    ],
)
def test_nonsense_is_said_and_the_answer_stays(explorer, control, typed, words):
    before = explorer.outlook
    explorer.panel.controls[control].value = typed
    assert words in said(explorer)
    assert explorer.outlook is before


def test_the_button_asks_before_it_replaces_a_file(explorer, tmp_path):
    explorer.panel.file.value = str(tmp_path / "mine.yaml")
    explorer.panel.button.click()
    assert "Saved." in said(explorer)
    first = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    explorer.panel.controls["market-limit"].value = False
    explorer.panel.button.click()
    assert "press again to replace it" in said(explorer)
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == first
    explorer.panel.button.click()
    assert "market-limit" not in (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    (tmp_path / "other.yaml").write_text("another's", encoding="utf-8")
    explorer.panel.button.click()
    # Asked of one name, and then another one is typed
    explorer.panel.file.value = str(tmp_path / "other.yaml")
    explorer.panel.button.click()
    assert (tmp_path / "other.yaml").read_text(encoding="utf-8") == "another's"
    explorer.panel.file.value = str(tmp_path / "My File.yaml")
    explorer.panel.button.click()
    assert "cannot name a scenario" in said(explorer)


def test_a_notebook_shows_the_widget_and_stores_the_figure(explorer, shown):
    explorer._ipython_display_()
    (bundle,) = shown
    assert {"text/plain", PLOTLY, WIDGET} == set(bundle)
    assert bundle[WIDGET]["model_id"] == explorer.panel.box.model_id


@pytest.mark.parametrize("missing", ["ipywidgets", "anywidget"])
def test_without_widgets_it_says_so_and_shows_the_figure(monkeypatch, shown, capsys, missing):
    monkeypatch.chdir(ROOT)
    if missing == "anywidget":
        monkeypatch.setattr(
            explore,
            "live_figure",
            lambda *outlooks: (_ for _ in ()).throw(ImportError("anywidget")),
        )
    else:
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
    explorer = fc.explore("params/uzbekistan-baseline.yaml", draws=200)
    explorer._ipython_display_()
    (bundle,) = shown
    assert "install ev-forecasting[lab]" in capsys.readouterr().out
    assert set(bundle) == {"text/plain", PLOTLY}
    explorer.change(assumptions={"home_access": 0.6})
    assert explorer.outlook is not explorer.reference


def test_a_corridor_has_no_chargers_and_is_explored_all_the_same(monkeypatch):
    monkeypatch.chdir(ROOT)
    explorer = fc.explore("params/xinjiang-baseline.yaml", draws=200)
    explorer.panel.controls["size of more-or-fewer"].value = 2
    assert explorer.outlook is not explorer.reference
    assert len(explorer.panel.live.data) == 5


@pytest.mark.parametrize(
    "nonsense", ["country: [", "nonsense", "country: KG\nscenario: accelerated\ndrivrs: []\n"]
)
def test_a_params_file_that_became_nonsense_is_named_and_the_answer_stays(
    monkeypatch, tmp_path, nonsense
):
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "kyrgyzstan-accelerated.yaml").write_text(nonsense, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    explorer = fc.explore(ROOT / "params" / "uzbekistan-accelerated.yaml", draws=100)
    explorer.panel.controls["scenario"].value = "kyrgyzstan-accelerated"
    assert "kyrgyzstan-accelerated.yaml" in said(explorer)
    assert explorer.start.name == explorer.panel.controls["scenario"].value
    explorer.panel.controls["as_of"].value = "2025-12-31"
    assert explorer.outlook.as_of == dt.date(2025, 12, 31)


def test_markup_in_a_params_file_is_text(tmp_path):
    """Whoever opens a stranger's file in JupyterLab or Voila must run nothing that stands in it."""
    file = tmp_path / "uz-hostile.yaml"
    file.write_text(
        "country: UZ\nscenario: hostile\nas_of: 2023-06-26\nhorizon: 2026\nseed: 1\n"
        "title: '<img src=x onerror=alert(1)>'\nnotes: ['<img src=x>']\ndrivers:\n"
        "  - {name: duty, kind: level, quantity: ev_imports, start: 2025-01-01, size: 1.2,"
        " reason: '<img src=x onerror=alert(2)>', source: 'judgement <img src=x>'}\n"
    )
    explorer = fc.explore(file, draws=50)
    panel = explorer.panel
    pages = [panel.table.value, panel.status.value]
    pages += [part.value for part in panel.levers.children if hasattr(part, "value")]
    pages += [explorer.outlook._repr_html_(), explorer.scenario._repr_html_()]
    assert "&lt;img src=x" in explorer.scenario._repr_html_()
    assert not [page for page in pages if "<img" in str(page)]


def texts_of(widget):
    """All text of a widget and of those in it that is read as markup."""
    yield getattr(widget, "value", "")
    if getattr(widget, "description_allow_html", False):
        yield widget.description
    for part in getattr(widget, "children", ()):
        yield from texts_of(part)


def test_markup_in_a_strangers_facts_is_text(tmp_path):
    """Voila shows the same widgets as JupyterLab, and nobody sees the file there."""
    mark = "<img src=x onerror=alert(1)>"
    cells = f"x,ev_imports,UZ,{{0}}-01-01,{{0}}-12-31,equals,{{1}},{mark},{mark},{mark},{{0}}-12-31"
    rows = [cells.format(2021, 500).replace("x,", "a,", 1), cells.format(2022, 2180)]
    heads = "id,measure,place,period_start,period_end,relation,value,source,quote,note,published"
    (tmp_path / "facts.csv").write_text("\n".join([heads, *rows]) + "\n")
    file = tmp_path / "uz-hostile.yaml"
    file.write_text(
        "country: UZ\nscenario: hostile\nas_of: 2023-06-26\nhorizon: 2026\nseed: 1\n"
        "ledger: [facts.csv]\nshipped_facts: false\nmarket_size: 300000\ndrivers:\n"
        f"  - {{name: duty, kind: level, quantity: ev_imports, start: 2025-01-01,"
        f" size: 1.2, reason: '{mark}', source: 'judgement {mark}'}}\n"
    )
    explorer = fc.explore(file, draws=50)
    panel = explorer.panel
    texts = [*texts_of(panel.levers), panel.table.value, panel.status.value]
    texts += [explorer.outlook._repr_html_(), explorer.outlook.fit_table().to_html()]
    assert len(texts) > 10
    assert not [text for text in texts if "<img" in str(text)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../elsewhere.yaml", "is there already"),
        ("/etc/passwd", "is not the name of a params file"),
        ("\0", "give the path of a file"),
        ("link.yaml", "is there already"),
        ("taken.yaml", "is there already"),
    ],
)
def test_nothing_of_anothers_is_overwritten(explorer, tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path.parent / "elsewhere.yaml").write_text("mine")
    (tmp_path / "taken.yaml").write_text("mine")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "taken.yaml")
    with pytest.raises(fc.ForecastingError, match=said):
        explorer.save(name)
    assert (tmp_path / "taken.yaml").read_text() == "mine"
    assert (tmp_path.parent / "elsewhere.yaml").read_text() == "mine"


@pytest.mark.parametrize("size", [1e300, -1.0, float("nan"), float("inf"), 10**400])
def test_an_absurd_market_is_refused_in_a_sentence(explorer, size):
    with pytest.raises(fc.ForecastingError, match="market_size"):
        explorer.change(market_size=size)


def test_a_market_of_which_nothing_is_known_is_shown_by_its_share():
    explorer = fc.explore("Norway", draws=50)
    assert "Electric share of new cars" in repr(explorer.table)
    explorer.change(market_size=150_000)
    assert "ev_stock" in explorer.outlook.results.values
    assert "Electric share of new cars" in repr(explorer.table)
    assert "electric share of" in explorer.figure.layout.title.text  # it is broken after that


@pytest.mark.parametrize(("horizon", "shared"), [(2032, 2030), (2028, 2028)])
def test_another_horizon_is_compared_in_the_last_year_of_both(horizon, shared):
    explorer = fc.explore("turkmenistan-baseline", draws=50)
    explorer.change(horizon=horizon)
    assert explorer.table.caption == f"In {shared}, medians with 80 % ranges"
    now, before = (
        made.results.bands("charging_points_need").loc[shared, 0.5]
        for made in (explorer.outlook, explorer.reference)
    )
    figure = explorer.figure
    words = figure.layout.title.subtitle.text.replace("<br>", " ")
    assert words.endswith(f"public points at the end of {shared}")
    shown = [x for trace in figure.data if trace.xaxis == "x2" for x in trace.x]
    assert shown[:2] == pytest.approx([before, now], rel=1e-3)
