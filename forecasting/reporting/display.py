"""Tables, lists and sentences with links: the same in text, in HTML and on every version of
pandas.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from forecasting.reporting.labels import phrase

# How a page sets columns apart that hold ids of facts, or need room
KINDS = {
    "fact": "id",
    "facts": "id",
    "disagreement": "words",
    "reason": "words",
    "sentence": "words",
}
# A cell that is not broken into lines: a number, an interval, a date.
NUMBER = re.compile(r"[-+]?[\d,.]+( %)?( \([\d,.]+ to [\d,.]+\))?|–|\d{4}(-\d\d){1,2}")
# What stands under what, digit by digit
AMOUNT = re.compile(r"(under )?[-+]?[\d,.]+( %| million)?|–|anything")
LOW = "10 %"  # heads of an interval's ends, behind their median's
HIGH = "90 %"
WHEN = ("year", "period", "published", "newest")  # digits that are no amount
# Addresses that become links: outside, in the page, of a report beside it
LINKED = re.compile(r"https?://|#|(\.\./)?[\w-]+/report\.html$")
# A fact's id in a column of facts: the page makes a number of it, which leads to the fact's row.
FACT = re.compile(r"[^\s,]+-[^\s,]+")
NO_LINKS: Mapping[str, Any] = {}


def plain_frame(rows: Any, index: Any = None, columns: list[Any] | None = None) -> pd.DataFrame:
    """A frame of cells as they are; pandas would pack text tightly, which takes longer than all
    else about a table.

    >>> plain_frame([{"year": "2023"}]).dtypes.tolist()
    [dtype('O')]
    """
    return pd.DataFrame(rows, index, columns, dtype=object)


@dataclass(frozen=True)
class Link:
    """Words of a sentence or a table that lead somewhere; in text they are words alone.

    Parameters
    ----------
    words : str
        What is read.
    address : str
        Where it leads.
    kind : str
        By which a page's style and script find it; empty where none looks for it.
    """

    words: str
    address: str
    kind: str = ""

    def __str__(self) -> str:
        return self.words

    def html(self) -> str:
        """The link as HTML."""
        kind = phrase('class="{}" ', self.kind)
        return f'<a {kind}href="{html.escape(self.address)}">{html.escape(self.words)}</a>'


Line = str | Sequence[str | Link]


def line_text(line: Line) -> str:
    """A sentence as text.

    >>> line_text(["In 2023 ", Link("2,180 vehicles", "#fact-a-1"), "."])
    'In 2023 2,180 vehicles.'
    """
    return "".join(map(str, line))


def line_html(line: Line) -> str:
    """A sentence as HTML.

    >>> line_html(["In <2023> ", Link("2,180 vehicles", "#fact-a-1")])
    'In &lt;2023&gt; <a href="#fact-a-1">2,180 vehicles</a>'
    """
    return "".join(part.html() if isinstance(part, Link) else html.escape(part) for part in line)


def mention(name: str, words: str = "") -> Link:
    """A fact in a sentence or a cell, as a link to its row; without words its id stands for it.

    >>> mention("a-1", "2,180 vehicles").html()
    '<a class="fact" href="#fact-a-1">2,180 vehicles</a>'
    """
    return Link(words or name, f"#fact-{name}", "fact")


@dataclass(frozen=True)
class _Column:
    """A column as it is shown: its heads, its cells, whether these were numbers, how a page sets it
    apart, and where its cells lead.
    """

    heads: tuple[str, ...]
    cells: list[str]
    numeric: bool
    kind: str
    links: Sequence[str]

    def text(self, head: Sequence[str]) -> list[str]:
        """Heads and cells as pandas writes them."""
        *above, last = head
        lines = [*above, f" {last}" if self.numeric else last, *self.cells]
        width = max(map(len, lines))
        return [line.rjust(width) for line in lines]

    def head(self) -> str:
        """Its own head, the last one."""
        kind = ' class="amount"' if self.kind == "amount" else ""
        return f"<th{kind}>{html.escape(self.heads[-1])}</th>"

    def cell(self, at: int) -> str:
        """A cell of a row."""
        value = self.cells[at]
        address = self.links[at]
        text = html.escape(value)
        if self.kind == "id":
            text = FACT.sub(lambda name: mention(html.unescape(name[0])).html(), text)
        elif value != "–" and LINKED.match(address):
            text = Link(value, address, "end" if self.heads[-1] in (LOW, HIGH) else "").html()
        kind = self.kind
        if not kind and NUMBER.fullmatch(value):
            kind = "number"
        set_apart = phrase(' class="{}"', kind)
        return f"<td{set_apart}>{text}</td>"


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

    def _columns(self) -> list[_Column]:
        """The columns; the first one names the rows and is never set as amounts."""
        columns: list[_Column] = []
        links: Sequence[str] = ()
        cells = self.frame.to_numpy(dtype=object).T.tolist()
        for name, values, dtype in zip(self.frame.columns, cells, self.frame.dtypes, strict=True):
            heads = tuple(map(str, name if isinstance(name, tuple) else (name,)))
            texts = list(map(str, values))
            kind = KINDS.get(heads[0], "")
            if columns and heads[0] not in WHEN and all(map(AMOUNT.fullmatch, texts)):
                kind = "amount"
            if heads[0] not in (LOW, HIGH):
                links = ()
            links = self.links.get(heads[0], links) or [""] * len(texts)
            numeric = pd.api.types.is_numeric_dtype(dtype)
            columns.append(_Column(heads, texts, numeric, kind, links))
        return columns

    def __repr__(self) -> str:
        text = "None." if self.frame.empty else "\n".join(self._lines())
        return "\n".join(filter(None, (self.caption, text)))

    def _lines(self) -> Iterator[str]:
        """The rows as text: a heading that repeats the one before it is left out."""
        columns = []
        before = ""
        for column in self._columns():
            first, *below = column.heads
            repeated = below and first == before
            columns.append(column.text(["", *below] if repeated else column.heads))
            before = first
        return map(" ".join, zip(*columns, strict=True))

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return f'<p class="fc-none">{html.escape(self.caption or "None.")}</p>'
        columns = self._columns()
        head = "".join(f"<tr>{row}</tr>" for row in self._heads(columns))
        rows = "".join(
            f"<tr>{''.join(column.cell(at) for column in columns)}</tr>"
            for at in range(len(self.frame))
        )
        caption = phrase("<caption><span>{}</span></caption>", html.escape(self.caption))
        names = f"fc-table {self.kind}".strip()
        return f'<table class="{names}">{caption}<thead>{head}</thead><tbody>{rows}</tbody></table>'

    def _heads(self, columns: Sequence[_Column]) -> Iterator[str]:
        """The rows of headings: of columns with names in two parts, each first part over all that
        share it.
        """
        if self.frame.columns.nlevels == 2:
            groups = ""
            for first, group in groupby(columns, key=lambda column: column.heads[0]):
                members = list(group)
                span = f'colspan="{len(members)}"' if members[0].heads[1] else 'rowspan="2"'
                groups += f"<th {span}>{html.escape(first)}</th>"
            yield groups
        yield "".join(column.head() for column in columns if column.heads[1:] != ("",))


def beside(groups: Mapping[str, pd.DataFrame], index: str) -> pd.DataFrame:
    """Tables beside each other under a heading each, what they share in the first column.

    >>> left = pd.DataFrame({"median": ["1", "2"]}, index=[2025, 2026])
    >>> beside({"imports": left, "stock": left}, "year").columns.tolist()
    [('year', ''), ('imports', 'median'), ('stock', 'median')]
    """
    if not groups:
        return pd.DataFrame(columns=[index])
    wide = pd.concat(groups, axis=1).fillna("–")
    wide.insert(0, (index, ""), wide.index.map(str).astype(object))
    return wide.reset_index(drop=True)


def rows_table(
    rows: Any,
    rests_on: Mapping[str, str | Sequence[str]] = NO_LINKS,
    *,
    links: Mapping[str, list[str]] = NO_LINKS,
    caption: str = "",
    nothing: str = "",
) -> Table:
    """A table of some rows, whose amounts lead to what they rest on.

    Parameters
    ----------
    rows : sequence of mapping, mapping of str to sequence, or DataFrame
        The cells by the heads of their columns.
    rests_on : mapping of str to str or sequence of str
        For a column, the measure of its amounts, or of each of them.
    links : mapping of str to list of str
        As of `Table`.
    caption, nothing : str
        One line above the table; where there is no row, the other one in its place.

    Examples
    --------
    >>> rows_table([{"points": "400"}], {"points": "charging_points_need"}).links
    {'points': ['#grounds-charging_points_need']}
    """
    frame = rows if isinstance(rows, pd.DataFrame) else plain_frame(rows)
    count = len(frame)
    led = {
        head: [f"#grounds-{name}" for name in np.broadcast_to(np.asarray(measures), count)]
        for head, measures in rests_on.items()
    }
    return Table(frame, {**led, **links}, caption if count else nothing or caption)


@dataclass(frozen=True)
class BulletList:
    """Statements to be read first, as a list.

    Parameters
    ----------
    lines : sequence of Line
        One statement each, as a text or with links.
    kind : str
        How a page shows them.
    anchors : sequence of str
        The place of each in the page that numbers lead to; none has one by default.

    Examples
    --------
    >>> BulletList(("No counts: rests on analogues alone.",))
    - No counts: rests on analogues alone.
    """

    lines: Sequence[Line]
    kind: str = "fc-caveats"
    anchors: Sequence[str] = ()

    def __repr__(self) -> str:
        return "\n".join(f"- {line_text(line)}" for line in self.lines)

    def _repr_html_(self) -> str:
        places = [f' id="{anchor}"' for anchor in self.anchors] or [""] * len(self.lines)
        items = "".join(
            f"<li{place}>{line_html(line)}</li>"
            for place, line in zip(places, self.lines, strict=True)
        )
        return f'<ul class="{self.kind}">{items}</ul>'
