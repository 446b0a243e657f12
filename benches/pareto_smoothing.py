"""Another library's Pareto smoothing of importance weights, kept as a reference for the tests.

    pip install arviz-stats
    python benches/pareto_smoothing.py

writes ``tests/reference/pareto_smoothing.csv``. It needs no part of this package.
"""

import csv
from pathlib import Path

import numpy as np
from arviz_stats.base import array_stats

REFERENCE = Path(__file__).parents[1] / "tests/reference/pareto_smoothing.csv"
CASES = [(count, scale) for count in (200, 1000, 2000) for scale in (0.2, 0.6, 1.5)]


def log_weights(count: int, scale: float) -> np.ndarray:
    """Quantiles of an exponential distribution: weights with a Pareto tail of that shape."""
    return scale * -np.log1p(-(np.arange(count) + 0.5) / count)


if __name__ == "__main__":
    with REFERENCE.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["count", "scale", "shape", "median_log_weight", "largest_log_weight"])
        for count, scale in CASES:
            # The library takes logs of what weights divide
            log_weight, shape = array_stats._psislw(-log_weights(count, scale), 1.0)
            numbers = (shape, np.median(log_weight), log_weight.max())
            table.writerow([count, scale, *(repr(float(number)) for number in numbers)])
