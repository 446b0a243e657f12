"""What a row of a ledger may say: its columns, its vocabularies, and every rule that it can break.

A row is read in two steps: `normalise` fills in defaults and codes, `faults` lists all that is
wrong. `forecasting.evidence.fact` makes a fact of a row without faults.
"""

import contextlib
import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from forecasting.vocabulary.caveats import Caveat
from forecasting.vocabulary.errors import InputError, PeriodError, Problem
from forecasting.vocabulary.measures import MEASURES, Measure, did_you_mean, measure_of
from forecasting.vocabulary.periods import Period, as_date, month, span, year
from forecasting.vocabulary.places import find_partner, find_place, nearest_place, place_code
from forecasting.vocabulary.quantities import QUANTITIES, RELATIONS, default_quantity, quantity_of

MEANINGS = {  # of the columns, in their order
    "id": "its name; other facts and drivers refer to it",
    "measure": "what is counted; a row of forecasting/data/measures.csv",
    "place": "where: ISO 3166, a port, or a group of countries",
    "partner": "with whom; World is everybody",
    "product": "of what",
    "basis": "who counts by which definition: a code of the table of bases",
    "period_start": "first day of a flow; empty of a stock",
    "period_end": "last day; a stock stands on it",
    "relation": "how the quantity stands to the value or the reference",
    "quantity": "which quantity of the measure",
    "value": "the number, in the unit",
    "unit": "of the value",
    "rounding": "half-width of the printed digits; empty: half a unit of the last one",
    "reference": "instead of a value, or of what it is a share: another fact's id, "
    "or measure@place:start/end",
    "kind": "outcome, estimate and judgement enter a forecast; the others are shown",
    "published": "day, month or year: since when it is known",
    "source": "who printed it",
    "url": "where",
    "quote": "what it printed: our own wording, or at most fifteen words",
    "note": "what a reader must know",
}
LEDGER_COLUMNS = tuple(MEANINGS)
# Measure to quantity: two rows that share them give the same number
NUMBER_COLUMNS = LEDGER_COLUMNS[1:10]
REQUIRED_COLUMNS = ("id", "measure", "place", "period_start", "period_end", "relation", "value")

FACT_KINDS = ("outcome", "estimate", "target", "event", "claim", "context", "judgement")
OBSERVATION_KINDS = ("outcome", "estimate", "judgement")  # the kinds that may enter a likelihood
# Units of things that are counted, which have no fractions
INTEGER_UNITS = ("vehicles", "points", "stations", "persons", "trains", "units", "users")

Fault = tuple[str, str, str]  # column, what is wrong, the next move
Faults = Iterator[Fault]
Row = dict[str, str]  # of a ledger: its columns as text


class FoundRow(NamedTuple):
    """One normalised row, and where it was found."""

    where: str
    cells: Row


FACT_VOCABULARIES = {
    "measure": tuple(MEASURES),
    "relation": RELATIONS,
    "quantity": tuple(QUANTITIES),
    "kind": FACT_KINDS,
}
EMPTY = dict.fromkeys(LEDGER_COLUMNS, "")

_NUMBER_PATTERN = re.compile(
    r"[+-]?([0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?"
)
# A reference to a quantity that is no fact of the ledger
REFERENCE_PATTERN = re.compile(r"(?P<measure>\w+)@(?P<place>[^:]+):(?P<start>[^/]*)/(?P<end>.*)")
_UNIT_SPELLINGS = {
    "%": "percent",
    "per cent": "percent",
    "cars": "vehicles",
    "piles": "points",
    "people": "persons",
}


def normalise(raw: Mapping[str, object]) -> Row:
    """All columns as stripped text, with defaults and codes; an unknown word stays as it is."""
    cells = {column: cell_text(cell) for column, cell in raw.items() if column in EMPTY}
    return settled(EMPTY | cells)


