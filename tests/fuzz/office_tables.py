"""Tables as ministries, customs and statistics offices lay them out, with their right answers.

`office_table(seed)` gives the same table each time. It was written from what offices publish,
without a look at the code that reads tables: the cases and the reader come from two people.

A table's `rows` must be read. Its `also` are true and need not be read: sums over periods. Values
are in single units, growth and shares in percent. What stands on a day (a stock, charging points)
has no first day. `key` answers every question that a reader may have:

columns, by letter: what (a measure, "<measure> yoy_growth_percent", "<measure> share", market_size,
sum, period, place, note, nothing), unit, factor, dates (period, year_to_date); rows, from 1: heads,
unit, note, sum, nothing; sheet (one or a list), place, published, fiscal_year, calendar (minguo,
solar_hijri), unknown, decimal.

A table with `needs_answer` does not say what a reader must know.
"""

import csv
import datetime as dt
import io
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from babel import Locale
from openpyxl.utils import get_column_letter

from tests.fuzz.office_words import LANGUAGES, Words

Row = tuple[str, str, str, dt.date | None, dt.date, float]
FIRST_YEAR = 2018
STANDING = ("ev_stock", "charging_points")
PLACES = ["KZ", "UZ", "KG", "TJ", "CN", "TR", "GE", "AM"]
ROMAN = ["I", "II", "III", "IV"]
SPACES = [" ", "\u00a0", "\u202f", "\u2009", "\u2007"]
MARKS = ["¹", "²", "*", "**", " ¹⁾", "[1]"]
# The first days of the years 1400 to 1404 of the Solar Hijri calendar.
HIJRI = [dt.date(2021, 3, 21), dt.date(2022, 3, 21), dt.date(2023, 3, 21), dt.date(2024, 3, 20),
         dt.date(2025, 3, 21)]  # fmt: skip
