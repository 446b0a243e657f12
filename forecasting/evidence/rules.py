"""What a row of a ledger may say: its columns, its vocabularies, and every rule that it can break.

A row is read in two steps: `normalise` fills defaults and settles spellings, `faults` names all
that is wrong. `forecasting.evidence.fact` makes a fact of a row without faults.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter

from forecasting.errors import LedgerError, PeriodError, in_digits
from forecasting.evidence.places import nearest_place, partner_code, place_code
from forecasting.measures import MEASURES, nearest
from forecasting.periods import Period, as_date, month, span, year
from forecasting.quantities import QUANTITIES, RELATIONS, default_quantity, quantity_of

__all__ = [
    "COLUMNS",
    "COUNTED",
    "EMPTY",
    "KINDS",
    "REFERENCE",
    "REQUIRED",
    "faults",
    "may_be_faulty",
    "normalise",
    "own_period",
    "publication",
    "settled",
    "written_day",
]

COLUMNS = (
    "id", "measure", "place", "partner", "product", "basis", "period_start", "period_end", "relation", "quantity",
    "value", "unit", "rounding", "reference", "kind", "published", "source", "url", "quote", "note",
)  # fmt: skip
REQUIRED = ("id", "measure", "place", "period_start", "period_end", "relation", "value")

KINDS = ("outcome", "estimate", "target", "event", "claim", "context", "judgement")
COUNTED = ("outcome", "estimate", "judgement")  # the kinds that may enter a likelihood

Fault = tuple[str, str, str]  # column, what is wrong, the next move
Row = Mapping[str, str]

VOCABULARIES = {
    "measure": tuple(MEASURES),
    "relation": RELATIONS,
    "quantity": tuple(QUANTITIES),
    "kind": KINDS,
}
EMPTY = dict.fromkeys(COLUMNS, "")

_NUMBER = re.compile(r"[+-]?([0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?")
# A quantity nobody printed
REFERENCE = re.compile(r"(?P<measure>\w+)@(?P<place>[^:]+):(?P<start>[^/]*)/(?P<end>.*)")
_UNIT_SPELLINGS = {
    "%": "percent",
    "per cent": "percent",
    "cars": "vehicles",
    "piles": "points",
    "people": "persons",
}


def normalise(raw: Mapping[str, object]) -> dict[str, str]:
    """All columns as stripped text, defaults filled, places as codes; what cannot be settled stays
    as it was.
    """
    given = {
        column: cell.strip() if type(cell) is str else _text(cell)
        for column, cell in raw.items()
        if column in EMPTY
    }
    return settled(EMPTY | given)


def settled(row: dict[str, str]) -> dict[str, str]:
    """A row of stripped text in all columns, with defaults and codes."""
    row |= _words_settled(*_words_of(row))
    row["rounding"] = row["rounding"] or _default_rounding(row["value"], row["relation"])
    return row


_words_of = itemgetter("measure", "place", "partner", "quantity", "unit", "kind")


@lru_cache(maxsize=4096)
def _words_settled(
    measure: str, place: str, partner: str, quantity: str, unit: str, kind: str
) -> dict[str, str]:
    """These columns with defaults and codes; many rows say the same, and share it."""
    known = MEASURES.get(measure)
    quantity = quantity or default_quantity(known.kind if known else "flow")
    return {
        "place": _code(place_code, place) or place,
        "partner": _code(partner_code, partner) or partner,
        "quantity": quantity,
        "unit": _unit_code(unit) or expected_unit(measure, quantity),
        "kind": kind or "outcome",
    }


@lru_cache(maxsize=4096)
def _default_rounding(value: str, relation: str) -> str:
    """Half a unit of the last printed digit; of what is no number, nothing."""
    return "" if _number(value) is None else number_text(printed_rounding(value, relation))


def _text(cell: object) -> str:
    """A cell as a ledger writes it; missing is empty, a whole number has no point."""
    if cell is None or type(cell).__name__ in ("NaTType", "NAType") or cell != cell:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, (bool, str)) or not hasattr(cell, "__float__"):
        return str(cell).strip()
    return number_text(float(cell))


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number.

    >>> number_text(2544.0), number_text(410.4)
    ('2544', '410.4')
    """
    whole = math.isfinite(value) and value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))


def _unit_code(text: str) -> str:
    """The declared unit that a spelling stands for; the spelling itself where there is none."""
    base, per_day = text.removesuffix("/day"), " per day" if text.endswith("/day") else ""
    known = base if base in _units() else _UNIT_SPELLINGS.get(base.lower(), base)
    return known + per_day


@lru_cache(maxsize=4096)
def _code(code: Callable[[str], str], text: str) -> str:
    """The code of a place or a partner; empty where nobody knows it."""
    try:
        return code(text)
    except LedgerError:
        return ""


PLACE_COLUMNS = {"place": place_code, "partner": partner_code}


@lru_cache(maxsize=1)
def _units() -> frozenset[str]:
    counts = {measure.unit for measure in MEASURES.values() if measure.unit}
    return frozenset(each.unit_of(unit) for each in QUANTITIES.values() for unit in counts)


