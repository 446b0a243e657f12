"""How a table of a page lies in a Word document, worked out by hand."""

import docx
import numpy as np
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from lxml import html
from nbformat import v4

from forecasting.vocabulary.catalogues import written_in
from forecasting.writers import document


def rows(table: str) -> list[list[html.HtmlElement]]:
    return document._rows_of(html.fromstring(f"<table>{table}</table>"))


def test_a_cell_of_two_rows_keeps_its_column_in_the_second() -> None:
    table = rows(
        "<tr><th rowspan='2'>Year</th><th colspan='2'>Cars</th></tr>"
        "<tr><th>low</th><th>high</th></tr>"
        "<tr><td rowspan='9'>2025</td><td>1</td><td>2</td></tr>"
    )
    assert [(*place[:4], place[4].text) for place in document._cell_places(table)] == [
        (0, 0, 2, 1, "Year"),
        (0, 1, 1, 2, "Cars"),
        (1, 1, 1, 1, "low"),
        (1, 2, 1, 1, "high"),
        (2, 0, 1, 1, "2025"),  # there is no row below
        (2, 1, 1, 1, "1"),
        (2, 2, 1, 1, "2"),
    ]
    assert document._column_count(table) == 3
    assert document._column_count([]) == 0


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ("<th>Electric cars</th>", (10, 10)),  # eight letters, each 1.15 wide, and one more
        ("<th></th>", (1, 1)),
        ("<td class='amount'>12 345</td>", (6, 6)),
        ("<td>12 345</td>", (3, 6)),
        ("<td>what is longer than twenty-eight letters</td>", (12, 28)),
        ("<td></td>", (0, 0)),
    ],
)
def test_a_cell_needs_its_longest_word_and_wishes_its_words(
    cell: str, needs: tuple[int, int]
) -> None:
    ((found,),) = rows(f"<tr>{cell}</tr>")
    assert document._needs(found) == needs


def test_a_column_is_as_wide_as_its_widest_cell_of_one_column() -> None:
    table = rows("<tr><td>abcd</td><td>1</td></tr><tr><td colspan='2'>a long cell</td></tr>")
    assert document._letters_of(table).tolist() == [[4, 4], [2, 2]]


@pytest.mark.parametrize(("letters", "size"), [(46, 9), (47, 8), (52, 8), (53, 7), (100, 5)])
def test_letters_are_so_high_that_no_word_is_split(letters: int, size: int) -> None:
    # 10 cm less the margins of two columns, 9.24 cm, hold 46.7 letters of 9 points, 52.5 of 8
    assert document._font_size(np.array([[letters - 20.0, 0.0], [20.0, 0.0]]), 10.0) == size


@pytest.mark.parametrize(
    ("letters", "widths"),
    [
        # 0.198 cm a letter and 0.38 about it; what is left goes where it is wished
        ([[4, 4], [6, 16]], [1.172, 8.828]),
        ([[4, 14], [6, 16]], [1.172 + 3.63, 1.568 + 3.63]),
        ([[4, 4], [6, 6]], [11.72 / 2.74, 15.68 / 2.74]),
        ([[100, 100], [100, 100]], [5, 5]),
    ],
)
def test_columns_fill_the_width(letters: list[list[float]], widths: list[float]) -> None:
    table = docx.Document().add_table(2, 2)
    for cell in table._cells:
        cell.paragraphs[0].add_run("word")
    document._fit(table, np.array(letters, dtype=float), 10.0)
    for row in table.rows:
        assert [cell.width.cm for cell in row.cells] == pytest.approx(widths, abs=0.001)
    assert [column.width.cm for column in table.columns] == pytest.approx(widths, abs=0.001)
    size = document._font_size(np.array(letters), 10.0)
    runs = [run for cell in table._cells for run in cell.paragraphs[0].runs]
    assert [run.font.size for run in runs] == [Pt(size)] * 4


