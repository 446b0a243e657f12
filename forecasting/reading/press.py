"""From a sentence of the press to proposed facts: its numbers and periods are listed, and what a
short list of English and Russian words says of them is proposed.

A proposal is sure where every word of the sentence is in that list, and they say one thing; all
else is a doubt, and asked.

>>> text = "In the first four months of 2023, Uzbekistan imported 2,544 electric vehicles"
>>> (fact,) = propose_facts(text)
>>> fact.sure, fact.cells["place"], fact.cells["measure"], fact.cells["value"]
(True, 'UZ', 'ev_imports', '2544')
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from forecasting.evidence.rules import Row, expected_unit, number_text, publication
from forecasting.reading.proposals import (
    GROWTH,
    WORDS,
    countries_named,
    without_countries,
)
from forecasting.vocabulary.languages import folded
from forecasting.vocabulary.limits import MAX_PROPOSALS, MAX_SENTENCE_CHARACTERS
from forecasting.vocabulary.measures import measure_of
from forecasting.vocabulary.periods import Period
from forecasting.vocabulary.places import place_code
from forecasting.vocabulary.printed_numbers import Number, numbers_in, plain_text
from forecasting.vocabulary.printed_periods import (
    PeriodWords,
    period_cells,
    period_in,
    period_of,
)
from forecasting.vocabulary.quantities import PRINTED, default_quantity, on_a_day, quantity_of

MOST_WORDS = 15  # of the original text, in a quote
MOST_UNKNOWN = 6  # unknown words that a doubt names
# Words before a number that say how it stands to the value; the longer ones first
RELATION_WORDS = {
    "at_most": r"no more than|not more than|at most|up to|не более|не больше",
    "at_least": r"no fewer than|no less than|at least|не менее|не меньше",
    "greater_than": r"more than|over|above|exceeded|exceeding|свыше|более|больше|превысил\w*",
    "less_than": r"fewer than|less than|under|below|менее|меньше",
    "about": r"about|around|nearly|almost|approximately|roughly|some|около|примерно|почти|порядка",
}
# What happened, besides the words of heads
EVENTS = {
    "imports": rf"{WORDS['imports']}|entered|ввезли|импортирова\w*",
    "sales": rf"{WORDS['sales']}|продали",
    "registrations": rf"{WORDS['registrations']}|{WORDS['registered']}|зарегистрировали",
    "exports": WORDS["exports"],
    "stock": rf"{WORDS['stock']}|on (?:its|the) roads?|насчитыва\w*",
}
ELECTRIC = rf"{WORDS['electric']}|battery[- ]electric"
CHANGES = {
    1: r"rose|grew|increased|climbed|up|gained|вырос\w*|увеличил\w*|прирост\w*",
    -1: r"fell|dropped|declined|decreased|down|shrank|упал\w*|снизил\w*|сократил\w*",
}
# Words that change nothing of what is said
FILLERS = (
    r"a|an|the|of|in|and were|were|was|had|has|have|been|there|units?|total(?:led|ed)?|reached|"
    r"amounted|stood|at|came|new|vehicles?|cars?|passenger|during|its|as|s|year|alone|"
    r"в|во|за|на|году?|года|год|составил[аои]?|единиц\w*|штук\w*|шт|было|всего|достиг\w*|новых|"
    r"легковых|автомобил\w*|машин\w*|страну|стране|странах"
)
# Numbers that are no counts, by what stands beside them
_NO_COUNT = re.compile(
    r"\s?(?:km|кг|kg|kwh|mwh|gwh|квт|км|tonnes?|тонн|percentage|points? of|models?|companies|firms|"
    r"drivers|buyers|times|x\b)",
    re.IGNORECASE,
)
_BEFORE_A_NAME = re.compile(r"(?:hs|tn ved|тн вэд|no\.?|№|article|model)\s?$", re.IGNORECASE)


@dataclass(frozen=True)
class PressProposal:
    """One fact that a text may hold.

    Parameters
    ----------
    cells : dict of str to str
        Columns of a ledger, as text; those that the text does not say are missing.
    doubts : tuple of str
        Why it may be wrong, and what is to be said; empty where there is none.
    """

    cells: Row
    doubts: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether there is no doubt."""
        return not self.doubts


