"""Multiples and fractions in words: times that a verb says, and parts that are percent in other
words.

>>> [(factor, text) for factor, _, _, text in folds_in("imports quintupled; ввезли вдвое больше; 进口量翻两番")]
[(5.0, 'quintupled'), (2.0, 'вдвое'), (4.0, '翻两番')]
>>> in_percent("sales fell by a third"), in_percent("выросли наполовину"), in_percent("增长四成")
('sales fell by about 33%', 'выросли около 50%', '增长约40%')
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["folds_in", "in_percent"]

FOLDS = (
    (2, r"\bdoubl(?:ed|ing)\b|\btwofold\b|\btwice\b|\bdouble(?= (?:the|that|those|what|last|its|as)\b)|"
        r"\bвдвое\b|\bдвукратн\w+|\bудво(?:и|ен)\w+|翻了?一?[番倍]"),
    (3, r"\bt(?:ripl|rebl)(?:ed|ing)\b|\bthreefold\b|\bthrice\b|\btriple(?= (?:the|that|those|last)\b)|"
        r"\bвтрое\b|\bтр[её]хкратн\w+|\bутро(?:и|ен)\w+"),
    (4, r"\bquadrupl(?:ed|ing)\b|\bfourfold\b|\bвчетверо\b|\bчетыр[её]хкратн\w+|\bучетвер\w+|翻了?[两二]番"),
    (5, r"\bquintupl(?:ed|ing)\b|\bfivefold\b|\bвпятеро\b|\bпятикратн\w+"),
    (6, r"\bsextupl(?:ed|ing)\b|\bsixfold\b|\bвшестеро\b|\bшестикратн\w+"),
    (7, r"\bseptupl(?:ed|ing)\b|\bsevenfold\b|\bвсемеро\b|\bсемикратн\w+"),
    (8, r"\boctupl(?:ed|ing)\b|\beightfold\b|\bввосьмеро\b|\bвосьмикратн\w+|翻了?三番"),
    (9, r"\bninefold\b|\bвдевятеро\b|\bдевятикратн\w+"),
    (10, r"\btenfold\b|\bвдесятеро\b|\bдесятикратн\w+"),
)  # fmt: skip
_FOLD = re.compile("|".join(f"(?P<of{factor}>{words})" for factor, words in FOLDS), re.IGNORECASE)

_ENGLISH = (
    ("a |one[ -])?half", 50),
    ("a |one[ -])third", 33),
    ("a |one[ -])quarter", 25),
    ("a |one[ -])fifth", 20),
)
_PERCENT = (  # what is only told as a part is known to a few percent
    (r"\bhalved\b", "fell by about 50%"),
    (r"\bhalf as (?:many|much)\b", "about 50% fewer"),
    (r"\bby two[ -]thirds\b", "by about 67%"),
    (r"\bby three[ -](?:quarters|fourths)\b(?! of)", "by about 75%"),
    *((rf"\bby (?:{words}\b(?! of)", f"by about {percent}%") for words, percent in _ENGLISH),
    (r"\b(?:на ?половину|вполовину)\b", "около 50%"),
    (r"\bна две трети\b", "около 67%"),
    (r"\bна треть\b", "около 33%"),
    (r"\bна четверть\b", "около 25%"),
    (r"\b(?:yarmiga|ярмига)(?=\s(?:qisqar|kam|қисқар|кам))", "taxminan 50 foizga"),
    (r"减半", "下降约50%"),
    (r"(?<=[长加降少升])了?一半", "约50%"),
    (r"三分之一", "约33%"),
    (r"三分之二", "约67%"),
    (r"四分之一", "约25%"),
)
_TENTHS = {sign: 10 * number for number, sign in enumerate("一二三四五六七八九", start=1)} | {
    "两": 20
}
_TENTH = re.compile(r"(?<![占十百千])([一二两三四五六七八九])成(?![立本功为都年交])")
_OTHER_WORDS = (  # of multiples: in digits with the word for times
    (r"\bby a factor of (\d+(?:[.,]\d+)?)", r"\1 times"),
    (r"\b(?:one|a) and a half times\b", "1.5 times"),
    (r"\btwo and a half times\b", "2.5 times"),
    (r"\bthree and a half times\b", "3.5 times"),
    (r"\bполтора раза\b", "1.5 раза"),
    (r"\b(?:bir yarim|бир ярим)(?=\s(?:baravar|barobar|баравар|баробар|marta|марта))", "1.5"),
)
_SMALL = (
    "два двух две", "три трех трёх", "четыре четырех четырёх", "пять пяти", "шесть шести", "семь семи", "восемь восьми",
    "девять девяти", "десять десяти",
)  # fmt: skip
_AND_A_HALF = re.compile(
    rf"\b({'|'.join(' '.join(_SMALL).split())}) с половиной(?=\s(?:раз|тыс|млн|миллион))", re.I
)
_UZBEK = (
    "ikki икки", "uch уч", "to'rt тўрт", "besh беш", "olti олти", "yetti етти", "sakkiz саккиз", "to'qqiz тўққиз",
    "o'n ўн",
)  # fmt: skip
_UZBEK_TIMES = re.compile(
    rf"(?<![\w'])({'|'.join(' '.join(_UZBEK).split())})"
    r"(?=\s(?:bar[ao]bar|baravar|баравар|баробар|marta|hissa|ҳисса|karra))",
    re.IGNORECASE,
)


def _number(words: tuple[str, ...], word: str) -> int:
    """The number that a word says, of words that begin with two."""
    return next(
        number for number, forms in enumerate(words, start=2) if word.lower() in forms.split()
    )


def in_percent(text: str) -> str:
    """A text whose parts in words are percent, and whose multiples of more than one word are in
    digits.

    Parameters
    ----------
    text : str
        With one kind of apostrophe.
    """
    for words, digits in (*_PERCENT, *_OTHER_WORDS):
        text = re.sub(words, digits, text, flags=re.IGNORECASE)
    text = (
        _TENTH.sub(lambda found: f"约{_TENTHS[found[1]]}%", text)
        .replace("约约", "约")
        .replace("近约", "近")
    )
    text = _AND_A_HALF.sub(lambda found: f"{_number(_SMALL, found[1])}.5", text)
    return _UZBEK_TIMES.sub(lambda found: str(_number(_UZBEK, found[1])), text)


def folds_in(text: str) -> Iterator[tuple[float, int, int, str]]:
    """Multiples that one word says: the factor, where it stands, and the word.

    Parameters
    ----------
    text : str
        From `printed_numbers.plain_text`.
    """
    for found in _FOLD.finditer(text):
        yield float((found.lastgroup or "of1")[2:]), *found.span(), found[0]
