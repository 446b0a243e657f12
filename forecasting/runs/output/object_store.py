"""Reports in an object store: what is there is mirrored as far as a run must know it, what was made
is sent.

A store cannot move a folder in one step. So a report's ``run.json`` is taken away first and sent
last: a report without one is not whole, and is made again.

Two runs into one folder are kept apart by a lock: an object that says who holds the folder. It is
made only if there is none, in one step, where the store can do that (S3, Google, Azure, memory and
disk do). Its holder writes it anew every few seconds. Whoever finds one watches it: if it changes,
the folder is in use; if it does not, its holder is gone, and the watcher takes over. No clock is
compared with another, and none need be right.
"""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import json
import os
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from forecasting.runs.endings import STOPS
from forecasting.runs.output.folders import Record, in_use, this_process
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.files import AnyPath
from forecasting.vocabulary.names import (
    ASSETS,
    COMPARISON_TABLE,
    FAILURE_RECORD,
    FAILURES,
    INDEX_PAGE,
    LOCK,
    LOGS,
    OUTLOOK_TABLE,
    RUN_RECORD,
)
from forecasting.vocabulary.sentences import sentence

if TYPE_CHECKING:
    from forecasting.runs.output.result import RunSummary

# What a run reads of reports that it does not make
READ = {RUN_RECORD, FAILURE_RECORD, OUTLOOK_TABLE, COMPARISON_TABLE, INDEX_PAGE}
# Seconds between two writings of the lock; without one, until the holder is taken for gone
RENEWED = 10.0
GONE = 35.0
NOTHING_SENT = "nothing was written to {address}"  # where a signal ended the run
SETTLE_SECONDS = 1.0  # seconds after which, of two that took over at once, both see the same one


def remote_address(folder: AnyPath) -> str:
    """Tell an address from a folder; gives it with both of its slashes, which a path loses, or
    nothing.

    Examples
    --------
    >>> remote_address("s3://bucket/reports"), remote_address(Path("s3://bucket/reports"))
    ('s3://bucket/reports', 's3://bucket/reports')
    >>> remote_address("C:/reports")
    ''
    """
    match = re.fullmatch(r"([a-z][a-z0-9+.-]+):/+(.*)", os.fspath(folder))
    if not match:
        return ""
    scheme, path = match.groups()
    return f"file:///{path}" if scheme == "file" else f"{scheme}://{path}"


def run_remote(
    address: str, run_into: Callable[[Path], RunSummary], writes: bool = True
) -> RunSummary:
    """Run into a local mirror of an object store, and send what was made.

    Parameters
    ----------
    address : str
        Such as ``s3://bucket/reports``, of any store that fsspec knows.
    run_into : callable
        The run, given the local folder.
    writes : bool
        Whether it makes anything; a dry run does not.

    Raises
    ------
    InputError
        If the store cannot be read.
    RunError
        If it cannot be written, or another run holds it.
    """
    with TemporaryDirectory(prefix="ev-forecast-") as name, ExitStack() as stack:
        store = _connect(address, Path(name) / "reports")
        lease = Lease(store.system, f"{store.root}/{LOCK}", address)
        if writes:
            with _writing_to(address):
                stack.enter_context(lease)
        store.pull()
        try:
            summary = run_into(store.mirror)
        except STOPS as stop:
            stop.__notes__ = [sentence(NOTHING_SENT, address=address)]
            raise
        if writes:
            with _writing_to(address):
                lease.check()
                store.push(summary)
    return dataclasses.replace(summary, folder=address)


