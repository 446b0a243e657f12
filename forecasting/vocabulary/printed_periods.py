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

from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.languages import SHORT_NAME, folded, months_named, quarter_words
from forecasting.vocabulary.periods import Period, span
from forecasting.vocabulary.printed_numbers import FOOTNOTES, plain_text

YEARS = (1950, 2060)  # that a number may be, where it is one
MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
ENDS = "ends"  # of a fiscal year: the number is that of the calendar year in which it ends
BEGINS = "begins"
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
_QUARTER = r"(?:q(?:uarter|tr)?|кв(?:артал\w*)?|trim(?:estre|\.)?|季度|t(?=\d))"
_HALF = r"(?:half(?:[- ]year)?|h|полуг(?:оди\w*)?|semestre|s(?=\d)|halbjahr|半年)"
_COUNT_OF_MONTHS = r"(?:months?|мес(?:яц\w*)?|м|m|个?月|ay\w*|oy\w*|ой\w*|mo)"
UP_TO = (
    r"(?:up to|until|till|through|to|thru|ytd|by|по|до|bis|hasta|ate|jusqu'a|jusqu'en"
    r"|do|pana in|tot|t/m|til|au|a)"
)
FISCAL = r"(?:fiscal|financial|fy|финансов\w*|бюджетн\w*|财年|年度)"
TO_DATE = re.compile(
    r"\bytd\b|year[- ]to[- ]date|cumulative|since (?:the )?(?:beginning|start|january)|"
    r"с начала\b(?: года)?|since 1 january|нараст\w*(?: итог\w*)?|накоплен\w*|今年以来|累计|累計"
)
_STARTS = re.compile(r"(?:на начало|(?:as of |at )?(?:the )?(?:beginning|start) of)(?: года)? ?")
_END_OF = re.compile(r"(?:на конец|(?:as of |at |by )?(?:the )?end of)(?: года)? ?")
# What may stand beside a year and changes nothing, also in brackets
_YEAR_WORDS = re.compile(
    r"(?<![^\W\d_])(?:г|гг|год\w*|years?|jahr|ano|annee|an|yil\w*|йил\w*|жыл\w*|yılı?|rok|anno|"
    r"år|ar|календарн\w*|calendar)(?![^\W\d_])\.?|(?<=\d)[年년]"
)
_REVISIONS = re.compile(
    r"\(?(?<![^\W\d_])(?:p|r|prov(?:isional)?|prelim(?:inary)?|rev(?:ised)?|предв\w*|уточн\w*|"
    r"пересм\w*|оперативн\w*)(?![^\W\d_])\.?\)?"
)
_PLANS = re.compile(
    r"(?<![^\W\d_])(?:f|e|est(?:imated?)?|forecasts?|target|plan(?:ned)?|proj(?:ect\w*)?|goal|"
    r"прогноз\w*|план\w*|цел\w*|оценк\w*|ожида\w*)(?![^\W\d_])|(?<=\d{4})[ef](?![^\W\d_])"
)


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
    fiscal : str
        Of a fiscal year: whether `year` is the one in which it begins, or ends.
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
        if words.year and self.year and words.year != self.year:
            raise PeriodError(f"names two years, {self.year} and {words.year}")
        day = self.day or words.day
        if self.day and words.day and self.day != words.day:
            raise PeriodError(f"names two days, {self.day} and {words.day}")
        number = self.year or words.year
        if day and number and day.year != number:
            raise PeriodError(f"names the day {day} and the year {number}")
        months = self.months or words.months
        if self.months and words.months:
            both = sorted([self.months, words.months], key=lambda part: part[1] - part[0])
            if not (both[1][0] <= both[0][0] and both[0][1] <= both[1][1]):
                raise PeriodError("names two parts of a year")
            months = both[0]
        return PeriodWords(
            year=number,
            months=months,
            day=day,
            fiscal=self.fiscal or words.fiscal,
            named=(self if self.months == months else words).named,
            to_date=self.to_date or words.to_date,
            plan=self.plan or words.plan,
            open=self.open or words.open,
        )

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
        first, last = self.months or (1, 12)
        if first_month > 1 and not self.named:
            first, last = first + first_month - 1, last + first_month - 1
        elif first_month > 1 and self.fiscal:
            first, last = (number + 12 * (number < first_month) for number in (first, last))
        ends = [_month_at(start, number) for number in (first, last)]
        return Period(ends[0].start, ends[1].end)


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
    words = re.sub(rf"({_YEAR_FIRST})(?=[qh][1-4]|[1-4][qh])", r"\1 ", words)
    stretch = _Text(words)
    part = _dated(stretch) or _fiscal(stretch) or PeriodWords()
    if part.day is None:
        part = _with_months(stretch, part, languages)
    to_date = stretch.take(TO_DATE) is not None
    stretch.take(_REVISIONS)
    plan = stretch.take(_PLANS) if part.says else None
    if part.year and part.day is None:
        stretch.take(_YEAR_WORDS)
    in_brackets = re.search(r"[(\[（]\s*[^\W\d_][^)\]）]*[)\]）]", stretch.text)
    rest = re.sub(r"\(\s*\)|\[\s*\]|（\s*）", " ", stretch.text)
    rest = " ".join(rest.split()).strip(" ,.;:-–—/'’，")
    open_words = part.open
    if part.year and in_brackets and re.match(rf"\W*{_YEAR}\W*\(", words):
        open_words = open_words or f"beside the year it says {in_brackets[0][1:-1].strip()!r}"
    is_word = re.fullmatch(r"[^\W\d_]{1,12}", rest) is not None
    is_filler = re.fullmatch(r"in|im|en|за|в|of|de|w|month|месяц", rest) is not None
    if part.months and part.named and is_word and not is_filler:
        open_words = open_words or f"beside the month it says {rest!r}"
    return replace(
        part,
        to_date=part.to_date or to_date,
        plan=plan[0] if plan else "",
        open=open_words,
        rest=rest,
    )


