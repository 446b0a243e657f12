"""Files of facts checked as a user wants to hear of them, without the libraries that a forecast
needs.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from forecasting.caveats import Caveat
from forecasting.errors import LedgerError, Problem
from forecasting.evidence.mapping import mapping_path
from forecasting.evidence.perimeters import two_things
from forecasting.evidence.reading import (
    FoundRow,
    checked_rows,
    csv_rows,
    mapping_of,
    parts_of_a_count,
)
from forecasting.evidence.rules import COUNTED

__all__ = ["checked_file", "in_two_files", "of_one_id"]

Read = Mapping[Path, Sequence[FoundRow]]


def checked_file(path: Path) -> tuple[list[FoundRow], list[Problem], list[Caveat]]:
    """The rows of a ledger, what is wrong with it, and, where nothing is, what else is worth
    knowing.

    Parameters
    ----------
    path : Path
        A table, or a folder whose ``*.csv`` files are one ledger.
    """
    rows, problems = csv_rows(path)
    problems += checked_rows(rows)
    if problems:
        return rows, problems, []
    return rows, [*_of_two_things(path, rows)], [*_caveats(path, rows)]


def _of_two_things(path: Path, rows: Sequence[FoundRow]) -> Iterator[Problem]:
    """Counts of one place and measure that no forecast can take together: it would be refused only
    when it runs.
    """
    products: dict[tuple[str, str], dict[str, dict[str, str]]] = defaultdict(dict)
    for _, cells in rows:
        if cells["kind"] in COUNTED:
            products[cells["place"], cells["measure"]].setdefault(cells["product"], cells)
    for (place, measure), facts in products.items():
        if len(facts) > 1 and (found := two_things(facts.values())):
            hint = "keep one of them, or each in a file of its own"
            yield Problem(f"{path.name} product", f"{measure} of {place}: {found.said}", hint)


def _caveats(path: Path, rows: Sequence[FoundRow]) -> Iterator[Caveat]:
    """How a table is read that is not in a ledger's columns, and how many of its facts can never be
    used.
    """
    if path.is_dir():
        return
    with contextlib.suppress(OSError, LedgerError):
        mapping = mapping_of(path)
        if mapping is not None and not mapping_path(path).is_file() and not mapping.lacks:
            values = {"own": mapping_path(path).name, "mapping": mapping.to_yaml().rstrip()}
            yield Caveat("read_by_mapping", values={"file": path.name, **values})
        if len(places := sorted({row.cells["place"] for row in rows})) > 1:
            yield Caveat("several_places", values={"file": path.name, "places": places})
        if several := [ids for ids in _numbers_of_one_day(rows) if len(ids) > 1]:
            one, another = several[0][:2]
            values = {"subject": path.name, "one": one, "another": another}
            yield Caveat("two_numbers", values=values)
        if parts := [caveat for row in rows if (caveat := parts_of_a_count(row.cells))]:
            yield parts[0].with_values(subject=path.name, more=len(parts) - 1)
        if undated := sum(not row.cells["published"] for row in rows):
            numbers = {"undated": undated, "number": len(rows)}
            yield Caveat("facts_undated", values={"subject": path.name, **numbers})


def _numbers_of_one_day(rows: Sequence[FoundRow]) -> Iterator[list[str]]:
    """Of each quantity, a fact for each number that one agency printed of it on one day."""
    told = defaultdict[tuple[str, ...], dict[str, str]](dict)
    for _, cells in rows:
        if cells["relation"] == "equals" and cells["value"]:
            told[tuple(cells[column] for column in (*SAID, "published"))].setdefault(
                cells["value"], cells["id"]
            )
    return (list(ids.values()) for ids in told.values())


def of_one_id(read: Read) -> Iterator[Problem]:
    """Different facts of one id in two files, which no forecast takes together."""
    first: dict[str, tuple[Path, dict[str, str]]] = {}
    for path, rows in read.items() if len(read) > 1 else ():
        for _, cells in rows:
            where, other = first.setdefault(cells["id"], (path, cells))
            if where != path and other != cells:
                yield Problem(
                    f"{path.name} id",
                    f"{cells['id']!r} names another fact in {where.name}",
                    "rename one",
                )


SAID = (
    "measure",
    "place",
    "partner",
    "product",
    "basis",
    "period_start",
    "period_end",
    "relation",
    "quantity",
)


def in_two_files(read: Read) -> Iterator[Caveat]:
    """How many facts of each file say what an earlier one says: a forecast takes such a fact once."""
    told: dict[tuple[object, ...], Path] = {}
    for path, rows in read.items() if len(read) > 1 else ():
        said = [
            (
                *(cells[column] for column in SAID),
                cells["value"] and float(cells["value"]),
                cells["reference"],
            )
            for _, cells in rows
        ]
        if again := [told[fact] for fact in said if fact in told]:
            numbers = {"repeated": len(again), "number": len(rows)}
            values = {"subject": path.name, "earlier": again[0].name, **numbers}
            yield Caveat("facts_repeated", values=values)
        for fact in said:
            told.setdefault(fact, path)
