"""The scale of a chart: it holds the 80 % interval, says where a band leaves it, and has ticks that
people count by.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from forecasting.reporting.figures.drawing import Trace, words_at
from forecasting.reporting.figures.style import DEEP
from forecasting.reporting.labels import readable

ROOM = 1.12  # above the highest thing drawn, as a factor
# Ticks of each power of ten, on an axis of at most so many of them
TICKS = ((1.6, (1, 2, 5)), (3.2, (1, 3)), (math.inf, (1,)))
MOST = 12  # ticks of one power of ten each


def log_ticks(low: float, high: float) -> list[float]:
    """Ticks of a logarithmic axis: 1, 2 and 5 where it is short, powers of ten where it is long.

    Examples
    --------
    >>> log_ticks(900.0, 12_000.0)
    [1000.0, 2000.0, 5000.0, 10000.0]
    >>> log_ticks(3.0, 2e5)
    [10.0, 100.0, 1000.0, 10000.0, 100000.0]
    """
    steps = next(steps for most, steps in TICKS if math.log10(high / low) <= most)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [step * 10.0**power for power in powers for step in steps]
    inside = [tick for tick in ticks if low <= tick <= high]
    return inside[:: -(-len(inside) // MOST)]


def log_scale(values: Iterable[float]) -> dict[str, Any]:
    """A logarithmic axis that holds some values, its ticks written in full.

    Parameters
    ----------
    values : iterable of float
        What must be seen; zeros and less have no place on it.

    Examples
    --------
    >>> log_scale([950.0, 11_000.0])["ticktext"]
    ['1,000', '2,000', '5,000', '10,000']
    """
    seen = [value for value in values if value > 0 and math.isfinite(value)] or [1.0]
    low, high = min(seen) / ROOM, max(seen) * ROOM
    if high < 3 * low:
        low, high = low / 2, high * 2
    ticks = log_ticks(low, high)
    ends = [round(math.log10(low), 3), round(math.log10(high), 3)]
    return {
        "type": "log",
        "range": ends,
        "tickvals": ticks,
        "ticktext": [readable(tick) for tick in ticks],
    }


def linear_scale(values: Iterable[float]) -> dict[str, Any]:
    """A linear axis from nothing to above some values.

    >>> linear_scale([10.0, 100.0])
    {'range': [0, 112.0]}
    """
    return {"range": [0, float(f"{ROOM * max(values):.3g}")]}


def leaving(days: Sequence[str], wide: pd.DataFrame, axis: dict[str, Any]) -> Iterator[Trace]:
    """Arrows at the edges of a chart where the 95 % interval goes on beyond them, each with the
    value that it reaches.

    Parameters
    ----------
    days : sequence of str
        Where each row is drawn.
    wide : pandas.DataFrame
        A row per year, a column per quantile.
    axis : dict
        From `log_scale` or `linear_scale`.
    """
    low, high = axis["range"]
    if axis.get("type") == "log":
        low, high = 10.0**low, 10.0**high
    # At a year's end there is no room to the right
    side = "left" if days and days[0].endswith("-12-31") else "center"
    for level, sign, edge, arrow, height in (
        (0.975, 1, high, "↑", "bottom"),
        (0.025, -1, low, "↓", "top"),
    ):
        ends = dict(zip(days, wide[level], strict=True))
        beyond = {day: end for day, end in ends.items() if sign * (end - edge) > 0}
        if beyond:
            words = [f"{arrow} {readable(end, 2)}" for end in beyond.values()]
            at = [edge] * len(beyond)
            trace = words_at([*beyond], at, words, f"{height} {side}", size=11, color=DEEP)
            yield trace | {"name": "95 % beyond the frame"}
