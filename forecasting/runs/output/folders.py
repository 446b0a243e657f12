"""The output folder of a run: locked while in use, only ever holding whole reports, and nothing of
another's in it replaced.

A report is written in a folder of its own under ``.work`` and moved to its place in one step, so
that whatever interrupts a run leaves the old report or the new one, never half of either. The
results of a report that one of another day replaces go into ``archive``.

A report is marked by its ``run.json``, what is left of a failure by its ``failure.json``: either
names the folder and lists the files. A run's own work lies in folders whose names nobody else would
give. What lies at the top is a run's where the lock file, a report or a failure says that runs
write here; all else is another's.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import re
import shutil
import socket
import stat
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from forecasting.runs.endings import sweep
from forecasting.vocabulary.errors import InputError, Problem, RunError
from forecasting.vocabulary.files import AnyPath, lock_file, read_whole, write_whole
from forecasting.vocabulary.names import (
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
    OUTLOOK_TABLE,
    PLOTLY_SCRIPT,
    REPORT_NOTEBOOK,
    RUN_RECORD,
    WORK,
)

# An object of JSON: what a run writes of a report, or of a failure
Record = dict[str, Any]
FOLDERS = (WORK, ARCHIVE, ASSETS, FAILURES, LOGS)  # what a run writes besides reports
TABLES = (COMPARISON_TABLE, COMPARISON_CSV, COMPARISON_WORKBOOK)
RUN_FILES = (INDEX_PAGE, ARTICLE_PAGE, *TABLES, f"{ASSETS}/{PLOTLY_SCRIPT}", f"{LOGS}/engine.log")
LITTER = {".DS_Store", "Thumbs.db"}  # what systems leave in folders that somebody has looked at
# What is wrong with a file, and with a link
FOLDER_FAULTS = ("was not written by a run", "is a link, and a run would write where it leads")
REMEDY = "move it elsewhere, or give another --out"
HOLDER = re.compile(r"(process \d+ on .* since .* UTC)?")
WORK_PREFIX = "ev-forecast-"
WORK_NAME = re.compile(WORK_PREFIX + "[0-9a-f]{32}")


def refuse_others(reports: Path, names: Iterable[str] = ()) -> None:
    """Refuse an output folder in which something that no run wrote is in the way of what a run
    would write.

    Parameters
    ----------
    reports : Path
        The folder; it may be missing.
    names : iterable of str
        The reports that would be replaced.

    Raises
    ------
    InputError
        Naming everything that is in the way.
    """
    obstacles = [*_in_the_way(reports, list(names))] if reports.is_dir() else []
    if obstacles:
        raise InputError(
            [Problem(str(path), FOLDER_FAULTS[path.is_symlink()], REMEDY) for path in obstacles]
        )


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
    return not list(_strangers_in(folder))


def is_work(path: Path) -> bool:
    """Whether this is the folder in which a run does its work."""
    return bool(WORK_NAME.fullmatch(path.name)) and not _is_other_kind(path, stat.S_ISDIR)


def read_json(path: Path) -> Record:
    """Read a JSON object, or an empty one where there is none that can be read."""
    try:
        content = json.loads(read_whole(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, record: Record) -> None:
    """Write a record in one step: readers see the old one or the new one."""
    write_whole(path, json.dumps(record, indent=1, ensure_ascii=False).encode())


def file_sizes(folder: Path, but: str) -> dict[str, int]:
    """How large the files of a folder are, as a record lists them: all but the record itself."""
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.name != but}


def _in_the_way(reports: Path, names: list[str]) -> Iterator[Path]:
    """Each path that a run would write to and must not."""
    strangers = [reports / name for name in FOLDERS if _is_other_kind(reports / name, stat.S_ISDIR)]
    yield from strangers
    yield from itertools.filterfalse(is_work, _inside(reports / WORK))
    # A link is replaced itself
    replaced = itertools.filterfalse(Path.is_symlink, (reports / name for name in names))
    for folder in (*_inside(reports / FAILURES), *replaced):
        yield from _strangers_in(folder)
    yield from (path for path in _strange_files(reports, names) if path.parent not in strangers)


def _strange_files(reports: Path, names: list[str]) -> Iterator[Path]:
    """The files beside the reports that are no files, or are there where no run has written."""
    holder = _holder(reports / LOCK)
    if holder is None or _is_other_kind(reports / LOCK, stat.S_ISREG):
        yield reports / LOCK
    folders = (*_inside(reports.resolve()), *_inside(reports / FAILURES))
    has_record = holder or any(map(_record, folders))
    logs = [f"{LOGS}/{name}.log" for name in names]
    for path in (reports / name for name in (*RUN_FILES, *logs)):
        if _is_other_kind(path, stat.S_ISREG) or (path.exists() and not has_record):
            yield path


def _strangers_in(folder: Path) -> Iterator[Path]:
    """What in a report's folder no run wrote; the path itself where it is no folder."""
    if _is_other_kind(folder, stat.S_ISDIR):
        yield folder
    record = _record(folder)
    files = record.get("files", {})
    sizes = {REPORT_NOTEBOOK: None} | files | {RUN_RECORD: None, FAILURE_RECORD: None}
    for path in _inside(folder):
        size = path.lstat().st_size
        # In the mirror of an object store some files are there by name only, and empty
        same = size == 0 or sizes.get(path.name) in (None, size)
        if not record or path.name not in sizes or _is_other_kind(path, stat.S_ISREG) or not same:
            yield path


