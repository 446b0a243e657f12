"""What a number of a sentence is of: a total, a growth, a share, a rate of each day; and how it
stands to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forecasting.evidence.press_words import (
    AMOUNTS,
    DOWN,
    DOWN_BEHIND,
    LEVEL,
    OF_THE_YEAR_BEFORE,
    PERCENT,
    RELATION_WORDS,
    SHARE,
    SOME_OF_THEM,
    UP,
)
from forecasting.evidence.printed_numbers import Number
from forecasting.quantities import PRINTED, QUANTITIES

__all__ = ["amount_words", "around", "is_change", "is_money", "quantity_of", "relation_of"]

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def around(text: str, number: Number) -> tuple[str, str]:
    """What stands before a number and after it, within its clause."""
    before = re.split(r"[;；。(]|—(?! до)|\.\s|, (?=\d)", text[: number.start].lower())[-1]
    after = re.split(r"[;；。)]|\.\s", text[number.end :].lower())[0]
    return before[-60:], after[:60]


def _is_percent(text: str, number: Number) -> bool:
    return bool(re.match(PERCENT, text[number.end :].lower()))


def is_change(text: str, number: Number) -> bool:
    """Whether a number tells of a change: a factor, a percent, a difference."""
    return (
        number.times
        or _is_percent(text, number)
        or bool(number.sign)
        or _is_difference(*around(text, number))
    )


def is_money(text: str, number: Number) -> bool:
    """Whether a number is an amount of money."""
    return bool(amount_words(text, number))


def amount_words(text: str, number: Number) -> str:
    """The currency beside a number."""
    before, after = text[max(0, number.start - 2) : number.start], text[number.end :].lower()
    found = re.search(r"[$€]\s?$", before) or re.match(rf"\s?(?:{AMOUNTS})", after)
    return found[0] if found else ""


def quantity_of(
    text: str, number: Number, before: str, after: str, doubts: list[str]
) -> tuple[str, float]:
    """What a number is of, and its value."""
    sign = -1.0 if number.sign == "-" or _nearest_direction(before, after) < 0 else 1.0
    percent = _is_percent(text, number)
    if (percent or number.times) and re.search(UP, before) and re.search(DOWN, before):
        doubts.append("speaks of what rises and of what falls")
    if percent:
        return _percent(number, before, after, sign, doubts)
    if number.times:
        if sign < 0 or re.match(r"(?:\stimes)?\s(?:lower|less|fewer)\b", after):
            # Three times lower is a third
            return "yoy_growth_percent", 100 * (1 / number.value - 1)
        return "yoy_growth_percent", _growth_of_times(text, number, before, doubts)
    for quantity, words in PRINTED.items():
        if re.match(rf"[^,.;]{{0,24}}?(?:{words})", after) or re.search(
            rf"(?:{words})(?:\D|20\d\d)*$", before
        ):
            if QUANTITIES[quantity].accumulates:
                doubts.append("is all that came until then: see that its last day is right")
            return quantity, number.value
    doubts += _doubts_of_a_count(text, before)
    if (number.sign or _is_difference(before, after)) and not is_money(text, number):
        doubts.append("is read as a difference from the year before")
        return "yoy_difference", sign * number.value
    return "total", number.value


def _doubts_of_a_count(text: str, before: str) -> Iterator[str]:
    """Why a number may be of less than the whole."""
    for quantity, words in PRINTED.items():
        if re.search(words, text.lower()):
            yield "may be " + QUANTITIES[quantity].words.format(
                number="so many", since="the launch"
            )
    if re.search(SOME_OF_THEM, before):
        yield "may be a part: the first, or further ones"
    # What stands between the number before and this one
    since = re.split(r"(?<!\d)(?!20\d\d(?!\d))\d+", before)[-1]
    if re.search(r"\bup to\s$", before):
        yield "may be what it rose to, or the most that it may be"
    elif re.search(rf"{UP}|{DOWN}", since) and not re.search(rf"(?:{LEVEL})\W*(?:\w+\W+)?$", since):
        yield "may be a change, not the whole"


def _percent(
    number: Number, before: str, after: str, sign: float, doubts: list[str]
) -> tuple[str, float]:
    if found := re.match(rf"{PERCENT}\s*{OF_THE_YEAR_BEFORE}", after):
        doubts.append(f"is read as a level, {found[0].strip()}: see that this is the year before")
        return "yoy_growth_percent", number.value - 100
    shared = (
        re.search(r"\bshare\b|доля|долю", before)
        or re.search(rf"(?:{SHARE})\W{{0,3}}(?:\w+\W){{0,2}}$", before)
        or re.match(rf"{PERCENT}\s*(?:of\b|от\b|\))", after)
    )
    if not number.sign and (shared or not _nearest_direction(before, after)):
        doubts.append(
            "is a share of something else: name its reference"
            if shared
            else "may be a growth or a share"
        )
        return ("share_percent" if shared else "yoy_growth_percent"), number.value
    return "yoy_growth_percent", sign * number.value


def _growth_of_times(text: str, number: Number, before: str, doubts: list[str]) -> float:
    """Growth in percent of "N times": a factor in most languages, an addition in Chinese usage."""
    if _CHINESE.search(text) and "倍" in text[number.start : number.end + 2]:
        added = not re.search(
            r"(?:达到|是|为|增长到|增加到|[增升涨]至|相当于|扩大到)[^，,]*$", before
        )
        doubts.append(
            "times in Chinese usage: an increase of N times is +N00 %, N times as much is less"
        )
        return 100 * (number.value if added else number.value - 1)
    if re.search(r"\bна\s$", before):
        doubts.append("by N times: N00 % more, or N times as much")
    if re.match(r"twice|thrice|double$|triple$", text[number.start : number.end].lower()):
        doubts.append("is a multiple of something: see that this is the year before")
    if re.search(r"times|fold|x\b", text[number.start : number.end].lower()):
        doubts.append("times: +N00 % where a Chinese text was translated, (N-1)00 % elsewhere")
    return 100 * (number.value - 1)


def _is_difference(before: str, after: str) -> bool:
    by = re.search(rf"(?:{UP}|{DOWN})(?:\W+(?:by|на))?\s*$|\bby\s$", before) or (
        re.search(r"\bна\s$", before)
        and re.match(r"[^,.;]{0,20}?(?:больше|меньше|более чем|менее чем)", after)
    )
    by = by or (re.search(r"\bна\s$", before) and re.search(rf"{UP}|{DOWN}", before))
    more = re.match(
        r"\s?(?:\w+\s){0,2}?(?:more|less|fewer|higher|lower|больше|меньше) (?:than|чем)|\s(?:more|fewer|less)\b",
        after,
    )
    uzbek = re.match(
        rf"\s?(?:ta|та|taga|тага|таси)\S*\s(?:ko['ʻ‘]p|кўп|kam\b|кам\b|{UP}|{DOWN})", after
    )
    return bool(by or more or uzbek)


def _nearest_direction(before: str, after: str) -> int:
    """Up or down, by the nearest word that says so: before the number first, 0 where none does."""
    for part, last, down in ((before, True, DOWN), (after[:40], False, rf"{DOWN}|{DOWN_BEHIND}")):
        ups, downs = ([m.start() for m in re.finditer(words, part)] for words in (UP, down))
        if ups or downs:
            pick = max if last else min
            return 1 if pick([*ups, *downs]) in ups else -1
    return 0


def relation_of(before: str, after: str, quantity: str) -> str:
    """How a number stands to what was counted, as one of a ledger's relations."""
    if re.search(rf"(?:{UP}|{DOWN}).*?\s(?:до|to)\s$", before.replace("up to", "")):
        return "equals"  # what it rose to
    for relation, words in RELATION_WORDS:
        change = QUANTITIES[quantity].says == "change" and relation == "at_most"
        if not change and re.search(
            rf"(?:^|[^a-zа-я])(?:{words})\s?(?:(?:the|a|чем|на|в) )*[$€]?$", before
        ):
            return relation
    if re.match(
        r"\s?(?:ta|та)?(?:dan|дан)?\s?(?:ortiq|ортиқ|oshiq|ошиқ|ziyod|зиёд)|"
        r"\s?(?:ta|та)?(?:dan|дан) (?:ko['ʻ‘]p|кўп)|余|多[辆个]",
        after,
    ):
        return "greater_than"
    near = r"\s?(?:左右|atrofida|атрофида|(?:(?:ta|та)?(?:ga|га) )?(?:yaqin|яқин))"
    return "about" if re.match(near, after) else "equals"