def settled(row: Row) -> Row:
    """A row of stripped text in all columns, with defaults and codes."""
    quantity = row["quantity"] or default_quantity(measure_of(row["measure"]).kind)
    row |= {
        "place": find_place(row["place"]) or row["place"],
        "partner": find_partner(row["partner"]) or row["partner"],
        "quantity": quantity,
        "unit": _unit_code(row["unit"]) or expected_unit(row["measure"], quantity),
        "kind": row["kind"] or "outcome",
    }
    if not row["rounding"] and finite_number(row["value"]) is not None:
        row["rounding"] = number_text(printed_rounding(row["value"], row["relation"]))
    return row


def cell_text(cell: object) -> str:
    """A cell as a ledger writes it; missing is empty, a whole number has no point.

    >>> cell_text(" UZ "), cell_text(2180.0), cell_text(dt.datetime(2023, 1, 1)), cell_text(None)
    ('UZ', '2180', '2023-01-01', '')
    """
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
    if math.isfinite(value) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value))


@lru_cache(maxsize=4096)
def _unit_code(text: str) -> str:
    """The declared unit that a spelling stands for; the spelling itself where there is none."""
    base, by, _ = text.partition("/day")
    return _UNIT_SPELLINGS.get(base.lower(), base) + by.replace("/", " per ")


@lru_cache(maxsize=1)
def _units() -> frozenset[str]:
    counts = {measure.unit for measure in MEASURES.values() if measure.unit}
    return frozenset(quantity.unit_of(unit) for quantity in QUANTITIES.values() for unit in counts)


@lru_cache(maxsize=4096)
def expected_unit(measure: str, quantity: str) -> str:
    """The unit of a quantity of a measure.

    >>> expected_unit("ev_imports", "total"), expected_unit("ev_imports", "share_percent")
    ('vehicles', 'percent')
    """
    return quantity_of(quantity).unit_of(measure_of(measure).unit)


def printed_rounding(text: str, relation: str = "equals") -> float:
    """Half a unit of the last printed digit; for a round figure (about, a bound) of the last digit
    that is not 0.

    >>> printed_rounding("410.4"), printed_rounding("2180"), printed_rounding("35000", "about")
    (0.05, 0.5, 500.0)
    """
    digits, _, exponent = text.lower().lstrip("+-").partition("e")
    integer, _, decimals = digits.partition(".")
    places = -len(decimals)
    if relation != "equals" and not decimals and integer.strip("0"):
        places = len(integer) - len(integer.rstrip("0"))
    return float(f"5e{places - 1 + int(exponent or 0)}")


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
    if re.fullmatch(r"\d{4}-\d{2}", published):
        return month(published)
    return span(published, published)


def column_problems(
    where: str,
    header: Sequence[str],
    required: Sequence[str],
    columns: Sequence[str] = LEDGER_COLUMNS,
    table: str = "a ledger",
) -> Iterator[Problem]:
    """Problems of a table's columns: unknown, missing, or there twice.

    Parameters
    ----------
    where : str
        For the problems: the file and line, or the table.
    header, required : sequence of str
        The names of the columns, and those that must be among them.
    columns : sequence of str
        Those that may be there.
    table : str
        What the table is.
    """
    for column in sorted({*header} - {*columns}):
        # A column that the table lacks is the likelier one to be meant
        fallback = did_you_mean(column, columns, "remove it")
        hint = did_you_mean(column, {*columns} - {*header}, fallback)
        yield Problem(where, f"{column!r} is an unknown column", hint)
    for column in required:
        if column not in header:
            hint = f"{table} needs {', '.join(required)}"
            yield Problem(where, f"column {column!r} is missing", hint)
    for column in sorted(columns):
        if header.count(column) > 1:
            yield Problem(where, f"column {column!r} stands there twice", "keep one")


