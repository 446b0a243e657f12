"""The example files call what there is, and do what they say where a scheduler stands in."""

from __future__ import annotations

import ast
import os
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml

from forecasting.cli import main
from forecasting.errors import InputError, RunError

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMAND = re.compile(r"ev-forecast (run|check)((?: --[a-z-]+(?: \d+)?)*)")


def options_of(command: str) -> set[str]:
    return {option for parameter in main.commands[command].params for option in parameter.opts}


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_every_option_that_an_example_gives_exists(path: Path) -> None:
    text = re.sub(r'", "', " ", path.read_text())
    found = [
        (command, set(re.findall(r"--[a-z-]+", given))) for command, given in COMMAND.findall(text)
    ]
    assert found or path.suffix == ".py"
    assert all(given <= options_of(command) for command, given in found)
    if path.suffix == ".py":
        ast.parse(path.read_text())


def test_the_workflow_heeds_each_exit_status() -> None:
    workflow = yaml.safe_load((EXAMPLES / "github_actions.yml").read_text())
    steps = workflow["jobs"]["run"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert any("ev-forecast check" in run for run in runs)
    assert any('"$status" -gt 1' in run for run in runs)
    assert (steps[-1]["if"], steps[-1]["run"]) == ("steps.run.outputs.status == '1'", "exit 1")
    assert "needs.run.outputs.status" in workflow["jobs"]["publish"]["if"]


class Again(Exception):
    """What a scheduler tries once more."""


class Never(Again):
    """What it does not."""


def decorator(*given: Any, **_: Any) -> Any:
    """Stand in for a scheduler's decorators, with options or without: the function itself."""
    return given[0] if given and callable(given[0]) else lambda function: function


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str, **what: object) -> None:
    module = ModuleType(name)
    vars(module).update(what)
    monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def airflow(project: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], Any]]:
    """The tasks of the example, as a worker would call them, on a project of one scenario."""
    tasks: dict[str, Callable[[], Any]] = {}

    class Step:
        def __rshift__(self, other: object) -> None: ...

    def task(*given: Any, **_: Any) -> Any:
        def noted(function: Callable[[], Any]) -> Callable[[], Step]:
            tasks[function.__name__] = function
            return Step

        return noted(given[0]) if given else noted

    stand_in(monkeypatch, "airflow")
    stand_in(monkeypatch, "airflow.sdk", dag=decorator, task=task)
    stand_in(
        monkeypatch, "airflow.sdk.exceptions", AirflowException=Again, AirflowFailException=Never
    )
    monkeypatch.setenv("EV_FORECAST_PROJECT", str(project.root))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    runpy.run_path(str(EXAMPLES / "airflow_dag.py"))
    return tasks


@pytest.mark.slow
def test_the_dag_retries_what_failed_and_never_what_is_wrong(project: Any, airflow: Any) -> None:
    project.scenario("uz-a")
    airflow["check"]()
    assert airflow["run"]() == {"scenarios": 1}
    project.notebook("1 / 0")
    with pytest.raises(Again, match=r"uz-a: cell In.* ZeroDivisionError") as failed:
        airflow["run"]()
    assert type(failed.value) is Again
    (project.params / "uz-b.yaml").write_text("country: UZ\n")
    with pytest.raises(Never, match=r"uz-b\.yaml"):
        airflow["run"]()
    with pytest.raises(Never, match=r"uz-b\.yaml"):
        airflow["check"]()


@pytest.mark.slow
def test_the_flow_gives_the_index_and_fails_with_a_scenario(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    stand_in(monkeypatch, "prefect", flow=decorator, task=decorator)
    stand_in(
        monkeypatch, "prefect.artifacts", create_table_artifact=lambda **given: shown.append(given)
    )
    monkeypatch.chdir(project.root)
    flow = runpy.run_path(str(EXAMPLES / "prefect_flow.py"))
    project.scenario("uz-a")
    index = flow["ev_outlooks"](str(project.out))
    assert Path(index).is_file()
    assert shown[0]["table"] == [{"scenario": "uz-a", "status": "done", "reason": ""}]
    project.notebook("1 / 0")
    with pytest.raises(RunError, match="uz-a"):
        flow["ev_outlooks"](str(project.out))
    assert shown[1]["table"][0]["status"] == "failed"
    state = SimpleNamespace(result=lambda raise_on_failure: InputError("wrong"))
    assert not flow["mendable"](None, None, state)
    state = SimpleNamespace(result=lambda raise_on_failure: RunError("failed"))
    assert flow["mendable"](None, None, state)