def _record(folder: Path) -> Record:
    """The mark of a report or a failure; empty where there is none, or that of another folder."""
    record = read_json(folder / RUN_RECORD) or read_json(folder / FAILURE_RECORD)
    is_valid = isinstance(record.get("files", {}), dict)
    return record if is_valid and record.get("name") == folder.name else {}


def _is_other_kind(path: Path, kind: Callable[[int], bool]) -> bool:
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


class Store:
    """The output folder, held by one run at a time.

    Parameters
    ----------
    out : path-like
        The folder; made if missing.

    Raises
    ------
    InputError
        On entering, if `out` is a file or cannot be written.
    RunError
        On entering, if another run holds the folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(folder) as store:
    ...     side = clear_folder(store.folder("norway-baseline"))
    ...     write_json(side / "run.json", {"name": "norway-baseline"})
    ...     store.accept("norway-baseline")
    ...     sorted(path.name for path in store.reports.glob("*/run.json"))
    ['run.json']
    """

    def __init__(self, reports: AnyPath) -> None:
        self.reports = Path(reports).absolute()
        self.token = uuid.uuid4().hex
        # The token makes it a name that nobody else gives
        self._work = self.reports / WORK / f"{WORK_PREFIX}{self.token}"
        self._lock: IO[str] | None = None

    def __enter__(self) -> Store:
        refuse_others(self.reports)
        make_folder(self.reports)
        self._lock = _take_lock(self.reports)
        # Of a run that was killed: what was on its way out is put back, the rest goes
        for work in filter(is_work, self.reports.glob(f"{WORK}/*")):
            sweep(work.name.removeprefix(WORK_PREFIX))
            for old in work.glob("*.old"):
                target = self.reports / old.stem
                if not os.path.lexists(target):
                    old.rename(target)
            remove(work)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # something else is in it, or all of it is gone
            remove(self._work)
            self._work.parent.rmdir()
        if self._lock is not None:
            self._lock.close()

    def folder(self, name: str) -> Path:
        """The folder beside the reports in which the report `name` is written."""
        return self._work / name

    @property
    def shared(self) -> Path:
        """The folder, as long as the run, where scenarios find forecasts that others have made; no
        name is like it.
        """
        return self.folder(".shared")

    def log(self, name: str) -> Path:
        """Name the log file of a scenario."""
        return self.reports / LOGS / f"{name}.log"

    def accept(self, name: str) -> None:
        """Put the whole report of `name` in its place, and forget an earlier failure.

        Raises
        ------
        RunError
            If something that no run wrote is in its place.
        OSError
            If the system refuses.
        """
        self._hold()
        keep_earlier(self.reports, name, self.folder(name))
        # On the disk before it is moved; whoever made it is at the next one
        for path in self.folder(name).iterdir():
            with path.open("rb") as handle:
                os.fsync(handle.fileno())
        self._place(name, self.reports / name)
        failure = self.reports / FAILURES / name
        if made_by_a_run(failure):
            remove(failure)
        with suppress(OSError):  # others are in it, or it never was
            failure.parent.rmdir()

    def reject(self, name: str) -> None:
        """Keep what a failed run of `name` left, beside the last whole report and not in its place.

        Raises
        ------
        RunError, OSError
            As `accept` does.
        """
        self._hold()
        (self.reports / FAILURES).mkdir(exist_ok=True)
        folder = self.folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.is_dir() or path.is_symlink():
                remove(path)
        # What is left is noted, so that the next run knows it for its own
        record = folder / FAILURE_RECORD
        mark = {"name": name, "files": file_sizes(folder, but=FAILURE_RECORD)}
        with suppress(OSError):  # on a full disk the record that is there does
            write_json(record, read_json(record) | mark)
        self._place(name, self.reports / FAILURES / name)

    def _place(self, name: str, target: Path) -> None:
        if not (target.is_symlink() or made_by_a_run(target)):
            raise RunError(f"something in {target} was not written by a run: {REMEDY}")
        _replace(self.folder(name), target)

    def _hold(self) -> None:
        """Take the folder anew if somebody has removed it."""
        if self._lock is None or _is_file(self._lock, self.reports / LOCK):
            return
        make_folder(self.reports)
        self._lock.close()
        self._lock = _take_lock(self.reports)


