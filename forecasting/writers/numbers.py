"""Numbers as a reader sees them: few digits, the same everywhere.

>>> readable(2543.7), readable(0.0312), interval(812.0, 15432.0)
('2,540', '0.031', '812 to 15,400')
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from forecasting.vocabulary.catalogues import digits as in_digits
from forecasting.vocabulary.sentences import Term, filled, sentence

MINUS = "\u2212"  # the sign, wider than a hyphen
ENDS = "{low} to {high}"
# Of which the upper one alone is in millions
ENDS_OF_TWO_UNITS = Term("{low} to {high}", "ends of two units")
GROWTH_ENDS = Term("{low} to {high}", "growth")
PERCENT = "{number} %"
OVER = "over 99 %"
UNDER = "under 1 %"


def rounded(values: Iterable[float]) -> list[float | None]:
    """Values to four significant digits, missing ones as None: small and stable in a stored
    figure.

    Examples
    --------
    >>> rounded([1234567.0, 0.000123456, float("nan")])
    [1235000.0, 0.0001235, None]
    """
    return [float(f"{value:.4g}") if math.isfinite(value) else None for value in values]


def readable(value: float, digits: int = 3) -> str:
    """A number in so many significant digits; whole numbers below ten thousand keep all of theirs
    if they are exact.

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
        return in_digits(f"{value:,.0f}")
    short = float(f"{value:.{digits}g}")
    if abs(short) >= 10 ** (digits - 1):
        return in_digits(f"{short:,.0f}")
    if abs(short) < 1:
        return in_digits(f"{short:.2g}")
    decimals = max(digits - 1 - math.floor(math.log10(abs(short))), 0)
    return in_digits(f"{short:.{decimals}f}".rstrip("0").rstrip("."))


class ReadNumber(float):
    """A number that is read as `readable` words it, and is written into a workbook as it is.

    >>> print(ReadNumber(0.0312))
    0.031
    """

    def __str__(self) -> str:
        return readable(self)


def interval(lower: float, upper: float, digits: int = 3) -> str:
    """Two ends of an interval.

    >>> interval(1.0, 2.5)
    '1 to 2.5'
    """
    return range_words(readable(lower, digits), readable(upper, digits))


def range_words(low: str, high: str) -> str:
    """The two ends of an interval in words.

    >>> range_words("29,000", "1.4 million")
    '29,000 to 1.4 million'
    """
    if low[-1:].isdigit() and high[-1:].isalpha():
        return filled(str(ENDS_OF_TWO_UNITS), low=low, high=high)
    return sentence(ENDS, low=low, high=high)


def growth_range(low: str, high: str) -> str:
    """The two ends of an interval of rates, which have signs.

    >>> growth_range("−7 %", "+65 %")
    '−7 % to +65 %'
    """
    return filled(str(GROWTH_ENDS), low=low, high=high)


def percent(value: float) -> str:
    """A rate of growth: a rise with its sign, in whole per cent from ten on.

    >>> percent(363.3), percent(-7.44), percent(0.0)
    ('+363 %', '−7.4 %', '0 %')
    """
    return sentence(PERCENT, number=signed(value))


def signed(value: float) -> str:
    """The number of such a rate.

    >>> signed(363.3)
    '+363'
    """
    digits = int(abs(value) < 10)
    short = readable(round(value, digits)).replace("-", MINUS)
    return f"+{short}" if value > 0 and short != "0" else short


def whole_percent(share: float) -> str:
    """A part of the whole, in whole per cent.

    >>> whole_percent(0.138)
    '14 %'
    """
    return sentence(PERCENT, number=f"{100 * share:.0f}")


def probability_words(share: float) -> str:
    """A probability in whole per cent; what draws count as certain or impossible is hardly that.

    >>> probability_words(0.138), probability_words(0.9991), probability_words(0.0)
    ('14 %', 'over 99 %', 'under 1 %')
    """
    if share >= 0.995:
        return sentence(OVER)
    if share <= 0.005:
        return sentence(UNDER)
    return whole_percent(share)
