"""Numbers as the press prints them: thousands marks, decimal commas, multipliers and times in five
languages.

>>> [(n.value, n.times) for n in numbers_in("28 948 машин, в 2,5 раза больше; 5.1万辆; 1.758 million; fourfold")]
[(28948.0, False), (2.5, True), (51000.0, False), (1758000.0, False), (4.0, True)]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from forecasting.evidence.multiples import folds_in, in_percent
from forecasting.evidence.numerals import in_digits

__all__ = ["Number", "numbers_in", "plain_text"]

MULTIPLIERS = {
    "thousand": 1e3, "тыс": 1e3, "тысяч": 1e3, "тысяча": 1e3, "тысячи": 1e3, "тысячу": 1e3,
    "ming": 1e3, "минг": 1e3, "千": 1e3,
    "万": 1e4, "百万": 1e6, "million": 1e6, "millions": 1e6, "mln": 1e6, "млн": 1e6, "миллион": 1e6,
    "миллиона": 1e6, "миллионов": 1e6, "亿": 1e8, "billion": 1e9, "bn": 1e9, "млрд": 1e9, "миллиард": 1e9,
    "миллиарда": 1e9, "миллиардов": 1e9, "mlrd": 1e9,
}  # fmt: skip
WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "один": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9,
    "десять": 10,
}  # fmt: skip
HALVES = (
    (r"\bhalf a million\b", "0.5 million"), (r"\bполтор[ыа] тысячи\b", "1.5 тысячи"),
    (r"\bbir yarim ming", "1.5 ming"), (r"\byarim ming", "0.5 ming"),
    (r"\bбир ярим минг", "1.5 минг"), (r"\bярим минг", "0.5 минг"), (r"\bполмиллиона\b", "0.5 миллиона"),
)  # fmt: skip
_TIMES = (
    r"-?\s*(?:times|fold|x\b|×|раза?\b|barobar\w*|baravar\w*|баробар\w*|баравар\w*|倍|"
    r"(?:marta|hissa|ҳисса|karra)\b|марта(?=\s(?:ош|кўп|кам)))"
)
_MULTIPLIER = "|".join(sorted(map(re.escape, MULTIPLIERS), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[ ,'’]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_NUMBER = re.compile(
    rf"(?P<sign>[+\u2212-])?(?P<digits>{_DIGITS})(?:\s?(?P<times>{_TIMES}))?"
    rf"(?:\s?(?P<power>{_MULTIPLIER})(?:ta\w*|та\w*|lik|dan|дан|ga|га|ni|ни)?\.?(?![a-zа-я])|(?P<letter>[km])(?![a-zа-я]))?"
    r"(?P<rest>\s?\d+\s?(?:тысяч\w*|тыс\.?|千|ming|минг|thousand)(?:\s\d{1,3}\b)?)?"
    r"(?P<units>(?<=[a-zа-я.])\s\d{3}(?![\d,.]|\s\d{3})|(?<=万)\d{4}(?!\d)|"
    r"(?<=[a-zа-я.])\s\d\d?(?=\s?(?:ta\b|та\b|dona|дона|electric|evs?\b|электро|elektro|машин|автомоб|единиц|шт)))?",
    re.IGNORECASE,
)
_WORD = re.compile(
    rf"\b({'|'.join(WORDS)})\b(?=\s(?:thousand|million|times|раза?|devices?|stations?|points?|vehicles|cars))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Number:
    """One number in a text.

    Parameters
    ----------
    value : float
        With its multiplier; of "2.5 times" the factor.
    digits : str
        As printed, without marks of thousands: its last digit tells how finely it is known.
    scale : float
        What the digits were multiplied by.
    times : bool
        Whether it is a factor.
    signed : str
        A sign printed before it.
    start, end : int
        Where it stands.
    """

    value: float
    digits: str
    scale: float
    times: bool
    signed: str
    start: int
    end: int


def plain_text(text: str) -> str:
    """The text with one kind of space, digit and sign, and numbers in digits."""
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("−", "-")
    text = re.sub(
        r"(?<=[:\s(])[–—](?=\d)|\b(?:minus|минус)\s(?=\d)", "-", text, flags=re.IGNORECASE
    )
    text = (
        re.sub(r"[\u00a0\u202f\u2009\t\r\n]+", " ", text)
        .replace("‘", "'")
        .replace("ʻ", "'")
        .replace("’", "'")
    )
    for words, digits in HALVES:
        text = re.sub(words, digits, text, flags=re.IGNORECASE)
    return in_digits(in_percent(text))


def numbers_in(text: str) -> Iterator[Number]:
    """Every number of a text, in its order.

    Parameters
    ----------
    text : str
        From `plain_text`.
    """
    found = [_read(match) for match in _NUMBER.finditer(text)]
    found += [
        Number(factor, f"{factor:g}", 1.0, True, "", *where) for factor, *where, _ in folds_in(text)
    ]
    found += [
        Number(
            float(WORDS[m[0].lower()]),
            str(WORDS[m[0].lower()]),
            1.0,
            bool(re.match(r"\s(times|раза?)", text[m.end() :])),
            "",
            *m.span(),
        )
        for m in _WORD.finditer(text)
    ]
    yield from sorted(found, key=lambda number: number.start)


def _read(match: re.Match[str]) -> Number:
    digits = _without_marks(match["digits"])
    scale = MULTIPLIERS[match["power"].lower()] if match["power"] else 1.0
    scale = {"k": 1e3, "m": 1e6}[match["letter"].lower()] if match["letter"] else scale
    value = float(digits) * scale
    if match["rest"]:  # 1 million 909 thousand 961; 34 wan 1 thousand
        inside = [int(part) for part in re.findall(r"\d+", match["rest"])]
        value += inside[0] * 1e3 + (inside[1] if inside[1:] else 0)
        digits, scale = f"{value:.0f}", 1.0
    # 10 thousand 842; 2万4095
    if match["units"] and (scale == 1e3 or match["power"] == "万") and "." not in digits:
        value, scale = value + float(match["units"]), 1.0
        digits = f"{value:.0f}"
    return Number(value, digits, scale, bool(match["times"]), match["sign"] or "", *match.span())


def _without_marks(digits: str) -> str:
    """Digits with a decimal point only: a mark before exactly three digits, more than once or after
    few, is thousands.

    >>> _without_marks("2,180"), _without_marks("69,8"), _without_marks("1 909 961"), _without_marks("1.758")
    ('2180', '69.8', '1909961', '1.758')
    """
    if re.fullmatch(r"[1-9]\d{0,2}([ ,'’]\d{3})+", digits):
        return re.sub(r"[ ,'’]", "", digits)
    if found := re.fullmatch(r"([1-9]\d{0,2}(?:[ ,'’]\d{3})+)[.,](\d+)", digits):
        return f"{re.sub(r'[^0-9]', '', found[1])}.{found[2]}"
    return digits.replace(",", ".").replace(" ", "")
