"""Figures: the only room that imports plotly, and what `forecasting.figures` is.

Each function takes results and returns a figure.
"""

from forecasting.reporting.door import guard as _guard
from forecasting.reporting.figures.charging_charts import (
    charger_gap as charger_gap,
    choice_chart as choice_chart,
    cohort_chart as cohort_chart,
    corridor_chart as corridor_chart,
    load_chart as load_chart,
    month_chart as month_chart,
    points_chart as points_chart,
    tornado as tornado,
    truck_chart as truck_chart,
    utilisation_chart as utilisation_chart,
)
from forecasting.reporting.figures.fan import (
    energy_chart as energy_chart,
    evidence_chart as evidence_chart,
    fan_chart as fan_chart,
    policy_chart as policy_chart,
    stock_chart as stock_chart,
)
from forecasting.reporting.figures.scenario_contrast import (
    analogues_chart as analogues_chart,
    difference_chart as difference_chart,
    growth_chart as growth_chart,
    growth_curves_chart as growth_curves_chart,
    region_chart as region_chart,
    scenario_comparison as scenario_comparison,
    scenario_paths as scenario_paths,
)

_guard(globals())
