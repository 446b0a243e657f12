"""Periods as the press and tables print them, in English, Russian, Uzbek and Chinese.

A new spelling is one row of `SPELLINGS`: a pattern whose groups name the ``first`` and the ``last``
month, quarter or half of a ``year``, and how many months that unit has. A sentence is searched for
the rows in their order; a cell of a table is one of them as a whole, or one of `CELLS`.

>>> import datetime as dt
>>> day = dt.date(2023, 6, 26)
>>> str(printed_period("in the first four months of this year", day))
'2023-01..2023-04'
>>> period_of("2023").label, period_of("Q1 2023").label, str(period_of("Jan-Apr 2023"))
('2023', '2023-01..2023-03', '2023-01..2023-04')
"""

import calendar
import contextlib
import datetime as dt
import itertools
import re
from functools import lru_cache

from forecasting.reading.printed_numbers import CHINESE_DIGITS, NUMBER_WORDS, numbered, one_of
from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.periods import Period, month, span, year

Match = re.Match[str]
Published = dt.date | None  # the day of a text

MONTH_PATTERNS = (  # the row of a name is its number
    r"jan(?:uary?)?|yanvar|янв(?:ар[а-я]{1,2})?|қаңтар",
    r"feb(?:ruary?)?|fevral|февр?(?:ал[а-я]{1,2})?|ақпан",
    r"mar(?:ch|t)?|märz|мар(?:т[а-я]{0,2})?|наурыз",
    r"apr(?:il|el)?|апр(?:ел[а-я]{1,2})?|сәуір",
    r"may|mai|ма(?:[йяею]|ем)|мамыр",
    r"june?|juni|iyun|июн[а-я]{1,2}|маусым",
    r"july?|juli|iyul|июл[а-я]{1,2}|шілде",
    r"aug(?:ust)?|avgust|авг(?:уст[а-я]{0,2})?|тамыз",
    r"sept?(?:ember)?|sent?y?abr|сент?(?:ябр[а-я]{1,2})?|қыркүйек",
    r"oct(?:ober)?|okt(?:ober)?|okty?abr|окт(?:ябр[а-я]{1,2})?|қазан",
    r"nov(?:ember)?|noyabr|ноя(?:бр[а-я]{1,2})?|қараша",
    r"dec(?:ember)?|dez(?:ember)?|dekabr|дек(?:абр[а-я]{1,2})?|желтоқсан",
)
ENGLISH_MONTHS = tuple(calendar.month_name)[1:]
ORDINALS = numbered((
    "first перв i 一 上 birinchi биринчи",
    "second втор ii 二 下 ikkinchi иккинчи",
    "third трет iii 三",
    "fourth last final четв iv 四",
))  # fmt: skip
ORDINAL_NUMBERS = NUMBER_WORDS | CHINESE_DIGITS | {"十": 10} | ORDINALS


def _month(group: str) -> str:
    """A pattern of a month's name; whole words only: "market" is no March."""
    names = "|".join(MONTH_PATTERNS)
    return rf"(?<![a-zа-яё])(?P<{group}>{names})(?:da|ning|gacha|dan|i|ida)?(?![a-zа-яё])\.?"


_YEAR = (
    r"(?:(?P<year>(?:19|20)\d\d)|(?P<word>this year|so far this year|текущего года|этого года|"
    r"今年|joriy yil\w*|last year|прошл\w+ год[ау]|去年|o'tgan yil\w*|ўтган йил\w*))"
)
_LAST_YEAR = re.compile("last|прошл|去年|o'tgan|ўтган", re.I)
_CHINESE_YEAR = r"(?P<year2>20\d\d)年|(?P<word2>今年|去年)"
_TO = r"\s?(?:[-–—至到]|to|through|and|по|до|и)\s?"  # "and" only after "between": see `_is_range`
_COUNT = one_of(word for word, number in NUMBER_WORDS.items() if number < 12)

Spelling = tuple[re.Pattern[str], int]  # and the months of its unit


def _spellings(months: int, *patterns: str) -> list[Spelling]:
    """Rows of units of so many months, each with the year before or behind it."""
    return [
        (re.compile(rf"(?:{_CHINESE_YEAR})?{pattern}(?:\s?(?:of\s)?{_YEAR})?", re.I), months)
        for pattern in patterns
    ]


