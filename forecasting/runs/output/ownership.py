"""What of an output folder a run has written, and so may replace: that bears a run's mark, and all
else is another's.

A report is marked by its ``run.json``, what is left of a failure by its ``failure.json``: either
names the folder and lists the files. A run's own work lies in folders whose names nobody else would
give. What lies at the top is a run's where the lock file, a report or a failure says that runs
write here.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from forecasting.errors import InputError, Problem
from forecasting.evidence.files import read_whole
from forecasting.names import (
    ARCHIVE,
    ARTICLE_PAGE,
    ASSETS,
    COMPARISON_BEFORE,
    COMPARISON_CSV,
    COMPARISON_TABLE,
    COMPARISON_WORKBOOK,
    FAILURE_RECORD,
    FAILURES,
    INDEX_PAGE,
    LOCK,
    LOGS,
    PLOTLY_SCRIPT,
    REPORT_NOTEBOOK,
    RUN_RECORD,
    WORK,
)

__all__ = ["REMEDY", "is_work", "made_by_a_run", "read_json", "refuse_others"]

FOLDERS = (WORK, ARCHIVE, ASSETS, FAILURES, LOGS)  # what a run writes besides reports
TABLES = (COMPARISON_TABLE, COMPARISON_BEFORE, COMPARISON_CSV, COMPARISON_WORKBOOK)
FILES = (INDEX_PAGE, ARTICLE_PAGE, *TABLES, f"{ASSETS}/{PLOTLY_SCRIPT}", f"{LOGS}/engine.log")
LITTER = {".DS_Store", "Thumbs.db"}  # what systems leave in folders that somebody has looked at
REMEDY = "move it elsewhere, or give another --out"
HOLDER = re.compile(r"process \d+ on .* since .* UTC")
WORK_NAME = re.compile(r"ev-forecast-[0-9a-f]{32}")


def refuse_others(out: Path, names: Iterable[str] = ()) -> None:
    """Refuse an output folder in which something that no run wrote is in the way of what a run
    would write.

    Parameters
    ----------
    out : Path
        The folder; it may be missing.
    names : iterable of str
        The reports that would be replaced.

    Raises
    ------
    InputError
        Naming everything that is in the way.
    """
    if not out.is_dir():
        return
    if problems := [
        Problem(str(path), what, REMEDY) for path, what in _in_the_way(out, list(names))
    ]:
        raise InputError(problems)


def made_by_a_run(folder: Path) -> bool:
    """Whether everything in the folder of a report, or of a failure, was written by a run.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "thesis.txt").write_text("mine")
    ...     made_by_a_run(Path(folder))
    False
    """
    return not list(_others(folder))


def is_work(path: Path) -> bool:
    """Whether this is the folder in which a run does its work."""
    return bool(WORK_NAME.fullmatch(path.name)) and path.is_dir() and not path.is_symlink()


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object, or an empty one where there is none that can be read."""
    try:
        content = json.loads(read_whole(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _in_the_way(out: Path, names: list[str]) -> Iterator[tuple[Path, str]]:
    """Each path that a run would write to and must not, with what it is."""
    lock = out / LOCK
    if _is_other(lock, stat.S_ISREG) or not _lock_text(lock)[0]:
        yield lock, _what(lock)
    folders = [out / name for name in FOLDERS]
    yield from ((path, _what(path)) for path in folders if _is_other(path, stat.S_ISDIR))
    whole = [path for path in folders if not _is_other(path, stat.S_ISDIR)]
    work, failures = (
        _inside(path) if path in whole else [] for path in (out / WORK, out / FAILURES)
    )
    yield from ((path, _what(path)) for path in work if not is_work(path))
    yield from _strange(failures)
    # A link is replaced itself
    yield from _strange([out / name for name in names if not (out / name).is_symlink()])
    shared = [out / name for name in (*FILES, *(f"{LOGS}/{name}.log" for name in names))]
    ours = _used(out)
    for path in shared:
        if path.parent in (out, *whole) and (
            _is_other(path, stat.S_ISREG) or (path.exists() and not ours)
        ):
            yield path, _what(path)


def _used(out: Path) -> bool:
    """Whether runs write here."""
    folders = [*_inside(out), *_inside(out / FAILURES)]
    return bool(_lock_text(out / LOCK)[1]) or any(_record(path) for path in folders)


def _strange(folders: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Of folders that a run would replace, what no run wrote."""
    for folder in folders:
        yield from ((path, _what(path)) for path in _others(folder))


def _others(folder: Path) -> Iterator[Path]:
    """What in a report's folder no run wrote; the path itself where it is no folder."""
    if _is_other(folder, stat.S_ISDIR):
        yield folder
        return
    record = _record(folder)
    listed = record.get("files")
    sizes: dict[str, Any] = {REPORT_NOTEBOOK: None} | (listed if isinstance(listed, dict) else {})
    sizes |= {RUN_RECORD: None, FAILURE_RECORD: None}
    for path in _inside(folder):
        same = sizes.get(path.name) in (None, path.lstat().st_size) or not path.lstat().st_size
        if not record or path.name not in sizes or _is_other(path, stat.S_ISREG) or not same:
            # In the mirror of an object store some files are there by name only, and empty
            yield path


def _record(folder: Path) -> dict[str, Any]:
    """The mark of a report or a failure; empty where there is none, or that of another folder."""
    record = read_json(folder / RUN_RECORD) or read_json(folder / FAILURE_RECORD)
    return record if record.get("name") == folder.name else {}


def _is_other(path: Path, right: Any) -> bool:
    """Whether something of another kind is there."""
    try:
        return not right(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _inside(folder: Path) -> list[Path]:
    return (
        sorted(path for path in folder.iterdir() if path.name not in LITTER)
        if folder.is_dir()
        else []
    )


def _lock_text(lock: Path) -> tuple[bool, str]:
    """Whether a lock file is a run's, and who took it last."""
    try:
        text = read_whole(lock, 1000).decode("utf-8", "replace")
    except FileNotFoundError:
        return True, ""
    except OSError:
        return False, ""
    return not text or bool(HOLDER.match(text)), text


def _what(path: Path) -> str:
    if path.is_symlink():
        return "is a link, and a run would write where it leads"
    return "was not written by a run"
