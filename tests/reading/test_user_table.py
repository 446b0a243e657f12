"""A stranger's table, from its cells to facts: by answers, by its words, and what is refused."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings, strategies as st
from openpyxl.chart import LineChart, Reference

import forecasting as fc
from forecasting.reading.answers import SeriesAnswer, answers_in, read_answers
from forecasting.reading.cell_files import differing_lines, sheets_of
from forecasting.reading.cells import UserFile
from forecasting.reading.dialogue import TableDialogue, proposal_of_table
from forecasting.reading.user_files import plain_rows
from forecasting.reading.user_table import UserTable
from forecasting.reading.workbook_extent import check_extent
from forecasting.vocabulary.errors import LedgerError

TABLES = Path(__file__).parent / "tables"


def read(text, answers, name="own.csv"):
    """The facts of a table by answers, as value by period; or its problems."""
    data = text if isinstance(text, bytes) else text.encode()
    made = UserTable(UserFile(name, data)).read(answers_in(answers))
    if made.problems:
        return "; ".join(map(str, made.problems))
    return {str(fact.period): fact.value for fact in made.facts}


def proposed(text, name="own.csv"):
    """What the words of a table propose: its series, and what is open."""
    data = text if isinstance(text, bytes) else text.encode()
    proposal = proposal_of_table(UserTable(UserFile(name, data)))
    return [series.counts for series in proposal.answers.read], "; ".join(proposal.doubts)


def workbook(rows, change=None):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def one(measure, lines, **keys):
    rest = "".join(f"    {key}: {value}\n" for key, value in keys.items())
    return f"read:\n  - counts: {measure}\n    {lines}\n{rest}"


MONTHS = "Month,Petrol,Electric\n2025-01,10,3\n2025-02,11,4\n"
MATRIX = "Month,2023,2024\nJanuary,1,2\nFebruary,3,5\nTotal,4,7\n"
LONG = "Year,Fuel,Cars\n2023,Petrol,900\n2023,Electric,40\n2024,Petrol,800\n2024,Electric,70\n"


@pytest.mark.parametrize(
    ("text", "answers", "facts"),
    [
        (MONTHS, one("ev_sales", "columns: [C]"), {"2025-01": 3, "2025-02": 4}),
        (MONTHS, one("ev_sales", "columns: [Electric]"), {"2025-01": 3, "2025-02": 4}),
        # To December it is the whole year, as the other months show
        ("Year,Month,EVs\n2024,1,5\n2024,2,7\n2024,Total,12\n", one("ev_sales", "columns: [C]"),
         {"2024-01": 5, "2024-02": 7}),
        ("Year,N\n2020,1\n2021,70\n", one("ev_sales", "columns: [B]"), {"2020": 1, "2021": 70}),
        (
            "EV sales, cumulative,\nMonth,EVs\n2024-11,8\n2024-12,9\n",
            one("ev_sales", "columns: [B]", periods="year_to_date"),
            {"2024-01..2024-11": 8, "2024": 9},
        ),
        (MONTHS, one("car_sales", "columns: [B, C]"), {"2025-01": 13, "2025-02": 15}),
        (MONTHS, one("ev_sales", "columns: C", unit=1000), {"2025-01": 3000, "2025-02": 4000}),
        (
            MONTHS,
            one("ev_sales", "columns: [C]", periods="year_to_date"),
            {"2025-01": 3, "2025-01..2025-02": 4},
        ),
        (MONTHS, one("ev_sales", "columns: [C]\n    rows: [3]"), {"2025-02": 4}),
        (  # the row of sums is left out, and every number is of its month and year
            MATRIX,
            "read: [{counts: ev_sales}]",
            {"2023-01": 1, "2023-02": 3, "2024-01": 2, "2024-02": 5},
        ),
        (LONG, one("ev_sales", "where: {Fuel: Electric}"), {"2023": 40, "2024": 70}),
        (LONG, one("car_sales", "columns: [C]\n    rows: [Petrol, Electric]"),
         {"2023": 940, "2024": 870}),
        (  # rows of which a column says one thing are added
            "Year,City,Fuel,Cars\n2023,A,Electric,5\n2023,B,Electric,7\n2023,B,Petrol,9\n",
            one("ev_sales", "where: {Fuel: Electric}"), {"2023": 12}),
        (  # rows by the words at their beginning
            "Fuel;2023;2024\nPetrol cars;9;8\nElectric cars;4;7\nAll;13;15\n",
            one("ev_sales", "rows: [Electric]"),
            {"2023": 4, "2024": 7},
        ),
        (  # a year of two calendar years
            "Year,EVs\n2022/23,50\n2023/24,90\n",
            one("ev_sales", "columns: [B]", periods="july"),
            {"2022-07..2023-06": 50, "2023-07..2024-06": 90},
        ),
        (
            "Year,EVs\nFY2024,50\n",
            one("ev_sales", "columns: [B]", periods="april before"),
            {"2023-04..2024-03": 50},
        ),
        (
            "Year,EVs\n2024,50\n",
            one("ev_sales", "columns: [B]", periods="july before"),
            {"2023-07..2024-06": 50},
        ),
        (
            "Year,EVs\n2567,50\n2568,60\n",
            one("ev_sales", "columns: [B]", periods="buddhist"),
            {"2024": 50, "2025": 60},
        ),
        (
            "Year,EVs\n1402,50\n1403,60\n",
            one("ev_sales", "columns: [B]", periods="solar_hijri"),
            {"2023-03-21..2024-03-19": 50, "2024-03-20..2025-03-20": 60},
        ),
        (  # a title gives the months, a section the year
            "Registrations, January-June;\n;Electric\n2023;5\n2024;8\n",
            one("ev_registrations", "columns: [B]"),
            {"2023-01..2023-06": 5, "2024-01..2024-06": 8},
        ),
        (
            "Month;Electric\n2023;\nJan;5\nFeb;6\n2024;\nJan;8\n",
            one("ev_registrations", "columns: [B]"),
            {"2023-01": 5, "2023-02": 6, "2024-01": 8},
        ),
        (  # a year beside its first month alone, and months in another language
            "Jahr;Monat;Elektro\n2024;Januar;5\n;Februar;6\n",
            one("ev_registrations", "columns: [C]"),
            {"2024-01": 5, "2024-02": 6},
        ),
        (
            "Miesiąc;Elektryczne\nlistopad 2024;5\ngrudzień 2024;6\n",
            one("ev_registrations", "columns: [B]"),
            {"2024-11": 5, "2024-12": 6},
        ),
        (  # the last of some years in part
            "Type;2023;2024;2025 (Jan-Oct)\nEV sales;3;5;6\nPetrol;9;8;6\n",
            one("ev_sales", "rows: [EV sales]"),
            {"2023": 3, "2024": 5, "2025-01..2025-10": 6},
        ),
        (  # a change in vehicles is no growth
            "Year;EV stock;Change\n2023;50;\n2024;90;40\n",
            one("ev_stock", "columns: [B]"),
            {"2023-12-31": 50, "2024-12-31": 90},
        ),
        (
            "Date,EVs\n31.12.2023,50\n31.12.2024,60\n",
            one("ev_stock", "columns: [B]"),
            {"2023-12-31": 50, "2024-12-31": 60},
        ),
        (
            "Date,EVs\n2023-12-31,50\n2024-12-31,60\n",
            one("ev_sales", "columns: [B]", periods="year"),
            {"2023": 50, "2024": 60},
        ),
        ("EVs sold,\nCars,5400\n", one("ev_sales", "rows: [2]", periods=2024), {"2024": 5400}),
        (  # a footnote says that the year is not whole
            "Year;EVs\n2024;50\n2025*;30\n* January-June\n",
            one("ev_sales", "columns: [B]"),
            {"2024": 50, "2025-01..2025-06": 30},
        ),
        (  # a quarter that is the sum of its months is left out
            "Period,EVs\nJan 2024,1\nFeb 2024,2\nMar 2024,4\nQ1 2024,7\n",
            one("ev_sales", "columns: [B]"),
            {"2024-01": 1, "2024-02": 2, "2024-03": 4},
        ),
        (  # running totals that name their periods
            "Период;Ввоз\nянварь 2024;5\nянварь–февраль 2024;9\n2024 год;40\n",
            one("ev_imports", "columns: [B]"),
            {"2024-01": 5, "2024-01..2024-02": 9, "2024": 40},
        ),
        ("Quarter;EVs\nI trimestre 2024;2035\nII trimestre 2024;7\n",
         one("ev_imports", "columns: [B]"), {"2024-01..2024-03": 2035, "2024-04..2024-06": 7}),
        ("ماه;خودرو\nفروردین 1404;11\nاردیبهشت 1404;13\n",
         one("ev_sales", "columns: [B]", periods="solar_hijri"),
         {"2025-03-21..2025-04-20": 11, "2025-04-21..2025-05-21": 13}),
        ("Place;2024\nAustria;5\nEUROPEAN UNION;9\n", "place: {column: A}\n"
         + one("ev_sales", "columns: [B]"), {"2024": 5}),
        (  # months as customs write them, beside weight and money
            "Period;Net weight (kg);Quantity;Value (US$)\n202401;410;215;61\n202402;380;201;57\n",
            one("ev_imports", "columns: [Quantity]"), {"2024-01": 215, "2024-02": 201}),
        (  # a column of any values
            "Year,Indicator,Value\n2023,Sales,5\n2023,Fleet,9\n2024,Sales,7\n2024,Fleet,15\n",
            one("ev_sales", "where: {Indicator: Sales}"), {"2023": 5, "2024": 7}),
        (  # two tables in one sheet, each below its year
            "2023;\nMonth;EVs\nMay;3\nJune;5\n2024;\nMonth;EVs\nMay;4\nTotal;4\n",
            one("ev_sales", "columns: [B]"), {"2023-05": 3, "2023-06": 5, "2024-05": 4}),
        ("Year;EVs\n2024;1.234,5\n", one("ev_import_value", "columns: [B]"), {"2024": 1234.5}),
        # two digits behind a year are what the answer says
        ("Month,EVs\n2010-11,5\n2010-12,7\n", one("ev_sales", "columns: [B]", periods="own"),
         {"2010-11": 5, "2010-12": 7}),
        ("Year,EVs\n2010-11,5\n2011-12,7\n", one("ev_sales", "columns: [B]", periods="april"),
         {"2010-04..2011-03": 5, "2011-04..2012-03": 7}),
        ("Year,EVs\n2010-11,5\n", one("ev_sales", "columns: [B]", periods="own"), {"2010-11": 5}),
        ("Year,EVs\n2010-11,5\n", one("ev_sales", "columns: [B]", periods="april"),
         {"2010-04..2011-03": 5}),
        ("Month,EVs\n2025-09 (p),5\n2025-04 to 2025-06,7\n", one("ev_sales", "columns: [B]"),
         {"2025-09": 5, "2025-04..2025-06": 7}),
        (  # a share in the title that another line is of
            "EV sales and their share, %;;\nYear;EV sales;Share, %\n2023;5;7\n",
            one("ev_sales", "columns: [B]"), {"2023": 5}),
        (  # and growth, of which another line is
            "EV sales and their growth (%);;\nYear;EV sales;Growth\n2023;5;7\n",
            one("ev_sales", "columns: [B]"), {"2023": 5}),
        ("Registrations of cars and buses;\nYear;Electric cars\n2023;5\n",
         one("ev_registrations", "columns: [B]"), {"2023": 5}),
        ("EV sales, cumulative;\nYear;EVs\n2023;8\n2024;9\n",
         one("ev_sales cumulative", "columns: [B]", periods="own"),
         {"2023-12-31": 8, "2024-12-31": 9}),
    ],
)  # fmt: skip
def test_a_table_is_read_by_answers(text, answers, facts):
    assert read(text, answers) == facts


KINDS = "Year,Cars,Motorcycles,Buses,Total\n2024,5,9,1,15\n"
USED = "Year,New electric cars,Used electric cars\n2024,5,9\n"


@pytest.mark.parametrize(
    ("text", "answers", "said"),
    [
        ("Year,Value in million USD\n2024,12\n", one("ev_imports", "columns: [B]"), "may be money"),
        ("Year,EVs\n2024,$12\n", one("ev_imports", "columns: [B]"), "may be money"),
        ("Imports (thousand US dollars),\nYear,EVs\n2024,12\n", one("ev_imports", "columns: [B]"),
         "may be money"),
        ("Year,EVs (thousands)\n2024,12\n", one("ev_sales", "columns: [B]"), "say unit: 1000"),
        ("Year,EVs\n2024,1.37\n", one("ev_sales", "columns: [B]"), "no whole number of vehicles"),
        ("Year,EVs\n2024,12%\n", one("ev_sales", "columns: [B]"), "is of percent"),
        ("Year,EVs\n2024,12\n", one("ev_sales yoy_growth_percent", "columns: [B]"),
         "nothing says %"),
        ("Year,EVs,Growth %\n2023,100,\n2024,150,5\n",
         "read: [{counts: ev_sales, columns: [B]}, "
         "{counts: ev_sales yoy_growth_percent, columns: [C]}]",
         "growth of 5 % in C3, and 100 in B2 to 150 in B3 is one of 50.0 %"),
        (KINDS, one("car_registrations", "columns: [E]"), "is a total over buses, motorcycles"),
        (  # counts that the growth beside them contradicts, which nobody named
            "Year,EVs,Growth %\n2023,742,\n2024,5910,46.1\n", one("ev_sales", "columns: [B]"),
            "growth of 46.1 % in C3, and 742 in B2 to 5910 in B3 is one of 696.5 %"),
        (  # and such growth alone
            "Year,EVs,Growth %\n2022,512,9\n2023,742,44.9\n2024,5910,46.1\n",
            one("ev_sales yoy_growth_percent", "columns: [C]"), "is one of 696.5 %"),
        (USED, one("ev_imports", "columns: [B]"), "beside column C 'Used electric cars'"),
        (KINDS, one("vehicle_stock", "columns: [B, C, D, E]"), "is a sum, and is named with its"),
        ("Cars licensed for the first time,\nYear,Electric\n2023,90\n2024,50\n",
         one("ev_stock", "columns: [B]"), "no stock"),
        ("Year,EVs\n2024,5\n2024,7\n2024,9\n", one("ev_sales", "columns: [B]"),
         "5 and 7 in B3: no row was named, and several are of one period"),
        ("Year,City,Fuel,Cars\n2023,A,Electric,5\n2023,B,Electric,7\n2023,Ensemble,Electric,12\n",
         one("ev_sales", "where: {Fuel: Electric}"), "12 in D4 is the sum of numbers"),
        (  # tenths, which add up to a little more
            "Year,City,Fuel,Thousands\n2023,A,Electric,10.1\n2023,B,Electric,20.2\n"
            "2023,Ensemble,Electric,30.3\n",
            one("ev_sales", "where: {Fuel: Electric}", unit=1000), "30.3 in D4 is the sum of"),
        ("Year,EVs,Cars\n2024,500,70\n",
         "read: [{counts: ev_sales, columns: [B]}, {counts: car_sales, columns: [C]}]",
         "500 electric cars are more than all, 70 in C2"),
        ("Year,EV sales,EV sales\n2024,5,7\n", one("ev_sales", "columns: [EV sales]"),
         "one name is that of two lines"),
        ("Year,EVs\n2024,\"1,234\"\n", "decimal: ','\n" + one("ev_sales", "columns: [B]"),
         "no whole number"),
        ("Year;EVs\n2024;1,234\n", one("ev_sales", "columns: [B]"), "say decimal"),
        ("Year,EVs\n2023/24,50\n", one("ev_sales", "columns: [B]"), "begins in another month"),
        ("Year,EVs\n2010-11,5\n", one("ev_sales", "columns: [B]"),
         "may be a month, or the year 2010/11"),
        ("Share of EVs, %;\nYear;EVs\n2024;12\n", one("ev_imports", "columns: [B]"),
         "'Share of EVs, %' (say counts: ev_imports market_share_percent"),
        ("EV sales, index 2019 = 100;\nYear;EVs\n2024;812\n", one("ev_sales", "columns: [B]"),
         "an index is not read: leave it out"),
        ("EV sales, rolling 12 months;\nMonth;EVs\n2024-05;812\n",
         one("ev_sales", "columns: [B]"), "name the line of single months"),
        ("EVs per 1,000 inhabitants;\nYear;EVs\n2024;12\n", one("ev_stock", "columns: [B]"),
         "such a rate is not read"),
        ("EV sales, including hybrids;\nYear;EVs\n2024;12\n", one("ev_sales", "columns: [B]"),
         "name the line of electric cars alone"),
        ("EV sales, cumulative;\nYear;EVs\n2023;8\n2024;9\n",
         one("ev_sales", "columns: [B]", periods="year_to_date"),
         "8 may be of more than 2023: 'EV sales, cumulative' (say counts: ev_sales cumulative"),
        ("Period,Cumulative EV sales\n2022,50\nJan-Jun 2024,200\n",
         one("ev_sales", "columns: [B]", periods="year_to_date"), "50 may be of more than 2022"),
        ("Motorcycles sold;\nYear;Electric\n2024;12\n", one("ev_sales", "columns: [B]"),
         "12 in B3 is of motorcycles"),
        ("Year,EVs\n2024,50\n2025 (partly),30\n", one("ev_sales", "columns: [B]"),
         "may be of another period: beside the year it says 'partly'"),
        ("Value in million USD,\nYear,Electric cars\n2024,9\n", one("ev_imports", "columns: [B]"),
         "may be money"),
        ("ปี,รถ\n2567,9\n2568 (ม.ค.-ต.ค.),5\n2569 (บาง),5\n",
         one("ev_sales", "columns: [B]", periods="buddhist"), "beside the year it says"),
        ("Месяц,EVs\nЖанвар 2024,9\nФеврол 2024,5\n", one("ev_sales", "columns: [B]"),
         "'жанвар' is not understood in 'Жанвар 2024'"),
        ("Year,EVs\n2024,50\n2030 target,90\n", one("ev_sales", "columns: [B]"), "say kind"),
        ("Date,EVs\n2023-12-31,50\n2024-12-31,60\n", one("ev_sales", "columns: [B]"),
         "periods: year, quarter or month"),
        ("Month,EVs\nJan,5\n", one("ev_sales", "columns: [B]"), "names no year"),
        ("Fuel,Units,Worth\nElectric 2024,5,9\n", one("ev_sales", "rows: [2]"),
         "no column was named"),
        ("Country,Year,EV sales\nUZ,2022,25,700\n", one("ev_sales", "columns: [C]"),
         "has more cells than the heads"),
        ("Year,EVs\n2023,9\n2024,12 (est.)\n", one("ev_sales", "columns: [B]"), "is no number"),
        (MONTHS, one("ev_sales", "columns: [Elektric]"), "did you mean Electric?"),
        (MONTHS, one("ev_sales", "rows: [9]"), "'9' is no row with numbers"),
        (LONG, one("ev_sales", "where: {Fuel: Electrik}"), "did you mean Electric?"),
        (MONTHS, one("ev_sales", "columns: [C]\n    sheet: Two"), "is no sheet with numbers"),
        (MONTHS, "read: [{counts: ev_sales, columns: [C]}, {counts: ev_stock, columns: [C]}]",
         "reads C2, which read[0] reads, too"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_with_what_would_settle_it(text, answers, said):
    found = read(text, answers)
    assert isinstance(found, str), found
    assert said in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reed: []\n", "'reed' is an unknown key (did you mean read?)"),
        ("read: []\n", "is no list of series"),
        ("read: [{counts: ev_sale, columns: [B]}]\n", "did you mean ev_sales?"),
        ("read: [{counts: ev_sales, colums: [B]}]\n", "did you mean columns?"),
        ("read: [{counts: ev_sales yoy_growth, columns: [B]}]\n", "unknown quantity"),
        ("read: [{counts: ev_sales, unit: 0}]\n", "no number above 0"),
        ("read: [{counts: ev_sales, periods: juli}]\n", "did you mean july?"),
        ("read: [{counts: ev_sales}]\nplace: Atlantis\n", "is not a known place"),
        ("read: [{counts: ev_sales}]\ndecimal: x\n", "is no decimal mark"),
        ("read: [{counts: ev_sales}]\npublished: soon\n", "is not a date"),
        ("read: [{counts: &a ev_sales}]\n", "anchor or alias"),
        (
            "columns: {place: Country}\n",
            "is no list of series (write it so, whatever an earlier form had: read: [{",
        ),
        ("", "is empty"),
    ],
)
def test_a_file_of_answers_is_refused_by_key_place_and_nearest_right_one(text, said):
    with pytest.raises(LedgerError, match="answers") as refused:
        answers_in(text)
    assert said in str(refused.value)


@given(
    st.builds(
        SeriesAnswer,
        st.sampled_from(["ev_sales", "ev_imports yoy_growth_percent", "ev_stock"]),
        columns=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C",)),
                                 min_size=1, max_size=9), max_size=3).map(tuple),
        rows=st.lists(st.integers(1, 999) | st.sampled_from(["12", "Total", "true", "a: b"]),
                      max_size=3).map(tuple),
        unit=st.sampled_from([None, 1.0, 1000.0]),
        periods=st.sampled_from(["", "year_to_date", "july before"]),
    )
)  # fmt: skip
@settings(max_examples=60)
def test_what_is_written_is_read_back(series):
    answers = answers_in("read: [{counts: ev_sales}]").with_series(series)
    assert answers_in(answers.to_yaml()).read[1] == series


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Country,Year,EV sales\nUZ,2022,2180\n", ["ev_sales"]),
        ("Year,EV sales (thousands)\n2022,25\n", ["ev_sales"]),
        ("Год;Импорт электромобилей, шт.\n2022;2180\n", ["ev_imports"]),
        ("Electric cars in Norway;\nYear;Sales\n2022;5\n", ["ev_sales"]),
        ("Year,EV sales,Growth %\n2022,100,\n2023,150,50\n",
         ["ev_sales", "ev_sales yoy_growth_percent"]),
        ("Электромобили: ввоз с начала года;\nМесяц;Импорт электромобилей\nянварь 2025;5\n"
         "февраль 2025;9\nмарт 2025;12\nапрель 2025;20\n", ["ev_imports"]),
        ("Year,EVs on the road,Charging points\n2022,5,6\n", ["ev_stock", "charging_points"]),
    ],
)  # fmt: skip
def test_plain_heads_leave_nothing_open(text, counts):
    assert proposed(text) == (counts, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Month,Petrol,Electric\n2025-01,10,3\n", "'Electric': What does it count?"),
        ("Year,Non-EV sales\n2022,5\n", "not known here: non"),
        ("Year,EV sales target\n2022,5\n", "not known here: target"),
        ("Year,Registered electric cars\n2022,5\n", "not known here: registered"),
        ("Year,EV sales\n2022,1.37\n", "What is a 1 of it? (1.37 is no whole number)"),
        ("Year,EV sales (USD)\n2022,5\n", "What is a 1 of it? (it speaks of money)"),
        ("Year,EV sales\n2022/23,5\n", "begins in another month"),
        ("Month,EV sales\n" + "".join(f"2024-{m:02d},{m}\n" for m in range(1, 8)),
         "never fall within a year"),
        ("Year,EV sales,EV sales\n2022,5,7\n",
         "'EV sales': what does it count? (the line that is read says the same)"),
        ("EV sales forecast;\nYear;EV sales\n2022;5\n", "not known here: forecast"),
        ("EV sales, rolling sum;\nMonth;EV sales\n2024-01;5\n", "not known here: rolling"),
        ("Share of EVs, %;\nYear;EV sales\n2022;5\n", "not known here: share"),
        ("EV sales,,\nYear,BEV,PHEV\n2022,5,7\n",
         "column C 'PHEV': what does it count? (not known here: phev)"),
        ("EV imports of Georgia,\nCountry,2023\nChina,5\nJapan,7\n",
         "Beside the numbers stands China, Japan: what is it?"),
        ("Month,EV sales,Growth %\n2024-01,100,\n2024-02,150,50\n",
         "it may be growth on the year before, or on the period before"),
    ],
)  # fmt: skip
def test_what_is_not_certain_stays_open(text, said):
    assert said in proposed(text)[1]


def test_a_workbook_is_read_as_it_is_shown():
    def change(sheet):
        sheet["C3"].number_format = '0.0,"k"'
        sheet["D3"].number_format = "0%"
        sheet.row_dimensions[5].hidden = True
        sheet.column_dimensions["E"].hidden = True
        sheet.merge_cells("A3:A4")

    rows = [["", "Sales"], ["Year", "Month", "EVs", "Share", "Old"], [2024, "Jan", 1370, 0.05, 7],
            [None, "Feb", 2000, 0.06, 8], [2024, "Mar", 1, 1, 1]]  # fmt: skip
    table = UserTable(UserFile("own.xlsx", workbook(rows, change)))
    made = table.read(answers_in(one("ev_sales", "columns: [C]")))
    assert {str(fact.period): fact.value for fact in made.facts} == {
        "2024-01": 1370,
        "2024-02": 2000,
    }
    assert made.left_out == ("column D 'Share'", "row 5: is hidden", "column E: is hidden")
    assert made.rows()[0].cells["source"] == "own.xlsx, Sheet!C3"


def test_what_is_not_read_of_two_sheets_is_told_with_its_sheet():
    def change(sheet):
        buses = sheet.parent.create_sheet("Buses")
        for row in (["Year", "Buses sold"], [2023, 7], [2024, 8]):
            buses.append(row)

    data = workbook([["Year", "EVs", "Foo"], [2023, 5, 2], [2024, 9, 3]], change)
    table = UserTable(UserFile("own.xlsx", data))
    made = table.read(answers_in(one("ev_sales", "columns: [B]", sheet="Sheet")))
    assert made.left_out == ("sheet Sheet, column C 'Foo'", "sheet Buses")


def test_an_old_workbook_and_an_open_document_are_read(tmp_path):
    shutil.copytree(TABLES, tmp_path / "tables")
    parc, stations = tmp_path / "tables" / "parc.xls", tmp_path / "tables" / "stations.ods"
    with pytest.raises(LedgerError, match=r"does not tell its formats"):
        fc.read_ledger(parc)
    parc.with_name("parc.mapping.yaml").write_text(
        "place: GE\n" + one("ev_stock", "columns: [Cars]", unit=1)
    )
    assert fc.read_ledger(parc).frame["value"].tolist() == [5400, 9100]
    stations.with_name("stations.mapping.yaml").write_text(
        "place: GE\n" + one("charging_stations", "columns: [B]")
    )
    frame = fc.read_ledger(stations).frame
    assert frame[["period_end", "value"]].values.tolist() == [
        ["2024-03-31", 410.0],
        ["2024-06-30", 455.0],
    ]


def test_a_formula_without_a_stored_value_is_refused_by_its_cell():
    data = workbook([["Year", "EVs"], [2024, 5], [2025, "=B2*2"]])
    with pytest.raises(LedgerError, match=r"B3: 1 formulas have no stored value"):
        read(data, one("ev_sales", "columns: [B]"), "own.xlsx")


@pytest.mark.parametrize(
    ("value", "is_stored"),
    [(b"><f>B2</f><v/>\n", False), (b"><f>B2</f><v></v>", False), (b"><f>B2</f><v>7</v>", True),
     (b' t="str"><f>B2</f><v></v>', True)],
)  # fmt: skip
def test_a_blank_is_no_value_of_a_formula_but_an_empty_text_is(value, is_stored):
    cell = b'<c r="B3"' + value + b"</c>"
    data = io.BytesIO()
    with ZipFile(data, "w") as folder:
        folder.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + cell + b"</worksheet>")
    assert check_extent("own.xlsx", data.getvalue()) == ([] if is_stored else ["B3"])


def test_the_country_of_a_title_is_read_in_the_encoding_that_is_said():
    text = "Импорт электромобилей в Грузию;\nГод;Ввоз\n2023;5\n".encode("cp1251")
    table = UserTable(UserFile("own.csv", text))
    assert table.place(answers_in("read: [{counts: ev_imports}]\nencoding: cp1251\n")) == "GE"
    assert table.place(answers_in("read: [{counts: ev_imports}]\nencoding: cp1252\n")) == ""


def test_a_number_in_the_same_cell_of_another_sheet_is_no_value_of_a_formula():
    rows = [["Year", "EVs"], [2024, 5], [2025, 9]]

    def change(sheet):
        sheet["B3"] = "=B2*2"
        other = sheet.parent.create_sheet("other")
        for row in rows:
            other.append(row)

    data = workbook(rows, change)
    with pytest.raises(LedgerError, match=r"B3: 1 formulas have no stored value"):
        read(data, one("ev_sales", "columns: [B]"), "own.xlsx")


def test_the_unit_of_an_earlier_time_is_proposed_as_it_was():
    table = UserTable(UserFile("own.csv", b"Year,EVs\n2023,12\n2024,14\n"))
    earlier = answers_in(one("ev_sales", "columns: [B]", unit=2.5))
    dialogue = TableDialogue(table, earlier=earlier)
    proposals = {}
    for question in dialogue.questions():
        proposals[question.key] = question.proposed
        dialogue.given[question.key] = question.answer("")
    assert proposals["1 unit"] == "2.5"
    assert dialogue.answers().read[0].unit == 2.5


@pytest.mark.parametrize(
    ("title", "head", "day"),
    [
        ("Парк электромобилей на 1 января", "Год", "2023-01-01"),
        ("Electric cars on the road at 1st January", "Year", "2023-01-01"),
        ("Parc de voitures au 1er janvier", "Année", "2023-01-01"),
        ("Parque de veículos a 1.º de janeiro", "Ano", "2023-01-01"),
        ("Bestand am 1. Jänner", "Jahr", "2023-01-01"),
        ("Парк электромобилей", "На 1 января", "2023-01-01"),
        ("Парк электромобилей", "На начало года", "2023-01-01"),
        ("Парк на 01.07", "Год", "2023-07-01"),
        ("Fleet on July 1st", "Year", "2023-07-01"),
        ("Fleet on 29 February", "Year", "2023-02-28"),
    ],
)
def test_a_day_without_a_year_is_that_of_the_years_of_the_table(title, head, day):
    table = f"{title}\n{head},EVs\n2023,40\n"
    assert read(table, one("ev_stock", "columns: [B]")) == {day: 40}
    assert "may be of another period" in read(table, one("ev_sales", "columns: [B]"))


@pytest.mark.parametrize(
    ("title", "head"),
    [("EV sales", "EV sales; %"), ("EV sales; %", "EV sales"), ("%", "EV sales"),
     ("in %", "EV sales"), ("Unit: %", "EV sales"), ("в % к предыдущему году", "EV sales"),
     ("EV sales", "% of new registrations"), ("Numbers in per cent", "EV sales"),
     ("Электромобили в процентах от регистраций", "Электромобили")],
)  # fmt: skip
def test_percent_are_no_count_whatever_is_answered(title, head):
    found = read(f"{title}\nYear,{head}\n2023,40\n", one("ev_sales", "columns: [B]"))
    assert "40 may count something else" in found


@pytest.mark.parametrize(
    "titles",
    ["Electric cars; buses and motorcycles", "Electric cars\nIncluding buses",
     "Легковые и грузовые автомобили"],
)  # fmt: skip
def test_kinds_in_the_nearest_title_are_no_cars(titles):
    found = read(f"{titles}\nYear,Electric\n2023,40\n", one("ev_sales", "columns: [B]"))
    assert "40 in B" in found
    cars = f"{titles}\nPassenger cars\nYear,Electric\n2023,40\n"
    assert read(cars, one("ev_sales", "columns: [B]")) == {"2023": 40}


def test_a_note_of_other_vehicles_is_asked_about():
    table = "EV sales\nYear,EV sales\n2023,40\nIncludes buses and motorcycles\n"
    assert "a note says 'Includes buses and motorcycles'" in proposed(table)[1]
    assert "a note says" not in proposed(table.replace("buses and motorcycles", "all cars"))[1]
    assert read(table, one("ev_sales", "columns: [B]")) == {"2023": 40}


def test_a_number_may_have_the_mark_of_a_provisional_one():
    table = 'Year,EVs\n2023,"27,906p"\n2024,"27,910 (r)"\n'
    found = read(table, one("ev_sales", "columns: [B]"))
    assert found == {"2023": 27906, "2024": 27910}


@pytest.mark.parametrize("head", ["No;Type", ";"])
def test_rows_may_be_numbered_before_their_labels(head):
    table = f"Fleet;\n{head};2023;2024\n1;Battery cars;61;72\n2;Hybrids;24;28\n;All;85;100\n"
    found = read(table, one("bev_stock", "rows: [Battery cars]"))
    assert found == {"2023-12-31": 61, "2024-12-31": 72}
    answers = answers_in(one("bev_stock", "rows: [Battery cars]"))
    (row, _) = UserTable(UserFile("own.csv", table.encode())).read(answers).at("UZ").rows()
    assert "1" not in row.cells.values()


def test_a_sheet_of_notes_is_no_table():
    def with_notes(sheet):
        notes = sheet.parent.create_sheet("Read me", 0)
        notes.append(["Electric vehicle sales"])
        notes.append(["Release", 3])
        notes.append(["p", "provisional"])

    content = workbook([["EV sales"], ["Year", "EV sales"], [2023, 40], [2024, 61]], with_notes)
    assert proposed(content, "own.xlsx") == (["ev_sales"], "")


@pytest.mark.parametrize(
    "titles",
    ["EV sales; year ended 30 June\nYear;EVs", "EV sales\nYear ended 30 June;EVs",
     "EV sales for the year ended 30 June\nYear;EVs"],
)  # fmt: skip
def test_a_year_that_ends_on_a_day_is_no_calendar_year(titles):
    table = f"{titles}\n2023;5\n2024;6\n"
    asked = read(table, one("ev_sales", "columns: [B]", periods="own"))
    assert "begins in another month than January" in asked
    found = read(table, one("ev_sales", "columns: [B]", periods="july"))
    assert found == {"2022-07..2023-06": 5, "2023-07..2024-06": 6}


def test_a_month_alone_in_the_title_of_a_stock_is_asked():
    table = "Parc au premier janvier\nAnnée,EVs\n2023,40\n"
    assert "the title names no day" in read(table, one("ev_stock", "columns: [B]"))


def test_the_year_of_months_may_stand_in_their_head():
    table = "Импорт\nМесяц 2025 года,EVs\nянварь,4\nфевраль,5\n"
    found = read(table, one("ev_imports", "columns: [B]"))
    assert found == {"2025-01": 4, "2025-02": 5}


@pytest.mark.parametrize(
    "label",
    ["last quarter 2023", "9 mths 2023", "Week 5 2023", "1 пол. 2023", "4-й кв-л 2023",
     "quarter 2023", "начало 2023", "HY1 2023", "first four weeks of 2023"],
)  # fmt: skip
def test_a_label_is_understood_whole_or_asked(label):
    table = f"EV sales\nPeriod,EV sales\n{label},40\n"
    assert "Of which period is each number?" in proposed(table)[1]
    for periods in ("own", "year_to_date", "quarter"):
        found = read(table, one("ev_sales", "columns: [B]", periods=periods))
        assert "is not understood in" in found
    assert read(table, one("ev_sales", "columns: [B]", periods="year")) == {"2023": 40}


@pytest.mark.parametrize("label", ["1T 2023", "2023T1", "T1 2023"])
def test_a_quarter_may_be_a_t(label):
    table = f"Ventas\nPeriodo,Coches\n{label},40\n"
    assert read(table, one("ev_sales", "columns: [B]")) == {"2023-01..2023-03": 40}


@pytest.mark.parametrize(
    ("head", "year", "by_month_alone"),
    [
        ("Fiscal year", "2023", "2022-04..2023-03"),
        ("Year", "FY2023", "2022-04..2023-03"),
        ("年度", "2023", "2023-04..2024-03"),
    ],
)
def test_a_fiscal_year_is_called_as_it_is_answered(head, year, by_month_alone):
    table = f"EV sales\n{head},EVs\n{year},40\n"
    month_alone = one("ev_sales", "columns: [B]", periods="april")
    assert read(table, month_alone) == {by_month_alone: 40}
    ends = one("ev_sales", "columns: [B]", periods="april before")
    assert read(table, ends) == {"2022-04..2023-03": 40}
    begins = one("ev_sales", "columns: [B]", periods="april of that year")
    assert read(table, begins) == {"2023-04..2024-03": 40}


def test_a_fiscal_year_of_japan_begins_in_the_year_by_which_it_is_called():
    table = "EV sales\n年,EVs\n2023年度,40\n"
    found = read(table, one("ev_sales", "columns: [B]", periods="april"))
    assert found == {"2023-04..2024-03": 40}


def test_a_sum_that_is_named_by_what_its_row_says_is_read():
    table = "Quarter,Fuel,Cars\n2023Q1,All fuels,90\n2023Q1,Electric,40\nQ2 2023,All fuels,95\n"
    found = read(table, one("car_sales", "columns: [C]\n    where: {B: All fuels}"))
    assert found == {"2023-01..2023-03": 90, "2023-04..2023-06": 95}


def test_quarters_and_months_stand_beside_each_other():
    table = "Year,Quarter,Month,EVs\n2024,1,1,5\n2024,1,2,6\n2024,1,3,7\n2024,2,4,8\n"
    found = read(table, one("ev_sales", "columns: [D]"))
    assert found == {"2024-01": 5, "2024-02": 6, "2024-03": 7, "2024-04": 8}


def test_a_note_behind_a_number_names_no_period_of_it_but_its_unit():
    table = (
        "Year,EVs,Unit,Note\n2023,40,thousand,18 in 2022\n2024,61,thousand,revised in May 2025\n"
    )
    assert "say unit: 1000" in read(table, one("ev_sales", "columns: [B]"))
    found = read(table, one("ev_sales", "columns: [B]", unit=1000))
    assert found == {"2023": 40_000, "2024": 61_000}


def test_a_word_before_the_number_of_a_sheet_is_no_month():
    data = workbook([["Год", "EVs"], [2023, 40]], lambda sheet: setattr(sheet, "title", "Лист1"))
    for periods in ("own", "year"):
        answers = one("ev_stock", "columns: [B]", periods=periods)
        assert read(data, answers, "own.xlsx") == {"2023-12-31": 40}


def test_a_title_may_print_the_unit_that_is_answered_beside_percent():
    table = "单位：万辆、%;;\n年份;销量;同比\n2023;74.4;12.1\n"
    assert read(table, one("ev_sales", "columns: [B]", unit=10000)) == {"2023": 744000}
    assert "may count something else" in read(table, one("ev_sales", "columns: [B]", unit=1000))


@pytest.mark.parametrize(
    "table",
    ["EV sales\nYear,EV sales\n2059,40\n", "EV sales, forecast\nYear,EV sales\n2023,40\n",
     "EV sales\nYear,Planned EV sales\n2023,40\n"],
)  # fmt: skip
def test_what_may_not_have_happened_is_no_outcome(table):
    assert "may be an estimate or a plan" in read(table, one("ev_sales", "columns: [B]"))
    found = read(table, one("ev_sales", "columns: [B]", kind="estimate"))
    assert [*found.values()] == [40]


@pytest.mark.parametrize(
    ("text", "published", "is_over"),
    [
        ("Year,EVs\n2023,40\n", "2023-06-30", False),
        ("Year,EVs\n2023,40\n", "2023-12-31", True),
        ("Year,EVs\n2023,40\n", "2023", True),
        ("Date,EVs\n2023-07-31,40\n", "2023-06", False),
        ("Date,EVs\n2023-07-31,40\n", "2023-08", True),
        ("Year,EVs\n2059,40\n", "2060-01-15", True),
        ("Date,EVs\n2059-12-31,40\n", "2060-01", True),
        ("Date,EVs\n2059-12-31,40\n", "2059", False),
        ("Date,EVs\n2059-12-31,40\n", "", False),
        # The day of a row counts for it
        ("Year,EVs,Published\n2023,40,2023-06-30\n", "2024-02", False),
        ("Year,EVs,Published\n2059,40,2060-01-15\n", "2024-02", True),
    ],
)
def test_whether_a_period_is_over_is_asked_of_the_day_of_publication(text, published, is_over):
    measure = "ev_stock" if "Date" in text else "ev_sales"
    found = read(text, f"published: '{published}'\n" + one(measure, "columns: [B]"))
    if is_over:
        assert [*found.values()] == [40]
    else:
        assert "it may be an estimate or a plan" in found


def test_a_row_whose_day_of_publication_is_none_is_refused_so():
    found = read("Year,EVs,Published\n2023,40,soon\n", one("ev_sales", "columns: [B]"))
    assert found.endswith("e.g. 2023-06-26 (correct the day of publication)")


@pytest.mark.parametrize(
    "table",
    ["Yil;Oy;EVs\n2024;Yanvar;5\n2024;Feber;6\n2024;Mart;7\n",
     "EV sales 2024;;\nKind;Yanvar;Feber;Mart\nEVs;5;6;7\n"],
)  # fmt: skip
def test_a_month_that_is_not_known_is_no_year(table):
    lines = "columns: [C]" if "Oy" in table else "columns: [B, C, D]"
    found = read(table, one("ev_sales", lines))
    assert "'Feber' is not understood" in found or "'Feber': names no period" in found


@pytest.mark.parametrize("rows", ["2019,4512p\n2020,4600\n", "2019p,4512\n2020,4600r\n"])
def test_four_digits_with_a_mark_are_a_year_or_a_number(rows):
    assert read(f"Year,EVs\n{rows}", one("ev_sales", "columns: [B]")) == {
        "2019": 4512,
        "2020": 4600,
    }


def test_a_proportion_is_refused_and_a_city_that_no_basis_names():
    for title in ("EVs as a proportion of new cars", "EV registrations, city of Yerevan"):
        table = f"{title}\nYear,EVs\n2023,12\n"
        found = read(table, one("ev_registrations", "columns: [B]"))
        assert "12 may count something else" in found
        of_city = one("ev_registrations", "columns: [B]", basis="Yerevan alone")
        assert (read(table, of_city) == {"2023": 12}) == ("city" in title)


def test_a_year_is_said_under_periods():
    line = "columns: [B]\n    periods: '2024'"
    assert answers_in(one("ev_sales", line)).read[0].periods == "2024"
    with pytest.raises(LedgerError, match=r"read\[0\]\.year: 'year' is an unknown key"):
        answers_in(one("ev_sales", "columns: [B]", year=2024))


def test_a_doubt_names_the_line_of_its_own_sheet():
    def change(sheet):
        sheet.parent.create_sheet("Buses").append(["Year", "Buses sold"])
        for year in (2023, 2024):
            sheet.parent["Buses"].append([year, 7])

    data = workbook([["Year", "EVs foo"], [2023, 5], [2024, 9]], change)
    _, doubts = proposed(data, "own.xlsx")
    assert "column B 'EVs foo': What does it count? (not known here: foo)" in doubts


def test_a_workbook_with_a_chart_is_read():
    def change(sheet):
        chart = LineChart()
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
        sheet.add_chart(chart, "D2")

    data = workbook([["Year", "EVs"], [2024, 5], [2025, 9]], change)
    assert read(data, one("ev_sales", "columns: [B]"), "own.xlsx") == {"2024": 5, "2025": 9}


def answered(text, **answers):
    """The answers that a dialogue comes to: as given by the question's name, else as proposed."""
    dialogue = TableDialogue(UserTable(UserFile("own.csv", text.encode())))
    answers = {"proposal": "no"} | answers
    for question in dialogue.questions():
        name = question.key.rpartition(" ")[2]
        dialogue.give(question.key, question.answer(answers.get(name, "")))
    return dialogue.answers()


