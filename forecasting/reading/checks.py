"""What is refused of a reading: money, growth that is none, totals over kinds of vehicles, numbers
that contradict each other. Nothing is converted: a message shows both numbers and the answer that
would settle it.

A check takes the facts of one series, and yields what is wrong with one of them; only the first
problem of a check is told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import isclose

from forecasting.evidence.rules import INTEGER_UNITS
from forecasting.reading.answers import YEAR_TO_DATE
from forecasting.reading.proposals import (
    CARS,
    CUMULATIVE,
    FLOW_WORDS,
    GROWTH,
    MONEY,
    OF_A_PART,
    OF_SHARES,
    WORDS,
    is_percent_line,
    is_total,
    kinds_in,
    other_number_in,
    proposal_of,
    unit_said,
)
from forecasting.reading.shape import COLUMN, ROW, Shape, TableNumber
from forecasting.reading.table_facts import TableFact
from forecasting.vocabulary.errors import Problem
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.measures import CAR, NEW_CARS, measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.printed_numbers import multiplier_in
from forecasting.vocabulary.quantities import quantity_of

GROWTH_SLACK = 2.0  # points between a printed growth and that of the counts, which are revised
DAYS_OF_A_YEAR = 365
LONGEST_SUM = 100  # numbers beside another whose sum it may be
# Electric cars, and all cars that they are a part of
WHOLES = {
    "ev_sales": "car_sales",
    "ev_registrations": "car_registrations",
    "ev_imports": "car_imports",
    "ev_stock": "vehicle_stock",
}
NAME_CARS = "name the lines of cars, or say what it counts, e.g. vehicle_stock"
NAME_SUM = "name the sum, or its parts"
LEAST_SUM = 10  # below it a number is the sum of its neighbours by chance
_AGE = re.compile(rf"(?<![^\W\d_])(?:new|нов\w*|{WORDS['used']})(?![^\W\d_])")
_PIECES = re.compile(
    r"(?<![^\W\d_])(?:units?|pcs|pieces|number|nos?|шт\w*|единиц\w*|ед|количеств\w*)"
    r"(?![^\W\d_])"
)


@dataclass(frozen=True)
class Doubt:
    """What is wrong with a fact.

    Parameters
    ----------
    fact : TableFact
        Of which something is wrong.
    fault, hint : str
        In words, and the answer that would settle it.
    """

    fact: TableFact
    fault: str
    hint: str


Doubts = Iterator[Doubt]


def problems_of(facts: Sequence[TableFact], name: str) -> list[Problem]:
    """What is wrong with the facts of a table.

    Parameters
    ----------
    facts : sequence of TableFact
        Of all series.
    name : str
        Of its file.
    """
    by_series: dict[int, list[TableFact]] = defaultdict(list)
    for fact in facts:
        by_series[fact.index].append(fact)
    doubts = [doubt for check in CHECKS for series in by_series.values()
              for doubt in _one_doubt(check(series))]  # fmt: skip
    if not any("product" in fact.series.cells for fact in facts):
        doubts += [
            doubt for series in by_series.values() for doubt in _one_doubt(new_and_used(series))
        ]
    for check in CHECKS_OF_ALL:
        doubts += _one_doubt(check(facts))
    return [Problem(f"{name} {doubt.fact.name}", doubt.fault, doubt.hint) for doubt in doubts]


def _one_doubt(doubts: Doubts) -> list[Doubt]:
    return [*doubts][:1]


def _texts(fact: TableFact) -> list[str]:
    """The texts beside and above the numbers of a fact, the nearest first."""
    return [*fact.near_texts, *fact.numbers[0].titles]


def units(facts: Sequence[TableFact]) -> Doubts:
    """A unit that the table prints and that the answers contradict."""
    if quantity_of(facts[0].series.quantity).is_percent:
        return
    for fact in facts:
        answer = fact.series.unit
        in_cells = {number.scale for number in fact.numbers} - {1.0}
        if in_cells:
            if answer not in (None, *in_cells):
                yield Doubt(fact, f"{fact.text} prints its unit itself", "leave unit out")
            continue
        unit, text = unit_said(_texts(fact) if answer is None else fact.near_texts)
        if unit not in (1.0, answer):
            fault = f"{fact.text} is in units of {unit:,.0f}: {text[:60]!r}"
            yield Doubt(fact, fault, f"say unit: {unit:.0f}")


def fractions(facts: Sequence[TableFact]) -> Doubts:
    """Fractions of a vehicle, and percent as counts."""
    series = facts[0].series
    unit = measure_of(series.measure).unit
    if quantity_of(series.quantity).is_percent or unit not in INTEGER_UNITS:
        return
    for fact in facts:
        if any(number.percent for number in fact.numbers):
            hint = f"say counts: {series.measure} {GROWTH}, if it is growth"
            yield Doubt(fact, f"{fact.text} is of percent, no number of {unit}", hint)
        elif abs(fact.value - round(fact.value)) > 1e-6:
            hint = "say unit: 1000, or what a 1 of it is"
            yield Doubt(fact, f"{fact.text} is no whole number of {unit}", hint)


def percent_without_word(facts: Sequence[TableFact]) -> Doubts:
    """Percent that nothing in the table calls so."""
    if not facts[0].series.quantity.endswith("percent"):
        return
    for fact in facts:
        says_percent = any(number.percent for number in fact.numbers)
        if not says_percent and not any(map(is_percent_line, _texts(fact))):
            hint = f"say counts: {fact.series.measure}, if it counts vehicles"
            fault = f"{fact.text} is said to be of percent, and nothing says %"
            yield Doubt(fact, fault, hint)


def other_numbers(facts: Sequence[TableFact]) -> Doubts:
    """Counts whose head, or whose title and no other line, speaks of money, a share, an index, a
    rate or sums of other periods.
    """
    shape = facts[0].shape
    heads, labels = (
        [shape.text(axis, line) for line in shape.lines(axis)] for axis in (COLUMN, ROW)
    )
    hints_of_lines = _hints_of_lines(shape, [*heads, *labels])
    for fact in facts:
        if _says_pieces(fact.near_texts):
            for text in fact.near_texts:
                yield from _money(fact, text, heads)
            continue
        for text in _texts(fact):
            yield from _money(fact, text, heads)
            yield from _other_number(fact, text, hints_of_lines)


def _says_pieces(texts: Sequence[str]) -> bool:
    """Whether a text says that pieces are counted."""
    return any(_PIECES.search(folded(text)) for text in texts)


def _hints_of_lines(shape: Shape, lines: Sequence[str]) -> set[str]:
    """What lines say that is no count of vehicles, each by the hint that would be given of it."""
    hints = {*map(other_number_in, lines)}
    if any(map(is_percent_line, lines)) or any(n.percent for n in shape.numbers.values()):
        hints.add(OF_SHARES)
    return hints


def _money(fact: TableFact, text: str, heads: Sequence[str]) -> Doubts:
    """That a text speaks of money, and the measure is in none."""
    unit = measure_of(fact.series.measure).unit or ""
    if "USD" in unit or "CNY" in unit or not MONEY.search(folded(text)):
        return
    # Where no other column is of pieces, a column headed "value" is of any numbers
    is_any_value = folded(text) == "value" and not _says_pieces(heads)
    if not is_any_value:
        fault = f"{fact.text} may be money: {text[:60]!r}"
        yield Doubt(fact, fault, "name a line of vehicles; money is not read")


def _other_number(fact: TableFact, text: str, hints_of_lines: set[str]) -> Doubts:
    """That a text speaks of a share, an index, a rate or sums of other periods above a count, and
    neither a line of the table nor an answer explains a title that does.
    """
    series = fact.series
    if series.quantity or measure_of(series.measure).is_share:
        return
    hint = other_number_in(text)
    if not hint or (hint == OF_A_PART and "basis" in series.cells):
        return
    if text not in fact.near_texts:
        # The answer shows that a person has seen of which unit a title speaks besides
        is_answered = series.unit == multiplier_in(folded(text)) != 1
        if is_answered or hint in hints_of_lines:
            return
    fault = f"{fact.text} may count something else: {text[:60]!r}"
    yield Doubt(fact, fault, hint.format(measure=series.measure))


def cumulative(facts: Sequence[TableFact]) -> Doubts:
    """Flows below a title of running totals that are read as of their own periods."""
    series = facts[0].series
    if measure_of(series.measure).kind != "flow" or series.quantity:
        return
    # Of a year that has months before, the number to December is of the whole year
    years_of_parts = {
        fact.period.start.year
        for fact in facts
        if series.periods == YEAR_TO_DATE and fact.period.days < DAYS_OF_A_YEAR
    }
    for fact in facts:
        if fact.period.start.year in years_of_parts:
            continue
        if fact.period.days >= DAYS_OF_A_YEAR or fact.period.start.month > 1:  # not since January
            texts = [text for text in _texts(fact) if CUMULATIVE.search(folded(text))]
            for text in texts:
                fault = f"{fact.text} may be of more than {fact.period}: {text[:60]!r}"
                hint = f"say counts: {series.measure} cumulative"
                if fact.period.days < DAYS_OF_A_YEAR:
                    hint += f", or periods: {YEAR_TO_DATE}"
                yield Doubt(fact, fault, hint)


def growth_beside(facts: Sequence[TableFact]) -> Doubts:
    """Growth that contradicts the counts in the line before it, whichever of them is read."""
    quantity = facts[0].series.quantity
    if quantity not in ("", GROWTH):
        return
    by_period = {(fact.place, fact.period): fact for fact in facts if len(fact.numbers) == 1}
    for (place, period), fact in by_period.items():
        year_before = by_period.get((place, period.year_before()))
        if year_before is None:
            continue
        for axis in (COLUMN, ROW):
            growth = _neighbour(fact, axis, 1)
            counts: list[TableNumber | None] = [year_before.numbers[0], fact.numbers[0]]
            if quantity == GROWTH:
                growth = fact.numbers[0]
                counts = [_neighbour(year_before, axis, -1), _neighbour(fact, axis, -1)]
            if growth and _is_growth_alone(growth, axis, period):
                yield from _contradiction(fact, growth, *counts)


def _neighbour(fact: TableFact, axis: int, step: int) -> TableNumber | None:
    """The number in the line behind, or before, that of a fact."""
    place = fact.numbers[0].place
    lines = fact.shape.lines(axis)
    index = lines.index(place[axis]) + step
    if not 0 <= index < len(lines):
        return None
    line = lines[index]
    return fact.shape.numbers.get((place[ROW], line) if axis == COLUMN else (line, place[COLUMN]))


def _is_growth_alone(number: TableNumber, axis: int, period: Period) -> bool:
    """Whether the line of a number names growth on the year and nothing else."""
    proposal = proposal_of(" / ".join(number.texts(axis)))
    proposal = replace(proposal, percent=proposal.percent or number.percent)
    is_of_part = 1 < period.days < DAYS_OF_A_YEAR
    on_the_year = not is_of_part or "on the year" in proposal.words
    return proposal.is_growth_alone and on_the_year


def _contradiction(
    fact: TableFact, growth: TableNumber, previous: TableNumber | None, now: TableNumber | None
) -> Doubts:
    """That two counts have another growth than is printed."""
    if previous is None or now is None or previous.value <= 0:
        return
    real = 100 * (now.value / previous.value - 1)
    if abs(real - growth.value) > GROWTH_SLACK + 0.05 * abs(real) + growth.half_digit:
        fault = (
            f"growth of {growth.text.rstrip('% ')} % in {growth.name}, and {previous.text} in "
            f"{previous.name} to {now.text} in {now.name} is one of {real:,.1f} %"
        )
        yield Doubt(fact, fault, "correct one of them, or name other lines")


def kinds(facts: Sequence[TableFact]) -> Doubts:
    """A total over kinds of vehicles as cars."""
    if measure_of(facts[0].series.measure).vehicle != CAR:
        return
    for fact in facts:
        for number in fact.numbers:
            if of_texts := _kinds_in_texts(number):
                fault = f"{number.text} in {number.name} is of {', '.join(sorted(of_texts))}"
                yield Doubt(fact, fault, NAME_CARS)
            elif total_kinds := _kinds_in_total(fact.shape, number):
                listed = ", ".join(sorted(total_kinds))
                fault = f"{number.text} in {number.name} is a total over {listed}, too"
                yield Doubt(fact, fault, NAME_CARS)


def _kinds_in_texts(number: TableNumber) -> set[str]:
    """The kinds of vehicles in the nearest text that names some, unless a nearer one names cars."""
    for text in (" ".join((*number.heads, *number.labels.values())), *number.titles):
        if kinds_of_text := kinds_in(text):
            return kinds_of_text
        if CARS.search(folded(text)):
            break
    return set()


def _kinds_in_total(shape: Shape, number: TableNumber) -> set[str]:
    """The kinds of vehicles of the other lines, where a number is in a line of totals."""
    return {
        kind
        for axis in (COLUMN, ROW)
        if any(map(is_total, number.texts(axis)))
        for line in shape.lines(axis)
        for kind in kinds_in(shape.text(axis, line))
    }


def new_and_used(facts: Sequence[TableFact]) -> Doubts:
    """New beside used cars of which only one is named."""
    if facts[0].series.measure in NEW_CARS[0]:
        return
    shape = facts[0].shape
    for axis in (COLUMN, ROW):
        texts = {line: folded(shape.text(axis, line)) for line in shape.lines(axis)}
        lines_of_age = {line: text for line, text in texts.items() if _AGE.search(text)}
        chosen = {line for fact in facts for line in fact.lines(axis)} & {*lines_of_age}
        kinds_chosen = {_without_age(lines_of_age[line]) for line in chosen}
        texts_chosen = {lines_of_age[line] for line in chosen}
        for line, text in lines_of_age.items():
            if text not in texts_chosen and _without_age(text) in kinds_chosen:
                fault = f"{facts[0].text} is beside {shape.name(axis, line)}, which is not read"
                hint = "name both, or say product: new, or product: used"
                yield Doubt(facts[0], fault, hint)


def _without_age(text: str) -> str:
    """A text without its words for new and used."""
    return " ".join(_AGE.sub("", text).split())


def sums(facts: Sequence[TableFact]) -> Doubts:
    """A sum that was named together with its parts."""
    for axis in (COLUMN, ROW):
        for fact in facts:
            for line in sorted(fact.lines(axis)) if len(fact.lines(axis)) > 1 else ():
                if is_total(fact.shape.text(axis, line)):
                    fault = f"{fact.shape.name(axis, line)} is a sum, and is named with its parts"
                    yield Doubt(fact, fault, NAME_SUM)
    large = [fact for fact in facts if max(n.value for n in fact.numbers) >= LEAST_SUM]
    in_each = [_sum_among(fact.numbers) for fact in large]
    if in_each and (number := in_each[0]) and all(in_each):
        fault = f"{number.text} in {number.name} is the sum of numbers that are named, too"
        yield Doubt(large[0], fault, NAME_SUM)


def _sum_among(numbers: Sequence[TableNumber]) -> TableNumber | None:
    """A number that is the sum of two or more that follow each other before or behind it."""
    for in_order in (numbers, numbers[::-1]):
        for index, number in enumerate(in_order):
            values = (other.value for other in in_order[index + 1 : index + 1 + LONGEST_SUM])
            # Tenths do not add up exactly
            is_sum = any(isclose(number.value, total) for total in [*accumulate(values)][1:])
            if number.value and is_sum:
                return number
    return None


def falling_stock(facts: Sequence[TableFact]) -> Doubts:
    """A stock below words of a flow that falls."""
    measure = measure_of(facts[0].series.measure)
    if measure.kind != "stock" or measure.unit != "vehicles":
        return
    in_order = sorted(facts, key=lambda fact: (fact.place, fact.period.end))
    for previous, next_fact in pairwise(in_order):
        falls = previous.place == next_fact.place and next_fact.value < previous.value
        for text in _texts(next_fact) if falls else ():
            if FLOW_WORDS.search(folded(text)):
                fault = (
                    f"falls from {previous.text} in {previous.name} to {next_fact.text}, "
                    f"below {text[:60]!r}: no stock"
                )
                yield Doubt(next_fact, fault, "say counts: ev_registrations, or another flow")


def two_numbers(facts: Sequence[TableFact]) -> Doubts:
    """Two numbers of one series, place and period that differ."""
    by_key: dict[tuple[str, str, Period, str], TableFact] = {}
    for fact in facts:
        cells = repr(sorted(fact.series.cells.items()))
        twin = by_key.setdefault((fact.series.counts, fact.place, fact.period, cells), fact)
        if twin.value != fact.value:
            fault = f"{fact.text} is of {fact.period}, and so is {twin.text} in {twin.name}"
            yield Doubt(fact, fault, "name the lines of one of them")


def parts_above_wholes(facts: Sequence[TableFact]) -> Doubts:
    """Electric cars above all cars."""
    by_counts = {(fact.series.counts, fact.place, fact.period): fact for fact in facts}
    for fact in facts:
        all_cars = by_counts.get((WHOLES.get(fact.series.counts, ""), fact.place, fact.period))
        if all_cars and fact.value > all_cars.value + all_cars.half_digit:
            number_of_all = f"{all_cars.text} in {all_cars.name}"
            fault = f"{fact.text} electric cars are more than all, {number_of_all}"
            yield Doubt(fact, fault, "see what the lines count, and their unit")


CHECKS: tuple[Callable[[Sequence[TableFact]], Doubts], ...] = (
    units,
    fractions,
    percent_without_word,
    other_numbers,
    cumulative,
    growth_beside,
    kinds,
    sums,
    falling_stock,
)
CHECKS_OF_ALL = (two_numbers, parts_above_wholes)
