"""Rows that an outside publisher's numbers would make in a ledger, in a file of their own for
somebody to review.

Nothing is fetched unless it is asked for here, and nothing is ever added to a ledger.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from forecasting.evidence.checking import checked_rows
from forecasting.evidence.sources import comtrade, iea, worldbank
from forecasting.evidence.sources.polite import today
from forecasting.reading.rules import LEDGER_COLUMNS, FoundRow, Row, normalise
from forecasting.vocabulary.errors import InputError, RunError
from forecasting.vocabulary.files import write_new
from forecasting.vocabulary.places import COUNTRIES, place_code

# Each with the years before this one that are asked for if nobody says since when
SOURCES: dict[str, tuple[ModuleType, int]] = {
    "comtrade": (comtrade, 2),
    "iea": (iea, 15),
    "worldbank": (worldbank, 10),
}


def fetch(
    source: str,
    place: str = "",
    out: str | Path | None = None,
    since: int | None = None,
    address: str = "",
) -> str:
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
    str
        What was written where, how many records hold no number that can be used, and what this
        source is not asked for, and why.

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
    report = ["the source has no such rows; nothing is written"]
    if rows:
        _write(path, rows)
        report = [f"wrote {len(rows)} proposed rows to {path}"]
    if count := len(proposed) - len(rows):
        report.append(f"{count} records without a number that can be used")
    report.append(f"note: {publisher.NOT_PROPOSED}")
    if rows:
        report.append(f"review them, then use them with --ledger {path}")
    return "\n".join(report)


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
