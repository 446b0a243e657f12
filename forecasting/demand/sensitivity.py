"""Where the uncertainty comes from: first-order indices and a tornado, read off the draws themselves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["first_order"]

Array = npt.NDArray[np.float64]


def first_order(inputs: Mapping[str, Array], outputs: Mapping[str, Array], bins: int = 20) -> pd.DataFrame:
    """Share of an output's variance that each input explains alone, and the swing between its low and high ends.

    The draws are sorted by an input and cut into bins; the variance of the bins' means, less what chance alone gives
    bins of that size, over the total variance is the first-order (Sobol') index. No further runs
    are needed. Variance is that of the log: the outputs are right-skewed counts.

    Parameters
    ----------
    inputs, outputs : mapping of str to ndarray, shape (draws,)
        Draws; inputs that do not vary are left out.
    bins : int
        Number of bins.

    Returns
    -------
    pandas.DataFrame
        ``output, input, share, low, high, swing``, the largest share first; ``low`` and ``high`` are medians of the
        output in the lowest and highest tenth of the input.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> a, b = rng.random(4000), rng.random(4000)
    >>> table = first_order({"a": a, "b": b}, {"y": np.exp(2 * a + b)})
    >>> table["input"].tolist(), table["share"].round(1).tolist()
    (['a', 'b'], [0.8, 0.2])
    """
    rows = []
    varying = {name: values for name, values in inputs.items() if np.ptp(values) > 0}
    orders = {name: np.argsort(values, kind="stable") for name, values in varying.items()}
    for output, values in outputs.items():
        if np.ptp(values) == 0:
            continue
        logs = np.log(np.maximum(values, np.max(values) * 1e-12))
        found = [(output, name, _index(logs[order], bins), *_ends(values[order])) for name, order in orders.items()]
        rows += sorted(found, key=lambda row: -row[2])
    table = pd.DataFrame(rows, columns=["output", "input", "share", "low", "high"])
    table["swing"] = table["high"] - table["low"]
    return table


def _index(values: Array, bins: int) -> float:
    count = len(values)
    edges = np.unique(np.linspace(0, count, min(bins, max(count // 10, 1)) + 1).astype(int))
    sizes, sums = np.diff(edges), np.add.reduceat(values, edges[:-1])
    within = np.add.reduceat(values**2, edges[:-1]) - sums**2 / sizes
    by_chance = float((within / np.maximum(sizes - 1, 1)).sum()) / count
    explained = float((sizes * (sums / sizes - values.mean()) ** 2).sum()) / count - by_chance
    share = explained / float(values.var())
    chance = np.sqrt(2 * (len(sizes) - 1)) / count  # standard deviation of the share of an input that does nothing
    return share if share > 3 * chance else 0.0


def _ends(values: Array) -> tuple[float, float]:
    tenth = max(len(values) // 10, 1)
    return float(np.median(values[:tenth])), float(np.median(values[-tenth:]))