def _dated(text: _Text) -> PeriodWords | None:
    """A day in digits or in words, or a month in digits."""
    if match := text.take(r"(?<!\d)(\d{4})[-./](\d\d?)[-./](\d\d?)(?!\d)(?: 00:00(?::00)?)?"):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := text.take(r"(?<!\d)(\d\d?)([./-])(\d\d?)\2(\d{4})(?!\d)(?: ?г\.?(?!\w))?"):
        first, second = int(match[1]), int(match[3])
        if match[2] == "/" and first != second and first <= 12 and second <= 12:
            part = _day(int(match[4]), second, first)
            return part and replace(part, open="may name the day or the month first")
        return _day(int(match[4]), second, first) or _day(int(match[4]), first, second)
    if match := text.take(r"(\d{4})年(\d\d?)月(\d\d?)日"):
        return _day(int(match[1]), int(match[2]), int(match[3]))
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
    for pattern in (_STARTS, _END_OF):
        if match := text.take(rf"{pattern.pattern}(?P<year>{_YEAR})"):
            number = int(match["year"])
            return PeriodWords(
                day=dt.date(number, 1, 1) if pattern is _STARTS else dt.date(number, 12, 31)
            )
    return None


def _day(number: int, month: int, day: int) -> PeriodWords | None:
    try:
        return PeriodWords(day=dt.date(number, month, day))
    except ValueError:
        return None


