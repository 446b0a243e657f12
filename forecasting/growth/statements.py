"""Facts as the likelihood reads them: a ledger's rows, or a table's with a few of its columns, made into statements."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from forecasting.errors import EvidenceError
from forecasting.evidence.perimeters import tied_measures, tied_products
from forecasting.evidence.rules import COUNTED, QUANTITIES, RELATIONS, known_from
from forecasting.measures import MEASURES, nearest
from forecasting.periods import Period, as_date, span

__all__ = ["ONE_SIDED", "Statement", "read_statements", "years_spoken_of"]

MOST_PERCENT = 100_000  # of another period's total, that a flow may outgrow
MOST = 1e15  # of anything that is counted
ONE_SIDED = {"at_least": 1, "greater_than": 1, "at_most": -1, "less_than": -1}


@dataclass(frozen=True)
class Statement:
    """One fact as the likelihood reads it.

    Parameters
    ----------
    name : str
        The fact's id.
    quantity, relation : str
        As in the ledger.
    period : Period
        The days that it speaks of; a stock's is its day.
    value : float
        NaN where the fact stands in relation to another period.
    other : Period or None
        The period that it is compared with, for shares and inequalities.
    rounding : float
        Half-width of the printed digits, in the value's unit; NaN where unknown.
    basis : str
        Who counted what.
    stock : bool
        Whether the measure is a stock.
    printed : str
        The fact in words, for tables.
    kind : str
        outcome, estimate or judgement.
    published : str
        When it became known.
    counted : bool
        Whether the unit is single things; an index or a value has no counting noise and no digits of its own.
    product, measure, place : str
        What is counted, and where, as far as the row says.
    """

    name: str
    quantity: str
    relation: str
    period: Period
    value: float
    other: Period | None = None
    rounding: float = math.nan
    basis: str = ""
    stock: bool = False
    printed: str = ""
    kind: str = "outcome"
    published: str = ""
    counted: bool = True
    product: str = ""
    measure: str = ""
    place: str = ""


def read_statements(table: pd.DataFrame, measure: str = "") -> tuple[list[Statement], list[str]]:
    """Read the facts that a likelihood can use from a ledger's table, or from one with a few of its columns.

    Parameters
    ----------
    table : DataFrame
        At least relation, quantity, period_start, period_end and value.
    measure : str
        The measure of rows that name none.

    Returns
    -------
    statements : list of Statement
        A fact printed twice counts once, in its latest vintage.
    remarks : list of str
        What was left out, and why.

    Raises
    ------
    EvidenceError
        Where a value is impossible, a word unknown, a flow's period has no start, or the facts are not of one thing.

    Examples
    --------
    >>> table = pd.DataFrame({"relation": ["equals"], "quantity": ["total"], "period_start": ["2022-01-01"],
    ...                       "period_end": ["2022-12-31"], "value": [2180]})
    >>> statements, remarks = read_statements(table)
    >>> statements[0].value, statements[0].period.label
    (2180.0, '2022')
    """
    missing = {"relation", "period_end", "value"} - set(table.columns)
    if missing:
        raise EvidenceError(
            f"the facts lack the column(s) {', '.join(sorted(missing))}; they have {', '.join(map(str, table.columns))}"
        )
    records: list[dict[str, object]] = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    remarks: list[str] = []
    rows = {str(row["id"]): row for row in records if row.get("id") and row.get("period_end")}
    read = [_statement(row, number, measure, rows, remarks) for number, row in enumerate(records, start=1)]
    statements = [statement for statement in read if statement is not None]
    _check_one_thing(statements)
    return _begun(_latest(_by_product(statements), remarks), remarks), remarks


def _same(one: str, other: str) -> bool:
    return not one or not other or one == other


def _check_one_thing(statements: Sequence[Statement]) -> None:
    """Facts of one forecast are of one place, and of products and measures that are tied by a declared relation."""
    ties: dict[str, Callable[[str, str], bool]] = {
        "place": _same, "measure": tied_measures, "product": tied_products,
    }  # fmt: skip
    for column, tied in ties.items():
        first: dict[str, str] = {}
        for s in statements:
            first.setdefault(getattr(s, column), s.name)
        for one, other in itertools.combinations(first, 2):
            if not tied(one, other):
                raise EvidenceError(
                    f"the facts are of two {column}s: {one} (as {first[one]}) and {other} (as {first[other]}); "
                    f"forecast one of them, e.g. ledger.select({column}={one!r})"
                )


def _by_product(statements: Sequence[Statement]) -> list[Statement]:
    """An agency's counts of a second product are counts on a basis of their own."""
    products: dict[str, Counter[str]] = {}
    for s in statements:
        products.setdefault(s.basis, Counter())[s.product] += 1
    main = {basis: counts.most_common(1)[0][0] for basis, counts in products.items()}
    return [
        s if s.product == main[s.basis] else replace(s, basis=f"{s.basis} ({s.product})".strip()) for s in statements
    ]


