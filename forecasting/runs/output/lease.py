"""A lock for a folder in an object store: an object that says who holds it, and that its holder
keeps alive.

The object is made only if there is none, in one step, where the store can do that (S3, Google,
Azure, memory, disk do). Its holder writes it anew every few seconds. Whoever finds one watches it:
if it changes, the folder is in use; if it does not, its holder is gone, and the watcher takes over.
No clock is compared with another, and none need be right.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from forecasting.errors import RunError
from forecasting.names import LOCK

__all__ = ["LOCK", "held"]

# Seconds between two writings; without one, until the holder is taken for gone
RENEWED, GONE = 10.0, 35.0
SETTLED = 1.0  # seconds after which, of two that took over at once, both see the same one


@contextlib.contextmanager
def held(system: Any, root: str, address: str) -> Iterator[Lease]:
    """Hold a folder of an object store.

    Parameters
    ----------
    system : fsspec file system
        The store.
    root, address : str
        The folder, as the store and as the user call it.

    Raises
    ------
    RunError
        If another run holds it.
    """
    lease = Lease(system, f"{root}/{LOCK}", address)
    lease.take()
    stop = threading.Event()
    keeper = threading.Thread(target=lease.keep, args=(stop,), daemon=True)
    keeper.start()
    try:
        yield lease
    finally:
        stop.set()
        keeper.join()
        lease.leave()


class Lease:
    """One object that says who holds a folder."""

    def __init__(self, system: Any, path: str, address: str) -> None:
        self._system, self._path, self._address = system, path, address
        self._token, self._beat = uuid.uuid4().hex, 0
        self._since = f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"

    def take(self) -> None:
        """Make the object, or take over one whose holder is gone."""
        if self._made():
            return
        found = self._read()
        deadline = time.monotonic() + GONE
        while found and time.monotonic() < deadline:
            time.sleep(RENEWED / 10)
            now = self._read()
            if now and now != found:
                raise self._refused(now)
            found = now
        with contextlib.suppress(FileNotFoundError):
            self._system.rm_file(self._path)
        self._made()
        time.sleep(SETTLED)
        self.check()

    def _made(self) -> bool:
        """Make the object where there is none; says whether there was none."""
        try:
            self._write("create")
        except FileExistsError:
            return False
        return True

    def check(self) -> None:
        """See that nobody has taken the folder over, as happens to a run that was suspended for
        long.
        """
        found = self._read()
        if found.get("token") != self._token:
            raise self._refused(found)

    def keep(self, stop: threading.Event) -> None:
        """Write the object anew until told to stop, or until it is another's."""
        while not stop.wait(RENEWED):
            with contextlib.suppress(OSError):  # a moment without a network is no reason to end
                if self._read().get("token") != self._token:
                    return
                self._write("overwrite")

    def leave(self) -> None:
        """Remove the object if it is one's own."""
        with contextlib.suppress(OSError):
            if self._read().get("token") == self._token:
                self._system.rm_file(self._path)

    def _write(self, mode: str) -> None:
        self._beat += 1
        content = json.dumps(
            {"holder": self._since, "token": self._token, "beat": self._beat}
        ).encode()
        self._system.makedirs(self._path.rpartition("/")[0], exist_ok=True)
        self._system.pipe_file(self._path, content, mode=mode)

    def _read(self) -> dict[str, Any]:
        self._system.invalidate_cache()
        with contextlib.suppress(FileNotFoundError, ValueError):
            return dict(json.loads(self._system.cat_file(self._path)))
        return {}

    def _refused(self, found: dict[str, Any]) -> RunError:
        holder = found.get("holder", "another run")
        return RunError(
            f"{self._address} is in use by {holder}: wait until it ends, or give another --out"
        )
