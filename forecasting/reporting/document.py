"""A report as a Word document: its summary on the first page, tables, figures, and its sources by number."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat

from forecasting.errors import InputError
from forecasting.evidence.files import write_asked
from forecasting.reporting.browser import pictures
from forecasting.reporting.html import PLOTLY, report_title

__all__ = ["write_document"]

HEADINGS = {"h1": 1, "h2": 1, "h3": 2}
LOOKS = {"b": ("bold",), "strong": ("bold",), "i": ("italic",), "em": ("italic",)}
QUIET = ("style", "script", "button")
WIDTH = 16.0  # centimetres between the margins of a page
LONG = 30  # letters of a cell beyond which its column gets no wider
SMALL = 8  # points, in a table of many columns


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
        raise InputError("python-docx is missing; install it: pip install 'ev-forecasting[documents]'") from None
    if not report.is_file():
        raise InputError(f"{report} is not there; make the report first: ev-forecast run")
    notebook = nbformat.read(report, as_version=4)  # type: ignore[no-untyped-call]
    drawn = iter(pictures([data[PLOTLY] for data in _outputs(notebook) if PLOTLY in data]))
    document = docx.Document()
    _set_up(document, title := report_title(notebook) or report.parent.name)
    document.add_heading(title, 0)
    writer = _Writer(document)
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
        rest = cell.source.partition("\n")[2] if cell.source.startswith("# ") else cell.source  # it has its title
        if cell.source.startswith("## ") and not writer.divided:
            writer.document.add_page_break()  # the summary has a page of its own
            writer.divided = True
        writer.feed(_html_of(rest))
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if PLOTLY in data:
            writer.picture(next(drawn), _alternative(data[PLOTLY]["layout"]))
        elif "text/html" in data:
            writer.feed(data["text/html"])
        elif "text/plain" in data:
            writer.document.add_paragraph(data["text/plain"])


def _html_of(markdown: str) -> str:
    from nbconvert.filters import markdown2html

    return re.sub('<a class="anchor-link".*?</a>', "", str(markdown2html(markdown)))


def _alternative(layout: dict[str, Any]) -> str:
    words = (layout.get("meta") or {}).get("alt") or json.dumps((layout.get("title") or {}).get("text", ""))
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


class _Writer(HTMLParser):
    """Writes the HTML of a report's cells into a document: headings, paragraphs, lists, tables, links by number."""

    def __init__(self, document: Any) -> None:
        super().__init__()
        self.document = document
        self.divided = False
        self.paragraph: Any = None
        self.rows: list[list[str]] | None = None
        self.heads = self.at = 0  # rows of headings, and the cell that is being written
        self.look: set[str] = set()
        self.link = ""
        self.links: dict[str, tuple[int, str]] = {}
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in QUIET:
            self.quiet += 1
        elif tag in ("table", "tr", "td", "th"):
            self._cell(tag, int(given.get("colspan") or 1))
        elif tag in ("p", "div", "caption"):
            self.paragraph = None
        elif tag == "li":
            self.paragraph = self.document.add_paragraph(style="List Bullet")
        elif tag in HEADINGS:
            self.paragraph = self.document.add_heading("", HEADINGS[tag])
        elif tag == "a" and str(given.get("href")).startswith(("http://", "https://")):
            self.link = str(given["href"])
        elif tag in LOOKS or tag == "span":
            self._space()
            self.look.update(LOOKS.get(tag, ()))

    def _cell(self, tag: str, wide: int) -> None:
        """A table, a row or a cell begins."""
        if tag == "table":
            self.rows, self.heads = [], 0
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif self.rows:
            self.at = len(self.rows[-1])
            self.heads += tag == "th" and not self.at
            self.rows[-1] += [""] * wide

    def _space(self) -> None:
        """Parts that a page sets apart by its style are words of one line here."""
        if self.rows is None and self.paragraph is not None and self.paragraph.text[-1:] not in ("", " ", "("):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in QUIET:
            self.quiet -= 1
        elif tag == "table" and self.rows is not None:
            rows, self.rows = self.rows, None
            self._table(rows)
        elif tag in ("p", "div", "li", "caption", *HEADINGS):
            self.paragraph = None
        elif tag == "a" and self.link:
            self.handle_data(f" [{self.links[self.link][0]}]" if self.link in self.links else "")
            self.link = ""
        elif tag in LOOKS:
            self.look.difference_update(LOOKS[tag])

    def handle_data(self, data: str) -> None:
        text = re.sub(r"\s+", " ", data)
        if self.quiet or (not text.strip() and self.paragraph is None and not (self.rows and self.rows[-1])):
            return
        if self.link and self.link not in self.links:
            self.links[self.link] = (len(self.links) + 1, text.strip())
        if self.rows and self.rows[-1]:
            self.rows[-1][self.at] += text
            return
        if self.rows is not None and not text.strip():
            return
        self.paragraph = self.paragraph if self.paragraph is not None else self.document.add_paragraph()
        run = self.paragraph.add_run(text)
        run.bold, run.italic = "bold" in self.look or None, "italic" in self.look or None

    def _table(self, rows: Sequence[Sequence[str]]) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        wide = max(map(len, rows), default=0)
        if not wide:
            return
        table = self.document.add_table(rows=0, cols=wide, style="Light List Accent 1")
        table._tbl.tblPr.find(qn("w:tblLook")).set(qn("w:firstColumn"), "0")  # its first column is not bold
        table.autofit = False
        longest = [max(min(len(cells[at]), LONG) for cells in rows if at < len(cells)) + 3 for at in range(wide)]
        shares = [WIDTH * each / sum(longest) for each in longest]
        for number, cells in enumerate(rows):
            made = table.add_row()
            for cell, text, share in zip(made.cells, [*cells, *[""] * (wide - len(cells))], shares, strict=True):
                cell.width = Cm(share)
                run = cell.paragraphs[0].add_run(text.strip())
                run.font.size, run.bold = Pt(SMALL if wide > 4 else SMALL + 1), number < self.heads or None
            if number < self.heads:
                _repeat(made)
        self.document.add_paragraph()

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


def _repeat(row: Any) -> None:
    """Have a row of headings stand on each page that its table reaches."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
