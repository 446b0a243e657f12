"""What to find out next, as a reader sees it."""

from __future__ import annotations

import dataclasses

from forecasting.evidence.datasets import central_asia
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting.grounds import NUMBER_NAMES, due_table, find_out_table
from forecasting.scenarios.find_out import SURVEYED
from forecasting.scenarios.outlook import outlook
from forecasting.writers.display import Table

GIVEN = {"country": "UZ", "scenario": "test", "as_of": "2025-12-31", "horizon": 2028, "seed": 1}


def test_numbers_and_series_are_told_in_words() -> None:
    made = outlook(scenario_from_parameters(GIVEN), central_asia(), draws=1000)
    table = find_out_table(made)
    assert isinstance(table, Table)
    numbers = table.frame["number"].tolist()
    assert "A survey of the distance driven in a year" in numbers
    assert any(words.startswith("Battery cars imported in Oct–Dec 2025") for words in numbers)
    # What stays of the imports is learned from a register, with a wide range
    assert "Vehicles exported again, from customs" in numbers
    assert {*SURVEYED} <= NUMBER_NAMES.keys()
    assert table.frame.columns[-1] == "leaves a factor of"
    left = table.frame["leaves a factor of"].astype(float)
    assert left.is_monotonic_increasing
    assert f"a factor of {left.iloc[-1]:g};" in table.caption
    due = due_table(made)
    assert isinstance(due, Table)
    row = due.frame.set_index(["what", "counted by"]).loc[
        ("Electric vehicles imported", "Statistics Agency, battery cars")
    ]
    assert row["printed"].endswith("times, every month")
    assert (row["last print"], row["next expected"]) == (
        "2025-11-19",
        "overdue since 2025-12-28",
    )
    # The page that shows it reckons from the day on which it is opened
    assert "state" not in due.frame
    assert 'class="fc-table fc-due"' in due._repr_html_()
    assert find_out_table(dataclasses.replace(made, forecasts={})).frame.empty


def test_a_country_without_counts_has_no_series() -> None:
    made = outlook(
        scenario_from_parameters(GIVEN | {"country": "TM", "market_size": 15_000}),
        central_asia(),
        draws=100,
    )
    assert repr(due_table(made)).startswith("No agency has printed")
