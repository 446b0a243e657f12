"""What the words of a table propose where nobody has answered, and what of it is not certain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from forecasting.reading.answers import YEAR_TO_DATE, Answers
from forecasting.reading.candidates import Candidate, likeliest
from forecasting.reading.proposals import (
    EVENTS,
    GROWTH,
    is_of_battery_cars,
    is_of_plug_ins,
    says_to_date,
)
from forecasting.reading.table_facts import SeriesReading, TableFact, is_of_percent
from forecasting.reading.user_table import UserTable
from forecasting.vocabulary.errors import LedgerError, Problem
from forecasting.vocabulary.periods import Period

RUNNING_MONTHS = 5  # that never fall within a year, from which on they may run since January
DAYS_OF_A_YEAR = 365
NAMED_WORDS = 4  # that are not known, in a question


@dataclass(frozen=True)
class TableProposal:
    """Answers that the words of a table propose.

    Parameters
    ----------
    answers : Answers
        All that is proposed, the main series first.
    questions : tuple of str
        What is not certain of them, in words; empty where all is.
    """

    answers: Answers
    questions: tuple[str, ...] = ()


def proposal_of_table(table: UserTable, answers: Answers | None = None) -> TableProposal:
    """What the words of a table propose.

    Parameters
    ----------
    table : UserTable
        As it stands.
    answers : Answers, optional
        What is said already of how the file is written.
    """
    answers = answers or Answers()
    candidates = table.candidates(answers)
    candidates = [candidate for candidate in candidates if not candidate.is_total] or candidates
    chosen = _chosen(candidates)
    series = {
        (candidate.series.counts, candidate.series.sheets): candidate
        for candidate in reversed(chosen)
    }
    distinct = [*series.values()][::-1]
    proposed = replace(answers, read=tuple(candidate.series for candidate in distinct))
    questions = [
        *map(str, table.open_forms(answers)),
        *_questions_of_lines(candidates, chosen),
        *_questions_of_counts(candidates, chosen),
    ]
    for index, candidate in enumerate(distinct):
        reading = table.read_series(proposed, index)
        if not table.sheets(answers.encoding, answers.separator).knows_forms:
            questions += _questions_without_forms(table.name, candidate)
        questions += _questions_of_unit(candidate)
        questions += map(str, reading.problems)
        questions += _questions_of_periods(candidate, reading)
        questions += _questions_of_places(table, reading)
        questions += _questions_of_growth(candidate, reading)
    if not questions:
        questions += map(str, table.read(proposed).problems)
    return TableProposal(proposed, tuple(dict.fromkeys(questions)))


def _chosen(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The lines that are certain; where none is, the likeliest."""
    sure = [candidate for candidate in candidates if candidate.proposal.sure]
    best = likeliest(candidates)
    return sure or ([best] if best else [])


def _questions_of_lines(
    candidates: Sequence[Candidate], chosen: Sequence[Candidate]
) -> Iterator[str]:
    """What is not certain of which lines are read."""
    if not candidates:
        yield "which lines are read? (no numbers were found)"
    sheets = dict.fromkeys(title for candidate in candidates for title in candidate.series.sheets)
    if len(sheets) > 1:
        yield f"which sheet is read: {', '.join(sheets)[:200]}?"
    plug_ins = [candidate.label for candidate in candidates if is_of_plug_ins(candidate.label)]
    for candidate in chosen:
        if plug_ins and is_of_battery_cars(candidate.label):
            yield f"{candidate.label}: is {plug_ins[0]} of electric cars, too?"
    for counts, number in Counter(candidate.series.counts for candidate in chosen).items():
        if number > 1:
            yield f"which of {number} lines counts {counts}?"


def _questions_of_counts(
    candidates: Sequence[Candidate], chosen: Sequence[Candidate]
) -> Iterator[str]:
    """What is not certain of what lines count that may be of electric cars."""
    has_electric = any("electric" in candidate.proposal.words for candidate in chosen)
    for candidate in candidates:
        proposal = candidate.proposal
        may_count = "electric" in proposal.words or candidate is chosen[0]
        if not has_electric and not proposal.money:
            may_count = may_count or bool(proposal.words & EVENTS)
        if may_count and not proposal.sure:
            unknown = ", ".join(proposal.unknown[:NAMED_WORDS])
            reason = f" (not known here: {unknown})" if unknown else ""
            yield f"{candidate.label}: what does it count?{reason}"


