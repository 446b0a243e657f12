"""How earlier forecasts of a place did, and of all places: what was forecast at each year's end,
and what came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from forecasting.errors import InputError
from forecasting.evaluation.archive import archive_record
from forecasting.evaluation.scoreboard import by_place, record_known_by
from forecasting.evidence.datasets import central_asia
from forecasting.reporting.display import HIGH, LOW, BulletList, Table, plain_frame
from forecasting.reporting.labels import amount, label_of, label_words
from forecasting.reporting.score_words import others_words, record_sentence

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from forecasting.scenarios.outlook import Outlook

AMOUNTS = {"median": "median", LOW: "low", HIGH: "high", "printed since": "outcome"}


def past_forecasts(outlook: Outlook) -> Table | BulletList:
    """What would have been forecast at the end of each year with the facts of that day, beside what
    was printed since.

    Parameters
    ----------
    outlook : Outlook
        Of a country; earlier forecasts are without its events.

    Returns
    -------
    Table or BulletList
        Forecasts of earlier days beside the outcomes, in the unit of the flow; a line where
        there is none.

    Raises
    ------
    InputError
        Where an argument is none of what is taken; the message names it.

    Examples
    --------
    >>> import forecasting as fc
    >>> outlook = fc.outlook("turkmenistan-baseline", draws=50)
    >>> type(fc.tables.past_forecasts(outlook)).__name__
    'BulletList'
    """
    record = record_known_by(outlook.as_of, outlook.results.country)
    if record.empty:
        return BulletList(
            [
                "No forecast of an earlier year's end has an outcome yet: nothing was printed "
                "since, or before."
            ]
        )
    names = record["measure"]
    shown = {
        "forecast of": record["as_of"],
        "what": names.map(label_of),
        "period": record["period"].map(label_words),
        **{head: list(map(amount, record[column], names)) for head, column in AMOUNTS.items()},
        "inside": record["inside"].map({True: "yes", False: "no"}),
        "counted by others": others_words(record),
    }
    return Table(plain_frame(shown), caption=record_sentence(record))


def scoreboard(day: dt.date) -> dict[str, Any] | None:
    """The same of all places for the index: one sentence, and a row a place.

    Parameters
    ----------
    day : date
        Nothing later is shown.

    Returns
    -------
    dict or None
        ``sentence`` and ``table``; None where no forecast has an outcome.
    """
    return _board(record_known_by(day))


def kept_forecasts(folder: Path, day: dt.date) -> dict[str, Any] | None:
    """The same of forecasts that were kept as they were made.

    Parameters
    ----------
    folder : Path
        The archive of an output folder; it may be missing.
    day : date
        Nothing printed later is shown.
    """
    try:
        return _board(archive_record(folder, central_asia().select(as_of=day, partner=None)))
    except InputError:  # none is kept, or nothing was printed since
        return None


def _board(record: pd.DataFrame) -> dict[str, Any] | None:
    if record.empty:
        return None
    rows = [
        {
            "Place": row["place"],
            "Inside 80 %": f"{row['inside']} of {row['outcomes']}",
            "Expected": f"{row['expected_low']} to {row['expected_high']}",
            "Score": f"{row['score']:.2f}",
            "The rule's": f"{row['rule_score']:.2f}",
        }
        for row in by_place(record).to_dict("records")
    ]
    return {"sentence": record_sentence(record), "table": Table(plain_frame(rows))}
