"""Every table and text that a notebook shows: what `forecasting.tables` is.

>>> import forecasting as fc
>>> fc.tables.headline_numbers(fc.outlook("UZ", as_of="2023-06-26", draws=50))
{'ev_imports 2023': ..., 'ev_imports 2024': ..., ...}
"""

# ruff: noqa: F401
# mypy: implicit-reexport
from forecasting.reporting.answer import (
    answer,
    charging_answers,
    date_line,
    evidence_summary,
    scenario_assumptions,
    scenarios_table,
)
from forecasting.reporting.article import (
    article_checked,
    article_counts,
    article_doubts,
    article_finding,
    article_table,
)
from forecasting.reporting.caveat_words import words_of
from forecasting.reporting.charging_tables import (
    business_table,
    choice_table,
    consequences_table,
    cost_checks_table,
    grid_table,
    heavy_table,
    regions_table,
    settings_table,
    share_targets_table,
    stations_table,
    targets_table,
    truck_figures_table,
    truck_points_table,
    truck_trip_table,
    why,
)
from forecasting.reporting.grounds import (
    analogues_lines,
    caveats,
    caveats_of,
    counts_table,
    due_table,
    fact_list,
    find_out_table,
    grounds,
    other_doubts,
    region_members,
)
from forecasting.reporting.more_points import more_points
from forecasting.reporting.past import past_forecasts
from forecasting.reporting.quota_words import quotas_table
from forecasting.reporting.register_words import destinations, mirror_table
from forecasting.reporting.result_tables import (
    assumptions_table,
    conflicts_table,
    drivers_table,
    facts_table,
    fit_table,
    growth_by_year,
    headline_numbers,
    joined,
    methods_table,
    nesting_table,
    outlook_table,
    policies_table,
    results_table,
    revisions_table,
    small_table,
    sources_table,
)
from forecasting.vocabulary.door import guard as _guard

_guard(globals())
