"""From the border to the register: imports, re-export, local assembly, inventory; and what does not
close.

``registrations = retained imports + local assembly - growth of the unsold inventory``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.demand.existing_charging import moment
from forecasting.errors import AssumptionError
from forecasting.periods import as_date
from forecasting.quantiles import quantiles
from forecasting.quantities import EXACT

__all__ = ["balance", "dated_counts", "mirror", "registrations"]

Array = npt.NDArray[np.float64]


def registrations(
    imports: Array, reexport_share: Array, inventory_share: Array, assembly: Array | float = 0.0
) -> Array:
    """Vehicles registered a year.

    A share of the imports leaves again; of those kept, a share is still unsold at the year's end
    and is registered in the next year. The first year sells an inventory of its own size, as no
    year before it is known.

    Parameters
    ----------
    imports : ndarray, shape (draws, years)
        Vehicles a year.
    reexport_share, inventory_share : ndarray, shape (draws,)
        Shares, 0 to below 1.
    assembly : ndarray or float
        Vehicles a year built in the country and not counted as imports.

    Returns
    -------
    ndarray, shape (draws, years)

    Examples
    --------
    >>> registrations(np.array([[100.0, 200.0]]), np.array([0.1]), np.array([0.0]))
    array([[ 90., 180.]])
    """
    retained = imports * (1 - reexport_share[:, None])
    unsold = retained * inventory_share[:, None]
    carried = np.concatenate([unsold[:, :1], unsold[:, :-1]], axis=1)
    return np.asarray(retained - unsold + carried + assembly)


def mirror(
    exporter: float, importer: float, lag_months: float = 1.0, growth: float = 0.0
) -> dict[str, float]:
    """Compare the exporter's figure with the importer's, allowing for goods on the way.

    The two need not agree: the exporter counts at departure, the importer at clearance,
    ``lag_months`` later.

    Parameters
    ----------
    exporter, importer : float
        Vehicles of the same period.
    lag_months : float
        Time on the way.
    growth : float
        Log growth a year of the flow: the faster it grows, the more is on the way.

    Returns
    -------
    dict
        ``ratio`` printed, ``expected`` from the lag alone, and ``unexplained``, the part that the
        lag leaves.

    Raises
    ------
    AssumptionError
        Where a figure is not above 0.

    Examples
    --------
    >>> {key: round(value, 3) for key, value in mirror(1100, 1000, lag_months=1, growth=0.6).items()}
    {'ratio': 1.1, 'expected': 1.051, 'unexplained': 1.046}
    """
    for name, value in (("exporter", exporter), ("importer", importer)):
        if not value > 0:
            raise AssumptionError(f"{name} = {value} vehicles; a mirror needs two figures above 0")
    ratio, expected = exporter / importer, float(np.exp(growth * lag_months / 12))
    return {"ratio": ratio, "expected": expected, "unexplained": ratio / expected}


def dated_counts(facts: Iterable[Any] | pd.DataFrame) -> list[tuple[dt.date, float, str]]:
    """Read printed counts: facts, rows of a table, mappings, or pairs of date (or year) and value.

    Of a table of facts, bounds and growth rates are left out: they are no counts.

    Returns
    -------
    list of (date, value, label)
        A year alone stands for its 31 December.

    Raises
    ------
    AssumptionError
        Where a value is negative or missing.

    Examples
    --------
    >>> dated_counts([(2023, 7383), {"id": "K2", "period_end": "2024-02-01", "value": 8366}])
    [(datetime.date(2023, 12, 31), 7383.0, 'stock'), (datetime.date(2024, 2, 1), 8366.0, 'K2')]
    """
    if isinstance(facts, pd.DataFrame):
        counted = facts[facts["relation"].isin(EXACT)] if "relation" in facts else facts
        counted = (
            counted[counted["quantity"].isin(["", "stock"])] if "quantity" in counted else counted
        )
        facts = counted.to_dict("records")
    return [_dated_count(fact) for fact in facts]


def _dated_count(fact: Any) -> tuple[dt.date, float, str]:
    if isinstance(fact, Sequence) and not isinstance(fact, str):
        day, value, label = fact[0], fact[1], "stock"
    else:
        get = (
            fact.get
            if isinstance(fact, Mapping)
            else lambda key, default=None: getattr(fact, key, default)
        )
        day, value, label = get("period_end"), get("value"), str(get("id", "") or "stock")
    when = dt.date(int(day), 12, 31) if isinstance(day, int | np.integer) else as_date(day)
    if value is None or not np.isfinite(value) or value < 0:
        raise AssumptionError(
            f"{label}: a stock of {value} vehicles on {when}; it must be 0 or more"
        )
    return when, float(value), label


def balance(
    stock: Array, years: Sequence[int], facts: Iterable[Any] | pd.DataFrame, start: float = 0.0
) -> pd.DataFrame:
    """What the chain makes of the vehicles on the road, beside what was printed, and what does not
    close.

    Parameters
    ----------
    stock : ndarray, shape (draws, years)
        Vehicles at 31 December of each year.
    years : sequence of int
        The years.
    facts : table, facts, or pairs
        Printed stocks; days inside a year are compared by interpolation.
    start : float
        Vehicles before the first year.

    Returns
    -------
    pandas.DataFrame
        ``fact, date, printed, modelled_low, modelled, modelled_high, gap, ratio, explanation``; one
        row per fact inside the years. ``gap`` is modelled less printed. The explanation is
        ``closes`` where the printed stock lies inside the 80 % interval, or within 1 %; else
        ``thousands`` where a factor near 1000 points to the units, ``fewer`` or ``more`` where the
        register holds fewer or more than is modelled.

    Examples
    --------
    >>> balance(np.array([[100.0, 300.0]]), [2022, 2023], [(2023, 150)])[["printed", "modelled", "gap", "ratio"]]
       printed  modelled    gap  ratio
    0    150.0     300.0  150.0    2.0
    """
    edges = np.concatenate([np.full((stock.shape[0], 1), float(start)), stock], axis=1)
    inside = [
        count for count in dated_counts(facts) if 0 <= moment(count[0]) - years[0] <= len(years)
    ]
    place = np.array([moment(day) - years[0] for day, _, _ in inside])
    left = np.minimum(place.astype(int), len(years) - 1)
    modelled = edges[:, left] + (edges[:, left + 1] - edges[:, left]) * (place - left)
    ends = quantiles(modelled, (0.1, 0.5, 0.9)).T.tolist()
    rows = [
        _balance_row(label, day, printed, *of)
        for (day, printed, label), of in zip(inside, ends, strict=True)
    ]
    columns = [
        "fact",
        "date",
        "printed",
        "modelled_low",
        "modelled",
        "modelled_high",
        "gap",
        "ratio",
        "explanation",
    ]
    return pd.DataFrame(rows, columns=columns)


def _balance_row(
    label: str, day: dt.date, printed: float, low: float, middle: float, high: float
) -> tuple[object, ...]:
    ratio = middle / printed if printed else np.inf
    return (
        label,
        day,
        printed,
        low,
        middle,
        high,
        middle - printed,
        ratio,
        _explanation(low <= printed <= high or abs(ratio - 1) < 0.01, ratio),
    )


def _explanation(inside: bool, ratio: float) -> str:
    if inside:
        return "closes"
    if 500 <= ratio <= 2000 or 1 / 2000 <= ratio <= 1 / 500:
        return "thousands"
    return "fewer" if ratio > 1 else "more"
