"""Periods as people print them, in cells and in sentences: names of months and quarters in every
language of CLDR, and one declared list of forms.

A text says a part of a period: a year, some months of one, a day. What several cells say is joined.

>>> period_of("2023").label, period_of("Q1 2023").label, str(period_of("Jan-Apr 2023"))
('2023', '2023-01..2023-03', '2023-01..2023-04')
>>> str(period_in("янв-июнь").joined(period_in("2023 год")).period())
'2023-01..2023-06'
"""

import calendar
import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.languages import SHORT_NAME, folded, months_named, quarter_words
from forecasting.vocabulary.periods import Period, month, span
from forecasting.vocabulary.printed_numbers import FOOTNOTES, plain_text

YEARS = (1950, 2060)  # that a number may be, where it is one
MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
ENDS = "ends"  # of a fiscal year: the number is that of the calendar year in which it ends
BEGINS = "begins"
CALLED = "called"  # by a single year, and may end or begin in it
SOLAR_MONTHS = {  # of the Solar Hijri calendar, which CLDR has in few languages
    name: number
    for names in (
        "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
        "farvardin ordibehesht khordad tir mordad shahrivar mehr aban azar dey bahman esfand",
    )
    for number, name in enumerate(names.split(), start=1)
}
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "перв": 1, "втор": 2, "трет": 3, "четверт": 4,
    "上": 1, "下": 2, "一": 1, "二": 2, "三": 3, "四": 4,
}  # fmt: skip
COUNTS = {word: number for number, words in enumerate(
    ("one одного 一", "two двух 二 两", "three трех три 三", "four четырех четыре 四",
     "five пяти пять 五", "six шести шесть 六", "seven семи семь 七", "eight восьми восемь 八",
     "nine девяти девять 九", "ten десяти десять 十", "eleven одиннадцати одиннадцать"), start=1,
) for word in words.split()}  # fmt: skip

# The forms, on folded text. {n} is a number, an ordinal or a Roman numeral, {y} a year, {m} a month
_YEAR = r"(?<!\d)(?:19[5-9]|20[0-5])\d(?!\d)"
_YEAR_FIRST = r"(?<!\d)(?:19[5-9]|20[0-5])\d"
_ORDINAL = r"(?:iv|i{1,3}|[1-4]|(?:first|second|third|fourth|(?:перв|втор|трет|четверт)\w*))"
_SHORT_YEAR = r"(?:['’ ]?(?P<short>\d\d)(?!\d))"
_QUARTER = r"(?:q(?:uarter|tr)?|кв(?:артал\w*)?|trim(?:estre|\.)?|季度|t(?=\d)|(?<=[1-4])t)"
_HALF = r"(?:half(?:[- ]year)?|h|полуг(?:оди\w*)?|semestre|s(?=\d)|halbjahr|半年)"
_COUNT_OF_MONTHS = r"(?:months?|мес(?:яц\w*)?|м|m|个?月|ay\w*|oy\w*|ой\w*|mo)"
UP_TO = (
    r"(?:up to|until|till|through|to|thru|ytd|by|по|до|bis|hasta|ate|jusqu'a|jusqu'en"
    r"|do|pana in|tot|t/m|til|au|a)"
)
FISCAL = r"(?:fiscal|financial|fy|финансов\w*|бюджетн\w*|财年|年度)"
TO_DATE = re.compile(
    r"\bytd\b|year[- ]to[- ]date|cumulative|since (?:the )?(?:beginning|start|january)|"
    r"с начала\b(?: года)?|since 1 january|нараст\w*(?: итог\w*)?|накоплен\w*|"
    r"acumulad\w*|今年以来|累计|累計"
)
YEAR_AND_DIGITS = re.compile(rf"({_YEAR_FIRST})[-/](\d\d)")  # 2010-11: a month, or two years
# What may stand beside a year and changes nothing, also in brackets
_YEAR_WORDS = re.compile(
    r"(?<![^\W\d_])(?:г|гг|год\w*|years?|jahr|ano|annee|an|yil\w*|йил\w*|жыл\w*|yılı?|rok|anno|"
    r"år|ar|календарн\w*|calendar)(?![^\W\d_])\.?|(?<=\d)[年년]"
)
_REVISIONS = re.compile(
    r"\(?(?<![^\W\d_])(?:p|r|prov(?:isional)?|prelim(?:inary)?|rev(?:ised)?|предв\w*|уточн\w*|"
    r"пересм\w*|оперативн\w*)(?![^\W\d_])\.?\)?"
)
_PLAN_WORDS = r"forecasts?|targets?|planned|projected|projections?|прогноз\w*|плановы\w*|ожидаем\w*"
_PLANS = re.compile(
    rf"(?<![^\W\d_])(?:f|e|est(?:imated?)?|plan|proj(?:ect)?|goal|план\w*|цел\w*|оценк\w*|ожида\w*|"
    rf"{_PLAN_WORDS})(?![^\W\d_])|(?<=\d{{4}})[ef](?![^\W\d_])"
)

