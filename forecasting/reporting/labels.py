"""Numbers and names as a reader sees them: few digits, thin words, the same everywhere.

>>> readable(2543.7), readable(0.0312), interval(812.0, 15432.0)
('2,540', '0.031', '812 to 15,400')
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from forecasting.measures import MEASURES
from forecasting.periods import Period, span

if TYPE_CHECKING:
    from forecasting.demand.parameters import Assumption
    from forecasting.parameters.schema import Range

__all__ = [
    "amount",
    "amounts",
    "inert",
    "interval",
    "label_of",
    "period_words",
    "range_words",
    "readable",
    "rounded",
    "statement",
    "unit_of",
]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rounded(values: Iterable[float], digits: int = 4) -> list[float | None]:
    """Values to so many significant digits, missing ones as None: small and stable in a stored figure.

    Examples
    --------
    >>> rounded([1234567.0, 0.000123456, float("nan")])
    [1235000.0, 0.0001235, None]
    """
    return [float(f"{value:.{digits}g}") if math.isfinite(value) else None for value in values]


def readable(value: float, digits: int = 3) -> str:
    """A number in so many significant digits; whole numbers below ten thousand keep all of theirs if they are exact.

    Examples
    --------
    >>> readable(22400), readable(2180), readable(1234567), readable(12.345), readable(float("nan"))
    ('22,400', '2,180', '1,230,000', '12.3', '–')
    """
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    if float(value).is_integer() and abs(value) < 10_000:
        return f"{value:,.0f}"
    short = float(f"{value:.{digits}g}")
    if abs(short) >= 10 ** (digits - 1):
        return f"{short:,.0f}"
    decimals = max(digits - 1 - math.floor(math.log10(abs(short))), 0)
    return f"{short:.{decimals}f}".rstrip("0").rstrip(".") if abs(short) >= 1 else f"{short:.2g}"


def interval(lower: float, upper: float) -> str:
    """Two ends of an interval.

    >>> interval(1.0, 2.5)
    '1 to 2.5'
    """
    return f"{readable(lower)} to {readable(upper)}"


def amount(value: float, measure: str) -> str:
    """A result in three digits; what is counted one by one has no decimals.

    Examples
    --------
    >>> amount(85.12, "charging_points_need"), amount(85.12, "energy_gwh"), amount(0.4, "ev_stock")
    ('85', '85.1', '0')
    """
    whole = unit_of(measure) in ("vehicles", "points", "stations", "units") and math.isfinite(value)
    return readable(round(float(f"{value:.3g}")) if whole else value)


def amounts(lower: float, upper: float, measure: str) -> str:
    """The two ends of an interval of results.

    >>> amounts(13.9, 484.2, "charging_points_need")
    '14 to 484'
    """
    return f"{amount(lower, measure)} to {amount(upper, measure)}"


def unit_of(measure: str) -> str:
    """The unit of a measure, nothing for an unknown one.

    >>> unit_of("energy_gwh")
    'GWh'
    """
    return MEASURES[measure].unit if measure in MEASURES else ""


def label_of(measure: str) -> str:
    """What a reader sees of a measure.

    >>> label_of("ev_stock"), label_of("ferry_tickets")
    ('Electric vehicles on the road', 'ferry tickets')
    """
    return MEASURES[measure].label if measure in MEASURES else measure.replace("_", " ")


def period_words(period: Period) -> str:
    """A period in words, as short as is exact.

    Examples
    --------
    >>> from forecasting.periods import month, span, year
    >>> period_words(year(2022)), period_words(month("2023-05")), period_words(span("2023-01-01", "2023-04-30"))
    ('2022', 'May 2023', 'Jan–Apr 2023')
    >>> period_words(span("2023-01-01", "2023-06-26"))
    '1 Jan – 26 Jun 2023'
    """
    start, end, label = period.start, period.end, period.label
    first, last = MONTHS[start.month - 1], MONTHS[end.month - 1]
    if len(label) == 4:
        return label
    if len(label) == 7:
        return f"{first} {start.year}"
    if start == end:
        return f"{start.day} {first} {start.year}"
    if label.count("-") == 2:
        return f"{first}–{last} {end.year}" if start.year == end.year else f"{first} {start.year} – {last} {end.year}"
    return f"{start.day} {first}{'' if start.year == end.year else f' {start.year}'} – {end.day} {last} {end.year}"


RELATION_WORDS = {
    "equals": "",
    "about": "about ",
    "at_least": "at least ",
    "at_most": "at most ",
    "greater_than": "more than ",
    "less_than": "less than ",
}
QUANTITY_WORDS = {
    "yoy_growth_percent": " % on the year",
    "yoy_difference": " more than a year before",
    "per_day": " a day",
    "share_percent": " % of ",
}


def statement(row: Any) -> str:
    """A fact's relation and value in words.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> statement(Row(relation="greater_than", quantity="per_day", value=100.0, reference="", unit="vehicles"))
    'more than 100 a day'
    >>> statement(Row(relation="equals", quantity="yoy_growth_percent", value=410.4, reference="", unit="percent"))
    '410.4 % on the year'
    """
    words = RELATION_WORDS.get(row.relation, "")
    if math.isnan(row.value):
        return f"{words}{reference_words(row.reference)}" if row.reference else str(getattr(row, "quote", ""))
    number = f"{row.value:,.10g}"
    if row.quantity == "share_percent":
        return f"{words}{number} % of {reference_words(row.reference) if row.reference else 'the total'}"
    return f"{words}{number}{QUANTITY_WORDS.get(row.quantity, f' {row.unit}' if row.unit else '')}"


def reference_words(reference: str) -> str:
    """What a fact refers to: another fact by its id, or a quantity that nobody printed.

    Examples
    --------
    >>> reference_words("vehicle_exports@baktu:2022-01-01/2022-12-31"), reference_words("article-09")
    ('vehicles exported, all types, in 2022', 'article-09')
    """
    measure, at, rest = reference.partition("@")
    start, _, end = rest.partition(":")[2].partition("/")
    if not (at and start and end):
        return reference
    return f"{label_of(measure).lower()}, in {period_words(span(start, end))}"


def range_words(given: Range | Assumption) -> str:
    """A range: its likeliest value, and its ends.

    Examples
    --------
    >>> from types import SimpleNamespace as Range
    >>> range_words(Range(low=1.0, mode=1.2, high=1.5)), range_words(Range(low=0.8, mode=0.8, high=0.8))
    ('1.2 (1 to 1.5)', '0.8')
    """
    if given.low == given.high:
        return readable(given.mode)
    return f"{readable(given.mode)} ({interval(given.low, given.high)})"


def inert(text: object) -> str:
    """Text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> inert("=cmd|' /C calc'!A0"), inert("-5 points"), inert("plain")
    ("'=cmd|' /C calc'!A0", "'-5 points", 'plain')
    """
    words = str(text)
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else words