@pytest.mark.parametrize(
    ("table", "happened"),
    [("EV sales in target markets\nYear,EV sales\n2023,40\n", "outcome"),
     ("EV sales\nYear,EV sales\n2059,40\n", "estimate")],
)  # fmt: skip
def test_whether_numbers_have_happened_is_asked_and_kept(table, happened):
    assert "Have these numbers happened?" in proposed(table)[1]
    for kind in (happened, "target"):
        answers = answered(table, kind=kind)
        (series,) = answers.read
        assert (series.periods, series.cells) == ("", {"kind": kind})
        assert [*read(table, answers.to_yaml()).values()] == [40]


def kind_question(text, earlier=None):
    """The question whether numbers have happened, all before it answered as proposed."""
    dialogue = TableDialogue(UserTable(UserFile("own.csv", text.encode())), earlier=earlier)
    for question in dialogue.questions():
        if question.key.endswith("kind"):
            return question
        dialogue.give(question.key, question.answer(""))
    return None


def test_a_period_that_is_not_over_is_offered_no_outcome():
    assert [*kind_question("Year,EV sales\n2023,40\n2059,90\n").choices] == ["target", "estimate"]
    of_words = kind_question("Year,EV sales\n2023,40\n2024 (forecast),90\n")
    assert [*of_words.choices] == ["target", "estimate", "outcome"]
    found = read("Year,EVs\n2059,40\n", one("ev_sales", "columns: [B]"))
    assert "(kind: estimate or target, or leave its line out)" in found


