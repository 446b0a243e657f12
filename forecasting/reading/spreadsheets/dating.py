"""The periods of the numbers of a table: one cell may say the year, another one the month.

The names of months stand in a table that ships, those of quarters, halves and fiscal years in one
table of words; whatever the press writes besides is read by `printed_periods.period_of`.

>>> str(dating_of("I кв. 2023 г.").period()), dating_of("9 мес.").months
('2023-01..2023-03', (1, 9))
>>> str(dating_of("çeyrek 2").joined(dating_of("2024 yılı")).period())
'2024-04..2024-06'
"""

import calendar
import contextlib
import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from forecasting.reading.printed_numbers import one_of
from forecasting.reading.printed_periods import period_of
from forecasting.reading.spreadsheets.terms import (
    FIRST_ESTIMATE,
    REVISED,
    YEAR_TO_DATE,
    names_in_languages,
    without_footnote_marks,
)
from forecasting.vocabulary.errors import PeriodError
from forecasting.vocabulary.periods import Period, month, year

FISCAL_MONTHS = tuple(name.lower() for name in calendar.month_name[1:])


@dataclass(frozen=True)
class Dating:
    """A period, or what a cell says of it.

    Parameters
    ----------
    year : int or None
        Of the calendar; of a fiscal year the one in which it begins.
    months : tuple of int or None
        First and last, counted from January, of a quarter of a fiscal year from its first month.
    fiscal : bool
        Whether the year is a fiscal one.
    is_named : bool
        Whether the months are named, and not counted from the first of the year.
    exact : Period or None
        Days that are said outright.
    to_date : bool
        Whether all that came since the year began is meant.
    length : str
        Of a day that stands for a longer period: year, quarter or month.
    """

    year: int | None = None
    months: tuple[int, int] | None = None
    fiscal: bool = False
    is_named: bool = False
    exact: Period | None = None
    to_date: bool = False
    length: str = ""

    def joined(self, dating: "Dating") -> "Dating | None":
        """What two cells say together; None where they contradict each other."""
        if self.exact or dating.exact:
            return self._with_exact(dating)
        if _differ(self.year, dating.year) or _differ(self.months, dating.months):
            return None
        if self.year and dating.year and self.fiscal != dating.fiscal:
            return None
        parts = ("year", "months", "fiscal", "is_named", "to_date")
        return Dating(**{part: getattr(self, part) or getattr(dating, part) for part in parts})

    def _with_exact(self, dating: "Dating") -> "Dating | None":
        exact = self.exact or dating.exact
        assert exact is not None
        part = dating if self.exact else self
        if part._contradicts(exact):
            return None
        to_date = self.to_date or dating.to_date
        return Dating(exact=exact, to_date=to_date, length=self.length or dating.length)

    def _contradicts(self, exact: Period) -> bool:
        """Whether it is of other days, or of a part of a year of which the days are all."""
        if _differ(self.exact, exact) or (self.months and exact.days > LONGEST_MONTH):
            return True
        years = (exact.start.year, exact.end.year)
        return bool(self.year and not self.fiscal and self.year not in years)

    @property
    def complete(self) -> bool:
        """Whether it says which days are meant."""
        return self.exact is not None or self.year is not None

    def period(self, fiscal_month: int = 1) -> Period:
        """The days that are meant.

        Parameters
        ----------
        fiscal_month : int
            In which month fiscal years begin.

        Raises
        ------
        PeriodError
            Where no year is said.
        """
        if self.exact:
            period = self.exact
        elif self.year is None:
            raise PeriodError("names no year")
        else:
            period = self._months_of_year(fiscal_month if self.fiscal else 1)
        if not self.to_date:
            return period
        start_year = period.end.year - (period.end.month < fiscal_month)
        return Period(month(f"{start_year}-{fiscal_month:02d}").start, period.end)

    def _months_of_year(self, start_month: int) -> Period:
        numbers = self.months or (1, 12)
        if not self.is_named or not self.months:
            ends = [start_month - 1 + number for number in numbers]
        else:  # a named month before the first of a fiscal year is of the next calendar year
            ends = [number + 12 * (number < start_month) for number in numbers]
        return Period(_month_at(self.year, ends[0]).start, _month_at(self.year, ends[1]).end)


def _differ(thing: object, match: object) -> bool:
    """Whether two things are said, and not the same."""
    return bool(thing and match and thing != match)


