"""Panels of markets, as they are read."""

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.backtest import (
    backtest_skill,
)
from forecasting.evaluation.markets import read_panel
from forecasting.vocabulary.errors import EvidenceError

pytestmark = pytest.mark.slow

SIZE = 200_000


@pytest.fixture(scope="module")
def raw():
    """Ten markets from 2008 to 2023, in the columns of IEA's table."""
    rng, rows = np.random.default_rng(0), []
    for i in range(10):
        z = rng.normal(-7, 0.5)
        for year in range(2008, 2024):
            z += rng.normal(0.45, 0.15)
            share = 1 / (1 + np.exp(-z))
            sales = round(SIZE * share)
            rows.append(
                (f"m{i}", year, round(0.7 * sales), sales - round(0.7 * sales), 100 * sales / SIZE)
            )
    return pd.DataFrame(
        rows, columns=["market", "year", "sales_bev", "sales_phev", "sales_share_percent"]
    )


def test_panel_adds_both_kinds_of_cars(raw):
    panel = read_panel(raw)
    assert panel.columns.tolist() == ["market", "year", "sales", "share"]
    assert panel["sales"].tolist() == (raw["sales_bev"] + raw["sales_phev"]).tolist()
    half = raw.assign(sales_phev=np.nan)
    assert (
        read_panel(half)["sales"].tolist() == half.loc[half["sales_bev"] > 0, "sales_bev"].tolist()
    )


def test_bad_panels_are_refused(raw, tmp_path):
    with pytest.raises(EvidenceError, match=r"the panel lacks sales_bev"):
        read_panel(raw.drop(columns="sales_bev"))
    with pytest.raises(EvidenceError, match=r"nowhere.csv: cannot be read"):
        read_panel(tmp_path / "nowhere.csv")
    with pytest.raises(EvidenceError, match=r"no market with 3 years in a row"):
        backtest_skill(raw[raw["year"] < 2010])
