"""Which cells of a sheet are a table's, whichever way it is turned."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings, strategies as st
from table_cases import one, proposed, read, workbook

from forecasting.reading.answers import answers_in
from forecasting.reading.cells import SheetCell, UserFile
from forecasting.reading.shape import Forms, _head_columns, _number_of, _part_of_year
from forecasting.reading.user_table import UserTable


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


def test_the_year_of_months_may_stand_in_their_head():
    table = "Импорт\nМесяц 2025 года,EVs\nянварь,4\nфевраль,5\n"
    found = read(table, one("ev_imports", "columns: [B]"))
    assert found == {"2025-01": 4, "2025-02": 5}


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


@pytest.mark.parametrize(
    ("values", "head", "is_leftmost", "part"),
    [
        ([1, 2, 3, 4], "", True, ""),  # may as well be quarters, or lines that are numbered
        ([1, 2, 3, 4, 5], "", True, "month"),
        ([1, 2, 3, 4, 5], "", False, ""),
        ([2, 3, 4, 5, 6], "", True, ""),
        ([3], "month", False, "month"),
        ([1, 13], "month", True, ""),
        ([0, 1], "month", True, ""),
        ([1, 4], "quarter", False, "quarter"),
        ([1, 5], "quarter", False, ""),
    ],
)
def test_numbers_are_parts_of_a_year_by_their_head_or_as_they_run(values, head, is_leftmost, part):
    assert _part_of_year(values, head, is_leftmost) == part


@pytest.mark.parametrize(
    ("values", "is_top", "follows_numbers", "heads"),
    [
        ([1, 2, 3, 4], True, False, True),
        ([1, 2, 3], True, False, False),
        ([1, 2, 3, 4], False, False, False),
        ([2, 3, 4, 5], True, False, False),
        ([2023, 2024], False, True, True),
        ([2024, 2023], False, True, True),
        ([2023, 2025, 2024], True, False, False),
        ([2024], True, False, True),
        ([2024, 2024], True, True, False),
    ],
)
def test_years_in_order_and_months_from_the_first_on_head_columns(
    values, is_top, follows_numbers, heads
):
    assert _head_columns(values, "", is_top, follows_numbers) is heads


@pytest.mark.parametrize(
    ("cell", "value", "half_digit"),
    [
        (SheetCell("45", number=45.0), 45.0, 0.5),
        (SheetCell("4.25", number=4.25), 4.25, 0.005),
        (SheetCell("1,234"), 1234.0, 0.5),
        (SheetCell("2024", day=dt.date(2024, 1, 1)), None, None),
        (SheetCell(""), None, None),
        (SheetCell("N/A"), None, None),
        (SheetCell("–"), None, None),
        (SheetCell("cars"), None, None),
    ],
)
def test_a_cell_has_a_number_unless_it_is_a_day_a_text_or_says_nothing(cell, value, half_digit):
    found = _number_of((0, 0), cell, Forms("."))
    assert (found and found.value) == value
    assert (found and found.half_digit) == half_digit
