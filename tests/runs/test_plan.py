"""What is fresh stays, whatever it depends on makes it stale, and scenarios that rest on the same
forecasts run near each other.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forecasting.runs import plan
from forecasting.runs.plan import (
    GROUPS_AT_ONCE,
    Run,
    Survey,
    arranged,
    canonical,
    environment,
    find_params,
    hash_of,
)
from forecasting.vocabulary.errors import InputError, ScenarioError


def plan_runs(paths, out, as_of=None, force=False):
    return Survey(paths, out, as_of).runs(force)


def recorded(project: Any, **options: Any) -> None:
    """Store what a run would have recorded."""
    for run in plan_runs([project.params], project.out, **options):
        folder = project.out / run.name
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("report.ipynb", "report.html", "chart.svg"):
            (folder / name).touch()
        record = {
            "identity": run.identity,
            "sources": run.sources,
            "parameters": run.parameters,
            "files": {"chart.svg": 0},
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
    monkeypatch.setattr(plan, "_facts_hash", lambda *_: pytest.fail("read the facts"))
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


@pytest.mark.parametrize("name", ["report.ipynb", "report.html", "chart.svg"])
def test_a_report_that_lost_a_file_is_stale(project: Any, name: str) -> None:
    """Also one that its record does not list."""
    project.scenario("uz-baseline")
    recorded(project)
    (project.out / "uz-baseline" / name).unlink()
    assert only(project).reason == "files are missing"
    assert only(project, force=True).reason == "forced; also files are missing"


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
        match=r"names the scenario uz-baseline again \(.*params/uz-baseline.yaml has",
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


def made(name: str, country: str, seed: int = 1, reason: str = "never run") -> Run:
    parameters: dict[str, Any] = {"country": country, "as_of": "latest", "seed": seed}
    return Run(name, Path("country_outlook.ipynb"), parameters, {}, {}, reason)


def test_the_first_of_each_country_runs_before_the_others() -> None:
    names = ["kz-a", "kz-b", "uz-a", "uz-b", "uz-c", "tm-a"]
    ordered = arranged(made(name, name[:2]) for name in names)
    assert [run.name for run, _ in ordered] == ["kz-a", "uz-a", "tm-a", "kz-b", "uz-b", "uz-c"]
    shared = {run.name: name for run, name in ordered}
    assert shared["kz-a"] == shared["kz-b"] != shared["uz-a"] == shared["uz-b"] == shared["uz-c"]
    assert shared["tm-a"] == ""


def test_few_countries_are_under_way_at_a_time() -> None:
    ordered = arranged(
        made(f"c{number}-{letter}", f"C{number}")
        for number in range(3 * GROUPS_AT_ONCE)
        for letter in "ab"
    )
    places = [run.parameters["country"] for run, _ in ordered]
    assert (
        max(places[at + 1 :].index(place) for at, place in enumerate(places[:GROUPS_AT_ONCE]))
        < GROUPS_AT_ONCE
    )
    assert len(ordered) == 6 * GROUPS_AT_ONCE


def test_other_seeds_share_nothing_and_what_is_fresh_is_left_out() -> None:
    ordered = arranged(
        [made("uz-a", "UZ"), made("uz-b", "UZ", seed=2), made("uz-c", "UZ", reason="")]
    )
    assert [(run.name, shared) for run, shared in ordered] == [("uz-a", ""), ("uz-b", "")]


def test_code_and_all_data_of_the_package_are_hashed_by_what_they_belong_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    files = {"a.py": "package", "notes.md": "", "data/bases.csv": "package"}
    files |= {"data/prior_a.json": "prior", "data/ledger/uz.csv": "ledger", "prior_b.py": "package"}
    for name in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.setattr(plan, "PACKAGE", tmp_path)
    monkeypatch.setattr(plan, "DATA", data)
    expected = {
        part: "".join(
            f"{name} {hash_of(name.encode())}\n" for name in sorted(files) if files[name] == part
        )
        for part in ("package", "prior", "ledger")
    }
    hashes = environment()
    assert {part: hashes[part] for part in expected} == {
        part: hash_of(lines.encode()) for part, lines in expected.items()
    }
