"""What is built is the same wherever it is built, and rests on nothing whose licence forbids it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
CORE, TESTS = ROOT / "binder" / "requirements.txt", ROOT / "binder" / "requirements-test.txt"


@pytest.fixture(scope="module")
def dist(load_script: Callable[[Path], ModuleType]) -> ModuleType:
    return load_script(ROOT / "binder" / "dist.py")


@pytest.fixture(scope="module")
def licences(load_script: Callable[[Path], ModuleType]) -> ModuleType:
    return load_script(ROOT / "binder" / "licences.py")


def test_every_locked_package_may_be_used(
    licences: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert licences.main([CORE, TESTS]) == 0
    assert capsys.readouterr().out.endswith("all may be used\n")


def test_nothing_that_runs_is_under_the_gpl(licences: ModuleType) -> None:
    found = {name: licence for name, licence, _ in licences.findings(licences.locked([CORE]))}
    assert len(found) > 50
    assert {name for name, licence in found.items() if not licences.allowed(licence)} == {
        "pycountry"
    }


@pytest.mark.parametrize(
    ("told", "licence", "may"),
    [
        ("License-Expression: BSD-3-Clause AND (MIT)", "BSD AND (MIT)", False),
        ("License-Expression: Apache-2.0 OR GPL-3.0-only", "Apache-2.0 OR GPL", True),
        ("License-Expression: MIT AND GPL-2.0-or-later", "MIT AND GPL", False),
        (
            "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
            "GPL",
            False,
        ),
        ("Classifier: License :: OSI Approved :: ISC License (ISCL)", "ISC", True),
        ("License: BSD-3-Clause", "BSD", True),
        ("License: ", "", False),
    ],
)
def test_a_licence_is_read_as_a_package_tells_it(
    licences: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: str,
    licence: str,
    may: bool,
) -> None:
    folder = tmp_path / "strange-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: strange\nVersion: 1.0\n{told}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert (licences.licence_of("strange"), licences.allowed(licence)) == (licence, may)
    (found,) = licences.findings(["strange"])
    assert bool(found[2]) != may


def test_a_locked_package_that_is_not_installed_is_told(
    licences: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(
        "no-such-package==1.0 \\\n    --hash=sha256:0\nclick==8.1 ; sys_platform == 'none' \\\n"
    )
    assert licences.main([lock]) == 1
    assert (
        "no-such-package              ?   <- is locked and not installed" in capsys.readouterr().out
    )


@pytest.mark.slow
def test_wheel_and_source_archive_built_twice_are_the_same_bytes(
    tmp_path: Path, dist: ModuleType
) -> None:
    """Also from a copy of the sources that lies elsewhere, with other rights, and with caches in
    it.
    """
    other = tmp_path / "elsewhere"
    for name in dist.SOURCES:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(
            ROOT / name, _made(other) / name
        )
    for path in other.rglob("*.py"):
        path.chmod(0o700)
    (other / "forecasting" / "__pycache__" / "x.pyc").parent.mkdir(exist_ok=True)
    (other / "forecasting" / "__pycache__" / "x.pyc").write_bytes(b"x")
    found = [_built(ROOT, tmp_path / "one", 0o022), _built(other, tmp_path / "two", 0o077)]
    assert found[0] == found[1]
    assert [name.startswith("ev_forecasting-") for name in found[0]] == [True, True]
    (archive,) = (tmp_path / "one").glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
        told = packed.extractfile(f"{packed.getnames()[0]}/PKG-INFO")
        assert told is not None
        metadata = told.read().decode()
    wanted = {"CHANGELOG.md", "CITATION.cff", "conftest.py", "tests/test_supply.py"}
    assert wanted <= names
    assert not [name for name in names if name.startswith("docs/_build")]
    assert "License-Expression: MIT AND CC-BY-4.0" in metadata
    assert not re.findall(r"\]\((?!https?:)", metadata)  # links to files that the index lacks


def test_links_of_the_readme_lead_to_the_repository_or_nowhere(dist: ModuleType) -> None:
    text = "![a chart](docs/a.svg) [LICENSE](LICENSE) [IEA](https://www.iea.org)"
    assert dist.for_the_index(text, "") == " LICENSE [IEA](https://www.iea.org)"
    home = "https://example.org/a"
    assert dist.for_the_index(text, home) == (
        f"![a chart]({home}/raw/HEAD/docs/a.svg) [LICENSE]({home}/blob/HEAD/LICENSE) "
        "[IEA](https://www.iea.org)"
    )


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _built(root: Path, out: Path, umask: int) -> dict[str, str]:
    command = [sys.executable, str(root / "binder" / "dist.py"), str(out)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(command, check=True, capture_output=True, env=environment, umask=umask)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()}