# The first group with a match in a sentence is used, and of its matches the one that stands first
SPELLINGS: tuple[list[Spelling], ...] = (
    _spellings(1, r"(?P<first>\d{1,2})月?(?:至|-|—|到)(?P<last>\d{1,2})月"),
    _spellings(1, r"前(?P<last>\d{1,2}|[一二三四五六七八九十])个?月"),
    _spellings(1, _month("first") + _TO + _month("last")),
    _spellings(
        1,
        rf"(?:first|за|последние)?\s?(?:перв\w+ )?(?P<last>{_COUNT}|1[01]|(?<!\d)[1-9])\s"
        r"(?:months|месяц\w*|oy\w*|ой\w*)",
    ),
    _spellings(
        6,
        "(?P<first>first|second) half",
        "h(?P<first>[12])",
        "half[- ]year",
        "(?P<first>[上下])半年",
        r"\b(?P<first>ii?|[12])(?:-?[ем]\w*)? полугоди\w+",
        r"(?P<first>перв|втор)\w+ полугоди\w+",
        r"(?P<first>birinchi|ikkinchi|биринчи|иккинчи) (?:yarmi|ярми)\w*",
    ),
    _spellings(
        3,
        "first (?P<last>three) quarters",
        r"(?:перв\w+ )?(?P<last>три) квартала",
        "前(?P<last>三)季度",
        r"(?P<last>uch|уч) (?:chorak|чорак)\w*",
    ),
    _spellings(
        3,
        "q(?P<first>[1-4])",
        "(?P<first>first|second|third|fourth|(?:last|final)(?= quarter of)) quarter",
        r"(?P<first>перв|втор|трет|четв)\w+ квартал\w*",
        r"\b(?P<first>iv|iii|ii|i|[1-4])(?:-?[йм]\w*)?[\s-](?:(?:квартал|chora|чора)\w*|кв\b\.?)",
        "(?<!前)第?(?P<first>[一二三四1-4])季度",
    ),
    _spellings(1, r"(?P<first>\d{1,2})月"),
    _spellings(1, _month("first") + "(?![a-zа-я])"),
)
ABBREVIATIONS = {
    # years of two digits, and short forms in tables
    r"\b([qh][1-4])[ ']?(\d\d)\b": r"\1 20\2",
    r"\b([1-4])([qh])[ ']?(?:20)?(\d\d)\b": r"\2\1 20\3",
    r"\b(\d\d?)\s?[mм]\s?(20\d\d)\b": r"first \1 months of \2",
    r"\b1h\b": "H1",
    r"(?<=\d )мес\.": "месяцев",
}
_IN_FULL = [(re.compile(short, re.IGNORECASE), full) for short, full in ABBREVIATIONS.items()]
CELL_PATTERNS: list[Spelling] = [  # of cells of a table only, not of sentences
    (re.compile(pattern), months)
    for months, pattern in (
        (12, r"(?P<year>\d{4})(?:年|\s?(?:г\.?|год|yil|йил|жыл))?"),
        (6, r"(?P<year>\d{4})[- ]?h(?P<first>[12])"),
        (1, r"(?P<first>\d{1,2})[./](?P<year>\d{4})"),
        (1, r"(?P<year>\d{4})(?:[-/.]|\s?m)(?P<first>\d{1,2})"),
        (1, rf"(?P<year>\d{{4}})[- /.]{_month('first')}"),
        (1, rf"{_month('first')}[- ](?P<year>\d{{4}})"),
        (1, rf"{_month('first')} ?[-–] ?{_month('last')}[- ](?P<year>\d{{4}})"),
        (3, r"(?P<year>\d{4})[- ]?q(?P<first>[1-4])"),
        (3, r"q(?P<first>[1-4])[-/ ]?(?P<year>\d{4})"),
    )
]
_RANGE, _ONE_MONTH = SPELLINGS[2][0][0], SPELLINGS[-1][0][0]
_SINGLE = SPELLINGS[-2:]  # months that a day may be of
_DAY = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]{_month('first')}|"
    rf"{_month('first2')}\s(?P<day2>\d{{1,2}})(?!\d|[ ,.]\d{{3}}))"
    r"(?:,?\s(?P<year>(?:19|20)\d\d))?|"
    r"(?:(?P<year2>20\d\d)年)?(?P<first3>\d{1,2})月(?P<day3>\d{1,2})日",
    re.I,
)
_ACROSS = re.compile(  # from a month of one year to a month of another
    rf"{_month('first')}\s(?P<year>20\d\d){_TO}{_month('last')}\s(?P<end>20\d\d)|"
    r"(?P<year2>20\d\d)年(?P<first2>\d\d?)月(?:至|-|—|到)(?P<end2>20\d\d)年(?P<last2>\d\d?)月",
    re.I,
)
_ONLY_YEAR = re.compile(rf"\b{_YEAR}(?!\d)", re.I)
_PRINTED_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAYS_APART = re.compile(rf"{_TO}(?:the\s)?", re.I)
_BETWEEN = re.compile(r"(?:between|между)\s$", re.I)
_FISCAL = re.compile("fy|fiscal")
_LAST_MONTH = re.compile(
    r"\blast month|прошл\w+ месяце\b|o'tgan oyda|ўтган ойда|上个?月(?!\d)", re.I
)
_SO_FAR = re.compile(
    r"so far|year to date|今年以来|с начала (?:этого |текущего |20\d\d )?года|"
    r"(?:20\d\d[- ])?yil boshidan|(?:20\d\d[- ])?йил бошидан|since (?:january(?: 20\d\d)?|"
    r"(?:the )?(?:beginning|start) of (?:the year|this year|20\d\d))",
    re.I,
)
_BEGINNING = re.compile(r"(?:(?:beginning|start) of|(?:на|в) начал[оае]) (?=20\d\d)", re.I)
_COMPARED = re.compile(  # the period that a number is compared with, which is not its own
    r"(?:the )?same period (?:of |in )?(?:last year|the previous year|(?:19|20)\d\d)|"
    r"аналогичн\w+ период\w*(?: прошл\w+ год\w*| 20\d\d год\w*)?|(?:than|against|from|with|over|"
    r"of|exceed\w*|surpass\w*|above|чем|к|с)\s(?:in |the |that of |total of |"
    r"whole of )*(?:last year|the previous year|прошл\w+ год\w*)|去年同期|"
    rf"(?:than|against|чем)\s(?:in\s|в\s)?{_month('m1')}(?![a-zа-я])|"
    r"(?:than|as|чем)\s(?:in|в)\s20\d\d|20\d\d[- ](?:yil|йил)(?:ga|га) (?:nisbatan|нисбатан)|"
    rf"{_month('m2')}\s(?:oyiga|ойига)\s(?:nisbatan|нисбатан)",
    re.I,
)
_IN_DIGITS = re.compile(
    r"(?<![\d.,/-])(?:(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)|"
    r"(?P<day2>\d\d?)(?P<mark>[./])(?P<month2>\d\d?)(?P=mark)(?P<year2>20\d\d)|"
    r"(?P<month3>\d\d?)/(?P<year3>20\d\d))(?![\d/-]|[.,]\d)"
)