def _month_at(start_year: int | None, number: int) -> Period:
    """A month by its number from January of a year on, beyond 12 in the years that follow."""
    assert start_year is not None
    return month(f"{start_year + (number - 1) // 12}-{(number - 1) % 12 + 1:02d}")


NOTHING = Dating()
LONGEST_MONTH = 31
LATEST_YEAR = 2060  # a year behind it is of another calendar

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "і": 1, "іі": 2, "ііі": 3, "іv": 4}
_ORDINALS = {
    1: "first 1st перв\\w+ birinchi биринчи бірінші якум аввал birinci ilk 第一 一 上 перш\\w+ "
    "prim[eo]\\w* premi\\w+ erst\\w+ pierwsz\\w+",
    2: "second 2nd втор\\w+ ikkinchi иккинчи екінші экинчи дуюм дувум ikinci 第二 二 下 друг\\w+ "
    "segund\\w+ secondo deuxi\\w+ zweit\\w+ drug\\w+",
    3: "third 3rd треть\\w+ трети\\w+ uchinchi учинчи үшінші үчүнчү сеюм üçüncü 第三 三 трет\\w+ "
    "terce\\w+ terzo troisi\\w+ dritt\\w+ trzeci\\w*",
    4: "fourth 4th четв[её]рт\\w+ to'rtinchi тўртинчи төртінші төртүнчү чорум dördüncü 第四 四 "
    "cuart\\w+ quarto quatri\\w+ viert\\w+ czwart\\w+",
}
_ORDINAL = "|".join(
    [
        *(word for words in _ORDINALS.values() for word in words.split()),
        r"(?:i{1,3}|iv|[іi]{1,3}|[іi]v)\b\.?",
        r"[1-4](?:-?(?:й|я|е|ый|ое|ая|chi|чи|ші|шi|чү|інші|нчи|inci|er|re|e|[èe]me|[ºª°]|\.))?",
    ]
)
_QUARTER = (
    r"(?:quarters?|qtr\.?|q|кварт\w*|кв\b\.?|chorak\w*|chor\b\.?|чорак\w*|тоқсан\w*|тқс\b\.?|"
    r"чейре[кг]\w*|"
    r"семоҳа\w*|чоряк\w*|çeyre[kğ]\w*|ç|季度?|trimest\w*|trim\b\.?|kwarta[lł]\w*|kw\b\.?|quartal\w*|"
    r"rüb\w*|triwulan\w*|분기)"
)
_HALF = (
    r"(?:half[- ]?years?|half|h|полуг(?:одие|одия|одии)?\w*\.?|п/г|yarim ?yil\w*|yarmi|"
    r"ярим ?йил\w*|ярми|"
    r"жарты ?жыл\w*|жарым ?жыл\w*|нимсол\w*|yarıyıl\w*|yarı ?yıl\w*|半年|semest\w+|halbjahr\w*|"
    r"półrocz\w*|піврічч\w*|yarımil\w*|반기)"
)
_MONTH_UNIT = (
    r"(?:months?|mos?\b\.?|m|месяц\w*|мес\b\.?|м\b|oylik|oylar\w*|oyda?|oy|ойлик|ой\w*|ай\w*|"
    r"моҳ\w*|мох|"
    r"aylık|ay|个月)"
)
_YEAR_WORDS = (
    r"(?:календарн\w+ )?(?:год[ауы]?|гг?\b\.?|yillar\w*|yil[igad]*|йил[а-яўқғҳ]*|"
    r"жыл[а-яәіңғүұқөһ]*|ж\b\.?|"
    r"соли|сол\b|с\b\.|yılı?|"
    r"year|cy|年度?|全年|full year|annual|za|за|for|of|in|в|к|년|"
    r"años?|ann[ée]e|anos?|anno|jahr\w*|roku?|р[іо]к\w*|рр?\b\.?|(?:c[iıuü] )?il\w{0,3}|năm|"
    r"tahun|de|en|im)"
)
_FISCAL_WORDS = (
    r"(?:fiscal(?: year)?|financial year|fin\.? ?year|fy|финансов\w+ год\w*|фин\.? ?год\w*|"
    r"бюджетн\w+ год\w*|"
    r"moliya(?:viy)? yil\w*|молия(?:вий)? йил\w*|қаржы(?:лық)? жыл\w*|каржы(?:лык)? жыл\w*|"
    r"соли молия\w*|"
    r"mali yıl\w*|财年|财政年度?)"
)
_OF_FISCAL_YEARS = re.compile(rf"(?<![^\W\d_]){_FISCAL_WORDS}(?![^\W\d_])")
_OF_YEARS = re.compile(rf"(?<![^\W\d_]){_YEAR_WORDS}(?![^\W\d_])")
_PARTS_OF_YEAR = {
    letter: re.compile(
        rf"(?:(?<![^\W_])|(?<=年))({_ORDINAL})[\s-]*{unit}(?![^\W\d_])|"
        rf"(?<![^\W\d_]){unit}[\s.-]?([1-4]|"
        rf"iv|i{{1,3}})(?!\d\d?\b(?<!\d{{4}}))(?![^\W_])"
    )
    for letter, unit in (("q", _QUARTER), ("h", _HALF))
}
_COUNT_OF_MONTHS = re.compile(
    rf"(?:first|за|перв\w+|dastlabki|дастлабки|алғашқы|алгачкы|ilk|"
    rf"аввалин)?\s?(?<![\d./-])(1[0-2]|[1-9])[\s-]?{_MONTH_UNIT}(?![^\W\d_])"
)
_UP_TO = r"\s?(?:-|–|—|−|to|through|по|до|дан|dan|至|到|~)\s?"