def faults(row: Row) -> Faults:
    """Everything that is wrong with one normalised row, as (column, what, hint)."""
    measure = measure_of(row["measure"])
    is_statement = measure.kind == "statement" or row["kind"] in ("event", "claim")
    optional = ("quantity", "relation") if is_statement else ("quantity",)
    yield from word_faults(row, FACT_VOCABULARIES, optional)
    yield from _fitting_quantity(row, measure)
    yield from place_faults(row, "place")
    yield from place_faults(row, "partner", find_partner)
    yield from day_faults(row, "period_start", "period_end")
    if row["kind"] in OBSERVATION_KINDS and not is_statement:
        yield from _needed_days(row)
    yield from number_faults(row, ("value", "rounding"), ("rounding",))
    yield from _in_range(row, measure)
    yield from _unit(row, measure)
    if not row["value"] and not row["reference"] and not is_statement:
        hint = "a relation stands to a value or to another fact"
        yield "value", "is empty, and there is no reference", hint
    yield from _reference(row)
    yield from _published(row)


def word_faults(
    row: Row, vocabularies: Mapping[str, Collection[str]], optional: Collection[str]
) -> Faults:
    """Words that their vocabulary does not have, and cells that should not be empty."""
    for column, words in vocabularies.items():
        word = row[column]
        examples = f"one of {', '.join([*words][:8])}"
        if word and word not in words:
            # By its letters more_than would be less_than
            hint = examples if column == "relation" else did_you_mean(word, words, examples)
            yield column, f"{word!r} is unknown", hint
        elif not word and column not in optional:
            yield column, "is empty", examples
    if not row["id"]:
        yield "id", "is empty", "give every fact an id of its own"


def _fitting_quantity(row: Row, measure: Measure) -> Faults:
    quantity = quantity_of(row["quantity"])
    is_declared = measure.name and quantity.name
    if is_declared and measure.kind not in (*quantity.kinds, "statement"):
        fault = f"{quantity.name!r} does not fit {measure.name}, a {measure.kind}"
        yield "quantity", fault, f"use {default_quantity(measure.kind)}"


def place_faults(row: Row, column: str, find: Callable[[str], str] = find_place) -> Faults:
    """A place that nobody knows."""
    if not find(row[column]):
        fault = f"{row[column]!r} is not a known place" if row[column] else "is empty"
        yield column, fault, nearest_place(row[column])


def day_faults(row: Row, start_column: str, end_column: str) -> Faults:
    """Faults of two days: no date, or a last day before the first."""
    days: list[dt.date] = []
    for column in (start_column, end_column):
        try:
            days += [as_date(row[column])] if row[column] else []
        except PeriodError as error:
            yield column, str(error), ""
    if len(days) == 2 and days[1] < days[0]:
        yield (
            end_column,
            f"{row[end_column]} comes before {start_column} {row[start_column]}",
            "swap the two dates",
        )


def _needed_days(row: Row) -> Faults:
    if not row["period_end"]:
        yield "period_end", "is empty", "a stock needs its day, a flow its last day"
    if "period_start" in quantity_of(row["quantity"]).needs and not row["period_start"]:
        yield "period_start", "is empty", "a flow is counted over a period: give its first day"


def finite_number(text: str) -> float | None:
    """The number of a text of digits and a point; None of any other text.

    >>> finite_number("410.4"), finite_number("2,544"), finite_number("nan")
    (410.4, None, None)
    """
    number = float(text) if _NUMBER_PATTERN.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None


def number_faults(row: Row, columns: Sequence[str], size_columns: Collection[str]) -> Faults:
    """Faults of numbers: no number, or in a column of sizes below 0."""
    for column in columns:
        text = row[column]
        number = finite_number(text)
        if text and number is None:
            digits = re.sub(r"[,\s'\u00a0\u202f_](?=\d{3}(?!\d))", "", text)
            hint = "digits and a decimal point only"
            if digits != text and _NUMBER_PATTERN.fullmatch(digits):
                hint = f"without thousands separators: {digits}"
            yield column, f"{text[:60]!r} is not a number", hint
        elif column in size_columns and (number or 0) < 0:
            yield column, f"{text} is negative", "give how much it is, 0 or more"


