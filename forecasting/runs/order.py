"""In which order scenarios run, so that those that rest on the same forecasts make them once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import islice

from forecasting.runs.plan import Run, canonical

__all__ = ["arranged"]

# Groups under way: enough that a group's first ends before its second begins; what they share takes
# room
AT_ONCE = 8


def arranged(runs: Iterable[Run]) -> list[tuple[Run, str]]:
    """Order what is to run: the first of a group well before the others, which find its forecasts
    made.

    Parameters
    ----------
    runs : iterable of Run
        Those that are fresh are left out.

    Returns
    -------
    list of (Run, str)
        Each with the name of what it shares with others; empty if it is alone.
    """
    groups: dict[str, list[Run]] = {}
    for run in runs:
        if not run.fresh:
            groups.setdefault(_group(run), []).append(run)
    left, ordered = iter(groups.items()), list[tuple[Run, str]]()
    while some := list(islice(left, AT_ONCE)):
        ordered += [(first, name if others else "") for name, (first, *others) in some]
        ordered += [(run, name) for name, (_, *others) in some for run in others]
    return ordered


def _group(run: Run) -> str:
    """Name what a scenario's forecasts before drivers depend on; two that are named alike by
    mistake share nothing.
    """
    asked = {key: run.parameters.get(key) for key in ("country", "corridor", "as_of", "seed")}
    return hashlib.sha256(canonical(asked).encode()).hexdigest()[:16]
