"""What a reader says of a table of one's own, and what the names of its columns say by themselves.

A mapping is a file of answers. It lies beside its table, ``facts.mapping.yaml`` beside
``facts.csv``, or is given with ``--answers``; the rest is read from the table, or asked.

>>> print(Mapping(place="KZ", fiscal_year="april", rows={4: "heads"}).to_yaml(), end="")
place: KZ
fiscal_year: april
rows:
  4: heads
"""

import contextlib
import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from forecasting.reading import press_words as words
from forecasting.reading.press import GROWTH, PARTNER, Passage
from forecasting.reading.printed_numbers import SCALES, one_of, plain_text
from forecasting.reading.printed_periods import number_of, period_of
from forecasting.reading.rules import LEDGER_COLUMNS, publication
from forecasting.vocabulary.errors import LedgerError, PeriodError, Problem
from forecasting.vocabulary.files import read_whole
from forecasting.vocabulary.limits import (
    MAX_HEAD_CHARACTERS,
    MAX_MAPPING_BYTES,
    MAX_PROBLEMS,
    MAX_SIGNS,
)
from forecasting.vocabulary.measures import (
    EV_SHARE,
    MEASURES,
    NEW_EVS,
    count_of,
    did_you_mean,
    measure_of,
)
from forecasting.vocabulary.places import find_place
from forecasting.vocabulary.quantities import QUANTITIES

# What a column can say: the ledger's own words, or a period in one cell
PERIOD_LENGTHS = ("date", "month", "quarter", "year")
TARGETS = (*LEDGER_COLUMNS, *PERIOD_LENGTHS)
PERIODS = "year, month, date or period_end"  # one of them says when
# A measure is a count or an amount; with a quantity behind it, that quantity of it
NUMBER_TARGETS = (
    *MEASURES,
    *(f"{measure} {quantity}" for measure in MEASURES for quantity in QUANTITIES),
)
WHATS = ("market_size", "sum", "period", "place", "note", "nothing")  # other contents of a column
DATES_OF_COLUMN = ("period", "year_to_date")
CALENDARS = ("gregorian", "minguo", "solar_hijri", "buddhist")
KINDS_OF_ROW = ("heads", "unit", "note", "sum", "nothing", "row")
NUMBERS_OF_ROWS = (*NUMBER_TARGETS, "market_size")  # what a reader may say that a row counts
# Message and hint for each fault of a mapping, by pydantic's name of the fault
MAPPING_FAULTS = {
    "model_type": ("is not a list of keys", "write columns: and, below it, place: Country"),
    "dict_type": ("is not a list of keys", "write name: column lines below it"),
    "string_type": ("is no text", "write the name of one column"),
    "too_long": ("{!r} is not one character", "e.g. separator: ';', of tabs \"\\t\""),
    "extra_forbidden": ("is not a key of a mapping", ""),
    "encoding": ("{!r} is no encoding of text", "e.g. encoding: utf-8, or cp1251"),
    "decimal": ("{!r} is no decimal mark", "write a point or a comma"),
    "dates": ("{!r} is no form of a date", "e.g. dates: '%d.%m.%Y'"),
    "each": ("{!r} is no length of a period", "write year, quarter, month or day"),
    "place": ("{!r} is no place that is known here", "write an ISO 3166 code, e.g. place: KZ"),
    "published": ("{!r} is no date of publication", "e.g. published: 2026-03-01"),
    "fiscal_year": ("{!r} is no month", "write the first month of the years, e.g. april"),
    "calendar": ("{!r} is not known here", f"write one of {', '.join(CALENDARS)}"),
    "row": (
        "{!r} is nothing that a row can be",
        f"write a measure, e.g. ev_sales, a period, e.g. 2024-Q1, or one of "
        f"{', '.join(KINDS_OF_ROW)}",
    ),
    "what": ("{!r} is nothing that a column can hold", f"e.g. ev_imports, {', '.join(WHATS)}"),
    "column_dates": (
        "{!r} is not known here",
        f"write {' or '.join(DATES_OF_COLUMN)}, or the period, e.g. 2024-05",
    ),
    "signs": (f"has more than {MAX_SIGNS} signs", "keep those that the table has"),
    "list_type": ("is no list", 'e.g. unknown: ["n/a", "..."]'),
    "int_parsing": ("{!r} is no number of a row", "count rows from 1, as the sheet does"),
    "greater_than_equal": ("{!r} is no number above 0", "write 1, or 1000 for thousands"),
    "float_parsing": ("{!r} is no number above 0", "write 1, or 1000 for thousands"),
    "scale": ("{!r} is no number above 0", "write what the numbers are multiplied by, e.g. 1000"),
}
DECIMAL_MARKS = (".", ",")
UNKNOWN = "no word says what it holds"
NOT_READ = "-"
EACH = ("year", "quarter", "month", "day")
DATE_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
ISO = "%Y-%m-%d"
LENGTHS = {1: "month", 3: "quarter", 12: "year"}
EXCEL_EPOCH = dt.date(1899, 12, 30)
SUM_WORDS = re.compile(  # names of sums of places, which are no market
    r"(?:(?:grand |sub)?total|world|sum|rest of|all countries|europe|eu(?: ?\d+)?\b|european union|"
    r"asia|africa|america|oecd|итого|всего|весь мир|мир|jami|жами|барлығы|gesamt|insgesamt|summe|"
    r"welt|合计|总计|世界|全球)(?:\W.*|wide)?",
    re.IGNORECASE,
)