@lru_cache(maxsize=1)
def _month_names() -> dict[str, int]:
    """The number of each month, by its names in the languages of tables."""
    names = {name: int(number) for name, number in names_in_languages("month").items()}
    nominative = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
    names |= {name: number for number, name in enumerate(nominative.split(), 1)}
    names |= {"sept": 9, "сент": 9, "ноя": 11, "ноябр": 11, "фев": 2, "янв": 1, "апр": 4, "авг": 8}
    names |= {"sentyabr": 9, "oktyabr": 10, "июни": 6, "июли": 7}
    signs = "一 二 三 四 五 六 七 八 九 十 十一 十二"
    names |= {f"{sign}月": number for number, sign in enumerate(signs.split(), 1)}
    return names


@lru_cache(maxsize=1)
def _short_months() -> tuple[dict[str, int], re.Pattern[str]]:
    """The months by short names that are other words elsewhere (out, set), and where they are no
    such words: alone, or with a year.
    """
    names = {name: int(number) for name, number in names_in_languages("short month").items()}
    month_of_text = rf"{one_of(names)}\.?"
    text = rf"(?:\A|(?<=, )){month_of_text}(?:{_UP_TO}{month_of_text})?[\s./'’-]*(?:\d\d|20\d\d)?\Z"
    return names, re.compile(text)


def _with_short_months(words: str) -> str:
    """A text that is a month, or several, by short names and a year, with these as m5."""
    names, pattern = _short_months()
    match = pattern.search(words)
    if match is None:
        return words
    tokens = re.sub(rf"(?<!\w)({one_of(names)})(?!\w)\.?", lambda m: f"‹m{names[m[1]]}›", match[0])
    return words[: match.start()] + tokens


@lru_cache(maxsize=1)
def _month_pattern() -> re.Pattern[str]:
    endings = r"(?:и|да|ning|нинг|gacha|гача|dan|дан|ида|ida|ı|ayı|oyi|ойи|айы|\.)?"
    names = one_of(_month_names())
    return re.compile(rf"(?<![^\W\d_])({names}){endings}(?![^\W\d_])|(?<!\d)(\d{{1,2}})[月월]份?")


@lru_cache(maxsize=4096)
def _in_tokens(text: str) -> str:
    """A text in lower case, its months, quarters, halves and counts of months as m5, q1, h2, n9."""
    words = text.casefold().replace("i̇", "i")
    words = re.sub("[‘’ʻʼ`´]", "'", words)
    words = re.sub(r"[\s\u00a0\u202f\u2009]+", " ", words)
    words = re.sub(r"(?<!\d)(\d{1,2})\s?[-–—至到]\s?(\d{1,2})\s?月", r"‹m\1›-‹m\2›", words)
    words = re.sub(r"前(\d{1,2}|[一二三四五六七八九十]+)个?月", _first_months, words)
    words = re.sub(r"前?([二三])季度?(?=累计)", _first_months, words)
    words = _with_short_months(words)
    words = _month_pattern().sub(_month_token, words)
    for letter, pattern in _PARTS_OF_YEAR.items():
        words = pattern.sub(partial(_unit_token, letter), words)
    words = re.sub(r"(?<![^\W_])(?:([1-4])[ºª°]?t|t([1-4]))(?![^\W_])", _trimester, words)
    return _COUNT_OF_MONTHS.sub(r"‹n\1›", words)


