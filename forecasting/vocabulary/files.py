"""Files read and written whole: no file without an end is read, no link is written through, and no
half of a file is left; the one lock of files, and the one folder in which this user's commands and
notebooks keep what they may make again.
"""

import contextlib
import errno
import os
import shutil
import stat
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any

from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.limits import MAX_FILE_BYTES
from forecasting.vocabulary.names import CACHE, CACHE_VARIABLE, OUTPUT_VARIABLE, PARAMS

AnyPath = str | os.PathLike[str]
NO_PATH = (ValueError, OSError, RuntimeError)  # a zero byte, a loop of links
SYSTEM_FOLDERS = ("/dev", "/proc", "/sys")  # files there are not a user's
_folders: ContextVar[tuple[Path, ...]] = ContextVar("folders that a params file may read")
_files: set[Path] = set()  # tables that the user has named, or that a params file may read
LONGEST_WAIT = 600.0  # seconds, of a command whose turn comes after others
PAUSE = 0.05  # seconds between two tries
# Of files that are not whole yet
PART_NAMES = f".{'[0-9a-f]' * 32}.part"
# Windows locks bytes: one beyond every text, which others may go on reading
LOCKED_BYTE = 1 << 30


@contextlib.contextmanager
def allowing(folders: Iterable[AnyPath]) -> Iterator[None]:
    """Let params files read tables of further folders.

    Parameters
    ----------
    folders : iterable of path-like
        Beside the working folder and that of each params file.

    Raises
    ------
    InputError
        Where one is no folder.

    Examples
    --------
    >>> with allowing(["/usr"]):
    ...     fault_of_place("/usr/share/facts.csv")
    ('', '')
    """
    allowed = tuple(Path(folder).resolve() for folder in folders)
    if missing := [folder for folder in allowed if not folder.is_dir()]:
        raise InputError.at(missing[0], "is no folder", "give one whose tables may be read")
    token = _folders.set((*_folders.get(()), *allowed))
    try:
        yield
    finally:
        _folders.reset(token)


def name_table(path: AnyPath) -> None:
    """Note a table that the user has named: it may be read wherever it lies."""
    with contextlib.suppress(*NO_PATH):  # the fault is reported where the table is read
        _files.add(Path(path).resolve())


def fault_of_place(path: AnyPath, folder: AnyPath | None = None) -> tuple[str, str]:
    """Why a params file may not have a table read, and the next move; both empty where it may.

    Parameters
    ----------
    path : path-like
        Of the table; what it links to counts.
    folder : path-like, optional
        Of the params file that names it; without, tables that were named before may be read.

    Examples
    --------
    >>> fault_of_place("/proc/self/environ")
    ('is a special file', 'give a file of facts')
    >>> fault_of_place("../../other/facts.csv")[0]
    'lies outside of the working folder and of that of the params file'
    """
    place = None
    with contextlib.suppress(*NO_PATH):
        place = Path(path).resolve()
    # From Python 3.13 on a loop of links is no error, and stays a link
    if place is None or place.is_symlink():
        return "is no path of a file", "give a file of facts"
    is_plain = place.is_file() or place.is_dir() or not place.exists()
    if not is_plain or any(place.is_relative_to(special) for special in SYSTEM_FOLDERS):
        return "is a special file", "give a file of facts"
    # Notebooks look for params beside their own folder
    home = Path(folder or "").resolve()
    homes = [Path(), home, Path("..", PARAMS), *_folders.get(())]
    if home.name == PARAMS:  # the facts lie beside that folder
        homes.append(home.parent)
    inside = any(place.is_relative_to(home.resolve()) for home in homes)
    # In a process of a run, the run has checked all tables before
    was_named = folder is None and (place in _files or OUTPUT_VARIABLE in os.environ)
    if inside or was_named:
        return "", ""
    return (
        "lies outside of the working folder and of that of the params file",
        "copy it there, or name its folder with --allow (allow= in Python)",
    )


def read_whole(path: AnyPath, largest: int = MAX_FILE_BYTES) -> bytes:
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
    with open(path, "rb", opener=_open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "is not a regular file", os.fspath(path))
        data = file.read(largest + 1)
    if len(data) > largest:
        raise OSError(errno.EFBIG, f"is larger than {largest:,} bytes", os.fspath(path))
    return data


