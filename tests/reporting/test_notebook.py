"""What a notebook calls: its parameters are checked, its output is small, its results go where a
runner asked.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from forecasting.reporting import figures, notebook
from forecasting.scenarios.question import find_scenario
from forecasting.vocabulary.errors import InputError, ScenarioError

GIVEN = {"country": "UZ", "scenario": "baseline", "as_of": "2023-06-26", "horizon": 2030, "seed": 1}
ROOT = Path(__file__).parents[2]


def test_parameters_make_a_scenario():
    scenario = notebook.scenario_of(GIVEN | {"corridor": None, "fc": figures, "In": ["x"], "_": 3})
    assert scenario.name == "uzbekistan-baseline"


@pytest.mark.parametrize(
    ("name", "near"), [("contry", "country"), ("horizn", "horizon"), ("asof", "as_of")]
)
def test_a_misspelt_parameter_is_named_with_the_right_one(name, near):
    with pytest.raises(
        ScenarioError, match=rf"{name}: is not a key of a scenario \(did you mean {near}\?\)"
    ):
        notebook.scenario_of(GIVEN | {name: "x"})


def test_figures_are_stored_as_plain_json(outlook, capsys):
    import plotly.io

    before = plotly.io.renderers.default
    try:
        notebook.setup()
        bundle = plotly.io.renderers["plotly_mimetype"].to_mimebundle(
            figures.fan_chart(outlook).to_dict()
        )
        assert plotly.io.renderers.default == "plotly_mimetype"
    finally:
        plotly.io.renderers.default = before
    assert list(bundle) == ["application/vnd.plotly.v1+json"]


def test_a_warning_is_one_line_without_a_path(capsys):
    with warnings.catch_warnings():
        notebook.setup()
        assert (
            warnings.formatwarning("old", DeprecationWarning, "/a/b.py", 3)
            == "DeprecationWarning: old\n"
        )


def test_results_go_where_a_runner_asked(tmp_path, outlook, monkeypatch):
    monkeypatch.delenv(notebook.OUTPUT_VARIABLE, raising=False)
    notebook.store(outlook)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv(notebook.OUTPUT_VARIABLE, str(tmp_path / "out"))
    notebook.store(outlook)
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made == {"outlook.parquet", "draws.parquet", "outlook.xlsx"}


@pytest.mark.parametrize(
    ("given", "name", "horizon"),
    [
        ({"country": "UZ"}, "uzbekistan-baseline", 2030),
        ({"country": "UZ", "scenario": "accelerated"}, "uzbekistan-accelerated", 2030),
        ({"country": "Kazakhstan", "horizon": 2028}, "kazakhstan-baseline", 2028),
        ({"corridor": "ports"}, "ports-baseline", 2030),
        ({"country": "NO"}, "norway-baseline", 2030),
    ],
)
def test_a_notebook_as_it_is_opened_is_the_baseline(given, name, horizon, monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks")
    opened = notebook.scenario_of(given | {"market_size": None})
    assert (opened.name, opened.horizon) == (name, horizon)
    if "horizon" not in given and "NO" not in given.values():
        assert opened == find_scenario(name)


def test_what_papermill_gives_in_full_reads_no_file(monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks")
    assert notebook.scenario_of(GIVEN).drivers == ()


def test_a_scenario_that_is_not_there_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match=r"did you mean uzbekistan-accelerated\?"):
        notebook.scenario_of({"country": "UZ", "scenario": "accelerate"})
