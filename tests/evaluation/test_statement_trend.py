"""The peer of dated statements, on statements of a path that is known."""

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.statement_trend import StatementTrend
from forecasting.growth.forecast import ledger_of
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.periods import month, span, year

pytestmark = pytest.mark.slow

MONTHLY = pd.Series(
    100 * 1.05 ** np.arange(36), pd.period_range("2021-01", periods=36, freq="M"), name="flow"
)


def statements(*rows):
    columns = ["relation", "quantity", "period_start", "period_end", "value"]
    return ledger_of(pd.DataFrame(rows, columns=columns))


def total(start, end):
    value = float(MONTHLY.loc[start[:7] : end[:7]].sum())
    return ("equals", "total", start, end, value)


def test_a_path_that_grows_evenly_goes_on():
    facts = statements(
        total("2021-01-01", "2021-12-31"),
        total("2022-01-01", "2022-12-31"),
        total("2023-01-01", "2023-04-30"),
    )
    model = StatementTrend(facts, [month("2023-06"), year(2023)])
    table = model.totals(model.fit(disp=False))
    assert table.index.tolist() == ["2023-06", "2023"]
    assert table.loc["2023-06", "median"] == pytest.approx(MONTHLY["2023-06"], rel=0.05)
    assert table.loc["2023", "median"] == pytest.approx(
        MONTHLY["2023-01":"2023-12"].sum(), rel=0.05
    )
    assert (table["pi_lower"] < table["median"]).all()
    assert (table["median"] < table["pi_upper"]).all()


def test_growth_on_the_year_says_what_the_total_does():
    before = [total("2021-01-01", "2021-12-31"), total("2022-01-01", "2022-04-30")]
    rate = 100 * (1.05**12 - 1)
    growth = ("equals", "yoy_growth_percent", "2023-01-01", "2023-04-30", rate)
    medians = []
    for newest in (total("2023-01-01", "2023-04-30"), growth):
        model = StatementTrend(statements(*before, newest), [year(2023)])
        results = model.smooth([0.02, 0.01, 0.01])
        medians.append(model.totals(results)["median"].iloc[0])
    assert medians[0] == pytest.approx(medians[1], rel=0.03)


def test_what_has_no_row_is_left_out():
    facts = statements(
        ("greater_than", "total", "2021-01-01", "2021-12-31", 100.0),
        ("equals", "total", "2021-01-15", "2021-03-02", 100.0),
        total("2021-01-01", "2021-12-31"),
        total("2022-01-01", "2022-12-31"),
    )
    with pytest.raises(EvidenceError, match="2 statements are totals or growth of whole months"):
        StatementTrend(facts, [span("2023-01-01", "2023-12-31")])
