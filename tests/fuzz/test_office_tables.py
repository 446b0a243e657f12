"""The generator of tables of offices: the same tables each time, varied enough, their answers
consistent."""

import datetime as dt
import io
from collections import Counter

import openpyxl
import pytest

from tests.fuzz.office_tables import FORMS, STANDING, office_table

TABLES = 300


@pytest.fixture(scope="module")
def tables():
    return [office_table(seed) for seed in range(TABLES)]


def test_a_seed_gives_the_same_table(tables):
    for seed in range(0, TABLES, 20):
        again = office_table(seed)
        assert (again.rows, again.also, again.key) == (
            tables[seed].rows,
            tables[seed].also,
            tables[seed].key,
        )
        assert cells_of(again) == cells_of(tables[seed])


def cells_of(table):
    if table.name.endswith("csv"):
        return table.data
    book = openpyxl.load_workbook(io.BytesIO(table.data))
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book]


def test_each_form_stands_in_a_twentieth_of_the_tables(tables):
    counts = Counter(form for table in tables for form in table.forms)
    assert set(counts) == set(FORMS)
    assert {form: count for form, count in counts.items() if count < 0.05 * TABLES} == {}
    assert all(len(table.forms) > 3 for table in tables)
    assert 1 <= sum(bool(table.needs_answer) for table in tables) <= 0.08 * TABLES
    workbooks = sum(table.name.endswith("xlsx") for table in tables)
    assert 0.4 * TABLES < workbooks < 0.7 * TABLES


def test_the_right_rows_agree_with_each_other(tables):
    """Months and quarters add up to years to date; growth is that of the counts beside it."""
    sums = growths = 0
    for table in tables:
        factor = max([answer.get("factor", 1) for answer in table.key["columns"].values()] + [1])
        step = 0.005 * max(factor, 1000)
        totals = {row[:2] + row[3:5]: row[5] for row in table.rows if row[2] == "total"}
        for (measure, place, start, end), value in totals.items():
            if measure in STANDING or start is None or start.day != 1:
                continue
            parts = parts_of(totals, measure, place, start, end)
            if parts:
                sums += 1
                assert value == pytest.approx(sum(parts), abs=step * (len(parts) + 1))
            growth = [
                row[5]
                for row in table.rows
                if (row[:2], row[2], row[3:5])
                == ((measure, place), "yoy_growth_percent", (start, end))
            ]
            before = totals.get((measure, place, *(a_year_before(day) for day in (start, end))))
            if growth and before:
                growths += 1
                assert growth[0] == pytest.approx(
                    100 * (value / before - 1), abs=0.06 + 250 * step / before
                )
    assert sums > 100
    assert growths > 100


def parts_of(totals, measure, place, start, end):
    """The values of the months, else of the quarters, that make up a longer period."""
    for length in (1, 3):
        parts = []
        month = start
        while month < end:
            after = add_months(month, length)
            parts.append(totals.get((measure, place, month, after - dt.timedelta(days=1))))
            month = after
        if len(parts) > 1 and None not in parts and month == end + dt.timedelta(days=1):
            return parts
    return []


def add_months(day, count):
    month = day.month - 1 + count
    return dt.date(day.year + month // 12, month % 12 + 1, 1)


def a_year_before(day):
    if day.day == 1:
        return day.replace(year=day.year - 1)
    after = day + dt.timedelta(days=1)
    return after.replace(year=after.year - 1) - dt.timedelta(days=1)


def test_the_key_answers_for_what_the_table_does_not_say(tables):
    for table in tables:
        key = table.key
        assert "heads" in key["rows"].values()
        assert dt.date.fromisoformat(key["published"]) >= max(row[4] for row in table.rows)
        assert table.needs_answer != "place" or "place" in key
        assert table.needs_answer != "fiscal year" or key["fiscal_year"] == "april"
        if table.needs_answer == "unit" and "factor" in str(key["columns"]):
            assert 1000 in {answer.get("factor") for answer in key["columns"].values()}
