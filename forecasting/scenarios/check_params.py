"""A params file checked alone, and against the facts that it would rest on."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from forecasting.caveats import Caveat
from forecasting.demand.parameters import load_parameters
from forecasting.errors import MOST, EvidenceError, LedgerError, Problem, ScenarioError
from forecasting.evidence import datasets
from forecasting.evidence.fact import typed_facts
from forecasting.evidence.ledger import Ledger
from forecasting.growth.usable import usable_facts
from forecasting.measures import nearest
from forecasting.parameters.driver_kinds import fact_ids
from forecasting.parameters.schema import Scenario, scenario_of
from forecasting.parameters.strict_yaml import Document, read_yaml
from forecasting.parameters.values import Range
from forecasting.scenarios.assumptions import assumption_problems, refused, target_problems
from forecasting.scenarios.known import known_on, unused_facts


def checked_params(
    paths: Iterable[Path], beside: Sequence[dict[str, str]]
) -> Iterator[tuple[list[Problem], list[Caveat]]]:
    """Of each params file, what must be put right, and, where nothing must, what else is worth
    knowing.

    Parameters
    ----------
    paths : iterable of Path
        YAML files.
    beside : sequence of dict
        Rows of ledgers, normalised and checked, to use beside the ledger that ships.
    """
    own = typed_facts(beside)
    # Of one id, one's own counts
    ledger = Ledger([*datasets.central_asia(), *(own[row["id"]] for row in beside)])
    for path in paths:
        found = read_checked(path, ledger)
        yield (
            found.problems,
            [*_caveats(found.scenario, found.ledger)]
            if found.scenario and not found.problems
            else [],
        )


def check_scenario(path: str | Path, ledger: Ledger) -> list[Problem]:
    """Every problem of one params file, alone and against a ledger; :func:`read_checked` gives what
    it holds, too.

    Parameters
    ----------
    path : path-like
        A YAML file.
    ledger : Ledger
        Facts that its drivers may cite and its outlook would rest on, beside those of files that it
        names itself.

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
    return CheckedScenario(
        scenario, ledger, sorted([*problems, *_missing_facts(document, ledger)], key=_line)
    )


def _with_own(
    scenario: Scenario, document: Document, ledger: Ledger
) -> tuple[Ledger, list[Problem]]:
    """The facts that a scenario may use, and what is wrong with the files that it names."""
    known = ledger if scenario.shipped_facts else Ledger()
    for i, file in enumerate(scenario.ledger):
        try:
            known = known.concat(datasets.facts_of([file], shipped=False))
        except LedgerError as error:
            at = document.where(("ledger", i))
            return known, [
                Problem(f"{at} {problem.where}", problem.what, problem.hint)
                for problem in error.problems
            ]
    return known, []


def _line(problem: Problem) -> int:
    """The line that a problem names, so that a reader goes through the file once; 0 where it is the
    file's own.
    """
    found = re.search(r":(\d+)( |$)", problem.where)
    return int(found[1]) if found else 0


def _raw_assumptions(document: Document) -> Iterator[Problem]:
    """Looked for in the raw data, so that they are reported beside whatever else is wrong."""
    given = document.value.get("assumptions") if isinstance(document.value, dict) else None
    for name, size in given.items() if isinstance(given, dict) else ():
        with contextlib.suppress(ValidationError):  # a size that is no range has been reported
            for problem in refused(load_parameters(), name, Range.model_validate(size)):
                yield Problem(document.where(("assumptions", name)), problem.what, problem.hint)


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
                hint = (
                    f"did you mean {near}?"
                    if near
                    else "cite a fact's id, or write judgement or a citation"
                )
                yield Problem(
                    document.where(("drivers", i, "source")), f"no fact has the id {name!r}", hint
                )


def _against(scenario: Scenario, document: Document, ledger: Ledger) -> Iterator[Problem]:
    """What only shows beside the ledger and the demand chain."""
    for path, problem in assumption_problems(scenario, scenario.drivers):
        yield Problem(document.where(path), problem.what, problem.hint)
    if len(ledger):
        as_of = scenario.known_by(ledger)
        if scenario.horizon < as_of.year:
            hint = f"as_of is {as_of}"
            yield Problem(
                document.where(("horizon",)), f"{scenario.horizon} has passed by then", hint
            )
        yield from _unknown_basis(scenario, document, ledger, as_of)
        yield from _unusable(scenario, document, ledger, as_of)
        if scenario.country:
            counted = ledger.select(
                place=scenario.country, kind=("outcome", "estimate"), as_of=as_of
            )
            for path, problem in target_problems(scenario, counted, as_of):
                yield Problem(document.where(path), problem.what, problem.hint)


def _unusable(
    scenario: Scenario, document: Document, ledger: Ledger, as_of: dt.date
) -> Iterator[Problem]:
    """Facts that a forecast would refuse."""
    for place in [scenario.country] if scenario.country else scenario.places:
        try:
            usable_facts(known_on(scenario, place, ledger, as_of).facts, scenario.measure)
        except EvidenceError as error:
            at = document.where(("country",) if scenario.country else ("places",))
            yield Problem(
                at,
                f"{place}: {_unsaid(error)}",
                "put the ledger right, or leave these facts out of it",
            )


def _unsaid(error: EvidenceError) -> str:
    """What is wrong, without the next move, which is one of the Python interface."""
    return str(error).partition(";")[0]


def _unknown_basis(
    scenario: Scenario, document: Document, ledger: Ledger, as_of: dt.date
) -> Iterator[Problem]:
    places = [scenario.country] if scenario.country else scenario.places
    facts = [known_on(scenario, place, ledger, as_of).facts.frame for place in places]
    bases = {basis for frame in facts for basis in frame["basis"]} - {""}
    if scenario.basis and bases and scenario.basis not in bases:
        near = nearest(scenario.basis, bases)
        hint = f"did you mean {near}?" if near else f"known: {', '.join(sorted(bases))}"
        yield Problem(
            document.where(("basis",)),
            f"{scenario.basis!r} counts no {scenario.measure} there",
            hint,
        )


def _caveats(scenario: Scenario, ledger: Ledger) -> Iterator[Caveat]:
    subject = scenario.name
    if not subject.endswith(scenario.scenario):
        values = {"subject": subject, "scenario": scenario.scenario}
        yield Caveat("named_otherwise", values=values)
    if not scenario.country or not len(ledger):
        return
    as_of = scenario.known_by(ledger)
    for caveat in unused_facts(scenario, ledger, as_of):
        yield caveat.with_values(subject=subject)
    known = known_on(scenario, scenario.country, ledger, as_of)
    if known.market.value is None and not len(known.facts):
        yield Caveat("shares_only", values={"subject": subject})
