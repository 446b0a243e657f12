"""What a number of a sentence is of: a total, a growth, a share, a rate of each day; and how it
stands to it.

>>> from forecasting.evidence.printed_numbers import numbers_in
>>> text = "EV imports rose by more than 36.1%"
>>> mention = Mention(text, *numbers_in(text))
>>> amount_of(mention).quantity, relation_of(mention, "yoy_growth_percent")
('yoy_growth_percent', 'greater_than')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from forecasting.evidence.press_words import (
    AMOUNTS,
    BY_DIFFERENCE,
    DIFFERENCE_BEHIND,
    DOWN,
    DOWN_BEHIND,
    LEVEL,
    OF_THE_YEAR_BEFORE,
    PERCENT,
    RELATION_WORDS,
    RELATIONS_BEHIND,
    SHARE,
    SOME_OF_THEM,
    TIMES_DOUBTS,
    UP,
)
from forecasting.evidence.printed_numbers import Number
from forecasting.quantities import PRINTED, QUANTITIES

CLAUSE = 60  # characters before a number, and behind it, that say what it is
GROWTH = "yoy_growth_percent"


class Amount(NamedTuple):
    """What a number is of, its value, and why that may be wrong."""

    quantity: str
    value: float
    doubts: list[str]


@dataclass(frozen=True)
class Mention:
    """One number of a text, with the words around it.

    Parameters
    ----------
    text : str
        From `printed_numbers.plain_text`.
    number : Number
        One of its numbers.
    """

    text: str
    number: Number

    @property
    def printed(self) -> str:
        """The number as it stands there."""
        return self.text[self.number.start : self.number.end].lower()

    @cached_property
    def before(self) -> str:
        """What stands before the number within its clause."""
        text = self.text[: self.number.start].lower()
        return re.split(r"[;；。(]|—(?! до)|\.\s|, (?=\d)", text)[-1][-CLAUSE:]

    @cached_property
    def after(self) -> str:
        """What stands behind the number within its clause."""
        text = self.text[self.number.end :].lower()
        return re.split(r"[;；。)]|\.\s", text)[0][:CLAUSE]

    @property
    def is_percent(self) -> bool:
        """Whether it is a number of percent."""
        return re.match(PERCENT, self.after) is not None

    @property
    def currency(self) -> str:
        """The currency beside it; empty where it is no amount of money."""
        sign = re.search(r"[$€]\s?$", self.text[: self.number.start][-2:])
        behind = self.text[self.number.end :][:CLAUSE].lower()
        words = sign or re.match(rf"\s?(?:{AMOUNTS})", behind)
        return words[0] if words else ""

    @property
    def is_change(self) -> bool:
        """Whether it tells of a change: a factor, a percent, a difference."""
        number = self.number
        return number.times or self.is_percent or bool(number.sign) or self.is_difference

    @property
    def is_difference(self) -> bool:
        """Whether it says how many more or fewer."""
        if re.search(BY_DIFFERENCE, self.before) or re.match(DIFFERENCE_BEHIND, self.after):
            return True
        by_so_many = re.search(r"\bна\s$", self.before)
        more = re.match(r"[^,.;]{0,20}?(?:больше|меньше|более чем|менее чем)", self.after)
        return bool(by_so_many and (more or re.search(rf"{UP}|{DOWN}", self.before)))

    @cached_property
    def direction(self) -> int:
        """Up or down, by the nearest word that says so: before the number first, else 0."""
        behind = rf"{DOWN}|{DOWN_BEHIND}"
        for part, down, nearest in (
            (self.before, DOWN, max),
            (self.after[:40], behind, min),
        ):
            ups = [match.start() for match in re.finditer(UP, part)]
            downs = [match.start() for match in re.finditer(down, part)]
            if ups or downs:
                return 1 if nearest([*ups, *downs]) in ups else -1
        return 0

    @property
    def sign(self) -> float:
        """-1 of what fell."""
        return -1.0 if self.number.sign == "-" or self.direction < 0 else 1.0


def amount_of(mention: Mention) -> Amount:
    """What a number is of, and its value."""
    if not (mention.is_percent or mention.number.times):
        return _count(mention)
    amount = _percent(mention) if mention.is_percent else _times(mention)
    if re.search(UP, mention.before) and re.search(DOWN, mention.before):
        amount.doubts.append("speaks of what rises and of what falls")
    return amount


def _count(mention: Mention) -> Amount:
    before, value = mention.before, mention.number.value
    for quantity, words in PRINTED.items():
        if re.match(rf"[^,.;]{{0,24}}?(?:{words})", mention.after) or re.search(
            rf"(?:{words})(?:\D|20\d\d)*$", before
        ):
            doubts = []
            if QUANTITIES[quantity].accumulates:
                doubts.append("is all that came until then: see that its last day is right")
            return Amount(quantity, value, doubts)
    doubts = list(_doubts_of_a_count(mention))
    if (mention.number.sign or mention.is_difference) and not mention.currency:
        doubts.append("is read as a difference from the year before")
        return Amount("yoy_difference", mention.sign * value, doubts)
    return Amount("total", value, doubts)


def _doubts_of_a_count(mention: Mention) -> Iterator[str]:
    """Why a number may be of less than the whole."""
    for quantity, words in PRINTED.items():
        if re.search(words, mention.text.lower()):
            yield "may be " + QUANTITIES[quantity].words.format(
                number="so many", since="the launch"
            )
    if re.search(SOME_OF_THEM, mention.before):
        yield "may be a part: the first, or further ones"
    # What stands between the number before and this one
    since = re.split(r"(?<!\d)(?!20\d\d(?!\d))\d+", mention.before)[-1]
    if re.search(r"\bup to\s$", mention.before):
        yield "may be what it rose to, or the most that it may be"
    elif re.search(rf"{UP}|{DOWN}", since) and not re.search(rf"(?:{LEVEL})\W*(?:\w+\W+)?$", since):
        yield "may be a change, not the whole"


def _percent(mention: Mention) -> Amount:
    before, after, value = mention.before, mention.after, mention.number.value
    if level := re.match(rf"{PERCENT}\s*{OF_THE_YEAR_BEFORE}", after):
        doubt = f"is read as a level, {level[0].strip()}: see that this is the year before"
        return Amount(GROWTH, value - 100, [doubt])
    shared = (
        re.search(r"\bshare\b|доля|долю", before)
        or re.search(rf"(?:{SHARE})\W{{0,3}}(?:\w+\W){{0,2}}$", before)
        or re.match(rf"{PERCENT}\s*(?:of\b|от\b|\))", after)
    )
    if mention.number.sign or (mention.direction and not shared):
        return Amount(GROWTH, mention.sign * value, [])
    if shared:
        doubt = "is a share of something else: name its reference"
        return Amount("share_percent", value, [doubt])
    return Amount(GROWTH, value, ["may be a growth or a share"])


def _times(mention: Mention) -> Amount:
    """Growth in percent of "N times": a factor in most languages, an addition in Chinese usage."""
    factor = mention.number.value
    if mention.sign < 0 or re.match(r"(?:\stimes)?\s(?:lower|less|fewer)\b", mention.after):
        return Amount(GROWTH, 100 * (1 / factor - 1), [])  # three times lower is a third
    if "倍" in mention.text[mention.number.start : mention.number.end + 2]:
        came_to = r"(?:达到|是|为|增长到|增加到|[增升涨]至|相当于|扩大到)[^，,]*$"
        as_many = re.search(came_to, mention.before) is not None
        doubt = "times in Chinese usage: an increase of N times is +N00 %, N times as much is less"
        return Amount(GROWTH, 100 * (factor - as_many), [doubt])
    around = f"{mention.before}|{mention.printed}"
    doubts = [doubt for words, doubt in TIMES_DOUBTS if re.search(words, around)]
    return Amount(GROWTH, 100 * (factor - 1), doubts)


def relation_of(mention: Mention, quantity: str) -> str:
    """How a number stands to what was counted, as one of a ledger's relations."""
    before = mention.before
    if re.search(rf"(?:{UP}|{DOWN}).*?\s(?:до|to)\s$", before.replace("up to", "")):
        return "equals"  # what it rose to
    change = QUANTITIES[quantity].says == "change"
    for relation, words in RELATION_WORDS:
        just_before = rf"(?:^|[^a-zа-я])(?:{words})\s?(?:(?:the|a|чем|на|в) )*[$€]?$"
        if re.search(just_before, before) and not (change and relation == "at_most"):
            return relation
    for relation, words in RELATIONS_BEHIND:
        if re.match(words, mention.after):
            return relation
    return "equals"