def period_of(text: str) -> Period:
    """A year, a quarter, a month, a day, or from one to another, as people write them.

    Parameters
    ----------
    text : str
        E.g. 2023, 2023Q1, 2023-04, Jan-Apr 2023, 2023-01-01/2023-04-30.

    Raises
    ------
    PeriodError
        Where the text is none of these.

    Examples
    --------
    >>> period_of("2023-01-01/2023-04-30").label, period_of("H1 2023").label
    ('2023-01..2023-04', '2023-01..2023-06')
    """
    words = _in_full(text.strip()).lower()
    words = re.sub(r"^([^\W\d]+)[-'’.](\d\d)$", r"\1 20\2", words)  # Sep-24
    ends = re.split(r"/|\.\.", words)
    if len(ends) == 2 and re.match(r"\d{4}-", words):
        return span(period_of(ends[0]).start, period_of(ends[1]).end)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words):
        return span(words, words)
    if _FISCAL.match(words):
        raise PeriodError(
            f"{text[:40]!r} is a fiscal year, which begins elsewhere in each country: "
            "give its months"
        )
    for pattern, months in itertools.chain(CELL_PATTERNS, *SPELLINGS):
        match = pattern.fullmatch(words)
        if match and (number := _year(match, None)):
            return _months_of(match, number, months)
    raise PeriodError(
        f"{text[:40]!r} is not a period such as 2023, 2023-04, 2023Q1 or Jan-Apr 2023"
    )


