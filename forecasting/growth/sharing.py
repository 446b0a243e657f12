"""Answers to questions, kept in files so that they are computed once: the scenarios of a country
rest on the same facts, and a notebook is run more than once.

A file holds arrays alone, under a digest of the question and of themselves, and is never unpickled.
The question holds all that the arrays depend on, among it the code and the data of the package and
the libraries of linear algebra. A file that is damaged, or another user's, is not read, and its
arrays are computed again.

The folder is the one that the environment names: a run names one that it removes at its end, an
outlook, a claim and a notebook the user's cache. A run also writes to that cache, and never reads
it. Without a folder, nothing is kept.
"""

import contextlib
import hashlib
import os
import pickle
import platform
import stat
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from forecasting.vocabulary.files import cache_folder
from forecasting.vocabulary.names import PACKAGE, SHARED_VARIABLE

MAX_ANSWER_BYTES = 200_000_000  # of a file, unpacked
MAX_CACHE_BYTES = 500_000_000  # of all files of a folder
DIGEST = "digest"  # name of the array that tells what the others answer
FILE_NAMES = "[0-9a-f]" * 64 + ".npz*"  # also of files that were not written to their end
# Files of the package that the numbers depend on
METHOD_FILES = (".py", ".csv", ".json")


def made_once(make: Callable[[], Mapping[str, Any]], *question: object) -> Mapping[str, Any]:
    """Make some arrays, or read those that were made for the same question.

    Parameters
    ----------
    make : callable
        Makes them, the same from the same question, bit by bit.
    *question : object
        Everything that they depend on, besides the code and the data of the package; first what is
        asked for.

    Examples
    --------
    >>> made_once(lambda: {"product": np.array(6 * 7)}, "six times seven")["product"].item()
    42
    """
    shared = os.environ.get(SHARED_VARIABLE)
    if not shared:
        return make()
    digest = digest_of(question)
    path = Path(shared) / f"{digest}.npz"
    stored = read_arrays(path, digest)
    if stored is not None:
        with contextlib.suppress(OSError):
            os.utime(path)  # files used longest ago are removed first
        return stored
    arrays = make()
    _store(Path(shared), digest, arrays)
    user_cache = cache_folder()
    if user_cache and user_cache != Path(shared):
        _store(user_cache, digest, arrays)
    return arrays


def read_cache() -> None:
    """Let this process, and those that it starts, read and write the user's cache; processes of a
    run keep the run's folder.
    """
    folder = cache_folder()
    if folder:
        os.environ.setdefault(SHARED_VARIABLE, str(folder))


def digest_of(question: Sequence[object]) -> str:
    """A text that identifies a question, and the code that answers it.

    Parameters
    ----------
    question : sequence
        All that the answer depends on, besides the code and the data of the package.

    Examples
    --------
    >>> digest_of(["a"]) == digest_of(["a"]), digest_of(["a"]) == digest_of(["b"])
    (True, False)
    """
    digest = hashlib.sha256(_method().encode())
    # Part by part: a pickle of all would depend on whether two parts share an object or hold copies
    for part in question:
        digest.update(pickle.dumps(part))
    return digest.hexdigest()


def read_arrays(path: Path, question: str, of_anybody: bool = False) -> dict[str, Any] | None:
    """The arrays of a file, where they answer a question; None where the file is damaged, answers
    another, or may be written by other users.

    Parameters
    ----------
    path : Path
        Of the file.
    question : str
        Its digest.
    of_anybody : bool
        Whether others may write the file: that of a report is trusted as the report's tables are.
    """
    # A foreign file fails in many ways; the arrays can always be computed
    with contextlib.suppress(Exception), _open_file(path, of_anybody) as file:
        if sum(part.file_size for part in zipfile.ZipFile(file).infolist()) > MAX_ANSWER_BYTES:
            return None
        file.seek(0)
        with np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        if arrays.pop(DIGEST) == _digest_of_answer(question, arrays):
            return arrays
    return None


def write_arrays(path: Path, question: str, arrays: Mapping[str, Any], mode: int = 0o600) -> None:
    """Write arrays to a file, whole or not at all.

    Parameters
    ----------
    path : Path
        Of the file.
    question : str
        The digest of what they answer.
    arrays : mapping of str to ndarray
        None of objects.
    mode : int
        Who may read and write the file, less what the umask takes away.

    Raises
    ------
    OSError
        Where the file cannot be written.
    """
    digest = np.array(_digest_of_answer(question, arrays))
    part_file = path.with_name(f"{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(part_file, flags, mode), "wb") as file:
        try:
            np.savez(file, allow_pickle=False, **{DIGEST: digest}, **arrays)
            part_file.replace(path)
        finally:
            part_file.unlink(missing_ok=True)


def _digest_of_answer(question: str, arrays: Mapping[str, Any]) -> str:
    """A text that identifies a question with its answer."""
    digest = hashlib.sha256(question.encode())
    for name, value in sorted(arrays.items()):
        array = np.ascontiguousarray(value)
        digest.update(repr((name, array.dtype.str, array.shape)).encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


@cache
def _method() -> str:
    """A text that identifies the code and the data of the package, and the libraries: these round
    differently on another kind of processor.
    """
    import scipy
    from threadpoolctl import ThreadpoolController

    digest = hashlib.sha256()
    for path in sorted(path for path in PACKAGE.rglob("*.*") if path.suffix in METHOD_FILES):
        digest.update(str(path.relative_to(PACKAGE)).encode())
        digest.update(path.read_bytes())
    # Which libraries are loaded by now says nothing; those of linear algebra name their kernels
    libraries = ThreadpoolController().info()
    kernels = {library["architecture"] for library in libraries if "architecture" in library}
    versions = (platform.python_version(), np.__version__, scipy.__version__)
    return " ".join([digest.hexdigest(), platform.machine(), *versions, *sorted(kernels)])


def _open_file(path: Path, of_anybody: bool) -> BinaryIO:
    """Open a file for reading, if only this user can write it or nobody asks for that, whatever
    folder it lies in.
    """
    # Follow no link, and do not wait for the other end of a pipe
    names = ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
    handle = os.open(path, os.O_RDONLY | sum(getattr(os, name, 0) for name in names))
    file = os.fdopen(handle, "rb")
    if of_anybody or _is_own(os.fstat(handle)):
        return file
    file.close()
    raise PermissionError(path)


def _is_own(result: os.stat_result) -> bool:
    """Whether only this user can write a file."""
    if not hasattr(os, "geteuid"):  # pragma: no cover
        return True
    return (
        stat.S_ISREG(result.st_mode)
        and result.st_uid == os.geteuid()
        and not result.st_mode & 0o022
    )


def _store(folder: Path, question: str, arrays: Mapping[str, Any]) -> None:
    """Write arrays for later questions, where they are not too large and the folder can be
    written.
    """
    if sum(np.asarray(array).nbytes for array in arrays.values()) > MAX_ANSWER_BYTES:
        return
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_arrays(folder / f"{question}.npz", question, arrays)
        _make_room(folder)


def _make_room(folder: Path) -> None:
    """Remove the files of a folder that were used longest ago, until the rest is small enough."""
    files = [(path, path.stat()) for path in folder.glob(FILE_NAMES)]
    size = 0
    for path, result in sorted(files, key=lambda file: -file[1].st_mtime):
        size += result.st_size
        if size > MAX_CACHE_BYTES:
            path.unlink(missing_ok=True)