_YearOrDay = TypeVar("_YearOrDay", int, dt.date)


@dataclass(frozen=True)
class PeriodWords:
    """What a text says of a period.

    Parameters
    ----------
    year : int or None
        Of the calendar, or of a fiscal year.
    months : tuple of int or None
        First and last, of the year.
    day : date or None
        A day, which stands for itself, or for the period that ends or begins with it.
    day_of_month : int or None
        Of a day whose year another text says.
    fiscal : str
        Of a fiscal year: whether `year` is the one in which it begins, or ends, or may be either.
    named : bool
        Whether the months are named, and not counted from the first of the year.
    to_date : bool
        Whether all since the year began is meant.
    plan : str
        A word by which it is an estimate, a forecast or a plan.
    open : str
        Why it may mean something else.
    rest : str
        The words that say nothing of a period.
    """

    year: int | None = None
    months: tuple[int, int] | None = None
    day: dt.date | None = None
    day_of_month: int | None = None
    fiscal: str = ""
    named: bool = False
    to_date: bool = False
    plan: str = ""
    open: str = ""
    rest: str = ""

    @property
    def says(self) -> bool:
        """Whether it says anything of a period."""
        return self.year is not None or self.months is not None or self.day is not None

    def joined(self, words: "PeriodWords") -> "PeriodWords":
        """What two texts say together.

        Raises
        ------
        PeriodError
            Where they contradict each other.
        """
        number = _agreed("years", self.year, words.year)
        day = _agreed("days", self.day, words.day)
        if day and number and day.year != number:
            raise PeriodError(f"names the day {day} and the year {number}")
        months = _shorter(self.months, words.months)
        return PeriodWords(
            year=number,
            months=months,
            day=day,
            day_of_month=self.day_of_month or words.day_of_month,
            fiscal=self.fiscal or words.fiscal,
            named=(self if self.months == months else words).named,
            to_date=self.to_date or words.to_date,
            open=self.open or words.open,
        ).dated()

    def dated(self) -> "PeriodWords":
        """With the day of a month as a day, once its year is said; 29 February may be the 28th."""
        if self.day_of_month is None or self.year is None or self.months is None:
            return self
        end = _month_at(self.year, self.months[0]).end
        day = end.replace(day=min(self.day_of_month, end.day))
        return replace(self, day=day, day_of_month=None, year=None, months=None)

    def period(self, first_month: int = 1) -> Period:
        """The days that are meant.

        Parameters
        ----------
        first_month : int
            In which month its year begins.

        Raises
        ------
        PeriodError
            Where no year is said.
        """
        if self.day:
            return Period(self.day, self.day)
        if self.year is None:
            raise PeriodError("names no year")
        start = self.year
        if first_month > 1 and self.fiscal == ENDS:
            start -= 1
        start_month, end_month = self._month_numbers(first_month)
        return Period(_month_at(start, start_month).start, _month_at(start, end_month).end)

    def _month_numbers(self, first_month: int) -> tuple[int, int]:
        """The months from one to another, by their numbers from January of the year in which its
        year begins.
        """
        start_month, end_month = self.months or (1, 12)
        if first_month <= 1:
            return start_month, end_month
        if not self.named:
            return start_month + first_month - 1, end_month + first_month - 1
        if self.fiscal:
            return _in_fiscal_year(start_month, first_month), _in_fiscal_year(
                end_month, first_month
            )
        return start_month, end_month