def propose_facts(text: str, columns: Row | None = None) -> list[PressProposal]:
    """Facts that a sentence may hold, each with its doubts.

    Parameters
    ----------
    text : str
        A sentence or a few. Of a longer text each sentence is read that speaks of electric cars, up
        to the first `MAX_PROPOSALS` numbers.
    columns : dict of str to str, optional
        Columns of a ledger as the reader knows them, and ``period`` in words; default what the text
        says.

    Returns
    -------
    list of PressProposal
        One for each number that may count something, in the order of the text.

    Examples
    --------
    >>> rows = propose_facts("2,180 electric cars were imported in 2022.", {"place": "UZ"})
    >>> rows[0].cells["place"], rows[0].cells["value"]
    ('UZ', '2180')
    """
    sentences = [text]
    doubts: tuple[str, ...] = ()
    if len(text) > MAX_SENTENCE_CHARACTERS:
        sentences = [part for part in _sentences(text) if _has(ELECTRIC, folded(part))]
        doubts = ("stands in a longer text: see what is said around it",)
    proposals: list[PressProposal] = []
    for sentence in sentences:
        proposals += _of_sentence(sentence, columns or {})
        if len(proposals) >= MAX_PROPOSALS:
            break
    quote = {"quote": quoted(text)}
    return [PressProposal(quote | p.cells, p.doubts + doubts) for p in proposals[:MAX_PROPOSALS]]


