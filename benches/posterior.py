"""Time and memory of a posterior: 2,000 draws from ten recent facts, then from ten, 60, 100 and 300
over 17 years.

python benches/posterior.py

Each number of facts runs in a process of its own on one core, so that its peak memory is its own;
processor time is the best of three after a first run that warms everything up.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time

import pandas as pd

CASES, DRAWS = (
    ((10, 10), (10, 300), (60, 300), (100, 300), (300, 300)),
    2000,
)  # so many facts, evenly out of the latest so many
MARKET = 300_000
ONE_CORE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def facts(count: int, latest: int) -> pd.DataFrame:
    """Monthly totals of a growing market, and a bound for every third: ten of them are what a
    newspaper tells.
    """
    rows = []
    for i in (round(j * (latest - 1) / (count - 1)) for j in range(count)):
        start = pd.Timestamp("2023-01-01") - pd.DateOffset(months=i * 2 // 3)
        end = start + pd.offsets.MonthEnd(0)
        level = 500 * 1.03 ** (-(i * 2 // 3))
        relation, value = ("at_least", 0.8 * level) if i % 3 == 2 else ("equals", level)
        rows.append((relation, "total", str(start.date()), str(end.date()), max(round(value), 1)))
    return pd.DataFrame(
        rows, columns=["relation", "quantity", "period_start", "period_end", "value"]
    )


def measure(count: int, latest: int) -> None:
    from forecasting.growth.flow import forecast_flow
    from forecasting.vocabulary.periods import year

    table, asked = facts(count, latest), [year(2023), year(2024), year(2025)]
    forecast_flow(facts(3, 3), asked, market_size=MARKET, draws=50)  # warm; its memory is small
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = []
    for _ in range(3 if count < 100 else 1):
        started = time.process_time()
        forecast = forecast_flow(table, asked, market_size=MARKET, draws=DRAWS)
        times.append(time.process_time() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:4d} facts over {latest * 2 // 3:3d} months, {DRAWS} draws: {min(times):7.3f} s, "
        f"peak memory {peak:5.0f} MB ({peak - before:+4.0f} MB), "
        f"effective draws {forecast.diagnostics['ess']}",
        flush=True,
    )


def main() -> None:
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]), int(sys.argv[2]))
        return
    for case in CASES:
        subprocess.run(
            [sys.executable, __file__, *map(str, case)], check=True, env=os.environ | ONE_CORE
        )


if __name__ == "__main__":
    main()