def _fiscal(text: _Text) -> PeriodWords | None:
    """A fiscal year: two years that follow each other, or a word beside one."""
    for years in re.finditer(rf"({_YEAR})\s?([/–—-])\s?(?:(\d{{4}})|(\d\d))(?![\d-])", text.text):
        start = int(years[1])
        end = int(years[3] or f"{str(start)[:2]}{years[4]}")
        if end == start + 1 and not (years[4] and years[2] != "/" and int(years[4]) <= 12):
            text.take(re.escape(years[0]))
            text.take(rf"{FISCAL}(?: year| год\w*)?")
            return PeriodWords(year=start, fiscal=BEGINS)
        if years[3]:
            text.take(re.escape(years[0]))
            return PeriodWords(open=f"names the years {start} to {end}" if end > start else "")
    match = text.take(
        rf"(?<![^\W\d_]){FISCAL}(?: ?year| ?год\w*)?[ .'-]?(?P<year>{_YEAR}|\d\d(?!\d))|"
        rf"(?P<year2>{_YEAR}) ?{FISCAL}(?: ?year| ?год\w*)?(?!\w)"
    )
    if match and (behind := re.match(r"\s*[/–-]\s?\d\d(?!\d)", text.text[match.start() + 1 :])):
        text.take(re.escape(behind[0]))
        return PeriodWords(2000 + int(match["year"]) % 100, fiscal=BEGINS)
    if match:
        number = int(match["year"] or match["year2"])
        return PeriodWords(year=number + 2000 * (number < 100), fiscal=ENDS)
    return None


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
    """Months that a form names: first and last, a year of two digits beside them, whether they are
    named, and why they may be others.
    """

    months: tuple[int, int] | None = None
    year: int | None = None
    named: bool = False
    open: str = ""


def _with_months(text: _Text, part: PeriodWords, languages: Collection[str]) -> PeriodWords:
    """The part of a year, and the year, that a text names."""
    if part.year is None and (whole := _month_in_digits(text)):
        return whole
    found = _Months()
    for form in (_chinese, _quarters, _halves, _quarters_of_languages, _counted):
        found = form(text)
        if found.months:
            break
    if found.months is None:
        found = _named(text, languages)
    number, why = _year_beside(text, part, found)
    return PeriodWords(
        number, found.months, None, part.fiscal, found.named, open=part.open or found.open or why
    )


def _year_beside(text: _Text, part: PeriodWords, found: _Months) -> tuple[int | None, str]:
    """The year that a text names, and why it may be another."""
    years = {*re.findall(_YEAR, text.text)}
    number = part.year or found.year
    if number is None and len(years) == 1:
        text.take(f"{_YEAR}[年년]?")
        return int(min(years)), ""
    if number is None and len(years) > 1:
        return None, f"names the years {' and '.join(sorted(years)[:3])}"
    if number and not part.fiscal and years == {str(number)}:
        text.take(_YEAR)
    if number is None and (match := text.take(r"(?:民國)?(?<!\d)(1[0-2]\d|9\d)年")):
        number = int(match[1]) + 1911
    return number, ""


def _month_in_digits(text: _Text) -> PeriodWords | None:
    """A month in digits, with its year: 2024-09, 2024M9, 09/2024."""
    words = text.text.strip()
    for pattern in (
        rf"(?P<year>{_YEAR})\s?[-/.]?\s?m?(?P<month>0?[1-9]|1[0-2])(?![\d.])",
        rf"(?P<month>0?[1-9]|1[0-2])[./-](?P<year>{_YEAR})",
    ):
        if match := re.fullmatch(pattern, words):
            text.text = ""
            number = int(match["month"])
            return PeriodWords(int(match["year"]), (number, number), named=True)
    return None


def _chinese(text: _Text) -> _Months:
    """Months by their number: 1-9月, 前9个月."""
    if match := text.take(r"(\d\d?)月?\s?[-–—~至到]\s?(\d\d?)月"):
        return _Months((int(match[1]), int(match[2])), named=True)
    if match := text.take(r"前(\d\d?|[一二三四五六七八九十])个?月"):
        return _Months((1, _ordinal(match[1])), named=True)
    if match := text.take(r"(?<!\d)(1[0-2]|0?[1-9])月份?"):
        return _Months((int(match[1]), int(match[1])), named=True)
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


def _counted(text: _Text) -> _Months:
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
        rf"第?(?P<n3>[一二三四1-4上下]){unit}"
    )
    if match is None:
        return _Months()
    number = _ordinal(match["n"] or match["n2"] or match["n3"])
    if not 1 <= number <= 12 // length:
        return _Months()
    short = match["short"] or match["short2"]
    months = (length * (number - 1) + 1, length * number)
    return _Months(months, 2000 + int(short) if short else None)


