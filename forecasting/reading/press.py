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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from forecasting.reading import press_words as words
from forecasting.reading.printed_numbers import Number, numbers_in, plain_text
from forecasting.reading.printed_periods import (
    date_spans,
    dates_in_words,
    open_ended,
    period_cells,
    period_of,
    printed_period,
    several_months,
    without_comparisons,
)
from forecasting.reading.rules import Row, expected_unit, number_text, publication
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.limits import MAX_PROPOSALS, MAX_SENTENCE_CHARACTERS
from forecasting.vocabulary.measures import MEASURES, count_of, measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.places import NamedCountry, countries_in, place_code, place_name
from forecasting.vocabulary.quantities import PRINTED, QUANTITIES, default_quantity, on_a_day

MOST_WORDS = 15  # of the original text, in a quote
MOST_UNKNOWN = 6  # unknown words that a doubt names
PARTNER = "may be of one partner: give --partner"
# Words by which a sentence of a longer text says what is counted
COUNTS = re.compile("|".join([words.ELECTRIC, *words.MEASURE_WORDS]), re.IGNORECASE)
# At a port, vehicles of all types unless the text says electric
VALUE_PORTS = ("horgos", "alashankou", "baktu")
OF_ALL_TYPES = {"ev_exports": "vehicle_exports"}
IN_MONEY = {"ev_imports": "ev_import_value", "ev_exports": "ev_export_value"}
ELSEWHERE = "has its period in another part of the text"
CLAUSE = 60  # characters before a number, and after it, that say what it is
GROWTH = "yoy_growth_percent"


Amount = tuple[str, float]  # a quantity, or a measure, and a number


