"""What each kind of fact says about a monthly flow: one short function per quantity and per relation.

Every fact becomes a contrast of logs, ``log(numerator . flow) - log(denominator . flow + constant)``, observed with noise.
The noise is a mixture of normals: an exact total is narrow, a bound lies on one side of its number, and each of them may
be wrong. Weights are shares of months, so that any period can be told of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.errors import EvidenceError
from forecasting.measures import MEASURES, nearest
from forecasting.periods import Period, as_date, span

__all__ = ["Noise", "Observation", "Statement", "flow_weights", "observe", "read_statements"]

Array = NDArray[np.float64]

FIT = 0.01  # no agency's total is better than 1 % of itself: late declarations, revisions
OUTLIER, OUTLIER_SD = 0.02, 0.5  # any fact may be wrong
SCRAPPAGE = 0.03  # share of a register that leaves it in a year; judgement, 0.01 to 0.08
STOCK_FIT = 0.03  # registers are cleaned and vehicles re-exported between two counts
LIKELY_KINDS = ("outcome", "estimate", "judgement")
ONE_SIDED = {"at_least": 1, "greater_than": 1, "at_most": -1, "less_than": -1}
RELATIONS = ("equals", "about", *ONE_SIDED)
QUANTITIES = ("total", "stock", "yoy_growth_percent", "yoy_difference", "share_percent", "per_day")


@dataclass(frozen=True)
class Noise:
    """A mixture of normals, in logs.

    Parameters
    ----------
    weight, mean, sd : tuple of float
        One entry per component.

    Examples
    --------
    >>> Noise.exact(0.01).sd
    (0.01, 0.5)
    """

    weight: tuple[float, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]

    @classmethod
    def exact(cls, sd: float, outlier: float = OUTLIER) -> Noise:
        """A narrow normal, and a wide one for the fact that is wrong."""
        return cls((1 - outlier, outlier), (0.0, 0.0), (sd, max(OUTLIER_SD, 3 * sd)))

    @classmethod
    def beyond(cls, step: float, wide: float, side: int) -> Noise:
        """What a bound leaves: about exponential with mean ``step``, a quarter of them with mean ``wide``.

        Each exponential is drawn as three normals that start at zero.
        """
        shape = ((0.45, 0.30, 0.17), (0.37, 1.0, 0.42), (0.18, 2.3, 0.85))
        parts = [
            (w * share, side * m * mean, s * mean) for share, mean in ((0.75, step), (0.25, wide)) for w, m, s in shape
        ]
        weight, mean, sd = zip(*parts, strict=True)
        return cls(weight, mean, sd)


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


@dataclass(frozen=True)
class Observation:
    """A contrast of logs with the value that a fact gives it.

    Parameters
    ----------
    statement : Statement
        Where it comes from.
    numerator, denominator : ndarray
        Weights over months, a stock's start being the last entry; the denominator may be all zero.
    constant : float
        Added to the denominator.
    value : float
        What the contrast of logs is said to be.
    noise : Noise
        How the truth may lie about that value.
    """

    statement: Statement
    numerator: Array
    denominator: Array
    constant: float
    value: float
    noise: Noise

    def shown(self, contrast: Array | float) -> Array:
        """The contrast in the unit in which the fact is printed."""
        ratio = np.exp(np.asarray(contrast, dtype=float))
        scale = {
            "yoy_growth_percent": 100 * (ratio - 1),
            "share_percent": 100 * ratio,
            "per_day": ratio / self.statement.period.days,
        }
        if self.statement.quantity == "yoy_difference":
            return np.asarray(self.statement.value * ratio)
        return np.asarray(scale.get(self.statement.quantity, ratio))


def flow_weights(period: Period, first_year: int, months: int) -> Array:
    """Share of each month that a period covers.

    Parameters
    ----------
    period : Period
        Any days.
    first_year, months : int
        The grid: months from January of that year on.

    Returns
    -------
    ndarray, shape (months + 1,)
        The last entry, of a stock's start, is 0.

    Examples
    --------
    >>> flow_weights(span("2023-01-01", "2023-02-14"), 2023, 12)[:3]
    array([1. , 0.5, 0. ])
    """
    weights = np.zeros(months + 1)
    for one in period.months():
        index = (one.start.year - first_year) * 12 + one.start.month - 1
        if 0 <= index < months:
            weights[index] = one.overlap(period) / one.days
    return weights


def _stock_weights(period: Period, first_year: int, months: int) -> Array:
    """Share of each month's flow, and of what stood before, that is still on the road at the period's end."""
    weights = np.zeros(months + 1)
    until = (period.end.year - first_year) * 12 + period.end.month - 1
    part = period.end.day / next(iter(Period(period.end, period.end).months())).days
    index = np.arange(min(until + 1, months))
    weights[: len(index)] = (1 - SCRAPPAGE) ** ((until - index) / 12)
    if 0 <= until < months:
        weights[until] *= part
    weights[months] = (1 - SCRAPPAGE) ** (max(until, 0) / 12)
    return weights


def _relative_rounding(statement: Statement, of: float) -> float:
    half = statement.rounding
    if math.isnan(half):
        if not statement.counted:
            return 0.0
        half = 0.5 if float(statement.value).is_integer() else 0.05
    return half / max(abs(of), 1e-9)


def _last_step(value: float) -> float:
    """One step of the last digit that is not zero: 35,000 steps by 1,000."""
    size = 0
    while value >= 10 and math.isclose(value % 10, 0.0, abs_tol=1e-9):
        value, size = value / 10, size + 1
    return float(10**size)


def _exact(statement: Statement, of: float) -> Noise:
    """A printed number: its digits, counting noise, the agency's own revisions."""
    rough = 0.03 if statement.kind == "estimate" or statement.relation == "about" else 0.0
    counting = 1 / (of + 0.5) if statement.counted else 0.0
    rounding = _relative_rounding(statement, of)
    sd = math.sqrt(FIT**2 + counting + rounding**2 / 3 + rough**2 + (STOCK_FIT**2 if statement.stock else 0.0))
    return Noise.exact(rounding if statement.kind == "judgement" else sd)


