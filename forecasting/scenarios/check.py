"""Params files and ledgers checked before anything runs: every problem of every file at once,
nothing written.

Reading is all that happens: a params file from a stranger is plain data and runs no code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from forecasting.caveats import Caveat
from forecasting.errors import InputError, Problem
from forecasting.evidence.checking import checked_file, in_two_files, of_one_id
from forecasting.evidence.reading import FoundRow
from forecasting.names import DATA, PARAMS
from forecasting.parameters.naming import PARAMS_ENDINGS

TABLE_ENDINGS = (".csv", ".tsv", ".xlsx", ".xlsm")


@dataclass
class Checked:
    """What a check came to.

    Parameters
    ----------
    files : list of Path
        What was read.
    scenarios, facts : int
        How many were found in good order.
    problems : list of Problem
        What must be put right.
    caveats : list of Caveat
        What is worth knowing; no error.
    """

    files: list[Path] = field(default_factory=list)
    scenarios: int = 0
    facts: int = 0
    problems: list[Problem] = field(default_factory=list)
    caveats: list[Caveat] = field(default_factory=list)


def check_paths(paths: Sequence[str | Path] = (), beside: Sequence[str | Path] = ()) -> Checked:
    """Check params files, ledgers, and folders of both.

    Parameters
    ----------
    paths : sequence of path-like
        ``.csv`` is a ledger, ``.yaml`` and ``.yml`` are params; a folder stands for all of them in
        it. Without paths: the ledger that ships, and ``./params``.
    beside : sequence of path-like
        Further ledgers.

    Returns
    -------
    Checked
        Params are checked against the ledger that ships together with the ledgers given.
    """
    done = Checked()
    for path in [*_files(paths, done), *(_files(beside, done) if beside else ())]:
        done.files.append(path)
    ledgers = [path for path in done.files if path.suffix.lower() not in PARAMS_ENDINGS]
    read = dict[Path, list[FoundRow]]()
    for path in ledgers:
        rows, problems, caveats = checked_file(path)
        done.problems += problems
        done.caveats += caveats
        if not problems:
            read[path] = rows
    done.facts = sum(map(len, read.values()))
    done.problems += of_one_id(read)
    done.caveats += in_two_files(read)
    if params := [path for path in done.files if path.suffix.lower() in PARAMS_ENDINGS]:
        # Slow to load, and of no use to ledgers alone
        from forecasting.scenarios.check_params import checked_params

        done.problems += _twice(params)
        others = [
            row.cells for path, rows in read.items() if path != DATA / "ledger" for row in rows
        ]
        for problems, caveats in checked_params(params, others):
            done.problems += problems
            done.caveats += caveats
            done.scenarios += not problems
    return done


def _files(paths: Sequence[str | Path], done: Checked) -> Iterator[Path]:
    given = [Path(path) for path in paths]
    if not given:
        given = [DATA / "ledger", *([Path(PARAMS)] if Path(PARAMS).is_dir() else [])]
    for path in given:
        if path.is_dir():
            inside = sorted(path.iterdir())
            params = [file for file in inside if file.suffix.lower() in PARAMS_ENDINGS]
            ledgers = (
                [path] if any(file.suffix.lower() == ".csv" for file in inside) else []
            )  # its files are one ledger
            if not params and not ledgers:
                done.problems.append(
                    Problem(str(path), "has no params file and no ledger in it", "*.yaml or *.csv")
                )
            yield from [*ledgers, *params]
        elif not path.exists():
            yield from _asked_by_name(path, done)
        elif path.suffix.lower() in (*PARAMS_ENDINGS, *TABLE_ENDINGS):
            yield path
        else:
            what = f"is neither params ({', '.join(PARAMS_ENDINGS)}) nor a ledger ({', '.join(TABLE_ENDINGS)})"
            done.problems.append(Problem(str(path), what, "rename it"))


def _asked_by_name(path: Path, done: Checked) -> Iterator[Path]:
    """The params file of a scenario or of a country; a ledger has no other name than its file."""
    from forecasting.scenarios.question import existing_file

    try:
        yield existing_file(path)
    except InputError as error:
        done.problems += error.problems


def _twice(params: Iterable[Path]) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for path in params:
        if path.stem in seen:
            yield Problem(
                str(path),
                f"names the scenario {path.stem} again",
                f"{seen[path.stem]} has that name",
            )
        seen.setdefault(path.stem, path)
