"""Facts as an analyst has them at hand, a table, a Series, one statement, made into a ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evidence.ledger import Ledger
from forecasting.vocabulary.arguments import (
    Check,
    instance,
    number,
    optional,
    read,
    short_repr,
    takes,
    text,
)
from forecasting.vocabulary.errors import EvidenceError, LedgerError, PeriodError
from forecasting.vocabulary.periods import FIRST_YEAR, LAST_YEAR, Period, as_date, read_period, year


def _read_periods(value: Any) -> tuple[Period, ...]:
    """One period or several, each as `read_period` reads it."""
    parts = (value,) if isinstance(value, str | int | Period) else tuple(value)
    if isinstance(value, Mapping) or not 0 < len(parts) <= MAX_PERIODS:
        raise ValueError
    return tuple(map(_read_one, parts))


def _read_one(value: Any) -> Period:
    try:
        return read_period(value)
    except PeriodError:
        raise ValueError from None  # worded with the name of the argument


MAX_PERIODS = 2400
PERIOD = Check("a Period, e.g. fc.year(2025), or text such as '2025-01/2025-04'", _read_one)


PERIODS = Check(
    "a list of Periods, e.g. [fc.year(2025)], of years, or a range of them", _read_periods
)


def _read_evidence(value: Any) -> Ledger | pd.DataFrame:
    """A ledger, or a table of facts, made from a Series, a mapping or several of them."""
    if isinstance(value, Ledger | pd.DataFrame):
        return value
    if isinstance(value, pd.Series | Mapping):
        return _totals_of(value, parts=True)
    tables = [_read_evidence(part) for part in value] if isinstance(value, list | tuple) else []
    frames = [table for table in tables if isinstance(table, pd.DataFrame)]
    if not tables or len(frames) < len(tables):
        raise TypeError
    return pd.concat(frames, ignore_index=True)


EVIDENCE = Check(
    "a Ledger, a table of facts, totals by year, quarter or month as a Series or a mapping, or a "
    "list of such tables",
    _read_evidence,
)


def entries_by_year(
    series: pd.Series | Mapping[Any, Any], name: str, parts: bool = False
) -> dict[Period, Any]:
    """The entries of a series by the year, or the part of a year, that each is of.

    Parameters
    ----------
    series : Series or mapping
        By year: a number, text, or a day of it; or by a `Period`. Missing entries are left out.
    name : str
        What it is called in a message.
    parts : bool
        Whether quarters and months of pandas, and text such as ``2026-01/2026-04``, are taken, too.

    Raises
    ------
    EvidenceError
        For a label that is none of these, such as a quarter, and for one that stands twice.

    Examples
    --------
    >>> entries = entries_by_year({2021: 809, "2022-12-31": 2180}, "series")
    >>> entries == {year(2021): 809, year(2022): 2180}
    True
    """
    entries: dict[Period, Any] = {}
    for label, value in series.items():
        if pd.api.types.is_scalar(value) and pd.isna(value):
            continue
        period = _period_of(label, name, parts)
        if period in entries:
            raise EvidenceError(f"{name} has {period} twice; give one number a year")
        entries[period] = value
    return entries


def _period_of(label: object, name: str, parts: bool) -> Period:
    text = str(label).removesuffix(".0")
    try:
        if isinstance(label, Period) or (parts and _is_part(label)):
            period = read_period(label)
        else:
            period = year(text if len(text) == 4 else as_date(label).year)
    except PeriodError:
        message = (
            f"{name} has the index {short_repr(label)}; it must be a year from "
            f"{FIRST_YEAR} to {LAST_YEAR}"
        )
        if parts:
            message += ", or a part of one, such as 2026-01/2026-04"
        raise EvidenceError(message) from None
    if period.start.year != period.end.year:
        raise EvidenceError(f"{name} has the period {period}; it must be a year, or lie within one")
    return period


def _is_part(label: object) -> bool:
    """Whether a label names a period otherwise than by its year, or by a day that stands for it."""
    if isinstance(label, str):
        return len(label) > 4 and not re.fullmatch(DAY_TEXT, label)
    return isinstance(label, pd.Period)


DAY_TEXT = r"\d{4}-\d\d-\d\d.*"  # e.g. 2022-12-31, also with an hour


@takes(
    EvidenceError,
    series=instance(pd.Series, Mapping, words="a Series of numbers indexed by year"),
)
def annual_totals(series: pd.Series | Mapping[Any, Any]) -> pd.DataFrame:
    """Facts from an annual series: one exact total a year.

    Parameters
    ----------
    series : Series or mapping
        Indexed by year.

    Returns
    -------
    DataFrame
        Columns relation, quantity, period_start, period_end, value; one row per year, missing years
        left out.

    Raises
    ------
    EvidenceError
        For an index that is no year, a year that stands twice, and a total that is no number of 0
        or more.

    Examples
    --------
    >>> annual_totals(pd.Series({2022: 2180}))[["relation", "period_end", "value"]].values.tolist()
    [['equals', '2022-12-31', 2180.0]]
    """
    return _totals_of(series)


def _totals_of(series: pd.Series | Mapping[Any, Any], parts: bool = False) -> pd.DataFrame:
    """One exact total for each entry of a series."""
    totals = entries_by_year(series, "series", parts)
    values = [
        read(number(0), f"the total of {period}", total, EvidenceError)
        for period, total in totals.items()
    ]
    return pd.DataFrame(
        {
            "relation": "equals",
            "quantity": "total",
            "period_start": [str(period.start) for period in totals],
            "period_end": [str(period.end) for period in totals],
            "value": np.array(values, dtype=float),
        }
    )


@takes(
    LedgerError,
    period=PERIOD,
    value=number(),
    relation=text(),
    quantity=text(),
    by=optional(Check("a date, e.g. 2026-09-01", as_date)),
)
def fact(
    period: Period | str | int,
    value: float,
    relation: str = "equals",
    quantity: str = "total",
    by: object = None,
    **columns: Any,
) -> pd.DataFrame:
    """One printed statement as a table of one row.

    Parameters
    ----------
    period : Period, str or int
        What it is of, e.g. ``"2026-01/2026-04"``, ``"2026-03"``, ``2026``.
    value : float
        What was printed.
    relation : str
        ``equals``, ``about``, ``greater_than``, ``at_least``, ``less_than`` or ``at_most``.
    quantity : str
        ``total``, ``yoy_growth_percent``, ``share_percent`` and others of a ledger.
    by : date or str, optional
        The day by which the value was reached, where the period was not over: it then ends there.
    **columns
        Further columns of a ledger: ``basis``, ``published``, ``source``, ...

    Returns
    -------
    DataFrame
        As :func:`forecast_flow` takes it, also in a list with others.

    Raises
    ------
    LedgerError
        With every problem of the statement at once.
    PeriodError
        For a period that is none, or that does not hold the day `by`.

    Examples
    --------
    >>> fact("2026-01/2026-04", 2_700)[["period_start", "period_end", "value"]].values.tolist()
    [['2026-01-01', '2026-04-30', 2700.0]]
    >>> fact("2026", 9_000, relation="greater_than", by="2026-09-01")["period_end"].item()
    '2026-09-01'
    """
    days = read_period(period)
    end = days.end if by is None else as_date(by)
    if not days.start <= end <= days.end:
        raise PeriodError(f"by is {end}, outside {days}; give a day of the period")
    row = {
        "relation": relation,
        "quantity": quantity,
        "period_start": str(days.start),
        "period_end": str(end),
        "value": float(value),
        **columns,
    }
    table = pd.DataFrame([row])
    ledger_of(table)
    return table


def ledger_of(evidence: Ledger | pd.DataFrame, offset: int = 0) -> Ledger:
    """Facts as they are, or a table read by the rules of a ledger.

    A table need not say what it counts, and where. Its facts are named in their order. Its numbers
    are taken as printed to the last digit, since a number does not tell which zeros were rounded.
    """
    if isinstance(evidence, Ledger):
        return evidence
    if not evidence.columns.is_unique:  # the ledger refuses it, and names the column
        return Ledger.from_frame(evidence)
    if not evidence.index.is_unique:  # tables that were put one below the other
        evidence = evidence.reset_index(drop=True)
    names = pd.Series(
        [f"fact {offset + number}" for number in range(1, len(evidence) + 1)], evidence.index
    )
    table = evidence.assign(id=evidence["id"].fillna(names) if "id" in evidence else names)
    if "rounding" not in table and "value" in table:
        numbers = pd.to_numeric(table["value"], errors="coerce")
        table["rounding"] = (0.05 + 0.45 * (numbers % 1 == 0)).where(numbers.notna())
    return Ledger.from_frame(table, measure=None, place=None)
