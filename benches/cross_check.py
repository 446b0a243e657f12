"""The posterior against brute force: weighted draws of the prior, for seventeen tables.

python benches/cross_check.py [MILLIONS OF DRAWS [TABLE ...]]

Nothing is made linear or moved: paths are drawn from the prior as docs/model.md has it. Facts are
told within 3 %, so that enough draws fit; of a jump and of two growths few do: these take 60
million. Printed for each year: the quantiles of both, and how far apart they are in units of the
weighted draws' log standard deviation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd

import forecasting as fc
from forecasting.evidence.ledger import ledger_of
from forecasting.evidence.observation import observed_flow
from forecasting.growth.likelihood import flow_weights
from forecasting.growth.mixtures import Mixtures
from forecasting.growth.path import LatentPath
from forecasting.growth.request import Request

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
AT_ONCE = 20_000
SIZE = {2022: 80_000.0}
HALF, NEXT = "2022-07-01/2022-12-31", "2023-01-01/2023-06-30"
END, LATER = "2022-12-31/2022-12-31", "2023-12-31/2023-12-31"
Row = tuple[str, str, str, float]
TABLES: dict[str, list[Row]] = {
    "a year": [("equals", "total", "2022", 2180)],
    "two years": [("equals", "total", "2022", 2180), ("equals", "total", "2023", 5200)],
    "a year and a part-year": [("equals", "total", "2022", 2180), ("equals", "total", NEXT, 2544)],
    "a stock": [("equals", "stock", END, 5200)],
    "two stocks": [("equals", "stock", END, 5200), ("equals", "stock", LATER, 9100)],
    "a stock and a growth": [
        ("equals", "stock", END, 5200),
        ("equals", "yoy_growth_percent", NEXT, 85),
    ],
    "a stock and two growths": [
        ("equals", "stock", END, 5200),
        ("equals", "yoy_growth_percent", HALF, 40),
        ("equals", "yoy_growth_percent", NEXT, 85),
    ],
    "a jump": [("equals", "total", "2022", 1000), ("equals", "total", NEXT, 5000)],
    "a bound": [("equals", "total", "2022", 2180), ("at_least", "total", NEXT, 2000)],
    "a slack bound": [("equals", "total", "2022", 2180), ("at_least", "total", NEXT, 300)],
    "a range": [("at_least", "total", "2022", 2000), ("at_most", "total", "2022", 4000)],
    "near the market": [("equals", "total", "2022", 75_000)],
    "1.1 times the market": [("equals", "total", "2022", 88_000)],
    "1.5 times the market": [("equals", "total", "2022", 120_000)],
    "3 times the market": [("equals", "total", "2022", 240_000)],
    "a falling stock": [("equals", "stock", END, 5200), ("equals", "stock", LATER, 4600)],
    "40, then none": [("equals", "total", "2022", 40), ("equals", "total", "2023", 0)],
}


def table_of(rows: list[Row]) -> pd.DataFrame:
    """The facts, each known to 3 %."""
    told = []
    for relation, quantity, period, value in rows:
        start, end = period.split("/") if "/" in period else (f"{period}-01-01", f"{period}-12-31")
        rounding = 0.05 * (100 + value if quantity == "yoy_growth_percent" else value)
        told.append((relation, quantity, start, end, value, rounding))
    columns = ["relation", "quantity", "period_start", "period_end", "value", "rounding"]
    return pd.DataFrame(told, columns=columns)


def prior_draws(path: LatentPath, rng: np.random.Generator, count: int) -> Iterator[np.ndarray]:
    """Coordinates drawn from the prior, some at a time."""
    mixture = path.mixture
    for _ in range(count // AT_ONCE):
        kind = rng.choice(len(path.kind_share), AT_ONCE, p=path.kind_share)
        x = rng.standard_normal((AT_ONCE, path.width)) * np.sqrt(path.kind_variance[kind])
        for row, column in enumerate(path.mixed):
            part = mixture.weight[row] / mixture.weight[row].sum()
            component = rng.choice(len(part), AT_ONCE, p=part)
            unit = rng.standard_normal(AT_ONCE)
            x[:, column] = mixture.mean[row, component] + unit * mixture.sd[row, component]
        yield x


def compare(name: str, rows: list[Row], count: int) -> None:
    """Print both quantiles of one table."""
    years, table = [fc.year(2022), fc.year(2023)], table_of(rows)
    flow = observed_flow(ledger_of(table), size_known=True)
    asked = Request(flow, tuple(years), fc.Prior.shipped(), SIZE, None, 8, 0)._prepared
    path, facts = asked.path, asked.facts
    covered = np.array([flow_weights(year, path.first_year, path.months) for year in years])
    logs, flows = [], []
    for x in prior_draws(path, np.random.default_rng(1), count):
        log_flows = path.log_flows(x)
        logs.append(facts.of_noise(Mixtures.log_density, facts.at(log_flows, x)).sum(axis=1))
        flows.append(np.log(np.exp(log_flows[:, : path.months]) @ covered.T))
    log_weight, log_flow = np.concatenate(logs), np.concatenate(flows)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    forecast = fc.forecast_flow(table, years, market_size=SIZE, draws=8000)
    ours = np.log(forecast.quantiles(LEVELS).to_numpy())
    made = forecast.diagnostics
    print(f"{name}: {1 / (weight**2).sum():,.0f} draws of the prior count; ours {made['ess']:,}")
    for i, year in enumerate(years):
        order = np.argsort(log_flow[:, i])
        below = np.cumsum(weight[order])
        brute = np.interp(LEVELS, below, log_flow[order, i])
        mean = float(weight @ log_flow[:, i])
        spread = float(np.sqrt(weight @ (log_flow[:, i] - mean) ** 2))
        apart = " ".join(f"{value:+.2f}" for value in (ours[i] - brute) / max(spread, 0.03))
        shown = " ".join(f"{value:,.0f}" for value in np.exp(brute))
        print(f"   {year.label}: {shown}; apart {apart}", flush=True)


def main() -> None:
    count = int(float(sys.argv[1]) * 1e6) if len(sys.argv) > 1 else 2_000_000
    for name in sys.argv[2:] or TABLES:
        compare(name, TABLES[name], count)


if __name__ == "__main__":
    main()
