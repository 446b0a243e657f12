"""Time of the demand chain: 2,000 draws, five classes of vehicles, twenty years, on one core.

python benches/chain.py
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import datetime as dt
import platform
import statistics
import time

import numpy as np

from forecasting.demand.chain import demand_outlook
from forecasting.demand.deployed import ExistingCharging
from forecasting.demand.parameters import load_parameters

DRAWS, YEARS, RUNS, BAR = 2_000, list(range(2024, 2044)), 15, 0.15
MIXED = {
    "class_share.phev": 0.1,
    "class_share.van": 0.02,
    "class_share.bus": 0.01,
    "class_share.truck": 0.02,
}


def seconds(call, clock=time.perf_counter) -> float:
    start = clock()
    call()
    return clock() - start


def main() -> None:
    rng = np.random.default_rng(0)
    imports = 5_000 * np.exp(np.cumsum(rng.normal(0.15, 0.2, (DRAWS, len(YEARS))), axis=1))
    parameters = load_parameters().override(MIXED)
    today = ExistingCharging(1_085, dt.date(2024, 12, 15), "stations")

    def chain():
        return demand_outlook(
            imports,
            YEARS,
            parameters=parameters,
            charging_today=today,
            place="KZ",
            start_stock=800.0,
        )

    def tables() -> None:
        outlook = chain()
        for name in (
            "by_setting",
            "by_class",
            "by_cohort",
            "by_month",
            "gap",
            "load_day",
            "sensitivity",
        ):
            getattr(outlook, name)

    print(f"{platform.processor() or platform.machine()}, numpy {np.__version__}, one thread")
    print(
        f"{DRAWS} draws, {len(parameters.classes)} classes, {len(YEARS)} years; "
        f"first call {seconds(chain):.3f} s"
    )
    times = [seconds(chain) for _ in range(RUNS)]
    middle = statistics.median(times)
    print(
        f"chain              median {middle:.3f} s, "
        f"slowest {max(times):.3f} s of {RUNS}; bar {BAR} s"
    )
    busy = statistics.median(seconds(chain, time.process_time) for _ in range(RUNS))
    print(f"chain, processor   median {busy:.3f} s: what remains where nothing else runs")
    print(f"chain, all tables  median {statistics.median(seconds(tables) for _ in range(5)):.3f} s")


if __name__ == "__main__":
    main()
