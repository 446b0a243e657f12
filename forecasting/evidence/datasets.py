"""What ships with the package.

>>> ledger = central_asia()
>>> len(ledger) > 0
True
"""

import csv
from functools import lru_cache
from pathlib import Path

import pandas as pd

from forecasting.evidence.fact import typed_facts
from forecasting.evidence.ledger import Ledger
from forecasting.evidence.rules import settled
from forecasting.vocabulary.arguments import takes, text
from forecasting.vocabulary.door import names_of_module
from forecasting.vocabulary.errors import InputError
from forecasting.vocabulary.names import DATA

DAYS_A_YEAR = 365.25


@takes(InputError, name=text())
def path(name: str) -> Path:
    """Where a shipped file or folder is, e.g. ``ledger`` or ``ledger/uzbekistan.csv``.

    Parameters
    ----------
    name : str
        E.g. ``ledger``.

    Returns
    -------
    Path
        Of a file or folder inside the package.

    Raises
    ------
    InputError
        Where nothing of that name ships; the message lists what does.

    Examples
    --------
    >>> path("ledger/uzbekistan.csv").name
    'uzbekistan.csv'
    """
    shipped_path = DATA / name
    if not shipped_path.exists() or not shipped_path.resolve().is_relative_to(DATA.resolve()):
        shipped = sorted(
            item.relative_to(DATA).as_posix() for item in DATA.rglob("*") if item.suffix
        )
        raise InputError(f"{name!r} does not ship; there are: {', '.join(shipped)}")
    return shipped_path


@lru_cache(maxsize=1)
def central_asia() -> Ledger:
    """The published facts of five countries and their corridors, from 2016 to 2026, each with its
    source and date.

    Their rows are read as they stand: that each keeps the rules of a ledger is tested, and checked
    by ``ev-forecast check``.
    """
    rows = []
    for file in sorted(path("ledger").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            rows += [settled(row) for row in csv.DictReader(lines)]
    return Ledger(typed_facts(rows))


def programmes() -> pd.DataFrame:
    """Programmes of charging, cars, plants and buses that were to stand on a day, and what stood.

    Returns
    -------
    DataFrame
        One row a programme, with its source: its ``kind`` (charging, cars, plants or buses),
        ``planned`` until the day ``due``, of which so many
        ``stood`` when it was ``counted``; the day on which it was ``reached``, where it was. The
        ``share`` that stood, and ``years_late`` of what was reached.

    Examples
    --------
    >>> heavy = programmes()["kind"].isin(["plants", "buses"])
    >>> plants_and_buses, table = programmes()[heavy], programmes()[~heavy]
    >>> len(plants_and_buses), int((plants_and_buses["share"] == 1).sum())
    (10, 3)
    >>> len(table), int((table["share"] == 1).sum()), round(float(table["share"].median()), 2)
    (17, 4, 0.52)
    >>> table["years_late"][table["share"] < 1].dropna().round(1).sort_values().tolist()
    [0.6, 1.3, 2.0, 2.7, 2.8]
    """
    table = pd.read_csv(path("programmes.csv"), parse_dates=["due", "counted", "reached"])
    delay = (table["reached"] - table["due"]).dt.days / DAYS_A_YEAR
    return table.assign(
        share=(table["stood"] / table["planned"]).clip(upper=1), years_late=delay.clip(lower=0)
    )


def __dir__() -> list[str]:
    return names_of_module(globals())