def expected_unit(measure: str, quantity: str) -> str:
    """The unit of a quantity of a measure.

    >>> expected_unit("ev_imports", "total"), expected_unit("ev_imports", "share_percent")
    ('vehicles', 'percent')
    """
    return quantity_of(quantity).unit_of(MEASURES[measure].unit if measure in MEASURES else "")


def printed_rounding(text: str, relation: str = "equals") -> float:
    """Half a unit of the last printed digit; for a round figure (about, a bound) of the last digit
    that is not 0.

    >>> printed_rounding("410.4"), printed_rounding("2180"), printed_rounding("35000", "greater_than")
    (0.05, 0.5, 500.0)
    """
    digits, _, exponent = text.lower().lstrip("+-").partition("e")
    whole, _, decimals = digits.partition(".")
    zeros = (
        len(whole) - len(whole.rstrip("0"))
        if relation != "equals" and not decimals and whole.strip("0")
        else 0
    )
    return float(f"5e{zeros - len(decimals) - 1 + int(exponent or 0)}")


@lru_cache(maxsize=4096)
def publication(published: str) -> Period | None:
    """The day, month or year in which a fact was published; None where it has no date.

    Parameters
    ----------
    published : str
        ``2023-06-26``, ``2023-06``, ``2023`` or nothing.

    Raises
    ------
    PeriodError
        Where the text is none of these.

    Examples
    --------
    >>> publication("2023-02").end, publication("2023").end, publication("")
    (datetime.date(2023, 2, 28), datetime.date(2023, 12, 31), None)
    """
    if not published:
        return None
    if re.fullmatch(r"\d{4}", published):
        return year(int(published))
    return (
        month(published) if re.fullmatch(r"\d{4}-\d{2}", published) else span(published, published)
    )


def faults(row: Row) -> Iterator[Fault]:
    """Everything that is wrong with one normalised row, as (column, what, hint)."""
    for check in (_words, _places, _dates, _numbers, _unit, _against, _published):
        yield from check(row)


def may_be_faulty(rows: Sequence[Row]) -> set[int]:
    """Which of many rows to look at one by one: what they share with others is looked at once.

    Parameters
    ----------
    rows : sequence of mapping
        Normalised.

    Returns
    -------
    set of int
        Numbers of rows; all that have a fault are among them.
    """
    found = {
        i for i, row in enumerate(rows) if not row["value"] or row["reference"] or not row["id"]
    }
    for check, columns in SHARED.items():
        cells_of = itemgetter(*columns)
        shared = {*map(cells_of, rows)}
        if wrong := {
            cells for cells in shared if any(check(_PLAIN | dict(zip(columns, cells, strict=True))))
        }:
            found |= {i for i, row in enumerate(rows) if cells_of(row) in wrong}
    return found


def _words(row: Row) -> Iterator[Fault]:
    statement = _is_statement(row)
    for column, words in VOCABULARIES.items():
        word = row[column]
        if not word and (column == "quantity" or (column == "relation" and statement)):
            continue
        if not word:
            yield column, "is empty", "one of " + ", ".join(words[:8])
        elif word not in words:
            near = nearest(word, words)
            yield (
                column,
                f"{word!r} is unknown",
                f"did you mean {near}?" if near else "one of " + ", ".join(words[:8]),
            )
    if not row["id"]:
        yield "id", "is empty", "give every fact an id of its own"
    yield from _fitting_quantity(row)


def _fitting_quantity(row: Row) -> Iterator[Fault]:
    measure, quantity = MEASURES.get(row["measure"]), QUANTITIES.get(row["quantity"])
    if measure is None or quantity is None or measure.kind in (*quantity.kinds, "statement"):
        return
    yield (
        "quantity",
        f"{quantity.name!r} does not fit {measure.name}, a {measure.kind}",
        f"use {default_quantity(measure.kind)}",
    )


def _is_statement(row: Row) -> bool:
    """Said, not counted: no value is needed."""
    measure = MEASURES.get(row["measure"])
    return row["kind"] in ("event", "claim") or (
        measure is not None and measure.kind == "statement"
    )


def _places(row: Row) -> Iterator[Fault]:
    for column, code in PLACE_COLUMNS.items():
        if not _code(code, row[column]):
            what = f"{row[column]!r} is not a known place" if row[column] else "is empty"
            yield column, what, nearest_place(row[column])


def _dates(row: Row) -> Iterator[Fault]:
    read: dict[str, dt.date] = {}
    for column in ("period_start", "period_end"):
        try:
            read |= {column: written_day(row[column])} if row[column] else {}
        except PeriodError as error:
            yield column, str(error), ""
    if len(read) == 2 and read["period_end"] < read["period_start"]:
        yield (
            "period_end",
            f"{row['period_end']} comes before period_start {row['period_start']}",
            "swap the two dates",
        )
    if row["kind"] in set(KINDS) - set(COUNTED) or _is_statement(row):
        return
    if not row["period_end"]:
        yield "period_end", "is empty", "a stock needs its day, a flow its last day"
    if "period_start" in quantity_of(row["quantity"]).needs and not row["period_start"]:
        yield "period_start", "is empty", "a flow is counted over a period: give its first day"


