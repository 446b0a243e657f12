"""What several processes ask for alike, made once: the scenarios of a country rest on the same
facts.

Where the environment names a folder, what is made is left there under a hash of everything that it
was asked for, and whoever asks the same reads it. A run of many scenarios does so, for its own time
and in a folder of its own. Without one, everything is made where it is asked for.
"""

import contextlib
import hashlib
import os
import pickle
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from forecasting.names import SHARED_VARIABLE

T = TypeVar("T")


def made_once(make: Callable[[], T], *prepared: object) -> T:
    """Make something, or read what another process made of the same.

    Parameters
    ----------
    make : callable
        Makes it, the same from the same `prepared`, bit by bit.
    *prepared : object
        Everything that it depends on, besides the code.

    Examples
    --------
    >>> made_once(lambda: 6 * 7, "six times seven")
    42
    """
    folder = os.environ.get(SHARED_VARIABLE)
    if not folder:
        return make()
    # each on its own: what two of them have in common may be one object or two, and pickles tell
    # which
    parts = [pickle.dumps(part) for part in (make.__qualname__, *prepared)]
    path = Path(folder) / hashlib.sha256(pickle.dumps(parts)).hexdigest()
    (result,) = _stored(path) or _store(path, make)
    return result  # type: ignore[no-any-return]


def _stored(path: Path) -> tuple[Any] | None:
    """What another process left, if it did. A pickle can do anything: what others may have written
    is not read.
    """
    with contextlib.suppress(OSError):
        # No link, no waiting for the other end of a pipe
        names = ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
        handle = os.open(path, os.O_RDONLY | sum(getattr(os, name, 0) for name in names))
        with open(handle, "rb") as file:
            if _ours(os.fstat(handle)):
                return pickle.load(file)  # type: ignore[no-any-return]
    return None


def _ours(result: os.stat_result) -> bool:
    """Whether only this user could write a file, whatever folder it lies in."""
    if not hasattr(os, "geteuid"):  # pragma: no cover
        return True
    return (
        stat.S_ISREG(result.st_mode)
        and result.st_uid == os.geteuid()
        and not result.st_mode & 0o022
    )


def _store(path: Path, make: Callable[[], Any]) -> tuple[Any]:
    """Make it, and leave it for others: whole or not at all, and only where there is room."""
    result = (make(),)
    side = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(
            side, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with open(handle, "wb") as file:
            pickle.dump(result, file, protocol=5)
        side.replace(path)
    return result
