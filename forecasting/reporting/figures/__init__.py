"""Figures: the only room that imports plotly. Each function takes results and returns a figure."""

from forecasting.reporting.figures.changed_scenario import live_figure, redraw, what_if_chart
from forecasting.reporting.figures.charging_answers import charger_gap, load_chart, tornado
from forecasting.reporting.figures.choice_chart import choice_chart
from forecasting.reporting.figures.fan import energy_chart, evidence_chart, fan_chart, stock_chart
from forecasting.reporting.figures.growth_chart import growth_chart
from forecasting.reporting.figures.load_and_fleet import (
    cohort_chart,
    corridor_chart,
    month_chart,
    points_chart,
    utilisation_chart,
)
from forecasting.reporting.figures.object_charts import forecast_chart, results_chart
from forecasting.reporting.figures.scenario_contrast import (
    difference_chart,
    growth_curves_chart,
    region_chart,
    scenario_comparison,
    scenario_paths,
    small_fan,
)
from forecasting.reporting.figures.style import plotly_javascript, use_notebook_renderer

__all__ = [
    "charger_gap",
    "choice_chart",
    "cohort_chart",
    "corridor_chart",
    "difference_chart",
    "energy_chart",
    "evidence_chart",
    "fan_chart",
    "forecast_chart",
    "growth_chart",
    "growth_curves_chart",
    "live_figure",
    "load_chart",
    "month_chart",
    "plotly_javascript",
    "points_chart",
    "redraw",
    "region_chart",
    "results_chart",
    "scenario_comparison",
    "scenario_paths",
    "small_fan",
    "stock_chart",
    "tornado",
    "use_notebook_renderer",
    "utilisation_chart",
    "what_if_chart",
]
