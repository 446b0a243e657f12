"""A table and a list to look at: the same in text, in HTML and on every version of pandas."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

LONG = ("disagreement", "reason", "sentence")  # columns that need room
# A cell that is not broken into lines: a number, an interval, a date.
NUMBER = re.compile(r"[-+]?[\d,.]+( %)?( \([\d,.]+ to [\d,.]+\))?|–|\d{4}(-\d\d){1,2}")
# What stands under what, digit by digit
AMOUNT = re.compile(r"(under )?[-+]?[\d,.]+( %)?|–|anything")
LOW, HIGH = "10 %", "90 %"  # heads of an interval's ends, behind their median's
WHEN = ("year", "period", "published", "newest")  # digits that are no amount
# Addresses that become links: outside, in the page, of a report beside it
LINKED = re.compile(r"https?://|#|[\w-]+/report\.html$")

# A fact's id in a column of facts: the page makes a number of it, which leads to the fact's row.
FACT = re.compile(r"[^\s,]+-[^\s,]+")


def plain_frame(rows: Any, index: Any = None, columns: list[Any] | None = None) -> pd.DataFrame:
    """A frame of cells as they are; pandas would pack text tightly, which takes longer than all
    else about a table.

    >>> plain_frame([{"year": "2023"}]).dtypes.tolist()
    [dtype('O')]
    """
    return pd.DataFrame(rows, index, columns, dtype=object)


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
        For a column, the address of each of its cells ("" for none); http, https and places in the
        page become links. Columns under one heading lead to the same place, and the ends of an
        interval where their median leads.
    caption : str
        One line above the table.
    kind : str
        By which a page's script finds the table; empty where none looks for it.

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
    kind: str = ""

    def __repr__(self) -> str:
        text = "\n".join(self._lines()) if len(self.frame) else "None."
        return f"{self.caption}\n{text}" if self.caption else text

    def _lines(self) -> Iterator[str]:
        """The rows as text, as pandas writes them: a heading that repeats the one before it is left
        out.
        """
        heads = [
            [str(part) for part in (name if isinstance(name, tuple) else (name,))]
            for name in self.frame.columns
        ]
        firsts = [head[0] for head in heads]
        for head, before, kind in zip(heads, ["", *firsts], self.frame.dtypes, strict=False):
            if len(head) > 1 and head[0] == before:
                head[0] = ""
            if pd.api.types.is_numeric_dtype(kind):
                head[-1] = f" {head[-1]}"
        columns = [head + column for head, column in zip(heads, self._cells, strict=True)]
        widths = [max(map(len, column)) for column in columns]
        for row in zip(*columns, strict=True):
            yield " ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))

    @cached_property
    def _cells(self) -> list[list[str]]:
        """The text of each cell, column by column."""
        return [list(map(str, column)) for column in self.frame.to_numpy(dtype=object).T.tolist()]

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return f'<p class="fc-none">{html.escape(self.caption or "None.")}</p>'
        amounts = self._amounts()
        head = "".join(f"<tr>{row}</tr>" for row in self._heads(amounts))
        rows = self._rows(amounts)
        caption = (
            f"<caption><span>{html.escape(self.caption)}</span></caption>" if self.caption else ""
        )
        names = " ".join(filter(None, ["fc-table", self.kind]))
        return f'<table class="{names}">{caption}<thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'

    def _amounts(self) -> list[bool]:
        """Of each column, whether it holds amounts and is set to the right; the first one names the
        rows.
        """
        names = map(str, self.frame.columns.get_level_values(0))
        return [
            at > 0 and name not in WHEN and all(map(AMOUNT.fullmatch, column))
            for at, (name, column) in enumerate(zip(names, self._cells, strict=True))
        ]

    def _heads(self, amounts: Sequence[bool]) -> Iterator[str]:
        """The rows of headings: of columns with names in two parts, each first part over all that
        share it.
        """
        kinds = [' class="amount"' if right else "" for right in amounts]
        if self.frame.columns.nlevels == 1:
            named = zip(map(str, self.frame.columns), kinds, strict=True)
            yield "".join(f"<th{kind}>{html.escape(name)}</th>" for name, kind in named)
            return
        firsts, seconds = (
            list(map(str, self.frame.columns.get_level_values(level))) for level in (0, 1)
        )
        groups = [(first, firsts.count(first)) for first in dict.fromkeys(firsts)]
        alone = {first for first, second in zip(firsts, seconds, strict=True) if not second}
        spans = (
            ' rowspan="2"' if first in alone else f' colspan="{count}"' for first, count in groups
        )
        yield "".join(
            f"<th{span}>{html.escape(first)}</th>"
            for span, (first, _) in zip(spans, groups, strict=True)
        )
        below = zip(seconds, kinds, strict=True)
        yield "".join(f"<th{kind}>{html.escape(name)}</th>" for name, kind in below if name)

    def _rows(self, amounts: Sequence[bool]) -> Iterator[str]:
        names = [str(name) for name in self.frame.columns.get_level_values(0)]
        links: list[Sequence[str]] = []
        for name in names:
            links.append(self.links.get(name, links[-1] if links and name in (LOW, HIGH) else ()))
        kinds = [
            ' class="end"' if name in (LOW, HIGH) else ""
            for name in self.frame.columns.get_level_values(-1)
        ]
        for number, row in enumerate(zip(*self._cells, strict=True)):
            opened = [
                f'<a{kind} href="{html.escape(each[number])}">'
                if each and LINKED.match(each[number])
                else ""
                for kind, each in zip(kinds, links, strict=True)
            ]
            yield f"<tr>{''.join(map(self._cell, names, row, amounts, opened))}</tr>"

    @staticmethod
    def _cell(name: str, value: str, right: bool, opened: str) -> str:
        text = html.escape(value)
        if opened and text != "–":
            text = f"{opened}{text}</a>"
        if name in ("fact", "facts") and not value.isdigit():
            return f'<td class="id">{FACT.sub(_mention, text)}</td>'
        if name in LONG:
            return f'<td class="words">{text}</td>'
        if right:
            return f'<td class="amount">{text}</td>'
        return f'<td class="number">{text}</td>' if NUMBER.fullmatch(value) else f"<td>{text}</td>"


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
