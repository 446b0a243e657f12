"""A sentence is one message with named places, and a figure's words are three of them.

What stands in square brackets is left out where something that it names is missing, or the
condition that stands before it: a sentence is never put together from pieces, and another language
words and orders it as it needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from string import Formatter
from typing import Any

from forecasting.writers.display import Link, line_text

# A part that may be left out, with a condition of its own where it names nothing
OPTIONAL_PART = re.compile(r"\[(?:(\w+)\?)?(.*?)\]")
PLACES_IN = Formatter().parse
PLOTLY_TYPE = "application/vnd.plotly.v1+json"  # of a figure in a notebook


def linked_sentence(message: str, /, **places: object) -> list[str | Link]:
    """A message with its places filled, of which some may lead somewhere.

    Parameters
    ----------
    message : str
        With the names of places in braces, and parts that may be missing in square brackets.
    **places : object
        What stands there: a word, a number, a `Link`, a list of words and links; false or not given
        where nothing is known.

    Examples
    --------
    >>> linked_sentence("In 2023 {count} came[, or {rumour}].", count=Link("2,180", "#fact-a"))
    ['In 2023 ', Link(words='2,180', address='#fact-a', kind=''), ' came.']
    """
    parts: list[str | Link] = []
    for words, name, form, _ in PLACES_IN(_without_missing_parts(message, places)):
        parts.append(words)
        if name:
            value = places[name]
            if isinstance(value, list):
                parts += value
            else:
                parts.append(value if isinstance(value, Link) else format(value, form or ""))
    return [part for part in parts if part]


def _without_missing_parts(message: str, places: dict[str, object]) -> str:
    """A message without the parts of which something is missing."""

    def part(match: re.Match[str]) -> str:
        condition, words = match.groups()
        names = [condition] if condition else [name for _, name, *_ in PLACES_IN(words) if name]
        return words if all(map(places.get, names)) else ""

    return OPTIONAL_PART.sub(part, message)


def sentence(message: str, /, **places: object) -> str:
    """The same as text.

    Parameters
    ----------
    message, **places
        As of `linked_sentence`.

    Examples
    --------
    >>> sentence("{count:,} vehicles[, as counted by {agency}][log?; log scale]", count=2180)
    '2,180 vehicles'
    """
    return line_text(linked_sentence(message, **places))


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


@dataclass(frozen=True)
class FigureForm:
    """The declaration of a figure: its words.

    Parameters
    ----------
    title : str
        A message: what the figure says, with the number that matters.
    subtitle : str
        A message: what is shown, and in which unit.
    source : str
        A message: where the numbers come from.

    Examples
    --------
    >>> form = FigureForm("{count} in {year}", "vehicles[, as counted by {agency}]")
    >>> form.words(count="1,000", year=2030).caption
    '1,000 in 2030: vehicles'
    """

    title: str
    subtitle: str = ""
    source: str = ""

    def words(self, **places: object) -> FigureForm:
        """The words of one figure.

        Parameters
        ----------
        **places : object
            What the messages name, as of `sentence`.
        """
        return FigureForm(
            *(sentence(message, **places) for message in (self.title, self.subtitle, self.source))
        )

    @property
    def caption(self) -> str:
        """Title and subtitle in one line."""
        return sentence("{title}[: {subtitle}]", title=self.title, subtitle=self.subtitle)


def figure_words(layout: Mapping[str, Any]) -> tuple[FigureForm, str]:
    """The words of a figure, and its alternative text, without plotly's markup.

    Parameters
    ----------
    layout : mapping
        As plotly stores it; an alternative text is in ``meta.alt``, else the titles are.
    """
    title = layout.get("title", {})
    texts = (title.get("text", "Figure"), title.get("subtitle", {}).get("text", ""))
    words = FigureForm(*(_plain_text(text.replace("<br>", " ")) for text in texts))
    return words, layout.get("meta", {}).get("alt") or words.caption


def _plain_text(markup: str) -> str:
    """Words without their tags."""
    return unescape(re.sub("<[^>]+>", "", markup))