def _bound(statement: Statement) -> Noise:
    """More than a round number, less than it: near the number rather than far."""
    value = abs(statement.value)
    leading = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return Noise.beyond(
        math.log1p(_last_step(value) / value), math.log1p(leading / value), ONE_SIDED[statement.relation]
    )


def _size(statement: Statement, first_year: int, months: int) -> Array:
    weigh = _stock_weights if statement.stock else flow_weights
    return weigh(statement.period, first_year, months)


def _total(s: Statement, first_year: int, months: int) -> Observation:
    nothing = np.zeros(months + 1)
    if s.value == 0:  # none was counted: less than one
        return Observation(s, _size(s, first_year, months), nothing, 1.0, math.log(0.5), Noise.exact(0.8))
    noise = _bound(s) if s.relation in ONE_SIDED else _exact(s, s.value)
    return Observation(s, _size(s, first_year, months), nothing, 1.0, math.log(s.value), noise)


def _growth(s: Statement, first_year: int, months: int) -> Observation:
    """Up n % on the year is a factor of 1 + n/100 on a base that may have been revised since."""
    factor = 1 + s.value / 100
    before = replace(s, period=s.period.year_before())
    rounding = _relative_rounding(s, 100 * factor)
    sd = math.sqrt(FIT**2 + rounding**2 / 3 + (STOCK_FIT**2 if s.stock else 0.0))
    noise = (
        Noise.beyond(math.log1p(0.02), 0.2, ONE_SIDED[s.relation]) if s.relation in ONE_SIDED else Noise.exact(sd, 0.05)
    )
    return Observation(s, _size(s, first_year, months), _size(before, first_year, months), 0.0, math.log(factor), noise)


def _difference(s: Statement, first_year: int, months: int) -> Observation:
    """Up by so many on the same dates a year before; down by so many is the year before up by as many."""
    size, before = _size(s, first_year, months), _size(replace(s, period=s.period.year_before()), first_year, months)
    if s.value >= 0:
        return Observation(s, size, before, s.value, 0.0, Noise.exact(1.5 * FIT, 0.05))
    return Observation(s, before, size, -s.value, 0.0, Noise.exact(1.5 * FIT, 0.05))


def _share(s: Statement, first_year: int, months: int) -> Observation:
    """A part of the same flow's total over another period."""
    assert s.other is not None
    base = replace(s, period=s.other)
    sd = math.sqrt(FIT**2 + _relative_rounding(s, s.value) ** 2 / 3)
    noise = Noise.beyond(0.05, 0.3, ONE_SIDED[s.relation]) if s.relation in ONE_SIDED else Noise.exact(sd)
    return Observation(
        s, _size(s, first_year, months), _size(base, first_year, months), 0.0, math.log(s.value / 100), noise
    )


def _per_day(s: Statement, first_year: int, months: int) -> Observation:
    total = replace(s, value=s.value * s.period.days, rounding=s.rounding * s.period.days)
    noise = _bound(s) if s.relation in ONE_SIDED else Noise.exact(max(0.05, _relative_rounding(total, total.value)))
    return Observation(s, _size(s, first_year, months), np.zeros(months + 1), 1.0, math.log(total.value), noise)


def _compared(s: Statement, first_year: int, months: int) -> Observation:
    """More than another period's total, that may never have been printed."""
    assert s.other is not None
    base = replace(s, period=s.other)
    noise = Noise.beyond(0.2, 0.8, ONE_SIDED[s.relation]) if s.relation in ONE_SIDED else Noise.exact(0.02)
    return Observation(s, _size(s, first_year, months), _size(base, first_year, months), 0.0, 0.0, noise)


_READ: dict[str, Callable[[Statement, int, int], Observation]] = {
    "total": _total,
    "stock": _total,
    "yoy_growth_percent": _growth,
    "yoy_difference": _difference,
    "share_percent": _share,
    "per_day": _per_day,
}


