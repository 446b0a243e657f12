"""A table and a list to look at: the same in text, in HTML and on every version of pandas."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

__all__ = ["BulletList", "Table"]

LONG = ("disagreement", "reason", "sentence")  # columns that need room
# A cell that is not broken into lines: a number, an interval, a date.
NUMBER = re.compile(r"[-+]?[\d,.]+( %)?( \([\d,.]+ to [\d,.]+\))?|–|\d{4}(-\d\d){1,2}")


# A fact's id in a column of facts: the page makes a number of it, which leads to the fact's row.
FACT = re.compile(r"[^\s,]+-[^\s,]+")


def _mention(found: re.Match[str]) -> str:
    return f'<a class="fact" href="#fact-{found[0]}">{found[0]}</a>'


@dataclass(frozen=True)
class Table:
    """A frame to look at: text and HTML alike, with links where a row has an address.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is shown; values are turned into text as they are.
    links : mapping of str to list of str
        For a column, the address of each of its cells ("" for none); http, https and places in the page become links.
    caption : str
        One line above the table.

    Examples
    --------
    >>> Table(pd.DataFrame({"year": ["2023"], "vehicles": ["10,000"]}))
    year vehicles
    2023   10,000
    >>> "&lt;b&gt;" in Table(pd.DataFrame({"note": ["<b>"]}))._repr_html_()
    True
    """

    frame: pd.DataFrame
    links: Mapping[str, list[str]] = field(default_factory=dict)
    caption: str = ""

    def __repr__(self) -> str:
        with pd.option_context("display.max_colwidth", 60):
            text = self.frame.to_string(index=False) if len(self.frame) else "None."
        return f"{self.caption}\n{text}" if self.caption else text

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return f'<p class="fc-none">{html.escape(self.caption or "None.")}</p>'
        head = "".join(f"<tr>{row}</tr>" for row in self._heads())
        rows = (self._row(number) for number in range(len(self.frame)))
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        return f'<table class="fc-table">{caption}<thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'

    def _heads(self) -> Iterator[str]:
        """The rows of headings: of columns with names in two parts, each first part over all that share it."""
        if self.frame.columns.nlevels == 1:
            yield "".join(f"<th>{html.escape(str(name))}</th>" for name in self.frame.columns)
            return
        firsts, seconds = (list(map(str, self.frame.columns.get_level_values(level))) for level in (0, 1))
        groups = [(first, firsts.count(first)) for first in dict.fromkeys(firsts)]
        yield "".join(f'<th colspan="{count}">{html.escape(first)}</th>' for first, count in groups)
        yield "".join(f"<th>{html.escape(second)}</th>" if second else "<td></td>" for second in seconds)

    def _row(self, number: int) -> str:
        names = map(str, self.frame.columns.get_level_values(0))
        cells = (self._cell(name, number, value) for name, value in zip(names, self.frame.iloc[number], strict=True))
        return f"<tr>{''.join(cells)}</tr>"

    def _cell(self, name: str, number: int, value: object) -> str:
        text = html.escape(str(value))
        address = self.links[name][number] if name in self.links else ""
        if address.startswith(("http://", "https://", "#")):
            text = f'<a href="{html.escape(address)}">{text}</a>'
        if name in ("fact", "facts") and not str(value).isdigit():
            return f'<td class="id">{FACT.sub(_mention, text)}</td>'
        if name in LONG:
            return f'<td class="words">{text}</td>'
        return f'<td class="number">{text}</td>' if NUMBER.fullmatch(str(value)) else f"<td>{text}</td>"


@dataclass(frozen=True)
class BulletList:
    """Statements to be read first, as a list.

    Parameters
    ----------
    lines : sequence of str
        One statement each.

    Examples
    --------
    >>> BulletList(("No counts: rests on analogues alone.",))
    - No counts: rests on analogues alone.
    """

    lines: Sequence[str]

    def __repr__(self) -> str:
        return "\n".join(f"- {line}" for line in self.lines)

    def _repr_html_(self) -> str:
        return f'<ul class="fc-caveats">{"".join(f"<li>{html.escape(line)}</li>" for line in self.lines)}</ul>'
