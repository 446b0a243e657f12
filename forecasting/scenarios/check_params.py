"""A params file checked alone, and against the facts that it would rest on."""

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from forecasting.demand.parameters import load_parameters
from forecasting.evidence.datasets import central_asia
from forecasting.evidence.fact import typed_facts
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.observation import usable_facts
from forecasting.parameters.schema import Scenario, of_counted, scenario_of
from forecasting.parameters.values import Range, fact_ids
from forecasting.reading.user_ledgers import facts_of
from forecasting.scenarios.assumptions import (
    KeyProblem,
    assumption_faults,
    refused,
    standing_today,
    target_faults,
)
from forecasting.scenarios.facts_on_day import day_of_forecast, flow_inputs, unused_facts
from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import EvidenceError, LedgerError, Problem, ScenarioError
from forecasting.vocabulary.limits import MAX_PROBLEMS
from forecasting.vocabulary.measures import did_you_mean
from forecasting.vocabulary.strict_yaml import Document, read_yaml


def shipped_beside(rows: Sequence[dict[str, str]]) -> Ledger:
    """The ledger that ships with the rows of a user's; of two facts with one id the user's stays.

    Parameters
    ----------
    rows : sequence of dict
        Normalised and checked.
    """
    return Ledger([*central_asia(), *typed_facts(rows)])


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

    def caveats(self) -> Iterator[Caveat]:
        """What else is worth knowing, where nothing must be put right."""
        scenario = self.scenario
        if scenario is None or self.problems:
            return
        subject = scenario.name
        if not subject.endswith(scenario.scenario):
            values = {"subject": subject, "scenario": scenario.scenario}
            yield Caveat("named_otherwise", values=values)
        if not scenario.country or not len(self.ledger):
            return
        as_of = day_of_forecast(scenario, self.ledger)
        for caveat in unused_facts(scenario, as_of):
            yield caveat.with_values(subject=subject)
        inputs = flow_inputs(scenario, scenario.country, self.ledger, as_of)
        if inputs.market.sizes is None and not len(inputs.facts):
            yield Caveat("shares_only", values={"subject": subject})
        sizes = scenario.market_size
        last_year = as_of.year - 1
        future_years = [y for y in sizes if y > last_year] if isinstance(sizes, dict) else []
        if future_years:
            yield Caveat(
                "sizes_ahead",
                values={
                    "subject": subject,
                    "years": ", ".join(map(str, future_years)),
                    "last": last_year,
                },
            )


def read_checked(
    path: str | Path, ledger: Ledger, published: dt.date | None = None
) -> CheckedScenario:
    """Read one params file, and check it alone and against a ledger.

    Parameters
    ----------
    path : path-like
        A YAML file.
    ledger : Ledger
        Facts that its drivers may cite and its outlook would rest on, beside those of files that it
        names itself.
    published : date, optional
        Since when those of one's own facts are known that have no date of publication.

    Returns
    -------
    CheckedScenario
        Each problem with file, line, key path and the next move.
    """
    try:
        document = read_yaml(path)
    except ScenarioError as error:
        return CheckedScenario(None, ledger, list(error.problems))
    scenario: Scenario | None = None
    problems: list[Problem] = []
    try:
        scenario = scenario_of(document, Path(path).stem)
        if published:
            scenario = scenario.model_copy(update={"published": published})
        if not scenario.shipped_facts:
            ledger = Ledger()
        for i, file in enumerate(scenario.ledger):
            where = document.where(("ledger", i))
            try:
                place = scenario.country or ""
                file_facts = facts_of([file], False, scenario.published, place)
                ledger = ledger.concat(file_facts)
            except LedgerError as error:
                problems += [Problem(f"{where} {p.where}", p.fault, p.hint) for p in error.problems]
        scenario = of_counted(scenario, ledger)
        faults = [*_faults_with_ledger(scenario, ledger)]
    except ScenarioError as error:
        problems += error.problems
        faults = [*_raw_assumptions(document)]
    problems += [
        Problem(document.where(fault.path), fault.reason, fault.hint)
        for fault in (*faults, *_missing_facts(document, ledger))
    ]
    return CheckedScenario(scenario, ledger, sorted(problems, key=_line))