# Words by which columns of other people's tables are known, in lower case.
_COLUMN_WORDS = {
    "measure": "measure indicator variable metric показатель показатели indikator ko'rsatkich "
    "ko'rsatkichlar кўрсаткич кўрсаткичлар көрсеткіш көрсеткіштер көрсөткүч көрсөткүчтөр "
    "нишондиҳанда нишондиҳандаҳо gösterge göstergeler 指标 项目",
    "place": "country land pays place region location market economy nation territory "
    "iso iso2 iso3 страна страны регион область mamlakat davlat hudud мамлакат давлат ҳудуд "
    "staat ел "
    "ел елдер мемлекет өңір өлкө мамлекет аймак кишвар давлат минтақа ülke ülkeler "
    "bölge 国家 国别 地区 지역 시도 국가 tỉnh wilayah provinsi negara województwo kraj estado país "
    "provincia área штат вилоят viloyat облыс облус région bundesland المحافظة الدولة استان ölkə",
    "year": "year years fy año años anos année წელი il год годы yil yillar йил йиллар annee jahr "
    "жыл жылы жылдар сол солҳо yıl "
    "yıllar 年份 年 年度",
    "quarter": "quarter квартал кварталы chorak чорак quartal тоқсан чейрек семоҳа çeyrek 季度",
    "month": "month месяц месяцы oy ой monat ай айлар моҳ ay aylar 月份 月",
    "date": "date day period half дата период периоды полугодие sana davr сана давр zeitraum datum "
    "halbjahr кезең мерзім мезгил сана давра dönem tarih 日期 时间 时期 期间",
    "period_start": "start from begin beginning",
    "period_end": "end to until till",
    "published": "published publication released reported",
    "partner": "partner origin exporter",
    "product": "product powertrain technology type",
    "basis": "agency basis definition",
    "source": "source publisher источник manba манба дереккөз булак сарчашма kaynak 来源",
    "url": "url link address website",
    "note": "note notes comment comments remark remarks примечание примечания комментарий izoh "
    "изоҳ "
    "ескерту эскертүү эзоҳ not notlar açıklama 备注 注",
    "unit": "unit units ед ед.изм единица единицы o'lchov ўлчов өлшем өлчөө воҳиди birim 单位",
    "value": "value count number amount quantity количество кол-во значение число soni сони miqdor "
    "миқдор саны мәні мааниси шумора теъдод değer sayı adet miktar 数量 数值 值",
}  # fmt: skip
_TARGET_OF_WORD = {word: name for name, words in _COLUMN_WORDS.items() for word in words.split()}
# Words of a head that say what its numbers measure
_GROWTH = rf"{words.UP_OR_DOWN}|\by/?o?/?y\b|同比"
_SHARE = r"\bshare\b|доля|доли|占比"
_SCALE = re.compile(rf"(?:\bin )?(?<![a-zа-я0-9])(?:{one_of(SCALES)}s?|'?000)(?![a-zа-я0-9])", re.I)
_BATTERIES = r"\bbatter(?:y|ies)\b(?![\s-]*(?:electric|cars?|evs?|vehicles?|passenger)\b)"
_TRADE = r"\b(?:sales|sold|imports?|imported|exports?|production)\b"
_SYNONYMS = {
    # in a head as the press says it
    r"\b(?:stock|parc)\b": "fleet",
    r"\bsale\b": "sales",
    r"\bchargers?\b": "charging points",
    r"\b(?:public|annual|yearly)\b": "",
}