def _unit_token(letter: str, match: re.Match[str]) -> str:
    return f"‹{letter}{_ordinal(match[1] or match[2])}›"


def _trimester(match: re.Match[str]) -> str:
    """The quarter of "1T 2024" and "T1 2024"."""
    return _unit_token("q", match)


def _first_months(match: re.Match[str]) -> str:
    signs = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)}
    digits = match[1]
    if digits.isdecimal():
        return f"‹n{digits}›"
    return f"‹n{signs.get(digits, 10 + signs.get(digits[-1], 0))}›"


def _month_token(match: re.Match[str]) -> str:
    number = int(match[2]) if match[2] else _month_names()[match[1]]
    return f"‹m{number}›" if 1 <= number <= 12 else match[0]


def _ordinal(text: str) -> int:
    word = text.strip(". -")
    if word in _ROMAN:
        return _ROMAN[word]
    if word[:1].isdecimal():
        return int(word[0])
    for number, words in _ORDINALS.items():
        if any(re.fullmatch(pattern, word) for pattern in words.split()):
            return number
    return len(word.replace("v", ""))


_CALENDARS = (
    r"(?P<start>(?:19|20)\d\d)\s?[-/–—]\s?(?P<finish>(?:19|20)?\d\d)(?!\d)|(?P<year>(?:19|"
    r"20)\d\d)(?!\d)|"
    r"(?P<buddhist>25[0-9]\d)(?!\d)|(?P<hijri>13[5-9]\d|14[01]\d)(?!\d)|民国\s?(?P<republic>\d{2,3})|"
    r"(?:令和|reiwa |r)\s?(?P<reiwa>\d{1,2}|元)(?!\d)|(?:平成|heisei |h)(?P<heisei>[23]\d)(?!\d)"
)
_YEAR_OF_ANY_CALENDAR = re.compile(rf"(?<![\d.,])(?:{_CALENDARS})(?![.,]\d)")
_PART = re.compile(
    r"‹(?P<kind>[mqhn])(?P<number>\d+)›(?:(?:" + _UP_TO + r")‹(?P=kind)(?P<last>\d+)›)?"
)
_SHORT = re.compile(r"(?:‹[mqh]\d+›|fy)[\s./'’-]{0,2}(?P<short>\d\d)(?!\d)")
# Years between the first of another calendar and ours
CALENDAR_SHIFTS = {"buddhist": -543, "republic": 1911, "reiwa": 2018, "heisei": 1988}
_LENGTHS = {"m": 1, "q": 3, "h": 6}
_STATE = r"holatiga(?: ko'ra)?|ҳолатига(?: кўра)?|жағдай\w+|карата|карай|itibar[ıi]yla|ба ҳолати"
# The words of "as of 1 January 2024", which tells what stood when that day began
AS_OF = re.compile(
    rf"\bas (?:of|at)\b|по состоянию на|на (?=0?1[ .]\S+ ?20\d\d)|\bat (?=\d{{1,2}} [a-z]+ 20\d\d)|"
    rf"(?:{_STATE})|截至|截止",
    re.IGNORECASE,
)


# The head of a column of days on which a stock is counted
HEADS_DAYS = re.compile(
    rf"{AS_OF.pattern}|\bstan na\b|\btính đến\b|на (?:отч[её]тную )?дату|на начало|"
    r"\bstand (?:am|zum)\b|\bsituation au\b|\bal cierre\b|\bвідомо на\b|станом на",
    re.IGNORECASE,
)

_WHOLE_FISCAL_YEAR = re.compile(
    rf"‹m(\d+)›(?:{_UP_TO}|\s?(?:至|до|to|から)\s?(?:[次翌]年|следующ\w+ года)?\s?)‹m(\d+)›"
)
_FIRST_OF_FISCAL = re.compile(
    r"(?:begin\w*|start\w*|from|начина\w*|с|boshlan\w*|бошлан\w*|baştan|始于)\s(?:in |on |с |"
    r"в )?(?:1 |1-)?‹m(\d+)›"
)


