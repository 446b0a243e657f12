"""How a table of one's own is read as facts: which column says what, and what holds for every row.

A mapping lies beside its table, ``facts.mapping.yaml`` beside ``facts.csv``; without one, a mapping
is proposed.

>>> cells = [["Country", "Year", "EV sales"], ["Norway", "2023", "104,000"]]
>>> mapping = propose_mapping(cells[0])
>>> print(mapping.to_yaml(), end="")
columns:
  place: Country
  year: Year
values:
  ev_sales: EV sales
>>> mapped = mapped_rows("own.csv", [*map(Line, cells)], mapping)
>>> (where, row), = mapped.rows
>>> row["place"], row["period_end"], row["value"], mapped.problems
('NO', '2023-12-31', '104000', [])
"""

import contextlib
import datetime as dt
import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from forecasting.errors import LedgerError, PeriodError, Problem
from forecasting.evidence import press_words as words
from forecasting.evidence.cells import Cells, Line, Repeated
from forecasting.evidence.files import read_whole
from forecasting.evidence.places import find_place
from forecasting.evidence.press import GROWTH, PARTNER, Passage
from forecasting.evidence.printed_numbers import SCALES, one_of, plain_text, without_marks
from forecasting.evidence.printed_periods import number_of, period_cells, period_of
from forecasting.evidence.rules import (
    LEDGER_COLUMNS,
    FoundRow,
    Row,
    cell_text,
    finite_number,
    normalise,
    number_text,
    printed_rounding,
)
from forecasting.measures import EV_SHARE, MEASURES, NEW_EVS, count_of, did_you_mean, measure_of
from forecasting.periods import Period
from forecasting.quantities import QUANTITIES, on_a_day

# What a column can say: the ledger's own words, or a period in one cell
PERIOD_LENGTHS = ("date", "month", "quarter", "year")
TARGETS = (*LEDGER_COLUMNS, *PERIOD_LENGTHS)
PERIODS = "year, month, date or period_end"  # one of them says when
# A measure is a count or an amount; with a quantity behind it, that quantity of it
NUMBER_TARGETS = (
    *MEASURES,
    *(f"{measure} {quantity}" for measure in MEASURES for quantity in QUANTITIES),
)
# What is wrong with a mapping by pydantic's names of it, and the next move
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
    "scale": ("{!r} is no number above 0", "write what the numbers are multiplied by, e.g. 1000"),
}
DECIMAL_MARKS = (".", ",")
UNKNOWN = "no word says what it holds"
NOT_READ = "-"
AS_ASKED = "as you say"
EACH = ("year", "quarter", "month", "day")
DATE_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
ISO = "%Y-%m-%d"
LENGTHS = {1: "month", 3: "quarter", 12: "year"}
LONGEST_HEAD = 100  # characters of a column's name; what is longer is a sentence
MAX_MAPPING_BYTES = 1_000_000  # bytes of a mapping; one has a few hundred
EXCEL_EPOCH = dt.date(1899, 12, 30)
DATE_TARGETS = ("period_start", "period_end", "date", "published")
SUM_WORDS = re.compile(  # of places: no market of its own
    r"(?:(?:grand |sub)?total|world|sum|rest of|all countries|europe|eu(?: ?\d+)?\b|european union|"
    r"asia|africa|america|oecd|итого|всего|весь мир|мир|jami|жами|барлығы|gesamt|insgesamt|summe|"
    r"welt|合计|总计|世界|全球)(?:\W.*|wide)?",
    re.IGNORECASE,
)

