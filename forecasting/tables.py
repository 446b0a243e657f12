"""Every table and text that a notebook shows: what `forecasting.tables` is.

>>> import forecasting as fc
>>> fc.tables.headline_numbers(fc.outlook("UZ", as_of="2023-06-26", draws=50))
{'ev_imports 2023': ..., 'ev_imports 2024': ..., ...}
"""

from forecasting.reporting.answer import (
    answer as answer,
    charging_answers as charging_answers,
    known as known,
    scenarios_table as scenarios_table,
)
from forecasting.reporting.article import (
    article_checked as article_checked,
    article_counts as article_counts,
    article_doubts as article_doubts,
    article_table as article_table,
)
from forecasting.reporting.charging_tables import (
    business_table as business_table,
    choice_table as choice_table,
    consequences_table as consequences_table,
    cost_checks_table as cost_checks_table,
    grid_table as grid_table,
    heavy_table as heavy_table,
    regions_table as regions_table,
    settings_table as settings_table,
    share_targets_table as share_targets_table,
    stations_table as stations_table,
    targets_table as targets_table,
    truck_figures_table as truck_figures_table,
    truck_points_table as truck_points_table,
    truck_trip_table as truck_trip_table,
    why as why,
)
from forecasting.reporting.citations import fact_list as fact_list
from forecasting.reporting.door import guard as _guard
from forecasting.reporting.grounds import (
    analogues_lines as analogues_lines,
    caveats as caveats,
    caveats_of as caveats_of,
    counts_table as counts_table,
    due_table as due_table,
    find_out_table as find_out_table,
    grounds as grounds,
    other_doubts as other_doubts,
    region_members as region_members,
)
from forecasting.reporting.past import past_forecasts as past_forecasts
from forecasting.reporting.result_tables import (
    assumptions_table as assumptions_table,
    conflicts_table as conflicts_table,
    drivers_table as drivers_table,
    facts_table as facts_table,
    fit_table as fit_table,
    growth_by_year as growth_by_year,
    headline_numbers as headline_numbers,
    joined as joined,
    methods_table as methods_table,
    nesting_table as nesting_table,
    outlook_table as outlook_table,
    parameters_table as parameters_table,
    policies_table as policies_table,
    results_table as results_table,
    revisions_table as revisions_table,
    small_table as small_table,
    sources_table as sources_table,
)

_guard(globals())