def _named(text: _Text, languages: Collection[str]) -> _Months:
    """The months that a text names, one, or from one to another, or up to one."""
    words = [*re.finditer(r"[^\W\d_]+(?:['.][^\W\d_]+)*", text.text)]
    named = [(word, _months_named(word[0], languages)) for word in words]
    months = [(word, numbers) for word, numbers in named if numbers]
    # A short name is also a word of some language: it counts alone, or beside a number
    are_short = all(len(word[0]) <= SHORT_NAME for word, _ in months)
    if are_short and len(months) < len(words) and not re.search(r"\d", text.text):
        return _Months()
    if not months or len(months) > 2:
        return _Months(open="names more than two months" if months else "")
    why = ""
    if any(len(numbers) > 1 for _, numbers in months):
        why = f"{months[0][0][0]!r} names two months in two languages"
    first, last = (min(numbers) for _, numbers in (months[0], months[-1]))
    start, link, up_to, year_behind = _taken(text, months[0][0], months[-1][0])
    if len(months) == 2:
        joint = re.fullmatch(rf"\.?\s?([-–—/]|{UP_TO}|and|и)\.?\s?", link)
        if joint is None or first > last:
            return _Months(open="names two months")
        if joint[1] in ("and", "и") and "between" not in text.text:
            why = why or "names two months"
        return _Months((first, last), year_behind, named=True, open=why)
    if not up_to:
        return _Months((first, first), year_behind, named=True, open=why)
    ends_year = re.search(r"(?:year|months|ended|ending)\s*$", text.text[:start])
    if ends_year or up_to in ("a", "by", "do", "до", "until", "till"):
        why = why or f"says {up_to!r} before the month"
    return _Months((1, first), year_behind, named=True, open=why)


def _taken(
    text: _Text, first: re.Match[str], last: re.Match[str]
) -> tuple[int, str, str, int | None]:
    """Take months out of a text: where they stood, what stands between them, the words before them
    that say up to, and a year of two digits behind.
    """
    short = re.match(r"\.?[ '’-]{1,2}(\d\d)(?!\d)", text.text[last.end() :])
    link = text.text[first.end() : last.start()]
    up_to = re.search(rf"(?:^|[\s(])({UP_TO})\s*$", text.text[: first.start()])
    start = up_to.start(1) if up_to else first.start()
    end = last.end() + (short.end() if short else 0)
    text.text = f"{text.text[:start]} {text.text[end:]}"
    year_behind = 2000 + int(short[1]) if short else None
    return start, link, up_to[1] if up_to else "", year_behind


# Endings of Russian months in a sentence, behind the stem
_ENDINGS = re.compile("(?:е|я|ю|ем|а|у|ом|и|ь)$")


def _months_named(word: str, languages: Collection[str]) -> dict[int, frozenset[str]]:
    """The months of a word; of several those of the languages of the table."""
    months = months_named(word)
    if not months and re.fullmatch("[а-я]{3,}", word):
        stem = _ENDINGS.sub("", word)
        months = months_named(stem) or months_named(stem + "ь")
    if len(months) > 1 and languages:
        counts = {number: len(who & {*languages}) for number, who in months.items()}
        most = [number for number, count in counts.items() if count == max(counts.values())]
        if len(most) == 1:
            return {most[0]: months[most[0]]}
    return months


def languages_of(texts: Collection[str]) -> frozenset[str]:
    """The languages in which most of the names of months in some texts are names of months.

    >>> "pl" in languages_of(["styczeń", "listopad"]), "hr" in languages_of(["styczeń", "listopad"])
    (True, False)
    """
    words = {word for text in texts for word in re.findall(r"[^\W\d_]+", folded(plain_text(text)))}
    counts: dict[str, int] = {}
    for word in words:
        for who in months_named(word).values():
            for language in who:
                counts[language] = counts.get(language, 0) + 1
    most = max(counts.values(), default=0)
    return frozenset(language for language, count in counts.items() if count == most)


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


def solar_months(number: int, first: int, last: int) -> Period:
    """The days from a month to another of a year of the Solar Hijri calendar."""
    lengths = [31] * 6 + [30] * 6
    start = _new_year(number) + dt.timedelta(days=sum(lengths[: first - 1]))
    end = _new_year(number) + dt.timedelta(days=sum(lengths[:last]) - 1)
    return Period(start, min(end, solar_year(number).end))
