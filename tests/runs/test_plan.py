"""What is fresh stays, and whatever it depends on makes it stale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forecasting.errors import InputError, ScenarioError
from forecasting.runs import plan
from forecasting.runs.plan import Run, Survey, canonical, find_params


def plan_runs(paths, out, as_of=None, force=False):
    return Survey(paths, out, as_of).runs(force)


def recorded(project: Any, **options: Any) -> None:
    """Store what a run would have recorded."""
    for run in plan_runs([project.params], project.out, **options):
        folder = project.out / run.name
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("report.ipynb", "report.html"):
            (folder / name).touch()
        record = {
            "identity": run.identity,
            "sources": run.sources,
            "parameters": run.parameters,
            "files": {"report.html": 0},
        }
        (folder / "run.json").write_text(json.dumps(record))


def only(project: Any, **options: Any) -> Run:
    (run,) = plan_runs([project.params], project.out, **options)
    return run


def test_a_scenario_runs_once_and_then_is_fresh(project: Any) -> None:
    project.scenario("uz-baseline")
    assert only(project).reason == "never run"
    recorded(project)
    assert only(project).fresh
    assert only(project, force=True).reason == "forced (was fresh)"


def test_a_fresh_scenario_is_told_without_reading_facts_or_params(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.scenario("uz-baseline")
    recorded(project)
    monkeypatch.setattr(plan, "_Facts", lambda *_: pytest.fail("read the facts"))
    assert only(project).parameters["seed"] == 1


def test_each_thing_that_a_report_depends_on_makes_it_stale(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.scenario("uz-baseline")
    recorded(project)
    project.scenario("uz-baseline", seed=2)
    assert only(project).reason == "parameters changed"
    project.scenario("uz-baseline")
    project.notebook("print('another')")
    assert only(project).reason == "notebook changed"
    recorded(project)
    before = plan.environment()
    monkeypatch.setattr(
        plan, "environment", lambda: before | {"package": "1", "prior": "2", "numpy": "9.9"}
    )
    assert (
        only(project).reason
        == f"package changed; prior changed; numpy {before['numpy']} is now 9.9"
    )


def test_what_does_not_change_the_report_leaves_it_fresh(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.scenario("uz-baseline")
    recorded(project)
    project.scenario("uz-baseline", text="# a comment\n")
    before = plan.environment()
    monkeypatch.setattr(
        plan,
        "environment",
        lambda: before | {"ledger": "a note was reworded after the scenario's date"},
    )
    assert only(project).fresh


def test_another_date_makes_it_stale(project: Any) -> None:
    project.scenario("uz-baseline")
    recorded(project)
    assert "parameters changed" in only(project, as_of="2022-06-30").reason
    assert only(project, as_of="2022-06-30").parameters["as_of"] == "2022-06-30"
    recorded(project, as_of="2022-06-30")
    assert only(project, as_of="2022-06-30").fresh
    assert not only(project).fresh


def test_a_report_that_lost_a_file_is_stale(project: Any) -> None:
    project.scenario("uz-baseline")
    recorded(project)
    (project.out / "uz-baseline" / "report.html").unlink()
    assert only(project).reason == "files are missing"


def test_a_scenario_that_failed_says_so(project: Any) -> None:
    project.scenario("uz-baseline")
    (project.out / "failures" / "uz-baseline").mkdir(parents=True)
    assert only(project).reason == "failed last time"


def test_every_problem_of_every_file_is_told_at_once(project: Any) -> None:
    project.scenario("uz-baseline", text="sed: 1\n")
    project.scenario("uz-accelerated", text="horizn: 1\n")
    with pytest.raises(ScenarioError, match=r"(?s)horizn.*horizon.*sed.*seed") as caught:
        plan_runs([project.params], project.out)
    assert len(caught.value.problems) == 2
    assert not project.out.exists()


@pytest.mark.parametrize(
    "name", ["con", "a b", "x" * 90, "乌兹别克", "..x", "uz\nx", "logs", "failures", "index"]
)
def test_a_name_that_is_no_safe_folder_is_refused(project: Any, name: str) -> None:
    project.scenario("uz-baseline").rename(project.params / f"{name}.yaml")
    with pytest.raises(ScenarioError, match=r"the name .* (reserved|characters|every run writes)"):
        plan_runs([project.params], project.out)


def test_two_files_of_one_name_are_refused(project: Any) -> None:
    project.scenario("uz-baseline")
    other = project.root / "other" / "uz-baseline.yml"
    other.parent.mkdir()
    other.write_text((project.params / "uz-baseline.yaml").read_text())
    with pytest.raises(
        ScenarioError,
        match=r"names the scenario 'uz-baseline' again \(.*params/uz-baseline.yaml has",
    ):
        plan_runs([project.params, other], project.out)
    with pytest.raises(ScenarioError, match="is given twice"):
        plan_runs([project.params, project.params], project.out)


def test_paths_that_hold_no_params_are_refused(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="nowhere: no such file"):
        find_params([project.root / "nowhere"])
    with pytest.raises(InputError, match="no params file"):
        find_params([project.params])
    monkeypatch.chdir(project.root)
    project.scenario("uz-baseline")
    assert find_params([]) == [Path("params/uz-baseline.yaml")]


def test_a_notebook_is_looked_for_beside_the_params_and_its_absence_is_told(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.scenario("uz-baseline")
    assert only(project).template == project.template
    project.template.unlink()
    monkeypatch.setattr(plan, "shipped_folder", lambda name: project.root / "elsewhere" / name)
    with pytest.raises(
        InputError, match=r"no notebook country_outlook.ipynb: looked in .*notebooks, .*elsewhere"
    ):
        plan.find_notebook(project.params / "uz-baseline.yaml", "country_outlook.ipynb")


def test_a_corridor_has_its_own_notebook() -> None:
    assert plan.notebook_name({"corridor": "ports"}) == "corridor_outlook.ipynb"
    assert plan.notebook_name({"country": "UZ"}) == "country_outlook.ipynb"


def test_equal_parameters_are_written_alike_and_what_is_no_number_is_refused() -> None:
    assert canonical({"b": [1, 2.5], "a": None}) == canonical({"a": None, "b": [1, 2.5]})
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"a": float("nan")})