def test_an_earlier_kind_is_proposed_and_still_asked_about():
    answers = one("ev_sales", "columns: [B]", kind="estimate")
    text = "Year,EV sales\n2023,40\n2059,90\n"
    question = kind_question(text, answers_in(answers))
    assert question.proposed == "estimate"
    assert "is not over" in question.doubt
    refused = kind_question(text, answers_in(answers.replace("estimate", "outcome")))
    assert refused.proposed == ""


def test_whether_numbers_have_happened_is_never_proposed():
    text = "Year,EV sales\n2023,40\n2025 (forecast),900\n"
    proposal = proposal_of_table(UserTable(UserFile("own.csv", text.encode())))
    (series,) = proposal.answers.read
    assert series.cells == {}


@pytest.mark.parametrize(
    ("line", "is_asked"),
    [("Plugin hybrids", True), ("Plug-in hybrid (petrol)", True), ("Подзаряжаемые гибриды", True),
     ("Подключаемые гибриды", True), ("Rechargeable hybrids", True), ("Hybrids", False),
     ("Гибриды", False)],
)  # fmt: skip
def test_a_line_of_hybrids_is_asked_about_where_they_are_plugged_in(line, is_asked):
    doubts = proposed(f"Year,EV sales,{line}\n2023,40,7\n")[1]
    assert (f"column C '{line}': what does it count?" in doubts) == is_asked