@lru_cache(maxsize=4096)
def fiscal_month_in(text: str) -> int:
    """The month in which a text says that fiscal years begin; 0 where it says none.

    >>> fiscal_month_in("финансовый год 2023/24 (апрель-март)"), fiscal_month_in("2023/24")
    (4, 0)
    """
    words = _in_tokens(text)
    for months in _WHOLE_FISCAL_YEAR.finditer(words):
        if (int(months[2]) - int(months[1])) % 12 == 11 and months[1] != "1":
            return int(months[1])
    if re.search(_FISCAL_WORDS, words) and (start := _FIRST_OF_FISCAL.search(words)):
        return int(start[1])
    return 0


@lru_cache(maxsize=16384)
def dating_in(text: str) -> tuple[Dating, str]:
    """The dating of a text, and the text without it; an empty dating where it names no time.

    >>> dating, remainder = dating_in("Ввоз, янв-июнь 2023")
    >>> str(dating.period()), remainder
    ('2023-01..2023-06', 'ввоз')
    """
    to_date = YEAR_TO_DATE.search(text) is not None
    words = _in_tokens(YEAR_TO_DATE.sub(" ", text))
    if fiscal_month_in(text):  # its months are those of the whole year
        words = _WHOLE_FISCAL_YEAR.sub(" ", words)
    fiscal = _OF_FISCAL_YEARS.search(words) is not None
    part = _part_in(words)
    match = _YEAR_OF_ANY_CALENDAR.search(words)
    if match is None:
        dating, remainder = _without_year(words, part, fiscal)
        if dating == NOTHING and part is None and not to_date:
            remainder = text
    elif match["hijri"] and part and part.months:
        return NOTHING, text  # a part of a year of another calendar
    else:
        dating, remainder = _with_year(words, match, part, fiscal)
    return replace(dating, to_date=to_date), remainder


def _with_year(
    words: str, match: re.Match[str], part: Dating | None, fiscal: bool
) -> tuple[Dating, str]:
    """The dating of a text that names a year."""
    is_japanese = bool(match["reiwa"] or match["heisei"])
    dating = _year_of(match, fiscal or (is_japanese and words.startswith("年度", match.end())))
    if part and dating.exact is None:
        dating = replace(dating, months=part.months, is_named=part.is_named)
    remainder = _remainder(words[: match.start()] + " " + words[match.end() :])
    if dating.months is None and remainder in _ROMAN:  # 2023 II
        return replace(dating, months=_months_of_quarter(remainder)), ""
    return dating, remainder


def _part_in(words: str) -> Dating | None:
    """The months, quarters or halves that a text names; None where it names none."""
    part = _PART.search(words)
    return Dating(months=_months_of(part), is_named=part["kind"] == "m") if part else None


def _without_year(words: str, part: Dating | None, fiscal: bool) -> tuple[Dating, str]:
    """The dating of a text that names no year in full: "m5 23"."""
    if short := _SHORT.search(words):
        year_number = 2000 + int(short["short"]) - fiscal
        remainder = words[: short.start("short")] + words[short.end("short") :]
        dating = replace(part or NOTHING, year=year_number, fiscal=fiscal)
        return dating, _remainder(remainder)
    if part is None:
        return NOTHING, _remainder(words)
    return replace(part, fiscal=fiscal), _remainder(words)


def _months_of_quarter(roman: str) -> tuple[int, int]:
    end = 3 * _ROMAN[roman]
    return end - 2, end


def _remainder(words: str) -> str:
    """What is left of a text without its time."""
    words = _PART.sub(" ", words)
    words = _OF_FISCAL_YEARS.sub(" ", words)
    words = _OF_YEARS.sub(" ", words)
    words = re.sub(r"\(\s*\)|\[\s*\]|（\s*）", " ", words)
    return " ".join(words.split()).strip(" ,.;:-–—/'’，")


def _months_of(part: re.Match[str]) -> tuple[int, int] | None:
    start = int(part["number"])
    end = int(part["last"] or start)
    if part["kind"] == "n":
        return (1, start) if 1 <= start <= 12 else None
    length = _LENGTHS[part["kind"]]
    months = (length * (start - 1) + 1, length * end)
    return months if 1 <= months[0] <= months[1] <= 12 else None


