"""What a run depends on besides its parameters: the package's own code and data, and the versions
of libraries.
"""

from __future__ import annotations

import hashlib
import platform
from importlib import metadata
from pathlib import Path

from forecasting.evidence.files import read_whole
from forecasting.names import DATA, PACKAGE

VERSIONS = (
    "python",
    "numpy",
    "scipy",
    "pandas",
    "statsmodels",
    "pydantic",
    "plotly",
    "nbconvert",
    "papermill",
    "xlsxwriter",
)
CODE = {".py", ".j2", ".html", ".css", ".js"}


def environment() -> dict[str, str]:
    """Hash the package's own code and data, and list the versions that matter."""
    hashed: dict[str, str] = dict.fromkeys(("package", "prior", "ledger"), "")
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and (path.suffix in CODE or path.is_relative_to(DATA)):
            hashed[_part(path)] += f"{path.relative_to(PACKAGE)} {file_hash(path)}\n"
    hashes = {part: hash_of(lines.encode()) for part, lines in hashed.items()}
    libraries = {name: metadata.version(name) for name in VERSIONS[1:]}
    return hashes | {"python": platform.python_version()} | libraries


def _part(path: Path) -> str:
    """What a file of the package belongs to."""
    if path.is_relative_to(DATA / "ledger"):
        return "ledger"
    if path.is_relative_to(DATA) and path.name.startswith("prior"):
        return "prior"
    return "package"


def file_hash(path: Path) -> str:
    """Hash what a file holds."""
    return hash_of(read_whole(path))


def hash_of(content: bytes) -> str:
    """Hash some bytes, in sixteen hexadecimal digits: enough to tell a change."""
    return hashlib.sha256(content).hexdigest()[:16]