@pytest.mark.parametrize(
    ("text", "encoding", "lines"),
    [
        # A first line of which two readings are the same, and a long one
        ("Année;EVs\nTürk;ş\n", "cp1254", "Année;EVs / Türk;ş"),
        (f"{'x' * 100} Sprzedaż;EVs\n", "cp1250", f"{'x' * 22} Sprzedaż;EVs"),
    ],
)
def test_each_reading_of_a_file_is_listed_once_with_what_tells_it_apart(text, encoding, lines):
    data = f"{text}2023;5\n".encode(encoding)
    sheets = sheets_of(UserFile("own.csv", data))
    assert sheets.encodings[encoding] == lines
    assert len({*sheets.encodings.values()}) == len(sheets.encodings)
    problem = read(data, one("ev_sales", "columns: [B]"))
    for name, shown in sheets.encodings.items():
        assert f"may be in {name}: {shown} (say encoding: {name}, if that reads right)" in problem


def test_encodings_that_read_a_file_alike_are_one_choice_and_another_may_be_said():
    data = "Année;Véhicules\n2023;5\n".encode("cp1252")
    dialogue = TableDialogue(UserTable(UserFile("own.csv", data)))
    question = next(dialogue.questions())
    assert {"cp1250", "cp1252", "cp1254"} & {*question.choices} == {"cp1250"}
    assert question.answer("iso8859-15") == "iso8859-15"
    with pytest.raises(LedgerError, match=r"unknown encoding: latin-99 .*e\.g\. encoding: cp1251"):
        question.answer("latin-99")
    with pytest.raises(LedgerError, match="'utf-8' codec can't decode"):
        question.answer("utf-8")