@dataclass(frozen=True)
class Proposal:
    """One fact that a text may hold.

    Parameters
    ----------
    cells : dict of str to str
        Columns of a ledger, as text; those that the text does not say are missing.
    doubts : tuple of str
        Why it may be wrong; empty where no rule has a doubt.
    """

    cells: Row
    doubts: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether there is no doubt."""
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

    def has(self, pattern: str) -> bool:
        """Whether a pattern is found in the text."""
        return re.search(pattern, self.lower) is not None

    @cached_property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @cached_property
    def dates(self) -> list[tuple[int, int]]:
        """Where the text names dates and periods."""
        return date_spans(self.text)

    @cached_property
    def numbers(self) -> list[Number]:
        """The numbers that may count something."""
        return [number for number in numbers_in(self.text) if self._may_count(number)]

    def _may_count(self, number: Number) -> bool:
        """Whether a number is no part of a name, a unit or a date: not HS 8703, 12 km, in 2023."""
        lead = self.lower[: number.digit_start][-12:]
        tail = self.lower[number.end :]
        if re.search(words.BEFORE_A_NAME, lead) or re.match(r"[a-z]\d", tail):
            return False
        if number.times and not number.value:
            return False
        if not number.times and re.match(words.OTHER_UNIT, tail[:40]):
            return False
        if re.fullmatch(r"(?:199|20\d)\d", self.text[number.digit_start : number.end]):
            is_year = re.search(words.BEFORE_A_YEAR, lead)
            return not is_year and re.match(words.COUNTER, tail) is not None
        return not any(
            start <= number.digit_start and number.end <= end for start, end in self.dates
        )

    @cached_property
    def mentions(self) -> list[Mention]:
        """The numbers that may count something, with the words around each."""
        return [Mention(self, number) for number in self.numbers]

    @cached_property
    def counts(self) -> list[Number]:
        """The numbers that are neither changes nor money."""
        return [m.number for m in self.mentions if not (m.is_change or m.currency)]

    @cached_property
    def text_passage(self) -> Passage:
        """The text up to where it begins to tell of a part of its count."""
        turn = re.search(words.OF_WHICH, self.lower)
        if not turn:
            return self
        end = turn.start()
        starts = (number.start for number in self.numbers if 0 <= end - number.end <= 1)
        return Passage(self.text[: next(starts, end)], self.published)

    def blank(self, number: Number) -> Passage:
        """The text without a number that counts, which may look like a date: 2024 cars."""
        blank = " " * (number.end - number.start)
        text = self.text[: number.start] + blank + self.text[number.end :]
        return Passage(text, self.published)

    @cached_property
    def countries(self) -> list[NamedCountry]:
        """The countries that it names."""
        return [*countries_in(self.text)]

    def names_partner(self, measure: str) -> bool:
        """Whether it names a country that vehicles come from, or go to, and that counts none."""
        side = "to" if measure_of(measure).event == "exports" else "from"
        return any(
            country.case == side or re.search(words.BEFORE[side], self.lower[: country.start][-10:])
            for country in self.countries
        )

    @cached_property
    def places(self) -> dict[str, int]:
        """The places that it names, and where."""
        matches = {code: re.search(name, self.lower) for code, name in words.PLACE_WORDS.items()}
        countries = {country.code: country.start for country in self.countries}
        return countries | {code: match.start() for code, match in matches.items() if match}

    @cached_property
    def measures(self) -> list[str]:
        """What it may count, the likeliest first."""
        names = [name for pattern, name in words.MEASURE_WORDS.items() if self.has(pattern)]
        events = {MEASURES[name].event for name in names}
        if events == {"stock", "registrations"} and self.has(words.ON_A_DAY):
            return ["ev_stock"]
        return [*dict.fromkeys(names)]

    @cached_property
    def doubts_of_numbers(self) -> list[str]:
        """Doubts about every number: plans, and the other numbers of the text."""
        doubts = words.doubts_of(words.WHOLE_DOUBTS, self.lower)
        if any(self._are_joined(*pair) for pair in itertools.pairwise(self.numbers)):
            doubts.append("is a range, a sum or a part of another number")
        if len(self.counts) > 1 and not self._are_whole_and_part(*self.counts[:2]):
            doubts.append("is one of several counts")
        tails = (self.lower[number.end :][:40] for number in self.numbers)
        money = any(re.match(rf"\s?(?:{words.AMOUNTS})", part) for part in tails)
        if not self.counts and len(self.numbers) > 1 and not money:
            doubts.append("is one of several changes")
        return doubts

    def _are_whole_and_part(self, total: Number, part: Number) -> bool:
        context = self.lower[total.end : part.start] + " " + self.lower[part.end :][:16]
        return re.search(rf"[;(]|{words.OF_WHICH}", context) is not None

    def _are_joined(self, number: Number, successor: Number) -> bool:
        link = self.lower[number.end : successor.start].strip()
        return bool(re.fullmatch(words.BETWEEN_PARTS, link) or (not link and successor.sign))

    @cached_property
    def doubts_of_words(self) -> list[str]:
        """Doubts that words give to every number, and words that no rule knows."""
        doubts = words.doubts_of(words.TEXT_DOUBTS, self.lower)
        spans = [(number.start, number.end) for number in self.numbers]
        spans += [(country.start, country.end) for country in self.countries]
        if unknown := words.unknown_words(self.text, [*self.dates, *spans]):
            examples = ", ".join(unknown[:MOST_UNKNOWN])
            doubts.append(f"holds words that no rule knows: {examples}")
        return doubts


def propose_facts(
    text: str,
    published: dt.date | None = None,
    place: str = "",
    measure: str = "",
    period: Period | None = None,
) -> list[Proposal]:
    """Facts that a sentence may hold, each with its doubts.

    Parameters
    ----------
    text : str
        A sentence or a few, in English or Russian; numerals and multipliers in Uzbek and Chinese,
        too. Of a longer text each sentence is read that says what is counted, up to the first
        `MAX_PROPOSALS` numbers.
    published : date, optional
        The day of the text, from which "this year" and "so far" are read.
    place, measure : str
        As the reader knows them; default what the text says.
    period : Period, optional
        Likewise.

    Returns
    -------
    list of Proposal
        One for each number that may count something, in the order of the text.
    """
    place = place and place_code(place)
    stretches = [text]
    doubts: tuple[str, ...] = ()
    if len(text) > MAX_SENTENCE_CHARACTERS:
        stretches = [*filter(COUNTS.search, _sentences(text))]
        doubts = ("stands in a longer text: see what is said around it",)
    proposals: list[Proposal] = []
    for stretch in stretches:
        passage = Passage(dates_in_words(plain_text(stretch)), published)
        read = [mention.proposal(place, measure, period) for mention in passage.mentions]
        proposals += [*read, *_last_year(passage, read)]
        if len(proposals) >= MAX_PROPOSALS:
            break
    return [
        Proposal(proposal.cells, proposal.doubts + doubts) for proposal in proposals[:MAX_PROPOSALS]
    ]


def _sentences(text: str) -> list[str]:
    """The parts of a long text that are read each by itself."""
    sentences = re.split(r"(?<=[.!?])\s+(?![a-zа-яёўқғҳ])|(?<=[。！？])|[\r\n]+", text)
    return [
        stretch
        for sentence in sentences
        for stretch in textwrap.wrap(sentence, MAX_SENTENCE_CHARACTERS, break_on_hyphens=False)
    ]


class Mention:
    """One number of a passage, with the words around it and the doubts that come up.

    Parameters
    ----------
    passage : Passage
        Where it stands.
    number : Number
        One of its numbers.
    """

    def __init__(self, passage: Passage, number: Number) -> None:
        self.passage = passage
        self.number = number
        self.doubts: list[str] = []
        self.doubt = self.doubts.append
        passage_of_text = passage.text_passage
        self.part = passage_of_text if number.end <= len(passage_of_text.text) else passage

    def proposal(self, place: str, measure: str, period: Period | None) -> Proposal:
        """The fact, as far as the reader and the text say it."""
        self.doubts += [*self.passage.doubts_of_numbers, *self.part.doubts_of_words]
        if self.number is not (self.passage.counts or self.passage.numbers)[0]:
            self.doubt(
                "is not the first count of the text: it may be of a part, "
                "or of another place or time"
            )
        place = self._place(place)
        measure = measure or self._measure(place)
        if self.part.names_partner(measure):
            self.doubt(PARTNER)
        # The whole text is read where its first part names no period
        published = self.passage.published
        periods = [printed_period(passage.text, published) for passage in (self.part, self.passage)]
        if periods[1] and not periods[0]:
            self.part = self.passage
            self.doubt(ELSEWHERE)
        quantity, value = self._amount()
        unit = 1.0
        if quantity == "total":
            measure, unit = self._money(measure)
            quantity = default_quantity(measure_of(measure).kind) or quantity
        one_day = on_a_day(measure, quantity)
        cells = {
            "measure": measure,
            "place": place,
            "relation": self._relation(quantity),
            "quantity": quantity,
            "value": number_text(round(value / unit, 9)),
            "rounding": number_text(self.number.half_digit / unit),
            "kind": "outcome",
            "published": str(self.passage.published or ""),
        }
        if self.part.has(words.PLAN):
            cells["kind"] = "target"
        cells |= period_cells(self._period(period, one_day), one_day)
        self._doubt_the_value(value / unit, quantity)
        cells = {column: cell for column, cell in cells.items() if cell}
        return Proposal(cells, tuple(dict.fromkeys(self.doubts)))

    # Words around the number

    @cached_property
    def lead(self) -> str:
        """The text before the number within its clause."""
        text = self.passage.lower[: self.number.start]
        return re.split(r"[;；。(]|—(?! до)|\.\s|, (?=\d)", text)[-1][-CLAUSE:]

    @property
    def tail(self) -> str:
        """The text after the number within its clause."""
        text = self.part.lower[self.number.end :]
        return re.split(r"[;；。)]|\.\s", text)[0][:CLAUSE]

    @property
    def context(self) -> str:
        """The text before the number, a bar, and the text after it."""
        return f"{self.lead}|{self.tail}"

    @property
    def is_percent(self) -> bool:
        """Whether it is a number of percent."""
        return re.match(words.PERCENT, self.tail) is not None

    @property
    def currency(self) -> str:
        """The currency beside it; empty where it is no amount of money."""
        sign = re.search(r"[$€]\s?$", self.passage.text[: self.number.start][-2:])
        tail = self.part.lower[self.number.end :][:CLAUSE]
        name = sign or re.match(rf"\s?(?:{words.AMOUNTS})", tail)
        return name[0] if name else ""

    @property
    def is_change(self) -> bool:
        """Whether it tells of a change: a factor, a percent, a difference."""
        number = self.number
        return number.times or self.is_percent or bool(number.sign) or self.is_difference

    @property
    def is_difference(self) -> bool:
        """Whether it says how many more or fewer."""
        return re.search(words.DIFFERENCE, self.context) is not None

    @property
    def direction(self) -> int:
        """1 up, -1 down, by the nearest word before the number, or without one after it; else 0."""
        if changes := _changes(self.lead, words.DOWN):
            return max(changes)[1]
        tail_changes = _changes(self.tail[:40], rf"{words.DOWN}|{words.DOWN_BEHIND}")
        return min(tail_changes, default=(0, 0))[1]

    @property
    def sign(self) -> float:
        """-1 of a fall, else 1."""
        if self.number.sign == "-" or self.direction < 0:
            return -1.0
        return 1.0

    # Quantity and value

    def _amount(self) -> Amount:
        """The quantity of the number, and its value."""
        if not (self.is_percent or self.number.times):
            return self._count()
        read = self._percent if self.is_percent else self._times
        quantity, value = read()
        if re.search(words.UP, self.lead) and re.search(words.DOWN, self.lead):
            self.doubt("speaks of what rises and of what falls")
        return quantity, value

    def _count(self) -> Amount:
        value = self.number.value
        for quantity, pattern in PRINTED.items():
            context = rf"(?:{pattern})(?:\D|20\d\d)*\||\|[^,.;]{{0,24}}?(?:{pattern})"
            if re.search(context, self.context):
                if QUANTITIES[quantity].accumulates:
                    self.doubt("is all that came until then: see that its last day is right")
                return quantity, value
        self.doubts += self._doubts_of_a_count()
        if (self.number.sign or self.is_difference) and not self.currency:
            self.doubt("is read as a difference from the year before")
            return "yoy_difference", self.sign * value
        return "total", value

    def _doubts_of_a_count(self) -> Iterator[str]:
        """Why a number may be of less than the whole."""
        for quantity, pattern in PRINTED.items():
            if self.part.has(pattern):
                amount = QUANTITIES[quantity].words.format(number="so many", since="the launch")
                yield f"may be {amount}"
        if re.search(words.SOME_OF_THEM, self.lead):
            yield "may be a part: the first, or further ones"
        if re.search(words.MONEY_BEFORE, self.lead) and not self.currency:
            yield "may be an amount of money"
        # The text after the number before this one
        own_lead = re.split(r"(?<!\d)(?!20\d\d(?!\d))\d+", self.lead)[-1]
        level = rf"(?:{words.LEVEL})\W*(?:\w+\W+)?$"
        if re.search(r"\bup to\s$", self.lead):
            yield "may be what it rose to, or the most that it may be"
        elif re.search(words.UP_OR_DOWN, own_lead) and not re.search(level, own_lead):
            yield "may be a change, not the whole"

    def _percent(self) -> Amount:
        value = self.number.value
        if level := re.match(rf"{words.PERCENT}\s*{words.OF_THE_YEAR_BEFORE}", self.tail):
            level_text = level[0].strip()
            self.doubt(f"is read as a level, {level_text}: see that this is the year before")
            return GROWTH, value - 100
        shared = re.search(words.SHARED, self.context)
        if self.number.sign or (self.direction and not shared):
            if re.search(r"\b(?:to|до)\s$|[至到]$", self.lead):
                self.doubt("may be a growth or a share")
            return GROWTH, self.sign * value
        if shared:
            self.doubt("is a share of something else: name its reference")
            return "share_percent", value
        self.doubt("may be a growth or a share")
        return GROWTH, value

    def _times(self) -> Amount:
        """Growth in percent of "N times": a factor in most languages, an addition in Chinese."""
        factor = self.number.value
        if self.sign < 0 or re.match(r"(?:\stimes)?\s(?:lower|less|fewer)\b", self.tail):
            return GROWTH, 100 * (1 / factor - 1)  # three times lower is a third
        number_text = self.passage.lower[self.number.start : self.number.end]
        self.doubts += words.doubts_of(words.TIMES_DOUBTS, f"{self.lead}|{number_text}")
        if "倍" in number_text:
            came_to = r"(?:达到|是|为|增长到|增加到|[增升涨]至|相当于|扩大到)[^，,]*$"
            factor += not re.search(came_to, self.lead)
        return GROWTH, 100 * (factor - 1)

    def _relation(self, quantity: str) -> str:
        """The ledger's relation of the number to the count: equal, a bound, about."""
        lead = self.lead
        if re.search(rf"(?:{words.UP_OR_DOWN}).*?\s(?:до|to)\s$", lead.replace("up to", "")):
            return "equals"  # the level after a rise, not an upper bound
        change = QUANTITIES[quantity].says == "change"
        for relation, pattern in words.RELATIONS:
            if re.search(pattern, self.context) and not (change and relation == "at_most"):
                return relation
        return "equals"

    # Place, measure and period

    def _place(self, default: str) -> str:
        """The place that the reader knows, or the nearest that the text names."""
        places = self.part.places or self.passage.places
        if not places and not default:
            self.doubt("names no place: give --place")
            return ""
        if len({*places, default} - {""}) > 1:
            self.doubt(f"names several places: {', '.join(map(place_name, places))}")
        return default or min(places, key=lambda code: abs(places[code] - self.number.start))

    def _measure(self, place: str) -> str:
        """The measure that the words of the text tell."""
        names = self.passage.measures
        electric = self.part.has(words.ELECTRIC)
        if not names:
            self.doubt("does not say what is counted: give --measure")
            return "ev_imports" if electric else ""
        name = names[0]
        if MEASURES[name].electric and not electric:
            self.doubt("does not say that the vehicles are electric")
            return OF_ALL_TYPES.get(name, name)
        charging = name.startswith("charging")
        if any(MEASURES[name_of_flow].kind == "flow" or not charging for name_of_flow in names[1:]):
            self.doubt(f"may be of {' or '.join(names)}")
        for pattern, vehicle in words.HEAVY.items():
            if self.passage.has(pattern):
                return self._of_heavy(name, vehicle)
        if name == "ev_exports" and place in VALUE_PORTS:
            self.doubt("at a port: electric vehicles, or vehicles of all types")
        return name

    def _of_heavy(self, name: str, vehicle: str) -> str:
        """The measure of buses or trucks in place of one of electric cars."""
        measure = MEASURES[name]
        heavy = count_of(measure.event, vehicle) if measure.electric else name
        if not heavy or self.passage.has(words.CARS):
            self.doubt("speaks of buses or trucks, too, or instead")
        return heavy or name

    def _money(self, measure: str) -> Amount:
        """The measure of an amount of money, and the divisor to its unit; for any other number the
        measure, and 1. An amount in another currency than the measure's is doubted.
        """
        if self.currency:
            measure = IN_MONEY.get(measure, measure)
        unit, _, multiple = expected_unit(measure, "total").partition(" ")
        if unit in words.CURRENCIES:
            if not re.search(words.CURRENCIES[unit], self.currency):
                self.doubt(
                    f"is an amount in {self.currency.strip() or 'no named currency'}, not in {unit}"
                )
        elif self.currency:
            self.doubt("is an amount of money: give --measure")
            multiple = "million"
        return measure, {"million": 1e6, "billion": 1e9}.get(multiple, 1.0)

    def _period(self, default: Period | None, one_day: bool) -> Period | None:
        """The period that the reader knows, or that of the text."""
        text = self.part.blank(self.number)
        text_period, elsewhere = _nearest_period(text, self.number, one_day)
        period = default or text_period
        if period is None:
            self.doubt("names no period: give --period")
        elif text.published and period.end > text.published:
            self.doubt("ends after the day of the text")
        if default is None:
            self._doubt_the_time(text, elsewhere, one_day)
        elif text_period and not text_period.covers(default):
            self.doubt(f"is of {text_period} in the text, not of the period that was given")
        return period

    def _doubt_the_time(self, text: Passage, elsewhere: bool, one_day: bool) -> None:
        if elsewhere:
            self.doubt(ELSEWHERE)
        if not one_day and (open_ended(text.text, text.published) or text.has(words.UNTIL)):
            self.doubt("is counted up to a day, or on one: since when?")
        if len(_years(without_comparisons(text.text))) > 1:
            self.doubt("speaks of several years")
        if several_months(text.text):
            self.doubt("speaks of several months")

    def _doubt_the_value(self, value: float, quantity: str) -> None:
        declared = QUANTITIES[quantity]
        if declared.says == "change":
            self.doubts += words.doubts_of(words.CHANGE_DOUBTS, self.part.lower)
        if self.currency or declared.unit != "{unit}":
            return
        if value % 1:
            self.doubt("is a count with decimals: a mark of thousands may be meant")
        if declared.says == "count" and value >= 1e6 and self.part.has("million"):
            self.doubt("million may be ten thousand, translated wrongly from Chinese")


