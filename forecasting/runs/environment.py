"""What a run depends on besides its parameters: the package's own code and data, and the versions
of libraries.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from forecasting.evidence.files import read_whole
from forecasting.names import DATA, PACKAGE

__all__ = ["LIBRARIES", "environment", "file_hash", "hash_of"]

LIBRARIES = (
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
    code = [
        path
        for path in PACKAGE.rglob("*")
        if path.suffix in CODE and "__pycache__" not in path.parts
    ]
    data = [path for path in DATA.rglob("*") if path.is_file() and path not in code]
    ledger = [path for path in data if "ledger" in path.parts]
    prior = [path for path in data if path.name.startswith("prior")]
    rest = [path for path in data if path not in ledger and path not in prior]
    hashes = {
        "package": _files_hash(code + rest),
        "prior": _files_hash(prior),
        "ledger": _files_hash(ledger),
    }
    return (
        hashes
        | {"python": platform.python_version()}
        | {name: metadata.version(name) for name in LIBRARIES}
    )


def _files_hash(paths: Iterable[Path]) -> str:
    return hash_of(
        b"".join(
            f"{path.relative_to(PACKAGE)} {file_hash(path)}\n".encode() for path in sorted(paths)
        )
    )


def file_hash(path: Path) -> str:
    """Hash what a file holds."""
    return hash_of(read_whole(path))


def hash_of(content: bytes) -> str:
    """Hash some bytes, in sixteen hexadecimal digits: enough to tell a change."""
    return hashlib.sha256(content).hexdigest()[:16]
