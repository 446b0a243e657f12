"""A commented params file for any country, ready to edit."""

from __future__ import annotations

import re
from collections.abc import Mapping

from forecasting.evidence.places import place_name
from forecasting.parameters.naming import country_code, country_slug

SEED = 20230626
TEXT = """\
# {name}, {scenario}: change what you know better, delete what you do not need;
# `ev-forecast check` reads it over.
country: "{code}"          # ISO 3166 alpha-2, in quotes: NO and ON are not words in YAML 1.1
scenario: {scenario}       # with the country, this file's name
as_of: latest          # nothing published later is used; or a date such as 2023-06-26
horizon: 2030          # last year of the outlook
seed: {seed}         # scenarios with one seed share their draws: they can be compared and added

# New vehicles a year, by year or one number. Without it the ledger's registrations, sales or
# imports are taken; where it has none, the report gives shares of new cars only, no vehicles and no
# chargers.
# market_size: {{2024: 150000}}

# Whose definition is forecast, where agencies disagree. Without it, the best documented.
# basis: statistics

# Dated events. level: the flow times size from then on; growth: times size each further year;
# cap: a calendar year's most; ceiling: the highest share of new vehicles; price: a change of what a
# car costs (0.15 is 15 % more); demand: a parameter of the charging chain from then on (several
# add); target: public points or stations that are to stand then.
drivers: []
#  - name: duty-returns
#    kind: level
#    quantity: ev_imports
#    start: 2027-01-01
#    size: {{low: 0.6, mode: 0.8, high: 1.0}}   # factor; 0.8 is 20 % fewer
#    probability: 0.5                         # that it happens at all
#    reason: one sentence on why it changes this quantity
#    source: judgement                        # or a fact's id, a citation, an address
#  - name: programme
#    kind: target
#    quantity: charging_stations              # or charging_points
#    start: 2030-12-31                        # the day by which they are to stand
#    size: 5000
#    on_time: 0.48                            # of what is missing; the rest comes later
#    delay_years: {{low: 0.5, mode: 2, high: 4}}
#    reason: one sentence
#    source: judgement

# Assumptions of the charging chain that differ here; a number, or low, mode and high.
assumptions: {{}}
#  annual_km: {{low: 8000, mode: 12000, high: 20000}}    # km per car and year

# How many points to build: what one too few and one too many cost you a year, in one money, and a
# number of your own.
# choice: {{missing: 3000, idle: 1000, own: 20000}}
"""


def new_params(
    country: str, scenario: str = "baseline", keys: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Name and text of a params file for a country.

    Parameters
    ----------
    country : str
        ISO 3166 code or name.
    scenario : str
        What the scenario is called.
    keys : dict of str to str, optional
        Keys that are known, each with its value as YAML has it; empty of one that is not.

    Returns
    -------
    tuple of str
        File name and content.

    Raises
    ------
    InputError
        Where no country is known by that name.

    Examples
    --------
    >>> new_params("Norway")[0]
    'norway-baseline.yaml'
    """
    code = country_code(country)
    name = place_name(code)
    text = TEXT.format(name=name, code=code, scenario=scenario, seed=SEED)
    for key, value in (keys or {}).items():
        if not value:
            continue
        line = f"{key}: {value}"
        text, known = re.subn(rf"(?m)^(# )?{key}: (\w+|{{.*}})", line, text, count=1)
        if not known:
            text = text.replace("\n\n", f"\n{line}\n\n", 1)
    return f"{country_slug(code)}-{scenario}.yaml", text
