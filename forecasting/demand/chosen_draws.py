"""A few whole draws of many that tell the same as all of them, whatever a reader sets."""

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from forecasting.demand.chain_formulas import LEVERS, Chain
from forecasting.quantiles import Array, ratio

Draws = npt.NDArray[np.intp]  # which ones

ENDS = (0.1, 0.5, 0.9)  # the levels that a workbook shows
NEAR = np.linspace(-0.04, 0.04, 9)  # percentiles about a level, whose mean is steadier
LEVELS = np.add.outer(ENDS, NEAR)
NEXT = 0.05  # how far about a level its slope is taken
LIMITS = np.array([[0.05], [0.02], [0.05]])  # how far a level may be from that of all draws
MOVING = 6  # levers, the first, that move the answers most: set together, as well
ROUNDS = 4
TRIED = 60  # draws of either side that are tried against each other


def near(draws: Array) -> Array:
    """At each level (row) the mean of the percentiles about it, for each column of draws."""
    return np.asarray(np.quantile(draws, LEVELS, axis=0).mean(axis=1))


def below_zero(draws: Array) -> npt.NDArray[np.bool_]:
    """Whether each column may be on either side of 0: then draws that are too few are put right by
    a difference, and else by a factor.
    """
    return np.quantile(draws, 0.02, axis=0) <= 0


def chosen_draws(chain: Chain, wanted: int) -> list[int]:
    """Draws whose levels are those of all of them with some cells filled, once they are put right
    with none filled. They stand in the order of the last year's stock.

    From evenly spaced draws on, the two are exchanged that bring the levels nearest, as long as
    any do. How a draw moves a level is known about where the level is, so this is done again from
    what was missed, and what was missed most counts more; the round that missed least is taken.
    """
    stock = chain.answers({})["ev_stock", chain.years[-1]]
    count = len(stock)
    if count <= wanted:
        return list(range(count))
    answers = _Answers(chain)
    known: Draws = np.arange(count)
    tried: Draws = np.linspace(0, count - 1, wanted).astype(int)
    weights = np.ones(answers.pulls.shape[1])
    choices = {}
    missed = answers.missed(known)
    for _ in range(ROUNDS):
        pulls = answers.pulls + (missed - answers.pulls[known].mean(axis=0))
        known = tried = _exchanged((pulls * weights).astype(np.float32), tried)
        missed = answers.missed(known)
        choices[np.mean(missed**4)] = known
        weights *= np.sqrt(0.5 + np.abs(missed) / np.sqrt(np.mean(missed**2)))
    chosen = choices[min(choices)]
    return [int(draw) for draw in chosen[np.argsort(stock[chosen])]]


def _exchanged(pulls: npt.NDArray[np.float32], chosen: Draws) -> Draws:
    """The choice after all exchanges of one draw that bring the sum of the pulls nearer to none."""
    products = pulls @ pulls.T
    size = np.diag(products)
    inside = np.isin(np.arange(len(pulls)), chosen)
    summed = 2 * products[:, inside].sum(axis=1)
    while True:
        gain = np.where(inside, summed - size, -summed - size)
        out, new = (
            np.flatnonzero(part)[np.argsort(gain[part])[-TRIED:]] for part in (inside, ~inside)
        )
        gains = gain[out][:, None] + gain[new] + 2 * products[np.ix_(out, new)]
        leaves, comes = np.unravel_index(gains.argmax(), gains.shape)
        if gains[leaves, comes] < 1e-6:
            return np.flatnonzero(inside)
        inside[[out[leaves], new[comes]]] = [False, True]
        summed += 2 * (products[new[comes]] - products[out[leaves]])


class _Answers:
    """Answers of all draws, first with no cell filled, then with some, as far as those move them.

    What is missed, and how each draw pulls at it (row), is in shares of the limits, level by level.
    """

    def __init__(self, chain: Chain) -> None:
        empty = chain.values({})
        names = [f"{name}@{year}" for name in chain.columns.values() for year in chain.years[1:]]
        columns = [empty[name] for name in names]
        self.start = [*range(len(names))]
        for own in _settings(chain):
            filled = chain.values(own, empty)
            for place, name in enumerate(names):
                if filled[name] is not empty[name]:
                    columns.append(filled[name])
                    self.start.append(place)
        self.free = len(names)
        self.draws = np.hstack(columns)
        of_all = np.quantile(
            self.draws, [*ENDS, *np.subtract(ENDS, NEXT), *np.add(ENDS, NEXT)], axis=0
        )
        self.exact, before, after = of_all.reshape(3, 3, -1)
        negative = below_zero(self.draws)
        low, _, high = self.exact
        apart = np.where(negative, high - low, np.abs(self.exact))
        self.scale = LIMITS * np.maximum(apart, 1e-9)
        self.shifted = negative[self.start]
        slope = (before - after) / (2 * NEXT) / self.scale
        rank = self.draws.argsort(axis=0).argsort(axis=0) / (len(self.draws) - 1)
        below = np.array([np.mean([rank <= level for level in row], axis=0) for row in LEVELS])
        pulls = slope[:, None] * (below - below.mean(axis=1, keepdims=True))
        self.pulls = np.hstack([*self._moved(pulls)])

    def _moved(self, table: Array) -> Array:
        """With no cell filled as it is, and else what differs from that."""
        start = table[..., self.start]
        start[..., : self.free] = 0
        return table - start

    def missed(self, chosen: Draws) -> Array:
        """How far each level of some draws is from that of all."""
        found = near(self.draws[chosen])
        start = found[:, self.start]
        exact = self.exact[:, self.start]
        factor = ratio(exact, start, 1.0)
        right = np.where(self.shifted, found + exact - start, found * factor)
        right[:, : self.free] = found[:, : self.free]
        return np.ravel((right - self.exact) / self.scale)


def _settings(chain: Chain) -> Iterator[dict[str, float]]:
    """Cells filled: each lever low and high, and the first ones by threes, lower and higher."""
    drawn = {name: chain.drawn[f"drawn.{name}"] for name in LEVERS if name in chain.levers}
    for name, end in itertools.product(drawn, (0.1, 0.9)):
        if np.ptp(drawn[name]):
            yield {name: float(np.quantile(drawn[name], end))}
    threes = itertools.combinations([*drawn][:MOVING], 3)
    for names, end in itertools.product(threes, (0.2, 0.8)):
        yield {name: float(np.quantile(drawn[name], end)) for name in names}
