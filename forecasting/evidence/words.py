"""A fact in words: what it says, of when, and in relation to what.

>>> from forecasting.evidence.fact import Fact
>>> days = {"period_start": "2023-01-01", "period_end": "2023-04-30"}
>>> columns = {"id": "a", "measure": "ev_imports", "place": "UZ", "relation": "equals", **days}
>>> in_words(Fact(**columns, quantity="yoy_difference", value=-500))
'down 500 vehicles on the year before'
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from forecasting.evidence.rules import REFERENCE_PATTERN, number_text
from forecasting.vocabulary.measures import MEASURES
from forecasting.vocabulary.periods import Period, span
from forecasting.vocabulary.quantities import OPPOSITE, RELATION_WORDS

if TYPE_CHECKING:
    from forecasting.evidence.fact import Fact


ONE_UNIT = {
    "days": "day",
    "dwellings": "dwelling",
    "hours": "hour",
    "persons": "person",
    "points": "point",
    "stations": "station",
    "trains": "train",
    "units": "unit",
    "users": "user",
    "vehicles": "vehicle",
}
# A fact in a line; what it says of a quantity, and in which relation, is declared with these
FACT_IN_LINE = "{place}[ with {partner}], {measure}[, {period}][, since {start}]: {words}"
# When it is of, by the length of the period
ON_DAY = "on {period}"
IN_PERIOD = "in {period}"
ONE_DAY = "{end.day} {end:%b %Y}"
ONE_MONTH = "{end:%b %Y}"
SEVERAL = {  # whole months or days, of one year or of several
    (True, True): "{start:%b}–{end:%b %Y}",
    (True, False): "{start:%b %Y} – {end:%b %Y}",
    (False, True): "{start.day} {start:%b} – {end.day} {end:%b %Y}",
    (False, False): "{start.day} {start:%b %Y} – {end.day} {end:%b %Y}",
}


def in_words(fact: Fact) -> str:
    """What a fact says: its relation and what it stands to, as a sentence writes it.

    Parameters
    ----------
    fact : Fact
        Any fact; a claim, an event or a policy is worded by its quote.

    Returns
    -------
    str
        Without place, measure and period, which stand beside it.

    Examples
    --------
    >>> from forecasting.evidence.fact import Fact
    >>> columns = {"id": "a", "measure": "vehicle_exports", "place": "horgos",
    ...            "period_start": "2023-01-01", "period_end": "2023-12-31"}
    >>> in_words(Fact(**columns, relation="greater_than", value=35000))
    'more than 35,000 vehicles'
    >>> in_words(Fact(**columns, relation="at_least", quantity="yoy_growth_percent", value=-12))
    'down at most 12 % on the year before'
    >>> in_words(Fact(**columns, relation="equals", value=1))
    '1 vehicle'
    >>> other = "vehicle_exports@baktu:2022-01-01/2022-12-31"
    >>> in_words(Fact(**columns, relation="greater_than", reference=other))
    'more than vehicles of all types exported in 2022'
    """
    if fact.quote and fact.measure in ("claim", "event", "policy"):
        return fact.quote
    relation = fact.relation
    start = fact.period_start
    reference = "the whole"
    if fact.reference:
        reference = reference_words(fact.reference, fact.reference_period)
    if math.isnan(fact.value):
        if relation and fact.reference:
            return RELATION_WORDS[relation].format(reference)
        return fact.quote
    message = fact.declared.words
    if fact.declared.turned(fact.value):
        message = fact.declared.fall
        relation = OPPOSITE.get(relation, relation)
    return message.format(
        number=RELATION_WORDS[relation or "equals"].format(_number(abs(fact.value), fact.unit)),
        reference=reference,
        since="the launch" if fact.accumulates or not start else period_words(Period(start, start)),
    )


def _number(value: float, unit: str) -> str:
    digits = f"{value:,.0f}" if value.is_integer() else number_text(value)
    unit = "%" if unit == "percent" else unit.removesuffix(" per day")
    money, _, multiple = unit.partition(" ")
    if multiple and money in ("USD", "CNY"):
        unit = f"{multiple} {money}"
    if digits == "1":
        unit = ONE_UNIT.get(unit, unit)
    return f"{digits} {unit}".strip()


def reference_words(reference: str, period: Period | None = None) -> str:
    """What a fact refers to: another fact, which stands in a row of its own, or a quantity that
    nobody printed.

    Parameters
    ----------
    reference : str
        As in a ledger's column.
    period : Period, optional
        That it is of, where it is of the same flow.

    Examples
    --------
    >>> reference_words("vehicle_exports@baktu:2022-01-01/2022-12-31")
    'vehicles of all types exported in 2022'
    >>> reference_words("article-09")
    'another printed number'
    >>> reference_words("article-09", span("2022-01-01", "2022-12-31"))
    'the number of 2022'
    """
    written = REFERENCE_PATTERN.fullmatch(reference)
    if not written or written["measure"] not in MEASURES:
        if period:
            return f"the number of {period_words(period)}"
        return "another printed number"
    label = MEASURES[written["measure"]].label.lower()
    return f"{label} {when_words(span(written['start'], written['end']))}"


def when_words(period: Period) -> str:
    """A period as a sentence names it: in a year or in some months, on a day.

    Parameters
    ----------
    period : Period
        Any days.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import year
    >>> when_words(year(2022)), when_words(span("2025-05-01", "2025-05-01"))
    ('in 2022', 'on 1 May 2025')
    """
    message = ON_DAY if period.start == period.end else IN_PERIOD
    return message.format(period=period_words(period))


def period_words(period: Period) -> str:
    """A period in words.

    Parameters
    ----------
    period : Period
        Any days.

    Examples
    --------
    >>> from forecasting.vocabulary.periods import month, year
    >>> period_words(year(2022)), period_words(month("2023-05"))
    ('2022', 'May 2023')
    >>> period_words(span("2023-01-01", "2023-04-30"))
    'Jan–Apr 2023'
    >>> period_words(span("2023-01-01", "2023-06-26"))
    '1 Jan – 26 Jun 2023'
    """
    start = period.start
    end = period.end
    label = period.label
    if len(label) == 4:
        return label
    message = SEVERAL[label.count("-") == 2, start.year == end.year]
    if len(label) == 7:
        message = ONE_MONTH
    elif start == end:
        message = ONE_DAY
    return message.format(start=start, end=end)