# Words by which columns of other people's tables are known, in lower case.
_COLUMN_WORDS = {
    "measure": "measure indicator variable metric показатель indikator 指标",
    "place": "country land pays place region location market economy nation territory "
    "iso iso2 iso3 страна регион mamlakat davlat мамлакат staat ел 国家",
    "year": "year год yil annee jahr жыл 年份 年",
    "quarter": "quarter квартал chorak quartal тоқсан 季度",
    "month": "month месяц oy monat ай 月份 月",
    "date": "date day period half дата период полугодие sana davr zeitraum datum halbjahr кезең "
    "日期",
    "period_start": "start from begin beginning",
    "period_end": "end to until till",
    "published": "published publication released reported",
    "partner": "partner origin exporter",
    "product": "product powertrain technology type",
    "basis": "agency basis definition",
    "source": "source publisher источник manba 来源",
    "url": "url link address website",
    "note": "note notes comment comments remark remarks",
    "unit": "unit units",
    "value": "value count number amount quantity количество значение",
}  # fmt: skip
_TARGET_OF_WORD = {word: name for name, words in _COLUMN_WORDS.items() for word in words.split()}
# Words of a head that say what its numbers are of
_GROWTH = rf"{words.UP_OR_DOWN}|\by/?o?/?y\b|同比"
_SHARE = r"\bshare\b|доля|доли|占比"
_SCALE = re.compile(
    rf"(?:\bin )?(?<![a-zа-я0-9])(?:(?P<sign>{one_of(SCALES)})s?|'?000)(?![a-zа-я0-9])", re.I
)
_SYNONYMS = {
    # in a head as the press says it
    r"\b(?:stock|parc)\b": "fleet",
    r"\bsale\b": "sales",
    r"\bchargers?\b": "charging points",
    r"\b(?:public|annual|yearly|quarterly|monthly)\b": "",
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
    """Whether a day that is written in it can be read again, to its year at least."""
    day = dt.date(2024, 2, 29)
    again = _dated(day.strftime(form), form)
    return again is not None and again.year == day.year


def _is_scale(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return 0 < float(text) < math.inf
    return False


def _setting(fault: str, is_valid: Callable[[str], bool]) -> AfterValidator:
    """A check of what a mapping says of its file; empty is as the file shows."""

    def checked(text: str) -> str:
        if text and not is_valid(text):
            raise ValueError(fault)
        return text

    return AfterValidator(checked)


Text = Annotated[str, BeforeValidator(_text)]
Target = Annotated[str, AfterValidator(partial(_word_of, TARGETS))]
Counted = Annotated[str, AfterValidator(partial(_word_of, NUMBER_TARGETS))]
Column = Annotated[str, AfterValidator(partial(_word_of, LEDGER_COLUMNS))]


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
        the file.
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
    sheet: Text = ""
    each: Annotated[Text, _setting("each", EACH.__contains__)] = ""

    def to_yaml(self) -> str:
        """The mapping as the text of its file.

        >>> print(Mapping(columns={"place": "Land"}, each="year").to_yaml(), end="")
        columns:
          place: Land
        each: year
        """
        filled = {key: value for key, value in self if value}
        return str(yaml.safe_dump(filled, allow_unicode=True, sort_keys=False))

    @property
    def lacks(self) -> list[str]:
        """What no column and no constant says, though every fact needs it."""
        targets = {*self.columns, *self.constants}
        if self.values:
            targets |= {"value", "measure"}
        missing = [word for word in ("value", "measure", "place") if word not in targets]
        if not targets & {*PERIOD_LENGTHS, "period_end"}:
            missing.append(PERIODS)
        return missing


def propose_mapping(header: Sequence[str], answers: Row | None = None) -> Mapping:
    """The mapping that a table's column names suggest.

    Parameters
    ----------
    header : sequence of str
        Names of the table's columns.
    answers : dict of str to str, optional
        What the reader knows of some columns: a word of a mapping's columns or values, or
        `NOT_READ`.
    """
    mapping = Mapping()
    columns, values, unread = mapping.columns, mapping.values, mapping.unread
    for name in header:
        head = read_head(name)
        if word := (answers or {}).get(name, ""):
            head = Head(word, head.scale, [AS_ASKED] * (word == NOT_READ))
        kind = columns if head.number in TARGETS else values
        if head.doubts or head.number in kind:
            unread[name] = "; ".join(head.doubts) or f"is a second column of {head.number}"
            continue
        kind[head.number] = name
        if head.scale != 1 and head.number in values:
            mapping.scales[name] = number_text(head.scale)
    _place_growth(mapping)
    if values and "value" in columns:
        unread[columns.pop("value")] = "does not say what it counts, as another column does"
    return mapping


def _place_growth(mapping: Mapping) -> None:
    """A column of growth is that of the only number of the table, where there is one."""
    values = mapping.values
    growth = values.pop(GROWTH, "")
    if growth and len(values) == 1:
        values[f"{next(iter(values))} {GROWTH}"] = growth
    elif growth:
        mapping.unread[growth] = "does not say of what it is the growth"


def _target_of(name: str) -> str:
    if name in LEDGER_COLUMNS:
        return name
    words = re.sub(r"[^\w]+|_", " ", name).strip().lower()
    return _TARGET_OF_WORD.get(words) or _TARGET_OF_WORD.get(words.split(" ")[0], "")


class Head(NamedTuple):
    """What a column holds, by its name.

    Parameters
    ----------
    number : str
        A measure, a quantity or both, as in the values of a mapping, or a word of its columns;
        empty where none is named.
    scale : float
        What its numbers are multiplied by.
    doubts : list of str
        Why it may hold something else.
    """

    number: str
    scale: float
    doubts: list[str]


def read_head(name: str) -> Head:
    """What the name of a column says, each of its words.

    Parameters
    ----------
    name : str
        As the table has it.

    Examples
    --------
    >>> read_head("EV sales, тыс. шт."), read_head("Growth, % y/y").number
    (Head(number='ev_sales', scale=1000.0, doubts=[]), 'yoy_growth_percent')
    >>> read_head("EV imports rank").doubts
    ['holds words that no rule knows: rank']
    """
    target = _target_of(name)
    if name in MEASURES or target in LEDGER_COLUMNS[:8]:
        return Head(target or name, 1.0, [])
    if len(name) > LONGEST_HEAD:
        return Head("", 1.0, [f"its name has more than {LONGEST_HEAD} characters"])
    text = plain_text(name.replace("_", " "))
    for pattern, word in _SYNONYMS.items():
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    scale = _SCALE.search(text)
    passage = Passage(_SCALE.sub(" ", text).strip(), None)
    measure = _measure_of(passage)
    number = measure
    if passage.has(_GROWTH):
        number = f"{measure} {GROWTH}".strip()
    if not number:
        return Head(target, 1.0, [UNKNOWN] * (not target))
    factor = SCALES[scale["sign"] or "k"] if scale else 1.0
    return Head(number, factor, [*_doubts_of_a_head(passage, measure), *passage.doubts_of_words])


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
    """Why the numbers below a head may be of something else."""
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
    if passage.names_partner(measure):
        yield PARTNER


def mapping_path(table: Path) -> Path:
    """Where the mapping of a table lies.

    >>> mapping_path(Path("facts.csv")).name
    'facts.mapping.yaml'
    """
    return table.with_name(f"{table.stem}.mapping.yaml")


def read_mapping(path: Path) -> Mapping:
    """Read a mapping's file.

    Raises
    ------
    LedgerError
        With every problem at once.
    """
    try:
        keys: Any = yaml.safe_load(read_whole(path, MAX_MAPPING_BYTES).decode())
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise LedgerError.at(
            path.name,
            f"cannot be read: {' '.join(str(error).split())[:150]}",
            "see `ev-forecast check`",
        ) from None
    try:
        return Mapping.model_validate(keys)
    except ValidationError as error:
        problems = [*map(partial(_problem, path.name), error.errors())]
        raise LedgerError(problems) from None


def _problem(name: str, fault: Any) -> Problem:
    words = [str(part) for part in fault["loc"] if part != "[key]"]
    kind = str(fault.get("ctx", {}).get("error") or fault["type"])  # of a check of ours its name
    wrong, hint = MAPPING_FAULTS.get(kind, ("is unknown", ""))
    if not hint:
        hint = did_you_mean(words[-1], (*Mapping.model_fields, *TARGETS, *NUMBER_TARGETS))
    where = ".".join(words)
    return Problem(f"{name} {where}".strip(), wrong.format(fault["input"]), hint)


def with_guesses(mapping: Mapping, cells: Cells) -> Mapping:
    """The mapping with the decimal mark, the form of dates and the length of periods that the cells
    show.
    """
    columns = mapping.columns
    numbers = _texts(cells, (*mapping.values.values(), columns.get("value")))
    days = _texts(cells, [columns.get(target) for target in DATE_TARGETS])
    forms = [form for form in DATE_FORMS if days and all(_dated(day, form) for day in days)]
    dates = mapping.dates
    if not dates and len(forms) == 1:
        dates = forms[0].replace(ISO, "")
    guesses = {
        "decimal": mapping.decimal or _decimal_mark(numbers),
        "dates": dates,
        "each": mapping.each or _length(_column(cells, [columns.get("date")]), dates),
    }
    return mapping.model_copy(update=guesses)


def _column(cells: Cells, names: Collection[str | None]) -> Iterator[object]:
    """The cells below some names that are not empty."""
    for place, name in enumerate(cells[0]):
        if name in names:
            cells_of_column = (row[place] for row in cells[1:] if len(row) > place)
            yield from (cell for cell in cells_of_column if cell not in (None, ""))


def _texts(cells: Cells, names: Collection[str | None]) -> list[str]:
    """The texts, not numbers, below some names."""
    texts = (cell.strip() for cell in _column(cells, names) if isinstance(cell, str))
    return [text for text in texts if text]


def _decimal_mark(numbers: Iterable[str]) -> str:
    """A comma where the numbers cannot be read otherwise; empty for the point."""
    comma = [text for text in numbers if re.fullmatch(r"-?[\d.\s\u00a0]*\d,\d+", text)]
    # Or none has a comma
    grouped = all(re.fullmatch(r"-?\d{1,3}(,\d{3})+", text) for text in comma)
    return "" if grouped else ","


def _length(cells: Iterable[object], form: str) -> str:
    """The length of the periods for which dates stand, which all begin or all end a month; empty
    where none is seen.
    """
    days = {_day(cell, form) for cell in cells}
    dates = sorted(filter(None, days))
    ends = [{(day + dt.timedelta(days=shift)).day for day in dates} for shift in (0, 1)]
    if None in days or len(dates) < 2 or {1} not in ends:
        return ""
    months = [12 * day.year + day.month for day in dates]
    steps = [end - start for start, end in itertools.pairwise(months)]
    shortest = min(steps)
    if any(step % shortest for step in steps):
        return ""
    return LENGTHS.get(shortest, "")


def _day(cell: object, form: str) -> dt.date | None:
    """The day of a cell: a date, a workbook's count of days, or text of a form."""
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, int | float) and 20_000 < cell < 80_000:
        return EXCEL_EPOCH + dt.timedelta(days=int(cell))
    return _dated(str(cell).strip(), form or ISO)


def _dated(text: str, form: str) -> dt.date | None:
    with contextlib.suppress(ValueError, re.error):
        return dt.datetime.strptime(text, form).date()
    return None


@dataclass(frozen=True)
class TableRead:
    """What a file of facts holds.

    Parameters
    ----------
    rows : list of FoundRow
        In their order.
    problems : list of Problem
        What is wrong with the file; the rules of rows are checked apart.
    proposed : Mapping, optional
        The mapping that a table of other columns was read by, where nobody has written one.
    left_out : list of Problem
        Rows that are no facts, and why.
    """

    rows: list[FoundRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    proposed: Mapping | None = None
    left_out: list[Problem] = field(default_factory=list)


def mapped_rows(name: str, cells: Cells, mapping: Mapping) -> TableRead:
    """Rows of a ledger from the cells of a table; the first row of cells holds the columns' names.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    cells : list of list
        Text, numbers and dates.
    mapping : Mapping
        Which column says what.

    Returns
    -------
    TableRead
        What was read, what cannot be, and what is left out.
    """
    header = [str(cell) for cell in cells[0]]
    mapped = TableRead(proposed=mapping)
    mapped.problems.extend(_lacking(f"{name}:{cells[0].number}", header, mapping))
    if mapped.problems:
        return mapped
    ids: Counter[str] = Counter()
    stem = re.sub(r"[^\w-]+", "-", name.rsplit(".", 1)[0]).lower()
    for row in cells[1:]:
        where = f"{name}:{row.number}"
        cell_of = dict(itertools.zip_longest(header, row[: len(header)]))
        if reason := _left_out(row, cell_of, mapping):
            mapped.left_out.append(Problem(where, reason))
            continue
        try:
            if any(map(cell_text, row[len(header) :])):
                raise LedgerError(
                    f"has {len(row)} cells, the header has {len(header)}: "
                    "a comma inside a cell needs quotation marks around the cell"
                )
            rows = [normalise(_with_id(fact, stem, ids)) for fact in _facts_of(cell_of, mapping)]
            mapped.rows.extend(FoundRow(where, row) for row in rows)
        except ValueError as error:
            mapped.problems.append(
                Problem(where, str(error)[:200], "correct the cell, or say its form in the mapping")
            )
    return mapped


def _left_out(row: Line, cell_of: dict[str, object], mapping: Mapping) -> str:
    """Why a row is no fact: it is hidden, is a sum of the others, or counts something else."""
    if row.hidden:
        return "is hidden"
    place = cell_text(cell_of.get(mapping.columns.get("place", "")))
    if SUM_WORDS.fullmatch(place):
        return f"{place[:40]!r} is a sum of places"
    indicator = cell_text(cell_of.get(mapping.columns.get("measure", "")))
    if indicator and indicator not in MEASURES and not mapping.values:
        head = read_head(indicator)
        if head.doubts or head.number not in NUMBER_TARGETS:
            return f"{indicator[:40]!r} {'; '.join(head.doubts)}"
    return ""


def _lacking(where: str, header: Sequence[str], mapping: Mapping) -> Iterator[Problem]:
    """What the mapping names and the table lacks, and what neither says."""
    for target, column in (*mapping.columns.items(), *mapping.values.items()):
        if column not in header:
            yield Problem(
                where,
                f"has no column {column!r}, which the mapping gives to {target}",
                f"columns: {', '.join(header)}",
            )
        elif header.count(column) > 1:
            yield Problem(where, f"column {column!r} stands there twice", "rename one")
    hint = "say it in the mapping, under columns or constants"
    for word in mapping.lacks:
        yield Problem(where, f"no column says {word}", hint)
        if word == "value":
            for column, why in mapping.unread.items():
                if why != UNKNOWN:
                    yield Problem(where, f"column {column!r} is not read: {why}", hint)


def _facts_of(cells: dict[str, object], mapping: Mapping) -> Iterator[Row]:
    """The facts of one row: one, or one for each column of numbers that is not empty."""
    if not any(map(cell_text, cells.values())):
        return
    common = {"relation": "equals"} | mapping.constants
    for target, column in mapping.columns.items():
        if target in LEDGER_COLUMNS and (text := _cell(cells[column], target, mapping)):
            common[target] = text
    numbers = [
        _number_cells(
            number, _number(cells[column], mapping.decimal), mapping.scales.get(column, "1")
        )
        for number, column in mapping.values.items()
    ] or [_cells_in_words(common)]
    for number in numbers:
        if number["value"] or len(numbers) < 2:
            stock = on_a_day(number["measure"], number.get("quantity", ""))
            yield common | number | _days(cells, mapping, stock)


def _number_cells(number: str, value: str, scale: float | str) -> Row:
    """What a column of numbers says: measure, quantity and value, this in single units, and how
    finely it is known.
    """
    measure, _, quantity = number.partition(" ")
    row = {"measure": measure, "quantity": quantity, "value": value}
    times = float(scale)
    if times != 1 and finite_number(value) is not None:
        row["value"] = number_text(float(value) * times)
        row["rounding"] = number_text(printed_rounding(value) * times)
    return row


def _cells_in_words(common: Row) -> Row:
    """A row whose measure is told in the words of a head."""
    row = {"measure": "", "value": ""} | common
    if row["measure"] in MEASURES:
        return row
    head = read_head(row["measure"])
    columns = _number_cells(head.number or row["measure"], row["value"], head.scale)
    return row | {column: cell for column, cell in columns.items() if cell}


def _cell(cell: object, target: str, mapping: Mapping) -> str:
    """A cell as the ledger's column has it."""
    text = cell_text(cell)
    if target in ("value", "rounding"):
        return _number(cell, mapping.decimal)
    is_day = target in ("period_start", "period_end")
    if target == "published":
        is_day = not re.fullmatch(r"\d{4}(-\d\d)?(\.0)?", text)
    if not (text and is_day):
        return text
    if day := _day(cell, mapping.dates):
        return day.isoformat()
    fault = f"{text[:40]!r} is not a date of the form {mapping.dates or 'YYYY-MM-DD'}"
    if likely := [repr(form) for form in DATE_FORMS if _dated(text, form)][:2]:
        fault += f"; say in the mapping dates: {' or '.join(likely)}"
    raise PeriodError(fault)


def _number(cell: object, decimal: str) -> str:
    """A number as a ledger writes it; marks of thousands go only where they stand as such."""
    if isinstance(cell, bool | Repeated):
        return ""
    if not isinstance(cell, str):
        return cell_text(cell)
    thousands = {",": "."}.get(decimal, ",")
    return without_marks(cell.strip(" %"), thousands + " \u00a0\u202f'’", decimal or ".")


def _days(cells: dict[str, object], mapping: Mapping, stock: bool) -> Row:
    """First and last day of a row, where the ledger's own columns do not say it."""
    parts = {
        target: cells[mapping.columns[target]]
        for target in PERIOD_LENGTHS
        if target in mapping.columns
    }
    for target, cell in parts.items():
        if day := _day(cell, mapping.dates):
            length = mapping.each if target == "date" else target
            return period_cells(_period_from(day, length, stock), stock)
    texts = {target: cell_text(cell).removesuffix(".0") for target, cell in parts.items()}
    if not texts:
        return {}
    return period_cells(_of_parts(**texts), stock)


def _of_parts(date: str = "", month: str = "", quarter: str = "", year: str = "") -> Period:
    """The period that several cells say together, or one alone."""
    part = date or month or quarter
    if not (part and year):
        return period_of(part or year)
    with contextlib.suppress(PeriodError):
        return period_of(part)  # it says its year, too
    year = year[:4]  # 2024年
    if month:
        return period_of(f"{year}-{number_of(month):02d}")
    with contextlib.suppress(PeriodError):
        return period_of(f"{part} {year}")
    return period_of(f"Q{number_of(part)} {year}" if quarter else part)


def _period_from(day: dt.date, length: str, stock: bool) -> Period:
    """The period for which a day stands."""
    if stock or length == "day":
        return Period(day, day)
    if length not in EACH:
        raise PeriodError(
            f"{day} is one day, a flow is counted over a period; "
            "say in the mapping each: year, quarter or month"
        )
    forms = {"year": "%Y", "quarter": f"%YQ{(day.month + 2) // 3}", "month": "%Y-%m"}
    return period_of(f"{day:{forms[length]}}")


def _with_id(fact: Row, stem: str, ids: Counter[str]) -> Row:
    """The fact with an id of its own, made from what it says where the table gives none."""
    if fact.get("id"):
        return fact
    place = fact.get("place", "")  # none where its cell is blank: the rules of a row say so
    parts = (stem, find_place(place) or place, fact["measure"], fact.get("period_end", ""))
    name = "-".join(parts).lower()
    ids[name] += 1
    if ids[name] > 1:
        name = f"{name}-{ids[name]}"
    return fact | {"id": name}
