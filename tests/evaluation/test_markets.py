"""Panels of markets, as they are read."""

import numpy as np
import pytest

from forecasting.evaluation.backtest import (
    backtest_skill,
)
from forecasting.evaluation.markets import read_panel
from forecasting.vocabulary.errors import EvidenceError

pytestmark = pytest.mark.slow


def test_panel_adds_both_kinds_of_cars(ten_markets):
    panel = read_panel(ten_markets)
    assert panel.columns.tolist() == ["market", "year", "sales", "share"]
    assert (
        panel["sales"].tolist() == (ten_markets["sales_bev"] + ten_markets["sales_phev"]).tolist()
    )
    half = ten_markets.assign(sales_phev=np.nan)
    assert (
        read_panel(half)["sales"].tolist() == half.loc[half["sales_bev"] > 0, "sales_bev"].tolist()
    )


def test_bad_panels_are_refused(ten_markets, tmp_path):
    with pytest.raises(EvidenceError, match=r"the panel lacks sales_bev"):
        read_panel(ten_markets.drop(columns="sales_bev"))
    with pytest.raises(EvidenceError, match=r"nowhere.csv: cannot be read"):
        read_panel(tmp_path / "nowhere.csv")
    with pytest.raises(EvidenceError, match=r"no market with 3 years in a row"):
        backtest_skill(ten_markets[ten_markets["year"] < 2010])
