"""Rows checked by every rule, each with where it was found; and files of facts checked as a user
wants to hear of them, without the libraries that a forecast needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from forecasting.caveats import Caveat
from forecasting.errors import MOST, Problem
from forecasting.evidence.mapping import mapping_path
from forecasting.evidence.perimeters import two_things
from forecasting.evidence.reading import FoundRow, TableRead, read_rows
from forecasting.evidence.rules import COLUMNS, COUNTED, Fault, Row, faults, parts_of_a_count
from forecasting.measures import did_you_mean

OTHER_FACT = "an id of this ledger, or measure@place:start/end"
Read = Mapping[Path, Sequence[FoundRow]]
SAME = COLUMNS[1:10]  # measure to quantity: two rows that share them are of one number


def checked_rows(
    rows: Iterable[FoundRow],
    unsaid: Collection[str] = (),
    rules: Callable[[Row], Iterator[Fault]] = faults,
) -> list[Problem]:
    """Every rule that a row breaks, alone or with the others: ids used twice, references to
    nothing.

    Parameters
    ----------
    rows : iterable of FoundRow
        Normalised.
    unsaid : collection of str
        Columns that may be empty though a ledger needs them.
    rules : callable
        What is wrong with one row alone; default what is wrong with a fact.
    """
    rows = list(rows)
    first: dict[str, FoundRow] = {}
    for row in rows:
        first.setdefault(row.cells["id"], row)
    problems: list[Problem] = []
    for row in rows:
        # Of more problems than are shown no nearest id is looked for
        ids = first if len(problems) < MOST else {}
        problems += [
            Problem(f"{row.where} {column}", what, hint)
            for column, what, hint in (*rules(row.cells), *_faults_beside(row, first, ids))
            if row.cells[column] or column not in unsaid
        ]
    return problems


def _faults_beside(
    row: FoundRow, first: Mapping[str, FoundRow], near: Collection[str]
) -> Iterator[Fault]:
    """What is wrong with a row beside the others: its id, and what it refers to."""
    name = row.cells["id"]
    if name and first[name] is not row:
        yield "id", f"{name!r} is a duplicate of {first[name].where}", "ids are used once"
    reference = row.cells.get("reference", "")
    if reference and "@" not in reference and reference not in first:
        hint = did_you_mean(reference, near, OTHER_FACT)
        yield "reference", f"{reference!r} refers to nothing", hint


def checked_file(path: Path) -> tuple[list[FoundRow], list[Problem], list[Caveat]]:
    """The rows of a ledger, what is wrong with it, and, where nothing is, what else is worth
    knowing.

    Parameters
    ----------
    path : Path
        A table, or a folder whose ``*.csv`` files are one ledger.
    """
    read = read_rows(path)
    problems = read.problems + checked_rows(read.rows)
    if problems:
        return read.rows, problems, []
    caveats = [] if path.is_dir() else [*_caveats(path, read)]
    return read.rows, [*_of_two_things(path, read.rows)], caveats


def _of_two_things(path: Path, rows: Sequence[FoundRow]) -> Iterator[Problem]:
    """Counts of one place and measure that no forecast can take together: it would be refused only
    when it runs.
    """
    products: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for _, cells in rows:
        if cells["kind"] in COUNTED:
            products[cells["place"], cells["measure"]].setdefault(cells["product"], cells)
    for (place, measure), facts in products.items():
        if things := two_things(facts.values()):
            hint = "keep one of them, or each in a file of its own"
            yield Problem(f"{path.name} product", f"{measure} of {place}: {things.words}", hint)


def _caveats(path: Path, read: TableRead) -> Iterator[Caveat]:
    """How a table is read that is not in a ledger's columns, and how many of its facts can never be
    used.
    """
    rows = read.rows
    if read.proposed is not None and not read.proposed.lacks:
        values = {"own": mapping_path(path).name, "mapping": read.proposed.to_yaml().rstrip()}
        yield Caveat("read_by_mapping", values={"file": path.name, **values})
    places = sorted({row.cells["place"] for row in rows})
    if len(places) > 1:
        yield Caveat("several_places", values={"file": path.name, "places": places})
    for one, another in _two_numbers(rows):
        values = {"subject": path.name, "one": one, "another": another}
        yield Caveat("two_numbers", values=values)
    parts = [caveat for row in rows if (caveat := parts_of_a_count(row.cells))]
    if parts:
        yield parts[0].with_values(subject=path.name, more=len(parts) - 1)
    undated = sum(not row.cells["published"] for row in rows)
    if undated:
        numbers = {"undated": undated, "number": len(rows)}
        yield Caveat("facts_undated", values={"subject": path.name, **numbers})


def _two_numbers(rows: Sequence[FoundRow]) -> Iterator[tuple[str, str]]:
    """The first two different numbers that one agency printed of one quantity on one day."""
    first: dict[tuple[str, ...], Row] = {}
    for _, cells in rows:
        if cells["relation"] != "equals" or not cells["value"]:
            continue
        same = tuple(cells[column] for column in (*SAME, "published"))
        earlier = first.setdefault(same, cells)
        if earlier["value"] != cells["value"]:
            yield earlier["id"], cells["id"]
            return


def of_one_id(read: Read) -> Iterator[Problem]:
    """Different facts of one id in two files, which no forecast takes together.

    Parameters
    ----------
    read : mapping of Path to sequence of FoundRow
        The rows of each file.
    """
    first: dict[str, tuple[Path, Row]] = {}
    for path, rows in read.items():
        for _, cells in rows:
            where, other = first.setdefault(cells["id"], (path, cells))
            if where != path and other != cells:
                what = f"{cells['id']!r} names another fact in {where.name}"
                yield Problem(f"{path.name} id", what, "rename one")


def in_two_files(read: Read) -> Iterator[Caveat]:
    """How many facts of each file say what an earlier one says: a forecast takes such a fact once.

    Parameters
    ----------
    read : mapping of Path to sequence of FoundRow
        The rows of each file.
    """
    first: dict[tuple[object, ...], Path] = {}
    for path, rows in read.items():
        facts = [_statement(cells) for _, cells in rows]
        if repeated := [first[fact] for fact in facts if fact in first]:
            numbers = {"repeated": len(repeated), "number": len(rows)}
            values = {"subject": path.name, "earlier": repeated[0].name, **numbers}
            yield Caveat("facts_repeated", values=values)
        for fact in facts:
            first.setdefault(fact, path)


def _statement(cells: Row) -> tuple[object, ...]:
    number = None
    if cells["value"]:
        number = float(cells["value"])
    return (*(cells[column] for column in SAME), number, cells["reference"])
