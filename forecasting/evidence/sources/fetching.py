"""Rows that an outside publisher's numbers would make in a ledger, in a file of their own for
somebody to review.

Nothing is fetched unless it is asked for here, and nothing is ever added to a ledger.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecasting.errors import InputError, RunError
from forecasting.evidence.checking import checked_rows
from forecasting.evidence.files import write_new
from forecasting.evidence.places import COUNTRIES, place_code
from forecasting.evidence.reading import FoundRow
from forecasting.evidence.rules import COLUMNS, Row, normalise
from forecasting.evidence.sources import comtrade, iea, worldbank
from forecasting.evidence.sources.polite import today

Propose = Callable[[Sequence[str], int, str, dt.date], Iterable[Row | None]]
SOURCES: dict[str, tuple[Propose, str, str]] = {
    "comtrade": (comtrade.proposed_rows, comtrade.ADDRESS, comtrade.LEFT_OUT),
    "iea": (iea.proposed_rows, iea.ADDRESS, iea.LEFT_OUT),
    "worldbank": (worldbank.proposed_rows, worldbank.ADDRESS, worldbank.LEFT_OUT),
}
# Before this one, that are asked for if nobody says since when
YEARS = {"comtrade": 2, "iea": 15, "worldbank": 10}


@dataclass(frozen=True)
class Fetched:
    """What a fetch gave.

    Parameters
    ----------
    rows : int
        Proposed.
    without : int
        Records of the source that hold no number, or none that can be used.
    path : Path
        The file that was written; none where there is no row.
    left_out : str
        What this source is not asked for, and why.
    """

    rows: int
    without: int
    path: Path
    left_out: str

    def __str__(self) -> str:
        note = f"\n{self.without} records without a number that can be used" if self.without else ""
        if not self.rows:
            return f"the source has no such rows; nothing is written{note}\nnote: {self.left_out}"
        report = f"wrote {self.rows} proposed rows to {self.path}{note}\nnote: {self.left_out}"
        return f"{report}\nreview them, then use them with --ledger {self.path}"


def fetch(
    source: str,
    place: str = "",
    out: str | Path | None = None,
    since: int | None = None,
    address: str = "",
) -> Fetched:
    """Ask an outside publisher, and write the rows that its numbers would make in a ledger to a new
    file.

    Parameters
    ----------
    source : str
        One of `SOURCES`.
    place : str
        A country; the five of Central Asia by default.
    out : path-like, optional
        The file; ``proposed-SOURCE.csv`` in the working folder by default. It must not be there.
    since : int, optional
        First year.
    address : str
        The beginning of the addresses, in place of the publisher's own.

    Returns
    -------
    Fetched
        What was written where.

    Raises
    ------
    InputError
        For an unknown source or place, a file that is there, a key that is refused.
    RunError
        Where the source fails; then nothing is written.

    Examples
    --------
    >>> fetch("eurostat")
    Traceback (most recent call last):
    forecasting.errors.InputError: 'eurostat' is not a source; use comtrade, iea or worldbank
    """
    if source not in SOURCES:
        raise InputError(f"{source[:60]!r} is not a source; use comtrade, iea or worldbank")
    propose, base, left_out = SOURCES[source]
    places = [place_code(place)] if place else list(COUNTRIES)
    parts = ["proposed", source, *(code.lower() for code in places if place)]
    path = Path(out or f"{'-'.join(parts)}.csv")
    _refuse(path)
    day = today()
    first = day.year - YEARS[source] if since is None else since
    if not 1990 <= first <= day.year:
        raise InputError(f"since {first}: give a year from 1990 to {day.year}")
    proposed = list(propose(places, first, address or base, day))
    rows = [row for row in proposed if row]
    if rows:
        _write(path, rows)
    return Fetched(len(rows), len(proposed) - len(rows), path, left_out)


def _refuse(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise InputError(
            f"{path} is there already, and is not written over; move it, or give another --out"
        )
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is no folder; make it, or give another --out")


def _write(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as a ledger; what breaks a ledger's rules is the source's fault."""
    if problems := checked_rows(FoundRow(row["id"], normalise(row)) for row in rows):
        raise RunError(
            f"the source gave {len(problems)} rows that no ledger can hold, as {problems[0]}"
        )
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    try:
        write_new(path, text.getvalue().encode())
    except FileExistsError:
        _refuse(path)
        raise
