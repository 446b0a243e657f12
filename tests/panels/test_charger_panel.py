"""Panels of public points."""

import numpy as np
import pandas as pd
import pytest

from forecasting.panels.charger_panel import (
    CHARGER_COLUMNS,
    charger_panel,
    charger_steps,
)


def test_a_missing_class_of_points_is_not_zero_and_faults_are_flagged():
    rows = [
        ("A", 2018, 1000, 0, np.nan, 300),
        ("A", 2019, 2000, np.nan, 50, 350),
        ("A", 2020, 3000, 10, 50, 350),
        ("A", 2021, 4000, 20, 40, 300),
        ("A", 2022, 5000, 20, 900, 600),
        ("A", 2024, 9000, 20, 100, 600),
    ]
    table = charger_panel(pd.DataFrame(rows, columns=list(CHARGER_COLUMNS)))
    assert np.isnan(table["points"].iloc[0])
    # 2024 has no year before it
    assert table["fault"].tolist() == ["", "", "repeat", "fall", "jump", ""]
    assert table["stock"].iloc[1] == 2000
    assert not (charger_steps(table)["year"] == 2018).any()


def test_small_counts_do_not_make_an_origin(charger_counts):
    panel = charger_counts(markets=1)
    panel[["public_fast_points", "public_slow_points"]] /= 10  # starts at 30 points
    steps = charger_steps(charger_panel(panel))
    assert steps["points"].min() >= 50


@pytest.mark.parametrize(
    ("stock", "points", "origins"), [(100, 50, [2020]), (99, 50, []), (100, 49, [])]
)
def test_growth_is_counted_from_fifty_points_and_a_hundred_vehicles_on(stock, points, origins):
    rows = [("A", 2020, stock, 0, 10, points - 10), ("A", 2021, 2 * stock, 0, 20, points)]
    steps = charger_steps(charger_panel(pd.DataFrame(rows, columns=CHARGER_COLUMNS)))
    assert steps["year"].tolist() == origins


def test_growth_of_the_years_beside_is_known_where_both_are_counted():
    """No count of 2022: the growth after 2021 is that of two years."""
    rows = [
        ("A", year, stock, 0, 0, points)
        for year, stock, points in ((2020, 100, 100), (2021, 200, 300), (2023, 1000, 600))
    ]
    steps = charger_steps(charger_panel(pd.DataFrame(rows, columns=CHARGER_COLUMNS)))
    log = np.log
    assert steps[["year", "horizon"]].to_numpy().tolist() == [[2020, 1], [2021, 2], [2020, 3]]
    assert steps["grown"].tolist() == pytest.approx([log(3), log(2), log(6)])
    assert steps["stock_grown"].tolist() == pytest.approx([log(2), log(5), log(10)])
    nan = np.nan
    assert steps["own_grown"].tolist() == pytest.approx([nan, log(3), nan], nan_ok=True)
    assert steps["stock_next"].tolist() == pytest.approx([log(2), nan, log(2)], nan_ok=True)