def _begun(statements: Sequence[Statement], remarks: list[str]) -> list[Statement]:
    """Without the zeros before the first count: of a market that has not begun they are no trend."""
    counts = ("total", "stock", "per_day")
    some = [s for s in statements if s.quantity in counts and s.value > 0 and ONE_SIDED.get(s.relation) != -1]
    first = min((s.period.start for s in some), default=dt.date.min)
    early = [s for s in statements if s.value == 0 and s.quantity in counts and s.period.end < first]
    if early:
        remarks.append(
            f"{', '.join(s.name for s in early)}: none counted before {first}; the market is taken to begin there, "
            "and zeros before its beginning are no trend"
        )
    return [s for s in statements if s not in early]


def _latest(statements: Sequence[Statement], remarks: list[str]) -> list[Statement]:
    """The latest vintage of each quantity; facts of one day that differ are kept, to be weighed against each other."""
    kept: dict[tuple[object, ...], list[Statement]] = {}
    for s in statements:
        key = (s.basis, s.stock, s.quantity, ONE_SIDED.get(s.relation, 0), s.period, s.other)
        held = kept.setdefault(key, [])
        newer = [h for h in held if _known(h) > _known(s)]
        same = [h for h in held if h.value == s.value or (math.isnan(h.value) and math.isnan(s.value))]
        if newer and not same:
            remarks.append(f"{s.name} is an older vintage of {newer[0].name} and was not used")
        if newer or same:
            continue
        for older in [h for h in held if _known(h) < _known(s)]:
            remarks.append(f"{older.name} is an older vintage of {s.name} and was not used")
            held.remove(older)
        held.append(s)
    return [s for held in kept.values() for s in held]


def _known(statement: Statement) -> dt.date:
    return known_from(statement.published) or dt.date.min


def _text(row: dict[str, object], column: str) -> str:
    value = row.get(column, "")
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)


def _period(row: dict[str, object]) -> Period:
    end = as_date(row["period_end"])
    start = _text(row, "period_start")
    return span(start, end) if start else Period(end, end)


def _told_period(row: dict[str, object], name: str, stock: bool) -> Period:
    """The days that a fact speaks of; a flow has a first day, or a year's total would be a day's."""
    if not stock and not _text(row, "period_start"):
        raise EvidenceError(f"{name}: a flow up to {_text(row, 'period_end')} has no period_start; give its first day")
    return _period(row)


def _number(row: dict[str, object], column: str, name: str) -> float:
    text = _text(row, column)
    try:
        number = float(text) if text else math.nan
    except ValueError:
        raise EvidenceError(f"{name}: {column} {text!r} is not a number") from None
    if math.isinf(number):
        raise EvidenceError(f"{name}: {column} is infinite; give a finite number")
    return number


