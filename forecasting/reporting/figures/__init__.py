"""Figures: the only room that imports plotly, and what `forecasting.figures` is.

Each function takes results and returns a figure.
"""

from forecasting.reporting.figures.charging_charts import (
    charger_gap as charger_gap,
    corridor_chart as corridor_chart,
    load_chart as load_chart,
    tornado as tornado,
    truck_chart as truck_chart,
)
from forecasting.reporting.figures.fan import (
    evidence_chart as evidence_chart,
    fan_chart as fan_chart,
    policy_chart as policy_chart,
)
from forecasting.reporting.figures.scenario_contrast import (
    analogues_chart as analogues_chart,
    growth_chart as growth_chart,
    growth_curves_chart as growth_curves_chart,
    region_chart as region_chart,
    scenario_comparison as scenario_comparison,
    scenario_paths as scenario_paths,
)
from forecasting.vocabulary.door import guard as _guard

_guard(globals())
