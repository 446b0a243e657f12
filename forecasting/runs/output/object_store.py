"""Reports in an object store: what is there is mirrored as far as a run must know it, what was made
is sent.

A store cannot move a folder in one step. So a report's ``run.json`` is taken away first and sent
last: a report without one is not whole, and is made again. Two runs into one folder are kept apart
by a lock of our own.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from forecasting.errors import InputError, RunError
from forecasting.names import (
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
from forecasting.runs.output.lease import Lease, held

if TYPE_CHECKING:
    from forecasting.runs.output.result import RunSummary

__all__ = ["remote_address", "run_remote"]

READ = {
    RUN_RECORD,
    FAILURE_RECORD,
    OUTLOOK_TABLE,
    COMPARISON_TABLE,
    INDEX_PAGE,
}  # what a run reads of reports that it does not make


def remote_address(out: str | os.PathLike[str]) -> str:
    """Tell an address from a folder; gives it with both of its slashes, which a path loses, or
    nothing.

    Examples
    --------
    >>> remote_address("s3://bucket/reports"), remote_address(Path("s3://bucket/reports")), remote_address("C:/reports")
    ('s3://bucket/reports', 's3://bucket/reports', '')
    """
    found = re.fullmatch(r"([a-z][a-z0-9+.-]+):/+(.*)", os.fspath(out))
    if not found:
        return ""
    scheme, rest = found.groups()
    return f"file:///{rest}" if scheme == "file" else f"{scheme}://{rest}"


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
    store = _open(address)
    with TemporaryDirectory(prefix="ev-forecast-") as name, _held(store, address, writes) as lease:
        mirror = Path(name) / "reports"
        store.pull(mirror)
        summary = run_into(mirror)
        if lease:
            lease.check()
            try:
                store.push(mirror, summary)
            except OSError as error:
                raise RunError(f"cannot write to {address}: {error}") from error
    return dataclasses.replace(summary, out=address)


@contextlib.contextmanager
def _held(store: _Remote, address: str, writes: bool) -> Iterator[Lease | None]:
    """Hold the folder of a run that writes; one that only looks holds nothing."""
    if not writes:
        yield None
        return
    with contextlib.ExitStack() as stack:
        try:
            lease = stack.enter_context(held(store.system, store.root, address))
        except OSError as error:
            raise RunError(f"cannot write to {address}: {error}") from error
        yield lease


def _open(address: str) -> _Remote:
    try:
        fsspec: Any = importlib.import_module("fsspec")
        return _Remote(*fsspec.core.url_to_fs(address))
    except ImportError as error:
        raise InputError(
            f"{address} needs more to be installed: pip install 'ev-forecasting[remote]' ({error})"
        ) from None
    except ValueError as error:
        raise InputError(
            f"{address}: {error}; give a folder, or an address such as s3://bucket/reports"
        ) from None


class _Remote:
    """A folder of an fsspec file system."""

    def __init__(self, system: Any, root: str) -> None:
        self.system, self.root = system, root.rstrip("/")
        self._known = set[str]()  # what was there at the beginning; nothing else is ever removed

    def pull(self, mirror: Path) -> None:
        """Fetch what a run reads; all else is there by its name only."""
        try:
            self.system.invalidate_cache()
            paths = self.system.find(self.root)
        except OSError as error:
            raise InputError(f"cannot read {self.root}: {error}") from error
        # Some stores list folders, too
        named = {self._named(path): path for path in paths if not path.endswith("/")}
        named.pop(LOCK, None)  # the store's lock is not the mirror's
        for name, path in named.items():
            self._fetch(path, mirror / name)
        self._known = {*named}

    def _named(self, path: str) -> str:
        """Name an object as seen from the folder; a store may hold names that a file system would
        follow elsewhere.
        """
        name = path.removeprefix(self.root).removeprefix("/")
        steps = name.split("/")
        if not path.startswith(f"{self.root}/") or not all(map(_plain_step, steps)):
            raise InputError(
                f"{self.root} has the key {path[:200]!a}, which leads out of it: remove it"
            )
        return name

    def _fetch(self, path: str, here: Path) -> None:
        try:
            here.parent.mkdir(parents=True, exist_ok=True)
            if here.name in READ:
                self.system.get_file(path, str(here))
            else:
                here.touch()
        except OSError as error:
            raise InputError(f"cannot read {path[:200]!a}: {error.strerror or error}") from error

    def push(self, mirror: Path, summary: RunSummary) -> None:
        """Send the reports that were made, what is left of those that failed, then what sums up
        all.
        """
        for result in summary.results:
            if result.status == "done":
                self._forget(result.name)
                self._send(mirror, mirror / result.name)
            elif result.status == "failed":
                self._forget(result.name)
                self._send(mirror, mirror / FAILURES / result.name)
        if any(result.status in ("done", "failed") for result in summary.results):
            self._send(mirror, mirror / LOGS)
            self._send(mirror, mirror / ASSETS)
            for path in sorted(
                path for path in mirror.iterdir() if path.is_file() and path.name != LOCK
            ):
                self._put(mirror, path)

    def _send(self, mirror: Path, folder: Path) -> None:
        """Send a folder; its record goes first and comes last."""
        name = folder.relative_to(mirror).as_posix()
        self._remove(f"{name}/{RUN_RECORD}")
        stale = self._inside(name) - {
            path.relative_to(mirror).as_posix() for path in folder.glob("*")
        }
        for old in sorted(stale) if (folder / RUN_RECORD).exists() else ():
            self._remove(old)
        for path in sorted(folder.glob("*"), key=lambda path: path.name == RUN_RECORD):
            if path.stat().st_size:
                self._put(mirror, path)

    def _put(self, mirror: Path, path: Path) -> None:
        target = f"{self.root}/{path.relative_to(mirror).as_posix()}"
        self.system.makedirs(target.rpartition("/")[0], exist_ok=True)
        self.system.put_file(str(path), target)

    def _forget(self, name: str) -> None:
        """Remove what an earlier failure has left."""
        for old in sorted(self._inside(f"failures/{name}")):
            self._remove(old)

    def _inside(self, name: str) -> set[str]:
        return {known for known in self._known if known.startswith(f"{name}/")}

    def _remove(self, name: str) -> None:
        """Remove an object, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            self.system.rm_file(f"{self.root}/{name}")


def _plain_step(step: str) -> bool:
    return step not in ("", ".", "..") and not re.search(r"[\\\0]", step)
