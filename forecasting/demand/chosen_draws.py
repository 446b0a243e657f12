"""A few whole draws of many that tell the same as all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecasting.demand.chain_formulas import LEVERS, Chain
from forecasting.quantiles import Array

NEAR = (-0.04, -0.02, 0.0, 0.02, 0.04)  # percentiles about a level, whose mean is steadier
# The levels that a workbook shows, and those about each
LEVELS = tuple(level + step for level in (0.1, 0.5, 0.9) for step in (-0.04, 0.0, 0.04))


def near(draws: Array, level: float) -> float:
    """The mean of the percentiles about a level."""
    return float(np.quantile(draws, [level + step for step in NEAR]).mean())


def chosen_draws(chain: Chain, wanted: int) -> list[int]:
    """Draws that tell the same as all of them, with and without each lever: of every answer as many
    lie below each quantile as should. They stand in the order of the last year's stock.

    From evenly spaced draws on, the two are exchanged that bring the shares nearest, until none do.
    """
    stock = chain.answers({})["ev_stock", chain.years[-1]]
    count = len(stock)
    if count <= wanted:
        return list(range(count))
    table = _below(chain)
    table -= table.mean(axis=0)
    products = table @ table.T
    size = np.diag(products)
    inside = np.zeros(count, dtype=bool)
    inside[np.linspace(0, count - 1, wanted).astype(int)] = True
    while True:
        out = np.flatnonzero(inside)
        new = np.flatnonzero(~inside)
        pull = 2 * products[:, inside].sum(axis=1)
        change = (size - pull)[out][:, None] + (size + pull)[new] - 2 * products[np.ix_(out, new)]
        leaves, comes = np.unravel_index(change.argmin(), change.shape)
        if change[leaves, comes] > -1e-6:
            return [int(draw) for draw in out[np.argsort(stock[out])]]
        inside[[out[leaves], new[comes]]] = [False, True]


def _below(chain: Chain) -> npt.NDArray[np.float32]:
    """Whether each draw (row) lies below each quantile of each answer: with nothing set, and, where
    it moves the answer, with each lever low and high.
    """
    drawn = {name: chain.drawn[f"drawn.{name}"] for name in LEVERS if name in chain.levers}
    start = chain.answers({})
    answers = [*start.values()]
    for name, values in drawn.items():
        for end in np.unique(np.quantile(values, (0.1, 0.9))):
            moved = chain.answers({name: float(end)})
            answers += [x for key, x in moved.items() if not np.array_equal(x, start[key])]
    return np.hstack([x[:, None] <= np.quantile(x, LEVELS) for x in answers]).astype(np.float32)