@contextmanager
def _writing_to(address: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(f"cannot write to {address}: {error}") from error


def _connect(address: str, mirror: Path) -> _Remote:
    try:
        fsspec: Any = importlib.import_module("fsspec")
        system, root = fsspec.core.url_to_fs(address)
        return _Remote(system, root, mirror)
    except ImportError as error:
        raise InputError(
            f"{address} needs more to be installed: pip install 'ev-forecasting[remote]' ({error})"
        ) from None
    except ValueError as error:
        raise InputError(
            f"{address}: {error}; give a folder, or an address such as s3://bucket/reports"
        ) from None


class _Remote:
    """A folder of an fsspec file system, and its mirror on this machine."""

    def __init__(self, system: Any, root: str, mirror: Path) -> None:
        self.system = system
        self.root = root.rstrip("/")
        self.mirror = mirror
        self._names = set[str]()  # what was there at the beginning; nothing else is ever removed

    def pull(self) -> None:
        """Fetch what a run reads; all else is there by its name only."""
        try:
            self.system.invalidate_cache()
            paths = self.system.find(self.root)
        except OSError as error:
            raise InputError(f"cannot read {self.root}: {error}") from error
        # Some stores list folders, too; the store's lock is not the mirror's
        paths_by_name = {self._local_name(path): path for path in paths if not path.endswith("/")}
        paths_by_name.pop(LOCK, None)
        self._names = {*paths_by_name}
        for name, path in paths_by_name.items():
            mirror_file = self.mirror / name
            try:
                mirror_file.parent.mkdir(parents=True, exist_ok=True)
                if mirror_file.name in READ:
                    self.system.get_file(path, str(mirror_file))
                else:
                    mirror_file.touch()
            except OSError as error:
                reason = error.strerror or error
                raise InputError(f"cannot read {path[:200]!a}: {reason}") from error

    def _local_name(self, path: str) -> str:
        """Name an object as seen from the folder; a store may hold names that a file system would
        follow elsewhere.
        """
        name = path.removeprefix(f"{self.root}/")
        steps = name.split("/")
        if name == path or {"", ".", ".."} & {*steps} or re.search(r"[\\\0]", name):
            raise InputError(
                f"{self.root} has the key {path[:200]!a}, which leads out of it: remove it"
            )
        return name

    def push(self, summary: RunSummary) -> None:
        """Send the reports that were made, what is left of those that failed, then what sums up
        all.
        """
        finished = [result for result in summary.results if result.status in ("done", "failed")]
        for result in finished:
            home = self.mirror if result.status == "done" else self.mirror / FAILURES
            self._remove(self._inside(f"{FAILURES}/{result.name}"))  # of an earlier failure
            self._send(home / result.name)
        if finished:
            self._send(self.mirror / LOGS)
            self._send(self.mirror / ASSETS)
            for path in sorted(self.mirror.iterdir()):
                if path.is_file() and path.name != LOCK:
                    self._upload(path)

    def _send(self, folder: Path) -> None:
        """Send a folder as it is: its ``run.json`` goes first and comes last."""
        name = self._name(folder)
        files = sorted(folder.glob("*"), key=lambda path: path.name == RUN_RECORD)
        self._remove({f"{name}/{RUN_RECORD}"})
        self._remove(self._inside(name) - {self._name(path) for path in files})
        for path in files:
            if path.stat().st_size:  # else it is there already
                self._upload(path)

    def _upload(self, path: Path) -> None:
        target = f"{self.root}/{self._name(path)}"
        self.system.makedirs(target.rpartition("/")[0], exist_ok=True)
        self.system.put_file(str(path), target)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.mirror).as_posix()

    def _inside(self, name: str) -> set[str]:
        """What was in a folder of the store at the beginning."""
        return {object_name for object_name in self._names if object_name.startswith(f"{name}/")}

    def _remove(self, names: set[str]) -> None:
        """Remove objects, those that are there."""
        for name in sorted(names):
            with suppress(FileNotFoundError):
                self.system.rm_file(f"{self.root}/{name}")


class Lease:
    """One object that says who holds a folder of an object store, held as long as the context.

    Parameters
    ----------
    system : fsspec file system
        The store.
    path, address : str
        The object, as the store calls it, and the folder, as the user does.

    Raises
    ------
    RunError
        On entering, if another run holds the folder.
    """

    def __init__(self, system: Any, path: str, address: str) -> None:
        self._system = system
        self._path = path
        self._address = address
        self._holder = this_process()
        self._token = uuid.uuid4().hex
        self._beats = itertools.count(1)
        self._stop = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Lease:
        try:
            self._write("create")
        except FileExistsError:
            self._take_over()
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._keeper.join()
        with suppress(OSError):
            if self._is_ours(self._read()):
                self._system.rm_file(self._path)

    def check(self) -> None:
        """See that nobody has taken the folder over, as happens to a run that was suspended for
        long.
        """
        lock = self._read()
        if not self._is_ours(lock):
            raise in_use(self._address, lock.get("holder", ""))

    def _take_over(self) -> None:
        """Wait until the holder is seen to be gone, and make the object anew."""
        lock = self._read()
        deadline = time.monotonic() + GONE
        while lock and time.monotonic() < deadline:
            time.sleep(RENEWED / 10)
            previous = lock
            lock = self._read()
            if lock and lock != previous:
                raise in_use(self._address, lock.get("holder", ""))
        self._write("overwrite")
        time.sleep(SETTLE_SECONDS)
        self.check()

    def _keep(self) -> None:
        """Write the object anew until told to stop, or until it is another's."""
        while not self._stop.wait(RENEWED):
            with suppress(OSError):  # a moment without a network is no reason to end
                if not self._is_ours(self._read()):
                    return
                self._write("overwrite")

    def _is_ours(self, lock: Record) -> bool:
        return lock.get("token") == self._token

    def _write(self, mode: str) -> None:
        content = {"holder": self._holder, "token": self._token, "beat": next(self._beats)}
        self._system.makedirs(self._path.rpartition("/")[0], exist_ok=True)
        self._system.pipe_file(self._path, json.dumps(content).encode(), mode=mode)

    def _read(self) -> Record:
        """What the store says now; empty where the object is gone, or no record."""
        self._system.invalidate_cache()
        with suppress(FileNotFoundError, ValueError):
            return dict(json.loads(self._system.cat_file(self._path)))
        return {}
