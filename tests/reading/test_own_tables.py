"""Tables of one's own: other names, separators, encodings, dates and workbooks, read through a
mapping.
"""

import datetime as dt
import re
from itertools import pairwise
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from forecasting.evidence.ledger import read_ledger
from forecasting.reading.mapping import read_head
from forecasting.reporting.caveat_words import lines_of
from forecasting.scenarios.check import check_paths
from forecasting.vocabulary.errors import LedgerError


def _read(folder, text, mapping="", encoding="utf-8", name="own.csv"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    if mapping:
        (folder / "own.mapping.yaml").write_text(mapping, encoding="utf-8")
    return path


def _facts(path):
    frame = read_ledger(path).frame
    return frame[["place", "measure", "period_start", "period_end", "value"]].values.tolist()


def test_plain_names_of_columns_are_understood(tmp_path):
    path = _read(tmp_path, 'Country,Year,EV sales\nNorway,2023,"104,000"\nNorway,2024,114400\n')
    assert _facts(path) == [
        ["NO", "ev_sales", "2023-01-01", "2023-12-31", 104000.0],
        ["NO", "ev_sales", "2024-01-01", "2024-12-31", 114400.0],
    ]
    assert read_ledger(path).frame["id"].tolist() == [
        "own-no-ev_sales-2023-12-31",
        "own-no-ev_sales-2024-12-31",
    ]


def test_a_column_per_measure_and_a_stock_without_a_first_day(tmp_path):
    path = _read(
        tmp_path, "Country;Month;BEV registrations;EV stock\nKazakhstan;2025-01;410;12655\n"
    )
    assert _facts(path) == [
        ["KZ", "ev_registrations", "2025-01-01", "2025-01-31", 410.0],
        ["KZ", "ev_stock", "", "2025-01-31", 12655.0],
    ]


def test_a_column_per_year_with_the_rest_in_the_mapping(tmp_path):
    mapping = "columns: {place: Country, year: year, value: value}\n"
    mapping += "constants: {measure: ev_imports, published: '2026'}\n"
    path = _read(tmp_path, "Country,2023,2024\nUzbekistan,21469,24095\n", mapping)
    assert [row[2:] for row in _facts(path)] == [
        ["2023-01-01", "2023-12-31", 21469.0],
        ["2024-01-01", "2024-12-31", 24095.0],
    ]
    assert set(read_ledger(path).frame["published"]) == {"2026"}


def test_cyrillic_names_encoding_separator_dates_and_decimal_comma(tmp_path):
    text = "Страна;Дата;Импорт электромобилей;Источник\n"
    text += "Казахстан;31.12.2025;16 108,0;Комитет\nКазахстан;31.12.2024;7 383,0;Комитет\n"
    mapping = (
        "columns: {date: Дата, source: Источник}\nvalues: {ev_imports: Импорт электромобилей}\n"
    )
    mapping += "constants: {place: KZ}\neach: year\nencoding: cp1251\n"
    path = _read(tmp_path, text, mapping, encoding="cp1251")
    assert _facts(path)[0] == ["KZ", "ev_imports", "2025-01-01", "2025-12-31", 16108.0]
    assert read_ledger(path).frame["source"][0] == "Комитет"


def test_what_no_column_says_is_asked_for_with_a_mapping_to_start_from(tmp_path):
    with pytest.raises(LedgerError, match="no column says measure") as refused:
        read_ledger(_read(tmp_path, "Country,Year,Number\nNorway,2023,5\n"))
    problems = [str(problem) for problem in refused.value.problems]
    assert (
        problems[0]
        == "own.csv:1: no column says measure (say it in the mapping, under columns or constants)"
    )
    assert "own.csv: is not in a ledger's columns, but has Country, Year, Number" in problems[1]
    assert "`ev-forecast new --ledger own.csv` asks for it" in problems[1]


def test_a_date_alone_does_not_say_how_long_its_period_is(tmp_path):
    path = _read(tmp_path, "Country,Date,EV sales\nNorway,2023-12-31,104000\n")
    with pytest.raises(
        LedgerError, match=r"own.csv:2: 2023-12-31 is one day.*each: year, quarter or month"
    ):
        read_ledger(path)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (
            "columns: {place: Land, year: Year}\nvalues: {ev_sales: EV sales}\n",
            "has no column 'Land', which the mapping gives to place",
        ),
        (
            "colums: {place: Country}\n",
            r"colums: is not a key of a mapping \(did you mean columns\?\)",
        ),
        (
            "values: {ev_sale: EV sales}\n",
            r"values.ev_sale: is unknown \(did you mean ev_sales\?\)",
        ),
        ("columns: [a]\n", "columns: is not a list of keys"),
        ("a: [\n", "own.mapping.yaml: cannot be read"),
        ("encoding: utf-99\n", r"encoding: 'utf-99' is no encoding of text \(e.g. encoding: utf-8"),
        ("encoding: undefined\n", "encoding: 'undefined' is no encoding of text"),
        ("encoding: rot13\n", "encoding: 'rot13' is no encoding of text"),
        ("decimal: 1\n", r"decimal: 1 is no decimal mark \(write a point or a comma\)"),
        ("dates: '%'\n", "dates: '%' is no form of a date"),
        ("dates: '%d.%m'\n", "dates: '%d.%m' is no form of a date"),
        ("each: x\n", r"each: 'x' is no length of a period \(write year, quarter, month or day\)"),
        ("each: 2023-99-99\n", "own.mapping.yaml: cannot be read: month must be in 1..12"),
        ("constants: {published: 2024-02-30}\n", "cannot be read: day is out of range"),
        ("scales: {EV sales: many}\n", r"scales.EV sales: 'many' is no number above 0"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_by_name(tmp_path, mapping, said):
    path = _read(tmp_path, "Country,Year,EV sales\nNorway,2023,104000\n", mapping)
    with pytest.raises(LedgerError, match=said):
        read_ledger(path)


def test_a_number_that_is_none_is_named(tmp_path):
    with pytest.raises(LedgerError, match=r"own.csv:2 value: 'many' is not a number"):
        read_ledger(_read(tmp_path, "Country,Year,EV sales\nNorway,2023,many\n"))


def test_a_network_address_is_refused():
    with pytest.raises(LedgerError, match="is a network address, and nothing is fetched unasked"):
        read_ledger("https://example.org/facts.csv")


def _workbook(folder, *sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / "own.xlsx"
    book.save(path)
    return path, book


def test_a_workbook_with_merged_heads_and_dates(tmp_path):
    rows = [
        ["Vehicles of the year", None, None],
        ["Country", "Date", "EV"],
        [None, None, "sales"],
        ["Norway", dt.date(2023, 12, 31), 104000],
    ]
    path, book = _workbook(tmp_path, ("Facts", rows))
    sheet = book["Facts"]
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    book.save(path)
    (tmp_path / "own.mapping.yaml").write_text(
        "columns: {place: Country, date: Date}\nvalues: {ev_sales: EV sales}\neach: year\n"
    )
    assert _facts(path) == [["NO", "ev_sales", "2023-01-01", "2023-12-31", 104000.0]]


def test_dates_as_numbers_of_a_workbook(tmp_path):
    path, _ = _workbook(
        tmp_path, ("Facts", [["Country", "Date", "EV stock"], ["Norway", 45291, 690000]])
    )
    assert _facts(path) == [["NO", "ev_stock", "", "2023-12-31", 690000.0]]


def test_formulas_without_a_stored_value_are_named(tmp_path):
    path, _ = _workbook(
        tmp_path, ("Facts", [["Country", "Year", "EV sales"], ["Norway", 2023, "=104*1000"]])
    )
    with pytest.raises(LedgerError, match=r"own.xlsx C2: 1 formulas have no stored value"):
        read_ledger(path)


def test_of_two_sheets_one_is_named(tmp_path):
    table = [["Country", "Year", "EV sales"], ["Norway", 2023, 104000]]
    path, _ = _workbook(tmp_path, ("Old", table), ("New", table))
    with pytest.raises(
        LedgerError,
        match=r"has 2 sheets with a table: Old, New \(name one in the mapping, e.g. sheet: Old\)",
    ):
        read_ledger(path)
    (tmp_path / "own.mapping.yaml").write_text(
        "columns: {place: Country, year: Year}\nvalues: {ev_sales: EV sales}\nsheet: New\n"
    )
    assert len(read_ledger(path)) == 1


def test_what_is_no_workbook_is_said(tmp_path):
    path = tmp_path / "own.xlsx"
    path.write_bytes(b"not a workbook")
    with pytest.raises(LedgerError, match="is no Excel workbook that can be read"):
        read_ledger(path)


def test_a_workbook_that_unpacks_to_very_much_is_not_unpacked(tmp_path):
    path = tmp_path / "own.xlsx"
    book = Workbook()
    book.active.append(["Country", "Year"])
    book.save(path)
    with ZipFile(path, "a") as parts:
        parts.getinfo("xl/worksheets/sheet1.xml").file_size = 600_000_000
        parts.writestr("xl/more.xml", "")  # so that the list of parts is written anew
    with pytest.raises(
        LedgerError,
        match=r"own\.xlsx: unpacks to more than 20,000,000 bytes \(save the one sheet as CSV",
    ):
        read_ledger(path)


def test_a_mapping_that_says_only_how_a_file_is_written_leaves_the_columns_to_be_seen(tmp_path):
    path = tmp_path / "months.csv"
    path.write_text("Country,Month,EV sales,Published\nNorway,01.2023,1237,2023-02-01\n")
    (tmp_path / "months.mapping.yaml").write_text("constants:\n  source: a test\n")
    (fact,) = read_ledger(path)
    assert (fact.place, str(fact.period), fact.value, fact.source) == (
        "NO",
        "2023-01",
        1237,
        "a test",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (  # columns that say nothing, with a mapping to fill in
            "Ort,Zahl\nNorwegen,1237\n",
            r"is not in a ledger's columns, but has Ort, Zahl \(`ev-forecast new",
        ),
        (  # a fiscal year
            "Country,Year,EV sales\nIndia,FY2023,1237\n",
            "'FY2023' is a fiscal year, which begins elsewhere in each country",
        ),
        (  # a row without digits, which is no second head
            "Country,Year,EV sales\nKenya,soon,n/a\nKenya,2023,12\n",
            r"own.csv:2: 'soon' is not a period",
        ),
        (  # quotation marks that do not close
            'Country,Year,EV sales\n"Kenya,2022,15\n',
            r"^own.csv: is no table: unexpected end of data",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_by_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "own.csv"
    path.write_text(text)
    with pytest.raises(LedgerError, match=message):
        read_ledger(path)


@pytest.mark.parametrize(
    ("days", "end"),
    [
        (("31.01.2024", "29.02.2024", "31.03.2024"), "2024-01-31"),
        (("01.01.2024", "01.02.2024"), "2024-01-31"),
        (("31.03.2024", "30.06.2024"), "2024-03-31"),
        (("01.01.2023", "01.01.2024"), "2023-12-31"),
    ],
)
def test_dates_that_begin_or_end_months_show_the_length_of_their_periods(tmp_path, days, end):
    path = tmp_path / "own.csv"
    path.write_text(
        "Country,Date,EV imports\n" + "".join(f"Kenya,{day},12{i}\n" for i, day in enumerate(days))
    )
    first = next(iter(read_ledger(path)))
    assert str(first.period_end) == end
    assert len(read_ledger(path)) == len(days)


def test_dates_without_a_step_need_a_length(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("Country,Date,EV imports\nKenya,15.01.2024,120\nKenya,15.02.2024,131\n")
    with pytest.raises(
        LedgerError,
        match=r"say in the mapping each: year, quarter or month(.|\n)*own.mapping.yaml says it",
    ):
        read_ledger(path)


def test_a_count_that_may_be_in_thousands_apart_by_points_is_asked_about(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("Country;Year;EV sales\nNorway;2021;113.715\n")
    with pytest.raises(
        LedgerError,
        match=r"113.715 is no whole number of vehicles \(say in the mapping decimal: ','",
    ):
        read_ledger(path)
    (tmp_path / "own.mapping.yaml").write_text("decimal: ','\n")
    assert next(iter(read_ledger(path))).value == 113715
    (tmp_path / "own.mapping.yaml").write_text("decimal: '.'\n")
    assert next(iter(read_ledger(path))).value == 113.715


def test_days_as_a_workbook_counts_them_show_the_length_of_their_periods(tmp_path):
    rows = [["Country", "Date", "EV sales"], ["Kenya", 44927, 12], ["Kenya", 44958, 15]]
    path, book = _workbook(tmp_path, ("Facts", rows))
    book.save(path)
    assert [str(fact.period) for fact in read_ledger(path)] == ["2023-01", "2023-02"]


def test_two_numbers_of_one_quantity_and_day_are_told(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("Country,Year,EV sales\nKenya,2022,15\nKenya,2022,18\n")
    with pytest.raises(LedgerError, match="'2022' says 15, row 3 says 18 of the same"):
        read_ledger(path)
    (tmp_path / "own.mapping.yaml").write_text("rows: {2: row, 3: row}")
    assert any(
        "two numbers of one quantity and day, own-ke-ev_sales-" in said
        for said in lines_of(check_paths([path]).caveats)
    )


def test_a_written_mapping_holds_for_a_table_that_has_a_ledger_s_names(tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("id,measure,place,relation,value,sold,year\na,x,Norway,y,z,104000,2023\n")
    mapping = "columns: {place: place, year: year}\nvalues: {ev_sales: sold}\n"
    (tmp_path / "own.mapping.yaml").write_text(mapping)
    (fact,) = read_ledger(table)
    assert (fact.place, fact.measure, fact.value) == ("NO", "ev_sales", 104_000)


@pytest.mark.parametrize(
    ("text", "mapping", "message"),
    [
        (
            "Country,Year,EV sales\nUZ,2022,2180\n",
            "separator: ',,'\n",
            r"own.mapping.yaml separator: ',,' is not one character \(e.g. separator: ';'",
        ),
        (
            "Country,Date,EV sales\nUZ,31.12.2022,2180\n",
            "dates: '%Y%Y'\n",
            r"own.mapping.yaml dates: '%Y%Y' is no form of a date",
        ),
        (
            "Country,2020,2021\nUZ,5\n",
            "columns: {place: Country, year: year, value: value}\n",
            r"own.csv:1: no column says measure",
        ),
    ],
)
def test_what_no_table_can_be_read_by_is_refused_by_name(tmp_path, text, mapping, message):
    with pytest.raises(LedgerError, match=message):
        read_ledger(_read(tmp_path, text, mapping))


def test_a_row_that_ends_early_has_the_years_that_it_has(tmp_path):
    mapping = (
        "columns: {place: Country, year: year, value: value}\nconstants: {measure: ev_sales}\n"
    )
    path = _read(tmp_path, "Country,2020,2021\nUZ,5\nKZ,0,7\n", mapping)
    assert [row[0] for row in _facts(path)] == ["UZ", "KZ", "KZ"]
    assert [row[-1] for row in _facts(path)] == [5.0, 0.0, 7.0]


def _counts(folder, text):
    frame = read_ledger(_read(folder, text)).frame
    return frame[["measure", "quantity", "period_start", "period_end", "value"]].values.tolist()


@pytest.mark.parametrize(
    ("head", "measure", "value", "rounding"),
    [
        ("EV sales (thousands)", "ev_sales", 25_000, 500),
        ("EV sales ('000)", "ev_sales", 25_000, 500),
        ("EV sales (millions)", "ev_sales", 25_000_000, 500_000),
        ("EV sales, тыс. шт.", "ev_sales", 25_000, 500),
        ("电动汽车销量（万辆）", "ev_sales", 250_000, 5_000),
        ("Импорт электромобилей", "ev_imports", 25, 0.5),
        ("EV stock", "ev_stock", 25, 0.5),
        ("Annual EV registrations", "ev_registrations", 25, 0.5),
        ("Electric buses imported", "ebus_imports", 25, 0.5),
        ("EV sales share", "ev_share_percent", 25, 0.5),
        ("Electric share of car sales, %", "ev_share_percent", 25, 0.5),
        ("Public chargers", "charging_points", 25, 0.5),
    ],
)
def test_a_head_is_understood_whole(tmp_path, head, measure, value, rounding):
    (fact,) = read_ledger(_read(tmp_path, f'Country,Year,"{head}"\nUZ,2022,25\n'))
    assert (fact.measure, fact.value, fact.rounding) == (measure, value, rounding)
    assert fact.quantity in ("total", "stock")


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("Non-EV sales", "holds words that no rule knows: Non"),
        ("EV sales target", "may tell of a plan, a limit or a capacity"),
        ("EV sales forecast", "may tell of a plan, a limit or a capacity"),
        ("EV sales (USD)", "is an amount of money"),
        ("EV sales value", "may be of the value, not of the number"),
        ("Average EV sales price", "holds words that no rule knows: Average, price"),
        ("EV imports rank", "holds words that no rule knows: rank"),
        ("Hybrid electric vehicle sales", "counts other vehicles, too, or instead"),
        ("Cumulative EV sales", "speaks of a span of time that no rule knows"),
        ("EVs per charging point", "holds words that no rule knows: per"),
        ("Charging station utilisation %", "holds words that no rule knows: utilisation"),
        ("Electric bus sales", "speaks of buses or trucks"),
        ("EV imports from China", "may be of one partner"),
        ("EV share of imports", "is a share of something else"),
        ("EV imports and exports", "may be of ev_imports or ev_exports"),
    ],
)
def test_a_head_that_says_more_than_is_known_is_not_read(tmp_path, head, reason):
    text = f"Country,Year,{head}\nUZ,2022,25\n"
    with pytest.raises(LedgerError, match=f"is not read: {re.escape(reason)}") as refused:
        read_ledger(_read(tmp_path, text))
    assert "no column says value" in str(refused.value)


def test_a_growth_beside_a_count_is_the_count_s(tmp_path):
    text = 'Country,Year,EV sales,"Growth, % y/y",Remark\nUZ,2022,2180,169.5 %,x\n'
    days = ["2022-01-01", "2022-12-31"]
    assert _counts(tmp_path, text) == [
        ["ev_sales", "total", *days, 2180.0],
        ["ev_sales", "yoy_growth_percent", *days, 169.5],
    ]


def test_columns_that_are_not_read_are_named_with_the_reason(tmp_path):
    text = "Country,Year,BEV sales,Rank,EV sales target\nUZ,2022,2180,3,4000\n"
    lines = lines_of(check_paths([_read(tmp_path, text)]).caveats)
    (said,) = [" ".join(line.split()) for line in lines if "unread" in line]
    assert "Rank: no word says what it holds" in said
    assert "EV sales target: 'may tell of a plan" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Country,Year,EV sales\nUZ,2022,25,700\n", r"own.csv:2: has 4 cells, the header has 3"),
        ("Country,Year,EV sales\nUZ,2022,3 4\n", r"own.csv:2 value: '3 4' is not a number"),
        ("Country,Year,EV sales,EV sales\nUZ,2022,2180,9\n", "'EV sales' stands there twice"),
    ],
)
def test_what_may_be_two_numbers_is_refused(tmp_path, text, message):
    with pytest.raises(LedgerError, match=message):
        read_ledger(_read(tmp_path, text))


@pytest.mark.parametrize(
    ("cell", "start", "end"),
    [
        ("2024H1", "2024-01-01", "2024-06-30"),
        ("9M 2024", "2024-01-01", "2024-09-30"),
        ("Sep-24", "2024-09-01", "2024-09-30"),
        ("Oktober 2024", "2024-10-01", "2024-10-31"),
        ("März 2024", "2024-03-01", "2024-03-31"),
        ("қаңтар 2024", "2024-01-01", "2024-01-31"),
        ("янв-сен 2024", "2024-01-01", "2024-09-30"),
        ("1 полугодие 2024", "2024-01-01", "2024-06-30"),
        ("3 кв. 2024", "2024-07-01", "2024-09-30"),
        ("2024年", "2024-01-01", "2024-12-31"),
        ("2024年1-9月", "2024-01-01", "2024-09-30"),
    ],
)
def test_periods_as_tables_have_them(tmp_path, cell, start, end):
    facts = _counts(tmp_path, f"Country,Period,EV sales\nUZ,{cell},4321\n")
    assert facts == [["ev_sales", "total", start, end, 4321.0]]


def test_a_date_in_a_column_of_years_or_months_stands_for_its_year_or_month(tmp_path):
    text = "Country,Year,EV sales\nUZ,2022-12-31,2180\n"
    assert _counts(tmp_path, text)[0][2:4] == ["2022-01-01", "2022-12-31"]
    text = "Country,Month,EV sales\nUZ,2022-12-01,2180\n"
    assert _counts(tmp_path, text)[0][2:4] == ["2022-12-01", "2022-12-31"]


def test_a_merged_number_counts_once_and_a_merged_name_in_each_row(tmp_path):
    rows = [["Country", "Year", "EV sales"], ["UZ", 2022, 900], [None, 2023, None]]
    path, book = _workbook(tmp_path, ("Facts", rows))
    book["Facts"].merge_cells("A2:A3")
    book["Facts"].merge_cells("C2:C3")
    book.save(path)
    with pytest.raises(LedgerError, match=r"own\.xlsx:3 value: is empty"):
        read_ledger(path)
    rows[2] = [None, 2023, 1900]
    path, book = _workbook(tmp_path, ("Facts", rows))
    book["Facts"].merge_cells("A2:A3")
    book.save(path)
    assert [row[-1] for row in _facts(path)] == [900.0, 1900.0]


def test_a_cell_that_is_shown_in_percent_holds_the_percent(tmp_path):
    rows = [["Country", "Year", "EV share of sales"], ["UZ", 2022, 0.057]]
    path, book = _workbook(tmp_path, ("Facts", rows))
    book["Facts"]["C2"].number_format = "0.0%"
    book.save(path)
    assert _facts(path) == [["UZ", "ev_share_percent", "2022-01-01", "2022-12-31", 5.7]]


def test_a_mapping_may_say_a_quantity_and_a_scale(tmp_path):
    mapping = (
        "columns: {place: A, year: B}\nvalues: {ev_sales yoy_growth_percent: C, ev_sales: D}\n"
    )
    path = _read(tmp_path, "A,B,C,D\nUZ,2022,20,3\n", mapping + "scales: {D: 1000}\n")
    facts = {fact.quantity: (fact.value, fact.rounding) for fact in read_ledger(path)}
    assert facts == {"yoy_growth_percent": (20.0, 0.5), "total": (3000.0, 500.0)}


def test_a_mapping_of_many_anchors_is_refused_at_once(tmp_path):
    anchors = "columns:\n  a: &a [x, x, x, x, x, x, x, x, x]\n"
    names = "abcdefghij"
    for before, name in pairwise(names):
        anchors += f"  {name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    path = _read(tmp_path, "Country,Year,EV sales\nUZ,2022,2180\n", anchors)
    with pytest.raises(LedgerError, match="a YAML alias is not read: write out what it"):
        read_ledger(path)


def test_a_row_that_ends_before_its_period_is_refused(tmp_path):
    path = _read(tmp_path, "Country,EV sales,Year\nUZ,2180,2022\nKZ,812\n")
    with pytest.raises(LedgerError, match=r"own\.csv:3: '' is not a period"):
        read_ledger(path)


def test_ranges_merged_over_a_whole_sheet_are_refused_at_once(tmp_path):
    rows = [["Country", "Year", "EV sales"], ["UZ", 2022, 900]]
    path, book = _workbook(tmp_path, ("Facts", rows))
    book["Facts"].merge_cells("D1:E2")
    book.save(path)
    with ZipFile(path) as parts:
        texts = {name: parts.read(name) for name in parts.namelist()}
    with ZipFile(path, "w") as parts:
        for name, text in texts.items():
            parts.writestr(name, text.replace(b"D1:E2", b"D1:XFD1048576"))
    with pytest.raises(
        LedgerError, match=r"own\.xlsx: has merged ranges over 17,176,723,456 cells"
    ):
        read_ledger(path)


def test_a_column_whose_name_is_a_sentence_is_named_and_not_read() -> None:
    head = (
        "EV sales in the year as somebody has told them to somebody else, who was not sure of " * 2
    )
    assert read_head(head).doubts == ["its name has more than 100 characters"]


def test_a_file_that_no_name_says_is_a_table_is_not_read_and_not_shown(tmp_path):
    (tmp_path / "keys").write_text("SECRET=abc,KEY=123\n")
    with pytest.raises(
        LedgerError, match=r"keys: is no table by its name \(\.csv, .*\(save it as \.xlsx"
    ):
        read_ledger(tmp_path / "keys")


def _read_rows(folder, text):
    rows = _facts(_read(folder, text))
    return [(place, measure, start, end, value) for place, measure, start, end, value in rows]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (  # a unit and a place in the title, a decimal comma, a source with its day
            "Импорт электромобилей в Казахстан, тыс. шт.;\nГод;Ввоз\n2023*;1,37\n2024;н/д\n"
            "* предварительные данные\n",
            [("KZ", "ev_imports", "2023-01-01", "2023-12-31", 1370)],
        ),
        (  # heads over two rows, and a column of the year to date
            "Registrations of electric cars in Georgia;;\nMonth;2024;\n;month;year to date\n"
            "January;200;200\nFebruary;300;500\n",
            [
                ("GE", "ev_registrations", "2024-01-01", "2024-01-31", 200),
                ("GE", "ev_registrations", "2024-01-01", "2024-01-31", 200),
                ("GE", "ev_registrations", "2024-02-01", "2024-02-29", 300),
                ("GE", "ev_registrations", "2024-01-01", "2024-02-29", 500),
            ],
        ),
        (  # Turkish, with points between thousands
            "Türkiye elektrikli otomobil satışları (adet);\nYıl;Satış\n2022;7.733\n2023;65.562\n",
            [
                ("TR", "ev_sales", "2022-01-01", "2022-12-31", 7733),
                ("TR", "ev_sales", "2023-01-01", "2023-12-31", 65562),
            ],
        ),
        (  # Chinese, in ten thousands
            "乌兹别克斯坦电动汽车进口量,\n单位：万辆,\n年份,进口量\n2023年,2.15\n",
            [("UZ", "ev_imports", "2023-01-01", "2023-12-31", 21500)],
        ),
        (  # a fiscal year whose months are said
            "India: electric car sales;\nFiscal year (April-March);Units\n2022/23;47000\n",
            [("IN", "ev_sales", "2022-04-01", "2023-03-31", 47000)],
        ),
        (  # places in columns, and their sum
            "Imports of electric cars;;;\nYear;Kazakhstan;Uzbekistan;Total\n2022;2345;2180;4525\n",
            [
                ("KZ", "ev_imports", "2022-01-01", "2022-12-31", 2345),
                ("UZ", "ev_imports", "2022-01-01", "2022-12-31", 2180),
            ],
        ),
        (  # another table below, of something else
            "Georgia: EV sales,\nYear,Sold\n2022,15\n2023,19\n,\nBuses by region,\nRegion,Buses\n"
            "A,300\nB,400\n",
            [
                ("GE", "ev_sales", "2022-01-01", "2022-12-31", 15),
                ("GE", "ev_sales", "2023-01-01", "2023-12-31", 19),
            ],
        ),
    ],
)
def test_tables_of_offices_are_read_by_what_they_say(tmp_path, text, facts):
    assert _read_rows(tmp_path, text) == facts


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Country,Year,EV sales\nUZ,2022,5%\n", "counts ev_sales in percent: what does it hold"),
        ("Country,Year,EV sales\nUZ,2022,1.5\n", "1.5 is no whole number of vehicles: what is"),
        (
            "Country,Year,EV sales,Car sales\nUZ,2022,5,90000\n",
            "'EV sales' is in most rows less than a hundredth of 'Car sales' beside it, and names",
        ),
        (
            "Country,Year,EV sales (units),Car sales (units)\nUZ,2022,900,80\n",
            "all cars of column 'Car sales (units)' are fewer than the electric ones",
        ),
        (
            "EV imports,,,\nYear,Kazakhstan,Uzbekistan,Total\n2022,2345,2180,9999\n",
            "9,999 in column 'Total' is a sum by its name, but not of the columns",
        ),
        ("Country,Year,Monthly EV sales\nUZ,2022,50\n", "may be of each month or week"),
        ("Country,Year,EV battery sales\nUZ,2022,50\n", "may be of batteries or chargers"),
        ("Country,Year,EV charger sales\nUZ,2022,50\n", "may be of batteries or chargers"),
        ("Country,Fiscal year,EV sales\nIN,2022/23,50\n", "in which month does it begin"),
    ],
)
def test_what_a_table_does_not_say_for_certain_is_asked(tmp_path, text, asked):
    with pytest.raises(LedgerError, match=re.escape(asked)):
        read_ledger(_read(tmp_path, text))


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("EV sales (in 1,000s)", 2500),
        ("EV sales (10³)", 2500),
        ("EV sales, 000s", 2500),
        ("EV sales (in '00)", 250),
    ],
)
def test_a_unit_in_signs_is_a_factor(tmp_path, head, value):
    (fact,) = read_ledger(_read(tmp_path, f'Country,Year,"{head}"\nUZ,2022,2.5\n'))
    assert fact.value == value


