"""Tables of offices are read: no number is another's, most need no question, all are answered.

The tables and their right answers are made by `office_tables`, without a look at the reader.
"""

import datetime as dt
import os

import pytest

from forecasting.reading.mapping import Mapping
from forecasting.reading.spreadsheets.reading import read_spreadsheet
from tests.fuzz.office_tables import office_table

TABLES = int(os.environ.get("FUZZ_EXAMPLES", "0")) or 60


def read(table, mapping):
    """The facts of a table, as the generator writes them, and what is asked."""
    reading = read_spreadsheet(table.name, table.data, mapping)
    open_points = [*reading.questions, *reading.problems, *reading.lacks]
    return {comparable(fact_of(row.cells)) for row in reading.rows()}, open_points


def fact_of(cells):
    start = dt.date.fromisoformat(cells["period_start"]) if cells["period_start"] else None
    end = dt.date.fromisoformat(cells["period_end"]) if cells["period_end"] else None
    key = (cells["measure"], cells["place"], cells["quantity"], start, end)
    return (*key, float(cells["value"]))


def comparable(row):
    """A row in one vocabulary: what the generator calls a market and a share."""
    measure, place, quantity, *others = row
    quantity = {"stock": "total", "market_share_percent": "share"}.get(quantity, quantity)
    if measure.startswith("car_"):
        measure = "market_size"
    if measure == "ev_share_percent" or (quantity == "share" and measure != "ev_stock"):
        measure, quantity = "any", "share"
    return (measure, place, quantity, *others)


def misread(table, facts):
    truth = {row[:5]: row[5] for row in map(comparable, table.rows | table.also)}
    return [row for row in facts if row[5] != pytest.approx(truth.get(row[:5], -1), rel=1e-6)]


def unread(table, facts):
    keys = {row[:5] for row in facts}
    return [row for row in map(comparable, table.rows) if row[:5] not in keys]


def test_no_number_is_misread_and_most_tables_need_no_question():
    certain = 0
    for seed in range(TABLES):
        table = office_table(seed)
        facts, open_points = read(table, Mapping())
        if not open_points:
            certain += 1
            assert misread(table, facts) == [], seed
            assert unread(table, facts) == [], seed
    assert certain >= 0.9 * TABLES


def test_the_answers_settle_every_table():
    for seed in range(TABLES):
        table = office_table(seed)
        if table.needs_answer == "unit" and "factor" not in str(table.key["columns"]):
            continue  # the key names no unit for rows of measures
        facts, open_points = read(table, Mapping.model_validate(table.key))
        assert open_points == [], seed
        assert misread(table, facts) == [], seed
        assert unread(table, facts) == [], seed
