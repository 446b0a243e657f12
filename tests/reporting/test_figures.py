"""All figures: a title, units and small plain JSON, readable without colour vision."""

from __future__ import annotations

import json

import pandas as pd
import plotly.graph_objects as go
import pytest
from made_up import make_outlook

import forecasting as fc
from forecasting.demand.corridor import corridor_plan
from forecasting.reporting import figures
from forecasting.scenarios.joint_draws import sum_outlooks

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


def test_what_may_fall_below_nothing_is_in_view():
    outlook = fc.outlook("kazakhstan-accelerated", draws=100)
    low = outlook.results.bands("co2_avoided_t")[0.1].min()
    assert low < 0
    assert figures.fan_chart(outlook, "co2_avoided_t").layout.yaxis.range[0] < low
    assert figures.region_chart(outlook.results, "co2_avoided_t").layout.yaxis.range[0] < low


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