def _changes(text: str, pattern: str) -> list[tuple[int, int]]:
    """Where a text says that something rises, 1, or falls, -1."""
    sides = ((1, words.UP), (-1, pattern))
    return [(word.start(), side) for side, way in sides for word in re.finditer(way, text)]


def _nearest_period(passage: Passage, number: Number, one_day: bool) -> tuple[Period | None, bool]:
    """The period of a number, and whether another part of the text names it: the number's own part
    is read first, then the text before it, then all of it.
    """
    text = passage.text
    marks = [*re.finditer(words.PARTS, text, re.I)]
    starts = [mark.end() for mark in marks if mark.end() <= number.start and mark[0] != ")"]
    start = max(starts, default=0)
    end = min((mark.start() for mark in marks if mark.start() >= number.end), default=None)
    year_match = re.match(words.YEAR_BEHIND, text[number.end :])
    if year_match and len(_years(text)) > 1:
        return printed_period(year_match["year"], passage.published, one_day), False
    for place, stretch in enumerate((text[start:end], text[:start], text)):
        if period := printed_period(stretch, passage.published, one_day):
            return period, place == 2
    return None, False


def _years(text: str) -> set[str]:
    """The years that a text names, in digits or in words."""
    return {*re.findall(words.YEARS, text.lower())}


