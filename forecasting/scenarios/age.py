"""How old the evidence of an outlook is: when the newest outcome that it rests on ended, and when that was printed."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from forecasting.evidence.rules import known_from
from forecasting.measures import MEASURES
from forecasting.periods import as_date

if TYPE_CHECKING:
    from forecasting.evidence.ledger import Ledger

__all__ = ["OLD", "age_words", "days_old"]

OLD = 365  # days after which evidence is called old


def _newest(evidence: Ledger | None) -> tuple[dt.date, str] | None:
    """The end of the outcome that ends last, and its publication as it is written."""
    if evidence is None:
        return None
    frame = evidence.frame
    counted = frame[(frame["kind"] == "outcome") & (frame["period_end"] != "")]
    if counted.empty:
        return None
    row = counted.sort_values(["period_end", "published"], kind="stable").iloc[-1]
    return as_date(row["period_end"]), str(row["published"])


def days_old(evidence: Ledger | None, day: dt.date) -> int:
    """Days from the end of the newest outcome to a day; 0 where nothing was counted.

    >>> from forecasting.evidence.datasets import central_asia
    >>> days_old(central_asia().select("TJ", "ev_imports"), dt.date(2024, 7, 30))
    30
    """
    newest = _newest(evidence)
    return (day - newest[0]).days if newest else 0


def age_words(evidence: Ledger | None, measure: str, day: dt.date) -> str:
    """The age of the evidence in one sentence, said aloud where it is older than a year.

    Parameters
    ----------
    evidence : Ledger or None
        Facts that a flow was forecast from.
    measure : str
        The flow.
    day : date
        To which the age is counted.

    Examples
    --------
    >>> from forecasting.evidence.datasets import central_asia
    >>> age_words(central_asia().select("TJ", "ev_imports"), "ev_imports", dt.date(2026, 3, 31))[:96]
    'The evidence is old: the newest count it rests on ends on 30 June 2024, 21 months before 31 Marc'
    """
    newest = _newest(evidence)
    if newest is None:
        label = MEASURES[measure].label.lower()
        return f"Nobody has printed {label} by {_day(day)}: this rests on other markets alone."
    end, printed = newest
    words, then = f"newest count it rests on ends on {_day(end)}", f"was published {_published(printed)}."
    if (day - end).days <= OLD:
        return f"The {words} and {then}"
    months = round((day - end).days / 30.44)
    return f"The evidence is old: the {words}, {months} months before {_day(day)}, and {then}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _published(text: str) -> str:
    """A day, a month or a year of publication in words.

    >>> _published("2025-05-14"), _published("2025-05"), _published("2025")
    ('on 14 May 2025', 'in May 2025', 'in 2025')
    """
    known = known_from(text)
    if known is None or re.fullmatch(r"\d{4}", text):
        return f"in {text}" if text else "on an unknown day"
    return f"on {_day(known)}" if len(text) > 7 else f"in {known:%B %Y}"
