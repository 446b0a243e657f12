"""What is refused of a reading: money, growth that is none, totals over kinds of vehicles, numbers
that contradict each other. Nothing is converted: a message shows both numbers and the answer that
would settle it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from forecasting.evidence.rules import INTEGER_UNITS
from forecasting.reading.answers import Answers
from forecasting.reading.proposals import (
    FLOW_WORDS,
    GROWTH,
    MONEY,
    WORDS,
    is_percent_line,
    is_total,
    kinds_in,
)
from forecasting.reading.shape import Shape
from forecasting.reading.table_facts import TableFact
from forecasting.vocabulary.errors import Problem
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.measures import CAR, NEW_CARS, measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.printed_numbers import multiplier_in
from forecasting.vocabulary.quantities import quantity_of

GROWTH_SLACK = 2.0  # points between a printed growth and that of the counts, which are revised
# Electric cars, and all cars that they are a part of
WHOLES = {
    "ev_sales": "car_sales",
    "ev_registrations": "car_registrations",
    "ev_imports": "car_imports",
    "ev_stock": "vehicle_stock",
}
_USED = re.compile(rf"(?<![^\W\d_])(?:{WORDS['used']})(?![^\W\d_])")
_PIECES = re.compile(
    r"(?<![^\W\d_])(?:units?|pcs|pieces|number|nos?|шт\w*|единиц\w*|ед|количеств\w*)"
    r"(?![^\W\d_])"
)
_NEW = re.compile(r"(?<![^\W\d_])(?:new|нов\w*)(?![^\W\d_])")


def problems_of(
    answers: Answers, facts: Sequence[TableFact], shapes: Sequence[Shape], name: str
) -> list[Problem]:
    """What is wrong with the facts of a table.

    Parameters
    ----------
    answers : Answers
        By which it was read.
    facts : sequence of TableFact
        Of all series.
    shapes : sequence of Shape
        Of its sheets.
    name : str
        Of its file.
    """
    checks = _Checks(answers, facts, name)
    problems: list[Problem] = []
    for check in (
        checks.money, checks.units, checks.fractions, checks.growth, checks.kinds,
        checks.new_and_used, checks.sums, checks.falling_stock, checks.two_numbers,
        checks.parts_above_wholes,
    ):  # fmt: skip
        problems += check()
    return problems


class _Checks:
    """Each check of the facts of a table."""

    def __init__(self, answers: Answers, facts: Sequence[TableFact], name: str) -> None:
        self.answers = answers
        self.name = name
        self.facts_of: dict[int, list[TableFact]] = defaultdict(list)
        for fact in facts:
            self.facts_of[fact.series].append(fact)
        self.facts = facts

    def at(self, fact: TableFact) -> str:
        title = f"{fact.shape.sheet.title}!" if fact.shape.sheet.title else ""
        return f"{self.name} {title}{fact.name}"

    def texts(self, fact: TableFact, titles: bool = True) -> list[str]:
        """The texts that say what a number is, the nearest first."""
        shape = fact.shape
        texts = []
        for number in fact.numbers[:8]:
            texts += [number.form, *reversed(shape.heads(number.place))]
            texts += shape.labels(number.place[0]).values()
        if titles:
            texts += shape.titles.get(fact.numbers[0].place[0], ())
        return [*dict.fromkeys(filter(None, texts))]

    def once(self, found: Iterable[tuple[TableFact, str, str]]) -> Iterator[Problem]:
        """The first problem of each series."""
        seen = set()
        for fact, fault, hint in found:
            if fact.series not in seen:
                seen.add(fact.series)
                yield Problem(self.at(fact), fault, hint)

    def money(self) -> Iterator[Problem]:
        """Counts whose cell, head or title speaks of money."""

        def found() -> Iterator[tuple[TableFact, str, str]]:
            for fact in self.facts:
                unit = measure_of(self.answers.read[fact.series].measure).unit
                if (unit and "USD" in unit) or "CNY" in unit:
                    continue
                nearest = self.texts(fact, titles=False)
                for text in (*nearest, *self.texts(fact)):
                    match = MONEY.search(folded(text))
                    if match and not (text not in nearest and self._says_units(fact)):
                        fault = f"{fact.printed} may be money: {text[:60]!r}"
                        yield fact, fault, "name a line of vehicles; money is not read"
                        break

        return self.once(found())

    def _says_units(self, fact: TableFact) -> bool:
        """Whether the head or the label of a number says that it is of pieces."""
        return any(_PIECES.search(folded(text)) for text in self.texts(fact, titles=False))

    def units(self) -> Iterator[Problem]:
        """A unit that the table prints and that the answers contradict."""

        def found() -> Iterator[tuple[TableFact, str, str]]:
            for fact in self.facts:
                series = self.answers.read[fact.series]
                if quantity_of(series.quantity).is_percent:
                    continue
                unit = series.unit or 1.0
                scales = {number.scale for number in fact.numbers} - {1.0}
                if scales and series.unit not in (None, *scales):
                    yield fact, f"{fact.printed} prints its unit itself", "leave unit out"
                if scales:
                    continue
                near = [(text, multiplier_in(folded(text)))
                        for text in self.texts(fact, titles=False)]  # fmt: skip
                printed = next(((text, value) for text, value in near if value != 1), None)
                if printed is None and series.unit is None:
                    far = [(text, multiplier_in(folded(text))) for text in self.texts(fact)]
                    printed = next(((text, value) for text, value in far if value != 1), None)
                if printed and printed[1] != unit:
                    fault = f"{fact.printed} is in units of {printed[1]:,.0f}: {printed[0][:60]!r}"
                    yield fact, fault, f"say unit: {printed[1]:.0f}"

        return self.once(found())

    def fractions(self) -> Iterator[Problem]:
        """Fractions of a vehicle, and percent as counts."""

        def found() -> Iterator[tuple[TableFact, str, str]]:
            for fact in self.facts:
                series = self.answers.read[fact.series]
                measure = measure_of(series.measure)
                quantity = quantity_of(series.quantity)
                if quantity.is_percent or measure.unit not in INTEGER_UNITS:
                    continue
                if any(number.percent for number in fact.numbers):
                    hint = f"say counts: {series.measure} {GROWTH}, if it is growth"
                    yield fact, f"{fact.printed} is of percent, no number of {measure.unit}", hint
                elif abs(fact.value - round(fact.value)) > 1e-6:
                    hint = "say unit: 1000, or what a 1 of it is"
                    yield fact, f"{fact.printed} is no whole number of {measure.unit}", hint

        return self.once(found())

    def growth(self) -> Iterator[Problem]:
        """Growth that nothing calls so, or that the counts beside it contradict."""
        counts = {
            (self.answers.read[fact.series].measure, fact.place, fact.period): fact
            for fact in self.facts
            if not self.answers.read[fact.series].quantity
        }

        def found() -> Iterator[tuple[TableFact, str, str]]:
            for fact in self.facts:
                series = self.answers.read[fact.series]
                if not series.quantity.endswith("percent"):
                    continue
                says = any(number.percent for number in fact.numbers) or any(
                    map(is_percent_line, self.texts(fact))
                )
                if not says:
                    hint = f"say counts: {series.measure}, if it counts vehicles"
                    yield fact, f"{fact.printed} is said to be of percent, and nothing says %", hint
                if series.quantity != GROWTH:
                    continue
                now = counts.get((series.measure, fact.place, fact.period))
                before = counts.get((series.measure, fact.place, fact.period.year_before()))
                if now and before and before.value > 0:
                    real = 100 * (now.value / before.value - 1)
                    if abs(real - fact.value) > GROWTH_SLACK + 0.05 * abs(real) + fact.half_digit:
                        fault = (
                            f"growth of {fact.printed} %, and {before.printed} in {before.name} to "
                            f"{now.printed} in {now.name} is one of {real:,.1f} %"
                        )
                        yield fact, fault, "leave the line of growth out, or correct its lines"

        return self.once(found())

    def kinds(self) -> Iterator[Problem]:
        """A total over kinds of vehicles as cars."""

        def found() -> Iterator[tuple[TableFact, str, str]]:
            for fact in self.facts:
                measure = measure_of(self.answers.read[fact.series].measure)
                if measure.vehicle != CAR:
                    continue
                shape = fact.shape
                for number in fact.numbers:
                    row, column = number.place
                    own = (shape.head_text(column), shape.row_text(row))
                    of_line = kinds_in(" ".join(own))
                    if of_line and len(fact.numbers) == 1:
                        listed = ", ".join(sorted(of_line))
                        yield fact, f"{number.text} in {number.name} is of {listed}", _NAME_CARS
                        break
                    beside: set[str] = set()
                    if is_total(own[0]):
                        beside |= {k for c in shape.columns for k in kinds_in(shape.head_text(c))}
                    if any(map(is_total, shape.labels(row).values())):
                        beside |= {k for r in shape.rows for k in kinds_in(shape.row_text(r))}
                    if beside:
                        listed = ", ".join(sorted(beside))
                        fault = f"{number.text} in {number.name} is a total over {listed}, too"
                        yield fact, fault, _NAME_CARS
                        break

        return self.once(found())

    def new_and_used(self) -> Iterator[Problem]:
        """New beside used cars of which only one is named."""

        def found() -> Iterator[tuple[TableFact, str, str]]:
            for index, facts in self.facts_of.items():
                series = self.answers.read[index]
                if "product" in {*series.cells, *self.answers.cells} or not facts:
                    continue
                shape = facts[0].shape
                columns = {number.place[1] for fact in facts for number in fact.numbers}
                rows = {number.place[0] for fact in facts for number in fact.numbers}
                for of_columns, named, lines, text_of in (
                    (True, columns, shape.columns, shape.head_text),
                    (False, rows, shape.rows, shape.row_text),
                ):
                    texts = {line: folded(text_of(line)) for line in lines}
                    for one, other in ((_NEW, _USED), (_USED, _NEW)):
                        has_one = [n for n in named if one.search(texts.get(n, ""))]
                        others = [
                            line for line, text in texts.items()
                            if other.search(text) and line not in named
                            and has_one and other.sub("", text).split()
                            == one.sub("", texts[has_one[0]]).split()
                        ]  # fmt: skip
                        if others and series.measure not in NEW_CARS[0]:
                            name = (shape.name_of_column if of_columns else shape.name_of_row)(
                                others[0]
                            )
                            fault = f"{facts[0].printed} is beside {name}, which is not read"
                            yield (
                                facts[0],
                                fault,
                                "name both, or say product: new, or product: used",
                            )

        return self.once(found())

    def sums(self) -> Iterator[Problem]:
        """A sum that was named together with its parts."""

        def found() -> Iterator[tuple[TableFact, str, str]]:
            for facts in self.facts_of.values():
                several = [fact for fact in facts if len(fact.numbers) > 1]
                if several and (words := _sum_with_parts(several)):
                    yield several[0], words, "name the sum, or its parts"

        return self.once(found())

    def falling_stock(self) -> Iterator[Problem]:
        """A stock below words of a flow that falls."""

        def found() -> Iterator[tuple[TableFact, str, str]]:
            for index, facts in self.facts_of.items():
                measure = measure_of(self.answers.read[index].measure)
                if measure.kind != "stock" or measure.unit != "vehicles":
                    continue
                by_place: dict[str, list[TableFact]] = defaultdict(list)
                for fact in facts:
                    by_place[fact.place].append(fact)
                for some in by_place.values():
                    some.sort(key=lambda fact: fact.period.end)
                    for before, after in pairwise(some):
                        says = [
                            text for text in self.texts(after) if (FLOW_WORDS.search(folded(text)))
                        ]
                        if after.value < before.value and says:
                            fault = (
                                f"falls from {before.printed} in {before.name} to {after.printed}, "
                                f"below {says[0][:60]!r}: no stock"
                            )
                            yield after, fault, "say counts: ev_registrations, or another flow"
                            break

        return self.once(found())

    def two_numbers(self) -> Iterator[Problem]:
        """Two numbers of one series, place and period that differ."""
        seen: dict[tuple[str, str, Period, str], TableFact] = {}
        for fact in self.facts:
            series = self.answers.read[fact.series]
            key = (series.counts, fact.place, fact.period, repr(sorted(series.cells.items())))
            other = seen.setdefault(key, fact)
            if other is not fact and other.value != fact.value:
                yield Problem(
                    self.at(fact),
                    f"{fact.printed} is of {fact.period}, and so is {other.printed} in "
                    f"{other.name}",
                    "name the lines of one of them",
                )
                return

    def parts_above_wholes(self) -> Iterator[Problem]:
        """Electric cars above all cars."""
        wholes = {
            (self.answers.read[fact.series].counts, fact.place, fact.period): fact
            for fact in self.facts
        }
        for fact in self.facts:
            counts = self.answers.read[fact.series].counts
            whole = wholes.get((WHOLES.get(counts, ""), fact.place, fact.period))
            if whole and fact.value > whole.value + whole.half_digit:
                yield Problem(
                    self.at(fact),
                    f"{fact.printed} electric cars are more than all, {whole.printed} in "
                    f"{whole.name}",
                    "see what the lines count, and their unit",
                )
                return


_NAME_CARS = "name the lines of cars, or say what it counts, e.g. vehicle_stock"


def _sum_with_parts(facts: Sequence[TableFact]) -> str:
    """In words, that one of the numbers that were added is the sum of others; empty where none is
    in all periods.
    """
    shape = facts[0].shape
    columns = {number.place[1] for number in facts[0].numbers}
    of_columns = len(columns) > 1
    axis = 1 if of_columns else 0
    named = sorted({number.place[axis] for fact in facts for number in fact.numbers})
    lines = shape.columns if of_columns else shape.rows
    crossing = {number.place[1 - axis] for fact in facts for number in fact.numbers}

    def value(line: int, cross: int) -> float | None:
        place = (cross, line) if of_columns else (line, cross)
        number = shape.numbers.get(place)
        return number.value if number else None

    for total in named:
        if is_total(shape.head_text(total) if of_columns else shape.row_text(total)):
            return f"{_named(shape, total, of_columns)} is a sum, and is named with its parts"
        for first in range(len(lines)):
            for last in range(first + 2, min(len(lines), first + 12) + 1):
                run = lines[first:last]
                if total in run or not ({*run} & {*named}):
                    continue
                pairs = []
                for cross in crossing:
                    whole = value(total, cross)
                    parts = [value(line, cross) for line in run]
                    if whole is not None and any(part is not None for part in parts):
                        pairs.append((whole, sum(part or 0 for part in parts)))
                if (
                    pairs
                    and all(abs(a - b) < 1e-6 for a, b in pairs)
                    and any(a >= 10 for a, _ in pairs)
                ):
                    part = next(line for line in run if line in named)
                    return (
                        f"{_named(shape, total, of_columns)} is a sum, and is named with its part "
                        f"{_named(shape, part, of_columns)}"
                    )
    return ""


def _named(shape: Shape, line: int, of_columns: bool) -> str:
    return shape.name_of_column(line) if of_columns else shape.name_of_row(line)