def _year_of(match: re.Match[str], fiscal: bool) -> Dating:
    """The year of a match, in whichever calendar."""
    if match["start"]:
        return _two_years(match) if int(match["start"]) <= LATEST_YEAR else NOTHING
    if match["year"]:
        # A fiscal year with one number is called by the calendar year in which it ends
        return Dating(int(match["year"]) - fiscal, fiscal=fiscal)
    if match["hijri"]:
        return Dating(exact=_solar_year(int(match["hijri"])))
    for calendar_name, years_ahead in CALENDAR_SHIFTS.items():
        if digits := match[calendar_name]:
            return Dating(years_ahead + int(digits.replace("元", "1")), fiscal=fiscal)
    return NOTHING


def _two_years(match: re.Match[str]) -> Dating:
    """A fiscal year of two calendar years, several years, or a month behind its year."""
    start = int(match["start"])
    finish = int(match["finish"])
    is_short = len(match["finish"]) == 2
    is_month = is_short and 1 <= finish <= 12
    if finish in (start + 1, (start + 1) % 100) and not (is_month and "-" in match[0]):
        return Dating(start, fiscal=True)
    if not is_short and finish > start:
        return Dating(exact=Period(year(str(start)).start, year(str(finish)).end))
    if is_month:
        return Dating(start, (finish, finish), is_named=True)
    return NOTHING


def _solar_year(number: int) -> Period:
    """A year of the Iranian calendar, which begins at the equinox: of 33 years eight are longer."""
    starts = []
    for count in (number, number + 1):
        leaps = (8 * count + 21) // 33 - (8 * 1400 + 21) // 33
        starts.append(dt.date(2021, 3, 21) + dt.timedelta(days=365 * (count - 1400) + leaps))
    return Period(starts[0], starts[1] - dt.timedelta(days=1))


_NAMED_DAY = re.compile(
    r"(?<!\d)(\d{1,2})[-. ]*(?:го |st |nd |rd |th |de )?‹m(\d+)›|‹m(\d+)› ?(\d{1,2})(?!\d)"
)
_NUMBERED_DAY = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](20\d\d)")
_ISO_DAY = re.compile(r"(20\d\d)[-./](\d{1,2})[-./](\d{1,2})")


def day_in(text: str) -> dt.date | None:
    """The first day that a text names in full; None where it names none.

    >>> str(day_in("Manba: vazirlik, 2025-yil 3-fevral")), day_in("за 2024 год")
    ('2025-02-03', None)
    """
    words = _in_tokens(text)
    with contextlib.suppress(ValueError):
        if match := _ISO_DAY.search(words):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NUMBERED_DAY.search(words):
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
        year_found = re.search(r"(?<!\d)20\d\d(?!\d)", words)
        if year_found and (match := _NAMED_DAY.search(words)):
            return dt.date(int(year_found[0]), int(match[2] or match[3]), int(match[1] or match[4]))
    return None


def _day_as_of(text: str) -> dt.date | None:
    """The day of a stock "as of" a day; of the first of a month the day before, on which it ended.

    >>> str(_day_as_of("2022-yil 1-yanvar holatiga")), _day_as_of("1 января 2022 г.")
    ('2021-12-31', None)
    """
    day = day_in(AS_OF.sub(" ", text)) if AS_OF.search(text) else None
    return day and day - dt.timedelta(days=day.day == 1)


@lru_cache(maxsize=16384)
def dating_of(text: str) -> Dating:
    """The dating of a cell in a column of periods.

    Raises
    ------
    PeriodError
        Where the cell says no period, or more than one.
    """
    clean = without_footnote_marks(text.strip())
    clean = FIRST_ESTIMATE.sub("", REVISED.sub("", clean)).strip()
    if day := _day_as_of(clean):
        return Dating(exact=Period(day, day))
    if re.match(r"\d{4}-\d\d-\d\d|\d{4}.*\.\.", clean):
        return Dating(exact=period_of(clean))
    dating, remainder = dating_in(clean)
    if dating != NOTHING and not remainder:
        return dating
    if clean.lower() in _ROMAN:
        return Dating(months=_months_of_quarter(clean.lower()))
    with contextlib.suppress(PeriodError):
        return Dating(exact=period_of(clean))
    raise PeriodError(
        f"{text[:40]!r} is not a period such as 2023, 2023-04, 2023Q1 or Jan-Apr 2023"
    )
