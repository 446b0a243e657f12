"""The lock and what Binder needs: one environment for Binder, make and continuous integration."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
BINDER = ROOT / "binder"
LOCK, TEST_LOCK, LAB_LOCK, TOOL_LOCK, UV_LOCK = LOCKS = tuple(
    BINDER / f"requirements{of}.txt" for of in ("", "-test", "-lab", "-tools", "-uv")
)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
# By the name of an extra or of a group
NEEDS = PROJECT["optional-dependencies"] | PYPROJECT["dependency-groups"]
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\]+?))? \\$")


def pins(lock: Path) -> dict[tuple[str, str], str]:
    """Version by name and marker; every line that is no hash and no comment must be a pin."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    matches = [PIN.match(line) for line in lines if line and not line.startswith((" ", "#"))]
    assert all(matches), f"{lock.name} has a line that is not name==version with hashes"
    return {(match["name"], match["marker"] or ""): match["version"] for match in matches}


def names(requirements: list[str]) -> set[str]:
    return {
        re.split(r"[<>=\[;! ]", requirement)[0].lower().replace("_", "-")
        for requirement in requirements
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_has_hashes_and_no_address(lock):
    text = lock.read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9-]+==)", text.split("\n", 2)[2])
    assert len(blocks) == len(pins(lock))
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?://|^--?(index|extra|find|i\b|f\b)", text, re.MULTILINE)


def test_a_tool_that_locks_or_publishes_is_a_pinned_one():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {*re.search(r"(?m)^TOOLS +:= (.*)$", text)[1].split()} <= {n for n, _ in pins(TOOL_LOCK)}
    assert [name for name, _ in pins(UV_LOCK)] == ["uv"]
    _, recipe, *_ = re.split(r"(?m)^dist-check:|^links:", text)
    assert " install " not in recipe
    installs = re.findall(r"(?m)^.* install .*--requirement .*$", text)
    unlocked = [line for line in installs if "--require-hashes --no-deps" not in line]
    assert len(installs) == 4
    assert len(unlocked) == 1  # versions that are resolved anew
    assert "$(VENV)-$(1)/requirements.txt" in unlocked[0]


def test_the_lock_holds_what_the_project_needs_and_no_more_than_that():
    locked = {name for name, _ in pins(LOCK)}
    assert names(PROJECT["dependencies"]) <= locked
    only_for_tests = names(NEEDS["test"])
    assert not only_for_tests & locked


@pytest.mark.parametrize(
    ("lock", "extras"), [(TEST_LOCK, ("test", "docs", "cluster", "sktime")), (LAB_LOCK, ("lab",))]
)
def test_the_other_locks_extend_the_lock_without_moving_it(lock, extras):
    base, more = pins(LOCK), pins(lock)
    wanted = names([need for extra in extras for need in NEEDS[extra]])
    assert wanted <= {name for name, _ in more}
    versions = {(name, version) for (name, _), version in more.items()}
    assert {(name, version) for (name, _), version in base.items()} <= versions


def test_the_widgets_that_are_tested_are_those_of_the_lab():
    tested, lab = pins(TEST_LOCK), pins(LAB_LOCK)
    assert tested["ipywidgets", ""] == lab["ipywidgets", ""]
    # It would make every import of nbformat slower
    assert "jupyterlab" not in {name for name, _ in tested}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_lock_has_one_version_for_every_python(python):
    """numpy and scipy drop a Python sooner than the rest does: their pins carry markers that must
    not overlap.
    """
    environment = {"python_version": python, "python_full_version": f"{python}.9"}
    for wanted in ("numpy", "scipy", "pandas"):
        found = [
            version
            for (name, marker), version in pins(LOCK).items()
            if name == wanted and (not marker or Marker(marker).evaluate(environment))
        ]
        assert len(found) == 1, f"{wanted} on Python {python}: {found}"


def test_binder_builds_on_a_python_that_the_package_supports():
    version = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip()
    assert (
        f"Programming Language :: Python :: {version.removeprefix('python-')}"
        in PROJECT["classifiers"]
    )


@pytest.fixture
def image(tmp_path):
    """A folder with a ``python`` that notes how it was called and ends as ``$STATUS`` says."""
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/bash\necho "$@" >> "$(dirname "$0")/called"\nexit "$STATUS"\n', encoding="utf-8"
    )
    python.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(("status", "steps"), [(0, 3), (3, 1)])
def test_post_build_installs_and_forecasts_and_stops_where_that_fails(image, status, steps):
    environment = {"PATH": f"{image}:{os.environ['PATH']}", "STATUS": str(status)}
    run = subprocess.run([BINDER / "postBuild"], env=environment, check=False)
    assert run.returncode == status
    assert (image / "called").read_text(encoding="utf-8").splitlines() == [
        "-m pip install --require-hashes --no-deps --requirement binder/requirements-lab.txt",
        "-m pip install --no-deps --no-build-isolation --editable .",
        "-m forecasting.cli run --out reports",
    ][:steps]


def test_start_sets_one_thread_and_hands_over():
    run = subprocess.run(
        [BINDER / "start", shutil.which("env")], capture_output=True, text=True, check=True
    )
    settings = dict(line.split("=", 1) for line in run.stdout.splitlines() if "=" in line)
    assert settings["OPENBLAS_NUM_THREADS"] == settings["OMP_NUM_THREADS"] == "1"
    assert (
        Path(settings["JUPYTER_CONFIG_PATH"]) / "labconfig" / "default_setting_overrides.json"
    ).is_file()
    status = subprocess.run([BINDER / "start", "bash", "-c", "exit 7"], check=False).returncode
    assert status == 7


def test_continuous_integration_runs_the_notebooks_as_binder_would_build_them():
    jobs = yaml.safe_load(
        (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    )["jobs"]
    (command,) = [step["run"] for step in jobs["binder"]["steps"] if "run" in step]
    assert "repo2docker" in command
    assert "jupyter execute notebooks/*.ipynb" in command


def test_the_container_of_an_editor_is_set_up_from_the_locks():
    settings = json.loads(
        (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    )
    assert settings["postCreateCommand"] == "make .venv/.test-ready .venv-lab/.ready"


def test_the_readme_shows_a_picture_that_is_there():
    (picture,) = re.findall(
        r"!\[[^]]+\]\((docs/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")
    )
    assert "<svg" in (ROOT / picture).read_text(encoding="utf-8")