def _last_year(passage: Passage, proposals: list[Proposal]) -> Iterator[Proposal]:
    """The bound that a total exceeds that of the whole year before, which need not be printed."""
    total = next((p for p in proposals if p.cells["quantity"] == "total"), None)
    if total is None or not passage.has(words.LAST_YEAR) or "period_end" not in total.cells:
        return
    year = int(total.cells["period_end"][:4]) - 1
    flow = f"{total.cells.get('measure', '')}@{total.cells.get('place', '')}"
    cells = {key: cell for key, cell in total.cells.items() if key not in ("value", "rounding")}
    cells["relation"] = "greater_than"
    cells["reference"] = f"{flow}:{year}-01-01/{year}-12-31"
    doubt = "is more than a total that nobody printed: see which year is meant"
    yield Proposal(cells, (*total.doubts, doubt))


def quoted(text: str) -> str:
    """At most fifteen words of a text, as a ledger's quote.

    >>> quoted("1 " * 20).count("1")
    15
    """
    parts = text.split()
    dots = "..." if len(parts) > MOST_WORDS else ""
    return " ".join(parts[:MOST_WORDS]) + dots


def rows_of_sentence(text: str, columns: Mapping[str, str]) -> list[Proposal]:
    """Rows of a ledger that a sentence may hold, with the columns that its reader has given.

    Parameters
    ----------
    text : str
        As of `propose_facts`.
    columns : mapping of str to str
        Columns of a ledger as the reader gives them, and ``period`` in words.

    Returns
    -------
    list of Proposal
        Their cells are whole rows.

    Raises
    ------
    InputError
        Where the text holds no number that counts something.

    Examples
    --------
    >>> rows = rows_of_sentence("2,180 electric cars were imported in 2022.", {"place": "UZ"})
    >>> rows[0].cells["place"], rows[0].cells["value"]
    ('UZ', '2180')
    """
    cells = {name: cell for name, cell in columns.items() if name != "period"}
    published = publication(columns.get("published", ""))
    proposals = propose_facts(
        text,
        published.end if published else None,
        columns.get("place", ""),
        columns.get("measure", ""),
        period_of(columns["period"]) if "period" in columns else None,
    )
    if not proposals:
        raise InputError(
            "the text holds no number that counts something; "
            "give the fact by --value and the others"
        )
    quote = {"quote": quoted(text)}
    return [Proposal(quote | proposal.cells | cells, proposal.doubts) for proposal in proposals]
