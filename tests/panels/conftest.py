"""A made-up panel of charging points for the tests of panels."""

import numpy as np
import pandas as pd
import pytest

from forecasting.panels.charger_panel import CHARGER_COLUMNS


@pytest.fixture(scope="session")
def charger_counts():
    """Counts of vehicles and points by market and year, of a given elasticity."""

    def charger_counts(elasticity=0.7, markets=12, noise=0.0, seed=0, years=range(2012, 2025)):
        rng = np.random.default_rng(seed)
        rows = []
        for m in range(markets):
            stock = 2000 * np.exp(np.cumsum(rng.uniform(0.2, 0.6, len(years))))
            scatter = np.exp(noise * rng.standard_normal(len(years)))
            points = 300 * (stock / stock[0]) ** elasticity * scatter
            rows += [
                (f"M{m}", y, s, 0.0, p * 0.2, p * 0.8)
                for y, s, p in zip(years, stock, points, strict=True)
            ]
        return pd.DataFrame(rows, columns=list(CHARGER_COLUMNS))

    return charger_counts
