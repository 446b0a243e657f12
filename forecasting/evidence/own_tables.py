"""A table of one's own, in a file of any common form, read as the ledger's rows through a mapping.

>>> from forecasting.evidence.mapping import propose_mapping
>>> cells = [["Country", "Year", "EV sales"], ["Norway", "2023", "104,000"]]
>>> rows, problems = mapped_rows("own.csv", cells, propose_mapping(cells[0]))
>>> rows[0][1]["place"], rows[0][1]["period_end"], rows[0][1]["value"], problems
('Norway', '2023-12-31', '104000', [])
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from forecasting.errors import LedgerError, PeriodError, Problem
from forecasting.evidence.mapping import EACH, Mapping
from forecasting.evidence.places import place_code
from forecasting.evidence.printed_numbers import without_marks
from forecasting.evidence.printed_periods import number_of, period_cells, period_of
from forecasting.evidence.rules import COLUMNS, number_text
from forecasting.periods import Period
from forecasting.quantities import on_a_day

Cells = list[list[object]]
SEPARATORS = ",;\t|"
DATE_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
ISO = "%Y-%m-%d"
LENGTHS = {1: "month", 3: "quarter", 12: "year"}
EXCEL_EPOCH = dt.date(1899, 12, 30)
DATE_TARGETS = ("period_start", "period_end", "date", "published")


def decoded(data: bytes, encoding: str = "") -> str:
    """The text of a file: in the encoding named, by its mark, as UTF-8, or as Cyrillic or Western
    Windows text.

    Raises
    ------
    UnicodeDecodeError
        Where the bytes are none of these.
    LookupError
        Where no encoding has the name.
    """
    if encoding:
        return data.decode(encoding)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        cyrillic = sum(byte >= 0xC0 for byte in data) > sum(0x80 <= byte < 0xC0 for byte in data)
        # Whole words of letters: Western text has single ones
        words = re.findall(rb"[\xc0-\xff]{3,}", data)
        return data.decode("cp1251" if cyrillic and words else "cp1252")


def split_cells(text: str, separator: str = "") -> Cells:
    """The cells of a text table.

    Raises
    ------
    csv.Error
        Where quotation marks do not close.
    """
    if not separator:
        first = next((line for line in text.splitlines() if line.strip()), "")
        separator = max(SEPARATORS, key=first.count)
    return [
        list(row)
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        if any(row)
    ]


def with_guesses(mapping: Mapping, cells: Cells) -> Mapping:
    """The mapping with the decimal mark, the form of dates and the length of periods that the cells
    show.
    """
    columns = mapping.columns
    numbers = _texts(cells, [*mapping.values.values(), columns.get("value", "")])
    days = _texts(cells, [columns.get(target, "") for target in DATE_TARGETS])
    forms = [form for form in DATE_FORMS if days and all(_dated(day, form) for day in days)]
    dates = mapping.dates
    if not dates and len(forms) == 1:
        dates = forms[0].replace(ISO, "")
    return replace(
        mapping,
        decimal=mapping.decimal or _decimal_mark(numbers),
        dates=dates,
        each=mapping.each or _length(_column(cells, columns.get("date", "")), dates),
    )


def _column(cells: Cells, name: str) -> list[object]:
    """The cells below a name that are not empty."""
    header = [str(cell) for cell in cells[0]]
    if name not in header:
        return []
    place = header.index(name)
    return [row[place] for row in cells[1:] if len(row) > place and row[place] not in (None, "")]


def _texts(cells: Cells, names: Sequence[str]) -> list[str]:
    """The texts, not numbers, below some names."""
    column = (cell for name in names for cell in _column(cells, name))
    return [cell.strip() for cell in column if isinstance(cell, str) and cell.strip()]


def _length(cells: Sequence[object], form: str) -> str:
    """The length of the periods for which dates stand, which all begin or all end a month; empty
    where none is seen.
    """
    days = [_day(cell, form) for cell in cells]
    known = {day for day in days if day is not None}
    if None in days or len(known) < 2 or not _at_one_end(known):
        return ""
    months = sorted(12 * day.year + day.month for day in known)
    steps = [later - earlier for earlier, later in itertools.pairwise(months)]
    if any(step % (min(steps) or 13) for step in steps):
        return ""
    return LENGTHS.get(min(steps), "")


def _at_one_end(days: Iterable[dt.date]) -> bool:
    """Whether all days begin a month, or all end one."""
    ends = {(day + dt.timedelta(days=1)).day for day in days}
    return {day.day for day in days} == {1} or ends == {1}


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


def _decimal_mark(numbers: list[str]) -> str:
    """A comma where the numbers cannot be read otherwise; empty for the point."""
    comma = [text for text in numbers if re.fullmatch(r"-?[\d.\s\u00a0]*\d,\d+", text)]
    grouped = all(re.fullmatch(r"-?\d{1,3}(,\d{3})+", text) for text in comma)
    return "," if comma and not grouped else ""


def mapped_rows(
    name: str, cells: Cells, mapping: Mapping
) -> tuple[list[tuple[str, dict[str, str]]], list[Problem]]:
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
    rows : list of (str, dict)
        Where each was found, and its columns as text.
    problems : list of Problem
        What the mapping names and the table lacks, and cells that cannot be read.
    """
    header = [str(cell).strip() for cell in cells[0]]
    named = [*mapping.columns.items(), *mapping.values.items()]
    problems = [
        Problem(
            f"{name}:1",
            f"has no column {column!r}, which the mapping gives to {target}",
            f"columns: {', '.join(header)}",
        )
        for target, column in named
        if column not in header
    ]
    hint = "say it in the mapping, under columns or constants"
    problems += [Problem(f"{name}:1", f"no column says {word}", hint) for word in mapping.lacks]
    if problems:
        return [], problems
    rows: list[tuple[str, dict[str, str]]] = []
    ids: Counter[str] = Counter()
    stem = re.sub(r"[^\w-]+", "-", name.rsplit(".", 1)[0]).lower()
    for number, row in enumerate(cells[1:], start=2):
        where = f"{name}:{number}"
        try:
            facts = _facts_of(dict(zip(header, row, strict=False)), mapping)
            rows += [(where, _named(fact, stem, ids)) for fact in facts]
        except ValueError as error:
            hint = "correct the cell, or say its form in the mapping"
            problems.append(Problem(where, str(error)[:200], hint))
    return rows, problems


