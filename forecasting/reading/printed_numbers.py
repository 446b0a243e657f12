"""Numbers as the press prints them, in five languages: marks of thousands, decimal commas,
multipliers, words, fractions and multiples.

A new spelling is one row: of `BELOW_TWENTY` and its neighbours where it is a number in words, of
`MULTIPLIERS`, of `FOLDS` where a verb says how many times, of `REWRITTEN` where it says in other
words what digits say.

>>> [(n.value, n.times) for n in numbers_in("28 948 машин, в 2,5 раза больше; 5.1万辆")]
[(28948.0, False), (2.5, True), (51000.0, False)]
>>> plain_text("两万四千辆; yigirma to‘rt ming; сто двадцать тысяч пятьсот; fell by a third")
'24千辆; 24 ming; 120500; fell by ~33%'
"""

import contextlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

BELOW_TWENTY = (
    "one один одна одной bir бир",
    "two два две двух ikki икки",
    "three три трех трёх uch уч",
    "four четыре четырех четырёх to'rt тўрт",
    "five пять пяти besh беш",
    "six шесть шести olti олти",
    "seven семь семи yetti етти",
    "eight восемь восьми sakkiz саккиз",
    "nine девять девяти to'qqiz тўққиз",
    "ten десять десяти o'n ўн",
    "eleven одиннадцать",
    "twelve двенадцать",
    "thirteen тринадцать",
    "fourteen четырнадцать",
    "fifteen пятнадцать",
    "sixteen шестнадцать",
    "seventeen семнадцать",
    "eighteen восемнадцать",
    "nineteen девятнадцать",
)
TENS = (
    "twenty двадцать двадцати yigirma йигирма",
    "thirty тридцать тридцати o'ttiz ўттиз",
    "forty сорок qirq қирқ",
    "fifty пятьдесят ellik эллик",
    "sixty шестьдесят oltmish олтмиш",
    "seventy семьдесят yetmish етмиш",
    "eighty восемьдесят sakson саксон",
    "ninety девяносто to'qson тўқсон",
)
HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
HUNDRED = ("hundred", "yuz", "юз")
THOUSAND = ("thousand", "тысяча", "тысячи", "тысяч", "тысячу", "ming", "минг")
CHINESE_DIGITS = {sign: digit for digit, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
CHINESE_PLACES = {"十": 10, "百": 100, "千": 1000}
MULTIPLIERS = {
    1e3: "k thousand тыс тыс. тысяч тысяча тысячи тысячу ming минг 千",
    1e4: "万",
    1e6: "m million millions mln mln. млн млн. миллион миллиона миллионов 百万",
    1e8: "亿",
    1e9: "billion bn mlrd mlrd. млрд млрд. миллиард миллиарда миллиардов",
}
FOLDS = {
    # multiples that one word says
    2: (r"\bdoubl(?:ed|ing)\b|\btwofold\b|\btwice\b|\bвдвое\b|\bдвукратн\w+|\bудво(?:и|ен)\w+|"
        r"\bdouble(?= (?:the|that|those|what|last|its|as)\b)|翻了?一?[番倍]"),
    3: (r"\bt(?:ripl|rebl)(?:ed|ing)\b|\bthreefold\b|\bthrice\b|\bвтрое\b|\bтр[её]хкратн\w+|"
        r"\btriple(?= (?:the|that|those|last)\b)|\bутро(?:и|ен)\w+"),
    4: (r"\bquadrupl(?:ed|ing)\b|\bfourfold\b|\bвчетверо\b|\bчетыр[её]хкратн\w+|\bучетвер\w+|"
        r"翻了?[两二]番"),
    5: r"\bquintupl(?:ed|ing)\b|\bfivefold\b|\bвпятеро\b|\bпятикратн\w+",
    6: r"\bsextupl(?:ed|ing)\b|\bsixfold\b|\bвшестеро\b|\bшестикратн\w+",
    7: r"\bseptupl(?:ed|ing)\b|\bsevenfold\b|\bвсемеро\b|\bсемикратн\w+",
    8: r"\boctupl(?:ed|ing)\b|\beightfold\b|\bввосьмеро\b|\bвосьмикратн\w+|翻了?三番",
    9: r"\bninefold\b|\bвдевятеро\b|\bдевятикратн\w+",
    10: r"\btenfold\b|\bвдесятеро\b|\bдесятикратн\w+",
}  # fmt: skip


def numbered(rows: Iterable[str], step: int = 1, start: int = 1) -> dict[str, int]:
    """The number of each word, from rows of words in the order of their numbers.

    >>> numbered(["twenty двадцать", "thirty"], step=10, start=2)
    {'twenty': 20, 'двадцать': 20, 'thirty': 30}
    """
    return {
        word: step * number for number, words in enumerate(rows, start) for word in words.split()
    }


def one_of(words: Iterable[str]) -> str:
    """A pattern of any of some words, the longest first."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


NUMBER_WORDS = numbered(BELOW_TWENTY) | numbered(TENS, 10, 2) | numbered(HUNDREDS.split(), 100)
SCALES = {word: scale for scale, words in MULTIPLIERS.items() for word in words.split()}


def _words(low: int, high: int, step: int = 1) -> str:
    """A pattern of the words for the numbers of a range."""
    return one_of(word for word, number in NUMBER_WORDS.items() if number in range(low, high, step))


_GAP = r"[\s-]"
_HUNDREDS = rf"(?:{_words(100, 1000)}|{_words(1, 10)}{_GAP}{one_of(HUNDRED)})"
_BELOW_HUNDRED = rf"(?:{_words(10, 100, 10)}{_GAP}{_words(1, 10)}|{_words(1, 100)})"
_BELOW_THOUSAND = rf"(?:{_HUNDREDS}{_GAP}{_BELOW_HUNDRED}|{_HUNDREDS}|{_BELOW_HUNDRED})"
_IN_WORDS = re.compile(
    rf"(?:(?P<thousands>{_BELOW_THOUSAND}){_GAP}(?P<mark>{one_of(THOUSAND)})(?:{_GAP}|$))?"
    rf"(?P<rest>{_BELOW_THOUSAND})?",
    re.I,
)


def _from_words(sequence: re.Match[str]) -> str:
    """A number in words as digits; words that are not one number stay as they are."""
    number = _IN_WORDS.fullmatch(sequence[0])
    if number is None:
        return sequence[0]
    units = _below_thousand(number["rest"] or "")
    if number["thousands"]:
        thousands = _below_thousand(number["thousands"])
        if units:
            return str(1000 * thousands + units)
        return f"{thousands} {number['mark'].lower()}"  # kept round: it is known to the thousand
    return str(units) if units >= 100 else sequence[0]


def _below_thousand(words: str) -> int:
    total = 0
    for word in re.findall(r"[^\s-]+", words.lower()):
        total = 100 * total if word in HUNDRED else total + NUMBER_WORDS[word]
    return total


def _from_signs(numeral: re.Match[str]) -> str:
    """A Chinese numeral as digits; a round one keeps the sign of its thousands."""
    total = part = digit = 0
    for sign in numeral[1]:
        if sign in CHINESE_PLACES:
            part += (digit or 1) * CHINESE_PLACES[sign]
            digit = 0
        elif sign == "万":
            total = 10_000 * (total + part + digit)
            part = digit = 0
        else:
            digit = CHINESE_DIGITS[sign]
    value = total + part + digit
    for scale, sign in ((10_000, "万"), (1000, "千")):
        if value and value % scale == 0:
            return f"{value // scale}{sign}"
    return str(value)


_SIGNS = "零一二两三四五六七八九十百千万"
_SMALL = rf"({_words(1, 11)})"
REWRITTEN: dict[str, str | Callable[[re.Match[str]], str]] = {
    # Signs and spaces
    r"(?<=[:\s(])[–—](?=\d)|\b(?:minus|минус)\s(?=\d)|[\u2212−]": "-",
    r"[\u00a0\u202f\u2009\t\r\n]+": " ",
    "[‘ʻ’]": "'",
    # Halves of multipliers, and multiples of more than one word
    (
        r"\bполтор[ыа] (?=тысячи\b|раза\b)|\b(?:one|a) and a half (?=times\b)|"
        r"\b(?:bir yarim|бир ярим)\s(?=ming|минг|baravar|barobar|баравар|баробар|marta|марта)"
    ): "1.5 ",
    r"\bhalf a (?=million\b)|\bпол(?=миллиона\b)|\b(?:yarim|ярим) (?=ming|минг)": "0.5 ",
    r"\btwo and a half (?=times\b)": "2.5 ",
    r"\bthree and a half (?=times\b)": "3.5 ",
    r"\bby a factor of (\d+(?:[.,]\d+)?)": r"\1 times",
    # Fractions: a part in words is known to a few percent
    r"\bhalved\b": "fell by ~50%",
    r"\bhalf as (?:many|much)\b": "~50% fewer",
    "减半": "下降~50%",
    (
        r"(?<=\bby )(?:a |one[ -])?half\b(?! of)|\b(?:на ?половину|вполовину)\b|"
        r"\b(?:yarmiga|ярмига)(?=\s(?:qisqar|kam|қисқар|кам))|(?<=[长加降少升])了?一半"
    ): "~50%",
    r"(?<=\bby )two[ -]thirds\b|\bна две трети\b|三分之二": "~67%",
    r"(?<=\bby )three[ -](?:quarters|fourths)\b(?! of)": "~75%",
    r"(?<=\bby )(?:a |one[ -])third\b(?! of)|\bна треть\b|三分之一": "~33%",
    r"(?<=\bby )(?:a |one[ -])quarter\b(?! of)|\bна четверть\b|四分之一": "~25%",
    r"(?<=\bby )(?:a |one[ -])fifth\b(?! of)": "~20%",
    r"(?<![占十百千])([一二两三四五六七八九])成(?![立本功为都年交])": lambda tenths: (
        f"~{10 * CHINESE_DIGITS[tenths[1]]}%"
    ),
    rf"\b{_SMALL} с половиной(?=\s(?:раз|тыс|млн|миллион))": lambda match: (
        f"{NUMBER_WORDS[match[1].lower()]}.5"
    ),
    (
        rf"(?<![\w']){_SMALL}"
        r"(?=\s(?:bar[ao]bar|baravar|баравар|баробар|marta|hissa|ҳисса|karra|thousand\b|million\b|"
        r"times\b|раза?\b|devices?\b|stations?\b|points?\b|vehicles\b|cars\b))"
    ): lambda times: str(NUMBER_WORDS[times[1].lower()]),
    "(?<![十百千万])([一二两三四五六七八九])(?=倍)": lambda times: str(CHINESE_DIGITS[times[1]]),
    # Numbers in words and in signs
    r"百分之(\d+(?:\.\d+)?)(?!点)": r"\1%",
    r"百分之([零一二两三四五六七八九十百]+)(?!点)": lambda part: f"{_from_signs(part)}%",
    (
        rf"(?<!分之)(?<![\d第.亿{_SIGNS}])([一二两三四五六七八九十](?=[零一二两三四五六七八九十]*[十百千万])[{_SIGNS}]+)"
    ): _from_signs,
    (
        rf"(?<![\w'-]){one_of((*NUMBER_WORDS, *HUNDRED, *THOUSAND))}"
        rf"(?:{_GAP}{one_of((*NUMBER_WORDS, *HUNDRED, *THOUSAND))})+(?![\w'-])"
    ): _from_words,
}
# Soft hyphens, and marks that join or part letters without a width
WITHOUT_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_REWRITTEN = tuple((re.compile(words, re.I), digits) for words, digits in REWRITTEN.items())


def plain_text(text: str) -> str:
    r"""The text with single spaces of one kind, one kind of digit and sign, numbers in digits.

    >>> plain_text("In  the\nfirst half of 2023,\u00a08\u202f179 ve\u00adhicles")
    'In the first half of 2023, 8 179 vehicles'
    """
    text = unicodedata.normalize("NFKC", text).translate(WITHOUT_WIDTH)
    text = " ".join(text.split())
    for words, digits in _REWRITTEN:
        text = words.sub(digits, text)
    return text


@dataclass(frozen=True)
class Number:
    """One number in a text.

    Parameters
    ----------
    value : float
        With its multiplier; of "2.5 times" the factor.
    digits : str
        As printed, without marks of thousands: its last digit tells its precision.
    scale : float
        What the digits were multiplied by.
    times : bool
        Whether it is a factor.
    sign : str
        Printed before it.
    start, end : int
        Where it stands.
    """

    value: float
    digits: str
    scale: float
    times: bool
    sign: str
    start: int
    end: int

    @property
    def digit_start(self) -> int:
        """Where it stands without its sign."""
        return self.start + len(self.sign)

    @property
    def half_digit(self) -> float:
        """Half a unit of the last printed digit; of a factor in percent."""
        decimals = len(self.digits.partition(".")[2])
        unit = 100 if self.times else 1
        return 0.5 * 10.0**-decimals * self.scale * unit


_TIMES = (
    r"-?\s*(?:times|fold|x\b|×|раза?\b|barobar\w*|baravar\w*|баробар\w*|баравар\w*|倍|"
    r"(?:marta|hissa|ҳисса|karra)\b|марта(?=\s(?:ош|кўп|кам)))"
)
_DIGITS = r"\d{1,3}(?:[ ,'’]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_COUNTED = r"ta\b|та\b|dona|дона|electric|evs?\b|электро|elektro|машин|автомоб|единиц|шт"
_NUMBER = re.compile(
    rf"(?P<sign>[+-])?(?P<digits>{_DIGITS})(?:\s?(?P<times>{_TIMES}))?"
    rf"(?:\s?(?P<power>{one_of(SCALES)})"
    r"(?:ta\w*|та\w*|lik|dan|дан|ga|га|ni|ни)?(?![a-zа-я]))?"
    r"(?P<rest>\s?\d+\s?(?:тысяч\w*|тыс\.?|千|ming|минг|thousand)(?:\s\d{1,3}\b)?)?"
    r"(?P<units>(?<=[a-zа-я.])\s\d{3}(?![\d,.]|\s\d{3})|(?<=万)\d{4}(?!\d)|"
    rf"(?<=[a-zа-я.])\s\d\d?(?=\s?(?:{_COUNTED})))?",
    re.I,
)


def numbers_in(text: str) -> list[Number]:
    """Every number of a text, in its order.

    Parameters
    ----------
    text : str
        From `plain_text`.
    """
    numbers = [_in_digits(match) for match in _NUMBER.finditer(text)]
    for factor, words in FOLDS.items():
        for match in re.finditer(words, text, re.I):
            numbers.append(Number(float(factor), str(factor), 1.0, True, "", *match.span()))
    return sorted(numbers, key=lambda number: number.start)


def _in_digits(match: re.Match[str]) -> Number:
    digits = without_marks(match["digits"]).replace(" ", "")
    power = (match["power"] or "").lower()
    scale = SCALES.get(power, 1.0)
    fraction = 0.0
    if match["rest"]:  # 1 million 909 thousand 961; 34 wan 1 thousand
        thousands, *units = map(int, re.findall(r"\d+", match["rest"]))
        fraction = 1000 * thousands + sum(units)
    elif match["units"] and (scale == 1e3 or power == "万") and "." not in digits:
        fraction = float(match["units"])  # 10 thousand 842; 2万4095
    value = float(digits) * scale + fraction
    if fraction:
        digits = f"{value:.0f}"
        scale = 1.0
    return Number(value, digits, scale, bool(match["times"]), match["sign"] or "", *match.span())


def printed_number(text: str) -> float | None:
    """The number of a text that is one: in groups of three digits, with a multiplier, in percent;
    None of any other text.

    >>> printed_number("100,000"), printed_number("1.2 million"), printed_number("10 %")
    (100000.0, 1200000.0, 10.0)
    """
    digits = plain_text(text).removesuffix("%").strip()
    for number in numbers_in(digits):
        if (number.digit_start, number.end) == (len(number.sign), len(digits)) and not number.times:
            return -number.value if number.sign == "-" else number.value
    with contextlib.suppress(ValueError):
        return float(text)
    return None


def without_marks(digits: str, thousands: str = " ,'’", decimal: str = ".,") -> str:
    """Digits with a decimal point alone: a mark before exactly three digits is of thousands.

    Parameters
    ----------
    digits : str
        A number; anything else stays as it is.
    thousands, decimal : str
        The marks that may stand there.

    Examples
    --------
    >>> [without_marks(digits) for digits in ("2,180", "69,8", "1 909 961,5", "1.758")]
    ['2180', '69.8', '1909961.5', '1.758']
    """
    grouped = rf"([+-]?[1-9]\d{{0,2}}(?:[{thousands}]\d{{3}})+)((?:[{decimal}]\d+)?)"
    if parts := re.fullmatch(grouped, digits):
        digits = re.sub(f"[{thousands}]", "", parts[1]) + parts[2]
    return re.sub(f"[{decimal}]", ".", digits)
