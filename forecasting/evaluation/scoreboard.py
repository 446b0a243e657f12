"""The track record of the facts that ship, stored with the package so that every page has it.

``benches/make_data.py`` makes ``forecasting/data/track_record.csv`` again, in some ten seconds,
after a change of the ledger or of the engine.
"""

import datetime as dt
from functools import lru_cache

import pandas as pd

from forecasting.evaluation.scores import expected_inside
from forecasting.evidence.datasets import central_asia, path
from forecasting.vocabulary.places import place_name


@lru_cache(maxsize=1)
def _stored_record() -> pd.DataFrame:
    text = {"period": str, "basis": str, "outcome_basis": str, "fact": str}
    record = pd.read_csv(path("track_record.csv"), dtype=text)
    return record.astype({"inside": bool, "own_basis": bool})


def record_known_by(day: dt.date, place: str | None = None) -> pd.DataFrame:
    """Earlier forecasts whose outcome had been published by a day, the forecast's own basis first.

    Parameters
    ----------
    day : date
        Nothing that was forecast or published later is shown.
    place : str, optional
        Only this one.

    Returns
    -------
    DataFrame
        As :func:`ledger_record` has it; may be empty.

    Examples
    --------
    >>> record_known_by(dt.date(2022, 12, 31), "UZ")[["as_of", "period", "outcome"]].values.tolist()
    [['2020-12-31', '2020', 131.0]]
    """
    record = _stored_record()
    if place is not None:
        record = record[record["place"] == place]
    days = record["fact"].map(lambda fact: central_asia().get(fact).known_from or dt.date.max)
    rows = record[(days <= day) & (record["as_of"] < day.isoformat())]
    return rows.sort_values(
        ["own_basis", "as_of"], ascending=[False, True], kind="stable", ignore_index=True
    )


def by_place(record: pd.DataFrame) -> pd.DataFrame:
    """The record by place: outcomes on the forecast's own basis, how many lie inside, how many
    should, and the scores.

    Parameters
    ----------
    record : DataFrame
        From :func:`record_known_by`.

    Returns
    -------
    DataFrame
        place, outcomes, inside, expected_low, expected_high, score, rule_score; by the places'
        names, and the last row is of all.
    """
    own_outcomes = record[record["own_basis"]]
    by_name = own_outcomes.groupby(own_outcomes["place"].map(place_name))
    rows = []
    for name, part in [*by_name, ("All", own_outcomes)]:
        low, high = expected_inside(len(part))
        counts = {
            "place": name,
            "outcomes": len(part),
            "inside": int(part["inside"].sum()),
            "expected_low": low,
            "expected_high": high,
        }
        rows.append(counts | part[["score", "rule_score"]].mean().to_dict())
    return pd.DataFrame(rows)
