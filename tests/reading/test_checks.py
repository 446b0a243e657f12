"""What is refused of a table, whatever is answered, and what would settle it."""

from __future__ import annotations

import pytest
from table_cases import LONG, MONTHS, one, read

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


def test_a_note_behind_a_number_names_no_period_of_it_but_its_unit():
    table = (
        "Year,EVs,Unit,Note\n2023,40,thousand,18 in 2022\n2024,61,thousand,revised in May 2025\n"
    )
    assert "say unit: 1000" in read(table, one("ev_sales", "columns: [B]"))
    found = read(table, one("ev_sales", "columns: [B]", unit=1000))
    assert found == {"2023": 40_000, "2024": 61_000}


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


def test_a_proportion_is_refused_and_a_city_that_no_basis_names():
    for title in ("EVs as a proportion of new cars", "EV registrations, city of Yerevan"):
        table = f"{title}\nYear,EVs\n2023,12\n"
        found = read(table, one("ev_registrations", "columns: [B]"))
        assert "12 may count something else" in found
        of_city = one("ev_registrations", "columns: [B]", basis="Yerevan alone")
        assert (read(table, of_city) == {"2023": 12}) == ("city" in title)
