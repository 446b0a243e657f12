"""Numbers written in words, in digits: Chinese numerals, and words of English, Russian and Uzbek.

>>> in_digits("两万四千辆"), in_digits("yigirma to'rt ming elektromobil"), in_digits("twenty-four thousand and ninety")
('24千辆', '24 ming elektromobil', '24 thousand and ninety')
>>> in_digits("сто двадцать тысяч пятьсот машин"), in_digits("百分之二十"), in_digits("five cars")
('120500 машин', '20%', 'five cars')
"""

from __future__ import annotations

import re

__all__ = ["in_digits"]

_SIGNS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_CHINESE = re.compile(
    r"(?<!分之)(?<![\d第.零一二两三四五六七八九十百千万亿])[一二两三四五六七八九十]"
    r"(?=[零一二两三四五六七八九十]*[十百千万])[零一二两三四五六七八九十百千万]+"
)
_PERCENT = re.compile(r"百分之([零一二两三四五六七八九十百]+|\d+(?:\.\d+)?)(?!点)")
_BELOW_HUNDRED = (
    "one один одна одной bir бир", "two два две двух ikki икки", "three три трех трёх uch уч",
    "four четыре четырех четырёх to'rt тўрт", "five пять пяти besh беш", "six шесть шести olti олти",
    "seven семь семи yetti етти", "eight восемь восьми sakkiz саккиз", "nine девять девяти to'qqiz тўққиз",
    "ten десять десяти o'n ўн", "eleven одиннадцать", "twelve двенадцать", "thirteen тринадцать",
    "fourteen четырнадцать", "fifteen пятнадцать", "sixteen шестнадцать", "seventeen семнадцать",
    "eighteen восемнадцать", "nineteen девятнадцать",
)  # fmt: skip
_TENS = (
    "twenty двадцать двадцати yigirma йигирма", "thirty тридцать тридцати o'ttiz ўттиз", "forty сорок qirq қирқ",
    "fifty пятьдесят ellik эллик", "sixty шестьдесят oltmish олтмиш", "seventy семьдесят yetmish етмиш",
    "eighty восемьдесят sakson саксон", "ninety девяносто to'qson тўқсон",
)  # fmt: skip
_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
_WORDS = {
    word: number for number, words in enumerate(_BELOW_HUNDRED, start=1) for word in words.split()
}
_WORDS |= {
    word: 10 * number for number, words in enumerate(_TENS, start=2) for word in words.split()
}
_WORDS |= {word: 100 * number for number, word in enumerate(_HUNDREDS.split(), start=1)}
_HUNDRED = ("hundred", "yuz", "юз")
_THOUSAND = ("thousand", "тысяча", "тысячи", "тысяч", "тысячу", "ming", "минг")
_ALL = "|".join(
    sorted((re.escape(word) for word in (*_WORDS, *_HUNDRED, *_THOUSAND)), key=len, reverse=True)
)
_SEQUENCE = re.compile(rf"(?<![\w'-])(?:{_ALL})(?:[\s-](?:{_ALL}))+(?![\w'-])", re.IGNORECASE)


def in_digits(text: str) -> str:
    """A text whose numbers in words are written in digits; round ones keep the word of their
    thousands.

    What cannot be read as one number stays as it is.

    Parameters
    ----------
    text : str
        From `printed_numbers.plain_text`.
    """
    text = re.sub(
        r"(?<![十百千万])[一二两三四五六七八九](?=倍)", lambda sign: str(_SIGNS[sign[0]]), text
    )
    text = _PERCENT.sub(lambda of: f"{of[1] if of[1].isascii() else _from_signs(of)}%", text)
    return _SEQUENCE.sub(_from_words, _CHINESE.sub(_from_signs, text))


def _from_signs(found: re.Match[str]) -> str:
    total = part = 0
    digit = 0
    for sign in found[0].removeprefix("百分之"):
        if sign in _SIGNS:
            digit = _SIGNS[sign]
        elif sign == "万":
            total, part, digit = (total + part + digit) * 10_000, 0, 0
        else:
            part, digit = part + (digit or 1) * _PLACES[sign], 0
    value = total + part + digit
    if value and value % 10_000 == 0:
        return f"{value // 10_000}万"
    return f"{value // 1000}千" if value and value % 1000 == 0 else str(value)


def _from_words(found: re.Match[str]) -> str:
    words = re.split(r"[\s-]", found[0].lower())
    thousands, part, last, thousand = 0, 0, 1000, ""
    for word in words:
        if word in _THOUSAND:
            if thousand or not part:
                return found[0]
            thousands, part, last, thousand = part, 0, 1000, word
        elif word in _HUNDRED:
            if not 0 < part < 10:
                return found[0]
            part, last = 100 * part, 100
        else:
            number = _WORDS[word]
            if number >= last or (last < 100 and number >= 10):
                return found[0]
            part, last = (
                part + number,
                (10 if number >= 20 and number % 10 == 0 and number < 100 else number),
            )
            last = 100 if number >= 100 else last
    if not thousand:
        return str(part) if len(words) > 1 and part >= 100 else found[0]
    return f"{thousands} {thousand}" if not part else str(1000 * thousands + part)
