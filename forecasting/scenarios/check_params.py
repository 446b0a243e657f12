"""A params file checked alone, and against the facts that it would rest on."""

from __future__ import annotations

import contextlib
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
from forecasting.scenarios.assumptions import KeyProblem, assumption_faults, refused, target_faults
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
    problems: list[Problem] = []
    try:
        scenario = scenario_of(document, Path(path).stem)
        if not scenario.shipped_facts:
            ledger = Ledger()
        for i, file in enumerate(scenario.ledger):
            ledger = ledger.concat(_own_facts(file, document.where(("ledger", i)), problems))
        faults = [*_against(scenario, ledger)]
    except ScenarioError as error:
        problems += error.problems
        faults = [*_raw_assumptions(document)]
    problems += [
        Problem(document.where(fault.path), fault.what, fault.hint)
        for fault in (*faults, *_missing_facts(document, ledger))
    ]
    return CheckedScenario(scenario, ledger, sorted(problems, key=_line))


def _own_facts(file: str, where: str, problems: list[Problem]) -> Ledger:
    """The facts of a file that a scenario names; what is wrong with it is added to the problems."""
    try:
        return datasets.facts_of([file], shipped=False)
    except LedgerError as error:
        problems += [Problem(f"{where} {p.where}", p.what, p.hint) for p in error.problems]
        return Ledger()


def _line(problem: Problem) -> int:
    """The line that a problem names, so that a reader goes through the file once; 0 where it is the
    file's own.
    """
    line = re.search(r":(\d+)( |$)", problem.where)
    return int(line[1]) if line else 0


def _raw_assumptions(document: Document) -> Iterator[KeyProblem]:
    """Looked for in the raw data, so that they are reported beside whatever else is wrong."""
    sizes = document.value.get("assumptions") if isinstance(document.value, dict) else None
    for name, size in sizes.items() if isinstance(sizes, dict) else ():
        with contextlib.suppress(ValidationError):  # a size that is no range has been reported
            path = ("assumptions", name)
            yield from refused(load_parameters(), name, Range.model_validate(size), path)


def _missing_facts(document: Document, ledger: Ledger) -> Iterator[KeyProblem]:
    """Looked for in the raw data, so that it is reported beside whatever else is wrong."""
    drivers = document.value.get("drivers") if isinstance(document.value, dict) else None
    known = set(ledger.frame["id"])
    missing = [
        (i, name)
        for i, driver in enumerate(drivers if isinstance(drivers, list) else [])
        if isinstance(driver, dict) and isinstance(driver.get("source"), str)
        for name in fact_ids(driver["source"])
        if name not in known
    ]
    for number, (i, name) in enumerate(missing):
        near = nearest(name, known) if number < MOST else ""  # a longer list is not read
        hint = "cite a fact's id, or write judgement or a citation"
        if near:
            hint = f"did you mean {near}?"
        yield KeyProblem(("drivers", i, "source"), f"no fact has the id {name!r}", hint)


def _against(scenario: Scenario, ledger: Ledger) -> Iterator[KeyProblem]:
    """What only shows beside the ledger and the demand chain."""
    yield from assumption_faults(scenario, scenario.drivers)
    if not len(ledger):
        return
    as_of = scenario.known_by(ledger)
    if scenario.horizon < as_of.year:
        yield KeyProblem(
            ("horizon",), f"{scenario.horizon} has passed by then", f"as_of is {as_of}"
        )
    places = scenario.counted_at
    facts = {place: known_on(scenario, place, ledger, as_of).facts for place in places}
    bases = {basis for each in facts.values() for basis in each.frame["basis"]} - {""}
    if scenario.basis and bases and scenario.basis not in bases:
        near = nearest(scenario.basis, bases)
        hint = f"did you mean {near}?" if near else f"known: {', '.join(sorted(bases))}"
        yield KeyProblem(("basis",), f"{scenario.basis!r} counts no {scenario.measure} there", hint)
    key = "country" if scenario.country else "places"
    for place, evidence in facts.items():
        try:
            usable_facts(evidence, scenario.measure)
        except EvidenceError as error:  # its next move is one of the Python interface
            what = f"{place}: {str(error).partition(';')[0]}"
            yield KeyProblem((key,), what, "put the ledger right, or leave these facts out of it")
    if scenario.country:
        counted = ledger.select(scenario.country, kind=("outcome", "estimate"), as_of=as_of)
        yield from target_faults(scenario, counted, as_of)


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