@pytest.mark.parametrize(
    ("form", "head", "cell", "value"),
    [
        ('0.0" thousand"', "EV sales", 2.5, 2500),
        ('0.0"k"', "EV sales", 2.5, 2500),
        ("0.0,", "EV sales, thousand", 2500, 2500),
        ("#,##0", "EV sales", 2500, 2500),
    ],
)
def test_a_number_is_what_its_cell_shows(tmp_path, form, head, cell, value):
    path, book = _workbook(tmp_path, ("Facts", [["Country", "Year", head], ["UZ", 2022, cell]]))
    book["Facts"]["C2"].number_format = form
    book.save(path)
    (fact,) = read_ledger(path)
    assert fact.value == value


def test_a_month_typed_as_a_number_with_a_point_is_not_guessed(tmp_path):
    path, _ = _workbook(tmp_path, ("Facts", [["Country", "Month", "EV sales"], ["UZ", 2022.1, 5]]))
    with pytest.raises(LedgerError, match=r"'2022\.1' may be month 1 or month 10"):
        read_ledger(path)


def test_answers_by_letters_and_rows_say_what_a_table_does_not(tmp_path):
    text = "x;y;z\nГод;;Штук\n2022;1;5,5\n2023;2;6,5\nвсё;3;12\n"
    mapping = (
        "place: KZ\npublished: 2026-03-01\ncolumns:\n  A: {what: period}\n  B: {what: nothing}\n"
        "  C: {what: ev_imports, unit: vehicles, factor: 1000, dates: year_to_date}\n"
        "rows: {1: nothing, 2: heads, 5: sum}\n"
    )
    assert _facts(_read(tmp_path, text, mapping)) == [
        ["KZ", "ev_imports", "2022-01-01", "2022-12-31", 5500.0],
        ["KZ", "ev_imports", "2023-01-01", "2023-12-31", 6500.0],
    ]
    assert {*read_ledger(tmp_path / "own.csv").frame["published"]} == {"2026-03-01"}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("columns: {C: {what: ev_import}}\n", "columns.C.what: 'ev_import' is nothing that a"),
        ("columns: {C: {factor: -1}}\n", "columns.C.factor"),
        ("columns: {C: {dates: monthly}}\n", "'monthly' is not known here .write period or year"),
        ("rows: {4: head}\n", "rows.4: 'head' is nothing that a row can be"),
        ("fiscal_year: thirteenth\n", "'thirteenth' is no month .write the first month"),
        ("place: Atlantis\n", "'Atlantis' is no place that is known here"),
        ("published: soon\n", "'soon' is no date of publication"),
        ("unknown: x\n", "unknown: is no list"),
        ("calendar: julian\n", "'julian' is not known here .write one of gregorian"),
        ("sheet: Data\n", "own.csv: has no sheet 'Data' .it is no workbook: name none"),
    ],
)
def test_answers_that_are_none_are_refused_by_name(tmp_path, mapping, said):
    with pytest.raises(LedgerError, match=said):
        read_ledger(_read(tmp_path, "Country,Year,EV sales\nUZ,2022,2180\n", mapping))


def test_a_period_that_ends_before_it_starts_is_told_with_its_row(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("place,period_start,period_end,EV sales\nNO,2023-05-01,2023-04-30,300\n")
    with pytest.raises(LedgerError, match=r"mine\.csv:2: a period ends on 2023-04-30 before it"):
        read_ledger(path)
