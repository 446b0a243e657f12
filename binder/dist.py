"""The wheel and the source archive, byte for byte the same from the same sources, wherever and
whenever they are built.

    python binder/dist.py [FOLDER]        default: dist

The times in them are SOURCE_DATE_EPOCH, or that of the last commit. Nothing is fetched: the lock
has the tools.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
# All that MANIFEST.in names, and what the build needs
SOURCES = (
    *("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE"),
    *("CHANGELOG.md", "CITATION.cff"),
    *("Makefile", "conftest.py", "forecasting", "notebooks", "params", "examples"),
    *("tests", "docs", "benches", "binder"),
)
BUILD = (
    "import sys, setuptools.build_meta as build; "
    "to = sys.argv[1]; build.build_wheel(to); build.build_sdist(to)"
)


def build(out: Path, epoch: int) -> list[Path]:
    """Build both from a copy of the sources in which no cache lies and every file may be read by
    all.
    """
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name:
        copy = Path(name) / "source"
        copy.mkdir()
        for source in SOURCES:
            _copy(ROOT / source, copy / source)
        readme = copy / "README.md"
        readme.write_text(for_the_index(readme.read_text("utf-8"), _home()), "utf-8")
        made = Path(name) / "made"
        made.mkdir()
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
        command = [sys.executable, "-c", BUILD, str(made)]
        subprocess.run(
            command, cwd=copy, env=environment, check=True, stdout=subprocess.DEVNULL, umask=0o022
        )
        for archive in made.glob("*.tar.gz"):
            archive.write_bytes(_settled(archive.read_bytes(), epoch))
        return sorted(Path(shutil.copy(path, out)) for path in made.iterdir())


def for_the_index(text: str, home: str) -> str:
    """README as an index of packages shows it, beside no other file: its links and pictures lead to
    the repository's home. While that has no address there are none, but the words of the links.
    """

    def lead(match: re.Match[str]) -> str:
        mark, words, path = match.groups()
        if home:
            return f"{mark}[{words}]({home}/{'raw' if mark else 'blob'}/HEAD/{path})"
        return "" if mark else words

    return re.sub(r"(!?)\[([^\]]*)\]\((?!https?:|#)([^)]+)\)", lead, text)


def _home() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project.get("urls", {}).get("Source", ""))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(
            source, target, ignore=shutil.ignore_patterns("__pycache__", "_build", ".*")
        )
    else:
        shutil.copy(source, target)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def _settled(archive: bytes, epoch: int) -> bytes:
    """A source archive in which nothing tells who packed it, when, and in what order."""
    packed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as old,
        tarfile.open(fileobj=packed, mode="w") as new,
    ):
        for member in sorted(old.getmembers(), key=lambda each: each.name):
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.mtime, member.mode, member.pax_headers = (
                epoch,
                0o755 if member.isdir() else 0o644,
                {},
            )
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    return gzip.compress(packed.getvalue(), mtime=epoch)


def _last_commit() -> int:
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or _last_commit())
    for path in build(Path(sys.argv[1] if len(sys.argv) > 1 else "dist"), epoch):
        print(path)