def make_folder(reports: Path) -> None:
    """Make the output folder, or say why it cannot be one."""
    if reports.exists() and not reports.is_dir():
        raise InputError(f"{reports} is a file: give a folder as --out")
    if reports.is_symlink() and not reports.exists():
        raise InputError(f"{reports} is a link to nothing: remove it or give another --out")
    try:
        reports.mkdir(parents=True, exist_ok=True)
        probe = reports / f".probe-{uuid.uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(
            f"cannot write to {reports}: {error.strerror}; give another --out"
        ) from error


def clear_folder(path: Path) -> Path:
    """Make a folder that is empty, whatever was there."""
    remove(path)
    path.mkdir(parents=True)
    return path


def open_log(path: str) -> int:
    """Open a log file anew for writing; what was there is replaced, and a link is not followed."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with suppress(FileNotFoundError):
        os.unlink(path)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)


def write_log(path: str | Path, content: bytes) -> None:
    """Write a log file anew, where that is possible."""
    with suppress(OSError), os.fdopen(open_log(os.fspath(path)), "wb") as log:
        log.write(content)


def keep_earlier(reports: Path, name: str, side: Path) -> None:
    """Keep the results of a report as ``archive/DAY/NAME/outlook.parquet``, if the new report is of
    another day.

    What is kept already is not replaced: the first forecast of a day is the one that knew least of
    what came.

    Parameters
    ----------
    reports : Path
        The output folder.
    name : str
        The report's.
    side : Path
        The folder of the new report, which is about to take its place.
    """
    from forecasting.scenarios.outlook_files import load_record

    old = reports / name / OUTLOOK_TABLE
    if old.is_symlink() or not made_by_a_run(reports / name):
        return
    day = load_record(old).get("as_of")
    archived = reports / ARCHIVE / str(day) / name / OUTLOOK_TABLE
    if day and day != load_record(side / OUTLOOK_TABLE).get("as_of") and not archived.exists():
        with suppress(OSError):  # no report fails for an earlier one
            archived.parent.mkdir(parents=True, exist_ok=True)
            write_whole(archived, read_whole(old))


def drop_earlier(reports: Path, days: int) -> None:
    """Remove the kept results of all but the newest days; what no run has kept there stays.

    Parameters
    ----------
    reports : Path
        The output folder.
    days : int
        How many days of ``archive`` remain.
    """
    with suppress(OSError):  # nobody needs the room so much that a run fails for it
        files_of_day: dict[Path, list[Path]] = {}
        for path in filter(_is_kept, reports.glob(f"{ARCHIVE}/*/*/{OUTLOOK_TABLE}")):
            files_of_day.setdefault(path.parent.parent, []).append(path)
        for day in sorted(files_of_day, reverse=True)[days:]:
            for path in files_of_day[day]:
                path.unlink()
                path.parent.rmdir()
            with suppress(OSError):  # something else lies there
                day.rmdir()


def _is_kept(path: Path) -> bool:
    """Whether `keep_earlier` has kept these results."""
    from forecasting.scenarios.outlook_files import load_record

    report = path.parent
    day = report.parent
    linked = any(part.is_symlink() for part in (path, report, day, day.parent))
    is_single = [path_inside.name for path_inside in report.iterdir()] == [OUTLOOK_TABLE]
    return is_single and not linked and load_record(path).get("as_of") == day.name


def _is_file(handle: IO[str], path: Path) -> bool:
    """Whether an open file is the one at `path` still."""
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.lstat())
    except OSError:
        return False


def _take_lock(reports: Path) -> IO[str]:
    """Hold the folder's lock file; the system lets go of it however the process ends."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    handle = os.fdopen(os.open(reports / LOCK, flags, 0o644), "a+", encoding="utf-8")
    if not lock_file(handle):
        with handle:
            handle.seek(0)
            raise in_use(reports, handle.read().strip())
    handle.truncate(0)
    handle.write(this_process())
    handle.flush()
    return handle


def this_process() -> str:
    """Name this process in a lock."""
    now = datetime.now(UTC)
    return f"process {os.getpid()} on {socket.gethostname()} since {now:%Y-%m-%d %H:%M} UTC"


def in_use(reports: Path | str, holder: str) -> RunError:
    """The refusal of a folder that another run holds."""
    holder = holder or "another run"
    return RunError(f"{reports} is in use by {holder}: wait until it ends, or give another --out")


def _replace(side: Path, target: Path) -> None:
    """Move a folder to `target` in one step, whatever is there; a link itself is replaced."""
    if not os.path.lexists(target):
        side.rename(target)
    elif _exchange(side, target):
        remove(side)
    else:
        # Put back by the next run if the next step never comes
        old = side.with_name(f"{target.name}.old")
        target.rename(old)
        side.rename(target)
        remove(old)


def _exchange(one_path: Path, other_path: Path) -> bool:
    """Swap two paths at once, where the system can (Linux)."""
    working_folder = -100  # AT_FDCWD
    exchange = 2  # RENAME_EXCHANGE
    try:
        swap = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(
        swap(
            working_folder, os.fsencode(one_path), working_folder, os.fsencode(other_path), exchange
        )
        == 0
    )


def remove(path: Path) -> None:
    """Remove whatever is there; of a link, the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
