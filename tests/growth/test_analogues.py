"""The markets that went before: which market-years stand beside a forecast, and what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import forecasting as fc
from forecasting.growth.prior import ANALOGUES
from forecasting.vocabulary.errors import EvidenceError
from forecasting.vocabulary.names import DATA


@pytest.fixture(scope="module")
def flat():
    """3,000 in each of four years: one in a hundred of a market."""
    facts = fc.annual_totals(pd.Series(3000, index=range(2019, 2023)))
    return fc.forecast_flow(facts, periods=[fc.year(2023)], market_size=300_000, draws=2000)


def test_market_years_are_at_about_this_share_and_over_by_then(flat):
    others = flat.analogues().iloc[:-1]
    odds = others["share"] / (1 - others["share"]) / (0.01 / 0.99)
    assert odds.between(np.exp(-0.36), np.exp(0.36)).all()
    assert others["year"].max() < 2022
    assert others["growth"].is_monotonic_increasing
    rows = others.set_index(["market", "year"])
    assert len(rows) == 24
    assert rows.loc[("Sweden", 2016), ["sales", "before", "growth"]].tolist() == [
        2900.0,
        -0.033,
        0.517,
    ]


def test_the_last_row_is_the_forecast(flat):
    own = flat.analogues().iloc[-1]
    assert (own["market"], own["year"]) == ("this market", 2022)
    assert own["share"] == pytest.approx(0.01, rel=0.02)
    assert own["sales"] == pytest.approx(3000, rel=0.02)
    assert own["before"] == pytest.approx(0, abs=0.03)
    low, middle, high = flat.quantiles([0.1, 0.5, 0.9]).iloc[0] / 3000 - 1
    assert own[["low", "growth", "high"]].tolist() == pytest.approx(
        [low, middle, high], rel=0.05, abs=0.02
    )


def test_without_a_first_year_before_the_forecast_says_its_own():
    forecast = fc.outlook("turkmenistan-baseline", draws=50).forecast
    own = forecast.analogues().iloc[-1]
    assert own["year"] == forecast.months[0].start.year
    assert np.isnan(own["before"]) or own["year"] > forecast.months[0].start.year


def test_without_a_market_there_is_no_share():
    facts = fc.annual_totals(pd.Series({2021: 809, 2022: 2180}))
    forecast = fc.forecast_flow(facts, periods=[fc.year(2023)], draws=50)
    with pytest.raises(EvidenceError, match=r"size of the market is not known.*give market_size"):
        forecast.analogues()


def test_every_row_that_ships_names_its_source():
    panel = pd.read_csv(DATA / ANALOGUES)
    assert set(panel["source"]) == {"IEA Global EV Data 2026, CC BY 4.0"}
    assert panel.groupby("perimeter").size().to_dict() == {
        "all electric vehicles": 419,
        "battery cars": 444,
    }
    norway = panel[panel["perimeter"] == "battery cars"].set_index(["market", "year"]).loc["Norway"]
    following = norway["sales"] / norway["sales"].shift() - 1
    assert np.allclose(norway["before"].iloc[1:], following.iloc[1:], atol=1e-3)