def _line(problem: Problem) -> int:
    """The line that a problem names, by which problems are sorted; 0 where it names none."""
    line = re.search(r":(\d+)( |$)", problem.where)
    return int(line[1]) if line else 0


def _raw(document: Document, key: str, kind: type) -> Any:
    """The value of a key in the file, so that its faults are reported even where other keys are
    wrong; empty where it is of another kind.
    """
    value = document.value.get(key) if isinstance(document.value, dict) else None
    return value if isinstance(value, kind) else kind()


def _raw_assumptions(document: Document) -> Iterator[KeyProblem]:
    for name, size in _raw(document, "assumptions", dict).items():
        with contextlib.suppress(ValidationError):  # a size that is no range has been reported
            path = ("assumptions", name)
            yield from refused(load_parameters(), name, Range.model_validate(size), path)


def _missing_facts(document: Document, ledger: Ledger) -> Iterator[KeyProblem]:
    ledger_ids = {fact.id for fact in ledger}
    missing = [
        (i, name)
        for i, driver in enumerate(_raw(document, "drivers", list))
        if isinstance(driver, dict) and isinstance(driver.get("source"), str)
        for name in fact_ids(driver["source"])
        if name not in ledger_ids
    ]
    for number, (i, name) in enumerate(missing):
        hint = "cite a fact's id, or write judgement or a citation"
        if number < MAX_PROBLEMS:  # a longer list is not read
            hint = did_you_mean(name, ledger_ids, hint)
        yield KeyProblem(("drivers", i, "source"), f"no fact has the id {name!r}", hint)


def _faults_with_ledger(scenario: Scenario, ledger: Ledger) -> Iterator[KeyProblem]:
    """Faults that only the ledger and the demand chain show."""
    yield from assumption_faults(scenario)
    if not len(ledger):
        return
    try:
        as_of = day_of_forecast(scenario, ledger)
    except EvidenceError as error:
        fault, _, hint = str(error).partition("; ")
        yield KeyProblem(("as_of",), fault, hint)
        return
    if scenario.horizon < as_of.year:
        fault = f"{scenario.horizon} has passed by then"
        yield KeyProblem(("horizon",), fault, f"as_of is {as_of}")
    places = scenario.counted_at
    facts = {place: flow_inputs(scenario, place, ledger, as_of).facts for place in places}
    yield from _unknown_basis(scenario, facts.values())
    if scenario.corridor and not any(map(len, facts.values())):
        yield KeyProblem(
            ("as_of",),
            f"no count of {scenario.measure} was known by {as_of} at {', '.join(places)}",
            "a later day, or facts that count it",
        )
    key = "country" if scenario.country else "places"
    for place, evidence in facts.items():
        try:
            usable_facts(evidence, scenario.measure)
        except EvidenceError as error:  # its hint is for users of Python
            fault = f"{place}: {str(error).partition(';')[0]}"
            yield KeyProblem((key,), fault, "put the ledger right, or leave these facts out of it")
    if scenario.country:
        counts = ledger.select(scenario.country, kind=("outcome", "estimate"), as_of=as_of)
        yield from target_faults(scenario, standing_today(counts), as_of)


def _unknown_basis(scenario: Scenario, ledgers: Iterable[Ledger]) -> Iterator[KeyProblem]:
    bases = {fact.basis for facts in ledgers for fact in facts} - {""}
    if scenario.basis and bases and scenario.basis not in bases:
        hint = did_you_mean(scenario.basis, bases, f"known: {', '.join(sorted(bases))}")
        yield KeyProblem(("basis",), f"{scenario.basis!r} counts no {scenario.measure} there", hint)
