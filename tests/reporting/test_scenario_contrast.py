"""Scenarios, places, markets and curves beside each other."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import pytest

import forecasting as fc
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting import figures
from forecasting.reporting.figures.drawing import SCENARIO_COLOURS
from forecasting.reporting.figures.scenario_contrast import redraw, small_fans
from forecasting.scenarios.joint_draws import QUANTILES

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_scenarios_keep_their_colours(traces, comparison):
    chart = figures.scenario_comparison(comparison, "ev_stock")
    shown = {trace.name.lower(): trace.marker.color for trace in chart.data if trace.name}
    assert shown == SCENARIO_COLOURS
    (baseline,) = traces(chart, name="Baseline")
    assert baseline.x[0] == pytest.approx(12_000 * 1.5**7, rel=1e-2)


def test_scenarios_that_may_fall_below_nothing_are_compared_on_a_linear_scale(comparison):
    assert figures.scenario_comparison(comparison, "ev_stock").layout.xaxis.type == "log"
    below = comparison.assign(value=comparison["value"] - 1e6)
    chart = figures.scenario_comparison(below, "ev_stock")
    assert chart.layout.xaxis.type is None
    assert chart.layout.xaxis.range[0] < below["value"].quantile(0.1)
    assert "log scale" not in chart.layout.title.subtitle.text


@pytest.mark.parametrize(
    ("index", "last", "middle"),
    [
        (pd.period_range("2023Q1", periods=5, freq="Q"), "2025Q2", 2022.62),
        (pd.date_range("2023-12-31", periods=5, freq="YE"), "2032-12-31", 2023.5),
        (pd.Index(range(2023, 2028)), "2032", 2023.0),
    ],
)
def test_a_series_of_any_labels_is_drawn_to_its_last_forecast(traces, index, last, middle):
    sales = pd.Series([12.0, 28.0, 61.0, 118.0, 197.0], index)
    chart = fc.GrowthModel(sales).fit().plot()
    assert f" in {last}, after 197 in " in chart.layout.title.text
    (known,) = traces(chart, name="known")
    (ahead,) = traces(chart, name="Bass", mode="lines")
    assert known.x[0] == middle
    first, end = chart.layout.xaxis.range
    assert first <= known.x[0] < ahead.x[-1] <= end


def test_the_markets_that_went_before_are_named_beside_the_forecast():
    outlook = fc.outlook("UZ", draws=200)
    table = outlook.forecast.analogues()
    own = table.iloc[-1]
    chart = figures.analogues_chart(outlook)
    assert f" % in {own['year'] + 1}; half of the markets at its share" in chart.layout.title.text
    rows = chart.layout.yaxis.ticktext
    assert rows == tuple(f"{row.market} {row.year}" for row in table.iloc[:-1].itertuples())
    band, dots = chart.data
    assert list(dots.x) == pytest.approx((1 + table["growth"][:-1]).tolist(), rel=1e-3)
    assert (band.x[0], band.x[1]) == pytest.approx((1 + own["low"], 1 + own["high"]))
    now, before = (shape.x0 for shape in chart.layout.shapes)
    assert (now, before) == pytest.approx((1 + own["growth"], 1 + own["before"]))
    assert "IEA Global EV Data 2026, CC BY 4.0" in chart.layout.annotations[-1].text
    json.loads(go.Figure(chart.to_dict()).to_json())
    (departs,) = fc.tables.analogues_lines(outlook).lines
    assert departs.startswith("It departs from the market's own past, +")
    assert "rank correlation" in departs


def test_a_market_without_a_year_before_has_no_dotted_past():
    outlook = fc.outlook("turkmenistan-baseline", draws=50)
    chart = figures.analogues_chart(outlook)
    assert fc.tables.analogues_lines(outlook).lines == []
    drawn = any(shape.line.dash == "dot" for shape in chart.layout.shapes)
    assert ("dotted" in chart.layout.title.subtitle.text) == drawn


def test_without_a_market_no_share_is_compared(outlook):
    unknown = replace(outlook, forecasts={})
    chart = figures.analogues_chart(unknown)
    assert "market_size in the params file" in chart.layout.title.subtitle.text
    assert fc.tables.analogues_lines(unknown).lines == []


def test_a_share_at_which_no_market_stood_is_compared_with_none():
    given = {"country": "UZ", "scenario": "tiny", "as_of": "2026-03-31", "horizon": 2030, "seed": 1}
    outlook = fc.outlook(scenario_from_parameters(given), draws=50)
    forecast = outlook.forecast
    tiny = replace(outlook, forecasts={"UZ": replace(forecast, market=forecast.market / 1e4)})
    chart = figures.analogues_chart(tiny)
    assert "no market before stood at its share, so that" in chart.layout.title.text
    assert chart.layout.title.subtitle.text.endswith(" % of new vehicles")
    assert fc.tables.analogues_lines(tiny).lines == []


def test_small_charts_have_eight_years_and_scales_of_their_own() -> None:
    years = range(2021, 2031)
    bands = pd.DataFrame({level: [100.0 * level] * 10 for level in QUANTILES}, index=years)
    parts = {"Almaty": bands, "Astana": 10 * bands}
    charts = [*small_fans(parts, "ev_stock")]
    assert [chart.layout.yaxis.range for chart in charts] == [(0, 101.0), (0, 1010.0)]
    for name, chart, number in zip(parts, charts, ("50", "500"), strict=True):
        assert name in chart.layout.title.text
        assert number in chart.layout.title.text
        assert {*chart.data[0].x} == {*range(2023, 2031)}


def lines(*parts: list[float], last_year: int = 2030) -> go.Figure:
    """A chart with a line for each part."""
    chart = go.Figure([go.Scatter(x=[2029, 2030], y=part, name="new") for part in parts])
    return chart.update_layout(xaxis={"range": [2029, last_year]}, title={"text": "new"})


def test_of_a_chart_with_the_same_parts_only_what_moved_is_drawn_anew() -> None:
    shown = lines([1, 2], [3, 4])
    shown.update_traces(name="as it was")
    before = shown.data
    redraw(shown, lines([1, 5], [3, 4]))
    assert all(now is then for now, then in zip(shown.data, before, strict=True))
    assert [[*trace.y] for trace in shown.data] == [[1, 5], [3, 4]]
    assert [trace.name for trace in shown.data] == ["as it was"] * 2


@pytest.mark.parametrize(
    "chart",
    [lines([1, 2], [3, 4], last_year=2035), lines([1, 2]), lines([1, 2], [3, 4], [5, 6]), lines()],
)
def test_a_chart_with_other_parts_or_years_is_drawn_whole_without_its_title(
    chart: go.Figure,
) -> None:
    shown = lines([1, 2], [3, 4])
    shown.update_traces(name="as it was")
    redraw(shown, chart)
    assert [trace.to_plotly_json() for trace in shown.data] == [
        trace.to_plotly_json() for trace in chart.data
    ]
    assert shown.layout.xaxis == chart.layout.xaxis
    assert shown.layout.title.text == ""
