"""What is installed holds everything that a run needs: data, templates and notebooks, not the
modules alone.
"""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def contents(tmp_path_factory) -> set[str]:
    """Names in a wheel built from a copy, so that the build leaves nothing in the repository."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("forecasting", "notebooks", "params", "examples"):
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*command, "--wheel-dir", out, source], check=True)
    (wheel,) = out.glob("ev_forecasting-*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def files(folder: str) -> set[str]:
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_every_file_of_the_package(contents):
    assert files("forecasting") <= contents


def test_the_wheel_holds_the_notebooks(contents):
    installed = {Path(name).name for name in contents if "/share/ev-forecasting/notebooks/" in name}
    assert installed == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


@pytest.mark.parametrize("folder", ["params", "examples"])
def test_the_wheel_holds_the_params_files_and_the_examples(contents, folder):
    share = f"/share/ev-forecasting/{folder}/"
    installed = {Path(name).name for name in contents if share in name}
    assert installed == {path.name for path in (ROOT / folder).iterdir() if path.is_file()}


def test_the_wheel_holds_nothing_else(contents):
    strays = {name for name in contents if not name.startswith(("forecasting/", "ev_forecasting-"))}
    assert not strays
