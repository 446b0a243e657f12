"""Numbers as people print them, in cells and in sentences: marks of thousands, decimal marks,
multipliers, signs.

>>> [number.value for number in numbers_in("28 948 cars, 5.1 thousand of them in 2,5 months")]
[28948.0, 5100.0, 2.5]
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from forecasting.vocabulary.quantities import RELATIONS

# What a number is multiplied by, in words beside it or in a head; in full, or with their endings
MULTIPLIERS = {
    1e9: r"billions?|bn|млрд\.?|миллиард(?:а|ов)?",
    1e6: r"millions?|mln\.?|mio\.?|млн\.?|миллион(?:а|ов)?",
    1e3: r"thousands?|thous\.?|thsd\.?|k|тыс\.?|тысяч[аиеу]?|ming|минг|'?000s?|'?000's",
}
CHINESE_MULTIPLIERS = {1e6: "百万", 1e4: "万", 1e3: "千"}  # which touch the words beside them
PERCENT = r"%|per ?cent\b|pct\b|процент\w*|проц\.?"
TIMES = r"-?\s?(?:times|fold|x|×|раза?)\b|×"
# Signs before a number that say how it stands to the value
SIGNS = dict(zip("=~≥≤><", RELATIONS, strict=True)) | {"≈": "about", "±": "about"}
NOTHING = ("", "-", "–", "—", "−", "...", "…", "..", ".", ":", "x", "х", "n/a", "na", "n.a.",
           "н/д", "нд", "н.д.", "нет данных", "nan", "null", "none", "no data")  # fmt: skip
FOOTNOTES = r"[*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰ᵃᵇᶜ]+"
# Soft hyphens, and marks that join or part letters without a width
WITHOUT_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))

_SPACES = "\u00a0\u202f\u2009 "
_DIGITS = rf"(?:\d{{1,3}}(?:[{_SPACES}'’]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
_MULTIPLIER = "|".join(MULTIPLIERS.values())
_CHINESE = "|".join(CHINESE_MULTIPLIERS.values())
_NUMBER = re.compile(
    rf"(?P<sign>[+−–-])?(?P<digits>{_DIGITS})"
    rf"(?:\s?(?P<percent>{PERCENT})|\s?(?P<times>{TIMES})"
    rf"|\s?(?P<power>(?:{_MULTIPLIER})(?![^\W\d_])|{_CHINESE}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Number:
    """One number in a text.

    Parameters
    ----------
    value : float
        With its multiplier and its sign.
    scale : float
        What the digits were multiplied by.
    half_digit : float
        Half a unit of the last printed digit.
    percent, times : bool
        Whether it is of percent, or a factor.
    sign : str
        Printed before it.
    start, end : int
        Where it stands.
    """

    value: float
    scale: float = 1.0
    half_digit: float = 0.5
    percent: bool = False
    times: bool = False
    sign: str = ""
    start: int = 0
    end: int = 0


def plain_text(text: str) -> str:
    r"""A text with single spaces of one kind and digits 0 to 9, footnote marks as they are.

    >>> plain_text("In  the\nfirst half,\u00a08\u202f179 ve\u00adhicles; ٣٢٠¹")
    'In the first half, 8 179 vehicles; 320¹'
    """
    if not text.isascii():
        text = text.translate(WITHOUT_WIDTH)
        text = "".join(_plain_sign(sign) for sign in text)
    return " ".join(text.split())


def _plain_sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if unicodedata.category(sign) == "No":  # a raised digit is a footnote
        return sign
    return {"٫": ".", "٬": " "}.get(sign) or unicodedata.normalize("NFKC", sign)


def multiplier_in(text: str) -> float:
    """The thousand or million that a text names, e.g. of a head; 1 where it names none.

    >>> multiplier_in("EV sales, тыс. шт."), multiplier_in("EV sales ('000)")
    (1000.0, 1000.0)
    >>> multiplier_in("销量(万辆)")
    10000.0
    """
    for scale, words in MULTIPLIERS.items():
        if re.search(rf"(?<![\w.,])(?:{words})(?!\w)", text, re.IGNORECASE):
            return scale
    for scale, sign in CHINESE_MULTIPLIERS.items():
        if re.search(rf"(?<![一-鿿]){sign}(?:[辆輛台个個]|(?![一-鿿]))", text):
            return scale
    return 1.0


def value_of_digits(digits: str, decimal: str = "") -> tuple[float, int] | None:
    """The value of digits with marks, and how many decimals they have.

    Parameters
    ----------
    digits : str
        E.g. ``1 909 961,5``.
    decimal : str
        The decimal mark, where it is known.

    Returns
    -------
    tuple of float and int, or None
        None of what is no number, and of what may be two: 1,234 where the mark is not known.

    Examples
    --------
    >>> [value_of_digits(digits) for digits in ("2,180", "69,8", "1 909 961,5", "1.234.567", "3 4")]
    [None, (69.8, 1), (1909961.5, 1), (1234567.0, 0), None]
    >>> value_of_digits("2,180", ".")
    (2180.0, 0)
    """
    digits = re.sub(f"[{_SPACES}'’]", " ", digits)
    if not decimal and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits):
        return None
    decimal = decimal or _mark_before_decimals(digits)
    integer, mark, decimals = digits, "", ""
    if decimal and decimal in digits:
        integer, mark, decimals = digits.rpartition(decimal)
    if not _is_integer(integer) or (mark and not decimals.isdigit()):
        return None
    digits_of_integer = re.sub("[ .,]", "", integer)
    return float(digits_of_integer + mark.replace(",", ".") + decimals), len(decimals)


def _mark_before_decimals(digits: str) -> str:
    """The mark that occurs once, or the second of two kinds; empty where there is none."""
    marks = [mark for mark in digits if mark in ".,"]
    has_decimals = len({*marks}) == 2 or len(marks) == 1
    return marks[-1] if has_decimals else ""


def _is_integer(digits: str) -> bool:
    """Whether digits have no marks, or one kind of mark between groups of three."""
    groups = re.split("[ .,]", digits)
    if len(groups) == 1:
        return True
    if len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:]):
        return False
    return len({*re.findall("[ .,]", digits)}) == 1 and groups[0][0] != "0"


def decimal_mark(texts: Iterable[str], separator: str = "") -> str:
    """The decimal mark of the numbers of a file; empty where they leave it open.

    Parameters
    ----------
    texts : iterable of str
        Cells; what is no number is passed over.
    separator : str
        Between the cells of a file of text: a comma there is no decimal mark.

    Examples
    --------
    >>> decimal_mark(["1,5", "2"]), decimal_mark(["1,500"]), decimal_mark(["1,500"], ",")
    (',', '', '.')
    >>> decimal_mark(["1.500", "131", "2.501"])
    ''
    """
    marks: set[str] = set()
    is_open = False
    for text in texts:
        digits = text.strip(" +-−–%")
        if not (re.fullmatch(_DIGITS, digits) and re.search("[.,]", digits)):
            continue
        if value_of_digits(digits) is None:
            # A comma between cells is none before decimals
            is_open = is_open or separator != "," or "," not in digits
        else:
            marks.add(_mark_before_decimals(digits) or _decimal_of(digits))
    if len(marks) == 1:
        return marks.pop()
    return "" if marks or is_open else "."


def _second_mark(mark: str) -> str:
    return "." if mark == "," else ","


def numbers_in(text: str, decimal: str = "") -> list[Number]:
    """Every number of a text, in its order.

    Parameters
    ----------
    text : str
        From `plain_text`.
    decimal : str
        The decimal mark; where it is not known, a mark before three digits is of thousands.
    """
    numbers = []
    for match in _NUMBER.finditer(text):
        read = value_of_digits(match["digits"], decimal)
        if read is None and not decimal:
            read = value_of_digits(match["digits"], _decimal_of(match["digits"]))
        if read is None:
            continue
        scale = multiplier_in(match["power"]) if match["power"] else 1.0
        sign = match["sign"] or ""
        value = (-read[0] if sign and sign != "+" else read[0]) * scale
        if math.isinf(value):  # of more than 300 digits
            continue
        numbers.append(
            Number(
                value=round(value, 9),
                scale=scale,
                half_digit=0.5 * 10.0 ** -read[1] * scale,
                percent=match["percent"] is not None,
                times=match["times"] is not None,
                sign=sign,
                start=match.start(),
                end=match.end(),
            )
        )
    return numbers


def _decimal_of(digits: str) -> str:
    """The decimal mark of digits that leave it open: a mark before three digits is of thousands."""
    marks = [mark for mark in digits if mark in ".,"]
    return _second_mark(marks[0]) if marks else ""


def printed_number(text: str, decimal: str = "") -> float | None:
    """The number of a text that is one: in groups of three digits, with a multiplier, in percent;
    None of any other text.

    >>> printed_number("100,000"), printed_number("1.2 million"), printed_number("10 %")
    (100000.0, 1200000.0, 10.0)
    >>> printed_number("9" * 400), printed_number("1e400")
    (None, None)
    """
    words = plain_text(text)
    for number in numbers_in(words, decimal):
        if (number.start, number.end) == (0, len(words)) and not number.times:
            return number.value
    if re.fullmatch(r"[+-]?\d+(?:\.\d+)?e[+-]?\d{1,3}", words, re.IGNORECASE):
        value = float(words)
        return value if math.isfinite(value) else None
    return None
