"""What strict nbval cannot see: that every cell was run, that notebooks stay thin, and what their
headline says.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import papermill
import pytest
import yaml
from papermill.exceptions import PapermillExecutionError

from forecasting.parameters.schema import Scenario

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATHS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
TEMPLATES = ("country_outlook", "corridor_outlook")
LONGEST_CELL = 6  # lines; the parameters cell is a list and may be longer
# Bytes; the largest notebook opens with a whole scenario as its report does: events, policies
LARGEST = 540_000


def read(name):
    return nbformat.read(PATHS[name], as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def test_the_notebooks_are_there():
    others = {
        "charging_demand",
        "evidence",
        "growth_models",
        "compare_scenarios",
        "what_if",
        "article_checked",
        "index",
    }
    assert set(PATHS) == {*TEMPLATES, *others}


def test_the_index_leads_through_all_notebooks_in_order():
    text = read("index").cells[0].source
    steps = re.findall(r"^(\d)\. \[.+\]\((\w+)\.ipynb\)", text, re.MULTILINE)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
    assert {name for _, name in steps} == set(PATHS) - {"index"}


@pytest.mark.parametrize("name", PATHS)
def test_every_cell_was_run_in_order(name):
    counts = [cell.execution_count for cell in code_cells(read(name))]
    assert counts == list(range(1, len(counts) + 1))
    assert not [
        out for cell in code_cells(read(name)) for out in cell.outputs if out.output_type == "error"
    ]


@pytest.mark.parametrize("name", PATHS)
def test_notebooks_narrate_and_call(name):
    cells = read(name).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    for cell in code:
        defined = [
            node
            for node in ast.walk(ast.parse(cell.source))
            if hasattr(node, "body") and hasattr(node, "name")
        ]
        assert not defined, f"{cell.id} defines {defined[0].name}: put it into the package"
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= LONGEST_CELL or "parameters" in tags(cell), cell.id
    assert len(cells) - len(code) >= 0.7 * len(code)


@pytest.mark.parametrize("name", PATHS)
def test_prose_quotes_no_number_that_code_could_print(name):
    prose = "\n".join(cell.source for cell in read(name).cells if cell.cell_type == "markdown")
    assert re.findall(r"\b\d[\d,.]*\d{3}\b|\b\d+ vehicles", prose) == []


@pytest.mark.parametrize("name", PATHS)
def test_stored_notebooks_are_small_and_the_same_from_run_to_run(name):
    notebook = read(name)
    assert PATHS[name].stat().st_size < LARGEST
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", cell_id) for cell_id in ids)


@pytest.mark.parametrize("name", PATHS)
def test_only_figures_are_left_out_of_the_comparison(name):
    for cell in code_cells(read(name)):
        drawn = [
            "application/vnd.plotly.v1+json" in output.get("data", {}) for output in cell.outputs
        ]
        assert any(drawn) == ("nbval-ignore-output" in tags(cell)), cell.id
        assert all(drawn) or not any(drawn), cell.id


@pytest.mark.parametrize("name", PATHS)
def test_a_picture_is_stored_beside_each_figure_and_no_widget(name):
    for cell in code_cells(read(name)):
        for data in (output.get("data", {}) for output in cell.outputs):
            assert ("application/vnd.plotly.v1+json" in data) == ("image/svg+xml" in data), cell.id
            assert not re.search(r"https?://(?!www\.w3\.org/)", data.get("image/svg+xml", "")), (
                cell.id
            )
            assert "application/vnd.jupyter.widget-view+json" not in data, cell.id


@pytest.mark.parametrize("name", PATHS)
def test_no_stored_figure_is_empty(name):
    for cell in code_cells(read(name)):
        for output in cell.outputs:
            figure = output.get("data", {}).get("application/vnd.plotly.v1+json")
            assert figure is None or any(len(trace.get("x", [])) > 1 for trace in figure["data"]), (
                cell.id
            )
            assert "No number has been printed" not in str(figure), cell.id


# notebook, cell, key, expected, relative tolerance: a change beyond it is meant, or it is a defect
HEADLINES = [
    ("country_outlook", "headline", "ev_imports 2026", 74_500, 0.3),
    ("country_outlook", "headline", "ev_stock 2030", 634_000, 0.4),
    ("country_outlook", "headline", "charging_points_need 2030", 36_500, 0.5),
    ("country_outlook", "headline", "charging_points_practice 2030", 16_500, 0.5),
    ("corridor_outlook", "headline", "vehicle_exports 2026", 545_000, 0.3),
    ("charging_demand", "headline", "charging_points_need 2030", 39_700, 0.5),
    ("charging_demand", "headline", "corridor points", 133, 0.4),
    ("growth_models", "above-annualised", None, 0.46, 0.2),
    ("article_checked", "headline", "forecast", 4, 0),
    ("article_checked", "headline", "words", 31, 0),
]


@pytest.mark.parametrize(("name", "cell", "key", "expected", "tolerance"), HEADLINES)
def test_headline(name, cell, key, expected, tolerance):
    (found,) = [
        each for each in read(name).cells if each.metadata.get("jupyter", {}).get("name") == cell
    ]
    value = ast.literal_eval(found.outputs[0].data["text/plain"])
    assert (value[key] if key else value) == pytest.approx(expected, rel=tolerance)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_takes_every_key_of_a_scenario_and_says_what_it_is(name):
    parameters = papermill.inspect_notebook(str(PATHS[name]))
    assert set(parameters) == set(Scenario.model_fields)
    assert all(parameter["help"] for parameter in parameters.values())
    assert not [
        name for name, parameter in parameters.items() if parameter["inferred_type_name"] == "None"
    ]
    assert "parameters" in tags(code_cells(read(name))[0])


def test_every_params_file_gives_parameters_that_its_template_has():
    known = set(papermill.inspect_notebook(str(PATHS["country_outlook"])))
    paths = sorted((ROOT / "params").glob("*.yaml"))
    assert len(paths) == 18
    for path in paths:
        assert set(yaml.safe_load(path.read_text(encoding="utf-8"))) <= known, path.name


@pytest.mark.parametrize("name", TEMPLATES)
def test_papermill_alone_refuses_a_misspelt_parameter_in_the_first_cells(
    tmp_path, name, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        PapermillExecutionError,
        match=r"horizn: is not a key of a scenario \(did you mean horizon\?\)",
    ) as caught:
        papermill.execute_notebook(
            PATHS[name], tmp_path / "out.ipynb", {"horizn": 2035}, progress_bar=False
        )
    assert caught.value.exec_count <= 3