def _questions_without_forms(name: str, candidate: Candidate) -> Iterator[str]:
    """What a 1 of a line is, where the file does not tell the formats of its numbers."""
    is_count = candidate.series.counts and not is_of_percent(candidate.series)
    if is_count and not candidate.proposal.says_unit:
        yield f"{candidate.label}: what is a 1 of it? ({name} does not tell its formats)"


def _questions_of_unit(candidate: Candidate) -> Iterator[str]:
    """What a 1 of a line is, where its numbers are no whole ones."""
    if not candidate.series.counts or is_of_percent(candidate.series):
        return
    unit = candidate.series.unit or 1.0
    for number in candidate.numbers:
        if number.scale == 1 and (number.value * unit) % 1 > 1e-6:
            yield f"{candidate.label}: what is a 1 of it? ({number.text} is no whole number)"
            return


def _questions_of_periods(candidate: Candidate, reading: SeriesReading) -> Iterator[str]:
    if candidate.series.periods == YEAR_TO_DATE:
        return
    if all(fact.period.start.month == 1 for fact in reading.facts):
        return  # "January to March" says itself that it counts since January
    question = f"{candidate.label}: is each number of its own period, or since the year began?"
    if any(map(says_to_date, (*candidate.titles, candidate.label))):
        yield question
    elif may_run_since_january(reading.facts):
        yield f"{question} (they never fall within a year)"


def _questions_of_places(table: UserTable, reading: SeriesReading) -> Iterator[str]:
    """Whether the countries beside the numbers are places, where a title names another one, or
    partners, from or to which vehicles came.
    """
    places = {fact.place for fact in reading.facts} - {""}
    is_trade = any(fact.series.measure.endswith(("imports", "exports")) for fact in reading.facts)
    if places and ((table.place and places != {table.place}) or (is_trade and len(places) > 1)):
        codes = ", ".join(sorted(places)[:NAMED_WORDS])
        yield f"are {codes} the places of the numbers (say place: {{column: A}}) or partners?"


def _questions_of_growth(candidate: Candidate, reading: SeriesReading) -> Iterator[str]:
    """Whether the growth of months is on the year before, or on the month before."""
    is_growth = candidate.series.quantity == GROWTH
    of_parts = any(1 < fact.period.days < DAYS_OF_A_YEAR for fact in reading.facts)
    if is_growth and of_parts and "on the year" not in candidate.proposal.words:
        yield f"{candidate.label}: is it growth on the year before, or on the period before it?"


def may_run_since_january(facts: Sequence[TableFact]) -> bool:
    """Whether the months of a year never fall, so that they may count since it began."""
    by_year: dict[tuple[int, str], dict[Period, float]] = {}
    for fact in facts:
        if 1 < fact.period.days <= 31:
            months = by_year.setdefault((fact.period.start.year, fact.place), {})
            months[fact.period] = fact.value
    for months in by_year.values():
        values = [months[period] for period in sorted(months, key=lambda period: period.start)]
        grows = values == sorted(values) and values[0] < values[-1]
        if len(values) >= RUNNING_MONTHS and grows:
            return True
    return False


def problems_of_proposal(name: str, proposal: TableProposal, hint: str = "") -> list[Problem]:
    """What is not certain of a table, each as a problem of it."""
    problems = []
    for question in proposal.questions:
        place = re.match(rf"{re.escape(name)}[^:]*: ", question)
        where = place[0].removesuffix(": ") if place else name
        problems.append(Problem(where, question[place.end() if place else 0 :], hint))
    return problems


def error_of_proposal(name: str, proposal: TableProposal) -> LedgerError:
    """What a table leaves open, where nobody can be asked."""
    answers = f"{name.rpartition('.')[0]}.mapping.yaml"
    hint = f"`ev-forecast new --ledger {name}` asks, or write {answers}"
    return LedgerError(problems_of_proposal(name, proposal, hint))
