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
from collections.abc import Iterator, Sequence
from dataclasses import replace

from forecasting.errors import LedgerError, PeriodError, Problem
from forecasting.evidence.mapping import EACH, Mapping
from forecasting.evidence.places import place_code
from forecasting.evidence.printed_periods import number_of, period_cells, period_of
from forecasting.evidence.rules import COLUMNS, number_text
from forecasting.measures import MEASURES
from forecasting.periods import Period

__all__ = [
    "decoded",
    "mapped_rows",
    "split_cells",
    "with_guesses",
    "years_as_rows",
]

Cells = list[list[object]]
SEPARATORS = ",;\t|"
DATE_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
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
    header = [str(cell) for cell in cells[0]]
    decimal = mapping.decimal or _decimal_mark(
        _texts(cells, header, [*mapping.values.values(), mapping.columns.get("value", "")])
    )
    dated = _texts(cells, header, [mapping.columns.get(target, "") for target in DATE_TARGETS])
    forms = [form for form in DATE_FORMS if dated and all(_dated(text, form) for text in dated)]
    dates = mapping.dates or (forms[0] if len(forms) == 1 and forms[0] != "%Y-%m-%d" else "")
    column = mapping.columns.get("date")
    at = header.index(column) if column in header else len(header)
    each = mapping.each or _length([row[at] for row in cells[1:] if at < len(row)], dates)
    return replace(mapping, decimal=decimal, dates=dates, each=each)


def _length(cells: Sequence[object], form: str) -> str:
    """The length of the periods for which dates stand, which all begin or all end a month; empty
    where none is seen.
    """
    read = [_day(cell, form) for cell in cells if cell not in (None, "")]
    days = {day for day in read if day is not None}
    ends = (day.day == 1 for day in days), ((day + dt.timedelta(days=1)).day == 1 for day in days)
    if None in read or len(days) < 2 or not any(map(all, ends)):
        return ""
    months = sorted(12 * day.year + day.month for day in days)
    step = min(later - month for month, later in itertools.pairwise(months))
    lengths = {1: "month", 3: "quarter", 12: "year"}
    return lengths.get(step, "") if all((month - months[0]) % step == 0 for month in months) else ""


def _day(cell: object, form: str) -> dt.date | None:
    """The day of a cell: a date, a workbook's count of days, or text of a form."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 20_000 < cell < 80_000:
        return EXCEL_EPOCH + dt.timedelta(days=int(cell))
    return cell if isinstance(cell, dt.date) else _dated(str(cell).strip(), form or "%Y-%m-%d")


def _texts(cells: Cells, header: list[str], names: Sequence[str]) -> list[str]:
    places = [header.index(name) for name in names if name in header]
    found = (row[place] for row in cells[1:] for place in places if place < len(row))
    return [cell.strip() for cell in found if isinstance(cell, str) and cell.strip()]


def _decimal_mark(numbers: list[str]) -> str:
    """A comma where the numbers cannot be read otherwise; empty for the point."""
    comma = [text for text in numbers if re.fullmatch(r"-?[\d.\s\u00a0]*\d,\d+", text)]
    grouped = all(re.fullmatch(r"-?\d{1,3}(,\d{3})+", text) for text in comma)
    return "," if comma and not grouped else ""


def _dated(text: str, form: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, form).date()
    except ValueError:
        return None


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
    problems = [
        Problem(
            f"{name}:1",
            f"has no column {column!r}, which the mapping gives to {target}",
            f"columns: {', '.join(header)}",
        )
        for target, column in [*mapping.columns.items(), *mapping.values.items()]
        if column not in header
    ]
    problems += [
        Problem(
            f"{name}:1",
            f"no column says {what}",
            "say it in the mapping, under columns or constants",
        )
        for what in mapping.lacks
    ]
    if problems:
        return [], problems
    rows: list[tuple[str, dict[str, str]]] = []
    stem, used = re.sub(r"[^\w-]+", "-", name.rsplit(".", 1)[0]).lower(), dict[str, int]()
    for number, row in enumerate(cells[1:], start=2):
        named = dict(zip(header, row, strict=False))
        where = f"{name}:{number}"
        if any(str(cell if cell is not None else "").strip() for cell in named.values()):
            try:
                rows += [(where, _named(fact, stem, used)) for fact in _facts_of(named, mapping)]
            except (LedgerError, PeriodError, ValueError) as error:
                problems.append(
                    Problem(
                        where, str(error)[:200], "correct the cell, or say its form in the mapping"
                    )
                )
    return rows, problems


def _facts_of(cells: dict[str, object], mapping: Mapping) -> Iterator[dict[str, str]]:
    """The facts of one row: one, or one for each column of numbers that is not empty."""
    common = dict(mapping.constants)
    common |= {
        target: _cell(cells[column], target, mapping)
        for target, column in mapping.columns.items()
        if target in COLUMNS and _cell(cells[column], target, mapping)
    }
    pairs = list(mapping.values.items()) or [
        (common.get("measure", ""), mapping.columns.get("value", ""))
    ]
    for measure, column in pairs:
        value = _number(cells.get(column), mapping.decimal) if column else common.get("value", "")
        if value or len(pairs) == 1:
            fact = {"relation": "equals"} | common | {"measure": measure, "value": value}
            yield fact | _period_columns(cells, mapping, stock=_is_stock(fact))


def _is_stock(fact: dict[str, str]) -> bool:
    return fact["measure"] in MEASURES and MEASURES[fact["measure"]].kind == "stock"


def _cell(cell: object, target: str, mapping: Mapping) -> str:
    if cell is None:
        return ""
    if target in ("period_start", "period_end"):
        return _date(cell, mapping).isoformat()
    if target == "published" and not re.fullmatch(r"\d{4}(-\d\d)?(\.0)?", str(cell).strip()):
        return _date(cell, mapping).isoformat() if str(cell).strip() else ""
    if target in ("value", "rounding"):
        return _number(cell, mapping.decimal)
    return number_text(cell) if isinstance(cell, float) else str(cell).strip()


def _number(cell: object, decimal: str) -> str:
    """A number as a ledger writes it; marks of thousands go only where they stand as such."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, int | float):
        return number_text(float(cell))
    text = re.sub(r"[\s\u00a0\u202f']", "", str(cell))
    mark, group = (",", r"\.") if decimal == "," else (".", ",")
    if re.fullmatch(rf"[+-]?\d{{1,3}}({group}\d{{3}})+({re.escape(mark)}\d+)?", text):
        text = re.sub(group, "", text)
    return text.replace(",", ".") if decimal == "," else text


