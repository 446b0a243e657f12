"""Rows that an outside publisher's numbers would make in a ledger, in a file of their own for
somebody to review.

Nothing is fetched unless it is asked for here, and nothing is ever added to a ledger.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from forecasting.evidence.checking import checked_rows
from forecasting.evidence.rules import LEDGER_COLUMNS, FoundRow, Row, normalise
from forecasting.evidence.sources import comtrade, iea, worldbank
from forecasting.evidence.sources.polite import today
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.files import write_new
from forecasting.vocabulary.places import COUNTRIES, place_code

# Each with the years before this one that are asked for if nobody says since when
SOURCES: dict[str, tuple[ModuleType, int]] = {
    "comtrade": (comtrade, 2),
    "iea": (iea, 15),
    "worldbank": (worldbank, 10),
}


@dataclass(frozen=True)
class Fetched:
    """What came of asking an outside publisher.

    Parameters
    ----------
    rows : int
        How many are proposed.
    path : Path
        Where they were written; without rows, nothing is.
    unusable : int
        Records without a number that can be used.
    not_asked : str
        What this source is not asked for, and why.
    """

    rows: int
    path: Path
    unusable: int
    not_asked: str

    def __str__(self) -> str:
        lines = ["the source has no such rows; nothing is written"]
        if self.rows:
            lines = [f"wrote {self.rows} proposed rows to {self.path}"]
        if self.unusable:
            lines.append(f"{self.unusable} records without a number that can be used")
        lines.append(f"note: {self.not_asked}")
        if self.rows:
            lines.append(f"review them, then use them with --ledger {self.path}")
        return "\n".join(lines)


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
        What was written where, and what was left out.

    Raises
    ------
    InputError
        For an unknown place, a file that is there, a key that is refused.
    RunError
        Where the source fails; then nothing is written.

    Examples
    --------
    >>> fetch("iea", since=1900)
    Traceback (most recent call last):
    forecasting.InputError: since 1900: give a year from 1990 to ...
    """
    publisher, years = SOURCES[source]
    places = [place_code(place)] if place else list(COUNTRIES)
    parts = ["proposed", source, *(code.lower() for code in places if place)]
    path = Path(out or f"{'-'.join(parts)}.csv")
    _refuse(path)
    day = today()
    start_year = day.year - years if since is None else since
    if not 1990 <= start_year <= day.year:
        raise InputError(f"since {start_year}: give a year from 1990 to {day.year}")
    proposed = list(publisher.proposed_rows(places, start_year, address or publisher.ADDRESS, day))
    rows = [row for row in proposed if row]
    if rows:
        _write(path, rows)
    return Fetched(len(rows), path, len(proposed) - len(rows), publisher.NOT_PROPOSED)


def _refuse(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise InputError(
            f"{path} is there already, and is not written over; move it, or give another --out"
        )
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is no folder; make it, or give another --out")


def _write(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as a ledger; what breaks a ledger's rules is the source's fault."""
    summary = (
        FoundRow(f"row {number}, {row['id']},", normalise(row))
        for number, row in enumerate(rows, start=1)
    )
    if problems := checked_rows(summary):
        raise RunError(
            f"the source gave {len(problems)} rows that no ledger can hold, as {problems[0]}"
        )
    text = io.StringIO()
    table = csv.DictWriter(text, LEDGER_COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_new(path, text.getvalue().encode())
