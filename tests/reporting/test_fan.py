"""A fan, and the marks of what was printed beside it: spans, heights, words and colours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import forecasting as fc
from forecasting.evidence.fact import Fact
from forecasting.evidence.ledger import Ledger
from forecasting.growth.flow import annual_totals
from forecasting.reporting import figures
from forecasting.reporting.figures.drawing import ACCENTS, INK
from forecasting.reporting.figures.fan import basis_colours, empty_chart, marks_of
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.periods import span
from forecasting.writers.messages import FigureForm

# Scenarios that ship are also forecast by others
pytestmark = pytest.mark.usefixtures("shared_forecasts")


def test_a_total_is_as_long_as_its_period_and_as_high_as_its_yearly_rate(traces, ledger):
    shown = {mark.label: mark for mark in marks_of(ledger, "ev_imports")}
    part = shown["2,544"]
    assert part.period == span("2023-01-01", "2023-04-30")
    assert part.height == pytest.approx(2544 * 365 / 120)
    assert shown["2,180"].height == 2180
    (facts,) = traces(figures.evidence_chart(ledger), name="statistics agency")
    at = facts.y.index(pytest.approx(part.height, rel=1e-3))
    assert facts.x[at] == pytest.approx(2022.6645, abs=1e-3)
    assert facts.error_x.array[at] == pytest.approx(120 / 365 / 2, abs=1e-3)
    (newest,) = traces(figures.evidence_chart(ledger), textposition="middle right")
    assert newest.text == ("<b>2,544</b><br>in Jan–Apr<br>2023",)
    assert newest.x[0] == pytest.approx(facts.x[at] + facts.error_x.array[at], abs=1e-3)


def test_a_bound_is_a_triangle_into_the_side_that_is_possible(ledger):
    symbols = {mark.symbol for mark in marks_of(ledger, "ev_imports")}
    assert symbols == {"line-ew", "triangle-up"}
    (bound,) = (mark for mark in marks_of(ledger, "ev_imports") if mark.side)
    assert bound.height == pytest.approx(3500 * 365 / 177, rel=1e-3)
    (words,) = (
        trace
        for trace in figures.evidence_chart(ledger).data
        if trace.text == (f"> {bound.label}",)
    )
    assert words.y[0] == pytest.approx(bound.height, rel=1e-3)
    imports = ledger.select(measure="ev_imports")
    forecast = fc.forecast_flow(imports, [2024], market_size=300_000, draws=50)
    assert (f"> {bound.label}",) in [trace.text for trace in forecast.plot().data]
    upper = Ledger.from_frame(ledger.frame.assign(relation="at_most"))
    assert {mark.symbol for mark in marks_of(upper, "ev_imports")} == {"triangle-down"}


def test_growth_has_no_height_of_its_own_and_targets_are_no_outcomes(ledger):
    targets = Ledger.from_frame(ledger.frame.assign(kind="target"))
    assert "250" not in [mark.label for mark in marks_of(ledger, "ev_imports")]
    assert marks_of(targets, "ev_imports") == []


def test_growth_on_a_printed_base_implies_a_total():
    base = {
        "period_start": "2022-01-01",
        "period_end": "2022-05-31",
        "value": 100.0,
        "quantity": "total",
    }
    growth = {
        "period_start": "2023-01-01",
        "period_end": "2023-05-31",
        "value": 410.4,
        "quantity": "yoy_growth_percent",
    }
    common = {
        "measure": "ev_export_value_index",
        "kind": "outcome",
        "partner": "World",
        "relation": "equals",
    }
    rows = [base | common, growth | common]
    frame = pd.DataFrame(rows).assign(
        basis="a", source="b", published="2023", id=["x", "y"], reference=""
    )
    first, implied = marks_of(Ledger.from_frame(frame), "ev_export_value_index")
    assert (first.label, implied.label, implied.relation) == ("100", "510", "about")
    assert implied.height == pytest.approx(510.4 * 365 / 151)
    assert (
        len(marks_of(Ledger.from_frame(frame.assign(basis=["a", "b"])), "ev_export_value_index"))
        == 1
    )


def test_hover_text_is_escaped():
    frame = pd.DataFrame(
        [{"id": "x", "basis": "<b>", "source": "<script>", "published": "2023", "unit": "vehicles"}]
    )
    frame = frame.assign(
        measure="ev_imports",
        kind="outcome",
        partner="World",
        quantity="total",
        relation="equals",
        value=1.0,
    )
    frame = frame.assign(period_start="2022-01-01", period_end="2022-12-31", reference="")
    (mark,) = marks_of(Ledger.from_frame(frame), "ev_imports")
    assert "<script>" not in mark.hover
    assert "&lt;script&gt;" in mark.hover


def test_an_empty_chart_is_a_title_without_axes() -> None:
    chart = empty_chart(FigureForm("No market"))
    assert (chart.layout.xaxis.visible, chart.layout.yaxis.visible) == (False, False)
    assert chart.layout.height == 130
    assert "No market" in chart.layout.title.text
    assert len(chart.data) == 0


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


def test_the_scale_is_set_by_the_80_percent_interval(outlook):
    chart = figures.fan_chart(outlook)
    top = np.quantile(outlook.results.values["ev_imports"][:, -1], 0.9)
    assert top < chart.layout.yaxis.range[1] < 1.8 * top


def test_a_stock_of_the_first_months_of_a_year_stands_inside_the_chart(traces, outlook, ledger):
    february = {"place": "KG", "measure": "ev_stock", "quantity": "stock", "relation": "equals"}
    one = Fact(id="a", period_end="2024-02-10", value=100, unit="vehicles", **february)
    chart = figures.evidence_chart(Ledger([one]))
    (dot,) = traces(chart, name="counted")
    assert chart.layout.xaxis.range[0] < dot.x[0] < chart.layout.xaxis.range[1]
    kazakh = fc.outlook("kazakhstan-accelerated", draws=50)
    (dots,) = traces(figures.fan_chart(kazakh, "ev_stock"), name="Counted")
    assert min(dots.x) >= figures.fan_chart(kazakh, "ev_stock").layout.xaxis.range[0]


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
