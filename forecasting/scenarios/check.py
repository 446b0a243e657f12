"""Params files and ledgers checked before anything runs: every problem of every file at once, nothing written.

Reading is all that happens: a params file from a stranger is plain data and runs no code.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from forecasting.demand.parameters import load_parameters
from forecasting.errors import MOST, EvidenceError, LedgerError, Problem, ScenarioError
from forecasting.evidence import datasets
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.ledger_files import read_ledger
from forecasting.evidence.mapping import mapping_path
from forecasting.evidence.reading import mapping_of
from forecasting.evidence.rules import COUNTED
from forecasting.growth.usable import check_one_thing, usable_facts
from forecasting.measures import nearest
from forecasting.names import PARAMS
from forecasting.parameters.driver_kinds import fact_ids
from forecasting.parameters.schema import Scenario, scenario_of
from forecasting.parameters.strict_yaml import Document, read_yaml
from forecasting.parameters.values import Range
from forecasting.scenarios.assumptions import assumption_problems, refused, target_problems
from forecasting.scenarios.known import known_on, never_used

__all__ = ["Checked", "check_paths", "check_scenario"]

PARAMS_ENDINGS = (".yaml", ".yml")
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
    caveats : list of str
        What is worth knowing; no error.
    """

    files: list[Path] = field(default_factory=list)
    scenarios: int = 0
    facts: int = 0
    problems: list[Problem] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)


def check_scenario(path: str | Path, ledger: Ledger) -> list[Problem]:
    """Every problem of one params file, alone and against a ledger; :func:`read_checked` gives what it holds, too.

    Parameters
    ----------
    path : path-like
        A YAML file.
    ledger : Ledger
        Facts that its drivers may cite and its outlook would rest on, beside those of files that it names itself.

    Returns
    -------
    list of Problem
        Each with file, line, key path and the next move; empty where all is well.
    """
    return read_checked(path, ledger).problems


@dataclass(frozen=True)
class CheckedScenario:
    """What one params file holds.

    Parameters
    ----------
    scenario : Scenario or None
        None where the file does not describe one.
    ledger : Ledger
        The facts that it may use.
    problems : list of Problem
        In the order of the file's lines; empty where all is well.
    """

    scenario: Scenario | None
    ledger: Ledger
    problems: list[Problem]


def read_checked(path: str | Path, ledger: Ledger) -> CheckedScenario:
    """Read one params file, and check it alone and against a ledger.

    Parameters
    ----------
    path, ledger
        As for :func:`check_scenario`.
    """
    try:
        document = read_yaml(path)
    except ScenarioError as error:
        return CheckedScenario(None, ledger, list(error.problems))
    scenario: Scenario | None = None
    try:
        scenario = scenario_of(document, Path(path).stem)
        ledger, problems = _with_own(scenario, document, ledger)
        problems += _against(scenario, document, ledger)
    except ScenarioError as error:
        problems = [*error.problems, *_raw_assumptions(document)]
    return CheckedScenario(scenario, ledger, sorted([*problems, *_missing_facts(document, ledger)], key=_line))


def _with_own(scenario: Scenario, document: Document, ledger: Ledger) -> tuple[Ledger, list[Problem]]:
    """The facts that a scenario may use, and what is wrong with the files that it names."""
    known = ledger if scenario.shipped_facts else Ledger()
    for i, file in enumerate(scenario.ledger):
        try:
            known = known.concat(datasets.facts_of([file], shipped=False))
        except LedgerError as error:
            at = document.where(("ledger", i))
            return known, [Problem(f"{at} {problem.where}", problem.what, problem.hint) for problem in error.problems]
    return known, []


def _line(problem: Problem) -> int:
    """The line that a problem names, so that a reader goes through the file once; 0 where it is the file's own."""
    found = re.search(r":(\d+)( |$)", problem.where)
    return int(found[1]) if found else 0


def _raw_assumptions(document: Document) -> Iterator[Problem]:
    """Looked for in the raw data, so that they are reported beside whatever else is wrong."""
    given = document.value.get("assumptions") if isinstance(document.value, dict) else None
    for name, size in given.items() if isinstance(given, dict) else ():
        with contextlib.suppress(ValidationError):  # a size that is no range has been reported
            for problem in refused(load_parameters(), name, Range.model_validate(size)):
                yield Problem(document.where(("assumptions", name)), problem.what, problem.hint)