def test_a_wrong_encoding_of_a_file_in_utf_8_is_answered_by_utf_8():
    answers = "encoding: utf8-bom\n" + one("ev_sales", "columns: [B]")
    with pytest.raises(LedgerError, match=r"unknown encoding: utf8-bom .*e\.g\. encoding: utf-8\)"):
        read("Année;EVs\n2023;5\n", answers)
    in_none = b"\xff\x81\x98;EVs\n\x80\xff;5\n"
    with pytest.raises(LedgerError, match="unknown encoding: utf8-bom"):
        read(in_none, answers)


def test_readings_that_differ_below_the_end_of_the_shorter_show_their_lines():
    assert differing_lines({"x": "EVs\n5", "y": "EVs\n5\n7"}) == {"x": "", "y": "7"}


def test_an_encoding_that_is_not_told_is_asked_with_the_first_line_that_differs():
    text = "Rok;Sprzedaż aut elektrycznych\n2023;5\n"
    said = read(text.encode("cp1250"), one("ev_sales", "columns: [B]"))
    assert "cp1250: Rok;Sprzedaż aut elektrycznych" in said
    assert "cp1254: Rok;Sprzeda¿ aut elektrycznych" in said
    answers = "encoding: cp1250\n" + one("ev_sales", "columns: [B]")
    assert read(text.encode("cp1250"), answers) == {"2023": 5}
    for encoding in ("utf-16", "cp1251", "koi8-r"):
        russian = "Год;Продажи электромобилей\n2023;5\n".encode(encoding)
        assert read(russian, one("ev_sales", "columns: [B]")) == {"2023": 5}


