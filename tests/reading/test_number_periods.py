"""What a number's texts leave open of its period, and which answers close it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from table_cases import one, proposed, read

from forecasting.reading.answers import answers_in
from forecasting.reading.cells import UserFile
from forecasting.reading.number_periods import PeriodError, PeriodReader
from forecasting.reading.user_table import UserTable
from forecasting.vocabulary.printed_periods import PeriodWords

OPEN = PeriodWords(year=2024, open="it may be fiscal")
TO_JUNE = PeriodWords(year=2024, months=(1, 6), to_date=True)
IN_JUNE = PeriodWords(year=2024, months=(6, 6), to_date=True)


@pytest.mark.parametrize(
    ("words", "answer", "fault"),
    [
        (OPEN, "", "may be of another period: it may be fiscal"),
        (OPEN, "july", "may be of another period: it may be fiscal"),
        (OPEN, "own", ""),
        (OPEN, "year_to_date", ""),
        (OPEN, "quarter", ""),
        (PeriodWords(year=2024), "", ""),
        (TO_JUNE, "", ""),
        (IN_JUNE, "", "a text says that it counts since the year began"),
        (IN_JUNE, "own", ""),
        (PeriodWords(year=2024, to_date=True), "", "a text says that it counts since the year"),
    ],
)
def test_what_is_open_is_closed_by_an_answer_of_its_kind(
    words: PeriodWords, answer: str, fault: str
) -> None:
    reader = SimpleNamespace(entry=SimpleNamespace(series=SimpleNamespace(periods=answer)))
    if fault:
        with pytest.raises(PeriodError, match=fault):
            PeriodReader._check_open(reader, words)
    else:
        PeriodReader._check_open(reader, words)


def test_the_labels_of_a_row_are_looked_at_once_for_all_of_its_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A year beside each of many numbers took half a minute."""
    texts = []

    def words_of_label(reader: PeriodReader, column: int, text: str) -> PeriodWords:
        texts.append(text)
        return PeriodWords(year=int(text))

    monkeypatch.setattr(PeriodReader, "_words_of_label", words_of_label)
    table = UserTable(UserFile("own.csv", b"Year,EVs,Year,EVs\n2023,5,2023,6\n2024,7,2024,8\n"))
    table.read(answers_in("read: [{counts: ev_sales, columns: [B, D]}]"))
    assert texts == ["2023", "2023", "2024", "2024"]


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


def test_quarters_and_months_stand_beside_each_other():
    table = "Year,Quarter,Month,EVs\n2024,1,1,5\n2024,1,2,6\n2024,1,3,7\n2024,2,4,8\n"
    found = read(table, one("ev_sales", "columns: [D]"))
    assert found == {"2024-01": 5, "2024-02": 6, "2024-03": 7, "2024-04": 8}


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
