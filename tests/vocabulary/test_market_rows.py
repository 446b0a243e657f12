"""A table of markets is checked once, wherever it comes from."""

from collections import Counter

import pandas as pd
import pytest

from forecasting.evaluation.markets import panel_of, read_panel
from forecasting.panels.charger_panel import COUNTS, charger_counts
from forecasting.vocabulary import market_rows

PANEL = pd.DataFrame(
    [("A", 2023, 40, 5.0, 100, 10, 50), ("A", 2024, 60, 8.0, 150, 20, 70)],
    columns=["market", "year", "sales_bev", "sales_share_percent", *COUNTS],
)


@pytest.fixture
def checks(monkeypatch):
    """How often each column is read."""
    counted = Counter()
    read = market_rows._read

    def counting(cells):
        counted[cells.name] += 1
        return read(cells)

    monkeypatch.setattr(market_rows, "_read", counting)
    return counted


@pytest.mark.parametrize("from_file", [False, True])
def test_each_column_of_a_panel_is_checked_once(checks, tmp_path, from_file):
    panel = PANEL
    if from_file:
        panel = tmp_path / "panel.csv"
        PANEL.to_csv(panel, index=False)
    assert read_panel(panel)["sales"].tolist() == [40.0, 60.0]
    assert {*checks.values()} == {1}
    checks.clear()
    assert charger_counts(panel_of(panel, COUNTS))["points"].tolist() == [60.0, 90.0]
    assert {*checks.values()} == {1}
