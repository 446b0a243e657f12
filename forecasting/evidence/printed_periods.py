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

__all__ = ["date_spans", "printed_period"]

_MONTHS = (
    "jan янв yanv", "feb фев fev", "mar мар", "apr апр", "may мая май мае", "jun июн iyun", "jul июл iyul",
    "aug авг avg", "sep сен sent", "oct окт okt", "nov ноя noy", "dec дек dek",
)  # fmt: skip
MONTHS = {stem: number for number, stems in enumerate(_MONTHS, start=1) for stem in stems.split()}
_M = r"(?P<{}>(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")[a-zа-яʼ']*\.?)"
_YEAR = (
    r"(?:(?P<year>(?:19|20)\d\d)|(?P<word>this year|so far this year|текущего года|этого года|今年|joriy yil\w*|"
    r"last year|прошлого года|去年))"
)
_COUNT_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
COUNTS = {name: n for n, word in enumerate(_COUNT_WORDS, start=1) for name in (word, str(n))}
_COUNT = "|".join(sorted(COUNTS, key=len, reverse=True))

_RANGE = re.compile(
    _M.format("first") + r"\s?(?:[-–—]|to|through|по|до)\s?" + _M.format("last") + rf"(?:\s(?:of\s)?{_YEAR})?", re.I
)
_FIRST_MONTHS = re.compile(
    rf"(?:first|за|последние)?\s?(?P<count>{_COUNT})\s(?:months|месяц\w*|oy\w*)(?:\s(?:of\s)?{_YEAR})?",
    re.I,
)
_HALF = re.compile(
    rf"(?:first half|half[- ]year|1h|h1|上半年|перво\w+ полугоди\w+)(?:\s?(?:of\s)?(?:{_YEAR}|(?P<short>\d\d)\b))?",
    re.I,
)
_QUARTER = re.compile(rf"(?:q(?P<q>[1-4])|(?P<nth>first|second|third|fourth) quarter)(?:\s?(?:of\s)?{_YEAR})?", re.I)
_CHINESE = re.compile(r"(?:(?P<year>20\d\d)年)?(?P<first>\d{1,2})(?:月)?(?:至|-|—|到)(?P<last>\d{1,2})月")
_DAY = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.]{_M.format('a')}|{_M.format('b')}\s(?P<day2>\d{{1,2}})(?!\d))(?:,?\s(?P<year>(?:19|20)\d\d))?",
    re.I,
)
_ONE_MONTH = re.compile(_M.format("first") + rf"(?![a-zа-я])(?:\s(?:of\s)?{_YEAR})?", re.I)
_SO_FAR = re.compile(
    r"so far|今年以来|с начала года|yil boshidan|since (?:the beginning of )?(?:20\d\d|january|the year)", re.I
)
_ONLY_YEAR = re.compile(rf"\b{_YEAR}(?!\d)", re.I)
PATTERNS = (_CHINESE, _RANGE, _FIRST_MONTHS, _HALF, _QUARTER, _DAY, _ONE_MONTH, _ONLY_YEAR)


def date_spans(text: str) -> list[tuple[int, int]]:
    """Where a text speaks of time: numbers there are no counts."""
    return [match.span() for pattern in PATTERNS for match in pattern.finditer(text)]


def printed_period(text: str, published: dt.date | None = None, stock: bool = False) -> Period | None:
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
    found = _span(text, published, stock)
    return Period(found.end, found.end) if found and stock else found


def _span(text: str, published: dt.date | None, stock: bool) -> Period | None:
    if stock and (match := _DAY.search(text)) and (of := _year(match, published)):
        return _day(match, of)
    if _SO_FAR.search(text) and published:
        return span(dt.date(published.year, 1, 1), published)
    for pattern, read in (
        (_CHINESE, _numbered),
        (_RANGE, _months),
        (_FIRST_MONTHS, _first),
        (_HALF, _half),
        (_QUARTER, _quarter),
    ):
        if (match := pattern.search(text)) and (of := _year(match, published)):
            return read(match, of)
    if (match := _ONE_MONTH.search(text)) and (of := _year(match, published)) and not _DAY.search(text):
        return month(f"{of}-{_number(match['first']):02d}")
    years = [int(m) for m in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)]
    if len(set(years)) == 1:
        return year(years[0])
    word = _ONLY_YEAR.search(text)
    of = _year(word, published) if word and word["word"] else None
    if of and published and of == published.year:
        return span(dt.date(of, 1, 1), published)  # this year, as far as it has come
    return year(of) if of else None


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
    if published is None:
        return None
    return published.year - bool(re.match("last|прошл|去年", groups.get("word") or "", re.I))


def _day(match: re.Match[str], of: int) -> Period | None:
    number, day = _number(match["a"] or match["b"]), int(match["day"] or match["day2"])
    if not 1 <= day <= calendar.monthrange(of, number)[1]:
        return None
    return Period(dt.date(of, number, day), dt.date(of, number, day))


def _numbered(match: re.Match[str], of: int) -> Period | None:
    return _between(of, int(match["first"]), int(match["last"]))


def _months(match: re.Match[str], of: int) -> Period | None:
    return _between(of, _number(match["first"]), _number(match["last"]))


def _first(match: re.Match[str], of: int) -> Period | None:
    return _between(of, 1, COUNTS[match["count"].lower()])


def _half(match: re.Match[str], of: int) -> Period | None:
    return _between(of, 1, 6)


def _quarter(match: re.Match[str], of: int) -> Period | None:
    number = int(match["q"]) if match["q"] else ("first", "second", "third", "fourth").index(match["nth"].lower()) + 1
    return _between(of, 3 * number - 2, 3 * number)


def _between(of: int, first: int, last: int) -> Period | None:
    if not 1 <= first <= last <= 12:
        return None
    return span(dt.date(of, first, 1), dt.date(of, last, calendar.monthrange(of, last)[1]))
