"""Where the uncertainty comes from: first-order indices and a tornado, read off the draws
themselves.
"""

import numpy as np
import pandas as pd

from forecasting.demand.parameters import Draws
from forecasting.vocabulary.quantiles import Array

BINS = 20


def first_order(inputs: Draws, outputs: Draws) -> pd.DataFrame:
    """Share of an output's variance that each input explains alone, and the swing between its low
    and high ends.

    The draws are sorted by an input and cut into bins. The first-order (Sobol') index is the
    variance of the bins' means, less that which chance gives bins of that size, over the total
    variance; a share that chance could give one of many inputs is set to 0. No further runs are
    needed. Variance is that of the log: the outputs are right-skewed counts.

    Parameters
    ----------
    inputs, outputs : mapping of str to ndarray, shape (draws,)
        Draws; inputs that do not vary are left out.

    Returns
    -------
    pandas.DataFrame
        ``output, input, share, low, high, swing``, the largest share first; ``low`` and ``high``
        are medians of the output in the lowest and highest tenth of the input.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> a, b = rng.random(4000), rng.random(4000)
    >>> table = first_order({"a": a, "b": b}, {"y": np.exp(2 * a + b)})
    >>> table["input"].tolist(), table["share"].round(1).tolist()
    (['a', 'b'], [0.8, 0.2])
    """
    varying = {name: values for name, values in inputs.items() if np.ptp(values) > 0}
    input_matrix = np.atleast_2d(list(varying.values()))
    order = np.argsort(input_matrix, axis=1, kind="stable")  # of all inputs at once
    rows = []
    for output, values in outputs.items():
        if not varying or np.ptp(values) < np.finfo(float).tiny:
            continue
        logs = np.log(np.maximum(values, np.max(values) * 1e-12))
        shares = _shares(logs[order]).tolist()
        by_input = zip(varying, shares, *_ends(values[order]), strict=True)
        rows += [(output, *row) for row in sorted(by_input, key=lambda row: -row[1])]
    table = pd.DataFrame(rows, columns=["output", "input", "share", "low", "high"])
    table["swing"] = table["high"] - table["low"]
    return table


def _shares(values: Array) -> Array:
    """The index of each row of draws, sorted by one input each."""
    count = values.shape[1]
    edges = np.unique(np.linspace(0, count, min(BINS, max(count // 10, 1)) + 1).astype(int))
    sizes = np.diff(edges)
    sums = np.add.reduceat(values, edges[:-1], axis=1)
    residual_squares = np.add.reduceat(values**2, edges[:-1], axis=1) - sums**2 / sizes
    by_chance = (residual_squares / np.maximum(sizes - 1, 1)).sum(axis=1) / count
    bin_squares = sizes * (sums / sizes - values.mean(axis=1, keepdims=True)) ** 2
    share = (bin_squares.sum(axis=1) / count - by_chance) / values.var(axis=1)
    # Standard deviation of the share of an input without an effect
    chance_sd = np.sqrt(2 * (len(sizes) - 1)) / count
    return np.where(share > 5 * chance_sd, share, 0.0)


def _ends(values: Array) -> tuple[list[float], list[float]]:
    """Medians of the lowest and the highest tenth of each row."""
    tenth = max(values.shape[1] // 10, 1)
    low = np.median(values[:, :tenth], axis=1)
    high = np.median(values[:, -tenth:], axis=1)
    return low.tolist(), high.tolist()