def test_a_table_beside_its_answers_is_silent_and_names_its_cells(tmp_path):
    (tmp_path / "own.csv").write_text(MONTHS)
    with pytest.raises(LedgerError, match=r"`ev-forecast new --ledger own\.csv` asks"):
        fc.read_ledger(tmp_path / "own.csv")
    (tmp_path / "own.mapping.yaml").write_text(
        "place: GE\npublished: 2025-03-01\nsource: the agency\n" + one("ev_sales", "columns: [C]")
    )
    frame = fc.read_ledger(tmp_path / "own.csv").frame
    assert frame["id"].tolist() == ["own-ge-ev_sales-2025-01-31", "own-ge-ev_sales-2025-02-28"]
    assert set(frame["published"]) == {"2025-03-01"}
    assert set(frame["source"]) == {"the agency"}
    assert frame["quote"][0] == "2025-01 Electric 3"
    assert read_answers(tmp_path / "own.mapping.yaml").place == "GE"


def test_a_ledger_in_a_workbook_passes_no_stage_of_tables(tmp_path):
    heads = ["id", "measure", "place", "period_start", "period_end", "relation", "value"]
    row = ["a", "ev_imports", "UZ", "2022-01-01", "2022-12-31", "equals", 2180]
    (tmp_path / "facts.xlsx").write_bytes(workbook([heads, row]))
    (fact,) = fc.read_ledger(tmp_path / "facts.xlsx")
    assert (fact.id, fact.value) == ("a", 2180)


