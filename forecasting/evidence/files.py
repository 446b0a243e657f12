"""Files read and written whole: nothing that has no end is read, no link is written through, nothing is left half."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

__all__ = ["LARGEST", "read_whole", "write_whole"]

LARGEST, CHUNK = 50_000_000, 1 << 20  # bytes of a file, and of one reading


def read_whole(path: str | os.PathLike[str], largest: int = LARGEST) -> bytes:
    """Read a regular file.

    Parameters
    ----------
    path : path-like
        A pipe or a device is refused at once: it may never end, or never begin.
    largest : int
        The most bytes that it may have.

    Raises
    ------
    OSError
        If it is no regular file, is larger, or cannot be read; the message says which.

    Examples
    --------
    >>> read_whole("/dev/zero")
    Traceback (most recent call last):
    OSError: [Errno 22] is not a regular file: '/dev/zero'
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        kind = os.fstat(handle).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, "is a folder", os.fspath(path))
        if not stat.S_ISREG(kind):
            raise OSError(errno.EINVAL, "is not a regular file", os.fspath(path))
        data = b"".join(iter(lambda: file.read(CHUNK) if file.tell() <= largest else b"", b""))
    if len(data) > largest:
        raise OSError(errno.EFBIG, f"is larger than {largest:,} bytes", os.fspath(path))
    return data


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file in one step: readers see the old content or the new one, and a link is replaced, never followed.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left of it then.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a.txt", b"text").read_bytes()
    b'text'
    """
    side = path.with_name(f".{path.name}.part")
    side.unlink(missing_ok=True)  # of a process that was killed
    try:
        with side.open("xb") as file:
            file.write(content)
        return side.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            side.unlink(missing_ok=True)
        raise
