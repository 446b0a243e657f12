"""The number of one cell: its digits, whatever sets thousands apart, and the unit beside them.

>>> amount_of("1’370*", ".").digits, amount_of("1,2 тыс.", ",").factor, amount_of("н/д", ".")
('1370', 1000.0, None)
"""

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from forecasting.reading.rules import cell_text, number_text
from forecasting.reading.spreadsheets.cell_grid import ShownNumber
from forecasting.reading.spreadsheets.terms import (
    RAISED_DIGITS,
    is_not_known,
    unit_of,
    without_footnote_marks,
)

SPACES = " \u00a0\u2000-\u200a\u202f\u205f\u3000"
_PLAIN_SIGNS = str.maketrans(
    {"\u2212": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'"}
)
_PRINTED_NUMBER = re.compile(
    rf"(?P<about>[~≈]\s?|(?:около|ок\.|примерно|about|approx\.?|ca\.?|c\.|约|taxminan|тахминан|"
    rf"шамамен)\s)?"
    rf"(?P<sign>[+-]?)(?P<digits>\d[\d.,'{SPACES}]*|\.\d+)(?P<tail>.*)",
    re.IGNORECASE | re.DOTALL,
)
OTHER_MARK = {",": ".", ".": ","}
_GROUPS = {
    # marks of thousands, by the decimal mark that goes with them
    ".": rf"\d{{1,3}}(?:[,'{SPACES}]\d{{3}})+|\d{{1,2}}(?:,\d\d)+,\d{{3}}",
    ",": rf"\d{{1,3}}(?:[.'{SPACES}]\d{{3}})+",
}


class Amount(NamedTuple):
    """What one cell of numbers says.

    Parameters
    ----------
    digits : str
        With a point alone; its last digit tells how finely the number is known.
    factor : float
        What the cell itself says that it is multiplied by; 0 where it says nothing.
    kind : {"count", "percent", "money", ""}
        What the cell itself says of its unit.
    relation : {"equals", "about"}
        How near it is.
    divided : float
        What the form of its cell divides it by before it is shown.
    """

    digits: str
    factor: float = 0.0
    kind: str = ""
    relation: str = "equals"
    divided: float = 1.0

    @property
    def value(self) -> float:
        """In the unit that is printed."""
        return float(self.digits)


def amount_of(cell: object, decimal: str = ".", signs: tuple[str, ...] = ()) -> Amount | None:
    """The number of a cell; None where it holds none that is known.

    Parameters
    ----------
    cell : object
        Text, a number, a day or nothing.
    decimal : str
        The decimal mark of texts.
    signs : tuple of str
        What stands for a number that is not known, beside the usual signs.

    Raises
    ------
    ValueError
        Where it is a text that is no number.
    """
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, ShownNumber):
        unit = unit_of(cell.unit)
        kind = "percent" if cell.percent else unit.kind
        divided = 1000.0**cell.thousands
        return Amount(cell_text(float(cell)), unit.factor, kind, "equals", divided)
    if isinstance(cell, int | float):
        return Amount(cell_text(cell)) if cell == cell else None
    if isinstance(cell, dt.date):
        raise ValueError(f"{cell} is a day, no number")
    return _amount_of_text(str(cell), decimal, signs)


@lru_cache(maxsize=65536)
def _amount_of_text(text: str, decimal: str, signs: tuple[str, ...]) -> Amount | None:
    if is_not_known(text, signs):
        return None
    clean = _without_raised_digits(text)
    clean = unicodedata.normalize("NFKC", clean).translate(_PLAIN_SIGNS).strip()
    clean = re.sub(r"\A([+-])\s+(?=\d)", r"\1", clean)
    clean = re.sub(r"\A([+-]?)%\s?(\d.*)", r"\1\2%", clean)  # Turkish writes the sign first
    if is_not_known(clean, signs):
        return None
    match = _PRINTED_NUMBER.fullmatch(clean)
    if re.fullmatch(r"[+-]?\d+(\.\d+)?e[+-]?\d{1,2}", clean, re.IGNORECASE):
        return Amount(number_text(float(clean)))
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a number")
    digits = match["digits"].rstrip(",'").rstrip()
    tail = (match["digits"][len(digits) :] + match["tail"]).strip()
    unit = unit_of(tail)
    if tail and (unit.remainder.strip(" .") or not unit.factor):
        raise ValueError(f"{text[:40]!r} is not a number")
    sign = match["sign"].strip("+")
    number = _plain_digits(digits, decimal)
    if number is None:
        raise ValueError(f"{text[:40]!r} is not a number")
    return Amount(sign + number, unit.factor, unit.kind, "about" if match["about"] else "equals")