@lru_cache(maxsize=4096)
def written_day(text: str) -> dt.date:
    """The date that a cell says; many rows say the same, and share it."""
    return as_date(text)


@lru_cache(maxsize=4096)
def _number(text: str) -> float | None:
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None


def _numbers(row: Row) -> Iterator[Fault]:
    for column in ("value", "rounding"):
        text = row[column]
        if text and _number(text) is None:
            plain = re.sub(r"[,\s'\u00a0\u202f_]", "", text)
            again = _NUMBER.fullmatch(plain) and plain != text
            hint = (
                f"without thousands separators: {plain}"
                if again
                else "digits and a decimal point only"
            )
            yield column, f"{text[:60]!r} is not a number", hint
    if (rounding := _number(row["rounding"])) is not None and rounding < 0:
        yield (
            "rounding",
            f"{row['rounding']} is negative",
            "the half-width of the printed digits, 0 or more",
        )
    if (value := _number(row["value"])) is not None:
        yield from _in_range(value, row)


def _in_range(value: float, row: Row) -> Iterator[Fault]:
    quantity, measure = quantity_of(row["quantity"]), MEASURES.get(row["measure"])
    if quantity.fault(value, of_own=own_period(row) is not None):
        yield "value", quantity.impossible.format(row["value"]), quantity.remedy
    elif quantity.default and measure and measure.upper is not None and value > measure.upper:
        most = in_digits(measure.upper)
        yield "value", f"{row['value']} is above {most}, the most that {measure.name} can be", ""


def own_period(row: Row) -> Period | None:
    """The other period of its own flow that a reference writes out; None where it names another
    flow, or a fact.
    """
    written = REFERENCE.fullmatch(row["reference"])
    # Numbers that say neither what they count nor where can only speak of their own flow.
    if not written or (row["measure"], row["place"]) not in (
        ("", ""),
        (written["measure"], written["place"]),
    ):
        return None
    try:
        return span(written["start"], written["end"])
    except PeriodError:
        return None


def _unit(row: Row) -> Iterator[Fault]:
    unit, right = row["unit"], expected_unit(row["measure"], row["quantity"])
    statement = row["measure"] in MEASURES and MEASURES[row["measure"]].kind == "statement"
    if unit == right or (not unit and statement):
        return
    if unit not in _units():
        near = right or nearest(unit, _units())
        yield "unit", f"{unit!r} is an unknown unit", f"use {near}" if near else ""
    elif right and not statement:
        yield "unit", f"{unit!r} does not fit {row['quantity']} of {row['measure']}", f"use {right}"


def _against(row: Row) -> Iterator[Fault]:
    """A relation stands to a value or to a reference."""
    if not row["value"] and not row["reference"] and not _is_statement(row):
        yield (
            "value",
            "is empty, and there is no reference",
            "a relation stands to a value or to another fact",
        )
    if row["reference"] and row["reference"] == row["id"]:
        yield "reference", f"{row['reference']!r} refers to itself", "name another fact"
    if "@" in row["reference"]:
        yield from _printed_reference(row["reference"])


def _printed_reference(text: str) -> Iterator[Fault]:
    """`measure@place:start/end`, a quantity that nobody printed."""
    found = REFERENCE.fullmatch(text)
    if not found:
        yield "reference", f"{text!r} cannot be read", "write measure@place:YYYY-MM-DD/YYYY-MM-DD"
        return
    if found["measure"] not in MEASURES:
        near = nearest(found["measure"], MEASURES)
        yield (
            "reference",
            f"{found['measure']!r} is unknown",
            f"did you mean {near}?" if near else "",
        )
    try:
        place_code(found["place"])
        span(found["start"], found["end"])
    except (LedgerError, PeriodError) as error:
        yield "reference", f"in {text!r}: {error}", ""


def _published(row: Row) -> Iterator[Fault]:
    try:
        known = publication(row["published"])
    except PeriodError:
        yield (
            "published",
            f"{row['published']!r} is not a day, month or year",
            "e.g. 2023-06-26, 2023-06 or 2023",
        )
        return
    ended = row["period_end"]
    early = known and row["kind"] == "outcome" and row["value"] and known.end.isoformat() < ended
    if early and re.fullmatch(r"\d{4}-\d\d-\d\d", ended):
        hint = "an outcome is published after it happened; a plan is a target"
        yield "published", f"{row['published']} comes before the period ends on {ended}", hint


# The columns that a check reads of a row that has an id, a value and no reference.
SHARED: dict[Callable[[Row], Iterator[Fault]], tuple[str, ...]] = {
    _words: ("measure", "relation", "quantity", "kind"),
    _places: ("place", "partner"),
    _dates: ("measure", "period_start", "period_end", "quantity", "kind"),
    _numbers: ("measure", "quantity", "value", "rounding"),
    _unit: ("measure", "quantity", "unit"),
    _published: ("published", "period_end", "kind"),
}
_PLAIN = EMPTY | {"id": "a", "value": "1"}
