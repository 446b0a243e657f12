"""A message whose places may lead somewhere, and a figure's words, which are three messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from forecasting.vocabulary.sentences import filled, sentence, sentence_parts
from forecasting.writers.display import Link

PLOTLY_TYPE = "application/vnd.plotly.v1+json"  # of a figure in a notebook


def linked_sentence(message: str, /, **places: object) -> list[str | Link]:
    """A message with its places filled, of which some may lead somewhere.

    Parameters
    ----------
    message, **places
        As of `sentence`; a place may hold a `Link`, or a list of words and links, too.

    Examples
    --------
    >>> linked_sentence("In 2023 {count} came[, or {rumour}].", count=Link("2,180", "#fact-a"))
    ['In 2023 ', Link(words='2,180', address='#fact-a', kind=''), ' came.']
    """
    parts: list[str | Link] = []
    for part in sentence_parts(message, places):
        if isinstance(part, Link):
            parts.append(part)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += str(part)
        elif part != "":
            parts.append(str(part))
    return parts


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
        return filled("{title}[: {subtitle}]", title=self.title, subtitle=self.subtitle)


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
