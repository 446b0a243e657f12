"""A few whole draws of many that tell the same as all of them."""

from __future__ import annotations

import numpy as np

from forecasting.demand.chain_formulas import LEVERS, Chain

LEVELS = (0.1, 0.5, 0.9)


def chosen_draws(chain: Chain, wanted: int) -> list[int]:
    """Draws that tell the same as all of them, with and without each lever: of every answer as many
    lie below each quantile as should. They stand in the order of the last year's stock.

    From evenly spaced draws on, the two are exchanged that bring the shares nearest, until none do.
    """
    values = {name: chain.drawn[f"drawn.{name}"] for name in LEVERS if name in chain.levers}
    moved = {name: float(np.median(x)) for name, x in values.items() if np.ptp(x) > 0}
    singly = [{name: value} for name, value in moved.items()]
    start = chain.answers({})
    years = chain.years[1:]
    stock = start["ev_stock", years[-1]]
    count = len(stock)
    if count <= wanted:
        return list(range(count))
    below = []
    ends = (years[0], years[len(years) // 2], years[-1])
    for own in ({}, *singly):
        for (measure, year), draws in chain.answers(own).items():
            as_before = np.array_equal(draws, start[measure, year])
            if not own or (year in ends and not as_before):
                below += [draws <= np.quantile(draws, level) for level in LEVELS]
    table = np.array(below, dtype=float).T
    table -= table.mean(axis=0)
    products = table @ table.T
    inside = np.zeros(count, dtype=bool)
    inside[np.linspace(0, count - 1, wanted).astype(int)] = True
    while True:
        out = np.flatnonzero(inside)
        new = np.flatnonzero(~inside)
        pull = products[:, inside].sum(axis=1)
        own_size = np.diag(products)
        change = (own_size - 2 * pull)[out][:, None] + (own_size + 2 * pull)[new]
        change -= 2 * products[np.ix_(out, new)]
        best = np.unravel_index(change.argmin(), change.shape)
        if change[best] > -1e-6:
            return [int(draw) for draw in out[np.argsort(stock[out])]]
        inside[[out[best[0]], new[best[1]]]] = [False, True]
