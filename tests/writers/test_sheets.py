"""What a spreadsheet is given, read back by another library."""

import datetime as dt
import io

import openpyxl

from forecasting.writers.display import BulletList
from forecasting.writers.messages import FigureForm
from forecasting.writers.sheets import CELL_FORMATS, Book, SheetNumber


def read(book: Book) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(book.content()))


def test_a_text_becomes_no_formula_and_no_link() -> None:
    book = Book("A title", dt.date(2026, 3, 31))
    sheet = book.sheet("Facts", "Facts as printed", [10, 20.5])
    for row, text in enumerate(("=1+1", "https://example.org", "plain"), start=1):
        book.cell(sheet, row, 0, text)
        sheet.write(row, 1, text)
    found = read(book)["Facts"]
    cells = [found.cell(row, column) for row in (2, 3, 4) for column in (1, 2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells[::2]] == [cell.value for cell in cells[1::2]]
    assert [cell.hyperlink for cell in cells[1::2]] == [None] * 3
    assert (found["A1"].value, found["A1"].font.size) == ("Facts as printed", 16)
    page = (found.page_setup.paperSize, found.page_setup.orientation)
    assert (*map(str, page), found.sheet_view.showGridLines) == ("9", "landscape", False)


def test_the_day_of_a_file_is_that_of_what_is_known() -> None:
    known, unknown = (read(Book("A", day)).properties for day in (dt.date(2026, 3, 31), None))
    assert (known.created, known.subject) == (dt.datetime(2026, 3, 31), "As of 2026-03-31")
    assert (unknown.created, unknown.subject) == (dt.datetime(2020, 1, 1), None)
    assert known.title == "A"


def test_each_choice_has_a_list_of_its_own_on_a_hidden_sheet() -> None:
    book = Book("A")
    sheet = book.sheet("Own", "", [10, 10])
    places = [
        book.choice(sheet, 3, "Kind", ["low", "high"], "high"),
        book.choice(sheet, 4, "Year", [2030, 2035, 2040], 2035),
    ]
    assert places == ["Own!$B$4", "Own!$B$5"]
    found = read(book)
    assert [(found["Own"][at].value, found["Own"][f"A{at[1:]}"].value) for at in ("B4", "B5")] == [
        ("high", "Kind"),
        (2035, "Year"),
    ]
    lists = found["lists"]
    assert lists.sheet_state == "hidden"
    assert [cell.value for cell in lists["A"]] == ["low", "high", None]
    assert [cell.value for cell in lists["B"]] == [2030, 2035, 2040]
    rules = found["Own"].data_validations.dataValidation
    assert [(str(rule.sqref), rule.formula1) for rule in rules] == [
        ("B4", "lists!$A$1:$A$2"),
        ("B5", "lists!$B$1:$B$3"),
    ]


def test_a_list_has_a_place_for_each_line_that_numbers_lead_to() -> None:
    lines = ("one <b>", "two")
    plain, placed = BulletList(lines), BulletList(lines, "k", ("a", 'b"'), "ol")
    assert plain._repr_html_() == ('<ul class="fc-caveats"><li>one &lt;b&gt;</li><li>two</li></ul>')
    assert placed._repr_html_() == (
        '<ol class="k"><li id="a">one &lt;b&gt;</li><li id="b&quot;">two</li></ol>'
    )


def test_a_number_is_written_with_three_digits_or_as_it_asks() -> None:
    book = Book("A")
    sheet = book.sheet("Numbers", "", [])
    numbers = [
        SheetNumber(1234.5),
        SheetNumber(12.34),
        SheetNumber(0.02),
        SheetNumber(12.34, decimals=0),
        SheetNumber(12.34, "B1+1"),
        SheetNumber(float("nan")),
        SheetNumber(float("inf"), "B1+1"),
    ]
    for row, number in enumerate([*numbers, 2025, 0.5, float("nan"), "", "text"]):
        book.cell(sheet, row, 0, number)
    found = read(book)["Numbers"]
    cells = [found.cell(row, 1) for row in range(1, 13)]
    assert [(cell.value, cell.number_format) for cell in cells] == [
        (1234.5, "#,##0"),
        (12.34, "#,##0.0"),
        (0.02, "#,##0.000"),
        (12.34, "#,##0"),
        ('=IFERROR(B1+1,"")', "#,##0.0"),
        (None, "General"),
        ('=IFERROR(B1+1,"")', "#,##0"),
        (2025, "0"),
        (0.5, "#,##0.000"),
        (None, "General"),
        (None, "General"),
        ("text", "General"),
    ]


def test_heads_and_texts_look_as_what_they_are() -> None:
    book = Book("A")
    sheet = book.sheet("Own", "", [10] * 8)
    for column, form in enumerate(CELL_FORMATS):
        sheet.write(1, column, 7, book.looks[form])
    cells = dict(zip(CELL_FORMATS, read(book)["Own"][2], strict=False))
    assert [form for form, cell in cells.items() if cell.font.bold] == [
        *("title", "head", "head of numbers"),
    ]
    wrapped = [form for form, cell in cells.items() if cell.alignment.wrap_text]
    assert wrapped == ["text", "head", "head of numbers", "link", "note"]
    assert [form for form, cell in cells.items() if cell.alignment.indent] == [
        *("text", "head", "link"),
    ]
    assert [form for form, cell in cells.items() if not cell.protection.locked] == ["own"]
    assert [form for form, cell in cells.items() if cell.border.bottom.style] == [
        *("head", "head of numbers", "own"),
    ]
    assert cells["title"].font.size == 16
    assert cells["year"].number_format == "0"


def test_charts_stand_below_each_other_with_their_lines() -> None:
    book = Book("A")
    sheet = book.sheet("Own", "", [10] * 3)
    words = [FigureForm(title, subtitle="cars a year") for title in ("One", "Two")]
    book.charts(
        sheet, 5, 0, [(each, [((3, 9), 2, "median", "solid", 2, "#000000")]) for each in words]
    )
    charts = read(book)["Own"]._charts
    anchors = [chart.anchor._from for chart in charts]
    assert [(anchor.row, anchor.col) for anchor in anchors] == [(2, 5), (19, 5)]
    (line,) = charts[0].series
    assert (line.cat.numRef.f, line.val.numRef.f) == ("Own!$A$4:$A$10", "Own!$C$4:$C$10")
