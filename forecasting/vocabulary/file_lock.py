"""The one lock of files: held by whoever has a file open, until it is closed, however the process
ends.
"""

import os
import sys
import time
from typing import IO, Any

LONGEST_WAIT = 600.0  # seconds, of a command whose turn comes after others
PAUSE = 0.05  # seconds between two tries
# Windows locks bytes: one beyond every text, which others may go on reading
LOCKED_BYTE = 1 << 30


def lock_file(file: IO[Any], seconds: float = 0.0) -> bool:
    """Lock an open file against all others who lock it, in this process and in others.

    Parameters
    ----------
    file : file
        Open for writing.
    seconds : float
        How long to wait for another to let go of it.

    Returns
    -------
    bool
        Whether it is locked now; false where another holds it still.

    Raises
    ------
    OSError
        Where the file system has no locks.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as one, open(one.name, "ab") as other:
    ...     lock_file(one), lock_file(other)
    (True, False)
    """
    end = time.monotonic() + seconds
    while not _is_locked_at_once(file):
        if time.monotonic() >= end:
            return False
        time.sleep(PAUSE)
    return True


def _is_locked_at_once(file: IO[Any]) -> bool:
    number = file.fileno()
    try:
        if sys.platform == "win32":  # pragma: no cover
            import msvcrt

            place = os.lseek(number, 0, os.SEEK_CUR)
            os.lseek(number, LOCKED_BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
            finally:
                os.lseek(number, place, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # the second is what Windows says
        return False
    return True