def _in_range(row: Row, measure: Measure) -> Faults:
    value = finite_number(row["value"])
    quantity = quantity_of(row["quantity"])
    if value is None:
        return
    if quantity.fault(value, of_own=own_period(row) is not None):
        yield "value", quantity.impossible.format(row["value"]), quantity.remedy
    elif quantity.default and measure.is_share and value > 100:
        yield "value", f"{row['value']} is above 100, the most that {measure.name} can be", ""


def own_period(row: Mapping[str, Any]) -> Period | None:
    """The other period of the row's own flow that a reference names; None where it names another
    flow, or a fact.
    """
    match = REFERENCE_PATTERN.fullmatch(row["reference"])
    flow = (row["measure"], row["place"])
    # A row without measure and place can only refer to its own flow
    if match and flow in (("", ""), (match["measure"], match["place"])):
        with contextlib.suppress(PeriodError):
            return span(match["start"], match["end"])
    return None


def _unit(row: Row, measure: Measure) -> Faults:
    unit = row["unit"]
    expected = ""
    if measure.kind != "statement":
        expected = expected_unit(measure.name, row["quantity"])
    if unit not in {expected, *_units()}:
        remedy = f"use {expected}" if expected else did_you_mean(unit, _units())
        yield "unit", f"{unit!r} is an unknown unit", remedy
    elif expected not in ("", unit):
        problem = f"{unit!r} does not fit {row['quantity']} of {row['measure']}"
        yield "unit", problem, f"use {expected}"


def _reference(row: Row) -> Faults:
    text = row["reference"]
    if text and text == row["id"]:
        yield "reference", f"{text!r} refers to itself", "name another fact"
    if "@" not in text:
        return
    match = REFERENCE_PATTERN.fullmatch(text)
    if match is None:
        yield "reference", f"{text!r} cannot be read", "write measure@place:YYYY-MM-DD/YYYY-MM-DD"
        return
    measure = match["measure"]
    if measure not in MEASURES:
        yield "reference", f"{measure!r} is unknown", did_you_mean(measure, MEASURES)
    try:
        place_code(match["place"])
        span(match["start"], match["end"])
    except InputError as error:
        yield "reference", f"in {text!r}: {error}", ""


def print_faults(row: Row, column: str) -> Faults:
    """The fault of a day of publication that cannot be read."""
    try:
        publication(row[column])
    except PeriodError:
        hint = "e.g. 2023-06-26, 2023-06 or 2023"
        yield column, f"{row[column]!r} is not a day, month or year", hint


def _published(row: Row) -> Faults:
    if date_faults := [*print_faults(row, "published")]:
        yield from date_faults
        return
    print_period = publication(row["published"])
    end = row["period_end"]
    is_count = row["kind"] == "outcome" and row["value"] and re.fullmatch(r"\d{4}-\d\d-\d\d", end)
    if print_period and is_count and print_period.end.isoformat() < end:
        hint = (
            "an outcome is published after it happened; a plan is a target, and a bound that holds "
            "earlier is of the period until then, as fc.fact's by= says"
        )
        yield "published", f"{row['published']} comes before the period ends on {end}", hint


def thousands_apart(row: Row) -> Faults:
    """The fault of a count with a point before three digits, a mark of thousands in many
    countries.
    """
    value = row["value"]
    if _counts_things(row) and re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+", value):
        digits = value.replace(".", "")
        hint = f"did you mean {digits} ({int(digits):,})? thousands are not set apart by points"
        yield "value", f"{value} is no whole number of {MEASURES[row['measure']].unit}", hint


def parts_of_a_count(row: Row) -> Caveat | None:
    """A caveat of a printed count that is no whole number, as it may be in thousands."""
    value = row["value"]
    is_number = (row["kind"], row["relation"]) == ("outcome", "equals") and "." in value
    if not is_number or not _counts_things(row) or float(value).is_integer():
        return None
    unit = MEASURES[row["measure"]].unit
    return Caveat("parts_of_count", values={"value": value, "unit": unit})


def _counts_things(row: Row) -> bool:
    return measure_of(row["measure"]).unit in INTEGER_UNITS and quantity_of(row["quantity"]).default
