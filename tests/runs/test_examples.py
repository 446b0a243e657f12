"""The example files call what there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from forecasting.cli import main

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMAND = re.compile(r"ev-forecast (run|check)((?: --[a-z-]+(?: \d+)?)*)")


def options_of(command: str) -> set[str]:
    return {option for parameter in main.commands[command].params for option in parameter.opts}


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_every_option_that_an_example_gives_exists(path: Path) -> None:
    text = re.sub(r'", "', " ", path.read_text())
    found = [(command, set(re.findall(r"--[a-z-]+", given))) for command, given in COMMAND.findall(text)]
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
