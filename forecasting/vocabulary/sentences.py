"""A sentence is one message with named places.

What stands in square brackets is left out where something that it names is missing, or the
condition that stands before it: a sentence is never put together from pieces, and another language
words and orders it as it needs. A place holds a value, which says itself in the language, and as
the place asks: a day by its pattern, a term in its case, and in the number of another place, the
lower end of an interval without its unit.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, reduce
from numbers import Real
from string import Formatter
from typing import Any

from forecasting.vocabulary.catalogues import day_in, digits, language, territory

# A part that may be left out, with a condition of its own where it names nothing
OPTIONAL_PART = re.compile(r"\[(?:(\w+)\?)?(.*?)\]")
PLACES_IN = Formatter().parse
AND = "{first} and {second}"
OR = "{first} or {second}"
NUMBER_ALONE = "alone"  # of a number whose unit stands behind another one
DAY_IN_DIGITS = "{day:y-MM-dd}"


class Term(str):
    """A noun or a name, which a language puts into the case and the number that a place asks for.

    Parameters
    ----------
    words : str
        In English; of a noun that is counted, its plural.
    context : str
        Of its entries in a catalogue, each of one case: ``noun``, or what it names and its id, such
        as ``place UZ``.
    one : str
        The noun of one thing, in English; empty of a name.

    Examples
    --------
    >>> from forecasting.vocabulary.catalogues import written_in
    >>> points = Term("points", "noun", "point")
    >>> str(points), points.form(number=1)
    ('points', 'point')
    >>> with written_in("ru"):
    ...     str(points), points.form(number=1), points.form("gen", 66000)
    ('зарядные точки', 'зарядная точка', 'зарядных точек')
    """

    context: str
    one: str

    def __new__(cls, words: str, context: str, one: str = "") -> Term:  # noqa: D102
        term = super().__new__(cls, words)
        term.context = context
        term.one = one
        return term

    def __getnewargs__(self) -> tuple[str, str, str]:  # type: ignore[override]
        return str.__str__(self), self.context, self.one

    def form(self, case: str = "", number: int | None = None) -> str:
        """The term as a place asks for it; in its first form where a catalogue has no such entry.

        Parameters
        ----------
        case : str
            As a translation names it, e.g. ``gen``; empty for the first one.
        number : int, optional
            Of the things; many, if not given.
        """
        words = str.__str__(self)
        if self.one and (case or number is not None):
            context = f"{self.context}, {case or 'counted'}"
            return language().counts(context, self.one, words, number or 0)
        form = language().says(words, ", ".join(filter(None, (self.context, case))))
        if form == words:
            form = language().says(words, self.context)
        kind, _, code = self.context.partition(" ")
        # A country of which no entry is asked for has its name from CLDR
        return territory(code, words) if kind == "place" and form == words else form

    def __str__(self) -> str:
        return self.form()

    def __format__(self, case: str) -> str:
        return self.form(case)


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


def filled(message: str, /, **places: object) -> str:
    """Words that are in the language already, with their places filled.

    Parameters
    ----------
    message, **places
        As of `sentence`.

    Examples
    --------
    >>> filled("New {vehicles} sold", vehicles="battery cars")
    'New battery cars sold'
    """
    return "".join(map(str, _parts(message, places)))


def sentence_parts(message: str, places: Mapping[str, object]) -> Iterator[object]:
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
    return _parts(language().says(message), places)


def _parts(message: str, places: Mapping[str, object]) -> Iterator[object]:
    for needed, part in _parts_of(message):
        if not all(map(places.get, needed)):
            continue
        for words, name, form, _ in part:
            yield words
            if name:
                value = places[name]
                if isinstance(value, list):
                    yield from value
                else:
                    yield _in_place(value, form or "", places)


@cache
def _parts_of(message: str) -> list[tuple[list[str], list[Any]]]:
    """The parts of a message, each with the places without which it is left out."""
    parts: list[tuple[list[str], list[Any]]] = []
    end = 0
    for match in OPTIONAL_PART.finditer(message):
        parts.append(([], [*PLACES_IN(message[end : match.start()])]))
        condition, words = match.groups()
        part = [*PLACES_IN(words)]
        needed = [condition] if condition else [name for _, name, *_ in part if name]
        parts.append((needed, part))
        end = match.end()
    parts.append(([], [*PLACES_IN(message[end:])]))
    return parts


def _in_place(value: object, form: str, places: Mapping[str, object]) -> object:
    """A value as a place asks for it."""
    if isinstance(value, Term):
        case, _, counted = form.partition(" ")
        return value.form(case, number_in(places[counted]) if counted else None)
    if isinstance(value, dt.date):
        return day_in(value, form) if form else day_in_digits(value)
    if form == NUMBER_ALONE:
        return re.sub(r"(?<=\d)\D+$", "", str(value))
    if form and isinstance(value, Real):
        return digits(format(value, form))
    return value


def day_in_digits(day: dt.date) -> str:
    """A day in digits, as cells and places without a pattern say it.

    >>> from forecasting.vocabulary.catalogues import written_in
    >>> day_in_digits(dt.date(2024, 3, 9))
    '2024-03-09'
    >>> with written_in("ru"):
    ...     day_in_digits(dt.date(2024, 3, 9))
    '09.03.2024'
    """
    return sentence(DAY_IN_DIGITS, day=day)


def number_in(words: object) -> int:
    """The whole number that a place says, by which a noun takes its own; 0 where it is in millions.

    >>> number_in("16,400"), number_in("1.33 million"), number_in(351.0)
    (16400, 0, 351)
    """
    if isinstance(words, Real):
        return round(float(words))
    whole = re.sub(r"[\s,]", "", str(words))
    return int(whole) if whole.isdecimal() else 0


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
    return language().counts("", singular, form, number).format(_Count(number), **places)


class _Count(int):
    """A number of things, written as the language does."""

    def __format__(self, form: str) -> str:
        return digits(super().__format__(form))


def listed(items: Iterable[object], message: str = AND) -> str:
    """Several things in a sentence; nothing of none.

    Parameters
    ----------
    items : iterable
        Words, or numbers.
    message : str
        How two of them stand together: `AND` or `OR`.

    Examples
    --------
    >>> listed(["Horgos", "Baktu"]), listed([2024, 2025], OR)
    ('Horgos and Baktu', '2024 or 2025')
    """
    words = [*map(str, items)] or [""]
    return reduce(lambda first, second: sentence(message, first=first, second=second), words)


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
