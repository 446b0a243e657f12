"""A sentence is one message with named places.

What stands in square brackets is left out where something that it names is missing, or the
condition that stands before it: a sentence is never put together from pieces, and another language
words and orders it as it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

# A part that may be left out, with a condition of its own where it names nothing
OPTIONAL_PART = re.compile(r"\[(?:(\w+)\?)?(.*?)\]")
PLACES_IN = Formatter().parse


def sentence(message: str, /, **places: object) -> str:
    """A message with its places filled.

    Parameters
    ----------
    message : str
        With the names of places in braces, and parts that may be missing in square brackets.
    **places : object
        What stands there: a word, a number, or a list of them; false or not given where nothing is
        known.

    Examples
    --------
    >>> sentence("{count:,} vehicles[, as counted by {agency}][log?; log scale]", count=2180)
    '2,180 vehicles'
    """
    return "".join(map(str, sentence_parts(message, places)))


def sentence_parts(message: str, places: dict[str, object]) -> Iterator[object]:
    """The words of a message and what fills its places, one after the other.

    Parameters
    ----------
    message, places
        As of `sentence`.

    Examples
    --------
    >>> [*sentence_parts("In {year}[, or {rumour}]: {count:,}", {"year": 2023, "count": 2180})]
    ['In ', 2023, ': ', '2,180']
    """
    for words, name, form, _ in PLACES_IN(_without_missing_parts(message, places)):
        yield words
        if name:
            value = places[name]
            if isinstance(value, list):
                yield from value
            else:
                yield format(value, form) if form else value


def _without_missing_parts(message: str, places: dict[str, object]) -> str:
    """A message without the parts of which something is missing."""

    def part(match: re.Match[str]) -> str:
        condition, words = match.groups()
        names = [condition] if condition else [name for _, name, *_ in PLACES_IN(words) if name]
        return words if all(map(places.get, names)) else ""

    return OPTIONAL_PART.sub(part, message)


def plural(number: int, singular: str, form: str, **places: object) -> str:
    """A message about a number of things, in the form that the number asks for.

    Parameters
    ----------
    number : int
        Of the things; it fills the place in the message.
    singular, form : str
        The message of one thing, and of any other number.
    **places : object
        What else the message names.

    Examples
    --------
    >>> plural(1, "{} fact", "{:,} facts"), plural(2000, "{} report", "{:,} reports")
    ('1 fact', '2,000 reports')
    """
    return (singular if number == 1 else form).format(number, **places)


def capital(words: str) -> str:
    """Words with a capital letter in front, all others as they are.

    >>> capital("public, destination, AC")
    'Public, destination, AC'
    """
    return words[:1].upper() + words[1:]


def uncapital(words: str) -> str:
    """A label in the middle of a sentence.

    >>> uncapital("Electric vehicles imported"), uncapital("CO2 avoided")
    ('electric vehicles imported', 'CO2 avoided')
    """
    if words[:2].isupper():
        return words
    return words[:1].lower() + words[1:]
