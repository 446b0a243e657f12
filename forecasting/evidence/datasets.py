"""What ships with the package.

>>> ledger = central_asia()
>>> len(ledger) > 0
True
"""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd

from forecasting.evidence.ledger import Ledger, read_ledger
from forecasting.reading.mapping import mapping_path
from forecasting.vocabulary.arguments import flag, takes, text, texts
from forecasting.vocabulary.errors import InputError, LedgerError
from forecasting.vocabulary.files import fault_of_place
from forecasting.vocabulary.names import DATA, PARAMS

DAYS_A_YEAR = 365.25


@takes(InputError, name=text())
def path(name: str) -> Path:
    """Where a shipped file or folder is, e.g. ``ledger`` or ``ledger/uzbekistan.csv``.

    Parameters
    ----------
    name : str
        E.g. ``ledger``.

    Returns
    -------
    Path
        Of a file or folder inside the package.

    Raises
    ------
    InputError
        Where nothing of that name ships; the message lists what does.

    Examples
    --------
    >>> path("ledger/uzbekistan.csv").name
    'uzbekistan.csv'
    """
    shipped_path = DATA / name
    if not shipped_path.exists() or not shipped_path.resolve().is_relative_to(DATA.resolve()):
        shipped = sorted(
            item.relative_to(DATA).as_posix() for item in DATA.rglob("*") if item.suffix
        )
        raise InputError(f"{name!r} does not ship; there are: {', '.join(shipped)}")
    return shipped_path


@lru_cache(maxsize=1)
def central_asia() -> Ledger:
    """The published facts of five countries and their corridors, from 2016 to 2026, each with its
    source and date.
    """
    return read_ledger(path("ledger"))


def programmes() -> pd.DataFrame:
    """Programmes of charging, cars, plants and buses that were to stand on a day, and what stood.

    Returns
    -------
    DataFrame
        One row a programme, with its source: its ``kind`` (charging, cars, plants or buses),
        ``planned`` until the day ``due``, of which so many
        ``stood`` when it was ``counted``; the day on which it was ``reached``, where it was. The
        ``share`` that stood, and ``years_late`` of what was reached.

    Examples
    --------
    >>> heavy = programmes()["kind"].isin(["plants", "buses"])
    >>> plants_and_buses, table = programmes()[heavy], programmes()[~heavy]
    >>> len(plants_and_buses), int((plants_and_buses["share"] == 1).sum())
    (10, 3)
    >>> len(table), int((table["share"] == 1).sum()), round(float(table["share"].median()), 2)
    (16, 4, 0.48)
    >>> table["years_late"][table["share"] < 1].dropna().round(1).sort_values().tolist()
    [0.6, 1.3, 2.0, 2.7, 2.8]
    """
    table = pd.read_csv(path("programmes.csv"), parse_dates=["due", "counted", "reached"])
    delay = (table["reached"] - table["due"]).dt.days / DAYS_A_YEAR
    return table.assign(
        share=(table["stood"] / table["planned"]).clip(upper=1), years_late=delay.clip(lower=0)
    )


@takes(LedgerError, files=texts("the paths of ledgers"), shipped=flag())
def facts_of(
    files: Sequence[str] = (), shipped: bool = True, published: dt.date | None = None
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
    <Ledger: 0 facts of 0 places>
    """
    paths = [_ledger_file(file) for file in files]
    parts = [central_asia()] if shipped else [Ledger()]
    for path in paths:
        read = _read_once(str(path), _state(path))
        if isinstance(read, LedgerError):
            raise LedgerError(read.problems)
        parts.append(read.published_by(published))
    if paths:
        return parts[0].concat(*parts[1:])
    return parts[0]


@takes(LedgerError, files=texts("the paths of ledgers"), shipped=flag())
def facts_that_a_file_names(
    files: Sequence[str], shipped: bool = True, published: dt.date | None = None
) -> Ledger:
    """As `facts_of`, where a params file or a stored report names the files.

    Parameters
    ----------
    files, shipped, published
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
    return facts_of(files, shipped, published)


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
    if path.is_file() and mapping_path(path).is_file():
        files.append(mapping_path(path))
    states = (file.stat() for file in files)
    return tuple((state.st_mtime_ns, state.st_size) for state in states)


@lru_cache(maxsize=8)
def _read_once(file: str, state: tuple[tuple[int, int], ...]) -> Ledger | LedgerError:
    """A ledger as its files were when they last changed, or what is wrong with it."""
    try:
        return read_ledger(file)
    except LedgerError as error:
        return error
