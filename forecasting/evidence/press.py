"""From a sentence of the press to proposed facts: rules, no language model, and a doubt wherever a
rule may be wrong.

>>> text = "In the first four months of 2023, Uzbekistan imported 2,544 electric vehicles"
>>> (found,) = propose_facts(text)
>>> found.sure, found.cells["place"], found.cells["measure"], found.cells["value"], found.cells["period_end"]
(True, 'UZ', 'ev_imports', '2544', '2023-04-30')
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from forecasting.evidence.places import place_code, place_name
from forecasting.evidence.press_doubts import (
    doubts_of_the_text,
    doubts_of_the_words,
    where_a_part_begins,
)
from forecasting.evidence.press_quantities import (
    amount_words,
    around,
    is_change,
    is_money,
    quantity_of,
    relation_of,
)
from forecasting.evidence.press_words import (
    AGAINST_ANOTHER_MONTH,
    CARS,
    COUNTER,
    CURRENCIES,
    ELECTRIC,
    HEAVY,
    LAST_YEAR,
    MEASURE_WORDS,
    ON_A_DAY,
    OTHER_UNIT,
    PLACE_WORDS,
    PLAN,
    UNTIL,
    VALUE,
)
from forecasting.evidence.printed_numbers import Number, numbers_in, plain_text
from forecasting.evidence.printed_periods import (
    date_spans,
    dates_in_words,
    open_ended,
    printed_period,
    several_months,
    without_comparisons,
)
from forecasting.evidence.rules import number_text
from forecasting.measures import MEASURES, count_of
from forecasting.periods import Period, year
from forecasting.quantities import QUANTITIES, on_a_day

__all__ = ["Proposal", "propose_facts", "quoted"]

YEARS = r"(?<!\d)20\d\d(?!\d)|last year|прошл\w+ году|去年(?!同期)|o'tgan yil|ўтган йил"
PARTS = (  # the last: what is compared with, a number or the blanks in its place
    r"[;；()]|\.\s|,?\s(?=(?:(?:up|down|rising|falling)\s)?(?:from|versus|vs|against|compared (?:with|to)|против)\s"
    r"[\d\s])"
)
YEAR_BEHIND = r"\s(?:(?!than|чем|from|against|против|as\b)[^\W\d]+\s){0,3}?(?:in|в|за)\s(?P<year>20\d\d)(?![\d-])"
MOST_WORDS = 15  # of the original, that a quote may have

# At a port, vehicles of all types unless the text says electric
_FLOW_WORDS = {"ev_exports": "vehicle_exports"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


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
    doubts: tuple[str, ...] = field(default=())

    @property
    def sure(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.doubts


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
        too.
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
    sentence = dates_in_words(plain_text(text))
    dated = date_spans(sentence)
    numbers = [number for number in numbers_in(sentence) if _counts(sentence, number, dated)]
    counts = [
        number
        for number in numbers
        if not is_change(sentence, number) and not is_money(sentence, number)
    ]
    common, part = (
        doubts_of_the_text(sentence, numbers, counts),
        where_a_part_begins(sentence, numbers),
    )
    found = []
    for number in numbers:
        said = sentence[:part] if number.end <= part else sentence
        spans = [*dated, *((each.start, each.end) for each in numbers)]
        doubts = [*common, *doubts_of_the_words(said, spans)]
        if number is not (counts or numbers)[0]:
            doubts.append(
                "is not the first count of the text: it may be of a part, or of another place or time"
            )
        where = place_code(place) if place else _place(sentence, number, doubts)
        what = measure or _measure(sentence, said, where, doubts)
        if (
            printed_period(said, published) is None
            and printed_period(sentence, published) is not None
        ):
            said = sentence
            doubts.append("has its period in another part of the text")
        cells = _cells(said, number, published, (where, what), period, doubts)
        found.append(
            Proposal(
                {key: cell for key, cell in cells.items() if cell}, tuple(dict.fromkeys(doubts))
            )
        )
    return found + list(_last_year(sentence, found))


def quoted(text: str) -> str:
    """At most fifteen words of a text, as a ledger's quote.

    >>> quoted("1 " * 20).count("1")
    15
    """
    words = text.split()
    return " ".join(words[:MOST_WORDS]) + ("..." if len(words) > MOST_WORDS else "")


def _counts(text: str, number: Number, dated: list[tuple[int, int]]) -> bool:
    """Whether a number may count something: no date, no name of a thing, no length or time."""
    printed = text[number.start : number.end].lstrip("+-")
    at = number.end - len(printed)
    before, after = text[max(0, at - 12) : at].lower(), text[number.end :].lower()
    named = re.search(r"(?:article|no\.?|№|hs|code|level|model|зако\w+)\s?$", before) or re.match(
        r"[A-Za-z]\d", after
    )
    of_time = any(start <= at and number.end <= end for start, end in dated)
    if re.fullmatch(r"(?:199|20\d)\d", printed):
        of_time = not re.match(COUNTER, after) or bool(
            re.search(r"(?:\b(?:in|of|since|by|during|for)|в|за)\s$", before)
        )
    return not (named or of_time or (re.match(OTHER_UNIT, after) and not number.times))


def _cells(
    text: str,
    number: Number,
    published: dt.date | None,
    flow: tuple[str, str],
    period: Period | None,
    doubts: list[str],
) -> dict[str, str]:
    """The columns of a ledger that a number fills."""
    (where, what), (before, after) = flow, around(text, number)
    quantity, value = quantity_of(text, number, before, after, doubts)
    if quantity == "total" and (is_money(text, number) or _unit(what)[0] in CURRENCIES):
        what, value = _money(text, what, number, doubts)
    stock = what in MEASURES and MEASURES[what].kind == "stock"
    quantity = "stock" if stock and quantity == "total" else quantity
    stock = on_a_day(what, quantity)
    # 2024 cars are no year
    dated = text[: number.start] + " " * (number.end - number.start) + text[number.end :]
    when = period or _when(dated, number, published, stock, doubts)
    _doubt_the_period(when, period, dated, (number, published, stock), doubts)
    declared = QUANTITIES[quantity]
    if declared.in_units and value % 1 and not is_money(text, number):
        doubts.append("is a count with decimals: a mark of thousands may be meant")
    if when is not None and published is not None and when.end > published:
        doubts.append("ends after the day of the text")
    if (
        value >= 1e6
        and "million" in text.lower()
        and declared.says == "count"
        and declared.in_units
        and not is_money(text, number)
    ):
        doubts.append("million may be ten thousand, translated wrongly from Chinese")
    if declared.says == "change" and re.search(AGAINST_ANOTHER_MONTH, text.lower()):
        doubts.append("may be against another month, not the year before")
    if declared.says == "change" and re.search(VALUE, text.lower()):
        doubts.append("may be of the value, not of the number")
    cells = {
        "measure": what,
        "place": where,
        "relation": relation_of(before, after, quantity),
        "quantity": quantity,
    }
    cells |= {"value": number_text(round(value, 9)), "rounding": number_text(_half_digit(number))}
    cells["kind"] = "target" if re.search(PLAN, text.lower()) else "outcome"
    if when is not None:
        cells |= {
            "period_start": "" if stock else when.start.isoformat(),
            "period_end": when.end.isoformat(),
        }
    return cells | ({"published": published.isoformat()} if published is not None else {})


def _when(
    text: str, number: Number, published: dt.date | None, stock: bool, doubts: list[str]
) -> Period | None:
    """The period of a number: that of its own part of the text, else of what stands before it, else
    of the rest.
    """
    if len({*re.findall(YEARS, text.lower())}) > 1 and (
        of := re.match(YEAR_BEHIND, text[number.end :])
    ):
        last = year(int(of["year"]))
        return Period(last.end, last.end) if stock else last
    parts = [found.span() for found in re.finditer(PARTS, text, re.I)]
    start = max(
        (end for begin, end in parts if end <= number.start and text[begin] != ")"), default=0
    )
    end = min((begin for begin, _ in parts if begin >= number.end), default=len(text))
    own, before = (
        printed_period(text[start:end], published, stock),
        printed_period(text[:start], published, stock),
    )
    whole = printed_period(text, published, stock)
    if own is None and before is None and whole is not None:
        doubts.append("has its period in another part of the text")
    return own or before or whole


def _doubt_the_period(
    when: Period | None,
    given: Period | None,
    text: str,
    reading: tuple[Number, dt.date | None, bool],
    doubts: list[str],
) -> None:
    number, published, stock = reading
    if when is None:
        doubts.append("names no period: give --period")
    if given is not None:
        said = _when(text, number, published, stock, [])
        if said is not None and not (said.start <= given.start and given.end <= said.end):
            doubts.append(f"is of {said} in the text, not of the period that was given")
        return
    if not stock and (open_ended(text, published) or re.search(UNTIL, text.lower())):
        doubts.append("is counted up to a day, or on one: since when?")
    if len({*re.findall(YEARS, without_comparisons(text).lower())}) > 1:
        doubts.append("speaks of several years")
    if several_months(text):
        doubts.append("speaks of several months")


def _half_digit(number: Number) -> float:
    decimals = len(number.digits.partition(".")[2])
    return 0.5 * 10.0**-decimals * number.scale * (100 if number.times else 1)


def _place(text: str, number: Number, doubts: list[str]) -> str:
    found = {
        code: match.start()
        for code, words in PLACE_WORDS
        if (match := re.search(words, text.lower()))
    }
    if not found:
        doubts.append("names no place: give --place")
        return ""
    if len(found) > 1:
        doubts.append(f"names several places: {', '.join(map(place_name, found))}")
    return min(found, key=lambda code: abs(found[code] - number.start))


def _measure(text: str, said: str, where: str, doubts: list[str]) -> str:
    sentence = text.lower()
    found = list(dict.fromkeys(name for name, words in MEASURE_WORDS if re.search(words, sentence)))
    if (
        "ev_stock" in found
        and {*found} - {"ev_stock"} == {"ev_registrations"}
        and re.search(ON_A_DAY, sentence)
    ):
        found = ["ev_stock"]
    electric = bool(re.search(ELECTRIC, said.lower()))
    if not found:
        doubts.append("does not say what is counted: give --measure")
        return "ev_imports" if electric else ""
    counted = MEASURES[found[0]]
    if counted.electric and not electric:
        doubts.append("does not say that the vehicles are electric")
        return _FLOW_WORDS.get(found[0], found[0])
    if len(found) > 1 and not found[0].startswith("charging"):
        doubts.append(f"may be of {' or '.join(found)}")
    for words, vehicle in HEAVY:
        if re.search(words, sentence):
            heavy = count_of(counted.event, vehicle) if counted.electric else found[0]
            if not heavy or re.search(CARS, sentence):
                doubts.append("speaks of buses or trucks, too, or instead")
            return heavy or found[0]
    words = dict(PLACE_WORDS).get(where, "$")
    if found[0] == "ev_exports" and re.search(
        rf"(?:\bto|\binto|\bв|向|对)\s?(?:the )?(?:{words})", sentence
    ):
        doubts.append("may be of exports to the place, not from it")
    if where in ("horgos", "alashankou", "baktu") and found[0] == "ev_exports":
        doubts.append("at a port: electric vehicles, or vehicles of all types")
    return found[0]


def _unit(what: str) -> tuple[str, str]:
    """The unit of a measure and its multiple: of USD billion, USD and billion."""
    unit, _, multiple = (MEASURES[what].unit if what in MEASURES else "").partition(" ")
    return unit, multiple


def _money(text: str, what: str, number: Number, doubts: list[str]) -> tuple[str, float]:
    """The measure of an amount of money, in its unit; another currency than the measure's is left
    for the reader.
    """
    named = amount_words(text, number)
    what = (
        {"ev_imports": "ev_import_value", "ev_exports": "ev_export_value"}.get(what, what)
        if named
        else what
    )
    currency, multiple = _unit(what)
    if currency not in CURRENCIES:
        doubts.append("is an amount of money: give --measure")
        return what, number.value / 1e6
    if not re.search(CURRENCIES[currency], named):
        doubts.append(
            f"is an amount in {'another' if named else 'no named'} currency, not in {currency}"
        )
    return what, number.value / {"": 1.0, "million": 1e6, "billion": 1e9}[multiple]


def _last_year(text: str, found: list[Proposal]) -> Iterator[Proposal]:
    """A total that exceeds that of a whole earlier year, which nobody printed: a bound on a
    reference.
    """
    first = next((p for p in found if p.cells["quantity"] == "total"), None)
    if first is None or not re.search(LAST_YEAR, text.lower()) or "period_end" not in first.cells:
        return
    before = int(first.cells["period_end"][:4]) - 1
    reference = f"{first.cells.get('measure', '')}@{first.cells.get('place', '')}:{before}-01-01/{before}-12-31"
    cells = {key: cell for key, cell in first.cells.items() if key not in ("value", "rounding")}
    doubts = (*first.doubts, "is more than a total that nobody printed: see which year is meant")
    yield Proposal(cells | {"relation": "greater_than", "reference": reference}, doubts)