def period_cells(period: Period | None, one_day: bool) -> dict[str, str]:
    """First and last day as a ledger's columns; of a stock only the last one."""
    if period is None:
        return {}
    start = "" if one_day else period.start.isoformat()
    return {"period_start": start, "period_end": period.end.isoformat()}


@lru_cache(maxsize=256)
def printed_period(text: str, published: Published = None, stock: bool = False) -> Period | None:
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
    with contextlib.suppress(ValueError):  # of a day or a month that no calendar has
        period = _period(without_comparisons(_in_full(text)), published, stock)
        return Period(period.end, period.end) if period and stock else period
    return None


def _period(text: str, published: Published, stock: bool) -> Period | None:
    if (
        exact := _on_a_day(text, published)
        if stock
        else _range_of_months(text) or _days(text, published)
    ):
        return exact
    if published and _SO_FAR.search(text) and not open_ended(text, published):
        return span(dt.date(published.year, 1, 1), published)
    if spelled := _spelled(text, published):
        return spelled
    if published and _LAST_MONTH.search(text):
        return month(f"{published.replace(day=1) - dt.timedelta(days=1):%Y-%m}")
    return _whole_year(text, published)


def _parts(match: Match) -> dict[str, str]:
    """The groups of a match by name; year2 and year3 are other places of year."""
    return {name.rstrip("23"): text for name, text in match.groupdict().items() if text}


def _on_a_day(text: str, published: Published) -> Period | None:
    """The day of a stock."""
    match = _DAY.search(_BEGINNING.sub("1 January ", text))
    number = match and _year(match, published)
    return _day(match, number) if match and number else None


def _range_of_months(text: str) -> Period | None:
    """From a month of one year to a month of another."""
    if not (match := _ACROSS.search(text)):
        return None
    parts = _parts(match)
    start = _months(parts["year"], parts["first"], parts["first"])
    return Period(start.start, _months(parts["end"], parts["last"], parts["last"]).end)


def _days(text: str, published: Published) -> Period | None:
    """From a day to a day."""
    ends = _ends(text)
    number = _year(ends[1], published) if ends else None
    if not number:
        return None
    start = _day(ends[0], int(_parts(ends[0]).get("year", number)))
    return span(start.start, _day(ends[1], number).end)


def _ends(text: str) -> list[Match]:
    """The two days of a text that speaks of the days from one to another."""
    days = list(_DAY.finditer(text))
    is_range = len(days) == 2 and _DAYS_APART.fullmatch(text[days[0].end() : days[1].start()])
    return days if is_range else []


def _spelled(text: str, published: Published) -> Period | None:
    """The period of the first spelling that a text has."""
    days = _DAY.search(text)
    for group in SPELLINGS:
        matches = [(m, months) for pattern, months in group if (m := pattern.search(text))]
        if not matches or (days and group in _SINGLE):
            continue
        match, months = min(matches, key=lambda pair: pair[0].start())
        number = _year(match, published)
        if number and _is_range(match):
            return _past(_months_of(match, number, months), match, published)
    return None


def _whole_year(text: str, published: Published) -> Period | None:
    """The only year that a text names; of this year the days up to that of the text."""
    years = {*_PRINTED_YEAR.findall(text)}
    if len(years) == 1:
        return year(years.pop())
    match = _ONLY_YEAR.search(text)
    if not match or not match["word"] or not published:
        return None
    if _year(match, published) == published.year:
        return span(dt.date(published.year, 1, 1), published)
    return year(published.year - 1)


def _year(match: Match, published: Published) -> int | None:
    """The year of a match: its own, the only one of the text, or that of the day of the text."""
    parts = _parts(match)
    if "year" in parts:
        return int(parts["year"])
    word = parts.get("word", "")
    years = {*re.findall(r"(?<!\d)20\d\d(?!\d)", match.string)}
    if len(years) == 1 and not word:
        return int(years.pop())
    return published.year - bool(_LAST_YEAR.match(word)) if published else None


def _past(period: Period, match: Match, published: Published) -> Period:
    """A month without a year is the last one before the day of the text."""
    if {"year", "word"} & _parts(match).keys():
        return period
    if not published or period.start <= published or _PRINTED_YEAR.search(match.string):
        return period
    return period.year_before()


