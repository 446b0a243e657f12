"""A report as a Word document: the brief as a memo, contents, numbered tables and figures, and its
sources by number. It is read from the HTML that the report's cells show.
"""

import datetime as dt
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import docx
import nbformat
import numpy as np
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from lxml.html import fragment_fromstring
from nbconvert.filters import markdown2html

from forecasting.vocabulary.catalogues import ENGLISH, language
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.files import write_asked
from forecasting.vocabulary.quantiles import Array
from forecasting.vocabulary.sentences import sentence
from forecasting.writers.display import ARABIC_OR_HEBREW, is_web_address, number_facts
from forecasting.writers.messages import PLOTLY_TYPE, figure_words
from forecasting.writers.page import CONTENTS, sections

CellPlace = tuple[int, int, int, int, Any]  # row, column, how many of each, and the cell

HEADINGS = {"h1": 1, "h2": 1, "h3": 2}
BOLD = {"b", "strong", "th"}
ITALIC = {"i", "em"}
CELL_TAGS = {"td", "th"}
UNPRINTED_TAGS = {"style", "script", "button"}
BLOCKS = ("p", "li", "table", *HEADINGS)
TEXT_WIDTH = 18.2  # centimetres between the margins of a page, where no template says otherwise
TABLE_STYLE = "Light List Accent 1"
STYLES = ("Title", "Subtitle", "Heading 1", "Heading 2", "List Bullet", "Caption")
REFERENCE_STYLE = "Reference"  # of facts and sources by number, which are many
REFERENCE_SIZE = 8  # points of its letters
AUTHOR = "ev-forecasting"
EVIDENCE_CLASS = 'class="fc-known"'
LEAD_CLASS = 'class="fc-lead"'
MAX_DESCRIPTION = 255  # letters that Word takes
ANY_DAY = dt.date(2020, 1, 1)  # of a report without results: equal contents give equal files
LEFT_TO_RIGHT_MARK = "\u200e"
RIGHT_TO_LEFT = re.compile(
    rf"([{ARABIC_OR_HEBREW}](?:[\s{ARABIC_OR_HEBREW}]*[{ARABIC_OR_HEBREW}])?)"
)
HEADING_LINE = re.compile("^##+ (.*)", re.MULTILINE)
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MAX_COLUMN_LETTERS = 28  # letters of a cell beyond which its column gets no wider
# Centimetres of a letter for each point of its size, and of a cell without its words
LETTER = 0.022
MARGINS = 0.38
BOLD_WIDTH = 1.15  # of a bold letter, in letters
WHOLE_TABLE = 14  # rows of a table that is not cut where it fits a page
FONT_SIZES = (9, 8, 7, 6, 5)  # points of a table's letters: the first with which no word is split
SMALL_SIZE = 7  # points below which a table lies across the page


def write_document(
    notebook: nbformat.NotebookNode,
    target: Path,
    *,
    title: str,
    day: dt.date | None,
    draw: Callable[[Sequence[Any]], Iterable[bytes]],
    template: Path | None = None,
    brief: bool = False,
) -> Path:
    """Write an executed report as a Word document.

    Parameters
    ----------
    notebook : NotebookNode
        Of a report.
    target : Path
        The file, ``.docx``; an older one is replaced.
    title : str
        Of the report.
    day : date, optional
        Of what is known; when the document is said to be made. It is never now, so that equal
        contents give equal bytes.
    draw : callable
        Makes pictures of figures as a notebook stores them, without their titles: captions say
        them.
    template : Path, optional
        A Word document whose styles and page the new one has; what is written in it is left out.
    brief : bool
        What stands above the first section, alone.

    Raises
    ------
    InputError
        Where the figures cannot be drawn, or the template is no Word document.
    """
    cells = [cell for cell in notebook.cells if "about-code" not in cell.metadata.get("tags", [])]
    if brief:
        cells = [cell for cell, _ in sections(cells)[0]["shown"]]
    outputs = _output_data(*cells)
    images = iter(draw([data[PLOTLY_TYPE] for data in outputs if PLOTLY_TYPE in data]))
    document = _empty_document(template)
    _set_up(document, template is None)
    _describe(document, title, _texts_of(outputs, LEAD_CLASS), day or ANY_DAY)
    document.add_paragraph(title, "Title")
    document.add_paragraph(_texts_of(outputs, EVIDENCE_CLASS), "Subtitle")
    writer = _Writer(document, cells, "".join(data.get("text/html", "") for data in outputs))
    for place, cell in enumerate(cells, start=1):
        if cell.cell_type == "markdown":
            # A text stands on the page of what it introduces
            writer.turn_for(_output_before_text(cells[place:]))
            writer.write_markdown(cell.source)
        for data in _output_data(cell):
            if EVIDENCE_CLASS not in data.get("text/html", ""):  # the subtitle says it
                writer.write_output(data, images)
    writer.write_sources()
    content = io.BytesIO()
    document.save(content)
    return write_asked(target, content.getvalue())


