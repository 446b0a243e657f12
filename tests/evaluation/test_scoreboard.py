"""The record that is kept with the package: only what was known by a day, the forecast's own basis
first.
"""

from __future__ import annotations

import datetime as dt

import pytest

from forecasting.evaluation.scores import expected_inside
from forecasting.evaluation.track_record import by_place, record_known_by
from forecasting.evidence.datasets import central_asia

NOW = dt.date(2026, 3, 31)


def test_what_is_kept_is_of_the_ledger_that_ships() -> None:
    record, ledger = record_known_by(NOW), central_asia()
    assert len(record) > 30
    for row in record.itertuples():
        fact = ledger.get(str(row.fact))
        assert fact.place == row.place
        if row.measure != "quota_days":  # the days until the count of a quota's last vehicle
            assert fact.measure == row.measure
            assert fact.value == pytest.approx(row.outcome)
            assert row.low < row.median < row.high
        assert row.low <= row.median <= row.high  # a quota that lasts has no later day
        assert row.inside == (row.low <= row.outcome <= row.high)


def test_the_forecasts_own_basis_comes_first() -> None:
    own = record_known_by(NOW, "UZ")["own_basis"].tolist()
    assert own == sorted(own, reverse=True)
    assert set(record_known_by(NOW, "UZ")["place"]) == {"UZ"}


def test_a_report_of_an_earlier_day_knows_no_later_outcome() -> None:
    then = record_known_by(dt.date(2023, 6, 26))
    assert then["as_of"].max() <= "2022-12-31"
    assert "uz-ev-imports-2022-statistics" in set(then["fact"])
    assert not then["fact"].str.contains("2024|2025|2026").any()
    assert record_known_by(dt.date(2019, 1, 1)).empty


def test_own_outcomes_by_place_and_of_all() -> None:
    table = by_place(record_known_by(NOW)).set_index("place")
    assert [*table.index] == [*sorted(table.index.drop("All")), "All"]
    assert table.loc["All", "outcomes"] == table["outcomes"].iloc[:-1].sum() >= 25
    assert table.loc["All", "inside"] == table["inside"].iloc[:-1].sum()
    assert 0.6 <= table.loc["All", "inside"] / table.loc["All", "outcomes"] < 1
    assert table.loc["All", "score"] <= table.loc["All", "rule_score"]


@pytest.mark.parametrize(
    ("count", "ends"), [(0, (0, 0)), (1, (0, 1)), (10, (6, 10)), (25, (17, 23))]
)
def test_how_many_should_lie_inside(count: int, ends: tuple[int, int]) -> None:
    assert expected_inside(count) == ends
