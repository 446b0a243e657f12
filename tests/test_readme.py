"""What the README says works: its Python runs as printed, its commands and folders exist."""

import doctest
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared_forecasts")]

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_in_the_readme_gives_what_it_prints(monkeypatch):
    monkeypatch.chdir(ROOT)
    source = "\n".join(re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(source, {}, "README.md", "README.md", 0)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(test, out=told.append)
    assert runner.tries > 5
    assert not runner.failures, "".join(told)


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"^ev-forecast ([\w-]+)", README, re.MULTILINE)))
)
def test_commands_in_the_readme_exist(command):
    from forecasting.cli import main

    assert command in main.commands


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"^make (\w+)|`make (\w+)`", README, re.MULTILINE)))
)
def test_make_targets_in_the_readme_exist(target):
    name = "".join(target)
    done = subprocess.run(
        ["make", "--dry-run", name], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("row", re.findall(r"^\| (`[^|]+/`|`[^|]+\.py`) \|", README, re.MULTILINE))
def test_folders_in_the_readme_exist(row):
    first, *others = re.findall(r"`([^`]+)`", row)
    folder = (ROOT / first).parent
    assert (ROOT / first).exists()
    assert all((folder / other).exists() for other in others)
