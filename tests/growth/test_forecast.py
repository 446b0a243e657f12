"""What each fact moves: against forecasting anew without it, and as units change."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from forecasting.evidence.datasets import central_asia
from forecasting.growth import forecast as forecast_module, request
from forecasting.growth.flow import annual_totals, forecast_flow
from forecasting.growth.forecast import FlowForecast
from forecasting.vocabulary.periods import year

ASKED = [year(2023), year(2024), year(2027)]
SERIES = annual_totals(pd.Series({2018: 100, 2019: 230, 2020: 300, 2021: 900, 2022: 2180}))


def anew(table, name, **asked):
    return forecast_flow(table.drop(index=name), ASKED, **asked).quantiles([0.5]).iloc[:, 0]


def moves(forecast):
    table = forecast.influence()
    return (
        np.log1p(table["change_percent"] / 100)
        .groupby([table["fact"], table["period"]])
        .first()
        .unstack()
    )


@pytest.mark.slow
def test_moves_are_those_of_forecasting_anew_without_the_fact():
    forecast = forecast_flow(SERIES, ASKED, market_size=300_000, draws=8000)
    median, moved = forecast.quantiles([0.5]).iloc[:, 0], moves(forecast)
    for i in SERIES.index:
        without = anew(SERIES, i, market_size=300_000, draws=8000)
        np.testing.assert_allclose(
            moved.loc[f"fact {i + 1}"], np.log(median / without), atol=0.06, err_msg=str(i)
        )
    assert (moved.loc["fact 5"] > 0.15).all()  # 2,180 is above what 900 led one to expect


@pytest.mark.slow
def test_the_sentence_that_carries_a_printed_ledger_is_found():
    ledger = central_asia().select(place="UZ", measure="ev_imports", as_of="2023-06-26")
    forecast = forecast_flow(ledger, ASKED, market_size=400_000)
    table = forecast.influence()
    first = table.iloc[0]
    assert first["fact"] == "article-09"  # so many in four months, up 410.4 %
    rest = ledger.frame[ledger.frame["id"] != "article-09"]
    without = (
        forecast_flow(rest, ASKED, market_size=400_000)
        .quantiles([0.5])
        .loc[first["period"]]
        .iloc[0]
    )
    assert first["without"] == pytest.approx(without, rel=0.1)


@pytest.mark.slow
def test_units_do_not_matter_where_there_is_no_market():
    once = moves(forecast_flow(SERIES, ASKED, draws=100))
    pd.testing.assert_frame_equal(
        moves(forecast_flow(SERIES.assign(value=7 * SERIES["value"]), ASKED, draws=100)), once
    )


def test_without_facts_nothing_moves():
    forecast = forecast_flow(SERIES.iloc[:0], ASKED, market_size=300_000, draws=64)
    assert forecast.influence().empty


@pytest.mark.slow
@pytest.mark.parametrize("place", ["UZ", "TJ"])
def test_the_first_three_are_those_of_a_climb_without_each_fact(place, monkeypatch):
    ledger = central_asia().select(place=place, measure="ev_imports", as_of="2026-03-01")
    tables = []
    for small_step in (request.SMALL_STEP, -1.0):
        monkeypatch.setattr(request, "SMALL_STEP", small_step)
        table = forecast_flow(ledger, [year(2026)], draws=100).influence()
        tables.append(table["fact"].tolist()[:3])
    assert tables[0] == tables[1]


def test_what_would_be_without_a_fact_is_the_median_less_its_move(monkeypatch):
    moves_of_facts = np.log([[2.0, 1.0], [0.5, 1.25]])
    monkeypatch.setattr(forecast_module, "made_once", lambda *_: {"moves": moves_of_facts})
    forecast = SimpleNamespace(
        request=SimpleNamespace(key=()),
        periods=ASKED[:2],
        _fit=([SimpleNamespace(name="a"), SimpleNamespace(name="b")],),
        _index=pd.Index(["2023", "2024"]),
        _totals_median=np.array([10.0, 20.0]),
    )
    table = FlowForecast._influence.func(forecast)
    assert table[["fact", "period"]].to_numpy().tolist() == [
        ["a", "2023"],
        ["b", "2023"],
        ["b", "2024"],
        ["a", "2024"],
    ]
    assert table["change_percent"].tolist() == pytest.approx([100, -50, 25, 0])
    assert table["without"].tolist() == pytest.approx([5, 20, 16, 20])


@pytest.mark.parametrize(("ess", "half"), [(100.0, 0.05), (25.0, 0.1), (1.0, 0.5)])
def test_the_error_of_random_numbers_is_half_of_what_lies_about_the_median(ess, half):
    """One standard error of a proportion is 0.5 / 10, 0.5 / 5 and 0.5 / 1 of the draws."""
    from_0_to_1 = np.linspace(0, 1, 101)
    forecast = SimpleNamespace(
        diagnostics={"ess": ess},
        _log_totals=np.array([from_0_to_1, 2 * from_0_to_1, np.full(101, 7.0)]),
        _index=pd.Index(["2023", "2024", "2025"]),
    )
    errors = FlowForecast.random_error(forecast)
    assert errors.to_dict() == pytest.approx(
        {"2023": np.expm1(half), "2024": np.expm1(2 * half), "2025": 0.0}
    )
