"""Params files and ledgers checked before anything runs: every problem of every file at once,
nothing written.

Reading is all that happens: a params file from a stranger is plain data and runs no code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from forecasting.evidence.checking import of_one_id
from forecasting.evidence.rules import FoundRow
from forecasting.parameters.naming import PARAMS_ENDINGS, named_again
from forecasting.reading.cell_files import TABLES
from forecasting.reading.user_files import checked_file, read_rows
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import EvidenceError, InputError, Problem
from forecasting.vocabulary.files import AnyPath, allowing
from forecasting.vocabulary.names import DATA, PARAMS

if TYPE_CHECKING:
    from forecasting.scenarios.check_params import CheckedScenario


@dataclass
class Checked:
    """The result of a check.

    Parameters
    ----------
    files : list of Path
        What was read.
    scenarios, facts : int
        How many were found in good order.
    problems : list of Problem
        What must be put right; `check_paths` raises them, and returns a result without any.
    caveats : list of Caveat
        What is worth knowing; no error.
    published : date or None
        Since when facts without a date of publication are known.
    """

    files: list[Path] = field(default_factory=list)
    scenarios: int = 0
    facts: int = 0
    problems: list[Problem] = field(default_factory=list)
    caveats: list[Caveat] = field(default_factory=list)
    published: dt.date | None = None

    @property
    def unused(self) -> list[Caveat]:
        """Caveats about facts that are never used, as nobody says since when they are known."""
        return [caveat for caveat in self.caveats if caveat.kind.endswith("facts_undated")]


def check_paths(
    paths: Sequence[str | Path] = (),
    ledger: Sequence[str | Path] = (),
    published: dt.date | None = None,
    allow: Sequence[AnyPath] = (),
    place: str = "",
) -> Checked:
    """Check params files, ledgers, and folders of both.

    Parameters
    ----------
    paths : sequence of path-like
        ``.csv`` is a ledger, ``.yaml`` and ``.yml`` are params; a folder stands for all of them in
        it. Without paths: the ledger that ships, and ``./params``.
    ledger : sequence of path-like
        Further ledgers.
    published : date, optional
        Since when those of one's own facts are known that have no date of publication.
    allow : sequence of path-like
        Further folders whose tables a params file may read.
    place : str
        Of the facts of tables that name none.

    Returns
    -------
    Checked
        Params are checked against the ledger that ships together with the ledgers given.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    report = Checked(published=published)
    usual = filter(Path.is_dir, [DATA / "ledger", Path(PARAMS)])
    for path in map(Path, [*(paths or usual), *ledger]):
        try:
            report.files += _files_of(path)
        except InputError as error:
            report.problems += error.problems
    user_rows = _check_ledgers(report, place)
    if params := [path for path in report.files if _is_params(path)]:
        # Imported here: it is slow to load, and ledgers alone do not need it
        from forecasting.scenarios.check_params import read_checked, shipped_beside

        report.problems += named_again(params)
        facts = shipped_beside([row.cells for row in user_rows])
        for path in params:
            with allowing(allow):
                checked = read_checked(path, facts, published)
            checked.problems.extend(_day_problems(checked, path, ledger))
            report.problems += checked.problems
            report.caveats += checked.caveats()
            report.scenarios += not checked.problems
    if report.problems:
        raise InputError(report.problems)
    return report


def _check_ledgers(report: Checked, place: str) -> list[FoundRow]:
    """Check the ledgers among the files, and return the rows of those that do not ship."""
    read: dict[Path, list[FoundRow]] = {}
    for path in report.files:
        if _is_params(path):
            continue
        rows, problems, caveats = checked_file(path, report.published, place)
        report.problems += problems
        report.caveats += caveats
        if not problems:
            read[path] = rows
            report.facts += len(rows)
    shipped = DATA / "ledger"
    user_rows = [row for path, rows in read.items() if path != shipped for row in rows]
    if user_rows:  # a run takes no two facts of one id
        report.problems += of_one_id({shipped: read_rows(shipped).rows} | read)
    return user_rows


def _is_params(path: Path) -> bool:
    return path.suffix.lower() in PARAMS_ENDINGS


def _day_problems(
    checked: CheckedScenario, path: Path, ledger: Sequence[str | Path]
) -> Iterator[Problem]:
    """The problem of a scenario that asks for the latest day and may use no fact at all."""
    if checked.scenario and not (checked.problems or ledger or len(checked.ledger)):
        # Imported here: to check a ledger needs no library of a forecast
        from forecasting.scenarios.facts_on_day import day_of_forecast

        try:
            day_of_forecast(checked.scenario, checked.ledger)
        except EvidenceError as error:
            fault, _, hint = str(error).partition("; ")
            yield Problem(str(path), fault, hint)


def _files_of(path: Path) -> list[Path]:
    """The params files and ledgers that a path, or the name of a scenario, stands for."""
    if path.is_dir():
        inside = sorted(path.iterdir())
        files = [file for file in inside if _is_params(file)]
        if any(file.suffix.lower() == ".csv" for file in inside):
            files.insert(0, path)  # its tables are one ledger
        if files:
            return files
        raise InputError.at(path, "has no params file and no ledger in it", "*.yaml or *.csv")
    if not path.exists():
        from forecasting.scenarios.question import existing_file

        return [existing_file(path)]
    if _is_params(path) or path.suffix.lower() in TABLES:
        return [path]
    fault = f"is neither params ({', '.join(PARAMS_ENDINGS)}) nor a ledger ({', '.join(TABLES)})"
    raise InputError.at(path, fault, "rename it")
