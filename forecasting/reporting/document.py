"""A report as a Word document: its summary on the first page, tables, figures, and its sources by
number.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import nbformat

from forecasting.errors import InputError
from forecasting.evidence.files import write_asked
from forecasting.reporting.browser import pictures
from forecasting.reporting.citations import numbered
from forecasting.reporting.html import PLOTLY, report_title
from forecasting.reporting.word_tables import TableCell, write_table

HEADINGS = {"h1": 1, "h2": 1, "h3": 2}
LOOKS = {"b": ("bold",), "strong": ("bold",), "i": ("italic",), "em": ("italic",)}
QUIET = ("style", "script", "button")
WIDTH = 17.0  # centimetres between the margins of a page
FACTS = 'class="fc-facts"'
# What stands between parts that a page sets apart by its style
APART = {"range": ", ", "means": ": "}
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def write_document(report: Path, target: Path) -> Path:
    """Write an executed report as a Word document.

    Parameters
    ----------
    report : Path
        The notebook of a report, ``report.ipynb``.
    target : Path
        The file, ``.docx``; an older one is replaced.

    Raises
    ------
    InputError
        Where there is no such report, no python-docx, or no browser to draw the figures.
    """
    try:
        import docx
    except ImportError:
        raise InputError(
            "python-docx is missing; install it: pip install 'ev-forecasting[documents]'"
        ) from None
    if not report.is_file():
        raise InputError(f"{report} is not there; make the report first: ev-forecast run")
    notebook = nbformat.read(report, as_version=4)  # type: ignore[no-untyped-call]
    drawn = iter(pictures([data[PLOTLY] for data in _outputs(notebook) if PLOTLY in data]))
    facts = "".join(
        data.get("text/html", "")
        for data in _outputs(notebook)
        if FACTS in data.get("text/html", "")
    )
    document = docx.Document()
    _set_up(document, title := report_title(notebook) or report.parent.name)
    document.add_heading(title, 0)
    writer = _Writer(document, facts)
    for cell in notebook.cells:
        _write_cell(writer, cell, drawn)
    writer.sources()
    content = io.BytesIO()
    document.save(content)
    return write_asked(target, content.getvalue())


def _outputs(notebook: nbformat.NotebookNode) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        if "about-code" not in cell.metadata.get("tags", []):
            yield from (output["data"] for output in cell.get("outputs", []) if "data" in output)


def _write_cell(writer: _Writer, cell: nbformat.NotebookNode, drawn: Iterator[bytes]) -> None:
    if "about-code" in cell.metadata.get("tags", []):
        return
    if cell.cell_type == "markdown":
        # It has its title
        rest = cell.source.partition("\n")[2] if cell.source.startswith("# ") else cell.source
        if cell.source.startswith("## ") and not writer.divided:
            writer.document.add_page_break()  # the summary has a page of its own
            writer.divided = True
        writer.write(_html_of(rest))
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if PLOTLY in data:
            writer.picture(next(drawn), _alternative(data[PLOTLY]["layout"]))
        elif "text/html" in data:
            writer.write(data["text/html"])
        elif "text/plain" in data:
            writer.document.add_paragraph(data["text/plain"])


def _html_of(markdown: str) -> str:
    from nbconvert.filters import markdown2html

    return re.sub('<a class="anchor-link".*?</a>', "", str(markdown2html(markdown)))


def _alternative(layout: dict[str, Any]) -> str:
    words = (layout.get("meta") or {}).get("alt") or json.dumps(
        (layout.get("title") or {}).get("text", "")
    )
    return re.sub("<[^>]+>", "", str(words)).strip('"')


def _set_up(document: Any, title: str) -> None:
    """A4, narrow margins, one font; the title in the file's properties."""
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21.0 - WIDTH) / 2)
    section.top_margin = section.bottom_margin = Cm(2.0)
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(10.5)
    document.core_properties.title = title
    _number_pages(section.footer.paragraphs[0])


