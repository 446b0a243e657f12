"""How old the evidence of an outlook is: when the newest outcome that it rests on ended, and when that was printed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from forecasting.measures import MEASURES

if TYPE_CHECKING:
    from forecasting.evidence.fact import Fact
    from forecasting.evidence.ledger import Ledger
    from forecasting.periods import Period

__all__ = ["OLD", "age_words", "days_old"]

OLD = 365  # days after which evidence is called old


def _newest(evidence: Ledger | None) -> Fact | None:
    """The outcome that ends last, of several the one that was published last."""
    counted = [fact for fact in evidence or () if fact.kind == "outcome" and fact.period_end]
    return max(counted, key=lambda fact: (fact.period.end, fact.known_from or dt.date.min), default=None)


def days_old(evidence: Ledger | None, day: dt.date) -> int:
    """Days from the end of the newest outcome to a day; 0 where nothing was counted.

    >>> from forecasting.evidence.datasets import central_asia
    >>> days_old(central_asia().select("TJ", "ev_imports"), dt.date(2024, 7, 30))
    30
    """
    newest = _newest(evidence)
    return (day - newest.period.end).days if newest else 0


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
    end = newest.period.end
    words, then = f"newest count it rests on ends on {_day(end)}", f"was published {_published(newest.published)}."
    if (day - end).days <= OLD:
        return f"The {words} and {then}"
    months = round((day - end).days / 30.44)
    return f"The evidence is old: the {words}, {months} months before {_day(day)}, and {then}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _published(when: Period | None) -> str:
    """A day, a month or a year of publication in words.

    >>> from forecasting.evidence.rules import publication
    >>> _published(publication("2025-05-14")), _published(publication("2025-05")), _published(publication("2025"))
    ('on 14 May 2025', 'in May 2025', 'in 2025')
    """
    if when is None:
        return "on an unknown day"
    if when.days == 1:
        return f"on {_day(when.end)}"
    return f"in {when.end:%B %Y}" if when.days <= 31 else f"in {when.end:%Y}"