def _sentences(text: str) -> list[str]:
    """The parts of a long text that are read each by itself."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-ZА-ЯЁ0-9])|(?<=[。！？])|[\r\n]+", text)
    return [
        part
        for sentence in sentences
        for part in textwrap.wrap(sentence, MAX_SENTENCE_CHARACTERS, break_on_hyphens=False)
    ]


def _has(pattern: str, words: str) -> bool:
    return re.search(rf"(?<![^\W\d_])(?:{pattern})(?![^\W\d_])", words) is not None


def _without(pattern: str, words: str) -> str:
    return re.sub(rf"(?<![^\W\d_])(?:{pattern})(?![^\W\d_])", " ", words)


def _of_sentence(sentence: str, columns: Row) -> Iterator[PressProposal]:
    """The facts of a sentence, one for each number that may count."""
    text = plain_text(sentence)
    numbers = [number for number in numbers_in(text) if _may_count(number, text)]
    for number in numbers:
        yield _proposal(text, number, numbers, columns)


def _may_count(number: Number, text: str) -> bool:
    """Whether a number is no part of a date, of a name, of another unit."""
    digits = text[number.start : number.end]
    if re.fullmatch(r"[12]\d{3}", digits):  # may be a year, unless vehicles follow
        return _has(rf"{ELECTRIC}|{FILLERS}", folded(text[number.end : number.end + 12]))and (
            re.match(r"\s(?:new |battery |электро|electric|evs?\b|cars|vehicles|единиц|штук|новых)",
                     text[number.end :].lower()) is not None
        )  # fmt: skip
    lead_text, behind_number = text[: number.start], text[number.end :]
    if (
        number.times
        or _BEFORE_A_NAME.search(lead_text[-10:])
        or _NO_COUNT.match(behind_number)
        or re.match(r"[A-Za-z]\d", behind_number)
    ):
        return False
    blank = f"{lead_text}{' ' * len(digits)}{behind_number}"
    return number.percent or _words_of_period(text) == _words_of_period(blank)


def _words_of_period(text: str) -> tuple[object, ...]:
    words = period_in(text)
    return words.year, words.months, words.day


def _proposal(text: str, number: Number, numbers: list[Number], columns: Row) -> PressProposal:
    """The fact of one number of a sentence."""
    doubts: list[str] = []
    rest_of_text = f"{text[: number.start]} {text[number.end :]}"
    period_words = period_in(rest_of_text)
    words = folded(rest_of_text)
    lead_text = folded(text[max(0, number.start - 40) : number.start])
    relation, lead = _relation(lead_text)
    place = place_code(columns["place"]) if "place" in columns else _place(words, doubts)
    event = _event(words, period_words, doubts)
    measure = columns.get("measure") or _measure(event, words, doubts)
    quantity, value = _amount(number, words, lead_text, doubts)
    quantity = quantity or _quantity(measure, words)
    one_day = on_a_day(measure, quantity)
    if "period" in columns:
        period: Period | None = period_of(columns["period"])
    else:
        period = _period(period_words, one_day, words, doubts)
    published = publication(columns.get("published", ""))
    cells = {
        "measure": measure,
        "place": place,
        "relation": relation,
        "quantity": quantity,
        "value": number_text(value),
        "rounding": number_text(number.half_digit),
        "kind": "outcome",
        **period_cells(period, one_day),
    }
    doubts += _doubts_of_digits(text[number.start : number.end], len(numbers))
    if measure and quantity and quantity_of(quantity).unit == "{unit}" and value % 1:
        doubts.append(f"is no whole number of {expected_unit(measure, quantity)}")
    if period and published and period.end > published.end:
        doubts.append("ends after the day of the text")
    if unknown := _unknown(_without_ends(period_words), lead, event, quantity):
        examples = ", ".join(unknown[:MOST_UNKNOWN])
        doubts.append(f"holds words that are not known here: {examples}")
    told_cells = {name: cell for name, cell in columns.items() if name not in ("place", "period")}
    cells = {name: cell for name, cell in cells.items() if cell} | told_cells
    return PressProposal(cells, tuple(dict.fromkeys(doubts)))


def _doubts_of_digits(digits: str, count: int) -> Iterator[str]:
    """What the digits of a number leave open, and that it is one of several."""
    if count > 1:
        yield f"is one of {count} numbers of the text"
    if re.search(r"\d\.\d{3}(?!\d)", digits):
        yield "has three decimals, or a mark of thousands"


def _quantity(measure: str, words: str) -> str:
    """The quantity that a text names, or the usual one of its measure."""
    named = [name for name, pattern in PRINTED.items() if re.search(pattern, words)]
    if named or not measure:
        return "".join(named[:1])
    return default_quantity(measure_of(measure).kind)


def _relation(lead_text: str) -> tuple[str, str]:
    """How a number stands to the value, and the words that say it."""
    for relation, pattern in RELATION_WORDS.items():
        match = re.search(rf"(?<![^\W\d_])(?:{pattern})(?: a total of)?$", lead_text)
        if match:
            return relation, match[0].strip()
    return "equals", ""


def _place(words: str, doubts: list[str]) -> str:
    """The one country that a text names."""
    countries = sorted(countries_named(words))
    if len(countries) == 1:
        return countries[0]
    if countries:
        doubts.append(f"names several places: {', '.join(countries)}: give --place")
        return ""
    doubts.append("names no country that is known here: give --place")
    return ""


def _event(words: str, period: PeriodWords, doubts: list[str]) -> str:
    """What happened to the vehicles; of chargers which of them are counted."""
    events = _events(words, period)
    if not {*events} - {"stock"}:
        events = [name for name in ("points", "stations") if _has(WORDS[name], words)] or events
    if len(events) > 1:
        doubts.append(f"may be of {' or '.join(events)}")
    elif not events:
        doubts.append("does not say what is counted: give --measure")
    return "".join(events[:1])


def _events(words: str, period: PeriodWords) -> list[str]:
    """What a text says happened; what is registered on a day stands on the road."""
    events = [name for name, pattern in EVENTS.items() if _has(pattern, words)]
    is_register = events == ["registrations"] and period.day is not None
    return ["stock"] if is_register or {*events} == {"registrations", "stock"} else events


def _measure(event: str, words: str, doubts: list[str]) -> str:
    """The measure that is counted."""
    if event in ("points", "stations"):
        return f"charging_{event}"
    if not _has(ELECTRIC, words):
        doubts.append("does not say that the vehicles are electric")
    return f"ev_{event}" if event else ""


def _amount(number: Number, words: str, lead_text: str, doubts: list[str]) -> tuple[str, float]:
    """The quantity of a number, empty of a total or a stock, and its value."""
    sides = [side for side, pattern in CHANGES.items() if _has(pattern, words)]
    if number.percent:
        return GROWTH, number.value * _side_of_growth(sides, words, doubts)
    if sides and not re.search(r"(?<![^\W\d_])(?:to|до)$", lead_text):
        doubts.append("may be a change, and not a count")
    if number.sign not in ("", "+"):
        doubts.append("is below 0, or the end of a range")
    return "", number.value


def _side_of_growth(sides: list[int], words: str, doubts: list[str]) -> int:
    """1 of growth, -1 of a fall."""
    if len(sides) != 1:
        doubts.append("is of percent: of what?")
        return 1
    return sides[0]


def _period(words: PeriodWords, one_day: bool, text: str, doubts: list[str]) -> Period | None:
    """The period of a text; None where it names none."""
    doubts += _doubts_of_period(words, one_day, text)
    if words.year is None and words.day is None:
        return None
    period = words.period()
    return Period(period.end, period.end) if one_day else period


def _doubts_of_period(words: PeriodWords, one_day: bool, text: str) -> Iterator[str]:
    """What the words of a period leave open."""
    if words.open or words.fiscal or words.to_date or words.plan:
        yield "its period may be read in two ways: give --period"
    if words.day and not one_day:
        yield "is counted up to a day: since when?"
    if not words.day and words.year is None:
        yield "names no period: give --period"
    elif one_day and not words.day and not re.search(r"end of|на конец", text):
        yield "does not say on which day: give --period"


def _without_ends(period: PeriodWords) -> str:
    """What a text says besides its period, and the words that join two months."""
    if period.months and period.months[0] != period.months[1]:
        return _without("from|between|с|за", period.rest)
    return period.rest


def _unknown(rest: str, lead: str, event: str, quantity: str) -> list[str]:
    """The words of a text that no list here has, without those of its period."""
    words = re.sub(r"['’]s?(?![^\W\d_])", " ", rest)
    words = re.sub(r"(?<![^\W\d_])(?:at|by) the end of(?![^\W\d_])", " ", words)
    if lead:
        words = words.replace(lead, " ", 1)
    words = without_countries(words)
    patterns = [ELECTRIC, EVENTS[event]] if event in EVENTS else [ELECTRIC]
    if event in ("points", "stations"):
        patterns = [WORDS[event], "public"]
    if quantity == GROWTH:
        patterns += [*CHANGES.values(), "by", "процент\\w*"]
    else:
        patterns += [rf"(?:{pattern}) (?:to|до)" for pattern in CHANGES.values()]
    if event == "imports":
        patterns.append("to|into")
    if event == "stock":
        patterns.append("registered|exceeded|on")
    for pattern in (*filter(None, patterns), FILLERS, "to (?=$)", "as of"):
        words = _without(pattern, words)
    return re.findall(r"[^\W\d_]+", words)


def quoted(text: str) -> str:
    """At most fifteen words of a text, as a ledger's quote.

    >>> quoted("1 " * 20).count("1")
    15
    """
    parts = text.split()
    dots = "..." if len(parts) > MOST_WORDS else ""
    return " ".join(parts[:MOST_WORDS]) + dots
