"""The record of quotas that were made up from held-back months."""

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.quota_record import (
    EVEN_MONTHS,
    GROWN_MONTHS,
    months_used_up,
    quota_skill,
    summarise_quotas,
)
from forecasting.evaluation.records import THIS_PACKAGE

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_months_until_a_sum_reaches_a_number():
    flow = np.array([[10.0, 20.0, 20.0], [1.0, 1.0, 1.0]])
    assert months_used_up(flow, 20.0) == pytest.approx([1.5, 3.0])
    assert months_used_up(flow, 3.0) == pytest.approx([0.3, 3.0])


def _markets() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three markets that double each year, by year and evenly by month."""
    panel = []
    months = []
    for number, market in enumerate("ABC"):
        for year in range(2012, 2022):
            sales = 1200 * (1 + number) * 1.5 ** (year - 2012)
            panel.append((market, year, sales, 0.0, 100 * sales / 2_000_000))
            for month in range(1, 13) if year >= 2019 else ():
                months.append((market, f"{year}-{month:02d}", sales / 12, 2_000_000 / 12))
    columns = ["market", "year", "sales_bev", "sales_phev", "sales_share_percent"]
    return (
        pd.DataFrame(panel, columns=columns),
        pd.DataFrame(months, columns=["market", "month", "bev", "all_cars"]),
    )


@pytest.mark.slow
def test_artificial_quotas_are_scored_beside_two_rules():
    panel, months = _markets()
    table = quota_skill(panel, months)
    assert set(table["method"]) == {THIS_PACKAGE, EVEN_MONTHS, GROWN_MONTHS}
    assert set(table["k"]) == {2, 4, 6}
    even = table[table["method"] == EVEN_MONTHS]
    # Months are even here
    assert (even["median"] - even["outcome"]).abs().max() < 0.01
    lines = summarise_quotas(table)
    assert lines.loc[THIS_PACKAGE, "error"] < 0.6
    assert 0.6 <= lines.loc[THIS_PACKAGE, "in80"] <= 1
    assert (lines["cases"] == len(even)).all()
