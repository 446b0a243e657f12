r"""Ledgers of a user's own files, each read once, beside the facts that ship.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     table = Path(folder, "mine.csv")
...     _ = table.write_text("Country,Year,EV sales\nGE,2023,5400\n")
...     print(*read_ledger(table))
Georgia, new electric vehicles sold, 2023: 5,400 vehicles
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from forecasting.evidence.datasets import central_asia
from forecasting.evidence.ledger import Ledger, ledger_of_rows
from forecasting.reading.answers import answers_path
from forecasting.vocabulary.arguments import Check, flag, path as file_path, takes, texts
from forecasting.vocabulary.errors import LedgerError
from forecasting.vocabulary.files import fault_of_place
from forecasting.vocabulary.names import PARAMS

if TYPE_CHECKING:
    from forecasting.reading.user_files import Source

SOURCE_CHECK = Check(
    "the path of a ledger, or an open file",
    lambda value: value if hasattr(value, "read") else file_path().read(value),
)


@takes(LedgerError, path=SOURCE_CHECK)
def read_ledger(path: Source) -> Ledger:
    """Read and check a ledger, or a table of one's own.

    Parameters
    ----------
    path : str, Path or open file
        A CSV file in UTF-8 in a ledger's columns, or a folder whose ``*.csv`` files are one ledger;
        or any table beside which its answers lie, or whose words leave nothing to ask.

    Returns
    -------
    Ledger

    Raises
    ------
    LedgerError
        With every problem of the file at once, each with file, line and column; of a table with
        every question that it leaves open.

    Examples
    --------
    >>> import io
    >>> text = "id,measure,place,period_start,period_end,relation,value"
    >>> row = "a,vehicle_exports,Khorgos,2023-01-01,2023-06-26,greater_than,35000"
    >>> print(*read_ledger(io.StringIO(f"{text}{chr(10)}{row}")))
    Horgos, vehicles of all types exported, 2023-01-01..2023-06-26: more than 35,000 vehicles
    """
    return _read(path)


@takes(LedgerError, files=texts("the paths of ledgers"), shipped=flag())
def facts_of(
    files: Sequence[str] = (),
    shipped: bool = True,
    published: dt.date | None = None,
    place: str = "",
) -> Ledger:
    """The facts that ship, and those of one's own files.

    Parameters
    ----------
    files : sequence of str
        Ledgers; a name that is not there is looked for in ``params/`` and ``../params/``, too.
    shipped : bool
        Whether the facts that ship are among them.
    published : date, optional
        Since when those of the files' facts are known that have no date of publication.
    place : str
        Of the facts of tables that name none.

    Returns
    -------
    Ledger
        Those files' facts, after the shipped ones where these are wanted.

    Raises
    ------
    LedgerError
        Where a file is not there or not in order, or where two different facts have one id.

    Examples
    --------
    >>> facts_of(shipped=False)
    <Ledger: 0 facts, 0 places>
    """
    paths = [_ledger_file(file) for file in files]
    parts = [central_asia()] if shipped else [Ledger()]
    for path in paths:
        read = _read_once(str(path), _state(path), place, published)
        if isinstance(read, LedgerError):
            raise LedgerError(read.problems)
        parts.append(read.published_by(published))
    if paths:
        return parts[0].concat(*parts[1:])
    return parts[0]


@takes(LedgerError, files=texts("the paths of ledgers"), shipped=flag())
def facts_that_a_file_names(
    files: Sequence[str],
    shipped: bool = True,
    published: dt.date | None = None,
    place: str = "",
) -> Ledger:
    """As `facts_of`, where a params file or a stored report names the files.

    Parameters
    ----------
    files, shipped, published, place
        As `facts_of` takes them.

    Returns
    -------
    Ledger
        As `facts_of` gives it.

    Raises
    ------
    LedgerError
        As `facts_of`, and where a file lies elsewhere than a params file may have one read.

    Examples
    --------
    >>> facts_that_a_file_names(["/proc/self/environ"])
    Traceback (most recent call last):
    forecasting.LedgerError: /proc/self/environ: is a special file (give a file of facts)
    """
    for path in map(_ledger_file, files):
        fault, hint = fault_of_place(path)
        if fault:
            raise LedgerError.at(path, fault, hint)
    return facts_of(files, shipped, published, place)


def _read(source: Source, place: str = "", published: dt.date | None = None) -> Ledger:
    # Whoever asks for the facts that ship reads no table
    from forecasting.reading.user_files import read_rows

    return ledger_of_rows(read_rows(source, place, published))


def _ledger_file(file: str) -> Path:
    places = [Path(file), Path(PARAMS) / file, Path("..") / PARAMS / file]
    for place in places:
        if place.exists():
            return place
    looked = ", ".join(str(place.absolute().parent) for place in places[:2])
    raise LedgerError.at(
        file[:200], "is not there", f"looked in {looked}; give the path of a ledger"
    )


def _state(path: Path) -> tuple[tuple[int, int], ...]:
    """When what a ledger is read from last changed, and how large each file is: its mapping, and
    the tables of a folder, too.
    """
    files = [path, *sorted(path.glob("*.csv"))]
    if path.is_file() and answers_path(path).is_file():
        files.append(answers_path(path))
    states = (file.stat() for file in files)
    return tuple((state.st_mtime_ns, state.st_size) for state in states)


@lru_cache(maxsize=8)
def _read_once(
    file: str, state: tuple[tuple[int, int], ...], place: str, published: dt.date | None
) -> Ledger | LedgerError:
    """A ledger as its files were when they last changed, or what is wrong with it."""
    try:
        return _read(file, place, published)
    except LedgerError as error:
        return error
