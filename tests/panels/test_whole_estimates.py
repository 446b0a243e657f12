"""What is learned from small made-up panels, whole: every number of every estimate. What changed on
purpose is stored anew by ``pytest --store`` and read.
"""

import datetime as dt
from dataclasses import asdict
from itertools import product

import numpy as np
import pandas as pd

from forecasting.evidence.policies import checked_policies
from forecasting.panels.charger_panel import (
    charger_panel,
    charger_steps,
    estimate_practice,
    fast_odds,
    pooled_level,
)
from forecasting.panels.growth_prior import estimate_prior
from forecasting.panels.policy_effects import estimate_policy_effects, events
from forecasting.panels.practice import practice_error, practice_points
from forecasting.panels.registers import growths_of, registered_share
from forecasting.panels.seasons import estimate_within_year

POLICIES = [
    {"id": "duty", "place": "UZ", "kind": "ends", "start": dt.date(2022, 7, 1)},
    {"id": "grant", "place": "KZ", "kind": "begins", "start": dt.date(2022, 3, 1)},
]


def words(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {words(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (tuple, list, np.ndarray)):
        return "[" + ", ".join(map(words, value)) + "]"
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)


def fields(name, estimate, but=()):
    values = {key: value for key, value in asdict(estimate).items() if key not in but}
    return [f"== {name}", *(f"{key}: {words(value)}" for key, value in values.items())]


def table_lines(name, table):
    return [f"== {name}: {words([*table.columns])}", *map(words, table.to_numpy().tolist())]


def sales_of(markets):
    """Rows by year: shares that rise by chance, of which some are not known, and small markets."""
    rng = np.random.default_rng(0)
    z = rng.normal(-6, 1, markets)
    for year in range(2012, 2022):
        z = z + 0.45 - 0.06 * (z + 4) + 0.2 * rng.standard_normal(markets)
        for market, share in enumerate(1 / (1 + np.exp(-z))):
            size = 30_000.0 * (1 + market)
            is_known = (market + year) % 7 > 0
            yield f"m{market}", year, size * share, share if is_known else np.nan


def months_of(places):
    rng = np.random.default_rng(1)
    for place, number in product(places, range(48)):
        month = f"{2020 + number // 12}-{number % 12 + 1:02d}"
        yield place, month, 1000 * np.exp(0.03 * number + 0.1 * rng.standard_normal())


def test_estimates_of_small_panels(charger_counts, register_table, same_as_stored):
    sales = pd.DataFrame(sales_of(12), columns=["market", "year", "sales", "share"])
    columns = ["market", "month", "registrations"]
    months = pd.DataFrame(months_of(["UZ", "KZ", "KG"]), columns=columns)
    policies = checked_policies([row | {"price_share": 0.1} for row in POLICIES])
    found = events(months, policies.values())
    effects = estimate_policy_effects(months, policies.values())
    counts = charger_counts(0.7, markets=4, noise=0.2, years=range(2018, 2025))
    bare = counts.index[counts["market"] == "M3"][-2:]
    counts.loc[bare, ["public_fast_points", "public_slow_points"]] = 0.0
    counts["public_fast_points"] *= np.linspace(0.5, 1.5, len(counts))
    panel = charger_panel(counts)
    steps = charger_steps(panel)
    practice = estimate_practice(panel)
    stock = np.array([[0.0, 1000.0, 2000.0, 5000.0], [500.0, 1000.0, 3000.0, 20_000.0]])
    years, today = range(2022, 2026), (2024.5, np.array([30.0, 3000.0]))
    error = practice_error(np.random.default_rng(0), 2, years, today, practice)
    slope = np.array([0.6, 0.8])
    points = practice_points(stock, years, slope, error, today, practice, own_growth=0.3)
    by_rule = practice_points(stock, years, slope, practice=practice)
    growths, left_out = growths_of(register_table([0.5, 0.9, 1.3]))
    share = registered_share(growths[0], growths[1:3], growths[3:], [])
    lines = [
        # Without months, what is learned from them is what ships
        *fields("growth prior", estimate_prior(sales), but=("within_year", "policies")),
        *fields("within the year", estimate_within_year(months)),
        *fields("policy effects", effects),
        f"events {words([[event.policy.id, event.start_month] for event in found])}",
        *fields("practice", practice),
        *table_lines("panel", panel),
        *table_lines("steps", steps[steps["market"] == "M0"]),
        f"level {words(pooled_level(panel))}; fast {words(fast_odds(panel))}",
        f"points from a count {words(points)}; by the rule {words(by_rule)}",
        f"growths {words([asdict(growth) for growth in growths[:3]])}; left out {len(left_out)}",
        f"share registered {words(share)}",
    ]
    same_as_stored("estimates.txt", lines)