def observe(statement: Statement, first_year: int, months: int) -> Observation:
    """The contrast of logs that a statement speaks of, with its value and noise.

    Parameters
    ----------
    statement : Statement
        The fact.
    first_year, months : int
        The grid of months.

    Examples
    --------
    >>> grown = Statement("a", "yoy_growth_percent", "equals", span("2023-01-01", "2023-05-31"), 410.4)
    >>> round(float(np.exp(observe(grown, 2022, 24).value)), 3)
    5.104
    """
    if statement.other is not None and math.isnan(statement.value):
        return _compared(statement, first_year, months)
    return _READ[statement.quantity](statement, first_year, months)


# --- from a table to statements ---------------------------------------------------------------------------------------
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
        Where a value is impossible or a word unknown.

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
    latest: dict[tuple[object, ...], Statement] = {}
    periods = {str(row["id"]): _period(row) for row in records if row.get("id") and row.get("period_end")}
    for number, row in enumerate(records, start=1):
        statement = _statement(row, number, measure, periods, remarks)
        if statement is None:
            continue
        key = (
            statement.basis,
            statement.stock,
            statement.quantity,
            statement.relation in ONE_SIDED,
            statement.period,
            statement.other,
        )
        held = latest.get(key)
        if held is not None and held.value != statement.value:
            older = min(held, statement, key=lambda s: s.published)
            remarks.append(f"{older.name} is an older vintage of the same quantity and was not used")
        if held is None or statement.published >= held.published:
            latest[key] = statement
    return list(latest.values()), remarks


def _text(row: dict[str, object], column: str) -> str:
    value = row.get(column, "")
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)


def _period(row: dict[str, object]) -> Period:
    end = as_date(row["period_end"])
    start = _text(row, "period_start")
    return span(start, end) if start else Period(end, end)


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
    row: dict[str, object], number: int, measure: str, periods: dict[str, Period], remarks: list[str]
) -> Statement | None:
    name = _text(row, "id") or f"fact {number}"
    kind = _text(row, "kind") or "outcome"
    if kind not in LIKELY_KINDS:
        return None
    if _text(row, "partner") not in ("", "World"):
        remarks.append(f"{name} counts one partner only and was not used for the total")
        return None
    told = MEASURES.get(_text(row, "measure") or measure)
    stock = told is not None and told.kind == "stock"
    quantity, relation = _text(row, "quantity") or ("stock" if stock else "total"), _text(row, "relation") or "equals"
    for word, known, what in ((quantity, QUANTITIES, "quantity"), (relation, RELATIONS, "relation")):
        if word not in known:
            raise EvidenceError(f"{name}: unknown {what} {word!r}; did you mean {nearest(word, known) or known[0]!r}?")
    value, period = _number(row, "value", name), _period(row)
    reference = _text(row, "reference")
    other = _reference(reference, periods) if quantity == "share_percent" or math.isnan(value) else None
    if (math.isnan(value) or quantity == "share_percent") and other is None:
        remarks.append(f"{name} refers to {reference or 'nothing'!r}, which is not among these facts, and was not used")
        return None
    _check_value(name, quantity, value)
    basis = _text(row, "basis")
    told_measure = _text(row, "measure")
    if told_measure and measure and told_measure != measure:
        basis = f"{basis} ({told_measure})"
    printed = (
        f"{_words(relation, quantity, value)} {told.unit if told and quantity in ('total', 'stock') else ''}".strip()
    )
    return Statement(
        name, quantity, relation, period, value, other, _number(row, "rounding", name), basis, stock, printed, kind,
        _text(row, "published"),
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


def _reference(reference: str, periods: dict[str, Period]) -> Period | None:
    """The period that a reference names: another fact's, or the one written out."""
    if reference in periods:
        return periods[reference]
    if "@" in reference and ":" in reference and "/" in reference:
        start, end = reference.rsplit(":", 1)[1].split("/", 1)
        return span(start, end)
    return None


def _check_value(name: str, quantity: str, value: float) -> None:
    if quantity in ("total", "stock", "per_day") and value < 0:
        raise EvidenceError(f"{name}: a {quantity} of {value:g} is negative; counts are 0 or more")
    if quantity == "per_day" and value == 0:
        raise EvidenceError(f"{name}: a rate of 0 a day says nothing of a growing flow; give the total of 0 instead")
    if quantity == "yoy_growth_percent" and value <= -100:
        raise EvidenceError(f"{name}: a growth of {value:g} % leaves nothing or less; growth is above -100 %")
    if quantity == "share_percent" and not 0 < value <= 100:
        raise EvidenceError(f"{name}: a share of {value:g} % is outside 0 to 100 %")


def grid(statements: Sequence[Statement], more: Sequence[Period]) -> tuple[int, int]:
    """First and last year of the path: every period that facts speak of, the year before included where growth needs it."""
    periods = list(more)
    for s in statements:
        periods.append(s.period)
        periods.extend([s.other] if s.other else [])
        if s.quantity in ("yoy_growth_percent", "yoy_difference"):
            periods.append(s.period.year_before())
    return min(p.start.year for p in periods), max(p.end.year for p in periods)
