"""What makes every number of a text doubtful: plans, ranges, partners, other goods, and words that
no rule knows.

>>> doubts_of_the_words("the fiscal total", [])
['speaks of a span of time that no rule knows', 'holds words that no rule knows: fiscal']
"""

from __future__ import annotations

import itertools
import re

from forecasting.evidence.press_vocabulary import unknown_words
from forecasting.evidence.press_words import (
    AMOUNTS,
    CAPACITY,
    LIMIT,
    NOT,
    OF_WHICH,
    ONE_PARTNER,
    OTHER_GOODS,
    OTHER_SPAN,
    PER_MONTH,
    PLAN,
)
from forecasting.evidence.printed_numbers import Number

__all__ = ["doubts_of_the_text", "doubts_of_the_words", "where_a_part_begins"]

MOST_UNKNOWN = 6  # words that a doubt names
TEXT_DOUBTS = (
    (NOT, "says that something is not so"),
    (OTHER_SPAN, "speaks of a span of time that no rule knows"),
    (ONE_PARTNER, "may be of one partner: give --partner"),
    (OTHER_GOODS, "counts other vehicles, too, or instead"),
    (PER_MONTH, "may be of each month or week, not of the period"),
)


def doubts_of_the_text(text: str, numbers: list[Number], counts: list[Number]) -> list[str]:
    """What makes every number of a text doubtful."""
    sentence, doubts = text.lower(), []
    if re.search(PLAN, sentence) or re.search(LIMIT, sentence) or re.search(CAPACITY, sentence):
        doubts.append(
            "may tell of a plan, a limit or a capacity, or of what has happened by now: no outcome"
        )
    if not re.search(r"[^\W\d]", sentence):
        doubts.append("is a bare number: nothing says what it is")
    between = [
        text[first.end : then.start].strip().lower() for first, then in itertools.pairwise(numbers)
    ]
    if any(
        re.fullmatch(r"[/*x:–-]|of|on|to|out of|in|and|и|из|до|=", part) or (not part and then.sign)
        for part, then in zip(between, numbers[1:], strict=True)
    ):
        doubts.append("is a range, a sum or a part of another number")
    if (
        not counts
        and len(numbers) > 1
        and all(not re.match(rf"\s?(?:{AMOUNTS})", sentence[n.end :]) for n in numbers)
    ):
        doubts.append("is one of several changes")
    second = (
        text[counts[0].end : counts[1].start] + " " + text[counts[1].end :][:16]
        if len(counts) > 1
        else ""
    )
    if second and not re.search(rf"[;(]|{OF_WHICH}", second.lower()):
        doubts.append("is one of several counts")
    return doubts


def where_a_part_begins(text: str, numbers: list[Number]) -> int:
    """Where a text turns to a part of what it has counted; its end where it does not.

    >>> where_a_part_begins("90 cars, of which 80 from China", [])
    9
    """
    found = re.search(OF_WHICH, text.lower())
    if not found:
        return len(text)
    before = [number for number in numbers if 0 <= found.start() - number.end <= 1]
    return min(before[0].start if before else found.start(), found.start())


def doubts_of_the_words(text: str, spans: list[tuple[int, int]]) -> list[str]:
    """What the words of a text do to its numbers, and whether there are some of which no rule knows
    that.
    """
    doubts = [doubt for words, doubt in TEXT_DOUBTS if re.search(words, text.lower())]
    unknown = unknown_words(
        text, [(start, min(end, len(text))) for start, end in spans if start < len(text)]
    )
    return doubts + (
        [f"holds words that no rule knows: {', '.join(unknown[:MOST_UNKNOWN])}"] if unknown else []
    )
