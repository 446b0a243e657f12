"""Simulation-based calibration with 4 to 40 facts of all kinds: whether truths rank evenly among
the draws.

python benches/calibration.py [TRUTHS]

Periods and kinds of facts are drawn first, then a market from the prior, then what is printed of
it, with the noise that each fact is taken to have: one number in fifty is wrong, so that some
contradict the others. Printed for each year: the part of truths inside the 80 % interval, and the
p-value of a test that ranks are uniform. Talts and others (2018).
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from cross_check import AT_ONCE, prior_draws
from scipy import stats

import forecasting as fc
from forecasting.evidence.ledger import ledger_of
from forecasting.evidence.observation import observed_flow
from forecasting.growth.request import Request

SIZE = {2021: 200_000.0}
ASKED = [fc.year(y) for y in (2021, 2022, 2023)]
DRAWS = 400
LEAST_SOLD = 30  # in the year before the last, below which nobody writes of a market
ROUNDED = 0.02  # of what is printed
PLACEHOLDER = 50.0
CANDIDATES = 300  # markets, of which the first that is written of is taken
LEAST_VALUE = 0.5
QUANTITIES = ["total", "stock", "cumulative", "yoy_growth_percent", "market_share_percent"]


def statements(rng: np.random.Generator) -> pd.DataFrame:
    """Kinds and periods of some facts; two are totals of parts of 2019 and 2022."""
    rows = [("equals", "total", "2019-01-01", "2019-11-30")]
    rows.append(("equals", "total", "2022-01-01", "2022-02-28"))
    for _ in range(int(rng.integers(2, 39))):
        start = pd.Timestamp(2020, 1, 1) + pd.DateOffset(months=int(rng.integers(0, 24)))
        last = min(start + pd.DateOffset(months=int(rng.integers(1, 13))), pd.Timestamp("2022-07"))
        end = last - pd.Timedelta(days=1)
        quantity = str(rng.choice(QUANTITIES))
        start = end if quantity in ("stock", "cumulative") else start
        relation = str(rng.choice(["equals", "at_least"], p=[0.8, 0.2]))
        rows.append((relation, quantity, str(start.date()), str(end.date())))
    columns = ["relation", "quantity", "period_start", "period_end"]
    return pd.DataFrame(rows, columns=columns)


def printed(table: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """The facts with numbers, and the truth that they were printed of: its totals by year."""
    table = table.assign(value=PLACEHOLDER, rounding=ROUNDED * PLACEHOLDER)
    flow = observed_flow(ledger_of(table), size_known=True)
    request = Request(flow, tuple(ASKED), fc.Prior.shipped(), SIZE, None, 8, 0)
    asked = request._prepared
    path, facts = asked.path, asked.facts
    first = 12 * (ASKED[0].start.year - path.first_year)
    (x,) = prior_draws(path, rng, AT_ONCE)
    flows = path.flows(x[:CANDIDATES])[:, first : first + 12 * len(ASKED)]
    totals = flows.reshape(CANDIDATES, -1, 12).sum(axis=2)
    told_of = (totals[:, 0] > LEAST_SOLD) & (totals.max(axis=1) < SIZE[2021])
    one = int(np.flatnonzero(told_of)[0])
    x, totals = x[[one]], totals[one]
    contrast = facts.at(path.log_flows(x), x)[0]
    rows = []
    for o, at in zip(asked.observations, contrast, strict=True):
        weight = np.array([weight for weight, _, _ in o.noise])
        _, mean, sd = o.noise[rng.choice(len(weight), p=weight / weight.sum())]
        value = o.in_print_unit(at - rng.normal(mean, sd))
        row = {name: str(getattr(o.fact, name)) for name in table.columns[:4]}
        lowest, highest = o.quantity.lowest, o.quantity.highest
        if np.isfinite(value) and lowest + LEAST_VALUE < value < highest:
            scale = abs(value) + 100 * (o.quantity.says == "change")
            rows.append(row | {"value": value, "rounding": ROUNDED * scale})
    return pd.DataFrame(rows), totals


def main() -> None:
    truths = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    ranks = []
    for number in range(truths):
        rng = np.random.default_rng([5, number])
        table, totals = printed(statements(rng), rng)
        forecast = fc.forecast_flow(table, ASKED, market_size=SIZE, draws=DRAWS, seed=number)
        draws = np.array([forecast.totals(year) for year in ASKED])
        ranks.append((draws < totals[:, None]).mean(axis=1))
    for year, rank in zip(ASKED, np.array(ranks).T, strict=True):
        inside = (np.abs(rank - 0.5) < 0.4).mean()
        p = stats.kstest(rank, "uniform").pvalue
        print(f"{year.label}: {inside:.2f} of {truths} inside 80 %, p of uniform ranks {p:.2f}")


if __name__ == "__main__":
    main()