def _is_range(match: Match) -> bool:
    """Whether two months make a range: joined by "and" only after "between"."""
    joined = {"and", "и"} & {*match[0].lower().split()}
    return not joined or bool(_BETWEEN.search(match.string[: match.start()]))


def number_of(word: str) -> int:
    """The number of a month, or of what is counted in words.

    >>> number_of("Oktabr"), number_of("ноября"), number_of("III"), number_of("12")
    (10, 11, 3, 12)
    """
    digits = word.strip(" .月").lower()
    if digits.isdecimal():
        return int(digits)
    if digits in ORDINAL_NUMBERS:
        return ORDINAL_NUMBERS[digits]
    for number, names in enumerate(MONTH_PATTERNS, start=1):
        if re.fullmatch(names, digits):
            return number
    raise PeriodError(f"{word[:40]!r} is not a month")


def _months(number: int | str, start: str | int, end: str | int) -> Period:
    """From one month of a year to another, each by its number or its name."""
    months = [month(f"{number}-{number_of(str(name)):02d}") for name in (start, end)]
    return Period(months[0].start, months[1].end)


def _months_of(match: Match, number: int, months: int) -> Period:
    """The months of a year that a spelling names; without a number, those of the first unit."""
    parts = _parts(match)
    start = parts.get("first", "1")
    end = number_of(parts.get("last", start))
    return _months(number, months * (number_of(start) - 1) + 1, months * end)


def _day(match: Match, number: int) -> Period:
    parts = _parts(match)
    day = dt.date(number, number_of(parts["first"]), int(parts["day"]))
    return Period(day, day)


def dates_in_words(text: str) -> str:
    """A text whose dates in digits have their months in words; one that may be a day or a month
    stays as it is.

    >>> dates_in_words("as of 31.12.2025, in 11/2025, 05/06/2025")
    'as of 31 December 2025, in November 2025, 05/06/2025'
    """
    return _IN_DIGITS.sub(_in_words, _in_full(text))


def _in_full(text: str) -> str:
    for short, full in _IN_FULL:
        text = short.sub(full, text)
    return text


def _in_words(date: Match) -> str:
    parts = _parts(date)
    day = int(parts.get("day", 0))
    number = int(parts["month"])
    by_slash = parts.get("mark") == "/"
    if by_slash and number > 12:  # the American order
        day, number = number, day
    elif by_slash and day <= 12 and day != number:
        return date[0]
    if not 1 <= number <= 12 or day > 31:
        return date[0]
    return f"{day or ''} {ENGLISH_MONTHS[number - 1]} {parts['year']}".lstrip()


@lru_cache(maxsize=256)
def several_months(text: str) -> bool:
    """Whether a text names months one by one, which are no range.

    >>> several_months("in May, June and July 2025"), several_months("in May-July 2025")
    (True, False)
    """
    words = _ACROSS.sub("", without_comparisons(text))
    words = _RANGE.sub(lambda match: "" if _is_range(match) else match[0], words)
    words = _DAY.sub("", words)
    return len({number_of(match["first"]) for match in _ONE_MONTH.finditer(words)}) > 1


def date_spans(text: str) -> list[tuple[int, int]]:
    """Where a text names dates and periods, whose numbers are no counts."""
    spelled = (pattern for pattern, _ in itertools.chain(*SPELLINGS))
    patterns = (*spelled, _ACROSS, _DAY, _ONLY_YEAR)
    return [match.span() for pattern in patterns for match in pattern.finditer(text)]


def open_ended(text: str, published: Published) -> bool:
    """Whether a text does not say since when, or up to when, a flow is counted: it names only one
    day, or only a beginning.
    """
    sentence = without_comparisons(text)
    since = _SO_FAR.search(sentence)
    number = since and _PRINTED_YEAR.search(since[0])
    if number and not (published and int(number[0]) == published.year):
        return True
    return _DAY.search(sentence) is not None and not _ends(sentence)


@lru_cache(maxsize=256)
def without_comparisons(text: str) -> str:
    """The text with blanks for the periods that its numbers are compared with.

    >>> without_comparisons("432 cars in 2021, more than in the same period of last year").rstrip()
    '432 cars in 2021, more than in'
    """
    return _COMPARED.sub(lambda compared: " " * len(compared[0]), text)