def _text(cell: object) -> object:
    if isinstance(cell, int | float | dt.date):
        return str(cell)
    return cell or ""


def _word_of(words: Collection[str], word: str) -> str:
    if word not in words:
        raise ValueError
    return word


def _is_encoding(name: str) -> bool:
    with contextlib.suppress(LookupError, UnicodeError, ValueError):
        return b"1".decode(name) == "1"
    return False


def _is_date_form(form: str) -> bool:
    """Whether a day that is written in a form can be read again, at least its year."""
    day = dt.date(2024, 2, 29)
    text = day.strftime(form)
    if "24" not in text:
        return False
    again = dated(text, form)
    return again is not None and again.year == day.year


def _is_scale(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return 0 < float(text) < math.inf
    return False


def _is_place(text: str) -> bool:
    return bool(find_place(text))


def _is_publication(text: str) -> bool:
    with contextlib.suppress(PeriodError):
        return publication(text) is not None
    return False


def _is_month(text: str) -> bool:
    with contextlib.suppress(PeriodError):
        return 1 <= number_of(text) <= 12
    return False


def _is_kind(text: str) -> bool:
    return text in (*KINDS_OF_ROW, *NUMBERS_OF_ROWS) or is_printed_period(text)


@lru_cache(maxsize=256)
def is_printed_period(text: str) -> bool:
    """Whether a text is a period.

    >>> is_printed_period("2024-Q1"), is_printed_period("1403")
    (True, False)
    """
    with contextlib.suppress(PeriodError):
        return period_of(text) is not None
    return False


def _are_dates(text: str) -> bool:
    return text in DATES_OF_COLUMN or is_printed_period(text)


def is_what(text: str) -> bool:
    """Whether a text is what a column may hold.

    >>> is_what("ev_sales share"), is_what("ev_imports"), is_what("cars")
    (True, True, False)
    """
    return text in (*WHATS, *TARGETS, *NUMBER_TARGETS) or text.removesuffix(" share") in MEASURES


def _are_few(signs: list[str]) -> bool:
    return len(signs) <= MAX_SIGNS


def _setting(fault: str, is_valid: Callable[[Any], bool]) -> AfterValidator:
    """A check of a setting of a mapping; an empty one passes, as the file itself tells it."""

    def checked(setting: Any) -> Any:
        if setting and not is_valid(setting):
            raise ValueError(fault)
        return setting

    return AfterValidator(checked)


Text = Annotated[str, BeforeValidator(_text)]
Target = Annotated[str, AfterValidator(partial(_word_of, TARGETS))]
Counted = Annotated[str, AfterValidator(partial(_word_of, NUMBER_TARGETS))]
Column = Annotated[str, AfterValidator(partial(_word_of, LEDGER_COLUMNS))]
Letters = Annotated[str, Field(pattern="^[A-Z]{1,3}$")]


def dated(text: str, form: str) -> dt.date | None:
    """The day that a text of a form names; None where it is not of that form.

    >>> dated("31.12.2024", "%d.%m.%Y"), dated("2024", "%d.%m.%Y")
    (datetime.date(2024, 12, 31), None)
    """
    with contextlib.suppress(ValueError, re.error):
        return dt.datetime.strptime(text, form).date()
    return None


class ColumnAnswer(BaseModel):
    """What a reader says of one column.

    Parameters
    ----------
    what : str
        A measure, alone or with ``yoy_growth_percent``, another quantity or ``share`` behind it;
        ``market_size``, ``sum``, ``period``, ``place``, ``note``, ``nothing``, or a word of a
        mapping's columns.
    unit : str
        Of its numbers: vehicles, points, percent.
    factor : float
        What they are multiplied by; 0 where nobody says.
    dates : str
        ``period`` or ``year_to_date``: whether a number is of its own period, or of all since the
        year began; or the period itself, as ``2024-Q1``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: Annotated[Text, _setting("what", is_what)] = ""
    unit: Text = ""
    factor: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    dates: Annotated[Text, _setting("column_dates", _are_dates)] = ""

    def with_answers(self, answers: "ColumnAnswer") -> "ColumnAnswer":
        """The answer with the keys of another one added, or replaced by them."""
        return self.model_copy(update={key: value for key, value in answers if value})

    def keys(self) -> dict[str, object]:
        """The keys that are not empty, as a file has them."""
        keys = {key: value for key, value in self if value}
        if self.factor and self.factor.is_integer():
            keys["factor"] = int(self.factor)
        return keys


class Mapping(BaseModel):
    """Which column of a table says what.

    Parameters
    ----------
    columns : dict of str to str
        A word of the ledger (place, period_start, value, ...), or ``year``, ``month``, ``date`` for
        a period in one cell, to the name of the table's column.
    values : dict of str to str
        Of a table with one column of numbers per measure: the measure to its column; with a
        quantity behind it, as ``ev_sales yoy_growth_percent``, that quantity of it.
    constants : dict of str to str
        What holds for every row, e.g. measure, source, published.
    scales : dict of str to str
        What the numbers of a column are multiplied by: 1000 where they are in thousands.
    unread : dict of str to str
        Columns that are not read, and why.
    separator, encoding, decimal, dates, sheet, each : str
        How the file is written: what stands between its columns, its encoding, the decimal mark,
        the form of its dates (as in ``%d.%m.%Y``), the sheet of a workbook, and the length of the
        periods that dates stand for (year, quarter, month, day). Empty where it can be seen from
        the file. ``sheet`` may be a list.
    place, published, fiscal_year : str
        Of the whole table: where it counts, when it was published, and the first month of its
        years.
    calendar : str
        Of its years, where they do not show it.
    unknown : list of str
        Signs for a number that is not known, beside the usual ones.
    letters : dict of str to ColumnAnswer
        Columns by the letters of a spreadsheet program; in the file they stand in ``columns``.
    rows : dict of int to str
        What lines are, by their numbers: heads, unit, note, sum, nothing or row, or the measure
        that a row counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[Target, Text] = {}
    values: dict[Counted, Text] = {}
    constants: dict[Column, Text] = {}
    scales: dict[Text, Annotated[Text, _setting("scale", _is_scale)]] = {}
    unread: dict[Text, Text] = {}
    separator: Annotated[Text, Field(max_length=1)] = ""
    encoding: Annotated[Text, _setting("encoding", _is_encoding)] = ""
    decimal: Annotated[Text, _setting("decimal", DECIMAL_MARKS.__contains__)] = ""
    dates: Annotated[Text, _setting("dates", _is_date_form)] = ""
    sheet: Text | list[Text] = ""
    each: Annotated[Text, _setting("each", EACH.__contains__)] = ""
    place: Annotated[Text, _setting("place", _is_place)] = ""
    published: Annotated[Text, _setting("published", _is_publication)] = ""
    fiscal_year: Annotated[Text, _setting("fiscal_year", _is_month)] = ""
    calendar: Annotated[Text, _setting("calendar", CALENDARS.__contains__)] = ""
    unknown: Annotated[list[Text], _setting("signs", _are_few)] = []
    letters: dict[Letters, ColumnAnswer] = {}
    rows: dict[Annotated[int, Field(ge=1)], Annotated[Text, _setting("row", _is_kind)]] = {}

    @model_validator(mode="before")
    @classmethod
    def _by_letter(cls, keys: object) -> object:
        """Split ``columns`` into those with letters and those with names."""
        if not isinstance(keys, dict) or not isinstance(keys.get("columns"), dict):
            return keys
        if "letters" in keys:
            return keys
        columns = keys["columns"]
        letters = {
            name: answer
            for name, answer in columns.items()
            if isinstance(answer, dict) or re.fullmatch("[A-Z]{1,3}", str(name))
        }
        names = {name: target for name, target in columns.items() if name not in letters}
        return {**keys, "columns": names, "letters": letters}

    @property
    def sheets(self) -> list[str]:
        """The sheets that are read; none where they are found from the workbook."""
        if isinstance(self.sheet, list):
            return self.sheet
        return [self.sheet] if self.sheet else []

    @property
    def fiscal_month(self) -> int:
        """The month in which fiscal years begin; 0 where nobody says."""
        return number_of(self.fiscal_year) if self.fiscal_year else 0

    def with_answers(self, answers: "Mapping") -> "Mapping":
        """A mapping with the keys of another one added, or replaced by them."""
        keys = {key: value for key, value in answers if value}
        for key, value in keys.items():
            if isinstance(value, dict):
                keys[key] = getattr(self, key) | value
        letters = dict(self.letters)
        for letter, answer in answers.letters.items():
            letters[letter] = letters.get(letter, ColumnAnswer()).with_answers(answer)
        return self.model_copy(update=keys | {"letters": letters})

    def to_yaml(self) -> str:
        """The mapping as the text of its file.

        >>> print(Mapping(columns={"place": "Land"}, each="year").to_yaml(), end="")
        columns:
          place: Land
        each: year
        """
        filled = {key: value for key, value in self if value}
        if letters := filled.pop("letters", {}):
            answers = {letter: answer.keys() for letter, answer in letters.items()}
            filled["columns"] = {**filled.get("columns", {}), **answers}
        if rows := filled.pop("rows", {}):
            filled["rows"] = rows
        return str(yaml.safe_dump(filled, allow_unicode=True, sort_keys=False))


def target_of(name: str) -> str:
    """The key of a mapping's columns that the name of a column stands for; empty where it stands
    for none.

    >>> target_of("Год"), target_of("EV sales")
    ('year', '')
    """
    if name in LEDGER_COLUMNS:
        return name
    words = re.sub(r"[^\w'-]+|_", " ", re.sub("[‘’ʻʼ`´]", "'", name)).strip().lower()
    return _TARGET_OF_WORD.get(words) or _TARGET_OF_WORD.get(words.split(" ")[0], "")


class Head(NamedTuple):
    """What a column holds, by its name.

    Parameters
    ----------
    number : str
        A measure, a quantity or both, as in the values of a mapping, or a word of its columns;
        empty where none is named.
    doubts : list of str
        Why it may hold something else.
    """

    number: str
    doubts: list[str]


def read_head(name: str) -> Head:
    """What the name of a column says it holds, by all of its words.

    Parameters
    ----------
    name : str
        As the table has it.

    Examples
    --------
    >>> read_head("EV sales, тыс. шт."), read_head("Growth, % y/y").number
    (Head(number='ev_sales', doubts=[]), 'yoy_growth_percent')
    >>> read_head("EV imports rank").doubts
    ['holds words that no rule knows: rank']
    """
    target = target_of(name)
    if name in MEASURES or target in LEDGER_COLUMNS[:8]:
        return Head(target or name, [])
    if len(name) > MAX_HEAD_CHARACTERS:
        return Head("", [f"its name has more than {MAX_HEAD_CHARACTERS} characters"])
    text = plain_text(name.replace("_", " "))
    for pattern, word in _SYNONYMS.items():
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    passage = Passage(_SCALE.sub(" ", text).strip(), None)
    measure = _measure_of(passage)
    number = measure
    if passage.has(_GROWTH):
        number = f"{measure} {GROWTH}".strip()
    if not number:
        return Head(target, [UNKNOWN] * (not target))
    return Head(number, [*_doubts_of_a_head(passage, measure), *passage.doubts_of_words])


def _measure_of(passage: Passage) -> str:
    """The measure that a head names; empty where it names none."""
    electric = passage.has(words.ELECTRIC)
    if electric and passage.has(_SHARE):
        return EV_SHARE
    measures = [name for name in passage.measures if electric or not MEASURES[name].electric]
    measure = next(iter(measures), "")
    for pattern, vehicle in words.HEAVY.items():
        if passage.has(pattern):
            return count_of(measure_of(measure).event, vehicle) or measure
    return measure


def _doubts_of_a_head(passage: Passage, measure: str) -> Iterator[str]:
    """Why the numbers below a head may measure something else."""
    measures = passage.measures
    if measure == EV_SHARE and not {*measures} <= {*NEW_EVS}:
        yield "is a share of something else"
    elif len(measures) > 1 and not measure.startswith("charging"):
        yield f"may be of {' or '.join(measures)}"
    if measure_of(measure).of_electric_cars and any(map(passage.has, words.HEAVY)):
        yield "speaks of buses or trucks"
    yield from words.doubts_of(words.WHOLE_DOUBTS | words.CHANGE_DOUBTS, passage.lower)
    if passage.has(words.AMOUNTS):
        yield "is an amount of money"
    if passage.has(_BATTERIES) or (measure.startswith("charging") and passage.has(_TRADE)):
        yield "may be of batteries or chargers, not of cars"
    if passage.names_partner(measure):
        yield PARTNER


def mapping_path(table: Path) -> Path:
    """Where the mapping of a table lies.

    >>> mapping_path(Path("facts.csv")).name
    'facts.mapping.yaml'
    """
    return table.with_name(f"{table.stem}.mapping.yaml")


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases, with which a few lines can stand for billions."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next node; an alias is refused."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("a YAML alias is not read: write out what it stands for")
        return super().compose_node(parent, index)


def read_mapping(path: Path) -> Mapping:
    """Read a mapping's file.

    Raises
    ------
    LedgerError
        With every problem at once.
    """
    try:
        keys: Any = yaml.load(read_whole(path, MAX_MAPPING_BYTES).decode(), _PlainLoader)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        fault = getattr(error, "strerror", None) or str(error)
        if isinstance(error, RecursionError):
            fault = "its brackets are nested too deep"
        hint = "correct it; a mapping has some ten short lines"
        raise LedgerError.at(
            path.name, f"cannot be read: {' '.join(fault.split())[:150]}", hint
        ) from None
    try:
        return Mapping.model_validate(keys)
    except ValidationError as error:
        faults = error.errors()
        problems = [_problem(path.name, fault) for fault in faults[:MAX_PROBLEMS]]
        if len(faults) > MAX_PROBLEMS:
            further = f"has {len(faults) - MAX_PROBLEMS:,} more problems"
            problems.append(Problem(path.name, further, "correct these first"))
        raise LedgerError(problems) from None


def _problem(name: str, fault: Any) -> Problem:
    parts = [str(part) for part in fault["loc"] if part != "[key]"]
    words = ["columns" if part == "letters" else part for part in parts]
    # The checks of this module raise the name of the fault
    kind = str(fault.get("ctx", {}).get("error") or fault["type"])
    message, hint = MAPPING_FAULTS.get(kind, ("is unknown", ""))
    if not hint and words[0] == "constants":
        hint = did_you_mean(words[-1], LEDGER_COLUMNS)
        if words[-1] in PERIOD_LENGTHS:
            hint = "write its days: {period_start: 2024-01-01, period_end: 2024-12-31}"
    if not hint:
        hint = did_you_mean(words[-1], (*Mapping.model_fields, *TARGETS, *NUMBER_TARGETS))
    where = ".".join(words)
    return Problem(f"{name} {where}".strip(), message.format(fault["input"]), hint)