FORMS = (
    "title rows", "heads over rows", "mark on number", "mark on period", "mark on head",
    "sign for unknown", "fiscal year", "other calendar", "year-to-date column", "year-to-date row",
    "month", "quarter", "language", "thousands", "several sheets", "second table", "percent cells",
    "publication line", "unit", "sum", "place in rows",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """What a workbook holds, how it shows it, and what a CSV file holds."""

    value: str | int | float | None = None
    text: str = ""
    format: str = "General"


@dataclass(frozen=True)
class Span:
    """A period with its labels: whole, and in two parts for heads over two rows."""

    start: dt.date
    end: dt.date
    label: str
    year: str = ""
    part: str = ""
    to_date: bool = False


@dataclass(frozen=True)
class OfficeTable:
    name: str
    data: bytes
    rows: frozenset[Row]
    also: frozenset[Row]
    key: dict[str, Any]
    forms: frozenset[str]
    needs_answer: str


@dataclass
class Block:
    """Rows with their kinds ("" are numbers), what each column is, cells that are merged."""

    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def word(text: object) -> Cell:
    return Cell(str(text), str(text)) if text not in ("", None) else Cell()


def last_day(year: int, month: int) -> dt.date:
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


class Office:
    """One office: its language, its manner of printing, and what it knows."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        luck = self.luck = random.Random(seed)
        self.tongue = luck.choice([*LANGUAGES, "en", "ru"])
        self.calendar = luck.choices(["", "fiscal", "minguo", "solar_hijri"], [80, 10, 6, 6])[0]
        self.tongue = {"minguo": "zh", "solar_hijri": "en"}.get(self.calendar, self.tongue)
        self.words: Words = LANGUAGES[self.tongue]
        self.forms = {"language"} if self.tongue != "en" else set()
        self.workbook = luck.random() < 0.55
        self.typed = self.workbook and luck.random() < 0.65  # numbers as numbers, not as text
        self.comma = self.tongue not in ("en", "zh")
        self.gap = luck.choice(self.gaps())
        self.unknown = luck.choice(self.words.unknown)
        self.mark = luck.choice(MARKS)
        self.marked = {kind for kind in ("number", "period", "head") if luck.random() < 0.2}
        self.unknown_part = 0.08 if luck.random() < 0.4 else 0.0
        self.percent_cells = luck.random() < 0.4
        self.place = {"fiscal": "IN", "minguo": "TW", "solar_hijri": "IR"}.get(
            self.calendar, luck.choice(PLACES)
        )
        self.factor = luck.choice(
            [unit for unit in self.words.units for _ in range(3 - (unit > 1))]
        )
        self.digits = luck.choice([2, 3]) if self.factor > 1 else 0
        self.unit_place = luck.choice(["title", "line", "head", "row", "corner", "format", "note"])
        self.needs_answer = ""
        if luck.random() < 0.07:
            self.needs_answer = luck.choice(["unit", "measure", "place", "fiscal year"])
        if self.needs_answer == "fiscal year":
            self.calendar, self.place = "fiscal", "IN"
        if self.needs_answer == "unit":
            self.factor, self.digits, self.unit_place = 1000, 2, "nowhere"
        if self.factor == 1 and luck.random() < 0.5:
            self.unit_place = "nowhere"  # plain counts need no unit
        self.levels: dict[tuple[str, str], list[float]] = {}
        self.rows: set[Row] = set()
        self.also: set[Row] = set()

    def gaps(self) -> list[str]:
        if self.comma:
            points = ["."] * 4 if self.tongue == "tr" else ["."]
            return [*SPACES, *points, ""]
        return [",", "", "'", "’", " ", "\u202f"]

    # What the office knows

    def amount(self, measure: str, place: str, start: dt.date, end: dt.date) -> float:
        """The sum of the months that begin in the period; what stands on a day: of all until it."""
        if (measure, place) not in self.levels:
            luck = random.Random(f"{self.seed} {measure} {place}")
            base = {"market_size": 9000, "charging_points": 20}.get(measure, 110)
            base *= luck.uniform(0.9, 3)
            growth = 0.004 if measure == "market_size" else luck.uniform(0.02, 0.03)
            self.levels[measure, place] = [
                round(base * (1 + growth) ** month * luck.uniform(0.9, 1.1)) for month in range(120)
            ]
        first = 12 * (start.year - FIRST_YEAR) + start.month - 1 + (start.day > 15)
        last = 12 * (end.year - FIRST_YEAR) + end.month - (end.day < 25)
        return sum(self.levels[measure, place][0 if measure in STANDING else first : last])

    def value(self, what: str, place: str, span: Span) -> float:
        """What is printed: a count in the table's unit, growth or a share in percent."""
        measure, _, quantity = what.partition(" ")
        count = self.amount(measure, place, span.start, span.end)
        if not quantity:
            return round(count / self.factor_of(what), self.digits_of(what))
        if quantity == "share":
            return round(100 * count / self.amount("market_size", place, span.start, span.end), 1)
        start = span.start.replace(year=span.start.year - 1)
        end = (span.end + dt.timedelta(days=1)).replace(year=span.end.year - (span.end.month < 12))
        before = self.amount(measure, place, start, end - dt.timedelta(days=1))
        return round(100 * (count / before - 1), 1)

    def factor_of(self, what: str) -> int:
        each = self.unit_place in ("head", "row", "beside")  # a unit of its own for each measure
        return 1 if each and what == "charging_points" else self.factor

    def digits_of(self, what: str) -> int:
        return self.digits if self.factor_of(what) > 1 else 0

    # How the office prints

    def decimals(self, value: float, digits: int) -> str:
        text = f"{value:,.{digits}f}"
        if "," in text:
            self.forms.update(["thousands"] if self.gap and not self.typed else [])
        point = "," if self.comma else "."
        return "".join({",": self.gap, ".": point}.get(sign, sign) for sign in text)

    def number(self, what: str, place: str, span: Span, needed: bool = False) -> Cell:
        """One number as a cell; the right row is noted, but of what is not known."""
        if not needed and self.luck.random() < self.unknown_part:
            self.forms.add("sign for unknown")
            return word(self.unknown)
        value = self.value(what, place, span)
        self.note_row(what, place, span, value, self.rows)
        percent = " " in what
        digits = 1 if percent else self.digits_of(what)
        text = self.decimals(value, digits)
        as_percent = percent and self.percent_cells
        if as_percent:
            self.forms.add("percent cells")
            text += self.luck.choice(["%", " %"]) if not self.comma else " %"
        if "number" in self.marked and self.luck.random() < 0.15:
            self.forms.add("mark on number")
            return word(text + self.mark)
        if as_percent:
            return Cell(round(value / 100, 3), text, "0.0%") if self.typed else word(text)
        if self.unit_place == "format" and self.factor_of(what) > 1 and not percent:
            self.forms.add("unit")
            unit = self.words.units[self.factor][0]
            if self.typed:
                return Cell(value, f"{text} {unit}", f'0.{"0" * digits}" {unit}"')
            return word(f"{text} {unit}")
        return Cell(value if digits else int(value), text) if self.typed else word(text)

    def note_row(self, what: str, place: str, span: Span, value: float, rows: set[Row]) -> None:
        measure, _, quantity = what.partition(" ")
        if not quantity:
            value = round(value * self.factor_of(what), 2)
        start = None if measure in STANDING else span.start
        rows.add((measure, place, quantity or "total", start, span.end, float(value)))

    def sum_cell(self, measure: str, place: str, spans: list[Span], whole: bool) -> Cell:
        """The sum of the flows of some periods, true as one period where nothing is missing."""
        self.forms.add("sum")
        span = Span(spans[0].start, spans[-1].end, "")
        value = sum(self.value(measure, place, each) for each in spans)
        value = round(value, self.digits_of(measure))
        if whole:
            self.note_row(measure, place, span, value, self.also)
        text = self.decimals(value, self.digits_of(measure))
        return Cell(value, text) if self.typed else word(text)

    def period(self, span: Span, text: str | None = None) -> Cell:
        text = span.label if text is None else text
        if text and "period" in self.marked and self.luck.random() < 0.3:
            self.forms.add("mark on period")
            return word(text + self.mark)
        if self.typed and text.isdigit() and self.luck.random() < 0.7:
            return Cell(int(text), text)
        return word(text)

    def head(self, text: str) -> Cell:
        if text and "head" in self.marked and self.luck.random() < 0.5:
            self.forms.add("mark on head")
            return word(text + self.mark)
        return word(text)

    def place_name(self, place: str) -> str:
        return Locale.parse(self.tongue).territories[place]

    def unit_word(self, what: str) -> str:
        units = self.words.units[self.factor_of(what)]
        if self.tongue == "zh" and what.startswith("charging_points"):
            return "个"
        return units[0] if self.unit_place == "row" else self.luck.choice(units)

    def measure_words(self, what: str) -> str:
        measure, _, quantity = what.partition(" ")
        name = self.luck.choice(self.words.measures[measure])
        if quantity == "share":
            name = self.words.share
        elif quantity:
            name = f"{name}: {self.words.growth}"
        if quantity and not (self.percent_cells and self.luck.random() < 0.5):
            return name + ", %"
        if not quantity and self.unit_place == "head":
            self.forms.add("unit")
            return f"{name}, {self.unit_word(what)}"
        return name

    def answer(self, what: str, to_date: bool = False) -> dict[str, Any]:
        answer: dict[str, Any] = {"what": what}
        if " " not in what:
            answer["unit"] = "points" if what == "charging_points" else "vehicles"
            answer["factor"] = self.factor_of(what)
        answer["dates"] = "year_to_date" if to_date else "period"
        return answer

    # Periods

    def label(self, patterns: list[str], year: int, month: int = 1, style: int = 0) -> str:
        quarter = (month - 1) // 3
        return patterns[style % len(patterns)].format(
            y=year, z=f"{(year + 1) % 100:02}", q=quarter + 1, Q=ROMAN[quarter],
            c="一二三四"[quarter], m=self.words.months[month - 1], n=month,
        )  # fmt: skip

    def years(self) -> list[Span]:
        first = self.luck.randint(2019, 2022)
        style = self.luck.randrange(3)
        years = range(first, self.luck.randint(first + 2, 2025) + 1)
        if self.calendar == "minguo":
            self.forms.add("other calendar")
            return [self.year_span(year, f"民国{year - 1911}年") for year in years]
        return [self.year_span(year, self.label(self.words.year, year, 1, style)) for year in years]

    def year_span(self, year: int, label: str) -> Span:
        return Span(dt.date(year, 1, 1), dt.date(year, 12, 31), label, label)

    def fiscal_years(self) -> list[Span]:
        self.forms.add("fiscal year")
        whole = self.luck.random() < 0.5 and self.needs_answer != "fiscal year"
        spans = []
        for year in range(self.luck.randint(2019, 2021), 2025):
            label = self.label([self.words.fiscal if whole else "{y}/{z}"], year)
            spans.append(Span(dt.date(year, 4, 1), dt.date(year + 1, 3, 31), label))
        return spans

    def hijri_years(self) -> list[Span]:
        self.forms.add("other calendar")
        day = dt.timedelta(days=1)
        return [
            Span(start, after - day, str(1400 + number))
            for number, (start, after) in enumerate(itertools.pairwise(HIJRI))
        ]

    def quarters(self) -> list[Span]:
        self.forms.add("quarter")
        style = self.luck.randrange(3)
        spans = []
        for year in range(self.luck.choice([2023, 2024]), 2026):
            for month in (3, 6, 9, 12):
                label = self.label(self.words.quarter, year, month, style)
                span = Span(
                    dt.date(year, month - 2, 1),
                    last_day(year, month),
                    label,
                    self.label(self.words.year, year, 1, style),
                    {"zh": f"第{'一二三四'[month // 3 - 1]}季度", "en": f"Q{month // 3}"}.get(
                        self.tongue, ROMAN[month // 3 - 1]
                    ),
                )
                spans.append(span)
        return spans

    def months(self) -> list[Span]:
        self.forms.add("month")
        style = self.luck.randrange(2)
        year = self.luck.choice([2023, 2024, 2025])
        return [
            Span(
                dt.date(year, month, 1),
                last_day(year, month),
                self.label(self.words.month, year, month, style),
                self.label(self.words.year, year, 1, style),
                self.words.months[month - 1],
            )
            for month in range(1, self.luck.choice([7, 9, 12]) + 1)
        ]

    def to_dates(self, years: range, months: tuple[int, ...]) -> list[Span]:
        style = self.luck.randrange(3)
        return [
            Span(
                dt.date(year, 1, 1),
                last_day(year, month),
                self.label(self.words.to_date, year, month, style),
                to_date=True,
            )
            for year in years
            for month in months
        ]

    def quarters_and_to_dates(self) -> list[Span]:
        """Quarters with what has come since January between them, as press releases have it."""
        self.forms.add("year-to-date row")
        spans = self.quarters()
        years = range(spans[0].start.year, 2026)
        return sorted(
            [*spans, *self.to_dates(years, (6, 9))], key=lambda span: (span.end, span.to_date)
        )

    # Layouts

    def main(self) -> str:
        return self.luck.choice(["ev_imports", "ev_registrations", "ev_registrations", "ev_stock"])

    def columns(self) -> list[str]:
        main = self.main()
        offers = [f"{main} yoy_growth_percent", "market_size", "charging_points", "ev_stock"]
        if main == "ev_registrations":
            offers.insert(1, "ev_registrations share")
        if self.tongue == "zh":
            offers.remove("charging_points")  # they are counted by another word than cars
        offers = [offer for offer in offers if offer != main]
        count = self.luck.randint(0, 3)
        chosen = sorted(self.luck.sample(offers, min(count, len(offers))), key=offers.index)
        return [main, *chosen]

    def flows(self, whats: list[str]) -> list[str]:
        """Those of which a year to date can be said."""
        return [what for what in whats if not what.startswith(STANDING)] or ["ev_imports"]

    def any_years(self) -> list[Span]:
        years = {"fiscal": self.fiscal_years, "solar_hijri": self.hijri_years}
        return years.get(self.calendar, self.years)()

    def periods_down(self) -> Block:
        """A row for each period, a column for each measure."""
        shapes = [self.any_years, self.quarters, self.months, self.quarters_and_to_dates,
                  self.to_date_rows]  # fmt: skip
        spans = (
            self.luck.choices(shapes, [3, 2, 2, 2, 2])[0]()
            if not self.calendar
            else self.any_years()
        )
        whats = self.columns()
        if any(span.to_date for span in spans):
            whats = self.flows(whats)
        block = Block(columns=[{"what": "period"}, *map(self.answer, whats)])
        names = [self.measure_words(what) for what in whats]
        period = self.luck.choice(self.words.period)
        two_rows = len(whats) > 1 and self.luck.random() < 0.4
        if two_rows:
            self.two_rows_of_heads(block, period, whats)
        else:
            block.rows.append(("heads", [self.head(period), *map(self.head, names)]))
        self.unit_row(block, whats)
        for span in spans:
            cells = [self.number(what, self.place, span) for what in whats]
            block.rows.append(("", [self.period(span), *cells]))
        flow = whats[0] not in STANDING and not any(span.to_date for span in spans)
        if flow and spans[0].part and self.luck.random() < 0.5:
            whole = {span.start.year for span in spans} == {spans[0].start.year}
            cell = self.sum_cell(whats[0], self.place, spans, whole)
            block.rows.append(("sum", [word(self.words.total), cell]))
        return self.line_numbers(block) if self.luck.random() < 0.12 else block

    def line_numbers(self, block: Block) -> Block:
        """The same table with a column of line numbers before it."""
        rows = []
        for kind, cells in block.rows:
            line = len([each for each, _ in rows if each == ""]) + 1
            text = {"": str(line), "heads": "" if rows else "№"}.get(kind, "")
            rows.append((kind, [word(text), *cells]))
        merged = [(top, left + 1, bottom, right + 1) for top, left, bottom, right in block.merged]
        return Block(rows, [{"what": "nothing"}, *block.columns], merged)

    def to_date_rows(self) -> list[Span]:
        self.forms.update(["year-to-date row", "month"])
        return self.to_dates(range(2024, 2026), (2, 3, 4, 5, 6, 9, 12)[: self.luck.randint(3, 7)])

    def two_rows_of_heads(self, block: Block, period: str, whats: list[str]) -> None:
        """Measures above, what is said of them below."""
        self.forms.add("heads over rows")
        upper, lower = [self.head(period)], [Cell()]
        own = sum(what.startswith(whats[0]) for what in whats)
        block.merged += [(0, 0, 1, 0), (0, 1, 0, own)]
        for what in whats:
            measure, _, quantity = what.partition(" ")
            name = self.luck.choice(self.words.measures[measure])
            upper.append(Cell() if quantity else self.head(name))
            below = {"share": self.words.share + ", %", "": self.words.total}.get(
                quantity, self.words.growth + ", %"
            )
            if not quantity and self.unit_place == "head":
                self.forms.add("unit")
                below = self.unit_word(what)
            lower.append(word(below))
        block.rows += [("heads", upper), ("heads", lower)]

    def unit_row(self, block: Block, whats: list[str]) -> None:
        if self.unit_place == "row":
            self.forms.add("unit")
            units = ["%" if " " in what else self.unit_word(what) for what in whats]
            block.rows.append(("unit", [Cell(), *map(word, units)]))

    def month_and_to_date(self) -> Block:
        """A row for each month: in it, and since January."""
        self.forms.update(["year-to-date column", "heads over rows"])
        spans = self.months()
        main = self.luck.choice(["ev_imports", "ev_registrations"])
        answers = [self.answer(main), self.answer(main, to_date=True)]
        block = Block(columns=[{"what": "period"}, *answers])
        name = self.measure_words(main)
        upper = [self.head(self.luck.choice(self.words.period)), self.head(name), Cell()]
        per_month = {"ru": "за месяц", "en": "in the month", "zh": "当月", "tr": "ay içinde",
                     "uz": "oy davomida", "uz_Cyrl": "ой давомида", "kk": "ай ішінде",
                     "ky": "ай ичинде", "tg": "дар моҳ"}[self.tongue]  # fmt: skip
        lower = [Cell(), word(per_month), word(self.words.since_january)]
        block.rows += [("heads", upper), ("heads", lower)]
        block.merged += [(0, 0, 1, 0), (0, 1, 0, 2)]
        self.unit_row(block, [main, main])
        for span in spans:
            since = Span(dt.date(span.end.year, 1, 1), span.end, "", to_date=True)
            cells = [self.number(main, self.place, each) for each in (span, since)]
            block.rows.append(("", [self.period(span), *cells]))
        return block

    def spans_across(self, years: Callable[[], list[Span]]) -> list[Span]:
        choice = self.luck.choices(["years", "quarters", "to date"], [4, 3, 3])[0]
        if choice == "years" or self.calendar:
            return years()
        if choice == "quarters":
            return self.quarters()
        self.forms.add("year-to-date column")
        return self.to_dates(range(2023, 2026), (self.luck.choice([3, 6, 9, 11]),))

    def heads_of_periods(self, block: Block, leading: list[str], spans: list[Span]) -> None:
        """Periods as heads: in one row, or the year above its quarters."""
        blank = [Cell()] * len(leading)
        corner = [self.head(text) for text in leading]
        if spans[0].part and self.luck.random() < 0.6:
            self.forms.add("heads over rows")
            upper = []
            for place, span in enumerate(spans):
                fresh = place == 0 or spans[place - 1].year != span.year
                upper.append(word(span.year) if fresh else Cell())
                if fresh:
                    start = len(leading) + place
                    end = start + sum(each.year == span.year for each in spans) - 1
                    block.merged.append((0, start, 0, end))
            block.merged += [(0, column, 1, column) for column in range(len(leading))]
            parts = [self.period(span, span.part) for span in spans]
            block.rows += [("heads", corner + upper), ("heads", blank + parts)]
        else:
            block.rows.append(("heads", corner + [self.period(span) for span in spans]))

    def periods_across(self) -> Block:
        """A row for each measure, its unit beside it or in its name."""
        spans = self.spans_across(self.any_years)
        whats = self.columns()
        if spans[0].to_date:
            whats = self.flows(whats)
        beside = self.unit_place in ("row", "title", "corner", "line", "note")
        if beside:
            self.unit_place = "beside"
            self.forms.add("unit")
        dates = "year_to_date" if spans[0].to_date else "period"
        block = Block(columns=[{}, *[{"what": "note"}] * beside, *[{"dates": dates}] * len(spans)])
        self.heads_of_periods(block, ["", self.words.unit] if beside else [""], spans)
        for what in whats:
            cells = [word(self.measure_words(what))]
            if beside:
                cells.append(word("%" if " " in what else self.unit_word(what)))
            cells += [self.number(what, self.place, span) for span in spans]
            block.rows.append(("", cells))
        return block

    def places_down(self) -> Block:
        """A row for each country, one measure, a total below or above."""
        self.forms.add("place in rows")
        self.needs_answer = "" if self.needs_answer == "place" else self.needs_answer
        main = self.main()
        spans = self.spans_across(self.years)
        if spans[0].to_date and main in STANDING:
            main = "ev_imports"
        self.title_only(main)
        answers = [self.answer(main, span.to_date) for span in spans]
        block = Block(columns=[{"what": "place"}, *answers])
        self.heads_of_periods(block, [self.words.place], spans)
        self.unit_row(block, [main] * len(spans))
        places = self.luck.sample(PLACES, self.luck.randint(3, 6))
        for place in places:
            cells = [self.number(main, place, span) for span in spans]
            block.rows.append(("", [word(self.place_name(place)), *cells]))
        if self.luck.random() < 0.6:
            self.forms.add("sum")
            totals = []
            for span in spans:
                total = sum(self.value(main, place, span) for place in places)
                text = self.decimals(total, self.digits)
                totals.append(Cell(round(total, self.digits), text) if self.typed else word(text))
            block.rows.append(("sum", [word(self.words.total), *totals]))
        self.place = ""
        return block

    def title_only(self, measure: str) -> None:
        """The title alone names the measure, and its unit."""
        self.title_measure = measure
        if self.unit_place == "head":
            self.unit_place = "title"

    def months_across(self) -> Block:
        """A row for each year, a column for each month, their sum at the end."""
        self.forms.update(["month", "sum"])
        main = self.luck.choice(["ev_imports", "ev_registrations"])
        self.title_only(main)
        years = range(self.luck.choice([2021, 2022, 2023]), 2026)
        columns = [{"what": "period"}, *[self.answer(main)] * 12, {"what": "sum"}]
        block = Block(columns=columns)
        heads = [self.words.period[-1], *self.words.months, self.words.total]
        block.rows.append(("heads", [self.head(heads[0]), *map(word, heads[1:])]))
        self.unit_row(block, [main] * 13)
        self.unknown_part = 0.0
        style = self.luck.randrange(3)
        for year in years:
            whole = self.year_span(year, self.label(self.words.year, year, 1, style))
            last = 12 if year < 2025 else self.luck.choice([5, 8, 12])
            spans = [
                Span(dt.date(year, month, 1), last_day(year, month), "")
                for month in range(1, last + 1)
            ]
            cells = [self.number(main, self.place, span) for span in spans]
            cells += [word("")] * (12 - last)
            total = self.sum_cell(main, self.place, spans, whole=True)
            block.rows.append(("", [self.period(whole), *cells, total]))
        return block

    # The sheet around the table

    def title(self, whats: set[str]) -> str:
        place = (
            "" if self.needs_answer == "place" or not self.place else self.place_name(self.place)
        )
        measure = getattr(self, "title_measure", "")
        text = self.words.title
        if measure and self.needs_answer != "measure":
            text = self.luck.choice(self.words.measures[measure])
        if self.calendar == "solar_hijri":
            text += " (years of the Solar Hijri calendar)"
        text = self.luck.choice([f"{place}: {text}", f"{text}. {place}"]) if place else text
        if self.unit_place == "title" and any(" " not in what for what in whats):
            self.forms.add("unit")
            main = measure or "ev_registrations"
            text += self.luck.choice([", {}", " ({})"]).format(self.unit_word(main))
        return text

    def wrap(self, block: Block) -> Block:
        """Titles above; notes, the source and another table below."""
        if self.luck.random() < 0.1:
            block = self.continued(block)
        above = self.rows_above(block)
        down = len(above)
        merged = [
            (top + down, left, bottom + down, right) for top, left, bottom, right in block.merged
        ]
        return Block(above + block.rows + self.rows_below(), block.columns, merged)

    def rows_above(self, block: Block) -> list[tuple[str, list[Cell]]]:
        self.forms.add("title rows")
        blank = [Cell()] * len(block.columns)
        whats = {column.get("what", "") for column in block.columns}
        rows = [("note", [word(self.title(whats))])]
        if self.unit_place in ("line", "corner"):
            self.forms.add("unit")
            unit = self.unit_word("ev_imports")
            over = (
                [*blank[1:], word(f"({unit})")]
                if self.unit_place == "line"
                else [*blank, word(unit)]
            )
            rows.append(("unit", over))
        if self.luck.random() < 0.4:
            rows.append(("nothing", [Cell()]))
        return rows

    def rows_below(self) -> list[tuple[str, list[Cell]]]:
        notes = []
        if "fiscal year" in self.forms and self.needs_answer != "fiscal year":
            notes.append(self.label([self.words.fiscal], 2024))
        if self.unit_place == "note":
            self.forms.add("unit")
            notes.append(self.words.unit_note.format(self.unit_word("ev_imports")))
        if self.forms & {"mark on number", "mark on period", "mark on head"}:
            notes.append(f"{self.mark.strip()} {self.words.preliminary}")
        published = dt.date(2026, self.luck.randint(1, 9), self.luck.randint(1, 28))
        self.published = published.isoformat()
        if self.luck.random() < 0.5:
            self.forms.add("publication line")
            notes.append(self.words.source.format(date=self.date(published)))
        rows = [("note", [word(note)]) for note in notes]
        if self.luck.random() < 0.15:
            self.forms.add("second table")
            title, region, buses = self.words.other
            other = [[""], [title], [region, buses]]
            other += [[letter, str(self.luck.randint(40, 900))] for letter in "ABC"]
            rows += [("nothing", [word(text) for text in texts]) for texts in other]
        return rows

    def continued(self, block: Block) -> Block:
        """The same table in two, one below the other, each with its heads."""
        self.forms.add("second table")
        heads = [row for row in block.rows if row[0] in ("heads", "unit")]
        rest = block.rows[len(heads) :]
        half = len(rest) // 2
        rows = [*heads, *rest[:half], ("nothing", [Cell()]), *heads, *rest[half:]]
        down = len(heads) + half + 1
        again = [
            (top + down, left, bottom + down, right) for top, left, bottom, right in block.merged
        ]
        return Block(rows, block.columns, block.merged + again)

    def date(self, day: dt.date) -> str:
        if self.tongue == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        if self.tongue == "en":
            return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"
        return self.luck.choice([day.strftime("%d.%m.%Y"), day.isoformat()])


ENGLISH_MONTHS = LANGUAGES["en"].months


def office_table(seed: int) -> OfficeTable:
    """The table of a seed: the first of its draws with three forms besides a title."""
    for draw in itertools.count():
        table = drawn_table(seed, draw)
        if len(table.forms) > 3 and table.rows:
            return table
    raise AssertionError


def drawn_table(seed: int, draw: int) -> OfficeTable:
    office = Office(f"{seed} {draw}")
    luck = office.luck
    layouts = [office.periods_down, office.periods_across, office.places_down,
               office.months_across, office.month_and_to_date]  # fmt: skip
    weights = [6, 5, 0 if office.calendar else 3, 2, 2]
    if office.calendar:
        weights = [1, 1, 0, 0, 0]
    elif office.needs_answer == "measure":
        weights = [0, 0, 1, 1, 0]
    layout = luck.choices(layouts, weights)[0]
    state = luck.getstate()
    block = office.wrap(layout())
    sheets = {office.words.data: block}
    if office.workbook and luck.random() < 0.4:
        office.forms.add("several sheets")
        if layout != office.places_down and not office.calendar and not office.needs_answer:
            # The same table of another country: the same draws, other numbers.
            sheets = {office.place_name(office.place): block}
            luck.setstate(state)
            office.place = PLACES[PLACES.index(office.place) - 1]
            sheets[office.place_name(office.place)] = office.wrap(layout())
            office.place = ""
        else:
            contents = ["", office.words.contents], ["1", office.words.title]
            front = Block([("nothing", [word(cell) for cell in cells]) for cells in contents])
            sheets = {office.words.contents: front, **sheets}
    key = key_of(office, block)
    if not office.place and len(sheets) > 1 and layout != office.places_down:
        key["sheet"] = list(sheets)
    elif len(sheets) > 1:
        key["sheet"] = office.words.data
    data = workbook(sheets) if office.workbook else text_file(office, block)
    return OfficeTable(
        f"office-{seed}.{'xlsx' if office.workbook else 'csv'}",
        data,
        frozenset(office.rows),
        frozenset(office.also),
        key,
        frozenset(office.forms),
        office.needs_answer,
    )


def key_of(office: Office, block: Block) -> dict[str, Any]:
    key: dict[str, Any] = {"published": office.published}
    if office.place:
        key["place"] = office.place
    if "fiscal year" in office.forms:
        key["fiscal_year"] = "april"
    if office.calendar in ("minguo", "solar_hijri"):
        key["calendar"] = office.calendar
    if "sign for unknown" in office.forms:
        key["unknown"] = [office.unknown]
    if office.gap == "." or office.comma:
        key["decimal"] = ","
    columns = {get_column_letter(n): column for n, column in enumerate(block.columns, 1) if column}
    rows = {number: kind for number, (kind, _) in enumerate(block.rows, 1) if kind}
    return {**key, "columns": columns, "rows": rows}


def text_file(office: Office, block: Block) -> bytes:
    file = io.StringIO()
    mark = ";" if office.comma else office.luck.choice([",", "\t"])
    writer = csv.writer(file, delimiter=mark, lineterminator=office.luck.choice(["\n", "\r\n"]))
    width = max(len(cells) for _, cells in block.rows)
    for _, cells in block.rows:
        writer.writerow([cell.text for cell in cells] + [""] * (width - len(cells)))
    coding = office.luck.choice(["utf-8", "utf-8-sig"])
    return file.getvalue().encode(coding)


def workbook(sheets: dict[str, Block]) -> bytes:
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = dt.datetime(2026, 1, 1)
    book.remove(book.active)
    for name, block in sheets.items():
        sheet = book.create_sheet(name)
        for row, (_, cells) in enumerate(block.rows, 1):
            for column, cell in enumerate(cells, 1):
                if cell.value is not None:
                    place = sheet.cell(row, column, cell.value)
                    place.number_format = cell.format
        for top, left, bottom, right in block.merged:
            if (top, left) != (bottom, right):
                sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