def check_paths(paths: Sequence[str | Path] = (), beside: Sequence[str | Path] = ()) -> Checked:
    """Check params files, ledgers, and folders of both.

    Parameters
    ----------
    paths : sequence of path-like
        ``.csv`` is a ledger, ``.yaml`` and ``.yml`` are params; a folder stands for all of them in it. Without paths:
        the ledger that ships, and ``./params``.
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
    read = dict[Path, Ledger]()
    for path in ledgers:
        try:
            read[path] = read_ledger(path)
        except LedgerError as error:
            done.problems += error.problems
        else:
            done.problems += _of_two_things(path, read[path])
            done.caveats += _own_caveats(path, read[path])
    done.facts = sum(map(len, read.values()))
    done.problems += _of_one_id(read)
    done.caveats += _in_two_files(read)
    params = [path for path in done.files if path.suffix.lower() in PARAMS_ENDINGS]
    done.problems += _twice(params)
    ledger = _beside_shipped(read) if params else Ledger()
    for path in params:
        found = read_checked(path, ledger)
        done.problems += found.problems
        if found.scenario is not None and not found.problems:
            done.scenarios += 1
            done.caveats += _caveats(found.scenario, found.ledger)
    return done


def _files(paths: Sequence[str | Path], done: Checked) -> Iterator[Path]:
    given = [Path(path) for path in paths]
    if not given:
        given = [datasets.path("ledger"), *([Path(PARAMS)] if Path(PARAMS).is_dir() else [])]
    for path in given:
        if path.is_dir():
            inside = sorted(path.iterdir())
            params = [file for file in inside if file.suffix.lower() in PARAMS_ENDINGS]
            ledgers = (
                [path] if any(file.suffix.lower() == ".csv" for file in inside) else []
            )  # its files are one ledger
            if not params and not ledgers:
                done.problems.append(Problem(str(path), "has no params file and no ledger in it", "*.yaml or *.csv"))
            yield from [*ledgers, *params]
        elif not path.exists():
            done.problems.append(Problem(str(path), "no such file or folder", _near_file(path)))
        elif path.suffix.lower() in (*PARAMS_ENDINGS, *TABLE_ENDINGS):
            yield path
        else:
            what = f"is neither params ({', '.join(PARAMS_ENDINGS)}) nor a ledger ({', '.join(TABLE_ENDINGS)})"
            done.problems.append(Problem(str(path), what, "rename it"))


def _of_two_things(path: Path, ledger: Ledger) -> Iterator[Problem]:
    """Counts of one place and measure that no forecast can take together: it would be refused only when it runs."""
    frame = ledger.frame
    counted = frame[frame["kind"].isin(COUNTED)].drop_duplicates(["place", "measure", "product"])
    several = counted[counted.duplicated(["place", "measure"], keep=False)]
    for (place, measure), rows in several.groupby(["place", "measure"]):
        try:
            check_one_thing([ledger.get(name) for name in rows["id"]])
        except EvidenceError as error:
            hint = "keep one of them, or each in a file of its own"
            yield Problem(f"{path.name} product", f"{measure} of {place}: {_unsaid(error)}", hint)


def _unsaid(error: EvidenceError) -> str:
    """What is wrong, without the next move, which is one of the Python interface."""
    return str(error).partition(";")[0]


def _own_caveats(path: Path, ledger: Ledger) -> Iterator[str]:
    """How a table is read that is not in a ledger's columns, and how many of its facts can never be used."""
    if path.is_dir():
        return
    with contextlib.suppress(OSError, LedgerError):
        mapping = mapping_of(path)
        if mapping is not None and not mapping_path(path).is_file() and not mapping.lacks:
            lines = mapping.to_yaml().rstrip().replace("\n", "\n    ")
            own = mapping_path(path).name
            yield f"{path.name} is read by this mapping; save it as {own} to keep or change it:\n    {lines}"
        if len(places := sorted(set(ledger.frame["place"]))) > 1:
            some = ", ".join(places[:4]) + (", ..." if len(places) > 4 else "")
            yield f"{path.name} holds facts of {len(places)} places ({some}); a forecast takes those of its own place"
        if undated := int((ledger.frame["published"] == "").sum()):
            yield f"{path.name}: {undated} of {len(ledger)} facts have no date of publication and are never used"


def _of_one_id(read: Mapping[Path, Ledger]) -> Iterator[Problem]:
    """Different facts of one id in two files, which no forecast takes together."""
    first: dict[str, tuple[Path, tuple[str, ...]]] = {}
    for path, ledger in read.items() if len(read) > 1 else ():
        for row in ledger.frame.itertuples(index=False):
            printed = tuple(map(str, row))
            where, other = first.setdefault(printed[0], (path, printed))
            if where != path and other != printed:
                yield Problem(f"{path.name} id", f"{printed[0]!r} names another fact in {where.name}", "rename one")


