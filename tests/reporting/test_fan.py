"""Marks of what was printed beside a fan."""

from __future__ import annotations

import pandas as pd
import pytest

import forecasting as fc
from forecasting.evidence.ledger import Ledger
from forecasting.reporting import figures
from forecasting.reporting.figures.fan import empty_chart, marks_of
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
