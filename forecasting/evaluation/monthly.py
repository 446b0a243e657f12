"""Registrations by month, as the part-year backtest scores them: read, and every wrong cell named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecasting.errors import EvidenceError, Problem
from forecasting.measures import nearest

__all__ = ["COUNTS", "Monthly", "read_monthly"]

COUNTS = ("bev", "registrations")  # what the counted column may be called
MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
MOST_SHOWN = 5

Monthly = pd.DataFrame | str | Path


def read_monthly(monthly: Monthly) -> pd.DataFrame:
    """Read counts by market and month.

    Parameters
    ----------
    monthly : DataFrame or path
        Columns ``market``, ``month`` (YYYY-MM), ``bev`` (battery cars; ``registrations`` is read as
        the same) and, where it is known, ``all_cars``. An empty cell is a month without a count.

    Returns
    -------
    DataFrame
        ``market, month, registrations, all_cars, year, k`` (of the month, 1 to 12), sorted;
        all_cars NaN where unknown.

    Raises
    ------
    EvidenceError
        Where the file cannot be read, is empty, lacks a column, holds what is not a count or a
        month, or a month twice.

    Examples
    --------
    >>> counts = pd.DataFrame({"market": ["A", "A"], "month": ["2020-02", "2020-01"], "bev": [7, 5]})
    >>> read_monthly(counts)[["month", "registrations", "k"]].values.tolist()
    [['2020-01', 5.0, 1], ['2020-02', 7.0, 2]]
    """
    table, name = _table(monthly)
    counted = next((column for column in COUNTS if column in table), "bev")
    columns = [str(column) for column in table.columns]
    missing = [column for column in ("market", "month", counted) if column not in columns]
    if missing:
        raise EvidenceError(
            f"{name} lacks {', '.join(missing)}{_near(missing, columns)}; it has {', '.join(columns)}"
        )
    if table.empty:
        raise EvidenceError(f"{name} has no rows; give counts by market and month")
    months = table["month"].astype("str").str.strip()
    _refuse(
        name,
        "month",
        table["month"],
        ~months.str.fullmatch(MONTH),
        "is not a month",
        "write YYYY-MM, as 2024-01",
    )
    all_cars = table.get("all_cars", pd.Series(float("nan"), index=table.index))
    read = pd.DataFrame(
        {
            "market": table["market"].astype("str").str.strip(),
            "month": months,
            "registrations": _counts(name, counted, table[counted]),
            "all_cars": _counts(name, "all_cars", all_cars),
            "year": months.str[:4].astype(int),
            "k": months.str[5:].astype(int),
        }
    )
    twice = read.duplicated(["market", "month"])
    _refuse(
        name,
        "month",
        read["market"] + " " + months,
        twice,
        "is there twice",
        "keep one row a month",
    )
    return read.sort_values(["market", "month"], ignore_index=True)


def _table(monthly: Monthly) -> tuple[pd.DataFrame, str]:
    if isinstance(monthly, pd.DataFrame):
        return monthly.reset_index(drop=True), "the table of months"
    try:
        return pd.read_csv(monthly, dtype="str", encoding="utf-8-sig"), Path(monthly).name
    except (OSError, UnicodeDecodeError, pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise EvidenceError(
            f"{monthly} cannot be read: {error}; give a CSV file in UTF-8"
        ) from None


def _near(missing: list[str], columns: list[str]) -> str:
    words = [word for column in missing if (word := nearest(column, columns))]
    return f" (is it {', '.join(map(repr, words))}?)" if words else ""


def _counts(name: str, column: str, cells: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(cells, errors="coerce")
    _refuse(
        name,
        column,
        cells,
        numbers.isna() & cells.notna(),
        "is not a number",
        "write digits and a point",
    )
    _refuse(name, column, cells, numbers < 0, "is negative", "counts are 0 or more")
    return numbers.astype(float)


def _refuse(
    name: str, column: str, cells: pd.Series, wrong: pd.Series, what: str, hint: str
) -> None:
    """Raise for the cells that are wrong, with the first lines and the first value."""
    if wrong.any():
        lines = ", ".join(str(row + 2) for row in cells.index[wrong][:MOST_SHOWN])
        more = " and more" if wrong.sum() > MOST_SHOWN else ""
        raise EvidenceError(
            [
                Problem(
                    f"{name}:{lines}{more} {column}", f"{str(cells[wrong].iloc[0])!r} {what}", hint
                )
            ]
        )