def _open_at_once(path: str, flags: int) -> int:
    """Open a file without waiting, as for a pipe that nobody writes to."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_text(
    path: AnyPath, error: type[InputError], hint: str, largest: int = MAX_FILE_BYTES
) -> str:
    """Read a file of text in UTF-8.

    Parameters
    ----------
    path : path-like
        As for `read_whole`.
    error : type of InputError
        What is raised where it cannot be read, or is no text.
    hint : str
        The next move then.
    largest : int
        The most bytes that it may have.

    Raises
    ------
    InputError
        Of the class that was given.
    """
    try:
        return read_whole(path, largest).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        reason = f"is not UTF-8: byte {fault.start}"
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or f"cannot be read: {fault}"
    raise error.at(path, reason, hint)


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file in one step: readers see the old content or the new one, and a link is replaced,
    never followed.

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
    return _replace_file(path, path.with_name(f".{path.name}.part"), content)


def _part_beside(path: Path) -> Path:
    """The file that becomes another one once it is whole, of a name as `PART_NAMES` has it."""
    return path.with_name(f".{uuid.uuid4().hex}.part")


def write_asked(path: AnyPath, content: bytes) -> Path:
    """Write a file that a user has named, whole or not at all; through a link, or to a device or a
    pipe, if the name is one.

    Raises
    ------
    InputError
        If it cannot be written; what was there is as it was.

    Examples
    --------
    >>> write_asked("/dev/full", b"text")
    Traceback (most recent call last):
    forecasting.InputError: /dev/full cannot be written: No space left on device; give
    another path
    """
    target = Path(path).resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)
        else:
            _replace_file(target, _part_beside(target), content)
    except OSError as error:
        reason = f"{path} cannot be written: {error.strerror}; give another path"
        raise InputError(reason) from None
    return Path(path)


def refuse_existing(path: Path, force: bool) -> None:
    """Refuse to write over a file that may be a user's own, before the work for it begins.

    Raises
    ------
    InputError
        If a file is there that nobody said is to be replaced, or a folder, or if what should be its
        folder is a file.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the name of a file")
    if path.parent.is_file():
        raise InputError(f"{path.parent} is a file, no folder for {path.name}; give another path")
    if path.is_file() and not force:
        raise InputError(f"{path} exists already; give another name, or --force to replace it")


def write_new(path: AnyPath, content: bytes) -> Path:
    """Write a file where there is none, not even a link. It appears whole: a process that is killed
    leaves no part of it under its name.

    Raises
    ------
    FileExistsError
        If something is there.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_new(Path(folder) / "a.txt", b"text").read_bytes()
    b'text'
    """
    new = Path(path)
    part_file = _part_beside(new)
    try:
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        with part_file.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _take_name(part_file, new)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(new)) from None
    finally:
        with contextlib.suppress(OSError):
            part_file.unlink()
    return new


def _take_name(part_file: Path, new: Path) -> None:
    """Give a file a name that nobody has taken."""
    try:
        os.link(part_file, new)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        new.open("xb").close()
        part_file.replace(new)


def _replace_file(path: Path, part_file: Path, content: bytes) -> Path:
    part_file.unlink(missing_ok=True)  # a process that was killed may have left one
    try:
        with part_file.open("xb") as file:
            file.write(content)
        if path.is_file() and not path.is_symlink():
            shutil.copymode(path, part_file)
        return part_file.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part_file.unlink(missing_ok=True)
        raise


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


def cache_folder() -> Path | None:
    """Where answers and fetched pages are kept; None where that is turned off.

    The environment names it; where it says nothing, it is one in the user's folder of caches.

    Examples
    --------
    >>> import os
    >>> os.environ[CACHE_VARIABLE] = "/var/cache/mine"
    >>> cache_folder()
    PosixPath('/var/cache/mine')
    >>> del os.environ[CACHE_VARIABLE]
    """
    named_folder = os.environ.get(CACHE_VARIABLE)
    if named_folder is not None:
        return Path(named_folder) if named_folder else None
    from platformdirs import user_cache_path

    folder = user_cache_path(CACHE, appauthor=False)
    return folder if folder.is_absolute() else None  # a user may have no home