def test_a_document_is_in_the_language_in_which_it_is_written(tmp_path) -> None:
    link = '<p>Слова <a href="https://stat.uz/a">Агентство статистики</a></p>'
    shown = v4.new_code_cell(outputs=[v4.new_output("display_data", {"text/html": link})])
    cells = [v4.new_markdown_cell("# Заголовок"), v4.new_markdown_cell("## Раздел"), shown]
    with written_in("ru"):
        document.write_document(
            v4.new_notebook(cells=cells),
            tmp_path / "ru.docx",
            title="Заголовок",
            day=None,
            draw=lambda figures: [],
        )
    written = docx.Document(str(tmp_path / "ru.docx"))
    texts = [paragraph.text for paragraph in written.paragraphs]
    assert "Содержание" in texts
    assert texts[-2:] == ["Источники по номерам", "[1] Агентство статистики: https://stat.uz/a"]
    (spelling,) = written.styles.element.xpath("//w:docDefaults//w:lang")
    assert spelling.get(qn("w:val")) == "ru"


def test_a_document_is_a4_where_no_template_says_otherwise() -> None:
    made, of_a_template = docx.Document(), docx.Document()
    before = of_a_template.sections[0].page_width
    document._set_up(made, True)
    document._set_up(of_a_template, False)
    page = made.sections[0]
    sides = (page.page_width, page.left_margin, page.right_margin)
    heights = (page.page_height, page.top_margin, page.bottom_margin)
    assert [round(length.cm, 2) for length in sides] == [21.0, 1.4, 1.4]
    assert [round(length.cm, 2) for length in heights] == [29.7, 2.0, 2.0]
    style = made.styles["Reference"]
    assert (style.font.size, style.paragraph_format.space_after) == (Pt(8), Pt(2))
    assert made.styles["Normal"].font.size == Pt(10.5)
    assert of_a_template.sections[0].page_width == before
    assert "Light List Accent 1" in of_a_template.styles


def test_a_page_becomes_heads_paragraphs_lists_and_a_table() -> None:
    made = docx.Document()
    document._set_up(made, True)
    document._Writer(made, [], "").write(
        "<h2>Cars</h2><p>One <b>two</b></p><p><b>Alone</b></p><ul><li>a</li></ul>"
        "<ol><li>b</li><li>c</li></ol><table><tr><td><p>3</p></td></tr></table>"
    )
    paragraphs = [(each.text, each.style.name) for each in made.paragraphs]
    assert paragraphs == [
        ("Cars", "Heading 1"),
        ("One two", "Normal"),
        ("Alone", "Heading 2"),
        ("a", "List Bullet"),
        ("1. b", "Reference"),
        ("2. c", "Reference"),
        ("Table 1. ", "Caption"),
        ("", "Normal"),
    ]
    assert [run.bold for run in made.paragraphs[1].runs] == [None, True]
    (table,) = made.tables
    assert table.cell(0, 0).text == "3"


def test_a_text_that_introduces_a_table_refers_to_it_by_its_number() -> None:
    table = "<table><tr><td><p>3</p></td></tr></table>"
    for introduces, ending in ((True, " (Table 1)"), (False, "")):
        made = docx.Document()
        document._set_up(made, True)
        writer = document._Writer(made, [], "")
        writer.write("<p>Cars of each year</p>", introduces)
        writer.write(table)
        assert made.paragraphs[0].text == f"Cars of each year{ending}"


def test_a_page_that_turns_behind_a_table_leaves_no_empty_line_there() -> None:
    made = docx.Document()
    document._set_up(made, True)
    writer = document._Writer(made, [], "")
    writer.write("<p>Cars</p><table><tr><td><p>3</p></td></tr></table>")
    kinds = [qn("w:p"), qn("w:p"), qn("w:tbl"), qn("w:p"), qn("w:sectPr")]
    body = made.element.body
    assert [each.tag for each in body] == kinds  # the text, the caption, the table, an empty line
    wide = "<td>1234567890</td>" * 12
    writer.turn_for({"text/html": f"<table><tr>{wide}</tr></table>"})
    assert [each.tag for each in body] == kinds  # the end of the upright part, for the empty line
    assert body[3].xpath("./w:pPr/w:sectPr")
    first, second = made.sections
    assert (second.page_width, second.page_height) == (first.page_height, first.page_width)
