"""How old the evidence of an outlook is, and which of the series that it rests on is due to be
printed again.
"""

import datetime as dt

import numpy as np
import pandas as pd

from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.caveats import Caveat

RECENT_DAYS = 3 * 365  # before the last print; prints in them tell how often a series is printed
SAME_PRINT_DAYS = 14  # prints within these are one
MIN_PRINTS = 3  # of a series
SERIES_COLUMNS = [
    *("measure", "place", "basis", "prints", "every_days"),
    *("newest_end", "last_print", "next_print", "late"),
]
MAX_MISSED_PRINTS = 3  # intervals without a print, after which a series may have ended


def age_of(evidence: Ledger | None, measure: str, day: dt.date) -> Caveat:
    """When the newest outcome ended and was printed.

    Its age depends on the day of the reader, and so is no part of the caveat.

    Parameters
    ----------
    evidence : Ledger or None
        Facts that a flow was forecast from.
    measure : str
        The flow.
    day : date
        Of the forecast.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> age_of(central_asia().select("TJ", "ev_imports"), "ev_imports", dt.date(2026, 3, 31)).kind
    'evidence_new'
    """
    outcomes = [fact for fact in evidence or () if fact.kind == "outcome" and fact.period_end]
    newest = max(
        outcomes, key=lambda fact: (fact.period.end, fact.known_from or dt.date.min), default=None
    )
    if newest is None:
        return Caveat("evidence_none", values={"measure": measure, "day": str(day)})
    return Caveat("evidence_new", (newest,))


def series_due(facts: Ledger, day: dt.date) -> pd.DataFrame:
    """When each printed series was printed last, how often it is, and when it may be expected next.

    A series is what one agency counts of one measure at one place. Prints within two weeks are one;
    the interval is the median of those between the prints of the last three years or, where these
    are too few, of all.

    Parameters
    ----------
    facts : Ledger
        All that is known of a place.
    day : date
        Later prints are ignored.

    Returns
    -------
    pandas.DataFrame
        Columns measure, place, basis, prints, every_days, newest_end (of what was counted),
        last_print, next_print, late (intervals since it was due; 0 where it is not due) and ended
        (silent for so long that it may have ended). Those due come first, the longest due before
        the others; those that may have ended come last.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> series = series_due(central_asia().select("UZ"), dt.date(2026, 3, 31))
    >>> series.columns.tolist()[:5], bool((series["prints"] >= 3).all())
    (['measure', 'place', 'basis', 'prints', 'every_days'], True)
    """
    prints_of_series = [
        (fact.measure, fact.place, fact.basis, fact.known_from, fact.period.end)
        for fact in facts.select(kind=("outcome", "estimate"), as_of=day)
        if fact.period_end
    ]
    published = pd.DataFrame(prints_of_series, columns=[*SERIES_COLUMNS[:3], "known", "end"])
    rows = []
    for series, prints in published.groupby(SERIES_COLUMNS[:3], sort=False):
        days = np.unique([*map(dt.date.toordinal, prints["known"])])
        days = days[np.append(np.diff(days) >= SAME_PRINT_DAYS, True)]  # the last day of each print
        if len(days) < MIN_PRINTS:
            continue
        recent = days[days[-1] - days <= RECENT_DAYS]
        typical = recent if len(recent) >= MIN_PRINTS else days
        interval = int(np.median(np.diff(typical)))
        last_print = dt.date.fromordinal(int(days[-1]))
        next_print = last_print + dt.timedelta(days=interval)
        delay = max((day - next_print).days, 0) / interval
        rows.append(
            (*series, len(days), interval, prints["end"].max(), last_print, next_print, delay)
        )
    table = pd.DataFrame(rows, columns=SERIES_COLUMNS)
    table["ended"] = table["late"] > MAX_MISSED_PRINTS
    return table.sort_values(
        ["ended", "late"], ascending=[True, False], kind="stable", ignore_index=True
    )