_GROWTH_IN_TIMES = re.compile(
    r"(?:в )?(?P<digits>\d+(?:[.,]\d+)?)\s?(?:-?\s?х\s)?(?:раза?|times|marta|марта|баробар|"
    r"есе|эсе|kat|barobar|倍)\W*",
    re.IGNORECASE,
)


def growth_in_times(cell: object) -> Amount | None:
    """The growth in percent of a cell that says how many times as many; None where it says none.

    >>> growth_in_times("в 3,3 раза").digits, growth_in_times("3,3")
    ('230', None)
    """
    match = _GROWTH_IN_TIMES.fullmatch(str(cell).strip())
    if match is None:
        return None
    times = float(match["digits"].replace(",", "."))
    return Amount(number_text(round(100 * (times - 1), 6)), 1.0, "percent", "about")


def _without_raised_digits(text: str) -> str:
    """A cell without the marks of its footnotes, raised digits behind its number among them."""
    return re.sub(rf"(?<=\d)\s?[{RAISED_DIGITS}]+\)?", "", without_footnote_marks(text))


def _plain_digits(digits: str, decimal: str) -> str | None:
    """Digits with a point alone; None where their marks are none of a number.

    Where the marks of a number cannot be read by the decimal mark of its table, they are read by
    the other one: 16 108,0 is no number of groups.
    """
    return _digits_by(digits, decimal) or _digits_by(digits, OTHER_MARK[decimal])


def _digits_by(digits: str, decimal: str) -> str | None:
    number, mark, decimals = digits.removesuffix(decimal).rpartition(decimal)
    if not mark:
        number = decimals
    elif not decimals.isdecimal():
        return None
    if re.fullmatch(_GROUPS[decimal], number):
        number = re.sub(r"\D", "", number)
    if number and not number.isdecimal():
        return None
    return f"{number or '0'}.{decimals}" if mark else number


def bare_digits(text: str) -> str:
    """The digits of a cell with their points and commas, without the mark of a footnote.

    >>> bare_digits("1,147[1]"), bare_digits("1 370,5 тыс.")
    ('1,147', '1370,5')
    """
    clean = _without_raised_digits(text)
    return re.sub(r"[^\d.,]", "", clean).strip(".,")


def decimal_mark(texts: Iterable[str]) -> tuple[str, bool]:
    """The decimal mark of the numbers of a table, and whether they show it.

    Parameters
    ----------
    texts : iterable of str
        Cells with numbers.

    Returns
    -------
    tuple of str and bool
        A point and False where every mark may set thousands apart.

    Examples
    --------
    >>> decimal_mark(["1.370,5", "2"]), decimal_mark(["1,370"]), decimal_mark(["1,37", "1 000"])
    ((',', True), ('.', False), (',', True))
    """
    votes = Counter(vote for text in texts for vote in _votes(bare_digits(text)))
    if votes[","] == votes["."]:
        return ".", False
    return ("," if votes[","] > votes["."] else "."), True


def _votes(digits: str) -> Iterator[str]:
    """The decimal marks that one number shows, by the last point and the last comma of it."""
    for mark, other_mark in OTHER_MARK.items():
        head, _, tail = digits.rpartition(mark)
        if not head or not tail:
            continue
        if mark in head:
            yield other_mark  # it stands twice, and sets thousands apart
        elif (
            other_mark in head
            or len(head) > 3
            or head == "0"
            or (len(tail) != 3 and other_mark not in tail)
        ):
            yield mark
