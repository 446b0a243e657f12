"""The example files call what there is, and do what they say where a scheduler stands in."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml

from forecasting.cli import main
from forecasting.vocabulary.errors import InputError, RunError

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMAND = re.compile(r"ev-forecast (run|check)((?: --[a-z-]+(?: \d+)?)*)")


def options_of(command: str) -> set[str]:
    return {option for parameter in main.commands[command].params for option in parameter.opts}


# Their commands are run below, and the table is read by the walk of README
TRIED = ("Containerfile", "cronjob.yaml", "colombia.csv")
OTHERS = sorted(path for path in EXAMPLES.iterdir() if path.name not in TRIED)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
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


def container_lines(instruction: str) -> list[str]:
    """What follows an instruction of the Containerfile, wherever it stands."""
    lines = (EXAMPLES / "Containerfile").read_text().splitlines()
    return [
        line.removeprefix(instruction).strip() for line in lines if line.startswith(instruction)
    ]


def container_commands() -> dict[str, list[str]]:
    """The arguments that the image and the Kubernetes job give to the command."""
    job = yaml.safe_load((EXAMPLES / "cronjob.yaml").read_text())
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (command,) = container_lines("CMD")
    return {"image": json.loads(command), "job": pod["containers"][0]["args"]}


def test_the_image_is_made_of_what_there_is() -> None:
    copied = [name for line in container_lines("COPY") for name in line.split()[:-1]]
    assert all((EXAMPLES.parent / name).exists() for name in copied)
    (requirements,) = re.findall(r"--requirement (\S+)", "\n".join(container_lines("RUN")))
    assert (EXAMPLES.parent / requirements).is_file()
    assert requirements.split("/")[0] in copied
    assert container_lines("ENTRYPOINT") == ['["ev-forecast"]']


@pytest.mark.parametrize("where", ["image", "job"])
def test_the_command_of_a_container_runs_in_a_bare_environment(project: Any, where: str) -> None:
    project.scenario("uz-a")
    command = [sys.executable, "-m", "forecasting.cli", *container_commands()[where]]
    environment = {"PATH": os.defpath, "HOME": str(project.root / "home")}
    done = subprocess.run(
        command, cwd=project.root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (project.root / "reports" / "uz-a" / "run.json").is_file()
    words = [sys.executable, "-m", "forecasting.cli", "status", "reports"]
    health = subprocess.run(
        words, cwd=project.root, env=environment, capture_output=True, text=True, check=True
    )
    assert health.stdout.splitlines()[-1] == "1 scenario, 0 failed"


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