def _facts_of(cells: dict[str, object], mapping: Mapping) -> Iterator[dict[str, str]]:
    """The facts of one row: one, or one for each column of numbers that is not empty."""
    if not any(str(cell).strip() for cell in cells.values() if cell is not None):
        return
    texts = {
        target: _cell(cells[column], target, mapping)
        for target, column in mapping.columns.items()
        if target in COLUMNS
    }
    common = {"relation": "equals"} | mapping.constants
    common |= {target: text for target, text in texts.items() if text}
    if not mapping.values:
        measure = common.setdefault("measure", "")
        common.setdefault("value", "")
        yield common | _period_cells(cells, mapping, measure)
    for measure, column in mapping.values.items():
        value = _number(cells.get(column), mapping.decimal)
        if value or len(mapping.values) == 1:
            fact = common | {"measure": measure, "value": value}
            yield fact | _period_cells(cells, mapping, measure)


def _cell(cell: object, target: str, mapping: Mapping) -> str:
    text = str(cell).strip()
    if cell is None:
        return ""
    if target in ("period_start", "period_end"):
        return _date(cell, mapping).isoformat()
    if target == "published" and text and not re.fullmatch(r"\d{4}(-\d\d)?(\.0)?", text):
        return _date(cell, mapping).isoformat()
    if target in ("value", "rounding"):
        return _number(cell, mapping.decimal)
    return number_text(cell) if isinstance(cell, float) else text


def _number(cell: object, decimal: str) -> str:
    """A number as a ledger writes it; marks of thousands go only where they stand as such."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, int | float):
        return number_text(float(cell))
    thousands = "." if decimal == "," else ","
    return without_marks(re.sub(r"[\s']", "", str(cell)), thousands, decimal or ".")


def _date(cell: object, mapping: Mapping) -> dt.date:
    day = _day(cell, mapping.dates)
    if day is not None:
        return day
    text = str(cell).strip()
    likely = [repr(form) for form in DATE_FORMS if _dated(text, form)][:2]
    hint = f"; say in the mapping dates: {' or '.join(likely)}" if likely else ""
    form = mapping.dates or "YYYY-MM-DD"
    raise PeriodError(f"{text[:40]!r} is not a date of the form {form}{hint}")


def _period_cells(cells: dict[str, object], mapping: Mapping, measure: str) -> dict[str, str]:
    """First and last day of a row, where the ledger's own columns do not say it."""
    texts = {
        target: str(cells[mapping.columns[target]]).strip().removesuffix(".0")
        for target in ("date", "year", "month")
        if target in mapping.columns
    }
    stock = on_a_day(measure, "")
    if "date" in texts:
        period = _period(cells[mapping.columns["date"]], texts["date"], mapping, stock)
    elif {"year", "month"} <= texts.keys():
        period = period_of(f"{texts['year']}-{number_of(texts['month']):02d}")
    elif texts:
        period = period_of(texts.get("year", texts.get("month", "")))
    else:
        return {}
    return period_cells(period, stock)


def _period(cell: object, text: str, mapping: Mapping, stock: bool) -> Period:
    day = _day(cell, mapping.dates)
    if day is None:
        return period_of(text)
    if stock or mapping.each == "day":
        return Period(day, day)
    if mapping.each not in EACH:
        raise PeriodError(
            f"{day} is one day, a flow is counted over a period; "
            "say in the mapping each: year, quarter or month"
        )
    forms = {"year": "%Y", "quarter": f"%YQ{(day.month + 2) // 3}", "month": "%Y-%m"}
    return period_of(f"{day:{forms[mapping.each]}}")


def _named(fact: dict[str, str], stem: str, ids: Counter[str]) -> dict[str, str]:
    """The fact with an id of its own, made from what it says where the table gives none."""
    if fact.get("id"):
        return fact
    place = fact.get("place", "")  # none where its cell is blank: the rules of a row say so
    with contextlib.suppress(LedgerError):
        place = place_code(place)
    name = f"{stem}-{place}-{fact['measure']}-{fact.get('period_end', '')}".lower()
    ids[name] += 1
    return fact | {"id": name if ids[name] == 1 else f"{name}-{ids[name]}"}


def years_as_rows(cells: Cells) -> Cells:
    """A table with a column for each year as one with a row for each year; other tables as they
    are.
    """
    header = [str(cell).strip().removesuffix(".0") for cell in cells[0]]
    years = [name for name in header if re.fullmatch(r"(19|20)\d\d", name)]
    if len(years) < 2 or any("year" in name.lower() for name in header):
        return cells
    others = [name for name in header if name not in years]
    rows: Cells = [[*others, "year", "value"]]
    for row in cells[1:]:
        named = dict(zip(header, row, strict=False))
        common = [named.get(name) for name in others]
        rows += [
            [*common, year, named[year]] for year in years if named.get(year) not in (None, "")
        ]
    return rows
