"""Figures show what they are given: values, spans, directions; small, rounded, readable without
colour vision.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from made_up import make_outlook

import forecasting as fc
from forecasting.demand.corridor import corridor_plan
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.growth.flow import annual_totals
from forecasting.parameters.schema import scenario_from_parameters
from forecasting.reporting import figures
from forecasting.reporting.figures.charging_charts import PEAKS, spoken_median
from forecasting.reporting.figures.drawing import (
    ACCENTS,
    INK,
    SCENARIO_COLOURS,
)
from forecasting.reporting.figures.fan import basis_colours
from forecasting.reporting.figures.scenario_contrast import small_fans
from forecasting.scenarios.joint_draws import QUANTILES, sum_outlooks
from forecasting.vocabulary.errors import InputError

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def all_charts(outlook, ledger):
    other = make_outlook("kazakhstan-baseline", "KZ", 0.5)
    table = pd.concat([outlook.table, other.table])
    frame = pd.DataFrame({"median": [1.0], "pi_lower": [0.5], "pi_upper": [2.0]}, index=[2024])
    return {
        "fan": figures.fan_chart(outlook),
        "near": figures.fan_chart(outlook, since=2022),
        "evidence": figures.evidence_chart(ledger),
        "stock": figures.fan_chart(outlook, "ev_stock"),
        "energy": figures.fan_chart(outlook, "energy_gwh"),
        "gap": figures.charger_gap(outlook),
        "load": figures.load_chart(outlook),
        "policies": figures.policy_chart(outlook),
        "tornado": figures.tornado(outlook),
        "comparison": figures.scenario_comparison(table),
        "paths": figures.scenario_paths(table, "UZ"),
        "region": figures.region_chart(
            sum_outlooks([outlook.results, other.results], "central-asia-5", "sum"), "ev_imports"
        ),
        "road": figures.corridor_chart(corridor_plan("khorgos-almaty-tashkent")),
        "curves": figures.growth_curves_chart(pd.Series({2022: 3.0}), {"Bass": frame}),
    }


@pytest.mark.slow
def test_every_chart_has_a_title_units_and_small_plain_json(outlook, ledger):
    for name, chart in all_charts(outlook, ledger).items():
        text = chart.to_json()
        assert chart.layout.title.text, name
        # A title alone, in place of empty axes, has no unit
        assert chart.layout.title.subtitle.text or not chart.data, name
        assert chart.layout.annotations[-1].name == "source", name
        assert "bdata" not in text, name
        assert len(text) < 40_000, name
        assert "NaN" not in text, name


@pytest.mark.slow
def test_plotly_finds_nothing_wrong_with_any_chart(outlook, ledger):
    """They are drawn without its checks, which take longer than the drawing."""
    for name, chart in all_charts(outlook, ledger).items():
        assert json.loads(go.Figure(chart.to_dict()).to_json()) == json.loads(chart.to_json()), name


def test_a_property_that_plotly_does_not_know_is_refused_on_a_finished_chart(outlook):
    with pytest.raises(ValueError, match="Did you mean"):
        figures.fan_chart(outlook).update_layout(titel="Stock")


def test_the_fan_holds_the_quantiles_and_starts_at_the_last_year_before(traces, outlook):
    chart = figures.fan_chart(outlook)
    (median,) = traces(chart, name="Median")
    (wide,) = traces(chart, name="80 %")
    draws = outlook.results.values["ev_imports"][:, 2:]
    assert median.y == pytest.approx(np.median(draws, axis=0), rel=1e-3)
    assert max(wide.y) == pytest.approx(np.quantile(draws[:, -1], 0.9), rel=1e-3)
    assert median.x[0] == 2023
    assert (wide.x[0], wide.y[0]) == (2022, 2180)


def test_of_a_market_that_nobody_counted_no_year_before_is_drawn(traces):
    outlook = fc.outlook("turkmenistan-baseline", draws=50)
    chart = figures.fan_chart(outlook)
    (wide,) = traces(chart, name="80 %")
    assert min(wide.x) == outlook.first_year
    assert not chart.layout.shapes  # without a history there is no line where it ends
    assert "imply" not in chart.layout.title.text


def test_the_words_of_a_column_stand_right_of_it_where_the_line_would_strike_them():
    chart = figures.fan_chart(fc.outlook("horgos-baseline", draws=50))
    (words,) = (trace for trace in chart.data if trace.text == ("141,000<br>Jan–Oct 2025",))
    assert words.textposition == "middle right"
    assert (words.x, words.y) == ((2025.21,), (70500,))


def test_the_line_before_is_of_counts_and_the_unfinished_year_is_a_column(traces, outlook):
    chart = figures.fan_chart(outlook, since=2021)
    (counted,) = traces(chart, name="Counted")
    assert dict(zip(counted.x, counted.y, strict=True)) == {2021: 809, 2022: 2180}
    (column,) = (trace for trace in chart.data if trace.type == "bar")
    assert column.y[0] == pytest.approx(2544)
    texts = [text for trace in traces(chart, mode="markers+text") for text in trace.text]
    assert "2,544<br>Jan–Apr 2023" in texts
    assert "forecast from 2023 on" in texts
    (line,) = chart.layout.shapes
    assert line.x0 == 2022.5  # where history ends
    assert "2,180" in [word for trace in traces(chart, mode="markers+text") for word in trace.text]
    assert list(chart.layout.xaxis.tickvals) == list(range(2021, 2031))


def test_years_that_another_agency_counted_have_its_name():
    chart = figures.fan_chart(fc.outlook("UZ", draws=50))
    words = chart.layout.title.subtitle.text.replace("<br>", " ")
    assert "as counted by Statistics Agency" in words
    assert "; 2024, 2025, 2026 by Customs Committee, battery cars; shaded" in words


def test_a_year_that_nobody_counted_has_an_open_point_of_what_the_facts_imply(
    traces, outlook, ledger
):
    rates = ledger.frame[ledger.frame["period_start"] != "2022-01-01"]
    chart = figures.fan_chart(replace(outlook, ledger=Ledger.from_frame(rates)), since=2021)
    implied = [
        word for trace in traces(chart, mode="markers+text") for word in trace.text if "≈" in word
    ]
    assert implied == ["≈ 6,670"]


def test_a_stock_is_the_scenarios_own_line_with_the_counts_beside_it(traces, outlook, ledger):
    chart = figures.fan_chart(outlook, "ev_stock")
    (counted,) = traces(chart, name="Counted")
    assert list(counted.y) == [3100]
    # Nor is a count of the first day of an unfinished year a part of it
    assert chart.layout.title.subtitle.text.endswith("points, as counted by<br>statistics agency")
    (median,) = traces(chart, name="Median")
    assert median.x[0] == 2023
    assert chart.layout.title.text.endswith("electric cars on the road in 2030</b>")


def test_each_basis_has_its_colour_and_the_forecast_one_is_ink(ledger):
    lines = {t.name: t.marker.color for t in figures.evidence_chart(ledger).data if t.name}
    assert lines == {"statistics agency": INK, "customs": ACCENTS[0]}
    assert basis_colours(["a", "a", "b"], main_basis="b") == {"b": INK, "a": ACCENTS[0]}
    assert len(basis_colours([str(n) for n in range(20)])) == 20


def test_nothing_printed_is_said(ledger):
    chart = figures.evidence_chart(ledger.select(place="UZ", measure="ev_stock"), "ev_imports")
    assert (
        chart.layout.title.text
        == "<b>No number is printed on electric vehicles imported, Uzbekistan</b>"
    )
    assert not chart.layout.title.subtitle.text  # no unit of what is not drawn


def test_what_was_not_known_is_not_drawn(traces, outlook, ledger):
    late = ledger.frame.assign(published="2024-01-01")
    chart = figures.fan_chart(replace(outlook, ledger=Ledger.from_frame(late)))
    (counted,) = traces(chart, name="Counted")
    assert not counted.x
    (counted,) = traces(figures.fan_chart(outlook), name="Counted")
    assert counted.x


def test_the_gap_shows_three_answers_and_what_stands(traces, outlook, ledger):
    chart = figures.charger_gap(outlook)
    assert [trace.name for trace in chart.data if trace.name] == [
        "Need",
        "Practice",
        "Standard",
        "180 points stood, 1 May 2023",
        "60 stations stood, 1 May 2023",
    ]
    (need,) = traces(chart, name="Need")
    assert need.y[0] == pytest.approx(400, rel=1e-3)
    assert list(need.x) == list(range(2023, 2031)) == list(chart.layout.xaxis.tickvals)
    assert [shape.y0 for shape in chart.layout.shapes] == [180.0, 60.0]
    places = [trace.x[0] for trace in traces(chart, hoverinfo="skip") if len(trace.x) == 2]
    assert np.diff(places) == pytest.approx(0.08 * len(need.x))  # as far apart in any years


def test_a_corridor_has_no_charging(outlook):
    corridor = type(outlook)(
        **{name: getattr(outlook, name) for name in outlook.__dataclass_fields__} | {"demand": None}
    )
    with pytest.raises(InputError, match="only a country's outlook has"):
        figures.tornado(corridor)


def test_the_tornado_starts_at_the_median_and_ends_at_its_ends(outlook):
    chart = figures.tornado(outlook)
    low, high = chart.data
    assert list(low.y) == [
        "Kilometres a year<br>6,400 to 7,400",
        "Share of drivers who can charge at home<br>5,300 to 9,500",
    ]
    assert [base + x for base, x in zip(low.base, low.x, strict=True)] == pytest.approx(
        [6380, 9520], rel=1e-2
    )
    assert [base + x for base, x in zip(high.base, high.x, strict=True)] == pytest.approx(
        [7430, 5300], rel=1e-2
    )
    assert chart.layout.yaxis.dtick == 1  # every row has its name, however many there are


def test_a_road_shows_the_middle_case_between_low_and_high():
    plan = corridor_plan("khorgos-almaty-tashkent")
    (bar,) = figures.corridor_chart(plan).data
    first = plan[plan["section"] == "Khorgos-Almaty"].groupby("case")["points"].sum()
    assert bar.y[-1].startswith("Khorgos – Almaty<br>")
    assert bar.x[-1] == first["middle"]
    assert bar.x[-1] + bar.error_x.array[-1] == first["high"]
    assert bar.x[-1] - bar.error_x.arrayminus[-1] == first["low"]


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


def test_the_scale_is_set_by_the_80_percent_interval(outlook):
    chart = figures.fan_chart(outlook)
    top = np.quantile(outlook.results.values["ev_imports"][:, -1], 0.9)
    assert top < chart.layout.yaxis.range[1] < 1.8 * top


def test_what_may_fall_below_nothing_is_in_view():
    outlook = fc.outlook("kazakhstan-accelerated", draws=100)
    low = outlook.results.bands("co2_avoided_t")[0.1].min()
    assert low < 0
    assert figures.fan_chart(outlook, "co2_avoided_t").layout.yaxis.range[0] < low
    assert figures.region_chart(outlook.results, "co2_avoided_t").layout.yaxis.range[0] < low


def test_a_stock_of_the_first_months_of_a_year_stands_inside_the_chart(traces, outlook, ledger):
    february = {"place": "KG", "measure": "ev_stock", "quantity": "stock", "relation": "equals"}
    one = Fact(id="a", period_end="2024-02-10", value=100, unit="vehicles", **february)
    chart = figures.evidence_chart(Ledger([one]))
    (dot,) = traces(chart, name="counted")
    assert chart.layout.xaxis.range[0] < dot.x[0] < chart.layout.xaxis.range[1]
    kazakh = fc.outlook("kazakhstan-accelerated", draws=50)
    (dots,) = traces(figures.fan_chart(kazakh, "ev_stock"), name="Counted")
    assert min(dots.x) >= figures.fan_chart(kazakh, "ev_stock").layout.xaxis.range[0]


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


def test_an_axis_of_an_index_says_what_is_100(outlook, ledger):
    base = {
        "measure": "ev_export_value_index",
        "unit": "index",
        "value": 100.0,
        "period_start": "2022-01-01",
    }
    index = ledger.frame.iloc[[0, 1]].assign(**base, period_end=["2022-05-31", "2023-05-31"])
    index.loc[index.index[1], ["value", "quantity", "unit", "period_start"]] = [
        410.4,
        "yoy_growth_percent",
        "percent",
        "2023-01-01",
    ]
    chart = figures.evidence_chart(type(ledger).from_frame(index), "ev_export_value_index")
    words = chart.layout.title.subtitle.text
    assert words.startswith("index at a yearly rate, Jan–May 2022 = 100, each as long")


def test_charts_that_compare_are_told_apart_without_colour(outlook, ledger, comparison):
    gap = figures.charger_gap(outlook)
    assert (
        len(
            {
                trace.marker.symbol
                for trace in gap.data
                if trace.name in ("Need", "Practice", "Standard")
            }
        )
        == 3
    )
    chart = figures.scenario_comparison(comparison)
    assert len({trace.marker.symbol for trace in chart.data if trace.showlegend is not False}) == 3


def test_a_figure_has_words_for_who_does_not_see_it(outlook):
    words = figures.fan_chart(outlook).layout.meta["alt"]
    assert words.startswith(
        "Uzbekistan, baseline: 10,000 electric cars imported in the year 2023, 170,000 in 2030: "
        "vehicles a year, as counted by "
    )
    assert "2030: 170,000  80 %: 48,000 to 610,000" in words


@pytest.mark.slow
def test_months_are_drawn_with_and_without_policies(traces):
    chart = figures.policy_chart(fc.outlook("UZ", draws=200))
    assert [trace.name for trace in chart.data][:3] == ["80 %", "with policies", "without"]
    (known,) = traces(chart, name="with policies")
    (without,) = traces(chart, name="without")
    month = int(np.argmin(np.abs(np.array(known.x) - 2025.21)))
    assert known.y[month] > 1.3 * without.y[month]  # what testing had held up
    names = [trace for trace in chart.data if trace.mode == "markers+text"]
    assert [trace.x[0] for trace in names] == pytest.approx(
        [2026.166, 2025.168, 2024.333], abs=0.01
    )
    texts = [trace.text[0] for trace in names]
    assert texts[1:] == ["testing ends on 2 Sep 2025", "testing begins on 1 Nov 2024"]
    assert texts[0].endswith("on 1 Sep 2026")
    heights = [trace.y[0] for trace in names]
    assert heights == sorted(heights, reverse=True)


def test_the_day_on_which_a_quota_is_used_up_is_marked():
    chart = figures.policy_chart(fc.outlook("KG", draws=400))
    names = [trace for trace in chart.data if trace.mode == "markers+text"]
    places = {trace.text[0]: trace.x[0] for trace in names}
    place = places["quota of 15,000 is used up (median)"]
    assert 2025.9 < place < 2026.5  # a year is drawn about its number
    assert "quota: privilege ends on 26 Sep 2025" in places
    named = [trace.name for trace in chart.data if trace.showlegend is not False]
    assert named == ["with policies", "without"]  # the lines of policies have their words
    # Names left of their lines: a later line is higher, and passes no name
    heights = [trace.y[0] for trace in sorted(names, key=lambda trace: trace.x[0])]
    assert heights == sorted(heights)


def test_without_policies_the_chart_says_so(outlook):
    chart = figures.policy_chart(outlook)
    assert chart.layout.title.text.endswith("no policy enters this flow but the events above</b>")
    assert not chart.layout.title.subtitle.text


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


def test_what_is_known_since_stands_beside_a_forecast(traces) -> None:
    periods = [fc.year(2013), fc.year(2014)]
    sales = pd.Series({2010: 100.0, 2011: 180.0, 2012: 300.0, 2013: 900.0, 2014: 1500.0})
    forecast, later = (
        fc.forecast_flow(annual_totals(known), periods, market_size=300_000, draws=50)
        for known in (sales.iloc[:3], sales)
    )
    alone, chart = forecast.plot(), forecast.plot(later)
    names = [trace.name for trace in chart.data if trace.name]
    assert names[:2] == ["forecast, 80 %", "as known later, 80 %"]
    known = next(trace for trace in chart.data if trace.name == names[1])
    assert list(known.y) == pytest.approx([900, 1500], rel=0.05)
    (medians,) = traces(alone, textposition="bottom right")
    assert len(medians.text) == len(periods)
    assert chart.layout.yaxis.range[1] > 1500
    assert "as known later, 80 %" not in [trace.name for trace in alone.data]
    with pytest.raises(InputError, match="later is 7; give a forecast of the same periods"):
        forecast.plot(7)  # type: ignore[arg-type]


def test_a_line_joins_the_last_year_that_was_counted_with_a_forecast_of_years_after_a_gap():
    facts = {2020: 131, 2021: 809, 2022: 2180}
    forecast = fc.forecast_flow(facts, [2026, 2027], market_size=300_000, draws=50)
    chart = forecast.plot()
    (joined,) = [trace for trace in chart.data if trace.mode == "lines"]
    assert list(joined.x) == [2022, 2023, 2024, 2025, 2026, 2027]
    assert joined.y[0] == pytest.approx(2180, rel=0.02)
    assert joined.y[-1] == pytest.approx(forecast.quantiles()[0.5].iloc[-1], rel=0.001)
    assert chart.layout.annotations[0].text == "Source: forecast from 3 facts, shown since 2021"
    assert list(chart.layout.xaxis.range) == [2020.5, 2027.5]


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


def test_the_load_of_a_day_names_the_peak_of_the_last_year(outlook):
    measure = PEAKS["winter"]
    first, last = (
        spoken_median(outlook.results.bands(measure).iloc[place], measure) for place in (0, -1)
    )
    assert first != last
    assert f"and {last} MW at its peak" in figures.load_chart(outlook).layout.title.text.replace(
        "<br>", " "
    )
