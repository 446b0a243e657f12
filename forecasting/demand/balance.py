"""Printed stocks beside what the chain makes of the vehicles on the road; what does not close."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.demand.deployed import moment
from forecasting.quantiles import Array, quantiles

if TYPE_CHECKING:
    from forecasting.evidence.fact import Fact


def balance(
    stock: Array, years: Sequence[int], facts: Iterable[Fact], start: float = 0.0
) -> pd.DataFrame:
    """What the chain makes of the vehicles on the road, beside what was printed, and what does not
    close.

    Parameters
    ----------
    stock : ndarray, shape (draws, years)
        Vehicles at 31 December of each year.
    years : sequence of int
        The years.
    facts : iterable of Fact
        Printed stocks; days inside a year are compared by interpolation. Bounds and growth rates
        are left out: they are no counts.
    start : float
        Vehicles before the first year.

    Returns
    -------
    pandas.DataFrame
        ``fact, date, printed, modelled_low, modelled, modelled_high, gap, ratio, explanation``; one
        row per count inside the years. ``gap`` is modelled less printed. The explanation is
        ``closes`` where the printed stock lies inside the 80 % interval, or within 1 %; else
        ``thousands`` where a factor near 1000 points to the units, ``fewer`` or ``more`` where the
        register holds fewer or more than is modelled.

    Examples
    --------
    >>> from forecasting.evidence.fact import Fact
    >>> told = {"measure": "ev_stock", "place": "UZ", "quantity": "stock", "relation": "equals"}
    >>> fact = Fact(id="a", period_end="2023-12-31", value=150, **told)
    >>> table = balance(np.array([[100.0, 300.0]]), [2022, 2023], [fact])
    >>> table[["printed", "modelled", "gap", "ratio"]]
       printed  modelled    gap  ratio
    0    150.0     300.0  150.0    2.0
    """
    edges = np.concatenate([np.full((len(stock), 1), start), stock], axis=1)
    counts = [
        fact
        for fact in facts
        if fact.is_exact and fact.is_count and 0 <= moment(fact.period.end) - years[0] <= len(years)
    ]
    printed = np.array([fact.value for fact in counts], dtype=float)
    place = np.array([moment(fact.period.end) - years[0] for fact in counts])
    lower = np.minimum(place.astype(int), len(years) - 1)
    on_the_day = edges[:, lower] + (edges[:, lower + 1] - edges[:, lower]) * (place - lower)
    low, middle, high = quantiles(on_the_day, (0.1, 0.5, 0.9))
    ratio = np.divide(middle, printed, out=np.full_like(middle, np.inf), where=printed > 0)
    closes = (low <= printed) & (printed <= high) | (np.abs(ratio - 1) < 0.01)
    thousands = (ratio >= 500) & (ratio <= 2000) | (ratio >= 1 / 2000) & (ratio <= 1 / 500)
    explained = [closes, thousands, ratio > 1]
    return pd.DataFrame(
        {
            "fact": [fact.id for fact in counts],
            "date": [fact.period.end for fact in counts],
            "printed": printed,
            "modelled_low": low,
            "modelled": middle,
            "modelled_high": high,
            "gap": middle - printed,
            "ratio": ratio,
            "explanation": np.select(explained, ["closes", "thousands", "fewer"], "more"),
        }
    )