def _date(cell: object, mapping: Mapping) -> dt.date:
    text = str(cell).strip()
    found = _day(cell, mapping.dates)
    if found is None:
        likely = [form for form in DATE_FORMS if _dated(text, form)]
        hint = (
            f"; say in the mapping dates: '{likely[0]}'"
            + (f" or '{likely[1]}'" if likely[1:] else "")
            if likely
            else ""
        )
        raise PeriodError(
            f"{text[:40]!r} is not a date of the form {mapping.dates or 'YYYY-MM-DD'}{hint}"
        )
    return found


def _period_columns(cells: dict[str, object], mapping: Mapping, stock: bool) -> dict[str, str]:
    """First and last day of what the row speaks of, where the ledger's own columns do not say it."""
    columns = mapping.columns
    if "date" in columns:
        period = _period(cells[columns["date"]], mapping, stock)
    elif "year" in columns or "month" in columns:
        period = _year_or_month(cells, mapping)
    else:
        return {}
    if period is None:
        return {}
    return period_cells(period, stock)


def _year_or_month(cells: dict[str, object], mapping: Mapping) -> Period:
    columns = mapping.columns
    text = {
        key: str(cells[columns[key]]).strip().removesuffix(".0")
        for key in ("year", "month")
        if key in columns
    }
    if "month" not in text:
        return period_of(text["year"])
    if "year" not in text:
        return period_of(text["month"])
    return period_of(f"{text['year']}-{number_of(text['month']):02d}")


def _period(cell: object, mapping: Mapping, stock: bool) -> Period | None:
    if (
        isinstance(cell, dt.date)
        or (isinstance(cell, int | float) and cell > 20_000)
        or _dated(str(cell).strip(), mapping.dates or "%Y-%m-%d")
    ):
        day = _date(cell, mapping)
        if stock or mapping.each == "day":
            return Period(day, day)
        if mapping.each not in EACH:
            raise PeriodError(
                f"{day} is one day, a flow is counted over a period; say in the mapping each: year, quarter or month"
            )
        forms = {"year": "%Y", "quarter": f"%YQ{(day.month + 2) // 3}", "month": "%Y-%m"}
        return period_of(f"{day:{forms[mapping.each]}}")
    return period_of(str(cell).strip().removesuffix(".0"))


def _named(fact: dict[str, str], stem: str, used: dict[str, int]) -> dict[str, str]:
    """The fact with an id of its own, made from what it says where the table gives none."""
    if fact.get("id"):
        return fact
    place = fact.get("place", "")  # none where its cell is blank: the rules of a row say so
    with contextlib.suppress(LedgerError):
        place = place_code(place)
    name = f"{stem}-{place}-{fact['measure']}-{fact.get('period_end', '')}".lower()
    used[name] = used.get(name, 0) + 1
    return fact | {"id": name if used[name] == 1 else f"{name}-{used[name]}"}


def years_as_rows(cells: Cells) -> Cells:
    """A table with a column for each year as one with a row for each year; other tables as they
    are.
    """
    header = [str(cell).strip().removesuffix(".0") for cell in cells[0]]
    years = [i for i, name in enumerate(header) if re.fullmatch(r"(19|20)\d\d", name)]
    if len(years) < 2 or any("year" in name.lower() for name in header):
        return cells
    kept = [i for i in range(len(header)) if i not in years]
    rows: Cells = [
        [*(row[i] for i in kept), header[i], row[i]]
        for row in cells[1:]
        for i in years
        if row[i] not in (None, "")
    ]
    return [[*(header[i] for i in kept), "year", "value"], *rows]