MONTH_VALUES = st.lists(st.integers(0, 99_999), min_size=3, max_size=12)


@given(MONTH_VALUES, st.booleans(), st.sampled_from([",", ";", "\t"]), st.booleans())
@settings(max_examples=60)
def test_a_table_turned_or_written_otherwise_says_the_same(values, turned, mark, has_title):
    months = [f"2024-{number:02d}" for number in range(1, len(values) + 1)]
    lines = [["Month", "Petrol", "Electric"]]
    lines += [[month, "7", str(value)] for month, value in zip(months, values, strict=True)]
    if turned:
        lines = [list(line) for line in zip(*lines, strict=True)]
    if has_title:
        lines.insert(0, ["Cars"])
    text = "\n".join(mark.join(line) for line in lines)
    lines_of_electric = "rows: [Electric]" if turned else "columns: [Electric]"
    facts = read(text, one("ev_sales", lines_of_electric))
    assert facts == dict(zip(months, values, strict=True))


def test_a_sheet_with_the_columns_of_a_ledger_is_one(tmp_path):
    """Of its first row; a cell that is missing is empty, and any other sheet is no ledger."""
    columns = ["id", "measure", "place", "period_start", "period_end", "relation", "value", "note"]
    rows = [
        ["a", "ev_imports", "UZ", "2024-01-01", "2024-12-31", "equals", "5", None],
        [None] * 8,
        ["b", "ev_imports", "UZ", "2025-01-01", "2025-12-31", "equals", "7", "late"],
    ]
    path = tmp_path / "facts.xlsx"
    path.write_bytes(workbook([columns, *rows]))
    found = plain_rows(path)
    assert [(row.cells["id"], row.cells["value"]) for row in found.rows] == [("a", "5"), ("b", "7")]
    assert [row.cells["note"] for row in found.rows] == ["", "late"]
    path.write_bytes(workbook([["Imports"], columns, *rows]))
    assert plain_rows(path) is None
