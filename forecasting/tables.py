"""Every table and text that a notebook shows: what `forecasting.tables` is.

>>> import forecasting as fc
>>> fc.tables.headline_numbers(fc.outlook("UZ", as_of="2023-06-26", draws=50))
{'ev_imports 2023': ..., 'ev_imports 2024': ..., ...}
"""

from forecasting.reporting.answer import answer as answer
from forecasting.reporting.answer import charging_answers as charging_answers
from forecasting.reporting.article import article_checked as article_checked
from forecasting.reporting.article import article_counts as article_counts
from forecasting.reporting.article import article_doubts as article_doubts
from forecasting.reporting.article import article_table as article_table
from forecasting.reporting.charging_tables import balance_table as balance_table
from forecasting.reporting.charging_tables import band_table as band_table
from forecasting.reporting.charging_tables import choice_table as choice_table
from forecasting.reporting.charging_tables import consequences_table as consequences_table
from forecasting.reporting.charging_tables import cost_checks_table as cost_checks_table
from forecasting.reporting.charging_tables import cost_table as cost_table
from forecasting.reporting.charging_tables import fast_charge_table as fast_charge_table
from forecasting.reporting.charging_tables import heavy_table as heavy_table
from forecasting.reporting.charging_tables import regions_table as regions_table
from forecasting.reporting.charging_tables import settings_table as settings_table
from forecasting.reporting.charging_tables import stations_table as stations_table
from forecasting.reporting.charging_tables import targets_table as targets_table
from forecasting.reporting.charging_tables import why as why
from forecasting.reporting.citations import fact_list as fact_list
from forecasting.reporting.comparison import caveats_of as caveats_of
from forecasting.reporting.comparison import joined as joined
from forecasting.reporting.comparison import methods_table as methods_table
from forecasting.reporting.comparison import parameters_table as parameters_table
from forecasting.reporting.comparison import region_members as region_members
from forecasting.reporting.given_tables import assumptions_table as assumptions_table
from forecasting.reporting.given_tables import drivers_table as drivers_table
from forecasting.reporting.grounds import basis_lines as basis_lines
from forecasting.reporting.grounds import caveats as caveats
from forecasting.reporting.grounds import contraction_table as contraction_table
from forecasting.reporting.grounds import curves_table as curves_table
from forecasting.reporting.grounds import grounds as grounds
from forecasting.reporting.grounds import influence_table as influence_table
from forecasting.reporting.growth_tables import growth_by_perimeter as growth_by_perimeter
from forecasting.reporting.growth_tables import growth_by_year as growth_by_year
from forecasting.reporting.growth_tables import growth_told as growth_told
from forecasting.reporting.next_facts import due_table as due_table
from forecasting.reporting.next_facts import find_out_table as find_out_table
from forecasting.reporting.past import past_forecasts as past_forecasts
from forecasting.reporting.result_tables import conflicts_table as conflicts_table
from forecasting.reporting.result_tables import drivers_effect as drivers_effect
from forecasting.reporting.result_tables import facts_table as facts_table
from forecasting.reporting.result_tables import fit_table as fit_table
from forecasting.reporting.result_tables import headline_numbers as headline_numbers
from forecasting.reporting.result_tables import headline_table as headline_table
from forecasting.reporting.result_tables import nesting_table as nesting_table
from forecasting.reporting.result_tables import outlook_table as outlook_table
from forecasting.reporting.result_tables import results_table as results_table
from forecasting.reporting.result_tables import revisions_table as revisions_table
from forecasting.reporting.result_tables import small_table as small_table
from forecasting.reporting.result_tables import sources_table as sources_table
from forecasting.reporting.truck_tables import truck_figures_table as truck_figures_table
from forecasting.reporting.truck_tables import truck_points_table as truck_points_table
from forecasting.reporting.truck_tables import truck_trip_table as truck_trip_table
