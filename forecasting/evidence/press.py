"""From a sentence of the press to proposed facts: rules, no language model, and a doubt wherever a
rule may be wrong.

>>> text = "In the first four months of 2023, Uzbekistan imported 2,544 electric vehicles"
>>> (fact,) = propose_facts(text)
>>> fact.sure, fact.cells["place"], fact.cells["measure"], fact.cells["value"]
(True, 'UZ', 'ev_imports', '2544')
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from forecasting.evidence.places import place_code, place_name
from forecasting.evidence.press_quantities import Mention, amount_of, relation_of
from forecasting.evidence.press_words import (
    AMOUNTS,
    BEFORE_A_NAME,
    BEFORE_A_YEAR,
    BETWEEN_PARTS,
    CARS,
    CHANGE_DOUBTS,
    COUNTER,
    CURRENCIES,
    ELECTRIC,
    HEAVY,
    LAST_YEAR,
    MEASURE_WORDS,
    OF_WHICH,
    ON_A_DAY,
    OTHER_UNIT,
    PARTS,
    PLACE_WORDS,
    PLAN,
    TEXT_DOUBTS,
    UNTIL,
    WHOLE_DOUBTS,
    YEAR_BEHIND,
    YEARS,
    unknown_words,
)
from forecasting.evidence.printed_numbers import Number, numbers_in, plain_text
from forecasting.evidence.printed_periods import (
    date_spans,
    dates_in_words,
    open_ended,
    period_cells,
    printed_period,
    several_months,
    without_comparisons,
)
from forecasting.evidence.rules import expected_unit, number_text
from forecasting.measures import MEASURES, count_of
from forecasting.periods import Period
from forecasting.quantities import QUANTITIES, on_a_day

MOST_WORDS = 15  # of the original, that a quote may have
MOST_UNKNOWN = 6  # words that a doubt names
LONGEST = 600  # characters of a text that is read as one
# At a port, vehicles of all types unless the text says electric
PORTS = ("horgos", "alashankou", "baktu")
OF_ALL_TYPES = {"ev_exports": "vehicle_exports"}
IN_MONEY = {"ev_imports": "ev_import_value", "ev_exports": "ev_export_value"}
ELSEWHERE = "has its period in another part of the text"


@dataclass(frozen=True)
class Proposal:
    """One fact that a text may hold.

    Parameters
    ----------
    cells : dict of str to str
        Columns of a ledger, as text; those that the text does not say are missing.
    doubts : tuple of str
        Why it may be wrong; empty of one that every rule agrees on.
    """

    cells: dict[str, str]
    doubts: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.doubts


@dataclass(frozen=True)
class Passage:
    """A few sentences that are read as one: their words hold for each of their numbers.

    Parameters
    ----------
    text : str
        In plain text, with dates in words.
    published : date or None
        The day of the text.
    """

    text: str
    published: dt.date | None

    def has(self, words: str) -> bool:
        """Whether some words stand there."""
        return re.search(words, self.lower) is not None

    @cached_property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @cached_property
    def dates(self) -> list[tuple[int, int]]:
        """Where it speaks of time."""
        return date_spans(self.text)

    @cached_property
    def numbers(self) -> list[Number]:
        """The numbers that may count something."""
        return [
            number
            for number in numbers_in(self.text)
            if not self._is_named(number) and not self._is_date(number)
        ]

    def _is_named(self, number: Number) -> bool:
        """Whether a number names or measures something: HS 8703, 12 km, nothing times."""
        before = self.lower[: number.first][-12:]
        after = self.lower[number.end :][:40]
        if re.search(BEFORE_A_NAME, before) or re.match(r"[a-z]\d", after):
            return True
        return not number.value if number.times else bool(re.match(OTHER_UNIT, after))

    def _is_date(self, number: Number) -> bool:
        if re.fullmatch(r"(?:199|20\d)\d", self.text[number.first : number.end]):
            counted = re.match(COUNTER, self.lower[number.end :])
            return (
                not counted
                or re.search(BEFORE_A_YEAR, self.lower[: number.first][-12:]) is not None
            )
        return any(start <= number.first and number.end <= end for start, end in self.dates)

    @cached_property
    def counts(self) -> list[Number]:
        """The numbers that are neither changes nor money."""
        mentions = [Mention(self.text, number) for number in self.numbers]
        return [m.number for m in mentions if not (m.is_change or m.currency)]

    @cached_property
    def whole(self) -> Passage:
        """The text up to where it turns to a part of what it has counted."""
        turn = re.search(OF_WHICH, self.lower)
        if not turn:
            return self
        ends = (n.start for n in self.numbers if 0 <= turn.start() - n.end <= 1)
        return Passage(self.text[: min(next(ends, turn.start()), turn.start())], self.published)

    def without(self, number: Number) -> Passage:
        """The text without a number that looks like a date: 2024 cars are no year."""
        is_year = re.fullmatch(r"(?:19|20)\d\d", self.text[number.start : number.end])
        if not is_year and all(b <= number.start or number.end <= a for a, b in self.dates):
            return self
        blank = " " * (number.end - number.start)
        text = self.text[: number.start] + blank + self.text[number.end :]
        return Passage(text, self.published)

    def period(self, one_day: bool = False) -> Period | None:
        """The period that it speaks of."""
        return printed_period(self.text, self.published, one_day)

    @cached_property
    def places(self) -> dict[str, int]:
        """The places that it names, and where."""
        named = {code: re.search(words, self.lower) for code, words in PLACE_WORDS}
        return {code: match.start() for code, match in named.items() if match}

    @cached_property
    def measures(self) -> list[str]:
        """What it may count, the likeliest first."""
        names = list(dict.fromkeys(name for name, words in MEASURE_WORDS if self.has(words)))
        events = {MEASURES[name].event for name in names}
        stock = events == {"stock", "registrations"} and self.has(ON_A_DAY)
        return ["ev_stock"] if stock else names

    @cached_property
    def doubts_of_numbers(self) -> list[str]:
        """What makes every number doubtful: plans, and the other numbers."""
        doubts = [doubt for words, doubt in WHOLE_DOUBTS if self.has(words)]
        if any(self._are_joined(*pair) for pair in itertools.pairwise(self.numbers)):
            doubts.append("is a range, a sum or a part of another number")
        if len(self.counts) > 1:
            first, second = self.counts[:2]
            beside = self.lower[first.end : second.start] + " " + self.lower[second.end :][:16]
            if not re.search(rf"[;(]|{OF_WHICH}", beside):
                doubts.append("is one of several counts")
        elif len(self.numbers) > 1 and not self.counts and not self._tells_of_money():
            doubts.append("is one of several changes")
        return doubts

    def _tells_of_money(self) -> bool:
        behind = (self.lower[number.end :][:40] for number in self.numbers)
        return any(re.match(rf"\s?(?:{AMOUNTS})", words) for words in behind)

    def _are_joined(self, first: Number, second: Number) -> bool:
        between = self.lower[first.end : second.start].strip()
        return bool(re.fullmatch(BETWEEN_PARTS, between) or (not between and second.sign))

    @cached_property
    def is_open(self) -> bool:
        """Whether a flow may be counted up to a day, or on one."""
        return open_ended(self.text, self.published) or self.has(UNTIL)

    @cached_property
    def doubts_of_time(self) -> list[str]:
        """What makes the period of every number doubtful."""
        years = _years(without_comparisons(self.text))
        several = {"years": len(years) > 1, "months": several_months(self.text)}
        return [f"speaks of several {unit}" for unit, more in several.items() if more]

    @cached_property
    def doubts_of_words(self) -> list[str]:
        """What the words do to every number, and whether no rule knows what some of them do."""
        doubts = [doubt for words, doubt in TEXT_DOUBTS if self.has(words)]
        numbers = [(number.start, number.end) for number in self.numbers]
        if unknown := unknown_words(self.text, [*self.dates, *numbers]):
            words = ", ".join(unknown[:MOST_UNKNOWN])
            doubts.append(f"holds words that no rule knows: {words}")
        return doubts


def propose_facts(
    text: str,
    published: dt.date | None = None,
    place: str = "",
    measure: str = "",
    period: Period | None = None,
) -> list[Proposal]:
    """Facts that a sentence may hold, each with what may be wrong with it.

    Parameters
    ----------
    text : str
        A sentence or a few, in English or Russian; numerals and multipliers in Uzbek and Chinese,
        too. A longer text is read sentence by sentence.
    published : date, optional
        The day of the text, from which "this year" and "so far" are read.
    place, measure : str
        What the reader knows; default what the text says.
    period : Period, optional
        The same of the period.

    Returns
    -------
    list of Proposal
        One for each number that may count something, in the order of the text.
    """
    place = place and place_code(place)
    stretches = _stretches(text)
    proposals: list[Proposal] = []
    for stretch in stretches:
        passage = Passage(dates_in_words(plain_text(stretch)), published)
        read = []
        for number in passage.numbers:
            reading = _Reading(passage, number)
            if len(stretches) > 1:
                reading.doubts.append("stands in a longer text: see what is said around it")
            read.append(reading.proposal(place, measure, period))
        proposals += [*read, *_last_year(passage, read)]
    return proposals


def _stretches(text: str) -> list[str]:
    """The parts of a text that are read each by itself: of a long one its sentences."""
    if len(text) <= LONGEST:
        return [text]
    sentences = re.split(r"(?<=[.!?])\s+(?![a-zа-яёўқғҳ])|(?<=[。！？])|[\r\n]+", text)
    return [
        stretch
        for sentence in sentences
        for stretch in textwrap.wrap(sentence, LONGEST, break_on_hyphens=False)
    ]


class _Reading:
    """One number of a passage on its way to a proposal, with the doubts that come up."""

    def __init__(self, passage: Passage, number: Number) -> None:
        self.passage = passage
        self.number = number
        whole = passage.whole
        self.part = whole if number.end <= len(whole.text) else passage
        self.doubts = [*passage.doubts_of_numbers, *self.part.doubts_of_words]
        if number is not (passage.counts or passage.numbers)[0]:
            self.doubts.append(
                "is not the first count of the text: it may be of a part, "
                "or of another place or time"
            )

    def proposal(self, place: str, measure: str, period: Period | None) -> Proposal:
        """The fact, as far as the reader and the text say it."""
        place = place or self._place()
        measure = measure or self._measure(place)
        self._widen()
        mention = Mention(self.part.text, self.number)
        amount = amount_of(mention)
        self.doubts += amount.doubts
        quantity = amount.quantity
        unit = 1.0
        in_money = expected_unit(measure, "total").partition(" ")[0] in CURRENCIES
        if quantity == "total" and (mention.currency or in_money):
            measure, unit = self._money(measure, mention.currency)
        if quantity == "total" and on_a_day(measure, quantity):
            quantity = "stock"
        one_day = on_a_day(measure, quantity)
        value = amount.value / unit
        cells = {
            "measure": measure,
            "place": place,
            "relation": relation_of(mention, quantity),
            "quantity": quantity,
            "value": number_text(round(value, 9)),
            "rounding": number_text(self.number.half_digit / unit),
            "kind": "target" if self.part.has(PLAN) else "outcome",
            "published": str(self.passage.published or ""),
        }
        cells |= period_cells(self._period(period, one_day), one_day)
        self._doubt_the_value(value, quantity, money=bool(mention.currency))
        cells = {column: cell for column, cell in cells.items() if cell}
        return Proposal(cells, tuple(dict.fromkeys(self.doubts)))

    def _widen(self) -> None:
        """Read the whole text where its first part names no period."""
        if self.part.period() is None and self.passage.period() is not None:
            self.part = self.passage
            self.doubts.append(ELSEWHERE)

    def _place(self) -> str:
        named = self.passage.places
        if not named:
            self.doubts.append("names no place: give --place")
            return ""
        if len(named) > 1:
            self.doubts.append(f"names several places: {', '.join(map(place_name, named))}")
        return min(named, key=lambda code: abs(named[code] - self.number.start))

    def _measure(self, place: str) -> str:
        """What the words of the text count."""
        names = self.passage.measures
        electric = self.part.has(ELECTRIC)
        if not names:
            self.doubts.append("does not say what is counted: give --measure")
            return "ev_imports" if electric else ""
        name = names[0]
        if MEASURES[name].electric and not electric:
            self.doubts.append("does not say that the vehicles are electric")
            return OF_ALL_TYPES.get(name, name)
        if len(names) > 1 and not name.startswith("charging"):
            self.doubts.append(f"may be of {' or '.join(names)}")
        for words, vehicle in HEAVY:
            if self.passage.has(words):
                return self._heavy(name, vehicle)
        if name == "ev_exports":
            self._doubt_the_exports(place)
        return name

    def _heavy(self, name: str, vehicle: str) -> str:
        """The same count of buses or trucks."""
        counted = MEASURES[name]
        heavy = count_of(counted.event, vehicle) if counted.electric else name
        if not heavy or self.passage.has(CARS):
            self.doubts.append("speaks of buses or trucks, too, or instead")
        return heavy or name

    def _doubt_the_exports(self, place: str) -> None:
        words = dict(PLACE_WORDS).get(place, "$")
        if self.passage.has(rf"(?:\bto|\binto|\bв|向|对)\s?(?:the )?(?:{words})"):
            self.doubts.append("may be of exports to the place, not from it")
        if place in PORTS:
            self.doubts.append("at a port: electric vehicles, or vehicles of all types")

    def _money(self, measure: str, currency: str) -> tuple[str, float]:
        """The measure of an amount of money, and how many are one unit of it.

        Another currency than the measure's is left for the reader.
        """
        if currency:
            measure = IN_MONEY.get(measure, measure)
        own, _, multiple = expected_unit(measure, "total").partition(" ")
        if own not in CURRENCIES:
            self.doubts.append("is an amount of money: give --measure")
            return measure, 1e6
        if not re.search(CURRENCIES[own], currency):
            other = "another" if currency else "no named"
            self.doubts.append(f"is an amount in {other} currency, not in {own}")
        return measure, {"": 1.0, "million": 1e6, "billion": 1e9}[multiple]

    def _period(self, known: Period | None, one_day: bool) -> Period | None:
        """The period that the reader knows, or that of the text."""
        text = self.part.without(self.number)
        printed, elsewhere = _printed(text, self.number, one_day)
        period = known or printed
        if period is None:
            self.doubts.append("names no period: give --period")
        elif text.published and period.end > text.published:
            self.doubts.append("ends after the day of the text")
        if known is None:
            self._doubt_the_time(text, elsewhere, one_day)
        elif printed and not (printed.start <= known.start and known.end <= printed.end):
            self.doubts.append(f"is of {printed} in the text, not of the period that was given")
        return period

    def _doubt_the_time(self, text: Passage, elsewhere: bool, one_day: bool) -> None:
        if elsewhere:
            self.doubts.append(ELSEWHERE)
        if not one_day and text.is_open:
            self.doubts.append("is counted up to a day, or on one: since when?")
        self.doubts += text.doubts_of_time

    def _doubt_the_value(self, value: float, quantity: str, money: bool) -> None:
        declared = QUANTITIES[quantity]
        if declared.says == "change":
            self.doubts += [doubt for words, doubt in CHANGE_DOUBTS if self.part.has(words)]
        if money or not declared.in_units:
            return
        if value % 1:
            self.doubts.append("is a count with decimals: a mark of thousands may be meant")
        if declared.says == "count" and value >= 1e6 and self.part.has("million"):
            self.doubts.append("million may be ten thousand, translated wrongly from Chinese")


def _printed(passage: Passage, number: Number, one_day: bool) -> tuple[Period | None, bool]:
    """The period of a number, and whether it stands in another part of the text: that of its own
    part, else of what stands before it, else of the rest.
    """
    text = passage.text
    behind = re.match(YEAR_BEHIND, text[number.end :])
    if behind and len(_years(text)) > 1:
        return printed_period(behind["year"], passage.published, one_day), False
    start = 0
    end = len(text)
    for mark in re.finditer(PARTS, text, re.I):
        if mark.end() <= number.start and mark[0] != ")":
            start = mark.end()
        elif mark.start() >= number.end:
            end = mark.start()
            break
    for stretch in (text[start:end], text[:start]):
        if period := printed_period(stretch, passage.published, one_day):
            return period, False
    period = passage.period(one_day)
    return period, period is not None


def _years(text: str) -> set[str]:
    """The years that a text names, in digits or in words."""
    return {*re.findall(YEARS, text.lower())}


def _last_year(passage: Passage, proposals: list[Proposal]) -> Iterator[Proposal]:
    """A total that exceeds that of a whole earlier year, which nobody printed: a bound on a
    reference.
    """
    total = next((p for p in proposals if p.cells["quantity"] == "total"), None)
    if total is None or not passage.has(LAST_YEAR) or "period_end" not in total.cells:
        return
    before = int(total.cells["period_end"][:4]) - 1
    flow = f"{total.cells.get('measure', '')}@{total.cells.get('place', '')}"
    cells = {key: cell for key, cell in total.cells.items() if key not in ("value", "rounding")}
    cells["relation"] = "greater_than"
    cells["reference"] = f"{flow}:{before}-01-01/{before}-12-31"
    doubt = "is more than a total that nobody printed: see which year is meant"
    yield Proposal(cells, (*total.doubts, doubt))


def quoted(text: str) -> str:
    """At most fifteen words of a text, as a ledger's quote.

    >>> quoted("1 " * 20).count("1")
    15
    """
    words = text.split()
    dots = "..." if len(words) > MOST_WORDS else ""
    return " ".join(words[:MOST_WORDS]) + dots
