"""What ships with the package.

>>> ledger = central_asia()
>>> len(ledger) > 0
True
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from forecasting.errors import InputError
from forecasting.evidence.ledger import Ledger, read_ledger

__all__ = ["central_asia", "path"]

_DATA = Path(__file__).parents[1] / "data"


def path(name: str) -> Path:
    """Where a shipped file or folder is, e.g. ``ledger`` or ``ledger/uzbekistan.csv``.

    Raises
    ------
    InputError
        Where nothing of that name ships; the message lists what does.
    """
    found = _DATA / name
    if not found.exists() or not found.resolve().is_relative_to(_DATA.resolve()):
        shipped = sorted(item.relative_to(_DATA).as_posix() for item in _DATA.rglob("*") if item.suffix)
        raise InputError(f"{name!r} does not ship; there are: {', '.join(shipped)}")
    return found


@lru_cache(maxsize=1)
def central_asia() -> Ledger:
    """The published facts of five countries and their corridors, from 2016 to 2024, each with its source and date."""
    return read_ledger(path("ledger"))
