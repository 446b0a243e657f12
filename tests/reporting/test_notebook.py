"""What a notebook calls: its parameters are checked, its output is small, its results go where a
runner asked.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from forecasting.errors import InputError, ScenarioError
from forecasting.reporting import figures, notebook

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
            figures.stock_chart(outlook).to_dict()
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


def test_scenarios_are_found_from_the_folder_of_notebooks(monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks")
    names = [scenario.name for scenario in notebook.scenarios("*-baseline")]
    assert len(names) == 7
    assert "uzbekistan-baseline" in names


def test_no_scenario_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"no params file in .* matches mars-"):
        notebook.scenarios("mars-*", tmp_path)
