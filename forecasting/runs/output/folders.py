"""The output folder of a run: locked while in use, and only ever holding whole reports.

A report is written in a folder of its own under ``.work`` and moved to its place in one step, so that whatever
interrupts a run leaves the old report or the new one, never half of either.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import socket
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from forecasting.errors import InputError, RunError

__all__ = ["Store", "clear_folder", "read_json", "write_text"]

RECORD, FAILURE = "run.json", "failure.json"
OWN = (".lock", ".work", "assets", "failures", "logs")  # what a run writes besides reports


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
    ...     side = store.side("norway-baseline")
    ...     _ = (side / "run.json").write_text("{}")
    ...     store.accept("norway-baseline")
    ...     list(store.records())
    ['norway-baseline']
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self.out = Path(out).absolute()
        self.token = uuid.uuid4().hex
        self._work = self.out / ".work" / self.token
        self._lock: IO[str] | None = None

    def __enter__(self) -> Store:
        make_folder(self.out)
        self._lock = _take_lock(self.out)
        self._recover()
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.out / ".work", ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    def side(self, name: str) -> Path:
        """Make an empty folder beside the reports, to write the report `name` in."""
        return clear_folder(self.folder(name))

    def folder(self, name: str) -> Path:
        """The folder beside the reports that `side` made."""
        return self._work / name

    @property
    def shared(self) -> Path:
        """The folder, as long as the run, where scenarios find forecasts that others have made; no name is like it."""
        return self.folder(".shared")

    def log(self, name: str) -> Path:
        """Name the log file of a scenario, and make its folder."""
        (self.out / "logs").mkdir(exist_ok=True)
        return self.out / "logs" / f"{name}.log"

    def accept(self, name: str) -> None:
        """Put the whole report of `name` in its place, and forget an earlier failure."""
        _replace(self._work / name, self.out / name)
        _remove(self.out / "failures" / name)
        with contextlib.suppress(OSError):  # others are in it, or it never was
            (self.out / "failures").rmdir()

    def reject(self, name: str) -> None:
        """Keep what a failed run of `name` left, beside the last whole report and not in its place."""
        (self.out / "failures").mkdir(exist_ok=True)
        _replace(self._work / name, self.out / "failures" / name)

    def records(self) -> Iterator[str]:
        """Yield the names of all whole reports in the folder, in order."""
        for path in sorted(self.out.glob(f"*/{RECORD}")):
            if not path.parent.name.startswith("."):
                yield path.parent.name

    def _recover(self) -> None:
        """Undo what a run that was killed left: put back a report that was on its way out, drop the rest."""
        for old in self.out.glob(".work/*/*.old"):
            target = self.out / old.stem
            if not os.path.lexists(target):
                old.rename(target)
        shutil.rmtree(self.out / ".work", ignore_errors=True)


def make_folder(out: Path) -> None:
    """Make the output folder, or say why it cannot be one."""
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file: give a folder as --out")
    if out.is_symlink() and not out.exists():
        raise InputError(f"{out} is a link to nothing: remove it or give another --out")
    links = [name for name in OWN if (out / name).is_symlink()]
    if links:
        raise InputError(f"{out / links[0]} is a link, and a run would write where it leads: remove it")
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / f".probe-{uuid.uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(f"cannot write to {out}: {error.strerror}; give another --out") from error


def clear_folder(path: Path) -> Path:
    """Make a folder that is empty, whatever was there."""
    _remove(path)
    path.mkdir(parents=True)
    return path


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object, or an empty one where there is none that can be read."""
    with contextlib.suppress(OSError, ValueError):
        content = json.loads(path.read_text(encoding="utf-8"))
        return content if isinstance(content, dict) else {}
    return {}


def write_text(path: Path, text: str) -> None:
    """Write a file in one step: readers see the old text or the new one."""
    side = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        side.write_text(text, encoding="utf-8")
        side.replace(path)
    finally:
        side.unlink(missing_ok=True)


def _take_lock(out: Path) -> IO[str]:
    """Hold the folder's lock file; the system lets go of it however the process ends."""
    handle = (out / ".lock").open("a+", encoding="utf-8")
    try:
        _lock_file(handle)
    except OSError as error:
        handle.seek(0)
        holder = handle.read().strip() or "another run"
        handle.close()
        raise RunError(f"{out} is in use by {holder}: wait until it ends, or give another --out") from error
    handle.seek(0)
    handle.truncate()
    handle.write(f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    handle.flush()
    return handle


def _lock_file(handle: IO[str]) -> None:
    if sys.platform == "win32":  # pragma: no cover
        import msvcrt

        handle.seek(1 << 20)  # a byte beyond the text, which others may go on reading
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _replace(side: Path, target: Path) -> None:
    """Move a folder to `target` in one step, whatever is there; a link is replaced, never followed."""
    if not os.path.lexists(target):
        side.rename(target)
    elif _exchange(side, target):
        _remove(side)
    else:
        old = side.with_name(f"{target.name}.old")  # found by `_recover` if the next step never comes
        target.rename(old)
        side.rename(target)
        _remove(old)


def _exchange(first: Path, second: Path) -> bool:
    """Swap two paths at once, where the system can (Linux)."""
    try:
        swap = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(swap(here, os.fsencode(first), here, os.fsencode(second), exchange) == 0)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