def _texts_of(outputs: Iterable[Mapping[str, Any]], html_class: str) -> str:
    """What the outputs of a class say, as text."""
    chosen = [data for data in outputs if html_class in data.get("text/html", "")]
    return "\n".join(data.get("text/plain", "") for data in chosen)


def _describe(document: Any, title: str, description: str, day: dt.date) -> None:
    """Say in the file's properties what it is about, by whom, and of which day."""
    properties = document.core_properties
    properties.title = title
    properties.author = AUTHOR
    properties.comments = description[:MAX_DESCRIPTION]
    properties.created = properties.modified = dt.datetime.combine(day, dt.time())


def _empty_document(template: Path | None) -> Any:
    """An empty document, with the styles of a template where one is given."""
    try:
        document: Any = docx.Document(str(template) if template else None)
    except (PackageNotFoundError, ValueError, KeyError):
        raise InputError(f"{template} is no Word document; give one that ends in .docx") from None
    for part in document.element.body[:-1]:  # the last describes the page
        document.element.body.remove(part)
    return document


def _output_data(*cells: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """What the outputs of cells show, by type."""
    return [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]


def _output_before_text(cells: Iterable[nbformat.NotebookNode]) -> Mapping[str, Any]:
    """What the first output of some cells shows; nothing where a text comes first."""
    code = itertools.takewhile(lambda cell: cell.cell_type == "code", cells)
    return next(iter(_output_data(*code)), {})


def _set_up(document: Any, own_layout: bool) -> None:
    """Have the styles that are used; without a template A4, narrow margins, one font, numbered
    pages.
    """
    for name in STYLES:
        if name not in document.styles:
            document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    if REFERENCE_STYLE not in document.styles:
        style = document.styles.add_style(REFERENCE_STYLE, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(REFERENCE_SIZE)
        style.paragraph_format.space_after = Pt(2)
    if TABLE_STYLE not in document.styles:
        document.styles.add_style(TABLE_STYLE, WD_STYLE_TYPE.TABLE, builtin=True)
    document.settings.element.append(_xml("w:updateFields", "w:val", "true"))
    if language().code != ENGLISH:
        for spelling in document.styles.element.xpath("//w:docDefaults//w:lang"):
            spelling.set(qn("w:val"), language().code)
    if not own_layout:
        return
    section = document.sections[0]
    section.page_width = Cm(21.0)
    section.page_height = Cm(29.7)
    section.left_margin = section.right_margin = Cm((21.0 - TEXT_WIDTH) / 2)
    section.top_margin = section.bottom_margin = Cm(2.0)
    font = document.styles["Normal"].font
    font.name = "Calibri"
    font.size = Pt(10.5)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _add_field(footer, "PAGE", "1")


def _xml(name: str, attribute: str, value: str) -> Any:
    element = OxmlElement(name)
    element.set(qn(attribute), value)
    return element


def _add_field(paragraph: Any, instruction: str, placeholder: str) -> None:
    """Add a field that Word fills in, and what it shows until then."""
    field_code = OxmlElement("w:instrText")
    field_code.text = instruction
    begin, separate, end = (
        _xml("w:fldChar", "w:fldCharType", kind) for kind in ("begin", "separate", "end")
    )
    for part in (begin, field_code, separate):
        paragraph.add_run()._r.append(part)
    paragraph.add_run(placeholder)
    paragraph.add_run()._r.append(end)


class _Writer:
    """Writes the HTML of a report's cells into a document: headings, paragraphs, lists, tables,
    links by number.
    """

    def __init__(self, document: Any, cells: Iterable[nbformat.NotebookNode], facts: str) -> None:
        self.document = document
        self.cells = cells
        self.facts = facts
        self.divided = False
        self.across = False  # whether the page is turned
        self.numbers = {"Figure": 0, "Table": 0}
        self.topic = ""  # the last sentence: of what a table without a caption is
        self.text: Any = None  # the last paragraph, which refers to what follows it
        section = document.sections[0]
        self.width = (section.page_width - section.left_margin - section.right_margin) / Cm(1)
        self.upright = self.width
        self.sources: dict[str, str] = {}  # the words of each address that has a number

    def write_markdown(self, source: str) -> None:
        """Write a text; the contents stand between the brief and the first section."""
        if source.startswith("## ") and not self.divided:
            self._add_contents()
            self.divided = True
        self.topic = re.split(r"[.;](?:\s|$)", source.strip("# ").rpartition("\n\n")[2])[0]
        # The document has its title
        self.write(markdown2html(re.sub(r"\A# .*\n?", "", source)), introduces=True)

    def _add_contents(self) -> None:
        """The contents; Word adds the numbers of pages when the document is opened."""
        head = self.document.add_paragraph(sentence(CONTENTS), "Subtitle")
        head.paragraph_format.keep_with_next = True
        text = "\n".join(cell.source for cell in self.cells if cell.cell_type == "markdown")
        headings = "\n".join(HEADING_LINE.findall(text))
        entries = self.document.add_paragraph()
        entries.paragraph_format.keep_together = True
        _add_field(entries, 'TOC \\o "1-2" \\h', headings)

    def write_output(self, data: Mapping[str, Any], images: Iterator[bytes]) -> None:
        """Write what a cell shows: the next of the figures, HTML or text."""
        self.turn_for(data)
        if PLOTLY_TYPE in data:
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.keep_with_next = True  # its caption
            run = paragraph.add_run()
            picture = run.add_picture(io.BytesIO(next(images)), width=Cm(self.width))
            words, alternative = figure_words(data[PLOTLY_TYPE]["layout"])
            picture._inline.docPr.set("descr", alternative)
            self._caption("Figure", words.caption)
        elif "text/html" in data:
            self.write(data["text/html"])
        elif "text/plain" in data:
            self.document.add_paragraph(data["text/plain"])

    def _caption(self, kind: str, words: str) -> None:
        """The number of a figure or table, and what it shows, in Word's own style."""
        self.numbers[kind] += 1
        number = str(self.numbers[kind])
        mark = f"_Ref{kind}{number}"
        paragraph = self.document.add_paragraph("", "Caption")
        place = str(sum(self.numbers.values()))
        start, end = (_xml(f"w:bookmark{part}", "w:id", place) for part in ("Start", "End"))
        start.set(qn("w:name"), mark)
        paragraph._p.append(start)
        paragraph.add_run(f"{sentence(kind)} ")
        _add_field(paragraph, f"SEQ {kind} \\* ARABIC", number)
        paragraph._p.append(end)
        paragraph.add_run(f". {words}")
        if self.text is not None:
            self.text.add_run(" (")
            _add_field(self.text, f"REF {mark} \\h", f"{sentence(kind)} {number}")
            self.text.add_run(")")
        paragraph.paragraph_format.keep_with_next = kind == "Table"

    def write(self, page: str, introduces: bool = False) -> None:
        """Write HTML; a fact that it mentions has the number of its row in the list of facts. A
        text that introduces what follows refers to it by number.
        """
        tree = self._tree_of(page)
        for block in tree.iter(*BLOCKS):
            if block.tag == "table":
                self._table(block)
            elif not CELL_TAGS & {ancestor.tag for ancestor in block.iterancestors()}:
                self._fill(self._new_paragraph(block), block)
        if not introduces:
            self.text = None

    def _tree_of(self, page: str) -> Any:
        """The elements of HTML, with the numbers of facts in place of their names."""
        return fragment_fromstring(number_facts(page, self.facts), create_parent="div")

    def _new_paragraph(self, block: Any) -> Any:
        """A heading, an item of a list with its number where the list has them, or a paragraph."""
        if block.tag in HEADINGS:
            self.text = None
            return self.document.add_heading("", HEADINGS[block.tag])
        container = block.getparent()
        bold_words = "".join(child.text_content() for child in block if child.tag in BOLD)
        if block.tag == "p" and bold_words and bold_words == block.text_content().strip():
            self.text = None
            return self.document.add_heading("", 2)
        if container.tag == "ol":
            return self.document.add_paragraph(f"{container.index(block) + 1}. ", REFERENCE_STYLE)
        if block.tag == "li":
            return self.document.add_paragraph(style="List Bullet")
        self.text = self.document.add_paragraph()
        return self.text

    def _fill(self, paragraph: Any, element: Any, inside: frozenset[str] = frozenset()) -> None:
        """Write the words of an element and of all that is in it; a link has the number of its
        source.
        """
        self._words(paragraph, element.text, inside)
        for child in element:
            if child.tag not in UNPRINTED_TAGS and child.get("class") != "anchor-link":
                self._fill(paragraph, child, inside | {child.tag})
            self._words(paragraph, child.tail, inside)
        address = element.get("href", "")
        if is_web_address(address):
            self.sources.setdefault(address, element.text_content().strip())
            self._words(paragraph, f" [{list(self.sources).index(address) + 1}]", inside)

    def _words(self, paragraph: Any, words: str | None, inside: frozenset[str]) -> None:
        text = re.sub(r"\s+", " ", words or "")
        if "sup" in inside:
            text = text.translate(SUPERSCRIPTS)
        if not paragraph.text:
            text = text.lstrip()
        for part in filter(None, RIGHT_TO_LEFT.split(text)):
            run = paragraph.add_run(part)
            run.bold = bool(inside & BOLD) or None
            run.italic = bool(inside & ITALIC) or None
            if RIGHT_TO_LEFT.fullmatch(part):
                # Without these a number behind such words is shown before them
                run.font.rtl = True
                paragraph.add_run(LEFT_TO_RIGHT_MARK)

    def _table(self, table: Any) -> None:
        """A table as wide as the page: columns as wide as their words need, headings again on each
        page.
        """
        caption = " ".join(part.text_content() for part in table.iter("caption"))
        rows = _rows_of(table)
        if not rows:
            return
        width = _column_count(rows)
        self._caption("Table", " ".join((caption or self.topic.strip("# ")).split()))
        grid = self.document.add_table(rows=len(rows), cols=width, style=TABLE_STYLE)
        # Its first column is not bold
        look = grid._tbl.tblPr.find(qn("w:tblLook"))
        look.set(qn("w:firstColumn"), "0")
        look.set(qn("w:val"), "0420")  # the same, as LibreOffice reads it
        grid.autofit = False
        self._fill_cells(grid, _cell_places(rows))
        _fit(grid, _letters_of(rows), self.width)
        _mark_rows(grid, rows)
        self.document.add_paragraph()

    def turn_for(self, data: Mapping[str, Any]) -> None:
        """Go on upon a page that lies across where an output is a table that upright would be too
        small to read, or upright; on the same page where it does already.
        """
        page = "" if PLOTLY_TYPE in data else data.get("text/html", "")
        tables = filter(None, map(_rows_of, self._tree_of(page).iter("table")))
        across = any(_font_size(_letters_of(rows), self.upright) < SMALL_SIZE for rows in tables)
        if across == self.across:
            return
        self.across = across
        # Behind a table at the foot of a page, an empty line would have a page of its own
        last = self.document.element.body[-2]
        if last.tag == qn("w:p") and not len(last):
            self.document.element.body.remove(last)
        page = self.document.sections[-1]
        upright = page.orientation == WD_ORIENT.PORTRAIT
        height, width = page.page_height, page.page_width
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE if upright else WD_ORIENT.PORTRAIT
        section.page_width = height
        section.page_height = width
        self.width = (height - section.left_margin - section.right_margin) / Cm(1)

    def _fill_cells(self, grid: Any, places: Iterable[CellPlace]) -> None:
        """Fill the cells, amounts to the right and heads of several columns in the middle."""
        for row, column, rowspan, colspan, element in places:
            corner = grid.cell(row + rowspan - 1, column + colspan - 1)
            paragraph = grid.cell(row, column).merge(corner).paragraphs[0]
            self._fill(paragraph, element, frozenset({element.tag}))
            if "colspan" in element.attrib:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            elif "amount" in element.get("class", ""):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def write_sources(self) -> None:
        """The addresses that the text has by number."""
        self.turn_for({})
        if self.sources:
            self.document.add_heading(sentence("Sources by number"), 1)
        for number, (address, words) in enumerate(self.sources.items(), start=1):
            paragraph = self.document.add_paragraph(style=REFERENCE_STYLE)
            self._words(paragraph, f"[{number}] {words}: {address}", frozenset())


def _mark_rows(grid: Any, rows: Sequence[Sequence[Any]]) -> None:
    """No row breaks between pages, rows of headings stand on each page of their table, and a short
    table stands on one.
    """
    for place, (row, cells) in enumerate(zip(grid.rows, rows, strict=True), start=1):
        marks = row._tr.get_or_add_trPr()
        # It does not break between pages; one of headings stands on each page of its table
        marks.append(_xml("w:cantSplit", "w:val", "true"))
        if {cell.tag for cell in cells} == {"th"}:
            marks.append(_xml("w:tblHeader", "w:val", "true"))
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = place < len(rows) <= WHOLE_TABLE


def _letters_of(rows: Sequence[Sequence[Any]]) -> Array:
    """Of each column the letters of its longest word, and as many as it is to have where there is
    room.
    """
    letters = np.full((_column_count(rows), 2), 2.0)
    for _, column, _, colspan, cell in _cell_places(rows):
        if colspan == 1:
            letters[column] = np.maximum(letters[column], _needs(cell))
    return letters


def _needs(cell: Any) -> tuple[int, int]:
    """The letters of a cell's longest word, and as many as its column is to have where there is
    room; an amount is one word, and a heading is bold.
    """
    text = cell.text_content().strip()
    if cell.tag == "th":
        longest = 1 + round(BOLD_WIDTH * max(map(len, text.split()), default=0))
        return longest, longest
    words = [text] if "amount" in cell.get("class", "") else text.split()
    longest = max(map(len, words), default=0)
    return longest, max(longest, min(len(text), MAX_COLUMN_LETTERS))


def _font_size(letters: Array, width: float) -> int:
    """The largest size of letters with which no word of some columns is split."""
    room = width - MARGINS * len(letters)
    sizes = (size for size in FONT_SIZES if size * LETTER * letters[:, 0].sum() <= room)
    return next(sizes, FONT_SIZES[-1])


def _fit(table: Any, letters: Array, width: float) -> None:
    """Fit a table to the page: letters so high that no word is split, each column as wide as its
    longest word, and of what is left as much as its longest cell asks for.
    """
    narrowest, wished = letters.T
    size = _font_size(letters, width)
    for paragraph in (paragraph for cell in table._cells for paragraph in cell.paragraphs):
        for run in paragraph.runs:
            run.font.size = Pt(size)
    widths = LETTER * size * narrowest + MARGINS
    room_left = width - widths.sum()
    wish = wished - narrowest
    if room_left < 0 or not wish.any():
        widths *= width / widths.sum()
    else:
        widths += room_left * wish / wish.sum()
    for column, centimetres in zip(table.columns, widths, strict=True):
        # For programs that read the grid, and for Word, which reads the cells
        for part in (column, *column.cells):
            part.width = Cm(centimetres)


def _rows_of(table: Any) -> list[Any]:
    """The cells of each row of a table."""
    return [cells for row in table.iter("tr") if (cells := row.xpath("th|td"))]


def _column_count(rows: Sequence[Sequence[Any]]) -> int:
    return max((column + colspan for _, column, _, colspan, _ in _cell_places(rows)), default=0)


def _cell_places(rows: Sequence[Sequence[Any]]) -> Iterator[CellPlace]:
    """Each cell with its row and column, and how many it takes down and across: a cell of two rows
    keeps its column in the second.
    """
    occupied: set[tuple[int, int]] = set()
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (row, column) in occupied:
                column += 1
            rowspan = min(int(cell.get("rowspan", 1)), len(rows) - row)
            colspan = int(cell.get("colspan", 1))
            occupied |= set(product(range(row, row + rowspan), range(column, column + colspan)))
            yield row, column, rowspan, colspan, cell
