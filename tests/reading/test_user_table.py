"""A stranger's table, from its cells to facts, by its answers."""

from __future__ import annotations

import pytest
from table_cases import LONG, MATRIX, MONTHS, one, read

from forecasting.reading.answers import answers_in
from forecasting.reading.cells import UserFile
from forecasting.reading.user_table import UserTable


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


def test_the_country_of_a_title_is_read_in_the_encoding_that_is_said():
    text = "Импорт электромобилей в Грузию;\nГод;Ввоз\n2023;5\n".encode("cp1251")
    table = UserTable(UserFile("own.csv", text))
    assert table.place(answers_in("read: [{counts: ev_imports}]\nencoding: cp1251\n")) == "GE"
    assert table.place(answers_in("read: [{counts: ev_imports}]\nencoding: cp1252\n")) == ""


def test_a_number_may_have_the_mark_of_a_provisional_one():
    table = 'Year,EVs\n2023,"27,906p"\n2024,"27,910 (r)"\n'
    found = read(table, one("ev_sales", "columns: [B]"))
    assert found == {"2023": 27906, "2024": 27910}