def _statement(
    row: dict[str, object],
    number: int,
    measure: str,
    rows: dict[str, dict[str, object]],
    remarks: list[str],
) -> Statement | None:
    name = _text(row, "id") or f"fact {number}"
    kind = _text(row, "kind") or "outcome"
    if kind not in COUNTED:
        return None
    if _text(row, "partner") not in ("", "World"):
        remarks.append(f"{name} counts one partner only and was not used for the total")
        return None
    told = MEASURES.get(_text(row, "measure") or measure)
    stock = told is not None and told.kind == "stock"
    quantity, relation = _text(row, "quantity") or ("stock" if stock else "total"), _text(row, "relation") or "equals"
    stock = stock or quantity == "stock"
    for word, known, what in ((quantity, QUANTITIES, "quantity"), (relation, RELATIONS, "relation")):
        if word not in known:
            raise EvidenceError(f"{name}: unknown {what} {word!r}; did you mean {nearest(word, known) or known[0]!r}?")
    value, period = _number(row, "value", name), _told_period(row, name, stock)
    reference = _text(row, "reference")
    if math.isnan(value) and not reference:
        remarks.append(f"{name} has neither a value nor a reference to compare with, and was not used")
        return None
    other = _reference(row, reference, rows) if quantity == "share_percent" or math.isnan(value) else None
    if (math.isnan(value) or quantity == "share_percent") and other in (None, period):
        said = f"{name} refers to {reference!r}, which is no other period of this flow, and was not used"
        remarks.append(said)
        return None
    _check_value(name, quantity, value)
    if value == 0 and ONE_SIDED.get(relation) == 1 and quantity in ("total", "stock", "per_day"):
        remarks.append(f"{name} says that a count is 0 or more, which every count is, and was not used")
        return None
    basis = _text(row, "basis")
    told_measure = _text(row, "measure")
    if told_measure and measure and told_measure != measure:
        basis = f"{basis} ({told_measure})"
    printed = (
        f"{_words(relation, quantity, value)} {told.unit if told and quantity in ('total', 'stock') else ''}".strip()
    )
    return Statement(
        name, quantity, relation, period, value, other, _number(row, "rounding", name), basis, stock, printed, kind,
        _text(row, "published"), True, _text(row, "product"), told_measure, _text(row, "place"),
    )  # fmt: skip


def _words(relation: str, quantity: str, value: float) -> str:
    sign = {
        "equals": "",
        "about": "about ",
        "greater_than": "> ",
        "at_least": "≥ ",
        "less_than": "< ",
        "at_most": "≤ ",
    }[relation]
    if math.isnan(value):
        return f"{sign.strip()} another period"
    number = f"{value:,.10g}"
    form = {
        "yoy_growth_percent": "{:+,.10g} % on the year",
        "yoy_difference": "{:+,.10g} on the year",
        "per_day": "{:,.10g} a day",
    }
    if quantity == "share_percent":
        return f"{sign}{number} %"
    return sign + (form[quantity].format(value) if quantity in form else number)


def _reference(row: dict[str, object], reference: str, rows: dict[str, dict[str, object]]) -> Period | None:
    """The period of the same flow that a reference names, by a fact's id or written out; None for another flow."""
    if reference in rows:
        told = rows[reference]
        same = all(_text(told, column) == _text(row, column) for column in ("measure", "place", "product"))
        return _period(told) if same else None
    if "@" in reference and ":" in reference and "/" in reference:
        flow, dates = reference.rsplit(":", 1)
        own = f"{_text(row, 'measure')}@{_text(row, 'place')}"
        return span(*dates.split("/", 1)) if own in (flow, "@") else None
    return None


def _check_value(name: str, quantity: str, value: float) -> None:
    if abs(value) > MOST:
        raise EvidenceError(f"{name}: a {quantity} of {value:g} is beyond any count; the largest taken is {MOST:g}")
    if quantity in ("total", "stock", "per_day") and value < 0:
        raise EvidenceError(f"{name}: a {quantity} of {value:g} is negative; counts are 0 or more")
    if quantity == "per_day" and value == 0:
        raise EvidenceError(f"{name}: a rate of 0 a day says nothing of a growing flow; give the total of 0 instead")
    if quantity == "yoy_growth_percent" and value <= -100:
        raise EvidenceError(f"{name}: a growth of {value:g} % leaves nothing or less; growth is above -100 %")
    if quantity == "share_percent" and not 0 < value <= MOST_PERCENT:
        raise EvidenceError(f"{name}: a share of {value:g} % is outside 0 to {MOST_PERCENT:,} % of another period")


def years_spoken_of(statements: Sequence[Statement], more: Sequence[Period]) -> tuple[int, int]:
    """First and last year that facts speak of, the year before included where growth needs it."""
    periods = list(more)
    for s in statements:
        periods.append(s.period)
        periods.extend([s.other] if s.other else [])
        if s.quantity in ("yoy_growth_percent", "yoy_difference"):
            periods.append(s.period.year_before())
    return min(p.start.year for p in periods), max(p.end.year for p in periods)
