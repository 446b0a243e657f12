"""What the package's objects show of themselves in a notebook: figures and tables."""

import re
from pathlib import Path

import pandas as pd
import pytest

import forecasting as fc
from forecasting.reporting.figures import fan_chart
from forecasting.vocabulary.errors import InputError

ROOT = Path(__file__).parents[2]


def words(html: str) -> str:
    """The text of a table."""
    without_style = re.sub(r"<style>.*?</style>", "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without_style))


@pytest.fixture(scope="module")
def ledger():
    return fc.datasets.central_asia()


@pytest.fixture(scope="module")
def forecast(ledger):
    facts = ledger.select(place="UZ", measure="ev_imports", as_of="2023-06-26")
    return fc.forecast_flow(facts, periods=[fc.year(2023), fc.month("2024-05")], draws=200)


def test_a_forecast_draws_each_period_at_its_length_and_its_yearly_rate(forecast):
    chart = forecast.plot()
    (median,) = [trace for trace in chart.data if trace.name == "forecast, 80 %"]
    assert list(median.x) == pytest.approx([2023, 2023.87], abs=0.01)
    whole, month = forecast.quantiles([0.5])[0.5]
    assert median.y[0] == pytest.approx(whole, rel=0.001)
    assert median.y[1] == pytest.approx(month * 366 / 31, rel=0.001)
    assert chart.layout.title.text.startswith("<b>Electric vehicles imported: Uzbekistan, ")
    low, high = forecast.quantiles([0.1, 0.9]).iloc[0]
    assert median.error_y.array[0] == pytest.approx(high - whole, rel=0.001)
    assert median.error_y.arrayminus[0] == pytest.approx(whole - low, rel=0.001)
    assert any("Statistics Agency" in str(trace.name) for trace in chart.data)
    assert chart.layout.yaxis.range[1] > max(median.y)


def test_a_forecast_from_a_table_without_a_measure_is_drawn_too():
    forecast = fc.forecast_flow(
        fc.annual_totals(pd.Series({2021: 809, 2022: 2180})), periods=[fc.year(2023)], draws=200
    )
    assert forecast.plot().data
    assert "2023" in words(forecast._repr_html_())


def test_an_outlook_draws_a_measure_and_names_the_nearest_where_it_has_none(outlook):
    assert outlook.plot("ev_stock") == fan_chart(outlook, "ev_stock")
    assert outlook.plot() == fan_chart(outlook)
    with pytest.raises(InputError, match=r"no measure .ev_stok.*ev_stock\?"):
        outlook.plot("ev_stok")


@pytest.mark.parametrize(
    "index", [None, pd.period_range("2019", periods=6, freq="Y"), pd.RangeIndex(2019, 2025)]
)
def test_a_growth_curve_draws_what_was_seen_and_what_is_to_come(index):
    results = fc.GrowthModel(
        pd.Series([12.0, 28, 61, 118, 197, 264], index=index), curve="logistic"
    ).fit()
    traces = {trace.name: trace for trace in results.plot(steps=3, alpha=0.2).data}
    assert {"known", "fitted", "Logistic"} <= set(traces)
    assert list(traces["known"].y) == [12, 28, 61, 118, 197, 264]
    assert len(traces["Logistic"].x) == 3
    assert min(traces["Logistic"].x) > max(traces["known"].x)


def test_tables_of_a_fact_a_scenario_a_forecast_and_an_outlook(ledger, forecast, outlook):
    fact = words(ledger.get("article-07")._repr_html_())
    assert "2,180 vehicles" in fact
    assert "Electric vehicles imported, Uzbekistan" in fact
    scenario = words(
        fc.load_scenario(ROOT / "params" / "uzbekistan-accelerated.yaml")._repr_html_()
    )
    assert "market-limit from 2026-01-01 (ceiling 0.6 to 0.95, likeliest 0.8)" in scenario
    table = words(forecast._repr_html_())
    assert "May 2024" in table
    assert "80 % interval" in table
    assert "Uzbekistan will import about " in words(outlook._repr_html_())


def test_what_a_fact_says_is_shown_as_text():
    told = {
        "id": "a",
        "measure": "ev_imports",
        "place": "UZ",
        "period_start": "2023-01-01",
        "period_end": "2023-12-31",
    }
    assert (
        "<script>"
        not in fc.Fact(**told, relation="equals", value=1, quote="<script>x</script>")._repr_html_()
    )


def test_a_forecast_shows_its_caveats_below_its_table():
    table = fc.annual_totals(pd.Series({2022: 50_000}))
    forecast = fc.forecast_flow(table, periods=[fc.year(2022)], market_size=30_000, draws=50)
    assert "is near or above the market of 30,000 vehicles" in words(forecast._repr_html_())


def test_a_ledger_shows_its_first_facts_and_how_many_more_there_are(ledger):
    shown = words(ledger._repr_html_())
    assert shown.startswith(" fact kind published source ")
    assert f"and {len(ledger) - 12} more facts" in shown
    assert "more facts" not in words(ledger.head(3)._repr_html_())


def test_draws_and_a_prior_are_shown_as_tables(outlook):
    results = words(outlook.results._repr_html_())
    assert str(outlook.scenario.horizon) in results
    assert "median" in results
    prior = fc.Prior.shipped()
    assert "growth at a share of 1 %" in words(prior._repr_html_())
    assert repr(prior).startswith("<Prior of ")
    assert len(repr(prior)) < 200