def _agreed(
    kind: str, value: _YearOrDay | None, second_value: _YearOrDay | None
) -> _YearOrDay | None:
    """The year or the day of two texts, which may not name two."""
    if value and second_value and value != second_value:
        raise PeriodError(f"names two {kind}, {value} and {second_value}")
    return value or second_value


def _shorter(
    months: tuple[int, int] | None, second_months: tuple[int, int] | None
) -> tuple[int, int] | None:
    """The shorter of two parts of a year, which lies in the longer."""
    if months is None or second_months is None:
        return months or second_months
    short, long = sorted([months, second_months], key=lambda part: part[1] - part[0])
    if long[0] <= short[0] and short[1] <= long[1]:
        return short
    raise PeriodError("names two parts of a year")


def _in_fiscal_year(number: int, first_month: int) -> int:
    """The number of a month, in the next calendar year where it is before the first month."""
    return number + 12 if number < first_month else number


def _month_at(start_year: int, number: int) -> Period:
    """A month by its number from January of a year on, beyond 12 in the years that follow."""
    years, index = divmod(number - 1, 12)
    day = dt.date(start_year + years, index + 1, 1)
    return Period(day, day.replace(day=calendar.monthrange(day.year, day.month)[1]))


class _Text:
    """A text of which each form that is found is taken out."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        match = re.search(pattern, self.text)
        if match:
            self.text = f"{self.text[: match.start()]} {self.text[match.end() :]}"
        return match

    def remainder(self) -> str:
        """What is left, without brackets that are empty and marks at its ends."""
        words = re.sub(r"\(\s*\)|\[\s*\]|（\s*）", " ", self.text)
        return " ".join(words.split()).strip(" ,.;:-–—/'’，")


@lru_cache(maxsize=8192)
def period_in(text: str, languages: Collection[str] = ()) -> PeriodWords:
    """What a text says of a period.

    Parameters
    ----------
    text : str
        A cell, a head or a title.
    languages : collection of str
        Of its table; a name that is of two months is read in these.

    Examples
    --------
    >>> period_in("Импорт, 9 мес. 2024 г.").months, period_in("2025 (up to November)").months
    ((1, 9), (1, 11))
    >>> period_in("2023/24").fiscal, period_in("2024 (forecast)").plan
    ('begins', 'forecast')
    """
    words = folded(re.sub(FOOTNOTES, "", plain_text(text)))
    words = re.sub(rf"({_YEAR_FIRST})(?=[qht][1-4]|[1-4][qht])", r"\1 ", words)
    stretch = _Text(words)
    part = _take_period(stretch, languages)
    to_date = stretch.take(TO_DATE) is not None
    stretch.take(_REVISIONS)
    plan = (
        stretch.take(_PLANS)
        if part.says
        else re.search(rf"(?<![^\W\d_])(?:{_PLAN_WORDS})(?![^\W\d_])", words)
    )
    if part.year and part.day is None:
        stretch.take(_YEAR_WORDS)
    return replace(
        part,
        to_date=part.to_date or to_date,
        plan=plan[0] if plan else "",
        open=part.open or _doubt_of_brackets(part, words, stretch.text),
        rest=stretch.remainder(),
    ).dated()


def _take_period(text: _Text, languages: Collection[str]) -> PeriodWords:
    part = _take_day(text) or _take_fiscal_year(text) or PeriodWords()
    if part.day is None:
        return _with_months(text, part, languages)
    return part


def _doubt_of_brackets(part: PeriodWords, words: str, text: str) -> str:
    """Why a year may be another, where words in brackets follow it."""
    brackets = re.search(r"[(\[（]\s*[^\W\d_][^)\]）]*[)\]）]", text)
    if part.year and brackets and re.match(rf"\W*{_YEAR}\W*\(", words):
        return f"beside the year it says {brackets[0][1:-1].strip()!r}"
    return ""


def _take_day(text: _Text) -> PeriodWords | None:
    """A day in digits or in words. The form that matches decides, also where its day is none."""
    for form in (_year_month_day, _day_month_year, _day_in_words, _start_or_end_of_year):
        part = form(text)
        if part is not None:
            return part if part.says else None
    return None


def _year_month_day(text: _Text) -> PeriodWords | None:
    match = text.take(
        r"(?<!\d)(\d{4})(?:[-./](\d\d?)[-./]|年(\d\d?)月)(\d\d?)(?!\d)日?(?: 00:00(?::00)?)?"
    )
    return _day(int(match[1]), int(match[2] or match[3]), int(match[4])) if match else None


def _day_month_year(text: _Text) -> PeriodWords | None:
    """A day whose year is behind: 31.12.2024, or 12/31/2024."""
    match = text.take(r"(?<!\d)(\d\d?)([./-])(\d\d?)\2(\d{4})(?!\d)(?: ?г\.?(?!\w))?")
    if match is None:
        return None
    day, month, number = int(match[1]), int(match[3]), int(match[4])
    part = _day(number, month, day)
    if match[2] == "/" and day != month and day <= 12 and month <= 12:
        return replace(part, open="may name the day or the month first")
    return part if part.says else _day(number, day, month)


def _day_in_words(text: _Text) -> PeriodWords | None:
    """A day whose month is a name: 31 December 2024, December 31, 2024."""
    for match in re.finditer(
        rf"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th|-?го|\.)?\s(?:of )?(?P<name>[^\W\d_]{{3,}})\.?,?\s"
        rf"(?P<year>{_YEAR})|(?P<name2>[^\W\d_]{{3,}})\.?\s(?P<day2>\d\d?)(?:st|nd|rd|th)?,?\s"
        rf"(?P<year2>{_YEAR})",
        text.text,
    ):
        parts = {name.rstrip("2"): word for name, word in match.groupdict().items() if word}
        months = months_named(parts["name"])
        if len(months) == 1 and int(parts["day"]) <= 31:
            text.take(re.escape(match[0]) + r"(?: ?г(?:\.|ода)?(?!\w))?")
            return _day(int(parts["year"]), next(iter(months)), int(parts["day"]))
    return None


def _start_or_end_of_year(text: _Text) -> PeriodWords | None:
    """The first or the last day of a year: at the beginning of 2024."""
    match = text.take(
        r"(?:(?:as of |at |by )?(?:the )?(?:(?P<start>beginning|start)|end) of|"
        rf"на (?:(?P<start2>начало)|конец))(?: года)? ?(?P<year>{_YEAR})"
    )
    if match is None:
        return None
    month, day = (1, 1) if match["start"] or match["start2"] else (12, 31)
    return _day(int(match["year"]), month, day)


def _day(number: int, month: int, day: int) -> PeriodWords:
    """A day; words that say nothing where there is no such day."""
    try:
        return PeriodWords(day=dt.date(number, month, day))
    except ValueError:
        return PeriodWords()


def _take_fiscal_year(text: _Text) -> PeriodWords | None:
    return _two_years(text) or _year_with_fiscal_word(text)


def _two_years(text: _Text) -> PeriodWords | None:
    """A fiscal year as two years that follow each other: 2023/24."""
    for years in re.finditer(rf"({_YEAR})\s?([/–—-])\s?(?:(\d{{4}})|(\d\d))(?![\d-])", text.text):
        start = int(years[1])
        end = int(years[3] or _year_behind(start, years[4]))
        may_be_month = years[4] and years[2] == "-" and 1 <= int(years[4]) <= 12
        if end == start + 1 and not may_be_month:
            text.take(re.escape(years[0]))
            text.take(rf"{FISCAL}(?: year| год\w*)?")
            return PeriodWords(year=start, fiscal=BEGINS)
        if years[3]:
            text.take(re.escape(years[0]))
            return PeriodWords(open=f"names the years {start} to {end}" if end > start else "")
    return None


def _year_with_fiscal_word(text: _Text) -> PeriodWords | None:
    """A fiscal year as a word beside a year: FY2024, FY23/24."""
    match = text.take(
        rf"(?<![^\W\d_]){FISCAL}(?: ?year| ?год\w*)?[ .'-]?(?P<year>{_YEAR}|\d\d(?!\d))|"
        rf"(?P<year2>{_YEAR}) ?{FISCAL}(?: ?year| ?год\w*)?(?!\w)"
    )
    if match is None:
        return None
    number = int(match["year"] or match["year2"])
    if number < 100:
        number += 2000 if number + 2000 <= YEARS[1] else 1900
    end_year = re.match(r"\s*[/–-]\s?(\d\d)(?!\d)", text.text[match.start() + 1 :])
    if end_year is None:
        # A year of Japan, 年度, is always called by the one in which it begins
        return PeriodWords(number, fiscal=BEGINS if "年度" in match[0] else CALLED)
    text.take(re.escape(end_year[0]))
    doubt = "" if _year_behind(number, end_year[1]) == number + 1 else "names two years"
    return PeriodWords(number, fiscal=BEGINS, open=doubt)


def _year_behind(start: int, digits: str) -> int:
    """The first year from another one on that ends with two digits."""
    return start + (int(digits) - start) % 100


def _ordinal(text: str) -> int:
    word = text.strip(" .-")
    if word.isdecimal():
        return int(word)
    stems = (number for stem, number in ORDINALS.items() if word.startswith(stem))
    return ROMAN.get(word) or COUNTS.get(word) or next(stems, 0)


@lru_cache(maxsize=1)
def _quarter_of_languages() -> str:
    return f"(?:{'|'.join(sorted(quarter_words(), key=len, reverse=True))})"


@dataclass(frozen=True)
class _Months:
    """Months that a form names: from one to another, a year of two digits beside them, a day in the
    month, whether they are names, and why they may be others.
    """

    months: tuple[int, int] | None = None
    year: int | None = None
    day: int | None = None
    are_names: bool = False
    doubt: str = ""


def _with_months(text: _Text, part: PeriodWords, languages: Collection[str]) -> PeriodWords:
    """The part of a year, and the year, that a text names."""
    if part.year is None and (month := _month_in_digits(text)):
        return month
    match = _Months()
    for form in (
        _day_of_each_year,
        _numbered_months,
        _quarters,
        _halves,
        _quarters_of_languages,
        _count_of_months,
    ):
        match = form(text)
        if match.months:
            break
    if match.months is None:
        match = _month_names(text, languages)
    number, doubt = _year_beside(text, part, match)
    return PeriodWords(
        number,
        match.months,
        day_of_month=match.day,
        fiscal=part.fiscal,
        named=match.are_names,
        open=part.open or match.doubt or doubt,
    )


def _year_beside(text: _Text, part: PeriodWords, months: _Months) -> tuple[int | None, str]:
    """The year that a text names, and why it may be another."""
    years = {*re.findall(_YEAR, text.text)}
    number = part.year or months.year
    if number is None:
        return _take_year(text, years)
    if not part.fiscal and years == {str(number)}:
        text.take(_YEAR)
    return number, ""


def _take_year(text: _Text, years: set[str]) -> tuple[int | None, str]:
    """The single year of a text, also of the calendar of Taiwan, and why there is none."""
    if len(years) == 1:
        text.take(f"{_YEAR}[年년]?")
        return int(min(years)), ""
    if len(years) > 1:
        return None, f"names the years {' and '.join(sorted(years)[:3])}"
    match = text.take(r"(?:民國)?(?<!\d)(1[0-2]\d|9\d)年")
    return int(match[1]) + 1911 if match else None, ""


def _month_in_digits(text: _Text) -> PeriodWords | None:
    """A month in digits, with its year: 2024-09, 2024M9, 09/2024."""
    words = text.text.strip()
    if len(re.findall(_YEAR, words)) > 1:
        match = text.take(
            rf"(?<!\d)(?P<year>{_YEAR})[-.](?P<start>0[1-9]|1[0-2])\s?(?:[-–/]|\.\.|{UP_TO})\s?"
            r"(?P=year)[-.](?P<end>0[1-9]|1[0-2])(?![\d.-])"
        )
        if match is None:
            return None
        months = int(match["start"]), int(match["end"])
        return PeriodWords(int(match["year"]), months, named=True)
    for pattern in (
        rf"^(?P<year>{_YEAR_FIRST})(?P<month>0[1-9]|1[0-2])$",
        rf"^(?P<year>{_YEAR})\s?[-/.]?\s?m?(?P<month>0?[1-9]|1[0-2])$",
        rf"^(?P<month>0?[1-9]|1[0-2])[./-](?P<year>{_YEAR})$",
        rf"(?<![\d./-])(?P<year>{_YEAR})[-/.](?P<month>0[1-9]|1[0-2])(?![\d./-])",
    ):
        text.text = text.text.strip()
        if match := text.take(pattern):
            number, year = int(match["month"]), int(match["year"])
            pair = YEAR_AND_DIGITS.fullmatch(match[0])
            may_be_years = pair is not None and _year_behind(year, pair[2]) == year + 1
            doubt = f"may be a month, or the year {year}/{number:02d}" if may_be_years else ""
            return PeriodWords(year, (number, number), named=True, open=doubt)
    return None


def _numbered_months(text: _Text) -> _Months:
    """Months by their number: 1-9月, 前9个月, month 9."""
    if match := text.take(r"(\d\d?)[月월]?\s?[-–—~至到]\s?(\d\d?)[月월]"):
        return _Months((int(match[1]), int(match[2])), are_names=True)
    if match := text.take(r"前(\d\d?|[一二三四五六七八九十])个?月"):
        return _Months((1, _ordinal(match[1])), are_names=True)
    if match := text.take(
        r"(?<!\d)(1[0-2]|0?[1-9])(?:月份?|월)|(?<!\w)month (1[0-2]|0?[1-9])(?!\w)"
    ):
        number = int(match[1] or match[2])
        return _Months((number, number), are_names=True)
    return _Months()


def _day_of_each_year(text: _Text) -> _Months:
    """A day in digits, or the first one, of years that other texts name: на 01.01."""
    match = text.take(
        r"(?<!\w)(?:на|at|as of|am|au) (0[1-9]|[12]\d|3[01])\.(0[1-9]|1[0-2])\.?(?!\d)"
    )
    if match:
        month = int(match[2])
        return _Months((month, month), day=int(match[1]), are_names=True)
    if text.take(
        r"на начало года|(?:at|as of) (?:the )?(?:beginning|start) of (?:the |each )?year"
    ):
        return _Months((1, 1), day=1, are_names=True)
    return _Months()


def _quarters(text: _Text) -> _Months:
    return _unit_of(text, _QUARTER, 3)


def _halves(text: _Text) -> _Months:
    return _unit_of(text, _HALF, 6)


def _quarters_of_languages(text: _Text) -> _Months:
    """A quarter in another language, whose names take a while to load."""
    has_word = re.search(r"[^\W\d_]{4}", text.text)
    if has_word and re.search(rf"(?<![^\W_]){_ORDINAL}(?![^\W\d_]{{2}})", text.text):
        return _unit_of(text, _quarter_of_languages(), 3)
    return _Months()


def _count_of_months(text: _Text) -> _Months:
    """Months or quarters from January on, by their count: 9 months, first three quarters."""
    match = text.take(
        rf"(?:first |за |перв\w+ )?(?<![\w.,/-])(?P<count>1[0-2]|[1-9]|{'|'.join(COUNTS)})"
        rf"[ -]?(?:{_COUNT_OF_MONTHS}(?![^\W\d_])\.?|(?P<quarters>quarters?|квартала))"
        rf"(?: of)?{_SHORT_YEAR}?"
    )
    if match is None:
        return _Months()
    count = _ordinal(match["count"]) * (3 if match["quarters"] else 1)
    short = 2000 + int(match["short"]) if match["short"] else None
    return _Months((1, count), short) if 1 <= count <= 12 else _Months()


def _unit_of(text: _Text, unit: str, length: int) -> _Months:
    """The months of a quarter or a half, and a year of two digits behind it."""
    match = text.take(
        rf"(?<![^\W_])(?P<n>{_ORDINAL})(?:-?[йеяaoei]\w{{0,2}}|st|nd|rd|th|\.|er|º)?[ -]?{unit}"
        rf"(?![^\W\d_])\.?(?: of)?{_SHORT_YEAR}?|"
        rf"(?<![^\W\d_]){unit}[ .-]?(?P<n2>iv|i{{1,3}}|[1-4])(?![^\W_])"
        rf"(?:[ '’/-](?P<short2>\d\d)(?!\d))?|"
        rf"第?(?<!\d)(?P<n3>[一二三四1-4上下]){unit}"
    )
    if match is None:
        return _Months()
    number = _ordinal(match["n"] or match["n2"] or match["n3"])
    if not 1 <= number <= 12 // length:
        return _Months()
    short = match["short"] or match["short2"]
    months = (length * (number - 1) + 1, length * number)
    return _Months(months, 2000 + int(short) if short else None)


def _month_names(text: _Text, languages: Collection[str]) -> _Months:
    """The months that a text names, one, or from one to another, or up to one."""
    names = _names_in(text.text, languages)
    if len(names) > 2:
        return _Months(doubt="names more than two months")
    if len(names) == 2:
        return _from_name_to_name(text, names)
    return _single_name(text, names) if names else _Months()


# A word, and the months that it names, each with the languages that call it so
_Name = tuple[re.Match[str], dict[int, frozenset[str]]]


def _names_in(text: str, languages: Collection[str]) -> list[_Name]:
    """The names of months in a text."""
    # A word before one digit is that of a sheet or of another thing that is numbered
    words = [*re.finditer(r"[^\W\d_]+(?:['.][^\W\d_]+)*(?![^\W\d_])(?!\d(?!\d))", text)]
    pairs = [(word, _months_named(word[0], languages)) for word in words]
    names = [(word, months) for word, months in pairs if months]
    # A short name is also a word of some language: it counts alone, or beside a number
    are_short = all(len(word[0]) <= SHORT_NAME for word, _ in names)
    if are_short and len(names) < len(words) and not re.search(r"\d", text):
        return []
    return names


def _doubt_of_names(names: list[_Name]) -> str:
    if any(len(months) > 1 for _, months in names):
        return f"{names[0][0][0]!r} names two months in two languages"
    return ""


def _from_name_to_name(text: _Text, names: list[_Name]) -> _Months:
    """Months from one name to another: Jan-Apr."""
    start_month, end_month = (min(months) for _, months in names)
    _, words, _, year = _take_names(text, names)
    link = re.fullmatch(rf"\.?\s?([-–—/]|{UP_TO}|and|и)\.?\s?", words)
    if link is None or start_month > end_month:
        return _Months(doubt="names two months")
    doubt = _doubt_of_names(names)
    if link[1] in ("and", "и") and "between" not in text.text:
        doubt = doubt or "names two months"
    return _Months((start_month, end_month), year, are_names=True, doubt=doubt)


def _single_name(text: _Text, names: list[_Name]) -> _Months:
    """One month, or the months up to it: April, up to April."""
    month = min(names[0][1])
    doubt = _doubt_of_names(names)
    if day := _take_day_of_month(text, names[0][0][0]):
        return _Months((month, month), day=day, are_names=True, doubt=doubt)
    start, _, up_to, year = _take_names(text, names)
    if not up_to:
        return _Months((month, month), year, are_names=True, doubt=doubt)
    ends_year = re.search(r"(?:year|months|ended|ending)\s*$", text.text[:start])
    if ends_year or up_to in ("a", "by", "do", "до", "until", "till"):
        doubt = doubt or f"says {up_to!r} before the month"
    return _Months((1, month), year, are_names=True, doubt=doubt)


def _take_day_of_month(text: _Text, name: str) -> int | None:
    """A day beside the name of its month, whose year is not behind it: 1er janvier, July 1st."""
    word = re.escape(name)
    match = text.take(
        rf"(?<![\w.,/-])(?P<day>[12]?\d|3[01])[-.°]?[^\W\d_]{{0,2}}\.? (?:of |de )?{word}(?!\w)\.?"
        rf"(?![ '’-]{{1,2}}\d\d(?!\d))|"
        rf"(?<!\w){word}\.? (?P<day2>(?:[12]?\d|3[01])(?:st|nd|rd|th)|[1-9])(?!\w)"
    )
    if match is None:
        return None
    return int(re.sub(r"\D", "", match["day"] or match["day2"])) or None


def _take_names(text: _Text, names: list[_Name]) -> tuple[int, str, str, int | None]:
    """Take names of months out of a text: where they stood, what stands between them, the words
    before them that say up to, and a year of two digits behind.
    """
    start_name, end_name = names[0][0], names[-1][0]
    short = re.match(r"\.?[ '’/-]{1,2}(\d\d)(?!\d)", text.text[end_name.end() :])
    link = text.text[start_name.end() : end_name.start()]
    up_to = re.search(rf"(?:^|[\s(])({UP_TO})\s*$", text.text[: start_name.start()])
    start = up_to.start(1) if up_to else start_name.start()
    end = end_name.end() + (short.end() if short else 0)
    text.text = f"{text.text[:start]} {text.text[end:]}"
    year = 2000 + int(short[1]) if short else None
    return start, link, up_to[1] if up_to else "", year


# Endings of Russian months in a sentence, behind the stem
_ENDINGS = re.compile("(?:е|я|ю|ем|а|у|ом|и|ь)$")


def _months_named(word: str, languages: Collection[str]) -> dict[int, frozenset[str]]:
    """The months of a word; of several those of the languages of the table."""
    months = months_named(word)
    if not months and re.fullmatch("[а-я]{3,}", word):
        stem = _ENDINGS.sub("", word)
        months = months_named(stem) or months_named(stem + "ь")
    if len(months) > 1 and languages:
        counts = {number: len(speakers & {*languages}) for number, speakers in months.items()}
        likely = [number for number, count in counts.items() if count == max(counts.values())]
        if len(likely) == 1:
            return {likely[0]: months[likely[0]]}
    return months


def languages_of(texts: Collection[str]) -> frozenset[str]:
    """The languages in which most of the names of months in some texts are names of months.

    >>> "pl" in languages_of(["styczeń", "listopad"]), "hr" in languages_of(["styczeń", "listopad"])
    (True, False)
    """
    words = {word for text in texts for word in re.findall(r"[^\W\d_]+", folded(plain_text(text)))}
    counts: dict[str, int] = {}
    for word in words:
        for speakers in months_named(word).values():
            for language in speakers:
                counts[language] = counts.get(language, 0) + 1
    top_count = max(counts.values(), default=0)
    return frozenset(language for language, count in counts.items() if count == top_count)


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
    ends = re.split(r"/|\.\.", text.strip())
    if len(ends) == 2 and re.match(r"\d{4}-\d", ends[0]) and len(ends[1]) > 2:
        return span(period_of(ends[0]).start, period_of(ends[1]).end)
    if YEAR_AND_DIGITS.fullmatch(text) and "-" in text:
        return month(text)
    part = period_in(text)
    if part.fiscal:
        raise PeriodError(
            f"{text[:40]!r} is a fiscal year, which begins elsewhere in each country: "
            "give its months"
        )
    if not part.rest and not part.open and (part.year or part.day):
        return part.period()
    raise PeriodError(
        f"{text[:40]!r} is not a period such as 2023, 2023-04, 2023Q1 or Jan-Apr 2023"
    )


def period_cells(period: Period | None, one_day: bool) -> dict[str, str]:
    """First and last day as a ledger's columns; of a stock only the last one."""
    if period is None:
        return {}
    start = "" if one_day else period.start.isoformat()
    return {"period_start": start, "period_end": period.end.isoformat()}


def solar_year(number: int) -> Period:
    """The days of a year of the Solar Hijri calendar, by its cycle of 33 years.

    >>> solar_year(1402).start, solar_year(1403).end
    (datetime.date(2023, 3, 21), datetime.date(2025, 3, 20))
    """
    return Period(_new_year(number), _new_year(number + 1) - dt.timedelta(days=1))


def _new_year(number: int) -> dt.date:
    leap_years = sum((8 * year_number + 29) % 33 < 8 for year_number in range(1300, number))
    days = 365 * (number - 1300) + leap_years
    return dt.date(1921, 3, 21) + dt.timedelta(days=days)


def solar_months(number: int, start_month: int, end_month: int) -> Period:
    """The days from a month to another of a year of the Solar Hijri calendar."""
    lengths = [31] * 6 + [30] * 6
    start = _new_year(number) + dt.timedelta(days=sum(lengths[: start_month - 1]))
    end = _new_year(number) + dt.timedelta(days=sum(lengths[:end_month]) - 1)
    return Period(start, min(end, solar_year(number).end))
