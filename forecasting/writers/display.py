"""Tables, lists and sentences with links: the same in text, in HTML and on every version of
pandas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import groupby, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from forecasting.vocabulary.sentences import Term

if TYPE_CHECKING:  # sentences need no table, and pandas takes half a second to load
    import pandas as pd

# What is not broken into lines: a cell of a number or a date, and an interval behind a number
NUMBER = r"[\d,.\xa0]+"  # with the marks of any language
UNBROKEN_CELL = re.compile(rf"[-+]?{NUMBER}(\s%)?|{NUMBER}–{NUMBER}|–|\d{{4}}(-\d\d){{1,2}}")
INTERVAL = re.compile(rf"(?<=\d )\({NUMBER}( to |–){NUMBER}\)")
# What stands under what, digit by digit; in another language a word before it is "under" there
AMOUNT = re.compile(rf"(under |[^\W\da-z]+ )?[-+−]?{NUMBER}(\s%| million|\sмлн)?|–")
# Letters that run to the left
ARABIC_OR_HEBREW = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
# JupyterLab aligns every cell to the right
LEFT_IN_LAB = (
    "<style>.jp-RenderedHTMLCommon .fc-table :is(th,td):not(.amount){text-align:left}</style>"
)
# Addresses that become links: of a host without a user's name, and without marks that turn the
# direction of reading; in the page; of a report beside it
WEB_ADDRESS = re.compile(
    r"https?://[^\s/?#@\\\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
    r"([/?#][^\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*)?",
    re.IGNORECASE,
)
PAGE_ADDRESS = re.compile(r"#.*|(\.\./)?[\w-]+/report(\.\w+)?\.html", re.DOTALL)
# Links to rows of a page: of facts, and of what numbers rest on
PAGE_LINK = re.compile(r'<a (class="fact" )?href="#((?:fact|grounds)-[^"]*)">(.*?)</a>', re.DOTALL)
ROW = re.compile(r'<li id="((?:fact|grounds)-[^"]*)">')
# A fact's id in a column of facts: the page makes a number of it, which leads to the fact's row.
FACT = re.compile(r"[^\s,]+-[^\s,]+")


def plain_frame(rows: Any, columns: list[Any]) -> pd.DataFrame:
    """A frame of cells as they are; pandas would pack text tightly, which takes longer than all
    else about a table.

    >>> plain_frame([["2023"]], ["year"]).dtypes.tolist()
    [dtype('O')]
    """
    import pandas as pd

    heads: Any = columns
    if columns and isinstance(columns[0], tuple):
        heads = pd.MultiIndex.from_tuples(columns)
    return pd.DataFrame(rows, columns=heads, dtype=object)


def is_web_address(text: str) -> bool:
    """Whether an address is one that a stranger's file may have as a link.

    >>> is_web_address("https://stat.uz/en/a?b=1#c"), is_web_address("https://stat.uz@evil.example/")
    (True, False)
    """
    return WEB_ADDRESS.fullmatch(text) is not None


def _of_class(name: str) -> str:
    """The class of an HTML element, where it has one."""
    return f' class="{name}"' if name else ""


@dataclass(frozen=True)
class Link:
    """Words of a sentence or a table that lead somewhere; in text they are words alone.

    Parameters
    ----------
    words : str
        What is read.
    address : str
        Where it leads; words that lead nowhere are set in bold.
    kind : str
        By which a page's style and script find it; empty where none looks for it.

    Examples
    --------
    >>> Link("A & B", "#a").html(), Link("A & B").html()
    ('<a href="#a">A &amp; B</a>', '<b>A &amp; B</b>')
    """

    words: str
    address: str = ""
    kind: str = ""

    def __str__(self) -> str:
        return self.words

    def html(self) -> str:
        """The link as HTML."""
        words = escape(self.words)
        if not self.address:
            return f"<b>{words}</b>"
        return f'<a{_of_class(self.kind)} href="{escape(self.address)}">{words}</a>'


class Dated(Link):
    """Words about a day, beside which a page's script tells how long ago it is when the page is
    opened; the day is the address.

    >>> Dated("It ends in May.", "2025-05-31").html()
    '<span data-counted="2025-05-31">It ends in May.</span>'
    """

    def html(self) -> str:
        """The words as HTML."""
        return f'<span data-counted="{self.address}">{escape(self.words)}</span>'


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
    return "".join(part.html() if isinstance(part, Link) else escape(part) for part in line)


def mention(name: str, words: str = "") -> Link:
    """A fact in a sentence or a cell, as a link to its row; without words its id stands for it.

    >>> mention("a-1", "2,180 vehicles").html()
    '<a class="fact" href="#fact-a-1">2,180 vehicles</a>'
    """
    return Link(words or name, f"#fact-{name}", "fact")


def number_facts(page: str, rows: str = "") -> str:
    """Give each mention of a fact the number of its row in the list of facts, so that the numbers
    are notes on paper; of a link to a row that is not there, keep the words.

    Parameters
    ----------
    page : str
        HTML with mentions.
    rows : str
        HTML with the list of facts, where it is not in the page.

    Examples
    --------
    >>> mentions = mention("a", "A").html() + mention("b", "B").html()
    >>> print(number_facts(mentions + '<ol><li id="fact-a">'))
    <a class="fact" href="#fact-a">A<sup>1</sup></a>B<ol><li id="fact-a">
    """
    places = ROW.findall(rows or page)
    facts = [name for name in places if name.startswith("fact-")]
    numbers = {name: number for number, name in enumerate(facts, start=1)}

    def linked(link: re.Match[str]) -> str:
        kind, name, words = link.groups()
        if name not in places:
            return words
        if not kind:
            return link[0]
        if name == f"fact-{words}":  # an id says nothing to a reader
            words = str(Term("fact", "head"))
        return f'<a class="fact" href="#{name}">{words}<sup>{numbers[name]}</sup></a>'

    return PAGE_LINK.sub(linked, page)


def _cell(text: str, kind: str, address: str) -> str:
    """A cell of a table as HTML, with the link that it is."""
    content = INTERVAL.sub(r'<span class="number">\g<0></span>', escape(text))
    if kind == "id":
        content = FACT.sub(lambda name: mention(unescape(name[0])).html(), content)
    elif text != "–" and (is_web_address(address) or PAGE_ADDRESS.fullmatch(address)):
        content = Link(text, address).html()
    if not kind and UNBROKEN_CELL.fullmatch(text):
        kind = "number"
    return f"<td{_of_class(kind)}>{content}</td>"


@dataclass(frozen=True)
class Table:
    """A frame to look at: text and HTML alike, with links where a row has an address.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is shown; values are turned into text as they are.
    links : mapping of str or tuple to list of str
        For a column of the frame, the address of each of its cells ("" for none); http, https and
        places in the page become links.
    caption : str
        One line above the table.
    kind : str
        By which a page's script finds the table; empty where none looks for it.
    looks : mapping of str or tuple to str
        For a column of the frame, how it looks, as `Column` has it.

    Examples
    --------
    >>> import pandas as pd
    >>> Table(pd.DataFrame({"year": ["2023"], "vehicles": ["10,000"]}))
    year vehicles
    2023   10,000
    >>> "&lt;b&gt;" in Table(pd.DataFrame({"note": ["<b>"]}))._repr_html_()
    True
    """

    frame: pd.DataFrame
    links: Mapping[Any, list[str]] = field(default_factory=dict)
    caption: str = ""
    kind: str = ""
    looks: Mapping[Any, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        if self.frame.empty:
            return self.caption or "None."
        text = self.frame.map(str).to_string(index=False)
        return "\n".join(filter(None, (self.caption, text)))

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return f'<p class="fc-none">{escape(self.caption or "None.")}</p>'
        lasts = []
        columns: list[Iterator[str]] = []
        grouped = self.frame.columns.nlevels == 2
        for label, values in self.frame.items():
            texts = list(map(str, values))
            kind = self.looks.get(label, "")
            # The first column names the rows
            if kind == "date":
                kind = ""
            elif columns and all(map(AMOUNT.fullmatch, texts)):
                kind = "amount"
            links = self.links.get(label) or [""] * len(texts)
            columns.append(map(_cell, texts, repeat(kind), links))
            head = str(label[-1] if isinstance(label, tuple) else label)
            if head or not grouped:
                amount = kind if kind == "amount" else ""
                lasts.append(f"<th{_of_class(amount)}>{escape(head)}</th>")
        group_heads = [self._group_heads()] if grouped else []
        rows = [*group_heads, lasts, *zip(*columns, strict=True)]
        body_rows = [f"<tr>{''.join(cells)}</tr>" for cells in rows]
        body = self.frame.columns.nlevels
        caption = ""
        if self.caption:
            caption = f"<caption><span>{escape(self.caption)}</span></caption>"
        return (
            f'{LEFT_IN_LAB}<table class="{f"fc-table {self.kind}".strip()}">{caption}'
            f"<thead>{''.join(body_rows[:body])}</thead><tbody>{''.join(body_rows[body:])}</tbody></table>"
        )

    def _group_heads(self) -> Iterator[str]:
        """Of columns with names in two parts, the first parts, each over all that share it."""
        for heading, group in groupby(self.frame.columns, key=itemgetter(0)):
            members = list(group)
            span = f'colspan="{len(members)}"' if members[0][1] else 'rowspan="2"'
            yield f"<th {span}>{escape(heading)}</th>"


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
    tag : str
        ``ul``, or ``ol`` where a page numbers them.

    Examples
    --------
    >>> BulletList(("No counts: rests on analogues alone.",))
    - No counts: rests on analogues alone.
    """

    lines: Sequence[Line]
    kind: str = "fc-caveats"
    anchors: Sequence[str] = ()
    tag: str = "ul"

    def __repr__(self) -> str:
        return "\n".join(f"- {line_text(line)}" for line in self.lines)

    def _repr_html_(self) -> str:
        places = [f' id="{escape(anchor)}"' for anchor in self.anchors]
        items = "".join(
            f"<li{place}>{line_html(line)}</li>"
            for place, line in zip(places or repeat(""), self.lines, strict=False)
        )
        return f'<{self.tag} class="{self.kind}">{items}</{self.tag}>'


@dataclass(frozen=True)
class Prose:
    """Sentences to be read first, a paragraph each.

    Parameters
    ----------
    lines : sequence of Line
        The paragraphs.
    kind : str
        How a page shows the first of them.

    Examples
    --------
    >>> Prose(["In 2023 2,180 came."], "fc-lead")
    In 2023 2,180 came.
    """

    lines: Sequence[Line]
    kind: str

    @property
    def sentence(self) -> str:
        """The first paragraph."""
        return line_text(self.lines[0])

    def __repr__(self) -> str:
        return "\n".join(map(line_text, self.lines))

    def _repr_html_(self) -> str:
        lead, *paragraphs = map(line_html, self.lines)
        return f'<p class="{self.kind}">{lead}</p>' + "".join(
            f"<p>{line}</p>" for line in paragraphs
        )
