"""Everything that follows from one made-up flow, whole: medians and ranges by year, and each table.
What changed on purpose is stored anew by ``pytest --store`` and read.
"""

import datetime as dt

import numpy as np

from forecasting.demand.counted_stock import StockCount
from forecasting.demand.deployed import Target

TODAY = {"count": 400, "unit": "stations", "date": "2024-12-15"}
SHARES = {"taxi": 0.1, "bus": 0.02, "truck": 0.01, "phev": 0.15}


def cells(values):
    return " ".join(f"{value:.4g}" if isinstance(value, float) else str(value) for value in values)


def table_lines(name, table):
    yield f"== {name}: {cells(table.columns)}"
    yield from (cells(row) for row in table.itertuples(index=False))


def test_what_follows_from_a_flow(run, paths, same_as_stored):
    flow = paths(60, 4)
    made = run(
        flow,
        {f"class_share.{name}": share for name, share in SHARES.items()} | {"vehicle_stock": 4e6},
        charging_today=TODAY,
        start_stock=800.0,
        stock_counts=[StockCount("register", dt.date(2024, 12, 31), 6000.0)],
        targets=[Target("decree", np.full(60, 900.0), "points", dt.date(2026, 6, 30), False)],
        new_cars=20 * flow,
        concentration=1.5,
    )
    lines = [f"median, 10 %, 90 % of each of {made.years[0]} to {made.years[-1]}"]
    for name, draws in made.results.items():
        ends = np.quantile(draws, [0.5, 0.1, 0.9], axis=0).T
        lines.append(f"{name}: " + "; ".join(cells(map(float, year)) for year in ends))
    months, hours = made.by_month, made.load_day
    tables = {
        "by_setting": made.by_setting,
        "by_class": made.by_class,
        "by_cohort": made.by_cohort,
        "by_month": months[months["month"].isin([1, 6])],
        "gap": made.gap,
        "sensitivity": made.sensitivity[made.sensitivity["share"] > 0],
        "load_day": hours[hours["hour"].isin([3, 19])],
        "target_table": made.target_table,
        "balance": made.balance,
    }
    for name, table in tables.items():
        lines += table_lines(name, table)
    lines.append(f"fast_use: {cells(map(float, made.fast_use))}")
    for name, values in made.service().items():
        lines.append(f"service, {name}: {cells(map(float, np.mean(values, axis=0)))}")
    same_as_stored("outlook.txt", lines)
