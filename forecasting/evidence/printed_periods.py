"""Periods as the press prints them, in English, Russian, Uzbek and Chinese.

>>> import datetime as dt
>>> [str(printed_period(text, dt.date(2023, 6, 26))) for text in ("in the first four months of this year", "2022")]
['2023-01..2023-04', '2022']
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from forecasting.periods import Period, month, span, year

__all__ = [
    "date_spans",
    "dates_in_words",
    "open_ended",
    "printed_period",
    "several_months",
    "without_comparisons",
]

_MONTHS = (
    "jan янв yanv", "feb фев fev", "mar мар", "apr апр", "may мая май мае маю", "jun июн iyun", "jul июл iyul",
    "aug авг avg", "sep сен sent", "oct окт okt", "nov ноя noy", "dec дек dek",
)  # fmt: skip
MONTHS = {stem: number for number, stems in enumerate(_MONTHS, start=1) for stem in stems.split()}
_M = (  # whole words only: "market" is no March, "decreased" no December
    r"(?P<{}>(?<![a-zа-яё])(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:январ|феврал|апрел|июн|июл|сентябр|октябр|ноябр|декабр)[а-я]{{1,2}}|"
    r"(?:март|август)[а-я]{{0,2}}|ма(?:[йяею]|ем)|янв|февр?|мар|апр|авг|сент?|окт|ноя|дек|(?:yanvar|fevral|mart|aprel|may|iyun|"
    r"iyul|avgust|sent?y?abr|okty?abr|noyabr|dekabr)(?:da|ning|gacha|dan|i|ida)?)(?![a-zа-яё])\.?)"
)
_YEAR = (
    r"(?:(?P<year>(?:19|20)\d\d)|(?P<word>this year|so far this year|текущего года|этого года|今年|joriy yil\w*|"
    r"last year|прошл\w+ год[ау]|去年|o'tgan yil\w*|ўтган йил\w*))"
)
_BETWEEN = re.compile(r"(?:between|между)\s$", re.I)
CHINESE = "一二三四五六七八九十"
_RUSSIAN_COUNTS = (
    "один",
    "два",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
)
_COUNT_WORDS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
)
COUNTS = {
    name: n
    for n, words in enumerate(zip(_COUNT_WORDS, _RUSSIAN_COUNTS, strict=True), start=1)
    for name in (*words, str(n))
}
_COUNT = "|".join(sorted(COUNTS, key=len, reverse=True))

_TO = r"\s?(?:[-–—]|to|through|and|по|до|и)\s?"  # "and" only after "between": see `_span`
_RANGE = re.compile(
    _M.format("first") + _TO + _M.format("last") + rf"(?:\s(?:of\s)?{_YEAR})?", re.I
)
_FIRST_MONTHS = re.compile(
    rf"(?:first|за|последние)?\s?(?:перв\w+ )?(?P<count>{_COUNT})\s"
    rf"(?:months|месяц\w*|oy\w*|ой\w*)(?:\s(?:of\s)?{_YEAR})?",
    re.I,
)
_HALF = re.compile(
    rf"(?:first half|(?P<second>second half|2h(?=\d)|h2|下半年|(?:\bii|втор\w+) полугоди\w+|"
    rf"ikkinchi yarmi\w*|иккинчи ярми\w*)|half[- ]year|1h|h1|上半年|"
    rf"\bi полугоди\w+|birinchi yarmi\w*|биринчи ярми\w*|перв\w+ полугоди\w+)"
    rf"(?:\s?(?:of\s)?(?:{_YEAR}|(?P<short>\d\d)\b))?",
    re.I,
)
_NTH = (
    "first перв i 1 一",
    "second втор ii 2 二",
    "third трет iii 3 三",
    "fourth last final четв iv 4 四",
)
QUARTERS = {word: number for number, words in enumerate(_NTH, start=1) for word in words.split()}
_QUARTER = re.compile(
    rf"(?:q(?P<q>[1-4])|(?P<nth>first|second|third|fourth|(?:last|final)(?= quarter of)) quarter|"
    rf"(?P<nth2>перв|втор|трет|четв)\w+ квартал\w*|"
    rf"\b(?P<nth3>iv|iii|ii|i|[1-4])(?:-?[йм]\w*)?[\s-](?:квартал\w*|chora\w*|чора\w*)|(?<!前)第?(?P<nth4>[一二三四1-4])季度)"
    rf"(?:\s?(?:of\s)?{_YEAR})?",
    re.I,
)
_THREE_QUARTERS = re.compile(
    rf"(?:first three quarters|(?:перв\w+ )?три квартала|前三季度|uch chorak\w*|уч чорак\w*)(?:\s?(?:of\s)?{_YEAR})?",
    re.I,
)
_CHINESE = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?P<first>\d{1,2})(?:月)?(?:至|-|—|到)(?P<last>\d{1,2})月"
)
_CHINESE_FIRST = re.compile(
    rf"(?:(?:(?P<year>20\d\d)年|(?P<word>今年|去年)))?前(?P<count>\d{{1,2}}|[{CHINESE}])个?月"
)
_CHINESE_MONTH = re.compile(
    r"(?:(?:(?P<year>20\d\d)年|(?P<word>今年|去年)))?(?P<first>\d{1,2})月(?:(?P<day>\d{1,2})日)?"
)
_DAY = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]{_M.format('a')}|"
    rf"{_M.format('b')}\s(?P<day2>\d{{1,2}})(?!\d|[ ,.]\d{{3}}))"
    rf"(?:,?\s(?P<year>(?:19|20)\d\d))?",
    re.I,
)
_ONE_MONTH = re.compile(_M.format("first") + rf"(?![a-zа-я])(?:\s(?:of\s)?{_YEAR})?", re.I)
_LAST_MONTH = re.compile(
    r"\blast month|прошл\w+ месяце\b|o'tgan oyda|ўтган ойда|上个?月(?!\d)", re.I
)
_SO_FAR = re.compile(
    r"so far|year to date|今年以来|с начала (?:этого |текущего |20\d\d )?года|(?:20\d\d[- ])?yil boshidan|"
    r"(?:20\d\d[- ])?йил бошидан|since (?:january(?: 20\d\d)?|(?:the )?"
    r"(?:beginning|start) of (?:the year|this year|20\d\d))",
    re.I,
)
_COMPARED = re.compile(  # what a number is compared with: not its own period
    r"(?:the )?same period (?:of |in )?(?:last year|the previous year|(?:19|20)\d\d)|"
    r"аналогичн\w+ период\w*(?: прошл\w+ год\w*| 20\d\d год\w*)?|"
    r"(?:than|against|from|with|over|of|exceed\w*|surpass\w*|above|чем|к|с)\s(?:in |the |that of |total of |whole of )*"
    r"(?:last year|the previous year|прошл\w+ год\w*)|去年同期|"
    rf"(?:than|against|чем)\s(?:in\s|в\s)?{_M.format('m1')}(?![a-zа-я])|(?:than|as|чем)\s(?:in|в)\s20\d\d|"
    r"20\d\d[- ](?:yil|йил)(?:ga|га) (?:nisbatan|нисбатан)|"
    rf"{_M.format('m2')}\s(?:oyiga|ойига)\s(?:nisbatan|нисбатан)",
    re.I,
)
_BEGINNING = re.compile(
    r"(?:beginning|start) of (?P<year>20\d\d)|(?:на|в) начал[оае] (?P<year2>20\d\d)", re.I
)
_ACROSS = re.compile(  # months of two years
    _M.format("first") + r"\s(?P<year>20\d\d)" + _TO + _M.format("last") + r"\s(?P<year2>20\d\d)|"
    r"(?P<year3>20\d\d)年(?P<first2>\d\d?)月(?:至|-|—|到)(?P<year4>20\d\d)年(?P<last2>\d\d?)月",
    re.I,
)
_DAYS_APART = re.compile(rf"{_TO}(?:the\s)?", re.I)
_ONLY_YEAR = re.compile(rf"\b{_YEAR}(?!\d)", re.I)
PATTERNS = (
    _CHINESE,
    _CHINESE_FIRST,
    _CHINESE_MONTH,
    _ACROSS,
    _RANGE,
    _FIRST_MONTHS,
    _HALF,
    _THREE_QUARTERS,
    _QUARTER,
    _DAY,
    _ONE_MONTH,
    _ONLY_YEAR,
)


_ENGLISH = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December")  # fmt: skip
_IN_DIGITS = re.compile(
    r"(?<![\d.,/-])(?:(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)|"
    r"(?P<day2>\d\d?)(?P<mark>[./])(?P<month2>\d\d?)(?P=mark)(?P<year2>20\d\d)|(?P<month3>\d\d?)/(?P<year3>20\d\d))"
    r"(?![\d/-]|[.,]\d)"
)
_SHORT = (
    (r"\bq([1-4])[ '](\d\d)\b", r"Q\1 20\2"),
    (r"\b([1-4])q(?:20)?(\d\d)\b", r"Q\1 20\2"),
    (r"\b(\d\d?)\s?[mм]\s?(20\d\d)\b", r"first \1 months of \2"),
    (r"\b(\d\d?) мес\.", r"\1 месяцев"),
)


def dates_in_words(text: str) -> str:
    """A text whose dates in digits have their months in words; one that may be a day or a month
    stays as it is.

    >>> dates_in_words("as of 31.12.2025, in 9M 2025, 05/06/2025")
    'as of 31 December 2025, in first 9 months of 2025, 05/06/2025'
    """
    for short, words in _SHORT:
        text = re.sub(short, words, text, flags=re.IGNORECASE)
    return _IN_DIGITS.sub(_in_words, text)


def _in_words(found: re.Match[str]) -> str:
    of = found["year"] or found["year2"] or found["year3"]
    day, number = (
        int(found["day"] or found["day2"] or 0),
        int(found["month"] or found["month2"] or found["month3"]),
    )
    if found["mark"] == "/" and day != number and (day <= 12 or number > 12):
        day, number = (number, day) if number > 12 else (0, 0)
    if not 1 <= number <= 12 or day > 31:
        return found[0]
    return f"{day} {_ENGLISH[number - 1]} {of}" if day else f"{_ENGLISH[number - 1]} {of}"


def several_months(text: str) -> bool:
    """Whether a text names months one by one, which are no range.

    >>> several_months("in October, November and December 2025"), several_months("in October-December 2025")
    (True, False)
    """
    plain = _ACROSS.sub("", without_comparisons(text))
    plain = _DAY.sub("", _RANGE.sub(lambda found: "" if _ranged(found) else found[0], plain))
    return len({_number(found["first"]) for found in _ONE_MONTH.finditer(plain)}) > 1


def date_spans(text: str) -> list[tuple[int, int]]:
    """Where a text speaks of time: numbers there are no counts."""
    return [match.span() for pattern in PATTERNS for match in pattern.finditer(text)]


def open_ended(text: str, published: dt.date | None) -> bool:
    """Whether a text does not say since when, or up to when, a flow is counted: it has one day, or
    a beginning only.
    """
    sentence = without_comparisons(text)
    since = _SO_FAR.search(sentence)
    if (
        since
        and (of := re.search(r"20\d\d", since[0]))
        and not (published and int(of[0]) == published.year)
    ):
        return True
    chinese = any(found["day"] for found in _CHINESE_MONTH.finditer(sentence))
    return _days(sentence, None) is None and (chinese or _DAY.search(sentence) is not None)


def without_comparisons(text: str) -> str:
    """The text with blanks for the periods that its numbers are compared with.

    >>> without_comparisons("432 cars in 2021, more than in the same period of last year").rstrip()
    '432 cars in 2021, more than in'
    """
    return _COMPARED.sub(lambda compared: " " * len(compared[0]), text)


def printed_period(
    text: str, published: dt.date | None = None, stock: bool = False
) -> Period | None:
    """The period that a text speaks of; None where it names none.

    Parameters
    ----------
    text : str
        From `printed_numbers.plain_text`.
    published : date, optional
        The day of the text: what it calls this year, last year, so far.
    stock : bool
        A stock of a month stands on its last day, one "as of" a day on that day.
    """
    text = without_comparisons(text)
    found = _span(text, published, stock)
    return Period(found.end, found.end) if found and stock else found


def _span(text: str, published: dt.date | None, stock: bool) -> Period | None:
    if dated := _dated(text, published) if stock else _across(text) or _days(text, published):
        return dated
    if _SO_FAR.search(text) and published and not open_ended(text, published):
        return span(dt.date(published.year, 1, 1), published)
    for pattern, read in (
        (_CHINESE, _numbered),
        (_CHINESE_FIRST, _chinese_first),
        (_RANGE, _months),
        (_FIRST_MONTHS, _first),
        (_HALF, _half),
        (_THREE_QUARTERS, _three_quarters),
        (_QUARTER, _quarter),
    ):
        if (match := pattern.search(text)) and (of := _year(match, published)) and _ranged(match):
            found = read(match, of)
            return _past(found, match, published)
    if (match := _CHINESE_MONTH.search(text)) and (of := _year(match, published)):
        return _past(_chinese_month(match, of, stock), match, published)
    if (
        (match := _ONE_MONTH.search(text))
        and (of := _year(match, published))
        and not _DAY.search(text)
    ):
        return _past(month(f"{of}-{_number(match['first']):02d}"), match, published)
    if _LAST_MONTH.search(text) and published:
        return month(f"{published.replace(day=1) - dt.timedelta(days=1):%Y-%m}")
    years = [int(m) for m in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)]
    if len(set(years)) == 1:
        return year(years[0])
    word = _ONLY_YEAR.search(text)
    of = _year(word, published) if word and word["word"] else None
    if of and published and of == published.year:
        return span(dt.date(of, 1, 1), published)  # this year, as far as it has come
    return year(of) if of else None


def _dated(text: str, published: dt.date | None) -> Period | None:
    """The day of a stock."""
    if match := _BEGINNING.search(text):
        return Period(*[dt.date(int(match["year"] or match["year2"]), 1, 1)] * 2)
    of = _year(match, published) if (match := _DAY.search(text)) else None
    return _day(match, of) if match and of else None


def _across(text: str) -> Period | None:
    """From a month of one year to a month of another."""
    if not (match := _ACROSS.search(text)):
        return None
    first, last = (
        f"{match[of] or match[signs]}-{int(match[number]) if match[number] else _number(match[name]):02d}"
        for of, signs, name, number in (
            ("year", "year3", "first", "first2"),
            ("year2", "year4", "last", "last2"),
        )
    )
    return span(month(first).start, month(last).end) if first <= last else None


def _days(text: str, published: dt.date | None) -> Period | None:
    """From a day to a day."""
    ends = list(_DAY.finditer(text))
    if len(ends) != 2 or not _DAYS_APART.fullmatch(text[ends[0].end() : ends[1].start()]):
        return None
    of = _year(ends[1], published) or 2000
    first, last = _day(ends[0], int(ends[0]["year"] or of)), _day(ends[1], of)
    return Period(first.start, last.end) if first and last and first.start <= last.end else None


def _ranged(match: re.Match[str]) -> bool:
    """Whether two months make a range: joined by "and" only those that something is between do."""
    words = match[0].lower().split()
    return (
        match.re is not _RANGE
        or not {"and", "и"} & {*words}
        or bool(_BETWEEN.search(match.string[: match.start()]))
    )


def _past(found: Period | None, match: re.Match[str], published: dt.date | None) -> Period | None:
    """A month without a year is the last one before the day of the text."""
    parts = match.groupdict()
    if not found or not published or parts.get("year") or parts.get("short") or parts.get("word"):
        return found
    if found.start <= published or re.search(r"(?<!\d)20\d\d(?!\d)", match.string):
        return found
    return found.year_before()


def _number(name: str) -> int:
    return next(
        number
        for stem, number in sorted(MONTHS.items(), key=lambda item: -len(item[0]))
        if name.lower().startswith(stem)
    )


def _year(match: re.Match[str], published: dt.date | None) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return int(groups["year"])
    if groups.get("short"):
        return 2000 + int(groups["short"])
    printed = {*re.findall(r"(?<!\d)20\d\d(?!\d)", match.string)}
    if len(printed) == 1 and not groups.get("word"):
        return int(printed.pop())
    if published is None:
        return None
    return published.year - bool(
        re.match("last|прошл|去年|o'tgan|ўтган", groups.get("word") or "", re.I)
    )


def _day(match: re.Match[str], of: int) -> Period | None:
    number, day = _number(match["a"] or match["b"]), int(match["day"] or match["day2"])
    if not 1 <= day <= calendar.monthrange(of, number)[1]:
        return None
    return Period(dt.date(of, number, day), dt.date(of, number, day))


def _numbered(match: re.Match[str], of: int) -> Period | None:
    return _between(of, int(match["first"]), int(match["last"]))


def _chinese_first(match: re.Match[str], of: int) -> Period | None:
    counted = match["count"]
    return _between(of, 1, int(counted) if counted.isdecimal() else CHINESE.index(counted) + 1)


def _chinese_month(match: re.Match[str], of: int, stock: bool) -> Period | None:
    """A month; the day itself of a stock, nothing of a flow on a day."""
    number = int(match["first"])
    if not 1 <= number <= 12 or (match["day"] and not stock):
        return None
    last = calendar.monthrange(of, number)[1]
    if not match["day"]:
        return month(f"{of}-{number:02d}")
    day = int(match["day"])
    return Period(dt.date(of, number, day), dt.date(of, number, day)) if 1 <= day <= last else None


def _months(match: re.Match[str], of: int) -> Period | None:
    return _between(of, _number(match["first"]), _number(match["last"]))


def _first(match: re.Match[str], of: int) -> Period | None:
    return _between(of, 1, COUNTS[match["count"].lower()])


def _half(match: re.Match[str], of: int) -> Period | None:
    return _between(of, 7, 12) if match["second"] else _between(of, 1, 6)


def _three_quarters(match: re.Match[str], of: int) -> Period | None:
    return _between(of, 1, 9)


def _quarter(match: re.Match[str], of: int) -> Period | None:
    quarter = next(filter(None, (match[name] for name in ("q", "nth", "nth2", "nth3", "nth4"))))
    number = QUARTERS[quarter.lower()]
    return _between(of, 3 * number - 2, 3 * number)


def _between(of: int, first: int, last: int) -> Period | None:
    if not 1 <= first <= last <= 12:
        return None
    return span(dt.date(of, first, 1), dt.date(of, last, calendar.monthrange(of, last)[1]))
