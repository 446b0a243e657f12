"""What of an output folder a run has written, and so may replace: that bears a run's mark, and all
else is another's.

A report is marked by its ``run.json``, what is left of a failure by its ``failure.json``: either
names the folder and lists the files. A run's own work lies in folders whose names nobody else would
give. What lies at the top is a run's where the lock file, a report or a failure says that runs
write here.
"""

from __future__ import annotations

import itertools
import json
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from forecasting.errors import InputError, Problem
from forecasting.evidence.files import read_whole, write_whole
from forecasting.names import (
    ARCHIVE,
    ARTICLE_PAGE,
    ASSETS,
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

FOLDERS = (WORK, ARCHIVE, ASSETS, FAILURES, LOGS)  # what a run writes besides reports
TABLES = (COMPARISON_TABLE, COMPARISON_CSV, COMPARISON_WORKBOOK)
FILES = (INDEX_PAGE, ARTICLE_PAGE, *TABLES, f"{ASSETS}/{PLOTLY_SCRIPT}", f"{LOGS}/engine.log")
LITTER = {".DS_Store", "Thumbs.db"}  # what systems leave in folders that somebody has looked at
# What is wrong with a file, and with a link
FAULTS = ("was not written by a run", "is a link, and a run would write where it leads")
REMEDY = "move it elsewhere, or give another --out"
HOLDER = re.compile(r"(process \d+ on .* since .* UTC)?")
WORK_PREFIX = "ev-forecast-"
WORK_NAME = re.compile(WORK_PREFIX + "[0-9a-f]{32}")


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
    others = [*_in_the_way(out, list(names))] if out.is_dir() else []
    if others:
        raise InputError([Problem(str(path), FAULTS[path.is_symlink()], REMEDY) for path in others])


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
    return bool(WORK_NAME.fullmatch(path.name)) and not _is_other(path, stat.S_ISDIR)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object, or an empty one where there is none that can be read."""
    try:
        content = json.loads(read_whole(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, record: dict[str, Any]) -> None:
    """Write a record in one step: readers see the old one or the new one."""
    write_whole(path, json.dumps(record, indent=1, ensure_ascii=False).encode())


def file_sizes(folder: Path, but: str) -> dict[str, int]:
    """How large the files of a folder are, as a record lists them: all but the record itself."""
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.name != but}


def _in_the_way(out: Path, names: list[str]) -> Iterator[Path]:
    """Each path that a run would write to and must not."""
    others = [out / name for name in FOLDERS if _is_other(out / name, stat.S_ISDIR)]
    yield from others
    yield from itertools.filterfalse(is_work, _inside(out / WORK))
    # A link is replaced itself
    replaced = itertools.filterfalse(Path.is_symlink, (out / name for name in names))
    for folder in (*_inside(out / FAILURES), *replaced):
        yield from _others(folder)
    yield from (path for path in _strange_files(out, names) if path.parent not in others)


def _strange_files(out: Path, names: list[str]) -> Iterator[Path]:
    """The files beside the reports that are no files, or are there where no run has written."""
    holder = _holder(out / LOCK)
    if holder is None or _is_other(out / LOCK, stat.S_ISREG):
        yield out / LOCK
    used = holder or any(map(_record, (*_inside(out.resolve()), *_inside(out / FAILURES))))
    for path in (out / name for name in (*FILES, *(f"{LOGS}/{name}.log" for name in names))):
        if _is_other(path, stat.S_ISREG) or (path.exists() and not used):
            yield path


def _others(folder: Path) -> Iterator[Path]:
    """What in a report's folder no run wrote; the path itself where it is no folder."""
    if _is_other(folder, stat.S_ISDIR):
        yield folder
    record = _record(folder)
    files = record.get("files", {})
    sizes = {REPORT_NOTEBOOK: None} | files | {RUN_RECORD: None, FAILURE_RECORD: None}
    for path in _inside(folder):
        size = path.lstat().st_size
        # In the mirror of an object store some files are there by name only, and empty
        same = size == 0 or sizes.get(path.name) in (None, size)
        if not record or path.name not in sizes or _is_other(path, stat.S_ISREG) or not same:
            yield path


def _record(folder: Path) -> dict[str, Any]:
    """The mark of a report or a failure; empty where there is none, or that of another folder."""
    record = read_json(folder / RUN_RECORD) or read_json(folder / FAILURE_RECORD)
    whole = isinstance(record.get("files", {}), dict)
    return record if whole and record.get("name") == folder.name else {}


def _is_other(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether something of another kind is there."""
    try:
        return not kind(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _inside(folder: Path) -> list[Path]:
    """What is in a folder, if it is one and no link."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name not in LITTER)


def _holder(lock: Path) -> str | None:
    """Who took a lock file last, empty for nobody; None where the file is not a run's."""
    try:
        text = read_whole(lock, 1000).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError:
        return None
    return text if HOLDER.fullmatch(text) else None