def _number_pages(footer: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    footer._p.append(field)


class _Writer(HTMLParser):
    """Writes the HTML of a report's cells into a document: headings, paragraphs, lists, tables,
    links by number.
    """

    def __init__(self, document: Any, facts: str) -> None:
        super().__init__()
        self.document, self.facts = document, facts
        self.divided = False
        self.paragraph: Any = None
        self.rows: list[list[TableCell]] | None = None
        self.items: Iterator[int] | None = None  # the numbers of a list that has them
        self.look: set[str] = set()
        self.link = ""
        self.links: dict[str, tuple[int, str]] = {}
        self.quiet = 0
        self.raised = False

    def write(self, page: str) -> None:
        """Write HTML; a fact that it mentions has the number of its row in the list of facts."""
        self.feed(numbered(page, self.facts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in QUIET:
            self.quiet += 1
        elif tag in ("table", "tr", "td", "th"):
            self._cell(tag, given)
        elif tag in ("p", "div", "caption"):
            self.paragraph = None
        elif tag in ("ol", "li", "sup", "q"):
            self._part(tag)
        elif tag in HEADINGS:
            self.paragraph = self.document.add_heading("", HEADINGS[tag])
        elif tag == "a" and str(given.get("href")).startswith(("http://", "https://")):
            self.link = str(given["href"])
        elif tag in LOOKS or tag == "span":
            self._space(APART.get(str(given.get("class")), " "))
            self.look.update(LOOKS.get(tag, ()))

    def _cell(self, tag: str, given: dict[str, str | None]) -> None:
        """A table, a row or a cell begins."""
        if tag == "table":
            self.rows = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif self.rows:
            across, down = (int(given.get(name) or 1) for name in ("colspan", "rowspan"))
            self.rows[-1].append(
                TableCell(across, down, tag == "th", "amount" in str(given.get("class")))
            )

    def _part(self, tag: str) -> None:
        """A list with numbers, one of its items or of a list without, a number of a fact or a
        quotation begins.
        """
        if tag == "li":
            self.paragraph = self.document.add_paragraph(
                style=None if self.items else "List Bullet"
            )
            self.paragraph.add_run(f"{next(self.items)}. " if self.items else "")
        elif tag == "q":
            self.handle_data("“")
        self.items = count(1) if tag == "ol" else self.items
        self.raised = tag == "sup"

    def _part_ends(self, tag: str) -> None:
        if tag == "q":
            self.handle_data("”")
        self.items = None if tag == "ol" else self.items
        self.raised = False

    def _space(self, between: str) -> None:
        """Parts that a page sets apart are words of one line here."""
        if self.rows is not None or self.paragraph is None or self.paragraph.text[-1:] in ("", "("):
            return
        last = self.paragraph.runs[-1]
        last.text = last.text.rstrip()
        self.handle_data(between)

    def handle_endtag(self, tag: str) -> None:
        if tag in QUIET:
            self.quiet -= 1
        elif tag == "table" and self.rows is not None:
            rows, self.rows = self.rows, None
            self.paragraph = None
            write_table(self.document, [row for row in rows if row], WIDTH)
        elif tag in ("ol", "sup", "q"):
            self._part_ends(tag)
        elif tag in ("p", "div", "li", "caption", *HEADINGS):
            self.paragraph = None
        elif tag == "a" and self.link:
            self.handle_data(f" [{self.links[self.link][0]}]" if self.link in self.links else "")
            self.link = ""
        elif tag in LOOKS:
            self.look.difference_update(LOOKS[tag])

    def handle_data(self, data: str) -> None:
        text = re.sub(r"\s+", " ", data.translate(RAISED) if self.raised else data)
        if self.quiet or (
            not text.strip() and self.paragraph is None and not (self.rows and self.rows[-1])
        ):
            return
        if self.link and self.link not in self.links:
            self.links[self.link] = (len(self.links) + 1, text.strip())
        if self.rows and self.rows[-1]:
            cell = self.rows[-1].pop()
            self.rows[-1].append(replace(cell, words=cell.words + text))
            return
        if self.rows is not None and not text.strip():
            return
        self.paragraph = (
            self.paragraph if self.paragraph is not None else self.document.add_paragraph()
        )
        run = self.paragraph.add_run(text)
        run.bold, run.italic = "bold" in self.look or None, "italic" in self.look or None

    def picture(self, image: bytes, words: str) -> None:
        """A figure as wide as the page, with its words for who does not see it."""
        from docx.shared import Cm

        self.paragraph = None
        shape = self.document.add_picture(io.BytesIO(image), width=Cm(WIDTH))
        shape._inline.docPr.set("descr", words)

    def sources(self) -> None:
        """The addresses that the text has by number."""
        if not self.links:
            return
        self.document.add_heading("Sources by number", 1)
        for address, (number, words) in self.links.items():
            self.document.add_paragraph(f"[{number}] {words}: {address}")
