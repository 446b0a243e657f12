"""A made-up panel of markets for the tests of backtests."""

import numpy as np
import pandas as pd
import pytest

SIZE = 200_000


@pytest.fixture(scope="module")
def ten_markets():
    """Ten markets of 200,000 cars from 2008 to 2023, in the columns of IEA's table."""
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