def _in_two_files(read: Mapping[Path, Ledger]) -> Iterator[str]:
    """How many facts of each file say what an earlier one says: a forecast takes such a fact once."""
    columns = ["measure", "place", "partner", "product", "basis", "period_start", "period_end", "relation", "quantity"]
    columns += ["value", "reference"]
    where_told: dict[tuple[str, ...], Path] = {}
    for path, ledger in read.items():
        rows = [tuple(map(str, row)) for row in ledger.frame[columns].itertuples(index=False)] if len(read) > 1 else []
        if again := [where_told[row] for row in rows if row in where_told]:
            yield f"{path.name}: {len(again)} of {len(ledger)} facts stand in {again[0].name}, too, and count once"
        for row in rows:
            where_told.setdefault(row, path)


def _near_file(path: Path) -> str:
    beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
    near = nearest(path.name, beside)
    return f"did you mean {path.parent / near}?" if near else ""


def _beside_shipped(read: Mapping[Path, Ledger]) -> Ledger:
    """The facts that params are checked against; a ledger with problems has been reported and counts for nothing."""
    own = [fact for path, ledger in read.items() if path != datasets.path("ledger") for fact in ledger]
    return Ledger([*datasets.central_asia(), *own])  # of two facts with one id, one's own counts


def _twice(params: Iterable[Path]) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for path in params:
        if path.stem in seen:
            yield Problem(str(path), f"names the scenario {path.stem} again", f"{seen[path.stem]} has that name")
        seen.setdefault(path.stem, path)


def _missing_facts(document: Document, ledger: Ledger) -> Iterator[Problem]:
    """Looked for in the raw data, so that it is reported beside whatever else is wrong."""
    drivers = document.value.get("drivers") if isinstance(document.value, dict) else None
    known = set(ledger.frame["id"])
    missing = 0
    for i, driver in enumerate(drivers if isinstance(drivers, list) else []):
        source = driver.get("source") if isinstance(driver, dict) else None
        for name in fact_ids(source) if isinstance(source, str) else ():
            if name not in known:
                near = nearest(name, known) if missing < MOST else ""  # a longer list is not read
                missing += 1
                hint = f"did you mean {near}?" if near else "cite a fact's id, or write judgement or a citation"
                yield Problem(document.where(("drivers", i, "source")), f"no fact has the id {name!r}", hint)


def _against(scenario: Scenario, document: Document, ledger: Ledger) -> Iterator[Problem]:
    """What only shows beside the ledger and the demand chain."""
    for path, problem in assumption_problems(scenario, scenario.drivers):
        yield Problem(document.where(path), problem.what, problem.hint)
    if len(ledger):
        as_of = scenario.known_by(ledger)
        if scenario.horizon < as_of.year:
            hint = f"as_of is {as_of}"
            yield Problem(document.where(("horizon",)), f"{scenario.horizon} has passed by then", hint)
        yield from _unknown_basis(scenario, document, ledger, as_of)
        yield from _unusable(scenario, document, ledger, as_of)
        if scenario.country:
            counted = ledger.select(place=scenario.country, kind=("outcome", "estimate"), as_of=as_of)
            for path, problem in target_problems(scenario, counted, as_of):
                yield Problem(document.where(path), problem.what, problem.hint)


def _unusable(scenario: Scenario, document: Document, ledger: Ledger, as_of: dt.date) -> Iterator[Problem]:
    """Facts that a forecast would refuse."""
    for place in [scenario.country] if scenario.country else scenario.places:
        try:
            usable_facts(known_on(scenario, place, ledger, as_of).facts, scenario.measure)
        except EvidenceError as error:
            at = document.where(("country",) if scenario.country else ("places",))
            yield Problem(at, f"{place}: {_unsaid(error)}", "put the ledger right, or leave these facts out of it")


def _unknown_basis(scenario: Scenario, document: Document, ledger: Ledger, as_of: dt.date) -> Iterator[Problem]:
    places = [scenario.country] if scenario.country else scenario.places
    facts = [known_on(scenario, place, ledger, as_of).facts.frame for place in places]
    bases = {basis for frame in facts for basis in frame["basis"]} - {""}
    if scenario.basis and bases and scenario.basis not in bases:
        near = nearest(scenario.basis, bases)
        hint = f"did you mean {near}?" if near else f"known: {', '.join(sorted(bases))}"
        yield Problem(document.where(("basis",)), f"{scenario.basis!r} counts no {scenario.measure} there", hint)


def _caveats(scenario: Scenario, ledger: Ledger) -> Iterator[str]:
    if not scenario.name.endswith(scenario.scenario):
        yield f"{scenario.name}: the file has another name than its scenario, {scenario.scenario}"
    if not scenario.country or not len(ledger):
        return
    as_of = scenario.known_by(ledger)
    yield from (f"{scenario.name}: {said}" for said in (never_used(scenario, as_of) if scenario.ledger else ()))
    known = known_on(scenario, scenario.country, ledger, as_of)
    if known.market.value is None and not len(known.facts):
        what = "nothing is known of this market, so that the report gives shares of new cars only"
        yield f"{scenario.name}: {what}; give market_size, or facts, for vehicles and chargers"
