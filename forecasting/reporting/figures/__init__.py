"""Figures: the only room that imports plotly, and what `forecasting.figures` is.

Each function takes results and returns a figure.
"""

from forecasting.reporting.figures.charging_charts import charger_gap as charger_gap
from forecasting.reporting.figures.charging_charts import choice_chart as choice_chart
from forecasting.reporting.figures.charging_charts import cohort_chart as cohort_chart
from forecasting.reporting.figures.charging_charts import corridor_chart as corridor_chart
from forecasting.reporting.figures.charging_charts import load_chart as load_chart
from forecasting.reporting.figures.charging_charts import month_chart as month_chart
from forecasting.reporting.figures.charging_charts import points_chart as points_chart
from forecasting.reporting.figures.charging_charts import tornado as tornado
from forecasting.reporting.figures.charging_charts import truck_chart as truck_chart
from forecasting.reporting.figures.charging_charts import utilisation_chart as utilisation_chart
from forecasting.reporting.figures.fan import energy_chart as energy_chart
from forecasting.reporting.figures.fan import evidence_chart as evidence_chart
from forecasting.reporting.figures.fan import fan_chart as fan_chart
from forecasting.reporting.figures.fan import stock_chart as stock_chart
from forecasting.reporting.figures.scenario_contrast import difference_chart as difference_chart
from forecasting.reporting.figures.scenario_contrast import growth_chart as growth_chart
from forecasting.reporting.figures.scenario_contrast import (
    growth_curves_chart as growth_curves_chart,
)
from forecasting.reporting.figures.scenario_contrast import region_chart as region_chart
from forecasting.reporting.figures.scenario_contrast import (
    scenario_comparison as scenario_comparison,
)
from forecasting.reporting.figures.scenario_contrast import scenario_paths as scenario_paths
